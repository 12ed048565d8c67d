"""gridgov retention: raw positions are kept for a set time, then only what was counted from them."""

from typing import Annotated

import typer
from rich.console import Console


def retention(
    days: Annotated[
        int | None, typer.Option(min=0, help="Keep the raw positions of so many days; else as the rules say (90).")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be removed.")] = False,
) -> None:
    """Remove raw positions whose time is up, and the lines of their sessions; every figure counted from them stays."""
    from datetime import UTC, datetime

    from gridgov.pipelines.patrol_upkeep import retain

    out = Console(highlight=False, soft_wrap=True)
    found = retain(days, is_trial=dry_run, now=datetime.now(UTC))
    for kept in found:
        out.print(
            f"{kept.town}: {kept.n_fixes:,} positions before {kept.before} ({kept.n_files:,} files, "
            f"{kept.n_bytes / 1e6:,.1f} MB) and the lines of {kept.n_lines:,} sessions "
            f"{'would be' if dry_run else 'were'} removed.",
            markup=False,
        )
    if not found:
        out.print("No raw positions are that old.")
