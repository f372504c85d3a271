"""Sets and tables of hashed ids against Python's own, and circles of parents against walking them."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from schools.rosters.compact import HashSet, HashTable, hashes, pair
from schools.rosters.trees import cycles

IDS = st.lists(st.sampled_from(["", "a", "b", "c", "d", "e", "01", "1"]), max_size=20)


@given(st.lists(IDS, max_size=4), IDS)
def test_hash_set_answers_as_a_set_and_a_counter_do(batches: list[list[str]], asked: list[str]) -> None:
    made = HashSet()
    for batch in batches:
        made.add(hashes(batch))
    made.close()
    held = [one for batch in batches for one in batch if one]
    assert made.has(hashes(asked)).tolist() == [one in held for one in asked]
    assert set(made.repeats.tolist()) == {hash(one) for one in held if held.count(one) > 1}
    assert made.again == len(held) - len(set(held))
    assert len(made) == len(held)


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(1, 7)), max_size=30), IDS)
def test_hash_table_combines_what_is_added_before_and_after_it_was_asked(
    entries: list[tuple[str, int]], asked: list[str]
) -> None:
    table, expected = HashTable("u1", np.bitwise_or), {}
    for key, value in entries:
        table.add(hashes([key]), np.array([value], np.uint8))
        expected[key] = expected.get(key, 0) | value
        assert table.get(hashes([key])).tolist() == [expected[key]]
    assert table.get(hashes(asked)).tolist() == [expected.get(one, 0) for one in asked]


def test_pair_depends_on_both_and_on_their_order() -> None:
    words = [f"id-{number}" for number in range(60)]
    first = hashes([a for a in words for _ in words])
    second = hashes([b for _ in words for b in words])
    assert len(np.unique(pair(first, second))) == len(words) ** 2


@given(st.lists(st.integers(0, 12), min_size=1, max_size=12))
def test_circles_are_those_that_walking_up_finds(drawn: list[int]) -> None:
    count = len(drawn)
    parents = [min(parent, count) for parent in drawn]
    circles = set()
    for start in range(count):
        path = [start]
        while (at := parents[path[-1]]) != count and at not in path:
            path.append(at)
        if at != count:
            circles.add(frozenset(path[path.index(at) :]))
    rows = np.arange(count) + 2
    assert cycles(np.array(parents), rows) == sorted(min(circle) + 2 for circle in circles)
