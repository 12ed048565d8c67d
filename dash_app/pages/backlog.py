"""在办与超期 Backlog: what is open by light, unit and age, how that moved, and the lists to work through."""

from typing import Any, Final

import dash
from dash import Input, Output, html

from dash_app.asking import asks
from dash_app.asking.state import AGED, DIMENSIONS, State
from dash_app.frame.case_lists import CaseList, order
from dash_app.frame.components import goes, graph, head, legend, panel, segments, select, shows, stamp
from dash_app.frame.export_menu import export_menu
from dash_app.frame.ids import ID
from dash_app.parts.backlog_numbers import numbers
from dash_app.parts.queues import QUEUES, asked, columns, listed, title
from gridgov import figures
from gridgov.figures.text import number, tenths
from gridgov.questions.ageing import BANDS
from gridgov.vocabulary import label

LIST = CaseList(ID.BACKLOG_LIST, listed, columns)
_MEASURES: Final = {"late": "n_overdue", "age": "n_open"}
_LONGEST: Final = {"late": "worst_late_work_days", "age": "oldest_age_work_days"}


def layout() -> html.Div:
    """The parts of the page, empty."""
    lights = html.Div(graph(ID.BACKLOG_LIGHTS, fills=False), className="scroll fill", tabIndex="0")
    charts = [
        panel(ID.BACKLOG_LIGHTS_HEAD, lights),
        panel(ID.BACKLOG_AGES_HEAD, graph(ID.BACKLOG_AGES, "fill")),
        panel(ID.BACKLOG_TREND_HEAD, graph(ID.BACKLOG_TREND, "fill")),
        panel(ID.BACKLOG_FLOW_HEAD, graph(ID.BACKLOG_FLOW, "fill")),
    ]
    return html.Div(
        [
            html.Div(id=ID.BACKLOG_KPIS, className="kpis many"),
            html.Div(charts, className="charts four"),
            panel(ID.BACKLOG_LIST_HEAD, *LIST.table(), class_name="list-panel"),
        ]
    )


dash.register_page(__name__, path="/backlog", title="在办与超期 Backlog · gridgov", layout=layout)


@shows(Output(ID.BACKLOG_KPIS, "children"))
def show_numbers(state: State) -> list[Any]:
    """The numbers on top."""
    return numbers(state)


@shows(Output(ID.BACKLOG_LIGHTS_HEAD, "children"), Output(ID.BACKLOG_LIGHTS, "figure"))
def show_lights(state: State) -> tuple[Any, Any]:
    """Open cases of each group by their lights, those with most red on top."""
    lang, by = state.lang, state.by or "unit"
    answer, parts = asks.ask(state.unfiltered(by), "lights", by=by), figures.light_parts(lang, state.scheme)
    figure = figures.in_parts(
        answer.frame, answer.frame.columns[0], parts, by="n_red",
        chosen=next(iter(state.where.get(by, ())), None), lang=lang, scheme=state.scheme,
    )  # fmt: skip
    control = select("by", by, {name: label(name, lang) for name in DIMENSIONS}, 110, label("by", lang))
    export = export_menu("lights", state.unfiltered(by), {"by": by}, graph_id=ID.BACKLOG_LIGHTS)
    heading = head(label("lights_by", lang), control, lang=lang, definition=answer.definition, export=export)
    return [*heading, legend(parts)], figure


@goes(Input(ID.BACKLOG_LIGHTS, "clickData"))
def click_lights(click: dict[str, Any] | None, state: State) -> State | None:
    """A bar filters by its group and the light that was clicked; the same again takes both filters away."""
    if not click:
        return None
    by, (group, light, *_) = state.by or "unit", click["points"][0]["customdata"]
    if state.where.get(by) == [group] and state.where.get("light") == [light]:
        return state.unfiltered(by).unfiltered("light")
    return state.with_filter(by, [group]).with_filter("light", [light]).but(queue="open", behind=None)


@shows(Output(ID.BACKLOG_AGES_HEAD, "children"), Output(ID.BACKLOG_AGES, "figure"))
def show_ages(state: State) -> tuple[Any, Any]:
    """How many working days cases are past their deadline, or old."""
    answer, lang, aged = asks.ask(state, "ageing"), state.lang, state.aged
    bands = {f"n_{aged}_{band}": label(f"band_{band}", lang) for band in BANDS}
    figure = figures.bands(answer.frame, bands, measure=_MEASURES[aged], lang=lang, scheme=state.scheme)
    note = label("longest_days", lang).format(n=tenths(answer.rows()[0][_LONGEST[aged]]))
    control = segments("aged", aged, {name: label(name, lang) for name in AGED})
    export = export_menu("ageing", state, graph_id=ID.BACKLOG_AGES)
    return head(
        label("ageing", lang), control, lang=lang, definition=answer.definition, note=note, export=export
    ), figure


@goes(Input(ID.BACKLOG_AGES, "clickData"))
def click_ages(click: dict[str, Any] | None, state: State) -> State | None:
    """A band lists its cases; the same again goes back to the overdue."""
    if not click:
        return None
    behind = f"ageing.{click['points'][0]['customdata']}"
    if state.queue == "band" and state.behind == behind:
        return state.but(queue="overdue", behind=None)
    return state.unfiltered("light").but(queue="band", behind=behind)


@shows(Output(ID.BACKLOG_TREND_HEAD, "children"), Output(ID.BACKLOG_TREND, "figure"))
def show_trend(state: State) -> tuple[Any, Any]:
    """Open cases with their lights over the period."""
    answer, lang = asks.over_period(state, "backlog_trend"), state.lang
    parts = figures.light_parts(lang, state.scheme, with_deep=False)
    figure = figures.parts_over_time(answer.frame, parts, lang=lang, scheme=state.scheme)
    export = _export_over("backlog_trend", state, ID.BACKLOG_TREND)
    return head(label("backlog_trend", lang), lang=lang, definition=answer.definition, export=export), figure


@shows(Output(ID.BACKLOG_FLOW_HEAD, "children"), Output(ID.BACKLOG_FLOW, "figure"))
def show_flow(state: State) -> tuple[Any, Any]:
    """Reported and closed over the period."""
    answer, lang = asks.over_period(state, "flow"), state.lang
    figure = figures.flow(answer.frame, lang=lang, scheme=state.scheme)
    export = _export_over("flow", state, ID.BACKLOG_FLOW)
    return head(label("flow", lang), lang=lang, definition=answer.definition, export=export), figure


def _export_over(question: str, state: State, graph_id: str) -> Any:
    return export_menu(question, state, {"by": asks.step(state)}, of_period=state.period != "day", graph_id=graph_id)


@shows(Output(ID.BACKLOG_LIST_HEAD, "children"), Input(LIST.sorted, "data"))
def show_list_head(state: State, sorted_by: Any = None) -> Any:
    """Which list is open, and how long it is."""
    answer, lang = listed(state, limit=0), state.lang
    found = f"{number(answer.meta['n_total'])} {label('cases', lang)} · {stamp(answer, lang)}"
    words = {name: label(queue.word, lang) for name, queue in QUEUES.items()}
    which = select("queue", state.queue, words, 150, label("list", lang))
    given = asked(state)
    given["sort"] = order(sorted_by) or given["sort"]
    export = export_menu(QUEUES[state.queue].question, state, given)
    return head(title(state), which, lang=lang, definition=answer.definition, note=found, export=export)
