"""Which ratings are behind each cell of a snapshot, kept with it so that a later one can tell what is new."""

import zlib
from collections.abc import Collection

import numpy as np

from instruction.capacity import Roster
from instruction.capacity.data import BoolArray, IntArray
from instruction.models import RatingsBehind
from instruction.snapshots.reading import Evidence

# Fast and half the size: ids that lie close together.
_COMPRESSION = 1
_KIND = "<i8"


def behind(evidence: Evidence) -> IntArray:
    """Return school, element and observation of each rating of a teacher now on that school's roster, (3, n)."""
    ratings = evidence.ratings
    seen = ratings.teacher >= 0
    seen &= of_roster(evidence.roster, teacher=ratings.teacher, school=ratings.school)
    return np.stack([ratings.school[seen], ratings.element[seen], ratings.observation[seen]])


def packed(evidence: Evidence) -> bytes:
    """Return `behind` as bytes to keep, ordered by school and element."""
    rows = behind(evidence)
    return zlib.compress(rows[:, np.lexsort(rows[:2][::-1])].astype(_KIND).tobytes(), _COMPRESSION)


def read_behind(run_ids: Collection[int]) -> dict[int, IntArray]:
    """Return `behind` of runs by their id, of those that kept it; one query."""
    kept = RatingsBehind.objects.filter(run__in=run_ids).values_list("run_id", "packed")
    return {
        run: np.frombuffer(zlib.decompress(rows), dtype=_KIND).astype(np.int64).reshape(3, -1)
        for run, rows in kept
    }


def of_roster(roster: Roster, *, teacher: IntArray, school: IntArray) -> BoolArray:
    """Say of each pair of teacher and school whether the roster has that teacher there."""
    width = int(max(teacher.max(initial=0), roster.teacher.max(initial=0))) + 1
    return np.isin(school * width + teacher, roster.school * width + roster.teacher)


def places(ids: IntArray, wanted: IntArray) -> IntArray:
    """Return where each wanted id is in `ids`, which holds all of them."""
    order = np.argsort(ids, kind="stable")
    return np.asarray(order[np.searchsorted(ids[order], wanted)])
