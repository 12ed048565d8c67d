"""How fast the demo town is made: events and fixes a second, peak memory. `make bench WHAT=simulate ARGS="--scale 50"`.

There is no peer that makes such a town; the figures are of this machine. Compiling is left out: a first small town warms up.
"""

import argparse
import resource
import shutil
import tempfile
import time
from pathlib import Path

from gridgov.simulate.scenario import read_scenario
from gridgov.simulate.town import simulate


def main() -> None:
    """Make a town and print what each part took."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--months", type=int, default=25)
    parser.add_argument("--track-days", type=int, default=90)
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="gridgov-bench-"))
    try:
        simulate(read_scenario("xiake", months=1), folder / "warm", track_days=1)
        took: dict[str, float] = {}
        began = time.monotonic()
        scenario = read_scenario("xiake", months=asked.months, scale=asked.scale)
        truth = simulate(scenario, folder / "town", track_days=asked.track_days, progress=took.__setitem__)
        seconds = time.monotonic() - began
        size = sum(path.stat().st_size for path in (folder / "town").rglob("*") if path.is_file())
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    cases, events = truth["cases"]["cases"]["total"], truth["cases"]["events"]["total"]
    fixes = truth["patrols"]["fixes"]
    for part, s in took.items():
        print(f"{part:24} {s:8.1f} s")
    print(f"cases and events written {cases:12,} {events:12,}   {events / took['cases'] / 1e3:8.0f} k events/s")
    if fixes:
        print(f"fixes written            {fixes:12,}                {fixes / took['patrols'] / 1e6:8.2f} M fixes/s")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"in all {seconds:.1f} s, {size / 1e6:,.0f} MB of files, {peak:,.0f} MB of memory at most")


if __name__ == "__main__":
    main()
