"""Writes of what is said at a visit: notes for two people alone, and commitments that are carried forward.

Each opens the writer's own protected rows; for commitments also those of the school they are made at.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alignment_dash.access import audit, reach
from alignment_dash.access.models import User, new_uid
from alignment_dash.schoolyear import today
from alignment_dash.turns import one_at_a_time
from instruction.models import Element
from instruction.revisions import Moved
from schools.models import Org, Person
from supervision.models import Commitment, CommitmentState, Visit, VisitNote

SAVED_BEFORE = gettext_lazy("This was saved before with other words. Open what was saved to change it.")


@transaction.atomic
def write_note(*, visit: Visit, author: Person, text: str, by: User, uid: UUID | None = None) -> VisitNote:
    """Write a note about a visit; its supervisor or its principal alone. The same uid again is the same note."""
    if author.pk not in (visit.supervisor_id, visit.principal_id):
        raise ValidationError(_("Only the two people of this visit write notes about it."))
    with reach.rows_of(person=author.pk):
        if uid is not None:
            one_at_a_time(f"visit-note:{uid}")
            before = VisitNote.objects.filter(uid=uid, author=author).first()
            if before is not None:
                if before.text != _said(text):
                    raise ValidationError(SAVED_BEFORE)
                return before
        with _uid_is_free():
            note = VisitNote.objects.create(
                uid=uid or new_uid(),
                visit=visit,
                supervisor_id=visit.supervisor_id,
                principal_id=visit.principal_id,
                author=author,
                text=_said(text),
            )
    audit.record(act="visit.note", target=note, by=by)
    return note


@transaction.atomic
def change_note(*, note: VisitNote, author: Person, text: str, revision: int, by: User) -> VisitNote:
    """Change one's own note; Moved where it was changed since `revision`, say on another device."""
    with reach.rows_of(person=author.pk):
        row = VisitNote.objects.select_for_update(of=("self",)).get(pk=note.pk, author=author)
        if row.revision != revision:
            raise Moved(row, _("This note has been changed meanwhile. Nothing was saved."))
        row.text, row.revision = _said(text), row.revision + 1
        row.save()
    audit.record(act="visit.note-change", target=row, by=by)
    return row


@transaction.atomic
def commit_to(
    *,
    principal: Person,
    school: Org,
    writer: Person,
    commitment_by: str,
    text: str,
    due: date,
    by: User,
    visit: Visit | None = None,
    element: Element | None = None,
    uid: UUID | None = None,
) -> Commitment:
    """Write down a commitment of the principal or of their supervisor, due today or later.

    ValidationError for a day that has passed. The same uid again is the same commitment.
    """
    if due < today():
        raise ValidationError({"due": _("It is due today or later.")})
    with reach.rows_of(schools=[school.pk], person=writer.pk):
        if uid is not None:
            one_at_a_time(f"commitment:{uid}")
            before = Commitment.objects.filter(uid=uid, writer=writer).first()
            if before is not None:
                if (before.text, before.due, before.by) != (_said(text), due, commitment_by):
                    raise ValidationError(SAVED_BEFORE)
                return before
        with _uid_is_free():
            row = Commitment.objects.create(
                uid=uid or new_uid(),
                principal=principal,
                school=school,
                writer=writer,
                visit=visit,
                by=commitment_by,
                text=_said(text),
                element=element,
                made_on=today(),
                due=due,
                first_due=due,
            )
    audit.record(act="commitment.make", target=row, by=by, detail=_state(row))
    return row


@transaction.atomic
def change_commitment(
    *, commitment: Commitment, person: Person, revision: int, by: User, **values: Any
) -> Commitment:
    """Change what was committed to, or put it off (due); the day it was first due stays. Moved; ValidationError."""
    with reach.rows_of(schools=[commitment.school_id], person=person.pk):
        row = _locked(commitment, revision)
        if row.state != CommitmentState.OPEN:
            raise ValidationError(_("It has ended. Open it again to change it."))
        if "due" in values and values["due"] != row.due and values["due"] < today():
            raise ValidationError({"due": _("It is due today or later.")})
        if "text" in values:
            values["text"] = _said(values["text"])
        for name in ("text", "due", "element", "by"):
            key = "commitment_by" if name == "by" else name
            if key in values:
                setattr(row, name, values[key])
        row.save()
    audit.record(act="commitment.change", target=row, by=by, detail=_state(row))
    return row


@transaction.atomic
def end_commitment(
    *, commitment: Commitment, person: Person, state: str, outcome: str, revision: int, by: User
) -> Commitment:
    """Say that a commitment was kept or dropped, with what came of it; or open it again (state open)."""
    with reach.rows_of(schools=[commitment.school_id], person=person.pk):
        row = _locked(commitment, revision)
        if state == CommitmentState.DROPPED and not outcome.strip():
            raise ValidationError({"outcome": _("Say why it was dropped.")})
        row.state, row.outcome = state, outcome.strip()
        row.ended_on = None if state == CommitmentState.OPEN else today()
        row.save()
    audit.record(act="commitment.end", target=row, by=by, detail=_state(row))
    return row


@contextmanager
def _uid_is_free() -> Iterator[None]:
    """Refuse the uid of a row that the writer cannot read in words, for the database alone knows of it."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError:
        raise ValidationError({"uid": _("Something else has this uid.")}) from None


def _locked(commitment: Commitment, revision: int) -> Commitment:
    row = Commitment.objects.select_for_update(of=("self",)).select_related("school").get(pk=commitment.pk)
    if row.revision != revision:
        raise Moved(row, _("Someone else has changed this commitment meanwhile. Nothing was saved."))
    row.revision += 1
    return row


def _said(text: str) -> str:
    found = text.strip()
    if not found:
        raise ValidationError({"text": _("Write something.")})
    return found


def _state(row: Commitment) -> dict[str, Any]:
    return {"state": str(row.state)}
