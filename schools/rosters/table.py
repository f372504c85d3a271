"""One CSV file as batches of columns: header matched by name, every row as wide as the header."""

from __future__ import annotations

import csv
import difflib
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from .columns import OLDER_COLUMNS, Column, Kind, Need, Table
from .findings import Findings
from .package import Package, printable

BATCH = 8_192
ENCODINGS = {"utf-8": "utf-8-sig", "cp1252": "cp1252"}
_INVISIBLE = dict.fromkeys(map(ord, "\ufeff\u200b\u200c\u200d\u2060\u00a0"))
# What the surrogateescape handler makes of bytes 0x80 to 0xFF that are no text.
_BAD_BYTES = re.compile("[\udc80-\udcff]")


@dataclass(slots=True)
class Batch:
    """Up to `BATCH` rows of one file, by column. `rows[i]` is the spreadsheet row of the i-th value.

    `stray` are (row, sourcedId) of rows that could not be read: what refers to them is not dangling.
    """

    rows: Sequence[int]
    columns: dict[str, Sequence[str]]
    stray: list[tuple[int, str]] = field(default_factory=list)

    def keep(self, mask: Sequence[bool]) -> None:
        """Leave out the rows whose mask is false."""
        self.rows = [row for row, kept in zip(self.rows, mask, strict=True) if kept]
        for name, values in self.columns.items():
            self.columns[name] = [value for value, kept in zip(values, mask, strict=True) if kept]


class TableReader:
    """Reads one file of the package. `complete` turns false when rows had to be given up."""

    def __init__(
        self, table: Table, package: Package, entry: str, *, encoding: str, findings: Findings
    ) -> None:
        self.table = table
        self.complete = True
        self._findings = findings
        self._limits = package.limits
        self._encoding = encoding
        self.raw = package.open(entry)
        buffered = io.BufferedReader(self.raw, 1 << 18)
        text = io.TextIOWrapper(buffered, encoding=ENCODINGS[encoding], errors="surrogateescape", newline="")
        self._lines = csv.reader(text, strict=True)
        self._positions: dict[str, int] = {}
        self._names: list[str] = []
        self._full_width = 0

    def batches(self) -> Iterator[Batch]:
        """All rows, in order. Says what is wrong with the form of the file; cells are not looked at."""
        if not self._read_header():
            self.complete = False
            return
        number = 2
        while True:
            lines_before = self._lines.line_num
            records: list[list[str]] = []
            ended = self._fill(records, number)
            if records:
                self._clean_text(records, number, self._lines.line_num - lines_before != len(records))
                yield self._batch(records, number)
            number += len(records)
            if ended:
                break
        if number == 2 and self.complete:
            self._add("table.no_rows")

    def _fill(self, records: list[list[str]], number: int) -> bool:
        """Append the next records; true at the end of the file or where it cannot be read on."""
        try:
            records.extend(islice(self._lines, BATCH))
        except csv.Error as error:
            too_long = "field larger" in str(error)
            code = "csv.cell_too_long" if too_long else "csv.malformed"
            self._add(code, rows=[number + len(records)], limit=csv.field_size_limit())
            self.complete = False
            return True
        return len(records) < BATCH

    # The header

    def _read_header(self) -> bool:
        records: list[list[str]] = []
        try:
            records.extend(islice(self._lines, 1))
        except csv.Error:
            self._add("csv.malformed", rows=[1])
            return False
        if not records or not any(cell.strip() for cell in records[0]):
            self._add("header.missing")
            return False
        cells = [cell.translate(_INVISIBLE).strip() for cell in records[0]]
        self._full_width = len(cells)
        while not cells[-1]:
            cells.pop()
        if any(character in cells[0] for character in ("\udcff", "\udcfe", "\0")):
            self._add("csv.encoding", rows=[1])
            return False
        if len(cells) > self._limits.columns:
            self._add("header.too_many_columns", rows=[1], limit=self._limits.columns)
            return False
        self._names = cells
        return self._match_columns(cells)

    def _match_columns(self, cells: list[str]) -> bool:
        by_lower = {column.name.lower(): column.name for column in self.table.columns}
        known = [by_lower.get(cell.lower()) for cell in cells]
        if sum(name is not None for name in known) * 3 < len(self.table.columns):
            self._add("header.none", rows=[1])
            return False
        for position, (cell, name) in enumerate(zip(cells, known, strict=True)):
            if name is None:
                self._unknown_column(cell, known)
            elif name in self._positions:
                self._add("header.duplicate_column", rows=[1], column=name)
            else:
                self._positions[name] = position
                if cell != name:
                    self._add("header.case", rows=[1], column=name)
        standard = [column.name for column in self.table.columns if column.name in self._positions]
        if standard != sorted(standard, key=self._positions.__getitem__):
            self._add("header.order", rows=[1])
        missing = [column.name for column in self.table.columns if not self._has(column)]
        return not missing

    def _unknown_column(self, cell: str, known: list[str | None]) -> None:
        if cell.lower().startswith("metadata."):
            return
        if cell in OLDER_COLUMNS.get(self.table.name, ()):
            self._add("header.older_version", rows=[1], column=cell)
            return
        missing = [column.name for column in self.table.columns if column.name not in known]
        close = difflib.get_close_matches(cell, missing, n=1, cutoff=0.75)
        hint = f" Did you mean {close[0]}?" if close else ""
        name = printable(cell, 40) or "A column without a name"
        self._add("header.unknown_column", rows=[1], column=name, name=name, hint=hint)

    def _has(self, column: Column) -> bool:
        if column.name in self._positions:
            return True
        if column.need is Need.REQUIRED:
            self._add("header.missing_column", rows=[1], column=column.name)
            return False
        self._add("header.optional_missing", rows=[1], column=column.name)
        return True

    # The rows

    def _clean_text(self, records: list[list[str]], number: int, has_breaks: bool) -> None:
        """Report bytes that are no text, and replace line breaks inside cells by a space."""
        if not (has_breaks or self.raw.has_nul) and (self.raw.is_ascii or _is_text(records)):
            return
        for row, record in enumerate(records, start=number):
            text = "".join(record)
            if "\0" in text:
                self._add("csv.nul_byte", rows=[row])
            if has_breaks and ("\n" in text or "\r" in text):
                self._add("csv.line_break_in_cell", rows=[row])
                record[:] = [
                    " ".join(cell.split()) if "\n" in cell or "\r" in cell else cell for cell in record
                ]
            if _bad_byte(text):
                self._report_bytes(row, record)

    def _report_bytes(self, row: int, record: list[str]) -> None:
        for position, cell in enumerate(record):
            byte = _bad_byte(cell)
            if byte:
                column = self._names[position] if position < len(self._names) else None
                self._add(
                    "csv.invalid_utf8",
                    rows=[row],
                    column=column,
                    cause=f"{self.table.file}:{byte}",
                    byte=byte,
                    encoding=self._encoding.upper(),
                )

    def _batch(self, records: list[list[str]], number: int) -> Batch:
        width = len(self._names)
        rows: Sequence[int] = range(number, number + len(records))
        stray: list[tuple[int, str]] = []
        if set(map(len, records)) != {width} or any(not record[0] for record in records):
            rows, records, stray = self._even_rows(records, number)
        columns = list(zip(*records, strict=True)) if records else [()] * width
        empty = ("",) * len(records)
        wanted = [column.name for column in self.table.columns if column.kind is not Kind.UNUSED]
        return Batch(
            rows,
            {name: columns[self._positions[name]] if name in self._positions else empty for name in wanted},
            stray,
        )

    def _even_rows(
        self, records: list[list[str]], number: int
    ) -> tuple[list[int], list[list[str]], list[tuple[int, str]]]:
        """Drop blank rows and empty cells under empty headers; report rows that stay uneven."""
        width = len(self._names)
        id_at = self._positions["sourcedId"]
        rows, even, stray = [], [], []
        for row, record in enumerate(records, start=number):
            if not any(record):
                continue
            if len(record) == self._full_width and not any(record[width:]):
                record = record[:width]
            if len(record) == width:
                rows.append(row)
                even.append(record)
            else:
                self._add("row.width", rows=[row], cells=len(record), columns=width)
                if id_at < len(record):
                    stray.append((row, record[id_at].strip()))
        return rows, even, stray

    def _add(self, code: str, **words: object) -> None:
        self._findings.add(code, file=self.table.file, **words)  # type: ignore[arg-type]


def _is_text(records: list[list[str]]) -> bool:
    """Whether every byte of the records could be decoded."""
    try:
        "".join(map("".join, records)).encode()
    except UnicodeEncodeError:
        return False
    return True


def _bad_byte(text: str) -> str:
    """The first byte that could not be decoded, such as "0xED"; empty if all could."""
    found = _BAD_BYTES.search(text)
    return f"0x{ord(found[0]) - 0xDC00:02X}" if found else ""
