"""What the review list finds of what is hidden in the demo town's tracks: `make bench WHAT=planted ARGS="--since 2026-09-01"`.

Reads the town of the current state folder (`make demo` first) and the `truth.json` of its files, asks `patrol_integrity` at the
default settings, by worker, and `unpatrolled` on the last day of the grid that nobody walked. Prints for each kind who was
planted, who is listed, precision and recall over people, on how many days each was found, and which honest neighbours are
listed. `far` is not judged: nobody was planted, and people do report from elsewhere. Exits with 1 below 0.9.
"""

import argparse
import json
import sys
from datetime import date
from pathlib import Path
from typing import Any, Final

import gridgov as gg
from gridgov.settings import settings
from gridgov.sources.personal import pseudonym

PLANTED: Final = {
    "replay": "replay", "driving": "drive_through", "standing": "standing_still", "jumping": "jumping_device",
    "clock": "wrong_clock", "shared": "shared_device",
}  # fmt: skip
"""The finding that should tell of each thing in truth.json."""


def main() -> int:
    """Compare the list with the truth."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--truth", type=Path, default=settings().state / "demo" / "truth.json")
    parser.add_argument("--since", type=date.fromisoformat, default=date(2026, 9, 1))
    asked = parser.parse_args()
    truth = json.loads(asked.truth.read_text("utf-8"))["patrols"]
    town = gg.open("xiake")
    answer = town.ask("patrol_integrity", by="worker", since=asked.since, role="person", purpose="a benchmark")
    rows = answer.frame
    print(f"{answer.meta['since']} to {answer.meta['until']}: {len(rows)} rows")
    worst = 1.0
    for finding, name in PLANTED.items():
        expected = {pseudonym(person): person for person in _people(truth[name])}
        listed = rows[rows["finding"] == finding].set_index("worker")
        right = [worker for worker in listed.index if worker in expected]
        precision = len(right) / len(listed) if len(listed) else float("nan")
        recall = len(right) / len(expected)
        honest = [
            n["person"] for n in truth[name].get("honest_neighbours", ()) if pseudonym(n["person"]) in listed.index
        ]
        days = ", ".join(f"{listed['n_found'][w]} of {listed['n_days_out'][w]} days" for w in right)
        print(f"{finding:9} planted {len(expected)}, listed {len(listed)}, precision {precision:.2f}, recall {recall:.2f}; "
              f"{days or '-'}; honest neighbours listed: {len(honest)}")  # fmt: skip
        worst = min(worst, precision if precision == precision else 0.0, recall)
    worst = min(worst, _silent(town, truth["unpatrolled"], rows))
    print(f"far       listed {(rows['finding'] == 'far').sum()}, not judged")
    return int(worst < 0.9)


def _people(told: dict[str, Any]) -> list[str]:
    return list(told["persons"]) if "persons" in told else [told["person"]]


def _silent(town: gg.Town, told: dict[str, Any], rows: Any) -> float:
    """The grid that nobody walked: found by its days in a row, its device by its silence."""
    last = town.ask("unpatrolled", by="grid", as_of=told["last_day"]).frame.set_index("grid_code")
    found = told["grid"] in last.index
    days = int(last["row_days"][told["grid"]]) if found else 0
    ahead = int((last["row_days"] > days).sum()) if found else len(last)
    print(f"unpatrolled: {told['grid']} {'found' if found else 'NOT found'}, {days} days in a row as of {told['last_day']}, "
          f"{ahead} grids ahead of it")  # fmt: skip
    silent = rows[rows["finding"] == "silent"]
    in_grid = silent[silent["grid_code"] == told["grid"]]
    other = len(silent) - len(in_grid)
    print(f"silent    listed {len(silent)}, of the grid that nobody walked {len(in_grid)}, others {other}")
    return 1.0 if found and len(in_grid) and other == 0 else 0.0


if __name__ == "__main__":
    sys.exit(main())
