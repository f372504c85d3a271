"""What is told of numbers of teachers that add up: nothing small can be worked out."""

from collections import defaultdict
from datetime import date
from itertools import combinations, pairwise

import pytest

from instruction.models import ObservationCompletion
from instruction.queries.completion import Completion, Count, _line, completion_totals, told


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        pytest.param([28, 5, 7, 0, 6, 5], [(28, 1), (5, 1), (7, 1), (0, 1), (6, 1), (5, 1)], id="none small"),
        pytest.param([28, 0, 0, 0, 6, 2], [(28, 1), (0, 1), (0, 1), (0, 1), (8, 2)], id="few not counted"),
        pytest.param([28, 0, 7, 3, 2, 0], [(28, 1), (0, 1), (7, 1), (5, 2), (0, 1)], id="few for long and few never"),
        pytest.param([28, 0, 7, 0, 2, 0], [(28, 1), (0, 1), (9, 3), (0, 1)], id="few never, and none to put them with but some of last year"),
        pytest.param([3, 20, 0, 9, 6, 5], [(23, 2), (0, 1), (9, 1), (6, 1), (5, 1)], id="few as often as expected"),
        pytest.param([28, 0, 0, 0, 2, 0], [(30, 5), (0, 1)], id="all but few as often as expected"),
        pytest.param([9, 2, 1, 1, 1, 0], [(9, 1), (5, 4), (0, 1)], id="few everywhere"),
        pytest.param([1, 1, 1, 1, 1, 0], [(5, 5), (0, 1)], id="five teachers"),
        pytest.param([0, 0, 0, 0, 0, 0], [(0, 1)] * 6, id="nobody"),
    ],
)  # fmt: skip
def test_small_number_is_told_together_with_the_next(counts, expected):
    assert told(counts) == tuple(Count(*one) for one in expected)


def vectors(total, places=6):
    """All ways to spread a total over places: by where the bars stand among the stars."""
    for bars in combinations(range(total + places - 1), places - 1):
        yield tuple(high - low - 1 for low, high in pairwise((-1, *bars, total + places - 1)))


@pytest.mark.parametrize("total", range(5, 15))
def test_every_small_number_could_be_three_others(total):
    """An attacker who knows the rule tries every school of that size: what is told leaves four values open."""
    made = defaultdict(list)
    for counts in vectors(total):
        made[told(counts)].append(counts)
    for said, preimages in made.items():
        for column in zip(*preimages, strict=True):
            assert len(set(column)) >= 4 or not set(column) & {1, 2, 3, 4}, (said, preimages)


def line_of(counts, last_seen):
    done, partly, _within, longer, never, not_counted = counts
    row = ObservationCompletion(
        school_id=1, n_teachers=sum(counts), n_observed_this_year=done + partly, n_partly=partly,
        n_not_in_a_year=longer, n_never=never, n_not_counted=not_counted, last_seen=last_seen,
    )  # fmt: skip
    return _line(row, None, is_own=False)


@pytest.mark.parametrize("total", [5, 9, 12])
def test_last_day_tells_no_column_that_is_not_told(total):
    """The last day lies in the first column that is not empty; with it, too, four values stay open."""
    days = (date(2026, 10, 1), date(2026, 9, 1), date(2026, 3, 1), date(2024, 3, 1))
    made = defaultdict(list)
    for counts in vectors(total):
        last = next((day for day, n in zip(days, counts[:4], strict=True) if n), None)
        made[line_of(counts, last)].append(counts)
    for said, preimages in made.items():
        for column in zip(*preimages, strict=True):
            assert len(set(column)) >= 4 or not set(column) & {1, 2, 3, 4}, (said, preimages)


def test_last_day_is_told_where_all_who_were_observed_are():
    day = date(2026, 10, 1)
    assert line_of((9, 0, 0, 6, 2, 3), day).last_seen == day
    assert line_of((9, 3, 0, 6, 2, 3), day).last_seen is None


def test_share_is_told_with_both_its_numbers_alone():
    assert line_of((20, 0, 0, 0, 5, 5), None).percent == 80
    assert line_of((20, 0, 0, 0, 8, 2), None).percent is None
    assert line_of((2, 8, 0, 0, 5, 5), None).percent is None


def test_totals_count_what_is_told_of_those_two_columns_alone():
    def line(*counts, hidden=False):
        return Completion(1, 20, counts, last_seen=None, n_tied=1, is_own=False, hidden=hidden)

    found = completion_totals(
        [
            line(Count(9), Count(0), Count(0), Count(6), Count(7), Count(0)),
            line(Count(9), Count(0), Count(0), Count(8, 2), Count(0)),
            line(Count(9), Count(0), Count(7, 2), Count(0), Count(0)),
            line(Count(9, 2), Count(0), Count(5), Count(8, 2)),
            line(hidden=True),
        ]
    )
    assert (found.n_long, found.n_schools) == (13 + 8 + 5, 3)
    assert (found.n_done, found.n_counted, found.n_told) == (27, 60, 3)
