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
_PLAIN = ID_BYTES + b",\r\n"


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


@dataclass(frozen=True, slots=True)
class Cells:
    """All cells of a piece, row by row, and what is known of them without a look at each.

    `is_plain`: every character is one that the standard allows in an id. `has_controls`: there are control
    characters. `longest` is the length of the longest cell in bytes.
    """

    flat: list[str]
    is_plain: bool
    has_controls: bool
    longest: int


def split_cells(piece: Piece, width: int) -> Cells | None:
    """The cells, when none is quoted and every line has `width` of them.

    Several times as fast as a CSV reader; None for what needs one.
    """
    data = piece.data if piece.data.endswith(_LF) else piece.data + _LF
    if not piece.is_text or b'"' in data or b"\0" in data:
        return None
    signs = np.frombuffer(data, np.uint8)
    returns, feeds = signs == ord(_CR), signs == ord(_LF)
    line_ends = np.count_nonzero(returns)
    if line_ends != np.count_nonzero(returns[:-1] & feeds[1:]):
        return None
    ends = np.flatnonzero(feeds | (signs == ord(",")))
    rows = np.count_nonzero(feeds)
    if len(ends) != rows * width or not feeds[ends[width - 1 :: width]].all():
        return None
    flat = data.translate(_LF_TO_COMMA, _CR).decode(ENCODINGS[piece.encoding]).split(",")
    flat.pop()
    return Cells(
        flat,
        is_plain=not data.translate(None, _PLAIN),
        has_controls=np.count_nonzero(signs < ord(" ")) != rows + line_ends,
        longest=int(np.diff(ends, prepend=-1).max()) - 1,
    )


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
