"""Doing what is due: every issue of a plan that is due and has not gone out is made, kept, and sent when it may go.

An issue is made and written down in one transaction that holds its row: who dies in between leaves nothing, who comes second
finds it made. What goes out has a name of its own, so that it is the same file and the same message when it goes out again.
"""

import hashlib
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from gridgov.analytics.periods import Cycle, Period
from gridgov.briefing import archive
from gridgov.briefing.desk import Desk
from gridgov.briefing.making import Briefing, written
from gridgov.briefing.paper import paper
from gridgov.briefing.subjects import Subject, subject, subjects
from gridgov.briefing.word import docx
from gridgov.briefing.words import require, wording
from gridgov.calendars import workdays
from gridgov.errors import GridgovError
from gridgov.questions import Town, open_town
from gridgov.rules import Rules
from gridgov.scheduling import gate, post
from gridgov.scheduling.due import due
from gridgov.scheduling.plan import Entry, Plan
from gridgov.store import issues, rulebook, runs
from gridgov.store.database import Connection, reading, writing
from gridgov.store.issues import Key
from gridgov.vocabulary import Lang

log = logging.getLogger(__name__)
MAIN = ("reported", "on_time_rate", "n_open", "n_overdue")
MAIN_OF_UNIT = ("unit_due", "unit_on_time_rate", "n_open", "n_overdue")
"""The four numbers of a message."""


@dataclass(frozen=True)
class Outcome:
    """What became of an issue: made (and waiting for its signature), delivered, or held for a reason."""

    key: Key
    status: str
    reason: str | None = None


@dataclass
class _Work:
    """A series at work: its town as it is now, and the rules it counts its days by."""

    plan: Plan
    entry: Entry
    town: Town
    rules: Rules
    now: datetime

    @property
    def zone(self) -> str:
        return self.town.about().time_zone

    def is_workday(self, day: date) -> bool:
        return bool(workdays(self.rules.working.country, day, day, self.rules.working.days)[0])

    def due(self) -> Iterator[tuple[Period, datetime]]:
        return due(self.entry, self.now, self.zone, self.is_workday, Cycle.of(self.rules))


def do_due(plan: Plan, now: datetime | None = None) -> list[Outcome]:
    """Make and send whatever is due by now. An issue that is held is tried again the next time.

    now     an instant; the present unless given
    raises  GridgovError where nothing can be done at all: no database, no town
    """
    now, town = now or datetime.now(UTC), open_town(plan.town)
    with reading() as connection:
        here = runs.town_of(connection, town.code)
        rules = rulebook.rules_of(connection, here.id)
        gone = {entry.name: issues.delivered(connection, here, entry.name) for entry in plan.briefing}
    found: list[Outcome] = []
    for entry in plan.briefing:
        work = _Work(plan, entry, town, rules, now)
        for of, due_at in work.due():
            found += _do_period(work, of, due_at, gone[entry.name])
    return found


def listed(plan: Plan, status: str | None = None) -> list[dict[str, Any]]:
    """The issues of the plan's town, those due last first: rows of the table `issue`."""
    with reading() as connection:
        return issues.listed(connection, runs.town_of(connection, open_town(plan.town).code), status)


def _do_period(work: _Work, of: Period, due_at: datetime, gone: set[Key]) -> list[Outcome]:
    """All issues of a period of a series that have not gone out."""
    wanted = [
        (each, Key(work.entry.name, each.code, lang, of.begin)) for each in _readers(work) for lang in work.entry.langs
    ]
    left = [each for each in wanted if each[1] not in gone]
    if not left:
        return []
    desk, found = Desk(work.town, work.entry.kind, of.begin), list[Outcome]()
    for each, key in left:
        made = _make(work, desk, of, each, key, due_at)
        sent = _deliver(work, key, due_at)
        found += [outcome for outcome in (sent or made,) if outcome]
    return found


def _readers(work: _Work) -> list[Subject]:
    """Whom a series is for."""
    every, found = subjects(work.town), []
    of = {
        "town": ("town", None),
        "villages": ("village", None),
        "bodies": ("unit", "body"),
        "squads": ("unit", "squad"),
    }
    for scope in work.entry.scopes:
        if scope in of:
            found += [each for each in every if (each.of, each.kind) == of[scope]]
        else:
            found.append(subject(work.town, scope))
    return list(dict.fromkeys(found))


# ---------------------------------------------------------------------------------------------------------------------
# Making


def _make(work: _Work, desk: Desk, of_period: Period, of: Subject, key: Key, due_at: datetime) -> Outcome | None:
    """Make an issue and write it down, or why not; None when that is done already, or somebody else is at it."""
    with writing() as connection:
        here = runs.town_of(connection, work.town.code)
        row = issues.take(connection, here, key, due_at)
        if row is None or row["status"] not in ("due", "held"):
            return None
        made = _tried(work, desk, of_period, of, require(key.lang))
        if isinstance(made, str):
            told = made if row["told"] == made or _tell(work, key, made) else row["told"]
            issues.change(connection, here, key, status="held", reason=made, told=told)
            return Outcome(key, "held", made)
        kept = archive.kept_in(connection, work.town, made)
        if work.entry.release == "signed":  # for those who review and sign it
            post.put(work.plan.folder / "drafts" / f"{_name(work.entry, key)}.pdf", paper(made))
        issues.change(
            connection, here, key, status="made", briefing_id=kept.id, made_at=datetime.now(UTC), reason=None, told=None
        )
    return Outcome(key, "made")


def _tried(work: _Work, desk: Desk, of_period: Period, of: Subject, lang: Lang) -> Briefing | str:
    """An issue, or in a sentence why there is none."""
    try:
        faults = gate.faults_of_data(work.town, of_period.last, work.entry.stale_h, work.now)
        if not faults:
            made = written(desk, of, lang, archive.last_advice(desk, of, lang))
            faults = [*gate.faults_of_sums(desk), *gate.faults_of_paper(made)]
        if not faults:
            paper(made)  # a character that no font has, or more than its pages hold
            return made
    except GridgovError as error:
        faults = [str(error)]
    except Exception as error:  # whatever it is, nothing goes out, and the other issues are still made
        log.exception("An issue could not be made.")
        faults = [f"It could not be made: {type(error).__name__}."]
    return " ".join(faults)


def _tell(work: _Work, key: Key, reason: str) -> bool:
    """Tell why an issue is held: in the folder, and by mail where that is configured. False when nobody could be told."""
    text = (
        f"{key.series} {key.period_on} {key.scope} {key.lang}: held, nothing went out.\n{reason}\n"
        "It is tried again until it can be made.\n"
    )
    try:
        post.put(work.plan.folder / "notices" / f"{_name(work.entry, key)}.txt", text.encode())
        if work.plan.mail and work.plan.notices:
            about = f"{work.town.code} held {key} {reason}"
            post.send(
                work.plan.mail,
                work.plan.notices,
                f"Held: {key.series} {key.period_on} {key.scope}",
                text,
                {},
                work.now,
                about,
            )
    except GridgovError as error:
        log.warning("A notice could not be given: %s", error)
        return False
    return True


# ---------------------------------------------------------------------------------------------------------------------
# Sending


def _deliver(work: _Work, key: Key, due_at: datetime) -> Outcome | None:
    """Send an issue that is made and may go out; None while it may not, or somebody else is at it."""
    with writing() as connection:
        here = runs.town_of(connection, work.town.code)
        row = issues.take(connection, here, key, due_at)
        if row is None or row["status"] != "made":
            return None
        kept = _released(connection, work, row["briefing_id"])
        if kept is None:
            return None
        papers = _papers(work, key, kept)
        try:
            sha256 = _sent(work, key, kept, papers)
        except GridgovError as error:
            _tell(work, key, str(error))
            return Outcome(key, "made", str(error))
        issues.change(connection, here, key, status="delivered", delivered_at=datetime.now(UTC), sha256=sha256)
    (work.plan.folder / "notices" / f"{_name(work.entry, key)}.txt").unlink(missing_ok=True)
    return Outcome(key, "delivered")


def _released(connection: Connection, work: _Work, briefing_id: int) -> archive.Kept | None:
    """The edition that goes out; None while it waits for its signature."""
    if work.entry.release == "signed":
        return archive.signed_of(connection, work.town, briefing_id)
    return archive.of_id(work.town, briefing_id)


def _papers(work: _Work, key: Key, kept: archive.Kept) -> dict[str, bytes]:
    """The papers of an issue, by file name."""
    name, made, found = _name(work.entry, key), kept.briefing, {}
    for form in work.entry.formats:
        if form == "pdf" and kept.status == archive.SIGNED:
            content = archive.signed_paper(work.town, kept.id)
        elif form == "docx":
            content = docx(made, kept.signature)
        else:
            content = paper(made, kept.signature, form)
        found[f"{name}.{form}"] = content
    return found


def _sent(work: _Work, key: Key, kept: archive.Kept, papers: dict[str, bytes]) -> str:
    """Put the papers into the folder and into the mail; gives the SHA-256 of the first. Raises DeliveryError."""
    for name, content in papers.items():
        post.put(work.plan.folder / work.entry.name / name, content)
    if work.plan.mail and work.entry.to:
        made = kept.briefing
        period = f"{made.period['begin']} – {made.period['last']}"
        about = f"{work.town.code} issue {key}"
        post.send(work.plan.mail, work.entry.to, f"{made.title} {period}", _text(kept), papers, kept.made_at, about)
    return hashlib.sha256(next(iter(papers.values()))).hexdigest()


def _text(kept: archive.Kept) -> str:
    """The message: the four main numbers, as of when they are, and whether it is signed."""
    made, words = kept.briefing, wording(kept.briefing.lang)
    names = MAIN if "reported" in made.numbers else MAIN_OF_UNIT
    lines = [f"{words['measures'][name]}: {made.numbers[name]['said']}" for name in names if name in made.numbers]
    head = words["masthead"]
    who = head["signed"].format(who=kept.signature.signed_by) if kept.signature.is_signed else head["draft_note"]
    return "\n".join([made.title, *lines, head["as_of"].format(as_of=made.as_of), who, ""])


def _name(entry: Entry, key: Key) -> str:
    """The name of an issue's files."""
    return f"{entry.kind}_{key.period_on}_{key.scope}_{key.lang}"
