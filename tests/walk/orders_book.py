"""Orders, and freight and duty, in the walk's books; from docs/buying.md."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from sheet import No, wire


@dataclass
class Ordered:
    """A line of an order."""

    item: int
    quantity: int
    pack: int
    cost: int | None
    id: int = 0
    received: int = 0


@dataclass(eq=False)
class Order:
    """An order to the one supplier of the walk."""

    store: int
    lines: list[Ordered]
    id: int = 0
    state: str = "draft"

    def __repr__(self):
        return f"<order {self.id} {self.state}>"

    def ensure_open(self):
        if self.state == "draft":
            raise No("refused")
        if self.state in {"closed", "received"}:
            raise No("closed")

    def bring(self, taken, *, back=False):
        """Add what came of each line, or take it off."""
        for line, quantity in taken:
            line.received += -quantity if back else quantity
        if self.state != "closed":
            came, whole = (any(x.received for x in self.lines), all(x.received >= x.quantity for x in self.lines))
            self.state = "received" if whole else "partly_received" if came else "sent"

    def close(self):
        self.ensure_open()
        self.state = "closed"

    def shown(self):
        """Return what the service says of it."""
        given_up = self.state == "closed"
        lines = []
        for line in self.lines:
            missing = line.quantity - line.received
            lines.append(
                {
                    "id": line.id,
                    "item_id": line.item,
                    "quantity": wire(line.quantity),
                    "received": wire(line.received),
                    "outstanding": wire(0 if given_up else max(0, missing)),
                    "short": wire(max(0, missing) if given_up else 0),
                    "over": wire(max(0, -missing)),
                }
            )
        return {"state": self.state, "lines": lines}


def shares(wants, own_costs, landed):
    """Return a receipt's lines with their shares of freight and duty (units of value).

    Counted from the first line, those up to each have together what is due to them, by what the goods cost, rounded
    half to even; so that the last brings it to the whole.
    """
    if not landed:
        return wants
    wants = [want._replace(cost=own_costs[want.item] if want.cost is None else want.cost) for want in wants]
    bad = [(f"lines/{n}/unit_cost", "required", {}) for n, want in enumerate(wants) if want.cost is None]
    if bad:
        raise No("invalid", *bad, status=400)
    worth = [want.quantity * want.cost for want in wants]
    worth = worth if any(worth) else [want.quantity for want in wants]
    upto = [round(Fraction(landed * sum(worth[: n + 1]), sum(worth))) for n in range(len(worth))]
    return [want._replace(landed=now - before) for want, now, before in zip(wants, upto, [0, *upto], strict=False)]
