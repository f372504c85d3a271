"""Writes of meetings and of what they decide."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from alignment_dash import schoolyear
from alignment_dash.access import audit
from alignment_dash.access.models import User, new_uid
from alignment_dash.runs.models import Run
from instruction.meetings.queries import last_before, owners, under
from instruction.models import Decision, DecisionState, Element, Meeting, MeetingState
from instruction.revisions import Moved
from schools.models import Org, School

LAST = "last"
# What stays as it was once the record of a meeting is closed.
LOCKED = ("what", "school", "element")


@transaction.atomic
def call_meeting(
    *,
    title: str,
    held_on: date,
    under: Org,
    by: User,
    follows: Meeting | str | None = LAST,
    uid: UUID | None = None,
) -> Meeting:
    """Plan a meeting over the schools of an org. follows: LAST is the last one over the same schools, None is none.

    The same uid again is the same meeting: a form sent twice plans one.
    """
    uid = uid or new_uid()
    before = last_before(under, held_on) if follows == LAST else follows
    made, is_new = Meeting.objects.get_or_create(
        uid=uid,
        defaults={
            "title": title,
            "held_on": held_on,
            "school_year": schoolyear.year_of(held_on),
            "under": under,
            "called_by": by,
            "follows": before if isinstance(before, Meeting) else None,
        },
    )
    if is_new:
        audit.record(
            act="meeting.call", target=made, by=by, detail={"on": str(held_on), "under": str(under.uid)}
        )
    elif made.called_by_id != by.pk:
        raise ValidationError(_("This meeting is there already."))
    return made


@transaction.atomic
def change_meeting(*, meeting: Meeting, revision: int, by: User, **values: Any) -> Meeting:
    """Change title, day, notes or what it follows, of a meeting whose record is open; Moved where it has moved."""
    held = _locked(meeting, revision)
    _refuse_closed(held)
    changed = sorted(name for name, value in values.items() if getattr(held, name) != value)
    for name in changed:
        setattr(held, name, values[name])
    if not changed:
        return held
    held.school_year = schoolyear.year_of(held.held_on)
    _refuse_circle(held)
    _save(held)
    audit.record(act="meeting.change", target=held, by=by, detail={"changed": changed})
    return held


@transaction.atomic
def close_record(*, meeting: Meeting, revision: int, run: Run | None, by: User) -> Meeting:
    """Say that a meeting was held: its pack shows `run` from now on, and only outcomes are added to it."""
    held = _locked(meeting, revision)
    _refuse_closed(held)
    held.state, held.run = MeetingState.HELD, run
    _save(held)
    audit.record(act="meeting.close", target=held, by=by, detail={"run": str(run.uid) if run else None})
    return held


@transaction.atomic
def open_record(*, meeting: Meeting, revision: int, by: User) -> Meeting:
    """Open a closed record again, to add what was forgotten; the pack shows today's figures until it is closed."""
    held = _locked(meeting, revision)
    if held.state == MeetingState.HELD:
        held.state, held.run = MeetingState.PLANNED, None
        _save(held)
        audit.record(act="meeting.open", target=held, by=by)
    return held


@transaction.atomic
def decide(
    *,
    meeting: Meeting,
    what: str,
    department: str,
    by: User,
    uid: UUID | None = None,
    school: Org | None = None,
    element: Element | None = None,
    owner: User | None = None,
    due_on: date | None = None,
) -> tuple[Decision, bool]:
    """Record a decision; return it and whether it is new.

    The same uid again with the same words is the same decision; with others, Moved holds what stands.
    ValidationError where the record is closed, the school is not of this meeting, or the owner would not see it.
    """
    # One at a time, so that of two that are sent at once the second finds the first.
    held = Meeting.objects.select_for_update().select_related("under").get(pk=meeting.pk)
    values = {
        "what": what, "department": department, "school": school, "element": element, "owner": owner,
        "due_on": due_on,
    }  # fmt: skip
    found = Decision.objects.filter(uid=uid).first() if uid else None
    if found is not None:
        if found.meeting_id != held.pk or found.made_by_id != by.pk:
            raise ValidationError({"uid": _("Another decision has this id.")})
        if found.revision == 0 and any(getattr(found, name) != value for name, value in values.items()):
            raise Moved(found)
        return found, False
    _refuse_closed(held)
    made = Decision(uid=uid or new_uid(), meeting=held, made_by=by, **values)
    _check(made, held)
    made.save()
    audit.record(act="decision.add", target=held, by=by, detail=_told(made))
    return made, True


@transaction.atomic
def change_decision(*, decision: Decision, revision: int, by: User, **values: Any) -> Decision:
    """Change a decision, or record what became of it (state, outcome, outcome_on).

    Of a closed record what was decided stays: only owner, department, day and outcome change. Moved where it has
    moved; ValidationError in words.
    """
    meeting = Meeting.objects.select_for_update().select_related("under").get(pk=decision.meeting_id)
    held = (
        Decision.objects.select_for_update(of=("self",)).select_related("school", "owner").get(pk=decision.pk)
    )
    if held.revision != revision:
        raise Moved(held)
    changed = sorted(name for name, value in values.items() if getattr(held, name) != value)
    locked = [name for name in changed if name in LOCKED]
    if locked and meeting.state == MeetingState.HELD:
        raise ValidationError(
            {locked[0]: _("The record of this meeting is closed: what was decided stays as it was.")}
        )
    for name in changed:
        setattr(held, name, values[name])
    if held.state == DecisionState.OPEN:
        held.outcome_on = None
    elif held.outcome_on is None:
        held.outcome_on = schoolyear.today()
    if not changed:
        return held
    _check(held, meeting, changed)
    _save(held)
    detail = _told(held) | {"changed": changed, "state": held.state}
    audit.record(act="decision.change", target=meeting, by=by, detail=detail)
    return held


def _locked(meeting: Meeting, revision: int) -> Meeting:
    held = (
        Meeting.objects.select_for_update(of=("self",)).select_related("under", "follows").get(pk=meeting.pk)
    )
    if held.revision != revision:
        raise Moved(held)
    return held


def _save(row: Meeting | Decision) -> None:
    row.revision += 1
    row.full_clean(validate_unique=False)
    row.save()


def _refuse_closed(meeting: Meeting) -> None:
    if meeting.state == MeetingState.HELD:
        raise ValidationError(_("The record of this meeting is closed. Open it again to change it."))


def _refuse_circle(meeting: Meeting) -> None:
    """A meeting follows one that came before it."""
    if meeting.follows and (meeting.follows.pk == meeting.pk or meeting.follows.held_on > meeting.held_on):
        raise ValidationError({"follows": _("A meeting follows one that was held before it.")})


def _check(decision: Decision, meeting: Meeting, changed: Collection[str] = ("school", "owner")) -> None:
    """Raise ValidationError for what the database cannot know, of what has changed: a school or an owner may leave."""
    decision.full_clean(validate_unique=False)
    school, owner = decision.school, decision.owner
    if (
        school
        and "school" in changed
        and not School.objects.filter(under(meeting.under), pk=school.pk).exists()
    ):
        raise ValidationError({"school": _("This school is not one of this meeting's.")})
    if (
        owner
        and not {"owner", "school"}.isdisjoint(changed)
        and not owners(school.pk if school else None, ids=[owner.pk]).exists()
    ):
        raise ValidationError(
            {"owner": _("{name} would not see this decision. Choose someone else.").format(name=owner.name)}
        )
    if decision.state != DecisionState.OPEN and not decision.outcome.strip():
        raise ValidationError({"outcome": _("Say what became of it.")})


def _told(decision: Decision) -> dict[str, Any]:
    """Return what the audit keeps: ids and a day, no words."""
    school = decision.school
    return {
        "decision": str(decision.uid),
        "school": str(school.uid) if school else None,
        "owner": decision.owner_id,
        "due": str(decision.due_on) if decision.due_on else None,
    }
