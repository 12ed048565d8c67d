"""A case on a card: what is known of it, as it was at as_of."""

from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from dash_app.asking.state import State
from dash_app.frame.components import explained, stamp
from gridgov.figures.text import NOTHING, column_name, known, moment
from gridgov.questions import Answer
from gridgov.vocabulary import CHANNELS, PLACE_STATUS, STATES, TRACKS, Lang, label

_TIMES = {"reported_at": 1, "due_at": 4, "closed_at": 2}
_TEXTS = (
    "category", "subcategory", "description", "address", "place_name", "grid_name", "grid_code", "place_status", "unit",
    "line", "channel", "source", "track", "status_text",
)  # fmt: skip


def case_card(answer: Answer, row: dict[str, Any] | None, state: State) -> Any:
    """The card; says so when there is no such case."""
    lang = state.lang
    if row is None:
        return dmc.Text(label("no_case", lang), c="dimmed")
    zone = answer.meta["zone"]
    times = [
        (column_name(name, lang), moment(row[name], zone, bool(row["day_only"] & bit))) for name, bit in _TIMES.items()
    ]
    texts = [
        (column_name(name, lang), _said(name, row[name], lang))
        for name in _TEXTS
        if known(row[name]) and row[name] != ""
    ]
    whole = dcc.Link(label("to_case_page", lang), href=state.href("/case"), className="crumb")
    foot = html.Div([stamp(answer, lang), explained(answer.definition, lang)], className="panel-note")
    return html.Div([html.Div(badges(row, lang), className="badges"), whole, _list([*times, *texts]), foot])


def badges(row: dict[str, Any], lang: Lang) -> list[Any]:
    """Open, overdue or closed; urgent; a duplicate."""
    state = "overdue" if row["is_overdue"] else "open" if row["is_open"] else "closed"
    colours = {"overdue": "orange", "open": "blue", "closed": "gray"}
    marks = [dmc.Badge(label(state, lang), color=colours[state], variant="light", radius="sm", tt="none")]
    if known(row["state"]):
        marks.append(
            dmc.Badge(label(row["state"], lang, STATES), color="gray", variant="light", radius="sm", tt="none")
        )
    flags = [name for name in ("urgent", "duplicate") if row[f"is_{name}"]]
    return marks + [
        dmc.Badge(label(name, lang), color="gray", variant="light", radius="sm", tt="none") for name in flags
    ]


def _said(name: str, value: Any, lang: Lang) -> str:
    among = {"place_status": PLACE_STATUS, "track": TRACKS, "channel": CHANNELS}.get(name)
    return label(str(value), lang, among) if among else str(value)


def _list(pairs: list[tuple[str, str]]) -> html.Dl:
    return html.Dl(
        [part for name, value in pairs for part in (html.Dt(name), html.Dd(value or NOTHING))], className="facts"
    )
