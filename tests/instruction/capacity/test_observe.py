"""Who visits whom in the simulator, further visits to one district, and the assumptions it can break."""

from dataclasses import fields, replace

import numpy as np
import pytest

from instruction.capacity import Ratings
from instruction.capacity.simulate import ExtraVisits, Stress, observe, simulate
from tests.instruction.capacity.test_simulate import design_of

SEED = 1_000_001


def rows_of(ratings: Ratings) -> set[tuple]:
    """The ratings without their observations' numbers."""
    names = [field.name for field in fields(Ratings) if field.name != "observation"]
    return set(zip(*[getattr(ratings, name).tolist() for name in names], strict=True))


def visits_of(*rows: tuple[int, int, int, int]) -> ExtraVisits:
    return ExtraVisits(*np.array(rows, dtype=np.int64).reshape(-1, 4).T)


def correlation(left: np.ndarray, right: np.ndarray) -> float:
    return float(np.corrcoef(left, right)[0, 1])


def test_designs_that_differ_in_visits_share_truth_and_lessons():
    few = simulate(design_of(n_schools=10, share_external=0.05), SEED)
    more = simulate(design_of(n_schools=10, share_external=0.20), SEED)
    np.testing.assert_array_equal(few.severity, more.severity)
    shared = len(rows_of(few.ratings) & rows_of(more.ratings)) / len(few.ratings.level)
    # The thresholds move a little with the share of own raters, so a few levels differ.
    assert 0.75 < shared < 0.90


def test_further_visits_leave_the_earlier_ratings_as_they_are():
    district = simulate(design_of(n_schools=5), SEED)
    after = observe(district, visits_of((9000, 103, -1, -1), (9000, 104, -1, 9006)))
    n = len(district.ratings.level)
    for field in fields(Ratings):
        np.testing.assert_array_equal(getattr(after, field.name)[:n], getattr(district.ratings, field.name))
    new = np.unique(after.observation[n:])
    assert len(new) == 3
    assert set(after.rater[n:]) == {9000, 9006}
    assert set(after.school[n:]) == {103, 104}
    np.testing.assert_array_equal(after.external[n:], after.rater[n:] == 9000)
    assert (after.age[n:] == 0).all()


def test_a_visit_gives_the_same_ratings_whatever_else_is_visited():
    district = simulate(design_of(n_schools=5), SEED)
    alone = observe(district, visits_of((9000, 103, 5065, -1)))
    among = observe(district, visits_of((9002, 104, -1, -1), (9000, 103, 5065, -1), (9008, 101, -1, -1)))
    assert rows_of(alone) <= rows_of(among)


def test_visits_to_a_school_go_to_the_teachers_observed_least():
    district = simulate(design_of(n_schools=5), SEED)
    seen = np.bincount(district.visits.teacher[district.visits.teacher >= 0], minlength=150)[:30]
    unseen = {int(t) for t in 5000 + np.flatnonzero(seen == seen.min())}
    after = observe(district, visits_of((9008, 101, -1, -1)))
    assert int(after.teacher[-1]) in unseen
    every = observe(district, visits_of(*[(9008, 101, -1, -1)] * 200))
    n = np.unique(np.stack([every.observation, every.teacher])[:, every.school == 101], axis=1)[1]
    counts = np.unique(n, return_counts=True)[1]
    assert counts.max() - counts.min() <= 1


@pytest.mark.parametrize(
    "row", [(1, 101, -1, -1), (9000, 1, -1, -1), (9000, 101, 5149, -1), (9000, 101, -1, 1)]
)
def test_visit_by_or_to_whom_the_district_does_not_have_is_refused(row):
    with pytest.raises(ValueError, match=r"visit|school"):
        observe(simulate(design_of(n_schools=5), SEED), visits_of(row))


def test_lessons_seen_by_two_are_seen_by_a_visitor_and_agree_more():
    design = design_of(share_external=0.0, share_double=1.0)
    ratings = simulate(design, SEED).ratings
    lesson = ratings.video == -1
    assert ratings.external[lesson].mean() == pytest.approx(0.5, abs=0.01)
    element = lesson & (ratings.element == 11)
    first, second = ratings.external[element], ~ratings.external[element]
    key = ratings.teacher[element] * 100_000 + ratings.day[element]
    level = ratings.level[element]
    left = dict(zip(key[first].tolist(), level[first].tolist(), strict=True))
    right = dict(zip(key[second].tolist(), level[second].tolist(), strict=True))
    both = sorted(left.keys() & right.keys())
    together = correlation(np.array([left[k] for k in both]), np.array([right[k] for k in both]))
    teacher = [k // 100_000 for k in both]
    apart = [
        (left[a], right[b])
        for a, b, s, t in zip(both, both[1:], teacher, teacher[1:], strict=False)
        if s == t
    ]
    assert together > correlation(*np.array(apart).T) + 0.08


def test_visitors_stay_in_their_area():
    design = design_of(n_schools=20, share_external=0.3)
    area = (design.school_of_teacher - 101) // 10
    rater_area = np.where(design.rater % 2, (design.home_school_of_rater - 101) // 10, -1)
    ratings = simulate(replace(design, area_of_teacher=area, area_of_rater=rater_area), SEED).ratings
    visit = ratings.external & (ratings.video == -1)
    assert visit.mean() > 0.15
    home = dict(zip(design.rater.tolist(), design.home_school_of_rater.tolist(), strict=True))
    came_from = np.array([home[rater] for rater in ratings.rater[visit].tolist()])
    np.testing.assert_array_equal((came_from - 101) // 10, (ratings.school[visit] - 101) // 10)
    assert (ratings.rater[visit] % 2 == 1).all()


@pytest.mark.parametrize("stress", [Stress(stretch=0.2), Stress(tails=4.0)])
def test_truth_under_stress_is_the_mean_level_outside_raters_would_give(stress):
    design = design_of(
        n_schools=2, n_teachers=3, share_external=1.0, observations_mean=4000.0, observations_max=4000,
        videos_per_rater=0, share_elements_rated=1.0, stress=stress,
    )  # fmt: skip
    design = replace(design, rater=np.arange(2000), home_school_of_rater=np.full(2000, -1))
    district = simulate(design, SEED)
    for place, teacher in enumerate(design.teacher):
        level = district.ratings.level[district.ratings.teacher == teacher].reshape(-1, 4).mean(axis=0)
        assert level == pytest.approx(district.teacher_level[place], abs=0.05)


def test_weak_teachers_are_observed_more_when_asked_for():
    district = simulate(design_of(stress=Stress(weak_more=0.3)), SEED)
    seen = np.bincount(district.visits.teacher[district.visits.teacher >= 0], minlength=1200)
    assert correlation(seen, district.teacher_level.mean(axis=1)) < -0.15


def test_kind_raters_lift_weak_schools():
    def gain(kindness: float) -> float:
        district = simulate(design_of(n_schools=80, stress=Stress(kindness=kindness)), SEED)
        own = ~district.ratings.external & (district.ratings.video == -1)
        school = np.searchsorted(district.schools, district.ratings.school[own])
        mean = np.bincount(school, district.ratings.level[own]) / np.bincount(school)
        return correlation(mean, district.capacity.mean(axis=1))

    assert gain(-0.8) < gain(0.0) - 0.1


def test_classes_of_low_scorers_lower_the_ratings_when_asked_for():
    plain, biased = (simulate(design_of(stress=Stress(class_bias=bias)), SEED) for bias in (0.0, 0.5))
    np.testing.assert_array_equal(plain.teacher_level, biased.teacher_level)
    lesson = plain.ratings.video == -1
    score = plain.class_score[plain.ratings.teacher[lesson] - 5000]
    change = (biased.ratings.level - plain.ratings.level)[lesson]
    assert np.polyfit(score, change, 1)[0] == pytest.approx(0.42, abs=0.08)


def test_severity_that_drifts_differs_between_the_years_halves():
    def apart(drift: float) -> float:
        design = design_of(n_schools=60, videos_per_rater=0, stress=Stress(drift=drift))
        ratings = simulate(design, SEED).ratings
        rater = ratings.rater - 9000
        early = ratings.age > 0.5
        means = [
            np.bincount(rater[half], ratings.level[half]) / np.bincount(rater[half])
            for half in (early, ~early)
        ]
        return float(np.std(means[1] - means[0]))

    assert apart(0.6) > apart(0.0) + 0.08
