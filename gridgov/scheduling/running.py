"""Doing what is due: every issue of a plan that is due and has not gone out is made, kept, and sent when it may go.

An issue is made and written down in one transaction that holds its row: who dies in between leaves nothing, who comes second
finds it made. What goes out has a name of its own, so that it is the same file and the same message when it goes out again.
"""

import hashlib
import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

from gridgov.analytics.periods import Period
from gridgov.briefing import archive
from gridgov.briefing.desk import Desk
from gridgov.briefing.making import Briefing, written
from gridgov.briefing.paper import paper
from gridgov.briefing.subjects import subject, subjects
from gridgov.briefing.word import docx
from gridgov.briefing.words import wording
from gridgov.errors import BriefingHeld, GridgovError
from gridgov.questions import Town, open_town
from gridgov.scheduling import gate, post
from gridgov.scheduling.due import LONGEST_REST, due
from gridgov.scheduling.plan import GROUPS, Entry, Plan
from gridgov.store import issues, runs
from gridgov.store.database import Connection, reading, writing
from gridgov.store.issues import Key
from gridgov.vocabulary import Lang, language

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
    """A period of a series at work, with what all its issues share: each is looked at once.

    due_at  since when its issues are due
    now     the instant at which they are made
    """

    plan: Plan
    entry: Entry
    town: Town
    of: Period
    due_at: datetime
    now: datetime

    @cached_property
    def desk(self) -> Desk:
        return Desk(self.town, self.entry.kind, self.of.begin)

    @cached_property
    def faults(self) -> list[str]:
        return gate.faults_of_data(self.town, self.of, self.entry.stale_h, self.now)

    def key(self, scope: str, lang: Lang) -> Key:
        return Key(self.entry.name, scope, lang, self.of.begin)


def do_due(plan: Plan, now: datetime | None = None) -> list[Outcome]:
    """Make and send whatever is due by now. An issue that is held is tried again the next time.

    now     an instant; the present unless given
    raises  GridgovError where nothing can be done at all: no database, no town
    """
    now, town = now or datetime.now(UTC), open_town(plan.town)
    with reading() as connection:
        here = runs.town_of(connection, town.code)
        gone = {entry.name: issues.delivered(connection, here, entry.name) for entry in plan.briefing}
    zone, cycle = town.about().time_zone, town.cycle()
    since, until = min(entry.since for entry in plan.briefing), now.date() + timedelta(LONGEST_REST)
    days = frozenset(town.workdays(since, max(since, until)))
    found: list[Outcome] = []
    for entry in plan.briefing:
        for of, due_at in due(entry, now, zone, days.__contains__, cycle):
            found += _do_period(_Work(plan, entry, town, of, due_at, now), gone[entry.name])
    return found


def listed(plan: Plan, status: str | None = None) -> list[dict[str, Any]]:
    """The issues of the plan's town, those due last first: rows of the table `issue`."""
    with reading() as connection:
        return issues.listed(connection, runs.town_of(connection, open_town(plan.town).code), status)


def _do_period(work: _Work, gone: set[Key]) -> list[Outcome]:
    """All issues of a period of a series that have not gone out."""
    found: list[Outcome | None] = []
    for scope in _scopes(work):
        for key in (work.key(scope, lang) for lang in work.entry.langs):
            if key not in gone:
                made = _make(work, key)
                found.append(_deliver(work, key) or made)
    return [outcome for outcome in found if outcome]


def _scopes(work: _Work) -> list[str]:
    """Whom a series is for, by code; one that nobody knows is held like everything that cannot be made."""
    every, found = subjects(work.town), list[str]()
    for scope in work.entry.scopes:
        of = GROUPS.get(scope)
        found += [each.code for each in every if (each.of, each.kind) == of] if of else [scope]
    return list(dict.fromkeys(found))


# ---------------------------------------------------------------------------------------------------------------------
# Making


def _make(work: _Work, key: Key) -> Outcome | None:
    """Make an issue and write it down, or why not; None when that is done already, or somebody else is at it."""
    with writing() as connection:
        here = runs.town_of(connection, work.town.code)
        row = issues.take(connection, here, key, work.due_at)
        if row is None or row["status"] not in ("due", "held"):
            return None
        try:
            made = _made(work, key)
            if work.entry.release == "signed":  # for those who review and sign it
                post.put(work.plan.folder / "drafts" / f"{_name(work, key)}.pdf", paper(made))
        except Exception as error:  # whatever it is, nothing goes out, and the other issues are still made
            reason = _reason(error)
            issues.change(
                connection, here, key, status="held", reason=reason, told=_told(work, key, row["told"], reason)
            )
            return Outcome(key, "held", reason)
        kept = archive.kept_in(connection, work.town, made)
        at = datetime.now(UTC)
        issues.change(connection, here, key, status="made", briefing_id=kept.id, made_at=at, reason=None, told=None)
    return Outcome(key, "made")


def _made(work: _Work, key: Key) -> Briefing:
    """An issue in which nothing is wrong. Raises BriefingHeld, saying what is; GridgovError for what cannot be made."""
    if work.faults:
        raise BriefingHeld(" ".join(work.faults))
    of, lang = subject(work.town, key.scope), language(key.lang)
    made = written(work.desk, of, lang, archive.last_advice(work.desk, of, lang))
    faults = [*gate.faults_of_sums(work.desk), *gate.faults_of_paper(work.desk, made)]
    if faults:
        raise BriefingHeld(" ".join(faults))
    paper(made)  # a character that no font has, or more than its pages hold
    return made


def _reason(error: Exception) -> str:
    """What went wrong, as a sentence; what is not a user's to mend stands in the log, whole."""
    if isinstance(error, GridgovError):
        return str(error)
    log.error("An issue could not be made or sent.", exc_info=error)
    return f"It could not be made or sent: {type(error).__name__}."


def _told(work: _Work, key: Key, before: str | None, reason: str) -> str | None:
    """Tell why an issue does not go out, in the folder and by mail where that is configured; a reason is told once.

    before   what was told of it last
    returns  what has been told of it last now: as before, when nobody could be told
    """
    if reason == before:
        return before
    about = f"{key.series} {key.period_on} {key.scope} {key.lang}"
    text = f"{about}: held, nothing went out.\n{reason}\nIt is tried again until it can go out.\n"
    try:
        post.put(work.plan.folder / "notices" / f"{_name(work, key)}.txt", text.encode())
        if work.plan.mail and work.plan.notices:
            unique = f"{work.town.code} held {key} {reason}"
            post.send(work.plan.mail, work.plan.notices, f"Held: {about}", text, {}, work.now, unique)
    except GridgovError as error:
        log.warning("The notice about %s could not be given: %s", about, error)
        return before
    return reason


# ---------------------------------------------------------------------------------------------------------------------
# Sending


def _deliver(work: _Work, key: Key) -> Outcome | None:
    """Send an issue that is made and may go out; None while it may not, or somebody else is at it."""
    with writing() as connection:
        here = runs.town_of(connection, work.town.code)
        row = issues.take(connection, here, key, work.due_at)
        if row is None or row["status"] != "made":
            return None
        kept = _released(connection, work, row["briefing_id"])
        if kept is None:
            return None
        try:
            sha256 = _sent(work, key, kept, _papers(work, key, kept))
        except Exception as error:  # it stays made, and is tried again
            reason = _reason(error)
            issues.change(connection, here, key, status="made", told=_told(work, key, row["told"], reason))
            return Outcome(key, "made", reason)
        at = datetime.now(UTC)
        issues.change(connection, here, key, status="delivered", delivered_at=at, sha256=sha256, told=None)
    (work.plan.folder / "notices" / f"{_name(work, key)}.txt").unlink(missing_ok=True)
    return Outcome(key, "delivered")


def _released(connection: Connection, work: _Work, briefing_id: int) -> archive.Kept | None:
    """The edition that goes out; None while it waits for its signature."""
    if work.entry.release == "signed":
        return archive.signed_of(connection, work.town, briefing_id)
    return archive.of_id(work.town, briefing_id)


def _papers(work: _Work, key: Key, kept: archive.Kept) -> dict[str, bytes]:
    """The papers of an issue, by file name."""
    name, made, found = _name(work, key), kept.briefing, {}
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


def _name(work: _Work, key: Key) -> str:
    """The name of an issue's files."""
    return f"{work.entry.kind}_{key.period_on}_{key.scope}_{key.lang}"
