"""gridgov schedule: briefings on time."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from gridgov.errors import QuestionError

schedule = typer.Typer(help="Briefings on time: each period once, a missed one made up.", no_args_is_help=True)
out = Console(highlight=False, soft_wrap=True)

_Plan = Annotated[Path, typer.Option(help="The plan, a TOML file; `town` is one to begin with.")]


@schedule.command("due")
def due_(
    plan: _Plan,
    now: Annotated[str | None, typer.Option(help="As if it were this instant, such as 2026-11-23T08:00+08:00.")] = None,
) -> None:
    """Make and send what is due, for cron or systemd. Exit code 1 when anything is held."""
    from gridgov.scheduling.plan import read_plan
    from gridgov.scheduling.running import do_due

    found = do_due(read_plan(plan), _instant(now))
    for outcome in found:
        of = f"{outcome.key.series:<10} {outcome.key.period_on}  {outcome.key.scope:<14} {outcome.key.lang}"
        out.print(f"{outcome.status:<9} {of}{'  ' + outcome.reason if outcome.reason else ''}", markup=False)
    if not found:
        out.print("Nothing is due.")
    if any(outcome.reason for outcome in found):
        raise typer.Exit(1)


@schedule.command()
def run(plan: _Plan) -> None:
    """Keep running, and do what becomes due."""
    import logging

    from gridgov.scheduling.clockwork import run as run_on

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    run_on(str(plan))


@schedule.command("list")
def list_(
    plan: _Plan,
    status: Annotated[str | None, typer.Option(help="due, held, made or delivered.")] = None,
) -> None:
    """The issues so far, those due last first, with their reasons and SHA-256."""
    from gridgov.scheduling.plan import read_plan
    from gridgov.scheduling.running import listed

    rows = listed(read_plan(plan), status)
    for row in rows:
        of = f"{row['series']:<10} {row['period_on']}  {row['scope']:<14} {row['lang']}"
        told = row["reason"] or row["told"] or (row["sha256"] or "")[:12]
        briefing = f"  briefing {row['briefing_id']}" if row["briefing_id"] else ""
        out.print(f"{row['status']:<9} {of}{briefing}  {told}", markup=False)
    if not rows:
        out.print("There are none.")


def _instant(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise QuestionError(f"'{text}' is not an instant with its offset, such as 2026-11-23T08:00+08:00.")
    return at
