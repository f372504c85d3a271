"""Whom a form offers for a vacancy: the school's own people without a position, else whoever has a name."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from alignment_dash.access.policy import Action, Data
from alignment_dash.access.scope import Scope
from schools.models import Person, School, StaffAssignment
from schools.names import name_of
from staffing.models import Incumbency, JobClass, Position

# How many people of a name are offered.
FOUND = 20


def position_to_change(scope: Scope, uid: UUID) -> Position | None:
    """Return the position if the caller may change it, with its school."""
    schools = School.objects.visible_to(scope.schools(Data.STAFFING, Action.CHANGE))
    return Position.objects.in_schools(schools.values("pk")).filter(uid=uid).select_related("school").first()


def school_to_change(scope: Scope, uid: UUID) -> School | None:
    """Return the school if the caller may change its positions."""
    found: School | None = (
        School.objects.visible_to(scope.schools(Data.STAFFING, Action.CHANGE)).filter(uid=uid).first()
    )
    return found


def holder(position: Position, day: date) -> Person | None:
    """Return who holds a position on `day`."""
    held = Incumbency.objects.on(day).filter(position=position).select_related("person__identity").first()
    return held.person if held else None


def people(day: date) -> QuerySet[Person]:
    """Everyone the roster has on `day` or later, by name, with where they work as `placed`."""
    lasting = StaffAssignment.objects.filter(during__overlap=DateRange(day, None))
    placed = Prefetch("assignments", queryset=lasting.select_related("org").order_by("pk"), to_attr="placed")
    found = Person.objects.filter(Exists(lasting.filter(person=OuterRef("pk"))))
    return (
        found.select_related("identity")
        .prefetch_related(placed)
        .order_by("identity__family_name", "identity__given_name", "pk")
    )


def without_position(school_id: int, day: date) -> QuerySet[Person]:
    """Keep of `people` those whom the roster has at the school on `day` and who hold no position anywhere."""
    here = StaffAssignment.objects.on(day).filter(
        person=OuterRef("pk"), org=school_id, role__in=JobClass.values
    )
    held = Incumbency.objects.on(day).filter(person=OuterRef("pk"))
    return people(day).filter(Exists(here), ~Exists(held))


def named(words: str, day: date) -> Sequence[Person]:
    """Return up to FOUND + 1 of `people` whose names hold each of the words; none for no word."""
    parts = words.split()
    if not parts:
        return []
    found = people(day)
    for part in parts:
        found = found.filter(
            Q(identity__family_name__icontains=part)
            | Q(identity__given_name__icontains=part)
            | Q(identity__preferred_given_name__icontains=part)
        )
    return list(found[: FOUND + 1])


def label_of(person: Any) -> str:
    """Name one of `people` with what they do where, for names repeat."""
    places = ", ".join(f"{one.get_role_display()}, {one.org.name}" for one in person.placed[:2])
    return f"{name_of(person)} ({places})"
