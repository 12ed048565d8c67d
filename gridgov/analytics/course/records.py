"""What compiled code reads and writes: the process and the rules as tables, and the rows of the results.

Compiled code is cached, so no number may reach it from a data file: the process comes as tables in `Process`, which
translate events into the deeds and states into the nodes named here.
"""

from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from gridgov.calendars import IntArray

DEEDS: Final = (
    "other", "reported", "accepted", "registered", "dispatched", "signed", "returned", "assigned", "handling", "handled",
    "checked", "rework", "suspended", "deferred", "closed", "extension_asked", "extended", "extension_refused", "urged",
    "yellow_card", "red_card", "instructed", "appeal_upheld", "prereviewed", "reviewed", "verifying", "verified",
    "checking", "resumed", "unassigned", "voided", "forced_closed", "evaluated", "collected", "archived", "reopened",
)  # fmt: skip
(
    OTHER, REPORTED, ACCEPTED, REGISTERED, DISPATCHED, SIGNED, RETURNED, ASSIGNED, HANDLING, HANDLED,
    CHECKED, REWORK, SUSPENDED, DEFERRED, CLOSED, EXTENSION_ASKED, EXTENDED, EXTENSION_REFUSED, URGED,
    YELLOW_CARD, RED_CARD, INSTRUCTED, APPEAL_UPHELD, PREREVIEWED, REVIEWED,
) = range(25)  # fmt: skip
"""Events as the walk knows them, by their codes; those of DEEDS without a name here can start a clock, no more."""

INTAKE, VERIFY, DISPATCH, SIGN, HANDLE, CHECK, CLOSE, ON_HOLD, PUT_OFF = range(9)
"""Places in rules.STAGES."""

SELF_TRACK, DISPATCHED_TRACK, SERVICE_TRACK, UNKNOWN_TRACK, FLAT = range(5)
"""Rows of `Process.starts`: places in vocabulary.TRACKS, cases whose track nobody told, cases that only a flat row tells of."""

NO_BASIS, SOURCE, RULE = range(3)
"""Where a deadline comes from, see course.BASES."""

END_CLOSED, END_FORCED, END_VOIDED = range(3)
NOT_ENDED: Final = -1
"""How a case ended, see course.ENDS."""

NEVER: Final = -(2**62)
"""No number of seconds, in columns that may be negative."""


class Ledger(NamedTuple):
    """The events, see `course.derive`."""

    case: IntArray
    at: IntArray
    event: npt.NDArray[np.int16]
    is_row: npt.NDArray[np.bool_]
    unit: IntArray
    actor: IntArray
    reason: IntArray
    due: IntArray


class Files(NamedTuple):
    """The cases, see `course.derive`; default limits are filled in."""

    track: npt.NDArray[np.int16]
    unit: IntArray
    due: IntArray
    limit_value: npt.NDArray[np.float64]
    limit_unit: npt.NDArray[np.int16]


class Process(NamedTuple):
    """The process and the limits of the nodes, as tables.

    deed_of      by number of the event
    leads        by number of the event: to which state, -1 = it stays
    stage_of     [track, state], a place in rules.STAGES; -1 = ended
    end_of       by state: how a case ended that is in it
    starts       deed that starts the clock, by track and FLAT
    is_pause     by stage: the clock stands
    node_value, node_unit   by stage: how long a case may wait there; unit -1 = no limit
    """

    deed_of: npt.NDArray[np.int8]
    leads: npt.NDArray[np.int8]
    stage_of: npt.NDArray[np.int8]
    end_of: npt.NDArray[np.int8]
    starts: npt.NDArray[np.int8]
    is_pause: npt.NDArray[np.bool_]
    node_value: npt.NDArray[np.float64]
    node_unit: IntArray


class Terms(NamedTuple):
    """The rules that are a number or a yes; handed to every function, so without arrays (they would be counted each time)."""

    stops_handled: bool
    reopens_new: bool
    source_wins: bool
    counted_in_work: bool
    extensions: int
    extends_overdue: bool
    by_handled: bool
    yellow_left: float
    risk_left: float
    black_after: float


def _row(**columns: str) -> np.dtype[Any]:
    return np.dtype([(name, kind) for kind, names in columns.items() for name in names.split()])


SPAN = _row(
    i8="case from_at to_at unit due_at yellow_at risk_at black_at stage_due_at exempt_at",
    i1="state stage end",
    bool="is_paused",
)
"""See `course.Course.spans`."""

FACT = _row(
    i8="opened_at accepted_at registered_at dispatched_at signed_at handled_at checked_at ended_at due_at first_due_at "
    "first_unit unit granted_s clock_s ended_after_s asked_before_due_s asked_before_due_work_s handled_before_due_s "
    "handled_before_due_work_s",
    i1="state end due_basis",
    i2="n_dispatched n_returned n_aba n_rework n_extended n_extension_asked n_suspended n_deferred n_reopened n_urged "
    "n_yellow n_red n_instructed n_zero",
    bool="in_work is_flat is_late is_exempt is_self_closed",
)
"""See `course.Course.facts`."""

HANDOVER = _row(i8="case at from_unit to_unit lost_s lost_work_s reason", bool="is_aba")
"""See `course.Course.handovers`."""

WALK = _row(
    i8="case t w state stage track starts on_file_unit on_file_due unit due due_w round_at round_w upheld_at clock_from granted "
    "first_granted ran clocked paused_at paused_w n_extended handled_at handler unit_now unit_before sent_at sent_w reason "
    "stage_due yellow risk black shown_at limit_unit n_spans first_span n_moves",
    f8="limit",
    bool="is_flat is_fixed is_paused in_work is_showing is_short",
)
"""Where the walk stands in one case. A `_w` beside an instant is the working seconds before it.

t, w            up to when time has been counted
stage           -1 = not open
on_file_unit, on_file_due   unit and deadline that came with the case
unit            who answers, -1 = nobody yet
round_at        when the case was opened, or opened again; a round ends with it
clock_from      when its clock started, -1 = it has not
granted         seconds allowed in this round; first_granted: before any extension
ran, clocked    seconds that its deadline has run, pauses left out; seconds of the unit's own clock
is_fixed        its deadline came with the case: the last one told, so nothing moves it any more
in_work         its time is counted in working seconds
unit_now, unit_before   to whom it was dispatched in this round, and to whom before
is_showing      spans[n_spans] is a stretch that runs; shown_at: since when, or since when again
is_short        a deadline lies beyond the calendar (of any case)
"""
