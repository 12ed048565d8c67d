"""What the wall asks: the numbers of the moment, the red cases, how old the data is. No person, no address."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from math import inf
from typing import Any, Final
from zoneinfo import ZoneInfo

import pandas as pd

from dash_app.asking import asks, trees
from dash_app.asking.state import State
from dash_app.parts import patrols
from gridgov.questions import Answer

STALE_MIN: Final = 30
"""Data older than so many minutes is said to be old, in large letters."""
FRESH: Final = timedelta(hours=24)
"""The wall speaks as of this minute while the newest record is younger than this."""
MOST: Final = 2_000
"""So many red cases are drawn and watched, those that turned red last."""


@dataclass(frozen=True)
class Moment:
    """As of when the wall speaks.

    state       what the numbers are asked for: as of the minute while the data is fresh, else of the end of its last day; of
                the town or the scope as a whole, for nothing on the wall tells of a filter
    now         the town's own time
    until       the latest instant that the loaded data tells of; None = there is none
    is_asked    the address names an instant: it is not now
    """

    state: State
    now: datetime
    until: datetime | None
    is_asked: bool

    @property
    def age_min(self) -> int | None:
        """Minutes since the data ends; None where there is none."""
        return None if self.until is None else max(int((self.now - self.until).total_seconds() // 60), 0)

    @property
    def is_stale(self) -> bool:
        """True when the numbers must not be taken for those of now."""
        return self.age_min is None or self.age_min > STALE_MIN


def moment(state: State, now: datetime | None = None) -> Moment:
    """As of when to ask. While the data is fresh that is this minute: a case turns red though nothing is loaded."""
    local = (now or datetime.now(ZoneInfo("UTC"))).astimezone(ZoneInfo(asks.zone(state)))
    until = _told_until(state, local.tzinfo)
    as_of = state.later or state.as_of
    if as_of is None:
        is_fresh = until is not None and local - until < FRESH
        as_of = local.replace(second=0, microsecond=0, tzinfo=None).isoformat() if is_fresh else asks.latest(state)
    shown = replace(state, as_of=as_of, scheme="dark", filters=(), search=None, behind=None)
    return Moment(shown, local, until, state.as_of is not None)


def _told_until(state: State, zone: Any) -> datetime | None:
    """The latest instant of the cases and events loaded; never one that is still to come."""
    where = {"kind": ["incidents", "events"], "status": "done"}
    loads = asks.ask(State(town=state.town), "loads", where=where, limit=60, keep=False)
    newest = pd.to_datetime(loads.frame["newest_at"], utc=True)
    return None if newest.isna().all() else newest.max().to_pydatetime().astimezone(zone)


def today(state: State) -> dict[str, Any]:
    """What came in and went out on the day looked at, as the town counts its days: one may begin before or after midnight."""
    before = date.fromisoformat(str(state.as_of)[:10]) - timedelta(1)
    return asks.ask(state, "flow", by="day", since=before).rows()[-1]


def waiting(state: State, stage: str) -> tuple[dict[str, Any], Answer]:
    """The row of a node, and the answer it is from; zeros where nothing waits there."""
    answer = asks.ask(state, "waiting")
    row = next((row for row in answer.rows() if row["stage"] == stage), None)
    return row or {"stage": stage, "n_waiting": 0, "n_waiting_over": 0}, answer


def unpatrolled(state: State) -> Answer | None:
    """The grids nobody was in on the day looked at; None where tracks do not tell of that day."""
    there = replace(state, as_of=str(today(state)["period_on"])[:10])
    return patrols.ask(there, "unpatrolled", limit=0) if patrols.is_known(there) else None


def reds(state: State) -> Answer:
    """The cases past their deadline, those that turned red last first: of too many the oldest are left out."""
    return asks.ask(state, "overdue", sort="-due_at", limit=MOST)


def key_of(row: dict[str, Any]) -> str:
    """What tells a case from all others of the town."""
    return f"{row['source']}/{row['case_no']}"


def looked_at(state: State) -> list[Any]:
    """What tells two walls apart: cases that another one has not seen are not new."""
    return [state.town, state.layer, state.scope]


def new_reds(seen: Sequence[str] | None, rows: Sequence[dict[str, Any]], most: int = MOST) -> list[dict[str, Any]]:
    """The red cases that were not red at the last look, those that turned red last first; none at the first look.

    most   so many are looked at; where there were as many, what is red for longer than those seen had been left out before

    >>> rows = [{"source": "s", "case_no": no, "late_h": h} for no, h in (("A", 9.0), ("B", 0.2))]
    >>> [row["case_no"] for row in new_reds(["s/A"], rows)], new_reds(None, rows)
    (['B'], [])
    """
    if seen is None:
        return []
    known = set(seen)
    reach = max((row["late_h"] for row in rows if key_of(row) in known), default=inf) if len(known) >= most else inf
    fresh = (row for row in rows if key_of(row) not in known and row["late_h"] <= reach)
    return sorted(fresh, key=lambda row: row["late_h"])


def by_village(state: State) -> list[tuple[str | None, int]]:
    """How many are overdue below the scope, the most first: the code of the grid and how many; in none comes last."""
    grids = trees.tree(state)
    here = grids.at(state.scope)
    if here is None:
        return []
    level = grids.level_below(here)
    rows = [row for row in asks.ask(state, "backlog", by=level).rows() if row["n_overdue"]]
    return sorted(
        ((row["grid_code"], row["n_overdue"]) for row in rows), key=lambda entry: (entry[0] is None, -entry[1])
    )
