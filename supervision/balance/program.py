"""The whole question as one integer program, solved by HiGHS: how many of each class stay, and how many go to whom.

Positions of one class are interchangeable, which leaves numbers of positions instead of single ones. A part of the
program is soon solved: where only those changes are open that good caseloads make, the rest staying at nothing.
"""

import time
from dataclasses import dataclass
from itertools import count
from typing import Any

import highspy
import numpy as np
from scipy import sparse

from supervision.balance.highs import solver_of
from supervision.balance.instance import FAR, NOBODY, Bools, Floats, Instance, Ints
from supervision.balance.pricing import Classes
from supervision.balance.types import GRID


@dataclass(frozen=True, slots=True)
class Flows:
    """Numbers of positions that the program decides: of a class, with a supervisor, at a cost, at most so many.

    taken: False where they are the supervisor's own and stay, True where they come. All (F,).
    """

    label: Ints
    place: Ints
    cost: Floats
    most: Ints
    taken: Bools


def flows_of(instance: Instance, classes: Classes) -> Flows:
    """Return the flows of an instance, those that stay first."""
    owners, own = np.nonzero(classes.owned)
    others = classes.others
    takers, comes = np.nonzero((others > 0) & np.isfinite(classes.join.T))
    stays = classes.join[own, owners] - instance.rules.change_cost
    return Flows(
        np.concatenate([own, comes]),
        np.concatenate([owners, takers]),
        np.concatenate([stays, classes.join[comes, takers]]),
        np.concatenate([classes.owned[owners, own], others[takers, comes]]),
        np.arange(len(own) + len(comes)) >= len(own),
    )


class Program:
    """The program of an instance, made ready once."""

    def __init__(self, instance: Instance, classes: Classes) -> None:
        self.instance, self.classes, self.flows = instance, classes, flows_of(instance, classes)
        self.held = np.where(instance.pinned & (instance.at != NOBODY), instance.at, NOBODY)
        size, labels, many = len(instance.supervisors), len(classes.load), len(self.flows.label)
        rules, flows = instance.rules, self.flows
        # A load is whole, and so is never at a mean between two: from the one below, part of the step to the one above.
        below, above = np.floor(instance.mean_load), np.ceil(instance.mean_load)
        at_below, at_above = instance.penalty_of_loads(np.array([below, above])).tolist()
        to_far = FAR - (instance.mean_load - below) / GRID, FAR - (above - instance.mean_load) / GRID
        # By supervisor: that step, need above it, far above, below, far below; count above and below.
        need_weights = [at_above - at_below, *(many * rules.need_weight for many in (1, 2, 1, 2))]
        weights = [*need_weights, rules.count_weight, rules.count_weight]
        room = [above - below, to_far[1], np.inf, to_far[0], np.inf, np.inf, np.inf]
        # HiGHS takes 1e-7 of a cost for nothing, so the largest weight is 1 to it.
        self.unit = rules.largest_weight or 1.0
        self.cost = np.concatenate([flows.cost, np.repeat(weights, size)]) / self.unit
        self.most = np.concatenate([flows.most, np.repeat(room, size)])
        one, eye = np.ones(many), sparse.eye_array(size)
        none, across = sparse.csr_array((size, size)), np.arange(many)
        each = sparse.csr_array((one, (flows.label, across)), shape=(labels, many))
        count = sparse.csr_array((one, (flows.place, across)), shape=(size, many))
        need = sparse.csr_array((classes.load[flows.label] / GRID, (flows.place, across)), shape=(size, many))
        change = (flows.taken * classes.changing[flows.label])[None, :].astype(np.float64)
        self.left = sparse.csc_array(
            sparse.block_array(
                [
                    [each, None, None, None, None, None, None, None],
                    [count, none, none, none, none, none, none, none],
                    [need, -eye / GRID, -eye, -eye, eye, eye, none, none],
                    [count, none, none, none, none, none, -eye, none],
                    [count, none, none, none, none, none, none, eye],
                    [sparse.csr_array(change), None, None, None, None, None, None, None],
                ]
            )
        )
        counts, loads = instance.sums(self.held)
        need_left = (below - loads) / GRID
        free = np.full(size, np.inf)
        low, high = np.floor(instance.mean_count), np.ceil(instance.mean_count)
        self.low = np.concatenate(
            [classes.total, instance.least - counts, need_left, -free, low - counts, [0]]
        )
        self.high = np.concatenate(
            [
                classes.total,
                instance.most - counts,
                need_left,
                high - counts,
                free,
                [instance.changes_allowed],
            ]
        )
        kept = np.flatnonzero(self.held != NOBODY)
        self.sure = float(instance.cost[kept, self.held[kept]].sum()) + size * at_below

    def numbers(self, assigned: Ints) -> Ints:
        """Return the flows that caseloads (P,) mean, (F,)."""
        size, labels = len(self.instance.supervisors), len(self.classes.load)
        loose = (self.classes.of != NOBODY) & (assigned != NOBODY)
        stays = np.zeros((size, labels), dtype=np.int64)
        comes = stays.copy()
        same = assigned == self.instance.at
        np.add.at(stays, (assigned[loose & same], self.classes.of[loose & same]), 1)
        np.add.at(comes, (assigned[loose & ~same], self.classes.of[loose & ~same]), 1)
        flows = self.flows
        numbers: Ints = np.where(
            flows.taken, comes[flows.place, flows.label], stays[flows.place, flows.label]
        )
        return numbers

    def opened(self, takes: Bools, gives: Bools) -> Bools:
        """Return which flows are open, (F,), by where supervisors may take or give up one of a class, (S, C) each."""
        flows = self.flows
        opened: Bools = np.where(
            flows.taken, takes[flows.place, flows.label], gives[flows.place, flows.label]
        )
        return opened

    def used(self, assigned: Ints) -> Bools:
        """Return which flows caseloads (P,) change, (F,)."""
        numbers = self.numbers(assigned)
        used: Bools = np.where(self.flows.taken, numbers > 0, numbers < self.flows.most)
        return used

    def solve(
        self,
        opened: Bools,
        known: Ints,
        target: float,
        gap: float,
        until: float,
        work: float = np.inf,
        seed: int = 0,
    ) -> tuple[Ints, float, bool]:
        """Return caseloads no dearer than `known`, a lower bound of all that the open flows (F,) allow, and whether the
        solver ended by itself.

        Ends when the caseloads cost `target` or less, when both are within `gap` (relative) of each other, when the
        solver has asked `work` times whether to go on (the same for one seed; 30 times take about half a second), or
        when time.monotonic() is `until`. known: caseloads that respect every limit and use open flows alone.
        """
        seconds = until - time.monotonic()
        if seconds <= 0:
            return known, -np.inf, False
        many = len(opened)
        solver = self._solver(opened)
        start = self.numbers(known)
        solver.setSolution(many, np.arange(many, dtype=np.int32), start.astype(np.float64))
        solver.setOptionValue("time_limit", seconds)
        solver.setOptionValue("mip_rel_gap", gap)
        solver.setOptionValue("objective_target", target / self.unit)
        solver.setOptionValue("random_seed", seed)
        asked = count()

        def stop_after_work(event: Any) -> None:
            if next(asked) >= work:
                event.interrupt()

        solver.cbMipInterrupt += stop_after_work
        solver.run()
        info = solver.getInfo()
        if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return known, -np.inf, False
        numbers = np.rint(np.array(solver.getSolution().col_value[:many])).astype(np.int64)
        found = self.assigned(numbers)
        # Caseloads to begin with that the solver has no time to complete are lost to it, not to us.
        if self.instance.objective(found) > self.instance.objective(known):
            found = known
        ended = solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
        return found, float(info.mip_dual_bound) * self.unit, ended

    def _solver(self, opened: Bools) -> highspy.Highs:
        most, least = self.most.copy(), np.zeros(len(self.most))
        shut = np.flatnonzero(~opened)
        most[shut] = np.where(self.flows.taken[shut], 0, self.flows.most[shut])
        least[shut] = most[shut]
        return solver_of(
            self.cost,
            self.left,
            self.low,
            self.high,
            least=least,
            most=most,
            whole=len(opened),
            offset=self.sure / self.unit,
        )

    def assigned(self, numbers: Ints) -> Ints:
        """Return caseloads, (P,), of which the flows are `numbers`."""
        instance, of = self.instance, self.classes.of
        assigned = self.held.copy()
        waiting: dict[int, list[int]] = {}
        for row in np.flatnonzero((of != NOBODY) & (instance.at == NOBODY)):
            waiting.setdefault(int(of[row]), []).append(int(row))
        used = np.flatnonzero((numbers > 0) | ~self.flows.taken)
        for flow in used[np.argsort(self.flows.taken[used], kind="stable")]:
            label, place, many = int(self.flows.label[flow]), int(self.flows.place[flow]), int(numbers[flow])
            if self.flows.taken[flow]:
                for _ in range(many):
                    assigned[waiting[label].pop()] = place
            else:
                rows = np.flatnonzero((of == label) & (instance.at == place))
                assigned[rows[:many]] = place
                waiting.setdefault(label, []).extend(rows[many:].tolist())
        return assigned
