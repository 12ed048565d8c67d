"""Files for people are there whole or not at all: they are written in a folder beside, and moved to their place when done."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from gridgov.errors import DeliveryError


@contextmanager
def whole(target: Path) -> Iterator[Path]:
    """Where to write a file, and what belongs beside it; at the end all of it takes its place, after an error nothing does.

    The target moves last, so that what it names is there. Within, only write: what a disk says is told in a sentence.
    raises  DeliveryError where there is no such folder, or it takes no files
    """
    require_place(target)
    folder = target.absolute().parent
    with _in_a_sentence(target), TemporaryDirectory(dir=folder, prefix=".gridgov-") as beside:
        yield Path(beside, target.name)
        for part in sorted(Path(beside).iterdir(), key=lambda part: part.name == target.name):
            part.replace(folder / part.name)


def put(target: Path, content: bytes) -> None:
    """Write a file whole or not at all. Raises DeliveryError."""
    with whole(target) as made:
        made.write_bytes(content)


def require_place(target: Path) -> None:
    """Raise DeliveryError where a file cannot be: to be asked before the work that makes its content."""
    folder = target.absolute().parent
    with _in_a_sentence(target):
        if not folder.is_dir():
            raise DeliveryError(f"{target} cannot be written: there is no folder {folder}. Make it, or name another.")
        if target.is_dir():
            raise DeliveryError(f"{target} cannot be written: it is a folder. Name a file.")


def make_folder(folder: Path) -> None:
    """A folder, with those above it, unless it is there. Raises DeliveryError."""
    with _in_a_sentence(folder):
        folder.mkdir(parents=True, exist_ok=True)


@contextmanager
def _in_a_sentence(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise DeliveryError(f"{target.name} could not be written: {error.strerror or error}.") from error
