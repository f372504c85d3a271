"""Those who share a school, placed together: counted each, and as good as any arrangement that keeps them together."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supervision.balance import Principal, Rules, Supervisor
from supervision.balancing.together import balance_together
from tests.supervision.balance.test_solve import cost_by_hand

RULES = Rules(gap=0)


def settled(*numbers):
    """Two principals of average need with each of these supervisors."""
    return [Principal(10 * n + place, 1.0, n) for n in numbers for place in (1, 2)]


def shared(*ids):
    return [Principal(one, 1.0, None) for one in ids]


def test_those_who_share_a_school_count_each_and_another_makes_room():
    # The example of the module: four with either would be one too many, so one changes, at a cost of 1.
    people = settled(1, 2) + shared(31, 32)
    found = balance_together(people, [Supervisor(1, 0, 3), Supervisor(2, 0, 3)], RULES, [(31, 32)])
    assert found.assigned[31] == found.assigned[32]
    assert sorted(found.assigned.values()) == [1, 1, 1, 2, 2, 2]
    # Four and two would cost 2 for need and 1 for numbers; apart nobody would change.
    assert (found.objective, found.bound) == (pytest.approx(1.0), pytest.approx(0.0, abs=1e-6))
    assert found.status == "stopped"


def test_who_has_room_for_no_more_than_one_of_them_is_passed_over():
    held = [Principal(n, 1.0, 1, pinned=True) for n in (1, 2)]
    supervisors = [Supervisor(1, 0, 3), Supervisor(2, 0, 3)]
    found = balance_together(held + shared(31, 32, 33), supervisors, RULES, [(31, 32, 33)])
    assert {found.assigned[one] for one in (31, 32, 33)} == {2}


def test_where_nobody_has_room_for_all_of_them_it_says_so_with_what_would_help():
    held = [Principal(n, 1.0, n, pinned=True) for n in (1, 2)]
    found = balance_together(
        held + shared(31, 32), [Supervisor(1, 0, 2), Supervisor(2, 0, 2)], RULES, [(31, 32)]
    )
    conflict = found.conflict
    assert (found.assigned, found.status, conflict.kind) == ({}, "infeasible", "together")
    assert conflict.principals == (31, 32)
    assert [(one.kind, one.now, one.to) for one in conflict.nearest] == [("most", 2, 3)]


@settings(max_examples=25, deadline=None, derandomize=True)
@given(
    st.lists(st.tuples(st.sampled_from([0.6, 1.0, 1.7]), st.sampled_from([1, 2, None])), max_size=4),
    st.lists(st.integers(1, 3), min_size=2, max_size=3),
    st.integers(0, 2),
)
def test_answer_is_within_its_bound_of_every_arrangement_that_keeps_them_together(singles, mosts, least):
    people = [Principal(n, need, current) for n, (need, current) in enumerate(singles)]
    people += [Principal(91, 1.4, None), Principal(92, 0.7, None)]
    supervisors = [
        Supervisor(n, min(least, most) if n == 1 else 0, most) for n, most in enumerate(mosts, start=1)
    ]
    found = balance_together(people, supervisors, RULES, [(91, 92)])
    costs = []
    for places in product([one.id for one in supervisors], repeat=len(people)):
        assigned = dict(zip([one.id for one in people], places, strict=True))
        if assigned[91] == assigned[92]:
            costs.append(cost_by_hand(people, supervisors, RULES, assigned))
    best = min((one for one in costs if one is not None), default=None)
    if best is None:
        assert found.conflict is not None
        return
    assert found.conflict is None
    assert found.objective == pytest.approx(
        cost_by_hand(people, supervisors, RULES, found.assigned)  # not None: within every limit
    )
    assert found.assigned[91] == found.assigned[92]
    assert found.bound - 1e-6 <= best <= found.objective + 1e-6
