"""The cheapest caseload of each supervisor, given a price for each class of positions that changes hands.

Positions of one class are interchangeable for whoever does not have them: the same load in GRID-ths and the same cost
with everyone. A caseload is written as what changes: classes added less classes given up. The search is an exact
dynamic program over (positions, load). Loads of `cap` and more share a cell: each unit beyond costs the same there, so
it is added on the way.
"""

from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray

from supervision.balance.instance import FAR, NOBODY, Floats, Instance, Ints
from supervision.balance.types import GRID

FEW = 8


@dataclass(frozen=True, slots=True)
class Classes:
    """of: class of each position, NOBODY for pinned (P,). load (C,); join (C, S); free: how many have nobody (C,).

    owned: how many of a class a supervisor has (S, C). changing: 1 where taking one is a change (C,).
    """

    of: Ints
    load: Ints
    join: Floats
    free: Ints
    owned: Ints
    changing: Ints

    @property
    def total(self) -> Ints:
        """How many positions a class has, (C,)."""
        total: Ints = self.owned.sum(axis=0) + self.free
        return total

    @property
    def others(self) -> Ints:
        """How many of a class a supervisor does not have, (S, C)."""
        return self.total - self.owned


@dataclass(frozen=True, slots=True)
class Column:
    """One caseload: its supervisor, its full cost, classes that change with how many (+ added, - given up)."""

    supervisor: int
    cost: float
    delta: tuple[tuple[int, int], ...]
    changes: int


def classes_of(instance: Instance) -> Classes:
    """Group the positions that are not pinned."""
    loose = np.flatnonzero(~(instance.pinned & (instance.at != NOBODY)))
    changing = (instance.at[loose] != NOBODY).astype(np.int64)
    keys = np.column_stack([instance.load[loose], changing, instance.join[loose]])
    _, first, inverse = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    inverse = inverse.reshape(-1)
    of = np.full(len(instance.principals), NOBODY, dtype=np.int64)
    of[loose] = inverse
    rows = loose[first]
    size = len(instance.supervisors)
    owned = np.zeros((size, len(rows)), dtype=np.int64)
    mine = loose[changing == 1]
    np.add.at(owned, (instance.at[mine], of[mine]), 1)
    free = np.bincount(inverse[changing == 0], minlength=len(rows)).astype(np.int64)
    return Classes(of, instance.load[rows], instance.join[rows], free, owned, changing[first])


class Pricing:
    """The dynamic program, made ready once for an instance."""

    def __init__(self, instance: Instance, classes: Classes, cap: int) -> None:
        """cap: loads from here on share a cell (GRID-ths); at least where a unit of load begins to weigh twice."""
        self.instance, self.classes, self.cap = instance, classes, max(cap, far_from(instance))
        cap = self.cap
        self.beyond = 2 * instance.rules.need_weight / GRID
        size = len(instance.supervisors)
        self.places = min(int(instance.most.max()), len(instance.principals))
        stay = (instance.at != NOBODY) & instance.pinned
        kept = np.where(stay, instance.at, NOBODY)
        self.base_count, self.base_load = instance.sums(kept)
        self.base_cost = np.zeros(size)
        np.add.at(self.base_cost, instance.at[stay], instance.cost[stay, instance.at[stay]])
        self.own = [np.flatnonzero((instance.at == s) & ~instance.pinned) for s in range(size)]
        counts, loads = np.meshgrid(np.arange(self.places + 1), np.arange(cap + 1), indexing="ij")
        end = instance.penalty(counts, loads)
        # Half the precision for many supervisors halves the time; `error` is what rounding can add up to.
        self.kind: type[Any] = np.float32 if size > FEW else np.float64
        self.error = float(np.finfo(self.kind).eps) * 3 * self.places * size
        self.end = np.where(
            (counts >= instance.least[:, None, None]) & (counts <= instance.most[:, None, None]), end, np.inf
        )
        self.others = classes.others
        self.values = [(int(v), np.flatnonzero(classes.load == v)) for v in np.unique(classes.load)]

    def __call__(self, price: Floats, change_price: float) -> tuple[Floats, list[Column]]:
        """Return the least reduced cost by supervisor (S,), and columns worth having.

        price: of each class (C,): what taking one earns and giving one up costs. change_price: added to each change.
        """
        table, steps = self._filled(price, change_price)
        found = table + self.end
        return found.min(axis=(1, 2)), self._columns(found, steps)

    def forced(self, price: Floats, change_price: float) -> tuple[Floats, Floats]:
        """Return lower bounds of the reduced costs of caseloads that take one of a class, and that give one up, (S, C);
        infinite where there is none.

        What a caseload is without the one it takes, or with the one it gives up, costs no less than the table says.
        """
        table, _ = self._filled(price, change_price)
        size, labels = len(table), len(self.classes.load)
        taken, given = np.empty((size, labels)), np.empty((size, labels))
        for load, members in self.values:
            more = np.full(table.shape, np.inf, dtype=self.kind)
            _offer(table[:, :-1], more[:, 1:], load, np.zeros((size, 1, 1), dtype=self.kind), self.beyond)
            taken[:, members] = (more + self.end).min(axis=(1, 2))[:, None]
            fewer = _withdrawn(table, load, self.beyond) + self.end[:, :-1]
            given[:, members] = fewer.min(axis=(1, 2))[:, None]
        taken += self._join(price, change_price)
        # The largest size has none with one more beside it.
        largest = (table[:, -1] + self.end[:, -1]).min(axis=1)[:, None]
        mine = self.classes.owned > 0
        stay = np.where(mine, self.classes.join.T, 0.0) - self.instance.rules.change_cost
        return taken, np.where(mine, np.minimum(given + price - stay, largest), np.inf)

    def _join(self, price: Floats, change_price: float) -> Floats:
        """Return what taking one of a class costs a supervisor at these prices, infinite where none is to be had."""
        join: Floats = self.classes.join.T + change_price * self.classes.changing - price
        join[self.others <= 0] = np.inf
        return join

    def _filled(
        self, price: Floats, change_price: float
    ) -> tuple[Floats, list[tuple[int, Ints, NDArray[np.bool_]]]]:
        """Return the table of least costs before what size and load cost, and the steps that led to it."""
        table, join = self._kept(price), self._join(price, change_price)
        steps: list[tuple[int, Ints, NDArray[np.bool_]]] = []
        for load, members in self.values:
            order = np.argsort(join[:, members], axis=1, kind="stable")
            costs = np.take_along_axis(join[:, members], order, axis=1)
            many = np.take_along_axis(self.others[:, members], order, axis=1)
            self._add_load(table, load, members[order], costs, many, steps)
        return table, steps

    def _kept(self, price: Floats) -> Floats:
        """Return the least cost of keeping n positions of a load (S, places + 1, cap + 1)."""
        table = np.full(self.end.shape, np.inf, dtype=self.kind)
        self.kept: list[list[NDArray[np.bool_]]] = []
        for place, rows in enumerate(self.own):
            count, load = int(self.base_count[place]), min(int(self.base_load[place]), self.cap)
            mine = np.full((count + len(rows) + 1, self.cap + 1), np.inf, dtype=self.kind)
            mine[count, load] = self.base_cost[place] + self.beyond * (int(self.base_load[place]) - load)
            keeps = []
            for many, row in enumerate(rows, start=count + 1):
                before = mine[:many].copy()
                mine[:many] += self.kind(price[self.classes.of[row]])
                cost = np.array([[self.instance.cost[row, place]]], dtype=self.kind)
                keeps.append(
                    _offer(before, mine[1 : many + 1], int(self.instance.load[row]), cost, self.beyond)
                )
            self.kept.append(keeps)
            upto = min(len(mine), self.places + 1)
            table[place, :upto] = mine[:upto]
        return table

    def _add_load(
        self, table: Floats, load: int, members: Ints, costs: Floats, many: Ints,
        steps: list[tuple[int, Ints, NDArray[np.bool_]]],
    ) -> None:  # fmt: skip
        """Offer positions of one load one at a time, the cheapest first."""
        upto = np.cumsum(many * np.isfinite(costs), axis=1)
        rows = np.arange(len(costs))
        for copy in range(min(self.places, int(upto[:, -1].max()))):
            which = (upto > copy).argmax(axis=1)
            cost = np.where(upto[:, -1] > copy, costs[rows, which], np.inf).astype(self.kind)
            gathered = table[:, 1:, -1].copy()
            better = _offer(table[:, :-1], table[:, 1:], load, cost[:, None, None], self.beyond)
            if not better.any() and (table[:, 1:, -1] == gathered).all():
                # What one more of this load does not improve, yet another, as dear or dearer, does not either.
                return
            steps.append((load, members[rows, which], better))

    def _columns(self, found: Floats, steps: list[tuple[int, Ints, NDArray[np.bool_]]]) -> list[Column]:
        """Return each supervisor's cheapest caseloads, for each of the three best sizes."""
        columns = []
        for place in range(len(found)):
            inner = found[place, :, : self.cap]
            best, at = inner.min(axis=1), inner.argmin(axis=1)
            columns += [
                self._column(place, n, int(at[n]), steps)
                for n in np.argsort(best, kind="stable")[:3].tolist()
                if np.isfinite(best[n])
            ]
        return columns

    def _column(
        self, place: int, n: int, load: int, steps: list[tuple[int, Ints, NDArray[np.bool_]]]
    ) -> Column:
        delta: dict[int, int] = {}
        end = float(self.instance.penalty(np.array(n), np.array(load)))
        cost, changes = self.base_cost[place] + end, 0
        for value, which, better in reversed(steps):
            if n and load >= value and better[place, n - 1, load - value]:
                label = int(which[place])
                delta[label] = delta.get(label, 0) + 1
                cost += self.classes.join[label, place]
                changes += int(self.classes.changing[label])
                n, load = n - 1, load - value
        for keep, row in zip(self.kept[place][::-1], self.own[place][::-1], strict=True):
            value = int(self.instance.load[row])
            if n and load >= value and n <= len(keep) and keep[n - 1, load - value]:
                n, load = n - 1, load - value
                cost += self.instance.cost[row, place]
            else:
                label = int(self.classes.of[row])
                delta[label] = delta.get(label, 0) - 1
        changed = tuple(sorted((label, many) for label, many in delta.items() if many))
        return Column(place, float(cost), changed, changes)


def far_from(instance: Instance) -> int:
    """Return the load (GRID-ths) from which on every unit more costs twice the weight of need."""
    return ceil(instance.mean_load + FAR * GRID)


def _withdrawn(table: Floats, load: int, beyond: float) -> Floats:
    """Return the table of one more position of this load, by what is left without it: (S, places, cap + 1)."""
    upper, cap = table[:, 1:], table.shape[-1] - 1
    past = np.arange(cap + 1) + load - cap
    fits = np.minimum(np.arange(cap + 1) + load, cap)
    withdrawn: Floats = upper[:, :, fits] - (beyond * np.clip(past, 0, load)).astype(table.dtype)
    return withdrawn


def _offer(source: Floats, target: Floats, load: int, cost: NDArray[Any], beyond: float) -> NDArray[np.bool_]:
    """Lower `target` to `source` moved up by `load` plus `cost` where that is less; loads past the end gather there,
    each unit past it for `beyond`.

    Return where it was less, by load from `load` on.
    """
    width = source.shape[-1]
    if load > width - 1:
        cost = cost + cost.dtype.type(beyond * (load - width + 1))
        load = width - 1
    past = None
    if load:
        more = (beyond * np.arange(1, load + 1)).astype(source.dtype)
        past = (source[..., width - load :] + more).min(axis=-1) + cost[..., 0]
    offer = source[..., : width - load] + cost
    view = target[..., load:]
    better = offer < view
    np.copyto(view, offer, where=better)
    if past is not None:
        np.minimum(target[..., -1], past, out=target[..., -1])
    return better
