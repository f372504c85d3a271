"""The evidence plan: which visits this term would tell most about which schools are the neediest."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from instruction.capacity.cells import current_spells
from instruction.capacity.checks import check_ratings, check_targets
from instruction.capacity.data import NO_ID, Components, FloatArray, IntArray, Ratings, Roster, Targets
from instruction.capacity.grouping import find
from instruction.capacity.planning.candidates import forbidden_schools, open_lessons
from instruction.capacity.planning.knowledge import (
    basis_of,
    prior_knowledge,
    uncertainty,
)
from instruction.capacity.planning.opening import open_schools
from instruction.capacity.planning.plan import Leaders, Plan, VisitingObservers, empty_plan
from instruction.capacity.planning.rules import DEFAULT_PLAN_RULES, PlanRules
from instruction.capacity.planning.search import Chosen, Search
from instruction.capacity.planning.situation import Situation, situation_of
from instruction.capacity.planning.system import rater_rows


def plan_visits(
    ratings: Ratings,
    roster: Roster,
    targets: Targets,
    *,
    observers: VisitingObservers,
    leaders: Leaders,
    n_visits: int,
    rules: PlanRules = DEFAULT_PLAN_RULES,
    components: Components | None = None,
    neediest: FloatArray | None = None,
    visited: IntArray | None = None,
) -> Plan:
    """Plan at most `n_visits` lessons that visitors see this term, one per teacher.

    Nobody visits a school they belong to, lead or teach in, gives more lessons than they have, or rates a teacher
    again whom they rated as a visitor. `components` are those of the last estimate (else estimated from the
    composite); `neediest` (S, E) are its probabilities of being among the neediest schools, in the order of the
    targets (else from the composite); `visited` are teachers (ids) who have had their visit of this term, for a
    plan that is renewed when part of it is done. The same input gives the same plan. Without ratings, visitors, or two
    schools to compare the plan is empty. Raises ValueError as `estimate` does, and for a visitor named twice.
    """
    check_targets(roster, targets)
    check_ratings(ratings, targets)
    if len(np.unique(observers.rater)) != len(observers.rater):
        raise ValueError("observers.rater names an id twice")
    situation = situation_of(ratings, roster, targets, components)
    if situation is None or n_visits <= 0 or not len(observers.rater):
        return empty_plan()
    schools, weight = open_schools(situation, targets, rules, neediest)
    if not len(schools):
        return empty_plan()
    observers = _best_known(situation, observers, n_visits, rules)
    search = _search(situation, roster, observers, leaders, schools, weight, rules)
    if visited is not None:
        search.queues.taken.update(np.flatnonzero(np.isin(current_spells(roster)[0], visited)).tolist())
    total = uncertainty(search.covariance, search.weight)
    chosen = search.run(n_visits) if len(search.lessons.teacher) else []
    return _plan(search, roster, observers, chosen, total, rules)


def _best_known(
    situation: Situation, observers: VisitingObservers, n_visits: int, rules: PlanRules
) -> VisitingObservers:
    """Of very many visitors those whose severity is known best, with lessons for half as many visits again."""
    cells = situation.cells
    rater = find(cells.rater_ids, observers.rater)
    variance = situation.solution.variances(rater_rows(cells, rater))
    variance[rater < 0] = situation.parts.rater
    order = np.argsort(variance, kind="stable")
    enough = int(np.searchsorted(np.cumsum(observers.lessons[order]), 1.5 * n_visits)) + 1
    kept = np.sort(order[: max(enough, rules.most_visitors)])
    return replace(
        observers, rater=observers.rater[kept], home=observers.home[kept], lessons=observers.lessons[kept]
    )


def _search(
    situation: Situation,
    roster: Roster,
    observers: VisitingObservers,
    leaders: Leaders,
    schools: IntArray,
    weight: FloatArray,
    rules: PlanRules,
) -> Search:
    here = np.isin(leaders.school, situation.cells.school_ids[schools])
    basis = basis_of(situation, schools, np.concatenate([observers.rater, leaders.rater[here]]))
    return Search(
        situation=situation,
        basis=basis,
        lessons=open_lessons(situation, basis, roster, leaders),
        weight=weight,
        covariance=prior_knowledge(situation, basis),
        person=basis.person(observers.rater),
        closed=forbidden_schools(situation, basis, observers, roster, leaders),
        capacity=observers.lessons.astype(np.int64),
        rules=rules,
        n_asked=int(situation.asked.sum()),
    )


def _plan(
    search: Search,
    roster: Roster,
    observers: VisitingObservers,
    chosen: Sequence[Chosen],
    total: float,
    rules: PlanRules,
) -> Plan:
    """Rows of the plan: one per trip and companion; a trip's hours and gain fall to its rows by their lessons."""
    lessons, basis = search.lessons, search.basis
    person, ids = current_spells(roster)[0], search.situation.cells.school_ids
    rows: list[tuple[float, ...]] = []
    lesson_row: list[int] = []
    lesson_teacher: list[int] = []
    for trip, one in enumerate(chosen):
        companions = lessons.companion[one.lessons]
        n_ratings = int(lessons.n_ratings[one.lessons].sum())
        hours = rules.hours(len(one.lessons), n_ratings)
        for companion in sorted(set(companions.tolist())):
            seen = one.lessons[companions == companion]
            part = len(seen) / len(one.lessons)
            lesson_row += [len(rows)] * len(seen)
            lesson_teacher += person[lessons.teacher[seen]].tolist()
            with_whom = int(basis.persons[companion]) if companion >= 0 else NO_ID
            school = int(ids[basis.schools[lessons.school[seen[0]]]])
            row = (school, int(observers.rater[one.visitor]), with_whom, len(seen), trip)
            rows.append((*row, hours * part, one.gain / total * part, one.se_before, one.se_after))
    if not rows:
        return empty_plan()
    columns = list(zip(*rows, strict=True))
    school_id, visitor, with_id, n, trip_number = (np.array(c, dtype=np.int64) for c in columns[:5])
    hours_of, gain, before, after = (np.array(c, dtype=np.float64) for c in columns[5:])
    of, who = np.array(lesson_row, dtype=np.int64), np.array(lesson_teacher, dtype=np.int64)
    return Plan(school_id, visitor, with_id, n, hours_of, gain, before, after, trip_number, of, who)
