"""The longest course that is possible, of facts that cannot all be true; rules 2 to 4 of store.following.

It is found backwards over time: of each state the best that can still come. A case that has trouble of this kind costs its
facts times the number of states, and the few facts of one instant every order; those without trouble do not come here.
"""

from typing import NamedTuple

import numba
import numpy as np
import numpy.typing as npt

ROW_REPORT, STANDS, NEW, ROW_LAST, OVERRULED = range(5)
"""Kinds of facts: what the flat row says of the report, an event that stands, a new event, what the flat row says last, an
event that was overruled and could stand again."""

ACCEPTED, IMPOSSIBLE, CONFLICT = range(3)
"""What became of a new event; of one that stands, CONFLICT = overruled; of an overruled one, ACCEPTED = stands again."""

FACT = np.dtype(
    [
        ("case", np.int64), ("at", np.int64), ("seq", np.float32), ("kind", np.int16), ("what", np.int16),
        ("track", np.int16), ("row", np.int64), ("until", np.int64), ("outcome", np.int8), ("before", np.int16),
        ("clash", np.int64), ("mate", np.int64), ("has_room", np.bool_), ("has_moved", np.bool_), ("is_out", np.bool_),
        ("is_bad", np.bool_), ("is_stuck", np.bool_), ("is_taken", np.bool_), ("was_at", np.int64), ("was_seq", np.float32),
    ]
)  # fmt: skip
"""A fact; sorted by case, instant and delivered order.

Given:  seq    its order among the facts of one instant, where it stands
        kind   ROW_REPORT, STANDS, NEW, ROW_LAST or OVERRULED
        what   number of the event; of a flat row's fact, number of the state; -1 = an event the process no longer knows
        track  of the case, process.UNKNOWN_TRACK where nobody told it
        row    of a new event its number, from 1 up; of one that stands, that of the new one that would replace it, 0 = none;
               of an overruled one any number
        until  where only the day is known, the last instant of it; else 0
Found:  outcome, and for IMPOSSIBLE before, the state that does not allow it (-1 = the case has not begun), for CONFLICT
        clash, the place of the fact that would become impossible; seq and at of what comes into the ledger (has_moved: of a
        day-only event that stands and takes another place in its day, was_at and was_seq its old one); has_room of a flat
        row's facts
"""

_FEW = 6
"""So many facts of one instant are tried in every order."""

_DAYS_MOVED = 12
"""So many facts of a case of which only the day is known are tried at other places of it."""

_LONG = 400
"""Of cases with more facts none is tried at another place of its day."""

_MOVE, _STANDING_MOVE, _SIDE, _STANDING_SIDE = 1 << 42, 1 << 28, 1 << 14, 1
"""What a course is worth, by what it holds."""

_NEVER = -(1 << 60)


class Rules(NamedTuple):
    """moves: process.MOVES; leads: the state an event leads to, -1 = a side event; is_ended: by state."""

    moves: npt.NDArray[np.int8]
    leads: npt.NDArray[np.int8]
    is_ended: npt.NDArray[np.bool_]


@numba.njit(cache=True, nogil=True)
def step(rules, fact, state):  # type: ignore[no-untyped-def]  # pragma: no cover  compiled
    """The state after a fact, and whether it can happen in a state. What stands has happened, possible or not."""
    if fact.kind == ROW_REPORT:
        return np.int64(fact.what), state < 0
    if fact.kind == ROW_LAST:
        has_room = state >= 0 and not rules.is_ended[state]
        return (np.int64(fact.what) if has_room else np.int64(state)), has_room
    if fact.what < 0:
        return np.int64(state), True
    after = rules.moves[fact.track, state + 1, fact.what]
    if after >= 0:
        return np.int64(after), True
    lead = rules.leads[fact.what]
    return (np.int64(lead) if fact.kind == STANDS and lead >= 0 else np.int64(state)), False


@numba.njit(cache=True, nogil=True)
def longest_course(rules, facts, lo, hi, order):  # type: ignore[no-untyped-def]  # pragma: no cover  compiled
    """Find the longest course of one case, judge its facts by it, and fill `order` from lo on; returns how many are taken."""
    size = hi - lo
    line, taken = np.arange(lo, hi), np.empty(size, np.int64)
    worth, n, has_report, has_last = _settled(rules, facts, line, taken)
    if size <= _LONG and _with_days_moved(rules, facts, lo, hi, line, taken, worth):
        _, n, has_report, has_last = _settled(rules, facts, line, taken)
    for i in range(lo, hi):
        facts[i].is_taken = False
        if facts[i].kind == ROW_REPORT:
            facts[i].has_room = has_report
        if facts[i].kind == ROW_LAST:
            facts[i].has_room = has_last
    for k in range(n):
        order[lo + k] = taken[k]
        facts[taken[k]].is_taken = True
    _judge(rules, facts, line, taken, n)
    return n


@numba.njit(cache=True, nogil=True)
def _with_days_moved(rules, facts, lo, hi, line, taken, worth):  # type: ignore[no-untyped-def]  # pragma: no cover  compiled
    """Try facts of which only the day is known at later places of it, alone or with those after them; keep what is longer.

    Returns whether anything was tried.
    """
    tries = 0
    tried_line = line.copy()
    for i in range(lo, hi):
        f = facts[i]
        if f.until <= f.at or (f.kind != NEW and f.kind != STANDS and f.kind != OVERRULED):
            continue
        tries += 1
        if tries > _DAYS_MOVED:
            break
        began = f.at
        for with_next in range(2):
            at = began
            is_better = False
            while not is_better:
                later = np.int64(-1)
                for j in range(lo, hi):
                    if facts[j].at > at and facts[j].at <= f.until and (later < 0 or facts[j].at < later):
                        later = facts[j].at
                if later < 0:
                    break
                at = later
                _shift(facts, i, hi, began, at, f.until, with_next == 1)
                _sort(facts, tried_line)
                found, _, _, _ = _settled(rules, facts, tried_line, taken)
                is_better = found > worth
                if is_better:
                    worth = found
                    line[:] = tried_line
                else:
                    _shift(facts, i, hi, at, began, f.until, with_next == 1)
            if is_better:
                break
    _sort(facts, line)
    return tries > 0


@numba.njit(cache=True, nogil=True)
def _shift(facts, i, hi, began, at, until, with_next):  # type: ignore[no-untyped-def]  # pragma: no cover  compiled
    """Move a day-only fact to another instant of its day, and with it those after it that were where it was."""
    for j in range(i, hi if with_next else i + 1):
        if facts[j].at == began and facts[j].until == until:
            facts[j].at = at


@numba.njit(cache=True, nogil=True)
def _sort(facts, line):  # type: ignore[no-untyped-def]  # pragma: no cover  compiled
    """Bring the places of facts into the order of time; those moved come last at their instant, before a flat row's."""
    line.sort()
    for k in range(1, len(line)):
        i, j = line[k], k
        while j > 0 and _comes_after(facts, line[j - 1], i):
            line[j] = line[j - 1]
            j -= 1
        line[j] = i


@numba.njit(cache=True, nogil=True)
def _comes_after(facts, a, b):  # type: ignore[no-untyped-def]  # pragma: no cover  compiled
    if facts[a].at != facts[b].at:
        return facts[a].at > facts[b].at
    if (facts[a].kind == ROW_LAST) != (facts[b].kind == ROW_LAST):
        return facts[a].kind == ROW_LAST
    moved_a, moved_b = facts[a].at != facts[a].was_at, facts[b].at != facts[b].was_at
    return moved_a if moved_a != moved_b else a > b


@numba.njit(cache=True, nogil=True)
def _settled(rules, facts, line, taken):  # type: ignore[no-untyped-def]  # pragma: no cover  compiled
    """The longest course where rewordings are taken back that are no part of it, or make it shorter (rule 3)."""
    for i in line:
        facts[i].is_out = False
    while True:
        worth, n, has_report, has_last = _best(rules, facts, line, taken)
        is_whole, has_changed = True, False
        for i in line:
            facts[i].is_taken = False
        for k in range(n):
            facts[taken[k]].is_taken = True
        for i in line:
            f = facts[i]
            if f.kind == NEW and f.mate >= 0 and not f.is_out and not f.is_taken:
                f.is_out, has_changed = True, True
            is_replaced = f.kind == STANDS and f.mate >= 0 and not facts[f.mate].is_out
            is_whole = is_whole and (f.kind != STANDS or f.is_taken or is_replaced)
        if not has_changed and not is_whole:
            for i in line:
                if facts[i].kind == NEW and facts[i].mate >= 0 and not facts[i].is_out:
                    facts[i].is_out = True
                    without, _, _, _ = _best(rules, facts, line, np.empty_like(taken))
                    if without > worth:
                        has_changed = True
                        break
                    facts[i].is_out = False
        if not has_changed:
            return worth, n, has_report, has_last


@numba.njit(cache=True, nogil=True)
def _best(rules, facts, line, taken):  # type: ignore[no-untyped-def]  # pragma: no cover  compiled
    """The best course: worth, facts taken (into `taken`), and whether the flat row's report and last fact are among them."""
    is_told, last = False, -1
    for i in line:
        f = facts[i]
        last = i if f.kind == ROW_LAST else last
        is_told = is_told or _begins(rules, facts, i)
    worth, n, has_last = _with_last(rules, facts, line, not is_told, last, taken)
    if not is_told:
        return worth, n, True, has_last
    other = np.empty(len(line), np.int64)
    worth_row, n_row, has_last_row = _with_last(rules, facts, line, True, last, other)
    if worth_row > worth:
        taken[:n_row] = other[:n_row]
        return worth_row, n_row, True, has_last_row
    return worth, n, False, has_last


@numba.njit(cache=True, nogil=True)
def _with_last(rules, facts, line, with_report, last, taken):  # type: ignore[no-untyped-def]  # pragma: no cover  compiled
    """The best course with what the flat row says last, where there is room for it (rule 4), else without."""
    worth, n, n_moves = _course(rules, facts, line, with_report, False, taken)
    if last < 0:
        return worth, n, False
    other = np.empty(len(line), np.int64)
    worth_with, n_with, _ = _course(rules, facts, line, with_report, True, other)
    if worth_with < 0:
        return worth, n, False
    gain = worth_with // _MOVE - worth // _MOVE
    if gain > 0 or (gain == 0 and (rules.is_ended[facts[last].what] or n_moves == 0)):
        taken[:n_with] = other[:n_with]
        return worth_with, n_with, True
    return worth, n, False


@numba.njit(cache=True, nogil=True)
def _begins(rules, facts, i):  # type: ignore[no-untyped-def]  # pragma: no cover  compiled
    """Whether a delivered event is a report."""
    f = facts[i]
    if f.kind == ROW_REPORT or f.kind == ROW_LAST or f.what < 0 or rules.moves[f.track, 0, f.what] < 0:
        return False
    return not f.is_out and not (f.kind == STANDS and f.mate >= 0 and not facts[f.mate].is_out)


@numba.njit(cache=True, nogil=True)
def _course(rules, facts, line, with_report, with_last, taken):  # type: ignore[no-untyped-def]  # pragma: no cover  compiled
    """The best course of one choice of the flat row's facts: worth (negative = none), facts taken, moves after the report."""
    members, m = np.empty(len(line), np.int64), 0
    for i in line:
        f = facts[i]
        if f.kind == ROW_REPORT:
            is_in = with_report
        elif f.kind == ROW_LAST:
            is_in = with_last
        elif f.kind == STANDS:
            is_in = f.mate < 0 or facts[f.mate].is_out
        else:
            is_in = not f.is_out
        if is_in and f.kind != ROW_REPORT and f.kind != ROW_LAST and with_report and _begins(rules, facts, i):
            is_in = False
        if is_in:
            members[m] = i
            m += 1
    cuts, n_cuts = _groups(facts, members, m)
    still = np.zeros((n_cuts, rules.moves.shape[1]), np.int64)  # [group, state + 1]: the most that can come from it on
    table = np.empty((1 << _FEW, rules.moves.shape[1]), np.int64)
    for g in range(n_cuts - 2, -1, -1):
        _fill(rules, facts, members, cuts[g], cuts[g + 1], still[g + 1], table)
        still[g] = table[0]
    if still[0, 0] < 0:
        return still[0, 0], 0, 0
    n, n_moves, state = 0, 0, np.int64(-1)
    for g in range(n_cuts - 1):
        begin, end, is_on = cuts[g], cuts[g + 1], True
        mask = np.int64(0)  # members of the group that are taken, a bit each
        _fill(rules, facts, members, begin, end, still[g + 1], table)
        while is_on:
            is_on = False
            for k in range(end - begin):
                value, after = _taking(rules, facts, members, begin, end, mask, k, state, table)
                if value >= 0 and value == table[mask, state + 1]:
                    if state >= 0 and _worth(rules, facts[members[begin + k]]) >= _MOVE:
                        n_moves += 1
                    taken[n] = members[begin + k]
                    n += 1
                    mask |= np.int64(1) << k
                    state, is_on = after, True
                    break
    return still[0, 0], n, n_moves


@numba.njit(cache=True, nogil=True)
def _groups(facts, members, m):  # type: ignore[no-untyped-def]  # pragma: no cover  compiled
    """Where groups of facts begin, and their number with the end: the few facts of one instant, of more each by itself."""
    cuts, n, i = np.empty(m + 1, np.int64), 0, 0
    while i < m:
        j = i + 1
        while j < m and facts[members[j]].at == facts[members[i]].at:
            j += 1
        size = j - i if j - i <= _FEW else 1
        while i < j:
            cuts[n] = i
            n += 1
            i += size
    cuts[n] = m
    return cuts, n + 1


@numba.njit(cache=True, nogil=True)
def _fill(rules, facts, members, begin, end, after, table):  # type: ignore[no-untyped-def]  # pragma: no cover  compiled
    """[members taken, state + 1] -> the most that can still come, of a group and what is `after` it."""
    must, width = 0, end - begin
    for k in range(width):
        f = facts[members[begin + k]]
        must |= (f.kind == ROW_REPORT or f.kind == ROW_LAST or f.is_stuck or f.what < 0) << k
    for mask in range((1 << width) - 1, -1, -1):
        for s in range(table.shape[1]):
            table[mask, s] = after[s] if mask & must == must else _NEVER
            for k in range(width):
                if not mask >> k & 1:
                    value, _ = _taking(rules, facts, members, begin, end, mask, k, np.int64(s - 1), table)
                    table[mask, s] = max(table[mask, s], value)


@numba.njit(cache=True, nogil=True)
def _taking(rules, facts, members, begin, end, mask, k, state, table):  # type: ignore[no-untyped-def]  # pragma: no cover  compiled
    """What taking member k of a group next is worth, all that can come after it included, and the state after it."""
    if mask >> k & 1:
        return np.int64(_NEVER), state
    f = facts[members[begin + k]]
    keeps = f.kind != NEW and f.kind != OVERRULED
    if keeps:  # what stands keeps its order
        for j in range(k + 1, end - begin):
            kind = facts[members[begin + j]].kind
            if mask >> j & 1 and kind != NEW and kind != OVERRULED:
                return np.int64(_NEVER), state
    after, is_possible = step(rules, f, state)
    if not is_possible and not f.is_stuck and f.kind != ROW_REPORT:
        return np.int64(_NEVER), state
    rest = table[mask | 1 << k, after + 1]
    return (rest + _worth(rules, f) if rest >= 0 else np.int64(_NEVER)), after


@numba.njit(cache=True, nogil=True)
def _worth(rules, f):  # type: ignore[no-untyped-def]  # pragma: no cover  compiled
    if f.kind == ROW_REPORT or f.kind == ROW_LAST or f.is_stuck or f.what < 0:
        return np.int64(0)
    is_reworded = f.kind == NEW and f.mate >= 0
    stands = f.kind == STANDS or is_reworded
    if rules.leads[f.what] >= 0:
        return np.int64(_MOVE + stands * _STANDING_MOVE + is_reworded)
    return np.int64(_SIDE + stands * _STANDING_SIDE + is_reworded)


@numba.njit(cache=True, nogil=True)
def _judge(rules, facts, line, taken, n):  # type: ignore[no-untyped-def]  # pragma: no cover  compiled
    """Say of each event what became of it, and why."""
    for i in line:
        f = facts[i]
        f.is_bad = False
        if f.kind == STANDS and (f.mate < 0 or facts[f.mate].is_out):
            f.outcome = ACCEPTED if f.is_taken else CONFLICT
            f.has_moved = f.is_taken and f.at != f.was_at
            f.is_bad = f.is_stuck
        elif f.kind == NEW or f.kind == OVERRULED:
            f.outcome = ACCEPTED
            if not f.is_taken:
                f.outcome, f.clash = _why(rules, facts, taken, n, i)


@numba.njit(cache=True, nogil=True)
def _why(rules, facts, taken, n, i):  # type: ignore[no-untyped-def]  # pragma: no cover  compiled
    """Why an event is no part of the course: its place does not allow it, or which fact after it would be impossible."""
    f = facts[i]
    state, k = np.int64(-1), 0
    while k < n and facts[taken[k]].at <= f.at:
        if facts[taken[k]].mate != i:
            state, _ = step(rules, facts[taken[k]], state)
        k += 1
    f.before = state
    now, is_possible = step(rules, f, state)
    if not is_possible:
        return IMPOSSIBLE, np.int64(i)
    for later in range(k, n):
        if facts[taken[later]].mate == i:
            continue
        now, is_possible = step(rules, facts[taken[later]], now)
        if not is_possible:
            return CONFLICT, taken[later]
    return IMPOSSIBLE, np.int64(i)
