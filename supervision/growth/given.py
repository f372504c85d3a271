"""The support a principal was given, for the page of their growth: visits, and a supervisor's own time with them."""

from collections.abc import Sequence
from datetime import date

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from alignment_dash.access.scope import Scope
from instruction.leadership.lines import Support, SupportLines
from supervision.models import TimeEntry, TimePurpose, Visit, VisitState
from supervision.timelog.purposes import ON_LEADERSHIP
from supervision.timelog.queries import contact_entries, own_person
from supervision.visits.queries import visible_visits


def visits(scope: Scope, principal_id: int, since: date, until: date) -> Sequence[Support]:
    """Return the visits that a principal had, as far as the caller sees visits; one query.

    With their minutes to the two people of the visit alone: how long an earlier supervisor came is theirs.
    """
    found = visible_visits(scope).filter(
        principal=principal_id, state=VisitState.DONE, day__range=(since, until)
    )
    return [
        Support(
            one.day, str(_("Visit")), one.entry.minutes if one.entry and _is_one_of_two(scope, one) else None
        )
        for one in found.order_by("day", "pk")
    ]


def _is_one_of_two(scope: Scope, one: Visit) -> bool:
    return scope.person_id is not None and scope.person_id in (one.supervisor_id, one.principal_id)


def time(scope: Scope, principal_id: int, since: date, until: date) -> Sequence[Support]:
    """Return the caller's own time on a principal's leadership that is of no visit, shared evenly; one query.

    Nothing for anyone but who spent it: a supervisor's time is hers.
    """
    own = own_person(scope)
    if own is None:
        return []
    mine = contact_entries([own], since, until).filter(purpose__in=ON_LEADERSHIP, visit__isnull=True)
    theirs = TimeEntry.objects.filter(pk__in=mine, principals__principal=principal_id).values("pk")
    rows = TimeEntry.objects.filter(pk__in=theirs).annotate(n=Count("principals")).order_by("day", "pk")
    return [
        Support(one.day, str(TimePurpose(one.purpose).label), round(one.minutes / max(one.n, 1)))
        for one in rows
    ]


VISITS = SupportLines(_("Visits"), visits, 10)
TIME = SupportLines(_("Your time together"), time, 20)
