"""The evidence plan's visits, and as many placed at random, added to the same district."""

from dataclasses import fields, replace

import numpy as np

from bench.accuracy.methods import ALL_SHOWN, Question
from instruction.capacity.data import NO_ID, IntArray, Ratings
from instruction.capacity.estimator import estimate
from instruction.capacity.planning import (
    DEFAULT_PLAN_RULES,
    Leaders,
    Plan,
    PlanRules,
    VisitingObservers,
    plan_visits,
)
from instruction.capacity.simulate import ExtraVisits, SimulatedDistrict, observe

VISITS_PER_SCHOOL = 3
LESSONS_PER_OBSERVER = 4
ROUNDS = 4
_RANDOM = 3  # the stream of random placement; apart from what the simulator draws


def planned(district: SimulatedDistrict) -> dict[str, Ratings]:
    """Ratings with the visits of the plan, with as many `random` ones, and with those `alone`.

    Every rater may see four lessons elsewhere. Random visits are spread over all schools evenly, with visitors,
    teachers and companions drawn by lot; a companion comes along as often as the plan asks for one, or never.
    """
    visits = plan_in_rounds(district)
    random = random_visits(district, visits)
    alone = replace(random, beside=np.full(len(visits.rater), NO_ID))
    return {
        name: observe(district, made)
        for name, made in (("plan", visits), ("random", random), ("alone", alone))
    }


def plan_in_rounds(district: SimulatedDistrict, rules: PlanRules = DEFAULT_PLAN_RULES) -> ExtraVisits:
    """Make the plan's visits a round at a time, each planned with what the rounds before have shown.

    So a district meets it: the plan is computed again every night. Nobody gets more lessons, and no teacher more
    than one visit, over all rounds.
    """
    visits = ExtraVisits.none()
    ratings = district.ratings
    for share in range(ROUNDS):
        n = VISITS_PER_SCHOOL * len(district.schools) * (share + 1) // ROUNDS - len(visits.rater)
        plan = _plan(district, ratings, visits, n, rules)
        row = plan.lesson_row
        made = ExtraVisits(plan.visitor[row], plan.school[row], plan.lesson_teacher, plan.companion[row])
        visits = ExtraVisits(
            *(np.concatenate([getattr(one, field.name) for one in (visits, made)]) for field in fields(made))
        )
        ratings = observe(district, visits)
    return visits


def _plan(
    district: SimulatedDistrict, ratings: Ratings, visits: ExtraVisits, n: int, rules: PlanRules
) -> Plan:
    design, question = district.design, Question.of(district)
    result = estimate(ratings, question.roster, question.targets, ALL_SHOWN)
    given = (design.rater[:, None] == visits.rater[None, :]).sum(axis=1)
    return plan_visits(
        ratings,
        question.roster,
        question.targets,
        observers=VisitingObservers(
            design.rater, design.home_school_of_rater, LESSONS_PER_OBSERVER - given.astype(np.int64)
        ),
        leaders=Leaders(design.home_school_of_rater, design.rater),
        n_visits=n,
        rules=rules,
        components=result.spread,
        neediest=result.ranks.neediest,
        visited=np.unique(visits.teacher),
    )


def random_visits(district: SimulatedDistrict, visits: ExtraVisits) -> ExtraVisits:
    """As many visits as these, and as many with a companion, placed by lot: every school gets its even share."""
    design, rng = district.design, np.random.default_rng([district.seed, _RANDOM])
    n = len(visits.rater)
    rounds = -(-n // len(district.schools))
    school = np.concatenate([rng.permutation(district.schools) for _ in range(rounds)])[:n]
    left = np.repeat(np.arange(len(design.rater)), LESSONS_PER_OBSERVER)
    rater, companion = np.full(n, NO_ID), np.full(n, NO_ID)
    together = rng.permutation(visits.beside != NO_ID)
    for number in range(n):
        away = np.flatnonzero(design.home_school_of_rater[left] != school[number])
        taken = rng.choice(away)
        rater[number] = design.rater[left[taken]]
        left = np.delete(left, taken)
        if together[number]:
            companion[number] = rng.choice(design.rater[design.home_school_of_rater == school[number]])
    return ExtraVisits(rater, school, _teachers(district, school, rng), companion)


def _teachers(district: SimulatedDistrict, school: IntArray, rng: np.random.Generator) -> IntArray:
    """A teacher of each school by lot, nobody twice while there are others."""
    design, teacher = district.design, np.full(len(school), NO_ID)
    for one in np.unique(school):
        at = np.flatnonzero(school == one)
        there = design.teacher[design.school_of_teacher == one]
        order = np.concatenate([rng.permutation(there) for _ in range(-(-len(at) // len(there)))])
        teacher[at] = order[: len(at)]
    return teacher
