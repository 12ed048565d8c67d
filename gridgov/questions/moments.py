"""Instants, days and periods as people write them -> what they mean in a town's zone and by its statistical periods."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from gridgov.analytics.periods import KINDS, Cycle, Period, begin_of, day_at, last_full, period
from gridgov.errors import QuestionError
from gridgov.text import nearest

Day = date | str
During = str | tuple[str, Day]
"""A kind of period, `month`: the last full one; or with a day, `month:2026-10-15`: the one that holds it."""


@dataclass(frozen=True)
class Instant:
    """A point in time: `at` is the last microsecond that has happened, `on` the statistical day it lies in."""

    at: datetime
    on: date
    said: str

    @property
    def is_day(self) -> bool:
        """It is the end of a whole day."""
        return self.said == self.on.isoformat()


def instant(value: date | datetime | str, zone: str, day_start: int = 0) -> Instant:
    """A day (its end) or an instant (a naive one is local), as people or programs write them.

    >>> instant("2013-07-01", "America/Chicago").at.isoformat()
    '2013-07-01T23:59:59.999999-05:00'
    """
    tz = ZoneInfo(zone)
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value) if len(value) == 10 else datetime.fromisoformat(value)
        except ValueError:
            raise QuestionError(
                f"'{value}' is neither a day such as 2026-11-20 nor an instant such as 2026-11-20T08:00."
            ) from None
    if isinstance(value, datetime):
        at = value.replace(tzinfo=tz) if value.tzinfo is None else value.astimezone(tz)
        return Instant(at, day_at(at, zone, day_start), at.isoformat())
    end = begin_of(value + timedelta(days=1), zone, day_start) - timedelta(microseconds=1)
    return Instant(end.astimezone(tz), value, value.isoformat())


def day_of(value: Day) -> date:
    """A day; of an instant the day it names."""
    try:
        given = date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        raise QuestionError(f"'{value}' is not a day such as 2026-11-20.") from None
    return given.date() if isinstance(given, datetime) else given


def period_asked(during: During, when: Instant, zone: str, cycle: Cycle) -> Period:
    """The statistical period that `during` speaks of, seen from an instant. Raises QuestionError."""
    name, _, day = during.partition(":") if isinstance(during, str) else (during[0], "", during[1])
    if name not in KINDS:
        raise QuestionError(
            f"'{name}' is no kind of period{nearest(name, KINDS)}. There are: {', '.join(KINDS)};"
            " with a day, such as month:2026-10-15, it is the one that holds the day."
        )
    kind = name
    if not day:
        is_over = instant(when.on, zone, cycle.day_start).at <= when.at
        return last_full(when.on if is_over else when.on - timedelta(1), kind, cycle)
    found = period(day_of(day), kind, cycle)
    if found.begin > when.on:
        raise QuestionError(
            f"The {kind} that holds {day} begins on {found.begin}, which is after {when.said}, "
            "as of when it is asked (unless said, the last day that the data tell of)."
        )
    return found


def told(of: Period, when: Instant, zone: str, cycle: Cycle) -> dict[str, Any]:
    """A period as the meta of an answer tells it; `is_over` = at that instant the last of its days has ended."""
    is_over = instant(of.last, zone, cycle.day_start).at <= when.at
    return {
        "kind": of.kind, "number": of.number, "said": of.titled(),
        "begin": of.begin.isoformat(), "last": of.last.isoformat(), "is_over": is_over,
    }  # fmt: skip
