"""Ledgers for the tests: rows of cases and events, random ways through the process, their loads, and what is kept of them."""

import itertools
import random
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from gridgov.pipelines.kinds import load
from gridgov.pipelines.report import LoadReport
from gridgov.process import EVENTS, Event
from gridgov.sources.mapping import Mapping, parse_mapping
from gridgov.store import rollups, runs
from gridgov.store.database import reading
from gridgov.vocabulary import ENDED
from tests.support import load_rows, mapping_text, query, register_mapping, write_rows

Row = dict[str, Any]
ZONE = ZoneInfo("Asia/Shanghai")
BEGIN = datetime(2026, 3, 2, 9, tzinfo=ZONE)
COURSE = ("registered", "dispatched", "signed", "assigned", "handling", "handled", "checking", "checked", "closed")
"""The way of a case, after its report."""

HEAD = ("no", "at", "closed", "due", "state", "track", "what", "which", "unit", "line", "address", "says")
PLACED = (*HEAD, "x", "y")
EVENT_HEAD = ("no", "at", "what", "unit", "who", "why", "due")
EVENT_COLUMNS = {
    "no": "case_no", "id": "event_no", "at": "at", "what": "event", "unit": "unit", "who": "actor", "as": "actor_role",
    "why": "reason", "note": "note", "due": "due_at", "said": "rating", "ref": "evidence", "kind": "evidence_kind",
    "sum": "evidence_hash", "x": "lon", "y": "lat",
}  # fmt: skip
"""What the columns of a file of events mean; those of cases are in `support`."""

_files = itertools.count()


# ---------------------------------------------------------------------------------------------------------------------
# Times


def stamp(at: datetime) -> str:
    """An instant as files have it."""
    return f"{at:%Y-%m-%d %H:%M:%S}"


def instant(text: str) -> datetime:
    """The instant that a file means."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def day_begin(day: date) -> datetime:
    """The first instant of a local day."""
    return datetime.combine(day, datetime.min.time(), ZONE)


def day_end(day: date, zone: ZoneInfo = ZONE) -> datetime:
    """The last microsecond of a local day."""
    return datetime.combine(day + timedelta(1), datetime.min.time(), zone) - timedelta(microseconds=1)


# ---------------------------------------------------------------------------------------------------------------------
# Rows


def case(no: str, at: datetime = BEGIN, **more: Any) -> Row:
    """A dispatched case."""
    return {"no": no, "at": stamp(at), "state": "reported", "track": "dispatched", **more}


def event(no: str, what: str, at: datetime, **more: Any) -> Row:
    """An event of a case."""
    return {"no": no, "what": what, "at": stamp(at), **more}


def history(no: str, seed: int, ahead: int = 1) -> list[Row]:
    """A walk through the process, an event at a time, hours apart, with deadlines and units; it begins with the report.

    ahead  what moves a case on its way without ending it is so many times as likely as anything else
    """
    chance = random.Random(seed)
    state, at, rows = "", BEGIN + timedelta(hours=chance.randrange(200)), []
    for _ in range(chance.randrange(1, 16)):
        can = [e for e in EVENTS.values() if may_follow(e, state, "dispatched")]
        if not can:
            break
        chosen = chance.choice([e for e in can for _ in range(ahead if e.to and e.to not in ENDED else 1)])
        more = {"unit": chance.choice(["A", "B", "C"])} if chosen.code in ("dispatched", "assigned") else {}
        more |= {"who": chance.choice("xyz")} if chosen.code in ("handled", "checked", "closed") else {}
        more |= {"why": chance.choice(["not ours", "wrong place"])} if "reason" in chosen.needs else {}
        if "due" in chosen.needs or (chosen.code == "dispatched" and chance.random() < 0.6):
            more["due"] = stamp(at + timedelta(hours=chance.randrange(1, 300)))
        if "unit" in chosen.needs:
            more.setdefault("unit", "A")
        if any(row["what"] == chosen.code and row["at"] == stamp(at) for row in rows):
            at += timedelta(seconds=1)  # the same twice in one second would be one event told twice
        rows.append(event(no, chosen.code, at, **more))
        state = chosen.to or state
        if chance.random() < 0.85:  # else the next comes in the same second
            at += timedelta(hours=chance.randrange(1, 60), seconds=chance.randrange(3600))
    return rows


def may_follow(chosen: Event, state: str, track: str) -> bool:
    """Whether the process lets an event happen to a case in this state; one without a state is not reported yet."""
    if track not in chosen.from_:
        return False
    if not state:
        return chosen.code == "reported"
    allowed = chosen.from_[track]
    return state in allowed or ("*" in allowed and state not in ENDED)


def report_of(rows: list[Row]) -> datetime:
    """When a case was reported, by its events."""
    return instant(rows[0]["at"])


def ledger_of(n: int, seed: int, ahead: int = 1) -> dict[str, list[Row]]:
    """The histories of so many cases, by number."""
    return {f"N{k}": history(f"N{k}", seed * 1000 + k, ahead) for k in range(n)}


def crowded(lives: dict[str, list[Row]], seed: int) -> list[Row]:
    """Their cases: few addresses, texts and lines, so that some are reported twice and some troubles come back."""
    chance = random.Random(seed)
    return [
        case(no, report_of(life), what="road", which="hole", address=chance.choice(["1 Mill Road", "2 Mill Road", ""]),
             says=chance.choice(["a hole in the road", "hole in the road", "water on it", ""]), line=chance.choice("RST"))
        for no, life in lives.items()
    ]  # fmt: skip


# ---------------------------------------------------------------------------------------------------------------------
# Loads


def event_mapping(town: str, head: Sequence[str] = EVENT_HEAD, below: str = "") -> Mapping:
    """A mapping for files of events with these columns; what else it says comes last, where persons are spoken of."""
    columns = {EVENT_COLUMNS[name]: name for name in head}
    above = 'time_zone = "Asia/Shanghai"\n' + ('datum = "WGS84"\n' if "x" in head else "")
    personal = '[personal]\nactor = "pseudonym"\n' if "who" in head else ""
    return parse_mapping(mapping_text("events", town, columns, source="cases", above=above, below=personal + below))


def load_cases(folder: Path, town: str, rows: Iterable[Row], head: Sequence[str] = HEAD) -> LoadReport:
    """Load cases of which none is refused."""
    report = load_rows(folder, town, rows, head)
    assert report.quarantined == 0
    return report


def load_events(
    folder: Path, town: str, rows: Iterable[Row], head: Sequence[str] = EVENT_HEAD, *, may_refuse: bool = False
) -> LoadReport:
    """Load events of which none is refused, unless some may be."""
    path = write_rows(folder / f"{town}_events_{next(_files)}.csv", rows, head)
    report = load("events", path, event_mapping(town, head))
    assert may_refuse or report.quarantined == 0
    return report


def load_catalogue(folder: Path, town: str, limit: str, version: str = "1") -> None:
    """Load a catalogue of one item, with its limit."""
    row = {"code": "1", "what": "road", "which": "hole", "limit": limit}
    columns = {"code": "code", "category": "what", "name": "which", "limit": "limit"}
    mapping = register_mapping("catalogue", town, columns, more=f'scope = "town"\nversion = "{version}"')
    load("catalogue", write_rows(folder / f"{town}_catalogue_{next(_files)}.csv", [row], tuple(row)), mapping)


def load_register(folder: Path, town: str, kind: str, rows: Iterable[tuple[str, ...]]) -> None:
    """A register of units or lines: code and name of each, and perhaps its kind."""
    written = [dict(zip(("code", "name", "kind"), row, strict=False)) for row in rows]
    path = write_rows(folder / f"{town}_{kind}_{next(_files)}.csv", written, tuple(written[0]))
    load("units", path, register_mapping(kind, town, {name: name for name in written[0]}))


# ---------------------------------------------------------------------------------------------------------------------
# What is kept of a ledger

KEPT = {
    "span": """
        SELECT c.case_no, s.from_at, s.to_at, s.next_at, s.state, s.stage, u.code AS unit, s.due_at, s.yellow_at, s.risk_at,
          s.black_at, s.stage_due_at, s.is_paused, s.is_put_off, s.ended, s.exempt_at, s.reported_at, g.grid, s.is_located,
          s.length_class, f.track, f.is_urgent, f.is_duplicate, i.category, i.name, l.code, h.code
        FROM gridgov.case_span s JOIN gridgov.case_record c ON c.id = s.case_id LEFT JOIN gridgov.unit u ON u.id = s.unit_id
        LEFT JOIN drawn g ON g.id = s.grid_id
        JOIN gridgov.facet f ON f.id = s.facet_id LEFT JOIN gridgov.item i ON i.id = f.item_id
        LEFT JOIN gridgov.line l ON l.id = f.line_id LEFT JOIN gridgov.channel h ON h.id = f.channel_id""",
    "step": """
        SELECT c.case_no, s.at, s.event, u.code AS unit, s.reason, s.rating, s.reported_at, g.grid, s.is_located, f.track
        FROM gridgov.case_step s JOIN gridgov.case_record c ON c.id = s.case_id LEFT JOIN gridgov.unit u ON u.id = s.unit_id
        JOIN gridgov.facet f ON f.id = s.facet_id LEFT JOIN drawn g ON g.id = s.grid_id""",
    "marginal": """
        SELECT m.kind, m.grain, m.day_on, g.code AS grid, least(m.member, 0) AS none, u.code AS unit, f.track, f.is_urgent,
          i.category, i.name, s.code AS source, to_jsonb(m) - 'town_id' - 'member'
        FROM gridgov.marginal m LEFT JOIN gridgov.grid g ON m.kind = 1 AND g.id = m.member
        LEFT JOIN gridgov.unit u ON m.kind = 2 AND u.id = m.member
        LEFT JOIN gridgov.facet f ON m.kind = 3 AND f.id = m.member LEFT JOIN gridgov.item i ON i.id = f.item_id
        LEFT JOIN gridgov.source s ON s.id = f.source_id""",
    "pixel": """
        SELECT c.case_no, p.reported_at, p.pixel, g.grid, f.track, f.is_urgent, f.is_duplicate, i.category, i.name,
          l.code, h.code
        FROM gridgov.case_pixel p JOIN gridgov.case_record c ON c.id = p.case_id JOIN gridgov.facet f ON f.id = p.facet_id
        LEFT JOIN drawn g ON g.id = p.grid_id LEFT JOIN gridgov.item i ON i.id = f.item_id
        LEFT JOIN gridgov.line l ON l.id = f.line_id
        LEFT JOIN gridgov.channel h ON h.id = f.channel_id""",
    "tile": """
        SELECT m.zoom, m.tile, m.month_on, g.grid, m.cells, m.counts
        FROM gridgov.tile_month m LEFT JOIN drawn g ON g.id = m.grid_id""",
    "fact": """
        SELECT c.case_no, u.code AS unit, v.code AS first_unit, to_jsonb(f) - 'case_id' - 'town_id' - 'unit_id' - 'first_unit_id'
        FROM gridgov.case_fact f JOIN gridgov.case_record c ON c.id = f.case_id LEFT JOIN gridgov.unit u ON u.id = f.unit_id
        LEFT JOIN gridgov.unit v ON v.id = f.first_unit_id""",
    "handover": """
        SELECT c.case_no, h.at, a.code AS a, b.code AS b, h.lost_s, h.lost_work_s, h.reason
        FROM gridgov.handover h JOIN gridgov.case_record c ON c.id = h.case_id JOIN gridgov.unit a ON a.id = h.from_unit_id
        JOIN gridgov.unit b ON b.id = h.to_unit_id""",
    "duplicate": """
        SELECT c.case_no, o.case_no AS of_no, h.case_no AS head_no, l.case_no AS like_no, d.reported_at, d.known_at, d.metres,
          d.alike
        FROM gridgov.duplicate d JOIN gridgov.case_record c ON c.id = d.case_id JOIN gridgov.case_record o ON o.id = d.of_id
        JOIN gridgov.case_record h ON h.id = d.head_id JOIN gridgov.case_record l ON l.id = d.like_id""",
    "closing": """
        SELECT c.case_no, k.closed_at, k.reopened_at, i.category, i.name, k.place, n.case_no AS next_no, k.again_at, k.metres
        FROM gridgov.closing k JOIN gridgov.case_record c ON c.id = k.case_id JOIN gridgov.item i ON i.id = k.item_id
        LEFT JOIN gridgov.case_record n ON n.id = k.next_id""",
}
"""What each of the derived tables says, without surrogate ids."""

_DRAWN = """
    WITH drawn AS (
      SELECT g.id, l.code || ' ' || g.code || ' ' || coalesce(s.valid_from::text, '') AS grid
      FROM gridgov.grid g JOIN gridgov.grid_set s ON s.id = g.set_id JOIN gridgov.layer l ON l.id = g.layer_id
    )"""
"""Grids by what they are called and from when they are valid."""


def kept(town: str, *names: str) -> dict[str, list[str]]:
    """The rows of a town in the derived tables, or in some of them."""
    found = {}
    for name in names or KEPT:
        of = "m" if name in ("marginal", "tile") else "c"
        rows = query(f"{_DRAWN} {KEPT[name]} JOIN gridgov.town t ON t.id = {of}.town_id WHERE t.code = %s", town)
        found[name] = sorted(map(repr, rows.astype(str).itertuples(index=False)))
    return found


def rebuild(town: str) -> None:
    """Derive all that is kept of a town anew."""
    with reading() as connection:
        town_id = runs.town_of(connection, town).id
    with runs.exclusively([town_id]) as connection:
        rollups.rebuild(connection, [town_id])
