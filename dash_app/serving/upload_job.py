"""The process of a job: `python -m dash_app.serving.upload_job FOLDER` runs the command line on it and notes how it ended.

It removes the file after a load whatever became of it, and it is alone: of two loads the second is refused, not queued.
"""

import json
import os
import shutil
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

from gridgov.errors import StoreError
from gridgov.store.machine import locked

MAX_S = 6 * 3_600
"""A load that takes longer is ended."""
BUSY = "Another file is being loaded. Try again when it is done."


def main(folder: Path) -> None:
    """Run the job of a folder and write done.json: code, error (empty = none)."""
    job = json.loads((folder / "job.json").read_text("utf-8"))
    is_look = job["action"] == "look"
    try:
        with nullcontext() if is_look else locked(folder.parent / "running.lock", timeout_s=0):
            error = _run(folder, job["arguments"])
    except StoreError:
        error = BUSY
    if not is_look and error != BUSY:
        shutil.rmtree(folder / "file", ignore_errors=True)
    (folder / "done.part").write_text(json.dumps({"error": error}, ensure_ascii=False), "utf-8")
    (folder / "done.part").replace(folder / "done.json")


def _run(folder: Path, arguments: list[str]) -> str:
    """Run `gridgov` with its output in a file; returns the last thing it said when it failed, else nothing."""
    with (folder / "log").open("w", encoding="utf-8") as log:
        try:
            done = subprocess.run(
                [sys.executable, "-m", "gridgov.cli", *arguments], stdout=subprocess.DEVNULL, stderr=log, timeout=MAX_S,
                check=False, env=os.environ | {"COLUMNS": "10000", "NO_COLOR": "1"},
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return f"It took more than {MAX_S // 3_600} hours and was ended."
    if done.returncode == 0:
        return ""
    lines = [line for line in (folder / "log").read_text("utf-8", "replace").splitlines() if line.strip()]
    last = lines[-1] if lines else "It ended without a word."
    name, _, said = last.partition(" ")
    return said if name.endswith("Error") else last


if __name__ == "__main__":
    main(Path(sys.argv[1]))
