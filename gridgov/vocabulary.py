"""The field's words: codes with their Chinese and English labels. Codes are neutral, labels are for people.

Two live systems swap 核实 (verifying, before filing) and 核查 (checking, after handling); the codes here never do.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

Lang = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class Term:
    """One word: its code, and its label in each language."""

    code: str
    zh: str
    en: str

    def label(self, lang: Lang) -> str:
        """The word in a language."""
        return self.zh if lang == "zh" else self.en


def _terms(*rows: tuple[str, str, str]) -> dict[str, Term]:
    return {code: Term(code, zh, en) for code, zh, en in rows}


STATES: Final = _terms(
    ("reported", "上报", "reported"),
    ("accepted", "受理", "accepted"),
    ("prereviewed", "初审", "first review done"),
    ("reviewed", "审核", "reviewed"),
    ("verifying", "核实", "verifying"),
    ("verified", "已核实", "verified"),
    ("registered", "立案", "registered"),
    ("voided", "不予立案", "void"),
    ("dispatched", "派遣", "dispatched"),
    ("signed", "签收", "signed"),
    ("returned", "退回", "returned"),
    ("assigned", "指派", "assigned"),
    ("handling", "处置", "handling"),
    ("handled", "反馈", "handled"),
    ("checking", "核查", "checking"),
    ("checked", "核查通过", "checked"),
    ("rework", "返工", "rework"),
    ("suspended", "挂账", "suspended"),
    ("extended", "延期", "extended"),
    ("deferred", "缓办", "deferred"),
    ("closed", "结案", "closed"),
    ("forced_closed", "强制结案", "force-closed"),
    ("evaluated", "评价", "rated"),
    ("collected", "取件", "collected"),
    ("archived", "归档", "archived"),
    ("reopened", "重启", "reopened"),
)
"""States of a case, in the order of its life."""

ENDED: Final = frozenset({"voided", "closed", "forced_closed", "evaluated", "collected", "archived"})
"""States in which a case is no longer open."""

TRACKS: Final = _terms(
    ("self_handled", "即办件", "self-handled"),
    ("dispatched", "流转件", "dispatched case"),
    ("service", "政务服务件", "service matter"),
)
"""The way a case goes: solved on the spot, registered and handed on, or a matter of the service windows."""

MODES: Final = _terms(("walk", "步行", "on foot"), ("ebike", "电动车", "e-bike"), ("car", "汽车", "car"))
"""How somebody on patrol moves."""

READINGS: Final = _terms(
    ("hot_patrolled", "因巡查多而多", "hot because it is patrolled"),
    ("cold_unvisited", "因巡查少而少", "cold because it is little visited"),
    ("unvisited", "无人巡查", "nobody went there"),
    ("usual", "与其他相近", "as elsewhere"),
    ("too_little", "巡查少于需求", "less patrol than need"),
    ("more", "巡查多于需求", "more patrol than need"),
    ("in_line", "与需求相当", "in line with need"),
    ("few", "件数过少", "too few to tell"),
)
"""What effort and need_gap say of a grid."""

ACTORS: Final = _terms(
    ("reporter", "上报人", "reporter"),
    ("centre", "指挥中心", "command centre"),
    ("unit", "责任单位", "responsible unit"),
    ("handler", "处置人", "handler"),
    ("checker", "核查人", "checker"),
    ("supervisor", "督办人", "supervisor"),
    ("citizen", "群众", "citizen"),
)
"""In what capacity somebody does something to a case; who may make which event stands in the process (data/process)."""

EVIDENCE: Final = _terms(
    ("photo", "照片", "photo"),
    ("video", "视频", "video"),
    ("audio", "录音", "audio"),
    ("document", "文件", "document"),
    ("signature", "签名", "signature"),
)
"""Kinds of evidence."""

CHANNELS: Final = _terms(
    ("worker", "网格员上报", "grid worker"),
    ("hotline", "12345热线", "hotline 12345"),
    ("app", "公众上报", "app"),
    ("camera", "视频发现", "camera"),
    ("superior", "上级交办", "from above"),
    ("department", "部门移送", "department"),
    ("window", "服务窗口", "service window"),
)
"""Ways in which reports come, where a source uses these codes; a word of its own stays as it is."""

NODES: Final = _terms(
    ("intake", "受理立案", "intake"),
    ("verify", "核实", "verifying"),
    ("dispatch", "派遣", "to be dispatched"),
    ("sign", "签收", "to be signed for"),
    ("handle", "处置", "being handled"),
    ("check", "核查", "to be checked"),
    ("close", "待结案", "to be closed"),
    ("suspended", "挂账", "suspended"),
    ("deferred", "缓办", "put off"),
)
"""The nodes in which an open case waits (环节), of rules.STAGES."""

NEXT_STEPS: Final = _terms(
    ("register", "受理立案", "accept and register"),
    ("verify", "核实", "verify on the spot"),
    ("dispatch", "派遣", "dispatch to a unit"),
    ("sign", "签收", "sign for it"),
    ("handle", "处置并反馈", "handle and report back"),
    ("check", "核查", "check the result"),
    ("close", "结案", "close"),
    ("resume", "恢复", "resume, or put off anew"),
)
"""What an open case waits for."""

NEXT_BY: Final = _terms(
    ("centre", "指挥中心", "command centre"),
    ("unit", "责任单位", "responsible unit"),
    ("reporter", "上报人", "who reported it"),
)
"""Whose turn it is."""

LIGHTS: Final = _terms(
    ("green", "绿灯", "green"),
    ("yellow", "黄灯", "yellow"),
    ("red", "红灯", "red"),
    ("deep_red", "深红灯", "deep red"),
    ("grey", "灰灯", "grey"),
)
"""The light of an open case."""

STANDINGS: Final = _terms(
    ("far_below", "明显低于{}", "far below {}"),
    ("below", "低于{}", "below {}"),
    ("usual", "与{}相当", "like {}"),
    ("above", "高于{}", "above {}"),
    ("far_above", "明显高于{}", "far above {}"),
    ("few", "样本不足", "too few to tell"),
)
"""Where the rate of a group stands among those it is asked with: higher or lower, which says nothing of good or bad. {} is
what it is compared with, see `standing`."""

TRUTHS: Final = _terms(("true", "是", "yes"), ("false", "否", "no"))

RATINGS: Final = _terms(
    ("dissatisfied", "不满意", "dissatisfied"),
    ("fair", "基本满意", "fairly satisfied"),
    ("satisfied", "满意", "satisfied"),
    ("very_satisfied", "非常满意", "very satisfied"),
)
"""What a citizen says of a closed case, from the worst up."""

PLACE_STATUS: Final = _terms(
    ("located", "已落格", "in a grid"),
    ("outside", "网格外", "outside every grid"),
    ("unlocated", "无坐标", "without coordinates"),
)
"""Where a case is, per layer; the three add up to all cases."""

GRID_KINDS: Final = _terms(
    ("basic", "基础网格", "basic grid"),
    ("urban", "城市网格", "urban grid"),
    ("rural", "农村网格", "rural grid"),
    ("dedicated", "专属网格", "dedicated grid"),
)

LIMIT_UNITS: Final = _terms(
    ("urgent_hour", "紧急工作时", "emergency hour"),
    ("work_hour", "工作时", "working hour"),
    ("work_day", "工作日", "working day"),
    ("natural_day", "自然日", "natural day"),
)
"""What limits are counted in: round the clock, inside working hours, in working days, in calendar days."""

UNIT_KINDS: Final = _terms(
    ("body", "内设机构", "body"),
    ("squad", "执法中队", "squad"),
    ("stationed", "派驻单位", "stationed unit"),
    ("village", "村（社区）", "village"),
    ("contractor", "服务单位", "contractor"),
    ("department", "职能部门", "department"),
)
"""Kinds of responsible units; a register may bring others."""

ITEM_KINDS: Final = _terms(
    ("service", "政务服务", "service"),
    ("social", "社会管理", "social management"),
    ("enforcement", "执法处罚", "enforcement"),
)
"""Kinds of catalogue items."""

ROLES: Final = _terms(
    ("grid_leader", "网格长", "grid leader"),
    ("grid_worker", "网格员", "grid worker"),
    ("inspector", "督查员", "inspector"),
    ("informant", "信息员", "informant"),
    ("liaison", "联络员", "liaison"),
    ("patroller", "巡查员", "patroller"),
)
"""Posts of a grid: 一长五员."""

OUTCOMES: Final = _terms(
    ("loaded", "新增", "loaded"),
    ("updated", "更新", "updated"),
    ("unchanged", "未变", "unchanged"),
    ("duplicate", "重复", "duplicate"),
    ("superseded", "已过时", "superseded"),
    ("quarantined", "隔离", "quarantined"),
)
"""What became of a row that was read: each row has exactly one outcome."""

LOAD_KINDS: Final = _terms(
    ("grids", "网格", "grids"),
    ("places", "地点", "places"),
    ("exposure", "网格基数", "exposure"),
    ("incidents", "案件", "incidents"),
    ("events", "案件过程", "events"),
    ("tracks", "轨迹", "tracks"),
    ("catalogue", "事项清单", "catalogue"),
    ("roster", "人员", "roster"),
    ("units", "责任单位", "units"),
    ("maps", "地图", "map"),
    ("plans", "巡查计划", "patrol plan"),
    ("devices", "巡查终端", "devices"),
)
"""What a load can bring."""

MAP_THEMES: Final = _terms(
    ("road", "道路", "roads"),
    ("water", "水系", "waters"),
    ("built_up", "建成区", "built-up land"),
    ("land_use", "用地", "land use"),
    ("poi", "兴趣点", "points of interest"),
    ("other", "其他", "other"),
)
"""What the features of a town's own map are."""

RUN_STATUS: Final = _terms(("running", "进行中", "running"), ("done", "完成", "done"), ("failed", "失败", "failed"))

SECTIONS: Final = _terms(
    ("course", "办理情况", "course"),
    ("channel", "来源", "channel"),
    ("kind", "事件与部件", "kind of matter"),
    ("category", "大类", "category"),
    ("subcategory", "小类", "subcategory"),
)
"""Parts of the monthly bulletin."""

FIGURES: Final = _terms(
    ("reported", "受理", "reported"),
    ("self_handled", "即办件", "self-handled"),
    ("registered", "立案", "registered"),
    ("dispatched", "派遣", "dispatched"),
    ("due", "应结案", "due"),
    ("closed", "结案", "closed"),
    ("on_time", "按期结案", "closed on time"),
    ("reworked", "返工", "reworked"),
    ("extended", "延期", "extended"),
)
"""Figures of the monthly bulletin."""

MATTERS: Final = {**_terms(("event", "事件", "events"), ("component", "部件", "components")), **CHANNELS}
"""What a figure of the bulletin may be of."""

WORDS: Final = _terms(
    ("address", "地址", "Address"),
    ("apply", "应用", "Apply"),
    ("area_km2", "面积(km²)", "Area (km²)"),
    ("as_of", "数据截至", "As of"),
    ("backlog", "在办", "Open cases"),
    ("backlog_map", "在办分布", "Where the open cases are"),
    ("by_category", "在办类别", "Open by category"),
    ("case", "案件", "Case"),
    ("case_no", "案号", "Case no."),
    ("cases", "案件", "Cases"),
    ("cases_hint", "按案号、地址、关键词搜索", "Search by case number, address or word"),
    ("category", "类别", "Category"),
    ("channel", "来源", "Channel"),
    ("children", "下级", "Children"),
    ("closed", "结案", "Closed"),
    ("closed_at", "结案时间", "Closed"),
    ("command_centre", "指挥中心", "Command centre"),
    ("definition", "口径", "Definition"),
    ("delay", "数据延迟", "Age of the data"),
    ("description", "描述", "Description"),
    ("due_at", "时限", "Due"),
    ("error_share", "隔离比例", "Quarantined"),
    ("file", "文件", "File"),
    ("finished_at", "完成时间", "Finished"),
    ("flow", "进出量", "In and out"),
    ("grid", "网格", "Grid"),
    ("hierarchy", "网格体系", "Hierarchy"),
    ("language", "English", "中文"),
    ("level", "层级", "Level"),
    ("loads", "数据接入", "Loads"),
    ("net", "净增", "Net"),
    ("no_data", "没有数据", "No data"),
    ("no_town", "还没有数据。请先导入网格和案件。", "Nothing is loaded yet. Load grids and reports first."),
    ("none", "未填", "not given"),
    ("of_which", "其中", "of which"),
    ("open_points", "在办案件点", "Open cases as points"),
    ("outside", "网格外", "Outside every grid"),
    ("oldest_days", "最久(天)", "Oldest (days)"),
    ("per_1k", "每千人", "per 1,000 residents"),
    ("period", "周期", "Period"),
    ("points_limited", "仅显示前 {n} 个点", "only the first {n} points are drawn"),
    ("read", "读取", "Read"),
    ("reported", "上报", "Reported"),
    ("reported_at", "上报时间", "Reported"),
    ("residents", "常住人口", "Residents"),
    ("search", "搜索", "Search"),
    ("situation", "总览", "Situation"),
    ("source", "系统", "Source"),
    ("state", "环节", "State"),
    ("status", "状态", "Status"),
    ("today", "最新", "Latest"),
    ("town", "全域", "Whole town"),
    ("unit", "责任单位", "Unit"),
    ("unlocated", "无坐标", "Without coordinates"),
    ("day", "日", "Day"),
    ("week", "周", "Week"),
    ("month", "月", "Month"),
    ("all_cases", "全部案件", "All cases"),
    ("database_down", "数据库没有应答", "The database does not answer"),
    ("duplicate", "重复", "Duplicate"),
    ("layer", "图层", "Layer"),
    ("layer_base", "基础网格", "Base grids"),
    ("layer_community", "社区", "Communities"),
    ("layer_dedicated", "专属网格", "Dedicated grids"),
    ("line", "业务条线", "Line of business"),
    ("no_case", "没有这个案号的案件。", "There is no case of this number."),
    ("no_deadlines", "没有时限信息", "no deadlines known"),
    ("no_grids", "未导入网格", "no grids loaded"),
    ("not_possible", "无法完成", "Not possible"),
    ("of_open", "其中在办", "of the open cases"),
    ("only_open", "仅在办", "Open only"),
    ("open", "在办", "Open"),
    ("outcomes", "行的去向", "What became of the rows"),
    ("overdue", "超期", "Overdue"),
    ("place", "地点", "Place"),
    ("place_status", "落格", "Placed"),
    ("subcategory", "小类", "Subcategory"),
    ("town_of", "城镇", "Town"),
    ("track", "即办/流转", "Track"),
    ("urgent", "紧急", "Urgent"),
    ("with_deadline", "有时限", "with a deadline"),
    ("worst", "超期最久与最早的在办案件", "Longest waiting"),
    ("n_open", "在办", "Open"),
    ("n_overdue", "超期", "Overdue"),
    ("open_per_1k", "千人在办", "Open per 1,000"),
    ("n_reported", "上报", "Reported"),
    ("n_closed", "结案", "Closed"),
    ("n_net", "净增", "Net"),
    ("n_cases", "案件", "Cases"),
    ("n_children", "下级", "Below"),
    ("grid_name", "网格", "Grid"),
    ("grid_code", "代码", "Code"),
    ("n_with_deadline", "有时限", "With a deadline"),
    ("n_at_risk", "将到期", "At risk"),
    ("n_red", "红灯", "Red"),
    ("n_yellow", "黄灯", "Yellow"),
    ("n_green", "绿灯", "Green"),
    ("n_grey", "灰灯", "Grey"),
    ("n_due", "应结案", "Due"),
    ("n_on_time", "按期结案", "On time"),
    ("n_late_closed", "逾期结案", "Closed late"),
    ("n_overdue_open", "逾期未结", "Overdue, open"),
    ("n_suspended", "挂账", "Suspended"),
    ("n_exempt", "免责", "Exempt"),
    ("on_time_rate", "按期结案率", "On-time rate"),
    ("closed_rate", "结案率", "Closed rate"),
    ("on_time_rate_unsuspended", "按期结案率(不含挂账)", "On-time rate without suspended"),
    ("oldest_at", "最早上报", "Oldest"),
    ("n_read", "读取", "Read"),
    ("run_id", "批次", "No."),
    ("kind", "类型", "Kind"),
    ("file_name", "文件", "File"),
    ("newest_at", "最新数据", "Newest data"),
    ("place_name", "地点", "Place"),
    ("status_text", "原状态", "State at the source"),
    ("period_day", "{on} 当日", "on {on}"),
    ("period_week", "{on} 起的一周", "week from {on}"),
    ("period_month", "{on} 起的一月", "month from {on}"),
    ("by", "分组", "By"),
    ("grids", "个网格", "grids"),
    ("no_filters", "此页不按筛选条件统计", "filters do not apply here"),
    ("patrol", "巡查", "Patrol"),
    ("coverage", "覆盖率", "Coverage"),
    ("idle", "未巡天数", "Idle days"),
    ("surface", "未巡天数面", "Idle days, place by place"),
    ("last_1", "当日", "on the day"),
    ("last_7", "近7日", "7 days"),
    ("last_30", "近30日", "30 days"),
    ("last_tracks", "轨迹最后一日", "Last day with tracks"),
    ("tracks_since", "轨迹始于 {on}", "tracks since {on}"),
    ("no_tracks", "没有轨迹:什么都不知道,不等于没人到过", "no tracks: nothing is known, which is not that nobody came"),
    ("no_tracks_then", "此期没有轨迹:什么都不知道", "no tracks of that time: nothing is known"),
    ("covered_share", "应巡面积覆盖率", "Land to patrol covered"),
    ("land_share", "全域覆盖率", "All land covered"),
    ("due_m2", "应巡面积", "Land to patrol"),
    ("arrived_share", "必巡点到位率", "Checkpoints visited"),
    ("idle_mean_days", "平均未巡天数", "Idle days, mean"),
    ("idle_median_days", "未巡天数中位数", "Idle days, median"),
    ("idle_worst_days", "最长未巡天数", "Idle days, worst"),
    ("seen_7_share", "7天内到过", "Seen within 7 days"),
    ("km", "里程(km)", "km"),
    ("minutes", "时长(分)", "Minutes"),
    ("n_visits", "巡查次数", "Visits"),
    ("area", "面积", "Area"),
    ("m2", "面积", "Area"),
    ("n_grids_touched", "涉及网格", "Grids"),
    ("checkpoint_name", "必巡点", "Checkpoint"),
    ("worker", "人员(假名)", "Who (pseudonym)"),
    ("grids_unpatrolled", "当日未巡网格", "Grids not patrolled"),
    ("of_grids", "共 {n} 个网格,其中有计划 {planned}", "of {n} grids, {planned} were planned"),
    ("of_all_grids", "共 {n} 个网格", "of {n} grids"),
    ("no_plan", "此处没有计划", "nothing planned here"),
    ("longest_row", "最长连续未巡(天)", "Longest row (days)"),
    ("data_share", "数据可用率", "Data availability"),
    ("in_patches", "共 {area},7天以上没人到", "{area}, nobody there for 7 days"),
    ("visits_of", "{made} / {due} 次,近7日", "{made} / {due} visits, 7 days"),
    ("unpatrolled", "连续未巡", "Not patrolled"),
    ("blind_spot", "盲区", "Blind spot"),
    ("blind_spots", "盲区", "Blind spots"),
    ("checkpoints_missed", "必巡点", "Checkpoints"),
    ("patrol_sessions", "巡查记录", "Sessions"),
    ("patrol_integrity", "复核清单", "Review list"),
    ("stop", "停留", "Stop"),
    ("begin_at", "开始", "Begin"),
    ("idle_days", "未巡天数", "Idle days"),
    ("most_idle_days", "最长未巡", "Longest"),
    ("row_days", "连续未巡(天)", "Days in a row"),
    ("longest_row_days", "30日内最长", "Longest of 30 days"),
    ("n_unpatrolled_days", "30日内未巡", "Of 30 days"),
    ("n_missed_days", "计划未巡", "Planned, missed"),
    ("is_planned", "当日有计划", "Planned today"),
    ("last_patrol_on", "最近巡查", "Last patrol"),
    ("lacking_visits", "缺次", "Lacking"),
    ("due_visits", "应到", "Due"),
    ("made_visits", "到位", "Made"),
    ("last_visit_at", "最近到位", "Last visit"),
    ("never_share", "从未到过", "Never visited"),
    ("outside_share", "网格外", "Outside"),
    ("stop_share", "停留比例", "In stops"),
    ("longest_step_s", "最长无信号(秒)", "Longest silence (s)"),
    ("found_of", "日(件)数/巡查日数", "Days of days out"),
    ("made_of", "到位/应到", "Made / due"),
    ("never", "从未", "never"),
    ("base_only", "巡查只按基础网格统计", "patrols are counted in the base grids"),
    ("layer_base_map", "底图", "Base map"),
    ("n_strict", "从严仍有", "Strict"),
    ("finding", "情形", "What to look at"),
    ("innocent", "可能的正常原因", "Why it may be in order"),
    ("playback", "回放", "Playback"),
    ("play", "播放", "Play"),
    ("pause", "暂停", "Pause"),
    ("speed", "速度", "Speed"),
    ("play_grid", "{on} 网格内的位置,不显示是谁", "{on}, whoever was in the grid, without saying who"),
    ("play_session", "{on} 巡查 {session} · 用途:{purpose}", "{on}, session {session} · purpose: {purpose}"),
    ("play_nothing", "当日没有可回放的位置", "no positions to play on that day"),
    ("play_unkept", "其中 {n} 次轨迹线已过保存期", "the lines of {n} sessions are no longer kept"),
    ("purpose", "用途", "Purpose"),
    (
        "purpose_hint",
        "按人查看须说明用途,例如:核查投诉 1120",
        "To look at single persons say what for, such as: complaint 1120",
    ),
    (
        "purpose_needed",
        "回放一次巡查即查看个人:请先在“巡查记录”说明用途。",
        "Playing one session looks at a single person: first say what for, in the list of sessions.",
    ),
    ("purpose_off", "不显示个人", "persons are not shown"),
    ("cases_here", "此处案件", "Cases here"),
    ("shown_of", "{n} / {total} 条", "{n} of {total}"),
)
"""Words of screens and headings."""


def label(code: str, lang: Lang, among: Mapping[str, Term] | None = None) -> str:
    """The label of a code; the code itself when nobody has named it.

    >>> label("closed", "zh", STATES), label("Pothole", "en", STATES)
    ('结案', 'Pothole')
    """
    term = (WORDS if among is None else among).get(code)
    return term.label(lang) if term else code


def standing(code: str, lang: Lang, *, in_part: bool = False) -> str:
    """A standing in plain words; `in_part` = among the groups of a part of the town, not of all of it.

    >>> standing("far_above", "zh"), standing("usual", "en", in_part=True), standing("few", "zh")
    ('明显高于全镇', 'like the whole of it', '样本不足')
    """
    if lang == "zh":
        return label(code, lang, STANDINGS).format("本范围" if in_part else "全镇")
    return label(code, lang, STANDINGS).format("the whole of it" if in_part else "the town as a whole")
