"""The truth of what is planted: each with what, where, when, who and how strong, and the keys of its cases."""

from typing import Any

import numpy as np
import pandas as pd

from gridgov.simulate.cases import codes as c
from gridgov.simulate.cases.arrivals import Arrivals
from gridgov.simulate.cases.planted import Plants
from gridgov.simulate.cases.records import Records
from gridgov.simulate.model import Land, Organisation
from gridgov.simulate.scenario import day_of

_LISTED = {
    "orchard_fire": c.ORCHARD, "storm": c.STORM, "self_closing": c.SELF_CLOSING, "returning": c.RETURNING,
    "hotspot": c.HOTSPOT, "extra_patrol": c.EXTRA, "fading": c.FADING, "phone_clock": c.CLOCK,
    "silent_grid": c.MORE_CALLS,
}  # fmt: skip


class Keys:
    """The keys of planted cases, collected as cases leave."""

    def __init__(self) -> None:
        self._found: dict[str, list[int]] = {name: [] for name in _LISTED}

    def add(self, cases: Records) -> None:
        """Cases that leave."""
        some = cases[cases["plants"] > 0]
        for name, bit in _LISTED.items():
            self._found[name] += some["key"][(some["plants"] & bit) > 0].tolist()

    def of(self, name: str) -> list[int]:
        """In order."""
        return sorted(self._found[name])


def tell_planted(
    plants: Plants, keys: Keys, land: Land, organisation: Organisation, arrivals: Arrivals
) -> dict[str, dict[str, Any]]:
    """Everything planted; keys are the numbers of `case_key`, days are dates, both ends included."""
    q, places = plants.q, arrivals.places
    grids, people = land.grids["code"].tolist(), organisation.staff["person"].tolist()

    def where(spot: int) -> dict[str, Any]:
        x, y = (round(float(v), 1) for v in places.xy[spot])
        return {"grid": grids[places.grid[spot]], "x": x, "y": y}

    def when(span: tuple[int, int]) -> dict[str, str]:
        return {"first_day": _iso(span[0]), "last_day": _iso(span[1] - 1)}

    whole = (plants.scenario.begin_day, plants.scenario.end_day)
    told: dict[str, dict[str, Any]] = {
        "orchard_fire": {
            **q["orchard_fire"], "grids": sorted({grids[g] for g in places.grid[plants.orchards]}),
            **when(plants.span(q["orchard_fire"]["months"])),
        },
        "just_in_time": q["just_in_time"] | when(whole),
        "asks_a_day_before": q["asks_a_day_before"] | when(whole),
        "self_closing": q["self_closing"] | when(whole),
        "storm": q["storm"] | where(plants.storm) | _storm(plants),
        "silent_grid": q["silent_grid"] | {"grid": grids[plants.silent_grid]} | when(plants.span(q["silent_grid"]["months"])),
        "returning": q["returning"] | where(plants.returning) | when(plants.span(q["returning"]["months"])),
        "hotspot": q["hotspot"] | where(plants.hotspot) | when(plants.last_weeks(q["hotspot"]["weeks"])),
        "extra_patrol": q["extra_patrol"]
        | {"grid": grids[plants.extra_grid]} | when(plants.last_weeks(q["extra_patrol"]["weeks"])),
        "fading": q["fading"] | where(plants.fading) | when(plants.span(q["fading"]["months"])),
        "silent_system": q["silent_system"] | {"first_day_without": _iso(plants.silent_from())},
        "month_end": q["month_end"] | when(whole),
        "phone_clock": q["phone_clock"] | {"person": people[plants.slow_phone]} | when(plants.slow_days),
        "wrong_datum": {"sources": q.get("wrong_datum", [])},
    }  # fmt: skip
    for name in _LISTED:
        told[name]["keys"] = keys.of(name)
    told["silent_grid"]["cases_are"] = "the calls to the hotline that came on top"
    told["extra_patrol"]["cases_are"] = "the finds that came on top"
    return told


def _storm(plants: Plants) -> dict[str, str]:
    begin = plants.storm_at()
    at = [pd.Timestamp(t, unit="s").isoformat() for t in (begin, begin + plants.q["storm"]["hours"] * 3_600)]
    return {"from": at[0], "to": at[1]}


def _iso(day: int | np.integer[Any]) -> str:
    return day_of(int(day)).isoformat()
