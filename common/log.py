"""What the service tells about itself: one event a line, never a secret, and never a reason to stand still."""

import json
import logging
import re
import sys
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from common.clock import wire
from common.log_handlers import ConsoleHandler, FileHandler
from common.settings import Settings

_NOTHING: Mapping[str, object] = MappingProxyType({})
_bound: ContextVar[Mapping[str, object]] = ContextVar("log", default=_NOTHING)
_STANDARD = {*vars(logging.makeLogRecord({})), "message", "asctime", "taskName"}
# Line ends of every kind, other controls, and the marks that turn the direction of writing in a terminal.
_CONTROLS = {
    code: f"\\u{code:04x}"
    for codes in (range(0x20), range(0x7F, 0xA0), range(0x2028, 0x202F), range(0x2066, 0x206A))
    for code in codes
} | {ord("\n"): "\\n", ord("\r"): "\\r", ord("\t"): "\\t"}
_TELLING = r"(?:passw|secret|token|cookie|authorization|api_?key)"
# Every repetition is bounded: a client's long path must not cost more than its length.
_SECRET = re.compile(
    rf"(?P<before>{_TELLING}[\w-]{{0,30}}[\"']?\s{{0,3}}[:=]\s{{0,3}}(?:Bearer |Basic )?|Bearer )"
    r"(?:\"[^\"]{0,500}\"|'[^']{0,500}'|[^\s,;&\"')}\]]+)"
    r"|(?P<address>\b[a-z][a-z0-9+.-]{0,20}://[^\s:/@]{0,100}:)[^\s/@]{1,200}(?=@)",
    re.IGNORECASE,
)
_SECRET_FIELD = re.compile(_TELLING, re.IGNORECASE)


def bind(**values: object) -> None:
    """Put `request_id`, `user_id` and the like on every later event of this request."""
    _bound.set({**_bound.get(), **values})


def unbind() -> None:
    """Forget what was bound: a server's thread goes on to somebody else's request."""
    _bound.set(_NOTHING)


def bound() -> Mapping[str, object]:
    """What is bound now."""
    return _bound.get()


def configure(settings: Settings) -> None:
    """Send every logger's events to the console and, if set, to the file; may be called again."""
    root = logging.getLogger()
    for handler in list(root.handlers):
        if isinstance(handler, ConsoleHandler | FileHandler):
            root.removeHandler(handler)
            handler.close()
    render = _json if settings.log.format == "json" else _text
    formatter = _Formatter(render, settings)
    for handler in _handlers(settings):
        handler.setFormatter(formatter)
        root.addHandler(handler)
    root.setLevel(settings.log.level.upper())
    # It warns whenever a request waits for a thread: under load that is every request.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)


def _handlers(settings: Settings) -> list[logging.Handler]:
    handlers: list[logging.Handler] = []
    if sys.stderr is not None:  # as in a Windows service
        handlers.append(ConsoleHandler(sys.stderr))
    if settings.log_file:
        settings.storage.create()
        handlers.append(FileHandler(settings.log_file))
    return handlers


class _Formatter(logging.Formatter):
    """Turns a record into one line."""

    def __init__(self, render: Callable[[dict[str, Any]], str], settings: Settings) -> None:
        super().__init__()
        self._render = render
        self._known = [word for word in (settings.security.secret_key, settings.database_url.password) if word]

    def format(self, record: logging.LogRecord) -> str:
        event: dict[str, Any] = {
            "time": wire(datetime.fromtimestamp(record.created, UTC)),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": self._hidden(_message(record)),
        }
        for name, value in {**_bound.get(), **_extra(record)}.items():
            event[name] = "***" if _SECRET_FIELD.search(name) else self._plain(value)
        if record.exc_info:
            event["exception"] = self._hidden(self.formatException(record.exc_info))
        return self._render(event).translate(_CONTROLS)

    def _plain(self, value: object) -> object:
        return value if value is None or isinstance(value, int | float) else self._hidden(str(value))

    def _hidden(self, text: str) -> str:
        for word in self._known:
            text = text.replace(word, "***")
        return _SECRET.sub(lambda found: (found["before"] or found["address"]) + "***", text)


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except Exception:  # noqa: BLE001 - whatever an argument raises, it costs neither the event nor the request
        return f"{record.msg} (arguments that do not fit)"


def _extra(record: logging.LogRecord) -> dict[str, object]:
    return {name: value for name, value in vars(record).items() if name not in _STANDARD}


def _json(event: dict[str, Any]) -> str:
    return json.dumps(event, ensure_ascii=False)


def _text(event: dict[str, Any]) -> str:
    head = f"{event.pop('time')} {event.pop('level'):<7} {event.pop('logger')}: {event.pop('message')}"
    return " ".join([head, *(f"{name}={_quoted(value)}" for name, value in event.items())])


def _quoted(value: object) -> str:
    text = str(value)
    return json.dumps(text, ensure_ascii=False) if not text or re.search(r"[\s\"=]", text) else text
