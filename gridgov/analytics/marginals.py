"""What changed on each day, by one thing at a time: grid, unit, or facet. Pure: stretches in, counts out.

A day is a statistical day of the town, and counts what stands at its end. The open cases at the end of a day are the sum of
`open` over all days until it; so are the others of STOCKS. FLOWS count what happened on the day. COHORT counts cases on the
day of their deadline, as they stand now. A change of the past subtracts what the old stretches of a case made and adds what
the new ones make, so that the sums are the same whatever order loads come in.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

IntArray = npt.NDArray[np.int64]
Days = Callable[[IntArray], IntArray]
"""The statistical day of instants (seconds UTC), as days since 1970-01-01."""

BoolArray = npt.NDArray[np.bool_]

STOCKS: Final = ("open", "with_deadline", "red", "yellow", "at_risk", "grey")
FLOWS: Final = ("reported", "reopened", "taken", "passed", "closed", "voided")
COHORT: Final = ("due_on_time", "due_late", "due_exempt", "due_open", "due_suspended", "due_put_off")
MEASURES: Final = (*STOCKS, *FLOWS, *COHORT)

GRID, UNIT, FACET = 1, 2, 3
"""What is counted by."""

OUTSIDE, UNLOCATED = -1, -2
"""Members that are no grid; of units -1 is the centre."""

NOT_ENDED, CLOSED, VOIDED = 0, 1, 2

NEVER_DUE: Final = ("self_handled", "service")
"""Tracks that are not among the due (应结案) unless they are asked for."""


@dataclass(frozen=True)
class Stretches:
    """The stretches of whole cases, sorted by case and time; one row each.

    case       any number, the same for the stretches of one case
    from_at, to_at, due_at, yellow_at, risk_at, exempt_at   seconds UTC; -1 = none (to_at: it still runs)
    unit       who answers; -1 = the centre
    ended      NOT_ENDED, CLOSED or VOIDED: how the case ended with it
    grid       of the case: an id, OUTSIDE or UNLOCATED;  facet   of the case
    may_be_due the case is on a track that is due (NEVER_DUE)
    """

    case: IntArray
    from_at: IntArray
    to_at: IntArray
    unit: IntArray
    due_at: IntArray
    yellow_at: IntArray
    risk_at: IntArray
    exempt_at: IntArray
    is_paused: BoolArray
    is_put_off: BoolArray
    ended: IntArray
    grid: IntArray
    facet: IntArray
    may_be_due: BoolArray

    def __len__(self) -> int:
        return len(self.case)


def tally(stretches: Stretches, day_of: Days, sign: int = 1) -> pd.DataFrame:
    """The counts of some stretches: kind, day (days since 1970-01-01), member, and MEASURES; rows of zeros are left out.

    sign    -1 takes away what the stretches made
    """
    points = _Points(stretches, day_of)
    parts = [points.by(kind, member) for kind, member in ((GRID, stretches.grid), (FACET, stretches.facet))]
    parts.append(points.by(UNIT, stretches.unit, with_passing=True))
    table = pd.concat(parts, ignore_index=True)
    if sign != 1:
        table[list(MEASURES)] *= sign
    return table


class _Points:
    """Each change as (stretch, day, measure, +1 or -1)."""

    def __init__(self, s: Stretches, day_of: Days) -> None:
        never = np.iinfo(np.int32).max
        begin = day_of(s.from_at)
        end, due, yellow, risk = (  # what has happened by the end of a day has happened on it: a deadline too
            np.where(at >= 0, day_of(np.where(at >= 0, at, s.from_at)), never)
            for at in (s.to_at, s.due_at, s.yellow_at, s.risk_at)
        )
        self.found: list[tuple[IntArray, IntArray, IntArray, IntArray]] = []
        runs, has_limit = ~s.is_paused & (s.due_at >= 0), s.due_at >= 0
        self._stock("open", np.ones(len(s), bool), begin, end)
        self._stock("with_deadline", has_limit, begin, end)
        self._stock("grey", ~runs, begin, end)
        self._stock("red", runs, np.maximum(begin, due), end)
        self._stock("yellow", runs & (s.yellow_at >= 0), np.maximum(begin, yellow), np.minimum(end, due))
        self._stock("at_risk", runs & (s.risk_at >= 0), np.maximum(begin, risk), np.minimum(end, due))

        follows = np.zeros(len(s), bool)
        follows[1:] = s.case[1:] == s.case[:-1]
        last = np.ones(len(s), bool)
        last[:-1] = ~follows[1:]
        goes_on = np.zeros(len(s), bool)  # without a gap from the stretch before
        goes_on[1:] = follows[1:] & (s.to_at[:-1] == s.from_at[1:]) & (s.ended[:-1] == NOT_ENDED)
        self._flow("reported", ~follows, begin)
        self._flow("reopened", follows & ~goes_on, begin)
        self._flow("closed", s.ended == CLOSED, end)
        self._flow("voided", s.ended == VOIDED, end)

        is_due = last & has_limit & s.may_be_due & (s.ended != VOIDED)
        ended, in_time = s.ended == CLOSED, s.to_at <= s.due_at
        self._flow("due_on_time", is_due & ended & in_time, due)
        self._flow("due_exempt", is_due & ended & ~in_time & (s.exempt_at >= 0), due)
        self._flow("due_late", is_due & ended & ~in_time & (s.exempt_at < 0), due)
        self._flow("due_put_off", is_due & ~ended & s.is_put_off, due)
        self._flow("due_suspended", is_due & ~ended & s.is_paused & ~s.is_put_off, due)
        self._flow("due_open", is_due & ~ended & ~s.is_paused & ~s.is_put_off, due)

        self.n_common = len(self.found)
        changed = np.flatnonzero(goes_on)
        changed = changed[s.unit[changed] != s.unit[changed - 1]]
        one = np.ones(len(changed), np.int64)
        for measure, row in (("taken", changed), ("passed", changed - 1)):
            self.found.append((row, begin[changed], one * MEASURES.index(measure), one))

    def _stock(self, measure: str, has: BoolArray, first: IntArray, after: IntArray) -> None:
        rows = np.flatnonzero(has & (first < after))
        number = np.full(len(rows), MEASURES.index(measure))
        self.found.append((rows, first[rows], number, np.ones(len(rows), np.int64)))
        rows = rows[after[rows] < np.iinfo(np.int32).max]
        self.found.append((rows, after[rows], number[: len(rows)], np.full(len(rows), -1)))

    def _flow(self, measure: str, has: BoolArray, day: IntArray) -> None:
        rows = np.flatnonzero(has)
        self.found.append((rows, day[rows], np.full(len(rows), MEASURES.index(measure)), np.ones(len(rows), np.int64)))

    def by(self, kind: int, member: IntArray, *, with_passing: bool = False) -> pd.DataFrame:
        """The counts by day and member."""
        found = self.found if with_passing else self.found[: self.n_common]
        rows, days, measures, signs = (np.concatenate(part) for part in zip(*found, strict=True))
        members = member[rows]
        low, width = (int(members.min()), int(np.ptp(members)) + 1) if len(members) else (0, 1)
        keys, place = np.unique(days * width + (members - low), return_inverse=True)
        counts = np.bincount(place * len(MEASURES) + measures, signs, len(keys) * len(MEASURES))
        counts = counts.reshape(len(keys), len(MEASURES)).astype(np.int64)
        kept = counts.any(axis=1)
        keys, counts = keys[kept], counts[kept]
        table: dict[str, Any] = {"kind": np.full(len(keys), kind), "day": keys // width, "member": keys % width + low}
        return pd.DataFrame(table | {name: counts[:, k] for k, name in enumerate(MEASURES)})
