# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 工作量,以及网格可以怎样重划
# *Workload, and how the grids could be drawn better.*
#
# 先看人口、面积、案件、巡查时间在网格间分得匀不匀,再试:合并轻的、重划不匀的村、看专属网格压在哪里、人少了会怎样。
# *All of it is what-if: nothing here is stored.*

# %%
import geopandas as gpd
import matplotlib.pyplot as plt
import pandas as pd

import gridgov as gg
from gridgov.analytics import inequality, redrawing, staffing
from gridgov.figures.pictures import chinese_font

town = gg.open()
LANG = "zh"
plt.rcParams["font.family"] = [chinese_font()]
crs = town.about().crs  # areas and lengths in the town's metric CRS

# %% [markdown]
# ## 每个网格有多少
# *What each grid holds, and what it has to do: residents, km², cases and minutes of patrol since tracks are known.*

# %%
effort = town.effort(by="grid")
effort = town.effort(by="grid", since=effort.answer.meta["known_since"])  # all that is known of patrols
grids = gpd.GeoDataFrame(town.exposure(by="grid")).merge(effort[["grid_code", "n_found", "patrol_h"]], on="grid_code")
grids["patrol_min"] = 60 * grids["patrol_h"]
MEASURES = {"residents": "常住人口", "area_km2": "面积", "n_found": "案件", "patrol_min": "巡查分钟"}
grids[list(MEASURES)].describe().round(1)

# %% [markdown]
# ## 匀不匀:洛伦兹曲线与基尼系数
# *Lorenz curves and Gini: the further from the diagonal, the more uneven. 0 = 完全均匀。*

# %%
fig, ax = plt.subplots(figsize=(6, 6))
ax.plot([0, 1], [0, 1], color="grey", linewidth=1)
for name, said in MEASURES.items():
    ax.plot(*inequality.lorenz(grids[name]), label=f"{said} {inequality.gini(grids[name]):.2f}")
ax.set(xlabel="网格(由少到多)", ylabel="累计占比", title="各网格之间的差异(基尼系数)", aspect="equal")
ax.legend();

# %% [markdown]
# 巡查时间按人口和按案件衡量:给了需要的地方吗。*Minutes of patrol per resident, and per case.*

# %%
per = {
    "每位居民": inequality.gini(grids["patrol_min"], grids["residents"]),
    "每件案件": inequality.gini(grids["patrol_min"], grids["n_found"]),
}
pd.Series(per, name="巡查分钟的基尼系数").round(3)

# %% [markdown]
# ## 合成一个负荷
# *One load of three things. 权重是选择,不是结论:案件 40 %,人口 30 %,应巡面积 30 %;1 = 平均。The weights are ours: change them and run on.*

# %%
WEIGHTS = {"n_found": 0.4, "residents": 0.3, "patrollable_m2": 0.3}
grids["load"] = inequality.load(grids, WEIGHTS)
fig, ax = plt.subplots(figsize=(9, 7))
grids.to_crs(crs).plot("load", cmap="YlOrBr", edgecolor="white", linewidth=0.4, legend=True, ax=ax)
ax.set(title=f"各网格负荷(1 = 平均),基尼系数 {inequality.gini(grids['load']):.2f}")
ax.set_axis_off();

# %% [markdown]
# ## 如果合并:轻的网格并给邻格
# *What if light grids are merged with a neighbour of their village, until each carries 75 % of the average?*

# %%
flat = grids.to_crs(crs)
after = []
for village, part in flat.groupby("parent_code"):
    near = redrawing.borders(part.geometry)
    found = redrawing.merged(part["load"], near, least=0.75)
    assert redrawing.are_whole(found.part, near)
    after.append(part.assign(group=[f"{village}-{k}" for k in found.part]))
merged = pd.concat(after).dissolve("group", aggfunc={"load": "sum"})
print(f"{len(grids)} 个网格并为 {len(merged)} 个;负荷基尼系数 {inequality.gini(grids['load']):.2f} → "
      f"{inequality.gini(merged['load']):.2f}")

# %% [markdown]
# ## 如果重划:负荷最不匀的村
# *What if the village with the most uneven loads is cut anew: as many grids, each in one piece, loads within 10 % of each other's mean?*
#
# 以 50 米方格为砖:人口与应巡面积按面积摊,案件按实际地点数。结果是讨论的底稿:路、河、小区边界还要人看。
# *Squares of 50 m: residents and land to patrol by area, cases where they are. A draft to talk about: roads, rivers and estates want eyes.*

# %%
four_weeks = (pd.Timestamp(effort.answer.as_of) - pd.Timedelta(days=27)).date()  # enough to say where in the village
uneven = grids.groupby("parent_code")["load"].agg(lambda loads: inequality.gini(loads) if len(loads) > 3 else 0)
village = uneven.idxmax()
own = flat[flat["parent_code"] == village].reset_index(drop=True)
bricks, of_grid = [], []
for n, shape in enumerate(own.geometry):
    pieces = redrawing.squares(shape, 50)
    bricks += pieces
    of_grid += [n] * len(pieces)
bricks = own.iloc[of_grid].assign(brick=range(len(bricks))).set_geometry(bricks, crs=crs).reset_index(drop=True)
points = gpd.GeoDataFrame(town.cases(scope=village, since=four_weeks, limit=20_000)).to_crs(crs)
points = points[points.geometry.notna()]
inside = points.sjoin(bricks[["geom", "brick"]], predicate="within")
n_cases = inside.groupby("brick").size().reindex(bricks["brick"], fill_value=0)
for name in ("residents", "patrollable_m2"):
    bricks[name] = inequality.spread(bricks[name], bricks.area, bricks["grid_code"])
bricks["n_found"] = inequality.spread(own["n_found"].sum(), n_cases, bricks["parent_code"])
bricks["load"] = inequality.load(bricks, WEIGHTS, among=grids)
near = redrawing.borders(bricks.geometry)
new = redrawing.redrawn(bricks["load"], near, len(own), within=0.1)
assert redrawing.are_whole(new.part, near)
before, now = inequality.gini(own["load"]), inequality.gini(new.loads)
print(f"{village}:{len(own)} 个网格,负荷基尼系数 {before:.3f} → {now:.3f};离平均最远 {new.off:.1%}")

# %%
drawn = bricks.assign(part=new.part).dissolve("part", aggfunc={"load": "sum"})
fig, (left, right) = plt.subplots(1, 2, figsize=(11, 6))
top = max(own["load"].max(), drawn["load"].max())
own.plot("load", cmap="YlOrBr", edgecolor="black", vmin=0, vmax=top, ax=left)
drawn.plot("load", cmap="YlOrBr", edgecolor="black", vmin=0, vmax=top, legend=True, ax=right)
left.set_title(f"现状(基尼 {before:.2f})")
right.set_title(f"重划(基尼 {now:.2f})")
for ax in (left, right):
    ax.set_axis_off()

# %% [markdown]
# ## 专属网格压在哪里
# *Where dedicated grids (schools, markets, parks) lie in base grids: in km² and as a share. 跨村的要说清由谁管。*

# %%
overlaps = town.overlaps()
across = overlaps.groupby("other_code")["parent_code"].nunique()
overlaps[["other_name", "other_km2", "grid_name", "overlap_km2", "overlap_share", "grid_overlap_share"]].head(12)

# %% [markdown]
# ## 人少了:720 人到 454 人
# *Fewer people: 720 to 454, as the town told of its reform (−266, 37 %).*
#
# 假设写在这里,改了再跑:即办件 20 分钟,流转件 90 分钟,政务服务件 25 分钟(各含路途与登记);巡查按轨迹小时;案件与巡查取同样的天数,折成一年;一人一年 250 天 × 8 小时;
# 1,074 个岗位(179 格 × 一长五员)不变。*The assumptions stand in the cell: change them and run on. Cases and patrols of the same days,
# told for a year.*

# %%
MINUTES = {"self_handled": 20, "dispatched": 90, "service": 25}
span = {name: effort.answer.meta[name] for name in ("since", "until")}  # the days that patrols are known of: cases of the same
counts = town.flow(by="track", **span).groupby("track")["n_reported"].sum()
days = (pd.Timestamp(span["until"]) - pd.Timestamp(span["since"])).days + 1
patrol = float(grids["patrol_h"].sum())
hours = staffing.work_hours(counts.to_dict(), {name: MINUTES.get(name, 30) for name in counts.index}, hours=patrol, days=days)
staff = staffing.staffed(hours, {"720 人": 720, "454 人": 454}, posts=1_074)
staff.round(3)

# %% [markdown]
# 同样的活,每人多做近六成;要和从前一样轻,得有三成七的活不再要人做(并系统、少填表、少跑路)。
# *The same work weighs 1.59 times as much on each; to weigh as before, 37 % of it must no longer need hands.*

# %%
findings = {
    "grids": len(grids),
    "gini": {name: round(inequality.gini(grids[name]), 3) for name in [*MEASURES, "load"]},
    "merged": len(merged),
    "gini_merged": round(inequality.gini(merged["load"]), 3),
    "village": village,
    "n_drawn": len(drawn),
    "one_piece": bool((drawn.geometry.buffer(0.01).geom_type == "Polygon").all()),
    "off": float(new.off),
    "gini_before": float(before),
    "gini_after": float(now),
    "dedicated": int(overlaps["other_code"].nunique()),
    "overlap_km2": float(overlaps["overlap_km2"].sum()),
    "times": float(staff["times_first"].iloc[1]),
}
findings
