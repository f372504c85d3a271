"""Begin and end dates of the rows of a file.

A day is a proleptic ordinal (`date.toordinal`), 0 for an empty or unreadable cell. A term is one number:
the day it begins on times 2**20, plus the first day after it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from .compact import hashes
from .state import State
from .table import Batch
from .values import is_date

Days = NDArray[np.int64]
_TERM = 20
_LATER = (1 << _TERM) - 1


def days(values: Sequence[str]) -> Days:
    """The day of each cell."""
    known = {value: date.fromisoformat(value).toordinal() if is_date(value) else 0 for value in set(values)}
    if len(known) == 1:
        return np.full(len(values), next(iter(known.values())), np.int64)
    return np.fromiter(map(known.__getitem__, values), np.int64, len(values))


def period(batch: Batch, state: State, file: str, begin: str, end: str) -> None:
    """Dates in order. The end is the first day after, so an end equal to the begin is made one day."""
    begins, ends = batch.made(begin, "days", days), batch.made(end, "days", days)
    both = (begins != 0) & (ends != 0)
    for code, mask in (
        ("row.end_before_begin", both & (ends < begins)),
        ("row.same_day", same := both & (ends == begins)),
    ):
        if mask.any():
            state.findings.add(code, file=file, rows=batch.where(mask), column=end)
    if same.any():
        dates = zip(batch.columns[end], same.tolist(), strict=True)
        batch.set(end, [_next_day(value) if is_same else value for value, is_same in dates])


def _next_day(value: str) -> str:
    return (date.fromisoformat(value) + timedelta(days=1)).isoformat()


def note_terms(batch: Batch, state: State) -> None:
    """Remember when each session is."""
    begins, ends = batch.made("startDate", "days", days), batch.made("endDate", "days", days)
    state.terms.add(batch.hashes("sourcedId"), np.where((begins > 0) & (ends > 0), begins << _TERM | ends, 0))


def note_class_terms(batch: Batch, state: State) -> None:
    """Remember the days from the first of a class's terms to the last; 0 where a term is not known."""
    spans = {}
    for listed in batch.distinct("termSourcedIds"):
        terms = state.terms.get(hashes(listed.split(",")))
        known = terms.all()
        spans[listed] = (
            int((terms >> _TERM).min() << _TERM | (terms & _LATER).max()) if known and len(terms) else 0
        )
    values = batch.columns["termSourcedIds"]
    state.class_terms.add(
        batch.hashes("sourcedId"), np.fromiter(map(spans.__getitem__, values), np.int64, len(values))
    )


def within_terms(batch: Batch, state: State) -> None:
    """Say which enrollments begin before their class's terms or end after them."""
    begins, ends = batch.made("beginDate", "days", days), batch.made("endDate", "days", days)
    if not (begins.any() or ends.any()):
        return
    terms = state.terms_of(batch)
    early = (begins > 0) & (begins < terms >> _TERM)
    late = (ends > 0) & (ends > (terms & _LATER))
    outside = (terms > 0) & (early | late)
    if outside.any():
        state.findings.add(
            "semantic.enrollment_dates", file="enrollments.csv", rows=batch.where(outside), column="beginDate"
        )
