"""Setting pages with Typst: one compiler for all papers, so that only the first one pays for its start.

The fonts are those of the machine, the first of FAMILIES that is there. A font that is missing, or a character that it lacks,
is an error: text never vanishes. PDF is PDF/A-2b and PDF/UA-1, and the same data at the same instant give the same bytes.
"""

import json
import re
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, Literal

import typst

from gridgov.errors import QuestionError, SettingsError
from gridgov.figures.style import FAMILIES
from gridgov.resources import resource

Form = Literal["pdf", "png"]
_PPI: Final = 180
"""Pixels an inch of a picture: two and a half to a point, which a phone shows sharp."""
_one_at_a_time = threading.Lock()


class Overflow(SettingsError):
    """A paper became longer than it may be."""


class Sparse(SettingsError):
    """The last page of a paper is nearly empty. `pages` = how many it has."""

    def __init__(self, pages: int) -> None:
        super().__init__(f"The last of {pages} pages is nearly empty.")
        self.pages = pages


def set_pages(
    template: str, data: Mapping[str, Any], at: datetime, form: Form = "pdf", *, picture: bytes | None = None
) -> bytes:
    """The pages of data/papers/<template>.typ, filled with `data` (JSON), dated `at` (to the second).

    form     pdf, or png: one page only
    picture  a PNG, which the template reads as picture.png
    raises   SettingsError when no font is there; QuestionError when the font lacks a character; Overflow, Sparse when the
             template panics with "too long", "too empty N" (N pages)
    """
    inputs = {"data": json.dumps({**data, "font": font()}, ensure_ascii=False)}
    standards: list[Any] = ["a-2b", "ua-1"] if form == "pdf" else []
    with TemporaryDirectory() as folder, _one_at_a_time:
        for source in resource("data", "papers").glob("*.typ"):  # they import each other
            Path(folder, source.name).write_bytes(source.read_bytes())
        if picture is not None:
            Path(folder, "picture.png").write_bytes(picture)
        try:
            made, warnings = _compiler(font()).compile_with_warnings(
                str(Path(folder, f"{template}.typ")), root=folder, format=form, pdf_standards=standards, sys_inputs=inputs,
                timestamp=at.astimezone(UTC).replace(microsecond=0), ppi=_PPI,
            )  # fmt: skip
        except typst.TypstError as error:
            raise _told(error) from error
    if warnings:
        raise SettingsError(f"The paper was not made: {'; '.join(str(warning) for warning in warnings)}.")
    if not isinstance(made, bytes):
        raise SettingsError("The paper was not made: a picture has one page, this one had more or none.")
    return made


def _told(error: typst.TypstError) -> Exception:
    """What is wrong, where a user can mend it; else the error itself."""
    said = str(error)
    if "could not be displayed" in said:
        lacking = said.split("`")[1]
        return QuestionError(f"The font {font()} lacks the characters {lacking}; take CSV or XLSX instead.")
    empty = re.search(r"too empty (\d+)", said)
    if empty is not None:
        return Sparse(int(empty[1]))
    return Overflow("The paper is too long.") if "too long" in said else error


@lru_cache(maxsize=2)
def _compiler(family: str) -> typst.Compiler:
    return typst.Compiler(font_paths=_fonts(family), ignore_system_fonts=True)


@lru_cache(maxsize=1)
def font() -> str:
    """The font of paper: the first of FAMILIES that is on this machine. Raises SettingsError when there is none for Chinese."""
    there = set(_fonts().families())
    found = next((family for family in FAMILIES if family in there), None)
    if found is None:
        raise SettingsError(
            "No font for Chinese is installed, so no PDF can be made. Run `apt-get install fonts-noto-cjk`."
        )
    return found


@lru_cache(maxsize=2)
def _fonts(family: str | None = None) -> typst.Fonts:
    """The fonts of this machine; with a family only those in its folder."""
    if family is None:
        return typst.Fonts(include_system_fonts=True, include_embedded_fonts=False)
    folder = next(Path(info.path).parent for info in _fonts().fonts() if info.family == family and info.path)
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder)])


def printable(text: str) -> str:
    """A text on one line, without characters that are no letters, which no font has."""
    return "".join(char if char.isprintable() else " " for char in text)
