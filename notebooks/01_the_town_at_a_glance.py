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
# # 全镇一览
# *The town at a glance: how large it is, what is open, what comes and goes, what is late, and whether all systems still report.*
#
# 读法:每个数都来自 `gridgov` 的一个问题(question),图下写着口径;`town.backlog?` 可看参数、列与单位。
# *Every number is the answer of a question; the definition stands below each figure, `town.backlog?` tells parameters, columns and units.*

# %%
import gridgov as gg

town = gg.open()  # several towns? gg.open("xiake")
LANG = "zh"
town.about()

# %% [markdown]
# ## 镇、村、网格
# *How the town is divided, and how many people live there.*

# %%
tree = town.hierarchy()
tree.groupby("level_code", sort=False).agg(
    grids=("grid_code", "count"), residents=("residents", "sum"), area_km2=("area_km2", "sum")
)

# %% [markdown]
# ## 在办:现在手里有多少
# *What is open now. 红灯即超期;绿黄红灰相加等于在办。Red is overdue; the lights add up to the whole.*

# %%
now = town.backlog()
now.answer.headed(LANG).T.rename(columns={0: now.answer.as_of})

# %%
villages = town.backlog(by="village").sort_values("n_open", ascending=False)
villages.plot.bars(["n_red", "n_yellow", "n_green", "n_grey"], lang=LANG);

# %% [markdown]
# ## 超期在哪里
# *Where it is overdue, by grid. 白 = 没有;灰 = 不明。White is none, grey is not known.*

# %%
town.backlog(by="grid").plot("n_overdue", lang=LANG);

# %% [markdown]
# 可以带走的地图:一个文件,断网也能打开。
# *A map to take along: one file, which opens with the network off.*

# %%
travelling = town.backlog(by="grid").explore("n_overdue", lang=LANG)
travelling.save("overdue.html")

# %% [markdown]
# ## 进与出
# *What comes in and what is closed, week by week. 两线相近,积压就不涨。Where the lines keep together the backlog does not grow.*

# %%
weeks = town.flow(by="week")
weeks.plot(["n_reported", "n_closed"], lang=LANG);

# %% [markdown]
# ## 谁报的,报什么
# *Who reports, and what.*

# %%
channels = town.flow(by="channel", during="month").sort_values("n_reported", ascending=False)
channels.plot("n_reported", lang=LANG);

# %%
categories = town.flow(by="category", during="month").sort_values("n_reported", ascending=False)
categories.plot("n_reported", lang=LANG);

# %% [markdown]
# ## 上月按期结案
# *Closed on time last month, by village; fewer than ten due is too few to tell (样本不足).*

# %%
on_time = town.on_time(by="village", during="month", compare="previous")
on_time.plot("on_time_rate", lang=LANG);

# %%
whole = town.on_time(during="month", compare="both")
whole.answer.headed(LANG).filter(regex="应结案|^按期结案率").T

# %% [markdown]
# ## 哪个系统没有声音
# *Which system has fallen silent: its cases are missing from all of the above.*

# %%
systems = town.systems()
silent = systems[systems["freshness"] == "stopped"]
silent[["source", "source_zh", "newest_at", "silent_h", "usual_h"]]

# %% [markdown]
# ## 带走
# *Take it along: GeoPackage with Chinese aliases for QGIS, a spreadsheet with the definition on its second sheet.*

# %%
gg.save(villages, "villages.gpkg", crs=4490)
gg.save(villages, "villages.xlsx", lang=LANG)

# %%
findings = {
    "as_of": now.answer.as_of,
    "grids": int((tree["level_code"] == "grid").sum()),
    "n_open": int(now["n_open"].iloc[0]),
    "n_open_of_villages": int(villages["n_open"].sum()),
    "on_time_rate": float(whole["on_time_rate"].iloc[0]),
    "silent_systems": silent["source"].tolist(),
}
findings
