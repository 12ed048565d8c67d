"""Answers written for people, with all that makes them trustworthy: CSV, XLSX, GeoJSON, PDF; the same on screen and shell.

The files say what was asked, as of when, for which scope, by which definition. GeoJSON holds the geometry; the others of points
their lon and lat.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from gridgov.errors import QuestionError
from gridgov.exporting.about import file_stem
from gridgov.exporting.sheets import csv_of, xlsx_of
from gridgov.questions.answer import Answer
from gridgov.vocabulary import Lang

__all__ = ["FORMATS", "Format", "exported", "file_name", "require_room"]


@dataclass(frozen=True)
class Format:
    """A kind of file: its media type, and how many rows it holds at most."""

    media_type: str
    max_rows: int


FORMATS: Final[Mapping[str, Format]] = {
    "csv": Format("text/csv; charset=utf-8", 100_000),
    "xlsx": Format("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", 50_000),
    "geojson": Format("application/geo+json", 50_000),
    "pdf": Format("application/pdf", 1_000),
}
"""What an answer is written as; the limits are what takes 15 s and 0.7 GB to write, for PDF what anybody reads."""


def exported(answer: Answer, form: str, lang: Lang, *, place: str | None = None, picture: bytes | None = None) -> bytes:
    """An answer as a file.

    form     one of FORMATS
    place    what the scope (or the town) is called; None = its code
    picture  a PNG of its figure, for PDF
    raises   QuestionError when there are more rows than such a file holds; SettingsError when PDF lacks a font
    """
    require_room(answer, form, len(answer.frame))
    if form == "pdf":
        from gridgov.exporting.paper import pdf_of  # Typst comes with the app

        return pdf_of(answer, lang, place, picture)
    write: dict[str, Callable[[], bytes]] = {
        "csv": lambda: csv_of(answer, lang),
        "xlsx": lambda: xlsx_of(answer, lang, place),
        "geojson": lambda: answer.to_geojson().encode(),
    }
    return write[form]()


def require_room(answer: Answer, form: str, n: int) -> None:
    """Raise QuestionError when n rows are more than a file holds; it says which takes them."""
    most = FORMATS[form].max_rows
    if n <= most:
        return
    larger = max(FORMATS, key=lambda other: FORMATS[other].max_rows)
    instead = f"take {larger.upper()}, or narrow" if n <= FORMATS[larger].max_rows else "narrow"
    said = f"'{answer.definition.id}' has {n:,} rows here; {form.upper()} holds {most:,}"
    raise QuestionError(f"{said}: {instead} it by scope, period or filters.")


def file_name(answer: Answer, form: str, lang: Lang, place: str | None = None) -> str:
    """The name of the file: question, scope, as-of."""
    return f"{file_stem(answer, lang, place)}.{form}"
