"""Flat rows of a case system -> frames of incidents: read, translated, checked; every fault of a row is named."""

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
from gridgov.sources.rows import Faulty, Reasons, as_json, coded, is_null, text_of, translated
from gridgov.vocabulary import ENDED, TRACKS

_TEXTS = ("category", "subcategory", "unit", "line", "channel", "description", "address", "reporter")


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


def read_incidents(batch: RawBatch, mapping: IncidentMapping, declared_crs: str | None = None) -> IncidentBatch:
    """One batch of raw rows as incidents.

    Text is trimmed and null words become null. Times become UTC instants (see values.column_times). Coordinates become
    WGS84 from the declared datum; 0,0 counts as missing. A row is faulty when it has no case number or report time, a
    date, number, status or truth value that cannot be read, impossible coordinates, or is closed before it was reported
    or against its own status. All reasons of a row are collected.
    """
    n, raw, columns = batch.table.num_rows, batch.table, mapping.columns
    reasons, noticed = Reasons(n), Counter[str]()
    text = {name: translated(mapping, name, raw, noticed) for name in _TEXTS if name in columns}
    out: dict[str, pa.Array] = {"row_no": pa.array(batch.row_no, pa.int64())}

    out["case_no"] = values.column_text(raw, columns["case_no"], mapping.nulls)
    reasons.add(is_null(out["case_no"]), "no case number")

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
        reasons.add(times.bad & read, f"bad date in {name}", text_of(raw, mapping, name))
        noticed[f"{name}: local times that happened twice, the first taken"] += int((times.ambiguous & read).sum())
        noticed[f"{name}: local times that never were, moved forward"] += int((times.nonexistent & read).sum())
        if name == "reported_at":
            reasons.add(is_null(times.at) & ~times.bad, "no report time")
    out["day_only"] = pa.array(day_only)

    if "closed_at" in columns:
        _check_order(out, day_only, mapping.time_zone, text_of(raw, mapping, "closed_at"), reasons)
    if ended is None:
        state = pc.if_else(pc.is_valid(out["closed_at"]), "closed", "reported")
    else:
        closed = ~is_null(out["closed_at"])
        reasons.add(
            ended & ~closed & ~reasons.starting("bad date in closed_at"), "status says ended, but no closing time"
        )
        unknown = is_null(state)
        reasons.add(~ended & closed & ~unknown, "a closing time, but the status says open")
    out["state"] = state

    out["track"] = coded(mapping, "track", raw, TRACKS, reasons)
    for name, ours in (("urgent", "is_urgent"), ("duplicate", "is_duplicate")):
        if name in columns:
            truth, bad = values.column_truths(raw, columns[name], mapping.nulls)
            reasons.add(bad, f"{name} is neither yes nor no", text_of(raw, mapping, name))
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
    out["recorded"] = as_json(raw, mapping.recorded, mapping.nulls)
    out["extra"] = as_json(raw, mapping.keep, mapping.nulls)
    points = read_points(batch, mapping, declared_crs)
    reasons.add(points.bad, "impossible coordinates", points.shown)
    out["lon"], out["lat"] = pa.array(points.lon), pa.array(points.lat)

    table = pa.table(
        {name: pc.cast(out[name], field.type) for name, field in zip(INCIDENTS, arrow_schema(INCIDENTS), strict=True)}
    )
    faulty = reasons.faulty(batch, mapping)
    if reasons.any.any():
        table = table.filter(pa.array(~reasons.any))
    return IncidentBatch(table, faulty, points.x, points.y, +noticed)


def _states(
    mapping: IncidentMapping, raw: pa.Table, out: dict[str, pa.Array], reasons: Reasons
) -> tuple[pa.Array | None, np.ndarray | None]:
    """Our state and whether it is an end, from the status column; (None, None) when there is no such column."""
    if "status" not in mapping.columns:
        out["status_text"] = pa.nulls(raw.num_rows, pa.string())
        return None, None
    text = values.column_text(raw, mapping.columns["status"], mapping.nulls)
    words = mapping.values["status"]
    state = values.lookup(text, {word: str(mapping.state_of(word)) for word in words})
    unknown = is_null(state)
    reasons.add(unknown, "unknown status", lambda: text)
    out["status_text"] = text
    said = pa.array([word for word in words if mapping.says_duplicate(word)], pa.string())
    out["is_duplicate"] = pc.is_in(text, value_set=said)
    ended = pc.is_in(state, value_set=pa.array(sorted(ENDED))).to_numpy(zero_copy_only=False)
    return state, ended


def _check_order(
    out: dict[str, pa.Array], day_only: np.ndarray, zone: str, shown: Callable[[], pa.Array], reasons: Reasons
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
