"""Positions of devices as published -> frames of fixes: read, turned into our units, checked; every fault of a row is named."""

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gridgov.schema import FIXES, arrow_schema
from gridgov.sources import values
from gridgov.sources.mapping import FILE_NAME, TrackMapping
from gridgov.sources.personal import hide
from gridgov.sources.points import read_points
from gridgov.sources.reading import RawBatch
from gridgov.sources.rows import Faulty, Reasons, is_null, looked_up, text_of
from gridgov.sources.vertices import by_vertex
from gridgov.vocabulary import MODES

METRES_PER_SECOND = {"m/s": 1.0, "km/h": 1 / 3.6, "knots": 1852 / 3600, "mph": 0.44704}
METRES = {"m": 1.0, "ft": 0.3048}
_MODE_WORDS = {word: code for code, term in MODES.items() for word in (code, term.zh, term.en)}


@dataclass
class TrackBatch:
    """Some rows of a file as fixes (schema FIXES), the faulty ones beside them, and what was noticed.

    x, y  the coordinates of all rows as written, to judge the declared datum by; NaN where there are none
    """

    good: pa.Table
    faulty: list[Faulty]
    x: np.ndarray
    y: np.ndarray
    noticed: Counter[str] = field(default_factory=Counter)


def read_fixes(
    batch: RawBatch, mapping: TrackMapping, declared_crs: str | None = None, file_name: str = ""
) -> TrackBatch:
    """One batch of raw rows as fixes, in the order of the file.

    file_name   what `@file` stands for: the file's bare name, its endings are left out

    Times become UTC instants (see values.column_times), coordinates WGS84 from the declared datum, speed and accuracy
    metres; 0,0 counts as missing. Persons and devices become pseudonyms. A row is faulty when it has no device, no instant
    or no place, or a time, coordinate or number that cannot be read. Whether a fix can be believed is not asked here: that
    is cleaning, which sees the whole track. A speed below 0 (a device's word for "unknown") is left out; an accuracy below
    0 stays, for it says that the position is none to trust.
    """
    batch = by_vertex(_with_file_name(batch, mapping, file_name), mapping)
    n, raw, columns = len(batch), batch.table, mapping.columns
    reasons, noticed = Reasons(n), Counter[str]()
    out: dict[str, pa.Array] = {"row_no": pa.array(batch.row_no, pa.int64())}

    for name in ("device", "person"):
        text = values.column_text(raw, columns[name], mapping.nulls) if name in columns else pa.nulls(n, pa.string())
        out[name] = hide(text, mapping.personal[name]) if name in columns else text
    reasons.add(is_null(out["device"]), "no device")

    times = values.column_times(raw, columns["at"], mapping.nulls, mapping.time_zone)
    out["at"] = times.at
    shown = text_of(raw, mapping, "at")
    reasons.add(times.bad, "bad date in at", shown)
    reasons.add(times.day_only, "a date without a time", shown)
    reasons.add(is_null(times.at) & ~times.bad, "no time")
    noticed["at: local times that happened twice, the first taken"] += int(times.ambiguous.sum())
    noticed["at: local times that never were, moved forward"] += int(times.nonexistent.sum())

    points = read_points(batch, mapping, declared_crs)
    reasons.add(points.bad, "impossible coordinates", points.shown)
    reasons.add(np.isnan(points.lon) & ~points.bad, "no place")
    out["lon"], out["lat"] = pa.array(points.lon), pa.array(points.lat)

    accuracy = _numbers(mapping, "accuracy", raw, reasons) * METRES[mapping.units.accuracy or "m"]
    speed = _numbers(mapping, "speed", raw, reasons) * METRES_PER_SECOND[mapping.units.speed or "m/s"]
    noticed["speed: below 0, left out"] += int((speed < 0).sum())
    satellites = _numbers(mapping, "satellites", raw, reasons)
    satellites[~((satellites >= 0) & (satellites < 1000))] = np.nan
    out["accuracy_m"] = pa.array(accuracy, from_pandas=True)
    out["speed_mps"] = pa.array(np.where(speed < 0, np.nan, speed), from_pandas=True)
    out["n_satellites"] = pa.array(np.floor(satellites), from_pandas=True)
    out["mode"] = _modes(mapping, raw, noticed)

    table = pa.table(
        {name: pc.cast(out[name], known.type) for name, known in zip(FIXES, arrow_schema(FIXES), strict=True)}
    )
    faulty = reasons.faulty(batch, mapping)
    if reasons.any.any():
        table = table.filter(pa.array(~reasons.any))
    return TrackBatch(table, faulty, points.x, points.y, +noticed)


def _with_file_name(batch: RawBatch, mapping: TrackMapping, file_name: str) -> RawBatch:
    """The batch with the column `@file`, if it is read; a row that is tried again brings it along."""
    if not mapping.reads_file_name or FILE_NAME in batch.table.column_names:
        return batch
    stem = pa.array([file_name.split(".")[0]] * len(batch), pa.string())
    return RawBatch(batch.table.append_column(FILE_NAME, stem), batch.row_no, batch.geometry, batch.broken)


def _numbers(mapping: TrackMapping, name: str, raw: pa.Table, reasons: Reasons) -> np.ndarray:
    """A column of numbers, NaN where there is none; a cell that holds something else is a fault."""
    if name not in mapping.columns:
        return np.full(raw.num_rows, np.nan)
    numbers, bad = values.column_numbers(raw, mapping.columns[name], mapping.nulls)
    reasons.add(bad, f"bad number in {name}", text_of(raw, mapping, name))
    return numbers


def _modes(mapping: TrackMapping, raw: pa.Table, noticed: Counter[str]) -> pa.Array:
    """How one moved; a word that is no way to move is listed and left out: it is no reason to lose the fix."""
    if "mode" not in mapping.columns:
        return pa.nulls(raw.num_rows, pa.string())
    text = values.column_text(raw, mapping.columns["mode"], mapping.nulls)
    told = looked_up(mapping, "mode", text, _MODE_WORDS | mapping.values.get("mode", {}), noticed)
    return pc.if_else(pc.is_in(told, value_set=pa.array(list(MODES))), told, pa.scalar(None, pa.string()))
