"""督办 Supervision: what was urged, carded and instructed in the period, what became of it, and the cases themselves."""

from typing import Any, Final

import dash
from dash import Input, Output, html

from dash_app.asking import asks
from dash_app.asking.state import SUPERVISED, State
from dash_app.frame.case_lists import CaseList, order
from dash_app.frame.components import figure_number, goes, graph, head, legend, moved, panel, select, shows
from dash_app.frame.export_menu import export_menu
from dash_app.frame.ids import ID
from gridgov import figures
from gridgov.figures.text import measured, number
from gridgov.questions import Answer
from gridgov.vocabulary import PROMPTS, REPLIES, label

NUMBERS: Final = {
    "n_supervised": "all", "n_urged": "urged", "n_yellow_card": "yellow_card", "n_red_card": "red_card",
    "n_instructed": "instructed", "n_supervised_overdue": "overdue", "n_supervised_waiting": "waiting",
    "n_cleared": "cleared", "n_after_end": "after_end",
}  # fmt: skip
"""The numbers on top, and the list each opens."""

COLUMNS: Final = (
    "case_no", "reply", "given", "given_at", "last_given_at", "given_work_days", "unit", "given_unit", "light", "left", "due_at",
    "next_step", "matter", "where", "village", "stage", "n_returned", "n_rework", "reported_at", "closed_at", "channel",
    "description",
)  # fmt: skip


def chosen(state: State) -> dict[str, str] | None:
    """The filter of the list that is open: what the cases were given, or how they stand; None = all."""
    code = state.supervised
    return {"given": code} if code in PROMPTS else {"reply": code} if code in REPLIES else None


def listed(state: State, **more: Any) -> Answer:
    """A page of the supervised cases of the period."""
    return asks.of_period(state, "supervised", where=chosen(state), **more)


LIST = CaseList(ID.SUPERVISION_LIST, listed, COLUMNS)


def layout() -> html.Div:
    """The parts of the page, empty."""
    units = html.Div(graph(ID.SUPERVISION_UNITS, fills=False), className="scroll fill", tabIndex="0")
    charts = [
        panel(ID.SUPERVISION_UNITS_HEAD, units),
        panel(ID.SUPERVISION_TREND_HEAD, graph(ID.SUPERVISION_TREND, "fill")),
    ]
    return html.Div(
        [
            html.Div(id=ID.SUPERVISION_KPIS, className="kpis many"),
            html.Div(charts, className="charts two-wide"),
            panel(ID.SUPERVISION_LIST_HEAD, *LIST.table(), class_name="list-panel"),
        ]
    )


dash.register_page(__name__, path="/supervision", title="督办 Supervision · gridgov", layout=layout)


@shows(Output(ID.SUPERVISION_KPIS, "children"))
def show_numbers(state: State) -> list[Any]:
    """Times by kind, cases by what became of them; each opens its list."""
    answer = asks.of_period(state, "supervision", compared=True)
    return [_number(name, answer, state) for name in NUMBERS]


def _number(name: str, answer: Answer, state: State) -> Any:
    row, lang, code = answer.rows()[0], state.lang, NUMBERS[name]
    below = label("times", lang) if code in PROMPTS else None
    if code == "cleared":
        below = label("cleared_of", lang).format(share=measured("cleared_rate", row["cleared_rate"]))
    return figure_number(
        label(name, lang), row[name], lang=lang, definition=answer.definition, below=moved(row, name, lang) or below,
        tone="late" if code == "overdue" and row[name] else "", size="chosen" if state.supervised == code else "",
        to=state.but(supervised=code).href("/supervision"),
    )  # fmt: skip


@shows(Output(ID.SUPERVISION_UNITS_HEAD, "children"), Output(ID.SUPERVISION_UNITS, "figure"))
def show_units(state: State) -> tuple[Any, Any]:
    """Supervised cases of each unit by what became of them."""
    answer, lang = asks.of_period(state.unfiltered("unit"), "supervision", by="unit"), state.lang
    parts = figures.reply_parts(lang, state.scheme)
    figure = figures.in_parts(
        answer.frame, "unit", parts, by="n_supervised_overdue",
        chosen=next(iter(state.where.get("unit", ())), None), lang=lang, scheme=state.scheme,
    )  # fmt: skip
    export = export_menu(
        "supervision", state.unfiltered("unit"), {"by": "unit"}, of_period=True, graph_id=ID.SUPERVISION_UNITS
    )
    return [
        *head(label("by_unit", lang), lang=lang, definition=answer.definition, export=export),
        legend(parts),
    ], figure


@goes(Input(ID.SUPERVISION_UNITS, "clickData"))
def click_units(click: dict[str, Any] | None, state: State) -> State | None:
    """A bar filters by its unit and lists the part that was clicked; the same again takes it away."""
    if not click:
        return None
    unit, reply, *_ = click["points"][0]["customdata"]
    if state.where.get("unit") == [unit] and state.supervised == reply:
        return state.unfiltered("unit").but(supervised="all")
    return state.with_filter("unit", [unit]).but(supervised=reply)


@shows(Output(ID.SUPERVISION_TREND_HEAD, "children"), Output(ID.SUPERVISION_TREND, "figure"))
def show_trend(state: State) -> tuple[Any, Any]:
    """What was given, week by week, until the day looked at."""
    answer, lang = asks.ask(state, "supervision", by="week"), state.lang
    figure = figures.parts_over_time(
        answer.frame, figures.prompt_parts(lang, state.scheme), lang=lang, scheme=state.scheme
    )
    export = export_menu("supervision", state, {"by": "week"}, graph_id=ID.SUPERVISION_TREND)
    return head(label("by_week", lang), lang=lang, definition=answer.definition, export=export), figure


@shows(Output(ID.SUPERVISION_LIST_HEAD, "children"), Input(LIST.sorted, "data"))
def show_list_head(state: State, sorted_by: Any = None) -> Any:
    """Which cases are listed, and how many there are."""
    answer, lang = listed(state, limit=0), state.lang
    days = f"{answer.meta['since']} — {answer.meta['until']}"
    found = f"{number(answer.meta['n_total'])} {label('cases', lang)} · {days}"
    words = {code: _word(code, state) for code in SUPERVISED}
    which = select("supervised", state.supervised, words, 150, label("list", lang))
    export = export_menu("supervised", state, {"where": chosen(state), "sort": order(sorted_by)}, of_period=True)
    return head(label("supervised", lang), which, lang=lang, definition=answer.definition, note=found, export=export)


def _word(code: str, state: State) -> str:
    return label(code, state.lang, {**PROMPTS, **REPLIES}) if code != "all" else label("n_supervised", state.lang)
