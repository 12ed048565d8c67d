"""Questions of patrols: equal to an obvious reference, unions that conserve, the past as it was, nobody shown unasked."""

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
from gridgov.errors import QuestionError
from tests.support import city, examples, follow_rules, load_city, new_code
from tests.support_patrols import centres, day_of, lines_by_day, near, wanderings
from tests.support_tracks import load_fixes, local, walk

MONDAY = date(2026, 3, 23)
N_DAYS = 14
LAST = MONDAY + timedelta(N_DAYS - 1)
DISTRICTS = ("1", "2", "3")
PERSON = {"role": "person", "purpose": "a test"}


def town_of(folder: Path, rows: list[Any]) -> gg.Town:
    code = new_code()
    load_city(folder, code)
    load_fixes(folder, code, rows, name=code)
    return gg.open(code)


def by_code(town: gg.Town, question: str, *names: str, **how: Any) -> pd.DataFrame:
    frame = pd.DataFrame(town.ask(question, **how).frame)
    return frame[frame["grid_code"].notna()].set_index([*names, "grid_code"])


# ---- coverage and recency --------------------------------------------------------------------------------------------


@example(seed=1)
@given(seed=st.integers(0, 10**6))
@examples(2)
def test_coverage_and_recency_are_those_of_an_obvious_reference(database: str, tmp_path: Path, seed: int) -> None:
    rows = wanderings(seed, MONDAY, N_DAYS)
    town, lines = town_of(tmp_path, rows), lines_by_day(rows)
    days = sorted(lines)
    window = {"since": MONDAY, "as_of": LAST}
    whole, weekly = (
        by_code(town, "coverage", by="grid", **window),
        by_code(town, "coverage", "period_on", by=["week", "grid"], **window),
    )
    idle = by_code(town, "recency", by="grid", as_of=LAST)
    for code, shape in city().items():
        cells = centres(shape)
        seen = {day: near(cells, lines[day]) for day in days}
        n = np.logical_or.reduce(list(seen.values())).sum()
        assert whole["land_m2"][code] == pytest.approx(
            len(cells) * 25, abs=5_000
        )  # of cells on the edge either may be right
        assert whole["swept_m2"][code] == pytest.approx(n * 25, abs=5_000)
        for begin in (MONDAY, MONDAY + timedelta(7)):
            of_week = [seen[day] for day in days if begin <= day < begin + timedelta(7)]
            n = np.logical_or.reduce(of_week).sum() if of_week else 0
            assert weekly["swept_m2"][begin, code] == pytest.approx(n * 25, abs=5_000)
        last = np.full(len(cells), min(days).toordinal() - 1)
        for day in days:
            last[seen[day]] = day.toordinal()
        left = LAST.toordinal() - last
        assert idle["idle_mean_days"][code] == pytest.approx(left.mean(), abs=0.1)
        assert idle["idle_worst_days"][code] == left.max()
        assert idle["n_never"][code] == pytest.approx((last < min(days).toordinal()).sum(), abs=200)
        assert idle["seen_3_share"][code] == pytest.approx((left <= 3).mean(), abs=0.01)


@example(seed=2)
@given(seed=st.integers(0, 10**6))
@examples(3)
def test_unions_conserve(database: str, tmp_path: Path, seed: int) -> None:
    town = town_of(tmp_path, wanderings(seed, MONDAY, N_DAYS))
    window = {"since": MONDAY, "as_of": LAST}
    grids, districts = (by_code(town, "coverage", by=level, **window) for level in ("grid", "district"))
    for code in DISTRICTS:
        parts = grids[grids.index.str.startswith(code)]
        for name in ("swept_m2", "land_m2", "minutes", "km"):
            assert districts[name][code] == pytest.approx(parts[name].sum()), name
    whole = town.ask("coverage", **window).frame.iloc[0]
    assert whole["swept_m2"] == grids["swept_m2"].sum()
    everywhere = town.ask("coverage", by="grid", **window).frame
    assert whole["km"] == pytest.approx(everywhere["km"].sum())
    earlier = town.ask(
        "coverage", by="week", since=MONDAY - timedelta(7), as_of=LAST
    )  # of the first week nothing is known
    first = date.fromisoformat(earlier.meta["known_since"])
    ends = [begin + timedelta(6) for begin in earlier.frame["period_on"]]
    assert earlier.frame["swept_m2"].isna().tolist() == [end < first for end in ends]
    assert earlier.frame[["minutes", "land_share"]].iloc[0].isna().all()
    assert earlier.frame["land_m2"].notna().all()
    days = by_code(town, "coverage", "period_on", by=["day", "grid"], **window)["swept_m2"].unstack("period_on")
    assert (days.max(axis=1) <= grids["swept_m2"]).all()
    assert (grids["swept_m2"] <= days.sum(axis=1)).all()
    for code in ("11", "32"):
        one = town.ask("coverage", scope=code, **window).frame.iloc[0]
        assert one["swept_m2"] == grids["swept_m2"][code]
    idle, of_town = by_code(town, "recency", by="grid", as_of=LAST), town.ask("recency", as_of=LAST).frame.iloc[0]
    assert of_town["idle_mean_days"] == pytest.approx(np.average(idle["idle_mean_days"], weights=idle["n_cells"]))
    assert of_town["idle_worst_days"] == idle["idle_worst_days"].max()
    # What a window covered is what was visited within its days.
    assert of_town["n_cells"] - of_town["n_never"] == whole["swept_m2"] / 25


@example(seed=3, n=6)
@given(seed=st.integers(0, 10**6), n=st.integers(1, N_DAYS - 1))
@examples(3)
def test_the_past_is_that_of_a_town_whose_tracks_end_there(database: str, tmp_path: Path, seed: int, n: int) -> None:
    rows, end = wanderings(seed, MONDAY, N_DAYS), MONDAY + timedelta(n)
    now, then = town_of(tmp_path, rows), town_of(tmp_path, [row for row in rows if day_of(row) <= end])
    for question in ("coverage", "recency", "unpatrolled", "blind_spots", "mileage", "patrol_sessions", "checkpoints",
                     "plan_adherence"):  # fmt: skip
        for by in (None, "grid"):
            given = {"as_of": end} | (
                {"since": MONDAY} if question in ("coverage", "mileage", "patrol_sessions") else {}
            )
            if by is not None and question not in ("blind_spots", "patrol_sessions"):
                given["by"] = by
            answers = [town.ask(question, **given) for town in (now, then)]
            assert said(answers[0]) == said(answers[1]), (question, by)
    played = [pd.DataFrame(town.ask("playback", scope="22", as_of=end).frame).to_csv() for town in (now, then)]
    assert played[0] == played[1]


def said(answer: gg.Answer) -> str:
    frame = pd.DataFrame(answer.frame).drop(columns=["session", "geom"], errors="ignore")
    return frame.round(6).to_csv()


def test_a_grid_left_alone_is_told_with_its_days(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    follow_rules(tmp_path, monkeypatch, ("patrolled_min = 30", "patrolled_min = 4"))
    there = walk("a", local(MONDAY, 9), 30, start=(0.2, 0.5), step=(5, 0), person="P1", mode="walk")
    later = walk("b", local(MONDAY + timedelta(4), 9), 30, start=(1.2, 1.5), step=(5, 0), person="P2", mode="walk")
    town = town_of(tmp_path, [*there, *later])
    on = MONDAY + timedelta(4)
    rows = by_code(town, "unpatrolled", as_of=on)
    assert "22" not in rows.index
    assert (rows["row_days"]["11"], rows["last_patrol_on"]["11"]) == (4, MONDAY)
    assert (rows["row_days"]["33"], rows["last_patrol_on"]["33"]) == (5, None)
    assert not town.ask("unpatrolled", as_of=on).meta["has_plan"]
    spots = town.ask("blind_spots", as_of=on, days=3)
    land = town.ask("coverage", since=on - timedelta(2), as_of=on).frame.iloc[0]
    assert spots.frame["m2"].sum() == pytest.approx(land["land_m2"] - land["swept_m2"], abs=1_000)
    assert spots.frame.geometry.is_valid.all()
    assert town.ask("coverage", as_of=on).frame["covered_share"].isna().all()
    assert "map" in town.ask("coverage", as_of=on).meta["note"]["en"]


def test_attendance_tells_of_grids_only_where_the_town_agreed(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = walk("a", local(MONDAY, 9), 61, start=(0.2, 0.5), step=(5, 0), person="P1", mode="walk")
    rows += walk("a", local(MONDAY, 9.5), 61, start=(0.2, 0.5), step=(5, 0), person="P1", mode="walk")
    town = town_of(tmp_path, rows)
    assert town.ask("attendance", as_of=MONDAY).frame.empty
    follow_rules(tmp_path, monkeypatch, ("attendance = false", "attendance = true"))
    row = town.ask("attendance", as_of=MONDAY).frame.iloc[0]
    assert (row["grid_code"], row["day_on"], row["n_sessions"]) == ("11", MONDAY, 2)
    assert (row["first_at"], row["last_at"]) == (local(MONDAY, 9), local(MONDAY, 9.5) + timedelta(minutes=10))
    assert row["minutes"] == pytest.approx(20)
    assert row["data_share"] == pytest.approx(20 / 40)  # 20 minutes of silence between
    follow_rules(tmp_path, monkeypatch, ("attendance = false", "attendance = false"))
    assert town.ask("attendance", as_of=MONDAY).frame.empty


# ---- the way itself --------------------------------------------------------------------------------------------------


def test_playback_lies_on_the_way_and_tells_nobody_who_it_was(database: str, tmp_path: Path) -> None:
    rows = wanderings(5, MONDAY, 1)
    town = town_of(tmp_path, rows)
    way = shapely.union_all(lines_by_day(rows)[MONDAY])
    sessions = town.ask("patrol_sessions", as_of=MONDAY, **PERSON).frame
    assert sessions["worker"].notna().all()
    hidden = town.ask("patrol_sessions", as_of=MONDAY).frame
    assert hidden[["session", "worker", "begin_at", "end_at"]].isna().all().all()
    assert not shapely.has_z(hidden.geometry).any() and not shapely.has_m(hidden.geometry).any()
    assert (shapely.get_num_coordinates(hidden.geometry) == shapely.get_num_coordinates(sessions.geometry)).all()
    with pytest.raises(QuestionError, match="role"):
        town.ask("patrol_sessions", session=int(sessions["session"].iloc[0]))
    n_positions = 0
    for session in sessions.dropna(subset="geom")["session"]:
        found = town.ask("playback", session=int(session), step_s=7, **PERSON).frame
        places = found[found["what"] == "position"]
        n_positions += len(places)
        assert (places.to_crs(4549).distance(way) < 0.05).all()
        assert (places["at"].diff().dropna().dt.total_seconds() == 7).all()
        with pytest.raises(QuestionError, match="role"):
            town.ask("playback", session=int(session))
    assert n_positions > 20
    for code, shape in city().items():
        played = town.ask("playback", scope=code, as_of=MONDAY).frame
        assert played[["session", "worker"]].isna().all().all()
        assert shapely.intersects_xy(shape.buffer(1e-9), played["lon"], played["lat"]).all()
    with pytest.raises(QuestionError, match="purpose"):
        town.ask("patrol_sessions", role="person")
    with pytest.raises(QuestionError, match="scope"):
        town.ask("playback")


def test_attendance_answers_only_where_the_town_has_agreed(database: str, tmp_path: Path) -> None:
    town = town_of(tmp_path, wanderings(6, MONDAY, 2))
    answer = town.ask("attendance", as_of=MONDAY + timedelta(1))
    assert answer.frame.empty
    assert "opted in" in answer.meta["note"]["en"]
