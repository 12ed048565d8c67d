"""How fast questions on patrols are answered: `make bench WHAT=patrols ARGS="--runs 20 --only coverage"`.

Asks the town in the current database (GRIDGOV_HOME; --town where there are several) in the forms that an analyst uses: as it
comes, by grid and village, a month by week, the past year, one grid. Beside it, where it makes sense, the same count as one
would write it over what every day tells: plain SQL, or numpy over the cells of the days. A year of the demo town:

    gridgov simulate --months 13 --track-days 365 --out year        # year/README.md lists what to load

Both sides are asked warm and in turns; median, p95 and the worst in milliseconds of the runs of each.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import numpy as np
import sqlalchemy as sa

import gridgov as gg
from gridgov.errors import QuestionError
from gridgov.store import runs as stored
from gridgov.store.database import reading

TARGET_MS = 150.0

_DONE = """
    SELECT g.path[:level], sum(d.minutes), sum(d.metres), sum(d.n_sessions), count(DISTINCT d.day_on)
    FROM patrol_day AS d LEFT JOIN grid AS g ON g.id = d.grid_id
    WHERE d.town_id = :town_id AND d.day_on BETWEEN :since AND :until GROUP BY 1"""
_LAST = """
    SELECT grid_id, max(day_on) FROM patrol_day
    WHERE town_id = :town_id AND n_sessions > 0 AND day_on <= :until GROUP BY 1"""
_ATTENDED = """
    SELECT day_on, grid_id, min(begin_at), max(end_at), sum(minutes) FROM patrol_session
    WHERE town_id = :town_id AND day_on BETWEEN :since AND :until GROUP BY 1, 2"""
_SESSIONS = """
    SELECT *, ST_AsBinary(geom) FROM patrol_session
    WHERE town_id = :town_id AND day_on BETWEEN :since AND :until ORDER BY begin_at DESC LIMIT 200"""
_SWEPT = (
    "SELECT block_row, block_col, bits FROM swept_day WHERE town_id = :town_id AND day_on BETWEEN :since AND :until"
)
_LAND = "SELECT grid_id, block_row, block_col, bits FROM land_cells WHERE set_id = :set_id"


def forms(last: date, grid: str, village: str) -> dict[str, tuple[str, dict[str, Any], str | None, int]]:
    """Name of a form: the question, its arguments, the peer, and the days that the peer looks at."""
    month, year = {"since": last - timedelta(29)}, {"since": last - timedelta(364)}
    weeks, months = {"by": ["week", "grid"], **month}, {"by": ["month", "grid"], **year}
    found: dict[str, tuple[str, dict[str, Any], str | None, int]] = {
        "coverage": ("coverage", {}, "union", 30),
        "coverage, by grid": ("coverage", {"by": "grid"}, "union", 30),
        "coverage, by village": ("coverage", {"by": "village"}, "union", 30),
        "coverage, a month by week and grid": ("coverage", weeks, None, 30),
        "coverage, a month by day and grid": ("coverage", {**weeks, "by": ["day", "grid"]}, None, 30),
        "coverage, a year by grid": ("coverage", {"by": "grid", **year}, "union", 365),
        "coverage, a year by month and grid": ("coverage", months, None, 365),
        "coverage, a year by week and grid": ("coverage", {**months, "by": ["week", "grid"]}, None, 365),
        "coverage, one village": ("coverage", {"scope": village, "by": "grid", **month}, None, 30),
        "recency": ("recency", {}, None, 30),
        "recency, by grid": ("recency", {"by": "grid"}, None, 30),
        "recency, half a year ago": ("recency", {"by": "grid", "as_of": last - timedelta(180)}, None, 30),
        "recency, one village": ("recency", {"scope": village, "by": "grid"}, None, 30),
        "unpatrolled": ("unpatrolled", {}, _LAST, 30),
        "unpatrolled, by village": ("unpatrolled", {"by": "village"}, _LAST, 30),
        "unpatrolled, a year": ("unpatrolled", year, _LAST, 365),
        "unpatrolled, one village": ("unpatrolled", {"scope": village}, None, 30),
        "blind_spots": ("blind_spots", {}, None, 30),
        "blind_spots, 30 days": ("blind_spots", {"days": 30}, None, 30),
        "blind_spots, one village": ("blind_spots", {"scope": village}, None, 30),
        "idle_surface": ("idle_surface", {}, None, 30),
        "idle_surface, half a year ago": ("idle_surface", {"as_of": last - timedelta(180)}, None, 30),
        "idle_surface, one village": ("idle_surface", {"scope": village}, None, 30),
        "revisits": ("revisits", {}, None, 30),
        "revisits, by grid": ("revisits", {"by": "grid"}, None, 30),
        "revisits, a year by grid": ("revisits", {"by": "grid", **year}, None, 365),
        "revisits, one village": ("revisits", {"scope": village, "by": "grid"}, None, 30),
        "visits": ("visits", {}, None, 30),
        "visits, by grid": ("visits", {"by": "grid"}, None, 30),
        "visits, a month by week and grid": ("visits", weeks, None, 30),
        "visits, a year by grid": ("visits", {"by": "grid", **year}, None, 365),
        "visits, a year by month and village": ("visits", {**months, "by": ["month", "village"]}, None, 365),
        "attendance": ("attendance", {}, _ATTENDED, 7),
        "attendance, a year": ("attendance", year, _ATTENDED, 365),
        "mileage": ("mileage", {}, _DONE, 30),
        "mileage, by grid": ("mileage", {"by": "grid"}, _DONE, 30),
        "mileage, a month by week and grid": ("mileage", weeks, _DONE, 30),
        "mileage, a year by grid": ("mileage", {"by": "grid", **year}, _DONE, 365),
        "mileage, a year by month and village": ("mileage", {**months, "by": ["month", "village"]}, _DONE, 365),
        "mileage, one village": ("mileage", {"scope": village, "by": "grid"}, None, 30),
        "checkpoints": ("checkpoints", {}, None, 7),
        "checkpoints, by grid": ("checkpoints", {"by": "grid"}, None, 7),
        "checkpoints, a year by grid": ("checkpoints", {"by": "grid", **year}, None, 365),
        "checkpoints_missed": ("checkpoints_missed", {}, None, 7),
        "plan_adherence": ("plan_adherence", {}, None, 7),
        "plan_adherence, by grid": ("plan_adherence", {"by": "grid"}, None, 7),
        "plan_adherence, a year by grid": ("plan_adherence", {"by": "grid", **year}, None, 365),
        "patrol_sessions": ("patrol_sessions", {}, _SESSIONS, 30),
        "patrol_sessions, one village": ("patrol_sessions", {"scope": village}, None, 30),
        "patrol_sessions, a year": ("patrol_sessions", year, _SESSIONS, 365),
        "playback, one grid": ("playback", {"scope": grid}, None, 1),
        "playback, one village": ("playback", {"scope": village}, None, 1),
        "effort, by grid": ("effort", {"by": "grid"}, None, 30),
        "effort, a year by grid": ("effort", {"by": "grid", **year}, None, 365),
        "need_gap, by grid": ("need_gap", {"by": "grid"}, None, 30),
        "need_gap, a year by village": ("need_gap", {"by": "village", **year}, None, 365),
        "missed, by grid": ("missed", {"by": "grid"}, None, 30),
        "missed, a year by grid": ("missed", {"by": "grid", **year}, None, 365),
        "data_availability": ("data_availability", {}, None, 30),
        "data_availability, by grid": ("data_availability", {"by": "grid"}, None, 30),
        "data_availability, a year by grid": ("data_availability", {"by": "grid", **year}, None, 365),
        "patrol_integrity": ("patrol_integrity", {}, None, 30),
        "patrol_integrity, by village": ("patrol_integrity", {"by": "village"}, None, 30),
    }  # fmt: skip
    return found


def main() -> None:
    """Ask, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--town", help="which, where there are several")
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--only", default="", help="forms whose name begins so")
    parser.add_argument("--no-peer", action="store_true")
    asked = parser.parse_args()
    town = gg.open(asked.town)
    last = date.fromisoformat(town.ask("mileage").meta["until"])
    grids = town.ask("mileage", by="grid").frame.dropna(subset="grid_code").sort_values("minutes")
    grid, village = grids["grid_code"].iloc[-1], grids["parent_code"].iloc[-1]
    print(f"{_size()}; {asked.runs} runs of each, milliseconds\n")
    print(f"{'form':40} {'median':>7} {'p95':>7} {'worst':>7}   {'plain':>7} {'ratio':>7}")
    late = 0
    for name, (question, arguments, peer, days) in forms(last, grid, village).items():
        if not name.startswith(asked.only):
            continue
        theirs = None if asked.no_peer or peer is None else _peer(town, peer, last - timedelta(days - 1), last)
        try:
            times, others = _times(lambda q=question, a=arguments: town.ask(q, **a), theirs, asked.runs)
        except QuestionError as err:
            print(f"{name:40} {err}")
            continue
        middle, worst = statistics.median(times), _p95(times)
        late += worst > TARGET_MS
        beside = f"{statistics.median(others):7.0f} {statistics.median(others) / middle:6.1f}x" if others else ""
        mark = "" if worst <= TARGET_MS else "  late"
        print(f"{name:40} {middle:7.0f} {worst:7.0f} {max(times):7.0f}   {beside:>15}{mark}", flush=True)
    print(f"\n{late} forms above {TARGET_MS:.0f} ms at the 95th percentile.")


def _size() -> str:
    with reading() as connection:
        counts = connection.exec_driver_sql(
            "SELECT (SELECT sum(n_rows) FROM lake_file), (SELECT count(*) FROM tracker), count(DISTINCT day_on) FROM swept_day"
        ).one()
    return "{:,} positions of {:,} devices on {:,} days".format(*counts)


def _peer(town: gg.Town, peer: str, since: date, until: date) -> Callable[[], Any]:
    """The same count over what every day tells."""
    with reading() as connection:
        of = stored.town_of(connection, town.code)
        set_id = connection.execute(
            sa.text("SELECT max(set_id) FROM grid_ground WHERE town_id = :town_id"), {"town_id": of.id}
        ).scalar_one()
    values = {"town_id": of.id, "since": since, "until": until, "level": 3, "set_id": set_id}

    def rows(sql: str) -> Any:
        query = sa.text(sql)
        with reading() as connection:
            return connection.execute(query, {k: v for k, v in values.items() if k in query._bindparams}).all()

    def union() -> Any:
        """Cells of each grid that any day saw: the blocks of all days united, then shared with those of the grids."""
        seen: dict[tuple[int, int], Any] = {}
        for row, col, bits in rows(_SWEPT):
            words = np.frombuffer(bits, np.uint8)
            held = seen.get((row, col))
            seen[row, col] = words if held is None else held | words
        n: dict[int, int] = {}
        for grid_id, row, col, bits in rows(_LAND):
            held = seen.get((row, col))
            if held is not None:
                shared = int(np.unpackbits(np.frombuffer(bits, np.uint8) & held).sum())
                n[grid_id] = n.get(grid_id, 0) + shared
        return n

    return union if peer == "union" else lambda: rows(peer)


def _times(ours: Callable[[], Any], theirs: Callable[[], Any] | None, n_runs: int) -> tuple[list[float], list[float]]:
    """Milliseconds of each, in turns; a first run of each is not counted. The peer is asked thrice."""
    found: tuple[list[float], list[float]] = ([], [])
    ours()
    for k in range(n_runs):
        found[0].append(_ms(ours))
        if theirs is not None and k < 3:
            found[1].append(_ms(theirs))
    return found


def _ms(side: Callable[[], Any]) -> float:
    began = time.perf_counter()
    side()
    return 1_000 * (time.perf_counter() - began)


def _p95(times: list[float]) -> float:
    return sorted(times)[max(0, -(-len(times) * 95 // 100) - 1)]


if __name__ == "__main__":
    main()
