"""The field's words: codes with their Chinese and English labels. Codes are neutral, labels are for people.

Two live systems swap 核实 (verifying, before filing) and 核查 (checking, after handling); the codes here never do.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from babel.messages.pofile import read_po

from gridgov.errors import QuestionError
from gridgov.resources import resource

Lang = Literal["zh", "en"]


def language(code: str) -> Lang:
    """A language of ours by its code. Raises QuestionError.

    >>> language("en")
    'en'
    """
    if code == "zh":
        return "zh"
    if code == "en":
        return "en"
    raise QuestionError(f"Words and headings are in zh and en, not in '{code}'.")


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
    ("grown", "增多(已扣除巡查因素)", "grown, patrols taken out"),
    ("only_patrol", "随巡查增多", "grown only as patrols did"),
    ("only_workers", "仅网格员上报增多", "grown only in what workers report"),
    ("fallen", "减少(已扣除巡查因素)", "fallen, patrols taken out"),
    ("less_patrol", "随巡查减少", "fallen only as patrols did"),
    ("steady", "无明显变化", "no clear change"),
    ("few", "件数过少", "too few to tell"),
)
"""What effort, need_gap and growth say of a grid."""

OUTLOOKS: Final = _terms(
    ("more", "预计增多", "more to come"),
    ("fewer", "预计减少", "fewer to come"),
    ("alike", "与上周相近", "like last week"),
)
"""What a forecast says beside the week before: its count lies below the bounds, above them, or within."""

CHANGES: Final = _terms(
    ("new", "新出现", "new"),
    ("growing", "加剧", "growing"),
    ("lasting", "持续", "lasting"),
    ("easing", "减弱", "easing"),
    ("faded", "已消退", "faded"),
)
"""What becomes of a hotspot in the last weeks, beside those before."""

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

DUE_PARTS: Final = _terms(
    ("on_time", "按期结案", "closed on time"),
    ("late_closed", "逾期结案", "closed late"),
    ("overdue_open", "逾期未结", "late and open"),
    ("suspended", "挂账", "suspended"),
    ("exempt", "免责", "exempt"),
    ("put_off", "缓办", "put off"),
)
"""What became of a case that was due in a period; who is put off is not among the due."""
REPLIES: Final = _terms(
    ("cleared", "销号", "cleared"),
    ("overdue", "逾期未复", "overdue"),
    ("waiting", "在办未逾期", "waiting"),
    ("after_end", "结案后批示", "after the end"),
)
"""What became of a supervised case."""

PROMPTS: Final = _terms(
    ("urged", "催办", "urged"),
    ("yellow_card", "黄牌", "yellow card"),
    ("red_card", "红牌", "red card"),
    ("instructed", "领导批示", "leader's instruction"),
)
"""How cases are supervised."""

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

RELATIONS: Final = _terms(
    ("duplicate", "重复上报", "duplicate report"),
    ("same_kind", "同类", "same kind"),
    ("other", "其他", "other"),
)
"""What another case at the place of a case is to it: a report of the same problem, one of the same subcategory, any other."""

CLOCKS: Final = _terms(
    ("not_yet", "计时尚未开始", "the clock has not started yet"),
    ("starts", "计时自此开始", "the clock starts here"),
    ("runs", "计时照常", "the clock runs on"),
    ("stands", "停表,恢复时归还剩余时间", "the clock stands; what is left is given back when the case is resumed"),
    ("resumes", "恢复计时,剩余时间照旧", "the clock goes on with what was left"),
    ("stops", "责任单位的计时到此为止,返工后继续", "the clock of the unit stops; it goes on after rework"),
    ("runs_again", "责任单位的计时继续", "the clock of the unit goes on"),
    ("new_deadline", "延期:换成新的时限", "extended: a new deadline takes the place of the old"),
    ("anew", "重启:重新计时,时限另定", "reopened: a new clock with a new limit"),
    ("old_again", "重启:原时限继续有效", "reopened: the old deadline holds"),
    ("ends", "计时结束", "the clock ends"),
    ("over", "计时已结束", "the clock has ended"),
)
"""What a step of a case does to its clock, by the rules of the clocks (data/rules)."""

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
    ("cleaning", "保洁单位", "cleaning contractor"),
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

FRESHNESS: Final = _terms(
    ("failing", "导入失败", "failing"),
    ("stopped", "停更", "stopped"),
    ("late", "晚到", "late"),
    ("few", "记录太少", "too few to tell"),
    ("fresh", "正常", "fresh"),
    ("list", "名录", "list"),
)
"""How a connected system delivers, what wants a look first; a list comes when it changes and is not judged."""

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


@lru_cache(maxsize=1)
def words() -> Mapping[str, Term]:
    """The words of screens and headings, by code: the gettext catalogues data/locale/<language>/LC_MESSAGES/gridgov.po."""
    said = {}
    for lang in ("zh", "en"):
        with resource("data", "locale", lang, "LC_MESSAGES", "gridgov.po").open("rb") as file:
            said[lang] = {str(m.id): str(m.string) for m in read_po(file, locale=lang, abort_invalid=True) if m.id}
    return {code: Term(code, said["zh"].get(code, code), english) for code, english in said["en"].items()}


def label(code: str, lang: Lang, among: Mapping[str, Term] | None = None) -> str:
    """The label of a code; the code itself when nobody has named it.

    >>> label("closed", "zh", STATES), label("Pothole", "en", STATES)
    ('结案', 'Pothole')
    """
    term = (words() if among is None else among).get(code)
    return term.label(lang) if term else code


def standing(code: str, lang: Lang, *, in_part: bool = False) -> str:
    """A standing in plain words; `in_part` = among the groups of a part of the town, not of all of it.

    >>> standing("far_above", "zh"), standing("usual", "en", in_part=True), standing("few", "zh")
    ('明显高于全镇', 'like the whole of it', '样本不足')
    """
    if lang == "zh":
        return label(code, lang, STANDINGS).format("本范围" if in_part else "全镇")
    return label(code, lang, STANDINGS).format("the whole of it" if in_part else "the town as a whole")
