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
# # 下周,按网格
# *Next week by grid: expected cases, with bounds, in numbers that add up over 1 + 21 + 179, and how such forecasts did before.*

# %%
import matplotlib.pyplot as plt
import pandas as pd

import gridgov as gg
from gridgov.figures.pictures import chinese_font

town = gg.open()
LANG = "zh"
plt.rcParams["font.family"] = [chinese_font()]

# %% [markdown]
# ## 全镇下周
# *The town: what is expected, and within which bounds a week falls four times in five.*

# %%
whole = town.forecast()
meta = whole.answer.meta
print(f"{meta['since']} 至 {meta['until']},其中休息日 {len(meta['days_off'])} 天")
whole.round(1)

# %% [markdown]
# ## 各村下周,与上周相比
# *Villages: the point is what is expected, the line the bounds, the cross last week.*

# %%
villages = town.forecast(by="village").dropna(subset="grid_code").sort_values("forecast_n")
fig, ax = plt.subplots(figsize=(8, 7))
ax.hlines(villages["grid_name"], villages["likely_from"], villages["likely_to"], color="lightsteelblue", linewidth=5)
ax.scatter(villages["forecast_n"], villages["grid_name"], color="navy", s=25, zorder=3, label="预计")
ax.scatter(villages["n_last_week"], villages["grid_name"], color="crimson", marker="x", s=30, zorder=3, label="上周")
ax.set(title=f"下周预计上报({meta['since']} 至 {meta['until']},八成把握)", xlabel="件")
ax.legend(loc="lower right");

# %% [markdown]
# ## 各网格下周
# *Grids: the map, and those whose last week lies outside what is expected.*

# %%
grids = town.forecast(by="grid")
grids.plot("forecast_n", lang=LANG);

# %%
turning = grids[grids["outlook"].isin(["more", "fewer"]) & grids["grid_code"].notna()]
turning[["grid_name", "n_last_week", "forecast_n", "likely_from", "likely_to", "outlook"]].head(12).round(1)

# %% [markdown]
# ## 加得起来吗
# *Do they add up? Grids to villages to the town, to the last digit.*

# %%
placed = grids[grids["grid_code"].notna()]
of_grids = placed.groupby("parent_code")["forecast_n"].sum()
apart = (of_grids - villages.set_index("grid_code")["forecast_n"]).abs().max()
total = float(whole["forecast_n"].iloc[0])
print(f"村:最大相差 {apart:.1e};镇:相差 {abs(grids['forecast_n'].sum() - total):.1e}(含网格外与无坐标)")

# %% [markdown]
# ## 以前准不准
# *Was it right before? Each past week forecast from what was known before it, beside the seasonal naive forecast: the same weekday of the week before.*
#
# better = 平均绝对误差比季节朴素法小几成;covered = 实际落在区间里的比例(应有八成)。
# *better: how much smaller the mean absolute error is; covered: how often a week fell within the bounds.*

# %%
tests = {name: town.forecast(**({} if by is None else {"by": by})).answer.meta["test"]
         for name, by in (("镇", None), ("村", "village"), ("网格", "grid"))}  # fmt: skip
tested = pd.DataFrame(tests).T
tested.round(3)

# %% [markdown]
# 再用笨办法核对一遍:回到最近四周的每一个周初去问,与后来的实际比。*The slow way: ask as of the four week-ends before, and count what came.*

# %%
last = pd.Timestamp(meta["since"]).date() - pd.Timedelta(days=1)
slow = []
for back in (4, 3, 2, 1):
    then = last - pd.Timedelta(days=7 * back)
    told = town.forecast(by="grid", as_of=then).set_index(["grid_code", "place_status"])
    came = town.flow(by="grid", since=then + pd.Timedelta(days=1), until=then + pd.Timedelta(days=7), as_of=last)
    came = came.groupby(["grid_code", "place_status"], dropna=False)["n_reported"].sum().reindex(told.index, fill_value=0)
    slow.append({
        "截至": then, "实际": int(came.sum()), "预计": told["forecast_n"].sum(), "误差": (came - told["forecast_n"]).abs().mean(),
        "朴素误差": (came - told["n_last_week"]).abs().mean(),
    })  # fmt: skip
slow = pd.DataFrame(slow)
slow.round(2)

# %%
fig, ax = plt.subplots(figsize=(7, 4))
place = range(len(tested))
ax.bar([x - 0.2 for x in place], tested["naive_error"] / tested["naive_error"], width=0.4, color="lightgrey", label="季节朴素法")
ax.bar([x + 0.2 for x in place], tested["error"] / tested["naive_error"], width=0.4, color="navy", label="本法")
ax.set(xticks=list(place), xticklabels=tested.index, title=f"留出 {int(tested['n_weeks'].min())} 周的误差(季节朴素法 = 1)")
ax.set_ylim(0, 1.25)
ax.legend(loc="upper right", ncols=2);

# %%
findings = {
    "total": total,
    "apart": float(max(apart, abs(grids["forecast_n"].sum() - total))),
    "least": float(grids["forecast_n"].min()),
    "grids": len(placed),
    "better": {name: float(test["better"]) for name, test in tests.items()},
    "covered": {name: float(test["covered"]) for name, test in tests.items()},
    "n_weeks": int(tested["n_weeks"].min()),
    "slow_better": float(1 - slow["误差"].sum() / slow["朴素误差"].sum()),
}
findings
