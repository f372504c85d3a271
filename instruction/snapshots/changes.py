"""What changed since the snapshot that stands, told where the change cannot be read as one teacher's rating.

A change is told where both figures are, and the ratings of at least five teachers are new, or nothing at all has
changed at the school: then it moved because other schools did (apart.py, and docs/numbers/small-groups.md).
"""

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from alignment_dash.runs.models import Publication, Run
from instruction.capacity import CapacityEstimate
from instruction.capacity.data import FloatArray, IntArray
from instruction.snapshots.apart import since
from instruction.snapshots.behind import of_roster, places
from instruction.snapshots.reading import Evidence
from instruction.snapshots.terms import model_named


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
    if previous is None:
        return _nothing(told, n_external)
    found = since(run_id=previous.pk, evidence=evidence, told=told)
    if found is None:
        return _nothing(told, n_external)
    estimate = np.where(found.may_tell, found.estimate, np.nan)
    return Changes(previous.ended_at, estimate, found.n_new_teachers, n_external)


def _nothing(told: CapacityEstimate, n_external: IntArray) -> Changes:
    shape = told.estimate.shape
    return Changes(None, np.full(shape, np.nan), np.zeros(shape, dtype=np.int64), n_external)


def _previous(run: Run, told: CapacityEstimate) -> Run | None:
    """Return the run that stands, where the same method made it: else what changed is the method."""
    found = Publication.objects.filter(kind=run.kind, school_year=run.school_year, subject=run.subject)
    publication = found.select_related("run").first()
    previous = publication.run if publication else None
    if previous is None or previous.pk == run.pk:
        return None
    same = previous.method == told.method and previous.code_version.endswith(model_named(told.version))
    return previous if same else None


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
