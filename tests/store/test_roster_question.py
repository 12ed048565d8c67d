"""Posts of the grids: counted by grid, role and unit beside a slow count of the files; nobody is named."""

import random
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from gridgov.errors import QuestionError
from gridgov.pipelines.kinds import load
from gridgov.questions import open_town
from gridgov.vocabulary import ROLES
from tests.support import city, load_city, new_code, register_mapping, write_rows

COLUMNS = {"grid_code": "grid", "role": "role", "person": "who", "unit": "unit"}
FIRST, NEXT = date(2026, 1, 1), date(2026, 3, 1)
Posts = list[dict[str, str]]


def posts(seed: int) -> Posts:
    """Some posts of 3 x 3 grids: a third of them vacant, the others held by six people."""
    chance = random.Random(seed)
    return [
        {"grid": f"{r}{c}", "role": role.zh, "who": chance.choice(["", *map(str, range(6)), *map(str, range(6))]),
         "unit": chance.choice(["A", "B"])}
        for r in (1, 2, 3) for c in (1, 2, 3) for role in ROLES.values() if chance.random() < 0.8
    ]  # fmt: skip


@pytest.fixture
def town(database: str, tmp_path: Path) -> Any:
    code = new_code()
    load_city(tmp_path, code)
    for day in (FIRST, NEXT):
        path = write_rows(tmp_path / f"{day}.csv", posts(day.month), tuple(COLUMNS.values()))
        load("roster", path, register_mapping("roster", code, COLUMNS), valid_from=day)
    return open_town(code)


def counted(rows: Posts, every: Posts) -> tuple[int, int, int, int]:
    """Posts, vacant ones, people, people with several posts in the town: by looking at each."""
    hats = Counter(row["who"] for row in every if row["who"])
    people = {row["who"] for row in rows if row["who"]}
    return len(rows), sum(not row["who"] for row in rows), len(people), sum(hats[who] > 1 for who in people)


def found(row: dict[str, Any]) -> tuple[int, int, int, int]:
    return row["n_posts"], row["n_vacant"], row["n_holders"], row["n_many"]


@pytest.mark.parametrize(("as_of", "month"), [("2026-02-28", 1), ("2026-03-01", 3), ("2026-08-01", 3)])
def test_it_counts_what_the_roster_of_the_day_says(town, as_of, month):
    every = posts(month)
    groups: dict[str, dict[Any, Posts]] = {by: defaultdict(list) for by in ("grid", "district", "role", "unit")}
    codes = {role.zh: code for code, role in ROLES.items()}
    for row in every:
        for by, key in (("grid", row["grid"]), ("district", row["grid"][0]), ("role", codes[row["role"]])):
            groups[by][key].append(row)
        groups["unit"][row["unit"]].append(row)
    assert found(town.ask("roster", as_of=as_of).rows()[0]) == counted(every, every)
    for by, expected in groups.items():
        rows = town.ask("roster", by=by, as_of=as_of).rows()
        key = "grid_code" if by in ("grid", "district") else by
        assert {row[key]: found(row) for row in rows if row["n_posts"]} == {
            name: counted(group, every) for name, group in expected.items()
        }
    in_scope = [row for row in every if row["grid"].startswith("2")]
    assert found(town.ask("roster", scope="2", as_of=as_of).rows()[0]) == counted(in_scope, every)


def test_the_tree_tells_of_posts_at_every_level(town):
    every = posts(3)
    for row in town.ask("hierarchy", as_of="2026-03-05").rows():
        code = "" if row["level"] == 0 else row["grid_code"]
        below = [post for post in every if post["grid"].startswith(code)]
        assert (row["n_posts"], row["n_vacant"]) == counted(below, every)[:2]


def test_before_the_first_roster_nothing_is_known_which_is_not_zero(town):
    answer = town.ask("roster", as_of="2025-12-31", by="district")
    assert answer.frame["n_posts"].isna().all()
    assert "posts are not known" in answer.meta["note"]["en"]
    assert town.ask("hierarchy", as_of="2025-12-31").frame["n_vacant"].isna().all()
    assert town.ask("roster", as_of="2026-01-01").meta.get("note") is None


def test_posts_of_grids_that_are_gone_stand_in_a_row_of_their_own(town, tmp_path):
    left = {code: shape for code, shape in city().items() if code != "33"}
    load_city(tmp_path, town.code, left, valid_from=date(2026, 6, 1))
    rows = town.ask("roster", by="grid", as_of="2026-06-02").rows()
    gone = next(row for row in rows if row["grid_code"] is None)
    every = posts(3)
    assert gone["place_status"] == "outside"
    assert found(gone) == counted([row for row in every if row["grid"] == "33"], every)
    assert sum(row["n_posts"] for row in rows) == len(every)


def test_it_cannot_be_asked_by_what_posts_do_not_have(town):
    with pytest.raises(
        QuestionError, match="Posts cannot be asked by category: ask by a level of grids, or by role, unit"
    ):
        town.ask("roster", by="category")
