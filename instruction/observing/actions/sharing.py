"""Share what was written, take it back for correction, and lock it: the ratings that come of a record."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from alignment_dash import schoolyear
from alignment_dash.access import audit, reach
from alignment_dash.access.models import User
from alignment_dash.access.policy import Action, Data
from alignment_dash.access.scope import Scope
from alignment_dash.runs.actions import inputs_changed
from alignment_dash.runs.models import Run
from alignment_dash.runs.registry import Progress
from instruction.calibrating import once
from instruction.models import ElementVersion, Observation, ObservationRecord, Rating, RecordState
from instruction.observing import content, who
from instruction.observing.actions.saving import Closed, NotYours, Refused, holds, is_open, mine
from schools.models import StaffAssignment


def share_record(*, scope: Scope, uid: UUID, by: User, base: int | None = None) -> ObservationRecord:
    """Show a record to the observed and make ratings of it; return it.

    base: the revision that its observer has read, where more may have come from another device. Shared again after
    a correction, its ratings become what is written now. Closed where it is shared already, Refused where something
    is missing, NotYours.
    """
    with transaction.atomic(), _own_rows(scope) as person:
        record = _my_record(uid, person)
        if not is_open(record):
            raise Closed(record, _("This observation is shared already."))
        if base not in (None, record.revision):
            raise Refused({"base": _("More was written on another device meanwhile. Read it, then share.")})
        role = _check_sharing(scope, record)
        again = record.shared_at is not None
        if record.observed_id is not None:
            if record.observation is None:
                once.give_way(record)
            record.observation = record.observation or _observation(record, role or "")
            _write_ratings(record)
            inputs_changed(
                topic="ratings", school_year=record.school_year, by=by, reason="an observation was shared"
            )
        record.state, record.shared_at, record.opened_at = RecordState.SHARED, timezone.now(), None
        record.save(update_fields=["state", "shared_at", "opened_at", "observation", "changed_at"])
        audit.record(act="record.shared", target=record, by=by, detail={"again": again})
        return record


def open_record(*, scope: Scope, uid: UUID, by: User) -> ObservationRecord:
    """Take a shared record back for correction; readers keep what was shared until it is shared again."""
    with transaction.atomic(), _own_rows(scope) as person:
        record = _my_record(uid, person)
        if record.state != RecordState.SHARED:
            raise Closed(record)
        if record.opened_at is None:
            record.opened_at = timezone.now()
            record.save(update_fields=["opened_at", "changed_at"])
            audit.record(act="record.opened", target=record, by=by)
        return record


def lock_record(*, scope: Scope, uid: UUID, by: User) -> ObservationRecord:
    """Lock a shared record, so that nothing in it changes any more."""
    with transaction.atomic(), _own_rows(scope) as person:
        record = _my_record(uid, person)
        if record.state == RecordState.LOCKED:
            return record
        if record.state != RecordState.SHARED or is_open(record):
            raise Closed(record, _("Only a shared observation can be locked. Share it first."))
        record.state, record.locked_at = RecordState.LOCKED, timezone.now()
        record.save(update_fields=["state", "locked_at", "changed_at"])
        audit.record(act="record.locked", target=record, by=by)
        return record


def discard_draft(*, scope: Scope, uid: UUID, by: User) -> None:
    """Delete a draft that was never shared. Closed for any other."""
    with transaction.atomic(), _own_rows(scope) as person:
        record = _my_record(uid, person)
        if record.state != RecordState.DRAFT:
            raise Closed(record, _("Only a draft can be deleted: this was shared, and others have read it."))
        audit.record(act="record.discarded", target=record, by=by)
        record.delete()


def lock_old(run: Run, progress: Progress) -> None:
    """Lock what was shared OBSERVATION_LOCK_DAYS ago and is not being corrected; every night."""
    days = settings.OBSERVATION_LOCK_DAYS
    now = timezone.now()
    with transaction.atomic(), reach.all_rows(why="shared observations of the whole district are locked"):
        old = ObservationRecord.objects.filter(
            state=RecordState.SHARED, opened_at=None, shared_at__lt=now - timedelta(days=days)
        )
        records = list(old.select_for_update())
        ids = [record.pk for record in records]
        ObservationRecord.objects.filter(pk__in=ids).update(
            state=RecordState.LOCKED, locked_at=now, changed_at=now
        )
        targets = [(record, {"days": days}) for record in records]
        audit.record_each(act="record.locked", targets=targets, by=None)


@contextmanager
def _own_rows(scope: Scope) -> Iterator[int]:
    """Open the caller's own rows and hand out their id; NotYours for who is nobody on the roster."""
    person = scope.own_id(Data.OBSERVING, Action.CHANGE)
    if person is None:
        raise NotYours
    with reach.rows_of(person=person):
        yield person


def _my_record(uid: UUID, person: int) -> ObservationRecord:
    record = mine(uid, person)
    if record is None:
        raise NotYours
    return record


def _check_sharing(scope: Scope, record: ObservationRecord) -> str | None:
    """Return the observed person's role that day; Refused where it cannot be shared as it is."""
    if not _says_something(record.content):
        raise Refused({"content": _("Nothing is written yet: a line of notes or a level is wanted.")})
    if record.observed_on > schoolyear.today():
        raise Refused({"observed_on": _("This day has not come yet: correct the day of the observation.")})
    if not holds(record.version, record.observed_on):
        raise Refused({"framework_version": _("This framework version did not hold on that day.")})
    if record.observed is None or record.observation:
        return None
    if once.is_held_back(record):
        raise Refused(
            {
                "observed": _(
                    "You rate this lesson blind with others: share what you wrote once it is released."
                )
            }
        )
    may = who.may_observe(scope, record.school_year)
    role = who.role_of(
        may, observed=record.observed, school_id=record.school_id,
        kind=record.version.framework.kind, day=record.observed_on,
    )  # fmt: skip
    if role is None:
        raise Refused({"observed": _("You may not observe this person at this school on that day.")})
    return role


def _says_something(stored: Mapping[str, Any]) -> bool:
    shown = content.shown(stored)
    rated = any(one["level"] is not None for one in shown["levels"].values())
    return rated or any(line["text"].strip() for line in shown["lines"])


def _observation(record: ObservationRecord, role: str) -> Observation:
    works_there = (
        StaffAssignment.objects.filter(person=record.observer_id, org=record.school_id)
        .on(record.observed_on)
        .exists()
    )
    return Observation.objects.create(
        version=record.version,
        observer_id=record.observer_id,
        observed=record.observed,
        school_id=record.school_id,
        observed_on=record.observed_on,
        school_year=record.school_year,
        kind=record.kind,
        purpose=record.purpose,
        role=role,
        is_cross_school=not works_there,
    )


def _write_ratings(record: ObservationRecord) -> None:
    """Make the observation's ratings what the record says; what was not seen has none."""
    evidence = content.evidence(record.content)
    worded = ElementVersion.objects.filter(version=record.version_id, element__uid__in=evidence)
    wanted = {one.pk: evidence[str(one.element.uid)] for one in worded.select_related("element")}
    held = {one.element_version_id: one for one in Rating.objects.filter(observation=record.observation)}
    for place, (level, text) in wanted.items():
        one = held.pop(place, None) or Rating(observation=record.observation, element_version_id=place)
        if one.pk is None or (one.level, one.evidence) != (level, text):
            one.level, one.evidence = level, text
            one.save()
    Rating.objects.filter(pk__in=[one.pk for one in held.values()]).delete()
