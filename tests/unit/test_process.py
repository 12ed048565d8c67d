"""The life of a case as data, and facts followed through it: held against slow and obvious references."""

import itertools
from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgov.errors import SettingsError
from gridgov.process import EVENTS, MOVES, UNKNOWN_TRACK, follow, moves, parse_process
from gridgov.resources import resource
from gridgov.store.following import (
    ACCEPTED,
    CONFLICT,
    FACT,
    IMPOSSIBLE,
    NEW,
    ROW_LAST,
    ROW_REPORT,
    STANDS,
    follow_facts,
)
from gridgov.vocabulary import ENDED, STATES, TRACKS

TEXT = resource("data", "process", "case.toml").read_text("utf-8")
STATE, TRACK = list(STATES), list(TRACKS)
SELF, DISPATCHED, SERVICE = range(3)


def after(state: str | None, event: str, track: int) -> str | None:
    """The state after an event, by reading the event alone; None = impossible."""
    e = EVENTS[event]
    for name in TRACK if track == UNKNOWN_TRACK else [TRACK[track]]:
        allowed = e.from_.get(name)
        if allowed is not None and (state in allowed if allowed else state is None):
            return e.to or state
    return None


def run(track: int, *events: str) -> list[str]:
    """The state after each event of one case; `-` before the state where it was refused."""
    numbers = np.array([EVENTS[event].number for event in events])
    state, refused = follow(np.zeros(len(events), np.int64), numbers, np.full(len(events), track))
    return [("-" if bad else "") + STATE[at] for at, bad in zip(state, refused, strict=True)]


# --- the process ------------------------------------------------------------------------------------------------------


def test_every_move_of_the_table_is_one_of_the_file_and_the_other_way_round():
    for track, state, event in itertools.product(range(4), [None, *STATE], EVENTS):
        move = MOVES[track, 0 if state is None else STATE.index(state) + 1, EVENTS[event].number]
        expected = after(state, event, track)
        assert move == (-1 if expected is None else STATE.index(expected)), (track, state, event)


def test_numbers_are_places_in_the_file():
    assert [event.number for event in EVENTS.values()] == list(range(len(EVENTS)))
    assert len({event.zh for event in EVENTS.values()}) == len({event.en for event in EVENTS.values()}) == len(EVENTS)


def test_every_state_of_a_track_can_be_reached_and_every_open_one_left():
    for track in range(3):
        reached, new = set(), {-1}
        while new:
            reached |= new
            new = {int(s) for at in reached for s in MOVES[track, at + 1] if s >= 0} - reached
        names = {STATE[s] for s in reached if s >= 0}
        assert {"reported", "closed", "archived"} <= names
        for state in names:
            out = {int(s) for s in MOVES[track, STATE.index(state) + 1] if s >= 0} - {STATE.index(state)}
            assert out or state == "archived", (TRACK[track], state)
            ends, at = {state}, {state}
            while at:
                at = {STATE[s] for a in at for s in MOVES[track, STATE.index(a) + 1] if s >= 0} - ends
                ends |= at
            assert ends & ENDED, f"{state} never ends on {TRACK[track]}"


def test_the_rules_of_the_domain():
    assert run(SELF, "reported", "handled", "closed") == ["reported", "handled", "closed"]
    assert run(DISPATCHED, "reported", "handled") == ["reported", "-reported"], "a dispatched case is dispatched first"
    assert run(DISPATCHED, "reported", "closed")[-1] == "-reported"
    # What a unit returned is dispatched anew or goes back to the intake, never on.
    back = ("reported", "registered", "dispatched", "signed", "returned")
    assert run(DISPATCHED, *back, "handled")[-1] == run(DISPATCHED, *back, "closed")[-1] == "-returned"
    assert run(DISPATCHED, *back, "dispatched")[-1] == "dispatched"
    assert run(DISPATCHED, *back, "accepted")[-1] == "accepted"
    # An assignment is revoked before its case is returned.
    assigned = ("reported", "registered", "dispatched", "signed", "assigned")
    assert run(DISPATCHED, *assigned, "returned")[-1] == "-assigned"
    assert run(DISPATCHED, *assigned, "unassigned", "returned")[-1] == "returned"
    # Extensions keep the state, pauses have one of their own; both not after the end.
    assert run(DISPATCHED, *assigned, "extended", "suspended", "resumed")[-3:] == ["assigned", "suspended", "handling"]
    done = (*assigned, "handled", "checking", "checked", "closed")
    assert run(DISPATCHED, *done, "extended")[-1] == run(DISPATCHED, *done, "suspended")[-1] == "-closed"
    # Appeals and evidence come after the end and change nothing; a case opened again is dispatched again.
    assert run(DISPATCHED, *done, "appealed", "appeal_upheld", "evidence", "reopened", "dispatched")[-5:] == [
        "closed", "closed", "closed", "reopened", "dispatched",
    ]  # fmt: skip
    matter = ("reported", "accepted", "prereviewed", "reviewed", "closed", "collected")
    assert run(SERVICE, *matter) == list(matter)
    assert run(DISPATCHED, *matter)[2] == "-accepted"
    assert run(-1, *matter) == list(matter), "an unknown track may take the moves of any"


def test_following_begins_anew_with_each_case():
    numbers = np.array([EVENTS[event].number for event in ("reported", "accepted", "accepted", "reported")])
    state, refused = follow(np.array([1, 1, 2, 2]), numbers, np.ones(4, int))
    assert refused.tolist() == [False, False, True, False]
    assert [STATE[s] if s >= 0 else None for s in state] == ["reported", "accepted", None, "reported"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("[[event]]", "[[event", 1), "not valid TOML"),
        (('to = "handled"', 'to = "handeld"', 1), "names a state 'handeld' that there is not (did you mean 'handled'?)"),
        (('code = "signed"', 'code = "dispatched"', 1), "'dispatched' stands there twice"),
        (('by = ["unit"]', 'by = ["units"]', 1), "names an actor 'units'"),
        (('tracks = ["service"]', 'tracks = ["services"]', 1), "names a track 'services'"),
        (('needs = ["due"]', 'needs = ["deu"]', 1), "names a need 'deu'"),
        (('zh = "签收"', 'word = "签收"', 1), "'signed' has no `zh`; 'signed' has an unknown key `word`"),
        (("from = []", 'from = ["archived"]', 1), "no event can be the first of a case"),
        (('to = "accepted"', 'to = "accepted"\ntracks = ["service"]', 1), "'accepted' names its tracks twice"),
    ],
)  # fmt: skip
def test_a_process_that_contradicts_itself_is_refused_with_all_its_faults(change, said):
    with pytest.raises(SettingsError) as error:
        parse_process(TEXT.replace(*change))
    assert said in str(error.value)


def test_the_same_text_gives_the_same_moves():
    assert (moves(parse_process(TEXT)) == MOVES).all()
    assert list(parse_process(TEXT)) == list(EVENTS)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3), st.sampled_from(list(EVENTS))), max_size=30))
def test_follow_equals_a_plain_loop(rows):
    rows = sorted(rows, key=lambda row: row[0])
    tracks = {case: track for case, track, _ in rows}
    state, refused = follow(
        np.array([r[0] for r in rows], np.int64), np.array([EVENTS[r[2]].number for r in rows], int),
        np.array([tracks[r[0]] for r in rows], int),
    )  # fmt: skip
    at: dict[int, str | None] = {}
    for i, (case, _, event) in enumerate(rows):
        to = after(at.get(case), event, tracks[case])
        assert refused[i] == (to is None)
        at[case] = to or at.get(case)
        assert (STATE[state[i]] if state[i] >= 0 else None) == at[case]


# --- facts among facts ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Fact:
    """One fact of one case, as following.FACT."""

    kind: int
    at: int
    what: str
    seq: float = 0.0
    row: int = 0

    @property
    def event(self):
        return EVENTS[self.what]


def took_place(fact: Fact, state: str | None, track: int) -> tuple[str | None, bool]:
    """The state after a fact, and whether it could happen."""
    if fact.kind == ROW_REPORT:
        return "reported", state is None
    if fact.kind == ROW_LAST:
        fits = state is not None and state not in ENDED
        return (fact.what if fits else state), fits
    to = after(state, fact.what, track)
    return (to or (fact.event.to if fact.kind == STANDS else None) or state), to is not None


@dataclass
class Life:
    """A case gone through once."""

    order: list[Fact]
    bad: dict[Fact, str | None]
    n_moves: int
    fits: bool


def live(facts: list[Fact], track: int) -> Life:
    """Go through facts in the order of time; those of one instant in the first order in which all are possible."""
    life, state = Life([], {}, 0, True), None
    for _, group in itertools.groupby(facts, key=lambda fact: fact.at):
        for fact in in_order(list(group), state, track):
            before = state
            state, can = took_place(fact, state, track)
            life.order.append(fact)
            if not can:
                life.bad[fact] = before
            if fact.kind == ROW_LAST:
                life.fits = can
            elif can and fact.kind != ROW_REPORT and not fact.event.is_side and before is not None:
                life.n_moves += 1
    return life


def in_order(group: list[Fact], state: str | None, track: int) -> list[Fact]:
    fixed = [fact for fact in group if fact.kind != NEW]
    for order in itertools.permutations(group):
        if [fact for fact in order if fact.kind != NEW] == fixed:
            now, good = state, True
            for fact in order:
                now, can = took_place(fact, now, track)
                good = good and can
            if good:
                return list(order)
    return group


def with_room(facts: list[Fact], track: int) -> Life:
    """Rule 4: the life with or without what the flat row says last."""
    has_report = any(f.kind in (STANDS, NEW) and after(None, f.what, track) for f in facts)
    told = [f for f in facts if f.kind != ROW_REPORT or not has_report]
    without = live([f for f in told if f.kind != ROW_LAST], track)
    last = [f for f in told if f.kind == ROW_LAST]
    if not last:
        return without
    given = live(told, track)
    n, n_without = (sum(f.kind in (STANDS, NEW) and not f.event.is_side for f in x.bad) for x in (given, without))
    keeps = n <= n_without if last[0].what in ENDED or without.n_moves == 0 else n < n_without
    return given if given.fits and keeps else without


def judged(facts: list[Fact], track: int) -> tuple[dict[Fact, int], Life]:
    """What becomes of the new events, by the four rules."""
    outcome: dict[Fact, int] = {}
    while True:
        new = {f.row for f in facts if f.kind == NEW and f not in outcome}
        there = [f for f in facts if (f.kind != NEW or f not in outcome) and not (f.kind == STANDS and f.row in new)]
        life = with_room(there, track)
        replacing = {f.row for f in facts if f.kind == STANDS and f.row}
        failed = [f for f in life.bad if f.kind == NEW and f.row in replacing]
        if not failed:
            break
        outcome |= dict.fromkeys(failed, IMPOSSIBLE)
    alone = with_room([f for f in facts if f.kind != NEW], track)
    if any(f.kind == STANDS and f not in alone.bad for f in life.bad):
        outcome = {f: outcome.get(f, CONFLICT) for f in facts if f.kind == NEW}
        return outcome, alone
    for f in facts:
        if f.kind == NEW and f not in outcome:
            outcome[f] = IMPOSSIBLE if f in life.bad else ACCEPTED
    return outcome, life


def followed(facts: list[Fact], track: int) -> np.ndarray:
    array = np.zeros(len(facts), FACT)
    for i, f in enumerate(facts):
        what = STATE.index(f.what) if f.kind in (ROW_REPORT, ROW_LAST) else f.event.number
        array[["case", "at", "kind", "what", "track", "seq", "row"]][i : i + 1] = (
            7,
            f.at,
            f.kind,
            what,
            track,
            f.seq,
            f.row,
        )
    follow_facts(array)
    return array


CODES = ["reported", "accepted", "registered", "dispatched", "signed", "returned", "handled", "closed", "urged", "reopened",
         "evaluated", "extended"]  # fmt: skip
END = ["closed", "voided", "dispatched", "handling"]
one = st.tuples(st.integers(0, 5), st.sampled_from(CODES), st.sampled_from([STANDS, NEW]), st.booleans())


@settings(max_examples=400, deadline=None)
@given(
    rows=st.lists(one, max_size=6), track=st.integers(0, 3), reported=st.integers(0, 1),
    last=st.none() | st.tuples(st.integers(1, 6), st.sampled_from(END)),
)  # fmt: skip
def test_following_equals_the_rules_read_plainly(rows, track, reported, last):
    facts = [Fact(ROW_REPORT, reported, "reported")]
    if last:
        facts.append(Fact(ROW_LAST, last[0], last[1], 9999))
    news = 0
    for i, (at, code, kind, replaces) in enumerate(rows):
        facts.append(Fact(kind, at, code, i + 1 if kind == STANDS else 0, i + 1 if kind == NEW else 0))
        if kind == NEW and replaces and (old := next((f for f in facts if f.kind == STANDS and not f.row), None)):
            facts[facts.index(old)] = replace(old, row=i + 1)
        news += kind == NEW
    place = {ROW_REPORT: 0, STANDS: 1, NEW: 9000, ROW_LAST: 9999}
    facts.sort(key=lambda f: (f.at, place[f.kind], f.row if f.kind == NEW else f.seq))
    outcome, life = judged(facts, track)
    found = followed(facts, track)
    for f, row in zip(facts, found, strict=True):
        if f.kind == NEW:
            assert row["outcome"] == outcome[f]
            if outcome[f] == IMPOSSIBLE and f in life.bad:
                assert row["before"] == (-1 if life.bad[f] is None else STATE.index(life.bad[f]))
            if outcome[f] == CONFLICT:
                assert facts[row["clash"]].kind == STANDS
        elif f.kind in (ROW_REPORT, ROW_LAST):
            assert row["has_room"] == (f in life.order)
    # The numbers bring the facts of one instant into the order in which they were followed.
    seq = {f: row["seq"] for f, row in zip(facts, found, strict=True)}
    taken = [f for f in life.order if outcome.get(f, ACCEPTED) == ACCEPTED]
    assert taken == sorted(taken, key=lambda f: (f.at, seq[f]))


def test_the_steps_of_one_second_are_put_in_order():
    report = Fact(ROW_REPORT, 0, "reported")
    latest_first = ["closed", "checked", "checking", "handled", "signed", "dispatched", "registered"]
    facts = [report, *(Fact(NEW, 5, code, row=i + 1) for i, code in enumerate(latest_first))]
    found = followed(facts, DISPATCHED)
    assert (found["outcome"] == ACCEPTED).all()
    assert found["seq"][1:].tolist() == [7, 6, 5, 4, 3, 2, 1]
    between = followed(
        [report, Fact(STANDS, 5, "registered", 1), Fact(STANDS, 5, "signed", 2), Fact(NEW, 5, "dispatched", row=1)], 1
    )
    assert between["seq"][3] == 1.5


def test_what_a_flat_row_says_stands_where_the_delivered_history_leaves_room():
    def room(last: Fact, *codes: tuple[int, str]) -> tuple[bool, bool]:
        facts = [Fact(ROW_REPORT, 0, "reported"), last, *(Fact(NEW, at, code, row=at) for at, code in codes)]
        found = followed(sorted(facts, key=lambda f: (f.at, f.kind)), DISPATCHED)
        kept = {int(row["kind"]): bool(row["has_room"]) for row in found}
        return kept[ROW_REPORT], kept[ROW_LAST]

    course = [(1, "registered"), (2, "dispatched"), (3, "handled")]
    end = Fact(ROW_LAST, 5, "closed", 9999)
    assert room(end, *course) == (True, True), "an end that nobody delivered stands"
    assert room(end, *course, (5, "closed")) == (True, False), "the same fact"
    assert room(end, *course, (6, "closed")) == (True, False), "the delivered one wins"
    assert room(end, *course, (4, "checking"), (7, "checked")) == (True, False), "it was not over yet"
    assert room(end, *course, (7, "evaluated")) == (True, True), "rated because closed"
    assert room(end, *course, (7, "urged")) == (True, True), "an urging does not open a case"
    dispatched = Fact(ROW_LAST, 3, "dispatched", 9998)
    assert room(dispatched, (2, "urged")) == (True, True), "side events tell no state"
    assert room(dispatched, (1, "registered"), (2, "dispatched")) == (True, False)
    assert room(dispatched, (4, "signed"), (5, "handled")) == (True, True), "a feed that began half-way"
