"""Scheduled briefings: each period exactly once whatever happens in between, nothing while anything is wrong; where it goes."""

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from email import message_from_bytes
from email.message import Message
from email.policy import default as modern
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

import gridgov as gg
from gridgov.briefing import archive
from gridgov.errors import DeliveryError, LoadError
from gridgov.pipelines.kinds import load
from gridgov.questions import definition_of
from gridgov.scheduling import gate, plan, running
from gridgov.scheduling.plan import Plan
from gridgov.store import issues
from tests.support import incident_mapping, load_city, new_code, point, query, write_rows
from tests.support_ledgers import (
    COURSE,
    PLACED,
    ZONE,
    case,
    event,
    load_cases,
    load_catalogue,
    load_events,
    load_register,
)

FIRST, LAST = datetime(2026, 3, 2, 9, tzinfo=ZONE), datetime(2026, 3, 29, 20, tzinfo=ZONE)
MONDAY = datetime(2026, 3, 30, 8, tzinfo=ZONE)
"""When the week of 23 to 29 March is due."""


def rows_until(last: datetime, since: datetime = FIRST) -> list[dict[str, Any]]:
    """A case every five hours; every third is closed a day later, on time; each has a place and a unit."""
    cases, events = [], []
    for k in range(int((last - since) / timedelta(hours=5)) + 1):
        at, no = since + timedelta(hours=5 * k), f"{since:%m%d}-{k}"
        x, y = point(k % 3 + 0.5, k // 3 % 3 + 0.5)
        cases.append(case(no, at, what="road", which="hole", x=x, y=y))
        events += [event(no, what, at + timedelta(minutes=j + 1), unit="U1") for j, what in enumerate(COURSE[:5])]
        if k % 3 == 0:
            done = at + timedelta(days=1)
            events += [event(no, what, done + timedelta(minutes=j), unit="U1") for j, what in enumerate(COURSE[5:])]
    return [*cases, *[{"events": each} for each in events]]


def tell(folder: Path, town: str, last: datetime, since: datetime = FIRST) -> None:
    """Load the cases of a town and what happened to them."""
    rows = rows_until(last, since)
    load_cases(folder, town, [row for row in rows if "events" not in row], PLACED)
    told = [row["events"] for row in rows if "events" in row]
    load_events(folder, town, [row for row in told if datetime.fromisoformat(row["at"]).replace(tzinfo=ZONE) <= last])


@pytest.fixture
def town(database: str, tmp_path: Path) -> str:
    """A town of nine grids and a unit, with cases of four weeks."""
    code = new_code()
    load_city(tmp_path, code)
    load_register(tmp_path, code, "units", [("U1", "环卫所", "body")])
    load_catalogue(tmp_path, code, "3 natural_day")
    tell(tmp_path, code, LAST)
    return code


def planned(tmp_path: Path, town: str, more: str = "", **entry: Any) -> Plan:
    """A plan of a weekly briefing of the town, read from a file."""
    said = {"name": "weekly", "kind": "weekly", "since": "2026-03-23", "release": "draft"} | entry
    lines = [f"{name} = {value if name == 'since' else repr(value)}" for name, value in said.items()]
    text = f"version = '1'\ntown = '{town}'\nfolder = 'out'\n{more}\n[[briefing]]\n" + "\n".join(lines)
    (tmp_path / "plan.toml").write_text(text, "utf-8")
    return plan.read_plan(tmp_path / "plan.toml")


def status(outcomes: list[running.Outcome]) -> list[str]:
    return [outcome.status for outcome in outcomes]


def files(tmp_path: Path) -> list[str]:
    return sorted(str(file.relative_to(tmp_path / "out")) for file in (tmp_path / "out").rglob("*") if file.is_file())


def editions(town: str) -> list[tuple[str, str, int]]:
    return [(str(row["period_on"]), row["scope"], row["edition"]) for row in archive.listed(gg.open(town))]


# ---------------------------------------------------------------------------------------------------------------------
# Exactly once


def test_an_issue_is_made_when_it_is_due_and_once(town: str, tmp_path: Path) -> None:
    weekly = planned(tmp_path, town)
    assert running.do_due(weekly, MONDAY - timedelta(seconds=1)) == []
    assert status(running.do_due(weekly, MONDAY)) == ["delivered"]
    name = f"weekly/weekly_2026-03-23_{town}_zh.pdf"
    assert files(tmp_path) == [name]
    row = running.listed(weekly)[0]
    assert row["sha256"] == hashlib.sha256((tmp_path / "out" / name).read_bytes()).hexdigest()
    for later in (MONDAY, MONDAY + timedelta(days=6)):
        assert running.do_due(weekly, later) == []
    assert editions(town) == [("2026-03-23", town, 1)]


def test_missed_weeks_are_made_up_each_in_its_turn(town: str, tmp_path: Path) -> None:
    weekly = planned(tmp_path, town, since="2026-03-02", scopes=["town", "villages", "bodies"])
    found = running.do_due(weekly, MONDAY + timedelta(days=3))
    weeks = ["2026-03-02", "2026-03-09", "2026-03-16", "2026-03-23"]
    scopes = sorted({outcome.key.scope for outcome in found})
    assert len(scopes) == 1 + 3 + 1
    assert set(status(found)) == {"delivered"}
    assert sorted(editions(town)) == [(week, scope, 1) for week in weeks for scope in scopes]
    assert [str(outcome.key.period_on) for outcome in found] == sorted(str(outcome.key.period_on) for outcome in found)


DIE = """
import os, sys
from gridgov.store import {module}
from gridgov.scheduling import plan, running
from datetime import datetime
plain = {module}.{name}
def die(*given, **values):
    if {when}:
        {first}
        os._exit(9)
    return plain(*given, **values)
{module}.{name} = die
running.do_due(plan.read_plan(sys.argv[1]), datetime.fromisoformat(sys.argv[2]))
"""


@pytest.mark.parametrize(
    ("module", "name", "when", "first"),
    [
        ("briefings", "add", "True", ""),  # before it is kept
        ("issues", "change", "values['status'] == 'made'", ""),  # between making and recording
        ("issues", "change", "values['status'] == 'delivered'", ""),  # the file is there, nobody wrote that down
        ("issues", "change", "values['status'] == 'delivered'", "plain(*given, **values)"),  # not committed
    ],
)
def test_who_is_killed_leaves_nothing_half_done(
    town: str, tmp_path: Path, module: str, name: str, when: str, first: str
) -> None:
    weekly = planned(tmp_path, town)
    code = DIE.format(module=module, name=name, when=when, first=first or "pass")
    dead = subprocess.run([sys.executable, "-c", code, str(tmp_path / "plan.toml"), MONDAY.isoformat()], env=os.environ)
    assert dead.returncode == 9
    before = files(tmp_path) if (tmp_path / "out").exists() else []
    content = (tmp_path / "out" / before[0]).read_bytes() if before else None
    assert status(running.do_due(weekly, MONDAY)) == ["delivered"]
    assert editions(town) == [("2026-03-23", town, 1)]
    assert len(files(tmp_path)) == 1
    if content is not None:
        assert (tmp_path / "out" / before[0]).read_bytes() == content


def test_two_at_once_make_it_once(town: str, tmp_path: Path) -> None:
    weekly = planned(tmp_path, town, scopes=["town", "villages", "bodies"])
    with ThreadPoolExecutor(2) as both:
        found = [outcome for each in both.map(lambda _: running.do_due(weekly, MONDAY), range(2)) for outcome in each]
    left = running.do_due(weekly, MONDAY)
    sent = [outcome.key.scope for outcome in [*found, *left] if outcome.status == "delivered"]
    assert len(sent) == len(set(sent)) == 5
    assert {edition for _, _, edition in editions(town)} == {1} and len(editions(town)) == 5


def test_the_clockwork_runs_and_two_of_it_send_it_once(town: str, tmp_path: Path) -> None:
    """Started by the command, twice; the jobs stand in the database."""
    weekly = planned(tmp_path, town)
    words = [sys.executable, "-m", "gridgov.cli", "schedule", "run", "--plan", str(tmp_path / "plan.toml")]
    running_now = [subprocess.Popen(words, stderr=subprocess.DEVNULL) for _ in range(2)]
    try:
        until = time.monotonic() + 120
        done: list[str] = []
        while time.monotonic() < until and not (len(done) and "delivered" in done and _jobs() == 1):
            time.sleep(0.5)
            done = [row["status"] for row in running.listed(weekly)]
        assert [each.poll() for each in running_now] == [None, None]
    finally:
        for each in running_now:
            each.terminate()
            each.wait(30)
    assert editions(town) == [("2026-03-23", town, 1)]
    assert {row["status"] for row in running.listed(weekly) if row["period_on"] > date(2026, 3, 23)} == {"held"}
    assert _jobs() == 1  # both know the same


def _jobs() -> int:
    is_there = query("SELECT to_regclass('gridgov.scheduler_job') IS NOT NULL AS is_there")["is_there"][0]
    return int(query("SELECT count(*) AS n FROM gridgov.scheduler_job")["n"][0]) if is_there else 0


# ---------------------------------------------------------------------------------------------------------------------
# It fails closed


def held(tmp_path: Path, weekly: Plan, now: datetime = MONDAY) -> str:
    """The reason why nothing goes out; a notice says the same, and there is no paper."""
    found = running.do_due(weekly, now)
    assert status(found) == ["held"]
    reason = str(found[0].reason)
    notices = [file for file in files(tmp_path) if file.endswith(".txt")]
    assert files(tmp_path) == notices and len(notices) == 1
    assert reason in (tmp_path / "out" / notices[0]).read_text("utf-8")
    assert archive.listed(gg.open(str(weekly.town))) == []
    return reason


def goes_out(tmp_path: Path, weekly: Plan, now: datetime = MONDAY) -> None:
    """Once what was wrong is mended, the issue goes out, and the notice is taken back."""
    assert status(running.do_due(weekly, now)) == ["delivered"]
    assert not [file for file in files(tmp_path) if file.endswith(".txt")]


def test_stale_data_hold_it_back_until_there_are_newer(town: str, tmp_path: Path) -> None:
    weekly, week = planned(tmp_path, town, since="2026-03-30"), timedelta(days=7)
    assert "The data end on 2026-03-29, before the period does (2026-04-05)" in held(
        tmp_path, weekly, MONDAY + week + timedelta(days=1)
    )
    tell(tmp_path, town, LAST + week, LAST + timedelta(hours=5))
    goes_out(tmp_path, weekly, MONDAY + week + timedelta(days=1))


def test_data_that_end_long_before_the_period_hold_it_back(town: str, tmp_path: Path) -> None:
    weekly = planned(tmp_path, town, stale_h=1)
    assert "older than 1 h before the end of the period" in held(tmp_path, weekly)
    goes_out(tmp_path, planned(tmp_path, town, stale_h=24))


def test_a_load_that_failed_holds_it_back_until_one_is_done(town: str, tmp_path: Path) -> None:
    weekly = planned(tmp_path, town)
    rows, mapping = [case(f"Z{k}", LAST) for k in range(30)], incident_mapping(town, PLACED)
    with pytest.raises(LoadError):
        load(
            "incidents", write_rows(tmp_path / "bad.csv", [row | {"state": "resting"} for row in rows], PLACED), mapping
        )
    assert "The last load of" in held(tmp_path, weekly)
    load("incidents", write_rows(tmp_path / "good.csv", rows, PLACED), mapping)
    goes_out(tmp_path, weekly)


def test_a_map_without_grids_holds_it_back(database: str, tmp_path: Path) -> None:
    code = new_code()
    load_register(tmp_path, code, "units", [("U1", "环卫所", "body")])
    load_catalogue(tmp_path, code, "3 natural_day")
    tell(tmp_path, code, LAST)
    weekly = planned(tmp_path, code)
    assert "map" in held(tmp_path, weekly)
    load_city(tmp_path, code)
    goes_out(tmp_path, weekly)


def test_a_character_that_no_font_has_holds_it_back(town: str, tmp_path: Path) -> None:
    query_free = "\U0001f9ff"  # a sign that fonts for Chinese lack
    load_register(tmp_path, town, "units", [("U1", f"环卫{query_free}所", "body")])
    weekly = planned(tmp_path, town)
    assert query_free in held(tmp_path, weekly)
    load_register(tmp_path, town, "units", [("U1", "环卫所", "body")])
    goes_out(tmp_path, weekly)


def test_parts_that_do_not_add_up_hold_it_back(town: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    weekly = planned(tmp_path, town)
    plain = gg.Town.ask

    def off_by_one(self: gg.Town, question: str, **given: Any) -> Any:
        answer = plain(self, question, **given)
        if question == "flow" and len(answer.frame):
            answer.frame["n_net"] += 1
        return answer

    with monkeypatch.context() as patch:
        patch.setattr(gg.Town, "ask", off_by_one)
        assert "flow: n_reported + n_reopened + n_taken + -n_closed + -n_voided + -n_passed is not n_net." in held(
            tmp_path, weekly
        )
    goes_out(tmp_path, weekly)


def test_sums_are_looked_at_row_by_row(town: str) -> None:
    answer = gg.open(town).ask("flow", by="day", as_of="2026-03-29")
    assert definition_of("flow").sums and list(gate.broken_sums(answer)) == []
    answer.frame.loc[3, "n_reported"] += 1
    assert [whole for _, whole in gate.broken_sums(answer)] == ["n_net"]


def test_whatever_goes_wrong_holds_one_issue_and_not_the_others(
    town: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    weekly = planned(tmp_path, town, scopes=["town", "villages"])
    plain = running.written

    def breaks(desk: Any, of: Any, *given: Any) -> Any:
        return plain(desk, of, *given) if of.of == "town" else {}["nothing"]

    with monkeypatch.context() as patch:
        patch.setattr(running, "written", breaks)
        found = running.do_due(weekly, MONDAY)
    assert status(found) == ["delivered", "held", "held", "held"]
    assert found[1].reason == "It could not be made or sent: KeyError."
    assert status(running.do_due(weekly, MONDAY)) == ["delivered"] * 3


def test_a_reader_whom_nobody_knows_holds_one_issue_and_not_the_others(town: str, tmp_path: Path) -> None:
    found = running.do_due(planned(tmp_path, town, scopes=["V9", "town"]), MONDAY)
    assert status(found) == ["held", "delivered"]
    assert "no village and no unit with the code 'V9'" in str(found[0].reason)


def test_groups_add_up_to_the_whole(town: str) -> None:
    whole, parts = (gg.open(town).ask("flow", by=by, as_of="2026-03-29") for by in (None, "unit"))
    assert list(gate.broken_groups(parts, whole)) == []
    parts.frame.loc[0, "n_closed"] += 1
    assert list(gate.broken_groups(parts, whole)) == ["n_closed"]


# ---------------------------------------------------------------------------------------------------------------------
# Signed


def test_nothing_goes_out_unsigned_and_the_signed_one_once(town: str, tmp_path: Path) -> None:
    weekly = planned(tmp_path, town, release="signed", formats=["pdf", "docx", "png"])
    name = f"weekly_2026-03-23_{town}_zh"
    assert status(running.do_due(weekly, MONDAY)) == ["made"]
    assert files(tmp_path) == [f"drafts/{name}.pdf"]
    assert running.do_due(weekly, MONDAY) == []
    here, made = gg.open(town), running.listed(weekly)[0]["briefing_id"]
    archive.review(here, made, "甲")
    assert running.do_due(weekly, MONDAY) == []
    archive.sign(here, made, "乙")
    assert status(running.do_due(weekly, MONDAY)) == ["delivered"]
    assert running.do_due(weekly, MONDAY) == []
    assert (tmp_path / "out" / "weekly" / f"{name}.pdf").read_bytes() == archive.signed_paper(here, made)
    assert {file for file in files(tmp_path) if file.startswith("weekly/")} == {
        f"weekly/{name}.{form}" for form in ("pdf", "docx", "png")
    }
    assert running.listed(weekly)[0]["sha256"] == hashlib.sha256(archive.signed_paper(here, made)).hexdigest()


# ---------------------------------------------------------------------------------------------------------------------
# Mail


class Box:
    """A mail server of this machine; it refuses those it is told to."""

    def __init__(self) -> None:
        self.got: list[Message] = []
        self.refused: set[str] = set()

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address in self.refused:
            return "550 nobody of that name"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.got.append(message_from_bytes(envelope.content, policy=modern))
        return "250 OK"


@pytest.fixture
def box() -> Iterator[tuple[Box, int]]:
    """A real SMTP server on a free port."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    handler = Box()
    server = Controller(handler, hostname="127.0.0.1", port=port)
    server.start()
    yield handler, port
    server.stop()


def by_mail(tmp_path: Path, town: str, port: int, **entry: Any) -> Plan:
    server = f"[mail]\nhost = '127.0.0.1'\nport = {port}\nsender = 'grid@town.example'\nsecurity = 'none'"
    mail = f"notices = ['duty@town.example']\n{server}"
    return planned(tmp_path, town, mail, to=["leader@town.example"], **entry)


def test_the_main_numbers_stand_in_the_mail_and_the_paper_hangs_on_it(
    town: str, tmp_path: Path, box: tuple[Box, int]
) -> None:
    weekly = by_mail(tmp_path, town, box[1])
    assert status(running.do_due(weekly, MONDAY)) == ["delivered"]
    (message,) = box[0].got
    assert (message["From"], message["To"]) == ("grid@town.example", "leader@town.example")
    text = message.get_body(("plain",)).get_content().replace("\r\n", "\n")  # type: ignore[attr-defined]
    answer = gg.open(town).ask("backlog", during="week:2026-03-23")
    assert f"期末在办: {answer.frame['n_open'][0]}\n" in text and f"期末超期: {answer.frame['n_overdue'][0]}\n" in text
    due = gg.open(town).ask("on_time", during="week:2026-03-23").frame
    assert f"按期结案率: {due['on_time_rate'][0]:.2%}\n" in text
    assert "数据截至" in text and "草稿" in text
    (attached,) = message.iter_attachments()  # type: ignore[attr-defined]
    assert attached.get_content() == (tmp_path / "out" / "weekly" / attached.get_filename()).read_bytes()


def test_what_is_sent_again_is_the_same_message(
    town: str, tmp_path: Path, box: tuple[Box, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the server's word and ours nobody can be sure: it is sent again, with the same Message-ID."""
    weekly = by_mail(tmp_path, town, box[1])
    plain = issues.change

    def dies(*given: Any, **values: Any) -> None:
        if values["status"] == "delivered":
            raise KeyboardInterrupt
        plain(*given, **values)

    with monkeypatch.context() as patch:
        patch.setattr(issues, "change", dies)
        with pytest.raises(KeyboardInterrupt):
            running.do_due(weekly, MONDAY)
    assert status(running.do_due(weekly, MONDAY)) == ["delivered"]
    one, again = box[0].got
    assert one["Message-ID"] == again["Message-ID"]
    assert one.as_bytes().split(b"\n\n", 1)[0].count(b"Message-ID") == 1
    assert editions(town) == [("2026-03-23", town, 1)]


def test_a_server_that_refuses_keeps_it_here_and_somebody_is_told(
    town: str, tmp_path: Path, box: tuple[Box, int]
) -> None:
    weekly = by_mail(tmp_path, town, box[1])
    box[0].refused.add("leader@town.example")
    for _ in range(3):
        found = running.do_due(weekly, MONDAY)
        assert status(found) == ["made"] and "leader@town.example" in str(found[0].reason)
    assert [message["To"] for message in box[0].got] == ["duty@town.example"]
    assert "leader@town.example" in running.listed(weekly)[0]["told"]
    box[0].refused.clear()
    assert status(running.do_due(weekly, MONDAY)) == ["delivered"]
    assert running.do_due(weekly, MONDAY) == []


def test_a_reason_is_told_once(town: str, tmp_path: Path, box: tuple[Box, int]) -> None:
    weekly = by_mail(tmp_path, town, box[1], stale_h=1)
    for _ in range(3):
        assert status(running.do_due(weekly, MONDAY)) == ["held"]
    (message,) = box[0].got
    assert message["To"] == "duty@town.example" and "older than 1 h" in message.get_body(("plain",)).get_content()  # type: ignore[attr-defined]


def test_a_server_that_is_not_there(tmp_path: Path) -> None:
    from gridgov.scheduling import post
    from gridgov.scheduling.plan import Mail

    mail = Mail(host="127.0.0.1", port=1, sender="a@b.example", security="none")
    with pytest.raises(DeliveryError, match="did not take the message"):
        post.send(mail, ["c@d.example"], "s", "t", {}, MONDAY, "x")
