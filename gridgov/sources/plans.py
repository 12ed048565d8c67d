"""The plan of the patrols as published -> our frames: checkpoints (必巡点) and planned routes. Lists, see sources.lists."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from gridgov.crs import geometries_to_wgs84, parse_datum
from gridgov.errors import DatumError
from gridgov.sources import values
from gridgov.sources.lists import Fault, cell_text, required, tidy
from gridgov.sources.mapping import PlanMapping
from gridgov.sources.points import declared_datum, read_points
from gridgov.sources.reading import RawBatch

_BETWEEN = re.compile(r"[、,，;；/\s]+")
_WINDOW = re.compile(r"(\d{1,2})[:：](\d{2})\s*[-–—~～至到]\s*(\d{1,2})[:：](\d{2})")
_ENGLISH = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WEEKDAYS = {
    word: number
    for number, (zh, en) in enumerate(zip("一二三四五六日", _ENGLISH, strict=True), start=1)
    for word in (str(number), zh, f"周{zh}", f"星期{zh}", f"礼拜{zh}", en, en[:3])
} | {"周天": 7, "星期天": 7, "礼拜天": 7}
"""Words for weekdays, in lower case: 1 = Monday."""


def read_checkpoints(batch: RawBatch, mapping: PlanMapping, declared_crs: str | None, faults: list[Fault]) -> pa.Table:
    """Rows of checkpoints: code, name, grid_code, visits_a_week (null = not said), geom (WKB of a point, EPSG:4326)."""
    text = _words(batch, mapping, faults)
    n = batch.table.num_rows
    visits, bad = np.full(n, np.nan), np.zeros(n, bool)
    if "visits_a_week" in mapping.columns:
        visits, bad = values.column_numbers(batch.table, mapping.columns["visits_a_week"], mapping.nulls)
        with np.errstate(invalid="ignore"):
            bad = bad | (visits <= 0) | (visits > 1000)
    faults += [Fault(int(row), "visits_a_week is not a number of visits above 0") for row in batch.row_no[bad]]
    points = read_points(batch, mapping, declared_crs)
    nowhere = points.bad | np.isnan(points.lon)
    faults += [Fault(int(row), "no place on earth") for row in batch.row_no[nowhere]]
    geom = np.full(n, None)
    geom[~nowhere] = shapely.points(points.lon[~nowhere], points.lat[~nowhere])
    return pa.table({**text, "visits_a_week": pa.array(visits, from_pandas=True), "geom": _wkb(geom)})


def read_routes(batch: RawBatch, mapping: PlanMapping, declared_crs: str | None, faults: list[Fault]) -> pa.Table:
    """Rows of planned routes.

    code, name, grid_code
    weekdays  numbers from 1 = Monday, ascending; null = any day
    windows   local times "08:30-10:30", ascending; null = any time. One that ends before it begins ends the next day.
    geom      WKB of a line, EPSG:4326; lines in several parts are put together where their ends meet
    """
    text = _words(batch, mapping, faults)
    weekdays = _each(batch, mapping, "weekdays", faults, lambda cell: _weekdays(cell, mapping))
    windows = _each(batch, mapping, "windows", faults, _windows)
    lines = _lines(batch, mapping, declared_crs, faults)
    return pa.table(
        {
            **text,
            "weekdays": pa.array(weekdays, pa.list_(pa.int16())),
            "windows": pa.array(windows, pa.list_(pa.string())),
            "geom": _wkb(lines),
        }
    )


def _words(batch: RawBatch, mapping: PlanMapping, faults: list[Fault]) -> dict[str, pa.Array]:
    text = {name: tidy(cell_text(batch, mapping, name)) for name in ("code", "name", "grid_code")}
    required(batch, text, ("code", "name"), faults)
    return text


def _each(
    batch: RawBatch, mapping: PlanMapping, name: str, faults: list[Fault], read: Callable[[str], list[Any]]
) -> list[list[Any] | None]:
    """A column read cell by cell; a cell that cannot be read is a fault, an empty one None."""
    found: list[list[Any] | None] = []
    for row_no, cell in zip(batch.row_no, cell_text(batch, mapping, name).to_pylist(), strict=True):
        try:
            found.append(read(cell) if cell else None)
        except ValueError as err:
            faults.append(Fault(int(row_no), f"{name} '{cell[:40]}': {err}"))
            found.append(None)
    return found


def _weekdays(cell: str, mapping: PlanMapping) -> list[int]:
    """Weekdays told by number or name: 1,3,5 or 周一、周三; a run of signs is one day a sign: 135, 周六日."""
    words = mapping.values.get("weekdays", {})
    found = set()
    told = ",".join(str(words.get(token, token)) for token in _BETWEEN.split(words.get(cell, cell)))
    for word in filter(None, _BETWEEN.split(told.lower())):
        parts = [word] if word in WEEKDAYS else list(word.removeprefix("周").removeprefix("星期"))
        unknown = [part for part in parts if part not in WEEKDAYS]
        if unknown:
            raise ValueError("expected weekdays as 1,3,5 (1 = Monday) or 周一、周三; translate it in [values.weekdays]")
        found |= {WEEKDAYS[part] for part in parts}
    return sorted(found)


def _windows(cell: str) -> list[str]:
    found = _WINDOW.findall(cell)
    if not found or _BETWEEN.sub("", _WINDOW.sub("", cell)):
        raise ValueError("expected times as 08:30-10:30, several separated by commas")
    windows = []
    for hours in found:
        a, b, c, d = map(int, hours)
        begins, ends = a * 60 + b, c * 60 + d
        if b > 59 or d > 59 or begins >= 1440 or ends > 1440 or begins == ends:
            raise ValueError("a window begins and ends at different times of the day, up to 24:00")
        windows.append(f"{a:02}:{b:02}-{c:02}:{d:02}")
    return sorted(set(windows))


def _lines(batch: RawBatch, mapping: PlanMapping, declared_crs: str | None, faults: list[Fault]) -> np.ndarray:
    if mapping.has_shapes:
        given = batch.geometry if batch.geometry is not None else np.full(len(batch), None)
    else:
        text = cell_text(batch, mapping, "wkt").to_numpy(zero_copy_only=False)
        given = shapely.from_wkt(text, on_invalid="ignore")
    lines = shapely.force_2d(given)
    several = shapely.get_type_id(lines) == 5
    lines[several] = shapely.line_merge(lines[several])
    # A line of one place only is none.
    is_line = (shapely.get_type_id(lines) == 1) & (shapely.length(lines) > 0)
    for row in np.flatnonzero(~is_line):
        parts = shapely.get_num_geometries(lines[row])
        kind = "no line" if shapely.get_type_id(lines[row]) != 5 else f"a line in {parts} parts that do not meet"
        faults.append(Fault(int(batch.row_no[row]), f"{kind}, where a route is one line"))
    lines[~is_line] = None
    datum = parse_datum(declared_datum(mapping, declared_crs))
    try:
        moved = geometries_to_wgs84(lines, datum)
    except DatumError as err:
        faults.append(Fault(int(batch.row_no[0]) if len(batch) else 0, str(err)))
        return np.full(len(batch), None)
    bounds = np.abs(np.nan_to_num(shapely.bounds(moved)))
    beyond = (bounds[:, [0, 2]] > 180).any(axis=1) | (bounds[:, [1, 3]] > 90).any(axis=1)
    faults += [Fault(int(row), "no place on earth") for row in batch.row_no[beyond]]
    return moved


def _wkb(shapes: np.ndarray) -> pa.Array:
    return pa.array(shapely.to_wkb(shapes, byte_order=1), pa.binary())
