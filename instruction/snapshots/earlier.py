"""The figures of an earlier run, in today's order of schools and elements."""

import numpy as np

from instruction.capacity.data import FloatArray, IntArray
from instruction.models import SchoolCapacity
from instruction.snapshots.reading import Evidence


def figures_of(run_id: int, evidence: Evidence) -> tuple[FloatArray, FloatArray, IntArray]:
    """Return the estimates, means of ratings and roster sizes of a run's cells, each (S, E) as today's; one query.

    nan and 0 where the run has no such cell.
    """
    targets = evidence.targets
    shape = (len(targets.schools), len(targets.elements))
    row = {one: place for place, one in enumerate(targets.schools.tolist())}
    column = {one: place for place, one in enumerate(targets.elements.tolist())}
    estimate, mean = np.full(shape, np.nan), np.full(shape, np.nan)
    roster_size = np.zeros(shape, dtype=np.int64)
    held = SchoolCapacity.objects.filter(run=run_id).values_list(
        "school_id", "element_id", "estimate", "mean_of_ratings", "roster_size"
    )
    for school, element, value, of_ratings, size in held:
        if school not in row or element not in column:
            continue
        place = row[school], column[element]
        estimate[place] = np.nan if value is None else value
        mean[place] = np.nan if of_ratings is None else of_ratings
        roster_size[place] = size
    return estimate, mean, roster_size
