"""Fingerprints and words: equal rows have equal fingerprints, whatever batch they come in, and words come back."""

from datetime import UTC, datetime

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgov.pipelines.words import Words
from gridgov.sources.fingerprint import fingerprints

SCHEMA = pa.schema(
    [("a", pa.string()), ("b", pa.float64()), ("c", pa.timestamp("us", "UTC")), ("d", pa.bool_()), ("e", pa.int16())]
)
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "a": st.none() | st.text(max_size=5),
            "b": st.none() | st.floats(allow_nan=False),
            "c": st.none() | st.datetimes(min_value=datetime(1900, 1, 1), timezones=st.just(UTC)),
            "d": st.none() | st.booleans(),
            "e": st.none() | st.integers(-100, 100),
        }
    ),
    min_size=1,
    max_size=30,
)


def key(row: dict) -> tuple:
    """A row as equal rows compare: -0.0 is 0.0."""
    cells = [row[name] for name in SCHEMA.names]
    return tuple(0.0 if isinstance(cell, float) and cell == 0 else cell for cell in cells)


@given(ROWS)
@settings(max_examples=60, deadline=None)
def test_equal_rows_and_only_they_are_equal(rows: list[dict]) -> None:
    prints = fingerprints(pa.Table.from_pylist(rows, schema=SCHEMA), tuple(SCHEMA.names)).tolist()
    for one, its in zip(rows, prints, strict=True):
        for other, others in zip(rows, prints, strict=True):
            assert (its == others) == (key(one) == key(other))


@given(ROWS, st.integers(0, 29))
@settings(max_examples=60, deadline=None)
def test_a_row_does_not_care_about_its_batch(rows: list[dict], at: int) -> None:
    table = pa.Table.from_pylist(rows, schema=SCHEMA)
    at %= len(rows)
    whole = fingerprints(table, tuple(SCHEMA.names))
    assert fingerprints(table.slice(at), tuple(SCHEMA.names)).tolist() == whole[at:].tolist()
    assert fingerprints(table.take([at]), tuple(SCHEMA.names)).tolist() == [whole[at]]


def test_known_values_never_change() -> None:
    # Kept in databases: a change here would make every known row look new. Made once with this very function.
    table = pa.table({"a": ["x", None, "", "网格"], "b": [1.5, None, -0.0, 0.0]})
    assert fingerprints(table, ("a", "b")).tolist() == KNOWN


KNOWN = [-5442161480457805612, 5156922822541503845, -6896969257569338293, 957713948926780561]

TEXT = st.none() | st.text(max_size=3)


@given(st.lists(st.tuples(TEXT, TEXT, TEXT, TEXT, TEXT), max_size=20), st.integers(1, 5))
@settings(max_examples=60, deadline=None)
def test_words_come_back(rows: list[tuple], size: int) -> None:
    names = ["category", "subcategory", "unit", "line", "channel"]
    words, numbered, met = Words(), [], []
    for start in range(0, len(rows), size):
        part = pa.table(
            {n: pa.array([row[i] for row in rows[start : start + size]], pa.string()) for i, n in enumerate(names)}
        )
        numbered += words.encode(part).to_pylist()
        met += words.fresh().to_pylist()
    known = {(row["kind"], row["word"]): (row["first"], row["second"]) for row in met}
    assert len(known) == len(met)
    for row, numbers in zip(rows, numbered, strict=True):
        item = (row[0] or None, row[1] or None) if row[0] or row[1] else None
        back = known.get(("item", numbers["item_word"]))
        assert (None if back is None else tuple(part or None for part in back)) == item
        for i, kind in ((2, "unit"), (3, "line"), (4, "channel")):
            back = known.get((kind, numbers[f"{kind}_word"]))
            assert (None if back is None else back[0]) == (row[i] or None)
