"""The life of cases as published -> frames of events: read, translated, checked; every fault of a row is named."""

import json
from collections import Counter
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from gridgov.process import EVENTS
from gridgov.schema import CASE_EVENTS, arrow_schema
from gridgov.sources import values
from gridgov.sources.mapping import EventMapping
from gridgov.sources.personal import hide
from gridgov.sources.points import read_points
from gridgov.sources.reading import RawBatch
from gridgov.sources.rows import Faulty, Reasons, coded, is_null, looked_up, text_of, translated
from gridgov.vocabulary import RATINGS

_TEXTS = ("event_no", "unit", "actor", "reason", "note", "evidence")
_RATINGS = {word: code for code, term in RATINGS.items() for word in (code, term.zh, term.en)}


@dataclass
class EventBatch:
    """Some rows of a file as events (schema CASE_EVENTS), the faulty ones beside them, and what was noticed."""

    good: pa.Table
    faulty: list[Faulty]
    noticed: Counter[str] = field(default_factory=Counter)


def read_events(batch: RawBatch, mapping: EventMapping, declared_crs: str | None = None) -> EventBatch:
    """One batch of raw rows as events.

    Text is trimmed and null words become null, times become UTC instants (see values.column_times). A row is faulty when it
    has no case number, time or event, an event that the mapping does not know, a date that cannot be read, or impossible
    coordinates. What an event should carry and does not (a return without a reason) is noticed. Whether it can happen at
    its place in the life of its case is for the merge to say.
    """
    n, raw, columns = batch.table.num_rows, batch.table, mapping.columns
    reasons, noticed = Reasons(n), Counter[str]()
    nothing = pa.nulls(n, pa.string())
    text = {name: translated(mapping, name, raw, noticed) if name in columns else nothing for name in _TEXTS}
    for name, how in mapping.personal.items():
        text[name] = hide(text[name], how)

    out: dict[str, pa.Array] = {"row_no": pa.array(batch.row_no, pa.int64()), **text}
    out["case_no"] = values.column_text(raw, columns["case_no"], mapping.nulls)
    reasons.add(is_null(out["case_no"]), "no case number")
    out["event"] = coded(mapping, "event", raw, EVENTS, reasons)
    reasons.add(is_null(text_of(raw, mapping, "event")()), "no event")

    out["due_at"] = pa.nulls(n, pa.timestamp("us", "UTC"))
    for name in ("at", "due_at"):
        if name not in columns:
            continue
        times = values.column_times(raw, columns[name], mapping.nulls, mapping.time_zone)
        reasons.add(times.bad, f"bad date in {name}", text_of(raw, mapping, name))
        noticed[f"{name}: local times that happened twice, the first taken"] += int(times.ambiguous.sum())
        noticed[f"{name}: local times that never were, moved forward"] += int(times.nonexistent.sum())
        out[name] = times.at
        if name == "at":
            reasons.add(is_null(times.at) & ~times.bad, "no time")
            out["is_day"] = pa.array(times.day_only)
        else:
            out[name] = _day_s_end(times.at, times.day_only, mapping.time_zone)

    points = read_points(batch, mapping, declared_crs)
    reasons.add(points.bad, "impossible coordinates", points.shown)
    out["detail"] = _detail(mapping, raw, out, points.lon, points.lat, noticed)

    good = pa.table(
        {
            name: pc.cast(out[name], known.type)
            for name, known in zip(CASE_EVENTS, arrow_schema(CASE_EVENTS), strict=True)
        }
    )
    if reasons.any.any():
        good = good.filter(pa.array(~reasons.any))
    _notice_needs(good, noticed)
    return EventBatch(good, reasons.faulty(batch, mapping), +noticed)


def _day_s_end(at: pa.Array, day_only: npt.NDArray[np.bool_], zone: str) -> pa.Array:
    """A deadline that came as a date lasts until the last moment of that local day."""
    rows = np.flatnonzero(day_only)
    if not len(rows):
        return at
    instants = at.to_numpy(zero_copy_only=False).copy()
    local = pd.DatetimeIndex(instants[rows]).tz_localize("UTC").tz_convert(ZoneInfo(zone)).tz_localize(None).normalize()
    first = np.ones(len(rows), bool)
    after = (local + pd.Timedelta(days=1)).tz_localize(ZoneInfo(zone), ambiguous=first, nonexistent="shift_forward")
    instants[rows] = (after.tz_convert("UTC").tz_localize(None) - pd.Timedelta(microseconds=1)).to_numpy()
    return pa.array(instants, at.type, from_pandas=True)


def _detail(
    mapping: EventMapping,
    raw: pa.Table,
    out: dict[str, pa.Array],
    lon: npt.NDArray[np.float64],
    lat: npt.NDArray[np.float64],
    noticed: Counter[str],
) -> pa.Array:
    """What an event carries beyond the columns of the ledger, as one JSON object; null where that is nothing."""
    texts = {name: out.pop(name) for name in ("note", "evidence")}
    if "rating" in mapping.columns:
        text = values.column_text(raw, mapping.columns["rating"], mapping.nulls)
        texts["rating"] = looked_up(mapping, "rating", text, _RATINGS | mapping.values.get("rating", {}), noticed)
    texts |= {name: values.column_text(raw, spec, mapping.nulls) for name, spec in mapping.keep.items()}
    parts = {name: _quoted(text) for name, text in texts.items() if text.null_count < len(text)}
    if not np.isnan(lon).all():
        for name, degrees in (("lon", lon), ("lat", lat)):
            parts[name] = pc.cast(pa.array(np.round(degrees, 7), from_pandas=True), pa.string())
    if not parts:
        return pa.nulls(raw.num_rows, pa.string())
    named = [
        pc.binary_join_element_wise(f"{json.dumps(name, ensure_ascii=False)}: ", part, "")
        for name, part in parts.items()
    ]
    return pc.binary_join_element_wise("{", values.joined(named, ", "), "}", "")


def _quoted(text: pa.Array) -> pa.Array:
    """Text as JSON strings, each different one written once."""
    encoded = text.dictionary_encode()
    quoted = pa.array([json.dumps(word, ensure_ascii=False) for word in encoded.dictionary.to_pylist()], pa.string())
    return quoted.take(encoded.indices)


def _notice_needs(good: pa.Table, noticed: Counter[str]) -> None:
    """Count the events that do not carry what they need."""
    for event in EVENTS.values():
        for need in event.needs:
            column = "due_at" if need == "due" else need
            lacks = pc.and_(pc.equal(good["event"], event.code), pc.is_null(good[column]))
            what = "a deadline" if need == "due" else f"a {need}"
            noticed[f"{event.code} without {what}"] += pc.sum(lacks).as_py() or 0
