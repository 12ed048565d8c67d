"""cases: the list of cases, each as it was at as_of, searched, filtered, sorted, page by page."""

from collections.abc import Sequence

import geopandas as gpd

from gridgov.errors import QuestionError
from gridgov.questions.asking import Asked
from gridgov.store.database import with_geometry

SORTS = {
    "case_no": "p.case_no", "reported_at": "p.reported_at", "closed_at": "closed_at", "due_at": "p.due_at",
    "is_open": "p.is_open", "is_overdue": "p.is_overdue", "state": "state", "category": "p.category",
    "subcategory": "p.subcategory", "channel": "p.channel", "unit": "p.unit", "grid_code": "grid_code",
    "grid_name": "grid_name", "parent_code": "parent_code", "address": "p.address", "place_name": "p.place_name",
    "status_text": "p.status_text", "track": "p.track",
}  # fmt: skip
"""Columns a list can be sorted by; `-column` sorts downwards."""


def read(asked: Asked) -> gpd.GeoDataFrame:
    """One row a case; meta `n_total` says how many there are beyond the limit (1,000 unless given)."""
    limit = 1_000 if asked.limit is None else asked.limit
    if limit < 0 or asked.offset < 0:
        raise QuestionError("limit and offset are 0 or more.")
    asked.values |= {"limit": limit, "offset": asked.offset}
    asked.meta["n_total"] = int(asked.read(counted=True, needs_state=asked.needs_state)["n"].iloc[0])
    rows = asked.read(counted=False, order=[*_order(asked.sort), "p.reported_at DESC", "p.case_no"])
    return with_geometry(rows)


def _order(sort: Sequence[str]) -> list[str]:
    order = []
    for name in sort:
        column, down = name.removeprefix("-"), name.startswith("-")
        if column not in SORTS:
            raise QuestionError(f"Cases cannot be sorted by '{column}'. They can by {', '.join(SORTS)}.")
        order.append(f"{SORTS[column]} {'DESC NULLS LAST' if down else 'ASC NULLS LAST'}")
    return order
