"""Backup into one file and restore from it, for the private cluster and for a database of the user's own."""

import contextlib
import os
import re
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from gridgov.errors import SettingsError, StoreError
from gridgov.store import cluster
from gridgov.store.cluster import DATABASE, SUPERUSER, Cluster
from gridgov.store.machine import Account, Binaries, installed, last_lines, sync_folder, wait


def backup(path: Path) -> int:
    """Write the database into one file (pg_dump -Fc), whole or not at all; returns its size in bytes.

    raises   StoreError when the dump fails or the file cannot be written.
    """
    address = cluster.database_url()
    arguments, env = client(address)
    path = path.expanduser().resolve()
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.touch(mode=0o600)
        with temporary.open("wb") as file:
            done = _tool_account(address).run(
                [_clients()["pg_dump"], "-Fc", *arguments], env=_inherited() | env, stdout=file
            )
            if done.returncode != 0:
                raise StoreError(f"The backup failed: {last_lines(done.stderr)}")
            os.fsync(file.fileno())
        temporary.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        raise StoreError(
            f"The backup cannot be written to {path}: {error.strerror}. Name a file in a folder that can."
        ) from error
    finally:
        temporary.unlink(missing_ok=True)
    return path.stat().st_size


def restore(path: Path, *, confirmed: bool = False) -> None:
    """Replace the database by a backup. A restore that fails leaves the database as it was.

    confirmed  needed for a database of the user's own (GRIDGOV_DATABASE_URL), where tables are replaced in place.
    raises     StoreError when the file is no backup of gridgov, is not confirmed, or does not restore.
    """
    path = path.expanduser().resolve()
    if not cluster.is_external():
        _restore_beside(cluster.private(), path)
        return
    address = cluster.database_url()
    if not confirmed:
        parts = conninfo_to_dict(address)
        raise StoreError(
            f"A restore replaces the tables in the database `{parts.get('dbname')}` "
            f"on `{parts.get('host', 'the local server')}`. Say so with --yes if that is meant."
        )
    _roles_of(path)
    _pg_restore(address, path, "--clean", "--if-exists")


def _restore_beside(here: Cluster, path: Path) -> None:
    """Restore into a fresh database beside `gridgov`, then swap the two names in one transaction."""
    here.up()
    fresh, old = f"{DATABASE}_restored", f"{DATABASE}_replaced"
    with here.lock():
        for name in (fresh, old):  # left by an interrupted restore
            here.drop_database(name)
        _create_roles(here, _roles_of(path))
        url = here.create_database(fresh, template="template0")
        try:
            _pg_restore(url, path)
            here.execute(sql.SQL("ANALYZE"), fresh)  # a dump carries no statistics
            _swap(here, fresh, old)
        except BaseException:
            here.drop_database(fresh)
            raise
        here.drop_database(old)


def _create_roles(here: Cluster, names: set[str]) -> None:
    """Roles belong to the cluster, not to the dump: a backup from another machine names some that are not here."""
    for name in names - {"PUBLIC", SUPERUSER}:
        with contextlib.suppress(psycopg.errors.DuplicateObject):
            here.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(name)))


def _swap(here: Cluster, fresh: str, old: str) -> None:
    rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
    end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = ANY(%s)"
    with contextlib.closing(here.connect("postgres")) as connection:

        def swapped() -> bool:
            connection.execute(end, [[DATABASE, fresh]])
            try:
                with connection.transaction():
                    connection.execute(rename.format(sql.Identifier(DATABASE), sql.Identifier(old)))
                    connection.execute(rename.format(sql.Identifier(fresh), sql.Identifier(DATABASE)))
            except psycopg.errors.ObjectInUse:  # someone reconnected in between
                return False
            return True

        wait(
            swapped,
            30,
            lambda: (
                "The backup is restored beside the database, but other programs keep the database in use, so the two "
                "could not be swapped. The database is as it was. Stop those programs and restore again."
            ),
        )


def client(url: str) -> tuple[list[str], dict[str, str]]:
    """How a PostgreSQL program is told a database: arguments without a secret in them, and the environment with it.

    raises   SettingsError when the url cannot be read.
    """
    try:
        given = {key: str(value) for key, value in conninfo_to_dict(url).items() if value is not None}
    except psycopg.ProgrammingError as error:
        raise SettingsError(
            "GRIDGOV_DATABASE_URL is no PostgreSQL address (expected postgresql://user@host/database)."
        ) from error
    names = {o.keyword.decode(): o.envvar.decode() for o in psycopg.pq.Conninfo.get_defaults() if o.envvar}
    env = {names[key]: value for key, value in given.items() if key in names}
    rest = {key: value for key, value in given.items() if key not in names and key != "sslpassword"}
    return ([f"--dbname={make_conninfo('', **rest)}"] if rest else []), env


def _tool_account(url: str) -> Account:
    """Who runs a client program: the server's user for the private cluster, the caller for any other database."""
    here = cluster.private()
    return here.account if conninfo_to_dict(url).get("host") == str(here.socket) else Account.of(os.geteuid())


def _clients() -> Binaries:
    if servers := installed():
        return servers[0]
    raise SettingsError(
        "The programs pg_dump and pg_restore are not installed. Install them: apt-get install postgresql-client"
    )


def _pg_restore(url: str, path: Path, *options: str) -> None:
    """Restore a backup into a database, all of it or nothing."""
    arguments, env = client(url)
    name = conninfo_to_dict(url).get("dbname") or DATABASE
    arguments = arguments or [f"--dbname={make_conninfo('', dbname=str(name))}"]
    command = [_clients()["pg_restore"], "--single-transaction", "--exit-on-error", "--no-owner", *options, *arguments]
    with path.open("rb") as file:
        done = _tool_account(url).run(command, env=_inherited() | env, stdin=file)
    if done.returncode != 0:
        raise StoreError(
            f"The backup {path} could not be restored; the database is as it was. {last_lines(done.stderr)}"
        )


def _inherited() -> dict[str, str]:
    """What libpq reads from the environment besides the url: password file, certificates, service file."""
    return {
        key: value
        for key, value in os.environ.items()
        if key in {"PGPASSFILE", "PGSSLROOTCERT", "PGSERVICEFILE", "KRB5CCNAME"}
    }


def _roles_of(path: Path) -> set[str]:
    """The roles that the grants and policies of a backup speak of.

    raises   StoreError when the file is missing or is no backup of gridgov.
    """
    if not path.is_file():
        raise StoreError(f"There is no file {path} to restore from.")
    with path.open("rb") as file:
        done = Account.of(os.geteuid()).run([_clients()["pg_restore"], "--schema-only", "--file=-"], stdin=file)
    if done.returncode != 0:
        raise StoreError(
            f"{path} is not a backup made by `gridgov db backup` (or by pg_dump -Fc): {last_lines(done.stderr, 1)} "
            "The database is as it was."
        )
    if not re.search(r"^CREATE TABLE \S*\balembic_version\b", done.stdout, re.MULTILINE):
        raise StoreError(
            f"{path} is a PostgreSQL backup, but not of a gridgov database (it has no table alembic_version)."
        )
    statements = re.findall(
        r"^(?:GRANT|REVOKE|ALTER DEFAULT PRIVILEGES|CREATE POLICY)\b[^;]*;", done.stdout, re.MULTILINE
    )
    lists = [
        m
        for s in statements
        for m in re.findall(r"\b(?:TO|FROM|FOR ROLE) ((?:\"[^\"]+\"|\w+)(?:, (?:\"[^\"]+\"|\w+))*)", s)
    ]
    return {name.strip().strip('"') for names in lists for name in names.split(",")}
