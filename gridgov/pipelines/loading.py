"""What every load shares: the town, the run, the file, the clock, and how far it has come."""

import resource as usage
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from typing import Any, TypeVar

from gridgov.pipelines.report import LoadReport
from gridgov.sources.mapping import Mapping
from gridgov.sources.reading import Source
from gridgov.store import runs
from gridgov.store.database import reading
from gridgov.store.runs import Run, Town

Progress = Callable[[str, int, int | None], None]
"""Called with what is being done, rows done, and rows in all when that is known."""


def silent(doing: str, done: int, of: int | None) -> None:
    """A progress that shows nothing."""


T = TypeVar("T")


def begun(pieces: Iterator[T]) -> Iterator[T]:
    """The same pieces, the first one read already: a file that cannot be read at all fails before anything is made."""
    return chain([next(pieces)], pieces)


@dataclass
class Load:
    """A load in progress: its run, its report, and where progress is told."""

    run: Run
    report: LoadReport
    progress: Progress

    @property
    def town(self) -> Town:
        """The town loaded into."""
        return self.run.town


def town_for(mapping: Mapping, crs: str | None = None) -> Town:
    """The town a mapping speaks of, made when it is new. `crs` completes it when neither it nor the mapping has one."""
    about = mapping.about.model_dump(exclude_none=True)
    about.setdefault("time_zone", getattr(mapping, "time_zone", None))
    about.setdefault("crs", crs)
    return runs.ensure_town(mapping.town, about, is_described=bool(mapping.about.model_fields_set))


def known_town(mapping: Mapping) -> Town | None:
    """The town a mapping speaks of, if it is there already."""
    with reading() as connection:
        return next((town for town in runs.towns(connection) if town.code == mapping.town), None)


@contextmanager
def loading(town: Town, mapping: Mapping, source: Source, progress: Progress = silent) -> Iterator[Load]:
    """A load of one file: a run that is alive while the block runs, and a report that ends with time and memory."""
    began = time.monotonic()
    system = {
        "code": mapping.source,
        "name": mapping.source_name,
        "name_zh": mapping.source_name_zh,
        "time_zone": getattr(mapping, "time_zone", None),
        "datum": mapping.datum,
    }
    facts = {
        "kind": mapping.kind,
        "file_name": source.path.name,
        "file_sha256": source.sha256,
        "file_bytes": source.n_bytes,
        "mapping_sha256": mapping.sha256,
    }
    report = LoadReport(mapping.kind, town.code, mapping.source, source.path.name)
    with runs.open_run(town, system, facts) as run:
        report.run_id = run.id
        yield Load(run, report, progress)
    report.seconds = round(time.monotonic() - began, 2)
    report.peak_mb = round(usage.getrusage(usage.RUSAGE_SELF).ru_maxrss / 1024, 1)


def finish(connection: Any, load: Load) -> None:
    """Check that the report adds up and write it with the run, inside the merge."""
    load.report.check()
    runs.finish(connection, load.run, load.report.counts, load.report.newest_at, load.report.as_dict())
