"""The support that supervisors receive: all of it for the cabinet, her own for a supervisor."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Max, QuerySet, Sum
from django.utils import timezone

from alignment_dash import schoolyear
from alignment_dash.access.policy import Action, Data
from alignment_dash.access.scope import Scope
from instruction.leadership import saying
from instruction.leadership.saying import Said
from instruction.models import ElementVersion, FrameworkKind, FrameworkVersion
from schools.models import Person
from schools.names import name_of
from supervision import choices
from supervision.models import SupervisorSupport


@dataclass(slots=True)
class Received:
    """What one supervisor received in a school year: minutes by form, and the last day."""

    person: Person
    name: str
    by_form: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    last: date | None = None

    @property
    def minutes(self) -> int:
        """Minutes of every form."""
        return sum(self.by_form.values())


@dataclass(frozen=True, slots=True)
class Line:
    """One element of the supervisors' standards: what she says of her own work, and minutes of support about it."""

    element: ElementVersion
    said: Said | None
    minutes: int


@dataclass(frozen=True, slots=True)
class Growth:
    """A supervisor beside her support: rows the newest first; lines: elements that have a level or support."""

    person: Person
    name: str
    is_own: bool
    rows: list[SupervisorSupport]
    lines: list[Line]

    @property
    def minutes(self) -> int:
        """Minutes of all support in the year."""
        return sum(row.minutes for row in self.rows)


def visible_support(scope: Scope, action: Action = Action.VIEW) -> QuerySet[SupervisorSupport]:
    """Keep what the caller may see, the newest first."""
    found = SupervisorSupport.objects.select_related("supervisor__identity", "element", "written_by")
    if not scope.district_wide(Data.SUPERVISOR_SUPPORT, action):
        found = found.filter(supervisor=_own(scope, action) or 0)
    return found.order_by("-day", "-pk")


def of_year(scope: Scope, year: int, action: Action = Action.VIEW) -> QuerySet[SupervisorSupport]:
    """Keep those of a school year."""
    first, end = schoolyear.bounds(year)
    return visible_support(scope, action).filter(day__gte=first, day__lt=end)


def _own(scope: Scope, action: Action) -> int | None:
    may = scope.may(Data.SUPERVISOR_SUPPORT, action)
    return scope.own_id(Data.SUPERVISOR_SUPPORT, action) if may else None


def received(scope: Scope, year: int) -> list[Received]:
    """Return what each supervisor the caller may see received in a year, by name; who received nothing too."""
    rows = of_year(scope, year).order_by().values("supervisor_id", "form")
    summed = list(rows.annotate(sum=Sum("minutes"), last=Max("day")))
    people = {one.pk: one for one in _supervisors(scope, year)}
    missing = {row["supervisor_id"] for row in summed} - people.keys()
    people |= {one.pk: one for one in Person.objects.filter(pk__in=missing).select_related("identity")}
    told = {pk: Received(one, name_of(one)) for pk, one in people.items()}
    for row in summed:
        one = told[row["supervisor_id"]]
        one.by_form[row["form"]] += row["sum"]
        one.last = max(filter(None, (one.last, row["last"])))
    return sorted(told.values(), key=lambda one: (one.name.casefold(), one.person.pk))


def _supervisors(scope: Scope, year: int) -> list[Person]:
    found = supervisors(schoolyear.roster_day(year))
    if scope.district_wide(Data.SUPERVISOR_SUPPORT):
        return found
    own = _own(scope, Action.VIEW)
    return [one for one in found if one.pk == own]


def supervisors(day: date) -> list[Person]:
    """Return who is a principal supervisor on a day, by name; one query."""
    found: Any = choices.supervisors(day)
    return [one for one in found if one.rank == 0]


def growth_of(scope: Scope, year: int, uid: UUID) -> Growth | None:
    """Return one supervisor's growth; None outside the scope."""
    own = _own(scope, Action.VIEW)
    person = Person.objects.select_related("identity").filter(uid=uid).first()
    if person is None or (person.pk != own and not scope.district_wide(Data.SUPERVISOR_SUPPORT)):
        return None
    rows = list(of_year(scope, year).filter(supervisor=person))
    is_own = person.pk == own
    if not (is_own or rows or person.pk in {one.pk for one in _supervisors(scope, year)}):
        return None
    said = _own_levels(scope) if is_own else saying.shared_by_supervisor(scope, person.pk)
    return Growth(person, name_of(person), is_own, rows, _lines(year, rows, said))


def _own_levels(scope: Scope) -> dict[int, Said]:
    """Return by element what the caller says of their own work in the newest self-assessment."""
    newest = next(
        (one for one in saying.mine(scope) if one.version.framework.kind == FrameworkKind.SUPERVISION), None
    )
    found = saying.one_of_mine(scope, newest.uid) if newest else None
    if found is None:
        return {}
    versions = dict(ElementVersion.objects.filter(pk__in=found.levels).values_list("pk", "element_id"))
    day = timezone.localdate(found.row.changed_at)
    return {
        versions[pk]: Said(one.level, one.why, day, found.row.shared_at) for pk, one in found.levels.items()
    }


def elements(year: int) -> list[ElementVersion]:
    """Return the elements of the supervisors' standards in force in a year, in order."""
    versions = FrameworkVersion.objects.in_force(year).filter(framework__kind=FrameworkKind.SUPERVISION)
    found = ElementVersion.objects.filter(version__in=versions.values("pk"))
    found = found.select_related("element", "dimension", "version__framework")
    return list(found.order_by("version__framework__name", "dimension__place", "place"))


def _lines(year: int, rows: Iterable[SupervisorSupport], said: dict[int, Said]) -> list[Line]:
    minutes: dict[int, int] = defaultdict(int)
    for row in rows:
        if row.element_id:
            minutes[row.element_id] += row.minutes
    return [
        Line(one, said.get(one.element_id), minutes.get(one.element_id, 0))
        for one in elements(year)
        if one.element_id in said or one.element_id in minutes
    ]
