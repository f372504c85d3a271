"""Writes of calendars: where one is read from, what was read, and events that became time."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from alignment_dash.access import audit
from alignment_dash.access.models import User
from alignment_dash.access.sealing import seal
from alignment_dash.schoolyear import today
from alignment_dash.turns import one_at_a_time
from schools.models import Person
from supervision.calendars.queries import opened
from supervision.calendars.reading import Occurrence, window
from supervision.models import CalendarEvent, CalendarFeed, CaseloadAssignment, EventState

PURPOSE = "calendar"


@dataclass(frozen=True, slots=True)
class Read:
    """What came of reading a calendar: events of the window in it, new ones, moved ones, and those no longer there."""

    events: int
    new: int
    changed: int
    gone: int


def take_turn(supervisor: int) -> None:
    """Let one reading or confirming of a supervisor's calendar at a time go on."""
    one_at_a_time(f"calendar of {supervisor}")


@transaction.atomic
def set_feed(*, supervisor: Person, address: str, by: User) -> CalendarFeed:
    """Keep the address of a supervisor's calendar, sealed. What an earlier address brought and is new is deleted."""
    take_turn(supervisor.pk)
    _forget_unread(supervisor.pk)
    host = urlsplit(address).hostname or ""
    made, _is_new = CalendarFeed.objects.update_or_create(
        supervisor=supervisor,
        defaults={
            "sealed_address": seal(address, purpose=PURPOSE), "host": host, "etag": "", "read_at": None, "problem": "",
        },
    )  # fmt: skip
    audit.record(act="calendar.set", target=supervisor, by=by, detail={"host": host})
    return made


@transaction.atomic
def remove_feed(*, supervisor: Person, by: User) -> None:
    """Forget the address, and the events it brought that are not confirmed; time that was entered stays."""
    take_turn(supervisor.pk)
    removed, _each = CalendarFeed.objects.filter(supervisor=supervisor).delete()
    _forget_unread(supervisor.pk)
    if removed:
        audit.record(act="calendar.remove", target=supervisor, by=by)


def _forget_unread(supervisor: int) -> None:
    with opened(supervisor):
        CalendarEvent.objects.filter(supervisor=supervisor, from_feed=True, state=EventState.NEW).delete()


@transaction.atomic
def keep(
    *, supervisor: Person, found: list[Occurrence], from_feed: bool, by: User | None, now: datetime
) -> Read:
    """Keep what was read. A reading of the feed also tells which events are gone; a file only those it says so of.

    Of an event that is new nothing stays when it is gone; one that became time is marked, and the time stays.
    """
    take_turn(supervisor.pk)
    first, _last = window(now, timezone.get_current_timezone())
    with opened(supervisor.pk):
        held = _held(supervisor.pk, found, first)
        counts = _write(supervisor.pk, found, held, from_feed)
        present = {(one.external_id, one.recurrence) for one in found if not one.is_off}
        off = {(one.external_id, one.recurrence) for one in found if one.is_off}
        lost = [
            one for key, one in held.items()
            if key not in present and (key in off or (from_feed and one.from_feed and one.starts_at >= first))
        ]  # fmt: skip
        gone = _mark_gone(lost)
    if by is not None:
        told = {"from": "feed" if from_feed else "file"}
        audit.record(act="calendar.read", target=supervisor, by=by, detail=told)
    return Read(len(present), counts["new"], counts["changed"], gone)


@transaction.atomic
def note_read(*, feed: CalendarFeed, etag: str, problem: str = "") -> None:
    """Note that a feed was read, or why it was not; an address that was changed meanwhile keeps its own note."""
    same = CalendarFeed.objects.filter(pk=feed.pk, sealed_address=feed.sealed_address)
    if problem:
        same.update(problem=problem[:500])
    else:
        same.update(problem="", etag=etag[:200], read_at=timezone.now())


Key = tuple[str, str]


def _held(supervisor: int, found: list[Occurrence], first: datetime) -> dict[Key, CalendarEvent]:
    ids = {one.external_id for one in found}
    rows = CalendarEvent.objects.filter(supervisor=supervisor)
    rows = rows.filter(Q(external_id__in=ids) | Q(starts_at__gte=first))
    return {(one.external_id, one.recurrence): one for one in rows}


def _write(
    supervisor: int, found: list[Occurrence], held: dict[Key, CalendarEvent], from_feed: bool
) -> dict[str, int]:
    invited = _addresses(supervisor)
    new: list[CalendarEvent] = []
    changed = 0
    for one in found:
        row = held.get((one.external_id, one.recurrence))
        if one.is_off:
            continue
        if row is None:
            row = CalendarEvent(
                supervisor_id=supervisor, external_id=one.external_id, recurrence=one.recurrence
            )
            new.append(row)
        elif (row.starts_at, row.ends_at) != (one.starts_at, one.ends_at):
            changed += 1
            row.is_changed = row.state == EventState.TAKEN
        _fill(row, one, invited)
        row.from_feed = row.from_feed or from_feed
    CalendarEvent.objects.bulk_create(new)
    CalendarEvent.objects.bulk_update(
        [row for row in held.values() if row.pk],
        ["title", "place", "starts_at", "ends_at", "all_day", "is_private", "is_changed", "is_gone", "from_feed", "hints"],
        batch_size=500,
    )  # fmt: skip
    return {"new": len(new), "changed": changed}


def _fill(row: CalendarEvent, one: Occurrence, invited: dict[str, int]) -> None:
    row.title, row.place = one.title, one.place
    row.starts_at, row.ends_at, row.all_day = one.starts_at, one.ends_at, one.all_day
    row.is_private, row.is_gone = one.is_private, False
    row.hints = sorted({invited[text] for text in one.people if text in invited})


def _addresses(supervisor: int) -> dict[str, int]:
    """Return the principals of the caseload by e-mail address and by full name, in small letters."""
    rows = CaseloadAssignment.objects.on(today()).filter(supervisor=supervisor, principal__isnull=False)
    found: dict[str, int] = {}
    for one in rows.select_related("principal__identity", "principal__user"):
        identity, user = (
            getattr(one.principal, "identity", None),
            one.principal.user if one.principal else None,
        )
        names = [identity.email, identity.display_name] if identity else []
        for text in [*names, user.email if user else ""]:
            if text and one.principal_id:
                found[text.casefold()] = one.principal_id
    return found


def _mark_gone(lost: list[CalendarEvent]) -> int:
    new = [one.pk for one in lost if one.state == EventState.NEW]
    CalendarEvent.objects.filter(pk__in=new).delete()
    others = [one.pk for one in lost if one.state != EventState.NEW and not one.is_gone]
    CalendarEvent.objects.filter(pk__in=others).update(is_gone=True)
    return len(new) + len(others)
