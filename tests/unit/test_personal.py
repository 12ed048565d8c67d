"""Names and numbers of people: one stable pseudonym each, or nothing; made with a key that stays in the installation."""

import stat
import subprocess
import sys

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridgov.errors import SettingsError
from gridgov.settings import settings
from gridgov.sources import personal
from gridgov.sources.personal import hide, pseudonym


@pytest.fixture
def key(monkeypatch):
    """Sets the key of the pseudonyms; None = the installation's own."""

    def use(value: str | None) -> None:
        if value is None:
            monkeypatch.delenv("GRIDGOV_PSEUDONYM_KEY", raising=False)
        else:
            monkeypatch.setenv("GRIDGOV_PSEUDONYM_KEY", value)
        settings.cache_clear()
        personal._kept_key.cache_clear()

    yield use
    personal._kept_key.cache_clear()


def test_one_person_one_pseudonym_per_key(key):
    key("first")
    ann, bob = pseudonym("Ann"), pseudonym("Bob")
    assert ann != bob
    assert len(ann) == 34
    assert pseudonym("Ann") == ann
    key("second")
    assert pseudonym("Ann") != ann
    key("first")
    assert pseudonym("Ann") == ann


@given(name=st.text(min_size=1))
def test_a_pseudonym_says_nothing_and_stays_what_it_is(name):
    made = pseudonym(name)
    assert made.startswith("p:")
    assert pseudonym(made) == made
    assert name not in made[2:] or len(name) <= 2


def test_a_column_is_hidden_cell_by_cell(key):
    key("first")
    cells = pa.array(["Ann", None, "Bob", "Ann", ""])
    hidden = hide(cells, "pseudonym").to_pylist()
    assert hidden == [pseudonym("Ann"), None, pseudonym("Bob"), pseudonym("Ann"), pseudonym("")]
    assert hide(hide(cells, "pseudonym"), "pseudonym").to_pylist() == hidden
    assert hide(cells, "drop").to_pylist() == [None] * 5
    assert hide(cells.slice(2), "pseudonym").to_pylist() == hidden[2:]


def test_the_installation_s_key_is_made_once_and_for_its_owner_only(key):
    key(None)
    ann = pseudonym("Ann")
    path = settings().state / "pseudonym.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(path.read_bytes()) == 64
    key(None)
    assert pseudonym("Ann") == ann
    assert [p.name for p in path.parent.iterdir()] == ["pseudonym.key"]


def test_an_empty_key_is_refused(key):
    """It would make pseudonyms that anybody can make."""
    key(None)
    path = settings().state / "pseudonym.key"
    path.parent.mkdir(parents=True)
    path.touch()
    with pytest.raises(SettingsError, match="is empty"):
        pseudonym("Ann")


def test_processes_that_start_together_agree_on_the_key(tmp_path):
    code = "import gridgov.sources.personal as p; print(p.pseudonym('Ann'))"
    running = [
        subprocess.Popen(
            [sys.executable, "-c", code],
            stdout=subprocess.PIPE,
            text=True,
            env={"GRIDGOV_HOME": str(tmp_path / "shared")},
        )
        for _ in range(3)
    ]
    assert len({one.communicate()[0] for one in running}) == 1
