"""Cells of one column, checked and brought to one spelling.

Work is done per distinct value, not per row: a column of 600,000 roles holds four words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import lru_cache

from .chunks import ID_BYTES
from .columns import Column, Kind, Need
from .findings import Findings
from .table import Batch

_ID_CHARACTERS = re.compile(r"[0-9A-Za-z.\-_/@]+")
# White space of ASCII before or after one of many texts joined by line feeds.
_AROUND = [pair for sign in " \t\v\f\r\x1c\x1d\x1e\x1f" for pair in (f"\n{sign}", f"{sign}\n")]
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
_YEAR_SPAN = re.compile(r"(\d{4})\s*[-/]\s*(\d{4}|\d\d)")
_EXTENSION = re.compile(r"ext:[A-Za-z0-9.\-_]+")
_YEARS = range(1900, 2200)
# CEDS entry grade level: https://ceds.ed.gov/element/000100
_CEDS = {"IT", "PR", "PK", "TK", "KG", "PS", "UG", "Other", *(f"{grade:02d}" for grade in range(1, 14))}
_OTHER_GRADES = {"K": "KG", "P": "PK", "OTHER": "Other"} | {
    str(grade): f"{grade:02d}" for grade in range(1, 10)
}


class ColumnCheck:
    """Checks one column of one batch. `fixed` maps what was written to how it is read."""

    def __init__(self, column: Column, batch: Batch, file: str, findings: Findings):
        self.column = column
        self.distinct: set[str] | frozenset[str] = batch.distinct(column.name)
        self.strict = findings.strict
        self.fixed: dict[str, str] = {}
        self._values = batch.columns[column.name]
        self._rows = batch.rows
        self._file = file
        self._findings = findings

    def report(self, code: str, bad: Iterable[str], **words: object) -> None:
        """Add a finding for every row whose cell is one of `bad`."""
        found = set(bad)
        if found:
            rows = [row for row, value in zip(self._rows, self._values, strict=True) if value in found]
            self._findings.add(
                code,
                file=self._file,
                rows=rows,
                column=self.column.name,
                **words,  # type: ignore[arg-type]
            )

    def run(self) -> None:
        """Check every different cell of the column."""
        blanks = {value for value in self.distinct if not value.strip()}
        if blanks and self.column.need is Need.REQUIRED:
            self.report("row.required", blanks)
        elif blanks and self.column.need is Need.ADVISED:
            self.report("row.advised", blanks)
        self.fixed.update({value: "" for value in blanks if value})
        self.distinct = self.distinct - blanks
        _CHECKS[self.column.kind](self)

    def result(self) -> Sequence[str]:
        """The column as it is to be used."""
        return [self.fixed.get(value, value) for value in self._values]


def check_column(column: Column, batch: Batch, file: str, findings: Findings) -> None:
    """Check the cells of one column and bring them to one spelling; problems go to `findings`."""
    if column.kind in (Kind.ID, Kind.REF, Kind.TEXT) and _is_clean(column, batch):
        return
    check = ColumnCheck(column, batch, file, findings)
    check.run()
    if check.fixed:
        batch.set(column.name, check.result())


def _is_clean(column: Column, batch: Batch) -> bool:
    """Whether the cells need no look one by one: nothing empty that is needed, odd or too long."""
    values = batch.columns[column.name]
    if column.need is not Need.OPTIONAL and "" in values:
        return False
    if batch.longest > column.limit and max(map(len, values), default=0) > column.limit:
        return False
    if batch.is_plain:
        return True
    if column.kind is Kind.TEXT:
        joined = "\n".join(["", *values, ""])
        around = _AROUND if batch.has_controls else _AROUND[:2]
        return joined.isascii() and not any(space in joined for space in around)
    joined = "".join(values)
    return joined.isascii() and not joined.encode().translate(None, ID_BYTES)


def _ids(check: ColumnCheck) -> None:
    spaced = {value for value in check.distinct if value != value.strip()}
    check.fixed.update({value: value.strip() for value in spaced})
    check.report("row.spaces", spaced)
    limit = check.column.limit
    too_long = {value for value in check.distinct if len(value.strip()) > limit}
    check.report("row.too_long", too_long, limit=limit)
    odd = {value for value in check.distinct - too_long if not _ID_CHARACTERS.fullmatch(value.strip())}
    check.report("row.id_characters", odd)


def _id_lists(check: ColumnCheck) -> None:
    for value in check.distinct:
        if "," in value or value != value.strip():
            check.fixed[value] = ",".join(item.strip() for item in value.split(",") if item.strip())
    too_long = {v for v in check.distinct if any(len(item) > 255 for item in v.split(","))}
    check.report("row.too_long", too_long, limit=255)


def _text(check: ColumnCheck) -> None:
    check.fixed.update({v: stripped for v in check.distinct if (stripped := v.strip()) != v})
    limit = check.column.limit
    check.report("row.too_long", {v for v in check.distinct if len(v.strip()) > limit}, limit=limit)


def _words(check: ColumnCheck) -> None:
    column = check.column
    exact = {word.lower(): word for word in column.words}
    other = check.distinct - set(column.words)
    respelled = {value: exact[low] for value in other if (low := value.strip().lower()) in exact}
    check.fixed.update(respelled)
    check.report("row.word_case", respelled)
    bad = other - respelled.keys()
    if column.extensible:
        bad = {value for value in bad if not _EXTENSION.fullmatch(value)}
    if not column.open or check.strict:
        check.report("row.invalid_word", bad, allowed=", ".join(column.words))


def _booleans(check: ColumnCheck) -> None:
    other = check.distinct - {"true", "false"}
    respelled = {v: low for v in other if (low := v.strip().lower()) in ("true", "false")}
    check.fixed.update(respelled)
    check.report("row.boolean_case", respelled)
    check.report("row.invalid_boolean", other - respelled.keys())


def _dates(check: ColumnCheck) -> None:
    check.fixed.update({value: value.strip() for value in check.distinct if value != value.strip()})
    bad = {value for value in check.distinct if not is_date(value.strip())}
    if check.column.name == "endDate" and check.column.need is Need.OPTIONAL:
        # What systems write for "no end", as 9999-12-31.
        far = {value for value in bad if _is_far(value.strip())}
        check.fixed.update(dict.fromkeys(far, ""))
        check.report("row.open_end", far)
        bad -= far
    check.report("row.invalid_date", bad)


@lru_cache(maxsize=10_000)
def is_date(value: str) -> bool:
    """Whether `value` is a date as the standard writes it (YYYY-MM-DD), between 1900 and 2199."""
    return _year_of(value) in _YEARS


def _is_far(value: str) -> bool:
    """Whether `value` is a date after those that are read."""
    return _year_of(value) >= _YEARS.stop


def _year_of(value: str) -> int:
    """The year of a date as the standard writes it; 0 for what is none."""
    if not _DATE.fullmatch(value):
        return 0
    try:
        return date.fromisoformat(value).year
    except ValueError:
        return 0


def _stamps(check: ColumnCheck) -> None:
    check.report("row.stamp", {value for value in check.distinct if not _STAMP.fullmatch(value)})


def _grades(check: ColumnCheck) -> None:
    odd, too_long = set(), set()
    for value in check.distinct:
        items = [item.strip() for item in value.split(",") if item.strip()]
        if not _CEDS.issuperset(items):
            odd.add(value)
            items = [_OTHER_GRADES.get(item.upper(), item) for item in items]
        if any(len(item) > check.column.limit for item in items):
            too_long.add(value)
        check.fixed[value] = ",".join(dict.fromkeys(items))
    check.report("row.too_long", too_long, limit=check.column.limit)
    check.report("row.grade_code", odd - too_long)


def _years(check: ColumnCheck) -> None:
    spans: dict[str, str] = {}
    bad = set()
    for value in check.distinct:
        text = value.strip()
        span = _YEAR_SPAN.fullmatch(text)
        if span and (int(span[1]) + 1) % 100 == int(span[2]) % 100:
            spans[value] = str(int(span[1]) + 1)
        elif text.isascii() and text.isdigit() and int(text[:9]) in _YEARS:
            check.fixed[value] = text
        else:
            bad.add(value)
    check.fixed.update(spans)
    check.report("row.year_span", spans)
    check.report("row.invalid_year", bad)


_CHECKS: dict[Kind, Callable[[ColumnCheck], None]] = {
    Kind.ID: _ids,
    Kind.REF: _ids,
    Kind.REFS: _id_lists,
    Kind.TEXT: _text,
    Kind.WORD: _words,
    Kind.BOOL: _booleans,
    Kind.DATE: _dates,
    Kind.STAMP: _stamps,
    Kind.YEAR: _years,
    Kind.GRADES: _grades,
}
