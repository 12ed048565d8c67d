"""Text files as a stream of checked UTF-8, whatever their encoding and compression."""

import codecs
import gzip
import zlib
from pathlib import Path

from charset_normalizer import from_bytes

from gridgov.errors import SourceError
from gridgov.sources.reading.sniffing import broken_gzip

CHUNK = 1 << 20
SAMPLE = 1 << 16
# Encodings of the files towns really send; without a short list, guesses on short Chinese text are wild.
_LIKELY = ["gb18030", "big5", "utf_16", "utf_16_le", "utf_16_be", "cp1252"]


class TextStream:
    """The text of a file as UTF-8 bytes: unpacked, decoded strictly, without byte order mark and NUL.

    raises  SourceError naming byte and line of the first fault, and the encoding that would fit.
    """

    def __init__(self, path: Path, encoding: str, zipped: bool) -> None:
        self.path = path
        self.encoding = encoding
        try:
            b"x".decode(encoding, "ignore")  # refuses codecs that are not of text, such as base64
            self._is_utf8 = codecs.lookup(encoding).name in ("utf-8", "utf-8-sig")
            self._decoder = codecs.getincrementaldecoder("utf-8" if self._is_utf8 else encoding)("strict")
        except (LookupError, ValueError) as err:
            raise SourceError(
                f"The mapping says encoding = '{encoding}', which is no text encoding. Use utf-8, gb18030, big5, "
                "utf-16 or latin-1."
            ) from err
        self._raw = path.open("rb")
        self._file = gzip.GzipFile(fileobj=self._raw) if zipped else self._raw
        self._held = b""  # a character cut by the end of a chunk
        self._n_bytes = 0  # bytes decoded, after unpacking
        self._n_lines = 0  # line ends seen
        self._is_first = True
        self.ended = False

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        self._raw.close()

    def position(self) -> int:
        """Bytes of the file on disk read so far."""
        return self._raw.tell()

    def read(self) -> bytes:
        """The next piece of text as UTF-8, about a megabyte, never cut within a character; b"" at the end."""
        while not self.ended:
            try:
                chunk = self._file.read(CHUNK)
            except (EOFError, zlib.error, gzip.BadGzipFile) as err:
                raise broken_gzip(self.path, err) from err
            except OSError as err:
                raise SourceError(f"{self.path} cannot be read on ({err.strerror or err}).") from err
            self.ended = not chunk
            if text := self._decoded(chunk):
                return text
        return b""

    def read_all(self, limit: int) -> bytes:
        """All the text; raises SourceError when it is larger than `limit` bytes."""
        pieces, size = [], 0
        while piece := self.read():
            pieces.append(piece)
            size += len(piece)
            if size > limit:
                raise too_large(self.path.name, limit)
        return b"".join(pieces)

    def _decoded(self, chunk: bytes) -> bytes:
        whole = self._held + chunk
        try:
            text = self._decoder.decode(chunk, final=self.ended)
            self._held = self._decoder.getstate()[0]
            # UTF-8 is already what is wanted: no need to encode it again
            out = whole[: len(whole) - len(self._held)] if self._is_utf8 else text.encode()
        except UnicodeError as err:
            raise self._misread(whole, err) from err
        if self._is_first and out:
            self._is_first = False
            out = out.removeprefix(codecs.BOM_UTF8)
        if (at := out.find(b"\0")) >= 0:
            raise SourceError(
                f"{self.path.name} holds a NUL character in line {self._n_lines + out.count(10, 0, at) + 1:,}, which "
                f"no text has.{_advice(whole, self.encoding) or ' It is damaged or no text file: export it again.'}"
            )
        self._n_bytes += len(whole) - len(self._held)
        self._n_lines += out.count(10)
        return out

    def _misread(self, whole: bytes, err: UnicodeError) -> SourceError:
        start = err.start if isinstance(err, UnicodeDecodeError) else 0
        line = self._n_lines + whole[:start].decode(self.encoding, "ignore").count("\n") + 1
        return SourceError(
            f"{self.path.name} is not {self.encoding}: byte {self._n_bytes + start + 1:,}, in line {line:,}, is no "
            f"character of it.{_advice(whole[max(0, start - SAMPLE) :], self.encoding) or ' Say its true encoding.'}"
        )


def _advice(data: bytes, said: str) -> str:
    """A sentence with the encoding that would fit, or nothing."""
    fits = guess_encoding(data)
    if fits is None or fits == codecs.lookup(said).name.replace("-", "_"):
        return ""
    return f" It looks like {fits}: say encoding = '{fits}' under [file] in the mapping."


def guess_encoding(data: bytes) -> str | None:
    """The likely encoding of some text; None when none fits.

    >>> guess_encoding("案件编号,网格员巡查发现占道经营".encode("gb18030"))
    'gb18030'
    """
    sample = data[: 2 * SAMPLE]
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if len(data) > len(sample) or b"\n" in sample[-1000:]:  # whole lines: a cut character would mislead
        sample = sample[: sample.rfind(b"\n") + 1] or sample
    first = sample.find(b"\n") + 1
    sample = sample[first:] if 0 < first < len(sample) / 2 else sample
    try:
        sample.decode()
    except UnicodeDecodeError:
        best = from_bytes(sample, cp_isolation=_LIKELY).best()
        return best.encoding if best else None
    nuls = sample.count(0)
    if nuls > len(sample) / 10:
        return "utf-16-le" if sample[1::2].count(0) > nuls / 2 else "utf-16-be"
    return "utf-8"


def too_large(name: str, limit: int) -> SourceError:
    """The error of a JSON file above its limit in bytes."""
    return SourceError(
        f"{name} is larger than {limit / 1e6:,.0f} MB, the most a JSON file may hold, since it must be read as a "
        "whole. Export it as JSON lines, CSV, GeoPackage or Parquet, or raise GRIDGOV_JSON_MAX_MB."
    )
