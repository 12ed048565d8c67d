"""cases: the list of cases, each as it was at as_of, searched, filtered, sorted, page by page. Other lists are made of it."""

from collections.abc import Sequence
from typing import Any

import geopandas as gpd

from gridgov.errors import QuestionError
from gridgov.questions.asking import Asked
from gridgov.questions.kept import kept_by
from gridgov.questions.working import hours_left
from gridgov.store.database import with_geometry

SORTS = (
    "case_no", "reported_at", "closed_at", "due_at", "is_open", "is_overdue", "light", "state", "stage", "paused_at",
    "category", "subcategory", "channel", "unit", "grid_code", "grid_name", "parent_code", "address", "place_name",
    "status_text", "track",
)  # fmt: skip
"""Columns a list can be sorted by; `-column` sorts downwards."""

_STANDS = ("was.", *(f"p.{name}" for name in ("stage", "light", "due_at", "is_open", "is_overdue", "is_at_risk")))


def read(asked: Asked) -> gpd.GeoDataFrame:
    """One row a case, the latest report first; meta `n_total` says how many there are beyond the limit (1,000 unless given)."""
    return page(asked, "reported_at DESC")


def page(asked: Asked, first: str) -> gpd.GeoDataFrame:
    """A page of a list whose conditions stand in `asked`, in the order of `first` where no other is asked for.

    `left_h` and `left_work_h` are the hours and working hours from as_of to the deadline, negative when it has passed; null
    where the case is not open, its clock stands or it has no deadline.
    """
    limit = 1_000 if asked.limit is None else asked.limit
    if limit < 0 or asked.offset < 0:
        raise QuestionError("limit and offset are 0 or more.")
    asked.values |= {"limit": limit, "offset": asked.offset}
    has_stood = speaks_of_stand(asked) or any("p.unit" in condition for condition in asked.conditions)
    order = [*_order(asked.sort), first, "reported_at DESC", "case_no", "source"]
    kind = None if has_stood or asked.only_open else kept_by(asked)
    asked.values |= {"month_on": asked.when.on.replace(day=1), "as_of_on": asked.when.on}
    names: dict[str, Any] = {"is_open": asked.only_open, "has_stood": has_stood, "order": order, "kind": kind}
    asked.meta["n_total"] = int(asked.read(counted=True, **names)["n"].iloc[0])
    rows = with_geometry(asked.read(counted=False, **names))
    return rows.assign(**hours_left(asked, rows["due_at"].where(rows["is_open"] & (rows["light"] != "grey"))))


def speaks_of_stand(asked: Asked) -> bool:
    """True when a condition says how a case stood at as_of: only then (and for its unit) must a count look for that."""
    return any(name in condition for condition in asked.conditions for name in _STANDS)


def _order(sort: Sequence[str]) -> list[str]:
    order = []
    for name in sort:
        column, down = name.removeprefix("-"), name.startswith("-")
        if column not in SORTS:
            raise QuestionError(f"Cases cannot be sorted by '{column}'. They can by {', '.join(SORTS)}.")
        order.append(f"{column} {'DESC NULLS LAST' if down else 'ASC NULLS LAST'}")
    return order
