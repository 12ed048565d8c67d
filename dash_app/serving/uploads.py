"""Files that readers drop: kept in a folder of their own, looked at and loaded by the command line in a process of its own.

A job is a folder in the state folder, named by a token that nobody can guess: the file, its mapping, and what the process
said. Any worker of the app can tell how far it is. The app itself writes nothing to the database.
"""

import base64
import binascii
import json
import re
import secrets
import shutil
import subprocess
import sys
import time
import unicodedata
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final, Literal

from flask import has_request_context, request

from dash_app.asking.wording import Refused
from gridgov.errors import MappingError
from gridgov.resources import resource
from gridgov.settings import LOOPBACK, settings
from gridgov.sources.mapping import Mapping, parse_mapping, read_mapping
from gridgov.store.machine import locked

SUFFIXES: Final = ("csv", "tsv", "txt", "xlsx", "json", "jsonl", "geojson", "gpkg", "parquet", "gpx")
"""Endings of files that are taken, also with .gz after them."""
MAX_MAPPING: Final = 256 * 1024
"""Bytes of a mapping at most."""
MAX_PLAIN: Final = 16 * 1024 * 1024
"""Bytes of a request that brings no file at most: the picture of an export, the rows of a table."""
UPDATES: Final = "/_dash-update-component"
"""Where the app in the browser says what has been done there, a dropped file among it."""
KEPT_S: Final = 3_600
"""A job that nobody goes on with is removed after so many seconds."""
DATED: Final = frozenset({"grids", "catalogue", "roster", "plans", "devices"})
"""Kinds of files that hold from a day on, which their mapping or the reader says."""

STOPPED: Final = "The process was ended before it was done; nothing was loaded. Start it again."
_JOB_NAME: Final = r"[0-9a-f]{32}"

Action = Literal["look", "load", "retry"]


class UploadError(Refused):
    """A file or mapping that is not taken; the message says why."""


@dataclass(frozen=True)
class Progress:
    """How far a job is. `line` is what it does now; `report` what it found or did; `error` why it could not."""

    state: Literal["running", "done", "failed", "gone"]
    line: str = ""
    report: dict[str, Any] = field(default_factory=dict)
    error: str = ""


# ---------------------------------------------------------------------------------------------------------------------
# What is taken


def are_taken() -> bool:
    """Whether files are taken. While the app listens on this machine alone, only from pages that it served itself:
    a name that leads here from elsewhere (DNS rebinding) is none of its own.
    """
    here = settings()
    if not here.takes_uploads or not has_request_context() or here.host not in LOOPBACK:
        return here.takes_uploads
    return request.host.rsplit(":", 1)[0].strip("[]") in LOOPBACK


def max_request(path: str) -> int:
    """Bytes of a request to a path at most: of what the app itself says, where files are taken, the largest of them as base64.

    Anything else is no larger than MAX_PLAIN.
    """
    is_file = path.endswith(UPDATES) and are_taken()
    return settings().upload_max_mb * 1024 * 1024 * 4 // 3 + 1024 * 1024 if is_file else MAX_PLAIN


def receive(name: str, contents: str) -> str:
    """Keep a dropped file (a data: address); returns the token of its job. Raises UploadError."""
    _require()
    _sweep()
    safe, content = safe_name(name), _content(contents, settings().upload_max_mb * 1024 * 1024)
    token = _new_job()
    (_folder(token) / "file" / safe).write_bytes(content)
    return token


def safe_name(name: str) -> str:
    """A name made anew of the letters, digits, dots, dashes and underscores of a stranger's, without any folder.

    Loads are listed by it, and some tracks tell their device by it. Raises UploadError for endings that are not taken.

    >>> safe_name("../../etc/my cases (1).CSV"), safe_name("轨迹_0301.gpx")
    ('my_cases_1.csv', '轨迹_0301.gpx')
    """
    bare = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    parts = re.sub(r"[^\w.-]+", "_", bare)
    found = re.fullmatch(rf"(.*?)\.({'|'.join(SUFFIXES)})(\.gz)?", parts, re.IGNORECASE)
    if found is None:
        raise UploadError("upload_kind", endings=", ".join(SUFFIXES))
    stem = re.sub(r"_+", "_", found[1]).strip("._-")[:80] or "file"
    return f"{stem}.{found[2].lower()}{(found[3] or '').lower()}"


def _content(contents: str, limit: int) -> bytes:
    text = contents.partition(",")[2]
    try:
        content = base64.b64decode(text, validate=True) if len(text) * 3 // 4 <= limit + 3 else None
    except binascii.Error as err:
        raise UploadError("upload_pieces") from err
    if content is None or len(content) > limit:
        raise UploadError("upload_large", mb=f"{limit // 1024 // 1024:,}")
    return content


def read_dropped(contents: str) -> str:
    """The text of a dropped mapping, checked. Raises UploadError, MappingError."""
    _require()
    if len(contents) > MAX_MAPPING * 2:
        raise UploadError("upload_mapping_large", kb=MAX_MAPPING // 1024)
    try:
        text = _content(contents, MAX_MAPPING).decode("utf-8-sig")
    except UnicodeDecodeError as err:
        raise UploadError("upload_mapping_text") from err
    parse_mapping(text)
    return text


def mappings() -> tuple[dict[str, Mapping], list[str]]:
    """The mappings to choose from by name, and why others cannot be chosen, a sentence each."""
    found, faults = {}, []
    for name, path in _mapping_files().items():
        try:
            found[name] = read_mapping(path)
        except MappingError as error:
            faults.append(str(error))
    return found, faults


def _mapping_files() -> dict[str, Path]:
    """Those shipped, and those in the folder `mappings` of the state folder, which come before shipped ones of their name."""
    folders = (resource("data", "mappings"), settings().state / "mappings")
    return {path.stem: path for folder in folders for path in sorted(folder.glob("*.toml"))}


def mapping_text(name: str) -> str:
    """The text of a mapping of the list; raises UploadError for any other name."""
    path = _mapping_files().get(name)
    if path is None:
        raise UploadError("upload_mapping_unknown")
    return path.read_text("utf-8-sig")


# ---------------------------------------------------------------------------------------------------------------------
# Jobs


def begin(action: Action, text: str, token: str | None = None, valid_from: date | None = None) -> str:
    """Look at a file, load it, or try the rows in quarantine again, with the text of a mapping; returns the token.

    It runs in a process of its own (dash_app.serving.upload_job) that outlives a request; one load at a time.
    Raises UploadError, MappingError; UploadError too while a process of that token runs.
    """
    _require()
    mapping, token = parse_mapping(text), token or _new_job()
    with locked(_folder(token) / "begin.lock"):  # of two clicks at once the second finds the process of the first
        if progress(token).state == "running":
            raise UploadError("upload_running")
        _begin(_folder(token), action, mapping, text, valid_from)
    return token


def _begin(folder: Path, action: Action, mapping: Mapping, text: str, valid_from: date | None) -> None:
    """Forget what the last process of a job said, and start one."""
    files = list((folder / "file").iterdir()) if (folder / "file").is_dir() else []
    if action != "retry" and not files:
        raise UploadError("upload_gone")
    for left in ("done.json", "report.json", "log", "pid"):
        (folder / left).unlink(missing_ok=True)
    (folder / "mapping.toml").write_text(text, "utf-8")
    told = ["-m", str(folder / "mapping.toml"), "--report", str(folder / "report.json")]
    if action == "retry":
        arguments = ["quarantine", "retry", *told]
    else:
        dated = ["--valid-from", valid_from.isoformat()] if valid_from and mapping.kind in DATED else []
        arguments = ["load", mapping.kind, str(files[0]), *told, *dated, *(["--look"] if action == "look" else [])]
    (folder / "job.json").write_text(json.dumps({"action": action, "arguments": arguments}), "utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "dash_app.serving.upload_job", str(folder)], start_new_session=True
    )
    (folder / "pid").write_text(str(process.pid), "ascii")


def progress(token: str) -> Progress:
    """How far a job is; `gone` for a token that nobody has, or whose folder is removed."""
    try:
        folder = _folder(token)
    except UploadError:
        return Progress("gone")
    is_alive = _is_alive(folder)  # asked first: what has ended meanwhile has said how
    done = _read(folder / "done.json")
    if done is None and not is_alive:
        return Progress("failed", error=STOPPED) if (folder / "pid").exists() else Progress("gone")
    if done is None:
        lines = (folder / "log").read_text("utf-8", "replace").splitlines() if (folder / "log").exists() else []
        return Progress("running", next((line for line in reversed(lines) if line.strip()), ""))
    if done["error"]:
        return Progress("failed", error=done["error"])
    return Progress("done", report=_read(folder / "report.json") or {})


def discard(token: str | None) -> None:
    """Remove a job with its file, unless it runs."""
    if token and re.fullmatch(_JOB_NAME, token) and progress(token).state != "running":
        shutil.rmtree(_root() / token, ignore_errors=True)


def file_of(token: str | None) -> str | None:
    """The name of the file of a job, as long as it is here."""
    if not token or not re.fullmatch(_JOB_NAME, token):
        return None
    return next((path.name for path in (_root() / token / "file").glob("*")), None)


def _is_alive(folder: Path) -> bool:
    """True while the process of a job is there, and has not ended without a word."""
    try:
        pid = (folder / "pid").read_text("ascii")
        return Path(f"/proc/{int(pid)}/stat").read_text("utf-8").rpartition(")")[2].split()[0] != "Z"
    except (OSError, ValueError):
        return False


def _new_job() -> str:
    token = secrets.token_hex(16)
    (_root() / token / "file").mkdir(parents=True, mode=0o700)
    return token


def _root() -> Path:
    return settings().state / "uploads"


def _folder(token: str) -> Path:
    folder = _root() / token
    if not re.fullmatch(_JOB_NAME, token) or not folder.is_dir():
        raise UploadError("upload_gone")
    return folder


def _require() -> None:
    if not are_taken():
        raise UploadError("upload_off")


def _sweep() -> None:
    """Remove the jobs that nobody goes on with."""
    for folder in _root().glob("[0-9a-f]*"):
        with suppress(FileNotFoundError):  # another worker has just removed it
            if time.time() - folder.stat().st_mtime > KEPT_S and not _is_alive(folder):
                shutil.rmtree(folder, ignore_errors=True)


def _read(path: Path) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return found
