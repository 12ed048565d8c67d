"""gridgov quarantine: the rows that could not be loaded."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from gridgov.whole import put, require_place

quarantine = typer.Typer(
    help="Rows that could not be loaded: see them, take them away, try them again.", no_args_is_help=True
)
TownOption = Annotated[str | None, typer.Option("--town", help="Code of the town; not needed when there is only one.")]
SourceOption = Annotated[str | None, typer.Option("--source", help="Only rows of this source.")]


@quarantine.command("list")
def list_rows(town: TownOption = None, source: SourceOption = None, limit: Annotated[int, typer.Option()] = 50) -> None:
    """List the rows with their reasons."""
    from gridgov.pipelines.quarantine import waiting

    rows = waiting(town, source)
    out = Console(highlight=False)
    table = Table(
        "id", "source", "file", "row", "reasons", title=f"{len(rows):,} rows in quarantine", title_justify="left"
    )
    for row in rows.head(limit).itertuples():
        at = "–" if row.row_no != row.row_no or row.row_no is None else f"{int(row.row_no)}"
        table.add_row(str(row.id), *(Text(said) for said in (row.source, row.file_name, at, "; ".join(row.reasons))))
    out.print(table)
    if len(rows) > limit:
        out.print(f"... and {len(rows) - limit:,} more; `gridgov quarantine export` writes all of them.")


@quarantine.command("export")
def export(
    file: Annotated[Path, typer.Argument(help="The .csv or .jsonl to write.")],
    town: TownOption = None,
    source: SourceOption = None,
) -> None:
    """Write the rows, cells and reasons to a file, to be mended and loaded again."""
    from gridgov.pipelines.quarantine import export_rows

    n = export_rows(file, town, source)
    Console(highlight=False, soft_wrap=True).print(f"{n:,} rows written to {file}.")


@quarantine.command("retry")
def retry(
    mapping: Annotated[str, typer.Option("--mapping", "-m", help="The mapping, mended.")],
    report: Annotated[Path | None, typer.Option(help="Write the report as JSON to this file.")] = None,
) -> None:
    """Try the rows of a source again with a mended mapping."""
    from gridgov.cli.load import say, told
    from gridgov.pipelines.quarantine import retry_rows
    from gridgov.sources.mapping import read_mapping

    if report is not None:
        require_place(report)
    with told() as progress:
        done = retry_rows(read_mapping(mapping), progress)
    say(done)
    if report is not None:
        put(report, f"{json.dumps(done.as_dict(), ensure_ascii=False, indent=2, default=str)}\n".encode())


@quarantine.command("purge")
def purge(
    days: Annotated[int | None, typer.Option(help="Days since last seen; default GRIDGOV_QUARANTINE_DAYS.")] = None,
) -> None:
    """Delete rows whose retention is over."""
    from gridgov.pipelines.quarantine import purge_rows

    Console(highlight=False).print(f"{purge_rows(days):,} rows deleted.")
