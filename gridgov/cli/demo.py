"""gridgov demo: simulate the demo town and load it, where nothing is loaded yet."""

import json
import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from gridgov.settings import settings

MONTHS = 25
TRACK_DAYS = 90
FIRST_SEEN = ("coverage", "idle_surface", "blind_spots")
"""Asked once after the load, so that what they need is compiled then and not before the first reader's eyes."""


def demo(
    months: Annotated[int, typer.Option(help="Calendar months to simulate; fewer are quicker.")] = MONTHS,
    seed: Annotated[int, typer.Option(help="The same seed makes the same town.")] = 1,
    track_days: Annotated[
        int, typer.Option(help="Days of patrols at the end, most of the rows there are; 0 leaves them out.")
    ] = TRACK_DAYS,
) -> None:
    """Bring the database to this version and, where no other town is loaded, simulate the demo town and load it.

    What an interrupted run has left is taken up: files are written anew unless all are there, loads that are done say so.
    """
    from gridgov.questions import open_town, town_codes
    from gridgov.simulate.scenario import read_scenario
    from gridgov.simulate.town import simulate
    from gridgov.store import migrate

    out = Console(highlight=False)
    migrate.upgrade()
    folder = settings().state / "demo"
    done = settings().state / "demo.loaded"
    loaded = [code for code in town_codes() if open_town(code).ask("cases", limit=0).meta["n_total"]]
    if loaded and (done.exists() or not folder.exists()):
        out.print(f"Loaded already: {', '.join(loaded)}.")
        return
    began = time.monotonic()
    scenario = read_scenario("xiake", months=months, seed=seed)
    simulate(
        scenario,
        folder,
        track_days=track_days,
        progress=lambda what, s: out.print(f"Simulated {what}: {s:.1f} s", style="dim"),
    )
    simulated = time.monotonic()
    load_town(folder)
    if track_days:
        for question in FIRST_SEEN:
            open_town("xiake").ask(question)
    done.touch()
    loaded_at = time.monotonic()
    out.print(
        f"Simulated in {simulated - began:.0f} s, loaded in {loaded_at - simulated:.0f} s. The files lie in {folder}."
    )


def load_town(folder: Path) -> None:
    """Load a simulated town, file by file, as its simulated.json says."""
    from gridgov.cli.load import say, told
    from gridgov.pipelines.kinds import load
    from gridgov.sources.mapping import read_mapping

    for row in json.loads((folder / "simulated.json").read_text("utf-8"))["loads"]:
        with told() as progress:
            report = load(row["kind"], folder / row["file"], read_mapping(folder / row["mapping"]), progress)
        say(report)
