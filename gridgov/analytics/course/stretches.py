"""The stretches of a case: begun, cut and joined as state, holder and deadline change. Compiled; see `course.Course.spans`."""

# mypy: disable-error-code="no-untyped-def"

import numba

from gridgov.analytics.course.records import CHECK, CLOSE, NOT_ENDED


@numba.njit(cache=True, nogil=True)
def show(terms, me, fact, before, now):  # pragma: no cover  compiled
    """Go on with a stretch that is as the case stands now: the one that runs, or the one before when nothing lay between."""
    if me.is_showing:
        if _is_like(terms, me, now):
            return
        cut(me, fact, now)
        before = now if now.to_at == me.t else before
    if me.n_spans > me.first_span and before.to_at == me.t and before.end < 0 and _is_like(terms, me, before):
        before.to_at = -1
        me.n_spans -= 1
        me.is_showing, me.shown_at = True, me.t


@numba.njit(cache=True, nogil=True)
def _due_shown(terms, me):  # pragma: no cover  compiled
    """The deadline that a stretch shows: none once the handling is judged and done."""
    is_answered = terms.by_handled and me.handled_at >= 0 and (me.stage == CHECK or me.stage == CLOSE)
    return -1 if is_answered else me.due


@numba.njit(cache=True, nogil=True)
def begin_stretch(terms, me, now):  # pragma: no cover  compiled
    """Write the stretch that begins now."""
    due = _due_shown(terms, me)
    is_lit = due >= 0 and not me.is_paused
    now.case, now.from_at, now.to_at, now.state, now.stage, now.unit = me.case, me.t, -1, me.state, me.stage, me.unit
    now.due_at, now.stage_due_at, now.is_paused, now.end, now.exempt_at = due, me.stage_due, me.is_paused, NOT_ENDED, -1
    now.yellow_at = me.yellow if is_lit else -1
    now.risk_at = me.risk if is_lit else -1
    now.black_at = me.black if is_lit else -1
    me.is_showing, me.shown_at = True, me.t


@numba.njit(cache=True, nogil=True)
def _is_like(terms, me, span):  # pragma: no cover  compiled
    """Whether a stretch is as the case stands now."""
    due = _due_shown(terms, me)
    is_lit = due >= 0 and not me.is_paused
    return (
        span.state == me.state
        and span.stage == me.stage
        and span.unit == me.unit
        and span.due_at == due
        and span.stage_due_at == me.stage_due
        and span.is_paused == me.is_paused
        and span.yellow_at == (me.yellow if is_lit else -1)
        and span.risk_at == (me.risk if is_lit else -1)
        and span.black_at == (me.black if is_lit else -1)
    )


@numba.njit(cache=True, nogil=True)
def cut(me, fact, now):  # pragma: no cover  compiled
    """The stretch that runs ends now; one that took no time is dropped."""
    fact.n_zero += me.shown_at == me.t
    if now.from_at < me.t:
        now.to_at = me.t
        me.n_spans += 1
    me.is_showing = False


@numba.njit(cache=True, nogil=True)
def show_end(me, end, before, now):  # pragma: no cover  compiled
    """The stretch that ends now ends the case; where there is none, or not with its deadline, one without time does.

    Of several ends in one second the last counts.
    """
    if me.n_spans > me.first_span and before.to_at == me.t:
        if before.from_at == me.t:
            now = before
            me.n_spans -= 1
        elif before.due_at == me.due:
            before.end, before.exempt_at = end, me.upheld_at
            return
        else:
            before.end, before.exempt_at = NOT_ENDED, -1
    now.case, now.from_at, now.to_at, now.state, now.stage, now.unit = me.case, me.t, me.t, me.state, CLOSE, me.unit
    now.due_at, now.stage_due_at, now.is_paused = me.due, -1, False
    now.yellow_at = now.risk_at = now.black_at = -1
    now.end, now.exempt_at = end, me.upheld_at
    me.n_spans += 1
