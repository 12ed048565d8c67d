"""Connected systems and what waits in quarantine: beside the loads themselves, and beside slow counts of the files."""

import json
import random
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest

from gridgov.analytics.silence import usual
from gridgov.errors import LoadError, QuestionError
from gridgov.pipelines.kinds import load
from gridgov.questions import open_town
from gridgov.sources.mapping import parse_mapping
from gridgov.store import cluster
from tests.support import incident_text, load_city, new_code, point, query, register_mapping, write_rows

ZONE = ZoneInfo("Asia/Shanghai")
BEGIN = datetime(2026, 3, 2, 9, tzinfo=ZONE)
AT = "2026-05-01T12:00:00+08:00"
X, Y = map(str, point(0.5, 0.5))


def reports(days: list[int], name: str, **more: str) -> list[dict[str, Any]]:
    """A case on each of these days after BEGIN."""
    return [
        {"no": f"{name}{n}", "at": f"{BEGIN + timedelta(days=day):%Y-%m-%d %H:%M}", "state": "open", "what": "road",
         "x": X, "y": Y, **more}
        for n, day in enumerate(days)
    ]  # fmt: skip


def deliver(folder: Path, town: str, source: str, rows: list[dict[str, Any]]) -> Any:
    path = write_rows(folder / f"{source}_{random.randrange(10**9)}.csv", rows)
    return load("incidents", path, parse_mapping(incident_text(town, source=source, versioned=False)))


@pytest.fixture
def town(database: str, tmp_path: Path) -> Any:
    """A town with a daily system, one of working days, one that stopped, one of few records, and a register."""
    code = new_code()
    load_city(tmp_path, code)
    working = [d for d in range(59) if (BEGIN + timedelta(days=d)).weekday() < 5]
    deliver(tmp_path, code, "daily", reports(list(range(60)), "D"))
    deliver(tmp_path, code, "weekdays", reports(working, "W"))
    deliver(tmp_path, code, "stopped", reports(list(range(20)), "S"))
    deliver(tmp_path, code, "seldom", reports([3, 50], "F"))
    outside = [{"x": "121.5", "y": "31.1"}, {"x": "", "y": ""}]
    deliver(tmp_path, code, "lost", [r | outside[n % 2] for n, r in enumerate(reports(list(range(9)), "L"))])
    columns = {"code": "code", "name": "name"}
    rows = [{"code": "B01", "name": "党政办公室"}]
    load("units", write_rows(tmp_path / "units.csv", rows, ("code", "name")), register_mapping("units", code, columns))
    return open_town(code)


def told(answer: Any, name: str) -> dict[str, Any]:
    return {row["source"]: row[name] for row in answer.rows()}


def test_a_system_that_stopped_is_seen_among_those_that_have_not(town):
    answer = town.ask("systems", as_of=AT)
    assert told(answer, "freshness") == {
        "daily": "fresh", "weekdays": "fresh", "stopped": "stopped", "seldom": "few", "lost": "stopped", "units": "list",
        "grids_base": "list",
    }  # fmt: skip
    assert told(answer, "usual_h")["daily"] == 24
    assert told(answer, "usual_h")["weekdays"] == 72, "a weekend is usual"
    late = town.ask("systems", as_of="2026-05-02T21:00:00+08:00")
    assert told(late, "freshness")["daily"] == "late"


def test_silence_is_measured_from_the_last_record_told_until_then(town):
    cases = query("SELECT s.code, c.reported_at FROM gridgov.case_record c JOIN gridgov.source s ON s.id = c.source_id")
    for as_of in (AT, "2026-03-30T12:00:00+08:00"):
        at = datetime.fromisoformat(as_of)
        answer = town.ask("systems", as_of=as_of)
        for source, group in cases.groupby("code"):
            days = {t.astimezone(ZONE).date() for t in group["reported_at"] if t <= at}
            row = next(row for row in answer.rows() if row["source"] == source)
            newest = datetime.fromisoformat(row["newest_at"])
            assert newest.astimezone(ZONE).date() == max(days)
            assert newest <= at
            assert row["silent_h"] == pytest.approx((at - newest).total_seconds() / 3600)
            expected = usual([datetime.combine(day, datetime.min.time()) for day in days], 5)
            assert row["usual_h"] == (None if expected is None else expected.total_seconds() / 3600)


def test_rows_add_up_to_those_of_the_loads(town, tmp_path):
    assert deliver(tmp_path, town.code, "daily", reports(list(range(61)), "D")).loaded == 1
    outcomes = ("read", "loaded", "updated", "unchanged", "duplicate", "superseded", "quarantined")
    loads = town.ask("loads").frame
    for days in (None, 1):
        systems = town.ask("systems", days=days).frame.set_index("source")
        for name in outcomes:
            expected = loads.groupby("source")[f"n_{name}"].sum()
            assert systems[f"n_{name}"].to_dict() == expected.to_dict(), name
        assert systems["n_loads"].to_dict() == loads.groupby("source").size().to_dict()
    with psycopg.connect(cluster.database_url()) as connection:
        connection.execute("UPDATE gridgov.load_run SET started_at = started_at - interval '3 days'")
    assert town.ask("systems", days=2).frame["n_read"].sum() == 0
    assert town.ask("systems").frame["n_read"].sum() == loads["n_read"].sum()


def test_places_that_no_grid_has_are_counted_by_system(town):
    answer = town.ask("systems", as_of=AT)
    assert told(answer, "n_outside") == {s: 5 if s == "lost" else 0 for s in told(answer, "n_outside")}
    assert told(answer, "n_unlocated")["lost"] == 4
    assert told(town.ask("systems", as_of="2026-03-03"), "n_outside")["lost"] == 1


def test_a_system_whose_loads_fail_is_failing_until_one_is_done(town, tmp_path):
    faulty = [row | {"state": "resting"} for row in reports(list(range(30)), "D")]
    with pytest.raises(LoadError):
        deliver(tmp_path, town.code, "daily", faulty)
    row = next(row for row in town.ask("systems", as_of=AT).rows() if row["source"] == "daily")
    assert (row["freshness"], row["n_failed_since"], row["n_loads"]) == ("failing", 1, 1)
    deliver(tmp_path, town.code, "daily", reports(list(range(60)), "D"))
    assert told(town.ask("systems", as_of=AT), "freshness")["daily"] == "fresh"


def test_where_there_are_enough_loads_their_pace_is_the_usual_one(town, tmp_path):
    """A file a week with a case a day: a silence of six days is none."""
    for week in range(8):
        deliver(tmp_path, town.code, "weekly", reports(list(range(7 * week, 7 * week + 7)), f"K{week}"))
    answer = town.ask("systems", as_of="2026-05-03T09:00:00+08:00")
    assert told(answer, "usual_h")["weekly"] == 7 * 24
    assert told(answer, "freshness")["weekly"] == "fresh"


# ---------------------------------------------------------------------------------------------------------------------
# The quarantine


def test_reasons_and_rows_are_those_of_the_quarantine(town, tmp_path):
    chance = random.Random(11)
    rows = reports(list(range(40)), "Q")
    for row in rows[1:]:
        for name, wrong in (("state", "resting"), ("at", "01/03/2026"), ("x", "999")):
            if chance.random() < 0.3:
                row[name] = wrong
    report = deliver(tmp_path, town.code, "quarry", rows)
    kept = query("SELECT reasons, row_no, raw FROM gridgov.quarantine ORDER BY row_no")
    expected = Counter(reason.split(":")[0] for reasons in kept["reasons"] for reason in reasons)
    refusals = town.ask("refusals").frame
    assert dict(zip(refusals["reason"], refusals["n_held"], strict=True)) == dict(expected) == report.reasons
    assert set(refusals["source"]) == {"quarry"}
    every = town.ask("quarantined", limit=1_000)
    assert every.meta["n_total"] == len(kept) == report.quarantined
    assert [json.loads(row["raw"]) for row in every.rows()] == kept["raw"].tolist()
    assert [row["reasons"] for row in every.rows()] == ["; ".join(reasons) for reasons in kept["reasons"]]
    for reason, n in expected.items():
        page = town.ask("quarantined", where={"reason": reason, "source": "quarry"}, limit=2)
        assert page.meta["n_total"] == n
        assert all(reason in row["reasons"] for row in page.rows())
        assert len(page.frame) == min(n, 2)
    assert told(town.ask("systems"), "n_held")["quarry"] == len(kept)
    assert town.ask("quarantined", where={"source": "daily"}).frame.empty
    with pytest.raises(QuestionError, match=r"'category' is nothing to filter by. There are: kind, reason, source"):
        town.ask("quarantined", where={"category": "road"})


def test_categories_in_no_catalogue(town, tmp_path):
    answer = town.ask("unlisted", as_of=AT)
    assert answer.frame.empty
    assert "no catalogue" in answer.meta["note"]["en"]
    columns = {"code": "code", "category": "what", "name": "name"}
    listed = [{"code": "1", "what": "water", "name": "leak"}]
    mapping = register_mapping("catalogue", town.code, columns, more='scope = "town"\nversion = "2026"\n')
    load("catalogue", write_rows(tmp_path / "c.csv", listed, ("code", "what", "name")), mapping)
    deliver(tmp_path, town.code, "daily", reports([1, 2], "N", what="water"))
    answer = town.ask("unlisted", as_of=AT)
    assert answer.meta.get("note") is None
    cases = query(
        "SELECT s.code, count(*) AS n FROM gridgov.case_record c JOIN gridgov.source s ON s.id = c.source_id"
        " JOIN gridgov.item i ON i.id = c.item_id WHERE i.category = 'road' GROUP BY 1"
    )
    assert {row["source"]: row["n_cases"] for row in answer.rows()} == dict(cases.values.tolist())
    assert {row["category"] for row in answer.rows()} == {"road"}
