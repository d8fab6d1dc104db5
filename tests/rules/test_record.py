"""The record: one entry for each change of each recorded row, in its own transaction, and never a secret."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import examples
import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from common import acting
from common.access import Caller, Role
from common.database import db, unit_of_work
from models import chain, ledger
from models.audit import AuditEntry, note, recorded_columns
from models.chain import AuditSeal
from models.row import Row
from models.sign_in import SignIn
from models.token import Token

LIFE = timedelta(hours=1)


@pytest.fixture
def engine(every_engine):
    return every_engine


@pytest.fixture(autouse=True)
def _nobody():
    yield
    acting.rest()


def entries(session, entity, **more):
    """Return the entries of a noun as (kind, version, changes), the oldest first."""
    found = session.scalars(select(AuditEntry).filter_by(entity=entity, **more).order_by(AuditEntry.id))
    return [(entry.kind, entry.version, entry.changes) for entry in found]


def test_a_row_that_is_added_is_told_as_it_is(session):
    item = examples.item(session, "TEA", price=Decimal("3.50"), barcodes=["12345"], attributes={"colour": "green"})

    assert entries(session, "items", row_id=item.id) == [
        (
            "created",
            1,
            {
                "sku": [None, "TEA"],
                "name": [None, "Item TEA"],
                "unit": [None, "each"],
                "price": [None, "3.5"],
                "barcodes": [None, ["12345"]],
                "attributes": [None, {"colour": "green"}],
                "packs": [None, []],
                "options": [None, {}],
                "tracks_batches": [None, False],
            },
        )
    ]


def test_a_change_tells_what_was_before_and_is_after(session):
    item = examples.item(session, "TEA", price=Decimal("3.50"))
    item.revise(price=Decimal("4.25"), name="Green tea")
    session.flush()
    item.archive()
    session.flush()
    item.restore()
    session.flush()

    (_, changed, archived, restored) = entries(session, "items", row_id=item.id)
    assert changed == ("changed", 2, {"name": ["Item TEA", "Green tea"], "price": ["3.5", "4.25"]})
    assert archived[:2] == ("archived", 3)
    assert archived[2].keys() == {"archived_at"}
    assert restored[:2] == ("restored", 4)
    assert restored[2]["archived_at"] == archived[2]["archived_at"][::-1]


def test_what_stays_as_it_was_is_no_change(session):
    item = examples.item(session, "TEA")
    item.revise(name="Item TEA", price=None)
    session.flush()

    assert len(entries(session, "items", row_id=item.id)) == 1


def test_what_moves_with_a_change_is_told_too(session):
    food = examples.category(session)
    sweets = examples.category(session, "Sweets", parent_id=food.id)
    food.revise(name="Groceries")
    session.flush()

    assert entries(session, "categories", row_id=sweets.id)[1:] == [
        ("changed", 2, {"path": ["Food / Sweets", "Groceries / Sweets"]})
    ]


def test_who_acts_through_what_and_from_where_stands_in_the_entry(session):
    user = examples.user(session)
    acting.act_as(Caller(user.id, "anna", Role.MANAGER, session_id=3), place="192.0.2.7", request_id="abc")
    examples.item(session, "TEA")

    found = session.scalar(select(AuditEntry).filter_by(entity="items"))
    assert (found.user_id, found.username, found.session_id, found.token_id) == (user.id, "anna", 3, None)
    assert (found.place, found.request_id) == ("192.0.2.7", "abc")


def test_a_password_is_told_as_changed_and_never_as_it_is_kept(session):
    user = examples.user(session)
    user.change_password("the hash of another password")
    session.flush()

    created, changed = entries(session, "users", row_id=user.id)
    assert "password" not in str(created)
    assert changed == ("changed", 2, {"password": ["***", "***"]})


def test_no_column_that_holds_a_secret_is_told(session):
    named = {
        f"{model.__tablename__}.{name}"
        for model in [*Row.__subclasses__(), SignIn]
        if model in {mapper.class_ for mapper in db.Model.registry.mappers}
        for name in recorded_columns(model)
        if any(word in name for word in ("secret", "password", "hash", "reference", "key"))
    }

    # Told by name alone: what ends in _hash is hidden.
    hidden = {"users.password_hash", "sessions.reference_hash", "tokens.secret_hash", "passkeys.credential_hash"}
    # What the other side calls something, which is meant to be read.
    words = {"suppliers.account_reference", "purchase_orders.reference"}
    assert named == hidden | words
    assert Token.shown.key in recorded_columns(Token)


def test_a_document_is_told_with_what_vouches_for_its_lines(session):
    store, item = examples.store(session), examples.item(session)
    receipt = examples.posted(session, "receipt", store, (item, 5))

    ((kind, version, changes),) = entries(session, "movements")
    assert (kind, version) == ("created", 1)
    assert changes["kind"] == [None, "receipt"]
    assert changes["lines_digest"] == [None, receipt.lines_digest]
    assert session.scalar(select(AuditEntry.store_id).filter_by(entity="movements")) == store.id


def test_a_document_that_is_reversed_is_told_as_changed(session):
    store, item = examples.store(session), examples.item(session)
    receipt = examples.posted(session, "receipt", store, (item, 5))
    reversal = ledger.reverse(session, examples.CLERK, receipt)
    session.flush()

    assert entries(session, "movements", row_id=receipt.id)[1:] == [
        ("changed", 2, {"reversed_by_id": [None, reversal.id]})
    ]


def test_an_ended_session_is_told_by_whoever_ended_it(session):
    user = examples.user(session)
    kept, _ = SignIn.begin(session, user.id, idle=LIFE, absolute=LIFE, place="here", agent="x")
    gone, _ = SignIn.begin(session, user.id, idle=LIFE, absolute=LIFE, place="there", agent="x")
    session.flush()
    user.change_password("the hash of another password", kept_session=kept.id)
    session.flush()

    assert [kind for kind, _, _ in entries(session, "sessions", row_id=gone.id)] == ["created", "deleted"]
    assert [kind for kind, _, _ in entries(session, "sessions", row_id=kept.id)] == ["created"]


def test_what_is_undone_was_never_recorded(session):
    with session.begin_nested() as step:
        examples.item(session, "TEA")
        step.rollback()
    examples.item(session, "JAM")

    assert [changes["sku"] for _, _, changes in entries(session, "items")] == [[None, "JAM"]]


def test_what_is_refused_is_recorded_where_it_is_noted(session):
    note(session, "refused", "requests", {"request": [None, "GET /api/v1/users"]})

    assert entries(session, "requests") == [("refused", None, {"request": [None, "GET /api/v1/users"]})]


@pytest.mark.parametrize("table", ["audit_entries", "audit_seals"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET {} = {}", "DELETE FROM {}"])
def test_the_database_itself_keeps_the_record_as_it_is(engine, session, table, statement):
    with unit_of_work(session, write=True):
        examples.item(session, "TEA")
    column = {"audit_entries": "kind", "audit_seals": "hash"}[table]

    with engine.connect() as connection, pytest.raises(DBAPIError, match=r"append.only"):
        connection.execute(text(statement.format(table, column, column)))


def test_each_entry_is_sealed_once_it_stands_and_not_before(engine, session):
    with unit_of_work(session, write=True):
        for sku in ("TEA", "JAM", "RYE"):
            examples.item(session, sku)
    examples.item(session, "OIL")
    session.rollback()

    with engine.connect() as connection:
        found = connection.execute(
            select(AuditSeal.position, AuditEntry.entity).join(AuditEntry, AuditEntry.id == AuditSeal.entry_id)
        ).all()
        assert sorted(found) == [(1, "items"), (2, "items"), (3, "items")]
        assert connection.scalar(text("SELECT count(*) FROM audit_unsealed")) == 0


def test_a_step_that_is_undone_leaves_the_rest_of_its_transaction_sealed(engine, session):
    with unit_of_work(session, write=True):
        examples.item(session, "TEA")
        with session.begin_nested() as step:
            examples.item(session, "JAM")
            step.rollback()
        with session.begin_nested():
            examples.item(session, "RYE")

    with engine.connect() as connection:
        sealed = select(AuditSeal.position).join(AuditEntry, AuditEntry.id == AuditSeal.entry_id)
        assert sorted(connection.scalars(sealed)) == [1, 2]


def test_a_bulk_update_of_bookkeeping_is_no_change(session):
    user = examples.user(session)
    row, _ = SignIn.begin(session, user.id, idle=LIFE, absolute=LIFE, place="here", agent="x")
    session.flush()
    SignIn.touch(session, row.id, LIFE)
    session.execute(update(SignIn).values(idle_until=row.ends_at))

    assert len(entries(session, "sessions")) == 1


def test_what_a_process_left_unsealed_is_sealed_at_the_next_start(engine, session, monkeypatch):
    if engine.dialect.name == "sqlite":
        pytest.skip("there an entry is sealed in its own transaction")
    with monkeypatch.context() as patch:
        patch.setattr(chain.Sealer, "seal", lambda _: None)  # it ends between the commit and the seal
        with unit_of_work(session, write=True):
            examples.item(session, "TEA")
    with engine.connect() as connection:
        assert chain.head(connection) == chain.Head()
    chain.catch_up(engine)

    with engine.connect() as connection:
        assert chain.head(connection).position == 1
        assert connection.scalar(text("SELECT count(*) FROM audit_unsealed")) == 0
