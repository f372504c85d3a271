"""A supervisor's own calendar: where it is read from, and the events of one week. Nobody else's are ever opened."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from alignment_dash.access import reach
from alignment_dash.access.policy import Action, Data
from alignment_dash.access.scope import Scope
from supervision.calendars.suggesting import Choice, title_key
from supervision.models import (
    CalendarEvent,
    CalendarFeed,
    ConfirmedWeek,
    EntryPrincipal,
    EventState,
    TimeEntry,
)

MEMORY = timedelta(days=60)


def owner(scope: Scope, action: Action = Action.VIEW) -> int | None:
    """Return the caller's person id where they may have a calendar here; None for others, and for who helps."""
    return scope.person_id if scope.may(Data.CALENDARS, action) else None


@contextmanager
def opened(supervisor: int) -> Iterator[None]:
    """Open the events of one supervisor, who must be the caller."""
    with reach.rows_of(person=supervisor):
        yield


def feed_of(supervisor: int) -> CalendarFeed | None:
    """Return the feed of a supervisor's calendar."""
    return CalendarFeed.objects.filter(supervisor=supervisor).first()


def week_bounds(monday: date) -> tuple[datetime, datetime]:
    """Return the first moment of a week and of the next one, in the district's time."""
    zone = timezone.get_current_timezone()
    first, end = monday, monday + timedelta(days=7)
    return datetime.combine(first, time(), zone), datetime.combine(end, time(), zone)


def events_of(supervisor: int, monday: date, now: datetime) -> QuerySet[CalendarEvent]:
    """Return the events that began in a week and are over, or take the whole of a day that has come, with entries.

    Of those that are gone, the ones that became time. The rows must be open (`opened`).
    """
    first, end = week_bounds(monday)
    found = CalendarEvent.objects.filter(
        supervisor=supervisor, starts_at__gte=first, starts_at__lt=min(end, now)
    )
    found = found.exclude(all_day=False, ends_at__gt=now).exclude(
        is_gone=True, state__in=(EventState.NEW, EventState.LEFT)
    )
    return found.prefetch_related(_with_principals()).order_by("starts_at", "ends_at", "pk")


def _with_principals() -> "Prefetch[str, QuerySet[TimeEntry], str]":
    entries = TimeEntry.objects.order_by("day", "pk")
    return Prefetch("entries", queryset=entries.prefetch_related("principals"))


def other_entries(supervisor: int, monday: date) -> list[TimeEntry]:
    """Return what is entered in a week already and comes from no event, by day, with who took part; three queries.

    The rows of events must be open (`opened`).
    """
    taking = EntryPrincipal.objects.select_related("principal__identity", "school").order_by("school__name")
    found = TimeEntry.objects.filter(
        supervisor=supervisor, day__range=(monday, monday + timedelta(days=6)), events__isnull=True
    )
    return list(
        found.prefetch_related(Prefetch("principals", queryset=taking)).order_by("day", "starts_at", "pk")
    )


def chosen_before(
    supervisor: int, ids: set[str], titles: set[str], now: datetime
) -> tuple[dict[str, Choice], dict[str, Choice]]:
    """Return what was chosen last for events, by external id and by `title_key`; three queries.

    The rows must be open (`opened`).
    """
    found = CalendarEvent.objects.filter(supervisor=supervisor, starts_at__gte=now - MEMORY).exclude(
        state=EventState.NEW
    )
    by_id: dict[str, Choice] = {}
    by_title: dict[str, Choice] = {}
    for one in found.prefetch_related(_with_principals()).order_by("starts_at", "pk"):
        key, choice = title_key(one.title), choice_of(one)
        if one.external_id in ids:
            by_id[one.external_id] = choice
        if key and key in titles:
            by_title[key] = choice
    return by_id, by_title


def choice_of(event: CalendarEvent) -> Choice:
    """Return what was chosen for an event that is no longer new; its entries are prefetched."""
    entry = next(iter(event.entries.all()), None)
    if entry is None or event.state != EventState.TAKEN:
        return Choice("")
    people = frozenset((one.principal_id, one.school_id) for one in entry.principals.all())
    return Choice(entry.purpose, entry.department, people)


def confirmed(supervisor: int, monday: date) -> ConfirmedWeek | None:
    """Return that a week was confirmed, or None."""
    return ConfirmedWeek.objects.filter(supervisor=supervisor, monday=monday).first()


def n_waiting(supervisor: int, now: datetime) -> int:
    """Return how many events that are over wait to be confirmed. The rows must be open (`opened`)."""
    waiting = CalendarEvent.objects.filter(supervisor=supervisor, state=EventState.NEW, is_gone=False)
    return waiting.filter(ends_at__lte=now).count()
