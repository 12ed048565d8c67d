"""The walk through the ledger, compiled: one pass over the events. See `course` for what it makes of them."""

# mypy: disable-error-code="no-untyped-def"

import numba

from gridgov.analytics.clocks import ends
from gridgov.analytics.course.deadlines import change, set_deadline, set_fixed
from gridgov.analytics.course.records import (
    ACCEPTED,
    APPEAL_UPHELD,
    ASSIGNED,
    CHECK,
    CHECKED,
    CLOSE,
    CLOSED,
    DEFERRED,
    DISPATCHED,
    DISPATCHED_TRACK,
    END_VOIDED,
    EXTENDED,
    EXTENSION_ASKED,
    FLAT,
    HANDLED,
    HANDLING,
    INSTRUCTED,
    NO_BASIS,
    OTHER,
    PREREVIEWED,
    RED_CARD,
    REGISTERED,
    RETURNED,
    REVIEWED,
    REWORK,
    SELF_TRACK,
    SERVICE_TRACK,
    SIGN,
    SIGNED,
    SUSPENDED,
    UNKNOWN_TRACK,
    URGED,
    YELLOW_CARD,
)
from gridgov.analytics.course.stretches import begin_stretch, cut, show, show_end


@numba.njit(cache=True, nogil=True)
def walk_cases(
    process, terms, clock, ledger, worked, files, walk, spans, facts, plain, work, moves
):  # pragma: no cover  compiled
    """Walk all cases and fill spans, facts, plain and work ([case, stage] seconds) and moves; walk[0] counts the rows.

    worked  working seconds before each event
    """
    me, n, i = walk[0], len(ledger.case), 0
    while i < n:
        c, end, is_flat, has_due = ledger.case[i], i, True, False
        while end < n and ledger.case[end] == c:
            is_flat = is_flat and ledger.is_row[end]
            has_due = has_due or (ledger.due[end] >= 0 and not ledger.is_row[end])
            end += 1
        fact = facts[c]
        me.case, me.track = c, files.track[c] if files.track[c] >= 0 else UNKNOWN_TRACK
        me.starts = process.starts[FLAT if is_flat else me.track]
        me.limit, me.limit_unit = files.limit_value[c], files.limit_unit[c]
        me.on_file_unit, me.on_file_due = files.unit[c], files.due[c]
        me.is_flat, me.is_fixed = is_flat, files.due[c] >= 0 and not has_due
        me.t, me.w = ledger.at[i], worked[i]
        _begin(terms, me, fact)
        if me.is_fixed:
            set_fixed(terms, me, fact, clock)
        for k in range(i, end):
            passed, passed_w = ledger.at[k] - me.t, worked[k] - me.w
            me.t, me.w = ledger.at[k], worked[k]
            was_open, number, is_row = me.stage >= 0, ledger.event[k], ledger.is_row[k]
            if was_open:
                plain[c, me.stage] += passed
                work[c, me.stage] += passed_w
                _run(terms, me, passed_w if me.in_work else passed)
            deed, after = OTHER, me.state
            if is_row:
                after = number if number >= 0 else after
            elif number >= 0:
                deed = process.deed_of[number]
                after = process.leads[number] if process.leads[number] >= 0 else after
            after = max(after, 0)  # what moves nothing cannot come first; if it does, the case counts as reported
            stage = process.stage_of[me.track, after]
            if stage >= 0 and not was_open and me.state >= 0:
                fact.n_reopened += 1
                _begin_round(me, fact)
                if terms.reopens_new:
                    _begin_clock(me, fact)
                    if me.is_fixed:
                        set_fixed(terms, me, fact, clock)
            if stage >= 0 and stage != me.stage:
                unit, value = process.node_unit[stage], process.node_value[stage]
                me.stage_due = -1 if unit < 0 else me.t + round(value * 3_600)
                if unit > 0:
                    me.stage_due = ends(me.t, value, unit, clock)
            me.state, me.stage = after, stage
            if deed != OTHER:
                _tell(me, fact, deed, ledger.actor[k], ledger.reason[k])
                if deed == APPEAL_UPHELD:
                    _exempt(me, fact, spans[max(me.n_spans - 1, 0)])
            if _hand_on(me, fact, deed, ledger.unit[k]):
                _hand_over(me, fact, moves[me.n_moves])
            if was_open or stage >= 0:
                is_paused = stage >= 0 and process.is_pause[stage]
                found = change(terms, me, is_row, deed, ledger.due[k], is_paused)
                if found:
                    set_deadline(terms, me, fact, found, ledger.due[k], clock)
                me.n_extended += deed == EXTENDED
                if is_paused and not me.is_paused:
                    me.paused_at, me.paused_w = me.t, me.w
                me.is_paused = is_paused
            if stage >= 0:
                show(terms, me, fact, spans[max(me.n_spans - 1, 0)], spans[me.n_spans])
                if not me.is_showing:
                    begin_stretch(terms, me, spans[me.n_spans])
            elif was_open or k == i:
                if me.is_showing:
                    cut(me, fact, spans[me.n_spans])
                _end(terms, me, fact, process.end_of[after])
                show_end(me, fact.end, spans[max(me.n_spans - 1, 0)], spans[me.n_spans])
        if me.is_showing:
            me.n_spans += 1
        fact.state, fact.granted_s, fact.clock_s, fact.in_work = me.state, me.granted, me.clocked, me.in_work
        i = end


@numba.njit(cache=True, nogil=True)
def _begin(terms, me, fact):  # pragma: no cover  compiled
    """A case: its first round."""
    me.state = me.stage = -1
    me.first_span = me.n_spans
    me.is_fixed = me.is_fixed and (terms.source_wins or me.limit_unit < 0)
    me.in_work = terms.counted_in_work if me.limit_unit < 0 else (me.limit_unit == 1 or me.limit_unit == 2)
    me.is_paused = me.is_showing = False
    fact.is_flat, fact.opened_at = me.is_flat, me.t
    _begin_round(me, fact)
    _begin_clock(me, fact)


@numba.njit(cache=True, nogil=True)
def _begin_round(me, fact):  # pragma: no cover  compiled
    """The case is open, or open again: who answers."""
    me.round_at, me.round_w, me.upheld_at, me.handled_at, me.handler = me.t, me.w, -1, -1, -1
    me.unit_now, me.unit_before, me.n_extended, me.reason = -1, -1, 0, -1
    me.unit = me.on_file_unit if me.is_flat or me.track == SELF_TRACK or me.track == SERVICE_TRACK else -1
    fact.ended_at, fact.ended_after_s, fact.end, fact.is_late, fact.is_exempt = -1, -1, -1, False, False


@numba.njit(cache=True, nogil=True)
def _begin_clock(me, fact):  # pragma: no cover  compiled
    """No clock runs, no deadline holds."""
    me.clock_from, me.granted, me.first_granted, me.ran, me.clocked = -1, 0, 0, 0, 0
    me.due, fact.due_at, fact.due_basis = -1, -1, NO_BASIS


@numba.njit(cache=True, nogil=True)
def _run(terms, me, passed):  # pragma: no cover  compiled
    """The clocks of the case go on by what has passed."""
    if me.clock_from >= 0 and not me.is_paused:
        me.ran += passed
        if not (terms.stops_handled and (me.stage == CHECK or me.stage == CLOSE)):
            me.clocked += passed


@numba.njit(cache=True, nogil=True)
def _hand_on(me, fact, deed, named):  # pragma: no cover  compiled
    """Who answers after an event that names a unit or not (-1); whether it is a handover, which moves `unit` itself."""
    if deed == DISPATCHED:
        to = named if named >= 0 else me.on_file_unit
        is_move = to >= 0 and me.unit_now >= 0 and to != me.unit_now
        me.unit = to
        if not is_move:
            me.unit_now = to if to >= 0 else me.unit_now
            me.sent_at, me.sent_w = me.t, me.w
    else:
        is_move = False
        if deed == RETURNED:
            me.unit = -1
        elif named >= 0 and (me.track == SELF_TRACK or me.track == SERVICE_TRACK):
            if deed in (ACCEPTED, PREREVIEWED, REVIEWED, HANDLED):
                me.unit = named
        elif named >= 0 and me.unit < 0 and deed in (SIGNED, ASSIGNED, HANDLING, HANDLED):
            me.unit = named
    if me.unit < 0 and me.stage >= SIGN:
        me.unit = me.on_file_unit
    if me.unit >= 0:
        fact.unit = me.unit
        fact.first_unit = me.unit if fact.first_unit < 0 else fact.first_unit
    return is_move


@numba.njit(cache=True, nogil=True)
def _hand_over(me, fact, move):  # pragma: no cover  compiled
    """The row of a handover: a dispatch to another unit than the one before, in one round."""
    move.case, move.at, move.from_unit, move.to_unit = me.case, me.t, me.unit_now, me.unit
    move.lost_s, move.lost_work_s, move.reason = me.t - me.sent_at, me.w - me.sent_w, me.reason
    move.is_aba = me.unit == me.unit_before
    fact.n_aba += move.is_aba
    me.unit_before, me.unit_now, me.sent_at, me.sent_w, me.reason = me.unit_now, me.unit, me.t, me.w, -1
    me.n_moves += 1


@numba.njit(cache=True, nogil=True)
def _tell(me, fact, deed, actor, reason):  # pragma: no cover  compiled
    """Instants and counts of one event."""
    t = me.t
    if deed == ACCEPTED:
        fact.accepted_at = t if fact.accepted_at < 0 else fact.accepted_at
    elif deed == REGISTERED:
        fact.registered_at = t if fact.registered_at < 0 else fact.registered_at
    elif deed == DISPATCHED:
        fact.n_dispatched += 1
        fact.dispatched_at = t if fact.dispatched_at < 0 else fact.dispatched_at
    elif deed == SIGNED:
        fact.signed_at = t if fact.signed_at < 0 else fact.signed_at
    elif deed == RETURNED:
        fact.n_returned += 1
        me.reason = reason
    elif deed == HANDLED:
        fact.handled_at = me.handled_at = t
        me.handler = actor
        if me.due >= 0:
            fact.handled_before_due_s = me.due - t
            fact.handled_before_due_work_s = me.due_w - me.w
    elif deed in (CHECKED, CLOSED):
        fact.checked_at = t if deed == CHECKED else fact.checked_at
        if me.track == DISPATCHED_TRACK and actor >= 0 and actor == me.handler:
            fact.is_self_closed = True
    elif deed == REWORK:
        fact.n_rework += 1
        me.reason = reason
    elif deed == EXTENSION_ASKED:
        fact.n_extension_asked += 1
        if me.due >= 0:
            fact.asked_before_due_s = me.due - t
            fact.asked_before_due_work_s = me.due_w - me.w
    fact.n_extended += deed == EXTENDED
    fact.n_suspended += deed == SUSPENDED
    fact.n_deferred += deed == DEFERRED
    fact.n_urged += deed == URGED
    fact.n_yellow += deed == YELLOW_CARD
    fact.n_red += deed == RED_CARD
    fact.n_instructed += deed == INSTRUCTED


@numba.njit(cache=True, nogil=True)
def _exempt(me, fact, before):  # pragma: no cover  compiled
    """An appeal was upheld; the first of a round counts."""
    fact.is_exempt = True
    if me.upheld_at < 0:
        me.upheld_at = me.t
        if fact.ended_at >= 0:
            before.exempt_at = me.t


@numba.njit(cache=True, nogil=True)
def _end(terms, me, fact, how):  # pragma: no cover  compiled
    """The case has ended: how, and whether too late. A void case is never late."""
    fact.ended_at, fact.ended_after_s, fact.end = me.t, me.t - fact.opened_at, how
    judged = me.handled_at if terms.by_handled and me.handled_at >= 0 else me.t
    fact.is_late = me.due >= 0 and judged > me.due and how != END_VOIDED
