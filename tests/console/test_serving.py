"""How the console's files are served; no browser is needed for that."""

import gzip
import mimetypes
import re
import shutil
from pathlib import Path

import flask
import pytest

from common.http import console

FOLDER = Path(__file__).resolve().parents[2] / "console"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    "font-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)


def client_of(folder):
    app = flask.Flask("shop", static_folder=None)
    console.mount(app, folder)
    return app.test_client()


@pytest.fixture(scope="module")
def client():
    return client_of(FOLDER)


def prefix(client):
    return re.search(r"/ui/[0-9a-f]{16}/", client.get("/app/").text)[0]


@pytest.fixture
def small(tmp_path):
    """A console of few files, to change at will."""
    folder = tmp_path / "console"
    (folder / "css").mkdir(parents=True)
    (folder / "js" / "views").mkdir(parents=True)
    files = {
        "shell.html": "<html><head>{{modules}}</head><script src='{{ui}}js/main.js'></script></html>\n",
        "css/layers.css": "@layer reset, views;\n",
        "css/views.css": "h1 { color: red; }\n",
        "css/reset.css": "* { margin: 0; }\n",
        "js/main.js": 'import { a } from "./a.js";\nimport {\n  b,\n} from "./b.js";\nconst routes = [\n'
        '  ["/items/:id", () => import("./views/item.js")],\n];\n',
        "js/a.js": 'export { c } from "./views/../b.js";\nexport const path = "./nowhere.js";\n',
        "js/b.js": "export const b = 1;\n",
        "js/views/item.js": 'import "../b.js";\nimport "./part.js";\n',
        "js/views/part.js": "",
    }
    for name, content in files.items():
        (folder / name).write_text(content, encoding="utf-8", newline="\n")
    return folder


def test_the_root_leads_to_the_console(client):
    answer = client.get("/")

    assert answer.status_code == 302
    assert answer.headers["Location"] == "/app/"


@pytest.mark.parametrize("path", ["/app/", "/app/items", "/app/items/7", "/app/no/such/screen"])
def test_every_path_below_app_is_the_shell(client, path):
    answer = client.get(path)

    assert answer.status_code == 200
    assert answer.content_type == "text/html; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-cache"


def test_a_shell_that_has_not_changed_is_not_sent_again(client):
    tag = client.get("/app/items").headers["ETag"]

    answer = client.get("/app/items", headers={"If-None-Match": tag})

    assert answer.status_code == 304
    assert answer.data == b""


@pytest.mark.parametrize("name", ["", "app.css", "js/main.js", "icons.svg"])
def test_page_and_files_are_guarded_alike(client, name):
    answer = client.get(prefix(client) + name if name else "/app/")

    assert answer.headers["Content-Security-Policy"] == POLICY
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Permissions-Policy"]


def test_a_file_is_kept_for_ever_under_the_digest_of_all(client):
    answer = client.get(prefix(client) + "js/main.js")

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_types_do_not_come_from_the_machine(client):
    mimetypes.add_type("text/plain", ".js")
    mimetypes.add_type("text/plain", ".css")

    try:
        types = [client.get(prefix(client) + name).content_type for name in ("js/main.js", "app.css", "icons.svg")]
    finally:
        mimetypes.init()

    assert types == ["text/javascript; charset=utf-8", "text/css; charset=utf-8", "image/svg+xml; charset=utf-8"]


@pytest.mark.parametrize(
    ("accepted", "coding"), [("gzip, deflate", "gzip"), ("gzip;q=0", None), ("", None), ("br", None)]
)
def test_the_coding_is_one_that_the_browser_takes(client, accepted, coding):
    path = prefix(client) + "js/main.js"

    answer = client.get(path, headers={"Accept-Encoding": accepted})

    assert answer.headers.get("Content-Encoding") == coding
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert (gzip.decompress(answer.data) if coding else answer.data) == (FOLDER / "js/main.js").read_bytes().replace(
        b"\r\n", b"\n"
    )


@pytest.mark.parametrize("name", ["nothing.js", "shell.html", "css/tokens.css", "../wsgi.py", "%2e%2e/wsgi.py", "js"])
def test_what_is_no_asset_is_not_found(client, name):
    assert client.get(prefix(client) + name).status_code == 404


def test_another_digest_is_not_found(client):
    assert client.get("/ui/0123456789abcdef/js/main.js").status_code == 404


def test_any_other_path_is_not_the_console(client):
    assert client.get("/items").status_code == 404


def test_every_static_import_is_named_in_the_head(small):
    page = client_of(small).get("/app/").text

    assert re.findall(r'modulepreload" href="/ui/[0-9a-f]+/([^"]+)"', page) == ["js/main.js", "js/a.js", "js/b.js"]


def test_a_routes_own_modules_are_named_too(small):
    page = client_of(small).get("/app/items/7").text

    assert re.findall(r"js/views/\w+\.js", page) == ["js/views/item.js", "js/views/part.js"]


def test_an_import_that_leads_nowhere_stops_the_start(small):
    (small / "js/b.js").write_text('import "./gone.js";\n', encoding="utf-8")

    with pytest.raises(ValueError, match=r"js/gone\.js"):
        client_of(small)


def test_styles_are_joined_in_the_order_of_the_layers(small):
    client = client_of(small)

    sheet = client.get(prefix(client) + "app.css").text

    assert sheet == "@layer reset, views;\n@layer reset {\n* { margin: 0; }\n}\n@layer views {\nh1 { color: red; }\n}\n"


def test_a_style_without_a_layer_stops_the_start(small):
    (small / "css/loose.css").write_text("p { margin: 0; }\n", encoding="utf-8")

    with pytest.raises(ValueError, match=r"css/loose\.css"):
        client_of(small)


def test_a_folder_without_a_console_stops_the_start(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"shell\.html"):
        client_of(tmp_path)


def test_the_digest_is_the_same_with_the_line_ends_of_windows(small, tmp_path):
    other = tmp_path / "checkout"
    shutil.copytree(small, other)
    for path in other.rglob("*.*"):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))

    assert prefix(client_of(other)) == prefix(client_of(small))


def test_the_digest_moves_with_any_file_and_any_name(small):
    first = prefix(client_of(small))

    (small / "js/views/part.js").write_text("// new\n", encoding="utf-8")
    second = prefix(client_of(small))
    (small / "js/b.js").replace(small / "js/other.js")
    (small / "js/main.js").write_text('import "./other.js";\n', encoding="utf-8")
    (small / "js/a.js").write_text("", encoding="utf-8")
    (small / "js/views/item.js").write_text("", encoding="utf-8")

    assert len({first, second, prefix(client_of(small))}) == 3


def test_what_editors_and_systems_leave_behind_is_not_served(small):
    first = prefix(client_of(small))

    (small / "Thumbs.db").write_bytes(b"\0")
    (small / "js/.hidden.js").write_text("", encoding="utf-8")
    (small / "js/main.js~").write_text("", encoding="utf-8")

    assert prefix(client_of(small)) == first


def test_no_file_of_the_console_is_over_long_nor_any_line():
    texts = [path for path in FOLDER.rglob("*") if path.suffix in {".js", ".css"}]
    lines = {path.name: path.read_text(encoding="utf-8").splitlines() for path in texts}

    assert len(lines) > 30
    assert [name for name, all_ in lines.items() if len(all_) > 250] == []
    assert [(name, line) for name, all_ in lines.items() for line in all_ if len(line) > 120] == []
