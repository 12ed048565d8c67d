"""The patrols of one day: its sessions, what was swept, and what was done in each grid.

A day is computed from its own fixes and those of a margin on either side, and from nothing else: so what is known of other
days never changes it, and its cost does not grow with them. A session that goes on over the end of a day is two: the second
(cut = "day") begins with the last fix of the day before, and the way over midnight counts for the day on which it ends.
"""

from dataclasses import replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from gridgov.analytics.patrol.cells import Cells, shared, sizes, within
from gridgov.analytics.patrol.cleaning import Cleaned, Filters
from gridgov.analytics.patrol.fixes import SECOND, WAYS, Fixes
from gridgov.analytics.patrol.sessions import DAY, FIRST, TORN, Sessions, sessions_of
from gridgov.analytics.patrol.sweeping import swept
from gridgov.analytics.patrol.tracks import Tracks

OUTSIDE: Final = -1
"""The grid of what lies in none."""

_FINE = 1_000_000  # micrometres in a metre

Grids = npt.NDArray[np.integer[Any]]


def margin_s(filters: Filters, gap_s: float) -> float:
    """Seconds before and after a day whose fixes are looked at with it: a silence, a wrong piece, a silence."""
    return 2 * max(filters.silence_s, gap_s) + filters.jump_s


def sessions_of_day(
    fixes: Fixes, cleaned: Cleaned, begin: int, end: int, *, gap_s: npt.NDArray[np.float64], stop_m: float, stop_s: float,
    grid: Grids | None,
) -> Sessions:  # fmt: skip
    """The sessions of one day.

    fixes       of the day and of the margin around it
    begin, end  microseconds UTC: of the day are fixes at begin <= at < end
    gap_s       by row of the fixes: seconds, a longer silence ends a session
    grid        by row of the fixes: the grid it lies in, OUTSIDE = in none; None = no grids are known
    returns     as `sessions_of`, `fix` are rows of `fixes`; a fix of the day before is a vertex, but not one of n_fixes
    """
    rows = cleaned.usable
    at, device, person = fixes.at[rows], fixes.device[rows], fixes.person[rows]
    is_today = (at >= begin) & (at < end)
    goes_on = np.zeros(len(rows), np.bool_)
    goes_on[1:] = is_today[1:] & ~is_today[:-1] & ~cleaned.is_torn[rows][1:] & (np.diff(at) <= gap_s[rows][1:] * SECOND)
    goes_on[1:] &= (np.diff(device) == 0) & (np.diff(person) == 0)
    is_brought = np.append(goes_on[1:], False)
    rows = rows[is_today | is_brought]
    # A fix of the day before is the first of its device here: whether the track was torn there is no longer asked.
    chosen = Cleaned(np.zeros(len(rows), np.uint8), np.arange(len(rows)), cleaned.is_torn[rows])
    found = sessions_of(
        fixes.take(rows), chosen, gap_s=gap_s[rows], stop_m=stop_m, stop_s=stop_s,
        grid=None if grid is None else grid[rows],
    )  # fmt: skip
    heads = rows[found.first[:-1]]
    begins_before = fixes.at[heads] < begin
    cut = np.where((found.cut == FIRST) & cleaned.is_torn[heads], np.uint8(TORN), found.cut)
    return replace(
        found,
        fix=rows[found.fix],
        cut=np.where(begins_before, np.uint8(DAY), cut).astype(np.uint8),
        n_fixes=found.n_fixes - begins_before,
    )


def swept_by(sessions: Sessions, owner: npt.ArrayLike, *, radius_m: float, gap_s: float) -> Cells:
    """The cells near each owner's sessions; `owner` is a number for each session, such as its person."""
    tracks = Tracks(sessions.x, sessions.y, sessions.t, sessions.first)
    return swept(tracks, owner, radius_m=radius_m, gap_s=gap_s)


def ways(sessions: Sessions, mode: npt.NDArray[np.int8]) -> npt.NDArray[np.int8]:
    """The way to move that most fixes of each session tell: place in WAYS, -1 = none tells; of as many the first.

    mode  by row of the fixes, as in `Fixes`
    """
    session = np.repeat(np.arange(len(sessions)), np.diff(sessions.first))
    told = mode[sessions.fix]
    counts = np.zeros((len(sessions), len(WAYS)), np.int64)
    np.add.at(counts, (session[told >= 0], told[told >= 0]), 1)
    return np.where(counts.any(axis=1), counts.argmax(axis=1), -1).astype(np.int8)


def main_grids(sessions: Sessions, grid: Grids) -> npt.NDArray[np.int64]:
    """The grid in which each session spent most time, OUTSIDE where it was in none; of as long ones the lowest.

    Where it lasts no time, the grid of its fixes. A step from one grid to another is half in each.
    """
    session, grids, took, *_ = _halves(sessions, grid)
    frame = pd.DataFrame({"session": session, "grid": grids, "took": took})
    total = frame[frame["grid"] != OUTSIDE].groupby(["session", "grid"], as_index=False)["took"].sum()
    best = total.sort_values(["session", "took", "grid"], ascending=[True, False, True]).drop_duplicates("session")
    found = np.full(len(sessions), OUTSIDE, np.int64)
    found[best["session"]] = best["grid"]
    return found


def figures(
    sessions: Sessions, owner: npt.NDArray[np.integer[Any]], grid: Grids, begin: int, cells: Cells,
    grids: Cells | None, due: Cells | None,
) -> pd.DataFrame:  # fmt: skip
    """What each owner did in each grid on the day.

    owner    by session, such as its person; also of `cells`, what they swept
    grid     by row of the fixes
    begin    microseconds UTC: the first of the day
    grids    cells of each grid; None = not known. `due`: those of the land to patrol, with the same owners; None = not known
    returns  by owner and grid: owner, grid (OUTSIDE = none), n_sessions (with a fix there), minutes, stop_min, metres (a step
             from one grid to another half in each), effective_m (of them outside stops and inside a grid), n_fixes, n_cells
             and n_due_cells of the grid that were swept (NaN: unknown)
    """
    session, grids_of, took, stop, gone, counted = _halves(sessions, grid)
    steps = pd.DataFrame({"owner": owner[session], "grid": grids_of, "minutes": took, "stop_min": stop, "metres": gone})
    steps["effective_m"] = np.where(grids_of == OUTSIDE, 0, counted)
    at_vertex = np.repeat(np.arange(len(sessions)), np.diff(sessions.first))
    fixes = pd.DataFrame({"owner": owner[at_vertex], "grid": grid[sessions.fix], "session": at_vertex})
    fixes = fixes[sessions.t * SECOND >= begin - 0.5]
    keys = ["owner", "grid"]
    parts = [
        steps.groupby(keys).sum() / [120 * SECOND, 120 * SECOND, 2 * _FINE, 2 * _FINE],
        fixes.groupby(keys)["session"].agg(n_sessions="nunique", n_fixes="size"),
        _cells_in(cells, grids, due).set_index(keys),
    ]
    frame = pd.concat(parts, axis=1).sort_index()
    unknown = [name for name, known in (("n_cells", grids), ("n_due_cells", due)) if known is None]
    frame = frame.fillna(dict.fromkeys(frame.columns.difference(unknown), 0))
    return frame.astype({"n_sessions": np.int64, "n_fixes": np.int64}).reset_index()


def _cells_in(cells: Cells, grids: Cells | None, due: Cells | None) -> pd.DataFrame:
    """owner, grid, n_cells, n_due_cells: what was swept of each grid, and outside all."""
    columns = ("owner", "grid", "n_cells")
    if grids is None:
        empty = np.empty(0, np.int64)
        return pd.DataFrame({"owner": empty, "grid": empty, "n_cells": empty.astype(float), "n_due_cells": np.empty(0)})
    inside = pd.DataFrame(dict(zip(columns, shared(cells, grids), strict=True)))
    owners, n = sizes(cells)
    beyond = n - inside.groupby("owner")["n_cells"].sum().reindex(owners, fill_value=0).to_numpy()
    outside = pd.DataFrame({"owner": owners, "grid": OUTSIDE, "n_cells": beyond})[beyond > 0]
    found = pd.concat([inside, outside], ignore_index=True)
    if due is None:
        return found.assign(n_due_cells=np.nan)
    columns = ("owner", "grid", "n_due_cells")
    of_due = pd.DataFrame(dict(zip(columns, shared(cells, within(due, grids)), strict=True)))
    return found.merge(of_due, "left", on=["owner", "grid"]).fillna({"n_due_cells": 0})


def _halves(sessions: Sessions, grid: Grids) -> tuple[npt.NDArray[Any], ...]:
    """Session, grid, time, time in stops, way, way outside stops of each half of a step; a single fix is one without length.

    Half microseconds and half micrometres: in whole numbers, so that a sum does not hang on the order of its parts.
    """
    n = np.diff(sessions.first)
    session = np.repeat(np.arange(len(sessions)), n)
    to = np.flatnonzero(np.diff(session, prepend=-1) == 0)  # every vertex but the first of its session
    alone = sessions.first[:-1][n == 1]
    from_, to = np.concatenate([to - 1, alone]), np.concatenate([to, alone])
    took = np.rint(sessions.t[to] * SECOND).astype(np.int64) - np.rint(sessions.t[from_] * SECOND).astype(np.int64)
    step = np.hypot(sessions.x[to] - sessions.x[from_], sessions.y[to] - sessions.y[from_])
    gone = np.rint(step * _FINE).astype(np.int64)
    is_stop = sessions.is_stop[to] & (to > from_)
    stop, counted = np.where(is_stop, took, 0), np.where(is_stop, 0, gone)
    both = np.concatenate([sessions.fix[from_], sessions.fix[to]])
    twice = (np.tile(values, 2) for values in (session[to], took, stop, gone, counted))
    of, times, times_in_stops, lengths, counted = twice
    return of, grid[both].astype(np.int64), times, times_in_stops, lengths, counted
