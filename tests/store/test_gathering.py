"""Where open cases gather, and grids clearly above the town: against what a slow reader counts from the same rows."""

import math
import random
from collections import Counter
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
import shapely

import gridgov as gg
from gridgov.errors import QuestionError
from tests.conftest import Shared
from tests.support import load_city, load_exposure, new_code, point
from tests.support_ledgers import BEGIN, Row, case, load_cases, stamp

HEAD = ("no", "at", "closed", "due", "state", "track", "what", "channel", "x", "y")
AS_OF = BEGIN.date() + timedelta(30)
CROWD = (0.52, 0.48)


def _case(no: str, column: float, row: float, hour: float, is_open: bool, **more: str) -> Row:
    x, y = point(column, row)
    at = BEGIN + timedelta(hours=hour)
    end = {} if is_open else {"state": "closed", "closed": stamp(at + timedelta(hours=2))}
    return case(no, at, x=x, y=y, due=stamp(at + timedelta(hours=24)), what="road", **end, **more)


@pytest.fixture(scope="module")
def crowded(shared: Shared) -> tuple[str, list[Row]]:
    """Nine squares with closed cases everywhere, open ones here and there, and a crowd of open ones at one place."""
    town, chance = new_code(), random.Random(5)
    load_city(shared.folder, town)
    rows = [_case(f"C{k}", 3 * chance.random(), 3 * chance.random(), k % 600, k % 20 == 0) for k in range(700)]
    rows += [
        _case(f"H{k}", CROWD[0] + 0.02 * chance.random(), CROWD[1] + 0.02 * chance.random(), 300 + k, True)
        for k in range(25)
    ]
    load_cases(shared.folder, town, rows, HEAD)
    people = [{"grid": f"{r}{c}", "on": "2026-01-01", "people": 1000} for r in (1, 2, 3) for c in (1, 2, 3)]
    load_exposure(shared.folder, town, people, ("grid", "on", "people"))
    return town, rows


def test_the_crowd_is_the_hotspot_and_its_numbers_are_those_of_the_rows(crowded: tuple[str, list[Row]]) -> None:
    code, rows = crowded
    answer = gg.open(code).ask("hotspots", as_of=AS_OF)
    first = answer.frame.iloc[0]
    assert first["geom"].contains(shapely.Point(*point(CROWD[0] + 0.01, CROWD[1] + 0.01)))
    assert first["grid_code"] == "11" and first["category"] == "road"
    assert (answer.frame["chance_q"] <= 0.05).all() and (answer.frame["n_open"] >= 3).all()
    assert answer.frame["n_open"].is_monotonic_decreasing

    # A slow reader: which rows lie in each outline, in which squares, and what a square holds on average.
    is_open = [row.get("state") != "closed" for row in rows]
    for spot in answer.frame.itertuples():
        inside = [
            is_it and spot.geom.covers(shapely.Point(row["x"], row["y"]))
            for is_it, row in zip(is_open, rows, strict=True)
        ]
        assert spot.n_open == sum(inside) == spot.n_of_category
    tall = 200 / 111_195
    wide = tall / math.cos(math.radians((point(0, 0)[1] + point(0, 3)[1]) / 2))
    seen = Counter((math.floor(row["y"] / tall), math.floor(row["x"] / wide)) for row in rows)
    assert answer.meta["n_compared"] == len(seen)
    assert answer.meta["n_open"] == sum(is_open)
    assert first["expected_n"] == pytest.approx(sum(is_open) / len(seen) * first["n_squares"])
    assert first["m2"] == 40_000 * first["n_squares"]
    shapes = answer.frame.geom.to_numpy()
    assert shapely.area(shapely.union_all(shapes)) == pytest.approx(shapely.area(shapes).sum())


def test_hotspots_follow_the_scope_the_filter_and_the_day(crowded: tuple[str, list[Row]]) -> None:
    code, _ = crowded
    town = gg.open(code)
    assert len(town.ask("hotspots", as_of=AS_OF, scope="33").frame) == 0
    assert len(town.ask("hotspots", as_of=AS_OF, scope="11").frame) == 1
    assert len(town.ask("hotspots", as_of=AS_OF, where={"category": None}).frame) == 0
    assert len(town.ask("hotspots", as_of=BEGIN.date()).frame) == 0
    again = [town.ask("hotspots", as_of=AS_OF).to_json() for _ in range(2)]
    assert again[0] == again[1]


def test_standouts_are_those_of_the_rows(crowded: tuple[str, list[Row]]) -> None:
    code, rows = crowded
    answer = gg.open(code).ask("standouts", as_of=AS_OF, since=BEGIN.date(), by="grid")
    assert answer.meta["exposure"] == "residents"
    steps = [round(point(k, k)[j], 7) for k in range(4) for j in (0, 1)]
    edges = steps[0::2], steps[1::2]
    counted = Counter(
        f"{np.searchsorted(edges[1], row['y'], 'right')}{np.searchsorted(edges[0], row['x'], 'right')}" for row in rows
    )
    told = answer.frame.set_index("grid_code")
    for grid in told.index.dropna():
        assert told.loc[grid, "n_reported"] == counted[grid]
        others = (sum(counted.values()) - counted[grid]) / 8
        assert told.loc[grid, "expected_n"] == pytest.approx(others)
        assert told.loc[grid, "times_expected"] == pytest.approx(counted[grid] / others)
    assert answer.frame["times_expected"].dropna().is_monotonic_decreasing


def test_standouts_without_people_go_by_the_land_and_few_cases_tell_nothing(database: str, tmp_path: Path) -> None:
    town = new_code()
    load_city(tmp_path, town)
    rows = [
        _case(f"C{k}", 0.5 if k < 60 else k % 3 + 0.5, k % 9 // 3 + 0.5 if k >= 60 else 0.5, k, True)
        for k in range(100)
    ]
    load_cases(tmp_path, town, rows, HEAD)
    answer = gg.open(town).ask("standouts", as_of=AS_OF, since=BEGIN.date())
    told = answer.frame.set_index("grid_code")["standing"]
    assert answer.meta["exposure"] == "area_km2"
    assert told["11"] == "far_above"
    assert gg.open(town).ask("standouts", as_of=AS_OF, since=AS_OF).frame["standing"].dropna().isin(["few"]).all()
    with pytest.raises(QuestionError, match="level of grids"):
        gg.open(town).ask("standouts", by="unit")
    with pytest.raises(QuestionError, match="state"):
        gg.open(town).ask("standouts", where={"light": "red"})
