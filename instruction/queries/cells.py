"""Cells of a capacity snapshot: one school and element each, with small groups already blanked."""

from collections.abc import Collection
from datetime import date
from functools import lru_cache
from itertools import starmap
from typing import Any, NamedTuple

from django.db import connection

from alignment_dash.access.policy import Data
from alignment_dash.access.scope import Scope
from instruction.aims import COLUMNS, FRAMEWORK, SCHOOL, STRATEGIC, Aim, aim, call_of
from instruction.capacity.rules import DEFAULT_RULES
from instruction.models import EvidenceClass

SMALLEST = DEFAULT_RULES.min_teachers
WEAK = int(EvidenceClass.WEAK)
HALF_WIDTH = DEFAULT_RULES.z  # of an interval, in standard errors


class Cell(NamedTuple):
    """One school and element. What may not be shown is None; `few` says that 1 to 4 teachers were observed.

    gap is target - estimate, so that a shortfall is positive; p_below the probability of a shortfall; both are
    about `target`, the kind of target that was asked for. A map's cells have nothing from strategic_target on.
    Places among the schools are for who sees all of them.
    previous_estimate: that of the snapshot before, where a change may be told; n_new_teachers with it.
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
    strategic_target: float | None = None
    framework_target: float | None = None
    plan_target: float | None = None
    previous_estimate: float | None = None
    n_new_teachers: int | None = None
    p_neediest: float | None = None
    rank_low: int | None = None
    rank_high: int | None = None
    n_ranked: int | None = None

    @property
    def is_weak(self) -> bool:
        """Whether the evidence is thin."""
        return self.evidence == WEAK

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
        return call_of(self.p_below)

    @property
    def aims(self) -> tuple[Aim, Aim, Aim]:
        """What can be said against each kind of target: the strategic plan's, the school plan's, the framework's."""
        return (
            aim(STRATEGIC, self.strategic_target, self.estimate, self.se),
            aim(SCHOOL, self.plan_target, self.estimate, self.se),
            aim(FRAMEWORK, self.framework_target, self.estimate, self.se),
        )

    @property
    def change(self) -> float | None:
        """How far the estimate has moved since the snapshot before, in levels; None where that is not told."""
        if self.estimate is None or self.previous_estimate is None:
            return None
        return round(self.estimate - self.previous_estimate, 6)

    @property
    def moved(self) -> bool:
        """Whether it has moved by more than the margin of error: half of today's 90 % interval."""
        return self.change is not None and abs(self.change) > HALF_WIDTH * (self.se or 0.0)


def interval(estimate: float | None, se: float | None) -> tuple[float | None, float | None]:
    """Return the ends of the 90 % interval; None without an estimate."""
    if estimate is None or se is None:
        return None, None
    half = HALF_WIDTH * se
    return estimate - half, estimate + half


# A school with fewer than five teachers on its roster gives no row, and where fewer than five were observed
# the counts are blank, save to those who see its teachers' evidence anyway.
_CELLS = """
SELECT school_id, element_id, evidence, estimate, se, {target}, {gap}, {p_below}, {expected_below},
    CASE WHEN few THEN NULL ELSE n_ratings END, CASE WHEN few THEN NULL ELSE {n_observations} END,
    CASE WHEN few THEN NULL ELSE n_teachers END, CASE WHEN few THEN NULL ELSE {n_raters} END,
    roster_size, CASE WHEN few THEN NULL ELSE {last_seen} END, few{more}
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
_MORE = (
    ", target, framework_target, plan_target, previous_estimate,"
    " CASE WHEN previous_estimate IS NOT NULL THEN n_new_teachers END"
)
# A place among all schools says something of the others, so it is for who sees them all.
_PLACES = ", p_neediest, rank_low, rank_high, n_ranked"


@lru_cache(maxsize=48)
def _sql(reading: str, against: str, sees_all: bool) -> str:
    """Return the query of a reading of the map, or of everything where it is ""."""
    left_out: frozenset[str] = frozenset()
    if reading:
        left_out = _ALWAYS_LEFT_OUT if reading == "seen" else _ALWAYS_LEFT_OUT | {"last_seen"}
    elif against != STRATEGIC:
        left_out = frozenset({"p_below", "expected_below"})  # which are about the strategic plan's target
    target = COLUMNS[against]
    return _CELLS.format(
        target=target,
        gap="gap" if against == STRATEGIC else f"{target} - estimate",
        more="" if reading else _MORE + (_PLACES if sees_all else ""),
        **{name: "NULL" if name in left_out else name for name in _NAMES},
    )


def cells(
    scope: Scope,
    *,
    run_id: int,
    school_ids: Collection[int],
    element_ids: Collection[int],
    reading: str = "",
    against: str = STRATEGIC,
) -> list[Cell]:
    """Return the cells of schools, in no order; one query. Only schools that the caller sees are looked at.

    reading: leave out what this reading of the map does not show; "" leaves out nothing. against: the kind of
    target that `target`, `gap` and `p_below` are about.
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
        cursor.execute(_sql(reading, against, visible.everywhere), values)
        found = list(starmap(Cell, cursor.fetchall()))
    return found if reading or against == STRATEGIC else [_against(one, against) for one in found]


def _against(cell: Cell, kind: str) -> Cell:
    found = aim(kind, cell.target, cell.estimate, cell.se)
    return cell._replace(gap=found.gap, p_below=found.p_below)
