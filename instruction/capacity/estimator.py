"""Capacity of schools on all elements together, by a linear mixed model.

A rating = mean + home-field shift (own raters) + school + rating culture (own raters) + teacher + rater
+ teacher-rater interaction + noise that grows with age. Every effect is a vector over the elements with a
covariance g J + s I: what a school, teacher or rater shows on one element tells about the others. The crossed
random effects follow the generalizability studies of classroom observation by Ho & Kane (2013) and Kane &
Staiger (2012); the solution is Henderson's (1975), exact.
"""

from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np

from instruction.capacity.cells import current_spells, tabulate
from instruction.capacity.checks import check_ratings, check_targets
from instruction.capacity.components import estimate_components
from instruction.capacity.counts import Counts, count_evidence
from instruction.capacity.data import (
    BoolArray,
    CapacityEstimate,
    Components,
    Derivation,
    DistrictEstimate,
    FloatArray,
    RaterEstimates,
    Ratings,
    Roster,
    Spread,
    Targets,
    TeacherEstimates,
    VarianceComponents,
)
from instruction.capacity.derive import draw
from instruction.capacity.figures import Figures, figures_of
from instruction.capacity.frame import Frame, build_frame
from instruction.capacity.joint import reduce, solve
from instruction.capacity.linking import linked_schools
from instruction.capacity.parts import LEAST
from instruction.capacity.ranks import DRAWS, SEED, rank_schools
from instruction.capacity.rules import DEFAULT_RULES, EvidenceRules, classify, enough
from instruction.capacity.threads import library_threads

METHOD = "joint mixed model of all elements"
VERSION = "2.0"
UNKNOWN = VarianceComponents(*[float("nan")] * 8)
NO_FIGURE = DistrictEstimate(float("nan"), float("nan"), 0, 0)


class Estimator(Protocol):
    """Any model that turns ratings into capacity: this signature is all that callers know of it."""

    def __call__(
        self, ratings: Ratings, roster: Roster, targets: Targets, rules: EvidenceRules = ...
    ) -> CapacityEstimate: ...


@dataclass(frozen=True, slots=True)
class Known:
    """What simulations know and districts do not: the variances, and how severe each rating was.

    `severity` (N,) is in points below what an average visitor would have given; where it is given, raters, the
    rating culture and the home shift are taken out of the model.
    """

    components: Components
    severity: FloatArray | None = None


def estimate(
    ratings: Ratings,
    roster: Roster,
    targets: Targets,
    rules: EvidenceRules = DEFAULT_RULES,
    *,
    known: Known | None = None,
) -> CapacityEstimate:
    """Estimate instructional capacity of `targets.schools` on `targets.elements`.

    The result's arrays are in the order of `targets`; figures are in points of the rating scale. Elements
    inform each other; those without a rating are left out. Ratings of teachers and schools that are not on the
    roster count towards rater severities and variances only. The same input gives the same result, whatever
    the order of its rows. Raises ValueError for ratings that cannot be right (levels off the scale, nan,
    contradictory rows of one observation).
    """
    check_targets(roster, targets)
    check_ratings(ratings, targets)
    with library_threads(0):
        return _estimate(ratings, roster, targets, rules, known)


def _estimate(
    ratings: Ratings, roster: Roster, targets: Targets, rules: EvidenceRules, known: Known | None
) -> CapacityEstimate:
    if known and known.severity is not None:
        ratings, known = _without_severity(ratings, known.components, known.severity)
    table, levels = tabulate(ratings, targets.elements)
    rated = np.asarray(~np.isnan(levels).all(axis=0))
    some = replace(targets, elements=targets.elements[rated], target=targets.target[:, rated])
    frame = build_frame(table, levels[:, rated], roster, some)
    counts = count_evidence(frame)
    on_lessons = np.asarray(counts.per_spell.any(axis=0))
    shown = enough(counts.teachers, frame.size[:, None], rules) & frame.asked[:, None] & on_lessons
    figures, components = None, None
    if rated.any():
        components = known.components if known else estimate_components(frame)
        figures = figures_of(frame, solve(reduce(frame, components), components), shown)
    return _assemble(
        _Result(frame, rated, on_lessons, shown, counts, figures), targets, roster, rules, components
    )


def _without_severity(
    ratings: Ratings, components: Components, severity: FloatArray
) -> tuple[Ratings, Known]:
    none = Spread(LEAST, LEAST)
    plain = replace(ratings, level=ratings.level + severity, external=np.ones(len(severity), dtype=bool))
    return plain, Known(replace(components, rater=none, culture=none))


@dataclass(frozen=True, slots=True)
class _Result:
    """Figures of the rated elements, by school, spell and rater of the frame."""

    frame: Frame
    rated: BoolArray  # (E,) which of the elements asked for are in the frame
    on_lessons: BoolArray  # (rated elements,) has a rating of a lesson, not of videos alone
    shown: BoolArray  # (schools, rated elements)
    counts: Counts
    figures: Figures | None

    def rows(self, values: Any, absent: float) -> Any:
        """(S, E) of the targets from (schools, rated elements)."""
        return _take(self.elements(values, absent), self.frame.row, absent)

    def elements(self, values: Any, absent: float) -> Any:
        """(..., E) from (..., rated elements)."""
        result = np.full((len(values), len(self.rated)), absent, dtype=values.dtype)
        result[:, self.rated] = values
        return result

    def each(self, values: list[Any], absent: Any) -> list[Any]:
        """One value per element; `absent` for those without a rating of a lesson."""
        found = iter(zip(values, self.on_lessons, strict=True))
        pairs = [next(found) if rated else (absent, False) for rated in self.rated]
        return [value if lessons else absent for value, lessons in pairs]


def _assemble(
    result: _Result, targets: Targets, roster: Roster, rules: EvidenceRules, components: Components | None
) -> CapacityEstimate:
    frame, counts, figures = result.frame, result.counts, result.figures
    nothing = np.full(result.shown.shape, np.nan)

    def floats(name: str) -> FloatArray:
        return np.asarray(result.rows(figures.columns[name] if figures else nothing, np.nan))

    def steps(name: str) -> FloatArray:
        return np.asarray(result.rows(getattr(figures.derivation, name) if figures else nothing, np.nan))

    size, linked = _take(frame.size, frame.row, 0), _take(linked_schools(frame.cells), frame.row, False)
    n_teachers, se = result.rows(counts.teachers, 0), floats("se")
    n_ratings = result.rows(counts.ratings, 0)
    shown = result.rows(result.shown, False)
    return CapacityEstimate(
        schools=targets.schools,
        elements=targets.elements,
        estimate=floats("estimate"),
        se=se,
        se_contrast=floats("se_contrast"),
        gap=floats("gap"),
        p_below=floats("p_below"),
        expected_below=floats("expected_below"),
        reliability=floats("reliability"),
        n_ratings=n_ratings,
        n_observations=n_ratings,
        n_teachers=n_teachers,
        n_raters=result.rows(counts.raters, 0),
        last_day=result.rows(counts.last_day, -1),
        evidence=classify(n_teachers, size[:, None], se, linked[:, None], rules, frame.points),
        roster_size=size,
        linked=linked,
        teachers=_teachers(result, roster),
        raters=_raters(result),
        components=result.each(figures.components if figures else [], UNKNOWN),
        spread=components,
        district=result.each(figures.district if figures else [], NO_FIGURE),
        groups=result.each(figures.groups if figures else [], [NO_FIGURE] * len(frame.groups)),
        derivation=Derivation(steps("ratings"), steps("observers"), steps("teachers")),
        ranks=rank_schools(_draws(result), shown),
        method=METHOD,
        version=VERSION,
    )


def _draws(result: _Result) -> FloatArray:
    """Joint draws (n, S, E) of the capacities; nan where there are none."""
    row, drawn = result.frame.row, np.full((DRAWS, len(result.frame.row), len(result.rated)), np.nan)
    if result.figures and result.shown.any():
        draws = draw(result.figures.capacities, DRAWS, SEED)
        if result.rated.all() and np.array_equal(row, np.arange(draws.shape[1])):
            return draws
        known = np.flatnonzero(row >= 0)
        drawn[:, known[:, None], np.flatnonzero(result.rated)] = draws[:, row[known]]
    return drawn


def _teachers(result: _Result, roster: Roster) -> TeacherEstimates:
    teacher, school = current_spells(roster)
    spell = result.frame.cells.roster_spell
    per_spell = result.counts.per_spell
    n = _take(result.elements(per_spell, 0), spell, 0)
    nothing = (np.full(per_spell.shape, np.nan),) * 2
    mean, se = (
        _take(result.elements(values, np.nan), spell, np.nan)
        for values in (result.figures.teacher if result.figures else nothing)
    )
    return TeacherEstimates(teacher, school, np.where(n > 0, mean, np.nan), np.where(n > 0, se, np.nan), n)


def _raters(result: _Result) -> RaterEstimates:
    n = result.elements(result.counts.per_rater, 0)
    nothing = (np.full(result.counts.per_rater.shape, np.nan),) * 2
    severity, se = (
        result.elements(values, np.nan) for values in (result.figures.rater if result.figures else nothing)
    )
    rater_ids = result.frame.cells.rater_ids
    return RaterEstimates(rater_ids, np.where(n > 0, severity, np.nan), np.where(n > 0, se, np.nan), n)


def _take(values: Any, index: Any, absent: float) -> Any:
    """`values[index]`, and `absent` where the index is -1."""
    result = np.full((len(index), *values.shape[1:]), absent, dtype=values.dtype)
    result[index >= 0] = values[index[index >= 0]]
    return result
