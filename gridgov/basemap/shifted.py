"""Tiles in GCJ-02 put in their place: a tile in WGS84 is cut out of the GCJ-02 tiles it lies over.

The shift is not the same all over a tile: from its middle to its corners it differs by up to 1.15 pixels in China (zoom 11 and
finer). So the tile's four corners are moved, each by its own shift, and what lies between is drawn out evenly: that is off by
less than half a pixel everywhere (0.15 from zoom 13 on), and neighbours fit together because they share their corners.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Final

import numpy as np
import numpy.typing as npt

from gridgov.crs import GCJ02, from_wgs84

SIDE: Final = 256
"""Pixels along the side of what is put together."""
_MARGIN: Final = 1.5
"""Pixels around the corners that smoothing looks at."""


@dataclass(frozen=True)
class Piece:
    """A GCJ-02 tile that a WGS84 tile lies over, and where its upper left corner stands in the picture of all, in pixels."""

    x: int
    y: int
    left: int
    top: int


@dataclass(frozen=True)
class Cut:
    """How a tile is cut: the pieces of the picture, its width and height, and the corners in it: (x, y), NW, SW, SE, NE."""

    pieces: tuple[Piece, ...]
    width: int
    height: int
    corners: tuple[tuple[float, float], ...]


def pieces(z: int, x: int, y: int) -> Cut:
    """What a WGS84 tile is cut out of; usually four tiles. Beyond the edge of the world there are none."""
    n = 2**z
    corners = _shifted(np.array([x, x, x + 1, x + 1]) * SIDE, np.array([y, y + 1, y + 1, y]) * SIDE, z)
    first = np.maximum(np.floor((corners.min(axis=0) - _MARGIN) / SIDE), 0).astype(int)
    last = np.minimum(np.floor((corners.max(axis=0) + _MARGIN) / SIDE), n - 1).astype(int)
    found = [
        Piece(column, row, (column - int(first[0])) * SIDE, (row - int(first[1])) * SIDE)
        for row in range(int(first[1]), int(last[1]) + 1)
        for column in range(int(first[0]), int(last[0]) + 1)
    ]
    width, height = ((last - first + 1) * SIDE).tolist()
    return Cut(tuple(found), width, height, tuple((float(a), float(b)) for a, b in corners - first * SIDE))


def put_together(cut: Cut, tiles: Mapping[tuple[int, int], bytes]) -> bytes:
    """The WGS84 tile as PNG, of the GCJ-02 tiles by (x, y); b"" or one that is missing stays transparent."""
    from PIL import Image

    picture = Image.new("RGBA", (cut.width, cut.height))
    for piece in cut.pieces:
        content = tiles.get((piece.x, piece.y))
        if content:
            with Image.open(BytesIO(content)) as image:
                whole = image.convert("RGBA")
            picture.paste(whole if whole.width == SIDE else whole.resize((SIDE, SIDE)), (piece.left, piece.top))
    quad = [number for corner in cut.corners for number in corner]
    moved = picture.transform((SIDE, SIDE), Image.Transform.QUAD, quad, resample=Image.Resampling.BICUBIC)
    out = BytesIO()
    moved.save(out, "PNG")
    return out.getvalue()


def _shifted(x: npt.ArrayLike, y: npt.ArrayLike, z: int) -> npt.NDArray[np.float64]:
    """Where pixels of the WGS84 map of a zoom stand in the GCJ-02 map of it; a row (x, y) each."""
    world = SIDE * 2.0**z
    lon = np.asarray(x) / world * 360 - 180
    lat = np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * np.asarray(y) / world))))
    lon, lat = from_wgs84(lon, lat, GCJ02)
    down = (1 - np.arcsinh(np.tan(np.radians(lat))) / np.pi) / 2
    return np.column_stack([(lon + 180) / 360 * world, down * world])
