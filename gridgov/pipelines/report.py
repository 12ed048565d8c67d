"""The account of a load: every row read has exactly one outcome, and the sum is checked before anything is committed."""

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from gridgov.errors import LoadError
from gridgov.vocabulary import OUTCOMES

CountsT = dict[str, int]


@dataclass
class LoadReport:
    """What a load did. `notes` are sentences for people, `facts` the same for machines."""

    kind: str
    town: str
    source: str
    file_name: str
    read: int = 0
    loaded: int = 0
    updated: int = 0
    unchanged: int = 0
    duplicate: int = 0
    superseded: int = 0
    quarantined: int = 0
    run_id: int | None = None
    newest_at: datetime | None = None
    seconds: float = 0.0
    peak_mb: float = 0.0
    reasons: CountsT = field(default_factory=dict)
    noticed: CountsT = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @property
    def counts(self) -> CountsT:
        """Rows read and rows by outcome."""
        return {name: getattr(self, name) for name in ("read", *OUTCOMES)}

    def check(self) -> None:
        """Raise LoadError unless read = the sum of the outcomes."""
        outcomes = sum(getattr(self, name) for name in OUTCOMES)
        if self.read != outcomes:
            raise LoadError(
                f"{self.file_name}: {self.read} rows were read but {outcomes} accounted for. Nothing was loaded. "
                "This is a fault of gridgov: please report it with the file's first lines."
            )

    def as_dict(self) -> dict[str, Any]:
        """All of it as plain values."""
        return asdict(self)

    def write(self, path: Path) -> None:
        """Write the report as JSON."""
        path.write_text(json.dumps(self.as_dict(), ensure_ascii=False, indent=2, default=str) + "\n", "utf-8")


def sentence(report: LoadReport) -> str:
    """`74,401 read = 74,026 loaded + 372 updated + 3 duplicate`, outcomes of zero left out."""
    parts = [f"{getattr(report, name):,} {term.en}" for name, term in OUTCOMES.items() if getattr(report, name)]
    return f"{report.read:,} read = {' + '.join(parts) or '0'}"
