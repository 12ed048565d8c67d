"""Patrols in the store: devices, who had them, and what is derived of a day, replaced as a whole by device or worker."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Connection

from gridgov.analytics.patrol.cells import Cells, block_key, block_place, together, union
from gridgov.analytics.patrol.cleaning import FILTERS
from gridgov.store import patrol_tables, tables
from gridgov.store.copying import EPOCH_2000, block, copy_rows, day, number, word
from gridgov.store.database import run
from gridgov.store.rulebook import patrol_rules_of
from gridgov.store.visits import EPOCH, cells_of

_DERIVED = (
    "patrol_session",
    "swept",
    "swept_day",
    "patrol_day",
    "grid_day",
    "patrol_finding",
    "patrol_shape",
    "route_walk",
    "checkpoint_visit",
)


@dataclass(frozen=True)
class SessionRows:
    """Sessions of a day as they are written: a frame with the columns of the table, times in microseconds, and their lines.

    lines  EWKB, None where a session has no line or its line is no longer kept
    """

    frame: pd.DataFrame
    lines: list[bytes | None]


def trackers(connection: Connection, town_id: int, source_id: int, devices: Iterable[str]) -> dict[str, int]:
    """The trackers of some devices (pseudonyms), made where they are new."""
    t = patrol_tables.tracker
    rows = [{"town_id": town_id, "source_id": source_id, "device": device} for device in sorted(devices)]
    if rows:
        connection.execute(insert(t).on_conflict_do_nothing(index_elements=["source_id", "device"]), rows)
    known = connection.execute(sa.select(t.c.device, t.c.id).where(t.c.source_id == source_id))
    return {row.device: row.id for row in known}


def workers(connection: Connection, town_id: int, codes: Iterable[str]) -> dict[str, int]:
    """The workers of some codes, made where they are new."""
    w = patrol_tables.worker
    rows = [{"town_id": town_id, "code": code} for code in sorted(codes)]
    if rows:
        connection.execute(insert(w).on_conflict_do_nothing(index_elements=["town_id", "code"]), rows)
    known = connection.execute(sa.select(w.c.code, w.c.id).where(w.c.town_id == town_id))
    return {row.code: row.id for row in known}


def workers_of(connection: Connection, town_id: int, on: date, tracker_ids: Iterable[int]) -> set[int]:
    """Who carried some trackers on a day, as is written."""
    values = {"town_id": town_id, "day_on": on, "tracker_ids": list(tracker_ids)}
    return set(run(connection, "load/patrol/workers_of", values).scalars())


def gaps(connection: Connection, town_id: int) -> dict[int, int | None]:
    """The silence that ends the sessions of each of a town's sources of tracks (seconds; None = as the rules say)."""
    p, s = patrol_tables.patrol_source.c, tables.source.c
    query = sa.select(p.source_id, p.gap_s).join(tables.source, s.id == p.source_id).where(s.town_id == town_id)
    return {row.source_id: row.gap_s for row in connection.execute(query)}


def keep_gap(connection: Connection, source_id: int, gap_s: int | None) -> None:
    """A source's sessions are cut by a silence of its own, from its first load on."""
    row = insert(patrol_tables.patrol_source).values(source_id=source_id, gap_s=gap_s)
    connection.execute(row.on_conflict_do_nothing(index_elements=["source_id"]))


# ---- a day -----------------------------------------------------------------------------------------------------------


def replace_day(
    connection: Connection, town_id: int, on: date, tracker_ids: list[int], worker_ids: list[int], sessions: SessionRows,
    cells: Cells, figures: pd.DataFrame,
) -> dict[int, bytes]:  # fmt: skip
    """Write what is derived of a day: the sessions of some trackers, the cells and figures of some workers.

    cells    with the worker as owner
    figures  columns of patrol_day by grid and worker
    returns  the blocks in which anybody came near other cells on that day than was known, each with what was known
    """
    of_day = {"town_id": town_id, "day_on": on}
    for table, name, ids in (
        (patrol_tables.patrol_session, "tracker_id", tracker_ids),
        (patrol_tables.swept, "worker_id", worker_ids),
        (patrol_tables.patrol_day, "worker_id", worker_ids),
    ):
        c = table.c
        connection.execute(sa.delete(table).where(c.town_id == town_id, c.day_on == on, c[name].in_(ids)))
    _write_sessions(connection, of_day, sessions)
    _write_cells(connection, "swept", of_day, cells, {"worker_id": number(cells.owner, "i4")})
    _write_figures(connection, of_day, figures)
    run(connection, "load/patrol/clear_grids", of_day)
    run(connection, "load/patrol/grids", of_day)
    run(connection, "load/patrol/follow", {"tracker_ids": tracker_ids, "day_on": on})
    return _unite(connection, of_day, worker_ids, cells)


def _unite(connection: Connection, of_day: dict[str, object], worker_ids: list[int], cells: Cells) -> dict[int, bytes]:
    """Write the union of a day: of the workers written now and of the others."""
    rows = run(connection, "load/patrol/swept_by_others", {**of_day, "worker_ids": worker_ids}).all()
    others = cells_of(
        np.zeros(len(rows), np.int64),
        np.array([row.block_row for row in rows], np.int64),
        np.array([row.block_col for row in rows], np.int64),
        [row.bits for row in rows],
    )
    whole = together(others, union(cells))
    d = patrol_tables.swept_day
    is_it = (d.c.town_id == of_day["town_id"]) & (d.c.day_on == of_day["day_on"])
    known = {int(block_key(r.block_row, r.block_col)): r.bits for r in connection.execute(sa.select(d).where(is_it))}
    now = {key: words.tobytes() for key, words in zip(whole.block.tolist(), whole.bits.astype("<u8"), strict=True)}
    changed = {key: known.get(key, b"") for key in known.keys() | now.keys() if known.get(key) != now.get(key)}
    if changed:
        connection.execute(sa.delete(d).where(is_it))
        _write_cells(connection, "swept_day", of_day, whole, {})
    return changed


def _write_sessions(connection: Connection, of_day: dict[str, object], sessions: SessionRows) -> None:
    frame = sessions.frame
    n = len(frame)
    fields = _keys(of_day, n)
    fields |= {
        name: number(frame[name], "i4") for name in ("source_id", "tracker_id", "worker_id", "n_fixes", "n_stops")
    }
    for name in ("begin_at", "end_at"):
        fields[name] = number(frame[name].to_numpy(np.int64) - EPOCH_2000 * 1_000_000, "i8")
    for name in ("metres", "effective_m", "minutes", "stop_min", "gap_s", "longest_step_s", "outside_share"):
        fields[name] = number(frame[name], "f8", frame[name].isna())
    for name in ("cut", "mode"):
        coded = pd.Categorical(frame[name])
        fields[name] = word(coded.codes, [str(text) for text in coded.categories])
    fields["grid_id"] = number(frame["grid_id"], "i4", frame["grid_id"] < 0)
    fields["is_line_kept"] = number(np.ones(n), "i1")
    copy_rows(connection, "patrol_session", fields, last=("geom", sessions.lines))


def _write_cells(
    connection: Connection, table: str, of_day: dict[str, object], cells: Cells, more: dict[str, object]
) -> None:
    row, col = block_place(cells.block)
    fields = _keys(of_day, len(row)) | more
    fields |= {"block_row": number(row, "i4"), "block_col": number(col, "i4"), "bits": block(cells.bits.astype("<u8"))}
    copy_rows(connection, table, fields)


def _write_figures(connection: Connection, of_day: dict[str, object], figures: pd.DataFrame) -> None:
    fields = _keys(of_day, len(figures))
    fields |= {name: number(figures[name], "i4") for name in ("grid_id", "worker_id", "n_sessions", "n_fixes")}
    fields |= {name: number(figures[name], "f8") for name in ("minutes", "stop_min", "metres", "effective_m")}
    for name in ("n_cells", "n_due_cells"):
        fields[name] = number(figures[name].fillna(0), "i4", figures[name].isna())
    copy_rows(connection, "patrol_day", fields)


def _keys(of_day: Mapping[str, object], n: int) -> dict:
    on = of_day["day_on"]
    assert isinstance(on, date)  # noqa: S101
    return {"town_id": number(np.full(n, of_day["town_id"]), "i2"), "day_on": day(np.full(n, (on - EPOCH).days))}


def lines_of(
    lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64], t: npt.NDArray[np.float64], first: npt.NDArray[np.int64]
) -> list[bytes | None]:
    """LineStrings M in EPSG:4326 as EWKB: vertices first[k] ... first[k + 1] - 1 of line k; None for a single vertex."""
    data = np.column_stack([lon, lat, t]).astype("<f8").tobytes()
    head = b"\x01" + (0x60000002).to_bytes(4, "little") + (4326).to_bytes(4, "little")
    places = first.tolist()
    return [
        head + (b - a).to_bytes(4, "little") + data[24 * a : 24 * b] if b - a > 1 else None for a, b in pairwise(places)
    ]


# ---- all days --------------------------------------------------------------------------------------------------------


def sum_months(connection: Connection, town_id: int, days: Iterable[date]) -> None:
    """Bring up to date what was done in the months of some days."""
    values = {"town_id": town_id, "months": sorted({on.replace(day=1) for on in days})}
    run(connection, "load/patrol/clear_months", values)
    least = patrol_rules_of(connection, town_id).patrol.patrolled_min
    run(connection, "load/patrol/grid_months", values | {"patrolled_min": least})


def carry_over(connection: Connection, town_id: int, set_id: int, new_set_id: int) -> None:
    """Before a version of the grids is taken away: what was counted in them is counted in those of the same code."""
    values = {"town_id": town_id, "set_id": set_id, "new_set_id": new_set_id}
    for table in ("patrol_session", "patrol_day", "grid_day", "grid_month"):
        run(connection, "load/patrol/same_grids", values, table=table)


def forget(connection: Connection, town_id: int, after: date | None) -> None:
    """Remove what is derived of the days after one (None = of all)."""
    m = patrol_tables.grid_month
    hangs_on = m.c.town_id == town_id
    hangs_on = hangs_on if after is None else hangs_on & (m.c.month_on >= after.replace(day=1))
    connection.execute(sa.delete(m).where(hangs_on))
    for name in _DERIVED:
        c = getattr(patrol_tables, name).c
        chosen = c.town_id == town_id if after is None else (c.town_id == town_id) & (c.day_on > after)
        connection.execute(sa.delete(getattr(patrol_tables, name)).where(chosen))


def write_clean_report(connection: Connection, town_id: int, counts: Mapping[int, Mapping[str, int]]) -> None:
    """What became of the fixes that loads brought: by load and filter, in place of what was known of those loads."""
    r = patrol_tables.clean_report
    connection.execute(sa.delete(r).where(r.c.load_run_id.in_(list(counts))))
    rows = [
        {"town_id": town_id, "load_run_id": run_id, "filter": name, "n": caught.get(name, 0)}
        for run_id, caught in sorted(counts.items())
        for name in FILTERS
    ]
    if rows:
        connection.execute(sa.insert(r), rows)


def n_lines(connection: Connection, town_id: int, before: date) -> int:
    """How many sessions of earlier days still have their line."""
    s = patrol_tables.patrol_session.c
    query = sa.select(sa.func.count()).where(s.town_id == town_id, s.day_on < before, s.is_line_kept)
    return connection.execute(query).scalar_one()


def drop_lines(connection: Connection, town_id: int, before: date) -> None:
    """Take the lines from the sessions of earlier days."""
    s = patrol_tables.patrol_session
    is_old = (s.c.town_id == town_id) & (s.c.day_on < before) & s.c.is_line_kept
    connection.execute(sa.update(s).where(is_old).values(geom=None, is_line_kept=False))
