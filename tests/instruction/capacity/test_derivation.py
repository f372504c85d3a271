"""The steps from the ratings to an estimate."""

import numpy as np
import pytest

from instruction.capacity import Roster, estimate
from instruction.capacity.data import Components, Spread
from tests.instruction.capacity.districts import (
    COMPONENTS,
    ratings_of,
    solved,
    tangled_district,
    targets_of,
)


def test_teacher_rated_often_counts_once_in_the_last_step():
    """Teacher 100 was rated 1 three times, teacher 101 was rated 3 once: 1.5 of the ratings, 2 of the teachers."""
    rows = [(i, 1, 100, 1, -1, 50, 1.0, 0.0, True) for i in range(3)]
    rows.append((9, 1, 101, 1, -1, 50, 3.0, 0.0, True))
    none = Spread(0.0, 1e-12)
    components = Components(Spread(0.0, 0.02), Spread(0.0, 0.08), none, none, none, Spread(0.0, 0.2))
    roster = Roster(np.array([100, 101]), np.array([1, 1]))
    steps = solved(ratings_of(rows), roster, targets_of([1], [50]), components)[2].derivation
    assert steps.ratings == pytest.approx(np.array([[1.5]]))
    assert steps.observers == pytest.approx(np.array([[1.5]]))  # nobody is known to be strict
    assert steps.teachers == pytest.approx(np.array([[2.0]]))


def test_steps_follow_from_each_rating_and_its_observers_effects():
    ratings, roster, targets = tangled_district()
    frame, posterior, figures = solved(ratings, roster, targets, COMPONENTS)
    severity = dict(zip(frame.cells.rater_ids.tolist(), -posterior.raters().mean, strict=True))
    culture = dict(zip(frame.cells.school_ids.tolist(), posterior.cultures().mean, strict=True))
    current = set(zip(roster.teacher.tolist(), roster.school.tolist(), strict=True))
    for row, school in enumerate(frame.cells.school_ids.tolist()):
        for e, element in enumerate((50, 51, 52)):
            plain, adjusted, by_teacher = [], [], {}
            for i in np.flatnonzero((ratings.school == school) & (ratings.element == element)):
                teacher = int(ratings.teacher[i])
                if (teacher, school) not in current:
                    continue
                effect = -severity[int(ratings.rater[i])][e]
                if not ratings.external[i]:
                    effect += posterior.home_shift()[e] + culture[school][e]
                plain.append(ratings.level[i])
                adjusted.append(ratings.level[i] - effect)
                by_teacher.setdefault(teacher, []).append(ratings.level[i] - effect)
            expected = [np.nan] * 3
            if plain:
                of_teachers = np.mean([np.mean(values) for values in by_teacher.values()])
                expected = [np.mean(plain), np.mean(adjusted), of_teachers]
            steps = figures.derivation
            found = [steps.ratings[row, e], steps.observers[row, e], steps.teachers[row, e]]
            assert found == pytest.approx(expected, abs=1e-9, nan_ok=True)


def test_no_step_is_given_where_no_estimate_is():
    ratings, roster, targets = tangled_district()
    result = estimate(ratings, roster, targets)
    hidden = np.isnan(result.estimate)
    assert hidden.any()
    for step in (result.derivation.ratings, result.derivation.observers, result.derivation.teachers):
        np.testing.assert_array_equal(np.isnan(step), hidden)
