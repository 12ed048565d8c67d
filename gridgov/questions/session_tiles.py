"""Tiles of sessions for maps: the lines of `patrol_sessions` in a Mapbox vector tile, simplified by zoom.

A tile is asked as that question is, of whole days and a scope, without the role: it holds lines without their times and tells
nothing of them, neither whose they are nor when. Near, all are drawn. Far out, where one sees no more if more lie on each other,
MOST_LINES of all are drawn by lot, the same in every tile, short ones as likely as long ones: four times as many with each zoom.
"""

from datetime import timedelta
from typing import Final

from gridgov.questions.asking import Asked
from gridgov.questions.patrolled import take_days
from gridgov.questions.tiles import Tile, require_place
from gridgov.store.tiles import cut

MOST_LINES: Final = 800
"""Of all tiles together at FAR and further out; about."""
FAR: Final = 12
MOST_BYTES: Final = 190_000
"""Of a tile, before it is packed, each vertex counted as large as one can be."""
_CELLS: Final = 512
"""Lines of a tile are drawn no finer than this part of its side."""


def read(asked: Asked, z: int, x: int, y: int) -> Tile:
    """The tile of a place of the web map, with how many lines it has. Raises QuestionError, TooMuch."""
    require_place(z, x, y)
    since, until = take_days(asked)
    values = {
        "town_id": asked.town.id, "since_on": since, "until_on": until, "scope_ids": asked.values.get("scope_ids"),
        "begin_at": asked.begin_of(since), "end_at": asked.begin_of(until + timedelta(1)), "z": z, "x": x, "y": y,
        "most_lines": MOST_LINES * 4 ** max(0, z - FAR), "most_bytes": MOST_BYTES, "simple_degrees": 360 / 2**z / _CELLS,
    }  # fmt: skip
    return Tile(*cut(asked.connection, "sessions", values, {}), as_of=asked.when.said)
