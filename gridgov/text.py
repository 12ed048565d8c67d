"""Small things about text: what strangers' cells need before they leave us, and the name that was meant."""

import difflib
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


def nearest(name: str, known: Iterable[str]) -> str:
    """` (did you mean 'x'?)` when a known name is close, else nothing.

    >>> nearest("vilage", ["village", "grid"]), nearest("zzz", ["village"])
    (" (did you mean 'village'?)", '')
    """
    close = difflib.get_close_matches(name, list(known), n=1)
    return f" (did you mean '{close[0]}'?)" if close else ""
