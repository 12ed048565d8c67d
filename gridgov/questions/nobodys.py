"""nobodys: the items that nobody takes for theirs (推诿事项), worst first."""

from collections import Counter
from typing import Any, Final

import numpy as np
import pandas as pd

from gridgov.analytics.rates import N_MIN
from gridgov.questions.asking import Asked, Dimension
from gridgov.questions.cohorts import in_hours, key_columns, take_one_period
from gridgov.questions.rates import rated
from gridgov.questions.shaping import coded, on_grids
from gridgov.questions.tracks import only_dispatched

ITEM: Final = ("category", "subcategory")
LIMIT: Final = 50
"""So many rows of the list unless asked otherwise."""

OWNERS: Final = ("n_units", "owner_entropy", "main_owner", "n_main_owner")
"""To whom the cases of an item went."""

_BETWEEN = "\x1f"
_SUMS: Final = (
    "n_followed", "n_bounced", "n_returns", "n_handovers", "n_aba", "n_lost_s", "n_lost_work_s",
)  # fmt: skip


def read(asked: Asked) -> pd.DataFrame:
    """One row an item (and group) of which a case was returned or handed on; meta `n_total` says how many there are.

    Worst first: by the lower bound of the share of cases that bounced, so that three of three do not come before thirty of
    thirty-one. Items with fewer than N_MIN cases are not ranked: they come last.
    """
    take_one_period(asked)
    only_dispatched(asked)
    asked.keys = [
        *(Dimension(name, f"p.{name}", name) for name in ITEM),
        *(k for k in asked.keys if k.name not in ITEM),
    ]
    by_owner, keys = coded(asked, asked.read(keys=asked.sql_keys())), key_columns(asked)
    groups = by_owner.groupby(keys, dropna=False)
    rows = groups[list(_SUMS)].sum().reset_index()  # row k is the group of number k
    rows = in_hours(rows, lost_h="n_lost_s", lost_work_h="n_lost_work_s")
    rows = rated(asked, rows, "bounced_case_share", rows["n_bounced"], rows["n_followed"])
    rows = rows[rows["n_bounced"] > 0]
    rows = rows.assign(is_few=rows["n_followed"] < N_MIN)
    order = {"is_few": True, "bounced_case_share_low": False, "lost_h": False} | dict.fromkeys(keys, True)
    rows = rows.sort_values([*order], ascending=[*order.values()]).drop(columns="is_few")
    asked.meta["n_total"] = len(rows)
    rows = rows.iloc[asked.offset : asked.offset + (LIMIT if asked.limit is None else asked.limit)]
    number = groups.ngroup()
    told = {k: _told(part) for k, part in by_owner.groupby(number[number.isin(rows.index)])}
    owners = pd.DataFrame([told[k] for k in rows.index], columns=list(OWNERS), index=rows.index)
    rows = pd.concat([rows, owners], axis=1).assign(place=range(len(rows)))
    return on_grids(asked, rows).sort_values("place", ignore_index=True).drop(columns="place")


def _told(rows: pd.DataFrame) -> dict[str, Any]:
    """To whom the cases of an item went; rows are its cases by the unit that answers for them."""
    owners: Counter[str] = Counter()
    for owner, n in zip(rows["owner"], rows["n_followed"], strict=True):
        if isinstance(owner, str):
            owners[owner] += int(n)
    handed_on, returned = (_counted(rows[name]) for name in ("handed_on_by", "returned_by"))
    main = min(owners, key=lambda unit: (-owners[unit], unit), default=None)
    found = (len(owners | handed_on | returned), entropy(list((owners + handed_on).values())), main, owners[main or ""])
    return dict(zip(OWNERS, found, strict=True))


def _counted(told: pd.Series) -> Counter[str]:
    """How often each unit is named."""
    return Counter(unit for names in told if isinstance(names, str) for unit in names.split(_BETWEEN))


def entropy(counts: list[int]) -> float:
    """Shannon's entropy (1948) in bits: 0 = all with one, 1 = even between two, 2 = among four; NaN of nothing."""
    if not counts:
        return float("nan")
    shares = np.array(counts) / sum(counts)
    return float(abs((shares * np.log2(shares)).sum()))
