"""The private cluster: made from nothing, started again after every kind of bad end, backed up and restored."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import LiteralString

import adbc_driver_postgresql.dbapi as adbc
import psycopg
import pytest
import sqlalchemy as sa

from gridgov.errors import SettingsError, StoreError
from gridgov.settings import settings
from gridgov.store import backup, cluster, machine
from gridgov.store.cluster import Cluster
from tests.conftest import folder_of_server

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as another user")


@pytest.fixture
def make(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Cluster]]:
    """Makes clusters in folders of their own, and removes each with all it left behind."""
    made: list[tuple[Path, Cluster]] = []

    def make(*below: str, mode: int = 0o711) -> Cluster:
        root = folder_of_server("gg-")
        root.chmod(mode)
        here = Cluster(root.joinpath(*below, "state"), durable=False)
        made.append((root, here))
        monkeypatch.setenv("GRIDGOV_HOME", str(here.state))
        monkeypatch.delenv("GRIDGOV_DATABASE_URL", raising=False)
        settings.cache_clear()
        return here

    yield make
    for root, here in made:
        here.remove()
        shutil.rmtree(root, ignore_errors=True)


def ask(url: str, statement: LiteralString) -> object:
    with psycopg.connect(url, autocommit=True) as connection:
        answer = connection.execute(statement)
        row = answer.fetchone() if answer.description else None
    return row[0] if row else None


def kill(here: Cluster) -> None:
    """kill -9 of the server, and wait until the kernel has taken it down."""
    pid = here.pid
    assert pid
    os.kill(pid, signal.SIGKILL)
    until = time.monotonic() + 10
    while here.pid and time.monotonic() < until:
        time.sleep(0.01)


def test_from_nothing_and_again(make: Callable[..., Cluster]) -> None:
    here = make()
    assert not here.status().created
    url = here.up()
    status = here.status()
    assert status.installed
    assert status.running
    assert status.pid
    assert status.n_bytes > 1_000_000
    assert here.up() == url
    assert here.status().pid == status.pid
    assert ask(url, "SELECT current_database()") == "gridgov"
    with closing(sa.create_engine(sa.make_url(url).set(drivername="postgresql+psycopg")).connect()) as connection:
        assert connection.scalar(sa.text("SELECT current_user")) == "gridgov"
    with adbc.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)
    assert here.down()
    assert not here.down()
    assert here.status().created
    assert not here.status().running


def test_it_listens_on_no_network_and_sorts_by_code_point(make: Callable[..., Cluster]) -> None:
    url = make().up()
    assert ask(url, "SHOW listen_addresses") == ""
    assert (
        ask(url, "SELECT string_agg(c, '' ORDER BY c) FROM unnest(ARRAY['b', 'a', 'B', '一', '10', '9']) c")
        == "109Bab一"
    )
    assert ask(url, "SELECT upper('é')") == "É"
    assert ask(url, "SHOW timezone") == "UTC"


def test_the_socket_is_for_the_owner_only(make: Callable[..., Cluster]) -> None:
    here = make()
    here.up()
    for folder in (here.folder, here.socket, here.data):
        assert folder.stat().st_mode & 0o077 == 0


def test_after_kill_9_with_a_session_at_work(make: Callable[..., Cluster]) -> None:
    here = make()
    url = here.up()
    ask(url, "CREATE TABLE kept AS SELECT 1 AS n")
    ask(url, "CHECKPOINT")  # this server runs without fsync
    busy = subprocess.Popen(
        [machine.binaries()["psql"], url, "-c", "SELECT count(*) FROM generate_series(1, 1000000000)"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    time.sleep(0.3)
    kill(here)
    assert ask(here.up(), "SELECT n FROM kept") == 1
    busy.wait(10)


def test_database_url_starts_a_server_that_is_down(make: Callable[..., Cluster]) -> None:
    here = make()
    here.up()
    here.down()
    assert ask(cluster.database_url(), "SELECT 1") == 1
    assert here.pid


def test_a_pid_file_that_names_a_stranger(make: Callable[..., Cluster]) -> None:
    here = make()
    here.up()
    text = (here.data / "postmaster.pid").read_text()
    here.down()
    (here.data / "postmaster.pid").write_text(text.replace(text.split("\n", 1)[0], str(os.getpid()), 1))
    assert here.pid is None
    assert ask(here.up(), "SELECT 1") == 1


def test_half_made_data_folder(make: Callable[..., Cluster]) -> None:
    here = make()
    half = here.folder / "new-1-abcd"
    (half / "base").mkdir(parents=True)
    (half / "PG_VERSION").write_text("15\n")
    here.data.mkdir()
    assert ask(here.up(), "SELECT 1") == 1
    assert not half.exists()


def test_a_folder_that_is_no_database_is_left_alone(make: Callable[..., Cluster]) -> None:
    here = make()
    here.data.mkdir(parents=True)
    (here.data / "thesis.txt").write_text("do not lose")
    with pytest.raises(StoreError, match="Move it away"):
        here.up()
    assert (here.data / "thesis.txt").read_text() == "do not lose"


def test_two_at_once(make: Callable[..., Cluster]) -> None:
    here = make()
    code = (
        "import sys; from pathlib import Path; from gridgov.store.cluster import Cluster; "
        "print(Cluster(Path(sys.argv[1]), durable=False).up())"
    )
    runs = [
        subprocess.Popen([sys.executable, "-c", code, here.state], stdout=subprocess.PIPE, text=True) for _ in range(3)
    ]
    answers = {run.communicate(timeout=60)[0].strip() for run in runs}
    assert answers == {here.url()}
    assert [run.returncode for run in runs] == [0, 0, 0]


def test_deep_folder_with_odd_names(make: Callable[..., Cluster]) -> None:
    here = make("町 o'clock & 100%", "x" * 60, "y" * 60)
    assert here.socket.parent == Path("/tmp")
    assert ask(here.up(), "SELECT 1") == 1
    assert here.up() == here.url()


@needs_root
def test_home_the_server_cannot_enter(make: Callable[..., Cluster]) -> None:
    here = make("home", mode=0o700)
    url = here.up()
    assert not here.folder.is_relative_to(here.state)
    assert ask(url, "SELECT 1") == 1
    here.state.parents[1].chmod(0o711)  # the choice is remembered
    assert here.url() == url
    assert here.up() == url


def test_a_moved_state_folder_is_told(make: Callable[..., Cluster]) -> None:
    here = make()
    here.state.mkdir()
    (here.state / "pg.place").write_text("/var/lib/gridgov/000000000000\n")
    with pytest.raises(StoreError, match="moved or copied"):
        here.up()
    (here.state / "pg.place").unlink()


def test_missing_programs_name_the_line_to_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "installed", lambda: ())
    with pytest.raises(SettingsError, match="apt-get install postgresql"):
        machine.binaries()
    bare = machine.Binaries(Path("/nowhere"), 16, "16.1", None)
    monkeypatch.setattr(machine, "installed", lambda: (bare,))
    with pytest.raises(SettingsError, match="postgresql-16-postgis-3"):
        machine.binaries()
    with pytest.raises(SettingsError, match="made by PostgreSQL 14"):
        machine.binaries(14)


def test_backup_and_restore(make: Callable[..., Cluster], tmp_path: Path) -> None:
    here = make()
    url = here.up()
    ask(url, "CREATE EXTENSION postgis")
    ask(url, "CREATE TABLE alembic_version AS SELECT '0001' AS version_num")
    ask(url, "CREATE TABLE town AS SELECT 7 AS n, ST_SetSRID(ST_Point(120, 30), 4326) AS geom")
    ask(url, "CREATE ROLE some_reader")
    ask(url, "GRANT SELECT ON town TO some_reader")
    file = tmp_path / "town.dump"
    assert backup.backup(file) == file.stat().st_size
    assert file.stat().st_mode & 0o077 == 0

    ask(url, "DROP TABLE town")  # and the role: the backup may come from another machine
    ask(url, "DROP ROLE some_reader")
    with psycopg.connect(url):  # a session that is open does not hinder
        backup.restore(file)
    assert ask(url, "SELECT n + ST_X(geom) FROM town") == 127
    assert ask(url, "SELECT has_table_privilege('some_reader', 'town', 'SELECT')")

    ask(url, "UPDATE town SET n = 8")
    file.write_bytes(file.read_bytes()[:-200])
    for bad, told in (
        (file, "could not be restored|not a backup"),
        (Path(__file__), "not a backup"),
        (tmp_path, "no file"),
    ):
        with pytest.raises(StoreError, match=told):
            backup.restore(bad)
    assert ask(url, "SELECT n FROM town") == 8
    assert ask(url, "SELECT count(*) FROM pg_database WHERE datname LIKE 'gridgov_%'") == 0
    assert list(tmp_path.glob(".*.dump*")) == []


def test_backup_and_restore_of_a_database_of_ones_own(
    make: Callable[..., Cluster], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = make()
    here.up()
    url = here.create_database("elsewhere")
    ask(url, "CREATE TABLE alembic_version AS SELECT '0001' AS version_num")
    monkeypatch.setenv("GRIDGOV_DATABASE_URL", url.replace("postgresql://", "postgresql+psycopg://"))
    settings.cache_clear()
    assert cluster.database_url() == url
    backup.backup(tmp_path / "a.dump")
    ask(url, "UPDATE alembic_version SET version_num = '0002'")
    with pytest.raises(StoreError, match="--yes"):
        backup.restore(tmp_path / "a.dump")
    backup.restore(tmp_path / "a.dump", confirmed=True)
    assert ask(url, "SELECT version_num FROM alembic_version") == "0001"


def test_no_secret_on_a_command_line() -> None:
    arguments, env = backup.client("postgresql://me:hush@db.example:6543/town?sslmode=require&keepalives=1")
    assert "hush" not in " ".join(arguments)
    assert env["PGPASSWORD"] == "hush"
    assert env["PGHOST"] == "db.example"
    assert env["PGSSLMODE"] == "require"


def test_an_address_that_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRIDGOV_DATABASE_URL", "mysql://me:hush@db/town")
    settings.cache_clear()
    with pytest.raises(SettingsError, match="begins with `mysql`") as told:
        cluster.database_url()
    assert "hush" not in str(told.value)
