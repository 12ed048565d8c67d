"""nobodys: the items that nobody takes for theirs (推诿事项), worst first."""

from collections import Counter
from typing import Any, Final

import numpy as np
import pandas as pd

from gridgov.questions.asking import Asked, Dimension
from gridgov.questions.cohorts import in_hours, key_columns, only_dispatched, pooled, take_one_period
from gridgov.questions.rates import rated
from gridgov.questions.shaping import on_grids

ITEM: Final = ("category", "subcategory")
LIMIT: Final = 50
"""So many rows of the list unless asked otherwise."""

_BETWEEN = "\x1f"
_SUMS: Final = (
    "n_followed", "n_bounced", "n_returns", "n_handovers", "n_aba", "n_lost_s", "n_lost_work_s",
)  # fmt: skip


def read(asked: Asked) -> pd.DataFrame:
    """One row an item (and group) of which a case was returned or handed on; meta `n_total` says how many there are.

    Worst first: by the lower bound of the share of cases that bounced, so that three of three do not come before thirty of
    thirty-one.
    """
    take_one_period(asked)
    only_dispatched(asked)
    asked.keys = [*(Dimension(name, f"p.{name}", name) for name in ITEM), *(k for k in asked.keys if k.name not in ITEM)]
    told = [{**key, **_told(part)} for key, part in pooled(asked, asked.read(keys=asked.sql_keys()))]
    rows = pd.DataFrame(told, columns=[*key_columns(asked), *_SUMS, "n_units", "owner_entropy"])
    rows = in_hours(rows, lost_h="n_lost_s", lost_work_h="n_lost_work_s")
    rows = rated(asked, rows, "bounced_case_share", rows["n_bounced"], rows["n_followed"])
    rows = _worst_first(asked, on_grids(asked, rows[rows["n_bounced"] > 0]))
    asked.meta["n_total"] = len(rows)
    limit = LIMIT if asked.limit is None else asked.limit
    return rows.iloc[asked.offset : asked.offset + limit].reset_index(drop=True)


def _worst_first(asked: Asked, rows: pd.DataFrame) -> pd.DataFrame:
    keys = key_columns(asked)
    down = ["bounced_case_share_low", "lost_h"]
    return rows.sort_values([*down, *keys], ascending=[False, False, *[True] * len(keys)], ignore_index=True)


def _told(rows: pd.DataFrame) -> dict[str, Any]:
    """The figures of an item; rows are its cases by the unit that answers for them."""
    owners: Counter[str] = Counter()
    units: set[str] = set()
    for owner, n, handed_on in zip(rows["owner"], rows["n_followed"], rows["units"], strict=True):
        if isinstance(owner, str):
            owners[owner] += int(n)
        if isinstance(handed_on, str):
            units.update(filter(None, handed_on.split(_BETWEEN)))
    return {
        **{name: int(rows[name].sum()) for name in _SUMS},
        "n_units": len(units | set(owners)),
        "owner_entropy": entropy(list(owners.values())),
    }


def entropy(counts: list[int]) -> float:
    """Shannon's entropy (1948) in bits: 0 = all with one, 1 = even between two, 2 = among four; NaN of nothing."""
    if not counts:
        return float("nan")
    shares = np.array(counts) / sum(counts)
    return float(abs((shares * np.log2(shares)).sum()))
