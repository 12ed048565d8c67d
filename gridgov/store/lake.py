"""The lake: raw fixes as GeoParquet, a file for each load and day, listed in the database (lake_file).

    <state>/lake/<town>/fixes/day_on=2026-11-20/<load>-<n>.parquet

A file is written under another name, synced and renamed before its row is committed, so that what is listed is there. What
a dead load left unlisted is swept by the next: each load marks that it is writing, and takes the mark away when it is done.
All writing happens inside a merge, of which there is one at a time.
"""

import hashlib
import io
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gridgov.errors import StoreError
from gridgov.schema import FIXES, arrow_schema
from gridgov.settings import settings
from gridgov.store import patrol_tables, tables
from gridgov.store.runs import Run

_CODED = ["device", "person", "mode"]
_GEO = {
    "version": "1.1.0",
    "primary_column": "geom",
    "columns": {"geom": {"encoding": "point", "geometry_types": ["Point"]}},
}
_PLACE = [pa.field("x", pa.float64(), nullable=False), pa.field("y", pa.float64(), nullable=False)]
_ENCODINGS = {
    "row_no": "DELTA_BINARY_PACKED", "at": "DELTA_BINARY_PACKED", "geom.x": "BYTE_STREAM_SPLIT",
    "geom.y": "BYTE_STREAM_SPLIT",
}  # fmt: skip
_REACH_DAYS = 2  # a file lies under the day that it had when it was written; another cut of the days moves it by one


@dataclass(frozen=True)
class LakeFile:
    """A file of the lake: fixes that one load brought of one day. `delivered_at` is when that load began."""

    id: int
    source_id: int
    run_id: int
    day_on: date
    path: str
    begin_at: datetime
    end_at: datetime
    delivered_at: datetime


def folder() -> Path:
    """Where the lake lies."""
    return settings().state / "lake"


# ---- reading ---------------------------------------------------------------------------------------------------------


def files(
    connection: Connection, town_id: int, since: datetime, until: datetime, source_id: int | None = None
) -> list[LakeFile]:
    """The files of a town (and source) that may hold fixes at since <= at < until, in the order of their loads."""
    f, r = patrol_tables.lake_file.c, tables.load_run.c
    query = (
        sa.select(f.id, f.source_id, f.load_run_id.label("run_id"), f.day_on, f.path, f.begin_at, f.end_at)
        .add_columns(r.started_at.label("delivered_at"))
        .join(tables.load_run, r.id == f.load_run_id)
        .where(f.town_id == town_id, f.removed_at.is_(None), f.begin_at < until, f.end_at >= since)
        .where(f.day_on.between(_days_from(since, -_REACH_DAYS), _days_from(until, _REACH_DAYS)))
        .order_by(f.load_run_id, f.id)
    )
    if source_id is not None:
        query = query.where(f.source_id == source_id)
    return [LakeFile(**row._mapping) for row in connection.execute(query)]


def read(file: LakeFile) -> pa.Table:
    """The fixes of a file (schema FIXES)."""
    path = folder() / file.path
    try:
        table = pq.read_table(path, read_dictionary=_CODED, partitioning=None)
    except (OSError, pa.ArrowException) as err:
        raise StoreError(
            f"The file {path} of the lake cannot be read ({str(err).rstrip('.')}). Bring the folder {folder()} back from "
            "a backup; the database knows the file's sha256 (table lake_file)."
        ) from err
    place = table["geom"].combine_chunks()
    place = place.chunk(0) if isinstance(place, pa.ChunkedArray) else place
    table = table.append_column("lon", place.field("x")).append_column("lat", place.field("y"))
    return table.select(list(FIXES)).cast(arrow_schema(FIXES))


def days(connection: Connection, town_id: int) -> list[date]:
    """The days of a town under which files lie, ascending."""
    f = patrol_tables.lake_file.c
    query = sa.select(f.day_on).where(f.town_id == town_id, f.removed_at.is_(None)).distinct().order_by(f.day_on)
    return list(connection.execute(query).scalars())


def closed_until(connection: Connection, town_id: int) -> date | None:
    """The last day that cannot be computed anew, because raw fixes of it or of the day before were removed; None = all can."""
    f = patrol_tables.lake_file.c
    query = sa.select(sa.func.max(f.day_on)).where(f.town_id == town_id, f.removed_at.is_not(None))
    last = connection.execute(query).scalar_one()
    return None if last is None else date.fromordinal(last.toordinal() + 1)


def _days_from(at: datetime, n: int) -> date:
    return date.fromordinal(min(max(at.date().toordinal() + n, 1), date.max.toordinal()))


# ---- writing ---------------------------------------------------------------------------------------------------------


class Writing:
    """The files that a load writes, from its mark to its commit."""

    def __init__(self, connection: Connection, run: Run) -> None:
        self._connection, self._run, self._n = connection, run, 0
        self._mark = _marks(run.town.code) / str(run.id)
        self._mark.parent.mkdir(parents=True, exist_ok=True)
        _sweep(connection, run)
        self._mark.touch()

    def append(self, day: date, fixes: pa.Table) -> None:
        """Write the fixes of one day and list them."""
        path = Path(self._run.town.code) / "fixes" / f"day_on={day}" / f"{self._run.id}-{self._n}.parquet"
        data = _encoded(fixes)
        _put(folder() / path, data)
        self._n += 1
        at = pc.min_max(fixes["at"]).as_py()
        self._connection.execute(
            sa.insert(patrol_tables.lake_file).values(
                town_id=self._run.town.id,
                source_id=self._run.source_id,
                load_run_id=self._run.id,
                day_on=day,
                path=path.as_posix(),
                sha256=hashlib.sha256(data).hexdigest(),
                n_rows=fixes.num_rows,
                n_bytes=len(data),
                begin_at=at["min"],
                end_at=at["max"],
            )
        )

    def done(self) -> None:
        """After the commit: nothing of this load is to be swept any more."""
        self._mark.unlink(missing_ok=True)


def _encoded(fixes: pa.Table) -> bytes:
    """Fixes as the bytes of a GeoParquet file: their place is a native point, which GeoPandas and QGIS read."""
    place = [fixes[name].combine_chunks() for name in ("lon", "lat")]
    place = [column.chunk(0) if isinstance(column, pa.ChunkedArray) else column for column in place]
    table = fixes.drop_columns(["lon", "lat"]).append_column("geom", pa.StructArray.from_arrays(place, fields=_PLACE))
    out = io.BytesIO()
    pq.write_table(
        table.replace_schema_metadata({b"geo": json.dumps(_GEO)}), out, compression="zstd", use_dictionary=_CODED,
        column_encoding=_ENCODINGS,
    )  # fmt: skip
    return out.getvalue()


def _put(path: Path, data: bytes) -> None:
    """Write a file so that after a crash it is whole or not there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.new")
    try:
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as err:
        raise StoreError(
            f"The lake cannot be written ({err}). Make room in {folder()}, and load the file again."
        ) from err
    handle = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _marks(town: str) -> Path:
    return folder() / town / ".writing"


def _sweep(connection: Connection, run: Run) -> None:
    """Remove what dead loads of the town wrote and did not list. Inside a merge no other load is writing."""
    f = patrol_tables.lake_file.c
    for mark in _marks(run.town.code).iterdir():
        listed = set(connection.execute(sa.select(f.path).where(f.load_run_id == int(mark.name))).scalars())
        fixes = folder() / run.town.code / "fixes"
        for found in [*fixes.glob(f"*/{mark.name}-*.parquet"), *fixes.glob(f"*/.{mark.name}-*.parquet.new")]:
            if found.relative_to(folder()).as_posix() not in listed:
                found.unlink(missing_ok=True)
        mark.unlink(missing_ok=True)


# ---- retention -------------------------------------------------------------------------------------------------------


def older(connection: Connection, town_id: int, before: date) -> tuple[int, int, int]:
    """Files, fixes and bytes that the lake holds of earlier days."""
    f = patrol_tables.lake_file.c
    query = sa.select(
        sa.func.count(), sa.func.coalesce(sa.func.sum(f.n_rows), 0), sa.func.coalesce(sa.func.sum(f.n_bytes), 0)
    )
    found = connection.execute(query.where(f.town_id == town_id, f.day_on < before, f.removed_at.is_(None))).one()
    return int(found[0]), int(found[1]), int(found[2])


def list_removed(connection: Connection, town_id: int, before: date) -> None:
    """List the files of earlier days as removed; `take_away` removes them once that is committed."""
    f = patrol_tables.lake_file
    is_old = (f.c.town_id == town_id) & (f.c.day_on < before) & f.c.removed_at.is_(None)
    connection.execute(sa.update(f).where(is_old).values(removed_at=sa.func.now()))


def removed(connection: Connection, town_id: int) -> list[str]:
    """The paths of a town's files that are listed as removed."""
    f = patrol_tables.lake_file.c
    query = sa.select(f.path).where(f.town_id == town_id, f.removed_at.is_not(None))
    return list(connection.execute(query).scalars())


def take_away(paths: Sequence[str]) -> None:
    """Remove files that are listed as removed; those that are gone already are passed over."""
    for path in paths:
        (folder() / path).unlink(missing_ok=True)
