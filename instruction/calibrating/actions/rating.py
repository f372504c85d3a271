"""Rate a lesson blind: save a draft as often as needed, then hand it in for good."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from alignment_dash import schoolyear
from alignment_dash.access import audit, reach
from alignment_dash.access.models import User
from instruction.calibrating.actions.preparing import elements_of, locked
from instruction.calibrating.refusals import Moved, Refused
from instruction.models import (
    CalibrationExercise,
    CalibrationInvitation,
    CalibrationRating,
    ElementVersion,
    ExerciseState,
)
from schools.models import Person

_ANY = tuple(ExerciseState)
# What was not there before the first save.
_NOTHING = (None, "", False)


@dataclass(frozen=True, slots=True)
class Given:
    """What an observer says of one element: notes, and a level, not seen (None), or nothing yet (not decided)."""

    element: int
    level: int | None
    evidence: str = ""
    is_decided: bool = True


@transaction.atomic
def save_ratings(
    *,
    exercise: CalibrationExercise,
    person: Person,
    given: Sequence[Given],
    by: User,
    revision: int | None = None,
) -> CalibrationInvitation:
    """Save a draft; elements that are not named stay as they are. Only ever the person's own rows are opened.

    revision: of the draft that the sender saw; Moved where another window has saved since. ValidationError for a
    level off the scale or an element of another exercise; Refused where there is nothing to rate any more.
    """
    invitation = _mine(exercise, person)
    if revision is not None and invitation.revision != revision:
        raise Moved(invitation.revision)
    with reach.rows_of(person=person.pk):
        _write(exercise, person, given)
    invitation.revision += 1
    invitation.save(update_fields=["revision"])
    return invitation


@transaction.atomic
def submit_ratings(*, exercise: CalibrationExercise, person: Person, by: User) -> CalibrationInvitation:
    """Hand in what was saved, for good. ValidationError while an element has neither a level nor "not seen"."""
    invitation = _mine(exercise, person)
    if exercise.seen_on and exercise.seen_on > schoolyear.today():
        raise Refused(_("The lesson has not been seen yet."))
    with reach.rows_of(person=person.pk):
        held = CalibrationRating.objects.filter(exercise=exercise, person=person, is_decided=True)
        levels = dict(held.values_list("element_version_id", "level"))
    missing = elements_of(exercise) - levels.keys()
    if missing:
        names = ElementVersion.objects.filter(pk__in=missing).order_by("place").values_list("name", flat=True)
        text = _("Say a level, or not seen, for: {names}.")
        raise ValidationError(text.format(names=", ".join(names)))
    if not any(level is not None for level in levels.values()):
        raise ValidationError(_("Nothing was seen on any element: hand in at least one level."))
    invitation.submitted_at, invitation.excused_at = timezone.now(), None
    invitation.save(update_fields=["submitted_at", "excused_at"])
    audit.record(act="calibration.submit", target=exercise, by=by)
    return invitation


def _mine(exercise: CalibrationExercise, person: Person) -> CalibrationInvitation:
    """Return the person's open invitation, locked with its exercise, so that no release comes in between."""
    held = locked(exercise, states=_ANY)
    invitation = (
        CalibrationInvitation.objects.select_for_update().filter(exercise=held, person=person).first()
    )
    if invitation is None or held.observed_id == person.pk:
        raise Refused(_("You are not invited to rate this lesson."))
    if invitation.submitted_at:
        raise Refused(_("You have handed in your levels; they are final."))
    if held.state == ExerciseState.RELEASED:
        raise Refused(
            _(
                "The exercise has been released: you may have seen the others' levels, so yours no longer count."
            )
        )
    if held.state != ExerciseState.OPEN:
        raise Refused(_("The exercise is not open for rating."))
    return invitation


def _write(exercise: CalibrationExercise, person: Person, given: Sequence[Given]) -> None:
    allowed, highest = elements_of(exercise), len(exercise.version.level_names)
    rows = CalibrationRating.objects.filter(exercise=exercise, person=person)
    held = {row.element_version_id: row for row in rows}
    new: list[CalibrationRating] = []
    changed: list[CalibrationRating] = []
    for one in given:
        if one.element not in allowed:
            raise ValidationError(_("This element is not part of the exercise."))
        if one.level is not None and not 1 <= one.level <= highest:
            raise ValidationError(_("Levels go from 1 to {highest}.").format(highest=highest))
        said = (one.level, one.evidence, one.is_decided)
        row = held.get(one.element)
        if said == (_NOTHING if row is None else (row.level, row.evidence, row.is_decided)):
            continue
        (changed if row else new).append(
            row := row or CalibrationRating(exercise=exercise, person=person, element_version_id=one.element)
        )
        row.level, row.evidence, row.is_decided = said
        row.clean_fields(exclude=["exercise", "person", "element_version"])
    CalibrationRating.objects.bulk_create(new)
    CalibrationRating.objects.bulk_update(changed, ["level", "evidence", "is_decided"])
