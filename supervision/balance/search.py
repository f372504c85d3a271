"""Caseloads close to the bound: solve the whole if it is small, else walk, and solve neighborhoods of supervisors."""

import time
from dataclasses import replace

import numpy as np

from supervision.balance.anneal import anneal
from supervision.balance.bound import Bound
from supervision.balance.improve import descend, rounded
from supervision.balance.instance import NOBODY, Bools, Floats, Instance, Ints
from supervision.balance.program import Program

# As many supervisors are solved as one; 12 to 16 take about a second.
TOGETHER = 14
# How near its own best (relative) the bound of a small district, and of a large one, is brought.
NEAR, NEAR_LARGE = 1e-4, 2e-3
# Walks where the bound shows what is worth it: at most how many, and how much of the gap asked a step may cost, in a
# small district and in a large one, where one walk must come to every supervisor.
WALKS, ROOM, ROOM_LARGE = 5, 0.3, 0.005
# The integer program of what walks and the most promising caseloads do is only to find better ones: how near, and how
# often it may ask whether to go on.
FIRST_GAP, FIRST_WORK = 1.5, 20
# How often the program of all that is needed may ask so, and by how much more often at each further attempt.
WORK, HARDER, ATTEMPTS = 100, 1.5, 20
# What counts as more than rounding, relative to a bound.
TINY = 1e-7
# What Bound.forced returns: by class, where a supervisor takes one, and gives one, (S, C) each.
Forced = tuple[Floats, Floats]


def search(instance: Instance, known: Ints, started: float) -> tuple[Ints, float]:
    """Return caseloads and the bound, starting from `known`, which respect every limit. started: time.monotonic()."""
    rules = instance.rules
    until = started + rules.seconds
    if len(instance.supervisors) <= TOGETHER + TOGETHER // 2:
        return solve_whole(instance, known, rules.gap, until)
    bound = Bound(instance, known)
    bound.raise_until(instance.objective(known), NEAR_LARGE, started + rules.seconds * 0.6)
    best = rounded(bound, known)
    if not is_near(instance.objective(best), bound.value, rules.gap) and time.monotonic() < until:
        allowed = _worth(bound, bound.forced(), best, bound.value * rules.gap * ROOM_LARGE)
        best = anneal(instance, best, 0, allowed, _largest_near(bound.value, rules.gap))
    return sweep(bound, best, until), bound.value


def solve_whole(
    instance: Instance, known: Ints, gap: float, until: float, prices: Floats | None = None
) -> tuple[Ints, float]:
    """Return caseloads and the bound, within `gap` of each other unless time.monotonic() reaches `until`.

    prices: of positions, (P,), to begin with.
    """
    best = anneal(instance, descend(instance, known), seed=0)
    bound = Bound(instance, best, prices)
    bound.raise_until(instance.objective(best) * (1 - gap), NEAR, until)
    if is_near(instance.objective(best), bound.value, gap):
        return best, bound.value
    target, forced = _largest_near(bound.value, gap), bound.forced()
    allowed = _worth(bound, forced, best, bound.value * gap * ROOM)
    walks = [best, *_walks(instance, best, allowed, target, until)]
    best = min(walks, key=instance.objective)
    program = Program(instance, bound.classes)
    if instance.objective(best) > target:
        opened = np.logical_or.reduce([_promising(program, bound), *(program.used(one) for one in walks)])
        best, _, _ = program.solve(opened, best, target, gap * FIRST_GAP, until, FIRST_WORK)
    return _settle(program, bound, forced, best, gap, until)


def _walks(instance: Instance, known: Ints, allowed: Bools, target: float, until: float) -> list[Ints]:
    """Return where walks from `known` end: as soon as one is good enough, two end equally well, or WALKS have ended."""
    walks: list[Ints] = []
    ends: list[float] = []
    while len(walks) < WALKS and time.monotonic() < until:
        walks.append(anneal(instance, known, len(walks) + 1, allowed, target))
        ends.append(instance.objective(walks[-1]))
        least = min(ends)
        if least <= target or sum(end - least <= TINY * least for end in ends) > 1:
            break
    return walks


def _settle(
    program: Program, bound: Bound, forced: Forced, best: Ints, gap: float, until: float
) -> tuple[Ints, float]:
    """Show that no caseloads are much better than `best`, or find them, with what alone could be part of them.

    Whatever is left shut would cost at least `enough`, which is near `best` already. What takes long from one
    beginning is often soon done from another, so each attempt may do more than the one before.
    """
    instance, lower, work = bound.instance, bound.value, float(WORK)
    for attempt in range(ATTEMPTS):
        objective = instance.objective(best)
        if is_near(objective, lower, gap) or time.monotonic() >= until:
            break
        enough = objective * (1 - gap * (1 - NEAR))
        opened = _needed(program, forced, enough - bound.proven) | program.used(best)
        best, least, ended = program.solve(opened, best, _largest_near(lower, gap), gap, until, work, attempt)
        before, lower = (objective, lower), max(lower, min(least, enough))
        if ended and (instance.objective(best), lower) == before:
            break
        work *= HARDER
    return best, lower


def _largest_near(bound: float, gap: float) -> float:
    """Return the largest objective that is near this bound."""
    return bound / (1 - gap) - TINY * abs(bound) if gap < 1 else np.inf


def _worth(bound: Bound, forced: Forced, known: Ints, room: float) -> Bools:
    """Return with whom each position may be at no more than `room` above what is proven, or is in `known`, (P, S)."""
    instance, of = bound.instance, bound.classes.of
    rows = np.arange(len(known))
    allowed = np.zeros(instance.cost.shape, dtype=np.bool_)
    taken, given = forced
    had = instance.at != NOBODY
    leaves = of != NOBODY
    leaves[had] &= given[instance.at[had], of[had]] < room
    allowed[leaves] = (taken[:, of[leaves]] < room).T
    allowed[rows[had], instance.at[had]] = True
    allowed[rows, known] = True
    return allowed


def _promising(program: Program, bound: Bound) -> Bools:
    """Return the flows of the columns that cost, at the best prices, next to nothing more than the cheapest, (F,)."""
    used = np.zeros((len(bound.instance.supervisors), len(bound.classes.load)), dtype=np.bool_)
    for column in bound.promising(NEAR * bound.value):
        for label, _ in column.delta:
            used[column.supervisor, label] = True
    return program.opened(used, used)


def _needed(program: Program, forced: Forced, room: float) -> Bools:
    """Return the flows that can be part of caseloads that cost less than `room` above what is proven, (F,)."""
    taken, given = forced
    return program.opened(taken < room, given < room)


def is_near(objective: float, bound: float, gap: float) -> bool:
    """Say whether the caseloads are within the gap of the bound, or as good as equal."""
    return objective - bound <= max(gap * objective, 1e-6)


def sweep(bound: Bound, known: Ints, until: float) -> Ints:
    """Solve neighborhoods: first a partition of all supervisors, then around those furthest from their bound."""
    instance = bound.instance
    best = known
    near, prices = _nearness(instance), bound.position_prices()
    fruitless: set[tuple[int, ...]] = set()
    left = set(range(len(instance.supervisors)))
    while time.monotonic() < until and not is_near(instance.objective(best), bound.value, instance.rules.gap):
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
    solved, _ = solve_whole(part, known, rules.gap / 2, until, prices[rows])
    found = best.copy()
    found[rows] = group[solved]
    return found
