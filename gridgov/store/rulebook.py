"""The rules that the rows of a town follow, as they are kept with them (table rule_set)."""

from datetime import datetime
from functools import lru_cache

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gridgov.rules import Rules, parse_rules, read_rules
from gridgov.settings import settings
from gridgov.store import tables


def kept(connection: Connection, town_id: int) -> Rules | None:
    """The rules kept with a town; None before its first cases."""
    r = tables.rule_set.c
    text = connection.execute(sa.select(r.text).where(r.town_id == town_id)).scalar_one_or_none()
    return None if text is None else _parsed(text)


def rules_of(connection: Connection, town_id: int) -> Rules:
    """The rules that numbers of a town are made by: those kept with it, else those of the file. Raises SettingsError."""
    return kept(connection, town_id) or read_rules(settings().rules)


def told_until(connection: Connection, town_id: int) -> datetime | None:
    """An instant after which the ledger of a town tells of nothing (it may lie later than the last event); None = no cases."""
    r = tables.rule_set.c
    return connection.execute(sa.select(r.told_until).where(r.town_id == town_id)).scalar_one_or_none()


@lru_cache(maxsize=16)
def _parsed(text: str) -> Rules:
    return parse_rules(text, "The rules kept with the town")
