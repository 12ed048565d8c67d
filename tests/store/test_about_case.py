"""What stands around one case: its place, who passed it by, and what names the unit, each against a slow and obvious count."""

import itertools
import random
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pyproj import Geod

import gridgov as gg
from gridgov.errors import QuestionError
from gridgov.pipelines.kinds import load
from tests.conftest import Shared
from tests.support import load_city, new_code, point, register_mapping, write_rows
from tests.support_ledgers import BEGIN, case, crowded, event, ledger_of, load_cases, load_events
from tests.support_tracks import METRE, load_fixes, walk

HEAD = ("no", "at", "state", "track", "what", "which", "address", "says", "line", "unit", "x", "y")
EARTH = Geod(ellps="WGS84")
DAY = timedelta(days=1)


def metres(a: Any, b: Any) -> float:
    return float(EARTH.inv(a.x, a.y, b.x, b.y)[2])


# --- the place --------------------------------------------------------------------------------------------------------------


def test_the_history_of_a_place_is_what_lies_near_in_the_year_before(database: str, tmp_path: Path) -> None:
    town, chance, lives = new_code(), random.Random(5), ledger_of(70, 8)
    load_city(tmp_path, town)
    rows = []
    for k, row in enumerate(crowded(lives, 5)):
        x, y = point(1.5 + chance.uniform(-0.06, 0.06), 1.5 + chance.uniform(-0.06, 0.06))
        where = {"x": repr(x), "y": repr(y)} if k % 5 else {"x": "", "y": ""}
        rows.append(row | where | {"which": chance.choice(["hole", "water"])})
    about = {"what": "road", "which": "hole", "x": rows[1]["x"], "y": rows[1]["y"]}
    old = [case(f"O{k}", BEGIN - timedelta(days=340 + 10 * k), **about) for k in range(5)]
    load_cases(tmp_path, town, rows + old, HEAD)
    load_events(tmp_path, town, [row for life in lives.values() for row in life])
    as_of = (BEGIN + timedelta(days=9)).date()
    every = gg.open(town).ask("cases", as_of=as_of).frame.set_index("case_no")
    n_found, kinds = 0, set()
    since = datetime.combine(as_of + DAY, datetime.min.time(), BEGIN.tzinfo) - timedelta(days=365)
    for no in [row["no"] for row in rows[:12] if row["no"] in every.index]:
        answer = gg.open(town).ask("place_history", case=no, as_of=as_of)
        me, found = every.loc[no], answer.frame.set_index("case_no")
        for other, row in every.drop(index=no).iterrows():
            if me.geom is None or row.geom is None:
                is_near = (
                    me.geom is None and row.geom is None and bool(me["address"]) and me["address"] == row["address"]
                )
            else:
                is_near = metres(me.geom, row.geom) <= 50
            is_near &= row["reported_at"] > since
            is_same = other in found.index and found.loc[other, "relation"] == "duplicate"
            assert (other in found.index) == (is_near or is_same), (no, other)
        for other, row in found.iterrows():
            assert (row["is_open"], row["state"], row["light"] or None) == (
                every.loc[other, "is_open"], every.loc[other, "state"], every.loc[other, "light"] or None,
            )  # fmt: skip
            if row["relation"] != "duplicate":
                assert (row["relation"] == "same_kind") == (row["subcategory"] == me["subcategory"])
        assert found["reported_at"].is_monotonic_decreasing
        assert answer.meta["n_duplicate"] + answer.meta["n_same_kind"] + answer.meta["n_other"] == len(found)
        n_found += len(found)
        kinds |= set(found["relation"])
    assert n_found > 20 and kinds == {"duplicate", "same_kind", "other"}


def test_duplicates_are_those_of_the_problem(database: str, tmp_path: Path) -> None:
    town, lives = new_code(), ledger_of(60, 8)
    load_cases(tmp_path, town, crowded(lives, 5))
    load_events(tmp_path, town, [row for life in lives.values() for row in life])
    for days in (4, 30):
        as_of = (BEGIN + timedelta(days=days)).date()
        problems = gg.open(town).ask("duplicate_clusters", since=BEGIN.date() - DAY, as_of=as_of).frame
        assert len(problems) > 0
        for problem in problems.itertuples():
            answer = gg.open(town).ask("place_history", case=problem.case_no, as_of=as_of)
            assert answer.meta["n_duplicate"] == problem.n_reports - 1
            others = answer.frame.loc[answer.frame["relation"] == "duplicate", "case_no"]
            back = gg.open(town).ask("place_history", case=others.iloc[0], as_of=as_of).frame
            assert problem.case_no in set(back.loc[back["relation"] == "duplicate", "case_no"])


# --- who passed -------------------------------------------------------------------------------------------------------------


def test_who_passed_is_told_by_when_and_how_near(database: str, tmp_path: Path) -> None:
    town, chance = new_code(), random.Random(2)
    load_city(tmp_path, town)
    walks = []
    for k in range(14):
        start = (0.5 + chance.uniform(-0.02, 0.02), 0.5 + chance.uniform(-0.01, 0.01))
        step = (chance.uniform(-9, 9), chance.uniform(-3, 3))
        walks.append(
            walk(f"d{k}", BEGIN + timedelta(hours=5 * k), 60, start=start, step=step, person=f"P{k}", mode="ebike")
        )
    load_fixes(tmp_path, town, [fix for way in walks for fix in way])
    x, y = point(0.5, 0.5)
    spot = (round(x + 40 * METRE, 7), round(y + 10 * METRE, 7))
    reported = BEGIN + timedelta(hours=40)
    load_cases(
        tmp_path, town, [case("A", reported, x=repr(spot[0]), y=repr(spot[1])), case("N", reported, x="", y="")], HEAD
    )
    load_events(tmp_path, town, [event("A", "reported", reported), event("A", "voided", reported + 2 * DAY, why="x")])
    ended = reported + 2 * DAY
    for as_of in (BEGIN + timedelta(hours=70), BEGIN + 20 * DAY):
        until = min(as_of, ended)
        wanted = []
        for way in walks:
            nearest = min(_points(way, spot))
            if nearest[0] <= 30 and reported - DAY <= nearest[1] <= until:
                wanted.append(nearest)
        answer = gg.open(town).ask("passed_by", case="A", as_of=as_of)
        got = answer.frame
        assert len(got) == len(wanted) > 2
        for row, (apart, _) in zip(got.itertuples(), sorted(wanted, key=lambda each: each[1]), strict=True):
            assert abs(row.metres - apart) < 0.3
            then = min((abs(row.passed_at - when), d) for way in walks for d, when in _points(way, spot))[1]
            assert abs(then - apart) < 0.5
            assert row.is_before == (row.passed_at < reported)
        assert answer.meta["has_place"] and answer.meta["n_unkept"] == 0
        assert not {"worker", "worker_id", "device", "session"} & set(got)
        before = got.loc[got["is_before"], "passed_at"]
        assert abs((before.max() - datetime.fromisoformat(answer.meta["last_before_at"])).total_seconds()) < 15
    nowhere = gg.open(town).ask("passed_by", case="N", as_of=BEGIN + 20 * DAY)
    assert len(nowhere.frame) == 0 and nowhere.meta["has_place"] is False
    early = gg.open(town).ask("passed_by", case="A", as_of=reported)
    assert early.meta["known_since"] is not None


def _points(way: list[Any], spot: tuple[float, float]) -> list[tuple[float, datetime]]:
    """How far a walk was from a spot at each half second, straight on between its fixes, and when."""
    found = []
    for a, b in itertools.pairwise(way):
        begin, end = (datetime.fromisoformat(fix["at"]).replace(tzinfo=BEGIN.tzinfo) for fix in (a, b))
        for part in np.linspace(0, 1, 21):
            x, y = (a[axis] + part * (b[axis] - a[axis]) for axis in ("x", "y"))
            found.append((float(EARTH.inv(x, y, *spot)[2]), begin + part * (end - begin)))
    return found


# --- why this unit ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def ruled(shared: Shared) -> str:
    """A town with units, a catalogue that names a unit, a kind of unit, or nobody, and cases of each."""
    town = new_code()
    load_city(shared.folder, town)
    units = [
        {"code": "R", "name": "Roads", "kind": "body", "territory": ""},
        {"code": "S1", "name": "Squad 1", "kind": "squad", "territory": "1"},
        {"code": "S2", "name": "Squad 2", "kind": "squad", "territory": "2、3"},
    ]
    columns = {name: name for name in ("code", "name", "kind", "territory")}
    load(
        "units",
        write_rows(shared.folder / "units.csv", units, tuple(units[0])),
        register_mapping("units", town, columns),
    )
    items = [
        {"code": "1", "what": "road", "name": "hole", "owner": "Roads"},
        {"code": "2", "what": "street", "name": "stall", "owner": "squad"},
        {"code": "3", "what": "noise", "name": "night", "owner": ""},
    ]
    columns = {"code": "code", "category": "what", "name": "name", "owner": "owner"}
    mapping = register_mapping("catalogue", town, columns, more='scope = "town"\nversion = "1"')
    load("catalogue", write_rows(shared.folder / "items.csv", items, tuple(items[0])), mapping)
    x, y = point(0.5, 1.5)
    about = {"x": repr(x), "y": repr(y)}
    load_cases(shared.folder, town, [
        case("A", what="road", which="hole", **about), case("B", what="street", which="stall", unit="Squad 1", **about),
        case("C", what="noise", which="night", **about), case("D", what="other", which="thing"),
    ], HEAD)  # fmt: skip
    steps = [
        ("registered", 1, ""),
        ("dispatched", 2, "Squad 2"),
        ("returned", 3, "Squad 2"),
        ("dispatched", 5, "Roads"),
    ]
    load_events(shared.folder, town, [
        event("A", what, BEGIN + timedelta(hours=h), unit=unit, why="not ours") for what, h, unit in steps
    ])  # fmt: skip
    return town


def told(town: str, no: str, **how: Any) -> list[tuple[Any, ...]]:
    rows = gg.open(town).ask("responsible", case=no, **({"as_of": "2026-03-20"} | how)).frame
    return [(row.basis, row.unit, bool(row.is_now)) for row in rows.itertuples()]


def test_what_names_the_unit_is_told_in_order(ruled: str) -> None:
    assert told(ruled, "A") == [("catalogue", "Roads", True), ("event", "Squad 2", False), ("event", "Roads", True)]
    assert told(ruled, "A", as_of="2026-03-02T11:30") == [("catalogue", "Roads", False), ("event", "Squad 2", True)]
    answer = gg.open(ruled).ask("responsible", case="A", as_of="2026-03-20")
    assert (answer.meta["unit"], answer.meta["named_by"]) == ("Roads", "event")
    assert answer.frame["event_zh"].tolist() == [None, "派遣", "派遣"]


def test_a_kind_of_unit_means_the_one_of_the_place(ruled: str) -> None:
    statements = told(ruled, "B")
    rows = gg.open(ruled).ask("responsible", case="B", as_of="2026-03-20").frame
    assert rows["owner_text"].iloc[0] == "squad"
    grid = gg.open(ruled).ask("cases", as_of="2026-03-20", search="B").frame["grid_code"].iloc[0]
    of_place = {"1": "Squad 1", "2": "Squad 2", "3": "Squad 2"}[grid[0]]
    assert statements[0][:2] == ("catalogue", of_place)
    assert statements[1][:2] == ("case", "Squad 1")


def test_where_nothing_names_a_unit_that_is_said(ruled: str) -> None:
    assert told(ruled, "C") == [("catalogue", None, False)]
    assert told(ruled, "D") == []
    answer = gg.open(ruled).ask("responsible", case="D", as_of="2026-03-20")
    assert (answer.meta["unit"], answer.meta["named_by"]) == (None, None)


@pytest.mark.parametrize("question", ["place_history", "passed_by", "responsible", "course"])
def test_an_unknown_case_is_said(ruled: str, question: str) -> None:
    with pytest.raises(QuestionError, match="no case 'Z'"):
        gg.open(ruled).ask(question, case="Z")
    with pytest.raises(QuestionError, match="say which"):
        gg.open(ruled).ask(question)
