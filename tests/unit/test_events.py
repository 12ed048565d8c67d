"""Rows of a course of events become events, or say all that is wrong with them."""

import json

import pytest

from gridgov.errors import MappingError
from gridgov.pipelines.events import staged
from gridgov.pipelines.seen import Seen
from gridgov.pipelines.words import Words
from gridgov.process import EVENTS
from gridgov.schema import CASE_EVENTS
from gridgov.sources import personal
from gridgov.sources.events import EventBatch, read_events
from gridgov.sources.mapping import EventMapping, parse_mapping
from gridgov.sources.reading import Broken
from gridgov.store import cases, ledger
from tests.support import raw_batch

TEXT = """
kind = "events"
town = "t"
source = "s"
time_zone = "America/Chicago"
datum = "WGS84"

[columns]
case_no = "no"
at = "at"
event = "what"
event_no = "id"
unit = "unit"
actor = "who"
reason = "why"
note = "note"
due_at = "due"
lon = "x"
lat = "y"
evidence = "photo"
rating = "stars"

[values.event]
"派遣" = "dispatched"
"退回" = "returned"
"评价" = "evaluated"
"延期" = "extended"

[values.unit]
"Roads" = "U1"

[personal]
actor = "pseudonym"
note = "drop"

[keep]
device = "device"
"""
COLUMNS = ("no", "at", "what", "id", "unit", "who", "why", "note", "due", "x", "y", "photo", "stars", "device")
GOOD = {"no": "A1", "at": "2026-03-01 10:00", "what": "派遣", "unit": "Roads"}


pytestmark = pytest.mark.usefixtures("key")


def mapping(text: str = TEXT) -> EventMapping:
    parsed = parse_mapping(text)
    assert isinstance(parsed, EventMapping)
    return parsed


def read(*rows: dict, broken=(), text: str = TEXT) -> EventBatch:
    return read_events(raw_batch(rows, COLUMNS, broken=broken), mapping(text))


def one(**cells: str) -> dict:
    found = read({**GOOD, **cells})
    assert not found.faulty
    return found.good.to_pylist()[0]


def test_a_row_becomes_an_event():
    event = one(id=" 7 ", why="not ours", photo="sha256:ab", device="phone")
    assert tuple(event) == CASE_EVENTS
    assert str(event["at"]) == "2026-03-01 16:00:00+00:00"
    said = {name: event[name] for name in ("row_no", "case_no", "event", "event_no", "unit", "reason", "is_day")}
    assert said == {
        "row_no": 2, "case_no": "A1", "event": "dispatched", "event_no": "7", "unit": "U1", "reason": "not ours",
        "is_day": False,
    }  # fmt: skip
    assert json.loads(event["detail"]) == {"evidence": "sha256:ab", "device": "phone"}
    assert one()["detail"] is None


def test_text_of_any_kind_is_kept_as_json():
    said = '"quoted" \\ 江\tline\nbreak'
    assert json.loads(one(photo=said, x="-87.6", y="41.8")["detail"]) == {"evidence": said, "lon": -87.6, "lat": 41.8}
    batch = read({**GOOD, "photo": "a"}, GOOD, {**GOOD, "x": "-87.6", "y": "41.8"})
    assert [d and json.loads(d) for d in batch.good["detail"].to_pylist()] == [
        {"evidence": "a"}, None, {"lon": -87.6, "lat": 41.8},
    ]  # fmt: skip


def test_a_code_of_ours_needs_no_translation_and_an_unknown_word_is_a_fault():
    batch = read({**GOOD, "what": "signed"}, {**GOOD, "what": "sing"}, {**GOOD, "what": ""})
    assert batch.good["event"].to_pylist() == ["signed"]
    assert [row.reasons for row in batch.faulty] == [["unknown event: 'sing'"], ["no event"]]


def test_every_fault_of_a_row_is_named_and_personal_cells_are_replaced():
    batch = read(
        GOOD,
        {"no": "", "at": "soon", "what": "?", "x": "999", "y": "1", "due": "never", "who": "沈阿婆", "note": "call 13800138000"},
        {"no": "A1", "at": "", "what": "派遣", "who": ""},
        broken=[Broken(9, "too many cells")],
    )  # fmt: skip
    assert batch.good.num_rows == 1
    assert [row.row_no for row in batch.faulty] == [9, 3, 4]
    assert batch.faulty[1].reasons == [
        "no case number", "unknown event: '?'", "bad date in at: 'soon'", "bad date in due_at: 'never'",
        "impossible coordinates: '999, 1'",
    ]  # fmt: skip
    assert batch.faulty[2].reasons == ["no time"]
    assert batch.faulty[0].raw is None
    raw = batch.faulty[1].raw
    assert raw is not None
    assert raw["who"].startswith("p:")
    assert raw["note"] is None
    assert batch.faulty[2].raw["who"] == "", "nobody has no pseudonym"
    assert raw["at"] == "soon"


def test_personal_columns_are_replaced():
    event = one(who="沈阿婆", note="call 13800138000")
    assert event["actor"] == personal.pseudonym("沈阿婆")
    assert event["detail"] is None


def test_days_are_marked_and_a_deadline_given_as_a_date_ends_with_that_day():
    event = one(at="2026-03-07", due="2026-03-08")  # the clocks are set forward that night
    assert event["is_day"]
    assert str(event["at"]) == "2026-03-07 06:00:00+00:00"
    assert str(event["due_at"]) == "2026-03-09 04:59:59.999999+00:00"
    assert str(one(due="2026-03-08 12:00")["due_at"]) == "2026-03-08 17:00:00+00:00"


def test_what_an_event_should_carry_is_noticed_and_no_fault():
    batch = read(
        {**GOOD, "unit": ""},
        {**GOOD, "what": "退回"},
        {**GOOD, "what": "退回", "why": "not ours"},
        {**GOOD, "what": "延期"},
    )
    assert not batch.faulty
    assert batch.noticed == {
        "dispatched without a unit": 1,
        "returned without a reason": 1,
        "extended without a deadline": 1,
    }


def test_a_rating_takes_the_words_of_the_field():
    batch = read(
        *({**GOOD, "what": "评价", "stars": word} for word in ("非常满意", "dissatisfied", "fairly satisfied", "5"))
    )
    assert [json.loads(d)["rating"] for d in batch.good["detail"].to_pylist()] == [
        "very_satisfied", "dissatisfied", "fair", "5",
    ]  # fmt: skip
    assert batch.noticed == {"rating: word not in the mapping: 5": 1}
    mapped = read({**GOOD, "what": "评价", "stars": "5"}, text=TEXT + '\n[values.rating]\n"5" = "very_satisfied"\n')
    assert json.loads(mapped.good["detail"][0].as_py())["rating"] == "very_satisfied"


def test_events_are_staged_by_number_and_known_by_what_tells_them_apart():
    batch = read(
        {**GOOD, "why": "a"}, {**GOOD, "why": "b"},  # the same move in other words
        {**GOOD, "what": "urged", "why": "a"}, {**GOOD, "what": "urged", "why": "b"},  # two urgings
        {**GOOD, "id": "1"}, {**GOOD, "id": "1", "what": "退回"},  # the same number
        {**GOOD, "id": "1", "no": "A2"},
    )  # fmt: skip
    words = Words({"unit": cases.WORD_COLUMNS["unit"]})
    table = staged(batch.good, words, Seen(0))
    assert table.schema.names == ledger.events_stage().names
    keys = table["key_hash"].to_pylist()
    assert [keys.index(key) for key in keys] == [0, 0, 2, 3, 4, 4, 6]
    assert len(set(table["row_hash"].to_pylist())) == 7
    assert table["event"].to_pylist()[:3] == [EVENTS["dispatched"].number] * 2 + [EVENTS["urged"].number]
    assert table["unit_word"].to_pylist() == [1] * 7
    assert words.fresh().to_pylist() == [{"kind": "unit", "word": 1, "first": "U1", "second": None}]
    assert table["is_day"].null_count == 7, "a column that says nothing is not sent"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('actor = "pseudonym"\n', ""), "`actor` is personal: say [personal] actor = 'pseudonym' or 'drop'"),
        (('"dispatched"', '"dispached"'), "[values.event] '派遣' = 'dispached' is not an event (did you mean `dispatched`?)"),
        (('datum = "WGS84"\n', ""), "`datum` is missing"),
        (('event = "what"\n', ""), "[columns] needs `event`"),
        (('[keep]\ndevice', "[keep]\nnote"), "[keep] note: the name is taken"),
        (('device = "device"', 'device = "who"'), "[keep] device reads 'who', which [personal] hides"),
        (('note = "drop"', 'rating = "drop"'), "[personal] can hide text, not `rating`"),
        (('at = "at"', 'at = { from = "at", when = "closed" }'), "`at`: when = 'closed' belongs to incidents"),
        (('time_zone = "America/Chicago"', 'time_zone = "Chicago"'), "not an IANA time zone"),
    ],
)  # fmt: skip
def test_a_mapping_that_contradicts_itself_is_refused(change, said):
    with pytest.raises(MappingError) as error:
        parse_mapping(TEXT.replace(*change))
    assert said in str(error.value)


ROLES = 'evidence_kind = "sort"\nevidence_hash = "sum"\nactor_role = "as"\n[values.actor_role]\n"city" = "centre"\n\n'
MORE = TEXT.replace("[values.event]", f"{ROLES}[values.event]")


def with_evidence(*rows: dict) -> EventBatch:
    batch = raw_batch([{**GOOD, **row} for row in rows], (*COLUMNS, "sort", "sum", "as"))
    return read_events(batch, mapping(MORE))


def test_evidence_is_a_kind_a_hash_and_a_reference():
    sha, md5 = "AB" * 32, "0f" * 16
    batch = with_evidence(
        {"photo": "https://files/1.jpg", "sort": "照片", "sum": sha},
        {"sum": f"md5:{md5}", "sort": "video"},
        {"sum": f"SHA-256:{sha}"},
        {"sum": "12ab", "sort": "hologram"},
        {},
    )
    found = [json.loads(text) if text else None for text in batch.good["detail"].to_pylist()]
    assert found == [
        {"evidence": "https://files/1.jpg", "evidence_kind": "photo", "evidence_hash": f"sha256:{sha.lower()}"},
        {"evidence_kind": "video", "evidence_hash": f"md5:{md5}"},
        {"evidence_hash": f"sha256:{sha.lower()}"},
        None,
    ]
    assert batch.faulty[0].reasons == ["bad evidence_hash: '12ab'"]
    assert batch.noticed["evidence_kind: word not in the mapping: hologram"] == 1


def test_who_may_not_make_an_event_is_counted_and_the_event_is_kept():
    rows = [
        {"as": "centre"},
        {"as": "handler"},
        {"as": "city"},
        {"what": "退回", "why": "x", "as": "责任单位"},
        {"as": "?"},
    ]
    batch = with_evidence(*rows)
    assert batch.good.num_rows == 5
    assert [json.loads(text)["actor_role"] for text in batch.good["detail"].to_pylist()] == [
        "centre", "handler", "centre", "unit", "?",
    ]  # fmt: skip
    assert batch.noticed["dispatched made by the handler, whom the process does not let"] == 1
    assert sum("does not let" in what for what in batch.noticed) == 1
