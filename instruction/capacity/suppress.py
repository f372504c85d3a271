"""Which groups of a fixed lattice may be told, so that no small one can be worked out from the others.

A lattice has cells (the finest groups: a school, or a network's schools of one level) and groups that are unions
of cells (a network, a level, the district). A group is *small* when it holds someone but fewer than `smallest`.
Small groups are hidden first (primary suppression). Then more groups are hidden (complementary suppression)
until nothing that is told narrows a small group down.

The criterion is that of the protection interval (Fischetti & Salazar-Gonzalez 2001, Management Science 47(7),
1008-1027; Willenborg & de Waal 2001, Elements of Statistical Disclosure Control, ch. 6): take every table of
counts, none below zero, that agrees with all groups that are told. Over these tables the count of each small
group must vary by at least `smallest`. In one row that is the usual rule: at least two groups are hidden, with at
least `smallest` together. It holds for several rows and columns at once too, where counting the hidden groups of
each line is not enough. A value that adds up the same way (a sum of levels) cannot be worked out either: what
can be worked out has a count that cannot vary. Which groups are hidden depends on counts alone, never on values.
"""

from collections.abc import Collection

import numpy as np
import scipy  # whose optimizers load when they are first asked for

from instruction.capacity.data import BoolArray, FloatArray, IntArray

_CLOSE = 1e-6


def hidden_groups(
    counts: IntArray, groups: BoolArray, *, smallest: int, always: Collection[int] = ()
) -> BoolArray:
    """Return which groups to hide, (G,).

    counts: (C,) how many persons (or schools) each cell holds; groups: (G, C) the cells of each group, of which
    a cell that is told by itself is one; smallest: the fewest that a told group may hold; always: groups that are
    told whatever they hold back, unless they are small themselves. A group that holds nobody is never hidden.
    Raises ValueError for a negative count.
    """
    if (counts < 0).any():
        raise ValueError("a count is below zero")
    # Who may be there is often known, so an empty cell is taken for known to be empty.
    groups, counts = groups[:, counts > 0], counts[counts > 0]
    size = groups @ counts
    hidden = (size > 0) & (size < smallest)
    protected = _protected(counts, groups, hidden, smallest)
    while (found := _first_narrow(counts, groups[~hidden], protected, smallest)) is not None:
        told = np.flatnonzero(~hidden)
        free = [place for place in told if place not in always and size[place] > 0]
        if not free:
            break
        binding = set(told[found])
        # The least is lost with the smallest of the groups that give it away.
        hidden[min(free, key=lambda place: (place not in binding, size[place], place))] = True
    return hidden


def _protected(counts: IntArray, groups: BoolArray, hidden: BoolArray, smallest: int) -> BoolArray:
    """Return the small groups, and the small cells, told by themselves or not, each once: (P, C)."""
    cells = np.eye(len(counts), dtype=bool)[(counts > 0) & (counts < smallest)]
    return np.unique(np.concatenate([groups[hidden], cells]), axis=0)


def _first_narrow(counts: IntArray, told: BoolArray, protected: BoolArray, smallest: int) -> IntArray | None:
    """Return the rows of `told` that narrow a protected group down too far; None when nothing does."""
    low, high = _seen_together(counts, told, protected, smallest)
    for row, group in enumerate(protected):
        for sign in (1.0, -1.0):
            if high[row] - low[row] >= smallest - _CLOSE:
                break
            table, binding = _extreme(sign * group, told, told @ counts)
            if table is None:  # nothing bounds it
                high[row] = np.inf
                break
            low, high = np.minimum(low, protected @ table), np.maximum(high, protected @ table)
        else:
            if high[row] - low[row] < smallest - _CLOSE:
                return binding
    return None


def _seen_together(
    counts: IntArray, told: BoolArray, protected: BoolArray, smallest: int
) -> tuple[FloatArray, FloatArray]:
    """Return how low and high each protected group is over some tables that agree, so that few are left to ask for.

    Each table stands for all groups: the one in which those that still vary too little are largest together, and
    the one in which they are smallest, as long as that helps another of them.
    """
    low = high = protected @ counts.astype(float)
    n_narrow = len(protected) + 1
    while (narrow := high - low < smallest - _CLOSE).any() and narrow.sum() < n_narrow:
        n_narrow = narrow.sum()
        for sign in (1.0, -1.0):
            table, _binding = _extreme(sign * protected[narrow].sum(axis=0), told, told @ counts)
            if table is not None:
                low, high = np.minimum(low, protected @ table), np.maximum(high, protected @ table)
    return low, high


def _extreme(direction: FloatArray, told: BoolArray, sums: IntArray) -> tuple[FloatArray | None, IntArray]:
    """Return a table that makes `direction` least, None where there is no least, and the rows that bind it."""
    equal = told.astype(float) if len(told) else None
    found = scipy.optimize.linprog(direction, A_eq=equal, b_eq=sums if len(told) else None, method="highs")
    if found.x is None:
        return None, np.empty(0, dtype=np.int64)
    duals = found.eqlin.marginals if len(told) else np.empty(0)
    return found.x, np.flatnonzero(np.abs(duals) > _CLOSE)
