"""Numbers in [0, 1) for whole arrays, each fixed by what it is about: a worker, a day, a shift."""

import numba
import numpy as np
import numpy.typing as npt

from gridgov.simulate.seeds import chance, stream

Floats = npt.NDArray[np.float64]
Longs = npt.NDArray[np.int64]


class Draws:
    """`draws(what, worker, day)`: one number for each worker and day (broadcast), another one for another `what`."""

    def __init__(self, seed: int, name: str) -> None:
        self._base = int(stream(seed, "patrols", name).integers(2**60))

    def __call__(self, what: int, *about: npt.ArrayLike) -> Floats:
        """The numbers, in the shape that the arguments broadcast to; at least one."""
        key = self.key(what, *about)
        return _chances(key.ravel()).reshape(key.shape)

    def key(self, what: int, *about: npt.ArrayLike) -> Longs:
        """The number from which chance is drawn; for compiled code that draws on."""
        key = np.int64(self._base + what * 7_919) + np.zeros(1, np.int64)
        with np.errstate(over="ignore"):
            for part in about:
                mixed = (np.asarray(part, dtype=np.int64) + np.int64(0x5BD1E995)) * np.int64(0x2545F4914F6CDD1D)
                key = (key ^ mixed) * np.int64(1_000_003)
        return np.asarray(key, dtype=np.int64)


@numba.njit(cache=True, nogil=True)
def _chances(keys: Longs) -> Floats:
    out = np.empty(len(keys))
    for i in range(len(keys)):
        out[i] = chance(keys[i], 1)
    return out
