"""The life of a case as data, and facts followed through it: held against slow and obvious references."""

import itertools
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgov.errors import SettingsError
from gridgov.process import EVENTS, MOVES, UNKNOWN_TRACK, follow, moves, parse_process, read_process
from gridgov.resources import resource
from gridgov.store.following import (
    ACCEPTED,
    CONFLICT,
    FACT,
    IMPOSSIBLE,
    NEW,
    OVERRULED,
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
    until: int = 0

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


def reached(facts: list[Fact], track: int, stuck: set[Fact]) -> set[str | None]:
    """The states that facts, all of them, can lead to: those of one instant in any order in which each is possible."""
    states: set[str | None] = {None}
    for _, group in itertools.groupby(facts, key=lambda fact: fact.at):
        states = after_all(list(group), states, track, stuck)
    return states


def after_all(group: list[Fact], states: set[str | None], track: int, stuck: set[Fact]) -> set[str | None]:
    """The states after all facts of one instant; what stands keeps its order."""
    fixed, found = [fact for fact in group if fact.kind != NEW], set()
    for order in itertools.permutations(group):
        if [fact for fact in order if fact.kind != NEW] != fixed:
            continue
        for begin in states:
            now, good = begin, True
            for fact in order:
                now, can = took_place(fact, now, track)
                good = good and (can or fact in stuck)
            if good:
                found.add(now)
    return found


Worth = tuple[int, int, int, int]


def worth(facts: list[Fact], stuck: set[Fact]) -> Worth:
    """Moves, those of them that stand, side events, those of them that stand."""
    told = [fact for fact in facts if fact.kind in (STANDS, NEW) and fact not in stuck]
    moves = [fact for fact in told if not fact.event.is_side]
    return (
        len(moves), sum(f.kind == STANDS for f in moves), len(told) - len(moves),
        sum(f.kind == STANDS and f.event.is_side for f in told),
    )  # fmt: skip


def longest(facts: list[Fact], track: int, stuck: set[Fact]) -> set[Worth]:
    """What the longest course is worth, by trying every choice of facts; of an open state told last, with it or without."""
    last = [fact for fact in facts if fact.kind == ROW_LAST]
    told = [fact for fact in facts if fact.kind in (STANDS, NEW)]
    best: dict[bool, Worth] = {}
    for chosen in itertools.chain.from_iterable(itertools.combinations(told, n) for n in range(len(told) + 1)):
        if not stuck <= set(chosen):
            continue
        has_report = any(after(None, fact.what, track) for fact in chosen)
        for end in ([], last) if last else ([],):
            kept = [f for f in facts if f in chosen or f in end or (f.kind == ROW_REPORT and not has_report)]
            if reached(kept, track, stuck):
                best[bool(end)] = max(best.get(bool(end), (0, 0, 0, 0)), worth(kept, stuck))
    if True not in best:
        return {best[False]}
    if last[0].what not in ENDED:
        return {best[False], best[True]}
    if best[True][0] == best[False][0]:  # as long with an event that stood before as with the end that the row tells
        return {best[True], best[False]}
    return {max(best.values())}


def followed(facts: list[Fact], track: int) -> np.ndarray:
    array = np.zeros(len(facts), FACT)
    for i, f in enumerate(facts):
        what = STATE.index(f.what) if f.kind in (ROW_REPORT, ROW_LAST) else f.event.number
        given = {
            "case": 7,
            "at": f.at,
            "kind": f.kind,
            "what": what,
            "track": track,
            "seq": f.seq,
            "row": f.row,
            "until": f.until,
        }
        for name, value in given.items():
            array[name][i] = value
    follow_facts(array)
    return array


CODES = ["reported", "accepted", "registered", "dispatched", "signed", "returned", "handled", "closed", "urged", "reopened",
         "evaluated", "extended"]  # fmt: skip
END = ["closed", "voided", "dispatched", "handling"]
one = st.tuples(st.integers(0, 5), st.sampled_from(CODES), st.sampled_from([STANDS, NEW]))


@settings(max_examples=400, deadline=None)
@given(
    rows=st.lists(one, max_size=6), track=st.integers(0, 3), reported=st.integers(0, 1),
    last=st.none() | st.tuples(st.integers(1, 6), st.sampled_from(END)),
)  # fmt: skip
def test_what_stands_is_the_longest_course_that_is_possible(rows, track, reported, last):
    facts = [Fact(ROW_REPORT, reported, "reported")]
    if last:
        facts.append(Fact(ROW_LAST, last[0], last[1], 9999))
    for i, (at, code, kind) in enumerate(rows):
        facts.append(Fact(kind, at, code, i + 1 if kind == STANDS else 0, i + 1 if kind == NEW else 0))
    place = {ROW_REPORT: 0, STANDS: 1, NEW: 9000, ROW_LAST: 9999}
    facts.sort(key=lambda f: (f.at, place[f.kind], f.row if f.kind == NEW else f.seq))
    found = followed(facts, track)
    outcome = {f: int(row["outcome"]) for f, row in zip(facts, found, strict=True)}
    room = {f for f, row in zip(facts, found, strict=True) if row["has_room"]}
    stands = [f for f in facts if (f in room if f.kind in (ROW_REPORT, ROW_LAST) else outcome[f] == ACCEPTED)]
    stuck = {f for f in facts if f.kind == STANDS and found[facts.index(f)]["is_bad"]}
    if not stuck:
        assert reached(stands, track, set()), "it is a course"
        if any(f.kind == NEW for f in facts):
            assert worth(stands, set()) in longest(facts, track, set())
    if not any(f.kind == NEW for f in facts):
        assert not any(outcome.values()), "without anything new, all stands as it is"
    for f, row in zip(facts, found, strict=True):
        if row["outcome"] == CONFLICT and f.kind == NEW:
            assert facts[row["clash"]] in stands
        if row["outcome"] == IMPOSSIBLE and row["before"] >= 0:
            assert took_place(f, STATE[row["before"]], track)[1] is False
    # The numbers bring the facts of one instant into the order in which they were followed.
    seq = {f: row["seq"] for f, row in zip(facts, found, strict=True)}
    ordered = sorted(stands, key=lambda f: (f.at, seq[f]))
    now = None
    for f in ordered:
        now, can = took_place(f, now, track)
        assert can or f in stuck or stuck


@settings(max_examples=300, deadline=None)
@given(data=st.data(), track=st.integers(0, 2), n=st.integers(2, 12))
def test_a_true_course_stands_whatever_wrong_rows_came_first(data, track, n):
    """A course of many moves, its rows in any order of arrival, after wrong ones that are fewer than its moves."""
    course, state = [], None
    for at in range(n):
        can = [code for code in EVENTS if after(state, code, track) and (state is None) == (code == "reported")]
        if not can:
            break
        code = data.draw(st.sampled_from(can))
        course.append((10 * at + 10, code))
        state = after(state, code, track)
    wrong = data.draw(st.lists(st.tuples(st.integers(11, 10 * n + 9), st.sampled_from(list(EVENTS))), max_size=2))
    wrong = [(at + (at % 10 == 0), code) for at, code in wrong]
    rows = data.draw(st.permutations([*course, *wrong]))
    standing: list[tuple[int, str, float]] = []
    gone: list[tuple[int, str]] = []
    waits: list[tuple[int, str]] = []
    for new in (*([row] for row in rows), rows, rows):  # row by row, and what was refused tried again
        fresh = [row for row in new if row not in {(at, code) for at, code, _ in standing}]
        facts = [Fact(ROW_REPORT, 10, "reported"), *(Fact(STANDS, at, code, seq) for at, code, seq in standing)]
        facts += [Fact(NEW, at, code, row=i + 1) for i, (at, code) in enumerate(dict.fromkeys(fresh))]
        facts += [Fact(OVERRULED, at, code, row=-i - 1) for i, (at, code) in enumerate(gone) if (at, code) not in fresh]
        facts.sort(key=lambda f: (f.at, f.kind != ROW_REPORT, f.seq, f.row))
        found = followed(facts, track)
        kept = [(f, row) for f, row in zip(facts, found, strict=True) if f.kind in (STANDS, NEW, OVERRULED)]
        gone = [(f.at, f.what) for f, row in kept if f.kind != NEW and row["outcome"] != ACCEPTED]
        standing = [(f.at, f.what, float(row["seq"])) for f, row in kept if row["outcome"] == ACCEPTED]
        waits = [(f.at, f.what) for f, row in kept if f.kind == NEW and row["outcome"] != ACCEPTED]
    stands = {(at, code) for at, code, _ in standing}
    moves = sum(not EVENTS[code].is_side for _, code in stands)
    assert moves >= sum(not EVENTS[code].is_side for _, code in course), "no true course is shorter than what stands"
    if not wrong:
        assert stands == set(course)
    assert set(rows) == stands | set(waits) | set(gone), "the others are told of"


def test_a_wrong_row_that_came_first_gives_way_to_the_true_course():
    wrong = Fact(STANDS, 5, "voided", 1)
    course = ["registered", "dispatched", "signed", "handled"]
    facts = [Fact(ROW_REPORT, 0, "reported"), Fact(NEW, 3, "registered", row=1), wrong]
    found = followed(facts, DISPATCHED)
    assert found["outcome"].tolist() == [ACCEPTED, CONFLICT, ACCEPTED], "one against one: what stands, stands"
    assert facts[found["clash"][1]] == wrong
    more = [Fact(NEW, 10 * k + 3, code, row=k + 1) for k, code in enumerate(course)]
    found = followed(sorted([Fact(ROW_REPORT, 0, "reported"), wrong, *more], key=lambda f: f.at), DISPATCHED)
    assert found["outcome"].tolist() == [ACCEPTED, ACCEPTED, CONFLICT, ACCEPTED, ACCEPTED, ACCEPTED]
    urged = [Fact(STANDS, 5, "closed", 1), *(Fact(NEW, 6 + k, "urged", row=k + 1) for k in range(3))]
    found = followed([Fact(ROW_REPORT, 0, "reported"), *urged], SELF)
    assert found["outcome"].tolist() == [ACCEPTED, ACCEPTED, IMPOSSIBLE, IMPOSSIBLE, IMPOSSIBLE], (
        "an urging opens no case"
    )


def test_an_overruled_row_stands_again_when_later_rows_prove_it_right():
    facts = [Fact(ROW_REPORT, 0, "reported")]
    facts += [
        Fact(STANDS, k, code, 1) for k, code in [(1, "registered"), (2, "dispatched"), (9, "handled"), (10, "checking")]
    ]
    facts += [
        Fact(OVERRULED, 4, "returned", 1, row=-1),
        Fact(NEW, 5, "dispatched", row=1),
        Fact(NEW, 6, "signed", row=2),
    ]
    found = followed(sorted(facts, key=lambda f: f.at), DISPATCHED)
    assert (found["outcome"] == ACCEPTED).all()


def test_a_day_only_event_happens_where_the_process_allows_in_its_day():
    def placed(*codes: tuple[int, str, bool]) -> list[tuple[int, int]]:
        facts = [Fact(ROW_REPORT, 5, "reported")]
        facts += [
            Fact(NEW, at, code, row=k + 1, until=99 if is_day else 0) for k, (at, code, is_day) in enumerate(codes)
        ]
        found = followed(sorted(facts, key=lambda f: f.at), DISPATCHED)
        return [(int(row["at"]), int(row["outcome"])) for row in found[1:]]

    course = [(10, "registered", False), (20, "dispatched", False)]
    assert sorted(placed((5, "signed", True), *course)) == [(10, 0), (20, 0), (20, 0)]
    # Two of them, each of which has its place after another step.
    assert sorted(placed((5, "registered", True), (5, "dispatched", True), (10, "accepted", False))) == [
        (10, 0), (10, 0), (10, 0),
    ]  # fmt: skip
    assert [outcome for _, outcome in placed((5, "checked", True), *course)] == [IMPOSSIBLE, ACCEPTED, ACCEPTED]


def test_a_thousand_events_of_one_instant_are_numbered_in_their_order():
    facts = [Fact(ROW_REPORT, 0, "reported"), Fact(STANDS, 5, "urged", 1), Fact(STANDS, 5, "instructed", 2)]
    facts += [Fact(NEW, 5, "urged", row=k + 1) for k in range(1_000)]
    found = followed(facts, DISPATCHED)
    assert (found["outcome"] == ACCEPTED).all()
    assert (np.diff(found["seq"][3:]) > 0).all()
    facts.insert(3, Fact(NEW, 5, "registered", row=2_000))
    found = followed([*facts, Fact(NEW, 5, "checked", row=3_000), Fact(STANDS, 5, "dispatched", 9_000)], DISPATCHED)
    assert found["outcome"][-2] == IMPOSSIBLE


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


# --- a process of one's own -------------------------------------------------------------------------------------------


def test_a_town_may_have_a_process_of_its_own(tmp_path):
    own = tmp_path / "own.toml"
    own.write_text(TEXT.replace('zh = "签收"', 'zh = "接单"').replace('by = ["checker"]', 'by = ["checker", "centre"]'))
    events = read_process(own)
    assert events["signed"].zh == "接单"
    assert events["checked"].by == ("checker", "centre")
    assert list(read_process("case")) == list(EVENTS)
    with pytest.raises(SettingsError, match=r"no process file elsewhere, nor a shipped process .* shipped are: case"):
        read_process("elsewhere")
    own.write_text(TEXT.replace('code = "rework"', 'code = "redo"'))
    with pytest.raises(SettingsError, match="has no event rework; the clocks of cases know these by their codes"):
        read_process(own)
