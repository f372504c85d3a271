"""Of as few units by which limits of size give way, those that are spread most evenly over supervisors.

Where there are many places too few, most ways to share them out come to as few units. From the first one, one place at
a time goes from a supervisor of whom more is asked to one of whom less is, along a chain of supervisors of whom each
gives the next a principal who may be there. Once no chain helps, the sum of squares of what is asked is the least there
is (a convex cost of flows in a network has no other minima: Ahuja, Magnanti & Orlin 1993, ch. 14), unless the changes
allowed forbid a chain.

Example by hand: two supervisors of at most 2 have 5 and 2 of 7 principals, who may be with either. 3 more places for
the first are 3 units and 9 as squares. One principal goes on: 2 and 1 more are 3 units as well, and 4 + 1 as squares.
"""

import time
from collections import deque

import numpy as np

from supervision.balance.instance import NOBODY, Instance, Ints

# So many chains that the changes allowed forbid are tried.
PATIENCE = 200


def evened(instance: Instance, assigned: Ints, until: float) -> Ints:
    """Return caseloads (P,) that ask as little of limits as `assigned` does altogether, spread over supervisors.

    Who is outside of what is allowed stays there, and there are no more changes than allowed or than in `assigned`.
    Stops when time.monotonic() is `until`.
    """
    spread = _Spread(instance, assigned)
    while time.monotonic() < until and spread.improve():
        pass
    return spread.assigned


class _Spread:
    """Caseloads in the making. givable: by two supervisors, how many of the first the second may have, (S, S)."""

    def __init__(self, instance: Instance, assigned: Ints) -> None:
        size = len(instance.supervisors)
        self.instance, self.assigned = instance, assigned.copy()
        self.may = np.isfinite(instance.cost)
        self.inside = self.may[np.arange(len(assigned)), assigned]
        self.counts = np.bincount(assigned, minlength=size)
        self.givable = np.zeros((size, size), dtype=np.int64)
        np.add.at(self.givable, assigned[self.inside], self.may[self.inside].astype(np.int64))
        self.most_changes = max(instance.changes_allowed, instance.changes(assigned))
        self.patience = PATIENCE

    def improve(self) -> bool:
        """Have one place given along a chain that evens out; say whether there is any."""
        now = self._asked(self.counts)
        saved, taken = now - self._asked(self.counts - 1), self._asked(self.counts + 1) - now
        for giver in np.argsort(-saved, kind="stable").tolist():
            before = self._chains(giver)
            takers = np.flatnonzero((before != NOBODY) & (taken < saved[giver]))
            for taker in takers[np.argsort(taken[takers], kind="stable")].tolist():
                if self._give(before, taker):
                    return True
                if not self.patience:
                    return False
        return False

    def _asked(self, counts: Ints) -> Ints:
        """Return what caseloads of these sizes (S,) ask of limits: units first, then their squares."""
        units = np.maximum(0, np.maximum(counts - self.instance.most, self.instance.least - counts))
        asked: Ints = units * 4 * (len(self.assigned) + 1) + units**2
        return asked

    def _chains(self, giver: int) -> Ints:
        """Return from whom each supervisor would be given in a shortest chain from `giver`; NOBODY: no chain, (S,)."""
        before = np.full(len(self.counts), NOBODY, dtype=np.int64)
        waiting = deque([giver])
        while waiting:
            one = waiting.popleft()
            new = np.flatnonzero((self.givable[one] > 0) & (before == NOBODY))
            new = new[new != giver]
            before[new] = one
            waiting.extend(new.tolist())
        return before

    def _give(self, before: Ints, taker: int) -> bool:
        """Move a principal over each step of the chain to `taker`, unless there would be too many changes."""
        kept = self.assigned.copy()
        to, moved = taker, []
        while before[to] != NOBODY:
            origin = int(before[to])
            rows = np.flatnonzero((kept == origin) & self.inside & self.may[:, to])
            at = self.instance.at[rows]
            # First whoever comes home, last whoever is at home.
            moved.append((int(rows[np.argmax(1 + (at == to) - (at == origin))]), to))
            to = origin
        for row, to in moved:
            self.assigned[row] = to
        if self.instance.changes(self.assigned) > self.most_changes:
            self.assigned, self.patience = kept, self.patience - 1
            return False
        for row, to in moved:
            self.givable[kept[row]] -= self.may[row]
            self.givable[to] += self.may[row]
        self.counts = np.bincount(self.assigned, minlength=len(self.counts))
        return True
