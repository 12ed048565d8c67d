"""Mappings of cases: flat rows, and the events of their lives."""

from typing import ClassVar, Literal

from pydantic import Field, model_validator

from gridgov.process import EVENTS
from gridgov.sources.mapping.base import ColumnSpec, FeedMapping, nearest, personal_faults, require_datum
from gridgov.vocabulary import STATES, TRACKS

_TIMES = ("reported_at", "closed_at", "due_at", "updated_at")
DETAIL = ("note", "evidence", "evidence_kind", "evidence_hash", "actor_role", "rating", "lon", "lat")
"""What an event may carry that is kept together, see `EventMapping`."""


class IncidentMapping(FeedMapping):
    """Cases as flat rows: one row a case, or several versions of it."""

    kind: Literal["incidents"]
    recorded: dict[str, ColumnSpec] = Field(
        default_factory=dict, description="Grid codes the file itself records, by level: compared with the location."
    )
    keep: dict[str, ColumnSpec] = Field(default_factory=dict, description="Further columns kept as they are, by name.")
    source_deadline: Literal["keep", "ignore"] = Field(
        "keep", description="'keep' = a delivered deadline is kept as given (due_basis = source) and wins."
    )

    columns_known: ClassVar[tuple[str, ...]] = (
        "case_no", "reported_at", "closed_at", "due_at", "updated_at", "status", "category", "subcategory", "unit",
        "line", "channel", "description", "address", "place", "urgent", "duplicate", "track", "reporter", "lon", "lat",
        "wkt",
    )  # fmt: skip
    columns_needed: ClassVar[tuple[str, ...]] = ("case_no", "reported_at")
    hidable: ClassVar[tuple[str, ...]] = (
        "category", "subcategory", "unit", "line", "channel", "description", "address", "place", "reporter",
    )  # fmt: skip

    @model_validator(mode="after")
    def _incidents(self) -> "IncidentMapping":
        require_datum(self)
        faults = []
        if "status" in self.columns and not self.values.get("status"):
            faults.append("`status` is mapped, so [values.status] must translate its words into states")
        for word, state in self.values.get("status", {}).items():
            code = state.get("state") if isinstance(state, dict) else state
            if not isinstance(code, str) or code not in STATES:
                faults.append(f"[values.status] '{word}' = '{code}' is not a state{nearest(str(code), STATES)}")
            if isinstance(state, dict) and set(state) - {"state", "duplicate"}:
                faults.append(f"[values.status] '{word}' may hold `state` and `duplicate` only")
            if isinstance(state, dict) and not isinstance(state.get("duplicate", False), bool):
                faults.append(f"[values.status] '{word}': `duplicate` is true or false, without quotes")
        for word, track in self.values.get("track", {}).items():
            if not isinstance(track, str) or track not in TRACKS:
                faults.append(f"[values.track] '{word}' = '{track}' is not a track{nearest(str(track), TRACKS)}")
        faults += [
            f"`{name}`: when = 'closed' needs `status`, and is for times only"
            for name, spec in self.columns.items()
            if spec.when and (name not in _TIMES or "status" not in self.columns)
        ]
        if "reporter" in self.columns and "reporter" not in self.personal:
            faults.append("`reporter` is personal: say [personal] reporter = 'pseudonym' or 'drop'")
        faults += personal_faults(self, {"keep": self.keep, "recorded": self.recorded})
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def state_of(self, word: str) -> str | None:
        """Our state for a status word of the file; None when the mapping does not know it."""
        state = self.values["status"].get(word)
        return state.get("state") if isinstance(state, dict) else state

    def says_duplicate(self, word: str) -> bool:
        """True when the status word says that the source found a duplicate."""
        state = self.values["status"].get(word)
        return bool(state.get("duplicate")) if isinstance(state, dict) else False


class EventMapping(FeedMapping):
    """The life of cases as events: one row for each thing that happened to a case that is loaded already."""

    kind: Literal["events"]
    keep: dict[str, ColumnSpec] = Field(default_factory=dict, description="Further columns kept as they are, by name.")

    columns_known: ClassVar[tuple[str, ...]] = (
        "case_no", "at", "event", "event_no", "unit", "actor", "reason", "note", "due_at", "lon", "lat", "evidence",
        "evidence_kind", "evidence_hash", "actor_role", "rating",
    )  # fmt: skip
    columns_needed: ClassVar[tuple[str, ...]] = ("case_no", "at", "event")
    hidable: ClassVar[tuple[str, ...]] = ("unit", "actor", "reason", "note", "evidence")

    @model_validator(mode="after")
    def _events(self) -> "EventMapping":
        require_datum(self)
        faults = [
            f"[values.event] '{word}' = '{code}' is not an event{nearest(str(code), EVENTS)}"
            for word, code in self.values.get("event", {}).items()
            if code not in EVENTS
        ]
        faults += [
            f"`{name}`: when = 'closed' belongs to incidents" for name, spec in self.columns.items() if spec.when
        ]
        if "actor" in self.columns and "actor" not in self.personal:
            faults.append("`actor` is personal: say [personal] actor = 'pseudonym' or 'drop'")
        clash = set(self.keep) & set(DETAIL)
        faults += [f"[keep] {name}: the name is taken; give the column another one" for name in sorted(clash)]
        faults += personal_faults(self, {"keep": self.keep})
        if faults:
            raise ValueError("; ".join(faults))
        return self
