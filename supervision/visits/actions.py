"""Writes of visits: to plan one, to say that it took place, to change and to cancel it."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid5

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from alignment_dash.access import audit
from alignment_dash.access.models import User, new_uid
from alignment_dash.access.scope import Scope
from alignment_dash.schoolyear import today
from alignment_dash.turns import one_at_a_time
from instruction.models import Element
from instruction.revisions import Moved
from schools.models import Org, Person
from supervision.models import EntrySource, TimeEntry, Visit, VisitState
from supervision.timelog.actions import add_entry

# A day that is further off was mistyped.
FARTHEST = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Took:
    """How a visit went. minutes None: the time is not logged from here; why_teachers: where teachers were worked with
    past the principal."""

    day: date
    minutes: int | None = None
    purpose: str = ""
    element: Element | None = None
    with_teachers: bool = False
    why_teachers: str = ""


@transaction.atomic
def plan_visit(
    *,
    supervisor: Person,
    principal: Person,
    school: Org,
    day: date,
    by: User,
    element: Element | None = None,
    uid: UUID | None = None,
) -> Visit:
    """Plan a visit; ValidationError for a day that is too far off. The same uid again is the same visit."""
    if not -FARTHEST <= day - today() <= FARTHEST:
        raise ValidationError({"day": _("A visit is planned for a day within about a year.")})
    before = _sent_before(uid, supervisor)
    if before is not None:
        return before
    visit = _made(supervisor, principal, school, day, element, by, uid)
    audit.record(act="visit.plan", target=visit, by=by, detail=_state(visit))
    return visit


@transaction.atomic
def record_visit(
    *,
    scope: Scope,
    supervisor: Person,
    principal: Person,
    school: Org,
    took: Took,
    by: User,
    uid: UUID | None = None,
) -> Visit:
    """Record a visit that took place without having been planned. The same uid again is the same visit.

    scope: the supervisor's, in whose log the time is entered. ValidationError as of `finish_visit`.
    """
    before = _sent_before(uid, supervisor)
    if before is not None:
        if _told(before) != _as_told(took):
            raise ValidationError(
                _("This visit was recorded before with other content. Change it on its page.")
            )
        return before
    visit = _made(supervisor, principal, school, took.day, took.element, by, uid)
    return _finish(scope, visit, took, by)


@transaction.atomic
def finish_visit(*, scope: Scope, visit: Visit, took: Took, revision: int, by: User) -> Visit:
    """Say that a planned visit took place, and log its time once, however often this is sent.

    Moved where the visit has changed since `revision`, ValidationError for a day to come and for what the log of time
    refuses.
    """
    row = Visit.objects.select_for_update(of=("self",)).select_related("school").get(pk=visit.pk)
    if row.state == VisitState.DONE and _told(row) == _as_told(took):
        return row  # sent twice
    _seen(row, revision)
    if row.state != VisitState.PLANNED:
        raise ValidationError(_("This visit was recorded or canceled already."))
    return _finish(scope, row, took, by)


@transaction.atomic
def change_visit(*, visit: Visit, revision: int, by: User, **values: Any) -> Visit:
    """Change a visit's day while it is planned, its element, and whether teachers were worked with; else Moved."""
    row = _locked(visit, revision)
    if row.state == VisitState.CANCELED:
        raise ValidationError(_("This visit was canceled."))
    if "day" in values and row.state == VisitState.DONE and values["day"] != row.day:
        raise ValidationError({"day": _("It took place on its day. Cancel it to record another.")})
    for name in ("day", "element", "with_teachers", "why_teachers"):
        if name in values:
            setattr(row, name, values[name])
    _save(row)
    audit.record(act="visit.change", target=row, by=by, detail=_state(row))
    return row


@transaction.atomic
def cancel_visit(*, visit: Visit, revision: int, by: User) -> Visit:
    """Cancel a visit. Notes and commitments stay, and so does time that was logged: it is changed in the log."""
    row = _locked(visit, revision)
    row.state, row.entry = VisitState.CANCELED, None
    row.save()
    audit.record(act="visit.cancel", target=row, by=by, detail=_state(row))
    return row


@transaction.atomic
def restore_visit(*, visit: Visit, revision: int, by: User) -> Visit:
    """Bring a canceled visit back: as done where its time is still in the log, else as planned; else Moved."""
    row = _locked(visit, revision)
    if row.state != VisitState.CANCELED:
        raise ValidationError(_("This visit is not canceled."))
    row.entry = TimeEntry.objects.filter(
        uid=_time_of(row), supervisor=row.supervisor_id, visit__isnull=True
    ).first()
    row.state = VisitState.DONE if row.entry else VisitState.PLANNED
    row.save()
    audit.record(act="visit.restore", target=row, by=by, detail=_state(row))
    return row


def _time_of(row: Visit) -> UUID:
    """Return the uid of a visit's time: one entry, whatever is sent again."""
    return uuid5(row.uid, "time")


def _sent_before(uid: UUID | None, supervisor: Person) -> Visit | None:
    if uid is None:
        return None
    one_at_a_time(f"visit:{uid}")
    found = Visit.objects.filter(uid=uid).first()
    if found is not None and found.supervisor_id != supervisor.pk:
        raise ValidationError({"uid": _("Another visit has this uid.")})
    return found


def _made(
    supervisor: Person,
    principal: Person,
    school: Org,
    day: date,
    element: Element | None,
    by: User,
    uid: UUID | None,
) -> Visit:
    if supervisor.pk == principal.pk:
        raise ValidationError(_("Nobody supervises themselves."))
    return Visit.objects.create(
        uid=uid or new_uid(),
        supervisor=supervisor,
        principal=principal,
        school=school,
        day=day,
        element=element,
        made_by=by,
    )


def _finish(scope: Scope, row: Visit, took: Took, by: User) -> Visit:
    if took.day > today():
        raise ValidationError({"day": _("A visit is done once it took place.")})
    row.state, row.day, row.element = VisitState.DONE, took.day, took.element
    row.with_teachers, row.why_teachers = took.with_teachers, took.why_teachers if took.with_teachers else ""
    if took.minutes:
        row.entry = add_entry(
            scope=scope,
            by=by,
            uid=_time_of(row),
            day=took.day,
            minutes=took.minutes,
            purpose=took.purpose,
            principals=[(row.principal_id, row.school_id)],
            element=took.element,
            source=EntrySource.VISIT,
        ).entry
    _save(row)
    audit.record(act="visit.done", target=row, by=by, detail=_state(row))
    return row


def _told(row: Visit) -> tuple[object, ...]:
    minutes = row.entry.minutes if row.entry else None
    return (row.day, row.element_id, row.with_teachers, row.why_teachers, minutes)


def _as_told(took: Took) -> tuple[object, ...]:
    why = took.why_teachers if took.with_teachers else ""
    element = took.element.pk if took.element else None
    return (took.day, element, took.with_teachers, why, took.minutes or None)


def _locked(visit: Visit, revision: int) -> Visit:
    row = Visit.objects.select_for_update(of=("self",)).select_related("school").get(pk=visit.pk)
    _seen(row, revision)
    return row


def _seen(row: Visit, revision: int) -> None:
    if row.revision != revision:
        raise Moved(row, _("This visit has been changed meanwhile. Nothing was saved."))
    row.revision += 1


def _save(row: Visit) -> None:
    if row.with_teachers and not row.why_teachers.strip():
        said = _("Work goes through the principal: say why you worked with teachers directly.")
        raise ValidationError({"why_teachers": said})
    if not row.with_teachers:
        row.why_teachers = ""
    row.save()


def _state(row: Visit) -> dict[str, Any]:
    # Who reads the audit learns that something was written, never who was visited when and for how long.
    return {"state": str(row.state)}
