"""Cases closed in a period and opened again after as_of: what was true of them at the end that stands at as_of.

What is kept of a case (case_fact) tells of its last end. Of these few cases the course is followed once more, until that end.
"""

from datetime import UTC, date
from typing import Any

import numpy as np
import pandas as pd

from gridgov.analytics.course import derive, event_numbers
from gridgov.calendars import UNIT_NO
from gridgov.questions.asking import Asked
from gridgov.store.database import frame
from gridgov.store.rulebook import rules_of
from gridgov.vocabulary import TRACKS

_YEARS_AHEAD = 6
"""So many years after the latest event the calendar ends: beyond any limit."""

_EPOCH = pd.Timestamp(0, tz=UTC)


def bind_gone_on(asked: Asked) -> bool:
    """Bind these cases as _measured.sql takes them; False where there are none. The period is settled before."""
    told = frame(asked.connection, "questions/integrity/gone_on", asked.values)
    if told.empty:
        return False
    cases = told.drop_duplicates("case_id").reset_index(drop=True)
    n = len(cases)
    events = {
        "case": np.unique(told["case_id"], return_inverse=True)[1],
        "at": _seconds(told["at"]),
        "event": event_numbers(told["event"], told["is_row"]),
        "is_row": told["is_row"].to_numpy(bool),
        "due": _seconds(told["due_at"]),
        "actor": told["actor"].to_numpy(np.int64),
        **dict.fromkeys(("unit", "reason"), np.full(len(told), -1)),
    }
    given = {
        "track": _numbers(cases["track"], {track: k for k, track in enumerate(TRACKS)}),
        "unit": np.full(n, -1),
        "due": _seconds(cases["file_due_at"]),
        "limit_value": cases["limit_value"].to_numpy(np.float64),
        "limit_unit": _numbers(cases["limit_unit"], UNIT_NO),
        "is_urgent": cases["is_urgent"].to_numpy(bool),
    }
    rules = rules_of(asked.connection, asked.town.id)
    first, last = told["at"].min().year, told["at"].max().year
    calendar = rules.calendar(date(first - 1, 1, 1), date(last + _YEARS_AHEAD, 12, 31))
    facts = derive(events, given, rules, calendar, asked.town.time_zone).facts
    columns: dict[str, pd.Series] = {
        "case_id": cases["case_id"],
        "ended_at": cases["ended_at"],
        "granted_s": facts["granted_s"],
        **{name: _instants(facts[name]) for name in ("dispatched_at", "handled_at")},
        "is_self_closed": facts["is_self_closed"],
        "has_due": facts["due_at"] >= 0,
        **{name: facts[name] for name in ("asked_before_due_s", "handled_before_due_s")},
        "is_checked": facts["checked_at"] >= 0,
        "n_rework": facts["n_rework"],
    }
    asked.values |= {f"gone_{name}": _listed(column) for name, column in columns.items()}
    return True


def _seconds(instants: pd.Series) -> np.ndarray:
    """Whole seconds UTC since 1970-01-01, -1 for none."""
    return ((pd.to_datetime(instants, utc=True) - _EPOCH) // pd.Timedelta(seconds=1)).fillna(-1).to_numpy(np.int64)


def _instants(seconds: pd.Series) -> pd.Series:
    return pd.to_datetime(seconds.where(seconds >= 0), unit="s", utc=True)


def _numbers(words: pd.Series, number: dict[str, int]) -> np.ndarray:
    return words.map(number).fillna(-1).to_numpy(np.int16)


def _listed(column: pd.Series) -> list[Any]:
    """Values as a bind parameter takes them."""
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        return [None if pd.isna(at) else at.to_pydatetime() for at in column]
    return [None if pd.isna(value) else int(value) if column.dtype != bool else bool(value) for value in column]
