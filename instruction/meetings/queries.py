"""Which meetings and decisions a caller sees, and who may be given a decision."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from alignment_dash.access.models import Grant, RoleGrant, User
from alignment_dash.access.policy import Action, Data, Reach, reach_of
from alignment_dash.access.roles import Role
from alignment_dash.access.scope import Scope
from alignment_dash.schoolyear import today
from instruction.models import (
    Decision,
    DecisionState,
    ElementVersion,
    FrameworkVersion,
    Meeting,
    MeetingState,
)
from schools.models import Org, OrgType, School

MINE, OPEN, OVERDUE, EVERY = "mine", "open", "overdue", "all"
CHOICES = {OPEN: _("Open"), OVERDUE: _("Overdue"), MINE: _("Mine"), EVERY: _("All")}


def under(org: Org) -> Q:
    """Return the condition that schools lie under an org: all for the district, else one or two steps below."""
    if org.type == OrgType.DISTRICT:
        return Q()
    return Q(parent=org.pk) | Q(parent__parent=org.pk)


def meetings(scope: Scope, action: Action = Action.VIEW) -> QuerySet[Meeting]:
    """Return the meetings about at least one school that the caller reaches."""
    schools = scope.schools(Data.MEETINGS, action)
    found = Meeting.objects.select_related("under", "called_by", "follows", "run")
    if schools.everywhere:
        return found
    reached = School.objects.filter(pk__in=schools.ids)
    below = Exists(reached.filter(Q(parent=OuterRef("under")) | Q(parent__parent=OuterRef("under"))))
    anywhere = Q(under__type=OrgType.DISTRICT) if schools else Q(pk=None)
    return found.filter(anywhere | Q(below))


def meeting(scope: Scope, uid: UUID, action: Action = Action.VIEW) -> Meeting | None:
    """Return one of them, or None; one query."""
    return meetings(scope, action).filter(uid=uid).first()


def leads(scope: Scope, one: Meeting) -> bool:
    """Say whether the caller sees all of a meeting: who called it, and who reaches every school.

    They change its day and its notes and close its record; the others record decisions about their schools.
    """
    return scope.district_wide(Data.MEETINGS, Action.CHANGE) or (
        one.called_by_id == scope.user_id and scope.may(Data.MEETINGS, Action.CHANGE)
    )


def places(scope: Scope) -> QuerySet[Org]:
    """Return the orgs that a meeting may be about for this caller: the district, then networks by name."""
    schools = scope.schools(Data.MEETINGS, Action.CHANGE)
    day = today()
    orgs = Org.objects.on(day).filter(type__in=(OrgType.DISTRICT, OrgType.NETWORK))
    if not schools.everywhere:
        reached = School.objects.filter(pk__in=schools.ids)
        below = Exists(reached.filter(Q(parent=OuterRef("pk")) | Q(parent__parent=OuterRef("pk"))))
        orgs = orgs.filter(Q(type=OrgType.DISTRICT) | Q(below))
    return orgs.order_by(F("type"), "name", "pk")


def schools(scope: Scope, one: Meeting) -> QuerySet[School]:
    """Return the schools of a meeting that the caller may record decisions about, by name."""
    reached = School.objects.visible_to(scope.schools(Data.MEETINGS, Action.CHANGE))
    found: QuerySet[School] = reached.on(today()).filter(under(one.under)).order_by("name", "pk")
    return found


def is_closed(one: Meeting) -> bool:
    """Say whether the meeting was held and its record closed."""
    return one.state == MeetingState.HELD


def elements(one: Meeting) -> QuerySet[ElementVersion]:
    """Return the elements of the teaching framework in force in a meeting's school year; two queries."""
    version = FrameworkVersion.objects.in_force(one.school_year).teaching().first()
    worded = ElementVersion.objects.filter(version=version).select_related("element")
    return worded.order_by("dimension__place", "place")


def decisions(scope: Scope, action: Action = Action.VIEW) -> QuerySet[Decision]:
    """Return the decisions of the caller's meetings about their schools, or about no one school.

    Each has `element_name`, the newest wording of its element.
    """
    schools = scope.schools(Data.MEETINGS, action)
    name = ElementVersion.objects.filter(element=OuterRef("element")).order_by(
        "-version__published_at", "-pk"
    )
    found = Decision.objects.filter(meeting__in=meetings(scope, action)).select_related(
        "meeting", "school", "element", "owner"
    )
    found = found.annotate(element_name=Subquery(name.values("name")[:1]))
    if not schools.everywhere:
        found = found.filter(Q(school=None) | Q(school__in=schools.ids))
    return found.order_by("made_at", "pk")


def of_pack(scope: Scope, one: Meeting) -> tuple[list[Decision], list[Decision]]:
    """Return what a pack opens with, and what its meeting decided; one query.

    It opens with all decisions of the meeting it follows, and with those of earlier meetings over the same schools
    that are open still, or about which something was recorded since that meeting.
    """
    before = Q(meeting__under=one.under_id, meeting__held_on__lt=one.held_on)
    since = one.follows.held_on if one.follows else one.held_on
    living = Q(state=DecisionState.OPEN) | Q(outcome_on__gte=since)
    wanted = (
        Q(meeting=one) | (before & living) | (Q(meeting=one.follows_id) if one.follows_id else Q(pk=None))
    )
    found = list(decisions(scope).filter(wanted))
    earlier = [decision for decision in found if decision.meeting_id != one.pk]
    return sorted(earlier, key=_what_is_due), [one_ for one_ in found if one_.meeting_id == one.pk]


def _what_is_due(decision: Decision) -> tuple[bool, date, int]:
    """Open ones first, and of them what was due first."""
    return decision.state != DecisionState.OPEN, decision.due_on or date.max, decision.pk


def chosen(scope: Scope, which: str, action: Action = Action.VIEW) -> QuerySet[Decision]:
    """Return the decisions that are MINE (open), OPEN, OVERDUE or EVERY, what was due first."""
    found = decisions(scope, action)
    if which != EVERY:
        found = found.filter(state=DecisionState.OPEN)
    if which == MINE:
        found = found.filter(owner=scope.user_id)
    if which == OVERDUE:
        found = found.filter(due_on__lt=today())
    return found.order_by(F("due_on").asc(nulls_last=True), "-made_at", "pk")


def counts(scope: Scope) -> dict[str, int]:
    """Return how many decisions are open, overdue and the caller's own; one query."""
    day = today()
    rows = list(
        decisions(scope).filter(state=DecisionState.OPEN).order_by().values_list("due_on", "owner_id")
    )
    return {
        OPEN: len(rows),
        OVERDUE: sum(due is not None and due < day for due, _owner in rows),
        MINE: sum(owner is not None and owner == scope.user_id for _due, owner in rows),
    }


def owners(school_id: int | None = None, *, ids: Collection[int] | None = None) -> QuerySet[User]:
    """Return who may be given a decision, by name: people who reach meetings, and this school where one is named."""
    day = today()
    roles: dict[Any, list[Role]] = {Reach.DISTRICT: [], Reach.CASELOAD: []}
    for role in Role:
        roles.setdefault(reach_of(role, Data.MEETINGS), []).append(role)
    held = RoleGrant.objects.on(day)
    granted = Grant.objects.on(day).filter(**({} if school_id is None else {"school_id": school_id}))
    everywhere = Q(pk__in=held.filter(role__in=roles[Reach.DISTRICT]).values("user_id"))
    caseload = Q(pk__in=held.filter(role__in=roles[Reach.CASELOAD]).values("user_id")) & Q(
        pk__in=granted.values("user_id")
    )
    found = User.objects.able().filter(everywhere | caseload)
    return (found if ids is None else found.filter(pk__in=ids)).order_by("name", "pk")


def last_before(org: Org, day: date) -> Meeting | None:
    """Return the last meeting over the same schools that was to be held before a day; one query."""
    return Meeting.objects.filter(under=org, held_on__lt=day).order_by("-held_on", "-pk").first()
