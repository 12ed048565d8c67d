"""The page of units as plain functions: its parts add up, every cell has its list, small numbers are not compared."""

import random
from datetime import timedelta

import pandas as pd
import pytest

from dash_app.app import app  # noqa: F401  pages register with it
from dash_app.asking import asks, trees
from dash_app.asking.state import NOT_GIVEN, State, parse
from dash_app.pages import units as page
from dash_app.parts import unit_list, unit_tables, units
from gridgov.figures.units import BETWEEN, MAX_PAIRS, PARTS, handovers
from tests.conftest import Shared
from tests.support import load_city, new_code, point
from tests.support_ledgers import stamp
from tests.support_lives import lives, load_lives

AT = "2026-03-20"


@pytest.fixture(scope="module")
def state(shared: Shared) -> State:
    """A town of villages whose cases were handed about and had to be closed within days, seen in the middle of the month."""
    made, chance = lives(11, 160), random.Random(11)
    for step in (step for life in made for step in life.steps if step.what == "dispatched"):
        step.due = stamp(step.at + timedelta(hours=chance.randrange(5, 200)))
    for life in made:
        life.place = life.place and point(*life.place)
    code = new_code()
    load_city(shared.folder, code)
    load_lives(shared.folder, made, code)
    return State(town=code, as_of=AT, lang="en")


def test_the_table_adds_up_to_the_row_below_it_and_the_bars_are_the_same_groups(state: State) -> None:
    _, columns, rows, below = page.show_cohort(state)
    total = below._operations[0]["params"]["value"][0]
    assert rows and total["n_due"] > 0
    for name in ("n_due", *(f"n_{part}" for part in PARTS), "n_put_off"):
        assert sum(row[name] for row in rows) == total[name], name
    assert all(sum(row[f"n_{part}"] for part in PARTS) == row["n_due"] for row in [*rows, total])
    late = [row["n_late_closed"] + row["n_overdue_open"] for row in rows]
    assert late == sorted(late, reverse=True)
    figure = page.show_bars(state)[1]
    bars = [trace for trace in figure.data if trace.type == "bar"]
    assert sum(sum(bar.x) for bar in bars) == total["n_due"]
    assert list(figure.layout.yaxis.ticktext) == [row["name"] for row in rows]
    assert {column["field"] for column in columns} >= {"name", "n_due", "n_put_off", "rate", "standing"}


@pytest.mark.parametrize("group", ["unit", "line", "category", "village"])
def test_every_cell_of_the_table_has_as_many_cases_behind_it(state: State, group: str) -> None:
    here = state.but(group=group)
    _, _, rows, below = page.show_cohort(here)
    n_lists = 0
    for row in [*rows, below._operations[0]["params"]["value"][0]]:
        for name, part in unit_tables.CELLS.items():
            if part == "late" or not row[name]:
                continue
            there = page.click_cohort({"colId": name, "rowId": row["row_id"]}, here)
            assert there is not None
            assert units.behind(there).meta["n_total"] == row[name], (row["name"], name)
            n_lists += 1
        late = page.click_cohort({"colId": "name", "rowId": row["row_id"]}, here)
        assert units.behind(late).meta["n_total"] == row["n_late_closed"] + row["n_overdue_open"]
    assert n_lists > 5


def test_a_village_tells_which_unit_is_the_reason_that_it_is_late(state: State) -> None:
    here = state.but(scope="1")
    rows = page.show_cohort(here)[2]
    assert sum(row["n_due"] for row in rows) == asks.of_period(here, "on_time").rows()[0]["n_due"]
    worst = page.click_cohort({"colId": "name", "rowId": rows[0]["row_id"]}, here)
    opened, _, _, listed = unit_list.show_behind(worst)
    assert opened and len(listed) == rows[0]["n_late_closed"] + rows[0]["n_overdue_open"]
    assert unit_list.click_list({"rowId": listed[0]["row_id"]}, worst).case == listed[0]["case_no"]


@pytest.mark.parametrize("group", ["unit", "village"])
def test_in_a_grid_a_row_and_its_list_count_that_grid_alone(state: State, group: str) -> None:
    grids = trees.tree(state).grids.values()
    village = next(grid.code for grid in grids if grid.n_children and grid.parent)
    n_rows, n_village = 0, asks.of_period(state.but(scope=village), "on_time").rows()[0]["n_due"]
    for grid in (grid for grid in grids if grid.parent == village):
        here = state.but(scope=grid.code, group=group)
        for row in page.show_cohort(here)[2]:
            there = page.click_cohort({"colId": "n_due", "rowId": row["row_id"]}, here)
            assert units.behind(there).meta["n_total"] == row["n_due"] < n_village
            n_rows += 1
    assert n_rows


def test_what_a_unit_is_called_is_no_markup() -> None:
    pair = {"from_unit": "<a href='http://e/'>A</a>", "to_unit": "B & C", "n_handovers": 2, "n_aba": 0}
    node = handovers(pd.DataFrame([pair | {"lost_work_h": 1.0, "main_reason": None}])).data[0].node
    assert node.label == ("&lt;a href='http://e/'&gt;A&lt;/a&gt;", "B &amp; C")


def test_a_rate_of_few_cases_is_said_to_be_too_few(state: State) -> None:
    rows = page.show_cohort(state)[2]
    texts = next(trace for trace in page.show_bars(state)[1].data if trace.type == "scatter").text
    for row, text in zip(rows, texts, strict=True):
        is_few = 0 < row["n_due"] < 10
        assert ("too few" in text) == is_few and (row["standing"] == "too few to tell") == is_few, row


def test_a_band_of_the_flow_and_a_row_of_its_table_open_the_cases_of_the_pair(state: State) -> None:
    figure, rows = page.show_flow(state)[1], page.show_pairs(state)[2]
    link = figure.data[0].link
    assert len(link.value) == min(len(rows), MAX_PAIRS) and list(link.value) == [
        row["n_handovers"] for row in rows[:MAX_PAIRS]
    ]
    for row, said in zip(rows, link.label, strict=False):
        by_band = page.click_flow({"points": [{"label": said}]}, state)
        by_row = page.click_pair({"rowId": row["row_id"]}, state)
        assert by_band == by_row and (by_row.of, by_row.to) == (row["from_unit"], row["to_unit"])
        assert units.behind(by_row).meta["n_total"] == row["n_handovers"]
    assert page.click_flow({"points": [{"label": "A"}]}, state) is None  # a unit, not a band
    chosen = page.show_flow(page.click_pair({"rowId": rows[0]["row_id"]}, state))[1].data[0].link.color
    assert chosen[0] != chosen[1] and len(set(chosen[1:])) <= 2


def test_who_gave_nothing_back_has_zero_and_not_nothing(state: State) -> None:
    rows = units.steps(state)
    assert sum(row["n_returned"] for row in rows) == asks.of_period(state, "returned").rows()[0]["n_returned"]
    assert all(row["n_returned"] is not None and row["n_reworked"] is not None for row in rows)
    assert all((row["rework_rate"] is None) == (row["n_handled"] == 0) for row in rows)


def test_nodes_are_told_by_group_and_small_cells_are_marked(state: State) -> None:
    answer = asks.of_period(state, "node_times", by="unit")
    for measure in ("median_work_h", "over_share"):
        heat = page.show_waits(state.but(wait=measure))[1].data[0]
        whole = "n_limited" if measure == "over_share" else "n_waits"
        texts = [text for row in heat.text for text in row]
        assert sum(bool(text) for text in texts) == (answer.frame[whole] > 0).sum()
        assert (
            sum(text.endswith("*") for text in texts) == ((answer.frame[whole] > 0) & (answer.frame[whole] < 10)).sum()
        )


def test_a_town_without_handovers_or_cases_says_so(state: State) -> None:
    empty = state.but(as_of="2025-01-31")
    assert "Nothing was handed on" in page.show_flow(empty)[1].layout.annotations[0].text
    assert page.show_cohort(empty)[2] == [] and page.show_nobodys(empty)[2] == [] and page.show_pairs(empty)[2] == []
    assert [part.children[1].children for part in page.show_numbers(empty)][1] == "–"


def test_the_address_keeps_what_is_open(state: State) -> None:
    there = state.but(opened="handed", of="A", to="B", group="unit", wait="over_share")
    assert parse(there.query(), "en") == there
    assert there.but(group="line").opened is None
    assert parse("?opened=secrets").faults and parse("?group=person").faults
    assert units.only(state, NOT_GIVEN) == {"unit": [None]}
    assert BETWEEN not in there.query()
