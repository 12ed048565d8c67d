"""The lists of open cases of the page of the backlog: which question gives each, and what it shows of a case."""

from dataclasses import dataclass
from typing import Any, Final

from dash_app.asking import asks
from dash_app.asking.state import State
from gridgov.figures.text import column_name
from gridgov.questions import Answer
from gridgov.vocabulary import label

_SAY: Final = ("case_no", "light", "left")
_ABOUT: Final = ("unit", "next_step", "next_by", "matter", "where", "village", "stage", "due_at")
_REST: Final = ("n_returned", "n_rework", "n_prompted", "reported_at", "channel", "description")


@dataclass(frozen=True)
class Queue:
    """A list of open cases.

    word      what it is called
    question  a list question, asked with the filters `where`, in the order `sort` unless the reader sorts it
    """

    word: str
    question: str
    where: dict[str, Any] | None = None
    sort: str | None = None
    columns: tuple[str, ...] = (*_SAY, *_ABOUT, *_REST)


QUEUES: Final = {
    "overdue": Queue("overdue", "overdue"),
    "at_risk": Queue("at_risk", "at_risk"),
    "due_2h": Queue("due_2h", "cases", {"due": "2h"}, "due_at"),
    "due_today": Queue("due_today", "cases", {"due": "today"}, "due_at"),
    "due_tomorrow": Queue("due_tomorrow", "cases", {"due": "tomorrow"}, "due_at"),
    "dispatch": Queue("to_dispatch", "cases", {"stage": "dispatch"}, "reported_at"),
    "stopped": Queue("stopped", "suspended", columns=("case_no", "paused_days", "paused_at", *_ABOUT, *_REST)),
    "open": Queue("backlog", "cases", {"open": True}, "due_at"),
    "band": Queue("ageing", "cases", {"open": True}, "due_at"),
}
"""By the code that State.queue holds."""


def asked(state: State) -> dict[str, Any]:
    """What the list that is open is asked with, beside the state and the question."""
    queue = QUEUES[state.queue]
    return {"where": queue.where, "sort": queue.sort, "behind": _band(state)}


def listed(state: State, *, sort: Any = None, **more: Any) -> Answer:
    """A page of the list that is open; lists are as of the day, whatever the period."""
    given = asked(state)
    return asks.ask(state, QUEUES[state.queue].question, **{**given, "sort": sort or given["sort"], **more})


def title(state: State) -> str:
    """What the list that is open is called."""
    behind = _band(state)
    return column_name(behind.partition(".")[2], state.lang) if behind else label(QUEUES[state.queue].word, state.lang)


def _band(state: State) -> str | None:
    """The figure of a bar of ages, where its list is open."""
    return state.behind if state.queue == "band" and (state.behind or "").startswith("ageing.") else None


def columns(state: State) -> tuple[str, ...]:
    """What the list that is open shows."""
    return QUEUES[state.queue].columns


def to_queue(state: State, queue: str, light: str | None = None) -> str:
    """The address of a list; the light it was filtered by goes, unless one is said."""
    return state.with_filter("light", [light] if light else []).but(queue=queue, behind=None).href("/backlog")
