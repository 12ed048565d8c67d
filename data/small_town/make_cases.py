"""Draws the cases of the small town and writes incidents.csv.gz; make.py calls it. README.md explains the truth."""

import gzip
import io

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from make_land import CRS, HERE, MARKET_Y, TOWN, VILLAGES, to_gcj, to_lonlat, warp

FIRST, LAST = pd.Timestamp("2025-11-01"), pd.Timestamp("2026-11-19")  # the export is made when LAST ends
N_CASES, N_OUTSIDE, N_UNLOCATED = 6500, 20, 40  # N_CASES is an expectation, the others are exact
COLUMNS = [
    "案件编号", "上报时间", "结案时间", "处置时限", "案件状态", "案件类型", "大类", "小类", "责任单位", "业务条线",
    "来源", "问题描述", "村社", "地点", "紧急", "重复", "经度", "纬度",
]  # fmt: skip
CHANNELS = {  # share, rate on days off, factor on the share solved on the spot
    "网格员巡查": (0.80, 0.35, 1.0), "12345热线": (0.12, 0.65, 0.1), "APP": (0.03, 0.8, 0.4),
    "视频监控": (0.02, 0.9, 0.4), "上级交办": (0.02, 0.2, 0.0), "部门转办": (0.01, 0.1, 0.0),
}  # fmt: skip
HOURS = {  # weight by hour of the day
    "worker": "0 0 0 0 0 0 0 2 10 13 9 5 2 4 10 11 7 3 2 1 0 0 0 0",
    "caller": "1 0 0 0 0 1 3 6 9 10 9 7 5 5 7 8 7 6 6 6 5 4 2 1",
    "evening": "0 0 0 0 0 0 1 2 3 2 1 1 1 1 1 2 3 6 12 14 12 8 3 1",
}
EVENTS = [  # subcategories, first and last day, factor
    ("露天焚烧", "2025-11-01", "2025-11-12", 4),
    ("劳资纠纷", "2026-01-12", "2026-02-13", 6),  # before the Spring Festival
    ("积存渣土 道路不洁 非法小广告 乱堆物料", "2026-04-13", "2026-04-22", 2.2),  # an inspection is announced
    ("露天焚烧", "2026-05-28", "2026-06-15", 8),
    ("道路积水 沟渠堵塞", "2026-06-14", "2026-07-12", 6),  # plum rains
    ("噪声扰民", "2026-06-20", "2026-09-10", 2),
    ("道路积水", "2026-08-26", "2026-08-29", 25),  # a typhoon
    ("占道经营", "2026-10-12", "2026-11-19", 2.6),  # the hotspot a weekly briefing should find
    ("露天焚烧", "2026-10-28", "2026-11-12", 4),
]
ROADS = {
    "001": "菱市街 荻花路 渡口路 学士弄",
    "002": "南泾路 桥南街 苇岸路 新荷路",
    "200": "鹭荡路 荡北机耕路 西圩路",
    "201": "菰塘路 工业一路 塘前路",
    "202": "蓼花路 蓼西机耕路 南圩路",
    "203": "桑陌路 陌东路 桑园机耕路",
}
STATUS_OPEN = {  # by how much of the limit has gone: less than a fifth, less than all, all
    0: ("上报 立案 派遣 签收", (0.15, 0.25, 0.3, 0.3)),
    1: ("派遣 签收 处置中 待核查 退回", (0.05, 0.2, 0.6, 0.1, 0.05)),
    2: ("处置中 退回 返工 延期 挂账 待核查", (0.4, 0.1, 0.06, 0.26, 0.12, 0.06)),
}

# Working time, in minutes since DAY0: 08-12 and 14-18 on working days, with the official days off of 2026.
DAY0 = pd.Timestamp("2025-10-27")
OFF = ["01-01/03", "02-15/23", "04-04/06", "05-01/05", "06-19/21", "09-25/27", "10-01/07"]
MADE_UP = pd.to_datetime(["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"])
_days = pd.date_range(DAY0, "2039-12-31")
_off = [d for span in OFF for d in pd.date_range(f"2026-{span[:5]}", f"2026-{span[:3]}{span[6:]}")]
IS_WORKDAY = ((_days.dayofweek < 5) & ~_days.isin(_off)) | _days.isin(MADE_UP)
_before, _workdays = np.r_[0, np.cumsum(IS_WORKDAY)], np.flatnonzero(IS_WORKDAY)


def worked(t: np.ndarray) -> np.ndarray:
    """Working minutes before the minute t."""
    day, minute = t // 1440, t % 1440
    return 480 * _before[day] + IS_WORKDAY[day] * (np.clip(minute - 480, 0, 240) + np.clip(minute - 840, 0, 240))


def at_worked(w: np.ndarray) -> np.ndarray:
    """The minute at which w working minutes are full; the inverse of `worked`."""
    day, rest = (w - 1) // 480, (w - 1) % 480 + 1
    return _workdays[day] * 1440 + np.where(rest <= 240, 480 + rest, 600 + rest)


def draw_cases(rng: np.random.Generator) -> pd.DataFrame:
    """One row a case: what, how it came in, when; t in minutes since DAY0. Poisson by day, subcategory and channel."""
    subs = pd.read_csv(HERE / "subcategories.csv")
    days = pd.date_range(FIRST, LAST)
    factor = np.ones((len(days), len(subs)))
    for names, since, until, times in EVENTS:
        factor[np.ix_((days >= since) & (days <= until), subs.subcategory.isin(names.split()))] *= times
    share, weekend, on_spot = np.array(list(CHANNELS.values())).T
    by_day = np.where(IS_WORKDAY[(days - DAY0).days][:, None], 1, weekend)
    rate = (factor * subs.weight.to_numpy())[:, :, None] * (by_day * share)[:, None, :]
    day, sub, channel = np.nonzero(counts := rng.poisson(rate * N_CASES / rate.sum()))
    day, sub, channel = (np.repeat(a, counts[counts > 0]) for a in (day, sub, channel))
    cases = subs.loc[sub].reset_index(drop=True).assign(channel=np.array(list(CHANNELS))[channel])
    profile = np.where(cases.hours == "evening", "evening", np.where(channel == 0, "worker", "caller"))
    weights = {name: np.array(text.split(), float) for name, text in HOURS.items()}
    hour = np.array([rng.choice(24, p=weights[p] / weights[p].sum()) for p in profile])
    cases["t"] = ((days[day] - DAY0).days * 24 + hour) * 60 + rng.integers(0, 60, len(cases))
    cases["is_self"] = rng.random(len(cases)) < cases["self"] * on_spot[channel]
    return cases.sort_values("t", kind="stable").reset_index(drop=True)


def handle(cases: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Adds due, closed (minutes; NaN = none) and status. Self-handled cases have no limit."""
    n, t, end = len(cases), cases.t.to_numpy(), (LAST - DAY0).days * 1440 + 1439
    size, clock = cases.limit.str[:-1].astype(int).to_numpy(), cases.limit.str[-1].to_numpy()
    is_order = (cases.channel == "12345热线").to_numpy() & (clock != "e")  # hotline orders have five working days
    limit = np.where(clock == "d", size * 480, size * 60)
    limit = np.where(is_order, np.maximum(limit, 2400), limit)
    due = np.where(clock == "e", t + limit, at_worked(worked(t) + limit))
    on_time = rng.random(n) < cases.on_time * 0.965
    used = np.maximum(1, (limit * rng.beta(3.0, 1.5, n)).astype(int))
    stuck = rng.random(n) < 0.6  # of the late ones: waits for a contractor, an approval, a budget
    days_late = np.where(stuck, rng.lognormal(np.log(190), 0.5, n), rng.lognormal(np.log(1.2), 1.2, n))
    extra = (480 * days_late).astype(int) + 5
    closed = np.where(clock == "e", t + used, at_worked(worked(t) + used))
    closed = np.where(on_time, closed, at_worked(worked(due) + extra))
    closed = np.where(cases.is_self, t + np.clip(rng.lognormal(np.log(24), 0.9, n), 2, 470).astype(int), closed)
    open_now = closed > end
    age = np.digitize((end - t) / (due - t), [0.2, 1])
    ended = rng.choice(["结案", "不予立案", "强制结案"], n, p=[0.976, 0.018, 0.006])
    status = np.where(cases.is_self, "结案", np.where(on_time, ended, "结案"))
    going = np.array([rng.choice(STATUS_OPEN[a][0].split(), p=STATUS_OPEN[a][1]) for a in age])
    status = np.where(open_now, np.where(cases.is_self, "上报", going), status)
    longer = at_worked(worked(np.full(n, end)) + 480 * rng.integers(1, 15, n))
    due = np.where(status == "延期", longer, due)  # an extension is a new deadline
    due, closed = np.where(cases.is_self, np.nan, due), np.where(open_now, np.nan, closed)
    return cases.assign(due=due, closed=closed, status=status)


def scatter(
    kind: str, n: int, grids: gpd.GeoDataFrame, dedicated: gpd.GeoDataFrame, rng: np.random.Generator
) -> np.ndarray:
    """n points (metres) where such matters happen, at least 3 m from every edge, so that rounding moves none across."""
    metric = grids.to_crs(CRS).geometry
    shapes, town = metric.values, metric.union_all()
    edges = shapely.buffer(np.r_[metric.boundary.values, dedicated.to_crs(CRS).boundary.values], 3)
    tree = shapely.STRtree(edges)
    village_residents = grids.village.map({code: v[4] / v[2] for code, v in VILLAGES.items()})
    weights = {
        "home": village_residents, "any": village_residents + 150, "field": (grids.kind == "rural") * metric.area,
        "street": village_residents * (grids.kind == "urban") + 60,
    }  # fmt: skip
    hot = np.array([-520, -395, -240, -85, 20, 95, 260, 430])  # places on the market street that come back
    found = np.empty((0, 2))
    while len(found) < n:
        m = 2 * n + 50
        if kind == "market":
            x = np.where(rng.random(m) < 0.7, rng.choice(hot, m) + rng.normal(0, 14, m), rng.uniform(-600, 500, m))
            xy = warp(np.c_[x, MARKET_Y + rng.normal(0, 13, m)])
        elif kind == "river":
            xy = warp(np.c_[rng.normal(0, 1200, m), rng.choice([-1, 1], m) * rng.gamma(3, 7, m)])
        elif kind == "park":
            xy = warp(np.c_[rng.normal(1750, 320, m), rng.normal(825, 220, m)])
        elif kind == "beyond":  # the neighbours' land, up to 700 m off
            around = town.buffer(700).difference(town.buffer(40))
            xy = rng.uniform(*np.reshape(around.bounds, (2, 2)), (m, 2))
            xy = xy[shapely.contains_xy(around, *xy.T)]
        else:
            which = rng.choice(len(grids), m, p=(weights[kind] / weights[kind].sum()).to_numpy())
            low, high = np.hsplit(shapely.bounds(shapes)[which], 2)
            xy = low + rng.random((m, 2)) * (high - low)
            xy = xy[shapely.contains_xy(shapes[which], *xy.T)]
        near_edge = np.zeros(len(xy), bool)
        near_edge[tree.query(shapely.points(xy), predicate="intersects")[0]] = True
        found = np.r_[found, xy[~near_edge & (shapely.contains_xy(town, *xy.T) | (kind == "beyond"))]]
    return found[:n]


def place(
    cases: pd.DataFrame, grids: gpd.GeoDataFrame, dedicated: gpd.GeoDataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """Adds lon and lat (GCJ-02, six places; NaN = none), the grid that is true, village, unit and address."""
    xy = np.empty((len(cases), 2))
    for kind in sorted(cases.spot.unique()):
        xy[cases.spot == kind] = scatter(kind, (cases.spot == kind).sum(), grids, dedicated, rng)
    point, shape = shapely.STRtree(grids.to_crs(CRS).geometry.values).query(shapely.points(xy), predicate="within")
    code = np.full(len(cases), "", object)
    code[point] = grids.code.to_numpy()[shape]
    village = pd.Series(code).str[9:12]
    odd = rng.choice(len(cases), N_OUTSIDE + N_UNLOCATED, replace=False)
    beyond, unlocated = odd[:N_OUTSIDE], odd[N_OUTSIDE:]
    xy[beyond] = scatter("beyond", N_OUTSIDE, grids, dedicated, rng)
    code[beyond], code[unlocated] = "outside", "unlocated"
    lonlat = to_lonlat(xy)
    in_dedicated = np.full(len(cases), "", object)
    for d in dedicated.itertuples():
        in_dedicated[shapely.contains_xy(d.geometry, *lonlat.T) & (code != "unlocated")] = d.code
    gcj = to_gcj(lonlat).round(6)
    gcj[unlocated] = np.nan
    name = village.map({k: v[0] for k, v in VILLAGES.items()})
    body = name.map(lambda v: f"{v}居委会" if v.endswith("社区") else f"{v}村委会".replace("村村", "村"))
    squad = village.map({k: v[5] for k, v in VILLAGES.items()})
    unit = cases.unit.where(cases.unit != "村", body).where(cases.unit != "中队", squad)
    unit = unit.where(~cases.is_self, body)  # what is solved on the spot is solved by the village's own people
    fixed = cases.spot.map({"market": "菱市街", "river": "苇泾河岸", "park": "苇泾工业园"})
    road = fixed.where(fixed.notna(), [rng.choice(ROADS[v].split()) for v in village])
    side = rng.choice(["路口附近", "中段", "北侧", "南侧", "公交站旁", "桥头", "停车场旁"], len(cases))
    cases = cases.assign(lon=gcj[:, 0], lat=gcj[:, 1], grid=code, dedicated=in_dedicated)
    return cases.assign(place=name, unit=unit, address=road + side)


def to_rows(cases: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """The cases as the source system would export them: all text."""
    clock = lambda m: (DAY0 + pd.to_timedelta(m, unit="min")).dt.strftime("%Y-%m-%d %H:%M").fillna("")  # noqa: E731
    at, day = clock(cases.t), cases.t // 1440
    number = "WJ" + at.str[:10].str.replace("-", "") + (cases.groupby(day).cumcount() + 1).map("{:04d}".format)
    text = [rng.choice(options.split("|")) for options in cases.texts]
    again = (cases.channel == "12345热线") & (rng.random(len(cases)) < 0.14)
    fields = [
        number, at, clock(cases.closed), clock(cases.due), cases.status, np.where(cases.is_self, "即办件", "流转件"),
        cases.category, cases.subcategory, cases.unit, cases.line, cases.channel, text, cases.place, cases.address,
        np.where(cases.urgent == 1, "是", "否"), np.where(again, "是", "否"),
        cases.lon.map("{:.6f}".format).replace("nan", ""), cases.lat.map("{:.6f}".format).replace("nan", ""),
    ]  # fmt: skip
    return pd.DataFrame(dict(zip(COLUMNS, fields, strict=True)))


def soil(rows: pd.DataFrame, cases: pd.DataFrame, rng: np.random.Generator) -> tuple[pd.DataFrame, dict]:
    """The rows with the faults of a real export, and what must become of them."""
    plain = cases.index[(cases.status == "结案") & cases.dedicated.eq("") & cases.lon.notna() & (cases.t < 250 * 1440)]
    picked = rng.permutation(plain)
    twice = [i for i in picked if not cases.is_self[i] and cases.closed[i] - cases.t[i] > 120][:5]
    picked = iter(i for i in picked if i not in twice)
    rows, extra = rows.assign(reason="", order=np.arange(len(rows), dtype=float)), []
    faults = [  # the reason to quarantine, and what stands in the row; each a new row with a number of its own
        ("bad date in reported_at", {"上报时间": "2026-13-05 09:10"}),
        ("bad date in reported_at", {"上报时间": "2026-02-30 15:20"}),
        ("bad date in reported_at", {"上报时间": "待补"}),
        ("no report time", {"上报时间": ""}),
        ("no case number", {"案件编号": ""}),
        *[("closed before reported", {"结案时间": "2025-10-31 08:05"})] * 3,
        ("unknown status", {"案件状态": "已转办"}),
        ("unknown status", {"案件状态": "处理完毕"}),
        ("impossible coordinates", {"经度": "1205.031442"}),
        ("impossible coordinates", {"经度": "31.598211", "纬度": "120.503377"}),
        ("impossible coordinates", {"经度": "12O.503O1"}),
    ]
    for i, (reason, change) in enumerate(faults):
        row = rows.loc[next(picked)]
        number = f"{row['案件编号'][:10]}9{i:03d}"
        extra.append({**row, "案件编号": number, **change, "reason": reason, "order": row["order"] + 0.5})
    for copies in (1, 1, 1, 1, 1, 2):  # exact copies, further down in the file
        row = rows.loc[next(picked)]
        extra += [{**row, "order": row["order"] + 30.5 * (k + 1)} for k in range(copies)]
    for n, i in enumerate(twice):  # delivered first as still open or with an earlier closing time, then as it ended
        extra.append({**rows.loc[i], "order": rows.order[i] + 60.5})
        earlier = (DAY0 + pd.Timedelta(minutes=cases.t[i] + 45)).strftime("%Y-%m-%d %H:%M")
        rows.loc[i, ["结案时间", "案件状态"]] = ("", "处置中") if n % 2 else (earlier, "结案")
    dirty = pd.concat([rows, pd.DataFrame(extra)]).sort_values("order", kind="stable").reset_index(drop=True)
    bad = dirty[dirty.reason != ""]
    counts = {"read": len(dirty), "loaded": len(cases), "updated": len(twice), "unchanged": 0, "duplicate": 7}
    return dirty[COLUMNS], {
        "rows": counts | {"superseded": 0, "quarantined": len(bad)},
        "quarantine": [{"line": i + 2, "case_no": r["案件编号"], "reason": r.reason} for i, r in bad.iterrows()],
        "delivered_twice": sorted(rows["案件编号"][twice]),
    }


def write(grids: gpd.GeoDataFrame, dedicated: gpd.GeoDataFrame, rng: np.random.Generator) -> dict:
    """Writes incidents.csv.gz and returns the truth about it."""
    cases = place(handle(draw_cases(rng), rng), grids, dedicated, rng)
    rows, truth = soil(to_rows(cases, rng), cases, rng)
    text = io.StringIO()
    rows.to_csv(text, index=False, lineterminator="\n")
    with (HERE / "incidents.csv.gz").open("wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as packed:
        packed.write(text.getvalue().encode())
    end_of = {str(d.date()): (d - DAY0).days * 1440 + 1439 for d in pd.to_datetime(["2026-03-31", "2026-06-30", LAST])}
    end, sent = end_of[str(LAST.date())], cases[~cases.is_self]
    is_open = cases.closed.isna()
    overdue = is_open & (cases.due <= end)
    cohort = sent[(sent.due <= end) & (sent.status != "不予立案")]
    kept = cases[~cases.grid.isin(["outside", "unlocated"])]
    return truth | {
        "place_status": {"located": len(kept), "outside": N_OUTSIDE, "unlocated": N_UNLOCATED},
        "by_grid": kept.groupby("grid").size().to_dict(),
        "by_dedicated": cases[cases.dedicated != ""].groupby("dedicated").size().to_dict(),
        "by_track": {"self_handled": int(cases.is_self.sum()), "dispatched": len(sent)},
        "by_channel": cases.groupby("channel").size().to_dict(),
        "by_category": cases.groupby("category").size().to_dict(),
        "by_status": cases.groupby("status").size().to_dict(),
        "open_at_end_of": {d: int(((cases.t <= m) & ~(cases.closed <= m)).sum()) for d, m in end_of.items()},
        "open_by_village": kept[kept.closed.isna()].groupby(TOWN + cases.grid.str[9:12]).size().to_dict(),
        "overdue_at_end": int(overdue.sum()),
        "overdue_at_end_not_suspended": int((overdue & (cases.status != "挂账")).sum()),
        "due_cohort": {"due": len(cohort), "on_time": int((cohort.closed <= cohort.due).sum())},
    }


if __name__ == "__main__":
    raise SystemExit("Run make.py; it calls this module.")
