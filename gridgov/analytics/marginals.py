"""What changed on each day, by one thing at a time: grid, unit, or facet. Pure: stretches in, counts out.

A day is a statistical day of the town, and counts what stands at its end. The open cases at the end of a day are the sum of
`open` over all days until it; so are the others of STOCKS. FLOWS count what happened on the day. What became of the cases due
on a day is counted by the day on which it changed: as PARTS stood at the end of a day is the sum of all days until it. A
change of the past subtracts what the old stretches of a case made and adds what the new ones make, so that the sums are the
same whatever order loads come in.
"""

from collections.abc import Callable, Mapping
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
MEASURES: Final = (*STOCKS, *FLOWS)

PARTS: Final = ("on_time", "late", "exempt", "open", "suspended", "put_off")
"""What becomes of the cases due on a day: of those that have not ended the last three; a void case is in none."""

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
    from_at, to_at, next_at, due_at, yellow_at, risk_at, exempt_at   seconds UTC; -1 = none (to_at: it still runs; next_at:
               when the next stretch of the case begins)
    unit       who answers; -1 = the centre
    ended      NOT_ENDED, CLOSED or VOIDED: how the case ended with it
    grid       of the case: an id, OUTSIDE or UNLOCATED;  facet   of the case
    may_be_due the case is on a track that is due (NEVER_DUE)
    """

    case: IntArray
    from_at: IntArray
    to_at: IntArray
    next_at: IntArray
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
    return _signed(pd.concat(parts, ignore_index=True), MEASURES, sign)


def tally_due(stretches: Stretches, day_of: Days, sign: int = 1) -> pd.DataFrame:
    """What became of the due: kind, day (of the deadline) and told (when it changed), days since 1970-01-01, member, and PARTS.

    Rows of zeros are left out. A case is among the due of the deadline that holds, from its day on.
    """
    points = _DuePoints(stretches, day_of)
    members = ((GRID, stretches.grid), (FACET, stretches.facet), (UNIT, stretches.unit))
    return _signed(pd.concat([points.by(kind, member) for kind, member in members], ignore_index=True), PARTS, sign)


def _signed(table: pd.DataFrame, measures: tuple[str, ...], sign: int) -> pd.DataFrame:
    if sign != 1:
        table[list(measures)] *= sign
    return table


_NEVER: Final = np.iinfo(np.int32).max
"""The day of what has not happened."""


def _days_of(at: IntArray, day_of: Days, instead: IntArray) -> IntArray:
    """The days of instants, _NEVER where there is none (`instead`: any instants, to be looked at for these)."""
    return np.where(at >= 0, day_of(np.where(at >= 0, at, instead)), _NEVER)


def _counts(
    kind: int, keys: Mapping[str, IntArray], measure: IntArray, sign: IntArray, measures: tuple[str, ...]
) -> pd.DataFrame:
    """The sums of points by their keys, a column a measure."""
    packed, scales = np.zeros(len(measure), np.int64), []
    for values in keys.values():
        low, width = (int(values.min()), int(np.ptp(values)) + 1) if len(values) else (0, 1)
        packed = packed * width + (values - low)
        scales.append((low, width))
    packed, place = np.unique(packed, return_inverse=True)
    counts = np.bincount(place * len(measures) + measure, sign, len(packed) * len(measures))
    counts = counts.reshape(len(packed), len(measures)).astype(np.int64)
    kept = counts.any(axis=1)
    packed, counts = packed[kept], counts[kept]
    found: dict[str, Any] = {}
    for name, (low, width) in reversed([*zip(keys, scales, strict=True)]):
        found[name], packed = packed % width + low, packed // width
    table = {"kind": np.full(len(counts), kind)} | {name: found[name] for name in keys}
    return pd.DataFrame(table | {name: counts[:, k] for k, name in enumerate(measures)})


class _Points:
    """Each change as (stretch, day, measure, +1 or -1)."""

    def __init__(self, s: Stretches, day_of: Days) -> None:
        begin = day_of(s.from_at)
        end, due, yellow, risk = (  # what has happened by the end of a day has happened on it: a deadline too
            _days_of(at, day_of, s.from_at) for at in (s.to_at, s.due_at, s.yellow_at, s.risk_at)
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
        goes_on = np.zeros(len(s), bool)  # without a gap from the stretch before
        goes_on[1:] = follows[1:] & (s.to_at[:-1] == s.from_at[1:]) & (s.ended[:-1] == NOT_ENDED)
        self._flow("reported", ~follows, begin)
        self._flow("reopened", follows & ~goes_on, begin)
        self._flow("closed", s.ended == CLOSED, end)
        self._flow("voided", s.ended == VOIDED, end)

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
        rows = rows[after[rows] < _NEVER]
        self.found.append((rows, after[rows], number[: len(rows)], np.full(len(rows), -1)))

    def _flow(self, measure: str, has: BoolArray, day: IntArray) -> None:
        rows = np.flatnonzero(has)
        self.found.append((rows, day[rows], np.full(len(rows), MEASURES.index(measure)), np.ones(len(rows), np.int64)))

    def by(self, kind: int, member: IntArray, *, with_passing: bool = False) -> pd.DataFrame:
        """The counts by day and member."""
        found = self.found if with_passing else self.found[: self.n_common]
        rows, days, measures, signs = (np.concatenate(part) for part in zip(*found, strict=True))
        return _counts(kind, {"day": days, "member": member[rows]}, measures, signs, MEASURES)


class _DuePoints:
    """Each change of what becomes of the due as (stretch, day, part, +1 or -1)."""

    def __init__(self, s: Stretches, day_of: Days) -> None:
        begin = day_of(s.from_at)
        end, after, exempt, self._due = (
            _days_of(at, day_of, s.from_at) for at in (s.to_at, s.next_at, s.exempt_at, s.due_at)
        )
        self._found: list[tuple[IntArray, IntArray, IntArray, IntArray]] = []
        is_due = (s.due_at >= 0) & s.may_be_due
        self._stands("put_off", is_due & s.is_put_off, begin, end)
        self._stands("suspended", is_due & s.is_paused & ~s.is_put_off, begin, end)
        self._stands("open", is_due & ~s.is_paused & ~s.is_put_off, begin, end)
        closed, in_time = is_due & (s.ended == CLOSED), s.to_at <= s.due_at  # until the case is opened again
        self._stands("on_time", closed & in_time, end, after)
        self._stands("late", closed & ~in_time, end, np.minimum(exempt, after))
        self._stands("exempt", closed & ~in_time, np.maximum(end, exempt), after)

    def _stands(self, part: str, has: BoolArray, first: IntArray, after: IntArray) -> None:
        """From the day `first`, but not before that of the deadline, until the day `after`."""
        first = np.maximum(first, self._due)
        rows = np.flatnonzero(has & (first < after))
        number = np.full(len(rows), PARTS.index(part))
        self._found.append((rows, first[rows], number, np.ones(len(rows), np.int64)))
        rows = rows[after[rows] < _NEVER]
        self._found.append((rows, after[rows], number[: len(rows)], np.full(len(rows), -1)))

    def by(self, kind: int, member: IntArray) -> pd.DataFrame:
        """The counts by day of the deadline, day and member."""
        rows, told, parts, signs = (np.concatenate(part) for part in zip(*self._found, strict=True))
        return _counts(kind, {"day": self._due[rows], "told": told, "member": member[rows]}, parts, signs, PARTS)
