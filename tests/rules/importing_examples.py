"""Loading a text as a file, into the shop that tests find."""

from __future__ import annotations

import io

from common.database import again, db
from common.tabular import Table
from models import checking
from models.importing import Import, Options


def load(service, kind, text, **options):
    """Load a file; return its tally, what was refused as (row, column, code), and prove the database afterwards."""
    problems = []
    with service.app.app_context():
        incoming = Import(Table(io.BytesIO(text.encode("utf-8"))), Options(kind, **options), report=problems.append)
        tally = incoming.run(lambda work: again(db.session(), work))
        wrong = [finding for finding in checking.prove(db.session().connection()) if not finding.holds]
    assert wrong == []
    return tally, [(problem.row, problem.column, problem.code) for problem in problems]


def told(service, kind, text, **options):
    """Load a file that is refused; return the sentences."""
    problems = []
    with service.app.app_context():
        incoming = Import(Table(io.BytesIO(text.encode("utf-8"))), Options(kind, **options), report=problems.append)
        incoming.run(lambda work: again(db.session(), work))
    return [problem.message for problem in problems]


def counts(tally):
    return tally.new, tally.changed, tally.unchanged, tally.refused


def item(service, sku):
    (row,) = service.get(f"items?sku={sku}").json["data"]
    return row


def level(service, store, item_id):
    rows = service.get(f"stock?store_id={store}&item_id={item_id}").json["data"]
    return rows[0]["on_hand"] if rows else None


def movements(service, **filters):
    query = "&".join(f"{name}={value}" for name, value in filters.items())
    return service.get(f"movements?{query}").json["data"]
