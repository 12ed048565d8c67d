"""Writes the small town into this folder: `python data/small_town/make.py`. The same files every time."""

import json

import make_cases
import numpy as np
from make_land import (
    CRS,
    HERE,
    TOWN,
    TOWN_NAME,
    VILLAGES,
    make_dedicated,
    make_exposure,
    make_grids,
    make_places,
    write_geojson,
)


def main() -> None:
    """Write everything."""
    rng = np.random.default_rng(20261119)
    grids, dedicated = make_grids(rng), make_dedicated()
    exposure, places = make_exposure(grids, rng), make_places(grids)
    write_geojson(grids.assign(village=TOWN + grids.village), HERE / "grids.geojson")
    write_geojson(dedicated, HERE / "dedicated.geojson")
    exposure.to_csv(HERE / "exposure.csv", index=False, lineterminator="\n")
    places.to_csv(HERE / "villages.csv", index=False, lineterminator="\n")
    area = grids.to_crs(CRS).area
    overlap = area.sum() - grids.to_crs(CRS).union_all().area
    village = TOWN + grids.village
    truth = {
        "about": "Written by make.py: what a right load of this folder must find. Areas in EPSG:4549.",
        "town": {
            "code": TOWN + "000",
            "name": TOWN_NAME,
            "area_m2": round(area.sum()),
            "overlap_m2": abs(round(overlap, 3)),
        },
        "grids": {"features": len(grids), "villages": len(VILLAGES)},
        "grids_by_village": grids.groupby(village).size().to_dict(),
        "area_m2_by_village": area.groupby(village).sum().round().astype(int).to_dict(),
        "dedicated": {"features": len(dedicated)},
        "exposure": {"rows": len(exposure), "residents": exposure.groupby("counted_on").residents.sum().to_dict()},
        "places": {"rows": len(places)},
        "incidents": make_cases.write(grids, dedicated, rng),
    }
    (HERE / "truth.json").write_text(json.dumps(truth, ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
