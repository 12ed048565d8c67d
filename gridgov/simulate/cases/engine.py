"""The event simulation: the next step in time, again and again, until an instant.

Its compiled form holds the steps of other files; see gridgov.compiled for how it is kept up to date.
"""

import numba

from gridgov.simulate.cases import after, counters, handling, intake
from gridgov.simulate.cases import codes as c
from gridgov.simulate.cases.clock import take
from gridgov.simulate.cases.records import Town

ROOM = 8
"""Places left in the buffer of events before it must be emptied: no step writes more."""


@numba.njit(cache=True, nogil=True)
def run(town: Town, until: int) -> bool:
    """Live on to an instant (exclusive). False = the buffer of events is full: empty it and call again."""
    marks = town.marks
    while True:
        if marks[1] > len(town.events) - ROOM:
            return False
        arrives = town.cases[marks[3]].arrives if marks[3] < len(town.cases) else until
        at = town.heap_at[0] if marks[0] > 0 else until
        if min(arrives, at) >= until:
            return True
        if arrives <= at:
            row = marks[3]
            marks[3] += 1
            if town.cases[row].life == c.WINDOW_LIFE:
                counters.take_number(town, row, arrives)
            else:
                intake.report(town, row, arrives)
            continue
        what = town.heap_what[0]
        take(town)
        row, step = what >> 24, (what >> 16) & 0xFF
        case = town.cases[row]
        case.pending -= 1
        if step >= c.FIRST_ASIDE or (what & 0xFFFF) == case.stamp:
            if case.life == c.WINDOW_LIFE:
                _window_step(town, row, at, step)
            elif step >= c.FIRST_ASIDE:
                _step_aside(town, row, at, step)
            elif step >= c.TO_CLOSE:
                _last_step(town, row, at, step)
            else:
                _step(town, row, at, step)
        if case.pending == 0:
            town.done[marks[2]] = row
            marks[2] += 1


@numba.njit(cache=True, nogil=True)
def _step(town: Town, row: int, at: int, step: int) -> None:
    if step == c.TO_ACCEPT:
        intake.accept(town, row, at)
    elif step == c.TO_SEND_TO_VERIFY:
        intake.send_to_verify(town, row, at)
    elif step == c.TO_VERIFY:
        intake.verify(town, row, at)
    elif step == c.TO_VOID:
        intake.void(town, row, at)
    elif step == c.TO_FILE:
        intake.file(town, row, at)
    elif step == c.TO_DISPATCH:
        intake.dispatch(town, row, at)
    elif step == c.TO_SIGN:
        handling.sign(town, row, at)
    elif step == c.TO_RETURN:
        handling.send_back(town, row, at)
    elif step == c.TO_ASSIGN:
        handling.assign(town, row, at)
    elif step == c.TO_UNASSIGN:
        handling.unassign(town, row, at)
    elif step == c.TO_BEGIN:
        handling.begin(town, row, at)
    elif step == c.TO_HANDLE:
        handling.handle(town, row, at)
    elif step == c.TO_SEND_TO_CHECK:
        handling.send_to_check(town, row, at)
    elif step == c.TO_CHECK:
        handling.check(town, row, at)


@numba.njit(cache=True, nogil=True)
def _last_step(town: Town, row: int, at: int, step: int) -> None:
    if step == c.TO_CLOSE:
        after.close(town, row, at)
    elif step == c.TO_RATE:
        after.rate(town, row, at)
    elif step == c.TO_ARCHIVE:
        after.archive(town, row, at)
    elif step == c.TO_REOPEN:
        after.reopen(town, row, at)
    elif step == c.TO_RESUME:
        handling.resume(town, row, at)


@numba.njit(cache=True, nogil=True)
def _step_aside(town: Town, row: int, at: int, step: int) -> None:
    if step == c.TO_HOLD:
        handling.hold(town, row, at)
    elif step == c.TO_ASK:
        handling.ask(town, row, at)
    elif step == c.TO_ANSWER:
        handling.answer(town, row, at)
    elif step == c.TO_URGE:
        after.urge(town, row, at)
    elif step == c.TO_NOTICE:
        after.notice(town, row, at)
    elif step == c.TO_YELLOW:
        after.warn(town, row, at, c.YELLOW_CARD)
    elif step == c.TO_RED:
        after.warn(town, row, at, c.RED_CARD)
    elif step == c.TO_INSTRUCT:
        after.warn(town, row, at, c.INSTRUCTED)
    elif step == c.TO_FORCE:
        after.force(town, row, at)
    elif step == c.TO_RECHECK:
        after.recheck(town, row, at)
    elif step == c.TO_APPEAL:
        after.appeal(town, row, at)
    elif step == c.TO_JUDGE:
        after.judge(town, row, at)


@numba.njit(cache=True, nogil=True)
def _window_step(town: Town, row: int, at: int, step: int) -> None:
    if step == c.TO_ACCEPT:
        counters.accept(town, row, at)
    elif step == c.TO_VOID:
        counters.turn_away(town, row, at)
    elif step == c.TO_PREREVIEW:
        counters.prereview(town, row, at)
    elif step == c.TO_REVIEW:
        counters.review(town, row, at)
    elif step == c.TO_DECIDE:
        counters.decide(town, row, at)
    elif step == c.TO_COLLECT:
        counters.collect(town, row, at)
