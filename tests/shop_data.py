"""The shop that tests find: a little of everything, and of each noun a newest row that anything may be done to."""

from __future__ import annotations

from common.database import again, db
from models import password
from models.user import User

PASSWORD = "wicker-basket-on-the-stairs"
BARCODE = "4006381333931"
USERS = ("viewer", "clerk", "manager", "admin", "limited", "spare")
NAMES = ("Tea", "Tea", "Élan", "elan", "Ölkanne", "Salt & <pepper>", "ﬁne flour", "茶", "Tea towel", "zebra")


def fill(service) -> None:
    """Fill an empty database, by the API wherever that can be."""
    _users(service)
    for username in ("viewer", "clerk", "manager", "admin"):
        service.sign_in(username)
    _catalogue(service)
    admin = service.get("users?username=limited").json["data"][0]
    limits = {"store_ids": [2], "sees_all_stores": False}
    assert service.send("PATCH", f"users/{admin['id']}", body=limits).status_code == 200
    service.sign_in("limited")
    _stock(service)
    service.sign_in("spare")


def _users(service) -> None:
    hashed = password.make(PASSWORD)

    def work(session):
        for name in USERS:
            role = {"limited": "clerk", "spare": "viewer"}.get(name, name)
            User.create(session, password_hash=hashed, username=name, role=role)
            session.flush()

    with service.app.app_context():
        again(db.session(), work)


def _catalogue(service) -> None:
    for code in ("MAIN", "SIDE", "OLD", "SPARE"):
        service.made("stores", {"code": code, "name": f"Store {code.lower()}", "timezone": "Europe/Berlin"})
    for name, parent in (("Food", None), ("Drinks", 1), ("Gone", None), ("Spare", None)):
        service.made("categories", {"name": name, "parent_id": parent})
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
    service.made("receipts", {"store_id": 1, "lines": _lines(50, 1, 2, 3, 5, unit_cost="2.10"), "reference": "PO-1"})
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
