"""A made-up town in files: everything a real one would publish, in the shapes real sources use, each with its mapping."""

import json
import shutil
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from gridgov.calendars import table
from gridgov.errors import SettingsError
from gridgov.process import EVENTS
from gridgov.simulate.cases import REASONS, Lives, read_matters
from gridgov.simulate.days import make_days
from gridgov.simulate.feeds import FILES, Feeds, case_numbers
from gridgov.simulate.land import make_land
from gridgov.simulate.model import SOURCES, Chunk, Land, Organisation
from gridgov.simulate.organisation import make_organisation
from gridgov.simulate.patrols import shifts, write_patrols
from gridgov.simulate.registers import write_registers
from gridgov.simulate.scenario import Scenario, day_of
from gridgov.simulate.survey import boundary_change_day, write_survey

Progress = Callable[[str, float], None]
"""Called after each part with what was done and the seconds it took."""

MARK = "simulated.json"
"""Lies in every folder written here: which files are to be loaded, in which order, and as what."""


def simulate(
    scenario: Scenario, out: Path, *, track_days: int = 90, progress: Progress = lambda what, s: None
) -> dict[str, Any]:
    """Write a town into a folder, which may be new, empty, or an earlier town of ours (it is replaced).

    track_days  days at the end of the period of which raw tracks are written
    Returns the truth, as written to truth.json. Raises SettingsError when the folder holds something else.
    """
    if track_days < 0:
        raise SettingsError(f"--track-days {track_days} is out of range: 0 or more.")
    _clear(out)
    clock = _Clock(progress)
    land = make_land(scenario)
    organisation, days = make_organisation(scenario, land), make_days(scenario)
    clock.done("land and people")
    write_survey(scenario, land, out)
    write_registers(scenario, land, organisation, out)
    _write_mappings(scenario, out)
    clock.done("survey and registers")
    planned = shifts(scenario, organisation, land, days)
    calendar = table(day_of(days.first), days.is_workday)
    lives = Lives(scenario, land, organisation, days, calendar, planned)
    reports = _Reports(scenario, track_days)
    feeds = Feeds(scenario, land, organisation, read_matters(scenario), REASONS, out)
    with feeds, ThreadPoolExecutor(1) as writer:  # one month is written while the next one is lived
        written = writer.submit(lambda: None)
        for chunk in lives:
            reports.append(chunk)
            written.result()
            written = writer.submit(feeds.append, chunk)
        written.result()
    clock.done("cases")
    patrols = write_patrols(
        scenario, land, organisation, days, out, last_days=track_days, report_places=reports.frame()
    )  # fmt: skip
    clock.done("patrols")
    truth = _truth(scenario, land, organisation) | {"patrols": patrols, "cases": _numbered(lives.truth())}
    (out / "truth.json").write_text(json.dumps(truth, ensure_ascii=False, indent=1, default=_plain) + "\n", "utf-8")
    _write_manifest(scenario, out, track_days)
    return truth


class _Reports:
    """Where and when workers reported while their tracks are written: a track passes there."""

    def __init__(self, scenario: Scenario, track_days: int) -> None:
        self._since = (scenario.end_day - track_days) * 86_400
        self._parts: list[pd.DataFrame] = []

    def append(self, chunk: Chunk) -> None:
        """Take the reports of a chunk."""
        cases = chunk.cases
        here = (cases["reporter"] >= 0) & (cases["arrives"] >= self._since) & ~np.isnan(cases["x"])
        columns = {"person": "reporter", "at": "arrives", "x": "x", "y": "y"}
        self._parts.append(pd.DataFrame({ours: cases[name][here] for ours, name in columns.items()}))

    def frame(self) -> pd.DataFrame:
        """person (row of staff), at (second), x, y (metres); by time."""
        return pd.concat(self._parts).sort_values(["at", "person", "x"], kind="stable", ignore_index=True)


class _Clock:
    def __init__(self, progress: Progress) -> None:
        self._progress, self._since = progress, time.monotonic()

    def done(self, what: str) -> None:
        now = time.monotonic()
        self._progress(what, now - self._since)
        self._since = now


def _clear(out: Path) -> None:
    """Make the folder, or empty it when nothing but an earlier town lies there; anything else stays untouched."""
    try:
        if out.is_dir() and any(out.iterdir()):
            if not _is_ours(out):
                raise SettingsError(
                    f"{out} holds files that are no simulated town. Nothing was written; choose another folder."
                )
            shutil.rmtree(out)
        out.mkdir(parents=True, exist_ok=True)
        (out / MARK).write_text(json.dumps({"unfinished": True}) + "\n", "utf-8")
    except OSError as err:
        raise SettingsError(f"{out} cannot be written as a folder: {err}.") from err


def _is_ours(out: Path) -> bool:
    """Whether every file in a folder is one that we wrote; a town that was interrupted began in an empty folder."""
    try:
        said = json.loads((out / MARK).read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return bool(said.get("unfinished")) or _files(out) <= set(said.get("files", []))


def _files(out: Path) -> set[str]:
    return {str(path.relative_to(out)) for path in out.rglob("*") if path.is_file()}


def _write_mappings(scenario: Scenario, out: Path) -> None:
    """The mappings beside the files; the day of the boundary change is that of this period."""
    folder = out / "mappings"
    folder.mkdir()
    change = f"valid_from = {day_of(boundary_change_day(scenario))}"
    for path in sorted((scenario.folder / "mappings").glob("*.toml")):
        text = path.read_text("utf-8").replace("valid_from = 2000-01-01 # @boundary_change", change)
        (folder / path.name).write_text(text, "utf-8")


def _write_manifest(scenario: Scenario, out: Path, track_days: int) -> None:
    """What to load, in order. The service windows are not part of the main town."""
    loads = [
        ("grids", "grids_before.gpkg", "grids_before"), ("grids", "grids.gpkg", "grids"),
        ("grids", "dedicated.geojson", "dedicated"), ("places", "places.csv", "places"),
        ("exposure", "exposure.csv", "exposure"), ("units", "units.xlsx", "units"), ("units", "lines.csv", "lines"),
        ("catalogue", "catalogue.xlsx", "catalogue"), ("catalogue", "catalogue_squads.xlsx", "catalogue_squads"),
        ("roster", "roster.xlsx", "roster"), ("roster", "roster.xlsx", "roster_dedicated"),
        ("maps", "map.gpkg", "map_roads"), ("maps", "map.gpkg", "map_waters"), ("maps", "map.gpkg", "map_built_up"),
        ("plans", "patrol_plan.gpkg", "plan_checkpoints"), ("plans", "patrol_plan.gpkg", "plan_routes"),
        ("devices", "devices.csv", "devices"),
    ]  # fmt: skip
    for source, (cases, mapping, events, events_mapping) in FILES.items():
        if source != "window" and (out / cases).exists():
            loads.append(("incidents", cases, mapping))
            if events and events_mapping:
                loads.append(("events", events, events_mapping))
    tracks = sorted(path.relative_to(out).as_posix() for path in (out / "tracks").rglob("*.*"))
    loads += [("tracks", file, f"tracks_{file.split('/')[1].split('_')[0]}") for file in tracks]
    rows = [{"kind": kind, "file": file, "mapping": f"mappings/{mapping}.toml"} for kind, file, mapping in loads]
    about = {
        "scenario": scenario.name, "seed": scenario.seed, "scale": scenario.scale, "months": scenario.months,
        "begin": scenario.begin.isoformat(), "until": day_of(scenario.end_day - 1).isoformat(),
        "track_days": track_days, "loads": rows,
    }  # fmt: skip
    lines = [f"gridgov load {r['kind']} {r['file']} --mapping {r['mapping']}" for r in rows if r["kind"] != "tracks"]
    for mapping in sorted({mapping for kind, _, mapping in loads if kind == "tracks"}):
        files = {"tracks_rivers": "rivers/*"}.get(mapping, f"{mapping.removeprefix('tracks_')}_*")
        lines.append(f"gridgov load tracks tracks/{files} --mapping mappings/{mapping}.toml")
    (out / "README.md").write_text(_README.format(about=about, loads="\n".join(lines)), "utf-8")
    about["files"] = sorted(_files(out))
    (out / MARK).write_text(json.dumps(about, ensure_ascii=False, indent=1) + "\n", "utf-8")


_README = """# A made-up town

Nothing here is real. Written by `gridgov simulate --scenario {about[scenario]} --months {about[months]} --seed {about[seed]} \
--scale {about[scale]:g} --track-days {about[track_days]}`: {about[begin]} to {about[until]}.
What is hidden in it stands in `truth.json`.

```
{loads}
```

The service windows load the same way (`window_matters.csv`, `window_events.csv`). `map.gpkg` holds roads, waters and built-up
land, `patrol_plan.gpkg` the checkpoints and routes that are planned, `devices.csv` who carries which device. `tracks/` holds
the patrols of the last days.
"""


def _truth(scenario: Scenario, land: Land, organisation: Organisation) -> dict[str, Any]:
    """The published totals, counted from what was made."""
    kinds = organisation.units["kind"].value_counts()
    return {
        "scenario": {"name": scenario.name, "seed": scenario.seed, "scale": scenario.scale, "months": scenario.months},
        "period": {"first_day": scenario.begin.isoformat(), "last_day": day_of(scenario.end_day - 1).isoformat()},
        "totals": {
            "villages": len(land.villages), "grids": len(land.grids), "dedicated": len(land.dedicated),
            "area_m2": round(land.outline.area), "residents": int(land.grids["residents"].sum()),
            "bodies": int(kinds["body"]), "squads": int(kinds["squad"]), "lines": len(organisation.lines),
            "windows": len(organisation.windows), "staff": len(organisation.staff),
            "posts": int((organisation.roster["grid"] >= 0).sum()),
            "items": {k: int(n) for k, n in organisation.items["kind"].value_counts().sort_index().items()},
            "squad_items": len(organisation.squad_items),
        },
        "boundary_change": {"day": day_of(boundary_change_day(scenario)).isoformat(), "grids": land.changed},
        "events": list(EVENTS),
    }  # fmt: skip


def _numbered(truth: Any) -> Any:
    """The same truth with the numbers that systems give cases in place of keys, as {source: [case numbers]}."""
    if isinstance(truth, list):
        return [_numbered(row) for row in truth]
    if not isinstance(truth, dict):
        return truth
    told = {name: _numbered(value) for name, value in truth.items() if name != "keys"}
    if "keys" in truth:
        keys = np.sort(np.asarray(truth["keys"], np.int64))
        told["cases"] = {
            SOURCES[number]: case_numbers(SOURCES[number], keys[keys >> 52 == number]).to_pylist()
            for number in np.unique(keys >> 52)
        }
    return told


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")
