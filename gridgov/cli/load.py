"""gridgov load: files into the store."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from gridgov.errors import LoadError
from gridgov.pipelines.loading import Progress as Told
from gridgov.pipelines.report import LoadReport, sentence

err = Console(stderr=True)


class Kind(StrEnum):
    """What a file can hold."""

    grids = "grids"
    places = "places"
    exposure = "exposure"
    incidents = "incidents"
    units = "units"
    catalogue = "catalogue"
    roster = "roster"
    events = "events"
    tracks = "tracks"
    maps = "maps"
    plans = "plans"
    devices = "devices"


def load(
    kind: Annotated[Kind, typer.Argument(help="What the files hold.")],
    files: Annotated[list[Path], typer.Argument(help="Files to load, one after the other.")],
    mapping: Annotated[str, typer.Option("--mapping", "-m", help="Mapping file, or the name of a shipped one.")],
    report: Annotated[Path | None, typer.Option(help="Write the reports as JSON to this file.")] = None,
    valid_from: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], help="Grids, catalogue, roster, plans, devices: the local day it holds from."
        ),
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Grids: correct the version of that day in its place.")
    ] = False,
) -> None:
    """Load files: validated, located, merged in one transaction a file; every row is accounted for."""
    from gridgov.pipelines.kinds import load as load_file
    from gridgov.sources.mapping import read_mapping

    parsed = read_mapping(mapping)
    if report is not None and not report.parent.is_dir():
        raise LoadError(f"The folder of the report, {report.parent}, does not exist. Nothing was loaded.")
    reports = []
    for file in files:
        with told() as progress:
            done = load_file(
                kind.value, file, parsed, progress,
                valid_from=valid_from.date() if valid_from else None, replace=replace,
            )  # fmt: skip
        say(done)
        reports.append(done.as_dict())
        if report is not None:
            rows = reports[0] if len(files) == 1 else reports
            report.write_text(json.dumps(rows, ensure_ascii=False, indent=2, default=str) + "\n", "utf-8")


def say(report: LoadReport) -> None:
    """The report for people, on standard output."""
    out = Console(soft_wrap=True, highlight=False)
    out.print(f"{report.file_name} ({report.kind} of {report.town}): {sentence(report)}", style="bold", markup=False)
    for note in report.notes:
        out.print(f"  {note}", markup=False)
    for heading, counts in (("Quarantined", report.reasons), ("Noticed", report.noticed)):
        for what, n in counts.items():
            out.print(f"  {heading}: {n:,} x {what}", markup=False)
    out.print(
        f"  {report.seconds:.1f} s, {report.peak_mb:,.0f} MB at most, load {report.run_id}", style="dim", markup=False
    )


@contextmanager
def told() -> Iterator[Told]:
    """A progress bar on a terminal; elsewhere a plain line whenever something new begins."""
    if not err.is_terminal:
        last = ""

        def line(doing: str, done: int, of: int | None) -> None:
            nonlocal last
            if doing != last:
                last = doing
                err.print(f"{doing} ...", highlight=False)

        yield line
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=err, transient=True) as bars:
        tasks: dict[str, object] = {}

        def show(doing: str, done: int, of: int | None) -> None:
            if doing not in tasks:
                tasks[doing] = bars.add_task(doing, total=of)
            bars.update(tasks[doing], completed=done, total=of)  # type: ignore[arg-type]

        yield show
