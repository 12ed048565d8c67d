"""Loading events: the life of cases that are loaded already, each event at its place, each row accounted for."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from gridgov.errors import LoadError
from gridgov.pipelines.faults import Tally, faulty_table
from gridgov.pipelines.freshness import ahead
from gridgov.pipelines.loading import Load, Progress, begun, finish, known_town, loading, silent, town_for
from gridgov.pipelines.report import LoadReport
from gridgov.pipelines.seen import Seen
from gridgov.pipelines.words import Words
from gridgov.process import EVENTS
from gridgov.settings import settings
from gridgov.sources.events import EventBatch, read_events
from gridgov.sources.fingerprint import fingerprints
from gridgov.sources.mapping import EventMapping
from gridgov.sources.reading import RawBatch, Source, open_source
from gridgov.sources.rows import Faulty, faulty_rows
from gridgov.store import cases, ledger, quarantined, runs
from gridgov.store.database import reading
from gridgov.store.following import CONFLICT
from gridgov.store.staging import Stage
from gridgov.vocabulary import STATES, TRACKS

_CODES, _STATES, _TRACKS = list(EVENTS), list(STATES), [*TRACKS, "unknown"]
_SIDE = [event.code for event in EVENTS.values() if event.is_side]
_LISTED = 1_000
"""So many events that gave way are named in a report."""
_WORDS = {"unit": cases.WORD_COLUMNS["unit"]}


def load_events(path: Path, mapping: EventMapping, progress: Progress = silent) -> LoadReport:
    """Load one file of events into the ledger of its town: staged in batches, merged in one transaction, idempotent.

    Returns the report; raises SourceError, MappingError or LoadError with nothing changed.
    """
    with open_events(path, mapping) as source:
        batches = begun(read_batches(source, mapping))
        if known_town(mapping) is None:
            raise LoadError(
                f"There is no town '{mapping.town}' yet, so there is no case that events could belong to. Nothing was loaded; "
                "load its incidents first."
            )
        with loading(town_for(mapping), mapping, source, progress) as load:
            merge(load, mapping, source, batches)
        return load.report


def open_events(path: Path, mapping: EventMapping) -> Source:
    """The file a mapping describes, opened."""
    return open_source(path, mapping.file, mapping.source_columns(), fill_down=mapping.filled_columns())


def read_batches(source: Source, mapping: EventMapping) -> Iterator[EventBatch]:
    """The events of a source, batch by batch."""
    return (read_events(batch, mapping, source.declared_crs) for batch in source.batches(settings().batch_rows))


def merge(
    load: Load,
    mapping: EventMapping,
    source: Source,
    batches: Iterator[EventBatch],
    *,
    told_in: np.ndarray | None = None,
) -> None:
    """Stage the batches of a source and merge them.

    told_in  of rows tried again: the load that brought each (row 1 first). What a later load said of an event stands.
    """
    report, run = load.report, load.run
    tally, words, seen = Tally(load, source), Words(_WORDS), Seen(source.n_bytes)
    with reading() as connection:
        if not ledger.has_cases(connection, run.source_id):
            raise LoadError(
                f"The source '{mapping.source}' has no cases in the town '{mapping.town}' that its events could belong to. "
                "Nothing was loaded; load its incidents first, under the same `source`."
            )
    with Stage(run.stage("faulty"), quarantined.STAGE) as faults:
        with (
            Stage(run.stage("events"), ledger.events_stage()) as stage,
            Stage(run.stage("words"), cases.WORDS_STAGE) as word_stage,
        ):
            for read in batches:
                stage.append(staged(read.good, words, seen, told_in))
                word_stage.append(words.fresh())
                faults.append(faulty_table(read.faulty))
                tally.read(read.good.num_rows, read.faulty, read.noticed + ahead(read.good, "at"))
        tally.refuse_useless(is_retry=told_in is not None)

        load.progress("merge", 0, None)
        with runs.merging(run) as connection:
            merged = ledger.merge_events(connection, run, mapping.time_zone, stage.name, word_stage.name)
            for outcome, n in merged.counted.groupby("outcome")["n"].sum().items():
                setattr(report, str(outcome), getattr(report, str(outcome)) + int(n))
            told = merged.counted[merged.counted["outcome"] != "quarantined"]  # what was refused dates nothing
            newest_at = told["newest_at"].max()
            report.newest_at = None if pd.isna(newest_at) else newest_at.to_pydatetime()
            for rows in _set_aside(merged.refused, mapping, source.path):
                faults.append(faulty_table(rows))
                tally.reasons((row.row_no, row.reasons) for row in rows)
            faults.flush()
            tally.write()
            quarantined.keep(connection, run, faults.name, "events", source.sha256)
            report.facts |= _facts(merged)
            report.notes += _notes(report)
            finish(connection, load)


def staged(rows: pa.Table, words: Words, seen: Seen, told_in: np.ndarray | None = None) -> pa.Table:
    """Events as they are staged: fingerprinted, event and unit by number."""
    number = pc.index_in(rows["event"], value_set=pa.array(_CODES)).cast(pa.int16())
    # An event is known by its number; without one, a move by case, instant and unit (which is told apart in the store, where
    # its name and its code are one), a side event by all it says.
    row_hash = fingerprints(rows, ledger.CONTENT)
    is_side = pc.is_in(rows["event"], value_set=pa.array(_SIDE)).to_numpy()
    key = np.where(is_side, row_hash, fingerprints(rows, ("case_no", "at", "event")))
    if rows["event_no"].null_count < rows.num_rows:
        is_numbered = pc.is_valid(rows["event_no"]).to_numpy()
        key = np.where(is_numbered, fingerprints(rows, ("case_no", "event_no")), key)
    before = pa.nulls(rows.num_rows, pa.int32())
    if told_in is not None:
        before = pa.array(told_in[rows["row_no"].to_numpy() - 1], pa.int32())
    added = {
        "key_hash": pa.array(key),
        "row_hash": pa.array(row_hash),
        "told_in": before,
        "may_repeat": pa.array(seen.before(key)),
    }
    for name, column in added.items():
        rows = rows.append_column(name, column)
    rows = rows.set_column(rows.schema.get_field_index("event"), "event", number)
    for name in ("is_day", "may_repeat"):  # false nearly everywhere; a column that says nothing is not sent
        if not pc.any(rows[name]).as_py():
            rows = rows.set_column(rows.schema.get_field_index(name), name, pa.nulls(rows.num_rows, pa.bool_()))
    return words.encode(rows).select(ledger.events_stage().names)


def _set_aside(refused: pd.DataFrame, mapping: EventMapping, path: Path) -> Iterator[list[Faulty]]:
    """The refused events with their cells, which are read from the file once more: that costs nothing where all goes well."""
    if refused.empty:
        return
    refused = refused.set_index("row_no")
    with open_events(path, mapping) as source:
        for batch in source.batches(settings().batch_rows):
            numbers = pd.Index(batch.row_no)
            here = refused[refused.index.isin(numbers)]
            reasons = {
                int(at): [_why(why)] for at, why in zip(numbers.get_indexer(here.index), here.itertuples(), strict=True)
            }
            yield faulty_rows(RawBatch(batch.table, batch.row_no), mapping, reasons)


def _why(refused: Any) -> str:
    """The sentence for an event that cannot be taken, see ledger.Merged."""
    if pd.isna(refused.outcome):
        return "no case of this number: load incidents first"
    if refused.outcome == CONFLICT:
        stands = "an event the process no longer knows" if refused.clash_event < 0 else _CODES[int(refused.clash_event)]
        return f"would make impossible what stands: {stands} at {refused.clash_at:%Y-%m-%d %H:%M} UTC"
    event, track = _CODES[int(refused.event)], _TRACKS[int(refused.track)]
    if refused.before < 0:
        return f"{event} cannot come before the report (track {track})"
    return f"{event} cannot follow {_STATES[int(refused.before)]} (track {track})"


def _facts(merged: ledger.Merged) -> dict[str, Any]:
    brought = merged.counted[merged.counted["outcome"].isin(["loaded", "updated"])]
    by_kind = brought.groupby("event")["n"].sum()
    found: dict[str, Any] = {"events": {_CODES[number]: int(n) for number, n in by_kind.items()}}
    found["cases_touched"] = merged.n_cases
    if len(merged.gave_way):
        found["gave_way"] = [
            {"case_no": row.case_no, "event": _CODES[row.event] if row.event >= 0 else None, "at": row.at}
            for row in merged.gave_way.head(_LISTED).itertuples()
        ]
        found["n_gave_way"] = len(merged.gave_way)
    return found


def _notes(report: LoadReport) -> list[str]:
    said = [
        f"{report.facts['n_gave_way']:,} events that stood gave way to a longer course of their case, such as "
        f"'{row['event']}' of {row['case_no']} at {row['at']:%Y-%m-%d %H:%M} UTC."
        for row in report.facts.get("gave_way", [])[:1]
    ]
    kinds = sorted(report.facts["events"].items(), key=lambda kind: -kind[1])
    if not kinds:
        return ["Nothing new of any case.", *said]
    return [
        f"{report.facts['cases_touched']:,} cases told of: {', '.join(f'{n:,} {EVENTS[code].en}' for code, n in kinds)}.",
        *said,
    ]
