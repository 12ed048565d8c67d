"""Briefings in the store: editions, how far each has come, and the paper that was signed. Nothing is removed."""

from datetime import date
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gridgov.store import tables
from gridgov.store.runs import Town

_b = tables.briefing.c
_LOCK = 7103
"""First half of our advisory lock keys: one edition at a time; the second is the id of the town."""


class About(NamedTuple):
    """What a briefing is of: its editions are those with the same."""

    kind: str
    scope: str
    period_on: date
    lang: str


_OF_LOADS = ("data_version", "small_print")
"""What a load changes though no number becomes another."""


def add(connection: Connection, town: Town, about: About, said: dict[str, Any]) -> int:
    """Keep a briefing; one that says the same as the last edition is that edition, whatever was loaded since. Returns its id."""
    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK, town.id)))
    last = latest(connection, town, about)
    if last is not None and _told(last["said"]) == _told(said):
        return int(last["id"])
    row = {
        "town_id": town.id, **about._asdict(), "edition": 1 if last is None else last["edition"] + 1, "said": said,
        "as_of": said["as_of"], "data_version": said["data_version"],
    }  # fmt: skip
    return int(connection.execute(sa.insert(tables.briefing).values(**row).returning(_b.id)).scalar_one())


def latest(connection: Connection, town: Town, about: About, status: str | None = None) -> dict[str, Any] | None:
    """The last edition, of a status where one is given; None when there is none."""
    same = [_b.town_id == town.id, *(getattr(_b, name) == value for name, value in about._asdict().items())]
    same += [_b.status == status] if status else []
    return _one(connection, sa.select(tables.briefing).where(*same).order_by(_b.edition.desc()).limit(1))


def of_id(connection: Connection, town: Town, briefing_id: int, *, for_update: bool = False) -> dict[str, Any] | None:
    """A briefing of a town; None when it has none of that id. `for_update` lets nobody else change it meanwhile."""
    chosen = sa.select(tables.briefing).where(_b.town_id == town.id, _b.id == briefing_id)
    return _one(connection, chosen.with_for_update() if for_update else chosen)


def change(connection: Connection, briefing_id: int, **values: Any) -> None:
    """Write how far a briefing has come; whoever calls has looked at it in the same transaction (`for_update`)."""
    connection.execute(sa.update(tables.briefing).where(_b.id == briefing_id).values(**values))


def listed(connection: Connection, town: Town, **where: Any) -> list[dict[str, Any]]:
    """The briefings of a town without what they say, the newest period first; `where` by column, None = any."""
    told = [column for column in tables.briefing.c if column.name not in ("said", "words", "pdf", "town_id")]
    chosen = [getattr(_b, name) == value for name, value in where.items() if value is not None]
    rows = connection.execute(
        sa.select(*told)
        .where(_b.town_id == town.id, *chosen)
        .order_by(_b.period_on.desc(), _b.kind, _b.scope, _b.lang, _b.edition.desc())
    )
    return [dict(row._mapping) for row in rows]


def _told(said: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in said.items() if name not in _OF_LOADS}


def _one(connection: Connection, chosen: sa.Select[Any]) -> dict[str, Any] | None:
    row = connection.execute(chosen).one_or_none()
    return None if row is None else dict(row._mapping)
