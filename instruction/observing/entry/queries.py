"""What the entry pages show: whom one may observe, the elements to look for, and one's own record."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from alignment_dash import schoolyear
from alignment_dash.access import reach
from alignment_dash.access.policy import Action, Data
from alignment_dash.access.scope import Scope
from instruction.consulting.focus import chosen, focused
from instruction.models import ElementVersion, FrameworkKind, FrameworkVersion, ObservationRecord
from instruction.observing import who
from schools.models import Org, School

# With more schools than these, one chooses the school before the person.
SCHOOLS_AT_ONCE = 12


@dataclass(frozen=True, slots=True)
class Choice:
    """Whom, or with no name where; value: "p.<person>.<school>" or "s.<school>"; kind: of the framework for them."""

    value: str
    words: str
    label: str
    kind: str


@dataclass(frozen=True, slots=True)
class SchoolChoices:
    """One school and what may be chosen there."""

    school: School
    choices: list[Choice]


@dataclass(frozen=True, slots=True)
class Choices:
    """What may be chosen. schools: to choose among first, where they are many; else empty."""

    may_write: bool
    groups: list[SchoolChoices]
    schools: list[School]

    @property
    def values(self) -> dict[str, Choice]:
        """Every choice by its value."""
        return {one.value: one for group in self.groups for one in group.choices}


@dataclass(frozen=True, slots=True)
class Panel:
    """The elements of a framework version as one observes by them: those in focus first."""

    version: FrameworkVersion
    focus: list[ElementVersion]
    others: list[ElementVersion]

    @property
    def uids(self) -> list[str]:
        """The elements' uids."""
        return [str(one.element.uid) for one in (*self.focus, *self.others)]


def choices(scope: Scope, day: date, versions: list[FrameworkVersion], school: str = "") -> Choices:
    """Return whom the caller may observe on a day by these versions; at most five queries.

    school: uid of the one to show where they are many; "" shows those they lead or supervise.
    """
    may = who.may_observe(scope, schoolyear.year_of(day))
    if not may:
        return Choices(may_write=False, groups=[], schools=[])
    schools = who.schools_to_observe(may, day)
    shown = schools
    if len(schools) > SCHOOLS_AT_ONCE:
        theirs = scope.schools(Data.OBSERVING, Action.CHANGE).ids
        shown = [one for one in schools if (str(one.uid) == school if school else one.pk in theirs)]
    people: dict[str, list[Choice]] = {}
    for kind in dict.fromkeys(version.framework.kind for version in versions):
        for one in who.people_to_observe(may, day, kind=kind, schools=shown) if shown else ():
            people.setdefault(one.school_uid, []).append(_person(one, kind, shown))
    groups = []
    for place in shown:
        # A walk without names looks at teaching.
        walk = [_walk(place)] if place.pk in may.walks and _teaching(versions) else []
        groups.append(SchoolChoices(place, [*walk, *people.get(str(place.uid), [])]))
    return Choices(
        may_write=True,
        groups=[group for group in groups if group.choices],
        schools=schools if len(schools) > SCHOOLS_AT_ONCE else [],
    )


def _teaching(versions: list[FrameworkVersion]) -> bool:
    return any(version.framework.kind == FrameworkKind.TEACHING for version in versions)


def _person(one: who.Observable, kind: str, schools: list[School]) -> Choice:
    names = {str(school.uid): school.name for school in schools}
    return Choice(
        value=f"p.{one.uid}.{one.school_uid}",
        words=f"{one.name}, {one.role_label}",
        label=f"{one.name}, {names.get(one.school_uid, '')}",
        kind=kind,
    )


def _walk(school: School) -> Choice:
    return Choice(
        value=f"s.{school.uid}",
        words=_("No name: a walk through {school}").format(school=school.name),
        label=_("A walk through {school}").format(school=school.name),
        kind=FrameworkKind.TEACHING,
    )


def versions_on(day: date) -> list[FrameworkVersion]:
    """Return the versions that one observes by on a day, teaching first; one query."""
    found = FrameworkVersion.objects.in_force(schoolyear.year_of(day)).exclude(
        framework__kind=FrameworkKind.SUPERVISION
    )
    return sorted(found, key=lambda one: one.framework.kind != FrameworkKind.TEACHING)


def panel(version: FrameworkVersion, year: int, school: Org | None = None) -> Panel:
    """Return the elements of a version with their descriptors, the year's focus first; three queries.

    Where nothing is in focus, all elements stand first.
    """
    worded = list(
        version.elements.select_related("element", "dimension")
        .prefetch_related("descriptors")
        .order_by("dimension__place", "place")
    )
    focus = focused(worded, chosen(version, year, school))
    lines = dict.fromkeys(line.wording.pk for line in (*focus.school, *focus.district))
    first = [one for one in worded if one.pk in lines] or worded
    return Panel(version, first, [one for one in worded if one not in first])


def own_record(scope: Scope, uid: UUID) -> ObservationRecord | None:
    """Return a record that the caller writes; None for anyone else's. One query beside opening the rows."""
    person = scope.own_id(Data.OBSERVING, Action.CHANGE)
    if person is None:
        return None
    found = ObservationRecord.objects.select_related("version__framework", "school", "observed__identity")
    with reach.rows_of(person=person):
        return found.filter(uid=uid, observer=person).first()
