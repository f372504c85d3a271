"""The caseload job: reads caseloads and the published capacity snapshot, writes a caseload snapshot."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.db.models import Count, Q

from alignment_dash.runs import actions as runs
from alignment_dash.runs.models import Publication, Run
from alignment_dash.runs.queries import Snapshot, snapshot
from alignment_dash.runs.registry import Progress
from alignment_dash.schoolyear import roster_day
from instruction import snapshots
from instruction.capacity.rules import DEFAULT_RULES
from instruction.models import FrameworkVersion, SchoolCapacity
from schools.models import School, StaffAssignment, StaffRole
from supervision.actions import sync_all_grants
from supervision.models import CaseloadAssignment, CaseloadSchool, CaseloadSummary
from supervision.needs import Cell, need_of, shared_need, span_of

METHOD = "span-and-widest-gap-1"


def perform(run: Run, progress: Progress) -> None:
    """Sum up every caseload of the year's roster day. Without a capacity snapshot, gaps stay empty."""
    sync_all_grants(by=run.requested_by)
    day = roster_day(run.school_year)
    capacity = teaching_capacity(run.school_year)
    caseloads = _caseloads(day)
    cells = _cells(capacity, [held.school_id for each in caseloads.values() for held in each])
    with transaction.atomic():
        _clear(run, day)
        for done, each in enumerate(caseloads.values()):
            progress(done, len(caseloads))
            _write(run, each, cells, day)
    runs.describe(
        run=run,
        method=METHOD,
        roster_date=day,
        capacity_run=capacity.uid if capacity else None,
        capacity_computed_at=capacity.computed_at.isoformat() if capacity else None,
        schools_without=School.objects.on(day).exclude(caseload_assignments__during__contains=day).count(),
    )


def teaching_capacity(year: int) -> Snapshot | None:
    """Return the published capacity snapshot of the year for the district's framework for teaching."""
    version = FrameworkVersion.objects.in_force(year).teaching().first()
    if version is None:
        return None
    return snapshot(kind=snapshots.KIND, school_year=year, subject=str(version.framework.uid))


def _clear(run: Run, day: date) -> None:
    """Drop the rows of an attempt that was cut off, and of the month's earlier runs but for the one that stands."""
    month = Q(run__roster_date__year=day.year, run__roster_date__month=day.month)
    standing = Publication.objects.filter(kind=run.kind, run__isnull=False).values("run")
    old = Q(run__kind=run.kind, run__school_year=run.school_year) & month & ~Q(run__in=standing)
    CaseloadSummary.objects.filter(old | Q(run=run)).delete()
    CaseloadSchool.objects.filter(old | Q(run=run)).delete()


def _caseloads(day: date) -> dict[int, list[CaseloadAssignment]]:
    by_supervisor = defaultdict(list)
    for held in CaseloadAssignment.objects.on(day).order_by("supervisor_id", "pk"):
        by_supervisor[held.supervisor_id].append(held)
    return by_supervisor


def _cells(capacity: Snapshot | None, schools: Sequence[int]) -> dict[int, list[Cell]]:
    by_school: dict[int, list[Cell]] = defaultdict(list)
    if capacity is None:
        return by_school
    fields = [
        "school_id", "element_id", "evidence", "gap", "se", "p_below", "n_observations", "n_teachers",
    ]  # fmt: skip
    rows = SchoolCapacity.objects.filter(run_id=capacity.run_id, school__in=schools).values(*fields)
    for row in rows.iterator():
        by_school[row["school_id"]].append(Cell(**row, very_likely=DEFAULT_RULES.very_likely))
    return by_school


def _write(run: Run, held: list[CaseloadAssignment], cells: dict[int, list[Cell]], day: date) -> None:
    schools = [each.school_id for each in held]
    sizes, since = _teachers(schools, day), _principals_since(schools, day)
    rows = [_school_row(run, each, cells[each.school_id], sizes, since) for each in held]
    CaseloadSchool.objects.bulk_create(rows)
    shared = shared_need(cell for school in schools for cell in cells[school])
    n_principals = len({each.principal_id for each in held})
    CaseloadSummary.objects.create(
        run=run,
        supervisor_id=held[0].supervisor_id,
        n_principals=n_principals,
        n_schools=len(rows),
        span=span_of(n_principals),
        n_schools_below=sum(row.n_elements_below > 0 for row in rows),
        n_schools_unclear=sum(row.n_elements > 0 and row.element_id is None for row in rows),
        element_id=shared.element_id if shared else None,
        n_element_below=shared.n_below if shared else 0,
        n_element_estimated=shared.n_estimated if shared else 0,
    )


def _school_row(
    run: Run,
    held: CaseloadAssignment,
    cells: list[Cell],
    sizes: dict[int, int],
    since: dict[tuple[int, int], date | None],
) -> CaseloadSchool:
    need = need_of(cells)
    row = CaseloadSchool(
        run=run,
        supervisor_id=held.supervisor_id,
        principal_id=held.principal_id,
        school_id=held.school_id,
        principal_since=since.get((held.school_id, held.principal_id)),
        roster_size=sizes.get(held.school_id, 0),
        n_elements=need.n_elements,
        n_elements_below=need.n_below,
        n_elements_unclear=need.n_unclear,
    )
    if need.widest:
        row.element_id, row.evidence = need.widest.element_id, need.widest.evidence
        row.gap, row.se, row.p_below = need.widest.gap, need.widest.se, need.widest.p_below
        row.n_observations, row.n_teachers = need.widest.n_observations, need.widest.n_teachers
    return row


def _teachers(schools: list[int], day: date) -> dict[int, int]:
    counts = (
        StaffAssignment.objects.on(day)
        .filter(org__in=schools, role=StaffRole.TEACHER)
        .values("org_id")
        .annotate(n=Count("person", distinct=True))
    )
    return {row["org_id"]: row["n"] for row in counts}


def _principals_since(schools: list[int], day: date) -> dict[tuple[int, int], date | None]:
    found = StaffAssignment.objects.on(day).filter(org__in=schools, role=StaffRole.PRINCIPAL)
    return {(each.org_id, each.person_id): each.during.lower for each in found}
