"""gridgov ask: questions on the command line."""

import sys
from collections.abc import Iterable
from enum import StrEnum
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from gridgov.errors import QuestionError
from gridgov.vocabulary import Lang, language
from gridgov.whole import put, require_place

if TYPE_CHECKING:
    from gridgov.questions import Answer, Definition

_WIDTH_IN_FILES = 200  # columns of a table that no terminal cuts


class Format(StrEnum):
    """How an answer is written."""

    table = "table"
    json = "json"
    csv = "csv"
    geojson = "geojson"
    parquet = "parquet"
    xlsx = "xlsx"
    pdf = "pdf"
    gpkg = "gpkg"
    shp = "shp"


def ask(
    question: Annotated[str | None, typer.Argument(help="Id of a question, see --list.")] = None,
    town: Annotated[str | None, typer.Option(help="Code of the town; not needed when there is only one.")] = None,
    by: Annotated[
        list[str] | None, typer.Option(help="Count by this: a level of grids, unit, category, month ...")
    ] = None,
    scope: Annotated[str | None, typer.Option(help="Code of a grid: it and all below it.")] = None,
    as_of: Annotated[str | None, typer.Option(help="A statistical day (its end) or an instant.")] = None,
    known_at: Annotated[
        str | None, typer.Option(help="As the loads finished by this day or instant would have answered.")
    ] = None,
    since: Annotated[str | None, typer.Option(help="First statistical day.")] = None,
    until: Annotated[str | None, typer.Option(help="Last statistical day.")] = None,
    during: Annotated[
        str | None,
        typer.Option(help="A statistical period: month = the last full one, month:2026-10-15 = the one of that day."),
    ] = None,
    compare: Annotated[
        str | None, typer.Option(help="previous (环比), year_before (同比) or both, beside counts and rates.")
    ] = None,
    per: Annotated[
        str | None, typer.Option(help="By grids: counts per residents, households, firms, road_km, area_km2 ...")
    ] = None,
    where: Annotated[list[str] | None, typer.Option(help="Filter key=value; repeat a key for several values.")] = None,
    layer: Annotated[str | None, typer.Option(help="Layer of grids.")] = None,
    recast: Annotated[bool, typer.Option("--recast", help="Place all cases in the grids valid at as_of.")] = False,
    case: Annotated[str | None, typer.Option(help="Number of the case, where one is spoken of.")] = None,
    behind: Annotated[
        str | None, typer.Option(help="The cases a figure counts, as question.column: on_time.n_late_closed.")
    ] = None,
    days: Annotated[int | None, typer.Option(help="Blind spots: idle for so many days at least.")] = None,
    step_s: Annotated[float | None, typer.Option("--step-s", help="Playback: seconds between two positions.")] = None,
    session: Annotated[int | None, typer.Option(help="Id of the session that is spoken of.")] = None,
    worker: Annotated[str | None, typer.Option(help="Pseudonym of the person who is spoken of.")] = None,
    role: Annotated[str | None, typer.Option(help="person: to be answered about single persons.")] = None,
    purpose: Annotated[str | None, typer.Option(help="What for, in words; needed with --role person.")] = None,
    search: Annotated[str | None, typer.Option(help="Lists: case number, address or word.")] = None,
    sort: Annotated[list[str] | None, typer.Option(help="Lists: a column, -column downwards.")] = None,
    limit: Annotated[int | None, typer.Option(help="Lists: rows at most.")] = None,
    offset: Annotated[int, typer.Option(help="Lists: rows to skip.")] = 0,
    format: Annotated[
        Format | None, typer.Option("--format", "-f", help="Without it as the file ends, else a table.")
    ] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write to this file.")] = None,
    crs: Annotated[
        int | None, typer.Option(help="EPSG code of a .gpkg, .shp or .parquet: 4490, 4549, 4528 ...")
    ] = None,
    lang: Annotated[
        str | None, typer.Option(help="zh or en, of headings and words; without it tables are en, files for people zh.")
    ] = None,
    list_all: Annotated[bool, typer.Option("--list", help="Name every question.")] = False,
    explain: Annotated[bool, typer.Option("--explain", help="Print the definition, in both languages.")] = False,
) -> None:
    """Ask a question: the same numbers as on the screen, in the notebook and on paper."""
    from gridgov.questions import definition_of, definitions, open_town

    out = Console(soft_wrap=True, highlight=False)
    if list_all:
        out.print(listed(definitions().values()), markup=False)
        return
    if question is None:
        raise QuestionError(f"Name a question: {', '.join(definitions())}.")
    if explain:
        definition = definition_of(question)
        out.print(definition.explained("en"), definition.explained("zh"), sep="\n\n", markup=False)
        return
    given: dict[str, Any] = {
        "scope": scope, "as_of": as_of, "since": since, "until": until, "during": during, "compare": compare,
        "per": per, "where": _where(where or []), "layer": layer, "recast": recast, "search": search, "sort": sort,
        "limit": limit, "offset": offset, "known_at": known_at, "case": case, "behind": behind,
        "days": days, "step_s": step_s, "session": session, "worker": worker, "role": role, "purpose": purpose,
    }  # fmt: skip
    form = format or _by_ending(output)
    said = language(lang or ("en" if form is Format.table else "zh"))
    if output is not None:
        require_place(output)
    asked = open_town(town)
    answer = asked.ask(question, by=by, **given)
    total = None
    if by and form is Format.table and len(answer.frame) > 1:  # asked once more: rates of the whole are not sums
        whole = asked.ask(question, **given | {"layer": answer.meta["layer"], "per": None})
        total = whole if len(whole.frame) == 1 else None
    write(answer, form, output, said, total, crs)


def listed(definitions: "Iterable[Definition]") -> str:
    """The questions by what they speak of, in both languages."""
    heads = {"instant": "At an instant · 时点", "period": "Of a period · 时期", "list": "Lists · 清单"}
    lines: list[str] = []
    for kind, head in heads.items():
        lines += ["", head] if lines else [head]
        of_kind = sorted((d for d in definitions if d.kind == kind), key=lambda d: d.id)
        width = max((len(d.id) for d in of_kind), default=0)
        lines += [f"  {d.id:<{width}}  {d.title.zh} · {d.title.en}" for d in of_kind]
    return "\n".join([*lines, "", "gridgov ask QUESTION --explain: what it means · 口径"])


def _where(pairs: list[str]) -> dict[str, Any]:
    """key=value pairs; a key given twice has several values, an empty value means 'not given'."""
    found: dict[str, list[str | None]] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals:
            raise QuestionError(f"--where is key=value, not '{pair}'.")
        found.setdefault(key.strip(), []).append(value or None)
    return {key: values[0] if len(values) == 1 and values[0] is not None else values for key, values in found.items()}


def _by_ending(output: Path | None) -> Format:
    """The format a file's ending says; a table where there is no file, or its ending says nothing."""
    ending = "" if output is None else output.suffix.lower().removeprefix(".")
    return Format(ending) if ending in list(Format) else Format.table


def write(
    answer: "Answer",
    form: Format,
    output: Path | None,
    lang: Lang,
    total: "Answer | None" = None,
    crs: int | None = None,
) -> None:
    """Write an answer in a format, to a file (as `gridgov.save` does) or to standard output; a table with the total below."""
    if form in (Format.csv, Format.parquet, Format.xlsx, Format.pdf, Format.gpkg, Format.shp) and output is not None:
        from gridgov.exporting.saving import save

        save(answer, output, crs=crs, lang=lang, form=form.value)
        return
    if form in (Format.parquet, Format.xlsx, Format.pdf, Format.gpkg, Format.shp):
        raise QuestionError(f"{form.upper()} is for files: say where with -o answer.{form}.")
    if crs is not None:
        raise QuestionError(f"--crs is for .gpkg, .shp and .parquet; {form} is in degrees of WGS84.")
    if form is Format.table:
        from gridgov.cli.table import print_table  # it is wide, and the other formats do without

        wide = None if output is None and sys.stdout.isatty() else _WIDTH_IN_FILES
        drawn = StringIO()
        print_table(
            answer, total, lang, Console(file=sys.stdout if output is None else drawn, highlight=False, width=wide)
        )
        if output is not None:
            put(output, drawn.getvalue().encode())
        return
    if form is Format.csv:
        from gridgov.exporting import exported

        content = exported(answer, "csv", lang)
    else:
        content = f"{answer.to_json() if form is Format.json else answer.to_geojson()}\n".encode()
    if output is None:
        typer.echo(content, nl=False)
    else:
        put(output, content)
