"""Fixes as arrays: what cleaning and sessions compute on."""

from dataclasses import dataclass, fields
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from gridgov.crs import from_wgs84, parse_datum, require_metric
from gridgov.vocabulary import MODES

SECOND: Final = 1_000_000
"""Microseconds: instants are whole microseconds since 1970-01-01 UTC."""

WAYS: Final = tuple(MODES)
"""Ways to move, by `Fixes.mode`."""


@dataclass(frozen=True)
class Fixes:
    """Fixes of any devices in any order, an array a column.

    device      int32, any number for each device
    person      int32, who carried it, any number; -1 = not told
    at          int64, microseconds UTC
    x, y        float64, metres in the town's metric CRS; NaN where that CRS has no place for it
    accuracy_m  float64, radius within which the device believed itself to be; NaN = not told
    mode        int8, place in WAYS, -1 = not told
    """

    device: npt.NDArray[np.int32]
    person: npt.NDArray[np.int32]
    at: npt.NDArray[np.int64]
    x: npt.NDArray[np.float64]
    y: npt.NDArray[np.float64]
    accuracy_m: npt.NDArray[np.float64]
    mode: npt.NDArray[np.int8]

    def __post_init__(self) -> None:
        lengths = {column.name: len(getattr(self, column.name)) for column in fields(self)}
        if len(set(lengths.values())) > 1:
            raise ValueError(f"the columns of the fixes differ in length: {lengths}")

    def __len__(self) -> int:
        return len(self.at)

    def take(self, rows: npt.NDArray[Any]) -> "Fixes":
        """Some of them: rows, or a mask."""
        return Fixes(**{column.name: getattr(self, column.name)[rows] for column in fields(self)})


def fixes_of(table: pa.Table, crs: str) -> tuple[Fixes, pa.Array, pa.Array]:
    """A frame of fixes (schema FIXES) as arrays, and the pseudonyms that the numbers of device and person stand for.

    crs     the town's metric CRS, such as EPSG:4549
    raises  DatumError where lengths cannot be measured in that CRS
    """
    require_metric(crs)
    device, devices = _numbered(table["device"])
    person, persons = _numbered(table["person"])
    x, y = from_wgs84(table["lon"].to_numpy(), table["lat"].to_numpy(), parse_datum(crs))
    mode, modes = _numbered(table["mode"])
    place = np.array([WAYS.index(word) for word in modes.to_pylist()] + [-1], np.int8)  # -1 finds the last
    return (
        Fixes(
            device, person, table["at"].cast(pa.int64()).to_numpy(), x, y,
            table["accuracy_m"].to_numpy().astype(np.float64), place[mode],
        ),
        devices,
        persons,
    )  # fmt: skip


def _numbered(column: pa.ChunkedArray) -> tuple[npt.NDArray[np.int32], pa.Array]:
    """A column of words as numbers, -1 where there is none, and the words."""
    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    one = (
        pa.chunked_array(column.unify_dictionaries()).combine_chunks() if column.num_chunks else column.combine_chunks()
    )
    if isinstance(one, pa.ChunkedArray):
        one = one.chunk(0)
    return pc.fill_null(one.indices, -1).to_numpy().astype(np.int32), one.dictionary
