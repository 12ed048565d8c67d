"""Loading incidents: flat rows of cases into the ledger, each located, each accounted for."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gridgov.errors import LoadError
from gridgov.pipelines.faults import Tally, faulty_table
from gridgov.pipelines.freshness import ahead, newest
from gridgov.pipelines.loading import Load, Progress, begun, finish, loading, silent, town_for
from gridgov.pipelines.patrol_told import follow_cases
from gridgov.pipelines.placing import Placer, Sample, datum_note, placer_of
from gridgov.pipelines.report import LoadReport
from gridgov.pipelines.words import Words
from gridgov.settings import settings
from gridgov.sources.fingerprint import fingerprints
from gridgov.sources.incidents import IncidentBatch, read_incidents
from gridgov.sources.mapping import IncidentMapping
from gridgov.sources.reading import Source, open_source
from gridgov.store import cases, quarantined, runs
from gridgov.store.database import reading
from gridgov.store.grids import GridSet, grid_sets
from gridgov.store.staging import Stage


def load_incidents(path: Path, mapping: IncidentMapping, progress: Progress = silent) -> LoadReport:
    """Load one file of incidents into its town: staged in batches, merged in one transaction, idempotent.

    Returns the report; raises SourceError, MappingError or LoadError with nothing changed.
    """
    with open_incidents(path, mapping) as source:
        batches = begun(read_batches(source, mapping))
        town = town_for(mapping)
        with reading() as connection:
            placer = placer_of(town, connection)
        with loading(town, mapping, source, progress) as load:
            merge(load, mapping, source, batches, placer)
        return load.report


def open_incidents(path: Path, mapping: IncidentMapping) -> Source:
    """The file a mapping describes, opened."""
    has_xy = {"lon", "wkt"} & set(mapping.columns)
    geometry = not has_xy and mapping.datum is not None
    return open_source(
        path, mapping.file, mapping.source_columns(), fill_down=mapping.filled_columns(), geometry=geometry
    )


def read_batches(source: Source, mapping: IncidentMapping) -> Iterator[IncidentBatch]:
    """The incidents of a source, batch by batch."""
    return (read_incidents(batch, mapping, source.declared_crs) for batch in source.batches(settings().batch_rows))


def merge(
    load: Load,
    mapping: IncidentMapping,
    source: Source,
    batches: Iterator[IncidentBatch],
    placer: Placer,
    *,
    told_in: np.ndarray | None = None,
) -> None:
    """Stage the batches of a source and merge them.

    told_in  of rows tried again: the load that brought each (row 1 first). What a later load said of a case stands.
    """
    report, run = load.report, load.run
    tally, sample, words = Tally(load, source), Sample(), Words()
    with (
        Stage(run.stage("incidents"), cases.incidents_stage(placer.others)) as stage,
        Stage(run.stage("words"), cases.WORDS_STAGE) as word_stage,
        Stage(run.stage("faulty"), quarantined.STAGE) as faults,
    ):
        for read in batches:
            stage.append(staged(read.good, placer, words, told_in))
            word_stage.append(words.fresh())
            faults.append(faulty_table(read.faulty))
            report.newest_at = newest(report.newest_at, read.good, "reported_at", "closed_at", "updated_at")
            sample.add(read.x, read.y)
            tally.read(read.good.num_rows, read.faulty, read.noticed + ahead(read.good, "reported_at", "closed_at"))
    tally.write()
    tally.refuse_useless(is_retry=told_in is not None)

    load.progress("merge", 0, None)
    with runs.merging(run) as connection:
        _same_grids(grid_sets(connection, run.town.id), placer, source)
        outcomes = cases.merge_incidents(connection, run, stage.name, word_stage.name, placer.others)
        follow_cases(connection, run, load.progress)
        for outcome, n in outcomes.items():
            setattr(report, outcome, n)
        quarantined.keep(connection, run, faults.name, "incidents", source.sha256)
        report.facts |= cases.facts(connection, run, list(mapping.recorded))
        report.notes += _notes(report, sample, mapping, placer)
        finish(connection, load)


def staged(rows: pa.Table, placer: Placer, words: Words, told_in: np.ndarray | None = None) -> pa.Table:
    """Incidents as they are staged: fingerprinted, located, their words numbered."""
    runs_before = pa.nulls(rows.num_rows, pa.int32())
    if told_in is not None:
        runs_before = pa.array(told_in[rows["row_no"].to_numpy() - 1], pa.int32())
    rows = rows.append_column("told_in", runs_before)
    hashed = rows.append_column("row_hash", pa.array(fingerprints(rows, cases.CONTENT)))
    hashed = hashed.append_column("key_hash", pa.array(fingerprints(rows, ("case_no",))))
    for name in ("day_only", "is_duplicate"):  # false nearly everywhere; a column that says nothing is not sent
        if not pc.any(hashed[name].cast(pa.bool_())).as_py():
            nothing = pa.nulls(hashed.num_rows, hashed.schema.field(name).type)
            hashed = hashed.set_column(hashed.schema.get_field_index(name), name, nothing)
    return words.encode(placer.place(hashed)).select(cases.incidents_stage(placer.others).names)


def _same_grids(now: list[GridSet], placer: Placer, source: Source) -> None:
    if [s.id for s in now] != [s.id for s in placer.sets]:
        raise LoadError(
            f"The grids of the town changed while {source.path.name} was being read. Nothing was loaded; run it again."
        )


def _notes(report: LoadReport, sample: Sample, mapping: IncidentMapping, placer: Placer) -> list[str]:
    notes = []
    placed = report.facts["cases"]
    notes.append(
        f"{placed['total']:,} cases of this source: {placed['located']:,} in a grid, {placed['unlocated']:,} without "
        f"coordinates, {placed['outside']:,} outside every grid."
    )
    notes += [
        f"The recorded {level} agrees with the located one for {agreement['agree_share']:.1%} of "
        f"{agreement['n_compared']:,} cases."
        for level, agreement in report.facts["agreement"].items()
        if agreement["n_compared"]
    ]
    if not placer.home:
        notes.append("The town has no grids yet: points count as outside until `gridgov load grids`.")
    notes += datum_note(*sample.points(), mapping.datum, placer)
    return notes
