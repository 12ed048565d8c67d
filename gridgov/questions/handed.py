"""handed: the handovers of a period one by one, the list behind each pair of `handover`."""

import pandas as pd

from gridgov.questions.asking import Asked
from gridgov.questions.cohorts import in_hours, take_one_period
from gridgov.questions.paging import paged
from gridgov.questions.tracks import only_dispatched


def read(asked: Asked) -> pd.DataFrame:
    """One row a handover, the latest first; meta `n_total` says how many there are beyond the limit."""
    take_one_period(asked)
    only_dispatched(asked)
    return in_hours(paged(asked, needs_state=asked.needs_state), lost_h="lost_s", lost_work_h="lost_work_s")
