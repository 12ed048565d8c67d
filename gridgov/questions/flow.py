"""flow: cases reported and closed by local day, week or month."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pandas as pd

from gridgov.errors import QuestionError
from gridgov.questions.asking import Asked
from gridgov.questions.shaping import by_grid, every_period

_BACK = {"day": 30, "week": 26 * 7, "month": 365}
"""How far back an answer goes when `since` is not given, days."""


def read(asked: Asked) -> pd.DataFrame:
    """One row a period (and group); without `since` the last 31 days, 26 weeks or 12 months until as_of."""
    asked.period = asked.period or "month"
    asked.until = min(asked.until or asked.when.on, asked.when.on)
    asked.since = asked.since or _default_since(asked.until, asked.period)
    if asked.since > asked.until:
        raise QuestionError(f"since ({asked.since}) comes after until ({asked.until}).")
    tz = ZoneInfo(asked.town.time_zone)
    asked.values |= {
        "since": datetime.combine(asked.since, time(), tz),
        "until": datetime.combine(asked.until + timedelta(days=1), time(), tz),
    }
    asked.meta |= {"since": asked.since.isoformat(), "until": asked.until.isoformat(), "period": asked.period}
    rows = asked.read(period=asked.period, keys=asked.sql_keys())
    counts = [c for c in rows.columns if c.startswith("n_")]
    rows[counts] = rows[counts].astype("int64")
    if asked.level is not None:
        parts = [
            by_grid(asked, part.drop(columns="period_on")).assign(period_on=on)
            for on, part in rows.groupby("period_on")
        ]
        return pd.concat(parts, ignore_index=True) if parts else by_grid(asked, rows.drop(columns="period_on"))
    return every_period(asked, rows)


def _default_since(until: date, period: str) -> date:
    start = until - timedelta(days=_BACK[period])
    return (
        start.replace(day=1) if period == "month" else start - timedelta(start.weekday()) if period == "week" else start
    )
