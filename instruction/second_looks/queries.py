"""Second looks as one caller sees them: of cells, of a school, and as a list."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from alignment_dash.access.policy import Action, Data
from alignment_dash.access.scope import Scope
from instruction.models import (
    Element,
    ElementVersion,
    Moment,
    PlanStanding,
    PlanState,
    SecondLook,
    VersionState,
)
from schools.models import Org, School

OPEN, WITH_OUTCOME = "open", "with-outcome"
NEWEST = 200


@dataclass(frozen=True, slots=True)
class LookFilters:
    """Which second looks are listed; "" for all, year None for all years."""

    state: str = ""
    school: str = ""
    element: str = ""
    year: int | None = None


@dataclass(frozen=True, slots=True)
class OfCell:
    """What is written about a cell: second looks, the newest first, and the school's own views of its figure.

    may_record: the caller may record a second look there.
    """

    school: Org
    element_uid: UUID
    looks: list[SecondLook] = field(default_factory=list)
    views: list[PlanStanding] = field(default_factory=list)
    may_record: bool = False


def visible_looks(scope: Scope, action: Action = Action.VIEW) -> QuerySet[SecondLook]:
    """Keep the second looks at schools that the caller sees them of."""
    schools = scope.schools(Data.SECOND_LOOKS, action)
    looks = SecondLook.objects.select_related("school", "element", "by", "outcome_by")
    return looks if schools.everywhere else looks.filter(school__in=schools.ids)


def second_looks(
    scope: Scope, cells: Iterable[tuple[int, int]], *, until: int | None = None
) -> dict[tuple[int, int], list[SecondLook]]:
    """Return the second looks of cells, (school id, element id), the newest first; one query, or none.

    until: leave out those of later school years. Earlier years' stay: a new look knows what was found before.
    """
    wanted = set(cells)
    if not wanted or not scope.may(Data.SECOND_LOOKS):
        return {}
    looks = visible_looks(scope).filter(
        school__in={school for school, _element in wanted},
        element__in={element for _school, element in wanted},
    )
    if until is not None:
        looks = looks.filter(school_year__lte=until)
    found: dict[tuple[int, int], list[SecondLook]] = {}
    for look in looks.order_by("-looked_on", "-pk"):
        if (look.school_id, look.element_id) in wanted:
            found.setdefault((look.school_id, look.element_id), []).append(look)
    return found


def cells_with_looks(scope: Scope, school_ids: Collection[int], year: int) -> dict[tuple[int, int], int]:
    """Return how many second looks a school year has of each cell of schools; one query, or none."""
    if not scope.may(Data.SECOND_LOOKS):
        return {}
    counts: dict[tuple[int, int], int] = {}
    looks = SecondLook.objects.filter(school__in=school_ids, school_year=year)
    schools = scope.schools(Data.SECOND_LOOKS)
    for school, element in looks.values_list("school_id", "element_id"):
        if school in schools:
            counts[school, element] = counts.get((school, element), 0) + 1
    return counts


def looks_stamp(year: int) -> str:
    """Return what changes whenever a school year gets a second look: their number and the newest; one query.

    It says nothing about schools, so it takes no scope; a page kept under it does.
    """
    # In SQL: a repeated view of the map does little else, and the queryset would take longer than the statement.
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), coalesce(max(id), 0) FROM instruction_secondlook WHERE school_year = %s", [year]
        )
        n, newest = cursor.fetchone()
    return f"{n}:{newest}"


def of_cell(scope: Scope, school: Org, element_id: int, element_uid: UUID, year: int) -> OfCell:
    """Return what is written about one cell; two queries."""
    looks = second_looks(scope, [(school.pk, element_id)], until=year)
    return OfCell(
        school=school,
        element_uid=element_uid,
        looks=looks.get((school.pk, element_id), []),
        views=own_views(scope, school.pk, [element_id], year),
        may_record=school.pk in scope.schools(Data.SECOND_LOOKS, Action.CHANGE),
    )


def own_views(scope: Scope, school_id: int, element_ids: Collection[int], year: int) -> list[PlanStanding]:
    """Return where the school's plan of a year sees elements differently, for who reads the plan; one query, or none."""
    if school_id not in scope.schools(Data.SCHOOL_PLAN):
        return []
    of_school = school_id in scope.schools(Data.SCHOOL_PLAN, Action.CHANGE) or school_id in scope.schools(
        Data.PERSON_EVIDENCE
    )
    shared = Q() if of_school else ~Q(plan__state=PlanState.DRAFT)
    views = PlanStanding.objects.filter(
        shared, plan__school=school_id, plan__school_year=year, element__in=element_ids
    )
    order = {moment.value: place for place, moment in enumerate(Moment)}
    said = views.exclude(own_view="").select_related("element")
    return sorted(said, key=lambda one: order[one.moment])


def looks_of_school(scope: Scope, school_id: int, year: int) -> list[SecondLook]:
    """Return a school's second looks up to a year, the newest first, each with the element's name; two queries."""
    if school_id not in scope.schools(Data.SECOND_LOOKS):
        return []
    looks = visible_looks(scope).filter(school=school_id, school_year__lte=year)
    return named(list(looks.order_by("-looked_on", "-pk")[:NEWEST]))


def named(looks: list[SecondLook]) -> list[SecondLook]:
    """Give each second look its element's newest published name, as `element_name`; one query, or none."""
    names = names_of({look.element_id for look in looks})
    for look in looks:
        look.element_name = names.get(look.element_id, look.element.code)  # type: ignore[attr-defined]
    return looks


def names_of(elements: Collection[int]) -> dict[int, str]:
    """Return the newest published name of elements; one query, or none."""
    if not elements:
        return {}
    worded = ElementVersion.objects.filter(element__in=elements).exclude(version__state=VersionState.DRAFT)
    return dict(
        worded.order_by("version__first_school_year", "version__published_at", "pk").values_list(
            "element_id", "name"
        )
    )


def listed(scope: Scope, filters: LookFilters) -> QuerySet[SecondLook]:
    """Return the second looks that fit, the newest first."""
    looks = visible_looks(scope)
    if filters.state == OPEN:
        looks = looks.filter(outcome="")
    elif filters.state == WITH_OUTCOME:
        looks = looks.exclude(outcome="")
    if filters.school:
        looks = looks.filter(school__uid=filters.school)
    if filters.element:
        looks = looks.filter(element__uid=filters.element)
    if filters.year is not None:
        looks = looks.filter(school_year=filters.year)
    return looks.order_by("-looked_on", "-pk")


def cell_of(scope: Scope, school_uid: UUID, element_uid: UUID, action: Action) -> tuple[Org, Element] | None:
    """Return a school and an element where the caller may do this with second looks there; two queries."""
    schools = School.objects.visible_to(scope.schools(Data.SECOND_LOOKS, action))
    school = schools.filter(uid=school_uid).first()
    elements = Element.objects.filter(uid=element_uid, versions__version__state=VersionState.PUBLISHED)
    element = elements.select_related("framework").first() if school else None
    return (school, element) if school and element else None


def look_of(scope: Scope, uid: UUID, action: Action = Action.VIEW) -> SecondLook | None:
    """Return one second look where the caller sees it, or may change it; one query."""
    return visible_looks(scope, action).filter(uid=uid).first()
