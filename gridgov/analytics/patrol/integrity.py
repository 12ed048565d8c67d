"""What in tracks asks for a look: each finding is a measure with its evidence, never a verdict. Innocent explanations exist
for all of them; who reads a list of findings is told them (data/patrol_integrity.toml).

The kinds, each with the physics behind its threshold:

    standing   a session that stays within the error of a receiver: the device lay somewhere
    driving    faster than one's way to move allows, as the median of seven steps: a bad fix or two cannot make it
    jumping    positions that not even a car could have come to from those around them
    steady     speed that varies less than any receiver's own error would make it seem to vary
    shared     one device, two people on one day
    replay     a track that goes through the very places of an earlier one: see `Shapes`
"""

from dataclasses import dataclass, fields
from typing import Any, Final, NamedTuple

import numba
import numpy as np
import numpy.typing as npt
import pandas as pd

from gridgov.analytics.patrol.cleaning import JUMP, SPEED, USABLE, Cleaned
from gridgov.analytics.patrol.fixes import SECOND, Fixes
from gridgov.analytics.patrol.sessions import Sessions
from gridgov.rules import Rules

KINDS: Final = ("standing", "driving", "jumping", "steady", "shared", "replay")
COLUMNS: Final = ("kind", "device", "person", "other", "begin_at", "end_at", "measure", "n", "n_of")
"""Columns of a frame of findings, a row each:

    kind               of KINDS
    device, person     int64, as in the fixes
    other              int64: shared the other person, else -1
    begin_at, end_at   int64, microseconds UTC: of what is looked at
    measure            float64: standing metres around the middle that hold nine of ten fixes; driving minutes; jumping
                       metres of the farthest; steady the speed's coefficient of variation; shared minutes between the two
    n, n_of            int64: fixes, steps or minutes that show it, and those looked at
"""

Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Limits:
    """What is looked for.

    stand_m, stand_min      nine of ten fixes lie so near their middle (metres) for so many minutes at least: a receiver that
                            lies beside a house errs by less, who walks round a building gets farther
    fast_mps                by way to move, metres a second that one does not exceed for minutes: on foot nobody on patrol
                            runs at 3 m/s; e-bikes stop helping at 25 km/h (GB 17761-2018)
    drive_min               minutes above it
    car_mps                 what not even a car does in a town, metres a second
    jump_n, jump_share      so many such positions on a day, and of all of them such a share
    steady_min, steady_cv   minutes of moving at least, and the coefficient of variation below it: at 1.3 m/s and a fix each
                            10 s an error of only 1 m gives 0.1
    shape_share             of the places of two sketches that they share, see `Shapes`
    replay_days             so many days before, at most, is a track written again looked for
    """

    stand_m: float = 20.0
    stand_min: float = 20.0
    fast_walk_mps: float = 3.0
    fast_ebike_mps: float = 7.0
    drive_min: float = 5.0
    car_mps: float = 33.0
    jump_n: int = 3
    jump_share: float = 0.003
    steady_min: float = 15.0
    steady_cv: float = 0.05
    shape_share: float = 0.3
    replay_days: int = 90

    @classmethod
    def of(cls, rules: Rules) -> "Limits":
        """The limits that a town's rules tell."""
        said = rules.patrol.integrity
        return cls(**{each.name: getattr(said, each.name) for each in fields(cls)})


def findings(fixes: Fixes, cleaned: Cleaned, sessions: Sessions, limits: Limits | None = None) -> pd.DataFrame:
    """What devices show on a day, each by itself, by COLUMNS. `replay` needs other days."""
    limits = limits or Limits()
    parts = [
        standing(sessions, limits), driving(fixes, cleaned, limits), jumping(fixes, cleaned, limits),
        steady(sessions, limits), shared(sessions),
    ]  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def standing(sessions: Sessions, limits: Limits) -> pd.DataFrame:
    """Sessions in which a device lay where it was: nine of ten fixes are no farther from their middle than `stand_m`."""
    rows = np.flatnonzero(sessions.minutes >= limits.stand_min)
    reach = _reach(sessions, rows, 0.9)
    is_still = reach <= limits.stand_m
    rows, reach = rows[is_still], reach[is_still]
    return _frame(
        "standing", sessions.device[rows], sessions.person[rows], sessions.begin_at[rows], sessions.end_at[rows], reach,
        np.round(sessions.stop_min[rows]), np.round(sessions.minutes[rows]),
    )  # fmt: skip


def driving(fixes: Fixes, cleaned: Cleaned, limits: Limits) -> pd.DataFrame:
    """Who moved on a day as fast as a car, though on foot or on an e-bike by what the device tells.

    Asked of all fixes that have a place and a time, also those that the speed filter took: that is what it takes.
    """
    rows = _placed(cleaned)
    limit = np.array([limits.fast_walk_mps, limits.fast_ebike_mps, np.inf, np.inf])[fixes.mode[rows]]
    device, person, at = fixes.device[rows], fixes.person[rows], fixes.at[rows]
    fast, moves, speed = _fast(device, at, fixes.x[rows], fixes.y[rows], limit, limits.car_mps)
    if not fast.any():
        return _frame("driving", *_NOTHING)
    took = np.diff(at, prepend=at[:1]) / (60 * SECOND)
    steps = pd.DataFrame({"device": device, "person": person, "at": at, "took": took, "speed": speed})[fast]
    found = steps.groupby(["device", "person"], as_index=False).agg(
        begin_at=("at", "min"), end_at=("at", "max"), minutes=("took", "sum"), n=("took", "size")
    )
    found = found[found["minutes"] >= limits.drive_min]
    n_of = pd.Series(moves).groupby([device, person]).sum() if len(found) else pd.Series(dtype=float)
    of = [int(n_of[key]) for key in zip(found["device"], found["person"], strict=True)]
    return _frame(
        "driving",
        found["device"],
        found["person"],
        found["begin_at"],
        found["end_at"],
        found["minutes"],
        found["n"],
        of,
    )


def jumping(fixes: Fixes, cleaned: Cleaned, limits: Limits) -> pd.DataFrame:
    """Devices that on a day told of places that not even a car could have come to, and come back from."""
    rows = _placed(cleaned)
    device, person, at = fixes.device[rows], fixes.person[rows], fixes.at[rows]
    far = _jumps(device, at, fixes.x[rows], fixes.y[rows], cleaned.code[rows] != USABLE, limits.car_mps)
    if not (far > 0).any():
        return _frame("jumping", *_NOTHING)
    every = pd.DataFrame({"device": device, "person": person, "at": at, "far": far, "is_far": far > 0})
    found = every.groupby(["device", "person"], as_index=False).agg(
        n=("is_far", "sum"), n_of=("far", "size"), far=("far", "max")
    )
    found = found[(found["n"] >= limits.jump_n) & (found["n"] >= limits.jump_share * found["n_of"])]
    spans = every[every["is_far"]].groupby(["device", "person"])["at"].agg(["min", "max"])
    keys = pd.MultiIndex.from_frame(found[["device", "person"]])
    begin, end = spans["min"].reindex(keys).to_numpy(np.int64), spans["max"].reindex(keys).to_numpy(np.int64)
    return _frame("jumping", found["device"], found["person"], begin, end, found["far"], found["n"], found["n_of"])


def steady(sessions: Sessions, limits: Limits) -> pd.DataFrame:
    """Sessions that move at a speed no living being keeps and no receiver would show."""
    session, speed, took = _moving(sessions)
    frame = pd.DataFrame({"session": session, "speed": speed, "took": took / 60})
    found = frame.groupby("session").agg(
        mean=("speed", "mean"), sd=("speed", "std"), minutes=("took", "sum"), n=("took", "size")
    )
    found = found[(found["minutes"] >= limits.steady_min) & (found["n"] >= 30)]
    cv = found["sd"] / found["mean"]
    found, cv = found[cv < limits.steady_cv], cv[cv < limits.steady_cv]
    rows = found.index.to_numpy(np.int64)
    return _frame(
        "steady", sessions.device[rows], sessions.person[rows], sessions.begin_at[rows], sessions.end_at[rows], cv,
        found["n"], sessions.n_fixes[rows],
    )  # fmt: skip


def shared(sessions: Sessions) -> pd.DataFrame:
    """Devices that more than one person carried on a day: a row for each change of hands, with who had it before."""
    order = np.lexsort((sessions.begin_at, sessions.device))
    before, after = order[:-1], order[1:]
    is_one = (sessions.device[before] == sessions.device[after]) & (sessions.person[before] != sessions.person[after])
    is_one &= (sessions.person[before] >= 0) & (sessions.person[after] >= 0)
    before, after = before[is_one], after[is_one]
    minutes = (sessions.begin_at[after] - sessions.end_at[before]) / (60 * SECOND)
    n = np.ones(len(after))
    return _frame(
        "shared", sessions.device[after], sessions.person[after], sessions.begin_at[after], sessions.end_at[after], minutes,
        n, n, other=sessions.person[before],
    )  # fmt: skip


# ---- the same way on other days --------------------------------------------------------------------------------------

SKETCH: Final = 64
"""Of so many places a sketch is made."""
_LEAST: Final = 40  # places that a session needs for its sketch to tell anything


class Shapes(NamedTuple):
    """Sketches of the shapes of sessions: enough to tell whether two go through the very same places, and no more.

    A place is a square of one metre in which somebody moved. Of a session's places those with the lowest numbers after a
    random mixing that is the same for all sessions are kept (bottom-k sketch: Cohen and Kaplan 2007): so two sketches hold
    the same part of what the sessions share. Who walks a street twice is off by the error of the receiver, 3 m and more, and
    shares few places; what is played again shares most, whatever day it claims to be. Long standing is left out: there all
    shares places.

    session  int64: row of the sessions
    places   uint64, (n, SKETCH), ascending; those missing are the highest number
    """

    session: Longs
    places: npt.NDArray[np.uint64]


def shapes(sessions: Sessions, cell_m: float = 1.0, key: tuple[int, int] = (0, 0)) -> Shapes:
    """The sketches of sessions that moved enough for one.

    key  two secret numbers of 64 bits: who does not know them learns no place from a sketch
    """
    session, row = _moved(sessions)
    col_at, row_at = (
        np.floor(sessions.x[row] / cell_m).astype(np.int64),
        np.floor(sessions.y[row] / cell_m).astype(np.int64),
    )
    place = (col_at.astype(np.uint64) << np.uint64(32)) ^ (row_at.astype(np.uint64) & np.uint64(0xFFFFFFFF))
    mixed = _mixed(_mixed(place ^ np.uint64(key[0])) ^ np.uint64(key[1]))
    frame = pd.DataFrame({"session": session, "mixed": mixed}).drop_duplicates().sort_values(["session", "mixed"])
    rank = frame.groupby("session").cumcount().to_numpy()
    size = frame.groupby("session")["mixed"].transform("size").to_numpy()
    frame, rank = frame[(rank < SKETCH) & (size >= _LEAST)], rank[(rank < SKETCH) & (size >= _LEAST)]
    known, row_of = np.unique(frame["session"].to_numpy(), return_inverse=True)
    places = np.full((len(known), SKETCH), np.iinfo(np.uint64).max, np.uint64)
    places[row_of, rank] = frame["mixed"].to_numpy()
    return Shapes(known, places)


def alike(
    owner: Longs, day: Longs, places: npt.NDArray[np.uint64], limits: Limits | None = None, *, since: int | None = None
) -> pd.DataFrame:
    """Sketches of one owner on different days that show the same way.

    owner    whose they are: device or worker
    day      of each, a number
    since    only those of this day and later ones are looked at (None = all); the others are there to be like
    returns  for each that is like an earlier one (not on the same day, at most `replay_days` before), the earlier one it is
             most like, of several the earliest: row, earlier (rows of the arguments), share (0..1 of the places, estimated),
             n, n_of (places shared, and looked at)
    """
    limits = limits or Limits()
    order = np.lexsort((day, owner))
    first = np.iinfo(np.int64).min if since is None else since
    best, n, n_of = _alike(owner[order], day[order], places[order], first, limits.replay_days)
    share = n / np.maximum(n_of, 1)
    chosen = np.flatnonzero((best >= 0) & (share >= limits.shape_share))
    return pd.DataFrame(
        {
            "row": order[chosen], "earlier": order[best[chosen]], "share": share[chosen], "n": n[chosen],
            "n_of": n_of[chosen],
        }
    )  # fmt: skip


def _mixed(number: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Numbers well mixed: splitmix64 (Steele, Lea and Flood 2014)."""
    with np.errstate(over="ignore"):
        z = number + np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return z ^ (z >> np.uint64(31))


# ---- helpers ---------------------------------------------------------------------------------------------------------

_NOTHING: Final = ((), (), (), (), (), (), ())
"""The columns of no finding: on most days nobody drives or jumps, and grouping all fixes costs more than looking at them."""


def _frame(
    kind: str, device: Any, person: Any, begin: Any, end: Any, measure: Any, n: Any, n_of: Any, other: Any = -1
) -> pd.DataFrame:
    numbers = {
        "device": device,
        "person": person,
        "other": other,
        "begin_at": begin,
        "end_at": end,
        "n": n,
        "n_of": n_of,
    }
    size = len(np.asarray(device))
    frame = pd.DataFrame({name: np.broadcast_to(np.asarray(v), size).astype(np.int64) for name, v in numbers.items()})
    return frame.assign(kind=kind, measure=np.asarray(measure, np.float64))[list(COLUMNS)]


def _placed(cleaned: Cleaned) -> Longs:
    """The rows of fixes that have a place and a time of their own, by device and time."""
    return cleaned.order[np.isin(cleaned.code[cleaned.order], (USABLE, SPEED, JUMP))]


def _steps(sessions: Sessions) -> tuple[Longs, Longs, Floats, Floats]:
    """Session, row of the vertex it leads to, seconds and metres of each step within a session."""
    session = np.repeat(np.arange(len(sessions)), np.diff(sessions.first))
    row = np.flatnonzero(session[1:] == session[:-1]) + 1
    took = sessions.t[row] - sessions.t[row - 1]
    return (
        session[row],
        row,
        took,
        np.hypot(sessions.x[row] - sessions.x[row - 1], sessions.y[row] - sessions.y[row - 1]),
    )


def _moving(sessions: Sessions) -> tuple[Longs, Floats, Floats]:
    """Session, speed and seconds of the steps that move; steps of more than 30 s even out too much to tell."""
    session, _, took, metres = _steps(sessions)
    speed = metres / np.maximum(took, 1e-6)
    moves = (speed > 0.5) & (took <= 30)
    return session[moves], speed[moves], took[moves]


def _moved(sessions: Sessions) -> tuple[Longs, Longs]:
    """Session and vertex of the steps that led somewhere: 3 m and faster than one shifts from foot to foot."""
    session, row, took, metres = _steps(sessions)
    moves = ~sessions.is_stop[row] & (metres > 3) & (metres > 0.5 * took)
    return session[moves], row[moves]


# ---- compiled --------------------------------------------------------------------------------------------------------

# mypy: disable-error-code="no-untyped-def"

_STEPS: Final = 7
_SILENCE: Final = 300 * SECOND


@numba.njit(cache=True, nogil=True)
def _fast(device, at, x, y, limit, car):  # pragma: no cover  compiled
    """Which fixes end a fast step, which one that moves, and the median speed (m/s) of the seven steps around it."""
    n = len(at)
    speed = np.full(n, np.nan)
    for j in range(1, n):
        if device[j] == device[j - 1] and 0 < at[j] - at[j - 1] <= _SILENCE:
            speed[j] = np.hypot(x[j] - x[j - 1], y[j] - y[j - 1]) * SECOND / (at[j] - at[j - 1])
    half = _STEPS // 2
    fast, moves, middle = np.zeros(n, np.bool_), np.zeros(n, np.bool_), np.full(n, np.nan)
    held = np.empty(_STEPS)
    for j in range(n):
        if j - half < 0 or j + half >= n:
            continue
        whole = True
        for k in range(_STEPS):
            held[k] = speed[j - half + k]
            whole = whole and not np.isnan(held[k])
        if whole:
            _put_in_order(held)
            middle[j] = held[half]
            fast[j] = limit[j] < middle[j] <= car
            moves[j] = middle[j] > 0.5
    return fast, moves, middle


@numba.njit(cache=True, nogil=True)
def _put_in_order(few):  # pragma: no cover  compiled
    """Sort a few values in place, by insertion."""
    for k in range(1, len(few)):
        value, place = few[k], k
        while place > 0 and few[place - 1] > value:
            few[place] = few[place - 1]
            place -= 1
        few[place] = value


@numba.njit(cache=True, nogil=True)
def _jumps(device, at, x, y, taken, car):  # pragma: no cover  compiled
    """How far each fix that a filter took lies from the one before that was not, if no car gets there; else 0."""
    far = np.zeros(len(at))
    before = -1
    for j in range(len(at)):
        if before >= 0 and device[before] != device[j]:
            before = -1
        if not taken[j]:
            before = j
        elif before >= 0 and at[j] - at[before] <= _SILENCE:
            metres = np.hypot(x[j] - x[before], y[j] - y[before])
            if metres > car * (at[j] - at[before]) / SECOND + 100.0:
                far[j] = metres
    return far


def _reach(sessions: Sessions, rows: npt.NDArray[np.int64], share: float) -> npt.NDArray[np.float64]:
    """For some sessions how far from the median of their fixes such a share of them lies at most, metres."""
    found = np.empty(len(rows))
    for i, row in enumerate(rows):  # few; compiling numpy's quantile would take longer than they do
        mine = slice(sessions.first[row], sessions.first[row + 1])
        x, y = sessions.x[mine], sessions.y[mine]
        found[i] = np.quantile(np.hypot(x - np.median(x), y - np.median(y)), share)
    return found


@numba.njit(cache=True, nogil=True)
def _alike(owner, day, places, since, back):  # pragma: no cover  compiled
    """For each sketch from a day on the one of an earlier day of its owner, so many days back at most, that it is most like, how
    many places they share, and of how many. Ascending by owner, day.
    """
    n, k = places.shape
    none = np.uint64(0xFFFFFFFFFFFFFFFF)
    best, shared, of = np.full(n, -1, np.int64), np.zeros(n, np.int64), np.zeros(n, np.int64)
    begin = 0
    for i in range(n):
        while owner[begin] != owner[i] or day[begin] < day[i] - back:
            begin += 1
        if day[i] < since:
            continue
        for j in range(begin, i):
            if day[j] == day[i]:
                break
            a, b, both, seen = 0, 0, 0, 0
            while seen < k and a < k and b < k and (places[i, a] != none or places[j, b] != none):
                if places[i, a] == places[j, b]:
                    both += 1
                    a += 1
                    b += 1
                elif places[i, a] < places[j, b]:
                    a += 1
                else:
                    b += 1
                seen += 1
            if both * max(of[i], 1) > shared[i] * max(seen, 1):
                best[i], shared[i], of[i] = j, both, seen
    return best, shared, of
