"""The rules of the clocks: when the time of a case runs, how long it may take, when a light turns, how periods are counted.

Read from data/rules/<name>.toml, versioned, so that a number can say by which rules it was computed. Unknown keys are
refused with the nearest known key.
"""

import hashlib
import re
import tomllib
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, Self, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from gridgov import calendars
from gridgov.errors import CalendarError, SettingsError
from gridgov.process import EVENTS
from gridgov.text import nearest
from gridgov.tomlfile import faults, own_or_shipped
from gridgov.vocabulary import LIMIT_UNITS

STAGES = ("intake", "verify", "dispatch", "sign", "handle", "check", "close", "suspended", "deferred")
"""The nodes in which an open case waits (环节): 受理立案, 核实, 派遣, 签收, 处置, 核查, 结案; 挂账, 缓办."""

Pause = Literal["suspended", "deferred"]
_SPAN = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)")
_CUT_OFF = re.compile(r"(-?)(\d\d):(\d\d)")


class Length(NamedTuple):
    """A length of time: how many of which unit (vocabulary.LIMIT_UNITS)."""

    value: float
    unit: str


def parse_length(text: Any) -> Length:
    """A length such as `2 work_hour` or `15 minute`; raises ValueError for anything else.

    >>> parse_length("15 minute"), parse_length("5 work_day")
    (Length(value=0.25, unit='urgent_hour'), Length(value=5.0, unit='work_day'))
    """
    if isinstance(text, Length):
        return text
    found = re.fullmatch(r"(\d+(?:\.\d+)?) +(\w+)", text) if isinstance(text, str) else None
    units = ("minute", *LIMIT_UNITS)
    if found is None or float(found[1]) <= 0:
        raise ValueError(f"{text!r} is no length of time; write a number and a unit, such as '2 work_hour'")
    if found[2] not in units:
        raise ValueError(f"'{found[2]}' is no unit of time{nearest(found[2], units)}; there are {', '.join(units)}")
    return Length(float(found[1]) / 60, "urgent_hour") if found[2] == "minute" else Length(float(found[1]), found[2])


def _share(value: Any) -> Any:
    """A number, or a fraction in quotes."""
    if isinstance(value, str):
        try:
            return float(Fraction(value))
        except (ValueError, ZeroDivisionError):
            raise ValueError(f"'{value}' is no share; write 0.25 or '1/4'") from None
    return value


Limit = Annotated[Length, BeforeValidator(parse_length)]
Share = Annotated[float, BeforeValidator(_share), Field(ge=0, le=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Working(_Strict):
    """When people work."""

    country: str
    spans: list[str] = Field(min_length=1)
    days: dict[Annotated[date, Field(strict=False)], bool] = {}

    @field_validator("spans")
    @classmethod
    def _spans(cls, spans: list[str]) -> list[str]:
        for text in spans:
            if not _SPAN.fullmatch(text):
                raise ValueError(f"'{text}' is no span of a working day; write '08:00-12:00'")
        return spans

    def seconds(self) -> tuple[tuple[int, int], ...]:
        """The spans in seconds of the day."""
        found = [[int(part) for part in _SPAN.fullmatch(text).groups()] for text in self.spans]  # type: ignore[union-attr]
        return tuple((h1 * 3_600 + m1 * 60, h2 * 3_600 + m2 * 60) for h1, m1, h2, m2 in found)


class Starts(_Strict):
    """The event that starts the clock, by track."""

    dispatched: str
    self_handled: str
    service: str
    unknown: str
    flat: Literal["reported"]

    @field_validator("dispatched", "self_handled", "service", "unknown")
    @classmethod
    def _event(cls, code: str) -> str:
        events = [event.code for event in EVENTS.values() if not event.is_side]
        if code not in events:
            raise ValueError(f"'{code}' is no event that moves a case{nearest(code, events)}")
        return code


class Clock(_Strict):
    """When the time of a case runs."""

    starts: Starts
    pauses: list[Pause]
    stops: Literal["handled", "closed"]
    reopened: Literal["new", "keep"]


class Deadline(_Strict):
    """What a deadline from the source is worth."""

    delivered: Literal["wins", "fills"]
    counted_in: Literal["urgent_hour", "work_hour", "work_day", "natural_day"]


class Extension(_Strict):
    """What an extension adds that does not bring its own deadline."""

    times: int = Field(ge=0)
    overdue: bool


class OnTime(_Strict):
    """What must come before the deadline, and which cases are not due meanwhile."""

    by: Literal["closed", "handled"]
    leaves: list[Pause]


class Lights(_Strict):
    """When a light turns."""

    yellow_left: Share
    at_risk_used: Share
    deep_red_after: float = Field(ge=0)


class Limits(_Strict):
    """Limits of cases of which nobody says one."""

    dispatched: Limit | None = None
    self_handled: Limit | None = None
    service: Limit | None = None
    unknown: Limit | None = None
    urgent: Limit | None = None


class Nodes(_Strict):
    """How long a case may wait at each node."""

    intake: Limit | None = None
    verify: Limit | None = None
    dispatch: Limit | None = None
    sign: Limit | None = None
    check: Limit | None = None
    close: Limit | None = None


class Periods(_Strict):
    """How the town counts its statistical periods (统计周期)."""

    week_start: Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] = "monday"
    month_start: int = Field(1, ge=1, le=28)
    day_start: str = "00:00"

    @field_validator("day_start")
    @classmethod
    def _day_start(cls, text: str) -> str:
        found = _CUT_OFF.fullmatch(text)
        if found is None or int(found[2]) > 23 or int(found[3]) > 59:
            raise ValueError(
                f"'{text}' is no time a day begins at; write '08:00', or '-07:00' for 17:00 of the day before"
            )
        return text

    @property
    def week_start_no(self) -> int:
        """0 = Monday ... 6 = Sunday."""
        return get_args(type(self).model_fields["week_start"].annotation).index(self.week_start)

    @property
    def day_start_s(self) -> int:
        """Seconds from local midnight to the begin of the statistical day of that date; negative = on the day before."""
        sign, hours, minutes = _CUT_OFF.fullmatch(self.day_start).groups()  # type: ignore[union-attr]
        return (-1 if sign else 1) * (int(hours) * 3_600 + int(minutes) * 60)


def _round_the_clock(length: Length) -> Length:
    if length.unit not in ("urgent_hour", "natural_day"):
        raise ValueError(f"a length in {length.unit} depends on the calendar; write it in urgent_hour or natural_day")
    return length


class Suspension(_Strict):
    """How long a case may be paused (挂账, 缓办)."""

    days: int = Field(365, ge=1)


class Duplicates(_Strict):
    """When two reports tell of one trouble, the earlier still open (重复)."""

    within: Annotated[Limit, AfterValidator(_round_the_clock)] = Length(24.0, "urgent_hour")
    metres: float = Field(50, ge=1, le=1_000)
    alike: Share = 0.3
    near_metres: float = Field(20, ge=0, le=1_000)
    alike_across: Share = 0.5

    @model_validator(mode="after")
    def _near(self) -> Self:
        if self.near_metres > self.metres:
            raise ValueError(f"near_metres ({self.near_metres:g}) is more than metres ({self.metres:g})")
        return self

    @property
    def within_s(self) -> int:
        """Seconds between the two reports at most."""
        return round(self.within.value * (3_600 if self.within.unit == "urgent_hour" else 86_400))


class Repeats(_Strict):
    """When a trouble that was closed has come back (反复)."""

    metres: float = Field(50, ge=1, le=1_000)


class Systems(_Strict):
    """When a connected system is late, and when it has stopped."""

    window_days: int = Field(90, ge=1)
    least: int = Field(5, ge=1)
    late_after: float = Field(1.5, gt=0)
    stopped_after: float = Field(3, gt=0)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.late_after > self.stopped_after:
            raise ValueError(f"late_after ({self.late_after:g}) is more than stopped_after ({self.stopped_after:g})")
        return self


class Filters(_Strict):
    """When a position is not believed: the filters of analytics.patrol.cleaning."""

    earliest_on: Annotated[date, Field(strict=False)] = date(2000, 1, 1)
    max_accuracy_m: float = Field(50, gt=0)
    noise_m: float = Field(20, ge=0)
    silence_s: int = Field(300, ge=1, le=86_400)
    jump_s: int = Field(120, ge=0, le=86_400)
    max_speed_mps: dict[Literal["walk", "ebike", "car"], Annotated[float, Field(gt=0)]] = {}
    off: list[Literal["clock", "duplicate", "accuracy", "speed", "jump"]] = []


class PatrolIntegrity(_Strict):
    """What tracks are listed for by `patrol_integrity`: the limits of analytics.patrol.integrity, and of the list."""

    stand_m: float = Field(20, gt=0)
    stand_min: float = Field(20, gt=0)
    fast_walk_mps: float = Field(3, gt=0)
    fast_ebike_mps: float = Field(7, gt=0)
    drive_min: float = Field(5, gt=0)
    car_mps: float = Field(33, gt=0)
    jump_n: int = Field(3, ge=1)
    jump_share: float = Field(0.003, ge=0, le=1)
    steady_min: float = Field(15, gt=0)
    steady_cv: float = Field(0.05, ge=0)
    shape_share: float = Field(0.3, gt=0, le=1)
    replay_days: int = Field(90, ge=1)
    far_m: float = Field(200, gt=0)
    clock_min: float = Field(10, gt=0)
    silent_days: int = Field(10, ge=1)
    least_days: int = Field(3, ge=1)


class Patrol(_Strict):
    """What counts as a patrol, and as seen by it."""

    radius_m: float = Field(30, gt=0, le=1_000)
    gap_s: int = Field(300, ge=1, le=86_400)
    stop_m: float = Field(50, gt=0, le=1_000)
    stop_s: int = Field(1_200, ge=1, le=86_400)
    patrolled_min: float = Field(30, ge=0)
    raw_days: int = Field(90, ge=1)
    attendance: bool = False
    filters: Filters = Filters()
    integrity: PatrolIntegrity = PatrolIntegrity()


class Rules(_Strict):
    """A set of rules; `sha256` is that of its text."""

    version: str = Field(min_length=1)
    working: Working = Field(alias="calendar")
    clock: Clock
    deadline: Deadline
    extension: Extension
    on_time: OnTime
    lights: Lights
    limits: Limits = Limits()
    nodes: Nodes = Nodes()
    periods: Periods = Periods()
    suspension: Suspension = Suspension()
    duplicates: Duplicates = Duplicates()
    repeats: Repeats = Repeats()
    systems: Systems = Systems()
    patrol: Patrol = Patrol()
    sha256: str = Field("", exclude=True)

    def calendar(self, first: date, last: date) -> calendars.Table:
        """The working days from first to last (both inclusive). Raises CalendarError for a country nobody knows."""
        days = calendars.workdays(self.working.country, first, last, self.working.days)
        return calendars.table(first, days, self.working.seconds())


def parse_rules(text: str, name: str = "The rules") -> Rules:
    """The rules in a TOML text; raises SettingsError with every fault in one message."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as err:
        raise SettingsError(f"{name} is not valid TOML: {err}.") from err
    if "sha256" in data:
        raise SettingsError(f"{name} cannot be followed: `sha256` is computed, not written.")
    try:
        rules = Rules.model_validate({**data, "sha256": hashlib.sha256(text.encode()).hexdigest()})
        rules.calendar(date(2024, 1, 1), date(2024, 1, 1))  # a country or spans that no calendar can be made of
    except ValidationError as err:
        raise SettingsError(f"{name} cannot be followed: {faults(err, Rules)}.") from err
    except CalendarError as err:
        raise SettingsError(f"{name} cannot be followed: {err}") from err
    return rules


def read_rules(name: str | Path = "default") -> Rules:
    """The rules in a TOML file, or those shipped in data/rules by their bare name. Raises SettingsError."""
    return parse_rules(read_text(name), Path(name).name)


def read_text(name: str | Path) -> str:
    """The text of such a file; raises SettingsError when there is none."""
    return own_or_shipped(name, "rules", "rules").read_text("utf-8-sig")
