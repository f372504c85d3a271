"""What calendars hold about a person: a supervisor's own events, and titles of others' that name someone."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alignment_dash.access import reach
from alignment_dash.access.persondata.redaction import redact
from alignment_dash.access.persondata.registry import Holding, Retention, Row, Subject
from supervision.models import CalendarEvent, CalendarFeed, ConfirmedWeek

DAYS = 60
TEXTS = ("title", "place")


def _rows(subject: Subject) -> Iterator[Row]:
    with reach.rows_of(person=subject.person_id or 0):
        rows = list(CalendarEvent.objects.filter(supervisor=subject.person_id or 0).order_by("starts_at"))
    for one in rows:
        yield {
            "from": one.starts_at,
            "until": one.ends_at,
            "title": one.title,
            "place": one.place,
            "state": one.state,
        }


def _count(subject: Subject) -> int:
    with reach.rows_of(person=subject.person_id or 0):
        return CalendarEvent.objects.filter(supervisor=subject.person_id or 0).count()


def _erase(subject: Subject) -> int:
    """Delete their own; take their name out of titles and places in others' calendars, which nobody else reads."""
    with reach.all_rows(why="a name is taken out of whatever calendar it stands in"):
        deleted, _each = CalendarEvent.objects.filter(supervisor=subject.person_id or 0).delete()
        return deleted + sum(_redacted(one, subject) for one in _naming(subject))


def _naming(subject: Subject) -> list[CalendarEvent]:
    asked = Q(pk=None)
    for word in subject.words.anywhere:
        for name in TEXTS:
            asked |= Q(**{f"{name}__icontains": word})
    if subject.person_id:
        asked |= Q(hints__contains=[subject.person_id])
    return list(CalendarEvent.objects.filter(asked))


def _redacted(one: CalendarEvent, subject: Subject) -> int:
    before = (one.title, one.place, one.hints)
    one.title, one.place = (redact(getattr(one, name), subject.words)[:300] for name in TEXTS)
    one.hints = [person for person in one.hints if person != subject.person_id]
    if before == (one.title, one.place, one.hints):
        return 0
    one.save(update_fields=["title", "place", "hints"])
    return 1


def _feed(subject: Subject) -> list[CalendarFeed]:
    return list(CalendarFeed.objects.filter(supervisor=subject.person_id or 0))


def _forget(subject: Subject) -> int:
    deleted, _each = CalendarFeed.objects.filter(supervisor=subject.person_id or 0).delete()
    return deleted


def _weeks(subject: Subject) -> list[ConfirmedWeek]:
    return list(ConfirmedWeek.objects.filter(supervisor=subject.person_id or 0).order_by("monday"))


EVENTS = Holding(
    key="calendar-events",
    label=_("Events of their calendar"),
    rows=_rows,
    count=_count,
    erased=_("Deleted; their name is taken out of events in others' calendars."),
    erase=_erase,
    tables=frozenset({"supervision_calendarevent"}),
    place=66,
)
FEEDS = Holding(
    key="calendar-feeds",
    label=_("The address of their calendar"),
    rows=lambda subject: [{"host": one.host, "read": one.read_at} for one in _feed(subject)],
    count=lambda subject: len(_feed(subject)),
    erased=_("Deleted."),
    erase=_forget,
    tables=frozenset({"supervision_calendarfeed"}),
    place=67,
)
WEEKS = Holding(
    key="confirmed-weeks",
    label=_("Weeks of which they confirmed how their time went"),
    rows=lambda subject: [{"monday": one.monday, "confirmed": one.confirmed_at} for one in _weeks(subject)],
    count=lambda subject: len(_weeks(subject)),
    erased=_("Stay, without a name: they say which weeks the sums of time are complete for."),
    tables=frozenset({"supervision_confirmedweek"}),
    place=68,
)


def _old(moment: datetime) -> Iterable[str]:
    with reach.all_rows(why="events that are past their time are counted"):
        days = CalendarEvent.objects.filter(ends_at__lt=moment).values_list("starts_at__date", flat=True)
        return [day.isoformat() for day in days.order_by("starts_at__date")]


def _remove(moment: datetime) -> int:
    with reach.all_rows(why="events that are past their time are deleted"):
        return CalendarEvent.objects.filter(ends_at__lt=moment).delete()[0]


RETENTION = Retention(
    key="calendar-events",
    label=_("Events of supervisors' calendars"),
    note=_("Time that was confirmed stays, without the event's title."),
    default=DAYS,
    least=35,
    found=_old,
    remove=_remove,
    place=45,
)
