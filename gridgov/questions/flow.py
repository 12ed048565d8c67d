"""flow: cases reported and closed by local day, week or month."""

from datetime import date, timedelta

import pandas as pd

from gridgov.questions.asking import Asked
from gridgov.questions.periods import take_period
from gridgov.questions.shaping import shaped

_BACK = {"day": 30, "week": 26 * 7, "month": 365}
"""How far back an answer goes when `since` is not given, days."""


def read(asked: Asked) -> pd.DataFrame:
    """One row a period (and group); without `since` the last 31 days, 26 weeks or 12 months until as_of."""
    asked.period = asked.period or "month"
    asked.until = min(asked.until or asked.when.on, asked.when.on)
    asked.since = asked.since or _default_since(asked.until, asked.period)
    take_period(asked)
    asked.meta["period"] = asked.period
    return shaped(asked, asked.read(period=asked.period, keys=asked.sql_keys()))


def _default_since(until: date, period: str) -> date:
    start = until - timedelta(days=_BACK[period])
    return (
        start.replace(day=1) if period == "month" else start - timedelta(start.weekday()) if period == "week" else start
    )
