"""The rules that the rows of a town follow, as they are kept with them: of its cases (table rule_set), of its patrols."""

from datetime import datetime
from functools import lru_cache

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Connection

from gridgov.rules import Rules, parse_rules, read_rules, read_text
from gridgov.settings import settings
from gridgov.store import patrol_tables, tables


def kept(connection: Connection, town_id: int) -> Rules | None:
    """The rules kept with a town; None before its first cases."""
    r = tables.rule_set.c
    text = connection.execute(sa.select(r.text).where(r.town_id == town_id)).scalar_one_or_none()
    return None if text is None else _parsed(text)


def kept_by_patrols(connection: Connection, town_id: int) -> Rules | None:
    """The rules kept with a town's patrols; None before its first tracks."""
    r = patrol_tables.patrol_rules.c
    text = connection.execute(sa.select(r.text).where(r.town_id == town_id)).scalar_one_or_none()
    return None if text is None else _parsed(text)


def of_file() -> Rules:
    """The rules of the file, which hold where none are kept. Raises SettingsError."""
    return read_rules(settings().rules)


def rules_of(connection: Connection, town_id: int) -> Rules:
    """The rules that numbers of a town are made by: those kept with it, else those of the file. Raises SettingsError."""
    return kept(connection, town_id) or of_file()


def told_until(connection: Connection, town_id: int) -> datetime | None:
    """An instant after which the ledger of a town tells of nothing (it may lie later than the last event); None = no cases."""
    r = tables.rule_set.c
    return connection.execute(sa.select(r.told_until).where(r.town_id == town_id)).scalar_one_or_none()


def patrol_rules_of(connection: Connection, town_id: int) -> Rules:
    """The rules that a town's patrols follow: those kept with them, else those of the file. Raises SettingsError."""
    return kept_by_patrols(connection, town_id) or of_file()


def keep_patrol_rules(connection: Connection, town_id: int, *, anew: bool = False) -> Rules:
    """With its first tracks a town keeps the rules of the file; `anew` takes those of now. Raises SettingsError."""
    text = read_text(settings().rules)
    rules = parse_rules(text, settings().rules)
    row = {"version": rules.version, "sha256": rules.sha256, "text": text}
    statement = insert(patrol_tables.patrol_rules).values(town_id=town_id, **row)
    if anew:
        statement = statement.on_conflict_do_update(index_elements=["town_id"], set_={**row, "made_at": sa.func.now()})
    else:
        statement = statement.on_conflict_do_nothing(index_elements=["town_id"])
    connection.execute(statement)
    return patrol_rules_of(connection, town_id)


def outdated_patrols(connection: Connection) -> list[str]:
    """Codes of towns whose patrols follow other rules than the file says now."""
    now = parse_rules(read_text(settings().rules), settings().rules).sha256
    r, t = patrol_tables.patrol_rules.c, tables.town.c
    rows = sa.select(t.code).join(patrol_tables.patrol_rules, r.town_id == t.id).where(r.sha256 != now).order_by(t.code)
    return list(connection.execute(rows).scalars())


@lru_cache(maxsize=16)
def _parsed(text: str) -> Rules:
    return parse_rules(text, "The rules kept with the town")
