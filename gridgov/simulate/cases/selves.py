"""即办件: cases found and solved on the spot, two or three events within minutes. Most cases are of this kind."""

import numpy as np
import numpy.typing as npt

from gridgov.simulate.cases import codes as c
from gridgov.simulate.cases.records import EVENT, Records

_MOST_S = 5_000
SPAN_S = 2 * _MOST_S + 200
"""No such life lasts longer, seconds."""

_UNTOLD = 0.45
"""Share whose handling is not told apart from the closing."""


def live_at_once(rng: np.random.Generator, cases: Records, worker: npt.NDArray[np.int64]) -> Records:
    """Complete the rows of such cases, in place, and return their events. worker = the grid worker of each."""
    n = len(cases)
    told = rng.random(n) >= _UNTOLD
    handled = cases["arrives"] + 90 + np.minimum(rng.lognormal(np.log(420), 0.6, n), _MOST_S).astype(np.int64)
    closed = handled + 45 + np.minimum(rng.lognormal(np.log(240), 0.6, n), _MOST_S).astype(np.int64)
    actor = np.where(cases["reporter"] >= 0, cases["reporter"], worker)
    cases["state"], cases["closed"], cases["updated"], cases["seq"] = c.CLOSED, closed, closed, 2 + told
    events = np.zeros(2 * n + told.sum(), EVENT)
    for name in ("due", "unit", "reason", "rating"):
        events[name] = -1
    parts = (
        (slice(0, n), cases, cases["reported"], 1, c.REPORTED, cases["reporter"]),
        (slice(n, 2 * n), cases, closed, cases["seq"], c.CLOSED, actor),
        (slice(2 * n, None), cases[told], handled[told], 2, c.HANDLED, actor[told]),
    )
    for where, rows, at, seq, event, who in parts:
        events["key"][where], events["at"][where], events["seq"][where] = rows["key"], at, seq
        events["event"][where], events["actor"][where] = event, who
    return events
