"""Helpers of the tests of deaths: loaders that can be killed, and a database of their own that can be, too."""

import multiprocessing
import os
import signal
import time
from multiprocessing.process import BaseProcess
from pathlib import Path

from psycopg import sql

from gridgov.store import cluster
from gridgov.store.cluster import Cluster
from tests.support import run_command

_forks = multiprocessing.get_context("forkserver")  # a loader of its own in milliseconds, nothing inherited from pytest
_forks.set_forkserver_preload(["tests.support"])


class Loader:
    """Runs `gridgov load` on one file after the other, in processes that can be killed."""

    def __init__(self, folder: Path, home: Path) -> None:
        self.log = folder / "said.txt"
        self.environment = {"GRIDGOV_HOME": str(home), "GRIDGOV_BATCH_ROWS": "2500"}

    def start(self, kind: str, file: Path, mapping: Path) -> BaseProcess:
        words = ["load", kind, str(file), "--mapping", str(mapping)]
        self.log.write_text("")
        process = _forks.Process(target=run_command, args=(words, self.environment, self.log))
        process.start()
        return process

    def finish(self, kind: str, file: Path, mapping: Path) -> str:
        process = self.start(kind, file, mapping)
        process.join(120)
        assert process.exitcode == 0, self.log.read_text()
        return self.log.read_text()

    def wait_until(self, said: str, process: BaseProcess) -> None:
        while process.is_alive() and said not in self.log.read_text():
            time.sleep(0.005)


def reset(here: Cluster) -> None:
    """The database as it was before the load."""
    here.drop_database(cluster.DATABASE)
    here.create_database(cluster.DATABASE, template="before")
    # A copied sequence is not in the log before its next checkpoint: after a crash it would give its numbers again.
    here.execute(sql.SQL("CHECKPOINT"))


def kill_database(here: Cluster) -> None:
    """kill -9 of the server and of everything it started, if it runs."""
    pid = here.pid
    if pid is None:
        return
    for one in (pid, *_children(pid)):
        try:
            os.kill(one, signal.SIGKILL)
        except ProcessLookupError:
            continue


def _children(pid: int) -> list[int]:
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(status.read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError):
            continue
        if parent == pid:
            found.append(int(status.parent.name))
    return found
