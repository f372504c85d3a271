"""Which schools' figures hang together: connected components of the rater graph."""

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from instruction.capacity.data import NO_ID, IntArray, Ratings


def islands(ratings: Ratings, schools: IntArray) -> IntArray:
    """Return the group of each of `schools` (S,), from 0 for the group of most schools; -1 for one never rated.

    Two schools are in one group when a chain of observers leads from one to the other: an observer ties the
    schools and calibration videos that they rated. Between groups, levels of teaching cannot be told from
    severities of observers (Linacre 1989 calls such designs disconnected subsets). Groups of equally many
    schools are numbered in the order of their first school.
    """
    place = np.where(ratings.teacher != NO_ID, ratings.school, NO_ID)
    is_video = ratings.video != NO_ID
    places, of_place = np.unique(
        np.stack([is_video, np.where(is_video, ratings.video, place)]), axis=1, return_inverse=True
    )
    raters, of_rater = np.unique(ratings.rater, return_inverse=True)
    n_places, n = places.shape[1], places.shape[1] + len(raters)
    edges = coo_matrix(
        (np.ones(len(raters[of_rater]), dtype=np.int8), (of_place.ravel(), n_places + of_rater)), shape=(n, n)
    )
    _count, label = connected_components(edges, directed=False)
    known = {int(one): int(label[at]) for at, (video, one) in enumerate(places.T) if not video}
    held = np.array([known.get(int(school), NO_ID) for school in schools], dtype=np.int64)
    return _by_size(held)


def _by_size(held: IntArray) -> IntArray:
    """Number the groups by how many schools they hold, the largest first."""
    found, first, size = np.unique(held[held != NO_ID], return_index=True, return_counts=True)
    number = {int(found[at]): rank for rank, at in enumerate(np.lexsort((first, -size)))}
    return np.array([number.get(int(one), NO_ID) for one in held], dtype=np.int64)
