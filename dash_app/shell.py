"""What stands around every page: header, where one is, the as-of date, the drawer of a case, notices."""

from typing import Any

import dash
import dash_mantine_components as dmc
from dash import ALL, ClientsideFunction, Input, Output, State, callback, clientside_callback, dcc, html, set_props

from dash_app import asks, errors
from dash_app import state as states
from dash_app.case import case_card
from dash_app.components import explained, goes, link, segments, select, shows
from dash_app.ids import ID, setting
from gridgov.errors import StoreError
from gridgov.figures.style import FONT
from gridgov.questions import definition_of
from gridgov.vocabulary import PLACE_STATUS, label

PAGES = {"/": "situation", "/cases": "cases", "/patrol": "patrol", "/hierarchy": "hierarchy", "/loads": "loads"}
POLL_MS = 20_000
THEME = {
    "fontFamily": FONT, "headings": {"fontFamily": FONT}, "primaryColor": "blue", "defaultRadius": "sm",
    "colors": {
        "blue": ["#eef5fa", "#dbe8f2", "#b4d0e4", "#8ab6d5", "#67a0c8", "#4f91c0", "#3f86ba", "#2f6f9f", "#27608c", "#1a5079"],
        "dark": ["#e3e7eb", "#b4bec8", "#97a2ad", "#6b7783", "#3f4953", "#323a43", "#272e35", "#1d2329", "#161b20", "#0f1317"],
    },
    "components": {"Switch": {"defaultProps": {"size": "xs"}}},
}  # fmt: skip


def layout() -> dmc.MantineProvider:
    """The shell; its parts are filled by callbacks, so that nothing is asked before there is somebody to answer."""
    return dmc.MantineProvider(
        [
            dcc.Location(id=ID.URL, refresh=False),
            dcc.Store(id=ID.VIEW),
            dcc.Store(id=ID.CHANGE),
            dcc.Store(id=ID.VERSION),
            dcc.Interval(id=ID.POLL, interval=POLL_MS),
            dmc.NotificationContainer(id=ID.NOTICES, position="bottom-right", containerWidth=460),
            html.Header([html.Div(id=ID.HEADER, className="header-main"), _scheme_switch()], className="header"),
            html.Div(id=ID.CONTEXT, className="context"),
            html.Main([html.Div(id=ID.WELCOME), html.Div(dash.page_container, className="page")]),
            dmc.Drawer(
                html.Div(id=ID.CASE_BODY), id=ID.CASE, position="right", size=440, withOverlay=False, lockScroll=False,
                withCloseButton=True, padding="md", shadow="lg", opened=False,
            ),
        ],
        theme=THEME, defaultColorScheme="light",
    )  # fmt: skip


def _scheme_switch() -> dmc.ColorSchemeToggle:
    icons = {"lightIcon": html.Span(className="icon sun"), "darkIcon": html.Span(className="icon moon")}
    return dmc.ColorSchemeToggle(id=ID.SCHEME, variant="subtle", color="gray", size="md", **icons)


clientside_callback(
    ClientsideFunction("gridgov", "view"),
    Output(ID.VIEW, "data"),
    Input(ID.URL, "search"), Input(ID.URL, "pathname"), Input(ID.SCHEME, "computedColorScheme"), Input(ID.VERSION, "data"),
)  # fmt: skip
clientside_callback(
    ClientsideFunction("gridgov", "jump"),
    Output(ID.URL, "search", allow_duplicate=True),
    Input({"jump": ALL, "at": ALL}, "n_clicks"), prevent_initial_call=True,
)  # fmt: skip

clientside_callback(
    ClientsideFunction("gridgov", "change"),
    Output(ID.CHANGE, "data"),
    Input({"set": ALL, "now": ALL}, "value"), Input({"flag": ALL, "now": ALL}, "checked"), prevent_initial_call=True,
)  # fmt: skip


@callback(Output(ID.VERSION, "data"), Input(ID.POLL, "n_intervals"), State(ID.VERSION, "data"))
def look_for_new_data(_: int | None, before: Any) -> Any:
    """The data versions of all towns; when they change, or the database comes back, what is shown is asked anew."""
    try:
        versions = asks.versions()
    except StoreError as error:
        errors.say(error)
        return "down"
    if before == "down":
        errors.no_longer_down()
    return versions


@shows(Output(ID.HEADER, "children"))
def show_header(state: states.State) -> list[Any]:
    """Name, pages, town, language."""
    try:
        towns = asks.towns(state.lang)
    except StoreError:
        towns = {}
    here = state.town if state.town in towns else next(iter(towns), None) if state.town is None else None
    links = [
        dcc.Link(label(word, state.lang), href=state.href(path), className="nav", id=f"nav-{word}")
        for path, word in PAGES.items()
    ]
    if state.faults:
        words = [errors.notice(fault, title=label("address", state.lang)) for fault in state.faults]
        set_props(ID.NOTICES, {"sendNotifications": words})
    return [
        html.Div([html.Span("grid", className="brand-a"), html.Span("gov")], className="brand"),
        html.Nav(links, className="navs"),
        html.Div(
            [
                *([select("town", here, towns, 170, label("town_of", state.lang))] if len(towns) > 1 else []),
                segments("lang", state.lang, {"zh": "中文", "en": "EN"}),
            ],
            className="header-right",
        ),
    ]


@shows(Output(ID.CONTEXT, "children"), Output(ID.WELCOME, "children"))
def show_context(state: states.State) -> tuple[Any, Any]:
    """Where one is, what is filtered, as of when; a welcome when nothing is loaded."""
    try:
        asks.town_of(state)
    except asks.NoTown:
        return None, _welcome(state)
    return [html.Div([*_way(state), *_filters(state)], className="way"), html.Div(_when(state), className="when")], None


def _welcome(state: states.State) -> Any:
    commands = (
        "gridgov demo\n\ngridgov load grids FILE --mapping MAPPING\ngridgov load incidents FILE --mapping MAPPING"
    )
    return dmc.Paper(
        [dmc.Text(label("no_town", state.lang), fw=600), html.Pre(commands)], className="panel empty-state"
    )


def _way(state: states.State) -> list[Any]:
    grids, levels = asks.tree(state), asks.level_names(state)
    town = asks.towns(state.lang).get(asks.town_of(state).code, "")
    way = grids.way(state.scope)
    if not way and grids.root is None:
        return [html.Span(town, className="here"), html.Span(label("no_grids", state.lang), className="level")]
    if not way:
        lost = [html.Span(f"{label('grid', state.lang)}: {state.scope}"), html.Span("×", className="off")]
        return [html.Span(town, className="here"), link(lost, state.but(scope=None).query(), "way", "jump chip")]
    names = [town, *[grid.name for grid in way[1:]]]
    parts: list[Any] = []
    for grid, name in zip(way[:-1], names, strict=False):
        scope = None if grid.parent is None else grid.code
        parts += [link(name, state.but(scope=scope).query(), "way", "jump crumb"), html.Span("›", className="sep")]
    level = levels.get(way[-1].level, way[-1].level)
    return [*parts, html.Span(names[-1], className="here"), html.Span(level, className="level")]


def _filters(state: states.State) -> list[Any]:
    found = []
    for name, value in state.filters:
        said = label(value or "none", state.lang, PLACE_STATUS if name == "place_status" and value else None)
        text = [html.Span(f"{label(name, state.lang)}: {said}"), html.Span("×", className="off")]
        found.append(link(text, state.unfiltered(name).query(), f"filter-{name}", "jump chip"))
    return found


def _when(state: states.State) -> list[Any]:
    latest = asks.latest(state)
    shown = (state.as_of or latest)[:10]
    picker = dmc.DatePickerInput(
        id=setting("as_of", shown), value=shown, maxDate=latest, valueFormat="YYYY-MM-DD",
        monthLabelFormat="YYYY-MM", monthsListFormat="MM", size="xs", w=118, **{"aria-label": label("as_of", state.lang)},
    )  # fmt: skip
    names = {code: label(f"layer_{code}", state.lang).removeprefix("layer_") for code in asks.layers(state)}
    return [
        *([select("layer", state.layer, names, 130, label("layer", state.lang))] if len(names) > 1 else []),
        html.Span(
            [label("as_of", state.lang), explained(definition_of("backlog"), state.lang)], className="when-label"
        ),
        picker,
        link(
            label("today", state.lang),
            state.but(as_of=None).query(),
            "latest",
            f"jump latest{' off' if not state.as_of else ''}",
        ),
    ]


@goes(Input(ID.CHANGE, "data"))
def set_fields(change: dict[str, Any] | None, state: states.State) -> states.State | None:
    """A control has been moved: the field it sets changes."""
    return state.but(**change) if change else None


@shows(Output(ID.CASE, "opened"), Output(ID.CASE, "title"), Output(ID.CASE_BODY, "children"))
def show_case(state: states.State) -> tuple[bool, Any, Any]:
    """The drawer of the case that the address names."""
    if state.case is None:
        return False, None, None
    answer, row = asks.case(state)
    return True, html.Span(state.case, className="case-no"), case_card(answer, row, state)


@callback(Input(ID.CASE, "opened"), State(ID.VIEW, "data"), prevent_initial_call=True)
def close_case(is_open: bool, view: dict[str, Any] | None) -> None:
    """Closing the drawer takes the case out of the address."""
    state = states.of(view)
    if not is_open and state.case is not None:
        set_props(ID.URL, {"search": state.but(case=None).query()})
