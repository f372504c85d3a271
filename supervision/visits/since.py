"""What has changed at a school since the last visit, as counts, and what support the principal had meanwhile.

Levels of teaching are told by the capacity snapshots alone. A count of observations under five is told as "fewer than 5".
"""

from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Q

from alignment_dash.access import reach
from alignment_dash.access.policy import Data
from alignment_dash.access.scope import Scope
from instruction.models import FrameworkKind, Observation, SupportRequest, SupportState
from instruction.queries.cells import SMALLEST
from instruction.school_plans.requests import visible_requests
from schools.models import StaffAssignment, StaffRole
from supervision.models import EntryPrincipal, TimeEntry, TimePurpose


@dataclass(frozen=True, slots=True)
class Since:
    """Counts from the day after `day` to today, and minutes with that day's; None where the caller does not see them.

    few_observations: there were some, fewer than five, so n_observations is not told.
    """

    day: date
    n_observations: int | None = None
    few_observations: bool = False
    n_came: int | None = None
    n_left: int | None = None
    answered: list[SupportRequest] = field(default_factory=list)
    minutes: list[tuple[str, int]] = field(default_factory=list)


def since(scope: Scope, school_id: int, principal_id: int | None, day: date, today: date) -> Since:
    """Return what happened at a school after `day`; four queries and the opening of the school's rows."""
    n = _observations(scope, school_id, day, today)
    came, left = _staff(scope, school_id, day, today)
    return Since(
        day=day,
        n_observations=n if n is not None and (n == 0 or n >= SMALLEST) else None,
        few_observations=n is not None and 0 < n < SMALLEST,
        n_came=came,
        n_left=left,
        answered=_answered(scope, school_id, day),
        minutes=_minutes(scope, principal_id, day),
    )


def _observations(scope: Scope, school_id: int, day: date, today: date) -> int | None:
    if school_id not in scope.schools(Data.VISITS):
        return None
    with reach.rows_of(schools=[school_id]):
        found = Observation.objects.filter(
            school=school_id,
            observed_on__gt=day,
            observed_on__lte=today,
            version__framework__kind=FrameworkKind.TEACHING,
        )
        return found.count()


def _staff(scope: Scope, school_id: int, day: date, today: date) -> tuple[int | None, int | None]:
    """Return how many teachers came and left: on the school's roster on one of the two days and not on the other."""
    if school_id not in scope.schools(Data.STAFF_LIST):
        return None, None
    held = StaffAssignment.objects.filter(org=school_id, role=StaffRole.TEACHER)
    rows = held.filter(Q(during__contains=day) | Q(during__contains=today)).values_list("person_id", "during")
    before, now = set(), set()
    for person, during in rows:
        if day in during:
            before.add(person)
        if today in during:
            now.add(person)
    return len(now - before), len(before - now)


def _answered(scope: Scope, school_id: int, day: date) -> list[SupportRequest]:
    found = visible_requests(scope).filter(plan__school=school_id, answered_at__date__gt=day)
    kept = found.exclude(state__in=(SupportState.ASKED, SupportState.WITHDRAWN))
    return list(kept.select_related("element").order_by("-answered_at", "-pk"))


def _minutes(scope: Scope, principal_id: int | None, day: date) -> list[tuple[str, int]]:
    """Return the caller's own minutes with a principal by purpose, the most first; shared evenly in a group.

    Those of `day` count: it is the last visit's.
    """
    own = scope.person_id if scope.may(Data.SUPERVISOR_TIME) else None
    if own is None or principal_id is None:
        return []
    with_them = EntryPrincipal.objects.filter(principal=principal_id).values("entry")
    entries = TimeEntry.objects.filter(supervisor=own, day__gte=day, pk__in=with_them)
    sums: dict[str, float] = {}
    for purpose, minutes, n in entries.annotate(n=Count("principals")).values_list("purpose", "minutes", "n"):
        sums[purpose] = sums.get(purpose, 0.0) + minutes / n
    named = [(str(TimePurpose(purpose).label), round(total)) for purpose, total in sums.items()]
    return sorted(named, key=lambda one: -one[1])
