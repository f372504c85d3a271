"""Exercises as their leads and those invited find them. Before the release everyone's levels stay their own."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from alignment_dash import schoolyear
from alignment_dash.access import reach
from alignment_dash.access.models import RoleGrant
from alignment_dash.access.policy import Action, Data, reach_of
from alignment_dash.access.roles import Role
from alignment_dash.access.scope import Scope
from instruction.models import (
    CalibrationExercise,
    CalibrationInvitation,
    CalibrationRating,
    ElementVersion,
    ExerciseState,
    ReferenceLevel,
    VisitingObserver,
)
from instruction.visiting.queries import of_roles
from schools.models import Org, OrgType, Person

SEEN_BY_INVITED = (ExerciseState.OPEN, ExerciseState.RELEASED)
# Who may be asked to rate at all.
RATERS = sorted(role for role in Role if reach_of(role, Data.CALIBRATION, Action.CHANGE))


def is_lead(scope: Scope, action: Action = Action.CHANGE) -> bool:
    """Say whether the caller leads the district's calibration."""
    return scope.district_wide(Data.CALIBRATION, action)


def me(scope: Scope, action: Action = Action.VIEW) -> int | None:
    """Return the id of the person whose invitations the caller has; None for nobody's."""
    return scope.own_id(Data.CALIBRATION, action)


@dataclass(frozen=True, slots=True)
class Line:
    """An exercise in a list; invitation: the caller's own; n_submitted of n_invited who were not excused."""

    exercise: CalibrationExercise
    invitation: CalibrationInvitation | None
    n_invited: int
    n_submitted: int

    @property
    def is_waiting(self) -> bool:
        """Whether the caller is still to hand in."""
        mine = self.invitation
        waits = mine is not None and mine.submitted_at is None and mine.excused_at is None
        return waits and self.exercise.state == ExerciseState.OPEN

    @property
    def is_late(self) -> bool:
        """Whether its last day is over and it is not released."""
        return self.exercise.state == ExerciseState.OPEN and self.exercise.due_on < schoolyear.today()


def lines(scope: Scope) -> list[Line]:
    """Return the exercises the caller leads or was invited to, those that wait first; two queries at most."""
    person = me(scope)
    found = _exercises(scope).annotate(
        n_invited=Count("invitations", filter=Q(invitations__excused_at__isnull=True)),
        n_submitted=Count("invitations", filter=Q(invitations__submitted_at__isnull=False)),
    )
    mine: dict[int, CalibrationInvitation] = {}
    if person is not None:
        mine = {one.exercise_id: one for one in CalibrationInvitation.objects.filter(person=person)}
    made = [
        Line(one, mine.get(one.pk), one.n_invited, one.n_submitted)
        for one in found.order_by("-due_on", "-pk")
    ]
    return sorted(made, key=lambda line: (not line.is_waiting, line.exercise.state != ExerciseState.OPEN))


def exercise_for(scope: Scope, uid: UUID) -> CalibrationExercise | None:
    """Return an exercise that the caller leads or was invited to and that has been opened; one query."""
    return _exercises(scope).filter(uid=uid).first()


def _exercises(scope: Scope) -> QuerySet[CalibrationExercise]:
    held = CalibrationExercise.objects.select_related(
        "version__framework", "video", "school", "observed__identity", "lead"
    )
    if is_lead(scope, Action.VIEW):
        return held
    person = me(scope)
    if person is None:
        return held.none()
    invited = CalibrationInvitation.objects.filter(exercise=OuterRef("pk"), person=person)
    return held.filter(Exists(invited), state__in=SEEN_BY_INVITED)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One observer's own levels of an exercise; ratings by id of the element version."""

    exercise: CalibrationExercise
    invitation: CalibrationInvitation
    elements: list[ElementVersion]
    ratings: dict[int, CalibrationRating]

    @property
    def may_change(self) -> bool:
        """Whether the levels can still be changed."""
        return self.exercise.state == ExerciseState.OPEN and self.invitation.submitted_at is None

    @property
    def is_late(self) -> bool:
        """Whether it was, or now would be, handed in after the last day."""
        return (self.invitation.handed_in_on or schoolyear.today()) > self.exercise.due_on


def my_sheet(scope: Scope, exercise: CalibrationExercise) -> Sheet | None:
    """Return the caller's own levels, and nobody else's, also for a lead; None who is not invited. Four queries."""
    person = me(scope)
    if person is None:
        return None
    invitation = CalibrationInvitation.objects.filter(exercise=exercise, person=person).first()
    if invitation is None:
        return None
    with reach.rows_of(person=person):
        rows = CalibrationRating.objects.filter(exercise=exercise, person=person)
        ratings = {one.element_version_id: one for one in rows}
    return Sheet(exercise, invitation, elements(exercise), ratings)


def elements(exercise: CalibrationExercise) -> list[ElementVersion]:
    """Return what is rated, with what each level looks like, in the framework's order; two queries."""
    held = exercise.elements.select_related("element", "dimension").prefetch_related("descriptors")
    return list(held.order_by("dimension__place", "place"))


def references(scope: Scope, exercise: CalibrationExercise) -> dict[int, ReferenceLevel] | None:
    """Return the reference levels by element version, or None where they are kept from the caller; one query.

    Before the release they are for leads who are not to rate blind themselves.
    """
    released = exercise.state == ExerciseState.RELEASED
    invited = exercise.invitations.filter(person=me(scope) or 0).exists()
    if not released and (invited or not is_lead(scope, Action.VIEW)):
        return None
    return {one.element_version_id: one for one in exercise.reference_levels.all()}


def candidates(
    scope: Scope, exercise: CalibrationExercise, *, text: str = "", network: str = ""
) -> QuerySet[Person]:
    """Return who may be invited, by name: who leads, supervises, coaches, visits or was invited before; one query.

    text: parts of a name; who is looked for by name may hold any role that rates. network: uid of an org, whose
    leaders and those of its schools are kept.
    """
    if not is_lead(scope):
        return Person.objects.none()
    day = schoolyear.today()
    held = of_roles(day)
    visiting = VisitingObserver.objects.filter(person=OuterRef("pk"), school_year=schoolyear.current_year())
    before = CalibrationInvitation.objects.filter(person=OuterRef("pk"))
    wanted = Q(pk__in=held.values("person")) | Q(Exists(visiting)) | Q(Exists(before))
    if text:
        rating = RoleGrant.objects.filter(role__in=RATERS).on(day)
        wanted |= Q(user__in=rating.values("user"))
    found = Person.objects.filter(wanted).exclude(pk=exercise.observed_id or 0)
    if network:
        there = held.filter(Q(org__uid=network) | Q(org__parent__uid=network))
        found = found.filter(pk__in=there.values("person"))
    for word in text.split()[:5]:
        found = found.filter(
            Q(identity__given_name__icontains=word) | Q(identity__family_name__icontains=word)
        )
    return found.select_related("identity").order_by("identity__family_name", "identity__given_name", "pk")


def by_uids(scope: Scope, exercise: CalibrationExercise, uids: list[UUID]) -> list[int]:
    """Return the ids of those of these people who may be invited; one query."""
    if not is_lead(scope):
        return []
    day = schoolyear.today()
    rating = RoleGrant.objects.filter(role__in=RATERS).on(day).values("user")
    shown = candidates(scope, exercise).values("pk")
    found = Person.objects.filter(Q(pk__in=shown) | Q(user__in=rating), uid__in=uids)
    return list(found.values_list("pk", flat=True))


def networks() -> list[Org]:
    """Return the networks of today; one query."""
    return list(Org.objects.filter(type=OrgType.NETWORK).on(schoolyear.today()).order_by("name"))
