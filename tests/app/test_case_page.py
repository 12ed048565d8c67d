"""The list behind a figure and the page of one case: an address says them, and they say what the questions say."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import dash_mantine_components as dmc
import pytest
from dash import dcc

from dash_app.app import app  # noqa: F401  pages register with it
from dash_app.asking import asks
from dash_app.asking.state import State, parse
from dash_app.pages import case, cases
from dash_app.parts import case_parts
from gridgov.figures.text import column_name
from gridgov.questions.behind import FIGURES
from gridgov.vocabulary import CLOCKS, LIGHTS, label
from tests.conftest import Shared
from tests.support import load_city, load_rows, new_code, point
from tests.support_ledgers import BEGIN, ledger_of, load_events

AS_OF = (BEGIN + timedelta(days=12)).date().isoformat()


@pytest.fixture(scope="module")
def town(shared: Shared) -> State:
    """A town with grids and ledgers of all kinds, seen in the middle of them."""
    code, lives = new_code(), ledger_of(90, 4)
    load_city(shared.folder, code)
    rows = []
    for k, (no, life) in enumerate(lives.items()):
        x, y = point(0.1 + k % 12 / 5, 0.1 + k % 12 / 5)
        rows.append({"no": no, "at": life[0]["at"], "state": "open", "what": "road", "x": repr(x), "y": repr(y)})
    load_rows(shared.folder, code, rows)
    load_events(shared.folder, code, [row for life in lives.values() for row in life])
    return State(town=code, as_of=AS_OF, lang="zh")


def there(href: str) -> State:
    """What the page of an address looks at."""
    address = urlsplit(href)
    assert address.path == "/cases"
    state = parse(address.query)
    assert not state.faults
    return state


def test_the_address_of_a_figure_lists_as_many_cases_as_it_says(town: State) -> None:
    filtered = town.with_filter("unit", ["A", "B"]).with_filter("light", ["red"])
    for state in (
        town,
        town.but(period="week"),
        town.but(period="range", since="2026-03-03", until="2026-03-09"),
        filtered,
    ):
        for behind, more in (
            ("on_time.n_due", {}),
            ("rework.n_reworked", {"unit": "A"}),
            ("on_time.n_on_time", {"unit": ["C", None]}),
        ):
            question, _, column = behind.partition(".")
            said = state
            for name, value in more.items():
                said = said.with_filter(name, value if isinstance(value, list) else [value])
            figure = asks.of_period(said, question).frame[column].sum()
            assert asks.cases(there(asks.cases_href(state, behind=behind, **more)), limit=0).meta["n_total"] == figure
        open_cases = asks.ask(state, "backlog").frame["n_overdue"].sum()
        assert (
            asks.cases(there(asks.cases_href(state, behind="backlog.n_overdue")), limit=0).meta["n_total"] == open_cases
        )
    day = asks.cases_href(town, behind="flow.n_reported", since=AS_OF, until=AS_OF)
    reported = asks.ask(town, "flow", by="day", since=AS_OF, until=AS_OF).frame["n_reported"].sum()
    assert asks.cases(there(day), limit=0).meta["n_total"] == reported


def test_what_the_list_stands_behind_is_said_and_can_be_left(town: State) -> None:
    state = there(asks.cases_href(town, behind="on_time.n_overdue_open", unit="A"))
    n = asks.cases(state, limit=0).meta["n_total"]
    said = cases.behind_said(state, n)
    assert "按期结案" in said and f" {n} " in said and "3月" in said and "A" in said
    assert "happened_at" in cases.columns(state) and "happened_at" not in cases.columns(state.but(behind=None))
    rows = cases.CASES.give({"startRow": 0, "endRow": 100}, {"search": state.query(), "lang": "zh"})
    assert rows["rowCount"] == n == len(rows["rowData"])
    left = state.but(behind=None)
    assert asks.cases(left, limit=0).meta["n_total"] > n


def test_every_figure_has_a_name_in_both_languages() -> None:
    for behind in FIGURES:
        names = [column_name(behind.partition(".")[2], lang) for lang in ("zh", "en")]
        assert all(names) and behind.partition(".")[2] not in names


def test_an_address_with_an_unknown_figure_says_so() -> None:
    state = parse("?behind=on_time.everything")
    assert state.behind is None and len(state.faults) == 1


# --- one case -------------------------------------------------------------------------------------------------------------


def words(part: Any) -> str:
    """All that is written in a part of a page."""
    if isinstance(part, str):
        return part
    if isinstance(part, list | tuple):
        return " ".join(words(each) for each in part)
    return words(getattr(part, "children", None)) if hasattr(part, "children") else ""


def of_kind(part: Any, kind: type) -> list[Any]:
    """The components of a kind in a part of a page."""
    if isinstance(part, list | tuple):
        return [found for each in part for found in of_kind(each, kind)]
    here = [part] if isinstance(part, kind) else []
    return [*here, *of_kind(part.children, kind)] if hasattr(part, "children") else here


def numbers_of(town: State) -> list[str]:
    """Cases of several kinds: open, overdue, ended, with a long course."""
    rows = asks.ask(town, "cases").rows()
    chosen = [
        next(row["case_no"] for row in rows if row["is_open"] and not row["is_overdue"]),
        next(row["case_no"] for row in rows if row["is_overdue"]),
        next(row["case_no"] for row in rows if not row["is_open"]),
    ]
    return list(dict.fromkeys(chosen))


def test_the_page_says_what_the_questions_say(town: State) -> None:
    for lang in ("zh", "en"):
        for no in numbers_of(town):
            state = town.but(case=no, lang=lang)
            row = asks.case(state)[1]
            assert row is not None and row["case_no"] == no
            top, is_hidden = case.show_top(state)
            assert not is_hidden and no in words(top)
            if row["light"]:
                assert LIGHTS[row["light"]].label(lang) in words(top)
            if row["left_work_h"] is not None:
                assert f"{abs(row['left_work_h']):.1f}" in words(top)
            course = asks.ask(State(town=town.town, as_of=AS_OF), "course", case=no)
            told = case_parts.timeline(course, state)
            steps = of_kind(told, dmc.TimelineItem)
            assert len(steps) == len(course.frame)
            for item, step in zip(steps, course.rows(), strict=True):
                title, body = words(item.title), words(item.children)
                assert step[f"event_{lang}"] in title and CLOCKS[step["clock"]].label(lang) in title
                assert (label("is_over", lang) in body) == bool(step["is_stage_over"])
                assert (label("still_there", lang) in body) == (step["stage"] is not None and step["left_at"] is None)
            assert label("no_evidence", lang) in words(case_parts.evidence(course, state))


def test_around_a_case_stand_its_place_and_what_names_its_unit(town: State) -> None:
    no = numbers_of(town)[0]
    state, anywhere = town.but(case=no), State(town=town.town, as_of=AS_OF)
    history = asks.ask(anywhere, "place_history", case=no)
    links = of_kind(case_parts.history(history, state), dcc.Link)
    assert [link.children for link in links] and {link.children for link in links} <= set(history.frame["case_no"])
    assert all(parse(urlsplit(link.href).query).case == link.children for link in links)
    named = asks.ask(anywhere, "responsible", case=no)
    assert all(row["unit"] in words(case_parts.why(named, state)) for row in named.rows() if row["unit"])
    passed = asks.ask(anywhere, "passed_by", case=no)
    assert label("passed_unknown", "zh") in words(case_parts.passed(passed, state))
    assert case.passed_note(passed, state) is None
    head, figure = case.show_map(state)
    assert label("case_place", "zh") in words(head)
    n = sum(len(trace.lon) for trace in figure.data[:-3])
    assert n == 2 * history.frame.geometry.notna().sum()
    assert figure.data[-1].customdata[0][0] == no


def test_an_unknown_number_says_so_and_offers_the_search(town: State) -> None:
    for state in (town.but(case="no such case"), town.but(case=None)):
        top, is_hidden = case.show_top(state)
        assert is_hidden and label("find_case", "zh") in words(top)
        assert [urlsplit(link.href).path for link in of_kind(top, dcc.Link)] == ["/cases"]
        assert case.show_map(state) == (None, None)


def test_the_begin_of_a_number_finds_the_same_as_looking_everywhere(database: str, tmp_path: Any) -> None:
    code = new_code()
    load_rows(tmp_path, code, [
        {"no": f"AJ2026030{k:05}", "at": "2026-03-02 09:10", "state": "open", "what": "road"} for k in range(30)
    ])  # fmt: skip
    state = State(town=code, as_of="2026-03-04", only_open=False)
    every = set(asks.ask(state, "cases").frame["case_no"])
    for begin in ("AJ202603000", "AJ20260300002", "AJ2026030000", "aj2026", "0002", "AJ202699"):
        found = asks.ask(state, "cases", search=begin)
        assert set(found.frame["case_no"]) == {no for no in every if begin.lower() in no.lower()}
        assert found.meta["n_total"] == len(found.frame)
    assert asks.ask(state, "cases", case="AJ202603000002").meta["n_total"] == 1
    assert asks.ask(state, "cases", case="AJ20260300000%").meta["n_total"] == 0
