"""Duplicates and repeats kept by loads: the same rows whatever order loads come in, or from nothing; right at any instant."""

import itertools
import random
from datetime import datetime, time, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pyproj
import pytest
from hypothesis import given
from hypothesis import strategies as st

import gridgov as gg
from gridgov.process import EVENTS
from gridgov.store import links
from gridgov.vocabulary import ENDED
from tests import support_ledgers as ledgers
from tests.support import examples, load_city, new_code, point, query
from tests.support_ledgers import BEGIN, COURSE, ZONE, Row, event, instant, load_cases, load_events, rebuild, stamp

HEAD = ("no", "at", "closed", "state", "track", "what", "which", "unit", "twice", "says", "address", "x", "y")
TEXTS = ("路灯不亮", "路灯不亮已三天", "路灯坏了不亮", "井盖破损", "", "道路积水")
GEOD = pyproj.Geod(ellps="WGS84")


# --- a town that is crowded in place, time and kind -----------------------------------------------------------------------


def crowd(n: int, seed: int, days: float = 3.0, columns: int = 12) -> tuple[list[Row], list[Row]]:
    """Cases within some hundred metres and some days, and their courses: closed, void, opened again, or still open."""
    chance = random.Random(seed)
    cases, events = [], []
    for k in range(n):
        at = BEGIN + timedelta(seconds=chance.randrange(int(days * 86_400)))
        x, y = point(1 + chance.randrange(columns) * 0.018, 1 + chance.randrange(4) * 0.02)
        what = chance.choice(["road", "road", "light", ""])
        row = {
            "no": f"N{k}", "at": stamp(at), "state": "reported", "track": "dispatched",
            "what": what, "which": f"{what} {chance.randrange(2)}" if what else "", "unit": chance.choice("AB"),
            "twice": chance.choice(["yes", "no", "no"]), "says": chance.choice(TEXTS),
            "address": chance.choice(["", "1 Mill Road", "2 Mill Road"]), "x": x, "y": y,
        }  # fmt: skip
        if chance.random() < 0.25:
            row |= {"x": "", "y": ""}
        if chance.random() < 0.1:
            row["track"] = chance.choice(["self_handled", "service", ""])
        if row["track"] == "dispatched":
            events += course(row["no"], at, chance)
        elif chance.random() < 0.7:
            row |= {"state": "closed", "closed": stamp(at + timedelta(hours=chance.randrange(1, 40)))}
        cases.append(row)
    return cases, sorted(events, key=lambda one: one["at"])


def course(no: str, at: datetime, chance: random.Random) -> list[Row]:
    """The way of a dispatched case, as far as it has gone; some are void, some opened again and closed again."""
    rows = [event(no, "reported", at)]
    if chance.random() < 0.1:
        return [*rows, event(no, "voided", at + timedelta(hours=1), why="not there")]
    for step in COURSE[: chance.choice([3, 9, 9, 9])]:
        at += timedelta(minutes=chance.randrange(1, 200))
        rows.append(event(no, step, at, unit="A"))
    if rows[-1]["what"] == "closed" and chance.random() < 0.3:
        at += timedelta(hours=chance.randrange(1, 30))
        rows.append(event(no, "reopened", at, why="not done"))
        for step in COURSE[1:] if chance.random() < 0.5 else []:
            at += timedelta(minutes=chance.randrange(1, 100))
            rows.append(event(no, step, at, unit="B"))
    return rows


def kept(town: str) -> dict[str, list[str]]:
    """The duplicates and closings that are kept of a town."""
    return ledgers.kept(town, "duplicate", "closing")


# --- a slow, obvious judge --------------------------------------------------------------------------------------------------


class Judge:
    """The same cases, looked at two by two."""

    def __init__(self, cases: list[Row], events: list[Row]) -> None:
        for row in cases:
            row["then"] = instant(row["at"])
        self.cases = sorted((c for c in cases), key=lambda c: (c["then"], c["no"]))
        self.ends: dict[str, list[tuple[datetime, datetime | None, str]]] = {c["no"]: [] for c in cases}
        for c in cases:
            if c["state"] == "closed":
                self.ends[c["no"]].append((instant(c["closed"]), None, "closed"))
        for row in events:
            ends, to = self.ends[row["no"]], EVENTS[row["what"]].to
            if to in ENDED and not (ends and ends[-1][1] is None):
                ends.append((instant(row["at"]), None, str(to)))
            elif row["what"] == "reopened":
                ends[-1] = (ends[-1][0], instant(row["at"]), ends[-1][2])
        self.pairs = [
            (a["no"], b["no"], b["then"]) for a, b in itertools.combinations(self.cases, 2) if self.is_pair(a, b)
        ]

    def end_at(self, no: str, at: datetime) -> tuple[datetime, str] | None:
        """The end with which a case stood at an instant, None = it was open."""
        for closed, again, how in self.ends[no]:
            if closed <= at and (again is None or at < again):
                return closed, how
        return None

    def is_pair(self, a: Row, b: Row) -> bool:
        if not (comparable(a) and comparable(b)) or a["what"] != b["what"]:
            return False
        if b["then"] - a["then"] > timedelta(hours=24) or self.end_at(a["no"], b["then"]):
            return False
        far, text, is_one = apart(a, b), likeness(a["says"], b["says"]), a["which"] == b["which"]
        if far is None:
            return False
        if far == "address":
            return is_one and text >= 0.3
        return far <= 50 and ((is_one and (far <= 20 or text >= 0.3)) or text >= 0.5)

    def problems(self, at: datetime) -> dict[str, str]:
        """The first report of the problem of every case reported until an instant."""
        head = {c["no"]: k for k, c in enumerate(self.cases) if c["then"] <= at}
        known = [(a, b) for a, b, then in self.pairs if then <= at]
        was = None
        while was != head:
            was = dict(head)
            for a, b in known:
                head[a] = head[b] = min(head[a], head[b])
        return {no: self.cases[k]["no"] for no, k in head.items()}

    def again(self, no: str, closed: datetime, at: datetime) -> datetime | None:
        """When the trouble of a case was first reported again after a closing, until an instant."""
        a = next(c for c in self.cases if c["no"] == no)
        for b in self.cases:
            if b is a or not comparable(b) or not closed <= b["then"] <= min(at, closed + timedelta(days=90)):
                continue
            far = apart(a, b)
            if (
                (a["what"], a["which"]) == (b["what"], b["which"])
                and far is not None
                and (far == "address" or far <= 50)
            ):
                return b["then"]
        return None


def comparable(c: Row) -> bool:
    return bool(c["what"] and (c["x"] or c["address"]) and c["track"] != "service")


def apart(a: Row, b: Row) -> float | str | None:
    if not a["x"] and not b["x"]:
        return "address" if a["address"] == b["address"] else None
    return float(GEOD.inv(a["x"], a["y"], b["x"], b["y"])[2]) if a["x"] and b["x"] else None


def likeness(one: str, other: str) -> float:
    a, b = ({text[k : k + 2] for k in range(len(text) - 1)} for text in (one, other))
    return len(a & b) / len(a | b) if a and b else -1.0


def asked_at(judge: Judge) -> list[datetime]:
    """Instants about when things are reported, and two years after."""
    known = sorted(c["then"] for c in judge.cases)
    return [*(known[k] for k in np.linspace(0, len(known) - 1, 4, dtype=int)), BEGIN + timedelta(days=700)]


# --- laws -------------------------------------------------------------------------------------------------------------------


@examples(5)
@given(seed=st.integers(0, 10_000), n_parts=st.integers(2, 4), data=st.data())
def test_whatever_order_loads_come_in_the_same_rows_stand_and_a_rebuild_makes_them_again(
    database, tmp_path, seed, n_parts, data
):
    """Compared at once in one town, by neighbours in the other: cases in any order, some first told to lie elsewhere.

    Events are cut by time, since one that comes before what it needs is refused.
    """
    cases, events = crowd(60, seed, days=2, columns=3)
    one, other = new_code(), new_code()
    load_cases(tmp_path, one, cases, HEAD)
    load_events(tmp_path, one, events)
    shuffled = data.draw(st.permutations(cases))
    told = ("x", "y", "what", "which", "address", "says")
    wrong = [
        {**row, **{name: cases[k][name] for name in told}} if k % 3 else row for k, row in enumerate(shuffled[20:])
    ]
    size = max(1, -(-len(events) // n_parts))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(links, "_PART", 0)  # however large a load is
        load_cases(tmp_path, other, wrong, HEAD)
        load_events(tmp_path, other, [row for row in events[: 2 * size] if row["no"] in {c["no"] for c in wrong}])
        for part in (shuffled[:40], shuffled[40:]):
            load_cases(tmp_path, other, part, HEAD)
        for k in range(0, len(events), size):
            load_events(tmp_path, other, events[k : k + size])
    stood = kept(one)
    assert kept(other) == stood
    assert len(stood["duplicate"]) > 5
    for town in (one, other):
        rebuild(town)
        assert kept(town) == stood


@examples(6)
@given(seed=st.integers(0, 10_000))
def test_duplicates_are_a_plain_look_at_every_two_reports_at_any_instant(database, tmp_path, seed):
    cases, events = crowd(60, seed)
    town = new_code()
    load_city(tmp_path, town)
    load_cases(tmp_path, town, cases[:30], HEAD)
    load_events(tmp_path, town, [row for row in events if int(row["no"][1:]) < 30])
    load_cases(tmp_path, town, cases[30:], HEAD)
    load_events(tmp_path, town, [row for row in events if int(row["no"][1:]) >= 30])
    judge, asked = Judge(cases, events), gg.open(town)
    since, until = BEGIN.date() + timedelta(1), BEGIN.date() + timedelta(2)
    for at in asked_at(judge):
        head = judge.problems(at)
        inside = {
            c["no"] for c in judge.cases
            if since <= c["then"].date() <= until and c["then"] <= at and c["track"] != "service"
        }  # fmt: skip
        found = {no for no in inside if head[no] != no}
        said = {c["no"] for c in judge.cases if c["no"] in inside and c["twice"] == "yes"}
        if at.date() < since:
            continue
        row = asked.ask("duplicates", since=since, until=until, as_of=at).frame.iloc[0]
        counted = (row["n_reported"], row["n_found"], row["n_said"], row["n_found_and_said"])
        assert counted == (len(inside), len(found), len(said), len(found & said))

        listed = asked.ask("duplicate_clusters", since=since, until=until, as_of=at).frame
        members = pd.Series(head).groupby(pd.Series(head)).agg(lambda part: sorted(part.index))
        wanted = {first: nos for first, nos in members.items() if found & set(nos)}
        assert dict(zip(listed["case_no"], listed["n_reports"], strict=True)) == {f: len(n) for f, n in wanted.items()}
        for each in listed.itertuples():
            mine = [c for c in judge.cases if c["no"] in wanted[each.case_no]]
            assert each.n_open == sum(judge.end_at(c["no"], at) is None for c in mine)
            assert each.span_h == pytest.approx((mine[-1]["then"] - mine[0]["then"]).total_seconds() / 3_600)
            far = [d for c in mine[1:] if isinstance(d := apart(mine[0], c), float)]
            assert (
                each.radius_m == pytest.approx(max(far), abs=1e-3)
                if far
                else pd.isna(each.radius_m) or each.radius_m == 0
            )


@examples(6)
@given(seed=st.integers(0, 10_000))
def test_repeats_are_a_plain_look_at_every_closing_at_any_instant(database, tmp_path, seed):
    cases, events = crowd(40, seed, days=150)
    town = new_code()
    load_cases(tmp_path, town, cases, HEAD)
    load_events(tmp_path, town, events)
    judge, asked = Judge(cases, events), gg.open(town)
    since, until = BEGIN.date(), BEGIN.date() + timedelta(100)
    for at in [*asked_at(judge), datetime.combine(BEGIN.date() + timedelta(130), time(12), ZONE)]:
        wanted = dict.fromkeys(("closed", "comparable", "watched_30", "back_30", "watched_90", "back_90"), 0)
        links_in = set()
        for c in judge.cases:
            end = judge.end_at(c["no"], at) if c["then"] <= at else None
            if end is None or end[1] == "voided" or c["track"] in ("service", "self_handled"):
                continue
            again = judge.again(c["no"], end[0], at) if comparable(c) else None
            if again is not None:
                links_in.add((c["no"], again))
            if not since <= end[0].date() <= until:
                continue
            wanted["closed"] += 1
            wanted["comparable"] += comparable(c)
            for days in (30, 90):
                is_watched = comparable(c) and end[0] + timedelta(days=days) <= at
                wanted[f"watched_{days}"] += is_watched
                wanted[f"back_{days}"] += bool(is_watched and again and again <= end[0] + timedelta(days=days))
        row = asked.ask("repeats", since=since, until=until, as_of=at).frame.iloc[0]
        assert {name: row[f"n_{name}"] for name in wanted} == wanted
        listed = asked.ask("repeat_places", since=since, as_of=at).frame
        assert listed["n_closings"].sum() == len(links_in)
        assert listed["n_back"].is_monotonic_decreasing


# --- by hand ----------------------------------------------------------------------------------------------------------------


def case(no: str, at: datetime, column: float = 1.0, **more: Any) -> Row:
    """A dark light, so far along the street."""
    x, y = point(column, 1)
    return ledgers.case(no, at, **{"what": "light", "which": "dark", "x": x, "y": y, **more})


def test_a_third_report_ties_two_problems_together_from_then_on(database, tmp_path):
    """STEP is about 946 m along the parallel: 0.04 of it are 38 m, 0.08 are 76 m."""
    town, hour = new_code(), timedelta(hours=1)
    says = {"says": "路灯不亮"}
    rows = [case("A", BEGIN, **says), case("B", BEGIN + hour, 1.08, **says), case("C", BEGIN + 2 * hour, 1.04, **says)]
    load_cases(tmp_path, town, rows, HEAD)
    asked = gg.open(town)
    found = [asked.ask("duplicates", as_of=BEGIN + k * hour).frame["n_found"].iloc[0] for k in range(4)]
    assert found == [0, 0, 2, 2]
    one = asked.ask("duplicate_clusters").frame.iloc[0]
    assert (one["case_no"], one["n_reports"], one["n_open"], one["span_h"]) == ("A", 3, 3, 2.0)
    assert one["radius_m"] == pytest.approx(75.8, abs=0.5)


def test_a_row_that_changes_reaches_as_far_as_its_problem_does(database, tmp_path, monkeypatch):
    """Twelve reports, 38 m from each to the next: the first one is moved away, one in the middle comes last."""
    told = [case(f"N{k:02}", BEGIN + timedelta(minutes=k), 1 + 0.04 * k, says="路灯不亮") for k in range(12)]
    one, other = new_code(), new_code()
    moved = [{**told[0], "x": point(2, 1)[0]}, *told[1:]]
    load_cases(tmp_path, one, moved, HEAD)
    monkeypatch.setattr(links, "_PART", 0)
    load_cases(tmp_path, other, [row for k, row in enumerate(told) if k != 6], HEAD)
    assert len(kept(other)["duplicate"]) == 9  # of two problems
    load_cases(tmp_path, other, [told[6]], HEAD)
    assert len(kept(other)["duplicate"]) == 11
    load_cases(tmp_path, other, [moved[0]], HEAD)
    assert kept(other) == kept(one)
    assert len(kept(one)["duplicate"]) == 10


def test_what_was_closed_is_no_duplicate_but_a_repeat(database, tmp_path):
    town = new_code()
    closed = stamp(BEGIN + timedelta(hours=5))
    rows = [
        case("A", BEGIN, state="closed", closed=closed),
        case("B", BEGIN + timedelta(hours=4)),
        case("C", BEGIN + timedelta(hours=6)),
        case("D", BEGIN + timedelta(days=40), 1.5),
    ]
    load_cases(tmp_path, town, rows, HEAD)
    asked, later = gg.open(town), BEGIN.date() + timedelta(60)
    told = asked.ask("duplicates", since=BEGIN.date(), as_of=later).frame.iloc[0]
    assert (told["n_reported"], told["n_found"]) == (4, 2)  # B of A, and C of B
    repeat = asked.ask("repeats", since=BEGIN.date(), as_of=later).frame.iloc[0]
    assert (repeat["n_closed"], repeat["n_watched_30"], repeat["n_back_30"], repeat["n_watched_90"]) == (1, 1, 1, 0)
    assert repeat["fixed_rate_30"] == 0
    assert pd.isna(repeat["fixed_rate_90"])
    place = asked.ask("repeat_places", as_of=later).frame.iloc[0]
    assert (place["case_no"], place["n_back"], place["is_open"]) == ("C", 1, True)


def test_a_bulk_load_leaves_all_indexes_and_the_rows_of_a_load_in_parts(database, tmp_path):
    cases, _ = crowd(12_000, 5, days=400)
    cases = [{**row, "track": ""} for row in cases]
    one, other = new_code(), new_code()
    load_cases(tmp_path, one, cases, HEAD)
    names = set(query("SELECT indexname FROM pg_indexes WHERE tablename IN ('closing', 'duplicate')")["indexname"])
    assert {"closing_quiet_idx", "closing_again_idx", "duplicate_head_id_idx", "closing_case_id_idx"} <= names
    for k in range(0, 12_000, 4_000):
        load_cases(tmp_path, other, cases[k : k + 4_000], HEAD)
    assert kept(one) == kept(other)
    assert len(kept(one)["duplicate"]) > 100
