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
# # 巡到了哪里,哪里没人看到
# *Who covered what, and what nobody saw: grids and places, never persons.*
#
# 没有信号不等于没有巡查:先看数据,再看覆盖。应巡面积 = 道路与建成区。
# *A silence is a lack of data, not of work: first the data, then the coverage. Land to patrol is roads and built-up land.*

# %%
import gridgov as gg

town = gg.open()
LANG = "zh"

# %% [markdown]
# ## 轨迹可信吗
# *Can the tracks be trusted: the share of the time on patrol in which devices told where they were, by village.*

# %%
heard = town.data_availability(by="village").sort_values("data_share")
heard.plot.bars("data_share", lang=LANG);

# %% [markdown]
# ## 一周的覆盖
# *What was covered in the last week of the data. 一周是各天之并,不是各天之和。A week is the union of its days, never their sum.*

# %%
week = town.coverage(by="grid", during="week")
week.plot("covered_share", lang=LANG);

# %%
villages = town.coverage(by="village", during="week").sort_values("covered_share")
villages[["grid_name", "covered_share", "land_share", "due_m2", "minutes", "km", "n_days"]].head(8)

# %% [markdown]
# ## 多久没人来
# *For how long nobody came: mean days over the land to patrol, by grid.*

# %%
recency = town.recency(by="grid")
recency.plot("idle_mean_days", lang=LANG);

# %% [markdown]
# ## 盲区:谁也没到过的地块
# *Blind spots: patches where nobody has been for a week or more.*

# %%
spots = town.blind_spots(days=7, limit=500)
print(f"{spots.answer.meta['n_total']} 处,{spots.answer.meta['total_m2'] / 1e4:.1f} 公顷")
spots[["patch", "grid_name", "m2", "idle_days", "most_idle_days", "never_share"]].head(10)

# %%
spots.plot("m2", lang=LANG);

# %% [markdown]
# 有轨迹以来从未有人到过的比例:一直没人去的,不是这一周的偶然。
# *The share where nobody has been since the tracks begin: not a week's chance.*

# %%
never = recency.sort_values("never_share", ascending=False)
never.head(12).plot.bars("never_share", lang=LANG);

# %% [markdown]
# 合在一张可带走的地图上:覆盖、盲区、漏巡的必巡点。
# *All on one map that travels: coverage, blind spots, checkpoints missed.*

# %%
gg.patrol_map(town, days=7, lang=LANG).save("patrols.html")

# %% [markdown]
# ## 计划巡而没有巡
# *Planned, and not patrolled: the longest run of days without a patrol.*

# %%
missed_days = town.unpatrolled(by="grid").sort_values(["longest_row_days", "n_missed_days"], ascending=False)
missed_days.head(15).plot.bars("longest_row_days", lang=LANG);

# %% [markdown]
# ## 必巡点到位了吗
# *Were the checkpoints visited as the plan wants?*

# %%
points = town.checkpoints(by="village").sort_values("arrived_share")
points.plot.bars("arrived_share", lang=LANG);

# %% [markdown]
# ## 巡过却没有报
# *Passed, and not reported: cases that others reported where somebody on patrol had come by in the day before.*

# %%
passed = town.missed(by="village").sort_values("missed_share", ascending=False)
passed.plot.bars("missed_share", lang=LANG);

# %% [markdown]
# ## 巡查时间给了需要的地方吗
# *Does patrol go where it is needed? Each grid's share of what others reported, beside its share of the hours. 负 = 巡查少于需求。Below 0 = less patrol than need.*

# %%
gap = town.need_gap(by="grid").sort_values("gap")
gap[["grid_name", "n_by_others", "need_share", "patrol_share", "gap", "move_h", "reading"]].head(8)

# %% [markdown]
# ## 所以
# *So:* 先补从未到过的地块,再把小时从“多于需求”的网格移到“少于需求”的网格;`move_h` 说移多少。

# %%
findings = {
    "as_of": week.answer.as_of,
    "known_since": spots.answer.meta["known_since"],
    "data_share": float(town.data_availability()["data_share"].iloc[0]),
    "never_seen": never["grid_code"].head(8).tolist(),
    "blind_spots_in": spots["grid_code"].unique().tolist(),
    "longest_without": missed_days["grid_code"].iloc[0],
    "too_little_patrol": gap.loc[gap["reading"] == "too_little", "grid_code"].head(5).tolist(),
}
findings
