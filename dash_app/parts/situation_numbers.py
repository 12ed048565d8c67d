"""The numbers on top of the situation: of the day looked at, each beside the day before (or what the bar says).

They come in three groups, asked for at the same time, so that none waits for all.
"""

from functools import partial
from typing import Any

from dash_app.asking import asks
from dash_app.asking.state import State
from dash_app.frame.components import Part, beside, figure_number, moved
from dash_app.parts import patrols
from dash_app.parts.queues import to_queue
from gridgov.figures.text import NOTHING, column_name, measured, number
from gridgov.questions import Answer, definition_of
from gridgov.vocabulary import label


def moving(state: State) -> list[Any]:
    """今日上报, 在办, 超期; each leads to its cases."""
    say = partial(figure_number, lang=state.lang)
    return [_reported(state, say), *_open(state, say)]


def deadlines(state: State) -> list[Any]:
    """今日到期, 按期结案率 with its parts."""
    say = partial(figure_number, lang=state.lang)
    return [_due(state, say), _on_time(state, say)]


def beside_cases(state: State) -> list[Any]:
    """12345工单, 今日未巡网格."""
    say = partial(figure_number, lang=state.lang)
    return [_hotline(state, say), _unpatrolled(state, say)]


def compared(state: State) -> str:
    """What a number of a day is set beside: the day before, unless the bar says something else."""
    return "previous" if state.compare == "none" else state.compare


def day(state: State) -> str:
    """The day looked at."""
    return (state.as_of or asks.latest(state))[:10]


def of_day(state: State, question: str, **more: Any) -> tuple[dict[str, Any], Answer]:
    """The one row of the day looked at, beside that of the day before, and the answer."""
    answer = asks.ask(state, question, during=f"day:{day(state)}", compare=compared(state), **more)
    return answer.rows()[0], answer


def _reported(state: State, say: Any) -> Any:
    row, answer = of_day(state, "flow")
    to = _cases_of_day(state, "flow.n_reported")
    return say(label("reported_today", state.lang), row["n_reported"], below=_then(row, "n_reported", state),
               definition=answer.definition, to=to)  # fmt: skip


def _cases_of_day(state: State, behind: str, **filters: Any) -> str:
    """The address of the cases that a figure of the day counts."""
    return asks.cases_href(state, behind=behind, since=day(state), until=day(state), **filters)


def _then(row: dict[str, Any], name: str, state: State) -> Part:
    """What a number is set beside; the changes alone where there are two."""
    return moved(row, name, state.lang) if state.compare == "both" else beside(row, name, state.lang, "day_before")


def _open(state: State, say: Any) -> list[Any]:
    lang, answer = state.lang, asks.ask(state, "backlog", compare=compared(state))
    row, has_deadlines = answer.rows()[0], asks.has_deadlines(answer)
    say = partial(say, definition=answer.definition)
    late = row["n_overdue"] if has_deadlines else NOTHING
    return [
        say(label("backlog", lang), row["n_open"], below=_then(row, "n_open", state),
            to=asks.cases_href(state, behind="backlog.n_open")),
        say(
            column_name("n_overdue", lang), late,
            below=_then(row, "n_overdue", state) if has_deadlines else label("no_deadlines", lang),
            tone="none" if not has_deadlines else "late" if row["n_overdue"] else "",
            to=asks.cases_href(state, behind="backlog.n_overdue") if has_deadlines else None,
        ),
    ]  # fmt: skip


def _due(state: State, say: Any) -> Any:
    """Open cases whose deadline lies in the day, those that have passed it included."""
    lang, answer = state.lang, asks.ask(state, "due")
    row = answer.rows()[0]
    below = f"{label('due_tomorrow', lang)} {number(row['n_due_tomorrow'])}"
    to = to_queue(state, "due_today")
    return say(label("due_today", lang), row["n_due_today"], below=below, definition=answer.definition, to=to)


def _on_time(state: State, say: Any) -> Any:
    """The rate of the period of the bar, with its parts."""
    lang = state.lang
    answer = asks.of_period(state, "on_time", compare=compared(state))
    row = answer.rows()[0]
    parts = label("on_time_parts", lang).format(on_time=number(row["n_on_time"]), due=number(row["n_due"]))
    said = [parts, " · ", beside(row, "on_time_rate", state.lang)]
    value = NOTHING if row["on_time_rate"] is None else measured("on_time_rate", row["on_time_rate"])
    return say(
        column_name("on_time_rate", lang), value, below=said, definition=answer.definition, to=state.href("/units")
    )


def _hotline(state: State, say: Any) -> Any:
    """What came in by the hotline, where one is connected."""
    lang, name = state.lang, label("hotline_today", state.lang)
    if "hotline" not in asks.choices(State(town=state.town), "channel"):
        return say(name, NOTHING, tone="none", below=label("no_hotline", lang), definition=definition_of("flow"))
    row, answer = of_day(state, "flow", where={"channel": ["hotline"]})
    to = _cases_of_day(state, "flow.n_reported", channel="hotline")
    return say(name, row["n_reported"], below=_then(row, "n_reported", state), definition=answer.definition, to=to)


def _unpatrolled(state: State, say: Any) -> Any:
    lang, known = state.lang, patrols.is_known(state)
    answer = patrols.ask(state, "unpatrolled", limit=0, as_of=day(state))
    below = label("of_grids_all", lang).format(n=number(patrols.n_grids(state)))
    below = below if known else label("no_tracks_then", lang)
    value, tone = (answer.meta["n_total"], "") if known else (NOTHING, "none")
    return say(label("grids_unpatrolled", lang), value, below=below, tone=tone, definition=answer.definition,
               to=state.href("/patrol") if known else None)  # fmt: skip
