"""The page of the backlog: every number opens a list of as many rows, every bar filters to what it says, nothing is left out."""

import re
from itertools import pairwise

import pytest

from dash_app.app import app  # noqa: F401  pages register with it
from dash_app.asking import asks
from dash_app.asking.state import QUEUES as CODES
from dash_app.asking.state import State
from dash_app.frame.case_lists import WIDTHS
from dash_app.pages import backlog
from dash_app.parts.queues import QUEUES, columns, listed, title
from gridgov.figures.text import column_name
from tests.conftest import Shared
from tests.support_pages import clicked, ledger_town, links, parts, view


@pytest.fixture(scope="module")
def town(shared: Shared) -> State:
    return ledger_town(shared.folder)


def n_rows(state: State) -> int:
    n: int = listed(state, limit=0).meta["n_total"]
    return n


def looks(town: State) -> list[State]:
    """The page as different readers look at it."""
    return [
        town, town.but(lang="en", compare="both"), town.but(scope="1"), town.filtered("unit", "A"),
        town.filtered("category", "road").filtered("light", "yellow"), town.but(period="week", compare="previous"),
    ]  # fmt: skip


def test_every_number_opens_a_list_of_as_many_rows(town: State) -> None:
    seen = set()
    for state in looks(town):
        found = links(backlog.show_numbers(state))
        assert len(found) == 12
        for said, there in found:
            n = re.sub(r"\D", "", said)
            assert n_rows(there) == int(n), (said, there.query())
            seen.add((there.queue, there.where.get("light", [None])[0], int(n) > 0))
    reached = {(queue, light) for queue, light, has_any in seen if has_any}
    assert {("overdue", None), ("overdue", "deep_red"), ("open", None), ("open", "yellow"), ("open", "grey"), ("stopped", None),
            ("dispatch", None)} <= reached  # fmt: skip


def test_the_list_that_is_open_is_the_number_that_is_marked(town: State) -> None:
    for said, there in links(backlog.show_numbers(town)):
        marked = [
            one for one in parts(backlog.show_numbers(there)) if "chosen" in (getattr(one, "className", "") or "")
        ]
        if there.where.get("light") == ["deep_red"]:
            assert not marked
            continue
        (tile,) = marked
        assert said in [text for text, _ in links(tile)]


def test_a_bar_filters_to_the_cases_it_counts(town: State) -> None:
    for state in (town, town.but(by="category"), town.but(scope="1")):
        _, figure = backlog.show_lights(state)
        assert sum(sum(trace.x) for trace in figure.data) == asks.ask(state, "backlog").rows()[0]["n_open"]
        for k, trace in enumerate(figure.data):
            for i, n in enumerate(trace.x):
                there = backlog.click_lights(clicked(figure, k, i), state)
                assert there is not None and there.queue == "open"
                assert n_rows(there) == n + (figure.data[0].x[i] if trace.customdata[i][1] == "red" else 0)
                back = backlog.click_lights(clicked(figure, k, i), there)
                assert back is not None and back.filters == ()
    assert backlog.click_lights(None, town) is None


def test_a_band_lists_the_cases_it_counts(town: State) -> None:
    n_bands = 0
    for state in (town, town.but(aged="age"), town.filtered("unit", "A").but(aged="age", lang="en")):
        _, figure = backlog.show_ages(state)
        for i, n in enumerate(figure.data[0].y):
            there = backlog.click_ages(clicked(figure, 0, i), state)
            assert there is not None and n_rows(there) == n
            assert title(there) == column_name(figure.data[0].customdata[i], state.lang) != title(state)
            assert backlog.click_ages(clicked(figure, 0, i), there) == there.but(queue="overdue", behind=None)
            n_bands += n > 0
        assert (
            sum(figure.data[0].y)
            == asks.ask(state, "backlog").rows()[0]["n_open" if state.aged == "age" else "n_overdue"]
        )
    assert n_bands > 3
    assert backlog.click_ages(None, town) is None


def test_the_trend_ends_with_what_is_open_and_the_flow_leads_there(town: State) -> None:
    day = town.but(as_of=str(town.as_of)[:10])
    for state in (
        day,
        day.but(period="week"),
        day.but(period="day"),
        day.but(period="quarter"),
        day.but(period="year"),
    ):
        _, trend = backlog.show_trend(state)
        assert sum(trace.y[-1] for trace in trend.data) == asks.ask(state, "backlog").rows()[0]["n_open"]
        _, flow = backlog.show_flow(state)
        assert list(flow.data[0].x) == list(trend.data[0].x), state.period
        net = flow.data[2]
        opens = [sum(trace.y[k] for trace in trend.data) for k in range(len(trend.data[0].x))]
        assert [b - a for a, b in pairwise(opens)] == list(net.y[1:])


def test_every_list_says_its_columns_and_gives_its_rows(town: State) -> None:
    assert set(QUEUES) == set(CODES)
    for queue in CODES:
        for state in (town.but(queue=queue), town.but(queue=queue, lang="en", scheme="dark")):
            heads = backlog.LIST.heads(state)
            assert [head["field"] for head in heads] == list(columns(state))
            assert set(columns(state)) <= set(WIDTHS)
            rows = backlog.LIST.give({"startRow": 0, "endRow": 50, "sortModel": []}, view(state))
            assert rows["rowCount"] == n_rows(state)
            assert len(rows["rowData"]) == min(50, rows["rowCount"])
            assert all(set(columns(state)) <= set(row) for row in rows["rowData"])
    first = backlog.LIST.give({"startRow": 0, "endRow": 3, "sortModel": []}, view(town))["rowData"]
    assert all("超" in row["left"] and row["is_overdue"] for row in first)


def test_before_anything_happened_there_is_nothing_and_it_says_so(town: State) -> None:
    early = town.but(as_of="2026-02-20", compare="both")
    assert {said for said, _ in links(backlog.show_numbers(early))} == {"0", "其中深红 0"}
    for show in (backlog.show_lights, backlog.show_ages):
        figure = show(early)[1]
        assert not figure.data and figure.layout.annotations
    assert n_rows(early) == 0
