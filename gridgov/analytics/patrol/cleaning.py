"""Which fixes can be believed. Nothing is deleted: every fix gets the code of the filter that took it, 0 = usable.

The filters, in this order; a fix taken by one is not looked at by the next:

    clock      its instant is before `earliest_at` or after what is known: a device that lost its date
    unplaced   the town's metric CRS has no place for it
    duplicate  the same device told another fix of the same instant; the more accurate one stands
    accuracy   the device itself says that it may be farther off than `max_accuracy_m`, or (below 0) that it knows nothing
    speed      alone where it is: it cannot be reached from the fixes around it, nor they from it
    jump       the same, of a few fixes in a row, no longer than `jump_s`

Speed is tested forwards and backwards at once. A step is possible if it needs no more than the speed limit of how one
moves, after what the two positions may be off by. Steps that are not possible cut a track into pieces. Pieces longer than
`jump_s` always stand, since of two long pieces that contradict each other nobody can say which is wrong (the step between
them is marked, see `Cleaned.is_torn`). Of the short ones between them the most fixes stand that one could have visited in
turn. Where two answers are equally good, what they disagree on is taken: it is not known to be right. So no direction of
time is preferred: the outlier goes, not its neighbours.

Across a longer silence than `silence_s` nothing is held against a fix: one may have taken a bus.

After the sort no clock runs backwards. One that was set back within a track shows as two tracks folded into one, whose
steps are impossible: these are speed and jump.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final, NamedTuple

import numba
import numpy as np
import numpy.typing as npt

from gridgov.analytics.patrol.fixes import SECOND, WAYS, Fixes
from gridgov.rules import Rules

FILTERS: Final = ("usable", "clock", "unplaced", "duplicate", "accuracy", "speed", "jump")
"""What became of a fix, by its code."""
USABLE, CLOCK, UNPLACED, DUPLICATE, ACCURACY, SPEED, JUMP = range(len(FILTERS))

YEAR_2000: Final = 946_684_800 * SECOND
_LIMITS: Final = {"walk": 3.0, "ebike": 12.0, "car": 33.0}


@dataclass(frozen=True)
class Filters:
    """How strict each filter is.

    earliest_at     microseconds UTC
    max_accuracy_m  metres
    max_speed_mps   metres a second by way to move; where that is not told, the highest
    noise_m         metres that two positions are off by together, where they do not say more of themselves
    silence_s       seconds after which a fix is not held against the one before
    jump_s          seconds that a wrong piece of a track lasts at most
    off             names of filters that are not used
    """

    earliest_at: int = YEAR_2000
    max_accuracy_m: float = 50.0
    max_speed_mps: Mapping[str, float] = field(default_factory=lambda: dict(_LIMITS))
    noise_m: float = 20.0
    silence_s: float = 300.0
    jump_s: float = 120.0
    off: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        unknown = self.off - set(FILTERS[1:]) | set(self.max_speed_mps) ^ set(WAYS)
        if unknown or "unplaced" in self.off:
            raise ValueError(
                f"no filter and no way to move that can be set: {', '.join(sorted(unknown)) or 'unplaced'}"
            )

    @classmethod
    def of(cls, rules: Rules) -> "Filters":
        """The filters that a town's rules tell."""
        said = rules.patrol.filters
        return cls(
            earliest_at=(said.earliest_on - date(1970, 1, 1)).days * 86_400 * SECOND,
            max_accuracy_m=said.max_accuracy_m,
            max_speed_mps=_LIMITS | {str(way): limit for way, limit in said.max_speed_mps.items()},
            noise_m=said.noise_m,
            silence_s=said.silence_s,
            jump_s=said.jump_s,
            off=frozenset(said.off),
        )


@dataclass(frozen=True)
class Cleaned:
    """What became of the fixes.

    code     uint8 by row: place in FILTERS
    order    int64: the rows by device and time; rows of one instant as they came
    is_torn  bool by row: usable, but not to be reached from the usable fix of its device before it: a track ends there
    """

    code: npt.NDArray[np.uint8]
    order: npt.NDArray[np.int64]
    is_torn: npt.NDArray[np.bool_]

    @property
    def usable(self) -> npt.NDArray[np.int64]:
        """The rows of the usable fixes by device and time."""
        return self.order[self.code[self.order] == USABLE]

    def counts(self) -> dict[str, int]:
        """Fixes by what became of them; they add up to all."""
        return dict(zip(FILTERS, np.bincount(self.code, minlength=len(FILTERS)).tolist(), strict=True))


class Track(NamedTuple):
    """Fixes by device and time as compiled code reads them.

    at       microseconds
    off_m    metres that the position may be off by, 0 = not told
    limit    metres a second
    noise_m  metres that two positions are off by together at least
    silence  microseconds
    """

    device: npt.NDArray[np.int32]
    at: npt.NDArray[np.int64]
    x: npt.NDArray[np.float64]
    y: npt.NDArray[np.float64]
    off_m: npt.NDArray[np.float64]
    limit: npt.NDArray[np.float64]
    noise_m: float
    silence: int


def clean(
    fixes: Fixes, filters: Filters | None = None, *, known_at: int | npt.NDArray[np.int64] | None = None
) -> Cleaned:
    """What becomes of each fix.

    known_at  microseconds UTC at which the fixes (one for all, or each) were delivered: what is later is of the future;
              None = no such test
    """
    filters = filters or Filters()
    code = np.zeros(len(fixes), np.uint8)
    if "clock" not in filters.off:
        latest = np.iinfo(np.int64).max if known_at is None else known_at
        code[(fixes.at < filters.earliest_at) | (fixes.at > latest)] = CLOCK
    code[(code == USABLE) & ~(np.isfinite(fixes.x) & np.isfinite(fixes.y))] = UNPLACED
    order = by_device_and_time(fixes)
    if "duplicate" not in filters.off:
        take_duplicates(order, fixes.device, fixes.at, _trust(fixes.accuracy_m), fixes.x, fixes.y, code)
    if "accuracy" not in filters.off:
        code[(code == USABLE) & ((fixes.accuracy_m > filters.max_accuracy_m) | (fixes.accuracy_m < 0))] = ACCURACY
    rows = order[code[order] == USABLE]
    limits = np.array([filters.max_speed_mps[way] for way in WAYS] + [max(filters.max_speed_mps.values())])
    track = Track(
        device=fixes.device[rows],
        at=fixes.at[rows],
        x=fixes.x[rows],
        y=fixes.y[rows],
        off_m=np.where(fixes.accuracy_m[rows] >= 0, fixes.accuracy_m[rows], 0.0),
        limit=limits[fixes.mode[rows]],
        noise_m=filters.noise_m,
        silence=int(filters.silence_s * SECOND),
    )
    may_take = np.array([name not in filters.off for name in FILTERS])
    code[rows] = take_outliers(track, int(filters.jump_s * SECOND), may_take)
    is_torn = np.zeros(len(fixes), np.bool_)
    is_torn[rows] = torn(track, code[rows])
    return Cleaned(code, order, is_torn)


def by_device_and_time(fixes: Fixes) -> npt.NDArray[np.int64]:
    """Rows by device, then time, then as they came."""
    if not len(fixes):
        return np.zeros(0, np.int64)
    device = fixes.device.astype(np.int64) - int(fixes.device.min())
    first, last = int(fixes.at.min()), int(fixes.at.max())
    span = last - first + 1
    if (int(device.max()) + 1) * span < 2**62:  # one key sorts three times as fast as two
        return np.argsort(device * span + (fixes.at - first), kind="stable")
    return np.lexsort((fixes.at, device))


def _trust(accuracy: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Accuracies so that less is better: after all that are told come those not told, then those that say "unknown"."""
    return np.where(accuracy < 0, np.inf, np.where(np.isnan(accuracy), np.finfo(np.float64).max, accuracy))


# ---- compiled --------------------------------------------------------------------------------------------------------

# mypy: disable-error-code="no-untyped-def"


@numba.njit(cache=True, nogil=True)
def take_duplicates(order, device, at, trust, x, y, code):  # pragma: no cover  compiled
    """Give all but the best of a device's usable fixes of one instant the code DUPLICATE.

    The best is the most accurate, then the one farthest west and south: not the one that came first, or the result would
    hang on the order of the rows.
    """
    n, i = len(order), 0
    while i < n:
        best, end = -1, i
        while end < n and device[order[end]] == device[order[i]] and at[order[end]] == at[order[i]]:
            row = order[end]
            if code[row] == USABLE:
                if best < 0:
                    best = row
                elif (trust[row], x[row], y[row]) < (trust[best], x[best], y[best]):
                    code[best] = DUPLICATE
                    best = row
                else:
                    code[row] = DUPLICATE
            end += 1
        i = end


@numba.njit(cache=True, nogil=True)
def is_possible(track, i, j):  # pragma: no cover  compiled
    """Whether one can get from fix i to the later fix j of the same device; always, after a silence."""
    passed = track.at[j] - track.at[i]
    if passed > track.silence:
        return True
    off = max(track.noise_m, track.off_m[i] + track.off_m[j])
    reach = max(track.limit[i], track.limit[j]) * passed / SECOND + off
    return (track.x[j] - track.x[i]) ** 2 + (track.y[j] - track.y[i]) ** 2 <= reach * reach


@numba.njit(cache=True, nogil=True)
def torn(track, code):  # pragma: no cover  compiled
    """Which usable fixes cannot be reached from the usable one of their device before them."""
    found = np.zeros(len(code), np.bool_)
    before = -1
    for j in range(len(code)):
        if code[j] == USABLE:
            if before >= 0 and track.device[j] == track.device[before]:
                found[j] = not is_possible(track, before, j)
            before = j
    return found


@numba.njit(cache=True, nogil=True)
def take_outliers(track, jump, may_take):  # pragma: no cover  compiled
    """The code of each fix: USABLE, SPEED or JUMP. `jump` in microseconds."""
    device, at, n = track.device, track.at, len(track.at)
    code = np.zeros(n, np.uint8)
    first = np.empty(n + 1, np.int64)  # first fix of each piece
    n_pieces = 0
    for j in range(n):
        is_cut = j == 0 or device[j] != device[j - 1] or at[j] - at[j - 1] > track.silence
        if is_cut or not is_possible(track, j - 1, j):
            first[n_pieces] = j
            n_pieces += 1
    first[n_pieces] = n
    forth, back = np.zeros(n_pieces, np.int64), np.zeros(n_pieces, np.int64)
    claims = np.zeros(n + 1, np.int64)
    begin = 0
    while begin < n_pieces:
        owner, end = device[first[begin]], begin
        while end < n_pieces and device[first[end]] == owner and at[first[end + 1] - 1] - at[first[end]] <= jump:
            end += 1
        if end == begin:  # a long piece stands
            begin += 1
            continue
        before = begin - 1 if begin > 0 and device[first[begin - 1]] == owner else -1
        after = end if end < n_pieces and device[first[end]] == owner else -1
        _chains(track, first, begin, end, 1, before, forth)
        _chains(track, first, end - 1, begin - 1, -1, after, back)
        _settle(first, begin, end, forth, back, claims, may_take, code)
        begin = end
    return code


@numba.njit(cache=True, nogil=True)
def _meets(track, first, p, q):  # pragma: no cover  compiled
    """Whether one can get from one piece to the other, whichever comes first."""
    p, q = min(p, q), max(p, q)
    return is_possible(track, first[p + 1] - 1, first[q])


@numba.njit(cache=True, nogil=True)
def _chains(track, first, begin, end, step, edge, best):  # pragma: no cover  compiled
    """The most fixes that can stand in pieces begin ... j when j stands, into best[j]; 0 when j cannot stand.

    edge  the long piece before `begin`, which what stands first must be reached from; -1 = none
    """
    far, best_far = begin, 0  # pieces a silence away need no test: the best of them is enough
    j = begin
    while j != end:
        most = 0 if edge < 0 or _meets(track, first, edge, j) else -1
        while far != j and track.at[first[max(far, j)]] - track.at[first[min(far, j) + 1] - 1] > track.silence:
            best_far = max(best_far, best[far])
            far += step
        if best_far > 0:
            most = max(most, best_far)
        i = far
        while i != j:
            if best[i] > max(most, 0) and _meets(track, first, i, j):
                most = best[i]
            i += step
        best[j] = most + first[j + 1] - first[j] if most >= 0 else 0
        j += step


@numba.njit(cache=True, nogil=True)
def _settle(first, begin, end, forth, back, claims, may_take, code):  # pragma: no cover  compiled
    """Take every short piece that does not stand in all of the best answers.

    A best answer is a row of pieces that fill the places 0 ... most, each from forth - size to forth. A piece stands in all
    of them exactly if no other piece of a best answer claims one of its places.
    """
    most = 0
    for p in range(begin, end):
        if forth[p] > 0 and back[p] > 0:
            most = max(most, forth[p] + back[p] - (first[p + 1] - first[p]))
    for p in range(begin, end):
        size = first[p + 1] - first[p]
        if forth[p] > 0 and back[p] > 0 and forth[p] + back[p] - size == most:
            claims[forth[p] - size : forth[p]] += 1
    for p in range(begin, end):
        size = first[p + 1] - first[p]
        stands = forth[p] > 0 and back[p] > 0 and forth[p] + back[p] - size == most
        for place in range(forth[p] - size, forth[p]):
            stands = stands and claims[place] == 1
        taken = SPEED if size == 1 else JUMP
        if not stands and may_take[taken]:
            code[first[p] : first[p + 1]] = taken
    claims[:most] = 0
