"""Time limits of rule tables: what is read, what is ambiguous, and what is left unread rather than guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridgov.sources.limits import Limit, bare_word, not_bare, parse_limit
from gridgov.vocabulary import LIMIT_UNITS

BARE = {"天": "work_day", "小时": "work_hour"}


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("2紧急工作时", 2, "urgent_hour"),
        ("1紧急工作时\n", 1, "urgent_hour"),
        ("4工作时", 4, "work_hour"),
        ("4个工作小时", 4, "work_hour"),
        ("1工作日", 1, "work_day"),
        (" 5工作日", 5, "work_day"),
        ("5 工 作 日", 5, "work_day"),
        ("１５个工作日内", 15, "work_day"),
        ("1.5个工作日", 1.5, "work_day"),
        ("三个工作日以内", 3, "work_day"),
        ("两个工作日", 2, "work_day"),
        ("十五个工作日", 15, "work_day"),
        ("二十自然日", 20, "natural_day"),
        ("半个工作日", 0.5, "work_day"),
        ("7自然日", 7, "natural_day"),
        ("30日历日", 30, "natural_day"),
        ("2紧急工作日", 2, "natural_day"),  # GB/T 30428: round the clock, as natural days
        ("2 working days", 2, "work_day"),
        ("4 Emergency Hours", 4, "urgent_hour"),
        ("3 natural_day", 3, "natural_day"),
    ],
)
def test_a_limit_that_says_its_clock_is_read(text, value, unit):
    assert parse_limit(text) == Limit(value, unit)
    assert parse_limit(text, BARE) == Limit(value, unit), "bare words change nothing about it"


@pytest.mark.parametrize("text", ["3天", "24小时", "3 天内", "十天"])
def test_a_bare_word_is_read_only_where_the_mapping_says_what_it_means(text):
    assert parse_limit(text) is None
    assert bare_word(text) in BARE
    assert parse_limit(text, BARE) is not None
    assert parse_limit("3天", {"天": "natural_day"}) == Limit(3, "natural_day")


@pytest.mark.parametrize(
    "text",
    [
        "种植季节15工作日", "1紧急工作时制止", "1-3工作日", "立即", "长期", "", "工作日", "天", "0工作日", "-1工作日",
        "1工作日/3工作日", "2工作日(雨天顺延)", "②1工作日", "²工作日", "1e3工作日", "五五工作日", "百工作日", "99999工作日",
        "1工作日内内", "1,5工作日", "2周", "1个月", "30分钟", "nan工作日",
    ],
)  # fmt: skip
def test_what_no_clock_can_follow_is_left_unread(text):
    assert parse_limit(text, BARE) is None
    assert bare_word(text) is None


@given(st.text(max_size=12), st.booleans())
def test_whatever_is_read_is_a_positive_number_of_a_unit(text, bare):
    found = parse_limit(text, BARE if bare else None)
    assert found is None or (found.value > 0 and found.unit in LIMIT_UNITS)


@given(
    st.integers(1, 9999), st.sampled_from(["紧急工作时", "工作时", "工作日", "自然日"]),
    st.lists(st.tuples(st.integers(0, 6), st.sampled_from([" ", "\n", "\u3000", "\t"])), max_size=5),
)  # fmt: skip
def test_blanks_and_wide_digits_never_matter(number, word, blanks):
    text = f"{number}{word}"
    for place, blank in blanks:
        text = text[:place] + blank + text[place:]
    wide = text.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    assert parse_limit(wide) == parse_limit(text) == parse_limit(f"{number}{word}")
    assert parse_limit(text).value == number  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("word", "why"), [("工作日", "work_day"), ("紧急工作时", "urgent_hour"), ("3天", "number"), ("", "number")]
)
def test_a_word_with_a_meaning_cannot_be_given_another(word, why):
    assert why in not_bare(word)
    assert not_bare("天") == not_bare("周") == ""
