"""What a briefing says: its sections by kind and subject, each number from an answer, each sentence from a template.

A section is a heading and blocks that are plain data, so that a briefing can be kept and set again:
text (id, text), table (title, columns, rows, total), drawings (items), issues (items), pair (left, right).
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, Final

import geopandas as gpd

from gridgov.briefing import advice
from gridgov.briefing.desk import Kind, Row
from gridgov.briefing.pictures import (
    drawings,
    flow_by_month,
    map_of_coverage,
    map_of_overdue,
    registered,
    top_subcategories,
)
from gridgov.briefing.sheet import ENDINGS, MEASURES, OF_TOWN, OF_UNIT, Block, Section, Sheet, pair, texts
from gridgov.briefing.subjects import BRIEFED, Subject
from gridgov.briefing.words import Figure, joined, named, wording
from gridgov.exporting.cells import is_none
from gridgov.figures.text import number, tenths
from gridgov.questions import definition_of
from gridgov.questions.systems import TIMED
from gridgov.schema import COLUMNS, worded
from gridgov.vocabulary import Lang

_TOP: Final = 5
_FEW: Final = 8
_BESIDE: Final = 12
"""Rows that stand beside a map without becoming longer than it."""
_DAYS_FROM_H: Final = 96
_PLACES: Final = 15
"""Places that a list has at most."""
_LONG: Final = 3
"""Grids not patrolled for so many days are named."""


def sections(sheet: Sheet) -> list[Section]:
    """The sections of a briefing, in order; those that have nothing to say of a subject are left out."""
    wanted: dict[Kind, tuple[tuple[str, Callable[[Sheet], list[Block]]], ...]] = {
        "daily": (
            ("overall", _overall), ("coordination", _coordination), ("lists", _lists), ("patrol", _patrol),
            ("supervision", _supervision), ("notes", _notes),
        ),
        "weekly": (
            ("running", _running), ("structure", _structure), ("overdue", _overdue), ("hot", _issues), ("patrol", _patrol_map),
            ("followed", _followed), ("ahead", _ahead), ("parts", _parts), ("notes", _notes),
        ),
        "monthly": (
            ("running", _running), ("structure", _structure), ("overdue", _overdue), ("hotline", _hotline), ("hot", _issues),
            ("returning", _returning), ("patrol", _patrol_map), ("supervision", _supervision),
            ("followed", _followed), ("ahead", _ahead), ("parts", _parts), ("notes", _notes),
        ),
    }  # fmt: skip
    found = []
    for name, write in wanted[sheet.desk.kind]:
        blocks = write(sheet)
        for n, block in enumerate(texts(blocks), 1):
            if block["type"] == "text":
                block["id"] = f"{name}.{n}"
            for k, item in enumerate(block["items"] if block["type"] == "issues" else [], 1):
                item["id"] = f"{name}.{n}.{k}"
        if blocks:
            found.append({"id": name, "title": sheet.words["sections"][name], "blocks": blocks})
    return found


# ---------------------------------------------------------------------------------------------------------------------
# How it went


def _overall(sheet: Sheet) -> list[Block]:
    """The main numbers in a sentence, and when the period is not over that it is not."""
    names = OF_UNIT if sheet.of.of == "unit" else OF_TOWN
    figures = {name: sheet.figure(name) for name in (*names, "overdue_share")}
    blocks = [sheet.say("overall_unit" if sheet.of.of == "unit" else "overall_town", **figures)]
    if not sheet.desk.period["is_over"]:
        blocks.append(sheet.say("unfinished", as_of=sheet.desk.as_of))
    return blocks


def _running(sheet: Sheet) -> list[Block]:
    """The main numbers in a sentence and in a table with their neighbours."""
    blocks = _overall(sheet)
    names = OF_UNIT if sheet.of.of == "unit" else OF_TOWN
    figures = {name: sheet.figure(name) for name in names}
    shown = {name: figure for name, figure in figures.items() if not is_none(figure.values.get(""))}
    heads = sheet.words["table"]
    rows = [
        [sheet.words["measures"][name], *(figure.said(ending) for ending in ENDINGS)] for name, figure in shown.items()
    ]
    kind = sheet.desk.kind
    table = {
        "type": "table", "title": sheet.words["lists"]["numbers"],
        "columns": [
            heads["measure"], heads["now"][kind], heads["previous"][kind], heads["change"], heads["year_before"],
            heads["year_change"],
        ],
        "numbers": [False, True, True, True, True, True], "rows": rows, "total": len(rows), "is_main": True,
        "widths": [1, 0, 0, 0, 0, 0],
    }  # fmt: skip
    return [
        *blocks,
        *pair([table], top_subcategories(sheet), 0.65 if sheet.lang == "zh" else 0.7),
        *flow_by_month(sheet),
    ]


def _structure(sheet: Sheet) -> list[Block]:
    """What was registered: by where it came from, by category, by subcategory. Of a unit there is none: it has no unit yet."""
    if sheet.of.of == "unit":
        return _of_unit(sheet)
    blocks = []
    template = sheet.words["sentences"]["ranked_item"]
    for section, of in (("channels", "channel"), ("categories", "category"), ("subcategories", "subcategory")):
        items = [
            template.format(
                name=worded(of, row["name"], sheet.lang),
                n=sheet.value("n", row["n"]),
                share=sheet.value("share", row["share"]),
            )
            for row in registered(sheet, of)[:_TOP]
        ]
        if items:
            blocks.append(sheet.say(section, items=joined(items, sheet.lang)))
    return blocks or [sheet.say("nothing")]


def _of_unit(sheet: Sheet) -> list[Block]:
    """What was reported of what a unit answers for, by subcategory."""
    rows = sheet.desk.records("hot_issues", where={"unit": sheet.of.name})
    rows = sorted(rows, key=lambda row: (-row["n_reported"], row["subcategory"]))
    if rows:
        sheet.tells("hot_issues")
    template = sheet.words["sentences"]["listed_item"]
    items = [
        template.format(name=row["subcategory"], n=sheet.value("n_reported", row["n_reported"])) for row in rows[:_TOP]
    ]
    return [sheet.say("subcategories_of_unit", items=joined(items, sheet.lang))] if items else [sheet.say("nothing")]


# ---------------------------------------------------------------------------------------------------------------------
# Overdue, due, passed on


def _cases(sheet: Sheet, question: str, names: Sequence[str], most: int) -> Block | None:
    """The first cases of a list, with the unit and the next step; None where there are none."""
    rows = sheet.desk.listed(question, sheet.of)
    if not rows:
        return None
    sheet.tells(question)
    names = [name for name in names if name != "unit" or sheet.of.of != "unit"]
    shown = []
    for row in rows[:most]:
        known: Row = {name: None if is_none(value) else value for name, value in row.items()}
        due, late = known["due_at"], known.get("late_work_days")
        texts = {
            "case_no": known["case_no"],
            "subcategory": known["subcategory"],
            "place": known.get("address") or known.get("place_name") or known.get("grid_name"),
            "unit": known["unit"],
            "late": None if late is None else tenths(max(0.0, late)),
            "left": None if known.get("left_work_h") is None else tenths(known["left_work_h"]),
            "next_step": None if known["next_step"] is None else worded("next_step", known["next_step"], sheet.lang),
            "due_at": f"{due:%m-%d %H:%M}" if isinstance(due, datetime) else f"{due:%m-%d}",
        }
        shown.append([str(texts[name] or "–") for name in names])
    return sheet.table(question, names, shown) | {
        "total": len(rows), "shrinks": True, "is_cases": True, "list": definition_of(question).title.said(sheet.lang),
    }  # fmt: skip


_LATE: Final = ("subcategory", "place", "unit", "late", "next_step", "case_no")
_SOON: Final = ("subcategory", "place", "unit", "due_at", "left", "next_step", "case_no")


def _lists(sheet: Sheet) -> list[Block]:
    overdue = _cases(sheet, "overdue", _LATE, 10)
    return [overdue or sheet.say("overdue_none"), *_ahead(sheet)]


def _overdue(sheet: Sheet) -> list[Block]:
    """How much is overdue, where, what the longest are, and what units handed on to each other."""
    rows = sheet.desk.listed("overdue", sheet.of)
    n, part = sheet.figure("n_overdue"), sheet.figure("overdue_share")
    if rows:
        first = rows[0]
        told = {
            "subcategory": _text(first["subcategory"]),
            "unit": _text(first["unit"]),
            "late": tenths(first["late_work_days"]),
        }
        blocks = [sheet.say("overdue", n_overdue=n, overdue_share=part, **told)]
    else:
        blocks = [sheet.say("overdue_none")]
    passed, handed = _handed(sheet)
    drawing = map_of_overdue(sheet) if rows else None  # a map of nothing says no more than the sentence
    table = _cases(sheet, "overdue", _LATE, 30 if sheet.desk.kind == "monthly" else 12)
    left, right = [drawings([drawing])] if drawing else [], [table] if table else []
    if handed and table and len(handed["rows"]) + len(table["rows"]) > _BESIDE:  # the list has all the width
        return [*blocks, *passed, *pair(left, [handed], 0.42), *right]
    right = [*([handed] if handed else []), *right]
    is_short = sum(len(each["rows"]) for each in right) <= _FEW  # beside a short list a map may be small
    return [*blocks, *passed, *pair(left, right, 0.26 if is_short else 0.35 if sheet.lang == "zh" else 0.32)]


def _handed(sheet: Sheet) -> tuple[list[Block], Block | None]:
    """What units handed on to each other in a sentence, and of the month in a table: of the town, of a unit what it handed on."""
    if sheet.of.of == "village":
        return [], None

    def own(rows: list[Row]) -> list[Row]:
        return rows if sheet.of.of == "town" else [row for row in rows if row["from_unit"] == sheet.of.name]

    pairs, every = own(sheet.desk.records("handover", compare=None)), own(sheet.desk.records("handed"))
    if not pairs:
        return [sheet.say("handovers_none")], None
    rows = [
        [
            _text(row["from_unit"]),
            _text(row["to_unit"]),
            sheet.value("n_handovers", row["n_handovers"]),
            _text(row["main_reason"]),
        ]
        for row in pairs
    ]
    sheet.tells("handover")
    from_unit, to_unit, n, reason = rows[0]
    whole = sheet.value("n_handovers", len(every))
    said = [sheet.say("handovers", n_handovers=whole, from_unit=from_unit, to_unit=to_unit, n=n, reason=reason)]
    if sheet.desk.kind != "monthly":
        return said, None
    names = ("from_unit", "to_unit", "n_handovers", "main_reason")
    told = {"total": len(rows), "shrinks": True, "list": definition_of("handover").title.said(sheet.lang)}
    return said, sheet.table("handovers", names, rows[:_PLACES]) | told


def _text(value: Any) -> str:
    return "–" if is_none(value) else str(value)


def _ahead(sheet: Sheet) -> list[Block]:
    """What falls due next."""
    due = {name: sheet.read("due", name) for name in ("n_due_tomorrow", "n_due_later")}
    table = _cases(sheet, "at_risk", _SOON, 8 if sheet.desk.kind == "daily" else 10)
    told = {"n_at_risk": sheet.figure("n_at_risk"), "n_overdue": sheet.figure("n_overdue"), **due}
    n_grey = sheet.read("due", "n_grey")
    grey: Any = n_grey.values.get("")
    blocks = [sheet.say("ahead", **told)]
    if not is_none(grey) and grey > 0:
        blocks.append(sheet.say("ahead_grey", n_grey=n_grey))
    return [*blocks, *([table] if table else [])]


def _supervision(sheet: Sheet) -> list[Block]:
    names = (
        "n_supervised",
        "n_urged",
        "n_yellow_card",
        "n_red_card",
        "n_instructed",
        "n_cleared",
        "n_supervised_overdue",
    )
    return [sheet.say("supervision", **{name: sheet.read("supervision", name) for name in names})]


def _hotline(sheet: Sheet) -> list[Block]:
    """The six rates of the hotline."""
    names = ("signed_in_time_rate", "on_time_rate", "solved_rate", "satisfied_rate", "duplicate_rate", "returned_rate")
    rates = {name: sheet.read("hotline", name) for name in names}
    if all(is_none(rate.values.get("")) for rate in rates.values()):
        return [sheet.say("hotline_none")]
    return [sheet.say("hotline", **rates)]


def _returning(sheet: Sheet) -> list[Block]:
    """Where a trouble was reported again in the period after it had been closed: how often, and who answered for it."""
    whose: dict[str, Any] = {"scope": sheet.of.code} if sheet.of.of == "village" else {}
    if sheet.of.of == "unit":
        whose = {"where": {"unit": sheet.of.name}}
    rows = sheet.desk.records("repeat_places", **whose)
    if not rows:
        return [sheet.say("returning_none")]
    sheet.tells("repeat_places")
    several = sum(row["n_back"] > 1 for row in rows)
    n_back = sheet.value("n_back", sum(row["n_back"] for row in rows))
    told = {"n": number(len(rows)), "n_back": n_back, "several": number(several)}
    shown = [
        [
            _text(row["subcategory"]),
            _text(row["grid_name"] if is_none(row["address"]) else row["address"]),
            sheet.value("n_back", row["n_back"]),
            named(_text(row["units"]), sheet.lang),
            worded("is_open", row["is_open"], sheet.lang),
            _text(row["case_no"]),
        ]
        for row in rows[:_PLACES]
    ]
    names = ("subcategory", "place", "n_back", "units", "is_open", "case_no")
    more = {"total": len(rows), "shrinks": True, "list": definition_of("repeat_places").title.said(sheet.lang)}
    return [sheet.say("returning", **told), sheet.table("repeat_places", names, shown) | more]


# ---------------------------------------------------------------------------------------------------------------------
# Advice


def _issues(sheet: Sheet) -> list[Block]:
    return _advised(sheet) or [sheet.say("no_advice")]


def _coordination(sheet: Sheet) -> list[Block]:
    return _advised(sheet) or [sheet.say("no_coordination")]


def _advised(sheet: Sheet) -> list[Block]:
    found, about = (
        advice.advised(sheet.desk, sheet.of, sheet.lang),
        {rule.id: rule.about for rule in advice.rules().rules},
    )
    for item in found:
        sheet.tells(about[item["rule"]])
    return [{"type": "issues", "items": found}] if found else []


def _followed(sheet: Sheet) -> list[Block]:
    """What became of what was advised in the briefing before; where there is none it says so."""
    if sheet.last is None:
        return [sheet.say("followed_unknown")]
    about = {rule.id: rule.about for rule in advice.rules().rules}
    for each in sheet.last:
        if each["rule"] in about:
            sheet.tells(about[each["rule"]])
    told = advice.followed(sheet.desk, sheet.of, sheet.last, sheet.lang)
    return [{"type": "text", "id": "followed", "text": text} for text in told] or [sheet.say("followed_nothing")]


# ---------------------------------------------------------------------------------------------------------------------
# Patrols


def _patrol(sheet: Sheet) -> list[Block]:
    """How much was covered, and which grids nobody patrolled for days."""
    if sheet.of.of == "unit":
        return _patrol_of_unit(sheet)
    covered = sheet.figure("covered_share")
    if is_none(covered.values.get("")):
        return [sheet.say("patrol_none")]
    first = date.fromisoformat(sheet.desk.answer("coverage").meta["known_since"])
    is_whole = first <= date.fromisoformat(sheet.desk.period["begin"])
    since = [] if is_whole else [sheet.say("patrol_since", on=first.isoformat())]
    return [*since, sheet.say("patrol", covered_share=covered), _unpatrolled(sheet, first)]


def _patrol_of_unit(sheet: Sheet) -> list[Block]:
    """Of a squad its patrols; bodies have none. Of a unit with few people nothing is told."""
    row = next((row for row in sheet.desk.records("squads") if row["unit"] == sheet.of.code), None)
    if row is None:
        return []
    if is_none(row["n_people"]) or is_none(row["km"]):
        return [sheet.say("patrol_few")]
    sheet.tells("squads")
    names = ("n_people", "km", "covered_share")
    return [sheet.say("patrol_unit", **{name: sheet.value(name, row[name]) for name in names})]


def _days_of_tracks(sheet: Sheet, first: date) -> int:
    """How many days up to the end of the period tracks tell of; of what needs more of them nothing is known."""
    return (sheet.desk.last_day - first).days + 1


def _unpatrolled(sheet: Sheet, first: date) -> Block:
    n_days = _days_of_tracks(sheet, first)
    if n_days < _LONG:
        return sheet.say("unpatrolled_unknown", n=n_days)
    sheet.tells("unpatrolled")
    rows = [row for row in sheet.desk.listed("unpatrolled", sheet.of, by="grid") if row["row_days"] >= _LONG]
    template = sheet.words["sentences"]["unpatrolled_item"]
    items = [template.format(name=row["grid_name"], days=sheet.value("row_days", row["row_days"])) for row in rows]
    if not items:
        return sheet.say("unpatrolled_none")
    return sheet.say("unpatrolled", n=len(items), items=sheet.listed(items, _TOP))


def _patrol_map(sheet: Sheet) -> list[Block]:
    """The same with blind spots, on a map."""
    blocks = _patrol(sheet)
    if sheet.of.of == "unit" or len(blocks) < 2:
        return blocks
    sheet.tells("blind_spots")
    found = sheet.desk.answer("blind_spots")
    every = gpd.GeoDataFrame(found.frame)  # the largest first
    spots = every if sheet.of.of == "town" else every[every["grid_code"].map(sheet.desk.village_of) == sheet.of.code]
    template = sheet.words["sentences"]["blind_item"]
    items = [
        template.format(name=name, ha=number(m2 / 1e4), days=sheet.value("idle_days", days))
        for name, m2, days in spots[["grid_name", "m2", "idle_days"]].head(3).itertuples(index=False)
    ]
    n = sheet.value("n", len(spots))
    n_days = _days_of_tracks(sheet, date.fromisoformat(found.meta["known_since"]))
    if n_days < found.meta["days"]:
        blocks.append(sheet.say("blind_unknown", n=n_days))
    else:
        blocks.append(sheet.say("blind", n=n, items=joined(items, sheet.lang)) if items else sheet.say("blind_none"))
    drawing = map_of_coverage(sheet, spots)
    share = 0.42 if sheet.desk.kind == "monthly" else 0.33  # a weekly briefing has two pages
    return pair([drawings([drawing])], blocks, share) if drawing else blocks


# ---------------------------------------------------------------------------------------------------------------------
# Tables of parts, notes


def _parts(sheet: Sheet) -> list[Block]:
    """The town by village and by unit. The others have their own briefing."""
    return pair(_villages(sheet), _units(sheet), 0.5) if sheet.of.of == "town" else []


def _villages(sheet: Sheet) -> list[Block]:
    if len(sheet.desk.levels) < 2:
        return []
    level = sheet.desk.levels[1]
    names = ("reported", "per_1k", "due", "on_time_rate", "n_open", "n_overdue", "covered_share")
    rows = []
    for place in sheet.desk.records("backlog", by=level):
        if is_none(place["grid_code"]):
            continue
        part = Sheet(sheet.desk, Subject(place["grid_code"], place["grid_name"], "village", level=level), sheet.lang)
        rows.append([str(place["grid_name"]), *(_cell(part.figure(name)) for name in names)])
    rest = _rest(sheet, "elsewhere", level, names, lambda row: is_none(row["grid_code"]))
    return [sheet.table("villages", ("village", *names), [*rows, rest, _whole(sheet, names)])]


def _units(sheet: Sheet) -> list[Block]:
    """Bodies and squads, then whoever else has overdue cases."""
    names = ("taken", "unit_due", "unit_on_time_rate", "n_open", "n_overdue", "returned")
    heads = ("unit", "taken", "due", "on_time_rate", "n_open", "n_overdue", "returned")
    rows, listed = [], set()
    for unit in sheet.desk.units:
        part = Sheet(sheet.desk, Subject(unit["code"], unit["name"], "unit", kind=unit["kind"]), sheet.lang)
        overdue: Any = part.figure("n_overdue").values.get("")
        if unit["kind"] in BRIEFED or (unit["kind"] != "village" and not is_none(overdue) and overdue > 0):
            rows.append([str(unit["name"]), *(_cell(part.figure(name)) for name in names)])
            listed.add(unit["name"])
    rest = _rest(sheet, "others", "unit", names, lambda row: row["unit"] not in listed)
    return [sheet.table("units", heads, [*rows, rest, _whole(sheet, names)])] if rows else []


def _rest(sheet: Sheet, title: str, by: str, names: Sequence[str], is_rest: Callable[[Row], bool]) -> list[str]:
    """The row of a table for all groups that it does not list; of what does not add up over groups it says nothing."""
    cells = [sheet.words["table"][title]]
    for name in names:
        n = 0 if _adds_up(name) else None
        if n is not None:
            rest = [row[MEASURES[name][1]] for row in sheet.measured(name, by=by) if is_rest(row)]
            n = sum(int(value) for value in rest if not is_none(value))
        cells.append("–" if n is None else sheet.value("n", n))
    return cells


def _whole(sheet: Sheet, names: Sequence[str]) -> list[str]:
    """The last row of a table by groups: the town."""
    cells = [_cell(sheet.read(*MEASURES[name])) if _adds_up(name) or name in _OF_ALL else "–" for name in names]
    return [sheet.words["table"]["whole"], *cells]


def _adds_up(name: str) -> bool:
    question, column, _ = MEASURES[name]
    return column in COLUMNS and COLUMNS[column].unit == "count" and column not in definition_of(question).overlap


_OF_ALL: Final = {"on_time_rate", "unit_on_time_rate", "covered_share", "per_1k"}
"""Rates that are the same question of a group and of the town."""


def _cell(figure: Figure) -> str:
    value: Any = figure.values.get("")
    if is_none(value):
        return "–"
    return f"{value:,.2f}" if figure.column.endswith("_per_1k_residents") and value < 100 else figure.said()


def _notes(sheet: Sheet) -> list[Block]:
    """Which connected systems are silent, by name."""
    blocks = []
    for row in sheet.desk.records("systems"):
        if row["freshness"] not in ("stopped", "late") or not TIMED & set(str(row["kinds"]).split(",")):
            continue
        sheet.tells("systems")
        name = row[f"source_{sheet.lang}"]
        told = {"system": row["source"] if is_none(name) else name, "silent": _span(row["silent_h"], sheet.lang)}
        words = "silent" if row["freshness"] == "stopped" else "late_system"
        blocks.append(sheet.say(words, usual=_span(row["usual_h"], sheet.lang), **told))
    return blocks or [sheet.say("systems_fine")]


def _span(hours: float, lang: Lang) -> str:
    """Hours as people say them: from four days on in days.

    >>> _span(72, "zh"), _span(12_181, "zh"), _span(1, "en"), _span(600, "en")
    ('72小时', '508天', '1 hour', '25 days')
    """
    words = wording(lang)["spans"]
    n, unit = (round(hours), "hours") if hours < _DAYS_FROM_H else (round(hours / 24), "days")
    return str(words["hour" if unit == "hours" and n == 1 else unit].format(number(n)))
