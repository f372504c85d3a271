"""Who leads or coaches, and how many lessons a term each may see at other schools."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from alignment_dash import schoolyear
from alignment_dash.access.policy import Data
from alignment_dash.access.scope import Scope
from instruction.models import VisitingObserver
from schools.models import StaffAssignment, StaffRole
from schools.names import name_of

ROLES = (
    StaffRole.PRINCIPAL_SUPERVISOR,
    StaffRole.PRINCIPAL,
    StaffRole.ASSISTANT_PRINCIPAL,
    StaffRole.COACH,
)


@dataclass(frozen=True, slots=True)
class Observer:
    """Someone who could observe elsewhere; lessons: how many a term they may, None where they may not."""

    person_id: int
    uid: UUID
    name: str
    role: str
    place: str
    lessons: int | None


@dataclass(frozen=True, slots=True)
class Permitted:
    """How many people may observe at other schools, and how many lessons a term between them."""

    people: int
    lessons: int


def permitted(scope: Scope, year: int) -> Permitted:
    """Return what the year's permissions add up to; one query."""
    if not scope.district_wide(Data.EVIDENCE_PLAN):
        return Permitted(0, 0)
    rows = VisitingObserver.objects.filter(school_year=year)
    given = list(rows.values_list("lessons", flat=True))
    return Permitted(len(given), sum(given))


def observers(scope: Scope, *, year: int, role: str = "", text: str = "") -> QuerySet[StaffAssignment]:
    """Return the people who lead, supervise or coach on the year's day, one line each, by name; one query.

    role: only who has that role; "permitted": only who may observe elsewhere. text: part of a name.
    """
    if not scope.district_wide(Data.EVIDENCE_PLAN):
        return StaffAssignment.objects.none()
    held = of_roles(schoolyear.roster_day(year)).select_related("person__identity", "org")
    given = VisitingObserver.objects.filter(person=OuterRef("person"), school_year=year)
    held = held.annotate(lessons=Subquery(given.values("lessons")[:1]))
    if role == "permitted":
        held = held.filter(lessons__isnull=False)
    elif role in ROLES:
        held = held.filter(role=role)
    for word in text.split()[:5]:
        held = held.filter(
            Q(person__identity__given_name__icontains=word) | Q(person__identity__family_name__icontains=word)
        )
    return held.order_by("person__identity__family_name", "person__identity__given_name", "pk")


def of_roles(day: date) -> QuerySet[StaffAssignment]:
    """Return the assignments that let people observe on a day; of a person with several, the main one."""
    there = StaffAssignment.objects.on(day).filter(role__in=ROLES)
    before = there.filter(person=OuterRef("person")).filter(
        Q(is_primary__gt=OuterRef("is_primary")) | Q(is_primary=OuterRef("is_primary"), pk__lt=OuterRef("pk"))
    )
    return there.filter(~Exists(before))


def line_of(held: StaffAssignment) -> Observer:
    """Return one line from a row of `observers`."""
    return Observer(
        person_id=held.person_id,
        uid=held.person.uid,
        name=name_of(held.person),
        role=held.get_role_display(),
        place=held.org.name,
        lessons=held.lessons,  # type: ignore[attr-defined]  # annotated
    )


def people(uids: list[UUID], *, year: int) -> dict[UUID, int]:
    """Return the ids of those of these people who may be asked to observe elsewhere; one query."""
    held = of_roles(schoolyear.roster_day(year)).filter(person__uid__in=uids)
    return dict(held.annotate(uid=F("person__uid")).values_list("uid", "person_id"))
