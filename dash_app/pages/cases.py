"""案件 Cases: the list of cases, or of those behind a figure; searched, filtered and sorted by the database."""

from collections.abc import Sequence
from typing import Any

import dash
import dash_mantine_components as dmc
from dash import Input, Output, html

from dash_app.asking import asks
from dash_app.asking.state import State
from dash_app.frame.bar import filters_said, period_said
from dash_app.frame.case_lists import ALL, CaseList, order
from dash_app.frame.components import goes, head, link, panel, shows, stamp, switch
from dash_app.frame.export_menu import export_menu
from dash_app.frame.ids import ID
from gridgov.figures.text import column_name, number
from gridgov.questions import definition_of
from gridgov.questions.behind import FIGURES
from gridgov.vocabulary import label


def columns(state: State) -> Sequence[str]:
    """What the list shows; behind a figure of a period also when what it counts happened, and when the case was closed."""
    return (ALL[0], "happened_at", *ALL[1:], "closed_at") if state.behind and FIGURES[state.behind].source else ALL


CASES = CaseList(ID.CASES, asks.cases, columns)


def layout() -> html.Div:
    """A search box and an endless table."""
    search = dmc.TextInput(id=ID.CASES_SEARCH, debounce=400, size="xs", w=320, className="search")
    tools = html.Div([search, html.Div(id=ID.CASES_BEHIND)], className="panel-tools cases-tools")
    return panel(ID.CASES_HEAD, tools, *CASES.table(), class_name="tall")


dash.register_page(__name__, path="/cases", title="案件 Cases · gridgov", layout=layout)


@shows(Output(ID.CASES_HEAD, "children"), Output(ID.CASES_BEHIND, "children"), Input(CASES.sorted, "data"))
def show_head(state: State, sorted_by: Any = None) -> tuple[Any, Any]:
    """How many there are, and what they stand behind in words; a cross leaves it."""
    answer, lang = asks.cases(state, limit=0), state.lang
    found = f"{number(answer.meta['n_total'])} {label('cases', lang)} · {stamp(answer, lang)}"
    asked, of_period = asks.of_cases(state)
    export = export_menu("cases", state, {**asked, "sort": order(sorted_by)}, of_period=of_period)
    if state.behind is None:
        only_open = switch("only_open", state.only_open, label("only_open", lang))
        title = head(
            label("cases", lang), only_open, lang=lang, definition=answer.definition, note=found, export=export
        )
        return title, None
    said = behind_said(state, answer.meta["n_total"])
    off = link([said, html.Span("×", className="off")], state.but(behind=None).query(), "behind", "jump chip on")
    of_figure = definition_of(state.behind.partition(".")[0])
    return head(label("cases", lang), lang=lang, definition=of_figure, note=found, export=export), off


def behind_said(state: State, n: int) -> str:
    """What the list stands behind: the figure and how many it counts, the period, where and which."""
    question, _, column = (state.behind or "").partition(".")
    title, lang = definition_of(question).title.said(state.lang), state.lang
    period = period_said(state) if state.behind and FIGURES[state.behind].source else None
    which = filters_said(state) if state.scope or state.filters else asks.towns(lang).get(asks.town_of(state).code)
    told = " · ".join(text for text in (period, which) if text)
    return label("behind_said", lang).format(figure=f"{title} · {column_name(column, lang)}", n=number(n), told=told)


@shows(Output(ID.CASES_SEARCH, "value"), Output(ID.CASES_SEARCH, "placeholder"), Output(ID.CASES_SEARCH, "aria-label"))
def show_search(state: State) -> tuple[str, str, str]:
    """What is searched for."""
    return state.search or "", label("cases_hint", state.lang), label("cases_hint", state.lang)


@goes(Input(ID.CASES_SEARCH, "value"))
def search(text: str | None, state: State) -> State | None:
    """What is typed goes into the address."""
    return None if (text or "") == (state.search or "") else state.but(search=text)
