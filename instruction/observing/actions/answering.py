"""What others do with a shared record: the observed read it and reply, and someone unlocks it on request."""

from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from alignment_dash.access import audit, reach
from alignment_dash.access.models import User, new_uid
from alignment_dash.access.policy import Action, Data
from alignment_dash.access.roles import Role
from alignment_dash.access.scope import Scope
from instruction.models import FrameworkKind, ObservationRecord, RecordReply, RecordState, UnlockRequest
from instruction.observing.actions.saving import Closed, NotYours, Refused
from schools.models import School, StaffAssignment, StaffRole


def acknowledge(*, scope: Scope, uid: UUID, by: User, text: str = "") -> RecordReply:
    """Say that the caller has read what was written of them, not that they agree; once, however often sent."""
    person = _person(scope)
    with transaction.atomic(), reach.rows_of(person=person):
        record = _of_me(person, uid)
        held = RecordReply.objects.filter(
            record=record, person=scope.person_id, is_acknowledgment=True
        ).first()
        if held:
            return held
        reply = RecordReply(record=record, person_id=person, is_acknowledgment=True, text=text)
        return _save(reply, act="record.acknowledged", by=by)


def reply(*, scope: Scope, uid: UUID, text: str, by: User, reply_uid: UUID | None = None) -> RecordReply:
    """Reply to what was written of the caller; sent twice with one `reply_uid` it stands once.

    Also to a locked record: what its observer wrote stays as it is.
    """
    person = _person(scope)
    with transaction.atomic(), reach.rows_of(person=person):
        record = _of_me(person, uid)
        if not text.strip():
            raise Refused({"text": _("Write your reply.")})
        held = RecordReply.objects.filter(uid=reply_uid).first() if reply_uid else None
        if held and (held.record_id, held.person_id) != (record.pk, person):
            raise NotYours
        if held:
            return held
        made = RecordReply(record=record, person_id=person, text=text, uid=reply_uid or new_uid())
        try:
            with transaction.atomic():
                return _save(made, act="record.replied", by=by)
        except IntegrityError:
            # Another person's reply, which this one cannot see, has that uid.
            raise NotYours from None


def ask_unlock(*, scope: Scope, uid: UUID, why: str, by: User) -> UnlockRequest:
    """Ask that a locked record be unlocked; its observer or the observed asks, and nobody while someone has."""
    with transaction.atomic(), reach.rows_of(person=_person(scope)):
        record = _locked(uid, models.Q(observer=scope.person_id) | models.Q(observed=scope.person_id))
        if record.state != RecordState.LOCKED:
            raise Closed(
                record, _("This observation is not locked: its observer can open it for correction.")
            )
        if not why.strip():
            raise Refused({"why": _("Say what is to be corrected, without naming anyone.")})
        request = UnlockRequest(record=record, asked_by=by, why=why)
        _check(request)
        request.save()
        audit.record(act="record.unlock-asked", target=record, by=by)
        return request


def answer_unlock(*, scope: Scope, uid: UUID, is_granted: bool, answer: str, by: User) -> UnlockRequest:
    """Answer a request to unlock; granted, the record is shared and open for correction.

    The school's principal answers; the principal supervisor where the principal wrote it or a leader was observed;
    a calibration lead wherever these are not there. Nobody answers for a record that they wrote or that is
    about them. NotYours for everyone else, Refused where it has been answered.
    """
    with transaction.atomic(), reach.rows_of(schools=schools_to_answer_for(scope)):
        found = UnlockRequest.objects.select_related("record__version__framework")
        request = found.select_for_update(of=("self", "record")).filter(uid=uid).first()
        if request is None or not may_answer(scope, request.record):
            raise NotYours
        if request.answered_at is not None:
            if request.is_granted == is_granted:
                return request
            raise Refused({"detail": _("Someone has answered this request meanwhile.")})
        request.is_granted, request.answer = is_granted, answer
        request.answered_by, request.answered_at = by, timezone.now()
        _check(request)
        request.save()
        if is_granted:
            _unlock(request.record, request.answered_at)
        act = "record.unlocked" if is_granted else "record.unlock-refused"
        audit.record(act=act, target=request.record, by=by)
        return request


def schools_to_answer_for(scope: Scope) -> frozenset[int]:
    """Return the ids of the schools of whose records the caller may answer requests; one query for a lead."""
    if scope.limit is not None:
        return frozenset()
    if Role.CALIBRATION_LEAD in scope.roles:
        return frozenset(School.objects.values_list("pk", flat=True))
    held = dict(scope.schools_by_role)
    caseload = scope.caseload_ids if Role.SUPERVISOR in held else frozenset()
    return held.get(Role.PRINCIPAL, frozenset()) | caseload


def may_answer(scope: Scope, record: ObservationRecord) -> bool:
    """Say whether the caller answers requests to unlock this record; at most one query."""
    if scope.person_id is not None and scope.person_id in (record.observer_id, record.observed_id):
        return False
    if scope.limit is not None:
        return False
    if Role.CALIBRATION_LEAD in scope.roles:
        return True
    held = dict(scope.schools_by_role)
    leads = record.school_id in held.get(Role.PRINCIPAL, frozenset())
    supervises = Role.SUPERVISOR in held and record.school_id in scope.caseload_ids
    if not (leads or supervises):
        return False
    is_of_leader = record.version.framework.kind == FrameworkKind.LEADERSHIP
    return supervises if is_of_leader or _wrote_as_principal(record) else leads


def _wrote_as_principal(record: ObservationRecord) -> bool:
    held = StaffAssignment.objects.filter(
        person=record.observer_id, org=record.school_id, role=StaffRole.PRINCIPAL
    )
    return held.on(record.observed_on).exists()


def _unlock(record: ObservationRecord, now: datetime) -> None:
    if record.state == RecordState.LOCKED:
        record.state, record.locked_at, record.opened_at = RecordState.SHARED, None, now
        record.save(update_fields=["state", "locked_at", "opened_at", "changed_at"])


def _person(scope: Scope) -> int:
    if scope.person_id is None or not scope.may(Data.OBSERVING, Action.CHANGE):
        raise NotYours
    return scope.person_id


def _of_me(person: int, uid: UUID) -> ObservationRecord:
    """Return a shared record about the caller, locked so that two replies do not cross."""
    record = _locked(uid, models.Q(observed=person))
    if record.state == RecordState.DRAFT:
        raise NotYours
    return record


def _locked(uid: UUID, whose: models.Q) -> ObservationRecord:
    record = ObservationRecord.objects.filter(whose, uid=uid).select_for_update().first()
    if record is None:
        raise NotYours
    return record


def _save(made: RecordReply, *, act: str, by: User) -> RecordReply:
    _check(made)
    made.save()
    audit.record(act=act, target=made.record, by=by)
    return made


def _check(made: models.Model) -> None:
    """Check what a person typed; the references are ours. Refused with the message of each field."""
    for name in ("text", "why", "answer"):
        _check_text(made, name)
    try:
        made.validate_constraints()
    except ValidationError as refused:
        raise Refused({"detail": " ".join(refused.messages)}) from refused


def _check_text(made: models.Model, name: str) -> None:
    text = getattr(made, name, "") or ""
    if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise Refused({name: _("It holds a character that cannot be stored.")})
    limit = getattr(made._meta.get_field(name), "max_length", None) if text else None
    if limit is not None and len(text) > limit:
        said = _("At most {most} characters; this has {n}.")
        raise Refused({name: said.format(most=f"{limit:,}", n=f"{len(text):,}")})
