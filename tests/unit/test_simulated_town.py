"""The whole town as files: the same seed the same bytes, another seed another town with the same published figures."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from gridgov.errors import SettingsError
from gridgov.simulate.scenario import read_scenario
from gridgov.simulate.town import simulate
from gridgov.sources.mapping import read_mapping

pytestmark = pytest.mark.slow

PUBLISHED = {
    "villages": 21, "grids": 179, "dedicated": 15, "residents": 180_000, "bodies": 9, "squads": 3,
    "lines": 38, "windows": 14, "staff": 454, "posts": 1_074, "squad_items": 787,
    "items": {"service": 228, "social": 86, "enforcement": 647},
}  # fmt: skip


def town(folder: Path, seed: int) -> dict[str, Any]:
    """One month, two days of tracks."""
    return simulate(read_scenario("xiake", months=1, seed=seed), folder, track_days=2)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Seed 3 twice, and seed 4."""
    root = tmp_path_factory.mktemp("towns")
    folders = {name: root / name for name in ("one", "again", "other")}
    for name, seed in (("one", 3), ("again", 3), ("other", 4)):
        town(folders[name], seed)
    return folders


def digests(folder: Path) -> dict[str, str]:
    """Every file by its bytes."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def truth(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "truth.json").read_text("utf-8"))


def test_the_same_seed_writes_the_same_files(made: dict[str, Path]) -> None:
    assert digests(made["one"]) == digests(made["again"])


def test_another_seed_is_another_town_with_the_same_figures(made: dict[str, Path]) -> None:
    one, other = digests(made["one"]), digests(made["other"])
    for name in (
        "grids.gpkg",
        "platform_cases.parquet",
        "platform_events.parquet",
        "hotline_orders.csv",
        "roster.xlsx",
    ):
        assert one[name] != other[name], name
    for name in ("one", "other"):
        totals = truth(made[name])["totals"]
        assert totals.pop("area_m2") == pytest.approx(110e6, rel=0.005)
        assert totals == PUBLISHED


def test_every_file_has_a_mapping_and_nothing_planted_shows(made: dict[str, Path]) -> None:
    folder = made["one"]
    for row in json.loads((folder / "simulated.json").read_text("utf-8"))["loads"]:
        mapping = read_mapping(folder / row["mapping"])
        assert (mapping.kind, (folder / row["file"]).exists()) == (row["kind"], True)
    columns = set(pq.read_schema(folder / "platform_cases.parquet").names) | set(
        pq.read_schema(folder / "platform_events.parquet").names
    )
    for word in ("plant", "fake", "truth", "storm", "hotspot", "replay", "埋", "真"):
        assert not [name for name in columns if word in name.lower()]


def test_rows_stand_in_the_order_their_systems_number_them(made: dict[str, Path]) -> None:
    """Within a month's delivery numbers only grow, so no row's place tells that its time is not the true one."""
    file = pq.ParquetFile(made["one"] / "platform_cases.parquet")
    for group in range(file.num_row_groups):
        numbers = file.read_row_group(group, ["案件编号"])["案件编号"].to_pylist()
        assert numbers == sorted(numbers)


def test_planted_cases_are_cases_of_the_files(made: dict[str, Path]) -> None:
    planted = truth(made["one"])["cases"]["planted"]
    known = set(pq.read_table(made["one"] / "platform_cases.parquet", columns=["案件编号"])["案件编号"].to_pylist())
    text = (made["one"] / "hotline_orders.csv").read_text("gb18030")
    n = 0
    for what in planted.values():
        for source, numbers in what.get("cases", {}).items() if isinstance(what, dict) else ():
            n += len(numbers)
            if source == "platform":
                assert set(numbers) <= known
            elif source == "hotline":
                assert all(number in text for number in numbers)
    assert n > 100


def test_bad_requests_are_refused(tmp_path: Path) -> None:
    for wrong in ({"months": 0}, {"months": 500}, {"scale": 0}, {"seed": -1}):
        with pytest.raises(SettingsError, match="out of range"):
            read_scenario("xiake", **wrong)
    with pytest.raises(SettingsError, match="did you mean 'xiake'"):
        read_scenario("xiakee")
    with pytest.raises(SettingsError, match="--track-days -1"):
        simulate(read_scenario("xiake"), tmp_path / "new", track_days=-1)
    (tmp_path / "mine.txt").write_text("precious")
    for mark in (None, "{}", '{"files": ["simulated.json"]}'):
        if mark:
            (tmp_path / "simulated.json").write_text(mark)
        with pytest.raises(SettingsError, match="no simulated town"):
            town(tmp_path, 1)
    with pytest.raises(SettingsError, match="cannot be written as a folder"):
        town(tmp_path / "mine.txt", 1)
    assert (tmp_path / "mine.txt").read_text() == "precious"
