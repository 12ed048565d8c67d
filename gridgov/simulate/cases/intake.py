"""The command centre's part of a life: 上报 受理 核实 立案 派遣. Each function is a step whose time has come."""

from typing import Any

import numba

from gridgov.simulate.cases import codes as c
from gridgov.simulate.cases.clock import (
    ahead,
    archive_later,
    clerk,
    deadline,
    desk,
    draw,
    later,
    lognormal,
    on_duty,
    somebody,
    tell,
    watch,
)  # fmt: skip
from gridgov.simulate.cases.records import Town

HOUR = 3_600
_HOTLINE = 1
"""Row of CHANNELS."""


@numba.njit(cache=True, nogil=True)
def report(town: Town, row: int, t: int) -> None:
    """上报."""
    case = town.cases[row]
    tell(town, case, case.reported, c.REPORTED, case.reporter, -1)
    if case.life == c.SELF_LIFE:
        ahead(town, row, t + 90 + int(lognormal(case, 420.0, 0.6)), c.TO_HANDLE)
    elif case.life == c.FLAT_LIFE:
        ahead(town, row, later(t, lognormal(case, 3.5 * 8 * HOUR, 0.7), town), c.TO_CLOSE)
    else:
        ahead(town, row, desk(town, case, t), c.TO_ACCEPT)


@numba.njit(cache=True, nogil=True)
def accept(town: Town, row: int, t: int) -> None:
    """受理: filed, or looked at first; some are never filed."""
    case = town.cases[row]
    tell(town, case, t, c.ACCEPTED, -1, -1)
    is_void = draw(case) < town.void[case.channel] and case.plants & (c.ORCHARD | c.SELF_CLOSING | c.RETURNING) == 0
    if town.verified[case.channel] and draw(case) < 0.85:
        case.wrongs = -1 if is_void else case.wrongs
        ahead(town, row, desk(town, case, t), c.TO_SEND_TO_VERIFY)
    else:
        ahead(town, row, desk(town, case, t), c.TO_VOID if is_void else c.TO_FILE)


@numba.njit(cache=True, nogil=True)
def void(town: Town, row: int, t: int) -> None:
    """不予立案: nothing was there, it is known already, or it is nothing for the town."""
    case = town.cases[row]
    reason = c.R_REPEATED if case.is_repeat else (c.R_NOT_THERE if case.state == c.VERIFIED else c.R_OUT_OF_SCOPE)
    tell(town, case, t, c.VOIDED, clerk(town, case), reason)
    archive_later(town, row, t)


@numba.njit(cache=True, nogil=True)
def send_to_verify(town: Town, row: int, t: int) -> None:
    """核实."""
    case = town.cases[row]
    tell(town, case, t, c.VERIFYING, -1, -1)
    begin = t if town.matters[case.matter].is_urgent else on_duty(t, int(7.5 * HOUR), 19 * HOUR)
    ahead(town, row, begin + int(lognormal(case, town.ways[0].verify, 0.6)), c.TO_VERIFY)


@numba.njit(cache=True, nogil=True)
def verify(town: Town, row: int, t: int) -> None:
    """已核实."""
    case = town.cases[row]
    tell(town, case, t, c.VERIFIED, somebody(town, case, -1), -1)
    ahead(town, row, desk(town, case, t), c.TO_VOID if case.wrongs < 0 else c.TO_FILE)


@numba.njit(cache=True, nogil=True)
def file(town: Town, row: int, t: int) -> None:
    """立案."""
    case = town.cases[row]
    tell(town, case, t, c.REGISTERED, clerk(town, case), -1)
    ahead(town, row, desk(town, case, t), c.TO_DISPATCH)


@numba.njit(cache=True, nogil=True)
def dispatch(town: Town, row: int, t: int) -> None:
    """派遣: to the owner, or by mistake to somebody else. The first dispatch starts the clock, a reopened case a new one."""
    case = town.cases[row]
    case.unit = _addressee(town, case)
    if case.due < 0 or case.state == c.REOPENED:
        case.due = deadline(t, case.limit, case.limit_unit, town)
        case.answer = _answer(town, case, t)
        watch(town, row)
        if draw(case) < town.ways[0].urged:
            ahead(town, row, t + int((case.due - t) * (0.75 + 0.2 * draw(case))), c.TO_URGE)
    tell(town, case, t, c.DISPATCHED, clerk(town, case), -1)
    if case.wrongs > 0 and draw(case) < town.ways[0].unsigned:
        ahead(town, row, returned_at(town, case, t), c.TO_RETURN)
    else:
        ahead(town, row, _signed_at(town, case, t), c.TO_SIGN)


@numba.njit(cache=True, nogil=True)
def _addressee(town: Town, case: Any) -> int:
    """Which unit it is sent to this time."""
    if case.plants & c.ORCHARD:
        n = len(town.orchard)
        return town.orchard[(case.returns + case.salt) % n] if case.wrongs > 0 else town.ways[0].orchard_end
    if case.wrongs > 0:
        return case.wrong if case.returns == 0 else case.other
    return case.owner


@numba.njit(cache=True, nogil=True)
def _answer(town: Town, case: Any, t: int) -> int:
    """When a citizen is called back: an order of the hotline is closed only then."""
    ways, day = town.ways[0], town.calendar.day_s
    if case.channel != _HOTLINE:
        return -1
    if town.matters[case.matter].is_consult:
        return later(t, lognormal(case, ways.consult_days * day, ways.consult_spread), town)
    return later(t, lognormal(case, ways.general_days * day, ways.general_spread), town)


@numba.njit(cache=True, nogil=True)
def _signed_at(town: Town, case: Any, t: int) -> int:
    ways, unit = town.ways[0], town.units[case.unit]
    if case.plants & c.SELF_CLOSING:
        return t + 15 + int(45 * draw(case))
    if town.matters[case.matter].is_urgent:
        return t + 15 + int(lognormal(case, ways.sign_urgent, 0.6))
    if unit.way == c.QUEUE:
        return on_duty(t, unit.open_s, unit.shut_s) + int(lognormal(case, 2 * ways.sign_urgent, 0.7))
    return later(t, lognormal(case, ways.sign, 0.9), town)


@numba.njit(cache=True, nogil=True)
def returned_at(town: Town, case: Any, t: int) -> int:
    """A wrong case is given back after a while; an urgent one sooner."""
    wait = lognormal(case, town.ways[0].give_back, 0.7)
    if town.matters[case.matter].is_urgent or case.plants & c.ORCHARD:
        return t + 300 + int(wait * 0.25)
    return later(t, wait, town)
