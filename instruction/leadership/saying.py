"""Reads of self-assessments: the caller's own, and what a principal shared with who supports them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count
from django.utils.timezone import localdate

from alignment_dash.access import reach
from alignment_dash.access.policy import Action, Data
from alignment_dash.access.roles import Role
from alignment_dash.access.scope import Scope
from instruction.leadership.queries import Led, opened
from instruction.models import ElementVersion, FrameworkKind, FrameworkVersion, SelfAssessment, SelfRating

AT_MOST = 100
# By what each role assesses its own work.
_KINDS = {Role.PRINCIPAL: FrameworkKind.LEADERSHIP, Role.SUPERVISOR: FrameworkKind.SUPERVISION}


@dataclass(frozen=True, slots=True)
class Said:
    """What someone says of their own work on an element: a level, why, and since when it stands."""

    level: int
    why: str
    day: date
    shared_at: datetime | None


@dataclass(frozen=True, slots=True)
class Mine:
    """One of the caller's own self-assessments; `levels` by element version."""

    row: SelfAssessment
    levels: dict[int, SelfRating]


def me(scope: Scope, action: Action = Action.VIEW) -> int | None:
    """Return the caller's person id where they may assess their own work."""
    return scope.own_id(Data.SELF_ASSESSMENTS, action) if scope.may(Data.SELF_ASSESSMENTS, action) else None


def versions_for(scope: Scope, year: int) -> list[FrameworkVersion]:
    """Return what the caller may assess their own work by in a school year; one query."""
    kinds = [kind for role, kind in _KINDS.items() if role in scope.roles]
    found = FrameworkVersion.objects.in_force(year).filter(framework__kind__in=kinds)
    return sorted(found, key=lambda one: (one.framework.kind, one.framework.name))


def worded(version: FrameworkVersion) -> list[ElementVersion]:
    """Return a version's elements with their descriptors, in order; two queries."""
    found = version.elements.select_related("element", "dimension").prefetch_related("descriptors")
    return list(found.order_by("place"))


def mine(scope: Scope) -> list[SelfAssessment]:
    """Return the caller's own self-assessments, the newest first, each with `n_rated`; one query, rows opened."""
    person = me(scope)
    if person is None:
        return []
    rows = SelfAssessment.objects.filter(person=person).select_related("version__framework")
    with reach.rows_of(person=person):
        return list(rows.annotate(n_rated=Count("ratings")).order_by("-started_at", "-pk")[:AT_MOST])


def one_of_mine(scope: Scope, uid: UUID, action: Action = Action.VIEW) -> Mine | None:
    """Return one of the caller's own; two queries, rows opened."""
    person = me(scope, action)
    if person is None:
        return None
    with reach.rows_of(person=person):
        row = (
            SelfAssessment.objects.filter(person=person, uid=uid).select_related("version__framework").first()
        )
        return Mine(row, levels_of(row)) if row else None


def levels_of(row: SelfAssessment) -> dict[int, SelfRating]:
    """Return a self-assessment's levels by element version; one query, rows must be open."""
    return {one.element_version_id: one for one in row.ratings.all()}


def newest_shared(led: Led, version: FrameworkVersion) -> dict[int, Said]:
    """Return by element what a principal shared last; of one's own also what is not shared. Two queries, rows opened."""
    rows = SelfAssessment.objects.filter(person=led.person_id, version__framework=version.framework_id)
    if not led.is_self:
        rows = rows.filter(shared_at__isnull=False)
    with opened([led]):
        return _said(rows.order_by("-started_at", "-pk")[:1])


def shared_by_supervisor(scope: Scope, person_id: int) -> dict[int, Said]:
    """Return by element what a supervisor shared last of their own work, for who leads supervisors; two queries."""
    if not scope.district_wide(Data.SUPERVISOR_SUPPORT):
        return {}
    rows = SelfAssessment.objects.filter(
        person=person_id, version__framework__kind=FrameworkKind.SUPERVISION, shared_at__isnull=False
    )
    with reach.rows_of(person=person_id):
        return _said(rows.order_by("-started_at", "-pk")[:1])


def _said(found: Iterable[SelfAssessment]) -> dict[int, Said]:
    row = next(iter(found), None)
    if row is None:
        return {}
    day = localdate(row.changed_at)
    ratings = row.ratings.select_related("element_version")
    return {one.element_version.element_id: Said(one.level, one.why, day, row.shared_at) for one in ratings}
