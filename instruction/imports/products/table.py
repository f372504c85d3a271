"""A file as numbered rows of text, whatever it came as: CSV in three separators and four encodings, or a workbook."""

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from instruction.imports.products import spreadsheet
from instruction.imports.products.unreadable import Unreadable

DELIMITERS = (",", ";", "\t")
ENCODINGS = ("utf-8", "utf-8-sig", "cp1252", "utf-16")
ROWS_AT_MOST = 1_000_000
COLUMNS_AT_MOST = 500
_SEEN_FOR_DELIMITER = 50

Row = tuple[int, list[str]]


@dataclass(frozen=True, slots=True)
class Form:
    """How a file is to be read. A workbook has sheets; a CSV has a delimiter and an encoding."""

    sheets: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    delimiter: str = ""
    encoding: str = ""

    @property
    def first_sheet(self) -> str:
        """The first sheet that is visible, or the first where none is; "" of a CSV."""
        return next((name for name in self.sheets if name not in self.hidden), next(iter(self.sheets), ""))

    @property
    def is_workbook(self) -> bool:
        return bool(self.sheets)


def form_of(content: bytes, *, delimiter: str = "", encoding: str = "") -> Form:
    """Find out how a file is to be read; what is given is believed. Unreadable when it is no table."""
    if spreadsheet.is_spreadsheet(content):
        held = spreadsheet.sheets(content)
        hidden = tuple(name for name, is_visible in held.items() if not is_visible)
        return Form(sheets=tuple(held), hidden=hidden)
    encoding = encoding if encoding in ENCODINGS else encoding_of(content)
    if delimiter not in DELIMITERS:
        delimiter = max(DELIMITERS, key=lambda one: _agreement(content, encoding, one))
    return Form(delimiter=delimiter, encoding=encoding)


def encoding_of(content: bytes) -> str:
    """Return the encoding that the bytes are: by their mark, else UTF-8 where they are that, else cp1252."""
    if content.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    try:
        _decode_through(content, "utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _decode_through(content: bytes, encoding: str) -> None:
    decoder = codecs.getincrementaldecoder(encoding)()
    for start in range(0, len(content), 1 << 20):
        decoder.decode(content[start : start + (1 << 20)])
    decoder.decode(b"", final=True)


def _agreement(content: bytes, encoding: str, delimiter: str) -> tuple[int, int]:
    """Return how many of the first rows have as many cells as the widest common width, and that width."""
    try:
        widths = [len(cells) for _, cells in islice(_csv(content, encoding, delimiter), _SEEN_FOR_DELIMITER)]
    except Unreadable:
        return 0, 0
    several = [width for width in widths if width > 1]
    if not several:
        return 0, 0
    common = max(set(several), key=lambda width: (several.count(width), width))
    return several.count(common), common


def rows(content: bytes, form: Form, sheet: str = "") -> Iterator[Row]:
    """Yield the number (from 1) and the cells of each row that holds something.

    Unreadable for what cannot be read, and for more rows or columns than are taken.
    """
    if form.is_workbook:
        if sheet not in form.sheets:
            raise Unreadable("no-such-sheet")
        found = spreadsheet.rows(content, sheet)
    else:
        found = _csv(content, form.encoding, form.delimiter)
    for count, (number, cells) in enumerate(found):
        if count >= ROWS_AT_MOST:
            raise Unreadable("too-many-rows", limit=ROWS_AT_MOST)
        if len(cells) > COLUMNS_AT_MOST:
            raise Unreadable("too-many-columns", row=number, limit=COLUMNS_AT_MOST)
        yield number, cells


def _csv(content: bytes, encoding: str, delimiter: str) -> Iterator[Row]:
    text = io.TextIOWrapper(io.BytesIO(content), encoding, newline="")
    number = 0
    try:
        for number, cells in enumerate(csv.reader(text, delimiter=delimiter, strict=True), start=1):
            if any(cells):
                if any("\0" in cell for cell in cells):
                    raise Unreadable("nul-byte")
                yield number, cells
    except UnicodeError as error:
        raise Unreadable("encoding", encoding=encoding) from error
    except csv.Error as error:
        raise Unreadable("not-csv", row=number + 1) from error
