"""From what the caseload job has read to the rows it writes: one for each school held, one for each caseload."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from instruction.capacity.rules import DEFAULT_RULES
from supervision.needs import Bounds, Need, SchoolNeed, SharedNeed, shared_needs, span_of, total_of
from supervision.reading import Evidence, Held


class SchoolRow(NamedTuple):
    """The fields of a CaseloadSchool, the run left out."""

    supervisor_id: int
    principal_id: int | None
    school_id: int
    principal_since: date | None
    roster_size: int
    n_elements: int
    n_elements_below: int
    n_elements_unclear: int
    element_id: int | None
    evidence: int
    gap: float | None
    se: float | None
    p_below: float | None
    n_observations: int
    n_teachers: int
    need: float | None
    need_low: float | None
    need_high: float | None
    part_leadership: float | None
    part_tenure: float | None
    part_gaps: float | None
    part_size: float | None
    need_se: float | None
    need_together: float | None


class SummaryRow(NamedTuple):
    """The fields of a CaseloadSummary, the run left out."""

    supervisor_id: int
    n_principals: int
    n_vacant: int
    n_schools: int
    span: str
    need: float
    need_low: float
    need_high: float
    need_span: str
    n_schools_below: int
    n_schools_unclear: int
    element_id: int | None
    n_element_below: int
    n_element_estimated: int


_NO_GAP = (None, 0, None, None, None, 0, 0)
_OF_NEED = attrgetter("index", "low", "high", "leadership", "tenure", "gaps", "size", "se", "together")
_NO_NEED = (None,) * 9


def school_rows(
    evidence: Evidence, schools: Mapping[int, SchoolNeed], needs: Mapping[int, Need]
) -> Iterator[SchoolRow]:
    """Yield a row for each school of a caseload; schools: `needs_of_schools`, needs: of each principal."""
    for held in evidence.held:
        widest, *counts = schools.get(held.school, SchoolNeed())
        need = needs.get(held.principal or 0)
        yield SchoolRow(
            *held,
            evidence.since.get((held.school, held.principal or 0)),
            evidence.teachers.get(held.school, 0),
            *counts,
            *(widest[1:] if widest else _NO_GAP),
            *(_OF_NEED(need) if need else _NO_NEED),
        )


def summary_rows(
    evidence: Evidence, schools: Mapping[int, SchoolNeed], needs: Mapping[int, Need], span: Bounds
) -> Iterator[SummaryRow]:
    """Yield a row for each caseload beside the span; schools and needs as for `school_rows`."""
    caseload_of = {held.school: held.supervisor for held in evidence.held}
    shared = shared_needs(evidence.cells, caseload_of, DEFAULT_RULES.very_likely)
    for supervisor, group in groupby(evidence.held, attrgetter("supervisor")):
        yield _summary(supervisor, list(group), shared.get(supervisor), schools, needs, span)


def _summary(
    supervisor: int,
    held: Sequence[Held],
    shared: SharedNeed | None,
    schools: Mapping[int, SchoolNeed],
    needs: Mapping[int, Need],
    span: Bounds,
) -> SummaryRow:
    of_schools = [schools.get(school, SchoolNeed()) for school in {one.school for one in held}]
    principals = dict.fromkeys(one.principal for one in held if one.principal)
    n_vacant = sum(one.principal is None for one in held)
    total = total_of((needs[one] for one in principals), n_vacant)
    return SummaryRow(
        supervisor_id=supervisor,
        n_principals=len(principals),
        n_vacant=n_vacant,
        n_schools=len(of_schools),
        span=span_of(len(principals) + n_vacant, span),
        need=total.need,
        need_low=total.low,
        need_high=total.high,
        need_span=span_of(round(total.need, 1), span),
        n_schools_below=sum(one.n_below > 0 for one in of_schools),
        n_schools_unclear=sum(one.n_elements > 0 and one.widest is None for one in of_schools),
        element_id=shared.element_id if shared else None,
        n_element_below=shared.n_below if shared else 0,
        n_element_estimated=shared.n_estimated if shared else 0,
    )
