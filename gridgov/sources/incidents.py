"""Flat rows of a case system -> frames of incidents: read, translated, checked; every fault of a row is named."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from gridgov.schema import INCIDENTS, arrow_schema
from gridgov.sources import values
from gridgov.sources.mapping import IncidentMapping
from gridgov.sources.personal import hide
from gridgov.sources.points import read_points
from gridgov.sources.reading import RawBatch
from gridgov.vocabulary import ENDED, TRACKS

_TEXTS = ("category", "subcategory", "unit", "line", "channel", "description", "address", "reporter")


@dataclass
class Faulty:
    """A row that cannot be loaded: its number, all its reasons, and its mapped cells (personal ones replaced)."""

    row_no: int | None
    reasons: list[str]
    raw: dict[str, str | None] | None


@dataclass
class IncidentBatch:
    """Some rows of a file as incidents (schema INCIDENTS), the faulty ones beside them, and what was noticed.

    x, y  the coordinates of all rows as written, to judge the declared datum by; NaN where there are none
    """

    good: pa.Table
    faulty: list[Faulty]
    x: np.ndarray
    y: np.ndarray
    noticed: Counter[str] = field(default_factory=Counter)


_LISTED_WORDS = 100
"""Unknown words of a column that a batch names one by one; the others are counted together, and personal ones always."""


class _Reasons:
    """Reasons by row. Asking for a mask first keeps the usual case (no fault at all) free of loops."""

    def __init__(self, n: int) -> None:
        self.by_row: dict[int, list[str]] = {}
        self.any = np.zeros(n, bool)

    def add(self, mask: np.ndarray, reason: str, shown: Callable[[], pa.Array] | None = None) -> None:
        """Give the rows of a mask a reason, with the cell as it came; `shown` makes the cells' text only when needed."""
        rows = np.flatnonzero(mask)
        if not len(rows):
            return
        self.any[rows] = True
        cells = None if shown is None else shown().take(pa.array(rows)).to_pylist()
        for i, row in enumerate(rows):
            said = "" if cells is None else f": {str(cells[i])[:80]!r}"
            self.by_row.setdefault(int(row), []).append(reason + said)


def read_incidents(batch: RawBatch, mapping: IncidentMapping, declared_crs: str | None = None) -> IncidentBatch:
    """One batch of raw rows as incidents.

    Text is trimmed and null words become null. Times become UTC instants (see values.column_times). Coordinates become
    WGS84 from the declared datum; 0,0 counts as missing. A row is faulty when it has no case number or report time, a
    date, number, status or truth value that cannot be read, impossible coordinates, or is closed before it was reported
    or against its own status. All reasons of a row are collected.
    """
    n, raw, columns = batch.table.num_rows, batch.table, mapping.columns
    reasons, noticed = _Reasons(n), Counter[str]()
    text = {name: _translated(mapping, name, raw, noticed) for name in _TEXTS if name in columns}
    out: dict[str, pa.Array] = {"row_no": pa.array(batch.row_no, pa.int64())}

    out["case_no"] = values.column_text(raw, columns["case_no"], mapping.nulls)
    reasons.add(_is_null(out["case_no"]), "no case number")

    day_only = np.zeros(n, np.int16)
    state, ended = _states(mapping, raw, out, reasons)
    for bit, name in ((1, "reported_at"), (2, "closed_at"), (4, "due_at"), (0, "updated_at")):
        if name not in columns or (name == "due_at" and mapping.source_deadline == "ignore"):
            out[name] = pa.nulls(n, pa.timestamp("us", "UTC"))
            continue
        times = values.column_times(raw, columns[name], mapping.nulls, mapping.time_zone)
        read = ended if columns[name].when == "closed" and ended is not None else np.ones(n, bool)
        out[name] = pc.if_else(pa.array(read), times.at, pa.scalar(None, times.at.type))
        day_only |= np.where(times.day_only & read, bit, 0).astype(np.int16)
        reasons.add(times.bad & read, f"bad date in {name}", _text_of(raw, mapping, name))
        noticed[f"{name}: local times that happened twice, the first taken"] += int((times.ambiguous & read).sum())
        noticed[f"{name}: local times that never were, moved forward"] += int((times.nonexistent & read).sum())
        if name == "reported_at":
            reasons.add(_is_null(times.at) & ~times.bad, "no report time")
    out["day_only"] = pa.array(day_only)

    if "closed_at" in columns:
        _check_order(out, day_only, mapping.time_zone, _text_of(raw, mapping, "closed_at"), reasons)
    if ended is None:
        state = pc.if_else(pc.is_valid(out["closed_at"]), "closed", "reported")
    else:
        closed = ~_is_null(out["closed_at"])
        reasons.add(
            ended & ~closed & ~_reason_in(reasons, "bad date in closed_at"), "status says ended, but no closing time"
        )
        unknown = _is_null(state)
        reasons.add(~ended & closed & ~unknown, "a closing time, but the status says open")
    out["state"] = state

    out["track"] = _coded(mapping, "track", raw, tuple(TRACKS), reasons)
    for name, ours in (("urgent", "is_urgent"), ("duplicate", "is_duplicate")):
        if name in columns:
            truth, bad = values.column_truths(raw, columns[name], mapping.nulls)
            reasons.add(bad, f"{name} is neither yes nor no", _text_of(raw, mapping, name))
            out[ours] = truth
        else:
            out.setdefault(ours, pa.nulls(n, pa.bool_()))
    out["is_duplicate"] = pc.fill_null(out["is_duplicate"], False)
    out |= {name: text.get(name, pa.nulls(n, pa.string())) for name in _TEXTS}
    out["place_name"] = (
        values.column_text(raw, columns["place"], mapping.nulls) if "place" in columns else pa.nulls(n, pa.string())
    )
    for column, how in mapping.personal.items():
        name = "place_name" if column == "place" else column
        if name in out and pa.types.is_string(out[name].type):
            out[name] = hide(out[name], how)
    out["recorded"] = _json(raw, mapping.recorded, mapping.nulls)
    out["extra"] = _json(raw, mapping.keep, mapping.nulls)
    points = read_points(batch, mapping, declared_crs)
    reasons.add(points.bad, "impossible coordinates", points.shown)
    out["lon"], out["lat"] = pa.array(points.lon), pa.array(points.lat)

    table = pa.table(
        {name: pc.cast(out[name], field.type) for name, field in zip(INCIDENTS, arrow_schema(INCIDENTS), strict=True)}
    )
    faulty = [Faulty(broken.row_no, [broken.reason], None) for broken in batch.broken]
    if reasons.any.any():
        rows = sorted(reasons.by_row)
        cells = _raw_cells(raw.take(pa.array(rows)), mapping)
        faulty += [
            Faulty(int(batch.row_no[row]), reasons.by_row[row], cell) for row, cell in zip(rows, cells, strict=True)
        ]
        table = table.filter(pa.array(~reasons.any))
    return IncidentBatch(table, faulty, points.x, points.y, +noticed)


def _text_of(raw: pa.Table, mapping: IncidentMapping, name: str) -> Callable[[], pa.Array]:
    """The text of a column, made when it is asked for."""
    return lambda: values.column_text(raw, mapping.columns[name], mapping.nulls)


def _is_null(array: pa.Array) -> np.ndarray:
    return pc.is_null(array).to_numpy(zero_copy_only=False)


def _reason_in(reasons: _Reasons, start: str) -> np.ndarray:
    mask = np.zeros(len(reasons.any), bool)
    mask[[row for row, said in reasons.by_row.items() if any(reason.startswith(start) for reason in said)]] = True
    return mask


def _translated(mapping: IncidentMapping, name: str, raw: pa.Table, noticed: Counter[str]) -> pa.Array:
    """A text column through [values.<name>]; a word the mapping does not know stays as it is and is listed."""
    text = values.column_text(raw, mapping.columns[name], mapping.nulls)
    words = mapping.values.get(name)
    if not words:
        return text
    found = values.lookup(text, words)
    unknown = pc.and_(pc.is_valid(text), pc.is_null(found))
    for entry in pc.value_counts(text.filter(unknown)).to_pylist():
        listed = (
            sum(key.startswith(f"{name}: word") for key in noticed) < _LISTED_WORDS and name not in mapping.personal
        )
        noticed[f"{name}: word not in the mapping: {entry['values'] if listed else '(others)'}"] += entry["counts"]
    return pc.coalesce(found, text)


def _coded(mapping: IncidentMapping, name: str, raw: pa.Table, codes: tuple[str, ...], reasons: _Reasons) -> pa.Array:
    """A column that must end in one of our codes; anything else is a fault."""
    if name not in mapping.columns:
        return pa.nulls(raw.num_rows, pa.string())
    text = values.column_text(raw, mapping.columns[name], mapping.nulls)
    code = values.lookup(text, {**{c: c for c in codes}, **mapping.values.get(name, {})})
    reasons.add(
        pc.and_(pc.is_valid(text), pc.is_null(code)).to_numpy(zero_copy_only=False), f"unknown {name}", lambda: text
    )
    return code


def _states(
    mapping: IncidentMapping, raw: pa.Table, out: dict[str, pa.Array], reasons: _Reasons
) -> tuple[pa.Array | None, np.ndarray | None]:
    """Our state and whether it is an end, from the status column; (None, None) when there is no such column."""
    if "status" not in mapping.columns:
        out["status_text"] = pa.nulls(raw.num_rows, pa.string())
        return None, None
    text = values.column_text(raw, mapping.columns["status"], mapping.nulls)
    words = mapping.values["status"]
    state = values.lookup(text, {word: str(mapping.state_of(word)) for word in words})
    unknown = _is_null(state)
    reasons.add(unknown, "unknown status", lambda: text)
    out["status_text"] = text
    said = pa.array([word for word in words if mapping.says_duplicate(word)], pa.string())
    out["is_duplicate"] = pc.is_in(text, value_set=said)
    ended = pc.is_in(state, value_set=pa.array(sorted(ENDED))).to_numpy(zero_copy_only=False)
    return state, ended


def _check_order(
    out: dict[str, pa.Array], day_only: np.ndarray, zone: str, shown: Callable[[], pa.Array], reasons: _Reasons
) -> None:
    """Closed before reported is a fault.

    A closing that came as a date is compared with the day of the report; on that very day it is taken as the moment of
    the report, so that no case is closed before it is there.
    """
    reported = out["reported_at"].to_numpy(zero_copy_only=False)
    closed = out["closed_at"].to_numpy(zero_copy_only=False)
    early = closed < reported
    dated = np.flatnonzero(early & ((day_only & 3) == 2))
    if len(dated):
        same_day = dated[_local_days(closed[dated], zone) == _local_days(reported[dated], zone)]
        closed = closed.copy()
        closed[same_day] = reported[same_day]
        out["closed_at"] = pa.array(closed, out["closed_at"].type)
        early[same_day] = False
    reasons.add(early, "closed before reported", shown)


def _local_days(at: np.ndarray, zone: str) -> np.ndarray:
    local = pd.DatetimeIndex(at).tz_localize("UTC").tz_convert(zone).tz_localize(None)
    return local.to_numpy().astype("datetime64[D]")


def _json(raw: pa.Table, specs: dict, nulls: list[str]) -> pa.Array:
    """Several columns as one JSON object a row; null when all of them are empty."""
    if not specs:
        return pa.nulls(raw.num_rows, pa.string())
    names = list(specs)
    cells = zip(*(values.column_text(raw, spec, nulls).to_pylist() for spec in specs.values()), strict=True)
    kept = ({k: v for k, v in zip(names, row, strict=True) if v is not None} for row in cells)
    return pa.array([json.dumps(row, ensure_ascii=False, sort_keys=True) if row else None for row in kept], pa.string())


def _raw_cells(rows: pa.Table, mapping: IncidentMapping) -> list[dict[str, str | None]]:
    """The mapped cells of rows, as text, with personal ones replaced."""
    personal = ((mapping.columns[name], how) for name, how in mapping.personal.items())
    hidden = {name: how for spec, how in personal for name in (*spec.from_, *spec.otherwise)}
    texts = {name: values.as_text(rows[name]) for name in rows.column_names}
    texts |= {name: hide(texts[name], how) for name, how in hidden.items() if name in texts}
    return pa.table(texts).to_pylist() if texts else [{} for _ in range(rows.num_rows)]
