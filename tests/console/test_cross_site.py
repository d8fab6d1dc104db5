"""What a page of another site can do to the service through a browser that is signed in: nothing."""

from __future__ import annotations

import re

import pytest
from fronting import another_site, https_in_front_of
from running import PASSWORD, Api, Service

# From another site a page can send forms of three types without asking; anything else the browser asks about first.
SIMPLE_TYPES = ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data")
NOBODY = 999_999
FORGE = """
async ([url, method, type, body]) => {
  const headers = { "Content-Type": type };
  const mode = type === "application/json" ? "cors" : "no-cors";
  const content = method === "DELETE" ? {} : { body };
  try {
    const answer = await fetch(url, { method, mode, credentials: "include", headers, ...content });
    return `${answer.type} ${answer.status}`;
  } catch {
    return "refused by the browser";
  }
}
"""
SUBMIT = """
([url, enctype]) => {
  const make = (tag, more) => Object.assign(document.createElement(tag), more);
  const form = make("form", { action: url, method: "POST", enctype });
  form.append(make("input", { name: '{"sku":"EVIL","name":"', value: '"}' }));
  document.body.append(form);
  form.submit();
}
"""
OWN = """
async ([path, method]) => {
  const body = method === "DELETE" ? {} : { headers: { "Content-Type": "application/json" }, body: "{}" };
  const answer = await fetch(path, { method, ...body });
  return [answer.status, answer.status === 204 ? {} : await answer.json()];
}
"""


@pytest.fixture(scope="module")
def fronted(tmp_path_factory):
    """A service that believes the proxy in front of it."""
    service = Service(tmp_path_factory.mktemp("fronted"))
    service.environment["STOREKEEPER_SERVER_TRUSTED_PROXY"] = "127.0.0.1"
    service.add_user("mara", "admin")
    service.start()
    yield service
    service.stop()


@pytest.fixture(scope="module")
def secure(fronted):
    with https_in_front_of(fronted.url) as url:
        yield url


@pytest.fixture(params=["http", "https"])
def origin(request, fronted, secure):
    """Where the console is, for a browser."""
    return {"http": fronted.url, "https": secure}[request.param]


def signed_in(browser, origin):
    context = browser.new_context(ignore_https_errors=True)
    answer = context.request.post(f"{origin}/api/v1/session", data={"username": "mara", "password": PASSWORD})
    assert answer.status == 201
    return context


def mutating(service, id_):
    """Return method and path of every change there is, as the service's own description names them."""
    paths = Api(service.url).get("/openapi.json")["paths"]
    return [
        (verb.upper(), re.sub(r"\{\w+\}", str(id_), path if path.startswith("/api/") else f"/api/v1{path}"))
        for path, verbs in paths.items()
        for verb in verbs
        if verb in {"post", "put", "patch", "delete"}
    ]


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"], ids=["another site", "another port of the same host"])
def test_no_page_of_another_origin_changes_anything(browser, fronted, origin, host):
    api = Api(fronted.url)
    api.post("/stores", {"code": f"{host[-3:]}{origin[:5]}", "name": "A store"})
    before = api.get("/changes?limit=200")["page"]["next"]
    refused = api.get("/audit?kind=refused&entity=requests&total=true")["page"]["total"]
    shown = []
    with another_site() as port:
        context = signed_in(browser, origin)
        page = context.new_page()
        page.goto(f"http://{host}:{port}/")
        body = '{"sku":"EVIL","name":"Evil","code":"EVIL","username":"evil","role":"admin"}'
        for method, path in mutating(fronted, 1):
            for type_ in (*SIMPLE_TYPES, "application/json") if method == "POST" else ("application/json",):
                told = page.evaluate(FORGE, [origin + path, method, type_, body])
                assert told in {"opaque 0", "refused by the browser"}, (method, path, told)
        for type_ in SIMPLE_TYPES:
            with page.expect_navigation(url=f"{origin}/api/v1/items") as navigation:
                page.evaluate(SUBMIT, [f"{origin}/api/v1/items", type_])
            shown.append(navigation.value.status)
            page.goto(f"http://{host}:{port}/")
        context.close()

    assert len(shown) == len(SIMPLE_TYPES)
    assert set(shown) <= {401, 403}
    # The cookie comes along from another port of the same host and scheme alone: what it forged was refused, and told.
    refused = api.get("/audit?kind=refused&entity=requests&total=true")["page"]["total"] - refused
    assert (refused > 20) == origin.startswith(f"http://{host}")
    changes = api.get(f"/changes?limit=200&cursor={before}")["data"]
    assert [change for change in changes if change["entity"] != "sessions"] == []


def test_the_consoles_own_pages_may_change_everything(browser, fronted, origin):
    context = signed_in(browser, origin)
    page = context.new_page()
    page.goto(f"{origin}/app/")
    signing_out = ("DELETE", "/api/v1/session")
    routes = [route for route in mutating(fronted, NOBODY) if route != signing_out]

    answers = {route: page.evaluate(OWN, [route[1], route[0]]) for route in routes}

    assert len(answers) > 20
    for route, (status, body) in answers.items():
        assert status in {200, 201, 204, 400, 401, 403, 404, 409, 428}, (route, status)
        assert body.get("type") != "/problems/cross-site", route
    assert page.evaluate(OWN, [*signing_out[::-1]])[0] == 204
    context.close()


def test_a_cookie_dies_with_the_sign_out_wherever_a_copy_of_it_is(browser, origin):
    context = signed_in(browser, origin)
    (cookie,) = context.cookies()
    assert cookie["httpOnly"]
    assert (cookie["secure"], cookie["name"].startswith("__Host-")) == (origin.startswith("https"),) * 2
    thief = browser.new_context(ignore_https_errors=True)
    thief.add_cookies([cookie])
    assert thief.request.get(f"{origin}/api/v1/session").status == 200

    assert context.request.delete(f"{origin}/api/v1/session").status == 204

    assert thief.request.get(f"{origin}/api/v1/session").status == 401
    assert context.cookies() == []
    thief.close()
    context.close()
