"""The documents say what is there: every setting, mapping key, column, question and command."""

import re
import tomllib
from pathlib import Path

import pytest

from gridgov.cli import app
from gridgov.questions.definition import definitions
from gridgov.schema import COLUMNS
from gridgov.settings import Settings
from gridgov.sources import mapping as m
from gridgov.sources.mapping.base import Town
from gridgov.sources.mapping.territory import Hierarchy

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
CHINESE = (ROOT / "README.zh.md").read_text("utf-8")


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_documented(name: str) -> None:
    assert f"GRIDGOV_{name.upper()}" in README


@pytest.mark.parametrize("model", [*m.KINDS.values()])
def test_every_mapping_key_and_column_is_documented(model: type[m.Mapping]) -> None:
    for name in {field.alias or name for name, field in model.model_fields.items()} - {
        "sha256",
        "file",
        "about",
        "columns",
        "values",
        "kind",
        "personal",
        "recorded",
        "keep",
    }:
        assert f"`{name}`" in README or f"[{name}]" in README, name
    for name in model.columns_known:
        assert re.search(rf"\b{name}\b", README), name


@pytest.mark.parametrize("model", [m.FileLayout, m.Column, Hierarchy, Town])
def test_every_inner_key_is_documented(model: type) -> None:
    for name, field in model.model_fields.items():
        assert re.search(rf"\b{field.alias or name}\b", README), name


@pytest.mark.parametrize("question", definitions())
def test_every_question_is_documented_and_defined(question: str) -> None:
    assert f"`{question}`" in README
    assert f"`{question}`" in CHINESE
    definition = definitions()[question]
    for lang in ("zh", "en"):
        said = definition.explained(lang)  # type: ignore[arg-type]
        assert question in said
        assert f"v{definition.version}" in said
    assert [c for c in definition.columns if c not in COLUMNS] == []


def test_every_command_is_documented() -> None:
    names = [command.name or command.callback.__name__ for command in app.registered_commands]  # type: ignore[union-attr]
    names += [group.name for group in app.registered_groups]
    for name in names:
        assert f"gridgov {name}" in README or f"make {name}" in README, name


def test_locked_packages_carry_hashes_and_no_address() -> None:
    for path in (ROOT / "requirements").glob("*.txt"):
        text = path.read_text()
        assert "://" not in text
        assert len(re.findall(r"^[a-z0-9].*==", text, re.M)) > 50
        for block in re.split(r"\n(?=\S)", text.strip()):
            assert not re.match(r"[a-z0-9]", block) or "--hash=sha256:" in block, block[:60]


def test_dependencies_and_readme_agree_on_python() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["requires-python"] == ">=3.11"
    assert "Python 3.11 or newer" in README
