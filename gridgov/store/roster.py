"""The roster in the store: who holds which post, kept as spells between the days that rosters are of (see store.spells).

A file says who held which post on one day, completely for a source and layer.
"""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

import pyarrow as pa
from sqlalchemy.engine import Connection

from gridgov.store import tables
from gridgov.store.database import run
from gridgov.store.runs import Run
from gridgov.store.spells import Lists, merge_list


class Post(NamedTuple):
    """What a roster says in one row."""

    grid_code: str
    role: str
    person: str | None
    is_vacant: bool
    unit_text: str | None
    since_on: date | None
    until_on: date | None


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
        own = {"source_id": load.source_id, "layer_id": layer_id}
        lists = Lists(tables.roster, Post, own, (tables.roster_day, own))
        posts = [post for at, post in given if at == layer_id]
        counted, n = merge_list(connection, load, lists, held_on, posts, _holder)
        counts = {name: counts.get(name, 0) + n_rows for name, n_rows in counted.items()}
        ended += n
    run(connection, "load/registers/link_roster", {"town_id": load.town.id})
    return counts, ended


def _holder(post: Post) -> tuple[str, str, str | None, bool]:
    return post.grid_code, post.role, post.person, post.is_vacant
