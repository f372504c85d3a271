"""Balancing against every possible assignment of small districts, and against what must hold of any."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.balance_districts import drifted
from supervision.balance import Principal, Rules, Supervisor, balance, greedy
from supervision.balance.bound import Bound
from supervision.balance.instance import instance_of
from supervision.balance.rule import by_rule
from supervision.balance.types import GRID


def cost_by_hand(principals, supervisors, rules, assigned):
    """The objective as the docstrings state it, written again with plain loops; None where a limit is broken."""
    there = [one for one in supervisors if one.available]
    ids = {one.id for one in there}
    mean = sum(round(one.need * GRID) for one in principals) / GRID / len(there)
    low, high = len(principals) // len(there), -(-len(principals) // len(there))
    present = {one.id: [p for p in principals if p.current == one.id] for one in there}
    total, changes = 0.0, 0
    for one in principals:
        to = next(s for s in there if s.id == assigned[one.id])
        held = one.pinned and one.current is not None
        if held and one.current != to.id:
            return None
        outside = 0.0
        possible = {s.id: _outside(one, s, present, rules) for s in there}
        if not held:
            outside = possible[to.id]
        if outside is None:
            return None
        total += outside
        could_stay = one.current in ids and (held or possible[one.current] is not None)
        if could_stay and one.current != to.id:
            total += rules.change_cost
            changes += 1
    if rules.most_changes is not None and changes > rules.most_changes:
        return None
    for one in there:
        mine = [p for p in principals if assigned[p.id] == one.id]
        if not one.least <= len(mine) <= one.most:
            return None
        away = abs(sum(round(p.need * GRID) for p in mine) / GRID - mean)
        total += rules.need_weight * (away + max(0.0, away - 2))
        total += rules.count_weight * max(0, low - len(mine), len(mine) - high)
    return total


def _outside(principal, supervisor, present, rules):
    cost = 0.0
    if principal.allowed is not None and supervisor.id not in principal.allowed:
        return None
    for value, stated, others, weight, hard in (
        (principal.network, supervisor.networks, {p.network for p in present[supervisor.id]} - {None},
         rules.network_cost, rules.hard_networks),
        (principal.level, supervisor.levels, {p.level for p in present[supervisor.id]} - {""}, rules.level_cost,
         rules.hard_levels),
    ):  # fmt: skip
        inside = stated or others
        if inside and value not in (None, "") and value not in inside:
            if hard and stated:
                return None
            cost += weight
    return cost


def best_by_hand(principals, supervisors, rules):
    there = [one.id for one in supervisors if one.available]
    ids = [one.id for one in principals]
    every = (dict(zip(ids, places, strict=True)) for places in product(there, repeat=len(ids)))
    costs = (cost_by_hand(principals, supervisors, rules, assigned) for assigned in every)
    return min((cost for cost in costs if cost is not None), default=None)


@st.composite
def districts(draw):
    supervisors = [
        Supervisor(
            id=place + 1,
            least=draw(st.integers(0, 2)),
            most=draw(st.integers(2, 4)),
            networks=frozenset(draw(st.sets(st.integers(1, 2), max_size=1))),
            levels=frozenset(draw(st.sets(st.sampled_from(["middle", "high"]), max_size=1))),
            available=place == 0 or draw(st.booleans()),
        )
        for place in range(draw(st.integers(1, 3)))
    ]
    everyone = [None, *(one.id for one in supervisors)]
    principals = [
        Principal(
            id=place + 10,
            need=draw(st.integers(3, 25)) / 10,
            current=draw(st.sampled_from(everyone)),
            network=draw(st.sampled_from([None, 1, 2])),
            level=draw(st.sampled_from(["", "middle", "high"])),
            pinned=draw(st.integers(0, 5)) == 0,
            allowed=draw(st.sampled_from([None, None, None, frozenset({1, 2})])),
        )
        for place in range(draw(st.integers(0, 6)))
    ]
    rules = Rules(
        change_cost=draw(st.sampled_from([0.0, 0.5, 1.0])),
        most_changes=draw(st.sampled_from([None, None, 1])),
        hard_networks=draw(st.booleans()),
        hard_levels=draw(st.booleans()),
        gap=0.0,
        seconds=20,
    )
    return principals, supervisors, rules


@settings(max_examples=60, deadline=None, derandomize=True)
@given(districts())
def test_balance_of_any_small_district_finds_the_best_of_all_assignments(district):
    principals, supervisors, rules = district
    best = best_by_hand(principals, supervisors, rules)
    found = balance(principals, supervisors, rules)
    if best is None:
        assert found.status == "infeasible"
        assert found.conflict is not None
        return
    assert found.objective == pytest.approx(cost_by_hand(principals, supervisors, rules, found.assigned))
    assert found.bound <= best + 1e-6
    assert found.objective == pytest.approx(best)
    ruled = greedy(principals, supervisors, rules)
    if ruled is not None:
        assert found.objective <= found.greedy_objective + 1e-9
        assert found.greedy_objective == pytest.approx(cost_by_hand(principals, supervisors, rules, ruled))
    assert all(found.assigned[one.id] == one.current for one in principals if one.pinned and one.current)
    assert {move.principal for move in found.moves} == {
        one.id for one in principals if one.current != found.assigned[one.id]
    }


def three_uneven():
    needs = {1: [1.0] * 6, 2: [1.0] * 3, 3: [1.0] * 3}
    return [
        Principal(id=10 * supervisor + place, need=need, current=supervisor, network=1, level="middle")
        for supervisor, mine in needs.items()
        for place, need in enumerate(mine)
    ]


def test_balance_moves_two_of_six_to_the_others_and_says_what_each_move_does():
    found = balance(three_uneven(), [Supervisor(one, 0, 6) for one in (1, 2, 3)], Rules(gap=0.0))
    # Mean 4: two changes cost 2; without them loads 6, 3, 3 cost 2 + 1 + 1 and counts 0.5 x (2 + 1 + 1).
    assert found.status == "optimal"
    assert found.objective == pytest.approx(2.0)
    assert found.before_objective == pytest.approx(6.0)
    assert sorted(move.after for move in found.moves) == [2, 3]
    effects = found.moves[0].effects
    assert (effects["need_from_before"], effects["need_from_after"]) == (6.0, 4.0)
    assert (effects["count_to_before"], effects["count_to_after"]) == (3.0, 4.0)
    assert effects["network_kept"] == 1.0
    # Undone alone, loads 5, 3 cost 2 and counts 0.5 x 2, less the change.
    assert effects["undone_costs"] == pytest.approx(2.0)


def test_balance_of_the_same_district_twice_proposes_the_same():
    given_ = three_uneven(), [Supervisor(one, 0, 6) for one in (1, 2, 3)]
    assert balance(*given_).assigned == balance(*given_).assigned


def test_balance_when_a_supervisor_leaves_gives_everybody_to_the_others_without_a_cost():
    supervisors = [Supervisor(1, 0, 6, available=False), Supervisor(2, 0, 6), Supervisor(3, 0, 6)]
    found = balance(three_uneven(), supervisors, Rules(gap=0.0))
    assert found.objective == pytest.approx(0.0)
    assert len(found.moves) == 6
    assert all(
        move.effects["forced"] == 1.0 and "need_from_before" not in move.effects for move in found.moves
    )


def test_balance_fills_a_supervisor_with_none_and_a_lone_one_keeps_all():
    principals = three_uneven()
    found = balance(principals, [*(Supervisor(one, 0, 6) for one in (1, 2, 3)), Supervisor(4, 3, 6)])
    assert sum(after == 4 for after in found.assigned.values()) == 3
    alone = balance([p for p in principals if p.current == 1], [Supervisor(1, 0, 6)])
    assert (alone.status, alone.objective, alone.moves) == ("optimal", 0.0, ())


def test_balance_of_nobody_is_even_and_without_supervisors_it_is_infeasible():
    assert balance([], [Supervisor(1, 0, 5)]).status == "optimal"
    assert balance([], []).status == "optimal"
    found = balance(three_uneven(), [Supervisor(1, 0, 20, available=False)])
    assert (found.status, found.conflict.kind) == ("infeasible", "no-supervisor")


@pytest.mark.parametrize(
    ("principals", "supervisors", "rules", "why"),
    [
        ([Principal(1, 1.0, None), Principal(1, 1.0, None)], [Supervisor(1, 0, 5)], Rules(), "twice"),
        ([], [Supervisor(1, 0, 5), Supervisor(1, 0, 5)], Rules(), "twice"),
        ([Principal(1, float("nan"), None)], [Supervisor(1, 0, 5)], Rules(), "need"),
        ([], [Supervisor(1, 5, 4)], Rules(), "least"),
        ([], [], Rules(change_cost=-1.0), "weights"),
    ],
)
def test_balance_of_input_that_makes_no_sense_is_refused(principals, supervisors, rules, why):
    with pytest.raises(ValueError, match=why):
        balance(principals, supervisors, rules)


@pytest.mark.parametrize(
    ("needs", "rules"),
    [
        # No weight on changes or need: prices need another measure than these.
        ((1, 0.7, 1.4, 0.7), Rules(change_cost=0, need_weight=0, count_weight=1, gap=0)),
        # One change alone: caseloads that look dear may be the only ones that fit together.
        ((2.6, 1, 1.4, 1), Rules(change_cost=0, need_weight=1, count_weight=0, most_changes=1, gap=0)),
    ],
)
def test_balance_of_a_few_is_proven_whatever_weighs(needs, rules):
    people = [
        Principal(n, need, 1 if n < 3 else None, 1 + n % 2, "eh"[n % 2]) for n, need in enumerate(needs)
    ]
    supervisors = [Supervisor(1, 0, 3, frozenset({1})), Supervisor(2, 1, 3)]
    found = balance(people, supervisors, rules)
    every = (dict(zip(range(4), places, strict=True)) for places in product((1, 2), repeat=4))
    costs = [cost_by_hand(people, supervisors, rules, one) for one in every]
    assert found.status == "optimal"
    assert found.objective == pytest.approx(min(cost for cost in costs if cost is not None))


def test_bound_counts_what_caseloads_far_above_the_mean_cost():
    # The best caseloads of this district cost 16.4; with loads past the table's end counted as its end, the bound
    # stays at 16.2.
    instance = instance_of(*drifted(169, 16, 12), Rules())
    known = by_rule(instance)
    bound = Bound(instance, known)
    bound.raise_until(instance.objective(known), 0.002, float("inf"))
    assert 16.35 < bound.value <= 16.4 + 1e-6
