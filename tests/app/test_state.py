"""The address: what is read from it is what was written, whatever strangers put there."""

from hypothesis import given
from hypothesis import strategies as st

from dash_app.asking.state import (
    COMPARES,
    DIMENSIONS,
    EXPOSURES,
    FILTERS,
    MEASURES,
    PERIODS,
    SHADES,
    STEPS,
    State,
    of,
    parse,
)

texts = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), min_size=1, max_size=40)
states = st.builds(
    State,
    town=st.none() | texts,
    as_of=st.none() | st.dates().map(str),
    scope=st.none() | texts,
    layer=st.sampled_from(["base", "community"]),
    measure=st.sampled_from(MEASURES),
    by=st.none() | st.sampled_from(DIMENSIONS),
    period=st.sampled_from(PERIODS),
    since=st.none() | st.dates().map(str),
    until=st.none() | st.dates().map(str),
    compare=st.sampled_from(COMPARES),
    step=st.sampled_from(STEPS),
    window=st.sampled_from(STEPS),
    points=st.none() | st.booleans(),
    shade=st.sampled_from(SHADES),
    per=st.sampled_from(EXPOSURES),
    hot=st.booleans(),
    walks=st.booleans(),
    filters=st.lists(
        st.tuples(st.sampled_from(FILTERS), st.none() | texts.filter(lambda t: t != "~")), max_size=6, unique=True
    ).map(tuple),
    search=st.none() | texts,
    only_open=st.booleans(),
    case=st.none() | texts,
    lang=st.sampled_from(["zh", "en"]),
)


@given(states)
def test_an_address_says_the_whole_state(state: State) -> None:
    assert parse(state.query()) == state


@given(st.text(max_size=200))
def test_no_address_is_too_strange(address: str) -> None:
    state = parse(address)
    assert parse(state.query()).faults == ()


def test_what_is_not_understood_is_said_and_left_out() -> None:
    state = parse("?as_of=2013-02-30&measure=loudness&points=maybe&nonsense=1&scope=011")
    assert (state.as_of, state.measure, state.points, state.scope) == (None, "n_open", None, "011")
    assert [fault.split("'")[1] for fault in state.faults] == ["2013-02-30", "loudness", "maybe", "nonsense"]


def test_another_town_starts_anew() -> None:
    there = State(town="a", scope="7", as_of="2013-07-01", filters=(("unit", "x"),), lang="zh").but(town="b")
    assert there == State(town="b", lang="zh")


def test_another_layer_leaves_the_scope_and_a_cleared_control_is_the_default() -> None:
    assert State(scope="7", case="c").but(layer="community") == State(layer="community")
    assert State(as_of="2013-07-01").but(as_of="") == State()


def test_a_filter_set_twice_is_taken_away() -> None:
    once = State().filtered("category", None)
    assert once.where == {"category": [None]}
    assert once.with_filter("category", ["x", None, "x"]).where == {"category": ["x", None]}
    assert once.filtered("category", None) == State()
    assert once.filtered("category", "x").where == {"category": ["x"]}


def test_the_language_of_the_browser_counts_only_where_the_address_is_silent() -> None:
    assert of({"search": "", "lang": "zh", "scheme": "dark"}) == State(lang="zh", scheme="dark")
    assert of({"search": "?lang=en", "lang": "zh", "scheme": "light"}).lang == "en"
