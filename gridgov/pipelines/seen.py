"""Which keys of a file may have come before: a filter of fixed size, so that looking for repetitions need not sort a file."""

import numba
import numpy as np
import numpy.typing as npt

_BITS = 1 << 29
"""64 MB, of which the system gives out what is touched. With ten million keys one in a thousand is suspected wrongly."""


class Seen:
    """A Bloom filter over 64-bit fingerprints (Bloom 1970, two probes)."""

    def __init__(self) -> None:
        self._bits = np.zeros(_BITS // 64, np.uint64)

    def before(self, keys: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """The mask of keys that may have come before, here or in an earlier call; none that did is left out.

        >>> seen = Seen()
        >>> seen.before(np.array([5, 7, 5])).tolist(), seen.before(np.array([7, 8])).tolist()
        ([False, False, True], [True, False])
        """
        return _before(self._bits, keys.view(np.uint64))


@numba.njit(cache=True, nogil=True)
def _before(bits: npt.NDArray[np.uint64], keys: npt.NDArray[np.uint64]) -> npt.NDArray[np.bool_]:  # pragma: no cover
    found = np.zeros(len(keys), np.bool_)
    for i in range(len(keys)):
        is_known = True
        for probe in (keys[i] % np.uint64(_BITS), (keys[i] >> np.uint64(32)) % np.uint64(_BITS)):
            word, bit = probe >> np.uint64(6), np.uint64(1) << (probe & np.uint64(63))
            is_known = is_known and (bits[word] & bit) != np.uint64(0)
            bits[word] |= bit
        found[i] = is_known
    return found
