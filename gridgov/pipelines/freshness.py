"""How fresh a file is: its latest instant, and what it dates later than now, which is a slip and says nothing of that."""

from collections import Counter
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.compute as pc


def newest(known: datetime | None, table: pa.Table, *columns: str) -> datetime | None:
    """The latest instant told of so far that is not later than now; `known` is that of the batches before."""
    seen = [pc.max(table[name].filter(pc.invert(_is_ahead(table[name])))).as_py() for name in columns]
    return max((at for at in (known, *seen) if at is not None), default=None)


def ahead(table: pa.Table, *columns: str) -> Counter[str]:
    """What is to be noticed of instants later than now, by column."""
    counts = {name: pc.sum(_is_ahead(table[name])).as_py() or 0 for name in columns}
    return Counter({f"{name}: later than now": n for name, n in counts.items() if n})


def _is_ahead(column: pa.ChunkedArray) -> pa.ChunkedArray:
    now = pa.scalar(datetime.now(UTC), pa.timestamp("us", "UTC")).cast(column.type)
    return pc.fill_null(pc.greater(column, now), fill_value=False)
