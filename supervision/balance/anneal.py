"""Caseloads near the best, soon: simulated annealing over moves and swaps (Kirkpatrick, Gelatt & Vecchi 1983).

Plain lists and numbers: one proposal takes less than a microsecond, which arrays do not.
"""

import random
from math import exp

import numpy as np

from supervision.balance.instance import NOBODY, Bools, Floats, Instance, Ints

# In units of the largest weight: how much dearer one step may be at the beginning, and at the end.
HOT, COLD = 0.4, 0.03
# Proposals for each position, and between two temperatures.
EACH, STEP = 900, 500
# The share of proposals that move one position; the others swap two.
MOVES = 0.4
# In units of the largest weight: what is so much dearer for the positions alone is not proposed.
DEAR = 2.0


def anneal(
    instance: Instance, known: Ints, seed: int, allowed: Bools | None = None, enough: float = -np.inf
) -> Ints:
    """Return the best caseloads, (P,), of a walk that begins at `known` and stays within the limits that `known`
    respects. The same for one seed; a hundred positions take about 0.08 seconds of processor time.

    allowed: with whom each position may be, its place in `known` among them, (P, S); without, whoever is not much
    dearer for it alone than its cheapest. It ends with an objective of `enough`.
    """
    scale = instance.rules.largest_weight
    if allowed is None:
        allowed = instance.cost <= instance.cost.min(axis=1, keepdims=True) + DEAR * scale
    held = instance.pinned & (instance.at != NOBODY)
    loose = np.flatnonzero(~held & (allowed.sum(axis=1) > 1)).tolist()
    if not loose or not scale:
        return known
    draw = random.Random(seed).random  # noqa: S311 - which caseloads are tried is no secret
    cost = np.where(allowed, instance.cost, np.inf).tolist()
    options = [np.flatnonzero(row).tolist() for row in allowed]
    load, many = instance.load.tolist(), len(loose)
    of_load = instance.penalty_of_loads(np.arange(int(instance.load.sum()) + 1)).tolist()
    of_count = _of_count(instance).tolist()
    home, left = instance.at.tolist(), instance.changes_allowed - instance.changes(known)
    counts, loads = (each.tolist() for each in instance.sums(known))
    here, best = known.tolist(), known.tolist()
    members: list[list[int]] = [[] for _ in counts]
    for row in loose:
        members[here[row]].append(row)
    dearer = least = 0.0
    enough -= instance.objective(known)
    steps = max(1, EACH * len(instance.principals) // STEP)
    for step in range(steps):
        warmth = scale * HOT * (COLD / HOT) ** (step / steps)
        if least <= enough:
            break
        for _ in range(STEP):
            row = loose[int(draw() * many)]
            giver, choice = here[row], options[row]
            taker = choice[int(draw() * len(choice))]
            if taker == giver:
                continue
            change = cost[row][taker] - cost[row][giver]
            there = members[taker]
            if there and draw() >= MOVES:
                other = there[int(draw() * len(there))]
                moved = load[row] - load[other]
                change += cost[other][giver] - cost[other][taker]
            else:
                other, moved = -1, load[row]
                n_giver, n_taker = counts[giver], counts[taker]
                change += of_count[giver][n_giver - 1] - of_count[giver][n_giver]
                change += of_count[taker][n_taker + 1] - of_count[taker][n_taker]
            if change > DEAR * scale:
                continue
            change += of_load[loads[giver] - moved] - of_load[loads[giver]]
            change += of_load[loads[taker] + moved] - of_load[loads[taker]]
            if change > 0 and draw() >= exp(-change / warmth):
                continue
            added = _added(home[row], giver, taker) + (other >= 0 and _added(home[other], taker, giver))
            if added > left:
                continue
            left -= added
            dearer += change
            here[row] = taker
            loads[giver] -= moved
            loads[taker] += moved
            members[giver].remove(row)
            there.append(row)
            if other >= 0:
                here[other] = giver
                there.remove(other)
                members[giver].append(other)
            else:
                counts[giver] -= 1
                counts[taker] += 1
            if dearer < least - 1e-9 * scale:
                least, best = dearer, here[:]
    return np.array(best, dtype=np.int64)


def _added(home: int, giver: int, taker: int) -> int:
    """Return by how many the changes grow when a position goes from giver to taker: -1, 0 or 1."""
    return (home == giver) - (home == taker)


def _of_count(instance: Instance) -> Floats:
    """Return what counts cost each supervisor, infinite outside the limits, (S, P + 2); -1 reads the last, too many."""
    counts = np.arange(len(instance.principals) + 2)
    costs: Floats = np.where(
        (counts >= instance.least[:, None]) & (counts <= instance.most[:, None]) & (counts < counts[-1]),
        instance.penalty_of_counts(counts),
        np.inf,
    )
    return costs
