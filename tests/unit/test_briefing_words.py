"""The words of briefings: both languages have the same, what is put into them has a place, and figures stay in edits."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridgov.briefing.advice import rules
from gridgov.briefing.figures_kept import figures, require_same_figures
from gridgov.briefing.words import wording
from gridgov.errors import QuestionError
from gridgov.questions import definition_of
from gridgov.schema import COLUMNS, column_of
from gridgov.vocabulary import Lang

PLACES = re.compile(r"{([\w.]*)}")


def leaves(words: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(words, dict):
        for name, part in words.items():
            yield from leaves(part, f"{path}.{name}")
    else:
        yield path, words


def test_both_languages_say_the_same_things_with_the_same_places() -> None:
    zh, en = dict(leaves(wording("zh"))), dict(leaves(wording("en")))
    assert zh.keys() == en.keys()
    for path in zh.keys() - {".version"}:
        assert sorted(set(PLACES.findall(zh[path]))) == sorted(set(PLACES.findall(en[path]))), path
        assert zh[path].strip()
        assert en[path].strip()


def test_chinese_has_its_own_marks() -> None:
    for path, text in leaves(wording("zh")):
        assert not re.search(r"[\u4e00-\u9fff][,;:]|[,;:][\u4e00-\u9fff]", text), path
    for rule in rules().rules:
        for _, text in rule.zh:
            assert not re.search(r"[\u4e00-\u9fff][,;:]|[,;:][\u4e00-\u9fff]", text), rule.id


@pytest.mark.parametrize("rule", rules().rules, ids=lambda rule: rule.id)
def test_a_rule_speaks_of_columns_of_its_question(rule: Any) -> None:
    """Nothing that a rule looks at, or puts into a sentence, can be missing from the rows."""
    definition = definition_of(rule.about)
    own = {*definition.columns, "grid_name", "grid_code", "unit", "case_no", "address", "subcategory"}
    used = set(PLACES.findall(" ".join(text for lang in (rule.zh, rule.en) for _, text in lang)))
    looked = {name for condition in rule.when for name in re.findall(r"[a-z]\w+", condition) if name != "or"}
    assert used | looked | {rule.watch, rule.lead, *rule.key} <= own
    assert all(column_of(name)[0] is not None or name in COLUMNS or name == "unit" for name in used)
    said: dict[Lang, Any] = {"zh": rule.zh, "en": rule.en}
    assert {name: set(PLACES.findall(text)) for name, text in said["zh"]} == {
        name: set(PLACES.findall(text)) for name, text in said["en"]
    }


digits = st.integers(0, 9_999_999)
words = st.text(alphabet="本期超期环比上升，。（）件 abc", max_size=12)


@given(words, digits, words, digits)
def test_words_around_figures_may_change(before: str, a: int, after: str, b: int) -> None:
    made, edited = f"超期{a:,}件，应结{b}件", f"{before}超期{a}件{after}；应结 {b:,} 件"
    require_same_figures(made, edited)


@given(
    digits,
    digits,
    st.sampled_from(
        ["{b}件，{a}件", "{a}件", "{a}件，{b}件，{a}件", "{a}件，-{b}件", "{a}件，{b}%", "{a}件，十{b}件", "没有"]
    ),
)
def test_figures_may_not(a: int, b: int, template: str) -> None:
    edited = template.format(a=a, b=b)
    if figures(edited) == [str(a), str(b)]:  # two equal numbers may change places
        return
    with pytest.raises(QuestionError, match="Numbers are locked"):
        require_same_figures(f"{a}件，{b}件", edited)


@given(digits, digits)
def test_no_figure_becomes_another_however_it_is_written(a: int, b: int) -> None:
    wide = unicodedata.normalize("NFKC", "".join(chr(ord(digit) + 0xFEE0) for digit in str(b)))
    if a == b:
        require_same_figures(f"超期{a}件", f"超期{wide}件")
    else:
        with pytest.raises(QuestionError):
            require_same_figures(f"超期{a}件", f"超期{wide}件")


@pytest.mark.parametrize(
    "edited", ["超期三十件", "超期约27件，其中半成不能按期", "超期百分之二十七", "超期近百件，27件"]
)
def test_a_number_in_words_is_a_number(edited: str) -> None:
    with pytest.raises(QuestionError):
        require_same_figures("超期27件", edited)


@pytest.mark.parametrize(
    ("made", "edited"),
    [
        ("超期63件", "超期6，3件"), ("共1386件", "共1,3,86件"), ("超期27件", "超期2⁷件"), ("超期27件", "超期②⑦件"),
        ("27 cases", "27 hundred cases"), ("12 cases", "12k cases"), ("12 cases", "12 cases, two thousand more"),
        ("超期27件", "超期27件，涉及三百户"), ("超期27件", "超期27件，长一百五十米"), ("超期27件", "超期27件，其中廿件"),
        ("没有超期案件", " "),
    ],
)  # fmt: skip
def test_no_number_comes_in_by_another_way(made: str, edited: str) -> None:
    with pytest.raises(QuestionError):
        require_same_figures(made, edited)


def test_names_with_numerals_are_no_figures() -> None:
    require_same_figures("综合执法一中队超期27件", "执法一中队有27件已超期，三合一场所除外")


def test_a_trouble_that_was_never_there_before_is_advised_on() -> None:
    """No cases before make no ratio, but they are known; where they are not known nothing is found."""
    new = {"is_gathered": True, "is_hot": True, "times_before": None, "peak_from_hour": 19, "n_before": 0}
    found = {rule.id for rule in rules().rules if rule.about == "hot_issues" and rule.holds(new)}
    assert found == {"evening", "rising", "everywhere", "gathered"}
    assert not any(rule.holds(new | {"n_before": None}) for rule in rules().rules)
    assert not any(rule.holds(new | {"n_before": 9, "times_before": 1.1}) for rule in rules().rules)
