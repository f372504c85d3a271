"""Better caseloads: moves and swaps while they help, and those that a bound's mix comes near to."""

import numpy as np

from supervision.balance.bound import Bound
from supervision.balance.instance import NOBODY, Instance, Ints
from supervision.balance.pricing import Column
from supervision.balance.rule import mend, place_one

LEAST_GAIN = 1e-7


def descend(instance: Instance, assigned: Ints) -> Ints:
    """Return caseloads that no single move and no swap of two positions makes cheaper; limits stay respected."""
    best = assigned.copy()
    for _ in range(20 * len(best)):
        if not (
            _apply(instance, best, _moves(instance, best)) or _apply(instance, best, _swaps(instance, best))
        ):
            break
    return best


# By row: what the best change of this position saves, and the position's and its partner's new columns.
Changes = list[tuple[float, tuple[tuple[int, int], ...]]]


def _apply(instance: Instance, assigned: Ints, changes: Changes) -> bool:
    """Make the changes that help, best first, each caseload in one of them only."""
    touched: set[int] = set()
    left = instance.changes_allowed - instance.changes(assigned)
    scarce = instance.rules.most_changes is not None
    for _, change in sorted(
        (one for one in changes if one[0] > LEAST_GAIN), key=lambda one: (-one[0], one[1])
    ):
        columns = {int(assigned[row]) for row, _ in change} | {column for _, column in change}
        if columns & touched or (scarce and touched):
            continue
        added = sum(int(assigned[row] == instance.at[row]) for row, _ in change)
        if added > left:
            continue
        touched |= columns
        for row, column in change:
            assigned[row] = column
    return bool(touched)


def _moves(instance: Instance, assigned: Ints) -> Changes:
    rows = np.arange(len(assigned))
    counts, loads = instance.sums(assigned)
    now = instance.penalty(counts, loads)
    fewer = instance.penalty(counts[assigned] - 1, loads[assigned] - instance.load) - now[assigned]
    more = instance.penalty(counts + 1, loads[None, :] + instance.load[:, None]) - now
    change = instance.cost - instance.cost[rows, assigned][:, None] + fewer[:, None] + more
    change[:, counts >= instance.most] = np.inf
    change[counts[assigned] <= instance.least[assigned]] = np.inf
    change[rows, assigned] = np.inf
    if instance.changes(assigned) >= instance.changes_allowed:
        change[(assigned == instance.at)] = np.inf
    columns = change.argmin(axis=1)
    return [(-float(change[row, columns[row]]), ((int(row), int(columns[row])),)) for row in rows]


def _swaps(instance: Instance, assigned: Ints) -> Changes:
    """Look at every pair of positions of two caseloads, in slices to spare memory."""
    counts, loads = instance.sums(assigned)
    now = instance.penalty(counts, loads)
    rows = np.arange(len(assigned))
    own = instance.cost[rows, assigned]
    kept = (assigned == instance.at).astype(np.int64)
    tight = instance.changes_allowed - instance.changes(assigned)
    best: Changes = []
    for part in np.array_split(rows, max(1, len(rows) // 200)):
        shift = instance.load[None, :] - instance.load[part][:, None]
        here, there = assigned[part], assigned
        change = instance.cost[part][:, there] + instance.cost[:, here].T - own[part][:, None] - own[None, :]
        change += instance.penalty(counts[here][:, None], loads[here][:, None] + shift) - now[here][:, None]
        change += (
            instance.penalty(counts[there][None, :], loads[there][None, :] - shift) - now[there][None, :]
        )
        change[here[:, None] == there[None, :]] = np.inf
        if tight < 2:
            change[kept[part][:, None] + kept[None, :] > tight] = np.inf
        others = change.argmin(axis=1)
        for row, other, gain in zip(part, others, -change[np.arange(len(part)), others], strict=True):
            if gain > LEAST_GAIN:
                pair = ((int(row), int(assigned[other])), (int(other), int(assigned[row])))
                best.append((float(gain), pair))
    return best


def rounded(bound: Bound, known: Ints) -> Ints:
    """Return caseloads near the bound's mix: the weightiest column of each supervisor, what does not fit mended.

    `known` where the result breaks a limit or is no better.
    """
    instance, classes = bound.instance, bound.classes
    chosen: dict[int, tuple[float, Column]] = {}
    for column, weight in bound.mix:
        if column.supervisor not in chosen or weight > chosen[column.supervisor][0] + LEAST_GAIN:
            chosen[column.supervisor] = (weight, column)
    waiting = {int(row) for row in np.flatnonzero(instance.at == NOBODY)}
    assigned = instance.at.copy()
    in_order = [column for _, column in sorted(chosen.values(), key=lambda one: (-one[0], one[1].supervisor))]
    for column in in_order:
        for label, many in column.delta:
            mine = np.flatnonzero((classes.of == label) & (instance.at == column.supervisor))
            waiting |= {int(row) for row in mine[: max(0, -many)]}
    for column in in_order:
        for label, many in column.delta:
            fits = sorted(row for row in waiting if classes.of[row] == label)[: max(0, many)]
            assigned[fits] = column.supervisor
            waiting -= set(fits)
    for row in np.flatnonzero(assigned == NOBODY):
        place_one(instance, assigned, int(row))
    if (assigned != NOBODY).all():
        mend(instance, assigned)
    if not instance.is_allowed(assigned):
        return known
    better = descend(instance, assigned)
    return better if instance.objective(better) < instance.objective(known) else known
