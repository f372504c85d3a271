"""The bytes of a CSV file in pieces of about a megabyte that end where a line ends, as text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from .package import MeasuredEntry, Refused

SIZE = 1 << 20
LONGEST_LINE = 8 * SIZE
ENCODINGS = {"utf-8": "utf-8", "cp1252": "cp1252"}
_BOM = b"\xef\xbb\xbf"
_CR, _LF = b"\r", b"\n"
_LF_TO_COMMA = bytes.maketrans(_LF, b",")
ID_BYTES = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz.-_/@"


@dataclass(slots=True)
class Piece:
    """Some lines. `is_text` is false where bytes could not be decoded; the text then holds surrogates."""

    data: bytes
    encoding: str
    is_text: bool

    @property
    def text(self) -> str:
        """The lines as text."""
        return self.data.decode(ENCODINGS[self.encoding], errors="surrogateescape")

    @property
    def is_plain(self) -> bool:
        """Whether every character of every cell is one that the standard allows in an id."""
        return not self.data.translate(None, ID_BYTES + b",\r\n")

    def cells(self, width: int) -> list[str] | None:
        """All cells, row by row, when none is quoted and every row has `width` of them.

        Several times as fast as a CSV reader; None for what needs one.
        """
        data = self.data if self.data.endswith(_LF) else self.data + _LF
        if not self.is_text or b'"' in data or b"\0" in data or not _is_even(data, width):
            return None
        flat = self._decoded(data.translate(_LF_TO_COMMA, b"\r")).split(",")
        flat.pop()
        return flat

    def _decoded(self, data: bytes) -> str:
        return data.decode(ENCODINGS[self.encoding])


def _is_even(data: bytes, width: int) -> bool:
    """Whether every line has `width` cells, and no carriage return stands but before a line feed."""
    signs = np.frombuffer(data, np.uint8)
    returns, feeds = signs == ord(_CR), signs == ord(_LF)
    if np.count_nonzero(returns) != np.count_nonzero(returns[:-1] & feeds[1:]):
        return False
    ends = np.flatnonzero(feeds | (signs == ord(",")))
    rows = int(np.count_nonzero(feeds))
    return len(ends) == rows * width and bool(feeds[ends[width - 1 :: width]].all())


def pieces(raw: MeasuredEntry, encoding: str, file: str) -> Iterator[Piece]:
    """Read all of `raw`. Raises `Refused` for a line that is too long to be one."""
    begun: list[bytes] = []
    is_first = True
    while data := raw.read(SIZE):
        if is_first:
            data, is_first = data.removeprefix(_BOM) if encoding == "utf-8" else data, False
        cut = data.rfind(_LF) + 1
        if cut:
            yield _piece(b"".join([*begun, data[:cut]]), encoding)
            begun = [data[cut:]]
        else:
            begun.append(data)
            if sum(map(len, begun)) > LONGEST_LINE:
                code = "csv.bare_cr" if _CR in data else "csv.line_too_long"
                raise Refused(code, file=file, limit=LONGEST_LINE // 1_000_000)
    if any(begun):
        yield _piece(b"".join(begun), encoding)


def _piece(data: bytes, encoding: str) -> Piece:
    try:
        is_text = data.isascii() or bool(data.decode(ENCODINGS[encoding]))
    except UnicodeDecodeError:
        is_text = False
    return Piece(data, encoding, is_text)
