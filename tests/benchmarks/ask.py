"""How fast questions are answered, beside plain SQL on the table of cases: `make bench WHAT=ask ARGS="--scale 40 --home DIR"`.

A town is simulated and loaded once into a state folder of its own (kept with --home); each question is then asked in its form
for a dashboard: the town, the last full month, by village. The peer is the same count as one would write it over the table of
cases and its events. `--add-day` times how long a day's 10,000 events take to load; compare it between two sizes.

Both sides are asked warm and in turns; p50 and p95 in milliseconds of the runs of each.
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import sqlalchemy as sa

import gridgov as gg
from gridgov.cli.demo import load_town
from gridgov.errors import QuestionError
from gridgov.pipelines.kinds import load
from gridgov.settings import settings
from gridgov.simulate.scenario import read_scenario
from gridgov.simulate.town import simulate
from gridgov.sources.mapping import parse_mapping
from gridgov.store import cluster, migrate
from gridgov.store import runs as stored
from gridgov.store.database import reading

CASES_PER_SCALE = 250_000

_OPEN = "c.reported_at <= :at AND (c.closed_at IS NULL OR c.closed_at > :at)"
_BY_VILLAGE = "FROM case_record AS c JOIN grid AS g ON g.id = c.grid_id WHERE c.town_id = :town_id AND"
_BACKLOG = f"SELECT g.path[2], count(*), count(*) FILTER (WHERE c.due_at < :at) {_BY_VILLAGE} {_OPEN} GROUP BY 1"
_LIST = f"SELECT c.* {_BY_VILLAGE} {_OPEN} AND c.due_at < :at ORDER BY c.due_at LIMIT 50"
_FLOW = f"""
    SELECT g.path[2], count(*), 0 {_BY_VILLAGE} c.reported_at >= :since AND c.reported_at < :until GROUP BY 1
    UNION ALL
    SELECT g.path[2], 0, count(*) {_BY_VILLAGE} c.closed_at >= :since AND c.closed_at < :until GROUP BY 1"""
_DUE = f"""
    SELECT g.path[2], count(*), count(*) FILTER (WHERE c.closed_at <= c.due_at)
    {_BY_VILLAGE} c.due_at >= :since AND c.due_at < :until AND c.track IS DISTINCT FROM 'self_handled' GROUP BY 1"""
_CLOSING = f"""
    SELECT g.path[2], percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY c.closed_at - c.reported_at)
    {_BY_VILLAGE} c.reported_at >= :since AND c.reported_at < :until AND c.track = 'dispatched' GROUP BY 1"""
_NODES = f"""
    SELECT village, event, count(*), avg(after - at), percentile_cont(0.5) WITHIN GROUP (ORDER BY after - at)
    FROM (
      SELECT g.path[2] AS village, e.event, e.at, lead(e.at) OVER (PARTITION BY e.case_id ORDER BY e.at, e.seq) AS after
      {_BY_VILLAGE.replace("WHERE", "JOIN case_event AS e ON e.case_id = c.id WHERE")}
        c.closed_at >= :since AND c.closed_at < :until AND c.track = 'dispatched' AND e.retired_run_id IS NULL
    ) AS steps GROUP BY 1, 2"""
_HANDED = """
    SELECT before, unit_id, count(*) FROM (
      SELECT e.at, e.unit_id, lag(e.unit_id) OVER (PARTITION BY e.case_id ORDER BY e.at, e.seq) AS before
      FROM case_event AS e WHERE e.event = 'dispatched' AND e.retired_run_id IS NULL AND e.at < :until
        AND e.case_id IN (SELECT e.case_id FROM case_event AS e WHERE e.event = 'dispatched' AND e.at >= :since AND e.at < :until)
    ) AS handed WHERE before <> unit_id AND at >= :since GROUP BY 1, 2"""
_HAPPENED = """
    SELECT c.unit_id, count(DISTINCT e.case_id) FROM case_event AS e JOIN case_record AS c ON c.id = e.case_id
    WHERE c.town_id = :town_id AND e.event = :event AND e.retired_run_id IS NULL AND e.at >= :since AND e.at < :until
    GROUP BY 1"""

_DAY = 10_000
_CLOSED_LATELY = f"""
    SELECT c.case_no FROM case_fact AS f JOIN case_record AS c ON c.id = f.case_id
    JOIN source AS o ON o.id = c.source_id AND o.code = 'platform'
    WHERE f.ended = 'closed' AND c.track = 'dispatched' ORDER BY f.ended_at DESC LIMIT {3 * _DAY}"""

_MONTH: dict[str, Any] = {"by": "village", "during": "month"}
_PAGE: dict[str, Any] = {"limit": 50}


def forms(year: dict[str, Any]) -> dict[str, tuple[str, dict[str, Any], str | None, dict[str, Any]]]:
    """Name of a form: the question, its arguments, the peer and parameters of its own."""
    return {
        "backlog": ("backlog", {"by": "village"}, _BACKLOG, {}),
        "backlog, a past day": ("backlog", {"by": "village", "as_of": year["day"]}, _BACKLOG, {"at": year["at"]}),
        "backlog, past instant, a category": (
            "backlog", {"by": "village", "as_of": year["at"].isoformat(), "where": {"category": year["category"]}},
            _BACKLOG.replace(_OPEN, f"{_OPEN} AND c.item_id IN (SELECT id FROM item WHERE category = :category)"),
            {"at": year["at"], "category": year["category"]},
        ),
        "backlog, each day of a month": ("backlog_trend", {"by": ["day", "village"], "during": "month"}, None, {}),
        "ageing": ("ageing", {"by": "village"}, _BACKLOG, {}),
        "lights": ("lights", {"by": "village"}, _BACKLOG, {}),
        "due": ("due", {"by": "village"}, _BACKLOG, {}),
        "at_risk": ("at_risk", _PAGE, _LIST.replace("c.due_at < :at", "c.due_at >= :at"), {}),
        "overdue": ("overdue", _PAGE, _LIST, {}),
        "flow": ("flow", {"by": ["month", "village"], "during": "month"}, _FLOW, {}),
        "flow, a year": ("flow", {"by": ["month", "village"], **year["span"]}, _FLOW, year["bounds"]),
        "on_time": ("on_time", _MONTH, _DUE, {}),
        "on_time, a year": ("on_time", {"by": "village", **year["span"]}, _DUE, year["bounds"]),
        "on_time, a unit's categories": (
            "on_time", {"by": "category", "during": "month", "where": {"unit": year["unit"]}},
            _DUE.replace("c.due_at >=", "c.unit_id = (SELECT id FROM unit WHERE name = :unit) AND c.due_at >=", 1),
            {"unit": year["unit"]},
        ),
        "time_to_close": ("time_to_close", _MONTH, _CLOSING, {}),
        "time_to_close, a year": ("time_to_close", {"by": "village", **year["span"]}, _CLOSING, year["bounds"]),
        "node_times": ("node_times", _MONTH, _NODES, {}),
        "node_times, a year": ("node_times", {"by": "village", **year["span"]}, _NODES, year["bounds"]),
        "handover": ("handover", {"during": "month"}, _HANDED, {}),
        "handover, a year": ("handover", year["span"], _HANDED, year["bounds"]),
        "bounces": ("bounces", _MONTH, _HANDED, {}),
        "nobodys": ("nobodys", {"during": "month"}, _HANDED, {}),
        "rework": ("rework", _MONTH, _HAPPENED, {"event": "rework"}),
        "extensions": ("extensions", _MONTH, _HAPPENED, {"event": "extended"}),
        "reopened": ("reopened", _MONTH, _HAPPENED, {"event": "reopened"}),
        "supervision": ("supervision", _MONTH, _HAPPENED, {"event": "urged"}),
        "suspended": ("suspended", _PAGE, _LIST, {}),
        "closure_level": ("closure_level", _MONTH, _FLOW, {}),
        "duplicates": ("duplicates", _MONTH, None, {}),
        "repeats": ("repeats", _MONTH, None, {}),
        "integrity": ("integrity", {"during": "month"}, None, {}),
        "hotline": ("hotline", _MONTH, None, {}),
        "bulletin": ("bulletin", {"during": "month"}, None, {}),
        "cases, first page": ("cases", _PAGE, f"SELECT c.* {_BY_VILLAGE} TRUE ORDER BY c.reported_at DESC LIMIT 50", {}),
        "hierarchy": ("hierarchy", {}, _BACKLOG, {}),
    }  # fmt: skip


def main() -> None:
    """Make the town unless it is there, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help=f"1 = about {CASES_PER_SCALE:,} cases in 25 months")
    parser.add_argument("--months", type=int, default=25)
    parser.add_argument("--home", type=Path, help="keep the town here, or ask the one that is there")
    parser.add_argument("--files", type=Path, help="a town simulated before")
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--only", help="forms whose name begins so")
    parser.add_argument("--add-day", action="store_true", help="time the load of a day's events instead")
    asked = parser.parse_args()
    home = asked.home or Path(tempfile.mkdtemp(prefix="gridgov-bench-"))
    os.environ["GRIDGOV_HOME"] = str(home)
    settings.cache_clear()
    _make(home, asked.files, asked.months, asked.scale)
    if asked.add_day:
        _add_day(home)
    else:
        _ask(asked.runs, asked.only)


def _make(home: Path, files: Path | None, months: int, scale: float) -> None:
    cluster.private().up()
    migrate.upgrade()
    done = home / "bench.loaded"
    if done.exists():
        return
    if files is None:
        files = home / "files"
        simulate(read_scenario("xiake", months=months, scale=scale), files, track_days=0)
    began = time.monotonic()
    load_town(files)
    done.touch()
    print(f"loaded in {time.monotonic() - began:,.0f} s")


def _ask(runs: int, only: str | None) -> None:
    town = gg.open("xiake")
    with reading() as connection:
        of = stored.town_of(connection, "xiake")
        n_cases, n_events = (
            connection.exec_driver_sql(f"SELECT count(*) FROM {name}").scalar_one()
            for name in ("case_record", "case_event")
        )
    print(f"{n_cases:,} cases, {n_events:,} facts in their ledgers; {runs} runs of each, milliseconds\n")
    print(f"{'form':36} {'p50':>8} {'p95':>8}   {'plain p50':>9} {'plain p95':>9} {'ratio':>7}")
    month = town.ask("on_time", during="month")
    last = month.meta["until"]
    unit = town.ask("on_time", by="unit", during="month").frame.sort_values("n_due")["unit"].dropna().iloc[-1]
    category = town.ask("backlog", by="category").frame["category"].dropna().iloc[0]
    zone = ZoneInfo(of.time_zone)
    begin, end = (
        pd.Timestamp(month.meta["since"], tz=zone), pd.Timestamp(last, tz=zone) + timedelta(days=1)
    )  # fmt: skip
    year = {
        "day": (begin - timedelta(days=180)).date().isoformat(),
        "at": (begin - timedelta(days=180) + timedelta(hours=10)).to_pydatetime(),
        "span": {"since": (end - pd.DateOffset(years=1)).date().isoformat(), "until": last},
        "bounds": {"since": (end - pd.DateOffset(years=1)).to_pydatetime()},
        "unit": unit,
        "category": category,
    }
    common = {
        "town_id": of.id, "at": (end - timedelta(microseconds=1)).to_pydatetime(), "since": begin.to_pydatetime(),
        "until": end.to_pydatetime(),
    }  # fmt: skip
    for name, (question, arguments, peer, more) in forms(year).items():
        if only and not name.startswith(only):
            continue
        try:
            ours, theirs = _times(lambda q=question, a=arguments: town.ask(q, **a), _plain(peer, common | more), runs)
        except QuestionError as err:
            print(f"{name:36} {err}")
            continue
        ratio = f"{statistics.median(theirs) / statistics.median(ours):6.1f}x" if theirs else "     –"
        other = f"{statistics.median(theirs):9.0f} {_p95(theirs):9.0f}" if theirs else f"{'–':>9} {'–':>9}"
        print(f"{name:36} {statistics.median(ours):8.0f} {_p95(ours):8.0f}   {other} {ratio:>7}", flush=True)


def _plain(peer: str | None, values: dict[str, Any]) -> Callable[[], Any] | None:
    """The peer, with only the parameters it names."""
    if peer is None:
        return None
    query = sa.text(peer)
    given = {name: value for name, value in values.items() if name in query._bindparams}

    def run() -> Any:
        with reading() as connection:
            return connection.execute(query, given).all()

    return run


def _times(ours: Callable[[], Any], theirs: Callable[[], Any] | None, runs: int) -> tuple[list[float], list[float]]:
    """Milliseconds of each, in turns; a first run of each is not counted. A slow peer is asked thrice."""
    found: tuple[list[float], list[float]] = ([], [])
    for side, times in zip((ours, theirs), found, strict=True):
        if side is not None:
            side()
            times.append(_ms(side))
    for k in range(runs - 1):
        found[0].append(_ms(ours))
        if theirs is not None and (k < 2 or found[1][0] < 1_000):
            found[1].append(_ms(theirs))
    return found


def _ms(side: Callable[[], Any]) -> float:
    began = time.perf_counter()
    side()
    return 1_000 * (time.perf_counter() - began)


def _p95(times: list[float]) -> float:
    return sorted(times)[max(0, -(-len(times) * 95 // 100) - 1)]


def _add_day(home: Path) -> None:
    """10,000 events after the last one told, to as many cases closed lately: a third opens them again; loaded as one file."""
    with reading() as connection:
        at = pd.Timestamp(
            connection.exec_driver_sql("SELECT max(newest_at) FROM load_run WHERE kind = 'events' AND status = 'done'")
            .scalar_one()
        )  # fmt: skip
        numbers = connection.exec_driver_sql(_CLOSED_LATELY).scalars().all()
    mapping = parse_mapping(
        'kind = "events"\ntown = "xiake"\nsource = "platform"\ntime_zone = "UTC"\n'
        '[columns]\ncase_no = "no"\nat = "at"\nevent = "what"\nreason = "why"\nrating = "rating"\n'
    )
    random = np.random.default_rng(1)
    for turn in range(3):
        rows = pd.DataFrame({"no": numbers[turn * _DAY : (turn + 1) * _DAY]})
        rows["at"] = (at + pd.to_timedelta(86_400 * turn + random.integers(1, 80_000, len(rows)), "s")).strftime(
            "%FT%T"
        )
        rows["what"] = random.choice(["reopened", "evaluated", "evidence"], len(rows))
        rows["why"] = np.where(rows["what"] == "reopened", "not solved", "")
        rows["rating"] = np.where(rows["what"] == "evaluated", "satisfied", "")
        path = home / f"day{time.time_ns()}.csv"
        rows.to_csv(path, index=False)
        began = time.monotonic()
        report = load("events", path, mapping)
        told = f"{report.loaded:,} loaded, {report.quarantined:,} quarantined"
        print(f"{len(rows):,} events: {time.monotonic() - began:6.2f} s ({told})")


if __name__ == "__main__":
    main()
