"""Who comes to the service windows, when, and for what."""

from typing import Any

import numpy as np

from gridgov.calendars import UNIT_NO
from gridgov.simulate.cases import codes as c
from gridgov.simulate.cases.records import CASE, Records
from gridgov.simulate.model import CHANNELS, SOURCES, Days, Organisation
from gridgov.simulate.scenario import Scenario
from gridgov.simulate.seeds import stream

DAY = 86_400


class Visitors:
    """The matters of the windows, reported when the citizen takes a number; the item stands in `text`."""

    def __init__(self, scenario: Scenario, organisation: Organisation, days: Days, p: dict[str, Any]) -> None:
        self._scenario, self._days, self._p = scenario, days, p
        items = organisation.items
        self._items = np.flatnonzero(items["kind"] == "service")
        rank = stream(scenario.seed, "windows").permutation(len(self._items)) + 1.0
        self._running = np.cumsum(rank ** -p["zipf"])
        self._limit = items["limit_value"].to_numpy(float)
        self._limit_unit = items["limit_unit"].map(UNIT_NO).to_numpy(np.int64)
        hours = np.array(p["hours"], float)
        self._hours = np.concatenate([[0], np.cumsum(hours / hours.sum())])

    def of(self, first: int, end: int) -> Records:
        """Those of the days from `first` to before `end`, in no order."""
        p, rng = self._p, stream(self._scenario.seed, "windows", first)
        day = np.arange(first, end)
        level = np.where((day + 3) % 7 == 0, p["monday"], 1.0) * self._days.is_workday[day - self._days.first]
        level = level * rng.gamma(p["spread"] ** -2, p["spread"] ** 2, len(day))
        when = np.repeat(day, rng.poisson(p["a_day"] * self._scenario.scale / (1 + (p["monday"] - 1) / 5) * level))
        n = len(when)
        cases = np.zeros(n, CASE)
        clock = np.interp(rng.random(n), self._hours, np.arange(25) * 3_600.0)
        clock = np.clip(clock, p["open"][0] * 3_600, (p["open"][1] - 0.3) * 3_600).astype(np.int64)
        cases["arrives"] = cases["reported"] = when * DAY + clock + rng.integers(0, 900, n)
        for name in ("closed", "due", "updated", "answer", "matter", "unit", "reporter", "grid", "spot", "owner"):
            cases[name] = -1
        cases["x"] = cases["y"] = np.nan
        cases["salt"] = rng.integers(0, 2**62, n)
        cases["source"], cases["channel"] = SOURCES.index("window"), CHANNELS.index("window")
        cases["life"], cases["track"] = c.WINDOW_LIFE, 2
        item = self._items[np.searchsorted(self._running, rng.random(n) * self._running[-1])] if n else np.empty(0, int)
        cases["text"], cases["limit"], cases["limit_unit"] = item, self._limit[item], self._limit_unit[item]
        return cases
