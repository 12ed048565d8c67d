"""Reading Mapbox vector tiles, field by field: messages of protocol buffers, and the lines in them; and where tiles are."""

import math
from collections.abc import Iterator
from typing import Any

Line = list[tuple[float, float]]


def fields(data: bytes) -> Iterator[tuple[int, Any]]:
    """The fields of a message of protocol buffers: number and value."""
    at = 0

    def varint() -> int:
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while at < len(data):
        key = varint()
        if key & 7 == 0:
            yield key >> 3, varint()
        else:
            assert key & 7 == 2, "no other fields are in our tiles"
            size = varint()
            yield key >> 3, data[at : at + size]
            at += size


def varints(data: bytes) -> list[int]:
    """Packed numbers."""
    found, value, shift = [], 0, 0
    for byte in data:
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            found.append(value)
            value = shift = 0
    return found


def lines(content: bytes) -> list[list[Line]]:
    """The lines of the layer `sessions` of a tile, each of one part or more, in shares of the side of the tile.

    Asserts that nothing is told of a line: it has no properties and no number.
    """
    found = []
    for _, layer in fields(content):
        parts = list(fields(layer))
        assert dict(parts)[1] == b"sessions" and dict(parts)[5] == 4096
        assert {number for number, _ in parts} <= {1, 2, 5, 15}  # no keys, no values
        for number, feature in parts:
            if number == 2:
                told = dict(fields(feature))
                assert told.keys() == {3, 4} and told[3] == 2
                found.append(_drawn(varints(told[4])))
    return found


def _drawn(commands: list[int]) -> list[Line]:
    """The parts of a line: commands 1 (go to) and 2 (draw to), each with how often, then steps in zigzag."""
    parts: list[Line] = []
    at, x, y = 0, 0, 0
    while at < len(commands):
        what, n = commands[at] & 7, commands[at] >> 3
        at += 1
        for _ in range(n):
            x, y = (
                place + ((step >> 1) ^ -(step & 1)) for place, step in zip((x, y), commands[at : at + 2], strict=True)
            )
            at += 2
            if what == 1:
                parts.append([])
            parts[-1].append((x / 4096, y / 4096))
    return parts


def place(lon: float, lat: float, zoom: int) -> tuple[int, int]:
    """Column and row on the web map cut into 2^zoom x 2^zoom."""
    y = (1 - math.log(math.tan(math.radians(lat)) + 1 / math.cos(math.radians(lat))) / math.pi) / 2
    return math.floor((lon + 180) / 360 * 2**zoom), math.floor(y * 2**zoom)
