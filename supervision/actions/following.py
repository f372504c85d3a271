"""Caseloads follow the roster: a school keeps its supervisor when its principals change, or when nobody leads it."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Exists, OuterRef, QuerySet

from alignment_dash.access import audit
from alignment_dash.access.models import User
from alignment_dash.turns import one_at_a_time
from schools.models import Org, StaffAssignment, StaffRole
from supervision.actions.caseloads import open_for_supervisor, shut
from supervision.models import CaseloadAssignment, SupervisorLimits


@dataclass(frozen=True, slots=True)
class Followed:
    """How many assignments were ended and made."""

    ended: int
    made: int


@transaction.atomic
def follow_roster(*, by: User | None, day: date) -> Followed:
    """Bring the caseloads of `day` in step with who leads the schools on it, and end those of supervisors who left.

    Where the principal in a caseload no longer leads the school, whoever does comes into the same supervisor's
    caseload from `day` on; where nobody does, the position is held as vacant. Somebody who comes to share a school
    is added. Principals whom the roster has never had at the school were assigned by hand and stay. Of a supervisor
    whose last day is set (SupervisorLimits.leaves_on) everything ends on it. One audit event for each school
    changed, and for each supervisor who left; two queries where all is in step. The caller sees to the snapshot.
    """
    one_at_a_time("caseloads follow the roster")
    ended = _end_of_leavers(day, by)
    made = 0
    held = _by_school(_out_of_step(day))
    leaders = _leaders(held, day) if held else {}
    before = _once_led(held) if held else set()
    for rows in held.values():
        gone, came = _change(rows, leaders.get(rows[0].school_id, set()), before)
        if gone or came:
            ended += len(gone)
            made += len(_follow(rows, gone, came, day, by))
    return Followed(ended, made)


def _end_of_leavers(day: date, by: User | None) -> int:
    leavers = SupervisorLimits.objects.filter(leaves_on__lte=day).select_related("supervisor")
    lasting = CaseloadAssignment.objects.filter(during__overlap=DateRange(day, None))
    with_caseload = leavers.filter(Exists(lasting.filter(supervisor=OuterRef("supervisor"))))
    n = 0
    for leaver in with_caseload:
        rows = list(lasting.filter(supervisor=leaver.supervisor_id).select_for_update())
        for row in rows:
            shut(row, end=leaver.leaves_on or day, by=by)
        detail = {"end": str(leaver.leaves_on), "ended": len(rows)}
        audit.record(act="caseload.supervisor_left", target=leaver.supervisor, by=by, detail=detail)
        n += len(rows)
    return n


def _principals(day: date) -> QuerySet[StaffAssignment]:
    found: QuerySet[StaffAssignment] = StaffAssignment.objects.on(day).filter(role=StaffRole.PRINCIPAL)
    return found


def _out_of_step(day: date) -> list[CaseloadAssignment]:
    """Return all rows of the schools where the caseload of the day and the roster of the day differ."""
    today = CaseloadAssignment.objects.on(day)
    same = today.filter(school=OuterRef("org"), principal=OuterRef("person"))
    unheld = _principals(day).filter(~Exists(same))
    leads = _principals(day).filter(org=OuterRef("school"), person=OuterRef("principal"))
    left = today.filter(~Exists(leads), principal__isnull=False)
    schools = set(today.filter(school__in=unheld.values("org")).values_list("school", flat=True))
    schools |= set(left.values_list("school", flat=True))
    if not schools:
        return []
    rows = today.filter(school__in=schools).select_for_update(of=("self",))
    return list(rows.select_related("supervisor__user", "school").order_by("school", "pk"))


def _by_school(rows: Iterable[CaseloadAssignment]) -> dict[int, list[CaseloadAssignment]]:
    found = defaultdict(list)
    for row in rows:
        found[row.school_id].append(row)
    return found


def _leaders(schools: Collection[int], day: date) -> dict[int, set[int]]:
    found = defaultdict(set)
    for org, person in _principals(day).filter(org__in=schools).values_list("org", "person"):
        found[org].add(person)
    return found


def _once_led(schools: Collection[int]) -> set[tuple[int, int]]:
    """Return school and person of everybody whom the roster has had as a principal there."""
    ever = StaffAssignment.objects.filter(org__in=schools, role=StaffRole.PRINCIPAL)
    return set(ever.values_list("org", "person"))


def _change(
    rows: list[CaseloadAssignment], leaders: set[int], once_led: set[tuple[int, int]]
) -> tuple[list[CaseloadAssignment], set[int | None]]:
    """Return the rows of a school that end, and the principals (None: vacant) that come in."""
    by_hand = [one for one in rows if one.principal_id and (one.school_id, one.principal_id) not in once_led]
    if by_hand:
        return [], set()
    held = {one.principal_id for one in rows}
    wanted: set[int | None] = {*leaders} or {None}
    return [one for one in rows if one.principal_id not in wanted], wanted - held


def _follow(
    rows: list[CaseloadAssignment],
    gone: list[CaseloadAssignment],
    came: set[int | None],
    day: date,
    by: User | None,
) -> list[CaseloadAssignment]:
    """Change one school's rows. Whoever would supervise themselves is left without; that shows as such."""
    first = rows[0]
    end = _until(rows, day)
    for row in gone:
        shut(row, end=day, by=by)
    made = [
        CaseloadAssignment(
            supervisor=first.supervisor, principal_id=who, school=first.school, during=DateRange(day, end)
        )
        for who in sorted(came, key=lambda who: who or 0)
        if who != first.supervisor_id
    ]
    for row in made:
        row.save()
        open_for_supervisor(row, start=day, by=by)
    school: Org = first.school
    counts = {"day": day.isoformat(), "ended": len(gone), "made": len(made)}
    audit.record(act="caseload.follow", target=school, by=by, detail=counts)
    return made


def _until(rows: list[CaseloadAssignment], day: date) -> date | None:
    """Return the first day without: that of the rows, or that on which something else is planned for the school."""
    later = CaseloadAssignment.objects.filter(school=rows[0].school_id, during__startswith__gt=day)
    planned = [during.lower for during in later.values_list("during", flat=True)]
    ends = [row.during.upper for row in rows]
    if None not in ends:
        planned.append(max(ends))
    return min(planned, default=None)
