"""Our need index from what the job reads: worked out by hand."""

from datetime import date, timedelta

import numpy as np
import pytest

from supervision.balance.index import Weights, gaps_part, leadership_part
from supervision.indexing import gaps_parts, leadership_parts, needs_from
from supervision.needs import CELL_COLUMNS, Need, Total, total_of
from supervision.reading import LEADERSHIP_COLUMNS, Evidence, Held

DAY = date(2026, 11, 22)
NO_LEADERSHIP = Weights(leadership=0, tenure=1, gaps=0, size=0)


def cells(*rows):
    """Rows: school, probability to be below target; None without evidence."""
    made = [
        (school, 1, 0 if p is None else 2, 0.5, 0.1, np.nan if p is None else p, 6, 5) for school, p in rows
    ]
    return np.array(made, dtype=list(CELL_COLUMNS.items()))


def leadership(*rows):
    return np.array(list(rows), dtype=list(LEADERSHIP_COLUMNS.items()))


def years(n):
    return DAY - timedelta(days=round(365.25 * n))


def test_index_by_hand_of_one_new_and_one_settled_principal():
    """Parts 1 and 0 with weight 1: raw 2 and 1, their mean 1.5."""
    held = [Held(9, 1, 10), Held(9, 2, 20)]
    since = {(10, 1): years(0.5), (20, 2): years(8)}
    found = needs_from(Evidence(DAY, held, since=since), NO_LEADERSHIP)
    assert [found[one].index for one in (1, 2)] == pytest.approx([4 / 3, 2 / 3])
    assert [found[one].tenure for one in (1, 2)] == [1, 0]
    assert (found[1].leadership, found[1].gaps, found[1].size) == (None, None, None)


def test_principal_of_two_schools_has_the_teachers_and_elements_of_both_and_the_later_first_day():
    held = [Held(9, 1, 10), Held(8, 1, 11), Held(9, 2, 20), Held(9, None, 30)]
    evidence = Evidence(
        DAY,
        held,
        teachers={10: 20, 11: 20, 20: 10},
        since={(10, 1): years(9), (11, 1): years(3)},
        cells=cells((10, 0.9), (10, None), (11, 0.1)),
        leadership=leadership((1, 2.0, 0.0, 3.0), (1, 3.0, 0.0, 3.0)),
    )
    found = needs_from(evidence, Weights())
    assert set(found) == {1, 2}
    one = found[1]
    assert (one.gaps, one.leadership, one.size) == pytest.approx((0.5, 0.5, 1.0))
    assert one.tenure == pytest.approx(0.5, abs=0.01)
    # Nothing is known of the other but the size: the rest takes the mean, which is the first one's.
    assert (found[2].gaps, found[2].tenure, found[2].size) == (None, None, 0.0)
    assert found[1].index + found[2].index == pytest.approx(2)


def test_school_too_small_to_tell_counts_as_the_smallest_that_may_be_told():
    held = [Held(9, 1, 10), Held(9, 2, 20), Held(9, 3, 30)]
    found = needs_from(Evidence(DAY, held, teachers={10: 2, 20: 5, 30: 50}), Weights())
    assert [found[one].size for one in (1, 2, 3)] == [0, 0, 1]


def test_caseload_adds_up_to_average_principals_with_the_vacant_as_one():
    """By hand: errors of 0.3 and 0.4 make 0.5, if they move together 0.7, and never more than the intervals."""

    def half(*shared, reach=9.0):
        each = zip((1.2, 0.8), (0.3, 0.4), shared, strict=True)
        found = total_of((Need(n, n - reach, n + reach, se=se, together=t) for n, se, t in each), n_vacant=1)
        assert (found.need, found.high - 3.0) == pytest.approx((3.0, 3.0 - found.low))
        return found.high - 3.0

    assert half(0.0, 0.0) == pytest.approx(1.6449 * 0.5)
    assert half(0.3, 0.4) == pytest.approx(1.6449 * 0.7)
    assert half(0.3, 0.0) == pytest.approx(1.6449 * 0.5)
    assert half(0.3, 0.4, reach=0.2) == pytest.approx(0.4)
    assert total_of([], n_vacant=2) == Total(2.0, 2.0, 2.0)


def test_errors_of_leadership_and_of_a_school_that_is_shared_move_together():
    held = [Held(9, 1, 10), Held(9, 2, 10), Held(9, 3, 20)]
    told = leadership(*[(one, 2.5, 0.3, 3.0) for one in (1, 2, 3)])
    found = needs_from(Evidence(DAY, held, cells=cells((10, 0.5), (20, 0.5)), leadership=told), Weights())
    part = leadership_parts(told)[3]
    # Raw is the same for all: 1, the part of leadership, and gaps of 0.5 with an error of 0.5.
    raw = 1 + part.value + 0.5
    assert (found[3].together, found[3].se) == pytest.approx((part.se / raw, np.hypot(part.se, 0.5) / raw))
    assert found[1].together == found[2].together == pytest.approx(found[1].se)


def test_leadership_and_gaps_of_all_at_once_are_those_of_each():
    rng = np.random.default_rng(3)
    figures = {one: rng.uniform((1, 0.05, 2.5), (4, 0.6, 3.5), (one, 3)) for one in range(1, 6)}
    table = leadership(*[(one, *row) for one, rows in figures.items() for row in rows])
    found = leadership_parts(table)
    for one, rows in figures.items():
        alone = leadership_part([tuple(row) for row in rows])
        assert (found[one].value, found[one].se) == pytest.approx((alone.value, alone.se))
    below = {school: rng.uniform(size=3) for school in (10, 11, 12)}
    told = cells(*[(school, p) for school, each in below.items() for p in each], (12, None), (13, None))
    found = gaps_parts(told, {1: [10], 2: [11, 12], 3: [13], 4: []})
    assert set(found) == {1, 2}
    for one, rows in ((1, below[10]), (2, [*below[11], *below[12]])):
        alone = gaps_part(list(rows))
        assert (found[one].value, found[one].se) == pytest.approx((alone.value, alone.se))
