"""Files are there whole or not at all, and what keeps them from being there is told in a sentence."""

from pathlib import Path

import pytest

from gridgov.errors import DeliveryError
from gridgov.whole import make_folder, put, require_place, whole


def test_what_belongs_together_comes_together_in_place_of_what_was(tmp_path: Path) -> None:
    put(tmp_path / "a.shp", b"old")
    with whole(tmp_path / "a.shp") as made:
        made.write_bytes(b"new")
        made.with_suffix(".dbf").write_bytes(b"beside")
        assert (tmp_path / "a.shp").read_bytes() == b"old"
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == {"a.shp": b"new", "a.dbf": b"beside"}


def test_an_error_leaves_what_was_there(tmp_path: Path) -> None:
    put(tmp_path / "a.pdf", b"old")

    def broken() -> None:
        with whole(tmp_path / "a.pdf") as made:
            made.write_bytes(b"ha")
            raise ValueError("half way")

    with pytest.raises(ValueError, match="half way"):
        broken()
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == {"a.pdf": b"old"}


def test_no_folder_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(DeliveryError, match=r"there is no folder .*none\. Make it"):
        put(tmp_path / "none" / "a.pdf", b"")
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(DeliveryError, match="there is no folder"):
        require_place(tmp_path / "file" / "a.pdf")
    with pytest.raises(DeliveryError, match="it is a folder"):
        require_place(tmp_path)
    with pytest.raises(DeliveryError, match="below could not be written: Not a directory"):
        make_folder(tmp_path / "file" / "below")
    with pytest.raises(DeliveryError, match="could not be written: File name too long"):
        put(tmp_path / ("a" * 300), b"")
    assert [file.name for file in tmp_path.iterdir()] == ["file"]
