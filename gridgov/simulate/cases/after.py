"""What comes at the end and from above: 结案 评价 归档 重启, 催办 黄牌 红牌 批示, 双随机, 申诉, 强制结案."""

import numba

from gridgov.simulate.cases import codes as c
from gridgov.simulate.cases.clock import (
    ahead,
    archive_later,
    clerk,
    desk,
    draw,
    is_open,
    later,
    member,
    somebody,
    tell,
    watch,
)
from gridgov.simulate.cases.records import Town

HOUR, DAY = 3_600, 86_400
_HOTLINE = 1
"""Row of CHANNELS."""


@numba.njit(cache=True, nogil=True)
def close(town: Town, row: int, t: int) -> None:
    """结案, and what may follow it."""
    case, ways = town.cases[row], town.ways[0]
    actor = clerk(town, case)
    if case.life == c.SELF_LIFE or case.plants & c.SELF_CLOSING:
        actor = case.reporter if case.reporter >= 0 else somebody(town, case, -1)
    tell(town, case, t, c.CLOSED, actor, -1)
    if case.life == c.FLAT_LIFE:
        return
    if case.life == c.SELF_LIFE:
        if case.wrongs:  # drawn for a check
            ahead(town, row, t + DAY + int(9 * DAY * draw(case)), c.TO_RECHECK)
        return
    if case.channel == _HOTLINE and draw(case) < ways.rated:
        ahead(town, row, t + int((0.1 + 2.5 * draw(case)) * DAY), c.TO_RATE)
    else:
        archive_later(town, row, t)
    if draw(case) < ways.recheck:
        ahead(town, row, later(t, (1 + 7 * draw(case)) * 8 * HOUR, town), c.TO_RECHECK)
    if case.due < t and draw(case) < ways.appeals:
        ahead(town, row, later(t, (2 + 14 * draw(case)) * HOUR, town), c.TO_APPEAL)


@numba.njit(cache=True, nogil=True)
def rate(town: Town, row: int, t: int) -> None:
    """评价; some of the dissatisfied have their order opened again."""
    case, ways = town.cases[row], town.ways[0]
    satisfied = ways.satisfied - (ways.late_penalty if case.closed > case.due else 0.0)
    chance = draw(case)
    case.rating = 1 if draw(case) >= satisfied else (2 if chance < 0.3 else (3 if chance < 0.8 else 4))
    tell(town, case, t, c.EVALUATED, -1, -1)
    if case.counted:
        town.events[town.marks[1] - 1].rating = case.rating
    if case.rating == 1 and draw(case) < ways.back:
        ahead(town, row, later(t, HOUR + 6 * HOUR * draw(case), town), c.TO_REOPEN)
    else:
        archive_later(town, row, t)


@numba.njit(cache=True, nogil=True)
def archive(town: Town, row: int, t: int) -> None:
    """归档."""
    tell(town, town.cases[row], t, c.ARCHIVED, -1, -1)


@numba.njit(cache=True, nogil=True)
def reopen(town: Town, row: int, t: int) -> None:
    """重启: whoever found and solved it does so again; a dispatched case is dispatched again, with a new deadline."""
    case = town.cases[row]
    reason = c.R_DISSATISFIED if case.rating == 1 else c.R_FAILED
    tell(town, case, t, c.REOPENED, clerk(town, case), reason)
    case.closed, case.exempt = -1, 0
    case.extensions = case.wrongs = 0
    if case.life == c.SELF_LIFE:
        ahead(town, row, later(t, (1 + 9 * draw(case)) * HOUR, town), c.TO_HANDLE)
    else:
        ahead(town, row, desk(town, case, t), c.TO_DISPATCH)


@numba.njit(cache=True, nogil=True)
def recheck(town: Town, row: int, t: int) -> None:
    """双随机督查: the place is looked at again by somebody else."""
    case = town.cases[row]
    if is_open(case.state) or case.state == c.VOIDED:
        return
    tell(town, case, t, c.RECHECKED, somebody(town, case, case.reporter), -1)
    if draw(case) < town.ways[0].fails and case.state != c.FORCED_CLOSED:
        ahead(town, row, t + 1_200 + int(3_600 * draw(case)), c.TO_REOPEN)


# --- Pressure ----------------------------------------------------------------------------------------------------------


@numba.njit(cache=True, nogil=True)
def is_late(town: Town, row: int, t: int) -> bool:
    """Open, past its deadline, its clock running."""
    case = town.cases[row]
    return is_open(case.state) and t > case.due and case.state != c.SUSPENDED and case.state != c.DEFERRED


@numba.njit(cache=True, nogil=True)
def notice(town: Town, row: int, t: int) -> None:
    """The deadline has passed; pressure will follow if nothing else does."""
    case, ways = town.cases[row], town.ways[0]
    case.notices -= 1
    if not is_open(case.state) or case.state == c.SUSPENDED or case.state == c.DEFERRED:
        return
    if t < case.due:  # it was moved
        watch(town, row)
        return
    if draw(case) < ways.yellow:
        ahead(town, row, later(t, (1 + 7 * draw(case)) * HOUR, town), c.TO_YELLOW)
    if draw(case) < ways.red:
        ahead(town, row, later(t, (20 + 12 * draw(case)) * HOUR, town), c.TO_RED)
    if draw(case) < ways.instructed:
        ahead(town, row, later(t, (40 + 32 * draw(case)) * HOUR, town), c.TO_INSTRUCT)
    if draw(case) < ways.forced:
        ahead(town, row, later(t, (60 + 100 * draw(case)) * HOUR, town), c.TO_FORCE)


@numba.njit(cache=True, nogil=True)
def warn(town: Town, row: int, t: int, event: int) -> None:
    """黄牌, 红牌, 领导批示; an instruction makes the unit hurry."""
    case = town.cases[row]
    if not is_late(town, row, t):
        return
    tell(town, case, t, event, clerk(town, case), -1)
    if event == c.INSTRUCTED and case.state == c.HANDLING:
        ahead(town, row, later(t, (2 + 14 * draw(case)) * HOUR, town), c.TO_HANDLE)


@numba.njit(cache=True, nogil=True)
def urge(town: Town, row: int, t: int) -> None:
    """催办."""
    case = town.cases[row]
    if is_open(case.state) and case.state != c.SUSPENDED and case.state != c.DEFERRED:
        tell(town, case, t, c.URGED, -1, -1)


@numba.njit(cache=True, nogil=True)
def force(town: Town, row: int, t: int) -> None:
    """强制结案."""
    case = town.cases[row]
    if is_late(town, row, t):
        tell(town, case, t, c.FORCED_CLOSED, clerk(town, case), c.R_LONG)
        archive_later(town, row, t)


@numba.njit(cache=True, nogil=True)
def appeal(town: Town, row: int, t: int) -> None:
    """申诉: once, after a late closing."""
    case = town.cases[row]
    if is_open(case.state) or case.state == c.VOIDED or case.closed <= case.due:
        return
    reason = c.R_FORCE if draw(case) < 0.5 else c.R_LIMIT
    tell(town, case, t, c.APPEALED, member(town, case), reason)
    ahead(town, row, later(t, (8 + 16 * draw(case)) * HOUR, town), c.TO_JUDGE)


@numba.njit(cache=True, nogil=True)
def judge(town: Town, row: int, t: int) -> None:
    """申诉通过 exempts the case; that it was late stays on record."""
    case = town.cases[row]
    if is_open(case.state):
        return
    case.exempt = 1 if draw(case) < town.ways[0].upheld else 0
    event = c.APPEAL_UPHELD if case.exempt else c.APPEAL_REFUSED
    tell(town, case, t, event, clerk(town, case), -1)
