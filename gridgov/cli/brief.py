"""gridgov brief: briefings on paper, and their way from draft to signature."""

from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console

from gridgov.errors import QuestionError
from gridgov.whole import make_folder, put, require_place

if TYPE_CHECKING:
    from gridgov.briefing.archive import Kept
    from gridgov.briefing.making import Briefing
    from gridgov.briefing.paper import Signature

brief = typer.Typer(
    help="Briefings: made as drafts, reviewed, signed. Without a command one is made.", no_args_is_help=True
)
out = Console(highlight=False, soft_wrap=True)

_Town = Annotated[str | None, typer.Option(help="Code of the town; not needed when there is only one.")]
_File = Annotated[
    Path | None, typer.Option("--output", "-o", help="Write to this file: .pdf, .docx or .png (for phones).")
]
_Id = Annotated[int, typer.Argument(help="Id of a briefing, see `gridgov brief list`.")]
_By = Annotated[str, typer.Option("--by", help="Who does it; printed and kept.")]


@brief.callback(invoke_without_command=True)
def make(
    context: typer.Context,
    kind: Annotated[str | None, typer.Option(help="daily, weekly or monthly.")] = None,
    scope: Annotated[str | None, typer.Option(help="Code of a village or a unit; without it the town.")] = None,
    period: Annotated[str | None, typer.Option(help="A day in the statistical period, such as 2026-10-19.")] = None,
    lang: Annotated[str, typer.Option(help="zh or en.")] = "zh",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="A file: .pdf, .docx, .png. With --all a folder.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="The town, each village, body and squad.")] = False,
    preview: Annotated[bool, typer.Option("--preview", help="Only the file: nothing is kept in the archive.")] = False,
    town: _Town = None,
) -> None:
    """Make a briefing: a draft in the archive, and a file."""
    if context.invoked_subcommand is not None:
        return
    from gridgov.briefing.archive import keep, last_advice
    from gridgov.briefing.desk import KINDS, Desk
    from gridgov.briefing.making import written
    from gridgov.briefing.subjects import subject, subjects
    from gridgov.questions import open_town
    from gridgov.vocabulary import language

    if kind not in KINDS or period is None:
        raise QuestionError(f"Say --kind ({', '.join(KINDS)}) and --period (a day in it, such as 2026-10-19).")
    if preview and output is None:
        raise QuestionError("--preview is for a file: say where with -o.")
    if every and (scope is not None or output is None):
        raise QuestionError(
            "--all makes those of the town, each village, body and squad: say a folder with -o, and no --scope."
        )
    said = language(lang)
    if every and output is not None:
        make_folder(output)
    elif output is not None:
        _require_paper(output)
    desk = Desk(open_town(town), kind, _day(period))
    of = subjects(desk.town) if every else [subject(desk.town, scope)]
    jobs: list[Future[None]] = []
    with ThreadPoolExecutor(1) as papers:  # one is set while the next is asked for
        for each in of:
            made = written(desk, each, said, last_advice(desk, each, said))
            kept = None if preview else keep(desk.town, made)
            if output is not None:
                file = output / f"{kind}_{desk.period['begin']}_{each.code}_{lang}.pdf" if every else output
                jobs.append(papers.submit(_write, file, kept or made))
            out.print(_said(kept) if kept else f"{made.title}: {output}", markup=False)
        for job in jobs:
            job.result()


@brief.command("list")
def list_(
    kind: Annotated[str | None, typer.Option(help="daily, weekly or monthly.")] = None,
    scope: Annotated[str | None, typer.Option(help="Code of the town, a village or a unit.")] = None,
    status: Annotated[str | None, typer.Option(help="draft, reviewed or signed.")] = None,
    town: _Town = None,
) -> None:
    """The archive, the newest period first."""
    from gridgov.briefing.archive import listed
    from gridgov.questions import open_town

    rows = listed(open_town(town), kind=kind, scope=scope, status=status)
    for row in rows:
        signed = f"  {row['signed_by']}  {row['sha256'][:12]}" if row["signed_by"] else ""
        what = f"{row['kind']:<8} {row['period_on']}  {row['scope']:<14} {row['lang']}"
        out.print(f"{row['id']:>6}  {what}  edition {row['edition']}  {row['status']}{signed}", markup=False)
    if not rows:
        out.print("The archive has none of these.")


@brief.command()
def show(briefing: _Id, output: _File = None, town: _Town = None) -> None:
    """Its sentences with their ids, or with -o the paper; of a signed one the PDF that was signed."""
    from gridgov.briefing.archive import of_id
    from gridgov.questions import open_town

    if output is not None:
        _require_paper(output)
    kept = of_id(open_town(town), briefing)
    if output is not None:
        _write(output, kept)
    out.print(_said(kept), markup=False)
    for line in _steps(kept):
        out.print(line, markup=False)
    if output is None:
        for name, text in kept.texts().items():
            out.print(f"{name}  {text}", markup=False)


@brief.command()
def edit(
    briefing: _Id,
    text: Annotated[str, typer.Argument(help="Id of a sentence, see `gridgov brief show`.")],
    words: Annotated[str, typer.Argument(help="The sentence in other words, with the same figures.")],
    by: _By,
    town: _Town = None,
) -> None:
    """拟稿: edit the words of a draft; numbers are locked."""
    from gridgov.briefing import archive
    from gridgov.questions import open_town

    out.print(_said(archive.edit(open_town(town), briefing, text, words, by)), markup=False)


@brief.command()
def review(briefing: _Id, by: _By, town: _Town = None) -> None:
    """审核: close the words of a draft; by somebody who did not edit them."""
    from gridgov.briefing import archive
    from gridgov.questions import open_town

    out.print(_said(archive.review(open_town(town), briefing, by)), markup=False)


@brief.command("send-back")
def send_back(briefing: _Id, by: _By, town: _Town = None) -> None:
    """退回修改: make a draft again of what was reviewed; who had reviewed it is kept."""
    from gridgov.briefing import archive
    from gridgov.questions import open_town

    out.print(_said(archive.send_back(open_town(town), briefing, by)), markup=False)


@brief.command()
def sign(briefing: _Id, by: _By, output: _File = None, town: _Town = None) -> None:
    """签发: make the paper that goes out, and keep it; by somebody who neither edited nor reviewed it."""
    from gridgov.briefing import archive
    from gridgov.questions import open_town

    if output is not None:
        _require_paper(output)
    kept = archive.sign(open_town(town), briefing, by)
    if output is not None:
        _write(output, kept)
    out.print(_said(kept), markup=False)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise QuestionError(f"'{text}' is not a day such as 2026-10-19.") from None


def _said(kept: "Kept") -> str:
    made = kept.briefing
    return f"{kept.id}  {made.title} {made.period['said']}  edition {kept.edition}  {kept.status}"


def _steps(kept: "Kept") -> list[str]:
    """Who did what when, in the town's time, a line a step."""
    zone, signature = ZoneInfo(kept.briefing.zone), kept.signature
    drafted = [(f"{name} edited", edit["by"], edit["at"]) for name, edit in kept.edits.items() if "by" in edit]
    steps = [(step, by, datetime.fromisoformat(at)) for step, by, at in drafted]
    steps += [
        (f"sent back (reviewed by {sent['reviewed_by']})", sent["by"], datetime.fromisoformat(sent["at"]))
        for sent in kept.sent_back
    ]
    steps = [("made", "gridgov", kept.made_at), *sorted(steps, key=lambda step: step[2])]
    for step, name, at in (
        ("reviewed", signature.reviewed_by, signature.reviewed_at),
        ("signed", signature.signed_by, signature.signed_at),
    ):
        if name is not None and at is not None:
            steps.append((step, name, at))
    return [f"{at.astimezone(zone):%Y-%m-%d %H:%M}  {step} by {by}" for step, by, at in steps]


def _write(file: Path, what: "Kept | Briefing") -> None:
    """Write a briefing as the ending of the file says."""
    from gridgov.briefing.archive import SIGNED, Kept, signed_paper
    from gridgov.briefing.paper import DRAFT, paper
    from gridgov.briefing.word import docx
    from gridgov.questions import Town

    made: Briefing = what.briefing if isinstance(what, Kept) else what
    signature: Signature = what.signature if isinstance(what, Kept) else DRAFT
    ending = file.suffix.lower()
    if ending == ".pdf" and isinstance(what, Kept) and what.status == SIGNED:
        content = signed_paper(Town(made.town), what.id)
    elif ending == ".pdf":
        content = paper(made, signature)
    elif ending == ".png":
        content = paper(made, signature, "png")
    else:
        content = docx(made, signature)
    put(file, content)


def _require_paper(file: Path) -> None:
    """Raise QuestionError where no briefing ends so, DeliveryError where no file can be: before anything is kept."""
    if file.suffix.lower() not in (".pdf", ".docx", ".png"):
        raise QuestionError(f"A briefing is written as .pdf, .docx or .png, not as '{file.suffix or file.name}'.")
    require_place(file)
