"""What next week is expected to bring: the same for a grid wherever it is asked from, in parts that make the town."""

import random
from collections import Counter
from datetime import timedelta

import numpy as np
import pytest

import gridgov as gg
from gridgov.errors import QuestionError
from tests.conftest import Shared
from tests.support import load_city, new_code, point
from tests.support_ledgers import BEGIN, Row, case, load_cases

HEAD = ("no", "at", "closed", "due", "state", "track", "what", "channel", "x", "y")
WEEKS = 14
LAST = BEGIN.date() + timedelta(7 * WEEKS - 1)


@pytest.fixture(scope="module")
def loaded(shared: Shared) -> tuple[str, list[Row]]:
    """Fourteen weeks of cases in nine grids, more in some than in others, none in one; a few outside and without a place."""
    town, chance = new_code(), random.Random(8)
    load_city(shared.folder, town)
    rows = []
    for k in range(2_000):
        column, row = chance.choice([(0, 0), (0, 0), (0, 1), (1, 1), (2, 1), (1, 2), (2, 2), (1, 0), (0, 2)])
        x, y = point(column + chance.random(), row + chance.random())
        if k % 50 == 0:
            x, y = (120.9, 31.1) if k % 100 else ("", "")
        at = BEGIN.replace(hour=8) + timedelta(days=chance.randrange(7 * WEEKS), hours=10 * chance.random())
        rows.append(case(f"C{k}", at, x=x, y=y, what=chance.choice(["road", "water"])))
    load_cases(shared.folder, town, rows, HEAD)
    return town, rows


def test_the_parts_make_the_town(loaded: tuple[str, list[Row]]) -> None:
    town = gg.open(loaded[0])
    whole = town.ask("forecast", as_of=LAST)
    n = whole.frame["forecast_n"].iloc[0]
    assert 100 < n < 180
    for by in ("town", "district", "grid"):
        answer = town.ask("forecast", by=by, as_of=LAST)
        told = answer.frame
        assert abs(told["forecast_n"].sum() - n) < 1e-9
        assert told["n_last_week"].sum() == whole.frame["n_last_week"].iloc[0]
        assert (told["forecast_n"] >= 0).all()
        assert (told["likely_from"] <= told["likely_to"]).all()
        assert set(told["place_status"]) == {"located", "outside", "unlocated"}
        assert answer.meta["test"]["n_weeks"] == WEEKS - 9
        assert answer.meta["test"]["better"] > 0
    assert (whole.meta["since"], whole.meta["until"]) == tuple(str(LAST + timedelta(k)) for k in (1, 7))
    grids = town.ask("forecast", by="grid", as_of=LAST).frame
    districts = town.ask("forecast", by="district", as_of=LAST).frame.set_index("grid_code")["forecast_n"]
    of_parts = grids.groupby("parent_code")["forecast_n"].sum()
    assert np.abs(of_parts - districts[districts.index.notna()]).max() < 1e-9
    assert grids.set_index("grid_code").loc["13", "forecast_n"] == 0


def test_last_week_is_what_the_rows_say(loaded: tuple[str, list[Row]]) -> None:
    code, rows = loaded
    since = (LAST - timedelta(6)).isoformat()
    counted = Counter(str(row["what"]) for row in rows if str(row["at"])[:10] >= since)
    for what in ("road", "water"):
        answer = gg.open(code).ask("forecast", as_of=LAST, where={"category": what})
        assert answer.frame["n_last_week"].iloc[0] == counted[what]
        assert answer.meta["test"]["n_weeks"] == WEEKS - 9


def test_a_grid_is_expected_to_bring_the_same_wherever_it_is_asked_from(loaded: tuple[str, list[Row]]) -> None:
    town = gg.open(loaded[0])
    columns = ["forecast_n", "likely_from", "likely_to", "n_last_week", "outlook"]
    every = town.ask("forecast", by="grid", as_of=LAST).frame.set_index("grid_code")[columns]
    of_two = town.ask("forecast", by="grid", scope="2", as_of=LAST).frame.set_index("grid_code")[columns]
    assert of_two.index.tolist() == ["21", "22", "23"]
    assert of_two.equals(every.loc[of_two.index])
    alone = town.ask("forecast", scope="22", as_of=LAST).frame
    assert alone[columns].iloc[0].tolist() == every.loc["22"].tolist()
    districts = town.ask("forecast", by="district", as_of=LAST).frame.set_index("grid_code")[columns]
    assert town.ask("forecast", scope="2", as_of=LAST).frame[columns].iloc[0].tolist() == districts.loc["2"].tolist()
    with pytest.raises(QuestionError, match="below the level"):
        town.ask("forecast", by="district", scope="22")


def test_it_does_not_know_what_comes(loaded: tuple[str, list[Row]]) -> None:
    """Asked as of a day, of a morning and of what was known then, it forecasts the seven days after what is over."""
    town = gg.open(loaded[0])
    then = LAST - timedelta(7)
    answer = town.ask("forecast", by="grid", as_of=then)
    morning = town.ask("forecast", by="grid", as_of=f"{then + timedelta(1)}T09:00")
    assert answer.meta["since"] == morning.meta["since"] == str(then + timedelta(1))
    assert answer.frame["forecast_n"].tolist() == pytest.approx(morning.frame["forecast_n"].tolist())
    came = town.ask("flow", by="grid", since=then + timedelta(1), until=LAST).frame
    assert town.ask("forecast", by="grid", as_of=LAST).frame["n_last_week"].sum() == came["n_reported"].sum()


def test_of_little_nothing_is_said(loaded: tuple[str, list[Row]]) -> None:
    town = gg.open(loaded[0])
    answer = town.ask("forecast", by="grid", as_of=BEGIN.date() + timedelta(20))
    assert answer.frame["forecast_n"].isna().all()
    assert answer.frame["outlook"].isna().all()
    assert answer.frame["n_last_week"].sum() > 0
    assert answer.meta["test"] is None
    with pytest.raises(QuestionError, match="level of grids"):
        town.ask("forecast", by="unit")
    with pytest.raises(QuestionError, match="state"):
        town.ask("forecast", where={"state": "closed"})
