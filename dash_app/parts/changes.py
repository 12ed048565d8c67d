"""What changed since the day before, in plain words; and the grids that stand clearly above the town."""

from typing import Any, Final

from dash import dcc, html

from dash_app.asking import asks, trees
from dash_app.asking.state import State
from dash_app.frame.components import link
from dash_app.parts import systems
from dash_app.parts.situation_numbers import of_day
from gridgov.figures.text import number
from gridgov.questions import Answer
from gridgov.schema import worded
from gridgov.vocabulary import label

VILLAGES: Final = 2
"""Villages named at most, for more cases past their deadline."""
NAMED: Final = 6
"""Grids named at most."""


def sentences(state: State) -> list[Any]:
    """A list of what changed: open and overdue cases, the newly overdue, villages with more of them."""
    found = [*_counts(state), *_newly_overdue(state), *_villages(state)]
    return [html.Li(each) for each in found] or [html.Li(label("nothing_changed", state.lang), className="muted")]


def _counts(state: State) -> list[Any]:
    """Open cases, with what came in and went out."""
    lang = state.lang
    row = asks.ask(state, "backlog", compare="previous").rows()[0]
    moved, _ = of_day(state, "flow")
    if row["n_open_previous"] is None:
        return []
    said = label("changed_open", lang).format(
        more=signed(row["n_open"] - row["n_open_previous"]),
        reported=number(moved["n_reported"]),
        closed=number(moved["n_closed"] + moved["n_voided"]),
    )
    parts = [dcc.Link(said, href=asks.cases_href(state, behind="backlog.n_open"), className="plain")]
    more = row["n_overdue"] - row["n_overdue_previous"]
    if not more:
        return parts
    words = label("changed_overdue", lang).format(more=signed(more), n=number(row["n_overdue"]))
    return [*parts, dcc.Link(words, href=asks.cases_href(state, behind="backlog.n_overdue"), className="plain")]


def _newly_overdue(state: State) -> list[Any]:
    """Cases whose deadline passed on the day, and that are still open."""
    n = asks.ask(state, "due").rows()[0]["n_due_today_passed"]
    said = label("newly_overdue", state.lang).format(n=number(n))
    return (
        [dcc.Link(said, href=asks.cases_href(state, behind="due.n_due_today_passed"), className="plain")] if n else []
    )


def _villages(state: State) -> list[Any]:
    """The grids below the scope with most cases more past their deadline than the day before."""
    grids = trees.tree(state)
    here = grids.at(state.scope)
    if here is None or not here.n_children:
        return []
    rows = asks.ask(state, "backlog", by=grids.level_below(here), compare="previous").rows()
    more = {
        row["grid_code"]: (row["n_overdue"] or 0) - (row["n_overdue_previous"] or 0) for row in rows if row["grid_code"]
    }
    worst = sorted(
        (code for code, n in more.items() if n > 0 and code in grids.grids), key=lambda code: (-more[code], code)
    )
    return [
        link(
            label("more_red", state.lang).format(grid=grids.grids[code].name, n=number(more[code])),
            state.but(scope=code).query(), "changes", "jump plain",
        )
        for code in worst[:VILLAGES]
    ]  # fmt: skip


def silent(state: State) -> list[Any]:
    """A list of the systems that are silent for far longer than they usually are, or whose latest load failed."""
    rows = [row for row in systems.asked(state).rows() if row["freshness"] in ("stopped", "failing")]
    return [
        html.Li(
            dcc.Link(
                f"{row[f'source_{state.lang}'] or row['source']}: {worded('freshness', row['freshness'], state.lang)}",
                href=state.href("/loads"), className="plain late-text",
            )
        )
        for row in rows
    ]  # fmt: skip


def signed(n: int) -> str:
    """A difference with its sign.

    >>> signed(12), signed(-3), signed(0)
    ('+12', '−3', '±0')
    """
    return f"+{n:,}" if n > 0 else f"−{-n:,}" if n else "±0"


# ---------------------------------------------------------------------------------------------------------------------
# Grids clearly above the town


def standouts(state: State) -> Answer | None:
    """Grids of the finest level beside what the others lead to expect; None when the town has no grids."""
    return asks.ask(state, "standouts") if trees.tree(state).root is not None else None


def standing_rows(answer: Answer, state: State) -> list[Any]:
    """Those above, in words with their numbers; when there are none, that there are none."""
    lang, is_part = state.lang, answer.scope is not None
    rows = [row for row in answer.rows() if row["standing"] in ("above", "far_above")]
    found = [
        html.Li(
            [
                link(row["grid_name"] or row["grid_code"], state.but(scope=row["grid_code"]).query(), "standouts", "jump plain"),
                html.Span(worded("standing", row["standing"], lang, in_part=is_part), className=f"standing {row['standing']}"),
                html.Span(
                    label("beside_expected", lang).format(n=number(row["n_reported"]), expected=f"{row['expected_n']:.0f}"),
                    className="muted",
                ),
            ]
        )
        for row in rows[:NAMED]
    ]  # fmt: skip
    none = label("no_standouts" if answer.meta["n_judged"] else "few_to_judge", lang)
    return found or [html.Li(none, className="muted")]
