"""Confirming a week: events become time entries as chosen, or are left out. Again, with other choices, changes them."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from alignment_dash.access import audit
from alignment_dash.access.models import User
from alignment_dash.access.scope import Scope
from alignment_dash.schoolyear import today
from schools.models import Person
from supervision.calendars.actions import take_turn
from supervision.calendars.queries import events_of, opened
from supervision.calendars.suggesting import Choice
from supervision.models import CalendarEvent, ConfirmedWeek, EntrySource, EventState, TimeEntry
from supervision.timelog.actions import add_entry, remove_entry
from supervision.timelog.days import monday_of, split


@dataclass(frozen=True, slots=True)
class Answer:
    """What a supervisor says of one event. minutes: of each day, where it is not the event's own length.

    seen: the mark of the event as the sender saw it; None: whatever it is now.
    """

    choice: Choice
    minutes: int | None = None
    seen: str | None = None


class WeekMoved(Exception):
    """The week is not what the sender saw: another page, or a reading of the calendar, changed it."""


@dataclass(slots=True)
class NotEntered(Exception):
    """Some events cannot be entered as chosen; nothing was. errors: messages by the uid of the event."""

    errors: dict[UUID, list[str]] = field(default_factory=dict)


def mark_of(event: CalendarEvent) -> str:
    """Return a short mark of how an event and its entries stand; what was seen is compared with it."""
    entries = [(entry.pk, entry.revision) for entry in event.entries.all()]
    stands = (event.state, event.starts_at.timestamp(), event.ends_at.timestamp(), entries)
    return hashlib.sha256(repr(stands).encode()).hexdigest()[:16]


@transaction.atomic
def confirm_week(
    *, scope: Scope, supervisor: Person, monday: date, answers: Mapping[UUID, Answer], by: User
) -> ConfirmedWeek:
    """Enter a week's events as answered, and say that the week was gone through. All of it, or nothing.

    Events without an answer stay as they are; the same answers again change nothing. WeekMoved where an event moved
    since it was seen, unless it stands as answered; NotEntered with what cannot be entered, by event.
    """
    _refuse_monday(monday)
    take_turn(supervisor.pk)
    with opened(supervisor.pk):
        events = list(events_of(supervisor.pk, monday, timezone.now()))
        left = [(one, answers[one.uid]) for one in events if one.uid in answers]
        differing = [(one, answer) for one, answer in left if not stands(one, answer)]
        if any(answer.seen not in {None, mark_of(one)} for one, answer in differing):
            raise WeekMoved
        _enter(scope, differing, by)
        made, is_new = ConfirmedWeek.objects.get_or_create(supervisor=supervisor, monday=monday)
    if is_new or differing:
        # How full a week was is hers alone to tell.
        audit.record(act="week.confirm", target=supervisor, by=by, detail={"monday": str(monday)})
    return made


@transaction.atomic
def reopen_week(*, supervisor: Person, monday: date, by: User) -> None:
    """Take back that a week was gone through; what was entered stays until it is confirmed otherwise."""
    take_turn(supervisor.pk)
    removed, _each = ConfirmedWeek.objects.filter(supervisor=supervisor, monday=monday).delete()
    if removed:
        audit.record(act="week.reopen", target=supervisor, by=by, detail={"monday": str(monday)})


def _refuse_monday(monday: date) -> None:
    if monday.weekday() or monday > monday_of(today()):
        raise ValidationError(_("Choose the Monday of a week that has begun."))


def stands(event: CalendarEvent, answer: Answer) -> bool:
    """Say whether an event, with its entries prefetched, is entered, or left out, as answered already."""
    if not answer.choice.purpose:
        return event.state == EventState.LEFT
    if event.state != EventState.TAKEN or event.is_changed:
        return False
    wanted = {(part.day, part.minutes) for part in parts_of(event, answer.minutes)}
    entries = list(event.entries.all())
    chosen = (answer.choice.purpose, answer.choice.department, answer.choice.principals)
    return {(one.day, one.minutes) for one in entries} == wanted and all(
        (one.purpose, one.department, frozenset((each.principal_id, each.school_id) for each in one.principals.all()))
        == chosen
        for one in entries
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stretch:
    """The minutes of an event on one day."""

    day: date
    minutes: int


def parts_of(event: CalendarEvent, minutes: int | None = None) -> list[Stretch]:
    """Return the days an event falls into with the minutes of each; minutes: of each day of one that takes whole days.

    No day to come is among them.
    """
    zone = timezone.get_current_timezone()
    if event.all_day:
        first, end = event.starts_at.astimezone(zone).date(), event.ends_at.astimezone(zone).date()
        days = [first + timedelta(days=n) for n in range(max((end - first).days, 1))]
        return [Stretch(day, minutes or 0) for day in days if day <= today()]
    return [
        Stretch(part.day, part.minutes) for part in split(event.starts_at, minutes or length_of(event), zone)
    ]


def length_of(event: CalendarEvent) -> int:
    """Return how many minutes an event lasts, at least one; 0 for one that takes whole days."""
    if event.all_day:
        return 0
    return max(round((event.ends_at - event.starts_at).total_seconds() / 60), 1)


def _enter(scope: Scope, differing: list[tuple[CalendarEvent, Answer]], by: User) -> None:
    errors: dict[UUID, list[str]] = {}
    # What is to be removed goes first, so that a day is not too long for what takes its place.
    kept = {event.pk: _remove(scope, event, by) for event, _answer in differing}
    for event, answer in differing:
        try:
            with transaction.atomic():
                made = _add(scope, event, answer, kept[event.pk], by) if answer.choice.purpose else []
        except ValidationError as error:
            errors[event.uid] = error.messages
            continue
        event.state = EventState.TAKEN if made else EventState.LEFT
        event.is_changed = False
        event.save(update_fields=["state", "is_changed", "read_at"])
        event.entries.set(made)
    if errors:
        raise NotEntered(errors)


def _remove(scope: Scope, event: CalendarEvent, by: User) -> Any:
    """Remove what an event was entered as; return the element it was about."""
    element = None
    for entry in list(event.entries.select_related("element__framework")):
        element = element or entry.element
        remove_entry(scope=scope, by=by, entry=entry, revision=entry.revision)
    return element


def _add(scope: Scope, event: CalendarEvent, answer: Answer, element: Any, by: User) -> list[TimeEntry]:
    if event.all_day and not answer.minutes:
        raise ValidationError(_("Say how many minutes of each day it took."))
    choice = answer.choice
    common: dict[str, Any] = {
        "scope": scope, "by": by, "purpose": choice.purpose, "department": choice.department,
        "principals": choice.principals, "element": element, "source": EntrySource.CALENDAR,
    }  # fmt: skip
    if event.all_day:
        return [
            add_entry(day=part.day, minutes=part.minutes, **common).entry
            for part in parts_of(event, answer.minutes)
        ]
    day = timezone.localdate(event.starts_at)
    minutes = answer.minutes or length_of(event)
    saved = add_entry(day=day, minutes=minutes, starts_at=event.starts_at, uid=event.uid, **common)
    return saved.entries
