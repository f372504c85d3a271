"""A real district: 566 schools in 20 networks, each with one manager of 9 to 41 schools (SOURCE.md in its folder)."""

import csv
from collections import Counter

import pytest

from supervision.balance import Principal, Rules, Supervisor, balance

LEAST, MOST = 8, 13


@pytest.fixture(scope="module")
def principals(shared_data):
    """One principal a school, with the network's manager; where instruction scored low, more need."""
    with (shared_data / "chicago-cps" / "ChicagoPublicSchools.csv").open(encoding="utf-8-sig") as file:
        schools = list(csv.DictReader(file))
    networks = {
        name: number for number, name in enumerate(sorted({row["Network_Manager"] for row in schools}), 1)
    }
    return [
        Principal(
            id=int(row["School_ID"]),
            need=1.5 - float(row["Instruction_Score"]) / 100 if row["Instruction_Score"].isdigit() else 1.0,
            current=networks[row["Network_Manager"]],
            network=networks[row["Network_Manager"]],
            level=row["Elementary, Middle, or High School"],
        )
        for row in schools
    ]


def test_managers_of_networks_as_they_are_have_too_few_places_and_it_is_said(principals):
    found = balance(principals, [Supervisor(number, LEAST, 12) for number in range(1, 21)], Rules(seconds=10))
    assert found.status == "infeasible"
    assert (found.conflict.kind, found.conflict.positions, found.conflict.places) == (
        "too-few-places",
        566,
        240,
    )
    assert set(found.conflict.supervisors) == set(range(1, 21))
    # What would do asks of everyone alike: 566 among 20 are 28 each, and 29 for 6.
    raised = Counter(one.to for one in found.conflict.nearest)
    assert raised == {28: 14, 29: 6}


def test_a_post_for_every_dozen_schools_is_filled_within_the_limits_and_better_than_by_the_rule(principals):
    sizes = Counter(one.network for one in principals)
    managers = [Supervisor(number, LEAST, MOST) for number in sorted(sizes)]
    more = [network for network in sorted(sizes) for _ in range(-(-sizes[network] // 12) - 1)]
    added = [
        Supervisor(21 + place, LEAST, MOST, networks=frozenset({network}))
        for place, network in enumerate(more)
    ]
    found = balance(principals, managers + added, Rules(seconds=20, gap=0.05))
    counts = Counter(found.assigned.values())
    assert len(found.assigned) == 566
    assert all(LEAST <= counts[one.id] <= MOST for one in managers + added)
    assert 0 < found.bound <= found.objective
    assert found.gap <= 0.05
    assert found.greedy_objective is None or found.objective < found.greedy_objective
    network_of = dict(enumerate(more, 21)) | {one: one for one in sizes}
    assert sum(network_of[found.assigned[one.id]] == one.network for one in principals) > 0.9 * 566
