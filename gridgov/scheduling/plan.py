"""The plan: which briefings are made, for whom, when, and where they go. A TOML file of the town."""

import re
import tomllib
from datetime import date, time
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from gridgov.briefing.desk import Kind
from gridgov.briefing.subjects import Of
from gridgov.errors import SettingsError
from gridgov.resources import resource
from gridgov.tomlfile import faults, own_or_shipped
from gridgov.vocabulary import Lang

GROUPS: Final[dict[str, tuple[Of, str | None]]] = {
    "town": ("town", None),
    "villages": ("village", None),
    "bodies": ("unit", "body"),
    "squads": ("unit", "squad"),
}
"""Words for whom a briefing is about, and the subjects they mean; anything else is the code of a village or a unit."""


def _clock(text: Any) -> Any:
    """A time of day, HH:MM."""
    if isinstance(text, str) and re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", text):
        return time.fromisoformat(text)
    raise ValueError(f"{text!r} is no time of day; write '08:00'")


Clock = Annotated[time, BeforeValidator(_clock)]
Address = Annotated[str, Field(pattern=r"^[^@\s,;<>]+@[^@\s,;<>]+$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Mail(_Strict):
    """The server that takes mail (SMTP). The password is the setting GRIDGOV_SMTP_PASSWORD, never in this file."""

    host: str
    port: int = Field(25, ge=1, le=65535)
    sender: Address
    user: str | None = None
    security: Literal["none", "starttls", "tls"] = "starttls"


class Entry(_Strict):
    """One series of briefings.

    since    periods that end on or after this day are made
    at, on   when an issue is due: the first day after its period, or the first working day, at this local time
    release  "signed": it goes out once it is signed; "draft": at once, and says that it is a draft
    stale_h  hours that the newest record of the town may be older than the end of the period
    """

    name: str = Field(pattern=r"^[\w-]{1,40}$")
    kind: Kind
    scopes: tuple[str, ...] = Field(("town",), min_length=1)
    langs: tuple[Lang, ...] = Field(("zh",), min_length=1)
    since: date
    at: Clock = time(8)
    on: Literal["workdays", "every_day"] = "workdays"
    release: Literal["signed", "draft"] = "signed"
    formats: tuple[Literal["pdf", "docx", "png"], ...] = Field(("pdf",), min_length=1)
    to: tuple[Address, ...] = ()
    stale_h: float = Field(24, gt=0)


class Plan(_Strict):
    """A town's plan.

    town     its code; None = the only one there is
    folder   where papers and notices are put
    notices  who is told by mail that a briefing is held, and why
    """

    version: str
    town: str | None = None
    folder: Path
    notices: tuple[Address, ...] = ()
    mail: Mail | None = None
    briefing: tuple[Entry, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _fits(self) -> "Plan":
        names = [entry.name for entry in self.briefing]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"two briefings are called '{twice[0]}'")
        if self.mail is None and (self.notices or any(entry.to for entry in self.briefing)):
            raise ValueError("there are addresses but no [mail] server")
        return self


def read_plan(path: str | Path) -> Plan:
    """The plan in a file, or shipped, by its bare name; its folder is beside the file. Raises SettingsError, with all faults."""
    file = own_or_shipped(path, "schedules", "plan")
    try:
        plan = Plan.model_validate(tomllib.loads(file.read_text("utf-8-sig")))
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{file.name} is not valid TOML: {error}.") from error
    except ValidationError as error:
        raise SettingsError(f"{file.name} cannot be followed: {faults(error, Plan)}.") from error
    beside = Path.cwd() if resource("data") in file.parents else file.resolve().parent
    return plan.model_copy(update={"folder": beside / plan.folder})
