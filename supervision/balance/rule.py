"""The rule a person would use: mend what breaks a limit, then even out the fullest and the emptiest caseload."""

import numpy as np

from supervision.balance.instance import NOBODY, Instance, Ints

LEAST_GAIN = 1e-9


def by_rule(instance: Instance) -> Ints | None:
    """Return the supervisor's column of each position, or None where the rule ends in a broken limit."""
    if not len(instance.supervisors):
        return None
    assigned = instance.at.copy()
    for row in np.lexsort((np.arange(len(assigned)), -instance.load)):
        if assigned[row] == NOBODY:
            place_one(instance, assigned, int(row))
    if (assigned == NOBODY).any():
        return None
    mend(instance, assigned)
    if not instance.is_allowed(assigned):
        return None
    _even_out(instance, assigned)
    return assigned


def place_one(instance: Instance, assigned: Ints, row: int) -> None:
    """Give a position to the emptiest caseload it fits, of those where it costs least."""
    counts, loads = instance.sums(assigned)
    cost = np.where(counts < instance.most, instance.cost[row], np.inf)
    if not np.isfinite(cost).any():
        cost = instance.cost[row]
    if np.isfinite(cost).any():
        assigned[row] = np.lexsort((loads, cost))[0]


def mend(instance: Instance, assigned: Ints) -> None:
    """Take from caseloads above their most, then give to those below their least, one cheapest move at a time."""
    for _ in range(2 * len(assigned)):
        counts, loads = instance.sums(assigned)
        over, under = counts - instance.most, instance.least - counts
        if (over > 0).any():
            rows = np.flatnonzero(assigned == over.argmax())
            columns = np.flatnonzero(counts < instance.most)
        elif (under > 0).any():
            rows = np.flatnonzero((counts > instance.least)[assigned])
            columns = np.array([int(under.argmax())])
        else:
            return
        cost = instance.cost[np.ix_(rows, columns)] + loads[columns] / (loads.sum() + 1)
        if not cost.size or not np.isfinite(cost).any():
            return
        row, column = np.unravel_index(cost.argmin(), cost.shape)
        assigned[rows[row]] = columns[column]


def _even_out(instance: Instance, assigned: Ints) -> None:
    """Move one position at a time from the fullest caseload to the emptiest that helps, as long as any does."""
    left = instance.changes_allowed - instance.changes(assigned)
    for _ in range(len(assigned)):
        counts, loads = instance.sums(assigned)
        found = left > 0 and _best_move(instance, assigned, counts, loads)
        if not found:
            return
        assigned[found[0]] = found[1]
        left = instance.changes_allowed - instance.changes(assigned)


def _best_move(instance: Instance, assigned: Ints, counts: Ints, loads: Ints) -> tuple[int, int] | None:
    penalty = instance.penalty(counts, loads)
    free = np.flatnonzero(counts < instance.most)
    for giver in np.argsort(-loads, kind="stable"):
        if counts[giver] <= instance.least[giver]:
            continue
        rows = np.flatnonzero(assigned == giver)
        takers = free[np.argsort(loads[free], kind="stable")]
        takers = takers[loads[takers] < loads[giver]]
        moved = instance.load[rows]
        left = penalty[giver] - instance.penalty(counts[giver] - 1, loads[giver] - moved)
        taken = penalty[takers] - instance.penalty(counts[takers] + 1, loads[takers] + moved[:, None])
        own = (left + instance.cost[rows, giver])[:, None]
        gain = own + taken - instance.cost[np.ix_(rows, takers)]
        helps = (gain > LEAST_GAIN).any(axis=0)
        if helps.any():
            place = int(helps.argmax())
            return int(rows[gain[:, place].argmax()]), int(takers[place])
    return None
