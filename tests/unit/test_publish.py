"""What is published and read back by the same mapping is what it was: names, words, zones, datums, encodings."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from gridgov import crs
from gridgov.pipelines.incidents import open_incidents, read_batches
from gridgov.resources import resource
from gridgov.simulate.publish import Published
from gridgov.sources.mapping import IncidentMapping, read_mapping
from gridgov.vocabulary import ENDED

METRIC, ZONE = "EPSG:4549", "Asia/Shanghai"
N = 400
SUFFIXES = {
    "platform_cases": ".parquet", "hotline_orders": ".csv", "visits": ".xlsx", "information": ".csv", "disputes": ".csv",
    "sentiment": ".jsonl", "window_matters": ".csv",
}  # fmt: skip


def frame(mapping: IncidentMapping) -> dict[str, pa.Array]:
    """Cases with every word the mapping knows; the last third is open and has no coordinates."""
    rng = np.random.default_rng(5)
    reported = np.sort(rng.integers(1_700_000_000, 1_760_000_000, N))
    closed = reported + rng.integers(60, 10**6, N)
    closed[-N // 3 :] = -1
    states = list(mapping.values["status"].values())
    ended, running = [s for s in states if s in ENDED], [s for s in states if s not in ENDED]
    status = [ended[i % len(ended)] if closed[i] > 0 else running[i % len(running)] for i in range(N)]
    x, y = 520_000 + rng.uniform(0, 9000, N), 3_515_000 + rng.uniform(0, 9000, N)
    x[-N // 3 :] = y[-N // 3 :] = np.nan
    words = mapping.values.get("category", {"": "市容环境"})
    text = pa.array([f"第{i}条，“引号”, 逗号" for i in range(N)])
    texts = (
        "subcategory",
        "unit",
        "line",
        "description",
        "address",
        "place",
        "grid",
        "pushed_at",
        "rating",
        "reporter",
    )
    return {
        "case_no": pa.array([f"N{i:05d}" for i in range(N)]),
        "reported_at": pa.array(reported), "closed_at": pa.array(closed), "due_at": pa.array(reported + 3600),
        "updated_at": pa.array(np.maximum(reported, closed)), "status": pa.array(status),
        "track": pa.array(["dispatched"] * N), "category": pa.array([[*words.values()][i % len(words)] for i in range(N)]),
        "channel": pa.array(["worker"] * N), "urgent": pa.array(["是", "否"] * (N // 2)), "duplicate": pa.array(["否"] * N),
        "x": pa.array(x), "y": pa.array(y), **dict.fromkeys(texts, text),
    }  # fmt: skip


@pytest.mark.parametrize("name", SUFFIXES)
def test_reading_undoes_publishing(name: str, tmp_path: Path) -> None:
    mapping = read_mapping(resource("data", "scenarios", "xiake", "mappings", f"{name}.toml"))
    assert isinstance(mapping, IncidentMapping)
    rows, path = frame(mapping), tmp_path / f"file{SUFFIXES[name]}"
    with Published(mapping, path, METRIC, ZONE) as file:
        for part in (slice(0, 150), slice(150, N)):
            file.append({column: cells[part] for column, cells in rows.items()})
    with open_incidents(path, mapping) as source:
        read = list(read_batches(source, mapping))
    assert not [row.reasons for batch in read for row in batch.faulty]
    good = pa.concat_tables([batch.good for batch in read]).to_pandas()
    assert len(good) == N
    assert list(good["case_no"]) == rows["case_no"].to_pylist()
    assert list(good["state"]) == rows["status"].to_pylist()
    is_minute, is_day = name == "visits", name == "disputes"
    step = 60 if is_minute else 86_400 if is_day else 1
    local = good["reported_at"].astype("int64").to_numpy() // 10**6 + 8 * 3600
    assert (local == rows["reported_at"].to_numpy() // step * step).all()
    ended = good["closed_at"].notna().to_numpy()
    assert (ended == (rows["closed_at"].to_numpy() > 0)).all()
    if "category" in mapping.columns and not mapping.columns["category"].value:
        assert list(good["category"]) == rows["category"].to_pylist()
    if "urgent" in mapping.columns:
        assert list(good["is_urgent"]) == [cell == "是" for cell in rows["urgent"].to_pylist()]
    if "description" in mapping.columns:
        assert list(good["description"]) == rows["description"].to_pylist()
    if "reporter" in mapping.columns:
        assert not set(good["reporter"]) & set(rows["reporter"].to_pylist())
    if "lon" in mapping.columns:
        x, y = (rows[axis].to_numpy(zero_copy_only=False) for axis in "xy")
        there = ~np.isnan(x)
        lon, lat = crs.to_wgs84(x[there], y[there], crs.parse_datum(METRIC))
        assert np.abs(good["lon"].to_numpy()[there] - lon).max() < 2e-6
        assert np.abs(good["lat"].to_numpy()[there] - lat).max() < 2e-6
        assert np.isnan(good["lon"].to_numpy()[~there]).all()


def test_a_wrong_datum_is_written_when_asked_for(tmp_path: Path) -> None:
    mapping = read_mapping(resource("data", "scenarios", "xiake", "mappings", "information.toml"))
    assert isinstance(mapping, IncidentMapping)
    found = {}
    for datum in (None, "GCJ-02"):
        path = tmp_path / f"{datum}.csv"
        with Published(mapping, path, METRIC, ZONE, datum) as file:
            file.append(frame(mapping))
        with open_incidents(path, mapping) as source:
            good = next(iter(read_batches(source, mapping))).good
        found[datum] = crs.from_wgs84(
            good["lon"].to_numpy()[:200], good["lat"].to_numpy()[:200], crs.parse_datum(METRIC)
        )
    shift = np.hypot(*(np.array(found["GCJ-02"]) - np.array(found[None])))
    assert 400 < shift.min() < shift.max() < 600
