"""Who patrols where and when: every shift of the period, without a single fix. Cheap for years."""

from typing import Any

import numba
import numpy as np
import numpy.typing as npt
import pandas as pd

from gridgov.simulate.model import Days, Land, Organisation
from gridgov.simulate.patrols.draws import Draws
from gridgov.simulate.patrols.people import People, people_of
from gridgov.simulate.patrols.planted import Planted, plant
from gridgov.simulate.scenario import Scenario

Floats = npt.NDArray[np.float64]
Longs = npt.NDArray[np.int64]
KINDS = ("walk", "ebike", "car")
COLUMNS = ("person", "worker", "device", "grid", "squad", "ranger", "day", "slot", "start", "end", "kind", "is_extra")

_DAY = 86_400
_LEAVE, _SICK, _COVER, _START, _LENGTH, _CUT, _CANCEL, _BLOCK = range(8)


def shifts(scenario: Scenario, organisation: Organisation, land: Land, days: Days) -> pd.DataFrame:
    """Every shift that is patrolled in the period, one row each, ordered by start.

    person    row of Organisation.staff; -1 = a volunteer, or a helper who is there only when scale > 1
    device    code of the terminal, as the tracks name it
    grid      row of Land.grids, -1 = a squad's or ranger's shift
    squad     0..2, -1 = none
    day       since 1970-01-01
    start, end  seconds of local wall time since 1970-01-01; a shift that rain cut short ends earlier
    kind      walk, ebike, car
    is_extra  beyond the two a day: the planted extra patrols of one grid
    """
    people = people_of(scenario, organisation, land)
    found = planned_shifts(scenario, land, days, people, plant(scenario, land, days, people))
    found["kind"] = pd.Categorical.from_codes(found["kind"], list(KINDS))
    found["device"] = pd.Categorical.from_codes(found["device"], people.device)
    return found[["person", "device", "grid", "squad", "day", "start", "end", "kind", "is_extra"]]


def planned_shifts(scenario: Scenario, land: Land, days: Days, people: People, planted: Planted) -> pd.DataFrame:
    """The shifts with rows instead of words: worker and device are rows of People, kind is a position in KINDS.

    slot counts the shifts of a grid in a day (0 morning, 1 afternoon, further ones extra), ranger the rangers from 0.
    """
    p = scenario.read("patrol.toml")
    today = np.arange(scenario.begin_day, scenario.end_day)
    drawn = Draws(scenario.seed, "shifts")
    parts = [
        _workers(p, days, people, planted, drawn, today),
        _squads(p, people, drawn, today),
        _rangers(p, people, days, drawn, today),
    ]
    table = {name: np.concatenate([part[name] for part in parts]) for name in COLUMNS}
    _weather(p["weather"], table, days, drawn)
    table["device"] = table["worker"].copy()
    _share_device(table, planted)
    found = pd.DataFrame(table)
    found = found[(found["end"] - found["start"] >= 300) & (found["start"] >= 0)]
    found = found.sort_values(["worker", "start", "slot"], kind="stable")
    alone = _apart(found["worker"].to_numpy(), found["start"].to_numpy(), found["end"].to_numpy())
    return found[alone].sort_values(["start", "worker"], kind="stable").reset_index(drop=True)


@numba.njit(cache=True, nogil=True)
def _apart(worker: Longs, start: Longs, end: Longs) -> npt.NDArray[np.bool_]:
    """Which shifts stay when nobody can be in two places at once; ordered by worker and start."""
    keep = np.ones(len(worker), np.bool_)
    busy = np.int64(0)
    for i in range(len(worker)):
        if i == 0 or worker[i] != worker[i - 1]:
            busy = np.int64(0)
        keep[i] = start[i] >= busy
        if keep[i]:
            busy = end[i]
    return keep


def seconds(clock: str) -> int:
    """Seconds since midnight of HH:MM."""
    hours, minutes = clock.split(":")
    return int(hours) * 3600 + int(minutes) * 60


def _workers(
    p: dict[str, Any], days: Days, people: People, planted: Planted, drawn: Draws, today: Longs
) -> dict[str, np.ndarray]:
    """Two shifts a grid and working day; the informant looks after the grid of some who are away."""
    q = p["workers"]
    workdays = today[days.is_workday[today - days.first]]
    parts = []
    for post in people.posts:
        grid, regular, deputy = post.grid[:, None], post.worker[:, None], post.deputy[:, None]
        day = np.broadcast_to(workdays, (len(post.grid), len(workdays)))
        away = _is_away(q, drawn, regular, workdays)
        covered = away & (deputy >= 0) & (drawn(_COVER, grid, day) < q["looked_after_share"])
        covered &= ~_is_away(q, drawn, deputy, workdays)
        worker = np.where(away, np.where(covered, deputy, -1), regular)
        later = np.where(covered, 1, post.later[:, None])
        silent = (grid == planted.unpatrolled.grid) & np.isin(day, planted.unpatrolled.days)
        for slot, window in enumerate((q["morning"], q["afternoon"])):
            parts.append(_hours(q, drawn, people, worker, grid, day, slot, window, later, silent, False))
        extra = planted.extra_patrol
        rows = np.flatnonzero(post.grid == extra.grid)
        if len(rows) and post.is_first:
            when = np.intersect1d(workdays, extra.days)[None, :]
            for slot, (who, window) in enumerate(
                [(post.worker, ["09:52", "10:00"]), (post.deputy, ["10:55", "11:00"]),
                 (post.worker, ["16:15", "16:30"]), (post.deputy, ["16:30", "16:40"])], start=2
            ):  # fmt: skip
                one = np.broadcast_to(who[rows][:, None], when.shape)
                none = np.zeros(when.shape, bool)
                parts.append(_hours(q, drawn, people, one, grid[rows], when, slot, window, 0 * one, none, True))
    table = {name: np.concatenate([part[name] for part in parts]) for name in COLUMNS if name != "device"}
    _second_account(table, planted)
    return table | {"device": table["worker"]}


def _is_away(q: dict[str, Any], drawn: Draws, worker: np.ndarray, day: np.ndarray) -> np.ndarray:
    """On leave (two blocks a year) or ill."""
    year = day // 365
    block = q["leave_days"] // 2
    away = drawn(_SICK, worker, day) < q["sick_share"]
    for half in range(2):
        begin = np.floor(drawn(_LEAVE, worker, 2 * year + half) * 170) + half * 180
        since = day % 365 - begin
        away = away | ((since >= 0) & (since < block * 7 // 5))
    return np.asarray(away)


def _hours(
    q: dict[str, Any], drawn: Draws, people: People, worker: np.ndarray, grid: np.ndarray, day: np.ndarray, slot: int,
    window: list[str], later: np.ndarray, silent: np.ndarray, is_extra: bool,
) -> dict[str, np.ndarray]:  # fmt: skip
    """The hours of one slot, for grids x days."""
    shape = np.broadcast_shapes(worker.shape, day.shape)
    grid, day, later = (np.broadcast_to(a, shape) for a in (grid, day, later))
    begins, latest = (seconds(clock) for clock in window)
    usual = begins + drawn(_START, worker, slot) * (latest - begins)
    varies = (drawn(_START, worker, day, slot) * 2 - 1) * q["varies_minutes"] * 60
    start = day * _DAY + np.maximum(usual + varies, begins - 120) + later * q["next_grid_minutes"] * 60
    low, high = (60.0 * m for m in q["minutes"])
    end = start + low + drawn(_LENGTH, worker, day, slot) * (high - low)
    there = (worker >= 0) & ~silent
    start, end = start.astype(np.int64)[there], end.astype(np.int64)[there]
    grid, n = grid[there], int(there.sum())
    return {
        "person": people.person[worker[there]], "worker": worker[there], "grid": grid,
        "squad": np.full(n, -1), "ranger": np.full(n, -1), "day": day[there], "slot": np.full(n, slot),
        "start": start, "end": end, "kind": people.kind_in_grid[grid], "is_extra": np.full(n, is_extra),
    }  # fmt: skip


def _second_account(table: dict[str, np.ndarray], planted: Planted) -> None:
    """In the week of the shared device the second worker's shifts begin when the first one's are over."""
    first, second = planted.shared_device.workers
    week = np.isin(table["day"], planted.shared_device.days)
    own = {
        (day, slot): end
        for worker, grid, day, slot, end in zip(
            *(table[name] for name in ("worker", "grid", "day", "slot", "end")), strict=True
        )
        if worker == first and grid == planted.shared_device.grid and day in set(planted.shared_device.days.tolist())
    }
    for row in np.flatnonzero(week & (table["worker"] == second)):
        free = own.get((table["day"][row], table["slot"][row]))
        if free is not None:
            moved = free + 240 - table["start"][row]
            table["start"][row] += moved
            table["end"][row] += moved


def _share_device(table: dict[str, np.ndarray], planted: Planted) -> None:
    first, second = planted.shared_device.workers
    week = np.isin(table["day"], planted.shared_device.days)
    table["device"][week & (table["worker"] == second)] = first


def _squads(p: dict[str, Any], people: People, drawn: Draws, today: Longs) -> dict[str, np.ndarray]:
    """Two blocks a day, a day off after some; each member keeps to a rota."""
    q = p["squads"]
    worker = people.squad_worker[:, None]
    squad = people.squad_of[:, None]
    kind = people.squad_kind[:, None]
    day = np.broadcast_to(today, (len(worker), len(today)))
    on = (day + np.arange(len(worker))[:, None]) % q["rest_every"] != 0
    on &= drawn(_SICK, worker, day) >= q["leave_share"]
    rota = np.searchsorted([0.4, 0.75], drawn(_BLOCK, worker))
    parts = []
    for slot in range(2):
        block = np.array([[seconds(c) for c in hours[slot]] for hours in q["blocks"]])[rota]
        begins = block[..., 0] + drawn(_START, worker, day, slot) * 600
        ends = block[..., 1] - drawn(_LENGTH, worker, day, slot) * 480
        n = int(on.sum())
        parts.append(
            {
                "person": people.person[np.broadcast_to(worker, on.shape)[on]],
                "worker": np.broadcast_to(worker, on.shape)[on], "grid": np.full(n, -1),
                "squad": np.broadcast_to(squad, on.shape)[on], "ranger": np.full(n, -1), "day": day[on],
                "slot": np.full(n, slot), "start": (day * _DAY + begins).astype(np.int64)[on],
                "end": (day * _DAY + ends).astype(np.int64)[on], "kind": np.broadcast_to(kind, on.shape)[on],
                "is_extra": np.zeros(n, bool),
            }
        )  # fmt: skip
    table = {name: np.concatenate([part[name] for part in parts]) for name in COLUMNS if name != "device"}
    return table | {"device": table["worker"]}


def _rangers(p: dict[str, Any], people: People, days: Days, drawn: Draws, today: Longs) -> dict[str, np.ndarray]:
    """Volunteers come when they like, more often when nobody works and never in the rain."""
    q = p["rangers"]
    worker = people.ranger_worker[:, None]
    day = np.broadcast_to(today, (len(worker), len(today)))
    row = day - days.first
    likes = q["day_share"] * np.where(days.is_workday[row], 0.8, 1.5) * (days.rain_mm[row] < 3)
    on = drawn(_COVER, worker, day) < likes
    evening = (drawn(_BLOCK, worker, day) < 0.5).astype(int)
    start = day * _DAY + np.array([seconds(c) for c in q["from"]])[evening] + drawn(_START, worker, day) * 3000
    low, high = (60.0 * m for m in q["minutes"])
    end = start + low + drawn(_LENGTH, worker, day) * (high - low)
    n = int(on.sum())
    who = np.broadcast_to(worker, on.shape)[on]
    return {
        "person": people.person[who], "worker": who, "device": who, "grid": np.full(n, -1), "squad": np.full(n, -1),
        "ranger": who - people.ranger_worker[0] if n else who, "day": day[on], "slot": evening[on],
        "start": start.astype(np.int64)[on], "end": end.astype(np.int64)[on], "kind": np.full(n, 1),
        "is_extra": np.zeros(n, bool),
    }  # fmt: skip


def _weather(q: dict[str, Any], table: dict[str, np.ndarray], days: Days, drawn: Draws) -> None:
    """Rain cuts shifts on foot and e-bike short; heavy rain keeps half of them from beginning, a typhoon all."""
    row = table["day"] - days.first
    rain = days.rain_mm[row] * (table["kind"] < 2)
    low, high = q["cut_share"]
    about = table["worker"], table["day"], table["slot"]
    cut = (rain >= q["shorter_mm"]) & (drawn(_CUT, *about) < 0.7)
    share = np.where(cut, 1 - low - drawn(_CANCEL, *about) * (high - low), 1.0)
    off = (rain >= q["cancel_mm"]) & (drawn(_BLOCK, *about) < 0.5) | days.is_typhoon[row]
    table["end"] = table["start"] + np.where(off, 0, (table["end"] - table["start"]) * share).astype(np.int64)
