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
    FIGURES,
    GRID_KINDS,
    LIGHTS,
    LOAD_KINDS,
    MATTERS,
    MODES,
    NEXT_BY,
    NEXT_STEPS,
    NODES,
    PLACE_STATUS,
    RATINGS,
    READINGS,
    RUN_STATUS,
    SECTIONS,
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
_CODED = pa.dictionary(pa.int32(), pa.string())


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
    ("device", _CODED, "", "终端(假名)", "Device that told of positions, a pseudonym"),
    ("person", _CODED, "", "人员(假名)", "Person who carried it, a pseudonym"),
    ("accuracy_m", pa.float32(), "m", "定位精度", "Radius within which the device believed itself to be"),
    ("speed_mps", pa.float32(), "m/s", "速度", "Speed as the device measured it"),
    ("n_satellites", pa.int16(), "count", "卫星数", "Satellites the position was taken from"),
    ("mode", _CODED, "", "出行方式", "On foot, e-bike or car"),
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
    (
        "n_deep_red",
        pa.int64(),
        "count",
        "深红灯",
        "Of the red: so long past the deadline as the rules say (a limit more)",
    ),
    (
        "is_at_risk",
        pa.bool_(),
        "",
        "将到期",
        "Open at as_of with 80 % of its time used (as the rules say), not overdue",
    ),
    ("light", pa.string(), "", "灯", "Light of an open case: green, yellow, red, deep_red, grey"),
    ("left_h", pa.float64(), "h", "剩余(小时)", "Hours to the deadline; negative = past it"),
    (
        "left_work_h",
        pa.float64(),
        "working hours",
        "剩余(工作小时)",
        "Working hours to the deadline; negative = past it",
    ),
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
    (
        "n_late_10_20",
        pa.int64(),
        "count",
        "超期10至20个工作日",
        "Overdue cases 10 to 20 working days past the deadline",
    ),
    (
        "n_late_20_up",
        pa.int64(),
        "count",
        "超期20个工作日以上",
        "Overdue cases 20 working days or more past the deadline",
    ),
    ("oldest_age_work_days", pa.float64(), "working days", "最久(工作日)", "Working days since the oldest report"),
    ("median_age_work_days", pa.float64(), "working days", "中位(工作日)", "Median working days since the report"),
    ("worst_due_at", _INSTANT, "UTC", "最早已过时限", "Earliest deadline that has passed"),
    ("worst_late_work_days", pa.float64(), "working days", "超期最久(工作日)", "Most working days past a deadline"),
    (
        "median_late_work_days",
        pa.float64(),
        "working days",
        "超期中位(工作日)",
        "Median working days past the deadline",
    ),
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
    (
        "n_put_off",
        pa.int64(),
        "count",
        "缓办",
        "Deadline in the period, but put off and not resumed: not among the due",
    ),
    ("on_time_rate_with_put_off", pa.float64(), "0..1", "按期结案率(含缓办)", "n_on_time / (n_due + n_put_off)"),
    ("n_due_closed", pa.int64(), "count", "应结案中已结案", "Of the due: closed, in time or not"),
    (
        "n_due_in_all",
        pa.int64(),
        "count",
        "应结案(含缓办)",
        "Cases whose deadline lies in the period, those put off included",
    ),
    ("n_urgent_due", pa.int64(), "count", "紧急件应结案", "Of the due: urgent"),
    ("n_urgent_closed", pa.int64(), "count", "紧急件结案", "Of the urgent due: closed"),
    ("n_urgent_on_time", pa.int64(), "count", "紧急件按期结案", "Of the urgent due: closed on time"),
    ("urgent_closed_rate", pa.float64(), "0..1", "紧急件结案率", "n_urgent_closed / n_urgent_due"),
    ("urgent_on_time_rate", pa.float64(), "0..1", "紧急件按期结案率", "n_urgent_on_time / n_urgent_due"),
    (
        "points_on_time",
        pa.float64(),
        "points",
        "按期结案得分",
        "Points for the on-time rate, of 50; null below 10 cases",
    ),
    ("points_closed", pa.float64(), "points", "结案得分", "Points for the closed rate, of 20; null below 10 cases"),
    ("points_urgent", pa.float64(), "points", "紧急件得分", "Points for urgent cases, of 10; null below 10 cases"),
    (
        "n_closed_on_time",
        pa.int64(),
        "count",
        "结案件中按期",
        "Of those closed in the period: at or before the deadline",
    ),
    ("n_closed_late", pa.int64(), "count", "结案件中逾期", "Of those closed in the period: after the deadline"),
    (
        "n_closed_exempt",
        pa.int64(),
        "count",
        "结案件中免责",
        "Of those closed in the period: after it, and an appeal was upheld",
    ),
    (
        "n_closed_no_deadline",
        pa.int64(),
        "count",
        "结案件中无时限",
        "Of those closed in the period: without a deadline",
    ),
    (
        "on_time_rate_of_closed",
        pa.float64(),
        "0..1",
        "结案件按期率",
        "n_closed_on_time / (n_closed - n_closed_no_deadline)",
    ),
    ("n_reworked", pa.int64(), "count", "返工件", "Cases sent back for rework in the period"),
    ("n_again", pa.int64(), "count", "多次返工件", "Cases sent back for rework twice or more in the period"),
    ("n_handled", pa.int64(), "count", "处置", "Cases reported as handled in the period"),
    ("rework_rate", pa.float64(), "0..1", "返工率", "n_reworked / n_handled"),
    ("rework_rate_of_due", pa.float64(), "0..1", "返工率(÷应结案)", "n_reworked / n_due"),
    ("n_registered", pa.int64(), "count", "立案", "Cases registered in the period"),
    ("registered_rate", pa.float64(), "0..1", "立案率", "n_registered / n_reported"),
    ("n_reopened_cases", pa.int64(), "count", "重启件", "Cases opened again in the period, each once"),
    ("reopened_rate", pa.float64(), "0..1", "重启率", "n_reopened_cases / n_closed"),
    ("n_asked", pa.int64(), "count", "申请延期", "Times an extension was asked for"),
    ("n_asked_late", pa.int64(), "count", "临期申请", "Times it was asked for within 24 hours before the deadline"),
    ("n_granted", pa.int64(), "count", "准予延期", "Times an extension was granted"),
    ("n_refused", pa.int64(), "count", "延期不准", "Times an extension was refused"),
    ("n_decided", pa.int64(), "count", "延期决定", "Granted and refused"),
    ("n_extended", pa.int64(), "count", "延期件", "Cases extended in the period"),
    ("granted_rate", pa.float64(), "0..1", "准延率", "n_granted / n_decided"),
    ("asked_late_rate", pa.float64(), "0..1", "临期申请率", "n_asked_late / n_asked"),
    ("extension_rate", pa.float64(), "0..1", "延期率", "n_extended / n_due"),
    ("n_yellow_card", pa.int64(), "count", "黄牌", "Yellow cards given in the period"),
    ("n_red_card", pa.int64(), "count", "红牌", "Red cards given in the period"),
    ("n_instructed", pa.int64(), "count", "领导批示", "Instructions of leaders in the period"),
    ("n_supervised", pa.int64(), "count", "督办件", "Cases urged, given a card or instructed in the period"),
    ("n_cleared", pa.int64(), "count", "销号", "Of the supervised: ended since"),
    ("n_supervised_overdue", pa.int64(), "count", "逾期未复", "Of the supervised: open with the deadline passed"),
    ("n_supervised_waiting", pa.int64(), "count", "在办未逾期", "Of the supervised: open and not overdue"),
    ("n_after_end", pa.int64(), "count", "结案后批示", "Of the supervised: supervised after the end"),
    ("cleared_rate", pa.float64(), "0..1", "销号率", "n_cleared / (n_supervised - n_after_end)"),
    ("n_duplicate_orders", pa.int64(), "count", "重复工单", "Of the reported: called a duplicate by the source"),
    ("n_orders_dispatched", pa.int64(), "count", "派单", "Orders dispatched in the period, each once"),
    ("n_returned_cases", pa.int64(), "count", "退单", "Cases given back by a unit in the period"),
    ("n_sign_due", pa.int64(), "count", "应签收", "Dispatches signed for, or past the limit for signing"),
    ("n_signed_in_time", pa.int64(), "count", "及时签收", "Of them: answered within that limit"),
    ("signed_in_time_rate", pa.float64(), "0..1", "签收及时率", "n_signed_in_time / n_sign_due"),
    ("n_solved", pa.int64(), "count", "解决", "Of those closed in the period: not by force, and not opened again"),
    ("solved_rate", pa.float64(), "0..1", "解决率", "n_solved / n_closed"),
    ("n_rated", pa.int64(), "count", "有效评价", "Valid ratings given in the period"),
    ("n_content", pa.int64(), "count", "满意及以上", "Of the ratings: fairly satisfied, satisfied, very satisfied"),
    ("n_dissatisfied", pa.int64(), "count", "不满意", "Ratings: dissatisfied"),
    ("n_fair", pa.int64(), "count", "基本满意", "Ratings: fairly satisfied"),
    ("n_satisfied", pa.int64(), "count", "满意", "Ratings: satisfied"),
    ("n_very_satisfied", pa.int64(), "count", "非常满意", "Ratings: very satisfied"),
    ("satisfied_rate", pa.float64(), "0..1", "满意率", "n_content / n_rated"),
    ("duplicate_rate", pa.float64(), "0..1", "重复工单率", "n_duplicate_orders / n_reported"),
    ("returned_rate", pa.float64(), "0..1", "退单率", "n_returned_cases / n_dispatched"),
    ("section", pa.string(), "", "部分", "Part of the table: course, channel, kind, category, subcategory"),
    ("name", pa.string(), "", "名称", "Which channel, kind or category; null in the part course"),
    ("item", pa.string(), "", "项目", "Which figure"),
    ("n", pa.int64(), "count", "件数", "Cases"),
    ("of", pa.string(), "", "占何数", "The figure it is a share of; null = it stands alone"),
    ("n_of", pa.int64(), "count", "基数", "Cases it is a share of"),
    ("share", pa.float64(), "0..1", "占比", "n / n_of"),
    ("indicator", pa.string(), "", "指标代码", "What the review list looks at, see data/integrity.toml"),
    ("indicator_zh", pa.string(), "", "指标", "Its name (zh)"),
    ("indicator_en", pa.string(), "", "指标(英文)", "Its name (en)"),
    ("rate", pa.float64(), "0..1", "比率", "n / n_of"),
    ("common_rate", pa.float64(), "0..1", "其余各组比率", "The common rate of all other groups"),
    ("standing", pa.string(), "", "所处", "Where it stands among the others"),
    ("n_stands", pa.int64(), "count", "成立次数", "At how many of the thresholds tried the finding stands"),
    ("n_looks", pa.int64(), "count", "试算次数", "How many thresholds were tried: itself, half, double"),
    ("case_nos", pa.string(), "", "例证案号", "Case numbers, the latest first"),
    ("innocent_zh", pa.string(), "", "可能的正常原因", "Why it may be in order (zh)"),
    ("innocent_en", pa.string(), "", "可能的正常原因(英)", "Why it may be in order (en)"),
    ("open_per_1k", pa.float64(), "per 1,000 residents", "千人在办", "Open cases per 1,000 residents"),
    ("n_reported", pa.int64(), "count", "上报", "Cases reported in the period"),
    ("n_closed", pa.int64(), "count", "结案", "Cases closed in the period"),
    ("n_reopened", pa.int64(), "count", "重启", "Cases reopened in the period"),
    ("n_found", pa.int64(), "count", "查出重复", "Of the reported: found to tell of a trouble reported and still open"),
    ("n_said", pa.int64(), "count", "来源标记重复", "Of the reported: called a duplicate by the source"),
    ("n_found_and_said", pa.int64(), "count", "查出且标记", "Of the reported: both found and called a duplicate"),
    ("found_share", pa.float64(), "0..1", "查出重复率", "n_found / n_reported"),
    ("said_share", pa.float64(), "0..1", "来源标记率", "n_said / n_reported"),
    ("n_reports", pa.int64(), "count", "报数", "Reports of one problem, the first included"),
    ("first_at", _INSTANT, "UTC", "首报时间", "When the problem was first reported"),
    ("last_at", _INSTANT, "UTC", "末报时间", "When the trouble was last reported"),
    ("span_h", pa.float64(), "h", "历时(小时)", "From the first report to the last"),
    ("radius_m", pa.float64(), "m", "范围(米)", "From the first report to the one farthest from it"),
    ("channels", pa.string(), "", "各来源", "Where the reports came from"),
    ("n_comparable", pa.int64(), "count", "可比较", "Of the closed: what they are about and where is told"),
    *(
        row
        for days in (30, 90)
        for row in (
            (
                f"n_watched_{days}",
                pa.int64(),
                "count",
                f"满{days}日",
                f"Of these: closed {days} days or more before as_of",
            ),
            (
                f"n_back_{days}",
                pa.int64(),
                "count",
                f"{days}日内再报",
                f"Of these: the same trouble again within {days} days",
            ),
            (f"fixed_rate_{days}", pa.float64(), "0..1", f"{days}日根治率", "(watched - back) / watched"),
        )
    ),
    ("n_back", pa.int64(), "count", "复发次数", "Reports of the same trouble after a closing"),
    ("n_closings", pa.int64(), "count", "结案次数", "Closings after which the trouble came back"),
    ("first_closed_at", _INSTANT, "UTC", "首次结案", "The first of these closings"),
    ("quiet_days", pa.float64(), "days", "间隔(日)", "Median of days from a closing to the next report"),
    ("units", pa.string(), "", "结案单位", "Units that answered at the closings"),
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
    ("n_followed", pa.int64(), "count", "周期内上报(有效)", "Cases reported in the period, void ones left out"),
    ("n_ended", pa.int64(), "count", "已结", "Of the cases spoken of: closed by as_of"),
    ("n_running", pa.int64(), "count", "仍在办", "Of the cases spoken of: still open at as_of"),
    ("median_days", pa.float64(), "days", "办结用时中位数(天)", "Days by which half of the cases are closed"),
    ("p90_days", pa.float64(), "days", "办结用时P90(天)", "Days by which nine in ten are closed"),
    ("mean_days", pa.float64(), "days", "平均用时(最多计14天)", "Mean days to close, each case counted for 14 at most"),
    (
        "median_work_days",
        pa.float64(),
        "working days",
        "办结用时中位数(工作日)",
        "Working days by which half of the cases are closed",
    ),
    (
        "p90_work_days",
        pa.float64(),
        "working days",
        "办结用时P90(工作日)",
        "Working days by which nine in ten are closed",
    ),
    (
        "mean_work_days",
        pa.float64(),
        "working days",
        "平均用时(最多计10个工作日)",
        "Mean working days to close, each case counted for 10 at most",
    ),
    ("within_1_share", pa.float64(), "0..1", "1日办结比例", "Share closed within 1 working day"),
    ("within_3_share", pa.float64(), "0..1", "3日办结比例", "Share closed within 3 working days"),
    ("within_5_share", pa.float64(), "0..1", "5日办结比例", "Share closed within 5 working days"),
    ("time_days", pa.float64(), "days", "上报后天数", "Days since the report"),
    ("n_still_open", pa.int64(), "count", "仍未结", "Cases not closed before then and still watched"),
    ("closed_share", pa.float64(), "0..1", "已办结比例", "Share closed by then"),
    ("n_waits", pa.int64(), "count", "等待次数", "Cases at the node, once for each unit that answered meanwhile"),
    ("total_h", pa.float64(), "h", "停留合计(小时)", "Hours at the node, over all waits"),
    ("mean_h", pa.float64(), "h", "平均用时(小时)", "Mean hours of a wait"),
    ("median_h", pa.float64(), "h", "用时中位数(小时)", "Median hours of a wait"),
    ("p90_h", pa.float64(), "h", "用时P90(小时)", "Hours that nine in ten waits do not exceed"),
    ("mean_work_h", pa.float64(), "working hours", "平均用时(工作小时)", "Mean working hours of a wait"),
    ("median_work_h", pa.float64(), "working hours", "用时中位数(工作小时)", "Median working hours of a wait"),
    (
        "p90_work_h",
        pa.float64(),
        "working hours",
        "用时P90(工作小时)",
        "Working hours that nine in ten waits do not exceed",
    ),
    ("time_share", pa.float64(), "0..1", "时间占比", "Share of the time at all nodes"),
    ("n_limited", pa.int64(), "count", "有环节时限的等待", "Waits at a node that has a limit"),
    ("n_over", pa.int64(), "count", "超环节时限", "Waits longer than the limit of the node"),
    ("over_share", pa.float64(), "0..1", "超环节时限比例", "n_over / n_limited"),
    ("n_waiting", pa.int64(), "count", "正在等待", "Cases that wait at the node at the end of the period"),
    ("waiting_since_at", _INSTANT, "UTC", "最早等待起", "Since when the case waits that came to the node first"),
    ("from_unit", pa.string(), "", "移出单位", "Unit that handed the case on"),
    ("to_unit", pa.string(), "", "接收单位", "Unit it was handed on to"),
    ("n_handovers", pa.int64(), "count", "移交次数", "Dispatches to another unit than the dispatch before"),
    (
        "n_handed_cases",
        pa.int64(),
        "count",
        "移交案件",
        "Cases handed on between the two; they do not add up over pairs",
    ),
    ("n_aba", pa.int64(), "count", "来回次数", "Handovers back to the unit that had just handed it on (A to B to A)"),
    ("aba_share", pa.float64(), "0..1", "来回比例", "n_aba / n_handovers"),
    ("lost_h", pa.float64(), "h", "耽误时间(小时)", "Hours from the dispatch before to the handover"),
    (
        "lost_work_h",
        pa.float64(),
        "working hours",
        "耽误时间(工作小时)",
        "Working hours from the dispatch before to the handover",
    ),
    ("main_reason", pa.string(), "", "主要原因", "Reason told most often"),
    ("n_main_reason", pa.int64(), "count", "主要原因次数", "Handovers with that reason"),
    ("n_dispatched", pa.int64(), "count", "已派遣", "Cases dispatched by as_of"),
    ("n_direct", pa.int64(), "count", "未移交", "Of the dispatched: never handed on"),
    ("n_once", pa.int64(), "count", "移交一次", "Of the dispatched: handed on once"),
    ("n_twice", pa.int64(), "count", "移交两次", "Of the dispatched: handed on twice"),
    ("n_more", pa.int64(), "count", "移交三次及以上", "Of the dispatched: handed on three times or more"),
    (
        "n_aba_cases",
        pa.int64(),
        "count",
        "有来回的案件",
        "Of the dispatched: with a handover from A to B and back to A",
    ),
    ("n_first_right", pa.int64(), "count", "首派准确", "Of those closed: with the unit they were first dispatched to"),
    ("bounced_share", pa.float64(), "0..1", "移交过的比例", "Share of the dispatched that was handed on"),
    ("aba_case_share", pa.float64(), "0..1", "来回案件比例", "n_aba_cases / n_dispatched"),
    ("first_right_rate", pa.float64(), "0..1", "首派准确率", "n_first_right / n_ended"),
    ("n_bounced", pa.int64(), "count", "被推案件", "Cases returned or handed on at least once"),
    ("bounced_case_share", pa.float64(), "0..1", "被推案件比例", "n_bounced / n_followed"),
    ("n_returns", pa.int64(), "count", "退回次数", "Returns of the cases"),
    ("n_units", pa.int64(), "count", "涉及单位", "Units that answered, returned or handed on"),
    (
        "owner_entropy",
        pa.float64(),
        "bit",
        "归属分散度",
        "Of the units they were sent to: 0 = all to one, 1 = two evenly",
    ),
    ("main_owner", pa.string(), "", "主要归属", "Unit that answers, or answered last, for most of the cases"),
    ("n_main_owner", pa.int64(), "count", "主要归属件数", "Cases it answers for, or answered for last"),
    ("n_at_grid", pa.int64(), "count", "网格办结", "Closed as self-handled cases"),
    ("n_at_village", pa.int64(), "count", "村级办结", "Closed with a village"),
    (
        "n_at_town",
        pa.int64(),
        "count",
        "镇级办结",
        "Closed with a body, squad, stationed unit or contractor of the town",
    ),
    ("n_at_county", pa.int64(), "count", "县(市)级办结", "Closed with a department"),
    ("n_at_unknown", pa.int64(), "count", "层级不明", "Closed with no unit, or one of unknown kind"),
    ("at_grid_share", pa.float64(), "0..1", "网格办结比例", "n_at_grid / n_ended"),
    ("at_village_share", pa.float64(), "0..1", "村级办结比例", "n_at_village / n_ended"),
    ("at_town_share", pa.float64(), "0..1", "镇级办结比例", "n_at_town / n_ended"),
    ("at_county_share", pa.float64(), "0..1", "县(市)级办结比例", "n_at_county / n_ended"),
    # effort, need_gap, missed, patrol_integrity
    ("n_by_workers", pa.int64(), "count", "网格员上报", "Cases that workers reported"),
    ("n_by_others", pa.int64(), "count", "他人上报", "Cases that others reported: hotline, app, cameras ..."),
    ("n_found", pa.int64(), "count", "件数/日数", "Cases, or days on which it was found"),
    ("patrol_h", pa.float64(), "h", "巡查小时", "Hours of patrol"),
    ("patrol_km", pa.float64(), "km", "巡查公里", "Kilometres of patrol"),
    ("per_hour", pa.float64(), "1/h", "每巡查小时发现", "Cases of workers per hour of patrol"),
    ("per_km", pa.float64(), "1/km", "每巡查公里发现", "Cases of workers per kilometre of patrol"),
    ("worker_share", pa.float64(), "0..1", "网格员上报占比", "n_by_workers / n_found"),
    ("reading", pa.string(), "", "判读", "What it says in words"),
    ("need_share", pa.float64(), "", "需求占比", "Share (0..1) of the town's cases by others"),
    ("patrol_share", pa.float64(), "", "巡查时间占比", "Share (0..1) of the town's hours of patrol"),
    ("gap", pa.float64(), "", "差距", "patrol_share - need_share: below 0 = less patrol than need"),
    ("move_h", pa.float64(), "h", "应增减小时", "Hours of patrol more (or fewer) that its need asks for"),
    (
        "n_checked",
        pa.int64(),
        "count",
        "可核对",
        "Of them: with coordinates, while somebody's tracks of that time are kept",
    ),
    ("n_missed", pa.int64(), "count", "巡过未报", "Of them: somebody on patrol came by within the window before"),
    ("missed_share", pa.float64(), "0..1", "巡过未报占比", "n_missed / n_checked"),
    ("passed_at", _INSTANT, "UTC", "最近经过", "When somebody last came by such a place"),
    ("worker", _CODED, "", "网格员(假名)", "Worker, a pseudonym"),
    ("finding", pa.string(), "", "情形", "What was found"),
    ("finding_zh", pa.string(), "", "情形名称", "Its Chinese name"),
    ("finding_en", pa.string(), "", "情形英文名", "Its English name"),
    ("n_people", pa.int64(), "count", "涉及人数", "People it was found of"),
    ("n_strict", pa.int64(), "count", "从严仍成立", "Of them: found at twice as strict a threshold too"),
    ("n_days_out", pa.int64(), "count", "巡查日数", "Days on which they were on the way"),
    ("measured", pa.float64(), "", "量值(中位数)", "Its measure, the median"),
    ("first_found_on", pa.date32(), "", "首日", "First day"),
    ("last_found_on", pa.date32(), "", "末日", "Last day"),
    ("evidence", pa.list_(pa.string()), "", "证据", "Where to look: begins of sessions, case numbers, days"),
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

FIXES: Final = (
    "row_no", "device", "person", "at", "lon", "lat", "accuracy_m", "speed_mps", "n_satellites", "mode",
)  # fmt: skip
"""One fix of a device, read and checked: where it was (WGS84) when. Vertices of one line have one row_no."""


def arrow_schema(names: tuple[str, ...]) -> pa.Schema:
    """The Arrow schema of a frame."""
    return pa.schema([(name, COLUMNS[name].type) for name in names])


TERMS: Final[Mapping[str, Mapping[str, Term]]] = {
    "state": STATES, "stage": NODES, "track": TRACKS, "light": LIGHTS, "channel": CHANNELS,
    "place_status": PLACE_STATUS, "status": RUN_STATUS, "kind": {**GRID_KINDS, **LOAD_KINDS}, "rating": RATINGS,
    "next_step": NEXT_STEPS, "next_by": NEXT_BY, "section": SECTIONS, "item": FIGURES, "of": FIGURES, "name": MATTERS,
    "mode": MODES, "reading": READINGS,
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
    if name == "standing" or name.endswith("_standing"):
        return standing(value, lang, in_part=in_part)
    return label(value, lang, TERMS.get(name, {}))
