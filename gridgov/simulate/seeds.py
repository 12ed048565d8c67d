"""Chance that repeats: streams of random numbers that depend on a seed and a name, never on the order of calls.

`stream` is for numpy code that draws many numbers at once. `chance` is for compiled code: a number that depends only on
what it is about (a case, a step), so that a month can be made without the months before it.
"""

import zlib

import numba
import numpy as np


def stream(seed: int, *about: str | int) -> np.random.Generator:
    """A generator of its own for whatever is named: `stream(seed, "arrivals", 2025, 3)`."""
    words = [zlib.crc32(str(word).encode()) for word in about]
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, *words])))


@numba.njit(cache=True, inline="always")
def chance(key: int, what: int) -> float:
    """A number in [0, 1) fixed by a key (a case) and what it decides (a step). Splitmix64, see Steele and others 2014."""
    z = np.uint64(key) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(what) * np.uint64(0xD1B54A32D192ED03)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z = z ^ (z >> np.uint64(31))
    return float(z >> np.uint64(11)) * (1.0 / 9007199254740992.0)
