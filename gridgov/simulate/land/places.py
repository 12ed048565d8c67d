"""Places with a name: the town hall, village seats, schools, stations."""

import numpy as np
import pandas as pd
import shapely

from gridgov.simulate.land.cover import Cover
from gridgov.simulate.land.sheet import NoCut
from gridgov.simulate.land.survey import Survey

_PUBLIC = {  # what comes after the town's name: kind
    "人民政府": "town_hall", "派出所": "police", "卫生院": "hospital", "汽车站": "bus_station", "便民服务中心": "service_centre",
    "消防救援站": "fire_station", "水利站": "station", "供电所": "station", "自然资源所": "station", "司法所": "station",
    "市场监督管理分局": "station", "农路管理站": "station", "文体中心": "culture", "敬老院": "care_home", "邮政支局": "post",
    "自来水营业厅": "utility", "垃圾中转站": "utility", "公交首末站": "bus_station", "图书馆": "culture", "人民公园": "garden",
    "老年大学": "culture", "公交东站": "bus_station", "社会福利中心": "care_home", "农业服务中心": "station",
    "残联服务站": "station",
}  # fmt: skip
_APART_M = (340.0, 160.0)  # between the first five public offices, and between all
_SQUADS = ("综合执法一中队", "综合执法二中队", "综合执法三中队")


def make_places(
    survey: Survey, cover: Cover, villages: pd.DataFrame, code: str, town: str, rng: np.random.Generator
) -> pd.DataFrame:
    """code, name, kind, x, y: public offices in the core, squads in their territory, seats, dedicated grids.

    Raises NoCut when the core has too few free blocks.
    """
    village = survey.village[survey.block_grid]
    urban = (villages.kind == "urban").to_numpy()[village]
    middle = shapely.get_coordinates(shapely.point_on_surface(survey.blocks))
    free = np.flatnonzero(urban & (cover.use == ""))
    far = np.hypot(*(middle[free] - survey.centre).T)
    free = free[np.argsort(far * np.exp(rng.normal(0, 0.6, len(free))), kind="stable")]
    chosen: list[int] = []
    for block in free.tolist():
        apart = _APART_M[len(chosen) >= 5]
        if all(np.hypot(*(middle[block] - middle[other])) > apart for other in chosen):
            chosen.append(block)
    if len(chosen) < len(_PUBLIC):
        raise NoCut("The core has too few blocks for its public offices.")
    rows = [(town + name, kind, *middle[block]) for (name, kind), block in zip(_PUBLIC.items(), chosen, strict=False)]
    rest = np.setdiff1d(free, chosen[: len(_PUBLIC)])
    for squad, name in enumerate(_SQUADS):
        block = rest[villages.squad.to_numpy()[village[rest]] == squad][0]
        rows.append((name, "squad", *middle[block]))
    for name, kind, at in zip(villages.name, villages.kind, cover.seats, strict=True):
        rows.append((name + ("居委会" if kind == "urban" else "村委会").removeprefix(name[-1]), "village_seat", *at))
    heart = shapely.get_coordinates(shapely.point_on_surface(cover.dedicated.geometry.to_numpy()))
    dedicated = zip(cover.dedicated.name, cover.dedicated.subkind, heart, strict=True)
    rows += [(name, kind, *at) for name, kind, at in dedicated]
    frame = pd.DataFrame(rows, columns=["name", "kind", "x", "y"]).round({"x": 2, "y": 2})
    frame.insert(0, "code", [f"{code}P{k:02d}" for k in range(1, len(frame) + 1)])
    return frame
