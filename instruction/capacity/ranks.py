"""Places of schools with their uncertainty, from draws of all capacities together.

A place depends on every school's error at once, so it is counted in joint draws from the posterior
(Goldstein & Spiegelhalter 1996, JRSS A 159, 385-443), not worked out from the schools' own standard errors.
"""

import numpy as np

from instruction.capacity.data import BoolArray, FloatArray, Ranks

DRAWS = 400
"""Draws behind a place: a probability is then known to about .02."""

SEED = 20
"""The same ratings give the same places."""

TAIL = 0.05
"""Share of the draws left out at each end of an interval of places."""

NEEDIEST_SHARE = 0.20


def rank_schools(draws: FloatArray, shown: BoolArray) -> Ranks:
    """Places among the `shown` (S, E) schools of each element, from `draws` (n, S, E) of their capacities.

    All are nan for an element with fewer than two shown schools: there is nothing to be compared with.
    """
    ranks = Ranks(*(np.full(shown.shape, np.nan) for _ in range(3)))
    for element in range(shown.shape[1]):
        rows = np.flatnonzero(shown[:, element])
        if len(rows) < 2:
            continue
        places = _places(draws[:, rows, element])
        last = len(places) - 1
        left_out = int(TAIL * last)
        ranks.neediest[rows, element] = (places <= neediest_size(len(rows))).mean(axis=0)
        places.partition((left_out, last - left_out), axis=0)
        ranks.low[rows, element] = places[left_out]
        ranks.high[rows, element] = places[last - left_out]
    return ranks


def neediest_size(n_schools: int) -> int:
    """Number of schools in the neediest fifth of `n_schools`, rounded up."""
    return int(np.ceil(NEEDIEST_SHARE * n_schools))


def _places(values: FloatArray) -> FloatArray:
    """Place of each entry in its row, 1 = lowest."""
    n, width = values.shape
    places = np.empty((n, width))
    np.put_along_axis(places, np.argsort(values, axis=1), np.arange(1.0, width + 1.0)[None], axis=1)
    return places
