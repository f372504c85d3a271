"""Who may observe whom: schools and people that a caller may write observations of."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from alignment_dash.access.policy import Action, Data
from alignment_dash.access.roles import Role
from alignment_dash.access.scope import NOWHERE, Schools, Scope
from instruction.models import FrameworkKind, VisitingObserver
from schools.models import Person, School, StaffAssignment, StaffRole
from schools.names import name_of

TEACHING_ROLES = (StaffRole.TEACHER, StaffRole.COACH, StaffRole.COUNSELOR, StaffRole.AIDE)
# Nobody is observed by a framework of another kind: supervisors assess their own work by theirs.
_OBSERVED_BY: dict[str, frozenset[str]] = {
    FrameworkKind.TEACHING: frozenset(TEACHING_ROLES),
    FrameworkKind.LEADERSHIP: frozenset({StaffRole.PRINCIPAL, StaffRole.ASSISTANT_PRINCIPAL}),
}
EVERYWHERE = Schools(everywhere=True)


@dataclass(frozen=True, slots=True)
class MayObserve:
    """Where a caller may observe whom, and where they may walk without names.

    visits: they may observe teaching at every school of the district in that school year.
    """

    person_id: int | None
    teaching: Schools
    assistants: Schools
    principals: Schools
    walks: Schools
    visits: bool = False

    def __bool__(self) -> bool:
        named = self.teaching or self.assistants or self.principals
        return self.person_id is not None and bool(named or self.walks)

    @property
    def named(self) -> Schools:
        """The schools where they may observe someone by name."""
        if self.teaching.everywhere:
            return self.teaching
        return _these(self.teaching.ids | self.assistants.ids | self.principals.ids)

    def roles_at(self, school_id: int, kind: str) -> frozenset[str]:
        """Return the roles of those whom they may observe at a school with a framework of this kind."""
        if kind == FrameworkKind.TEACHING:
            return frozenset(TEACHING_ROLES) if school_id in self.teaching else frozenset()
        if kind != FrameworkKind.LEADERSHIP:
            return frozenset()
        found = set()
        if school_id in self.principals:
            found |= {StaffRole.PRINCIPAL, StaffRole.ASSISTANT_PRINCIPAL}
        if school_id in self.assistants:
            found.add(StaffRole.ASSISTANT_PRINCIPAL)
        return frozenset(found)


@dataclass(frozen=True, slots=True)
class Observable:
    """Someone who may be observed: the person's uid, name, school's uid and role there."""

    uid: str
    name: str
    school_uid: str
    role: str
    role_label: str


def may_observe(scope: Scope, year: int) -> MayObserve:
    """Return where the caller may observe whom in a school year; one query, none for nobody.

    Principals and assistant principals observe teaching at their schools, principals their assistants too;
    principal supervisors observe the leaders of their caseload, and go to teachers through them; visiting
    observers observe teaching at every school.
    """
    person = scope.own_id(Data.OBSERVING, Action.CHANGE)
    if person is None or not scope.may(Data.OBSERVING, Action.CHANGE):
        return MayObserve(None, NOWHERE, NOWHERE, NOWHERE, NOWHERE)
    visits = VisitingObserver.objects.filter(person=person, school_year=year).exists()
    held = dict(scope.schools_by_role)
    reached = scope.schools(Data.OBSERVING, Action.CHANGE)
    principal = held.get(Role.PRINCIPAL, frozenset())
    teaching = principal | held.get(Role.ASSISTANT_PRINCIPAL, frozenset())
    caseload = scope.caseload_ids if Role.SUPERVISOR in held else frozenset()
    return MayObserve(
        person_id=person,
        teaching=EVERYWHERE if visits else _these(teaching) & reached,
        assistants=_these(principal) & reached,
        principals=_these(caseload) & reached,
        walks=scope.schools(Data.LEARNING_WALKS, Action.CHANGE),
        visits=visits,
    )


def schools_to_observe(may: MayObserve, day: date) -> list[School]:
    """Return the schools where they may observe or walk on a day, by name; one query."""
    ids = may.walks if may.walks.everywhere else may.named
    if not ids.everywhere:
        ids = _these(ids.ids | may.walks.ids)
    return list(School.objects.visible_to(ids).on(day).order_by("name", "pk"))


def people_to_observe(
    may: MayObserve, day: date, *, kind: str, schools: Iterable[School] | None = None
) -> list[Observable]:
    """Return whom they may observe on a day with a framework of a kind, by school and name; one query.

    schools: only these; by default every school they reach by name.
    """
    roles = _OBSERVED_BY.get(kind)
    if roles is None:
        return []
    found = StaffAssignment.objects.filter(role__in=roles).on(day).exclude(person=may.person_id)
    ids = may.named if schools is None else _these(one.pk for one in schools)
    found = found.filter(org__in=School.objects.visible_to(ids).on(day))
    rows = found.select_related("person__identity", "org").order_by(
        "org__name", "person__identity__family_name", "person__identity__given_name", "pk"
    )
    seen: dict[tuple[int, int], Observable] = {}
    for row in rows:
        if row.role in may.roles_at(row.org_id, kind):
            seen.setdefault((row.org_id, row.person_id), _observable(row))
    return list(seen.values())


def role_of(may: MayObserve, *, observed: Person, school_id: int, kind: str, day: date) -> str | None:
    """Return the role that lets them observe this person there that day; None when they may not. One query."""
    if observed.pk == may.person_id:
        return None
    roles = may.roles_at(school_id, kind)
    held = StaffAssignment.objects.filter(person=observed, org=school_id, role__in=roles).on(day)
    found = set(held.values_list("role", flat=True))
    return next((str(role) for role in StaffRole if role in found), None)


def _these(ids: Iterable[int]) -> Schools:
    return Schools(everywhere=False, ids=frozenset(ids))


def _observable(row: StaffAssignment) -> Observable:
    return Observable(
        uid=str(row.person.uid),
        name=name_of(row.person),
        school_uid=str(row.org.uid),
        role=row.role,
        role_label=str(row.get_role_display()),
    )
