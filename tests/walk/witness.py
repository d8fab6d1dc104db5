"""What stands in the database, asked past the service: on a connection and in statements of the walk's own."""

from __future__ import annotations

from ledger_walk import assert_sound, dump
from sheet import Level, Line
from sqlalchemy import text
from sqlalchemy.pool import NullPool

from common.database import WRITE, db, open_engine, session_on

_PLACES = ", ".join(
    f"coalesce(sum(CASE WHEN m.place = '{place}' THEN m.{what} END), 0)"
    for place in ("on_hand", "in_transit")
    for what in ("quantity", "value")
)
_KEPT = "l.store_id, l.item_id, l.on_hand, l.value, l.in_transit, l.transit_value, l.last_cost"
_LEVELS = f"""
SELECT {_KEPT}, {_PLACES}, count(m.id) FROM levels l
LEFT JOIN movement_lines m ON m.store_id = l.store_id AND m.item_id = l.item_id
WHERE l.store_id IN ({{stores}}) GROUP BY {_KEPT}
"""


def _mixed(**columns):
    """Return one whole number that another row, or this one changed, would hardly have; small, however many sum up."""
    return " + ".join(f"({column} % 1000003) * {factor}" for column, factor in columns.items())


_OF_LINES = _mixed(id=3, movement_id=5, position=7, store_id=11, item_id=13, quantity=17, value=19, unit_cost=23)
_OF_LINES += " + " + _mixed(on_hand_after=29, value_after=31) + " + coalesce(unit_price, -1) % 1000003 * 37"
_OF_LINES += " + CASE WHEN place = 'on_hand' THEN 41 ELSE 0 END"
_OF_DOCUMENTS = _mixed(id=3, store_id=5) + "".join(
    f" + coalesce({name}, -1) * {factor}"
    for name, factor in (("to_store_id", 7), ("reverses_id", 11), ("transfer_id", 13), ("recorded_by", 17))
)
_OF_DOCUMENTS += " + length(kind) * 19 + length(lines_digest) * 23 + length(coalesce(note, '')) * 29"
_WRITTEN = " UNION ALL ".join(
    f"SELECT '{table}' AS name, count(*), max(id), sum({mix}), sum(CASE WHEN id <= {{{table}}} THEN {mix} ELSE 0 END)"
    f" FROM {table}"
    for table, mix in (("movements", _OF_DOCUMENTS), ("movement_lines", _OF_LINES))
)
_LINES = f"SELECT {', '.join(Line._fields)} FROM movement_lines WHERE movement_id = :id ORDER BY id"
for _ours, _theirs in (("store,", "store_id,"), ("item,", "item_id,"), ("after,", "on_hand_after,")):
    _LINES = _LINES.replace(f" {_ours}", f" {_theirs}")


class Witness:
    """Looks at a service's database; `stores` are those of the walk."""

    def __init__(self, service, stores):
        with service.app.app_context():
            engine = open_engine(db.engine.url, poolclass=NullPool)
        self.connection = engine.connect().execution_options(**{WRITE: False})
        self.levels = text(_LEVELS.format(stores=", ".join(map(str, stores))))
        self.stores = set(stores)
        self.last = self.written()
        self.kept = self.whole()
        self.connection.rollback()

    def close(self):
        self.connection.close()

    def written(self, before=None):
        """Return of documents and lines how many, the last id, and the sum over all and over those until then."""
        upto = {name: row[1] for name, row in before.items()} if before else {"movements": 0, "movement_lines": 0}
        rows = self.connection.execute(text(_WRITTEN.format(**upto))).all()
        return {row[0]: tuple(row[1:]) for row in rows}

    def whole(self):
        return dump(session_on(self.connection))

    def look(self, books):
        """Compare the levels with the books and with their lines; nothing that stood before is another now."""
        try:
            rows = self.connection.execute(self.levels).all()
            now = self.written(self.last)
        finally:
            self.connection.rollback()
        seen = {(row[0], row[1]): row for row in rows}
        for key in books.levels.keys() | seen.keys():
            level, row = books.levels.get(key) or Level(), seen.get(key)
            expected = (level.on_hand, level.value, level.in_transit, level.transit_value, level.last_cost)
            kept = tuple(row[2:7]) if row else (0, 0, 0, 0, None)
            assert all(type(figure) in {int, type(None)} for figure in kept), f"L6: {key} keeps {kept}"
            assert kept == expected, f"L1: the level {key} is {kept}, the books say {expected}"
            sums = tuple(row[7:11]) if row else (0, 0, 0, 0)
            assert sums == kept[:4], f"L1: the level {key} is {kept}, its lines sum to {sums}"
            assert kept[2] >= 0, f"L2: {key} has {kept[2]} in transit"
            assert kept[0] >= 0 or key[0] in books.lenient, f"L2: {key} stands at {kept[0]}"
        for name, (_, last, _, before) in now.items():
            assert (before, max(last, self.last[name][1])) == (self.last[name][2], last), f"L3: {name} were changed"
        self.last = now

    def lines(self, document_id):
        """Return a document's lines as they are kept."""
        rows = self.connection.execute(text(_LINES), {"id": document_id}).all()
        self.connection.rollback()
        return [Line(*row) for row in rows]

    def look_at_all(self):
        """Read everything that was ever written: what stood before stands unchanged, and all of it is sound."""
        now = self.whole()
        self.connection.rollback()
        for name in ("movements", "movement_lines"):
            assert now[name][: len(self.kept[name])] == self.kept[name], f"L3: {name} were changed or deleted"
        self.kept = now
        assert_sound(now)
