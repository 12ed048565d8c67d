"""A load of tracks that is killed, or whose database is, is done by the same command again: the same rows and files."""

import random
import shutil
import time
from datetime import date, timedelta
from pathlib import Path

import pytest
from psycopg import sql

from gridgov.settings import settings
from gridgov.store import cluster, lake, migrate
from gridgov.store.cluster import Cluster
from tests.support import METRIC, city, grid_text, query, stages, structure, write_polygons, write_rows
from tests.support_deaths import Loader, kill_database, reset
from tests.support_tracks import HEAD, TRACKS, Fix, local, patrols, walk

TOWN = "mortal"
FIRST = date(2026, 3, 30)  # the load brings days of two months
N_DAYS, N_KNOWN = 8, 5
DEATHS = ("loader", "loader", "database", "loader", "loader", "loader")
PHASES = ("into the lake", "patrols", "patrols", "ground")
"""What the load is doing when it, or its database, dies."""


def positions(days: range) -> list[Fix]:
    """Four people, an hour a day."""
    return [
        fix
        for day in days
        for k in range(4)
        for fix in walk(
            f"d{k}", local(FIRST + timedelta(day), 8 + k), 300, start=(0.2 + k / 3, 0.5), step=(6, k), person=f"P{k}"
        )
    ]


def listed() -> tuple[list[str], list[str]]:
    """The files of the lake by day and hash as the database lists them, and as they are."""
    rows = query("SELECT path, sha256 FROM gridgov.lake_file ORDER BY 1")
    there = sorted(p.relative_to(lake.folder()).as_posix() for p in lake.folder().rglob("*") if p.is_file())
    return list(rows["path"]), there


@pytest.mark.slow
def test_six_deaths_and_the_same_patrols(mortal: Cluster, tmp_path: Path) -> None:
    chance = random.Random(20260712)
    write_polygons(tmp_path / "base.geojson", city())
    (tmp_path / "base.toml").write_text(grid_text(TOWN))
    (tmp_path / "tracks.toml").write_text(TRACKS.format(town=TOWN, source="phones", more="", crs=METRIC))
    write_rows(tmp_path / "before.csv", positions(range(N_KNOWN)), HEAD)
    rows = positions(range(N_KNOWN - 2, N_DAYS))  # two days are known already
    write_rows(tmp_path / "tracks.csv", rows + rows[-100:] + [{**rows[0], "at": "soon"}], HEAD)
    what = ("tracks", tmp_path / "tracks.csv", tmp_path / "tracks.toml")
    loader = Loader(tmp_path, settings().state)
    migrate.upgrade()
    loader.finish("grids", tmp_path / "base.geojson", tmp_path / "base.toml")
    loader.finish("tracks", tmp_path / "before.csv", tmp_path / "tracks.toml")
    mortal.execute(sql.SQL("CHECKPOINT"))
    mortal.create_database("before", template=cluster.DATABASE)
    shutil.copytree(lake.folder(), tmp_path / "lake")

    loader.finish(*what)
    assert "6,101 read = 3,600 loaded + 2,400 unchanged + 100 duplicate + 1 quarantined" in loader.log.read_text()
    undisturbed, built = patrols(), structure()
    assert all(undisturbed[name] for name in ("session", "swept", "swept_day", "patrol_day", "last_visit"))

    died_at_work = 0
    for i, victim in enumerate(DEATHS):
        if i % 3 == 0:
            reset(mortal)
            shutil.rmtree(lake.folder())
            shutil.copytree(tmp_path / "lake", lake.folder())
        process = loader.start(*what)
        loader.wait_until(f"{PHASES[i % len(PHASES)]} ...", process)
        time.sleep(chance.uniform(0, 0.2))
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
        assert patrols() == undisturbed, f"deaths {i - 2} to {i}"
        assert structure() == built
        assert stages() == []
        in_database, there = listed()
        assert in_database == there
        assert not list((settings().state / "tmp").iterdir())
        assert set(query("SELECT status FROM gridgov.load_run")["status"]) <= {"done", "failed"}
    assert died_at_work > len(DEATHS) // 2, "too few of the deaths came before the end of the load"
