"""Balancing caseloads: how near a proven lower bound, how fast, and how much better than the rule a person would use.

The districts are simulated; see bench.balance_districts. The gap is (objective - bound) / objective. KNOWN seeds were
looked at while the search was written; UNSEEN ones were chosen before it was first run on them, and never used to
change it.
"""

from collections.abc import Iterator

from bench.balance_districts import drifted
from bench.measure import Measure
from supervision.balance import Rules, balance

# Seeds by how many principals.
KNOWN = {169: range(5), 1_600: range(1, 4)}
UNSEEN = {169: range(700, 720), 1_600: range(307, 310)}
# Principals, supervisors, largest gap (the search may stop there), seconds.
SIZES = ((169, 16, 0.01, 2.0), (1_600, 150, 0.02, 30.0))
# What reading the answer back takes beyond the search's own limit.
RESERVE = 0.05


def measures() -> Iterator[Measure]:
    """Measure gap, seconds, objective, bound and the greedy rule's objective, district by district."""
    for n_principals, n_supervisors, largest, seconds in SIZES:
        for seed in (*KNOWN[n_principals], *UNSEEN[n_principals]):
            unseen = ", unseen" if seed in UNSEEN[n_principals] else ""
            name = f"{n_principals} and {n_supervisors}, district {seed}{unseen}"
            rules = Rules(gap=largest, seconds=seconds * (1 - RESERVE))
            found = balance(*drifted(n_principals, n_supervisors, seed), rules)
            yield Measure.bounded(f"{name}, gap", 100 * found.gap, "%", limit=100 * largest)
            yield Measure.bounded(f"{name}, seconds", found.seconds, "s", limit=seconds)
            yield Measure.reported(f"{name}, lower bound", found.bound, "")
            if found.greedy_objective is not None:
                yield Measure.against(
                    f"{name}, objective", found.objective, "", floor=found.greedy_objective, floor_name="greedy rule",
                    limit=1,
                )  # fmt: skip
