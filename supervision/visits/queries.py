"""Visits, notes and commitments as one caller sees them: her caseload's as a supervisor, one's own as a principal.

Notes and commitments are behind row security; `opened` opens what the caller reaches, and the filters here ask for no
more than that.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import date
from typing import NamedTuple
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from alignment_dash.access import reach
from alignment_dash.access.policy import Action, Data
from alignment_dash.access.scope import Scope
from alignment_dash.schoolyear import today
from schools.models import Org, Person, School
from supervision.models import (
    CaseloadAssignment,
    Commitment,
    CommitmentBy,
    CommitmentState,
    Visit,
    VisitNote,
    VisitState,
)

Place = tuple[int, int]
"""A school's id and a principal's."""


class Commitments(NamedTuple):
    """How many commitments are open, and how many of them are overdue."""

    open: int
    overdue: int


@contextmanager
def opened(scope: Scope) -> Iterator[None]:
    """Open the protected rows of the schools the caller supports, and those about or by the caller."""
    with reach.rows_of(schools=scope.schools(Data.VISITS).ids, person=own_person(scope)):
        yield


def own_person(scope: Scope, action: Action = Action.VIEW) -> int | None:
    """Return the caller's person id where visits are the caller's at all; nobody's who acts as them."""
    return scope.person_id if scope.may(Data.VISITS, action) else None


def leads_now() -> Exists:
    """Say whether the row's principal is in a caseload for its school today: who has left is no longer told of."""
    held = CaseloadAssignment.objects.on(today())
    return Exists(held.filter(school=OuterRef("school"), principal=OuterRef("principal")))


def visible_visits(scope: Scope, action: Action = Action.VIEW) -> QuerySet[Visit]:
    """Keep, at the schools the caller supports today, the visits to who leads them now and those the caller made; and
    those to the caller. To change: one's own."""
    own = own_person(scope, action) or 0
    here = Q(school__in=scope.schools(Data.VISITS, action).ids)
    if action is Action.CHANGE:
        mine = here & Q(supervisor=own)
    else:
        mine = (here & (Q(supervisor=own) | leads_now())) | Q(principal=own)
    return Visit.objects.filter(mine).select_related(
        "school", "principal__identity", "supervisor__identity", "element", "entry"
    )


def visible_commitments(scope: Scope) -> QuerySet[Commitment]:
    """Keep, at the schools the caller supports, the commitments of who leads them now and those the caller wrote; and
    the caller's own. Within `opened` alone."""
    own = own_person(scope) or 0
    here = Q(school__in=scope.schools(Data.VISITS).ids)
    mine = (here & (Q(writer=own) | leads_now())) | Q(principal=own)
    return Commitment.objects.filter(mine).select_related(
        "school", "principal__identity", "writer__identity", "element", "visit"
    )


def own_notes(scope: Scope) -> QuerySet[VisitNote]:
    """Keep the notes of visits that the caller made or had; within `opened` alone."""
    own = own_person(scope) or 0
    found = VisitNote.objects.filter(Q(supervisor=own) | Q(principal=own))
    return found.select_related(
        "author__identity", "visit__school", "principal__identity", "supervisor__identity"
    )


def visit_counts(scope: Scope, school_ids: Collection[int], since: date, until: date) -> dict[Place, int]:
    """Return how many visits each principal had at each school from `since` to `until`, both included; one query."""
    found = visible_visits(scope).filter(
        school__in=school_ids, state=VisitState.DONE, day__range=(since, until)
    )
    rows = found.order_by().values("school_id", "principal_id").annotate(n=Count("pk"))
    return {(row["school_id"], row["principal_id"]): row["n"] for row in rows}


def open_commitments(scope: Scope, school_ids: Collection[int]) -> dict[Place, Commitments]:
    """Return open and overdue commitments of each principal at each of these schools; one query, and four that open
    and close the rows. Who has none open has no entry."""
    day = today()
    with opened(scope):
        found = visible_commitments(scope).filter(school__in=school_ids, state=CommitmentState.OPEN)
        rows = found.order_by().values("school_id", "principal_id")
        rows = rows.annotate(n=Count("pk"), late=Count("pk", filter=Q(due__lt=day)))
        return {(row["school_id"], row["principal_id"]): Commitments(row["n"], row["late"]) for row in rows}


def school_of(scope: Scope, uid: UUID, action: Action = Action.VIEW) -> Org | None:
    """Return a school that the caller supports today; one query."""
    found = School.objects.visible_to(scope.schools(Data.VISITS, action)).with_network()
    return found.filter(uid=uid).first()


def led_by(scope: Scope, school: Org) -> list[CaseloadAssignment]:
    """Return who is in a caseload for a school today, the newest first, then who was in the caller's; one query.

    A vacant position has no principal. Who led it under another supervisor is not told of.
    """
    held = CaseloadAssignment.objects.filter(school=school).order_by("-during", "pk")
    held = held.filter(Q(during__contains=today()) | Q(supervisor=own_person(scope) or 0))
    rows = list(held.select_related("principal__identity", "supervisor__identity"))
    return sorted(rows, key=lambda one: not is_current(one))


def is_current(one: CaseloadAssignment) -> bool:
    """Say whether an assignment holds today."""
    begun = one.during.lower is None or one.during.lower <= today()
    return bool(begun and (one.during.upper is None or today() < one.during.upper))


def caseload_today(scope: Scope) -> list[CaseloadAssignment]:
    """Return today's assignments at the schools that the caller supports, by school; one query."""
    held = CaseloadAssignment.objects.on(today()).filter(school__in=scope.schools(Data.VISITS).ids)
    return list(held.select_related("school", "principal__identity").order_by("school__name", "pk"))


def person_of(scope: Scope, action: Action) -> Person | None:
    """Return the caller as a person who may write; None for who is none, or acts as someone else."""
    own = own_person(scope, action)
    return Person.objects.filter(pk=own).first() if own else None


def place_of(scope: Scope, school_uid: UUID, principal_uid: UUID) -> tuple[Org, Person] | None:
    """Return a school that the caller supports and a principal of its caseload, to write about them; two queries."""
    school = school_of(scope, school_uid, Action.CHANGE)
    if school is None or own_person(scope, Action.CHANGE) is None:
        return None
    led = (one.principal for one in led_by(scope, school))
    principal = next((one for one in led if one is not None and one.uid == principal_uid), None)
    return (school, principal) if principal else None


def place_to_commit(scope: Scope, school_uid: UUID, principal_uid: UUID) -> tuple[Org, Person] | None:
    """Return where the caller may write a commitment: as `place_of`, or at a school they are a principal of."""
    found = place_of(scope, school_uid, principal_uid)
    own = own_person(scope, Action.CHANGE)
    if found is not None or own is None:
        return found
    held = CaseloadAssignment.objects.filter(
        school__uid=school_uid, principal__uid=principal_uid, principal=own
    )
    one = held.select_related("school", "principal__identity").first()
    return (one.school, one.principal) if one and one.principal else None


def visit_of(scope: Scope, uid: UUID, action: Action = Action.VIEW) -> Visit | None:
    """Return one visit where the caller sees it, or may change it; one query."""
    return visible_visits(scope, action).filter(uid=uid).first()


def last_focus(scope: Scope, school: Org, principal: Person) -> UUID | None:
    """Return the uid of the element that was last worked on with a principal at a school; one query."""
    found = visible_visits(scope).filter(
        school=school, principal=principal, state=VisitState.DONE, element__isnull=False
    )
    return found.order_by("-day", "-pk").values_list("element__uid", flat=True).first()


def notes_of(scope: Scope, visit: Visit) -> list[VisitNote]:
    """Return the notes of a visit, the newest last, for its two people alone; one query and four."""
    if own_person(scope) not in (visit.supervisor_id, visit.principal_id):
        return []
    with opened(scope):
        return list(own_notes(scope).filter(visit=visit).order_by("written_at", "pk"))


def note_of(scope: Scope, uid: UUID, *, to_change: bool = False) -> VisitNote | None:
    """Return one note of the caller's visits, or one the caller wrote; one query and four."""
    own = own_person(scope, Action.CHANGE if to_change else Action.VIEW)
    with opened(scope):
        found = own_notes(scope).filter(uid=uid)
        return (found.filter(author=own or 0) if to_change else found).first()


def commitment_of(scope: Scope, uid: UUID) -> Commitment | None:
    """Return one commitment that the caller sees; one query and four."""
    with opened(scope):
        return visible_commitments(scope).filter(uid=uid).first()


def may_end(scope: Scope, one: Commitment) -> bool:
    """Say whether the caller may say what became of a commitment: who supports the school, and the principal of theirs."""
    if one.school_id in scope.schools(Data.VISITS, Action.CHANGE):
        return own_person(scope, Action.CHANGE) is not None
    own = own_person(scope, Action.CHANGE)
    return own is not None and one.principal_id == own and one.by == CommitmentBy.PRINCIPAL


def may_change(scope: Scope, one: Commitment) -> bool:
    """Say whether the caller may change a commitment's words or day: who supports the school, and who wrote it."""
    own = own_person(scope, Action.CHANGE)
    if own is None:
        return False
    return one.school_id in scope.schools(Data.VISITS, Action.CHANGE) or (
        one.writer_id == own and one.principal_id == own
    )
