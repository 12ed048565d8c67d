"""integrity: units and grids whose figures ask for a look: a review list with evidence and innocent reasons, never a verdict."""

import tomllib
from collections.abc import Sequence
from datetime import timedelta
from functools import lru_cache
from typing import Any, Final

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict

from gridgov.analytics.outliers import others, scores
from gridgov.analytics.periods import period, tiling
from gridgov.analytics.rates import N_MIN, share, wilson
from gridgov.errors import QuestionError
from gridgov.questions.asking import Asked, called, plain_dimensions
from gridgov.questions.gone_on import bind_gone_on
from gridgov.questions.periods import take_period
from gridgov.questions.shaping import by_grid
from gridgov.resources import resource
from gridgov.store.database import frame

N_CASES: Final = 5
"""So many case numbers stand as evidence beside a finding, and a finding has at least so many."""

NAMES: Final = ("unit", "grid_code", "grid_name")
"""What names a group; what it was not asked by is null."""

_BACK = timedelta(days=364)
_FAR, _ABOVE = 3.09, 1.96
_SCALES: Final = (1.0, 0.5, 2.0)
"""The threshold itself, and the two at which a finding is asked to stand as well."""


class Indicator(BaseModel):
    """One thing the list looks at, as data/integrity.toml explains it."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    code: str
    zh: str
    en: str
    counts_zh: str
    counts_en: str
    within_s: int = 0
    room: float = 0
    from_share: float
    innocent_zh: str
    innocent_en: str

    def looks(self) -> list[tuple[str, str, float, float]]:
        """Column, indicator, threshold and shortest limit (seconds) of each look that is taken for it."""
        scales = _SCALES if self.within_s else _SCALES[:1]
        return [
            (f"n_{self.code}_{k}", self.code, self.within_s * scale, self.within_s * scale * self.room)
            for k, scale in enumerate(scales)
        ]


@lru_cache(maxsize=1)
def indicators() -> tuple[Indicator, ...]:
    """The indicators of data/integrity.toml."""
    rows = tomllib.loads(resource("data", "integrity.toml").read_text("utf-8"))["indicator"]
    return tuple(Indicator.model_validate(row) for row in rows)


def read(asked: Asked) -> pd.DataFrame:
    """One row a finding, the strongest first; none where nothing stands out. Without `since` the last 52 weeks.

    indicator, unit or grid_code, n, n_of, rate, rate_low, rate_high, common_rate (of all the others), standing, n_stands and
    n_looks (at how many of the thresholds tried it stands), case_nos (the latest), innocent_zh, innocent_en.
    Raises QuestionError when asked by anything but the unit or a level of grids.
    """
    _check(asked)
    take_period(asked, back=_BACK)
    asked.conditions.append("p.track = 'dispatched'")
    asked.values |= {"month_begins": _month_begins(asked), "n_shown": N_CASES}
    looks = [look for each in indicators() for look in each.looks()]
    gone_on = bind_gone_on(asked)
    groups = _groups(asked, asked.read(keys=asked.sql_keys(), looks=looks, gone_on=gone_on))
    found = [row for each in indicators() for row in _findings(groups, each)]
    columns = [
        "indicator",
        "indicator_zh",
        "indicator_en",
        *NAMES,
        "n",
        "n_of",
        "rate",
        "rate_low",
        "rate_high",
        "common_rate",
        "standing",
    ]
    columns += ["n_stands", "n_looks", "case_nos", "innocent_zh", "innocent_en"]
    rows = pd.DataFrame(found, columns=[*columns[:-3], "score", "innocent_zh", "innocent_en"])
    rows = rows.sort_values(["n_stands", "score", "n"], ascending=False, ignore_index=True, kind="stable")
    rows["case_nos"] = _evidence(asked, rows, gone_on=gone_on)
    asked.meta["n_compared"] = len(groups)
    asked.meta["indicators"] = {each.code: {"zh": each.counts_zh, "en": each.counts_en} for each in indicators()}
    return rows[columns]


def _check(asked: Asked) -> None:
    if not asked.keys:
        asked.keys.append(plain_dimensions()["unit"])
    if len(asked.keys) != 1 or not (asked.keys[0].name == "unit" or asked.level is not None):
        raise QuestionError(
            "'integrity' is asked by unit or by a level of grids, one at a time. It lists no persons: who is behind a finding is"
            " for a reviewer with that role and purpose, from the cases it shows."
        )
    if asked.needs_state:
        raise QuestionError("'integrity' looks at closed cases; ask without `state`.")


def _month_begins(asked: Asked) -> list[Any]:
    """When the statistical months of the period begin, and when the last of them ends."""
    assert asked.since is not None  # noqa: S101  take_period has settled both
    assert asked.until is not None  # noqa: S101
    last = period(asked.until, "month", asked.cycle)
    first = period(asked.since, "month", asked.cycle)
    months = tiling(first.begin, last.last, "month", asked.cycle)
    return [asked.begin_of(day) for day in [*(month.begin for month in months), last.last + timedelta(days=1)]]


def _groups(asked: Asked, rows: pd.DataFrame) -> pd.DataFrame:
    """The groups there are; what answers to nobody, or lies in no grid, is none."""
    counts = [name for name in rows if name.startswith("n_")]
    rows[counts] = rows[counts].astype("int64")
    if asked.level is None:
        return rows[rows["unit"].notna()].reset_index(drop=True)
    placed = pd.DataFrame(by_grid(asked, rows).drop(columns=["geom", "parent_code", "place_status"], errors="ignore"))
    return placed[placed["grid_code"].notna()].reset_index(drop=True)


def _named(groups: pd.DataFrame) -> list[str]:
    return [name for name in NAMES if name in groups]


def _findings(groups: pd.DataFrame, indicator: Indicator) -> list[dict[str, Any]]:
    """The groups that do what an indicator looks for far more often than the others, as a habit."""
    counts = [
        (groups[column].to_numpy(float), groups[f"{column}_of"].to_numpy(float)) for column, *_ in indicator.looks()
    ]
    stands = [_stands_out(n, of, indicator.from_share) for n, of in counts]
    n, of = counts[0]
    rate, common, score = share(n, of), others(n, of), scores(n, of)
    low, high = wilson(n, of)
    return [
        {
            "indicator": indicator.code, "indicator_zh": indicator.zh, "indicator_en": indicator.en,
            **groups.loc[i, _named(groups)].to_dict(),
            "n": int(n[i]), "n_of": int(of[i]), "rate": rate[i], "rate_low": low[i], "rate_high": high[i],
            "common_rate": common[i], "standing": "far_above" if score[i] > _FAR else "above",
            "n_stands": int(sum(each[i] for each in stands)), "n_looks": len(stands), "score": score[i],
            "innocent_zh": indicator.innocent_zh, "innocent_en": indicator.innocent_en,
        }
        for i in np.flatnonzero(stands[0])
    ]  # fmt: skip


def _stands_out(n: np.ndarray, of: np.ndarray, from_share: float) -> np.ndarray:
    with np.errstate(invalid="ignore"):
        return (of >= N_MIN) & (n >= N_CASES) & (share(n, of) >= from_share) & (scores(n, of) > _FAR)


def _evidence(asked: Asked, rows: pd.DataFrame, *, gone_on: bool) -> Sequence[list[str]]:
    """The latest case numbers of each finding."""
    known: dict[tuple[str, str], list[str]] = {}
    for indicator in indicators():
        wanted = rows[rows["indicator"] == indicator.code]
        if wanted.empty:
            continue
        _, code, within_s, room_s = indicator.looks()[0]
        names = {"keys": asked.sql_keys(), "indicator": code, "within_s": within_s, "room_s": room_s}
        common = {"placement": asked.placement, "conditions": asked.conditions, "gone_on": gone_on}
        of, codes = _keys_of(asked, wanted)
        hits = frame(asked.connection, "questions/integrity/evidence", {**asked.values, "found": of}, **common, **names)
        for hit in hits.itertuples():
            known.setdefault((indicator.code, codes.get(hit.found, hit.found)), []).append(hit.case_no)
    name = "unit" if asked.level is None else "grid_code"
    return [known.get((row["indicator"], row[name]), [])[:N_CASES] for _, row in rows.iterrows()]


def _keys_of(asked: Asked, wanted: pd.DataFrame) -> tuple[list[str], dict[str, str]]:
    """The values of the first key that belong to some findings, and the code of each where they are ids of grids."""
    if asked.level is None:
        return list(wanted["unit"]), {}
    codes = {str(grid): code for code in wanted["grid_code"] for grid in called(asked, code)}
    return list(codes), codes
