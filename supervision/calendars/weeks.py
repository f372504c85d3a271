"""The page of one week: its events with what is suggested for each, and what is entered already."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from alignment_dash.access.scope import Scope
from alignment_dash.schoolyear import today
from supervision.calendars import queries
from supervision.calendars.confirming import length_of
from supervision.calendars.forms import EventForm
from supervision.calendars.suggesting import Choice, Event, Known, Suggestion, suggest, title_key
from supervision.calendars.words import entered_words, why
from supervision.models import CalendarEvent, CaseloadAssignment, ConfirmedWeek, EventState, TimeEntry
from supervision.timelog.days import monday_of, overlap
from supervision.timelog.queries import Share, caseload_by, shares

# A form for each event takes a sixtieth of a second, and a browser may send a thousand fields.
AT_ONCE = 100


@dataclass(slots=True)
class Row:
    """One event: what is suggested or was chosen, why, and the titles or days of what it overlaps."""

    event: CalendarEvent
    choice: Choice
    why: str
    minutes: int
    overlaps: bool = False
    form: EventForm | None = None
    errors: list[str] = field(default_factory=list)

    @property
    def is_over_midnight(self) -> bool:
        """Say whether it falls into two days or more, and is entered on each."""
        zone = timezone.get_current_timezone()
        last = self.event.ends_at - timedelta(microseconds=1)
        return (
            not self.event.all_day
            and last.astimezone(zone).date() > self.event.starts_at.astimezone(zone).date()
        )


@dataclass(slots=True)
class Week:
    """A week of one supervisor.

    open: the rows that wait; done: those confirmed; later: how many wait until the open ones are confirmed.
    """

    monday: date
    confirmed: ConfirmedWeek | None
    open: list[Row]
    done: list[Row]
    entries: list[TimeEntry]
    caseload: list[CaseloadAssignment]
    share: Share | None
    later: int = 0

    @property
    def before(self) -> date:
        """The Monday before."""
        return self.monday - timedelta(days=7)

    @property
    def after(self) -> date | None:
        """The next Monday; None where that week has not begun."""
        found = self.monday + timedelta(days=7)
        return found if found <= monday_of(today()) else None


def last_monday() -> date:
    """Return the Monday of the last week that is over, which is the one to confirm."""
    return monday_of(today()) - timedelta(days=7)


def week_of(scope: Scope, supervisor: int, monday: date) -> Week:
    """Return a week of the caller's, who is the supervisor; a constant number of queries."""
    now = timezone.now()
    caseload = caseload_by(supervisor, min(monday + timedelta(days=6), today()))
    with queries.opened(supervisor):
        events = list(queries.events_of(supervisor, monday, now))
        entries = queries.other_entries(supervisor, monday)
        new = [one for one in events if one.state == EventState.NEW]
        before = queries.chosen_before(
            supervisor, {one.external_id for one in new}, {title_key(one.title) for one in new}, now
        )
    confirmed = queries.confirmed(supervisor, monday)
    known = [_known(one) for one in caseload]
    rows = [_row(one, known, before) for one in events]
    _leave_out_entered(rows, entries)
    _mark_overlaps(rows, entries)
    waiting = [
        row for row in rows
        if confirmed is None or row.event.state == EventState.NEW or row.event.is_changed
    ]  # fmt: skip
    done = [row for row in rows if row not in waiting]
    share = shares(scope, [supervisor], monday, monday + timedelta(days=6)).get(supervisor)
    return Week(monday, confirmed, waiting, done, entries, caseload, share)


def with_forms(week: Week, data: Mapping[str, Any] | None = None) -> list[EventForm]:
    """Give each open row its form, filled in with what is suggested, and return the forms; AT_ONCE of them at most.

    data: what was sent. Then the rows that it speaks of are the open ones, also where they were done meanwhile.
    """
    forms = []
    if data is not None:
        rows = sorted([*week.open, *week.done], key=lambda row: (row.event.starts_at, row.event.pk))
        week.open = [row for row in rows if f"{row.event.uid}-what" in data]
        week.done = [row for row in rows if row not in week.open]
    week.later = len(week.open[AT_ONCE:])
    week.open = week.open[:AT_ONCE]
    for row in week.open:
        row.form = EventForm(
            data, event=row.event, caseload=week.caseload, choice=row.choice, minutes=row.minutes
        )
        forms.append(row.form)
    return forms


def _known(one: CaseloadAssignment) -> Known:
    identity = getattr(one.principal, "identity", None)
    return Known(
        one.principal_id or 0, one.school_id, identity.family_name if identity else "", one.school.name
    )


def _row(
    one: CalendarEvent, caseload: Sequence[Known], before: tuple[dict[str, Choice], dict[str, Choice]]
) -> Row:
    entries = list(one.entries.all())
    if one.state != EventState.NEW:
        by_day = [entry.minutes for entry in entries]
        minutes = by_day[0] if one.all_day and by_day else 0 if one.is_changed else sum(by_day)
        return Row(one, queries.choice_of(one), "", minutes)
    made: Suggestion = suggest(
        Event(
            one.external_id, one.title, one.place, one.all_day, one.is_private,
            timezone.localtime(one.starts_at), tuple(one.hints),
        ),
        caseload, *before,
    )  # fmt: skip
    held = {(known.person, known.school) for known in caseload}
    choice = Choice(made.choice.purpose, made.choice.department, made.choice.principals & held)
    return Row(one, choice, why(made), 0)


def _leave_out_entered(rows: list[Row], entries: list[TimeEntry]) -> None:
    """Suggest to leave out what was entered already, so that a visit recorded in the parking lot is not time twice.

    An entry of the day speaks for one event with the same principals: one at its time, or the first of the day where
    the entry has no time of day.
    """
    told = [(one, {(each.principal_id, each.school_id) for each in one.principals.all()}) for one in entries]
    for row in rows:
        event, choice = row.event, row.choice
        if event.state != EventState.NEW or event.all_day or not choice.principals:
            continue
        day, time = timezone.localtime(event.starts_at).date(), (event.starts_at, length_of(event))
        for place, (entry, people) in enumerate(told):
            at = entry.starts_at
            if entry.day == day and choice.principals <= people and (
                at is None or overlap((at, entry.minutes), time)
            ):  # fmt: skip
                row.choice, row.why = Choice(""), entered_words(entry)
                del told[place]
                break


def _mark_overlaps(rows: list[Row], entries: list[TimeEntry]) -> None:
    """Mark what shares a moment with another event that is not left out, or with time entered already."""
    times: list[tuple[Row | None, tuple[datetime, int]]] = [
        (row, (row.event.starts_at, length_of(row.event)))
        for row in rows
        if not row.event.all_day and row.choice.purpose
    ]
    times += [(None, (one.starts_at, one.minutes)) for one in entries if one.starts_at is not None]
    for place, (row, time) in enumerate(times):
        for other, other_time in times[place + 1 :]:
            if overlap(time, other_time):
                for one in (row, other):
                    if one is not None:
                        one.overlaps = True
