"""The made-up town's people, catalogue and days keep the published figures and agree with what others rely on."""

import json
from collections.abc import Callable
from dataclasses import fields
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from gridgov.errors import SettingsError
from gridgov.simulate.catalogue import OWNER_CLASSES, limit_text, make_items, read_lines
from gridgov.simulate.days import make_days
from gridgov.simulate.model import ROLES, UNIT_KINDS, Days, Land, Organisation
from gridgov.simulate.organisation import make_organisation
from gridgov.simulate.registers import CLASSES, write_registers
from gridgov.simulate.scenario import EPOCH, Scenario, day_of, read_scenario
from gridgov.sources import registers
from gridgov.sources.mapping import read_mapping
from gridgov.sources.reading import RawBatch, open_source
from gridgov.vocabulary import LIMIT_UNITS

LISTS = ("units", "lines", "staff", "roster", "windows", "items", "squad_items")


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return read_scenario("xiake")


@pytest.fixture(scope="module")
def land(scenario: Scenario) -> Land:
    """A land of codes: the organisation asks nothing else of it."""
    villages = pd.read_csv(scenario.folder / "villages.csv", dtype={"code": str})
    village = np.repeat(np.arange(len(villages)), villages["grids"])
    number = pd.Series(village).groupby(village).cumcount() + 1
    code = [f"{villages['code'][v]}{n:03}" for v, n in zip(village, number, strict=True)]
    name = [f"{villages['name'][v]}第{n}网格" for v, n in zip(village, number, strict=True)]
    kinds = [kind for kind, n in scenario.town["grids"]["dedicated"].items() for _ in range(n)]
    dedicated = pd.DataFrame({"code": [f"Z{n:02}" for n in range(len(kinds))], "name": kinds, "subkind": kinds})
    grids = pd.DataFrame({"code": code, "name": name, "village": village})
    return SimpleNamespace(villages=villages, grids=grids, dedicated=dedicated)  # type: ignore[return-value]


@pytest.fixture(scope="module")
def town(scenario: Scenario, land: Land) -> Organisation:
    return make_organisation(scenario, land)


@pytest.fixture(scope="module")
def days(scenario: Scenario) -> Days:
    return make_days(scenario)


def by_day(days: Days) -> pd.DataFrame:
    on = pd.DatetimeIndex([day_of(days.first + n) for n in range(len(days.heat))])
    return pd.DataFrame({f.name: getattr(days, f.name) for f in fields(days) if f.name != "first"}, index=on)


# --- Units and people --------------------------------------------------------------------------------------------------


def test_units_are_as_published(town: Organisation) -> None:
    counts = town.units["kind"].value_counts()
    assert dict(counts) == {"body": 9, "squad": 3, "stationed": 8, "village": 21, "contractor": 10}
    assert town.units["code"].is_unique
    assert town.units["name"].is_unique
    order = town.units["kind"].map(UNIT_KINDS.index)
    assert town.units.index.equals(town.units.assign(order=order).sort_values(["order", "code"]).index)
    assert len(town.lines) == 38
    assert town.lines["code"].tolist() == [f"L{n:02}" for n in range(1, 39)]
    assert town.lines["name"].is_unique
    assert town.windows["code"].tolist() == [f"W{n:02}" for n in range(1, 15)]


def test_squads_villages_and_cleaning_lots_divide_the_town(town: Organisation, land: Land) -> None:
    units = town.units.set_index("code")["villages"]
    assert sorted(row for code in ("S01", "S02", "S03") for row in units[code]) == list(range(21))
    assert sorted(row for code in ("C01", "C02") for row in units[code]) == list(range(21))
    residents = land.villages["residents"].to_numpy()
    assert residents[list(units["C01"])].sum() / residents.sum() == pytest.approx(0.5, abs=0.05)
    assert all((land.villages["squad"].iloc[list(units[f"S0{n + 1}"])] == n).all() for n in range(3))
    assert [units[code] for code in land.villages["code"]] == [(row,) for row in range(21)]
    assert units["B01"] == units["T01"] == units["C03"] == ()


def test_staff_is_as_published(town: Organisation, land: Land) -> None:
    assert town.staff["person"].tolist() == [f"P{n:04}" for n in range(1, 455)]
    kind = town.units["kind"].to_numpy()[town.staff["unit"]]
    assert (kind != "contractor").all()
    assert (kind == "squad").sum() == 90
    assert town.staff.loc[kind == "squad", "has_terminal"].sum() == 30
    assert town.staff.loc[kind == "village", "has_terminal"].sum() == len(land.grids)
    size = town.staff["unit"].value_counts()[town.units.index[town.units["kind"] == "village"]].to_numpy()
    assert np.corrcoef(size, np.bincount(land.grids["village"]))[0, 1] > 0.99


# --- Hats --------------------------------------------------------------------------------------------------------------


def test_roster_has_1074_posts_and_everyone_a_hat(town: Organisation, land: Land) -> None:
    base = town.roster[town.roster["grid"] >= 0]
    assert len(base) == 179 * 6 == 1074
    assert (base.groupby("grid")["role"].agg(tuple) == ROLES).all()
    assert (land.grids["code"].to_numpy()[base["grid"]] == base["grid_code"]).all()
    hats = np.bincount(base.loc[base["person"] >= 0, "person"], minlength=454)
    assert hats.min() >= 1
    assert 2.2 < hats.mean() < 2.4
    assert hats.max() <= 8


def test_vacancies_are_few_and_never_a_leader(town: Organisation) -> None:
    base = town.roster[town.roster["grid"] >= 0]
    vacant = base[base["person"] < 0]
    assert len(vacant) / len(base) == pytest.approx(0.03, abs=0.003)
    assert set(vacant["role"]) == set(ROLES) - {"grid_leader"}
    assert (vacant["since"] == -1).all()


def test_people_serve_where_they_belong(town: Organisation, land: Land) -> None:
    held = town.roster[(town.roster["grid"] >= 0) & (town.roster["person"] >= 0)]
    unit = town.units.loc[town.staff["unit"].to_numpy()[held["person"]]].reset_index(drop=True)
    village, role = land.grids["village"].to_numpy()[held["grid"]], held["role"].to_numpy()
    local = np.isin(role, ["grid_leader", "grid_worker", "informant"])
    assert set(unit["kind"][local]) == {"village"}
    assert set(unit["kind"][role == "patroller"]) == {"squad"}
    assert set(unit["kind"][role == "inspector"]) == {"body"}
    assert set(unit["kind"][role == "liaison"]) == {"body", "stationed"}
    at_home = np.array([v in own for v, own in zip(village, unit["villages"], strict=True)])
    assert at_home[local | (role == "patroller")].all()
    assert not held.duplicated(["grid", "person"]).any(), "nobody wears two hats in one grid"
    assert town.staff["has_terminal"].to_numpy()[held["person"]][role == "grid_worker"].all()


def test_posts_are_taken_before_the_period(town: Organisation, scenario: Scenario, land: Land) -> None:
    def taken(of: Organisation) -> pd.Series:
        return of.roster.loc[of.roster["person"] >= 0, "since"]

    assert taken(town).nunique() > 100
    assert taken(town).max() < scenario.begin_day - 70
    long = read_scenario("xiake", months=40)
    assert taken(make_organisation(long, land)).max() < long.begin_day - 70
    said = read_mapping(str(scenario.folder / "mappings" / "roster.toml")).valid_from  # type: ignore[attr-defined]
    assert said == scenario.read("organisation.toml")["taken"]["held_on"]
    assert day_of(int(taken(make_organisation(read_scenario("xiake", months=3), land)).max())) < said


def test_dedicated_grids_have_a_leader_each_beyond_the_count(town: Organisation, land: Land) -> None:
    dedicated = town.roster[town.roster["grid"] < 0]
    assert dedicated["grid_code"].tolist() == land.dedicated["code"].tolist()
    assert set(dedicated["role"]) == {"grid_leader"}
    assert (dedicated["person"] >= 0).all()


# --- Catalogues --------------------------------------------------------------------------------------------------------


def test_catalogues_have_the_published_numbers(town: Organisation) -> None:
    assert dict(town.items["kind"].value_counts()) == {"service": 228, "social": 86, "enforcement": 647}
    assert len(town.squad_items) == 787
    assert town.squad_items["line"].nunique() == 14
    assert set(town.items["line"]) == set(range(38)), "each department has items"


@pytest.mark.parametrize("which", ["items", "squad_items"])
def test_every_item_is_one_and_has_an_owner_a_line_and_a_limit(town: Organisation, which: str) -> None:
    items: pd.DataFrame = getattr(town, which)
    assert items["code"].is_unique
    assert not items.duplicated(["kind", "category", "name"]).any()
    assert items["name"].str.len().between(3, 40).all()
    assert set(items["unit"]) <= {*town.units["code"], *OWNER_CLASSES}
    assert items["line"].between(0, 37).all()
    assert (items["limit_value"] > 0).all()
    assert not items["name"].str.contains("行为行为").any()
    blocks = items[["kind", "category"]].ne(items[["kind", "category"]].shift()).any(axis=1)
    assert blocks.sum() == items.groupby(["kind", "category"]).ngroups, "equal categories stand together"


def test_limits_use_all_four_clocks(town: Organisation) -> None:
    assert set(town.items["limit_unit"]) == set(LIMIT_UNITS)


def test_each_matter_is_an_item(town: Organisation, scenario: Scenario) -> None:
    matters = pd.read_csv(scenario.folder / "matters.csv", dtype=str, keep_default_na=False)
    items = town.items.assign(
        line=town.lines["code"].to_numpy()[town.items["line"]],
        limit=list(map(limit_text, town.items["limit_value"], town.items["limit_unit"])),
    )
    shared = ["kind", "category", "name", "unit", "line", "limit"]
    found = matters.merge(items, on=shared, how="left", validate="one_to_one")
    assert found["code"].notna().all(), found.loc[found["code"].isna(), shared].to_string()
    nobody = items.loc[items["unit"] == "", "name"].tolist()
    assert nobody == matters.loc[matters["unit"] == "", "name"].tolist()


def test_the_squads_catalogue_overlaps_in_other_words(town: Organisation) -> None:
    ours, theirs = (items[items["kind"] == "enforcement"] for items in (town.items, town.squad_items))
    assert not set(ours["name"]) & set(theirs["name"])
    assert not set(ours["code"]) & set(theirs["code"])
    same = set(ours["name"].str.removeprefix("对").str.removesuffix("的处罚"))
    share = theirs["name"].str.removesuffix("行为查处").isin(same).mean()
    assert 0.3 < share < 0.7
    assert set(theirs["limit_unit"]) != set(ours["limit_unit"])


def test_an_item_nobody_can_own_is_refused(scenario: Scenario, town: Organisation) -> None:
    lines = read_lines(scenario)
    with pytest.raises(SettingsError, match="an owner that is no unit: owner 'B01'"):
        make_items(scenario, lines, set(town.units["code"]) - {"B01"})
    with pytest.raises(SettingsError, match="a line that lines"):
        make_items(scenario, lines[lines["code"] != "L38"], set(town.units["code"]))


def test_the_same_seed_is_the_same_town(scenario: Scenario, town: Organisation, land: Land) -> None:
    again, other = make_organisation(scenario, land), make_organisation(read_scenario("xiake", seed=2), land)
    for name in LISTS:
        pd.testing.assert_frame_equal(getattr(town, name), getattr(again, name))
    assert not town.roster.equals(other.roster)
    pd.testing.assert_frame_equal(town.items, other.items)


# --- Files -------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def files(scenario: Scenario, land: Land, town: Organisation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("registers")
    write_registers(scenario, land, town, folder)
    return folder


def read_back(file: Path, folder: Path, name: str, read: Callable[..., pa.Table], *more: object) -> pd.DataFrame:
    """A file as its mapping reads it; no fault may be found."""
    mapping = read_mapping(str(folder / "mappings" / f"{name}.toml"))
    filled = [column for spec in mapping.columns.values() if spec.fill_down for column in spec.from_]
    faults: list[registers.Fault] = []
    with open_source(file, mapping.file, mapping.source_columns(), fill_down=filled) as source:
        batches: list[RawBatch] = list(source.batches(100_000))
    table = pa.concat_tables([read(batch, mapping, *more, faults) for batch in batches])
    assert not faults
    return table.to_pandas()


def test_units_and_lines_come_back(files: Path, scenario: Scenario, town: Organisation, land: Land) -> None:
    back = read_back(files / "units.xlsx", scenario.folder, "units", registers.read_units)
    assert (
        back[["code", "name", "kind"]].to_numpy().tolist() == town.units[["code", "name", "kind"]].to_numpy().tolist()
    )
    codes = land.villages["code"]
    assert [list(t) for t in back["territory"]] == [[codes[row] for row in own] for own in town.units["villages"]]
    back = read_back(files / "lines.csv", scenario.folder, "lines", registers.read_units)
    assert back[["code", "name"]].to_numpy().tolist() == town.lines.to_numpy().tolist()


@pytest.mark.parametrize(("file", "which"), [("catalogue", "items"), ("catalogue_squads", "squad_items")])
def test_catalogues_come_back(files: Path, scenario: Scenario, town: Organisation, file: str, which: str) -> None:
    items: pd.DataFrame = getattr(town, which)
    back = read_back(files / f"{file}.xlsx", scenario.folder, file, registers.read_catalogue)
    plain = ["code", "kind", "category", "name", "limit_value", "limit_unit"]
    assert back[plain].to_numpy().tolist() == items[plain].to_numpy().tolist()
    assert back["line_text"].tolist() == town.lines["name"].to_numpy()[items["line"]].tolist()
    names = dict(zip(town.units["code"], town.units["name"], strict=True)) | {code: code for code in CLASSES}
    assert back["owner_text"].fillna("").tolist() == items["unit"].map(names).tolist()


def test_the_roster_comes_back(files: Path, scenario: Scenario, town: Organisation) -> None:
    held_on = date(2024, 10, 1)
    for name, rows in (("roster", town.roster["grid"] >= 0), ("roster_dedicated", town.roster["grid"] < 0)):
        back = read_back(files / "roster.xlsx", scenario.folder, name, registers.read_roster, held_on)
        expected = town.roster[rows]
        assert back[["grid_code", "role"]].to_numpy().tolist() == expected[["grid_code", "role"]].to_numpy().tolist()
        assert back["is_vacant"].tolist() == (expected["person"] < 0).tolist()
        since = [None if day < 0 else day_of(day) for day in expected["since"]]
        assert [None if pd.isna(day) else day for day in back["since_on"]] == since
        assert back["person"].nunique() == expected.loc[expected["person"] >= 0, "person"].nunique()


def test_files_are_the_same_bytes(files: Path, scenario: Scenario, land: Land, tmp_path: Path) -> None:
    write_registers(scenario, land, make_organisation(scenario, land), tmp_path)
    written = sorted(path.name for path in tmp_path.iterdir())
    assert len(written) == 6
    assert all((files / name).read_bytes() == (tmp_path / name).read_bytes() for name in written)


# --- Days --------------------------------------------------------------------------------------------------------------


def test_days_cover_the_period_and_70_days_before(days: Days, scenario: Scenario) -> None:
    assert days.first == scenario.begin_day - 70
    assert days.first + len(days.heat) >= scenario.end_day
    assert all(len(getattr(days, f.name)) == len(days.heat) for f in fields(days) if f.name != "first")
    assert all(getattr(days, f.name).dtype == bool for f in fields(days) if f.name.startswith("is_"))


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_working_days_are_the_official_ones(days: Days, realdata: Path, year: int) -> None:
    told = json.loads((realdata / "china" / "holidays" / f"{year}.json").read_text("utf-8"))["days"]
    for row in told:
        n = (date.fromisoformat(row["date"]) - EPOCH).days - days.first
        if 0 <= n < len(days.heat):
            assert days.is_workday[n] != row["isOffDay"], row
            assert days.is_holiday[n] == row["isOffDay"], row


def test_ordinary_days_and_the_weekend_that_joins_a_holiday(days: Days) -> None:
    frame = by_day(days)
    assert frame.loc["2025-03-10", "is_workday"]  # a Monday
    assert not frame.loc["2025-03-08", ["is_workday", "is_holiday"]].any()  # a plain Saturday
    assert frame.loc["2026-02-14", "is_workday"]  # a Saturday made up for the Spring Festival
    assert frame.loc["2025-06-01", "is_holiday"]  # the Sunday between two days of the Dragon Boat Festival
    assert not (frame["is_holiday"] & frame["is_workday"]).any()


def test_the_year_has_its_seasons(scenario: Scenario) -> None:
    frame = by_day(make_days(read_scenario("xiake", months=100)))
    month = frame.index.month
    years = len(frame) / 365.25
    rain, heat = frame["rain_mm"], frame["heat"]
    assert 900 < rain.sum() / years < 1600
    assert rain[month.isin([6, 7, 8])].mean() > 3 * rain[month.isin([11, 12, 1])].mean()
    assert heat[month.isin([7, 8])].mean() == pytest.approx(32, abs=2)
    assert heat[month == 1].mean() == pytest.approx(8, abs=2)
    assert heat.between(-10, 43).all()
    lagged = heat - heat.groupby(month).transform("mean")
    assert lagged.autocorr() > 0.5, "warm spells last"
    wet = rain > 0
    assert wet[wet.shift(fill_value=False)].mean() > wet.mean() + 0.1, "wet spells last"
    assert (rain >= 0).all()


def test_plum_rain_and_typhoons_come_each_year(scenario: Scenario) -> None:
    frame = by_day(make_days(read_scenario("xiake", months=94)))  # from 2019-01 on
    for year, of_year in frame[frame.index.year.isin(range(2019, 2027))].groupby(lambda day: day.year):
        plum = of_year[of_year["is_plum_rain"]]
        assert plum.index[0] in pd.date_range(f"{year}-06-10", f"{year}-06-22")
        assert plum.index[-1] in pd.date_range(f"{year}-06-28", f"{year}-07-19")
        assert (plum["rain_mm"] > 0).mean() > 0.5
        typhoon = of_year[of_year["is_typhoon"]]
        passages = (typhoon.index.to_series().diff().dt.days != 1).sum()
        assert 2 <= passages <= 3
        assert set(typhoon.index.month) <= {7, 8, 9}
        assert typhoon["wind"].max() >= 17
        assert typhoon["rain_mm"].max() >= 40
        weeks = of_year["is_inspection"].sum() / 7
        assert weeks in (2, 3)
        assert of_year.loc[of_year["is_inspection"]].index.day_of_week.value_counts().nunique() == 1


def test_bans_and_the_weeks_before_the_festival(days: Days) -> None:
    frame = by_day(days)
    assert set(frame.index[frame["is_burning_ban"]].month) == {5, 6, 10, 11}
    before = frame.index[frame["is_before_festival"]]
    assert before[before.year == 2026].max() == pd.Timestamp("2026-02-16")  # 2026-02-17 is New Year's Day
    assert before[before < "2025-06"].max() == pd.Timestamp("2025-01-28")
    assert len(before) == 2 * 28


def test_a_day_has_the_same_weather_however_long_the_period(days: Days) -> None:
    short, other = make_days(read_scenario("xiake", months=3)), make_days(read_scenario("xiake", seed=5))
    offset = short.first - days.first
    for name in ("rain_mm", "heat", "wind", "is_typhoon", "is_inspection", "is_workday"):
        np.testing.assert_array_equal(getattr(days, name)[offset:], getattr(short, name), err_msg=name)
    assert not np.array_equal(days.rain_mm, other.rain_mm)
    np.testing.assert_array_equal(days.is_workday, other.is_workday)
