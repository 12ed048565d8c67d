"""The patrols of a town, day by day: what every shift of a day walks, and the fixes its device writes down."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from gridgov.simulate.model import Days, Land, Organisation
from gridgov.simulate.patrols.beats import make_beats
from gridgov.simulate.patrols.draws import Draws
from gridgov.simulate.patrols.meetings import Meetings
from gridgov.simulate.patrols.people import CAR, EBIKE, WALK, devices_of, people_of
from gridgov.simulate.patrols.planning import make_plan, route_of
from gridgov.simulate.patrols.planted import Fake, plant
from gridgov.simulate.patrols.receiving import Fixes, fit_degrees, received
from gridgov.simulate.patrols.records import SESSION
from gridgov.simulate.patrols.shifts import planned_shifts
from gridgov.simulate.patrols.stretches import ALL, AROUND, NONE, PLAN, RIVER, choose
from gridgov.simulate.patrols.territories import territories
from gridgov.simulate.patrols.walking import Habits, ground_of, walked
from gridgov.simulate.scenario import Scenario

Floats = npt.NDArray[np.float64]
Longs = npt.NDArray[np.int64]

_WALK, _PACE, _KEPT, _GAP, _GAP_FROM, _GAP_LASTS, _FAKED, _LASTS, _STRETCHES, _JITTER = range(10)
_REACH = {WALK: 350.0, EBIKE: 900.0, CAR: 2500.0}
"""Metres around the place that a squad member chose for a shift, by the way of moving."""


@dataclass(frozen=True)
class DayTracks:
    """The sessions of a day and their fixes.

    shifts  the rows of Patrols.shifts, in the order of the sessions: workers, squads, rangers
    fixes   see receiving.Fixes
    metres  how far each session really went
    """

    shifts: pd.DataFrame
    fixes: Fixes
    metres: Floats


class Patrols:
    """Everything that days have in common; `tracks(day)` makes one day, the same whichever days were made before it.

    report_places  where workers stood when they made reports: person (row of staff), at (seconds of local wall time),
                   x, y (metres); they are there at that time, as near as the roads of their beat allow
    """

    def __init__(
        self, scenario: Scenario, land: Land, organisation: Organisation, days: Days,
        report_places: pd.DataFrame | None = None,
    ) -> None:  # fmt: skip
        self.p = scenario.read("patrol.toml")
        self.land = land
        self.people = people_of(scenario, organisation, land)
        self.planted = plant(scenario, land, days, self.people)
        self.shifts = planned_shifts(scenario, land, days, self.people, self.planted)
        self.devices = devices_of(scenario, self.people)
        parts = territories(scenario, land, self.planted, len(self.people.ranger_worker))
        self.beats = make_beats(land.network, parts)
        self._drive_beat = len(parts) - 1
        self.plan = make_plan(scenario, land, self.beats)
        self._draws = Draws(scenario.seed, "sessions")
        self._ground = ground_of(land.network, self.plan.is_checkpoint)
        self._fit = fit_degrees(land)
        self._workdays = np.cumsum(days.is_workday)
        self._first_day = days.first
        self._shift_first = np.searchsorted(self.shifts["day"], np.arange(scenario.begin_day, scenario.end_day + 1))
        self._begin_day = scenario.begin_day
        self._replayed = self._tracks_to_replay()
        self._meetings = Meetings(report_places, self.shifts, self.people, land, self.beats)

    def tracks(self, day: int) -> DayTracks:
        """All sessions of a day."""
        first, last = self._shift_first[day - self._begin_day : day - self._begin_day + 2]
        shifts = self.shifts.iloc[first:last]
        order = np.lexsort((shifts["start"], shifts["worker"], shifts["ranger"] >= 0, shifts["squad"] >= 0))
        shifts = shifts.iloc[order]
        shifts = shifts[np.diff(self.beats.edge_first)[self._beat(shifts)] > 0]
        sessions, how = self._sessions(shifts)
        targets = self._choose(sessions, shifts, how)
        meetings = self._meetings.of(sessions, how["row"], how["kept"])
        q, jump = self.p["stops"], self.p["planted"]["jumping_device"]["metres"]
        habits = Habits(*(60.0 * m for m in q["minutes"]), *map(float, q["checkpoint_seconds"]))
        steps = walked(sessions, targets, meetings, self._ground, self.beats, habits)
        fixes = received(sessions, steps, self._fit, (float(jump[0]), float(jump[1])))
        return DayTracks(shifts, fixes, steps.metres)

    def _beat(self, shifts: pd.DataFrame) -> Longs:
        """The row of each shift's beat: grids, then squads, then rangers."""
        grid, squad, ranger = (shifts[name].to_numpy() for name in ("grid", "squad", "ranger"))
        n = len(self.land.grids)
        return np.where(grid >= 0, grid, np.where(squad >= 0, n + squad, n + self._n_squads + ranger))

    @property
    def _n_squads(self) -> int:
        return int(self.land.villages["squad"].max()) + 1

    def _sessions(self, shifts: pd.DataFrame) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        """SESSION rows without their targets and meetings, and beside them how their stretches are chosen."""
        q, draws = self.p, self._draws
        worker, day, slot = (shifts[name].to_numpy() for name in ("worker", "day", "slot"))
        s = np.zeros(len(shifts), SESSION)
        row = self._rows_replayed(shifts)
        as_day, as_slot = self.shifts["day"].to_numpy()[row], self.shifts["slot"].to_numpy()[row]
        about = worker, as_day, as_slot
        s["key"] = draws.key(_WALK, *about)
        s["jitter_key"] = draws.key(_JITTER, worker, day, slot)
        s["start"] = shifts["start"]
        seconds = (self.shifts["end"] - self.shifts["start"]).to_numpy()[row]
        s["seconds"] = seconds
        s["beat"] = self._beat(shifts)
        kind = shifts["kind"].to_numpy()
        pace = np.array([q["pace"][name] for name in ("walk", "ebike", "car")])[kind]
        s["pace"] = pace[:, 0] + draws(_PACE, worker, kind) * (pace[:, 1] - pace[:, 0])
        s["step"], s["error"] = self.devices["step_s"][worker], self.devices["error_m"][worker]
        s["tells_speed"] = self.devices["tells_speed"][worker]
        s["tells_satellites"] = self.devices["tells_satellites"][worker]
        s["is_shifted"] = shifts["grid"] >= 0
        s["stop_every"] = q["stops"]["every_minutes"] * 60
        s["checkpoint_share"] = q["stops"]["checkpoint_share"]
        low, high = (60.0 * m for m in q["devices"]["gap_minutes"])
        has_gap = draws(_GAP, *about) < q["devices"]["gap_share"] * np.where(seconds > 7000, 2, 1)
        s["gap_from"] = np.where(has_gap, draws(_GAP_FROM, *about) * 0.9 * seconds, np.inf)
        s["gap_until"] = s["gap_from"] + np.where(has_gap, low * (high / low) ** draws(_GAP_LASTS, *about), 0.0)
        way = np.where(shifts["grid"] >= 0, PLAN, np.where(shifts["squad"] >= 0, AROUND, RIVER))
        how = {"way": way, "day": as_day, "slot": as_slot, "row": row, "kept": np.ones(len(s), bool)}
        self._fake(s, how, shifts, row)
        return s, how

    # --- What is planted ----------------------------------------------------------------------------------------------

    def _fake(self, s: np.ndarray, how: dict[str, np.ndarray], shifts: pd.DataFrame, row: Longs) -> None:
        since = shifts["day"].to_numpy() - self.planted.wrong_clock.days[0]
        late, q = self._is(self.planted.wrong_clock, shifts), self.planted.wrong_clock.how
        s["clock"][late] = np.floor(q["offset_s"] + q["drift_s_per_day"] * since[late])
        replayed = row != shifts.index.to_numpy()
        s["jitter"][replayed] = self.planted.replay.how["jitter_m"]
        own_end = (shifts["end"] - shifts["start"]).to_numpy()
        s["seconds"][replayed] = np.minimum(s["seconds"], own_end)[replayed]
        still = self._is(self.planted.standing_still, shifts)
        how["way"][still] = NONE
        jumping = self._is(self.planted.jumping_device, shifts)
        s["jump_share"][jumping] = self.planted.jumping_device.how["jump_share"]
        s["error"][jumping] = self.planted.jumping_device.how["error_m"]
        driven = self._is(self.planted.drive_through, shifts)
        q, about = self.planted.drive_through.how, [shifts[c].to_numpy()[driven] for c in ("worker", "day", "slot")]
        how["way"][driven], s["beat"][driven] = ALL, self._drive_beat
        low, high = (60.0 * m for m in q["minutes"])
        s["seconds"][driven] = np.minimum(s["seconds"][driven], low + self._draws(_LASTS, *about) * (high - low))
        s["pace"][driven] = q["pace"][0] + self._draws(_PACE, *about) * (q["pace"][1] - q["pace"][0])
        s["stop_every"][driven], s["checkpoint_share"][driven], s["gap_from"][driven] = 0, 0, np.inf
        how["kept"] = ~(still | driven)

    def _is(self, fake: Fake, shifts: pd.DataFrame) -> npt.NDArray[np.bool_]:
        """Which shifts are the fake ones of a worker: a share of those in its days."""
        own = (shifts["worker"] == fake.worker) & (shifts["grid"] == fake.grid) & shifts["day"].isin(fake.days)
        drawn = self._draws(_FAKED, shifts["worker"].to_numpy(), shifts["day"].to_numpy(), shifts["slot"].to_numpy())
        return own.to_numpy() & (drawn < fake.how.get("share", 1.0))

    def _tracks_to_replay(self) -> dict[int, int]:
        """By slot the shift whose track is written again: the last honest one before it begins."""
        fake = self.planted.replay
        own = self.shifts[(self.shifts["worker"] == fake.worker) & (self.shifts["grid"] == fake.grid)]
        before = own[own["day"] < fake.days[0]]
        found = before if len(before) else own
        whole = found[found["end"] - found["start"] >= 3000]
        return {int(slot): int(rows.index[-1]) for slot, rows in (whole if len(whole) else found).groupby("slot")}

    def _rows_replayed(self, shifts: pd.DataFrame) -> Longs:
        """The row of the shift that each session really is: its own, or an earlier one."""
        row = shifts.index.to_numpy().copy()
        for place in np.flatnonzero(self._is(self.planted.replay, shifts)):
            row[place] = self._replayed.get(int(shifts["slot"].iat[place]), row[place])
        return row

    # --- Which stretches ----------------------------------------------------------------------------------------------

    def _choose(self, s: np.ndarray, shifts: pd.DataFrame, how: dict[str, np.ndarray]) -> npt.NDArray[np.int32]:
        """Fill in the targets of the sessions."""
        plan, route_q = self.plan, self.p["route"]
        grid = np.maximum(shifts["grid"].to_numpy(), 0)
        n_routes = np.diff(plan.route_first)[grid]
        route = plan.route_first[grid] + route_of((how["day"] + 3) % 7, n_routes)
        on_plan = how["way"] == PLAN
        s["home"][on_plan] = plan.start[route[on_plan]]
        low, high = route_q["kept_share"]
        kept = low + self._draws(_KEPT, shifts["worker"].to_numpy()) * (high - low)
        turn = self._workdays[how["day"] - self._first_day]
        reach = np.array([_REACH[k] for k in (WALK, EBIKE, CAR)])[shifts["kind"].to_numpy()]
        room = int(np.diff(self.beats.edge_first)[s["beat"]].sum())
        targets = np.empty(room + 1, np.int32)
        base = int(self._draws.key(_STRETCHES)[0])
        n = choose(s, how["way"], how["slot"], turn, route, kept, reach, self.beats, plan.edges_first, plan.edges,
                    plan.rate, plan.liking, base, targets)  # fmt: skip
        return targets[:n]
