"""Every answer bears each header once, whoever of the service says it: a browser takes two that differ as it likes."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from service import KEY

from common.settings_schema import Security

ANSWERS = {
    "a list": ("GET", "/api/v1/items", 200),
    "a row": ("GET", "/api/v1/items/1", 200),
    "an export": ("GET", "/api/v1/items?limit=200&total=true", 200),
    "a preflight": ("OPTIONS", "/api/v1/items", 200),
    "no such row": ("GET", "/api/v1/items/99999", 404),
    "no such route": ("GET", "/api/v1/nowhere", 404),
    "no such method": ("DELETE", "/api/v1/items", 405),
    "a body that is wrong": ("POST", "/api/v1/items", 400),
    "the contract": ("GET", "/api/v1/openapi.json", 200),
    "the root": ("GET", "/", 302),
    "a page of the console": ("GET", "/app/", 200),
    "a deeper page": ("GET", "/app/items/1", 200),
    "the console's styles": ("GET", "{ui}app.css", 200),
    "a module of the console": ("GET", "{ui}js/main.js", 200),
    "no such file": ("GET", "{ui}nothing.js", 404),
    "no such page": ("GET", "/nowhere", 404),
    "alive": ("GET", "/healthz", 200),
    "ready": ("GET", "/readyz", 200),
}
SAFETY = (
    "Content-Security-Policy",
    "Cross-Origin-Opener-Policy",
    "Cross-Origin-Resource-Policy",
    "Permissions-Policy",
    "Referrer-Policy",
    "X-Content-Type-Options",
    "X-Request-Id",
)


def answered(service, method, path, **headers):
    ui = re.search(r"/ui/[0-9a-f]{16}/", service.send("GET", "/app/", role=None).text)[0]
    data = b"{" if method == "POST" else None
    sent = headers | ({"Content-Type": "application/json"} if data else {})
    return service.send(method, path.format(ui=ui), headers=sent, data=data)


def twice(answer):
    return [name for name, times in Counter(name.lower() for name, _ in answer.headers).items() if times > 1]


@pytest.mark.parametrize(("method", "path", "status"), ANSWERS.values(), ids=ANSWERS)
def test_every_answer_bears_each_header_once(served, method, path, status):
    answer = answered(served, method, path)

    assert answer.status_code == status
    assert twice(answer) == []
    assert [name for name in SAFETY if not answer.headers.get(name)] == []


def test_so_does_every_answer_to_a_trusted_origin(opened):
    service = opened(security=Security(secret_key=KEY, trusted_origins=("https://a.example",)))

    for method, path, _ in ANSWERS.values():
        answer = answered(service, method, path, Origin="https://a.example")

        assert answer.headers["Access-Control-Allow-Origin"] == "https://a.example"
        assert twice(answer) == [], path


def test_what_an_answer_says_itself_counts(served):
    page, row = (answered(served, "GET", path) for path in ("/app/", "/api/v1/items/1"))

    assert "camera=(self)" in page.headers["Permissions-Policy"]
    assert "camera=()" in row.headers["Permissions-Policy"]
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("base", "said"),
    [
        ("http://127.0.0.1:8080", True),
        ("http://localhost", True),
        ("http://[::1]:8080", True),
        ("https://shop.example", True),
        ("http://192.168.0.20:8080", False),
        ("http://127.0.0.1.evil.example", False),
    ],
)
def test_the_policy_that_browsers_ignore_on_plain_http_is_not_sent_there(served, base, said):
    for path in ("/app/", "/api/v1", "/healthz", "/nothing"):
        answer = served.client.get(path, base_url=base)

        assert ("Cross-Origin-Opener-Policy" in answer.headers) is said
