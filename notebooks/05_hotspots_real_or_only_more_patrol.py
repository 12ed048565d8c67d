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
# # 热点:真的,还是只是巡得多
# *Hotspots: real, or only more patrol; those that come, those that go, and what always comes back.*
#
# 先看哪里聚集,再看是升是降,再扣除巡查,最后看治了又发的地方。
# *First where cases gather, then whether they grow, then patrols are taken out, then what comes back after every closing.*

# %%
import geopandas as gpd
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

import gridgov as gg
from gridgov.analytics.emerging import gi_star, shuffled
from gridgov.analytics.redrawing import borders
from gridgov.analytics.standouts import false_share
from gridgov.figures.pictures import chinese_font

town = gg.open()
LANG = "zh"
plt.rcParams["font.family"] = [chinese_font()]
as_of = pd.Timestamp(town.backlog().answer.as_of)
six_weeks = (as_of - pd.Timedelta(days=41)).date()

# %% [markdown]
# ## 网格上的 Gi*
# *Gi\* of six weeks' cases, grids with their neighbours beside the town: 9,999 permutations, 5 % of findings may be false.*
#
# 按面积,镇区总是热;按人口,才看得出哪里报得比人多。置换检验把数打乱重排,看这么高有多难碰上;比了一百多次,就用错误发现率管住。
# *Per km² the centre is always hot; per resident it shows where more is reported than people explain. Conditional permutations;
# Benjamini and Hochberg, since every grid is a test.*

# %%
growth = town.growth(by="grid", since=six_weeks)
held = town.exposure(by="grid").set_index("grid_code")
grids = gpd.GeoDataFrame(growth[growth["grid_code"].notna()]).reset_index(drop=True)
near = borders(grids.to_crs(town.about().crs).geometry)
around = [[number] for number in range(len(grids))]
for one, other in near.pairs.tolist():
    around[one].append(other)
    around[other].append(one)
PER = {"area_km2": "每平方公里", "residents": "每位居民"}
for name in PER:
    rate = grids["n_lately"] / grids["grid_code"].map(held[name])
    grids[f"gi_{name}"], grids[f"q_{name}"] = gi_star(rate, around), false_share(shuffled(rate, around, 9_999))

# %%
fig, axes = plt.subplots(1, 2, figsize=(13, 5.5))
for ax, (name, said) in zip(axes, PER.items()):
    grids.plot(f"gi_{name}", cmap="RdBu_r", vmin=-4, vmax=4, edgecolor="white", linewidth=0.4, legend=True, ax=ax)
    hot = grids[(grids[f"q_{name}"] <= 0.05) & (grids[f"gi_{name}"] > 0)]
    if len(hot):
        hot.boundary.plot(color="black", linewidth=1.2, ax=ax)
    ax.set(title=f"近六周{said}上报的 Gi*:热点网格 {len(hot)} 个")
    ax.set_axis_off()

# %% [markdown]
# ## 新兴与消退:200 米方格逐周看
# *Emerging and fading: squares of 200 m, week by week. 一直热闹的地方是“持续”,要看的是变化。What is always busy is lasting; look at what changes.*

# %%
emerging = town.emerging()
emerging[["change", "subcategory", "grid_name", "n_lately", "before_n", "times_before", "chance_q", "trend_q"]]

# %%
changing = gpd.GeoDataFrame(emerging[emerging["change"] != "lasting"])
colour = {"new": "crimson", "growing": "orangered", "easing": "steelblue", "faded": "navy"}
fig, ax = plt.subplots(figsize=(9, 7))
grids.plot(color="whitesmoke", edgecolor="lightgrey", linewidth=0.5, ax=ax)
for change, part in changing.groupby("change"):
    part.plot(color=colour[change], alpha=0.8, ax=ax)
for spot in changing.itertuples():
    ax.annotate(f"{spot.subcategory} · {spot.grid_name}", spot.geom.centroid.coords[0], fontsize=9)
ax.set(title="红 = 新出现或加剧,蓝 = 减弱或已消退")
ax.set_axis_off()

# %% [markdown]
# ## 扣除巡查:真增多,还是巡得多
# *Patrols taken out: grown, or only patrolled more? 他人(热线等)也多报,才是真增多。What citizens report does not grow with patrols.*

# %%
told = growth[~growth["reading"].isin(["steady", "few"]) & growth["grid_code"].notna()]
told[["grid_name", "n_lately", "n_lately_by_others", "expected_n", "patrol_h", "patrol_h_before", "expected_by_effort_n", "reading"]]

# %%
fig, ax = plt.subplots(figsize=(7, 6))
ax.scatter(growth["expected_n"], growth["n_lately"], s=12, color="lightgrey")
top = float(np.nanmax(growth["n_lately"]))
ax.plot([0, top], [0, top], color="grey", linewidth=1)
words = {"grown": "真增多", "only_patrol": "随巡查增多", "only_workers": "仅网格员上报增多", "fallen": "减少", "less_patrol": "随巡查减少"}
for row in told.itertuples():
    ax.annotate(f"{row.grid_name} {words[row.reading]}", (row.expected_n, row.n_lately), fontsize=9)
    ax.scatter([row.expected_n], [row.n_lately], s=30, color="crimson" if row.reading == "grown" else "steelblue")
ax.set(xlabel="按全镇变化应有(件)", ylabel="近六周上报(件)", title="各网格近六周与此前相比");

# %% [markdown]
# ## 真增多的是什么,几点,在哪
# *What grew in a grid that grew: which matters, at what time of day, gathered where, and how many of them others report than workers.*

# %%
grown = growth.loc[(growth["reading"] == "grown") & growth["grid_code"].notna(), "grid_code"].tolist()
issues = pd.concat([pd.DataFrame(town.hot_issues(scope=grid, since=six_weeks)).assign(grid_code=grid) for grid in grown or [None]])
issues = issues[issues["is_hot"] & issues["is_gathered"]].sort_values("chance_q")
issues[["grid_code", "subcategory", "n_reported", "before_mean", "n_by_workers", "n_by_others", "peak_from_hour", "peak_share", "address"]]

# %% [markdown]
# ## 治了又发的地方
# *Places where the same trouble comes back after every closing.*

# %%
back = town.repeat_places(limit=20)
back[["subcategory", "grid_code", "address", "n_back", "quiet_days", "units"]].head(8)

# %% [markdown]
# ## 所以
# *So:* 真增多的派人、定时段;只是巡得多的不追责也不加人;治了又发的换办法,不再一件一件地结。

# %%
up = emerging[emerging["change"].isin(["new", "growing"])]
down = emerging[emerging["change"].isin(["easing", "faded"])]


def named(reading: str) -> list[str]:
    """The grids of a reading."""
    return growth.loc[(growth["reading"] == reading) & growth["grid_code"].notna(), "grid_code"].tolist()


findings = {
    "hot_grids": grids.loc[(grids["q_area_km2"] <= 0.05) & (grids["gi_area_km2"] > 0), "grid_code"].tolist(),
    "emerging": [[row.subcategory, row.grid_code] for row in up.itertuples()],
    "fading": [[row.subcategory, row.grid_code] for row in down.itertuples()],
    "grown": grown,
    "grown_matters": issues["subcategory"].tolist(),
    "grown_hours": issues["peak_from_hour"].tolist(),
    "only_patrol": named("only_patrol") + named("only_workers"),
    "patrols_known": bool(growth["patrol_h_before"].notna().any()),
    "returning": [back["subcategory"].iloc[0], back["grid_code"].iloc[0]],
}
findings
