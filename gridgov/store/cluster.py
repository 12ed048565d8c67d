"""The private PostgreSQL + PostGIS cluster: made, started and stopped by the tool itself.

The cluster belongs to one state folder (`settings().state`). It listens on a Unix socket in a folder that only its
owner and root may enter; there is no TCP port and no password. Under root the server runs as the `postgres` user,
because PostgreSQL refuses root. `GRIDGOV_DATABASE_URL` replaces the whole cluster by a database of the user's own.

In the state folder:

    pg/data         the data folder, made beside its place and renamed: it is whole or it is not there
    pg/run          the socket folder (or /tmp/gridgov-<hash>, when the path is too long for a Unix socket)
    pg/log          the server's log, one file a weekday
    pg.place        "inside", or the folder that stands in for pg/ when the server's user cannot reach the state folder
    pg.lock         held while the cluster is being made, started, stopped or restored
"""

import contextlib
import os
import re
import secrets
import shutil
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlsplit

import psycopg
from psycopg import sql

from gridgov.errors import SettingsError, StoreError
from gridgov.settings import settings
from gridgov.store.machine import (
    MB,
    OLDEST_MAJOR,
    Account,
    binaries,
    children_of,
    free_bytes,
    installed,
    is_same,
    last_lines,
    locked,
    memory_bytes,
    noted_pid,
    served_folder,
    server_account,
    short_hash,
    size_bytes,
    sync_folder,
    wait,
    write,
)

DATABASE = "gridgov"
SUPERUSER = "gridgov"

_PORT = 5432  # names the socket file only; nothing listens on TCP
_SOCKET_PATH_MAX = 107  # bytes, from sockaddr_un
_OUTSIDE = Path("/var/lib/gridgov")
_START_S = 300.0  # crash recovery of a large database takes its time
_ORPHANS_S = 30.0


@dataclass(frozen=True)
class Status:
    """What is known of the private cluster. `installed` speaks of the machine, `created` of the data folder."""

    installed: bool
    created: bool
    running: bool
    pid: int | None
    version: str | None
    postgis: str | None
    folder: Path
    socket: Path
    n_bytes: int


_seen: dict[Path, int | None] = {}  # the servers that answered this process, by data folder


@dataclass(frozen=True)
class Cluster:
    """The cluster of one state folder. `durable=False` trades safety after a power cut for speed: for tests only."""

    state: Path
    durable: bool = field(default=True, compare=False)

    # Where it lies

    @property
    def folder(self) -> Path:
        """The cluster's folder: `pg` in the state folder, or its stand-in when the server's user cannot get there."""
        inside, outside = self.state / "pg", _OUTSIDE / short_hash(self.state)
        try:
            place = self._note.read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            if (inside / "data").exists():
                return inside
            return outside if outside.exists() or not self._reachable(server_account()) else inside
        if place in {"inside", str(outside)}:
            return inside if place == "inside" else outside
        raise StoreError(
            f"The state folder {self.state} was moved or copied from elsewhere; its database lies in {place}. "
            f"To take the database along, stop it and move that folder to {outside}; "
            f"to begin with an empty one, do not. Then remove {self._note} and run the command again."
        )

    @property
    def _note(self) -> Path:
        return self.state / "pg.place"

    def _reachable(self, account: Account) -> bool:
        """Whether the server's user gets to the state folder (or to the nearest folder above it that exists)."""
        if not account.switch:
            return True
        there = next(path for path in (self.state, *self.state.parents) if path.exists())
        return account.run(["test", "-x", there]).returncode == 0

    def _settle(self, account: Account) -> None:
        """Make the folder where the server's user can write, and note the choice so that it stays."""
        folder = self.folder
        if folder.is_relative_to(self.state) and not self._note.exists():
            with contextlib.suppress(OSError):  # some shared and network folders refuse a change of owner
                account.folder(folder)
            if account.run(["test", "-w", folder]).returncode != 0:
                with contextlib.suppress(OSError):
                    folder.rmdir()
                folder = _OUTSIDE / short_hash(self.state)
        if folder.is_relative_to(self.state):
            write(self._note, "inside\n")
        else:
            _OUTSIDE.mkdir(mode=0o755, parents=True, exist_ok=True)
            write(self._note, f"{folder}\n")
        account.folder(folder)

    @property
    def data(self) -> Path:
        """The data folder (PGDATA)."""
        return self.folder / "data"

    @property
    def socket(self) -> Path:
        """The folder of the Unix socket; its path is short enough for the kernel."""
        inside = self.folder / "run"
        longest = os.fsencode(inside / f".s.PGSQL.{_PORT}")
        return inside if len(longest) <= _SOCKET_PATH_MAX else Path(f"/tmp/gridgov-{short_hash(self.folder)}")  # noqa: S108

    def url(self, database: str = DATABASE, user: str = SUPERUSER) -> str:
        """The address of a database, for libpq, psycopg, ADBC and (as postgresql+psycopg://) SQLAlchemy."""
        host = quote(str(self.socket), safe="/")
        return f"postgresql://{quote(user, safe='')}@/{quote(database, safe='')}?host={host}&port={_PORT}"

    @property
    def account(self) -> Account:
        """Who runs the server: whoever owns the data folder."""
        try:
            owner = self.data.stat().st_uid
        except FileNotFoundError:
            return server_account()
        except PermissionError:
            owner = self.folder.stat().st_uid
        if os.geteuid() not in {0, owner}:
            raise StoreError(
                f"The database in {self.folder} belongs to the user {Account.of(owner).name}. "
                "Run the command as that user or as root, or set GRIDGOV_HOME to a folder of your own."
            )
        return server_account() if owner == 0 else Account.of(owner)

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the cluster against other processes that would make, start, stop or restore it."""
        try:
            self.state.mkdir(parents=True, exist_ok=True)
            (self.state / "pg.lock").touch()
        except OSError as error:
            raise SettingsError(
                f"The state folder {self.state} cannot be written ({error.strerror}). "
                "Set GRIDGOV_HOME to a folder that can."
            ) from error
        with locked(self.state / "pg.lock"):
            yield

    # Up and down

    def up(self) -> str:
        """Make the cluster when there is none, start it when it is down; returns the url of its database `gridgov`.

        raises   SettingsError when PostgreSQL or PostGIS is not installed; StoreError when the server does not start.
        """
        if self._is_known_up():
            return self.url()
        if not self._answers():
            with self.lock():
                if not self._answers():
                    self._create()
                    self._start()
                    self._ensure_database()
        _seen[self.data] = self.pid
        return self.url()

    @property
    def is_made(self) -> bool:
        """Whether there is a cluster, running or not."""
        try:
            return (self.data / "global" / "pg_control").exists()
        except PermissionError:  # it is another account's, so there is one
            return True

    def _is_known_up(self) -> bool:
        """Whether the server that answered us before is still there: no connection is spent on asking again."""
        pid = _seen.get(self.data)
        return pid is not None and pid == self.pid

    def down(self) -> bool:
        """Stop the server, ending its sessions; returns False when it was not running."""
        if not self.state.is_dir():
            return False
        with self.lock():
            if self.pid is None:
                return False
            programs = binaries(self._major())
            done = self.account.run([programs["pg_ctl"], "stop", "-D", self.data, "-m", "fast", "-w", "-t", "120"])
            if done.returncode != 0:
                raise StoreError(
                    f"The database server did not stop: {last_lines(done.stdout + done.stderr)} "
                    f"Its log is in {self.folder / 'log'}."
                )
            return True

    def remove(self) -> None:
        """Stop the server and delete the cluster with everything in it: for tests, benchmarks and trials."""
        self.down()
        for place in (self.socket, self.folder):
            shutil.rmtree(place, ignore_errors=True)
        self._note.unlink(missing_ok=True)

    def status(self) -> Status:
        """What there is, and what runs. Starts and changes nothing."""
        servers = installed()
        major = self._major()
        server = next(
            (b for b in servers if (b.major == major if major else b.major >= OLDEST_MAJOR and b.postgis)), None
        )
        return Status(
            installed=server is not None and server.postgis is not None,
            created=major is not None,
            running=self.pid is not None,
            pid=self.pid,
            version=server.version if server else None,
            postgis=server.postgis if server else None,
            folder=self.folder,
            socket=self.socket,
            n_bytes=size_bytes(self.folder),
        )

    @property
    def pid(self) -> int | None:
        """The process id of the running server; None when it is down, whatever a left-over postmaster.pid says."""
        pid = noted_pid(self.data)
        served = served_folder(pid) if pid else None
        return pid if served and is_same(served, self.data) else None

    def _answers(self, *databases: str) -> bool:
        """Whether the server runs and lets us into one of the databases (`gridgov` if none is named)."""
        if self.pid is None:
            return False
        for database in databases or (DATABASE,):
            with contextlib.suppress(psycopg.OperationalError):
                self.connect(database).close()
                return True
        return False

    def _major(self) -> int | None:
        try:
            return int((self.data / "PG_VERSION").read_text())
        except (FileNotFoundError, PermissionError):
            return None

    def _create(self) -> None:
        """Make the data folder beside its place and rename it, so that an interruption leaves no half of one."""
        account = self.account
        self._settle(account)
        for name in ("run", "log"):
            account.folder(self.folder / name)
        for leftover in self.folder.glob("new-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        if self.is_made:
            return
        with contextlib.suppress(FileNotFoundError, OSError):
            self.data.rmdir()  # only when empty
        if self.data.exists():
            raise StoreError(
                f"{self.data} is there but is no PostgreSQL data folder (it has no global/pg_control). "
                "Move it away and run the command again: a new, empty database is then made."
            )
        programs = binaries()
        new = account.folder(self.folder / f"new-{os.getpid()}-{secrets.token_hex(4)}")
        # Collation C: text sorts by code point and compares by memcmp; character classes still know Unicode.
        command = [
            programs["initdb"], "-D", new, "-U", SUPERUSER, "--encoding=UTF8", "--locale=C.UTF-8", "--lc-collate=C",
            "--lc-messages=C", "--auth=trust", "--no-instructions", *([] if self.durable else ["--no-sync"]),
        ]  # fmt: skip
        done = account.run(command)
        if done.returncode != 0:
            shutil.rmtree(new, ignore_errors=True)
            raise StoreError(
                f"The database could not be made in {self.folder}: {last_lines(done.stderr or done.stdout)}"
            )
        include = (
            "\ninclude 'gridgov.conf'  # written at each start\ninclude_if_exists 'local.conf'  # yours; it wins\n"
        )
        texts = {
            "pg_hba.conf": "local all all trust  # the socket folder is the door: only its owner and root pass\n",
            "postgresql.conf": (new / "postgresql.conf").read_text(encoding="utf-8") + include,
        }
        for name, text in texts.items():
            write(new / name, text)
            account.own(new / name)
        new.replace(self.data)
        sync_folder(self.folder)

    def _start(self) -> None:
        """Start the server and wait until it takes connections, after a crash recovery if need be."""
        if self.pid is None:
            self._start_down()
        wait(
            lambda: self._answers(DATABASE, "postgres"),
            _START_S,
            lambda: f"The database server (process {self.pid}) does not answer on {self.socket}: {self._last_error()}",
        )

    def _start_down(self) -> None:
        account = self.account
        programs = binaries(self._major())
        if self.socket.parent != self.folder:
            account.folder(self.socket)
        self._configure(account)
        self._drop_stale_pid()
        self._end_orphans()
        early = self.folder / "log" / "start.log"

        def started() -> bool:
            early.unlink(missing_ok=True)
            command = [programs["pg_ctl"], "start", "-D", self.data, "-l", early, "-w", "-t", str(int(_START_S)), "-s"]
            if account.run(command).returncode == 0:
                return True
            if early.exists() and "shared memory" in early.read_text(errors="replace"):
                return False  # a killed server's memory is free only when its last child is gone
            raise StoreError(
                f"The database server did not start. {self._last_error()} Its log is in {self.folder / 'log'}."
            )

        wait(started, _ORPHANS_S, lambda: f"The database server did not start. {self._last_error()}")

    def _drop_stale_pid(self) -> None:
        """Remove the lock files of a server whose process is dead, not yet buried, or someone else's by now.

        The server itself would refuse to start in the last two cases, which are common in containers. A live server
        that does not say which folder it serves is left alone.
        """
        pid = noted_pid(self.data)
        served = served_folder(pid) if pid else None
        if served is None or (noted_pid(served) == pid and not is_same(served, self.data)):
            for left in (self.data / "postmaster.pid", *self.socket.glob(f".s.PGSQL.{_PORT}*")):
                left.unlink(missing_ok=True)

    def _end_orphans(self) -> None:
        """After a kill -9 of the server its children go by themselves, but only when idle: end the busy ones.

        Their work is lost in any case: the start that follows is a crash recovery.
        """
        until = time.monotonic() + 2
        while (pids := children_of(self._name)) and time.monotonic() < until:
            time.sleep(0.05)
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGQUIT)
        wait(
            lambda: not children_of(self._name),
            _ORPHANS_S,
            lambda: (
                f"The database server was killed, and its processes {sorted(children_of(self._name))} hold its memory "
                "and do not end. End them (kill), then run the command again."
            ),
        )

    @property
    def _name(self) -> str:
        """The name in the titles of the server's processes; unlike /proc/<pid>/cwd, every user may read it."""
        return f"gridgov-{short_hash(self.data)}"

    def _configure(self, account: Account) -> None:
        memory = memory_bytes()
        values = {
            "cluster_name": f"'{self._name}'",
            "listen_addresses": "''",
            "port": _PORT,
            "unix_socket_directories": f"'{str(self.socket).replace(chr(39), chr(39) * 2)}'",
            "unix_socket_permissions": "0700",
            "max_connections": 100,
            "shared_buffers": f"{min(memory // 4, 2048 * MB) // MB}MB",
            "effective_cache_size": f"{memory // 2 // MB}MB",
            "maintenance_work_mem": f"{min(512, max(64, memory // 16 // MB))}MB",
            "work_mem": "64MB",
            "max_parallel_maintenance_workers": 2,
            # A container's /dev/shm may be 64 MB: too small for parallel index builds.
            "dynamic_shared_memory_type": "posix" if free_bytes(Path("/dev/shm")) >= 1024 * MB else "mmap",  # noqa: S108
            "wal_level": "minimal",
            "max_wal_senders": 0,
            "max_wal_size": "4GB",
            "checkpoint_timeout": "15min",
            "fsync": "on" if self.durable else "off",
            "synchronous_commit": "on" if self.durable else "off",
            "full_page_writes": "on" if self.durable else "off",
            "jit": "off",
            "random_page_cost": 1.1,
            "timezone": "'UTC'",
            "log_timezone": "'UTC'",
            "logging_collector": "on",
            "log_directory": "'../log'",
            "log_filename": "'postgresql-%a.log'",
            "log_rotation_age": "1d",
            "log_truncate_on_rotation": "on",
            "log_rotation_size": 0,
            "log_line_prefix": "'%m [%p] %u@%d '",
        }
        text = "# Written by gridgov at each start; your own settings go into local.conf.\n"
        write(self.data / "gridgov.conf", text + "".join(f"{name} = {value}\n" for name, value in values.items()))
        account.own(self.data / "gridgov.conf")

    def _last_error(self) -> str:
        """What the server said last: into start.log before its log is open, into the day's log after."""
        logs = sorted(
            (self.folder / "log").glob("*.log"), key=lambda path: (path.name == "start.log", path.stat().st_mtime)
        )
        for path in reversed(logs):
            lines = path.read_text(errors="replace").splitlines()
            if told := [line for line in lines if re.search(r"\b(FATAL|PANIC)\b|\bcould not\b", line)]:
                return " ".join(told[-2:]).rstrip(".") + "."
        return ""

    # Databases

    def connect(self, database: str) -> psycopg.Connection[tuple[object, ...]]:
        """A superuser's connection in autocommit mode, to a database of a running cluster."""
        return psycopg.connect(self.url(database), autocommit=True, connect_timeout=10)

    def _ensure_database(self) -> None:
        with contextlib.suppress(psycopg.errors.DuplicateDatabase):
            self.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))

    def execute(self, statement: sql.SQL | sql.Composed, database: str = "postgres") -> None:
        """Run one statement as superuser, outside a transaction block."""
        with contextlib.closing(self.connect(database)) as connection:
            connection.execute(statement)

    def create_database(self, name: str, template: str | None = None) -> str:
        """Make a database, as a copy of `template` if one is given; returns its url.

        raises   StoreError when it exists, or when the template does not exist or is in use.
        """
        copy = sql.SQL(" TEMPLATE {}").format(sql.Identifier(template)) if template else sql.SQL("")
        try:
            self.execute(sql.SQL("CREATE DATABASE {}{}").format(sql.Identifier(name), copy))
        except psycopg.Error as error:
            raise StoreError(f"The database `{name}` could not be made: {error}") from error
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Drop a database and end its sessions; one that is not there is no error."""
        self.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def private() -> Cluster:
    """The private cluster of this process's state folder."""
    return Cluster(settings().state)


def up() -> str:
    """Make and start the private cluster as needed; returns the url of its database. See `Cluster.up`."""
    return private().up()


def down() -> bool:
    """Stop the private cluster; returns False when it was not running."""
    return private().down()


def status() -> Status:
    """What there is of the private cluster, and what runs."""
    return private().status()


def url(database: str = DATABASE, user: str = SUPERUSER) -> str:
    """The address of a database of the private cluster, whether it runs or not."""
    return private().url(database, user)


def create_database(name: str, template: str | None = None) -> str:
    """Make a database in the private cluster; returns its url. See `Cluster.create_database`."""
    return private().create_database(name, template)


def drop_database(name: str) -> None:
    """Drop a database of the private cluster and end its sessions."""
    private().drop_database(name)


def is_external() -> bool:
    """Whether the database is one of the user's own, named by GRIDGOV_DATABASE_URL."""
    return bool(settings().database_url)


def database_url() -> str:
    """The address of the database to work with: GRIDGOV_DATABASE_URL, or the private cluster, started when down.

    raises   SettingsError when GRIDGOV_DATABASE_URL is no PostgreSQL address; StoreError when there is no private cluster: it
             is made by `up` only, never because somebody asked from another folder; whatever `Cluster.up` raises.
    """
    given = settings().database_url
    if not given:
        here = private()
        if not here.is_made:
            raise StoreError(
                f"There is no gridgov database in {here.state}. Go to the folder it was made in, or say with GRIDGOV_HOME "
                "where its state folder is; `gridgov db up` makes a new one here."
            )
        return here.up()
    scheme = urlsplit(given).scheme.partition("+")[0]
    if scheme not in {"postgresql", "postgres"}:
        raise SettingsError(
            f"GRIDGOV_DATABASE_URL begins with `{scheme or given.split('=')[0]}`; "
            "expected postgresql://user@host/database. Mend it, or unset it to use the private database."
        )
    return f"postgresql://{given.partition('://')[2]}"
