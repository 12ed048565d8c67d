"""The data dictionary of the frames that cross rooms: each column once, with its type, its unit and what it means.

A frame is a list of columns; what one row is stands beside it. Names carry units: `_at` instant (UTC), `_on` local day,
`n_` count, `_m2`, `_km2`, `_h`, `_share` 0..1, `_per_1k` per thousand residents; geometry is always `geom` (EPSG:4326).
"""

from dataclasses import dataclass
from typing import Final

import pyarrow as pa


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
    ("n_net", pa.int64(), "count", "净增", "Reported minus closed"),
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


def heading(name: str, lang: str) -> str:
    """What stands over a column in a table for people; the name itself when it is not in the dictionary."""
    column = COLUMNS.get(name)
    return name if column is None else column.zh if lang == "zh" else column.en
