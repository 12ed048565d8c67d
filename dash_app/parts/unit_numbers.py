"""The numbers on top of the page of units."""

from functools import partial
from typing import Any

from dash import html

from dash_app.asking import asks
from dash_app.asking.state import State
from dash_app.frame.bar import period_said
from dash_app.frame.components import beside, figure_number
from gridgov.analytics.rates import N_MIN
from gridgov.figures.text import column_name, measured, number
from gridgov.vocabulary import label


def numbers(state: State) -> list[Any]:
    """The whole of the cohort, what was given back, right at once and done again; the due and the late go to their cases."""
    lang = state.lang
    due, back, first, again = (
        asks.of_period(state, question, compared=True) for question in ("on_time", "returned", "bounces", "rework")
    )
    row, say = due.rows()[0], partial(figure_number, lang=lang)

    def rate(answer: Any, name: str, of: str, to: str) -> html.Div:
        it = answer.rows()[0]
        few = it[name] is not None and it[of] < N_MIN
        below = beside(it, name, lang) or f"{column_name(of, lang)} {number(it[of])}"
        said = label("too_few", lang) if few else measured(name, it[name])
        there = asks.cases_href(state, behind=f"{answer.definition.id}.{to}")
        return say(
            column_name(name, lang), said, below=below, definition=answer.definition, tone="none" if few else "", to=there
        )  # fmt: skip

    both = f"{number(row['n_late_closed'])} + {number(row['n_overdue_open'])}"
    late = f"{column_name('n_late_closed', lang)} + {column_name('n_overdue_open', lang)}"
    return [
        say(column_name("n_due", lang), row["n_due"], below=beside(row, "n_due", lang) or period_said(state),
            definition=due.definition, to=state.but(opened="due", of=None, to=None).href("/units")),
        rate(due, "on_time_rate", "n_due", "n_on_time"),
        say(label("late_cases", lang), both, tone="late", below=late, definition=due.definition,
            to=state.but(opened="late", of=None, to=None).href("/units")),
        say(column_name("n_returned", lang), back.rows()[0]["n_returned"], definition=back.definition,
            to=asks.cases_href(state, behind="returned.n_returned"),
            below=beside(back.rows()[0], "n_returned", lang) or label("times", lang)),
        rate(first, "first_right_rate", "n_ended", "n_first_right"),
        rate(again, "rework_rate", "n_handled", "n_reworked"),
    ]  # fmt: skip
