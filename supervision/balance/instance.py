"""The question as arrays: who may go where at what cost, and what a caseload of a size and a load costs."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from supervision.balance.types import GRID, Principal, Rules, Supervisor

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

LARGEST_NEED = 50
# Beyond this many principals of average need from the mean, a unit of load weighs twice.
FAR = 2.0
NOBODY = -1


@dataclass(frozen=True, slots=True)
class Instance:
    """P positions and S available supervisors, both in the order given.

    load: needs in GRID-ths, (P,). cost: of a position with a supervisor, infinite where they may not, (P, S).
    join: the same as if the position came from elsewhere, (P, S). at: the present supervisor's column, NOBODY where
    there is none or they may not stay, (P,). pinned: (P,). least, most: (S,). mean_load in GRID-ths; mean_count.
    """

    principals: tuple[Principal, ...]
    supervisors: tuple[Supervisor, ...]
    rules: Rules
    load: Ints
    cost: Floats
    join: Floats
    at: Ints
    pinned: NDArray[np.bool_]
    least: Ints
    most: Ints
    mean_load: float
    mean_count: float

    def penalty(self, counts: Ints, loads: Ints) -> Floats:
        """Return what caseloads of these sizes and loads (same shape) cost by themselves."""
        return self.penalty_of_loads(loads) + self.penalty_of_counts(counts)

    def penalty_of_loads(self, loads: Ints) -> Floats:
        """Return what loads (GRID-ths) away from the mean cost."""
        away = np.abs(loads - self.mean_load) / GRID
        penalties: Floats = self.rules.need_weight * np.maximum(away, 2 * away - FAR)
        return penalties

    def penalty_of_counts(self, counts: Ints) -> Floats:
        """Return what counts away from the mean cost."""
        low, high = np.floor(self.mean_count), np.ceil(self.mean_count)
        penalties: Floats = self.rules.count_weight * np.maximum(0, np.maximum(low - counts, counts - high))
        return penalties

    def sums(self, assigned: Ints) -> tuple[Ints, Ints]:
        """Return counts and loads of the caseloads, (S,) each; positions with NOBODY count nowhere."""
        has = assigned != NOBODY
        size = len(self.supervisors)
        counts = np.bincount(assigned[has], minlength=size)
        loads = np.bincount(assigned[has], weights=self.load[has], minlength=size)
        return counts.astype(np.int64), loads.astype(np.int64)

    def objective(self, assigned: Ints) -> float:
        """Return the objective of caseloads in which everybody has somebody; infinite where somebody may not."""
        counts, loads = self.sums(assigned)
        single = self.cost[np.arange(len(assigned)), assigned].sum()
        return float(single + self.penalty(counts, loads).sum())

    def present(self) -> Ints:
        """Return the present supervisor's column by position, also where they may not stay, (P,)."""
        column = {one.id: place for place, one in enumerate(self.supervisors)}
        places = [
            NOBODY if one.current is None else column.get(one.current, NOBODY) for one in self.principals
        ]
        return np.array(places, dtype=np.int64)

    def changes(self, assigned: Ints) -> int:
        """Return how many leave a supervisor with whom they could stay."""
        return int(((self.at != NOBODY) & (assigned != self.at)).sum())

    def is_allowed(self, assigned: Ints) -> bool:
        """Say whether caseloads respect every limit."""
        if (assigned == NOBODY).any() or not np.isfinite(self.objective(assigned)):
            return False
        if not len(self.supervisors):
            return True
        counts, _ = self.sums(assigned)
        bounded = bool(((counts >= self.least) & (counts <= self.most)).all())
        return bounded and self.changes(assigned) <= self.changes_allowed

    @property
    def changes_allowed(self) -> int:
        """Return how many may leave a supervisor with whom they could stay."""
        asked = self.rules.most_changes
        return len(self.principals) if asked is None else asked


def instance_of(principals: Sequence[Principal], supervisors: Sequence[Supervisor], rules: Rules) -> Instance:
    """Check the input and turn it into arrays. ValueError: see supervision.balance.solve.balance."""
    _check(principals, supervisors, rules)
    there = tuple(one for one in supervisors if one.available)
    column = {one.id: place for place, one in enumerate(there)}
    load = np.array([round(one.need * GRID) for one in principals], dtype=np.int64)
    at = np.array(
        [NOBODY if one.current is None else column.get(one.current, NOBODY) for one in principals],
        dtype=np.int64,
    )
    pinned = np.array([one.pinned and one.current is not None for one in principals], dtype=np.bool_)
    cost = _outside_costs(principals, there, at, rules)
    rows = np.flatnonzero(at != NOBODY)
    keep_out = pinned[:, None] & (np.arange(len(there))[None, :] != at[:, None])
    pinned_rows = rows[pinned[rows]]
    cost[pinned_rows, at[pinned_rows]] = 0.0
    cost[keep_out] = np.inf
    at[rows[~np.isfinite(cost[rows, at[rows]])]] = NOBODY
    stays = np.flatnonzero(at != NOBODY)
    join = cost.copy()
    join[stays] += rules.change_cost
    stay = cost[stays, at[stays]]
    cost = join.copy()
    cost[stays, at[stays]] = stay
    size = max(1, len(there))
    return Instance(
        tuple(principals), there, rules, load, cost, join, at, pinned,
        np.array([one.least for one in there], dtype=np.int64),
        np.array([one.most for one in there], dtype=np.int64),
        float(load.sum()) / size, len(principals) / size,
    )  # fmt: skip


def _outside_costs(
    principals: Sequence[Principal], there: Sequence[Supervisor], at: Ints, rules: Rules
) -> Floats:
    """Return the cost of networks and levels, infinite where a limit speaks against it, (P, S)."""
    cost = np.zeros((len(principals), len(there)))
    kinds = (
        ([one.network for one in principals], [one.networks for one in there], rules.network_cost,
         rules.hard_networks),
        ([one.level or None for one in principals], [one.levels for one in there], rules.level_cost,
         rules.hard_levels),
    )  # fmt: skip
    for values, stated, weight, hard in kinds:
        for place in range(len(there)):
            own = {values[row] for row in np.flatnonzero(at == place)} - {None}
            inside = stated[place] or own
            if inside:
                outside = np.array(
                    [value is not None and value not in inside for value in values], dtype=bool
                )
                cost[outside, place] += np.inf if hard and stated[place] else weight
    ids = [one.id for one in there]
    for row, one in enumerate(principals):
        if one.allowed is not None:
            cost[row, [each not in one.allowed for each in ids]] = np.inf
    return cost


def _check(principals: Sequence[Principal], supervisors: Sequence[Supervisor], rules: Rules) -> None:
    for kind, ids in (("principal", [p.id for p in principals]), ("supervisor", [s.id for s in supervisors])):
        if len(set(ids)) != len(ids):
            raise ValueError(f"a {kind} is given twice")
    if any(not 0 <= one.need <= LARGEST_NEED for one in principals):
        raise ValueError(f"a need is between 0 and {LARGEST_NEED}")
    if any(not 0 <= one.least <= one.most for one in supervisors):
        raise ValueError("the least of a supervisor is not above the most")
    weights = [getattr(rules, one.name) for one in fields(rules)]
    if any(weight is not None and not weight >= 0 for weight in weights):
        raise ValueError("weights and limits are 0 or more")
