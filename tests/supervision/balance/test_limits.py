"""Limits that cannot hold together: named, with the fewest to change, checked against every assignment."""

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from supervision.balance import Principal, Rules, Supervisor, balance


def fewest_units(principals, supervisors, most_changes):
    """By how many units limits must give way at least, over every assignment."""
    fewest = None
    for places in product(range(len(supervisors)), repeat=len(principals)):
        counts = [places.count(place) for place in range(len(supervisors))]
        units = sum(
            max(0, count - one.most) + max(0, one.least - count)
            for count, one in zip(counts, supervisors, strict=True)
        )
        changes = 0
        for one, place in zip(principals, places, strict=True):
            to, ids = supervisors[place], {s.id for s in supervisors}
            held = one.pinned and one.current is not None
            fits = {
                s.id: s.id == one.current if held
                else (not s.networks or one.network is None or one.network in s.networks)
                for s in supervisors
            }  # fmt: skip
            units += not fits[to.id]
            changes += one.current in ids and fits[one.current] and one.current != to.id
        units += max(0, changes - (len(principals) if most_changes is None else most_changes))
        fewest = units if fewest is None else min(fewest, units)
    return fewest


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    st.lists(
        st.tuples(st.integers(0, 4), st.integers(0, 3), st.sampled_from([(), (1,)])), min_size=1, max_size=3
    ),
    st.lists(st.tuples(st.sampled_from([None, 1, 2, 9]), st.sampled_from([1, 2]), st.booleans()), max_size=5),
    st.sampled_from([None, 0, 1]),
)
def test_nearest_limits_of_any_small_district_are_the_fewest_of_all_assignments(limits, people, most_changes):
    supervisors = [
        Supervisor(place + 1, min(least, least + more), least + more, frozenset(networks))
        for place, (least, more, networks) in enumerate(limits)
    ]
    principals = [
        Principal(place + 10, 1.0, current, network=network, pinned=pinned)
        for place, (current, network, pinned) in enumerate(people)
    ]
    found = balance(principals, supervisors, Rules(hard_networks=True, most_changes=most_changes))
    fewest = fewest_units(principals, supervisors, most_changes)
    if fewest == 0:
        assert found.status != "infeasible"
    else:
        assert found.status == "infeasible"
        assert found.conflict.units == fewest


def test_too_few_places_names_the_supervisors_and_raises_four_of_them_by_one():
    principals = [Principal(place, 1.0, None) for place in range(52)]
    found = balance(principals, [Supervisor(100 + place, 8, 12) for place in range(4)])
    conflict = found.conflict
    assert (found.status, conflict.kind) == ("infeasible", "too-few-places")
    assert (conflict.positions, conflict.places) == (52, 48)
    assert [(one.kind, one.now, one.to) for one in conflict.nearest] == [("most", 12, 13)] * 4


def test_too_many_asked_for_names_what_the_supervisors_want():
    principals = [Principal(place, 1.0, 1) for place in range(10)]
    found = balance(principals, [Supervisor(1, 8, 12), Supervisor(2, 8, 12)])
    conflict = found.conflict
    assert (conflict.kind, conflict.positions, conflict.places, conflict.units) == (
        "too-many-asked",
        10,
        16,
        6,
    )
    assert conflict.supervisors == (1, 2)


def test_a_pin_to_one_who_leaves_and_a_network_nobody_has_are_named():
    principals = [Principal(1, 1.0, 2, network=7, pinned=True), Principal(2, 1.0, None, network=7)]
    supervisors = [Supervisor(1, 0, 5, frozenset({3})), Supervisor(2, 0, 5, available=False)]
    found = balance(principals, supervisors, Rules(hard_networks=True))
    assert {(one.kind, one.principal) for one in found.conflict.nearest} == {("pin", 1), ("outside", 2)}


def test_changes_needed_beyond_those_allowed_are_counted():
    principals = [Principal(place, 1.0, 1) for place in range(6)]
    found = balance(principals, [Supervisor(1, 0, 3), Supervisor(2, 0, 5)], Rules(most_changes=1))
    conflict = found.conflict
    assert conflict.units == 2
    assert conflict.nearest
