"""Lists of cases: what a row says, that every column has a name and a sort the database knows, and that pages join."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from dash import no_update

from dash_app.app import app
from dash_app.asking import asks
from dash_app.asking.state import State
from dash_app.frame import bar
from dash_app.frame.case_lists import ALL, PAGE, WIDTHS, open_case
from dash_app.pages.cases import CASES, show_head
from gridgov.errors import QuestionError
from gridgov.figures.style import COLOURS
from gridgov.vocabulary import LIGHTS, label
from tests.conftest import Shared
from tests.support import load_rows, new_code
from tests.support_ledgers import BEGIN, event, load_events
from tests.support_pages import ledger_town, parts, view


@pytest.fixture(scope="module")
def town(shared: Shared) -> State:
    return ledger_town(shared.folder)


def given(state: State, first: int = 0, last: int = PAGE, sort: str | None = None, down: bool = False) -> Any:
    model = [{"colId": sort, "sort": "desc" if down else "asc"}] if sort else []
    return CASES.give({"startRow": first, "endRow": last, "sortModel": model}, view(state))


def test_every_column_can_be_headed_and_sorted_as_it_says(town: State) -> None:
    assert set(ALL) <= set(WIDTHS)
    for state in (town, town.but(lang="en")):
        heads = CASES.heads(state)
        assert [head["field"] for head in heads] == list(ALL)
        assert len({head["headerName"] for head in heads}) == len(ALL)
        for head in heads:
            if head["sortable"]:
                assert len(given(state, sort=head["field"], last=5)["rowData"]) == 5, head["field"]
    assert sum(head["sortable"] for head in CASES.heads(town)) >= 9


def test_pages_make_the_whole_list_in_the_order_asked_for(town: State) -> None:
    n = asks.ask(town, "cases", limit=0).meta["n_total"]
    whole = given(town, last=n, sort="left")
    assert whole["rowCount"] == n == len(whole["rowData"])
    parts = [row for first in range(0, n, 30) for row in given(town, first, first + 30, sort="left")["rowData"]]
    assert [row["row_id"] for row in parts] == [row["row_id"] for row in whole["rowData"]]
    assert len({row["row_id"] for row in parts}) == n


def exported(part: Any, form: str) -> Any:
    """The file that the export of a panel's head gives."""
    link = next(item for item in parts(part) if getattr(item, "href", None) and f".{form}?" in item.href)
    return app.server.test_client().get(link.href)


@pytest.mark.parametrize("down", [False, True])
def test_the_export_holds_all_rows_of_the_list_filtered_and_sorted_as_it_is_seen(town: State, down: bool) -> None:
    by = [{"colId": "left", "sort": "desc" if down else "asc"}]
    category = next(name for name in asks.choices(town, "category") if name)
    for state in (town, town.filtered("category", category), town.but(only_open=False)):
        seen = given(state, last=5_000, sort="left", down=down)["rowData"]
        answer = exported(show_head(state, by)[0], "csv")
        assert answer.status_code == 200, answer.text
        rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))
        assert seen and [row["案号"] for row in rows] == [row["case_no"] for row in seen]
    places = exported(show_head(town, by)[0], "geojson").get_json(force=True)["features"]
    assert {place["geometry"]["type"] for place in places if place["geometry"]} == {"Point"}


def test_a_row_says_what_the_question_says(town: State) -> None:
    told = {row["case_no"]: row for row in asks.ask(town, "cases", limit=1_000).rows()}
    rows = given(town, last=1_000)["rowData"]
    kinds = set()
    for shown in rows:
        row = told[shown["case_no"]]
        kinds.add((row["is_open"], row["is_overdue"]))
        for name in ("n_returned", "n_rework", "n_prompted", "light"):
            assert shown[name] == row[name]
        if row["left_work_h"] is None:
            assert shown["left"] == "–"
        else:
            assert f"{abs(row['left_work_h']):.1f} 工时" in shown["left"]
            assert shown["left"].startswith("超" if row["is_overdue"] else "剩")
        assert set(shown) >= set(ALL)
    assert kinds == {(True, True), (True, False), (False, False)}


def test_a_click_opens_the_case_of_the_row(town: State) -> None:
    row = given(town, last=1)["rowData"][0]
    there = open_case({"rowId": row["row_id"], "colId": "unit"}, town)
    assert there is not None and there.case == row["case_no"]
    assert asks.case(there)[1] is not None
    assert open_case(None, town) is None and open_case({"rowId": None}, town) is None


def test_a_day_after_the_data_is_its_last_and_the_bar_says_so(town: State) -> None:
    last = asks.latest(town)[:10]
    shown = asks.known(town.but(as_of="2031-03-05"))
    assert (shown.as_of, shown.later) == (last, "2031-03-05")
    assert "2031-03-05" in str(bar.show_context(shown)[0]) and last in str(bar.show_context(shown)[0])
    assert asks.known(town.but(as_of=last)) == town.but(as_of=last)
    late = {"search": town.but(as_of="2031-03-05").query(), "lang": "zh", "scheme": "light"}
    rows = CASES.give({"startRow": 0, "endRow": 3}, late)
    assert rows["rowCount"] == given(town.but(as_of=last), last=3)["rowCount"]


def test_a_period_of_another_year_says_which(town: State) -> None:
    last = asks.latest(town)[:10]
    now, then = (bar.period_said(town.but(lang="zh", as_of=day)) for day in (last, f"{int(last[:4]) - 1}{last[4:]}"))
    assert now.startswith("第") and then == f"{int(last[:4]) - 1}年{now}"


def test_to_whom_cases_were_handed_counts_only_in_the_list_of_handovers_and_the_bar_says_so(town: State) -> None:
    state = town.with_filter("to_unit", ["nobody at all"])
    assert asks.cases(state, limit=0).meta["n_total"] == asks.cases(town, limit=0).meta["n_total"] > 0
    assert len(asks.open_points(state).frame) == len(asks.open_points(town).frame)
    listed = state.but(behind="handover.n_handovers")
    with pytest.raises(QuestionError, match="nobody at all"):
        asks.cases(listed, limit=0)
    said = label("no_pairs", town.lang)
    assert said in str(bar.show_context(state, "/")[0]) and said not in str(bar.show_context(listed, "/cases")[0])


def test_nothing_is_asked_before_anything_is_looked_at() -> None:
    assert CASES.give(None, None) is no_update


def luminance(colour: str) -> float:
    """Relative luminance of WCAG 2."""
    parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_on_lights_can_be_read_and_lights_told_apart_without_colour(scheme: Any) -> None:
    lights = COLOURS[scheme].lights
    assert set(lights) == set(LIGHTS)
    for ground, ink in lights.values():
        dark, bright = sorted((luminance(ground), luminance(ink)))
        assert (bright + 0.05) / (dark + 0.05) >= 4.5, (ground, ink)
    for lang in ("zh", "en"):
        assert len({term.label(lang) for term in LIGHTS.values()}) == len(LIGHTS)


def test_a_case_that_was_prompted_says_so(database: str, tmp_path: Any) -> None:
    code = new_code()
    load_rows(tmp_path, code, [{"no": "A", "at": "2026-03-02 09:10", "state": "open", "what": "road"}])
    steps = [event("A", "reported", BEGIN), event("A", "registered", BEGIN + timedelta(minutes=5))]
    steps += [event("A", "dispatched", BEGIN + timedelta(minutes=10), unit="X", due="2026-03-06 16:00:00")]
    given_at = BEGIN + timedelta(hours=2)
    steps += [event("A", what, given_at, unit="X") for what in ("urged", "yellow_card", "instructed")]
    load_events(tmp_path, code, steps)
    state = State(town=code, as_of="2026-03-04", only_open=False)
    assert [row["n_prompted"] for row in given(state)["rowData"]] == [3]
    before = state.but(as_of=(given_at - timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M"))
    assert [row["n_prompted"] for row in given(before)["rowData"]] == [0]
