"""The unit's part of a life and the check after it: 签收 退回 指派 处置 反馈 核查 返工, 延期 and 挂账 on the way."""

from typing import Any

import numba

from gridgov.calendars import worked
from gridgov.simulate.cases import codes as c
from gridgov.simulate.cases.clock import (
    ahead,
    clerk,
    deadline,
    desk,
    draw,
    is_workable,
    later,
    lognormal,
    member,
    on_duty,
    somebody,
    sooner,
    tell,
    watch,
)  # fmt: skip
from gridgov.simulate.cases.intake import returned_at
from gridgov.simulate.cases.records import Town
from gridgov.simulate.cases.ways import plan

HOUR, DAY = 3_600, 86_400
_MOST_EXTENSIONS = 2


@numba.njit(cache=True, nogil=True)
def sign(town: Town, row: int, t: int) -> None:
    """签收, and what the unit then means to do."""
    case = town.cases[row]
    tell(town, case, t, c.SIGNED, member(town, case), -1)
    if case.wrongs <= 0:
        take_up(town, row, t, 1.0)
    elif draw(case) < 0.12:  # noticed only by the one it was given to
        ahead(town, row, t + 300 + int(3_000 * draw(case)), c.TO_ASSIGN)
    else:
        ahead(town, row, returned_at(town, case, t), c.TO_RETURN)


@numba.njit(cache=True, nogil=True)
def send_back(town: Town, row: int, t: int) -> None:
    """退回; the centre dispatches it again."""
    case = town.cases[row]
    chance = draw(case)
    reason = c.R_NOT_OURS if chance < 0.7 else (c.R_UNCLEAR if chance < 0.93 else c.R_INCOMPLETE)
    tell(town, case, t, c.RETURNED, member(town, case), reason)
    case.returns += 1
    case.wrongs -= 1
    ahead(town, row, desk(town, case, desk(town, case, t)), c.TO_DISPATCH)


@numba.njit(cache=True, nogil=True)
def take_up(town: Town, row: int, t: int, share: float) -> None:
    """The unit plans the work; it may be held, more time may be asked for. share as in `plan`."""
    case = town.cases[row]
    plan(town, case, t, share)
    if share == 1.0 and not case.plants & c.SELF_CLOSING:
        _ask_perhaps(town, row, t)
        matter = town.matters[case.matter]
        if case.due - t > DAY and draw(case) < matter.suspend + matter.defer:
            case.begins, case.ends = max(case.begins, t + DAY), max(case.ends, t + DAY + HOUR)
            ahead(town, row, later(t, HOUR + 5 * HOUR * draw(case), town), c.TO_HOLD)
    if case.begins - t > 600 and draw(case) < 0.75:
        ahead(town, row, t + min(int(lognormal(case, 900.0, 0.8)), (case.begins - t) // 2), c.TO_ASSIGN)
    else:
        ahead(town, row, max(case.begins, t + 30), c.TO_BEGIN)


@numba.njit(cache=True, nogil=True)
def _ask_perhaps(town: Town, row: int, t: int) -> None:
    """Whoever sees that it will be late may ask for more time; one unit always does, a working day before."""
    case, ways = town.cases[row], town.ways[0]
    if case.extensions > 0:
        return
    if town.units[case.unit].habit == c.ASKS:
        at = sooner(case.due, town.calendar.day_s, town) + int(1_500 * draw(case))
        if at > t and draw(case) < ways.ask_share:
            case.ends = max(case.ends, later(at, 5 * HOUR + 7 * HOUR * draw(case), town))
            ahead(town, row, at, c.TO_ASK)
        return
    is_late = case.ends + HOUR > case.due
    if case.limit_unit > 0 and case.due - t > 4 * HOUR and draw(case) < (ways.late if is_late else ways.idle):
        ahead(town, row, t + int((case.due - t) * (0.4 + 0.5 * draw(case))), c.TO_ASK)


@numba.njit(cache=True, nogil=True)
def assign(town: Town, row: int, t: int) -> None:
    """指派."""
    case = town.cases[row]
    tell(town, case, t, c.ASSIGNED, member(town, case), -1)
    if case.wrongs > 0:
        ahead(town, row, t + 600 + int(5_000 * draw(case)), c.TO_UNASSIGN)
    else:
        ahead(town, row, max(case.begins, t + 30), c.TO_BEGIN)


@numba.njit(cache=True, nogil=True)
def unassign(town: Town, row: int, t: int) -> None:
    """撤回指派: only then may it be returned."""
    case = town.cases[row]
    tell(town, case, t, c.UNASSIGNED, -1, -1)
    ahead(town, row, t + 120 + int(1_200 * draw(case)), c.TO_RETURN)


@numba.njit(cache=True, nogil=True)
def begin(town: Town, row: int, t: int) -> None:
    """处置."""
    case = town.cases[row]
    tell(town, case, t, c.HANDLING, case.handler, -1)
    ahead(town, row, max(case.ends, t + 60), c.TO_HANDLE)


@numba.njit(cache=True, nogil=True)
def handle(town: Town, row: int, t: int) -> None:
    """反馈."""
    case = town.cases[row]
    if case.life == c.SELF_LIFE:
        tell(town, case, t, c.HANDLED, case.reporter if case.reporter >= 0 else somebody(town, case, -1), -1)
        ahead(town, row, t + 45 + int(lognormal(case, 240.0, 0.6)), c.TO_CLOSE)
        return
    if draw(case) < town.ways[0].evidence:
        tell(town, case, t, c.EVIDENCE, case.handler, -1)
    tell(town, case, t, c.HANDLED, case.handler, -1)
    if draw(case) < town.ways[0].unchecked and not case.plants & c.SELF_CLOSING:
        ahead(town, row, max(desk(town, case, t), case.answer), c.TO_CLOSE)
    else:
        wait = 15 if case.plants & c.SELF_CLOSING else desk(town, case, t) - t
        ahead(town, row, t + wait, c.TO_SEND_TO_CHECK)


@numba.njit(cache=True, nogil=True)
def send_to_check(town: Town, row: int, t: int) -> None:
    """核查."""
    case = town.cases[row]
    tell(town, case, t, c.CHECKING, -1, -1)
    ahead(town, row, _looked_at(town, case, t), c.TO_CHECK)


@numba.njit(cache=True, nogil=True)
def _looked_at(town: Town, case: Any, t: int) -> int:
    """When somebody has looked at the place after the handling."""
    ways = town.ways[0]
    if case.plants & c.SELF_CLOSING:
        return t + 30 + int(60 * draw(case))
    if town.matters[case.matter].is_urgent:
        return t + int(lognormal(case, ways.check, 0.5))
    if town.units[case.unit].way == c.QUEUE:
        return on_duty(t, 6 * HOUR, 21 * HOUR) + int(lognormal(case, ways.check, 0.5))
    return on_duty(t, 7 * HOUR, 19 * HOUR) + int(lognormal(case, ways.check_slow, 0.6))


@numba.njit(cache=True, nogil=True)
def check(town: Town, row: int, t: int) -> None:
    """核查通过, or 返工."""
    case = town.cases[row]
    if case.plants & c.SELF_CLOSING:
        tell(town, case, t, c.CHECKED, case.handler, -1)
        ahead(town, row, max(t + 20 + int(30 * draw(case)), case.answer), c.TO_CLOSE)
        return
    checker = somebody(town, case, case.handler)
    if draw(case) < town.units[case.unit].rework and case.reworks < 3:
        chance = draw(case)
        reason = c.R_POOR if chance < 0.6 else (c.R_UNTOUCHED if chance < 0.8 else c.R_PHOTO)
        tell(town, case, t, c.REWORK, checker, reason)
        case.reworks += 1
        take_up(town, row, t, 0.5)
    else:
        tell(town, case, t, c.CHECKED, checker, -1)
        ahead(town, row, max(desk(town, case, t), case.answer), c.TO_CLOSE)


# --- More time, and no time at all -------------------------------------------------------------------------------------


@numba.njit(cache=True, nogil=True)
def hold(town: Town, row: int, t: int) -> None:
    """挂账 until there is an engineering plan, or 缓办 to a better season. Never once overdue."""
    case = town.cases[row]
    if not is_workable(case.state) or case.state == c.DISPATCHED or t >= case.due:
        return
    matter, chance = town.matters[case.matter], draw(case)
    case.paused = t
    boss = clerk(town, case)
    if chance * (matter.suspend + matter.defer) < matter.suspend:
        tell(town, case, t, c.SUSPENDED, boss, c.R_PLAN if draw(case) < 0.6 else c.R_OWNER)
        rest = lognormal(case, 45.0 * DAY, 0.6)
    else:
        tell(town, case, t, c.DEFERRED, boss, c.R_SEASON if draw(case) < 0.6 else c.R_WEATHER)
        rest = lognormal(case, 14.0 * DAY, 0.5)
    ahead(town, row, later(t + int(rest), HOUR * draw(case), town), c.TO_RESUME)


@numba.njit(cache=True, nogil=True)
def resume(town: Town, row: int, t: int) -> None:
    """恢复办理: the clock stood still meanwhile."""
    case, calendar = town.cases[row], town.calendar
    if case.limit_unit == 0 or case.limit_unit == 3:
        case.due += t - case.paused
    else:
        case.due = later(t, float(worked(case.due, calendar) - worked(case.paused, calendar)), town)
    tell(town, case, t, c.RESUMED, clerk(town, case), -1)
    watch(town, row)
    ahead(town, row, later(t, 2 * HOUR + 14 * HOUR * draw(case), town), c.TO_HANDLE)


@numba.njit(cache=True, nogil=True)
def ask(town: Town, row: int, t: int) -> None:
    """申请延期."""
    case = town.cases[row]
    if not is_workable(case.state) or t >= case.due or case.wrongs > 0 or case.extensions >= _MOST_EXTENSIONS:
        return
    chance = draw(case)
    reason = c.R_LARGE if chance < 0.5 else (c.R_MANY if chance < 0.8 else c.R_RAIN)
    tell(town, case, t, c.EXTENSION_ASKED, member(town, case), reason)
    ahead(town, row, min(later(t, HOUR + 2 * HOUR * draw(case), town), (t + case.due) // 2), c.TO_ANSWER)


@numba.njit(cache=True, nogil=True)
def answer(town: Town, row: int, t: int) -> None:
    """延期 by one more limit, or not."""
    case = town.cases[row]
    if not is_workable(case.state):
        return
    boss = clerk(town, case)
    if draw(case) < town.ways[0].granted:
        case.due = deadline(case.due, case.limit, case.limit_unit, town)
        case.extensions += 1
        tell(town, case, t, c.EXTENDED, boss, -1)
    else:
        tell(town, case, t, c.EXTENSION_REFUSED, boss, c.R_WEAK)
