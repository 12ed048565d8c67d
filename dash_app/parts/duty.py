"""Who leads the duty: the roster that the centre writes itself, as posts and not as names of people.

A TOML file, `duty.toml` in the state folder or where GRIDGOV_DUTY says:

    begins = "08:00"              # when one duty hands over to the next

    [weekdays.monday]             # the duty that begins on a Monday; tuesday ... sunday
    leader = "党政办主任"          # 带班领导
    officer = "指挥中心一组组长"   # 值班长

    [days.2026-10-01]             # a day that differs
    leader = "分管领导"
    officer = "指挥中心二组组长"
"""

import tomllib
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gridgov.errors import SettingsError
from gridgov.settings import settings

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: Final[tuple[Weekday, ...]] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Duty(BaseModel):
    """The posts on duty from one change to the next."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    leader: str = Field(min_length=1, max_length=40)
    officer: str = Field(min_length=1, max_length=40)


class Roster(BaseModel):
    """Who is on duty by weekday, and on days that differ."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    begins: time = time(8)
    weekdays: dict[Weekday, Duty] = {}
    days: dict[date, Duty] = {}

    def on(self, at: datetime) -> Duty | None:
        """The duty at a local time: the one that began last; None where the roster names nobody.

        >>> roster = Roster(weekdays={"monday": Duty(leader="A", officer="B")})
        >>> roster.on(datetime(2026, 10, 27, 7, 59)).leader, roster.on(datetime(2026, 10, 27, 8)) is None
        ('A', True)
        """
        day = at.date() if at.time() >= self.begins else at.date() - timedelta(1)
        return self.days.get(day) or self.weekdays.get(WEEKDAYS[day.weekday()])


def path() -> Path:
    """Where the roster is read from."""
    return settings().duty or settings().state / "duty.toml"


def roster() -> Roster | None:
    """The roster as it is written now; None where there is none. Raises SettingsError with one sentence."""
    file = path()
    if not file.is_file():
        return None
    try:
        return Roster.model_validate(tomllib.loads(file.read_text("utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"The duty roster {file} is no TOML: {error}.") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise SettingsError(f"The duty roster {file} is not understood at {where}: {first['msg']}.") from None
