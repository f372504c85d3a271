"""Limits that cannot hold together: named, with the fewest to change, checked against every assignment."""

from dataclasses import replace
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from supervision.balance import Principal, Rules, Supervisor, balance, evening, limits


def fits(one, supervisors):
    """By supervisor: whether this principal may be with them."""
    if one.pinned and one.current is not None:
        return {each.id: each.id == one.current for each in supervisors}
    return {
        each.id: not each.networks or one.network is None or one.network in each.networks
        for each in supervisors
    }


def every_assignment(principals, supervisors):
    """Of every assignment: units by which limits of size and place give way, and how many change."""
    may = [fits(one, supervisors) for one in principals]
    for places in product(range(len(supervisors)), repeat=len(principals)):
        counts = [places.count(place) for place in range(len(supervisors))]
        units = sum(
            max(0, count - one.most) + max(0, one.least - count)
            for count, one in zip(counts, supervisors, strict=True)
        )
        changes = 0
        for one, mine, place in zip(principals, may, places, strict=True):
            units += not mine[supervisors[place].id]
            changes += mine.get(one.current, False) and one.current != supervisors[place].id
        yield units, changes


def with_nearest(principals, supervisors, most_changes, nearest):
    """Let the limits give way as `nearest` says."""
    people, others = {one.id: one for one in principals}, {one.id: one for one in supervisors}
    for one in nearest:
        if one.kind in {"most", "least"}:
            others[one.supervisor] = replace(others[one.supervisor], **{one.kind: one.to})
        elif one.kind == "changes":
            most_changes = one.to
        else:
            held = people[one.principal]
            stays = one.kind == "pin" or held.current == one.supervisor
            people[held.id] = replace(
                held, pinned=False, network=None, current=held.current if stays else None
            )
    return list(people.values()), list(others.values()), most_changes


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    st.lists(
        st.tuples(st.integers(0, 4), st.integers(0, 3), st.sampled_from([(), (1,)])), min_size=1, max_size=3
    ),
    st.lists(st.tuples(st.sampled_from([None, 1, 2, 9]), st.sampled_from([1, 2]), st.booleans()), max_size=5),
    st.sampled_from([None, 0, 1]),
)
def test_nearest_limits_of_any_small_district_are_the_fewest_and_the_kind_holds(spans, people, most_changes):
    supervisors = [
        Supervisor(place + 1, min(least, least + more), least + more, frozenset(networks))
        for place, (least, more, networks) in enumerate(spans)
    ]
    principals = [
        Principal(place + 10, 1.0, current, network=network, pinned=pinned)
        for place, (current, network, pinned) in enumerate(people)
    ]
    found = balance(principals, supervisors, Rules(hard_networks=True, most_changes=most_changes))
    every = list(every_assignment(principals, supervisors))
    allowed = len(principals) if most_changes is None else most_changes
    fewest = min(units + max(0, changes - allowed) for units, changes in every)
    if fewest == 0:
        assert found.status not in {"infeasible", "unsettled"}
        return
    conflict = found.conflict
    assert (found.status, conflict.units, conflict.fewest) == ("infeasible", fewest, True)
    people, others, changes = with_nearest(principals, supervisors, most_changes, conflict.nearest)
    assert balance(people, others, Rules(hard_networks=True, most_changes=changes)).conflict is None
    # What the kind claims is counted again, from the input alone.
    named = set(conflict.supervisors)
    may = {one.id: {to for to, fit in fits(one, supervisors).items() if fit} for one in principals}
    if conflict.kind == "too-few-places":
        assert all(may[one] <= named for one in conflict.principals)
        assert conflict.places == sum(one.most for one in supervisors if one.id in named)
        assert len(conflict.principals) == conflict.positions > conflict.places
    elif conflict.kind == "too-many-asked":
        assert set(conflict.principals) == {one for one in may if may[one] & named}
        assert conflict.places == sum(one.least for one in supervisors if one.id in named)
        assert len(conflict.principals) == conflict.positions < conflict.places
    elif conflict.kind == "changes":
        assert conflict.places == allowed
        assert conflict.positions == min(changes for units, changes in every if not units) > allowed
    else:
        assert conflict.kind in {"both", "several"}


def test_limits_that_the_time_does_not_settle_are_called_unsettled(monkeypatch):
    monkeypatch.setattr(limits, "HALF_A_UNIT", float("inf"))
    principals = [Principal(place, 1.0, None) for place in range(52)]
    found = balance(principals, [Supervisor(100, 8, 12)], Rules())
    assert (found.status, found.conflict.kind, found.conflict.fewest) == ("unsettled", "unsettled", False)
    assert [(one.kind, one.to) for one in found.conflict.nearest] == [("most", 52)]


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


def squares(people, supervisors, places):
    """Of principals all within what is allowed: units by which limits of size give way, and the sum of their squares."""
    asked = []
    for each in supervisors:
        count = places.count(each.id)
        asked.append(max(0, count - each.most) + max(0, each.least - count))
    return sum(asked), sum(one * one for one in asked)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.integers(0, 2), st.sampled_from([(), (1,), (1, 2)])),
        min_size=2,
        max_size=3,
    ),
    st.lists(st.tuples(st.sampled_from([None, 1, 2]), st.sampled_from([1, 2, 3])), min_size=1, max_size=6),
)
def test_of_as_few_units_those_are_named_that_are_spread_most_evenly(spans, people):
    # The first supervisor may have anybody, so that nobody needs to be outside.
    supervisors = [
        Supervisor(place, least, least + more, frozenset(networks) if place > 1 else frozenset())
        for place, (least, more, networks) in enumerate(spans, start=1)
    ]
    principals = [
        Principal(place + 10, 1.0, current, network=network)
        for place, (current, network) in enumerate(people)
    ]
    found = balance(principals, supervisors, Rules(hard_networks=True))
    if found.conflict is None:
        return
    may = [[to for to, fit in fits(one, supervisors).items() if fit] for one in principals]
    best = min(squares(principals, supervisors, places) for places in product(*may))
    steps = [abs(one.to - one.now) for one in found.conflict.nearest]
    assert (sum(steps), sum(one * one for one in steps)) == best


def test_a_chain_evens_out_where_nobody_can_go_straight():
    # Only the second may have what the first has, and only the third what the second has.
    people = [Principal(place, 1.0, None, network=network) for place, network in enumerate([1] * 6 + [2] * 3)]
    supervisors = [
        Supervisor(1, 0, 0, frozenset({1})),
        Supervisor(2, 0, 0, frozenset({1, 2})),
        Supervisor(3, 0, 0, frozenset({2})),
    ]
    found = balance(people, supervisors, Rules(hard_networks=True))
    assert [(one.supervisor, one.to) for one in found.conflict.nearest] == [(1, 3), (2, 3), (3, 3)]


def test_evening_out_takes_no_more_changes_than_are_allowed_and_stops_after_some_in_vain(monkeypatch):
    people = [Principal(place, 1.0, 1) for place in range(12)]
    supervisors = [Supervisor(1, 0, 4), Supervisor(2, 0, 0), Supervisor(3, 0, 0)]
    for patience in (evening.PATIENCE, 1):
        monkeypatch.setattr(evening, "PATIENCE", patience)
        found = balance(people, supervisors, Rules(most_changes=3))
        assert (found.conflict.units, found.conflict.fewest) == (8, True)
        changes = [one for one in found.conflict.nearest if one.kind == "changes"]
        raised = {one.supervisor: one.to for one in found.conflict.nearest if one.kind == "most"}
        assert changes == []
        assert sum(raised.get(number, 0) for number in (2, 3)) <= 3
