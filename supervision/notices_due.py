"""Which principals have waited longer for a visit than their need asks.

A principal of average need is to be visited as often a month as the goal says (2 where none is set), one of need 1.5
half as often again. A month is taken as 21 contact days, so the next visit is due 21 / (goal x need) contact days
after the last one, or after the caseload or the school year began.
"""

from collections import defaultdict
from datetime import date, timedelta

from alignment_dash.runs.queries import snapshot
from alignment_dash.schoolyear import bounds, year_of
from supervision.models import (
    CASELOAD_RUN,
    CaseloadAssignment,
    CaseloadSchool,
    GoalKind,
    NonContactDay,
    TimeGoal,
    Visit,
    VisitState,
)

VISITS_A_MONTH = 2.0
DAYS_A_MONTH = 21


def waiting(day: date) -> dict[int, int]:
    """Return how many principals wait too long, by their supervisor's person id; five queries.

    A principal of two schools waits from the last visit at either.
    """
    begin = bounds(year_of(day))[0]
    last = _last_visits(begin, day)
    needs, goals, off = _needs(day), _goals(day), _days_off(begin, day)
    since: dict[tuple[int, int], date] = {}
    held = CaseloadAssignment.objects.on(day).filter(principal__isnull=False)
    for supervisor, principal, during in held.values_list("supervisor_id", "principal_id", "during"):
        key = (supervisor, principal or 0)
        found = max(begin, during.lower, last.get(key[1], begin))
        since[key] = max(found, since.get(key, found))
    waits: dict[int, int] = defaultdict(int)
    for (supervisor, principal), start in since.items():
        asked = goals.get(supervisor, goals.get(None, VISITS_A_MONTH)) * needs.get(principal, 1.0)
        days = _contact_days(start + timedelta(days=1), day, off[None] | off[supervisor])
        if asked > 0 and days > DAYS_A_MONTH / asked:
            waits[supervisor] += 1
    return dict(waits)


def contact_days(first: date, last: date, supervisor: int | None) -> int:
    """Return how many days from first to last are contact days: weekdays that are not left out; one query."""
    off = _days_off(first, last)
    return _contact_days(first, last, off[None] | (off[supervisor] if supervisor else set()))


def _contact_days(first: date, last: date, off: set[date]) -> int:
    n = (last - first).days + 1
    days = (first + timedelta(days=i) for i in range(max(0, n)))
    return sum(1 for day in days if day.weekday() < 5 and day not in off)


def _last_visits(begin: date, day: date) -> dict[int, date]:
    done = Visit.objects.filter(state=VisitState.DONE, day__range=(begin, day)).order_by("day")
    return dict(done.values_list("principal_id", "day"))


def _needs(day: date) -> dict[int, float]:
    found = snapshot(kind=CASELOAD_RUN, school_year=year_of(day))
    if found is None:
        return {}
    rows = CaseloadSchool.objects.filter(run_id=found.run_id, need__isnull=False, principal__isnull=False)
    return {person: need for person, need in rows.values_list("principal_id", "need") if person and need}


def _goals(day: date) -> dict[int | None, float]:
    found = TimeGoal.objects.filter(kind=GoalKind.VISITS, school_year=year_of(day))
    return dict(found.values_list("supervisor_id", "value"))


def _days_off(first: date, last: date) -> defaultdict[int | None, set[date]]:
    off: defaultdict[int | None, set[date]] = defaultdict(set)
    for supervisor, day in NonContactDay.objects.filter(day__range=(first, last)).values_list(
        "supervisor_id", "day"
    ):
        off[supervisor].add(day)
    return off
