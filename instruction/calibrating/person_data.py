"""What calibration holds about a person: levels they gave to practice, what they wrote, and lessons of theirs.

Levels stay without a name: raters' severities, and so schools' estimates, rest on them. What was written goes.
"""

from collections.abc import Iterator

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from alignment_dash.access.persondata.redaction import REMOVED
from alignment_dash.access.persondata.registry import Holding, Row, Subject, register
from instruction.models import (
    CalibrationComment,
    CalibrationExercise,
    CalibrationInvitation,
    CalibrationRating,
    ExerciseState,
    ReferenceLevel,
)

_HELD_BACK = "held back until the exercise is released"


def register_all() -> None:
    """Make known what is held."""
    for holding in (RATED, OBSERVED, COMMENTS, LED):
        register(holding)


def _ratings(subject: Subject) -> QuerySet[CalibrationRating]:
    found = CalibrationRating.objects.filter(person=subject.person_id or 0)
    return found.select_related("exercise", "element_version").order_by("exercise", "element_version__place")


def _rated_rows(subject: Subject) -> Iterator[Row]:
    submitted = dict(
        CalibrationInvitation.objects.filter(person=subject.person_id or 0).values_list(
            "exercise_id", "submitted_at"
        )
    )
    for one in _ratings(subject):
        # Whoever makes the copy for them may be invited, or lead, and is not to know before all are released.
        blind = one.exercise.state == ExerciseState.OPEN
        yield {
            "exercise": one.exercise.title,
            "handed in": submitted.get(one.exercise_id),
            "element": one.element_version.name,
            "level": _HELD_BACK if blind else one.level,
            "written": _HELD_BACK if blind else one.evidence,
        }


def _blank(subject: Subject) -> int:
    """Blank their notes, and what was written about a lesson of theirs, before-images included."""
    if not subject.person_id:
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT instruction_blank_calibration(%s)", [subject.person_id])
        notes = int(cursor.fetchone()[0])
    about = CalibrationComment.objects.filter(exercise__observed=subject.person_id).exclude(text=REMOVED)
    return notes + about.update(text=REMOVED)


def _lessons(subject: Subject) -> QuerySet[CalibrationExercise]:
    return CalibrationExercise.objects.filter(observed=subject.person_id or 0).order_by("pk")


def _lesson_rows(subject: Subject) -> Iterator[Row]:
    """Levels given to their lesson are observations of them once released, and handed out as such."""
    for one in _lessons(subject).select_related("school"):
        reasons = ReferenceLevel.objects.filter(exercise=one).exclude(why="").values_list("why", flat=True)
        blind = one.state in {ExerciseState.DRAFT, ExerciseState.OPEN}
        yield {
            "exercise": one.title,
            "seen on": one.seen_on,
            "school": one.school.name if one.school else "",
            "state": one.get_state_display(),
            "reasons of reference levels": _HELD_BACK if blind else " / ".join(reasons),
        }


def _comments(subject: Subject) -> QuerySet[CalibrationComment]:
    return CalibrationComment.objects.filter(author=subject.user_id or 0).exclude(text=REMOVED)


def _led(subject: Subject) -> QuerySet[CalibrationExercise]:
    return CalibrationExercise.objects.filter(lead=subject.user_id or 0)


RATED = Holding(
    key="calibration-ratings",
    label=_("Levels they gave in calibration exercises, and what they wrote"),
    rows=_rated_rows,
    count=lambda subject: _ratings(subject).count(),
    erased=_(
        "What they wrote is blanked. The levels stay without a name: observers' severities rest on them."
    ),
    erase=_blank,
    is_evidence=True,
    tables=frozenset({"instruction_calibrationrating", "instruction_calibrationinvitation"}),
    place=47,
)
OBSERVED = Holding(
    key="calibration-lessons",
    label=_("Lessons of theirs that several observers saw together"),
    rows=_lesson_rows,
    count=lambda subject: _lessons(subject).count(),
    erased=_("What was written about them is blanked; the lesson stays without a name."),  # by RATED's erase
    is_evidence=True,
    tables=frozenset({"instruction_calibrationexercise"}),
    place=47,
)
COMMENTS = Holding(
    key="calibration-comments",
    label=_("What they said about released calibration exercises"),
    rows=lambda subject: list(
        _comments(subject).order_by("written_at").values("exercise__title", "written_at", "text")
    ),
    count=lambda subject: _comments(subject).count(),
    erased=_("Blanked."),
    erase=lambda subject: _comments(subject).update(text=REMOVED),
    tables=frozenset({"instruction_calibrationcomment"}),
    place=47,
)
LED = Holding(
    key="calibration-led",
    label=_("Calibration exercises they prepared"),
    rows=lambda subject: list(_led(subject).order_by("made_at").values("title", "made_at", "state")),
    count=lambda subject: _led(subject).count(),
    erased=_("Stay, without the name: they are the record of others' practice."),
    place=47,
)
