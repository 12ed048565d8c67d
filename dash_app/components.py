"""What several pages use: the callback that shows a state, panels, heads with definitions, numbers, controls."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import dash_ag_grid as dag
import dash_mantine_components as dmc
from dash import ClientsideFunction, Input, Output, State, callback, clientside_callback, dcc, html, no_update

from dash_app import state as states
from dash_app.ids import ID, flag, jump, setting
from gridgov.figures.text import number
from gridgov.questions import Answer
from gridgov.questions.definition import Definition
from gridgov.vocabulary import Lang, label

Part = Any
"""A Dash component, a text, or a list of them."""


def shows(*parts: Output | Input) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A callback from what the reader looks at to what is on the screen; the function itself stays callable with a State.

    parts  the outputs; further inputs are handed to the function after the State
    """
    outputs = [part for part in parts if isinstance(part, Output)]

    def made(function: Callable[..., Any]) -> Callable[..., Any]:
        @callback(*outputs, Input(ID.VIEW, "data"), *[part for part in parts if isinstance(part, Input)])
        def show(view: dict[str, Any] | None, *further: Any) -> Any:
            if view is None:
                return no_update if len(outputs) == 1 else [no_update] * len(outputs)
            return function(states.of(view), *further)

        return function

    return made


def goes(*inputs: Input | State) -> Callable[[Callable[..., states.State | None]], Callable[..., states.State | None]]:
    """A callback from a click to another state: the function gets what was clicked and the State; None = stay."""

    def made(function: Callable[..., states.State | None]) -> Callable[..., states.State | None]:
        @callback(
            Output(ID.URL, "search", allow_duplicate=True), *inputs, State(ID.VIEW, "data"), prevent_initial_call=True
        )
        def go(*arguments: Any) -> Any:
            here = states.of(arguments[-1])
            there = function(*arguments[:-1], here)
            return no_update if there is None or there.query() == here.query() else there.query()

        return function

    return made


# ---------------------------------------------------------------------------------------------------------------------
# Panels and heads


def panel(head_id: str, *body: Part, class_name: str = "") -> dmc.Paper:
    """A framed part of a page: a head that a callback fills, and a body."""
    return dmc.Paper([html.Div(id=head_id, className="panel-head"), *body], className=f"panel {class_name}")


def head(
    title: str, *right: Part, lang: Lang, definition: Definition | None = None, note: str | None = None
) -> list[Part]:
    """The head of a panel: its title with the definition behind it, a small note, and controls at the right."""
    left = [html.Span(title, className="panel-title")]
    left += [explained(definition, lang)] if definition else []
    left += [html.Span(note, className="panel-note")] if note else []
    return [html.Div(left, className="panel-left"), html.Div(list(right), className="panel-right")]


def explained(definition: Definition, lang: Lang, mark: Part = None) -> dmc.HoverCard:
    """A mark that shows, on hover, what a number means: title, formula, basis, exclusions, id and version."""
    parts = (definition.formula, definition.basis, definition.exclusions, definition.zero, definition.adds_up)
    card = [
        dmc.Text(definition.title.said(lang), fw=600, size="sm"),
        *[html.Div(part.said(lang), className="meaning") for part in parts],
        dmc.Text(f"{definition.id} · v{definition.version}", size="xs", mt=8, className="mono", c="dimmed"),
    ]
    target = html.Span(mark or "i", className="explain" if mark is None else "explain-mark", tabIndex="0")
    return dmc.HoverCard(
        [dmc.HoverCardTarget(target), dmc.HoverCardDropdown(card)],
        width=380, shadow="md", openDelay=120, withArrow=True, position="bottom-start",
    )  # fmt: skip


def figure_number(
    name: str, value: Any, *, lang: Lang, definition: Definition, below: Part = None, tone: str = "", size: str = ""
) -> html.Div:
    """One number with its name, what it is made of, and its definition on hover."""
    return html.Div(
        [
            html.Div([name, explained(definition, lang)], className="kpi-name"),
            html.Div(number(value) if not isinstance(value, str) else value, className=f"kpi-value {tone}"),
            html.Div(below or "\u00a0", className="kpi-below"),
        ],
        className=f"kpi {size}",
    )


def stamp(answer: Answer, lang: Lang) -> str:
    """As of when an answer speaks."""
    return f"{label('as_of', lang)} {answer.as_of[:16].replace('T', ' ')}"


def empty(title: str, *lines: Part) -> dmc.Paper:
    """Says why there is nothing, and what to do."""
    return dmc.Paper([dmc.Text(title, fw=600), *lines], className="panel empty-state")


# ---------------------------------------------------------------------------------------------------------------------
# Controls


def link(text: Part, query: str, at: str, class_name: str = "jump") -> html.Button:
    """Something to click that goes to another state of the same page."""
    return html.Button(text, id=jump(query, at), className=class_name, type="button")


def segments(field: str, value: str, choices: Mapping[str, str], off: Sequence[str] = ()) -> dmc.SegmentedControl:
    """A switch of a few positions that sets a field of the state."""
    data = [{"value": code, "label": name, "disabled": code in off} for code, name in choices.items()]
    return dmc.SegmentedControl(id=setting(field, value), data=data, value=value, size="xs")


def switch(field: str, now: bool, name: str) -> dmc.Switch:
    """A switch that sets a field of the state."""
    return dmc.Switch(id=flag(field, now), checked=now, label=name)


def select(field: str, value: str | None, choices: Mapping[str, str], width: int = 150, name: str = "") -> dmc.Select:
    """A list to choose from that sets a field of the state."""
    data = [{"value": code, "label": text} for code, text in choices.items()]
    return dmc.Select(
        id=setting(field, value), data=data, value=value, size="xs", w=width, allowDeselect=False, checkIconPosition="right",
        comboboxProps={"withinPortal": True}, **{"aria-label": name or field},
    )  # fmt: skip


_NOTHING_YET = {
    "layout": {
        "xaxis": {"visible": False},
        "yaxis": {"visible": False},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "height": 120,
    }
    | {"plot_bgcolor": "rgba(0,0,0,0)"}
}


def graph(graph_id: str, class_name: str = "", fills: bool = True) -> dcc.Graph:
    """A figure that fills its place, or one that is as tall as it says itself."""
    return dcc.Graph(
        id=graph_id, figure=_NOTHING_YET, responsive=True if fills else "auto", className=f"graph {class_name}", style={},
        config={"displaylogo": False, "displayModeBar": False, "scrollZoom": True, "showTips": False, "topojsonURL": "/"},
    )  # fmt: skip


def map_graph(graph_id: str) -> list[Part]:
    """A map: callbacks fill its `drawn(graph_id)`, the browser fits the view to the place it has."""
    return [dcc.Store(id=drawn(graph_id)), graph(graph_id, "fill")]


def drawn(graph_id: str) -> str:
    """The id of the store that a map's figure goes through."""
    return f"{graph_id}-drawn"


for _map in (ID.MAP, ID.TREE_MAP, ID.PATROL_MAP):
    clientside_callback(
        ClientsideFunction("gridgov", "fit"),
        Output(_map, "figure"),
        Input(drawn(_map), "data"),
        State(_map, "id"),
    )


def share_column(field: str, name: str, width: int = 96, **more: Any) -> dict[str, Any]:
    """A column of shares in percent."""
    return number_column(field, name, width, **more) | {"valueFormatter": {"function": "gridgovShare(params.value)"}}


def table(table_id: str, **more: Any) -> dag.AgGrid:
    """A table in our style; numbers are set by `number_column`."""
    options = {
        "theme": {"function": "gridgovTheme(themeQuartz)"}, "suppressCellFocus": True, "animateRows": False,
        "enableCellTextSelection": True, "tooltipShowDelay": 300, "localeText": {"noRowsToShow": "–"}, **more.pop("options", {}),
    }  # fmt: skip
    return dag.AgGrid(
        id=table_id, className="table", dashGridOptions=options, style={},
        defaultColDef={
            "resizable": True, "sortable": True, "suppressMovable": True, "minWidth": 56, "cellDataType": False,
            "wrapHeaderText": True, "autoHeaderHeight": True,
        },
        **more,
    )  # fmt: skip


def column(field: str, name: str, width: int | None = None, **more: Any) -> dict[str, Any]:
    """A column of text."""
    size = {"flex": 1, "minWidth": 190} if width is None else {"width": width}
    return {"field": field, "headerName": name, "tooltipField": field, **size, **more}


def number_column(field: str, name: str, width: int = 105, **more: Any) -> dict[str, Any]:
    """A column of numbers: right, thousands separated, a dash where not known, zero in grey."""
    return {
        "field": field, "headerName": name, "width": width, "type": "rightAligned",
        "valueFormatter": {"function": "gridgovNumber(params.value)"},
        "cellClassRules": {"zero": "params.value === 0"}, **more,
    }  # fmt: skip
