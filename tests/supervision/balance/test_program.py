"""The integer program and the walk, against every possible assignment of small districts."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from lupa import lua54

from bench.balance_districts import drifted
from supervision.balance import Principal, Rules, Supervisor
from supervision.balance import anneal as annealing
from supervision.balance.anneal import anneal
from supervision.balance.bound import Bound
from supervision.balance.instance import instance_of
from supervision.balance.pricing import Pricing, classes_of
from supervision.balance.program import Program
from supervision.balance.rule import by_rule
from tests.supervision.balance.test_solve import districts, three_uneven

FOREVER = float("inf")


def every_allowed(instance):
    size = range(len(instance.supervisors))
    every = (np.array(places, dtype=np.int64) for places in product(size, repeat=len(instance.principals)))
    return [one for one in every if instance.is_allowed(one)]


@settings(max_examples=60, deadline=None, derandomize=True)
@given(districts())
def test_program_of_any_small_district_is_exact_and_shuts_nothing_that_is_needed(district):
    instance = instance_of(*district)
    known = by_rule(instance)
    if known is None or not len(known):
        return
    every = {instance.objective(one): one for one in every_allowed(instance)}
    bound = Bound(instance, known)
    bound.raise_until(FOREVER, 1e-6, FOREVER)
    program = Program(instance, bound.classes)
    opened = np.ones(len(program.flows.label), dtype=bool)
    found, least, ended = program.solve(opened, known, -FOREVER, 0.0, FOREVER)
    assert ended
    assert instance.objective(found) == pytest.approx(min(every))
    assert least <= min(every) + 1e-6
    taken, given_up = bound.forced()
    for objective, one in every.items():
        # Open is all that costs less than a little more than this.
        room = objective + 1e-6 - bound.proven
        needed = program.opened(taken < room, given_up < room)
        assert not (program.used(one) & ~needed).any()
        assert instance.objective(program.assigned(program.numbers(one))) == pytest.approx(objective)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(districts())
def test_walk_ends_within_the_limits_and_no_dearer(district):
    instance = instance_of(*district)
    known = by_rule(instance)
    if known is None or not len(known):
        return
    walked = anneal(instance, known, 0)
    assert instance.is_allowed(walked)
    assert instance.objective(walked) <= instance.objective(known) + 1e-9


def test_walk_of_one_seed_is_the_same_and_leaves_little_to_gain():
    instance = instance_of(*drifted(169, 16, 2), Rules())
    known = by_rule(instance)
    walked = anneal(instance, known, 0)
    assert (walked == anneal(instance, known, 0)).all()
    # The best of this district is known to be 18.9625; the rule a person would use comes to 22.2.
    assert instance.objective(walked) < 20.5 < instance.objective(known)


def test_walk_is_the_same_where_there_is_no_compiler_for_it(monkeypatch):
    instance = instance_of(*drifted(169, 16, 1), Rules(most_changes=30))
    known = by_rule(instance)
    monkeypatch.setattr(annealing, "EACH", 900)
    walked = [anneal(instance, known, seed) for seed in range(2)]
    assert instance.objective(walked[0]) != instance.objective(walked[1])
    assert all(instance.is_allowed(one) for one in walked)
    runtime = lua54.LuaRuntime()
    monkeypatch.setattr(annealing, "_runtime", lambda: runtime)
    monkeypatch.setattr(annealing, "_walk", annealing._walk.__wrapped__)
    assert runtime.lua_implementation.startswith("Lua 5.4")
    assert (np.array([anneal(instance, known, seed) for seed in range(2)]) == np.array(walked)).all()


def test_walk_with_few_allowed_goes_nowhere_else_and_ends_where_it_is_good_enough():
    instance = instance_of(*drifted(169, 16, 2), Rules())
    known = by_rule(instance)
    start = instance.objective(known)
    rows = np.arange(len(known))
    allowed = np.random.default_rng(1).random(instance.cost.shape) < 0.3
    allowed[rows, known] = True
    walked = anneal(instance, known, 0, allowed)
    assert allowed[rows, walked].all()
    assert instance.is_allowed(walked)
    assert instance.objective(walked) < start
    assert (anneal(instance, known, 0, allowed, start) == known).all()


def test_program_that_may_not_go_on_claims_no_more_than_is_true():
    instance = instance_of(*drifted(169, 16, 2), Rules())
    known = by_rule(instance)
    program = Program(instance, classes_of(instance))
    opened = np.ones(len(program.flows.label), dtype=bool)
    once, least, ended = program.solve(opened, known, -FOREVER, 0.0, FOREVER, work=8)
    again, _, _ = program.solve(opened, known, -FOREVER, 0.0, FOREVER, work=8)
    assert not ended
    assert least <= 18.9625 <= instance.objective(once) <= instance.objective(known)
    assert (once == again).all()


def test_pricing_goes_on_past_the_end_of_the_table():
    people = [Principal(number, 50, None) for number in range(4)]
    instance = instance_of(
        people, [Supervisor(1, 0, 4), Supervisor(2, 0, 4)], Rules(need_weight=0, count_weight=0)
    )
    # The table ends at 102, a little above the mean of 100: all four, 200, lie two steps beyond.
    least, _ = Pricing(instance, classes_of(instance), 0)(np.ones(1), 0.0)
    assert least.tolist() == [-4, -4]


def test_prices_that_prove_less_than_nothing_shut_nothing():
    instance = instance_of(three_uneven(), [Supervisor(one, 0, 6) for one in (1, 2, 3)], Rules())
    poor = np.full(len(instance.principals), -50.0)
    bound = Bound(instance, instance.at, poor)
    bound.raise_until(FOREVER, 0.0, -FOREVER)
    assert bound.value == 0 > bound.proven
    program = Program(instance, bound.classes)
    best = np.array([0, 0, 0, 0, 1, 2, 1, 1, 1, 2, 2, 2])
    room = instance.objective(best) + 1e-6 - bound.proven
    taken, given_up = bound.forced()
    assert not (program.used(best) & ~program.opened(taken < room, given_up < room)).any()
