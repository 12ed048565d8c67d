"""bulletin: the monthly table that a digital city centre publishes, figure by figure."""

import tomllib
from dataclasses import replace
from functools import lru_cache
from typing import Final

import pandas as pd

from gridgov.analytics.rates import share, wilson
from gridgov.questions.asking import Asked, Dimension, plain_dimensions
from gridgov.questions.outcomes import judges_handling, take_outcomes
from gridgov.questions.shaping import shaped
from gridgov.questions.tracks import names_track
from gridgov.resources import resource

ITEMS: Final = {
    "reported": None, "self_handled": None, "registered": "reported", "dispatched": "registered", "due": None, "closed": "due",
    "on_time": "due", "reworked": "due", "extended": "due",
}  # fmt: skip
"""The figures of the table in their order, and what each is a share of (None = it stands alone)."""

SECTIONS: Final[dict[str, tuple[str, ...]]] = {
    "course": tuple(ITEMS),
    "channel": ("registered",),
    "kind": ("registered", "due", "closed", "on_time"),
    "category": ("registered",),
    "subcategory": ("registered",),
}
"""The sections of the table, and the figures each shows. Outside of `course`, `registered` is a share of all registered."""

_MADE_OF = ("channel", "category", "subcategory")
_COLUMN = {item: f"n_{item}" for item in ITEMS} | {"closed": "n_due_closed"}
_COUNTS = list(_COLUMN.values())
_SHOWN = ["section", "name", "item", "n", "of", "n_of", "share", "share_low", "share_high"]
_KIND = Dimension("kind", "", "kind")


def read(asked: Asked) -> pd.DataFrame:
    """One row a figure: the group (if asked by something), section, name (of the channel, kind or category; null in `course`),
    item, n, of (the item it is a share of), n_of, share, share_low, share_high (Wilson, 95 %). The categories are the ten most
    frequent, or as many as `limit` says.
    """
    everyone = None if names_track(asked) else list(asked.conditions)
    take_outcomes(asked)
    dimensions = plain_dimensions()
    finest = replace(asked, keys=[*asked.keys, *(dimensions[n] for n in _MADE_OF if dimensions[n] not in asked.keys)])
    rows = finest.read(
        by_handled=judges_handling(asked), period=asked.period, keys=finest.sql_keys(), apart=everyone
    ).assign(kind=lambda r: r["category"].map(_kind))
    rows[_COUNTS] = rows[_COUNTS].astype("int64")
    asked.meta["period"] = asked.period
    whole = _counted(asked, rows, None)
    parts = [_section(asked, rows, whole, name) for name in SECTIONS]
    return pd.concat(parts, ignore_index=True)


def _section(asked: Asked, rows: pd.DataFrame, whole: pd.DataFrame, name: str) -> pd.DataFrame:
    """The figures of one section in the order of the table."""
    groups = _groups(asked, whole)
    if name == "course":
        counted = whole.assign(name=None)
    else:
        dimension = _KIND if name == "kind" else plain_dimensions()[name]
        counted = _counted(asked, rows, dimension)
        if dimension not in asked.keys:
            counted = counted.rename(columns={dimension.column: "name"})
        else:
            counted = counted.assign(name=counted[dimension.column])
    all_registered = whole[[*groups, "n_registered"]].rename(columns={"n_registered": "n_all"})
    counted = (
        counted.merge(all_registered, how="left", on=groups)
        if groups
        else counted.assign(n_all=int(whole["n_registered"].sum()))
    )
    counted = counted.assign(place=counted.groupby(groups, dropna=False).ngroup() if groups else 0)
    if name != "course":
        counted = counted.sort_values(["place", "n_registered", "name"], ascending=[True, False, True])
        counted = counted[counted[_COUNTS].sum(axis=1) > 0]
    if name in ("category", "subcategory"):
        counted = counted.groupby("place", sort=False).head(10 if asked.limit is None else asked.limit)
    found = [_figure(counted.reset_index(drop=True), name, item) for item in SECTIONS[name]]
    figures = pd.concat(found).sort_index(kind="stable")
    figures = figures.drop(columns=[*_COUNTS, "n_all", "place", "kind"], errors="ignore")
    front = [column for column in figures if column not in _SHOWN]
    return figures[[*front, *_SHOWN]]


def _figure(counted: pd.DataFrame, section: str, item: str) -> pd.DataFrame:
    """One figure of each row, with what it is a share of."""
    of = ITEMS[item] if section == "course" or item != "registered" else "registered"
    n = counted[_COLUMN[item]].astype("float64")
    n_of = n * float("nan") if of is None else counted["n_all" if of == item else _COLUMN[of]].astype("float64")
    low, high = wilson(n, n_of)
    return counted.assign(
        section=section, item=item, n=counted[_COLUMN[item]], of=of, n_of=n_of.astype("Int64"),
        share=share(n, n_of), share_low=low, share_high=high,
    )  # fmt: skip


def _counted(asked: Asked, rows: pd.DataFrame, dimension: Dimension | None) -> pd.DataFrame:
    """The counts by what is asked by and, if given, one dimension more."""
    more = [] if dimension is None or dimension in asked.keys else [dimension]
    wider = replace(asked, keys=[*asked.keys, *more])
    by = [] if asked.period is None else ["period_on"]
    by += [name for name, _ in wider.sql_keys()]
    if not by:
        return pd.DataFrame([rows[_COUNTS].sum()])
    return shaped(wider, rows.groupby(by, dropna=False, as_index=False)[_COUNTS].sum())


def _groups(asked: Asked, whole: pd.DataFrame) -> list[str]:
    wanted = ["period_on", "grid_code", "place_status", *(key.column for key in asked.keys)]
    return [name for name in dict.fromkeys(wanted) if name in whole]


@lru_cache(maxsize=256)
def _kind(category: str | None) -> str:
    """event (事件) or component (部件), by the words of data/bulletin.toml."""
    is_component = isinstance(category, str) and any(word in category.lower() for word in _component_words())
    return "component" if is_component else "event"


@lru_cache(maxsize=1)
def _component_words() -> tuple[str, ...]:
    return tuple(tomllib.loads(resource("data", "bulletin.toml").read_text("utf-8"))["components"])
