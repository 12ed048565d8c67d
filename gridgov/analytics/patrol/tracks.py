"""Tracks as arrays: what the patrol measures are counted from."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Longs = npt.NDArray[np.int64]

GAP_S = 300.0
"""By default a silence longer than this is a gap: nobody knows where the person was meanwhile."""

_FARTHEST_M = 1e8  # no metric CRS goes so far; beyond it the numbers are something else


class Tracks(NamedTuple):
    """Cleaned fixes of some tracks, one track after the other, each in the order of time.

    x, y   float64 eastings and northings, metres in the town's metric CRS; finite
    at     float64 seconds since any epoch, never falling within a track
    first  int64 (tracks + 1,), where each track begins; track k is first[k] .. first[k + 1]
    """

    x: Floats
    y: Floats
    at: Floats
    first: Longs


def tracks_of(
    owner: npt.ArrayLike, at: npt.ArrayLike, x: npt.ArrayLike, y: npt.ArrayLike
) -> tuple[npt.NDArray[np.int64], Tracks]:
    """Tracks of fixes in any order, one for each owner (a number, such as that of a worker's day or session).

    at       seconds
    x, y     metres in the town's metric CRS
    returns  owner of each track, ascending; the tracks. Fixes of one owner and one instant keep their order.
    raises   ValueError as `checked`
    """
    owner = np.asarray(owner, np.int64)
    at, x, y = (np.asarray(values, np.float64) for values in (at, x, y))
    order = np.lexsort((at, owner))
    owners, begin = np.unique(owner[order], return_index=True)
    first = np.append(begin, len(owner)).astype(np.int64)
    return owners, checked(Tracks(x[order], y[order], at[order], first))


def checked(tracks: Tracks) -> Tracks:
    """The tracks with the types that the kernels want.

    raises  ValueError if a number is not finite, no metres, or time runs backwards: clean the fixes first
    """
    x, y, at = (np.ascontiguousarray(values, np.float64) for values in tracks[:3])
    first = np.ascontiguousarray(tracks.first, np.int64)
    if not len(x) == len(y) == len(at) == first[-1] or first[0] != 0 or (np.diff(first) < 0).any():
        raise ValueError(f"{len(x)} x, {len(y)} y, {len(at)} instants do not make tracks that end at {first[-1]}")
    if not (np.isfinite(at).all() and (np.abs(x) < _FARTHEST_M).all() and (np.abs(y) < _FARTHEST_M).all()):
        raise ValueError("the tracks hold numbers that are no instants or no metres; clean the fixes first")
    backwards = np.diff(at) < 0
    backwards[first[1:-1][(first[1:-1] > 0) & (first[1:-1] < len(at))] - 1] = False
    if backwards.any():
        raise ValueError(f"time runs backwards {backwards.sum()} times within a track; sort the fixes first")
    return Tracks(x, y, at, first)


def during(tracks: Tracks, since: npt.ArrayLike, until: npt.ArrayLike) -> Tracks:
    """The same tracks, with only their fixes at since <= at < until (seconds; one for all, or one a track).

    A track without such a fix stays, empty, so that positions keep their meaning.
    """
    counts = np.diff(tracks.first)
    since, until = (np.repeat(np.broadcast_to(np.asarray(t, np.float64), counts.shape), counts) for t in (since, until))
    kept = (tracks.at >= since) & (tracks.at < until)
    first = np.concatenate([[0], np.cumsum(kept)])[tracks.first]
    return Tracks(tracks.x[kept], tracks.y[kept], tracks.at[kept], first.astype(np.int64))


def by_day(tracks: Tracks, day: npt.ArrayLike, *, gap_s: float = GAP_S) -> tuple[Longs, Longs, Tracks]:
    """The tracks cut where the day changes: each piece belongs to one day.

    day      of each fix, a number: days since 1970-01-01 of local time
    gap_s    the way over midnight counts for the day on which it ends, unless it is a longer silence: the piece of that
             day begins with the last fix of the day before
    returns  for each piece the position of its track and its day; the pieces
    """
    day = np.asarray(day, np.int64)
    track = np.repeat(np.arange(len(tracks.first) - 1), np.diff(tracks.first))
    new_track, new_day = (np.diff(values, prepend=values[:1] - 1) != 0 for values in (track, day))
    begins = new_track | new_day
    is_near = np.diff(tracks.at, prepend=-np.inf) <= gap_s
    copies = 1 + (begins & ~new_track & is_near)
    row = np.repeat(np.arange(len(day)), copies)
    first_row = np.cumsum(copies) - copies  # where each fix, or the copy of the one before it, stands now
    row[first_row[copies == 2]] -= 1
    first = np.append(first_row[begins], len(row))
    return track[begins], day[begins], Tracks(tracks.x[row], tracks.y[row], tracks.at[row], first)
