"""A look at a file before it is loaded: what a mapping finds in its first rows. Nothing is written."""

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from gridgov.errors import MappingError
from gridgov.pipelines import events, incidents, lists, tracks
from gridgov.sources.events import read_events
from gridgov.sources.incidents import read_incidents
from gridgov.sources.mapping import EventMapping, GridMapping, IncidentMapping, MapMapping, Mapping, TrackMapping
from gridgov.sources.reading import RawBatch, Source
from gridgov.sources.rows import RowMapping, faulty_rows
from gridgov.sources.tracks import read_fixes

ROWS: Final = 2_000
SHOWN: Final = 5
_TIMES: Final = ("reported_at", "closed_at", "at")


@dataclass
class Look:
    """What the first rows of a file say, read as a mapping says.

    columns   the file's columns; of `rows` in all (None = not known before it is read) the first `looked` were looked at
    datum     as the mapping declares it; crs = what the file itself says
    faulty    rows that would be set aside, with `reasons`; `noticed` as a load would notice it
    begin_at, end_at   earliest and latest instant told of in the good ones
    sample    the first rows as they came, personal cells replaced; none of lists
    """

    kind: str
    town: str
    source: str
    file_name: str
    format: str
    columns: list[str]
    rows: int | None
    datum: str | None
    crs: str | None
    looked: int = 0
    faulty: int = 0
    begin_at: datetime | None = None
    end_at: datetime | None = None
    reasons: dict[str, int] = field(default_factory=dict)
    noticed: dict[str, int] = field(default_factory=dict)
    sample: list[dict[str, str | None]] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """All of it as plain values."""
        return asdict(self)


def look(kind: str, path: Path, mapping: Mapping) -> Look:
    """Look at the first rows of a file as its mapping says; `kind` must say the same. Raises MappingError, SourceError."""
    if mapping.kind != kind:
        raise MappingError(f"The mapping is for {mapping.kind}, but {kind} were to be looked at.")
    if isinstance(mapping, IncidentMapping):
        with incidents.open_incidents(path, mapping) as source:
            return _looked(source, mapping, lambda batch: read_incidents(batch, mapping, source.declared_crs))
    if isinstance(mapping, EventMapping):
        with events.open_events(path, mapping) as source:
            return _looked(source, mapping, lambda batch: read_events(batch, mapping, source.declared_crs))
    if isinstance(mapping, TrackMapping):
        with tracks.open_tracks(path, mapping) as source:
            return _looked(source, mapping, lambda batch: read_fixes(batch, mapping, source.declared_crs, path.name))
    with lists.opened(path, mapping, geometry=isinstance(mapping, GridMapping | MapMapping)) as source:
        found = _about(source, mapping)
        found.looked = len(next(source.batches(ROWS)))
        return found


def _about(source: Source, mapping: Mapping) -> Look:
    return Look(
        mapping.kind, mapping.town, mapping.source, source.path.name, source.format, source.columns, source.n_rows,
        mapping.datum, source.declared_crs,
    )  # fmt: skip


def _looked(source: Source, mapping: RowMapping, read: Callable[[RawBatch], Any]) -> Look:
    found = _about(source, mapping)
    batch: RawBatch = next(source.batches(ROWS))
    done = read(batch)
    found.looked, found.faulty = len(batch) + len(batch.broken), len(done.faulty)
    found.reasons = dict(Counter(said.split(":")[0] for row in done.faulty for said in row.reasons).most_common())
    found.noticed = {name: n for name, n in done.noticed.most_common() if n}
    found.begin_at, found.end_at = _span(done.good)
    rows = faulty_rows(RawBatch(batch.table, batch.row_no), mapping, {n: [] for n in range(min(SHOWN, len(batch)))})
    found.sample = [row.raw or {} for row in rows]
    return found


def _span(good: pa.Table) -> tuple[datetime | None, datetime | None]:
    told = [pc.min_max(good[name]).as_py() for name in _TIMES if name in good.column_names]
    begins = [span["min"] for span in told if span["min"] is not None]
    ends = [span["max"] for span in told if span["max"] is not None]
    return min(begins, default=None), max(ends, default=None)
