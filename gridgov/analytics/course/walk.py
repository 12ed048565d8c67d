"""The walk through the ledger, compiled: one pass over the events. See `course` for what it makes of them."""

# mypy: disable-error-code="no-untyped-def"

import numba

from gridgov.analytics.clocks import between, ends, worked_at
from gridgov.analytics.course.deadlines import hold, light, set_deadline
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
    SOURCE,
    SUSPENDED,
    UNKNOWN_TRACK,
    URGED,
    YELLOW_CARD,
)


@numba.njit(cache=True, nogil=True)
def walk_cases(law, clock, ledger, files, walk, spans, facts, plain, work, moves):  # pragma: no cover  compiled
    """Walk all cases and fill spans, facts, plain and work ([case, stage] seconds) and moves; walk[0] counts the rows."""
    me, n, i = walk[0], len(ledger.case), 0
    while i < n:
        c, end, is_flat, has_due = ledger.case[i], i, True, False
        while end < n and ledger.case[end] == c:
            is_flat = is_flat and ledger.is_row[end]
            has_due = has_due or (ledger.due[end] >= 0 and not ledger.is_row[end])
            end += 1
        fact = facts[c]
        _begin(law, me, fact, files, c, is_flat, has_due, ledger.at[i], clock)
        for k in range(i, end):
            was_open = me.is_open
            _count_time(law, me, ledger.at[k], plain[c], work[c], clock)
            _step(law, me, fact, files, ledger, k, moves, clock)
            if was_open or me.is_open:
                set_deadline(law, me, fact, ledger, k, clock)
            if me.is_open:
                _show(law, me, fact, spans)
            elif was_open or k == i:
                _end(law, me, fact, spans)
        if me.is_showing:
            spans[me.n_spans].to_at = -1
            me.n_spans += 1
        fact.state, fact.granted_s, fact.clock_s, fact.in_work = me.state, me.granted, me.clocked, me.in_work
        i = end


@numba.njit(cache=True, nogil=True)
def _begin(law, me, fact, files, c, is_flat, has_due, t, clock):  # pragma: no cover  compiled
    me.case, me.t, me.w, me.state, me.stage, me.first_span = c, t, worked_at(t, clock), -1, -1, me.n_spans
    me.track = files.track[c] if files.track[c] >= 0 else UNKNOWN_TRACK
    me.starts = law.starts[FLAT if is_flat else me.track]
    me.limit, me.limit_unit = files.limit_value[c], files.limit_unit[c]
    me.in_work = law.counted_in_work if me.limit_unit < 0 else (me.limit_unit == 1 or me.limit_unit == 2)
    me.is_flat = fact.is_flat = is_flat
    me.is_fixed = files.due[c] >= 0 and not has_due and (law.source_wins or me.limit_unit < 0)
    me.is_open = me.is_paused = me.is_showing = False
    fact.opened_at, me.reason = t, -1
    _begin_round(law, me, fact, files, clock)


@numba.njit(cache=True, nogil=True)
def _begin_round(law, me, fact, files, clock):  # pragma: no cover  compiled
    """The case is open, or open again: who answers, and what its clock says."""
    me.round_at, me.handled_at, me.handler, me.unit_now, me.unit_before, me.n_extended = me.t, -1, -1, -1, -1, 0
    me.unit = files.unit[me.case] if me.is_flat or me.track == SELF_TRACK or me.track == SERVICE_TRACK else -1
    fact.ended_at, fact.ended_after_s, fact.end, fact.is_late, fact.is_exempt = -1, -1, -1, False, False
    if me.state >= 0 and not law.reopens_new:
        return
    me.clock_from, me.granted, me.first_granted, me.ran, me.clocked = -1, 0, 0, 0, 0
    me.due, fact.due_at, fact.due_basis = -1, -1, NO_BASIS
    if me.is_fixed:
        hold(me, fact, files.due[me.case], SOURCE)
        me.granted = me.first_granted = max(0, between(me.t, me.due, me.in_work, clock))
        light(law, me, fact, clock)


@numba.njit(cache=True, nogil=True)
def _count_time(law, me, t, plain, work, clock):  # pragma: no cover  compiled
    """Book the time since the last event to the node in which the case waited, and to its clocks."""
    w = worked_at(t, clock)
    if me.is_open:
        plain[me.stage] += t - me.t
        work[me.stage] += w - me.w
        if me.clock_from >= 0 and not me.is_paused:
            passed = w - me.w if me.in_work else t - me.t
            me.ran += passed
            if not (law.stops_handled and (me.stage == CHECK or me.stage == CLOSE)):
                me.clocked += passed
    me.t, me.w = t, w


@numba.njit(cache=True, nogil=True)
def _step(law, me, fact, files, ledger, k, moves, clock):  # pragma: no cover  compiled
    """What an event does to state, node and holder, and what it adds to the facts. What stands has happened."""
    number, after, deed = ledger.event[k], me.state, OTHER
    if ledger.is_row[k]:
        after = number
    elif number >= 0:
        deed = law.deed_of[number]
        after = law.leads[number] if law.leads[number] >= 0 else after
    after = max(after, 0)  # what moves nothing cannot be the first event; if it is, the case counts as reported
    is_open, stage = not law.is_ended[after], law.stage_of[me.track, after]
    if is_open and not me.is_open and me.state >= 0:
        _begin_round(law, me, fact, files, clock)
        fact.n_reopened += 1
    if is_open and (not me.is_open or stage != me.stage):
        unit = law.node_unit[stage]
        me.stage_due = ends(me.t, law.node_value[stage], unit, clock) if unit >= 0 else -1
    me.state, me.is_open, me.stage = after, is_open, stage if is_open else -1
    if deed != OTHER:
        _tell(me, fact, deed, ledger.actor[k], ledger.reason[k], clock)
    _hand_on(me, fact, deed, ledger.unit[k], files.unit[me.case], moves)


@numba.njit(cache=True, nogil=True)
def _hand_on(me, fact, deed, named, on_file, moves):  # pragma: no cover  compiled
    """Who answers after an event that names a unit or not (-1); on_file: the unit that came with the case."""
    if deed == DISPATCHED:
        _dispatch(me, fact, named if named >= 0 else on_file, moves)
    elif deed == RETURNED:
        me.unit = -1
    elif named >= 0 and (me.track == SELF_TRACK or me.track == SERVICE_TRACK):
        if deed == ACCEPTED or deed == PREREVIEWED or deed == REVIEWED or deed == HANDLED:
            me.unit = named
    elif named >= 0 and me.unit < 0 and (deed == SIGNED or deed == ASSIGNED or deed == HANDLING or deed == HANDLED):
        me.unit = named
    if me.unit < 0 and me.stage >= SIGN:
        me.unit = on_file
    if me.unit >= 0:
        fact.unit = me.unit
        fact.first_unit = me.unit if fact.first_unit < 0 else fact.first_unit


@numba.njit(cache=True, nogil=True)
def _dispatch(me, fact, to, moves):  # pragma: no cover  compiled
    """A dispatch to another unit than the one before, in one round, is a handover."""
    if to >= 0 and to != me.unit_now:
        if me.unit_now >= 0:
            move = moves[me.n_moves]
            move.case, move.at, move.from_unit, move.to_unit = me.case, me.t, me.unit_now, to
            move.lost_s, move.lost_work_s, move.reason = me.t - me.sent_at, me.w - me.sent_w, me.reason
            me.n_moves += 1
            fact.n_aba += to == me.unit_before
        me.unit_before, me.unit_now = me.unit_now, to
    me.unit, me.sent_at, me.sent_w, me.reason = to, me.t, me.w, -1


@numba.njit(cache=True, nogil=True)
def _tell(me, fact, deed, actor, reason, clock):  # pragma: no cover  compiled
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
            fact.handled_before_due_work_s = between(t, me.due, True, clock)
    elif deed == CHECKED or deed == CLOSED:
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
            fact.asked_before_due_work_s = between(t, me.due, True, clock)
    elif deed == APPEAL_UPHELD:
        fact.is_exempt = True
    fact.n_extended += deed == EXTENDED
    fact.n_suspended += deed == SUSPENDED
    fact.n_deferred += deed == DEFERRED
    fact.n_urged += deed == URGED
    fact.n_yellow += deed == YELLOW_CARD
    fact.n_red += deed == RED_CARD
    fact.n_instructed += deed == INSTRUCTED


@numba.njit(cache=True, nogil=True)
def _show(law, me, fact, spans):  # pragma: no cover  compiled
    """Cut the stretch that runs when anything of it has changed, and begin a new one."""
    is_answered = law.by_handled and me.handled_at >= 0 and (me.stage == CHECK or me.stage == CLOSE)
    due = -1 if is_answered else me.due
    is_lit = due >= 0 and not me.is_paused
    if me.is_showing:
        if _is_like(me, spans[me.n_spans], due, is_lit):
            return
        _cut(me, fact, spans)
    me.is_showing = True
    if me.n_spans > me.first_span:
        before = spans[me.n_spans - 1]
        if before.to_at == me.t and _is_like(me, before, due, is_lit):  # what lay between took no time
            me.n_spans -= 1
            return
    now = spans[me.n_spans]
    now.case, now.from_at, now.to_at, now.state, now.stage, now.unit = me.case, me.t, -1, me.state, me.stage, me.unit
    now.due_at, now.stage_due_at, now.is_paused = due, me.stage_due, me.is_paused
    now.yellow_at = me.yellow if is_lit else -1
    now.risk_at = me.risk if is_lit else -1
    now.black_at = me.black if is_lit else -1


@numba.njit(cache=True, nogil=True)
def _is_like(me, span, due, is_lit):  # pragma: no cover  compiled
    """Whether a stretch is as the case stands now."""
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
def _cut(me, fact, spans):  # pragma: no cover  compiled
    """The stretch that runs ends now; one that took no time is dropped."""
    if spans[me.n_spans].from_at < me.t:
        spans[me.n_spans].to_at = me.t
        me.n_spans += 1
    else:
        fact.n_zero += 1
    me.is_showing = False


@numba.njit(cache=True, nogil=True)
def _end(law, me, fact, spans):  # pragma: no cover  compiled
    """The case has ended: how, and whether too late. A void case is never late."""
    if me.is_showing:
        _cut(me, fact, spans)
    fact.ended_at, fact.ended_after_s, fact.end = me.t, me.t - fact.opened_at, law.end_of[me.state]
    judged = me.handled_at if law.by_handled and me.handled_at >= 0 else me.t
    fact.is_late = me.due >= 0 and judged > me.due and fact.end != END_VOIDED
