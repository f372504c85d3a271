"""Which figures of earlier snapshots may be told beside today's: no two whose difference one teacher's lessons made.

Between any two points that are told, the ratings of at least five teachers are new, or nothing at all has changed
at the school. It is asked of sets of ratings, not of their numbers: a teacher who comes with as many ratings as
another leaves with is a change of one teacher. Of the terms, taken from the newest back, a point that is too near
to any that is kept is left out; today's always stays.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from alignment_dash.runs.models import Run, State
from instruction.capacity import CapacityEstimate
from instruction.capacity.data import BoolArray, FloatArray, IntArray
from instruction.capacity.rules import DEFAULT_RULES
from instruction.snapshots.behind import behind, places, read_behind
from instruction.snapshots.carrying import as_carried
from instruction.snapshots.copying import NULL
from instruction.snapshots.earlier import figures_of
from instruction.snapshots.reading import Evidence
from instruction.snapshots.referring import referring_schools
from instruction.snapshots.terms import YEARS_BACK, RunOf, earlier_of_terms, model_named


@dataclass(frozen=True, slots=True)
class Beside:
    """Which earlier runs may be told beside a run's cells: `kept` (R, S, E) by the order of `runs`."""

    runs: Sequence[int] = ()
    kept: BoolArray = field(default_factory=lambda: np.zeros((0, 0, 0), dtype=bool))

    def texts(self, applies: BoolArray) -> list[str]:
        """Return the ids of each cell that applies (S, E), as the text of an array for COPY."""
        if not self.runs:
            return [NULL] * int(applies.sum())
        ids = np.array(self.runs)
        return ["{" + ",".join(map(str, ids[cell].tolist())) + "}" for cell in self.kept[:, applies].T]


@dataclass(frozen=True, slots=True)
class _Point:
    """A snapshot's cells (S, E) in today's order."""

    estimate: FloatArray
    mean: FloatArray
    roster_size: IntArray


@dataclass(frozen=True, slots=True)
class _Held:
    """The ratings of all points: school and cell of each (U,), which points hold it (R, U), and who was seen.

    seen: which pair of cell and teacher it is, -1 where today's evidence does not say who; cell_of_pair: its cell.
    """

    school: IntArray
    seen: IntArray
    cell_of_pair: IntArray
    has: BoolArray


def told_beside(*, run: Run, evidence: Evidence, told: CapacityEstimate) -> Beside:
    """Decide for each cell which earlier runs may be told beside it: the last of each term, and those referred to.

    Three queries, one for each such run, and one for each kind of what refers to runs. `told` is coarsened. A run that
    kept no ratings is never told, for nothing says what is new since.
    """
    of_terms = earlier_of_terms(run=run, day=evidence.as_of, method=told.method, model=told.version)
    shown = _referred(run, told, {one.run_id for one in of_terms})
    earlier = sorted({*of_terms, *shown}, key=lambda one: (one.day or date.min, one.run_id), reverse=True)
    rows = read_behind([one.run_id for one in earlier])
    runs = [one.run_id for one in earlier if one.run_id in rows]
    if not runs:
        return Beside()
    points = [_today(evidence, told), *[_earlier(one, evidence) for one in runs]]
    held = _held(evidence, [behind(evidence), *[rows[one] for one in runs]])
    told_then = [~np.isnan(point.estimate) for point in points]
    kept = np.array([told_then[0] & one for one in told_then])
    for place, one in enumerate(runs, start=1):
        kept[place] &= _where_shown(one, shown, evidence)
    for older in range(1, len(points)):
        for newer in range(older):
            if (kept[newer] & kept[older]).any():
                kept[older] &= ~kept[newer] | _apart(points, held, older, newer)
    return Beside(runs, kept[1:])


def _referred(run: Run, told: CapacityEstimate, of_terms: set[int]) -> dict[RunOf, set[int] | None]:
    """Return the comparable runs that plans or meetings of recent years show, with the schools they show."""
    same = Run.objects.filter(
        kind=run.kind, subject=run.subject, state=State.SUCCEEDED, school_year__gt=run.school_year - YEARS_BACK,
        school_year__lte=run.school_year, method=told.method, code_version__endswith=model_named(told.version),
    ).exclude(pk__in={run.pk, *of_terms})  # fmt: skip
    known = {row[0]: RunOf(*row) for row in same.values_list("pk", "school_year", "roster_date")}
    return {known[pk]: schools for pk, schools in referring_schools(list(known)).items()}


def _where_shown(run_id: int, shown: Mapping[RunOf, set[int] | None], evidence: Evidence) -> BoolArray:
    """Return for each school (S, 1) whether a run is shown there: everywhere, save one that few schools refer to."""
    schools = evidence.targets.schools
    places = next((held for one, held in shown.items() if one.run_id == run_id), None)
    return np.isin(schools, list(places))[:, None] if places is not None else np.ones((len(schools), 1), bool)


@dataclass(frozen=True, slots=True)
class Since:
    """What came in since an earlier run, by cell (S, E).

    estimate: the run's; may_tell: whether it may stand beside today's; n_new_teachers: of current teachers with a
    rating that the run did not see, at least 1 where anything else behind the cell has changed.
    """

    estimate: FloatArray
    may_tell: BoolArray
    n_new_teachers: IntArray


def since(*, run_id: int, evidence: Evidence, told: CapacityEstimate) -> Since | None:
    """Compare today's cells with a run's; two queries. None where the run kept no ratings.

    `told` is coarsened; protected rows must be open (reach.all_rows).
    """
    rows = read_behind([run_id])
    if run_id not in rows:
        return None
    points = [_today(evidence, told), _earlier(run_id, evidence)]
    held = _held(evidence, [behind(evidence), rows[run_id]])
    n_new, same = _new_teachers(points, held, 1, 0), _same(points, held, 1, 0)
    both = ~np.isnan(points[0].estimate) & ~np.isnan(points[1].estimate)
    may_tell = both & ((n_new >= DEFAULT_RULES.min_teachers) | same)
    return Since(points[1].estimate, may_tell, np.where((n_new == 0) & ~same, 1, n_new))


def _today(evidence: Evidence, told: CapacityEstimate) -> _Point:
    applies = evidence.applies
    return _Point(
        np.where(applies, told.estimate, np.nan),
        np.where(applies, told.derivation.ratings, np.nan),
        np.where(applies, told.roster_size[:, None], 0),
    )


def _earlier(run_id: int, evidence: Evidence) -> _Point:
    return _Point(*figures_of(run_id, evidence))


def _held(evidence: Evidence, rows: Sequence[IntArray]) -> _Held:
    """Number the ratings of all points, each `rows` (3, n), and say which point holds which."""
    schools, elements = evidence.targets.schools, evidence.targets.elements
    n_cells = len(schools) * len(elements)
    keys = []
    for school, rated, observation in rows:
        element = as_carried(rated, evidence.carries)
        known = np.isin(school, schools) & np.isin(element, elements)
        cell = places(schools, school[known]) * len(elements) + places(elements, element[known])
        keys.append(observation[known] * n_cells + cell)
    every = np.unique(np.concatenate(keys))
    has = np.zeros((len(rows), len(every)), dtype=bool)
    for point, key in enumerate(keys):
        has[point, np.searchsorted(every, key)] = True
    observation, cell = np.divmod(every, n_cells)
    teacher = _teachers(evidence, observation)
    width = int(teacher.max(initial=0)) + 1
    pairs, seen = np.unique(cell * width + np.maximum(teacher, 0), return_inverse=True)
    return _Held(cell // len(elements), np.where(teacher < 0, -1, seen), pairs // width, has)


def _teachers(evidence: Evidence, observation: IntArray) -> IntArray:
    """Return whom each observation is of; -1 where it is not in today's evidence."""
    known, first = np.unique(evidence.ratings.observation, return_index=True)
    if not len(known):
        return np.full(len(observation), -1)
    place = np.minimum(np.searchsorted(known, observation), len(known) - 1)
    return np.where(known[place] == observation, evidence.ratings.teacher[first[place]], -1)


def _apart(points: Sequence[_Point], held: _Held, older: int, newer: int) -> BoolArray:
    """Say of each cell (S, E) whether both points may be told."""
    enough = _new_teachers(points, held, older, newer) >= DEFAULT_RULES.min_teachers
    return np.asarray(enough | _same(points, held, older, newer))


def _new_teachers(points: Sequence[_Point], held: _Held, older: int, newer: int) -> IntArray:
    """Count by cell (S, E) of whom the newer point has ratings that the older has not."""
    shape = points[0].estimate.shape
    fresh = held.has[newer] & ~held.has[older] & (held.seen >= 0)
    is_new = np.zeros(len(held.cell_of_pair), dtype=bool)
    is_new[held.seen[fresh]] = True
    return np.bincount(held.cell_of_pair[is_new], minlength=shape[0] * shape[1]).reshape(shape)


def _same(points: Sequence[_Point], held: _Held, older: int, newer: int) -> BoolArray:
    """Say of each cell (S, E) whether nothing at all has changed at its school between two points.

    The elements are estimated together, so a change of one is behind the others as well.
    """
    shape = points[0].estimate.shape
    changed = held.has[newer] ^ held.has[older]
    same = np.bincount(held.school[changed], minlength=shape[0]) == 0
    same &= (points[newer].roster_size == points[older].roster_size).all(axis=1)
    same &= np.isclose(points[newer].mean, points[older].mean, equal_nan=True).all(axis=1)
    return np.broadcast_to(same[:, None], shape)
