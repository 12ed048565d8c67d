"""Numbers for compiled code: events, steps of a life, kinds of life, reasons.

Compiled code is cached, so it must not hold numbers that come from a data file: inside, events and states have numbers of
their own; `EVENT_NO` and `STATE_NO` translate them when a chunk leaves.
"""

from typing import Final

import numpy as np

from gridgov.process import EVENTS
from gridgov.vocabulary import STATES

EVENT_CODES: Final = (
    "reported", "accepted", "verifying", "verified", "registered", "voided", "dispatched", "signed", "returned",
    "assigned", "unassigned", "handling", "handled", "checking", "checked", "rework", "suspended", "deferred", "resumed",
    "closed", "forced_closed", "evaluated", "archived", "reopened", "prereviewed", "reviewed", "collected",
    "extension_asked", "extended", "extension_refused", "urged", "yellow_card", "red_card", "instructed", "evidence",
    "rechecked", "appealed", "appeal_upheld", "appeal_refused",
)  # fmt: skip
(
    REPORTED, ACCEPTED, VERIFYING, VERIFIED, REGISTERED, VOIDED, DISPATCHED, SIGNED, RETURNED,
    ASSIGNED, UNASSIGNED, HANDLING, HANDLED, CHECKING, CHECKED, REWORK, SUSPENDED, DEFERRED, RESUMED,
    CLOSED, FORCED_CLOSED, EVALUATED, ARCHIVED, REOPENED, PREREVIEWED, REVIEWED, COLLECTED,
    EXTENSION_ASKED, EXTENDED, EXTENSION_REFUSED, URGED, YELLOW_CARD, RED_CARD, INSTRUCTED, EVIDENCE,
    RECHECKED, APPEALED, APPEAL_UPHELD, APPEAL_REFUSED,
) = range(len(EVENT_CODES))  # fmt: skip
"""Events inside the simulation. A state is named by the event that leads to it."""

FIRST_SIDE: Final = EXTENSION_ASKED
"""Events from here on leave the state as it is."""

_WITH_UNIT: Final = {
    DISPATCHED, SIGNED, RETURNED, ASSIGNED, UNASSIGNED, HANDLING, HANDLED, REWORK, SUSPENDED, DEFERRED, RESUMED,
    EXTENSION_ASKED, EXTENDED, EXTENSION_REFUSED, URGED, YELLOW_CARD, RED_CARD, INSTRUCTED, EVIDENCE, APPEALED,
    APPEAL_UPHELD, APPEAL_REFUSED,
}  # fmt: skip
TELLS_UNIT: Final = tuple(event in _WITH_UNIT for event in range(len(EVENT_CODES)))
"""Whether an event names the unit that answers."""

TELLS_DUE: Final = tuple(event in {ACCEPTED, DISPATCHED, RESUMED, EXTENDED} for event in range(len(EVENT_CODES)))
"""Whether an event names the deadline that holds from now on."""

EVENT_NO: Final = np.array([EVENTS[code].number for code in EVENT_CODES], np.int32)
"""Position in process.EVENTS."""

STATE_NO: Final = np.array([list(STATES).index(EVENTS[code].to or "reported") for code in EVENT_CODES], np.int32)
"""Position in vocabulary.STATES of the state after an event."""

(
    TO_REPORT, TO_ACCEPT, TO_SEND_TO_VERIFY, TO_VERIFY, TO_VOID, TO_FILE, TO_DISPATCH, TO_SIGN, TO_RETURN, TO_ASSIGN, TO_UNASSIGN,
    TO_BEGIN, TO_HANDLE, TO_SEND_TO_CHECK, TO_CHECK, TO_CLOSE, TO_RATE, TO_ARCHIVE, TO_REOPEN, TO_RESUME,
    TO_PREREVIEW, TO_REVIEW, TO_DECIDE, TO_COLLECT,
    TO_HOLD, TO_ASK, TO_ANSWER, TO_URGE, TO_NOTICE, TO_YELLOW, TO_RED, TO_INSTRUCT, TO_FORCE, TO_RECHECK, TO_APPEAL,
    TO_JUDGE,
) = range(36)  # fmt: skip
"""Steps that lie ahead of a case."""

FIRST_ASIDE: Final = TO_HOLD
"""Steps from here on do not wait for the one before them: they happen if the case is such that they can."""

DISPATCHED_LIFE, SELF_LIFE, FLAT_LIFE, WINDOW_LIFE = range(4)
"""Kinds of life: a dispatched case, one handled on the spot, a row of a system that tells beginning and end, a service."""

QUEUE, ROUND, DIRECT = range(3)
"""Ways of working."""

JUST_IN_TIME, ASKS, MONTH_END = 1, 2, 3
"""Habits of units."""

ORCHARD, STORM, SELF_CLOSING, RETURNING, HOTSPOT, EXTRA, FADING, CLOCK, MORE_CALLS = (1 << k for k in range(9))
"""What is planted in a case; never visible in a column."""

REASONS: Final = [
    "重复上报", "现场核实不存在", "不属于受理范围",
    "不属于本单位职责", "权属不清，建议另行派遣", "信息不全，无法处置",
    "整治不彻底", "现场未处置", "处置照片不清",
    "需列入工程计划", "等待权属单位改造", "季节不宜施工", "受天气影响",
    "群众不满意", "抽查不合格",
    "工程量较大", "需多部门会商", "连续降雨无法施工", "理由不充分",
    "不可抗力影响", "派遣时限不合理", "长期无法办结，另行立项",
]  # fmt: skip
"""Why: texts by number."""

(
    R_REPEATED, R_NOT_THERE, R_OUT_OF_SCOPE, R_NOT_OURS, R_UNCLEAR, R_INCOMPLETE, R_POOR, R_UNTOUCHED, R_PHOTO,
    R_PLAN, R_OWNER, R_SEASON, R_WEATHER, R_DISSATISFIED, R_FAILED, R_LARGE, R_MANY, R_RAIN, R_WEAK, R_FORCE, R_LIMIT,
    R_LONG,
) = range(len(REASONS))  # fmt: skip
