"""An answer as CSV and as a spreadsheet: headings in the reader's language, the town's own time, no cell that is a formula."""

import json
from collections import Counter
from datetime import date, datetime
from io import BytesIO, StringIO
from typing import Any

import numpy as np
import pandas as pd
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from gridgov.exporting.about import Told, asked, meaning
from gridgov.exporting.cells import is_none, local
from gridgov.questions.answer import Answer
from gridgov.schema import column_of, heading, worded
from gridgov.text import cells, spreadsheet_safe
from gridgov.vocabulary import Lang

_WIDEST = 46
_MEASURED = 300
"""Rows that the width of a column is measured on."""


def csv_of(answer: Answer, lang: Lang) -> bytes:
    """The rows as CSV in UTF-8 with a byte order mark, so that spreadsheet programs know it."""
    _, table = sheet(answer, lang)
    texts = table.select_dtypes(["object", "str"]).columns
    safe = table.assign(**{name: [_text(value) for value in table[name]] for name in texts})
    text = StringIO()
    safe.to_csv(text, index=False, lineterminator="\r\n", date_format="%Y-%m-%d %H:%M:%S")
    return text.getvalue().encode("utf-8-sig")


def xlsx_of(answer: Answer, lang: Lang, place: str | None = None) -> bytes:
    """The rows as a spreadsheet, with a second sheet that says what was asked and what the numbers mean."""
    out = BytesIO()
    zh, (names, table) = lang == "zh", sheet(answer, lang)
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(out, options) as book:
        book.set_properties({"title": answer.title(lang, place)})
        head = book.add_format(
            {"bold": True, "text_wrap": True, "valign": "vcenter", "bottom": 1, "bg_color": "#EEF2F5"}
        )
        _rows(book, book.add_worksheet("数据" if zh else "Data"), table, [_number_format(name) for name in names], head)
        told = [*asked(answer, lang, place), *meaning(answer, lang)]
        _about(book.add_worksheet("口径" if zh else "Definition"), answer.title(lang, place), told, book, head)
    return out.getvalue()


def sheet(answer: Answer, lang: Lang) -> tuple[list[str], pd.DataFrame]:
    """The rows as both hold them, and the columns' names behind the headings.

    Codes and truths are words, numbers numbers, instants in the town's time with the zone in the heading; of names that there are
    in both languages only those of the reader's.
    """
    table = local(answer)
    other, in_part = "_en" if lang == "zh" else "_zh", answer.scope is not None
    names = [name for name in table if not (name.endswith(other) and f"{name.removesuffix(other)}_{lang}" in table)]
    for name in table.select_dtypes(["object", "str", "bool"]).columns.intersection(names):
        said = {value: worded(name, value, lang, in_part=in_part) for value in set(filter(_is_code, table[name]))}
        table[name] = pd.Series([said[v] if _is_code(v) else v for v in table[name]], table.index, object)
    heads = [_head(answer, name, lang) for name in names]
    often = Counter(heads)
    unique = [head if often[head] == 1 else f"{head} [{name}]" for head, name in zip(heads, names, strict=True)]
    return names, table[names].set_axis(unique, axis=1)


def _head(answer: Answer, name: str, lang: Lang) -> str:
    is_instant = name in answer.frame and isinstance(answer.frame[name].dtype, pd.DatetimeTZDtype)
    return f"{heading(name, lang)} ({answer.meta['zone']})" if is_instant else heading(name, lang)


def _is_code(value: Any) -> bool:
    """True for what may have a word: codes and truths."""
    return isinstance(value, str | bool | np.bool_)


def _text(value: Any) -> Any:
    """A cell of CSV in a column that is not of numbers alone; numbers stay what they are."""
    if isinstance(value, str):
        return spreadsheet_safe(value)
    if is_none(value):
        return None
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    return spreadsheet_safe(joined(value)) if isinstance(value, list | dict) else value


def joined(value: Any) -> str:
    """Several values in one cell."""
    is_flat = isinstance(value, list) and all(isinstance(item, str) for item in value)
    return ", ".join(value) if is_flat else json.dumps(value, ensure_ascii=False)


def _number_format(name: str) -> str:
    """How the numbers of a column are shown."""
    column, ending = column_of(name)
    unit = "" if column is None else column.unit
    if ending in ("_change", "_year_change") or unit == "0..1":
        return "0.0%"
    if name in ("lon", "lat"):
        return "0.000000"
    return "#,##0" if unit == "count" and not ending.startswith("_per") else "#,##0.##" if unit else "General"


def _rows(book: xlsxwriter.Workbook, page: Worksheet, table: pd.DataFrame, shown_as: list[str], head: Format) -> None:
    """Head and rows, column by column what it is; the head stays in sight and can be filtered by."""
    kinds = {form: book.add_format({"num_format": form}) for form in set(shown_as)}
    instant, day = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}), book.add_format({"num_format": "yyyy-mm-dd"})
    quoted = book.add_format({"quote_prefix": True})
    for i, width in enumerate(_widths(table)):
        page.set_column(i, i, width)
    page.freeze_panes(1, 0)
    page.autofilter(0, 0, max(len(table), 1), max(len(table.columns) - 1, 0))
    page.set_row(0, 32)
    for i, name in enumerate(table.columns):
        page.write_string(0, i, name, head)
    for row, values in enumerate(table.itertuples(index=False, name=None), 1):
        for i, value in enumerate(values):
            if isinstance(value, list | dict):
                value = joined(value)
            if isinstance(value, str):
                page.write_string(row, i, value, quoted if spreadsheet_safe(value) != value else None)
            elif is_none(value):
                continue
            elif isinstance(value, date):
                page.write_datetime(row, i, value, instant if isinstance(value, datetime) else day)
            else:
                page.write_number(row, i, value, kinds[shown_as[i]])


def _widths(table: pd.DataFrame) -> list[int]:
    """How wide each column is: as its texts, its head on two lines, between 9 and _WIDEST characters."""
    first = table.head(_MEASURED)
    longest = [max((cells(str(value)) for value in first[name] if not is_none(value)), default=0) for name in table]
    return [
        min(max(9, text + 2, cells(name) // 2 + 3), _WIDEST) for name, text in zip(table.columns, longest, strict=True)
    ]


def _about(page: Worksheet, said: str, told: Told, book: xlsxwriter.Workbook, head: Format) -> None:
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    strong = book.add_format({"bold": True, "valign": "top"})
    page.set_column(0, 0, 22)
    page.set_column(1, 1, 100)
    page.write_string(0, 0, said, head)
    page.write_blank(0, 1, None, head)
    for row, (name, text) in enumerate(told, 2):
        page.write_string(row, 0, name, strong)
        page.write_string(row, 1, text, wrapped)
