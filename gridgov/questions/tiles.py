"""Tiles of cases for maps: the numbers of `cases` and `flow`, where the cases are, in the cells of a Mapbox vector tile.

A tile is asked as a question is, with the same scope, filters and instant, so that the counts of its points add up to what `ask`
says of the same cases with coordinates. It is cut into 128 x 128 cells (a cell of zoom 16 is 4 m wide) with a point in the
middle of each that holds cases, so that no tile is large however many cases there are.

open      cases open at as_of, as `cases` lists them: n, of them overdue, yellow, grey (the rest is green)
reported  cases reported in a period, as `flow` counts them (n_reported): n. Whole months come from what is kept (see
          store.tiles), the days at either end and what is filtered by more than place from the cases one by one

Which cases are meant does not depend on the tile, and takes far longer than a tile: they are found once (`find`), and all tiles
of a map are cut out of that (`read`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal, get_args

import numpy as np
import numpy.typing as npt

from gridgov.errors import QuestionError
from gridgov.questions.asking import Asked
from gridgov.questions.kept import past_kept_by
from gridgov.questions.periods import take_period
from gridgov.store.database import Connection
from gridgov.store.tiles import ZOOMS, cut, months_between, next_month, patiently

Kind = Literal["open", "reported"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)

QUESTION: Final[Mapping[Kind, str]] = {"open": "cases", "reported": "flow"}
"""The question whose definition, arguments and filters a tile has."""

MAX_ZOOM: Final = 18
"""Beyond it a map enlarges the tiles it has: a cell is 1 m wide there."""

LIGHTS: Final = ("overdue", "yellow", "grey", "green")
"""What is told apart of open cases; green is what is left of n."""

NOT_YET: Final = ("unit", "state")
"""What a case has none of yet when it is reported: a map of reports cannot be filtered by it."""

_PIXEL_BITS: Final = 56
_CELL_BITS: Final = 14
"""The cells of a tile: two bits a cut, seven cuts."""


@dataclass(frozen=True)
class Tile:
    """A tile: the bytes of a Mapbox vector tile (none where nothing is), how many cases or lines it holds, as of when."""

    content: bytes
    n: int
    as_of: str


@dataclass(frozen=True)
class Months:
    """Whole months of reports, the firsts of the first and the last of them, and what tells which of their cases are meant."""

    first: date
    last: date
    values: Mapping[str, Any]
    placement: str
    conditions: Sequence[str]


@dataclass(frozen=True)
class Found:
    """The cases of a map that were found one by one: the pixel of each, in order; of open ones its place in LIGHTS.

    months  whole months, whose cases are counted tile by tile; None where there are none
    """

    pixels: npt.NDArray[np.int64]
    lights: npt.NDArray[np.int16] | None
    months: Months | None
    as_of: str


def find(asked: Asked, kind: Kind) -> Found:
    """The cases of a kind, as far as they are found one by one. Raises QuestionError, TooMuch where it takes too long."""
    names: dict[str, Any] = {"placement": asked.placement, "conditions": asked.conditions}
    months = None
    if kind == "reported":
        stretches, months = _stretches(asked)
        if not stretches:
            return Found(np.empty(0, np.int64), None, months, asked.when.said)
        names["n_stretches"] = len(stretches)
        for k, (begin, end) in enumerate(stretches):
            asked.values |= {f"begin_{k}": begin, f"end_{k}": end}
    row = patiently(asked.connection, f"find_{kind}", asked.values, names)
    lights = None if row.lights is None else np.frombuffer(row.lights, ">i2").astype(np.int16)
    return Found(np.frombuffer(row.pixels, ">i8").astype(np.int64), lights, months, asked.when.said)


def read(connection: Connection, found: Found, z: int, x: int, y: int) -> Tile:
    """The tile of a place of the web map. Raises QuestionError for a place that is none, TooMuch where it takes too long."""
    place = _place(z, x, y)
    first, end = np.searchsorted(found.pixels, (place["first_pixel"], place["next_pixel"]))
    if first == end and found.months is None:
        return Tile(b"", 0, found.as_of)
    cells, at = np.unique(found.pixels[first:end] >> place["cell_bits"], return_inverse=True)
    values: dict[str, Any] = {"cells": cells.tolist(), "n": np.bincount(at, minlength=len(cells)).tolist()}
    if found.lights is not None:
        for k, light in enumerate(LIGHTS):
            lit = at[found.lights[first:end] == k]
            values[light] = np.bincount(lit, minlength=len(cells)).tolist()
        return Tile(*cut(connection, "open", values, {}), as_of=found.as_of)
    names: dict[str, Any] = {"months": False}
    if found.months is not None:
        names = {"placement": found.months.placement, "conditions": found.months.conditions}
        names["months"] = "kept" if z <= ZOOMS[-1] else "live"
        values = {**found.months.values, **values, **place, **_kept(found.months, z, number_of(z, x, y))}
    return Tile(*cut(connection, "reported", values, names), as_of=found.as_of)


def _kept(months: Months, z: int, number: int) -> dict[str, Any]:
    """Where the pyramid has what a tile holds of some months."""
    level = max(z, ZOOMS[0])
    below = 2 * (level - z)
    return {
        "kept_zoom": level, "kept_bits": below, "first_tile": number << below, "next_tile": (number + 1) << below,
        "first_month": months.first, "last_month": months.last,
    }  # fmt: skip


def require_place(z: int, x: int, y: int) -> None:
    """Raise QuestionError unless there is such a tile."""
    if not (0 <= z <= MAX_ZOOM and 0 <= x < 2**z and 0 <= y < 2**z):
        raise QuestionError(f"There is no tile {z}/{x}/{y}: zoom is 0 to {MAX_ZOOM}, column and row 0 to 2^zoom - 1.")


def _place(z: int, x: int, y: int) -> dict[str, int]:
    """The range of pixels of a tile, and the bits of a pixel below its cells. Raises QuestionError."""
    require_place(z, x, y)
    number, above = number_of(z, x, y), _PIXEL_BITS - 2 * z
    return {"first_pixel": number << above, "next_pixel": (number + 1) << above, "cell_bits": above - _CELL_BITS}


def number_of(z: int, x: int, y: int) -> int:
    """The number of a tile: the bits of its column and row in turns.

    >>> number_of(0, 0, 0), number_of(1, 1, 0), number_of(1, 0, 1), number_of(2, 3, 3)
    (0, 1, 2, 15)
    """
    return sum(((x >> k & 1) << 2 * k) | ((y >> k & 1) << 2 * k + 1) for k in range(z))


def _stretches(asked: Asked) -> tuple[list[tuple[datetime, datetime]], Months | None]:
    """The period asked for: what of it is to be found case by case, and its whole months."""
    if any(name in condition for condition in asked.conditions for name in ("p.unit", "was.")):
        raise QuestionError(
            "A map of reports cannot be filtered by unit or state: a case has none yet when it is reported."
        )
    take_period(asked)
    begin = asked.values["since"]
    end = max(begin, min(asked.values["until"], asked.when.at + timedelta(microseconds=1)))
    months = _whole_months(asked, begin, end) if past_kept_by(asked) == "grid" else []
    if not months:
        return [(begin, end)], None
    first, last = asked.begin_of(months[0]), asked.begin_of(next_month(months[-1]))
    values = {**asked.values, "begin_at": first, "end_at": last}
    kept = Months(months[0], months[-1], values, asked.placement, tuple(asked.conditions))
    return [(a, b) for a, b in ((begin, first), (last, end)) if a < b], kept


def _whole_months(asked: Asked, begin: datetime, end: datetime) -> list[date]:
    """The firsts of the calendar months that lie within two instants as a whole."""
    months = months_between(begin, end, asked.town.time_zone, asked.cycle)
    return [month for month, at in months.items() if begin <= at and asked.begin_of(next_month(month)) <= end]
