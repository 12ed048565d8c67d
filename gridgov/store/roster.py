"""The roster in the store: who holds which post, kept as spells between the days that rosters are of.

A file says who held which post on one day, completely for a source and layer. A spell is a post with a holder (or none) and
what is said of it, from the first roster that has it to the first that has it no more. The spells are those of the set of
rosters, in whatever order these came: an older one that comes late, or a corrected one, changes only the time up to the
next roster.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gridgov.store import tables
from gridgov.store.database import run
from gridgov.store.gazetteer import merge_rows
from gridgov.store.runs import Run


class Post(NamedTuple):
    """What a roster says in one row."""

    grid_code: str
    role: str
    person: str | None
    is_vacant: bool
    unit_text: str | None
    since_on: date | None
    until_on: date | None


class Spell(NamedTuple):
    """A post, from its first day to the first day no longer (None = until further notice)."""

    post: Post
    begin: date
    end: date | None

    def covers(self, day: date) -> bool:
        """It holds on a day."""
        return self.begin <= day and (self.end is None or day < self.end)


def with_roster(spells: Iterable[Spell], days: Iterable[date], day: date, posts: Iterable[Post]) -> set[Spell]:
    """The spells after the roster of a day, new or in place of the one that was there.

    days  the days of all other rosters; the new one holds until the next of them
    """
    until = min((other for other in days if other > day), default=None)
    wanted, out = set(posts), set()
    for spell in spells:
        if not spell.covers(day) or spell.post in wanted:
            out.add(spell)
            continue
        if spell.begin < day:
            out.add(spell._replace(end=day))
        if until is not None and (spell.end is None or until < spell.end):
            out.add(spell._replace(begin=until))
    ends = {(spell.post, spell.end): spell for spell in out}
    begins = {(spell.post, spell.begin): spell for spell in out}
    for post in wanted - {spell.post for spell in out if spell.covers(day)}:
        before, after = ends.get((post, day)), begins.get((post, until)) if until else None
        out -= {spell for spell in (before, after) if spell}
        out.add(Spell(post, before.begin if before else day, after.end if after else until))
    return out


def merge_roster(
    connection: Connection, load: Run, held_on: date, layer_ids: Iterable[int], rows: pa.Table
) -> tuple[dict[str, int], int]:
    """Merge a roster (columns of Post, and layer_id) that is complete for some layers on a day.

    Returns rows by outcome, and how many posts it ended. Of rows of one post and person the last counts; a row is loaded
    when the roster brings the holder, updated when something else is said of the same one.
    """
    given = [(row.pop("layer_id"), Post(**row)) for row in rows.to_pylist()]
    counts: dict[str, int] = {}
    ended = 0
    for layer_id in sorted(layer_ids):
        counted, n = _merge_layer(connection, load, held_on, layer_id, [post for at, post in given if at == layer_id])
        counts = {name: counts.get(name, 0) + n_rows for name, n_rows in counted.items()}
        ended += n
    run(connection, "load/registers/link_roster", {"town_id": load.town.id})
    return counts, ended


def _merge_layer(
    connection: Connection, load: Run, held_on: date, layer_id: int, posts: list[Post]
) -> tuple[dict[str, int], int]:
    t, roster_day = tables.roster, tables.roster_day
    own = {"source_id": load.source_id, "layer_id": layer_id}
    stored = connection.execute(sa.select(t).filter_by(**own)).all()
    before = {
        Spell(Post(*(getattr(row, name) for name in Post._fields)), row.valid_from, row.valid_to): row.id
        for row in stored
    }
    days = set(connection.execute(sa.select(roster_day.c.held_on).filter_by(**own)).scalars())
    held = {spell.post for spell in before if spell.covers(held_on)}
    holders = {_holder(post) for post in held}
    last: dict[Any, Post] = {}

    def outcome(row: dict[str, Any]) -> str:
        post = row["post"]
        last[row["holder"]] = post
        return "unchanged" if post in held else "updated" if row["holder"] in holders else "loaded"

    counts = merge_rows([{"holder": _holder(post), "post": post} for post in posts], ("holder",), outcome)
    after = with_roster(before, days - {held_on}, held_on, last.values())
    _replace(connection, load, layer_id, before, after)
    if held_on not in days:
        connection.execute(sa.insert(roster_day).values(held_on=held_on, load_run_id=load.id, **own))
    return counts, len(holders - set(last))


def _holder(post: Post) -> tuple[str, str, str | None, bool]:
    return post.grid_code, post.role, post.person, post.is_vacant


def _replace(connection: Connection, load: Run, layer_id: int, before: dict[Spell, int], after: set[Spell]) -> None:
    """Write what changed: a spell that only ends otherwise keeps its row."""
    t = tables.roster
    gone = {(spell.post, spell.begin): row_id for spell, row_id in before.items() if spell not in after}
    fresh = []
    for spell in sorted(after - set(before), key=repr):
        row_id = gone.pop((spell.post, spell.begin), None)
        if row_id is None:
            fresh.append({**spell.post._asdict(), "valid_from": spell.begin, "valid_to": spell.end})
        else:
            connection.execute(sa.update(t).where(t.c.id == row_id).values(valid_to=spell.end, load_run_id=load.id))
    if gone:
        connection.execute(sa.delete(t).where(t.c.id.in_(gone.values())))
    if fresh:
        own = {"town_id": load.town.id, "source_id": load.source_id, "layer_id": layer_id, "load_run_id": load.id}
        connection.execute(sa.insert(t), [row | own for row in fresh])
