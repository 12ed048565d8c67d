"""gridgov load: files into the store."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from gridgov.errors import LoadError
from gridgov.pipelines.report import LoadReport, sentence

if TYPE_CHECKING:
    from gridgov.pipelines.loading import Progress as Told
    from gridgov.pipelines.looking import Look

err = Console(stderr=True)
_EVERY_S = 2
"""Seconds between two lines of progress where there is no terminal."""


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
    look: Annotated[
        bool, typer.Option("--look", help="Only look at the first rows: what the mapping finds. Nothing is loaded.")
    ] = False,
) -> None:
    """Load files: validated, located, merged in one transaction a file; every row is accounted for."""
    from gridgov.pipelines.kinds import load as load_file
    from gridgov.pipelines.looking import look as look_at
    from gridgov.sources.mapping import read_mapping

    parsed = read_mapping(mapping)
    if report is not None and not report.parent.is_dir():
        raise LoadError(f"The folder of the report, {report.parent}, does not exist. Nothing was loaded.")
    reports = []
    for file in files:
        if look:
            seen = look_at(kind.value, file, parsed)
            say_look(seen)
            reports.append(seen.as_dict())
            _write(report, reports, len(files))
            continue
        with told() as progress:
            done = load_file(
                kind.value, file, parsed, progress,
                valid_from=valid_from.date() if valid_from else None, replace=replace,
            )  # fmt: skip
        say(done)
        reports.append(done.as_dict())
        _write(report, reports, len(files))


def _write(file: Path | None, reports: list[dict[str, Any]], n_files: int) -> None:
    """The reports so far as JSON; of a single file it alone."""
    if file is not None:
        rows = reports[0] if n_files == 1 else reports
        file.write_text(json.dumps(rows, ensure_ascii=False, indent=2, default=str) + "\n", "utf-8")


def say_look(seen: "Look") -> None:
    """What was seen of a file, on standard output."""
    out = Console(soft_wrap=True, highlight=False)
    rows = "rows not counted yet" if seen.rows is None else f"{seen.rows:,} rows"
    head = f"{seen.file_name} ({seen.kind} of {seen.town}, {seen.format}): {rows}, {len(seen.columns)} columns"
    out.print(head, style="bold", markup=False)
    out.print(f"  datum: {seen.datum or '–'}, the file says: {seen.crs or '–'}", markup=False)
    if seen.begin_at is not None:
        out.print(f"  times: {seen.begin_at:%Y-%m-%d %H:%M} to {seen.end_at:%Y-%m-%d %H:%M} UTC", markup=False)
    out.print(f"  of the first {seen.looked:,} rows {seen.faulty:,} would be set aside", markup=False)
    for heading, counts in (("Reason", seen.reasons), ("Noticed", seen.noticed)):
        for what, n in counts.items():
            out.print(f"  {heading}: {n:,} x {what}", markup=False)


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
def told() -> Iterator["Told"]:
    """A progress bar on a terminal; elsewhere a plain line whenever something new begins, and every other second."""
    if not err.is_terminal:
        last, told_at = "", 0.0

        def line(doing: str, done: int, of: int | None) -> None:
            nonlocal last, told_at
            if doing != last or time.monotonic() - told_at >= _EVERY_S:
                last, told_at = doing, time.monotonic()
                far = f" {done:,}" + (f" of {of:,}" if of else "") if done else ""
                err.print(f"{doing}{far} ...", highlight=False)

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
