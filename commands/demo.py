"""A small shop of invented data, to try things on."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import click
from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from commands.demo_data import SHELVES, STORES
from commands.opening import Opening
from common import clock, errors
from common.access import Caller, Role
from common.database import again
from common.gtin import check_digit_ok
from models import ledger
from models.category import SEPARATOR, Category
from models.item import Item
from models.listing import Listing
from models.movement import Movement
from models.store import Store

DAYS = 42
OPENING, WEEK = Decimal(60), 7
_CALLER = Caller(username="demo", role=Role.ADMIN)


@click.command()
@click.pass_obj
def demo(opening: Opening) -> None:
    """Fill an empty database with a small shop of invented data."""
    with opening.session() as session:
        counts = again(session, lambda s: _Demo(s, opening.settings.shop.timezone).fill())
    click.echo("A small shop is there to try: {} stores, {} items, {} documents.".format(*counts))


class _Demo:
    """The shop in the making; the same one on the same day."""

    def __init__(self, session: Session, timezone: str) -> None:
        self._session, self._zone = session, ZoneInfo(timezone)
        self._random = random.Random(1923)  # noqa: S311 - a shop that looks alike each time, not a secret
        self._now = clock.now().astimezone(self._zone)
        self._left: dict[tuple[int, int], Decimal] = {}
        self._documents = 0

    def fill(self) -> tuple[int, int, int]:
        """Return how many stores, items and documents there are now; raises Refused where anything was before."""
        somebody = or_(*(exists(select(model.id)) for model in (Store, Category, Item, Movement)))
        if self._session.scalar(select(somebody)):
            raise errors.Refused("The database is not empty. The demo goes into an empty one alone.")
        zone = str(self._zone)
        stores = [Store.create(self._session, code=code, name=name, timezone=zone) for code, name in STORES]
        self._session.flush()
        items = self._catalogue()
        self._open(stores, items)
        for day in range(DAYS):
            for shop in stores[:2]:
                self._trade(day, shop, items)
            if day % WEEK == WEEK - 1:
                self._deliver(day, stores, items)
        self._list(stores[:2], items)
        return len(stores), len(items), self._documents

    def _catalogue(self) -> list[Item]:
        items: list[Item] = []
        roots: dict[str, int] = {}
        for path, shelf in SHELVES.items():
            root, name = path.split(SEPARATOR)
            if root not in roots:
                roots[root] = self._category(root, None)
            category = self._category(name, roots[root])
            for line in shelf.strip().splitlines():
                items.append(self._item(len(items) + 1, category, *line.strip().split("|")))
        return items

    def _category(self, name: str, parent_id: int | None) -> int:
        category = Category.create(self._session, name=name, parent_id=parent_id)
        self._session.flush()
        return category.id

    def _item(self, number: int, category_id: int, name: str, unit: str, price: str, cost: str) -> Item:
        """Barcodes begin with 2, as codes do that mean something inside one shop alone."""
        stem = f"2000000{number:05}"
        barcode = next(code for code in (f"{stem}{digit}" for digit in range(10)) if check_digit_ok(code))
        money = {"price": Decimal(price), "cost": Decimal(cost), "tax_rate": Decimal(7)}
        fields = {"sku": f"D-{number:03}", "name": name, "unit": unit, "category_id": category_id}
        return Item.create(self._session, **fields, **money, barcodes=[barcode], attributes={})

    def _open(self, stores: list[Store], items: list[Item]) -> None:
        for store in stores:
            depot = 4 if store is stores[-1] else 1
            lines = [(item, OPENING * depot + self._random.randrange(30)) for item in items]
            self._post("receipt", -1, store, lines, reference="opening stock")

    def _trade(self, day: int, shop: Store, items: list[Item]) -> None:
        for _ in range(self._random.randint(3, 7)):
            basket = self._random.sample(items, self._random.randint(1, 6))
            self._post("sale", day, shop, [(item, self._some(shop, item)) for item in basket])
        if self._random.random() < 0.15:  # noqa: PLR2004 - about once a week
            item = self._random.choice(items)
            self._post("return", day, shop, [(item, Decimal(1))], note="Not opened")
        if self._random.random() < 0.25:  # noqa: PLR2004 - twice a week
            item = self._random.choice(items)
            reason = self._random.choice(("damaged", "past its date", "tasting"))
            self._post("write_off", day, shop, [(item, min(Decimal(1), self._left[shop.id, item.id]))], reason=reason)

    def _deliver(self, day: int, stores: list[Store], items: list[Item]) -> None:
        """The depot fills up both shops; the last transfer of all is still on its way."""
        *shops, depot = stores
        for shop in shops:
            low = sorted(items, key=lambda item: self._left[shop.id, item.id])[:20]
            sent = [(item, min(Decimal(30), self._left[depot.id, item.id])) for item in low]
            transfer = self._post("transfer", day, depot, sent, to_store=shop)
            if transfer is not None and (day < DAYS - 1 or shop is not shops[-1]):
                ledger.arrive(self._session, _CALLER, transfer, occurred_at=self._at(day, 17))
                self._documents += 1
                for item, quantity in sent:
                    self._left[shop.id, item.id] += quantity
        ordered = self._random.sample(items, 25)
        self._post(
            "receipt", day, depot, [(item, Decimal(80)) for item in ordered], reference=f"PO-{day // WEEK + 1:03}"
        )

    def _list(self, shops: list[Store], items: list[Item]) -> None:
        for shop in shops:
            for item in self._random.sample(items, 30):
                point = Decimal(self._random.randrange(10, 50, 5))
                Listing.put(self._session, shop, item, price=None, reorder_point=point, reorder_to=point + 40)

    def _post(
        self,
        kind: str,
        day: int,
        store: Store,
        wanted: list[tuple[Item, Decimal]],
        *,
        to_store: Store | None = None,
        **words: Any,
    ) -> Movement | None:
        lines = [self._line(kind, item, quantity) for item, quantity in wanted if quantity]
        if not lines:
            return None
        sign = 1 if kind in {"receipt", "return"} else -1
        for item, quantity in wanted:
            key = store.id, item.id
            self._left[key] = self._left.get(key, Decimal(0)) + sign * quantity
        self._documents += 1
        return ledger.post(
            self._session,
            _CALLER,
            kind=kind,
            store_id=store.id,
            to_store_id=to_store.id if to_store else None,
            occurred_at=self._at(day, self._random.randint(9, 16)),
            lines=lines,
            **words,
        )

    def _line(self, kind: str, item: Item, quantity: Decimal) -> dict[str, object]:
        """What a supplier asks varies a little, so that average costs have something to average."""
        line: dict[str, object] = {"item_id": item.id, "quantity": quantity}
        if kind == "receipt":
            line["unit_cost"] = (item.cost or Decimal(0)) * Decimal(self._random.randrange(90, 111)) / 100
        elif kind == "sale":
            line["unit_price"] = item.price
        return line

    def _some(self, shop: Store, item: Item) -> Decimal:
        whole = Decimal(self._random.randint(1, 3))
        wanted = whole if item.whole else whole * Decimal(self._random.randrange(150, 1200, 50)) / 1000
        return min(wanted, self._left[shop.id, item.id])

    def _at(self, day: int, hour: int) -> datetime:
        moment = self._now - timedelta(days=DAYS - day)
        return moment.replace(hour=hour, minute=self._random.randrange(60), second=0, microsecond=0)
