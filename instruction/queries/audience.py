"""Who may see evidence about persons: worked out from where that evidence lies, the policy and the grants."""

from collections.abc import Collection
from dataclasses import dataclass, field
from uuid import UUID

from alignment_dash.access import reach
from alignment_dash.access.models import AuditEvent
from alignment_dash.access.policy import Data
from alignment_dash.access.scope import Scope
from alignment_dash.access.trace.audience import Viewer, who_may_see
from alignment_dash.access.trace.queries import looks_at
from instruction.models import Observation, TeacherCapacity
from schools.models import School, StaffAssignment
from schools.queries import places_over

# Who has to do with the data without a role that shows it: they take it in, hand it out and erase it.
HANDLING = (Data.OBSERVATION_IMPORTS, Data.PERSON_DATA)


@dataclass(frozen=True, slots=True)
class Audience:
    """Who may see it and who handles it, the names of the schools it lies at, and who has looked."""

    schools: list[str]
    viewers: list[Viewer]
    handlers: list[Viewer]
    looks: list[AuditEvent] = field(default_factory=list)


def audience_of_person(scope: Scope) -> Audience:
    """Return who may see the evidence about the caller, and who has looked; nine queries at most."""
    if scope.person_id is None or not scope.may(Data.PERSON_EVIDENCE):
        return Audience([], [], [])
    school_ids = _schools_of(scope.person_id, scope)
    looks = [event for event in looks_at(scope.person_id) if event.by_id != scope.user_id]
    return _audience(scope, school_ids, about=scope.user_id, looks=looks)


def audience_of_school(scope: Scope, uid: UUID) -> Audience | None:
    """Return who may see the teachers' figures of a school; None where the caller may not. Five queries."""
    visible = School.objects.visible_to(scope.schools(Data.PERSON_EVIDENCE))
    school_id = visible.filter(uid=uid).values_list("pk", flat=True).first()
    return None if school_id is None else _audience(scope, {school_id}, about=None, looks=[])


def _audience(
    scope: Scope, school_ids: Collection[int], *, about: int | None, looks: list[AuditEvent]
) -> Audience:
    places = places_over(school_ids)
    handlers: dict[int, Viewer] = {}
    for data in HANDLING:
        for one in who_may_see(data, places=places, schools=school_ids, day=scope.day):
            handlers.setdefault(one.user_id, one)
    return Audience(
        schools=sorted(places[one] for one in school_ids if one in places),
        viewers=_once_themself(
            who_may_see(Data.PERSON_EVIDENCE, places=places, schools=school_ids, day=scope.day, about=about)
        ),
        handlers=list(handlers.values()),
        looks=looks,
    )


def _once_themself(viewers: list[Viewer]) -> list[Viewer]:
    """Leave whom it is about in the list once, whatever roles they hold; they come first."""
    themself = [one for one in viewers if one.is_self]
    return themself[:1] + [one for one in viewers if not one.is_self]


def _schools_of(person_id: int, scope: Scope) -> set[int]:
    """Return the schools whose leaders see evidence about a person: where it was gathered, and where they work."""
    works = StaffAssignment.objects.filter(person=person_id, during__contains=scope.day, org__type="school")
    found = set(works.values_list("org_id", flat=True))
    with reach.rows_of(person=person_id):
        observed = Observation.objects.filter(observed=person_id, school__isnull=False)
        found |= set(observed.values_list("school_id", flat=True).distinct())
        figures = TeacherCapacity.objects.filter(person=person_id)
        found |= set(figures.values_list("school_id", flat=True).distinct())
    return found
