"""Openings expected and who is named as ready, within a caller's reach. No rating, estimate or need enters here."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from alignment_dash.access.policy import Action, Data
from alignment_dash.access.scope import Scope
from alignment_dash.schoolyear import today
from schools.models import Level, Org, Person, School, StaffAssignment, StaffRole
from schools.names import name_of
from supervision.models import BenchCandidate, ExpectedOpening, Readiness

# Whose role leads towards a principal's: who can be named.
LEADING = (
    StaffRole.ASSISTANT_PRINCIPAL,
    StaffRole.PRINCIPAL,
    StaffRole.COACH,
    StaffRole.COUNSELOR,
    StaffRole.CENTRAL_OFFICE,
)


@dataclass(frozen=True, slots=True)
class Opening:
    """An opening with its school's network."""

    row: ExpectedOpening
    level: str
    network: str

    @property
    def month(self) -> date:
        """The first day of the month in which it opens."""
        return self.row.opens_on.replace(day=1)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Someone on the bench: name, the roles held today with their places, and whether the caller may change it."""

    row: BenchCandidate
    name: str
    roles: tuple[str, ...]
    levels: tuple[str, ...]
    may_change: bool


@dataclass(frozen=True, slots=True)
class LevelRow:
    """One level of schools: openings, and who would lead such a school, by readiness; `any` level counts with each."""

    level: str
    openings: tuple[Opening, ...]
    ready: tuple[int, ...]


def openings(scope: Scope, action: Action = Action.VIEW) -> QuerySet[ExpectedOpening]:
    """Keep openings that are still expected at the schools the caller reaches, the next first."""
    found = ExpectedOpening.objects.filter(filled_on=None, withdrawn_on=None)
    seen = scope.schools(Data.PRINCIPAL_BENCH, action)
    if not seen.everywhere:
        found = found.filter(school__in=seen.ids)
    return found.select_related("school").order_by("opens_on", "school__name", "pk")


def openings_named(rows: Iterable[ExpectedOpening]) -> list[Opening]:
    """Return openings with their schools' levels and networks; one query."""
    rows = list(rows)
    schools = School.objects.filter(pk__in=[one.school_id for one in rows]).with_network()
    known = {one.pk: one for one in schools}
    found = []
    for one in rows:
        school = known.get(one.school_id)
        found.append(Opening(one, one.school.level or "", getattr(school, "network_name", "") or ""))
    return found


def candidates(scope: Scope, action: Action = Action.VIEW) -> QuerySet[BenchCandidate]:
    """Keep whom the caller may see, or change: those who were told, and those they named.

    A principal supervisor sees who works at the schools of the caseload, and changes whom she named.
    """
    found = BenchCandidate.objects.filter(withdrawn_on=None)
    # Whom they have not told is between the two, not for who acts as the one who named them.
    own = Q(named_by=scope.user_id or 0) if scope.limit is None else Q(pk=None)
    seen = scope.schools(Data.PRINCIPAL_BENCH, action)
    if not seen:
        return found.none()
    if seen.everywhere:
        found = found.filter(own | Q(told_on__isnull=False))
    elif action is Action.CHANGE:
        found = found.filter(own)
    else:
        there = StaffAssignment.objects.on(today()).filter(org__in=seen.ids).values("person")
        found = found.filter(own | Q(told_on__isnull=False, person__in=there))
    return found.select_related("person__identity").order_by("pk")


def candidates_named(scope: Scope, rows: Iterable[BenchCandidate]) -> list[Candidate]:
    """Return candidates with names and roles, by readiness and name; one query."""
    rows = list(rows)
    roles: dict[int, list[str]] = defaultdict(list)
    held = StaffAssignment.objects.on(today()).filter(person__in=[one.person_id for one in rows])
    for one in held.select_related("org").order_by("org__name", "role"):
        roles[one.person_id].append(f"{one.get_role_display()}, {one.org.name}")
    may = scope.may(Data.PRINCIPAL_BENCH, Action.CHANGE)
    all_ = scope.district_wide(Data.PRINCIPAL_BENCH, Action.CHANGE)
    order = list(Readiness)
    found = [
        Candidate(
            one, name_of(one.person) or "–", tuple(roles[one.person_id]),
            tuple(str(Level(level).label) for level in one.levels),
            may and (all_ or (one.named_by_id == scope.user_id and scope.limit is None)),
        )
        for one in rows
    ]  # fmt: skip
    return sorted(found, key=lambda one: (order.index(Readiness(one.row.readiness)), one.name.casefold()))


def n_ready(rows: Iterable[BenchCandidate]) -> int:
    """Return how many of these are ready now."""
    return sum(one.readiness == Readiness.NOW for one in rows)


def by_level(opens: Iterable[Opening], people: Iterable[Candidate]) -> list[LevelRow]:
    """Set openings beside candidates, level by level, as long as there is either."""
    opens, people = list(opens), list(people)
    rows = []
    for level in Level.values:
        here = tuple(one for one in opens if one.level == level)
        fits = [one.row.readiness for one in people if not one.row.levels or level in one.row.levels]
        if here or any(level in one.row.levels for one in people):
            rows.append(LevelRow(str(Level(level).label), here, tuple(fits.count(one) for one in Readiness)))
    return rows


def schools_to_open(scope: Scope) -> QuerySet[Org]:
    """Return the schools at which the caller may expect an opening, by name."""
    seen = scope.schools(Data.PRINCIPAL_BENCH, Action.CHANGE)
    found = Org.objects.filter(pk__in=School.objects.on(today()).values("pk"))
    return (found if seen.everywhere else found.filter(pk__in=seen.ids)).order_by("name", "pk")


def people_to_name(scope: Scope) -> QuerySet[Person]:
    """Return whom the caller may name: staff of the schools reached in a role that leads towards a principal's."""
    seen = scope.schools(Data.PRINCIPAL_BENCH, Action.CHANGE)
    held = StaffAssignment.objects.on(today()).filter(role__in=LEADING)
    if not seen.everywhere:
        held = held.filter(org__in=seen.ids)
    found = Person.objects.filter(pk__in=held.values("person")).select_related("identity")
    return found.order_by("identity__family_name", "identity__given_name", "pk")


def own(scope: Scope) -> BenchCandidate | None:
    """Return how the caller stands on the bench, once told; None where they do not."""
    if scope.person_id is None:
        return None
    return BenchCandidate.objects.filter(
        person=scope.person_id, withdrawn_on=None, told_on__isnull=False
    ).first()
