"""From what the caseload job has read to the rows it writes: one for each school held, one for each caseload."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any

from instruction.capacity.rules import DEFAULT_RULES
from supervision.needs import (
    Need,
    SchoolNeed,
    SharedNeed,
    needs_of_schools,
    shared_needs,
    span_of,
    total_of,
)
from supervision.reading import Evidence, Held

Row = dict[str, Any]


def school_rows(evidence: Evidence, needs: Mapping[int, Need]) -> Iterator[Row]:
    """Yield the fields of a CaseloadSchool for each row of a caseload, the run left out."""
    schools = needs_of_schools(evidence.cells, DEFAULT_RULES.very_likely)
    for held in evidence.held:
        yield {
            "supervisor_id": held.supervisor,
            "principal_id": held.principal,
            "school_id": held.school,
            "principal_since": evidence.since.get((held.school, held.principal or 0)),
            "roster_size": evidence.teachers.get(held.school, 0),
            **_gap_fields(schools.get(held.school, SchoolNeed())),
            **_need_fields(needs.get(held.principal or 0)),
        }


def summary_rows(evidence: Evidence, needs: Mapping[int, Need], rows: Sequence[Row]) -> Iterator[Row]:
    """Yield the fields of a CaseloadSummary for each caseload, the run left out; rows: those of `school_rows`."""
    shown = {row["school_id"]: row for row in rows}
    caseload_of = {held.school: held.supervisor for held in evidence.held}
    shared = shared_needs(evidence.cells, caseload_of, DEFAULT_RULES.very_likely)
    for supervisor, group in groupby(evidence.held, attrgetter("supervisor")):
        yield _summary(list(group), shared.get(supervisor), needs, shown) | {"supervisor_id": supervisor}


def _summary(
    held: list[Held], shared: SharedNeed | None, needs: Mapping[int, Need], shown: Mapping[int, Row]
) -> Row:
    schools = dict.fromkeys(one.school for one in held)
    principals = dict.fromkeys(one.principal for one in held if one.principal)
    n_vacant = sum(one.principal is None for one in held)
    total = total_of((needs[one] for one in principals), n_vacant)
    return {
        "n_principals": len(principals),
        "n_vacant": n_vacant,
        "n_schools": len(schools),
        "span": span_of(len(principals) + n_vacant),
        "need": total.need,
        "need_low": total.low,
        "need_high": total.high,
        "need_span": span_of(round(total.need, 1)),
        "n_schools_below": sum(shown[one]["n_elements_below"] > 0 for one in schools),
        "n_schools_unclear": sum(
            shown[one]["n_elements"] > 0 and shown[one]["element_id"] is None for one in schools
        ),
        "element_id": shared.element_id if shared else None,
        "n_element_below": shared.n_below if shared else 0,
        "n_element_estimated": shared.n_estimated if shared else 0,
    }


def _gap_fields(need: SchoolNeed) -> Row:
    widest = need.widest
    return {
        "element_id": widest.element_id if widest else None,
        "gap": widest.gap if widest else None,
        "se": widest.se if widest else None,
        "p_below": widest.p_below if widest else None,
        "evidence": widest.evidence if widest else 0,
        "n_observations": widest.n_observations if widest else 0,
        "n_teachers": widest.n_teachers if widest else 0,
        "n_elements": need.n_elements,
        "n_elements_below": need.n_below,
        "n_elements_unclear": need.n_unclear,
    }


def _need_fields(need: Need | None) -> Row:
    return {
        "need": need.index if need else None,
        "need_low": need.low if need else None,
        "need_high": need.high if need else None,
        "part_leadership": need.leadership if need else None,
        "part_tenure": need.tenure if need else None,
        "part_gaps": need.gaps if need else None,
        "part_size": need.size if need else None,
        "need_se": need.se if need else None,
        "need_together": need.together if need else None,
    }
