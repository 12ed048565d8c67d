"""The land of the small town: grids, dedicated grids, exposure, places.

Nothing here is real. The land is drawn on an empty sheet (metres around an origin), warped so that streets and brooks
wind, and only then placed on the globe. The cases are in make_cases.py; make.py writes it all. GCJ-02 is written out here
on purpose, apart from gridgov.crs, so that the truth does not lean on the code it is held against.
"""

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import Transformer
from shapely import Polygon, box

HERE = Path(__file__).parent
TOWN, TOWN_NAME = "999901100", "苇泾镇"
CRS = "EPSG:4549"  # CGCS2000 / 3-degree Gauss-Kruger CM 120E
ORIGIN = Transformer.from_crs("EPSG:4326", CRS, always_xy=True).transform(120.5, 31.6)


def quarter(x: float, y: float, *split: tuple[float, float]) -> Polygon:
    """A quarter of the sheet: between the river (y = 0) and a line that splits the north or the south."""
    return Polygon([(x, 0), (x, y), *split, (0, 0)])


BRIDGE = Polygon([(-680, 0), (-610, 905), (505, 960), (570, 0)])
CREEK = Polygon([(-820, 0), (-700, -840), (240, -905), (690, -770), (780, 0)])
SQUADS = ("综合执法局一中队", "综合执法局二中队", "综合执法局三中队")
VILLAGES = {  # code: name, outline on the empty sheet, grids, kind, residents, squad
    "001": ("苇桥社区", BRIDGE, 9, "urban", 6100, SQUADS[0]),
    "002": ("南泾社区", CREEK, 7, "urban", 4200, SQUADS[0]),
    "200": ("白鹭荡村", quarter(-5000, 5000, (-1000, 5000), (-90, 933)), 5, "rural", 1350, SQUADS[1]),
    "201": ("菰塘村", quarter(5000, 5000, (-1000, 5000), (-90, 933)), 5, "rural", 1750, SQUADS[2]),
    "202": ("蓼花村", quarter(-5000, -5000, (900, -5000), (240, -900)), 5, "rural", 1280, SQUADS[1]),
    "203": ("桑陌村", quarter(5000, -5000, (900, -5000), (240, -900)), 5, "rural", 1420, SQUADS[2]),
}
MARKET_Y = 300  # 菱市街, a boundary inside the first village; the river 苇泾河 is y = 0, a boundary all the way through
DEDICATED = {  # code: name, outline
    "999901100Z01": ("菱角湾集贸市场", box(-190, 165, 130, 290)),
    "999901100Z02": ("苇泾实验学校校园", box(230, -640, 520, -360)),
    "999901100Z03": ("苇泾工业园", box(1250, 480, 2250, 1170)),
}


def warp(xy: np.ndarray) -> np.ndarray:
    """From the empty sheet to metres of the CRS: long bends, short wiggles, then the origin. One-to-one."""
    x, y = xy.T
    x = x + 150 * np.sin(y / 900 + 0.6) + 40 * np.sin(y / 115 + 1.0) + 4 * np.sin(y / 33)
    y = y + 130 * np.sin(x / 1050 + 1.1) + 34 * np.sin(x / 105) + 4 * np.sin(x / 36)
    return np.c_[x, y] + ORIGIN


def to_lonlat(xy: np.ndarray) -> np.ndarray:
    """From metres of the CRS to WGS84."""
    return np.c_[Transformer.from_crs(CRS, "EPSG:4326", always_xy=True).transform(*xy.T)]


def to_gcj(lonlat: np.ndarray) -> np.ndarray:
    """WGS84 to GCJ-02, as published maps of China are shifted."""
    lon, lat = lonlat.T
    a, ee = 6378245.0, 0.00669342162296594323
    x, y = lon - 105, lat - 35

    def wave(v: np.ndarray, *terms: tuple[float, float]) -> np.ndarray:
        return sum(amplitude * np.sin(v * np.pi * turns) for amplitude, turns in terms) * 2 / 3

    both = wave(x, (20, 6), (20, 2)) + 0.1 * x * y
    dlat = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.2 * np.sqrt(np.abs(x)) + both
    dlat += wave(y, (20, 1), (40, 1 / 3), (160, 1 / 12), (320, 1 / 30))
    dlon = 300 + x + 2 * y + 0.1 * x * x + 0.1 * np.sqrt(np.abs(x)) + both
    dlon += wave(x, (20, 1), (40, 1 / 3), (150, 1 / 12), (300, 1 / 30))
    magic = 1 - ee * np.sin(np.radians(lat)) ** 2
    dlat *= 180 / (a * (1 - ee) / (magic * np.sqrt(magic)) * np.pi)
    dlon *= 180 / (a / np.sqrt(magic) * np.cos(np.radians(lat)) * np.pi)
    return np.c_[lon + dlon, lat + dlat]


def cells_of(region: shapely.Geometry, n: int, rng: np.random.Generator) -> list[shapely.Geometry]:
    """The region in n cells of about the same size: Voronoi cells around random points that have settled a little."""
    inside = rng.uniform(*np.reshape(region.bounds, (2, 2)), (6000, 2))
    inside = inside[shapely.contains_xy(region, *inside.T)]
    seeds = inside[:n]
    for _ in range(4):
        nearest = ((inside[:, None] - seeds) ** 2).sum(2).argmin(1)
        seeds = np.array([inside[nearest == i].mean(0) for i in range(n)])
    cells = shapely.voronoi_polygons(shapely.MultiPoint(seeds), extend_to=region.buffer(2000))
    return [cell & region for cell in shapely.get_parts(cells)]


def make_grids(rng: np.random.Generator) -> gpd.GeoDataFrame:
    """36 grids as one coverage: all edges are noded together, so neighbours share every vertex."""
    angle = np.linspace(0, 2 * np.pi, 200, endpoint=False)
    bulges = [(2, 0.05, 0.4), (3, 0.06, 2.0), (5, 0.03, 1.0), (7, 0.025, 3.0)]
    radius = 1 + sum(size * np.sin(times * angle + turn) for times, size, turn in bulges)
    power = lambda v: np.sign(v) * np.abs(v) ** 0.75  # noqa: E731  a rounded box
    town = Polygon(np.c_[3230 * power(np.cos(angle)) * radius, 2200 * power(np.sin(angle)) * radius])
    pieces = []
    for code, (_, region, n, *_) in VILLAGES.items():
        if code == "001":  # blocks between streets
            xs, ys = (-900, -260, 150, 900), (-50, MARKET_Y, 620, 1100)
            cells = [region & box(xs[i], ys[j], xs[i + 1], ys[j + 1]) for i in range(3) for j in range(3)]
        else:
            region = region if code == "002" else region - (BRIDGE | CREEK)
            cells = cells_of(region & town, n, rng)
        pieces += [(code, cell) for cell in cells]
    noded = shapely.union_all([cell.boundary for _, cell in pieces], grid_size=0.01)
    faces = np.array(shapely.get_parts(shapely.polygonize(list(noded.geoms))))
    if len(faces) != 36:
        raise SystemExit(f"{len(faces)} faces instead of 36: the linework has slivers.")
    village = [next(code for code, cell in pieces if cell.contains(face.representative_point())) for face in faces]
    shapes = shapely.transform(shapely.segmentize(faces, 45), lambda xy: to_lonlat(warp(xy)).round(7))
    if not shapely.coverage_is_valid(shapes):
        raise SystemExit("The grids overlap or leave gaps.")
    grids = gpd.GeoDataFrame({"village": village}, geometry=shapes, crs=4326)
    middle = grids.to_crs(CRS).centroid  # numbered by rows from north to south, west to east in a row
    n = grids.groupby("village").village.transform("size")
    rank = (-middle.y).groupby(grids.village).rank() - 1
    grids = grids.assign(row=rank * n.pow(0.5).round() // n, x=middle.x).sort_values(["village", "row", "x"])
    number = grids.groupby("village").cumcount() + 1
    grids["code"] = TOWN + grids.village + number.map("{:03d}".format)
    grids["name"] = [f"{VILLAGES[v][0]}第{i}网格" for v, i in zip(grids.village, number, strict=True)]
    grids["kind"] = grids.village.map({code: v[3] for code, v in VILLAGES.items()})
    return grids[["code", "name", "kind", "village", "geometry"]].reset_index(drop=True)


def make_dedicated() -> gpd.GeoDataFrame:
    """Three places of their own, which do not follow the grids."""
    outlines = shapely.segmentize(np.array([v[1] for v in DEDICATED.values()]), 60)
    shapes = shapely.transform(outlines, lambda xy: to_lonlat(warp(xy)).round(7))
    frame = {"code": list(DEDICATED), "name": [v[0] for v in DEDICATED.values()], "kind": "dedicated"}
    return gpd.GeoDataFrame(frame, geometry=shapes, crs=4326)


def make_exposure(grids: gpd.GeoDataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Residents spread over a village's grids, the rest by rule of thumb; counted twice."""
    area, urban = grids.to_crs(CRS).area, grids.kind == "urban"
    share = pd.Series(rng.uniform(0.7, 1.3, len(grids)))
    total = grids.village.map({code: v[4] for code, v in VILLAGES.items()})
    residents = (share / share.groupby(grids.village).transform("sum") * total).round().astype(int)
    road = (area / 1e6 * np.where(urban, 9.5, 3.1) * rng.uniform(0.85, 1.15, len(grids))).round(1)
    built = (area * np.where(urban, 0.62, 0.11)).round(-2).astype(int)
    first = pd.DataFrame({
        "grid_code": grids.code, "counted_on": "2025-10-31", "residents": residents,
        "households": (residents / 3.2).round().astype(int),
        "firms": (residents * np.where(urban, 0.055, 0.025)).round().astype(int),
        "road_km": road, "built_up_m2": built, "patrollable_m2": built + (road * 1000 * 7).round().astype(int),
    })  # fmt: skip
    grown = (residents * rng.uniform(0.98, 1.03, len(grids))).round().astype(int)
    return pd.concat([first, first.assign(counted_on="2026-06-30", residents=grown)], ignore_index=True)


def make_places(grids: gpd.GeoDataFrame) -> pd.DataFrame:
    """The town and its villages, each as a point in GCJ-02 well inside it."""
    villages = grids.dissolve("village").to_crs(CRS)
    point = shapely.maximum_inscribed_circle(villages.geometry.values, 1)
    inside = shapely.get_coordinates(shapely.get_point(point, 0))
    seat = shapely.get_coordinates(grids.to_crs(CRS).geometry[4].centroid)  # the town hall: 苇桥社区第5网格
    gcj = to_gcj(to_lonlat(np.r_[seat, inside])).round(6)
    codes = [TOWN + "000", *(TOWN + villages.index)]
    names = [TOWN_NAME, *(VILLAGES[v][0] for v in villages.index)]
    kinds = ["社区" if name.endswith("社区") else name[-1] for name in names]
    return pd.DataFrame({"code": codes, "name": names, "kind": kinds, "gcj_lon": gcj[:, 0], "gcj_lat": gcj[:, 1]})


def write_geojson(frame: gpd.GeoDataFrame, path: Path) -> None:
    """One feature a line, coordinates with seven places (1 cm)."""
    properties = frame.drop(columns="geometry").to_dict("records")
    features = [
        {"type": "Feature", "properties": said, "geometry": shapely.geometry.mapping(shape)}
        for said, shape in zip(properties, frame.geometry, strict=True)
    ]
    rows = [json.dumps(feature, ensure_ascii=False) for feature in features]
    path.write_text('{"type": "FeatureCollection", "features": [\n' + ",\n".join(rows) + "\n]}\n", "utf-8")
