"""An answer as a table for people: words for codes, percent for rates with their interval, the town's own time, a total."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from rich import box
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from gridgov.schema import column_of, heading, worded
from gridgov.vocabulary import Lang

if TYPE_CHECKING:
    from gridgov.questions import Answer

_CHANGES = {"_previous": "_change", "_year_before": "_year_change"}
_ASIDE = ("geom", "level_code", "parent_code", "place_status")
"""Columns of places that a table leaves out; a row of no grid says in its name why."""

_WIDEST = 2_000
"""Columns of the widest table in a file."""

Row = Mapping[str, Any]


def print_table(answer: "Answer", total: "Answer | None", lang: Lang, console: Console) -> None:
    """Print an answer, and below it the same without groups, where there is one."""
    rows = answer.frame.to_dict("records")
    if len(rows) == 1 and "compared_with" in answer.meta:
        _print_beside(answer, rows[0], lang, console)
        return
    names = _shown(answer, lang)
    table = Table(
        title=_title(answer, lang), title_justify="left", caption=_caption(answer, lang), caption_justify="left",
        box=box.SIMPLE_HEAD, pad_edge=False, show_footer=total is not None,
    )  # fmt: skip
    summed = {} if total is None else total.frame.to_dict("records")[0]
    for place, name in enumerate(names):
        foot = ("合计" if lang == "zh" else "total") if place == 0 else ""
        if place and name in summed and _is_number(answer, name):
            foot = _cell(name, summed, answer, lang)
        table.add_column(
            heading(name, lang) if lang == "zh" else name, foot,
            justify="right" if _is_number(answer, name) else "left", overflow="fold",
        )  # fmt: skip
    for row in rows:
        table.add_row(*(Text(_cell(name, row, answer, lang)) for name in names))
    _print(table, console)


def _print(table: Table, console: Console) -> None:
    """Print a table; in a file as wide as it is, on a terminal folded to its width."""
    if not console.is_terminal:
        wanted = Measurement.get(console, console.options.update(max_width=_WIDEST), table).maximum
        console.width = max(console.width, wanted)
    console.print(table)


def _print_beside(answer: "Answer", row: Row, lang: Lang, console: Console) -> None:
    """One row with its neighbours, a measure a line: 本期, 上期, 环比, 去年同期, 同比."""
    heads = {
        "": ("本期", "now"), "_previous": ("上期", "previous"), "_change": ("环比", "change"),
        "_year_before": ("去年同期", "year before"), "_year_change": ("同比", "change in a year"),
    }  # fmt: skip
    endings = [ending for ending in heads if not ending or any(f"{name}{ending}" in row for name in row)]
    table = Table(
        title=_title(answer, lang), title_justify="left", caption=_caption(answer, lang), caption_justify="left",
        box=box.SIMPLE_HEAD, pad_edge=False,
    )  # fmt: skip
    table.add_column("")
    for ending in endings:
        table.add_column(heads[ending][lang != "zh"], justify="right")
    for name in row:
        if f"{name}_previous" in row or f"{name}_year_before" in row:
            cells = [_cell(name + ending, row, answer, lang, alone=True) for ending in endings]
            table.add_row(heading(name, lang) if lang == "zh" else name, *cells)
    _print(table, console)


def _shown(answer: "Answer", lang: Lang) -> list[str]:
    """The columns of the table: of a list the main ones, of others all but those told inside another cell."""
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
        and column_of(name)[1] not in _CHANGES.values()
    ]


def _is_number(answer: "Answer", name: str) -> bool:
    from pandas.api.types import is_bool_dtype, is_numeric_dtype

    return is_numeric_dtype(answer.frame[name]) and not is_bool_dtype(answer.frame[name])


def _title(answer: "Answer", lang: Lang) -> str:
    meta, during = answer.meta, answer.meta.get("during")
    parts = [answer.definition.title.said(lang), answer.scope or answer.town]
    if during is not None and lang == "zh":
        parts.append(during["said"])
    elif during is not None:
        parts.append(f"{during['kind']} {during['number']}, {during['begin']} – {during['last']}")
    elif meta.get("since") and meta.get("until"):
        parts.append(f"{meta['since']} – {meta['until']}")
    return " · ".join([*parts, f"{'数据截至' if lang == 'zh' else 'as of'} {answer.as_of}"])


def _caption(answer: "Answer", lang: Lang) -> str:
    """By which definition and rules, and what the numbers are compared with."""
    zh = lang == "zh"
    parts = [f"{answer.definition.id} v{answer.definition.version}"]
    if answer.meta.get("rules"):
        parts.append(f"{'计时规则' if zh else 'rules'} {answer.meta['rules']}")
    names = {"previous": ("上期", "previous"), "year_before": ("去年同期", "year before")}
    for which, told in answer.meta.get("compared_with", {}).items():
        span = f"{told['since']} – {told['until']}" if "since" in told else told["as_of"]
        unknown = (
            ""
            if told["is_known"]
            else (" (部分或全部早于数据起始日)" if zh else " (reaches before the first day of data)")
        )
        parts.append(f"{names[which][not zh]} {span}{unknown}")
    note = answer.meta.get("note")
    return " · ".join(parts) + (f"\n{note[lang]}" if isinstance(note, dict) else "")


def _cell(name: str, row: Row, answer: "Answer", lang: Lang, *, alone: bool = False) -> str:
    """What stands in a cell: a value, and unless `alone` the change since it behind one of another time."""
    value = row[name]
    if _is_none(value):
        if name == "grid_name" and not _is_none(row.get("place_status")):
            return str(worded("place_status", row["place_status"], lang))
        return "–"
    column, ending = column_of(name)
    unit = "" if column is None else column.unit
    if ending in _CHANGES and not alone:
        change = name.removesuffix(ending) + _CHANGES[ending]
        return f"{_cell(name, row, answer, lang, alone=True)} ({_cell(change, row, answer, lang)})"
    if ending in ("_change", "_year_change"):
        return f"{100 * value:+.2f} {'百分点' if lang == 'zh' else 'pt'}" if unit == "0..1" else f"{value:+.1%}"
    if unit == "0..1" and not isinstance(value, str):
        bounds = [row.get(f"{name}{end}") for end in ("_low", "_high")]
        between = "" if any(map(_is_none, bounds)) else f" ({'–'.join(f'{bound:.1%}'[:-1] for bound in bounds)})"
        return f"{value:.2%}{between}"
    return _plain(worded(name, value, lang, in_part=answer.scope is not None), ZoneInfo(answer.meta["zone"]))


def _is_none(value: Any) -> bool:
    import pandas as pd

    return not isinstance(value, list | dict) and bool(pd.isna(value))


def _plain(value: Any, zone: ZoneInfo) -> str:
    import pandas as pd

    said: Sequence[tuple[type | tuple[type, ...], Callable[[Any], str]]] = (
        ((list, dict), lambda v: json.dumps(v, ensure_ascii=False)),
        (pd.Timestamp, lambda v: f"{v.tz_convert(zone):%Y-%m-%d %H:%M}"),
        (float, lambda v: f"{v:,.0f}" if v.is_integer() else f"{v:,.2f}"),
        (int, lambda v: f"{v:,}"),
    )
    return next((say(value) for kind, say in said if isinstance(value, kind)), str(value))
