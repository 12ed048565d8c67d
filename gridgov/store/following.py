"""Following facts through the process: which new events can happen at their place, and what is left of a flat row's facts.

The rules, in this order:

1.  Events are followed by time. Those of one instant are taken as delivered; where that is impossible, in the first order
    in which all of them are possible (exports list the latest first, systems take two steps in one second). What stands
    keeps its order.
2.  A new event that cannot happen at its place is refused, and leaves the state. One that was to replace an event leaves
    that in its place then.
3.  If new events make an event impossible that stands and was possible without them, all new ones of the case are refused.
4.  A flat row's fact stands only where the delivered history leaves room for it. Its report: if none is delivered. Its end:
    if the case is open there, and no delivered move becomes impossible by it. The state it tells of an open case: if
    nothing but the report and side events is delivered, or if it makes moves possible (a feed that began half-way).

So what stands of a flat row is decided by its latest version and the delivered events that stand, whichever came first.
"""

from typing import Any, NamedTuple

import numba
import numpy as np
import numpy.typing as npt

from gridgov.process import EVENTS, MOVES
from gridgov.vocabulary import ENDED, STATES

ROW_REPORT, STANDS, NEW, ROW_LAST = range(4)
"""Kinds of facts: what the flat row says of the report, an event that stands, a new event, what the flat row says last."""

ACCEPTED, IMPOSSIBLE, CONFLICT = range(3)
"""What became of a new event."""

FACT = np.dtype(
    [
        ("case", np.int64), ("at", np.int64), ("seq", np.float32), ("kind", np.int16), ("what", np.int16),
        ("track", np.int16), ("row", np.int64), ("outcome", np.int8), ("before", np.int16), ("clash", np.int64),
        ("has_room", np.bool_), ("is_out", np.bool_), ("is_bad", np.bool_), ("was_bad", np.bool_),
    ]
)  # fmt: skip
"""A fact; sorted by case, instant and delivered order.

Given:  seq    its order among the facts of one instant, where it stands
        kind   ROW_REPORT, STANDS, NEW or ROW_LAST
        what   number of the event; of a flat row's fact, number of the state; -1 = an event the process no longer knows
        track  of the case, process.UNKNOWN_TRACK where nobody told it
        row    of a new event its number, from 1 up; of one that stands, that of the new one that would replace it, 0 = none
Found:  outcome, and for IMPOSSIBLE before, the state that does not allow it (-1 = the case has not begun), for CONFLICT
        clash, the place of the fact that would become impossible; seq of new events; has_room of a flat row's facts
"""

_LARGE = 24
"""So many facts of one instant are not put into another order."""

_PATIENCE = 20_000
"""Steps of the search for an order."""


class _Rules(NamedTuple):
    """moves: process.MOVES; leads: the state an event leads to, -1 = a side event; is_ended: by state."""

    moves: npt.NDArray[np.int8]
    leads: npt.NDArray[np.int8]
    is_ended: npt.NDArray[np.bool_]


def _rules() -> _Rules:
    states = list(STATES)
    leads = [-1 if event.to is None else states.index(event.to) for event in EVENTS.values()]
    return _Rules(MOVES, np.array(leads, np.int8), np.array([state in ENDED for state in states]))


def follow_facts(facts: npt.NDArray[Any]) -> None:
    """Follow the facts (FACT) of whole cases and write into them what became of each."""
    first = np.append(np.flatnonzero(np.diff(facts["case"], prepend=facts["case"][:1] - 1)), len(facts))
    _follow_cases(_rules(), facts, first)


@numba.njit(cache=True, nogil=True)
def _follow_cases(rules, facts, first):  # type: ignore[no-untyped-def]  # pragma: no cover  compiled
    order = np.empty(len(facts), np.int64)
    for c in range(len(first) - 1):
        lo, hi = first[c], first[c + 1]
        n = _settle(rules, facts, lo, hi, order)
        if _clashes(rules, facts, lo, hi):
            n = _without_clash(rules, facts, lo, hi, order)
        for i in range(lo, hi):
            if facts[i].kind == NEW and not facts[i].is_out and facts[i].is_bad:
                facts[i].outcome = IMPOSSIBLE
        _number(facts, order, lo, n)


@numba.njit(cache=True, nogil=True)
def _settle(rules, facts, lo, hi, order):  # type: ignore[no-untyped-def]  # pragma: no cover  compiled
    """Walk until no event is refused that was to replace another; returns how many facts were taken."""
    while True:
        n = _walk_with_room(rules, facts, lo, hi, order)
        is_settled = True
        for k in range(lo, hi):
            if facts[k].kind == STANDS and facts[k].row > 0:
                for i in range(lo, hi):
                    if (
                        facts[i].kind == NEW
                        and facts[i].row == facts[k].row
                        and facts[i].is_bad
                        and not facts[i].is_out
                    ):
                        facts[i].outcome, facts[i].is_out, is_settled = IMPOSSIBLE, True, False
        if is_settled:
            return n


@numba.njit(cache=True, nogil=True)
def _clashes(rules, facts, lo, hi):  # type: ignore[no-untyped-def]  # pragma: no cover  compiled
    found = False
    for i in range(lo, hi):
        facts[i].was_bad = facts[i].kind == STANDS and facts[i].is_bad
        found = found or facts[i].was_bad
    return found


@numba.njit(cache=True, nogil=True)
def _without_clash(rules, facts, lo, hi, order):  # type: ignore[no-untyped-def]  # pragma: no cover  compiled
    """Refuse the new events if they are why one that stands is impossible; else leave things as they were."""
    for i in range(lo, hi):
        if facts[i].kind == NEW and not facts[i].is_out:
            facts[i].is_out, facts[i].outcome = True, CONFLICT
    n = _walk_with_room(rules, facts, lo, hi, order)
    clash = -1
    for i in range(hi - 1, lo - 1, -1):
        if facts[i].was_bad and not facts[i].is_bad:
            clash = i
    for i in range(lo, hi):
        if facts[i].outcome == CONFLICT:
            facts[i].clash = clash
            if clash < 0:
                facts[i].is_out, facts[i].outcome = False, ACCEPTED
    return n if clash >= 0 else _settle(rules, facts, lo, hi, order)


@numba.njit(cache=True, nogil=True)
def _walk_with_room(rules, facts, lo, hi, order):  # type: ignore[no-untyped-def]  # pragma: no cover  compiled
    """Walk with what the flat row says last, or without it where there is no room for it (rule 4)."""
    last = -1
    for i in range(lo, hi):
        last = i if facts[i].kind == ROW_LAST else last
    n, n_bad, n_moves, _ = _walk(rules, facts, lo, hi, False, order)
    if last >= 0:
        n_with, n_bad_with, _, fits = _walk(rules, facts, lo, hi, True, order)
        facts[last].has_room = fits and (
            n_bad_with < n_bad or (n_bad_with == n_bad and (rules.is_ended[facts[last].what] or n_moves == 0))
        )
        if facts[last].has_room:
            return n_with
        n, _, _, _ = _walk(rules, facts, lo, hi, False, order)
    return n


@numba.njit(cache=True, nogil=True)
def _walk(rules, facts, lo, hi, with_last, order):  # type: ignore[no-untyped-def]  # pragma: no cover  compiled
    """Go through the life of one case.

    order    filled from lo on with the places of the facts, as they were taken
    returns  facts taken, moves that were impossible, moves made after the report, whether the flat row's last fact fits
    """
    has_report = False
    for i in range(lo, hi):
        f = facts[i]
        f.is_bad = False
        is_there = (f.kind == NEW and not f.is_out) or (f.kind == STANDS and not _is_replaced(facts, lo, hi, i))
        has_report = has_report or (is_there and f.what >= 0 and rules.moves[f.track, 0, f.what] >= 0)
    members, chosen = np.empty(hi - lo, np.int64), np.empty(hi - lo, np.int64)
    state, n, n_bad, n_moves, fits = -1, 0, 0, 0, True
    i = lo
    while i < hi:
        j, m, is_smooth, now = i, 0, True, state
        while j < hi and facts[j].at == facts[i].at:
            kind = facts[j].kind
            if kind == ROW_REPORT:
                facts[j].has_room = not has_report
            if (
                (kind == ROW_REPORT and not has_report)
                or (kind == ROW_LAST and with_last)
                or (kind == NEW and not facts[j].is_out)
                or (kind == STANDS and not _is_replaced(facts, lo, hi, j))
            ):
                members[m] = j
                m += 1
                now, is_possible = _step(rules, facts[j], now)
                is_smooth = is_smooth and is_possible
            j += 1
        if not is_smooth and _rearranged(rules, facts, state, members, m, chosen):
            members[:m] = chosen[:m]
        for k in range(m):
            f = facts[members[k]]
            f.before = state
            state, is_possible = _step(rules, f, state)
            f.is_bad = not is_possible
            is_move = (f.kind == NEW or f.kind == STANDS) and f.what >= 0 and rules.leads[f.what] >= 0
            n_bad += is_move and not is_possible
            n_moves += is_move and is_possible and f.before >= 0
            if f.kind == ROW_LAST:
                fits = is_possible
            order[lo + n] = members[k]
            n += 1
        i = j
    return n, n_bad, n_moves, fits


@numba.njit(cache=True, nogil=True)
def _is_replaced(facts, lo, hi, stands):  # type: ignore[no-untyped-def]  # pragma: no cover  compiled
    if facts[stands].row > 0:
        for i in range(lo, hi):
            if facts[i].kind == NEW and facts[i].row == facts[stands].row and not facts[i].is_out:
                return True
    return False


@numba.njit(cache=True, nogil=True)
def _step(rules, fact, state):  # type: ignore[no-untyped-def]  # pragma: no cover  compiled
    """The state after a fact, and whether it can happen in a state. What stands has happened, possible or not."""
    if fact.kind == ROW_REPORT:
        return np.int64(fact.what), state < 0
    if fact.kind == ROW_LAST:
        has_room = state >= 0 and not rules.is_ended[state]
        return (np.int64(fact.what) if has_room else state), has_room
    if fact.what < 0:
        return state, True
    after = rules.moves[fact.track, state + 1, fact.what]
    if after >= 0:
        return np.int64(after), True
    lead = rules.leads[fact.what]
    return (np.int64(lead) if fact.kind == STANDS and lead >= 0 else state), False


@numba.njit(cache=True, nogil=True)
def _rearranged(rules, facts, state, members, m, chosen):  # type: ignore[no-untyped-def]  # pragma: no cover  compiled
    """Put into `chosen` the first order of one instant's facts in which all are possible; False if there is none.

    Depth first, trying the delivered order first; facts that are not new keep their order.
    """
    if m < 2 or m > _LARGE:
        return False
    states, tried, used = np.empty(m + 1, np.int64), np.zeros(m + 1, np.int64), np.zeros(m, np.bool_)
    states[0], depth = state, 0
    for _ in range(_PATIENCE):
        if depth == m:
            return True
        found, one_waits = -1, False
        for k in range(m):
            if not used[k]:
                keeps = facts[members[k]].kind != NEW
                if k >= tried[depth] and not (keeps and one_waits):
                    after, is_possible = _step(rules, facts[members[k]], states[depth])
                    if is_possible:
                        found, states[depth + 1] = k, after
                        break
                one_waits = one_waits or keeps
        if found >= 0:
            chosen[depth], used[found], tried[depth], tried[depth + 1] = members[found], True, found + 1, 0
            depth += 1
        elif depth == 0:
            return False
        else:
            depth -= 1
            used[tried[depth] - 1] = False
    return False


@numba.njit(cache=True, nogil=True)
def _number(facts, order, lo, n):  # type: ignore[no-untyped-def]  # pragma: no cover  compiled
    """Give the accepted new events of a case their order among the facts of one instant: 1, 2 ...; halves between others."""
    prev = np.float32(0)
    for k in range(lo, lo + n):
        f = facts[order[k]]
        if k > lo and facts[order[k - 1]].at != f.at:
            prev = np.float32(0)
        if f.kind == NEW and f.is_bad:
            continue
        if f.kind == NEW:
            f.seq = np.floor(prev) + np.float32(1)
            for later in range(k + 1, lo + n):
                if facts[order[later]].at != f.at:
                    break
                if facts[order[later]].kind != NEW:
                    f.seq = min(f.seq, (prev + facts[order[later]].seq) / np.float32(2))
                    break
        prev = f.seq
