"""The figures of an earlier run, in today's order of schools and elements.

Those of earlier elements stand where the element is that carries their ratings; of several that became one, the mean.
"""

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
    estimate, mean, n = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    roster_size = np.zeros(shape, dtype=np.int64)
    held = SchoolCapacity.objects.filter(run=run_id).values_list(
        "school_id", "element_id", "estimate", "mean_of_ratings", "roster_size"
    )
    for school, element, value, of_ratings, size in held:
        element = evidence.carries.get(element, element)
        if school not in row or element not in column:
            continue
        place = row[school], column[element]
        estimate[place] += np.nan if value is None else value
        mean[place] += np.nan if of_ratings is None else of_ratings
        n[place] += 1
        roster_size[place] = size
    n[n == 0] = np.nan
    return estimate / n, mean / n, roster_size
