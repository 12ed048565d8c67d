"""What is due when: every period once, on a working day where that is meant, at its local hour."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridgov.analytics.periods import Cycle
from gridgov.calendars import workdays
from gridgov.errors import SettingsError
from gridgov.scheduling.due import due
from gridgov.scheduling.plan import Entry, read_plan

ZONES = ("Asia/Shanghai", "America/New_York", "UTC")


def in_china(day: date) -> bool:
    return bool(workdays("CN", day, day)[0])


def series(kind: str = "weekly", since: date = date(2026, 9, 1), **more: Any) -> Entry:
    return Entry(name="s", kind=kind, since=since, **more)


@given(
    kind=st.sampled_from(["daily", "weekly", "monthly"]),
    since=st.dates(date(2025, 12, 1), date(2026, 2, 1)),
    zone=st.sampled_from(ZONES),
    on=st.sampled_from(["workdays", "every_day"]),
    cycle=st.builds(Cycle, st.integers(0, 6), st.integers(1, 28), st.integers(-7_200, 36_000)),
    after=st.integers(0, 100 * 24),
)
def test_periods_are_due_one_after_the_other_and_none_twice(kind, since, zone, on, cycle, after):
    entry = series(kind, since, on=on, at="08:00")
    now = datetime.combine(since, time(), ZoneInfo(zone)).astimezone(UTC) + timedelta(hours=after)
    found = list(due(entry, now, zone, in_china, cycle))
    later = list(due(entry, now + timedelta(hours=1), zone, in_china, cycle))
    assert later[: len(found)] == found  # what is due stays due
    for of, at in found:
        local = at.astimezone(ZoneInfo(zone))
        assert of.last >= since and at <= now
        assert at >= datetime.combine(of.end, time(), ZoneInfo(zone)).astimezone(UTC) + timedelta(
            seconds=min(cycle.day_start, 0)
        )
        assert on == "every_day" or in_china(local.date())
    for (one, _), (next_one, _) in pairwise(found):
        assert next_one.begin == one.end  # none is left out


@pytest.mark.parametrize(
    ("kind", "last", "on", "at"),
    [
        ("weekly", date(2026, 4, 5), "workdays", "2026-04-07"),  # Qingming: its Monday is a holiday
        ("weekly", date(2026, 4, 5), "every_day", "2026-04-06"),
        ("daily", date(2026, 9, 30), "workdays", "2026-10-08"),  # the week of the National Day
        ("daily", date(2026, 10, 7), "workdays", "2026-10-08"),
        ("daily", date(2026, 9, 19), "workdays", "2026-09-20"),  # a Sunday that makes up for the holidays
        ("monthly", date(2026, 9, 30), "workdays", "2026-10-08"),
    ],
)
def test_a_holiday_moves_what_is_due_to_the_next_working_day(kind, last, on, at):
    entry = series(kind, last, on=on, at="08:30")
    first, due_at = next(iter(due(entry, datetime(2026, 12, 1, tzinfo=UTC), "Asia/Shanghai", in_china)))
    assert first.last == last
    assert due_at.astimezone(ZoneInfo("Asia/Shanghai")) == datetime.fromisoformat(f"{at}T08:30+08:00")


def test_the_shipped_plan_is_understood():
    plan = read_plan("town")
    assert {entry.kind for entry in plan.briefing} == {"daily", "weekly", "monthly"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('at = "08:00"', 'at = "8"'), "no time of day"),
        (('name = "weekly"', 'name = "daily"'), "two briefings are called 'daily'"),
        (("[[briefing]]", 'notices = ["a@b.example"]\n[[briefing]]'), "no \\[mail\\] server"),
        (('kind = "weekly"', 'kind = "hourly"'), "kind"),
        (("version", "versoin"), "versoin"),
        (('version = "1"', "version = "), "not valid TOML"),
    ],
)
def test_faults_of_a_plan_are_said(tmp_path, change, said):
    from gridgov.resources import resource

    text = resource("data", "schedules", "town.toml").read_text("utf-8")
    assert change[0] in text
    (tmp_path / "mine.toml").write_text(text.replace(*change, 1), "utf-8")
    with pytest.raises(SettingsError, match=said):
        read_plan(tmp_path / "mine.toml")


def test_a_plan_that_is_not_there():
    with pytest.raises(SettingsError, match=r"no plan file twon, nor a shipped plan .* shipped are: town"):
        read_plan("twon")
