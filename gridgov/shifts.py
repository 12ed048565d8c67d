"""The shifts of Chinese map services: GCJ-02 against WGS84, and BD-09 on top of GCJ-02. Degrees, longitude first.

The formulas are those that everybody publishes; nobody has the services' own. A shift changes by less than 2 % of the distance
between two points, so it is undone by shifting back by what the last guess would be shifted by, two digits or more a step.
Each point is computed for itself, to the same bits in whatever company: a position told twice is the same position.
"""

import math
from collections.abc import Callable
from typing import Any, Final, TypeAlias

import numba
import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]

_A: Final = 6378245.0  # Krassovsky 1940, metres
_EE: Final = 0.00669342162296594323
_WEST, _SOUTH, _EAST, _NORTH = 72.004, 0.8293, 137.8347, 55.8271  # GCJ-02 leaves everything outside alone
_MARGIN: Final = 0.1  # degrees; a shifted point may have left the box by half a kilometre
_X_PI: Final = math.pi * 3000.0 / 180.0
_TOLERANCE: Final = 1e-10  # degrees, 0.01 mm
_MAX_STEPS: Final = 40


def wgs_to_gcj(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """GCJ-02 of WGS84; new arrays of the same shape."""
    return _each(_to_gcj, lon, lat)


def gcj_to_wgs(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """WGS84 of GCJ-02, to 1e-9 degrees; new arrays of the same shape."""
    return _each(_from_gcj, lon, lat)


def gcj_to_bd(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """BD-09 of GCJ-02; new arrays of the same shape."""
    return _each(_to_bd, lon, lat)


def bd_to_gcj(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """GCJ-02 of BD-09, to 1e-9 degrees; new arrays of the same shape."""
    return _each(_from_bd, lon, lat)


def _each(move: Callable[..., Any], lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Every point moved; a missing one stays missing."""
    out = np.empty((2, np.size(lon)))
    move(np.ravel(lon), np.ravel(lat), out)
    return out[0].reshape(np.shape(lon)), out[1].reshape(np.shape(lon))


# ---- compiled --------------------------------------------------------------------------------------------------------

# mypy: disable-error-code="no-untyped-def"


@numba.njit(cache=True, nogil=True)
def _in_box(lon, lat, margin):  # pragma: no cover  compiled
    return _WEST - margin <= lon <= _EAST + margin and _SOUTH - margin <= lat <= _NORTH + margin


@numba.njit(cache=True, nogil=True)
def _gcj(lon, lat):  # pragma: no cover  compiled
    """The bare GCJ-02 formula, without its box: smooth, so that it can be undone by steps."""
    x, y, pi = lon - 105.0, lat - 35.0, math.pi
    root = math.sqrt(abs(x))
    of_x = math.sin(x * pi)
    ripple = 20.0 * math.sin(6.0 * x * pi) + 20.0 * math.sin(2.0 * x * pi)
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north += ripple * 2.0 / 3.0
    north += (20.0 * math.sin(y * pi) + 40.0 * math.sin(y / 3.0 * pi)) * 2.0 / 3.0
    north += (160.0 * math.sin(y / 12.0 * pi) + 320.0 * math.sin(y * pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east += ripple * 2.0 / 3.0
    east += (20.0 * of_x + 40.0 * math.sin(x / 3.0 * pi)) * 2.0 / 3.0
    east += (150.0 * math.sin(x / 12.0 * pi) + 300.0 * math.sin(x / 30.0 * pi)) * 2.0 / 3.0

    phi = lat / 180.0 * pi
    magic = 1.0 - _EE * math.sin(phi) ** 2
    d_lat = north * 180.0 / (_A * (1.0 - _EE) / (magic * math.sqrt(magic)) * pi)
    d_lon = east * 180.0 / (_A / math.sqrt(magic) * math.cos(phi) * pi)
    return lon + d_lon, lat + d_lat


@numba.njit(cache=True, nogil=True)
def _bd(lon, lat):  # pragma: no cover  compiled
    radius = math.hypot(lon, lat) + 0.00002 * math.sin(lat * _X_PI)
    angle = math.atan2(lat, lon) + 0.000003 * math.cos(lon * _X_PI)
    return radius * math.cos(angle) + 0.0065, radius * math.sin(angle) + 0.006


@numba.njit(cache=True, nogil=True)
def _to_gcj(lon, lat, out):  # pragma: no cover  compiled
    for k in range(len(lon)):
        out[0, k], out[1, k] = _gcj(lon[k], lat[k]) if _in_box(lon[k], lat[k], 0.0) else (lon[k], lat[k])


@numba.njit(cache=True, nogil=True)
def _from_gcj(lon, lat, out):  # pragma: no cover  compiled
    for k in range(len(lon)):
        x, y = lon[k], lat[k]
        if _in_box(x, y, _MARGIN):
            for _ in range(_MAX_STEPS):
                moved_x, moved_y = _gcj(x, y)
                off_x, off_y = moved_x - lon[k], moved_y - lat[k]
                x, y = x - off_x, y - off_y
                if not max(abs(off_x), abs(off_y)) > _TOLERANCE:
                    break
        # Tried a little beyond the box, what comes back into it is believed.
        out[0, k], out[1, k] = (x, y) if _in_box(x, y, 0.0) else (lon[k], lat[k])


@numba.njit(cache=True, nogil=True)
def _to_bd(lon, lat, out):  # pragma: no cover  compiled
    for k in range(len(lon)):
        out[0, k], out[1, k] = _bd(lon[k], lat[k])


@numba.njit(cache=True, nogil=True)
def _from_bd(lon, lat, out):  # pragma: no cover  compiled
    for k in range(len(lon)):
        x, y = lon[k], lat[k]
        for _ in range(_MAX_STEPS):
            moved_x, moved_y = _bd(x, y)
            off_x, off_y = moved_x - lon[k], moved_y - lat[k]
            x, y = x - off_x, y - off_y
            if not max(abs(off_x), abs(off_y)) > _TOLERANCE:
                break
        out[0, k], out[1, k] = x, y
