"""Close what is left between caseloads and bound: branch on whether a position stays where it is, then on who takes it."""

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
        parts = _parts(node)
        if not parts:
            return best, value
        children = []
        for child in parts:
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


def _parts(bound: Bound) -> tuple[Instance, ...]:
    """Return two instances that between them have all caseloads of one; none where the mix is sure of everything."""
    instance = bound.instance
    row = _undecided(bound)
    if row is not None:
        return _staying(instance, row), _leaving(instance, row)
    taken = _untaken(bound)
    return (_going(instance, *taken), _not_going(instance, *taken)) if taken else ()


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


def _untaken(bound: Bound) -> tuple[int, int] | None:
    """Return a position and the supervisor that the mix is least sure of giving it to; None where it is sure."""
    takes: dict[tuple[int, int], float] = {}
    for column, weight in bound.mix:
        for label, many in column.delta:
            if many > 0:
                key = (column.supervisor, label)
                takes[key] = takes.get(key, 0.0) + many * weight
    unsure = [(abs(share % 1 - 0.5), key) for key, share in sorted(takes.items()) if 0.01 < share % 1 < 0.99]
    if not unsure:
        return None
    supervisor, label = min(unsure)[1]
    rows = np.flatnonzero((bound.classes.of == label) & (bound.instance.at != supervisor))
    return int(rows[0]), supervisor


def _going(instance: Instance, row: int, supervisor: int) -> Instance:
    if instance.at[row] != NOBODY:
        instance = _leaving(instance, row)
    cost, join = instance.cost.copy(), instance.join.copy()
    others = np.arange(cost.shape[1]) != supervisor
    cost[row, others] = join[row, others] = np.inf
    return replace(instance, cost=cost, join=join)


def _not_going(instance: Instance, row: int, supervisor: int) -> Instance:
    cost, join = instance.cost.copy(), instance.join.copy()
    cost[row, supervisor] = join[row, supervisor] = np.inf
    return replace(instance, cost=cost, join=join)


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
