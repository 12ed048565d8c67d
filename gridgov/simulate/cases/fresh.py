"""Compiled steps that are older than their source are forgotten.

numba caches a compiled function beside its own file and looks at that file only; the engine has the steps of other files
inside it. So the sources are compared as a whole, and what was compiled from others is removed before it can be used.
"""

import hashlib
from contextlib import suppress
from pathlib import Path

_HERE = Path(__file__).parent
_PACKAGE = _HERE.parents[1]


def forget_stale() -> None:
    """Remove the compiled functions of this package when any source that goes into them has changed."""
    sources = [*sorted(_HERE.glob("*.py")), _HERE.parent / "seeds.py", _PACKAGE / "calendars.py"]
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()
    mark = _HERE / "__pycache__" / "compiled.sha256"
    with suppress(OSError):  # a folder that cannot be written holds nothing compiled by us
        if mark.exists() and mark.read_text("ascii") == digest:
            return
        mark.parent.mkdir(exist_ok=True)
        for path in [*mark.parent.glob("*.nbi"), *mark.parent.glob("*.nbc")]:
            path.unlink(missing_ok=True)
        mark.write_text(digest, "ascii")
