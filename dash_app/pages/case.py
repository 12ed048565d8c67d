"""案件 One case: its limit, its course with the clock of each node, its place, its history, who passed, and why this unit."""

from collections.abc import Callable
from typing import Any

import dash
import geopandas as gpd
from dash import Input, Output, dcc, html

from dash_app.asking import asks, published
from dash_app.asking.state import State
from dash_app.frame.case_card import badges
from dash_app.frame.components import drawn, empty, explained, goes, head, map_graph, panel, shows, stamp
from dash_app.frame.export_menu import export_menu
from dash_app.frame.ids import ID
from dash_app.parts import case_parts
from gridgov import figures
from gridgov.figures.style import message
from gridgov.figures.text import NOTHING, column_name, moment, number
from gridgov.questions import Answer
from gridgov.vocabulary import CHANNELS, PLACE_STATUS, TRACKS, label


def layout() -> html.Div:
    """The parts of the page, empty."""
    course = panel(
        ID.CASE_COURSE_HEAD,
        html.Div(id=ID.CASE_COURSE, className="scroll fill pad", tabIndex="0"),
        class_name="course-panel",
    )
    place = panel(ID.CASE_MAP_HEAD, *map_graph(ID.CASE_MAP), class_name="map-panel")
    why = panel(ID.CASE_WHY_HEAD, html.Div(id=ID.CASE_WHY, className="scroll", tabIndex="0"), class_name="why-panel")
    evidence = panel(ID.CASE_EVIDENCE_HEAD, html.Div(id=ID.CASE_EVIDENCE), class_name="evidence-panel")
    history = panel(
        ID.CASE_PLACE_HEAD, html.Div(id=ID.CASE_PLACE, className="scroll", tabIndex="0"), class_name="case-list"
    )
    passed = panel(
        ID.CASE_PASSED_HEAD, html.Div(id=ID.CASE_PASSED, className="scroll", tabIndex="0"), class_name="case-list"
    )
    parts = [
        html.Div([course, html.Div([place, why, evidence], className="column")], className="two case-two"),
        html.Div([history, passed], className="two case-below"),
    ]
    return html.Div([html.Div(id=ID.CASE_TOP), html.Div(parts, id=ID.CASE_PARTS)])


dash.register_page(__name__, path="/case", title="案件 Case · gridgov", layout=layout)


def _asked(state: State) -> tuple[State, dict[str, Any]] | None:
    """What questions are asked of the case of the address, wherever it lies; None when there is no such case."""
    row = asks.case(state)[1] if state.case else None
    if row is None:
        return None
    return State(town=state.town, as_of=state.as_of, lang=state.lang), {
        "case": state.case,
        "where": {"source": row["source"]},
    }


def _of(state: State, question: str) -> Answer | None:
    """What a question says of the case of the address; None when there is no such case."""
    asked = _asked(state)
    return None if asked is None else asks.ask(asked[0], question, **asked[1])


def _export(state: State, question: str, graph_id: str | None = None) -> Any:
    """The downloads of what a question says of the case."""
    asked = _asked(state)
    return None if asked is None else export_menu(question, *asked, graph_id=graph_id)


@shows(Output(ID.CASE_TOP, "children"), Output(ID.CASE_PARTS, "hidden"))
def show_top(state: State) -> tuple[Any, bool]:
    """What case it is and how its limit stands; how to find one where there is none of that number."""
    lang = state.lang
    answer, row = asks.case(state) if state.case else (None, None)
    if answer is None or row is None:
        title = label("no_case_title", lang).format(no=state.case) if state.case else label("which_case", lang)
        to_list = dcc.Link(label("to_list", lang), href=state.but(case=None).href("/cases"), className="crumb")
        return empty(title, html.Div(label("find_case", lang)), to_list), True
    zone = answer.meta["zone"]
    said = html.Div(
        [
            html.H1([row["case_no"], html.Span(badges(row, lang), className="badges")], className="case-title"),
            html.Div(
                " / ".join(text for text in (row["category"], row["subcategory"]) if text), className="case-matter"
            ),
            html.Div(row["description"] or NOTHING),
            html.Div(
                [stamp(answer, lang), explained(answer.definition, lang), _export(state, "cases")],
                className="panel-note",
            ),
        ],
        className="case-said",
    )
    return html.Div(
        [case_parts.limit(row, zone, state), said, _facts(row, zone, state)], className="panel case-top"
    ), False


def _facts(row: dict[str, Any], zone: str, state: State) -> html.Dl:
    lang = state.lang
    grid = row["grid_name"] or label(row["place_status"], lang, PLACE_STATUS)
    where = dcc.Link(grid, href=state.but(scope=row["grid_code"], case=None).href("/")) if row["grid_code"] else grid
    pairs = {
        "reported_at": moment(row["reported_at"], zone, bool(int(row["day_only"] or 0) & 1)),
        "channel": label(row["channel"] or "", lang, CHANNELS) or NOTHING,
        "address": row["address"] or row["place_name"] or NOTHING,
        "grid": where,
        "unit": row["unit"] or NOTHING,
        "track": label(row["track"] or "", lang, TRACKS) or NOTHING,
        "n_returned": number(row["n_returned"]),
        "n_rework": number(row["n_rework"]),
        "n_prompted": number(row["n_prompted"]),
    }
    cells = [part for name, value in pairs.items() for part in (html.Dt(column_name(name, lang)), html.Dd(value))]
    return html.Dl(cells, className="facts case-facts")


def _shows(head_id: str, body_id: str, question: str, word: str, body: Callable[[Answer, State], Any],
           note: Callable[[Answer, State], str | None] = lambda *_: None) -> None:  # fmt: skip
    """A panel that shows what a question says of the case."""

    @shows(Output(head_id, "children"), Output(body_id, "children"))
    def show(state: State) -> tuple[Any, Any]:
        answer = _of(state, question)
        if answer is None:
            return None, None
        title = head(
            label(word, state.lang), lang=state.lang, definition=answer.definition, note=note(answer, state),
            export=_export(state, question),
        )  # fmt: skip
        return title, body(answer, state)


def place_note(answer: Answer, state: State) -> str:
    """How many other cases there are at the place, by what they are to this one."""
    n = {word: number(answer.meta[f"n_{word}"]) for word in ("duplicate", "same_kind", "other")}
    return label("place_note", state.lang).format(metres=number(answer.meta["metres"]), **n)


def passed_note(answer: Answer, state: State) -> str | None:
    """How often somebody passed; nothing where that is not known."""
    meta = answer.meta
    if not meta["has_place"] or meta["known_since"] is None or meta["until"][:10] < meta["known_since"]:
        return None
    n = {"before": number(meta["n_before"]), "after": number(meta["n_after"])}
    return label("passed_note", state.lang).format(metres=number(meta["metres"]), **n)


_shows(ID.CASE_COURSE_HEAD, ID.CASE_COURSE, "course", "case_course", case_parts.timeline)
_shows(ID.CASE_EVIDENCE_HEAD, ID.CASE_EVIDENCE, "course", "case_evidence", case_parts.evidence)
_shows(ID.CASE_WHY_HEAD, ID.CASE_WHY, "responsible", "case_why", case_parts.why)
_shows(ID.CASE_PLACE_HEAD, ID.CASE_PLACE, "place_history", "case_history", case_parts.history, place_note)
_shows(ID.CASE_PASSED_HEAD, ID.CASE_PASSED, "passed_by", "case_passed", case_parts.passed, passed_note)


@shows(Output(ID.CASE_MAP_HEAD, "children"), Output(drawn(ID.CASE_MAP), "data"))
def show_map(state: State) -> tuple[Any, Any]:
    """The case, its grid, the place around it and the other cases there."""
    others, lang = _of(state, "place_history"), state.lang
    if others is None:
        return None, None
    answer, row = asks.case(state)
    export = _export(state, "place_history", ID.CASE_MAP)
    title = head(label("case_place", lang), lang=lang, definition=others.definition, export=export)
    spots = answer.frame.loc[answer.frame["case_no"] == state.case]
    spot = spots.geometry.iloc[0]
    if row is None or spot is None:
        return title, message(label("passed_no_place", lang), state.scheme)
    grid = asks.ask(State(town=state.town, as_of=state.as_of), "hierarchy", scope=row["grid_code"]).frame
    return title, figures.case_place(
        spot, gpd.GeoDataFrame(others.frame), grid.head(1 if row["grid_code"] else 0), others.meta["metres"], name=row["case_no"],
        zone=others.meta["zone"], lang=lang, scheme=state.scheme, base=published.base(state),
    )  # fmt: skip


@goes(Input(ID.CASE_MAP, "clickData"))
def click_map(click: dict[str, Any] | None, state: State) -> State | None:
    """Another case at the place: its page."""
    return state.but(case=click["points"][0]["customdata"][0]) if click else None
