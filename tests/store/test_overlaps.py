"""Where dedicated grids lie in base grids: areas against the shapes themselves."""

import pytest

import gridgov as gg
from gridgov.errors import QuestionError
from tests.conftest import DemoTown


def test_overlaps_are_those_of_the_shapes(demo_town: DemoTown) -> None:
    town = gg.open()
    told = town.ask("overlaps").frame
    crs = town.about().crs
    base = town.ask("exposure", by="grid").frame.to_crs(crs).set_index("grid_code")
    finest = town.levels("dedicated")["code"].iloc[-1]
    other = town.ask("exposure", by=finest, layer="dedicated").frame.to_crs(crs).set_index("grid_code")
    assert set(told["other_code"]) <= set(other.index)
    slow = {
        (code, grid): area / 1e6
        for code, shape in other.geometry.items()
        for grid, area in base.intersection(shape).area.items()
        if area > 0.01
    }
    found = told.set_index(["other_code", "grid_code"])["overlap_km2"]
    assert set(slow) <= set(found.index)
    for pair, area in found.items():
        assert area == pytest.approx(slow.get(pair, 0), rel=1e-6, abs=1e-8)
    of_each = told.groupby("other_code")["overlap_share"].sum()
    assert (of_each <= 1 + 1e-9).all()
    assert set(town.ask("overlaps", scope=told["grid_code"][0]).frame["grid_code"]) == {told["grid_code"][0]}
    villages = town.ask("overlaps", by="village").frame
    assert villages["overlap_km2"].sum() == pytest.approx(told["overlap_km2"].sum())
    with pytest.raises(QuestionError, match="base layer"):
        town.ask("overlaps", by="unit")
