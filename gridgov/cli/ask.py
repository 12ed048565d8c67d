"""gridgov ask: questions on the command line."""

import json
import sys
from contextlib import nullcontext
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from gridgov.errors import QuestionError
from gridgov.schema import heading
from gridgov.vocabulary import Lang

if TYPE_CHECKING:
    from gridgov.questions import Answer

_WIDTH_IN_FILES = 200  # columns of a table that no terminal cuts


class Format(StrEnum):
    """How an answer is written."""

    table = "table"
    json = "json"
    csv = "csv"
    geojson = "geojson"
    parquet = "parquet"


def ask(
    question: Annotated[str | None, typer.Argument(help="Id of a question, see --list.")] = None,
    town: Annotated[str | None, typer.Option(help="Code of the town; not needed when there is only one.")] = None,
    by: Annotated[
        list[str] | None, typer.Option(help="Count by this: a level of grids, unit, category, month ...")
    ] = None,
    scope: Annotated[str | None, typer.Option(help="Code of a grid: it and all below it.")] = None,
    as_of: Annotated[str | None, typer.Option(help="A day (its local end) or an instant.")] = None,
    known_at: Annotated[
        str | None, typer.Option(help="As the loads finished by this day or instant would have answered.")
    ] = None,
    since: Annotated[str | None, typer.Option(help="First local day.")] = None,
    until: Annotated[str | None, typer.Option(help="Last local day.")] = None,
    where: Annotated[list[str] | None, typer.Option(help="Filter key=value; repeat a key for several values.")] = None,
    layer: Annotated[str | None, typer.Option(help="Layer of grids.")] = None,
    recast: Annotated[bool, typer.Option("--recast", help="Place all cases in the grids valid at as_of.")] = False,
    case: Annotated[str | None, typer.Option(help="Number of the case, where one is spoken of.")] = None,
    search: Annotated[str | None, typer.Option(help="Lists: case number, address or word.")] = None,
    sort: Annotated[list[str] | None, typer.Option(help="Lists: a column, -column downwards.")] = None,
    limit: Annotated[int | None, typer.Option(help="Lists: rows at most.")] = None,
    offset: Annotated[int, typer.Option(help="Lists: rows to skip.")] = 0,
    format: Annotated[Format, typer.Option("--format", "-f")] = Format.table,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write to this file.")] = None,
    lang: Annotated[str, typer.Option(help="zh or en.")] = "en",
    list_all: Annotated[bool, typer.Option("--list", help="Name every question.")] = False,
    explain: Annotated[bool, typer.Option("--explain", help="Print the definition, in both languages.")] = False,
) -> None:
    """Ask a question: the same numbers as on the screen, in the notebook and on paper."""
    from gridgov.questions import definition_of, definitions, open_town

    out = Console(soft_wrap=True, highlight=False)
    if list_all:
        for definition in definitions().values():
            out.print(f"{definition.id:<12} {definition.title.en} / {definition.title.zh}", markup=False)
        return
    if question is None:
        raise QuestionError(f"Name a question: {', '.join(definitions())}.")
    if explain:
        definition = definition_of(question)
        out.print(definition.explained("en"), definition.explained("zh"), sep="\n\n", markup=False)
        return
    answer = open_town(town).ask(
        question, by=by, scope=scope, as_of=as_of, since=since, until=until, where=_where(where or []), layer=layer,
        recast=recast, search=search, sort=sort, limit=limit, offset=offset, known_at=known_at, case=case,
    )  # fmt: skip
    write(answer, format, output, "zh" if lang == "zh" else "en")


def _where(pairs: list[str]) -> dict[str, Any]:
    """key=value pairs; a key given twice has several values, an empty value means 'not given'."""
    found: dict[str, list[str | None]] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals:
            raise QuestionError(f"--where is key=value, not '{pair}'.")
        found.setdefault(key.strip(), []).append(value or None)
    return {key: values[0] if len(values) == 1 and values[0] is not None else values for key, values in found.items()}


def write(answer: "Answer", form: Format, output: Path | None, lang: Lang) -> None:
    """Write an answer in a format, to a file or to standard output."""
    if form is Format.parquet:
        if output is None:
            raise QuestionError("Parquet is for files: say where with -o answer.parquet.")
        answer.frame.to_parquet(output)
        return
    if form is Format.table:
        with output.open("w", encoding="utf-8") if output else nullcontext(sys.stdout) as file:
            wide = None if output is None and sys.stdout.isatty() else _WIDTH_IN_FILES
            _table(answer, lang, Console(file=file, highlight=False, width=wide))
        return
    text = {
        Format.json: lambda: answer.to_json() + "\n",
        Format.geojson: lambda: answer.to_geojson() + "\n",
        Format.csv: answer.to_csv,
    }[form]()
    if output is None:
        sys.stdout.write(text)
    else:
        output.write_text(text, "utf-8")


def _table(answer: "Answer", lang: Lang, console: Console) -> None:
    """The answer as a table for people: instants in the town's own time."""
    import pandas as pd

    definition = answer.definition
    stamp = f"{'数据截至' if lang == 'zh' else 'as of'} {answer.as_of}"
    title = f"{definition.title.said(lang)} · {answer.scope or answer.town} · {stamp}"
    table = Table(
        title=title, title_justify="left", caption=f"{definition.id} v{definition.version}", caption_justify="left"
    )
    brief = (
        definition.kind == "list" or definition.id == "hierarchy"
    )  # too wide for a table; the other formats hold all
    columns = [name for name in answer.frame if name != "geom" and (not brief or name in definition.columns)]
    shown = pd.DataFrame(answer.frame[columns]).rename(
        columns=lambda name: heading(name, lang) if lang == "zh" else name
    )
    zone = ZoneInfo(answer.meta["zone"])
    for name, column in shown.items():
        is_number = pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)
        table.add_column(str(name), justify="right" if is_number else "left", overflow="fold")
    for row in shown.itertuples(index=False, name=None):
        table.add_row(*(Text(_cell(value, zone)) for value in row))
    console.print(table)


def _cell(value: Any, zone: ZoneInfo) -> str:
    import pandas as pd

    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    if pd.isna(value):
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, pd.Timestamp):
        return f"{value.tz_convert(zone):%Y-%m-%d %H:%M}"
    if isinstance(value, float):
        return f"{value:,.0f}" if value.is_integer() else f"{value:,.2f}"
    return f"{value:,}" if isinstance(value, int) else str(value)
