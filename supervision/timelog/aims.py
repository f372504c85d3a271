"""Writes of goals and of days that do not count: a supervisor's own, and the district's by who changes caseloads."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from alignment_dash.access import audit
from alignment_dash.access.models import User
from alignment_dash.access.policy import Action, Data
from alignment_dash.access.scope import Scope
from alignment_dash.turns import one_at_a_time
from instruction.revisions import Moved
from schools.models import District, Person
from supervision.models import DayOffKind, GoalKind, NonContactDay, TimeGoal
from supervision.timelog.actions import author_of

MOST_VISITS = 30
LONGEST_BREAK = 120
SATURDAY = 5


def may_set_for_district(scope: Scope) -> bool:
    """Say whether the caller sets the district's goals and days: who changes caseloads."""
    return scope.district_wide(Data.CASELOADS, Action.CHANGE)


def _whose(scope: Scope, for_district: bool) -> int | None:
    if not for_district:
        return author_of(scope)
    if not may_set_for_district(scope):
        raise PermissionDenied
    return None


@transaction.atomic
def set_goal(
    *,
    scope: Scope,
    by: User,
    school_year: int,
    kind: str,
    value: float | None,
    revision: int | None = None,
    for_district: bool = False,
) -> TimeGoal | None:
    """Set, or with None take away, the caller's own goal of a year, or the district's; return it.

    revision: the one that was seen, -1 for none; None: not asked. Moved where another stands by now. ValidationError
    for a share outside 0 to 100 %, or more than MOST_VISITS visits.
    """
    supervisor = _whose(scope, for_district)
    if kind not in GoalKind.values:
        raise ValidationError({"kind": _("There is no such goal.")})
    most = MOST_VISITS if kind == GoalKind.VISITS else 100
    if value is not None and not 0 <= value <= most:
        raise ValidationError({kind: _("Between 0 and {most}.").format(most=most)})
    one_at_a_time(f"time goals of {school_year} for {supervisor}")
    held = TimeGoal.objects.filter(school_year=school_year, supervisor=supervisor, kind=kind).first()
    if (held.value if held else None) == value:
        return held
    if revision is not None and revision != (held.revision if held else -1):
        raise Moved(held)
    _record("time.goal", supervisor, by, {"kind": kind, "year": school_year, "value": value})
    if value is None:
        if held:
            held.delete()
        return None
    if held is None:
        return TimeGoal.objects.create(
            school_year=school_year, supervisor_id=supervisor, kind=kind, value=value, set_by=by
        )
    held.value, held.set_by, held.revision = value, by, held.revision + 1
    held.save()
    return held


@transaction.atomic
def leave_out(
    *, scope: Scope, by: User, first: date, last: date | None = None, kind: str, for_district: bool = False
) -> list[NonContactDay]:
    """Leave weekdays from `first` to `last` out of what shares and trends are taken of; return those newly left out.

    Why someone is off is never asked. ValidationError for a break that ends before it begins or lasts very long.
    """
    supervisor = _whose(scope, for_district)
    last = last or first
    if last < first or (last - first).days >= LONGEST_BREAK:
        words = _("The last day is on or after the first, and at most {n} days after it.")
        raise ValidationError({"last": words.format(n=LONGEST_BREAK)})
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    days = [day for day in days if day.weekday() < SATURDAY or first == last]
    one_at_a_time(f"days left out of {supervisor}")
    there = set(_left_out(supervisor, days).values_list("day", flat=True))
    made = NonContactDay.objects.bulk_create(
        NonContactDay(supervisor_id=supervisor, day=day, kind=DayOffKind(kind), set_by=by)
        for day in days
        if day not in there
    )
    if made:
        _record("time.leave-out", supervisor, by, {"days": len(made)})
    return made


@transaction.atomic
def count_again(*, scope: Scope, by: User, days: Iterable[date], for_district: bool = False) -> int:
    """Count days again that were left out; return how many."""
    supervisor = _whose(scope, for_district)
    n = _left_out(supervisor, days).delete()[0]
    if n:
        _record("time.count-again", supervisor, by, {"days": n})
    return n


def _left_out(supervisor: int | None, days: Iterable[date]) -> QuerySet[NonContactDay]:
    found = NonContactDay.objects.filter(day__in=list(days))
    return found.filter(supervisor=supervisor) if supervisor else found.filter(supervisor=None)


def _record(act: str, supervisor: int | None, by: User, detail: dict[str, object]) -> None:
    target = Person.objects.get(pk=supervisor) if supervisor else District.objects.get()
    audit.record(act=act, target=target, by=by, detail=detail)
