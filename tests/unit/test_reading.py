"""Reading published files: equal values in every format, every record counted, bad files refused in words."""

import csv
import gzip
import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pyogrio.raw import write_arrow

from gridgov.errors import SourceError
from gridgov.sources.mapping import FileLayout
from gridgov.sources.reading import Broken, delimited, open_source, records, workbook
from tests.support_sheets import sheet_xml, xlsx

WANTED = ["编号", "街道", "说明"]
ROWS = [
    ["001", "徐霞客镇", "占道经营, 夜间"],
    ["002", "", 'He said "no"'],
    ["003", "澄江街道", "line one\nline two"],
]


def read(path, wanted=WANTED, rows=1000, layout=None, **options):
    """All records of a file: rows as lists, row numbers, broken ones, geometries."""
    out, numbers, broken, shapes = [], [], [], []
    with open_source(path, FileLayout(**(layout or {})), wanted, **options) as source:
        for batch in source.batches(rows):
            assert batch.table.column_names == list(wanted)
            assert batch.table.num_rows == len(batch.row_no) <= rows
            assert batch.row_no.dtype == np.int64
            out += [list(row.values()) for row in batch.table.to_pylist()]
            numbers += batch.row_no.tolist()
            broken += batch.broken
            shapes += [] if batch.geometry is None else list(batch.geometry)
    return out, numbers, broken, shapes


def written(path, rows, header=WANTED, **options):
    text = io.StringIO(newline="")
    csv.writer(text, **options).writerows([header, *rows])
    path.write_bytes(text.getvalue().encode())
    return path


def refused(path, wanted=WANTED, layout=None, **options):
    """The sentence a file is refused with, at opening or while it is read."""
    with pytest.raises(SourceError) as caught:
        read(path, wanted, layout=layout, **options)
    message = str(caught.value)
    assert message[-1] in ".?)", message
    assert path.name in message or str(path) in message or "encoding" in message, message
    return message


# ------------------------------------------------------------------------------------------------ delimited text


def test_csv_gives_the_text_exactly(tmp_path):
    assert read(written(tmp_path / "a.csv", ROWS)) == (ROWS, [2, 3, 4], [], [])


def test_columns_come_in_the_order_wanted(tmp_path):
    out, *_ = read(written(tmp_path / "a.csv", ROWS), ["说明", "编号"])
    assert out == [[row[2], row[0]] for row in ROWS]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("zipped", [False, True])
def test_encodings_and_gzip(tmp_path, encoding, zipped):
    plain = written(tmp_path / "a.csv", ROWS).read_bytes().decode().encode(encoding)
    path = tmp_path / ("b.csv.gz" if zipped else "b.csv")
    path.write_bytes(gzip.compress(plain) if zipped else plain)
    assert read(path, layout={"encoding": encoding})[0] == ROWS


def test_traditional_chinese_in_big5(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("區,類\n永康區,髒亂\n".encode("big5"))
    assert read(path, ["區", "類"], layout={"encoding": "big5"})[0] == [["永康區", "髒亂"]]


def test_delimiter_quote_and_tsv(tmp_path):
    path = written(tmp_path / "a.csv", ROWS, delimiter=";", quotechar="'")
    assert read(path, layout={"delimiter": ";", "quote": "'"})[0] == ROWS
    assert read(written(tmp_path / "a.tsv", ROWS, delimiter="\t"))[0] == ROWS
    path = tmp_path / "wide.txt"
    path.write_text("编号，街道\n1，徐霞客镇\n", "utf-8")
    assert read(path, ["街道"], layout={"delimiter": "，"})[0] == [["徐霞客镇"]]


def test_lines_above_the_header_are_skipped_and_counted(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("title,,\n\na,b,c\n1,2,3\n", "utf-8")
    assert read(path, ["a", "c"], layout={"header_row": 3})[:2] == ([["1", "3"]], [4])


def test_without_header_the_columns_are_numbered(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("37.75 -122.39 0\n37.76 -122.40 1\n", "utf-8")
    assert read(path, ["2", "3"], layout={"header_row": 0, "delimiter": " "})[:2] == (
        [["-122.39", "0"], ["-122.40", "1"]],
        [1, 2],
    )


def test_width_without_header_is_the_usual_one(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("odd\n1,2\n3,4\n", "utf-8")
    out, numbers, broken, _ = read(path, ["1", "2"], layout={"header_row": 0})
    assert (out, numbers, [b.row_no for b in broken]) == ([["1", "2"], ["3", "4"]], [2, 3], [1])


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last", [True, False])
def test_line_endings_and_a_last_line_without_one(tmp_path, ending, last):
    path = tmp_path / "a.csv"
    path.write_bytes((ending.join(["a,b", "1,2", "3,4"]) + (ending if last else "")).encode())
    assert read(path, ["a", "b"])[:2] == ([["1", "2"], ["3", "4"]], [2, 3])


@pytest.mark.parametrize("block", [16, 64, delimited.BLOCK])
@pytest.mark.parametrize("at", [0, 1, 5, 9])
def test_every_record_is_in_the_table_or_broken(tmp_path, monkeypatch, block, at):
    monkeypatch.setattr(delimited, "BLOCK", block)
    lines = [f"{i},x{i},plain" for i in range(10)]
    lines[at] = "too,few" if at % 2 else "one,too,many,here"
    path = tmp_path / "a.csv"
    path.write_text("编号,街道,说明\n" + "\n".join(lines), "utf-8")
    out, numbers, broken, _ = read(path, rows=4)
    assert [row[0] for row in out] == [str(i) for i in range(10) if i != at]
    assert numbers == [i + 2 for i in range(10) if i != at]
    found = 2 if at % 2 else 4
    assert broken == [Broken(at + 2, f"it has {found} columns where 3 are expected")]


def test_only_broken_rows_still_come_out(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("a,b\n" + "1\n" * 25, "utf-8")
    out, _, broken, _ = read(path, ["a"], rows=10)
    assert out == []
    assert [b.row_no for b in broken] == list(range(2, 27))


def test_blank_lines_are_no_records_but_count(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("a,b\n\n1,2\n\n\n3,4\n\n", "utf-8")
    assert read(path, ["a", "b"])[:3] == ([["1", "2"], ["3", "4"]], [3, 6], [])


def test_a_single_column_may_hold_empty_values(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('a\n""\nx\n\n', "utf-8")
    assert read(path, ["a"])[:2] == ([[""], ["x"]], [2, 3])


@pytest.mark.parametrize(
    ("line", "is_good"),
    [('7,5" pipe,x', True), ('7,"unclosed,x', False), ('7,"closed"too early,x', False), ('7,"a""b",x', True)],
)
def test_a_stray_quote_costs_its_own_line_only(tmp_path, line, is_good):
    path = tmp_path / "a.csv"
    path.write_text(f"a,b,c\n1,2,3\n{line}\n4,5,6\n7,8,9\n", "utf-8")
    out, numbers, broken, _ = read(path, ["a", "b", "c"])
    assert len(out) == (4 if is_good else 3)
    assert numbers == ([2, 3, 4, 5] if is_good else [2, 4, 5])
    assert [b.row_no for b in broken] == ([] if is_good else [3])


def test_an_unclosed_quote_far_from_the_end_does_not_swallow_the_file(tmp_path, monkeypatch):
    monkeypatch.setattr(delimited, "BLOCK", 1 << 12)
    monkeypatch.setattr(delimited, "MAX_RECORD", 1 << 12)
    path = tmp_path / "a.csv"
    path.write_text('a,b\n1,"open\n' + "x,y\n" * 200_000, "utf-8")
    out, numbers, broken, _ = read(path, ["a"], rows=50_000)
    assert (len(out), [b.row_no for b in broken], numbers[-1]) == (200_000, [2], 200_002)


def test_broken_reasons_never_quote_the_row(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('a,b\n13800138000,x,y\n1,"13800138000\n', "utf-8")
    _, _, broken, _ = read(path, ["a"])
    assert len(broken) == 2
    assert not any("138" in b.reason for b in broken)


VALUES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8) | st.sampled_from(
    ["", ",", '"', "\n", "\r\n", "\r", '""', 'a"b', ' "x"', "\ufeff", "网格", "'", " "]
)


@hypothesis_settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), width=st.integers(1, 5), quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
def test_what_csv_writes_is_read_back_exactly(tmp_path, data, width, quoting):
    table = data.draw(st.lists(st.lists(VALUES, min_size=width, max_size=width), min_size=1, max_size=12))
    faulty = data.draw(st.lists(st.booleans(), min_size=len(table), max_size=len(table)))
    block = data.draw(st.sampled_from([8, 50, 1 << 20]))
    rows = [[*row, "extra"] if is_faulty else row for row, is_faulty in zip(table, faulty, strict=True)]
    names = [f"c{i}" for i in range(width)]
    path = written(tmp_path / "a.csv", rows, names, quoting=quoting)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delimited, "BLOCK", block)
        out, numbers, broken, _ = read(path, names, rows=5)
    assert out == [row for row, is_faulty in zip(table, faulty, strict=True) if not is_faulty]
    assert numbers == [i + 2 for i, is_faulty in enumerate(faulty) if not is_faulty]
    assert [b.row_no for b in broken] == [i + 2 for i, is_faulty in enumerate(faulty) if is_faulty]


@hypothesis_settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.sampled_from('ab,"\n\r '), max_size=60), block=st.sampled_from([4, 16, 1 << 20]))
def test_any_text_is_read_the_same_whatever_the_blocks(tmp_path, text, block):
    path = tmp_path / "a.csv"
    path.write_bytes(b"a,b\n" + text.encode() + b"\nlast,one\n")
    results = []
    for size in (block, 1 << 22):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(delimited, "BLOCK", size)
            results.append(read(path, ["a", "b"]))
    assert results[0] == results[1]
    numbers = results[0][1] + [b.row_no for b in results[0][2]]
    assert len(set(numbers)) == len(numbers)


def test_fill_down_reaches_across_batches(tmp_path):
    rows = [["", "x", "1"], ["甲", "", "2"], ["", "y", "3"], ["", "", "4"], ["乙", "", "5"], ["", "", "6"]]
    out, *_ = read(written(tmp_path / "a.csv", rows), rows=2, fill_down=["编号"])
    assert [row[0] for row in out] == ["", "甲", "甲", "甲", "乙", "乙"]
    assert [row[1] for row in out] == ["x", "", "y", "", "", ""]


def test_position_size_and_hash(tmp_path):
    path = written(tmp_path / "a.csv", ROWS)
    import hashlib

    with open_source(path, FileLayout(), WANTED) as source:
        assert source.n_bytes == path.stat().st_size
        assert source.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
        list(source.batches(10))
        assert source.position() == source.n_bytes
        assert (source.format, source.columns, source.geometry_type, source.n_rows) == ("csv", WANTED, None, None)


@pytest.mark.parametrize(
    ("name", "content", "parts"),
    [
        ("a.csv", b"", ["is empty", "nothing to load"]),
        ("a.csv", "编号,街道,说明\n\n\r\n".encode(), ["holds no record"]),
        ("a.csv", "编号,街道,说明".encode(), ["holds no record"]),
        ("a.csv", "编号,街道,说明\n1,2,徐霞客镇\n".encode("gb18030"), ["not utf-8", "byte 1", "line 1", "'gb18030'"]),
        ("a.csv", "编号,街道,说明\n1,2,3\n1,2,".encode() + b"\xff\n", ["not utf-8", "byte 32", "line 3"]),
        ("a.csv", "编号,街道,说明\n1,2,3\n".encode("utf-16"), ["not utf-8", "utf-16"]),
        ("a.csv", "编号,街道,说明\n1,\0,3\n".encode(), ["NUL", "line 2"]),
        ("a.csv", b"PAR1" + bytes(20), ["Parquet"]),
        ("a.csv", b"SQLite format 3\0" + bytes(20), ["SQLite"]),
        ("a.csv", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ["old Excel", "Save it as .xlsx"]),
        ("a.csv", b"<!DOCTYPE html><html>", ["HTML page", "fetch the file again"]),
        ("a.csv", b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", ["Git LFS pointer", "git lfs pull"]),
        ("a.csv.gz", b"a,b\n", ["not gzip-compressed"]),
        ("a.csv.gz", gzip.compress("编号,街道,说明\n1,2,3\n".encode() * 9, mtime=0)[:-9], ["cut off"]),
        ("a.xyz", b"a", ["no known format", ".csv"]),
        ("a.csv", "编号;街道;说明\n1;2;3\n".encode(), ["no column '编号'", "delimiter = ';'"]),
        ("a.csv", "title,,\n编号,街道,说明\n1,2,3\n".encode(), ["line 2", "header_row = 2"]),
        ("a.csv", "编号,街道,说明,编号\n1,2,3,4\n".encode(), ["more than one column named '编号'"]),
        ("a.csv", b'"open\n', ["no column names", "header_row"]),
        ("a.parquet", b"PAR1" + bytes(200), ["cannot be read as Parquet"]),
        ("a.xlsx", b"PK\x03\x04" + bytes(50), ["damaged"]),
        ("a.xlsx", b"a,b\n", ["should be a spreadsheet", "something else"]),
        ("a.gpkg", b"SQLite format 3\0" + bytes(500), ["cannot be read as GPKG"]),
        ("a.geojson", b'{"type": "FeatureCollection", "features": [{"type":', ["cannot be read as GeoJSON"]),
        ("a.geojson", b"[1, 2]", ["not GeoJSON"]),
        ("a.json", b'{"a": 1', ["not valid JSON"]),
        ("a.json", b"[" * 5000 + b"]" * 5000, ["5,000 levels"]),
        ("a.json", b"[]", ["holds no record"]),
        ("a.jsonl", b"\n\n", ["holds no record"]),
    ],
)
def test_bad_files_are_refused_in_words(tmp_path, name, content, parts):
    path = tmp_path / name
    path.write_bytes(content)
    message = refused(path)
    for part in parts:
        assert part in message


def test_all_missing_columns_are_named_at_once_with_the_nearest(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("Status,District,Lat\nopen,1,2\n", "utf-8")
    message = refused(path, ["status", "District", "Latt", "Owner"])
    assert "no column 'status' (nearest: 'Status')" in message
    assert "no column 'Latt' (nearest: 'Lat')" in message
    assert "no column 'Owner'" in message
    assert "3 columns: 'Status', 'District', 'Lat'" in message


def test_paths_that_are_no_files(tmp_path):
    for path in ("https://example.org/a.csv", "/vsicurl/http://x/a.geojson", "/vsizip/a.zip/a.shp", "s3://b/a.parquet"):
        with pytest.raises(SourceError, match="is an address"):
            open_source(Path(path), FileLayout(), [])
    with pytest.raises(SourceError, match="no file"):
        open_source(tmp_path / "none.csv", FileLayout(), [])
    with pytest.raises(SourceError, match="is a folder"):
        open_source(tmp_path, FileLayout(), [])
    with pytest.raises(SourceError, match="a device or a pipe"):
        open_source(Path("/dev/zero"), FileLayout(format="csv"), [])


def test_encodings_that_are_none(tmp_path):
    path = written(tmp_path / "a.csv", ROWS)
    for encoding in ("klingon", "base64"):
        assert "no text encoding" in refused(path, layout={"encoding": encoding})


def test_a_fault_late_in_a_file_is_found_at_its_byte(tmp_path):
    path = tmp_path / "a.csv"
    good = b"a,b\n" + b"1,2\n" * 600_000
    path.write_bytes(good + b"1,\xe5\xbe\n")
    message = refused(path, ["a"])
    assert f"byte {len(good) + 3:,}" in message
    assert "line 600,002" in message


def test_a_line_without_end_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(delimited, "MAX_LINE", 1 << 16)
    monkeypatch.setattr(delimited, "BLOCK", 1 << 14)
    path = tmp_path / "a.csv"
    path.write_text("a,b\n" + "x" * 3_000_000, "utf-8")
    with open_source(path, FileLayout(), ["a"]) as source, pytest.raises(SourceError, match="longer than"):
        list(source.batches(10))


def test_a_file_that_changes_while_read_is_refused(tmp_path):
    path = written(tmp_path / "a.csv", ROWS)
    with open_source(path, FileLayout(), WANTED) as source, pytest.raises(SourceError, match="changed while"):
        for _ in source.batches(1):
            path.write_bytes(path.read_bytes() + b"4,5,6\n")


MEMORY = """
import resource, sys
from pathlib import Path
from gridgov.sources.mapping import FileLayout
from gridgov.sources.reading import open_source
n = 0
with open_source(Path(sys.argv[1]), FileLayout(), ["id", "area", "addr"]) as source:
    for batch in source.batches(100_000):
        n += len(batch)
print(n, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def test_memory_does_not_grow_with_the_file(tmp_path):
    """1.5 M rows (130 MB) may take at most 40 MB more than 300 k rows: allocators keep some, files are not held."""
    peaks = []
    for n in (300_000, 1_500_000):
        path = tmp_path / f"{n}.csv"
        with path.open("w") as file:
            file.write("id,at,status,area,lat,lon,addr\n")
            block = "".join(
                f"UN2015{i:08d},2015-04-15 00:02:00,open,District {i % 50},41.{i:06d},-87.{i:06d},a street and no\n"
                for i in range(100_000)
            )
            file.writelines(block for _ in range(n // 100_000))
        done = subprocess.run(
            [sys.executable, "-c", MEMORY, str(path)], capture_output=True, text=True, check=True, timeout=60
        )
        n_read, peak_kb = map(int, done.stdout.split())
        assert n_read == n
        peaks.append(peak_kb / 1000)
    assert peaks[1] - peaks[0] < 40, peaks


# ------------------------------------------------------------------------------------------------ JSON


NESTED = [
    {"id": 1, "location": {"lat": 31.70, "tags": ["a", 1.50]}, "ok": True, "a.b": "dotted"},
    {"id": "2", "location": None, "ok": None},
    {"id": 12345678901234567890, "location": {"lat": 1e5}, "ok": False},
]
NESTED_TEXT = [
    '{"id": 1, "location": {"lat": 31.70, "tags": ["a", 1.50]}, "ok": true, "a.b": "dotted"}',
    '{"id": "2", "location": null, "ok": null}',
    '{"id": 12345678901234567890, "location": {"lat": 1e5}, "ok": false}',
]
NESTED_WANTED = ["id", "location.lat", "ok", "a.b", "location.tags"]
NESTED_ROWS = [
    ["1", "31.70", "true", "dotted", '["a", 1.50]'],
    ["2", None, None, None, None],
    ["12345678901234567890", "1e5", "false", None, None],
]


@pytest.mark.parametrize("name", ["a.jsonl", "a.ndjson", "a.jsonl.gz", "a.json", "b.json"])
def test_json_values_become_text_without_damage(tmp_path, name):
    listed = "[" + ",\n".join(NESTED_TEXT) + "]"
    text = {"a.json": listed, "b.json": '{"result": {"items": ' + listed + "}}"}.get(name, "\n".join(NESTED_TEXT))
    path = tmp_path / name
    path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    layout = {"records": "result.items"} if name == "b.json" else {}
    assert read(path, NESTED_WANTED, layout=layout, rows=2)[:3] == (NESTED_ROWS, [1, 2, 3], [])


def test_bad_json_lines_are_broken(tmp_path):
    path = tmp_path / "a.jsonl"
    deep = '{"a": ' + "[" * 60 + "]" * 60 + "}"
    lines = ['{"a": 1}', "{bad", "", "5", deep, '{"a": "x\\u0000"}', '{"a": "\\ud800"}', '{"a": NaN}', '{"b": 1}']
    path.write_text("\n".join(lines), "utf-8")
    out, numbers, broken, _ = read(path, ["a"], rows=3)
    assert out == [["1"], ["NaN"], [None]]
    assert numbers == [1, 8, 9]
    assert [b.row_no for b in broken] == [2, 4, 5, 6, 7]


def test_a_json_line_too_long_is_broken(tmp_path, monkeypatch):
    monkeypatch.setattr(records, "MAX_LINE", 1 << 20)
    path = tmp_path / "a.jsonl"
    path.write_text('{"a": 1}\n{"a": "' + "x" * 3_000_000 + '"}\n{"a": 2}\n', "utf-8")
    out, numbers, broken, _ = read(path, ["a"])
    assert (out, numbers, [b.row_no for b in broken]) == ([["1"], ["2"]], [1, 3], [2])


def test_a_column_absent_in_every_json_row_is_missing(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text('{"a": 1}\n' * 5, "utf-8")
    assert "no column 'aa' (nearest: 'a')" in refused(path, ["a", "aa"])
    path.write_text('{"a": 1}\n' * 3000, "utf-8")
    assert "no column 'b'" in refused(path, ["a", "b"])
    path.write_text('{"a": 1}\n' * 3000 + '{"b": null}\n', "utf-8")
    assert len(read(path, ["a", "b"])[0]) == 3001


def test_json_above_its_limit_and_of_another_shape(tmp_path, monkeypatch):
    path = tmp_path / "a.json"
    path.write_text('{"meta": 1, "tags": ["x"], "items": [{"a": 1}]}', "utf-8")
    assert "records = 'items'" in refused(path, ["a"])
    assert "no 'rows'" in refused(path, ["a"], layout={"records": "rows"})
    path.write_text('{"type": "Polygon", "coordinates": []}', "utf-8")
    assert "format = 'geojson'" in refused(path, ["a"])
    path.write_text("[" + '{"a": 1},' * 150_000 + '{"a": 1}]', "utf-8")
    with monkeypatch.context() as patch:
        from gridgov.settings import Settings

        patch.setattr(records, "settings", lambda: Settings(json_max_mb=1))
        message = refused(path, ["a"])
    assert "larger than 1 MB" in message
    assert "JSON lines" in message


# ------------------------------------------------------------------------------------------------ spreadsheets


def test_xlsx_values_become_text(tmp_path):
    header = ["code", "n", "on", "at", "ok", "note"]
    rows = [
        header,
        ["007", 9.0, ("date", 45000), ("time", 45000.5), True, "网格"],
        [320281104200, 0.1, None, ("time", 45000), False, None],
    ]
    path = xlsx(tmp_path / "a.xlsx", sheet_xml(rows))
    out, numbers, _, _ = read(path, header)
    assert out == [
        ["007", "9", "2023-03-15", "2023-03-15T12:00:00", "true", "网格"],
        ["320281104200", "0.1", "", "2023-03-15", "false", ""],
    ]
    assert numbers == [2, 3]


def test_xlsx_blank_rows_and_a_table_away_from_the_corner(tmp_path):
    rows = [[None, "a", "b"], [None, "1", "2"], [], [None, "3", "4"]]
    path = xlsx(tmp_path / "a.xlsx", sheet_xml(rows, first_row=3))
    assert read(path, ["a", "b"], layout={"header_row": 3})[:2] == ([["1", "2"], ["3", "4"]], [4, 6])
    assert "header_row = 3" in refused(path, ["a", "b"])


def test_xlsx_sheet_choice(tmp_path):
    sheet = sheet_xml([["a"], ["1"]])
    path = xlsx(tmp_path / "a.xlsx", sheet, sheet_xml([["a"], ["2"]]))
    message = refused(path, ["a"])
    assert "2 sheets: 'S1', 'S2'" in message
    assert "sheet = " in message
    assert "no sheet 'X'" in refused(path, ["a"], layout={"sheet": "X"})
    assert read(path, ["a"], layout={"sheet": "S2"})[0] == [["2"]]
    assert "holds no record" in refused(xlsx(tmp_path / "b.xlsx", sheet_xml([["a"]])), ["a"])


def test_xlsx_merged_cells(tmp_path):
    rows = [["kind", "limit", "note"], ["A", "1", "x"], [None, "2", None], [None, None, None], ["B", "4", "y"]]
    path = xlsx(tmp_path / "a.xlsx", sheet_xml(rows, ["A2:A4", "B3:B4", "C3:C4"]))
    message = refused(path, ["kind", "limit"])
    assert "A2:A4" in message
    assert "'kind'" in message
    assert "fill_down = true" in message
    out, numbers, *_ = read(path, ["kind", "limit"], fill_down=["kind", "limit"])
    assert out == [["A", "1"], ["A", "2"], ["A", "2"], ["B", "4"]]  # row 4 is nothing but merged cells: a record
    assert numbers == [2, 3, 4, 5]
    across = xlsx(tmp_path / "b.xlsx", sheet_xml(rows, ["A2:B2"]))
    assert "merged across columns" in refused(across, ["kind", "limit"], fill_down=["kind", "limit"])
    assert len(read(xlsx(tmp_path / "c.xlsx", sheet_xml(rows, ["C2:C4"])), ["kind"])[0]) == 3


def test_xlsx_titles_and_headers_of_two_rows(tmp_path):
    titled = xlsx(tmp_path / "a.xlsx", sheet_xml([["Title", None], ["kind", "limit"], ["A", "1"]], ["A1:B1"]))
    assert "header_row = 2" in refused(titled, ["kind", "limit"])
    assert read(titled, ["kind", "limit"], layout={"header_row": 2})[0] == [["A", "1"]]
    rows = [["no", "place", None], [None, "lon", "lat"], ["7", "120", "31"]]
    double = xlsx(tmp_path / "b.xlsx", sheet_xml(rows, ["A1:A2", "B1:C1"]))
    assert "header_row = 2" in refused(double, ["no", "lon"])
    assert "header_row = 2" in refused(double, ["no"])
    assert read(double, ["no", "lon", "lat"], layout={"header_row": 2})[0] == [["7", "120", "31"]]


def test_xlsx_guards(tmp_path, monkeypatch):
    cells = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    far = f"<sheetData>{cells}</sheetData>"
    assert "1,048,576 rows and 16,384 columns" in refused(xlsx(tmp_path / "far.xlsx", far), ["1"])
    styled = sheet_xml([["a"], ["1"]]).replace("</row></sheetData>", '<c r="XFD2" s="1"/></row></sheetData>')
    assert read(xlsx(tmp_path / "styled.xlsx", styled), ["a"])[0] == [["1"]]
    bomb = xlsx(tmp_path / "bomb.xlsx", sheet_xml([["a"], ["1"]]), prolog='<!DOCTYPE x [<!ENTITY a "b">]>')
    assert "not the plain XML" in refused(bomb, ["a"])
    assert "not the plain XML" in refused(xlsx(tmp_path / "cut.xlsx", sheet_xml([["a"], ["1"]]) + "<b>"), ["a"])
    assert "not the plain XML" in refused(xlsx(tmp_path / "junk.xlsx", far, prolog="junk"), ["a"])
    path = xlsx(tmp_path / "big.xlsx", sheet_xml([["a"], ["x" * 100_000]]))
    with monkeypatch.context() as patch:
        patch.setattr(workbook, "MAX_UNPACKED", 50_000)
        assert "unpacks to more than" in refused(path, ["a"])
    with monkeypatch.context() as patch:
        from gridgov.settings import Settings

        patch.setattr(workbook, "settings", lambda: Settings(xlsx_max_mb=0))
        assert "spreadsheets above" in refused(path, ["a"])


# ------------------------------------------------------------------------------------------------ features


SHAPES = [shapely.box(0, 0, 1, 1), None, shapely.box(2, 2, 3, 3)]
FEATURES = pa.table(
    {
        "code": ["001", "002", None],
        "名称": ["徐霞客镇", "x", "y" * 30],
        "n": pa.array([1, None, 3], pa.int64()),
        "x": [0.5, 1.5, None],
        "geom": pa.array([shapely.to_wkb(s) if s else None for s in SHAPES], pa.binary()),
    }
)
FEATURE_ROWS = [["001", "徐霞客镇", 1, 0.5], ["002", "x", None, 1.5], [None, "y" * 30, 3, None]]
FEATURE_WANTED = ["code", "名称", "n", "x"]


def features(path, driver, **options):
    write_arrow(
        FEATURES, path, driver=driver, geometry_name="geom", geometry_type="Polygon", crs="EPSG:4490", **options
    )
    return path


@pytest.mark.parametrize(
    ("name", "driver"),
    [("a.gpkg", "GPKG"), ("a.shp", "ESRI Shapefile"), ("a.geojson", "GeoJSON"), ("a.geojson.gz", "")],
)
@pytest.mark.parametrize("rows", [1, 2, 100])
def test_features_round_trip(tmp_path, name, driver, rows):
    path = tmp_path / name
    if driver:
        features(path, driver, **({"encoding": "UTF-8"} if driver == "ESRI Shapefile" else {}))
    else:
        path.write_bytes(gzip.compress(features(tmp_path / "b.geojson", "GeoJSON").read_bytes()))
    out, numbers, broken, shapes = read(path, FEATURE_WANTED, rows=rows, geometry=True)
    assert (out, numbers, broken) == (FEATURE_ROWS, [1, 2, 3], [])
    assert [s and shapely.equals(s, SHAPES[i]) for i, s in enumerate(shapes)] == [True, None, True]
    with open_source(path, FileLayout(), ["code"]) as source:
        assert (source.geometry_type, source.n_rows) == ("Polygon", 3)
        assert source.declared_crs == "EPSG:4490"
    assert read(path, ["n"])[0] == [[1], [None], [3]]
    assert not list(tmp_path.glob("*.properties"))
    assert "no column 'Code' (nearest: 'code')" in refused(path, ["Code"])


def test_geojson_times_numbers_and_crs_stay_as_written(tmp_path):
    path = tmp_path / "a.geojson"
    properties = [
        {"t": "2020-01-01T00:00:00+08:00", "d": "2020-01-01", "big": 320281104200},
        {"t": "2020-01-01 00:00:00", "d": "2020-01-02", "big": 1},
    ]
    document = {
        "type": "FeatureCollection",
        "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4236"}},
        "features": [
            {"type": "Feature", "properties": p, "geometry": {"type": "Point", "coordinates": [1, 2]}}
            for p in properties
        ],
    }
    path.write_text(json.dumps(document), "utf-8")
    assert read(path, ["t", "d", "big"])[0] == [list(p.values()) for p in properties]
    with open_source(path, FileLayout(), []) as source:
        assert (source.geometry_type, source.declared_crs) == ("Point", "EPSG:4236")


def test_a_malformed_geometry_is_broken(tmp_path):
    path = tmp_path / "a.geojson"
    rings = [[[0, 0], [1, 0], [1, 1], [0, 0]], [[0, 0], [1, 0]], [[0, 0], [2, 0], [2, 2], [0, 0]]]
    listed = [
        {"type": "Feature", "properties": {"a": i}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
        for i, ring in enumerate(rings)
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": listed}), "utf-8")
    out, numbers, broken, shapes = read(path, ["a"], geometry=True)
    assert (out, numbers, [b.row_no for b in broken], len(shapes)) == ([[0], [2]], [1, 3], [2], 2)


def test_geojson_that_leads_elsewhere_is_not_followed(tmp_path):
    secret = features(tmp_path / "secret.geojson", "GeoJSON")
    pipeline = {"type": "gdal_streamed_alg", "command_line": f"gdal vector pipeline ! read {secret}"}
    path = tmp_path / "a.geojson"
    path.write_text(json.dumps(pipeline), "utf-8")
    assert "cannot be read as GeoJSON" in refused(path, ["code"])
    layer = f'<OGRVRTLayer name="secret"><SrcDataSource>{secret}</SrcDataSource></OGRVRTLayer>'
    path.write_text(f"<OGRVRTDataSource>{layer}</OGRVRTDataSource>")
    assert "not GeoJSON" in refused(path, ["code"])


def test_gpkg_layers(tmp_path):
    path = features(tmp_path / "a.gpkg", "GPKG", layer="grids")
    features(path, "GPKG", layer="streets", append=True)
    message = refused(path, ["code"])
    assert "2 layers: 'grids', 'streets'" in message
    assert "no layer 'x'" in refused(path, ["code"], layout={"table": "x"})
    assert read(path, ["code"], layout={"table": "streets"})[0] == [["001"], ["002"], [None]]


def test_shapefile_encodings(tmp_path):
    path = features(tmp_path / "a.shp", "ESRI Shapefile", encoding="GB18030")
    assert read(path, FEATURE_WANTED)[0] == FEATURE_ROWS
    path.with_suffix(".cpg").unlink()
    assert read(path, FEATURE_WANTED, layout={"encoding": "gb18030"})[0] == FEATURE_ROWS
    assert "encoding" in refused(path, FEATURE_WANTED)
    assert "encoding = 'gb18030'" in refused(path, ["code"])


def test_zipped_shapefile(tmp_path):
    features(tmp_path / "网格.shp", "ESRI Shapefile", encoding="UTF-8")
    parts = sorted(tmp_path.glob("网格.*"))
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in parts:
            archive.write(part, f"子目录/{part.name}")
    out, _, _, shapes = read(path, FEATURE_WANTED, geometry=True)
    assert out == FEATURE_ROWS
    assert len(shapes) == 3
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("../evil.txt", "x")
    assert "outside its own folder" in refused(path, ["code"])
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "x")
    assert "0 Shapefiles" in refused(path, ["code"])


@pytest.mark.parametrize(("suffix", "cut"), [(".shp", 10), (".dbf", 50), (".shx", 8)])
def test_a_shapefile_cut_off_or_incomplete_is_refused(tmp_path, suffix, cut):
    path = features(tmp_path / "a.shp", "ESRI Shapefile")
    part = path.with_suffix(suffix)
    part.write_bytes(part.read_bytes()[:-cut])
    message = refused(path, ["code"])
    assert "cut off" in message
    assert suffix in message
    if suffix != ".shp":
        part.unlink()
        assert f"without its {suffix}" in refused(path, ["code"])


def test_parquet_and_geoparquet(tmp_path):
    path = tmp_path / "a.parquet"
    when = pa.array([0, 1, None], pa.timestamp("ms", "Asia/Shanghai"))
    table = FEATURES.append_column("at", when).append_column("kind", pa.array(["a", "b", "a"]).dictionary_encode())
    table = table.set_column(0, "code", table["code"].cast(pa.large_string()))
    pq.write_table(table, path, row_group_size=2)
    with open_source(path, FileLayout(), ["code", "kind", "at", "n"]) as source:
        batches = list(source.batches(2))
        assert (source.n_rows, source.geometry_type, source.declared_crs) == (3, None, None)
    schema = batches[0].table.schema
    assert [schema.field(name).type for name in ("code", "kind")] == [pa.string(), pa.string()]
    assert schema.field("at").type == pa.timestamp("ms", "Asia/Shanghai")
    assert [len(b) for b in batches] == [2, 1]
    assert batches[1].row_no.tolist() == [3]
    assert "plain Parquet" in refused(path, ["code"], geometry=True)
    geo = {
        "version": "1.1.0",
        "primary_column": "geom",
        "columns": {
            "geom": {
                "encoding": "WKB",
                "geometry_types": ["Polygon"],
                "crs": {"id": {"authority": "EPSG", "code": 4490}},
            }
        },
    }
    for crs, declared in [({"id": {"authority": "EPSG", "code": 4490}}, "EPSG:4490"), (None, None), ("", "OGC:CRS84")]:
        geo["columns"]["geom"]["crs"] = crs
        if crs == "":
            del geo["columns"]["geom"]["crs"]
        pq.write_table(FEATURES.replace_schema_metadata({"geo": json.dumps(geo)}), path)
        with open_source(path, FileLayout(), ["code"], geometry=True) as source:
            assert (source.geometry_type, source.declared_crs) == ("Polygon", declared)
    out, _, _, shapes = read(path, FEATURE_WANTED, geometry=True)
    assert out == FEATURE_ROWS
    assert shapely.equals(shapes[2], SHAPES[2])
    geo["columns"]["geom"]["encoding"] = "polygon"
    pq.write_table(FEATURES.replace_schema_metadata({"geo": json.dumps(geo)}), path)
    assert "WKB is expected" in refused(path, ["code"], geometry=True)


def test_parquet_text_no_database_stores_is_refused(tmp_path):
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"a": ["x\0y"]}), path)
    assert "NUL" in refused(path, ["a"])


def test_files_under_a_wrong_name(tmp_path):
    book = xlsx(tmp_path / "a.xlsx", sheet_xml([["a"], ["1"]]))
    wrong = tmp_path / "b.csv"
    wrong.write_bytes(book.read_bytes())
    assert "it is a spreadsheet" in refused(wrong, ["a"])
    assert read(wrong, ["a"], layout={"format": "xlsx"})[0] == [["1"]]
    wrong.write_bytes(gzip.compress(b"a,b\n1,2\n"))
    assert read(wrong, ["a"])[0] == [["1"]]
    with zipfile.ZipFile(tmp_path / "c.csv", "w") as archive:
        archive.writestr("inner.csv", "a\n1\n")
    assert "zip archive" in refused(tmp_path / "c.csv", ["a"])


def test_gdal_is_left_able_to_list_its_drivers():
    """The guards bind each file, not GDAL as a whole: other rooms read and write other formats."""
    assert {"GPX", "GeoJSON", "GPKG"} <= set(pyogrio.list_drivers())
