"""Outcomes in a period: each definition in use against a slow count of the ledger; bulletins to the last figure."""

import random
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import gridgov as gg
from gridgov.errors import QuestionError
from gridgov.process import EVENTS
from gridgov.questions.definition import definition_of
from gridgov.vocabulary import ENDED
from tests.support import examples, follow_rules, new_code
from tests.support_ledgers import (
    BEGIN,
    EVENT_HEAD,
    HEAD,
    Row,
    case,
    day_begin,
    day_end,
    event,
    instant,
    ledger_of,
    load_cases,
    load_events,
    report_of,
    stamp,
)

QUESTIONS = (
    "on_time", "closed_rate", "on_time_jinhua", "on_time_of_closed", "rework", "rework_of_due", "rework_of_handled",
    "registered_rate", "reopened", "extensions", "supervision", "bulletin",
)  # fmt: skip
CHANNELLED = (*HEAD, "channel", "twice")
CHECK = ("handled", "checking", "checked")

Lives = dict[str, list[Row]]


def one(town: str, question: str, **how: Any) -> pd.Series:
    return gg.open(town).ask(question, **how).frame.iloc[0]


# --- laws ---------------------------------------------------------------------------------------------------------------


@examples(4)
@given(seed=st.integers(0, 10_000), data=st.data())
def test_nothing_after_as_of_shows(database, tmp_path, seed, data):
    """Of a past instant every question says what it would say of a town whose ledger ends there."""
    lives = ledger_of(30, seed)
    full, then = new_code(), new_code()
    load_cases(tmp_path, full, [case(no, report_of(life), what="road") for no, life in lives.items()])
    load_events(tmp_path, full, [row for life in lives.values() for row in life])
    on = BEGIN.date() + timedelta(data.draw(st.integers(3, 30)))
    past = {no: [row for row in life if instant(row["at"]) <= day_end(on)] for no, life in lives.items()}
    past = {no: life for no, life in past.items() if life}
    load_cases(tmp_path, then, [case(no, report_of(life), what="road") for no, life in past.items()])
    load_events(tmp_path, then, [row for life in past.values() for row in life] or [])
    since = on - timedelta(data.draw(st.integers(0, 30)))
    for question in QUESTIONS:
        for by in (None, "unit", "day"):
            frames = [gg.open(town).ask(question, by=by, since=since, as_of=on).frame for town in (full, then)]
            keys = [name for name in ("unit", "period_on", "section", "name", "item") if name in frames[0]]
            frames = [frame.sort_values(keys, ignore_index=True) if keys else frame for frame in frames]
            pd.testing.assert_frame_equal(*frames, check_dtype=False, obj=f"{question} by {by}")


@examples(4)
@given(seed=st.integers(0, 10_000), data=st.data())
def test_parts_add_up_and_rates_divide_what_the_definition_says(database, tmp_path, seed, data):
    lives, town = ledger_of(30, seed), new_code()
    load_cases(tmp_path, town, [case(no, report_of(life), what=f"k{len(life) % 3}") for no, life in lives.items()])
    load_events(tmp_path, town, [row for life in lives.values() for row in life])
    on = BEGIN.date() + timedelta(data.draw(st.integers(0, 60)))
    for question in QUESTIONS:
        definition = definition_of(question)
        counts = [name for name in definition.columns if name.startswith("n_")]
        whole = gg.open(town).ask(question, since=BEGIN.date(), as_of=on).frame
        by_category = gg.open(town).ask(question, by="category", since=BEGIN.date(), as_of=on).frame
        for frame in (whole, by_category, gg.open(town).ask(question, by="unit", since=BEGIN.date(), as_of=on).frame):
            for *parts, total in definition.sums:
                assert (sum(_sum(frame, part) for part in parts) == _sum(frame, total)).all()
            for rate, part, total in definition.rates:
                n, of = _sum(frame, part), _sum(frame, total)
                assert (frame[rate].isna() == ~(of > 0)).all()
                assert (frame[rate] - n / of.where(of > 0)).abs().max() < 1e-12 or not (of > 0).any()
        if question != "bulletin":
            assert whole[counts].iloc[0].to_dict() == by_category[counts].sum().to_dict()


def _sum(frame: pd.DataFrame, terms: str) -> pd.Series:
    found = pd.Series(0.0, frame.index)
    for term in terms.split(" + "):
        found += frame[term.removeprefix("-")].astype(float) * (-1 if term.startswith("-") else 1)
    return found


# --- a slow, obvious judge ------------------------------------------------------------------------------------------------


def steps_of(lives: Lives, since: datetime, until: datetime, at: datetime) -> pd.DataFrame:
    rows = [
        {"no": no, "what": row["what"], "at": instant(row["at"]), "due": row.get("due")}
        for no, life in lives.items()
        for row in life
        if since <= instant(row["at"]) < until and instant(row["at"]) <= at
    ]
    return pd.DataFrame(rows, columns=["no", "what", "at", "due"])


def followed(lives: Lives, at: datetime) -> pd.DataFrame:
    """How each case stood: its state, its deadline, and when it was last answered (handled, or ended without that)."""
    rows = []
    for no, life in lives.items():
        state, due, answered, closed = None, None, None, None
        for row in life:
            then = instant(row["at"])
            if then > at:
                break
            was, state = state, EVENTS[row["what"]].to or state
            if was in ENDED and state not in ENDED:
                due = answered = closed = None
            if row.get("due") and row["what"] not in ("extension_asked", "extension_refused"):
                due = instant(row["due"])
            if row["what"] == "handled":
                answered = then
            elif row["what"] == "rework":
                answered = None
            if state in ENDED and was not in ENDED:
                closed, answered = then, answered or then
        if state is not None:
            rows.append({"no": no, "state": state, "due": due, "answered": answered, "closed": closed, "life": life})
    return pd.DataFrame(rows, columns=["no", "state", "due", "answered", "closed", "life"])


def plain_clocks(lives: Lives) -> Lives:
    """Those whose clock is never stopped and whose extensions bring their deadline: what else there is the course tests."""
    return {
        no: life
        for no, life in lives.items()
        if not any(row["what"] in ("suspended", "deferred") for row in life)
        and all(row["what"] != "extended" or row.get("due") for row in life)
    }


def answered_later(lives: Lives) -> Lives:
    """Without those handled in the very second of a dispatch: such a deadline is not seen yet where the handling is judged."""
    return {
        no: life
        for no, life in lives.items()
        if not {row["at"] for row in life if row["what"] == "dispatched"}
        & {row["at"] for row in life if row["what"] == "handled"}
    }


@examples(4)
@given(seed=st.integers(0, 10_000), data=st.data())
def test_steps_are_a_plain_count_of_the_ledger(database, tmp_path, seed, data):
    lives, town = plain_clocks(ledger_of(40, seed)), new_code()
    load_cases(tmp_path, town, [case(no, report_of(life)) for no, life in lives.items()])
    load_events(tmp_path, town, [row for life in lives.values() for row in life])
    for _ in range(6):
        on = BEGIN.date() + timedelta(data.draw(st.integers(0, 60)))
        first = on - timedelta(data.draw(st.integers(0, 40)))
        since, at = day_begin(first), day_end(on)
        steps, stood = steps_of(lives, since, at + timedelta(microseconds=1), at), followed(lives, at)

        def cases(what: str, steps: pd.DataFrame = steps) -> int:
            return steps.loc[steps["what"] == what, "no"].nunique()

        def times(what: str, steps: pd.DataFrame = steps) -> int:
            return int((steps["what"] == what).sum())

        ask = lambda question: one(town, question, since=first, as_of=on)  # noqa: E731, B023
        rework = ask("rework")
        assert (rework["n_rework"], rework["n_reworked"]) == (times("rework"), cases("rework"))
        assert rework["n_handled"] == ask("rework_of_handled")["n_handled"] == cases("handled")
        registered = ask("registered_rate")
        assert (registered["n_registered"], registered["n_voided"]) == (cases("registered"), cases("voided"))
        assert registered["n_reported"] == sum(since <= report_of(life) <= at for life in lives.values())
        reopened = ask("reopened")
        closings = steps[steps["what"].isin(["closed", "forced_closed"])]
        assert (reopened["n_reopened"], reopened["n_closed"]) == (times("reopened"), closings["no"].nunique())
        extensions = ask("extensions")
        assert extensions["n_asked"] == times("extension_asked")
        assert (extensions["n_granted"], extensions["n_extended"]) == (times("extended"), cases("extended"))
        assert extensions["n_refused"] == times("extension_refused")
        assert extensions["n_asked_late"] == sum(
            _asked_late(lives[row.no], row.at) for row in steps.itertuples() if row.what == "extension_asked"
        )
        supervision = ask("supervision")
        given_ = steps[steps["what"].isin(["urged", "yellow_card", "red_card", "instructed"])]
        assert supervision["n_supervised"] == given_["no"].nunique()
        assert supervision["n_yellow_card"] == times("yellow_card")
        first_given = given_.groupby("no")["at"].min()
        stands = stood[stood["no"].isin(first_given.index)]
        ended = stands[stands["state"].isin(ENDED)]
        assert supervision["n_cleared"] == sum(row.closed >= first_given[row.no] for row in ended.itertuples())
        is_open = stands[~stands["state"].isin(ENDED)]
        assert supervision["n_supervised_overdue"] == sum(has(due) and due <= at for due in is_open["due"])
        closed = [row for row in stood.itertuples() if ended_in(row, since, at)]
        of_closed = ask("on_time_of_closed")
        assert of_closed["n_closed"] == len(closed)
        assert of_closed["n_closed_on_time"] == sum(has(r.due) and r.closed <= r.due for r in closed)
        assert of_closed["n_closed_no_deadline"] == sum(not has(r.due) for r in closed)


def has(value: Any) -> bool:
    return value is not None and not pd.isna(value)


def ended_in(row: Any, since: datetime, at: datetime) -> bool:
    """Closed, not found void, in the period."""
    if row.state not in ENDED or not has(row.closed) or not since <= row.closed <= at:
        return False
    return any(instant(e["at"]) == row.closed and e["what"] in ("closed", "forced_closed") for e in row.life)


def _asked_late(life: list[dict[str, str]], at: datetime) -> bool:
    before = followed({"x": [row for row in life if instant(row["at"]) < at]}, at)
    due = before["due"].iloc[0]
    return has(due) and due - timedelta(days=1) < at <= due


@examples(8)
@given(seed=st.integers(0, 10_000), data=st.data())
def test_where_the_rules_say_so_the_handling_must_come_before_the_deadline(database, tmp_path, monkeypatch, seed, data):
    follow_rules(tmp_path, monkeypatch, ('by = "closed"', 'by = "handled"'))
    lives, town = answered_later(plain_clocks(ledger_of(40, seed))), new_code()
    load_cases(tmp_path, town, [case(no, report_of(life)) for no, life in lives.items()])
    load_events(tmp_path, town, [row for life in lives.values() for row in life])
    for _ in range(8):
        on = BEGIN.date() + timedelta(data.draw(st.integers(0, 60)))
        first = on - timedelta(data.draw(st.integers(0, 40)))
        since, at = day_begin(first), day_end(on)
        wanted = dict.fromkeys(("due", "on_time", "late_closed", "overdue_open", "exempt"), 0)
        closed = dict.fromkeys(("closed", "closed_on_time"), 0)
        for row in followed(lives, at).itertuples():
            past = [e for e in row.life if instant(e["at"]) <= at]
            is_void = row.state in ENDED and not any(e["what"] in ("closed", "forced_closed") for e in _round(past))
            answered = row.answered if has(row.answered) else None
            has_due = has(row.due)
            if ended_in(row, since, at):
                closed["closed"] += 1
                closed["closed_on_time"] += bool(has_due and answered <= row.due)
            if not has_due or not since <= row.due <= at or is_void:
                continue
            upheld = any(e["what"] == "appeal_upheld" for e in _round(past))
            part = "overdue_open"
            if answered is not None:
                part = "on_time" if answered <= row.due else "exempt" if upheld else "late_closed"
            wanted[part] += 1
            wanted["due"] += 1
        due = one(town, "on_time", since=first, as_of=on)
        assert {part: due[f"n_{part}"] for part in wanted} == wanted
        of_closed = one(town, "on_time_of_closed", since=first, as_of=on)
        assert {part: of_closed[f"n_{part}"] for part in closed} == closed
    assert gg.open(town).ask("on_time", as_of=on).meta["judged_by"] == "handled"


def test_what_is_given_out_and_handled_within_one_second_counts_once_it_has_ended(database, tmp_path, monkeypatch):
    follow_rules(tmp_path, monkeypatch, ('by = "closed"', 'by = "handled"'))
    town, due = new_code(), BEGIN + timedelta(hours=30)
    load_cases(tmp_path, town, [case("A", BEGIN), case("B", BEGIN)])
    steps = [("registered", 1), ("dispatched", 2), ("handled", 2), ("closed", 50)]
    load_events(tmp_path, town, [*course("A", BEGIN, *steps, due=due), *course("B", BEGIN, *steps[:2], due=due)])
    got = one(town, "on_time", since="2026-03-01", as_of="2026-03-31")
    assert (got["n_due"], got["n_on_time"], got["n_overdue_open"]) == (2, 1, 1)


def test_a_deadline_told_in_the_second_of_the_end_is_the_one_that_counts(database, tmp_path, monkeypatch):
    follow_rules(tmp_path, monkeypatch, ('by = "closed"', 'by = "handled"'))
    town, first, second = new_code(), BEGIN + timedelta(days=2), BEGIN + timedelta(days=9)
    load_cases(tmp_path, town, [case("N", BEGIN)])
    rows = course("N", BEGIN, ("registered", 1), ("dispatched", 2), due=first)
    rows += [event("N", "extended", BEGIN + timedelta(hours=30), due=stamp(second))]
    load_events(tmp_path, town, [*rows, event("N", "forced_closed", BEGIN + timedelta(hours=30), why="no")])
    for since, until, n in (("2026-03-04", "2026-03-04", 0), ("2026-03-11", "2026-03-11", 1)):
        due = one(town, "on_time", since=since, until=until, as_of="2026-03-31")
        assert (due["n_due"], due["n_on_time"]) == (n, n)


def _round(life: list[dict[str, str]]) -> list[dict[str, str]]:
    """The events since the case was last opened again."""
    last = max((k for k, row in enumerate(life) if row["what"] == "reopened"), default=-1)
    return life[last + 1 :]


# --- one by one -----------------------------------------------------------------------------------------------------------


def course(no: str, at: datetime, *steps: tuple[str, float], unit: str = "A", due: datetime | None = None) -> list[Any]:
    """Events so many hours after `at`; the first dispatch brings the deadline."""
    rows = []
    for what, hours in steps:
        more = {"unit": unit} if what in ("dispatched", "returned") else {}
        more |= {"why": "no"} if "reason" in EVENTS[what].needs else {}
        if what == "dispatched" and due:
            more["due"] = stamp(due)
        rows.append(event(no, what, at + timedelta(hours=hours), **more))
    return rows


DONE = (("registered", 1), ("dispatched", 2), ("signed", 3), ("handled", 20), ("closed", 21))


def test_put_off_stands_beside_the_due_and_jinhua_gives_points(database, tmp_path):
    town, due, rows = new_code(), BEGIN + timedelta(days=2), []
    load_cases(tmp_path, town, [case(f"N{k}", BEGIN) for k in range(14)])
    for k in range(8):
        rows += course(f"N{k}", BEGIN, *DONE, due=due)
    rows += course("N8", BEGIN, ("registered", 1), ("dispatched", 2), ("deferred", 5), due=due)
    for k in range(9, 12):
        rows += course(f"N{k}", BEGIN, ("registered", 1), ("dispatched", 2), ("handled", 60), ("closed", 61), due=due)
    rows += course("N12", BEGIN, ("registered", 1), ("dispatched", 2), due=due)
    load_events(tmp_path, town, rows)
    got = one(town, "on_time", since="2026-03-01", as_of="2026-03-31")
    assert (got["n_due"], got["n_on_time"], got["n_put_off"]) == (12, 8, 1)
    assert got["on_time_rate_with_put_off"] == pytest.approx(8 / 13)
    points = one(town, "on_time_jinhua", since="2026-03-01", as_of="2026-03-31")
    assert (points["n_due_in_all"], points["n_due"]) == (13, 12)
    assert points["points_on_time"] == pytest.approx(50 - (70 - 100 * 8 / 12))
    assert points["points_closed"] == 20
    assert pd.isna(points["points_urgent"])
    assert one(town, "closed_rate", since="2026-03-01", as_of="2026-03-31")["closed_rate"] == pytest.approx(11 / 12)


def test_the_state_is_not_asked_of_steps(database, tmp_path):
    town = new_code()
    load_cases(tmp_path, town, [case("A", BEGIN)])
    with pytest.raises(QuestionError, match="ask without `state`"):
        gg.open(town).ask("rework", by="state")


def test_the_six_rates_of_the_hotline(database, tmp_path):
    """Five orders and one case of a worker, which is none of the hotline's."""
    town, due = new_code(), BEGIN + timedelta(days=2)
    orders = [case(f"H{k}", BEGIN, channel="12345热线", twice="1" if k == 4 else "0") for k in range(5)]
    load_cases(tmp_path, town, [*orders, case("W", BEGIN, channel="worker", twice="0")], CHANNELLED)
    rows = course("H0", BEGIN, *DONE, ("evaluated", 30), due=due)
    rows += course("H1", BEGIN, *DONE, ("evaluated", 30), ("reopened", 31), due=due)
    # H2 is given back unsigned at once, and then nobody signs for it in time.
    rows += course("H2", BEGIN, ("registered", 1), ("dispatched", 2), ("returned", 2.5), ("dispatched", 3), due=due)
    rows += course("H3", BEGIN, *DONE[:2], ("signed", 2), ("forced_closed", 60), due=due)  # signed within the second
    rows += course("W", BEGIN, *DONE, due=due)
    load_rated(tmp_path, town, rows, {"H0": "fair", "H1": "dissatisfied"})
    answer = gg.open(town).ask("hotline", since="2026-03-01", as_of="2026-03-31")
    got = answer.frame.iloc[0]
    assert answer.meta["channels"] == ["12345热线"]
    assert (got["n_reported"], got["n_duplicate_orders"]) == (5, 1)
    assert (got["n_orders_dispatched"], got["n_returned_cases"]) == (4, 1)
    assert (got["n_sign_due"], got["n_signed_in_time"]) == (5, 4)
    assert (got["n_due"], got["n_on_time"]) == (3, 1)  # the one opened again has no deadline yet
    assert (got["n_closed"], got["n_solved"]) == (3, 1)
    assert (got["n_rated"], got["n_content"], got["satisfied_rate"]) == (2, 1, 0.5)
    whole = one(town, "hotline", since="2026-03-01", as_of="2026-03-31", where={"channel": ["12345热线", "worker"]})
    assert whole["n_reported"] == 6
    assert one(town, "hotline", since="2026-04-01", as_of="2026-04-30")["solved_rate"] is not None


def load_rated(folder: Path, town: str, rows: list[dict[str, str]], ratings: dict[str, str]) -> None:
    for row in rows:
        if row["what"] == "evaluated":
            row["said"] = ratings[row["no"]]
    load_events(folder, town, rows, (*EVENT_HEAD, "said"))


def test_a_town_without_a_hotline_says_so(database, tmp_path):
    town = new_code()
    load_cases(tmp_path, town, [case("A", BEGIN, channel="worker", twice="0")], CHANNELLED)
    with pytest.raises(QuestionError, match="channel="):
        gg.open(town).ask("hotline")


# --- published figures ------------------------------------------------------------------------------------------------------


class Book:
    """A ledger written case by case: those reported in the period and those carried over, each due in it, or never sent on."""

    def __init__(self, first: date, last: date) -> None:
        self.first, self.last = datetime.combine(first, time()), datetime.combine(last, time(23))
        self.chance, self.cases, self.events = random.Random(1), [], []

    def add(self, *steps: str, old: bool = False, due: bool = True, late: bool = False, **what: str) -> None:
        """A case: registered and so on as `steps` say, a minute apart; handled and closed hours before or after the deadline."""
        no, chance = f"N{len(self.cases)}", self.chance
        limit = self.first + timedelta(
            days=2, seconds=chance.randrange(int((self.last - self.first).total_seconds()) - 250_000)
        )
        limit = limit if due else self.last + timedelta(days=2)
        at = self.first + (-timedelta(days=3) if old else timedelta(seconds=chance.randrange(80_000)))
        self.cases.append({"no": no, "at": stamp(at), "state": "reported", "track": "dispatched", "twice": "0", **what})
        end = limit + timedelta(hours=2 if late else -3)
        for k, step in enumerate(steps):
            then = (
                end + timedelta(minutes=k) if step in ("handled", "rework", "closed") else at + timedelta(minutes=k + 1)
            )
            more = {"unit": "A", "due": stamp(limit)} if step == "dispatched" else {}
            if step == "extended":
                then, more = self.first + timedelta(days=1), {"due": stamp(limit)}
            more |= {"why": "no"} if "reason" in EVENTS[step].needs else {}
            self.events.append({"no": no, "what": step, "at": stamp(then), **more})

    def load(self, folder: Path, town: str) -> None:
        load_cases(folder, town, self.cases, CHANNELLED)
        load_events(folder, town, self.events)


SENT = ("registered", "dispatched")
CLOSED = (*SENT, "handled", "closed")


def figures(town: str, first: date, last: date, **where: str) -> dict[tuple[str, str | None, str], tuple[int, str]]:
    """The bulletin: by section, name and item the count, and the share as it is printed."""
    rows = gg.open(town).ask("bulletin", since=first, as_of=last, where=where or None).frame
    return {
        (row.section, None if pd.isna(row.name_) else row.name_, row.item):
        (row.n, "" if pd.isna(row.share) else f"{row.share:.2%}")
        for row in rows.rename(columns={"name": "name_"}).itertuples()
    }  # fmt: skip


def test_the_week_of_zhengzhou_comes_out_to_the_last_figure(database, tmp_path):
    first, last, town = date(2019, 4, 8), date(2019, 4, 14), new_code()
    book = Book(first, last)
    carried = 52_434 - 49_151  # due in the week and reported before it
    for what, n_due, n_closed, n_on_time, n_rework, n_extended in (
        ("常规", 18_086, 10_225, 8_765, 274, 101),
        ("其他", 34_348, 33_298, 31_629, 2, 3),
    ):
        for k in range(n_due):
            steps = list(CLOSED if k < n_closed else SENT)
            if k < n_rework:
                steps[-1:] = ["rework", "handled", "closed"]
            if n_closed - n_extended <= k < n_closed:
                steps.insert(2, "extended")
            old = what == "常规" and k >= n_due - carried
            book.add(*steps, old=old, late=n_on_time <= k < n_closed, what=what)
    for _ in range(51_229 - 49_151):
        book.add("registered", what="其他")
    for k in range(51_571 - 51_229):
        book.add(*(["voided"] if k % 2 else []), what="其他")
    book.load(tmp_path, town)

    all_ = figures(town, first, last)
    assert {item: all_["course", None, item] for item in ("reported", "registered", "dispatched", "due")} == {
        "reported": (51_571, ""), "registered": (51_229, "99.34%"), "dispatched": (49_151, "95.94%"), "due": (52_434, ""),
    }  # fmt: skip
    printed = {"closed": (43_523, "83.01%"), "on_time": (40_394, "77.04%")}
    printed |= {"reworked": (276, "0.53%"), "extended": (104, "0.20%")}
    assert {item: all_["course", None, item] for item in printed} == printed
    routine = figures(town, first, last, category="常规")
    printed = {"due": (18_086, ""), "closed": (10_225, "56.54%"), "on_time": (8_765, "48.46%")}
    printed |= {"reworked": (274, "1.51%"), "extended": (101, "0.56%")}
    assert {item: routine["course", None, item] for item in printed} == printed

    how = {"since": first, "as_of": last}
    assert f"{one(town, 'rework_of_due', **how)['rework_rate_of_due']:.2%}" == "0.53%"
    assert f"{one(town, 'extensions', **how)['extension_rate']:.2%}" == "0.20%"
    assert f"{one(town, 'closed_rate', **how)['closed_rate']:.2%}" == "83.01%"
    parts = gg.open(town).ask("rework_of_due", by="category", **how).frame.set_index("category")
    assert (parts.loc["常规", "n_reworked"], f"{parts.loc['常规', 'rework_rate_of_due']:.2%}") == (274, "1.51%")
    due = gg.open(town).ask("on_time", by="category", **how).frame.set_index("category")
    assert due.loc["常规", ["n_due", "n_on_time", "n_late_closed"]].tolist() == [18_086, 8_765, 10_225 - 8_765]


def test_the_month_of_tianmen_comes_out_to_the_last_figure(database, tmp_path):
    """December 2016. Of the 737 closed on time only the sum is published, not how many were events."""
    first, last, town = date(2016, 12, 1), date(2016, 12, 31), new_code()
    book, sources = Book(first, last), iter(["patrol"] * 953 + ["public"] * 43)
    words = ["小广告"] * 474 + ["其他市容"] * 147 + ["乱堆物堆料"] * 128 + [f"w{k % 30}" for k in range(222)]
    for kind, n, n_due, n_closed, n_on_time in (("市容事件", 971, 956, 902, 730), ("市政部件", 25, 16, 9, 7)):
        for k in range(n):
            which = words[k] if kind == "市容事件" else "井盖"
            steps = CLOSED if k < n_closed else SENT
            late = n_on_time <= k < n_closed
            book.add(*steps, due=k < n_due, late=late, what=kind, which=which, channel=next(sources))
    for k in range(1_054 - 996):
        book.add(*(["voided"] if k % 2 else []), what="市容事件", channel="public")
    book.load(tmp_path, town)

    got = figures(town, first, last)
    printed: dict[tuple[str, str | None, str], tuple[int, str]] = {
        ("course", None, "reported"): (1_054, ""),
        ("course", None, "registered"): (996, "94.50%"),
        ("course", None, "due"): (972, ""),
        ("course", None, "closed"): (911, "93.72%"),
        ("course", None, "on_time"): (737, "75.82%"),
        ("channel", "patrol", "registered"): (953, "95.68%"),
        ("channel", "public", "registered"): (43, "4.32%"),
        ("kind", "event", "registered"): (971, "97.49%"),
        ("kind", "event", "due"): (956, ""),
        ("kind", "event", "closed"): (902, "94.35%"),
        ("kind", "component", "registered"): (25, "2.51%"),
        ("kind", "component", "due"): (16, ""),
        ("kind", "component", "closed"): (9, "56.25%"),
        ("subcategory", "小广告", "registered"): (474, "47.59%"),
        ("subcategory", "其他市容", "registered"): (147, "14.76%"),
        ("subcategory", "乱堆物堆料", "registered"): (128, "12.85%"),
    }
    assert {key: got[key] for key in printed} == printed
    top = [name for section, name, _ in got if section == "subcategory"]
    assert (len(top), top[:3]) == (10, ["小广告", "其他市容", "乱堆物堆料"])
    assert f"{one(town, 'registered_rate', since=first, as_of=last)['registered_rate']:.2%}" == "94.50%"
    months = gg.open(town).ask("on_time", by="month", since=date(2016, 10, 1), as_of=last).frame
    assert months["n_due"].tolist() == [0, 0, 972]
    assert months["on_time_rate"].isna().tolist() == [True, True, False]
