"""The simulator is what it says, and the estimate beats plain means on it."""

from dataclasses import fields, replace

import numpy as np
import pytest

from instruction.capacity import EvidenceRules, Ratings, Roster, Targets, estimate
from instruction.capacity.simulate import Design, SimulatedDistrict, simulate


def design_of(n_schools: int = 40, n_teachers: int = 30, **changes) -> Design:
    """Schools 101, 102, ... with two raters each; teacher ids from 5000, rater ids from 9000."""
    schools = 101 + np.arange(n_schools)
    teachers = np.repeat(schools, n_teachers)
    raters = np.repeat(schools, 2)
    design = Design(
        teacher=5000 + np.arange(len(teachers)),
        school_of_teacher=teachers,
        rater=9000 + np.arange(len(raters)),
        home_school_of_rater=raters,
        elements=np.array([11, 12, 13, 14]),
        videos=np.array([71, 72, 73, 74]),
        share_external=0.10,
        videos_per_rater=4,
    )
    return replace(design, **changes)


def estimated(design: Design, district: SimulatedDistrict):
    targets = Targets(
        design.elements, district.schools, np.full((len(district.schools), len(design.elements)), 2.7)
    )
    roster = Roster(design.teacher, design.school_of_teacher)
    return estimate(district.ratings, roster, targets, EvidenceRules(min_teachers=0, min_share=0.0))


def naive_means(design: Design, district: SimulatedDistrict) -> tuple[np.ndarray, np.ndarray]:
    """Mean of the ratings of each school and element, and the textbook standard error of it."""
    ratings, means, errors = district.ratings, [], []
    for school in district.schools:
        for element in design.elements:
            level = ratings.level[(ratings.school == school) & (ratings.element == element)]
            means.append(level.mean())
            errors.append(level.std(ddof=1) / np.sqrt(len(level)))
    shape = (len(district.schools), len(design.elements))
    return np.reshape(means, shape), np.reshape(errors, shape)


def test_simulation_is_the_same_for_the_same_seed_only():
    design = design_of(n_schools=5)
    first, again, other = simulate(design, 1), simulate(design, 1), simulate(design, 2)
    for field in fields(Ratings):
        left, right = getattr(first.ratings, field.name), getattr(again.ratings, field.name)
        np.testing.assert_array_equal(left, right)
    assert not np.array_equal(first.capacity, other.capacity)


def test_simulated_ratings_use_the_given_ids_and_follow_the_design():
    design = design_of()
    ratings = simulate(design, 3).ratings
    lesson = ratings.video == -1
    school_of = dict(zip(design.teacher.tolist(), design.school_of_teacher.tolist(), strict=True))
    home_of = dict(zip(design.rater.tolist(), design.home_school_of_rater.tolist(), strict=True))
    school = np.array([school_of[t] for t in ratings.teacher[lesson].tolist()])
    home = np.array([home_of[r] for r in ratings.rater[lesson].tolist()])
    np.testing.assert_array_equal(ratings.school[lesson], school)
    np.testing.assert_array_equal(ratings.external[lesson], home != school)
    assert ratings.external[lesson].mean() == pytest.approx(0.10, abs=0.03)
    assert set(ratings.element) == set(design.elements)
    assert set(ratings.video[~lesson]) == set(design.videos)
    assert (ratings.teacher[~lesson] == -1).all()
    assert (ratings.school[~lesson] == -1).all()
    observations = np.unique(ratings.observation[lesson]).size
    assert observations / len(design.teacher) == pytest.approx(2.5, abs=0.15)
    rated = lesson.sum() / observations / len(design.elements)
    assert rated == pytest.approx(0.75, abs=0.02)


def test_simulated_levels_have_the_designs_shares():
    ratings = simulate(design_of(n_schools=80), 4).ratings
    shares = np.bincount(ratings.level.astype(int), minlength=5)[1:] / len(ratings.level)
    assert shares == pytest.approx([0.025, 0.40, 0.52, 0.055], abs=0.03)


def test_simulated_truth_is_the_mean_level_outside_raters_would_give():
    design = design_of(
        n_schools=4, n_teachers=3, share_external=1.0, observations_mean=3000.0, observations_max=3000
    )
    design = replace(design, rater=np.arange(400), home_school_of_rater=np.full(400, -1))
    district = simulate(design, 5)
    means, _ = naive_means(design, district)
    assert means == pytest.approx(district.capacity, abs=0.06)


def test_school_without_raters_is_visited_from_elsewhere():
    design = design_of(n_schools=3)
    keep = design.home_school_of_rater != 101
    design = replace(design, rater=design.rater[keep], home_school_of_rater=design.home_school_of_rater[keep])
    ratings = simulate(design, 6).ratings
    assert ratings.external[ratings.school == 101].all()


def test_district_without_raters_has_no_ratings():
    none = np.empty(0, dtype=np.int64)
    district = simulate(replace(design_of(n_schools=2), rater=none, home_school_of_rater=none), 7)
    assert len(district.ratings.level) == 0
    assert district.capacity.shape == (2, 4)


@pytest.mark.parametrize("seed", [11, 12])
def test_estimates_beat_plain_means_in_error_and_in_coverage(seed):
    design = design_of()
    district = simulate(design, seed)
    result, (means, errors) = estimated(design, district), naive_means(design, district)
    ours, theirs = result.estimate - district.capacity, means - district.capacity
    assert np.sqrt(np.mean(ours**2)) < 0.85 * np.sqrt(np.mean(theirs**2))
    covered = np.mean(np.abs(ours) < EvidenceRules().z * result.se)
    assert 0.80 < covered <= 1.0
    assert np.mean(np.abs(theirs) < EvidenceRules().z * errors) < covered - 0.15


def test_strict_raters_are_found():
    design = design_of(videos_per_rater=4)
    district = simulate(design, 13)
    severity = estimated(design, district).raters.severity
    assert np.corrcoef(severity.ravel(), district.severity.ravel())[0, 1] > 0.5


def test_teacher_estimates_beat_the_teachers_own_means():
    design = design_of()
    district = simulate(design, 14)
    result, ratings = estimated(design, district), district.ratings
    order = np.argsort(design.teacher)
    assert result.teachers.teacher.tolist() == design.teacher[order].tolist()
    rated = result.teachers.n_ratings[:, 0] > 0
    error = (result.teachers.estimate - district.teacher_level)[rated, 0]
    raw = []
    for teacher in result.teachers.teacher[rated]:
        raw.append(ratings.level[(ratings.teacher == teacher) & (ratings.element == 11)].mean())
    raw_error = np.array(raw) - district.teacher_level[rated, 0]
    assert np.sqrt(np.mean(error**2)) < 0.75 * np.sqrt(np.mean(raw_error**2))
    covered = np.mean(np.abs(error) < EvidenceRules().z * result.teachers.se[rated, 0])
    assert 0.84 < covered < 0.96
