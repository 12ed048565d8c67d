"""A mapping that cannot be followed is refused, and the message says what is wrong and what was expected."""

import pytest

from gridgov.errors import MappingError
from gridgov.resources import resource
from gridgov.sources.mapping import GridMapping, IncidentMapping, parse_mapping, read_mapping

INCIDENTS = """
kind = "incidents"
town = "t"
source = "s"
time_zone = "Asia/Shanghai"
datum = "GCJ-02"

[columns]
case_no = "no"
reported_at = "at"
status = "state"
lon = "x"
lat = "y"

[values.status]
"open" = "reported"
"done" = "closed"
"done twice" = { state = "closed", duplicate = true }
"""

GRIDS = """
kind = "grids"
town = "t"
source = "s"
datum = "WGS84"

[columns]
code = "id"

[hierarchy]
rule = "prefix"
lengths = [2, 4]
"""


def changed(text: str, old: str, new: str) -> str:
    assert old in text
    return text.replace(old, new, 1)


def refusal(text: str) -> str:
    """The message with which a mapping is refused; it names the file and is one line."""
    with pytest.raises(MappingError) as caught:
        parse_mapping(text, "mine.toml")
    message = str(caught.value)
    assert message.startswith("mine.toml ")
    assert "\n" not in message
    assert "[type=" not in message, "pydantic's own words must not reach a user"
    return message


def assert_says(message: str, *words: str) -> None:
    missing = [word for word in words if word not in message]
    assert not missing, f"{missing} not in: {message}"


def test_the_examples_here_are_right():
    mapping = parse_mapping(INCIDENTS)
    assert isinstance(mapping, IncidentMapping)
    assert mapping.source_columns() == ["no", "at", "state", "x", "y"]
    assert mapping.state_of("open") == "reported"
    assert mapping.state_of("done twice") == "closed"
    assert mapping.state_of("never heard") is None
    assert mapping.says_duplicate("done twice")
    assert not mapping.says_duplicate("done")
    grids = parse_mapping(GRIDS)
    assert isinstance(grids, GridMapping)
    assert grids.hierarchy.lengths == [2, 4]


def test_the_same_text_has_the_same_hash_and_another_text_another():
    assert parse_mapping(INCIDENTS).sha256 == parse_mapping(INCIDENTS).sha256
    assert parse_mapping(INCIDENTS).sha256 != parse_mapping(INCIDENTS + "# a word\n").sha256


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('source = "s"', 'source = "s"\ndatun = "WGS84"', ["unknown key `datun`", "did you mean 'datum'?"]),
        ('source = "s"', 'source = "s"\nsource_nmae = "S"', ["`source_nmae`", "did you mean 'source_name'?"]),
        (
            'source = "s"',
            'source = "s"\nfile = { enconding = "big5" }',
            ["`file.enconding`", "did you mean 'encoding'?"],
        ),
        (
            'source = "s"',
            'source = "s"\nabout = { timezone = "UTC" }',
            ["`about.timezone`", "did you mean 'time_zone'?"],
        ),
        ('reported_at = "at"', 'reported_at = { from = "at", fromat = "%Y" }', ["fromat", "did you mean 'format'?"]),
        (
            'reported_at = "at"',
            'reported_at = "at"\nadress = "a"',
            ["no place for `adress`", "did you mean `address`?"],
        ),
    ],
)
def test_a_misspelt_key_is_refused_with_the_nearest_known_one(old, new, words):
    assert_says(refusal(changed(INCIDENTS, old, new)), *words)


def test_a_misspelt_key_of_the_hierarchy_suggests_its_own_keys():
    assert_says(refusal(changed(GRIDS, "lengths =", "lenghts =")), "`hierarchy.lenghts`", "did you mean 'lengths'?")


@pytest.mark.parametrize("coordinates", ['lon = "x"\nlat = "y"', 'wkt = "shape"'])
def test_coordinates_without_a_datum_are_refused_with_the_reason(coordinates):
    text = changed(changed(INCIDENTS, 'datum = "GCJ-02"\n', ""), 'lon = "x"\nlat = "y"', coordinates)
    assert_says(refusal(text), "`datum` is missing", "refused", "GCJ-02 point lies about 500 m off", "WGS84, CGCS2000")


def test_without_coordinates_no_datum_is_needed():
    text = changed(changed(INCIDENTS, 'datum = "GCJ-02"\n', ""), 'lon = "x"\nlat = "y"\n', "")
    assert parse_mapping(text).datum is None


def test_polygons_without_a_datum_are_refused_and_the_file_may_be_asked():
    assert_says(refusal(changed(GRIDS, 'datum = "WGS84"\n', "")), "`datum` is missing", "polygons", "datum = 'file'")
    assert parse_mapping(changed(GRIDS, '"WGS84"', '"file"')).datum == "file"


@pytest.mark.parametrize("datum", ["GCJ-20", "EPSG:999999", "WGS48"])
def test_an_unknown_datum_is_refused_with_the_known_ones(datum):
    assert_says(refusal(changed(INCIDENTS, '"GCJ-02"', f'"{datum}"')), "datum", datum, "WGS84, CGCS2000, GCJ-02, BD-09")


@pytest.mark.parametrize("zone", ["Asia/Bejing", "UTC+8", "", "../etc/passwd"])
def test_an_unknown_time_zone_is_refused_with_an_example(zone):
    assert_says(
        refusal(changed(INCIDENTS, "Asia/Shanghai", zone)), f"'{zone}'", "not an IANA time zone", "Asia/Shanghai"
    )
    about = changed(INCIDENTS, 'source = "s"', f'source = "s"\nabout = {{ time_zone = "{zone}" }}')
    assert_says(refusal(about), "about.time_zone", f"'{zone}'", "not an IANA time zone")


def test_times_without_a_zone_are_refused():
    assert_says(refusal(changed(INCIDENTS, 'time_zone = "Asia/Shanghai"\n', "")), "the key `time_zone` is missing")


def test_an_unknown_state_is_refused_with_the_nearest_known_one():
    message = refusal(changed(INCIDENTS, '"open" = "reported"', '"open" = "reportet"'))
    assert_says(message, "'open'", "'reportet' is not a state", "did you mean `reported`?")
    message = refusal(changed(INCIDENTS, '{ state = "closed", duplicate = true }', '{ state = "shut" }'))
    assert_says(message, "'done twice'", "'shut' is not a state")
    message = refusal(changed(INCIDENTS, "duplicate = true", "duplicated = true"))
    assert_says(message, "'done twice'", "`state` and `duplicate` only")


def test_a_status_without_translations_is_refused():
    text = INCIDENTS[: INCIDENTS.index("[values.status]")]
    assert_says(refusal(text), "`status` is mapped", "[values.status] must translate")


@pytest.mark.parametrize(
    ("kind", "said"), [('kind = "incident"', "'incident'"), ('kind = "trackz"', "'trackz'"), ("", "None")]
)
def test_a_wrong_kind_is_refused_with_the_known_ones(kind, said):
    message = refusal(changed(INCIDENTS, 'kind = "incidents"', kind))
    assert_says(message, said, "expected one of", "grids", "places", "exposure", "incidents")


@pytest.mark.parametrize("only", ['lon = "x"\n', 'lat = "y"\n'])
def test_one_coordinate_alone_is_refused(only):
    assert_says(refusal(changed(INCIDENTS, only, "")), "`lon` and `lat` come together")


def test_a_translation_of_a_column_that_is_not_mapped_is_refused():
    text = INCIDENTS + '\n[values.categroy]\n"a" = "b"\n'
    assert_says(refusal(text), "[values.categroy]", "translates a column that [columns] does not map")


def test_a_reporter_must_be_declared_personal():
    text = changed(INCIDENTS, 'status = "state"', 'status = "state"\nreporter = "who"')
    assert_says(refusal(text), "`reporter` is personal", "[personal] reporter = 'pseudonym' or 'drop'")
    assert parse_mapping(text + '\n[personal]\nreporter = "pseudonym"\n').personal == {"reporter": "pseudonym"}
    assert_says(refusal(text + '\n[personal]\nreporter = "keep"\n'), "personal.reporter", "'drop' or 'pseudonym'")


def test_personal_names_only_mapped_columns():
    assert_says(refusal(INCIDENTS + '\n[personal]\nunit = "drop"\n'), "[personal] names `unit`", "does not map")


@pytest.mark.parametrize("lengths", ["", "lengths = []\n"])
def test_a_prefix_rule_needs_lengths(lengths):
    assert_says(refusal(changed(GRIDS, "lengths = [2, 4]\n", lengths)), "hierarchy", "`lengths`", "that rule needs it")


def test_lengths_belong_to_the_prefix_rule_and_grow():
    assert_says(refusal(changed(GRIDS, '"prefix"', '"flat"')), "`lengths` belongs to rule = 'prefix'")
    for wrong in ("[4, 2]", "[2, 2]"):
        assert_says(refusal(changed(GRIDS, "[2, 4]", wrong)), "must grow from the top level down")


def test_a_parent_rule_needs_the_parent_column():
    text = changed(changed(GRIDS, '"prefix"', '"parent"'), "lengths = [2, 4]\n", "")
    assert_says(refusal(text), "rule = 'parent' needs the column `parent`")


@pytest.mark.parametrize("broken", ['kind = "incidents', "[columns]\n[columns]\n", "town = t\n", "a = 1\na = 2\n"])
def test_what_is_not_toml_is_refused_with_the_place(broken):
    assert_says(refusal(broken), "is not valid TOML", "(at ")


def test_missing_columns_are_named():
    assert_says(refusal(changed(INCIDENTS, 'case_no = "no"\n', "")), "[columns] needs `case_no`")
    assert_says(refusal(changed(INCIDENTS, 'town = "t"\n', "")), "the key `town` is missing")


def test_a_column_has_a_source_or_a_value_not_both():
    for spec in ('{ from = "at", value = "1" }', "{ pad = 3 }"):
        message = refusal(changed(INCIDENTS, 'reported_at = "at"', f"reported_at = {spec}"))
        assert_says(message, "columns.reported_at", "either `from`", "or `value`")


def test_all_faults_come_at_once():
    text = changed(INCIDENTS, "Asia/Shanghai", "Mars/Olympus")
    text = changed(text, 'source = "s"', 'source = "s"\ndatun = "WGS84"')
    assert_says(refusal(text), "'Mars/Olympus'", "`datun`")
    text = changed(changed(INCIDENTS, 'case_no = "no"\n', "adress = 'a'\n"), 'reported_at = "at"\n', "")
    assert_says(refusal(text), "`adress`", "needs `case_no`", "needs `reported_at`")


def test_a_town_code_holds_no_path_and_no_blank():
    for code in ("a/b", "..", "two words", "镇"):
        assert_says(refusal(changed(INCIDENTS, 'town = "t"', f'town = "{code}"')), "town")


def test_a_shipped_mapping_is_found_by_name_and_an_unknown_one_names_the_shipped(tmp_path):
    assert read_mapping("chicago_beats") == read_mapping(resource("data", "mappings", "chicago_beats.toml"))
    with pytest.raises(MappingError, match=r"no mapping file nowhere.*chicago_311_sanitation.*tainan_1999"):
        read_mapping("nowhere")
    (tmp_path / "latin.toml").write_bytes('town = "Bühl"'.encode("latin-1"))
    with pytest.raises(MappingError, match="cannot be read as UTF-8"):
        read_mapping(tmp_path / "latin.toml")


@pytest.mark.parametrize("kind", ['kind = ["incidents"]', "kind = { a = 1 }", "kind = 3"])
def test_a_kind_that_is_no_text_is_refused(kind):
    assert_says(refusal(changed(INCIDENTS, 'kind = "incidents"', kind)), "expected one of", "grids")


@pytest.mark.parametrize("state", ["3", '["reported"]', "{ }"])
def test_a_state_that_is_no_text_is_refused(state):
    assert_says(refusal(changed(INCIDENTS, '"open" = "reported"', f'"open" = {state}')), "'open'", "is not a state")


def test_duplicate_is_a_truth_value_not_a_text():
    assert_says(refusal(changed(INCIDENTS, "duplicate = true", 'duplicate = "false"')), "`duplicate` is true or false")


@pytest.mark.parametrize(
    ("extract", "words"), [("(", "not a regular expression"), ("a+", "0 groups"), ("(a)(b)", "2 groups")]
)
def test_extract_is_a_regular_expression_with_one_group(extract, words):
    text = changed(INCIDENTS, 'reported_at = "at"', f'reported_at = {{ from = "at", extract = "{extract}" }}')
    assert_says(refusal(text), "columns.reported_at", words)


def test_a_time_format_of_another_language_is_refused():
    text = changed(INCIDENTS, 'reported_at = "at"', 'reported_at = { from = "at", format = "yyyy-MM-dd" }')
    assert_says(refusal(text), "'yyyy-MM-dd' is no time format", "%Y-%m-%d")


def test_an_unknown_track_and_a_translation_that_is_no_text_are_refused():
    text = changed(INCIDENTS, 'status = "state"', 'status = "state"\ntrack = "t"\ncategory = "c"')
    assert_says(refusal(text + '\n[values.track]\n"a" = "selfhandled"\n'), "did you mean `self_handled`?")
    assert_says(refusal(text + '\n[values.category]\n"a" = 3\n'), "[values.category] 'a' must be text")


def test_when_closed_is_for_times_and_needs_a_status():
    text = changed(INCIDENTS, 'case_no = "no"', 'case_no = { from = "no", when = "closed" }')
    assert_says(refusal(text), "`case_no`", "for times only")


def test_the_place_is_given_once():
    assert_says(refusal(changed(INCIDENTS, 'lon = "x"', 'lon = "x"\nwkt = "w"')), "not both")


def test_levels_and_lengths_agree():
    text = changed(GRIDS, 'source = "s"', 'source = "s"\nlevels = ["a", "b"]')
    assert_says(refusal(text), "`levels` has 2 names", "make 3")


def test_a_mapping_saved_with_a_byte_order_mark_is_read(tmp_path):
    (tmp_path / "bom.toml").write_bytes(b"\xef\xbb\xbf" + INCIDENTS.encode())
    assert read_mapping(tmp_path / "bom.toml").town == "t"
