"""flow: what came in and what went out, by statistical day, week, month, quarter or year."""

from typing import cast

import pandas as pd

from gridgov.analytics.periods import Kind
from gridgov.errors import QuestionError
from gridgov.questions.asking import Asked
from gridgov.questions.kept import kept_by
from gridgov.questions.periods import take_periods
from gridgov.questions.shaping import shaped


def read(asked: Asked) -> pd.DataFrame:
    """One row a period (and group); without `since` the last 31 days, 26 weeks, 12 months, 3 or 5 years until as_of."""
    if asked.needs_state:
        raise QuestionError("'flow' counts what happened to cases, not the state they are in; ask without `state`.")
    kind = cast("Kind", asked.period or (asked.during.kind if asked.during else "month"))
    take_periods(asked, kind)
    by_unit = any("p.unit" in text for text in (*asked.conditions, *(key for _, key in asked.sql_keys())))
    rows = shaped(asked, asked.read(keys=asked.sql_keys(), kind=kept_by(asked, is_flow=True), by_unit=by_unit))
    came = rows["n_reported"] + rows["n_reopened"] + rows["n_taken"]
    went = rows["n_closed"] + rows["n_voided"] + rows["n_passed"]
    return rows.assign(n_net=came - went)
