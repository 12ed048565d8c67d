"""Reading what was swept and what was to be: cells of a window, and the ground of some grids.

The union of a window of days is read in one of two ways. Of a few days the days themselves; of many the last visits as of the
window's end, of which those on its first day or later are what was swept in it: what that costs does not grow with the window.
"""

from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
from sqlalchemy.engine import Connection

from gridgov.analytics.patrol.cells import Cells, union
from gridgov.analytics.patrol.recency import LastVisits, visited
from gridgov.store.visits import EPOCH, last_visits_of, swept_between

FEW_DAYS = 62
"""A window of so many days is read day by day."""

Blocks = npt.NDArray[np.int64]


def day_number(on: date) -> int:
    """Days since 1970-01-01."""
    return (on - EPOCH).days


def swept_by_day(connection: Connection, town_id: int, since: date, until: date, blocks: Blocks | None) -> Cells:
    """What anybody came near on each day of a window (both inclusive), the day (days since 1970-01-01) as owner."""
    return swept_between(connection, town_id, since, until + timedelta(1), blocks)


def swept_in(connection: Connection, town_id: int, since: date, until: date, blocks: Blocks | None) -> Cells:
    """What anybody came near in a window of days (both inclusive), as one set (owner 0).

    blocks  keys of the blocks that are asked for; None = all
    """
    if (until - since).days < FEW_DAYS:
        return union(swept_by_day(connection, town_id, since, until, blocks))
    return visited(last_visits(connection, town_id, until, blocks), day_number(since))


def last_visits(connection: Connection, town_id: int, as_of: date, blocks: Blocks | None) -> LastVisits:
    """The last visit of every cell as of the end of a day, in some blocks; None = in all."""
    return last_visits_of(connection, town_id, as_of, blocks)
