"""The rows of a file that cannot be loaded: counted as they come, staged for the quarantine, and too many of them refused."""

import json
from collections import Counter
from collections.abc import Iterable

import pyarrow as pa

from gridgov.errors import LoadError
from gridgov.pipelines.loading import Load
from gridgov.sources.reading import Source
from gridgov.sources.rows import Faulty
from gridgov.store import quarantined

_ALL_FAULTY = 20
"""So many rows without a single good one are no bad rows but a bad mapping, or the wrong file."""


class Tally:
    """What a load has read so far, counted into its report."""

    def __init__(self, load: Load, source: Source) -> None:
        self._load, self._source = load, source
        self._reasons, self._noticed = Counter[str](), Counter[str]()
        self._first = ""

    def read(self, n_good: int, faulty: list[Faulty], noticed: Counter[str]) -> None:
        """Count a batch."""
        self._load.report.read += n_good + len(faulty)
        self._load.report.quarantined += len(faulty)
        self._noticed.update(noticed)
        self.reasons((row.row_no, row.reasons) for row in faulty)
        self._load.progress("read", self._load.report.read, self._source.n_rows)

    def reasons(self, rows: Iterable[tuple[int | None, list[str]]]) -> None:
        """Count the reasons of rows, without what is said of the single one."""
        for row_no, reasons in rows:
            self._first = self._first or f"row {row_no}: {'; '.join(reasons)}"
            self._reasons.update(reason.split(":")[0] for reason in reasons)

    def reason(self, said: str) -> int:
        """How many rows have a reason."""
        return self._reasons[said.split(":")[0]]

    def write(self) -> None:
        """Put reasons and what was noticed into the report."""
        report = self._load.report
        report.reasons, report.noticed = dict(self._reasons.most_common()), dict(self._noticed.most_common())

    def refuse_useless(self, *, is_retry: bool) -> None:
        """Raise LoadError for a file without a row, or without a single one that can be read."""
        report, name = self._load.report, self._source.path.name
        if report.read == 0:
            raise LoadError(f"{name} holds no rows. Nothing was loaded; check that it is the right file.")
        if not is_retry and report.read == report.quarantined >= _ALL_FAULTY:
            raise LoadError(
                f"None of the {report.read:,} rows of {name} can be loaded ({self._first}). Nothing was loaded; the "
                "mapping does not fit the file."
            )


def faulty_table(rows: list[Faulty]) -> pa.Table:
    """Faulty rows as they are staged."""
    return pa.table(
        {
            "row_no": [row.row_no for row in rows],
            "reasons": [json.dumps(row.reasons, ensure_ascii=False) for row in rows],
            "raw": [
                None if row.raw is None else json.dumps(row.raw, ensure_ascii=False, sort_keys=True) for row in rows
            ],
        },
        schema=quarantined.STAGE,
    )
