"""From the bytes of a CSV file of ratings to checked observations; no database.

Values repeat from row to row, so each different text is checked once, and rows are gone through again only
to say where a bad one stands.
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

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

Columns = dict[str, tuple[str, ...]]


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
    text = _decoded(content, findings)
    if text is None:
        return []
    rows, columns = _columns(text, findings)
    if findings:
        return []
    _check_texts(rows, columns, findings)
    days = _parsed(rows, columns, "date", _day, "bad-date", findings)
    levels = _parsed(rows, columns, "level", _level, "bad-level", findings)
    for name, allowed in (("kind", tuple(kinds)), ("purpose", tuple(purposes))):
        bad = {value for value in set(columns[name]) if value and value not in allowed}
        if bad:
            findings.add(
                f"bad-{name}", rows=_where(rows, columns[name], bad), column=name, names=", ".join(allowed)
            )
    if findings:
        return []
    return _lessons(rows, columns, days, levels, findings)


def _decoded(content: bytes, findings: Findings) -> str | None:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        findings.add("not-utf-8", rows=[content.count(b"\n", 0, error.start) + 1])
        return None
    if "\0" in text:
        findings.add("nul-byte", rows=[text.count("\n", 0, text.index("\0")) + 1])
        return None
    return text


def _columns(text: str, findings: Findings) -> tuple[list[int], Columns]:
    """Return the numbers of the rows that hold something, and the cells column by column, trimmed."""
    records, number = [], 0
    try:
        for number, record in enumerate(csv.reader(io.StringIO(text, newline=""), strict=True), start=1):
            if record and any(record):
                records.append((number, record))
    except csv.Error as error:
        findings.add("not-csv", rows=[number + 1], why=str(error))
        return [], {}
    if not records:
        findings.add("empty-file")
        return [], {}
    header = [name.strip().lower() for name in records[0][1]]
    _check_header(header, findings)
    wrong = [(row, len(cells)) for row, cells in records[1:] if len(cells) != len(header)]
    for row, found in wrong:
        findings.add("row-width", rows=[row], found=found, wanted=len(header))
    if len(records) == 1:
        findings.add("empty-file")
    if findings:
        return [], {}
    rows = [row for row, _ in records[1:]]
    columns: Columns = dict(zip(header, zip(*(cells for _, cells in records[1:]), strict=True), strict=True))
    trimmed = {name: tuple(map(str.strip, values)) for name, values in columns.items()}
    return rows, {name: trimmed.get(name) or ("",) * len(rows) for name in COLUMNS}


def _check_header(header: list[str], findings: Findings) -> None:
    for name in REQUIRED:
        if name not in header:
            findings.add("missing-column", rows=[1], column=name, names=", ".join(REQUIRED))
    for place, name in enumerate(header, start=1):
        if name not in COLUMNS:
            findings.add("unknown-column", rows=[1], column=f"column {place}", names=", ".join(COLUMNS))
        elif header.index(name) < place - 1:
            findings.add("repeated-column", rows=[1], column=name)


def _check_texts(rows: list[int], columns: Columns, findings: Findings) -> None:
    for name, values in columns.items():
        different = set(values)
        if name not in MAY_BE_EMPTY and "" in different:
            findings.add("empty-cell", rows=_where(rows, values, {""}), column=name)
        limit = LONGEST.get(name, LONGEST_ID)
        long = {value for value in different if len(value) > limit}
        if long:
            findings.add("too-long", rows=_where(rows, values, long), column=name, limit=limit)


def _parsed(
    rows: list[int],
    columns: Columns,
    name: str,
    parse: Callable[[str], Any],
    code: str,
    findings: Findings,
) -> dict[str, Any]:
    """Return what each different text of a column means; what cannot be read becomes findings."""
    known = {value: parse(value) for value in set(columns[name])}
    bad = {value for value, meant in known.items() if meant is None and value}
    if bad:
        findings.add(code, rows=_where(rows, columns[name], bad), column=name)
    return known


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        return None


def _level(text: str) -> int | None:
    return int(float(text)) if _LEVEL.fullmatch(text) else None


def _where(rows: list[int], values: Iterable[str], bad: set[str]) -> Iterator[int]:
    return (row for row, value in zip(rows, values, strict=True) if value in bad)


def _lessons(
    rows: list[int], columns: Columns, days: dict[str, date], levels: dict[str, int], findings: Findings
) -> list[Lesson]:
    lessons: dict[str, tuple[tuple[str, ...], Lesson]] = {}
    seen: set[tuple[str, str]] = set()
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
        seen.add((external_id, element))
    if len(seen) < len(rows):
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
