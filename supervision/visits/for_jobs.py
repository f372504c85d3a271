"""What jobs that send notices ask of visits: plain counts over the district, to be called with every row open."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from django.db.models import Max

from supervision.models import (
    CaseloadAssignment,
    Commitment,
    CommitmentBy,
    CommitmentState,
    Visit,
    VisitState,
)


class LastVisit(NamedTuple):
    """When a principal in a caseload was last visited at a school; last None: never. since: in the caseload since."""

    supervisor_id: int
    principal_id: int
    school_id: int
    last: date | None
    since: date


def overdue_by_person(day: date) -> dict[int, int]:
    """Return how many of each person's own commitments are overdue on `day`, by person id; two queries.

    A principal's are the principal's; a supervisor's are of whoever has the principal in a caseload that day.
    To be called within `reach.all_rows`.
    """
    late = Commitment.objects.filter(state=CommitmentState.OPEN, due__lt=day)
    rows = list(late.values_list("by", "principal_id", "school_id"))
    supervisors = {(one.school_id, one.principal_id): one.supervisor_id for one in _caseloads(day)}
    found: dict[int, int] = {}
    for by, principal, school in rows:
        person = principal if by == CommitmentBy.PRINCIPAL else supervisors.get((school, principal))
        if person is not None:
            found[person] = found.get(person, 0) + 1
    return found


def last_visits_of_all(day: date) -> Iterator[LastVisit]:
    """Yield, for every principal in a caseload on `day`, when they were last visited there; two queries."""
    done = Visit.objects.filter(state=VisitState.DONE, day__lte=day)
    rows = done.order_by().values_list("school_id", "principal_id").annotate(last=Max("day"))
    last = {(school, principal): found for school, principal, found in rows}
    for one in _caseloads(day):
        if one.principal_id is None:
            continue
        key = (one.school_id, one.principal_id)
        yield LastVisit(one.supervisor_id, key[1], key[0], last.get(key), one.during.lower)


def _caseloads(day: date) -> list[CaseloadAssignment]:
    return list(CaseloadAssignment.objects.on(day).order_by("pk"))
