"""What several pages use: the callback that shows a state, panels, heads with definitions, numbers, controls."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import dash_ag_grid as dag
import dash_mantine_components as dmc
from dash import ClientsideFunction, Input, Output, State, callback, clientside_callback, dcc, html, no_update

from dash_app.asking import asks
from dash_app.asking import state as states
from dash_app.asking.asks import NoTown
from dash_app.frame import errors
from dash_app.frame.ids import ID, flag, jump, setting
from gridgov.errors import StoreError
from gridgov.figures.style import message
from gridgov.figures.text import NOTHING, number
from gridgov.questions import Answer
from gridgov.questions.definition import Definition
from gridgov.vocabulary import Lang, label

Part = Any
"""A Dash component, a text, or a list of them."""


def shows(*parts: Output | Input, of: str = ID.PAGE_VIEW) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A callback from what the reader looks at to what is on the screen; the function itself stays callable with a State.

    parts  the outputs; further inputs are handed to the function after the State
    of     the store of what is looked at: all but the case that lies open over the page, or as little of it as the function
           reads (ID.WORDS, ID.CASE_VIEW), so that nothing is asked while that stays

    What raises says so in a notice and, in words, in the place it was to fill, so that nothing stale is taken for new. Only
    when the database does not answer what is on the screen stays: it says as of when it is.
    """
    outputs = [part for part in parts if isinstance(part, Output)]

    def made(function: Callable[..., Any]) -> Callable[..., Any]:
        @callback(*outputs, Input(of, "data"), *[part for part in parts if isinstance(part, Input)])
        def show(view: dict[str, Any] | None, *further: Any) -> Any:
            nothing = no_update if len(outputs) == 1 else [no_update] * len(outputs)
            if view is None:
                return nothing
            state = states.of(view)
            try:
                state = asks.known(state)
                return function(state, *further)
            except (NoTown, StoreError) as error:
                errors.on_error(error, state.lang)
                return nothing
            except Exception as error:
                errors.on_error(error, state.lang)
                said = [_instead(output, errors.said(error, state.lang), state) for output in outputs]
                return said[0] if len(outputs) == 1 else said

        return function

    return made


def _instead(output: Output, words: str, state: states.State) -> Any:
    """What stands in a place whose content could not be made."""
    if output.component_property == "children":
        return html.Div(words, className="failed", role="alert")
    if output.component_property in ("figure", "data") and "map" not in output.component_id:
        return message(words, state.scheme) if output.component_property == "figure" else no_update
    return [] if output.component_property == "rowData" else no_update


def goes(
    *inputs: Input | State,
) -> Callable[[Callable[..., Any]], Callable[..., states.State | tuple[str, states.State] | None]]:
    """A callback from a click to another state: the function gets what was clicked and the State.

    It gives the state to go to, or a path and a state for another page; None = stay.
    """

    def made(function: Callable[..., Any]) -> Callable[..., Any]:
        @callback(
            Output(ID.URL, "pathname", allow_duplicate=True), Output(ID.URL, "search", allow_duplicate=True),
            *inputs, State(ID.VIEW, "data"), prevent_initial_call=True,
        )  # fmt: skip
        def go(*arguments: Any) -> Any:
            here = asks.looked_at(arguments[-1])
            there = function(*arguments[:-1], here)
            path, state = there if isinstance(there, tuple) else (no_update, there)
            if state is None or (path is no_update and state.query() == here.query()):
                return no_update, no_update
            return path, state.query()

        return function

    return made


# ---------------------------------------------------------------------------------------------------------------------
# Panels and heads


def named(words: str) -> dict[str, Any]:
    """What a control is called for those who do not see it."""
    return {"aria-label": words}


def panel(head_id: str, *body: Part, class_name: str = "") -> dmc.Paper:
    """A framed part of a page: a head that a callback fills, and a body."""
    return dmc.Paper([html.Div(id=head_id, className="panel-head"), *body], className=f"panel {class_name}")


def head(
    title: str,
    *right: Part,
    lang: Lang,
    definition: Definition | None = None,
    note: str | None = None,
    export: Part = None,
) -> list[Part]:
    """The head of a panel: its title with the definition behind it, a small note, and at the right controls and the export."""
    left: list[Part] = [html.H2(title, className="panel-title")]
    left += [explained(definition, lang)] if definition else []
    left += [html.Span(note, className="panel-note")] if note else []
    controls = [*right, *([export] if export is not None else [])]
    return [html.Div(left, className="panel-left"), html.Div(controls, className="panel-right")]


def explained(definition: Definition, lang: Lang, mark: Part = None) -> html.Button:
    """A mark that shows, on hover, what a number means: title, formula, basis, exclusions, id and version (meaning.js)."""
    parts = (definition.formula, definition.basis, definition.exclusions, definition.zero, definition.adds_up)
    title, version = definition.title.said(lang), f"{definition.id} · v{definition.version}"
    told: dict[str, Any] = {"data-meaning": "\n".join([title, *(part.said(lang) for part in parts), version])}
    said = f"{label('definition', lang)}: {title}. {definition.formula.said(lang)}"
    look = "explain" if mark is None else "explain-mark"
    return html.Button(mark or "i", className=look, type="button", **told, **named(said))


def figure_number(
    name: Part, value: Any, *, lang: Lang, definition: Definition, below: Part = None, tone: str = "", size: str = "",
    to: str | None = None,
) -> html.Div:  # fmt: skip
    """One number with its name, what it is made of, and its definition on hover; `to` is the address of its cases.

    A number that there is not leads nowhere.
    """
    said = number(value) if not isinstance(value, str) else value
    is_link = to and said != NOTHING
    shown = dcc.Link(said, href=to, className="kpi-link", title=label("to_cases", lang)) if is_link else said
    return html.Div(
        [
            html.Div([name, explained(definition, lang)], className="kpi-name"),
            html.Div(shown, className=f"kpi-value {tone}"),
            html.Div(below or "\u00a0", className="kpi-below"),
        ],
        className=f"kpi {size}",
    )


def beside(row: Mapping[str, Any], name: str, lang: Lang, before: str = "compare_previous") -> str:
    """What a number is set beside: the same of the period before and of a year before, with the change; empty without.

    before  the word for what is before
    """
    said = []
    for then, change in (("previous", "change"), ("year_before", "year_change")):
        if f"{name}_{then}" not in row:
            continue
        value, by = row[f"{name}_{then}"], row.get(f"{name}_{change}")
        is_share = name.endswith(("_rate", "_share"))
        moved = NOTHING if by is None else f"{100 * by:+.1f} {label('points', lang) if is_share else '%'}"
        was = NOTHING if value is None else f"{100 * value:.1f} %" if is_share else number(value)
        word = before if then == "previous" else "compare_year_before"
        said.append(f"{label(word, lang)} {was} ({moved})")
    return " · ".join(said)


def moved(row: Mapping[str, Any], name: str, lang: Lang) -> Part:
    """As `beside`, where there is little room: the changes alone, all of it on hover; None without."""
    said = [
        html.Div(f"{label(f'short_{then}', lang)} {NOTHING if row[change] is None else f'{100 * row[change]:+.1f} %'}")
        for then, change in (("previous", f"{name}_change"), ("year_before", f"{name}_year_change"))
        if change in row
    ]
    return html.Span(said, title=beside(row, name, lang)) if said else None


def legend(parts: Sequence[Any]) -> html.Div:
    """What the parts of a chart are called, in their colours (figures.Part)."""
    marks = [
        html.Span(part.name, className="light", style={"background": part.colour, "color": part.ink}) for part in parts
    ]
    return html.Div(marks, className="legend")


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
        comboboxProps={"withinPortal": True}, **named(name or field),
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


for _map in (ID.MAP, ID.TREE_MAP, ID.PATROL_MAP, ID.CASE_MAP):
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
        "theme": {"function": "gridgovTheme(themeQuartz)"}, "animateRows": False,
        "enableCellTextSelection": True, "tooltipShowDelay": 300, "localeText": {"noRowsToShow": "–"}, **more.pop("options", {}),
    }  # fmt: skip
    return dag.AgGrid(
        id=table_id, className="table", dashGridOptions=options, style={},
        defaultColDef={
            "resizable": True, "sortable": True, "suppressMovable": True, "minWidth": 56, "cellDataType": False,
            "wrapHeaderText": True, "autoHeaderHeight": True, "suppressKeyboardEvent": {"function": "gridgovEnter(params)"},
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
