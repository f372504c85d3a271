"""The first row of a file, matched with the standard's columns by name."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass

from .columns import ALIASES, OLDER_COLUMNS, Column, Need, Table
from .findings import Findings
from .package import printable

_METADATA = "metadata."
_OWN_COLUMN = re.compile(r"metadata\.[A-Za-z0-9._\-]+")


@dataclass(frozen=True, slots=True)
class Header:
    """Where the columns stand. `width` cells are named, `full_width` counts empty ones at the end too.

    `positions` maps the standard's names, and the lower-case names of the others that were asked for, to
    their place from 0.
    """

    names: list[str]
    positions: dict[str, int]
    full_width: int

    @property
    def width(self) -> int:
        """How many cells a row has at least."""
        return len(self.names)


def match_header(
    cells: list[str], table: Table, others: Collection[str], findings: Findings, most_columns: int
) -> Header | None:
    """Match the cells of the first row; None where the file cannot be read by them.

    `others` are lower-case names of columns outside the standard that are wanted too.
    """
    return _Matching(table, others, findings).match(cells, most_columns)


class _Matching:
    def __init__(self, table: Table, others: Collection[str], findings: Findings) -> None:
        self._table = table
        self._others = others
        self._findings = findings
        self._positions: dict[str, int] = {}

    def match(self, written: list[str], most_columns: int) -> Header | None:
        """See `match_header`."""
        cells = self._cleaned(written)
        full_width = len(cells)
        while cells and not cells[-1]:
            cells.pop()
        if not cells:
            self._add("header.missing", rows=(None,))
            return None
        if len(cells) > most_columns:
            self._add("header.too_many_columns", limit=most_columns)
            return None
        if len(cells) != full_width:
            self._add("header.empty_cells")
        if not self._match_columns(cells):
            return None
        return Header(cells, self._positions, full_width)

    def _cleaned(self, written: list[str]) -> list[str]:
        """The cells without spaces around them and characters that cannot be seen."""
        cells = ["".join(c for c in cell if unicodedata.category(c) != "Cf").strip() for cell in written]
        if cells != written:
            self._add("header.invisible")
        return cells

    def _match_columns(self, cells: list[str]) -> bool:
        columns = self._table.columns
        by_lower = {column.name.lower(): column.name for column in columns}
        known = [by_lower.get(cell.lower()) for cell in cells]
        for at, cell in enumerate(cells):
            meant = ALIASES.get(cell)
            if meant in by_lower.values() and meant not in known:
                known[at] = meant
                self._add("header.alias", column=meant, name=cell)
        if sum(name is not None for name in known) * 3 < len(columns):
            self._add("header.none")
            return False
        for at, (cell, name) in enumerate(zip(cells, known, strict=True)):
            if name is None:
                self._other_column(at, cell, known)
            elif name in self._positions:
                self._add("header.duplicate_column", column=name)
            else:
                self._positions[name] = at
                if cell != name and ALIASES.get(cell) != name:
                    self._add("header.case", column=name)
        self._check_order(cells)
        return not [column.name for column in columns if not self._has(column)]

    def _check_order(self, cells: list[str]) -> None:
        standard = [self._positions[c.name] for c in self._table.columns if c.name in self._positions]
        if standard != sorted(standard):
            self._add("header.order")
        own = [at for at, cell in enumerate(cells) if cell.lower().startswith(_METADATA)]
        if own and standard and min(own) < max(standard):
            self._add("header.metadata_position")

    def _other_column(self, at: int, cell: str, known: list[str | None]) -> None:
        if cell.lower() in self._others:
            self._positions.setdefault(cell.lower(), at)
            if not self._findings.strict:
                return
        name = printable(cell, 40) or "A column without a name"
        if cell.lower().startswith(_METADATA):
            if not _OWN_COLUMN.fullmatch(cell):
                self._add("header.metadata_name", column=name)
            return
        if cell in OLDER_COLUMNS.get(self._table.name, ()):
            self._add("header.older_version", column=cell)
            return
        missing = [column.name for column in self._table.columns if column.name not in known]
        meant = _meant(cell, missing)
        if meant:
            self._add("header.unknown_column", column=name, name=name, meant=meant)
        else:
            self._add("header.vendor_column", column=name, name=name)

    def _has(self, column: Column) -> bool:
        if column.name in self._positions:
            return True
        if column.need is Need.REQUIRED:
            self._add("header.missing_column", column=column.name)
            return False
        self._add("header.optional_missing", column=column.name)
        return True

    def _add(self, code: str, *, rows: tuple[int | None, ...] = (1,), **words: object) -> None:
        self._findings.add(code, file=self._table.file, rows=rows, **words)  # type: ignore[arg-type]


def _meant(cell: str, missing: list[str]) -> str:
    """The missing column that an unknown one is probably meant for; "" for a column of someone's own."""
    spelled = "".join(filter(str.isalnum, cell.lower()))
    by_spelling = {name.lower(): name for name in missing}
    begun = [name for low, name in by_spelling.items() if len(spelled) >= 4 and low.startswith(spelled)]
    close = difflib.get_close_matches(spelled, list(by_spelling), n=1, cutoff=0.75)
    return by_spelling[close[0]] if close else begun[0] if begun else ""
