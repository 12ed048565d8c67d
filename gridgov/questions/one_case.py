"""The one case that a question speaks of."""

from typing import Any

import pandas as pd

from gridgov.errors import QuestionError
from gridgov.questions.asking import Asked


def one_case(asked: Asked) -> dict[str, Any]:
    """What is known of the case asked for, as meta `case` tells it; its id is bound as :case_id.

    Raises QuestionError when no case is said, when there is none, or several of that number.
    """
    if not asked.case:
        raise QuestionError(
            f"{asked.definition.id} speaks of one case: say which, case='...' (on the command line --case)."
        )
    asked.values["case_no"] = asked.case
    found = asked.read("course", part="case")
    if found.empty:
        raise QuestionError(
            f"There is no case '{asked.case}' in '{asked.scope or asked.town.code}' at {asked.when.said}."
        )
    if len(found) > 1:
        sources = ", ".join(found["source"])
        raise QuestionError(
            f"{len(found)} systems have a case '{asked.case}' ({sources}); say which, where={{'source': ...}}."
        )
    row = found.astype(object).where(found.notna(), None).iloc[0]
    case = {name: value.isoformat() if isinstance(value, pd.Timestamp) else value for name, value in row.items()}
    asked.values["case_id"] = int(case.pop("case_id"))
    asked.meta["case"] = case
    return case
