"""cases: the list of cases, each as it was at as_of, searched, filtered, sorted, page by page. Other lists are made of it."""

import re
from typing import Any, Final

import geopandas as gpd
import numpy as np

from gridgov.errors import QuestionError
from gridgov.questions.asking import Asked
from gridgov.questions.behind import OF_STAND, take_behind
from gridgov.questions.kept import kept_by
from gridgov.questions.working import hours_left
from gridgov.store.database import frame, with_geometry

SORTS = (
    "case_no", "reported_at", "closed_at", "due_at", "is_open", "is_overdue", "light", "state", "stage", "paused_at",
    "category", "subcategory", "channel", "unit", "grid_code", "grid_name", "parent_code", "address", "place_name",
    "status_text", "track",
)  # fmt: skip
"""Columns a list can be sorted by; `-column` sorts downwards."""

_NUMBER: Final = re.compile(r"[A-Za-z]{0,8}[-\d]{6,}")
"""What looks like the begin of a case number."""

_MOST: Final = 1_001
"""Where so many numbers begin alike they are not looked up one by one."""

MORE_SORTS = {"supervised": ("reply", "given_at", "last_given_at", "given_unit")}
"""What only some lists can be sorted by."""

NEXT_STEPS: Final = {
    "intake": "register", "verify": "verify", "dispatch": "dispatch", "sign": "sign", "handle": "handle", "check": "check",
    "close": "close", "suspended": "resume", "deferred": "resume",
}  # fmt: skip
"""What a case waits for in each node, a code of vocabulary.NEXT_STEPS."""

_OF_UNIT: Final = ("intake", "sign", "handle")
"""The nodes in which a unit that answers must act. It answers before a dispatch only where nothing is dispatched."""


def read(asked: Asked) -> gpd.GeoDataFrame:
    """One row a case, the latest report first; meta `n_total` says how many there are beyond the limit (1,000 unless given).

    Behind a figure of a period, one row for each thing that it counts, the latest first: a case that was closed twice in the
    period stands twice behind the closings, each with its `happened_at`.
    """
    names = take_behind(asked)
    names |= {"is_numbered": names["figure"] is None and _numbered(asked)}
    return page(asked, "happened_at DESC" if names["figure"] else "reported_at DESC", **names)


def page(asked: Asked, first: str, **more: Any) -> gpd.GeoDataFrame:
    """A page of a list whose conditions stand in `asked`, in the order of `first` where no other is asked for.

    more   what else the SQL of the question takes

    `left_h` and `left_work_h` are the hours and working hours from as_of to the deadline, negative when it has passed; null
    where the case is not open, its clock stands or it has no deadline. `next_step` and `next_by` are what it waits for, and
    whose turn it is.
    """
    limit = 1_000 if asked.limit is None else asked.limit
    if limit < 0 or asked.offset < 0:
        raise QuestionError("limit and offset are 0 or more.")
    asked.values |= {"limit": limit, "offset": asked.offset}
    has_stood = speaks_of_stand(asked) or any("p.unit" in condition for condition in asked.conditions)
    order = [*_order(asked), first, "reported_at DESC", "case_no", "source"]
    kind = None if has_stood or asked.only_open or more.get("figure") or more.get("is_numbered") else kept_by(asked)
    asked.values |= {"month_on": asked.when.on.replace(day=1), "as_of_on": asked.when.on}
    names: dict[str, Any] = {"is_open": asked.only_open, "has_stood": has_stood, "order": order, "kind": kind, **more}
    asked.meta["n_total"] = int(asked.read(counted=True, **names)["n"].iloc[0])
    rows = with_geometry(asked.read(counted=False, **names))
    left = hours_left(asked, rows["due_at"].where(rows["is_open"] & (rows["light"] != "grey")))
    return rows.assign(**left, **_next(rows))


def _next(rows: gpd.GeoDataFrame) -> dict[str, Any]:
    """What must come next, and whose turn it is: who reported a case handles it where no unit answers; null once ended."""
    by_unit, has_unit, is_open = rows["stage"].isin(_OF_UNIT), rows["unit"].notna(), rows["stage"].notna()
    whose: list[Any] = [None, "unit", "reporter"]
    turn = np.select([~is_open, by_unit & has_unit, rows["stage"] == "handle"], whose, "centre")
    return {"next_step": rows["stage"].map(NEXT_STEPS), "next_by": turn}


def _numbered(asked: Asked) -> bool:
    """Bind :case_ids where only some cases can be meant: one number is asked for, or the search is how numbers begin.

    What is searched for in all texts is looked for in every case; a number is looked up.
    """
    said = asked.case or asked.search
    if said is None or (asked.case is None and not _NUMBER.fullmatch(said)):
        return False
    number = re.sub(r"([\\%_])", r"\\\1", said) + ("" if asked.case else "%")
    values = {"town_id": asked.town.id, "number": number, "most": _MOST}
    found = frame(asked.connection, "questions/cases/numbered", values)["id"]
    if asked.case is None and not 0 < len(found) < _MOST:
        return False
    asked.values["case_ids"] = [int(each) for each in found]
    asked.conditions = [condition for condition in asked.conditions if ":search" not in condition]
    return True


def speaks_of_stand(asked: Asked) -> bool:
    """True when a condition says how a case stood at as_of: only then (and for its unit) must a count look for that."""
    return any(name in condition for condition in asked.conditions for name in OF_STAND)


def _order(asked: Asked) -> list[str]:
    order, can = [], [*SORTS, *MORE_SORTS.get(asked.definition.id, ())]
    for name in asked.sort:
        column, down = name.removeprefix("-"), name.startswith("-")
        if column not in can:
            raise QuestionError(f"Cases cannot be sorted by '{column}'. They can by {', '.join(can)}.")
        order.append(f"{column} {'DESC NULLS LAST' if down else 'ASC NULLS LAST'}")
    return order
