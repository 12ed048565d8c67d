"""Squads: their people by the roster, their territory by the register, and the sums those of the questions by grid."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import gridgov as gg
from gridgov.pipelines.kinds import load
from tests.store.test_ground import load_map, road
from tests.support import load_city, new_code, register_mapping, write_rows
from tests.support_patrols import day_of, wanderings
from tests.support_tracks import Fix, load_fixes

MONDAY = date(2026, 3, 23)
N_DAYS = 8
WINDOW: dict[str, Any] = {"since": MONDAY, "as_of": MONDAY + timedelta(N_DAYS - 1)}
UNITS = [
    {"code": "S1", "name": "Squad 1", "kind": "squad", "territory": "1、2"},
    {"code": "S2", "name": "Squad 2", "kind": "squad", "territory": ""},
    {"code": "V1", "name": "Village 1", "kind": "village", "territory": "1"},
]


def register(folder: Path, town: str, kind: str, rows: list[dict[str, str]], names: dict[str, str], **how: Any) -> None:
    path = write_rows(folder / f"{town}_{kind}.csv", rows, tuple(rows[0]))
    load(kind, path, register_mapping(kind, town, names), **how)


def town_of(folder: Path, rows: list[Fix], squads: dict[str, str]) -> gg.Town:
    """A town with a map, walks of three people, and the squad of each of them."""
    code = new_code()
    load_city(folder, code)
    load_map(folder, code, [road((0, y + 0.5), (3, y + 0.5), width=40) for y in range(3)])
    names = {"code": "code", "name": "name", "kind": "kind", "territory": "territory"}
    register(folder, code, "units", UNITS, names)
    posts = [{"grid": "11", "role": "patroller", "person": who, "unit": unit} for who, unit in squads.items()]
    names = {"grid_code": "grid", "role": "role", "person": "person", "unit": "unit"}
    register(folder, code, "roster", posts, names, valid_from=date(2026, 1, 1))
    load_fixes(folder, code, rows, name=code)
    return gg.open(code)


def test_a_squad_of_all_is_the_town_and_two_are_their_parts(database: str, tmp_path: Path) -> None:
    rows = wanderings(7, MONDAY, N_DAYS)
    one = town_of(tmp_path, rows, dict.fromkeys("abc", "S2"))
    whole, told = one.ask("coverage", **WINDOW).frame.iloc[0], one.ask("squads", **WINDOW).frame.iloc[0]
    everywhere = pd.DataFrame(one.ask("coverage", by="grid", **WINDOW).frame)
    assert (told["unit"], told["n_people"]) == ("S2", 3)
    for name in ("covered_share", "covered_m2", "due_m2", "minutes", "km"):
        assert told[name] == pytest.approx(whole[name]), name
    assert told["n_days"] == len({day_of(row) for row in rows})
    assert told["swept_m2"] >= whole["swept_m2"]  # what lies outside the grids too
    assert told["home_min"] == pytest.approx(everywhere.loc[everywhere["grid_code"].notna(), "minutes"].sum())

    at_home = town_of(tmp_path, rows, dict.fromkeys("abc", "S1"))
    told = at_home.ask("squads", **WINDOW).frame.iloc[0]
    districts = pd.DataFrame(at_home.ask("coverage", by="district", **WINDOW).frame).set_index("grid_code")
    for name, of in (("due_m2", "due_m2"), ("covered_m2", "covered_m2"), ("home_min", "minutes")):
        assert told[name] == pytest.approx(districts[of][["1", "2"]].sum()), name
    assert 0 < told["home_min"] < told["minutes"]


def test_of_units_with_few_people_nothing_is_told(database: str, tmp_path: Path) -> None:
    town = town_of(tmp_path, wanderings(7, MONDAY, N_DAYS), {"a": "S1", "b": "S2", "c": "V1"})
    rows = pd.DataFrame(town.ask("squads", **WINDOW).frame).set_index("unit")
    assert rows["n_people"].to_dict() == {"S1": 1, "S2": 1}
    told = [
        "n_days",
        "covered_share",
        "covered_m2",
        "swept_m2",
        "minutes",
        "km",
        "effective_km",
        "home_min",
        "home_share",
    ]
    assert rows[told].isna().all().all()


def test_who_is_in_no_squad_is_in_no_row(database: str, tmp_path: Path) -> None:
    town = town_of(tmp_path, wanderings(7, MONDAY, N_DAYS), {"x": "S1"})
    answer = town.ask("squads", **WINDOW)
    assert answer.frame.empty
    assert list(answer.frame) == list(answer.definition.columns)
