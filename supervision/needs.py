"""What a caseload is up against: its size beside the role's span, and where its schools fall short.

Pure: takes and returns small dataclasses, imports neither Django nor an app.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

# A principal supervisor supports 8 to 12 principals (Honig & Rainey 2015, p. 10).
SPAN_LOW = 8
SPAN_HIGH = 12


@dataclass(frozen=True, slots=True)
class Cell:
    """One school and element of a capacity snapshot.

    evidence: 0 not enough, 1 weak, 2 estimated. gap: target minus estimate, in levels (positive is below
    target), se its standard error, p_below the probability that the school is below; all None at evidence 0
    or without a target. very_likely: the probability from which it is said to be very likely below.
    """

    school_id: int
    element_id: int
    evidence: int
    gap: float | None
    se: float | None
    p_below: float | None
    n_observations: int
    n_teachers: int
    very_likely: float

    @property
    def is_shown(self) -> bool:
        """Say whether there is a gap to speak of."""
        return self.evidence > 0 and self.gap is not None

    @property
    def is_very_likely_below(self) -> bool:
        """Say whether the school is below target on this element with the probability that pages ask for."""
        return self.is_shown and self.p_below is not None and self.p_below >= self.very_likely


@dataclass(frozen=True, slots=True)
class SchoolNeed:
    """One school: the cell with the widest gap (None: no element has enough evidence), and counts of elements."""

    widest: Cell | None
    n_elements: int
    n_below: int
    n_unclear: int


@dataclass(frozen=True, slots=True)
class SharedNeed:
    """The element very likely below target in most schools: in `n_below` of the `n_estimated` with a figure."""

    element_id: int
    n_below: int
    n_estimated: int


@dataclass(frozen=True, slots=True)
class Need:
    """Our need index of one principal: 1 is the district's average, low to high its 90 % interval.

    The parts lie in 0 to 1; None: not known, and the index took the district's mean of that part.
    """

    index: float
    low: float
    high: float
    leadership: float | None = None
    tenure: float | None = None
    gaps: float | None = None
    size: float | None = None


@dataclass(frozen=True, slots=True)
class Total:
    """The need of a caseload: as many principals of average need, low to high its 90 % interval."""

    need: float
    low: float
    high: float


def total_of(needs: Iterable[Need], n_vacant: int = 0) -> Total:
    """Add up a caseload's needs; a vacant position counts as one principal of average need, without uncertainty.

    The half-widths add up as those of independent figures do: the root of the sum of their squares. Hand example:
    1.2 (0.9 to 1.5) and 0.8 (0.4 to 1.2) are 2.0 with a half-width of sqrt(0.09 + 0.16) = 0.5.
    """
    given = list(needs)
    need = sum(one.index for one in given) + n_vacant
    half = math.sqrt(sum(((one.high - one.low) / 2) ** 2 for one in given))
    return Total(need, max(0.0, need - half), need + half)


def span_of(principals: float) -> str:
    """Return "below", "within" or "above" the span of SPAN_LOW to SPAN_HIGH principals, both of them within."""
    if principals < SPAN_LOW:
        return "below"
    return "above" if principals > SPAN_HIGH else "within"


def need_of(cells: Sequence[Cell]) -> SchoolNeed:
    """Sum up one school's cells. Of equally wide gaps the firmer one is named, then the one of the lower id."""
    shown = [cell for cell in cells if cell.is_shown]
    widest = max(shown, key=lambda cell: (cell.gap, cell.evidence, -cell.element_id), default=None)
    return SchoolNeed(
        widest=widest,
        n_elements=len(cells),
        n_below=sum(cell.is_very_likely_below for cell in cells),
        n_unclear=len(cells) - len(shown),
    )


def shared_need(cells: Iterable[Cell]) -> SharedNeed | None:
    """Return the element that most of the schools share as a need; None where no school is very likely below.

    Of elements shared by as many schools, the one whose gaps there add up to more, then the lower id.
    """
    below: dict[int, list[float]] = defaultdict(list)
    estimated: dict[int, int] = defaultdict(int)
    for cell in cells:
        estimated[cell.element_id] += cell.is_shown
        if cell.is_very_likely_below:
            below[cell.element_id].append(cell.gap or 0.0)
    if not below:
        return None
    element_id = max(below, key=lambda key: (len(below[key]), sum(below[key]), -key))
    return SharedNeed(element_id, len(below[element_id]), estimated[element_id])
