"""gridgov qgis: a QGIS project of a town."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from gridgov.vocabulary import language


def qgis(
    output: Annotated[
        Path, typer.Option("--output", "-o", help="The project, .qgz; its numbers are written beside it.")
    ],
    town: Annotated[str | None, typer.Option(help="Code of the town; not needed when there is only one.")] = None,
    lang: Annotated[str, typer.Option(help="zh or en.")] = "zh",
) -> None:
    """Write a QGIS project: open cases, checkpoints and grids from the database, numbers as the questions answer now."""
    from gridgov.exporting.qgis import qgis_project
    from gridgov.questions import open_town

    path = qgis_project(open_town(town), output, language(lang))
    Console(highlight=False, soft_wrap=True).print(f"{path} and {path.with_suffix('.gpkg')}")
