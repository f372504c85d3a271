"""Reads of principals' figures: for who supports them and for themselves. Nobody else reaches them."""

from collections.abc import Collection, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q

from alignment_dash.access import reach
from alignment_dash.access.policy import Action, Data
from alignment_dash.access.scope import Scope
from alignment_dash.runs.queries import Snapshot, snapshot
from instruction.aims import call_of
from instruction.leadership import KIND, KIND_EVALUATIVE
from instruction.leadership.tasks import leadership_version
from instruction.models import EvidenceClass, FrameworkVersion, PrincipalCapacity
from instruction.queries.cells import interval
from instruction.snapshots import Basis
from schools.models import School, StaffAssignment, StaffRole
from schools.names import name_of

_KINDS = {Basis.ALL: KIND, Basis.EVALUATIVE: KIND_EVALUATIVE}


@dataclass(frozen=True, slots=True)
class Led:
    """A principal whom the caller supports, or the caller: with the schools they lead today, by name."""

    person_id: int
    uid: str
    name: str
    schools: tuple[School, ...]
    is_self: bool = False

    @property
    def places(self) -> str:
        """The schools' names."""
        return ", ".join(school.name for school in self.schools)


@dataclass(frozen=True, slots=True)
class Figure:
    """One principal and element; estimate, se, target in levels, None where the evidence is not enough."""

    principal_id: int
    school_id: int
    element_id: int
    evidence: int
    target: float | None
    estimate: float | None
    se: float | None
    p_below: float | None
    shortfall: float | None
    reliability: float | None
    n_observations: int
    n_raters: int
    last_seen: date | None

    @property
    def low(self) -> float | None:
        """Lower end of the 90 % interval."""
        return interval(self.estimate, self.se)[0]

    @property
    def high(self) -> float | None:
        """Upper end of the 90 % interval."""
        return interval(self.estimate, self.se)[1]

    @property
    def is_weak(self) -> bool:
        """Whether the evidence is thin, or cannot be told from the observers' severity."""
        return self.evidence == EvidenceClass.WEAK

    @property
    def call(self) -> str:
        """What can be said: "below", "met" (very likely at or above target), or "unclear"."""
        return call_of(self.p_below)


def reached(scope: Scope, action: Action = Action.VIEW) -> dict[int, Led]:
    """Return the principals of today whose leadership the caller may see, by name; one query, none for nobody.

    Those of the schools of the caseload, and the caller where they are a principal.
    """
    if not scope.may(Data.LEADERSHIP_EVIDENCE, action):
        return {}
    schools = scope.schools(Data.LEADERSHIP_EVIDENCE, action)
    own = scope.own_id(Data.LEADERSHIP_EVIDENCE, action) or 0
    held = StaffAssignment.objects.on(scope.day).filter(role=StaffRole.PRINCIPAL)
    of_caseload = held.filter(org__in=School.objects.visible_to(schools)).values("person")
    rows = held.filter(Q(person__in=of_caseload) | Q(person=own)).select_related(
        "person__identity", "org__parent"
    )
    places: dict[int, dict[int, StaffAssignment]] = {}
    for row in rows.order_by(
        "person__identity__family_name", "person__identity__given_name", "person", "org__name"
    ):
        places.setdefault(row.person_id, {}).setdefault(row.org_id, row)
    return {
        pk: Led(
            person_id=pk,
            uid=str(first.person.uid),
            name=name_of(first.person),
            schools=tuple(row.org for row in rows.values()),  # type: ignore[misc]
            is_self=pk == own,
        )
        for pk, rows in places.items()
        if (first := next(iter(rows.values())))
    }


def reached_one(scope: Scope, uid: UUID, action: Action = Action.VIEW) -> Led | None:
    """Return one of the principals whom the caller reaches; one query."""
    return next((one for one in reached(scope, action).values() if one.uid == str(uid)), None)


def standing(year: int, basis: Basis = Basis.ALL) -> tuple[FrameworkVersion, Snapshot | None] | None:
    """Return the framework of leadership of a year and the figures that stand; None without one. Three queries."""
    version = leadership_version(year)
    if version is None:
        return None
    return version, snapshot(kind=_KINDS[basis], school_year=year, subject=str(version.framework.uid))


def estimates(
    scope: Scope, principals: Collection[int] | None, year: int, basis: Basis = Basis.ALL
) -> dict[int, list[Figure]]:
    """Return the figures that stand of principals whom the caller reaches, by person; five queries, rows opened.

    principals: only these; None for everyone reached. Elements in the order of the framework.
    """
    led = reached(scope)
    found = standing(year, basis)
    if not led or found is None or found[1] is None:
        return {}
    return figures_of(led, found[1].run_id, principals)


def figures_of(
    led: Mapping[int, Led], run_id: int, principals: Collection[int] | None = None
) -> dict[int, list[Figure]]:
    """Return the figures of a run of these principals; one query, rows opened."""
    wanted = set(led) if principals is None else set(led) & set(principals)
    rows = PrincipalCapacity.objects.filter(run=run_id, principal__in=wanted)
    result: dict[int, list[Figure]] = {}
    with opened(led[one] for one in wanted):
        for row in rows.order_by("pk"):
            result.setdefault(row.principal_id, []).append(_figure(row))
    return result


def opened(led: Iterable[Led]) -> AbstractContextManager[None]:
    """Open the rows of the schools these principals lead, and the caller's own."""
    held = list(led)
    own = next((one.person_id for one in held if one.is_self), None)
    return reach.rows_of(schools={school.pk for one in held for school in one.schools}, person=own)


def _figure(row: PrincipalCapacity) -> Figure:
    return Figure(
        row.principal_id, row.school_id, row.element_id, row.evidence, row.target, row.estimate, row.se, row.p_below,
        row.expected_below, row.reliability, row.n_observations, row.n_raters, row.last_seen,
    )  # fmt: skip
