"""An answer as a table for people: words for codes, percent for rates with their interval, the town's own time, a total."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rich import box
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from gridgov.exporting.about import compared
from gridgov.exporting.cells import cell, is_number, local, shown
from gridgov.schema import heading
from gridgov.vocabulary import Lang

if TYPE_CHECKING:
    from gridgov.questions import Answer

_WIDEST = 2_000
"""Columns of the widest table in a file."""


def print_table(answer: "Answer", total: "Answer | None", lang: Lang, console: Console) -> None:
    """Print an answer, and below it the same without groups, where there is one."""
    rows = local(answer).to_dict("records")
    if len(rows) == 1 and "compared_with" in answer.meta:
        _print_beside(answer, rows[0], lang, console)
        return
    names = shown(answer, lang)
    table = Table(
        title=answer.title(lang), title_justify="left", caption=_caption(answer, lang), caption_justify="left",
        box=box.SIMPLE_HEAD, pad_edge=False, show_footer=total is not None,
    )  # fmt: skip
    summed = {} if total is None else local(total).to_dict("records")[0]
    for place, name in enumerate(names):
        foot = ("合计" if lang == "zh" else "total") if place == 0 else ""
        if place and name in summed and is_number(answer, name):
            foot = cell(name, summed, answer, lang)
        table.add_column(
            heading(name, lang) if lang == "zh" else name, foot,
            justify="right" if is_number(answer, name) else "left", overflow="fold",
        )  # fmt: skip
    for row in rows:
        table.add_row(*(Text(cell(name, row, answer, lang)) for name in names))
    _print(table, console)


def _print(table: Table, console: Console) -> None:
    """Print a table; in a file as wide as it is, on a terminal folded to its width."""
    if not console.is_terminal:
        wanted = Measurement.get(console, console.options.update(max_width=_WIDEST), table).maximum
        console.width = max(console.width, wanted)
    console.print(table)


def _print_beside(answer: "Answer", row: Mapping[str, Any], lang: Lang, console: Console) -> None:
    """One row with its neighbours, a measure a line: 本期, 上期, 环比, 去年同期, 同比."""
    heads = {
        "": ("本期", "now"), "_previous": ("上期", "previous"), "_change": ("环比", "change"),
        "_year_before": ("去年同期", "year before"), "_year_change": ("同比", "change in a year"),
    }  # fmt: skip
    endings = [ending for ending in heads if not ending or any(f"{name}{ending}" in row for name in row)]
    table = Table(
        title=answer.title(lang), title_justify="left", caption=_caption(answer, lang), caption_justify="left",
        box=box.SIMPLE_HEAD, pad_edge=False,
    )  # fmt: skip
    table.add_column("")
    for ending in endings:
        table.add_column(heads[ending][lang != "zh"], justify="right")
    for name in row:
        if f"{name}_previous" in row or f"{name}_year_before" in row:
            cells = [cell(name + ending, row, answer, lang, alone=True) for ending in endings]
            table.add_row(heading(name, lang) if lang == "zh" else name, *cells)
    _print(table, console)


def _caption(answer: "Answer", lang: Lang) -> str:
    """By which definition and rules, and what the numbers are compared with."""
    parts = [f"{answer.definition.id} v{answer.definition.version}"]
    if answer.meta.get("rules"):
        parts.append(f"{'计时规则' if lang == 'zh' else 'rules'} {answer.meta['rules']}")
    note = answer.meta.get("note")
    return " · ".join([*parts, *compared(answer, lang)]) + (f"\n{note[lang]}" if isinstance(note, dict) else "")
