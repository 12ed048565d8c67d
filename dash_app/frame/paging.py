"""Which page is there. Dash Pages keeps the register; a page is laid out when its path is gone to, and then stays.

The container of Dash Pages lays a page out anew whenever the query of the address changes, which here is every filter. What
is on a page is filled by callbacks; maps and tables made anew at each click cost a reader a second.
"""

from typing import Any
from urllib.parse import urlsplit

import dash
from dash import ClientsideFunction, Input, Output, callback, clientside_callback, dcc, html
from dash import State as Held
from flask import has_request_context, request

from dash_app.frame.ids import ID


def place() -> list[Any]:
    """Where the page stands, with the page that the browser asks the shell for, and what says which one it is."""
    path = urlsplit(request.referrer or "").path if has_request_context() else ""
    children, shown = _page(path) if path else (None, None)
    return [
        html.Div(children, id=ID.PAGE, className="page"), dcc.Store(id=ID.PAGE_SHOWN, data=shown), dcc.Store(id=ID.PAGE_WANTED)
    ]  # fmt: skip


# The server is asked only for a page that is not there.
clientside_callback(
    ClientsideFunction("gridgov", "wanted"),
    Output(ID.PAGE_WANTED, "data"), Input(ID.URL, "pathname"), Held(ID.PAGE_SHOWN, "data"),
)  # fmt: skip


@callback(
    Output(ID.PAGE, "children"), Output(ID.PAGE_SHOWN, "data"), Input(ID.PAGE_WANTED, "data"), prevent_initial_call=True
)  # fmt: skip
def show_page(path: str) -> tuple[Any, dict[str, str]]:
    """The page of a path."""
    return _page(path)


def _page(path: str) -> tuple[Any, dict[str, str]]:
    for page in dash.page_registry.values():
        if page["path"] == path:
            return page["layout"](), {"path": path, "title": page["title"]}
    words = "没有这一页 There is no such page"
    away = html.Div([html.H1(words), dcc.Link("总览 Situation", href="/")], className="no-page")
    return away, {"path": path, "title": words}
