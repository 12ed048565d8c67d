"""gridgov simulate: write a made-up town."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console


def simulate(
    out: Annotated[Path, typer.Option(help="Folder to write; new, empty, or an earlier simulated town.")],
    scenario: Annotated[str, typer.Option(help="Scenario of data/scenarios.")] = "xiake",
    months: Annotated[int, typer.Option(help="Calendar months, the last ones of the scenario.")] = 25,
    seed: Annotated[int, typer.Option(help="The same seed writes the same town.")] = 1,
    scale: Annotated[float, typer.Option(help="Times as many cases, people to handle them, and patrols.")] = 1.0,
    track_days: Annotated[int, typer.Option(help="Days at the end whose raw tracks are written.")] = 90,
) -> None:
    """Write a made-up town as the files a real one would publish, each with its mapping, and the truth in truth.json."""
    from gridgov.simulate.scenario import read_scenario
    from gridgov.simulate.town import simulate as write

    told = Console(highlight=False)
    made = read_scenario(scenario, months=months, seed=seed, scale=scale)
    write(made, out, track_days=track_days, progress=lambda what, s: told.print(f"  {what}: {s:.1f} s", style="dim"))
    told.print(
        f"{out}: {made.begin} to {made.first_of_month(made.months + 1)} (exclusive), see README.md there.", markup=False
    )
