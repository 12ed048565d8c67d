"""Which keys of a file may have come before: a filter of fixed size for a file, so that repetitions are found without sorting."""

import numba
import numpy as np
import numpy.typing as npt

_BITS = 1 << 29
"""64 MB. With ten million keys one in a thousand is suspected wrongly."""

_FEW_BITS, _SMALL_BYTES = 1 << 23, 1 << 18
"""1 MB for a file of at most 256 kB: to be given 64 MB takes longer than to read such a file."""


class Seen:
    """A Bloom filter over 64-bit fingerprints (Bloom 1970, two probes), for the keys of a file of so many bytes."""

    def __init__(self, n_bytes: int) -> None:
        self._bits = np.zeros((_FEW_BITS if n_bytes <= _SMALL_BYTES else _BITS) // 64, np.uint64)

    def before(self, keys: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """The mask of keys that may have come before, here or in an earlier call; none that did is left out.

        >>> seen = Seen(n_bytes=1_000)
        >>> seen.before(np.array([5, 7, 5])).tolist(), seen.before(np.array([7, 8])).tolist()
        ([False, False, True], [True, False])
        """
        return _before(self._bits, keys.view(np.uint64))


@numba.njit(cache=True, nogil=True)
def _before(bits: npt.NDArray[np.uint64], keys: npt.NDArray[np.uint64]) -> npt.NDArray[np.bool_]:  # pragma: no cover
    found, n_bits = np.zeros(len(keys), np.bool_), np.uint64(len(bits)) * np.uint64(64)
    for i in range(len(keys)):
        is_known = True
        for probe in (keys[i] % n_bits, (keys[i] >> np.uint64(32)) % n_bits):
            word, bit = probe >> np.uint64(6), np.uint64(1) << (probe & np.uint64(63))
            is_known = is_known and (bits[word] & bit) != np.uint64(0)
            bits[word] |= bit
        found[i] = is_known
    return found
