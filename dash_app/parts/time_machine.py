"""The time machine below a map: all days are fetched once, the browser goes through them (assets/days.js).

Where the slider rests is where the page goes: the day becomes the as-of date of the address, and all else follows.
"""

from datetime import date
from typing import Any, Final

import dash_mantine_components as dmc
from dash import ClientsideFunction, Input, Output, State, clientside_callback, dcc, html

from dash_app.asking import asks, trees
from dash_app.asking import state as states
from dash_app.frame.components import column, goes, head, named, number_column, shows, table
from dash_app.frame.ids import ID
from dash_app.parts import situation_map
from gridgov.figures.days import LIGHTS
from gridgov.figures.style import COLOURS
from gridgov.figures.text import column_name
from gridgov.questions import definition_of
from gridgov.vocabulary import label

TICK_MS: Final = 100
"""Between two days while it plays."""


def bar(map_id: str) -> html.Div:
    """Button, slider, and the lights of the day; hidden while the town has no grids.

    map_id  the map whose grids it colours
    """
    return html.Div(
        [
            dcc.Store(id=ID.DAYS), dcc.Store(id=ID.DAYS_CHOSEN), dcc.Store(id=ID.DAYS_MAP, data=map_id),
            dcc.Interval(id=ID.DAYS_TICK, interval=TICK_MS, disabled=True),
            html.Button("▶", id=ID.DAYS_PLAY, className="play-button", type="button", **named("播放 Play")),
            dmc.Slider(id=ID.DAYS_AT, min=0, max=1, step=1, value=0, label=None, updatemode="drag", size="sm",
                       className="play-at", thumbLabel="日期 Day"),
            html.Div(id=ID.DAYS_LIGHTS, className="days-lights"),
        ],
        id=ID.DAYS_BAR, className="days-bar", hidden=True,
    )  # fmt: skip


def top() -> Any:
    """The grids on top on the day of the slider."""
    return table(
        ID.DAYS_TOP, rowData=[], columnDefs=[], getRowId="params.data.id", options={"rowHeight": 29, "headerHeight": 30}
    )


@shows(Output(ID.DAYS, "data"), Output(ID.DAYS_BAR, "hidden"), Output(ID.DAYS_LIGHTS, "children"))
def show_days(state: states.State) -> tuple[Any, bool, Any]:
    """Where the days are to be had, and which of them is looked at."""
    address = situation_map.days_of(state, faint=is_faint(state))
    if address is None:
        return None, True, None
    since, until = situation_map.span(state)
    at = date.fromisoformat((state.as_of or asks.latest(state))[:10])
    data = {"address": address, "n": (until - since).days + 1, "at": max(0, (at - since).days), "lang": state.lang}
    return data, False, _lights(state)


def is_faint(state: states.State) -> bool:
    """True where open cases lie over the map as points, so that its colours step back."""
    grid = trees.tree(state).at(state.scope)
    return state.points if state.points is not None else grid is not None and grid.n_children == 0


def _lights(state: states.State) -> list[Any]:
    """A place for each light, in colour and word; the browser fills in the numbers."""
    colours = COLOURS[state.scheme].lights
    parts: list[Any] = [html.Time(id=f"{ID.DAYS_LIGHTS}-day", className="days-day")]
    for name in LIGHTS:
        ground, text = colours.get(name.removeprefix("n_"), (None, None))
        said = html.Span(id=f"{ID.DAYS_LIGHTS}-{name}", className="days-n")
        style = {"background": ground, "color": text} if ground else {}
        parts.append(
            html.Span([column_name(name, state.lang), " ", said], className="light" if ground else "", style=style)
        )
    return parts


@shows(Output(ID.DAYS_TOP_HEAD, "children"), Output(ID.DAYS_TOP, "columnDefs"), of=ID.WORDS)
def show_top(state: states.State) -> tuple[Any, Any]:
    """The head of the list, and its columns."""
    lang = state.lang
    columns = [column("name", label("grid", lang), sortable=False)]
    columns += [number_column(name, column_name(name, lang), 76, sortable=False) for name in ("n_overdue", "n_open")]
    return head(label("days_top", lang), lang=lang, definition=definition_of("backlog_trend")), columns


@goes(Input(ID.DAYS_CHOSEN, "data"))
def choose_day(day: str | None, state: states.State) -> states.State | None:
    """The slider rests on a day: all of the page is as of it."""
    if not day:
        return None
    return state.but(as_of=None if day == asks.latest(state)[:10] else day)


@goes(Input(ID.DAYS_TOP, "cellClicked"))
def click_top(cell: dict[str, Any] | None, state: states.State) -> states.State | None:
    """A grid of the list: go into it."""
    return state.but(scope=cell["rowId"]) if cell and cell.get("rowId") else None


clientside_callback(
    ClientsideFunction("gridgov", "fetchDays"),
    Output(ID.DAYS_AT, "max"), Output(ID.DAYS_AT, "value"), Output(ID.DAYS_TICK, "disabled"),
    Input(ID.DAYS, "data"), State(ID.DAYS_AT, "value"),
)  # fmt: skip
clientside_callback(
    ClientsideFunction("gridgov", "playDays"),
    Output(ID.DAYS_TICK, "disabled", allow_duplicate=True), Output(ID.DAYS_AT, "value", allow_duplicate=True),
    Input(ID.DAYS_PLAY, "n_clicks"), State(ID.DAYS_TICK, "disabled"), State(ID.DAYS_AT, "value"), State(ID.DAYS_AT, "max"),
    prevent_initial_call=True,
)  # fmt: skip
clientside_callback(
    ClientsideFunction("gridgov", "nextDay"),
    Output(ID.DAYS_AT, "value", allow_duplicate=True), Output(ID.DAYS_TICK, "disabled", allow_duplicate=True),
    Input(ID.DAYS_TICK, "n_intervals"), State(ID.DAYS_AT, "value"), State(ID.DAYS_AT, "max"), prevent_initial_call=True,
)  # fmt: skip
clientside_callback(
    ClientsideFunction("gridgov", "showDay"),
    Output(ID.DAYS_TOP, "rowData"), Output(ID.DAYS_PLAY, "children"),
    Input(ID.DAYS_AT, "value"), Input(ID.DAYS_AT, "max"), Input(ID.DAYS_TICK, "disabled"), Input(ID.DAYS_LIGHTS, "children"),
    State(ID.DAYS, "data"), State(ID.DAYS_MAP, "data"),
)  # fmt: skip
