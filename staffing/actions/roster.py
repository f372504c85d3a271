"""Positions for a district that has given a roster and no list of positions."""

from collections import defaultdict
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Exists, OuterRef, QuerySet

from alignment_dash.access import audit
from alignment_dash.access.database import refresh_statistics
from alignment_dash.access.models import User
from alignment_dash.schoolyear import bounds, year_of
from schools.models import District, OrgType, StaffAssignment
from staffing.models import Incumbency, JobClass, Position

BATCH = 2000


@dataclass(frozen=True, slots=True)
class FromRoster:
    """How many positions were made, vacancies filled, and incumbencies moved to where the roster ends them now."""

    positions: int
    filled: int
    moved: int


@transaction.atomic
def positions_from_assignments(*, by: User | None, day: date) -> FromRoster:
    """Give every assignment that a school's roster has on `day` a position, and follow its later changes.

    An assignment first takes the position of its job class at its school that the roster has left vacant
    longest by then, else gets a new one; whoever holds a position of that class there already is passed over.
    A position stays budgeted when its assignment ends, and so is a vacancy. FTE is 1 divided by how many such
    assignments the person has on the day, to two decimals, for rosters do not say it. Safe to repeat.
    """
    district = District.objects.select_for_update().first()  # one at a time: a second click finds all done
    moved, let_go = _follow_roster()
    filled, made = [], []
    shares = _assignments_per_person(day)
    vacant = _vacant_by_place(day)
    for assignment in _without_position(day):
        start = let_go.get(assignment.pk) or assignment.during.lower or bounds(year_of(day))[0]
        during = DateRange(start, assignment.during.upper)
        place = vacant[assignment.org_id, assignment.role]
        position = place.pop(0) if place and place[0].vacant_since <= start else None
        if position is None:
            position = _new_position(assignment, start, shares[assignment.person_id])
            made.append(position)
        filled.append(
            Incumbency(
                position=position, person_id=assignment.person_id, assignment=assignment, during=during
            )
        )
    Position.objects.bulk_create(made, batch_size=BATCH)
    Incumbency.objects.bulk_create(filled, batch_size=BATCH)
    if len(filled) >= BATCH:  # or what asks next, such as doing this again, takes a minute
        refresh_statistics([Position._meta.db_table, Incumbency._meta.db_table])
    done = FromRoster(positions=len(made), filled=len(filled) - len(made), moved=moved)
    audit.record(
        act="position.from_roster",
        target=district or District(pk=1),
        by=by,
        detail={"day": day.isoformat(), **asdict(done)},
    )
    return done


def _new_position(assignment: StaffAssignment, start: date, share: int) -> Position:
    return Position(
        school_id=assignment.org_id,
        title=assignment.title or str(JobClass(assignment.role).label),
        job_class=assignment.role,
        fte=round(Decimal(1) / share, 2),
        during=DateRange(start, None),
    )


def _placed(day: date) -> QuerySet[StaffAssignment]:
    return StaffAssignment.objects.on(day).filter(org__type=OrgType.SCHOOL, role__in=JobClass.values)


def _assignments_per_person(day: date) -> dict[int, int]:
    shares: dict[int, int] = defaultdict(int)
    for person_id in _placed(day).values_list("person_id", flat=True):
        shares[person_id] += 1
    return shares


def _without_position(day: date) -> list[StaffAssignment]:
    """Assignments of the day that no incumbency follows and whose person holds no such position there."""
    holds = Incumbency.objects.on(day).filter(
        person=OuterRef("person"), position__school=OuterRef("org"), position__job_class=OuterRef("role")
    )
    return list(_placed(day).filter(~Exists(holds), incumbency=None).order_by("during", "pk"))


def _vacant_by_place(day: date) -> dict[tuple[int, str], list[Any]]:
    """Positions that the roster made and has left vacant for good, longest vacant first, by school and class."""
    from_roster = Incumbency.objects.filter(position=OuterRef("pk"), assignment__isnull=False)
    still_to_come = Incumbency.objects.filter(position=OuterRef("pk"), during__startswith__gt=day)
    found = (
        Position.objects.on(day)
        .open(day)
        .with_incumbent(day)
        .filter(Exists(from_roster), ~Exists(still_to_come))
        .order_by("vacant_since", "pk")
    )
    by_place: dict[tuple[int, str], list[Any]] = defaultdict(list)
    for position in found:
        by_place[position.school_id, position.job_class].append(position)
    return by_place


def _follow_roster() -> tuple[int, dict[int, date]]:
    """Move incumbencies to where the roster has moved the ends of their assignments.

    Return how many, and the assignments let go of because someone else holds their position by now, each with
    the first day for which it needs another.
    """
    moved, let_go = 0, {}
    followed = Incumbency.objects.filter(assignment__isnull=False).select_related("assignment")
    for held in followed.iterator(BATCH):
        upper, begins = held.assignment.during.upper, held.during.lower
        if upper == held.during.upper and not held.assignment.during.isempty:
            continue
        if held.assignment.during.isempty or (upper and upper <= begins):
            held.delete()  # it never was; the change log keeps it
            moved += 1
            continue
        wanted = DateRange(begins, upper)
        others = Incumbency.objects.filter(position_id=held.position_id, during__overlap=wanted)
        if others.exclude(pk=held.pk).exists():
            let_go[held.assignment_id] = held.during.upper
            held.assignment = None
        else:
            held.during = wanted
            moved += 1
        held.save(update_fields=["during", "assignment"])
    return moved, let_go
