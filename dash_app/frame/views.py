"""Saved views: addresses a reader has named, kept in the browser. A view is an address: sent to a colleague it shows the same."""

from typing import Any

import dash_mantine_components as dmc
from dash import ALL, ClientsideFunction, Input, Output, clientside_callback, dcc, html
from dash import State as Held

from dash_app.asking.state import State
from dash_app.frame.components import named, shows
from dash_app.frame.ids import ID
from gridgov.vocabulary import label


def menu() -> dmc.Popover:
    """The button with the list of views and the field to name a new one."""
    return dmc.Popover(
        [
            dmc.PopoverTarget(html.Button(id=ID.VIEWS_BUTTON, className="jump chip", type="button")),
            dmc.PopoverDropdown(
                [
                    html.Div(id=ID.VIEWS_LIST),
                    html.Div(
                        [
                            dmc.TextInput(
                                id=ID.VIEWS_NAME, size="xs", value="", className="view-name",
                                **named("视图名称 Name of the view"),
                            ),
                            html.Button(id=ID.VIEWS_SAVE, className="button", type="button"),
                        ],
                        className="view-new",
                    ),
                ]
            ),
            dcc.Store(id=ID.VIEWS, storage_type="local", data=[]),
        ],
        width=340, shadow="md", position="bottom-end", withRoles=False,
    )  # fmt: skip


@shows(
    Output(ID.VIEWS_BUTTON, "children"), Output(ID.VIEWS_NAME, "placeholder"), Output(ID.VIEWS_SAVE, "children"),
    Output(ID.VIEWS_LIST, "children"), Input(ID.VIEWS, "data"), of=ID.WORDS,
)  # fmt: skip
def show_views(state: State, saved: list[dict[str, str]] | None = None) -> tuple[Any, ...]:
    """The names of the views as links; a cross takes one away."""
    lang = state.lang
    rows = [
        html.Div(
            [
                dcc.Link(view["name"], href=view["href"], className="crumb"),
                html.Button(
                    "×", id={"forget": view["name"]}, className="jump off", type="button", title=label("forget", lang)
                ),
            ],
            className="view-row",
        )
        for view in saved or []
    ]
    said = label("views", lang)
    none = html.Div(label("no_views", lang), className="panel-note")
    return f"{said} ▾", label("view_name", lang), label("save", lang), rows or none


clientside_callback(
    ClientsideFunction("gridgov", "saveView"),
    Output(ID.VIEWS, "data"), Output(ID.VIEWS_NAME, "value"),
    Input(ID.VIEWS_SAVE, "n_clicks"), Held(ID.VIEWS_NAME, "value"), Held(ID.VIEWS, "data"),
    prevent_initial_call=True,
)  # fmt: skip
clientside_callback(
    ClientsideFunction("gridgov", "forgetView"),
    Output(ID.VIEWS, "data", allow_duplicate=True),
    Input({"forget": ALL}, "n_clicks"), Held(ID.VIEWS, "data"),
    prevent_initial_call=True,
)  # fmt: skip
