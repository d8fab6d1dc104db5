"""Where a request begins and ends: read strictly, for what two programs read differently smuggles one past the other.

waitress is lenient in several places; here each of them is refused, by one answer and the end of the connection. So is
what is too long, while it comes in and not after.
"""

import re
import time
import weakref
from typing import Any, ClassVar

from waitress.buffers import OverflowableBuffer
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.utilities import BadRequest, Error

MAX_HEAD = 16 * 1024
MAX_TARGET = 8 * 1024
MAX_BODY = 51 * 1024 * 1024  # the API's own 50 MiB, and room for it to say so itself
MAX_IN_MEMORY = 128 * 1024
MAX_LARGE_BODIES = 32  # each is in a file of its own
_REST_OF_LINE = 20  # the method and the version
_SHOWN = 200
_MAX_CHUNK_LINE = 1024
_MAX_FRAMING = 16 * 1024

_ONE_EACH = (b"host", b"content-length", b"transfer-encoding")
_LENGTH = re.compile(rb"[0-9]{1,18}")
_TARGET = re.compile(rb"/.*|https?://[^/?#].*", re.IGNORECASE | re.DOTALL)
_CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;[\t -~\x80-\xff]*)?\r\n")
_TRAILER_FIELD = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\t -~\x80-\xff]*\r\n")


class Refusal(Error):  # type: ignore[misc]
    """What the server answers by itself, with any status; waitress has a class for some of them."""

    def __init__(self, code: int, detail: str) -> None:
        super().__init__(detail)
        self.code = code


class Parser(HTTPRequestParser):  # type: ignore[misc]
    """One request as it comes in."""

    large: ClassVar[weakref.WeakSet["Parser"]] = weakref.WeakSet()

    def __init__(self, adj: Any) -> None:
        super().__init__(adj)
        self.started = time.monotonic()
        self.command = ""
        self.path = "/"

    def received(self, data: bytes) -> int:
        """Take what belongs to this request and return its length; everything once the request is refused."""
        head = b"" if self.headers_finished else self.header_plus + data
        if len(head.partition(b"\r\n")[0]) > MAX_TARGET + _REST_OF_LINE:
            self.error = Refusal(414, f"The address must not be longer than {MAX_TARGET} bytes.")
        else:
            consumed = self._received(data)
        if self.error is None:
            return consumed
        self._refuse(head)
        return len(data)

    def _received(self, data: bytes) -> int:
        try:
            consumed: int = super().received(data)
        except OSError:
            self.error = Refusal(503, "There is no room for the body now. Nothing was done; try again later.")
            return 0
        if self.body_bytes_received > MAX_IN_MEMORY and self not in self.large:
            if len(self.large) >= MAX_LARGE_BODIES:
                self.error = Refusal(503, "Too many large bodies are coming in. Nothing was done; try again.")
            self.large.add(self)
        return consumed

    def _refuse(self, head: bytes) -> None:
        self.completed = True
        self.expect_continue = False  # waitress would invite the body after all
        self.version = "1.1"
        method, _, rest = head.lstrip().partition(b"\r\n")[0].partition(b" ")
        if rest:
            self.command = method.decode("latin-1")
            self.path = rest.partition(b" ")[0].partition(b"?")[0].decode("latin-1")[:_SHOWN]

    def parse_header(self, header_plus: bytes) -> None:
        """Parse the head of the request; ParsingError, which becomes 400, when it can be read in two ways."""
        _refuse_ambiguous(header_plus)
        try:
            super().parse_header(header_plus)
        except (ParsingError, ValueError):  # the latter from urllib, where a host in brackets is no address
            # Its own sentence would repeat what was sent.
            raise ParsingError("The request line or a header field is malformed.") from None
        if "," in self.headers.get("COOKIE", ""):
            self.headers["COOKIE"] = _cookies(header_plus)
        if self.chunked:
            self.body_rcv = Chunks(OverflowableBuffer(self.adj.inbuf_overflow))

    def late(self, now: float, *, patience: float, bytes_a_second: float) -> bool:
        """Whether head and body come in too slowly."""
        return bool(now - self.started > patience + self.body_bytes_received / bytes_a_second)


def _cookies(head: bytes) -> str:
    """Return the lines of cookies as one: waitress puts a comma between them, which ends no cookie."""
    fields = (line.partition(b":") for line in head.split(b"\r\n")[1:])
    return "; ".join(value.strip(b" \t").decode("latin-1") for name, _, value in fields if name.lower() == b"cookie")


def _refuse_ambiguous(head: bytes) -> None:
    first, _, rest = head.partition(b"\r\n")
    fields: dict[bytes, bytes] = {}
    for line in rest.split(b"\r\n"):
        if b"\r" in line or b"\n" in line:
            raise ParsingError("A line must end with CR and LF together.")
        if line.startswith((b" ", b"\t")):
            raise ParsingError("A header field must not go on in the next line.")
        name, _, value = line.partition(b":")
        name = name.lower()
        if name in _ONE_EACH:
            if name in fields:
                raise ParsingError(f"The header field {name.decode()} must not come twice.")
            fields[name] = value.strip(b" \t")
    modern = first.endswith(b" HTTP/1.1")
    if not modern and not first.endswith(b" HTTP/1.0"):
        raise ParsingError("The request must be HTTP/1.1 or HTTP/1.0.")
    method, _, target = first[: -len(b" HTTP/1.1")].partition(b" ")
    if not _TARGET.fullmatch(target) and (method, target) != (b"OPTIONS", b"*"):
        raise ParsingError("The address must begin with / or be a whole one of http or https.")
    if modern and b"host" not in fields:
        raise ParsingError("The header field host is missing.")
    _refuse_ambiguous_body(fields.get(b"content-length"), fields.get(b"transfer-encoding"), modern=modern)


def _refuse_ambiguous_body(length: bytes | None, coding: bytes | None, *, modern: bool) -> None:
    if length is not None and not _LENGTH.fullmatch(length):
        raise ParsingError("Content-Length must be a plain number.")
    if coding is None:
        return
    if length is not None:
        raise ParsingError("Content-Length and Transfer-Encoding must not come together.")
    if coding.lower() != b"chunked" or not modern:
        raise ParsingError("The only Transfer-Encoding is chunked, in HTTP/1.1.")


class Chunks:
    """The body of a chunked request, taken out of its chunks; what waitress calls a receiver."""

    def __init__(self, buf: OverflowableBuffer) -> None:
        self.completed = False
        self.error: Error | None = None
        self._buf = buf
        self._wanted = 0
        self._line = b""
        self._framing = 0
        self._next = Chunks._size

    def received(self, data: bytes) -> int:
        """Take what belongs to the body and return its length."""
        at = 0
        while at < len(data) and not (self.completed or self.error):
            if self._wanted:
                piece = data[at : at + self._wanted]
                self._buf.append(piece)
                self._wanted -= len(piece)
                at += len(piece)
            else:
                at = self._read_line(data, at)
        return at

    def _read_line(self, data: bytes, at: int) -> int:
        end = data.find(b"\n", at) + 1 or len(data)
        self._line += data[at:end]
        self._framing += end - at
        if len(self._line) > _MAX_CHUNK_LINE:
            self._fail("A line between the chunks is too long.")
        elif self._framing > len(self) + _MAX_FRAMING:
            self._fail("The chunks are too small.")
        elif self._line.endswith(b"\n"):
            line, self._line = self._line, b""
            self._next(self, line)
        return end

    def _size(self, line: bytes) -> None:
        found = _CHUNK_SIZE.fullmatch(line)
        if not found:
            self._fail("The size of a chunk must be a hexadecimal number.")
            return
        self._wanted = int(found[1], 16)
        self._next = Chunks._end if self._wanted else Chunks._trailer

    def _end(self, line: bytes) -> None:
        if line != b"\r\n":
            self._fail("A chunk must be as long as its size.")
        self._next = Chunks._size

    def _trailer(self, line: bytes) -> None:
        if line == b"\r\n":
            self.completed = True
        elif not _TRAILER_FIELD.fullmatch(line):
            self._fail("A trailer must be a header field.")

    def _fail(self, detail: str) -> None:
        self.error = BadRequest(detail)

    def __len__(self) -> int:
        return len(self._buf)

    def getfile(self) -> Any:
        """Return the body as a file."""
        return self._buf.getfile()

    def getbuf(self) -> OverflowableBuffer:
        """Return the body's buffer, which the parser closes."""
        return self._buf
