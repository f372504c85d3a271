"""Save what an observer writes: from the first word on, from every device, without losing one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from alignment_dash import schoolyear
from alignment_dash.access import audit, reach
from alignment_dash.access.models import User
from alignment_dash.access.policy import Action, Data
from alignment_dash.access.scope import Scope
from instruction.models import (
    ElementVersion,
    FrameworkKind,
    FrameworkVersion,
    ObservationKind,
    ObservationRecord,
    Purpose,
    RecordState,
    VersionState,
)
from instruction.observing import content, who
from schools.models import Person, School

KINDS = (ObservationKind.WALKTHROUGH, ObservationKind.INFORMAL, ObservationKind.FORMAL)
# A tablet may already be in tomorrow where its clock or its time zone is ahead of the district's.
DAYS_AHEAD = 1
SKEW_AT_MOST = 2**31 - 1


class NotYours(LookupError):
    """There is no such record that the caller may write."""


class Refused(ValueError):
    """Something is wrong with what was sent; `errors`: the message of each field."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(" ".join(errors.values()))
        self.errors = dict(errors)


class Closed(ValueError):
    """The record is shared or locked and may not be written in; `record` is what stands."""

    def __init__(self, record: ObservationRecord, message: str = "") -> None:
        super().__init__(message or closed_message(record))
        self.record = record


@dataclass(frozen=True, slots=True)
class Sent:
    """One save as a device sends it. base: the revision it last saw. at: its clock. written: not yet checked."""

    save: UUID
    base: int
    at: datetime
    observed: UUID | None
    school: UUID
    framework_version: UUID
    kind: str
    purpose: str
    observed_on: date
    grade: str
    subject: str
    written: object


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of a save. merged: it held more than what was sent."""

    record: ObservationRecord
    is_new: bool
    merged: bool


@transaction.atomic
def save_record(*, scope: Scope, uid: UUID, sent: Sent, by: User) -> Saved:
    """Take in what a device sent; one UPDATE. Only the first save of a record is told in the audit.

    A save that is sent again changes nothing. NotYours, Refused, or Closed where the record takes no more.
    """
    person = scope.own_id(Data.OBSERVING, Action.CHANGE)
    if person is None:
        raise Refused({"detail": _("Only people on the staff roster write observations.")})
    with reach.rows_of(person=person):
        record = mine(uid, person)
        if record is None:
            return start_record(scope=scope, uid=uid, sent=sent, by=by)
        return _save(scope, record, sent)


def start_record(*, scope: Scope, uid: UUID, sent: Sent, by: User) -> Saved:
    """Make the record of a first save. Call in a transaction with the caller's own rows open."""
    person = scope.own_id(Data.OBSERVING, Action.CHANGE)
    if person is None:
        raise NotYours
    record = ObservationRecord(uid=uid, observer_id=person, **_head(scope, sent))
    written = _parsed(record.version, sent)
    record.content = content.merge({}, written, base=0, revision=1, save=str(sent.save))
    record.revision, record.last_save, record.clock_skew = 1, sent.save, _skew(sent.at)
    ObservationRecord.objects.bulk_create([record], ignore_conflicts=True)
    stored = mine(uid, person)
    if stored is None:
        raise NotYours
    if stored.last_save != sent.save:
        # The same record came in twice at once, with different saves.
        return _save(scope, stored, sent)
    detail = {"kind": record.kind, "purpose": record.purpose, "school": record.school_id}
    audit.record(act="record.started", target=stored, by=by, detail=detail)
    return Saved(stored, is_new=True, merged=False)


def is_open(record: ObservationRecord) -> bool:
    """Say whether its observer may write in it: a draft, or a shared one taken back for correction."""
    return record.state == RecordState.DRAFT or (
        record.state == RecordState.SHARED and record.opened_at is not None
    )


def closed_message(record: ObservationRecord) -> str:
    """Say why nothing more can be written in a record."""
    if record.state == RecordState.LOCKED:
        return _("This observation is locked. Ask for it to be unlocked to correct it.")
    return _("This observation is shared. Open it for correction to change it.")


def mine(uid: UUID, person: int) -> ObservationRecord | None:
    """Return a record of an observer's own, locked until the transaction ends. Call with their rows open."""
    found = ObservationRecord.objects.select_related("version__framework", "school", "observed")
    return found.filter(uid=uid, observer=person).select_for_update(of=("self",)).first()


def _save(scope: Scope, record: ObservationRecord, sent: Sent) -> Saved:
    if record.last_save == sent.save:
        return Saved(record, is_new=False, merged=sent.base + 1 != record.revision)
    if not is_open(record):
        raise Closed(record)
    changed = _set_head(scope, record, sent)
    base = sent.base if sent.base <= record.revision else 0
    merged = base != record.revision
    revision = record.revision + 1
    written = _parsed(record.version, sent)
    stored = content.merge(record.content, written, base=base, revision=revision, save=str(sent.save))
    if merged and not changed and content.shown(stored) == content.shown(record.content):
        # Sent again, after another device's saves: all of it is known.
        return Saved(record, is_new=False, merged=True)
    record.content, record.revision, record.last_save = stored, revision, sent.save
    record.clock_skew = _skew(sent.at)
    record.save(update_fields=[*changed, "content", "revision", "last_save", "clock_skew", "changed_at"])
    return Saved(record, is_new=False, merged=merged)


def _set_head(scope: Scope, record: ObservationRecord, sent: Sent) -> list[str]:
    """Set what a save says of whom, where and when, checked only where it says something new; return the names."""
    observed = record.observed.uid if record.observed else None
    now = (observed, record.school.uid, record.version.uid, record.kind, record.purpose, record.observed_on)
    told = (
        sent.observed, sent.school, sent.framework_version, sent.kind, sent.purpose, sent.observed_on,
    )  # fmt: skip
    if now == told and (record.grade, record.subject) == (sent.grade, sent.subject):
        return []
    if record.state != RecordState.DRAFT:
        raise Refused(
            {"detail": _("It is shared: what may still change is what is written, and nothing else.")}
        )
    if record.purpose == Purpose.FORMATIVE != sent.purpose:
        raise Refused({"purpose": _("What was begun as formative never becomes evaluative.")})
    head = _head(scope, sent)
    for name, value in head.items():
        setattr(record, name, value)
    return list(head)


def _head(scope: Scope, sent: Sent) -> dict[str, Any]:
    """Return the fields of who, where, when and what for; Refused where they may not be."""
    _check_day(sent.observed_on)
    year = schoolyear.year_of(sent.observed_on)
    version = _version(sent.framework_version, sent.observed_on)
    may = who.may_observe(scope, year)
    school = School.objects.on(sent.observed_on).filter(uid=sent.school).first()
    observed = None
    if sent.observed is None:
        _check_walk(may, sent, school, version)
    else:
        observed = _observed(may, sent, school, version)
    return {
        "observed": observed, "school": school, "version": version, "kind": sent.kind,
        "purpose": sent.purpose, "observed_on": sent.observed_on, "school_year": year,
        "grade": sent.grade, "subject": sent.subject,
    }  # fmt: skip


def _check_day(day: date) -> None:
    if day > schoolyear.today() + timedelta(days=DAYS_AHEAD):
        raise Refused({"observed_on": _("This day has not come yet. Is the clock of this device right?")})


def _version(uid: UUID, day: date) -> FrameworkVersion:
    version = FrameworkVersion.objects.select_related("framework").filter(uid=uid).first()
    if version is None or not holds(version, day):
        raise Refused({"framework_version": _("No framework version with this id holds on that day.")})
    return version


def holds(version: FrameworkVersion, day: date) -> bool:
    """Say whether a version may be observed against on a day: published for that year, and not yet retired."""
    if version.state == VersionState.DRAFT or version.first_school_year > schoolyear.year_of(day):
        return False
    return version.retired_at is None or timezone.localdate(version.retired_at) >= day


def _check_walk(may: who.MayObserve, sent: Sent, school: School | None, version: FrameworkVersion) -> None:
    if school is None or school.pk not in may.walks:
        raise Refused({"school": _("You may not walk at this school.")})
    if (sent.kind, sent.purpose) != (ObservationKind.WALKTHROUGH, Purpose.FORMATIVE):
        raise Refused({"purpose": _("A walk without names is a formative walkthrough.")})
    if version.framework.kind != FrameworkKind.TEACHING:
        raise Refused({"framework_version": _("A walk without names looks at teaching.")})


def _observed(may: who.MayObserve, sent: Sent, school: School | None, version: FrameworkVersion) -> Person:
    person = Person.objects.filter(uid=str(sent.observed)).first()
    if person is not None and person.pk == may.person_id:
        raise Refused({"observed": _("Nobody observes themselves.")})
    kind = version.framework.kind
    if school is None or not may.roles_at(school.pk, kind):
        raise Refused({"school": _("You may not observe at this school with this framework.")})
    day = sent.observed_on
    role = None
    if person is not None:
        role = who.role_of(may, observed=person, school_id=school.pk, kind=kind, day=day)
    if person is None or role is None:
        raise Refused(
            {
                "observed": _(
                    "Nobody whom you may observe with this framework by that id worked there that day."
                )
            }
        )
    return person


@lru_cache(maxsize=64)
def _elements(version: UUID) -> frozenset[str]:
    """Return the uids of a published version's elements; what is published never changes."""
    found = ElementVersion.objects.filter(version__uid=version).values_list("element__uid", flat=True)
    return frozenset(map(str, found))


def _parsed(version: FrameworkVersion, sent: Sent) -> content.Json:
    try:
        return content.parse(sent.written, elements=_elements(version.uid), levels=len(version.level_names))
    except content.BadContent as bad:
        raise Refused({"content": str(bad)}) from None


def _skew(at: datetime) -> int:
    """Return how many seconds a device's clock is ahead of ours, on the way to us included."""
    seconds = round((at - timezone.now()).total_seconds())
    return max(-SKEW_AT_MOST, min(seconds, SKEW_AT_MOST))
