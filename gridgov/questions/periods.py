"""The period a question speaks of: from what was asked to statistical days, and to the instants that SQL takes."""

from datetime import timedelta
from typing import cast

from gridgov.analytics.periods import Kind, period, tiling
from gridgov.errors import QuestionError
from gridgov.questions.asking import Asked

BACK = {"day": 30, "week": 26 * 7, "month": 365, "quarter": 3 * 365, "year": 5 * 365}
"""How far back an answer by periods goes when `since` is not given, days."""


def take_periods(asked: Asked, kind: Kind) -> None:
    """Settle the periods of a kind that are asked for (`take_period`); without `since` as many as BACK says."""
    asked.period = kind
    asked.until = min(asked.until or asked.when.on, asked.when.on)
    asked.since = asked.since or period(asked.until - timedelta(BACK[kind]), kind, asked.cycle).begin
    take_period(asked)
    asked.meta["period"] = kind


def take_period(asked: Asked, *, back: timedelta | None = None) -> None:
    """Settle `since` and `until` (days, both inclusive) and bind them as :since and :until (instants, until excluded).

    Without `until` it is the day of as_of, and never later; without `since` it is the first of the month of `until`, or
    lies `back` before it. Where it is asked by periods, those between them are bound for the macro `period_of`.
    Raises QuestionError when since comes after until.
    """
    asked.until = min(asked.until or asked.when.on, asked.when.on)
    month = period(asked.until, "month", asked.cycle)
    asked.since = asked.since or (month.begin if back is None else asked.until - back)
    if asked.since > asked.when.on == asked.until:
        raise QuestionError(
            f"The period begins on {asked.since}, which is after the day it is asked as of ({asked.when.on})."
        )
    if asked.since > asked.until:
        raise QuestionError(f"since ({asked.since}) comes after until ({asked.until}).")
    end = asked.begin_of(asked.until + timedelta(days=1))
    end = end if asked.cut is None else min(end, asked.begin_of(asked.until) + asked.cut)
    asked.values |= {"since": asked.begin_of(asked.since), "until": end}
    asked.values |= {"since_on": asked.since, "until_on": asked.until}
    asked.meta |= {"since": asked.since.isoformat(), "until": asked.until.isoformat()}
    if asked.period is not None:
        periods = tiling(asked.since, asked.until, cast("Kind", asked.period), asked.cycle)
        asked.values["period_days"] = [each.begin for each in periods]
        asked.values["period_begins"] = [asked.begin_of(each.begin) for each in periods]
