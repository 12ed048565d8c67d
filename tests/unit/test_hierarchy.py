"""From polygons to a whole tree: parents found by rule, missing ones built, what cannot be is refused."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgov.crs import STORE_CRS
from gridgov.errors import SourceError
from gridgov.pipelines.hierarchy import build_hierarchy
from tests.support import METRIC, PREFIX, build_tree, city, grid_frame, grid_mapping, square

BY_PREFIX = PREFIX.format(root="T")


def tree(built) -> dict[str, str | None]:
    pairs = zip(built["code"], built["parent_code"], strict=True)
    return {code: parent if isinstance(parent, str) else None for code, parent in pairs}


def test_missing_parents_are_built_by_dissolving():
    built, mended = build_tree(city())
    assert built["level"].tolist() == [0, 1, 1, 1, *[2] * 9]
    assert tree(built) == {"T": None, "1": "T", "2": "T", "3": "T", **{code: code[0] for code in city()}}
    assert built["is_given"].tolist() == [False] * 4 + [True] * 9
    area = built.set_index("code")["area_m2"]
    assert area["T"] == pytest.approx(area[["1", "2", "3"]].sum()) == pytest.approx(area[list(city())].sum())
    assert built.set_index("code").geometry["2"].equals(square(0, 1, 3, 1))
    assert mended == {"repaired": [], "multipart": [], "orphans": []}
    assert built.set_index("code")["name"][["T", "1", "11"]].tolist() == ["Town", "1", "11"]
    assert set(built["kind"]) == {"basic"}
    assert set(built.geom_type) == {"MultiPolygon"}
    assert built.crs == STORE_CRS


def test_a_given_parent_stays_as_given():
    built, _ = build_tree({"1": square(0, 0, 2, 2), "11": square(0, 0)}, name={"1": "One"}, kind={"1": "rural"})
    assert tree(built) == {"T": None, "1": "T", "11": "1"}
    row = built.set_index("code").loc["1"]
    assert (row["name"], row["kind"], row["is_given"]) == ("One", "rural", True)
    assert row["geom"].equals(square(0, 0, 2, 2))


def test_codes_of_another_length_are_refused():
    with pytest.raises(SourceError, match="prefixes of 1, 2 characters, but 2 codes have another length: 111, 2222"):
        build_tree({"11": square(0, 0), "111": square(1, 0), "2222": square(2, 0)})


def test_by_parent_column():
    up = {"a": "A", "b": "A", "c": "B", "A": None, "B": None}
    built, _ = build_tree(
        {"a": square(0, 0), "b": square(1, 0), "c": square(2, 0), "A": square(0, 0, 2, 1)}, 'rule = "parent"', parent=up
    )
    assert tree(built) == {"t": None, "A": "t", "B": "t", "a": "A", "b": "A", "c": "B"}
    assert built.set_index("code")["is_given"].to_dict() == {
        "t": False,
        "A": True,
        "B": False,
        "a": True,
        "b": True,
        "c": True,
    }


def test_the_one_grid_above_all_is_the_root():
    built, _ = build_tree(
        {"W": square(0, 0, 2, 1), "a": square(0, 0), "b": square(1, 0)}, 'rule = "parent"', parent={"a": "W", "b": "W"}
    )
    assert tree(built) == {"W": None, "a": "W", "b": "W"}
    assert built.set_index("code")["is_given"]["W"]


@pytest.mark.parametrize("up", [{"a": "a"}, {"a": "b", "b": "a"}, {"a": "b", "b": "c", "c": "a"}])
def test_circles_are_refused(up):
    shapes = {code: square(i, 0) for i, code in enumerate("abcd")}
    with pytest.raises(SourceError, match=r"in a circle: [abc]( > [abc])+"):
        build_tree(shapes, 'rule = "parent"', parent=up)


def test_by_containment_the_smallest_holder_is_the_parent():
    shapes = {
        "W": square(0, 0, 4, 4), "A": square(0, 0, 2, 4), "a": square(0, 0, 2, 2), "x": square(0.5, 0.5, 0.5, 0.5),
        "B": square(2, 0, 2, 4), "edge": square(1.9, 3, 1, 1),
    }  # fmt: skip
    built, _ = build_tree(shapes, 'rule = "containment"')
    assert tree(built) == {"W": None, "A": "W", "B": "W", "a": "A", "x": "a", "edge": "B"}


def test_flat_is_one_level_below_the_root():
    built, mended = build_tree({"b": square(1, 0), "a": square(0, 0)}, 'rule = "flat"')
    assert tree(built) == {"t": None, "a": "t", "b": "t"}
    assert mended["orphans"] == []


def test_rows_of_one_code_are_one_grid():
    built, mended = build_tree({"11": [square(0, 0), square(5, 5)], "12": square(1, 0)})
    assert mended["multipart"] == ["11"]
    assert len(shapely.get_parts(built.set_index("code").geometry["11"])) == 2
    with pytest.raises(SourceError, match="must agree in name; they do not for 11"):
        rows = grid_frame({"11": [square(0, 0), square(5, 5)]})
        rows["name"] = ["One", "Other"]
        build_hierarchy(rows, grid_mapping("t", rule=BY_PREFIX), "Town", METRIC)


def test_an_invalid_geometry_is_repaired_and_listed():
    (x0, y0), (x1, y1) = square(0, 0).bounds[:2], square(0, 0).bounds[2:]
    bowtie = shapely.Polygon([(x0, y0), (x1, y1), (x1, y0), (x0, y1)])
    built, mended = build_tree({"11": bowtie, "12": square(1, 0)})
    (listed,) = mended["repaired"]
    assert listed["code"] == "11"
    assert "Self-intersection" in listed["reason"]
    mine = built.set_index("code")
    assert shapely.is_valid(mine.geometry["11"])
    assert listed["area_m2"] == pytest.approx(mine["area_m2"]["11"], abs=0.001)
    assert mine["area_m2"]["11"] == pytest.approx(mine["area_m2"]["12"] / 2, rel=1e-3)


def test_a_geometry_without_area_is_refused():
    spike = shapely.Polygon([(120, 31), (121, 31), (120, 31), (120, 31)])
    with pytest.raises(SourceError, match="without any: 12"):
        build_tree({"11": square(0, 0), "12": spike})


def test_orphans_miss_a_parent_that_others_have():
    shapes = {"a": square(0, 0), "b": square(1, 0), "c": square(2, 0), "A": square(0, 0, 2, 1)}
    built, mended = build_tree(shapes, 'rule = "parent"', parent={"a": "A", "b": "A"})
    assert mended["orphans"] == ["c"]
    assert tree(built)["c"] == "t", "it is right below the root"


def test_names_come_from_the_file_then_the_mapping_then_the_code():
    rule = BY_PREFIX + '\n[hierarchy.names]\n1 = "First"\n11 = "not used"'
    built, _ = build_tree({"11": square(0, 0), "21": square(1, 0)}, rule, name={"11": "Eleven"})
    assert built.set_index("code")["name"].to_dict() == {
        "T": "Town",
        "1": "First",
        "2": "2",
        "11": "Eleven",
        "21": "21",
    }


@settings(max_examples=20, deadline=None)
@given(order=st.permutations(list(city())), keep=st.sets(st.sampled_from(list(city())), min_size=1))
def test_the_order_of_rows_does_not_matter(order, keep):
    shapes = {code: shape for code, shape in city().items() if code in keep}
    one, _ = build_tree(shapes)
    two, _ = build_tree({code: shapes[code] for code in order if code in shapes})
    assert one.drop(columns="geom").equals(two.drop(columns="geom"))
    assert np.array_equal(shapely.to_wkb(one.geometry.to_numpy()), shapely.to_wkb(two.geometry.to_numpy()))
