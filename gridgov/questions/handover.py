"""handover and bounces: who passes cases on to whom, and how often a case is passed on."""

from collections import Counter
from typing import Any

import pandas as pd

from gridgov.questions.asking import Asked
from gridgov.questions.cohorts import in_hours, key_columns, take_one_period
from gridgov.questions.rates import rated
from gridgov.questions.shaping import by_grid, coded, on_grids
from gridgov.questions.tracks import only_dispatched

PAIR = ("from_unit", "to_unit")


def read(asked: Asked) -> pd.DataFrame:
    """One row a pair of units (and group), the pair with most handovers first; without `since` from the first of the month."""
    take_one_period(asked)
    only_dispatched(asked)
    rows = coded(asked, asked.read(keys=asked.sql_keys(), needs_state=asked.needs_state))
    keys = [*key_columns(asked), *PAIR]
    told = [
        dict(zip(keys, key, strict=True)) | _pair(part) for key, part in rows.groupby(keys, dropna=False, sort=False)
    ]
    names = [*keys, *_pair(rows)]
    pairs = in_hours(pd.DataFrame(told, columns=names), lost_h="lost_s", lost_work_h="lost_work_s")
    pairs = rated(asked, pairs, "aba_share", pairs["n_aba"], pairs["n_handovers"]).drop(
        columns=["aba_share_standing"],
        errors="ignore",  # a pair is no peer of another pair
    )
    pairs = pairs.sort_values(["n_handovers", *keys], ascending=[False, *[True] * len(keys)], ignore_index=True)
    return on_grids(asked, pairs, *PAIR)


def _pair(rows: pd.DataFrame) -> dict[str, Any]:
    """The figures of a pair; its main reason is the most frequent one told, of equally frequent ones the first by name."""
    counts = {name: int(rows[name].sum()) for name in ("n_handovers", "n_aba")}
    reasons: Counter[str] = Counter()
    for reason, n in zip(rows["reason"], rows["n_handovers"], strict=True):
        if isinstance(reason, str):
            reasons[reason] += int(n)
    main = min(reasons, key=lambda reason: (-reasons[reason], reason), default=None)
    return {
        "n_handovers": counts["n_handovers"],
        "n_handed_cases": len(set().union(*rows["cases"])),
        "n_aba": counts["n_aba"],
        "lost_s": int(rows["lost_s"].sum()),
        "lost_work_s": int(rows["lost_work_s"].sum()),
        "main_reason": main,
        "n_main_reason": reasons[main] if main else 0,
    }


def read_bounces(asked: Asked) -> pd.DataFrame:
    """One row a group; without `since` the cases reported since the first of the month of `until`."""
    take_one_period(asked)
    only_dispatched(asked)
    rows = asked.read(keys=asked.sql_keys())
    counts = [name for name in rows if name.startswith("n_")]
    rows = by_grid(asked, rows.astype(dict.fromkeys(counts, "int64")))
    rows = in_hours(rows, lost_h="n_lost_s", lost_work_h="n_lost_work_s")
    rows = rated(asked, rows, "bounced_share", rows["n_dispatched"] - rows["n_direct"], rows["n_dispatched"])
    rows = rated(asked, rows, "aba_case_share", rows["n_aba_cases"], rows["n_dispatched"])
    return rated(asked, rows, "first_right_rate", rows["n_first_right"], rows["n_ended"])
