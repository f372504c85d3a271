"""What changed since the snapshot that stands, told where the change cannot be read as one teacher's rating.

A change is told where both figures are, and the ratings of at least five teachers are new, or of none and nothing
else behind the figure has changed either: then it moved because other schools did. See docs/numbers/small-groups.md.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import numpy as np

from alignment_dash.runs.models import Publication, Run
from instruction.capacity import CapacityEstimate
from instruction.capacity.data import BoolArray, FloatArray, IntArray
from instruction.capacity.rules import DEFAULT_RULES
from instruction.models import SchoolCapacity
from instruction.snapshots.behind import of_roster, places
from instruction.snapshots.copying import BIGINT, copy_out
from instruction.snapshots.reading import Evidence
from instruction.snapshots.terms import model_named

_COUNTS = ("n_ratings", "n_observations", "n_teachers", "roster_size")
# A uid begins with the moment at which the row was made (UUIDv7), so later rows have larger ones.
_NEW = """
SELECT DISTINCT o.observed_id, o.school_id, e.element_id
FROM instruction_observation o
JOIN instruction_rating r ON r.observation_id = o.id
JOIN instruction_elementversion e ON e.id = r.element_version_id
WHERE o.uid >= %s::uuid AND o.observed_id IS NOT NULL AND o.school_id IS NOT NULL AND o.role = 'teacher'
  AND o.observed_on <= %s AND e.element_id = ANY(%s)
"""
_NEW_COLUMNS = {"teacher": BIGINT, "school": BIGINT, "element": BIGINT}


@dataclass(frozen=True, slots=True)
class Changes:
    """Against the snapshot of `since` (None: there is none to compare with); arrays are (S, E).

    estimate: that snapshot's, nan where a change is not told; n_new_teachers: current teachers whose ratings are
    new, at least 1 where anything behind the figure has changed; n_external: ratings by visitors.
    """

    since: datetime | None
    estimate: FloatArray
    n_new_teachers: IntArray
    n_external: IntArray


def read_changes(*, run: Run, evidence: Evidence, told: CapacityEstimate) -> Changes:
    """Compare with what stands; three queries. `told` is coarsened; protected rows must be open (reach.all_rows)."""
    n_external = _external(evidence)
    previous = _previous(run, told)
    if previous is None or previous.inputs_as_of is None:
        nothing = np.full(told.estimate.shape, np.nan)
        return Changes(None, nothing, np.zeros(told.estimate.shape, dtype=np.int64), n_external)
    estimate, mean, counts = figures_of(previous.pk, evidence)
    n_new = _new_teachers(previous.inputs_as_of, evidence)
    # What was taken in while that run began to read may stand in both: no more teachers than ratings have come.
    n_new = np.minimum(n_new, np.maximum(told.n_ratings - counts["n_ratings"], 0))
    n_new = np.where((n_new == 0) & ~_same(told, counts, mean), 1, n_new)
    few = (n_new > 0) & (n_new < DEFAULT_RULES.min_teachers)
    hidden = few | np.isnan(told.estimate)
    return Changes(previous.ended_at, np.where(hidden, np.nan, estimate), n_new, n_external)


def _previous(run: Run, told: CapacityEstimate) -> Run | None:
    """Return the run that stands, where the same method made it: else what changed is the method."""
    found = Publication.objects.filter(kind=run.kind, school_year=run.school_year, subject=run.subject)
    publication = found.select_related("run").first()
    previous = publication.run if publication else None
    if previous is None or previous.pk == run.pk:
        return None
    same = previous.method == told.method and previous.code_version.endswith(model_named(told.version))
    return previous if same else None


def figures_of(run_id: int, evidence: Evidence) -> tuple[FloatArray, FloatArray, dict[str, IntArray]]:
    """Return the estimates, means of ratings and counts of a run's cells in today's order."""
    targets = evidence.targets
    shape = (len(targets.schools), len(targets.elements))
    row = {one: place for place, one in enumerate(targets.schools.tolist())}
    column = {one: place for place, one in enumerate(targets.elements.tolist())}
    estimate, mean = np.full(shape, np.nan), np.full(shape, np.nan)
    counts = {name: np.zeros(shape, dtype=np.int64) for name in _COUNTS}
    held = SchoolCapacity.objects.filter(run=run_id).values_list(
        "school_id", "element_id", "estimate", "mean_of_ratings", *_COUNTS
    )
    for school, element, value, of_ratings, *numbers in held:
        if school not in row or element not in column:
            continue
        place = row[school], column[element]
        estimate[place] = np.nan if value is None else value
        mean[place] = np.nan if of_ratings is None else of_ratings
        for name, number in zip(_COUNTS, numbers, strict=True):
            counts[name][place] = number
    return estimate, mean, counts


def _same(told: CapacityEstimate, counts: dict[str, IntArray], mean: FloatArray) -> BoolArray:
    """Say where nothing seems to have changed behind a figure: its counts, and the plain mean of its ratings."""
    same = (counts["roster_size"] == told.roster_size[:, None]) & np.isclose(
        mean, told.derivation.ratings, equal_nan=True
    )
    for name in ("n_ratings", "n_observations", "n_teachers"):
        same &= counts[name] == getattr(told, name)
    return np.asarray(same)


def _new_teachers(since: datetime, evidence: Evidence) -> IntArray:
    """Count the current teachers of each cell with a rating that has come in since."""
    first = UUID(int=int(since.timestamp() * 1000) << 80)
    elements = evidence.targets.elements.tolist()
    rows = copy_out(_NEW, [str(first), evidence.as_of, elements], _NEW_COLUMNS)
    teacher, school, element = (rows[name].astype(np.int64) for name in _NEW_COLUMNS)
    return _count(evidence, teacher, school, element)


def _external(evidence: Evidence) -> IntArray:
    ratings = evidence.ratings
    visit = ratings.external & (ratings.teacher >= 0)
    return _count(evidence, ratings.teacher[visit], ratings.school[visit], ratings.element[visit])


def _count(evidence: Evidence, teacher: IntArray, school: IntArray, element: IntArray) -> IntArray:
    """Count entries by cell, of those who teach at that school now."""
    targets = evidence.targets
    counted = of_roster(evidence.roster, teacher=teacher, school=school) & np.isin(school, targets.schools)
    counted &= np.isin(element, targets.elements)
    found = np.zeros((len(targets.schools), len(targets.elements)), dtype=np.int64)
    rows, columns = places(targets.schools, school[counted]), places(targets.elements, element[counted])
    np.add.at(found, (rows, columns), 1)
    return found
