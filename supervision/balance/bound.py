"""A lower bound on the cost of any caseloads, and the caseloads it is made of: column generation.

Dantzig & Wolfe (1960): the linear program chooses a mix of whole caseloads for each supervisor, so that what is given
up equals what is taken, class by class. Its prices go to `pricing`, which finds cheaper caseloads. For any prices,
the sum of the cheapest caseloads plus the value of the positions nobody has is a true lower bound (Lagrange). Prices
are smoothed towards the best so far (Wentges 1997) and held in a box around it, or they swing wildly.
"""

import time
from collections.abc import Iterable

import highspy
import numpy as np
from scipy import sparse

from supervision.balance.highs import solver_of
from supervision.balance.instance import NOBODY, Floats, Instance, Ints
from supervision.balance.pricing import Classes, Column, Pricing, classes_of
from supervision.balance.types import GRID

SMOOTHING = 0.3
# The box around the best prices, in the units of the objective, and how it grows and shrinks (Marsten et al. 1975).
REACH, WIDER, NARROWER = 0.3, 1.2, 0.8
# So many times the largest weight: beyond, no prices help.
WIDEST = 1e6
# Columns whose reduced cost is further from the least than this many changes are left out of the linear program.
USEFUL = 2.5
LEAST_WEIGHT = 1e-9
# So often are prices set anew before the bound is left as it is.
ROUNDS = 120
# Room above the fullest known caseload, in GRID-ths; the bound stays true without.
HEADROOM = GRID


class Bound:
    """The pool of columns, the best bound so far and its prices."""

    def __init__(
        self, instance: Instance, known: Ints, prices: Floats | None = None, *, learn: bool = True
    ) -> None:
        """known: caseloads, (P,), that respect every limit where they are to `learn` from. prices: of positions to
        begin with, (P,).
        """
        self.instance = instance
        self.classes: Classes = classes_of(instance)
        fullest = max(int(instance.sums(known)[1].max()), int(instance.mean_load) + GRID)
        self.pricing = Pricing(instance, self.classes, fullest + HEADROOM)
        self.pool: dict[tuple[int, tuple[tuple[int, int], ...]], Column] = {}
        rules = instance.rules
        half = rules.change_cost / 2
        self.prices: Floats = np.where(self.classes.changing == 1, half, 0.0)
        if prices is not None:
            loose = self.classes.of != NOBODY
            self.prices[self.classes.of[loose]] = prices[loose]
        self.mix: list[tuple[Column, float]] = []
        self.change_price = 0.0
        # What the best prices prove, which is less than nothing where they are poor.
        self.proven = -np.inf
        self.least: Floats = np.zeros(len(instance.supervisors))
        self.scale = rules.largest_weight
        self.reach = REACH * self.scale
        if learn:
            self.learn(known)

    @property
    def value(self) -> float:
        """Return the best bound so far; no cost is negative."""
        return max(0.0, self.proven)

    def learn(self, assigned: Ints) -> None:
        """Add the columns of whole caseloads, (P,)."""
        self._add(columns_of(self.instance, self.classes, assigned))

    def raise_until(self, target: float, near: float, until: float) -> None:
        """Raise the bound until it is at least `target`, is proven within `near` (relative) of the highest it can
        be, ROUNDS have passed, or time.monotonic() is `until`.
        """
        self._try_prices(self.prices, self.change_price)
        for _ in range(ROUNDS):
            if self.value >= target or time.monotonic() >= until:
                return
            mixed = self._mix()
            if mixed is None:
                return
            value, prices, change_price, slack = mixed
            if not slack and value - self.value <= max(near, 1e-7) * max(1.0, abs(value)):
                return
            before = self.proven
            new = self._try_prices(
                SMOOTHING * self.prices + (1 - SMOOTHING) * prices,
                SMOOTHING * self.change_price + (1 - SMOOTHING) * change_price,
            )
            self.reach *= WIDER if self.proven > before else NARROWER
            if not new and not self._try_prices(prices, change_price):
                if not slack:
                    return
                if self.reach > WIDEST * self.scale:
                    return
                self.reach *= 4

    def _try_prices(self, prices: Floats, change_price: float) -> int:
        """Price once; keep the bound where it is better. Return how many columns are new."""
        least, columns = self.pricing(prices, change_price)
        earned = float(prices @ self.classes.free)
        allowed = self.instance.rules.most_changes
        if allowed is not None:
            earned -= change_price * allowed
        bound = float(least.sum()) + earned
        # Rounding of sums must not lift the bound above the truth.
        scale = 1 + np.abs(prices).max(initial=0.0) + np.abs(least).max(initial=0.0)
        # Where a supervisor has no caseload within the limits, nothing does.
        bound = bound - self.pricing.error * float(scale) if np.isfinite(least).all() else np.inf
        if bound > self.proven:
            self.proven, self.prices, self.change_price = bound, prices, change_price
            self.least = least
        return self._add(columns)

    def _add(self, columns: Iterable[Column]) -> int:
        before = len(self.pool)
        for column in columns:
            self.pool.setdefault((column.supervisor, column.delta), column)
        return len(self.pool) - before

    def slack(self, assigned: Ints) -> Floats:
        """Return how much more each caseload costs, at the best prices, than the cheapest could, (S,).

        Where no limit on changes binds, they add up to the objective less the bound.
        """
        columns = columns_of(self.instance, self.classes, assigned)
        costs = [
            one.cost
            + self.change_price * one.changes
            - sum(many * self.prices[label] for label, many in one.delta)
            for one in columns
        ]
        slack: Floats = np.array(costs) - self.least
        return slack

    def forced(self) -> tuple[Floats, Floats]:
        """Return by how much, at least, what is proven rises where a supervisor takes one of a class, and gives one, (S, C)."""
        taken, given = self.pricing.forced(self.prices, self.change_price)
        error = self.pricing.error * (1 + np.abs(self.prices).max(initial=0.0))
        return taken - self.least[:, None] - error, given - self.least[:, None] - error

    def position_prices(self) -> Floats:
        """Return the best prices by position, (P,)."""
        of = self.classes.of
        prices: Floats = np.where(
            of == NOBODY, 0.0, self.prices[np.maximum(of, 0)] if len(self.prices) else 0.0
        )
        return prices

    def promising(self, slack: float) -> list[Column]:
        """Return the columns that at the best prices cost at most `slack` more than their supervisor's cheapest."""
        least: dict[int, float] = {}
        costs = []
        prices = self.prices.tolist()
        for one in self.pool.values():
            cost = one.cost + self.change_price * one.changes
            cost -= sum(many * prices[label] for label, many in one.delta)
            costs.append(cost)
            least[one.supervisor] = min(least.get(one.supervisor, cost), cost)
        return [
            one
            for one, cost in zip(self.pool.values(), costs, strict=True)
            if cost <= least[one.supervisor] + slack + 1e-7
        ]

    def matrix(self, columns: list[Column]) -> tuple[sparse.csr_array, Floats]:
        """Return the equations (C + S, columns) and their right side: what is taken is given, one caseload each."""
        size, classes = len(self.instance.supervisors), len(self.classes.load)
        rows, places, values = [], [], []
        for place, column in enumerate(columns):
            for label, many in (*column.delta, (classes + column.supervisor, 1)):
                rows.append(label)
                places.append(place)
                values.append(float(many))
        left = sparse.csr_array((values, (rows, places)), shape=(classes + size, len(columns)))
        return left, np.concatenate([self.classes.free, np.ones(size)]).astype(np.float64)

    def _mix(self) -> tuple[float, Floats, float, bool] | None:
        """Solve the linear program: its value, the prices, the price of a change, and whether the box binds.

        None where it cannot be solved: no supervisor's caseloads fit within the changes allowed.
        """
        # Where the box had to be widened far, columns that looked useless may be all that fits together.
        useful = self.promising(max(USEFUL * self.scale, self.reach))
        return self._mix_of(useful) or self._mix_of(list(self.pool.values()))

    def _mix_of(self, columns: list[Column]) -> tuple[float, Floats, float, bool] | None:
        left, right = self.matrix(columns)
        classes = len(self.classes.load)
        box = sparse.eye_array(left.shape[0], classes)
        reach = np.full(classes, self.reach)
        allowed = self.instance.rules.most_changes
        # Changes beyond those allowed have a price, too, as long as no mix does without.
        costs = np.concatenate(
            [
                [one.cost for one in columns],
                self.prices + reach,
                reach - self.prices,
                [self.change_price + self.reach],
            ]
        )
        changes = sparse.csr_array([[one.changes for one in columns] + [0] * (2 * classes) + [-1.0]])
        every = sparse.hstack([left, box, -box, sparse.csr_array((left.shape[0], 1))])
        solver = solver_of(
            costs,
            sparse.vstack([every, changes], format="csc"),
            np.append(right, -np.inf),
            np.append(right, np.inf if allowed is None else allowed),
            least=np.zeros(len(costs)),
            most=np.full(len(costs), np.inf),
        )
        # What comes from pricing leaves little to take out beforehand.
        solver.setOptionValue("presolve", "off")
        solver.run()
        if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        found = solver.getSolution()
        weights, duals = np.array(found.col_value), np.array(found.row_dual)
        self.mix = [
            (one, weight)
            for one, weight in zip(columns, weights.tolist(), strict=False)
            if weight > LEAST_WEIGHT
        ]
        value = float(solver.getInfo().objective_function_value)
        return (
            value,
            duals[:classes],
            max(0.0, -float(duals[-1])),
            bool((weights[len(columns) :] > 1e-9).any()),
        )


def columns_of(instance: Instance, classes: Classes, assigned: Ints) -> list[Column]:
    """Return the column of each supervisor in caseloads (P,)."""
    counts, loads = instance.sums(assigned)
    costs = instance.penalty(counts, loads)
    np.add.at(costs, assigned, instance.cost[np.arange(len(assigned)), assigned])
    deltas: list[dict[int, int]] = [{} for _ in instance.supervisors]
    changes = [0] * len(deltas)
    for row in np.flatnonzero(assigned != instance.at):
        label = int(classes.of[row])
        taken = deltas[assigned[row]]
        taken[label] = taken.get(label, 0) + 1
        changes[assigned[row]] += int(classes.changing[label])
        if instance.at[row] != NOBODY:
            given = deltas[instance.at[row]]
            given[label] = given.get(label, 0) - 1
    return [
        Column(place, float(cost), tuple(sorted((c, n) for c, n in delta.items() if n)), many)
        for place, (cost, delta, many) in enumerate(zip(costs, deltas, changes, strict=True))
    ]
