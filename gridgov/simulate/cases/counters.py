"""The service windows: 上报 (taking a number) 受理 初审 审核 办结 取件. Counters and reviewers are few, the rest is waiting."""

from typing import Any

import numba

from gridgov.calendars import reached, worked
from gridgov.simulate.cases import codes as c
from gridgov.simulate.cases.clock import ahead, deadline, draw, later, lognormal, on_duty, tell
from gridgov.simulate.cases.records import Town

HOUR, DAY = 3_600, 86_400
_WINDOWS = 14
_INCOMPLETE = 0.015
"""Share sent home because papers are missing."""


@numba.njit(cache=True, nogil=True)
def take_number(town: Town, row: int, t: int) -> None:
    """上报: the first counter that is free; at lunch few are open."""
    case = town.cases[row]
    tell(town, case, t, c.REPORTED, -1, -1)
    best, begins = 0, _free_at(town, 0, t)
    start = int(draw(case) * len(town.counters))
    for k in range(len(town.counters)):
        counter = (start + k) % len(town.counters)
        at = _free_at(town, counter, t)
        if at < begins:
            best, begins = counter, at
    case.begins = begins + 20
    case.ends = case.begins + int(lognormal(case, town.ways[0].counter, 0.5))
    town.counters[best] = case.ends
    case.unit = best % _WINDOWS
    ahead(town, row, case.begins, c.TO_ACCEPT)


@numba.njit(cache=True, nogil=True)
def _free_at(town: Town, counter: int, t: int) -> int:
    ways, n = town.ways[0], len(town.counters)
    at = max(t, town.counters[counter])
    second = at % DAY
    if ways.lunch_from <= second < ways.lunch_to and counter * _WINDOWS >= ways.at_lunch * n:
        return at - second + ways.lunch_to
    return at


@numba.njit(cache=True, nogil=True)
def accept(town: Town, row: int, t: int) -> None:
    """受理."""
    case = town.cases[row]
    case.due = deadline(t, case.limit, case.limit_unit, town)
    tell(town, case, t, c.ACCEPTED, -1, -1)
    ahead(town, row, case.ends, c.TO_VOID if draw(case) < _INCOMPLETE else c.TO_PREREVIEW)


@numba.njit(cache=True, nogil=True)
def turn_away(town: Town, row: int, t: int) -> None:
    """不予受理."""
    tell(town, town.cases[row], t, c.VOIDED, -1, c.R_INCOMPLETE)


@numba.njit(cache=True, nogil=True)
def prereview(town: Town, row: int, t: int) -> None:
    """初审; what cannot be decided at once waits for a reviewer, and often for an approval."""
    case, ways = town.cases[row], town.ways[0]
    tell(town, case, t, c.PREREVIEWED, -1, -1)
    if draw(case) < ways.at_once:
        case.wrongs = 1  # decided while the citizen waits
        ahead(town, row, t + 60 + int(lognormal(case, 300.0, 0.6)), c.TO_REVIEW)
        return
    ready = _reviewed(town, case, t)
    ahead(
        town,
        row,
        later(ready, lognormal(case, ways.approval_days * 8 * HOUR, ways.approval_days_spread), town),
        c.TO_REVIEW,
    )


@numba.njit(cache=True, nogil=True)
def _reviewed(town: Town, case: Any, t: int) -> int:
    """When the first free reviewer has read it; reviewers are counted in working seconds, so they rest by themselves."""
    best = 0
    for k in range(len(town.reviewers)):
        if town.reviewers[k] < town.reviewers[best]:
            best = k
    begins = max(worked(t, town.calendar), town.reviewers[best])
    town.reviewers[best] = begins + 1 + int(lognormal(case, town.ways[0].review, 0.6))
    at = reached(town.reviewers[best], town.calendar)
    return max(at, t + 60)


@numba.njit(cache=True, nogil=True)
def review(town: Town, row: int, t: int) -> None:
    """审核."""
    case = town.cases[row]
    tell(town, case, t, c.REVIEWED, -1, -1)
    wait = 60 + int(lognormal(case, 150.0, 0.5)) if case.wrongs else later(t, 3 * HOUR * draw(case), town) - t
    ahead(town, row, t + wait, c.TO_DECIDE)


@numba.njit(cache=True, nogil=True)
def decide(town: Town, row: int, t: int) -> None:
    """办结."""
    case, ways = town.cases[row], town.ways[0]
    tell(town, case, t, c.CLOSED, -1, -1)
    if draw(case) >= ways.collected:
        return
    at = t + 60 + int(400 * draw(case)) if case.wrongs else _comes(town, case, t)
    ahead(town, row, at, c.TO_COLLECT)


@numba.njit(cache=True, nogil=True)
def _comes(town: Town, case: Any, t: int) -> int:
    """When the citizen fetches the paper: some days later, when the windows are open."""
    at = later(t, lognormal(case, 9.0 * HOUR, 0.9), town)
    return on_duty(at, town.ways[0].open_s, town.ways[0].shut_s)


@numba.njit(cache=True, nogil=True)
def collect(town: Town, row: int, t: int) -> None:
    """取件."""
    tell(town, town.cases[row], t, c.COLLECTED, -1, -1)
