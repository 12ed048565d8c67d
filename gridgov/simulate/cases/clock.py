"""Small tools of compiled code: chance by case, the heap of steps, working hours, weather, the record of events."""

import math
from typing import Any

import numba

from gridgov.calendars import due, reached, worked
from gridgov.simulate.cases.codes import (
    ARCHIVED,
    ASSIGNED,
    CLOSED,
    COLLECTED,
    DISPATCHED,
    EVALUATED,
    FIRST_ASIDE,
    FIRST_SIDE,
    FORCED_CLOSED,
    HANDLING,
    REWORK,
    SELF_LIFE,
    SIGNED,
    TELLS_DUE,
    TELLS_UNIT,
    TO_ARCHIVE,
    TO_NOTICE,
    VOIDED,
    WINDOW_LIFE,
)  # fmt: skip
from gridgov.simulate.cases.records import Town
from gridgov.simulate.seeds import chance

_BEYOND = 3
"""Past the end of the calendar a working second is taken to last three: nothing there is ever told."""


@numba.njit(cache=True, nogil=True)
def draw(case: Any) -> float:
    """The next number in [0, 1) of a case."""
    case.draws += 1
    return chance(case.salt, case.draws)


@numba.njit(cache=True, nogil=True)
def lognormal(case: Any, median: float, sigma: float) -> float:
    """A lognormal number, by Box and Muller."""
    u, v = draw(case), draw(case)
    return median * math.exp(sigma * math.sqrt(-2.0 * math.log(1.0 - u)) * math.cos(2.0 * math.pi * v))


@numba.njit(cache=True, nogil=True)
def later(t: int, working_s: float, town: Town) -> int:
    """The instant so many working seconds after t."""
    target = worked(t, town.calendar) + max(1, round(working_s))
    found = reached(target, town.calendar)
    if found >= 0:
        return found
    end = (town.calendar.first + len(town.calendar.is_workday)) * 86_400
    return max(end, t) + _BEYOND * (target - town.calendar.before[-1])


@numba.njit(cache=True, nogil=True)
def sooner(t: int, working_s: float, town: Town) -> int:
    """The instant so many working seconds before t."""
    return max(0, reached(max(1, worked(t, town.calendar) - round(working_s)), town.calendar))


@numba.njit(cache=True, nogil=True)
def deadline(t: int, limit: float, unit: int, town: Town) -> int:
    """When a limit that begins at t ends."""
    found = due(t, limit, unit, town.calendar)
    return found if found >= 0 else later(t, limit * (3_600 if unit == 1 else town.calendar.day_s), town)


@numba.njit(cache=True, nogil=True)
def on_duty(t: int, open_s: int, shut_s: int) -> int:
    """t, or the next moment when somebody works who works every day from open_s to shut_s."""
    second = t % 86_400
    if second < open_s:
        return t - second + open_s
    return t if second < shut_s else t - second + 86_400 + open_s


@numba.njit(cache=True, nogil=True)
def dry(t: int, mm: float, town: Town) -> int:
    """t, or the same time of the next day on which less than so many mm fall."""
    day = t // 86_400 - town.calendar.first
    while 0 <= day < len(town.rain) and town.rain[day] > mm:
        day += 1
        t += 86_400
    return t


@numba.njit(cache=True, nogil=True)
def is_night(t: int) -> bool:
    """Between ten in the evening and six in the morning."""
    return t % 86_400 < 6 * 3_600 or t % 86_400 >= 22 * 3_600


@numba.njit(cache=True, nogil=True)
def ahead(town: Town, row: int, at: int, step: int) -> None:
    """Put a step before a case. A step that waits for the one before it makes all earlier ones of its kind void."""
    case = town.cases[row]
    if step < FIRST_ASIDE:
        case.stamp = (case.stamp + 1) & 0xFFFF
    case.pending += 1
    what = (row << 24) | (step << 16) | case.stamp
    heap_at, heap_what, i = town.heap_at, town.heap_what, town.marks[0]
    town.marks[0] += 1
    while i > 0:
        parent = (i - 1) >> 1
        if heap_at[parent] <= at:
            break
        heap_at[i], heap_what[i] = heap_at[parent], heap_what[parent]
        i = parent
    heap_at[i], heap_what[i] = at, what


@numba.njit(cache=True, nogil=True)
def take(town: Town) -> None:
    """Take the first step off the heap."""
    heap_at, heap_what = town.heap_at, town.heap_what
    town.marks[0] -= 1
    n = town.marks[0]
    at, what, i = heap_at[n], heap_what[n], 0
    while True:
        child = 2 * i + 1
        if child >= n:
            break
        if child + 1 < n and heap_at[child + 1] < heap_at[child]:
            child += 1
        if heap_at[child] >= at:
            break
        heap_at[i], heap_what[i] = heap_at[child], heap_what[child]
        i = child
    heap_at[i], heap_what[i] = at, what


@numba.njit(cache=True, nogil=True)
def tell(town: Town, case: Any, at: int, event: int, actor: int, reason: int) -> None:
    """An event happens: it is written down, with the unit and the deadline where it sets them, and the state follows."""
    case.seq += 1
    case.updated = at
    if event < FIRST_SIDE:
        case.state = event
    if event in (CLOSED, FORCED_CLOSED, VOIDED):
        case.closed = at
    if case.counted == 0:
        return
    written = town.events[town.marks[1]]
    town.marks[1] += 1
    written.key, written.at, written.seq, written.event = case.key, at, case.seq, event
    written.actor, written.reason, written.rating = actor, reason, -1
    written.due = case.due if TELLS_DUE[event] else -1
    names_unit = case.life == WINDOW_LIFE or (TELLS_UNIT[event] and case.life != SELF_LIFE)
    written.unit = case.unit if names_unit else -1


@numba.njit(cache=True, nogil=True)
def member(town: Town, case: Any) -> int:
    """Somebody of the unit that has the case, -1 when nobody of it is known."""
    unit = town.units[case.unit]
    return town.staff[unit.first_staff + int(draw(case) * unit.n_staff)] if unit.n_staff > 0 else -1


@numba.njit(cache=True, nogil=True)
def clerk(town: Town, case: Any) -> int:
    """Somebody of the command centre."""
    return town.centre[int(draw(case) * len(town.centre))]


@numba.njit(cache=True, nogil=True)
def is_workable(state: int) -> bool:
    """Whether a unit has the case: it may ask for time, it may be held."""
    return state in (DISPATCHED, SIGNED, ASSIGNED, HANDLING, REWORK)


@numba.njit(cache=True, nogil=True)
def is_open(state: int) -> bool:
    """Whether a case is open in a state."""
    return state not in (CLOSED, FORCED_CLOSED, EVALUATED, ARCHIVED, VOIDED, COLLECTED)  # fmt: skip


@numba.njit(cache=True, nogil=True)
def desk(town: Town, case: Any, t: int) -> int:
    """When the command centre's desk has done its next stroke: minutes, more of them at night."""
    ways = town.ways[0]
    return t + 20 + int(lognormal(case, ways.desk_night if is_night(t) else ways.desk_day, ways.desk_spread))


@numba.njit(cache=True, nogil=True)
def somebody(town: Town, case: Any, not_he: int) -> int:
    """Who looks at the place: its grid worker, or its inspector when the worker did the work."""
    if case.grid < 0:
        return -1
    worker, inspector = town.checkers[case.grid, 0], town.checkers[case.grid, 1]
    if worker >= 0 and worker != not_he:
        return worker
    return inspector if inspector != not_he else -1


@numba.njit(cache=True, nogil=True)
def archive_later(town: Town, row: int, t: int) -> None:
    """A few days on, the record is put away."""
    ways, case = town.ways[0], town.cases[row]
    ahead(town, row, t + int(ways.archive_from + (ways.archive_to - ways.archive_from) * draw(case)), TO_ARCHIVE)


@numba.njit(cache=True, nogil=True)
def watch(town: Town, row: int) -> None:
    """Somebody will look when the deadline has passed; one look at a time lies ahead."""
    case = town.cases[row]
    if case.notices == 0:
        case.notices = 1
        ahead(town, row, case.due + 60, TO_NOTICE)
