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
from gridgov.vocabulary import ACTORS, EVIDENCE, RATINGS

_TEXTS = ("event_no", "unit", "actor", "reason", "note", "evidence")
_WORDS = {
    name: {word: code for code, term in terms.items() for word in (code, term.zh, term.en)}
    for name, terms in (("rating", RATINGS), ("evidence_kind", EVIDENCE), ("actor_role", ACTORS))
}


@dataclass
class EventBatch:
    """Some rows of a file as events (schema CASE_EVENTS), the faulty ones beside them, and what was noticed."""

    good: pa.Table
    faulty: list[Faulty]
    noticed: Counter[str] = field(default_factory=Counter)


def read_events(batch: RawBatch, mapping: EventMapping, declared_crs: str | None = None) -> EventBatch:
    """One batch of raw rows as events.

    Text is trimmed and null words become null, times become UTC instants (see values.column_times). A row is faulty when it
    has no case number, time or event, an event that the mapping does not know, a date that cannot be read, impossible
    coordinates, or a hash of evidence that is none. What an event should carry and does not (a return without a reason), and
    who made it though the process does not let them, is noticed. Whether it can happen at
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
    out["evidence_hash"] = _hashes(mapping, raw, reasons)
    roles = _coded(mapping, "actor_role", raw, noticed)
    out["actor_role"] = roles
    out["detail"] = _detail(mapping, raw, out, points.lon, points.lat, noticed)

    good = pa.table(
        {
            name: pc.cast(out[name], known.type)
            for name, known in zip(CASE_EVENTS, arrow_schema(CASE_EVENTS), strict=True)
        }
    )
    if reasons.any.any():
        good, roles = (side.filter(pa.array(~reasons.any)) for side in (good, roles))
    _notice_needs(good, noticed)
    _notice_roles(good, roles, noticed)
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
    texts = {name: out.pop(name) for name in ("note", "evidence", "evidence_hash", "actor_role")}
    texts |= {name: _coded(mapping, name, raw, noticed) for name in ("evidence_kind", "rating")}
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


def _coded(mapping: EventMapping, name: str, raw: pa.Table, noticed: Counter[str]) -> pa.Array:
    """A column of words of ours; one that is none of them stays as it is and is listed."""
    if name not in mapping.columns:
        return pa.nulls(raw.num_rows, pa.string())
    text = values.column_text(raw, mapping.columns[name], mapping.nulls)
    return looked_up(mapping, name, text, _WORDS[name] | mapping.values.get(name, {}), noticed)


def _hashes(mapping: EventMapping, raw: pa.Table, reasons: Reasons) -> pa.Array:
    """Hashes as `sha256:` or `md5:` and lower-case digits, which of the two is told by their number."""
    if "evidence_hash" not in mapping.columns:
        return pa.nulls(raw.num_rows, pa.string())
    text = values.column_text(raw, mapping.columns["evidence_hash"], mapping.nulls)
    digits = pc.replace_substring_regex(pc.utf8_lower(text), r"^(sha-?256|md5)[:= ]\s*", "")
    is_hex = pc.match_substring_regex(digits, "^([0-9a-f]{32}|[0-9a-f]{64})$")
    reasons.add(
        pc.fill_null(pc.invert(is_hex), False).to_numpy(zero_copy_only=False), "bad evidence_hash", lambda: text
    )
    kind = pc.if_else(pc.equal(pc.utf8_length(digits), 64), "sha256:", "md5:")
    return pc.if_else(is_hex, pc.binary_join_element_wise(kind, digits, ""), pa.scalar(None, pa.string()))


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


def _notice_roles(good: pa.Table, roles: pa.Array, noticed: Counter[str]) -> None:
    """Count the events made by somebody whom the process does not let."""
    if roles.null_count == len(roles):
        return
    made = pa.table({"event": good["event"], "role": roles}).group_by(["event", "role"]).aggregate([([], "count_all")])
    for row in made.to_pylist():
        if row["role"] in ACTORS and row["role"] not in EVENTS[row["event"]].by:
            noticed[f"{row['event']} made by the {ACTORS[row['role']].en}, whom the process does not let"] += row[
                "count_all"
            ]
