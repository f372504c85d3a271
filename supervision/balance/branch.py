"""Close what is left between caseloads and bound: branch on whether a position stays where it is."""

import heapq
import time
from dataclasses import replace

import numpy as np

from supervision.balance.bound import Bound
from supervision.balance.improve import combine, descend, rounded
from supervision.balance.instance import NOBODY, Instance, Ints

# So many nodes has the integer program of a branch.
NODES = 5

Node = tuple[float, int, Bound]


def branch(root: Bound, best: Ints, gap: float, until: float) -> tuple[Ints, float]:
    """Return caseloads and bound, within `gap` of each other unless time.monotonic() reaches `until`."""
    instance = root.instance
    nodes: list[Node] = [(root.value, 0, root)]
    made = 0
    while nodes and time.monotonic() < until:
        objective = instance.objective(best)
        value, _, node = nodes[0]
        if objective - value <= max(gap * objective, 1e-6):
            break
        heapq.heappop(nodes)
        row = _undecided(node)
        if row is None:
            return best, value
        children = []
        for child in (_staying(node.instance, row), _leaving(node.instance, row)):
            bound = Bound(child, best, node.position_prices(), learn=False)
            bound.value = value
            bound.raise_until(objective * (1 - gap / 2), 1e-4, until)
            children.append(bound)
        for bound in children:
            made += 1
            for found in (
                combine(bound, objective - bound.value, NODES, gap / 4, until),
                rounded(bound, best),
            ):
                if found is not None:
                    found = descend(instance, found)
                    if instance.is_allowed(found) and instance.objective(found) < instance.objective(best):
                        best = found
            heapq.heappush(nodes, (bound.value, made, bound))
    objective = instance.objective(best)
    return best, min([objective, *(value for value, _, _ in nodes)])


def _undecided(bound: Bound) -> int | None:
    """Return the position that the mix is least sure of leaving where it is; None where it is sure of all."""
    leaves: dict[tuple[int, int], float] = {}
    for column, weight in bound.mix:
        for label, many in column.delta:
            if many < 0:
                key = (column.supervisor, label)
                leaves[key] = leaves.get(key, 0.0) - many * weight
    unsure = [(abs(share % 1 - 0.5), key) for key, share in sorted(leaves.items()) if 0.01 < share % 1 < 0.99]
    if not unsure:
        return None
    supervisor, label = min(unsure)[1]
    return int(np.flatnonzero((bound.classes.of == label) & (bound.instance.at == supervisor))[0])


def _staying(instance: Instance, row: int) -> Instance:
    pinned, cost = instance.pinned.copy(), instance.cost.copy()
    pinned[row] = True
    others = np.arange(cost.shape[1]) != instance.at[row]
    cost[row, others] = np.inf
    join = instance.join.copy()
    join[row, others] = np.inf
    return replace(instance, pinned=pinned, cost=cost, join=join)


def _leaving(instance: Instance, row: int) -> Instance:
    at, cost, join = instance.at.copy(), instance.cost.copy(), instance.join.copy()
    cost[row, at[row]] = join[row, at[row]] = np.inf
    at[row] = NOBODY
    rules = instance.rules
    if rules.most_changes is not None:
        rules = replace(rules, most_changes=rules.most_changes - 1)
    return replace(instance, at=at, cost=cost, join=join, rules=rules)
