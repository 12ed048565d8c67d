"""The rules of the clocks: what a town may write, and what it is told when it writes something else."""

from datetime import date
from pathlib import Path

import pytest

from gridgov.errors import SettingsError
from gridgov.rules import STAGES, Length, Nodes, parse_length, parse_rules, read_rules
from tests.support import DEFAULT_RULES


def test_the_shipped_rules_are_those_of_the_sources() -> None:
    rules = read_rules()
    assert rules.version == "1"
    assert rules.clock.starts.dispatched == "dispatched"
    assert rules.clock.stops == "handled"
    assert rules.on_time.by == "closed"
    assert rules.extension.times == 2
    assert rules.lights.yellow_left == pytest.approx(1 / 3)
    assert rules.nodes.intake == Length(0.25, "urgent_hour")
    assert rules.nodes.sign == Length(2.0, "work_hour")
    assert rules.limits.dispatched is None


def test_the_calendar_has_the_countrys_days_and_the_towns_own() -> None:
    saturday = date(2026, 2, 14)  # a make-up day before the Spring Festival
    first, last = date(2026, 2, 13), date(2026, 2, 15)
    assert read_rules().calendar(first, last).is_workday.tolist() == [True, True, False]
    own = DEFAULT_RULES.replace("# 2026-02-14 = true", f"{saturday} = false\n2026-02-15 = true")
    table = parse_rules(own).calendar(first, last)
    assert table.is_workday.tolist() == [True, False, True]
    assert table.starts.tolist() == [8 * 3_600, 14 * 3_600]
    assert table.day_s == 8 * 3_600


def test_a_set_of_rules_is_known_by_its_text() -> None:
    again = parse_rules(DEFAULT_RULES)
    assert len(again.sha256) == 64
    assert again.sha256 == read_rules().sha256 != parse_rules(DEFAULT_RULES + "\n# a remark\n").sha256


def test_a_town_has_a_file_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "town.toml"
    path.write_text(DEFAULT_RULES.replace('version = "1"', 'version = "town 3"'), "utf-8")
    assert read_rules(path).version == "town 3"
    with pytest.raises(SettingsError, match=r"no rules file defalt.*did you mean 'default'"):
        read_rules("defalt")


def test_periods_are_those_of_the_calendar_unless_the_town_says_otherwise() -> None:
    shipped = read_rules().periods
    assert (shipped.week_start_no, shipped.month_start, shipped.day_start_s) == (0, 1, 0)
    assert parse_rules(DEFAULT_RULES[: DEFAULT_RULES.index("[periods]")]).periods == shipped
    assert (
        parse_rules(DEFAULT_RULES[: DEFAULT_RULES.index("[suspension]")]).suspension == read_rules().suspension
    )  # of towns with older rules
    own = DEFAULT_RULES.replace('"monday"', '"friday"').replace("month_start = 1 ", "month_start = 26")
    for text, seconds in (("08:00", 28_800), ("-07:00", -25_200), ("23:59", 86_340)):
        periods = parse_rules(own.replace('"00:00"', f'"{text}"')).periods
        assert (periods.week_start_no, periods.month_start, periods.day_start_s) == (4, 26, seconds)


def test_every_node_with_a_limit_is_a_stage() -> None:
    assert set(Nodes.model_fields) < set(STAGES)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("stops =", "stop =", "unknown key `clock.stop` (did you mean 'stops'?)"),
        ("stops =", "stop =", "the key `clock.stops` is missing"),
        ("[nodes]", "[nodez]", "unknown key `nodez` (did you mean 'nodes'?)"),
        ('"2 work_hour"', '"2 work_hours"', "`nodes.sign`: 'work_hours' is no unit of time (did you mean 'work_hour'?)"),
        ('"2 work_hour"', '"soon"', "'soon' is no length of time; write a number and a unit"),
        ('"2 work_hour"', '"0 work_hour"', "'0 work_hour' is no length of time"),
        ('"1/3"', '"1/0"', "`lights.yellow_left`: '1/0' is no share"),
        ("0.8", "1.8", "`lights.at_risk_used`: Input should be less than or equal to 1"),
        ("overdue = false", "overdue = 0", "`extension.overdue`: Input should be a valid boolean"),
        ('"08:00-12:00"', '"8-12"', "'8-12' is no span of a working day"),
        ('"08:00-12:00"', '"15:00-16:00"', "spans of a working day must follow one another"),
        ('country = "CN"', 'country = "XX"', "No official holidays are known for 'XX'"),
        ("# 2026-02-14 = true", "2026-02-30 = true", "`calendar.days.2026-02-30`: Input should be a valid date"),
        ('dispatched = "dispatched"', 'dispatched = "dispatchd"', "is no event that moves a case (did you mean 'dispatched'?)"),
        ('dispatched = "dispatched"', 'dispatched = "urged"', "'urged' is no event that moves a case"),
        ('day_start = "00:00"', 'day_start = "24:00"', "`periods.day_start`: '24:00' is no time a day begins at"),
        ('day_start = "00:00"', 'day_start = "8"', "'8' is no time a day begins at; write '08:00'"),
        ("month_start = 1 ", "month_start = 29", "`periods.month_start`: Input should be less than or equal to 28"),
        ('"monday"', '"mon"', "`periods.week_start`: Input should be 'monday', 'tuesday'"),
        ('version = "1"', 'version = 1"', "is not valid TOML"),
        ('version = "1"', 'version = "1"\nsha256 = "0"', "`sha256` is computed, not written"),
    ],
)  # fmt: skip
def test_what_cannot_be_followed_is_told(old: str, new: str, told: str) -> None:
    assert old in DEFAULT_RULES
    with pytest.raises(SettingsError) as caught:
        parse_rules(DEFAULT_RULES.replace(old, new, 1), "town.toml")
    assert told in str(caught.value)
    assert str(caught.value).startswith("town.toml ")


def test_a_length_stays_a_length() -> None:
    assert parse_length(parse_length("1.5 natural_day")) == Length(1.5, "natural_day")
