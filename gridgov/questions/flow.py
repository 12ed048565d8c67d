"""flow: cases reported and closed by statistical day, week, month, quarter or year."""

from datetime import timedelta
from typing import cast

import pandas as pd

from gridgov.analytics.periods import Kind, period
from gridgov.questions.asking import Asked
from gridgov.questions.periods import take_period
from gridgov.questions.shaping import shaped

_BACK = {"day": 30, "week": 26 * 7, "month": 365, "quarter": 3 * 365, "year": 5 * 365}
"""How far back an answer goes when `since` is not given, days."""


def read(asked: Asked) -> pd.DataFrame:
    """One row a period (and group); without `since` the last 31 days, 26 weeks, 12 months, 3 or 5 years until as_of."""
    kind = cast("Kind", asked.period or "month")
    asked.period = kind
    asked.until = min(asked.until or asked.when.on, asked.when.on)
    asked.since = asked.since or period(asked.until - timedelta(_BACK[kind]), kind, asked.cycle).begin
    take_period(asked)
    asked.meta["period"] = kind
    return shaped(asked, asked.read(keys=asked.sql_keys()))
