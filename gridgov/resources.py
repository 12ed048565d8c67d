"""The one way to find the files beside the code, sql/ and data/, in a checkout and in an installed wheel."""

from pathlib import Path

_PACKAGE = Path(__file__).parent
_ROOT = _PACKAGE / "_resources" if (_PACKAGE / "_resources").is_dir() else _PACKAGE.parent


def resource(*parts: str) -> Path:
    """The path of a shipped file or folder, such as `resource("sql", "views")`."""
    return _ROOT.joinpath(*parts)
