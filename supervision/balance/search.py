"""Caseloads close to the bound: solve the whole if it is small, else one neighborhood of supervisors after another."""

import time
from dataclasses import replace

import numpy as np

from supervision.balance.bound import Bound
from supervision.balance.branch import branch
from supervision.balance.improve import combine, descend, rounded
from supervision.balance.instance import NOBODY, Floats, Instance, Ints

# As many supervisors are solved as one; 12 to 16 take under a second.
TOGETHER = 14
# How near its own best the bound of a part and of the whole is brought.
NEAR = 0.002
# Bound and caseloads take turns: how near its best the bound is brought, and whether columns are added for fit.
STAGES = ((5 * NEAR, False), (NEAR, False), (NEAR, True), (1e-5, False), (1e-5, True), (1e-5, True))
# So many nodes has the integer program each time.
NODES = 20


def search(instance: Instance, known: Ints, started: float) -> tuple[Ints, float]:
    """Return caseloads and the bound, starting from `known`, which respect every limit. started: time.monotonic()."""
    rules = instance.rules
    until = started + rules.seconds
    bound = Bound(instance, known)
    if len(instance.supervisors) <= TOGETHER + TOGETHER // 2:
        best = solve_whole(bound, known, rules.gap, until)
        return branch(bound, best, rules.gap, until)
    bound.raise_until(instance.objective(known), NEAR, started + rules.seconds * 0.6)
    best = sweep(bound, rounded(bound, known), until)
    return best, bound.value


def solve_whole(bound: Bound, known: Ints, gap: float, until: float) -> Ints:
    """Bring bound and caseloads together until they are within `gap`, or nothing more is found."""
    instance = bound.instance
    best = descend(instance, known)
    bound.learn(best)
    for turn, (near, enriched) in enumerate(STAGES):
        bound.raise_until(instance.objective(best) * (1 - gap), near, until)
        slack = instance.objective(best) - bound.value
        if _is_near(instance.objective(best), bound.value, gap) or time.monotonic() >= until:
            return best
        if enriched:
            bound.enrich(slack, turn)
        found = combine(bound, slack, NODES, gap / 2, until)
        if found is not None:
            found = descend(instance, found)
            if instance.is_allowed(found):
                bound.learn(found)
                if instance.objective(found) < instance.objective(best):
                    best = found
    return best


def _is_near(objective: float, bound: float, gap: float) -> bool:
    return objective - bound <= max(gap * objective, 1e-6)


def sweep(bound: Bound, known: Ints, until: float) -> Ints:
    """Solve neighborhoods: first a partition of all supervisors, then around those furthest from their bound."""
    instance = bound.instance
    best = known
    near, prices = _nearness(instance), bound.position_prices()
    fruitless: set[tuple[int, ...]] = set()
    left = set(range(len(instance.supervisors)))
    while time.monotonic() < until and not _is_near(
        instance.objective(best), bound.value, instance.rules.gap
    ):
        slack = bound.slack(best)
        group = _around(instance, best, slack, near, left or set(range(len(slack))), fruitless)
        if group is None:
            break
        left -= set(group.tolist())
        found = _solve_part(instance, best, group, prices, until)
        if instance.objective(found) < instance.objective(best) - 1e-7:
            best = found
        else:
            fruitless.add(tuple(group.tolist()))
    return best


def _nearness(instance: Instance) -> Floats:
    """Return the share of each supervisor's positions that another may have at no cost of network or level, (S, S)."""
    size = len(instance.supervisors)
    least = instance.join.min(axis=1, initial=np.inf)
    fits = (instance.join <= least[:, None] + 1e-9).astype(np.float64)
    near = np.zeros((size, size))
    for place in range(size):
        mine = instance.at == place
        near[place] = fits[mine].mean(axis=0) if mine.any() else fits.mean(axis=0)
    return near + near.T


def _around(
    instance: Instance,
    best: Ints,
    slack: Floats,
    near: Floats,
    choice: set[int],
    fruitless: set[tuple[int, ...]],
) -> Ints | None:
    """Return the supervisor of `choice` furthest from the bound with its nearest, slack among them first."""
    for center in sorted(choice, key=lambda place: (-slack[place], place)):
        open_ = np.array(sorted(choice - {center}), dtype=np.int64)
        order = open_[np.lexsort((open_, -(near[center, open_] + slack[open_])))]
        group = np.sort(np.concatenate([[center], order[: TOGETHER - 1]])).astype(np.int64)
        if tuple(group.tolist()) not in fruitless:
            return group
    return None


def _solve_part(instance: Instance, best: Ints, group: Ints, prices: Floats, until: float) -> Ints:
    """Solve the caseloads of `group` alone, the rest staying as in `best`."""
    rows = np.flatnonzero(np.isin(best, group))
    column = np.full(len(instance.supervisors) + 1, NOBODY, dtype=np.int64)
    column[group] = np.arange(len(group))
    at = np.where(instance.at[rows] == NOBODY, NOBODY, column[instance.at[rows]])
    rules = instance.rules
    if rules.most_changes is not None:
        inside = int(((instance.at[rows] != NOBODY) & (best[rows] != instance.at[rows])).sum())
        came = int(((instance.at[rows] != NOBODY) & (at == NOBODY)).sum())
        rules = replace(rules, most_changes=rules.most_changes - instance.changes(best) + inside - came)
    part = replace(
        instance,
        principals=tuple(instance.principals[row] for row in rows),
        supervisors=tuple(instance.supervisors[place] for place in group),
        rules=rules,
        load=instance.load[rows],
        cost=instance.cost[np.ix_(rows, group)],
        join=instance.join[np.ix_(rows, group)],
        at=at,
        pinned=instance.pinned[rows],
        least=instance.least[group],
        most=instance.most[group],
    )
    known = column[best[rows]]
    solved = solve_whole(Bound(part, known, prices[rows]), known, rules.gap / 2, until)
    found = best.copy()
    found[rows] = group[solved]
    return found
