"""Compiled functions that are older than their sources are forgotten.

numba caches a compiled function beside its own file and looks at that file only; but it may have functions of other files
inside it. So the sources of all are compared as a whole, and what was compiled from others is removed before it can be used.
"""

import hashlib
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

_MARK = "numba.njit"


def forget_stale(package: Path) -> None:
    """Remove the compiled functions of a package when any source that is compiled has changed.

    Called when the package is first imported; it costs a look at the times of the files.
    """
    files = sorted(package.rglob("*.py"))
    times = _digest(f"{path} {path.stat().st_mtime_ns}".encode() for path in files)
    mark = package / "__pycache__" / "compiled.sha256"
    with suppress(OSError, ValueError):  # a folder that cannot be written holds nothing compiled by us
        known_times, known = mark.read_text("ascii").split() if mark.exists() else ("", "")
        if known_times == times:
            return
        sources = _digest(text for path in files if _MARK.encode() in (text := path.read_bytes()))
        if known != sources:
            for compiled in [*package.rglob("__pycache__/*.nbi"), *package.rglob("__pycache__/*.nbc")]:
                compiled.unlink(missing_ok=True)
        mark.parent.mkdir(exist_ok=True)
        mark.write_text(f"{times} {sources}", "ascii")


def _digest(parts: Iterable[bytes]) -> str:
    found = hashlib.sha256()
    for part in parts:
        found.update(part)
    return found.hexdigest()
