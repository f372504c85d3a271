"""What a caseload is up against: its size beside the role's span, and where its schools fall short.

Pure: takes and returns small dataclasses, imports neither Django nor an app.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

# Standard errors in half of a 90 % interval.
HALF_WIDTH = 1.6449


Table = npt.NDArray[Any]
# A row of a table of cells: one school and element of a capacity snapshot. evidence: 0 not enough, 1 weak, 2
# estimated. gap: target minus estimate, in levels (positive is below target), se its standard error, p_below the
# probability that the school is below; all nan at evidence 0 or without a target.
CELL_COLUMNS = {
    "school": ">i8", "element": ">i8", "evidence": ">i2", "gap": ">f8", "se": ">f8", "p_below": ">f8",
    "n_observations": ">i4", "n_teachers": ">i4",
}  # fmt: skip


class Bounds(NamedTuple):
    """The least and the most principals of a span, both of them within it."""

    low: int
    high: int

    @property
    def paper(self) -> "Bounds":
        """The literature's span, which a page names beside the district's own."""
        return PAPER_SPAN

    @property
    def is_own(self) -> bool:
        """Say whether it is another than the literature's."""
        return self != PAPER_SPAN


# A principal supervisor supports 8 to 12 principals (Honig & Rainey 2015, p. 10).
PAPER_SPAN = Bounds(8, 12)


class Cell(NamedTuple):
    """One row of a table of cells, with its gap known."""

    school_id: int
    element_id: int
    evidence: int
    gap: float
    se: float | None
    p_below: float | None
    n_observations: int
    n_teachers: int


class SchoolNeed(NamedTuple):
    """One school: the cell with the widest gap (None: no element has enough evidence), and counts of elements."""

    widest: Cell | None = None
    n_elements: int = 0
    n_below: int = 0
    n_unclear: int = 0


@dataclass(frozen=True, slots=True)
class SharedNeed:
    """The element very likely below target in most schools: in `n_below` of the `n_estimated` with a figure."""

    element_id: int
    n_below: int
    n_estimated: int


@dataclass(frozen=True, slots=True)
class Need:
    """Our need index of one principal: 1 is the district's average, low to high its 90 % interval.

    se: its standard error; together: the part of it that principals of one caseload may share, at most se. The parts lie in 0 to 1; None: not known, and the index took the district's mean of that part.
    """

    index: float
    low: float
    high: float
    leadership: float | None = None
    tenure: float | None = None
    gaps: float | None = None
    size: float | None = None
    se: float = 0.0
    together: float = 0.0


@dataclass(frozen=True, slots=True)
class Total:
    """The need of a caseload: as many principals of average need, low to high its 90 % interval."""

    need: float
    low: float
    high: float


def total_of(needs: Iterable[Need], n_vacant: int = 0) -> Total:
    """Add up a caseload's needs; a vacant position counts as one principal of average need, without uncertainty.

    What may be shared is taken as moving together, and adds up; the rest as independent, and adds up as squares do.
    The interval is never wider than the intervals added up. Hand example: errors of 0.3 and 0.4, of which nothing is
    shared, make 0.5; if all of it is, 0.7; if 0.3 and 0.0 are, sqrt(0.3^2 + 0.4^2) = 0.5.
    """
    given = list(needs)
    need = sum(one.index for one in given) + n_vacant
    together = sum(one.together for one in given)
    alone = sum(max(0.0, one.se**2 - one.together**2) for one in given)
    half = HALF_WIDTH * math.sqrt(together**2 + alone)
    low, high = (n_vacant + sum(ends) for ends in ([one.low for one in given], [one.high for one in given]))
    return Total(need, max(low, need - half), min(high, need + half))


def span_of(principals: float, span: Bounds) -> str:
    """Return "below", "within" or "above" a span, both of whose bounds are within it."""
    if principals < span.low:
        return "below"
    return "above" if principals > span.high else "within"


def needs_of_schools(cells: Table, very_likely: float) -> dict[int, SchoolNeed]:
    """Sum up each school's cells; very_likely: the probability from which one is very likely below target.

    Of equally wide gaps the firmer one is named, then the one of the lower id.
    """
    shown, below = _shown(cells), _below(cells, very_likely)
    schools, row, n = np.unique(cells["school"], return_inverse=True, return_counts=True)
    gap = np.where(shown, cells["gap"], -np.inf)
    order = np.lexsort((-cells["element"], cells["evidence"], gap, row))
    widest = order[np.cumsum(n) - 1]
    counted = zip(
        schools.tolist(),
        n.tolist(),
        np.bincount(row, below, len(n)).astype(int).tolist(),
        np.bincount(row, ~shown, len(n)).astype(int).tolist(),
        cells[widest][list(CELL_COLUMNS)].tolist(),
        strict=True,
    )
    return {
        school: SchoolNeed(_cell(one) if n_unclear < n_elements else None, n_elements, n_below, n_unclear)
        for school, n_elements, n_below, n_unclear, one in counted
    }


def shared_needs(cells: Table, caseload_of: Mapping[int, int], very_likely: float) -> dict[int, SharedNeed]:
    """Return the element that most schools of a caseload share as a need, by caseload; none where no school has one.

    caseload_of: by school; schools of none are left out. Of elements shared by as many schools, the one whose gaps
    there add up to more, then the lower id.
    """
    schools, at = np.unique(cells["school"], return_inverse=True)
    caseload = np.array([caseload_of.get(school, -1) for school in schools.tolist()], dtype=np.int64)[at]
    elements, element = np.unique(cells["element"], return_inverse=True)
    caseloads, row = np.unique(caseload, return_inverse=True)
    key, size = row * len(elements) + element, len(caseloads) * len(elements)
    below, shown = _below(cells, very_likely), _shown(cells)
    n_below = np.bincount(key, below, size)
    gaps = np.bincount(key, np.where(below, cells["gap"], 0.0), size)
    n_shown = np.bincount(key, shown, size).astype(int)
    order = np.lexsort(
        (np.tile(-elements, len(caseloads)), gaps, n_below, np.arange(size) // max(len(elements), 1))
    )
    best = order[len(elements) - 1 :: len(elements)] if size else order
    return {
        int(one): SharedNeed(int(elements[place % len(elements)]), int(n_below[place]), int(n_shown[place]))
        for one, place in zip(caseloads.tolist(), best.tolist(), strict=True)
        if one >= 0 and n_below[place]
    }


def _shown(cells: Table) -> npt.NDArray[np.bool_]:
    """Say of each cell whether there is a gap to speak of."""
    return (cells["evidence"] > 0) & ~np.isnan(cells["gap"])


def _below(cells: Table, very_likely: float) -> npt.NDArray[np.bool_]:
    """Say of each cell whether the school is below target with the probability that pages ask for."""
    return _shown(cells) & (cells["p_below"] >= very_likely)


def _cell(row: tuple[Any, ...]) -> Cell:
    school, element, evidence, gap, se, p_below, n_observations, n_teachers = row
    return Cell(school, element, evidence, gap, _known(se), _known(p_below), n_observations, n_teachers)


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value
