"""The ground that lives stand on: units with their ways, people, weather and numbers, as compiled code wants them."""

from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd

from gridgov.calendars import Table
from gridgov.errors import SettingsError
from gridgov.simulate.cases import codes as c
from gridgov.simulate.cases.places import People
from gridgov.simulate.cases.rates import SIX
from gridgov.simulate.cases.records import CASE, EVENT, UNIT, WAYS, Records, Town
from gridgov.simulate.model import Days
from gridgov.simulate.scenario import EPOCH, Scenario

HOUR, DAY = 3_600, 86_400
_WAYS = {"queue": c.QUEUE, "round": c.ROUND, "direct": c.DIRECT}
_VERIFIED = ("hotline", "app", "camera")
"""Channels whose reports a grid worker looks at before they are filed."""


def make_town(
    scenario: Scenario, units: pd.DataFrame, people: People, matters: Records, village: np.ndarray, days: Days,
    calendar: Table, p: dict[str, Any], q: dict[str, Any],
) -> Town:  # fmt: skip
    """Everything but the cases. Raises SettingsError when days and calendar do not begin together."""
    if calendar.first != days.first:
        raise SettingsError(f"The calendar begins on day {calendar.first}, the weather on day {days.first}.")
    records, n_teams = _units(scenario, units, people, p, q)
    centre = people.code[p["desk"]["centre"]]
    return Town(
        cases=np.zeros(0, CASE),
        events=np.zeros(1 << 18, EVENT),
        marks=np.zeros(4, np.int64),
        heap_at=np.zeros(0, np.int64),
        heap_what=np.zeros(0, np.int64),
        done=np.zeros(0, np.int64),
        matters=matters,
        units=records,
        teams=np.zeros(max(1, n_teams), np.int64),
        counters=np.zeros(max(1, round(14 * scenario.scale)), np.int64),
        reviewers=np.zeros(max(1, round(p["window"]["reviewers"] * scenario.scale)), np.int64),
        staff=people.staff.astype(np.int64),
        centre=people.staff[people.first[centre] : people.first[centre + 1]].astype(np.int64),
        checkers=people.checkers,
        village=village,
        void=np.array([p["desk"]["void"][channel] for channel in SIX]),
        verified=np.array([channel in _VERIFIED for channel in SIX]),
        orchard=np.array([people.code[unit] for unit in q["orchard_fire"]["turn"]]),
        rain=days.rain_mm.astype(float),
        month_last=_month_last(calendar),
        ways=_ways(people, p, q),
        calendar=calendar,
    )


def _month_last(calendar: Table) -> np.ndarray:
    """The last day of each day's month."""
    days = [EPOCH + timedelta(calendar.first + k) for k in range(len(calendar.is_workday))]
    return np.array(
        [((day.replace(day=28) + timedelta(4)).replace(day=1) - timedelta(1) - EPOCH).days for day in days], np.int64
    )


def _units(
    scenario: Scenario, units: pd.DataFrame, people: People, p: dict[str, Any], q: dict[str, Any]
) -> tuple[Records, int]:
    table, n_teams = np.zeros(len(units), UNIT), 0
    habits = {"just_in_time": c.JUST_IN_TIME, "asks_a_day_before": c.ASKS, "month_end": c.MONTH_END}
    habit_of = {q[name]["unit"]: number for name, number in habits.items()}
    for row, (code, kind) in enumerate(zip(units["code"], units["kind"], strict=True)):
        unit, spec = table[row], p["ways"].get(code, p["ways"][kind])
        unit["way"], unit["spread"], unit["rework"] = _WAYS[spec["way"]], spec["spread"], spec["rework"]
        unit["work"], unit["minutes"], unit["days"] = (
            spec.get("work", 0.3),
            spec.get("minutes", 60),
            spec.get("days", 1),
        )
        unit["open_s"], unit["shut_s"] = (round(h * HOUR) for h in spec.get("open", (8, 18)))
        unit["habit"] = habit_of.get(code, 0)
        unit["first_staff"], unit["n_staff"] = people.first[row], people.first[row + 1] - people.first[row]
        if spec["way"] == "queue":
            unit["first_team"], unit["n_teams"] = n_teams, max(1, round(spec["teams"] * scenario.scale))
            n_teams += int(unit["n_teams"])
    return table, n_teams


def _ways(people: People, p: dict[str, Any], q: dict[str, Any]) -> Records:
    desk, unit, after, push, window = p["desk"], p["unit"], p["after"], p["pressure"], p["window"]
    just, approval, reply = q["just_in_time"], p["approval"], p["limits"]["reply_days"]
    said = {
        "desk_day": desk["day"] * 60, "desk_night": desk["night"] * 60, "desk_spread": desk["spread"],
        "verify": desk["verify"] * 60, "check": desk["check"] * 60, "check_slow": desk["check_slow"] * 60,
        "unchecked": desk["unchecked"],
        "sign": unit["sign"] * 60, "sign_urgent": unit["sign_urgent"] * 60, "unsigned": unit["unsigned"],
        "give_back": unit["give_back"] * 60, "evidence": unit["evidence"],
        "late": p["extension"]["late"], "idle": p["extension"]["idle"], "granted": p["extension"]["granted"],
        "rated": after["rated"], "satisfied": after["satisfied"], "late_penalty": after["late_penalty"], "back": after["back"],
        "recheck": after["recheck"], "fails": after["fails"], "appeals": after["appeals"], "upheld": after["upheld"],
        "archive_from": after["archive_days"][0] * DAY, "archive_to": after["archive_days"][1] * DAY,
        "urged": push["urged"], "yellow": push["yellow"], "red": push["red"],
        "instructed": push["instructed"], "forced": push["forced"],
        "meeting_weekday": approval["weekday"], "meeting_second": round(approval["hour"] * HOUR),
        "prepare": approval["prepare_h"] * HOUR, "second_meeting": approval["second"],
        "approval_work": approval["work_h"] * HOUR, "approval_spread": approval["spread"],
        "habit_share": just["share"], "ask_share": q["asks_a_day_before"]["share"], "month_end_share": q["month_end"]["share"],
        "just_from": just["minutes"][0] * 60, "just_to": just["minutes"][1] * 60,
        "orchard_end": people.code[q["orchard_fire"]["ends_with"]],
        "consult_days": reply["consult"][0], "consult_spread": reply["consult"][1],
        "general_days": reply["general"][0], "general_spread": reply["general"][1],
        "counter": window["minutes"] * 60, "open_s": round(window["open"][0] * HOUR), "shut_s": round(window["open"][1] * HOUR),
        "lunch_from": round(window["lunch"][0] * HOUR), "lunch_to": round(window["lunch"][1] * HOUR),
        "at_lunch": window["at_lunch"], "at_once": window["at_once"], "review": window["review_minutes"] * 60,
        "approval_days": window["approval_days"][0], "approval_days_spread": window["approval_days"][1],
        "collected": window["collected"],
    }  # fmt: skip
    table = np.zeros(1, WAYS)
    for name in WAYS.names or ():
        table[name] = said[name]
    return table
