"""Loading tracks: positions of devices into the lake, and what is derived from them for every day that a file touches.

A file is read once and laid aside by day. Then, in the one transaction of its merge, day by day: fixes that the lake holds
already are left out, the others become a file of the lake, and the day is computed anew for the devices that have new ones.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from gridgov.analytics.patrol.cleaning import FILTERS
from gridgov.analytics.periods import Cycle, day_numbers
from gridgov.crs import metric_crs_for
from gridgov.errors import LoadError
from gridgov.pipelines import patrol_plan, patrol_replays, patrol_told
from gridgov.pipelines.faults import Tally, faulty_table
from gridgov.pipelines.freshness import newest
from gridgov.pipelines.ground import refreshed
from gridgov.pipelines.loading import Load, Progress, begun, finish, loading, silent, town_for
from gridgov.pipelines.patrol_days import PatrolDays, keys_of
from gridgov.pipelines.placing import Placer, Sample, datum_note, placer_of
from gridgov.pipelines.report import LoadReport
from gridgov.pipelines.spool import Spool
from gridgov.settings import settings
from gridgov.sources.mapping import TrackMapping
from gridgov.sources.reading import Source, open_source
from gridgov.sources.rows import Faulty
from gridgov.sources.tracks import TrackBatch, read_fixes
from gridgov.store import lake, patrols, quarantined, rulebook, runs, seen, visits
from gridgov.store.database import Connection, reading
from gridgov.store.staging import Stage

_EPOCH = date(1970, 1, 1)
_NEVER = -(1 << 40)
_CLOSED = "its day is closed: raw positions of it are no longer kept"
_WHY_TAKEN = {
    "clock": "their time lies before the first day of the rules, or after this load; check the format of `at` and the time zone",
    "unplaced": "the metric CRS of the town has no place for them; check `datum`, the order of lon and lat, and `crs` in [about]",
    "duplicate": "their device tells another position of the same instant; check that `device` tells one device from another",
    "accuracy": "the devices say that they may be too far off; check the unit of `accuracy` and `max_accuracy_m` in the rules",
    "speed": "one cannot get from one to the next at the speed that the rules allow; check `datum`, `at` and `mode`",
    "jump": "they lie in short stretches that contradict each other; check `device`, `at` and `mode`",
}
"""By filter, what is likely wrong when it takes so many positions of a load."""
_MANY_CLOSED = 10_000
"""So many fixes of closed days are no stray clocks but an old file."""


def load_tracks(path: Path, mapping: TrackMapping, progress: Progress = silent) -> LoadReport:
    """Load one file of tracks into its town: into the lake and into what is derived of its days, in one transaction.

    Returns the report (facts["cleaning"]: the fixes loaded by what became of them); raises SourceError, MappingError or
    LoadError with nothing changed.
    """
    with open_tracks(path, mapping) as source:
        batches = begun(read_batches(source, mapping))
        first = next(batches)
        town = town_for(mapping, _metric_crs(first))
        with reading() as connection:
            placer = placer_of(town, connection)
        with loading(town, mapping, source, progress) as load:
            merge(load, mapping, source, chain([first], batches), placer)
        return load.report


def open_tracks(path: Path, mapping: TrackMapping) -> Source:
    """The file a mapping describes, opened."""
    return open_source(
        path, mapping.file, mapping.source_columns(), fill_down=mapping.filled_columns(), geometry=mapping.has_shapes
    )


def read_batches(source: Source, mapping: TrackMapping) -> Iterator[TrackBatch]:
    """The fixes of a source, batch by batch."""
    return (
        read_fixes(batch, mapping, source.declared_crs, source.path.name)
        for batch in source.batches(settings().batch_rows)
    )


def merge(
    load: Load,
    mapping: TrackMapping,
    source: Source,
    batches: Iterable[TrackBatch],
    placer: Placer,
    *,
    is_retry: bool = False,
) -> None:
    """Lay the batches of a source aside by day and merge them; `is_retry`: they come out of the quarantine."""
    report, run = load.report, load.run
    tally, sample = Tally(load, source), Sample()
    with reading() as connection:
        days = _Days(connection, load)
    with Spool() as spool, Stage(run.stage("faulty"), quarantined.STAGE) as faults:
        for read in batches:
            day = days.of(read.good)
            late = _late(read.good, day <= days.closed)
            kept = read.good.filter(pa.array(day > days.closed)) if late else read.good
            spool.append(kept, day[day > days.closed])
            faulty = [*read.faulty, *late]
            faults.append(faulty_table(faulty))
            tally.read(kept.num_rows, faulty, read.noticed)
            report.newest_at = newest(report.newest_at, kept, "at")
            sample.add(read.x, read.y)
            if tally.reason(_CLOSED) > _MANY_CLOSED:
                raise LoadError(_too_late(source, days.closed))
        tally.write()
        tally.refuse_useless(is_retry=is_retry)
        faults.flush()

        with runs.merging(run) as connection:
            if days.closed != _Days(connection, load).closed:
                raise LoadError(
                    f"Raw positions were removed while {source.path.name} was read. Nothing was loaded; run it again."
                )
            report.notes += refreshed(connection, load)
            caught, writing = _merge_days(connection, load, mapping, spool)
            quarantined.keep(connection, run, faults.name, "tracks", source.sha256)
            report.facts["cleaning"] = caught
            report.notes += [*_cleaning_notes(caught), *_datum_notes(sample, mapping, placer)]
            finish(connection, load)
        writing.done()


class _Days:
    """How a town cuts its days, and until which they are closed (days since 1970-01-01)."""

    def __init__(self, connection: Connection, load: Load) -> None:
        self._zone = load.town.time_zone
        self._start = Cycle.of(rulebook.patrol_rules_of(connection, load.town.id)).day_start
        closed = lake.closed_until(connection, load.town.id)
        self.closed = _NEVER if closed is None else (closed - _EPOCH).days

    def of(self, fixes: pa.Table) -> npt.NDArray[np.int64]:
        """The statistical day of each fix, as days since 1970-01-01."""
        micros = fixes["at"].cast(pa.int64()).to_numpy()
        return day_numbers(micros // 1_000_000, self._zone, self._start)


def _merge_days(
    connection: Connection, load: Load, mapping: TrackMapping, spool: Spool
) -> tuple[dict[str, int], lake.Writing]:
    """Bring every day's new fixes into the lake and compute the days they touch; what became of them, by filter."""
    run, report = load.run, load.report
    rules = rulebook.keep_patrol_rules(connection, run.town.id)
    _same_gap(connection, load, mapping)
    days = PatrolDays(connection, run.town, rules)
    writing = lake.Writing(connection, run)
    touched: dict[date, set[int]] = defaultdict(set)
    for n, (on, fixes) in enumerate(spool.days()):
        load.progress("into the lake", n, None)
        new = _new(connection, load, days, on, fixes)
        report.loaded += new.fixes.num_rows
        report.duplicate += new.n_duplicate
        report.unchanged += new.n_unchanged
        if new.fixes.num_rows:
            writing.append(on, new.fixes)
            _touch(touched, days, run.source_id, on, new.fixes)
    caught, changed = Counter[str](), dict[date, dict[int, bytes]]()
    for n, on in enumerate(sorted(touched)):
        load.progress("patrols", n, len(touched))
        blocks, counts = days.compute(on, touched[on])
        if blocks:
            changed[on] = blocks
        caught.update(counts.get(run.id, {}))
    patrols.sum_months(connection, run.town.id, touched)
    patrol_plan.follow(connection, run.town, rules, touched, load.progress)
    patrol_told.follow(connection, run.town, rules, touched, load.progress)
    patrol_replays.follow(connection, run.town, rules, touched)
    visits.refresh(connection, run.town.id, changed)
    seen.refresh(connection, run.town.id, changed)
    told = {name: caught[name] for name in FILTERS}
    patrols.write_clean_report(connection, run.town.id, {run.id: told})
    return told, writing


class _New(NamedTuple):
    """The fixes of a day that are new, by device and time; and how many others there are."""

    fixes: pa.Table
    n_duplicate: int
    n_unchanged: int


def _new(connection: Connection, load: Load, days: PatrolDays, on: date, fixes: pa.Table) -> _New:
    """What of a day is not in the lake yet: a fix is the same if all is that it tells."""
    keys = keys_of(fixes)
    begin, end = days.bounds(on)
    held = lake.files(connection, load.town.id, begin, end, load.run.source_id)
    known = [keys_of(lake.read(file)) for file in held]
    is_known = np.isin(keys, np.concatenate(known)) if known else np.zeros(len(keys), np.bool_)
    _, first = np.unique(keys, return_index=True)
    is_first = np.zeros(len(keys), np.bool_)
    is_first[first] = True
    chosen = fixes.filter(pa.array(is_first & ~is_known))
    order = pc.sort_indices(
        chosen.set_column(1, "device", chosen["device"].cast(pa.string())),
        [("device", "ascending"), ("at", "ascending"), ("row_no", "ascending")],
    )
    return _New(chosen.take(order), int((~is_first & ~is_known).sum()), int(is_known.sum()))


def _touch(touched: dict[date, set[int]], days: PatrolDays, source_id: int, on: date, fixes: pa.Table) -> None:
    """Note which trackers are to be computed on which days: on that of their fixes, and on one so near that it looks at them."""
    device = fixes["device"].combine_chunks()
    device = device.chunk(0) if isinstance(device, pa.ChunkedArray) else device
    trackers = days.trackers(source_id, device.dictionary.to_pylist())[device.indices.to_numpy()]
    at = fixes["at"].cast(pa.int64()).to_numpy()
    begin, end = days.bounds(on)
    margin = days.margin(source_id)
    for day, since, until in (
        (on - timedelta(1), begin, begin + margin), (on, begin, end), (on + timedelta(1), end - margin, end)
    ):  # fmt: skip
        near = (at >= since.timestamp() * 1_000_000) & (at < until.timestamp() * 1_000_000)
        if near.any():
            touched[day].update(np.unique(trackers[near]).tolist())


def _same_gap(connection: Connection, load: Load, mapping: TrackMapping) -> None:
    """A source's sessions are cut alike in all its loads: others would not say the same of the same day."""
    known = patrols.gaps(connection, load.town.id)
    if known.get(load.run.source_id, mapping.gap_s) != mapping.gap_s:
        then_s = known[load.run.source_id]
        now, then = (f"after {gap} s" if gap else "as the rules say" for gap in (mapping.gap_s, then_s))
        raise LoadError(
            f"Sessions of the source '{mapping.source}' end {now} of silence by this mapping, but {then} by that of its "
            "first load. Nothing was loaded; give `gap_s` as it was, or load the file as a source of its own."
        )
    patrols.keep_gap(connection, load.run.source_id, mapping.gap_s)


def _late(fixes: pa.Table, is_late: npt.NDArray[np.bool_]) -> list[Faulty]:
    if not is_late.any():
        return []
    rows = fixes["row_no"].to_numpy()[is_late].tolist()
    return [Faulty(row_no, [_CLOSED], None) for row_no in rows]


def _too_late(source: Source, closed: int) -> str:
    return (
        f"{source.path.name} holds many positions of {_EPOCH + timedelta(closed)} or earlier, of which the raw ones are "
        "no longer kept: those days cannot be computed anew. Nothing was loaded; load a file of later days."
    )


def _metric_crs(first: TrackBatch) -> str | None:
    """The default metric CRS of where the first fixes are."""
    if not first.good.num_rows:
        return None
    lon, lat = (float(np.median(first.good[name].to_numpy())) for name in ("lon", "lat"))
    return metric_crs_for(lon, lat)


def _cleaning_notes(caught: dict[str, int]) -> list[str]:
    """What became of the new positions; where hardly any can be used, what is most likely wrong."""
    n = sum(caught.values())
    taken = {name: count for name, count in caught.items() if count and name != "usable"}
    if not n:
        return []
    told = ", ".join(f"{count:,} {name}" for name, count in taken.items()) or "none"
    notes = [f"{caught['usable']:,} usable positions; taken by filters: {told}. All are kept in the lake."]
    if caught["usable"] <= n / 2:
        most = max(taken, key=lambda name: taken[name])
        notes.append(f"Half of them or more cannot be used: {_WHY_TAKEN[most]}.")
    return notes


def _datum_notes(sample: Sample, mapping: TrackMapping, placer: Placer) -> list[str]:
    if not placer.home:
        return ["The town has no grids yet: positions count as outside until `gridgov load grids`."]
    return datum_note(*sample.points(), mapping.datum, placer)
