"""总览 Situation: what is open and overdue, where, of which kind, and what came in and went out."""

from functools import partial
from typing import Any

import dash
from dash import Input, Output, html

from dash_app import asks
from dash_app.case import badges
from dash_app.components import (
    drawn,
    figure_number,
    goes,
    graph,
    head,
    link,
    map_graph,
    panel,
    segments,
    select,
    shows,
    stamp,
    switch,
)
from dash_app.ids import ID
from dash_app.state import FILTERS, MEASURES, PERIODS, State
from gridgov import figures
from gridgov.figures.text import NOTHING, column_name, moment, number
from gridgov.vocabulary import PLACE_STATUS, label


def layout(**_: str) -> html.Div:
    """The parts of the page, empty."""
    charts = html.Div(
        [
            panel(
                ID.BARS_HEAD, html.Div(graph(ID.BARS, fills=False), className="scroll fill"), class_name="bars-panel"
            ),
            panel(ID.FLOW_HEAD, graph(ID.FLOW, "fill"), class_name="flow-panel"),
        ],
        className="column",
    )
    return html.Div(
        [
            html.Div(id=ID.KPIS, className="kpis"),
            html.Div([panel(ID.MAP_HEAD, *map_graph(ID.MAP), class_name="map-panel"), charts], className="two"),
            html.Div(panel(ID.WORST_HEAD, html.Div(id=ID.WORST)), className="below"),
        ],
    )


dash.register_page(__name__, path="/", title="总览 Situation · gridgov", layout=layout)


@shows(Output(ID.KPIS, "children"))
def show_numbers(state: State) -> list[Any]:
    """The numbers on top; open = in a grid + outside + without coordinates."""
    lang = state.lang
    backlog, placed = asks.ask(state, "backlog"), asks.ask(state, "backlog", by="place_status")
    flow = asks.ask(state, "flow", by=state.period)
    all_open, last = backlog.rows()[0], flow.rows()[-1]
    by_place = {row["place_status"]: row["n_open"] for row in placed.rows()}
    deadlines = asks.has_deadlines(backlog)
    of_which = f"{label('with_deadline', lang)} {number(all_open['n_with_deadline'])}"
    since = label(f"period_{state.period}", lang).format(on=last["period_on"])
    oldest = f"{column_name('oldest_at', lang)} {moment(all_open['oldest_at'], backlog.meta['zone'], True)}"
    of_backlog = partial(figure_number, lang=lang, definition=backlog.definition)
    of_flow = partial(figure_number, lang=lang, definition=flow.definition)
    return [
        of_backlog(label("backlog", lang), all_open["n_open"], below=oldest),
        of_backlog(
            column_name("n_overdue", lang),
            all_open["n_overdue"] if deadlines else NOTHING,
            below=of_which if deadlines else label("no_deadlines", lang),
            tone="none" if not deadlines else "late" if all_open["n_overdue"] else "",
        ),
        of_flow(label("reported", lang), last["n_reported"], below=since),
        of_flow(label("closed", lang), last["n_closed"], below=since),
        *[
            of_backlog(
                name.label(lang),
                by_place.get(status, 0),
                size="small",
                below=label("of_open", lang) if i == 0 else None,
            )
            for i, (status, name) in enumerate(PLACE_STATUS.items())
        ],
    ]


@shows(Output(ID.MAP_HEAD, "children"), Output(drawn(ID.MAP), "data"))
def show_map(state: State) -> tuple[Any, Any]:
    """The children of the scope coloured by the measure; at the finest level, or when wanted, the open cases as points."""
    lang, shown = state.lang, asks.map_of(state)
    if shown is None:
        return _show_places(state)
    revision = f"{state.town} {state.layer} {shown.above} {shown.chosen}"
    with_points = state.points if state.points is not None else shown.chosen is not None
    figure = figures.choropleth(
        shown.rows, shown.measure, shapes=shown.shapes, chosen=shown.chosen, lang=lang, scheme=state.scheme,
        revision=revision, faint=with_points, base=shown.base,
    )  # fmt: skip
    note = None
    if with_points:
        cases = asks.open_points(state)
        figures.points(cases.frame, zone=cases.meta["zone"], lang=lang, scheme=state.scheme, on=figure)
        if cases.meta["n_total"] > asks.MAX_POINTS:
            note = label("points_limited", lang).format(n=number(asks.MAX_POINTS))
    controls = [
        switch("points", with_points, label("open_points", lang)),
        segments(
            "measure",
            shown.measure,
            {name: column_name(name, lang) for name in MEASURES},
            off=asks.unknown_measures(state),
        ),
    ]
    title = label("backlog_map", lang)
    return head(title, *controls, lang=lang, definition=shown.answer.definition, note=note), figure


def _show_places(state: State) -> tuple[Any, Any]:
    """Where a town has no grids: its named places as bars."""
    answer = asks.ask(state, "backlog", by="place")
    figure = figures.bars(answer.frame, "place_name", part="n_overdue", lang=state.lang, scheme=state.scheme)
    title = f"{label('backlog', state.lang)} · {label('place', state.lang)}"
    note = label("no_grids", state.lang)
    return head(title, lang=state.lang, definition=answer.definition, note=note), figure


@goes(Input(ID.MAP, "clickData"))
def click_map(click: dict[str, Any] | None, state: State) -> State | None:
    """A grid: go into it. A point: its case. A bar (a town without grids): filter by its place."""
    if not click:
        return None
    point = click["points"][0]
    if "location" in point:
        return state.but(scope=point["location"])
    if "lon" in point:
        return state.but(case=point["customdata"][0])
    return state.filtered("place", point["customdata"][0])


@shows(Output(ID.BARS_HEAD, "children"), Output(ID.BARS, "figure"))
def show_bars(state: State) -> tuple[Any, Any]:
    """Open cases by a dimension, the overdue part inside."""
    by, answer = asks.kinds(state)
    part = "n_overdue" if asks.has_deadlines(answer) else None
    figure = figures.bars(
        answer.frame, answer.frame.columns[0], part=part, chosen=dict(state.filters).get(by), lang=state.lang,
        scheme=state.scheme,
    )  # fmt: skip
    control = select("by", by, {name: label(name, state.lang) for name in FILTERS}, 130, label("by", state.lang))
    return head(label("backlog", state.lang), control, lang=state.lang, definition=answer.definition), figure


@goes(Input(ID.BARS, "clickData"))
def click_bars(click: dict[str, Any] | None, state: State) -> State | None:
    """A bar filters by its group; the same bar again takes the filter away."""
    return state.filtered(asks.kinds(state)[0], click["points"][0]["customdata"][0]) if click else None


@shows(Output(ID.FLOW_HEAD, "children"), Output(ID.FLOW, "figure"))
def show_flow(state: State) -> tuple[Any, Any]:
    """Reported and closed by period."""
    answer = asks.ask(state, "flow", by=state.period)
    figure = figures.flow(answer.frame, lang=state.lang, scheme=state.scheme)
    control = segments("period", state.period, {name: label(name, state.lang) for name in PERIODS})
    return head(label("flow", state.lang), control, lang=state.lang, definition=answer.definition), figure


@shows(Output(ID.WORST_HEAD, "children"), Output(ID.WORST, "children"))
def show_worst(state: State) -> tuple[Any, Any]:
    """The open cases that have waited longest."""
    answer, lang = asks.worst(state), state.lang
    names = ("case_no", "state", "category", "subcategory", "address", "grid_name", "reported_at", "due_at")
    rows = [html.Tr([html.Td(cell) for cell in _cells(row, answer.meta["zone"], state)]) for row in answer.rows()]
    table = html.Table(
        [html.Thead(html.Tr([html.Th(column_name(name, lang)) for name in names])), html.Tbody(rows)], className="rows"
    )
    every = html.A(label("all_cases", lang), href=state.href("/cases"), className="jump crumb")
    note = f"{len(rows)} / {number(answer.meta['n_total'])} · {stamp(answer, lang)}"
    title = head(label("worst", lang), every, lang=lang, definition=answer.definition, note=note)
    return title, table if rows else html.Div(label("no_data", lang), className="panel-note")


def _cells(row: dict[str, Any], zone: str, state: State) -> list[Any]:
    days = int(row["day_only"] or 0)
    due = moment(row["due_at"], zone, bool(days & 4))
    return [
        link(row["case_no"], state.but(case=row["case_no"]).query(), "worst"),
        html.Div(badges(row, state.lang)[:1]),
        row["category"] or NOTHING,
        row["subcategory"] or NOTHING,
        html.Span(row["address"] or row["place_name"] or NOTHING, title=row["description"] or ""),
        row["grid_name"] or label(row["place_status"], state.lang, PLACE_STATUS),
        moment(row["reported_at"], zone, bool(days & 1)),
        html.Span(due, className="late-text" if row["is_overdue"] else ""),
    ]
