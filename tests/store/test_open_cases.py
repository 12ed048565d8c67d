"""Open cases at an instant: every number has its list, every list its number, and parts make the whole, at any past instant.

The judge follows each ledger event by event, in plain Python, and counts working time day by day.
"""

import random
from datetime import date, datetime, timedelta
from typing import Any

import holidays
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridgov.errors import QuestionError
from gridgov.process import EVENTS
from gridgov.questions import Town, open_town
from gridgov.questions.ageing import BANDS, LIMITS
from gridgov.vocabulary import ENDED, NEXT_BY, NEXT_STEPS, NODES
from tests.support import examples, follow_rules, load_city, load_exposure, load_rows, new_code, point
from tests.support_ledgers import BEGIN, ZONE, Row, event, instant, ledger_of, load_events, report_of

LAST = BEGIN + timedelta(days=70)
CHINA = holidays.country_holidays("CN", years=range(2025, 2028))
PAUSES = ("suspended", "deferred")
LISTS = ("cases", "at_risk", "overdue", "suspended")
COUNTS = ("backlog", "lights", "due", "ageing")
COUNTED = ("returned", "rework", "urged", "prompted")
"""What happened to a case, counted."""


# --- the judge ----------------------------------------------------------------------------------------------------------


def worked(at: datetime) -> int:
    """Working seconds from the begin of 2026 to an instant, day by day: 8-12 and 14-18 on China's working days."""
    local, seconds, day = at.astimezone(ZONE), 0, date(2026, 1, 1)
    while day <= local.date():
        if CHINA.is_working_day(day):
            now = (local - datetime(day.year, day.month, day.day, tzinfo=ZONE)).total_seconds()
            seconds += sum(int(min(max(now - 3600 * a, 0), 3600 * (b - a))) for a, b in ((8, 12), (14, 18)))
        day += timedelta(1)
    return seconds


def stood(lives: dict[str, list[Row]], at: datetime) -> pd.DataFrame:
    """How each case stood at an instant, by its events: whatever no clock must be known for."""
    rows = []
    for no, life in lives.items():
        found: dict[str, Any] = {"no": no, "state": None, "closed": None, "paused": None, "reported": report_of(life)}
        counts = dict.fromkeys(COUNTED, 0)
        due, is_plain = None, True
        for row in life:
            then = instant(row["at"])
            if then > at:
                break
            what, was = row["what"], found["state"]
            found["state"] = state = EVENTS[what].to or was
            if what in counts:
                counts[what] += 1
            counts["prompted"] += what in ("urged", "yellow_card", "red_card", "instructed")
            found["closed"] = (
                then if state in ENDED and was not in ENDED else found["closed"] if state in ENDED else None
            )
            found["paused"] = then if state in PAUSES and was != state else found["paused"] if state in PAUSES else None
            if was in ENDED and state not in ENDED:
                due, is_plain = None, True
            if row.get("due") and what not in ("extension_asked", "extension_refused"):
                due = instant(row["due"])
            is_plain &= what not in ("suspended", "deferred", "resumed") and (
                what != "extended" or bool(row.get("due"))
            )
        if found["state"] is not None:
            rows.append(found | counts | {"due": due, "is_plain": is_plain, "is_open": found["state"] not in ENDED})
    names = ["no", "state", "closed", "paused", "reported", *COUNTED, "due", "is_plain", "is_open"]
    return pd.DataFrame(rows, columns=names).set_index("no")


# --- a town with everything that makes it hard --------------------------------------------------------------------------


def lived(n: int, seed: int) -> dict[str, list[Row]]:
    """Ledgers of all kinds; some are closed in the second they are reported and opened again days later."""
    lives = ledger_of(n, seed)
    chance = random.Random(seed)
    for k in range(0, n, 12):
        at = BEGIN + timedelta(hours=chance.randrange(200))
        steps = ["reported", "voided", "reopened"] if EVENTS["reopened"].from_["dispatched"].count("voided") else []
        whens = [at, at, at + timedelta(days=3)]
        if steps:
            lives[f"N{k}"] = [event(f"N{k}", w, t, why="x") for w, t in zip(steps, whens, strict=True)]
    return lives


@pytest.fixture(scope="module")
def made(shared) -> tuple[Town, dict[str, list[Row]]]:
    """The town, loaded, and the ledgers of its cases."""
    code, lives, chance = new_code(), lived(60, 3), random.Random(5)
    load_city(shared.folder, code)
    rows = []
    for no, life in lives.items():
        x, y = point(chance.uniform(-0.3, 3), chance.uniform(0, 3))
        where = {"x": repr(x), "y": repr(y)} if chance.random() < 0.9 else {}
        rows.append({"no": no, "at": life[0]["at"], "state": "open", "what": chance.choice(["road", "tree"]), **where})
    assert load_rows(shared.folder, code, rows).loaded == len(rows)
    load_events(shared.folder, code, [row for life in lives.values() for row in life])
    return open_town(code), lives


def instants(lives: dict[str, list[Row]]) -> st.SearchStrategy[datetime]:
    """Any instant, and the very seconds in which something happens."""
    told = sorted({instant(row["at"]) for life in lives.values() for row in life})
    free = st.datetimes(BEGIN.replace(tzinfo=None), LAST.replace(tzinfo=None), timezones=st.just(ZONE))
    return free.map(lambda at: at.replace(microsecond=0)) | st.sampled_from(told)


def n_listed(town: Town, question: str, **how: Any) -> int:
    return town.ask(question, limit=0, **how).meta["n_total"]


def test_what_is_listed_is_how_the_ledger_stood(made):
    town, lives = made

    @examples(10)
    @given(at=instants(lives), as_open=st.booleans())
    def law(at, as_open):
        wanted = stood(lives, at)
        if as_open:
            wanted = wanted[wanted["is_open"].astype(bool)]
        answer = town.ask("cases", as_of=at, where={"open": True} if as_open else None)
        rows = answer.frame.set_index("case_no")
        assert answer.meta["n_total"] == len(rows) == len(wanted)
        assert set(rows.index) == set(wanted.index)
        wanted = wanted.reindex(rows.index)
        assert rows["is_open"].tolist() == wanted["is_open"].tolist()
        is_open = rows["is_open"].astype(bool)
        assert rows.loc[is_open, "state"].tolist() == wanted.loc[is_open, "state"].tolist()
        assert rows.loc[~is_open, "state"].isin(ENDED).all()
        assert (rows.loc[is_open, ["stage", "light"]].notna()).all(axis=None)
        assert rows.loc[~is_open, ["stage", "light", "paused_at", "left_h"]].isna().all(axis=None)
        for column, fact in (("closed_at", "closed"), ("paused_at", "paused")):
            told = [None if pd.isna(v) else pd.Timestamp(v) for v in rows[column]]
            assert told == [None if pd.isna(v) else pd.Timestamp(v) for v in wanted[fact]], column
        for name in COUNTED:
            assert rows[f"n_{name}"].tolist() == wanted[name].tolist()
        plain = is_open & wanted["is_plain"].astype(bool)
        late = [due is not None and not pd.isna(due) and due <= at for due in wanted.loc[plain, "due"]]
        assert rows.loc[plain, "is_overdue"].tolist() == late

    law()


def test_every_number_has_its_list_and_the_parts_make_the_whole(made):
    town, lives = made
    wheres: list[dict[str, Any]] = [{}, {"category": "road"}, {"unit": ["A", None]}, {"stage": ["handle", "sign"]}]

    @examples(10)
    @given(at=instants(lives), where=st.sampled_from(wheres), scope=st.sampled_from([None, "1", "23"]))
    def law(at, where, scope):
        how = {"as_of": at, "scope": scope}
        one = {name: town.ask(name, where=where, **how).frame.iloc[0] for name in COUNTS}
        backlog, lights, due, ageing = (one[name] for name in COUNTS)
        assert len({int(answer["n_open"]) for answer in one.values()}) == 1
        for name in ("green", "yellow", "red", "grey"):
            assert (
                lights[f"n_{name}"]
                == backlog[f"n_{name}"]
                == n_listed(town, "cases", where={**where, "light": name}, **how)
            )
        assert lights["n_deep_red"] == n_listed(town, "cases", where={**where, "light": "deep_red"}, **how)
        assert lights["n_deep_red"] <= lights["n_red"]
        assert sum(lights[f"n_{name}"] for name in ("green", "yellow", "red", "grey")) == lights["n_open"]
        for when in ("before", "today", "2h", "tomorrow", "later"):
            assert due[f"n_due_{when}"] == n_listed(town, "cases", where={**where, "due": when}, **how), when
        assert (
            sum(due[f"n_due_{when}"] for when in ("before", "today", "tomorrow", "later")) + due["n_grey"]
            == due["n_open"]
        )
        assert due["n_due_before"] + due["n_due_today_passed"] == backlog["n_overdue"]
        assert sum(ageing[f"n_age_{band}"] for band in BANDS) == ageing["n_open"]
        assert sum(ageing[f"n_late_{band}"] for band in BANDS) == ageing["n_overdue"] == backlog["n_overdue"]
        assert n_listed(town, "at_risk", where=where, **how) == backlog["n_at_risk"]
        assert n_listed(town, "cases", where={**where, "at_risk": True}, **how) == backlog["n_at_risk"]
        assert n_listed(town, "overdue", where=where, **how) == backlog["n_overdue"]
        assert n_listed(town, "cases", where={**where, "overdue": True}, **how) == backlog["n_overdue"]
        every = n_listed(town, "cases", where=where, **how)
        parts = [n_listed(town, "cases", where={**where, "open": flag}, **how) for flag in (True, False)]
        assert sum(parts) == every
        assert parts[0] == backlog["n_open"]
        stages = town.ask("backlog", by="stage", where=where, **how).frame
        assert set(stages["stage"]) <= set(NODES)
        by_stage = dict(zip(stages["stage"], stages["n_open"], strict=True))
        assert sum(by_stage.values()) == backlog["n_open"]
        paused = sum(by_stage.get(stage, 0) for stage in PAUSES)
        assert n_listed(town, "suspended", where=where, **how) == paused

    law()


def test_groups_add_up_and_are_the_same_in_every_question(made):
    town, lives = made

    @examples(6)
    @given(
        at=instants(lives),
        by=st.sampled_from(["grid", "district", "unit", "category", "state", "stage", ["unit", "grid"]]),
    )
    def law(at, by):
        keys = ("grid_code", "place_status", "unit", "category", "state", "stage")
        told = []
        for question in COUNTS:
            frame = town.ask(question, by=by, as_of=at).frame
            named = frame[[key for key in keys if key in frame]].astype(object).where(lambda v: v.notna(), "-")
            told.append(sorted(zip(map(tuple, named.to_numpy()), frame["n_open"], strict=True)))
            assert frame["n_open"].sum() == town.ask(question, as_of=at).frame["n_open"].iloc[0]
        assert all(answer == told[0] for answer in told)
        tree = town.ask("hierarchy", as_of=at).frame.set_index("grid_code")
        held = town.ask("backlog", by="place_status", as_of=at).frame.set_index("place_status")
        for count in ("n_open", "n_overdue"):
            assert tree.loc[town.code, count] == held[count].get("located", 0)
        assert tree.loc[town.code, "n_cases"] == n_listed(town, "cases", as_of=at, where={"place_status": "located"})

    law()
    located = {"place_status": "located"}
    tree = town.ask("hierarchy", as_of=LAST.date()).frame.set_index("grid_code")
    assert tree.loc[town.code, "n_cases"] == n_listed(town, "cases", as_of=LAST.date(), where=located)
    with pytest.raises(QuestionError, match="by what happened"):
        town.ask("suspended", during="month", where={"stage": "suspended"})


def test_bands_are_working_days_counted_day_by_day(made):
    town, lives = made

    @examples(10)
    @given(at=instants(lives))
    def law(at):
        wanted = stood(lives, at)
        reports = [row.reported for row in wanted.itertuples() if row.is_open]
        row = town.ask("ageing", as_of=at).frame.iloc[0]
        ages = np.array([(worked(at) - worked(then)) / 28_800 for then in reports])
        found = np.bincount(np.searchsorted(LIMITS, ages, side="right"), minlength=len(BANDS))
        assert [row[f"n_age_{band}"] for band in BANDS] == found.tolist()
        if not len(ages):
            assert row[["oldest_age_work_days", "median_age_work_days"]].isna().all()
            return
        assert row["oldest_age_work_days"] == pytest.approx(ages.max())
        assert row["median_age_work_days"] == pytest.approx(np.sort(ages)[(len(ages) - 1) // 2])
        late = town.ask("overdue", as_of=at, limit=10_000).frame
        days = [(worked(at) - worked(due.to_pydatetime())) / 28_800 for due in late["due_at"]]
        assert late["late_work_days"].tolist() == pytest.approx(days)
        bands = np.bincount(np.searchsorted(LIMITS, days, side="right"), minlength=len(BANDS))
        assert [row[f"n_late_{band}"] for band in BANDS] == bands.tolist()

    law()


def test_lists_say_what_comes_next_and_the_worst_come_first(made):
    town, lives = made

    @examples(10)
    @given(at=instants(lives))
    def law(at):
        rows = {name: town.ask(name, as_of=at).frame for name in LISTS}
        for name in LISTS[1:]:
            frame = rows[name]
            assert frame["next_step"].isin(list(NEXT_STEPS)).all()
            assert frame["next_by"].isin(list(NEXT_BY)).all()
            assert (frame.loc[frame["next_by"] == "unit", "unit"].notna()).all()
            order = "paused_at" if name == "suspended" else "due_at"
            assert frame[order].is_monotonic_increasing
            pages = [town.ask(name, as_of=at, limit=3, offset=k).frame["case_no"] for k in range(0, len(frame), 3)]
            assert [no for page in pages for no in page] == frame["case_no"].tolist()
        assert (rows["overdue"]["late_h"] > 0).all()
        assert (rows["at_risk"]["left_h"] >= 0).all()
        assert (rows["at_risk"]["left_work_h"] <= rows["at_risk"]["left_h"] + 1e-9).all()
        by_no = rows["cases"].set_index("case_no")
        for name in LISTS[1:]:
            same = by_no.reindex(rows[name]["case_no"])
            assert same["light"].tolist() == rows[name]["light"].tolist()
            assert same["unit"].fillna("").tolist() == rows[name]["unit"].fillna("").tolist()

    law()


def test_what_was_suspended_and_resumed_in_a_period_is_counted(made):
    town, lives = made

    @examples(8)
    @given(first=st.integers(0, 40), span=st.integers(0, 20), back=st.integers(0, 10))
    def law(first, span, back):
        since = BEGIN.date() + timedelta(first)
        until, on = since + timedelta(span), since + timedelta(span + 5 - back)
        if on < since:
            return
        meta = town.ask("suspended", since=since, until=until, as_of=on).meta
        steps = [row for life in lives.values() for row in life]
        days = [date.fromisoformat(row["at"][:10]) for row in steps]
        what = [row["what"] for row, day in zip(steps, days, strict=True) if since <= day <= min(until, on)]
        assert meta["n_suspended_in"] == what.count("suspended")
        assert meta["n_put_off_in"] == what.count("deferred")
        assert meta["n_resumed_in"] == what.count("resumed")

    law()


# --- one case, counted by hand ------------------------------------------------------------------------------------------


def dispatched(no: str, unit: str, due: str, at: datetime = BEGIN) -> list[Row]:
    steps = [event(no, "reported", at), event(no, "registered", at + timedelta(minutes=5))]
    return [*steps, event(no, "dispatched", at + timedelta(minutes=10), unit=unit, due=due)]


def put_in(tmp_path: Any, code: str, lives: dict[str, list[Row]]) -> Town:
    rows = [{"no": no, "at": life[0]["at"], "state": "open", "what": "road"} for no, life in lives.items()]
    load_rows(tmp_path, code, rows)
    load_events(tmp_path, code, [row for life in lives.values() for row in life])
    return open_town(code)


def test_hours_left_are_those_of_the_calendar(database, tmp_path):
    """Monday 2 March 2026, 9:10, due on Friday at 16: 4 days and 4 hours and 50 minutes of work, lunch and nights left out."""
    town = put_in(tmp_path, new_code(), {"A": dispatched("A", "Roads", "2026-03-06 16:00:00")})
    early = town.ask("cases", as_of="2026-03-04T12:30").frame.iloc[0]
    assert (early["light"], early["left_work_h"], early["left_h"]) == ("green", 18, 51.5)
    assert (early["stage"], early["state"], early["unit"]) == ("sign", "dispatched", "Roads")
    soon = town.ask("at_risk", as_of="2026-03-06T09:00").frame.iloc[0]
    assert (soon["light"], soon["left_work_h"]) == ("yellow", 5)
    assert (soon["next_step"], soon["next_by"]) == ("sign", "unit")
    late = town.ask("overdue", as_of="2026-03-10T08:00").frame.iloc[0]
    assert (late["light"], late["late_work_days"], late["late_h"]) == ("red", 1.25, 88)
    assert town.ask("overdue", as_of="2026-03-20").frame["light"].tolist() == ["deep_red"]


def test_what_is_due_at_as_of_itself_has_passed(database, tmp_path):
    """A deadline that is a date ends with the last microsecond of its day, which is the instant of an as_of that is a day."""
    dues = {
        "A": "2026-03-05 08:30:00",
        "B": "2026-03-05 23:30:00",
        "C": "2026-03-05 23:59:59",
        "D": "2026-03-06 09:00:00",
    }
    town = put_in(tmp_path, new_code(), {no: dispatched(no, "X", due) for no, due in dues.items()})
    for as_of, today, passed in (
        ("2026-03-05T08:29:59", 3, 0), ("2026-03-05T08:30:00", 3, 1), ("2026-03-05T23:30:00", 3, 2), ("2026-03-05", 3, 3),
    ):  # fmt: skip
        row = town.ask("due", as_of=as_of).frame.iloc[0]
        assert (row["n_due_today"], row["n_due_today_passed"]) == (today, passed), as_of
        assert row["n_due_before"] + passed == n_listed(town, "overdue", as_of=as_of)
        assert n_listed(town, "cases", as_of=as_of, where={"due": "today"}) == today
        assert n_listed(town, "cases", as_of=as_of, where={"due": "today", "overdue": True}) == passed


def test_today_is_the_day_of_as_of_and_two_hours_go_past_midnight(database, tmp_path):
    dues = {
        "A": "2026-03-05 08:30:00",
        "B": "2026-03-05 23:30:00",
        "C": "2026-03-06 00:30:00",
        "D": "2026-03-07 09:00:00",
    }
    town = put_in(tmp_path, new_code(), {no: dispatched(no, "X", due) for no, due in dues.items()})
    row = town.ask("due", as_of="2026-03-05T23:00").frame.iloc[0]
    names = ("due_before", "due_today", "due_today_passed", "due_2h", "due_tomorrow", "due_later", "grey")
    assert [row[f"n_{name}"] for name in names] == [0, 2, 1, 2, 1, 1, 0]
    listed = town.ask("cases", as_of="2026-03-05T23:00", where={"due": ["2h", "later"]}, sort="due_at").frame
    assert listed["case_no"].tolist() == ["B", "C", "D"]
    with pytest.raises(QuestionError, match="did you mean 'today'"):
        town.ask("cases", where={"due": "toda"})
    with pytest.raises(QuestionError, match="'due' is nothing to filter by"):
        town.ask("backlog", where={"due": "today"})
    with pytest.raises(QuestionError, match="'light' is nothing to ask by"):
        town.ask("on_time", by="light")


def test_a_pause_of_more_than_a_year_is_told(database, tmp_path):
    lives = {"A": dispatched("A", "X", "2026-03-09 12:00:00"), "B": dispatched("B", "X", "2026-03-09 12:00:00")}
    for no, what in (("A", "suspended"), ("B", "deferred")):
        for k, step in enumerate(("signed", "assigned", "handling", what)):
            lives[no].append(event(no, step, BEGIN + timedelta(hours=k + 1), unit="X", why="winter"))
    town = put_in(tmp_path, new_code(), lives)
    rows = town.ask("suspended", as_of="2026-04-01").frame.set_index("case_no")
    assert rows["stage"].to_dict() == {"A": "suspended", "B": "deferred"}
    assert not rows["is_over_limit"].any()
    assert rows.loc["A", "paused_at"] == pd.Timestamp(BEGIN + timedelta(hours=4))
    assert (rows["next_step"] == "resume").all()
    later = town.ask("suspended", as_of="2027-03-03").frame
    assert later["is_over_limit"].all()
    assert town.ask("suspended", as_of="2026-03-01").frame.empty


def test_how_long_a_pause_may_be_is_a_rule_of_the_town(database, tmp_path, monkeypatch):
    follow_rules(tmp_path, monkeypatch, ("days = 365", "days = 20"))
    life = dispatched("A", "X", "2026-03-09 12:00:00")
    for k, step in enumerate(("signed", "assigned", "handling", "suspended")):
        life.append(event("A", step, BEGIN + timedelta(hours=k + 1), unit="X", why="winter"))
    town = put_in(tmp_path, new_code(), {"A": life})
    for as_of, is_over in (("2026-03-20", False), ("2026-04-01", True)):
        answer = town.ask("suspended", as_of=as_of)
        assert (answer.meta["allowed_days"], answer.frame["is_over_limit"].tolist()) == (20, [is_over])


def test_counts_per_what_a_grid_holds(database, tmp_path):
    code = new_code()
    load_city(tmp_path, code)
    counts = [
        {"grid": "11", "on": "2026-01-01", "people": "500", "firms": "0", "road": "2.5"},
        {"grid": "12", "on": "2026-02-01", "people": "1500", "firms": "4"},
        {"grid": "11", "on": "2026-06-01", "people": "9"},
    ]
    load_exposure(tmp_path, code, counts, tuple(counts[0]))
    x, y = point(0.5, 0.5)
    rows = [{"no": f"C{k}", "at": "2026-03-02", "state": "open", "x": repr(x), "y": repr(y)} for k in range(3)]
    load_rows(tmp_path, code, [*rows, {"no": "out", "at": "2026-03-02", "state": "open"}])
    town = open_town(code)

    held = town.ask("exposure", by="district", as_of="2026-03-05").frame.set_index("grid_code")
    assert held.loc["1", ["residents", "n_grids", "n_uncounted"]].tolist() == [2_000, 3, 1]
    assert held.loc["1", "counted_on"] == date(2026, 2, 1)
    assert held.loc[["2", "3"], "residents"].isna().all()
    assert town.ask("exposure", as_of="2026-03-05").frame["residents"].tolist() == [2_000]
    with pytest.raises(QuestionError, match="of grids"):
        town.ask("exposure", by="unit")

    answer = town.ask("backlog", by="grid", per="residents", as_of="2026-03-05")
    frame = answer.frame.set_index(answer.frame["grid_code"].fillna("-"))
    assert frame.loc["11", ["residents", "n_open", "n_open_per_1k_residents"]].tolist() == [500, 3, 6]
    assert frame.loc["12", "n_open_per_1k_residents"] == 0
    assert frame.loc[["13", "-"], "n_open_per_1k_residents"].isna().all(), "unknown, and no grid"
    assert answer.meta["per"] == {
        "exposure": "residents", "unit": "1,000 residents", "counted_on": "2026-02-01", "counted_since": "2026-01-01",
        "n_uncounted": 7,
    }  # fmt: skip
    per_firm = town.ask("backlog", by="grid", per="firms", as_of="2026-03-05").frame.set_index("grid_code")
    assert pd.isna(per_firm.loc["11", "n_open_per_1k_firms"]), "no firm: null, not infinite"
    flow = town.ask("flow", by=["grid", "month"], per="road_km", since="2026-03-01", as_of="2026-03-31").frame
    assert flow.set_index("grid_code").loc["11", "n_reported_per_km_road"] == 1.2
    area = town.ask("backlog", by="district", per="area_km2", as_of="2026-03-05").frame.set_index("grid_code")
    assert area.loc["1", "n_open_per_km2"] == pytest.approx(3 / area.loc["1", "area_km2"])
    part = town.ask("backlog", by="district", per="area_km2", scope="11", as_of="2026-03-05").frame.set_index(
        "grid_code"
    )
    assert pd.isna(part.loc["1", "n_open_per_km2"]), "the cases of a part are not per the whole"
    tree = town.ask("hierarchy", as_of="2026-03-05").frame.set_index("grid_code")
    assert tree.loc["11", "open_per_1k"] == 6
    for how, says in (
        ({"by": "grid", "per": "resident"}, "did you mean 'residents'"), ({"by": "unit", "per": "firms"}, "are of grids"),
        ({"per": "firms"}, "are of grids"),
    ):  # fmt: skip
        with pytest.raises(QuestionError, match=says):
            town.ask("backlog", **how)
