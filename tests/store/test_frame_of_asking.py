"""The frame of asking: statistical periods as a town's rules say them, and the numbers of other times beside one's own."""

import random
from datetime import date, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import gridgov as gg
from gridgov.analytics.periods import KINDS, Cycle, before, period, year_before
from gridgov.errors import QuestionError
from tests.support import DEFAULT_RULES, examples, follow_rules, gridgov, load_city, load_rows, new_code, point

FIRST, LAST = date(2024, 11, 3), date(2026, 2, 10)
UNITS = ("water", "roads", "")


def follow(folder: Path, monkeypatch: pytest.MonkeyPatch, cycle: Cycle) -> None:
    """From now on towns follow rules with this cycle."""
    names = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    sign, minutes = "-" if cycle.day_start < 0 else "", abs(cycle.day_start) // 60
    periods = (
        f'[periods]\nweek_start = "{names[cycle.week_start]}"\nmonth_start = {cycle.month_start}\n'
        f'day_start = "{sign}{minutes // 60:02}:{minutes % 60:02}"\n'
    )
    those_of_default = DEFAULT_RULES[DEFAULT_RULES.index("[periods]") :]
    follow_rules(folder, monkeypatch, (those_of_default, periods), ('version = "1"', 'version = "town 7"'))


def reports(n: int, seed: int) -> pd.DataFrame:
    """Cases at random minutes, a part of them closed some days later, by unit."""
    chance = random.Random(seed)
    rows = []
    for k in range(n):
        begin = datetime.combine(FIRST, datetime.min.time()) + timedelta(hours=12)
        at = begin + timedelta(minutes=chance.randrange((LAST - FIRST).days * 1440))
        closed = at + timedelta(minutes=chance.randrange(1, 60 * 1440)) if chance.random() < 0.8 else None
        rows.append({"no": f"N{k}", "at": at, "closed": closed, "unit": chance.choice(UNITS), "place": k % 10})
    rows[0] |= {"at": begin, "unit": "water"}  # the first of the town
    return pd.DataFrame(rows)


def load(folder: Path, town: str, cases: pd.DataFrame) -> gg.Town:
    load_city(folder, town)
    rows = []
    for row in cases.itertuples():
        is_closed = not pd.isna(row.closed)
        x, y = point(0.5 + row.place % 3, 0.5 + row.place // 3) if row.place < 9 else ("", "")
        rows.append(
            {"no": row.no, "at": f"{row.at:%Y-%m-%d %H:%M:%S}", "unit": row.unit, "x": x, "y": y, "what": "road",
             "closed": f"{row.closed:%Y-%m-%d %H:%M:%S}" if is_closed else "", "state": "done" if is_closed else "open"}
        )  # fmt: skip
    assert load_rows(folder, town, rows).quarantined == 0
    return gg.open(town)


def stat_days(instants: pd.Series, cycle: Cycle) -> list[date | None]:
    """The statistical day of local times, the obvious way; China knows no summer time."""
    return [None if pd.isna(at) else (at - timedelta(seconds=cycle.day_start)).date() for at in instants]


@examples(6)
@given(
    cycle=st.builds(Cycle, st.integers(0, 6), st.integers(1, 28), st.sampled_from([0, 8 * 3600, -7 * 3600, 23 * 3600])),
    seed=st.integers(0, 1000),
    kind=st.sampled_from(KINDS),
    on=st.dates(FIRST + timedelta(400), LAST),
)
def test_a_town_counts_by_its_own_days_weeks_and_months(database, tmp_path, monkeypatch, cycle, seed, kind, on):
    follow(tmp_path, monkeypatch, cycle)
    cases = reports(150, seed)
    town = load(tmp_path, new_code(), cases)
    reported, closed = stat_days(cases["at"], cycle), stat_days(cases["closed"], cycle)

    flow = town.ask("flow", by=kind, since=FIRST, as_of=on)
    assert flow.meta["rules"] == "town 7"
    for name, days in (("n_reported", reported), ("n_closed", closed)):
        firsts = [period(day, kind, cycle).begin for day in days if day is not None and FIRST <= day <= on]
        counted = flow.frame.set_index("period_on")[name]
        assert {on: n for on, n in counted.items() if n} == pd.Series(firsts).value_counts().to_dict()

    is_open = [r <= on and (c is None or c > on) for r, c in zip(reported, closed, strict=True)]
    assert town.ask("backlog", as_of=on).frame["n_open"].iloc[0] == sum(is_open)

    spoken = town.ask("flow", during=kind, as_of=on)
    full = period(date.fromisoformat(spoken.meta["during"]["begin"]), kind, cycle)
    assert spoken.meta["during"]["said"] == full.titled()
    assert full.last <= on < period(full.end, kind, cycle).last
    assert spoken.frame["n_reported"].sum() == sum(full.begin <= day <= full.last for day in reported)
    at_end = town.ask("backlog", during=kind, as_of=on)
    assert at_end.as_of == full.last.isoformat()

    held = town.ask("flow", during=(kind, on - timedelta(40)), as_of=on)
    assert held.meta["during"]["begin"] == period(on - timedelta(40), kind, cycle).begin.isoformat()
    assert town.ask("flow", during=f"{kind}:{on - timedelta(40)}", as_of=on).frame.equals(held.frame)


@examples(6)
@given(
    cycle=st.builds(Cycle, st.integers(0, 6), st.integers(1, 28), st.sampled_from([0, 8 * 3600])),
    seed=st.integers(0, 1000),
    kind=st.sampled_from(["day", "week", "month", "quarter"]),
    back=st.integers(0, 460),
    by=st.sampled_from([None, "unit", "district"]),
)
def test_what_stands_beside_is_what_would_be_answered_there(
    database, tmp_path, monkeypatch, cycle, seed, kind, back, by
):
    """A count beside is the count that the same question gives when asked of that period; null before the history."""
    follow(tmp_path, monkeypatch, cycle)
    town = load(tmp_path, new_code(), reports(120, seed))
    here = period(LAST - timedelta(back), kind, cycle)
    here = here if here.last <= LAST else before(here, cycle)
    asked = {"by": by, "as_of": LAST}
    answer = town.ask("flow", during=(kind, here.begin), compare="both", **asked).frame
    keys = {"unit": ["unit"], "district": ["grid_code", "place_status"], None: []}[by]
    own = town.ask("flow", during=(kind, here.begin), **asked).frame
    assert answer["n_reported"].sum() == own["n_reported"].sum()
    first = (datetime.combine(FIRST, datetime.min.time()) + timedelta(hours=12, seconds=-cycle.day_start)).date()
    for which, move in (("previous", before), ("year_before", year_before)):
        there = move(here, cycle)
        value, change = f"n_reported_{which}", "n_reported_change" if which == "previous" else "n_reported_year_change"
        if there.begin < first:
            assert answer[value].isna().all()
            assert answer[change].isna().all()
            continue
        then = town.ask("flow", during=(kind, there.begin), **asked).frame
        assert answer[value].sum() == then["n_reported"].sum()
        beside = answer.assign(_n=answer[value])[[*keys, "_n"]]
        for row in then.to_dict("records"):
            same = beside
            for key in keys:
                same = same[same[key].isna() if pd.isna(row[key]) else same[key] == row[key]]
            assert same["_n"].tolist() == [row["n_reported"]]
        base = answer[value].astype(float)
        wanted = (answer["n_reported"] - base) / base.where(base > 0)
        pd.testing.assert_series_equal(answer[change], wanted, check_names=False)


@examples(6)
@given(seed=st.integers(0, 1000), kind=st.sampled_from(["week", "month"]))
def test_a_line_of_periods_has_each_ones_neighbours(database, tmp_path, seed, kind):
    town = load(tmp_path, new_code(), reports(200, seed))
    since = period(date(2025, 6, 15), kind).begin
    rows = town.ask("flow", by=kind, since=since, as_of=LAST, compare="both").frame.set_index("period_on")
    plain = town.ask("flow", by=kind, since=FIRST, as_of=LAST).frame.set_index("period_on")["n_reported"]
    for on, row in rows.iterrows():
        here = period(on, kind)
        then, then_year = before(here).begin, year_before(here).begin
        if here.last <= LAST:
            assert row["n_reported_previous"] == plain[then]
        if then_year < FIRST:
            assert pd.isna(row["n_reported_year_before"])
        elif here.last <= LAST:
            assert row["n_reported_year_before"] == plain[then_year]


def test_backlogs_are_compared_at_the_same_moment(database, tmp_path):
    town = load(tmp_path, new_code(), reports(200, 1))
    for as_of in (LAST, f"{LAST}T08:30"):
        row = town.ask("backlog", as_of=as_of, compare="both").frame.iloc[0]
        for name, on in (("n_open_previous", LAST - timedelta(1)), ("n_open_year_before", LAST.replace(year=2025))):
            moment = on if as_of == LAST else f"{on}T08:30"
            assert row[name] == town.ask("backlog", as_of=moment).frame["n_open"].iloc[0]
    answer = town.ask("backlog", as_of=LAST, during="month", compare="previous")
    assert answer.as_of == "2026-01-31"
    assert answer.meta["compared_with"] == {"previous": {"as_of": "2025-12-31", "is_known": True}}


def test_a_month_that_is_not_over_is_compared_with_as_much_of_the_month_before(database, tmp_path):
    cases = pd.DataFrame({"no": [f"N{k}" for k in range(120)], "at": [datetime(2025, 11, 1) + timedelta(hours=12 * k + 6)
        for k in range(120)], "closed": None, "unit": "", "place": 1})  # fmt: skip
    town = load(tmp_path, new_code(), cases)  # two a day, at 6 and at 18
    whole = town.ask("flow", during="month:2025-12-01", as_of="2025-12-10", compare="previous").frame.iloc[0]
    assert (whole["n_reported"], whole["n_reported_previous"], whole["n_reported_change"]) == (20, 20, 0.0)
    noon = town.ask("flow", during="month:2025-12-01", as_of="2025-12-10T12:00", compare="previous").frame.iloc[0]
    assert (noon["n_reported"], noon["n_reported_previous"]) == (19, 19)


def test_a_day_that_is_not_over_is_compared_with_as_much_of_the_day_before(database, tmp_path):
    """Also where nothing is told of a time after as_of, so that what is kept of whole days would be at hand."""
    cases = pd.DataFrame({"no": [f"N{k}" for k in range(9)], "at": [datetime(2025, 11, 1) + timedelta(hours=12 * k + 6)
        for k in range(9)], "closed": None, "unit": "water", "place": 1})  # fmt: skip
    town = load(tmp_path, new_code(), cases)  # two a day, at 6 and at 18; the last in the morning of 5 November
    for by in (None, "unit", "category", "district"):
        for hour, n, n_before in (("04:00", 0, 0), ("12:00", 1, 1), ("20:00", 1, 2)):
            asked = {"by": by, "as_of": f"2025-11-05T{hour}", "compare": "previous"}
            for during, earlier in (("day:2025-11-05", 0), ("week:2025-11-05", 4)):
                rows = town.ask("flow", during=during, **asked).frame
                assert rows["n_reported"].sum() == n + earlier, (by, hour, during)
                if during.startswith("day"):
                    assert rows["n_reported_previous"].sum() == n_before, (by, hour)


def test_a_group_that_is_gone_counts_0_and_one_that_is_new_counted_0(database, tmp_path):
    rows = [("water", datetime(2025, 11, 5)), ("water", datetime(2025, 11, 6)), ("roads", datetime(2025, 12, 7))]
    rows += [("first", datetime(2025, 10, 1))]
    cases = pd.DataFrame(rows, columns=["unit", "at"]).assign(closed=None, place=1)
    town = load(tmp_path, new_code(), cases.assign(no=[f"N{k}" for k in range(len(cases))]))
    answer = town.ask("flow", by="unit", during="month:2025-12-01", as_of="2025-12-31", compare="both")
    found = answer.frame.set_index("unit")
    assert found.loc["roads", ["n_reported", "n_reported_previous"]].tolist() == [1, 0]
    assert found.loc["water", ["n_reported", "n_reported_previous", "n_reported_change"]].tolist() == [0, 2, -1.0]
    row = next(row for row in answer.rows() if row["unit"] == "roads")
    assert row["n_reported_change"] is None
    assert row["n_reported_year_before"] is None
    assert "NaN" not in answer.to_json()
    assert "<NA>" not in answer.to_json()


def test_a_period_and_its_neighbour_are_asked_at_the_same_age(database, tmp_path):
    """Due in each month and closed ten days later: at the end of both months as much was overdue."""
    town, rows = new_code(), []
    for k, month in enumerate((8, 10, 11)):
        due = datetime(2025, month, 25, 12)
        rows.append({"no": f"N{k}", "at": due - timedelta(days=5), "due": due, "closed": due + timedelta(days=10)})
    load_city(tmp_path, town)
    for row in rows:
        row |= {name: f"{row[name]:%Y-%m-%d %H:%M:%S}" for name in ("at", "due", "closed")} | {
            "state": "done",
            "what": "road",
        }
    assert load_rows(tmp_path, town, rows).quarantined == 0
    asked = {"during": "month:2025-11-01", "compare": "previous"}
    at_end = gg.open(town).ask("on_time", as_of="2025-11-30", **asked)
    assert at_end.meta["compared_with"]["previous"]["as_of"] == "2025-10-31"
    later = gg.open(town).ask("on_time", as_of="2025-12-20", **asked)
    for answer, n_open, n_late in ((at_end, 1, 0), (later, 0, 1)):
        row = answer.frame.iloc[0]
        for ending in ("", "_previous"):
            assert (row[f"n_overdue_open{ending}"], row[f"n_late_closed{ending}"]) == (n_open, n_late)


def test_a_word_that_nothing_is_called_is_no_filter(database, tmp_path):
    town = load(tmp_path, new_code(), reports(40, 3))
    for name, word, said in (
        ("unit", "watr", "no unit 'watr' .did you mean 'water'"), ("category", "rood", "no category 'rood' .did you mean 'road'"),
        ("stage", "handling", "'handling' is no stage"), ("track", "sent", "'sent' is no track"),
        ("source", "x", "no source 'x'"), ("channel", "x", "no channel 'x'"), ("state", "opened", "is no state of a case"),
    ):  # fmt: skip
        with pytest.raises(QuestionError, match=said):
            town.ask("backlog", where={name: word})
    for spoken in ("intake", "受理立案"):
        told = town.ask("backlog", where={"stage": spoken}).frame["n_open"].iloc[0]
        assert told == town.ask("backlog").frame["n_open"].iloc[0] > 0


def test_what_cannot_be_compared_or_is_no_period_is_told(database, tmp_path):
    town = load(tmp_path, new_code(), reports(5, 1))
    for arguments, said in (
        ({"question": "cases", "compare": "both"}, "gives a list; only counts and rates can be compared"),
        ({"question": "backlog", "compare": "before"}, "'before' is nothing to compare with"),
        ({"question": "flow", "during": "mont"}, "'mont' is no kind of period .did you mean 'month'"),
        ({"question": "flow", "during": "month:soon"}, "'soon' is not a day such as"),
        ({"question": "flow", "during": "month:2030-01-01", "as_of": LAST}, "begins on 2030-01-01, which is after"),
        ({"question": "flow", "during": "month", "since": LAST}, "Say the period with during, or with since and until"),
        ({"question": "loads", "during": "month"}, "does not take during"),
        ({"question": "flow", "since": "2030-01-01"}, "begins on 2030-01-01, which is after"),
    ):
        with pytest.raises(QuestionError, match=said):
            town.ask(**arguments)


def test_the_command_line_says_it_in_words(database, tmp_path):
    load(tmp_path, new_code(), reports(100, 2))
    given = ("--as-of", "2026-02-05", "--compare", "both", "--lang", "zh")
    said = gridgov("ask", "flow", "--during", "month", "--by", "unit", *given)
    assert said.code == 0, said.err
    year = "去年同期 2025-01-01 – 2025-01-31"
    for word in ("第1期 (1月1日—31日)", "合计", "(上期)", "(去年同期)", "%)", year, "计时规则 1"):
        assert word in said.out
    said = gridgov("ask", "backlog", *given).out
    for word in ("在办", "本期", "上期", "环比", "去年同期", "同比", "%"):
        assert word in said
    for which in ("previous", "year_before"):
        assert gridgov("ask", "flow", "--during", "month", "--as-of", "2025-01-05", "--compare", which).code == 0
    listed = gridgov("ask", "cases", "--limit", "3", "--lang", "zh").out
    assert "是" in listed or "否" in listed
    assert "结案" in listed
    every = gridgov("ask", "--list").out
    assert every.index("At an instant") < every.index("backlog") < every.index("Of a period") < every.index("flow")
