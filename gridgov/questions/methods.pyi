"""Made by `python -m gridgov.questions.signatures`: what each question takes and gives."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from gridgov.questions.rows import Places, Rows

class Questions:
    """The questions as methods."""

    def ageing(
        self,
        *,
        by: str | Sequence[str] | None = None,
        scope: str | None = None,
        as_of: date | datetime | str | None = None,
        known_at: date | datetime | str | None = None,
        during: str | tuple[str, date | str] | None = None,
        compare: str | None = None,
        per: str | None = None,
        where: Mapping[str, Any] | None = None,
        layer: str | None = None,
        recast: bool = False,
    ) -> Rows | Places:
        """在办时长 · Ageing (ageing, v1).

        as_of 时在办案件按上报至 as_of 的工作日数分段,其中超期的另按时限至 as_of 的工作日数分段:不足 1、1 至 3、3 至
        5、5 至 10、10 至 20、20 个工作日以上(含下限不含上限);工作日按本地日历(节假日、调休、
        上下班时间以计时规则为准),一个工作日 = 规则所定的工作小时;最久、中位同此

        cases open at as_of in bands of the working days from the report to as_of, the overdue also of those from the
        deadline to as_of: less than 1, 1 to 3, 3 to 5, 5 to 10, 10 to 20, 20 or more (the lower limit belongs to a
        band, the upper does not); working days of the town's calendar (holidays, make-up days and hours as the rules
        of the clocks say), a day having the working hours of the rules; oldest and median likewise

            by        what to count by: a level of grids (village, grid ...), unit, category, channel ...; flow: day,
                      week, month
            scope     code of a grid: it and all below; None = the whole town
            where     filters: {"channel": "12345热线", "unit": [...], "urgent": True, "category": None (= not given)}
            as_of     a statistical day (its end) or an instant; None = the last day the data tells of
            known_at  likewise: the answer as the loads finished by then would give it; None = all loads
            layer     layer of grids; None = the base layer, or the one that has the level asked by
            recast    place every case in the version of the grids valid at as_of, whatever was valid when it was
                      reported
            during    a statistical period: "month" = the last full one at as_of, "month:2026-10-15" = the one that
                      holds the day; day, week, month, quarter, year. A question of an instant is asked at its end
            compare   "previous" (环比), "year_before" (同比) or "both": the neighbour periods beside each count and
                      rate
            per       an exposure of the grids asked by, such as "residents" or "road_km": counts beside it per so
                      much of it
                      (by: levels of grids, category, subcategory, unit, line, channel, source, track, urgent,
                      duplicate, place, place_status, state, stage, light)

        Gives one row a group, with these columns besides those asked by:
            n_open                 [count] 在办 · Open cases at as_of
            n_age_0_1              [count] 上报不足1个工作日 · Open cases reported less than 1 working day ago
            n_age_1_3              [count] 上报1至3个工作日 · Open cases reported 1 to 3 working days ago
            n_age_3_5              [count] 上报3至5个工作日 · Open cases reported 3 to 5 working days ago
            n_age_5_10             [count] 上报5至10个工作日 · Open cases reported 5 to 10 working days ago
            n_age_10_20            [count] 上报10至20个工作日 · Open cases reported 10 to 20 working days ago
            n_age_20_up            [count] 上报20个工作日以上 · Open cases reported 20 working days or more ago
            oldest_at              [UTC] 最早上报 · Report time of the oldest open case
            oldest_age_work_days   [working days] 最久(工作日) · Working days since the oldest report
            median_age_work_days   [working days] 中位(工作日) · Median working days since the report
            n_overdue              [count] 超期 · Open cases whose deadline has passed at as_of
            n_late_0_1             [count] 超期不足1个工作日 · Overdue cases less than 1 working day past the deadline
            n_late_1_3             [count] 超期1至3个工作日 · Overdue cases 1 to 3 working days past the deadline
            n_late_3_5             [count] 超期3至5个工作日 · Overdue cases 3 to 5 working days past the deadline
            n_late_5_10            [count] 超期5至10个工作日 · Overdue cases 5 to 10 working days past the deadline
            n_late_10_20           [count] 超期10至20个工作日 · Overdue cases 10 to 20 working days past the deadline
            n_late_20_up           [count] 超期20个工作日以上 · Overdue cases 20 working days or more past the
                                   deadline
            worst_due_at           [UTC] 最早已过时限 · Earliest deadline that has passed
            worst_late_work_days   [working days] 超期最久(工作日) · Most working days past a deadline
            median_late_work_days  [working days] 超期中位(工作日) · Median working days past the deadline

        没有在办案件的网格各段为 0,最久、中位为空;没有超期时超期的最久、中位为空;偶数件的中位取中间两件的较小者 · a
        grid without open cases has 0 in every band and no oldest and median; where nothing is overdue those of the
        overdue are null; the median of an even number is the smaller of the two in the middle

        A GeoDataFrame (geometry `geom`, EPSG:4326) where rows are places, else a DataFrame; instants are UTC. It has .plot(),
        .explore(), .units, .definition(), .answer; `.attrs` holds as_of, units, CRS and definition.
        Raises QuestionError, UnknownScope, StoreError.
        """

    def at_risk(
        self,
        *,
        scope: str | None = None,
        as_of: date | datetime | str | None = None,
        known_at: date | datetime | str | None = None,
        where: Mapping[str, Any] | None = None,
        layer: str | None = None,
        recast: bool = False,
        search: str | None = None,
        sort: str | Sequence[str] | None = None,
        limit: int | None = None,
        offset: int = 0,
    ) -> Rows | Places:
        """将到期清单 · About to be late (at_risk, v2).

        as_of 时在办、计时未停、已用时限 80% 以上(以计时规则为准)且未过时限的案件,时限最近的在前;剩余 = as_of
        至时限的小时数与工作小时数(按本地日历);下一步由所处环节推定,由谁办:派遣、核实、核查、结案由指挥中心,签收、
        处置(及不经派遣的受理)由责任单位,没有责任单位的处置由上报人

        cases open at as_of whose clock runs, of whose time 80 % or more is used (as the rules of the clocks say) and
        whose deadline has not passed, the soonest deadline first; left = hours and working hours (of the town's
        calendar) from as_of to the deadline; the next step follows from the node the case waits in; it is the
        centre's turn to dispatch, verify, check and close, the unit's to sign and handle (and to accept what is not
        dispatched), the reporter's to handle where no unit answers

            scope     code of a grid: it and all below; None = the whole town
            where     filters: {"channel": "12345热线", "unit": [...], "urgent": True, "category": None (= not given)}
            as_of     a statistical day (its end) or an instant; None = the last day the data tells of
            known_at  likewise: the answer as the loads finished by then would give it; None = all loads
            search    of lists; sort "-due_at" is downwards
            sort      of lists; sort "-due_at" is downwards
            limit     of lists; sort "-due_at" is downwards
            offset    of lists; sort "-due_at" is downwards
            layer     layer of grids; None = the base layer, or the one that has the level asked by
            recast    place every case in the version of the grids valid at as_of, whatever was valid when it was
                      reported

        Gives a list, with these columns besides those asked by:
            case_no      [-] 案号 · Case number of the source
            due_at       [UTC] 时限 · Deadline
            left_h       [h] 剩余(小时) · Hours to the deadline; negative = past it
            left_work_h  [working hours] 剩余(工作小时) · Working hours to the deadline; negative = past it
            unit         [-] 责任单位 · Responsible unit
            next_step    [-] 下一步 · What the case waits for
            next_by      [-] 由谁办 · Whose turn it is: centre, unit or reporter
            stage        [-] 节点 · Node the case entered, of the rules of the clocks
            light        [-] 灯 · Light of an open case: green, yellow, red, deep_red, grey
            subcategory  [-] 小类 · Subcategory
            grid_name    [-] 网格 · Name of the grid
            address      [-] 地址 · Address

        没有时为空表 · none give no rows

        A GeoDataFrame (geometry `geom`, EPSG:4326) where rows are places, else a DataFrame; instants are UTC. It has .plot(),
        .explore(), .units, .definition(), .answer; `.attrs` holds as_of, units, CRS and definition.
        Raises QuestionError, UnknownScope, StoreError.
        """

    def attendance(
        self,
        *,
        by: str | Sequence[str] | None = None,
        scope: str | None = None,
        as_of: date | datetime | str | None = None,
        since: date | str | None = None,
        until: date | str | None = None,
        during: str | tuple[str, date | str] | None = None,
        layer: str | None = None,
        limit: int | None = None,
        offset: int = 0,
    ) -> Rows | Places:
        """出勤(须启用) · Attendance (opt-in) (attendance, v1).

        网格当日第一个与最后一个定位点的时间、有信号的分钟;数据可用率 = 有信号的分钟 ÷
        应有信号的分钟(加上设备中途不超过 2 小时的沉默)

        when the first and the last position of the day came from a grid, minutes with a signal; data availability =
        minutes with a signal / minutes in which there should be one (with the silences of a device in between, up to
        2 h each)

            by      what to count by: a level of grids (village, grid ...), unit, category, channel ...; flow: day,
                    week, month
            scope   code of a grid: it and all below; None = the whole town
            as_of   a statistical day (its end) or an instant; None = the last day the data tells of
            since   statistical days, both inclusive
            until   statistical days, both inclusive
            limit   of lists; sort "-due_at" is downwards
            offset  of lists; sort "-due_at" is downwards
            layer   layer of grids; None = the base layer, or the one that has the level asked by
            during  a statistical period: "month" = the last full one at as_of, "month:2026-10-15" = the one that
                    holds the day; day, week, month, quarter, year. A question of an instant is asked at its end
                    (by: levels of grids)

        Gives a list, with these columns besides those asked by:
            day_on        [-] 统计日 · Statistical day
            grid_code     [-] 网格代码 · Code of the grid
            first_at      [UTC] 首报时间 · When the problem was first reported
            last_at       [UTC] 末报时间 · When the trouble was last reported
            minutes       [minutes] 巡查时长(分钟) · Minutes on patrol
            expected_min  [minutes] 应有信号(分钟) · Minutes in which there should be a signal
            data_share    [0..1] 数据可用率 · minutes / expected_min: a silence is a lack of data, not of work
            n_sessions    [count] 巡查记录数 · Sessions, each in the grid with most of its time

        未启用时没有行并说明;没有信号不等于没有出勤 · no rows where the town has not opted in, and the answer says so;
        no signal does not mean that nobody was there

        A GeoDataFrame (geometry `geom`, EPSG:4326) where rows are places, else a DataFrame; instants are UTC. It has .plot(),
        .explore(), .units, .definition(), .answer; `.attrs` holds as_of, units, CRS and definition.
        Raises QuestionError, UnknownScope, StoreError.
        """

    def backlog(
        self,
        *,
        by: str | Sequence[str] | None = None,
        scope: str | None = None,
        as_of: date | datetime | str | None = None,
        known_at: date | datetime | str | None = None,
        during: str | tuple[str, date | str] | None = None,
        compare: str | None = None,
        per: str | None = None,
        where: Mapping[str, Any] | None = None,
        layer: str | None = None,
        recast: bool = False,
    ) -> Rows | Places:
        """在办案件 · Open cases (backlog, v3).

        截至 as_of 已上报、其时尚未结案的案件数(由案件台账推定:结案后又重启的,其间不算在办);红灯即超期 = 时限不晚于
        as_of(只给日期的时限至当日结束)且计时未停;黄灯 = 剩余时间不足三分之一;将到期 n_at_risk = 已用时限 80%
        以上且未超期(三分之一与 80% 以计时规则为准);灰灯 = 挂账、缓办或没有时限;绿灯 = 其余;超期占比 = 超期 ÷ 有时限

        cases reported at or before as_of and not closed then, by their ledger (one that was closed and reopened is
        not open in between); red, which is overdue = the deadline is not after as_of (one given as a date ends with
        that day) and the clock is not stopped; yellow = less than a third of the time is left; n_at_risk = 80 % or
        more of the time used and not overdue (a third and 80 % as the rules of the clocks say); grey = suspended, put
        off or without deadline; green = the rest; overdue_share = overdue / with a deadline

            by        what to count by: a level of grids (village, grid ...), unit, category, channel ...; flow: day,
                      week, month
            scope     code of a grid: it and all below; None = the whole town
            where     filters: {"channel": "12345热线", "unit": [...], "urgent": True, "category": None (= not given)}
            as_of     a statistical day (its end) or an instant; None = the last day the data tells of
            known_at  likewise: the answer as the loads finished by then would give it; None = all loads
            layer     layer of grids; None = the base layer, or the one that has the level asked by
            recast    place every case in the version of the grids valid at as_of, whatever was valid when it was
                      reported
            during    a statistical period: "month" = the last full one at as_of, "month:2026-10-15" = the one that
                      holds the day; day, week, month, quarter, year. A question of an instant is asked at its end
            compare   "previous" (环比), "year_before" (同比) or "both": the neighbour periods beside each count and
                      rate
            per       an exposure of the grids asked by, such as "residents" or "road_km": counts beside it per so
                      much of it
                      (by: levels of grids, category, subcategory, unit, line, channel, source, track, urgent,
                      duplicate, place, place_status, state, stage)

        Gives one row a group, with these columns besides those asked by:
            n_open           [count] 在办 · Open cases at as_of
            n_with_deadline  [count] 有时限 · Open cases that have a deadline
            n_overdue        [count] 超期 · Open cases whose deadline has passed at as_of
            n_at_risk        [count] 将到期 · Open cases with 80 % of their time used (as the rules say), not overdue
            n_red            [count] 红灯 · Open cases that are overdue
            n_yellow         [count] 黄灯 · Open cases with little of their time left
            n_green          [count] 绿灯 · Open cases with time left
            n_grey           [count] 灰灯 · Open cases whose clock is stopped, or without deadline
            overdue_share    [0..1] 超期占比 · n_overdue / n_with_deadline
            oldest_at        [UTC] 最早上报 · Report time of the oldest open case

        没有在办案件的网格为 0;没有时限信息时 n_with_deadline 为 0 · a grid without open cases is 0; where no
        deadlines are known n_with_deadline is 0

        A GeoDataFrame (geometry `geom`, EPSG:4326) where rows are places, else a DataFrame; instants are UTC. It has .plot(),
        .explore(), .units, .definition(), .answer; `.attrs` holds as_of, units, CRS and definition.
        Raises QuestionError, UnknownScope, StoreError.
        """

    def backlog_trend(
        self,
        *,
        by: str | Sequence[str] | None = None,
        scope: str | None = None,
        as_of: date | datetime | str | None = None,
        known_at: date | datetime | str | None = None,
        since: date | str | None = None,
        until: date | str | None = None,
        during: str | tuple[str, date | str] | None = None,
        compare: str | None = None,
        per: str | None = None,
        where: Mapping[str, Any] | None = None,
        layer: str | None = None,
        recast: bool = False,
    ) -> Rows | Places:
        """在办走势 · Open cases, day by day (backlog_trend, v2).

        每个周期最后一天结束时的在办案件及其灯色,口径同在办案件(backlog)

        open cases and their lights at the end of the last day of each period, as in backlog

            by        what to count by: a level of grids (village, grid ...), unit, category, channel ...; flow: day,
                      week, month
            scope     code of a grid: it and all below; None = the whole town
            where     filters: {"channel": "12345热线", "unit": [...], "urgent": True, "category": None (= not given)}
            as_of     a statistical day (its end) or an instant; None = the last day the data tells of
            known_at  likewise: the answer as the loads finished by then would give it; None = all loads
            since     statistical days, both inclusive
            until     statistical days, both inclusive
            layer     layer of grids; None = the base layer, or the one that has the level asked by
            recast    place every case in the version of the grids valid at as_of, whatever was valid when it was
                      reported
            during    a statistical period: "month" = the last full one at as_of, "month:2026-10-15" = the one that
                      holds the day; day, week, month, quarter, year. A question of an instant is asked at its end
            compare   "previous" (环比), "year_before" (同比) or "both": the neighbour periods beside each count and
                      rate
            per       an exposure of the grids asked by, such as "residents" or "road_km": counts beside it per so
                      much of it
                      (by: levels of grids, category, subcategory, unit, line, channel, source, track, urgent,
                      duplicate, place, place_status, state, day, week, month, quarter, year)

        Gives one row a group, with these columns besides those asked by:
            period_on        [local day] 周期 · First local day of the period
            n_open           [count] 在办 · Open cases at as_of
            n_with_deadline  [count] 有时限 · Open cases that have a deadline
            n_overdue        [count] 超期 · Open cases whose deadline has passed at as_of
            n_at_risk        [count] 将到期 · Open cases with 80 % of their time used (as the rules say), not overdue
            n_red            [count] 红灯 · Open cases that are overdue
            n_yellow         [count] 黄灯 · Open cases with little of their time left
            n_green          [count] 绿灯 · Open cases with time left
            n_grey           [count] 灰灯 · Open cases whose clock is stopped, or without deadline
            overdue_share    [0..1] 超期占比 · n_overdue / n_with_deadline

        没有在办案件为 0;从未有过在办案件的组不列出 · 0 where nothing is open; a group that never had an open case has
        no row

        A GeoDataFrame (geometry `geom`, EPSG:4326) where rows are places, else a DataFrame; instants are UTC. It has .plot(),
        .explore(), .units, .definition(), .answer; `.attrs` holds as_of, units, CRS and definition.
        Raises QuestionError, UnknownScope, StoreError.
        """

    def blind_spots(
        self,
        *,
        scope: str | None = None,
        as_of: date | datetime | str | None = None,
        layer: str | None = None,
        days: int | None = None,
        limit: int | None = None,
        offset: int = 0,
    ) -> Rows | Places:
        """巡查盲区 · Blind spots (blind_spots, v1).

        盲区 = 未巡天数达到 days(默认 7)的应巡栅格按边相连而成的片;未巡天数 = 片内任一处最近一次有人到过至 as_of
        的天数

        a blind spot = cells of the land to patrol that were idle for `days` (7) or more and hang together by their
        sides; idle days = since anybody was anywhere in it

            scope   code of a grid: it and all below; None = the whole town
            as_of   a statistical day (its end) or an instant; None = the last day the data tells of
            days    of blind spots: idle for so many days at least; of systems: loads of the last so many days
            limit   of lists; sort "-due_at" is downwards
            offset  of lists; sort "-due_at" is downwards
            layer   layer of grids; None = the base layer, or the one that has the level asked by

        Gives a list, with these columns besides those asked by:
            patch            [-] 盲区编号 · Number of the blind spot, the largest first
            m2               [m2] 面积(m²) · Area
            idle_days        [days] 未巡天数 · Days since anybody was there
            most_idle_days   [days] 最长未巡天数 · Days since the last visit of the cell left alone longest
            never_share      [0..1] 从未巡到比例 · n_never / n_cells
            grid_code        [-] 网格代码 · Code of the grid
            grid_name        [-] 网格 · Name of the grid
            parent_code      [-] 上级代码 · Code of the parent grid
            n_grids_touched  [count] 涉及网格数 · Grids it lies in

        没有轨迹时没有行:什么都不知道,不等于没人到过 · no rows without tracks: nothing is known then, which is not the
        same as nobody came

        A GeoDataFrame (geometry `geom`, EPSG:4326) where rows are places, else a DataFrame; instants are UTC. It has .plot(),
        .explore(), .units, .definition(), .answer; `.attrs` holds as_of, units, CRS and definition.
        Raises QuestionError, UnknownScope, StoreError.
        """

    def bounces(
        self,
        *,
        by: str | Sequence[str] | None = None,
        scope: str | None = None,
        as_of: date | datetime | str | None = None,
        known_at: date | datetime | str | None = None,
        since: date | str | None = None,
        until: date | str | None = None,
        during: str | tuple[str, date | str] | None = None,
        compare: str | None = None,
        per: str | None = None,
        where: Mapping[str, Any] | None = None,
        layer: str | None = None,
        recast: bool = False,
    ) -> Rows | Places:
        """移交次数与首派准确率 · Bounces and first-dispatch accuracy (bounces, v1).

        移交过的比例 = 至少移交一次的案件 ÷ 已派遣案件;来回案件比例 = 有过甲→乙→甲的案件 ÷ 已派遣案件;首派准确率 =
        由首次派遣的单位办结的案件 ÷ 已派遣且已结案的案件;耽误时间 = 各次移交前在原单位的时间合计

        bounced share = cases handed on at least once / dispatched cases; share there and back = cases with A to B to
        A / dispatched cases; first-dispatch accuracy = cases closed with the unit they were first dispatched to /
        dispatched cases that are closed; time lost = time at the unit before, over all handovers

            by        what to count by: a level of grids (village, grid ...), unit, category, channel ...; flow: day,
                      week, month
            scope     code of a grid: it and all below; None = the whole town
            where     filters: {"channel": "12345热线", "unit": [...], "urgent": True, "category": None (= not given)}
            as_of     a statistical day (its end) or an instant; None = the last day the data tells of
            known_at  likewise: the answer as the loads finished by then would give it; None = all loads
            since     statistical days, both inclusive
            until     statistical days, both inclusive
            layer     layer of grids; None = the base layer, or the one that has the level asked by
            recast    place every case in the version of the grids valid at as_of, whatever was valid when it was
                      reported
            during    a statistical period: "month" = the last full one at as_of, "month:2026-10-15" = the one that
                      holds the day; day, week, month, quarter, year. A question of an instant is asked at its end
            compare   "previous" (环比), "year_before" (同比) or "both": the neighbour periods beside each count and
                      rate
            per       an exposure of the grids asked by, such as "residents" or "road_km": counts beside it per so
                      much of it
                      (by: levels of grids, category, subcategory, unit, line, channel, source, track, urgent,
                      duplicate, place, place_status, state, day, week, month, quarter, year)

        Gives one row a group, with these columns besides those asked by:
            n_dispatched      [count] 已派遣 · Cases dispatched by as_of
            n_direct          [count] 未移交 · Of the dispatched: never handed on
            n_once            [count] 移交一次 · Of the dispatched: handed on once
            n_twice           [count] 移交两次 · Of the dispatched: handed on twice
            n_more            [count] 移交三次及以上 · Of the dispatched: handed on three times or more
            n_handovers       [count] 移交次数 · Dispatches to another unit than the dispatch before
            n_aba             [count] 来回次数 · Handovers back to the unit that had just handed it on (A to B to A)
            n_aba_cases       [count] 有来回的案件 · Of the dispatched: with a handover from A to B and back to A
            n_ended           [count] 已结 · Of the cases spoken of: closed by as_of
            n_first_right     [count] 首派准确 · Of those closed: with the unit they were first dispatched to
            bounced_share     [0..1] 移交过的比例 · Share of the dispatched that was handed on
            aba_case_share    [0..1] 来回案件比例 · n_aba_cases / n_dispatched
            first_right_rate  [0..1] 首派准确率 · n_first_right / n_ended
            lost_h            [h] 耽误时间(小时) · Hours from the dispatch before to the handover
            lost_work_h       [working hours] 耽误时间(工作小时) · Working hours from the dispatch before to the
                              handover

        没有已派遣(或已结)案件时各率为空 · null where nothing was dispatched, or closed

        A GeoDataFrame (geometry `geom`, EPSG:4326) where rows are places, else a DataFrame; instants are UTC. It has .plot(),
        .explore(), .units, .definition(), .answer; `.attrs` holds as_of, units, CRS and definition.
        Raises QuestionError, UnknownScope, StoreError.
        """

    def bulletin(
        self,
        *,
        by: str | Sequence[str] | None = None,
        scope: str | None = None,
        as_of: date | datetime | str | None = None,
        known_at: date | datetime | str | None = None,
        since: date | str | None = None,
        until: date | str | None = None,
        during: str | tuple[str, date | str] | None = None,
        compare: str | None = None,
        per: str | None = None,
        where: Mapping[str, Any] | None = None,
        layer: str | None = None,
        recast: bool = False,
        limit: int | None = None,
    ) -> Rows | Places:
        """运行公报 · Monthly bulletin (bulletin, v1).

        数字化城管公报表,一行一数:上报(受理)、自行处置、立案(÷ 上报)、首次派遣(÷ 立案)、应结案、结案(÷ 应结案)、
        按期结案(÷ 应结案)、返工(÷ 应结案)、延期(÷ 应结案);分来源、事件与部件、大类和小类的立案(÷ 立案合计),
        事件与部件另列应结案、结案、按期

        the table of a digital city centre, a figure a row: reported, self-handled, registered (of reported), first
        dispatched (of registered), due, closed (of due), closed on time (of due), reworked (of due), extended (of
        due); registered by channel, events and components, category and subcategory (of all registered), and for
        events and components also due, closed and on time

            by        what to count by: a level of grids (village, grid ...), unit, category, channel ...; flow: day,
                      week, month
            scope     code of a grid: it and all below; None = the whole town
            where     filters: {"channel": "12345热线", "unit": [...], "urgent": True, "category": None (= not given)}
            as_of     a statistical day (its end) or an instant; None = the last day the data tells of
            known_at  likewise: the answer as the loads finished by then would give it; None = all loads
            since     statistical days, both inclusive
            until     statistical days, both inclusive
            layer     layer of grids; None = the base layer, or the one that has the level asked by
            recast    place every case in the version of the grids valid at as_of, whatever was valid when it was
                      reported
            limit     of lists; sort "-due_at" is downwards
            during    a statistical period: "month" = the last full one at as_of, "month:2026-10-15" = the one that
                      holds the day; day, week, month, quarter, year. A question of an instant is asked at its end
            compare   "previous" (环比), "year_before" (同比) or "both": the neighbour periods beside each count and
                      rate
            per       an exposure of the grids asked by, such as "residents" or "road_km": counts beside it per so
                      much of it
                      (by: levels of grids, category, subcategory, unit, line, channel, source, track, urgent,
                      duplicate, place, place_status, state, day, week, month, quarter, year)

        Gives one row a group, with these columns besides those asked by:
            section  [-] 部分 · Part of the table: course, channel, kind, category, subcategory
            name     [-] 名称 · Which channel, kind or category; null in the part course
            item     [-] 项目 · Which figure
            n        [count] 件数 · Cases
            of       [-] 占何数 · The figure it is a share of; null = it stands alone
            n_of     [count] 基数 · Cases it is a share of
            share    [0..1] 占比 · n / n_of

        分母为 0 时比率为空 · a share is null where its denominator is 0

        A GeoDataFrame (geometry `geom`, EPSG:4326) where rows are places, else a DataFrame; instants are UTC. It has .plot(),
        .explore(), .units, .definition(), .answer; `.attrs` holds as_of, units, CRS and definition.
        Raises QuestionError, UnknownScope, StoreError.
        """

    def cases(
        self,
        *,
        scope: str | None = None,
        as_of: date | datetime | str | None = None,
        known_at: date | datetime | str | None = None,
        since: date | str | None = None,
        until: date | str | None = None,
        during: str | tuple[str, date | str] | None = None,
        where: Mapping[str, Any] | None = None,
        layer: str | None = None,
        recast: bool = False,
        case: str | None = None,
        behind: str | None = None,
        search: str | None = None,
        sort: str | Sequence[str] | None = None,
        limit: int | None = None,
        offset: int = 0,
    ) -> Rows | Places:
        """案件清单 · List of cases (cases, v5).

        截至 as_of 已上报的案件,按当时的环节、结案、时限、责任单位、灯列出,均由案件台账推定:结案后又重启的,
        其间为已结案;已结案件的环节为其结案方式(结案、强制结案、不予立案),其后的评价、归档不改变它;剩余 = as_of
        至时限的小时数与工作小时数,已过为负;退回、返工、催办、督办(催办、黄牌、红牌、领导批示)为截至 as_of
        的次数;下一步由所处环节推定,由谁办:派遣、核实、核查、结案由指挥中心,签收、处置(及不经派遣的受理)由责任单位,
        没有责任单位的处置由上报人

        cases reported at or before as_of, each as it was then by its ledger: state, closed or open, deadline, unit,
        light; one that was closed and reopened is closed in between; the state of one that has ended is how it ended
        (closed, force-closed, void), whatever was noted of it since; left = hours and working hours from as_of to the
        deadline, negative when it has passed; returned, rework, urged and prompted (urged, a card or a leader's
        instruction) are counted until as_of; the next step follows from the node the case waits in; it is the
        centre's turn to dispatch, verify, check and close, the unit's to sign and handle (and to accept what is not
        dispatched), the reporter's to handle where no unit answers

            case      number of the one case that is spoken of
            scope     code of a grid: it and all below; None = the whole town
            where     filters: {"channel": "12345热线", "unit": [...], "urgent": True, "category": None (= not given)}
            as_of     a statistical day (its end) or an instant; None = the last day the data tells of
            known_at  likewise: the answer as the loads finished by then would give it; None = all loads
            behind    of the list of cases: the figure whose cases are meant, such as "on_time.n_late_closed"; as many
                      rows as it says
            since     statistical days, both inclusive
            until     statistical days, both inclusive
            search    of lists; sort "-due_at" is downwards
            sort      of lists; sort "-due_at" is downwards
            limit     of lists; sort "-due_at" is downwards
            offset    of lists; sort "-due_at" is downwards
            layer     layer of grids; None = the base layer, or the one that has the level asked by
            recast    place every case in the version of the grids valid at as_of, whatever was valid when it was
                      reported
            during    a statistical period: "month" = the last full one at as_of, "month:2026-10-15" = the one that
                      holds the day; day, week, month, quarter, year. A question of an instant is asked at its end

        Gives a list, with these columns besides those asked by:
            case_no      [-] 案号 · Case number of the source
            reported_at  [UTC] 上报时间 · When the case was reported
            closed_at    [UTC] 结案时间 · When the case was closed
            due_at       [UTC] 时限 · Deadline
            left_work_h  [working hours] 剩余(工作小时) · Working hours to the deadline; negative = past it
            light        [-] 灯 · Light of an open case: green, yellow, red, deep_red, grey
            is_open      [-] 在办 · Open at as_of
            is_overdue   [-] 超期 · Open at as_of with the deadline passed
            state        [-] 环节 · State of the case
            stage        [-] 节点 · Node the case entered, of the rules of the clocks
            next_step    [-] 下一步 · What the case waits for
            next_by      [-] 由谁办 · Whose turn it is: centre, unit or reporter
            category     [-] 大类 · Category
            subcategory  [-] 小类 · Subcategory
            grid_code    [-] 网格代码 · Code of the grid
            unit         [-] 责任单位 · Responsible unit

        没有匹配时为空表;未结案的没有结案时间;已结案、挂账、缓办或没有时限的没有剩余 · no match gives no rows; what is
        open has no closing time; what is closed, suspended, put off or without deadline has nothing left

        A GeoDataFrame (geometry `geom`, EPSG:4326) where rows are places, else a DataFrame; instants are UTC. It has .plot(),
        .explore(), .units, .definition(), .answer; `.attrs` holds as_of, units, CRS and definition.
        Raises QuestionError, UnknownScope, StoreError.
        """

    def checkpoints(
        self,
        *,
        by: str | Sequence[str] | None = None,
        scope: str | None = None,
        as_of: date | datetime | str | None = None,
        since: date | str | None = None,
        until: date | str | None = None,
        during: str | tuple[str, date | str] | None = None,
        compare: str | None = None,
        per: str | None = None,
        layer: str | None = None,
    ) -> Rows | Places:
        """必巡点到位率 · Checkpoints visited (checkpoints, v1).

        到位率 = 到位次数 ÷ 应到次数;到位 = 在必巡点 30 米内停留满 60 秒

        share = visits made / visits due; a visit = 60 s within 30 m of the checkpoint

            by       what to count by: a level of grids (village, grid ...), unit, category, channel ...; flow: day,
                     week, month
            scope    code of a grid: it and all below; None = the whole town
            as_of    a statistical day (its end) or an instant; None = the last day the data tells of
            since    statistical days, both inclusive
            until    statistical days, both inclusive
            layer    layer of grids; None = the base layer, or the one that has the level asked by
            during   a statistical period: "month" = the last full one at as_of, "month:2026-10-15" = the one that
                     holds the day; day, week, month, quarter, year. A question of an instant is asked at its end
            compare  "previous" (环比), "year_before" (同比) or "both": the neighbour periods beside each count and
                     rate
            per      an exposure of the grids asked by, such as "residents" or "road_km": counts beside it per so much
                     of it
                     (by: levels of grids, day, week, month, quarter, year)

        Gives one row a group, with these columns besides those asked by:
            arrived_share  [0..1] 必巡点到位率 · made_visits / due_visits
            made_visits    [visits] 到位次数 · Visits made, up to what is due of each checkpoint and week
            due_visits     [visits] 应到次数 · Visits that the plan wants
            n_checkpoints  [count] 必巡点数 · Checkpoints
            n_arrived      [count] 到位过的点 · Checkpoints visited at least once
            n_unplanned    [count] 未定次数的点 · Checkpoints of which the plan does not say how often

        没有应到次数时为空;未导入计划时全为 0 · null where nothing is due; 0 throughout where no plan is loaded

        A GeoDataFrame (geometry `geom`, EPSG:4326) where rows are places, else a DataFrame; instants are UTC. It has .plot(),
        .explore(), .units, .definition(), .answer; `.attrs` holds as_of, units, CRS and definition.
        Raises QuestionError, UnknownScope, StoreError.
        """

    def checkpoints_missed(
        self,
        *,
        scope: str | None = None,
        as_of: date | datetime | str | None = None,
        since: date | str | None = None,
        until: date | str | None = None,
        during: str | tuple[str, date | str] | None = None,
        layer: str | None = None,
        limit: int | None = None,
        offset: int = 0,
    ) -> Rows | Places:
        """未到位的必巡点 · Checkpoints missed (checkpoints_missed, v1).

        缺次 = 应到次数 - 到位次数,口径同 checkpoints;只列有缺次的点,缺得多的在前

        lacking = visits due - visits made, as in `checkpoints`; only checkpoints that lack some, those that lack most
        first

            scope   code of a grid: it and all below; None = the whole town
            as_of   a statistical day (its end) or an instant; None = the last day the data tells of
            since   statistical days, both inclusive
            until   statistical days, both inclusive
            limit   of lists; sort "-due_at" is downwards
            offset  of lists; sort "-due_at" is downwards
            layer   layer of grids; None = the base layer, or the one that has the level asked by
            during  a statistical period: "month" = the last full one at as_of, "month:2026-10-15" = the one that
                    holds the day; day, week, month, quarter, year. A question of an instant is asked at its end

        Gives a list, with these columns besides those asked by:
            checkpoint       [-] 必巡点编号 · Code of the checkpoint
            checkpoint_name  [-] 必巡点 · Name of the checkpoint
            grid_code        [-] 网格代码 · Code of the grid
            grid_name        [-] 网格 · Name of the grid
            visits_a_week    [visits] 计划每周次数 · Visits a week that the plan wants
            due_visits       [visits] 应到次数 · Visits that the plan wants
            made_visits      [visits] 到位次数 · Visits made, up to what is due of each checkpoint and week
            lacking_visits   [visits] 缺次 · due_visits - made_visits
            last_visit_at    [UTC] 最近到位 · Last visit in the window

        都到位时没有行;期内没有到位过的点最近到位为空 · no rows where all were visited; the last visit is null where
        there was none in the window

        A GeoDataFrame (geometry `geom`, EPSG:4326) where rows are places, else a DataFrame; instants are UTC. It has .plot(),
        .explore(), .units, .definition(), .answer; `.attrs` holds as_of, units, CRS and definition.
        Raises QuestionError, UnknownScope, StoreError.
        """

    def closed_rate(
        self,
        *,
        by: str | Sequence[str] | None = None,
        scope: str | None = None,
        as_of: date | datetime | str | None = None,
        known_at: date | datetime | str | None = None,
        since: date | str | None = None,
        until: date | str | None = None,
        during: str | tuple[str, date | str] | None = None,
        compare: str | None = None,
        per: str | None = None,
        where: Mapping[str, Any] | None = None,
        layer: str | None = None,
        recast: bool = False,
    ) -> Rows | Places:
        """结案率 · Closed rate (closed_rate, v1).

        结案率 = 结案 ÷ 应结案。数字化城管公报的口径(如天门月报:911 ÷ 972 = 93.72%;郑州周报:43523 ÷ 52434 = 83.01%)

        closed rate = closed / due. The definition of the bulletins of digital city centres (Tianmen's month: 911 /
        972 = 93.72 %; Zhengzhou's week: 43,523 / 52,434 = 83.01 %)

            by        what to count by: a level of grids (village, grid ...), unit, category, channel ...; flow: day,
                      week, month
            scope     code of a grid: it and all below; None = the whole town
            where     filters: {"channel": "12345热线", "unit": [...], "urgent": True, "category": None (= not given)}
            as_of     a statistical day (its end) or an instant; None = the last day the data tells of
            known_at  likewise: the answer as the loads finished by then would give it; None = all loads
            since     statistical days, both inclusive
            until     statistical days, both inclusive
            layer     layer of grids; None = the base layer, or the one that has the level asked by
            recast    place every case in the version of the grids valid at as_of, whatever was valid when it was
                      reported
            during    a statistical period: "month" = the last full one at as_of, "month:2026-10-15" = the one that
                      holds the day; day, week, month, quarter, year. A question of an instant is asked at its end
            compare   "previous" (环比), "year_before" (同比) or "both": the neighbour periods beside each count and
                      rate
            per       an exposure of the grids asked by, such as "residents" or "road_km": counts beside it per so
                      much of it
                      (by: levels of grids, category, subcategory, unit, line, channel, source, track, urgent,
                      duplicate, place, place_status, state, day, week, month, quarter, year)

        Gives one row a group, with these columns besides those asked by:
            n_due         [count] 应结案 · Cases whose deadline lies in the period
            n_due_closed  [count] 应结案中已结案 · Of the due: closed, in time or not
            n_put_off     [count] 缓办 · Deadline in the period, but put off and not resumed: not among the due
            closed_rate   [0..1] 结案率 · Closed, on time or not, of the due

        没有应结案时为空 · null where nothing was due

        A GeoDataFrame (geometry `geom`, EPSG:4326) where rows are places, else a DataFrame; instants are UTC. It has .plot(),
        .explore(), .units, .definition(), .answer; `.attrs` holds as_of, units, CRS and definition.
        Raises QuestionError, UnknownScope, StoreError.
        """

    def closing_curve(
        self,
        *,
        by: str | Sequence[str] | None = None,
        scope: str | None = None,
        as_of: date | datetime | str | None = None,
        known_at: date | datetime | str | None = None,
        since: date | str | None = None,
        until: date | str | None = None,
        during: str | tuple[str, date | str] | None = None,
        compare: str | None = None,
        per: str | None = None,
        where: Mapping[str, Any] | None = None,
        layer: str | None = None,
        recast: bool = False,
    ) -> Rows | Places:
        """办结进度曲线 · Closing curve (closing_curve, v1).

        上报后第 t 天(每四分之一天一点,至多 30 天)已办结的比例 = 1 − Kaplan-Meier
        未结比例;仍在办的案件按已观察的时间计入。口径与办结用时(time_to_close)相同

        the share of cases closed t days after their report (a point every quarter of a day, 30 days at most) = 1 -
        Kaplan-Meier; open cases count for as long as they were watched. The same cases as in time_to_close

            by        what to count by: a level of grids (village, grid ...), unit, category, channel ...; flow: day,
                      week, month
            scope     code of a grid: it and all below; None = the whole town
            where     filters: {"channel": "12345热线", "unit": [...], "urgent": True, "category": None (= not given)}
            as_of     a statistical day (its end) or an instant; None = the last day the data tells of
            known_at  likewise: the answer as the loads finished by then would give it; None = all loads
            since     statistical days, both inclusive
            until     statistical days, both inclusive
            layer     layer of grids; None = the base layer, or the one that has the level asked by
            recast    place every case in the version of the grids valid at as_of, whatever was valid when it was
                      reported
            during    a statistical period: "month" = the last full one at as_of, "month:2026-10-15" = the one that
                      holds the day; day, week, month, quarter, year. A question of an instant is asked at its end
            compare   "previous" (环比), "year_before" (同比) or "both": the neighbour periods beside each count and
                      rate
            per       an exposure of the grids asked by, such as "residents" or "road_km": counts beside it per so
                      much of it
                      (by: levels of grids, category, subcategory, unit, line, channel, source, track, urgent,
                      duplicate, place, place_status, state, day, week, month, quarter, year)

        Gives one row a group, with these columns besides those asked by:
            time_days     [days] 上报后天数 · Days since the report
            n_still_open  [count] 仍未结 · Cases not closed before then and still watched
            closed_share  [0..1] 已办结比例 · Share closed by then

        没有案件时为空 · null where there are no cases

        A GeoDataFrame (geometry `geom`, EPSG:4326) where rows are places, else a DataFrame; instants are UTC. It has .plot(),
        .explore(), .units, .definition(), .answer; `.attrs` holds as_of, units, CRS and definition.
        Raises QuestionError, UnknownScope, StoreError.
        """

    def closure_level(
        self,
        *,
        by: str | Sequence[str] | None = None,
        scope: str | None = None,
        as_of: date | datetime | str | None = None,
        known_at: date | datetime | str | None = None,
        since: date | str | None = None,
        until: date | str | None = None,
        during: str | tuple[str, date | str] | None = None,
        compare: str | None = None,
        per: str | None = None,
        where: Mapping[str, Any] | None = None,
        layer: str | None = None,
        recast: bool = False,
    ) -> Rows | Places:
        """办结层级(小事不出格) · Level of closure (closure_level, v1).

        网格层级 = 即办件(网格内当场自行处置);其余按结案时责任单位的类型:村(社区)= 村级;内设机构、执法中队、派驻单位、
        服务单位 = 镇级;职能部门 = 县(市)级;没有责任单位或类型不明的单列。各级比例 = 该级办结 ÷ 办结

        grid = self-handled cases, solved on the spot; the others by the kind of unit that answered when they were
        closed: village = village; body, squad, stationed unit, contractor = town; department = county; without unit
        or of unknown kind apart. share of a level = closed there / closed

            by        what to count by: a level of grids (village, grid ...), unit, category, channel ...; flow: day,
                      week, month
            scope     code of a grid: it and all below; None = the whole town
            where     filters: {"channel": "12345热线", "unit": [...], "urgent": True, "category": None (= not given)}
            as_of     a statistical day (its end) or an instant; None = the last day the data tells of
            known_at  likewise: the answer as the loads finished by then would give it; None = all loads
            since     statistical days, both inclusive
            until     statistical days, both inclusive
            layer     layer of grids; None = the base layer, or the one that has the level asked by
            recast    place every case in the version of the grids valid at as_of, whatever was valid when it was
                      reported
            during    a statistical period: "month" = the last full one at as_of, "month:2026-10-15" = the one that
                      holds the day; day, week, month, quarter, year. A question of an instant is asked at its end
            compare   "previous" (环比), "year_before" (同比) or "both": the neighbour periods beside each count and
                      rate
            per       an exposure of the grids asked by, such as "residents" or "road_km": counts beside it per so
                      much of it
                      (by: levels of grids, category, subcategory, unit, line, channel, source, track, urgent,
                      duplicate, place, place_status, state, day, week, month, quarter, year)

        Gives one row a group, with these columns besides those asked by:
            n_ended           [count] 已结 · Of the cases spoken of: closed by as_of
            n_at_grid         [count] 网格办结 · Closed as self-handled cases
            n_at_village      [count] 村级办结 · Closed with a village
            n_at_town         [count] 镇级办结 · Closed with a body, squad, stationed unit or contractor of the town
            n_at_county       [count] 县(市)级办结 · Closed with a department
            n_at_unknown      [count] 层级不明 · Closed with no unit, or one of unknown kind
            at_grid_share     [0..1] 网格办结比例 · n_at_grid / n_ended
            at_village_share  [0..1] 村级办结比例 · n_at_village / n_ended
            at_town_share     [0..1] 镇级办结比例 · n_at_town / n_ended
            at_county_share   [0..1] 县(市)级办结比例 · n_at_county / n_ended

        没有办结案件时各比例为空 · null where nothing was closed

        A GeoDataFrame (geometry `geom`, EPSG:4326) where rows are places, else a DataFrame; instants are UTC. It has .plot(),
        .explore(), .units, .definition(), .answer; `.attrs` holds as_of, units, CRS and definition.
        Raises QuestionError, UnknownScope, StoreError.
        """

    def course(
        self,
        *,
        scope: str | None = None,
        as_of: date | datetime | str | None = None,
        known_at: date | datetime | str | None = None,
        where: Mapping[str, Any] | None = None,
        case: str | None = None,
    ) -> Rows | Places:
        """案件经过 · Course of a case (course, v2).

        一件案件台账中截至 as_of 仍有效的每一步,按发生先后排列:时间、动作、其后的环节、责任单位、原因、所定时限、证据,
        以及由哪一批数据、自何时起知道。案件进入某个节点的那一步,同时给出该节点的起止、历时(自然小时与工作小时)、
        节点时限(规则 [nodes] 所定的 limit_value、limit_unit;处置的时限是案件自己的)及是否超时;尚在节点中的算到
        as_of。clock = 按规则 [clock] 这一步对计时的作用:开始、照常、停表、恢复、结束等

        every fact of the ledger of one case that stands and happened until as_of, in order: when, what, the state
        after it, unit, reason, the deadline it set, its evidence, and which load told it since when. The step by
        which the case entered a node also carries the clock of that node: from, until, hours and working hours, its
        limit and whether it took longer; a node it is still in counts until as_of; limit_value and limit_unit are
        those of [nodes] in the rules, handling has the limit of the case. clock = what the step does to the clock by
        [clock] of the rules: it starts, runs on, stands, goes on, ends

            case      number of the one case that is spoken of
            scope     code of a grid: it and all below; None = the whole town
            where     filters: {"channel": "12345热线", "unit": [...], "urgent": True, "category": None (= not given)}
            as_of     a statistical day (its end) or an instant; None = the last day the data tells of
            known_at  likewise: the answer as the loads finished by then would give it; None = all loads

        Gives a list, with these columns besides those asked by:
            at              [UTC] 时间 · When it happened
            is_day          [-] 仅有日期 · at came as a date without a time
            event           [-] 动作 · What happened: a code of the process
            event_zh        [-] 动作 · The event in Chinese
            event_en        [-] 动作(英) · The event in English
            basis           [-] 依据 · event = delivered, row = inferred from the row of the case
            state           [-] 环节 · State of the case
            unit            [-] 责任单位 · Responsible unit
            actor_role      [-] 操作人身份 · Role of who did it: reporter, centre, unit, handler, checker ...
            may_make        [-] 有权操作 · The process lets that role make the event; null = no role told
            is_handler      [-] 与处置人同一人 · Made by the person who handled the case; null = unknown
            is_self_closed  [-] 自处自结 · Dispatched case checked or closed by the person who handled it
            reason          [-] 原因 · Why
            due_at          [UTC] 时限 · Deadline
            rating          [-] 评价 · What the citizen said of it
            note            [-] 备注 · Note of the event
            evidence_kind   [-] 证据类型 · photo, video, audio, document or signature
            evidence_hash   [-] 证据摘要 · sha256:... or md5:... of the file, in hex
            evidence        [-] 证据 · Where to look: begins of sessions, case numbers, days
            lon             [degree] 经度 · Longitude, EPSG:4326
            lat             [degree] 纬度 · Latitude, EPSG:4326
            stage           [-] 节点 · Node the case entered, of the rules of the clocks
            entered_at      [UTC] 进入节点 · When it entered the node
            left_at         [UTC] 离开节点 · When it left the node; null = still in it
            stage_h         [h] 节点历时(小时) · Hours in the node
            stage_work_h    [h] 节点历时(工作小时) · Working hours in the node
            stage_due_at    [UTC] 节点时限 · When the limit of the node ends
            is_stage_over   [-] 节点超时 · Left, or still there, after the limit of the node
            limit_value     [-] 环节时限 · How long a case may wait at the node, by the rules
            limit_unit      [-] 时限单位 · What that is counted in: vocabulary.LIMIT_UNITS
            clock           [-] 计时 · What the step does to the clock of the case, by the rules
            run_id          [-] 批次 · Number of the load
            file_name       [-] 文件 · File
            known_since_at  [UTC] 知悉时间 · When the load that told it was finished

        没有这件案件时报错;没有节点时限的,stage_due_at 与 is_stage_over 为空 · an unknown case is an error; where a
        node has no limit, stage_due_at and is_stage_over are null

        A GeoDataFrame (geometry `geom`, EPSG:4326) where rows are places, else a DataFrame; instants are UTC. It has .plot(),
        .explore(), .units, .definition(), .answer; `.attrs` holds as_of, units, CRS and definition.
        Raises QuestionError, UnknownScope, StoreError.
        """

    def coverage(
        self,
        *,
        by: str | Sequence[str] | None = None,
        scope: str | None = None,
        as_of: date | datetime | str | None = None,
        since: date | str | None = None,
        until: date | str | None = None,
        during: str | tuple[str, date | str] | None = None,
        compare: str | None = None,
        per: str | None = None,
        layer: str | None = None,
    ) -> Rows | Places:
        """巡查覆盖率 · Coverage (coverage, v1).

        应巡面积覆盖率 = 周期内任何人到过的应巡面积 ÷ 应巡面积;到过 = 5 米栅格中心距轨迹不超过 30
        米(或本镇规则所定);全域覆盖率 = 到过的面积 ÷ 网格全部面积

        share covered = land to patrol that anybody came near in the window / land to patrol; came near = the centre
        of a cell of 5 m lies within 30 m (or what the town's rules say) of a track; share of all land beside it

            by       what to count by: a level of grids (village, grid ...), unit, category, channel ...; flow: day,
                     week, month
            scope    code of a grid: it and all below; None = the whole town
            as_of    a statistical day (its end) or an instant; None = the last day the data tells of
            since    statistical days, both inclusive
            until    statistical days, both inclusive
            layer    layer of grids; None = the base layer, or the one that has the level asked by
            during   a statistical period: "month" = the last full one at as_of, "month:2026-10-15" = the one that
                     holds the day; day, week, month, quarter, year. A question of an instant is asked at its end
            compare  "previous" (环比), "year_before" (同比) or "both": the neighbour periods beside each count and
                     rate
            per      an exposure of the grids asked by, such as "residents" or "road_km": counts beside it per so much
                     of it
                     (by: levels of grids, day, week, month, quarter, year)

        Gives one row a group, with these columns besides those asked by:
            covered_share  [0..1] 应巡面积覆盖率 · Share of the land to patrol that was covered: covered_m2 / due_m2
            covered_m2     [m2] 已巡应巡面积(m²) · Land to patrol that somebody came near
            due_m2         [m2] 应巡面积(m²) · Land to patrol: roads and built-up land, in cells of 5 m
            land_share     [0..1] 全域覆盖率 · Share of all land that was covered: swept_m2 / land_m2
            swept_m2       [m2] 已巡面积(m²) · Land that somebody came near
            land_m2        [m2] 网格面积(m²) · All land, in cells of 5 m
            minutes        [minutes] 巡查时长(分钟) · Minutes on patrol
            km             [km] 巡查里程(km) · Way on patrol
            n_visits       [count] 巡查次数 · Sessions with a position in the grid, on each day and in each grid they
                           were
            n_days         [count] 有巡查天数 · Days on which it was patrolled, for as many minutes as the rules say

        未导入地图时应巡面积不明,覆盖率为空并说明;应巡面积为 0 时为空;没有巡查的网格为
        0;整个时段早于最早轨迹(known_since)的,情况不明,为空 · without a map the land to patrol is not known: its share
        is null, and the answer says so; null as well where a grid has none; 0 where nobody came; null for a period
        that ends before the tracks begin (known_since): of it nothing is known

        A GeoDataFrame (geometry `geom`, EPSG:4326) where rows are places, else a DataFrame; instants are UTC. It has .plot(),
        .explore(), .units, .definition(), .answer; `.attrs` holds as_of, units, CRS and definition.
        Raises QuestionError, UnknownScope, StoreError.
        """

    def data_availability(
        self,
        *,
        by: str | Sequence[str] | None = None,
        scope: str | None = None,
        as_of: date | datetime | str | None = None,
        since: date | str | None = None,
        until: date | str | None = None,
        during: str | tuple[str, date | str] | None = None,
        compare: str | None = None,
        per: str | None = None,
        layer: str | None = None,
    ) -> Rows | Places:
        """数据可用率 · Availability of data (data_availability, v1).

        数据可用率 = 有信号的分钟 ÷ 应有信号的分钟(加上设备中途不超过 2 小时的沉默)

        data_share = minutes with a signal / minutes in which there should be one (with the silences of a device in
        between, up to 2 hours each)

            by       what to count by: a level of grids (village, grid ...), unit, category, channel ...; flow: day,
                     week, month
            scope    code of a grid: it and all below; None = the whole town
            as_of    a statistical day (its end) or an instant; None = the last day the data tells of
            since    statistical days, both inclusive
            until    statistical days, both inclusive
            layer    layer of grids; None = the base layer, or the one that has the level asked by
            during   a statistical period: "month" = the last full one at as_of, "month:2026-10-15" = the one that
                     holds the day; day, week, month, quarter, year. A question of an instant is asked at its end
            compare  "previous" (环比), "year_before" (同比) or "both": the neighbour periods beside each count and
                     rate
            per      an exposure of the grids asked by, such as "residents" or "road_km": counts beside it per so much
                     of it
                     (by: levels of grids, day, week, month, quarter, year)

        Gives one row a group, with these columns besides those asked by:
            data_share    [0..1] 数据可用率 · minutes / expected_min: a silence is a lack of data, not of work
            minutes       [minutes] 巡查时长(分钟) · Minutes on patrol
            expected_min  [minutes] 应有信号(分钟) · Minutes in which there should be a signal
            n_sessions    [count] 巡查记录数 · Sessions, each in the grid with most of its time

        没有巡查为 0,比例为空 · 0 where nobody was on patrol, the share is null there

        A GeoDataFrame (geometry `geom`, EPSG:4326) where rows are places, else a DataFrame; instants are UTC. It has .plot(),
        .explore(), .units, .definition(), .answer; `.attrs` holds as_of, units, CRS and definition.
        Raises QuestionError, UnknownScope, StoreError.
        """

    def due(
        self,
        *,
        by: str | Sequence[str] | None = None,
        scope: str | None = None,
        as_of: date | datetime | str | None = None,
        known_at: date | datetime | str | None = None,
        during: str | tuple[str, date | str] | None = None,
        compare: str | None = None,
        per: str | None = None,
        where: Mapping[str, Any] | None = None,
        layer: str | None = None,
        recast: bool = False,
    ) -> Rows | Places:
        """到期 · When they are due (due, v1).

        as_of 时在办且计时未停的案件按时限所在的日计数:此前(早已超期)、今日(as_of 所在日,其中已过时限的单列)、明日、
        以后;2 小时内 = 时限在 as_of 之后两小时之内,跨日也计,与今日、明日重叠

        cases open at as_of whose clock runs, by the day of their deadline: before today (long overdue), today (the
        day of as_of; those already past are told apart), tomorrow, later; in 2 h = the deadline lies within two hours
        after as_of, across midnight too, so that it overlaps with today and tomorrow

            by        what to count by: a level of grids (village, grid ...), unit, category, channel ...; flow: day,
                      week, month
            scope     code of a grid: it and all below; None = the whole town
            where     filters: {"channel": "12345热线", "unit": [...], "urgent": True, "category": None (= not given)}
            as_of     a statistical day (its end) or an instant; None = the last day the data tells of
            known_at  likewise: the answer as the loads finished by then would give it; None = all loads
            layer     layer of grids; None = the base layer, or the one that has the level asked by
            recast    place every case in the version of the grids valid at as_of, whatever was valid when it was
                      reported
            during    a statistical period: "month" = the last full one at as_of, "month:2026-10-15" = the one that
                      holds the day; day, week, month, quarter, year. A question of an instant is asked at its end
            compare   "previous" (环比), "year_before" (同比) or "both": the neighbour periods beside each count and
                      rate
            per       an exposure of the grids asked by, such as "residents" or "road_km": counts beside it per so
                      much of it
                      (by: levels of grids, category, subcategory, unit, line, channel, source, track, urgent,
                      duplicate, place, place_status, state, stage, light)

        Gives one row a group, with these columns besides those asked by:
            n_open              [count] 在办 · Open cases at as_of
            n_due_before        [count] 此前到期 · Open cases whose deadline lies before today
            n_due_today         [count] 今日到期 · Open cases whose deadline lies on the day of as_of
            n_due_today_passed  [count] 今日已过时限 · Of those due today: the deadline has passed
            n_due_2h            [count] 2小时内到期 · Open cases whose deadline lies in the next two hours
            n_due_tomorrow      [count] 明日到期 · Open cases whose deadline lies on the day after
            n_due_later         [count] 以后到期 · Open cases whose deadline lies later than that
            n_grey              [count] 灰灯 · Open cases whose clock is stopped, or without deadline

        没有在办案件的网格为 0 · a grid without open cases is 0

        A GeoDataFrame (geometry `geom`, EPSG:4326) where rows are places, else a DataFrame; instants are UTC. It has .plot(),
        .explore(), .units, .definition(), .answer; `.attrs` holds as_of, units, CRS and definition.
        Raises QuestionError, UnknownScope, StoreError.
        """

    def due_cases(
        self,
        *,
        scope: str | None = None,
        as_of: date | datetime | str | None = None,
        known_at: date | datetime | str | None = None,
        since: date | str | None = None,
        until: date | str | None = None,
        during: str | tuple[str, date | str] | None = None,
        where: Mapping[str, Any] | None = None,
        layer: str | None = None,
        recast: bool = False,
        search: str | None = None,
        limit: int | None = None,
        offset: int = 0,
    ) -> Rows | Places:
        """应结案清单 · The due cohort, case by case (due_cases, v1).

        按期结案(on_time)所计应结案的每件案件各一行,part 为其所属部分:按期结案、逾期结案、逾期未结、挂账、
        免责;逾期小时 = 时限至结案(未结的至 as_of);筛选 part 可只列一部分,缓办(put_off)不在应结案内,筛选 part=put_off
        时列出

        the cases that `on_time` counts as due, one row each; part says what became of it: on_time, late_closed,
        overdue_open, suspended, exempt; hours late = from the deadline to the closing, or to as_of while it is open.
        The filter `part` leaves some of them; put_off is not among the due and is listed where it is asked for

            scope     code of a grid: it and all below; None = the whole town
            where     filters: {"channel": "12345热线", "unit": [...], "urgent": True, "category": None (= not given)}
            as_of     a statistical day (its end) or an instant; None = the last day the data tells of
            known_at  likewise: the answer as the loads finished by then would give it; None = all loads
            since     statistical days, both inclusive
            until     statistical days, both inclusive
            search    of lists; sort "-due_at" is downwards
            limit     of lists; sort "-due_at" is downwards
            offset    of lists; sort "-due_at" is downwards
            layer     layer of grids; None = the base layer, or the one that has the level asked by
            recast    place every case in the version of the grids valid at as_of, whatever was valid when it was
                      reported
            during    a statistical period: "month" = the last full one at as_of, "month:2026-10-15" = the one that
                      holds the day; day, week, month, quarter, year. A question of an instant is asked at its end

        Gives a list, with these columns besides those asked by:
            case_no      [-] 案号 · Case number of the source
            due_at       [UTC] 时限 · Deadline
            answered_at  [UTC] 办结时间 · When it was closed, or handled where the handling is judged
            part         [-] 结果 · What became of a case that was due: on time, late, open, suspended, exempt, put
                         off
            late_h       [h] 超期(小时) · Hours past the deadline
            state        [-] 环节 · State of the case
            unit         [-] 责任单位 · Responsible unit
            category     [-] 大类 · Category
            subcategory  [-] 小类 · Subcategory
            grid_code    [-] 网格代码 · Code of the grid
            reported_at  [UTC] 上报时间 · When the case was reported

        没有应结案时没有行;没有逾期的逾期小时为空,未结的结案时间为空 · no rows where nothing was due; what was not
        late has no hours late, what is open no time of closing

        A GeoDataFrame (geometry `geom`, EPSG:4326) where rows are places, else a DataFrame; instants are UTC. It has .plot(),
        .explore(), .units, .definition(), .answer; `.attrs` holds as_of, units, CRS and definition.
        Raises QuestionError, UnknownScope, StoreError.
        """

    def duplicate_clusters(
        self,
        *,
        scope: str | None = None,
        as_of: date | datetime | str | None = None,
        since: date | str | None = None,
        until: date | str | None = None,
        during: str | tuple[str, date | str] | None = None,
        where: Mapping[str, Any] | None = None,
        layer: str | None = None,
        recast: bool = False,
        search: str | None = None,
        limit: int | None = None,
        offset: int = 0,
    ) -> Rows | Places:
        """重复上报的问题清单 · Problems reported more than once (duplicate_clusters, v1).

        每行一个问题:互相重复(见重复上报 duplicates)的上报合为一个问题,以首报为代表,报数多的在前;时长为首报到末报,
        范围为离首报最远一报的距离(都没有坐标时为空)

        one row a problem: reports that duplicate each other (see `duplicates`), told by the first of them, the most
        reports first; span from the first to the last report, radius to the report farthest from the first (null
        without coordinates)

            scope   code of a grid: it and all below; None = the whole town
            where   filters: {"channel": "12345热线", "unit": [...], "urgent": True, "category": None (= not given)}
            as_of   a statistical day (its end) or an instant; None = the last day the data tells of
            since   statistical days, both inclusive
            until   statistical days, both inclusive
            search  of lists; sort "-due_at" is downwards
            limit   of lists; sort "-due_at" is downwards
            offset  of lists; sort "-due_at" is downwards
            layer   layer of grids; None = the base layer, or the one that has the level asked by
            recast  place every case in the version of the grids valid at as_of, whatever was valid when it was
                    reported
            during  a statistical period: "month" = the last full one at as_of, "month:2026-10-15" = the one that
                    holds the day; day, week, month, quarter, year. A question of an instant is asked at its end

        Gives a list, with these columns besides those asked by:
            case_no      [-] 案号 · Case number of the source
            n_reports    [count] 报数 · Reports of one problem, the first included
            n_open       [count] 在办 · Open cases at as_of
            first_at     [UTC] 首报时间 · When the problem was first reported
            last_at      [UTC] 末报时间 · When the trouble was last reported
            span_h       [h] 历时(小时) · From the first report to the last
            radius_m     [m] 范围(米) · From the first report to the one farthest from it
            channels     [-] 各来源 · Where the reports came from
            category     [-] 大类 · Category
            subcategory  [-] 小类 · Subcategory
            address      [-] 地址 · Address
            grid_code    [-] 网格代码 · Code of the grid
            unit         [-] 责任单位 · Responsible unit

        没有时为空表 · no rows where there is none

        A GeoDataFrame (geometry `geom`, EPSG:4326) where rows are places, else a DataFrame; instants are UTC. It has .plot(),
        .explore(), .units, .definition(), .answer; `.attrs` holds as_of, units, CRS and definition.
        Raises QuestionError, UnknownScope, StoreError.
        """

    def duplicates(
        self,
        *,
        by: str | Sequence[str] | None = None,
        scope: str | None = None,
        as_of: date | datetime | str | None = None,
        since: date | str | None = None,
        until: date | str | None = None,
        during: str | tuple[str, date | str] | None = None,
        compare: str | None = None,
        per: str | None = None,
        where: Mapping[str, Any] | None = None,
        layer: str | None = None,
        recast: bool = False,
    ) -> Rows | Places:
        """重复上报 · Duplicate reports (duplicates, v1).

        查出重复率 = 查出的重复 ÷ 上报;来源标记率 = 来源标为重复的 ÷ 上报。查出的重复:24 小时内、50 米内、
        先报的尚未结案时又报的同一问题。同一小类且相距不超过 20 米即是;20 至 50 米还须描述相近(相邻两字组成的字对,
        共有的占两者全部的 0.3 以上);同一大类的不同小类,50 米内描述相近须达 0.5;都没有坐标的,须地址相同、小类相同、
        描述相近。互相重复的算一个问题,首报不算重复

        found share = duplicates found / reported; share said by the source = called a duplicate by it / reported.
        Found: a second report of one trouble within 24 hours and 50 m while the earlier was still open. Of one
        subcategory and at most 20 m apart that is enough; from 20 to 50 m the texts must be alike too (of all pairs
        of neighbouring characters in either text at least 0.3 are in both); of two subcategories of one category,
        within 50 m, at least 0.5; where neither has coordinates, the same address, one subcategory and texts alike.
        Reports tied to each other are one problem, and its first report is no duplicate

            by       what to count by: a level of grids (village, grid ...), unit, category, channel ...; flow: day,
                     week, month
            scope    code of a grid: it and all below; None = the whole town
            where    filters: {"channel": "12345热线", "unit": [...], "urgent": True, "category": None (= not given)}
            as_of    a statistical day (its end) or an instant; None = the last day the data tells of
            since    statistical days, both inclusive
            until    statistical days, both inclusive
            layer    layer of grids; None = the base layer, or the one that has the level asked by
            recast   place every case in the version of the grids valid at as_of, whatever was valid when it was
                     reported
            during   a statistical period: "month" = the last full one at as_of, "month:2026-10-15" = the one that
                     holds the day; day, week, month, quarter, year. A question of an instant is asked at its end
            compare  "previous" (环比), "year_before" (同比) or "both": the neighbour periods beside each count and
                     rate
            per      an exposure of the grids asked by, such as "residents" or "road_km": counts beside it per so much
                     of it
                     (by: levels of grids, category, subcategory, unit, line, channel, source, track, urgent,
                     duplicate, place, place_status, state, day, week, month, quarter, year)

        Gives one row a group, with these columns besides those asked by:
            n_reported        [count] 上报 · Cases reported in the period
            n_found           [count] 件数/日数 · Cases, or days on which it was found
            n_said            [count] 来源标记重复 · Of the reported: called a duplicate by the source
            n_found_and_said  [count] 查出且标记 · Of the reported: both found and called a duplicate
            found_share       [0..1] 查出重复率 · n_found / n_reported
            said_share        [0..1] 来源标记率 · n_said / n_reported

        没有上报时为空 · null where nothing was reported

        A GeoDataFrame (geometry `geom`, EPSG:4326) where rows are places, else a DataFrame; instants are UTC. It has .plot(),
        .explore(), .units, .definition(), .answer; `.attrs` holds as_of, units, CRS and definition.
        Raises QuestionError, UnknownScope, StoreError.
        """

    def effort(
        self,
        *,
        by: str | Sequence[str] | None = None,
        scope: str | None = None,
        as_of: date | datetime | str | None = None,
        since: date | str | None = None,
        until: date | str | None = None,
        during: str | tuple[str, date | str] | None = None,
        where: Mapping[str, Any] | None = None,
    ) -> Rows | Places:
        """发现与巡查投入 · Cases beside the effort of patrols (effort, v1).

        每巡查小时(公里)发现 = 网格员上报 ÷ 巡查小时(公里);网格员上报占比 = 网格员上报 ÷ 全部上报。
        判读:占比高于全镇(95% 偶然范围)且巡查时间占比达他人上报占比 1.5 倍的为「因巡查多而多」,
        占比低于全镇且时间占比不足其三分之二的为「因巡查少而少」

        per hour (km) of patrol = cases of workers / hours (km) of patrol; worker_share = cases of workers / all
        cases. Reading: hot because patrolled = a share above the town's (limits of chance at 95 %) where the share of
        hours is 1.5 times that of what others report; cold because little visited = a share below it where the share
        of hours is less than two thirds of that

            by      what to count by: a level of grids (village, grid ...), unit, category, channel ...; flow: day,
                    week, month
            scope   code of a grid: it and all below; None = the whole town
            where   filters: {"channel": "12345热线", "unit": [...], "urgent": True, "category": None (= not given)}
            as_of   a statistical day (its end) or an instant; None = the last day the data tells of
            since   statistical days, both inclusive
            until   statistical days, both inclusive
            during  a statistical period: "month" = the last full one at as_of, "month:2026-10-15" = the one that
                    holds the day; day, week, month, quarter, year. A question of an instant is asked at its end
                    (by: levels of grids, category, subcategory, unit, line, channel, source, track, urgent,
                    duplicate, place, place_status, state)

        Gives a list, with these columns besides those asked by:
            n_found       [count] 件数/日数 · Cases, or days on which it was found
            n_by_workers  [count] 网格员上报 · Cases that workers reported
            n_by_others   [count] 他人上报 · Cases that others reported: hotline, app, cameras ...
            patrol_h      [h] 巡查小时 · Hours of patrol
            patrol_km     [km] 巡查公里 · Kilometres of patrol
            per_hour      [1/h] 每巡查小时发现 · Cases of workers per hour of patrol
            per_km        [1/km] 每巡查公里发现 · Cases of workers per kilometre of patrol
            worker_share  [0..1] 网格员上报占比 · n_by_workers / n_found
            reading       [-] 判读 · What it says in words

        没有巡查时间的网格每小时、每公里为空 · per hour and per km are null where nobody patrolled

        A GeoDataFrame (geometry `geom`, EPSG:4326) where rows are places, else a DataFrame; instants are UTC. It has .plot(),
        .explore(), .units, .definition(), .answer; `.attrs` holds as_of, units, CRS and definition.
        Raises QuestionError, UnknownScope, StoreError.
        """

    def emerging(
        self,
        *,
        scope: str | None = None,
        as_of: date | datetime | str | None = None,
        where: Mapping[str, Any] | None = None,
        layer: str | None = None,
        recast: bool = False,
        limit: int | None = None,
    ) -> Rows | Places:
        """热点走势(新兴与消退) · Emerging and fading hotspots (emerging, v1).

        把镇域分成边长 200 米的方格,按周求各方格及其相邻方格的 Gi*(Ord & Getis 1995),每周错误发现率 5% 以内为热点。近
        4 周过半为热点即近期热点,此前 22 周有四分之一为热点即此前热点;对这些方格 26 周的 Gi* 与自身件数分别作
        Mann-Kendall 趋势检验,取较确定者(错误发现率 5%)。新出现 = 近期是、此前不是;加剧、减弱、持续 = 都是,趋势上升、
        下降、不明显;已消退 = 此前是、近期不是且趋势下降。相邻且走势相同的方格并为一处,连同与其相邻的方格(即 Gi*
        所指的范围)计数。近 4 周合计另以 1999 次条件置换检验(固定随机种子),其错误发现率见 chance_q

        the town in squares of 200 m; week by week the Gi* of each square with those that touch it (Ord and Getis
        1995), hot at a share of false findings of 5 % in the week. Hot lately = in half of the last 4 weeks, before =
        in a quarter of the 22 before; the Gi* of the 26 weeks of such squares and their own counts are each tested
        for a trend, and the surer tells (Mann-Kendall, 5 % of findings may be false). New = lately, not before;
        growing, easing, lasting = both, with the trend up, down or neither; faded = before, not lately, with the
        trend down. Squares of one change that touch are one hotspot; it is counted with the squares that touch it, of
        which its Gi* speaks. The last 4 weeks together are also tested by 1,999 conditional shuffles of a fixed seed:
        chance_q

            scope   code of a grid: it and all below; None = the whole town
            where   filters: {"channel": "12345热线", "unit": [...], "urgent": True, "category": None (= not given)}
            as_of   a statistical day (its end) or an instant; None = the last day the data tells of
            layer   layer of grids; None = the base layer, or the one that has the level asked by
            recast  place every case in the version of the grids valid at as_of, whatever was valid when it was
                    reported
            limit   of lists; sort "-due_at" is downwards

        Gives a list, with these columns besides those asked by:
            hotspot             [-] 热点 · Number of the hotspot, the one with most open cases first
            change              [-] 走势 · What becomes of the hotspot: new, growing, lasting, easing, faded
            n_lately            [count] 近期上报 · Cases reported in the last weeks, or in the period
            n_lately_by_others  [count] 近期他人上报 · Of them: not by workers
            before_n            [-] 此前同长时段上报 · Cases reported before, in as many days as the last weeks have
            times_before        [-] 为前四期平均的倍数 · So many times the mean of the four periods before
            chance_q            [-] 错误发现率 · Share of false findings at which it is found
            trend_q             [-] 趋势错误发现率 · Share of false findings at which its trend is found
            n_weeks_hot         [count] 成热点周数 · Weeks in which the hotspot's surest square was hot
            n_squares           [count] 方格数 · Squares
            m2                  [m2] 面积(m²) · Area
            subcategory         [-] 小类 · Subcategory
            grid_code           [-] 网格代码 · Code of the grid
            grid_name           [-] 网格 · Name of the grid

        没有热点时没有行;此前没有上报时倍数为空 · no rows where there is none; times is null where nothing was
        reported before

        A GeoDataFrame (geometry `geom`, EPSG:4326) where rows are places, else a DataFrame; instants are UTC. It has .plot(),
        .explore(), .units, .definition(), .answer; `.attrs` holds as_of, units, CRS and definition.
        Raises QuestionError, UnknownScope, StoreError.
        """

    def exposure(
        self,
        *,
        by: str | Sequence[str] | None = None,
        scope: str | None = None,
        as_of: date | datetime | str | None = None,
        during: str | tuple[str, date | str] | None = None,
        compare: str | None = None,
        per: str | None = None,
        layer: str | None = None,
    ) -> Rows | Places:
        """网格基数(人口、户数、道路等) · Exposure (exposure, v1).

        某级各网格的常住人口、户数、企业数、道路里程、建成区、应巡面积:取不晚于 as_of
        的最近一次统计;本级没有统计的网格取下级之和;面积由网格边界在本地投影坐标系中量得。任何按网格计数的问题可用 per
        求每千常住人口、每千户、每千家企业、每公里道路、每平方公里的数

        residents, households, firms, road length, built-up area and area to patrol of the grids of a level: the
        latest count not after as_of; of a grid without a count of its own the sum of its parts; the area is that of
        its polygon in the town's metric CRS. Any question that counts by grids gives its counts per 1,000 residents,
        households or firms, per km of road or per km2 with `per`

            by       what to count by: a level of grids (village, grid ...), unit, category, channel ...; flow: day,
                     week, month
            scope    code of a grid: it and all below; None = the whole town
            as_of    a statistical day (its end) or an instant; None = the last day the data tells of
            layer    layer of grids; None = the base layer, or the one that has the level asked by
            during   a statistical period: "month" = the last full one at as_of, "month:2026-10-15" = the one that
                     holds the day; day, week, month, quarter, year. A question of an instant is asked at its end
            compare  "previous" (环比), "year_before" (同比) or "both": the neighbour periods beside each count and
                     rate
            per      an exposure of the grids asked by, such as "residents" or "road_km": counts beside it per so much
                     of it
                     (by: levels of grids, category, subcategory, unit, line, channel, source, track, urgent,
                     duplicate, place, place_status, state)

        Gives one row a group, with these columns besides those asked by:
            grid_code       [-] 网格代码 · Code of the grid
            grid_name       [-] 网格 · Name of the grid
            parent_code     [-] 上级代码 · Code of the parent grid
            level_code      [-] 层级名 · Name of the level
            area_km2        [km2] 面积(km²) · Area in the town's metric CRS
            residents       [persons] 常住人口 · Residents
            households      [count] 户数 · Households
            firms           [count] 企业数 · Firms
            road_km         [km] 道路(km) · Road length
            built_up_m2     [m2] 建成区(m²) · Built-up area
            patrollable_m2  [m2] 应巡面积(m²) · Area to patrol: roads plus built-up
            counted_on      [local day] 统计日 · Day the exposure was counted
            n_grids         [count] 网格数 · Finest grids below, itself included
            n_uncounted     [count] 未统计网格数 · Of the finest grids: those of which no count is known

        没有统计时为空,不作 0;基数为空或为 0 时,按它折算的数为空 · what is not counted is null, not 0; numbers per an
        exposure that is null or 0 are null

        A GeoDataFrame (geometry `geom`, EPSG:4326) where rows are places, else a DataFrame; instants are UTC. It has .plot(),
        .explore(), .units, .definition(), .answer; `.attrs` holds as_of, units, CRS and definition.
        Raises QuestionError, UnknownScope, StoreError.
        """

    def extensions(
        self,
        *,
        by: str | Sequence[str] | None = None,
        scope: str | None = None,
        as_of: date | datetime | str | None = None,
        known_at: date | datetime | str | None = None,
        since: date | str | None = None,
        until: date | str | None = None,
        during: str | tuple[str, date | str] | None = None,
        compare: str | None = None,
        per: str | None = None,
        where: Mapping[str, Any] | None = None,
        layer: str | None = None,
        recast: bool = False,
    ) -> Rows | Places:
        """延期 · Extensions (extensions, v1).

        延期率 = 周期内获准延期的案件 ÷ 应结案(郑州周报:104 ÷ 52434 = 0.20%);准延率 = 准 ÷ (准 + 不准);临期申请率 =
        时限前 24 小时内的申请 ÷ 申请

        extension rate = cases extended in the period / due (Zhengzhou's week: 104 / 52,434 = 0.20 %); granted rate =
        granted / (granted + refused); asked late = asked for within 24 hours before the deadline / asked for

            by        what to count by: a level of grids (village, grid ...), unit, category, channel ...; flow: day,
                      week, month
            scope     code of a grid: it and all below; None = the whole town
            where     filters: {"channel": "12345热线", "unit": [...], "urgent": True, "category": None (= not given)}
            as_of     a statistical day (its end) or an instant; None = the last day the data tells of
            known_at  likewise: the answer as the loads finished by then would give it; None = all loads
            since     statistical days, both inclusive
            until     statistical days, both inclusive
            layer     layer of grids; None = the base layer, or the one that has the level asked by
            recast    place every case in the version of the grids valid at as_of, whatever was valid when it was
                      reported
            during    a statistical period: "month" = the last full one at as_of, "month:2026-10-15" = the one that
                      holds the day; day, week, month, quarter, year. A question of an instant is asked at its end
            compare   "previous" (环比), "year_before" (同比) or "both": the neighbour periods beside each count and
                      rate
            per       an exposure of the grids asked by, such as "residents" or "road_km": counts beside it per so
                      much of it
                      (by: levels of grids, category, subcategory, unit, line, channel, source, track, urgent,
                      duplicate, place, place_status, state, day, week, month, quarter, year)

        Gives one row a group, with these columns besides those asked by:
            n_asked          [count] 申请延期 · Times an extension was asked for
            n_asked_late     [count] 临期申请 · Times it was asked for within 24 hours before the deadline
            n_granted        [count] 准予延期 · Times an extension was granted
            n_refused        [count] 延期不准 · Times an extension was refused
            n_decided        [count] 延期决定 · Granted and refused
            n_extended       [count] 延期件 · Cases extended in the period
            n_due            [count] 应结案 · Cases whose deadline lies in the period
            granted_rate     [0..1] 准延率 · n_granted / n_decided
            asked_late_rate  [0..1] 临期申请率 · n_asked_late / n_asked
            extension_rate   [0..1] 延期率 · n_extended / n_due

        分母为 0 时为空 · null where the denominator is 0

        A GeoDataFrame (geometry `geom`, EPSG:4326) where rows are places, else a DataFrame; instants are UTC. It has .plot(),
        .explore(), .units, .definition(), .answer; `.attrs` holds as_of, units, CRS and definition.
        Raises QuestionError, UnknownScope, StoreError.
        """

    def flow(
        self,
        *,
        by: str | Sequence[str] | None = None,
        scope: str | None = None,
        as_of: date | datetime | str | None = None,
        known_at: date | datetime | str | None = None,
        since: date | str | None = None,
        until: date | str | None = None,
        during: str | tuple[str, date | str] | None = None,
        compare: str | None = None,
        per: str | None = None,
        where: Mapping[str, Any] | None = None,
        layer: str | None = None,
        recast: bool = False,
    ) -> Rows | Places:
        """进出量 · In and out (flow, v3).

        净增 = 上报 + 重启 − 结案 − 不予立案;按责任单位询问时另加接手、减移交

        net = reported + reopened - closed - void; by responsible unit also plus taken over, minus passed on

            by        what to count by: a level of grids (village, grid ...), unit, category, channel ...; flow: day,
                      week, month
            scope     code of a grid: it and all below; None = the whole town
            where     filters: {"channel": "12345热线", "unit": [...], "urgent": True, "category": None (= not given)}
            as_of     a statistical day (its end) or an instant; None = the last day the data tells of
            known_at  likewise: the answer as the loads finished by then would give it; None = all loads
            since     statistical days, both inclusive
            until     statistical days, both inclusive
            layer     layer of grids; None = the base layer, or the one that has the level asked by
            recast    place every case in the version of the grids valid at as_of, whatever was valid when it was
                      reported
            during    a statistical period: "month" = the last full one at as_of, "month:2026-10-15" = the one that
                      holds the day; day, week, month, quarter, year. A question of an instant is asked at its end
            compare   "previous" (环比), "year_before" (同比) or "both": the neighbour periods beside each count and
                      rate
            per       an exposure of the grids asked by, such as "residents" or "road_km": counts beside it per so
                      much of it
                      (by: levels of grids, category, subcategory, unit, line, channel, source, track, urgent,
                      duplicate, place, place_status, state, day, week, month, quarter, year)

        Gives one row a group, with these columns besides those asked by:
            period_on   [local day] 周期 · First local day of the period
            n_reported  [count] 上报 · Cases reported in the period
            n_reopened  [count] 重启 · Cases reopened in the period
            n_taken     [count] 接手 · Open cases that came to the unit from another, or from the centre
            n_passed    [count] 移交 · Open cases that went from the unit to another, or to the centre
            n_closed    [count] 结案 · Cases closed in the period
            n_voided    [count] 不予立案 · Cases found void in the period
            n_net       [signed count] 净增 · What came in minus what went out

        没有案件的周期为 0 · a period without cases is 0

        A GeoDataFrame (geometry `geom`, EPSG:4326) where rows are places, else a DataFrame; instants are UTC. It has .plot(),
        .explore(), .units, .definition(), .answer; `.attrs` holds as_of, units, CRS and definition.
        Raises QuestionError, UnknownScope, StoreError.
        """

    def forecast(
        self,
        *,
        by: str | Sequence[str] | None = None,
        scope: str | None = None,
        as_of: date | datetime | str | None = None,
        known_at: date | datetime | str | None = None,
        where: Mapping[str, Any] | None = None,
        layer: str | None = None,
        recast: bool = False,
    ) -> Rows | Places:
        """下周预计上报 · Next week's cases (forecast, v1).

        预计 = 近来的水平(按周折扣的泊松—伽马模型,Harvey & Fernandes 1989,越早的周权重越小)×
        下周各日的日型系数(周一至周五、周六、周日、节假日,调休上班按工作日,取全镇近一年);镇、村、
        网格各自预计后按最小二乘调和(Hyndman 等 2011,权重取计数方差),下级之和恰为上级,且不为负。区间为负二项分布,
        把握不低于八成,离散度取此前 26 周的预计误差。近7日上报低于下限为预计增多,高于上限为预计减少

        expected = the level of late (discounted Poisson-gamma model, Harvey and Fernandes 1989: earlier weeks count
        less) times the factors of next week's days (Monday to Friday, Saturday, Sunday, holidays; make-up days as
        working days; of the whole town, of the last year). Each level by itself, then made to agree by least squares
        (Hyndman et al. 2011, with the variance of counts): parts add up to the whole, and none is negative.
        Intervals: negative binomial, with a chance of 80 % at least; its dispersion is that of the errors of the 26
        weeks before. Last week below the bounds = more to come, above them = fewer

            by        what to count by: a level of grids (village, grid ...), unit, category, channel ...; flow: day,
                      week, month
            scope     code of a grid: it and all below; None = the whole town
            where     filters: {"channel": "12345热线", "unit": [...], "urgent": True, "category": None (= not given)}
            as_of     a statistical day (its end) or an instant; None = the last day the data tells of
            known_at  likewise: the answer as the loads finished by then would give it; None = all loads
            layer     layer of grids; None = the base layer, or the one that has the level asked by
            recast    place every case in the version of the grids valid at as_of, whatever was valid when it was
                      reported
                      (by: levels of grids, category, subcategory, unit, line, channel, source, track, urgent,
                      duplicate, place, place_status, state)

        Gives a list, with these columns besides those asked by:
            forecast_n   [-] 下周预计 · Cases expected in the next seven days
            likely_from  [-] 预计下限(80%) · Cases, at least, with a chance of 90 %
            likely_to    [-] 预计上限(80%) · Cases, at most, with a chance of 90 %
            n_last_week  [count] 近7日上报 · Cases reported in the last seven days
            outlook      [-] 趋向 · What last week's count is beside the bounds: more, fewer or alike to come

        从未上报的网格预计为 0 · a grid that never reported anything is expected to report 0

        A GeoDataFrame (geometry `geom`, EPSG:4326) where rows are places, else a DataFrame; instants are UTC. It has .plot(),
        .explore(), .units, .definition(), .answer; `.attrs` holds as_of, units, CRS and definition.
        Raises QuestionError, UnknownScope, StoreError.
        """

    def growth(
        self,
        *,
        by: str | Sequence[str] | None = None,
        scope: str | None = None,
        as_of: date | datetime | str | None = None,
        since: date | str | None = None,
        until: date | str | None = None,
        during: str | tuple[str, date | str] | None = None,
        where: Mapping[str, Any] | None = None,
    ) -> Rows | Places:
        """增减与巡查 · Growth, with patrols taken out (growth, v1).

        应有 = 此前件数 × 全镇变化(网格员上报、他人上报分别计算);按巡查应有 =
        网格员部分再随本网格巡查小时的变化增减(各网格合计不变)。与应有相比按方根尺度检验(Huffman 1984),
        以各网格得分的中位数为准,并按各网格本来的差异放宽(Spiegelhalter 2005),错误发现率 5%(Benjamini & Hochberg
        1995)。扣除巡查后仍增(减)的为增多(减少);只有不扣除时才增(减)、
        且增减有一半以上可由巡查解释的为随巡查增多(减少)。此前巡查不详时:网格员上报超过而他人上报未超过单侧 95%
        界限的,为仅网格员上报增多

        expected = the count before, times what the whole became (cases of workers and of others each by themselves);
        by effort = the workers' part also in proportion to the change of the grid's hours of patrol, with the same
        total. Beside what is expected they are tested on the root scale (Huffman 1984), from the middle of the grids'
        scores, with room for how much they differ anyway (Spiegelhalter 2005), 5 % of findings may be false
        (Benjamini and Hochberg 1995). Grown, fallen = also with patrols taken out; only as patrols did = only with
        patrols left in, and patrols explain half of it or more. Where the patrols before are not known: workers'
        cases beyond and others' within the one-sided limit of chance at 95 % = grown only in what workers report

            by      what to count by: a level of grids (village, grid ...), unit, category, channel ...; flow: day,
                    week, month
            scope   code of a grid: it and all below; None = the whole town
            where   filters: {"channel": "12345热线", "unit": [...], "urgent": True, "category": None (= not given)}
            as_of   a statistical day (its end) or an instant; None = the last day the data tells of
            since   statistical days, both inclusive
            until   statistical days, both inclusive
            during  a statistical period: "month" = the last full one at as_of, "month:2026-10-15" = the one that
                    holds the day; day, week, month, quarter, year. A question of an instant is asked at its end
                    (by: levels of grids, category, subcategory, unit, line, channel, source, track, urgent,
                    duplicate, place, place_status, state)

        Gives a list, with these columns besides those asked by:
            n_lately              [count] 近期上报 · Cases reported in the last weeks, or in the period
            n_lately_by_others    [count] 近期他人上报 · Of them: not by workers
            before_n              [-] 此前同长时段上报 · Cases reported before, in as many days as the last weeks have
            expected_n            [-] 应有件数 · Cases that are expected
            times_expected        [-] 倍数 · So many times what is expected
            chance_q              [-] 错误发现率 · Share of false findings at which it is found
            patrol_h              [h] 巡查小时 · Hours of patrol
            patrol_h_before       [h] 此前同长时段巡查小时 · Hours of patrol before, in as many days
            expected_by_effort_n  [-] 按巡查应有件数 · Cases expected, patrols taken into account
            times_by_effort       [-] 与按巡查应有之比 · So many times what is expected, patrols taken into account
            effort_q              [-] 扣除巡查后错误发现率 · Share of false findings at which it is found, patrols
                                  taken out
            reading               [-] 判读 · What it says in words

        此前没有上报时应有为 0,倍数为空;此前巡查不详时按巡查的各项为空 · where nothing was reported before, 0 is
        expected and times are null; where patrols before are not known, what goes by effort is null

        A GeoDataFrame (geometry `geom`, EPSG:4326) where rows are places, else a DataFrame; instants are UTC. It has .plot(),
        .explore(), .units, .definition(), .answer; `.attrs` holds as_of, units, CRS and definition.
        Raises QuestionError, UnknownScope, StoreError.
        """

    def handed(
        self,
        *,
        scope: str | None = None,
        as_of: date | datetime | str | None = None,
        known_at: date | datetime | str | None = None,
        since: date | str | None = None,
        until: date | str | None = None,
        during: str | tuple[str, date | str] | None = None,
        where: Mapping[str, Any] | None = None,
        layer: str | None = None,
        recast: bool = False,
        search: str | None = None,
        limit: int | None = None,
        offset: int = 0,
    ) -> Rows | Places:
        """移交清单 · Handovers, one by one (handed, v1).

        单位间移交(handover)的每一次各一行:何时由哪个单位改派给哪个单位、其间退回或返工写明的原因、
        耽误时间(上一次派遣到这次改派)、是否来回(交回给刚移出它的单位)

        the handovers that `handover` counts, one row each: when, from which unit to which, the reason told with the
        return or rework in between, the time lost (from the dispatch before to this one), and whether it went back to
        the unit that had just handed it on

            scope     code of a grid: it and all below; None = the whole town
            where     filters: {"channel": "12345热线", "unit": [...], "urgent": True, "category": None (= not given)}
            as_of     a statistical day (its end) or an instant; None = the last day the data tells of
            known_at  likewise: the answer as the loads finished by then would give it; None = all loads
            since     statistical days, both inclusive
            until     statistical days, both inclusive
            search    of lists; sort "-due_at" is downwards
            limit     of lists; sort "-due_at" is downwards
            offset    of lists; sort "-due_at" is downwards
            layer     layer of grids; None = the base layer, or the one that has the level asked by
            recast    place every case in the version of the grids valid at as_of, whatever was valid when it was
                      reported
            during    a statistical period: "month" = the last full one at as_of, "month:2026-10-15" = the one that
                      holds the day; day, week, month, quarter, year. A question of an instant is asked at its end

        Gives a list, with these columns besides those asked by:
            case_no      [-] 案号 · Case number of the source
            handed_at    [UTC] 移交时间 · When it was handed on
            from_unit    [-] 移出单位 · Unit that handed the case on
            to_unit      [-] 接收单位 · Unit it was handed on to
            reason       [-] 原因 · Why
            is_aba       [-] 来回 · Handed back to the unit that had just handed it on
            lost_h       [h] 耽误时间(小时) · Hours from the dispatch before to the handover
            lost_work_h  [working hours] 耽误时间(工作小时) · Working hours from the dispatch before to the handover
            category     [-] 大类 · Category
            subcategory  [-] 小类 · Subcategory
            grid_code    [-] 网格代码 · Code of the grid

        没有移交时没有行;没有写明原因的原因为空 · no rows where nothing was handed over; the reason is null where none
        was told

        A GeoDataFrame (geometry `geom`, EPSG:4326) where rows are places, else a DataFrame; instants are UTC. It has .plot(),
        .explore(), .units, .definition(), .answer; `.attrs` holds as_of, units, CRS and definition.
        Raises QuestionError, UnknownScope, StoreError.
        """

    def handover(
        self,
        *,
        by: str | Sequence[str] | None = None,
        scope: str | None = None,
        as_of: date | datetime | str | None = None,
        known_at: date | datetime | str | None = None,
        since: date | str | None = None,
        until: date | str | None = None,
        during: str | tuple[str, date | str] | None = None,
        compare: str | None = None,
        per: str | None = None,
        where: Mapping[str, Any] | None = None,
        layer: str | None = None,
        recast: bool = False,
    ) -> Rows | Places:
        """单位间移交 · Handovers between units (handover, v1).

        一次移交 = 案件改派给与上一次派遣不同的单位(同一轮办理内;重启后另算一轮)。耽误时间 =
        上一次派遣到这次改派的时间(小时,以及工作小时);来回 n_aba = 又交回给刚移出它的单位(甲→乙→甲);主要原因 =
        其间退回或返工时写明的、最多的原因

        a handover = a dispatch to another unit than the dispatch before (in one round: a reopened case begins a new
        one). time lost = from the dispatch before to this one, in hours and in working hours; there and back (n_aba)
        = to the unit that had just handed it on (A to B to A); main reason = the one told most often with the return
        or rework in between

            by        what to count by: a level of grids (village, grid ...), unit, category, channel ...; flow: day,
                      week, month
            scope     code of a grid: it and all below; None = the whole town
            where     filters: {"channel": "12345热线", "unit": [...], "urgent": True, "category": None (= not given)}
            as_of     a statistical day (its end) or an instant; None = the last day the data tells of
            known_at  likewise: the answer as the loads finished by then would give it; None = all loads
            since     statistical days, both inclusive
            until     statistical days, both inclusive
            layer     layer of grids; None = the base layer, or the one that has the level asked by
            recast    place every case in the version of the grids valid at as_of, whatever was valid when it was
                      reported
            during    a statistical period: "month" = the last full one at as_of, "month:2026-10-15" = the one that
                      holds the day; day, week, month, quarter, year. A question of an instant is asked at its end
            compare   "previous" (环比), "year_before" (同比) or "both": the neighbour periods beside each count and
                      rate
            per       an exposure of the grids asked by, such as "residents" or "road_km": counts beside it per so
                      much of it
                      (by: levels of grids, category, subcategory, unit, line, channel, source, track, urgent,
                      duplicate, place, place_status, state, day, week, month, quarter, year)

        Gives one row a group, with these columns besides those asked by:
            from_unit       [-] 移出单位 · Unit that handed the case on
            to_unit         [-] 接收单位 · Unit it was handed on to
            n_handovers     [count] 移交次数 · Dispatches to another unit than the dispatch before
            n_handed_cases  [count] 移交案件 · Cases handed on between the two; they do not add up over pairs
            n_aba           [count] 来回次数 · Handovers back to the unit that had just handed it on (A to B to A)
            aba_share       [0..1] 来回比例 · n_aba / n_handovers
            lost_h          [h] 耽误时间(小时) · Hours from the dispatch before to the handover
            lost_work_h     [working hours] 耽误时间(工作小时) · Working hours from the dispatch before to the
                            handover
            main_reason     [-] 主要原因 · Reason told most often
            n_main_reason   [count] 主要原因次数 · Handovers with that reason

        没有移交时没有行 · no rows where nothing was handed over

        A GeoDataFrame (geometry `geom`, EPSG:4326) where rows are places, else a DataFrame; instants are UTC. It has .plot(),
        .explore(), .units, .definition(), .answer; `.attrs` holds as_of, units, CRS and definition.
        Raises QuestionError, UnknownScope, StoreError.
        """

    def hierarchy(
        self,
        *,
        scope: str | None = None,
        as_of: date | datetime | str | None = None,
        during: str | tuple[str, date | str] | None = None,
        compare: str | None = None,
        layer: str | None = None,
        recast: bool = False,
    ) -> Rows | Places:
        """网格体系 · Hierarchy of grids (hierarchy, v3).

        as_of 当日有效的各级网格:面积、下级数、人口等基数(不晚于 as_of 的最近一次统计)、
        本级及以下的岗位与缺岗(口径同一长五员配备 roster)、累计上报、在办、超期(口径同在办案件 backlog,
        由案件台账推定);千人在办 = 在办 ÷ 常住人口 × 1000

        the grids valid on the day of as_of: area, children, exposure (latest count not after as_of), posts and vacant
        ones of it and all below (as roster counts them), cases so far, open and overdue (as backlog counts them, by
        the ledger); open per 1,000 = open / residents x 1,000

            scope    code of a grid: it and all below; None = the whole town
            as_of    a statistical day (its end) or an instant; None = the last day the data tells of
            layer    layer of grids; None = the base layer, or the one that has the level asked by
            recast   place every case in the version of the grids valid at as_of, whatever was valid when it was
                     reported
            during   a statistical period: "month" = the last full one at as_of, "month:2026-10-15" = the one that
                     holds the day; day, week, month, quarter, year. A question of an instant is asked at its end
            compare  "previous" (环比), "year_before" (同比) or "both": the neighbour periods beside each count and
                     rate

        Gives one row a group, with these columns besides those asked by:
            grid_code    [-] 网格代码 · Code of the grid
            grid_name    [-] 网格 · Name of the grid
            parent_code  [-] 上级代码 · Code of the parent grid
            level        [-] 层级 · Level in the hierarchy, 0 = the town
            level_code   [-] 层级名 · Name of the level
            kind         [-] 类型 · Kind
            n_children   [count] 下级数 · Grids directly below
            n_grids      [count] 网格数 · Finest grids below, itself included
            area_km2     [km2] 面积(km²) · Area in the town's metric CRS
            residents    [persons] 常住人口 · Residents
            n_posts      [count] 岗位 · Posts that the rosters list
            n_vacant     [count] 缺岗 · Posts that nobody holds
            n_cases      [count] 案件数 · Cases reported until as_of
            n_open       [count] 在办 · Open cases at as_of
            n_overdue    [count] 超期 · Open cases whose deadline has passed at as_of
            open_per_1k  [per 1,000 residents] 千人在办 · Open cases per 1,000 residents

        没有人口数据时千人在办为空;没有当日有效的花名册时岗位、缺岗为空,不作 0 · open per 1,000 is null where
        residents are 0 or unknown; posts are null, not 0, where no roster of that day is known

        A GeoDataFrame (geometry `geom`, EPSG:4326) where rows are places, else a DataFrame; instants are UTC. It has .plot(),
        .explore(), .units, .definition(), .answer; `.attrs` holds as_of, units, CRS and definition.
        Raises QuestionError, UnknownScope, StoreError.
        """

    def hot_issues(
        self,
        *,
        by: str | Sequence[str] | None = None,
        scope: str | None = None,
        as_of: date | datetime | str | None = None,
        since: date | str | None = None,
        until: date | str | None = None,
        during: str | tuple[str, date | str] | None = None,
        where: Mapping[str, Any] | None = None,
        limit: int | None = None,
    ) -> Rows | Places:
        """热点问题 · Hot issues (hot_issues, v2).

        同一小类(及所问层级的同一网格):本期上报与前四个等长周期的平均相比,倍数 = 本期上报 ÷
        前四期平均;若每件等可能落在五期中的任一期,本期有这么多件的概率(二项分布,精确计算)经错误发现率校正后不超过 5%,
        且本期不少于 5 件,为热点(五期合计不足 10 件的不检验)。本期不少于 10 件、半数以上在 150
        米内且半数以上在集中时段的,为聚集。扣除巡查后的倍数 = (他人上报 + 网格员上报 × min(1, 前四期平均巡查小时 ÷
        本期巡查小时)) ÷ 前四期平均:巡查增加的部分扣除,减少的不补。集中时段为件数最多的连续 3 小时(按本地时间);150
        米内为以某一件为圆心最多的件数,地点为该件的地点;同址再报为 50 米内、前四期或本期此前已有同一小类上报的件数

        one subcategory (in one grid of the level asked by): what was reported in the period beside the mean of the
        four periods of the same length before, times_before = n_reported / before_mean. Hot are those of 5 cases or
        more where so many in the last of five periods are too unlikely if each case fell on any of them alike (exact
        binomial chance, 5 % of findings may be false; fewer than 10 in all five periods are not tested). Gathered are
        those of 10 cases or more, at least half of them within 150 m and half in the peak. times_adjusted = (by
        others + by workers x min(1, mean hours of patrol before / hours now)) / before_mean: what more patrols find
        is taken out, what fewer find is not added. The peak is the run of 3 local hours with the most cases; n_near
        the most cases within 150 m of one of them, address that one's; n_again the cases with an earlier one of the
        same subcategory within 50 m, in this period or the four before

            by      what to count by: a level of grids (village, grid ...), unit, category, channel ...; flow: day,
                    week, month
            scope   code of a grid: it and all below; None = the whole town
            where   filters: {"channel": "12345热线", "unit": [...], "urgent": True, "category": None (= not given)}
            as_of   a statistical day (its end) or an instant; None = the last day the data tells of
            since   statistical days, both inclusive
            until   statistical days, both inclusive
            limit   of lists; sort "-due_at" is downwards
            during  a statistical period: "month" = the last full one at as_of, "month:2026-10-15" = the one that
                    holds the day; day, week, month, quarter, year. A question of an instant is asked at its end
                    (by: levels of grids, category, subcategory, unit, line, channel, source, track, urgent,
                    duplicate, place, place_status, state)

        Gives a list, with these columns besides those asked by:
            category         [-] 大类 · Category
            subcategory      [-] 小类 · Subcategory
            n_reported       [count] 上报 · Cases reported in the period
            n_before         [count] 前四期件数 · Cases of the four periods before
            before_mean      [-] 前四期平均 · Mean number of cases of the four periods before
            times_before     [-] 为前四期平均的倍数 · So many times the mean of the four periods before
            chance_q         [-] 错误发现率 · Share of false findings at which it is found
            is_hot           [-] 是否热点 · Clearly more than in the four periods before
            is_gathered      [-] 是否聚集 · Ten cases or more, half of them within 150 m and half within three hours
            n_by_workers     [count] 网格员上报 · Cases that workers reported
            n_by_others      [count] 他人上报 · Cases that others reported: hotline, app, cameras ...
            patrol_h         [h] 巡查小时 · Hours of patrol
            before_patrol_h  [h] 前四期平均巡查小时 · Mean hours of patrol of the four periods before
            times_adjusted   [-] 扣除巡查增加后的倍数 · So many times that mean, what more patrols found taken out
            peak_from_hour   [h] 集中时段起(时) · Local hour from which most cases of three hours were reported
            n_in_peak        [count] 集中时段件数 · Cases reported in those three hours
            peak_share       [0..1] 集中时段占比 · n_in_peak / n_reported
            n_near           [count] 150 米内件数 · Most cases within 150 m of one of them
            near_share       [0..1] 150 米内占比 · n_near / n_reported
            address          [-] 地址 · Address
            n_again          [count] 同址再报 · Cases with an earlier one of the same kind within 50 m
            main_unit        [-] 主要责任单位 · Unit that answers for most of the cases
            n_main_unit      [count] 主要责任单位件数 · Cases that it answers for
            units_involved   [-] 涉及单位 · Units that answer for most of the cases, three at most

        前四期没有上报的,倍数为空 · times are null where nothing was reported before

        A GeoDataFrame (geometry `geom`, EPSG:4326) where rows are places, else a DataFrame; instants are UTC. It has .plot(),
        .explore(), .units, .definition(), .answer; `.attrs` holds as_of, units, CRS and definition.
        Raises QuestionError, UnknownScope, StoreError.
        """

    def hotline(
        self,
        *,
        by: str | Sequence[str] | None = None,
        scope: str | None = None,
        as_of: date | datetime | str | None = None,
        known_at: date | datetime | str | None = None,
        since: date | str | None = None,
        until: date | str | None = None,
        during: str | tuple[str, date | str] | None = None,
        compare: str | None = None,
        per: str | None = None,
        where: Mapping[str, Any] | None = None,
        layer: str | None = None,
        recast: bool = False,
    ) -> Rows | Places:
        """热线六率 · The six rates of the hotline (hotline, v1).

        签收及时率 = 在签收时限内签收或退回的派单 ÷ 签收时限已到或已签收的派单;按期办结率 = 按期结案 ÷ 应结案;解决率 =
        正常结案且截至 as_of 未重启的 ÷ 结案;满意率 = (基本满意 + 满意 + 非常满意) ÷ 有效评价;重复工单率 =
        来源标为重复的 ÷ 上报工单;退单率 = 被退回的工单 ÷ 派出的工单

        signed in time = dispatches signed for or given back within the limit for signing / dispatches signed for or
        past it; on time = closed on time / due; solved = closed, not by force, and not opened again by as_of /
        closed; satisfied = (fairly + satisfied + very) / valid ratings; duplicates = orders the source calls
        duplicates / orders reported; returned = orders given back by a unit / orders dispatched

            by        what to count by: a level of grids (village, grid ...), unit, category, channel ...; flow: day,
                      week, month
            scope     code of a grid: it and all below; None = the whole town
            where     filters: {"channel": "12345热线", "unit": [...], "urgent": True, "category": None (= not given)}
            as_of     a statistical day (its end) or an instant; None = the last day the data tells of
            known_at  likewise: the answer as the loads finished by then would give it; None = all loads
            since     statistical days, both inclusive
            until     statistical days, both inclusive
            layer     layer of grids; None = the base layer, or the one that has the level asked by
            recast    place every case in the version of the grids valid at as_of, whatever was valid when it was
                      reported
            during    a statistical period: "month" = the last full one at as_of, "month:2026-10-15" = the one that
                      holds the day; day, week, month, quarter, year. A question of an instant is asked at its end
            compare   "previous" (环比), "year_before" (同比) or "both": the neighbour periods beside each count and
                      rate
            per       an exposure of the grids asked by, such as "residents" or "road_km": counts beside it per so
                      much of it
                      (by: levels of grids, category, subcategory, unit, line, channel, source, track, urgent,
                      duplicate, place, place_status, state, day, week, month, quarter, year)

        Gives one row a group, with these columns besides those asked by:
            n_reported           [count] 上报 · Cases reported in the period
            n_duplicate_orders   [count] 重复工单 · Of the reported: called a duplicate by the source
            n_orders_dispatched  [count] 派单 · Orders dispatched in the period, each once
            n_returned_cases     [count] 退单 · Cases given back by a unit in the period
            n_sign_due           [count] 应签收 · Dispatches signed for, or past the limit for signing
            n_signed_in_time     [count] 及时签收 · Of them: answered within that limit
            n_due                [count] 应结案 · Cases whose deadline lies in the period
            n_on_time            [count] 按期结案 · Of the due: closed at or before the deadline
            n_closed             [count] 结案 · Cases closed in the period
            n_solved             [count] 解决 · Of those closed in the period: not by force, and not opened again
            n_rated              [count] 有效评价 · Valid ratings given in the period
            n_content            [count] 满意及以上 · Of the ratings: fairly satisfied, satisfied, very satisfied
            n_dissatisfied       [count] 不满意 · Ratings: dissatisfied
            n_fair               [count] 基本满意 · Ratings: fairly satisfied
            n_satisfied          [count] 满意 · Ratings: satisfied
            n_very_satisfied     [count] 非常满意 · Ratings: very satisfied
            signed_in_time_rate  [0..1] 签收及时率 · n_signed_in_time / n_sign_due
            on_time_rate         [0..1] 按期结案率 · n_on_time / n_due
            solved_rate          [0..1] 解决率 · n_solved / n_closed
            satisfied_rate       [0..1] 满意率 · n_content / n_rated
            duplicate_rate       [0..1] 重复工单率 · n_duplicate_orders / n_reported
            returned_rate        [0..1] 退单率 · n_returned_cases / n_dispatched

        分母为 0 时该率为空 · a rate is null where its denominator is 0

        A GeoDataFrame (geometry `geom`, EPSG:4326) where rows are places, else a DataFrame; instants are UTC. It has .plot(),
        .explore(), .units, .definition(), .answer; `.attrs` holds as_of, units, CRS and definition.
        Raises QuestionError, UnknownScope, StoreError.
        """

    def hotspots(
        self,
        *,
        scope: str | None = None,
        as_of: date | datetime | str | None = None,
        where: Mapping[str, Any] | None = None,
        layer: str | None = None,
        recast: bool = False,
        limit: int | None = None,
    ) -> Rows | Places:
        """在办热点 · Where open cases gather (hotspots, v1).

        把镇域分成边长 200 米的方格,以方格连同相邻方格为窗口逐一扫描(固定窗口的扫描统计,Kulldorff
        1997):若每件等可能落在任一方格,窗口内有这么多件的概率(二项分布,精确计算,不抽样)足够小,
        该方格即为热点(错误发现率 5%,Benjamini & Hochberg 1995);相邻且有在办的热点方格并为一处,不足 3 件的不列。倍数 =
        在办 ÷ 应有

        the town in squares of 200 m, and a window of a square and those that touch it moved over all of them (a scan
        with a window of one size, Kulldorff 1997). A square is hot when so many open cases in its window are too
        unlikely if each fell on any square alike (exact binomial chance, nothing is drawn; 5 % of findings may be
        false, Benjamini and Hochberg 1995). Hot squares with open cases that touch are one hotspot; those of fewer
        than 3 are left out. times_expected = n_open / expected_n

            scope   code of a grid: it and all below; None = the whole town
            where   filters: {"channel": "12345热线", "unit": [...], "urgent": True, "category": None (= not given)}
            as_of   a statistical day (its end) or an instant; None = the last day the data tells of
            layer   layer of grids; None = the base layer, or the one that has the level asked by
            recast  place every case in the version of the grids valid at as_of, whatever was valid when it was
                    reported
            limit   of lists; sort "-due_at" is downwards

        Gives a list, with these columns besides those asked by:
            hotspot         [-] 热点 · Number of the hotspot, the one with most open cases first
            n_open          [count] 在办 · Open cases at as_of
            n_overdue       [count] 超期 · Open cases whose deadline has passed at as_of
            expected_n      [-] 应有件数 · Cases that are expected
            times_expected  [-] 倍数 · So many times what is expected
            chance_q        [-] 错误发现率 · Share of false findings at which it is found
            n_squares       [count] 方格数 · Squares
            m2              [m2] 面积(m²) · Area
            category        [-] 大类 · Category
            n_of_category   [count] 其中此类 · Of them: of the most frequent category
            grid_code       [-] 网格代码 · Code of the grid
            grid_name       [-] 网格 · Name of the grid

        没有热点时没有行 · no rows where nothing gathers

        A GeoDataFrame (geometry `geom`, EPSG:4326) where rows are places, else a DataFrame; instants are UTC. It has .plot(),
        .explore(), .units, .definition(), .answer; `.attrs` holds as_of, units, CRS and definition.
        Raises QuestionError, UnknownScope, StoreError.
        """

    def idle_surface(
        self,
        *,
        scope: str | None = None,
        as_of: date | datetime | str | None = None,
        layer: str | None = None,
    ) -> Rows | Places:
        """未巡天数面 · Surface of idle days (idle_surface, v1).

        方格平均未巡天数 = 方格内应巡的 5 米栅格距最近到访的天数之平均;方格边长视范围大小取 5 至 80 米(见 square_m)

        idle days of a square = mean over its cells of 5 m of the land to patrol of the days since their last visit;
        squares of 5 to 80 m, as large as the extent asks for (see square_m)

            scope  code of a grid: it and all below; None = the whole town
            as_of  a statistical day (its end) or an instant; None = the last day the data tells of
            layer  layer of grids; None = the base layer, or the one that has the level asked by

        Gives a list, with these columns besides those asked by:
            square_row       [-] 方格行号 · Row of the square in the town's lattice, from the south
            square_col       [-] 方格列号 · Column of the square in the town's lattice, from the west
            lon              [degree] 经度 · Longitude, EPSG:4326
            lat              [degree] 纬度 · Latitude, EPSG:4326
            n_cells          [count] 栅格数 · Cells of 5 m of the land to patrol
            idle_mean_days   [days] 平均未巡天数 · Days since the last visit, mean over the cells
            idle_worst_days  [days] 最长未巡天数 · Days since the last visit, of the cell left alone longest
            n_never          [count] 从未巡到 · Cells that nobody came near as far as is known
            never_share      [0..1] 从未巡到比例 · n_never / n_cells

        从未到访的栅格按轨迹首日的前一天起算;没有轨迹时没有行:什么都不知道,不等于没人到过 · a cell never visited
        counts as idle from the day before the tracks begin; no rows without tracks: nothing is known then, which is
        not the same as nobody came

        A GeoDataFrame (geometry `geom`, EPSG:4326) where rows are places, else a DataFrame; instants are UTC. It has .plot(),
        .explore(), .units, .definition(), .answer; `.attrs` holds as_of, units, CRS and definition.
        Raises QuestionError, UnknownScope, StoreError.
        """

    def integrity(
        self,
        *,
        by: str | Sequence[str] | None = None,
        scope: str | None = None,
        as_of: date | datetime | str | None = None,
        known_at: date | datetime | str | None = None,
        since: date | str | None = None,
        until: date | str | None = None,
        during: str | tuple[str, date | str] | None = None,
        where: Mapping[str, Any] | None = None,
        layer: str | None = None,
        recast: bool = False,
    ) -> Rows | Places:
        """数据诚信复核清单 · Review list of integrity (integrity, v1).

        比率 = 有此情形的结案件 ÷ 适用的结案件,与其余各组的共同比率相比;六项指标(自办自结、秒结、月末集中结案、
        临期申请延期、卡点反馈、核查一律通过)及其阈值、起列比例和可能的正常原因见 data/integrity.toml

        rate = closed cases that do what an indicator looks for / closed cases it applies to, against the common rate
        of all other groups; the six indicators (closed by who handled it, handled at once, closed at the end of the
        month, extension asked late, answered just before the deadline, always passed), their thresholds, the share
        from which a group is listed and the innocent explanations stand in data/integrity.toml

            by        what to count by: a level of grids (village, grid ...), unit, category, channel ...; flow: day,
                      week, month
            scope     code of a grid: it and all below; None = the whole town
            where     filters: {"channel": "12345热线", "unit": [...], "urgent": True, "category": None (= not given)}
            as_of     a statistical day (its end) or an instant; None = the last day the data tells of
            known_at  likewise: the answer as the loads finished by then would give it; None = all loads
            since     statistical days, both inclusive
            until     statistical days, both inclusive
            layer     layer of grids; None = the base layer, or the one that has the level asked by
            recast    place every case in the version of the grids valid at as_of, whatever was valid when it was
                      reported
            during    a statistical period: "month" = the last full one at as_of, "month:2026-10-15" = the one that
                      holds the day; day, week, month, quarter, year. A question of an instant is asked at its end
                      (by: levels of grids, category, subcategory, unit, line, channel, source, track, urgent,
                      duplicate, place, place_status, state)

        Gives a list, with these columns besides those asked by:
            indicator     [-] 指标代码 · What the review list looks at, see data/integrity.toml
            indicator_zh  [-] 指标 · Its name (zh)
            indicator_en  [-] 指标(英文) · Its name (en)
            unit          [-] 责任单位 · Responsible unit
            grid_code     [-] 网格代码 · Code of the grid
            grid_name     [-] 网格 · Name of the grid
            n             [count] 件数 · Cases
            n_of          [count] 基数 · Cases it is a share of
            rate          [0..1] 比率 · n / n_of
            common_rate   [0..1] 其余各组比率 · The common rate of all other groups
            standing      [-] 所处 · Where it stands among the others
            n_stands      [count] 成立次数 · At how many of the thresholds tried the finding stands
            n_looks       [count] 试算次数 · How many thresholds were tried: itself, half, double
            case_nos      [-] 例证案号 · Case numbers, the latest first
            innocent_zh   [-] 可能的正常原因 · Why it may be in order (zh)
            innocent_en   [-] 可能的正常原因(英) · Why it may be in order (en)

        没有突出的组时清单为空 · the list is empty where nothing stands out

        A GeoDataFrame (geometry `geom`, EPSG:4326) where rows are places, else a DataFrame; instants are UTC. It has .plot(),
        .explore(), .units, .definition(), .answer; `.attrs` holds as_of, units, CRS and definition.
        Raises QuestionError, UnknownScope, StoreError.
        """

    def lights(
        self,
        *,
        by: str | Sequence[str] | None = None,
        scope: str | None = None,
        as_of: date | datetime | str | None = None,
        known_at: date | datetime | str | None = None,
        during: str | tuple[str, date | str] | None = None,
        compare: str | None = None,
        per: str | None = None,
        where: Mapping[str, Any] | None = None,
        layer: str | None = None,
        recast: bool = False,
    ) -> Rows | Places:
        """红黄绿灰灯 · Lights (lights, v1).

        as_of 时在办案件按灯计数:红灯 = 已过时限(即超期),其中深红灯 = 超过时限已达一个时限;黄灯 =
        剩余时间不足三分之一;绿灯 = 其余;灰灯 = 挂账、缓办或没有时限。界线以计时规则为准,按各案时限的计时单位推算

        cases open at as_of by their light: red = past the deadline, which is overdue, of them deep red = a whole
        limit past it; yellow = less than a third of the time is left; green = the rest; grey = suspended, put off or
        without deadline. The bounds are those of the rules of the clocks, counted in the unit of each case's limit

            by        what to count by: a level of grids (village, grid ...), unit, category, channel ...; flow: day,
                      week, month
            scope     code of a grid: it and all below; None = the whole town
            where     filters: {"channel": "12345热线", "unit": [...], "urgent": True, "category": None (= not given)}
            as_of     a statistical day (its end) or an instant; None = the last day the data tells of
            known_at  likewise: the answer as the loads finished by then would give it; None = all loads
            layer     layer of grids; None = the base layer, or the one that has the level asked by
            recast    place every case in the version of the grids valid at as_of, whatever was valid when it was
                      reported
            during    a statistical period: "month" = the last full one at as_of, "month:2026-10-15" = the one that
                      holds the day; day, week, month, quarter, year. A question of an instant is asked at its end
            compare   "previous" (环比), "year_before" (同比) or "both": the neighbour periods beside each count and
                      rate
            per       an exposure of the grids asked by, such as "residents" or "road_km": counts beside it per so
                      much of it
                      (by: levels of grids, category, subcategory, unit, line, channel, source, track, urgent,
                      duplicate, place, place_status, state, stage)

        Gives one row a group, with these columns besides those asked by:
            n_open      [count] 在办 · Open cases at as_of
            n_green     [count] 绿灯 · Open cases with time left
            n_yellow    [count] 黄灯 · Open cases with little of their time left
            n_red       [count] 红灯 · Open cases that are overdue
            n_deep_red  [count] 深红灯 · Of the red: so long past the deadline as the rules say (a limit more)
            n_grey      [count] 灰灯 · Open cases whose clock is stopped, or without deadline

        没有在办案件的网格为 0 · a grid without open cases is 0

        A GeoDataFrame (geometry `geom`, EPSG:4326) where rows are places, else a DataFrame; instants are UTC. It has .plot(),
        .explore(), .units, .definition(), .answer; `.attrs` holds as_of, units, CRS and definition.
        Raises QuestionError, UnknownScope, StoreError.
        """

    def loads(
        self,
        *,
        as_of: date | datetime | str | None = None,
        where: Mapping[str, Any] | None = None,
        limit: int | None = None,
        offset: int = 0,
    ) -> Rows | Places:
        """数据接入 · Loads (loads, v1).

        每次导入一行:读取 = 新增 + 更新 + 未变 + 重复 + 已过时 + 隔离;数据延迟 = as_of - 文件中最新时间

        one row a load: read = loaded + updated + unchanged + duplicate + superseded + quarantined; age = as_of -
        newest instant in the file

            where   filters: {"channel": "12345热线", "unit": [...], "urgent": True, "category": None (= not given)}
            as_of   a statistical day (its end) or an instant; None = the last day the data tells of
            limit   of lists; sort "-due_at" is downwards
            offset  of lists; sort "-due_at" is downwards

        Gives a list, with these columns besides those asked by:
            run_id         [-] 批次 · Number of the load
            kind           [-] 类型 · Kind
            source         [-] 系统 · Connected system the row came from
            file_name      [-] 文件 · File
            status         [-] 状态 · running, done or failed
            started_at     [UTC] 开始 · When the load began
            n_read         [count] 读取 · Rows read
            n_loaded       [count] 新增 · Rows that made something new
            n_updated      [count] 更新 · Rows that changed something
            n_unchanged    [count] 未变 · Rows that say what is known
            n_duplicate    [count] 重复 · Identical repetitions inside the file
            n_superseded   [count] 已过时 · Rows older than what is known
            n_quarantined  [count] 隔离 · Rows set aside, with their reasons
            newest_at      [UTC] 最新数据 · Latest instant found in the data
            age_h          [h] 数据延迟(小时) · Hours from the newest data to as_of

        没有导入时为空表 · no loads give no rows

        A GeoDataFrame (geometry `geom`, EPSG:4326) where rows are places, else a DataFrame; instants are UTC. It has .plot(),
        .explore(), .units, .definition(), .answer; `.attrs` holds as_of, units, CRS and definition.
        Raises QuestionError, UnknownScope, StoreError.
        """

    def mileage(
        self,
        *,
        by: str | Sequence[str] | None = None,
        scope: str | None = None,
        as_of: date | datetime | str | None = None,
        since: date | str | None = None,
        until: date | str | None = None,
        during: str | tuple[str, date | str] | None = None,
        compare: str | None = None,
        per: str | None = None,
        layer: str | None = None,
    ) -> Rows | Places:
        """巡查里程 · Mileage (mileage, v1).

        里程 = 相邻有效定位点的直线距离之和;有效里程 = 停留以外且在网格内的里程;停留 = 在约 50 米范围内满 20
        分钟(或本镇规则所定);停留比例 = 停留分钟 ÷ 巡查分钟

        km = the straight way between usable positions; effective km = of it outside stops and inside a grid; a stop =
        20 minutes within about 50 m (or what the town's rules say); stop share = minutes in stops / minutes

            by       what to count by: a level of grids (village, grid ...), unit, category, channel ...; flow: day,
                     week, month
            scope    code of a grid: it and all below; None = the whole town
            as_of    a statistical day (its end) or an instant; None = the last day the data tells of
            since    statistical days, both inclusive
            until    statistical days, both inclusive
            layer    layer of grids; None = the base layer, or the one that has the level asked by
            during   a statistical period: "month" = the last full one at as_of, "month:2026-10-15" = the one that
                     holds the day; day, week, month, quarter, year. A question of an instant is asked at its end
            compare  "previous" (环比), "year_before" (同比) or "both": the neighbour periods beside each count and
                     rate
            per      an exposure of the grids asked by, such as "residents" or "road_km": counts beside it per so much
                     of it
                     (by: levels of grids, day, week, month, quarter, year)

        Gives one row a group, with these columns besides those asked by:
            km               [km] 巡查里程(km) · Way on patrol
            effective_km     [km] 有效里程(km) · Way outside stops and inside a grid
            effective_share  [0..1] 有效里程比例 · effective_km / km
            minutes          [minutes] 巡查时长(分钟) · Minutes on patrol
            stop_min         [minutes] 停留(分钟) · Minutes in stops
            stop_share       [0..1] 停留比例 · stop_min / minutes
            n_visits         [count] 巡查次数 · Sessions with a position in the grid, on each day and in each grid
                             they were
            n_days           [count] 有巡查天数 · Days on which it was patrolled, for as many minutes as the rules say

        没有巡查为 0,比例为空 · 0 where nobody was on patrol, shares are null there

        A GeoDataFrame (geometry `geom`, EPSG:4326) where rows are places, else a DataFrame; instants are UTC. It has .plot(),
        .explore(), .units, .definition(), .answer; `.attrs` holds as_of, units, CRS and definition.
        Raises QuestionError, UnknownScope, StoreError.
        """

    def missed(
        self,
        *,
        by: str | Sequence[str] | None = None,
        scope: str | None = None,
        as_of: date | datetime | str | None = None,
        since: date | str | None = None,
        until: date | str | None = None,
        during: str | tuple[str, date | str] | None = None,
        where: Mapping[str, Any] | None = None,
    ) -> Rows | Places:
        """巡过未报 · Reported by others where a patrol had come by (missed, v1).

        巡过未报占比 = 巡过未报 ÷ 可核对的他人上报

        missed_share = n_missed / n_checked

            by      what to count by: a level of grids (village, grid ...), unit, category, channel ...; flow: day,
                    week, month
            scope   code of a grid: it and all below; None = the whole town
            where   filters: {"channel": "12345热线", "unit": [...], "urgent": True, "category": None (= not given)}
            as_of   a statistical day (its end) or an instant; None = the last day the data tells of
            since   statistical days, both inclusive
            until   statistical days, both inclusive
            during  a statistical period: "month" = the last full one at as_of, "month:2026-10-15" = the one that
                    holds the day; day, week, month, quarter, year. A question of an instant is asked at its end
                    (by: levels of grids, category, subcategory, unit, line, channel, source, track, urgent,
                    duplicate, place, place_status, state)

        Gives a list, with these columns besides those asked by:
            n_reported    [count] 上报 · Cases reported in the period
            n_checked     [count] 可核对 · Of them: with coordinates, while somebody's tracks of that time are kept
            n_missed      [count] 巡过未报 · Of them: somebody on patrol came by within the window before
            missed_share  [0..1] 巡过未报占比 · n_missed / n_checked
            case_nos      [-] 例证案号 · Case numbers, the latest first
            passed_at     [UTC] 最近经过 · When somebody last came by such a place

        没有可核对的案件时占比为空 · null where nothing can be checked

        A GeoDataFrame (geometry `geom`, EPSG:4326) where rows are places, else a DataFrame; instants are UTC. It has .plot(),
        .explore(), .units, .definition(), .answer; `.attrs` holds as_of, units, CRS and definition.
        Raises QuestionError, UnknownScope, StoreError.
        """

    def need_gap(
        self,
        *,
        by: str | Sequence[str] | None = None,
        scope: str | None = None,
        as_of: date | datetime | str | None = None,
        since: date | str | None = None,
        until: date | str | None = None,
        during: str | tuple[str, date | str] | None = None,
        where: Mapping[str, Any] | None = None,
    ) -> Rows | Places:
        """巡查与需求的差距 · Need and patrols (need_gap, v1).

        差距 = 巡查时间占比 − 需求占比;应增减小时 = (需求占比 − 巡查时间占比) × 巡查总小时

        gap = share of the hours of patrol - share of need; move_h = (share of need - share of hours) * all hours

            by      what to count by: a level of grids (village, grid ...), unit, category, channel ...; flow: day,
                    week, month
            scope   code of a grid: it and all below; None = the whole town
            where   filters: {"channel": "12345热线", "unit": [...], "urgent": True, "category": None (= not given)}
            as_of   a statistical day (its end) or an instant; None = the last day the data tells of
            since   statistical days, both inclusive
            until   statistical days, both inclusive
            during  a statistical period: "month" = the last full one at as_of, "month:2026-10-15" = the one that
                    holds the day; day, week, month, quarter, year. A question of an instant is asked at its end
                    (by: levels of grids, category, subcategory, unit, line, channel, source, track, urgent,
                    duplicate, place, place_status, state)

        Gives a list, with these columns besides those asked by:
            n_by_others   [count] 他人上报 · Cases that others reported: hotline, app, cameras ...
            need_share    [-] 需求占比 · Share (0..1) of the town's cases by others
            patrol_h      [h] 巡查小时 · Hours of patrol
            patrol_share  [-] 巡查时间占比 · Share (0..1) of the town's hours of patrol
            gap           [-] 差距 · patrol_share - need_share: below 0 = less patrol than need
            move_h        [h] 应增减小时 · Hours of patrol more (or fewer) that its need asks for
            reading       [-] 判读 · What it says in words

        没有案件或没有巡查时占比为空 · shares are null where there are no cases, or no patrols, at all

        A GeoDataFrame (geometry `geom`, EPSG:4326) where rows are places, else a DataFrame; instants are UTC. It has .plot(),
        .explore(), .units, .definition(), .answer; `.attrs` holds as_of, units, CRS and definition.
        Raises QuestionError, UnknownScope, StoreError.
        """

    def nobodys(
        self,
        *,
        by: str | Sequence[str] | None = None,
        scope: str | None = None,
        as_of: date | datetime | str | None = None,
        known_at: date | datetime | str | None = None,
        since: date | str | None = None,
        until: date | str | None = None,
        during: str | tuple[str, date | str] | None = None,
        where: Mapping[str, Any] | None = None,
        layer: str | None = None,
        recast: bool = False,
        limit: int | None = None,
        offset: int = 0,
    ) -> Rows | Places:
        """推诿事项 · Nobody's items (nobodys, v1).

        被推案件比例 = 至少被退回或移交一次的案件 ÷ 该事项的案件;按其 95% 下限从高到低排,件数少的不会碰巧排前。
        归属分散度 = 历次派到的单位分布的熵(0 = 都派给一家,1 = 两家各半,2 = 四家均分);主要归属 =
        现在或最后承办最多的单位

        share bounced = cases returned or handed on at least once / cases of the item; the list goes by its lower
        bound (95 %), so that few cases do not come first by chance. scatter = entropy of the units they were sent to,
        each time counted (0 = all to one, 1 = two evenly, 2 = four); main owner = the unit that answers, or answered
        last, for most of them

            by        what to count by: a level of grids (village, grid ...), unit, category, channel ...; flow: day,
                      week, month
            scope     code of a grid: it and all below; None = the whole town
            where     filters: {"channel": "12345热线", "unit": [...], "urgent": True, "category": None (= not given)}
            as_of     a statistical day (its end) or an instant; None = the last day the data tells of
            known_at  likewise: the answer as the loads finished by then would give it; None = all loads
            since     statistical days, both inclusive
            until     statistical days, both inclusive
            layer     layer of grids; None = the base layer, or the one that has the level asked by
            recast    place every case in the version of the grids valid at as_of, whatever was valid when it was
                      reported
            limit     of lists; sort "-due_at" is downwards
            offset    of lists; sort "-due_at" is downwards
            during    a statistical period: "month" = the last full one at as_of, "month:2026-10-15" = the one that
                      holds the day; day, week, month, quarter, year. A question of an instant is asked at its end
                      (by: levels of grids, category, subcategory, unit, line, channel, source, track, urgent,
                      duplicate, place, place_status, state)

        Gives a list, with these columns besides those asked by:
            category            [-] 大类 · Category
            subcategory         [-] 小类 · Subcategory
            n_followed          [count] 周期内上报(有效) · Cases reported in the period, void ones left out
            n_bounced           [count] 被推案件 · Cases returned or handed on at least once
            bounced_case_share  [0..1] 被推案件比例 · n_bounced / n_followed
            n_returns           [count] 退回次数 · Returns of the cases
            n_handovers         [count] 移交次数 · Dispatches to another unit than the dispatch before
            n_aba               [count] 来回次数 · Handovers back to the unit that had just handed it on (A to B to A)
            n_units             [count] 涉及单位 · Units that answered, returned or handed on
            owner_entropy       [bit] 归属分散度 · Of the units they were sent to: 0 = all to one, 1 = two evenly
            main_owner          [-] 主要归属 · Unit that answers, or answered last, for most of the cases
            n_main_owner        [count] 主要归属件数 · Cases it answers for, or answered for last
            lost_h              [h] 耽误时间(小时) · Hours from the dispatch before to the handover
            lost_work_h         [working hours] 耽误时间(工作小时) · Working hours from the dispatch before to the
                                handover

        没有被推的案件时没有行 · no rows where nothing bounced

        A GeoDataFrame (geometry `geom`, EPSG:4326) where rows are places, else a DataFrame; instants are UTC. It has .plot(),
        .explore(), .units, .definition(), .answer; `.attrs` holds as_of, units, CRS and definition.
        Raises QuestionError, UnknownScope, StoreError.
        """

    def node_times(
        self,
        *,
        by: str | Sequence[str] | None = None,
        scope: str | None = None,
        as_of: date | datetime | str | None = None,
        known_at: date | datetime | str | None = None,
        since: date | str | None = None,
        until: date | str | None = None,
        during: str | tuple[str, date | str] | None = None,
        compare: str | None = None,
        per: str | None = None,
        where: Mapping[str, Any] | None = None,
        layer: str | None = None,
        recast: bool = False,
    ) -> Rows | Places:
        """各环节用时 · Where cases wait (node_times, v1).

        一次等待 = 一件案件在一个环节、由同一单位承办期间停留的时间合计(小时,以及工作小时);环节:受理立案、核实、派遣、
        签收、处置、核查、结案、挂账、缓办;签收前的等待单列。时间占比 = 该环节时间 ÷ 该组全部环节时间;超环节时限比例 =
        超过计时规则所定环节时限的等待 ÷ 有环节时限的等待

        a wait = all the time that one case spent at one node while one unit answered for it, in hours and in working
        hours; nodes: intake, verification, dispatch, signing, handling, check, closing, suspended, put off; waiting
        before it is signed for stands apart. time share = time at the node / time at all nodes of the group; share
        over the limit = waits longer than the limit of the node in the rules of the clocks / waits at nodes that have
        one

            by        what to count by: a level of grids (village, grid ...), unit, category, channel ...; flow: day,
                      week, month
            scope     code of a grid: it and all below; None = the whole town
            where     filters: {"channel": "12345热线", "unit": [...], "urgent": True, "category": None (= not given)}
            as_of     a statistical day (its end) or an instant; None = the last day the data tells of
            known_at  likewise: the answer as the loads finished by then would give it; None = all loads
            since     statistical days, both inclusive
            until     statistical days, both inclusive
            layer     layer of grids; None = the base layer, or the one that has the level asked by
            recast    place every case in the version of the grids valid at as_of, whatever was valid when it was
                      reported
            during    a statistical period: "month" = the last full one at as_of, "month:2026-10-15" = the one that
                      holds the day; day, week, month, quarter, year. A question of an instant is asked at its end
            compare   "previous" (环比), "year_before" (同比) or "both": the neighbour periods beside each count and
                      rate
            per       an exposure of the grids asked by, such as "residents" or "road_km": counts beside it per so
                      much of it
                      (by: levels of grids, category, subcategory, unit, line, channel, source, track, urgent,
                      duplicate, place, place_status, state, day, week, month, quarter, year)

        Gives one row a group, with these columns besides those asked by:
            stage             [-] 节点 · Node the case entered, of the rules of the clocks
            n_waits           [count] 等待次数 · Cases at the node, once for each unit that answered meanwhile
            total_h           [h] 停留合计(小时) · Hours at the node, over all waits
            mean_h            [h] 平均用时(小时) · Mean hours of a wait
            median_h          [h] 用时中位数(小时) · Median hours of a wait
            p90_h             [h] 用时P90(小时) · Hours that nine in ten waits do not exceed
            mean_work_h       [working hours] 平均用时(工作小时) · Mean working hours of a wait
            median_work_h     [working hours] 用时中位数(工作小时) · Median working hours of a wait
            p90_work_h        [working hours] 用时P90(工作小时) · Working hours that nine in ten waits do not exceed
            time_share        [0..1] 时间占比 · Share of the time at all nodes
            n_limited         [count] 有环节时限的等待 · Waits at a node that has a limit
            n_over            [count] 超环节时限 · Waits longer than the limit of the node
            over_share        [0..1] 超环节时限比例 · n_over / n_limited
            n_waiting         [count] 正在等待 · Cases that wait at the node at the end of the period, or at as_of
            waiting_since_at  [UTC] 最早等待起 · Since when the case waits that came to the node first

        没有等待的环节用时为空;没有环节时限的,超时限比例为空 · null where nobody waited, or where the node has no
        limit

        A GeoDataFrame (geometry `geom`, EPSG:4326) where rows are places, else a DataFrame; instants are UTC. It has .plot(),
        .explore(), .units, .definition(), .answer; `.attrs` holds as_of, units, CRS and definition.
        Raises QuestionError, UnknownScope, StoreError.
        """

    def on_time(
        self,
        *,
        by: str | Sequence[str] | None = None,
        scope: str | None = None,
        as_of: date | datetime | str | None = None,
        known_at: date | datetime | str | None = None,
        since: date | str | None = None,
        until: date | str | None = None,
        during: str | tuple[str, date | str] | None = None,
        compare: str | None = None,
        per: str | None = None,
        where: Mapping[str, Any] | None = None,
        layer: str | None = None,
        recast: bool = False,
    ) -> Rows | Places:
        """按期结案 · Closed on time (on_time, v2).

        应结案 = 时限落在周期内(且不晚于 as_of)的案件,缓办未恢复的除外;按期结案率 = 按期结案 ÷ 应结案;结案率 = (按期 +
        逾期结案 + 免责) ÷ 应结案;不含挂账的按期结案率 = 按期结案 ÷ (应结案 − 挂账);含缓办的 = 按期结案 ÷ (应结案 +
        缓办)

        due = cases whose deadline lies in the period (and not after as_of), those put off left out; on-time rate =
        closed on time / due; closed rate = (on time + late + exempt) / due; without the suspended = on time / (due -
        suspended); with those put off = on time / (due + put off)

            by        what to count by: a level of grids (village, grid ...), unit, category, channel ...; flow: day,
                      week, month
            scope     code of a grid: it and all below; None = the whole town
            where     filters: {"channel": "12345热线", "unit": [...], "urgent": True, "category": None (= not given)}
            as_of     a statistical day (its end) or an instant; None = the last day the data tells of
            known_at  likewise: the answer as the loads finished by then would give it; None = all loads
            since     statistical days, both inclusive
            until     statistical days, both inclusive
            layer     layer of grids; None = the base layer, or the one that has the level asked by
            recast    place every case in the version of the grids valid at as_of, whatever was valid when it was
                      reported
            during    a statistical period: "month" = the last full one at as_of, "month:2026-10-15" = the one that
                      holds the day; day, week, month, quarter, year. A question of an instant is asked at its end
            compare   "previous" (环比), "year_before" (同比) or "both": the neighbour periods beside each count and
                      rate
            per       an exposure of the grids asked by, such as "residents" or "road_km": counts beside it per so
                      much of it
                      (by: levels of grids, category, subcategory, unit, line, channel, source, track, urgent,
                      duplicate, place, place_status, state, day, week, month, quarter, year)

        Gives one row a group, with these columns besides those asked by:
            n_due                      [count] 应结案 · Cases whose deadline lies in the period
            n_on_time                  [count] 按期结案 · Of the due: closed at or before the deadline
            n_late_closed              [count] 逾期结案 · Of the due: closed after it
            n_overdue_open             [count] 逾期未结 · Of the due: open
            n_suspended                [count] 挂账 · Of the due: suspended
            n_exempt                   [count] 免责 · Of the due: closed late, and an appeal was upheld
            n_put_off                  [count] 缓办 · Deadline in the period, but put off and not resumed: not among
                                       the due
            on_time_rate               [0..1] 按期结案率 · n_on_time / n_due
            closed_rate                [0..1] 结案率 · Closed, on time or not, of the due
            on_time_rate_unsuspended   [0..1] 按期结案率(不含挂账) · n_on_time / (n_due - n_suspended)
            on_time_rate_with_put_off  [0..1] 按期结案率(含缓办) · n_on_time / (n_due + n_put_off)

        没有应结案时各率为空 · where nothing was due the rates are null

        A GeoDataFrame (geometry `geom`, EPSG:4326) where rows are places, else a DataFrame; instants are UTC. It has .plot(),
        .explore(), .units, .definition(), .answer; `.attrs` holds as_of, units, CRS and definition.
        Raises QuestionError, UnknownScope, StoreError.
        """

    def on_time_jinhua(
        self,
        *,
        by: str | Sequence[str] | None = None,
        scope: str | None = None,
        as_of: date | datetime | str | None = None,
        known_at: date | datetime | str | None = None,
        since: date | str | None = None,
        until: date | str | None = None,
        during: str | tuple[str, date | str] | None = None,
        compare: str | None = None,
        per: str | None = None,
        where: Mapping[str, Any] | None = None,
        layer: str | None = None,
        recast: bool = False,
    ) -> Rows | Places:
        """按期结案(金华口径) · Closed on time (the rule of Jinhua) (on_time_jinhua, v1).

        按期结案率 = 按期结案 ÷ (应结案 − 缓办);结案率 = 结案 ÷ (应结案 − 缓办)。记分(金华试行):按期结案率 50 分,达
        70% 满分,每低 1 个百分点扣 1 分;结案率 20 分,达 90% 满分,每低 1 个百分点扣 1 分;紧急件 10 分,结案率每低于 100%
        一个百分点扣 0.5 分,按期率每低于 95% 一个百分点扣 0.5 分

        on-time rate = closed on time / (due - put off); closed rate = closed / (due - put off). Points (Jinhua,
        trial): on time 50, all of them at 70 %, 1 less for each percentage point below; closed 20, all at 90 %, 1
        less a point; urgent cases 10, 0.5 less for each point their closed rate is below 100 % and their on-time rate
        below 95 %

            by        what to count by: a level of grids (village, grid ...), unit, category, channel ...; flow: day,
                      week, month
            scope     code of a grid: it and all below; None = the whole town
            where     filters: {"channel": "12345热线", "unit": [...], "urgent": True, "category": None (= not given)}
            as_of     a statistical day (its end) or an instant; None = the last day the data tells of
            known_at  likewise: the answer as the loads finished by then would give it; None = all loads
            since     statistical days, both inclusive
            until     statistical days, both inclusive
            layer     layer of grids; None = the base layer, or the one that has the level asked by
            recast    place every case in the version of the grids valid at as_of, whatever was valid when it was
                      reported
            during    a statistical period: "month" = the last full one at as_of, "month:2026-10-15" = the one that
                      holds the day; day, week, month, quarter, year. A question of an instant is asked at its end
            compare   "previous" (环比), "year_before" (同比) or "both": the neighbour periods beside each count and
                      rate
            per       an exposure of the grids asked by, such as "residents" or "road_km": counts beside it per so
                      much of it
                      (by: levels of grids, category, subcategory, unit, line, channel, source, track, urgent,
                      duplicate, place, place_status, state, day, week, month, quarter, year)

        Gives one row a group, with these columns besides those asked by:
            n_due_in_all         [count] 应结案(含缓办) · Cases whose deadline lies in the period, those put off
                                 included
            n_put_off            [count] 缓办 · Deadline in the period, but put off and not resumed: not among the due
            n_due                [count] 应结案 · Cases whose deadline lies in the period
            n_due_closed         [count] 应结案中已结案 · Of the due: closed, in time or not
            n_on_time            [count] 按期结案 · Of the due: closed at or before the deadline
            n_urgent_due         [count] 紧急件应结案 · Of the due: urgent
            n_urgent_closed      [count] 紧急件结案 · Of the urgent due: closed
            n_urgent_on_time     [count] 紧急件按期结案 · Of the urgent due: closed on time
            on_time_rate         [0..1] 按期结案率 · n_on_time / n_due
            closed_rate          [0..1] 结案率 · Closed, on time or not, of the due
            urgent_closed_rate   [0..1] 紧急件结案率 · n_urgent_closed / n_urgent_due
            urgent_on_time_rate  [0..1] 紧急件按期结案率 · n_urgent_on_time / n_urgent_due
            points_on_time       [points] 按期结案得分 · Points for the on-time rate, of 50; null below 10 cases
            points_closed        [points] 结案得分 · Points for the closed rate, of 20; null below 10 cases
            points_urgent        [points] 紧急件得分 · Points for urgent cases, of 10; null below 10 cases

        没有应结案时各率、各分为空 · where nothing was due rates and points are null

        A GeoDataFrame (geometry `geom`, EPSG:4326) where rows are places, else a DataFrame; instants are UTC. It has .plot(),
        .explore(), .units, .definition(), .answer; `.attrs` holds as_of, units, CRS and definition.
        Raises QuestionError, UnknownScope, StoreError.
        """

    def on_time_of_closed(
        self,
        *,
        by: str | Sequence[str] | None = None,
        scope: str | None = None,
        as_of: date | datetime | str | None = None,
        known_at: date | datetime | str | None = None,
        since: date | str | None = None,
        until: date | str | None = None,
        during: str | tuple[str, date | str] | None = None,
        compare: str | None = None,
        per: str | None = None,
        where: Mapping[str, Any] | None = None,
        layer: str | None = None,
        recast: bool = False,
    ) -> Rows | Places:
        """结案件按期率 · Of the closed, on time (on_time_of_closed, v1).

        结案件按期率 = 周期内结案件中按期的 ÷ 周期内有时限的结案件。部分系统和考核表以已结案为分母:逾期未结的不在其中,
        故往往高于按期结案率(on_time);清理积案的月份也可能更低,两者不可比

        on time of the closed = closed in the period and in time / closed in the period with a deadline. Some systems
        divide by the closed: what is overdue and still open is not in it, so it is often higher than the on-time rate
        of `on_time`, and may be lower in a month that clears old cases: the two cannot be compared

            by        what to count by: a level of grids (village, grid ...), unit, category, channel ...; flow: day,
                      week, month
            scope     code of a grid: it and all below; None = the whole town
            where     filters: {"channel": "12345热线", "unit": [...], "urgent": True, "category": None (= not given)}
            as_of     a statistical day (its end) or an instant; None = the last day the data tells of
            known_at  likewise: the answer as the loads finished by then would give it; None = all loads
            since     statistical days, both inclusive
            until     statistical days, both inclusive
            layer     layer of grids; None = the base layer, or the one that has the level asked by
            recast    place every case in the version of the grids valid at as_of, whatever was valid when it was
                      reported
            during    a statistical period: "month" = the last full one at as_of, "month:2026-10-15" = the one that
                      holds the day; day, week, month, quarter, year. A question of an instant is asked at its end
            compare   "previous" (环比), "year_before" (同比) or "both": the neighbour periods beside each count and
                      rate
            per       an exposure of the grids asked by, such as "residents" or "road_km": counts beside it per so
                      much of it
                      (by: levels of grids, category, subcategory, unit, line, channel, source, track, urgent,
                      duplicate, place, place_status, state, day, week, month, quarter, year)

        Gives one row a group, with these columns besides those asked by:
            n_closed                [count] 结案 · Cases closed in the period
            n_closed_on_time        [count] 结案件中按期 · Of those closed in the period: at or before the deadline
            n_closed_late           [count] 结案件中逾期 · Of those closed in the period: after the deadline
            n_closed_exempt         [count] 结案件中免责 · Of those closed in the period: after it, and an appeal was
                                    upheld
            n_closed_no_deadline    [count] 结案件中无时限 · Of those closed in the period: without a deadline
            on_time_rate_of_closed  [0..1] 结案件按期率 · n_closed_on_time / (n_closed - n_closed_no_deadline)

        没有有时限的结案件时为空 · null where nothing with a deadline was closed

        A GeoDataFrame (geometry `geom`, EPSG:4326) where rows are places, else a DataFrame; instants are UTC. It has .plot(),
        .explore(), .units, .definition(), .answer; `.attrs` holds as_of, units, CRS and definition.
        Raises QuestionError, UnknownScope, StoreError.
        """

    def overdue(
        self,
        *,
        scope: str | None = None,
        as_of: date | datetime | str | None = None,
        known_at: date | datetime | str | None = None,
        where: Mapping[str, Any] | None = None,
        layer: str | None = None,
        recast: bool = False,
        search: str | None = None,
        sort: str | Sequence[str] | None = None,
        limit: int | None = None,
        offset: int = 0,
    ) -> Rows | Places:
        """超期清单 · Overdue cases (overdue, v2).

        as_of 时在办、计时未停且已过时限的案件,超过时限的工作时间最长的(即时限最早的)在前;超期 = 时限至 as_of
        的工作日数(按本地日历,一个工作日 = 规则所定的工作小时)与小时数;深红灯 =
        超过时限已达一个时限(以计时规则为准);退回、返工、催办、督办(催办、黄牌、红牌、领导批示)为截至 as_of
        的次数;下一步由所处环节推定,由谁办:派遣、核实、核查、结案由指挥中心,签收、处置(及不经派遣的受理)由责任单位,
        没有责任单位的处置由上报人

        cases open at as_of whose clock runs and whose deadline has passed, those with the most working time past it
        (the earliest deadline) first; late = working days (of the town's calendar; a day has the working hours the
        rules say) and hours from the deadline to as_of; deep red = a whole limit past the deadline (as the rules of
        the clocks say); returned, rework, urged and prompted (urged, a card or a leader's instruction) are counted
        until as_of; the next step follows from the node the case waits in; it is the centre's turn to dispatch,
        verify, check and close, the unit's to sign and handle (and to accept what is not dispatched), the reporter's
        to handle where no unit answers

            scope     code of a grid: it and all below; None = the whole town
            where     filters: {"channel": "12345热线", "unit": [...], "urgent": True, "category": None (= not given)}
            as_of     a statistical day (its end) or an instant; None = the last day the data tells of
            known_at  likewise: the answer as the loads finished by then would give it; None = all loads
            search    of lists; sort "-due_at" is downwards
            sort      of lists; sort "-due_at" is downwards
            limit     of lists; sort "-due_at" is downwards
            offset    of lists; sort "-due_at" is downwards
            layer     layer of grids; None = the base layer, or the one that has the level asked by
            recast    place every case in the version of the grids valid at as_of, whatever was valid when it was
                      reported

        Gives a list, with these columns besides those asked by:
            case_no         [-] 案号 · Case number of the source
            due_at          [UTC] 时限 · Deadline
            late_work_days  [working days] 超期(工作日) · Working days past the deadline
            light           [-] 灯 · Light of an open case: green, yellow, red, deep_red, grey
            unit            [-] 责任单位 · Responsible unit
            next_step       [-] 下一步 · What the case waits for
            next_by         [-] 由谁办 · Whose turn it is: centre, unit or reporter
            n_returned      [count] 退回 · Times returned by a unit
            n_rework        [count] 返工 · Times sent back for rework
            n_urged         [count] 催办 · Times urged
            n_prompted      [count] 督办 · Times urged, given a card or instructed by a leader
            subcategory     [-] 小类 · Subcategory
            grid_name       [-] 网格 · Name of the grid
            address         [-] 地址 · Address

        没有时为空表 · none give no rows

        A GeoDataFrame (geometry `geom`, EPSG:4326) where rows are places, else a DataFrame; instants are UTC. It has .plot(),
        .explore(), .units, .definition(), .answer; `.attrs` holds as_of, units, CRS and definition.
        Raises QuestionError, UnknownScope, StoreError.
        """

    def overlaps(
        self,
        *,
        by: str | Sequence[str] | None = None,
        scope: str | None = None,
        as_of: date | datetime | str | None = None,
    ) -> Rows | Places:
        """专属网格与基础网格的重叠 · Where dedicated grids lie in base grids (overlaps, v1).

        每行一对重叠的网格:另一图层(如专属网格)的一格与基础图层某级(不给 by
        时为最细一级)的一格;重叠面积在本地投影坐标系中量得

        one row a pair that overlap: a grid of another layer (such as dedicated grids) and one of a level of the base
        layer (the finest without `by`); areas in the town's metric CRS

            by     what to count by: a level of grids (village, grid ...), unit, category, channel ...; flow: day,
                   week, month
            scope  code of a grid: it and all below; None = the whole town
            as_of  a statistical day (its end) or an instant; None = the last day the data tells of
                   (by: levels of grids, category, subcategory, unit, line, channel, source, track, urgent, duplicate,
                   place, place_status, state)

        Gives a list, with these columns besides those asked by:
            other_layer         [-] 另一图层 · Layer of the other grid
            other_code          [-] 专属网格代码 · Code of the other grid
            other_name          [-] 专属网格 · Name of the other grid
            other_km2           [km2] 专属网格面积(km²) · Area of the other grid, in the town's metric CRS
            grid_code           [-] 网格代码 · Code of the grid
            grid_name           [-] 网格 · Name of the grid
            parent_code         [-] 上级代码 · Code of the parent grid
            area_km2            [km2] 面积(km²) · Area in the town's metric CRS
            overlap_km2         [km2] 重叠面积(km²) · Area that both have, in the town's metric CRS
            overlap_share       [0..1] 占专属网格 · overlap_km2 / other_km2
            grid_overlap_share  [0..1] 占网格 · overlap_km2 / area_km2

        没有其他图层或没有重叠时为空表 · no rows where there is no other layer, or nothing overlaps

        A GeoDataFrame (geometry `geom`, EPSG:4326) where rows are places, else a DataFrame; instants are UTC. It has .plot(),
        .explore(), .units, .definition(), .answer; `.attrs` holds as_of, units, CRS and definition.
        Raises QuestionError, UnknownScope, StoreError.
        """

    def passed_by(
        self,
        *,
        scope: str | None = None,
        as_of: date | datetime | str | None = None,
        known_at: date | datetime | str | None = None,
        where: Mapping[str, Any] | None = None,
        case: str | None = None,
    ) -> Rows | Places:
        """经过该处的巡查 · Patrols that passed (passed_by, v1).

        自上报前 24 小时至结案(未结的至 as_of),轨迹离案发地点不超过规则 [patrol] 的 radius_m(默认 30 米)的每一段巡查,
        按最近的一刻列出:时间与相距米数。轨迹的两个定位之间按直线

        each session of patrol whose track came within `radius_m` of [patrol] in the rules (30 m unless they say
        another number) of the place of the case, from 24 hours before its report until it ended (or as_of), by the
        moment it was nearest: when, and how many metres away. Between two positions a track is a straight line

            case      number of the one case that is spoken of
            scope     code of a grid: it and all below; None = the whole town
            where     filters: {"channel": "12345热线", "unit": [...], "urgent": True, "category": None (= not given)}
            as_of     a statistical day (its end) or an instant; None = the last day the data tells of
            known_at  likewise: the answer as the loads finished by then would give it; None = all loads

        Gives a list, with these columns besides those asked by:
            passed_at  [UTC] 最近经过 · When somebody last came by such a place
            metres     [m] 相距 · Metres from the place of the case asked for; null = the same address
            is_before  [-] 上报前 · Before the case was reported

        没有人经过时为空表;没有坐标或尚无轨迹(known_since)时也为空表,但那是不明,不是没有;没有这件案件时报错 · nobody
        came by gives no rows; so does a case without coordinates, or from before the first track (known_since): there
        it is not known. An unknown case is an error

        A GeoDataFrame (geometry `geom`, EPSG:4326) where rows are places, else a DataFrame; instants are UTC. It has .plot(),
        .explore(), .units, .definition(), .answer; `.attrs` holds as_of, units, CRS and definition.
        Raises QuestionError, UnknownScope, StoreError.
        """

    def patrol_integrity(
        self,
        *,
        by: str | Sequence[str] | None = None,
        scope: str | None = None,
        as_of: date | datetime | str | None = None,
        since: date | str | None = None,
        until: date | str | None = None,
        during: str | tuple[str, date | str] | None = None,
        role: str | None = None,
        purpose: str | None = None,
    ) -> Rows | Places:
        """巡查轨迹复核清单 · Review list of patrols (patrol_integrity, v1).

        件数/日数 = 出现某情形的日数(上报远离轨迹按上报件数,时钟不准、长期无定位为 1);九种情形、量值和可能的正常原因见
        data/patrol_integrity.toml,阈值见规则 [patrol.integrity]

        n_found = days on which it was found (far: reports; clock and silent: 1); the nine kinds, their measures and
        innocent explanations stand in data/patrol_integrity.toml, the thresholds in the rules, [patrol.integrity]

            by       what to count by: a level of grids (village, grid ...), unit, category, channel ...; flow: day,
                     week, month
            scope    code of a grid: it and all below; None = the whole town
            as_of    a statistical day (its end) or an instant; None = the last day the data tells of
            since    statistical days, both inclusive
            until    statistical days, both inclusive
            role     who asks and what for: answers about single persons need role="person" and a purpose in words
            purpose  who asks and what for: answers about single persons need role="person" and a purpose in words
            during   a statistical period: "month" = the last full one at as_of, "month:2026-10-15" = the one that
                     holds the day; day, week, month, quarter, year. A question of an instant is asked at its end
                     (by: levels of grids, category, subcategory, unit, line, channel, source, track, urgent,
                     duplicate, place, place_status, state, worker, device)

        Gives a list, with these columns besides those asked by:
            finding         [-] 情形 · What was found
            finding_zh      [-] 情形名称 · Its Chinese name
            finding_en      [-] 情形英文名 · Its English name
            worker          [-] 人员(假名) · Who was on the way, a pseudonym; only for the role and a stated purpose
            device          [-] 终端(假名) · Device that told of positions, a pseudonym
            grid_code       [-] 网格代码 · Code of the grid
            n_people        [count] 涉及人数 · People it was found of
            n_found         [count] 件数/日数 · Cases, or days on which it was found
            n_strict        [count] 从严仍成立 · Of them: found at twice as strict a threshold too
            n_days_out      [count] 巡查日数 · Days on which they were on the way
            measured        [-] 量值(中位数) · Its measure, the median
            first_found_on  [-] 首日 · First day
            last_found_on   [-] 末日 · Last day
            evidence        [-] 证据 · Where to look: begins of sessions, case numbers, days
            innocent_zh     [-] 可能的正常原因 · Why it may be in order (zh)
            innocent_en     [-] 可能的正常原因(英) · Why it may be in order (en)

        没有情形时清单为空 · the list is empty where nothing was found

        A GeoDataFrame (geometry `geom`, EPSG:4326) where rows are places, else a DataFrame; instants are UTC. It has .plot(),
        .explore(), .units, .definition(), .answer; `.attrs` holds as_of, units, CRS and definition.
        Raises QuestionError, UnknownScope, StoreError.
        """

    def patrol_sessions(
        self,
        *,
        scope: str | None = None,
        as_of: date | datetime | str | None = None,
        since: date | str | None = None,
        until: date | str | None = None,
        during: str | tuple[str, date | str] | None = None,
        layer: str | None = None,
        session: int | None = None,
        worker: str | None = None,
        role: str | None = None,
        purpose: str | None = None,
        limit: int | None = None,
        offset: int = 0,
    ) -> Rows | Places:
        """巡查记录 · Sessions (patrol_sessions, v1).

        每次巡查一行:设备持续报位的一段,沉默超过规则所定时长、换人或轨迹断裂即为另一段;跨统计日分开

        one row a session: a stretch in which a device kept telling where it was; a silence longer than the rules say,
        another person or a torn track begins another; one over the end of a day is two

            scope    code of a grid: it and all below; None = the whole town
            as_of    a statistical day (its end) or an instant; None = the last day the data tells of
            since    statistical days, both inclusive
            until    statistical days, both inclusive
            session  the one session (its id), the one person (pseudonym) that is spoken of
            worker   the one session (its id), the one person (pseudonym) that is spoken of
            role     who asks and what for: answers about single persons need role="person" and a purpose in words
            purpose  who asks and what for: answers about single persons need role="person" and a purpose in words
            limit    of lists; sort "-due_at" is downwards
            offset   of lists; sort "-due_at" is downwards
            layer    layer of grids; None = the base layer, or the one that has the level asked by
            during   a statistical period: "month" = the last full one at as_of, "month:2026-10-15" = the one that
                     holds the day; day, week, month, quarter, year. A question of an instant is asked at its end

        Gives a list, with these columns besides those asked by:
            session         [-] 巡查编号 · Id of the session
            worker          [-] 人员(假名) · Who was on the way, a pseudonym; only for the role and a stated purpose
            day_on          [-] 统计日 · Statistical day
            begin_at        [UTC] 开始 · First position
            end_at          [UTC] 结束 · Last position
            minutes         [minutes] 巡查时长(分钟) · Minutes on patrol
            stop_min        [minutes] 停留(分钟) · Minutes in stops
            stop_share      [0..1] 停留比例 · stop_min / minutes
            km              [km] 巡查里程(km) · Way on patrol
            effective_km    [km] 有效里程(km) · Way outside stops and inside a grid
            n_fixes         [count] 定位点数 · Usable positions
            n_stops         [count] 停留次数 · Stops
            gap_s           [s] 此前沉默(秒) · Silence of the device before
            longest_step_s  [s] 最长间隔(秒) · Longest time between two positions in a row
            cut             [-] 分段原因 · Why the session begins: first, silence, torn, person, day
            outside_share   [0..1] 网格外时间比例 · Share of its minutes outside the grids
            mode            [-] 出行方式 · On foot, e-bike or car
            is_line_kept    [-] 轨迹线保存 · Its line is still kept
            grid_code       [-] 网格代码 · Code of the grid
            grid_name       [-] 网格 · Name of the grid

        没有巡查时没有行;轨迹线过了保存期为空 · no rows where nobody was on patrol; the line is null once it is no
        longer kept

        A GeoDataFrame (geometry `geom`, EPSG:4326) where rows are places, else a DataFrame; instants are UTC. It has .plot(),
        .explore(), .units, .definition(), .answer; `.attrs` holds as_of, units, CRS and definition.
        Raises QuestionError, UnknownScope, StoreError.
        """

    def place_history(
        self,
        *,
        scope: str | None = None,
        as_of: date | datetime | str | None = None,
        known_at: date | datetime | str | None = None,
        where: Mapping[str, Any] | None = None,
        layer: str | None = None,
        case: str | None = None,
    ) -> Rows | Places:
        """同一地点的案件 · History of the place (place_history, v1).

        与所问案件同一地点、在 as_of 之前 12 个月(365 天)内上报的其他案件,按当时的样子列出:同一地点 = 相距不超过规则
        [repeats] 的 metres(默认 50 米);双方都没有坐标时,地址相同。关系:重复 = 同一问题的其他上报(见 duplicates,
        不论何时上报);同类 = 同一小类;其他

        other cases at the place of the one asked for, reported within the 12 months (365 days) before as_of, as they
        stood then. The same place = no farther than `metres` of [repeats] in the rules (50 m unless they say another
        number); where neither has coordinates, the same address. Relation: duplicate = another report of the same
        problem (see duplicates), whenever it was reported; same_kind = of the same subcategory; other

            case      number of the one case that is spoken of
            scope     code of a grid: it and all below; None = the whole town
            where     filters: {"channel": "12345热线", "unit": [...], "urgent": True, "category": None (= not given)}
            as_of     a statistical day (its end) or an instant; None = the last day the data tells of
            known_at  likewise: the answer as the loads finished by then would give it; None = all loads
            layer     layer of grids; None = the base layer, or the one that has the level asked by

        Gives a list, with these columns besides those asked by:
            case_no      [-] 案号 · Case number of the source
            relation     [-] 关系 · What it is to the case asked for: duplicate, same_kind or other
            metres       [m] 相距 · Metres from the place of the case asked for; null = the same address
            reported_at  [UTC] 上报时间 · When the case was reported
            closed_at    [UTC] 结案时间 · When the case was closed
            is_open      [-] 在办 · Open at as_of
            light        [-] 灯 · Light of an open case: green, yellow, red, deep_red, grey
            state        [-] 环节 · State of the case
            category     [-] 大类 · Category
            subcategory  [-] 小类 · Subcategory
            unit         [-] 责任单位 · Responsible unit
            description  [-] 描述 · Description
            address      [-] 地址 · Address

        没有其他案件时为空表;没有这件案件时报错 · no other case gives no rows; an unknown case is an error

        A GeoDataFrame (geometry `geom`, EPSG:4326) where rows are places, else a DataFrame; instants are UTC. It has .plot(),
        .explore(), .units, .definition(), .answer; `.attrs` holds as_of, units, CRS and definition.
        Raises QuestionError, UnknownScope, StoreError.
        """

    def plan_adherence(
        self,
        *,
        by: str | Sequence[str] | None = None,
        scope: str | None = None,
        as_of: date | datetime | str | None = None,
        since: date | str | None = None,
        until: date | str | None = None,
        during: str | tuple[str, date | str] | None = None,
        compare: str | None = None,
        per: str | None = None,
        layer: str | None = None,
    ) -> Rows | Places:
        """路线吻合度 · Plan adherence (plan_adherence, v1).

        吻合度 = 计划日、计划时段内有人到过的路线栅格 ÷ 计划的路线栅格(每个计划日计一次);走过 = 吻合度达一半的计划

        share seen = cells of routes that anybody came near on the day and in the times planned / cells planned (once
        for each day); walked = planned walks of which half or more was seen

            by       what to count by: a level of grids (village, grid ...), unit, category, channel ...; flow: day,
                     week, month
            scope    code of a grid: it and all below; None = the whole town
            as_of    a statistical day (its end) or an instant; None = the last day the data tells of
            since    statistical days, both inclusive
            until    statistical days, both inclusive
            layer    layer of grids; None = the base layer, or the one that has the level asked by
            during   a statistical period: "month" = the last full one at as_of, "month:2026-10-15" = the one that
                     holds the day; day, week, month, quarter, year. A question of an instant is asked at its end
            compare  "previous" (环比), "year_before" (同比) or "both": the neighbour periods beside each count and
                     rate
            per      an exposure of the grids asked by, such as "residents" or "road_km": counts beside it per so much
                     of it
                     (by: levels of grids, day, week, month, quarter, year)

        Gives one row a group, with these columns besides those asked by:
            seen_share    [0..1] 路线吻合度 · n_seen_cells / n_due_cells
            n_seen_cells  [count] 到过的路线栅格 · Of them seen on the day and in the times planned
            n_due_cells   [count] 计划路线栅格 · Cells of planned walks
            walked_share  [0..1] 走过比例 · n_walked / n_planned
            n_walked      [count] 走过 · Planned walks of which half or more was seen
            n_planned     [count] 计划走次 · Planned walks: a route on one of its days
            n_routes      [count] 计划路线数 · Routes planned

        没有计划时为空 · null where nothing was planned

        A GeoDataFrame (geometry `geom`, EPSG:4326) where rows are places, else a DataFrame; instants are UTC. It has .plot(),
        .explore(), .units, .definition(), .answer; `.attrs` holds as_of, units, CRS and definition.
        Raises QuestionError, UnknownScope, StoreError.
        """

    def playback(
        self,
        *,
        scope: str | None = None,
        as_of: date | datetime | str | None = None,
        since: date | str | None = None,
        until: date | str | None = None,
        during: str | tuple[str, date | str] | None = None,
        layer: str | None = None,
        step_s: float | None = None,
        session: int | None = None,
        worker: str | None = None,
        role: str | None = None,
        purpose: str | None = None,
    ) -> Rows | Places:
        """轨迹回放 · Playback (playback, v1).

        每隔 step_s 秒(默认 60)一个位置,在两个有效定位点之间按直线匀速内插;停留一行一处,途中上报的案件一行一件

        a position every step_s seconds (60), on the straight way between two usable positions at even speed; a row
        for each stop and for each case reported on the way

            scope    code of a grid: it and all below; None = the whole town
            as_of    a statistical day (its end) or an instant; None = the last day the data tells of
            since    statistical days, both inclusive
            until    statistical days, both inclusive
            step_s   of playback: a position every so many seconds
            session  the one session (its id), the one person (pseudonym) that is spoken of
            worker   the one session (its id), the one person (pseudonym) that is spoken of
            role     who asks and what for: answers about single persons need role="person" and a purpose in words
            purpose  who asks and what for: answers about single persons need role="person" and a purpose in words
            layer    layer of grids; None = the base layer, or the one that has the level asked by
            during   a statistical period: "month" = the last full one at as_of, "month:2026-10-15" = the one that
                     holds the day; day, week, month, quarter, year. A question of an instant is asked at its end

        Gives a list, with these columns besides those asked by:
            what      [-] 内容 · position, stop or case
            track     [-] 即办/流转 · self_handled, dispatched or service
            session   [-] 巡查编号 · Id of the session
            worker    [-] 人员(假名) · Who was on the way, a pseudonym; only for the role and a stated purpose
            at        [UTC] 时间 · When it happened
            until_at  [UTC] 至 · Until when
            lon       [degree] 经度 · Longitude, EPSG:4326
            lat       [degree] 纬度 · Latitude, EPSG:4326
            case_no   [-] 案号 · Case number of the source
            category  [-] 大类 · Category
            channel   [-] 来源 · Where the report came from

        没有信号的时段没有位置;轨迹线过了保存期的不回放,其数见 n_without_line · no position where a device was silent;
        sessions whose line is no longer kept are counted in n_without_line

        A GeoDataFrame (geometry `geom`, EPSG:4326) where rows are places, else a DataFrame; instants are UTC. It has .plot(),
        .explore(), .units, .definition(), .answer; `.attrs` holds as_of, units, CRS and definition.
        Raises QuestionError, UnknownScope, StoreError.
        """

    def quarantined(
        self,
        *,
        where: Mapping[str, Any] | None = None,
        limit: int | None = None,
        offset: int = 0,
    ) -> Rows | Places:
        """隔离的行 · Rows set aside (quarantined, v1).

        隔离区中等待处理的行:文件、行号、全部原因、原内容(个人信息已替换)

        the rows that wait in quarantine: file, line, all reasons, and the cells as they came (personal ones replaced)

            where   filters: {"channel": "12345热线", "unit": [...], "urgent": True, "category": None (= not given)}
            limit   of lists; sort "-due_at" is downwards
            offset  of lists; sort "-due_at" is downwards

        Gives a list, with these columns besides those asked by:
            run_id          [-] 批次 · Number of the load
            source          [-] 系统 · Connected system the row came from
            kind            [-] 类型 · Kind
            file_name       [-] 文件 · File
            row_no          [-] 行号 · Row of the file, counting its header
            reasons         [-] 原因 · All reasons why the row could not be loaded
            raw             [JSON] 原内容 · The cells as they came, personal ones replaced
            quarantined_at  [UTC] 隔离时间 · When the row was first set aside

        没有等待的行时为空表 · no rows where nothing waits

        A GeoDataFrame (geometry `geom`, EPSG:4326) where rows are places, else a DataFrame; instants are UTC. It has .plot(),
        .explore(), .units, .definition(), .answer; `.attrs` holds as_of, units, CRS and definition.
        Raises QuestionError, UnknownScope, StoreError.
        """

    def recency(
        self,
        *,
        by: str | Sequence[str] | None = None,
        scope: str | None = None,
        as_of: date | datetime | str | None = None,
        during: str | tuple[str, date | str] | None = None,
        compare: str | None = None,
        per: str | None = None,
        layer: str | None = None,
    ) -> Rows | Places:
        """多久没到 · Recency (recency, v1).

        未巡天数 = as_of 当日 - 最近到访日,逐个 5 米栅格;平均、中位、最长取网格的应巡栅格;N 天内到过比例 =
        未巡天数不超过 N 的栅格 ÷ 全部应巡栅格

        idle days = day of as_of - day of the last visit, of each cell of 5 m; mean, median and worst over the cells
        of the land to patrol; seen within N days = cells idle for N days or less / all of them

            by       what to count by: a level of grids (village, grid ...), unit, category, channel ...; flow: day,
                     week, month
            scope    code of a grid: it and all below; None = the whole town
            as_of    a statistical day (its end) or an instant; None = the last day the data tells of
            layer    layer of grids; None = the base layer, or the one that has the level asked by
            during   a statistical period: "month" = the last full one at as_of, "month:2026-10-15" = the one that
                     holds the day; day, week, month, quarter, year. A question of an instant is asked at its end
            compare  "previous" (环比), "year_before" (同比) or "both": the neighbour periods beside each count and
                     rate
            per      an exposure of the grids asked by, such as "residents" or "road_km": counts beside it per so much
                     of it
                     (by: levels of grids)

        Gives one row a group, with these columns besides those asked by:
            idle_mean_days    [days] 平均未巡天数 · Days since the last visit, mean over the cells
            idle_median_days  [days] 未巡天数中位数 · Days since the last visit, of the middle cell
            idle_worst_days   [days] 最长未巡天数 · Days since the last visit, of the cell left alone longest
            seen_1_share      [0..1] 1天内到过比例 · n_within_1 / n_cells
            seen_3_share      [0..1] 3天内到过比例 · n_within_3 / n_cells
            seen_7_share      [0..1] 7天内到过比例 · n_within_7 / n_cells
            seen_30_share     [0..1] 30天内到过比例 · n_within_30 / n_cells
            never_share       [0..1] 从未巡到比例 · n_never / n_cells
            last_visit_on     [-] 最近到访 · Last day on which anybody came near any of its cells
            n_cells           [count] 栅格数 · Cells of 5 m of the land to patrol
            n_never           [count] 从未巡到 · Cells that nobody came near as far as is known
            n_within_1        [count] 1天内到过 · Cells that somebody came near within 1 day
            n_within_3        [count] 3天内到过 · Cells that somebody came near within 3 days
            n_within_7        [count] 7天内到过 · Cells that somebody came near within 7 days
            n_within_30       [count] 30天内到过 · Cells that somebody came near within 30 days

        从未到访的栅格只知道自轨迹开始以来没有人到过,按轨迹首日的前一天起算;没有轨迹、没有应巡面积时为空 · of a cell
        never visited it is known only that nobody came since the tracks begin: it counts as idle from the day before
        them; null without tracks, or where a grid has no land to patrol

        A GeoDataFrame (geometry `geom`, EPSG:4326) where rows are places, else a DataFrame; instants are UTC. It has .plot(),
        .explore(), .units, .definition(), .answer; `.attrs` holds as_of, units, CRS and definition.
        Raises QuestionError, UnknownScope, StoreError.
        """

    def refusals(
        self,
        *,
        where: Mapping[str, Any] | None = None,
        limit: int | None = None,
        offset: int = 0,
    ) -> Rows | Places:
        """隔离原因 · Why rows were set aside (refusals, v1).

        隔离区中等待处理的行,按系统、类型、原因计数

        rows that wait in quarantine, counted by system, kind of file and reason

            where   filters: {"channel": "12345热线", "unit": [...], "urgent": True, "category": None (= not given)}
            limit   of lists; sort "-due_at" is downwards
            offset  of lists; sort "-due_at" is downwards

        Gives a list, with these columns besides those asked by:
            source    [-] 系统 · Connected system the row came from
            kind      [-] 类型 · Kind
            reason    [-] 原因 · Why
            n_held    [count] 隔离待处理 · Rows that wait in quarantine
            since_at  [UTC] 最早 · When the first of them was set aside

        没有等待的行时为空表 · no rows where nothing waits

        A GeoDataFrame (geometry `geom`, EPSG:4326) where rows are places, else a DataFrame; instants are UTC. It has .plot(),
        .explore(), .units, .definition(), .answer; `.attrs` holds as_of, units, CRS and definition.
        Raises QuestionError, UnknownScope, StoreError.
        """

    def registered_rate(
        self,
        *,
        by: str | Sequence[str] | None = None,
        scope: str | None = None,
        as_of: date | datetime | str | None = None,
        known_at: date | datetime | str | None = None,
        since: date | str | None = None,
        until: date | str | None = None,
        during: str | tuple[str, date | str] | None = None,
        compare: str | None = None,
        per: str | None = None,
        where: Mapping[str, Any] | None = None,
        layer: str | None = None,
        recast: bool = False,
    ) -> Rows | Places:
        """立案率 · Registered rate (registered_rate, v1).

        立案率 = 周期内立案 ÷ 周期内上报(受理)。例:天门月报 996 ÷ 1054 = 94.50%

        registered rate = registered in the period / reported in the period. Tianmen's month: 996 / 1,054 = 94.50 %

            by        what to count by: a level of grids (village, grid ...), unit, category, channel ...; flow: day,
                      week, month
            scope     code of a grid: it and all below; None = the whole town
            where     filters: {"channel": "12345热线", "unit": [...], "urgent": True, "category": None (= not given)}
            as_of     a statistical day (its end) or an instant; None = the last day the data tells of
            known_at  likewise: the answer as the loads finished by then would give it; None = all loads
            since     statistical days, both inclusive
            until     statistical days, both inclusive
            layer     layer of grids; None = the base layer, or the one that has the level asked by
            recast    place every case in the version of the grids valid at as_of, whatever was valid when it was
                      reported
            during    a statistical period: "month" = the last full one at as_of, "month:2026-10-15" = the one that
                      holds the day; day, week, month, quarter, year. A question of an instant is asked at its end
            compare   "previous" (环比), "year_before" (同比) or "both": the neighbour periods beside each count and
                      rate
            per       an exposure of the grids asked by, such as "residents" or "road_km": counts beside it per so
                      much of it
                      (by: levels of grids, category, subcategory, unit, line, channel, source, track, urgent,
                      duplicate, place, place_status, state, day, week, month, quarter, year)

        Gives one row a group, with these columns besides those asked by:
            n_reported       [count] 上报 · Cases reported in the period
            n_registered     [count] 立案 · Cases registered in the period
            n_voided         [count] 不予立案 · Cases found void in the period
            registered_rate  [0..1] 立案率 · n_registered / n_reported

        没有上报时为空 · null where nothing was reported

        A GeoDataFrame (geometry `geom`, EPSG:4326) where rows are places, else a DataFrame; instants are UTC. It has .plot(),
        .explore(), .units, .definition(), .answer; `.attrs` holds as_of, units, CRS and definition.
        Raises QuestionError, UnknownScope, StoreError.
        """

    def reopened(
        self,
        *,
        by: str | Sequence[str] | None = None,
        scope: str | None = None,
        as_of: date | datetime | str | None = None,
        known_at: date | datetime | str | None = None,
        since: date | str | None = None,
        until: date | str | None = None,
        during: str | tuple[str, date | str] | None = None,
        compare: str | None = None,
        per: str | None = None,
        where: Mapping[str, Any] | None = None,
        layer: str | None = None,
        recast: bool = False,
    ) -> Rows | Places:
        """重启 · Opened again (reopened, v1).

        重启率 = 周期内重启的案件 ÷ 周期内结案的案件

        reopened rate = cases opened again in the period / cases closed in the period

            by        what to count by: a level of grids (village, grid ...), unit, category, channel ...; flow: day,
                      week, month
            scope     code of a grid: it and all below; None = the whole town
            where     filters: {"channel": "12345热线", "unit": [...], "urgent": True, "category": None (= not given)}
            as_of     a statistical day (its end) or an instant; None = the last day the data tells of
            known_at  likewise: the answer as the loads finished by then would give it; None = all loads
            since     statistical days, both inclusive
            until     statistical days, both inclusive
            layer     layer of grids; None = the base layer, or the one that has the level asked by
            recast    place every case in the version of the grids valid at as_of, whatever was valid when it was
                      reported
            during    a statistical period: "month" = the last full one at as_of, "month:2026-10-15" = the one that
                      holds the day; day, week, month, quarter, year. A question of an instant is asked at its end
            compare   "previous" (环比), "year_before" (同比) or "both": the neighbour periods beside each count and
                      rate
            per       an exposure of the grids asked by, such as "residents" or "road_km": counts beside it per so
                      much of it
                      (by: levels of grids, category, subcategory, unit, line, channel, source, track, urgent,
                      duplicate, place, place_status, state, day, week, month, quarter, year)

        Gives one row a group, with these columns besides those asked by:
            n_reopened        [count] 重启 · Cases reopened in the period
            n_reopened_cases  [count] 重启件 · Cases opened again in the period, each once
            n_closed          [count] 结案 · Cases closed in the period
            reopened_rate     [0..1] 重启率 · n_reopened_cases / n_closed

        没有结案时为空 · null where nothing was closed

        A GeoDataFrame (geometry `geom`, EPSG:4326) where rows are places, else a DataFrame; instants are UTC. It has .plot(),
        .explore(), .units, .definition(), .answer; `.attrs` holds as_of, units, CRS and definition.
        Raises QuestionError, UnknownScope, StoreError.
        """

    def repeat_places(
        self,
        *,
        scope: str | None = None,
        as_of: date | datetime | str | None = None,
        since: date | str | None = None,
        until: date | str | None = None,
        during: str | tuple[str, date | str] | None = None,
        where: Mapping[str, Any] | None = None,
        layer: str | None = None,
        recast: bool = False,
        limit: int | None = None,
        offset: int = 0,
    ) -> Rows | Places:
        """同址复发清单 · Places where a trouble comes back (repeat_places, v1).

        每行一处:结案后 90 日内同一小类、50 米内又报的(见反复与根治率 repeats),前后相接连成一串,复发多的在前;复发次数
        = 串中在结案之后上报的案件数;间隔为结案到再报的中位天数

        one row a place: closings after which the same subcategory was reported again within 90 days and 50 m (see
        `repeats`), one leading to the next, the most returns first; returns = reports of the chain that came after a
        closing; the interval is the median of days from closing to next report

            scope   code of a grid: it and all below; None = the whole town
            where   filters: {"channel": "12345热线", "unit": [...], "urgent": True, "category": None (= not given)}
            as_of   a statistical day (its end) or an instant; None = the last day the data tells of
            since   statistical days, both inclusive
            until   statistical days, both inclusive
            limit   of lists; sort "-due_at" is downwards
            offset  of lists; sort "-due_at" is downwards
            layer   layer of grids; None = the base layer, or the one that has the level asked by
            recast  place every case in the version of the grids valid at as_of, whatever was valid when it was
                    reported
            during  a statistical period: "month" = the last full one at as_of, "month:2026-10-15" = the one that
                    holds the day; day, week, month, quarter, year. A question of an instant is asked at its end

        Gives a list, with these columns besides those asked by:
            case_no          [-] 案号 · Case number of the source
            n_back           [count] 复发次数 · Reports of the same trouble after a closing
            n_closings       [count] 结案次数 · Closings after which the trouble came back
            first_closed_at  [UTC] 首次结案 · The first of these closings
            last_at          [UTC] 末报时间 · When the trouble was last reported
            quiet_days       [days] 间隔(日) · Median of days from a closing to the next report
            is_open          [-] 在办 · Open at as_of
            category         [-] 大类 · Category
            subcategory      [-] 小类 · Subcategory
            address          [-] 地址 · Address
            grid_code        [-] 网格代码 · Code of the grid
            units            [-] 结案单位 · Units that answered at the closings

        没有时为空表 · no rows where there is none

        A GeoDataFrame (geometry `geom`, EPSG:4326) where rows are places, else a DataFrame; instants are UTC. It has .plot(),
        .explore(), .units, .definition(), .answer; `.attrs` holds as_of, units, CRS and definition.
        Raises QuestionError, UnknownScope, StoreError.
        """

    def repeats(
        self,
        *,
        by: str | Sequence[str] | None = None,
        scope: str | None = None,
        as_of: date | datetime | str | None = None,
        since: date | str | None = None,
        until: date | str | None = None,
        during: str | tuple[str, date | str] | None = None,
        compare: str | None = None,
        per: str | None = None,
        where: Mapping[str, Any] | None = None,
        layer: str | None = None,
        recast: bool = False,
    ) -> Rows | Places:
        """反复与根治率 · Repeats, and fixed for good (repeats, v1).

        30 日根治率 = 结案后 30 日内未再报同一问题的案件 ÷ 结案已满 30 日的案件;90 日同理。同一问题再报:同一小类,50
        米内(都没有坐标的,地址相同),在结案之后上报

        fixed for 30 days = closed cases whose trouble was not reported again within 30 days of the closing / closed
        cases whose closing lies 30 days back or more; likewise 90. Reported again: of the same subcategory, within 50
        m (the same address where neither has coordinates), after the closing

            by       what to count by: a level of grids (village, grid ...), unit, category, channel ...; flow: day,
                     week, month
            scope    code of a grid: it and all below; None = the whole town
            where    filters: {"channel": "12345热线", "unit": [...], "urgent": True, "category": None (= not given)}
            as_of    a statistical day (its end) or an instant; None = the last day the data tells of
            since    statistical days, both inclusive
            until    statistical days, both inclusive
            layer    layer of grids; None = the base layer, or the one that has the level asked by
            recast   place every case in the version of the grids valid at as_of, whatever was valid when it was
                     reported
            during   a statistical period: "month" = the last full one at as_of, "month:2026-10-15" = the one that
                     holds the day; day, week, month, quarter, year. A question of an instant is asked at its end
            compare  "previous" (环比), "year_before" (同比) or "both": the neighbour periods beside each count and
                     rate
            per      an exposure of the grids asked by, such as "residents" or "road_km": counts beside it per so much
                     of it
                     (by: levels of grids, category, subcategory, unit, line, channel, source, track, urgent,
                     duplicate, place, place_status, state, day, week, month, quarter, year)

        Gives one row a group, with these columns besides those asked by:
            n_closed       [count] 结案 · Cases closed in the period
            n_comparable   [count] 可比较 · Of the closed: what they are about and where is told
            n_watched_30   [count] 满30日 · Of these: closed 30 days or more before as_of
            n_back_30      [count] 30日内再报 · Of these: the same trouble again within 30 days
            n_watched_90   [count] 满90日 · Of these: closed 90 days or more before as_of
            n_back_90      [count] 90日内再报 · Of these: the same trouble again within 90 days
            fixed_rate_30  [0..1] 30日根治率 · (watched - back) / watched
            fixed_rate_90  [0..1] 90日根治率 · (watched - back) / watched

        没有满期的结案时为空 · null where no closing has been watched that long

        A GeoDataFrame (geometry `geom`, EPSG:4326) where rows are places, else a DataFrame; instants are UTC. It has .plot(),
        .explore(), .units, .definition(), .answer; `.attrs` holds as_of, units, CRS and definition.
        Raises QuestionError, UnknownScope, StoreError.
        """

    def responsible(
        self,
        *,
        scope: str | None = None,
        as_of: date | datetime | str | None = None,
        known_at: date | datetime | str | None = None,
        where: Mapping[str, Any] | None = None,
        case: str | None = None,
    ) -> Rows | Places:
        """为何由该单位负责 · Why this unit (responsible, v1).

        截至 as_of 指明责任单位的每一条依据:事项目录(catalogue)=
        本镇最新一版目录中同大类同小类事项的责任主体;目录只写单位类别(如中队)的,
        为该类单位中辖区包含案发网格的那个;案件(case)= 随案件送来的单位;派遣(event)= 台账中的每次派遣,
        从未派遣的为写明单位的各步。is_now = 即 as_of 时(或结案时)的责任单位

        each thing that names a unit for a case, until as_of: catalogue = the owner of the item of the same category
        and subcategory in the newest edition of the town's own catalogue; where that names a kind of unit only (such
        as squad), the unit of that kind whose territory holds the grid of the case; case = the unit that came with
        the case; event = each dispatch in the ledger (of a case that was never dispatched each step that names a
        unit). is_now = it is the unit that answers at as_of (or answered last)

            case      number of the one case that is spoken of
            scope     code of a grid: it and all below; None = the whole town
            where     filters: {"channel": "12345热线", "unit": [...], "urgent": True, "category": None (= not given)}
            as_of     a statistical day (its end) or an instant; None = the last day the data tells of
            known_at  likewise: the answer as the loads finished by then would give it; None = all loads

        Gives a list, with these columns besides those asked by:
            basis       [-] 依据 · event = delivered, row = inferred from the row of the case
            at          [UTC] 时间 · When it happened
            event_zh    [-] 动作 · The event in Chinese
            event_en    [-] 动作(英) · The event in English
            unit        [-] 责任单位 · Responsible unit
            is_now      [-] 现责任单位 · It is the unit that answers, or answered last
            reason      [-] 原因 · Why
            item_code   [-] 事项编号 · Number of the item in the catalogue
            condition   [-] 条件 · When this row of the item applies
            owner_text  [-] 目录责任主体 · Who owns the item, as the catalogue writes it: a unit or a kind of unit
            limit_text  [-] 目录时限 · How long it may take, as the catalogue writes it
            valid_from  [-] 生效 · First day of the edition

        没有任何依据时为空表;目录没有写明或没有这样的单位时 unit 为空;没有这件案件时报错 · nothing that names a unit
        gives no rows; unit is null where the catalogue names none, or none there is; an unknown case is an error

        A GeoDataFrame (geometry `geom`, EPSG:4326) where rows are places, else a DataFrame; instants are UTC. It has .plot(),
        .explore(), .units, .definition(), .answer; `.attrs` holds as_of, units, CRS and definition.
        Raises QuestionError, UnknownScope, StoreError.
        """

    def returned(
        self,
        *,
        by: str | Sequence[str] | None = None,
        scope: str | None = None,
        as_of: date | datetime | str | None = None,
        known_at: date | datetime | str | None = None,
        since: date | str | None = None,
        until: date | str | None = None,
        during: str | tuple[str, date | str] | None = None,
        compare: str | None = None,
        per: str | None = None,
        where: Mapping[str, Any] | None = None,
        layer: str | None = None,
        recast: bool = False,
    ) -> Rows | Places:
        """退回 · Given back (returned, v1).

        退回次数 = 周期内责任单位把派来的案件退回中心的次数(n_returned,次);退回件 = 其中的案件数(n_returned_cases,
        件);n_returned_again 为周期内退回两次及以上的案件

        given back = times that a unit gave a case back to the centre in the period (n_returned); n_returned_cases =
        the cases; n_returned_again = the cases given back twice or more in the period

            by        what to count by: a level of grids (village, grid ...), unit, category, channel ...; flow: day,
                      week, month
            scope     code of a grid: it and all below; None = the whole town
            where     filters: {"channel": "12345热线", "unit": [...], "urgent": True, "category": None (= not given)}
            as_of     a statistical day (its end) or an instant; None = the last day the data tells of
            known_at  likewise: the answer as the loads finished by then would give it; None = all loads
            since     statistical days, both inclusive
            until     statistical days, both inclusive
            layer     layer of grids; None = the base layer, or the one that has the level asked by
            recast    place every case in the version of the grids valid at as_of, whatever was valid when it was
                      reported
            during    a statistical period: "month" = the last full one at as_of, "month:2026-10-15" = the one that
                      holds the day; day, week, month, quarter, year. A question of an instant is asked at its end
            compare   "previous" (环比), "year_before" (同比) or "both": the neighbour periods beside each count and
                      rate
            per       an exposure of the grids asked by, such as "residents" or "road_km": counts beside it per so
                      much of it
                      (by: levels of grids, category, subcategory, unit, line, channel, source, track, urgent,
                      duplicate, place, place_status, state, day, week, month, quarter, year)

        Gives one row a group, with these columns besides those asked by:
            n_returned        [count] 退回 · Times returned by a unit
            n_returned_cases  [count] 退单 · Cases given back by a unit in the period
            n_returned_again  [count] 重复退回件 · Cases given back twice or more in the period

        没有退回的为 0 · 0 where nothing was given back

        A GeoDataFrame (geometry `geom`, EPSG:4326) where rows are places, else a DataFrame; instants are UTC. It has .plot(),
        .explore(), .units, .definition(), .answer; `.attrs` holds as_of, units, CRS and definition.
        Raises QuestionError, UnknownScope, StoreError.
        """

    def revisits(
        self,
        *,
        by: str | Sequence[str] | None = None,
        scope: str | None = None,
        as_of: date | datetime | str | None = None,
        since: date | str | None = None,
        until: date | str | None = None,
        during: str | tuple[str, date | str] | None = None,
        layer: str | None = None,
    ) -> Rows | Places:
        """巡查间隔 · Revisit interval (revisits, v1).

        巡查间隔 = 应巡栅格在期内两次到访之间的平均天数(首末到访相隔天数 ÷(到访天数 - 1)),取网格各栅格的平均;计划间隔
        = 期内天数 ÷ 该网格有计划路线的天数,村、镇按应巡面积加权;倍数 = 巡查间隔 ÷ 计划间隔

        interval = days between two visits of a cell of the land to patrol, on average over the window ((last - first
        visit) / (days with a visit - 1)), mean over the cells of the grid; planned = days of the window / days on
        which a route of the grid is planned, for villages and the town weighted by land to patrol; times planned =
        interval / planned interval

            by      what to count by: a level of grids (village, grid ...), unit, category, channel ...; flow: day,
                    week, month
            scope   code of a grid: it and all below; None = the whole town
            as_of   a statistical day (its end) or an instant; None = the last day the data tells of
            since   statistical days, both inclusive
            until   statistical days, both inclusive
            layer   layer of grids; None = the base layer, or the one that has the level asked by
            during  a statistical period: "month" = the last full one at as_of, "month:2026-10-15" = the one that
                    holds the day; day, week, month, quarter, year. A question of an instant is asked at its end
                    (by: levels of grids)

        Gives a list, with these columns besides those asked by:
            revisit_days           [days] 巡查间隔(天) · Days from one visit of a cell to the next, mean over cells
            planned_interval_days  [days] 计划间隔(天) · Days from one planned patrol to the next
            times_planned          [-] 间隔倍数 · revisit_days / planned_interval_days
            idle_mean_days         [days] 平均未巡天数 · Days since the last visit, mean over the cells
            idle_worst_days        [days] 最长未巡天数 · Days since the last visit, of the cell left alone longest
            n_cells                [count] 栅格数 · Cells of 5 m of the land to patrol
            n_seen                 [count] 到访栅格数 · Cells that somebody came near in the window
            n_seen_again           [count] 再次到访栅格数 · Cells that somebody came near on two days or more
            seen_in_share          [0..1] 到访栅格比例 · n_seen / n_cells
            again_share            [0..1] 再次到访比例 · n_seen_again / n_cells

        没有栅格到访两天以上时间隔为空;没有计划路线时计划间隔为空 · null where no cell was visited on two days; the
        planned interval is null where no route of the grid is planned

        A GeoDataFrame (geometry `geom`, EPSG:4326) where rows are places, else a DataFrame; instants are UTC. It has .plot(),
        .explore(), .units, .definition(), .answer; `.attrs` holds as_of, units, CRS and definition.
        Raises QuestionError, UnknownScope, StoreError.
        """

    def rework(
        self,
        *,
        by: str | Sequence[str] | None = None,
        scope: str | None = None,
        as_of: date | datetime | str | None = None,
        known_at: date | datetime | str | None = None,
        since: date | str | None = None,
        until: date | str | None = None,
        during: str | tuple[str, date | str] | None = None,
        compare: str | None = None,
        per: str | None = None,
        where: Mapping[str, Any] | None = None,
        layer: str | None = None,
        recast: bool = False,
    ) -> Rows | Places:
        """返工 · Sent back to be done again (rework, v1).

        返工件 = 周期内被退回重办的案件(n_reworked,件;n_rework,次);返工率 = 返工件 ÷ 周期内处置的案件。
        以应结案为分母的另有一问(rework_of_due)

        reworked = cases sent back to be done again in the period (n_reworked cases, n_rework times); rework rate =
        reworked / cases handled in the period. Divided by the due: see rework_of_due

            by        what to count by: a level of grids (village, grid ...), unit, category, channel ...; flow: day,
                      week, month
            scope     code of a grid: it and all below; None = the whole town
            where     filters: {"channel": "12345热线", "unit": [...], "urgent": True, "category": None (= not given)}
            as_of     a statistical day (its end) or an instant; None = the last day the data tells of
            known_at  likewise: the answer as the loads finished by then would give it; None = all loads
            since     statistical days, both inclusive
            until     statistical days, both inclusive
            layer     layer of grids; None = the base layer, or the one that has the level asked by
            recast    place every case in the version of the grids valid at as_of, whatever was valid when it was
                      reported
            during    a statistical period: "month" = the last full one at as_of, "month:2026-10-15" = the one that
                      holds the day; day, week, month, quarter, year. A question of an instant is asked at its end
            compare   "previous" (环比), "year_before" (同比) or "both": the neighbour periods beside each count and
                      rate
            per       an exposure of the grids asked by, such as "residents" or "road_km": counts beside it per so
                      much of it
                      (by: levels of grids, category, subcategory, unit, line, channel, source, track, urgent,
                      duplicate, place, place_status, state, day, week, month, quarter, year)

        Gives one row a group, with these columns besides those asked by:
            n_rework     [count] 返工 · Times sent back for rework
            n_reworked   [count] 返工件 · Cases sent back for rework in the period
            n_again      [count] 同址再报 · Cases with an earlier one of the same kind within 50 m
            n_handled    [count] 处置 · Cases reported as handled in the period
            rework_rate  [0..1] 返工率 · n_reworked / n_handled

        没有处置的案件时返工率为空 · the rate is null where nothing was handled

        A GeoDataFrame (geometry `geom`, EPSG:4326) where rows are places, else a DataFrame; instants are UTC. It has .plot(),
        .explore(), .units, .definition(), .answer; `.attrs` holds as_of, units, CRS and definition.
        Raises QuestionError, UnknownScope, StoreError.
        """

    def rework_of_due(
        self,
        *,
        by: str | Sequence[str] | None = None,
        scope: str | None = None,
        as_of: date | datetime | str | None = None,
        known_at: date | datetime | str | None = None,
        since: date | str | None = None,
        until: date | str | None = None,
        during: str | tuple[str, date | str] | None = None,
        compare: str | None = None,
        per: str | None = None,
        where: Mapping[str, Any] | None = None,
        layer: str | None = None,
        recast: bool = False,
    ) -> Rows | Places:
        """返工率(以应结案为分母) · Rework rate, of the due (rework_of_due, v1).

        返工率 = 周期内返工的案件 ÷ 周期内应结案。郑州数字化城管周报的口径:276 ÷ 52434 = 0.53%

        rework rate = cases sent back in the period / cases due in the period. The definition of Zhengzhou's weekly
        bulletin: 276 / 52,434 = 0.53 %

            by        what to count by: a level of grids (village, grid ...), unit, category, channel ...; flow: day,
                      week, month
            scope     code of a grid: it and all below; None = the whole town
            where     filters: {"channel": "12345热线", "unit": [...], "urgent": True, "category": None (= not given)}
            as_of     a statistical day (its end) or an instant; None = the last day the data tells of
            known_at  likewise: the answer as the loads finished by then would give it; None = all loads
            since     statistical days, both inclusive
            until     statistical days, both inclusive
            layer     layer of grids; None = the base layer, or the one that has the level asked by
            recast    place every case in the version of the grids valid at as_of, whatever was valid when it was
                      reported
            during    a statistical period: "month" = the last full one at as_of, "month:2026-10-15" = the one that
                      holds the day; day, week, month, quarter, year. A question of an instant is asked at its end
            compare   "previous" (环比), "year_before" (同比) or "both": the neighbour periods beside each count and
                      rate
            per       an exposure of the grids asked by, such as "residents" or "road_km": counts beside it per so
                      much of it
                      (by: levels of grids, category, subcategory, unit, line, channel, source, track, urgent,
                      duplicate, place, place_status, state, day, week, month, quarter, year)

        Gives one row a group, with these columns besides those asked by:
            n_reworked          [count] 返工件 · Cases sent back for rework in the period
            n_due               [count] 应结案 · Cases whose deadline lies in the period
            rework_rate_of_due  [0..1] 返工率(÷应结案) · n_reworked / n_due

        没有应结案时为空 · null where nothing was due

        A GeoDataFrame (geometry `geom`, EPSG:4326) where rows are places, else a DataFrame; instants are UTC. It has .plot(),
        .explore(), .units, .definition(), .answer; `.attrs` holds as_of, units, CRS and definition.
        Raises QuestionError, UnknownScope, StoreError.
        """

    def rework_of_handled(
        self,
        *,
        by: str | Sequence[str] | None = None,
        scope: str | None = None,
        as_of: date | datetime | str | None = None,
        known_at: date | datetime | str | None = None,
        since: date | str | None = None,
        until: date | str | None = None,
        during: str | tuple[str, date | str] | None = None,
        compare: str | None = None,
        per: str | None = None,
        where: Mapping[str, Any] | None = None,
        layer: str | None = None,
        recast: bool = False,
    ) -> Rows | Places:
        """返工率(以处置为分母) · Rework rate, of the handled (rework_of_handled, v1).

        返工率 = 周期内返工的案件 ÷ 周期内处置的案件。城市管理信息系统评价规范一类的口径

        rework rate = cases sent back in the period / cases handled in the period. The definition of the evaluation
        rules of city management systems

            by        what to count by: a level of grids (village, grid ...), unit, category, channel ...; flow: day,
                      week, month
            scope     code of a grid: it and all below; None = the whole town
            where     filters: {"channel": "12345热线", "unit": [...], "urgent": True, "category": None (= not given)}
            as_of     a statistical day (its end) or an instant; None = the last day the data tells of
            known_at  likewise: the answer as the loads finished by then would give it; None = all loads
            since     statistical days, both inclusive
            until     statistical days, both inclusive
            layer     layer of grids; None = the base layer, or the one that has the level asked by
            recast    place every case in the version of the grids valid at as_of, whatever was valid when it was
                      reported
            during    a statistical period: "month" = the last full one at as_of, "month:2026-10-15" = the one that
                      holds the day; day, week, month, quarter, year. A question of an instant is asked at its end
            compare   "previous" (环比), "year_before" (同比) or "both": the neighbour periods beside each count and
                      rate
            per       an exposure of the grids asked by, such as "residents" or "road_km": counts beside it per so
                      much of it
                      (by: levels of grids, category, subcategory, unit, line, channel, source, track, urgent,
                      duplicate, place, place_status, state, day, week, month, quarter, year)

        Gives one row a group, with these columns besides those asked by:
            n_reworked   [count] 返工件 · Cases sent back for rework in the period
            n_handled    [count] 处置 · Cases reported as handled in the period
            rework_rate  [0..1] 返工率 · n_reworked / n_handled

        没有处置的案件时为空 · null where nothing was handled

        A GeoDataFrame (geometry `geom`, EPSG:4326) where rows are places, else a DataFrame; instants are UTC. It has .plot(),
        .explore(), .units, .definition(), .answer; `.attrs` holds as_of, units, CRS and definition.
        Raises QuestionError, UnknownScope, StoreError.
        """

    def roster(
        self,
        *,
        by: str | Sequence[str] | None = None,
        scope: str | None = None,
        as_of: date | datetime | str | None = None,
        during: str | tuple[str, date | str] | None = None,
        compare: str | None = None,
        per: str | None = None,
        layer: str | None = None,
    ) -> Rows | Places:
        """一长五员配备 · Posts of the grids (roster, v1).

        as_of 当日花名册上的岗位(一长五员):已配 + 缺岗 = 岗位;缺岗率 = 缺岗 ÷ 岗位;一人多岗 =
        在全镇担任两个及以上岗位的人数;可按网格层级、岗位(role)、单位(unit)分列

        posts in the rosters of the day of as_of (one leader and five roles): filled + vacant = posts; vacant share =
        vacant / posts; people with several posts = those who hold two or more in the town; by a level of grids, by
        role, by unit

            by       what to count by: a level of grids (village, grid ...), unit, category, channel ...; flow: day,
                     week, month
            scope    code of a grid: it and all below; None = the whole town
            as_of    a statistical day (its end) or an instant; None = the last day the data tells of
            layer    layer of grids; None = the base layer, or the one that has the level asked by
            during   a statistical period: "month" = the last full one at as_of, "month:2026-10-15" = the one that
                     holds the day; day, week, month, quarter, year. A question of an instant is asked at its end
            compare  "previous" (环比), "year_before" (同比) or "both": the neighbour periods beside each count and
                     rate
            per      an exposure of the grids asked by, such as "residents" or "road_km": counts beside it per so much
                     of it
                     (by: levels of grids, category, subcategory, unit, line, channel, source, track, urgent,
                     duplicate, place, place_status, state, role)

        Gives one row a group, with these columns besides those asked by:
            n_posts       [count] 岗位 · Posts that the rosters list
            n_filled      [count] 已配 · Posts that somebody holds
            n_vacant      [count] 缺岗 · Posts that nobody holds
            vacant_share  [0..1] 缺岗率 · n_vacant / n_posts
            n_holders     [count] 在岗人数 · People who hold a post
            n_many        [count] 一人多岗人数 · Of the holders: those who hold two posts or more in the town
            many_share    [0..1] 一人多岗比例 · n_many / n_holders

        没有岗位时比例为空;当日没有花名册时为空,并说明 · shares are null where there are no posts; where no roster of
        that day is known all is null, and the answer says so

        A GeoDataFrame (geometry `geom`, EPSG:4326) where rows are places, else a DataFrame; instants are UTC. It has .plot(),
        .explore(), .units, .definition(), .answer; `.attrs` holds as_of, units, CRS and definition.
        Raises QuestionError, UnknownScope, StoreError.
        """

    def squads(
        self,
        *,
        as_of: date | datetime | str | None = None,
        since: date | str | None = None,
        until: date | str | None = None,
        during: str | tuple[str, date | str] | None = None,
    ) -> Rows | Places:
        """各中队巡查 · Patrols of the squads (squads, v1).

        辖区覆盖率 = 本单位人员到过的辖区应巡面积 ÷ 辖区应巡面积(到过 = 距轨迹 30 米内或本镇规则所定);在辖区时间比例 =
        辖区内的巡查分钟 ÷ 巡查分钟

        share covered = land to patrol of the unit's territory that its own people came near / land to patrol of the
        territory (near = within 30 m, or what the town's rules say); share at home = minutes on patrol within the
        territory / minutes on patrol

            as_of   a statistical day (its end) or an instant; None = the last day the data tells of
            since   statistical days, both inclusive
            until   statistical days, both inclusive
            during  a statistical period: "month" = the last full one at as_of, "month:2026-10-15" = the one that
                    holds the day; day, week, month, quarter, year. A question of an instant is asked at its end

        Gives a list, with these columns besides those asked by:
            unit           [-] 责任单位 · Responsible unit
            unit_name      [-] 责任单位名称 · Name of the unit
            n_people       [count] 涉及人数 · People it was found of
            n_days         [count] 有巡查天数 · Days on which it was patrolled, for as many minutes as the rules say
            covered_share  [0..1] 应巡面积覆盖率 · Share of the land to patrol that was covered: covered_m2 / due_m2
            covered_m2     [m2] 已巡应巡面积(m²) · Land to patrol that somebody came near
            due_m2         [m2] 应巡面积(m²) · Land to patrol: roads and built-up land, in cells of 5 m
            swept_m2       [m2] 已巡面积(m²) · Land that somebody came near
            minutes        [minutes] 巡查时长(分钟) · Minutes on patrol
            km             [km] 巡查里程(km) · Way on patrol
            effective_km   [km] 有效里程(km) · Way outside stops and inside a grid
            home_min       [minutes] 辖区内时长(分钟) · Minutes on patrol within the unit's territory
            home_share     [0..1] 在辖区时间比例 · home_min / minutes

        期内没有人巡查的单位不列 · units of which nobody was on patrol are not listed

        A GeoDataFrame (geometry `geom`, EPSG:4326) where rows are places, else a DataFrame; instants are UTC. It has .plot(),
        .explore(), .units, .definition(), .answer; `.attrs` holds as_of, units, CRS and definition.
        Raises QuestionError, UnknownScope, StoreError.
        """

    def standouts(
        self,
        *,
        by: str | Sequence[str] | None = None,
        scope: str | None = None,
        as_of: date | datetime | str | None = None,
        known_at: date | datetime | str | None = None,
        since: date | str | None = None,
        until: date | str | None = None,
        during: str | tuple[str, date | str] | None = None,
        where: Mapping[str, Any] | None = None,
        layer: str | None = None,
        recast: bool = False,
    ) -> Rows | Places:
        """明显高于全镇的网格 · Grids clearly above the town (standouts, v1).

        应有件数 = 其他网格每单位基数的上报件数 × 本网格基数;倍数 = 上报 ÷ 应有,区间为 Byar 95%。基数取常住人口,
        未登记时依次取道路、建成区、面积(见 meta 的 exposure)。漏斗图界限按方根尺度(Spiegelhalter 2005),
        并按各网格本来的差异放宽;错误发现率 5% 为高于/低于,0.2% 为明显高于/明显低于(Benjamini & Hochberg 1995)

        expected = cases of all other grids per unit of what grids hold, times what the grid holds; times_expected =
        reported / expected, with Byar's interval of 95 %. What grids hold are residents; where those are not known
        road length, built-up area or area, in this order (meta `exposure`). Limits of a funnel on the root scale
        (Spiegelhalter 2005), widened by how much grids differ anyway; above/below at a share of false findings of 5
        %, far above/below at 0.2 % (Benjamini and Hochberg 1995)

            by        what to count by: a level of grids (village, grid ...), unit, category, channel ...; flow: day,
                      week, month
            scope     code of a grid: it and all below; None = the whole town
            where     filters: {"channel": "12345热线", "unit": [...], "urgent": True, "category": None (= not given)}
            as_of     a statistical day (its end) or an instant; None = the last day the data tells of
            known_at  likewise: the answer as the loads finished by then would give it; None = all loads
            since     statistical days, both inclusive
            until     statistical days, both inclusive
            layer     layer of grids; None = the base layer, or the one that has the level asked by
            recast    place every case in the version of the grids valid at as_of, whatever was valid when it was
                      reported
            during    a statistical period: "month" = the last full one at as_of, "month:2026-10-15" = the one that
                      holds the day; day, week, month, quarter, year. A question of an instant is asked at its end
                      (by: levels of grids, category, subcategory, unit, line, channel, source, track, urgent,
                      duplicate, place, place_status, state)

        Gives a list, with these columns besides those asked by:
            n_reported      [count] 上报 · Cases reported in the period
            held            [-] 基数 · What the grid holds: residents, km of road, area ... (see meta `exposure`)
            expected_n      [-] 应有件数 · Cases that are expected
            times_expected  [-] 倍数 · So many times what is expected
            chance_q        [-] 错误发现率 · Share of false findings at which it is found
            standing        [-] 所处 · Where it stands among the others

        没有上报的网格为 0;基数不明或没有其他网格时,应有与倍数为空 · a grid without reports is 0; expected and times
        are null where what a grid holds is not known, or there are no others

        A GeoDataFrame (geometry `geom`, EPSG:4326) where rows are places, else a DataFrame; instants are UTC. It has .plot(),
        .explore(), .units, .definition(), .answer; `.attrs` holds as_of, units, CRS and definition.
        Raises QuestionError, UnknownScope, StoreError.
        """

    def supervised(
        self,
        *,
        scope: str | None = None,
        as_of: date | datetime | str | None = None,
        known_at: date | datetime | str | None = None,
        since: date | str | None = None,
        until: date | str | None = None,
        during: str | tuple[str, date | str] | None = None,
        where: Mapping[str, Any] | None = None,
        layer: str | None = None,
        recast: bool = False,
        search: str | None = None,
        sort: str | Sequence[str] | None = None,
        limit: int | None = None,
        offset: int = 0,
    ) -> Rows | Places:
        """督办件清单 · Supervised cases (supervised, v1).

        周期内被催办、黄牌、红牌或领导批示的案件,逾期未复的在前,其后为在办未逾期、结案后批示、销号,
        各按首次督办时间;reply:cleared 销号 = 自周期内首次督办后已结案,overdue 逾期未复 = 截至 as_of 仍在办且已过时限,
        waiting = 在办未逾期,after_end = 结案后才批示;催办、黄牌、红牌、批示为周期内次数;距首次督办 = 首次督办至
        as_of(已销号的至结案)的工作日数

        cases urged, given a card or instructed by a leader in the period, overdue ones first, then those waiting,
        supervised after their end, cleared, each by when they were first supervised; reply: cleared = ended since the
        first of these in the period, overdue = open at as_of with the deadline passed, waiting = open and not
        overdue, after_end = supervised after the end; urged, cards and instructed are times in the period;
        given_work_days = working days from the first of these to as_of, or to the end of what is cleared

            scope     code of a grid: it and all below; None = the whole town
            where     filters: {"channel": "12345热线", "unit": [...], "urgent": True, "category": None (= not given)}
            as_of     a statistical day (its end) or an instant; None = the last day the data tells of
            known_at  likewise: the answer as the loads finished by then would give it; None = all loads
            since     statistical days, both inclusive
            until     statistical days, both inclusive
            search    of lists; sort "-due_at" is downwards
            sort      of lists; sort "-due_at" is downwards
            limit     of lists; sort "-due_at" is downwards
            offset    of lists; sort "-due_at" is downwards
            layer     layer of grids; None = the base layer, or the one that has the level asked by
            recast    place every case in the version of the grids valid at as_of, whatever was valid when it was
                      reported
            during    a statistical period: "month" = the last full one at as_of, "month:2026-10-15" = the one that
                      holds the day; day, week, month, quarter, year. A question of an instant is asked at its end

        Gives a list, with these columns besides those asked by:
            case_no          [-] 案号 · Case number of the source
            reply            [-] 督办结果 · What became of a supervised case: cleared, overdue, waiting, after_end
            given_at         [UTC] 首次督办 · When it was first supervised in the period
            last_given_at    [UTC] 最近督办 · When it was last supervised in the period
            given_work_days  [working days] 距首次督办(工作日) · Working days since it was first supervised, until its
                             end once cleared
            n_urged          [count] 催办 · Times urged
            n_yellow_card    [count] 黄牌 · Yellow cards given in the period
            n_red_card       [count] 红牌 · Red cards given in the period
            n_instructed     [count] 领导批示 · Instructions of leaders in the period
            given_unit       [-] 督办时单位 · Unit that answered when it was last supervised
            unit             [-] 责任单位 · Responsible unit
            due_at           [UTC] 时限 · Deadline
            left_work_h      [working hours] 剩余(工作小时) · Working hours to the deadline; negative = past it
            light            [-] 灯 · Light of an open case: green, yellow, red, deep_red, grey
            state            [-] 环节 · State of the case
            subcategory      [-] 小类 · Subcategory
            grid_name        [-] 网格 · Name of the grid
            address          [-] 地址 · Address

        没有时为空表 · none give no rows

        A GeoDataFrame (geometry `geom`, EPSG:4326) where rows are places, else a DataFrame; instants are UTC. It has .plot(),
        .explore(), .units, .definition(), .answer; `.attrs` holds as_of, units, CRS and definition.
        Raises QuestionError, UnknownScope, StoreError.
        """

    def supervision(
        self,
        *,
        by: str | Sequence[str] | None = None,
        scope: str | None = None,
        as_of: date | datetime | str | None = None,
        known_at: date | datetime | str | None = None,
        since: date | str | None = None,
        until: date | str | None = None,
        during: str | tuple[str, date | str] | None = None,
        compare: str | None = None,
        per: str | None = None,
        where: Mapping[str, Any] | None = None,
        layer: str | None = None,
        recast: bool = False,
    ) -> Rows | Places:
        """督办 · Supervision (supervision, v1).

        督办件 = 周期内被催办、黄牌、红牌或领导批示的案件;其中销号 = 自首次督办后已结案的;逾期未复 = 截至 as_of
        仍在办且已过时限的;销号率 = 销号 ÷ (督办件 − 结案后才批示的)

        supervised = cases urged, given a card or instructed by a leader in the period; cleared = ended since the
        first of these; overdue = open at as_of with the deadline passed; cleared rate = cleared / (supervised - given
        after the end)

            by        what to count by: a level of grids (village, grid ...), unit, category, channel ...; flow: day,
                      week, month
            scope     code of a grid: it and all below; None = the whole town
            where     filters: {"channel": "12345热线", "unit": [...], "urgent": True, "category": None (= not given)}
            as_of     a statistical day (its end) or an instant; None = the last day the data tells of
            known_at  likewise: the answer as the loads finished by then would give it; None = all loads
            since     statistical days, both inclusive
            until     statistical days, both inclusive
            layer     layer of grids; None = the base layer, or the one that has the level asked by
            recast    place every case in the version of the grids valid at as_of, whatever was valid when it was
                      reported
            during    a statistical period: "month" = the last full one at as_of, "month:2026-10-15" = the one that
                      holds the day; day, week, month, quarter, year. A question of an instant is asked at its end
            compare   "previous" (环比), "year_before" (同比) or "both": the neighbour periods beside each count and
                      rate
            per       an exposure of the grids asked by, such as "residents" or "road_km": counts beside it per so
                      much of it
                      (by: levels of grids, category, subcategory, unit, line, channel, source, track, urgent,
                      duplicate, place, place_status, state, day, week, month, quarter, year)

        Gives one row a group, with these columns besides those asked by:
            n_urged               [count] 催办 · Times urged
            n_yellow_card         [count] 黄牌 · Yellow cards given in the period
            n_red_card            [count] 红牌 · Red cards given in the period
            n_instructed          [count] 领导批示 · Instructions of leaders in the period
            n_supervised          [count] 督办件 · Cases urged, given a card or instructed in the period
            n_cleared             [count] 销号 · Of the supervised: ended since
            n_supervised_overdue  [count] 逾期未复 · Of the supervised: open with the deadline passed
            n_supervised_waiting  [count] 在办未逾期 · Of the supervised: open and not overdue
            n_after_end           [count] 结案后批示 · Of the supervised: supervised after the end
            cleared_rate          [0..1] 销号率 · n_cleared / (n_supervised - n_after_end)

        没有督办件时为空 · null where nothing was supervised

        A GeoDataFrame (geometry `geom`, EPSG:4326) where rows are places, else a DataFrame; instants are UTC. It has .plot(),
        .explore(), .units, .definition(), .answer; `.attrs` holds as_of, units, CRS and definition.
        Raises QuestionError, UnknownScope, StoreError.
        """

    def suspended(
        self,
        *,
        scope: str | None = None,
        as_of: date | datetime | str | None = None,
        known_at: date | datetime | str | None = None,
        since: date | str | None = None,
        until: date | str | None = None,
        during: str | tuple[str, date | str] | None = None,
        where: Mapping[str, Any] | None = None,
        layer: str | None = None,
        recast: bool = False,
        search: str | None = None,
        sort: str | Sequence[str] | None = None,
        limit: int | None = None,
        offset: int = 0,
    ) -> Rows | Places:
        """挂账与缓办 · Suspended and put off (suspended, v2).

        as_of 时处于挂账或缓办的案件,时间最长的在前;起始 = 本次挂账或缓办不间断的开始;超过允许时长 = 超过 365
        个自然日(以计时规则 [suspension] 为准);给出 since、until 时,另给该周期内的挂账次数 n_suspended_in、缓办次数
        n_put_off_in、恢复次数 n_resumed_in

        cases that are suspended or put off at as_of, the longest first; since = the unbroken begin of this pause;
        over the limit = for more than 365 natural days (as [suspension] of the rules says); with since or until also
        how often cases were suspended (n_suspended_in), put off (n_put_off_in) and resumed (n_resumed_in) in that
        period

            scope     code of a grid: it and all below; None = the whole town
            where     filters: {"channel": "12345热线", "unit": [...], "urgent": True, "category": None (= not given)}
            as_of     a statistical day (its end) or an instant; None = the last day the data tells of
            known_at  likewise: the answer as the loads finished by then would give it; None = all loads
            since     statistical days, both inclusive
            until     statistical days, both inclusive
            search    of lists; sort "-due_at" is downwards
            sort      of lists; sort "-due_at" is downwards
            limit     of lists; sort "-due_at" is downwards
            offset    of lists; sort "-due_at" is downwards
            layer     layer of grids; None = the base layer, or the one that has the level asked by
            recast    place every case in the version of the grids valid at as_of, whatever was valid when it was
                      reported
            during    a statistical period: "month" = the last full one at as_of, "month:2026-10-15" = the one that
                      holds the day; day, week, month, quarter, year. A question of an instant is asked at its end

        Gives a list, with these columns besides those asked by:
            case_no        [-] 案号 · Case number of the source
            stage          [-] 节点 · Node the case entered, of the rules of the clocks
            paused_at      [UTC] 挂账/缓办起始 · Since when it has been suspended or put off
            paused_days    [natural days] 挂账/缓办(天) · Natural days since then
            is_over_limit  [-] 超过允许时长 · Suspended or put off for longer than the rules allow
            unit           [-] 责任单位 · Responsible unit
            next_step      [-] 下一步 · What the case waits for
            reported_at    [UTC] 上报时间 · When the case was reported
            age_work_days  [working days] 上报至今(工作日) · Working days since the report
            subcategory    [-] 小类 · Subcategory
            grid_name      [-] 网格 · Name of the grid
            address        [-] 地址 · Address

        没有时为空表 · none give no rows

        A GeoDataFrame (geometry `geom`, EPSG:4326) where rows are places, else a DataFrame; instants are UTC. It has .plot(),
        .explore(), .units, .definition(), .answer; `.attrs` holds as_of, units, CRS and definition.
        Raises QuestionError, UnknownScope, StoreError.
        """

    def systems(
        self,
        *,
        as_of: date | datetime | str | None = None,
        days: int | None = None,
    ) -> Rows | Places:
        """接入系统 · Connected systems (systems, v1).

        每个接入系统一行。静默 = as_of - 最新记录的时间;通常间隔 = 最近 90 天内十次间隔中九次不超过的间隔(够 6
        批时按各批数据到达的时间,否则按有记录的日子);超过通常间隔的 1.5 倍为晚到,超过 3 倍为停更(倍数见规则
        systems);最近一批失败为导入失败;只有名录、没有时间的系统不判

        one row a connected system. silence = as_of - its latest record; usual silence = the one that nine in ten
        silences of its last 90 days do not exceed (between how far its loads reached where there are 6 or more, else
        between days with records); late above 1.5 times it, stopped above 3 times (the rules say how many: systems);
        failing = its latest load failed; a system that delivers lists without times is not judged

            as_of  a statistical day (its end) or an instant; None = the last day the data tells of
            days   of blind spots: idle for so many days at least; of systems: loads of the last so many days

        Gives a list, with these columns besides those asked by:
            source             [-] 系统 · Connected system the row came from
            source_zh          [-] 接入系统 · Name of the system in Chinese
            source_en          [-] 接入系统(英) · Name of the system in English
            kinds              [-] 内容 · What its files hold: codes, by commas
            freshness          [-] 是否按时 · fresh, late, stopped, failing, list (not judged), few (too few records
                               to tell)
            newest_at          [UTC] 最新数据 · Latest instant found in the data
            silent_h           [h] 静默(小时) · Hours from the latest record to as_of
            usual_h            [h] 通常间隔(小时) · Hours that nine in ten silences do not exceed
            last_load_at       [UTC] 最近导入 · When its last load was finished
            n_failed_since     [count] 其后失败 · Loads that failed after that one
            n_loads            [count] 批次数 · Loads that were finished
            n_read             [count] 读取 · Rows read
            n_loaded           [count] 新增 · Rows that made something new
            n_updated          [count] 更新 · Rows that changed something
            n_unchanged        [count] 未变 · Rows that say what is known
            n_duplicate        [count] 重复 · Identical repetitions inside the file
            n_superseded       [count] 已过时 · Rows older than what is known
            n_quarantined      [count] 隔离 · Rows set aside, with their reasons
            quarantined_share  [0..1] 隔离率 · n_quarantined / n_read
            n_held             [count] 隔离待处理 · Rows that wait in quarantine
            n_outside          [count] 网格外 · Cases with a place outside every grid
            n_unlocated        [count] 无坐标 · Cases without coordinates

        间隔不足 5 次为“记录太少”;没有读取时隔离率为空 · fewer than 5 silences: too few records to tell; the share is
        null where nothing was read

        A GeoDataFrame (geometry `geom`, EPSG:4326) where rows are places, else a DataFrame; instants are UTC. It has .plot(),
        .explore(), .units, .definition(), .answer; `.attrs` holds as_of, units, CRS and definition.
        Raises QuestionError, UnknownScope, StoreError.
        """

    def time_to_close(
        self,
        *,
        by: str | Sequence[str] | None = None,
        scope: str | None = None,
        as_of: date | datetime | str | None = None,
        known_at: date | datetime | str | None = None,
        since: date | str | None = None,
        until: date | str | None = None,
        during: str | tuple[str, date | str] | None = None,
        compare: str | None = None,
        per: str | None = None,
        where: Mapping[str, Any] | None = None,
        layer: str | None = None,
        recast: bool = False,
    ) -> Rows | Places:
        """办结用时 · Time to close (time_to_close, v1).

        办结用时 = 上报到结案的时间(自然日,以及按本镇工作时间规则折算的工作日);用 Kaplan-Meier 法估计,
        仍在办的案件按“至今已这么久、尚未办结”计入,不因未结而被丢掉。中位数 = 半数案件已办结的时间;P90 =
        九成案件已办结的时间;平均用时 = 最多按 14 个自然日(10 个工作日)计的平均;1/3/5日办结比例 = 1/3/5
        个工作日内办结的比例

        time from report to closing, in days that pass and in working days by the town's rules; estimated by Kaplan
        and Meier: a case that is still open counts as 'not closed after so long', it is not dropped. median = time by
        which half of the cases are closed; P90 = nine in ten; mean = with every case counted for at most 14 days (10
        working days); share within 1, 3, 5 = closed within so many working days

            by        what to count by: a level of grids (village, grid ...), unit, category, channel ...; flow: day,
                      week, month
            scope     code of a grid: it and all below; None = the whole town
            where     filters: {"channel": "12345热线", "unit": [...], "urgent": True, "category": None (= not given)}
            as_of     a statistical day (its end) or an instant; None = the last day the data tells of
            known_at  likewise: the answer as the loads finished by then would give it; None = all loads
            since     statistical days, both inclusive
            until     statistical days, both inclusive
            layer     layer of grids; None = the base layer, or the one that has the level asked by
            recast    place every case in the version of the grids valid at as_of, whatever was valid when it was
                      reported
            during    a statistical period: "month" = the last full one at as_of, "month:2026-10-15" = the one that
                      holds the day; day, week, month, quarter, year. A question of an instant is asked at its end
            compare   "previous" (环比), "year_before" (同比) or "both": the neighbour periods beside each count and
                      rate
            per       an exposure of the grids asked by, such as "residents" or "road_km": counts beside it per so
                      much of it
                      (by: levels of grids, category, subcategory, unit, line, channel, source, track, urgent,
                      duplicate, place, place_status, state, day, week, month, quarter, year)

        Gives one row a group, with these columns besides those asked by:
            n_followed        [count] 周期内上报(有效) · Cases reported in the period, void ones left out
            n_ended           [count] 已结 · Of the cases spoken of: closed by as_of
            n_running         [count] 仍在办 · Of the cases spoken of: still open at as_of
            median_days       [days] 办结用时中位数(天) · Days by which half of the cases are closed
            p90_days          [days] 办结用时P90(天) · Days by which nine in ten are closed
            mean_days         [days] 平均用时(最多计14天) · Mean days to close, each case counted for 14 at most
            median_work_days  [working days] 办结用时中位数(工作日) · Working days by which half of the cases are
                              closed
            p90_work_days     [working days] 办结用时P90(工作日) · Working days by which nine in ten are closed
            mean_work_days    [working days] 平均用时(最多计10个工作日) · Mean working days to close, each case
                              counted for 10 at most
            within_1_share    [0..1] 1日办结比例 · Share closed within 1 working day
            within_3_share    [0..1] 3日办结比例 · Share closed within 3 working days
            within_5_share    [0..1] 5日办结比例 · Share closed within 5 working days

        没有案件,或观察时间不够长、达不到该比例或天数时为空 · null where there are no cases, or where they were not
        watched long enough to tell

        A GeoDataFrame (geometry `geom`, EPSG:4326) where rows are places, else a DataFrame; instants are UTC. It has .plot(),
        .explore(), .units, .definition(), .answer; `.attrs` holds as_of, units, CRS and definition.
        Raises QuestionError, UnknownScope, StoreError.
        """

    def unlisted(
        self,
        *,
        as_of: date | datetime | str | None = None,
        limit: int | None = None,
        offset: int = 0,
    ) -> Rows | Places:
        """清单外的类别 · Categories in no catalogue (unlisted, v1).

        来源使用而事项清单中没有的大类、小类(逐字相同才算有),及其案件数

        categories and subcategories that systems use and no catalogue has (only the very words count), with their
        cases

            as_of   a statistical day (its end) or an instant; None = the last day the data tells of
            limit   of lists; sort "-due_at" is downwards
            offset  of lists; sort "-due_at" is downwards

        Gives a list, with these columns besides those asked by:
            category     [-] 大类 · Category
            subcategory  [-] 小类 · Subcategory
            source       [-] 系统 · Connected system the row came from
            n_cases      [count] 案件数 · Cases reported until as_of
            last_at      [UTC] 末报时间 · When the trouble was last reported

        都在清单中时为空表;未导入事项清单时也为空,并说明 · no rows where all are listed; none either where no
        catalogue is loaded, and the answer says so

        A GeoDataFrame (geometry `geom`, EPSG:4326) where rows are places, else a DataFrame; instants are UTC. It has .plot(),
        .explore(), .units, .definition(), .answer; `.attrs` holds as_of, units, CRS and definition.
        Raises QuestionError, UnknownScope, StoreError.
        """

    def unpatrolled(
        self,
        *,
        by: str | Sequence[str] | None = None,
        scope: str | None = None,
        as_of: date | datetime | str | None = None,
        since: date | str | None = None,
        until: date | str | None = None,
        during: str | tuple[str, date | str] | None = None,
        layer: str | None = None,
        limit: int | None = None,
        offset: int = 0,
    ) -> Rows | Places:
        """连续未巡 · Not patrolled (unpatrolled, v1).

        连续未巡天数 = as_of 当日 - 网格最近一次有巡查的日子;有巡查 = 当日全体在网格内巡查合计不少于规则 patrolled_min
        分钟(默认 30):沿边经过不算;村、镇为其任一网格有巡查;计划未巡 = 计划路线安排在当日而当日没有巡查

        days in a row = day of as_of - last day with a patrol in the grid; patrolled = for `patrolled_min` minutes or
        more by all together (30 unless the rules say another number): who passes along its edge does not patrol a
        grid; a village or town was patrolled when any of its grids was; missed = days on which a route of the grid
        was planned and nobody was there

            by      what to count by: a level of grids (village, grid ...), unit, category, channel ...; flow: day,
                    week, month
            scope   code of a grid: it and all below; None = the whole town
            as_of   a statistical day (its end) or an instant; None = the last day the data tells of
            since   statistical days, both inclusive
            until   statistical days, both inclusive
            limit   of lists; sort "-due_at" is downwards
            offset  of lists; sort "-due_at" is downwards
            layer   layer of grids; None = the base layer, or the one that has the level asked by
            during  a statistical period: "month" = the last full one at as_of, "month:2026-10-15" = the one that
                    holds the day; day, week, month, quarter, year. A question of an instant is asked at its end
                    (by: levels of grids)

        Gives a list, with these columns besides those asked by:
            grid_code           [-] 网格代码 · Code of the grid
            grid_name           [-] 网格 · Name of the grid
            parent_code         [-] 上级代码 · Code of the parent grid
            level_code          [-] 层级名 · Name of the level
            last_patrol_on      [-] 最近巡查日 · Last day with a patrol in the grid
            row_days            [days] 连续未巡天数 · Days in a row without a patrol, up to as_of
            longest_row_days    [days] 期内最长连续未巡 · Most days in a row without a patrol in the window
            n_window_days       [count] 期内天数 · Days of the window of which tracks tell
            n_unpatrolled_days  [count] 未巡天数(期内) · Days of the window (of each of its grids) without a patrol
            n_planned_days      [count] 计划巡查天数 · Days of the window on which a route of the grid was planned
            n_missed_days       [count] 计划未巡天数 · Planned days without a patrol
            missed_days_share   [0..1] 计划未巡比例 · n_missed_days / n_planned_days
            planned_row         [days] 连续计划未巡 · Planned days in a row without a patrol, up to as_of
            is_planned          [-] 当日有计划 · A route of the grid was planned on the last day; null = no plan is
                                loaded

        每个网格当日都有巡查时没有行;没有轨迹时没有行;未导入计划时计划各列为空 · no rows where every grid was
        patrolled, nor without tracks; null for what was planned where no plan is loaded

        A GeoDataFrame (geometry `geom`, EPSG:4326) where rows are places, else a DataFrame; instants are UTC. It has .plot(),
        .explore(), .units, .definition(), .answer; `.attrs` holds as_of, units, CRS and definition.
        Raises QuestionError, UnknownScope, StoreError.
        """

    def visits(
        self,
        *,
        by: str | Sequence[str] | None = None,
        scope: str | None = None,
        as_of: date | datetime | str | None = None,
        since: date | str | None = None,
        until: date | str | None = None,
        during: str | tuple[str, date | str] | None = None,
        compare: str | None = None,
        per: str | None = None,
        layer: str | None = None,
    ) -> Rows | Places:
        """到访与发现 · Visited, and found or clean (visits, v1).

        每个最小网格每天计一个网格日:有发现 = 有巡查(全体合计不少于规则 patrolled_min 分钟,默认
        30)且网格员当日在该网格上报;无异常 = 有巡查而无上报;无轨迹有上报 = 有人到过,但没有信号或巡查不足;未到访 =
        两者皆无

        each of the finest grids on each day is one grid-day: found = it was patrolled (for `patrolled_min` minutes by
        all together, 30 unless the rules say another number), and workers reported a case in it that day; clean = on
        patrol, nothing reported; reported without a track = somebody was there, without a signal or not for long; not
        visited = neither

            by       what to count by: a level of grids (village, grid ...), unit, category, channel ...; flow: day,
                     week, month
            scope    code of a grid: it and all below; None = the whole town
            as_of    a statistical day (its end) or an instant; None = the last day the data tells of
            since    statistical days, both inclusive
            until    statistical days, both inclusive
            layer    layer of grids; None = the base layer, or the one that has the level asked by
            during   a statistical period: "month" = the last full one at as_of, "month:2026-10-15" = the one that
                     holds the day; day, week, month, quarter, year. A question of an instant is asked at its end
            compare  "previous" (环比), "year_before" (同比) or "both": the neighbour periods beside each count and
                     rate
            per      an exposure of the grids asked by, such as "residents" or "road_km": counts beside it per so much
                     of it
                     (by: levels of grids, day, week, month, quarter, year)

        Gives one row a group, with these columns besides those asked by:
            n_grid_days         [count] 网格日 · Days of the finest grids: each grid on each day is one
            n_found_days        [count] 到访有发现 · Grid-days with a patrol on which workers reported a case
            n_clean_days        [count] 到访无异常 · Grid-days with a patrol on which workers reported nothing
            n_untracked_days    [count] 无轨迹有上报 · Grid-days on which workers reported a case, without a track
            n_unpatrolled_days  [count] 未巡天数(期内) · Days of the window (of each of its grids) without a patrol
            patrolled_share     [0..1] 到访率 · (n_found_days + n_clean_days) / n_grid_days
            clean_share         [0..1] 无异常率 · n_clean_days / (n_found_days + n_clean_days)

        没有网格、没有轨迹时为 0,比例为空 · 0 where there are no grids or no tracks, shares are null there

        A GeoDataFrame (geometry `geom`, EPSG:4326) where rows are places, else a DataFrame; instants are UTC. It has .plot(),
        .explore(), .units, .definition(), .answer; `.attrs` holds as_of, units, CRS and definition.
        Raises QuestionError, UnknownScope, StoreError.
        """

    def waiting(
        self,
        *,
        by: str | Sequence[str] | None = None,
        scope: str | None = None,
        as_of: date | datetime | str | None = None,
        known_at: date | datetime | str | None = None,
        during: str | tuple[str, date | str] | None = None,
        compare: str | None = None,
        per: str | None = None,
        where: Mapping[str, Any] | None = None,
        layer: str | None = None,
        recast: bool = False,
    ) -> Rows | Places:
        """在各环节等待 · Waiting at each node (waiting, v1).

        as_of 时在办案件按所处环节计数:受理立案、核实、派遣、签收、处置、核查、结案、挂账、缓办;超环节时限 =
        已过计时规则所定的环节时限的件数;最久 = 最早进入该环节者至 as_of 的小时数与工作小时数(按本地日历),
        重新进入的从此次进入起算

        cases open at as_of by the node they wait at: intake, verification, dispatch, signing, handling, check,
        closing, suspended, put off; over = those past the limit of the node in the rules of the clocks; longest =
        hours and working hours (of the town's calendar) to as_of since the one that waits longest came to the node,
        for the last time if it came more than once

            by        what to count by: a level of grids (village, grid ...), unit, category, channel ...; flow: day,
                      week, month
            scope     code of a grid: it and all below; None = the whole town
            where     filters: {"channel": "12345热线", "unit": [...], "urgent": True, "category": None (= not given)}
            as_of     a statistical day (its end) or an instant; None = the last day the data tells of
            known_at  likewise: the answer as the loads finished by then would give it; None = all loads
            layer     layer of grids; None = the base layer, or the one that has the level asked by
            recast    place every case in the version of the grids valid at as_of, whatever was valid when it was
                      reported
            during    a statistical period: "month" = the last full one at as_of, "month:2026-10-15" = the one that
                      holds the day; day, week, month, quarter, year. A question of an instant is asked at its end
            compare   "previous" (环比), "year_before" (同比) or "both": the neighbour periods beside each count and
                      rate
            per       an exposure of the grids asked by, such as "residents" or "road_km": counts beside it per so
                      much of it
                      (by: levels of grids, category, subcategory, unit, line, channel, source, track, urgent,
                      duplicate, place, place_status, state)

        Gives one row a group, with these columns besides those asked by:
            stage             [-] 节点 · Node the case entered, of the rules of the clocks
            n_waiting         [count] 正在等待 · Cases that wait at the node at the end of the period, or at as_of
            n_waiting_over    [count] 等待超环节时限 · Of them: past the limit of the node
            waiting_since_at  [UTC] 最早等待起 · Since when the case waits that came to the node first
            longest_h         [h] 最久等待(小时) · Hours that the case has waited that came to the node first
            longest_work_h    [working hours] 最久等待(工作小时) · Working hours that the case has waited that came to
                              the node first

        没有案件等待的环节为 0,最久为空;没有环节时限的环节,超环节时限为 0 · 0 at a node where nothing waits, and no
        longest wait; at a node without a limit none is over it

        A GeoDataFrame (geometry `geom`, EPSG:4326) where rows are places, else a DataFrame; instants are UTC. It has .plot(),
        .explore(), .units, .definition(), .answer; `.attrs` holds as_of, units, CRS and definition.
        Raises QuestionError, UnknownScope, StoreError.
        """
