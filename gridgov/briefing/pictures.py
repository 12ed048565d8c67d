"""The pictures of briefings: maps of what is overdue and of what was patrolled, bars and columns of what came in."""

from dataclasses import asdict
from datetime import date
from itertools import dropwhile
from typing import Any, Final

import geopandas as gpd

from gridgov.briefing.desk import Row
from gridgov.briefing.sheet import Block, Sheet
from gridgov.exporting.cells import is_none
from gridgov.figures.drawn import Drawing, area_map, bars, columns, with_spots

_SPOTS: Final = 100
"""Blind spots that a map shows at most: more of them are dust."""


def drawings(items: list[Drawing]) -> Block:
    """Pictures as a block."""
    return {"type": "drawings", "items": [asdict(item) for item in items]}


def _grids(sheet: Sheet, question: str, **given: Any) -> gpd.GeoDataFrame | None:
    """The finest grids of a subject with what a question says of them; None where the town has none."""
    levels = sheet.desk.levels
    if not levels:
        return None
    rows = sheet.desk.answer(question, by=levels[-1], compare=None, **given).frame
    if sheet.of.of == "village":
        rows = rows[rows["grid_code"].map(sheet.desk.village_of) == sheet.of.code]
    rows = rows[rows["grid_code"].notna()]
    return gpd.GeoDataFrame(rows) if len(rows) and "geom" in rows else None


def _outlines(
    sheet: Sheet, question: str, measure: str, **given: Any
) -> tuple[gpd.GeoDataFrame | None, dict[str, str]]:
    """The villages of the town with their names and numbers; of a village its grids with theirs."""
    levels = sheet.desk.levels
    if sheet.of.of == "village":
        rows = _grids(sheet, question, **given)
        if rows is None:
            return None, {}
        short = rows["grid_name"].str.replace(sheet.of.name, "", regex=False)
    elif len(levels) > 2:
        rows = gpd.GeoDataFrame(sheet.desk.answer(question, by=levels[1], compare=None, **given).frame)
        rows = rows[rows["grid_code"].notna()]
        short = rows["grid_name"]
    else:
        return None, {}
    names = {
        row["grid_code"]: f"{name} {_number(measure, row[measure])}".strip()
        for name, row in zip(short, rows.to_dict("records"), strict=True)
    }
    return rows, names


def _number(measure: str, value: Any) -> str:
    if is_none(value) or not value:
        return ""
    return f"{value:.0%}" if measure.endswith("_share") else f"{value:,.0f}"


def map_of_overdue(sheet: Sheet) -> Drawing | None:
    """The overdue cases of each grid at the end; hatched where cases are open and none has a deadline. None without grids."""
    given = {"where": {"unit": sheet.of.name}} if sheet.of.of == "unit" else {}
    grids = _grids(sheet, "backlog", **given)
    if grids is None:
        return None
    is_unknown = (grids["n_open"] > 0) & (grids["n_with_deadline"] == 0)
    grids = grids.assign(n_overdue=grids["n_overdue"].astype("Float64").mask(is_unknown))
    outlines, names = _outlines(sheet, "backlog", "n_overdue", **given)
    words = sheet.words["charts"]
    return area_map(
        grids, "n_overdue", words["overdue_map"], words["overdue_alt"].format(name=sheet.of.name), sheet.lang,
        outlines=outlines, names=names,
    )  # fmt: skip


def map_of_coverage(sheet: Sheet, spots: gpd.GeoDataFrame) -> Drawing | None:
    """How much of the land to patrol of each grid was covered, and the largest blind spots. None without grids."""
    grids = _grids(sheet, "coverage")
    if grids is None:
        return None
    outlines, names = _outlines(sheet, "coverage", "covered_share")
    words = sheet.words["charts"]
    drawn = spots.head(_SPOTS)
    drawing = area_map(
        grids, "covered_share", words["coverage_map"], words["coverage_alt"].format(name=sheet.of.name), sheet.lang,
        outlines=outlines, names=names, spots=drawn,
    )  # fmt: skip
    if drawn.empty:
        return drawing
    return with_spots(drawing, words["blind" if len(spots) == len(drawn) else "largest_blind"].format(n=len(drawn)))


def flow_by_month(sheet: Sheet) -> list[Block]:
    """What came in and what was closed over time; of the month only, a page has room for it."""
    if sheet.desk.kind != "monthly":
        return []
    if sheet.of.of == "unit":
        given: dict[str, Any] = {"where": {"unit": sheet.of.name}}
    else:
        given = {"scope": sheet.of.code} if sheet.of.of == "village" else {}
    begin = date.fromisoformat(sheet.desk.period["begin"])
    since = begin.replace(year=begin.year - 1).isoformat()
    taken = "n_taken" if sheet.of.of == "unit" else "n_reported"
    months = sheet.desk.records("flow", by="month", since=since, until=sheet.desk.as_of[:10], compare=None, **given)
    # Before its first case there are no months without cases, but months of which nothing is known.
    known = dropwhile(lambda row: not (row[taken] or row["n_closed"]), months)
    rows = [(f"{row['period_on']:%y-%m}", [float(row[taken]), float(row["n_closed"])]) for row in known]
    if not rows:
        return []
    words = sheet.words["charts"]
    drawing = columns(
        rows, words["flow"], words["flow_alt"].format(name=sheet.of.name), [words["reported"], words["closed"]], 220
    )
    return [drawings([drawing])]


def registered(sheet: Sheet, section: str) -> list[Row]:
    """What was registered in a section of the bulletin, the most first."""
    rows = sheet.desk.part("bulletin", sheet.of)
    return [row for row in rows if row["section"] == section and row["item"] == "registered" and row["n"] > 0]


def top_subcategories(sheet: Sheet) -> list[Block]:
    """The subcategories registered most, beside the period before; of a unit none, see `_structure`."""
    part = [] if sheet.of.of == "unit" else registered(sheet, "subcategory")[:8]
    if not part:
        return []
    words, heads = sheet.words["charts"], sheet.words["table"]
    shown = [
        (
            str(row["name"]), float(row["n"]), None if is_none(row["n_previous"]) else float(row["n_previous"]),
            sheet.value("n", row["n"]),
        )
        for row in part
    ]  # fmt: skip
    beside = (heads["now"][sheet.desk.kind], heads["previous"][sheet.desk.kind])
    return [drawings([bars(shown, words["categories"], words["categories_alt"].format(name=sheet.of.name), beside)])]
