"""The quarantine: seeing rows that could not be loaded, taking them away, trying them again."""

import csv
import io
import json
import tempfile
from pathlib import Path

import pandas as pd

from gridgov.errors import LoadError, SourceError
from gridgov.pipelines import events, incidents, tracks
from gridgov.pipelines.loading import Progress, loading, silent
from gridgov.pipelines.placing import placer_of
from gridgov.pipelines.report import LoadReport
from gridgov.settings import settings
from gridgov.sources.mapping import FILE_NAME, EventMapping, FileLayout, IncidentMapping, Mapping, TrackMapping
from gridgov.sources.reading import open_source
from gridgov.store import quarantined, runs
from gridgov.store.database import reading, run, writing
from gridgov.text import spreadsheet_safe
from gridgov.whole import put


def waiting(town: str | None, source: str | None = None) -> pd.DataFrame:
    """The rows in quarantine of a town (None = the only one), see store.quarantined.waiting."""
    with reading() as connection:
        known = runs.towns(connection)
        code = known[0].code if town is None and len(known) == 1 else town or ""
        return quarantined.waiting(connection, runs.town_of(connection, code).id, source)


def export_rows(file: Path, town: str | None, source: str | None = None) -> int:
    """Write the rows to a .csv or .jsonl: their cells as they came (personal ones replaced), with row and reasons.

    Raises SourceError, DeliveryError.
    """
    rows = waiting(town, source)
    cells = list(dict.fromkeys(name for raw in rows["raw"] for name in (raw or {})))
    if file.suffix == ".jsonl":
        lines = (
            json.dumps(
                {"_id": int(r.id), "_row": _int(r.row_no), "_reasons": r.reasons, **(r.raw or {})}, ensure_ascii=False
            )
            for r in rows.itertuples()
        )
        put(file, "".join(f"{line}\n" for line in lines).encode())
    elif file.suffix == ".csv":
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow([*cells, "_row", "_reasons"])
        for r in rows.itertuples():
            raw = r.raw or {}
            writer.writerow(
                [
                    *(spreadsheet_safe(raw.get(c) or "") for c in cells),
                    _int(r.row_no),
                    "; ".join(map(spreadsheet_safe, r.reasons)),
                ]
            )
        put(file, out.getvalue().encode("utf-8-sig"))
    else:
        raise SourceError(f"{file.name} is neither .csv nor .jsonl. Choose one of them.")
    return len(rows)


def _int(value: object) -> int | None:
    return None if pd.isna(value) else int(value)  # type: ignore[call-overload]


def retry_rows(mapping: Mapping, progress: Progress = silent) -> LoadReport:
    """Load the quarantined rows of a mapping's source again; those that pass leave the quarantine.

    Rows that could not be split into columns hold no cells and stay. Raises LoadError when there is nothing to retry.
    """
    if not isinstance(mapping, IncidentMapping | EventMapping | TrackMapping):
        raise LoadError(
            "Only rows of incidents, events and tracks can be tried again from the quarantine. Mend the file of "
            f"{mapping.kind} or its mapping and load it again: what is loaded already stays unchanged."
        )
    if mapping.datum is not None and not {"lon", "wkt"} & set(mapping.columns):
        raise LoadError(
            f"The rows of '{mapping.source}' have their places in the geometry of their file, which the quarantine does not "
            "hold. Mend the mapping or the file and load the file again: what is loaded already stays unchanged."
        )
    rows = waiting(mapping.town, mapping.source)
    rows = rows[rows["raw"].notna() & (rows["kind"] == mapping.kind)].reset_index(drop=True)
    if rows.empty:
        raise LoadError(
            f"There is nothing in quarantine of the source '{mapping.source}' ({mapping.kind}) that could be tried again."
        )
    columns = mapping.source_columns()
    if isinstance(mapping, TrackMapping) and mapping.reads_file_name:
        columns.append(FILE_NAME)
    mapping = mapping.model_copy(update={"file": FileLayout(format="jsonl")})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "quarantined.jsonl"
        # Every wanted column is there, so that a column which a mended mapping adds reads as empty.
        lines = [json.dumps({**dict.fromkeys(columns), **raw}, ensure_ascii=False) for raw in rows["raw"]]
        path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
        with reading() as connection:  # over before the merge, which may want the tables it has read for itself
            town = runs.town_of(connection, mapping.town)
            placer = placer_of(town, connection) if not isinstance(mapping, EventMapping) else None
        told_in = rows["run_id"].to_numpy()  # row n of the file is row n - 1 here
        with open_source(path, mapping.file, columns) as source, loading(town, mapping, source, progress) as load:
            if isinstance(mapping, EventMapping):
                events.merge(load, mapping, source, events.read_batches(source, mapping), told_in=told_in)
            elif isinstance(mapping, TrackMapping) and placer is not None:
                tracks.merge(load, mapping, source, tracks.read_batches(source, mapping), placer, is_retry=True)
            elif isinstance(mapping, IncidentMapping) and placer is not None:
                incidents.merge(load, mapping, source, incidents.read_batches(source, mapping), placer, told_in=told_in)
    left = waiting(mapping.town, mapping.source)
    failed = rows["id"].isin(left["id"][left["run_id"] == load.run.id])  # met again by this load
    with writing() as connection:
        for row in rows[failed].itertuples():
            run(
                connection, "load/quarantine/put_back", {"id": row.id, "row_no": _int(row.row_no), "run_id": row.run_id}
            )
        quarantined.resolve(connection, rows["id"][~failed].tolist(), load.run)
    return load.report


def purge_rows(days: int | None = None) -> int:
    """Delete rows last seen more than `days` days ago (default from the settings); returns how many."""
    with writing() as connection:
        return quarantined.purge(connection, settings().quarantine_days if days is None else days)
