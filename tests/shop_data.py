"""The shop that tests find: a little of everything, and of each noun a newest row that anything may be done to."""

from __future__ import annotations

from datetime import UTC, datetime

from authenticator import Authenticator, coded

from common.database import again, db
from common.digests import digest
from common.sealed import Seal
from models import password
from models.challenge import PasskeyChallenge, _hash
from models.passkey import Passkey
from models.recovery_code import RecoveryCodes
from models.totp import Totp, _about
from models.user import User

PASSWORD = "wicker-basket-on-the-stairs"
BARCODE = "4006381333931"
USERS = ("viewer", "clerk", "manager", "admin", "limited", "spare")
# Who has a passkey, its number being the user's id, and is about to set up an authenticator app and one more passkey.
FACTORED = ("viewer", "clerk", "manager", "admin")
APP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
CHALLENGE = b"what everybody is asked to sign!"
LOT = {"lot": "L-5", "expires_on": "2026-01-31"}
NAMES = ("Tea", "Tea", "Élan", "elan", "Ölkanne", "Salt & <pepper>", "ﬁne flour", "茶", "Tea towel", "zebra")


def fill(service) -> None:
    """Fill an empty database, by the API wherever that can be."""
    _users(service)
    for username in ("viewer", "clerk", "manager", "admin"):
        service.sign_in(username)
        token = {"name": f"{username}'s till", "role": username}
        service.tokens[username] = service.made("tokens", token, role=username)["token"]
    _catalogue(service)
    admin = service.get("users?username=limited").json["data"][0]
    limits = {"store_ids": [2], "sees_all_stores": False}
    assert service.send("PATCH", f"users/{admin['id']}", body=limits).status_code == 200
    service.sign_in("limited")
    _stock(service)
    _buying(service)
    service.sign_in("spare")
    _factors(service)


def _users(service) -> None:
    hashed = password.make(PASSWORD)

    def work(session):
        for name in USERS:
            role = {"limited": "clerk", "spare": "viewer"}.get(name, name)
            User.create(session, password_hash=hashed, username=name, role=role)
            session.flush()

    with service.app.app_context():
        again(db.session(), work)


def _factors(service) -> None:
    """What no request can make, because a phone or a browser has a hand in it."""
    seal = Seal(str(service.app.secret_key))

    def work(session):
        for name in FACTORED:
            user = User.named(session, name)
            session.add(passkey_of(user.id, Authenticator(user.id)))
            session.add(Totp(user_id=user.id, proposed=seal.close(APP_SECRET, about=_about(user.id))))
            ends_at = datetime(2999, 1, 1, tzinfo=UTC)
            session.add(PasskeyChallenge(challenge_hash=_hash(CHALLENGE, user.id), place="", ends_at=ends_at))
            RecoveryCodes.make(session, user.id)
            user.second_factor = True
            session.flush()

    with service.app.app_context():
        again(db.session(), work)


def passkey_of(user_id: int, key: Authenticator) -> Passkey:
    """Return a passkey as it is kept after it was made."""
    credential_id = coded(key.credential_id)
    return Passkey(
        user_id=user_id,
        name=f"key {key.number}",
        host=key.host,
        credential_id=credential_id,
        credential_hash=digest(credential_id),
        public_key=coded(key.public_key),
        sign_count=key.count,
    )


def _catalogue(service) -> None:
    for code in ("MAIN", "SIDE", "OLD", "SPARE"):
        service.made("stores", {"code": code, "name": f"Store {code.lower()}", "timezone": "Europe/Berlin"})
    for name, parent in (("Food", None), ("Drinks", 1), ("Gone", None), ("Spare", None)):
        service.made("categories", {"name": name, "parent_id": parent})
    sizes = {"name": "Size", "values": ["S", "M"]}
    for name in ("Tins", "Spare"):
        service.made("item-groups", {"name": name, "options": [sizes, {"name": "Colour", "values": ["red", "blue"]}]})
    for number, name in enumerate(NAMES, start=1):
        item = {
            "sku": f"SKU-{number}",
            "name": name,
            "unit": "kg" if name == "Salt & <pepper>" else "each",
            "price": None if number % 3 == 0 else f"{number}.50",
            "cost": None if number % 4 == 0 else "1.25",
            "category_id": number % 3 or None,
            "barcodes": [BARCODE] if number == 1 else [f"int-{number}"],
            "attributes": {"colour": "red", "width": 1.5} if number == 2 else {},
        }
        if number == 5:
            item |= {"tracks_batches": True}
        if number == 8:
            item |= {"packs": [{"barcode": "case-8", "quantity": 12, "name": "case"}]}
            item |= {"group_id": 1, "options": {"Size": "S", "Colour": "red"}}
        service.made("items", item | ({"category_id": None} if number % 3 == 0 else {}))
    for path in ("stores/3", "categories/3", "items/9"):
        assert service.send("DELETE", path).status_code == 204
    for item, level in ((1, 5), (2, 100), (3, 0)):
        body = {"price": "9.99", "reorder_point": level, "reorder_to": level + 10}
        assert service.send("PUT", f"stores/1/listings/{item}", body=body).status_code == 200
    body = {"price": "9.99"}
    assert service.send("PUT", "stores/4/listings/10", body=body).status_code == 200


def _lines(quantity: int, *items: int, **more) -> list[dict]:
    return [{"item_id": item, "quantity": quantity} | more for item in items]


def _stock(service) -> None:
    lines = _lines(50, 1, 2, 3, unit_cost="2.10") + _lines(50, 5, unit_cost="2.10", **LOT)
    service.made("receipts", {"store_id": 1, "lines": lines, "reference": "PO-1"})
    service.made("receipts", {"store_id": 2, "lines": _lines(20, 1, 6, unit_cost="2.3333")})
    service.made("sales", {"store_id": 1, "lines": _lines(3, 1, 2, unit_price="4.50")}, role="clerk")
    service.made("returns", {"store_id": 1, "lines": _lines(1, 1)}, role="clerk")
    service.made("write-offs", {"store_id": 1, "lines": _lines(2, 2), "reason": "broken"})
    service.made("adjustments", {"store_id": 2, "lines": _lines(-1, 6), "reason": "miscounted"})
    service.made("transfers", {"store_id": 1, "to_store_id": 2, "lines": _lines(5, 1, 5)})
    service.made("transfers/7/arrival", {})
    service.made("sales", {"store_id": 2, "lines": _lines(1, 1)})
    service.made("movements/9/reversal", {"note": "typed twice\nby mistake"})
    service.made("transfers", {"store_id": 1, "to_store_id": 2, "lines": _lines(4, 1)})
    service.made("receipts", {"store_id": 1, "lines": _lines(7, 2, unit_cost="2"), "reference": "PO-2"})
    service.made("counts", {"store_id": 4, "note": "before the holidays"}, role="clerk")
    service.made("counts/1/tallies", {"item_id": 10, "quantity": 2}, role="clerk")


def _buying(service) -> None:
    for name in ("Tea & Co", "tea imports", "Spare"):
        service.made("suppliers", {"name": name, "email": None if name == "Spare" else f"orders@{len(name)}.example"})
    for supplier, item, pack in ((1, 1, 12), (1, 2, 6), (2, 1, 1), (3, 10, 1)):
        body = {"sku": f"S{supplier}-{item}", "pack_size": pack, "unit_cost": None if pack == 6 else "1.95"}
        assert service.send("PUT", f"suppliers/{supplier}/items/{item}", body=body).status_code == 200
    order = {"supplier_id": 1, "store_id": 1, "lines": [{"item_id": 1, "packs": 4}, {"item_id": 3, "quantity": 5}]}
    service.made("purchase-orders", order | {"reference": "PO-3", "expected_at": "2026-12-01T08:00:00Z"})
    service.made("purchase-orders/1/sending", None)
    service.made("purchase-orders", {"supplier_id": 2, "store_id": 2, "lines": _lines(10, 1, 6)})
