"""What stands in a cell for people: words for codes, the town's own time, percent for rates with their interval."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from gridgov.questions.answer import Answer
from gridgov.schema import column_of, worded
from gridgov.vocabulary import Lang

CHANGES = {"_previous": "_change", "_year_before": "_year_change"}
"""Endings of what stands beside a number, and of the change since then."""
_ASIDE = ("geom", "level_code", "parent_code", "place_status")
"""Columns of places that a table leaves out; a row of no grid says in its name why."""
_DAY_ONLY = {"reported_at": 1, "closed_at": 2, "due_at": 4}
"""The bit of `day_only` that says that an instant came as a date."""

Row = Mapping[str, Any]


def local(answer: Answer) -> pd.DataFrame:
    """The rows in the town's own time, without geometry; points as lon and lat. What came as a date is a date."""
    table = pd.DataFrame(answer.frame.drop(columns="geom", errors="ignore"))
    zone = ZoneInfo(answer.meta["zone"])
    bits = table["day_only"].fillna(0).astype(int) if "day_only" in table else None
    for name in table.select_dtypes("datetimetz").columns:
        here = table[name].dt.tz_convert(zone).dt.tz_localize(None)
        days = None if bits is None else (bits & _DAY_ONLY.get(name, 0)).astype(bool)
        if days is None or not days.any():
            table[name] = here
            continue
        values = [None if pd.isna(at) else at.date() if day else at for at, day in zip(here, days, strict=True)]
        table[name] = pd.Series(values, index=table.index, dtype=object)
    if "geom" in answer.frame and set(answer.frame.geometry.geom_type.dropna()) == {"Point"} and "lon" not in table:
        points = answer.frame.geometry
        table = table.assign(lon=points.x, lat=points.y)
    return table


def shown(answer: Answer, lang: Lang) -> list[str]:
    """The columns of a table that is read: of a list the main ones, of others all but those told inside another cell."""
    frame, definition = answer.frame, answer.definition
    asked_by = answer.meta.get("by") or []
    if definition.kind == "list" or definition.id == "hierarchy":  # too wide; the other formats hold all
        other = "_en" if lang == "zh" else "_zh"
        codes = {name.removesuffix(f"_{lang}") for name in frame if name.endswith(f"_{lang}")}
        listed = [name for name in frame if not name.endswith(other) and name not in codes]
        return [name for name in listed if (column := column_of(name)[0]) and column.name in definition.columns]
    names = [name for name in frame if name not in _ASIDE or (name in asked_by and name != "geom")]
    return [
        name
        for name in names
        if not (name.endswith(("_low", "_high")) and name.rpartition("_")[0] in names)
        and column_of(name)[1] not in CHANGES.values()
    ]


def is_number(answer: Answer, name: str) -> bool:
    """True for a column of numbers, which stands at the right."""
    return pd.api.types.is_numeric_dtype(answer.frame[name]) and not pd.api.types.is_bool_dtype(answer.frame[name])


def cell(name: str, row: Row, answer: Answer, lang: Lang, *, alone: bool = False) -> str:
    """What stands in a cell: a value, and unless `alone` the change since it behind one of another time."""
    value = row[name]
    if is_none(value):
        if name == "grid_name" and not is_none(row.get("place_status")):
            return str(worded("place_status", row["place_status"], lang))
        return "–"
    column, ending = column_of(name)
    unit = "" if column is None else column.unit
    if ending in CHANGES and not alone:
        change = name.removesuffix(ending) + CHANGES[ending]
        return f"{cell(name, row, answer, lang, alone=True)} ({cell(change, row, answer, lang)})"
    if ending in ("_change", "_year_change"):
        return f"{100 * value:+.2f} {'百分点' if lang == 'zh' else 'pt'}" if unit == "0..1" else f"{value:+.1%}"
    if unit == "0..1" and not isinstance(value, str):
        bounds = [row.get(f"{name}{end}") for end in ("_low", "_high")]
        between = "" if any(map(is_none, bounds)) else f" ({'–'.join(f'{bound:.1%}'[:-1] for bound in bounds)})"
        return f"{value:.2%}{between}"
    return _plain(worded(name, value, lang, in_part=answer.scope is not None))


def is_none(value: Any) -> bool:
    """True for what is absent."""
    return not isinstance(value, list | dict) and bool(pd.isna(value))


def _plain(value: Any) -> str:
    said: Sequence[tuple[type | tuple[type, ...], Callable[[Any], str]]] = (
        ((list, dict), lambda v: json.dumps(v, ensure_ascii=False)),
        (datetime, lambda v: f"{v:%Y-%m-%d %H:%M}"),
        (date, lambda v: v.isoformat()),
        (float, lambda v: f"{v:,.0f}" if v.is_integer() else f"{v:,.2f}"),
        (int, lambda v: f"{v:,}"),
    )
    return next((say(value) for kind, say in said if isinstance(value, kind)), str(value))
