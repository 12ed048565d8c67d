"""Cases beside patrols: what was missed by hand, sums that agree with the tables, and a review list that finds what is made."""

import random
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import gridgov as gg
from gridgov.errors import QuestionError
from gridgov.pipelines import patrol_upkeep
from tests.support import examples, load_city, new_code, point, query
from tests.support_ledgers import BEGIN, Row, case, load_cases
from tests.support_tracks import METRE, PATROLS, load_fixes, walk

HEAD = ("no", "at", "state", "track", "channel", "x", "y")
CASES = (*HEAD, "who")
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
AS_OF = BEGIN.date() + 10 * DAY


def told(no: str, hours: float, north_m: float = 0, channel: str = "hotline", *, placed: bool = True) -> Row:
    """A case at, or north of, the place where a walk from (0.5, 0.5) eastward is after 50 steps, so long after it began."""
    x, y = point(0.5, 0.5)
    where = {"x": round(x + 500 * METRE, 7), "y": round(y + north_m * METRE, 7)} if placed else {"x": "", "y": ""}
    return case(no, BEGIN + timedelta(hours=hours), channel=channel, **where)


def test_what_was_missed_by_hand(database: str, tmp_path: Path) -> None:
    town = new_code()
    load_city(tmp_path, town)
    load_fixes(tmp_path, town, walk("a", BEGIN, 101, person="P1", mode="ebike"))
    rows = [
        told("soon", 2), told("within", 24), told("beside", 2, 25), told("before", 0.05), told("late", 24.2),
        told("far", 2, 40), told("worker", 2, channel="worker"), told("nowhere", 2, placed=False), told("other_day", 100),
    ]  # fmt: skip
    load_cases(tmp_path, town, rows, HEAD)
    answer = gg.open(town).ask("missed", since=BEGIN.date(), as_of=AS_OF).frame
    assert sorted(answer["case_nos"][0]) == ["beside", "soon", "within"]
    assert answer[["n_reported", "n_checked", "n_missed"]].to_numpy().tolist() == [[8, 6, 3]]
    assert abs(answer["passed_at"][0] - (BEGIN + timedelta(seconds=500))) < timedelta(seconds=15)
    grids = gg.open(town).ask("missed", by="grid", since=BEGIN.date(), as_of=AS_OF).frame
    assert grids["n_missed"].sum() == 3
    assert grids["n_reported"].sum() == 8


@given(seed=st.integers(0, 10**6))
@examples(2)
def test_tracks_and_cases_tell_the_same_in_whatever_order(database: str, tmp_path: Path, seed: int) -> None:
    """Cases that come before, between and after the tracks, that move and are put to another time; and a track written again."""
    drawn = random.Random(seed)
    played = walk("again", BEGIN, 150, start=(0.4, 0.6), step=(9, 3), person="P9", mode="walk")
    days = [
        walk(device, BEGIN + drawn.uniform(0, 20) * HOUR + k * DAY, 90, start=(0.3 + drawn.random(), 0.5), step=(9, 0),
             person=f"P{device}", mode="walk")
        for k in range(3) for device in "ab"
    ]  # fmt: skip
    for k in range(4):
        days.append([{**row, "at": f"{pd.Timestamp(row['at']) + k * DAY:%Y-%m-%d %H:%M:%S}"} for row in played])

    def places(version: int) -> list[Row]:
        of = random.Random(seed + 1)
        rows = []
        for k in range(30):
            x, y = point(0.3 + of.random(), 0.5 + of.choice([0, 0.01, 0.0005]))
            at = BEGIN + of.uniform(0, 100) * HOUR
            if version == 0 and k % 3 == 0:
                x, at = x + 0.002, at + of.uniform(-30, 30) * HOUR
            channel = "worker" if k % 4 == 0 else "hotline"
            rows.append(case(f"C{k}", at, channel=channel, who="Pa" if k % 8 else "Pb", x=x, y=y))
        return rows

    def loaded(order: list[int], early: int) -> dict[str, list[str]]:
        town = new_code()
        load_city(tmp_path, town)
        load_cases(tmp_path, town, places(0), CASES)
        for n, k in enumerate(order):
            load_fixes(tmp_path, town, days[k], name=f"part{n}")
            if n == early:
                load_cases(tmp_path, town, places(1), CASES)
        found = of_town(town)
        patrol_upkeep.rebuild([town])
        assert of_town(town) == found
        return found

    there = list(range(len(days)))
    whole = loaded(there, len(days) - 1)
    assert whole["case_track"]
    assert len([row for row in whole["patrol_finding"] if "'replay'" in row]) >= 3
    drawn.shuffle(there)
    assert loaded(there, drawn.randrange(len(days))) == whole


def of_town(town: str) -> dict[str, list[str]]:
    """What is kept of a town's cases, and of what its tracks show."""
    mine = " WHERE p.town_id = (SELECT id FROM gridgov.town WHERE code = %s)"
    found = {name: query(PATROLS[name] + mine, town) for name in ("case_track", "patrol_finding")}
    return {name: sorted(map(repr, rows.itertuples(index=False))) for name, rows in found.items()}


def test_effort_and_need_agree_with_the_tables(database: str, tmp_path: Path) -> None:
    town, chance = new_code(), random.Random(3)
    load_city(tmp_path, town)
    for k in range(6):
        start = (0.2 + 2 * chance.random(), 0.2 + 2 * chance.random())
        load_fixes(tmp_path, town, walk(f"d{k}", BEGIN + k * DAY, 90, start=start, mode="ebike"), name=f"t{k}")
    places = [point(3 * chance.random(), 3 * chance.random()) for _ in range(80)]
    rows = [
        case(f"C{k}", BEGIN + timedelta(hours=k), channel=chance.choice(["worker", "hotline", ""]), x=x, y=y)
        for k, (x, y) in enumerate(places)
    ]
    load_cases(tmp_path, town, rows, HEAD)
    asked = gg.open(town)
    told = query(
        "SELECT g.code, sum(minutes) / 60 AS h, sum(metres) / 1000 AS km FROM gridgov.patrol_day p"
        " JOIN gridgov.grid g ON g.id = p.grid_id GROUP BY 1"
    ).set_index("code")
    effort = pd.DataFrame(asked.ask("effort", by="grid", since=BEGIN.date(), as_of=AS_OF).frame)
    assert effort["n_found"].sum() == 80
    by_grid = effort.set_index("grid_code")
    for code in told.index:
        assert by_grid.loc[code, "patrol_h"] == pytest.approx(told.loc[code, "h"])
        assert by_grid.loc[code, "patrol_km"] == pytest.approx(told.loc[code, "km"])
    assert by_grid["patrol_h"].sum() == pytest.approx(told["h"].sum())
    is_out = effort["patrol_h"] > 0
    assert np.allclose(effort["per_hour"][is_out], (effort["n_by_workers"] / effort["patrol_h"])[is_out])
    assert effort["per_hour"][~is_out].isna().all()
    assert (effort["per_hour_low"] <= effort["per_hour"])[is_out].all()
    for level in ("grid", "district"):
        need = asked.ask("need_gap", by=level, since=BEGIN.date(), as_of=AS_OF).frame
        assert need["need_share"].sum() == pytest.approx(1)
        assert need["patrol_share"].sum() == pytest.approx(1)
        assert need["move_h"].sum() == pytest.approx(0, abs=1e-9)
        assert need["n_by_others"].sum() == effort["n_by_others"].sum()
    with pytest.raises(QuestionError, match="patrols have no units"):
        asked.ask("effort", by="unit")


def test_the_review_list_finds_who_drives_and_who_writes_again_and_nobody_else(database: str, tmp_path: Path) -> None:
    town, chance = new_code(), random.Random(5)
    load_city(tmp_path, town)

    def strolled(device: str, begin, pace: float = 1.3) -> list[dict]:
        rows = walk(device, begin, 180, step=(10 * pace, 0), person=f"P{device}", mode="walk")
        for row in rows:
            row["x"] += chance.gauss(0, 3) * METRE
            row["y"] += chance.gauss(0, 3) * METRE
        return rows

    played = strolled("again", BEGIN)
    rows = []
    for k in range(6):
        at = BEGIN + k * DAY
        rows += strolled("honest", at) + strolled("fast", at, 7.0)
        rows += [{**row, "at": f"{pd.Timestamp(row['at']) + k * DAY:%Y-%m-%d %H:%M:%S}"} for row in played]
    load_fixes(tmp_path, town, rows)
    asked = gg.open(town)
    named = asked.ask(
        "patrol_integrity", by="worker", since=BEGIN.date(), as_of=AS_OF, role="person", purpose="review"
    ).frame.set_index("finding")
    assert sorted(named.index) == ["driving", "replay"]
    assert named["n_found"].to_dict() == {"driving": 6, "replay": 5}
    assert named["worker"].nunique() == 2
    assert named["worker"].str.startswith("p:").all()
    for by in (None, "district"):
        grids = asked.ask("patrol_integrity", by=by, since=BEGIN.date(), as_of=AS_OF).frame
        assert sorted(grids["finding"]) == ["driving", "replay"]
        assert grids[["worker", "device"]].isna().all().all()
    two = asked.ask("patrol_integrity", since=BEGIN.date(), until=BEGIN.date() + DAY, as_of=AS_OF).frame
    assert two.empty
