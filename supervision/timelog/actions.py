"""Writes of time entries. What a supervisor did on which day is hers: the audit keeps that she wrote, never what."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alignment_dash.access import audit
from alignment_dash.access.models import User, new_uid
from alignment_dash.access.policy import Action
from alignment_dash.access.scope import Scope
from alignment_dash.schoolyear import today
from alignment_dash.turns import one_at_a_time
from instruction.models import Department, Element, FrameworkKind
from instruction.revisions import Moved
from schools.models import Person
from supervision.models import CaseloadAssignment, EntryPrincipal, EntrySource, TimeEntry, TimePurpose
from supervision.timelog import purposes
from supervision.timelog.days import DAY, Part, overlap, split
from supervision.timelog.queries import own_person

With = tuple[int, int]
"""A principal's person id and the id of the school."""
FIELDS = ("day", "minutes", "starts_at", "purpose", "department", "element", "principals")


@dataclass(frozen=True, slots=True)
class Saved:
    """What was saved: an entry for each day it fell into; is_new False: it had been sent before.

    overlapping: entries of the same days that share a moment with it.
    """

    entries: list[TimeEntry]
    is_new: bool = True
    overlapping: list[TimeEntry] = field(default_factory=list)

    @property
    def entry(self) -> TimeEntry:
        """The first, or only, entry."""
        return self.entries[0]


@transaction.atomic
def add_entry(
    *,
    scope: Scope,
    by: User,
    day: date,
    minutes: int,
    purpose: str,
    principals: Collection[With] = (),
    uid: UUID | None = None,
    department: str = "",
    element: Element | None = None,
    starts_at: datetime | None = None,
    source: str = EntrySource.QUICK,
) -> Saved:
    """Enter time of the caller's own. principals: (person id, school id) of who took part.

    With starts_at, `day` is that moment's day, and what lasts past midnight is an entry on each day. The same uid
    again with the same content is the same entry; with another, Moved. ValidationError, by field, for a day to come,
    a day of more than 24 hours, principals of someone else's caseload, an element that is not of leadership.
    """
    supervisor = author_of(scope)
    _take_turn(supervisor)
    values = {
        "day": day, "minutes": minutes, "starts_at": starts_at, "purpose": purpose, "department": department,
        "element": element, "principals": frozenset(principals),
    }  # fmt: skip
    uid = uid or new_uid()
    found = TimeEntry.objects.filter(uid=uid).first()
    if found is not None:
        return _sent_again(found, supervisor, values)
    parts = _checked(supervisor, values)
    made = [
        _new(part, uid if not place else part_uid(uid, part.day), supervisor, values, source)
        for place, part in enumerate(parts)
    ]
    _record("time.add", supervisor, by, made[0])
    return Saved(made, overlapping=_overlapping(made))


@transaction.atomic
def change_entry(*, scope: Scope, by: User, entry: TimeEntry, revision: int, **values: Any) -> Saved:
    """Change an entry of the caller's own (FIELDS; what is left out stays); Moved where it has moved.

    What now lasts past midnight gets another entry on the next day.
    """
    supervisor = author_of(scope)
    _take_turn(supervisor)
    held = _held(entry, supervisor, revision)
    values = _content(held) | values
    values["principals"] = frozenset(values["principals"])
    if values == _content(held):
        return Saved([held])
    first, *rest = _checked(supervisor, values, but=held)
    _fill(held, first, values)
    held.revision += 1
    held.save()
    held.principals.all().delete()
    _take_part(held, values["principals"])
    more = [_new(part, part_uid(held.uid, part.day), supervisor, values, held.source) for part in rest]
    _record("time.change", supervisor, by, held)
    return Saved([held, *more], overlapping=_overlapping([held, *more]))


@transaction.atomic
def remove_entry(*, scope: Scope, by: User, entry: TimeEntry, revision: int) -> dict[str, Any]:
    """Remove an entry of the caller's own; return what `restore_entry` takes. Moved where it has moved."""
    supervisor = author_of(scope)
    _take_turn(supervisor)
    held = _held(entry, supervisor, revision)
    content = _content(held)
    kept = {
        "uid": str(held.uid),
        "day": held.day.isoformat(),
        "minutes": held.minutes,
        "starts_at": held.starts_at.isoformat() if held.starts_at else None,
        "purpose": held.purpose,
        "department": held.department,
        "element": held.element_id,
        "principals": sorted(content["principals"]),
        "source": held.source,
    }
    _record("time.remove", supervisor, by, held)
    held.delete()
    return kept


def restore_entry(*, scope: Scope, by: User, kept: dict[str, Any]) -> Saved:
    """Enter again what `remove_entry` gave back: the undo of a removal. The same errors as `add_entry`."""
    element = Element.objects.filter(pk=kept["element"]).first() if kept["element"] else None
    return add_entry(
        scope=scope,
        by=by,
        uid=UUID(kept["uid"]),
        day=date.fromisoformat(kept["day"]),
        minutes=kept["minutes"],
        starts_at=datetime.fromisoformat(kept["starts_at"]) if kept["starts_at"] else None,
        purpose=kept["purpose"],
        department=kept["department"],
        element=element,
        principals=[(person, school) for person, school in kept["principals"]],
        source=kept["source"],
    )


def author_of(scope: Scope) -> int:
    """Return the person whose time the caller may write: themselves. ValidationError for who is in no roster."""
    found = own_person(scope, Action.CHANGE)
    if found is None:
        raise ValidationError(_("Time is entered by principal supervisors, each for themselves."))
    return found


def part_uid(uid: UUID, day: date) -> UUID:
    """Return the id of the part that falls on a later day: the same each time the entry is sent."""
    return uuid5(uid, day.isoformat())


def _take_turn(supervisor: int) -> None:
    """Write one at a time, so that what is sent twice at once is found, and a day's sum holds."""
    one_at_a_time(f"time of {supervisor}")


def _held(entry: TimeEntry, supervisor: int, revision: int) -> TimeEntry:
    held = TimeEntry.objects.select_for_update(of=("self",)).filter(pk=entry.pk).first()
    if held is None or held.supervisor_id != supervisor:
        raise ValidationError(_("This entry is no longer there."))
    if held.revision != revision:
        raise Moved(held)
    return held


def _content(entry: TimeEntry) -> dict[str, Any]:
    values = {name: getattr(entry, name) for name in FIELDS if name != "principals"}
    return values | {"principals": frozenset(entry.principals.values_list("principal_id", "school_id"))}


def _sent_again(found: TimeEntry, supervisor: int, values: dict[str, Any]) -> Saved:
    if found.supervisor_id != supervisor:
        raise ValidationError({"uid": _("Another entry has this id.")})
    later = TimeEntry.objects.filter(uid=part_uid(found.uid, found.day + timedelta(days=1))).first()
    parts = [found, later] if later else [found]
    held = _content(found) | {"minutes": sum(part.minutes for part in parts)}
    if values["starts_at"] is not None:
        values = values | {"day": held["day"]}
    if found.revision == 0 and held != values:
        raise Moved(found, _("This was sent before with other content. The first one was kept."))
    return Saved(parts, is_new=False)


def _checked(supervisor: int, values: dict[str, Any], but: TimeEntry | None = None) -> list[Part]:
    """Return the days the entry falls into; ValidationError in words. but: the entry that is being changed."""
    minutes, starts_at = values["minutes"], values["starts_at"]
    if not 1 <= minutes <= DAY:
        raise ValidationError({"minutes": _("Between 1 minute and 24 hours.")})
    zone = timezone.get_current_timezone()
    parts = split(starts_at, minutes, zone) if starts_at is not None else [Part(values["day"], minutes, None)]
    _refuse_future(parts)
    _refuse_purpose(values)
    for part in parts:
        _refuse_long_day(supervisor, part, but)
    _refuse_strangers(supervisor, values["principals"], parts[0].day, but)
    element = values["element"]
    if element is not None and element.framework.kind != FrameworkKind.LEADERSHIP:
        raise ValidationError({"element": _("Choose an element of principals' instructional leadership.")})
    return parts


def _refuse_future(parts: list[Part]) -> None:
    begins = parts[0].starts_at
    if parts[-1].day > today() or (begins is not None and begins > timezone.now()):
        words = _("This time is still to come. Enter it when it has passed; plan it as a visit instead.")
        raise ValidationError({"day": words})


def _refuse_purpose(values: dict[str, Any]) -> None:
    if values["purpose"] not in TimePurpose.values:
        raise ValidationError({"purpose": _("Choose what the time was for.")})
    if purposes.covers(values["purpose"]):
        if values["department"] not in Department.values or values["department"] == Department.SUPERVISION:
            raise ValidationError({"department": _("Say which other department's work it was.")})
    elif values["department"]:
        raise ValidationError({"department": _("Only covered work is another department's.")})


def _refuse_long_day(supervisor: int, part: Part, but: TimeEntry | None) -> None:
    others = TimeEntry.objects.filter(supervisor=supervisor, day=part.day)
    if but is not None:
        others = others.exclude(pk=but.pk)
    total = part.minutes + (others.aggregate(sum=Sum("minutes"))["sum"] or 0)
    if total > DAY:
        words = _("With this, {day} would have {hours} hours and {minutes} minutes; a day has 24 hours.")
        told = words.format(day=date_format(part.day, "M j, Y"), hours=total // 60, minutes=total % 60)
        raise ValidationError({"minutes": told})


def _refuse_strangers(supervisor: int, principals: Iterable[With], day: date, but: TimeEntry | None) -> None:
    """Refuse principals who were not in the caseload by that day; who left it since may still be named."""
    asked = set(principals)
    if but is not None:
        asked -= set(but.principals.values_list("principal_id", "school_id"))
    if len({person for person, _school in principals}) < len(set(principals)):
        raise ValidationError({"principals": _("Choose a principal of two schools once.")})
    if not asked:
        return
    held = CaseloadAssignment.objects.filter(supervisor=supervisor, during__startswith__lte=day)
    known = set(held.values_list("principal_id", "school_id"))
    strangers = len(asked - known)
    if strangers:
        words = ngettext(
            "{n} principal was not in your caseload by that day.",
            "{n} principals were not in your caseload by that day.",
            strangers,
        )
        raise ValidationError({"principals": words.format(n=strangers)})


def _new(part: Part, uid: UUID, supervisor: int, values: dict[str, Any], source: str) -> TimeEntry:
    made = TimeEntry(uid=uid, supervisor_id=supervisor, source=source)
    _fill(made, part, values)
    made.save()
    _take_part(made, values["principals"])
    return made


def _fill(entry: TimeEntry, part: Part, values: dict[str, Any]) -> None:
    entry.day, entry.minutes, entry.starts_at = part.day, part.minutes, part.starts_at
    entry.purpose, entry.department, entry.element = (
        values["purpose"],
        values["department"],
        values["element"],
    )
    entry.full_clean(validate_unique=False)


def _take_part(entry: TimeEntry, principals: Iterable[With]) -> None:
    EntryPrincipal.objects.bulk_create(
        EntryPrincipal(entry=entry, principal_id=person, school_id=school)
        for person, school in sorted(principals)
    )


def _overlapping(made: list[TimeEntry]) -> list[TimeEntry]:
    """Return entries of the same days, by time, that share a moment with one of these."""
    days = {one.day for one in made}
    others = TimeEntry.objects.filter(
        supervisor=made[0].supervisor_id, day__in=days, starts_at__isnull=False
    ).exclude(pk__in=[one.pk for one in made])
    timed = [one for one in made if one.starts_at is not None]
    return [other for other in others.order_by("starts_at", "pk") if any(_share(one, other) for one in timed)]


def _share(one: TimeEntry, other: TimeEntry) -> bool:
    if one.starts_at is None or other.starts_at is None:
        return False
    return overlap((one.starts_at, one.minutes), (other.starts_at, other.minutes))


def _record(act: str, supervisor: int, by: User, entry: TimeEntry) -> None:
    """Add the audit event; the person is its target, for an entry's own label would tell day and minutes."""
    target = Person.objects.get(pk=supervisor)
    audit.record(act=act, target=target, by=by, detail={"entry": str(entry.uid)})
