"""What the whole district's caseloads lack: schools without a supervisor, supervisors without a caseload."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Exists, F, Func, Max, OuterRef, Q, Subquery

from alignment_dash.access.policy import Data
from alignment_dash.access.scope import Scope
from alignment_dash.runs.queries import Snapshot
from alignment_dash.schoolyear import current_year, roster_day
from schools.models import OrgType, School, StaffAssignment
from schools.names import name_of
from supervision import choices
from supervision.models import CaseloadAssignment, CaseloadSchool
from supervision.rows import Mix, mix_of


@dataclass(frozen=True, slots=True)
class Uncovered:
    """A school that has no principal supervisor, or will have none.

    since: the first day without, None where it never had one; it lies ahead where `ahead`.
    """

    uid: UUID
    name: str
    network: str
    since: date | None
    ahead: bool = False


@dataclass(frozen=True, slots=True)
class Idle:
    """A principal supervisor without a caseload, or one with a caseload whom the roster no longer has."""

    uid: UUID
    name: str
    left_on: date | None = None


@dataclass(frozen=True, slots=True)
class Lacks:
    """What to see to. ahead: schools whose supervision ends on a day to come; gone: no longer in the roster."""

    now: Sequence[Uncovered] = ()
    ahead: Sequence[Uncovered] = ()
    idle: Sequence[Idle] = ()
    gone: Sequence[Idle] = ()


def lacks(scope: Scope, year: int) -> Lacks:
    """Return what a year's caseloads lack on its roster day, to who sees the whole district; else nothing.

    Six queries at most. What lies ahead, and who has left, is told of the current year alone.
    """
    if not scope.district_wide(Data.CASELOADS):
        return Lacks()
    day = roster_day(year)
    if year != current_year():
        return Lacks(now=_without(day))
    return Lacks(_without(day), _ending(day), _idle(day), _gone(day))


def mixes(found: Snapshot) -> dict[UUID, Mix]:
    """Return the levels and networks of each caseload of a snapshot, by its supervisor's uid; one query."""
    fields = ["supervisor__uid", "school", "school__level", "school__parent__name", "school__parent__type"]
    rows = CaseloadSchool.objects.filter(run_id=found.run_id).values_list(*fields).distinct()
    places: dict[UUID, list[tuple[str, str]]] = defaultdict(list)
    for supervisor, _school, level, parent, kind in rows:
        places[supervisor].append((level, parent if kind == OrgType.NETWORK else ""))
    return {supervisor: mix_of(each) for supervisor, each in places.items()}


def _without(day: date) -> list[Uncovered]:
    held = CaseloadAssignment.objects.filter(school=OuterRef("pk"))
    past = held.filter(during__endswith__lte=day).values("school").annotate(last=Max(_upper()))
    found = School.objects.on(day).filter(~Exists(held.filter(during__contains=day))).with_network()
    return [
        Uncovered(school.uid, school.name, school.network_name or "", school.since)
        for school in found.annotate(since=Subquery(past.values("last"))).order_by("name", "pk")
    ]


def _ending(day: date) -> list[Uncovered]:
    """Return the schools whose supervision has an end in sight that nobody takes up."""
    lasting = CaseloadAssignment.objects.filter(during__overlap=DateRange(day, None))
    ends = Q(during__upper_inf=False) | Q(supervisor__caseload_limits__leaves_on__isnull=False)
    some_end = lasting.filter(ends).values("school")
    rows = lasting.filter(school__in=some_end).annotate(leaves_on=F("supervisor__caseload_limits__leaves_on"))
    by_school = defaultdict(list)
    for row in rows:
        until = min((one for one in (row.during.upper, row.leaves_on) if one), default=None)
        by_school[row.school_id].append((row.during.lower, until))
    first_without = {school: _covered_until(day, spells) for school, spells in by_school.items()}
    schools = School.objects.filter(pk__in=[pk for pk, first in first_without.items() if first])
    found = [
        Uncovered(one.uid, one.name, one.network_name or "", first_without[one.pk], ahead=True)
        for one in schools.with_network().order_by("name", "pk")
    ]
    return [one for one in found if one.since and one.since > day]


def _covered_until(day: date, spells: Iterable[tuple[date, date | None]]) -> date | None:
    """Return the first day from `day` on that no spell holds; None where one of them has no end."""
    for first, until in sorted(spells, key=lambda spell: spell[0]):
        if first > day:
            break
        if until is None:
            return None
        day = max(day, until)
    return day


def _idle(day: date) -> list[Idle]:
    held = CaseloadAssignment.objects.filter(supervisor=OuterRef("pk"), during__overlap=DateRange(day, None))
    left = Q(caseload_limits__leaves_on__lte=day)
    found: Iterable[Any] = choices.supervisors(day).filter(~Exists(held)).exclude(left)
    return [Idle(one.uid, name_of(one)) for one in found if not one.rank]


def _gone(day: date) -> list[Idle]:
    """Return who has a caseload and is no longer in the roster, which has had them."""
    ever = StaffAssignment.objects.filter(person=OuterRef("supervisor"))
    ended = ever.values("person").annotate(last=Max(_upper())).values("last")
    held = CaseloadAssignment.objects.filter(during__overlap=DateRange(day, None))
    found = (
        held.filter(Exists(ever), ~Exists(ever.filter(during__overlap=DateRange(day, None))))
        .annotate(left_on=Subquery(ended))
        .select_related("supervisor__identity")
        .order_by("supervisor", "pk")
        .distinct("supervisor")
    )
    return [Idle(one.supervisor.uid, name_of(one.supervisor), one.left_on) for one in found]


def _upper() -> Func:
    return Func(F("during"), function="upper")
