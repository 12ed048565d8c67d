"""What stands around every page: header, where one is, the as-of date, the drawer of a case, notices."""

from typing import Any

import dash_mantine_components as dmc
from dash import ALL, ClientsideFunction, Input, Output, State, callback, clientside_callback, dcc, html, set_props

from dash_app.asking import asks
from dash_app.asking import state as states
from dash_app.frame import bar, errors, finding, paging, views  # noqa: F401  the bar registers its callbacks
from dash_app.frame.case_card import case_card
from dash_app.frame.components import goes, named, segments, select, shows
from dash_app.frame.ids import ID
from dash_app.serving import basemap
from gridgov.errors import StoreError
from gridgov.figures.style import FONT
from gridgov.vocabulary import label

PAGES = {
    "/": "situation", "/backlog": "backlog_page", "/units": "units", "/patrol": "patrol", "/hierarchy": "hierarchy",
    "/cases": "cases", "/supervision": "supervision", "/loads": "loads",
}  # fmt: skip
POLL_MS = 20_000
PLOTLY = "/_dash-component-suites/plotly/package_data/plotly.min.js"
"""Asked for by the first figure, when the page is long there; said in the head, it comes with the rest."""
THEME = {
    "fontFamily": FONT, "headings": {"fontFamily": FONT}, "primaryColor": "blue", "defaultRadius": "sm",
    "colors": {
        "blue": ["#eef5fa", "#dbe8f2", "#b4d0e4", "#8ab6d5", "#67a0c8", "#4f91c0", "#3f86ba", "#2f6f9f", "#27608c", "#1a5079"],
        "dark": ["#e3e7eb", "#b4bec8", "#97a2ad", "#6b7783", "#3f4953", "#323a43", "#272e35", "#1d2329", "#161b20", "#0f1317"],
    },
    "components": {"Switch": {"defaultProps": {"size": "xs"}}},
}  # fmt: skip


def index(page: str) -> str:
    """Dash's own page with what comes late announced in its head."""
    return page.replace("{%css%}", f'<link rel="preload" as="script" href="{PLOTLY}">{{%css%}}')


def layout() -> dmc.MantineProvider:
    """The shell; its parts are filled by callbacks, so that nothing is asked before there is somebody to answer."""
    return dmc.MantineProvider(
        [
            dcc.Location(id=ID.URL, refresh=False),
            dcc.Store(id=ID.VIEW), dcc.Store(id=ID.PAGE_VIEW), dcc.Store(id=ID.WORDS), dcc.Store(id=ID.CASE_VIEW),
            dcc.Store(id=ID.CHANGE),
            dcc.Store(id=ID.VERSION),
            dcc.Interval(id=ID.POLL, interval=POLL_MS),
            dmc.NotificationContainer(id=ID.NOTICES, position="bottom-right", containerWidth=460),
            html.A("跳到内容 Skip to content", href="#main", className="skip"),
            html.Header(
                [
                    html.Div(id=ID.HEADER, className="header-main"),
                    finding.field(),
                    views.menu(),
                    html.Div(id=ID.CHOICES, className="header-right"),
                    _scheme_switch(),
                ],
                className="header",
            ),
            html.Div(id=ID.CONTEXT, className="context", role="search"),
            html.Main(
                [html.Div(id=ID.WELCOME), *paging.place()], id="main"
            ),
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
    Output(ID.VIEW, "data"), Output(ID.PAGE_VIEW, "data"), Output(ID.WORDS, "data"), Output(ID.CASE_VIEW, "data"),
    Input(ID.URL, "search"), Input(ID.URL, "pathname"), Input(ID.PAGE_SHOWN, "data"),
    Input(ID.SCHEME, "computedColorScheme"), Input(ID.VERSION, "data"),
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


@callback(Output(ID.VERSION, "data"), Input(ID.POLL, "n_intervals"), State(ID.VIEW, "data"))
def look_for_new_data(_: int | None, view: dict[str, Any] | None = None) -> Any:
    """The data versions of all towns; when they change, or the database comes back, what is shown is asked anew."""
    found: Any
    try:
        found, error = asks.versions(), None
    except StoreError as err:
        found, error = errors.DOWN, err
    errors.stand(error, basemap.trouble(), states.of(view).lang)
    return found


@shows(Output(ID.HEADER, "children"), Output(ID.CHOICES, "children"))
def show_header(state: states.State) -> tuple[Any, Any]:
    """Name and pages; town and language."""
    try:
        towns = asks.towns(state.lang)
    except StoreError:
        towns = {}
    here = state.town if state.town in towns else next(iter(towns), None) if state.town is None else None
    links = [
        dcc.Link(label(word, state.lang), href=state.of_page(path).href(path), className="nav", id=f"nav-{word}")
        for path, word in PAGES.items()
    ]
    if state.faults:
        words = [errors.notice(fault, title=label("address", state.lang)) for fault in state.faults]
        set_props(ID.NOTICES, {"sendNotifications": words})
    wall = state.of_page("/wall").unlimited().href("/wall")
    choices = [
        *([select("town", here, towns, 150, label("town_of", state.lang))] if len(towns) > 1 else []),
        dcc.Link(label("wall", state.lang), href=wall, className="nav", id="nav-wall", target="_blank"),
        segments("lang", state.lang, {"zh": "中文", "en": "EN"}),
    ]
    brand = html.Div([html.Span("grid", className="brand-a"), html.Span("gov")], className="brand")
    return [brand, html.Nav(links, className="navs", **named(label("pages", state.lang)))], choices


@goes(Input(ID.CHANGE, "data"))
def set_fields(change: dict[str, Any] | None, state: states.State) -> states.State | None:
    """A control has been moved: the field it sets changes."""
    return state.but(**change) if change else None


@shows(
    Output(ID.CASE, "opened"), Output(ID.CASE, "title"), Output(ID.CASE_BODY, "children"), Input(ID.URL, "pathname"),
    of=ID.CASE_VIEW,
)  # fmt: skip
def show_case(state: states.State, path: str = "/") -> tuple[bool, Any, Any]:
    """The drawer of the case that the address names; its own page has no need of it."""
    if state.case is None or path == "/case":
        return False, None, None
    answer, row = asks.case(state)
    return True, html.Span(state.case, className="case-no"), case_card(answer, row, state)


@callback(Input(ID.CASE, "opened"), State(ID.VIEW, "data"), State(ID.URL, "pathname"), prevent_initial_call=True)
def close_case(is_open: bool, view: dict[str, Any] | None, path: str) -> None:
    """Closing the drawer takes the case out of the address."""
    state = states.of(view)
    if not is_open and state.case is not None and path != "/case":
        set_props(ID.URL, {"search": state.but(case=None).query()})
