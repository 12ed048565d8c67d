"""The numbers on top of the page of the backlog; each opens its list."""

from functools import partial
from typing import Any

from dash import dcc, html

from dash_app.asking import asks
from dash_app.asking.state import State
from dash_app.frame.components import figure_number, moved
from dash_app.parts.queues import to_queue
from gridgov.figures.style import COLOURS
from gridgov.figures.text import age, number
from gridgov.questions import Answer
from gridgov.vocabulary import LIGHTS, label


def numbers(state: State) -> list[Any]:
    """Open cases and their lights, what is about to be late or due, what waits to be dispatched, what is suspended."""
    plain = state.unfiltered("light")  # the lights are what is shown, and lead to the lists
    every, lights = (asks.of_period(plain, name, compared=True) for name in ("backlog", "lights"))
    due, waiting = (asks.of_period(plain, name, compared=True) for name in ("due", "waiting"))
    stopped = asks.of_period(plain, "backlog", where={"stage": ["suspended", "deferred"]}, compared=True)
    tile = partial(_tile, state=state)
    return [
        tile("backlog", every, "n_open", "open"),
        _light("red", lights, state, "overdue", below=_deep(lights, state)),
        *[_light(light, lights, state, "open") for light in ("yellow", "green", "grey")],
        tile("at_risk", every, "n_at_risk", "at_risk", below=label("four_fifths", state.lang)),
        tile("due_2h", due, "n_due_2h", "due_2h"),
        tile("due_today", due, "n_due_today", "due_today", below=_passed(due, state)),
        tile("due_tomorrow", due, "n_due_tomorrow", "due_tomorrow"),
        _dispatch(waiting, state),
        tile("stopped", stopped, "n_open", "stopped"),
    ]


def _tile(word: str, answer: Answer, name: str, queue: str, *, state: State, below: str | None = None) -> Any:
    """A number that opens a list; beside it the same of other periods, where the bar asks for them."""
    row = answer.rows()[0]
    is_open = state.queue == queue and (queue != "open" or "light" not in state.where)
    return figure_number(
        label(word, state.lang), row[name], lang=state.lang, definition=answer.definition, to=to_queue(state, queue),
        below=moved(row, name, state.lang) or below, size="chosen" if is_open else "",
    )  # fmt: skip


def _light(light: str, answer: Answer, state: State, queue: str, below: Any = None) -> Any:
    row, (ground, ink) = answer.rows()[0], COLOURS[state.scheme].lights[light]
    word = label("overdue_red", state.lang) if light == "red" else label(light, state.lang, LIGHTS)
    chip = html.Span(word, className="light", style={"background": ground, "color": ink})
    only = None if queue == "overdue" else light
    is_open = state.queue == queue and state.where.get("light") == ([only] if only else None)
    return figure_number(
        chip, row[f"n_{light}"], lang=state.lang, definition=answer.definition, to=to_queue(state, queue, only),
        below=[moved(row, f"n_{light}", state.lang), below],
        size="chosen" if is_open else "",
    )  # fmt: skip


def _deep(answer: Answer, state: State) -> Any:
    """Of the red the deep red; it opens their list."""
    said = label("of_which_deep", state.lang).format(n=number(answer.rows()[0]["n_deep_red"]))
    return dcc.Link(f" {said}", href=to_queue(state, "overdue", "deep_red"), className="kpi-link")


def _passed(answer: Answer, state: State) -> str:
    return label("of_which_passed", state.lang).format(n=number(answer.rows()[0]["n_due_today_passed"]))


def _dispatch(answer: Answer, state: State) -> Any:
    row, lang = next(row for row in answer.rows() if row["stage"] == "dispatch"), state.lang
    waits = label("longest_wait", lang).format(h=age(row["longest_h"], lang), n=number(row["n_waiting_over"]))
    return figure_number(
        label("to_dispatch", lang), row["n_waiting"], lang=lang, definition=answer.definition, to=to_queue(state, "dispatch"),
        below=moved(row, "n_waiting", lang) or (waits if row["n_waiting"] else label("nobody_waits", lang)),
        tone="late" if row["n_waiting_over"] else "", size="chosen" if state.queue == "dispatch" else "",
    )  # fmt: skip
