"""What a process remembers of a town: after whatever changes it, the answer is the new one, and that of a fresh process."""

import json
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from typing import Any

import pytest

import gridgov as gg
from gridgov.errors import GridgovError
from gridgov.store import backup
from tests.support import (
    ROOT,
    city,
    follow_rules,
    gridgov,
    load_city,
    load_rows,
    new_code,
    point,
    query,
    square,
)
from tests.support_tracks import load_fixes, walk

ASKED: list[tuple[str, dict[str, Any]]] = [
    ("backlog", {"by": "grid", "scope": "1", "compare": "both"}),
    ("backlog", {"scope": "33"}),
    ("backlog", {"where": {"unit": "roads"}}),
    ("backlog", {"where": {"source": "cases"}}),
    ("backlog", {"by": "park"}),
    ("flow", {"during": "month", "compare": "previous"}),
    ("flow", {"by": "day", "scope": "11", "as_of": "2026-03-12"}),
    ("on_time", {"during": "month"}),
    ("cases", {"where": {"grid": "11"}}),
    ("coverage", {"by": "grid"}),
    ("mileage", {"during": "month", "compare": "previous"}),
]
"""What is looked up of a town before an answer: its rules, lattices, levels, grids, words, and where its history begins."""

FRESH = """
import json, sys
from tests.store.test_lasting import answers
print(json.dumps(answers(sys.argv[1])))
"""


def answers(town: str) -> list[Any]:
    """Every answer as data, or why there is none."""
    found: list[Any] = []
    for question, how in ASKED:
        try:
            found.append(gg.open(town).ask(question, **{"as_of": "2026-05-04", **how}).as_dict())
        except GridgovError as error:
            found.append(str(error))
    plain: list[Any] = json.loads(json.dumps(found, default=str))
    return plain


def fresh(town: str) -> list[Any]:
    """The same of a process that has remembered nothing."""
    done = subprocess.run([sys.executable, "-c", FRESH, town], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr
    found: list[Any] = json.loads(done.stdout)
    return found


def cases(first: int, n: int, on: str, unit: str = "water") -> list[dict[str, Any]]:
    rows = []
    for k in range(first, first + n):
        x, y = point(0.5 + k % 3, 0.5 + k // 3 % 3)
        rows.append(
            {"no": f"C{k}", "at": f"{on} 10:{k % 60:02}", "unit": unit, "state": "open", "what": "road", "x": x, "y": y}
        )
    return rows


@pytest.mark.slow
def test_after_whatever_changes_a_town_its_answers_are_the_new_ones(database, tmp_path, monkeypatch):
    """And asked twice they stay what they are."""
    town, seen = new_code(), []

    def looked_at() -> None:
        found = answers(town)
        assert found == answers(town)
        assert found == fresh(town)
        assert found not in seen
        seen.append(found)

    load_city(tmp_path, town)
    looked_at()
    follow_rules(tmp_path, monkeypatch, ('version = "1"', 'version = "of a town without cases"'))
    looked_at()
    load_rows(tmp_path, town, cases(0, 9, "2026-03-10"))
    looked_at()
    load_rows(
        tmp_path, town, cases(9, 5, "2026-01-05", unit="roads")
    )  # its history reaches further back, a unit is new
    looked_at()
    follow_rules(tmp_path, monkeypatch, ('version = "1"', 'version = "2"'), ("month_start = 1", "month_start = 6"))
    assert gridgov("db", "rebuild-rollups").code == 0
    looked_at()
    load_fixes(tmp_path, town, walk("w1", datetime(2026, 5, 4, 2, tzinfo=UTC), 60))
    looked_at()
    park = {"p1": square(0.2, 0.2, 0.3, 0.3)}
    load_city(
        tmp_path, town, park, layer="parks", levels=("town", "park"), rule='rule = "flat"\nroot = { code = "parks" }'
    )
    looked_at()
    load_city(tmp_path, town, {"11": square(0, 0, 3, 1.5), "12": square(0, 1.5, 3, 1.5)}, replace=True)
    looked_at()
    load_city(tmp_path, town, city(2), valid_from=date(2026, 1, 10))
    looked_at()


def test_a_restored_database_is_another_one_though_its_version_says_the_same(database, tmp_path):
    town = new_code()
    load_city(tmp_path, town)
    load_rows(tmp_path, town, cases(0, 4, "2026-03-10"))
    backup.backup(tmp_path / "town.dump")
    load_rows(tmp_path, town, cases(4, 2, "2026-01-05"))
    then, version = answers(town), gg.open(town).about().data_version
    backup.restore(tmp_path / "town.dump", confirmed=True)
    load_rows(tmp_path, town, cases(6, 3, "2026-02-02", unit="roads"))
    now = answers(town)
    assert gg.open(town).about().data_version == version
    assert now != then
    assert now == fresh(town)


def test_one_state_of_the_data_has_one_answer_whoever_asks_while_it_changes(database, tmp_path):
    town = new_code()
    load_city(tmp_path, town)
    load_rows(tmp_path, town, cases(0, 3, "2026-03-10"))
    done, seen = threading.Event(), []

    def ask() -> None:
        while not done.is_set():
            answer = gg.open(town).ask("flow", by="day", scope="1", as_of="2026-03-10", compare="previous")
            seen.append((answer.data_version, json.dumps(answer.as_dict(), default=str)))

    with ThreadPoolExecutor(3) as pool:
        asking = [pool.submit(ask) for _ in range(3)]
        try:
            for k in range(6):
                load_rows(tmp_path, town, cases(10 + k, 1, f"2026-03-{9 - k:02}"))
        finally:
            done.set()
        for one in asking:
            one.result(60)
    versions = [version for version, _ in seen]
    assert len(set(versions)) > 2
    assert len(set(seen)) == len(set(versions))


def test_a_lookup_of_a_writer_or_of_an_earlier_time_is_not_remembered(database, tmp_path):
    """Who goes back in time sees a shorter history; those who ask after him see the whole."""
    town = new_code()
    load_city(tmp_path, town)
    load_rows(tmp_path, town, cases(0, 3, "2026-03-10"))
    known_at = query("SELECT max(finished_at) AS at FROM gridgov.load_run")["at"][0].to_pydatetime()
    load_rows(tmp_path, town, cases(3, 3, "2026-01-05"))
    how = {"during": "month:2026-03-10", "as_of": "2026-03-31", "compare": "previous"}
    before = gg.open(town).ask("flow", known_at=known_at, **how).meta
    after = gg.open(town).ask("flow", **how).meta
    again = gg.open(town).ask("flow", known_at=known_at, **how).meta
    assert (before["first_day"], after["first_day"], again["first_day"]) == ("2026-03-10", "2026-01-05", "2026-03-10")
