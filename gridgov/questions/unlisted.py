"""unlisted: categories that systems use and no catalogue of the town has."""

from typing import Final

import pandas as pd

from gridgov.questions.asking import Asked
from gridgov.store.database import frame

NO_CATALOGUE: Final = {
    "zh": "未导入事项清单:哪些类别在清单外不明",
    "en": "no catalogue is loaded: which categories are in none is not known",
}


def read(asked: Asked) -> pd.DataFrame:
    """One row a category, subcategory and system, most cases first; meta `note` says so where no catalogue is loaded."""
    asked.values |= {"limit": 1_000 if asked.limit is None else asked.limit, "offset": asked.offset}
    items = frame(asked.connection, "questions/unlisted/catalogues", asked.values)["n"].iloc[0]
    asked.meta["note"] = None if items else NO_CATALOGUE
    return asked.read()
