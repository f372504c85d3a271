"""Pages of calibration."""

from instruction.calibrating.views.leading import (
    exercise_export,
    invitations,
    new_exercise,
    observers_page,
    prepare,
    references,
    standard_page,
    state,
)
from instruction.calibrating.views.rating import comment, exercise, exercise_results, exercises

__all__ = [
    "comment",
    "exercise",
    "exercise_export",
    "exercise_results",
    "exercises",
    "invitations",
    "new_exercise",
    "observers_page",
    "prepare",
    "references",
    "standard_page",
    "state",
]
