"""What unit tests share."""

from collections.abc import Iterator

import pytest

from gridgov.settings import settings
from gridgov.sources import personal


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Pseudonyms are made with a key of the tests."""
    monkeypatch.setenv("GRIDGOV_PSEUDONYM_KEY", "a key of the tests")
    settings.cache_clear()
    personal._kept_key.cache_clear()
    yield
    personal._kept_key.cache_clear()
