"""Begin and end dates of the rows of a file."""

from __future__ import annotations

from datetime import date, timedelta

from .state import State
from .table import Batch
from .values import is_date


def period(batch: Batch, state: State, file: str, begin: str, end: str) -> None:
    """Dates in order. The end is the first day after, so an end equal to the begin is made one day."""
    begins, ends = batch.columns[begin], batch.columns[end]
    pairs = {(a, b) for a, b in set(zip(begins, ends, strict=True)) if is_date(a) and is_date(b)}
    backward = {(a, b) for a, b in pairs if b < a}
    same = {(a, b) for a, b in pairs if a == b}
    for code, found in (("row.end_before_begin", backward), ("row.same_day", same)):
        if found:
            both = zip(batch.rows, begins, ends, strict=True)
            rows = [row for row, a, b in both if (a, b) in found]
            state.findings.add(code, file=file, rows=rows, column=end)
    if same:
        both_dates = zip(begins, ends, strict=True)
        batch.columns[end] = [_next_day(b) if (a, b) in same else b for a, b in both_dates]


def _next_day(value: str) -> str:
    return (date.fromisoformat(value) + timedelta(days=1)).isoformat()
