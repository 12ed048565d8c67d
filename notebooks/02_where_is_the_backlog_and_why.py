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
# # 积压在哪里,为什么
# *Where is the backlog, and why: from the cohort that was due, through the nodes where cases wait, to those that nobody wants.*
#
# 先看结果(应结案),再看时间花在哪一环,再看谁推给谁,最后看好得出奇的数字。名单是复核线索,不是结论。
# *A list is where to look, never a verdict.*

# %%
import pandas as pd

import gridgov as gg

town = gg.open()
LANG = "zh"
as_of = pd.Timestamp(town.backlog().answer.as_of)
half_a_year = (as_of - pd.DateOffset(months=6)).date()
two_years = (as_of - pd.DateOffset(months=24)).date()  # for what is rare

# %% [markdown]
# ## 应结案:到期的案件后来怎样了
# *The due cohort of half a year: on time, late, still open, suspended, exempt; the parts add up to the whole.*

# %%
cohort = town.on_time(by="unit", since=half_a_year).sort_values("n_due", ascending=False)
cohort.plot(["n_on_time", "n_late_closed", "n_overdue_open", "n_suspended", "n_exempt"], lang=LANG);

# %% [markdown]
# ## 哪些单位真的不同,哪些只是件数少
# *Which units really differ, and which have too few cases to tell: a funnel. 实线外 = 偶然之外(99.8 %)。Beyond the solid lines it is not chance.*

# %%
cohort.plot.funnel("on_time_rate", lang=LANG);

# %%
late = cohort[cohort["on_time_rate_standing"] == "far_below"]
late[["unit", "n_due", "on_time_rate", "on_time_rate_low", "on_time_rate_high"]]

# %% [markdown]
# ## 时间花在哪一环
# *Where the time goes: hours, nights included, that cases wait at each node. 派遣很快,处置最久。Handling takes longest.*

# %%
town.node_times(since=half_a_year).plot("total_h", lang=LANG);

# %%
slow = town.node_times(by="unit", since=half_a_year)
slow = slow[(slow["stage"] == "handle") & (slow["n_waits"] >= 30)].sort_values("median_work_h", ascending=False)
slow.head(15).plot("median_work_h", lang=LANG);

# %% [markdown]
# ## 多久能办结
# *How long until a case is closed, those still open kept in (Kaplan-Meier, with its 95 % band).*

# %%
town.closing_curve(by="track", since=half_a_year).plot("closed_share", lang=LANG);

# %%
survival = town.time_to_close(by="unit", since=half_a_year)
survival = survival[survival["n_followed"] >= 30].sort_values("within_3_share")
survival.head(20).plot("within_3_share", lang=LANG);

# %% [markdown]
# ## 谁推给谁
# *Who passes cases to whom, and how long that took.*

# %%
handed = town.handover(since=half_a_year)
handed[["from_unit", "to_unit", "n_handovers", "n_handed_cases", "main_reason", "lost_work_h"]].head(10)

# %% [markdown]
# ## 没有人要的事项
# *Items that nobody wants: sent back in nearly every case. 按区间下限排序,件少的不占便宜。Sorted by the lower bound, so that few cases prove little.*

# %%
nobodys = town.nobodys(since=two_years).sort_values("bounced_case_share_low", ascending=False)
orphan = nobodys.iloc[0]
nobodys.head(12).plot("bounced_case_share", lang=LANG);

# %% [markdown]
# ## 好得出奇的数字
# *Too good: answered just before the deadline, extensions asked for a day before, closed at the end of the month, closed by who handled it. 每条都有清白的解释。
# Each has innocent explanations, which stand beside it.*

# %%
listed = town.integrity(since=half_a_year)
by_village = town.integrity(by="village", since=half_a_year)
self_closed = by_village[by_village["indicator"] == "self_closed"]
habits = listed.set_index("indicator")["unit"]
listed[["indicator_zh", "unit", "n", "n_of", "rate", "common_rate", "innocent_zh"]]

# %% [markdown]
# ## 报得少的网格
# *A grid that reports little: patrolled like others, yet most of its cases come from residents. 网格员少报,居民就打电话。*

# %%
effort = town.effort(by="grid", since=half_a_year)
quiet = effort[effort["reading"] == "cold_unvisited"].sort_values("worker_share_high")
quiet[["grid_code", "grid_name", "n_by_workers", "n_by_others", "patrol_h", "per_hour", "worker_share"]].head()

# %%
effort.plot("worker_share", lang=LANG);

# %% [markdown]
# ## 总是回来的地方
# *The place where the trouble always returns, however often it is closed.*

# %%
again = town.repeat_places(since=half_a_year)
again[["case_no", "subcategory", "address", "grid_name", "n_back", "n_closings", "quiet_days", "units"]].head()

# %% [markdown]
# ## 所以
# *So: what to do first.* 无主事项要定责;按轮次办理的单位要改时限或改轮次;月末集中结案与自办自结要抽查;少报的网格补巡查;反复的地点要治本。

# %%
findings = {
    "nobodys": orphan["subcategory"],
    "just_in_time": habits.get("just_in_time"),
    "asked_late": habits.get("asked_late"),
    "month_end": habits.get("month_end"),
    "self_closing": self_closed["grid_code"].tolist(),
    "reports_little": quiet["grid_code"].iloc[0],
    "returning": [again["subcategory"].iloc[0], again["grid_code"].iloc[0]],
    "clearly_late": late["unit"].tolist(),
}
findings
