"""Every question there is: defined, versioned, readable, and its numbers keep what its definition promises.

The laws are read from the definitions themselves (sums, rates, overlap), so that a question added later is tested too.
"""

import inspect
import random
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import gridgov as gg
from gridgov.errors import QuestionError
from gridgov.pipelines.kinds import load
from gridgov.questions import Answer, Town, definition_of, definitions
from gridgov.questions.asking import plain_dimensions
from gridgov.questions.town import _READ
from gridgov.schema import COLUMNS
from gridgov.vocabulary import CHANNELS, TRACKS
from tests.conftest import Shared
from tests.store.test_ground import load_map, road
from tests.store.test_plans import checkpoint, load_list, route
from tests.support import load_city, load_exposure, point, register_mapping, write_rows
from tests.support_ledgers import BEGIN, Row, case, event, history, load_cases, load_events, report_of, stamp
from tests.support_tracks import load_fixes, walk

PARTS = ("title", "formula", "numerator", "denominator", "basis", "exclusions", "zero", "adds_up")
LEVELS = ("town", "district", "grid")
SINCE, AS_OF = BEGIN.date() - timedelta(5), BEGIN.date() + timedelta(24)
HEAD = ("no", "at", "closed", "due", "state", "track", "what", "which", "unit", "line", "channel", "urgent", "twice",
        "place", "x", "y")  # fmt: skip
ONE_CASE = ("course", "passed_by", "place_history", "responsible")
NEEDED: dict[str, dict[str, Any]] = {"playback": {"scope": "11"}} | {name: {"case": "N3"} for name in ONE_CASE}
"""Arguments without which a question cannot be asked."""

NO_PARTS = {"closed_share", "within_1_share", "within_3_share", "within_5_share", "time_share", "common_rate",
            "never_share", "outside_share"}  # fmt: skip
"""Columns 0..1 that no two columns make: estimated with open cases kept in, shares of hours, the rate of all, shares of cells."""

ALONE = {"hierarchy", "exposure", "loads", "systems"}
"""Questions that have something to say of a town without cases."""


@pytest.fixture(scope="module")
def loaded(shared: Shared) -> None:
    """A town that has all that can be asked by, one that has grids only, and one that has nothing."""
    folder = shared.folder
    load_city(folder, "full")
    load_city(folder, "grids")
    people = [{"grid": f"{r}{c}", "on": "2026-01-01", "people": 100 * r + c} for r in (1, 2, 3) for c in (1, 2, 3)]
    load_exposure(folder, "full", people, ("grid", "on", "people"))
    _load_cases(folder)
    _load_patrols(folder)
    _load_posts(folder)


def _load_cases(folder: Path) -> None:
    chance = random.Random(7)
    lives = {f"N{k}": history(f"N{k}", 900 + k) for k in range(150)} | {
        f"B{k}": _passed_on(f"B{k}", k) for k in range(10)
    }
    rows = []
    for k, (no, life) in enumerate(lives.items()):
        rows.append(case(no, report_of(life), **_about(chance, k)))
    for k in range(60):  # solved on the spot, and flat rows of which only begin and end are known
        at = BEGIN + timedelta(hours=chance.randrange(600))
        closed = at + timedelta(hours=chance.randrange(1, 90))
        row = case(f"F{k}", at, due=stamp(at + timedelta(hours=48)), **_about(chance, k))
        row |= {"state": "closed", "closed": stamp(closed)} if k % 3 else {}
        rows.append(row | {"track": chance.choice([*TRACKS, ""])})
    assert load_cases(folder, "full", rows, HEAD).loaded == 220
    load_events(folder, "full", [row for life in lives.values() for row in life])


def _load_patrols(folder: Path) -> None:
    """A map, a plan, and somebody on the way in two of three rows of squares on most days of six weeks."""
    load_map(folder, "full", [road((0, y + 0.5), (3, y + 0.5), width=40) for y in range(3)])
    load_list("checkpoints", folder, "full", [checkpoint(f"P{k}", k + 0.5, 0.5, grid=f"1{k + 1}") for k in range(3)])
    load_list(
        "routes", folder, "full", [route(f"R{k}", (0.1, k + 0.5), (0.9, k + 0.5), grid=f"{k + 1}1") for k in range(3)]
    )
    chance = random.Random(3)
    rows = []
    for day in range(42):
        begin = BEGIN.replace(hour=0) + timedelta(days=day - 20)
        for device, row in (("a", 0), ("b", 1)):
            if chance.random() < 0.7:
                start = (2.5 * chance.random(), row + 0.5)
                rows += walk(
                    device, begin + timedelta(hours=9), 60, start=start, step=(3, 0), person=device, mode="walk"
                )
    load_fixes(folder, "full", rows)


def _load_posts(folder: Path) -> None:
    """One leader of three grids, workers of some, and posts that nobody holds."""
    columns = {"grid_code": "grid", "role": "role", "person": "who", "unit": "unit"}
    rows = [
        {"grid": f"{r}{c}", "role": "网格长", "who": f"leader {r}", "unit": "A"} for r in (1, 2, 3) for c in (1, 2, 3)
    ]
    rows += [{"grid": f"1{c}", "role": "网格员", "who": "" if c == 2 else f"worker {c}", "unit": ""} for c in (1, 2, 3)]
    mapping = register_mapping("roster", "full", columns)
    load(
        "roster", write_rows(folder / "posts.csv", rows, tuple(columns.values())), mapping, valid_from=date(2026, 1, 1)
    )


def _passed_on(no: str, k: int) -> list[Row]:
    """A case that goes from A to B, and to A again or to C, is done and comes back."""
    steps = [
        ("reported", ""),
        ("registered", ""),
        ("dispatched", "A"),
        ("returned", "A"),
        ("dispatched", "B"),
        ("urged", "B"),
    ]
    steps += [("returned", "B"), ("dispatched", "AC"[k % 2]), ("signed", ""), ("assigned", ""), ("handling", "")]
    steps += [(what, "") for what in ("handled", "checking", "checked", "closed", "reopened")]
    return [
        event(no, what, BEGIN + timedelta(hours=5 * n + k), unit=unit, why="no") for n, (what, unit) in enumerate(steps)
    ]


def _about(chance: random.Random, k: int) -> dict[str, Any]:
    x, y = [("", ""), (120.9, 31.1)][k % 2] if k % 9 == 0 else point(3 * chance.random(), 3 * chance.random())
    what = chance.choice(["road", "water", ""])
    return {
        "what": what, "which": f"{what} {chance.randrange(3)}" if what else "", "unit": chance.choice(["A", "B", "D", ""]),
        "line": chance.choice(["roads", "parks", ""]), "channel": chance.choice([*CHANNELS, "12345热线", ""]),
        "urgent": chance.choice(["yes", "no", ""]), "twice": chance.choice(["yes", "no", "no"]),
        "place": chance.choice(["market", ""]), "x": x, "y": y,
    }  # fmt: skip


@pytest.fixture
def asked(loaded: None) -> Town:
    """The town that has everything."""
    return gg.open("full")


every = pytest.mark.parametrize("question", sorted(definitions()))
countable = pytest.mark.parametrize(
    "question", sorted(d.id for d in definitions().values() if "by" in d.takes and d.kind != "list")
)


def arguments(question: str, **more: Any) -> dict[str, Any]:
    """What a question is asked with here: a period with something in it."""
    takes = definition_of(question).takes
    given = {"as_of": AS_OF, "since": SINCE, **NEEDED.get(question, {}), **more}
    return {name: value for name, value in given.items() if name in takes}


# ------------------------------------------------------------------------------------------------------ definitions


@every
def test_it_is_defined_in_both_languages_and_has_a_reader(question):
    definition = definition_of(question)
    assert definition.id == question
    assert definition.version >= 1
    assert question in _READ
    for part in PARTS:
        both = getattr(definition, part)
        assert both.zh.strip(), part
        assert both.en.strip(), part
        assert re.search(r"[\u4e00-\u9fff]", both.zh), part
    for name in definition.columns:
        assert COLUMNS[name].zh.strip(), name
        assert COLUMNS[name].en.strip(), name
    assert len(set(definition.columns)) == len(definition.columns)
    assert set(definition.takes) <= set(inspect.signature(Town.ask).parameters)


@every
def test_what_its_sums_and_rates_name_are_its_columns(question):
    definition = definition_of(question)
    for law in [*definition.sums, *definition.rates]:
        assert len(law) >= 2
        names = {name for side in law for name in re.findall(r"\w+", side)}
        assert names <= set(definition.columns), names - set(definition.columns)
    rates = {name for name in definition.columns if COLUMNS[name].unit == "0..1"}
    told = {law[0] for law in definition.rates}
    if definition.kind != "list":
        assert set(definition.overlap) <= set(definition.columns)
    assert rates - told <= NO_PARTS, f"say in `rates` of which part and which whole {rates - told - NO_PARTS} are"


def test_every_reader_has_a_definition():
    assert set(_READ) == set(definitions())


# ---------------------------------------------------------------------------------------------------------- answers


def keeps_its_promises(answer: Answer) -> None:
    """Columns are defined, sums add up, rates are part by whole, null where it is 0 or a part unknown; no NaN."""
    definition, frame = answer.definition, pd.DataFrame(answer.frame)
    text = answer.to_json()
    assert not re.search(r"\bNaN\b|<NA>|\bNaT\b|Infinity", text)
    assert answer.meta["rules"] == "1"
    assert set(definition.columns) <= set(frame.columns)
    frame = frame.astype({name: "float64" for name in frame if name.startswith("n_")})
    for *parts, whole in definition.sums:
        assert np.allclose(sum(side(frame, part) for part in parts), side(frame, whole), equal_nan=True), (parts, whole)
    for name, part, whole in definition.rates:
        n, k = side(frame, whole), side(frame, part)
        rate = frame[name].astype("float64")
        is_told = (n > 0) & k.notna()  # what is not known is null, and so is its share
        assert rate.isna().equals(~is_told), name
        assert np.allclose(rate[is_told], (k / n)[is_told]), name
        assert (rate.dropna() >= 0).all(), name
    for name in frame:
        if name in COLUMNS and COLUMNS[name].unit == "count":
            assert (frame[name].dropna() >= 0).all(), name


def side(frame: pd.DataFrame, said: str) -> pd.Series:
    """A sum of columns, written `n_a + n_b` or `n_a + -n_c`."""
    return pd.DataFrame(frame).eval(said).astype("float64")


@every
def test_it_answers_with_nothing_but_its_name(asked, question):
    answer = asked.ask(question, **NEEDED.get(question, {}))
    keeps_its_promises(answer)
    assert answer.headed("zh").shape[0] == len(answer.frame)


@every
def test_it_answers_where_there_is_nothing(asked, question):
    for more in ({}, {"as_of": AS_OF}, {"as_of": AS_OF, "by": "grid"}, {"as_of": AS_OF, "by": "unit"}):
        given = {name: value for name, value in more.items() if name in definition_of(question).takes}
        try:
            answer = gg.open("grids").ask(question, **NEEDED.get(question, {}), **given)
        except QuestionError:
            assert question in NEEDED or question == "hotline" or refuses(question, given.get("by"))
            continue
        keeps_its_promises(answer)
        counts = [name for name in answer.frame if name.startswith("n_") and question not in ALONE]
        assert (answer.frame[counts].fillna(0) == 0).all().all()


def refuses(question: str, by: str | list[str] | None) -> bool:
    """True when a question may say that it cannot be asked by something: what happened has no state, people live in grids."""
    names = [by] if isinstance(by, str) else by or []
    if definition_of(question).about == "patrols":
        return not set(names) <= set(LEVELS)
    if question == "roster":
        return not set(names) <= {*LEVELS, "unit", "role"}
    of_grids = {
        "exposure",
        "effort",
        "forecast",
        "growth",
        "hot_issues",
        "need_gap",
        "overlaps",
        "patrol_integrity",
        "standouts",
    }
    if question in of_grids:
        return not set(names) <= set(LEVELS)
    return definition_of(question).kind == "period" and bool({"state", "stage", "light"} & set(names))


@countable
def test_by_whatever_it_is_asked_the_groups_add_up_to_the_whole(asked, question):
    definition = definition_of(question)
    whole = asked.ask(question, **arguments(question))
    keeps_its_promises(whole)
    totals = summed(whole)
    assert sum(totals.values()) > 0, "the town must have something of it, or nothing is tested"
    for by in (*plain_dimensions(), *LEVELS, ["unit", "category"], ["grid", "track"]):
        try:
            answer = asked.ask(question, by=by, **arguments(question))
        except QuestionError as error:
            assert refuses(question, by), f"{by}: {error}"
            continue
        keeps_its_promises(answer)
        keys = [plain_dimensions()[name].column if name in plain_dimensions() else "grid_code"
                for name in ([by] if isinstance(by, str) else by)]  # fmt: skip
        assert set(keys) <= set(answer.frame), keys
        own = [*keys, *(["place_status"] if "grid_code" in keys else []), *definition.keys]
        assert not pd.DataFrame(answer.frame).duplicated([name for name in own if name in answer.frame]).any(), by
        found = summed(answer)
        wrong = {n: (found[n], totals[n]) for n in totals if n not in definition.overlap and found[n] != totals[n]}
        assert not wrong, (by, wrong)


def summed(answer: Answer) -> dict[str, float]:
    """The counts of an answer over all its rows."""
    names = [n for n in answer.frame if n in COLUMNS and COLUMNS[n].unit in ("count", "signed count")]
    return {name: float(answer.frame[name].fillna(0).sum()) for name in names if name in answer.definition.columns}


@countable
def test_a_scope_is_the_sum_of_its_parts(asked, question):
    definition = definition_of(question)
    if "scope" not in definition.takes:
        return
    for scope in ("1", "3"):
        whole = summed(asked.ask(question, scope=scope, **arguments(question)))
        parts = [summed(asked.ask(question, scope=f"{scope}{k}", **arguments(question))) for k in (1, 2, 3)]
        for name in whole.keys() - set(definition.overlap):
            assert whole[name] == sum(part[name] for part in parts), name
    town = summed(asked.ask(question, scope="full", **arguments(question)))
    assert town == summed(asked.ask(question, **arguments(question)))


@countable
def test_a_filter_leaves_what_the_group_has(asked, question):
    definition = definition_of(question)
    if "where" not in definition.takes:
        return
    groups = asked.ask(question, by="category", **arguments(question))
    for what in ("road", "water", None):
        one = summed(asked.ask(question, where={"category": what}, **arguments(question)))
        same = groups.frame["category"].isna() if what is None else groups.frame["category"] == what
        for name in one.keys() - set(definition.overlap):
            assert one[name] == float(groups.frame.loc[same, name].fillna(0).sum()), (what, name)


@pytest.mark.parametrize("question", sorted(d.id for d in definitions().values() if "during" in d.takes))
def test_it_can_be_asked_of_a_statistical_period(asked, question):
    for during in ("day", "week", "month", f"month:{AS_OF}", ("week", AS_OF), "quarter", "year"):
        answer = asked.ask(question, **{**arguments(question), "since": None, "during": during})
        keeps_its_promises(answer)
        told = answer.meta["during"]
        first, last = date.fromisoformat(told["begin"]), date.fromisoformat(told["last"])
        if definition_of(question).kind == "instant":
            assert answer.as_of == min(last, AS_OF).isoformat()
        else:
            assert (answer.meta["since"], answer.meta["until"]) == (first.isoformat(), min(last, AS_OF).isoformat())


@pytest.mark.parametrize("question", sorted(d.id for d in definitions().values() if "compare" in d.takes))
def test_it_can_be_compared(asked, question):
    measured = [n for n in definition_of(question).columns if COLUMNS[n].unit in ("count", "0..1")]
    for by in ("unit", "grid", None):
        given = {**arguments(question, by=by), "since": None, "during": "week"}
        if refuses(question, by):
            continue
        answer = asked.ask(question, **given, compare="both")
        plain = asked.ask(question, **given)
        keeps_its_promises(answer)
        assert len(answer.frame) >= len(plain.frame)
        there = answer.meta["compared_with"]["previous"]
        assert there["is_known"]
        at = {name: there[name] for name in ("since", "until", "as_of") if name in there}
        if answer.meta.get("period"):  # a row a period, whether it was asked by one or not
            at["by"] = [answer.meta["period"], *([by] if by else [])]
        then = asked.ask(question, **{**given, "during": None, **at}).frame
        keys = [name for name in ("unit", "grid_code", "place_status", *definition_of(question).keys) if name in then]
        keys = [name for name in keys if name != "period_on"]  # those then are other periods
        for name in measured:
            assert answer.frame[name].fillna(0).sum() == pytest.approx(plain.frame[name].fillna(0).sum())
            assert told(answer.frame, keys, f"{name}_previous") == pytest.approx(told(then, keys, name)), name
            assert answer.frame[f"{name}_year_before"].isna().all()
            now, was = (answer.frame[column].astype("float64") for column in (name, f"{name}_previous"))
            change = now - was if COLUMNS[name].unit == "0..1" else (now - was) / was.where(was > 0)
            pd.testing.assert_series_equal(answer.frame[f"{name}_change"].astype("float64"), change, check_names=False)


def told(frame: pd.DataFrame, keys: list[str], name: str) -> dict[str, float]:
    """What a column says of each group, over all periods; groups that count 0 are left out, as they may not be there."""
    said: dict[str, float] = {}
    values = frame[name].astype("float64").fillna(0)
    for group, value in zip(frame[keys].astype(str).itertuples(index=False), values, strict=True):
        said[repr(group)] = said.get(repr(group), 0.0) + value
    return {group: value for group, value in said.items() if value}


@every
def test_its_definition_can_be_read(question):
    for lang in ("zh", "en"):
        said = definition_of(question).explained(lang)
        assert question in said
        lines = said.splitlines()
        assert len(lines) > len(PARTS)
        assert max(map(len, lines)) <= 140, max(lines, key=len)
