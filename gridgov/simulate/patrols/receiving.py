"""What a device makes of where somebody was: true position + drift (AR(1), lasting about 90 s) + white noise, more
between buildings; gaps, jumps, a clock that is wrong; in degrees of the datum that the device writes.
"""

import math
from typing import NamedTuple

import numba
import numpy as np
import numpy.typing as npt

from gridgov import crs
from gridgov.simulate.model import Land
from gridgov.simulate.patrols.records import Rows
from gridgov.simulate.patrols.walking import Steps, uniform
from gridgov.simulate.seeds import chance

Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_LASTS = 90.0
"""Seconds a drift lasts."""
_HARSHER = np.array([0.85, 1.0, 1.5, 0.85])
"""Error by kind of road: trunk, street, lane (between buildings), path."""
_DRIFT, _WHITE = 0.85, 0.4
"""Of the error, as drift and as white noise."""
_WGS84_TERMS = 5
"""Without the shift of the map services a polynomial of degree 4 is enough."""


class Fit(NamedTuple):
    """Polynomials for longitude and latitude by metres: centre x, y, reach; coefficients (WGS84 or GCJ-02, 2, k, k)."""

    x: float
    y: float
    reach: float
    c: Floats


class Fixes(NamedTuple):
    """Fixes of some sessions, one session after the other.

    at          milliseconds of local wall time since 1970-01-01, by the device's clock
    lon, lat    degrees with 6 decimals
    speed       m/s, NaN = not told
    accuracy    m
    satellites  -1 = not told
    first       (sessions + 1,) where each begins
    """

    at: Longs
    lon: Floats
    lat: Floats
    speed: npt.NDArray[np.float32]
    accuracy: npt.NDArray[np.float32]
    satellites: npt.NDArray[np.int16]
    first: Longs


def received(sessions: Rows, steps: Steps, fit: Fit, jump_m: tuple[float, float]) -> Fixes:
    """The fixes that the devices of some sessions (SESSION) write down."""
    n = int(steps.first[-1])
    out = Fixes(
        np.empty(n, np.int64), np.empty(n), np.empty(n), np.empty(n, np.float32), np.empty(n, np.float32),
        np.empty(n, np.int16), np.zeros(len(sessions) + 1, np.int64),
    )  # fmt: skip
    n = _receive(sessions, steps, fit, jump_m, out)
    return Fixes(out.at[:n], out.lon[:n], out.lat[:n], out.speed[:n], out.accuracy[:n], out.satellites[:n], out.first)


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _receive(sessions: Rows, steps: Steps, fit: Fit, jump_m: tuple[float, float], out: Fixes) -> int:
    n = 0
    dice = np.zeros(2, np.int64)
    for k in range(len(sessions)):
        s = sessions[k]
        dice[0], dice[1] = s.key ^ 0x5DEECE66D, 0
        kept = math.exp(-s.step / _LASTS)
        new = math.sqrt(1.0 - kept * kept)
        dx, dy = _normal(dice), _normal(dice)
        jumps, jx, jy = 0, 0.0, 0.0
        for i in range(steps.first[k], steps.first[k + 1]):
            at = steps.at[i]
            dx = kept * dx + new * _normal(dice)
            dy = kept * dy + new * _normal(dice)
            if s.gap_from <= at < s.gap_until:
                continue
            harsh = _HARSHER[steps.kind[i]]
            error = s.error * harsh
            x = steps.x[i] + error * (_DRIFT * dx + _WHITE * _normal(dice))
            y = steps.y[i] + error * (_DRIFT * dy + _WHITE * _normal(dice))
            if s.jump_share > 0.0:
                if jumps == 0 and uniform(dice) < s.jump_share:
                    jumps = 1 + int(2.0 * uniform(dice))
                    far = jump_m[0] + (jump_m[1] - jump_m[0]) * uniform(dice)
                    angle = 2.0 * math.pi * uniform(dice)
                    jx, jy = far * math.cos(angle), far * math.sin(angle)
                if jumps > 0:
                    jumps -= 1
                    x += jx
                    y += jy
            if s.jitter > 0.0:
                x += s.jitter * (2.0 * chance(s.jitter_key, 2 * i) - 1.0)
                y += s.jitter * (2.0 * chance(s.jitter_key, 2 * i + 1) - 1.0)
            lon, lat = _degrees(fit, s.is_shifted, x, y)
            out.at[n] = (s.start + int(at + s.clock)) * 1000
            out.lon[n] = math.floor(lon * 1e6 + 0.5) / 1e6
            out.lat[n] = math.floor(lat * 1e6 + 0.5) / 1e6
            noise = _normal(dice)
            out.accuracy[n] = math.floor(10.0 * (1.0 + error * (1.3 + 0.25 * abs(noise))) + 0.5) / 10.0
            told = abs(steps.pace[i] * (1.0 + 0.06 * noise) if steps.pace[i] > 0.0 else 0.12 * noise)
            out.speed[n] = math.floor(100.0 * told + 0.5) / 100.0 if s.tells_speed else math.nan
            out.satellites[n] = max(4, int(20.5 - 5.0 * harsh + 1.5 * noise)) if s.tells_satellites else -1
            n += 1
        out.first[k + 1] = n
    return n


@numba.njit(cache=True, nogil=True, inline="always")
def _degrees(fit: Fit, datum: int, x: float, y: float) -> tuple[float, float]:
    u, v = (x - fit.x) / fit.reach, (y - fit.y) / fit.reach
    k = fit.c.shape[2] if datum else _WGS84_TERMS
    lon, lat = 0.0, 0.0
    for i in range(k - 1, -1, -1):
        p, q = 0.0, 0.0
        for j in range(k - 1 - i, -1, -1):
            p = p * v + fit.c[datum, 0, i, j]
            q = q * v + fit.c[datum, 1, i, j]
        lon, lat = lon * u + p, lat * u + q
    return lon, lat


@numba.njit(cache=True, nogil=True, inline="always")
def _normal(dice: Longs) -> float:
    """Nearly normal and within 3.5 standard deviations: the sum of four uniform numbers out of one draw."""
    bits = int(uniform(dice) * 4503599627370496.0)
    total = (bits & 8191) + ((bits >> 13) & 8191) + ((bits >> 26) & 8191) + ((bits >> 39) & 8191)
    return (total / 8191.0 - 2.0) * 1.7320508


def fit_degrees(land: Land, degree: int = 7) -> Fit:
    """Longitude and latitude of a place as polynomials of its metres, in WGS84 and in GCJ-02.

    Better than 1 mm within the town: far below the sixth decimal that devices write, and many times faster.
    """
    x0, y0, x1, y1 = land.grids.total_bounds
    x, y, reach = (x0 + x1) / 2, (y0 + y1) / 2, max(x1 - x0, y1 - y0) / 2 + 3500
    node = np.cos(np.pi * (np.arange(24) + 0.5) / 24)
    u, v = (a.ravel() for a in np.meshgrid(node, node))
    wgs84 = crs.to_wgs84(x + reach * u, y + reach * v, crs.parse_datum(land.crs))
    powers = [(i, j) for i in range(degree + 1) for j in range(degree + 1 - i)]
    c = np.zeros((2, 2, degree + 1, degree + 1))
    for datum, (points, highest) in enumerate([(wgs84, _WGS84_TERMS - 1), (crs.from_wgs84(*wgs84, crs.GCJ02), degree)]):
        used = [(i, j) for i, j in powers if i + j <= highest]
        basis = np.stack([u**i * v**j for i, j in used], axis=1)
        for axis in range(2):
            solved = np.linalg.lstsq(basis, points[axis], rcond=None)[0]
            for (i, j), value in zip(used, solved, strict=True):
                c[datum, axis, i, j] = value
    return Fit(x, y, reach, c)
