"""From the bytes of a CSV file of ratings to checked observations; no database.

Values repeat from row to row, so each different text is checked once, and rows are gone through again only
to say where a bad one stands.
"""

import codecs
import csv
import io
import re
from array import array
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import count, islice
from typing import Any, Self

from instruction.imports.findings import Findings

REQUIRED = ("observation_id", "date", "kind", "purpose", "observer", "teacher", "element", "level")
OPTIONAL = ("evidence", "video")
COLUMNS = (*REQUIRED, *OPTIONAL)
# What every row of one observation must agree in.
HEAD = ("date", "kind", "purpose", "observer", "teacher", "video")
MAY_BE_EMPTY = {"teacher", "evidence", "video"}
LONGEST = {"evidence": 20_000, "video": 200}
LONGEST_ID = 255
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LEVEL = re.compile(r"[0-9]{1,4}(\.0+)?")

# Cells that seldom repeat, of which an index of the different ones would only be larger.
FREE = {"evidence"}
_PIECE = 1 << 20
_ROWS = 5_000
Rows = array


class Column:
    """The cells of a column. Each different text is kept once, so that a large file is small in memory."""

    def __init__(self, *, is_text: bool = False) -> None:
        self._known: defaultdict[str, int] = defaultdict(count().__next__)
        self._codes = array("I")
        self._texts: list[str] | None = [] if is_text else None

    @classmethod
    def of_nothing(cls, length: int) -> Self:
        """Return a column of empty cells."""
        made = cls()
        made._codes = array("I", bytes(4 * length))
        made._known[""] = 0
        return made

    def extend(self, texts: Iterable[str]) -> None:
        """Add cells below."""
        if self._texts is not None:
            self._texts.extend(texts)
        else:
            self._codes.extend(map(self._known.__getitem__, texts))

    def __iter__(self) -> Iterator[str]:
        if self._texts is not None:
            return iter(self._texts)
        return map(list(self._known).__getitem__, self._codes)

    @property
    def different(self) -> Collection[str]:
        """The different texts, or all where they seldom repeat."""
        return self._known.keys() if self._texts is None else self._texts

    def where(self, bad: set[str], rows: Iterable[int]) -> Iterator[int]:
        """Yield the rows whose cell is among `bad`."""
        return (row for row, text in zip(rows, self, strict=True) if text in bad)


Columns = dict[str, Column]


@dataclass(slots=True)
class Lesson:
    """One observation as the file has it; `row` is where it first stands."""

    row: int
    external_id: str
    day: date
    kind: str
    purpose: str
    observer: str
    teacher: str
    video: str
    # (row, element code, level, evidence) of each rating.
    ratings: list[tuple[int, str, int, str]] = field(default_factory=list)

    @property
    def codes(self) -> frozenset[str]:
        """Codes of the elements it rates."""
        return frozenset(code for _, code, _, _ in self.ratings)


def read(
    content: bytes, findings: Findings, *, kinds: Iterable[str], purposes: Iterable[str]
) -> list[Lesson]:
    """Return the file's observations in its order; empty when anything was found wrong with it."""
    if not _is_text(content, findings):
        return []
    rows, columns = _columns(content, findings)
    if findings:
        return []
    _check_texts(rows, columns, findings)
    days = _parsed(rows, columns, "date", _day, "bad-date", findings)
    levels = _parsed(rows, columns, "level", _level, "bad-level", findings)
    for name, allowed in (("kind", tuple(kinds)), ("purpose", tuple(purposes))):
        bad = {value for value in columns[name].different if value and value not in allowed}
        if bad:
            findings.add(
                f"bad-{name}", rows=columns[name].where(bad, rows), column=name, names=", ".join(allowed)
            )
    if findings:
        return []
    return _lessons(rows, columns, days, levels, findings)


def _is_text(content: bytes, findings: Findings) -> bool:
    """Say whether the bytes are UTF-8 without a NUL, looked through piece by piece."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    for start in range(0, len(content) + 1, _PIECE):
        held = len(decoder.getstate()[0])
        try:
            decoder.decode(content[start : start + _PIECE], final=start + _PIECE > len(content))
        except UnicodeDecodeError as error:
            findings.add("not-utf-8", rows=[_row_at(content, start - held + error.start)])
            return False
    if (at := content.find(b"\0")) >= 0:
        findings.add("nul-byte", rows=[_row_at(content, at)])
        return False
    return True


def _row_at(content: bytes, place: int) -> int:
    return content.count(b"\n", 0, place) + 1


def _columns(content: bytes, findings: Findings) -> tuple[Rows, Columns]:
    """Return the numbers of the rows that hold something, and the cells column by column, trimmed."""
    text = io.TextIOWrapper(io.BytesIO(content), "utf-8-sig", newline="")
    records = filter(lambda row: any(row[1]), _numbered(csv.reader(text, strict=True)))
    rows, wrong = Rows("I"), []
    try:
        _number, first = next(records, (0, []))
        header = [name.strip().lower() for name in first]
        cells = [Column(is_text=name in FREE) for name in header]
        while piece := list(islice(records, _ROWS)):
            fitting = [one for one in piece if len(one[1]) == len(header)]
            wrong += [(row, len(found)) for row, found in piece if len(found) != len(header)]
            rows.extend(row for row, _ in fitting)
            for column, found in zip(cells, zip(*(one for _, one in fitting), strict=True), strict=False):
                column.extend(map(str.strip, found))
    except _Broken as broken:
        findings.add("not-csv", rows=[broken.row], why=str(broken))
        return Rows("I"), {}
    if not header:
        findings.add("empty-file")
        return rows, {}
    _check_header(header, findings)
    for row, width in wrong:
        findings.add("row-width", rows=[row], found=width, wanted=len(header))
    if not rows and not wrong:
        findings.add("empty-file")
    named = dict(zip(header, cells, strict=True))
    return rows, {name: named.get(name) or Column.of_nothing(len(rows)) for name in COLUMNS}


class _Broken(Exception):
    """A row that is no CSV."""

    def __init__(self, row: int, why: str) -> None:
        super().__init__(why)
        self.row = row


def _numbered(records: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    number = 0
    try:
        for number, record in enumerate(records, start=1):
            yield number, record
    except csv.Error as error:
        raise _Broken(number + 1, str(error)) from error


def _check_header(header: list[str], findings: Findings) -> None:
    for name in REQUIRED:
        if name not in header:
            findings.add("missing-column", rows=[1], column=name, names=", ".join(REQUIRED))
    for place, name in enumerate(header, start=1):
        if name not in COLUMNS:
            findings.add("unknown-column", rows=[1], column=f"column {place}", names=", ".join(COLUMNS))
        elif header.index(name) < place - 1:
            findings.add("repeated-column", rows=[1], column=name)


def _check_texts(rows: Rows, columns: Columns, findings: Findings) -> None:
    for name, column in columns.items():
        if name not in MAY_BE_EMPTY and "" in column.different:
            findings.add("empty-cell", rows=column.where({""}, rows), column=name)
        limit = LONGEST.get(name, LONGEST_ID)
        long = {value for value in column.different if len(value) > limit}
        if long:
            findings.add("too-long", rows=column.where(long, rows), column=name, limit=limit)


def _parsed(
    rows: Rows,
    columns: Columns,
    name: str,
    parse: Callable[[str], Any],
    code: str,
    findings: Findings,
) -> dict[str, Any]:
    """Return what each different text of a column means; what cannot be read becomes findings."""
    known = {value: parse(value) for value in columns[name].different}
    bad = {value for value, meant in known.items() if meant is None and value}
    if bad:
        findings.add(code, rows=columns[name].where(bad, rows), column=name)
    return known


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        return None


def _level(text: str) -> int | None:
    return int(float(text)) if _LEVEL.fullmatch(text) else None


def _lessons(
    rows: Rows, columns: Columns, days: dict[str, date], levels: dict[str, int], findings: Findings
) -> list[Lesson]:
    lessons: dict[str, tuple[tuple[str, ...], Lesson]] = {}
    heads = zip(*(columns[name] for name in HEAD), strict=True)
    ids, elements = columns["observation_id"], columns["element"]
    rated = zip(rows, ids, heads, elements, columns["level"], columns["evidence"], strict=True)
    for row, external_id, head, element, level, evidence in rated:
        known = lessons.get(external_id)
        if known is None:
            known = head, Lesson(row, external_id, days[head[0]], *head[1:])
            lessons[external_id] = known
        elif known[0] != head:
            _disagree(row, head, known[0], findings)
        known[1].ratings.append((row, element, levels[level], evidence))
    _repeated(lessons.values(), findings)
    return [] if findings else [lesson for _, lesson in lessons.values()]


def _disagree(row: int, head: tuple[str, ...], first: tuple[str, ...], findings: Findings) -> None:
    for name, value, other in zip(HEAD, head, first, strict=True):
        if value != other:
            findings.add("rows-disagree", rows=[row], column=name)


def _repeated(lessons: Iterable[tuple[tuple[str, ...], Lesson]], findings: Findings) -> None:
    for _, lesson in lessons:
        seen: set[str] = set()
        for row, code, _, _ in lesson.ratings:
            if code in seen:
                findings.add("repeated-element", rows=[row], column="element")
            seen.add(code)
