"""A real browser on the real service. Whatever a page complains of, the test that met it fails."""

from __future__ import annotations

import os
import re
import shutil
import time
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright
from running import INSECURE_NAME, PASSWORD, Api, Service, Shop

PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser")  # the first has no window to draw unseen
SHOTS = Path(__file__).parent / "shots"
# A test machine reaches nobody: the browser's own errands would only be refused, noisily and late.
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-sync",
    "--no-first-run",
    "--no-proxy-server",
    "--lang=en-GB",
    f"--host-resolver-rules=MAP {INSECURE_NAME} 127.0.0.1",
]
# What a page may meet in the ordinary course: nobody is signed in yet, a scanned code is no barcode, and the set-up
# asks by an empty request whether it is still there.
ORDINARY = [(401, r"/api/v1/session$"), (404, r"/api/v1/barcodes/"), (400, r"/api/v1/setup$"), (404, r"/api/v1/setup$")]
VIOLATIONS = """
addEventListener("securitypolicyviolation", (event) => {
  console.error("policy violated:", event.violatedDirective, event.blockedURI, event.sourceFile, event.lineNumber);
});
"""


def chromium_path() -> str:
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, PROGRAMS)), None)
    if path is None:
        reason = "Chromium is not here; CHROMIUM may name it"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)
    return path


@pytest.fixture(scope="session")
def browser():
    path = chromium_path()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def service(tmp_path_factory):
    service = Service(tmp_path_factory.mktemp("a shop's folder"))
    for name, role in (("mara", "admin"), ("cleo", "clerk"), ("vic", "viewer")):
        service.add_user(name, role)
    service.start()
    yield service
    service.stop()


@pytest.fixture(scope="session")
def shop(service):
    return Shop(Api(service.url))


class Watch:
    """What a page complained of."""

    def __init__(self) -> None:
        self.complaints: list[str] = []
        self.expected = list(ORDINARY)

    def expect(self, status: int, url: str) -> None:
        """This test provokes that answer."""
        self.expected.append((status, url))

    def on(self, page) -> None:
        page.add_init_script(VIOLATIONS)
        page.on("pageerror", lambda error: self.complaints.append(f"page error: {error}\n{error.stack}"))
        page.on("console", self._hear)

    def _hear(self, message) -> None:
        if message.type not in {"error", "warning"}:
            return
        url = message.location.get("url", "")
        failed = re.search(r"Failed to load resource.*status of (\d+)", message.text)
        if failed and any(int(failed[1]) == status and re.search(part, url) for status, part in self.expected):
            return
        if "net::ERR_" in message.text and any(status == 0 and re.search(part, url) for status, part in self.expected):
            return
        self.complaints.append(f"console {message.type}: {message.text} ({url})")


@pytest.fixture
def watch():
    return Watch()


@pytest.fixture
def open_page(browser, watch):
    """Open a page in a browser of its own: `open_page(url, username)`, signed in where a username is given."""
    contexts = []

    def make(url: str, username: str | None = None, **options):
        context = browser.new_context(
            **{"viewport": {"width": 1280, "height": 800}, "reduced_motion": "reduce", **options}
        )
        contexts.append(context)
        context.set_default_timeout(15_000)
        if username:
            answer = context.request.post(f"{url}/api/v1/session", data={"username": username, "password": PASSWORD})
            assert answer.status == 201
        page = context.new_page()
        watch.on(page)
        return page

    expect.set_options(timeout=10_000)
    yield make
    for context in contexts:
        context.close()
    assert watch.complaints == []


@pytest.fixture
def page(open_page, service, shop):
    """The console, signed in as an administrator, with a shop in it."""
    return open_page(service.url, "mara", base_url=service.url)


@pytest.fixture
def shoot():
    """Keep a picture for people to look at."""
    SHOTS.mkdir(exist_ok=True)

    def take(page, name: str, *, full: bool = False) -> None:
        page.screenshot(path=SHOTS / f"{name}.png", full_page=full)

    return take


@pytest.fixture
def scan():
    """A wedge scanner: 10 ms a key, then Enter.

    The keys carry these times themselves, so that they are a scanner's however busy the machine is.
    """
    sessions = {}
    last = 0.0

    def send(page, code: str) -> None:
        nonlocal last
        if page not in sessions:
            sessions[page] = page.context.new_cdp_session(page)
        moment = max(time.time(), last + 0.1)
        for key in [*code, "Enter"]:
            moment += 0.01
            text = "\r" if key == "Enter" else key
            virtual = 13 if key == "Enter" else ord(key.upper())
            event = {"key": key, "windowsVirtualKeyCode": virtual, "timestamp": moment}
            sessions[page].send("Input.dispatchKeyEvent", {"type": "keyDown", "text": text, **event})
            sessions[page].send("Input.dispatchKeyEvent", {"type": "keyUp", **event})
        last = moment

    return send


@pytest.fixture
def counter(page, shop):
    """The scanning page of High Street, ready to receive."""
    page.goto(f"/app/scan?mode=receipt&store={shop.street['id']}")
    expect(page.get_by_text("Receive · High Street")).to_be_visible()
    expect(page.get_by_label("Barcode or SKU")).to_be_focused()
    return page


@pytest.fixture
def goods(shop):
    """Two items that no other test moves: their barcodes."""
    return [shop.new_item(name) for name in ("Candle", "Match box")]
