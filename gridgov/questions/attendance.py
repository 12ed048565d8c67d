"""attendance: when the first and the last position of a day came from each grid; only where the town has opted in."""

from datetime import timedelta
from typing import Final

import pandas as pd

from gridgov.analytics.rates import share
from gridgov.errors import QuestionError
from gridgov.questions.asking import Asked, finest
from gridgov.questions.patrolled import in_order, take_days
from gridgov.questions.watched import last_day
from gridgov.rules import read_rules
from gridgov.settings import settings
from gridgov.store.database import frame

BREAK_S: Final = 7_200
"""A silence of a device longer than this is a break or the end of a shift, not a lack of signal."""

OFF: Final = {
    "zh": "本镇未启用出勤(规则 [patrol] attendance = true 方启用):无数据",
    "en": "this town has not opted in to attendance (rules: [patrol] attendance = true): no rows",
}


def read(asked: Asked) -> pd.DataFrame:
    """One row a grid of the level asked by (the finest without) and day, the latest day first: the last seven days unless said.

    The unit is the grid, never a person. data_share is the share of the devices' minutes in which they told of positions: a
    silence is a lack of data, not of work. Raises QuestionError.
    """
    names = list(asked.definition.columns)
    if asked.since is None:
        asked.since = min(asked.until or last_day(asked), last_day(asked)) - timedelta(6)
    since, until = take_days(asked)
    if not read_rules(
        settings().rules
    ).patrol.attendance:  # those of now: what a town has agreed to, it can take back at once
        asked.meta |= {"note": OFF, "n_total": 0}
        return pd.DataFrame(columns=names)
    if asked.level is None and asked.sets:
        asked.keys = [finest(asked)]
    if (asked.limit is not None and asked.limit < 0) or asked.offset < 0:
        raise QuestionError("limit and offset are 0 or more.")
    values = {
        "town_id": asked.town.id, "level": asked.level or 0, "since_on": since, "until_on": until, "break_s": BREAK_S,
        "scope_ids": asked.values.get("scope_ids"), "limit": 10_000 if asked.limit is None else asked.limit,
        "offset": asked.offset,
    }  # fmt: skip
    rows = frame(asked.connection, "questions/attendance/read", values)
    rows["data_share"] = share(rows["minutes"].astype(float), rows["expected_min"].astype(float))
    return in_order(asked, rows)
