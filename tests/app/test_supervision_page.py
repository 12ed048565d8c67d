"""The page of supervision: its numbers, bars and weeks say the same as the list of cases they open."""

import pytest

from dash_app.app import app  # noqa: F401  pages register with it
from dash_app.asking import asks
from dash_app.asking.state import SUPERVISED, State
from dash_app.pages import supervision
from dash_app.pages.supervision import COLUMNS, NUMBERS, listed
from gridgov.vocabulary import PROMPTS, REPLIES
from tests.conftest import Shared
from tests.support_pages import clicked, ledger_town, links, parts, view


@pytest.fixture(scope="module")
def town(shared: Shared) -> State:
    return ledger_town(shared.folder, n=160, seed=9)


def looks(town: State) -> list[State]:
    """The page as different readers look at it."""
    ranged = town.but(period="range", since="2026-03-04", until="2026-03-15")
    return [
        town,
        town.but(period="week", lang="en", compare="both"),
        town.but(scope="1"),
        town.filtered("unit", "A"),
        ranged,
    ]


def test_every_number_is_that_of_the_list_it_opens(town: State) -> None:
    seen = set()
    for state in looks(town):
        found = links(supervision.show_numbers(state))
        assert [there.supervised for _, there in found] == list(NUMBERS.values())
        for (said, there), name in zip(found, NUMBERS, strict=True):
            answer = listed(there, limit=10_000)
            n = answer.frame[name].sum() if there.supervised in PROMPTS else answer.meta["n_total"]
            assert n == int(said.replace(",", "")), (name, there.query())
            seen |= {there.supervised} if n else set()
    assert seen == set(SUPERVISED)


def test_the_list_that_is_open_is_the_number_that_is_marked(town: State) -> None:
    for code in SUPERVISED:
        shown = supervision.show_numbers(town.but(supervised=code))
        marked = [one for one in parts(shown) if "chosen" in (getattr(one, "className", "") or "")]
        assert len(marked) == 1
        assert [there.supervised for _, there in links(marked[0])] == [code]


def test_a_bar_filters_to_the_cases_it_counts(town: State) -> None:
    _, figure = supervision.show_units(town)
    for k, trace in enumerate(figure.data):
        for i, n in enumerate(trace.x):
            there = supervision.click_units(clicked(figure, k, i), town)
            assert there is not None and there.supervised in REPLIES
            assert listed(there, limit=0).meta["n_total"] == n
            back = supervision.click_units(clicked(figure, k, i), there)
            assert back is not None and back.filters == () and back.supervised == "all"
            assert supervision.show_units(there)[1].data[k].x == trace.x, "the other units stay to be seen"
    assert supervision.click_units(None, town) is None


def test_the_weeks_add_up_to_what_was_given(town: State) -> None:
    _, figure = supervision.show_trend(town)
    row = asks.ask(town, "supervision", since="2026-01-01").rows()[0]
    for trace, kind in zip(figure.data, PROMPTS, strict=True):
        assert sum(trace.y) == row[f"n_{kind}"]


def test_the_list_says_what_was_given_when_and_what_became_of_it(town: State) -> None:
    rows = supervision.LIST.give({"startRow": 0, "endRow": 500, "sortModel": []}, view(town))
    told = {row["case_no"]: row for row in listed(town, limit=500).rows()}
    assert rows["rowCount"] == len(rows["rowData"]) == len(told)
    for shown in rows["rowData"]:
        row = told[shown["case_no"]]
        assert set(COLUMNS) <= set(shown)
        for kind, term in PROMPTS.items():
            assert (f"{term.zh} {row[f'n_{kind}']}" in shown["given"].split(" · ")) == (row[f"n_{kind}"] > 0)
        assert shown["reply"] == row["reply"]
        assert shown["given_at"][:10] <= shown["last_given_at"][:10]
    heads = {head["field"]: head for head in supervision.LIST.heads(town)}
    assert set(heads["reply"]["cellRendererParams"]["words"]) == set(REPLIES)
    assert set(heads["reply"]["cellRendererParams"]["colours"]) == set(REPLIES)
    sort = [{"colId": "given_at", "sort": "desc"}]
    given = supervision.LIST.give({"startRow": 0, "endRow": 500, "sortModel": sort}, view(town))["rowData"]
    times = [row["given_at"] for row in given]
    assert times == sorted(times, reverse=True)


def test_before_anything_was_given_there_is_nothing_and_it_says_so(town: State) -> None:
    early = town.but(as_of="2026-02-20")
    assert {said for said, _ in links(supervision.show_numbers(early))} == {"0"}
    figure = supervision.show_units(early)[1]
    assert not figure.data and figure.layout.annotations
    assert listed(early, limit=0).meta["n_total"] == 0
