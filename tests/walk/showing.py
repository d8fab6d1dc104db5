"""How what is in the walk's books is to be shown by the service."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from sheet import IN_TRANSIT, ON_HAND, wire

_MONEY = ("unit_cost", "unit_price", "landed_cost")
_LINE = ("item_id", "quantity", "unit_cost", "unit_price", "on_hand_after", "order_line", "landed_cost")
_OUTWARD = {"sale", "write_off", "transfer", "loss"}
_NAMES = {"arrived_by_id": "arrival", "lost_by_id": "loss", "recalled_by_id": "recall"}


def lines_shown(lines):
    """Return what the service says of lines, money as numbers."""
    return [{name: _number(line[name]) if name in _MONEY else line[name] for name in _LINE} for line in lines]


def _number(text):
    return None if text is None else Decimal(text)


def _money(units):
    return None if units is None else Decimal(units).scaleb(-4)


def document_shown(document):
    """Return what the service is to say of a document."""
    whole = document.undoes or document
    place = IN_TRANSIT if whole.kind == "loss" else ON_HAND
    sign = -1 if document.kind in _OUTWARD else 1
    brought = dict(enumerate(document.brought))
    lines = []
    for line in document.lines:
        if line.place != place:
            continue
        order_line, landed = brought.get(line.position, (None, None))
        landed = None if landed is None else round(Fraction(landed, 1000))
        after = wire(line.after) if place == ON_HAND else None
        said = line.item, wire(sign * line.quantity), _money(line.unit_cost), _money(line.unit_price), after
        lines.append(dict(zip(_LINE, (*said, order_line, _money(landed)), strict=True)))
    standing = {name: [one.id for one in document.standing(kind)] for name, kind in _NAMES.items()}
    is_sent = document.kind == "transfer" and not document.undone
    return {
        "kind": document.kind,
        "store_id": document.store,
        "to_store_id": document.to,
        "lines": lines,
        "version": 1 + document.named,
        "reverses_id": document.undoes and document.undoes.id,
        "reversed_by_id": document.undone and document.undone.id,
        "transfer_id": document.of and document.of.id,
        "under_way": is_sent and any(units for _, units, _ in document.left.values()),
        **{name: max(ids, default=None) for name, ids in standing.items()},
        **({"progress": _progress(document)} if document.kind == "transfer" else {}),
    }


def _progress(document):
    rows = []
    for line in document.lines:
        if line.place != IN_TRANSIT:
            continue
        came = dict.fromkeys(_NAMES.values(), 0)
        for one in document.standing(*came):
            came[one.kind] -= sum(
                x.quantity for x in one.lines if x.place == IN_TRANSIT and x.position == line.position
            )
        sent = 0 if document.undone else line.quantity
        rows.append(
            {
                "item_id": line.item,
                "sent": wire(sent),
                "arrived": wire(came["arrival"]),
                "in_transit": wire(sent - sum(came.values())),
                "lost": wire(came["loss"]),
                "recalled": wire(came["recall"]),
            }
        )
    return rows


def levels_shown(rows, books):
    """Return what of the levels that the service shows is not as the books have it."""
    seen = {(row["store_id"], row["item_id"]): row for row in rows}
    wrong = []
    for key, level in books.levels.items():
        said = seen.get(key, {"on_hand": 0, "in_transit": 0, "value": "0", "average_cost": None})
        value, average = round(Fraction(level.value, 1000)), None
        told = said["on_hand"], said["in_transit"], Decimal(said["value"])
        if told != (wire(level.on_hand), wire(level.in_transit), _money(value)):
            wrong.append((key, told, level))
        if level.on_hand > 0:
            average = abs(Decimal(said["average_cost"]).scaleb(4) * level.on_hand - level.value) * 2 <= level.on_hand
            wrong += [] if average else [(key, said["average_cost"], level)]
    return wrong
