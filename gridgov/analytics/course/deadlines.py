"""Which deadline holds after an event, and when its lights turn. Compiled; see `course` for the rules.

Most events change no deadline: `change` sees that without the clock, whose tables cost time wherever they are handed on.
"""

# mypy: disable-error-code="no-untyped-def"

import numba

from gridgov.analytics.clocks import ends, is_inside, reached_at, worked_at
from gridgov.analytics.course.records import (
    EXTENDED,
    EXTENSION_ASKED,
    EXTENSION_REFUSED,
    REPORTED,
    RULE,
    SIGN,
    SOURCE,
)

TOLD, GIVEN_BACK, LONGER, STARTED, STARTED_BEFORE = 1, 2, 4, 8, 16
"""What changes a deadline; the last: a flat row tells that the case had been dispatched, not when."""


@numba.njit(cache=True, nogil=True)
def change(terms, me, is_row, deed, due, is_paused):  # pragma: no cover  compiled
    """What an event that brings `due` (-1 = none) changes, of a case that was open or is; `me.is_paused` as it was before."""
    found, is_open = 0, me.stage >= 0
    if (
        (due >= 0 and not is_row and deed != EXTENSION_ASKED and deed != EXTENSION_REFUSED)
        and (terms.source_wins or me.limit_unit < 0 or deed == EXTENDED)
    ):  # fmt: skip
        found = TOLD
    elif is_open and me.due >= 0 and not me.is_fixed:
        if me.is_paused and not is_paused:
            found = GIVEN_BACK
        elif deed == EXTENDED and me.n_extended < terms.extensions and (terms.extends_overdue or me.t <= me.due):
            found = LONGER
    if is_open and me.clock_from < 0:
        if deed == me.starts or (me.starts == REPORTED and me.t == me.round_at):
            found |= STARTED
        elif is_row and me.stage >= SIGN:
            found |= STARTED_BEFORE
    return found


@numba.njit(cache=True, nogil=True)
def set_deadline(terms, me, fact, found, due, clock):  # pragma: no cover  compiled
    """Make the changes that `change` found."""
    if found & TOLD:
        _hold(me, fact, due, SOURCE, clock)
        me.granted = max(0, me.ran + _left(me, me.t, me.w))
        me.first_granted = me.granted if me.first_granted == 0 else me.first_granted
        me.paused_at, me.paused_w = me.t, me.w  # if its clock stands: what is left is counted from here
    elif found & GIVEN_BACK:
        _give_back(me, fact, clock)
    elif found & LONGER:
        _extend(me, fact, clock)
    if found & STARTED:
        _start(terms, me, fact, me.t, me.w, clock)
    elif found & STARTED_BEFORE:
        _start(terms, me, fact, me.round_at, me.round_w, clock)
    if me.due >= 0:
        _light(terms, me, clock)
        me.is_short = me.is_short or (fact.due_basis == RULE and me.in_work and not is_inside(me.due, clock))


@numba.njit(cache=True, nogil=True)
def set_fixed(terms, me, fact, clock):  # pragma: no cover  compiled
    """The deadline that came with the case holds from its opening on."""
    _hold(me, fact, me.on_file_due, SOURCE, clock)
    me.granted = me.first_granted = max(0, _left(me, me.t, me.w))
    _light(terms, me, clock)


@numba.njit(cache=True, nogil=True)
def _hold(me, fact, due, basis, clock):  # pragma: no cover  compiled
    """A deadline holds from now on."""
    me.due, me.due_w = due, worked_at(due, clock)
    fact.due_at, fact.due_basis = due, basis
    if fact.first_due_at < 0:
        fact.first_due_at = due


@numba.njit(cache=True, nogil=True)
def _left(me, t, w):  # pragma: no cover  compiled
    """Seconds from an instant to the deadline."""
    return me.due_w - w if me.in_work else me.due - t


@numba.njit(cache=True, nogil=True)
def _give_back(me, fact, clock):  # pragma: no cover  compiled
    """What was left when the clock was stopped is left again; a deadline that had passed by then stays."""
    left = _left(me, me.paused_at, me.paused_w)
    if left > 0:
        _hold(me, fact, reached_at(me.w + left, clock) if me.in_work else me.t + left, RULE, clock)


@numba.njit(cache=True, nogil=True)
def _extend(me, fact, clock):  # pragma: no cover  compiled
    """One more original limit; where the source said only until when, as long as it first gave."""
    before, before_w = me.due, me.due_w
    if me.limit_unit >= 0:
        _hold(me, fact, ends(before, me.limit, me.limit_unit, clock), RULE, clock)
    elif me.first_granted > 0:
        more = me.first_granted
        _hold(me, fact, reached_at(before_w + more, clock) if me.in_work else before + more, RULE, clock)
    me.granted += _left(me, before, before_w)


@numba.njit(cache=True, nogil=True)
def _start(terms, me, fact, t, w, clock):  # pragma: no cover  compiled
    """Start the clock: a limit runs from here, and what was delivered is measured from here."""
    me.clock_from = t
    me.ran = me.clocked = me.w - w if me.in_work else me.t - t
    if me.limit_unit >= 0 and (me.due < 0 or not terms.source_wins):
        _hold(me, fact, ends(t, me.limit, me.limit_unit, clock), RULE, clock)
    if me.due >= 0:
        me.granted = me.first_granted = max(0, _left(me, t, w))


@numba.njit(cache=True, nogil=True)
def _light(terms, me, clock):  # pragma: no cover  compiled
    """When the lights of the deadline turn."""
    me.yellow = _from_due(me, -round(me.granted * terms.yellow_left), clock)
    me.risk = _from_due(me, -round(me.granted * terms.risk_left), clock)
    me.black = _from_due(me, round(me.first_granted * terms.black_after), clock)


@numba.njit(cache=True, nogil=True)
def _from_due(me, seconds, clock):  # pragma: no cover  compiled
    if seconds == 0:
        return me.due
    return reached_at(me.due_w + seconds, clock) if me.in_work else me.due + seconds
