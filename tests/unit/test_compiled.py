"""A compiled function goes when any compiled source has changed, and stays otherwise."""

import os

from gridgov.compiled import forget_stale


def test_what_was_compiled_from_other_sources_is_forgotten(tmp_path):
    package = tmp_path / "package"
    cache = package / "room" / "__pycache__"
    cache.mkdir(parents=True)
    one, other, plain = (package / "room" / name for name in ("one.py", "other.py", "plain.py"))
    one.write_text("@numba.njit(cache=True)\ndef f(): ...")
    other.write_text("@numba.njit(cache=True)\ndef g(): ...")
    plain.write_text("x = 1")
    compiled = cache / "one.f-1.py311.nbi"

    def stays() -> bool:
        compiled.write_bytes(b"")
        forget_stale(package)
        return compiled.exists()

    assert not stays()  # nobody knows what it was made of
    assert stays()
    plain.write_text("x = 2")
    assert stays()
    os.utime(other, ns=(1, 1))
    assert stays()
    other.write_text("@numba.njit(cache=True)\ndef g(): return 1")
    assert not stays()
    assert stays()
