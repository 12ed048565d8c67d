"""Which deadline holds after an event, and when its lights turn. Compiled; see `course` for the rules."""

# mypy: disable-error-code="no-untyped-def"

import numba

from gridgov.analytics.clocks import between, ends, is_inside, moved
from gridgov.analytics.course.records import (
    EXTENDED,
    EXTENSION_ASKED,
    EXTENSION_REFUSED,
    OTHER,
    REPORTED,
    RULE,
    SIGN,
    SOURCE,
)


@numba.njit(cache=True, nogil=True)
def hold(me, fact, due, basis):  # pragma: no cover  compiled
    """A deadline holds from now on."""
    me.due = due
    fact.due_at, fact.due_basis = due, basis
    if fact.first_due_at < 0:
        fact.first_due_at = due


@numba.njit(cache=True, nogil=True)
def set_deadline(law, me, fact, ledger, k, clock):  # pragma: no cover  compiled
    """Event k happened to a case that was open before it or is after it; `me.is_paused` is as it was before."""
    deed = OTHER if ledger.is_row[k] or ledger.event[k] < 0 else law.deed_of[ledger.event[k]]
    due, granted, first_granted = me.due, me.granted, me.first_granted
    is_paused = me.is_open and law.is_pause[me.stage]
    if _is_told(law, me, ledger, k, deed):
        hold(me, fact, ledger.due[k], SOURCE)
        me.granted = max(0, me.ran + between(me.t, me.due, me.in_work, clock))
        me.first_granted = me.granted if me.first_granted == 0 else me.first_granted
        me.paused_at = me.t  # told while the clock stands: what is left is counted from here
    elif me.is_open and me.due >= 0 and not me.is_fixed:
        if me.is_paused and not is_paused:
            _give_back(me, fact, clock)
        elif deed == EXTENDED and me.n_extended < law.extensions and (law.extends_overdue or me.t <= me.due):
            _extend(me, fact, clock)
    me.n_extended += deed == EXTENDED
    if is_paused and not me.is_paused:
        me.paused_at = me.t
    me.is_paused = is_paused
    if me.clock_from < 0 and me.is_open:
        _start_perhaps(law, me, fact, ledger.is_row[k], deed, clock)
    if me.due >= 0 and (me.due != due or me.granted != granted or me.first_granted != first_granted):
        light(law, me, fact, clock)


@numba.njit(cache=True, nogil=True)
def _is_told(law, me, ledger, k, deed):  # pragma: no cover  compiled
    """Whether the event brings a deadline that counts; one that is only asked for does not."""
    return (
        ledger.due[k] >= 0
        and not ledger.is_row[k]
        and deed != EXTENSION_ASKED
        and deed != EXTENSION_REFUSED
        and (law.source_wins or me.limit_unit < 0 or deed == EXTENDED)
    )


@numba.njit(cache=True, nogil=True)
def _give_back(me, fact, clock):  # pragma: no cover  compiled
    """What was left when the clock was stopped is left again; a deadline that had passed by then stays."""
    left = between(me.paused_at, me.due, me.in_work, clock)
    if left > 0:
        hold(me, fact, moved(me.t, left, me.in_work, clock), RULE)


@numba.njit(cache=True, nogil=True)
def _extend(me, fact, clock):  # pragma: no cover  compiled
    """One more original limit; where the source said only until when, as long as it first gave."""
    before = me.due
    if me.limit_unit >= 0:
        hold(me, fact, ends(before, me.limit, me.limit_unit, clock), RULE)
    else:
        hold(me, fact, moved(before, me.first_granted, me.in_work, clock), RULE)
    me.granted += between(before, me.due, me.in_work, clock)


@numba.njit(cache=True, nogil=True)
def _start_perhaps(law, me, fact, is_row, deed, clock):  # pragma: no cover  compiled
    """Start the clock with its event, or with the case when a flat row tells that it had been dispatched, not when."""
    begins = deed == me.starts or (me.starts == REPORTED and me.t == me.round_at)
    if not begins and not (is_row and me.stage >= SIGN):
        return
    me.clock_from = me.t if begins else me.round_at
    me.ran = me.clocked = between(me.clock_from, me.t, me.in_work, clock)
    if me.limit_unit >= 0 and not me.is_fixed and (me.due < 0 or not law.source_wins):
        hold(me, fact, ends(me.clock_from, me.limit, me.limit_unit, clock), RULE)
    if me.due >= 0:
        me.granted = me.first_granted = max(0, between(me.clock_from, me.due, me.in_work, clock))


@numba.njit(cache=True, nogil=True)
def light(law, me, fact, clock):  # pragma: no cover  compiled
    """When the lights of the deadline turn."""
    me.yellow = moved(me.due, -round(me.granted * law.yellow_left), me.in_work, clock)
    me.risk = moved(me.due, -round(me.granted * law.risk_left), me.in_work, clock)
    me.black = moved(me.due, round(me.first_granted * law.black_after), me.in_work, clock)
    me.is_short = me.is_short or (fact.due_basis == RULE and me.in_work and not is_inside(me.due, clock))
