"""This machine as the home of a PostgreSQL server: its programs, its user, its processes, files and memory."""

import contextlib
import fcntl
import hashlib
import os
import pwd
import re
import shutil
import stat
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import IO

from gridgov.errors import SettingsError, StoreError

OLDEST_MAJOR = 14
APT_LINE = "apt-get install postgresql postgresql-postgis"
MB = 1024 * 1024


@dataclass(frozen=True)
class Binaries:
    """One installed PostgreSQL server."""

    folder: Path
    major: int
    version: str
    postgis: str | None

    def __getitem__(self, program: str) -> str:
        """The path of a program, such as `initdb`."""
        return str(self.folder / program)


@lru_cache(maxsize=1)
def installed() -> tuple[Binaries, ...]:
    """Every PostgreSQL server of this machine, newest first."""
    folders = {path.parent.resolve() for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")}
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        answer = subprocess.run(["pg_config", "--bindir"], capture_output=True, text=True, timeout=10, check=True)
        folders.add(Path(answer.stdout.strip()).resolve())
    found = [
        _inspect(folder) for folder in folders if all((folder / p).is_file() for p in ("initdb", "postgres", "pg_ctl"))
    ]
    return tuple(sorted(found, key=lambda b: b.major, reverse=True))


def _inspect(folder: Path) -> Binaries:
    answer = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, timeout=10, check=True)
    version = re.search(r"\d+(\.\d+)*", answer.stdout)
    number = version.group() if version else "0"
    major = int(number.split(".")[0])
    shares = [Path(f"/usr/share/postgresql/{major}")]
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        share = subprocess.run(
            [folder / "pg_config", "--sharedir"], capture_output=True, text=True, timeout=10, check=True
        )
        shares.insert(0, Path(share.stdout.strip()))
    control = next((path for s in shares if (path := s / "extension" / "postgis.control").is_file()), None)
    postgis = re.search(r"default_version\s*=\s*'([^']+)'", control.read_text()) if control else None
    return Binaries(folder, major, number, postgis.group(1) if postgis else None)


def binaries(major: int | None = None) -> Binaries:
    """The newest server with PostGIS, or the one of a given major version.

    raises   SettingsError when there is none, with the line that installs it.
    """
    servers = [b for b in installed() if b.major == major or (major is None and b.major >= OLDEST_MAJOR)]
    whole = next((b for b in servers if b.postgis), None)
    if whole:
        return whole
    if servers:
        raise SettingsError(
            f"PostgreSQL {servers[0].version} is installed, but PostGIS for it is not. "
            f"Install it: apt-get install postgresql-{servers[0].major}-postgis-3"
        )
    others = ", ".join(b.version for b in installed()) or "none"
    if major is None:
        raise SettingsError(
            f"No PostgreSQL server of version {OLDEST_MAJOR} or newer is installed (found: {others}). "
            f"Install it: {APT_LINE}"
        )
    raise SettingsError(
        f"The database was made by PostgreSQL {major}, which is not installed (found: {others}). "
        f"Install it: apt-get install postgresql-{major} postgresql-{major}-postgis-3"
    )


@dataclass(frozen=True)
class Account:
    """The user the server's programs run as; `switch` says whether we are root and must become that user."""

    uid: int
    gid: int
    groups: tuple[int, ...]
    name: str
    home: str
    switch: bool

    @classmethod
    def of(cls, uid: int) -> "Account":
        """The account of a user id."""
        try:
            entry = pwd.getpwuid(uid)
        except KeyError:  # a container may run as a user id without a name
            return cls(uid, os.getegid(), (), str(uid), "/", switch=uid != os.geteuid())
        groups = tuple(os.getgrouplist(entry.pw_name, entry.pw_gid))
        return cls(uid, entry.pw_gid, groups, entry.pw_name, entry.pw_dir, switch=uid != os.geteuid())

    def run(
        self, command: Sequence[object], *, env: dict[str, str] | None = None, stdin: IO[bytes] | None = None,
        stdout: IO[bytes] | None = None, timeout: float | None = None,
    ) -> subprocess.CompletedProcess[str]:  # fmt: skip
        """Run a program as this user, away from the terminal, with a small environment and `/` as working folder."""
        clean = {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": self.home if self.switch else os.environ.get("HOME", self.home),
            "USER": self.name,
            "LC_ALL": "C.UTF-8",
            "TZ": "UTC",
        } | (env or {})
        return subprocess.run(
            [str(part) for part in command],
            user=self.uid if self.switch else None,
            group=self.gid if self.switch else None,
            extra_groups=self.groups if self.switch else None,
            umask=0o077,
            cwd="/",
            env=clean,
            stdin=stdin or subprocess.DEVNULL,
            stdout=stdout or subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            timeout=timeout,
            start_new_session=True,  # Ctrl-C is for us; the server has its own way to stop
        )

    def own(self, path: Path) -> None:
        """Make a file or folder this user's."""
        if self.switch:
            os.chown(path, self.uid, self.gid)

    def folder(self, path: Path) -> Path:
        """A folder that only this user (and root) may enter."""
        path.mkdir(mode=0o700, exist_ok=True)
        if path.is_symlink() or path.stat().st_uid not in {self.uid, os.geteuid()}:
            raise StoreError(
                f"{path} is a link or belongs to another user; the database needs a folder of its own there. "
                "Remove it and run the command again."
            )
        self.own(path)
        path.chmod(0o700)
        return path


def server_account() -> Account:
    """The caller, or `postgres` when the caller is root."""
    if os.geteuid() != 0:
        return Account.of(os.geteuid())
    try:
        return Account.of(pwd.getpwnam("postgres").pw_uid)
    except KeyError:
        raise SettingsError(
            "PostgreSQL refuses to run as root, and this machine has no user `postgres` to run it as. "
            f"Install it: {APT_LINE}"
        ) from None


@contextlib.contextmanager
def locked(path: Path, timeout_s: float = 600) -> Iterator[None]:
    """Hold the lock file `path`, across threads and processes; it frees itself when its holder dies.

    raises   StoreError when another process has held it for `timeout_s` seconds.
    """
    handle = os.open(path, os.O_RDONLY | os.O_CREAT, 0o644)
    try:
        wait(
            lambda: _try_lock(handle),
            timeout_s,
            lambda: (
                f"{path} has been locked by another process for {timeout_s:.0f} s. "
                "Wait for it, or end it (`fuser` names it), and run the command again."
            ),
        )
        yield
    finally:
        os.close(handle)


def _try_lock(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def wait(done: Callable[[], bool], timeout_s: float, message: Callable[[], str]) -> None:
    """Ask `done` every 50 ms until it says yes; after `timeout_s` seconds raise StoreError with the message."""
    until = time.monotonic() + timeout_s
    while not done():
        if time.monotonic() > until:
            raise StoreError(message())
        time.sleep(0.05)


def write(path: Path, text: str) -> None:
    """Write a file whole: a reader sees the old text or the new one, also after a power cut."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    with temporary.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Bring the names in a folder safely to disk."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def short_hash(path: Path) -> str:
    """Twelve hex digits that stand for a path."""
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]


def last_lines(text: str, n: int = 3) -> str:
    """The end of what a program said, on one line."""
    return " ".join(text.strip().splitlines()[-n:])


def noted_pid(data: Path) -> int | None:
    """The process id in a data folder's postmaster.pid."""
    try:
        return int((data / "postmaster.pid").read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None


def served_folder(pid: int) -> Path | None:
    """The data folder a live PostgreSQL server was started with; None when the process is gone or is no such server."""
    words = _command_line(pid)
    if not words or Path(words[0]).name not in {"postgres", "postmaster"} or "-D" not in words[:-1]:
        return None
    return Path(words[words.index("-D") + 1])


def children_of(name: str) -> set[int]:
    """The live processes of the server with this cluster_name, apart from the server itself."""
    pids = (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit())
    return {pid for pid in pids if " ".join(_command_line(pid)).startswith(f"postgres: {name}: ")}


def _command_line(pid: int) -> list[str]:
    """The words a process was started with or its title; empty when it is gone or only waits to be buried (zombie)."""
    with contextlib.suppress(OSError):
        text = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="surrogateescape")
        return text.rstrip("\0").split("\0")
    return []


def is_same(one: Path, other: Path) -> bool:
    """Whether two paths lead to the same file or folder; False when either is missing."""
    try:
        return one.samefile(other)
    except OSError:
        return False


def memory_bytes() -> int:
    """The memory this process may use: the machine's, or the container's if that is less."""
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    for name in ("memory.max", "memory/memory.limit_in_bytes"):
        with contextlib.suppress(OSError, ValueError):
            machine = min(machine, int((Path("/sys/fs/cgroup") / name).read_text()))
    return max(machine, 512 * MB)


def free_bytes(path: Path) -> int:
    """The free space of the file system a path lies on; 0 when the path is missing."""
    try:
        return shutil.disk_usage(path).free
    except OSError:
        return 0


def size_bytes(folder: Path) -> int:
    """The size of all files in a folder and below."""
    total = 0
    for path in folder.rglob("*"):
        with contextlib.suppress(OSError):  # files come and go while the server runs
            entry = path.lstat()
            total += entry.st_size if stat.S_ISREG(entry.st_mode) else 0
    return total
