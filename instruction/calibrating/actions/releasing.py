"""Release an exercise: everyone's levels at once, as observations that the raters' part of the estimate reads."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from alignment_dash import schoolyear
from alignment_dash.access import audit, reach
from alignment_dash.access.models import User
from alignment_dash.runs.actions import inputs_changed
from instruction.calibrating import once
from instruction.calibrating.actions.preparing import locked
from instruction.calibrating.refusals import Refused
from instruction.imports.matching import Spell, spells_of, workplace, works_at
from instruction.models import (
    CalibrationExercise,
    CalibrationInvitation,
    CalibrationRating,
    ExerciseState,
    Observation,
    ObservationKind,
    Purpose,
    Rating,
)

FEWEST_SUBMITTED = 2


@transaction.atomic
def release_exercise(*, exercise: CalibrationExercise, by: User) -> int:
    """Show everyone's levels to everyone invited, all or none of them; return how many observers' they are.

    Refused with fewer than two, a second time, and before a lesson that is to be seen together.
    """
    held = locked(exercise, states=(ExerciseState.OPEN,))
    if held.seen_on and held.seen_on > schoolyear.today():
        raise Refused(_("The lesson has not been seen yet."))
    submitted = list(held.invitations.filter(submitted_at__isnull=False).select_for_update())
    if len(submitted) < FEWEST_SUBMITTED:
        raise Refused(_("At least two observers must have handed in their levels."))
    with reach.all_rows(why="a released exercise becomes observations of every observer who handed in"):
        observations = observe(held, submitted)
    held.state, held.released_at = ExerciseState.RELEASED, timezone.now()
    held.revision += 1
    held.save()
    audit.record(act="calibration.release", target=held, by=by, detail={"submitted": len(submitted)})
    for year in sorted({one.school_year for one in observations}):
        inputs_changed(topic="ratings", school_year=year, by=by, reason="calibration exercise released")
    return len(submitted)


def observe(held: CalibrationExercise, submitted: list[CalibrationInvitation]) -> list[Observation]:
    """Write an observation with its ratings for each invitation handed in; call with the protected rows open.

    Who has an observation of the lesson already gets no second one (instruction.calibrating.once). Not seen is no
    rating. They are formative: practice never weighs on anyone, the observed person included.
    """
    observed, written = held.observed_id, once.written_by(held)
    submitted = [one for one in submitted if one.person_id not in written]
    spells = spells_of([one.person_id for one in submitted] + [observed]) if observed else {}
    observations = [_observation(held, one, spells) for one in submitted]
    Observation.objects.bulk_create(observations)
    for invitation, observation in zip(submitted, observations, strict=True):
        invitation.observation = observation
    CalibrationInvitation.objects.bulk_update(submitted, ["observation"])
    Rating.objects.bulk_create(_ratings(held, submitted))
    return observations


def _ratings(held: CalibrationExercise, submitted: list[CalibrationInvitation]) -> Iterable[Rating]:
    of = {one.person_id: one.observation for one in submitted}
    given = CalibrationRating.objects.filter(exercise=held, person__in=of, level__isnull=False)
    for one in given.order_by("person", "element_version__place"):
        yield Rating(
            observation=of[one.person_id],
            element_version_id=one.element_version_id,
            level=one.level or 0,  # none is filtered out; the table refuses 0
            evidence=one.evidence,
        )


def _observation(
    held: CalibrationExercise, invitation: CalibrationInvitation, spells: dict[int, list[Spell]]
) -> Observation:
    day = held.seen_on or _day(invitation)
    made = Observation(
        version=held.version,
        observer_id=invitation.person_id,
        observed_on=day,
        school_year=schoolyear.year_of(day),
        kind=ObservationKind.CALIBRATION,
        purpose=Purpose.FORMATIVE,
        video=held.video,
    )
    if held.observed_id and held.school_id:
        there = workplace(spells, held.observed_id, invitation.person_id, day, school_id=held.school_id)
        made.kind = ObservationKind.INFORMAL
        made.observed_id, made.school_id = held.observed_id, held.school_id
        made.role = there.role if there else ""
        made.is_cross_school = not works_at(spells, invitation.person_id, held.school_id, day)
    return made


def _day(invitation: CalibrationInvitation) -> date:
    """Return the day on which an observer handed in, which is about when they watched."""
    return invitation.handed_in_on or schoolyear.today()
