"""The pages that explain the service: readable by anybody, without a script."""

from __future__ import annotations

import gzip
import html
import re
from collections import Counter
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from refusals import assert_problem
from service import BASE

from common import errors
from common.http import problems, refusals
from common.http.explained import _ADVICE, explained
from common.http.prose import prose

DOCS = f"{BASE}/docs"
POLICY = "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
TOKENS = Path(__file__).resolve().parents[2] / "console" / "css" / "tokens.css"
PAGES = [DOCS, "/problems", *(f"/problems/{slug}" for slug in explained())]


def subclasses(cls) -> list[type[errors.StorekeeperError]]:
    return [below for child in cls.__subclasses__() for below in (child, *subclasses(child))]


OURS = [cls for cls in subclasses(errors.StorekeeperError) if "slug" in vars(cls)]
THEIRS = [(status, slug) for table in (problems._FRAMEWORK, refusals.REFUSALS) for status, (slug, *_) in table.items()]


class Outline(HTMLParser):
    """What can be said of a page without a browser."""

    VOID = ("meta", "link", "br")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def all(self, *names: str) -> list[dict]:
        return [attributes for tag, attributes in self.tags if tag in names]

    def values(self, name: str) -> list[str]:
        return [attributes[name] for _, attributes in self.tags if name in attributes]


@pytest.mark.parametrize("cls", OURS, ids=lambda cls: cls.__name__)
def test_every_error_of_ours_has_a_page_that_explains_it(shop, cls):
    status = next((problems.STATUSES[base] for base in cls.__mro__ if base in problems.STATUSES), None)

    answer = shop.get(f"/problems/{cls.slug}", role=None, headers={"Accept": BROWSER})

    assert answer.status_code == 200
    assert answer.content_type == "text/html; charset=utf-8"
    assert f"<h1>{html.escape(cls.title)}</h1>" in answer.text
    assert f"<dd>{status or 'none'}" in answer.text
    assert str(prose(cls.__doc__)) in answer.text
    assert re.search(r"<h2>What to do</h2>\s*<p>.{10,}</p>", answer.text)


@pytest.mark.parametrize(("status", "slug"), THEIRS, ids=str)
def test_so_has_what_framework_and_server_refuse(shop, status, slug):
    answer = shop.get(f"/problems/{slug}", role=None, headers={"Accept": "application/json"})

    assert answer.status_code == 200
    assert answer.json["status"] == status
    assert answer.json["advice"]


def test_every_error_has_advice_that_is_more_than_the_general_one():
    general = _ADVICE[errors.StorekeeperError]

    assert [slug for slug, entry in explained().items() if entry.advice == general] == []


def test_one_slug_is_one_status():
    of_classes = Counter(cls.slug for cls in OURS)

    assert set(of_classes.values()) == {1}
    assert explained().keys() == {*of_classes, *(slug for _, slug in THEIRS)}


def test_a_problem_leads_to_its_page(shop):
    refused = [
        shop.get("items", role=None),
        shop.get("items/999999"),
        shop.post("items", {"sku": "SKU-1", "name": "Again"}),
        shop.get("items?nothing=1"),
        shop.send("PUT", "items/1", body={"sku": "SKU-1", "name": "Tea"}),
        shop.send("PATCH", "items/1", body={}, headers={"If-Match": '"99"'}),
        shop.send("BREW", "items"),
        shop.get("items", headers={"Accept": "image/png"}),
    ]

    for answer in refused:
        page = shop.get(answer.json["type"], role=None)

        assert answer.status_code >= 400
        assert page.status_code == 200
        assert html.escape(answer.json["title"]) in page.text


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        (None, "text/html"),
        ("*/*", "text/html"),
        (BROWSER, "text/html"),
        ("application/json", "application/json"),
        ("application/json, text/html;q=0.5", "application/json"),
    ],
)
def test_a_problem_page_is_made_for_who_asks(shop, accept, kind):
    headers = {} if accept is None else {"Accept": accept}

    answer = shop.get("/problems/stale", role=None, headers=headers)
    listed = shop.get("/problems", role=None, headers=headers)

    assert answer.mimetype == listed.mimetype == kind
    assert answer.headers["Vary"] == "Accept, Accept-Encoding"
    if kind == "application/json":
        assert answer.json["type"] == "/problems/stale"
        assert answer.json in listed.json["data"]


@pytest.mark.parametrize("slug", ["nothing", "Stale", "stale%2F", "%00", "..%2Fdocs"])
def test_an_unknown_type_is_not_found(shop, slug):
    answer = shop.get(f"/problems/{slug}", role=None)

    assert_problem(answer, 404, "not-found")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_lets_nothing_foreign_in(shop, path):
    answer = shop.get(path, role=None)
    page = Outline(answer.text)

    assert answer.headers.get_all("Content-Security-Policy") == [POLICY]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert not page.all("script", "style", "img", "iframe", "form", "base")
    assert not [name for _, attributes in page.tags for name in attributes if name == "style" or name.startswith("on")]
    assert all(re.match(r"[#/](?!/)", address) for address in page.values("href"))


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_well_formed_for_every_reader(shop, path):
    page = Outline(shop.get(path, role=None).text)

    ids = page.values("id")
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert page.open == []
    assert len(ids) == len(set(ids))
    assert page.all("html")[0]["lang"] == "en"
    assert len(page.all("main")) == len(page.all("title")) == levels.count(1) == 1
    assert levels[0] == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))
    assert {address[1:] for address in page.values("href") if address.startswith("#")} <= set(ids)
    assert set(page.values("aria-labelledby")) <= set(ids)
    assert len(page.all("caption")) == len(page.all("table"))
    assert all("scope" in attributes for attributes in page.all("th"))


def test_every_link_of_a_page_leads_somewhere(shop):
    addresses = {address for path in PAGES for address in Outline(shop.get(path, role=None).text).values("href")}

    answers = {address: shop.get(address, role=None) for address in addresses if address.startswith("/")}

    assert {address: answer.status_code for address, answer in answers.items() if answer.status_code >= 400} == {}


def test_the_style_sheet_is_the_services_own_and_kept_for_ever(shop):
    address = next(one["href"] for one in Outline(shop.get("/problems", role=None).text).all("link"))

    answer = shop.get(address, role=None)

    assert answer.content_type == "text/css; charset=utf-8"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.data.startswith(TOKENS.read_bytes().replace(b"\r\n", b"\n"))
    used = set(re.findall(r"var\((--[\w-]+)\)", answer.text))
    assert used <= set(re.findall(r"(--[\w-]+):", answer.text))


@pytest.mark.parametrize("path", [DOCS, "/problems", "/problems/stale"])
@pytest.mark.parametrize("coding", ["", "gzip"])
def test_a_page_is_packed_and_not_sent_twice(shop, path, coding):
    first = shop.get(path, role=None, headers={"Accept-Encoding": coding})
    again = shop.get(path, role=None, headers={"Accept-Encoding": coding, "If-None-Match": first.headers["ETag"]})

    assert first.headers.get("Content-Encoding", "") == coding
    assert b"</html>" in (gzip.decompress(first.data) if coding else first.data)
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]


@pytest.mark.parametrize("path", [DOCS, "/problems", "/problems/stale"])
def test_head_and_options_work(shop, path):
    head = shop.send("HEAD", path, role=None)
    options = shop.send("OPTIONS", path, role=None)
    post = shop.send("POST", path, role=None)

    assert (head.status_code, head.data) == (200, b"")
    assert {*options.headers["Allow"].split(", ")} == {"GET", "HEAD", "OPTIONS"}
    assert_problem(post, 405, "method-not-allowed")
