"""Coordinates: the only place that transforms them.

Everything is stored and shown in `STORE_CRS` (WGS84, degrees, longitude first). A source must declare its datum; the
Chinese map services publish shifted coordinates (GCJ-02, and BD-09 on top of it) that no EPSG code describes, so a
declaration is a `Datum`: a coordinate reference system, an optional shift, and the order of the axes.

Accuracy: CGCS2000 and WGS84 are taken as one (they agree to centimetres, far below GPS noise). Undoing GCJ-02 and BD-09
is exact to 1e-9 degrees against the published formulas, but the formulas are only what the map services are known to
do: good for finding the right grid, not for surveying.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pyproj
import shapely
from pyproj.exceptions import CRSError

from gridgov import shifts
from gridgov.errors import DatumError

FloatArray: TypeAlias = npt.NDArray[np.float64]
BoolArray: TypeAlias = npt.NDArray[np.bool_]
Shift: TypeAlias = Literal["none", "gcj02", "bd09"]

STORE_CRS = pyproj.CRS.from_epsg(4326)
"""The CRS of every stored geometry and of every longitude and latitude in a frame."""


@dataclass(frozen=True)
class Datum:
    """What a source's pair of numbers means.

    label       how reports and messages name it
    crs         geographic (degrees) or projected (any unit) CRS of the numbers once the shift is off
    shift       the map service's shift that lies on top: none, gcj02 or bd09 (geographic only)
    is_swapped  the source writes y before x (latitude before longitude)
    """

    label: str
    crs: pyproj.CRS
    shift: Shift = "none"
    is_swapped: bool = False

    @property
    def is_identity(self) -> bool:
        """Whether the numbers already are WGS84 longitude and latitude (CGCS2000 counts as WGS84)."""
        return self.shift == "none" and not self.is_swapped and _epsg(self.crs) in (4326, 4490)

    def swapped(self) -> "Datum":
        """The same datum with the two numbers in the other order."""
        label = self.label.removesuffix(_SWAPPED) if self.is_swapped else self.label + _SWAPPED
        return replace(self, label=label, is_swapped=not self.is_swapped)


_SWAPPED = ", axes swapped"
WGS84 = Datum("WGS84", STORE_CRS)
CGCS2000 = Datum("CGCS2000", pyproj.CRS.from_epsg(4490))
GCJ02 = Datum("GCJ-02", STORE_CRS, "gcj02")
BD09 = Datum("BD-09", STORE_CRS, "bd09")

_BY_NAME = {"WGS84": WGS84, "WGS1984": WGS84, "CGCS2000": CGCS2000, "GCJ02": GCJ02, "BD09": BD09, "BD09LL": BD09}
_CRS_TEXT = re.compile(r"\s*(\w+:\w+\s*$|urn:|\+|\w+\s*\[|\{)")  # code, URN, PROJ string, WKT, PROJJSON
_ACCEPTED = "WGS84, CGCS2000, GCJ-02, BD-09, a code such as EPSG:4549, WKT, or a PROJ string"


def parse_datum(text: str | pyproj.CRS | None) -> Datum:
    """The datum a source declares.

    text     WGS84, CGCS2000, GCJ-02 or BD-09 (case, dashes and blanks do not matter), or anything pyproj reads:
             "EPSG:nnnn", WKT, a PROJ string, a CRS. Numbers are taken as x, y (longitude, latitude) whatever order
             the authority prescribes: that is how files write them.
    raises   DatumError if nothing is declared, the text is not understood, or the CRS has no x and y.
    """
    if text is None or (isinstance(text, str) and not text.strip()):
        raise DatumError(
            f"The source declares no datum. Coordinates are refused without one, because GCJ-02 read as WGS84 is off "
            f"by half a kilometre; declare one of: {_ACCEPTED}."
        )
    if isinstance(text, str):
        known = _BY_NAME.get(re.sub(r"[\s_-]", "", text).upper())
        if known is not None:
            return known
    try:
        # PROJ also searches its catalogue for anything that looks like a name; a misspelt datum must not find a planet.
        if isinstance(text, str) and not _CRS_TEXT.match(text):
            raise CRSError(f"{text} is neither a code nor WKT nor a PROJ string")
        crs = pyproj.CRS.from_user_input(text)
    except CRSError as error:
        raise DatumError(
            f"The datum {str(text)!r} is not known. Accepted are {_ACCEPTED}; correct the mapping's datum."
        ) from error
    if not (crs.is_geographic or crs.is_projected):
        raise DatumError(
            f"The datum {str(text)!r} is {crs.name} ({crs.type_name}), which has no longitude and latitude and no "
            f"easting and northing. Accepted are {_ACCEPTED}; correct the mapping's datum."
        )
    return Datum(_label(crs), crs)


def to_wgs84(x: npt.ArrayLike, y: npt.ArrayLike, datum: Datum) -> tuple[FloatArray, FloatArray]:
    """WGS84 longitude and latitude, in degrees, of coordinates in `datum`.

    x, y     arrays of one shape, in the units of the datum; degrees are longitude, latitude
    returns  two new arrays of that shape; NaN where either number is NaN or the point lies where the CRS is not defined
    """
    x, y = _pair(x, y)
    if datum.is_swapped:
        x, y = y, x
    if datum.shift == "bd09":
        x, y = shifts.bd_to_gcj(x, y)
    if datum.shift in ("gcj02", "bd09"):
        return shifts.gcj_to_wgs(x, y)
    if datum.is_identity or datum.swapped().is_identity:
        return x, y
    return _transform(datum.crs, STORE_CRS, x, y)


def from_wgs84(lon: npt.ArrayLike, lat: npt.ArrayLike, datum: Datum) -> tuple[FloatArray, FloatArray]:
    """Coordinates in `datum` of WGS84 longitude and latitude in degrees: the inverse of `to_wgs84`, with its rules."""
    x, y = _pair(lon, lat)
    if datum.shift in ("gcj02", "bd09"):
        x, y = shifts.wgs_to_gcj(x, y)
    if datum.shift == "bd09":
        x, y = shifts.gcj_to_bd(x, y)
    if datum.shift == "none" and not (datum.is_identity or datum.swapped().is_identity):
        x, y = _transform(STORE_CRS, datum.crs, x, y)
    return (y, x) if datum.is_swapped else (x, y)


def geometries_to_wgs84(geoms: npt.NDArray[np.object_], datum: Datum) -> npt.NDArray[np.object_]:
    """Geometries in `STORE_CRS`, vertex by vertex; heights are dropped, missing geometries stay missing.

    geoms    array of shapely geometries in `datum`; not changed
    raises   DatumError if a vertex cannot be expressed in WGS84: a geometry with a hole in it is worse than none.
    """

    def move(xy: FloatArray) -> FloatArray:
        moved = np.column_stack(to_wgs84(xy[:, 0], xy[:, 1], datum))
        n_lost = int((~np.isfinite(moved).all(axis=1)).sum())
        if n_lost:
            raise DatumError(
                f"{n_lost} of {len(xy)} vertices have no place on earth when read as {datum.label}. "
                f"The declared datum is probably wrong; look at the numbers and declare the datum they are in."
            )
        return moved

    moved: npt.NDArray[np.object_] = shapely.transform(np.asarray(geoms, dtype=object), move)
    return moved


def geometries_from_wgs84(geoms: npt.NDArray[np.object_], datum: Datum) -> npt.NDArray[np.object_]:
    """Geometries of `STORE_CRS` in `datum`, vertex by vertex; missing ones stay missing: the inverse of `geometries_to_wgs84`.

    raises   DatumError if a vertex lies where the datum is not defined.
    """

    def move(xy: FloatArray) -> FloatArray:
        moved = np.column_stack(from_wgs84(xy[:, 0], xy[:, 1], datum))
        n_lost = int((~np.isfinite(moved).all(axis=1)).sum())
        if n_lost:
            raise DatumError(
                f"{n_lost} of {len(xy)} vertices cannot be expressed in {datum.label}: it is made for another place."
            )
        return moved

    moved: npt.NDArray[np.object_] = shapely.transform(np.asarray(geoms, dtype=object), move)
    return moved


def best_datum(
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    inside: Callable[[FloatArray, FloatArray], BoolArray],
    declared: Datum,
    *,
    max_points: int = 20_000,
) -> list[tuple[Datum, float]]:
    """How well each datum would fit: the share of points that fall inside the town when read in it.

    x, y        coordinates as the source wrote them
    inside      longitudes, latitudes (WGS84, degrees) -> whether each lies in the town
    declared    what the source says; WGS84, GCJ-02, BD-09 and every one with its axes swapped are tried too
    max_points  at most so many points are tried, spread evenly over the input
    returns     (hypothesis, share 0..1 of the points that have coordinates), best first; on a tie the declared datum,
                then the simpler one, comes first. All shares are 0 if no point has coordinates.
    """
    x, y = _pair(x, y)
    known = np.isfinite(x) & np.isfinite(y)
    x, y = x[known], y[known]
    step = max(1, -(-len(x) // max_points))
    x, y = x[::step], y[::step]

    others = [d for d in (WGS84, GCJ02, BD09) if (d.shift, d.is_identity) != (declared.shift, declared.is_identity)]
    hypotheses = [declared, *others]
    hypotheses += [d.swapped() for d in hypotheses]

    def share(datum: Datum) -> float:
        if len(x) == 0:
            return 0.0
        lon, lat = to_wgs84(x, y, datum)
        # Metres read as degrees are no place at all; do not ask `inside` about them.
        possible = (np.abs(lon) <= 180) & (np.abs(lat) <= 90)
        return float(inside(lon[possible], lat[possible]).sum()) / len(x)

    return sorted(((d, share(d)) for d in hypotheses), key=lambda fit: -fit[1])


def metric_crs_for(lon: float, lat: float) -> str:
    """The default metric CRS, as "EPSG:nnnn", of a town at this place (WGS84, degrees).

    In China the CGCS2000 3-degree Gauss-Kruger zone of the nearest central meridian, without zone prefix, as the
    surveys use it (Jiangyin: EPSG:4549); elsewhere the UTM zone.

    >>> metric_crs_for(120.30, 31.78), metric_crs_for(-87.65, 41.85)
    ('EPSG:4549', 'EPSG:32616')
    """
    if not (-180 <= lon <= 180 and -80 <= lat <= 84):
        raise DatumError(
            f"No default metric CRS is known at longitude {lon}, latitude {lat}: expected degrees, longitude -180..180 "
            f"and latitude -80..84. Check the order and the datum of the coordinates, or name the metric CRS yourself."
        )
    meridian = 3 * round(lon / 3)
    if 75 <= meridian <= 135:
        code = 4534 + (meridian - 75) // 3
        # A rectangle around all China holds Seoul and Hanoi too; the zone's own area of use is much tighter.
        area = pyproj.CRS.from_epsg(code).area_of_use
        if area is not None and area.west <= lon <= area.east and area.south <= lat <= area.north:
            return f"EPSG:{code}"
    zone = min(int((lon + 180) // 6) + 1, 60)
    return f"EPSG:{(32600 if lat >= 0 else 32700) + zone}"


def require_metric(crs: str | pyproj.CRS) -> pyproj.CRS:
    """`crs` if lengths and areas may be measured in it, that is if it is projected, in metres and to scale.

    raises   DatumError otherwise, also for the web's Mercator, whose metres are 18 % too long at Jiangyin.
    """
    try:
        found = pyproj.CRS.from_user_input(crs)
    except CRSError as error:
        raise DatumError(
            f"The metric CRS {str(crs)!r} is not known. Name a projected CRS in metres, such as EPSG:4549."
        ) from error
    in_metres = found.is_projected and all(axis.unit_conversion_factor == 1.0 for axis in found.axis_info[:2])
    operation = found.coordinate_operation
    method = operation.method_name if operation is not None else ""
    to_scale = "Mercator" not in method or "Transverse" in method
    if in_metres and to_scale:
        return found
    unit = found.axis_info[0].unit_name if found.axis_info else "no unit"
    fault = f"measured in {unit}" if not in_metres else f"a {method} projection, which stretches lengths"
    raise DatumError(
        f"{_label(found)} ({found.name}) is {fault}; lengths and areas need a projected CRS in metres. "
        f"Name one, such as EPSG:4549 for Jiangyin; metric_crs_for(lon, lat) gives the default of a place."
    )


def transform_bounds(
    bounds: Sequence[float], crs: str | pyproj.CRS, *, inverse: bool = False
) -> tuple[float, float, float, float]:
    """The box (west, south, east, north) in `crs` around a WGS84 box; `inverse`: the WGS84 box around one in `crs`.

    The sides are bent by the projection, so they are sampled, not only their corners.
    """
    other = pyproj.CRS.from_user_input(crs)
    source, target = (other, STORE_CRS) if inverse else (STORE_CRS, other)
    west, south, east, north = bounds
    found = _transformer(source.to_wkt(), target.to_wkt()).transform_bounds(west, south, east, north, densify_pts=200)
    return (found[0], found[1], found[2], found[3])


# ---- PROJ ------------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=64)
def _transformer(source_wkt: str, target_wkt: str) -> pyproj.Transformer:
    """Building one costs milliseconds, using one is thread-safe (pyproj 3.1 and later): keep them."""
    return pyproj.Transformer.from_crs(source_wkt, target_wkt, always_xy=True)


def _transform(source: pyproj.CRS, target: pyproj.CRS, x: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray]:
    a, b = _transformer(source.to_wkt(), target.to_wkt()).transform(x, y)
    lost = ~(np.isfinite(a) & np.isfinite(b))  # PROJ says infinity where a CRS is not defined
    return np.where(lost, np.nan, a), np.where(lost, np.nan, b)


def _label(crs: pyproj.CRS) -> str:
    authority = crs.to_authority(min_confidence=100)
    return ":".join(authority) if authority else crs.name


def _epsg(crs: pyproj.CRS) -> int | None:
    """The EPSG code of what is that CRS, not of what resembles it (pyproj by default is content with 70 %)."""
    return crs.to_epsg(min_confidence=100)


def _pair(x: Any, y: Any) -> tuple[FloatArray, FloatArray]:
    """Fresh float64 copies; a missing number takes its partner with it."""
    x, y = np.array(x, dtype=np.float64), np.array(y, dtype=np.float64)
    if x.shape != y.shape:
        raise ValueError(f"x has shape {x.shape} and y has shape {y.shape}; expected one shape")
    missing = np.isnan(x) | np.isnan(y)
    return np.where(missing, np.nan, x), np.where(missing, np.nan, y)
