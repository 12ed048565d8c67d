"""A load that is killed at any moment, or whose database is, is done by the same command again: none lost, none twice.

Thirty deaths, spread over the load: of the loader by kill -9, and of a database of its own, the server and all its
processes together. The same command is given again after each, and every third time it may live: what the tables hold
then must be what an undisturbed load leaves.
"""

import random
import time
from pathlib import Path

import pytest
from psycopg import sql

from gridgov.settings import settings
from gridgov.store import cluster, migrate
from tests.support import (
    FLAT,
    city,
    digests,
    grid_text,
    incident_text,
    point,
    query,
    square,
    stages,
    structure,
    write_polygons,
    write_rows,
)
from tests.support_deaths import Loader, kill_database, reset

LOADER_DEATHS, DATABASE_DEATHS = 20, 10
N_KNOWN, N_NEW = 4_000, 12_500
TOWN = "mortal"


def make_rows(numbers: range, state: str) -> list[dict[str, str]]:
    def place(i: int) -> dict[str, str]:
        x, y = point(i * 37 % 400 / 100, i * 91 % 400 / 100)
        return {"x": str(x), "y": str(y)} if i % 29 else {"place": "the mill"}

    return [
        {
            "no": f"C{i}", "at": f"2026-03-{i % 28 + 1:02d} 08:{i % 60:02d}", "state": state, "what": f"w{i % 7}",
            "closed": "2026-04-02 10:00" if state == "done" else "", "unit": f"u{i % 5}", **place(i),
        }
        for i in numbers
    ]  # fmt: skip


def write_inputs(folder: Path) -> None:
    base, cases = grid_text(TOWN), incident_text(TOWN, versioned=False)
    market = grid_text(TOWN, layer="market", levels=("town", "market"), rule=FLAT.format(root=TOWN))
    for name, text in (("base", base), ("market", market), ("cases", cases)):
        (folder / f"{name}.toml").write_text(text)
    write_polygons(folder / "base.geojson", city())
    write_polygons(folder / "market.geojson", {"M": square(1.2, 1.2, 0.6, 0.6)})
    known, new = range(N_KNOWN), range(N_KNOWN, N_KNOWN + N_NEW)
    write_rows(folder / "before.csv", make_rows(known, "open"))
    rows = make_rows(known, "open")[::2] + make_rows(known, "done")[1::2] + make_rows(new, "open")
    rows += make_rows(new, "done")[:500] + make_rows(new, "open")[-100:]  # updated within the file, and exact copies
    rows += [row | {"state": "?"} for row in make_rows(range(50), "open")]
    write_rows(folder / "cases.csv", rows)


@pytest.mark.slow
def test_thirty_deaths_and_the_same_rows(mortal, tmp_path):
    chance = random.Random(20260711)
    write_inputs(tmp_path)
    loader = Loader(tmp_path, settings().state)
    migrate.upgrade()
    for name, kind, mapping in (
        ("base.geojson", "grids", "base"), ("market.geojson", "grids", "market"), ("before.csv", "incidents", "cases"),
    ):  # fmt: skip
        loader.finish(kind, tmp_path / name, tmp_path / f"{mapping}.toml")
    what = ("incidents", tmp_path / "cases.csv", tmp_path / "cases.toml")
    mortal.execute(sql.SQL("CHECKPOINT"))
    mortal.create_database("before", template=cluster.DATABASE)

    began = time.monotonic()
    first = loader.start(*what)
    loader.wait_until("merge ...", first)
    until_merge = time.monotonic() - began
    first.join(120)
    whole = time.monotonic() - began
    assert "17,150 read = 12,500 loaded + 2,500 updated + 2,000 unchanged + 100 duplicate + 50 quarantined" in (
        loader.log.read_text()
    )
    undisturbed, built = digests(), structure()
    assert undisturbed["case_record"][0] == N_KNOWN + N_NEW

    deaths = ["loader"] * LOADER_DEATHS + ["database"] * DATABASE_DEATHS
    chance.shuffle(deaths)
    died_at_work = 0
    for i, victim in enumerate(deaths):
        if i % 3 == 0:
            reset(mortal)
        process = loader.start(*what)
        if chance.random() < 0.5:  # one half in the merge, the other anywhere
            loader.wait_until("merge ...", process)
            time.sleep(chance.uniform(0, whole - until_merge))
        else:
            time.sleep(chance.uniform(0, whole))
        if victim == "loader":
            process.kill()
        else:
            kill_database(mortal)
        process.join(60)
        died_at_work += process.exitcode != 0
        if i % 3 < 2:
            continue  # the same command again, to die again
        cluster.up()
        loader.finish(*what)
        assert digests() == undisturbed, f"deaths {i - 2} to {i}: {deaths[i - 2 : i + 1]}"
        assert structure() == built
        assert stages() == []
        assert set(query("SELECT status FROM gridgov.load_run")["status"]) <= {"done", "failed"}
    assert died_at_work > len(deaths) // 2, "too few of the deaths came before the end of the load"
