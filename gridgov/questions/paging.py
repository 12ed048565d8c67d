"""Lists page by page: a question whose SQL knows `counted` gives the rows of a page, and how many there are in all."""

from typing import Any, Final

import pandas as pd

from gridgov.errors import QuestionError
from gridgov.questions.asking import Asked

LIMIT: Final = 1_000
"""So many rows of a list unless asked otherwise."""


def paged(asked: Asked, **names: Any) -> pd.DataFrame:
    """The rows between offset and limit (LIMIT unless given); meta `n_total` = all of them. Raises QuestionError."""
    limit = LIMIT if asked.limit is None else asked.limit
    if limit < 0 or asked.offset < 0:
        raise QuestionError("limit and offset are 0 or more.")
    asked.values |= {"limit": limit, "offset": asked.offset}
    asked.meta["n_total"] = int(asked.read(counted=True, **names)["n"].iloc[0])
    return asked.read(counted=False, **names)
