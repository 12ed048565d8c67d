"""hot_issues: counted by hand in a small town, and against the list of cases."""

import random
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import gridgov as gg
from gridgov.questions import Town
from tests.support import load_city, new_code, point
from tests.support_ledgers import case, load_cases

UNTIL = date(2026, 3, 29)
SINCE = UNTIL - timedelta(6)
HEAD = ("no", "at", "state", "track", "what", "which", "unit", "channel", "address", "x", "y")


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, datetime.min.time()) + timedelta(hours=hour, minutes=minute)


def loaded(folder: Path, rows: list[dict[str, Any]]) -> Town:
    town = new_code()
    load_city(folder, town)
    numbered = []
    for k, row in enumerate(rows):
        when = row.pop("when")
        is_day = not isinstance(when, datetime)
        numbered.append(case(f"N{k}", at(when, 0) if is_day else when, **row) | ({"at": str(when)} if is_day else {}))
    assert load_cases(folder, town, numbered, HEAD).loaded == len(rows)
    return gg.open(town)


def stall(day: date, hour: int, x: float = 0.5, **more: Any) -> dict[str, Any]:
    lon, lat = point(x, 0.5)
    about = {
        "what": "street",
        "which": "stall",
        "unit": "A",
        "channel": "12345热线",
        "address": "market",
        "x": lon,
        "y": lat,
    }
    return {"when": at(day, hour), **about, **more}


def test_it_counts_what_one_counts_by_hand(database: str, tmp_path: Path) -> None:
    """Eleven stalls this week, ten of them at the market in the evening; eight in the four weeks before: two a week."""
    rows = [stall(SINCE - timedelta(28), 9)]  # the first report of all: the four weeks before are known
    rows += [stall(SINCE - timedelta(4 * k + 2), 12) for k in range(7)]
    rows += [stall(SINCE + timedelta(k % 7), 18 + k % 3, unit="AB"[k % 5 == 0]) for k in range(10)]
    rows += [stall(SINCE, 7, x=2.5, address="elsewhere")]
    rows += [stall(SINCE - timedelta(30), 10, which="other"), stall(SINCE, 10, which="")]
    town = loaded(tmp_path, rows)
    answer = town.ask("hot_issues", as_of=UNTIL, since=SINCE, until=UNTIL)
    assert answer.meta["before_since"] == (SINCE - timedelta(28)).isoformat()
    assert answer.frame["subcategory"].tolist() == ["stall"]
    row = answer.frame.iloc[0]
    assert (row["n_reported"], row["n_before"], row["before_mean"], row["times_before"]) == (11, 8, 2.0, 5.5)
    assert (row["peak_from_hour"], row["n_in_peak"], row["n_near"], row["address"]) == (18, 10, 10, "market")
    assert row["n_again"] == 10
    assert (row["main_unit"], row["n_main_unit"], row["units_involved"]) == ("A", 9, "A, B")
    assert row["is_hot"]
    assert row["is_gathered"]
    assert pd.isna(row["times_adjusted"])
    assert pd.isna(row["patrol_h"])
    by_grid = town.ask("hot_issues", as_of=UNTIL, since=SINCE, until=UNTIL, by="grid").frame
    assert by_grid.set_index("grid_code")["n_reported"].to_dict() == {"11": 10, "13": 1}
    of_b = town.ask("hot_issues", as_of=UNTIL, since=SINCE, until=UNTIL, where={"unit": "B"}).frame
    assert of_b["n_reported"].tolist() == [2]


def test_of_a_case_with_a_day_only_no_hour_is_known(database: str, tmp_path: Path) -> None:
    """Twenty reports without a time are not twenty at midnight."""
    days = [{**stall(SINCE, 0), "when": SINCE} for _ in range(20)]
    town = loaded(tmp_path, [stall(SINCE - timedelta(40), 1), *[dict(day) for day in days]])
    row = town.ask("hot_issues", as_of=UNTIL, since=SINCE, until=UNTIL).frame.iloc[0]
    assert (row["n_reported"], row["n_in_peak"], row["is_gathered"]) == (20, 0, False)
    assert pd.isna(row["peak_from_hour"])
    more = [{**stall(SINCE + timedelta(1), 18)} for _ in range(3)]
    town = loaded(tmp_path, [stall(SINCE - timedelta(40), 1), *[dict(day) for day in days], *more])
    row = town.ask("hot_issues", as_of=UNTIL, since=SINCE, until=UNTIL).frame.iloc[0]
    assert (row["n_reported"], row["n_in_peak"], row["peak_from_hour"]) == (23, 3, 16)  # the first run that holds 18


def test_where_the_weeks_before_are_not_known_nothing_is_hot(database: str, tmp_path: Path) -> None:
    town = loaded(tmp_path, [stall(SINCE - timedelta(20), 9)] + [stall(SINCE, 18) for _ in range(30)])
    row = town.ask("hot_issues", as_of=UNTIL, since=SINCE, until=UNTIL).frame.iloc[0]
    assert row["n_reported"] == 30
    assert pd.isna(row["n_before"])
    assert pd.isna(row["times_before"])
    assert not row["is_hot"]


@pytest.mark.parametrize("seed", range(3))
def test_it_is_what_the_list_of_cases_says(database: str, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    rows = [
        stall(SINCE - timedelta(chance.randrange(-6, 29)), chance.randrange(24), x=3 * chance.random(),
              which=chance.choice(["stall", "noise", "waste"]), unit=chance.choice(["A", "B", ""]),
              channel=chance.choice(["12345热线", "worker"]))
        for _ in range(150)
    ]  # fmt: skip
    town = loaded(tmp_path, [stall(SINCE - timedelta(40), 1), *rows])
    listed = town.ask("cases", as_of=UNTIL, limit=1_000).frame
    local = listed["reported_at"].dt.tz_convert("Asia/Shanghai")
    listed = listed.assign(day=local.dt.date, hour=local.dt.hour)
    now, before = (
        listed[(listed["day"] >= first) & (listed["day"] <= last)]
        for first, last in ((SINCE, UNTIL), (SINCE - timedelta(28), SINCE - timedelta(1)))
    )
    found = town.ask("hot_issues", as_of=UNTIL, since=SINCE, until=UNTIL, by="grid").frame
    keys = list(zip(found["grid_code"], found["subcategory"], strict=True))
    assert Counter(dict(zip(keys, found["n_reported"], strict=True))) == Counter(
        zip(now["grid_code"], now["subcategory"], strict=True)
    )
    earlier = Counter(zip(before["grid_code"], before["subcategory"], strict=True))
    for key, row in zip(keys, found.to_dict("records"), strict=True):
        same = now[(now["grid_code"] == key[0]) & (now["subcategory"] == key[1])]
        assert row["n_before"] == earlier[key]
        assert row["n_by_workers"] == (same["channel"] == "worker").sum()
        units = Counter(same["unit"].dropna())
        assert row["n_main_unit"] == max(units.values(), default=0)
        assert row["n_in_peak"] == max(same["hour"].isin([h % 24 for h in (k, k + 1, k + 2)]).sum() for k in range(24))
    assert found["is_hot"].tolist() == sorted(found["is_hot"], reverse=True)
