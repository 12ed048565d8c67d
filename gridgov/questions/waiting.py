"""waiting: the open cases by the node they wait at, how many are over its limit, and how long the longest waits."""

import pandas as pd

from gridgov.questions.asking import Asked
from gridgov.questions.cohorts import key_columns
from gridgov.questions.shaping import coded, on_grids
from gridgov.questions.tracks import only_dispatched
from gridgov.questions.working import hours_left
from gridgov.rules import STAGES


def read(asked: Asked) -> pd.DataFrame:
    """One row a node and group that has any, in the order of the nodes; without `by` a row for every node.

    meta `limits` = value and unit of the limit of each node that has one.
    """
    only_dispatched(asked)
    rows, keys = coded(asked, asked.read(keys=asked.sql_keys())), [*key_columns(asked), "stage"]
    counts = dict.fromkeys(("n_waiting", "n_waiting_over"), "sum")
    rows = rows.groupby(keys, dropna=False, as_index=False).agg({**counts, "waiting_since_at": "min"})
    if len(keys) == 1:
        rows = pd.DataFrame({"stage": STAGES}).merge(rows, how="left", on="stage").fillna(dict.fromkeys(counts, 0))
    rows["waiting_since_at"] = pd.to_datetime(rows["waiting_since_at"], utc=True)
    waited = hours_left(asked, rows["waiting_since_at"])
    rows = rows.assign(longest_h=0 - waited["left_h"], longest_work_h=0 - waited["left_work_h"])
    rows = rows.astype(dict.fromkeys(counts, "int64") | {"stage": pd.CategoricalDtype(STAGES, ordered=True)})
    rows = rows.sort_values(keys, na_position="last", ignore_index=True).astype({"stage": object})
    limits = {stage: getattr(asked.rules.nodes, stage, None) for stage in STAGES} if asked.rules is not None else {}
    asked.meta["limits"] = {stage: limit._asdict() for stage, limit in limits.items() if limit is not None}
    return on_grids(asked, rows, "stage")
