"""Issues of scheduled briefings in the store: each stands in one row, and whoever works at it holds that row."""

from datetime import date, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import URL, Connection, make_url

from gridgov.store import tables
from gridgov.store.database import engine
from gridgov.store.runs import Town

_i = tables.issue.c


class Key(NamedTuple):
    """What an issue is of."""

    series: str
    scope: str
    lang: str
    period_on: date


def delivered(connection: Connection, town: Town, series: str) -> set[Key]:
    """The issues of a series that have gone out."""
    chosen = sa.select(_i.series, _i.scope, _i.lang, _i.period_on).where(
        _i.town_id == town.id, _i.series == series, _i.status == "delivered"
    )
    return {Key(*row) for row in connection.execute(chosen)}


def take(connection: Connection, town: Town, key: Key, due_at: datetime) -> dict[str, Any] | None:
    """The row of an issue, made when it is not there, held until the transaction ends; None while somebody else holds it.

    Who comes second waits while the row is being made, and then finds what the first made of it.
    """
    row = {"town_id": town.id, **key._asdict()}
    connection.execute(insert(tables.issue).values(due_at=due_at, **row).on_conflict_do_nothing())
    chosen = sa.select(tables.issue).where(*_is(town, key)).with_for_update(skip_locked=True)
    found = connection.execute(chosen).one_or_none()
    return None if found is None else dict(found._mapping)


def change(connection: Connection, town: Town, key: Key, **values: Any) -> None:
    """Write how far an issue has come; whoever calls holds its row."""
    connection.execute(sa.update(tables.issue).where(*_is(town, key)).values(**values))


def listed(connection: Connection, town: Town, status: str | None = None) -> list[dict[str, Any]]:
    """All issues of a town, those due last first; of one status, where one is given."""
    where = [_i.town_id == town.id, *([_i.status == status] if status else [])]
    chosen = sa.select(tables.issue).where(*where).order_by(_i.due_at.desc(), _i.series, _i.scope, _i.lang)
    return [dict(row._mapping) for row in connection.execute(chosen)]


def address() -> URL:
    """The address of the database, for the job store of the scheduler."""
    return make_url(engine().url)


def _is(town: Town, key: Key) -> list[sa.ColumnElement[bool]]:
    return [_i.town_id == town.id, *(getattr(_i, name) == value for name, value in key._asdict().items())]
