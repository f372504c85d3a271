"""Talk about a released exercise."""

from django.db import transaction

from alignment_dash.access import audit
from alignment_dash.access.models import User
from instruction.calibrating.actions.preparing import locked
from instruction.models import CalibrationComment, CalibrationExercise, ElementVersion, ExerciseState


@transaction.atomic
def say(
    *, exercise: CalibrationExercise, element: ElementVersion | None, text: str, by: User
) -> CalibrationComment:
    """Add a comment to an exercise, or to one of its elements. Refused before the release."""
    held = locked(exercise, states=(ExerciseState.RELEASED,))
    made = CalibrationComment(exercise=held, element_version=element, author=by, text=text)
    made.full_clean(exclude=["exercise", "element_version", "author"])
    made.save()
    audit.record(act="calibration.comment", target=held, by=by)
    return made
