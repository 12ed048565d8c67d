"""Tracks that were written before (analytics.patrol.integrity), kept with what a day shows; late files change the days after."""

from collections.abc import Mapping
from datetime import date, timedelta
from itertools import groupby

import numpy as np

from gridgov.analytics.patrol.integrity import Limits, alike
from gridgov.rules import Rules
from gridgov.store import findings
from gridgov.store.database import Connection
from gridgov.store.runs import Town

_AT_ONCE = 60
"""Days looked at with one reading of the days before them."""


def follow(connection: Connection, town: Town, rules: Rules, changed: Mapping[date, set[int] | None]) -> None:
    """After the sessions of some trackers (None = all) on some days changed: which of them, and of the days after, show a way
    of a day before.
    """
    limits = Limits.of(rules)
    back = timedelta(limits.replay_days)
    end = findings.last_shape_on(connection, town.id)
    numbers = {on.toordinal() + k for on in changed for k in range(limits.replay_days + 1)}
    numbers = {number for number in numbers if end is not None and number <= end.toordinal()}
    for _, span in groupby(sorted(numbers), lambda number: number // _AT_ONCE):
        days = [date.fromordinal(number) for number in span]
        first, last = days[0], days[-1]
        said = [trackers for on, trackers in changed.items() if first - back <= on <= last]
        chosen = None if None in said else sorted(set().union(*(each for each in said if each is not None)))
        rows = findings.shapes_between(connection, town.id, first - back, last, chosen)
        like = alike(rows.tracker_id, rows.day, rows.places, limits, since=(first - date(1970, 1, 1)).days)
        like = like[np.isin(rows.day[like["row"]], [(on - date(1970, 1, 1)).days for on in days])]
        findings.replace_replays(connection, town.id, days, chosen, rows, like)
