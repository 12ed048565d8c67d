"""Visits and revisits: equal to an obvious reference made of the same walks and cases."""

import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import example, given
from hypothesis import strategies as st

import gridgov as gg
from tests.store.test_plans import checkpoint, load_list, route
from tests.support import city, examples, follow_rules, load_city, new_code, point
from tests.support_ledgers import case, load_cases
from tests.support_patrols import centres, day_of, lines_by_day, near, wanderings
from tests.support_tracks import Fix, load_fixes, local, walk

MONDAY = date(2026, 3, 23)
N_DAYS = 8
DAYS = [MONDAY + timedelta(k) for k in range(N_DAYS)]
WINDOW = {"since": MONDAY, "as_of": DAYS[-1]}


def town_of(folder: Path, rows: list[Fix], seed: int) -> tuple[gg.Town, list[tuple[date, str]]]:
    """A town with these walks, and cases of workers and others; and where and when workers reported."""
    code, drawn = new_code(), random.Random(seed)
    load_city(folder, code)
    load_fixes(folder, code, rows, name=code)
    cases, told = [], []
    for k in range(40):
        column, row, day = drawn.randrange(3), drawn.randrange(3), drawn.choice(DAYS)
        channel = drawn.choice(["worker", "worker", "hotline"])
        x, y = point(column + 0.5, row + 0.5)
        cases.append(case(f"C{k}", local(day, drawn.uniform(0, 23.9)), channel=channel, x=x, y=y))
        if channel == "worker":
            told.append((day, f"{row + 1}{column + 1}"))
    load_cases(folder, code, cases, ("no", "at", "state", "track", "channel", "x", "y"))
    return gg.open(code), told


def grid_of(row: Fix) -> str | None:
    """The square a fix lies in."""
    return next((code for code, shape in city().items() if shapely.intersects_xy(shape, row["x"], row["y"])), None)


@example(seed=4)
@given(seed=st.integers(0, 10**6))
@examples(2)
def test_every_day_of_every_grid_is_one_of_four(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    follow_rules(tmp_path, monkeypatch, ("patrolled_min = 30", "patrolled_min = 0"))
    rows = wanderings(seed, MONDAY, N_DAYS)
    town, told = town_of(tmp_path, rows, seed)
    first = min(day_of(row) for row in rows)
    went, found = {(day_of(row), grid_of(row)) for row in rows}, set(told)
    days = [day for day in DAYS if day >= first]
    frame = pd.DataFrame(town.ask("visits", by=["day", "grid"], **WINDOW).frame).set_index(["period_on", "grid_code"])
    for code in city():
        for day in days:
            row = frame.loc[(day, code)]
            is_there, is_told = (day, code) in went, (day, code) in found
            expected = [
                is_there and is_told,
                is_there and not is_told,
                is_told and not is_there,
                not (is_there or is_told),
            ]
            names = ["n_found_days", "n_clean_days", "n_untracked_days", "n_unpatrolled_days"]
            assert row[names].tolist() == [int(each) for each in expected], (day, code)
    assert frame["n_grid_days"].sum() == len(days) * len(city())
    counts = [name for name in frame if name.startswith("n_")]
    whole = pd.DataFrame(town.ask("visits", **WINDOW).frame)[counts].iloc[0]
    for by in ("grid", "district", "week", ["week", "district"]):
        assert (pd.DataFrame(town.ask("visits", by=by, **WINDOW).frame)[counts].sum() == whole).all(), by
    one = town.ask("visits", scope="22", **WINDOW).frame.iloc[0]
    assert (one[counts] == frame.xs("22", level="grid_code")[counts].sum()).all()


def test_who_passes_by_does_not_patrol(database: str, tmp_path: Path) -> None:
    """Half an hour of all together makes a patrol: three times eleven minutes do, twice eleven and a way through do not."""
    rows: list[Fix] = []
    for k, device in enumerate("abc"):
        rows += walk(device, local(MONDAY, 9 + k), 67, start=(0.5, 0.5), step=(1, 0), person=device, mode="walk")
        if k < 2:
            rows += walk(device, local(MONDAY, 13 + k), 67, start=(1.5, 1.5), step=(1, 0), person=device, mode="walk")
    town, _ = town_of(tmp_path, rows, 1)
    day: dict[str, Any] = {"by": "grid", "since": MONDAY, "as_of": MONDAY}
    visits = pd.DataFrame(town.ask("visits", **day).frame).set_index("grid_code")
    done = pd.DataFrame(town.ask("coverage", **day).frame).set_index("grid_code")
    left = set(town.ask("unpatrolled", as_of=MONDAY).frame["grid_code"])
    assert done["minutes"]["11"] > 30 > done["minutes"]["22"] > 20
    for code in city():
        patrolled = visits["n_found_days"][code] + visits["n_clean_days"][code]
        assert patrolled == done["n_days"][code] == (code not in left) == (code == "11"), code
    assert town.ask("visits", **day).meta["patrolled_min"] == 30


@example(seed=5)
@given(seed=st.integers(0, 10**6))
@examples(2)
def test_intervals_are_those_of_the_cells(database: str, tmp_path: Path, seed: int) -> None:
    rows = wanderings(seed, MONDAY, N_DAYS)
    town, _ = town_of(tmp_path, rows, seed)
    lines, first = lines_by_day(rows), min(day_of(row) for row in rows)
    days = [day for day in DAYS if day >= first]
    frame = pd.DataFrame(town.ask("revisits", by="grid", **WINDOW).frame).set_index("grid_code")
    for code, shape in city().items():
        cells = centres(shape)
        seen = np.array([near(cells, lines[day]) if day in lines else np.zeros(len(cells), bool) for day in days])
        n = seen.sum(axis=0)
        row = frame.loc[code]
        assert row["n_seen"] == pytest.approx((n > 0).sum(), abs=200)
        assert row["n_seen_again"] == pytest.approx((n > 1).sum(), abs=200)
        if (n > 1).sum() > 500:
            last = len(days) - 1 - seen[::-1].argmax(axis=0)
            interval = (last - seen.argmax(axis=0))[n > 1] / (n[n > 1] - 1)
            assert row["revisit_days"] == pytest.approx(interval.mean(), rel=0.02)
        idle = np.zeros((len(days), len(cells)))
        for k in range(len(days)):
            idle[k] = np.where(seen[k], 0, 1 + (idle[k - 1] if k else 0))
        assert row["idle_mean_days"] == pytest.approx(idle.mean(), abs=0.05)
        assert row["idle_worst_days"] == idle.max()
    whole = town.ask("revisits", **WINDOW).frame.iloc[0]
    for name in ("n_cells", "n_seen", "n_seen_again"):
        assert whole[name] == frame[name].sum()
    assert whole["revisit_days"] == pytest.approx(
        (frame["revisit_days"].fillna(0) * frame["n_seen_again"]).sum() / frame["n_seen_again"].sum(),
        nan_ok=True,
    )


def test_the_interval_stands_beside_what_is_planned(database: str, tmp_path: Path) -> None:
    town, _ = town_of(tmp_path, wanderings(6, MONDAY, N_DAYS), 6)
    load_list("routes", tmp_path, town.code, [route("R1", grid="22", days="1,4")])
    window: dict[str, Any] = {"since": MONDAY, "until": MONDAY + timedelta(6), "as_of": DAYS[-1]}
    frame = pd.DataFrame(town.ask("revisits", by="grid", **window).frame).set_index("grid_code")
    assert frame["planned_interval_days"]["22"] == 3.5
    assert frame["planned_interval_days"].drop("22").isna().all()
    assert town.ask("revisits", **window).frame["planned_interval_days"].iloc[0] == 3.5
    told = frame.loc["22"]
    if told["n_seen_again"]:
        assert told["times_planned"] == pytest.approx(told["revisit_days"] / 3.5)


def test_plans_by_week_are_those_of_each_week(database: str, tmp_path: Path) -> None:
    """Each week has its own walks and visits, with grids and without; together they are those of the window."""
    town, _ = town_of(tmp_path, wanderings(6, MONDAY, N_DAYS), 6)
    load_list(
        "routes", tmp_path, town.code, [route("R1", (0.1, 0.5), (2.9, 0.5), grid="22", days="1,2,3,4,5,6,7", hours="")]
    )
    load_list("checkpoints", tmp_path, town.code, [checkpoint("P1", 1.5, 1.5, grid="22")])
    whole = {name: town.ask(name, **WINDOW).frame.iloc[0] for name in ("plan_adherence", "checkpoints")}
    for by in ("week", ["week", "grid"]):
        for question, counts in (
            ("plan_adherence", ("n_planned", "n_due_cells", "n_seen_cells", "n_walked")),
            ("checkpoints", ("due_visits",)),
        ):
            weeks = pd.DataFrame(town.ask(question, by=by, **WINDOW).frame)
            for name in counts:
                assert weeks[name].sum() == pytest.approx(whole[question][name]), (question, by, name)
            assert weeks["period_on"].nunique() == 2
            assert len(weeks) == (2 if by == "week" else 18)
