"""One CSV file as batches of columns: header matched by name, every row as wide as the header."""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, compress
from typing import Any

import numpy as np

from .chunks import ENCODINGS, Cells, Piece, pieces, split_cells
from .columns import Kind, Table
from .compact import Hashes, Mask, hashes
from .findings import Findings
from .header import Header, match_header
from .package import Package

__all__ = ["BATCH", "ENCODINGS", "Batch", "TableReader"]

BATCH = 8_192
# What the surrogateescape handler makes of bytes 0x80 to 0xFF that are no text.
_BAD_BYTES = re.compile("[\udc80-\udcff]")
_UTF_16 = ("\udcff\udcfe", "\udcfe\udcff")


@dataclass(slots=True)
class Batch:
    """Some thousand rows of one file, by column. `rows[i]` is the spreadsheet row of the i-th value.

    `stray` are (row, sourcedId) of rows that could not be read: what refers to them is not dangling.
    `is_plain`, `has_controls` and `longest` are those of `chunks.Cells`, where they are known.
    """

    rows: Sequence[int]
    columns: dict[str, Sequence[str]]
    stray: list[tuple[int, str]] = field(default_factory=list)
    is_plain: bool = False
    has_controls: bool = True
    longest: int = 1 << 40
    _made: dict[tuple[str, str], Any] = field(default_factory=dict)

    def keep(self, mask: Mask) -> None:
        """Leave out the rows whose mask is false."""
        if mask.all():
            return
        chosen = mask.tolist()
        self.rows = list(compress(self.rows, chosen))
        for name, values in self.columns.items():
            self.columns[name] = list(compress(values, chosen))
        self._made = {key: made[mask] for key, made in self._made.items() if key[1] != "distinct"}

    def where(self, mask: Mask) -> list[int]:
        """The spreadsheet rows whose mask is true."""
        return list(compress(self.rows, mask.tolist()))

    def set(self, name: str, values: Sequence[str]) -> None:
        """Put other values into a column."""
        self.columns[name] = values
        self._made = {key: made for key, made in self._made.items() if key[0] != name}

    def distinct(self, name: str) -> frozenset[str]:
        """The different values of a column."""
        return self.made(name, "distinct", frozenset)  # type: ignore[no-any-return]

    def hashes(self, name: str) -> Hashes:
        """The hash of each value of a column."""
        return self.made(name, "hashes", hashes)  # type: ignore[no-any-return]

    def equals(self, name: str, word: str) -> Mask:
        """Which cells of a column are this word."""
        distinct = self.distinct(name)
        if word not in distinct or len(distinct) == 1:
            return np.full(len(self.rows), word in distinct, np.bool_)
        return np.fromiter(map(word.__eq__, self.columns[name]), np.bool_, len(self.rows))

    def made(self, name: str, kind: str, make: Callable[[Sequence[str]], Any]) -> Any:
        """What `make` makes of a column (an array of its length), kept until the column changes."""
        key = (name, kind)
        if key not in self._made:
            self._made[key] = make(self.columns[name])
        return self._made[key]


class TableReader:
    """Reads one file of the package. `complete` turns false when rows had to be given up.

    `others` are lower-case names of columns outside the standard that are wanted, where they are there.
    `only` limits what is read to these columns.
    """

    def __init__(
        self,
        table: Table,
        package: Package,
        entry: str,
        *,
        encoding: str,
        findings: Findings,
        others: Collection[str] = (),
        only: Collection[str] | None = None,
    ) -> None:
        self.table = table
        self.complete = True
        self.header = Header([], {}, 0)
        self._findings = findings
        self._others = others
        self._only = only
        self._most_columns = package.limits.columns
        self._encoding = encoding
        self._pieces = pieces(package.open(entry), encoding, table.file)
        self._quoted: Any = None
        self._lines_given = 0
        self._wanted: dict[str, int | None] = {}

    def batches(self) -> Iterator[Batch]:
        """All rows, in order. Says what is wrong with the form of the file; cells are not looked at."""
        rest = self._read_header()
        if rest is None:
            self.complete = False
            return
        number = 2
        for piece in chain([rest], self._pieces):
            for batch, count in self._read(piece, number):
                if count:
                    yield batch
                number += count
            if not self.complete:
                return
        if number == 2 and self.complete:
            self._add("table.no_rows")

    # The header

    def _read_header(self) -> Piece | None:
        """Match the header; returns what follows it in the first piece, None if the file cannot be read."""
        first = next(self._pieces, Piece(b"", self._encoding, True))
        lines = io.StringIO(text := first.text, newline="\n")
        if "\0" in text[:8] or text.startswith(_UTF_16):
            self._add("csv.encoding", rows=[1])
            return None
        try:
            cells: list[str] = next(csv.reader(lines, strict=True), [])
        except csv.Error as error:
            self._malformed(error, 1)
            return None
        header = match_header(cells, self.table, self._others, self._findings, self._most_columns)
        if header is None:
            return None
        self.header = header
        wanted = [column.name for column in self.table.columns if column.kind is not Kind.UNUSED]
        wanted += [name for name in self._others if name in header.positions]
        self._wanted = {
            name: header.positions.get(name) for name in wanted if self._only is None or name in self._only
        }
        rest = lines.read().encode(ENCODINGS[self._encoding], errors="surrogateescape")
        return Piece(rest, self._encoding, first.is_text)

    # The rows

    def _read(self, piece: Piece, number: int) -> Iterator[tuple[Batch, int]]:
        """The rows of a piece, and how many they are with those that were left out."""
        if not piece.data:
            return
        width = self.header.full_width
        cells = split_cells(piece, width)
        if cells is not None and "" not in cells.flat[::width]:
            batch = self._plain_batch(cells, number)
            if batch is not None:
                yield batch, len(batch.rows)
                return
        self._begin_quoted(piece)
        while self._quoted is not None:
            lines_before = self._quoted.line_num
            records, reader = self._next_records(number)
            if records:
                self._clean_text(records, number, reader.line_num - lines_before != len(records))
                yield self._batch(records, number), len(records)
            number += len(records)

    def _plain_batch(self, cells: Cells, number: int) -> Batch | None:
        """A batch of cells that need no CSV reader; None when cells without a name are not empty."""
        header, step, flat = self.header, self.header.full_width, cells.flat
        rows = len(flat) // step
        if any(flat[at::step].count("") != rows for at in range(header.width, header.full_width)):
            return None
        columns: dict[str, Sequence[str]] = {
            name: [""] * rows if at is None else flat[at::step] for name, at in self._wanted.items()
        }
        batch_rows = range(number, number + rows)
        return Batch(batch_rows, columns, [], cells.is_plain, cells.has_controls, cells.longest)

    def _begin_quoted(self, piece: Piece) -> None:
        """Read on with a CSV reader until a row ends where a piece ends."""
        self._lines_given = 0

        def lines(piece: Piece) -> Iterator[str]:
            self._lines_given += piece.data.count(b"\n") + (not piece.data.endswith(b"\n"))
            return io.StringIO(piece.text, newline="\n")

        self._quoted = csv.reader(
            chain(lines(piece), chain.from_iterable(map(lines, self._pieces))), strict=True
        )

    def _next_records(self, number: int) -> tuple[list[list[str]], Any]:
        """The next records of the CSV reader, which is put away at its end or where it cannot read on."""
        records: list[list[str]] = []
        reader = self._quoted
        try:
            for record in reader:
                records.append(record)
                if reader.line_num >= self._lines_given or len(records) >= BATCH:
                    break
        except csv.Error as error:
            self._malformed(error, number + len(records))
            self.complete = False
            self._quoted = None
            return records, reader
        if reader.line_num >= self._lines_given:
            self._quoted = None
        return records, reader

    def _malformed(self, error: csv.Error, row: int) -> None:
        known = {"field larger": "csv.cell_too_long", "new-line character": "csv.bare_cr"}
        code = next((code for words, code in known.items() if words in str(error)), "csv.malformed")
        self._add(code, rows=[row], limit=csv.field_size_limit())

    def _clean_text(self, records: list[list[str]], number: int, has_breaks: bool) -> None:
        """Report bytes that are no text, and replace line breaks inside cells by a space."""
        nul, breaks = [], []
        bad: dict[tuple[str, int], list[int]] = defaultdict(list)
        for row, record in enumerate(records, start=number):
            text = "".join(record)
            if "\0" in text:
                nul.append(row)
            if "\n" in text or "\r" in text:
                breaks.append(row)
                record[:] = [
                    " ".join(cell.split()) if "\n" in cell or "\r" in cell else cell for cell in record
                ]
            if not text.isascii() and _BAD_BYTES.search(text):
                for at, cell in enumerate(record):
                    for byte in _BAD_BYTES.findall(cell)[:1]:
                        bad[byte, at].append(row)
        for code, rows in (("csv.nul_byte", nul), ("csv.line_break_in_cell", breaks)):
            if rows:
                self._add(code, rows=rows)
        for (byte, at), rows in bad.items():
            self._report_bytes(f"0x{ord(byte) - 0xDC00:02X}", at, rows)

    def _report_bytes(self, byte: str, at: int, rows: list[int]) -> None:
        self._add(
            "csv.invalid_utf8",
            rows=rows,
            column=self.header.names[at] if at < self.header.width else None,
            cause=f"{self.table.file}:{byte}",
            byte=byte,
            encoding=self._encoding.upper(),
        )

    def _batch(self, records: list[list[str]], number: int) -> Batch:
        width = self.header.width
        rows: Sequence[int] = range(number, number + len(records))
        stray: list[tuple[int, str]] = []
        if set(map(len, records)) != {width} or any(not record[0] for record in records):
            rows, records, stray = self._even_rows(records, number)
        columns = list(zip(*records, strict=True)) if records else [()] * width
        empty = ("",) * len(records)
        wanted = self._wanted.items()
        return Batch(rows, {name: empty if at is None else columns[at] for name, at in wanted}, stray)

    def _even_rows(
        self, records: list[list[str]], number: int
    ) -> tuple[list[int], list[list[str]], list[tuple[int, str]]]:
        """Drop blank rows and empty cells under empty headers; report rows that stay uneven."""
        width, full_width = self.header.width, self.header.full_width
        id_at = self.header.positions["sourcedId"]
        rows, even, stray = [], [], []
        uneven: dict[int, list[int]] = defaultdict(list)
        for row, record in enumerate(records, start=number):
            if not any(record):
                continue
            if len(record) == full_width and not any(record[width:]):
                record = record[:width]
            if len(record) == width:
                rows.append(row)
                even.append(record)
            else:
                uneven[len(record)].append(row)
                if id_at < len(record):
                    stray.append((row, record[id_at].strip()))
        for cells, found in uneven.items():
            self._add("row.width", rows=found, cells=cells, columns=width)
        return rows, even, stray

    def _add(self, code: str, **words: object) -> None:
        self._findings.add(code, file=self.table.file, **words)  # type: ignore[arg-type]
