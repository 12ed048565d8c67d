"""An answer as PDF, set by Typst: a title, what was asked, its picture, one table, the definition; pages numbered.

How pages are set, and what is an error there, is told in `typesetting`.
"""

import re
from datetime import datetime
from typing import Any, Final

from gridgov.exporting.about import asked, meaning
from gridgov.exporting.cells import cell, is_number, local, shown
from gridgov.exporting.typesetting import printable, set_pages
from gridgov.figures.text import column_name
from gridgov.questions.answer import Answer
from gridgov.questions.moments import instant
from gridgov.text import cells
from gridgov.vocabulary import Lang

_UPRIGHT_MM: Final = 182
_LYING_MM: Final = 269
"""What a table may take across a page that stands, and one that lies."""
_SQUEEZED: Final = 1.08
"""Columns may be made so much narrower to spare a table of one or two."""
_CHARACTER_MM: Final = 1.65
_WIDEST: Final = 24
"""Characters of a column; longer texts are broken."""


def pdf_of(answer: Answer, lang: Lang, place: str | None = None, picture: bytes | None = None) -> bytes:
    """The answer on paper.

    picture  a PNG of its figure, put above the table
    raises   SettingsError when no font is there; QuestionError when the font lacks a character of the answer
    """
    names = shown(answer, lang)
    rows = [[printable(cell(name, row, answer, lang)) for name in names] for row in local(answer).to_dict("records")]
    heads = [printable(column_name(name, lang)) for name in names]
    widths = [_width([head, *column]) for head, *column in zip(heads, *rows, strict=True)]
    lies = sum(widths) > _UPRIGHT_MM
    data: dict[str, Any] = {
        "title": printable(answer.title(lang, place)),
        "lang": lang,
        "asked": [[name, printable(text)] for name, text in asked(answer, lang, place)],
        "meaning": [[name, printable(text)] for name, text in meaning(answer, lang)],
        "tables": [
            {
                "columns": [heads[i] for i in part],
                "widths": [widths[i] for i in part],
                "numbers": [is_number(answer, names[i]) for i in part],
                "rows": [[row[i] for i in part] for row in rows],
            }
            for part in _parts(widths, _SQUEEZED * (_LYING_MM if lies else _UPRIGHT_MM))
        ],
        "nothing": "" if rows else "没有符合条件的记录。" if lang == "zh" else "There is nothing of the kind.",
        "lies": lies,
        "picture": picture is not None,
    }
    return set_pages("answer", data, _moment(answer), picture=picture)


def _width(texts: list[str]) -> float:
    """Millimetres of a column: no word of it may stick out, and a text not much longer than others gets a line of its own."""
    words = max(
        max((cells(word) for word in re.split(r"[\s–-]+|(?<=[\u3000-\uffef])", text)), default=0) for text in texts
    )
    longest = max((cells(text) for text in texts[1:]), default=0)
    return max(words, min(longest, _WIDEST), cells(texts[0]) / 3) * _CHARACTER_MM + 3.2


def _parts(widths: list[float], room: float) -> list[list[int]]:
    """The columns in tables that fit a page; each begins with the first column, which says what a row is."""
    parts = [[0]]
    for i in range(1, len(widths)):
        if len(parts[-1]) > 1 and sum(widths[k] for k in [*parts[-1], i]) > room:
            parts.append([0])
        parts[-1].append(i)
    return parts


def _moment(answer: Answer) -> datetime:
    """As of when, as an instant, of a day its end; it dates the file."""
    return instant(answer.as_of, answer.meta["zone"], answer.meta.get("day_start") or 0).at
