"""Comparing: the same question of the period before and of the year before (环比, 同比), beside its own numbers."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, Final, cast

import pandas as pd

from gridgov.analytics import comparing
from gridgov.analytics.periods import Kind, Neighbour, before, beside, day_at, period, tiling, whole, year_before
from gridgov.errors import QuestionError
from gridgov.questions.asking import Asked
from gridgov.questions.begins import first_patrol, first_report
from gridgov.questions.definition import Definition
from gridgov.schema import COLUMNS
from gridgov.text import nearest

COMPARE: Final[dict[str, tuple[Neighbour, ...]]] = {
    "previous": ("previous",),
    "year_before": ("year_before",),
    "both": ("previous", "year_before"),
}
"""What `compare` may be, and the neighbours it brings."""

_WORD: Final = {"previous": "previous", "year_before": "year"}
_MOVE: Final = {"previous": before, "year_before": year_before}
_ROW_KEYS: Final = ("period_on", "grid_code", "place_status")

Answered = Callable[..., tuple[Asked, pd.DataFrame]]


def compared(definition: Definition, compare: str, answered: Answered) -> tuple[Asked, pd.DataFrame]:
    """The answer to a question with `<col>_previous`, `<col>_change`, `<col>_year_before` and `<col>_year_change` in it.

    answered  asks the question, with other arguments where some are given

    A period and its neighbours are asked at the same age, so that like is compared with like: a month as of its end with the
    month before as of its own end, when as much of it was still open. Of an instant it is the same moment a day before
    (with `during` the end of the period before) and a year before. A period that is not over is compared with as much of
    its neighbour, so that nothing seems to fall because the month has just begun. Where the
    town's history does not reach back over the whole of a neighbour, nothing is known of it: null, never 0.
    Raises QuestionError.
    """
    if compare not in COMPARE:
        raise QuestionError(
            f"'{compare}' is nothing to compare with{nearest(compare, COMPARE)}. There are: {', '.join(COMPARE)}."
        )
    if "compare" not in definition.takes:
        raise QuestionError(f"The question '{definition.id}' gives a list; only counts and rates can be compared.")
    asked, rows = answered()
    first = _first_day(asked)
    found: dict[str, pd.DataFrame | None] = {}
    for which in COMPARE[compare]:
        arguments, told, begin = _neighbour(asked, which)
        is_known = first is not None and begin >= first
        rows_then = None
        if first is not None and (is_known or asked.period is not None):
            rows_then = _moved(asked, answered(**arguments)[1], which)
        found[_WORD[which]] = rows_then
        asked.meta.setdefault("compared_with", {})[which] = {**told, "is_known": is_known}
    asked.meta["first_day"] = None if first is None else first.isoformat()
    keys = [
        name
        for name in dict.fromkeys([*_ROW_KEYS, *(key.column for key in asked.keys), *definition.keys])
        if name in rows
    ]
    if rows.duplicated(keys).any() if keys else len(rows) > 1:
        raise QuestionError(
            f"The rows of '{definition.id}' are not told apart by what they are asked by; do not compare them."
        )
    units = {name: COLUMNS[name].unit for name in definition.columns if name in rows}
    measured = {unit: [name for name in units if units[name] == unit] for unit in ("count", "0..1")}
    told = comparing.compared(rows, found, keys, measured["count"], measured["0..1"])
    for word, which in ((_WORD[which], which) for which in COMPARE[compare] if asked.period is not None):
        _forget(asked, told, word, which, first)
    return asked, told


def _first_day(asked: Asked) -> date | None:
    """The statistical day of the town's first report, or of its first patrol; None when it has none."""
    if asked.definition.about == "patrols":
        return asked.lasting(first_patrol, asked.town.id)
    first = asked.lasting(first_report, asked.town.id)
    return None if first is None else day_at(first, asked.town.time_zone, asked.cycle.day_start)


def _neighbour(asked: Asked, which: Neighbour) -> tuple[dict[str, Any], dict[str, Any], date]:
    """The other arguments to ask with, what is to be told of them, and the first day they speak of."""
    kind = asked.during.kind if asked.during else None
    if asked.definition.kind == "instant":
        on = asked.when.on
        there = beside(on, on, which, kind or "day", asked.cycle)[1]
        as_of = _moment(asked, there - on)
        return {"as_of": as_of, "during": None}, {"as_of": as_of}, there
    since, until = cast("date", asked.since), cast("date", asked.until)
    kind = cast("Kind | None", asked.period) or kind or _kind(asked, since, until)
    begin, last = beside(since, until, which, kind, asked.cycle)
    as_of = _moment(asked, last - until)
    told: dict[str, Any] = {"since": begin.isoformat(), "until": last.isoformat(), "as_of": as_of}
    passed = asked.when.at - asked.begin_of(until)
    cut = passed if until == asked.when.on and not asked.when.is_day else None
    by = [*([asked.period] if asked.period else []), *(key.name for key in asked.keys)]
    other = {"since": begin, "until": last, "during": None, "as_of": as_of, "by": by, "cut": cut}
    return other, told, begin


def _moment(asked: Asked, move: timedelta) -> str:
    """As of when a neighbour is asked: so many days from the day or instant asked for."""
    if asked.when.is_day:
        return (asked.when.on + move).isoformat()
    return (asked.when.at.replace(tzinfo=None) + move).isoformat()


def _kind(asked: Asked, since: date, until: date) -> Kind | None:
    """What kind of period these days are, or are the begin of: of a month that is not over."""
    month = period(until, "month", asked.cycle)
    if month.begin == since and until == asked.when.on:
        return "month"
    return whole(since, until, asked.cycle)


def _moved(asked: Asked, rows: pd.DataFrame, which: Neighbour) -> pd.DataFrame:
    """Rows of neighbour periods under the first day of the period that each is compared with."""
    if asked.period is None:
        return rows
    here: dict[date, list[date]] = {}  # the last of two Februaries may be compared with one day of the other twice
    for each in tiling(cast("date", asked.since), cast("date", asked.until), cast("Kind", asked.period), asked.cycle):
        here.setdefault(_MOVE[which](each, asked.cycle).begin, []).append(each.begin)
    pairs = [(k, begin) for k, on in enumerate(rows["period_on"]) for begin in here.get(on, ())]
    return rows.take([k for k, _ in pairs]).assign(period_on=[begin for _, begin in pairs])


def _forget(asked: Asked, rows: pd.DataFrame, word: str, which: Neighbour, first: date | None) -> None:
    """Of the periods whose neighbours begin before the first day nothing is known: null, whatever was counted."""
    kind = cast("Kind", asked.period)
    there = {on: _MOVE[which](period(on, kind, asked.cycle), asked.cycle).begin for on in rows["period_on"].unique()}
    is_unknown = [first is None or there[on] < first for on in rows["period_on"]]
    if any(is_unknown):
        rows.loc[is_unknown, [name for name in rows if name.endswith(comparing.SUFFIXES[word])]] = pd.NA
