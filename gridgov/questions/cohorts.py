"""Cases followed over a period: what questions about durations and handovers have in common."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pandas as pd

from gridgov.analytics.clocks import Clock, zone
from gridgov.errors import QuestionError
from gridgov.questions.asking import Asked
from gridgov.questions.periods import take_period
from gridgov.questions.shaping import coded
from gridgov.store.rulebook import rules_of


def take_one_period(asked: Asked) -> None:
    """Settle the period (`take_period`); raises QuestionError when asked by periods, which would need one cohort each."""
    if asked.period is not None:
        raise QuestionError(
            f"{asked.definition.id} is asked of one period: say it with since and until instead of by {asked.period}."
        )
    take_period(asked)


def key_columns(asked: Asked) -> list[str]:
    """The columns that name a group, once ids of grids are codes."""
    return ["grid_code" if name == "grid_id" else name for name, _ in asked.sql_keys()]


def pooled(asked: Asked, rows: pd.DataFrame) -> Iterator[tuple[dict[str, Any], pd.DataFrame]]:
    """The groups asked for, as key columns and the rows of each: ids of grids that share a code are one group.

    Without keys there is one group, even where nothing is in it.
    """
    names = key_columns(asked)
    if not names:
        yield {}, rows
        return
    for key, part in coded(asked, rows).groupby(names, dropna=False, sort=False):
        yield {name: None if pd.isna(value) else value for name, value in zip(names, key, strict=True)}, part


def in_hours(rows: pd.DataFrame, **seconds: str) -> pd.DataFrame:
    """The rows with columns of seconds (hours=seconds) replaced by hours."""
    made = {name: rows[column].astype("float64") / 3_600 for name, column in seconds.items()}
    return rows.drop(columns=[*seconds.values()]).assign(**made)


def working_clock(asked: Asked, first: datetime) -> Clock:
    """The working time of the town by its rules, from before an instant until after as_of."""
    rules = rules_of(asked.connection, asked.town.id)
    calendar = rules.calendar(first.date() - timedelta(2), asked.when.at.date() + timedelta(3))
    return Clock(calendar, zone(asked.town.time_zone))
