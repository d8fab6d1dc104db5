"""Whose store it is, for every verb of every route: what is elsewhere is read only, or does not exist."""

from __future__ import annotations

import itertools
import json
import re

import pytest
import shop_data
from refusals import assert_problem
from routing import CALLS, CHANGES, LISTS, ROWS, each
from routing import OWN as OWN_ROWS
from service import ROLES

from common.access import Role
from common.database import again, db
from common.http import query
from models import password
from models.audit import AuditEntry
from models.count import Count
from models.counted import Tally
from models.listing import Listing
from models.movement import Movement, MovementLine, Transfer
from models.purchase_order import PurchaseOrder
from models.store import Contents, Store
from models.user import User

OWN = 2
SECRET = "ELSEWHERE-ONLY"
HEX = re.compile(r'"[0-9a-f]{16,64}"')  # hashes and request ids may hold any digits
# Of each noun that belongs to a store: whether those who see only their own store know others' rows.
KNOWN = {Store: True} | dict.fromkeys(
    (Contents, Movement, MovementLine, Transfer, PurchaseOrder, AuditEntry, Count, Tally),
    False,
)
OF_ROWS = [call for call in CALLS if KNOWN.keys() & set(call.resource.rows.values())]
OF_BODIES = [
    call for call in CHANGES if call.parser and any(argument.name == "store_id" for argument in call.parser.args)
]


@pytest.fixture(scope="module")
def chain(template):
    """A shop with rows of stores 1 and 4 alone, and users of store 2: `clerk-open` sees all, `clerk-closed` not."""
    with template.copy() as service:
        _users(service)
        line = {"item_id": 2, "quantity": 3, "unit_cost": "77.7701", "unit_price": "88.8801"}
        bought = {name: line[name] for name in ("item_id", "quantity", "unit_cost")}
        receipt = {"store_id": 1, "lines": [line], "reference": SECRET, "note": SECRET}
        sent = {"store_id": 1, "to_store_id": 4, "lines": [line], "reference": SECRET, "note": SECRET}
        ordered = {"supplier_id": 1, "store_id": 1, "lines": [bought], "reference": SECRET, "note": SECRET}
        service.elsewhere = {
            Store: 1,
            Contents: 1,
            Movement: service.made("receipts", receipt)["id"],
            Transfer: service.made("transfers", sent)["id"],
            PurchaseOrder: service.made("purchase-orders", ordered)["id"],
        }
        service.elsewhere[Count] = service.made("counts", {"store_id": 1, "note": SECRET})["id"]
        counted = f"counts/{service.elsewhere[Count]}"
        service.elsewhere[Tally] = service.made(f"{counted}/tallies", {"item_id": 10, "quantity": 1})["id"]
        own = service.made("counts", {"store_id": OWN})["id"]
        service.made(f"counts/{own}/tallies", {"item_id": 10, "quantity": 1})
        lines = service.get(f"movement-lines?movement_id={service.elsewhere[Movement]}").json["data"]
        service.elsewhere[MovementLine] = lines[0]["id"]
        told = service.get(f"movements/{service.elsewhere[Movement]}/history").json["data"]
        service.elsewhere[AuditEntry] = told[0]["id"]
        service.send("PUT", f"stores/{OWN}/listings/10", body={"price": "1"})
        service.send("PUT", "stores/1/listings/10", body={"price": "66.6601", "reorder_point": 6666})
        service.pristine, service.newest = service.dump(), {}
        yield service
        assert service.dump() == service.pristine


def _users(service):
    hashed = password.make(shop_data.PASSWORD)
    kinds = list(itertools.product(ROLES, ("open", "closed")))

    def work(session):
        for role, kind in kinds:
            limits = {"store_ids": [OWN], "sees_all_stores": kind == "open"}
            User.create(session, password_hash=hashed, username=f"{role}-{kind}", role=role, **limits)
            session.flush()

    with service.app.app_context():
        again(db.session(), work)
    for role, kind in kinds:
        service.sign_in(f"{role}-{kind}")


def elsewhere(service, call):
    """Return the address of another store's row."""
    ids = {name: service.elsewhere[model] for name, model in call.resource.rows.items() if model in KNOWN}
    return call.path(service, **ids)


def test_every_row_of_a_store_stands_in_the_table_above():
    models = {model for call in CALLS for model in call.resource.rows.values() if isinstance(model, type)}

    assert {model for model in models if hasattr(model, "store_id") or hasattr(model, "to_store_id")} <= KNOWN.keys()


@pytest.mark.parametrize("kind", ["open", "closed"])
@pytest.mark.parametrize("role", ROLES)
@each(OF_ROWS)
def test_another_stores_row_is_read_only_or_not_there(chain, call, role, kind):
    answer = call.send(chain, role=f"{role}-{kind}", path=elsewhere(chain, call))

    known = kind == "open" or all(KNOWN.get(model, True) for model in call.resource.rows.values())
    if Role.named(role) < call.role:
        assert_problem(answer, 403, "not-allowed")
    elif not known:
        assert_problem(answer, 404, "not-found")
        missing = call.send(
            chain, role=f"{role}-{kind}", path=call.path(chain, **dict.fromkeys(call.parameters, 99999))
        )
        assert {k: v for k, v in answer.json.items() if k not in {"instance", "request_id"}} == {
            k: v for k, v in missing.json.items() if k not in {"instance", "request_id"}
        }
    elif call.verb == "get":
        assert answer.status_code == 200
    else:
        assert_problem(answer, 403, "not-allowed")
        assert "store" in answer.json["detail"]


@pytest.mark.parametrize("role", ROLES)
@each(OF_BODIES)
def test_a_document_for_another_store_is_refused(chain, call, role):
    body = call.body() | {"store_id": 1} | ({"to_store_id": OWN} if "to_store_id" in call.body() else {})
    for kind in ("open", "closed"):
        answer = call.send(chain, role=f"{role}-{kind}", body=body)

        if kind == "open" or Role.named(role) < call.role:
            assert_problem(answer, 403, "not-allowed")
        else:
            (error,) = assert_problem(answer, 400, "invalid")["errors"]
            assert (error["field"], error["code"]) == ("store_id", "unknown")


@pytest.mark.parametrize("role", ["manager", "admin"])
def test_who_keeps_some_stores_opens_no_others(chain, role):
    for kind in ("open", "closed"):
        answer = chain.post("stores", {"code": "NEW", "name": "New"}, role=f"{role}-{kind}")

        assert_problem(answer, 403, "not-allowed")


def asked(call, role):
    """Yield the ways to ask a list or a row: plain, each expansion, each search and order that the role has."""
    shape = call.resource.shape
    expansions = [query.expanded_name(name) for name, field in shape.fields.items() if field.expand]
    yield from ("", *(f"expand={name}" for name in expansions))
    if call.is_list:
        seen = {name: shape.fields[name] for name in shape.visible(Role.named(role))}
        yield from (f"sort=-{name}" for name, field in seen.items() if field.sort is not None)
        yield from ((f"q={word}" for word in ("tea", "SKU-2", SECRET)) if shape.search else ())


@pytest.mark.parametrize("role", ROLES)
@each([call for call in [*LISTS, *ROWS] if call.role])
def test_nothing_that_is_read_tells_of_a_hidden_store(chain, call, role):
    if Role.named(role) < call.role or (call in ROWS and any(own in call.url for own in OWN_ROWS)):
        return
    path = call.path(chain, role=f"{role}-closed")
    for way in asked(call, role):
        limit = "limit=200&total=true&" if call.is_list else ""
        answer = chain.get(f"{path}?{limit}{way}", role=f"{role}-closed")

        assert answer.status_code == 200, answer.text
        for told in (SECRET, "77.77", "88.88", "66.66", "6666"):
            assert told not in HEX.sub("", json.dumps(answer.json.get("data", answer.json))), way
        if call.is_list:
            rows = answer.json["data"]
            assert answer.json["page"]["total"] == len(rows)
            for row in rows:
                stores = {row.get("store_id", OWN), row.get("to_store_id", OWN)}
                assert OWN in {s["id"] if isinstance(s, dict) else s for s in stores} or "store_id" not in row


@each([call for call in LISTS if call.role and call.resource.shape.model is not User])
def test_who_sees_all_stores_reads_what_everybody_reads(chain, call):
    if call.role > Role.MANAGER or any(own in call.url for own in OWN_ROWS):
        return
    seen = [chain.get(f"{call.path(chain)}?limit=200", role=role).json["data"] for role in ("manager-open", "manager")]

    rows = [[{name: row[name] for name in row if name != "links"} for row in rows] for rows in seen]
    assert rows[0] == rows[1]


def test_a_line_says_nothing_of_the_level_in_a_hidden_store(chain):
    sent = next(row for row in chain.get("transfers").json["data"] if (row["store_id"], row["to_store_id"]) == (1, OWN))

    seen = {
        role: chain.get(f"movements/{sent['id']}", role=role).json["lines"][0] for role in ("manager", "manager-closed")
    }

    assert seen["manager"]["on_hand_after"] is not None
    assert seen["manager-closed"] == seen["manager"] | {"on_hand_after": None, "unit_cost": None}


def test_links_offer_what_may_be_done_here_and_not_elsewhere(chain):
    own = {role: chain.get(f"stores/{OWN}", role=role).json["links"] for role in ("manager", "manager-open")}
    there = {kind: chain.get("stores/1", role=f"manager-{kind}").json["links"].keys() for kind in ("open", "closed")}
    received = {
        role: chain.get(f"movements/{chain.elsewhere[Movement]}", role=role).json["links"]
        for role in ("clerk", "clerk-open")
    }

    assert own["manager-open"] == own["manager"]
    assert there == {
        "open": {"self", "collection", "stock", "listings", "movements", "incoming", "history"},
        "closed": {"self", "collection", "history"},
    }
    assert "reversal" in received["clerk"]
    assert "reversal" not in received["clerk-open"]


def test_lists_of_different_callers_have_different_tags(chain):
    tags = {
        role: chain.get("stores", role=role).headers["ETag"] for role in ("manager", "manager-open", "manager-closed")
    }

    assert len(set(tags.values())) == 3


def test_listings_of_ones_own_store_can_be_changed(fresh):
    _users(fresh)

    answer = fresh.send("PUT", f"stores/{OWN}/listings/1", body={"price": "5"}, role="manager-closed")

    assert answer.status_code == 200
    assert fresh.get(answer.json["links"]["self"]["href"], role="manager-closed").json == answer.json
    assert hasattr(Listing, "kept_by")
