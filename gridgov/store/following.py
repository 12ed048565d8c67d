"""Following facts through the process: which new events can happen at their place, and what is left of a flat row's facts.

The rules, in this order:

1.  Events are followed by time. Those of one instant are taken as delivered; where that is impossible, in the first order
    in which all of them are possible (exports list the latest first, systems take two steps in one second). What stands
    keeps its order. An event of which only the day is known happens at the begin of the day (not before a report of that
    day), or, where that is impossible, at the instant of the first fact of its day after which it is possible.
2.  Where not all that is delivered is possible together, the longest course that is possible stands: the one with the most
    moves, among those the one with the most moves that stand already, then the one with the most side events. So an event
    that is wrong, but came first, gives way to a true course of more steps, and what stands does not depend on the order
    in which files came. What gives way is overruled; it stays among what is delivered, and stands again when later events
    make a longer course with it. A side event never overrules a move.
3.  A new event that is to replace one leaves that in its place where it is not part of that course, or the course would be
    shorter for it.
4.  A flat row's fact stands only where the delivered history leaves room for it. Its report: if none is delivered. Its end:
    if the case is open there, and no delivered move becomes impossible by it. The state it tells of an open case: if
    nothing but the report and side events is delivered, or if it makes moves possible (a feed that began half-way).
5.  What stands and was impossible already (of another process, or of another track) is followed as it is.
"""

from typing import Any

import numba
import numpy as np
import numpy.typing as npt

from gridgov.process import EVENTS, MOVES
from gridgov.store.longest import (
    ACCEPTED,
    CONFLICT,
    FACT,
    IMPOSSIBLE,
    NEW,
    OVERRULED,
    ROW_LAST,
    ROW_REPORT,
    STANDS,
    Rules,
    longest_course,
    step,
)
from gridgov.vocabulary import ENDED, STATES

__all__ = [
    "ACCEPTED", "CONFLICT", "FACT", "IMPOSSIBLE", "NEW", "OVERRULED", "ROW_LAST", "ROW_REPORT", "STANDS", "follow_facts",
]  # fmt: skip

_LARGE = 24
"""So many facts of one instant are not put into another order."""

_PATIENCE = 20_000
"""Steps of the search for an order."""


def _rules() -> Rules:
    states = list(STATES)
    leads = [-1 if event.to is None else states.index(event.to) for event in EVENTS.values()]
    return Rules(MOVES, np.array(leads, np.int8), np.array([state in ENDED for state in states]))


def follow_facts(facts: npt.NDArray[Any]) -> None:
    """Follow the facts (FACT) of whole cases and write into them what became of each."""
    first = np.append(np.flatnonzero(np.diff(facts["case"], prepend=facts["case"][:1] - 1)), len(facts))
    facts["until"] = np.where(facts["until"] == 0, facts["at"], facts["until"])
    facts["was_at"], facts["was_seq"] = facts["at"], facts["seq"]
    _pair(facts)
    _follow_cases(_rules(), facts, first)


def _pair(facts: npt.NDArray[Any]) -> None:
    """Let each event that stands and the new one that would replace it know of one another."""
    facts["mate"] = -1
    old = np.flatnonzero((facts["kind"] == STANDS) & (facts["row"] > 0))
    if not len(old):
        return
    new = np.flatnonzero(facts["kind"] == NEW)
    new = new[np.argsort(facts["row"][new], kind="stable")]
    found = np.minimum(np.searchsorted(facts["row"][new], facts["row"][old]), max(len(new) - 1, 0))
    if len(new):
        is_pair = facts["row"][new[found]] == facts["row"][old]
        old, new = old[is_pair], new[found[is_pair]]
        facts["mate"][old], facts["mate"][new] = new, old


@numba.njit(cache=True, nogil=True)
def _follow_cases(rules, facts, first):  # type: ignore[no-untyped-def]  # pragma: no cover  compiled
    order = np.empty(len(facts), np.int64)
    for c in range(len(first) - 1):
        lo, hi = first[c], first[c + 1]
        has_new, is_good = False, True
        for i in range(lo, hi):
            facts[i].is_out = facts[i].kind == OVERRULED
            has_new = has_new or facts[i].kind == NEW
            is_good = is_good and facts[i].kind != OVERRULED
        n = _walk_with_room(rules, facts, lo, hi, order)
        for i in range(lo, hi):
            is_good = is_good and not (facts[i].is_bad and (facts[i].kind == NEW or facts[i].kind == STANDS))
        if has_new and not is_good:
            _remember(rules, facts, lo, hi, order)
            n = longest_course(rules, facts, lo, hi, order)
        _number(facts, order, lo, n)


@numba.njit(cache=True, nogil=True)
def _remember(rules, facts, lo, hi, order):  # type: ignore[no-untyped-def]  # pragma: no cover  compiled
    """Note which events that stand are impossible already, without anything new."""
    for i in range(lo, hi):
        facts[i].is_out = facts[i].kind == NEW or facts[i].kind == OVERRULED
    _walk_with_room(rules, facts, lo, hi, order)
    for i in range(lo, hi):
        facts[i].is_stuck = facts[i].kind == STANDS and facts[i].is_bad
        facts[i].is_out = False


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
        has_report = has_report or (_is_there(facts, i) and f.what >= 0 and rules.moves[f.track, 0, f.what] >= 0)
    members, chosen = np.empty(hi - lo, np.int64), np.empty(hi - lo, np.int64)
    state, n, n_bad, n_moves, fits = -1, 0, 0, 0, True
    i = lo
    while i < hi:
        j, m, is_smooth, now = i, 0, True, state
        while j < hi and facts[j].at == facts[i].at:
            kind = facts[j].kind
            if kind == ROW_REPORT:
                facts[j].has_room = not has_report
            if (kind == ROW_REPORT and not has_report) or (kind == ROW_LAST and with_last) or _is_there(facts, j):
                members[m] = j
                m += 1
                now, is_possible = step(rules, facts[j], now)
                is_smooth = is_smooth and is_possible
            j += 1
        if not is_smooth and _rearranged(rules, facts, state, members, m, chosen):
            members[:m] = chosen[:m]
        for k in range(m):
            f = facts[members[k]]
            f.before = state
            state, is_possible = step(rules, f, state)
            f.is_bad = not is_possible
            is_move = f.kind != ROW_REPORT and f.kind != ROW_LAST and f.what >= 0 and rules.leads[f.what] >= 0
            n_bad += is_move and not is_possible
            n_moves += is_move and is_possible and f.before >= 0
            if f.kind == ROW_LAST:
                fits = is_possible
            order[lo + n] = members[k]
            n += 1
        i = j
    return n, n_bad, n_moves, fits


@numba.njit(cache=True, nogil=True)
def _is_there(facts, i):  # type: ignore[no-untyped-def]  # pragma: no cover  compiled
    """Whether a delivered event is followed: one that stands unless a new one replaces it."""
    f = facts[i]
    if f.kind == STANDS:
        return f.mate < 0 or facts[f.mate].is_out
    return (f.kind == NEW or f.kind == OVERRULED) and not f.is_out


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
                    after, is_possible = step(rules, facts[members[k]], states[depth])
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
    """Give what comes into the ledger its order among the facts of its instant: 1, 2 ...; between others, evenly spaced."""
    k = lo
    while k < lo + n:
        i = order[k]
        is_first = k == lo or facts[order[k - 1]].at != facts[i].at
        prev = np.float64(0) if is_first else np.float64(facts[order[k - 1]].seq)
        if not _comes(facts[i]):
            k += 1
            continue
        end = k
        while end < lo + n and facts[order[end]].at == facts[i].at and _comes(facts[order[end]]):
            end += 1
        gap, base = np.float64(1), np.floor(prev)
        if end < lo + n and facts[order[end]].at == facts[i].at:
            room = np.float64(facts[order[end]].seq) - prev
            if base + (end - k) >= facts[order[end]].seq:
                gap, base = room / (end - k + 1), prev
        for j in range(k, end):
            facts[order[j]].seq = np.float32(base + gap * (j - k + 1))
        k = end


@numba.njit(cache=True, nogil=True)
def _comes(f):  # type: ignore[no-untyped-def]  # pragma: no cover  compiled
    return f.kind == NEW or f.kind == OVERRULED or (f.kind == STANDS and f.has_moved)
