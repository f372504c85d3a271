"""What is read of calibration: exercises, their results, and how observers stand."""

from instruction.calibrating.queries.exercises import (
    Line,
    Sheet,
    by_uids,
    candidates,
    exercise_for,
    is_lead,
    lines,
    me,
    my_sheet,
    networks,
)
from instruction.calibrating.queries.observers import (
    ElementLine,
    ObserverLine,
    StatusCounts,
    by_element,
    my_standing,
    observers,
    standard,
    status_counts,
    told_of_run,
)
from instruction.calibrating.queries.results import ElementResult, Results, results

__all__ = [
    "ElementLine",
    "ElementResult",
    "Line",
    "ObserverLine",
    "Results",
    "Sheet",
    "StatusCounts",
    "by_element",
    "by_uids",
    "candidates",
    "exercise_for",
    "is_lead",
    "lines",
    "me",
    "my_sheet",
    "my_standing",
    "networks",
    "observers",
    "results",
    "standard",
    "status_counts",
    "told_of_run",
]
