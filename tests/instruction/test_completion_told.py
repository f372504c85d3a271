"""What is told of numbers of teachers that add up: nothing small can be worked out."""

from itertools import product

import numpy as np
import pytest

from instruction.capacity.suppress import hidden_groups
from instruction.queries.completion import Count, completion_totals, told


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        pytest.param([28, 7, 0, 6, 5], [Count(28), Count(7), Count(0), Count(6), Count(5)], id="none small"),
        pytest.param(
            [28, 7, 0, 2, 0], [Count(28), Count(None, 5), Count(0), Count(None, few=True), Count(0)], id="one small"
        ),
        pytest.param([28, 0, 0, 2, 0], [Count(None, 26), Count(0), Count(0), Count(None, few=True), Count(0)],
                     id="one small and one other"),
        pytest.param([28, 7, 3, 2, 0], [Count(28), Count(7), Count(None, few=True), Count(None, few=True), Count(0)],
                     id="two small with five together"),
        pytest.param([28, 7, 4, 4, 0], [Count(28), Count(7), Count(None), Count(None), Count(0)],
                     id="two small that could be nothing else"),
        pytest.param([28, 0, 0, 1, 5], [Count(28), Count(0), Count(0), Count(None), Count(None)],
                     id="one small and one hardly larger"),
        pytest.param([28, 9, 1, 2, 0],
                     [Count(28), Count(None, 5), Count(None, few=True), Count(None, few=True), Count(0)],
                     id="two small with three together"),
        pytest.param([0, 0, 0, 0, 0], [Count(0)] * 5, id="nobody"),
    ],
)  # fmt: skip
def test_small_number_takes_another_with_it(counts, expected):
    assert told(counts) == expected


def test_what_is_told_protects_as_the_general_rule_asks():
    """The bounds of capacity/suppress.py find nothing more to hide once these are hidden."""
    rng = np.random.default_rng(2)
    for counts in rng.integers(0, 9, (60, 4)):
        if counts.sum() < 5:
            continue
        kept = np.array([one.n is None for one in told(counts.tolist())])
        groups = np.vstack([np.eye(4, dtype=bool)[~kept], np.ones(4, dtype=bool)])
        if (counts[counts > 0] < 5).any():
            assert not hidden_groups(counts, groups, smallest=5).any()
        else:
            assert not kept.any()


def possible(said, total):
    """Every set of numbers that what is told, taken at its word, allows."""
    ranges = [
        [one.n] if one.n is not None
        else range(1, 5) if one.few
        else range(one.least or 1, total + 1)
        for one in said
    ]  # fmt: skip
    return [counts for counts in product(*ranges) if sum(counts) == total]


def test_every_small_number_could_be_two_others():
    for counts in product(range(8), repeat=3):
        if sum(counts) < 5:
            continue
        allowed = possible(told(list(counts)), sum(counts))
        assert counts in allowed
        for place, n in enumerate(counts):
            if 0 < n < 5:
                assert len({other[place] for other in allowed}) >= 3, counts


def test_totals_count_few_as_one_and_leave_hidden_schools_out():
    from instruction.queries.completion import Completion

    def line(longer, never, hidden=False):
        rest = (Count(9), Count(0), longer, never, Count(0))
        return Completion(1, 20, *rest, last_seen=None, n_tied=1, is_own=False, hidden=hidden)

    found = completion_totals(
        [line(Count(6), Count(None, few=True)), line(Count(0), Count(0)), line(Count(7), Count(7), True)]
    )
    assert (found.n_long, found.n_schools) == (7, 1)
