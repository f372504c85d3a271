"""Observations written like checklists: counted as by hand, with what chance makes of it."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from instruction.completion.checklist import Written, chances, facts
from instruction.completion.written import NO_NETWORK, told


def written(levels, bare=None, observer=None, place=None, year=None):
    n = len(levels)
    column = lambda given, default: np.array(given if given is not None else [default] * n, dtype=np.int64)  # noqa: E731
    return Written(
        np.array(levels, dtype=np.int64).reshape(n, -1), column(bare, 0), column(observer, 1),
        column(place, 1), column(year, 2027),
    )  # fmt: skip


def test_worked_example_of_the_page():
    """docs/numbers/completion.md: four observations of one observer."""
    found = facts(written([[0, 4, 0, 0], [0, 0, 4, 0], [0, 2, 2, 0], [0, 0, 2, 0]], bare=[4, 0, 0, 1]))
    # Of 14 levels 6 are 2 and 8 are 3: (6/14)^4 + (8/14)^4 = 0.14036 of each of three long ones.
    assert (found.n, found.n_long, found.n_even, found.n_bare) == (4, 3, 2, 2)
    assert found.by_chance == pytest.approx(3 * ((6 / 14) ** 4 + (8 / 14) ** 4))


@given(st.lists(st.lists(st.integers(0, 3), min_size=3, max_size=3), min_size=1, max_size=4))
def test_chance_is_the_share_of_all_ways_to_draw_the_levels(rows):
    """Draw each observation's levels in every way from the observer's own levels, and count those that are even."""
    urn = [level for row in rows for level, n in enumerate(row) for _one in range(n)]
    for row, chance in zip(rows, chances(written(rows)), strict=True):
        k = sum(row)
        if not k or len(urn) ** k > 5_000:
            continue
        ways = list(product(urn, repeat=k))
        assert chance == pytest.approx(sum(len(set(way)) == 1 for way in ways) / len(ways))


def test_chance_is_of_each_observers_own_levels():
    both = written([[4, 0], [0, 4]], observer=[1, 2])
    assert facts(both).by_chance == 2  # each gives one level only: nothing tells their lessons apart
    assert facts(both).n_observers == 2


def test_nothing_of_few_observers_is_told_and_networks_all_or_none():
    levels, observers = [[4, 0]] * 12, [*range(6), *range(10, 16)]
    two = written(levels, observer=observers, place=[1] * 6 + [2] * 6)
    assert [(year, network) for year, network, _one in told(two)] == [
        (2027, NO_NETWORK),
        (2027, 1),
        (2027, 2),
    ]
    few = written(levels, observer=observers, place=[1] * 8 + [2] * 4)
    assert [network for _year, network, _one in told(few)] == [NO_NETWORK]
    rest = written(levels, observer=observers, place=[1] * 8 + [NO_NETWORK] * 4)
    assert [network for _year, network, _one in told(rest)] == [NO_NETWORK]
    assert not list(told(written([[4, 0]] * 4, observer=range(4))))
