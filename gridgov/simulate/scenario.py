"""The scenario: the readable parameters of a made-up town, in data/scenarios/<name>/."""

import tomllib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from gridgov.errors import SettingsError
from gridgov.resources import resource
from gridgov.text import nearest

EPOCH = date(1970, 1, 1)
_FULL = 25
"""Months of the full period; what is planted "in month 8" is planted at the same share of a shorter one."""


@dataclass(frozen=True)
class Scenario:
    """Where the parameters lie, and the period to simulate.

    folder    data/scenarios/<name>
    town      town.toml
    months    calendar months simulated
    seed      of all chance
    scale     multiplies cases, the people who handle them and the patrols
    """

    name: str
    folder: Path
    town: dict[str, Any]
    months: int
    seed: int
    scale: float

    @property
    def begin(self) -> date:
        """First local day."""
        year, month = map(int, self.town["last_month"].split("-"))
        n = year * 12 + month - self.months
        return date(n // 12, n % 12 + 1, 1)

    @property
    def end(self) -> date:
        """First local day after the period."""
        return self.first_of_month(self.months + 1)

    @property
    def begin_day(self) -> int:
        """The first day, as days since 1970-01-01."""
        return (self.begin - EPOCH).days

    @property
    def end_day(self) -> int:
        """The day after the last one, as days since 1970-01-01."""
        return (self.end - EPOCH).days

    def first_of_month(self, k: int) -> date:
        """First day of the k-th month of the period, k = 1 .. months + 1."""
        n = self.begin.year * 12 + self.begin.month - 1 + k - 1
        return date(n // 12, n % 12 + 1, 1)

    def planted_day(self, month: float) -> int:
        """The day, since 1970-01-01, at which what is planted in a month of 25 begins; a shorter period is scaled.

        Month 8.0 is the first day of the eighth month, 8.5 its middle.
        """
        share = (month - 1) / _FULL
        return self.begin_day + round(share * (self.end_day - self.begin_day))

    def read(self, name: str) -> dict[str, Any]:
        """Another file of the scenario, as it stands."""
        return tomllib.loads((self.folder / name).read_text("utf-8"))


def read_scenario(name: str, *, months: int = _FULL, seed: int = 1, scale: float = 1.0) -> Scenario:
    """The scenario of a name. Raises SettingsError when there is none, or when a number is out of range."""
    folder = resource("data", "scenarios", name)
    known = sorted(path.parent.name for path in resource("data", "scenarios").glob("*/town.toml"))
    if name not in known:
        raise SettingsError(f"There is no scenario '{name}'{nearest(name, known)}. There are: {', '.join(known)}.")
    if not 1 <= months <= 120:
        raise SettingsError(f"--months {months} is out of range: 1 to 120 calendar months can be simulated.")
    if not 0 < scale <= 1000:
        raise SettingsError(f"--scale {scale} is out of range: above 0, at most 1000.")
    if seed < 0:
        raise SettingsError(f"--seed {seed} is out of range: 0 or more.")
    town = tomllib.loads((folder / "town.toml").read_text("utf-8"))
    zone = ZoneInfo(town["time_zone"])
    if len({zone.utcoffset(datetime(2025, month, 1)) for month in range(1, 13)}) > 1:
        raise SettingsError(f"The zone {town['time_zone']} of {name} has summer time; a scenario needs one without.")
    return Scenario(name, folder, town, months, seed, scale)


def day_of(number: int) -> date:
    """The date of a day number."""
    return EPOCH + timedelta(days=number)
