"""Lists that say what holds on a day, kept as spells between the days that lists are of.

A file says what holds on one day, completely: who has which post, which checkpoints are to be visited, who carries which
device. A spell is what a row says, from the first list that says so to the first that does not. The spells are those of the
set of lists, in whatever order these came: an older one that comes late, or a corrected one, changes only the time up to the
next list.
"""

from collections.abc import Callable, Hashable, Iterable
from datetime import date
from typing import Any, NamedTuple

import sqlalchemy as sa
from geoalchemy2 import Geometry, WKBElement
from sqlalchemy.engine import Connection

from gridgov.store.gazetteer import merge_rows
from gridgov.store.runs import Run

EVER = date.min
"""The day of a list that holds since ever; a spell from then on has no first day in the tables."""


class Spell(NamedTuple):
    """What a row says, from its first day to the first day no longer (None = until further notice)."""

    said: Any
    begin: date
    end: date | None

    def covers(self, day: date) -> bool:
        """It holds on a day."""
        return self.begin <= day and (self.end is None or day < self.end)


class Lists(NamedTuple):
    """Lists of one kind and owner, as they are kept.

    table  of the spells: the columns of `says`, valid_from, valid_to, load_run_id, and those of `own`
    says   a NamedTuple of what a row says; a geometry is its WKB (EPSG:4326, two dimensions), an array a tuple
    own    columns of `table` by which the spells of this owner are known, with their values
    days   the table of the days of which lists are known (held_on, load_run_id), and the same of it
    """

    table: sa.Table
    says: Any
    own: dict[str, Any]
    days: tuple[sa.Table, dict[str, Any]]


def with_list(spells: Iterable[Spell], days: Iterable[date], day: date, said: Iterable[Any]) -> set[Spell]:
    """The spells after the list of a day, new or in place of the one that was there.

    days  the days of all other lists; the new one holds until the next of them
    """
    until = min((other for other in days if other > day), default=None)
    wanted, out = set(said), set()
    for spell in spells:
        if not spell.covers(day) or spell.said in wanted:
            out.add(spell)
            continue
        if spell.begin < day:
            out.add(spell._replace(end=day))
        if until is not None and (spell.end is None or until < spell.end):
            out.add(spell._replace(begin=until))
    ends = {(spell.said, spell.end): spell for spell in out}
    begins = {(spell.said, spell.begin): spell for spell in out}
    for one in wanted - {spell.said for spell in out if spell.covers(day)}:
        before, after = ends.get((one, day)), begins.get((one, until)) if until else None
        out -= {spell for spell in (before, after) if spell}
        out.add(Spell(one, before.begin if before else day, after.end if after else until))
    return out


def merge_list(
    connection: Connection, load: Run, lists: Lists, day: date, said: list[Any], key: Callable[[Any], Hashable]
) -> tuple[dict[str, int], int]:
    """Merge the list of a day; returns rows by outcome, and how many things it does not list any more.

    key  of a row: of rows with one key the last counts. A row is loaded when the list brings its key, updated when
         something else is said of the same one.
    """
    before = _stored(connection, lists)
    days_table, own_days = lists.days
    days = set(connection.execute(sa.select(days_table.c.held_on).filter_by(**own_days)).scalars())
    held = {spell.said for spell in before if spell.covers(day)}
    known = {key(one) for one in held}
    last: dict[Hashable, Any] = {}

    def outcome(row: dict[str, Any]) -> str:
        last[row["key"]] = row["said"]
        return "unchanged" if row["said"] in held else "updated" if row["key"] in known else "loaded"

    counts = merge_rows([{"key": key(one), "said": one} for one in said], ("key",), outcome)
    _replace(connection, load, lists, before, with_list(before, days - {day}, day, last.values()))
    if day not in days:
        connection.execute(sa.insert(days_table).values(held_on=day, load_run_id=load.id, **own_days))
    return counts, len(known - set(last))


def _stored(connection: Connection, lists: Lists) -> dict[Spell, int]:
    """The spells as they stand, with the ids of their rows."""
    t = lists.table
    columns = [t.c[name] for name in lists.says._fields]
    asked = [
        sa.func.ST_AsBinary(c, type_=sa.LargeBinary).label(c.name) if isinstance(c.type, Geometry) else c
        for c in columns
    ]
    rows = connection.execute(sa.select(*asked, t.c.id, t.c.valid_from, t.c.valid_to).filter_by(**lists.own)).all()
    return {
        Spell(lists.says(*map(_held, row[: len(asked)])), row.valid_from or EVER, row.valid_to): row.id for row in rows
    }


def _held(value: Any) -> Any:
    """A value of a table as spells hold it."""
    return tuple(value) if isinstance(value, list) else bytes(value) if isinstance(value, memoryview) else value


def _written(value: Any) -> Any:
    """A value of a spell as tables take it."""
    return list(value) if isinstance(value, tuple) else WKBElement(value, 4326) if isinstance(value, bytes) else value


def _replace(connection: Connection, load: Run, lists: Lists, before: dict[Spell, int], after: set[Spell]) -> None:
    """Write what changed: a spell that only ends otherwise keeps its row."""
    t = lists.table
    gone = {(spell.said, spell.begin): row_id for spell, row_id in before.items() if spell not in after}
    fresh = []
    for spell in sorted(after - set(before), key=repr):
        row_id = gone.pop((spell.said, spell.begin), None)
        if row_id is None:
            says = {name: _written(value) for name, value in spell.said._asdict().items()}
            fresh.append({**says, "valid_from": None if spell.begin == EVER else spell.begin, "valid_to": spell.end})
        else:
            connection.execute(sa.update(t).where(t.c.id == row_id).values(valid_to=spell.end, load_run_id=load.id))
    if gone:
        connection.execute(sa.delete(t).where(t.c.id.in_(gone.values())))
    if fresh:
        own = {"town_id": load.town.id, "load_run_id": load.id, **lists.own}
        connection.execute(sa.insert(t), [row | own for row in fresh])
