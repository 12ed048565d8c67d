"""Small things about text: what strangers' cells need before they leave us, and the name that was meant."""

import difflib
import re
import unicodedata
from collections.abc import Iterable


def spreadsheet_safe(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: one that begins like one gets an apostrophe; numbers stay.

    >>> spreadsheet_safe("=HYPERLINK(1)"), spreadsheet_safe("-3.5"), spreadsheet_safe("road")
    ("'=HYPERLINK(1)", '-3.5', 'road')
    """
    return f"'{cell}" if cell and cell[0] in "=+-@\t\r" and not _is_number(cell) else cell


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def within_bytes(text: str, n: int) -> str:
    """The begin of a text that takes at most n bytes of UTF-8; no character is cut.

    >>> within_bytes("应结案", 7), within_bytes("n_open", 10)
    ('应结', 'n_open')
    """
    return text.encode()[:n].decode(errors="ignore")


def cells(text: str) -> int:
    """How many columns of a terminal a text takes: a Chinese character takes two.

    >>> cells("应结案 n")
    8
    """
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def folded(text: str, width: int) -> list[str]:
    """A text in lines of at most so many columns, broken after spaces and marks; what has no such place stays long.

    >>> folded("one, two three", 8), folded("应结案，按期结案", 10)
    (['one, two', 'three'], ['应结案，', '按期结案'])
    """
    lines, taken = [""], 0
    for piece in re.findall(r".+?(?:[，；、。：, ]+|$)", text):
        if lines[-1] and taken + cells(piece.rstrip()) > width:
            lines.append("")
            taken = 0
        lines[-1] += piece
        taken += cells(piece)
    return [line.rstrip() for line in lines]


def nearest(name: str, known: Iterable[str]) -> str:
    """` (did you mean 'x'?)` when a known name is close, else nothing.

    >>> nearest("vilage", ["village", "grid"]), nearest("zzz", ["village"])
    (" (did you mean 'village'?)", '')
    """
    close = difflib.get_close_matches(name, list(known), n=1)
    return f" (did you mean '{close[0]}'?)" if close else ""
