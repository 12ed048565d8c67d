"""What must hold for every number asked, at any instant: nothing is lost, nothing counts twice, parts make the whole.

One town with everything that makes counting hard: two versions of the grids, a second layer, points on shared edges,
outside and without coordinates, dates beside instants, a zone with clock changes. A plain pandas count is the judge.
"""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gridgov.questions import Town, open_town
from tests.support import FLAT, city, examples, load_city, load_rows, new_code, point, square
from tests.support_ledgers import day_end

ZONE = ZoneInfo("America/Chicago")
SINCE, UNTIL = date(2026, 2, 20), date(2026, 5, 10)
CHANGED = date(2026, 4, 1)
OLD = city()
NEW = {f"{r}{c}": square((c - 1) * 1.5, (r - 1) * 1.5, 1.5, 1.5) for r in (1, 2) for c in (1, 2)} | {
    "41": square(0, 3, 3, 1)
}
MARKET = {"M": square(1.2, 1.2, 0.6, 0.6), "N": square(0, 0, 0.5, 3)}

days = st.dates(SINCE - timedelta(3), UNTIL + timedelta(3))
instants = st.datetimes(datetime(2026, 2, 18), datetime(2026, 5, 12), timezones=st.just(ZONE))
filters = st.sampled_from(
    [{}, {"category": "road"}, {"category": None}, {"unit": ["u1", "u2"]}, {"duplicate": True}, {"state": "dispatched"}]
)


def make_rows(rng: np.random.Generator, n: int) -> list[dict[str, str]]:
    """Cases as an export writes them: some days only, some without end, some on the very edge of a grid."""
    rows = []
    for i in range(n):
        reported = datetime(2026, 2, 20) + timedelta(minutes=int(rng.integers(0, 75 * 1440)))
        closed = reported + timedelta(minutes=int(rng.exponential(9000)))
        due = reported + timedelta(minutes=int(rng.integers(0, 12_000)))
        is_open = rng.random() < 0.3
        rows.append(
            {
                "no": f"C{i:04d}",
                "at": f"{reported:%Y-%m-%d %H:%M}" if rng.random() < 0.8 else f"{reported:%Y-%m-%d}",
                "closed": "" if is_open else f"{closed:%Y-%m-%d %H:%M}" if rng.random() < 0.7 else f"{closed:%Y-%m-%d}",
                "due": ""
                if rng.random() < 0.4
                else f"{due:%Y-%m-%d %H:%M}"
                if rng.random() < 0.5
                else f"{due:%Y-%m-%d}",
                "state": str(rng.choice(["open", "out"])) if is_open else str(rng.choice(["done", "twice"])),
                "what": str(rng.choice(["road", "tree", ""])),
                "unit": str(rng.choice(["u1", "u2", "u3"])),
                **make_place(rng),
            }
        )
    return rows


def make_place(rng: np.random.Generator) -> dict[str, str]:
    kind = rng.random()
    if kind < 0.1:
        return {"place": "the mill"}
    if kind < 0.2:
        x, y = point(float(rng.uniform(-2, -0.1)), float(rng.uniform(0, 5)))
    elif kind < 0.5:  # on vertices and edges of both versions
        x, y = point(float(rng.choice([0, 1, 1.5, 2, 3])), float(rng.choice([0, 0.5, 1, 1.5, 2, 3])))
    else:
        x, y = point(float(rng.uniform(0, 3)), float(rng.uniform(0, 4)))
    return {"x": repr(x), "y": repr(y)}


def located(shapes: dict[str, shapely.Geometry], cases: pd.DataFrame) -> list[str | None]:
    """The code of the grid that holds each case: the lowest one, where several touch the point."""
    points = shapely.points(cases["x"].to_numpy(float), cases["y"].to_numpy(float))
    found = (
        min((code for code, shape in shapes.items() if shape.intersects(where)), default=None) if there else None
        for where, there in zip(points, cases["x"].notna(), strict=True)
    )
    return list(found)


class Judge:
    """The same cases in pandas, counted the plain way."""

    def __init__(self, rows: list[dict[str, str]]) -> None:
        cases = pd.DataFrame(rows).reindex(columns=["no", "at", "closed", "due", "state", "what", "unit", "x", "y"])
        local = {
            name: pd.to_datetime(cases[name].replace("", None), format="ISO8601") for name in ("at", "closed", "due")
        }
        is_day = {name: cases[name].str.len() == 10 for name in local}
        # A day's closing is at its first moment, but never before the report; a day's deadline is its last moment.
        same_day = is_day["closed"] & (local["closed"].dt.date == local["at"].dt.date)
        local["closed"] = local["closed"].where(~same_day, local["closed"].combine(local["at"], max))
        local["due"] = local["due"].where(~is_day["due"], local["due"] + pd.Timedelta("1D") - pd.Timedelta("1us"))
        for name, times in local.items():
            cases[name] = times.dt.tz_localize(ZONE, ambiguous=True, nonexistent="shift_forward")
        cases["on"] = cases["at"].dt.date
        cases["old"], cases["new"] = located(OLD, cases), located(NEW, cases)
        cases["grid"] = cases["new"].where(cases["on"] >= CHANGED, cases["old"])
        cases["market"] = located(MARKET, cases)
        self.cases = cases

    def open_at(self, at: datetime, where: dict[str, Any]) -> pd.DataFrame:
        c = self.cases
        c = c[(c["at"] <= at) & ~(c["closed"] <= at)]
        for name, value in where.items():
            column = {"category": "what", "unit": "unit"}.get(name)
            if name == "duplicate":
                c = c[(c["state"] == "twice") == value]
            elif name == "state":
                # The events of a case that is still open: reported, and dispatched when told so without an end.
                c = c[c["state"] == "out"]
            elif column:
                wanted = [v or "" for v in (value if isinstance(value, list) else [value])]
                c = c[c[column].isin(wanted)]
        return c


@pytest.fixture(scope="module")
def town(shared):
    """The town loaded, and its judge."""
    code, zone = new_code(), ZONE.key
    rows = make_rows(np.random.default_rng(7), 500)
    load_city(shared.folder, code, OLD, zone=zone)
    load_city(shared.folder, code, NEW, zone=zone, valid_from=CHANGED)
    load_city(
        shared.folder, code, MARKET, zone=zone, layer="market", levels=["town", "market"], rule=FLAT.format(root=code)
    )
    report = load_rows(shared.folder, code, rows, zone=zone)
    assert report.loaded == len(rows)
    return open_town(code), Judge(rows)


def n_open(town: Town, **how: Any) -> int:
    return int(town.ask("backlog", **how).frame["n_open"].sum())


def test_the_backlog_is_a_plain_count_and_every_sum_is_the_total(town):
    town, judge = town

    @examples(25)
    @given(
        as_of=days | instants,
        by=st.sampled_from(["town", "district", "grid", "market"]),
        where=filters,
        recast=st.booleans(),
    )
    def law(as_of, by, where, recast):
        at = as_of if isinstance(as_of, datetime) else day_end(as_of, ZONE)
        on = at.astimezone(ZONE).date()
        expected = judge.open_at(at, where)
        total = town.ask("backlog", as_of=as_of, where=where, recast=recast).frame.iloc[0]
        assert total["n_open"] == len(expected)
        assert total["n_with_deadline"] == expected["due"].notna().sum()
        assert total["n_overdue"] == (expected["due"] <= at).sum()
        if len(expected):
            assert total["oldest_at"] == expected["at"].min()

        frame = town.ask("backlog", by=by, as_of=as_of, where=where, recast=recast).frame
        assert frame["n_open"].sum() == len(expected), "sum over grids + outside + unlocated = total"
        assert frame["n_overdue"].sum() == total["n_overdue"]
        if by == "market":
            column = expected["market"]
        elif recast:
            column = expected["new" if on >= CHANGED else "old"]
        else:
            column = expected["grid"]
        keys = {"town": lambda code: town.code, "district": lambda code: code[0]}.get(by, lambda code: code)
        counted = column.dropna().map(keys).value_counts().to_dict()
        rows = frame[frame["grid_code"].notna()].set_index("grid_code")["n_open"]
        assert rows[rows > 0].to_dict() == counted
        nowhere = frame[frame["grid_code"].isna()].set_index("place_status")["n_open"].to_dict()
        unlocated = int(expected["x"].isna().sum())
        assert nowhere.get("unlocated", 0) == unlocated
        assert nowhere.get("outside", 0) == int(column.isna().sum()) - unlocated
        shown = {"town": [town.code], "market": list(MARKET)}.get(by)
        if shown is None:
            codes = NEW if on >= CHANGED else OLD
            shown = sorted({code[0] for code in codes} if by == "district" else codes)
        assert set(shown) <= set(rows.index), "a grid without open cases is 0, not absent"

    law()


def test_the_open_cases_of_the_list_are_the_backlog(town):
    town, _ = town

    @examples(10)
    @given(as_of=days | instants, where=filters)
    def law(as_of, where):
        listed = town.ask("cases", as_of=as_of, where={**where, "open": True}, limit=10_000)
        total = town.ask("backlog", as_of=as_of, where=where).frame.iloc[0]
        assert len(listed.frame) == listed.meta["n_total"] == total["n_open"]
        assert listed.frame["is_overdue"].sum() == total["n_overdue"]
        late = town.ask("cases", as_of=as_of, where={**where, "overdue": True}, limit=0)
        assert late.meta["n_total"] == total["n_overdue"]
        assert listed.frame["case_no"].is_unique
        # What a case is called and whether it is open never contradict each other.
        everything = town.ask("cases", as_of=as_of, where=where, limit=10_000).frame
        assert ((everything["state"] == "closed") == ~everything["is_open"]).all()

    law()


def test_backlog_before_plus_net_is_backlog_after(town):
    town, _ = town

    @examples(15)
    @given(
        first=days,
        span=st.integers(0, 40),
        period=st.sampled_from(["day", "week", "month"]),
        as_of=st.none() | instants,
        where=filters.filter(lambda f: "state" not in f),
    )
    def law(first, span, period, as_of, where):
        last = first + timedelta(span)
        end: Any = last
        if as_of is not None and as_of.date() < last:
            if as_of.date() < first:
                return
            end = as_of
        flow = town.ask("flow", by=period, since=first, until=last, as_of=as_of or last, where=where).frame
        before = n_open(town, as_of=first - timedelta(1), where=where)
        after = n_open(town, as_of=end, where=where)
        assert before + flow["n_net"].sum() == after
        assert (flow["n_net"] == flow["n_reported"] - flow["n_closed"]).all()
        assert flow["period_on"].is_unique

    law()


def test_the_flow_of_a_grid_carries_its_backlog(town):
    town, _ = town
    first, last = date(2026, 3, 1), date(2026, 4, 12)
    for by in ("district", "grid", "market"):
        flow = town.ask("flow", by=[by, "week"], since=first, until=last, as_of=last).frame
        keys = ["grid_code", "place_status"]
        net = flow.fillna({"grid_code": "-"}).groupby(keys)["n_net"].sum()
        ends = [
            town.ask("backlog", by=by, as_of=day).frame.fillna({"grid_code": "-"}).groupby(keys)["n_open"].sum()
            for day in (first - timedelta(1), last)
        ]
        change = ends[1].sub(ends[0], fill_value=0)
        assert change[change != 0].to_dict() == net[net != 0].to_dict()


def test_a_subtree_is_the_sum_of_its_children(town):
    town, _ = town

    @examples(10)
    @given(as_of=days | instants, district=st.sampled_from("1234"), where=filters, recast=st.booleans())
    def law(as_of, district, where, recast):
        how = {"as_of": as_of, "where": where, "scope": district, "recast": recast}
        whole = n_open(town, **how)
        children = town.ask("backlog", by="grid", **how).frame
        assert children["n_open"].sum() == whole
        assert set(children["grid_code"].str[0]) <= {district}
        by_district = town.ask("backlog", by="district", as_of=as_of, where=where, recast=recast).frame
        assert by_district.set_index("grid_code")["n_open"].get(district, 0) == whole
        listed = town.ask("cases", **{**how, "where": {**where, "open": True}}, limit=0)
        assert listed.meta["n_total"] == whole

    law()
    assert n_open(town, scope=town.code) == n_open(town), "the root is the whole town, cases in no grid included"


def test_the_tree_adds_up(town):
    town, judge = town
    for as_of in (date(2026, 3, 10), CHANGED - timedelta(1), CHANGED, UNTIL):
        for recast in (False, True):
            tree = town.ask("hierarchy", as_of=as_of, recast=recast).frame.set_index("grid_code")
            expected = judge.open_at(day_end(as_of, ZONE), {})
            column = expected[("new" if as_of >= CHANGED else "old") if recast else "grid"]
            assert tree.loc[town.code, "n_open"] == column.notna().sum()
            leaves = NEW if as_of >= CHANGED else OLD
            assert set(tree.index) == {town.code, *leaves, *{code[0] for code in leaves}}
            if not recast and as_of >= CHANGED:
                continue  # cases of codes that are gone count only above, where the code lives on
            children = (
                tree.dropna(subset="parent_code").groupby("parent_code")[["n_open", "n_cases", "n_overdue"]].sum()
            )
            assert (children == tree.loc[children.index, children.columns]).all(axis=None)


def test_questions_never_disagree_about_a_split(town):
    """Splitting by anything, or by two things, gives the same total."""
    town, judge = town
    total = len(judge.open_at(day_end(UNTIL, ZONE), {}))
    for by in (
        "category", "subcategory", "unit", "channel", "source", "urgent", "duplicate", "place", "place_status", "state",
        ["grid", "unit"], ["unit", "category"], ["district", "place_status"], ["state", "market"],
    ):  # fmt: skip
        assert n_open(town, by=by, as_of=UNTIL) == total, by
