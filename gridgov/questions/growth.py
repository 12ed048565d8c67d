"""growth: which grids report more, or less, than before: as the town does, and with their patrols taken out."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from gridgov.analytics.growth import Grown, grown
from gridgov.analytics.rates import N_MIN, share
from gridgov.questions.asking import Asked
from gridgov.questions.effort import beside, by_grids
from gridgov.questions.periods import take_period
from gridgov.questions.watched import known_since, require_base

FloatArray = npt.NDArray[np.float64]

WEEKS: Final = timedelta(days=27)
"""Four weeks with the last day."""
AS_LONG: Final = 3
"""The time before is so many times as long."""
_LEVEL: Final = 0.05
_PATROLS: Final = 1.645
"""Workers' cases have grown, others' have not: beyond and within the one-sided limit of chance at 95 %."""


def read(asked: Asked) -> pd.DataFrame:
    """One row a grid of the level asked by (and for what lies in none); without `by` one for the whole.

    n_lately and n_lately_by_others (of the period), before_n (the time before, in as many days), expected_n (before, times
    what the town became), times_expected, chance_q; patrol_h and patrol_h_before, expected_by_effort_n, times_by_effort,
    effort_q (null where patrols of the time before are not known); reading. Meta: `since` and `until`, `before_since`.
    Raises QuestionError.
    """
    by_grids(asked)
    require_base(asked)
    asked.until = min(asked.until or asked.when.on, asked.when.on)
    asked.since = asked.since or asked.until - WEEKS
    since, until = asked.since, asked.until
    before, is_known = _before(asked, since, until)
    now, then = _counted(asked, since, until), _counted(asked, before, since - timedelta(days=1))
    take_period(asked)
    asked.meta["before_since"] = before.isoformat()
    as_long = ((until - since).days + 1) / (since - before).days
    return _told(asked, _joined(now, then), as_long, is_known)


def _before(asked: Asked, since: date, until: date) -> tuple[date, bool]:
    """The first day of the time before, and whether its patrols are known: it begins with them where that is enough."""
    length = (until - since).days + 1
    begin, known = since - timedelta(days=AS_LONG * length), known_since(asked)
    if known is None or known > since - timedelta(days=length):
        return begin, False
    return max(begin, known), True


def _counted(asked: Asked, since: date, until: date) -> pd.DataFrame:
    """Cases and patrols by grid of some days."""
    part = replace(asked, since=since, until=until, values=dict(asked.values), meta={})
    take_period(part)
    return beside(part, part.read("effort", keys=part.sql_keys()))


def _joined(now: pd.DataFrame, then: pd.DataFrame) -> pd.DataFrame:
    """Now with the counts of before, under `_then`; what lies in no grid may be in one of them only."""
    keys = [name for name in ("grid_code", "place_status") if name in now]
    counts = ["n_by_workers", "n_by_others", "patrol_h", "patrol_km"]
    if not keys:
        return now.assign(**{f"{name}_then": then[name].to_numpy() for name in counts})
    rows = now.merge(then[[*keys, *counts]], how="outer", on=keys, suffixes=("", "_then"))
    both = [*counts, *(f"{name}_then" for name in counts)]
    return rows.assign(**{name: rows[name].fillna(0) for name in both})


def _told(asked: Asked, rows: pd.DataFrame, as_long: float, is_known: bool) -> pd.DataFrame:
    by_workers, by_others, hours = (rows[name].to_numpy(float) for name in ("n_by_workers", "n_by_others", "patrol_h"))
    workers_then, others_then, hours_then = (
        rows[f"{name}_then"].to_numpy(float) for name in ("n_by_workers", "n_by_others", "patrol_h")
    )
    n, then = by_workers + by_others, workers_then + others_then
    of_workers, of_others = _as_the_town(by_workers, workers_then), _as_the_town(by_others, others_then)
    expected = of_workers + of_others
    # What workers find grows with their hours; what others report does not.
    more_hours = share(hours, hours_then * as_long)
    more_hours[(hours == 0) & (hours_then == 0)] = 1
    by_effort = _as_the_town(by_workers, workers_then * more_hours) + of_others if is_known else np.full(len(n), np.nan)
    plain, taken_out = grown(n, then, expected), grown(n, then, by_effort)
    explained = share((by_effort - expected) * np.sign(n - expected), abs(n - expected))
    apart = [grown(by_workers, workers_then, of_workers), grown(by_others, others_then, of_others)]
    rows = rows.assign(
        n_lately=n.astype("int64"), n_lately_by_others=by_others.astype("int64"), before_n=then * as_long,
        expected_n=expected, times_expected=share(n, expected), chance_q=plain.q,
        patrol_h_before=hours_then * as_long if is_known else np.nan,
        expected_by_effort_n=by_effort, times_by_effort=share(n, np.nan_to_num(by_effort)), effort_q=taken_out.q,
        reading=_readings(plain, taken_out, apart, explained, np.maximum(n, np.nan_to_num(expected)) < N_MIN),
    )  # fmt: skip
    places = [name for name in rows if name in ("grid_code", "grid_name", "parent_code", "level_code", "place_status")]
    return rows[[*places, *asked.definition.columns, *[name for name in ("geom",) if name in rows]]]


def _as_the_town(now: FloatArray, then: FloatArray) -> FloatArray:
    """What each group would count now if it had changed as all did."""
    return then * share(now[~np.isnan(then)].sum(), np.nansum(then))


def _readings(
    plain: Grown, taken_out: Grown, apart: list[Grown], explained: FloatArray, is_few: npt.NDArray[np.bool_]
) -> pd.Series:
    """What is said of each group: grown or fallen, by itself, or only as its patrols did, which explain half of it."""
    up, down = (plain.q <= _LEVEL) & (plain.score > 0), (plain.q <= _LEVEL) & (plain.score < 0)
    still = taken_out.q <= _LEVEL
    by_patrols = ~still & (explained >= 0.5)
    by_workers = np.isnan(taken_out.score) & (apart[0].score > _PATROLS) & ~(apart[1].score > _PATROLS)
    told = [
        np.isnan(plain.score), is_few, still & (taken_out.score > 0), still & (taken_out.score < 0), up & by_patrols,
        down & by_patrols, up & by_workers, up, down,
    ]  # fmt: skip
    words = [None, "few", "grown", "fallen", "only_patrol", "less_patrol", "only_workers", "grown", "fallen"]
    return pd.Series(np.select(told, np.array(words, object), np.array("steady", object)), dtype=object)
