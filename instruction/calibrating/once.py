"""One observer, one lesson, one observation: who rates a lesson in an exercise may also write it up on their own.

What they write stands, for it holds more than levels: a release then makes no second observation, and one that a
release has made gives way when theirs is shared. The exercise keeps its levels either way. The same lesson is the
same observer, observed person, school and day: two lessons of one person on one day cannot be told apart.
"""

from datetime import date

from django.db.models import QuerySet

from instruction.models import (
    CalibrationExercise,
    CalibrationInvitation,
    ExerciseState,
    Observation,
    ObservationRecord,
)


def written_by(exercise: CalibrationExercise) -> set[int]:
    """Return the ids of observers who have an observation of the exercise's lesson; one query, rows must be open."""
    if exercise.observed_id is None or exercise.seen_on is None:
        return set()
    return set(
        _of(exercise.observed_id, exercise.school_id, exercise.seen_on).values_list("observer_id", flat=True)
    )


def is_held_back(record: ObservationRecord) -> bool:
    """Say whether its observer still rates the lesson blind; no release comes in between. One query.

    Shared now, the record would show the others what its observer gives.
    """
    exercises = CalibrationExercise.objects.select_for_update(of=("self",)).filter(
        observed=record.observed_id or 0, school=record.school_id, seen_on=record.observed_on,
        invitations__person=record.observer_id, invitations__excused_at__isnull=True,
    )  # fmt: skip
    return any(one.state == ExerciseState.OPEN for one in exercises)


def give_way(record: ObservationRecord) -> None:
    """Take back what a release made of the lesson for the record's observer, whose rows must be open; three queries."""
    made = _of(record.observed_id or 0, record.school_id, record.observed_on).filter(
        observer=record.observer_id, invitation__isnull=False
    )
    ids = list(made.values_list("pk", flat=True))
    if ids:
        CalibrationInvitation.objects.filter(observation__in=ids).update(observation=None)
        Observation.objects.filter(pk__in=ids).delete()


def _of(observed: int, school: int | None, day: date) -> QuerySet[Observation]:
    return Observation.objects.filter(observed=observed, school=school, observed_on=day)
