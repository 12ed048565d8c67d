"""What is hidden in the cases for analytics to find, by planted.toml: where, when, who and how strong."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from gridgov.simulate.cases import codes as c
from gridgov.simulate.cases.arrivals import DAY, Arrivals
from gridgov.simulate.cases.choice import Choice
from gridgov.simulate.cases.rates import SIX
from gridgov.simulate.cases.records import Records
from gridgov.simulate.model import SOURCES, Days, Land, Organisation
from gridgov.simulate.patrols.people import people_of
from gridgov.simulate.patrols.planted import plant
from gridgov.simulate.scenario import Scenario
from gridgov.simulate.seeds import stream

Ints = npt.NDArray[np.int64]
_WORKER, _HOTLINE, _APP = SIX.index("worker"), SIX.index("hotline"), SIX.index("app")


class Plants:
    """Places, people and times chosen; `of` gives the cases added to a stretch of days, `adjust` changes the others."""

    def __init__(
        self,
        scenario: Scenario,
        land: Land,
        organisation: Organisation,
        days: Days,
        arrivals: Arrivals,
        shifts: pd.DataFrame | None,
        q: dict[str, Any],
    ) -> None:
        self.scenario, self.q, self._arrivals = scenario, q, arrivals
        self._names = {name: row for row, name in enumerate(arrivals.matters["name"])}
        rng = stream(scenario.seed, "planted")
        choice = Choice(rng, land)
        self.extra_grid = _extra_grid(shifts)
        self.extra_grid = choice.grid("urban") if self.extra_grid < 0 else choice.keep(self.extra_grid)
        self.silent_grid = choice.grid("urban", busiest=12)
        self.hotspot = choice.spot("market", "urban")
        self.fading = choice.spot("home", "urban")
        self.storm = choice.spot(
            arrivals.matters["spot"].iloc[self._names[q["storm"]["matter"]]].split("|")[0], "rural"
        )
        self.returning = choice.spot("home", "rural")
        self.orchards = np.concatenate([choice.spots("field", "rural", 5) for _ in range(3)])
        self.closers = land.villages["code"].tolist().index(q["self_closing"]["village"])
        self.slow_phone, self.slow_days = self._slow_phone_of(rng, land, organisation, days, shifts)
        self._spots = {
            "hotspot": self._around("hotspot", self.hotspot), "fading": self._around("fading", self.fading),
            "storm": self._around("storm", self.storm),
        }  # fmt: skip
        self._orchard_days = self._times(rng, q["orchard_fire"], max(1, round(self._whole(q["orchard_fire"]["cases"]))))
        self._returns = self._chain(rng, q["returning"])

    def _slow_phone_of(
        self, rng: np.random.Generator, land: Land, organisation: Organisation, days: Days, shifts: pd.DataFrame | None
    ) -> tuple[int, tuple[int, int]]:
        """Whose phone is slow, and from which day to before which: whom the patrols name, so that both tell the same."""
        if shifts is not None:
            people = people_of(self.scenario, organisation, land)
            named = plant(self.scenario, land, days, people).wrong_clock
            if len(named.days):
                return int(people.person[named.worker]), (int(named.days[0]), int(named.days[-1]) + 1)
        workers = self._arrivals.people.checkers[:, 0]
        free = (workers >= 0) & (land.grids["kind"] == "urban").to_numpy()
        free[[self.silent_grid, self.extra_grid]] = False
        return int(workers[rng.choice(np.flatnonzero(free))]), (self.scenario.begin_day, self.scenario.end_day)

    def _whole(self, n: float) -> float:
        return n * self.scenario.months / 25

    def span(self, months: list[float]) -> tuple[int, int]:
        """First day and the day after the last one of what is planted for some months of 25."""
        s = self.scenario
        return max(s.begin_day, s.planted_day(months[0])), min(s.end_day, s.planted_day(months[1]))

    def last_weeks(self, weeks: int) -> tuple[int, int]:
        """The last weeks of the period."""
        return max(self.scenario.begin_day, self.scenario.end_day - 7 * weeks), self.scenario.end_day

    def storm_at(self) -> int:
        """When the storm of orders begins: in the morning."""
        return self.scenario.planted_day(self.q["storm"]["month"]) * DAY + 7 * 3_600

    def silent_from(self) -> int:
        """The first day on which the silent system delivers nothing."""
        return self.scenario.planted_day(self.q["silent_system"]["month"])

    def _around(self, name: str, spot: int) -> Ints:
        q = self.q[name]
        matters = np.array([self._names[matter] for matter in q.get("matters", [q.get("matter")])])
        return self._arrivals.places.near(spot, q["metres"], matters)

    def _times(self, rng: np.random.Generator, q: dict[str, Any], n: int) -> Ints:
        """Seconds, by day, more of them in the dry months of autumn and winter."""
        first, end = self.span(q["months"])
        day = rng.integers(first, end, 4 * n)
        autumn = np.isin((day // 30.44).astype(int) % 12, (0, 1, 9, 10, 11))
        picked = np.sort(np.concatenate([day[autumn], day[~autumn]])[:n])
        return picked * DAY + rng.integers(10 * 3_600, 17 * 3_600, n)

    def _chain(self, rng: np.random.Generator, q: dict[str, Any]) -> Ints:
        first, end = self.span(q["months"])
        days = first + np.cumsum(rng.integers(q["days"][0], q["days"][1] + 1, (end - first) // q["days"][0] + 1))
        days = days[days < end]
        return days * DAY + rng.integers(8 * 3_600, 11 * 3_600, len(days))

    # --- added -----------------------------------------------------------------------------------------------------------

    def of(self, first: int, end: int) -> list[Records]:
        """The planted cases reported on the days from `first` to before `end`."""
        rng = stream(self.scenario.seed, "planted", first)
        added = [self._fires(rng, first, end), self._back_again(rng, first, end), self._many(rng, first, end)]
        h, f = self.q["hotspot"], self.q["fading"]
        grows, fades = self.last_weeks(h["weeks"]), self.span(f["months"])
        for day in range(max(first, grows[0]), min(end, grows[1])):
            done = (day - grows[0]) / (grows[1] - grows[0])
            level = h["a_day"][0] + (h["a_day"][1] - h["a_day"][0]) * done
            added.append(self._spread(rng, "hotspot", day, level, h["matters"], h["hours"], h["hotline"], c.HOTSPOT))
        full = self.scenario.planted_day(f["full_until"])
        for day in range(max(first, fades[0]), min(end, fades[1])):
            level = f["a_day"] * (1.0 if day < full else (fades[1] - day) / max(1, fades[1] - full))
            added.append(self._spread(rng, "fading", day, level, [f["matter"]], [8, 18], 0.15, c.FADING))
        return added

    def _spread(
        self, rng: np.random.Generator, name: str, day: int, level: float, matters: list[str], hours: list[int],
        hotline: float, plants: int,
    ) -> Records:  # fmt: skip
        n = rng.poisson(level * self.scenario.scale)
        matter = np.array([self._names[m] for m in matters])[rng.integers(0, len(matters), n)]
        channel = np.where(rng.random(n) < hotline, _HOTLINE, _WORKER)
        at = rng.integers(hours[0] * 3_600, hours[1] * 3_600, n)
        spot = rng.choice(self._spots[name], n)
        return self._arrivals.make(rng, np.full(n, day), matter, channel, at=at, spot=spot, plants=plants)

    def _fires(self, rng: np.random.Generator, first: int, end: int) -> Records:
        at = _within(self._orchard_days, first, end)
        matter = self._names[self.q["orchard_fire"]["matter"]]
        channel = rng.choice([_WORKER, _HOTLINE, _APP], len(at), p=[0.6, 0.25, 0.15])
        fires = self._plain(rng, at, matter, channel, rng.choice(self.orchards, len(at)), c.ORCHARD)
        low, high = self.q["orchard_fire"]["returns"]
        fires["wrongs"] = rng.integers(low, high + 1, len(at))
        fires["owner"] = fires["unit"] = self._arrivals.people.code[self.q["orchard_fire"]["ends_with"]]
        return fires

    def _back_again(self, rng: np.random.Generator, first: int, end: int) -> Records:
        at = _within(self._returns, first, end)
        matter = self._names[self.q["returning"]["matter"]]
        return self._plain(rng, at, matter, np.full(len(at), _WORKER), np.full(len(at), self.returning), c.RETURNING)

    def _many(self, rng: np.random.Generator, first: int, end: int) -> Records:
        q, begin = self.q["storm"], self.storm_at()
        n = q["orders"] if first * DAY <= begin < end * DAY else 0
        hours = np.minimum(rng.gamma(2.0, q["hours"] / 5, n), q["hours"] * rng.random(n))
        at = np.minimum(begin + (hours * 3_600).astype(np.int64), end * DAY - 1)
        orders = self._plain(
            rng,
            np.sort(at),
            self._names[q["matter"]],
            np.full(n, _HOTLINE),
            rng.choice(self._spots["storm"], n),
            c.STORM,
        )
        orders["is_repeat"] = (rng.random(n) < 0.4) & (np.arange(n) > 0)
        orders["text"] = 0
        return orders

    def _plain(
        self,
        rng: np.random.Generator,
        at: Ints,
        matter: int,
        channel: npt.NDArray[Any],
        spot: npt.NDArray[Any],
        plants: int,
    ) -> Records:
        """Cases that go the dispatched way, at places that are known."""
        made = self._arrivals.make(
            rng, at // DAY, np.full(len(at), matter), channel.astype(np.int64), at=at % DAY, spot=spot, plants=plants
        )
        made["life"], made["track"], made["wrongs"] = c.DISPATCHED_LIFE, 1, 0
        return made

    # --- changed ---------------------------------------------------------------------------------------------------------

    def adjust(self, cases: Records, first: int, end: int) -> Records:
        """The ordinary cases of a stretch as they come out with what is planted."""
        if end <= self.scenario.begin_day:
            return cases
        rng = stream(self.scenario.seed, "adjusted", first)
        day = cases["arrives"] // DAY
        silent = (cases["source"] == SOURCES.index(self.q["silent_system"]["source"])) & (day >= self.silent_from())
        here = self._here(cases, self.silent_grid, self.span(self.q["silent_grid"]["months"]))
        unseen = here & (cases["channel"] == _WORKER) & (rng.random(len(cases)) >= self.q["silent_grid"]["worker"])
        calls = cases[here & (cases["channel"] == _HOTLINE)]
        there = self._here(cases, self.extra_grid, self.last_weeks(self.q["extra_patrol"]["weeks"]))
        finds = cases[there & (cases["channel"] == _WORKER)]
        more = [
            self._more(rng, calls, self.q["silent_grid"]["hotline"] - 1, c.MORE_CALLS, end),
            self._more(rng, finds, self.q["extra_patrol"]["worker"] - 1, c.EXTRA, end),
        ]
        kept = np.concatenate([cases[~silent & ~unseen], *more])
        self._self_close(rng, kept)
        self._slow_phone(kept, first)
        return kept

    def _here(self, cases: Records, grid: int, span: tuple[int, int]) -> npt.NDArray[np.bool_]:
        day = cases["arrives"] // DAY
        here: npt.NDArray[np.bool_] = (cases["grid"] == grid) & (day >= span[0]) & (day < span[1])
        return here

    def _more(self, rng: np.random.Generator, cases: Records, times: float, plants: int, end: int) -> Records:
        """Cases like these, elsewhere in the same grid and a little later."""
        like = np.repeat(cases, rng.poisson(times, len(cases)))
        at = np.minimum(like["arrives"] + rng.integers(300, 2 * 3_600, len(like)), end * DAY - 1)
        matter, channel = like["matter"].astype(np.int64), like["channel"].astype(np.int64)
        spot = self._arrivals.places.draw_in(rng, matter, channel == _WORKER, like["grid"])
        return self._arrivals.make(rng, at // DAY, matter, channel, at=at % DAY, spot=spot, plants=plants)

    def _self_close(self, rng: np.random.Generator, cases: Records) -> None:
        village = self._arrivals.village[cases["grid"]]
        own = self._arrivals.people.owner[cases["matter"], village] == self._arrivals.people.code[self._closer_code()]
        q, life = self.q["self_closing"], cases["life"]
        share = np.where(life == c.DISPATCHED_LIFE, q["share"], np.where(life == c.SELF_LIFE, q["taken"], 0.0))
        mine = (village == self.closers) & own & (cases["channel"] == _WORKER) & (cases["reporter"] >= 0)
        mine &= (rng.random(len(cases)) < share) & (cases["plants"] == 0)
        cases["plants"][mine] |= c.SELF_CLOSING
        cases["life"][mine], cases["track"][mine], cases["wrongs"][mine] = c.DISPATCHED_LIFE, 1, 0

    def _closer_code(self) -> str:
        return str(self.q["self_closing"]["village"])

    def _slow_phone(self, cases: Records, first: int) -> None:
        """The phone's time, where it leaves the report on its day."""
        early = cases["arrives"] - 60 * self.q["phone_clock"]["minutes"]
        day = cases["arrives"] // DAY
        his = (cases["reporter"] == self.slow_phone) & (cases["channel"] == _WORKER)
        his &= (day >= self.slow_days[0]) & (day < self.slow_days[1])
        his &= (early // DAY == cases["arrives"] // DAY) & (early >= first * DAY)
        cases["reported"] = np.where(his, early, cases["reported"])
        cases["plants"][his] |= c.CLOCK


def _extra_grid(shifts: pd.DataFrame | None) -> int:
    """The grid that the patrols visit more often, as their maker marks it; -1 = none is marked."""
    if shifts is None or "is_extra" not in shifts or not shifts["is_extra"].any():
        return -1
    return int(shifts.loc[shifts["is_extra"], "grid"].mode().iloc[0])


def _within(at: Ints, first: int, end: int) -> Ints:
    return at[(at >= first * DAY) & (at < end * DAY)]
