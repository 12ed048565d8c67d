"""The course of cases against a slow reference that goes event by event with the clock on the wall."""

import random
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgov.analytics.clocks import Clock, working_seconds, zone
from gridgov.analytics.course import BASES, ENDS, Course, derive, event_numbers
from gridgov.errors import CalendarError
from gridgov.process import EVENTS, MOVES
from gridgov.rules import STAGES, parse_rules, read_rules
from gridgov.vocabulary import ENDED, LIMIT_UNITS, STATES
from tests.slow_course import DAY, DISPATCHED, FIRST, HOUR, SELF, UNKNOWN, Case, Fact, Slow, Wall
from tests.support import DEFAULT_RULES

RULES = read_rules()
LAST = date(2032, 12, 31)
STATE, CODES = list(STATES), list(EVENTS)


@lru_cache
def calendar_of(rules_text: str) -> Any:
    return parse_rules(rules_text).calendar(FIRST, LAST)


def arrays(cases: list[Case]) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    rows = [(c, f) for c, case in enumerate(cases) for f in case.facts]
    is_row = np.array([f.is_row for _, f in rows], bool)
    events = {name: np.array([getattr(f, name) for _, f in rows]) for name in ("at", "unit", "actor", "reason", "due")}
    events |= {"case": np.array([c for c, _ in rows]), "is_row": is_row}
    events["event"] = event_numbers([f.what for _, f in rows], is_row)
    units = list(LIMIT_UNITS)
    files = {
        "track": np.array([-1 if case.track == UNKNOWN else case.track for case in cases]),
        "unit": np.array([case.unit for case in cases]),
        "due": np.array([case.due for case in cases]),
        "limit_value": np.array([case.limit[0] if case.limit else np.nan for case in cases]),
        "limit_unit": np.array([units.index(case.limit[1]) if case.limit else -1 for case in cases]),
        "is_urgent": np.array([case.urgent for case in cases]),
    }
    return events, files


def quick(cases: list[Case], text: str = DEFAULT_RULES, place: str = "Asia/Shanghai") -> Course:
    return derive(*arrays(cases), parse_rules(text), calendar_of(text), place)


def in_words(frame: pd.DataFrame) -> list[dict[str, Any]]:
    rows = frame.to_dict("records")
    for row in rows:
        for name, words in (("state", STATE), ("stage", STAGES), ("end", ENDS), ("due_basis", BASES)):
            if name in row:
                row[name] = words[row[name]] if row[name] >= 0 else -1
        for name, value in row.items():
            row[name] = None if isinstance(value, float) and np.isnan(value) else value
    return rows


def check(cases: list[Case], text: str = DEFAULT_RULES, place: str = "Asia/Shanghai") -> Course:
    """Both sides tell the same."""
    course, rules = quick(cases, text, place), parse_rules(text)
    wall = Wall(rules, ZoneInfo(place), calendar_of(text).is_workday)
    slow = [Slow(case, rules, wall).run() for case in cases]
    told = in_words(course.facts)
    for c, (s, fact) in enumerate(zip(slow, told, strict=True)):
        assert {k: fact[k] for k in s.facts} == s.facts, (c, s.case)
    expected = [{"case": c, **span} for c, s in enumerate(slow) for span in s.spans]
    assert in_words(course.spans[list(expected[0])] if expected else course.spans) == expected
    moves = [{"case": c, **move} for c, s in enumerate(slow) for move in s.handovers]
    assert course.handovers.to_dict("records") == moves
    return course


def at(text: str, place: str = "Asia/Shanghai") -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(place)).timestamp())


def case_of(*facts: tuple[Any, ...], place: str = "Asia/Shanghai", **about: Any) -> Case:
    """A case from (when, what, further columns)."""
    return Case([Fact(at(f[0], place), f[1], **(f[2] if len(f) > 2 else {})) for f in facts], **about)


# --- random ledgers ---------------------------------------------------------------------------------------------------

VARIANTS = [
    (),
    (('by = "closed"', 'by = "handled"'), ('stops = "handled"', 'stops = "closed"'), ("overdue = false", "overdue = true")),
    (('delivered = "wins"', 'delivered = "fills"'), ("times = 2", "times = 1"), ('"work_hour" # what', '"natural_day" # what')),
    (('reopened = "new"', 'reopened = "keep"'), ('["suspended", "deferred"] # 挂', '["suspended"] # 挂')),
    (("# dispatched =", "dispatched ="), ("# urgent =", "urgent ="), ("# close =", "close ="),
     ('"08:00-12:00"', '"00:30-06:00"')),
]  # fmt: skip


def variant(k: int) -> str:
    text = DEFAULT_RULES
    for old, new in VARIANTS[k]:
        assert old in text, old
        text = text.replace(old, new)
    return text


GAPS = (0, 0, 30, 300, 900, 3_600, 4 * HOUR, 9 * HOUR, DAY, 3 * DAY)
ENDING = ("voided", "closed", "forced_closed", "archived", "evaluated", "collected")


def history(chance: random.Random) -> Case:
    """A made-up case: a walk through the moves of its track, rather long, seldom to an end; or a flat row; or a mixture."""

    def few() -> int:
        return chance.randint(-1, 2)

    def some_due(share: float) -> int:
        return t + chance.randint(-8, 60) * 3 * HOUR if chance.random() < share else -1

    track = chance.choice([SELF, DISPATCHED, DISPATCHED, DISPATCHED, 2, UNKNOWN])
    told = chance.choice([0.0, 0.0, 0.1, 0.4])
    t = at("2025-03-07 15:00") + chance.randint(0, 5 * 96) * 900
    if chance.random() < 0.2:
        t = at("2025-10-30 15:00") + chance.randint(0, 5 * 96) * 900
    limit = (chance.choice([0.5, 1.0, 3.0]), chance.choice(list(LIMIT_UNITS))) if chance.random() < 0.7 else None
    case = Case([], track, few(), some_due(0.3), limit, chance.random() < 0.3)
    if chance.random() < 0.1:
        case.facts.append(Fact(t, "reported", is_row=True))
        if chance.random() < 0.7:
            case.facts.append(Fact(t + chance.choice(GAPS), chance.choice(STATE), is_row=True))
        return case
    state, slow = -1, chance.random() < 0.5
    for _ in range(chance.randint(1, 40)):
        possible = [event for event in EVENTS.values() if MOVES[track, state + 1, event.number] >= 0]
        if not possible:
            break
        weights = [0.08 if event.is_side else 0.1 if event.code in ENDING else 1.0 for event in possible]
        event = chance.choices(possible, weights)[0]
        state = MOVES[track, state + 1, event.number]
        case.facts.append(Fact(t, event.code, False, few(), few(), few(), some_due(told)))
        t += chance.choice(GAPS if slow else GAPS[:7])
    if chance.random() < 0.15:  # its report stands as a flat row's, and so may its end
        case.facts[0] = Fact(case.facts[0].at, "reported", is_row=True)
    if chance.random() < 0.1 and STATE[state] not in ENDED:
        case.facts.append(Fact(t, chance.choice(STATE), is_row=True))
    return case


histories = st.integers(0, 2**32).map(random.Random)


@settings(deadline=None, max_examples=60)
@given(histories, st.integers(0, len(VARIANTS) - 1),
       st.sampled_from(["Asia/Shanghai", "America/Chicago"]))  # fmt: skip
def test_every_ledger_has_the_course_that_the_reference_finds(chance: random.Random, k: int, place: str) -> None:
    cases = [history(chance) for _ in range(20)]
    course = check(cases, variant(k), place)
    spans, facts = course.spans, course.facts
    # stretches tile the time in which a case is open: no gap but between rounds, no overlap, the node times add up
    for c, mine in spans.groupby("case"):
        ends = mine["to_at"].to_numpy()[:-1]
        assert (ends <= mine["from_at"].to_numpy()[1:]).all()
        assert (ends >= 0).all()
        assert ((mine["to_at"] < 0).sum() == 1) == (facts["end"][c] < 0)
        gaps_at = ends[ends != mine["from_at"].to_numpy()[1:]]
        assert len(gaps_at) <= facts["n_reopened"][c]
        assert mine["from_at"].iloc[0] >= facts["opened_at"][c]
    ended = spans[spans["to_at"] >= 0].assign(s=lambda d: d["to_at"] - d["from_at"])
    for n, stage in enumerate(STAGES):
        booked = ended[ended["stage"] == n].groupby("case")["s"].sum().reindex(range(len(cases)), fill_value=0)
        still = spans[(spans["to_at"] < 0) & (spans["stage"] == n)].set_index("case")["from_at"]
        last = pd.Series([case.facts[-1].at for case in cases])
        booked = booked.add((last.reindex(still.index) - still), fill_value=0)
        assert booked.astype(int).tolist() == facts[f"{stage}_s"].tolist()
    lit = spans[spans["yellow_at"] >= 0]
    assert (lit["yellow_at"] <= lit["risk_at"]).all()
    assert (lit["risk_at"] <= lit["due_at"]).all()
    assert (lit["due_at"] <= lit["black_at"]).all()


@settings(deadline=None, max_examples=100)
@given(histories, st.integers(0, len(VARIANTS) - 1))
def test_what_comes_later_does_not_change_what_was(chance: random.Random, k: int) -> None:
    """As of an instant, the whole ledger tells the same as the part that had happened by then.

    But for what a flat row tells, which is known from its beginning on.
    """
    case = history(chance)
    if any(f.is_row for f in case.facts):
        return
    case.due = -1
    then = chance.choice(case.facts).at
    part = Case([f for f in case.facts if f.at <= then], case.track, case.unit, -1, case.limit, case.urgent)
    of_all, of_part = (quick([some], variant(k)).spans for some in (case, part))
    cut = of_all[of_all["from_at"] <= then].copy()
    cut.loc[cut["to_at"] > then, ["to_at", "end", "exempt_at"]] = -1
    cut.loc[cut["exempt_at"] > then, "exempt_at"] = -1
    pd.testing.assert_frame_equal(cut.reset_index(drop=True), of_part.reset_index(drop=True))


# --- by hand ----------------------------------------------------------------------------------------------------------

BEGIN = (
    ("2025-03-03 09:00", "reported"), ("2025-03-03 09:05", "accepted"), ("2025-03-03 09:10", "registered"),
    ("2025-03-03 10:00", "dispatched", {"unit": 7}), ("2025-03-03 11:00", "signed", {"unit": 7}),
)  # fmt: skip


def test_the_clock_of_a_dispatched_case_starts_with_its_dispatch() -> None:
    course = check([case_of(*BEGIN, limit=(1.0, "work_day"))])
    last = course.spans.iloc[-1]
    assert last["due_at"] == at("2025-03-04 10:00")
    assert last["yellow_at"] == at("2025-03-03 17:20")  # two hours and forty minutes of eight are left
    assert last["risk_at"] == at("2025-03-04 08:24")
    assert last["black_at"] == at("2025-03-05 10:00")
    assert course.spans["due_at"].tolist()[:3] == [-1, -1, -1]
    assert course.spans["unit"].tolist() == [-1, -1, -1, 7, 7]
    assert [STAGES[k] for k in course.spans["stage"]] == ["intake", "intake", "dispatch", "sign", "handle"]
    assert course.spans["stage_due_at"].tolist()[:4] == [
        at("2025-03-03 09:15"), at("2025-03-03 09:15"), at("2025-03-03 09:25"), at("2025-03-03 12:00"),
    ]  # fmt: skip


def test_a_pause_gives_back_what_was_left() -> None:
    """Six of eight hours are left on Monday at noon; resumed on Thursday at four, it is due on Friday at noon."""
    course = check([
        case_of(*BEGIN, ("2025-03-03 12:00", "suspended"), ("2025-03-06 16:00", "resumed"), limit=(1.0, "work_day"))
    ])  # fmt: skip
    paused, resumed = course.spans.iloc[-2], course.spans.iloc[-1]
    assert paused["is_paused"]
    assert paused["due_at"] == at("2025-03-04 10:00")
    assert paused["yellow_at"] == paused["risk_at"] == paused["black_at"] == -1
    assert resumed["due_at"] == at("2025-03-07 12:00")
    assert course.facts["due_basis"][0] == BASES.index("rule")


def test_a_deadline_that_had_passed_stays_after_a_pause() -> None:
    course = check([
        case_of(*BEGIN, ("2025-03-05 12:00", "suspended"), ("2025-03-20 16:00", "resumed"), limit=(1.0, "work_day"))
    ])  # fmt: skip
    assert course.spans["due_at"].iloc[-1] == at("2025-03-04 10:00")


def test_extensions_add_the_original_limit_twice_and_never_when_overdue() -> None:
    more = [("2025-03-03 12:00", "extended"), ("2025-03-04 12:00", "extended"), ("2025-03-05 09:00", "extended")]
    course = check([
        case_of(*BEGIN, *more, limit=(1.0, "work_day")),
        case_of(*BEGIN, ("2025-03-04 10:01", "extended"), limit=(1.0, "work_day")),
        case_of(*BEGIN, ("2025-03-04 10:00", "extended"), limit=(1.0, "work_day")),
        case_of(*BEGIN, ("2025-03-04 10:01", "extended", {"due": at("2025-03-10 18:00")}), limit=(1.0, "work_day")),
    ])  # fmt: skip
    assert course.facts["due_at"].tolist() == [
        at("2025-03-06 10:00"), at("2025-03-04 10:00"), at("2025-03-05 10:00"), at("2025-03-10 18:00"),
    ]  # fmt: skip
    assert course.facts["n_extended"].tolist() == [3, 1, 1, 1]
    assert course.facts["first_due_at"].tolist() == [at("2025-03-04 10:00")] * 4


def test_a_delivered_deadline_wins_over_the_limit() -> None:
    dispatched = ("2025-03-03 10:00", "dispatched", {"unit": 7, "due": at("2025-03-05 18:00")})
    facts = [*BEGIN[:3], dispatched, *BEGIN[4:]]
    case = case_of(*facts, limit=(1.0, "work_day"))
    assert check([case]).facts["due_at"][0] == at("2025-03-05 18:00")
    assert check([case], variant(2)).facts["due_at"][0] == at("2025-03-04 10:00")


def test_two_units_pass_a_case_on_and_back() -> None:
    course = check([
        case_of(
            *BEGIN,
            ("2025-03-03 12:00", "returned", {"reason": 3}), ("2025-03-03 14:30", "dispatched", {"unit": 8}),
            ("2025-03-03 15:00", "returned", {"reason": 4}), ("2025-03-03 15:30", "dispatched", {"unit": 7}),
            limit=(1.0, "work_day"),
        )
    ])  # fmt: skip
    assert course.handovers.drop(columns=["case", "at"]).to_numpy().tolist() == [
        [7, 8, 16_200, 9_000, 3, False], [8, 7, 3_600, 3_600, 4, True],
    ]  # fmt: skip
    fact = course.facts.iloc[0]
    assert (fact["n_returned"], fact["n_aba"], fact["first_unit"], fact["unit"]) == (2, 1, 7, 7)
    assert fact["due_at"] == at("2025-03-04 10:00")  # returned or not, the clock keeps running


def test_a_case_that_ends_in_the_second_of_its_report_ends_without_what_a_later_round_is_told() -> None:
    later = (("2025-03-12 09:00", "appeal_upheld"), ("2025-03-15 09:00", "reopened"))
    dispatched = ("2025-03-16 09:00", "dispatched", {"unit": 7, "due": at("2025-04-01 09:00")})
    report = ("2025-03-08 06:00", "reported")
    course = check([case_of(report, ("2025-03-08 06:00", "forced_closed"), *later, dispatched)])
    first = course.spans.iloc[0]
    at_once = at("2025-03-08 06:00")
    assert (first["from_at"], first["to_at"], first["due_at"], first["unit"]) == (at_once, at_once, -1, -1)
    assert (ENDS[first["end"]], first["exempt_at"]) == ("forced_closed", at("2025-03-12 09:00"))
    assert (course.spans["end"].iloc[1:] == -1).all()


def test_a_dispatch_that_names_nobody_does_not_hide_who_had_it_before() -> None:
    rest = [("2025-03-03 12:00", "returned"), ("2025-03-03 14:00", "dispatched"), ("2025-03-03 15:00", "returned")]
    course = check([case_of(*BEGIN, *rest, ("2025-03-03 16:00", "dispatched", {"unit": 8}))])
    assert course.handovers[["from_unit", "to_unit", "lost_s"]].to_numpy().tolist() == [[7, 8, 2 * HOUR]]


END = (
    ("2025-03-04 09:50", "handled", {"actor": 5}), ("2025-03-04 10:05", "checking"),
    ("2025-03-04 10:10", "checked", {"actor": 6}), ("2025-03-04 10:20", "closed", {"actor": 9}),
)  # fmt: skip


def test_it_is_the_closing_that_must_come_in_time_unless_the_rules_judge_the_handling() -> None:
    case = case_of(*BEGIN, *END, limit=(1.0, "work_day"))
    assert check([case]).facts["is_late"].tolist() == [True]
    by_handling = check([case], variant(1))
    assert by_handling.facts["is_late"].tolist() == [False]
    shown, told = by_handling.spans.iloc[-2], by_handling.spans.iloc[-1]
    assert (shown["due_at"], shown["end"]) == (-1, -1)
    assert (told["from_at"], told["to_at"], told["due_at"]) == (at("2025-03-04 10:20"),) * 2 + (at("2025-03-04 10:00"),)
    assert ENDS[told["end"]] == "closed"
    assert check([case]).facts["handled_before_due_s"].tolist() == [600.0]


def test_closing_at_the_deadline_is_in_time_and_an_upheld_appeal_exempts_but_keeps_the_fact() -> None:
    on_the_second = [*END[:3], ("2025-03-04 10:20", "closed"), ("2025-03-05 10:00", "appeal_upheld")]
    case = case_of(*BEGIN, *on_the_second, due=at("2025-03-04 10:20"))
    late = case_of(*BEGIN, *on_the_second, due=at("2025-03-04 10:19"))
    course = check([case, late])
    assert course.facts["is_late"].tolist() == [False, True]
    assert course.facts["is_exempt"].tolist() == [True, True]


def test_whoever_handled_it_should_not_check_or_close_it() -> None:
    own_check = [END[0], END[1], ("2025-03-04 10:10", "checked", {"actor": 5}), END[3]]
    own_end = [*END[:3], ("2025-03-04 10:20", "closed", {"actor": 5})]
    nobody = [("2025-03-04 09:50", "handled"), *END[1:3], ("2025-03-04 10:20", "closed")]
    cases = [case_of(*BEGIN, *end) for end in (END, own_check, own_end, nobody)]
    spot = case_of(("2025-03-03 09:00", "reported"), END[0], own_end[3], track=SELF)
    assert check([*cases, spot]).facts["is_self_closed"].tolist() == [False, True, True, False, False]


def test_a_flat_row_is_held_by_its_unit_and_runs_from_its_report() -> None:
    course = check([
        Case([Fact(at("2025-03-03 09:00"), "reported", True), Fact(at("2025-03-05 09:00"), "closed", True)], 3, 4,
             limit=(1.0, "work_day")),
        Case([Fact(at("2025-03-03 09:00"), "reported", True)], DISPATCHED, 4, at("2025-03-07 00:00")),
    ])  # fmt: skip
    assert course.spans["unit"].tolist() == [4, 4]
    assert course.spans["due_at"].tolist() == [at("2025-03-04 09:00"), at("2025-03-07 00:00")]
    assert course.facts["is_late"].tolist() == [True, False]
    assert course.facts["due_basis"].tolist() == [BASES.index("rule"), BASES.index("source")]
    assert course.facts["is_flat"].all()


def test_a_case_that_is_opened_again_has_a_further_round_and_a_new_clock() -> None:
    course = check([
        case_of(*BEGIN, *END, ("2025-03-10 09:00", "reopened"), ("2025-03-10 10:00", "dispatched", {"unit": 8}),
                limit=(1.0, "work_day"))
    ])  # fmt: skip
    again = course.spans[course.spans["from_at"] >= at("2025-03-10 09:00")]
    assert again["due_at"].tolist() == [-1, at("2025-03-11 10:00")]
    assert again["unit"].tolist() == [-1, 8]
    fact = course.facts.iloc[0]
    assert (fact["n_reopened"], fact["end"], fact["ended_at"], fact["is_late"]) == (1, -1, -1, False)
    assert not len(course.handovers)  # a new round is not passing on


def test_days_are_local_where_the_clocks_change() -> None:
    """In the night to 9 March 2025 Chicago sets its clocks forward, in that to 2 November back."""
    place = "America/Chicago"
    rows = [("2025-03-08 12:00", (1.0, "natural_day")), ("2025-03-08 12:00", (24.0, "urgent_hour")),
            ("2025-11-01 12:00", (1.0, "natural_day")), ("2025-03-07 17:00", (2.0, "work_hour"))]  # fmt: skip
    cases = [Case([Fact(at(when, place), "reported", True)], 3, limit=limit) for when, limit in rows]
    course = check(cases, place=place)
    assert (course.facts["due_at"] - course.facts["opened_at"]).tolist()[:3] == [23 * HOUR, 24 * HOUR, 25 * HOUR]
    assert course.facts["due_at"][3] == at("2025-03-10 09:00", place)


def test_what_takes_no_time_is_counted_and_left_out() -> None:
    now = "2025-03-03 09:00"
    course = check(
        [case_of((now, "reported"), (now, "accepted"), (now, "registered"), ("2025-03-03 10:00", "dispatched"))]
    )
    assert [STATE[k] for k in course.spans["state"]] == ["registered", "dispatched"]
    assert course.facts["n_zero"].tolist() == [2]


def test_a_calendar_that_is_too_short_is_refused() -> None:
    case = case_of(*BEGIN, limit=(5.0, "work_day"))
    for last, words in ((date(2025, 3, 6), "A deadline lies beyond"), (date(2025, 3, 1), "Events lie outside")):
        with pytest.raises(CalendarError, match=words):
            derive(*arrays([case]), RULES, RULES.calendar(date(2025, 1, 1), last), "Asia/Shanghai")
    with pytest.raises(CalendarError, match="IANA"):
        derive(*arrays([case]), RULES, calendar_of(DEFAULT_RULES), "Asia/Peking")


def test_events_out_of_order_are_a_mistake_of_the_caller() -> None:
    events, files = arrays([case_of(*BEGIN)])
    with pytest.raises(ValueError, match="sorted"):
        derive(
            {name: column[::-1] for name, column in events.items()},
            files,
            RULES,
            calendar_of(DEFAULT_RULES),
            "Asia/Shanghai",
        )


def test_nothing_in_gives_nothing_out() -> None:
    course = quick([])
    assert not len(course.spans)
    assert not len(course.facts)
    assert not len(course.handovers)


def test_working_seconds_between_instants_are_those_on_the_wall() -> None:
    place = "America/Chicago"
    clock = Clock(calendar_of(DEFAULT_RULES), zone(place))
    begin, end = at("2025-03-07 17:00", place), at("2025-03-10 09:00", place)
    assert working_seconds([begin, end], [end, begin], clock).tolist() == [2 * HOUR, -2 * HOUR]
    assert datetime.fromtimestamp(end, UTC).hour == 14
