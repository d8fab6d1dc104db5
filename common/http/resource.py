"""One request, step by step: who, which, fresh, what, do, keep. Written once; a handler is only the "do".

A change runs in one writing transaction with one commit, after its answer is made and before it is sent; what can be
done without the database (signing in is read, the body is parsed, a password is hashed) is done before its turn to
write comes.
"""

from __future__ import annotations

from contextlib import ExitStack, nullcontext
from functools import cached_property
from typing import Any, ClassVar

import flask_restful
from flask import Response, g, request
from sqlalchemy import Connection, Select
from sqlalchemy.orm import Session

from common import errors
from common.access import ANONYMOUS, Caller, Role
from common.database import again, db, reading, session_on
from common.http import body, conditional, guard, idempotency, negotiation, query, render
from common.http.asked import Asked
from common.http.reqparse import Merge, RequestParser
from common.http.shapes import Shape

_VERBS = ("get", "post", "put", "patch", "delete")
_NOTHING = RequestParser(optional=True)


class Resource(flask_restful.Resource):  # type: ignore[misc]
    """A noun at an address. Policy is data at the top of the class; a verb without a role is an error at import."""

    shape: ClassVar[Shape]
    rows: ClassVar[dict[str, Any]] = {}
    """The model of each id in the address, or what finds a row by a code; a handler receives the rows, not the ids."""
    roles: ClassVar[dict[str, Role | None]] = {}
    """The least role of each verb; None lets anybody in."""
    parsers: ClassVar[dict[str, RequestParser]] = {}
    public: ClassVar[bool] = False
    """Whether reading it is open to anybody where settings open the catalogue."""
    replayable: ClassVar[bool] = True
    """Whether POST honours Idempotency-Key."""
    if_match: ClassVar[bool] = True
    """Whether PUT asks for If-Match."""
    most_bytes: ClassVar[int] = body.MOST_BYTES
    formats: ClassVar[tuple[str, ...]] = negotiation.JSON_ALONE
    """What a list is answered in; the first where a client does not care."""
    asks: ClassVar[dict[str, Asked]] = {}
    """The parameters of GET that are its own."""
    answers: ClassVar[dict[str, Any]] = {}
    """The JSON Schema of what GET answers where no shape says it."""

    chainwide: ClassVar[frozenset[str]] = frozenset()
    """The verbs that concern all stores: not for a role that is limited to some."""

    throttled: ClassVar[frozenset[str]] = frozenset()
    """The verbs that check a password, so that wrong ones cost a wait."""

    by_token: ClassVar[bool] = True
    """Whether a token may; what signs a person in is that person's alone."""

    before_factor: ClassVar[bool] = False
    """Whether it is open to who must set up a second factor first."""

    connection: Connection
    caller: Caller = ANONYMOUS
    format: str = "json"

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for verb in _VERBS:
            if hasattr(cls, verb) and verb not in cls.roles:
                raise TypeError(f"{cls.__name__}.{verb} declares no role")
            if verb in cls.parsers and not hasattr(cls, verb):
                raise TypeError(f"{cls.__name__} has a parser for {verb}, which it does not take")

    def dispatch_request(self, **ids: Any) -> Response:
        """Answer one request."""
        verb = "get" if request.method == "HEAD" else request.method.lower()
        self.format = negotiation.chosen(self.formats if verb == "get" else negotiation.JSON_ALONE)
        body.refuse_large(self.most_bytes)
        return self._read(ids) if verb == "get" else self._change(verb, ids)

    def _read(self, ids: dict[str, Any]) -> Response:
        with ExitStack() as held:
            self.connection = held.enter_context(reading())
            self._admit("get")
            response = self._show(ids)
            if response.is_streamed:  # it goes on reading until its end, or until the client is gone
                response.call_on_close(held.pop_all().close)
        return response

    @cached_property
    def session(self) -> Session:
        """The session of this request: in a reading one made where an object is asked for, which lists never do."""
        return session_on(self.connection) if request.method in {"GET", "HEAD"} else db.session()

    def _admit(self, verb: str) -> None:
        g.connection = self.connection
        self.caller = guard.admit(
            self.roles[verb],
            public=self.public and verb == "get",
            by_token=self.by_token,
            before_factor=self.before_factor,
        )
        if verb != "get":
            guard.answer_for(self.caller)
        if verb in self.chainwide:
            guard.refuse_limited(self.caller)

    def _show(self, ids: dict[str, Any]) -> Response:
        rows = self._find(ids)
        result = self.get(*rows)
        shape = self.shape_of(*rows)
        if isinstance(result, Select):
            shape = shape if shape.then is None else shape.asked(request.args)
            asked = query.of_list(shape, self.caller.role, self.formats, self.asks)
            return render.listed(self.connection, self.caller, shape, result, asked, self.format)
        return render.row(self.connection, self.caller, shape, result, query.of_row(shape, self.caller.role))

    def _change(self, verb: str, ids: dict[str, Any]) -> Response:
        with reading() as self.connection:
            self._admit(verb)
            if not self.is_there():
                raise errors.NotFound
        sent = _Sent(self.parsers.get(verb, _NOTHING if verb == "post" else None))
        if sent.refusal is None:
            sent.values = self.prepare(ids, sent.values)
        with idempotency.running(self.caller) if verb == "post" and self.replayable else nullcontext():
            # Who names no version is not told that another was quicker: they come after the other.
            met = () if "If-Match" in request.headers else (errors.Stale,)
            return again(self.session, lambda session: self._work(session.connection(), verb, ids, sent), met=met)

    def shape_of(self, *rows: Any) -> Shape:
        """Return how the answer is shown: as the noun's shape says, unless a row of the address decides."""
        del rows
        return self.shape

    def is_there(self) -> bool:
        """Whether what has no row of its own can be changed at all now; 404 where it cannot."""
        return True

    def permit(self, *rows: Any) -> None:
        """Refuse a change of rows that belong to a store which the caller's role does not cover."""
        guard.refuse_elsewhere(self.caller, rows)

    def target(self, *rows: Any) -> Any:
        """Return the row that a change is about, whose version If-Match names: the last of the address, if any."""
        return rows[-1] if rows else None

    def prepare(self, ids: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
        """Do what is slow and needs no turn to write, such as hashing a password; return the fields to go on with."""
        del ids
        return values

    def _work(self, connection: Connection, verb: str, ids: dict[str, Any], sent: _Sent) -> Response:
        rows = self._find(ids)
        self.permit(*rows)
        target = self.target(*rows)
        if self.rows:
            conditional.require_fresh(target, required=verb == "put" and self.if_match)
        values = sent.fields(target)
        claim = self._claim() if verb == "post" and self.replayable else None
        earlier = claim.earlier() if claim else None
        if earlier is not None:
            return earlier
        result = getattr(self, verb)(*rows, *([values] if verb in self.parsers else []))
        self.session.flush()
        response = render.changed(connection, self.caller, self.shape_of(*rows), verb, result)
        if claim:
            claim.keep(response)
        return response

    def _claim(self) -> idempotency.Claim | None:
        key = idempotency.read_key()
        return idempotency.Claim(self.session, self.caller, key) if key is not None else None

    def _find(self, ids: dict[str, Any]) -> list[Any]:
        rows = [self._load(model, ids[name]) for name, model in self.rows.items()]
        if self.before_factor:
            guard.refuse_others_before_factor(self.caller, rows)
        return rows

    def _load(self, model: Any, given: Any) -> Any:
        if hasattr(model, "visible_to"):
            row = self.session.execute(model.visible_to(self.caller).where(model.id == given)).scalar_one_or_none()
        else:
            row = model(self.session, given)
        if row is None:
            raise errors.NotFound("There is no such row.")
        return row


class _Sent:
    """What came in the body: parsed before the turn to write, refused at its place in the order of checks."""

    def __init__(self, parser: RequestParser | None) -> None:
        self.values: dict[str, Any] = {}
        self.refusal: Exception | None = None
        try:
            self.values = parser.parse_args() if parser else {}
            query.refuse_any()
        except Exception as refusal:  # noqa: BLE001 - raised again by fields()
            self.refusal = refusal

    def fields(self, row: Any) -> dict[str, Any]:
        """Return the fields, merge patches laid onto the row; raises what the parser refused."""
        if self.refusal is not None:
            raise self.refusal
        return {
            name: value.onto(getattr(row, name)) if isinstance(value, Merge) else value
            for name, value in self.values.items()
        }
