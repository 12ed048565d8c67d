"""The land of a made-up town: drawn on a sheet, laid on the globe, settled, counted.

sheet.py cuts faces with lines, skeleton.py and plan.py decide where; survey.py turns the plan into coordinates; the
other modules each make some of the tables of `model.Land`; picture.py shows it.
"""

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from gridgov.simulate.land.counts import make_grids
from gridgov.simulate.land.cover import make_cover
from gridgov.simulate.land.network import make_network
from gridgov.simulate.land.places import make_places
from gridgov.simulate.land.plan import make_plan
from gridgov.simulate.land.sheet import NoCut
from gridgov.simulate.land.spots import make_spots
from gridgov.simulate.land.survey import survey, union_by
from gridgov.simulate.land.ways import make_rivers, make_roads, name_lines
from gridgov.simulate.model import Land
from gridgov.simulate.scenario import Scenario
from gridgov.simulate.seeds import stream

__all__ = ["make_land"]

_TRIES = 10


def make_land(scenario: Scenario) -> Land:
    """The land of a scenario: the same for the same seed, another town with the same totals for another.

    raises  NoCut when ten drawings in a row do not come out well
    """
    look = scenario.read("land.toml")
    villages = pd.read_csv(scenario.folder / "villages.csv", dtype={"code": str}).sort_values("code", ignore_index=True)
    for attempt in range(_TRIES):
        try:
            return _draw(scenario, villages, look, attempt)
        except NoCut as fault:
            last = fault
    raise NoCut(f"Seed {scenario.seed} gave no town in {_TRIES} tries; take another seed. The last fault: {last}")


def _draw(scenario: Scenario, villages: pd.DataFrame, look: dict[str, Any], attempt: int) -> Land:
    """One try."""
    town = scenario.town
    crs, code, name = town["crs"], town["admin_code"], town["name_zh"].partition("（")[0]

    def rng(about: str) -> np.random.Generator:
        return stream(scenario.seed, "land", about, attempt)

    base = survey(make_plan(villages, look, rng("plan")), crs, town["centre"], town["area_km2"])
    network = make_network(base)
    names = name_lines(base, villages, look["names"])
    roads = make_roads(base, names, villages, crs)
    cover = make_cover(base, villages, look["names"], town["grids"]["dedicated"], code[:9], crs, rng("cover"))
    waters = pd.concat([make_rivers(base, names, crs), cover.water], ignore_index=True)
    grids, before = make_grids(base, villages, cover, roads, look["width"], crs, rng("people"))
    is_other = base.block_grid != base.block_before
    changed = np.unique(np.r_[base.block_grid[is_other], base.block_before[is_other]])
    places = make_places(base, cover, villages, code[:9], name, rng("places"))
    offices = places.loc[~places.kind.isin(["school", "market", "park"]), ["x", "y"]].to_numpy()
    built_village = base.village[base.block_grid[cover.built_block]]
    return Land(
        crs=crs,
        code=code,
        name=name,
        outline=base.outline,
        villages=gpd.GeoDataFrame(
            villages[["code", "name", "kind", "squad", "residents"]],
            geometry=union_by(grids.geometry.to_numpy(), base.village),
            crs=crs,
        ),
        grids=grids,
        grids_before=before,
        changed=grids.code[changed].tolist(),
        dedicated=cover.dedicated,
        roads=roads,
        waters=waters,
        built_up=gpd.GeoDataFrame({"village": built_village}, geometry=cover.built, crs=crs),
        places=places,
        network=network,
        spots=make_spots(base, cover, grids, roads, waters, offices, rng("spots")),
    )
