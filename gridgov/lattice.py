"""The lattice: one raster in the town's metric CRS whose cells know which grid they lie in.

`Lattice.locate` gives exactly the answer of GEOS (`intersects`, lowest position wins), tens of times faster:

1. Longitude and latitude become raster coordinates through a fitted polynomial (within 1 cm of PROJ, checked at build).
2. A cell that no polygon edge comes near has one answer for all its points: its label. That settles most points.
3. A *boundary cell* keeps the few polygons with an edge near it, its candidates. They are tested in longitude and
   latitude by counting crossings, on the few edges at the point's latitude, with a bound on the rounding error.
4. What the bound cannot settle (a point on an edge, give or take an ulp) is asked of GEOS.

Why step 2 is exact: the edges are brought into the raster by the very polynomial the points go through, in pieces so
short that each stays within `_SAGITTA_M` of its chord (bounded by the polynomial's second derivative, not sampled), and
a cell counts as boundary if a chord comes within `_REACH_M` of it. The difference pays for all rounding. So between two
points of any other cell, or of two such cells side by side, no edge passes.
"""

import hashlib
import os
import tempfile
import zlib
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias
from zipfile import BadZipFile

import numba
import numpy as np
import numpy.typing as npt
import pyproj
import shapely

from gridgov import crs as crs_
from gridgov.errors import DatumError, SourceError

FloatArray: TypeAlias = npt.NDArray[np.float64]
IntArray: TypeAlias = npt.NDArray[np.int32]
LongArray: TypeAlias = npt.NDArray[np.int64]
Polygons: TypeAlias = npt.NDArray[np.object_]

OUTSIDE = -1
"""The position `locate` and the labels give where no polygon is."""

_FORMAT = 1  # of saved files; raise it with every change to what they hold or mean
_DEFAULT_CELL_M = 10.0
_MIN_CELL_M = 1.0  # must stay well above _REACH_M
_MAX_DEFAULT_CELLS = 16_000_000  # 64 MB of labels
_MAX_CELLS = 256_000_000
_MAX_FIT_ERROR_M = 0.01
_DEGREES = range(3, 9)  # 3 does for a town or a city, 4 for a county of 200 km, 5 for 500 km
_SAGITTA_M = 0.02
_REACH_M = 0.05
_UNSURE = -9  # only between the kernels and locate()
_TINY = 1e-100  # degrees; below it GEOS's arithmetic underflows and its predicates contradict each other
_BLOCK = 1024  # points a kernel holds at once: its buffers stay in the first-level cache
_GEOS_BATCH = 500_000  # points made into geometries at once, some 100 MB
_SERIAL_BELOW = 32_768  # points; fewer are not worth waking the threads, which do not outlive a fork either


class TooManyCells(ValueError):
    """The polygons of a lattice spread over more cells than memory is given to."""


class _Raster(NamedTuple):
    """What the kernels need to bring a point to a cell and a cell to an answer. u runs east, v north, in cells."""

    centre: FloatArray  # (2,) lon, lat of the middle of the domain
    half: FloatArray  # (2,) half its extent, degrees; the polynomial's variables run -1..1 over it
    coef_u: FloatArray  # (d+1, d+1): coefficient of x**i * y**j at [i, j], 0 where i + j > d
    coef_v: FloatArray
    rows: int  # two numbers: numba cannot hand a nested tuple to threads
    cols: int
    code: IntArray  # (rows * cols,): a position, OUTSIDE, or -2 - slot for boundary cells. Cell 0 is always OUTSIDE.
    first: IntArray  # (slots + 1,): where a slot's candidates begin
    candidate: IntArray  # positions, ascending within a slot
    base: IntArray  # (slots,): lowest polygon that holds the whole cell, the answer if no candidate has the point


class _Edges(NamedTuple):
    """All edges in longitude and latitude, by polygon and latitude slab: a point need look at one slab's edges only.

    `int((lat - south) * slabs_per_degree)` never decreases with lat, rounding included, so an edge that is listed from
    the slab of its lower end to the slab of its upper end is listed in the slab of every latitude it has.
    """

    south: FloatArray  # (polygons,) bounds; of an empty polygon inf and -inf
    north: FloatArray
    slabs_per_degree: FloatArray  # (polygons,)
    first_slab: LongArray  # (polygons + 1,)
    first_edge: LongArray  # (slabs + 1,)
    ends: FloatArray  # (n, 4): lon, lat, lon, lat; an edge stands once for each slab it reaches


class Lattice:
    """Exact point location in a set of polygons. Build it with `build`, keep it with `save` and `load`.

    crs       the town's metric CRS, as given
    origin    (x, y) in `crs` of the south-west corner of cell (0, 0), metres, a multiple of cell_m
    cell_m    side of a cell, metres
    shape     (rows, columns); row 0 is the southernmost, column 0 the westernmost. The outermost cells are empty.
    polygons  the polygons, EPSG:4326, in the order of the positions `locate` returns
    """

    crs: str
    origin: tuple[float, float]
    cell_m: float
    shape: tuple[int, int]
    polygons: Polygons

    def __init__(
        self, polygons: Polygons, crs: str, cell_m: float, origin: tuple[float, float], raster: _Raster, edges: _Edges
    ):
        self.polygons = polygons
        self.crs = crs
        self.cell_m = cell_m
        self.origin = origin
        self.shape = (raster.rows, raster.cols)
        self._raster = raster
        self._edges = edges
        self._tree: shapely.STRtree | None = None
        self._centres: IntArray | None = None

    @classmethod
    def build(cls, polygons: Polygons, crs: str, cell_m: float | None = None) -> "Lattice":
        """Make the lattice of `polygons`.

        polygons  shapely Polygons and MultiPolygons in EPSG:4326, ascending by code; None and empty ones keep their
                  position and contain nothing. They may overlap, touch, have holes. Heights are ignored.
        crs       metric CRS of the town, such as "EPSG:4549"
        cell_m    side of a cell in metres, 1 or more; by default 10, larger where that would be over 16 million cells
        raises    DatumError if `crs` is not metric or the polygons are not degrees, or spread too far for one metric
                  CRS; SourceError if a geometry is of another type or invalid, or all are empty; TooManyCells
        """
        metric = crs_.require_metric(crs)
        polygons = _checked(polygons)
        raster, origin, cell = _frame(shapely.total_bounds(polygons), metric, cell_m)

        ends, owner = _edges_of(polygons)
        pieces, piece_owner = _flat_pieces(ends, owner, raster, _SAGITTA_M / cell)
        # Every (cell, polygon) where the polygon's edge comes near the cell, once, as cell * n + polygon, ascending.
        near = np.unique(_edge_cells(pieces, piece_owner, _REACH_M / cell, raster.rows, raster.cols, len(polygons)))
        near_cell, near_polygon = near // len(polygons), near % len(polygons)
        boundary = np.unique(near_cell)

        is_boundary = np.zeros(raster.rows * raster.cols, np.bool_)
        is_boundary[boundary] = True
        region, region_cell = _label_regions(is_boundary, raster.rows, raster.cols, len(boundary) + raster.rows)

        # A cell's base is the lowest polygon that holds all of it. One probe in a region answers for all its cells; in
        # a boundary cell it can be any polygon but those with an edge there, and its centre decides for those.
        probed = np.concatenate([region_cell, boundary])
        lon, lat = _centres_of(probed, raster.cols, origin, cell, metric)
        edges = _slab_edges(ends, owner, len(polygons))
        base = _lowest_holding(probed, lon, lat, polygons, edges, near)
        region_base, boundary_base = base[: len(region_cell)], base[len(region_cell) :]
        # Region -1, the boundary cells, picks the last; theirs follows below.
        code = np.append(region_base, np.int32(OUTSIDE))[region]

        # Candidates above the base can never win. A cell left without any is an ordinary cell after all.
        slot_of_pair = np.searchsorted(boundary, near_cell)
        limit = np.where(boundary_base == OUTSIDE, len(polygons), boundary_base)
        wins = near_polygon < limit[slot_of_pair]
        n_candidates = np.bincount(slot_of_pair[wins], minlength=len(boundary))
        open_ = n_candidates > 0
        code[boundary] = boundary_base
        code[boundary[open_]] = -2 - np.arange(int(open_.sum()), dtype=np.int32)
        raster = raster._replace(
            code=code,
            first=np.concatenate([[0], np.cumsum(n_candidates[open_])]).astype(np.int32),
            candidate=near_polygon[wins].astype(np.int32),
            base=boundary_base[open_],
        )
        return cls(polygons, crs, cell, origin, raster, edges)

    # ---- asking ------------------------------------------------------------------------------------------------------

    def locate(self, lon: npt.ArrayLike, lat: npt.ArrayLike) -> IntArray:
        """The position of the polygon each point lies in: of all whose closed region holds the point, the lowest.

        lon, lat  WGS84 degrees, one shape
        returns   int32, same shape; OUTSIDE (-1) where there is none or a coordinate is NaN

        The same as `shapely.intersects` and the lowest index, for every input; only, a coordinate nearer to 0 than
        1e-100 degrees counts as 0, where GEOS's predicates contradict each other. Needs memory for the answer and,
        where the arrays are not float64 and contiguous, for a copy; nothing else grows with the number of points.
        """
        lon, lat, shape = _flat_pair(lon, lat)
        found = np.empty(len(lon), np.int32)
        kernel = _locate_serial if len(lon) < _SERIAL_BELOW else _locate_parallel
        kernel(lon, lat, found, self._raster, self._edges)
        unsure = np.flatnonzero(found == _UNSURE)
        for start in range(0, len(unsure), _GEOS_BATCH):
            some = unsure[start : start + _GEOS_BATCH]
            found[some] = self._ask_geos(lon[some], lat[some])
        return found.reshape(shape)

    def metric(self, lon: npt.ArrayLike, lat: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
        """Eastings and northings in `crs`, metres: within 1 cm of PROJ on the raster, PROJ's off it; NaN for NaN."""
        lon, lat, shape = _flat_pair(lon, lat)
        u, v = _raster_coordinates(lon, lat, self._raster)
        x, y = self.origin[0] + u * self.cell_m, self.origin[1] + v * self.cell_m
        beyond = np.isnan(u)
        if beyond.any():
            x[beyond], y[beyond] = crs_.from_wgs84(lon[beyond], lat[beyond], crs_.parse_datum(self.crs))
        return x.reshape(shape), y.reshape(shape)

    def cell_of(self, lon: npt.ArrayLike, lat: npt.ArrayLike) -> tuple[IntArray, IntArray]:
        """Row and column (int32) of the cell each point lies in; -1, -1 off the raster and for NaN."""
        lon, lat, shape = _flat_pair(lon, lat)
        u, v = _raster_coordinates(lon, lat, self._raster)
        on = (u >= 0) & (u < self.shape[1]) & (v >= 0) & (v < self.shape[0])
        row, col = (np.where(on, w, -1.0).astype(np.int32).reshape(shape) for w in (v, u))
        return row, col

    def centre_of(self, row: npt.ArrayLike, col: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
        """Longitude and latitude (WGS84 degrees) of the centres of cells."""
        x = self.origin[0] + (np.asarray(col) + 0.5) * self.cell_m
        y = self.origin[1] + (np.asarray(row) + 0.5) * self.cell_m
        return crs_.to_wgs84(x, y, crs_.parse_datum(self.crs))

    def labels_of_centres(self) -> IntArray:
        """What `locate` says of each cell's centre: int32, `shape`. Made when first asked for; do not change it."""
        if self._centres is None:
            labels = self._raster.code.copy()
            boundary = np.flatnonzero(labels < OUTSIDE)
            labels[boundary] = self.locate(*self.centre_of(boundary // self.shape[1], boundary % self.shape[1]))
            labels.setflags(write=False)
            self._centres = labels.reshape(self.shape)
        return self._centres

    def _ask_geos(self, lon: FloatArray, lat: FloatArray) -> IntArray:
        if self._tree is None:
            self._tree = shapely.STRtree(self.polygons)
        lon, lat = (np.where(np.abs(values) < _TINY, 0.0, values) for values in (lon, lat))
        point, polygon = self._tree.query(shapely.points(lon, lat), predicate="intersects")
        return _lowest(point, polygon, len(lon))

    # ---- keeping -----------------------------------------------------------------------------------------------------

    @staticmethod
    def fingerprint(polygons: Polygons, crs: str, cell_m: float | None = None) -> str:
        """A sha256 in hex, equal if and only if `build` would be given the same; the name of a cached file."""
        cell = "default" if cell_m is None else repr(float(cell_m))
        digest = hashlib.sha256(f"gridgov lattice {_FORMAT}|{crs_.require_metric(crs).to_string()}|{cell}".encode())
        for wkb in _to_wkb(polygons):
            digest.update(len(wkb).to_bytes(8, "little"))
            digest.update(wkb)
        return digest.hexdigest()

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write to one .npz file, in one move: a reader finds the old file, the new one, or none."""
        wkb = _to_wkb(self.polygons)
        held: dict[str, Any] = {
            "format": _FORMAT,
            "crs": self.crs,
            "cell_m": self.cell_m,
            "origin": self.origin,
            "wkb": np.frombuffer(b"".join(wkb), np.uint8),
            "wkb_ends": np.cumsum([len(w) for w in wkb]),
            **self._raster._asdict(),
        }
        target = Path(path)
        descriptor, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        try:
            with os.fdopen(descriptor, "wb") as file:
                np.savez_compressed(file, **held)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(target)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> "Lattice":
        """Read what `save` wrote. Nothing in the file is executed (no pickle).

        raises  SourceError if the file is no lattice, or one of another version; FileNotFoundError if there is none.
        """
        try:
            with np.load(path, allow_pickle=False) as kept:
                held = {name: kept[name] for name in kept.files}
            if int(held["format"]) != _FORMAT:
                raise ValueError(f"format {int(held['format'])}, expected {_FORMAT}")
            whole = held["wkb"].tobytes()
            stops = [0, *held["wkb_ends"].tolist()]
            polygons = np.empty(len(stops) - 1, object)
            polygons[:] = [shapely.from_wkb(whole[a:b]) if b > a else None for a, b in pairwise(stops)]
            fields: dict[str, Any] = {n: held[n] if held[n].ndim else int(held[n]) for n in _Raster._fields}
            origin = (float(held["origin"][0]), float(held["origin"][1]))
            edges = _slab_edges(*_edges_of(polygons), len(polygons))
            return cls(polygons, str(held["crs"]), float(held["cell_m"]), origin, _Raster(**fields), edges)
        except FileNotFoundError:
            raise
        except (ValueError, KeyError, OSError, EOFError, BadZipFile, zlib.error, shapely.errors.GEOSException) as error:
            raise SourceError(
                f"{Path(path).name} is not a lattice this version can read ({error}). Delete it: it is only a cache "
                f"and is built again from the grids."
            ) from error


# ---- building --------------------------------------------------------------------------------------------------------


def _checked(polygons: Polygons) -> Polygons:
    polygons = shapely.force_2d(np.asarray(polygons, dtype=object).ravel())
    types = shapely.get_type_id(polygons)
    faults = [f"position {i} is a {polygons[i].geom_type}" for i in np.flatnonzero(~np.isin(types, (-1, 3, 6)))]
    faults += [
        f"position {i} is not valid ({shapely.is_valid_reason(polygons[i])})"
        for i in np.flatnonzero((types >= 0) & ~shapely.is_valid(polygons))
    ]
    vertices, owner = shapely.get_coordinates(polygons, return_index=True)
    is_tiny = ((vertices != 0) & (np.abs(vertices) < _TINY)).any(axis=1)
    faults += [f"position {i} has a coordinate between 0 and {_TINY}" for i in np.unique(owner[is_tiny])]
    if faults:
        shown = "; ".join(faults[:5]) + (f"; and {len(faults) - 5} more" if len(faults) > 5 else "")
        raise SourceError(
            f"A lattice needs valid Polygons and MultiPolygons, but {shown}. Repair the geometries when loading them, "
            f"for instance with shapely.make_valid, keeping the polygonal parts."
        )
    if shapely.is_empty(polygons[types >= 0]).all():
        raise SourceError("A lattice needs at least one polygon that is not empty; found none. Load the grids first.")
    bounds = shapely.total_bounds(polygons)
    if np.abs(bounds[[0, 2]]).max() > 180 or np.abs(bounds[[1, 3]]).max() > 90:
        raise DatumError(
            f"The polygons reach from {bounds[:2].tolist()} to {bounds[2:].tolist()}; expected degrees (EPSG:4326). "
            f"Transform them with geometries_to_wgs84 first."
        )
    return polygons


def _frame(bounds: FloatArray, metric: pyproj.CRS, cell_m: float | None) -> tuple[_Raster, tuple[float, float], float]:
    """Lay the raster around the polygons' bounds (degrees) and fit the polynomial over all of it. No labels yet.

    The raster holds the image of the whole box of the polygons and a ring of cells around it, so that no polygon
    reaches its rim; the polynomial's domain in turn holds the whole raster.
    """
    west, south, east, north = crs_.transform_bounds(bounds.tolist(), metric)
    extent = np.array([west, south, east, north])
    if not np.isfinite(extent).all():
        raise _too_far(bounds, metric)
    if cell_m is None:
        fewest = ((east - west) * (north - south) / _MAX_DEFAULT_CELLS) ** 0.5
        cell_m = max(_DEFAULT_CELL_M, float(np.ceil(fewest)))
    if not cell_m >= _MIN_CELL_M:
        raise ValueError(f"cell_m is {cell_m}; expected at least {_MIN_CELL_M} m")
    cell = float(cell_m)
    first = np.floor(extent[:2] / cell) - 2
    cols, rows = (np.floor(extent[2:] / cell) + 3 - first).astype(int).tolist()
    if rows * cols > _MAX_CELLS:
        raise TooManyCells(
            f"The polygons spread over {rows * cols:,} cells of {cell:g} m; expected at most {_MAX_CELLS:,}. Take larger "
            "cells, or fewer polygons at a time."
        )
    origin = (float(first[0] * cell), float(first[1] * cell))

    corners = (origin[0], origin[1], origin[0] + cols * cell, origin[1] + rows * cell)
    domain = np.array(crs_.transform_bounds(corners, metric, inverse=True))
    if not (np.isfinite(domain).all() and domain[0] < domain[2]):
        raise _too_far(bounds, metric)
    centre, half = (domain[:2] + domain[2:]) / 2, (domain[2:] - domain[:2]) / 2 * (1 + 1e-9)

    datum = crs_.parse_datum(metric)

    def sample(at: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        x, y = (g.ravel() for g in np.meshgrid(at, at))
        e, n = crs_.from_wgs84(centre[0] + x * half[0], centre[1] + y * half[1], datum)
        return x, y, (e - origin[0]) / cell, (n - origin[1]) / cell

    # Chebyshev nodes keep the error even up to the rim; the check is made elsewhere, rim included.
    x, y, u, v = sample(np.cos((np.arange(24) + 0.5) * np.pi / 24))
    check_x, check_y, check_u, check_v = sample(np.linspace(-1, 1, 73))
    if not all(np.isfinite(w).all() for w in (u, v, check_u, check_v)):
        raise _too_far(bounds, metric)
    for degree in _DEGREES:
        powers = [(i, j) for i in range(degree + 1) for j in range(degree + 1 - i)]
        terms = np.column_stack([x**i * y**j for i, j in powers])
        coefs = np.zeros((2, degree + 1, degree + 1))
        for coef, w in zip(coefs, (u, v), strict=True):
            coef[tuple(np.transpose(powers))] = np.linalg.lstsq(terms, w, rcond=None)[0]
        off = [np.polynomial.polynomial.polyval2d(check_x, check_y, c) for c in coefs]
        if np.hypot(off[0] - check_u, off[1] - check_v).max() * cell <= _MAX_FIT_ERROR_M:
            break
    else:
        raise _too_far(bounds, metric)
    none = np.empty(0, np.int32)
    return _Raster(centre, half, coefs[0], coefs[1], rows, cols, none, none, none, none), origin, cell


def _too_far(bounds: FloatArray, metric: pyproj.CRS) -> DatumError:
    return DatumError(
        f"The polygons reach from {bounds[:2].round(4).tolist()} to {bounds[2:].round(4).tolist()} (degrees), which "
        f"{metric.name} cannot show to a centimetre. Choose a metric CRS made for the place (metric_crs_for), check "
        f"the datum of the polygons, or split an area of more than a few hundred kilometres."
    )


def _edges_of(polygons: Polygons) -> tuple[FloatArray, IntArray]:
    """All edges (n, 4: lon, lat, lon, lat) and the position of the polygon each belongs to, ascending."""
    parts, part_owner = shapely.get_parts(polygons, return_index=True)
    rings, ring_part = shapely.get_rings(parts, return_index=True)
    vertices, vertex_ring = shapely.get_coordinates(rings, return_index=True)
    starts = np.flatnonzero(vertex_ring[1:] == vertex_ring[:-1])
    ends = np.column_stack([vertices[starts], vertices[starts + 1]])
    return ends, part_owner[ring_part[vertex_ring[starts]]].astype(np.int32)


def _flat_pieces(ends: FloatArray, owner: IntArray, raster: _Raster, sagitta: float) -> tuple[FloatArray, IntArray]:
    """The edges in raster coordinates, cut so that none bows more than `sagitta` (cells) off its chord.

    Along a step (dx, dy) of the polynomial's variables the second derivative is at most |dx|² A + 2 |dx dy| B +
    |dy|² C, with A, B, C the sums of |coefficient| times i(i-1), ij, j(j-1), because |x| and |y| never exceed 1. A
    chord is missed by no more than an eighth of that.
    """
    step = np.abs(ends[:, 2:] - ends[:, :2]) / raster.half
    i, j = np.indices(raster.coef_u.shape)
    bow = np.zeros(len(ends))
    for coef in (raster.coef_u, raster.coef_v):
        size = np.abs(coef)
        a, b, c = (float((size * w).sum()) for w in (i * (i - 1), i * j, j * (j - 1)))
        bow = np.hypot(bow, (step[:, 0] ** 2 * a + 2 * step[:, 0] * step[:, 1] * b + step[:, 1] ** 2 * c) / 8)
    n_pieces = np.maximum(1, np.ceil(np.sqrt(bow / sagitta))).astype(np.int64)

    edge = np.repeat(np.arange(len(ends)), n_pieces)
    piece = np.arange(len(edge)) - np.repeat(np.cumsum(n_pieces) - n_pieces, n_pieces)
    sides: list[FloatArray] = []
    for at in (piece / n_pieces[edge], (piece + 1) / n_pieces[edge]):
        lon, lat = (ends[edge, k] + (ends[edge, k + 2] - ends[edge, k]) * at for k in (0, 1))
        sides += _raster_coordinates(_frozen(lon), _frozen(lat), raster)
    return np.column_stack(sides), owner[edge]


def _centres_of(
    cells: LongArray, cols: int, origin: tuple[float, float], cell: float, metric: pyproj.CRS
) -> tuple[FloatArray, FloatArray]:
    x = origin[0] + (cells % cols + 0.5) * cell
    y = origin[1] + (cells // cols + 0.5) * cell
    return crs_.to_wgs84(x, y, crs_.parse_datum(metric))


def _lowest_holding(
    cells: LongArray,
    lon: FloatArray,
    lat: FloatArray,
    polygons: Polygons,
    edges: _Edges,
    near: LongArray,
) -> IntArray:
    """Of the polygons without an edge near a cell, the lowest that holds the cell's centre, hence the whole cell."""
    probe, polygon = shapely.STRtree(polygons).query(shapely.points(lon, lat))
    pair = cells[probe] * len(polygons) + polygon
    place = np.minimum(np.searchsorted(near, pair), len(near) - 1)
    free = near[place] != pair
    probe, polygon = probe[free], polygon[free]
    held = _held(edges, polygon, lon[probe], lat[probe])
    return _lowest(probe[held], polygon[held], len(cells))


def _lowest(index: LongArray, position: LongArray, n: int) -> IntArray:
    """The lowest position given for each of n indices, OUTSIDE for those given none."""
    none = np.iinfo(np.int32).max
    lowest = np.full(n, none, np.int32)
    np.minimum.at(lowest, index, position.astype(np.int32))
    lowest[lowest == none] = OUTSIDE
    return lowest


def _to_wkb(polygons: Polygons) -> list[bytes]:
    """Each polygon as little-endian WKB, b"" for None."""
    flat = np.asarray(polygons, dtype=object).ravel()
    return [w or b"" for w in shapely.to_wkb(flat, output_dimension=2, byte_order=1)]


def _flat_pair(lon: npt.ArrayLike, lat: npt.ArrayLike) -> tuple[FloatArray, FloatArray, tuple[int, ...]]:
    lon, lat = np.asarray(lon, np.float64), np.asarray(lat, np.float64)
    if lon.shape != lat.shape:
        raise ValueError(f"lon has shape {lon.shape} and lat has shape {lat.shape}; expected one shape")
    return _frozen(lon.ravel()), _frozen(lat.ravel()), lon.shape


def _frozen(values: FloatArray) -> FloatArray:
    """A contiguous read-only view. Arrow and pandas hand out read-only arrays, which are another type to numba: with
    every input read-only each kernel is compiled once.
    """
    view = np.ascontiguousarray(values).view()
    view.setflags(write=False)
    return view


# ---- kernels ---------------------------------------------------------------------------------------------------------
# Inner loops, written out for numba; compiled once and kept on disk. Never with fastmath: the error bound in `_covers`
# counts on IEEE arithmetic.

_kernel = numba.njit(cache=True, nogil=True)
_threaded_kernel = numba.njit(cache=True, nogil=True, parallel=True)


@_kernel
def _raster_block(
    lon: FloatArray,
    lat: FloatArray,
    lo: int,
    hi: int,
    raster: _Raster,
    x: FloatArray,
    y: FloatArray,
    s: FloatArray,
    t: FloatArray,
    u: FloatArray,
    v: FloatArray,
) -> None:
    """u and v of points lo..hi; the other arrays are room to work in. By whole passes over a block, so that it becomes
    vector code for any degree. Points out of the domain get what they get; NaN gets NaN.
    """
    m = hi - lo
    d = raster.coef_u.shape[0] - 1
    for k in range(m):
        x[k] = (lon[lo + k] - raster.centre[0]) / raster.half[0]
        y[k] = (lat[lo + k] - raster.centre[1]) / raster.half[1]
    for i in range(d, -1, -1):
        a, b = raster.coef_u[i, d - i], raster.coef_v[i, d - i]
        for k in range(m):
            s[k] = a
            t[k] = b
        for j in range(d - i - 1, -1, -1):
            a, b = raster.coef_u[i, j], raster.coef_v[i, j]
            for k in range(m):
                s[k] = s[k] * y[k] + a
                t[k] = t[k] * y[k] + b
        if i == d:
            for k in range(m):
                u[k] = s[k]
                v[k] = t[k]
        else:
            for k in range(m):
                u[k] = u[k] * x[k] + s[k]
                v[k] = v[k] * x[k] + t[k]


@_kernel
def _raster_coordinates(lon: FloatArray, lat: FloatArray, raster: _Raster) -> tuple[FloatArray, FloatArray]:
    """u (east) and v (north) in cells from the origin; NaN out of the polynomial's domain."""
    n = len(lon)
    u, v = np.empty(n), np.empty(n)
    x, y, s, t = np.empty(_BLOCK), np.empty(_BLOCK), np.empty(_BLOCK), np.empty(_BLOCK)
    for lo in range(0, n, _BLOCK):
        hi = min(n, lo + _BLOCK)
        _raster_block(lon, lat, lo, hi, raster, x, y, s, t, u[lo:hi], v[lo:hi])
        for k in range(hi - lo):
            if not (abs(x[k]) <= 1.0 and abs(y[k]) <= 1.0):
                u[lo + k] = np.nan
                v[lo + k] = np.nan
    return u, v


@_kernel
def _covers(edges: _Edges, k: int, px: float, py: float) -> int:
    """1 if the closed polygon k holds the point, 0 if not, _UNSURE if rounding forbids to say.

    Counts the edges that a ray to the east crosses; an edge owns its lower end and not its upper one. The side of an
    edge is the sign of l - r; computed in doubles it is off by at most (3 + 16u)u (|l| + |r|), u = 2**-53 (Shewchuk
    1997), which 4.5e-16 exceeds; 1e-300 makes up for products too small to be represented.
    """
    if not (edges.south[k] <= py <= edges.north[k]):
        return 0
    n_slabs = edges.first_slab[k + 1] - edges.first_slab[k]
    slab = edges.first_slab[k] + min(int((py - edges.south[k]) * edges.slabs_per_degree[k]), n_slabs - 1)
    inside = 0
    for e in range(edges.first_edge[slab], edges.first_edge[slab + 1]):
        ay, by = edges.ends[e, 1], edges.ends[e, 3]
        if (ay > py) != (by > py):
            ax, bx = edges.ends[e, 0], edges.ends[e, 2]
            if ax < px and bx < px:
                continue
            if ax > px and bx > px:
                inside ^= 1
                continue
            left, right = (bx - ax) * (py - ay), (by - ay) * (px - ax)
            side = left - right
            if abs(side) <= 4.5e-16 * (abs(left) + abs(right)) + 1e-300:
                return _UNSURE
            if (side > 0.0) == (by > ay):
                inside ^= 1
        elif ay == py or by == py:
            # The edge only touches the ray. On it? Every vertex of a ring begins one of its edges and ends another.
            ax, bx = edges.ends[e, 0], edges.ends[e, 2]
            if (ay == py and ax == px) or (by == py and bx == px):
                return 1
            if ay == by and min(ax, bx) <= px <= max(ax, bx):
                return 1
    return inside


@_kernel
def _held(edges: _Edges, polygon: LongArray, lon: FloatArray, lat: FloatArray) -> npt.NDArray[np.bool_]:
    """Whether polygon[i] holds point i, for points known to be away from its edges."""
    held = np.empty(len(polygon), np.bool_)
    for i in range(len(polygon)):
        held[i] = _covers(edges, polygon[i], lon[i], lat[i]) == 1
    return held


@_kernel
def _locate_range(
    lon: FloatArray, lat: FloatArray, start: int, stop: int, found: IntArray, raster: _Raster, edges: _Edges
) -> None:
    rows, cols = raster.rows, raster.cols
    x, y, s, t = np.empty(_BLOCK), np.empty(_BLOCK), np.empty(_BLOCK), np.empty(_BLOCK)
    u, v = np.empty(_BLOCK), np.empty(_BLOCK)
    cell, hard = np.empty(_BLOCK, np.int32), np.empty(_BLOCK, np.int32)
    for lo in range(start, stop, _BLOCK):
        hi = min(stop, lo + _BLOCK)
        _raster_block(lon, lat, lo, hi, raster, x, y, s, t, u, v)
        for k in range(hi - lo):
            # Out of the domain the polynomial may say anything; NaN fails every comparison. Both go to cell 0: OUTSIDE.
            on = (abs(x[k]) <= 1.0) & (abs(y[k]) <= 1.0)
            on &= (u[k] >= 0.0) & (u[k] < cols) & (v[k] >= 0.0) & (v[k] < rows)
            cell[k] = np.int32(v[k]) * np.int32(cols) + np.int32(u[k]) if on else np.int32(0)
        n_hard = 0
        for k in range(hi - lo):
            code = raster.code[cell[k]]
            found[lo + k] = code
            hard[n_hard] = k
            n_hard += int(code < OUTSIDE)
        for h in range(n_hard):
            k = lo + hard[h]
            px = lon[k] if abs(lon[k]) >= _TINY else 0.0
            py = lat[k] if abs(lat[k]) >= _TINY else 0.0
            slot = -2 - found[k]
            answer = raster.base[slot]
            for c in range(raster.first[slot], raster.first[slot + 1]):
                covers = _covers(edges, raster.candidate[c], px, py)
                if covers != 0:
                    answer = raster.candidate[c] if covers == 1 else _UNSURE
                    break
            found[k] = answer


@_kernel
def _locate_serial(lon: FloatArray, lat: FloatArray, found: IntArray, raster: _Raster, edges: _Edges) -> None:
    _locate_range(lon, lat, 0, len(lon), found, raster, edges)


@_threaded_kernel
def _locate_parallel(lon: FloatArray, lat: FloatArray, found: IntArray, raster: _Raster, edges: _Edges) -> None:
    size = 16 * _BLOCK
    for part in numba.prange((len(lon) + size - 1) // size):
        _locate_range(lon, lat, part * size, min(len(lon), (part + 1) * size), found, raster, edges)


@_kernel
def _edge_cells(pieces: FloatArray, owner: IntArray, reach: float, rows: int, cols: int, n_polygons: int) -> LongArray:
    """cell * n_polygons + owner for every cell whose closed square a piece comes within `reach` of (u and v apart).

    Row by row: the piece is cut to the row's strip, widened by `reach`, and all columns it spans there are taken.
    """
    room = 8 * len(pieces) + 64
    keys = np.empty(room, np.int64)
    n = 0
    for e in range(len(pieces)):
        au, av, bu, bv = pieces[e]
        if av > bv:
            au, av, bu, bv = bu, bv, au, av
        for row in range(int(np.floor(av - reach)), int(np.floor(bv + reach)) + 1):
            from_, to = 0.0, 1.0
            if bv > av:
                from_ = min(1.0, max(0.0, (row - reach - av) / (bv - av)))
                to = min(1.0, max(0.0, (row + 1 + reach - av) / (bv - av)))
            cu, du = au + from_ * (bu - au), au + to * (bu - au)
            first, last = int(np.floor(min(cu, du) - reach)), int(np.floor(max(cu, du) + reach))
            if row <= 0 or row >= rows - 1 or first <= 0 or last >= cols - 1:
                raise RuntimeError("an edge reaches the rim of the raster")
            if n + last - first + 1 > room:
                room = 2 * room + last - first + 1
                more = np.empty(room, np.int64)
                more[:n] = keys[:n]
                keys = more
            for col in range(first, last + 1):
                keys[n] = (np.int64(row) * cols + col) * n_polygons + owner[e]
                n += 1
    return keys[:n]


@_kernel
def _root(parent: IntArray, at: int) -> int:
    while parent[at] != at:
        parent[at] = parent[parent[at]]
        at = parent[at]
    return at


@_kernel
def _label_regions(is_boundary: npt.NDArray[np.bool_], rows: int, cols: int, most: int) -> tuple[IntArray, LongArray]:
    """Number the regions of cells that hang together by their sides without a boundary cell between.

    returns  region of each cell (int32, -1 for boundary cells) and one cell (int64) of each region. `most` is an upper
             bound of the provisional numbers: each begins at a row's start or after a boundary cell.
    """
    region = np.empty(rows * cols, np.int32)
    parent = np.empty(most, np.int32)
    cell_of = np.empty(most, np.int64)
    n = 0
    for cell in range(rows * cols):
        if is_boundary[cell]:
            region[cell] = -1
            continue
        west = region[cell - 1] if cell % cols > 0 else -1
        south = region[cell - cols] if cell >= cols else -1
        if west >= 0:
            region[cell] = west
            if south >= 0 and south != west:
                a, b = _root(parent, west), _root(parent, south)
                parent[max(a, b)] = min(a, b)
        elif south >= 0:
            region[cell] = south
        else:
            parent[n] = n
            cell_of[n] = cell
            region[cell] = n
            n += 1
    final = np.empty(n, np.int32)
    n_regions = 0
    for r in range(n):  # a parent is never a later number, so it has its final number already
        if parent[r] == r:
            final[r] = n_regions
            cell_of[n_regions] = cell_of[r]
            n_regions += 1
        else:
            final[r] = final[parent[r]]
    for cell in range(rows * cols):
        if region[cell] >= 0:
            region[cell] = final[region[cell]]
    return region, cell_of[:n_regions].copy()


def _slab_edges(ends: FloatArray, owner: IntArray, n_polygons: int) -> _Edges:
    first = np.searchsorted(owner, np.arange(n_polygons + 1))
    return _Edges(*_slab_arrays(ends, first))


@_kernel
def _slab_arrays(
    ends: FloatArray, first: LongArray
) -> tuple[FloatArray, FloatArray, FloatArray, LongArray, LongArray, FloatArray]:
    """The fields of `_Edges`; the edges of polygon k are ends[first[k]:first[k + 1]]."""
    n = len(first) - 1
    south, north, scale = np.empty(n), np.empty(n), np.zeros(n)
    first_slab = np.zeros(n + 1, np.int64)
    for k in range(n):
        lo, hi, rise = np.inf, -np.inf, 0.0
        for e in range(first[k], first[k + 1]):
            ay, by = ends[e, 1], ends[e, 3]
            lo, hi = min(lo, ay, by), max(hi, ay, by)
            rise += abs(by - ay)
        south[k], north[k] = lo, hi
        # A slab for every two edges, unless that would list the edges more than some four times over: the edges meet
        # `rise / height` slabs for every slab there is.
        n_edges = first[k + 1] - first[k]
        slabs = 0
        if n_edges > 0:
            slabs = max(1, int(min(n_edges / 2, 3 * n_edges * (hi - lo) / rise)))
            scale[k] = min(slabs / (hi - lo), 1e300)  # 0 * inf would be no slab
        first_slab[k + 1] = first_slab[k] + slabs

    # Twice over the edges: count, then fill.
    first_edge = np.zeros(first_slab[n] + 1, np.int64)
    for k in range(n):
        for e in range(first[k], first[k + 1]):
            a, b = _slabs_of(ends, e, south[k], scale[k], first_slab[k], first_slab[k + 1])
            for slab in range(a, b + 1):
                first_edge[slab + 1] += 1
    for slab in range(first_slab[n]):
        first_edge[slab + 1] += first_edge[slab]
    next_ = first_edge[:-1].copy()
    listed = np.empty((first_edge[-1], 4))
    for k in range(n):
        for e in range(first[k], first[k + 1]):
            a, b = _slabs_of(ends, e, south[k], scale[k], first_slab[k], first_slab[k + 1])
            for slab in range(a, b + 1):
                listed[next_[slab]] = ends[e]
                next_[slab] += 1
    return south, north, scale, first_slab, first_edge, listed


@_kernel
def _slabs_of(ends: FloatArray, e: int, south: float, scale: float, first_slab: int, end_slab: int) -> tuple[int, int]:
    """First and last slab of an edge, by the same arithmetic that `_covers` applies to a point."""
    low, high = min(ends[e, 1], ends[e, 3]), max(ends[e, 1], ends[e, 3])
    last = end_slab - first_slab - 1
    a, b = min(int((low - south) * scale), last), min(int((high - south) * scale), last)
    return first_slab + a, first_slab + b
