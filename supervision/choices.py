"""What a form about caseloads offers: who may have one, the schools, and the assignments that last."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from alignment_dash.access.models import RoleGrant
from alignment_dash.access.roles import Role
from schools.models import Person, School, StaffAssignment, StaffRole
from schools.names import name_of
from supervision.models import CaseloadAssignment

Groups = list[tuple[str, list[tuple[str, str]]]]


def supervisors(day: date) -> QuerySet[Person]:
    """Who may be given a caseload on `day`, by name: principal supervisors first, then the central office.

    Annotated with `rank`, 0 for whom the roster, a role or a caseload makes a principal supervisor, else 1:
    rosters often know the central office only as a whole.
    """
    assigned = StaffAssignment.objects.on(day)
    roles = RoleGrant.objects.on(day).filter(role=Role.SUPERVISOR, user=OuterRef("user"))
    is_supervisor = (
        Exists(assigned.filter(person=OuterRef("pk"), role=StaffRole.PRINCIPAL_SUPERVISOR))
        | Exists(roles)
        | Exists(_lasting(day).filter(supervisor=OuterRef("pk")))
    )
    in_office = Exists(assigned.filter(person=OuterRef("pk"), role=StaffRole.CENTRAL_OFFICE))
    rank = Case(When(is_supervisor, then=Value(0)), default=Value(1), output_field=IntegerField())
    found = Person.objects.filter(Q(is_supervisor) | Q(in_office)).annotate(rank=rank)
    return found.select_related("identity").order_by("rank", "identity__family_name", "identity__given_name")


def schools(day: date) -> QuerySet[Any]:
    """Return the schools of `day` by name, annotated with network_name and with `led`: has a supervisor."""
    led = Exists(_lasting(day).filter(school=OuterRef("pk")))
    return School.objects.on(day).with_network().annotate(led=led).order_by("name", "pk")


def lasting(supervisor: Person, day: date) -> QuerySet[CaseloadAssignment]:
    """Return a supervisor's assignments that hold on `day` or later, by the school's name."""
    found = _lasting(day).filter(supervisor=supervisor)
    return found.select_related("school", "principal__identity").order_by("school__name", "during")


def supervisor_groups(people: Iterable[Any]) -> Groups:
    """Group `supervisors` for a select."""
    named = [(one.rank, (str(one.uid), name_of(one))) for one in people]
    groups = [
        (_("Principal supervisors"), [choice for rank, choice in named if not rank]),
        (_("Central office"), [choice for rank, choice in named if rank]),
    ]
    return [group for group in groups if group[1]]


def school_groups(found: Iterable[Any]) -> Groups:
    """Group `schools` for a select: those that need a supervisor come first."""
    named = [(one.led, (str(one.uid), _school_label(one))) for one in found]
    groups = [
        (_("Without a principal supervisor"), [choice for led, choice in named if not led]),
        (_("With a principal supervisor"), [choice for led, choice in named if led]),
    ]
    return [group for group in groups if group[1]]


def assignment_label(held: CaseloadAssignment) -> str:
    """Name an assignment by its school, principal and first day."""
    day = date_format(held.during.lower, "M j, Y")
    return _("{school}: {principal}, since {day}").format(
        school=held.school.name, principal=leader_of(held), day=day
    )


def leader_of(held: CaseloadAssignment) -> str:
    """Name the principal of an assignment, or say that the position is vacant."""
    return name_of(held.principal) if held.principal else _("vacant position")


def _school_label(school: Any) -> str:
    return f"{school.name} ({school.network_name})" if school.network_name else school.name


def _lasting(day: date) -> QuerySet[CaseloadAssignment]:
    return CaseloadAssignment.objects.filter(during__overlap=DateRange(day, None))
