"""A row's version says all that is shown of it, or its shape says that it does not."""

from __future__ import annotations

import pytest
from routing import ROUTES
from sqlalchemy import Column
from sqlalchemy.sql.visitors import iterate

SHAPES = {
    id(shape): shape
    for _, resource in ROUTES
    for shape in [getattr(resource, "shape", None)]
    if shape is not None and shape.versioned
}


def others(shape):
    """Return the fields that show what stands in other tables."""
    own = shape.model.__table__
    shown = [name for name, field in shape.fields.items() if not (field.hidden or field.filter_only)]
    return {
        name
        for name in shown
        for part in iterate(getattr(shape.column(name), "__clause_element__", lambda name=name: shape.column(name))())
        if isinstance(part, Column) and part.table is not own
    }


@pytest.mark.parametrize("shape", SHAPES.values(), ids=lambda shape: shape.called or shape.path)
def test_what_other_rows_make_of_it_moves_its_tag(shape):
    assert shape.digested or shape.borrowed is not None or not others(shape)
