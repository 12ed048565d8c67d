"""The records of the simulation: a case, an event, a matter, a unit, and everything compiled code works on."""

from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from gridgov.calendars import Table

Records = npt.NDArray[Any]

CASE: Final = np.dtype(
    [(name, "i8") for name in ("key", "reported", "closed", "due", "updated", "reporter")]
    + [(name, "f8") for name in ("x", "y")]
    + [
        (name, "i4")
        for name in (
            "state", "track", "matter", "unit", "channel", "grid", "spot", "text", "is_urgent", "is_repeat",
            "rating",
        )
    ]
    # from here on: what the simulation keeps for itself
    + [(name, "i8") for name in ("arrives", "salt", "begins", "ends", "answer", "paused", "handler")]
    + [("limit", "f8")]
    + [
        (name, "i4")
        for name in (
            "source", "limit_unit", "life", "plants", "owner", "wrong", "other", "wrongs", "seq", "draws",
            "stamp", "pending", "notices", "extensions", "reworks", "returns", "counted", "exempt",
        )
    ],
    align=True,
)  # fmt: skip
"""A case. Up to `rating` the columns of Chunk.cases; state is an event of `codes`. Then:

arrives     when it really is reported (a phone's clock may say otherwise)
salt        the key of all its chance; draws counts how much of it was used
begins, ends  when the unit means to begin and to be ready
answer      when a citizen gets the answer, -1 = none is waited for
paused      since when it is suspended
limit, limit_unit  its time limit
source      row of SOURCES
life        see codes; plants: bits of what is planted
owner       who ought to answer; wrong, other: where it goes by mistake first; wrongs: mistakes still ahead
            (-1 = nothing is there; of a case handled on the spot, 1 = it is drawn for a check; of a service, 1 = done at once)
stamp       counts changes of plan: steps of an older plan are void; pending: steps that lie ahead, notices among them
counted     whether it belongs to the period; exempt: an appeal was upheld
"""

SHOWN: Final = CASE.names[: CASE.names.index("rating") + 1] if CASE.names else ()
"""The columns of Chunk.cases."""

EVENT: Final = np.dtype(
    [(name, "i8") for name in ("key", "at", "due")]
    + [(name, "i4") for name in ("seq", "event", "unit", "actor", "reason", "rating")],
    align=True,
)

MATTER: Final = np.dtype(
    [(name, "f8") for name in ("limit", "work_s", "accuracy", "suspend", "defer", "mm")]
    + [(name, "i8") for name in ("limit_unit", "is_approval", "is_urgent", "n_texts", "is_consult")],
    align=True,
)
"""work_s = the limit in working seconds, what units plan by; mm = rain that stops the work, inf = none does."""

UNIT: Final = np.dtype(
    [(name, "f8") for name in ("work", "spread", "minutes", "rework")]
    + [
        (name, "i8")
        for name in (
            "way", "first_team", "n_teams", "open_s", "shut_s", "days", "habit", "first_staff", "n_staff",
        )
    ],
    align=True,
)  # fmt: skip


WAYS: Final = np.dtype(
    [
        (name, "f8")
        for name in (
            "desk_day", "desk_night", "desk_spread", "verify", "check", "check_slow", "unchecked", "sign",
            "sign_urgent", "unsigned", "give_back", "evidence", "late", "idle", "granted", "rated", "satisfied",
            "late_penalty", "back", "recheck", "fails", "appeals", "upheld", "archive_from", "archive_to", "urged",
            "yellow", "red", "instructed", "forced", "prepare", "second_meeting", "approval_work",
            "approval_spread", "habit_share", "ask_share", "month_end_share", "just_from", "just_to",
            "consult_days", "consult_spread", "general_days", "general_spread", "counter", "at_once", "review",
            "approval_days", "approval_days_spread", "collected",
        )
    ]
    + [
        (name, "i8")
        for name in (
            "meeting_weekday", "meeting_second", "orchard_end", "open_s", "shut_s", "lunch_from", "lunch_to",
            "at_lunch",
        )
    ],
    align=True,
)  # fmt: skip
"""Numbers of cases.toml and planted.toml for compiled code; names as there, seconds unless said otherwise."""


class Town(NamedTuple):
    """All that the steps of lives read and write.

    cases        Records of CASE that are not finished, and those to arrive, ordered by `arrives` from `marks[3]` on
    events       a buffer of Records of EVENT
    marks        how many: steps in the heap, events in the buffer, finished cases; the next case to arrive
    heap_at, heap_what  a binary heap of steps: when, and case << 24 | step << 16 | stamp
    done         rows of finished cases
    teams        when each team of the units that have teams is free again
    counters, reviewers  the same for the service windows; reviewers in working seconds
    staff        rows of staff, unit by unit
    centre       rows of staff of the command centre
    checkers     (grids, 2) rows of staff: grid worker and inspector, -1
    village      of each grid
    void         share not filed, by channel
    orchard      units in turn
    ways         one Record of WAYS
    verified     whether a channel's reports are looked at before filing
    rain         mm of each day; month_last: last day of the month of each day; both from calendar.first on
    """

    cases: Records
    events: Records
    marks: npt.NDArray[np.int64]
    heap_at: npt.NDArray[np.int64]
    heap_what: npt.NDArray[np.int64]
    done: npt.NDArray[np.int64]
    matters: Records
    units: Records
    teams: npt.NDArray[np.int64]
    counters: npt.NDArray[np.int64]
    reviewers: npt.NDArray[np.int64]
    staff: npt.NDArray[np.int64]
    centre: npt.NDArray[np.int64]
    checkers: npt.NDArray[np.int64]
    village: npt.NDArray[np.int64]
    void: npt.NDArray[np.float64]
    verified: npt.NDArray[np.bool_]
    orchard: npt.NDArray[np.int64]
    rain: npt.NDArray[np.float64]
    month_last: npt.NDArray[np.int64]
    ways: Records
    calendar: Table
