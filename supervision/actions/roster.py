"""Caseloads for a district whose roster says which principal supervisor works at which network."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alignment_dash.access import audit
from alignment_dash.access.actions import BATCH
from alignment_dash.access.models import User
from schools.models import District, Org, OrgType, Person, School, StaffAssignment, StaffRole
from schools.names import name_of
from supervision.actions.caseloads import open_for_supervisors, ring
from supervision.fullness import Fullness, all_fullness
from supervision.models import CaseloadAssignment
from supervision.principals import leaders_on

NAMED = 5


@dataclass(frozen=True, slots=True)
class FromRoster:
    """How many schools were assigned, how many had a supervisor already, and in words what could not be placed.

    above: the caseloads that are now above their most.
    """

    assigned: int
    kept: int
    left_out: int
    problems: Sequence[str]
    above: Sequence[Fullness] = ()


@dataclass(slots=True)
class _Plan:
    """Assignments in the making, and the schools left out, by why."""

    made: list[CaseloadAssignment]
    crowded: Counter[str]
    unled: list[str]
    vacant: list[str]
    own: list[str]


@transaction.atomic
def caseloads_from_roster(*, by: User | None, day: date) -> FromRoster:
    """Put each school's principal of `day` into the caseload of the principal supervisor over the school.

    That is who the roster has as a principal supervisor on the day at the nearest org above the school (its
    network, else what the network is part of). Schools with a supervisor on the day or later are passed over,
    so it is safe to repeat. Principals who share a school all come in; a school that nobody leads is held as a
    vacant position, and named. Left out and named are schools without such a supervisor, and those of an org with
    several supervisors, for nothing says which of them. Opens the schools to the supervisors who sign in here.
    A caseload above its most is no error. One audit event, which says so; the grants have theirs.
    """
    district = District.objects.select_for_update().first()  # one at a time: a second click finds all done
    schools, free = School.objects.on(day), _free(day)
    plan = _plan(free, day)
    above = _above(plan, day)
    CaseloadAssignment.objects.bulk_create(plan.made, batch_size=BATCH)
    open_for_supervisors([(each, day) for each in plan.made], by=by)
    n_assigned = len({each.school_id for each in plan.made})
    done = FromRoster(
        assigned=n_assigned,
        kept=schools.count() - len(free),
        left_out=len(free) - n_assigned,
        problems=_problems(plan),
        above=above,
    )
    counts = {"assigned": done.assigned, "kept": done.kept, "left_out": done.left_out}
    audit.record(
        act="caseload.from_roster",
        target=district or District(pk=1),
        by=by,
        detail={"day": day.isoformat(), **counts}
        | ({"above": [_recorded(one) for one in above]} if above else {}),
    )
    if plan.made:
        ring(by, "caseloads were made from the roster")
    return done


def above_from_roster(*, day: date) -> list[Fullness]:
    """Return the caseloads that `caseloads_from_roster` would take above their most, by name; nothing is written."""
    return _above(_plan(_free(day), day), day)


def _free(day: date) -> list[Org]:
    """Return the schools of the day that have no principal supervisor then or later."""
    taken = CaseloadAssignment.objects.filter(during__overlap=DateRange(day, None)).values("school")
    return list(School.objects.on(day).exclude(pk__in=taken).order_by("name", "pk"))


def _above(plan: "_Plan", day: date) -> list[Fullness]:
    supervisors = {each.supervisor_id: each.supervisor for each in plan.made}
    coming = defaultdict(set)
    for each in plan.made:
        coming[each.supervisor_id].add(each.principal_id or -each.school_id)
    found = all_fullness(supervisors.values(), DateRange(day, None), coming)
    return sorted((one for one in found if one.is_above), key=lambda one: name_of(one.supervisor))


def _recorded(full: Fullness) -> dict[str, object]:
    return {"supervisor": str(full.supervisor.uid), **full.recorded}


def _plan(schools: Sequence[Org], day: date) -> _Plan:
    plan = _Plan([], Counter(), [], [], [])
    supervisors, leaders = _supervisors(day), leaders_on([school.pk for school in schools], day)
    parents, names = _tree()
    for school in schools:
        place = _nearest(school.parent_id, supervisors, parents)
        principals = leaders.get(school.pk, [])
        if place is None:
            plan.unled.append(school.name)
        elif len(supervisors[place]) > 1:
            plan.crowded[names[place]] += 1
        elif any(each.pk == supervisors[place][0].person_id for each in principals):
            plan.own.append(school.name)
        else:
            if not principals:
                plan.vacant.append(school.name)
            plan.made += _rows(supervisors[place][0].person, school, principals, day)
    return plan


def _rows(
    supervisor: Person, school: Org, principals: Sequence[Person], day: date
) -> list[CaseloadAssignment]:
    """Return a row for each who leads the school, or one for the vacant position."""
    during = DateRange(day, None)
    leaders: list[Person | None] = [*principals] or [None]
    return [
        CaseloadAssignment(supervisor=supervisor, principal=who, school=school, during=during)
        for who in leaders
    ]


def _supervisors(day: date) -> dict[int, list[StaffAssignment]]:
    """Return the principal supervisors of the day by the id of the org above schools where they are.

    Without those whose last day as one is set and has come, whom the roster may have for longer.
    """
    found = StaffAssignment.objects.on(day).filter(role=StaffRole.PRINCIPAL_SUPERVISOR)
    found = found.exclude(person__caseload_limits__leaves_on__lte=day)
    by_org = defaultdict(list)
    for each in found.exclude(org__type=OrgType.SCHOOL).select_related("person__user", "person__identity"):
        by_org[each.org_id].append(each)
    return by_org


def _tree() -> tuple[dict[int, int | None], dict[int, str]]:
    """Return each org's parent and name by its id."""
    rows = list(Org.objects.exclude(type=OrgType.SCHOOL).values_list("pk", "parent_id", "name"))
    return {pk: parent for pk, parent, _name in rows}, {pk: name for pk, _parent, name in rows}


def _nearest(
    org_id: int | None, wanted: Mapping[int, object], parents: Mapping[int, int | None]
) -> int | None:
    """Return the first of `wanted` on the way from an org to the top; a tree that is no tree ends the way."""
    seen: set[int] = set()
    while org_id is not None and org_id not in seen:
        if org_id in wanted:
            return org_id
        seen.add(org_id)
        org_id = parents.get(org_id)
    return None


def _problems(plan: _Plan) -> list[str]:
    crowded = [
        ngettext(
            "{place} has several principal supervisors in the roster, so its {n} school was left out.",
            "{place} has several principal supervisors in the roster, so its {n} schools were left out.",
            n,
        ).format(place=place, n=n)
        for place, n in sorted(plan.crowded.items())
    ]
    others = [
        (_("The roster has no principal supervisor above: {schools}."), plan.unled),
        (_("The roster has no principal, so the position is held as vacant, at: {schools}."), plan.vacant),
        (_("The principal is the supervisor over: {schools}."), plan.own),
    ]
    return crowded + [words.format(schools=_listed(names)) for words, names in others if names]


def _listed(names: Sequence[str]) -> str:
    """Name the first few, and say how many more there are."""
    first, n_more = ", ".join(names[:NAMED]), len(names) - NAMED
    if n_more <= 0:
        return first
    return ngettext("{first} and {n} more", "{first} and {n} more", n_more).format(first=first, n=n_more)
