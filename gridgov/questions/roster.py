"""roster: the posts of the grids (一长五员), filled and vacant, and how many people hold more than one. Nobody is named."""

from typing import Final

import pandas as pd

from gridgov.analytics.rates import share
from gridgov.errors import QuestionError
from gridgov.questions.asking import Asked
from gridgov.questions.shaping import by_grid
from gridgov.store.database import frame

NO_ROSTER: Final = {
    "zh": "未导入当日有效的花名册:岗位不明,不等于没有缺岗",
    "en": "no roster of that day is loaded: posts are not known, which is not that none is vacant",
}
_COUNTED: Final = ("n_posts", "n_filled", "n_vacant", "n_holders", "n_many")
_BY: Final = ("role", "unit")


def read(asked: Asked) -> pd.DataFrame:
    """One row a group asked by (every grid of a level, 0 where no post is listed); one row in all without `by`.

    meta  held_on = day of the latest roster (None = there is none: then all is null, and `note` says so)
    Raises QuestionError for what posts cannot be asked by.
    """
    wrong = [key.name for key in asked.keys if key.level is None and key.name not in _BY]
    if wrong:
        raise QuestionError(
            f"Posts cannot be asked by {', '.join(wrong)}: ask by a level of grids, or by {', '.join(_BY)}."
        )
    asked.meta["held_on"] = held_on(asked)
    asked.meta["note"] = NO_ROSTER if asked.meta["held_on"] is None else None
    rows = by_grid(asked, asked.read(keys=asked.sql_keys()))
    if asked.meta["held_on"] is None:
        rows[list(_COUNTED)] = None
    counts = rows[list(_COUNTED)].astype("float64")
    return rows.assign(
        vacant_share=share(counts["n_vacant"], counts["n_posts"]),
        many_share=share(counts["n_many"], counts["n_holders"]),
    )


def held_on(asked: Asked) -> str | None:
    """The day of the latest roster of the layer that is not after as_of; puts what SQL of posts takes into the values."""
    asked.values |= {
        "on": asked.when.on,
        "set_id": asked.shown.id if asked.shown else None,
        "layer_id": asked.sets[0].layer_id if asked.sets else None,
    }
    day = frame(asked.connection, "questions/roster/days", asked.values)["held_on"].iloc[0]
    return None if pd.isna(day) else day.isoformat()
