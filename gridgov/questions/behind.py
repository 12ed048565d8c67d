"""The cases behind a figure: for each count of cases that a question gives, what `cases` lists as many rows of."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from gridgov.errors import QuestionError
from gridgov.questions.ageing import BANDS, LIMITS
from gridgov.questions.asking import DUE, Asked, days_around
from gridgov.questions.extensions import SHORTLY_S
from gridgov.questions.hotline import only_hotlines
from gridgov.questions.outcomes import judges_handling
from gridgov.questions.periods import take_period
from gridgov.questions.repeats import DAYS
from gridgov.questions.tracks import no_services, only_dispatched
from gridgov.questions.working import instants_before
from gridgov.text import nearest
from gridgov.vocabulary import PROMPTS

OF_STAND: Final = (
    "was.",
    *(f"p.{name}" for name in ("stage", "light", "due_at", "is_open", "is_overdue", "is_at_risk")),
)
"""What a condition names that says how a case stood at as_of."""

_OF_LIST: Final = (*OF_STAND, ":search")


@dataclass(frozen=True)
class Figure:
    """What a figure counts.

    source   of sql/questions/_behind.sql; None: open cases at an instant
    counted  conditions on the rows of the source (alias b), or on the list (alias p) where there is no source
    events   of the source `steps`
    by_case  cases are counted, not how often; then `least` is how often at least
    """

    source: str | None = None
    counted: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    by_case: bool = False
    least: int = 1


def _steps(*events: str, times: bool = False, least: int = 1, counted: tuple[str, ...] = ()) -> Figure:
    return Figure("steps", counted, events, by_case=not times, least=least)


def _open(*conditions: str) -> Figure:
    return Figure(counted=("p.is_open", *conditions))


def _due(*parts: str) -> Figure:
    among = ", ".join(f"'{part}'" for part in parts)
    return Figure("due", (f"b.part IN ({among})",) if parts else ("b.what = 'due'",))


def _urgent(figure: Figure) -> Figure:
    return Figure("due", (*figure.counted, "b.is_urgent_case"))


def _band(column: str, k: int) -> tuple[str, ...]:
    """A band of ages: `limit_<k>` binds the instant before which the k-th limit is reached."""
    younger = (f"p.{column} < :limit_{k - 1}",) if k else ()
    return (*younger, *((f"p.{column} >= :limit_{k}",) if k < len(LIMITS) else ()))


_ENDED: Final = ("on_time", "late_closed", "exempt")
_RUNS: Final = "p.light <> 'grey'"
_LIGHTS: Final = {
    "n_open": _open(),
    "n_red": _open("p.light IN ('red', 'deep_red')"),
    "n_yellow": _open("p.light = 'yellow'"),
    "n_green": _open("p.light = 'green'"),
    "n_grey": _open("p.light = 'grey'"),
}
_RATED: Final = ("dissatisfied", "fair", "satisfied", "very_satisfied")


def _rating(*words: str) -> Figure:
    return _steps("evaluated", times=True, counted=(f"b.rating IN ({', '.join(map(repr, words))})",))


def _watched(days: int) -> tuple[str, ...]:
    return (f"b.closed_at + INTERVAL '{24 * days} hours' <= :at",)


_OF: Final[Mapping[str, Mapping[str, Figure]]] = {
    "backlog": _LIGHTS | {
        "n_with_deadline": _open("p.due_at IS NOT NULL"),
        "n_overdue": _open("p.is_overdue"),
        "n_at_risk": _open("p.is_at_risk"),
    },
    "lights": _LIGHTS | {"n_deep_red": _open("p.light = 'deep_red'")},
    "due": {
        "n_open": _open(),
        **{f"n_due_{name}": _open(_RUNS, f"({condition})") for name, condition in DUE.items()},
        "n_due_today_passed": _open(_RUNS, f"({DUE['today']})", "p.due_at <= :at"),
        "n_grey": _LIGHTS["n_grey"],
    },
    "ageing": {
        "n_open": _open(),
        "n_overdue": _open("p.is_overdue"),
        **{f"n_age_{band}": _open(*_band("reported_at", k)) for k, band in enumerate(BANDS)},
        **{f"n_late_{band}": _open("p.is_overdue", *_band("due_at", k)) for k, band in enumerate(BANDS)},
    },
    "flow": {
        "n_reported": Figure("begun"),
        "n_reopened": Figure("begun_again"),
        "n_taken": Figure("took_over"),
        "n_passed": Figure("gave_away"),
        "n_closed": Figure("over", ("b.ended <> 'voided'",)),
        "n_voided": Figure("over", ("b.ended = 'voided'",)),
    },
    "on_time": {
        "n_due": _due(),
        "n_on_time": _due("on_time"),
        "n_late_closed": _due("late_closed"),
        "n_overdue_open": _due("overdue_open"),
        "n_suspended": _due("suspended"),
        "n_exempt": _due("exempt"),
        "n_put_off": _due("put_off"),
    },
    "closed_rate": {"n_due": _due(), "n_due_closed": _due(*_ENDED), "n_put_off": _due("put_off")},
    "on_time_jinhua": {
        "n_due_in_all": Figure("due"),
        "n_put_off": _due("put_off"),
        "n_due": _due(),
        "n_due_closed": _due(*_ENDED),
        "n_on_time": _due("on_time"),
        "n_urgent_due": _urgent(_due()),
        "n_urgent_closed": _urgent(_due(*_ENDED)),
        "n_urgent_on_time": _urgent(_due("on_time")),
    },
    "on_time_of_closed": {
        "n_closed": Figure("closings"),
        **{
            f"n_closed_{part}": Figure("closings", (f"b.part = '{part}'",))
            for part in ("on_time", "late", "exempt", "no_deadline")
        },
    },
    "rework": {
        "n_rework": _steps("rework", times=True),
        "n_reworked": _steps("rework"),
        "n_again": _steps("rework", least=2),
        "n_handled": _steps("handled"),
    },
    "returned": {
        "n_returned": _steps("returned", times=True),
        "n_returned_cases": _steps("returned"),
        "n_returned_again": _steps("returned", least=2),
    },
    "rework_of_due": {"n_reworked": _steps("rework"), "n_due": _due()},
    "rework_of_handled": {"n_reworked": _steps("rework"), "n_handled": _steps("handled")},
    "registered_rate": {
        "n_reported": Figure("reported"),
        "n_registered": _steps("registered"),
        "n_voided": _steps("voided"),
    },
    "reopened": {
        "n_reopened": _steps("reopened", times=True),
        "n_reopened_cases": _steps("reopened"),
        "n_closed": Figure("over", ("b.ended <> 'voided'",), by_case=True),
    },
    "extensions": {
        "n_asked": Figure("extensions", ("b.what = 'extension_asked'",)),
        "n_asked_late": Figure("extensions", ("b.what = 'extension_asked'", "b.is_late")),
        "n_granted": _steps("extended", times=True),
        "n_refused": _steps("extension_refused", times=True),
        "n_decided": _steps("extended", "extension_refused", times=True),
        "n_extended": _steps("extended"),
        "n_due": _due(),
    },
    "supervision": {
        **{f"n_{what}": _steps(what, times=True) for what in PROMPTS},
        "n_supervised": Figure("supervised"),
        "n_cleared": Figure("supervised", ("b.reply = 'cleared'",)),
        "n_supervised_overdue": Figure("supervised", ("b.reply = 'overdue'",)),
        "n_supervised_waiting": Figure("supervised", ("b.reply = 'waiting'",)),
        "n_after_end": Figure("supervised", ("b.reply = 'after_end'",)),
    },
    "hotline": {
        "n_sign_due": Figure("signed", ("b.part IN ('in_time', 'late')",)),
        "n_signed_in_time": Figure("signed", ("b.part = 'in_time'",)),
        "n_due": _due(),
        "n_on_time": _due("on_time"),
        "n_closed": Figure("over", ("b.ended <> 'voided'",)),
        "n_solved": Figure("over", ("b.ended = 'closed'", "(b.next_at IS NULL OR b.next_at > :at)")),
        "n_rated": _rating(*_RATED),
        "n_content": _rating(*_RATED[1:]),
        **{f"n_{word}": _rating(word) for word in _RATED},
        "n_reported": Figure("reported"),
        "n_duplicate_orders": Figure("reported", ("b.is_duplicate",)),
        "n_orders_dispatched": Figure("signed", by_case=True),
        "n_returned_cases": _steps("returned"),
    },
    "bounces": {
        "n_dispatched": Figure("bounced"),
        "n_direct": Figure("bounced", ("b.n = 0",)),
        "n_once": Figure("bounced", ("b.n = 1",)),
        "n_twice": Figure("bounced", ("b.n = 2",)),
        "n_more": Figure("bounced", ("b.n >= 3",)),
        "n_aba_cases": Figure("bounced", ("b.n_aba > 0",)),
        "n_ended": Figure("bounced", ("b.to_at <= :at",)),
        "n_first_right": Figure("bounced", ("b.to_at <= :at", "b.last_unit = b.unit")),
    },
    "handover": {
        "n_handovers": Figure("passed_on"),
        "n_handed_cases": Figure("passed_on", by_case=True),
        "n_aba": Figure("passed_on", ("b.is_aba",)),
    },
    "nobodys": {"n_followed": Figure("followed"), "n_bounced": Figure("returned_or_passed_on")},
    "time_to_close": {
        "n_followed": Figure("followed"),
        "n_ended": Figure("followed", ("b.to_at <= :at",)),
        "n_running": Figure("followed", ("(b.to_at IS NULL OR b.to_at > :at)",)),
    },
    "closure_level": {
        "n_ended": Figure("levelled"),
        **{
            f"n_at_{level}": Figure("levelled", (f"b.level = '{level}'",))
            for level in ("grid", "village", "town", "county", "unknown")
        },
    },
    "duplicates": {
        "n_reported": Figure("reported"),
        "n_found": Figure("found"),
        "n_said": Figure("reported", ("b.is_duplicate",)),
        "n_found_and_said": Figure("found", ("b.is_duplicate",)),
    },
    "repeats": {
        "n_closed": Figure("watched"),
        "n_comparable": Figure("watched", ("b.closed_at IS NOT NULL",)),
        **{f"n_watched_{days}": Figure("watched", _watched(days)) for days in DAYS},
        **{
            f"n_back_{days}": Figure(
                "watched", (*_watched(days), f"b.again_at <= b.closed_at + INTERVAL '{24 * days} hours'")
            )
            for days in DAYS
        },
    },
}  # fmt: skip

FIGURES: Final[Mapping[str, Figure]] = {
    f"{question}.{column}": figure for question, columns in _OF.items() for column, figure in columns.items()
}
"""What `behind` can say, `question.column`, such as on_time.n_late_closed."""

REPORTED: Final = "flow.n_reported"
"""What a period alone means: the cases that were reported in it."""

_WITH_ALL: Final = ("flow",)
_WITH_SELF_HANDLED: Final = ("closure_level", "duplicates")
"""Questions that count more than dispatched cases where `track` is not said: every case, or all but service matters."""

_NO_FIGURE: Final[dict[str, Any]] = {"figure": None, "counted_by": [], "by_handled": False}


def take_behind(asked: Asked) -> dict[str, Any]:
    """Settle what the list stands behind; the names its SQL needs, `figure` is None unless it is one of a period.

    The filters then choose from what the figure counts, as its question takes them (the unit is the one that answered when it
    happened); those of how a case stands, and the search, choose from the list. Raises QuestionError.
    """
    if asked.behind is None and (asked.since or asked.until):
        asked.behind = REPORTED
    if asked.behind is None:
        _refuse_pairs(asked)
        return _NO_FIGURE
    figure = _figure(asked.behind)
    question = asked.behind.partition(".")[0]
    asked.meta["behind"] = asked.behind
    if question != "handover":
        _refuse_pairs(asked)
    if figure.source is None:
        if asked.since or asked.until:
            raise QuestionError(f"{asked.behind} is counted at an instant: it takes as_of, no period.")
        asked.values |= days_around(asked)
        if question == "ageing":
            asked.values |= {f"limit_{k}": at for k, at in enumerate(instants_before(asked, LIMITS))}
        asked.conditions += figure.counted
        asked.only_open = True
        return _NO_FIGURE
    take_period(asked)
    of_list = [condition for condition in asked.conditions if any(name in condition for name in _OF_LIST)]
    asked.conditions = [condition for condition in asked.conditions if condition not in of_list]
    if question in _WITH_SELF_HANDLED:
        no_services(asked)
    elif question not in _WITH_ALL:
        only_dispatched(asked)
    if question == "hotline":
        only_hotlines(asked)
    if figure.source in ("took_over", "gave_away") and not any("p.unit" in text for text in asked.conditions):
        asked.conditions.append("FALSE")  # between the units of a town nothing is taken over from elsewhere
    asked.values["shortly_s"] = SHORTLY_S
    counted, asked.conditions = asked.conditions, of_list
    return {"figure": figure, "counted_by": counted, "by_handled": judges_handling(asked)}


def _figure(behind: str) -> Figure:
    if behind not in FIGURES:
        question = behind.partition(".")[0]
        there = [f"{question}.{column}" for column in _OF.get(question, ())] or [
            f"{question}.n_..." for question in _OF
        ]
        raise QuestionError(
            f"There is no figure '{behind}' with a list of cases{nearest(behind, FIGURES)}. There are: {', '.join(there)}."
        )
    return FIGURES[behind]


def _refuse_pairs(asked: Asked) -> None:
    if any("p.to_unit" in condition for condition in asked.conditions):
        raise QuestionError("to_unit is the unit a case was handed on to: say it with behind handover.n_handovers.")
