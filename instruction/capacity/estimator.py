"""Capacity of schools, one element at a time, by a linear mixed model.

A rating = mean + home-field shift (own raters) + school + rating culture (own raters) + teacher + rater
+ teacher-rater interaction + noise that grows with age. The crossed random effects follow the
generalizability studies of classroom observation by Ho & Kane (2013) and Kane & Staiger (2012); the solution
is Henderson's (1975), exact.
"""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from instruction.capacity.cells import current_spells, split_by_element
from instruction.capacity.checks import check_ratings, check_targets
from instruction.capacity.components import estimate_components
from instruction.capacity.counts import Counts, count_evidence
from instruction.capacity.data import (
    CapacityEstimate,
    Derivation,
    FloatArray,
    Ranks,
    RaterEstimates,
    Ratings,
    Roster,
    Targets,
    TeacherEstimates,
    VarianceComponents,
)
from instruction.capacity.element import ElementResult, Frame, build_frame, solve_element
from instruction.capacity.linking import linked_schools
from instruction.capacity.rules import DEFAULT_RULES, EvidenceRules, classify, enough

METHOD = "mixed model, one element at a time"
VERSION = "1.0"
UNKNOWN = VarianceComponents(*[float("nan")] * 8)


class Estimator(Protocol):
    """Any model that turns ratings into capacity: this signature is all that callers know of it."""

    def __call__(
        self, ratings: Ratings, roster: Roster, targets: Targets, rules: EvidenceRules = ...
    ) -> CapacityEstimate: ...


def estimate(
    ratings: Ratings, roster: Roster, targets: Targets, rules: EvidenceRules = DEFAULT_RULES
) -> CapacityEstimate:
    """Estimate instructional capacity of `targets.schools` on `targets.elements`.

    The result's arrays are in the order of `targets`; figures are in points of the rating scale. Ratings of
    teachers and schools that are not on the roster count towards rater severities and variances only. The
    same input gives the same result, whatever the order of its rows. Raises ValueError for ratings that
    cannot be right (levels off the scale, nan, contradictory rows of one observation).
    """
    check_targets(roster, targets)
    check_ratings(ratings, targets)
    table, by_element = split_by_element(ratings, targets.elements)
    frame = build_frame(table, roster, targets)
    counts, results = [], []
    for index, element in enumerate(by_element):
        count = count_evidence(table, element, frame.cells)
        components = estimate_components(table, element, frame.cells, frame.layout, frame.pairs, frame.points)
        shown = frame.asked & enough(count.teachers, frame.size, rules) & bool(count.per_spell.any())
        counts.append(count)
        results.append(solve_element(frame, element, components, frame.target[:, index], shown))
    return _assemble(frame, targets, roster, rules, counts, results)


def _assemble(
    frame: Frame,
    targets: Targets,
    roster: Roster,
    rules: EvidenceRules,
    counts: list[Counts],
    results: list[ElementResult],
) -> CapacityEstimate:
    def floats(name: str) -> FloatArray:
        return np.asarray(
            _rows(_columns([result.columns[name] for result in results], len(frame.size)), frame, np.nan)
        )

    def ints(name: str, absent: int = 0) -> Any:
        return _rows(_columns([getattr(count, name) for count in counts], len(frame.size)), frame, absent)

    size = _rows(frame.size, frame, 0)
    linked = _rows(linked_schools(frame.cells), frame, False)
    n_teachers, se = ints("teachers"), floats("se")
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
        n_ratings=ints("ratings"),
        n_observations=ints("observations"),
        n_teachers=n_teachers,
        n_raters=ints("raters"),
        last_day=ints("last_day", -1),
        evidence=classify(n_teachers, size[:, None], se, linked[:, None], rules),
        roster_size=size,
        linked=linked,
        teachers=_teachers(frame, roster, counts, results),
        raters=_raters(frame, counts, results),
        components=[
            result.components if count.per_spell.any() else UNKNOWN
            for count, result in zip(counts, results, strict=True)
        ],
        district=[result.district for result in results],
        groups=[result.groups for result in results],
        derivation=Derivation(*[np.full(se.shape, np.nan)] * 3),
        ranks=Ranks(*[np.full(se.shape, np.nan)] * 3),
        method=METHOD,
        version=VERSION,
    )


def _teachers(
    frame: Frame, roster: Roster, counts: list[Counts], results: list[ElementResult]
) -> TeacherEstimates:
    teacher, school = current_spells(roster)
    spell = frame.cells.roster_spell

    def current(columns: Sequence[Any], absent: float) -> Any:
        return _take(_columns(columns, len(frame.cells.spell_school)), spell, absent)

    n = current([count.per_spell for count in counts], 0)
    mean, se = (current([result.teacher[i] for result in results], np.nan) for i in (0, 1))
    return TeacherEstimates(teacher, school, np.where(n > 0, mean, np.nan), np.where(n > 0, se, np.nan), n)


def _raters(frame: Frame, counts: list[Counts], results: list[ElementResult]) -> RaterEstimates:
    n_raters = len(frame.cells.rater_ids)
    n = _columns([count.per_rater for count in counts], n_raters)
    severity, se = (_columns([result.rater[i] for result in results], n_raters) for i in (0, 1))
    return RaterEstimates(
        frame.cells.rater_ids, np.where(n > 0, severity, np.nan), np.where(n > 0, se, np.nan), n
    )


def _columns(columns: Sequence[Any], n_rows: int) -> Any:
    """One column per element; (`n_rows`, 0) when no element is asked for."""
    return np.stack(columns, axis=1) if columns else np.empty((n_rows, 0), dtype=np.int64)


def _rows(values: Any, frame: Frame, absent: float) -> Any:
    """Rows of the targets' schools from rows of the cells' schools."""
    return _take(values, frame.row, absent)


def _take(values: Any, index: Any, absent: float) -> Any:
    """`values[index]`, and `absent` where the index is -1."""
    result = np.full((len(index), *values.shape[1:]), absent, dtype=values.dtype)
    result[index >= 0] = values[index[index >= 0]]
    return result
