"""How units work: when the one who answers begins and is ready. Lateness is an outcome of these ways: nothing draws it.

What is drawn is the work itself (how long it takes those who do it) and, for the hotline, when the caller is reached.

queue     squads and cleaners: so many teams on duty some hours of every day, first come, first served
round     contractors with a zone a day: a village is visited every n working days, and what was reported since is done then
direct    bodies, stations, villages: somebody takes it up after a while and works at it beside other things
approval  illegal buildings: papers, a weekly meeting that decides, sometimes a second one, then the work itself
"""

from typing import Any

import numba

from gridgov.simulate.cases.clock import draw, dry, later, lognormal, member, on_duty
from gridgov.simulate.cases.codes import JUST_IN_TIME, MONTH_END, QUEUE, ROUND, SELF_CLOSING
from gridgov.simulate.cases.records import Town

HOUR = 3_600
_CALL_OUT = 35 * 60
"""Seconds until somebody called out stands there, median."""


@numba.njit(cache=True, nogil=True)
def plan(town: Town, case: Any, t: int, share: float) -> None:
    """Set `begins`, `ends` and `handler`. share = how much of the usual work it is: less when it is done again."""
    unit, matter = town.units[case.unit], town.matters[case.matter]
    case.handler = member(town, case)
    if case.plants & SELF_CLOSING:
        case.handler = case.reporter
        case.begins = t + 20 + int(60 * draw(case))
        case.ends = case.begins + 60 + int(150 * draw(case))
        return
    if matter.is_approval:
        _by_meeting(town, case, t, share)
    elif unit.way == QUEUE:
        _by_team(town, case, t, share)
    elif matter.is_urgent or case.limit_unit == 0:
        _called_out(town, case, t)
    elif unit.way == ROUND:
        _on_round(town, case, t, share)
    else:
        _directly(town, case, t, share)
    wait = dry(case.begins, matter.mm, town) - case.begins
    case.begins += wait
    case.ends += wait
    if unit.habit > 0 and share == 1.0:
        _by_habit(town, case, t)


@numba.njit(cache=True, nogil=True)
def _by_team(town: Town, case: Any, t: int, share: float) -> None:
    unit = town.units[case.unit]
    best, free = unit.first_team, town.teams[unit.first_team]
    for team in range(unit.first_team, unit.first_team + unit.n_teams):
        if town.teams[team] < free:
            best, free = team, town.teams[team]
    case.begins = on_duty(max(t + 300, free), unit.open_s, unit.shut_s)
    case.ends = case.begins + int(lognormal(case, unit.minutes * 60 * share, unit.spread))
    town.teams[best] = case.ends
    if unit.n_staff > 0:
        case.handler = town.staff[unit.first_staff + (best - unit.first_team) % unit.n_staff]


@numba.njit(cache=True, nogil=True)
def _called_out(town: Town, case: Any, t: int) -> None:
    case.begins = t + int(lognormal(case, _CALL_OUT * (1.4 if t % 86_400 < 7 * HOUR else 0.7), 0.4))
    case.ends = case.begins + int(lognormal(case, 1_320.0, 0.5))


@numba.njit(cache=True, nogil=True)
def _on_round(town: Town, case: Any, t: int, share: float) -> None:
    unit = town.units[case.unit]
    zone = town.village[case.grid] if case.grid >= 0 else 0
    calendar = town.calendar
    second = int((8.2 + 8.0 * draw(case)) * HOUR)
    day = t // 86_400 + (1 if t % 86_400 > second else 0)
    while day - calendar.first < len(calendar.is_workday):
        n = calendar.before[day - calendar.first] // calendar.day_s  # working days before this one
        if calendar.is_workday[day - calendar.first] and (n + zone) % unit.days == 0:
            break
        day += 1
    case.begins = day * 86_400 + second
    case.ends = later(case.begins, lognormal(case, unit.minutes * 60 * share, unit.spread), town)


@numba.njit(cache=True, nogil=True)
def _directly(town: Town, case: Any, t: int, share: float) -> None:
    unit, matter = town.units[case.unit], town.matters[case.matter]
    work = lognormal(case, matter.work_s * unit.work * share, unit.spread)
    case.begins = later(t, work * (0.3 + 0.3 * draw(case)), town)
    case.ends = later(case.begins, work * 0.5, town)


@numba.njit(cache=True, nogil=True)
def _by_meeting(town: Town, case: Any, t: int, share: float) -> None:
    ways, ready = town.ways[0], t
    meetings = 0 if share < 1.0 else (2 if draw(case) < ways.second_meeting else 1)
    for _ in range(meetings):
        ready = later(ready, lognormal(case, ways.prepare, ways.approval_spread), town)
        ready = _meeting(town, ready)
    case.begins = later(ready, 900 + 2 * HOUR * draw(case), town)
    case.ends = later(case.begins, lognormal(case, ways.approval_work * share, ways.approval_spread), town)


@numba.njit(cache=True, nogil=True)
def _meeting(town: Town, t: int) -> int:
    """The next weekly meeting; one that falls on a day off is held in the week after."""
    ways, calendar, day = town.ways[0], town.calendar, t // 86_400
    if t % 86_400 > ways.meeting_second:
        day += 1
    while (day + 3) % 7 != ways.meeting_weekday or not _works(calendar, day):  # 1970-01-01 was a Thursday
        day += 1
    return day * 86_400 + ways.meeting_second


@numba.njit(cache=True, nogil=True)
def _works(calendar: Any, day: int) -> bool:
    """Whether a day is a working day; beyond the calendar every day is."""
    n = day - calendar.first
    return calendar.is_workday[n] if 0 <= n < len(calendar.is_workday) else True


@numba.njit(cache=True, nogil=True)
def _by_habit(town: Town, case: Any, t: int) -> None:
    ways, habit, chance = town.ways[0], town.units[case.unit].habit, draw(case)
    if habit == JUST_IN_TIME and chance < ways.habit_share:
        last = case.due - int(ways.just_from + (ways.just_to - ways.just_from) * draw(case))
        if case.ends < last:
            case.ends = last
    elif habit == MONTH_END and chance < ways.month_end_share:
        burst = _end_of_month(town, case, max(case.ends, t))
        if burst <= case.due or draw(case) < 0.6:
            case.ends = burst


@numba.njit(cache=True, nogil=True)
def _end_of_month(town: Town, case: Any, t: int) -> int:
    """A time on one of the last two days of the month in which t lies."""
    day = t // 86_400
    last = town.month_last[min(max(day - town.calendar.first, 0), len(town.month_last) - 1)]
    on = max(last - (1 if draw(case) < 0.35 else 0), day)
    return max(on * 86_400 + int((8.5 + 8.0 * draw(case)) * HOUR), t)
