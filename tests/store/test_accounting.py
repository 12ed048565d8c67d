"""Every row read has one outcome, whatever mess a file is: held against a plain account of design.md, section 6.

The account below goes row by row, key by key, and knows no SQL. It also says what the tables must hold afterwards.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gridgov.pipelines.report import LoadReport
from gridgov.vocabulary import OUTCOMES
from tests.support import FLAT, contents, examples, load_city, load_rows, new_code, point, query, square, stages

Row = dict[str, str]
UNKNOWN = datetime.min.replace(tzinfo=UTC)


def utc(text: str) -> datetime:
    """A local time of Shanghai, which has had no clock changes since 1991."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC) - timedelta(hours=8)


@dataclass
class Account:
    """What a town's cases must be after some files, and how each file's rows were counted."""

    current: dict[str, Row] = field(default_factory=dict)
    earlier: dict[str, list[Row]] = field(default_factory=dict)
    outcomes: list[dict[str, int]] = field(default_factory=list)

    def read(self, rows: list[Row]) -> None:
        counted = dict.fromkeys(OUTCOMES, 0)
        chains: dict[str, list[Row]] = {}
        for row in rows:
            if is_faulty(row):
                counted["quarantined"] += 1
            else:
                chains.setdefault(row["no"], []).append(row)
        for key, rows_of_key in chains.items():
            chain = sorted(rows_of_key, key=version)  # stable: rows of one version stay in the order of their lines
            known = self.current.get(key)
            if chain[-1] == known:
                counted["unchanged"] += len(chain)
                continue
            before: Row | None = None
            for row in chain:
                if known and version(row) < version(known):
                    counted["superseded"] += 1
                    continue
                if before is None:
                    counted["loaded" if known is None else "unchanged" if row == known else "updated"] += 1
                else:
                    counted["duplicate" if row == before else "updated"] += 1
                self._becomes(key, row)
                before = row
        self.outcomes.append(counted)

    def _becomes(self, key: str, row: Row) -> None:
        was = self.current.get(key)
        if was is not None and was != row:
            self.earlier.setdefault(key, []).append(was)
        self.current[key] = row


def version(row: Row) -> datetime:
    return utc(row["version"]) if row["version"] else UNKNOWN


def is_faulty(row: Row) -> bool:
    return not row["no"] or row["state"] == "?" or not row["at"].startswith("2026")


def facts(row: Row) -> set[tuple[datetime, str]]:
    """The events a row tells of."""
    reported = utc(row["at"])
    if row["closed"]:
        return {(reported, "reported"), (utc(row["closed"]), "closed")}
    if row["state"] == "out":
        return {(reported, "reported"), (max(version(row), reported), "dispatched")}
    return {(reported, "reported")}


def rows(versions: st.SearchStrategy[str]) -> st.SearchStrategy[list[Row]]:
    def whole(no: str, minute: int, state: str, version: str, what: str, fault: int) -> Row:
        row = {
            "no": no, "at": f"2026-03-01 10:0{minute}", "closed": "2026-03-02 09:00" if state == "done" else "",
            "version": version, "state": state, "what": what,
        }  # fmt: skip
        return row | ({"no": ""}, {"state": "?"}, {"at": "soon"})[fault] if fault < 3 else row

    one = st.builds(
        whole, st.sampled_from("ABC"), st.sampled_from([0, 0, 0, 1]), st.sampled_from(["open", "out", "done"]),
        versions, st.sampled_from(["road", "road", "tree"]), st.integers(0, 24),
    )  # fmt: skip
    return st.lists(one, min_size=1, max_size=9)


VERSIONED = st.sampled_from([f"2026-03-0{day} 12:00" for day in (1, 2, 3)])
UNVERSIONED = st.just("")


def files(versions: st.SearchStrategy[str]) -> st.SearchStrategy[list[list[Row]]]:
    """Up to three files; a later one may be an earlier one again."""
    return st.lists(rows(versions), min_size=1, max_size=3).flatmap(
        lambda made: st.lists(st.sampled_from(made), min_size=1, max_size=4)
    )


def check(folder: Path, delivered: list[list[Row]]) -> Account:
    """Load files one after the other and hold reports and tables against the account."""
    town, account = new_code(), Account()
    for rows_of_file in delivered:
        account.read(rows_of_file)
        report = load_rows(folder, town, rows_of_file)
        assert {name: getattr(report, name) for name in OUTCOMES} == account.outcomes[-1]
        assert report.read == len(rows_of_file) == sum(account.outcomes[-1].values())
        assert_same_run(report)
    held = query(
        "SELECT c.case_no, c.reported_at, c.closed_at, c.updated_at, c.state, i.category AS what FROM gridgov.case_record c"
        " JOIN gridgov.town t ON t.id = c.town_id LEFT JOIN gridgov.item i ON i.id = c.item_id WHERE t.code = %s",
        town,
    )
    assert {r.case_no: _row_of(r) for r in held.itertuples()} == {no: _row_in(r) for no, r in account.current.items()}
    events = query(
        "SELECT c.case_no, e.at, e.event, e.retired_run_id FROM gridgov.case_event e"
        " JOIN gridgov.case_record c ON c.id = e.case_id JOIN gridgov.town t ON t.id = c.town_id WHERE t.code = %s",
        town,
    )
    standing = events[events["retired_run_id"].isna()]
    for no, row in account.current.items():
        stands = standing[standing["case_no"] == no]
        assert len(stands) == len(facts(row))
        assert {(r.at.to_pydatetime(), r.event) for r in stands.itertuples()} == facts(row)
    return account


def assert_same_run(report: LoadReport) -> None:
    run = query("SELECT * FROM gridgov.load_run WHERE id = %s", report.run_id).iloc[0]
    assert run["status"] == "done"
    assert {name: run[f"n_{name}"] for name in ("read", *OUTCOMES)} == report.counts


def _row_of(held: Any) -> tuple[object, ...]:
    def instant(value: Any) -> datetime | None:
        return None if pd.isna(value) else value.to_pydatetime()

    return instant(held.reported_at), instant(held.closed_at), instant(held.updated_at), held.state, held.what


def _row_in(row: Row) -> tuple[object, ...]:
    words = {"open": "reported", "out": "dispatched", "done": "closed"}
    instants = (utc(row[name]) if row[name] else None for name in ("at", "closed", "version"))
    return (*instants, words[row["state"]], row["what"])


def row(no: str = "A", version: str = "", state: str = "open", what: str = "road") -> Row:
    closed = "2026-03-02 09:00" if state == "done" else ""
    return {"no": no, "at": "2026-03-01 10:00", "closed": closed, "version": version, "state": state, "what": what}


V1, V2, V3 = (f"2026-03-0{day} 12:00" for day in (1, 2, 3))


@examples(10)
@given(delivered=files(UNVERSIONED))
@example(delivered=[[row(), row(), row(what="tree"), row(what="tree"), row()], [row(what="tree")], [row()]])
def test_rows_without_a_version_are_chained_by_line(database, tmp_path, delivered):
    check(tmp_path, delivered)


@examples(10)
@given(delivered=files(VERSIONED))
@example(delivered=[[row(version=V3), row(version=V1), row(version=V2)], [row(version=V2), row(version=V1)]])
@example(delivered=[[row(version=V2)], [row(version=V1), row(version=V3)]])
def test_rows_with_a_version_are_chained_by_it(database, tmp_path, delivered):
    check(tmp_path, delivered)


def test_a_row_without_a_version_is_older_than_any_with_one(database, tmp_path):
    check(tmp_path, [[row(version=V2)], [row(what="tree"), row(version=V1)]])
    check(tmp_path, [[row(version=V2)], [row(what="tree")]])


def test_the_known_row_after_older_ones_is_unchanged(database, tmp_path):
    check(tmp_path, [[row(version=V2)], [row(version=V1), row(version=V2), row(version=V3)]])


@pytest.mark.parametrize(
    "delivered",
    [
        [[row(), row(what="tree")]],
        [[row(), row(what="tree"), row(what="tree")]],
        [[row()], [row(what="tree"), row(state="done")]],
        [[row()], [row()], [row(what="tree")], [row()]],
        [[row("A"), row("B"), row("B", what="tree")], [row("A", what="tree"), row("B")]],
    ],
)
def test_every_row_that_was_replaced_is_kept_as_it_was(database, tmp_path, delivered):
    account = check(tmp_path, delivered)
    kept = query(
        "SELECT c.case_no FROM gridgov.case_revision r JOIN gridgov.case_record c ON c.id = r.case_id ORDER BY 1"
    )
    assert kept["case_no"].value_counts().to_dict() == {no: len(was) for no, was in account.earlier.items()}


@examples(4)
@given(delivered=files(VERSIONED))
def test_the_same_file_again_changes_nothing(database, tmp_path, delivered):
    town = new_code()
    for rows_of_file in delivered:
        load_rows(tmp_path, town, rows_of_file)
        before = contents()
        again = load_rows(tmp_path, town, rows_of_file)
        assert contents() == before
        assert again.unchanged + again.superseded + again.quarantined == again.read
    assert stages() == []


def test_the_ledger_only_grows(database, tmp_path):
    """What was once said stays: an update retires facts that no longer hold and adds new ones."""
    town = new_code()
    load_rows(tmp_path, town, [row(state="out", version=V1)])
    first = query("SELECT at, event, load_run_id FROM gridgov.case_event ORDER BY at")
    load_rows(tmp_path, town, [row(state="done", version=V2)])
    events = query("SELECT at, event, load_run_id, retired_run_id FROM gridgov.case_event ORDER BY at, event")
    assert list(events["event"]) == ["reported", "dispatched", "closed"]
    assert events.head(2)[["at", "event", "load_run_id"]].equals(first)
    retired = events.set_index("event")["retired_run_id"]
    last = query("SELECT max(id) AS id FROM gridgov.load_run")["id"].iloc[0]
    assert retired.isna().to_dict() == {"reported": True, "dispatched": False, "closed": True}
    assert retired["dispatched"] == last


def test_a_case_opened_again_loses_its_end_and_gets_it_back(database, tmp_path):
    town = new_code()
    for state in ("done", "open", "done"):
        load_rows(tmp_path, town, [row(state=state)])
    events = query("SELECT event, retired_run_id IS NULL AS stands FROM gridgov.case_event WHERE event = 'closed'")
    assert sorted(events["stands"]) == [False, True]


def test_rows_in_several_batches_are_one_file(database, tmp_path, monkeypatch):
    """Batches are for memory only: chains and outcomes go over their borders."""
    from gridgov.settings import settings as ours

    town, rows_of_file = (
        new_code(),
        [row("A"), row("A"), row("B"), row("A", what="tree"), row("", what="tree"), row("B")],
    )
    monkeypatch.setenv("GRIDGOV_BATCH_ROWS", "2")
    ours.cache_clear()
    report = load_rows(tmp_path, town, rows_of_file)
    assert report.counts == {
        "read": 6, "loaded": 2, "updated": 1, "unchanged": 0, "duplicate": 2, "superseded": 0, "quarantined": 1,
    }  # fmt: skip
    assert list(query("SELECT row_no FROM gridgov.quarantine")["row_no"]) == [6], "the header is line 1"


def load_market(folder: Path, town: str) -> None:
    """A layer of one square in the middle of the town."""
    levels, rule = ["town", "market"], FLAT.format(root=town)
    load_city(folder, town, {"M": square(1.2, 1.2, 0.6, 0.6)}, layer="market", levels=levels, rule=rule)


def test_a_case_keeps_its_number_when_it_moves(database, tmp_path):
    """An update writes the place anew, in the home layer and in the others."""
    town = new_code()
    load_city(tmp_path, town)
    load_market(tmp_path, town)
    here, there = point(0.5, 0.5), point(1.5, 1.5)
    for x, y in (here, there):
        load_rows(tmp_path, town, [row() | {"x": str(x), "y": str(y)}])
    assert len(query("SELECT FROM gridgov.case_record")) == 1
    home = query("SELECT g.code FROM gridgov.case_record c JOIN gridgov.grid g ON g.id = c.grid_id")
    assert list(home["code"]) == ["22"]
    other = query("SELECT g.code FROM gridgov.case_grid cg JOIN gridgov.grid g ON g.id = cg.grid_id")
    assert list(other["code"]) == ["M"]
    load_rows(tmp_path, town, [row() | {"x": str(here[0]), "y": str(here[1])}])
    assert query("SELECT FROM gridgov.case_grid").empty


def test_a_case_that_changes_keeps_its_place_in_other_layers(database, tmp_path):
    town, (x, y) = new_code(), point(1.5, 1.5)
    load_city(tmp_path, town)
    load_market(tmp_path, town)
    for state in ("open", "out", "done"):
        load_rows(tmp_path, town, [row(state=state) | {"x": str(x), "y": str(y)}])
        other = query("SELECT g.code FROM gridgov.case_grid cg JOIN gridgov.grid g ON g.id = cg.grid_id")
        assert list(other["code"]) == ["M"]
