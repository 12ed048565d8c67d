"""The desk of briefings: all of one state of the data, whatever the levels and the codes of a town are."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

import gridgov as gg
from gridgov.briefing import archive, make
from gridgov.briefing.desk import Desk
from gridgov.briefing.making import written
from gridgov.briefing.subjects import subject, subjects
from gridgov.errors import DataChanged, QuestionError
from gridgov.questions import Town
from tests.store.test_scheduling import LAST, tell
from tests.support import PREFIX, city, load_city, new_code
from tests.support_ledgers import load_catalogue, load_register

WEEK = date(2026, 3, 25)
BELOW = {2: [2], 3: [1, 2], 4: [1, 2, 3]}
"""How many characters of the code of a grid each level below the town has, by the number of levels."""


def town_with(tmp_path: Path, n_levels: int = 3) -> Town:
    """Nine grids in so many levels, and a unit."""
    code, lengths = new_code(), BELOW[n_levels]
    shapes = {name.ljust(lengths[-1], "0"): shape for name, shape in city().items()}
    levels = ["town", *(f"level{n}" for n in range(1, n_levels))]
    load_city(tmp_path, code, shapes, levels=levels, rule=PREFIX.format(root=code).replace("[1, 2]", str(lengths)))
    load_register(tmp_path, code, "units", [("U1", "环卫所", "body")])
    load_catalogue(tmp_path, code, "1 natural_day")
    tell(tmp_path, code, LAST)
    return gg.open(code)


@pytest.mark.parametrize("n_levels", BELOW)
def test_what_is_overdue_in_a_village_is_listed_there_however_many_levels_there_are(
    database: str, tmp_path: Path, n_levels: int
) -> None:
    town = town_with(tmp_path, n_levels)
    desk = Desk(town, "weekly", WEEK)
    villages = [each for each in subjects(town) if each.of == "village"]
    told = {each.code: len(desk.listed("overdue", each)) for each in villages}
    asked = town.ask("backlog", by=desk.levels[1], as_of=desk.as_of).frame.set_index("grid_code")["n_overdue"]
    assert told == asked.to_dict() and sum(told.values()) > 0


def test_a_unit_with_the_code_of_a_village_has_a_briefing_of_its_own(database: str, tmp_path: Path) -> None:
    town = town_with(tmp_path)
    load_register(tmp_path, town.code, "units", [("U1", "环卫所", "body"), ("1", "一中队", "squad")])
    codes = [each.code for each in subjects(town)]
    assert len(codes) == len(set(codes)) and {"1", "unit-1"} <= set(codes)
    assert (subject(town, "1").of, subject(town, "unit-1").name) == ("village", "一中队")
    village, squad = (archive.keep(town, make(town, "weekly", code, WEEK, "zh")) for code in ("1", "unit-1"))
    assert (village.edition, squad.edition) == (1, 1) and village.id != squad.id


def test_all_numbers_are_of_one_state_of_the_data(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """New cases are loaded while a briefing is made: it is begun again, and says what one made afterwards says."""
    town = town_with(tmp_path)
    plain, loads = Town.ask, [1]

    def ask(self: Town, question: str, **given: Any) -> Any:
        if question == "overdue" and loads:
            loads.pop()
            tell(tmp_path, town.code, LAST, LAST - timedelta(hours=20))
        return plain(self, question, **given)

    monkeypatch.setattr(Town, "ask", ask)
    made = make(town, "weekly", None, WEEK, "zh")
    assert loads == [] and made == make(town, "weekly", None, WEEK, "zh")


def test_data_that_never_rest_make_no_briefing(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    town = town_with(tmp_path)
    plain, version = Town.ask, iter(range(10_000))

    def ask(self: Town, question: str, **given: Any) -> Any:
        return replace(plain(self, question, **given), data_version=next(version))

    monkeypatch.setattr(Town, "ask", ask)
    with pytest.raises(DataChanged, match="New data were loaded"):
        written(Desk(town, "weekly", WEEK), subject(town, None), "zh")


def test_what_was_reviewed_can_be_sent_back_and_only_the_last_edition_is_signed(database: str, tmp_path: Path) -> None:
    town = town_with(tmp_path)
    first = archive.keep(town, make(town, "weekly", None, WEEK, "zh"))
    name, text = next(iter(first.texts().items()))
    with pytest.raises(QuestionError, match="lacks the characters"):
        archive.edit(town, first.id, name, f"{text}\U0001f9ff", "甲")
    archive.edit(town, first.id, name, f"经核实，{text}", "甲")
    archive.review(town, first.id, "乙")
    back = archive.send_back(town, first.id, "丙")
    assert (back.status, back.signature.reviewed_by) == ("draft", None)
    assert [(sent["by"], sent["reviewed_by"]) for sent in back.sent_back] == [("丙", "乙")]
    assert back.texts()[name].startswith("经核实")
    archive.review(town, first.id, "乙")
    tell(tmp_path, town.code, LAST, LAST - timedelta(hours=20))
    second = archive.keep(town, make(town, "weekly", None, WEEK, "zh"))
    assert second.edition == 2
    with pytest.raises(QuestionError, match=rf"there is edition 2 with other numbers, briefing {second.id}"):
        archive.sign(town, first.id, "丙")


def test_advice_is_followed_up_in_the_words_that_were_signed(database: str, tmp_path: Path) -> None:
    town = town_with(tmp_path)
    desk, of = Desk(town, "weekly", WEEK), subject(town, None)
    before = make(town, "weekly", None, desk.before, "zh")
    item = {"id": "hot.1.1", "rule": "unit_overdue", "key": ["环卫所"], "watch": "n_overdue", "then": "9", "place": ""}
    item |= {
        "subject": "超期",
        "phenomenon": "x",
        "judgement": "y",
        "measure": "逐件销号",
        "lead": "环卫所",
        "until": "3月1日",
    }
    hot = {"id": "hot", "title": "热点", "blocks": [{"type": "issues", "id": "hot.1", "items": [item]}]}
    said = replace(before, sections=[*(s for s in before.sections if s["id"] != "hot"), hot], advice=[item])
    kept = archive.keep(town, said)
    archive.edit(town, kept.id, "hot.1.1.measure", "三天内逐件销号", "甲")  # a measure is the town's to set
    archive.review(town, kept.id, "乙")
    archive.sign(town, kept.id, "丙")
    archive.keep(town, replace(said, advice=[], numbers={}))  # a later draft, which nobody signed
    last = archive.last_advice(desk, of, "zh")
    assert last is not None and [each["measure"] for each in last] == ["三天内逐件销号"]
