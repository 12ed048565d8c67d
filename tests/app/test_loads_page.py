"""The page of loads: a file is dropped, looked at, loaded; bad rows are seen and tried again; the rest is refused."""

import base64
import json
import os
import time
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given

from dash_app.app import app
from dash_app.asking.state import State
from dash_app.pages import loads
from dash_app.parts import dropping, job_words, refusals, systems, unknowns
from dash_app.serving import upload_job, uploads
from gridgov.errors import MappingError
from gridgov.questions import open_town
from gridgov.settings import settings
from gridgov.store.machine import locked
from tests.support import incident_text, load_city, new_code, point, query, write_rows

X, Y = map(str, point(0.5, 0.5))
ROWS = [
    {"no": f"C{n}", "at": "2026-03-01 10:00", "state": "open", "what": "road", "x": X, "y": Y} for n in range(30)
] + [
    {"no": "D1", "at": "2026-03-01 10:00", "state": "resting", "what": "road", "x": X, "y": Y},
    {"no": "D2", "at": "01/03/2026", "state": "resting", "what": "road", "x": X, "y": Y},
]  # fmt: skip


def address(content: bytes) -> str:
    return "data:text/csv;base64," + base64.b64encode(content).decode()


def ended(job: dict[str, Any]) -> uploads.Progress:
    """What a job ended with; each one ends."""
    for _ in range(1_200):
        far = uploads.progress(job["token"])
        if far.state != "running":
            return far
        time.sleep(0.1)
    raise AssertionError(far)


@pytest.fixture
def town(database: str, tmp_path: Path) -> State:
    """A town with grids, and the state folder of the app."""
    code = new_code()
    load_city(tmp_path, code)
    return State(town=code, lang="zh")


def dropped(folder: Path, name: str = "../../案件 3月.CSV") -> str:
    """The token of the file of cases, dropped."""
    path = write_rows(folder / "cases.csv", ROWS)
    token, emptied, job = dropping.take_file(address(path.read_bytes()), name, None)
    assert (emptied, job) == (None, {})
    assert dropping.show_dropped(State(lang="zh"), token) == "已收到:案件_3月.csv"
    return str(token)


def mapping_of(state: State, more: str = "") -> str:
    return incident_text(str(state.town), versioned=False, source="dropped").replace('"done" =', f'{more}\n"done" =')


def test_a_file_is_looked_at_loaded_set_aside_and_tried_again(town: State, tmp_path: Path) -> None:
    token, mapping = dropped(tmp_path), mapping_of(town)
    text = dropping.take_mapping(address(mapping.encode()))[0]
    assert text == mapping
    assert dropping.show_mapping(town, text) == f"已收到:案件 · dropped · {town.town}"

    looked = dropping.begun(town, "look", token, None, text, None)
    far = ended(looked)
    assert (far.state, far.report["looked"], far.report["faulty"]) == ("done", 32, 2), far
    words = str(job_words.said(town, "look", far))
    assert "前 32 行中 2 行" in words and "上报时间读不成时间" in words and "C0" in words
    assert len(query("SELECT FROM gridgov.case_record")) == 0, "a look loads nothing"

    loaded = dropping.begun(town, "load", token, None, text, None)
    far = ended(loaded)
    assert far.state == "done", far
    assert "读取 32 = 新增 30 + 隔离 2" in str(job_words.said(town, "load", far))
    said, is_over, versions = dropping.follow(loaded, 1, {"search": town.query()})
    assert said and is_over and set(versions) == {town.town}, "all that is shown is asked anew"
    row = loads.show_loads(town)[2][0]
    assert (row["file_name"], row["n_read"], row["n_loaded"], row["n_quarantined"]) == ("案件_3月.csv", 32, 30, 2)
    assert not list((settings().state / "uploads").rglob("*.csv")), "the file is removed when it is loaded"
    assert dropping.show_dropped(town, token) == "把文件拖到这里,或点击选择"

    reasons = {row["said"]: row for row in refusals.show_refusals(town)[2]}
    assert {said: row["n_held"] for said, row in reasons.items()} == {
        "映射中没有这个原状态": 2,
        "上报时间读不成时间": 1,
    }
    state = refusals.click_refusal({"rowId": reasons["上报时间读不成时间"]["key"]}, town)
    assert isinstance(state, State)
    hidden, _, _, rows, _, _, _ = refusals.show_refused(state)
    assert not hidden and len(rows) == 1
    assert "no: D2" in rows[0]["cells"] and "01/03/2026" in rows[0]["why"]

    with pytest.raises(uploads.UploadError, match="dropped"):
        dropping.begun(state, "retry", None, None, text.replace('source = "dropped"', 'source = "other"'), None)
    mended = mapping_of(town, '"resting" = "suspended"')
    far = ended(dropping.begun(state, "retry", None, None, mended, None))
    assert far.state == "done", far
    assert (far.report["loaded"], far.report["quarantined"]) == (1, 1)
    assert {row["said"]: row["n_held"] for row in refusals.show_refusals(town)[2]} == {"上报时间读不成时间": 1}
    assert open_town(str(town.town)).ask("backlog").frame["n_open"].sum() == 31


def test_what_cannot_be_loaded_says_why_and_leaves_nothing(town: State, tmp_path: Path) -> None:
    token, other = dropped(tmp_path), mapping_of(town).replace('"no"', '"number"')
    far = ended(dropping.begun(town, "load", token, None, other, None))
    assert far.state == "failed"
    assert far.error.startswith("案件_3月.csv has no column 'number'"), far.error
    assert "没有导入" in str(job_words.said(town, "load", far))
    assert uploads.progress("0" * 32).state == uploads.progress("../../etc").state == "gone"
    with pytest.raises(uploads.UploadError, match="no longer here"):
        dropping.begun(town, "load", token, None, mapping_of(town), None)
    for chosen, text in ((None, None), ("no_such", None)):
        with pytest.raises(uploads.UploadError):
            dropping.begun(town, "load", token, chosen, text, None)
    with pytest.raises(MappingError):
        dropping.take_mapping(address(b"kind = 'nothing'"))


def test_of_two_loads_the_second_is_refused_and_keeps_its_file(town: State, tmp_path: Path) -> None:
    token = dropped(tmp_path)
    with locked(settings().state / "uploads" / "running.lock"):
        far = ended(dropping.begun(town, "load", token, None, mapping_of(town), None))
    assert (far.state, far.error) == ("failed", upload_job.BUSY)
    assert ended(dropping.begun(town, "load", token, None, mapping_of(town), None)).state == "done"


def test_what_runs_is_not_begun_again(town: State, tmp_path: Path) -> None:
    token = dropped(tmp_path)
    folder = settings().state / "uploads" / token
    (folder / "pid").write_text(str(os.getpid()), "ascii")  # a process that is there
    (folder / "log").write_text("half way", "utf-8")
    for action in ("look", "load"):
        with pytest.raises(uploads.UploadError, match="already"):
            dropping.begun(town, action, token, None, mapping_of(town), None)
    assert uploads.progress(token) == uploads.Progress("running", "half way")


def test_a_load_that_fails_is_seen_within_a_minute(town: State, tmp_path: Path) -> None:
    def failing(at_s: float) -> list[str]:
        rows = systems.asked(town, at_s).rows()
        return [row["source"] for row in rows if row["freshness"] == "failing"]

    for mapping, state in ((mapping_of(town), "done"), (mapping_of(town).replace('"open"', '"ajar"'), "failed")):
        assert failing(0) == []
        assert ended(dropping.begun(town, "load", dropped(tmp_path), None, mapping, None)).state == state
    assert failing(59) == []
    assert failing(60) == ["dropped"]


def test_a_process_that_is_killed_is_seen(town: State, tmp_path: Path) -> None:
    token = dropped(tmp_path)
    folder = settings().state / "uploads" / token
    (folder / "pid").write_text("999999999", "ascii")
    far = uploads.progress(token)
    assert (far.state, far.error) == ("failed", uploads.STOPPED)
    assert dropping.clear(1, token) == (None, {})
    assert not folder.exists()


# ---------------------------------------------------------------------------------------------------------------------
# What is not taken


@given(st.text(max_size=200), st.sampled_from(uploads.SUFFIXES), st.sampled_from(["", ".gz"]))
def test_no_name_of_a_stranger_leads_out_of_the_folder(name: str, suffix: str, zipped: str) -> None:
    safe = uploads.safe_name(f"{name}.{suffix}{zipped}")
    assert safe == Path(safe).name and safe not in ("", ".", "..")
    assert not set(safe) & set("/\\\0 \n:*?\"'<>|$`;&") and not safe.startswith((".", "-"))
    assert safe.endswith(f".{suffix}{zipped}") and len(safe) < 100
    assert uploads.safe_name(safe) == safe


@pytest.mark.parametrize("name", ["cases.exe", "cases", "cases.csv.sh", ".csv.py", "cases.toml"])
def test_only_files_that_can_be_loaded_are_taken(name: str, tmp_path: Path) -> None:
    with pytest.raises(uploads.UploadError, match="not taken"):
        uploads.receive(name, address(b"a"))
    assert not (settings().state / "uploads").exists() or not list((settings().state / "uploads").iterdir())


def test_what_is_too_large_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRIDGOV_UPLOAD_MAX_MB", "1")
    settings.cache_clear()
    with pytest.raises(uploads.UploadError, match="larger than 1 MB"):
        uploads.receive("a.csv", address(b"x" * (1024 * 1024 + 1)))
    assert uploads.receive("a.csv", address(b"x" * 1024 * 1024))
    body = json.dumps({"output": "x", "contents": "x" * (3 * 1024 * 1024)})
    answer = app.server.test_client().post("/_dash-update-component", data=body, content_type="application/json")
    assert answer.status_code == 413
    with pytest.raises(uploads.UploadError, match="pieces"):
        uploads.receive("a.csv", "data:text/csv;base64,????")


def test_only_a_dropped_file_makes_a_request_large(monkeypatch: pytest.MonkeyPatch) -> None:
    sent = {"data": "x" * (uploads.MAX_PLAIN + 1), "content_type": "application/json"}
    client = app.server.test_client()
    assert client.post("/export/backlog.pdf", **sent).status_code == 413
    with app.server.test_request_context():
        assert uploads.max_request("/") == uploads.MAX_PLAIN < uploads.max_request(uploads.UPDATES)
    monkeypatch.setenv("GRIDGOV_UPLOADS", "0")
    settings.cache_clear()
    assert client.post("/_dash-update-component", **sent).status_code == 413


def test_a_mapping_of_ones_own_comes_before_the_shipped_one_and_a_broken_one_is_said(own_settings: None) -> None:
    shipped = next(iter(uploads.mappings()[0]))
    folder = settings().state / "mappings"
    folder.mkdir(parents=True)
    own = mapping_of(State(town="own_town"))
    (folder / f"{shipped}.toml").write_text(own, "utf-8")
    (folder / "broken.toml").write_text("kind = 3", "utf-8")
    found, faults = uploads.mappings()
    assert found[shipped].town == "own_town" and uploads.mapping_text(shipped) == own
    assert "broken" not in found and len(faults) == 1 and "broken.toml" in faults[0]
    with app.server.test_request_context():
        head, _, _, choices, *_ = dropping.show_drop(State(lang="zh"))
    assert "broken.toml" in str(head) and f"{shipped} (own_town)" in str(choices)


@pytest.mark.parametrize(
    ("host", "uploads_", "asked_as", "taken"),
    [
        ("127.0.0.1", "", "127.0.0.1:8050", True),
        ("127.0.0.1", "", "localhost:8050", True),
        ("127.0.0.1", "", "evil.example:8050", False),
        ("127.0.0.1", "0", "127.0.0.1:8050", False),
        ("0.0.0.0", "", "127.0.0.1:8050", False),
        ("0.0.0.0", "1", "town.intranet", True),
    ],
)
def test_files_are_taken_only_where_the_settings_say_so(
    monkeypatch: pytest.MonkeyPatch, host: str, uploads_: str, asked_as: str, taken: bool
) -> None:
    monkeypatch.setenv("GRIDGOV_HOST", host)
    if uploads_:
        monkeypatch.setenv("GRIDGOV_UPLOADS", uploads_)
    settings.cache_clear()
    with app.server.test_request_context(headers={"Host": asked_as}):
        assert uploads.are_taken() is taken
        parts = dropping.show_drop(State(lang="zh"))
        assert parts[2] is not taken, "the field is there only where files are taken"
        assert bool(parts[1]) is not taken, "else it says why not"
        if not taken:
            with pytest.raises(uploads.UploadError, match="takes no files"):
                uploads.receive("a.csv", address(b"a"))
            with pytest.raises(uploads.UploadError, match="takes no files"):
                uploads.begin("retry", mapping_of(State(town="t")))


# ---------------------------------------------------------------------------------------------------------------------
# What is shown


def test_a_system_s_loads_alone_and_all_of_them(town: State, tmp_path: Path) -> None:
    ended(dropping.begun(town, "load", dropped(tmp_path), None, mapping_of(town), None))
    every = loads.show_loads(town)[2]
    one = loads.show_loads(town.with_filter("source", ["dropped"]))
    assert {row["source"] for row in every} == {"dropped", "grids_base"}
    assert {row["source"] for row in one[2]} == {"dropped"}
    assert "dropped" in str(one[0]), "the head says so, with the way back"
    assert "未导入事项清单" in str(unknowns.show_unlisted(town)[0])
    assert unknowns.show_outside(town)[2] == []


def test_reasons_are_said_in_both_languages() -> None:
    from gridgov.figures.reasons import noticed_said, reason_said

    assert reason_said("unknown status: 'resting'", "zh") == "映射中没有这个原状态:'resting'"
    assert reason_said("bad date in closed_at: 'x'", "en") == "closed cannot be read as a time: 'x'"
    stands = "would make impossible what stands: dispatched at 2026-03-01 10:00 UTC"
    assert reason_said(stands, "zh", "Asia/Shanghai").endswith("派遣 2026-03-01 18:00"), "in the town's own time"
    assert reason_said("nobody has worded this", "zh") == "nobody has worded this"
    assert noticed_said("channel: word not in the mapping: 电话", "zh").endswith("电话")
