"""Helpers of the tests of patrols: files of tracks made by hand, and what the tables say of them without surrogate ids."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from gridgov.pipelines.kinds import load
from gridgov.pipelines.report import LoadReport
from gridgov.sources.mapping import Mapping, parse_mapping
from tests.support import METRIC, point, query, write_rows

ZONE = ZoneInfo("Asia/Shanghai")
HEAD = ("device", "person", "at", "x", "y", "accuracy", "mode")
METRE = 1 / 111_000
"""Of a degree, about."""

TRACKS = """
kind = "tracks"
town = "{town}"
source = "{source}"
time_zone = "Asia/Shanghai"
datum = "WGS84"
{more}
[about]
time_zone = "Asia/Shanghai"
crs = "{crs}"
[columns]
device = "device"
person = "person"
at = "at"
lon = "x"
lat = "y"
accuracy = "accuracy"
mode = "mode"
[units]
accuracy = "m"
[personal]
device = "pseudonym"
person = "pseudonym"
"""

Fix = dict[str, Any]


def track_mapping(town: str, *, source: str = "phones", more: str = "") -> Mapping:
    """A mapping for files with the columns of HEAD."""
    return parse_mapping(TRACKS.format(town=town, source=source, more=more, crs=METRIC))


def local(day: date, hour: float) -> datetime:
    """A local time of the towns."""
    return datetime(day.year, day.month, day.day, tzinfo=ZONE) + pd.Timedelta(hours=hour).to_pytimedelta()


def walk(
    device: str, begin: datetime, n: int, *, start: tuple[float, float] = (0.5, 0.5), step: tuple[float, float] = (10, 0),
    every_s: float = 10, **more: Any,
) -> list[Fix]:  # fmt: skip
    """Fixes of somebody who goes straight on: `start` in units of the squares, `step` in metres east and north."""
    x, y = point(*start)
    return [
        {
            "device": device,
            "at": (begin.astimezone(ZONE) + pd.Timedelta(seconds=k * every_s).to_pytimedelta()).strftime("%Y-%m-%d %H:%M:%S"),
            "x": round(x + k * step[0] * METRE, 7),
            "y": round(y + k * step[1] * METRE, 7),
            **more,
        }
        for k in range(n)
    ]  # fmt: skip


def load_fixes(folder: Path, town: str, rows: Iterable[Fix], *, name: str = "tracks", **how: Any) -> LoadReport:
    """Load fixes as a file of their own."""
    return load("tracks", write_rows(folder / f"{name}.csv", rows, HEAD), track_mapping(town, **how))


def days_since_1970(day: date) -> int:
    """The number of a day."""
    return (day - datetime(1970, 1, 1, tzinfo=UTC).date()).days


def _seen(table: str, key: str) -> str:
    """The counts of each grid, number by number: ids differ from town to town."""
    before, n, n_due = (
        " | ".join(f"get_byte(s.counts, 16 * k + {at + b}) << {8 * b}" for b in range(4)) for at in (4, 8, 12)
    )
    grid = " | ".join(f"get_byte(s.counts, 16 * k + {b}) << {8 * b}" for b in range(4))
    return f"""
        SELECT s.{key}, g.code AS grid, {before} AS before, {n} AS n, {n_due} AS n_due
        FROM gridgov.{table} s CROSS JOIN generate_series(0, length(s.counts) / 16 - 1) AS k
        JOIN gridgov.grid g ON g.id = ({grid})"""


PATROLS = {
    "session": """
        SELECT s.code AS source, t.device, w.code AS worker, p.day_on, p.begin_at, p.end_at, p.n_fixes, p.metres, p.effective_m,
          p.minutes, p.stop_min, p.n_stops, p.gap_s, p.longest_step_s, p.cut, p.outside_share, p.mode, g.code AS grid,
          p.is_line_kept, ST_AsEWKB(p.geom) AS geom
        FROM gridgov.patrol_session p JOIN gridgov.source s ON s.id = p.source_id JOIN gridgov.tracker t ON t.id = p.tracker_id
        JOIN gridgov.worker w ON w.id = p.worker_id LEFT JOIN gridgov.grid g ON g.id = p.grid_id""",
    "swept": """
        SELECT w.code AS worker, s.day_on, s.block_row, s.block_col, s.bits
        FROM gridgov.swept s JOIN gridgov.worker w ON w.id = s.worker_id""",
    "swept_day": "SELECT day_on, block_row, block_col, bits FROM gridgov.swept_day",
    "patrol_day": """
        SELECT w.code AS worker, p.day_on, coalesce(g.code, 'outside') AS grid, p.n_sessions, p.minutes, p.stop_min, p.metres,
          p.effective_m, p.n_fixes, p.n_cells, p.n_due_cells
        FROM gridgov.patrol_day p JOIN gridgov.worker w ON w.id = p.worker_id LEFT JOIN gridgov.grid g ON g.id = p.grid_id""",
    "patrol_finding": """
        SELECT p.day_on, t.device, w.code AS worker, p.kind, o.code AS other, p.begin_at, p.end_at, p.earlier_at, p.measure,
          p.n, p.n_of
        FROM gridgov.patrol_finding p JOIN gridgov.tracker t ON t.id = p.tracker_id
        JOIN gridgov.worker w ON w.id = p.worker_id LEFT JOIN gridgov.worker o ON o.id = p.other_id""",
    "patrol_shape": """
        SELECT p.day_on, t.device, w.code AS worker, p.begin_at, p.end_at, p.places
        FROM gridgov.patrol_shape p JOIN gridgov.tracker t ON t.id = p.tracker_id JOIN gridgov.worker w ON w.id = p.worker_id""",
    "grid_day": """
        SELECT p.day_on, coalesce(g.code, 'outside') AS grid, p.n_sessions, p.minutes, p.stop_min, p.metres, p.effective_m
        FROM gridgov.grid_day p LEFT JOIN gridgov.grid g ON g.id = p.grid_id""",
    "grid_month": """
        SELECT p.month_on, coalesce(g.code, 'outside') AS grid, p.days, p.n_sessions, p.minutes, p.stop_min, p.metres,
          p.effective_m
        FROM gridgov.grid_month p LEFT JOIN gridgov.grid g ON g.id = p.grid_id""",
    "seen_day": _seen("seen_day", "day_on"),
    "seen_month": _seen("seen_month", "month_on"),
    "route_walk": "SELECT day_on, route, n_seen FROM gridgov.route_walk",
    "checkpoint_visit": "SELECT day_on, checkpoint, n, last_at FROM gridgov.checkpoint_visit",
    "case_track": """
        SELECT c.case_no, p.reported_at, ST_AsBinary(p.geom) AS geom, p.passed_at, w.code AS worker, t.device, p.apart_m
        FROM gridgov.case_track p JOIN gridgov.case_record c ON c.id = p.case_id
        LEFT JOIN gridgov.worker w ON w.id = p.worker_id LEFT JOIN gridgov.tracker t ON t.id = p.tracker_id""",
    "last_visit": "SELECT month_on, block_row, block_col, days_ago FROM gridgov.last_visit",
}
"""What each table of patrols says."""


def patrols(*names: str) -> dict[str, list[str]]:
    """The content of the tables of patrols, row by row: equal contents mean equal tables."""
    return {name: sorted(map(repr, query(PATROLS[name]).itertuples(index=False))) for name in names or PATROLS}


def n_cells(bits: Iterable[bytes]) -> int:
    """How many bits are set."""
    return int(np.unpackbits(np.frombuffer(b"".join(bits), np.uint8)).sum())
