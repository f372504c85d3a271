"""The evidence plan sends visitors where most is open, keeps its rules, and its figures are exact."""

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from instruction.capacity import Ratings, Roster, Targets
from instruction.capacity.planning import (
    Leaders,
    Plan,
    PlanRules,
    VisitingObservers,
    plan_visits,
)
from tests.instruction.capacity.dense import DenseModel, Key
from tests.instruction.capacity.districts import COMPONENTS, Row, ratings_of, reorder, targets_of

ELEMENTS = (50, 51)


def district(
    n_schools: int, n_teachers: int, lessons: list[tuple[int, int, int, bool]]
) -> tuple[Ratings, Roster, Targets]:
    """Schools 1, 2, ...; teachers 100 x school + number; `lessons` are (rater, teacher, level, external)."""
    rows: list[Row] = [
        (number, rater, teacher, teacher // 100, -1, element, float(level), 0.25 * (number % 3), external)
        for number, (rater, teacher, level, external) in enumerate(lessons, start=1)
        for element in ELEMENTS
    ]
    spells = [(s * 100 + n, s) for s in range(1, n_schools + 1) for n in range(n_teachers)]
    teacher, school = (np.array(side, dtype=np.int64) for side in zip(*spells, strict=True))
    return ratings_of(rows), Roster(teacher, school), targets_of(range(1, n_schools + 1), ELEMENTS)


def visitors(*rows: tuple[int, int, int]) -> VisitingObservers:
    return VisitingObservers(*np.array(rows, dtype=np.int64).reshape(-1, 3).T)


def leaders(*rows: tuple[int, int]) -> Leaders:
    return Leaders(*np.array(rows, dtype=np.int64).reshape(-1, 2).T)


def own_lessons(school: int, n_teachers: int = 6) -> list[tuple[int, int, int, bool]]:
    """The school's only rater (10 x school) sees every teacher once."""
    return [(school * 10, school * 100 + n, 2 + n % 2, False) for n in range(n_teachers)]


def three_schools() -> tuple[Ratings, Roster, Targets]:
    """Every school has one rater; visitor 99 has been to schools 1 and 2 and never to school 3."""
    lessons = [one for school in (1, 2, 3) for one in own_lessons(school)]
    lessons += [(99, school * 100 + n, 3, True) for school in (1, 2) for n in range(6)]
    return district(3, 6, lessons)


EVEN = np.full((3, 2), 0.5)  # every school is as open as the others
LED = leaders((1, 10), (2, 20), (3, 30))


def test_the_school_with_one_unlinked_rater_gets_the_visits():
    plan = plan_visits(
        *three_schools(),
        observers=visitors((99, -1, 2)),
        leaders=LED,
        n_visits=2,
        components=COMPONENTS,
        neediest=EVEN,
    )
    assert plan.school.tolist() == [3]
    assert plan.visitor.tolist() == [99]
    assert plan.companion.tolist() == [30]
    assert plan.lessons.tolist() == [2]
    assert plan.se_after[0] < plan.se_before[0]
    assert set(plan.lesson_teacher // 100) == {3}
    # Two lessons of 45 minutes for two, twice 20 minutes of talk for two, one way there and back of 40.
    assert plan.hours[0] == pytest.approx((4 * 45 + 4 * 20 + 40) / 60)


def test_the_undecided_schools_get_the_visits():
    lessons = [one for school in (1, 2, 3) for one in own_lessons(school)]
    sure = np.array([[0.5, 0.4], [0.5, 0.4], [0.001, 0.001]])
    plan = plan_visits(
        *district(3, 6, lessons),
        observers=visitors((99, -1, 20)), leaders=LED, n_visits=8, components=COMPONENTS, neediest=sure,
    )  # fmt: skip
    assert set(plan.school.tolist()) == {1, 2}
    assert plan.n_lessons == 8


def extended(ratings: Ratings, plan: Plan) -> Ratings:
    """The ratings with those of the plan, whatever their levels."""
    visits = [
        (rater, int(teacher), int(plan.school[row]), rater == plan.visitor[row])
        for row, teacher in zip(plan.lesson_row, plan.lesson_teacher, strict=True)
        for rater in (int(plan.visitor[row]), int(plan.companion[row]))
        if rater != -1
    ]
    rows: list[Row] = [
        (10_000 + i, rater, teacher, school, -1, element, 2.0, 0.0, external)
        for i, (rater, teacher, school, external) in enumerate(visits)
        for element in ELEMENTS
    ]
    return joined(ratings, rows)


def joined(ratings: Ratings, rows: list[Row]) -> Ratings:
    """The ratings and some more."""
    more = ratings_of(rows)
    return Ratings(
        *(np.concatenate([getattr(ratings, f.name), getattr(more, f.name)]) for f in fields(Ratings))
    )


MEAN = dict.fromkeys(range(1, 5), 0.25)


def variance(model: DenseModel, roster: Roster, schools: dict[int, float]) -> float:
    """Error variance of a weighted sum of schools, each the mean over the elements."""
    terms: dict[Key, float] = {}
    for element in ELEMENTS:
        for key, value in model.mean_of(roster, schools, element).items():
            terms[key] = terms.get(key, 0.0) + value / len(ELEMENTS)
    return model.predict(terms)[1]


def contrast(model: DenseModel, roster: Roster, school: int) -> float:
    """Error variance of a school less the mean of the four."""
    return variance(model, roster, {s: float(s == school) - m for s, m in MEAN.items()})


def weighted(model: DenseModel, roster: Roster, weight: np.ndarray) -> float:
    """Least sum of weight x (contrast - m)^2 + m^2 over m, expected."""
    each = sum(w * contrast(model, roster, s) for s, w in enumerate(weight, start=1))
    together = {s: w - weight.sum() * MEAN[s] for s, w in enumerate(weight.tolist(), start=1)}
    return each - variance(model, roster, together) / (weight.sum() + 1)


def awkward_district() -> tuple[Ratings, Roster, Targets, VisitingObservers, Leaders]:
    """Four schools: one not rated by its own, one without leaders, visitors known and new, teachers never seen."""
    lessons = own_lessons(1, 4) + own_lessons(1, 2) + own_lessons(2, 5)
    lessons += [
        (11, 100, 3, False),
        (11, 105, 2, False),
        (10, 200, 3, True),
        (10, 303, 2, True),
        (20, 301, 3, True),
    ]
    ratings, roster, targets = district(4, 6, lessons)
    observers = visitors((10, 1, 4), (20, 2, 4), (98, -1, 3), (97, 4, 6))
    return ratings, roster, targets, observers, leaders((1, 10), (1, 11), (2, 20), (4, 40))


@pytest.mark.parametrize("lessons_per_trip", [1, 2, 3])
def test_gain_and_standard_errors_are_those_of_the_dense_posterior(lessons_per_trip):
    ratings, roster, targets, observers, own = awkward_district()
    neediest = np.array([[0.3, np.nan], [0.5, 0.4], [0.2, 0.2], [0.4, 0.5]])
    plan = plan_visits(
        ratings, roster, targets,
        observers=observers, leaders=own, n_visits=9, components=COMPONENTS, neediest=neediest,
        rules=PlanRules(lessons_per_trip=lessons_per_trip, at_once=0.3),
    )  # fmt: skip
    assert plan.n_lessons == 9
    before, after = (DenseModel(r, roster, ELEMENTS, COMPONENTS) for r in (ratings, extended(ratings, plan)))
    row = len(plan.school) - 1
    exact = contrast(after, roster, int(plan.school[row]))
    assert plan.se_after[row] ** 2 == pytest.approx(exact, abs=1e-8)
    assert plan.se_before[0] ** 2 == pytest.approx(contrast(before, roster, int(plan.school[0])), abs=1e-8)
    weight = np.nanmean(np.exp(-(norm.ppf(neediest) ** 2)), axis=1)
    total = [weighted(model, roster, weight) for model in (before, after)]
    assert plan.gain.sum() == pytest.approx(1 - total[1] / total[0], abs=1e-8)


def test_a_renewed_plan_sends_nobody_to_a_teacher_who_had_a_visit_this_term():
    first = plan_visits(
        *three_schools(), observers=visitors((98, -1, 20)), leaders=LED, n_visits=10, components=COMPONENTS
    )
    second = plan_visits(
        *three_schools(),
        observers=visitors((98, -1, 20)), leaders=LED, n_visits=10, components=COMPONENTS,
        visited=first.lesson_teacher,
    )  # fmt: skip
    assert first.n_lessons == 10
    assert second.n_lessons == 8
    assert not set(first.lesson_teacher.tolist()) & set(second.lesson_teacher.tolist())


def test_clear_schools_are_visited_only_when_the_rules_say_so():
    clear = np.array([[0.5, 0.5], [0.5, 0.5], [0.0001, 0.0001]])
    visited = [
        set(
            plan_visits(
                *three_schools(),
                observers=visitors((98, -1, 20)), leaders=LED, n_visits=18, components=COMPONENTS,
                neediest=clear, rules=PlanRules(everywhere=everywhere),
            ).school.tolist()
        )
        for everywhere in (0.0, 0.3)
    ]  # fmt: skip
    assert visited == [{1, 2}, {1, 2, 3}]


def test_a_plan_without_given_components_or_probabilities_finds_its_own():
    ratings, roster, targets, observers, own = awkward_district()
    plan = plan_visits(ratings, roster, targets, observers=observers, leaders=own, n_visits=6)
    assert plan.n_lessons == 6
    assert (plan.se_after < plan.se_before).all()
    assert (plan.gain > 0).all()


def test_a_school_without_a_figure_is_visited_when_it_may_be_among_the_neediest():
    ratings, roster, targets = three_schools()
    unknown = np.array([[0.001, 0.001], [0.001, 0.001], [np.nan, np.nan]])
    plan = plan_visits(
        ratings, roster, targets,
        observers=visitors((99, -1, 2)), leaders=LED, n_visits=2, components=COMPONENTS, neediest=unknown,
    )  # fmt: skip
    assert plan.school.tolist() == [3]


def test_the_same_input_in_another_order_gives_the_same_plan():
    ratings, roster, targets, observers, own = awkward_district()
    order = np.random.default_rng(1).permutation(len(ratings.level))
    first, second = (
        plan_visits(r, roster, targets, observers=observers, leaders=own, n_visits=9)
        for r in (ratings, reorder(ratings, order))
    )
    for field in fields(Plan):
        np.testing.assert_allclose(getattr(first, field.name), getattr(second, field.name), rtol=1e-9)


NOBODY = visitors()


@pytest.mark.parametrize("missing", ["observers", "ratings", "schools", "visits", "roster"])
def test_without_visitors_ratings_schools_or_lessons_there_is_no_plan(missing):
    ratings, roster, targets, observers, own = awkward_district()
    if missing == "ratings":
        ratings = ratings_of([])
    if missing == "schools":
        targets = targets_of([], ELEMENTS)
    if missing == "roster":
        roster = Roster(roster.teacher[:0], roster.school[:0])
    plan = plan_visits(
        ratings, roster, targets,
        observers=NOBODY if missing == "observers" else observers,
        leaders=own, n_visits=0 if missing == "visits" else 5,
    )  # fmt: skip
    assert plan.n_lessons == 0
    assert len(plan.school) == len(plan.gain_per_hour) == 0


def test_a_visitor_named_twice_is_refused():
    ratings, roster, targets, _, own = awkward_district()
    with pytest.raises(ValueError, match="twice"):
        plan_visits(
            ratings, roster, targets, observers=visitors((10, 1, 4), (10, 2, 1)), leaders=own, n_visits=2
        )


def test_who_leads_or_teaches_at_a_school_does_not_visit_it():
    ratings, roster, targets = three_schools()
    teaching = replace(roster, teacher=np.append(roster.teacher, 98), school=np.append(roster.school, 3))
    plan = plan_visits(
        ratings, teaching, targets,
        observers=visitors((98, -1, 4), (30, 1, 4)), leaders=LED, n_visits=8, components=COMPONENTS, neediest=EVEN,
    )  # fmt: skip
    assert plan.n_lessons == 8
    assert 3 not in plan.school


def test_visitor_who_works_at_two_schools_is_sent_to_neither():
    observers = replace(visitors((98, 1, 4)), works=leaders((1, 98), (3, 98)))
    plan = plan_visits(
        *three_schools(), observers=observers, leaders=LED, n_visits=4, components=COMPONENTS, neediest=EVEN
    )
    assert set(plan.school.tolist()) == {2}


def test_plan_looks_at_fewer_schools_where_many_people_observe():
    """Each school has one rater of its own, and one visitor has been to the first two."""
    plans = [
        plan_visits(
            *three_schools(),
            observers=visitors((98, -1, 20)), leaders=LED, n_visits=18, components=COMPONENTS, neediest=EVEN,
            rules=PlanRules(most_people=most),
        )
        for most in (4, 3)
    ]  # fmt: skip
    assert [set(plan.school.tolist()) for plan in plans] == [{1, 2, 3}, {1, 2}]


@st.composite
def small_districts(draw):
    n_schools, n_teachers = draw(st.integers(2, 5)), draw(st.integers(1, 4))
    teacher = st.tuples(st.integers(1, n_schools), st.integers(0, n_teachers - 1))
    rater = st.integers(1, 2 * n_schools)
    seen = draw(st.lists(st.tuples(rater, teacher, st.integers(1, 4)), min_size=1, max_size=25))
    home = {r: (r + 1) // 2 for r in range(1, 2 * n_schools + 1)}
    lessons = [(r, s * 100 + n, level, home[r] != s) for r, (s, n), level in seen]
    going = draw(st.lists(st.integers(1, 2 * n_schools + 2), unique=True))
    observers = visitors(*[(r, home.get(r, -1), draw(st.integers(0, 5))) for r in going])
    led = leaders(*[(home[r], r) for r in home if draw(st.booleans())])
    return district(n_schools, n_teachers, lessons), observers, led, draw(st.integers(0, 20))


@settings(max_examples=40, deadline=None)
@given(small_districts(), st.integers(1, 3))
def test_plans_keep_every_rule(drawn, lessons_per_trip):
    (ratings, roster, targets), observers, own, n_visits = drawn
    plan = plan_visits(
        ratings, roster, targets,
        observers=observers, leaders=own, n_visits=n_visits, rules=PlanRules(lessons_per_trip=lessons_per_trip),
        components=COMPONENTS,
    )  # fmt: skip
    assert plan.n_lessons <= n_visits
    assert len(set(plan.lesson_teacher.tolist())) == len(plan.lesson_teacher)
    assert (plan.lesson_teacher // 100 == plan.school[plan.lesson_row]).all()
    given_out = dict.fromkeys(observers.rater.tolist(), 0)
    home = dict(zip(observers.rater.tolist(), observers.home.tolist(), strict=True))
    led = set(zip(own.school.tolist(), own.rater.tolist(), strict=True))
    for school, visitor, companion, n in zip(
        plan.school.tolist(),
        plan.visitor.tolist(),
        plan.companion.tolist(),
        plan.lessons.tolist(),
        strict=True,
    ):
        assert home[visitor] != school
        assert (school, visitor) not in led
        assert companion != visitor
        assert companion == -1 or (school, companion) in led
        given_out[visitor] += n
    capacity = dict(zip(observers.rater.tolist(), observers.lessons.tolist(), strict=True))
    assert all(given_out[visitor] <= capacity[visitor] for visitor in given_out)
    for trip in np.unique(plan.trip):
        assert plan.lessons[plan.trip == trip].sum() <= lessons_per_trip
        assert len(np.unique(plan.visitor[plan.trip == trip])) == 1
    assert np.isfinite(plan.gain).all()
    assert (plan.gain >= 0).all()
    assert (plan.se_after <= plan.se_before + 1e-12).all()
    assert (np.bincount(plan.lesson_row, minlength=len(plan.school)) == plan.lessons).all()
