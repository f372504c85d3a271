"""Suppression over a lattice: a hand-checked example, and an oracle that tries every table of counts."""

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from instruction.capacity.suppress import hidden_groups


def lattice(cells):
    """Return counts, groups and their names for cells {(network, level): count}: cells, networks, levels, all."""
    places = sorted(cells)
    names = [*places]
    rows = [[one == place for one in places] for place in places]
    for index in (0, 1):
        for value in sorted({place[index] for place in places}):
            names.append(value)
            rows.append([one[index] == value for one in places])
    names.append("district")
    rows.append([True] * len(places))
    return np.array([cells[place] for place in places]), np.array(rows), names


def hidden_names(cells, smallest=5, *, without_cells=False):
    counts, groups, names = lattice(cells)
    if without_cells:
        groups, names = groups[len(counts) :], names[len(counts) :]
    found = hidden_groups(counts, groups, smallest=smallest, always=[len(groups) - 1])
    return {name for name, is_hidden in zip(names, found, strict=True) if is_hidden}


def test_worked_example_hides_the_smallest_neighbor_in_each_line():
    """docs/numbers/small-groups.md: 3 teachers in one cell of a table of two networks by two levels."""
    cells = {("N", "elem"): 40, ("N", "high"): 3, ("S", "elem"): 30, ("S", "high"): 20}
    assert hidden_names(cells) == {("N", "high"), ("N", "elem"), ("S", "high"), ("S", "elem")}


def test_nothing_small_hides_nothing():
    assert hidden_names({("N", "elem"): 40, ("S", "elem"): 5, ("S", "high"): 0}) == set()


def test_one_small_group_takes_a_second_with_it():
    counts, groups = np.array([9, 3, 6, 30]), np.vstack([np.eye(4, dtype=bool), np.ones((1, 4), dtype=bool)])
    hidden = hidden_groups(counts, groups, smallest=5, always=[4])
    assert hidden.tolist() == [False, True, True, False, False]


def test_two_small_groups_with_too_few_together_take_a_third_with_them():
    counts, groups = np.array([2, 2, 6, 30]), np.vstack([np.eye(4, dtype=bool), np.ones((1, 4), dtype=bool)])
    assert hidden_groups(counts, groups, smallest=5, always=[4]).tolist() == [True, True, True, False, False]


def test_total_that_is_small_itself_is_hidden():
    assert hidden_groups(np.array([3]), np.ones((1, 1), dtype=bool), smallest=5, always=[0]).all()


def test_cell_that_is_never_told_is_protected_from_its_margins():
    """Network N is the elementary schools and one more: N - elem would be that one school."""
    cells = {("N", "elem"): 3, ("N", "high"): 1, ("S", "high"): 9}
    assert hidden_names(cells, smallest=3, without_cells=True) == {"N", "S"}


def test_negative_count_is_refused():
    with pytest.raises(ValueError, match="below zero"):
        hidden_groups(np.array([-1]), np.ones((1, 1), dtype=bool), smallest=5)


def _rank(rows):
    """Rank over the rationals, by elimination: shares nothing with linear programming."""
    rows = [[Fraction(int(value)) for value in row] for row in rows]
    rank = 0
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((i for i in range(rank, len(rows)) if rows[i][column]), None)
        if pivot is None:
            continue
        rows[rank], rows[pivot] = rows[pivot], rows[rank]
        for i in range(rank + 1, len(rows)):
            factor = rows[i][column] / rows[rank][column]
            rows[i] = [a - factor * b for a, b in zip(rows[i], rows[rank], strict=True)]
        rank += 1
    return rank


def _worked_out(counts, told, protected):
    """Say whether adding and subtracting what is told gives a protected group, empty cells being known."""
    told, protected = told[:, counts > 0], protected[:, counts > 0]
    return any(_rank([*told, row]) == _rank(told) for row in protected)


def _widths(counts, told, protected):
    """How far each protected group's count varies over every table of whole counts that agrees; tiny lattices."""
    sums, most = told @ counts, int(counts.sum())
    seen = [
        protected @ np.array(table)
        for table in product(range(most + 1), repeat=len(counts))
        if (told @ np.array(table) == sums).all()
    ]
    return np.max(seen, axis=0) - np.min(seen, axis=0)


TINY = st.dictionaries(
    st.tuples(st.sampled_from("NS"), st.sampled_from(["elem", "high"])), st.integers(0, 5), min_size=1, max_size=4
)  # fmt: skip
WIDE = st.dictionaries(
    st.tuples(st.sampled_from("ABCDE"), st.sampled_from(["elem", "high", "k8", "mid"])), st.integers(0, 14),
    min_size=1, max_size=16,
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(TINY)
def test_every_table_that_agrees_leaves_small_groups_open(cells):
    cells = {place: count for place, count in cells.items() if count}
    if not cells or sum(cells.values()) > 12:
        return
    counts, groups, _names = lattice(cells)
    hidden = hidden_groups(counts, groups, smallest=3, always=[len(groups) - 1])
    size = groups @ counts
    small = (size > 0) & (size < 3)
    assert hidden[small].all()
    if small.any() and not small[-1]:
        assert (_widths(counts, groups[~hidden], groups[small]) >= 3).all()


@settings(max_examples=60, deadline=None)
@given(WIDE, st.booleans())
def test_no_small_group_is_a_sum_or_difference_of_told_ones(cells, cells_are_told):
    counts, groups, _names = lattice(cells)
    published = groups if cells_are_told else groups[len(counts) :]
    hidden = hidden_groups(counts, published, smallest=5, always=[len(published) - 1])
    size = groups @ counts
    protected = groups[(size > 0) & (size < 5)]
    if size[-1] >= 5:
        assert not _worked_out(counts, published[~hidden], protected)


@settings(max_examples=30, deadline=None)
@given(WIDE)
def test_same_groups_are_hidden_every_time_and_none_that_holds_nobody(cells):
    counts, groups, _names = lattice(cells)
    once, again = (hidden_groups(counts, groups, smallest=5) for _ in range(2))
    assert (once == again).all()
    assert not once[(groups @ counts) == 0].any()
