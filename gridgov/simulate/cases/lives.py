"""The whole life of every case of the town, month by month, in bounded memory."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from gridgov.calendars import Table
from gridgov.simulate.cases import codes as c
from gridgov.simulate.cases.arrivals import DAY, Arrivals, number
from gridgov.simulate.cases.counting import Count
from gridgov.simulate.cases.engine import run
from gridgov.simulate.cases.ground import make_town
from gridgov.simulate.cases.matters import read_matters
from gridgov.simulate.cases.planted import Plants
from gridgov.simulate.cases.records import EVENT, SHOWN, Records, Town
from gridgov.simulate.cases.selves import SPAN_S, live_at_once
from gridgov.simulate.cases.telling import Keys, tell_planted
from gridgov.simulate.cases.windows import Visitors
from gridgov.simulate.model import Chunk, Days, Land, Organisation
from gridgov.simulate.scenario import EPOCH, Scenario
from gridgov.simulate.seeds import stream

_STEPS_A_CASE = 12
"""Places in the heap for each case that lives; few ever have more than four."""


class Lives:
    """Iterate for the chunks: one for each calendar month, with the events of the month and the cases that were finished in
    it, and a last one with the cases that are not. Cases reported before the period are lived, and not shown.

    calendar  working time, from the first of the days on
    shifts    the patrols on which workers report, see patrols.shifts; None = by the hours of cases.toml
    """

    def __init__(
        self, scenario: Scenario, land: Land, organisation: Organisation, days: Days, calendar: Table,
        shifts: pd.DataFrame | None = None,
    ) -> None:  # fmt: skip
        self._scenario, self._land, self._organisation, self._days = scenario, land, organisation, days
        self._calendar, self._shifts = calendar, shifts
        self._p, self._q = scenario.read("cases.toml"), scenario.read("planted.toml")
        self._matters = read_matters(scenario)
        self._truth: dict[str, Any] | None = None

    def truth(self) -> dict[str, Any]:
        """What was simulated in numbers, and all that is planted. Known once all chunks have been taken."""
        if self._truth is None:
            raise RuntimeError("The truth is known when all chunks have been taken: iterate over the lives first.")
        return self._truth

    def __iter__(self) -> Iterator[Chunk]:
        scenario, land, days = self._scenario, self._land, self._days
        arrivals = Arrivals(scenario, land, self._organisation, days, self._matters, self._shifts, self._p)
        plants = Plants(scenario, land, self._organisation, days, arrivals, self._shifts, self._q)
        visitors = Visitors(scenario, self._organisation, days, self._p["window"])
        units = self._organisation.units
        town = make_town(
            scenario, units, arrivals.people, arrivals.records, arrivals.village, days, self._calendar, self._p, self._q
        )
        count = Count(
            scenario, arrivals.village, land.villages["code"].tolist(), units["code"].tolist(),
            self._matters["category"].to_numpy(str),
        )  # fmt: skip
        keys = Keys()
        for month, (first, end) in enumerate(self._stretches(), -1):
            usual = plants.adjust(arrivals.of(first, end), first, end)
            cases = number(np.concatenate([usual, *plants.of(first, end), visitors.of(first, end)]))
            cases["counted"] = month >= 0
            at_once = (cases["life"] == c.SELF_LIFE) & (cases["wrongs"] == 0) & (cases["arrives"] < end * DAY - SPAN_S)
            brief, told = cases[at_once], np.zeros(0, EVENT)
            if month >= 0:
                rng = stream(scenario.seed, "selves", first)
                told = live_at_once(rng, brief, arrivals.people.checkers[brief["grid"], 0])
            town, finished, events = _live(town, cases[~at_once], end * DAY)
            if month < 0:
                continue
            finished = np.concatenate([brief, finished[finished["counted"] == 1]])
            events = np.concatenate([told, events])
            count.add(month, finished, events)
            count.month_end(month, town.cases[town.cases["counted"] == 1])
            keys.add(finished)
            yield _chunk(finished, events)
        left = town.cases[town.cases["counted"] == 1]
        count.finish(left)
        keys.add(left)
        told_planted = tell_planted(plants, keys, land, self._organisation, arrivals)
        self._truth = count.told() | {"planted": told_planted}
        yield _chunk(left, np.zeros(0, EVENT))

    def _stretches(self) -> Iterator[tuple[int, int]]:
        """The run-up, then month after month: first day, and the day after the last."""
        s = self._scenario
        yield max(self._days.first, s.begin_day - self._p["run_up"]), s.begin_day
        for k in range(1, s.months + 1):
            yield (s.first_of_month(k) - EPOCH).days, (s.first_of_month(k + 1) - EPOCH).days


def _live(town: Town, cases: Records, until: int) -> tuple[Town, Records, Records]:
    """Live on with more cases: the town with those that are not finished, those that are, and the events."""
    waiting, n = len(town.cases), len(town.cases) + len(cases)
    heap = np.zeros((2, _STEPS_A_CASE * n + 64), np.int64)
    steps = town.marks[0]
    heap[0, :steps], heap[1, :steps] = town.heap_at[:steps], town.heap_what[:steps]
    town.marks[1:] = 0, 0, waiting
    town = town._replace(
        cases=np.concatenate([town.cases, cases]), heap_at=heap[0], heap_what=heap[1], done=np.zeros(n, np.int64)
    )
    written = []
    while True:
        is_done = run(town, until)
        written.append(town.events[: town.marks[1]].copy())
        town.marks[1] = 0
        if is_done:
            break
    done = np.zeros(n, bool)
    done[town.done[: town.marks[2]]] = True
    row = np.cumsum(~done) - 1
    steps = town.marks[0]
    what = town.heap_what[:steps]
    town.heap_what[:steps] = (row[what >> 24] << 24) | (what & 0xFFFFFF)
    return town._replace(cases=town.cases[~done]), town.cases[done], np.concatenate(written)


def _chunk(cases: Records, events: Records) -> Chunk:
    """Records as the columns of the model: cases as their systems number them, events in the order they happened."""
    cases = cases[np.argsort(cases["key"], kind="stable")]
    shown = {name: np.ascontiguousarray(cases[name]) for name in (*SHOWN, "arrives")}
    shown["state"] = c.STATE_NO[cases["state"]]
    ordered = events[np.lexsort((events["seq"], events["key"], events["at"]))]
    columns = ("key", "at", "seq", "event", "unit", "actor", "reason", "due", "rating")
    told = {name: np.ascontiguousarray(ordered[name]) for name in columns}
    told["event"] = c.EVENT_NO[ordered["event"]]
    return Chunk(shown, told)


def live(
    scenario: Scenario, land: Land, organisation: Organisation, days: Days, calendar: Table,
    shifts: pd.DataFrame | None = None,
) -> Iterator[Chunk]:  # fmt: skip
    """The chunks of `Lives`, for those who do not want its truth."""
    return iter(Lives(scenario, land, organisation, days, calendar, shifts))
