import contextvars
import json
import logging
import re
import threading
import unicodedata
from dataclasses import replace

import pytest

from common import log
from common.settings import Settings
from common.settings_schema import Database, Log, Security, Storage


@pytest.fixture
def configured(tmp_path):
    """Log into a file for one test; call the result with settings of one's own, and read the lines with `lines`."""
    root, queue = logging.getLogger(), logging.getLogger("waitress.queue")
    handlers, level, queue_level = list(root.handlers), root.level, queue.level

    def configure(**sections):
        settings = Settings(
            **{"log": Log(file="log.txt", format="json"), "storage": Storage(str(tmp_path)), **sections}
        )
        log.configure(settings)

    yield configure
    for handler in set(root.handlers) - set(handlers):
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)
    queue.setLevel(queue_level)
    log.unbind()


def fail(message):
    raise RuntimeError(message)


def lines(folder):
    return (folder / "log.txt").read_text(encoding="utf-8").splitlines()


def only(folder):
    (line,) = lines(folder)
    return json.loads(line)


def test_an_event_is_one_json_line_in_utc_with_what_is_bound(tmp_path, configured):
    configured()
    log.bind(request_id="r-1")
    log.bind(user_id=7)

    logging.getLogger("shop").info("Ünder %s", "way", extra={"status": 200, "path": "/é"})

    event = only(tmp_path)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", event.pop("time"))
    assert event == {
        "level": "info",
        "logger": "shop",
        "message": "Ünder way",
        "request_id": "r-1",
        "user_id": 7,
        "status": 200,
        "path": "/é",
    }


def test_text_is_for_people_and_quotes_what_has_blanks(tmp_path, configured):
    configured(log=Log(file="log.txt"))
    log.bind(request_id="r-1")

    logging.getLogger("shop").warning("Slow", extra={"path": "/a b"})

    (line,) = lines(tmp_path)
    assert line.endswith('Z warning shop: Slow request_id=r-1 path="/a b"')


def test_what_is_bound_is_forgotten_and_belongs_to_its_own_thread_alone(tmp_path, configured):
    configured()
    log.bind(request_id="r-1")

    thread = threading.Thread(target=contextvars.Context().run, args=(logging.getLogger("shop").info, "elsewhere"))
    thread.start()
    thread.join()
    log.unbind()
    logging.getLogger("shop").info("afterwards")

    assert all("request_id" not in json.loads(line) for line in lines(tmp_path))
    assert dict(log.bound()) == {}


@pytest.mark.parametrize("form", ["json", "text"])
def test_line_ends_and_controls_of_every_kind_stay_within_the_line(tmp_path, configured, form):
    configured(log=Log(file="log.txt", format=form))
    nasty = "a\r\nFAKE\n\x00\x1b[31m\x85\u2028\u2029\u202e\udc80b"
    log.bind(request_id=nasty)

    logging.getLogger("shop").info(nasty, extra={"path": nasty})

    text = (tmp_path / "log.txt").read_text(encoding="utf-8")
    assert len(text.splitlines()) == 1
    assert not [sign for sign in text.rstrip("\n") if unicodedata.category(sign) in {"Cc", "Cf", "Cs", "Zl", "Zp"}]
    assert form == "text" or json.loads(text)["message"] == nasty


@pytest.mark.parametrize("form", ["json", "text"])
def test_a_trace_stays_within_the_line_of_its_event(tmp_path, configured, form):
    configured(log=Log(file="log.txt", format=form))

    try:
        fail("first\nsecond")
    except RuntimeError:
        logging.getLogger("shop").exception("It failed")

    (line,) = lines(tmp_path)
    assert "It failed" in line
    assert "test_log.py" in line
    assert "RuntimeError: first\\nsecond" in line


@pytest.mark.parametrize(
    "message",
    [
        "Authorization: Bearer hunter2",
        "authorization: Basic hunter2",
        "{'password': 'hunter2 hunter2', 'name': 'x'}",
        '{"new_password":"hunter2"}',
        "GET /?access_token=hunter2&page=1",
        "postgresql+psycopg://shop:hunter2@db/stock",
        "Cookie: session=hunter2",
        "sent Bearer hunter2",
        "the key is setkeysetkeysetkeysetkeysetkeyset",
        "the database's is dbpassword",
    ],
)
def test_secrets_are_masked_in_messages_and_traces(tmp_path, configured, message):
    configured(
        security=Security(secret_key="setkeysetkeysetkeysetkeysetkeyset"),
        database=Database(url="postgresql://u:dbpassword@h/d"),
    )

    try:
        fail(message)
    except RuntimeError:
        logging.getLogger("shop").exception(message)

    (line,) = lines(tmp_path)
    assert not re.search("hunter2|setkey|dbpassword", line)
    assert line.count("***") >= 2


def test_a_field_named_like_a_secret_is_masked_and_ordinary_words_are_not(tmp_path, configured):
    configured()

    logging.getLogger("shop").info(
        "A wrong password for anna", extra={"session_token": "hunter2", "idempotency_key": "k"}
    )

    event = only(tmp_path)
    assert event["message"] == "A wrong password for anna"
    assert (event["session_token"], event["idempotency_key"]) == ("***", "k")


def test_the_level_is_kept_and_waitress_warns_of_no_queue(tmp_path, configured):
    configured(log=Log(file="log.txt", level="warning"))

    logging.getLogger("shop").info("unheard")
    logging.getLogger("waitress.queue").warning("unheard")
    logging.getLogger("waitress").warning("heard")

    assert [line.rpartition(" ")[2] for line in lines(tmp_path)] == ["heard"]


def test_configuring_again_does_not_double_the_lines(tmp_path, configured):
    configured()
    configured()

    logging.getLogger("shop").info("once")

    assert only(tmp_path)["message"] == "once"


def test_a_default_configuration_writes_no_file(tmp_path, configured):
    configured(log=replace(Settings().log), storage=Storage(str(tmp_path / "data")))

    logging.getLogger("shop").info("to the console alone")

    assert not (tmp_path / "data").exists()
