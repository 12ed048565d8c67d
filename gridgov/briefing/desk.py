"""The desk: what is asked for the briefings of a town and a period. Each question is asked once, for all that are made there.

What a village or a unit is told is its row of the answer for all villages, or all units; it is the same number.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, Final, Literal, get_args

from gridgov.analytics import periods
from gridgov.briefing.subjects import Subject
from gridgov.errors import DataChanged, QuestionError
from gridgov.exporting.cells import local
from gridgov.questions import Answer, Town, definition_of

Kind = Literal["daily", "weekly", "monthly"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
PERIOD: Final[dict[Kind, periods.Kind]] = {"daily": "day", "weekly": "week", "monthly": "month"}
"""The statistical period that each tells of."""

Row = dict[str, Any]

Key = tuple[Any, ...]
"""A question, and what it is asked with as pairs of name and text."""

_EVERY: Final = 100_000


@dataclass
class Desk:
    """A town, the kind of briefing, and a day of the period. Raises QuestionError for a period before or after all data."""

    town: Town
    kind: Kind
    day: date
    _answers: dict[Key, Answer] = field(default_factory=dict)
    _used: dict[str, Answer] = field(default_factory=dict)
    _records: dict[int, list[Row]] = field(default_factory=dict)
    _groups: dict[int, dict[Any, list[Row]]] = field(default_factory=dict)

    @property
    def during(self) -> str:
        """The period as questions take it."""
        return f"{PERIOD[self.kind]}:{self.day.isoformat()}"

    @cached_property
    def standing(self) -> Answer:
        """How the town stands at the end of the period, or on the last day of data within it."""
        found = self.town.ask("backlog", during=self.during, compare="both")
        told, first = found.meta["during"], self.town.first_report()
        if first is not None and told["last"] < first.isoformat():
            raise QuestionError(
                f"Nothing is known of {told['begin']} to {told['last']}: the data of '{self.town.code}' begin on {first}."
            )
        return found

    @property
    def as_of(self) -> str:
        """As of when everything is asked."""
        return self.standing.as_of

    @property
    def period(self) -> dict[str, Any]:
        """The period: kind, number, said, begin, last, is_over."""
        return dict(self.standing.meta["during"])

    @property
    def last_day(self) -> date:
        """The last day of the period, or of the data within it."""
        return min(date.fromisoformat(self.period["last"]), date.fromisoformat(self.as_of[:10]))

    @cached_property
    def before(self) -> date:
        """The first day of the period before."""
        told = self.town.ask("flow", during=f"{PERIOD[self.kind]}:{self.period['begin']}", compare="previous")
        return date.fromisoformat(told.meta["compared_with"]["previous"]["since"])

    def answer(self, question: str, **given: Any) -> Answer:
        """An answer as of the end of the period; of the period itself, where the question takes one and no days are given."""
        takes = definition_of(question).takes
        given |= {"as_of": self.as_of}
        if definition_of(question).kind != "instant" and "during" in takes and "since" not in given:
            given["during"] = self.during
        if definition_of(question).kind != "list":
            given.setdefault("compare", "both")
        elif "limit" in takes:
            given.setdefault("limit", _EVERY)
        key = (question, *sorted((name, repr(value)) for name, value in given.items()))
        if key not in self._answers:
            found = self.town.ask(question, **given)
            if found.data_version != self.standing.data_version:
                self._forget()
                raise DataChanged(f"New data were loaded while '{self.town.code}' was asked; ask again.")
            self._answers[key] = found
        self._used[question] = self._answers[key]
        return self._answers[key]

    def _forget(self) -> None:
        """All answers are of data that are no longer those of the town."""
        for kept in (self._answers, self._used, self._records, self._groups):
            kept.clear()
        for name in ("standing", "before", "levels", "village_of", "units"):
            self.__dict__.pop(name, None)

    def asked(self) -> list[Answer]:
        """The answers looked at since `begin`, one a question, by id."""
        found = {answer.definition.id: answer for answer in [self.standing, *self._used.values()]}
        return [found[name] for name in sorted(found)]

    def every(self) -> list[Answer]:
        """All answers so far."""
        return [self.standing, *self._answers.values()]

    def grouped(self) -> Iterator[tuple[Answer, Answer]]:
        """The answers by groups, each with that of the same question for all, where both were asked."""
        plain = {key: [pair for pair in key[1:] if pair[0] not in ("by", "compare")] for key in self._answers}
        wholes = {(key[0], *plain[key]): self._answers[key] for key in plain if "by" not in dict(key[1:])}
        for key, answer in self._answers.items():
            whole = wholes.get((key[0], *plain[key]))
            if whole is not None and whole is not answer and "by" in dict(key[1:]):
                yield answer, whole

    def begin(self) -> None:
        """Forget which answers were looked at, not the answers: another briefing begins."""
        self._used.clear()

    @cached_property
    def levels(self) -> list[str]:
        """The levels of the base layer from the root down, by code."""
        return [str(code) for code in self.town.levels()["code"]]

    @cached_property
    def village_of(self) -> dict[str, str]:
        """The village that each grid is, or lies in, by code: however many levels there are below villages."""
        grids = self.town.ask("hierarchy").frame[["grid_code", "parent_code", "level"]]
        found: dict[str, str] = {}
        for code, parent, level in grids.sort_values("level").itertuples(index=False):
            if level >= 1:
                found[str(code)] = str(code) if level == 1 else found[str(parent)]
        return found

    @cached_property
    def units(self) -> list[dict[str, Any]]:
        """The responsible units of the town: code, name, kind."""
        return [{str(name): value for name, value in row.items()} for row in self.town.units().to_dict("records")]

    def records(self, question: str, **given: Any) -> list[Row]:
        """The rows of an answer as plain dicts, in the town's own time, without geometry."""
        answer = self.answer(question, **given)
        if id(answer) not in self._records:
            rows = local(answer).to_dict("records")
            self._records[id(answer)] = [{str(name): value for name, value in row.items()} for row in rows]
        return self._records[id(answer)]

    def part(self, question: str, of: Subject, **given: Any) -> list[Row]:
        """The rows of a question that speak of a subject; where the answer for all has none, it is asked for alone.

        Raises QuestionError where the question cannot be asked of it.
        """
        if of.of == "town":
            return self.records(question, **given)
        column, value, by = ("grid_code", of.code, of.level) if of.of == "village" else ("unit", of.name, "unit")
        every = self.answer(question, by=by, **given)
        if column not in every.frame:
            raise QuestionError(f"'{question}' cannot be asked by {by}.")
        if id(every) not in self._groups:
            groups: dict[Any, list[Row]] = {}
            for row in self.records(question, by=by, **given):
                groups.setdefault(row[column], []).append(row)
            self._groups[id(every)] = groups
        found = self._groups[id(every)].get(value)
        alone: dict[str, Any] = {"scope": of.code} if of.of == "village" else {"where": {"unit": of.name}}
        return self.records(question, **given, **alone) if found is None else found

    def listed(self, question: str, of: Subject, **given: Any) -> list[Row]:
        """The rows of a list that lie in a village, or are a unit's; all of the town."""
        rows = self.records(question, **given)
        if of.of == "town" or not rows:
            return rows
        if of.of == "village":
            return [row for row in rows if self.village_of.get(str(row.get("grid_code"))) == of.code]
        return [row for row in rows if row.get("unit") == of.name]
