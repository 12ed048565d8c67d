"""Sets of cells of the coverage lattice, as blocks of bits, and their algebra.

Cell (i, j) of a town's coverage lattice is the square of `cell_m` metres whose south-west corner is (j * cell_m,
i * cell_m) in the town's metric CRS. The lattice hangs on the CRS alone, not on the town's outline: what was swept stays
true when boundaries change, only what the grids hold is counted anew.

A block is 64 x 64 cells, 64 words of 64 bits, 512 bytes. Swept land of worker-days, grids, villages, land to patrol and
planned routes are all the same thing, sets of cells, each with an *owner*. What a grid was covered in a week is how many
cells the union of the week's sets shares with the grid's: a union, never a sum.
"""

from typing import NamedTuple

import numba
import numpy as np
import numpy.typing as npt
import pyarrow as pa

Bools = npt.NDArray[np.bool_]
Longs = npt.NDArray[np.int64]
Words = npt.NDArray[np.uint64]

CELL_M = 5.0
"""Side of a cell, metres."""
SIDE = 64
"""Cells along a side of a block."""

_HALF = 1 << 31  # blocks' columns may be negative, the lower half of a key may not


class Cells(NamedTuple):
    """Sets of cells, one for each owner: a row for each owner and block that has cells.

    owner  int64 (n,), whose cells these are: a worker's day, a day, a grid, ... a number that the caller chooses
    block  int64 (n,), `block_key` of the block
    bits   uint64 (n, 64); bit c (of value 2**c) of word r is the cell in row r from the south, column c from the west

    Always in one form, so that equal sets are equal arrays: ascending by owner and block, one row each, no empty block.
    """

    owner: Longs
    block: Longs
    bits: Words


NO_CELLS = Cells(np.empty(0, np.int64), np.empty(0, np.int64), np.empty((0, SIDE), np.uint64))

_kernel = numba.njit(cache=True, nogil=True)


def block_key(row: npt.ArrayLike, col: npt.ArrayLike) -> Longs:
    """One number for a block, ascending from south to north, then west to east.

    row, col  of the block: those of its cells, divided by 64 and rounded down
    """
    return np.asarray((np.asarray(row, np.int64) << 32) + (np.asarray(col, np.int64) + _HALF))


def block_place(block: npt.ArrayLike) -> tuple[Longs, Longs]:
    """Row and column of blocks.

    >>> block_place(block_key(-3, 7))
    (array(-3), array(7))
    """
    block = np.asarray(block, np.int64)
    return np.asarray(block >> 32), np.asarray((block & 0xFFFFFFFF) - _HALF)


# ---- algebra ---------------------------------------------------------------------------------------------------------


def union(cells: Cells, owner: npt.ArrayLike = 0) -> Cells:
    """The union of the sets that get the same new owner.

    owner  the new owner of each row of `cells` (such as `week_of[cells.owner]`); or one for all
    """
    return canonical(np.broadcast_to(np.asarray(owner, np.int64), cells.owner.shape), cells.block, cells.bits)


def together(*several: Cells) -> Cells:
    """All the sets; those of one owner are united."""
    kept = [cells for cells in several if len(cells.owner)]
    if len(kept) < 2:
        return kept[0] if kept else NO_CELLS
    return canonical(*(np.concatenate(column) for column in zip(*kept, strict=True)))


def within(cells: Cells, mask: Cells) -> Cells:
    """Of each set the cells that lie in any set of `mask`."""
    return _masked(cells, mask, True)


def without(cells: Cells, mask: Cells) -> Cells:
    """Of each set the cells that lie in no set of `mask`."""
    return _masked(cells, mask, False)


def of_owners(cells: Cells, owners: npt.ArrayLike) -> Cells:
    """The sets of some owners."""
    kept = np.isin(cells.owner, np.asarray(owners))
    return Cells(cells.owner[kept], cells.block[kept], cells.bits[kept])


def sizes(cells: Cells) -> tuple[Longs, Longs]:
    """Owners, ascending, and how many cells each has. In m2: times cell_m squared."""
    owners, begin = np.unique(cells.owner, return_index=True)
    n = _popcounts(np.ascontiguousarray(cells.bits))
    return owners, np.add.reduceat(n, begin) if len(begin) else n


def shared(a: Cells, b: Cells) -> tuple[Longs, Longs, Longs]:
    """How many cells the sets of `a` share with the sets of `b`, where they share any.

    returns  owner in a, owner in b, cells; ascending by the two owners
    """
    order = np.argsort(b.block, kind="stable")
    begin, end = (np.searchsorted(b.block[order], a.block, side) for side in ("left", "right"))
    row = np.repeat(np.arange(len(a.block)), end - begin)
    other = order[np.arange(len(row)) - np.repeat(np.cumsum(end - begin) - (end - begin), end - begin) + begin[row]]
    n = _shared_popcounts(np.ascontiguousarray(a.bits), np.ascontiguousarray(b.bits), row, other)
    owners_a, number_a = np.unique(a.owner, return_inverse=True)
    owners_b, number_b = np.unique(b.owner, return_inverse=True)
    pair, number = np.unique(number_a[row] * len(owners_b) + number_b[other], return_inverse=True)
    total = np.bincount(number, n, len(pair)).astype(np.int64)  # exact: far below 2**53
    pair, total = pair[total > 0], total[total > 0]
    return owners_a[pair // max(len(owners_b), 1)], owners_b[pair % max(len(owners_b), 1)], total


def canonical(owner: Longs, block: Longs, bits: Words) -> Cells:
    """Cells of rows in any order: rows of one owner and block are united, empty ones dropped."""
    order = np.lexsort((block, owner))
    owner, block = owner[order], block[order]
    new = np.ones(len(order), np.bool_)
    new[1:] = (owner[1:] != owner[:-1]) | (block[1:] != block[:-1])
    begin = np.append(np.flatnonzero(new), len(order))
    united = _united(np.ascontiguousarray(bits), order, begin)
    kept = united.any(axis=1)
    begin = begin[:-1]
    if kept.all():
        return Cells(owner[begin], block[begin], united)
    return Cells(owner[begin[kept]], block[begin[kept]], united[kept])


def _masked(cells: Cells, mask: Cells, inside: bool) -> Cells:
    whole = union(mask)
    place = np.minimum(np.searchsorted(whole.block, cells.block), max(len(whole.block) - 1, 0))
    bits = cells.bits.copy()
    met = whole.block[place] == cells.block if len(whole.block) else np.zeros(len(cells.block), np.bool_)
    other = whole.bits[place[met]]
    bits[met] &= other if inside else ~other
    if inside:
        bits[~met] = 0
    kept = bits.any(axis=1)
    return Cells(cells.owner[kept], cells.block[kept], bits[kept])


# ---- other forms -----------------------------------------------------------------------------------------------------


def frame_of(blocks: Longs) -> tuple[int, int, int, int]:
    """First row and column, number of rows and columns (in cells) of the raster around some blocks; all multiples of 64."""
    if len(blocks) == 0:
        return 0, 0, 0, 0
    row, col = block_place(blocks)
    first_row, first_col = int(row.min()), int(col.min())
    n_rows, n_cols = int(row.max()) - first_row + 1, int(col.max()) - first_col + 1
    return first_row * SIDE, first_col * SIDE, n_rows * SIDE, n_cols * SIDE


def to_raster(cells: Cells) -> tuple[int, int, Bools]:
    """Row and column of the raster's first cell, and which cells are in any set; row 0 is the southernmost."""
    first_row, first_col, n_rows, n_cols = frame_of(cells.block)
    raster = np.zeros((n_rows, n_cols), np.bool_)
    row, col = block_place(cells.block)
    _fill_raster(np.ascontiguousarray(cells.bits), row * SIDE - first_row, col * SIDE - first_col, raster)
    return first_row, first_col, raster


def from_raster(first_row: int, first_col: int, labels: npt.NDArray[np.integer]) -> Cells:
    """Cells of a raster of owners; negative labels belong to nobody.

    first_row, first_col  of its first cell; multiples of 64
    labels                whole numbers below 2**31 (rows, columns), multiples of 64; row 0 is the southernmost
    """
    if first_row % SIDE or first_col % SIDE or labels.shape[0] % SIDE or labels.shape[1] % SIDE:
        raise ValueError(f"a raster from {first_row}, {first_col} of shape {labels.shape} is not made of whole blocks")
    owner, row, col, bits = _blocks_of(np.ascontiguousarray(labels, np.int32))
    return canonical(owner, block_key(row + first_row // SIDE, col + first_col // SIDE), bits)


def to_table(cells: Cells) -> pa.Table:
    """A table to keep: owner (int64), block_row, block_col (int32), bits (512 bytes: 64 words, little-endian)."""
    row, col = block_place(cells.block)
    words = np.ascontiguousarray(cells.bits, "<u8")
    bits = pa.Array.from_buffers(pa.binary(SIDE * 8), len(words), [None, pa.py_buffer(words)])
    places = {"block_row": pa.array(row.astype(np.int32)), "block_col": pa.array(col.astype(np.int32))}
    return pa.table({"owner": pa.array(cells.owner), **places, "bits": bits})


def from_table(table: pa.Table) -> Cells:
    """What `to_table` wrote, or rows of it in any order, `bits` as binary of any kind."""
    owner, row, col = (table[name].to_numpy().astype(np.int64) for name in ("owner", "block_row", "block_col"))
    packed = b"".join(table["bits"].to_pylist())
    bits = np.frombuffer(packed, "<u8").astype(np.uint64).reshape(-1, SIDE)
    return canonical(owner, block_key(row, col), bits)


# ---- kernels ---------------------------------------------------------------------------------------------------------


@_kernel
def popcount(word: np.uint64) -> np.int64:
    """How many bits of a word are set."""
    # The classic sum of halves; the compiler knows it and makes one instruction of it.
    word = word - ((word >> np.uint64(1)) & np.uint64(0x5555555555555555))
    word = (word & np.uint64(0x3333333333333333)) + ((word >> np.uint64(2)) & np.uint64(0x3333333333333333))
    word = (word + (word >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.int64((word * np.uint64(0x0101010101010101)) >> np.uint64(56))


@_kernel
def lowest(word: np.uint64) -> np.int64:
    """The place of the lowest bit that is set; 64 when none is."""
    return popcount((word & (~word + np.uint64(1))) - np.uint64(1))


@_kernel
def _popcounts(bits: Words) -> Longs:
    n = np.zeros(len(bits), np.int64)
    for k in range(len(bits)):
        for r in range(SIDE):
            n[k] += popcount(bits[k, r])
    return n


@_kernel
def _shared_popcounts(a: Words, b: Words, row: Longs, other: Longs) -> Longs:
    n = np.zeros(len(row), np.int64)
    for k in range(len(row)):
        i, j = row[k], other[k]
        for r in range(SIDE):
            n[k] += popcount(a[i, r] & b[j, r])
    return n


@_kernel
def _united(bits: Words, order: Longs, begin: Longs) -> Words:
    """Row k is the union of the rows order[begin[k]:begin[k + 1]]."""
    united = np.zeros((len(begin) - 1, SIDE), np.uint64)
    for k in range(len(begin) - 1):
        for at in range(begin[k], begin[k + 1]):
            for r in range(SIDE):
                united[k, r] |= bits[order[at], r]
    return united


@_kernel
def _fill_raster(bits: Words, row: Longs, col: Longs, raster: Bools) -> None:
    for k in range(len(bits)):
        for r in range(SIDE):
            word = bits[k, r]
            if word != 0:
                for c in range(SIDE):
                    if (word >> np.uint64(c)) & np.uint64(1):
                        raster[row[k] + r, col[k] + c] = True


@_kernel
def _blocks_of(labels: npt.NDArray[np.int32]) -> tuple[Longs, Longs, Longs, Words]:
    """Owner, row and column (in blocks, from the raster's first), bits; a row for each owner in each block."""
    n_rows, n_cols = labels.shape[0] // SIDE, labels.shape[1] // SIDE
    room = n_rows * n_cols + 16
    owner, row, col = np.empty(room, np.int64), np.empty(room, np.int64), np.empty(room, np.int64)
    bits = np.zeros((room, SIDE), np.uint64)
    n = 0
    for i in range(n_rows):
        for j in range(n_cols):
            begin = n  # the owners met in this block: few, so that looking through them is quick
            at = -1
            for r in range(SIDE):
                for c in range(SIDE):
                    label = labels[i * SIDE + r, j * SIDE + c]
                    if label < 0:
                        continue
                    if at < begin or owner[at] != label:
                        at = begin
                        while at < n and owner[at] != label:
                            at += 1
                        if at == n:
                            if n == room:
                                room *= 2
                                owner, row, col = longer(owner, room), longer(row, room), longer(col, room)
                                bits = longer_bits(bits, room)
                            owner[n], row[n], col[n] = label, i, j
                            n += 1
                    bits[at, r] |= np.uint64(1) << np.uint64(c)
    return owner[:n], row[:n], col[:n], bits[:n]


@_kernel
def longer(values: Longs, room: int) -> Longs:
    """A copy with room for more."""
    more = np.empty(room, np.int64)
    more[: len(values)] = values
    return more


@_kernel
def longer_bits(bits: Words, room: int) -> Words:
    """A copy with room for more blocks, which are empty."""
    more = np.zeros((room, SIDE), np.uint64)
    more[: len(bits)] = bits
    return more
