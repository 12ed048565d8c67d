"""The patrols of the demo town: who walks where and when, and what the devices write down of it.

`shifts` lists who patrols when, for years, in no time; `write_patrols` writes the raw tracks of the last days, the plan
that they should have followed, and the list of devices. What is hidden in the tracks is returned and stands in no file.
"""

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from gridgov import crs
from gridgov.simulate.model import Days, Land, Organisation
from gridgov.simulate.patrols.planted import iso, truth
from gridgov.simulate.patrols.sessions import Patrols
from gridgov.simulate.patrols.shifts import shifts
from gridgov.simulate.patrols.tracks import TrackFiles, Written, written
from gridgov.simulate.scenario import Scenario
from gridgov.simulate.writing import in_degrees, write_gpkg, write_table

__all__ = ["Patrols", "shifts", "write_patrols"]

_AT_ONCE = 2


def write_patrols(
    scenario: Scenario, land: Land, organisation: Organisation, days: Days, out: Path, *, last_days: int = 90,
    report_places: pd.DataFrame | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Write tracks/, patrol_plan.gpkg and devices.csv into a folder; memory does not grow with the days.

    last_days      how many days at the end of the period have raw tracks
    report_places  see Patrols
    Returns the truth: what is planted, by name; `fixes`, `sessions`; `days`, a row for each day: day, sessions, fixes,
    km (really gone), hours (of shifts).
    """
    patrols = Patrols(scenario, land, organisation, days, report_places)
    out.mkdir(parents=True, exist_ok=True)
    _write_plan(patrols, land, out / "patrol_plan.gpkg")
    _write_devices(patrols, out / "devices.csv")
    zone = ZoneInfo(scenario.town["time_zone"])
    offset = zone.utcoffset(datetime(2025, 1, 1))  # the zone has no summer time
    ahead = int(offset.total_seconds()) if offset is not None else 0
    first = max(scenario.begin_day, scenario.end_day - last_days)
    rows: list[dict[str, Any]] = []

    def make(day: int) -> Written:
        return written(patrols.tracks(day), patrols.people, day, ahead)

    files = TrackFiles(out / "tracks")
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        waiting: deque[Future[Written]] = deque()
        for day in range(first, scenario.end_day):
            waiting.append(threads.submit(make, day))
            if len(waiting) > _AT_ONCE:
                rows.append(_append(files, waiting.popleft().result()))
        while waiting:
            rows.append(_append(files, waiting.popleft().result()))
    files.close()

    def to_degrees(xy: np.ndarray) -> np.ndarray:
        return np.column_stack(crs.to_wgs84(xy[:, 0], xy[:, 1], crs.parse_datum(land.crs)))

    told = truth(patrols.planted, land, patrols.people, to_degrees)
    told["fixes"], told["sessions"] = (sum(row[name] for row in rows) for name in ("fixes", "sessions"))
    return told | {"days": rows}


def _append(files: TrackFiles, day: Written) -> dict[str, Any]:
    files.append(day)
    return {
        "day": iso(day.day), "sessions": day.n_sessions, "fixes": day.n_fixes, "km": round(day.km, 1),
        "hours": round(day.hours, 1),
    }  # fmt: skip


def _write_plan(patrols: Patrols, land: Land, path: Path) -> None:
    plan = patrols.plan
    layers = {"checkpoints": plan.checkpoints, "planned_routes": plan.routes}
    write_gpkg({name: in_degrees(frame, land.crs) for name, frame in layers.items()}, path)


def _write_devices(patrols: Patrols, path: Path) -> None:
    people, devices = patrols.people, patrols.devices
    frame = pd.DataFrame(
        {"device": people.device, "model": devices["model"], "step_s": devices["step_s"], "holder": people.code}
    )
    write_table(frame.sort_values("device").reset_index(drop=True), path)
