"""The data dictionary of the frames that cross rooms: each column once, with its type, its unit and what it means.

A frame is a list of columns; what one row is stands beside it. Names carry units: `_at` instant (UTC), `_on` local day,
`n_` count, `_m2`, `_km2`, `_h`, `_share` 0..1, `_per_1k` per thousand residents; geometry is always `geom` (EPSG:4326).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa

from gridgov.vocabulary import (
    CHANNELS,
    GRID_KINDS,
    LIGHTS,
    LOAD_KINDS,
    NEXT_BY,
    NEXT_STEPS,
    NODES,
    PLACE_STATUS,
    RATINGS,
    RUN_STATUS,
    STATES,
    TRACKS,
    TRUTHS,
    Lang,
    Term,
    label,
    standing,
)


@dataclass(frozen=True, slots=True)
class Column:
    """One column: Arrow type, unit, and what it means in both languages (the zh label heads exported tables)."""

    name: str
    type: pa.DataType
    unit: str
    zh: str
    en: str


_INSTANT = pa.timestamp("us", "UTC")


def _columns(*rows: tuple[str, pa.DataType, str, str, str]) -> dict[str, Column]:
    return {row[0]: Column(*row) for row in rows}


COLUMNS: Final = _columns(
    ("case_no", pa.string(), "", "案号", "Case number of the source"),
    ("reported_at", _INSTANT, "UTC", "上报时间", "When the case was reported"),
    ("closed_at", _INSTANT, "UTC", "结案时间", "When the case was closed"),
    ("due_at", _INSTANT, "UTC", "时限", "Deadline"),
    ("updated_at", _INSTANT, "UTC", "更新时间", "When the source last changed the row"),
    ("newest_at", _INSTANT, "UTC", "最新数据", "Latest instant found in the data"),
    ("started_at", _INSTANT, "UTC", "开始", "When the load began"),
    ("finished_at", _INSTANT, "UTC", "完成", "When the load was committed"),
    ("oldest_at", _INSTANT, "UTC", "最早上报", "Report time of the oldest open case"),
    ("day_only", pa.int16(), "bits", "仅有日期", "1 reported, 2 closed, 4 due came as a date without a time"),
    ("state", pa.string(), "", "环节", "State of the case"),
    ("status_text", pa.string(), "", "原状态", "The source's own word for the state"),
    ("due_basis", pa.string(), "", "时限依据", "Whose deadline: source or rule"),
    ("track", pa.string(), "", "即办/流转", "self_handled, dispatched or service"),
    ("is_open", pa.bool_(), "", "在办", "Open at as_of"),
    ("is_overdue", pa.bool_(), "", "超期", "Open at as_of with the deadline passed"),
    ("is_urgent", pa.bool_(), "", "紧急", "Urgent"),
    ("is_duplicate", pa.bool_(), "", "重复", "The source calls it a duplicate"),
    ("category", pa.string(), "", "大类", "Category"),
    ("subcategory", pa.string(), "", "小类", "Subcategory"),
    ("unit", pa.string(), "", "责任单位", "Responsible unit"),
    ("line", pa.string(), "", "业务条线", "Line of business (department)"),
    ("channel", pa.string(), "", "来源", "Where the report came from"),
    ("source", pa.string(), "", "系统", "Connected system the row came from"),
    ("description", pa.string(), "", "描述", "Description"),
    ("address", pa.string(), "", "地址", "Address"),
    ("place_name", pa.string(), "", "地点", "Named place"),
    ("place_status", pa.string(), "", "落格", "located, outside or unlocated"),
    ("reporter", pa.string(), "", "上报人(假名)", "Reporter, a pseudonym"),
    ("lon", pa.float64(), "degree", "经度", "Longitude, EPSG:4326"),
    ("lat", pa.float64(), "degree", "纬度", "Latitude, EPSG:4326"),
    ("recorded", pa.string(), "JSON", "原网格", "Grid codes the source recorded, by level"),
    ("extra", pa.string(), "JSON", "其他", "Further columns kept as delivered"),
    ("at", _INSTANT, "UTC", "时间", "When it happened"),
    ("is_day", pa.bool_(), "", "仅有日期", "at came as a date without a time"),
    ("event", pa.string(), "", "动作", "What happened: a code of the process"),
    ("event_no", pa.string(), "", "动作编号", "The source's own number of the event"),
    ("actor", pa.string(), "", "操作人(假名)", "Who did it, a pseudonym"),
    ("reason", pa.string(), "", "原因", "Why"),
    ("actor_role", pa.string(), "", "操作人身份", "Role of who did it: reporter, centre, unit, handler, checker ..."),
    ("event_zh", pa.string(), "", "动作", "The event in Chinese"),
    ("event_en", pa.string(), "", "动作(英)", "The event in English"),
    ("basis", pa.string(), "", "依据", "event = delivered, row = inferred from the row of the case"),
    ("may_make", pa.bool_(), "", "有权操作", "The process lets that role make the event; null = no role told"),
    ("is_handler", pa.bool_(), "", "与处置人同一人", "Made by the person who handled the case; null = unknown"),
    ("is_self_closed", pa.bool_(), "", "自处自结", "Dispatched case checked or closed by the person who handled it"),
    ("rating", pa.string(), "", "评价", "What the citizen said of it"),
    ("note", pa.string(), "", "备注", "Note of the event"),
    ("evidence_kind", pa.string(), "", "证据类型", "photo, video, audio, document or signature"),
    ("evidence_hash", pa.string(), "", "证据摘要", "sha256:... or md5:... of the file, in hex"),
    ("evidence", pa.string(), "", "证据", "Reference of the file as delivered; never fetched"),
    ("stage", pa.string(), "", "节点", "Node the case entered, of the rules of the clocks"),
    ("entered_at", _INSTANT, "UTC", "进入节点", "When it entered the node"),
    ("left_at", _INSTANT, "UTC", "离开节点", "When it left the node; null = still in it"),
    ("stage_h", pa.float64(), "h", "节点历时(小时)", "Hours in the node"),
    ("stage_work_h", pa.float64(), "h", "节点历时(工作小时)", "Working hours in the node"),
    ("stage_due_at", _INSTANT, "UTC", "节点时限", "When the limit of the node ends"),
    ("is_stage_over", pa.bool_(), "", "节点超时", "Left, or still there, after the limit of the node"),
    ("known_since_at", _INSTANT, "UTC", "知悉时间", "When the load that told it was finished"),
    ("detail", pa.string(), "JSON", "详情", "note, evidence, rating, lon, lat (WGS84) and further columns kept"),
    ("row_no", pa.int64(), "", "行号", "Row of the file, counting its header"),
    ("grid_id", pa.int32(), "", "网格编号", "Surrogate id of the home grid"),
    ("grid_code", pa.string(), "", "网格代码", "Code of the grid"),
    ("grid_name", pa.string(), "", "网格", "Name of the grid"),
    ("parent_code", pa.string(), "", "上级代码", "Code of the parent grid"),
    ("level", pa.int16(), "", "层级", "Level in the hierarchy, 0 = the town"),
    ("level_code", pa.string(), "", "层级名", "Name of the level"),
    ("kind", pa.string(), "", "类型", "Kind"),
    ("layer", pa.string(), "", "图层", "Layer of grids"),
    ("n_children", pa.int64(), "count", "下级数", "Grids directly below"),
    ("n_grids", pa.int64(), "count", "网格数", "Finest grids below, itself included"),
    ("area_km2", pa.float64(), "km2", "面积(km²)", "Area in the town's metric CRS"),
    ("residents", pa.int64(), "persons", "常住人口", "Residents"),
    ("households", pa.int64(), "count", "户数", "Households"),
    ("firms", pa.int64(), "count", "企业数", "Firms"),
    ("road_km", pa.float64(), "km", "道路(km)", "Road length"),
    ("built_up_m2", pa.float64(), "m2", "建成区(m²)", "Built-up area"),
    ("patrollable_m2", pa.float64(), "m2", "应巡面积(m²)", "Area to patrol: roads plus built-up"),
    ("counted_on", pa.date32(), "local day", "统计日", "Day the exposure was counted"),
    ("n_cases", pa.int64(), "count", "案件数", "Cases reported until as_of"),
    ("n_open", pa.int64(), "count", "在办", "Open cases at as_of"),
    ("n_with_deadline", pa.int64(), "count", "有时限", "Open cases that have a deadline"),
    ("n_overdue", pa.int64(), "count", "超期", "Open cases whose deadline has passed at as_of"),
    (
        "n_at_risk",
        pa.int64(),
        "count",
        "将到期",
        "Open cases with 80 % of their time used (as the rules say), not overdue",
    ),
    ("n_red", pa.int64(), "count", "红灯", "Open cases that are overdue"),
    ("n_yellow", pa.int64(), "count", "黄灯", "Open cases with little of their time left"),
    ("n_green", pa.int64(), "count", "绿灯", "Open cases with time left"),
    ("n_grey", pa.int64(), "count", "灰灯", "Open cases whose clock is stopped, or without deadline"),
    ("n_deep_red", pa.int64(), "count", "深红灯", "Of the red: so long past the deadline as the rules say (a limit more)"),
    ("is_at_risk", pa.bool_(), "", "将到期", "Open at as_of with 80 % of its time used (as the rules say), not overdue"),
    ("light", pa.string(), "", "灯", "Light of an open case: green, yellow, red, deep_red, grey"),
    ("left_h", pa.float64(), "h", "剩余(小时)", "Hours to the deadline; negative = past it"),
    ("left_work_h", pa.float64(), "working hours", "剩余(工作小时)", "Working hours to the deadline; negative = past it"),
    ("late_h", pa.float64(), "h", "超期(小时)", "Hours past the deadline"),
    ("late_work_days", pa.float64(), "working days", "超期(工作日)", "Working days past the deadline"),
    ("next_step", pa.string(), "", "下一步", "What the case waits for"),
    ("next_by", pa.string(), "", "由谁办", "Whose turn it is: centre, unit or reporter"),
    ("n_returned", pa.int64(), "count", "退回", "Times returned by a unit"),
    ("n_rework", pa.int64(), "count", "返工", "Times sent back for rework"),
    ("n_urged", pa.int64(), "count", "催办", "Times urged"),
    ("paused_at", _INSTANT, "UTC", "挂账/缓办起始", "Since when it has been suspended or put off"),
    ("paused_days", pa.float64(), "natural days", "挂账/缓办(天)", "Natural days since then"),
    ("is_over_limit", pa.bool_(), "", "超过允许时长", "Suspended or put off for longer than the rules allow"),
    ("age_work_days", pa.float64(), "working days", "上报至今(工作日)", "Working days since the report"),
    ("n_age_0_1", pa.int64(), "count", "上报不足1个工作日", "Open cases reported less than 1 working day ago"),
    ("n_age_1_3", pa.int64(), "count", "上报1至3个工作日", "Open cases reported 1 to 3 working days ago"),
    ("n_age_3_5", pa.int64(), "count", "上报3至5个工作日", "Open cases reported 3 to 5 working days ago"),
    ("n_age_5_10", pa.int64(), "count", "上报5至10个工作日", "Open cases reported 5 to 10 working days ago"),
    ("n_age_10_20", pa.int64(), "count", "上报10至20个工作日", "Open cases reported 10 to 20 working days ago"),
    ("n_age_20_up", pa.int64(), "count", "上报20个工作日以上", "Open cases reported 20 working days or more ago"),
    ("n_late_0_1", pa.int64(), "count", "超期不足1个工作日", "Overdue cases less than 1 working day past the deadline"),
    ("n_late_1_3", pa.int64(), "count", "超期1至3个工作日", "Overdue cases 1 to 3 working days past the deadline"),
    ("n_late_3_5", pa.int64(), "count", "超期3至5个工作日", "Overdue cases 3 to 5 working days past the deadline"),
    ("n_late_5_10", pa.int64(), "count", "超期5至10个工作日", "Overdue cases 5 to 10 working days past the deadline"),
    ("n_late_10_20", pa.int64(), "count", "超期10至20个工作日", "Overdue cases 10 to 20 working days past the deadline"),
    ("n_late_20_up", pa.int64(), "count", "超期20个工作日以上", "Overdue cases 20 working days or more past the deadline"),
    ("oldest_work_days", pa.float64(), "working days", "最久(工作日)", "Working days since the oldest report"),
    ("median_work_days", pa.float64(), "working days", "中位(工作日)", "Median working days since the report"),
    ("worst_due_at", _INSTANT, "UTC", "最早已过时限", "Earliest deadline that has passed"),
    ("worst_late_work_days", pa.float64(), "working days", "超期最久(工作日)", "Most working days past a deadline"),
    ("median_late_work_days", pa.float64(), "working days", "超期中位(工作日)", "Median working days past the deadline"),
    ("n_due_before", pa.int64(), "count", "此前到期", "Open cases whose deadline lies before today"),
    ("n_due_today", pa.int64(), "count", "今日到期", "Open cases whose deadline lies on the day of as_of"),
    ("n_due_today_passed", pa.int64(), "count", "今日已过时限", "Of those due today: the deadline has passed"),
    ("n_due_2h", pa.int64(), "count", "2小时内到期", "Open cases whose deadline lies in the next two hours"),
    ("n_due_tomorrow", pa.int64(), "count", "明日到期", "Open cases whose deadline lies on the day after"),
    ("n_due_later", pa.int64(), "count", "以后到期", "Open cases whose deadline lies later than that"),
    ("n_uncounted", pa.int64(), "count", "未统计网格数", "Of the finest grids: those of which no count is known"),
    ("n_due", pa.int64(), "count", "应结案", "Cases whose deadline lies in the period"),
    ("n_on_time", pa.int64(), "count", "按期结案", "Of the due: closed at or before the deadline"),
    ("n_late_closed", pa.int64(), "count", "逾期结案", "Of the due: closed after it"),
    ("n_overdue_open", pa.int64(), "count", "逾期未结", "Of the due: open"),
    ("n_suspended", pa.int64(), "count", "挂账", "Of the due: suspended"),
    ("n_exempt", pa.int64(), "count", "免责", "Of the due: closed late, and an appeal was upheld"),
    ("on_time_rate", pa.float64(), "0..1", "按期结案率", "n_on_time / n_due"),
    ("closed_rate", pa.float64(), "0..1", "结案率", "Closed, on time or not, of the due"),
    ("on_time_rate_unsuspended", pa.float64(), "0..1", "按期结案率(不含挂账)", "n_on_time / (n_due - n_suspended)"),
    ("open_per_1k", pa.float64(), "per 1,000 residents", "千人在办", "Open cases per 1,000 residents"),
    ("n_reported", pa.int64(), "count", "上报", "Cases reported in the period"),
    ("n_closed", pa.int64(), "count", "结案", "Cases closed in the period"),
    ("n_reopened", pa.int64(), "count", "重启", "Cases reopened in the period"),
    ("n_voided", pa.int64(), "count", "不予立案", "Cases found void in the period"),
    ("n_taken", pa.int64(), "count", "接手", "Open cases that came to the unit from another, or from the centre"),
    ("n_passed", pa.int64(), "count", "移交", "Open cases that went from the unit to another, or to the centre"),
    ("n_net", pa.int64(), "signed count", "净增", "What came in minus what went out"),
    ("period_on", pa.date32(), "local day", "周期", "First local day of the period"),
    ("run_id", pa.int64(), "", "批次", "Number of the load"),
    ("file_name", pa.string(), "", "文件", "File"),
    ("status", pa.string(), "", "状态", "running, done or failed"),
    ("n_read", pa.int64(), "count", "读取", "Rows read"),
    ("n_loaded", pa.int64(), "count", "新增", "Rows that made something new"),
    ("n_updated", pa.int64(), "count", "更新", "Rows that changed something"),
    ("n_unchanged", pa.int64(), "count", "未变", "Rows that say what is known"),
    ("n_duplicate", pa.int64(), "count", "重复", "Identical repetitions inside the file"),
    ("n_superseded", pa.int64(), "count", "已过时", "Rows older than what is known"),
    ("n_quarantined", pa.int64(), "count", "隔离", "Rows set aside, with their reasons"),
    ("age_h", pa.float64(), "h", "数据延迟(小时)", "Hours from the newest data to as_of"),
    ("n_compared", pa.int64(), "count", "比较数", "Located cases that carry a recorded code"),
    ("n_agree", pa.int64(), "count", "一致数", "Those whose recorded and located codes agree"),
    ("agree_share", pa.float64(), "0..1", "一致率", "n_agree / n_compared"),
)

INCIDENTS: Final = (
    "row_no", "case_no", "reported_at", "closed_at", "due_at", "updated_at", "day_only", "state", "status_text", "track",
    "is_urgent", "is_duplicate", "category", "subcategory", "unit", "line", "channel", "description", "address",
    "place_name", "reporter", "recorded", "extra", "lon", "lat",
)  # fmt: skip
"""One row of a source that tells of a case, read and checked; lon/lat are WGS84, NaN when there are none."""

CASE_EVENTS: Final = (
    "row_no", "case_no", "at", "is_day", "event", "event_no", "unit", "actor", "reason", "due_at", "detail",
)  # fmt: skip
"""One row of a source that tells of an event of a case, read and checked; a deadline given as a date ends with that day."""


def arrow_schema(names: tuple[str, ...]) -> pa.Schema:
    """The Arrow schema of a frame."""
    return pa.schema([(name, COLUMNS[name].type) for name in names])


TERMS: Final[Mapping[str, Mapping[str, Term]]] = {
    "state": STATES, "stage": NODES, "track": TRACKS, "light": LIGHTS, "channel": CHANNELS,
    "place_status": PLACE_STATUS, "status": RUN_STATUS, "kind": {**GRID_KINDS, **LOAD_KINDS}, "rating": RATINGS,
    "next_step": NEXT_STEPS, "next_by": NEXT_BY,
}  # fmt: skip
"""The codes that a column may hold, with their labels; other values are words of the town."""

_DERIVED: Final = {
    "_per_1k_residents": ("每千常住人口{}", "{} per 1,000 residents"),
    "_per_1k_households": ("每千户{}", "{} per 1,000 households"),
    "_per_1k_firms": ("每千家企业{}", "{} per 1,000 firms"),
    "_per_km_road": ("每公里道路{}", "{} per km of road"),
    "_per_km2_built_up": ("每平方公里建成区{}", "{} per km² of built-up area"),
    "_per_km2_patrollable": ("每平方公里应巡面积{}", "{} per km² to patrol"),
    "_per_km2": ("每平方公里{}", "{} per km²"),
    "_low": ("{}下限", "{}, lower bound (95 %)"),
    "_high": ("{}上限", "{}, upper bound (95 %)"),
    "_standing": ("{}对比", "{}, beside the others"),
    "_previous": ("{}(上期)", "{}, period before"),
    "_change": ("{}环比", "{}, change since the period before"),
    "_year_before": ("{}(去年同期)", "{}, a year before"),
    "_year_change": ("{}同比", "{}, change since a year before"),
}
"""Columns that stand beside another, by what their names end in."""


def column_of(name: str) -> tuple[Column | None, str]:
    """The column of the dictionary that a name speaks of, and the ending that says what stands beside it ("" = itself).

    >>> column_of("on_time_rate_low")[0].zh, column_of("on_time_rate_low")[1]
    ('按期结案率', '_low')
    """
    if name in COLUMNS:
        return COLUMNS[name], ""
    for ending in sorted(_DERIVED, key=len, reverse=True):
        if name.endswith(ending) and name.removesuffix(ending) in COLUMNS:
            return COLUMNS[name.removesuffix(ending)], ending
    return None, ""


def heading(name: str, lang: str) -> str:
    """What stands over a column in a table for people; the name itself when it is not in the dictionary."""
    column, ending = column_of(name)
    if column is None:
        return name
    said = column.zh if lang == "zh" else column.en
    return _DERIVED[ending][lang != "zh"].format(said) if ending else said


def worded(name: str, value: Any, lang: Lang, *, in_part: bool = False) -> Any:
    """A value as people read it: the label of a code or a truth in a column; anything else as it is.

    in_part   the rows are those of a part of the town, for standings

    >>> worded("state", "handling", "zh"), worded("is_urgent", True, "en"), worded("unit", "7", "zh")
    ('处置', 'yes', '7')
    """
    if isinstance(value, bool | np.bool_):
        return TRUTHS["true" if value else "false"].label(lang)
    if not isinstance(value, str):
        return value
    if name.endswith("_standing"):
        return standing(value, lang, in_part=in_part)
    return label(value, lang, TERMS.get(name, {}))
