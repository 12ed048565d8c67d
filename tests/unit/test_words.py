"""The words of screens: every catalogue has the same, and what is put into them has a place in each."""

import re

import pytest
from babel.messages.pofile import read_po

from gridgov.resources import resource
from gridgov.vocabulary import label, words


def _catalogue(lang: str) -> dict[str, str]:
    with resource("data", "locale", lang, "LC_MESSAGES", "gridgov.po").open("rb") as file:
        return {str(m.id): str(m.string) for m in read_po(file, abort_invalid=True) if m.id}


def test_each_word_is_there_in_each_language_with_the_same_places() -> None:
    zh, en = _catalogue("zh"), _catalogue("en")
    assert zh.keys() == en.keys() and len(zh) > 150
    assert all(zh.values()) and all(en.values())
    places = re.compile(r"{(\w*)}")
    assert {code: set(places.findall(zh[code])) for code in zh} == {code: set(places.findall(en[code])) for code in en}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_word_is_said_twice(lang: str) -> None:
    text = resource("data", "locale", lang, "LC_MESSAGES", "gridgov.po").read_text("utf-8")
    codes = re.findall(r'^msgid "(.+)"$', text, re.MULTILINE)
    assert len(codes) == len(set(codes)), sorted({code for code in codes if codes.count(code) > 1})


def test_a_word_of_the_catalogue_is_the_label() -> None:
    assert (label("situation", "zh"), label("situation", "en"), label("nobody says this", "en")) == (
        "总览", "Situation", "nobody says this",
    )  # fmt: skip
    assert words()["situation"].code == "situation"
