"""Where workers have to be because a report is made there: the nearest place on a road of their beat."""

import math

import numba
import numpy as np
import numpy.typing as npt
import pandas as pd

from gridgov.simulate.model import Land
from gridgov.simulate.patrols.beats import Beats
from gridgov.simulate.patrols.people import People
from gridgov.simulate.patrols.records import MEETING

Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
_NEAR = 250.0
"""Metres: a report farther from the beat than this was made from somewhere else."""


class Meetings:
    """The reports of all shifts of grid workers; `of` gives those of some sessions."""

    def __init__(
        self, places: pd.DataFrame | None, shifts: pd.DataFrame, people: People, land: Land, beats: Beats
    ) -> None:
        self._rows, self._meetings = np.empty(0, np.int64), np.empty(0, MEETING)
        if places is None or not len(places):
            return
        own = shifts[(shifts["grid"] >= 0) & (people.person[shifts["worker"]] >= 0)]
        own = own.assign(person=people.person[own["worker"]], shift=own.index).sort_values("start", kind="stable")
        made = places[["person", "at", "x", "y"]].sort_values("at", kind="stable")
        made = made.astype({"at": np.int64, "person": own["person"].dtype})
        found = pd.merge_asof(
            made, own[["person", "start", "end", "grid", "shift"]], left_on="at", right_on="start", by="person"
        )
        found = found[found["at"] < found["end"]].sort_values(["shift", "at"], kind="stable")
        xy, grid = found[["x", "y"]].to_numpy(), found["grid"].to_numpy(dtype=np.int64)
        net = land.network
        meetings, far = _nearest(xy, grid, beats, net.points, net.first)
        meetings["at"] = found["at"] - found["start"]
        meetings["stay"] = 60.0
        near = far <= _NEAR
        self._meetings, self._rows = meetings[near], found["shift"].to_numpy(dtype=np.int64)[near]

    def of(self, sessions: np.ndarray, row: Longs, keeps: npt.NDArray[np.bool_]) -> np.ndarray:
        """The meetings of sessions, filled in there; row = which shift each one is, keeps = whether it keeps them."""
        first, last = np.searchsorted(self._rows, row), np.searchsorted(self._rows, row, side="right")
        n = np.where(keeps, last - first, 0)
        sessions["n_meetings"], sessions["first_meeting"] = n, np.cumsum(n) - n
        which = np.repeat(first - sessions["first_meeting"], n) + np.arange(n.sum())
        return self._meetings[which]


@numba.njit(cache=True, nogil=True)
def _nearest(xy: Floats, beat: Longs, beats: Beats, points: Floats, first: Longs) -> tuple[np.ndarray, Floats]:
    """For each place the nearest one on an edge of a beat, and how far it is."""
    out, distance = np.zeros(len(xy), MEETING), np.full(len(xy), math.inf)
    for k in range(len(xy)):
        e0 = beats.edge_first[beat[k]]
        for e in range(beats.edge_first[beat[k] + 1] - e0):
            row, along = beats.edge[e0 + e], 0.0
            for i in range(first[row], first[row + 1] - 1):
                dx, dy = points[i + 1, 0] - points[i, 0], points[i + 1, 1] - points[i, 1]
                length2 = dx * dx + dy * dy
                metres = math.sqrt(length2)
                f = 0.0
                if length2 > 0.0:
                    f = ((xy[k, 0] - points[i, 0]) * dx + (xy[k, 1] - points[i, 1]) * dy) / length2
                    f = min(1.0, max(0.0, f))
                far = math.hypot(points[i, 0] + f * dx - xy[k, 0], points[i, 1] + f * dy - xy[k, 1])
                if far < distance[k]:
                    distance[k] = far
                    out[k].edge, out[k].part, out[k].share = e, i - first[row], f
                    out[k].along = along + f * metres
                along += metres
    return out, distance
