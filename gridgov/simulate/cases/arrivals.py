"""What is reported in a stretch of days: an over-dispersed process per matter and channel, clustered in time and place.

Counts are Poisson with gamma factors that a day and a category share (a doubly stochastic, or Cox, process); places have
heavy-tailed weights; some cases bring others like them to the same place later.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from gridgov.simulate.cases import codes as c
from gridgov.simulate.cases.matters import matter_records, parse_limit, working_seconds
from gridgov.simulate.cases.places import People, Places, Shifts
from gridgov.simulate.cases.rates import SIX, clock_times, day_rates, hour_tables, self_handled, shares
from gridgov.simulate.cases.records import CASE, Records
from gridgov.simulate.model import SOURCES, Days, Land, Organisation
from gridgov.simulate.scenario import Scenario
from gridgov.simulate.seeds import stream

DAY = 86_400
Ints = npt.NDArray[np.int64]
_WORKER, _HOTLINE, _CAMERA = SIX.index("worker"), SIX.index("hotline"), SIX.index("camera")
_ON_SHIFT = 0.45
"""Share of a worker's reports made on a patrol, where there was one."""


class Arrivals:
    """Cases as they are reported. `of` makes those of a stretch of days; stretches are asked for one after the other.

    places, people, matters  what cases are made of; planted.py uses them too
    """

    def __init__(
        self,
        scenario: Scenario,
        land: Land,
        organisation: Organisation,
        days: Days,
        matters: pd.DataFrame,
        shifts: pd.DataFrame | None,
        p: dict[str, Any],
    ) -> None:
        self._seed, self._p, self._days = scenario.seed, p, days
        self.matters, self.records = matters, matter_records(matters, p)
        self.places = Places(scenario.seed, land, matters, p["volume"])
        self.people = People(land, organisation, matters, p["mistaken"])
        self.village = land.grids["village"].to_numpy(np.int64)
        self._shifts = Shifts(shifts, len(land.grids))
        share = shares(matters, p)
        self._on_the_spot = self_handled(matters, share, p)
        self._season, self._level = day_rates(scenario, days, matters, share, p)
        self._hours = hour_tables(matters, p)
        self._profile = np.array([list(p["happens"]).index(name) for name in matters["hours"]])
        self._category = pd.Categorical(matters["category"]).codes.astype(np.int64)
        self._limit = _hotline_limits(matters, p["limits"])
        self._echoes: list[Records] = []

    def of(self, first: int, end: int) -> Records:
        """The ordinary cases of the days from `first` to before `end`, in no order."""
        rng = stream(self._seed, "arrivals", first)
        count = rng.poisson(self._intensity(rng, first, end))
        matter, channel, day = (
            np.repeat(part, count.ravel()) for part in np.indices(count.shape).reshape(3, -1).astype(np.int64)
        )
        cases = self.make(rng, first + day, matter, channel)
        echoes = [*self._echoes, *self._echo(rng, cases)]
        cases = np.concatenate([cases, *[some[some["arrives"] < end * DAY] for some in echoes]])
        self._echoes = [some[some["arrives"] >= end * DAY] for some in echoes]
        return cases

    def _intensity(self, rng: np.random.Generator, first: int, end: int) -> npt.NDArray[np.float64]:
        n, v = end - first, self._p["volume"]
        here = slice(first - self._days.first, end - self._days.first)
        whole = rng.gamma(v["day_spread"] ** -2, v["day_spread"] ** 2, n)
        parts = rng.gamma(v["category_spread"] ** -2, v["category_spread"] ** 2, (self._category.max() + 1, n))
        factor = self._season[:, here] * parts[self._category] * whole
        return self._level[:, :, here] * factor[:, None, :]

    def make(
        self,
        rng: np.random.Generator,
        day: Ints,
        matter: Ints,
        channel: Ints,
        *,
        at: Ints | None = None,
        spot: Ints | None = None,
        plants: int = 0,
    ) -> Records:
        """Cases of some days, matters and channels; at = seconds of the day and spots, when they are given."""
        n = len(day)
        cases = np.zeros(n, CASE)
        by_worker = channel == _WORKER
        spots = self.places.draw(rng, matter, by_worker) if spot is None else spot
        grid = self.places.grid[spots]
        clock = clock_times(rng, self._hours, channel, self._profile[matter])
        reporter = np.where(by_worker, self.people.reporter[grid], -1)
        shift = self._shifts.find(rng, day, grid) if at is None else np.full(n, -1)
        walked = by_worker & (shift >= 0) & (rng.random(n) < _ON_SHIFT)
        took = shift[walked]
        start, end = self._shifts.start[took], self._shifts.end[took]
        clock[walked] = np.clip((start + rng.random(len(took)) * (end - start)) % DAY, 0, DAY - 1)
        person = self._shifts.person[took]
        reporter[walked] = np.where(person >= 0, person, reporter[walked])
        cases["arrives"] = day * DAY + (clock if at is None else at)
        cases["matter"], cases["channel"], cases["spot"], cases["grid"] = matter, channel, spots, grid
        cases["reporter"], cases["plants"] = reporter, plants
        self._fill(rng, cases)
        return cases

    def _fill(self, rng: np.random.Generator, cases: Records) -> None:
        """Everything that follows from matter, channel and place."""
        n, matter, channel = len(cases), cases["matter"], cases["channel"]
        facts, village = self.records[matter], self.village[cases["grid"]]
        cases["reported"] = cases["arrives"]
        for name in ("closed", "due", "updated", "answer"):
            cases[name] = -1
        cases["salt"] = rng.integers(0, 2**62, n)
        cases["text"] = (rng.random(n) * facts["n_texts"]).astype(np.int32)
        cases["source"] = _systems(rng, channel, self.matters["category"].to_numpy()[matter], self._p["systems"])
        points = self.places.points(rng, cases["spot"].astype(np.int64))
        hidden = np.array([self._p["no_place"].get(name, 0.0) for name in SOURCES])
        points[rng.random(n) < hidden[cases["source"]]] = np.nan
        cases["x"], cases["y"] = points.T
        cases["is_urgent"] = (facts["is_urgent"] > 0) | (rng.random(n) < 0.015)
        by_hotline = channel == _HOTLINE
        cases["limit"] = np.where(by_hotline, self._limit[0][matter], facts["limit"])
        cases["limit_unit"] = np.where(by_hotline, self._limit[1][matter], facts["limit_unit"])
        cases["unit"] = cases["owner"] = self.people.owner[matter, village]
        self._lose_the_way(rng, cases)
        flat = ~np.isin(cases["source"], (SOURCES.index("platform"), SOURCES.index("hotline")))
        on_the_spot = rng.random(n) < self._on_the_spot[matter, channel]
        cases["life"] = np.where(flat, c.FLAT_LIFE, np.where(on_the_spot, c.SELF_LIFE, c.DISPATCHED_LIFE))
        cases["track"] = np.where(cases["life"] == c.SELF_LIFE, 0, 1)
        drawn = (cases["life"] == c.SELF_LIFE) & (rng.random(n) < self._p["after"]["recheck_self"])
        cases["wrongs"] = np.where(cases["life"] == c.DISPATCHED_LIFE, cases["wrongs"], drawn)

    def _lose_the_way(self, rng: np.random.Generator, cases: Records) -> None:
        """Which cases will first go to the wrong unit, and to which."""
        n, village = len(cases), self.village[cases["grid"]]
        three = self.people.mistaken[cases["matter"], village]
        k = rng.integers(0, 3, n)
        rows = np.arange(n)
        cases["wrong"], cases["other"] = three[rows, k], three[rows, (k + 1) % 3]
        wrong = (rng.random(n) > self.records["accuracy"][cases["matter"]]) & (cases["wrong"] != cases["owner"])
        again = (rng.random(n) < self._p["unit"]["second_wrong"]) & (cases["other"] != cases["owner"])
        cases["wrongs"] = wrong + (wrong & again)

    def _echo(self, rng: np.random.Generator, cases: Records) -> list[Records]:
        """Cases that these will bring."""
        found = []
        for name, rule in self._p["echo"].items():
            channel = SIX.index(name)
            some = cases[(cases["channel"] == channel) & (rng.random(len(cases)) < rule["share"])]
            first, last = rule["days"]
            gap = rng.integers(first, last + 1, len(some)) * DAY + rng.integers(1_800, 3 * 3_600, len(some))
            at = some["arrives"] + gap
            off = ~self._days.is_workday[np.minimum(at // DAY - self._days.first, len(self._days.is_workday) - 1)]
            kept = ~off | (rng.random(len(some)) < self._p["weekend"][name])
            some, at = some[kept], at[kept]
            more = self.make(
                rng, at // DAY, some["matter"].astype(np.int64), some["channel"].astype(np.int64), at=at % DAY,
                spot=some["spot"].astype(np.int64),
            )  # fmt: skip
            more["is_repeat"] = rng.random(len(more)) < rule["told"]
            found.append(more)
        return found


def _systems(
    rng: np.random.Generator, channel: Ints, category: npt.NDArray[np.object_], systems: dict[str, dict[str, Any]]
) -> Ints:
    """Row of SOURCES: the system that knows of each case; a system of one category (its `only`) takes no other."""
    u, source = rng.random(len(channel)), np.zeros(len(channel), np.int64)
    for name, parts in systems.items():
        edge = np.zeros(len(channel))
        for system, how in parts.items():
            fits = (channel == SIX.index(name)) & (True if "only" not in how else category == how["only"])
            source[fits & (u >= edge) & (u < edge + how["share"])] = SOURCES.index(system)
            edge += np.where(fits, how["share"], 0.0)
    return source


def _hotline_limits(matters: pd.DataFrame, p: dict[str, Any]) -> tuple[npt.NDArray[np.float64], Ints]:
    """Limits of the hotline's orders: its own, unless the matter has a longer one."""
    value, unit = matters["limit_value"].to_numpy(float), matters["limit_unit"].to_numpy(np.int64)
    own = [parse_limit(p["consult" if name in p["consults"] else "general"]) for name in matters["name"]]
    theirs = np.array([working_seconds(v, u) for v, u in zip(value, unit, strict=True)])
    longer = theirs > np.array([working_seconds(v, u) for v, u in own])
    return np.where(longer, value, [v for v, _ in own]), np.where(longer, unit, [u for _, u in own]).astype(np.int64)


def number(cases: Records) -> Records:
    """The cases of a stretch in the order they arrive, each with its key: system, day, serial number of the day from 1."""
    ordered = cases[np.lexsort((cases["salt"], cases["reported"]))]
    group = (ordered["source"].astype(np.int64) << 40) | (ordered["reported"] // DAY)
    order = np.argsort(group, kind="stable")
    grouped = group[order]
    begin = np.flatnonzero(np.concatenate([[True], grouped[1:] != grouped[:-1]])) if len(group) else np.empty(0, int)
    serial = np.empty(len(group), np.int64)
    serial[order] = np.arange(len(group)) - np.repeat(begin, np.diff(np.append(begin, len(group)))) + 1
    ordered["key"] = (ordered["source"].astype(np.int64) << 52) | ((ordered["reported"] // DAY) << 28) | serial
    return ordered[np.argsort(ordered["arrives"], kind="stable")]
