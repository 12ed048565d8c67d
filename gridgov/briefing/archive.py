"""The archive: 拟稿, 审核, 签发. Numbers are locked when a briefing is kept, words may be edited, and what was signed stays.

A draft may be edited; who reviews it closes its words; who signs it makes the paper, which is kept with its SHA-256. The three
are different people, and each step is kept with who and when: numbers are drafted by gridgov, words by who edited them.
"""

import hashlib
import unicodedata
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any, Final

from gridgov.briefing.desk import Desk
from gridgov.briefing.figures_kept import require_same_figures
from gridgov.briefing.making import Briefing
from gridgov.briefing.paper import EDITABLE, Signature, paper
from gridgov.briefing.sheet import texts
from gridgov.briefing.subjects import Subject
from gridgov.errors import QuestionError
from gridgov.questions import Town
from gridgov.store import briefings, runs
from gridgov.store.database import Connection, reading, writing
from gridgov.vocabulary import Lang

DRAFT, REVIEWED, SIGNED = "draft", "reviewed", "signed"
FREE: Final = ".measure"
"""What is advised is no number of the town: who edits it may set days and numbers."""
_LONGEST_NAME: Final = 40


@dataclass(frozen=True)
class Kept:
    """A briefing of the archive: its row without the paper, what it says, and how far it has come.

    edits      by the id of a sentence: the words that stand in its place, by whom and when (UTC)
    sent_back  by whom and when, and who had reviewed it
    """

    id: int
    edition: int
    status: str
    briefing: Briefing
    signature: Signature
    sha256: str | None
    made_at: datetime
    edits: dict[str, dict[str, str]] = field(default_factory=dict)
    sent_back: tuple[dict[str, str], ...] = ()

    def texts(self) -> dict[str, str]:
        """Its sentences by id as they stand now: what may be edited."""
        found = {}
        for section in self.briefing.sections:
            for block in texts(section["blocks"]):
                if block["type"] == "text":
                    found[block["id"]] = block["text"]
                for item in block["items"] if block["type"] == "issues" else []:
                    found |= {f"{item['id']}.{name}": item[name] for name in EDITABLE}
        return {**found, **self.signature.words}


def keep(town: Town, briefing: Briefing) -> Kept:
    """Keep a briefing as a draft. One that says the same as its last edition is that edition, however far it has come."""
    with writing() as connection:
        return kept_in(connection, town, briefing)


def kept_in(connection: Connection, town: Town, briefing: Briefing) -> Kept:
    """The same as a part of a transaction."""
    here = runs.town_of(connection, town.code)
    return _kept(_row(connection, here, briefings.add(connection, here, _about(briefing), briefing.as_dict())))


def signed_of(connection: Connection, town: Town, briefing_id: int) -> Kept | None:
    """The signed edition of what a briefing is of, the last one; None while none is signed."""
    here = runs.town_of(connection, town.code)
    row = _row(connection, here, briefing_id)
    about = briefings.About(*(row[name] for name in briefings.About._fields))
    signed = briefings.latest(connection, here, about, status=SIGNED)
    return None if signed is None else _kept(signed)


def of_id(town: Town, briefing_id: int) -> Kept:
    """A briefing of the archive. Raises QuestionError."""
    with reading() as connection:
        return _kept(_row(connection, runs.town_of(connection, town.code), briefing_id))


def listed(town: Town, **where: Any) -> list[dict[str, Any]]:
    """The rows of the archive without what they say: id, kind, scope, period_on, lang, edition, status, made_at, who and when."""
    with reading() as connection:
        return briefings.listed(connection, runs.town_of(connection, town.code), **where)


def last_advice(desk: Desk, of: Subject, lang: Lang) -> list[dict[str, Any]] | None:
    """What the briefing of the period before advised, in the words it went out with; None when none was kept.

    By its signed edition; by its last one while none is signed.
    """
    with reading() as connection:
        here, about = runs.town_of(connection, desk.town.code), briefings.About(desk.kind, of.code, desk.before, lang)
        row = briefings.latest(connection, here, about, SIGNED) or briefings.latest(connection, here, about)
    if row is None:
        return None
    kept = _kept(row)
    edited = kept.signature.words
    return [
        {name: edited.get(f"{item.get('id')}.{name}", value) for name, value in item.items()}
        for item in kept.briefing.advice
    ]


def edit(town: Town, briefing_id: int, text_id: str, words: str, by: str) -> Kept:
    """拟稿: put other words in the place of a sentence of a draft, in the name of who edits it.

    Its figures are to stay, in their order; a measure that is advised is the town's to set, days and numbers in it too. Raises
    QuestionError, also where it does not fit its page or no font has a character of it.
    """
    with writing() as connection:
        kept = _open(connection, town, briefing_id, DRAFT, "edited")
        known = kept.texts()
        if text_id not in known:
            raise QuestionError(f"There is no text '{text_id}' in this briefing. There are: {', '.join(known)}.")
        if not text_id.endswith(FREE):
            require_same_figures(replace(kept, signature=Signature()).texts()[text_id], words)
        paper(kept.briefing, replace(kept.signature, words={**kept.signature.words, text_id: words}))  # it can be set
        edit = {"words": words, "by": _name(by), "at": datetime.now(UTC).isoformat()}
        briefings.change(connection, briefing_id, words={**kept.edits, text_id: edit})
    return of_id(town, briefing_id)


def review(town: Town, briefing_id: int, by: str) -> Kept:
    """审核: close the words of a draft. Nobody reviews words of their own. Raises QuestionError."""
    with writing() as connection:
        kept = _open(connection, town, briefing_id, DRAFT, "reviewed")
        _require_another(by, kept.signature, "reviewed")
        named = {"reviewed_by": _name(by), "reviewed_at": datetime.now(UTC)}
        briefings.change(connection, briefing_id, status=REVIEWED, **named)
    return of_id(town, briefing_id)


def send_back(town: Town, briefing_id: int, by: str) -> Kept:
    """退回修改: what was reviewed is a draft again, and its words are open. Raises QuestionError."""
    with writing() as connection:
        kept = _open(connection, town, briefing_id, REVIEWED, "sent back")
        sent = {"by": _name(by), "at": datetime.now(UTC).isoformat(), "reviewed_by": str(kept.signature.reviewed_by)}
        briefings.change(
            connection, briefing_id, status=DRAFT, reviewed_by=None, reviewed_at=None, sent_back=[*kept.sent_back, sent]
        )
    return of_id(town, briefing_id)


def sign(town: Town, briefing_id: int, by: str) -> Kept:
    """签发: make the paper that goes out, and keep it. Nobody signs what they drafted or reviewed. Raises QuestionError."""
    with writing() as connection:
        kept = _open(connection, town, briefing_id, REVIEWED, "signed")
        _require_another(by, kept.signature, "signed")
        last = briefings.latest(connection, runs.town_of(connection, town.code), _about(kept.briefing))
        if last is not None and last["id"] != briefing_id:
            raise QuestionError(
                f"Briefing {briefing_id} is edition {kept.edition}; of the same there is edition {last['edition']} with other "
                f"numbers, briefing {last['id']}. Review and sign that one."
            )
        signature = replace(kept.signature, signed_by=_name(by), signed_at=datetime.now(UTC))
        pdf = paper(kept.briefing, signature)
        briefings.change(
            connection, briefing_id, status=SIGNED, signed_by=signature.signed_by, signed_at=signature.signed_at,
            sha256=hashlib.sha256(pdf).hexdigest(), pdf=pdf,
        )  # fmt: skip
    return of_id(town, briefing_id)


def signed_paper(town: Town, briefing_id: int) -> bytes:
    """The PDF that was signed, byte for byte. Raises QuestionError where it is not signed, or not what was signed."""
    with reading() as connection:
        row = _row(connection, runs.town_of(connection, town.code), briefing_id)
    if row["pdf"] is None:
        raise QuestionError(
            f"Briefing {briefing_id} is not signed; `gridgov brief show {briefing_id} -o FILE` gives the draft."
        )
    pdf = bytes(row["pdf"])
    if hashlib.sha256(pdf).hexdigest() != row["sha256"]:
        raise QuestionError(f"Briefing {briefing_id} is not what was signed: its SHA-256 is another.")
    return pdf


# ---------------------------------------------------------------------------------------------------------------------


def _about(briefing: Briefing) -> briefings.About:
    begin = date.fromisoformat(briefing.period["begin"])
    return briefings.About(briefing.kind, briefing.scope, begin, briefing.lang)


def _row(connection: Connection, town: runs.Town, briefing_id: int, *, for_update: bool = False) -> dict[str, Any]:
    row = briefings.of_id(connection, town, briefing_id, for_update=for_update)
    if row is None:
        raise QuestionError(
            f"There is no briefing {briefing_id} of '{town.code}'; `gridgov brief list` names those there are."
        )
    return row


def _kept(row: dict[str, Any]) -> Kept:
    edits = {name: edit if isinstance(edit, dict) else {"words": edit} for name, edit in row["words"].items()}
    signature = Signature(
        row["reviewed_by"], row["signed_by"], {name: edit["words"] for name, edit in edits.items()},
        reviewed_at=row["reviewed_at"], signed_at=row["signed_at"],
        drafted_by=tuple(dict.fromkeys(edit["by"] for edit in edits.values() if "by" in edit)),
    )  # fmt: skip
    briefing = Briefing.of(row["said"])
    return Kept(
        row["id"],
        row["edition"],
        row["status"],
        briefing,
        signature,
        row["sha256"],
        row["made_at"],
        edits,
        tuple(row["sent_back"]),
    )


def _open(connection: Connection, town: Town, briefing_id: int, status: str, done: str) -> Kept:
    """A briefing that stands where it can be edited, reviewed or signed; nobody else changes it meanwhile."""
    kept = _kept(_row(connection, runs.town_of(connection, town.code), briefing_id, for_update=True))
    if kept.status != status:
        raise QuestionError(f"Briefing {briefing_id} is {kept.status}; only one that is {status} can be {done}.")
    return kept


def _name(by: str) -> str:
    name = " ".join(by.split())
    if not name or len(name) > _LONGEST_NAME:
        raise QuestionError(f"Say who with --by NAME, of 1 to {_LONGEST_NAME} characters.")
    return name


def _require_another(by: str, signature: Signature, done: str) -> None:
    """Raise QuestionError where who takes a step has taken one before it."""
    steps = [*((name, "edited its words") for name in signature.drafted_by), (signature.reviewed_by, "reviewed it")]
    for name, step in steps:
        if name is not None and _same(name, by):
            raise QuestionError(
                f"{name} {step}; it is to be {done} by somebody else: drafted, reviewed and signed by different people."
            )


def _same(one: str, other: str) -> bool:
    """The same name, however it is written: wide or narrow, large or small letters, with or without blanks.

    >>> _same("张 三", "张三"), _same("Li Na", "ＬＩ ＮＡ"), _same("张三", "李四")
    (True, True, False)
    """
    plain = ["".join(unicodedata.normalize("NFKC", name).casefold().split()) for name in (one, other)]
    return plain[0] == plain[1]
