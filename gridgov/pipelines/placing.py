"""Which grid a point is in: one lattice per version of a layer, built once and kept in the state folder."""

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa

from gridgov import crs
from gridgov.errors import StoreError
from gridgov.lattice import Lattice
from gridgov.settings import settings
from gridgov.store import grids
from gridgov.store.database import Connection
from gridgov.store.grids import BASE, GridSet
from gridgov.store.runs import Town

_SNIFFED = 5_000
_ENOUGH = 20
"""Fewer points say nothing of a datum."""
_FITS_BETTER = 0.10
"""A datum is suggested when it puts this much more of the points into the town, and most of them are outside now."""


@dataclass
class _Placed:
    """A version with its lattice and the grid ids of the lattice's positions."""

    grid_set: GridSet
    lattice: Lattice
    ids: np.ndarray


class Placer:
    """Locates points in all layers and versions of a town."""

    def __init__(self, town: Town, sets: list[GridSet], polygons: dict[int, tuple[np.ndarray, np.ndarray]]) -> None:
        self.town = town
        self.sets = sets
        self._placed = [_Placed(s, lattice_of(town, polygons[s.id][1]), polygons[s.id][0]) for s in sets]

    @property
    def home(self) -> list[GridSet]:
        """Versions of the base layer: a case's home is the one valid on the local day it was reported."""
        return [s for s in self.sets if s.layer == BASE]

    @property
    def others(self) -> list[GridSet]:
        """Versions whose grids are kept beside the home grid: other layers, and the base layer when it has several."""
        return [s for s in self.sets if s.layer != BASE or len(self.home) > 1]

    def place(self, table: pa.Table) -> pa.Table:
        """Add grid_id, place_status and one column set_<id> per version in `others`.

        table  columns lon, lat (WGS84, NaN = none) and reported_at (UTC).
        """
        lon, lat = (table[c].to_numpy(zero_copy_only=False) for c in ("lon", "lat"))
        missing = np.isnan(lon)
        found = {p.grid_set.id: _ids(p, lon, lat) for p in self._placed}
        grid_id = np.zeros(len(lon), np.int32)
        bounded = any(s.valid_from or s.valid_to for s in self.home)
        days = None if not bounded else _local_days(table["reported_at"], self.town.time_zone)
        for home in self.home:
            mask = True if days is None else _within(days, home)
            grid_id = np.where(mask, found[home.id], grid_id)
        status = np.where(missing, "unlocated", np.where(grid_id > 0, "located", "outside"))
        table = table.append_column("grid_id", pa.array(grid_id, mask=grid_id == 0))
        table = table.append_column("place_status", pa.array(status, pa.string()))
        for s in self.others:
            table = table.append_column(f"set_{s.id}", pa.array(found[s.id], mask=found[s.id] == 0))
        return table

    def place_points(self, table: pa.Table) -> pa.Table:
        """Add grid_id: the grid of the latest version of the base layer, null outside. Columns lon, lat as in `place`."""
        lon, lat = (table[c].to_numpy(zero_copy_only=False) for c in ("lon", "lat"))
        latest = [p for p in self._placed if p.grid_set.layer == BASE][-1:]
        grid_id = _ids(latest[0], lon, lat) if latest else np.zeros(len(lon), np.int32)
        return table.append_column("grid_id", pa.array(grid_id, mask=grid_id == 0))

    def inside(self, lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
        """True where a point is in any grid of the base layer."""
        hits = [_ids(p, lon, lat) > 0 for p in self._placed if p.grid_set.layer == BASE]
        return np.logical_or.reduce(hits) if hits else np.zeros(len(lon), bool)


def placer_of(town: Town, connection: Connection, *, without: int | None = None) -> Placer:
    """The placer of a town as its grids stand in a transaction, leaving out the version `without`."""
    sets = [s for s in grids.grid_sets(connection, town.id) if s.id != without]
    return Placer(town, sets, {s.id: _polygons(grids.locating_polygons(connection, s.id)) for s in sets})


def _polygons(frame: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    return frame["id"].to_numpy(np.int32), frame.geometry.to_numpy()


def _ids(placed: _Placed, lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    """Grid ids, 0 = outside."""
    position = placed.lattice.locate(lon, lat)
    return np.where(position >= 0, placed.ids[position], 0).astype(np.int32)


def lattice_of(town: Town, polygons: np.ndarray) -> Lattice:
    """The lattice of some polygons of a town (in the order of the tie rule), from the state folder if it is there."""
    if town.crs is None:
        raise StoreError(f"The town '{town.code}' has grids but no metric CRS. Load its grids again.")
    path = settings().state / "lattices" / f"{Lattice.fingerprint(polygons, town.crs)}.npz"
    if path.exists():
        return Lattice.load(path)
    lattice = Lattice.build(polygons, town.crs)
    path.parent.mkdir(parents=True, exist_ok=True)
    lattice.save(path)
    return lattice


def _local_days(reported_at: pa.ChunkedArray, zone: str) -> np.ndarray:
    local = pd.DatetimeIndex(reported_at.to_pandas()).tz_convert(ZoneInfo(zone)).tz_localize(None)
    return local.to_numpy().astype("datetime64[D]")


def _within(days: np.ndarray, version: GridSet) -> np.ndarray:
    first = version.valid_from or date.min
    after = version.valid_to or date.max
    return (days >= np.datetime64(first)) & (days < np.datetime64(after))


class Sample:
    """Some coordinates as a file writes them, to judge its declared datum by."""

    def __init__(self) -> None:
        self._x: list[np.ndarray] = []
        self._y: list[np.ndarray] = []
        self._n = 0

    def add(self, x: np.ndarray, y: np.ndarray) -> None:
        """Take the first points of a batch that has any; NaN = none."""
        if self._n < _SNIFFED:
            keep = np.flatnonzero(~np.isnan(x))[: _SNIFFED - self._n]
            self._x.append(x[keep])
            self._y.append(y[keep])
            self._n += len(keep)

    def points(self) -> tuple[np.ndarray, np.ndarray]:
        """x and y of the points taken."""
        return np.concatenate([*self._x, np.empty(0)]), np.concatenate([*self._y, np.empty(0)])


def datum_note(x: np.ndarray, y: np.ndarray, declared: str | None, placer: Placer) -> list[str]:
    """A sentence when most points, as written in the declared datum, fall outside the town; it names the datum that fits.

    Nothing is said of few points, of a town without grids, or of a datum that the file itself declares.
    """
    if len(x) < _ENOUGH or not placer.home or declared in (None, "file"):
        return []
    datum = crs.parse_datum(declared)
    (fits, share), *others = crs.best_datum(x, y, placer.inside, datum)
    inside = next(found for fit, found in [(fits, share), *others] if fit.label == datum.label)
    if inside >= 0.5:
        return []
    said = f"Only {inside:.0%} of the points fall into the town under the declared datum {declared}."
    if share > inside + _FITS_BETTER:
        return [f"{said} {fits.label} would put {share:.0%} into it: check the `datum` of the mapping."]
    return [f"{said} No other known datum fits better: is it the right town?"]
