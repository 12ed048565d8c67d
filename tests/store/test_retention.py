"""Raw positions go, answers stay: every question on patrols says the same before and after `gridgov retention`."""

import random
from datetime import UTC, date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import gridgov as gg
from gridgov.pipelines import patrol_upkeep
from gridgov.pipelines.patrol_upkeep import Kept
from gridgov.store import lake
from tests.store.test_ground import load_map, road
from tests.store.test_plans import checkpoint, load_list, route
from tests.support import city, load_city, new_code, point, query, square
from tests.support_ledgers import case, load_cases
from tests.support_tracks import load_fixes, local, patrols, walk

FIRST = date(2026, 3, 23)
N_DAYS = 14
LAST = FIRST + timedelta(N_DAYS - 1)
HEAD = ("no", "at", "state", "track", "channel", "x", "y")
PERSON = {"role": "person", "purpose": "a test"}
WINDOW = {"since": FIRST, "as_of": LAST}
ASKED: list[tuple[str, dict[str, Any]]] = [
    *((question, {**WINDOW, "by": by}) for question in ("coverage", "mileage", "effort") for by in (None, "grid", "district")),
    ("coverage", {**WINDOW, "by": ["week", "grid"]}),
    ("coverage", {**WINDOW, "by": ["day", "district"]}),
    *((question, {"as_of": LAST, "by": by}) for question in ("recency", "unpatrolled") for by in (None, "grid", "district")),
    ("blind_spots", {"as_of": LAST}),
    ("need_gap", {**WINDOW, "by": "grid"}),
    *((question, {**WINDOW, "by": "grid"}) for question in ("checkpoints", "plan_adherence", "visits", "revisits")),
    ("checkpoints_missed", WINDOW),
    ("attendance", WINDOW),
    ("patrol_sessions", WINDOW),
    ("patrol_sessions", {**WINDOW, **PERSON}),
    ("patrol_integrity", {**WINDOW, **PERSON}),
    *(("missed", {**WINDOW, "by": by}) for by in (None, "grid")),
]  # fmt: skip
"""What is answered by what is kept of days."""


@pytest.fixture
def town(database: str, tmp_path: Path) -> gg.Town:
    """A town with a map, a plan, cases, and two weeks of patrols by three people."""
    code, chance = new_code(), random.Random(8)
    load_city(tmp_path, code)
    load_map(tmp_path, code, [road((0, y + 0.5), (3, y + 0.5), width=40) for y in range(3)])
    load_list("checkpoints", tmp_path, code, [checkpoint(f"P{k}", k + 0.5, 0.5, grid=f"1{k + 1}") for k in range(3)])
    load_list("routes", tmp_path, code, [route("R", (0.1, 0.5), (0.9, 0.5), grid="11")])
    rows, cases = [], []
    for day in range(N_DAYS):
        for device, row in (("a", 0), ("b", 1), ("c", 2)):
            if chance.random() < 0.8:
                begin = local(FIRST + timedelta(day), 9)
                rows += walk(
                    device, begin, 90, start=(0.3 + chance.random(), row + 0.5), step=(4, 0), person=device, mode="walk"
                )
                x, y = point(chance.uniform(0.3, 2), row + 0.5 + chance.choice([0, 0.001, 0.3]))
                channel = chance.choice(["worker", "hotline"])
                cases.append(
                    case(
                        f"C{day}{device}", begin + timedelta(minutes=chance.choice([5, 90])), channel=channel, x=x, y=y
                    )
                )
    load_fixes(tmp_path, code, rows)
    load_cases(tmp_path, code, cases, HEAD)
    return gg.open(code)


def kept_text(answer: gg.Answer) -> str:
    """A frame as text, without what goes with the raw positions: the line of a session, and that it is there."""
    frame = answer.frame
    gone = ["geom", "is_line_kept"] if answer.definition.id == "patrol_sessions" else []
    return pd.DataFrame(frame).drop(columns=gone, errors="ignore").to_csv()


def answers(town: gg.Town) -> dict[str, str]:
    """What each question of ASKED says."""
    return {f"{question} {how}": kept_text(town.ask(question, **how)) for question, how in ASKED}


@pytest.mark.parametrize("days", [0, 5])
def test_every_answer_stays(town: gg.Town, days: int) -> None:
    names = ("swept", "swept_day", "patrol_day", "last_visit", "patrol_finding", "patrol_shape", "case_track")
    before, rows = answers(town), patrols(*names)
    assert all(rows[name] for name in ("swept", "swept_day", "patrol_day"))
    done = retain(days)
    assert sum(kept.n_fixes for kept in done) > 0
    assert len(list((lake.folder() / town.code).rglob("day_on=*/*.parquet"))) == days
    assert answers(town) == before
    assert patrols(*names) == rows
    lines = query("SELECT count(geom) AS n FROM gridgov.patrol_session WHERE day_on < %s", LAST - timedelta(days - 1))
    assert lines["n"][0] == 0


def test_a_case_is_not_checked_where_nobody_knows_the_way(town: gg.Town, tmp_path: Path) -> None:
    """What was told of cases stays with them; a case that comes, or is moved, when the tracks are gone cannot be checked."""
    whole = patrols("case_track")["case_track"]
    row = query(
        "SELECT case_no, reported_at, ST_X(geom) AS x, ST_Y(geom) AS y FROM gridgov.case_record ORDER BY 2"
    ).iloc[0]
    at = row["reported_at"].tz_convert("Asia/Shanghai")
    retain(0)

    def told_of(no: str, x: float, **more: Any) -> list[str]:
        load_cases(tmp_path, town.code, [case(no, at, channel="hotline", x=x, y=row["y"], **more)], HEAD)
        return patrols("case_track")["case_track"]

    assert told_of("late", row["x"]) == whole
    assert told_of(row["case_no"], row["x"], state="out") == whole
    assert sorted({*whole} - {*told_of(row["case_no"], row["x"] + 0.001)}) == [
        each for each in whole if repr(row["case_no"]) in each
    ]


def retain(days: int) -> list[Kept]:
    """Retention as on the day after the last."""
    return patrol_upkeep.retain(days, now=local(LAST + timedelta(1), 0.5).astimezone(UTC))


def test_a_correction_of_the_grids_leaves_closed_days_in_them(town: gg.Town, tmp_path: Path) -> None:
    """Grids that take the place of others have what was counted in those of their code, also of days that are closed."""
    window = {"since": FIRST, "until": LAST - timedelta(1), "as_of": LAST, "by": "grid"}
    names = ["grid_code", "minutes", "km", "n_days"]
    retain(0)
    before = pd.DataFrame(town.ask("coverage", **window).frame)[names]
    shapes = city() | {"33": square(2, 2, 0.99, 0.99)}
    load_city(tmp_path, town.code, shapes, replace=True)
    pd.testing.assert_frame_equal(pd.DataFrame(town.ask("coverage", **window).frame)[names], before)
    assert before["minutes"].sum() > 0
