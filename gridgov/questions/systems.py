"""systems: the connected systems, when each was last heard of, and whether it is silent for longer than it usually is."""

from bisect import bisect_left, bisect_right
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import pandas as pd

from gridgov.analytics.rates import share
from gridgov.analytics.silence import standing, usual
from gridgov.questions.asking import Asked
from gridgov.rules import Systems
from gridgov.store.database import Connection, frame, run

TIMED: Final = frozenset({"incidents", "events", "tracks"})
"""Kinds of files that tell of times; the others are lists, which come when they change."""


def read(asked: Asked) -> pd.DataFrame:
    """One row a system, by its code. Hours are by the clock; meta `read_since` = the loads counted began from then on."""
    rules = asked.rules.systems if asked.rules else Systems()
    since = None if asked.days is None else datetime.now(UTC) - timedelta(days=asked.days)
    asked.values |= {"on": asked.when.on, "since_at": since}
    asked.meta["read_since"] = None if since is None else since.isoformat()
    rows = asked.read()
    days = asked.lasting(_days, asked.town.id)
    moments = frame(asked.connection, "questions/systems/moments", asked.values)
    reached = {source: list(at.dt.to_pydatetime()) for source, at in moments.groupby("source_id")["reached_at"]}
    told = [
        _told(asked, row, days.get(row["source_id"], []), reached.get(row["source_id"], []), rules)
        for row in rows.to_dict("records")
    ]
    found = pd.DataFrame(told, columns=["freshness", "newest_at", "silent_h", "usual_h"], index=rows.index)
    counts = [name for name in rows if name.startswith("n_")]
    rows = rows.assign(**found).astype(dict.fromkeys(counts, "int64"))
    rows["quarantined_share"] = share(rows["n_quarantined"], rows["n_read"])
    return rows[list(asked.definition.columns)]


def _days(connection: Connection, town_id: int) -> dict[int, list[date]]:
    """The statistical days on which each system told of something, in order, by its id."""
    rows = run(connection, "questions/systems/days", {"town_id": town_id})
    return {row.source_id: row.told_on for row in rows}


def _told(
    asked: Asked, row: dict[str, Any], told_on: list[date], reached: list[datetime], rules: Systems
) -> tuple[Any, ...]:
    """How fresh a system is, its latest record, and its silence and usual silence in hours."""
    told_on = told_on[: bisect_right(told_on, asked.when.on)]
    newest = max((*map(asked.begin_of, told_on[-1:]), *reached), default=None)
    since = None if newest is None else newest - timedelta(days=rules.window_days)
    by_loads = [at for at in reached if since is not None and at >= since]
    # A day begins at most a day off the date it is called by; only those near the window are turned into instants.
    near = told_on[0 if since is None else bisect_left(told_on, since.date() - timedelta(1)) :]
    by_days = [at for at in map(asked.begin_of, near) if since is not None and at >= since]
    usually = usual(by_loads, rules.least) or usual(by_days, rules.least)
    silent = None if newest is None else max(asked.when.at - newest, timedelta(0))
    if row["n_failed_since"]:
        fresh = "failing"
    elif not TIMED & set(str(row["kinds"]).split(",")):
        fresh = "list"
    else:
        fresh = standing(silent, usually, rules.late_after, rules.stopped_after)
    return fresh, pd.NaT if newest is None else pd.Timestamp(newest).tz_convert("UTC"), _hours(silent), _hours(usually)


def _hours(length: timedelta | None) -> float | None:
    return None if length is None else length.total_seconds() / 3_600
