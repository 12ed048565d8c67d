"""The course of a case: from the ledger to what questions read, by the rules of the clocks. Pure: arrays in, frames out.

An instant is whole seconds UTC since 1970-01-01; -1 = none. A case is open from its report to its end; a case that is
opened again has a further round, with a holder and a clock of its own.

What stands in the ledger has happened: its events are followed as they are (impossible ones are kept out by the load).

Who answers    the unit of the last dispatch, from then on through handling, check and suspension; nobody (-1) before it,
               after a return and after a reopening, when the case is with the centre. Without dispatches (self-handled
               cases, services, flat rows) the unit that came with the case, or the one a later step names.
The deadline   the one delivered with an event; else the one delivered with the case, which is the last one told, so
               nothing moves it; else start of the clock plus limit (rules: [clock], [deadline]). A case is overdue at an
               instant t when due_at <= t and its clock does not stand; a closing at due_at is on time, and has happened then.
Pauses         while a case is suspended or deferred its clock stands; when it is resumed without a new deadline, what was
               left is left again. A deadline that had passed before stays.
Lights         counted back from the deadline in the unit of the limit: `yellow_at` when a third is left, `risk_at` when 80 %
               are used, red from `due_at`, `black_at` one limit later (rules: [lights]); -1 = grey.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from gridgov.analytics.clocks import Clock, is_inside, last_day, worked_all, zone
from gridgov.analytics.course import records as r
from gridgov.analytics.course.walk import walk_cases
from gridgov.calendars import UNIT_NO, Table
from gridgov.errors import CalendarError
from gridgov.process import EVENTS
from gridgov.rules import STAGES, Length, Rules
from gridgov.vocabulary import STATES, TRACKS

BASES: Final = ("none", "source", "rule")
"""Where a deadline comes from, by `due_basis`: nobody said one; delivered; computed or moved by the rules."""

ENDS: Final = ("closed", "forced_closed", "voided")
"""How a case ended, by `end`."""

_STAGE_OF = {
    "reported": "intake", "accepted": "intake", "verified": "intake", "verifying": "verify", "registered": "dispatch",
    "returned": "dispatch", "reopened": "dispatch", "dispatched": "sign", "signed": "handle", "assigned": "handle",
    "handling": "handle", "rework": "handle", "extended": "handle", "prereviewed": "handle", "reviewed": "handle",
    "handled": "check", "checking": "check", "checked": "close", "suspended": "suspended", "deferred": "deferred",
}  # fmt: skip
_STAGE_OF_TRACK = {
    "self_handled": dict.fromkeys(("reported", "accepted", "reopened"), "handle") | {"handled": "close"},
    "service": {"accepted": "handle", "reopened": "intake"},
}
"""Whoever finds something and solves it waits for nobody; a matter of the windows is handled once it is accepted."""


@dataclass(frozen=True)
class Course:
    """What became of the cases.

    spans      one row a case and stretch of time in which it was open and state, holder and deadline stayed the same, in
               the order of the ledger; they follow one another without gap while the case is open:
               case, from_at, to_at (first second no longer in it, -1 = still runs), state (place in vocabulary.STATES),
               stage (the node it waits in, place in rules.STAGES), unit (who answers, -1 = nobody: it is with the centre),
               due_at (while paused the one that held before; -1 also where the rules judge the handling and it is
               handled), yellow_at, risk_at, black_at, stage_due_at (when the limit of the node ends), is_paused (the clock
               stands), end (place in ENDS: the case ended with it; -1 = it went on, or still runs), exempt_at (when the
               first appeal of that round was upheld, -1 = never). Every end is told by one stretch: by one without time
               where the case ended in the second in which it was told or opened again, or with a deadline that its last
               stretch does not show. Other stretches that took no time are left out.
    facts      one row a case, in the order of `cases`:
               opened_at, accepted_at, registered_at, dispatched_at, signed_at (the first of each), handled_at, checked_at
               (the last of each), ended_at, ended_after_s (seconds from the report) and end (place in ENDS): the end that
               stands, -1 = open; state, due_at (the last that held), first_due_at, due_basis (place in BASES);
               first_unit, unit (the last that answered);
               granted_s, clock_s (seconds allowed in this round, seconds of the unit's own clock; in working seconds where
               in_work), <stage>_s and <stage>_work_s (seconds waited in each node, finished stretches and the part up to
               the last event);
               asked_before_due_s, handled_before_due_s (by the last asking and the last handling; negative = after the
               deadline, NaN = never), and the same in working seconds, ..._work_s;
               n_dispatched, n_returned, n_aba (to A, to B, to A again), n_rework, n_extended, n_extension_asked,
               n_suspended, n_deferred, n_reopened, n_urged, n_yellow, n_red, n_instructed, n_zero (stretches without time);
               is_flat (only a flat row tells of it), is_late (ended after its deadline, exempt or not; never of a void
               one), is_exempt (an appeal was upheld), is_self_closed (dispatched track: who handled it also found it
               right or closed it), rating (as given)
    handovers  one row for each dispatch to another unit than the one before, within a round: case, at, from_unit, to_unit,
               lost_s and lost_work_s (since the dispatch before), reason (of the return or rework in between), is_aba (to
               the unit that had just handed it on)
    """

    spans: pd.DataFrame
    facts: pd.DataFrame
    handovers: pd.DataFrame


def derive(
    events: Mapping[str, npt.ArrayLike],
    cases: Mapping[str, npt.ArrayLike],
    rules: Rules,
    calendar: Table,
    zone_name: str,
) -> Course:
    """The course of whole cases.

    events    columns sorted by case, at, seq (a frame or arrays): case (row of `cases`), at, event (number of the event in
              process.EVENTS, -1 = unknown to it; where is_row, place of the state in vocabulary.STATES), is_row (inferred
              from a flat row), unit, actor, reason (any numbers, -1 = none), due (the deadline it sets, -1 = none)
    cases     track (place in vocabulary.TRACKS, -1 = unknown), unit (as delivered with the case, -1), due (delivered with
              the case, -1; a deadline of basis 'rule' is none), limit_value (NaN = none) and limit_unit
              (calendars.UNIT_NO, -1), is_urgent; rating if there is one
    calendar  rules.calendar(first, last): from before the first event until after the last deadline
    zone_name IANA name; days and working time are local

    Raises CalendarError where the calendar is too short, ValueError where the events are not sorted.
    """
    ledger, files = _ledger(events), _files(cases, rules)
    clock = Clock(calendar, zone(zone_name))
    _check(ledger, clock)
    n, m = len(files.track), len(ledger.case)
    walk, spans, facts = np.zeros(1, r.WALK), np.empty(m + 1, r.SPAN), _blank(n)
    moves = np.empty(int((ledger.event == EVENTS["dispatched"].number).sum()), r.HANDOVER)
    plain, work = np.zeros((2, n, len(STAGES)), np.int64)
    worked = worked_all(ledger.at, clock)
    walk_cases(process_of(rules), terms_of(rules), clock, ledger, worked, files, walk, spans, facts, plain, work, moves)
    if walk["is_short"][0]:
        raise CalendarError(f"A deadline lies beyond the calendar, which ends on {last_day(calendar)}.")
    told = _facts(facts, plain, work)
    told["rating"] = np.asarray(cases["rating"]) if "rating" in cases else np.int8(-1)
    return Course(_frame(spans[: walk["n_spans"][0]]), told, _frame(moves[: walk["n_moves"][0]]))


def event_numbers(codes: npt.ArrayLike, is_row: npt.ArrayLike) -> npt.NDArray[np.int16]:
    """The numbers that `derive` takes, from the codes in the ledger: of events, and of states where a flat row tells."""
    column, rows = pd.Categorical(np.asarray(codes)), np.asarray(is_row, bool)
    events = {code: event.number for code, event in EVENTS.items()}
    states = {code: number for number, code in enumerate(STATES)}
    found = [
        np.array([known.get(code, -1) for code in column.categories] + [-1], np.int16) for known in (events, states)
    ]
    return np.where(rows, found[1][column.codes], found[0][column.codes])


def process_of(rules: Rules) -> r.Process:
    """The process and the limits of its nodes as compiled code reads them."""
    states, deeds, starts = list(STATES), list(r.DEEDS), rules.clock.starts
    nodes: list[Length | None] = [getattr(rules.nodes, stage, None) for stage in STAGES]
    ends = {"voided": r.END_VOIDED, "forced_closed": r.END_FORCED}
    return r.Process(
        deed_of=np.array([deeds.index(code) if code in deeds else r.OTHER for code in EVENTS], np.int8),
        leads=np.array([-1 if event.to is None else states.index(event.to) for event in EVENTS.values()], np.int8),
        stage_of=np.array([_stages(track) for track in (*TRACKS, "unknown")], np.int8),
        end_of=np.array([ends.get(state, r.END_CLOSED) for state in states], np.int8),
        starts=np.array([deeds.index(getattr(starts, track)) for track in (*TRACKS, "unknown", "flat")], np.int8),
        is_pause=np.array([stage in rules.clock.pauses for stage in STAGES]),
        node_value=np.array([node.value if node else 0 for node in nodes], np.float64),
        node_unit=np.array([UNIT_NO[node.unit] if node else -1 for node in nodes], np.int64),
    )


def terms_of(rules: Rules) -> r.Terms:
    """The rules as compiled code reads them."""
    return r.Terms(
        stops_handled=rules.clock.stops == "handled",
        reopens_new=rules.clock.reopened == "new",
        source_wins=rules.deadline.delivered == "wins",
        counted_in_work=rules.deadline.counted_in in ("work_hour", "work_day"),
        extensions=rules.extension.times,
        extends_overdue=rules.extension.overdue,
        by_handled=rules.on_time.by == "handled",
        yellow_left=rules.lights.yellow_left,
        risk_left=1 - rules.lights.at_risk_used,
        black_after=rules.lights.deep_red_after,
    )


def _stages(track: str) -> list[int]:
    stage_of = _STAGE_OF | _STAGE_OF_TRACK.get(track, {})
    return [STAGES.index(stage_of[state]) if state in stage_of else -1 for state in STATES]


def _ledger(events: Mapping[str, npt.ArrayLike]) -> r.Ledger:
    kinds = {"event": np.int16, "is_row": np.bool_}
    return r.Ledger(*(np.ascontiguousarray(events[name], kinds.get(name, np.int64)) for name in r.Ledger._fields))


def _files(cases: Mapping[str, npt.ArrayLike], rules: Rules) -> r.Files:
    """The cases with the default limits of the rules where nobody says one."""
    track = np.ascontiguousarray(cases["track"], np.int16)
    value = np.array(cases["limit_value"], np.float64)
    unit = np.array(cases["limit_unit"], np.int16)
    unit[np.isnan(value)] = -1
    for name in ("urgent", *TRACKS, "unknown"):
        length: Length | None = getattr(rules.limits, name)
        if length is not None:
            number = list(TRACKS).index(name) if name in TRACKS else -1
            here = (unit < 0) & (np.asarray(cases["is_urgent"], bool) if name == "urgent" else track == number)
            value[here], unit[here] = length.value, UNIT_NO[length.unit]
    on_file_unit, due = (np.ascontiguousarray(cases[name], np.int64) for name in ("unit", "due"))
    return r.Files(track, on_file_unit, due, value, unit)


def _check(ledger: r.Ledger, clock: Clock) -> None:
    if not len(ledger.at):
        return
    back = (np.diff(ledger.case) < 0) | ((np.diff(ledger.case) == 0) & (np.diff(ledger.at) < 0))
    if back.any():
        raise ValueError("the events are not sorted by case, at, seq")
    if not (is_inside(ledger.at.min(), clock) and is_inside(ledger.at.max(), clock)):
        raise CalendarError(f"Events lie outside the calendar, which ends on {last_day(clock.calendar)}.")


def _blank(n: int) -> npt.NDArray[Any]:
    facts = np.zeros(n, r.FACT)
    for name in r.FACT.names or ():
        if name.endswith("_at") or name in ("first_unit", "unit", "state", "end", "ended_after_s"):
            facts[name] = -1
        elif "_before_due_" in name:
            facts[name] = r.NEVER
    return facts


def _facts(facts: npt.NDArray[Any], plain: npt.NDArray[np.int64], work: npt.NDArray[np.int64]) -> pd.DataFrame:
    columns = {name: np.ascontiguousarray(facts[name]) for name in facts.dtype.names or ()}
    for name in columns:
        if "_before_due_" in name:
            columns[name] = np.where(columns[name] == r.NEVER, np.nan, columns[name].astype(np.float64))
    for k, stage in enumerate(STAGES):
        columns[f"{stage}_s"], columns[f"{stage}_work_s"] = plain[:, k].copy(), work[:, k].copy()
    return pd.DataFrame(columns, copy=False)


def _frame(rows: npt.NDArray[Any]) -> pd.DataFrame:
    return pd.DataFrame({name: np.ascontiguousarray(rows[name]) for name in rows.dtype.names or ()}, copy=False)
