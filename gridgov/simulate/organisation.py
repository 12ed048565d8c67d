"""Who works in the made-up town: units and their territories, lines of business, people, and the hats they wear."""

from typing import Any

import numpy as np
import pandas as pd

from gridgov.errors import SettingsError
from gridgov.simulate.catalogue import make_items, make_squad_items, read_lines
from gridgov.simulate.model import ROLES, UNIT_KINDS, Land, Organisation
from gridgov.simulate.scenario import EPOCH, Scenario
from gridgov.simulate.seeds import stream


def make_organisation(scenario: Scenario, land: Land) -> Organisation:
    """The organisation of the scenario on its land, by organisation.toml and the word lists of its catalogue.

    Raises SettingsError when the people written down are more than the town has, or when an item of the catalogue
    belongs to a unit or line that does not exist.
    """
    p = scenario.read("organisation.toml")
    lines = read_lines(scenario)
    units, people = _units(p, land)
    staff = _staff(p, units, people, land)
    items = make_items(scenario, lines, set(units["code"]))
    return Organisation(
        units=units,
        lines=lines[["code", "name"]],
        staff=staff[["person", "unit", "has_terminal"]],
        roster=_roster(p, scenario, land, units, staff),
        windows=pd.DataFrame(
            [(f"W{n:02}", p["windows"]["name"].format(n=n)) for n in range(1, p["windows"]["count"] + 1)],
            columns=["code", "name"],
        ),
        items=items,
        squad_items=make_squad_items(scenario, lines),
    )


# --- Units and people --------------------------------------------------------------------------------------------------


def _units(p: dict[str, Any], land: Land) -> tuple[pd.DataFrame, list[int]]:
    """Units in the order of UNIT_KINDS, and how many people of each are on the town's roll (-1 = not written down)."""
    lots = dict(zip(p["cleaning"]["lots"], _halves(land), strict=True))
    squad = land.villages["squad"].to_numpy()
    rows: list[tuple[str, str, str, tuple[int, ...], int]] = []
    for kind in UNIT_KINDS:
        if kind == "village":
            for row, (code, name, sort) in enumerate(land.villages[["code", "name", "kind"]].itertuples(index=False)):
                office = p["villages"]["office"][sort]
                whole = name + office if sort == "urban" else name.removesuffix("村") + office
                rows.append((code, whole, kind, (row,), -1))
            continue
        for n, (code, name, people) in enumerate(p["units"][kind]):
            own = tuple(np.flatnonzero(squad == n).tolist()) if kind == "squad" else lots.get(code, ())
            rows.append((code, name, kind, own, people))
    units = pd.DataFrame([row[:4] for row in rows], columns=["code", "name", "kind", "villages"])
    return units, [row[4] for row in rows]


def _halves(land: Land) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Rows of villages in two lots with about half of the residents each, along the squads' territories."""
    order = np.lexsort((land.villages["code"].to_numpy(), land.villages["squad"].to_numpy()))
    running = land.villages["residents"].to_numpy()[order].cumsum()
    cut = int(np.abs(running - running[-1] / 2).argmin()) + 1
    return tuple(sorted(order[:cut].tolist())), tuple(sorted(order[cut:].tolist()))


def _staff(p: dict[str, Any], units: pd.DataFrame, people: list[int], land: Land) -> pd.DataFrame:
    """Everybody on the roll, unit by unit; villages share what the town's other units leave them.

    Columns of Organisation.staff, and `job`: cadre or worker in a village, else the kind of unit.
    """
    n_grids = np.bincount(land.grids["village"], minlength=len(land.villages))
    in_villages = p["staff"]["total"] - sum(n for n in people if n > 0)
    spare = in_villages - n_grids.sum() - p["villages"]["cadres"] * len(n_grids)
    if spare < 0:
        raise SettingsError(
            f"organisation.toml leaves {in_villages} people for the villages, too few for {n_grids.sum()} grid workers "
            f"and {p['villages']['cadres']} cadres each; give fewer people to the other units."
        )
    cadres = p["villages"]["cadres"] + _shares(spare, n_grids)
    rows: list[tuple[int, bool, str]] = []
    for unit, kind in enumerate(units["kind"]):
        if kind == "village":
            (village,) = units["villages"].iat[unit]
            rows += [(unit, False, "cadre")] * cadres[village] + [(unit, True, "worker")] * n_grids[village]
        else:
            has = p["staff"]["terminals_a_squad"] if kind == "squad" else 0
            rows += [(unit, n < has, kind) for n in range(people[unit])]
    staff = pd.DataFrame(rows, columns=["unit", "has_terminal", "job"])
    staff.insert(0, "person", [f"P{n:04}" for n in range(1, len(staff) + 1)])
    return staff


def _shares(total: int, weights: np.ndarray) -> np.ndarray:
    """Whole shares that add up to the total, by largest remainder."""
    exact = total * weights / weights.sum()
    shares = np.floor(exact).astype(int)
    shares[np.argsort(shares - exact, kind="stable")[: total - shares.sum()]] += 1
    return shares


# --- Hats --------------------------------------------------------------------------------------------------------------


def _roster(
    p: dict[str, Any], scenario: Scenario, land: Land, units: pd.DataFrame, staff: pd.DataFrame
) -> pd.DataFrame:
    """Six posts a grid in the order of grids and ROLES, then one leader for each dedicated grid."""
    rng = stream(scenario.seed, "roster")
    holder = _holders(rng, land, units, staff)
    _vacate(rng, holder, p["vacant"], len(staff))
    n, n_dedicated = len(land.grids), len(land.dedicated)
    body = {code: np.flatnonzero(staff["unit"] == row) for row, code in enumerate(units["code"])}
    leaders = [rng.choice(body[p["dedicated"][kind]]) for kind in land.dedicated["subkind"]]
    roster = pd.DataFrame(
        {
            "grid": np.r_[np.repeat(np.arange(n), len(ROLES)), np.full(n_dedicated, -1)],
            "grid_code": [*np.repeat(land.grids["code"].to_numpy(), len(ROLES)), *land.dedicated["code"]],
            "role": [*ROLES * n, *ROLES[:1] * n_dedicated],
            "person": np.r_[holder.ravel(), leaders].astype(np.int64),
        }
    )
    since = _taken(rng, p["taken"], min(scenario.begin_day, (p["taken"]["held_on"] - EPOCH).days), len(roster))
    return roster.assign(since=np.where(roster["person"] < 0, -1, since))


def _holders(rng: np.random.Generator, land: Land, units: pd.DataFrame, staff: pd.DataFrame) -> np.ndarray:
    """Who wears which hat when nothing is vacant: row of staff by grid and role. Everybody wears at least one.

    Leaders are the cadres of the village; each worker has one grid and keeps an eye on the next one as its informant;
    the town's bodies send the inspectors, they and the stationed units the liaisons, the squad of the village the
    patrollers. Nobody wears two hats in one grid.
    """
    village, job = land.grids["village"].to_numpy(), staff["job"].to_numpy()
    holder = np.full((len(village), len(ROLES)), -1)
    for unit, (kind, territory) in enumerate(zip(units["kind"], units["villages"], strict=True)):
        grids = np.flatnonzero(np.isin(village, territory))
        people = rng.permutation(np.flatnonzero(staff["unit"] == unit))
        if kind == "village":
            holder[grids, 0] = _in_runs(people[job[people] == "cadre"], len(grids))
            workers = people[job[people] == "worker"]
            holder[grids, 1], holder[grids, 3] = workers, np.roll(workers, 1)
        elif kind == "squad":
            holder[grids, 5] = _in_runs(people, len(grids))
    holder[:, 2] = _in_runs(rng.permutation(np.flatnonzero(job == "body")), len(village))
    liaisons = _in_runs(rng.permutation(np.flatnonzero(np.isin(job, ["body", "stationed"]))), len(village))
    while (liaisons == holder[:, 2]).any():
        liaisons = np.roll(liaisons, 1)
    holder[:, 4] = liaisons
    return holder


def _in_runs(people: np.ndarray, n: int) -> np.ndarray:
    """n posts for some people, as evenly as possible, the posts of one side by side."""
    return people[np.arange(n) * len(people) // n]


def _vacate(rng: np.random.Generator, holder: np.ndarray, shares: dict[str, float], n_people: int) -> None:
    """Empty a share of each role's posts, never the last one of a person."""
    worn = np.bincount(holder.ravel(), minlength=n_people)
    for role, share in shares.items():
        posts = holder[:, ROLES.index(role)]
        to_empty = round(share * len(posts))
        for grid in rng.permutation(len(posts)):
            if to_empty and worn[posts[grid]] > 1:
                worn[posts[grid]] -= 1
                posts[grid] = -1
                to_empty -= 1


def _taken(rng: np.random.Generator, p: dict[str, Any], begin: int, n: int) -> np.ndarray:
    """The day each post was taken: within weeks of an election, or any day between the first one and the period."""
    elected = begin - rng.choice(p["elections"], n) + rng.integers(0, p["weeks"] * 7, n)
    between = rng.integers(begin - max(p["elections"]), begin - p["at_least"], n)
    return np.where(rng.random(n) < p["elected"], elected, between)
