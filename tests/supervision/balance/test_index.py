"""Our need index: by hand, against simulation, and with parts that are not known."""

import numpy as np
import pytest

from supervision.balance import Part, Parts, Weights, needs
from supervision.balance.index import gaps_part, leadership_part, size_parts, tenure_part


def test_needs_of_two_by_hand():
    found = needs([Parts(leadership=Part(0.0)), Parts(leadership=Part(1.0))], Weights(1, 0, 0, 0))
    assert [one.value for one in found] == pytest.approx([1 / 1.5, 2 / 1.5])
    assert [one.low for one in found] == pytest.approx([1 / 1.5, 2 / 1.5])


def test_needs_average_to_one_and_a_part_not_known_takes_the_mean_with_a_wider_interval():
    known = [Parts(Part(v, 0.1), Part(v), Part(1 - v, 0.1), Part(0.5)) for v in (0.1, 0.4, 0.9)]
    found = needs([*known, Parts()], Weights())
    assert sum(one.value for one in found) / 4 == pytest.approx(1.0)
    unknown = found[-1]
    assert unknown.unknown == ("leadership", "tenure", "gaps", "size")
    assert unknown.value == pytest.approx(1.0)
    assert unknown.high - unknown.low > max(one.high - one.low for one in found[:-1])


def test_needs_of_nobody_or_with_nothing_known_are_none_and_equal():
    assert needs([], Weights()) == []
    assert [one.value for one in needs([Parts(), Parts()], Weights())] == [1.0, 1.0]
    assert [one.value for one in needs([Parts(Part(1.0)), Parts(Part(0.0))], Weights(0, 0, 0, 0))] == [
        1.0,
        1.0,
    ]


def test_needs_with_a_negative_weight_or_a_part_above_one_are_refused():
    with pytest.raises(ValueError, match="weights"):
        needs([Parts()], Weights(leadership=-1))
    with pytest.raises(ValueError, match="part"):
        needs([Parts(size=Part(1.2))], Weights())


@pytest.mark.parametrize(("estimate", "se", "target"), [(2.5, 0.3, 3.0), (3.0, 1.0, 3.0), (3.4, 0.2, 3.0)])
def test_leadership_part_is_the_mean_shortfall_of_a_simulation(estimate, se, target):
    drawn = np.maximum(target - np.random.default_rng(1).normal(estimate, se, 400_000), 0)
    part = leadership_part([(estimate, se, target)])
    assert part.value == pytest.approx(drawn.mean(), abs=0.003)
    assert part.se == pytest.approx(drawn.std(), abs=0.003)


def test_parts_of_tenure_gaps_and_size_by_hand():
    assert [tenure_part(years).value for years in (0.2, 1, 3, 5, 20)] == [1.0, 1.0, 0.5, 0.0, 0.0]
    assert gaps_part([0.9, 0.1]) == Part(pytest.approx(0.5), pytest.approx(0.3))
    assert [part and pytest.approx(part.value) for part in size_parts([10, 20, 40, None])] == [
        0.0,
        0.5,
        1.0,
        None,
    ]
    assert (leadership_part([]), tenure_part(None), gaps_part([])) == (None, None, None)
