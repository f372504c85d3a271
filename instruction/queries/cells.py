"""Cells of a capacity snapshot: one school and element each, with small groups already blanked."""

from collections.abc import Collection
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connection

from alignment_dash.access.policy import Data
from alignment_dash.access.scope import Scope
from instruction.capacity.rules import DEFAULT_RULES
from instruction.models import EvidenceClass

# The probability from which a page says "very likely": the whole interval lies on that side of the target, so
# that words, tables and charts never disagree.
VERY_LIKELY = DEFAULT_RULES.very_likely
SMALLEST = DEFAULT_RULES.min_teachers
_WEAK = int(EvidenceClass.WEAK)
HALF_WIDTH = DEFAULT_RULES.z  # of an interval, in standard errors


class Cell(NamedTuple):
    """One school and element. What may not be shown is None; `few` says that 1 to 4 teachers were observed.

    gap is target - estimate, so that a shortfall is positive; p_below the probability of a shortfall.
    """

    school_id: int
    element_id: int
    evidence: int
    estimate: float | None
    se: float | None
    target: float | None
    gap: float | None
    p_below: float | None
    expected_below: float | None
    n_ratings: int | None
    n_observations: int | None
    n_teachers: int | None
    n_raters: int | None
    roster_size: int
    last_seen: date | None
    few: bool

    @property
    def is_weak(self) -> bool:
        """Whether the evidence is thin."""
        return self.evidence == _WEAK

    @property
    def low(self) -> float | None:
        """Lower end of the interval."""
        return interval(self.estimate, self.se)[0]

    @property
    def high(self) -> float | None:
        """Upper end of the interval."""
        return interval(self.estimate, self.se)[1]

    @property
    def call(self) -> str:
        """What can be said: "below", "met" (very likely at or above target), or "unclear"."""
        if self.p_below is None:
            return "unclear"
        if self.p_below >= VERY_LIKELY:
            return "below"
        return "met" if self.p_below <= 1 - VERY_LIKELY else "unclear"


def interval(estimate: float | None, se: float | None) -> tuple[float | None, float | None]:
    """Return the ends of the 90 % interval; None without an estimate."""
    if estimate is None or se is None:
        return None, None
    half = HALF_WIDTH * se
    return estimate - half, estimate + half


# A school with fewer than five teachers on its roster gives no row, and where fewer than five were observed
# the counts are blank, save to those who see its teachers' evidence anyway.
_CELLS = """
SELECT school_id, element_id, evidence, estimate, se, target, gap, {p_below}, {expected_below},
    CASE WHEN few THEN NULL ELSE n_ratings END, CASE WHEN few THEN NULL ELSE {n_observations} END,
    CASE WHEN few THEN NULL ELSE n_teachers END, CASE WHEN few THEN NULL ELSE {n_raters} END,
    roster_size, CASE WHEN few THEN NULL ELSE {last_seen} END, few
FROM (
    SELECT *, n_teachers BETWEEN 1 AND %(smallest)s - 1 AND school_id <> ALL (%(own)s) AS few
    FROM instruction_schoolcapacity
    WHERE run_id = %(run)s AND school_id = ANY (%(schools)s) AND element_id = ANY (%(elements)s)
        AND (roster_size >= %(smallest)s OR school_id = ANY (%(own)s))
) AS c
"""


# Handing values over takes most of the time of a map's query, so a map leaves out what its reading does not show.
_ALWAYS_LEFT_OUT = frozenset({"p_below", "expected_below", "n_observations", "n_raters"})
_NAMES = (*sorted(_ALWAYS_LEFT_OUT), "last_seen")


@lru_cache(maxsize=8)
def _sql(reading: str) -> str:
    """Return the query of a reading of the map, or of everything where it is ""."""
    left_out = _ALWAYS_LEFT_OUT if reading == "seen" else _ALWAYS_LEFT_OUT | {"last_seen"}
    return _CELLS.format(**{name: "NULL" if reading and name in left_out else name for name in _NAMES})


def cells(
    scope: Scope,
    *,
    run_id: int,
    school_ids: Collection[int],
    element_ids: Collection[int],
    reading: str = "",
) -> list[Cell]:
    """Return the cells of schools, in no order; one query. Only schools that the caller sees are looked at.

    reading: leave out what this reading of the map does not show; "" leaves out nothing.
    """
    visible = scope.schools(Data.SCHOOL_CAPACITY)
    values: dict[str, Any] = {
        "run": run_id,
        "schools": [pk for pk in school_ids if pk in visible],
        "elements": list(element_ids),
        "own": list(scope.schools(Data.PERSON_EVIDENCE).ids),
        "smallest": SMALLEST,
    }
    with connection.cursor() as cursor:
        cursor.execute(_sql(reading), values)
        return list(map(Cell._make, cursor.fetchall()))
