"""What observations written like checklists look like, counted: a pure function of levels and notes.

Nothing here knows when, or how fast, an observation was written, and nothing may: times are not measured.
docs/numbers/completion.md has the formulas and an example to check by hand.
"""

from dataclasses import dataclass

import numpy as np

from instruction.capacity.data import BoolArray, FloatArray, IntArray

FEWEST_ELEMENTS = 4
"""One level for every element says something only where at least so many were rated."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Of some observations: how many, by how many observers, and what they look like.

    n_long: with at least `FEWEST_ELEMENTS` elements rated; n_even: of those, with one level for all; by_chance: how
    many of those would be so by chance; n_bare: with a level that has no note.
    """

    n: int
    n_observers: int
    n_long: int
    n_even: int
    by_chance: float
    n_bare: int


@dataclass(frozen=True, slots=True)
class Written:
    """Observations, one entry each. levels (N, L): how many elements got each level; bare: how many have no note.

    observer: their ids; place: the id of what they are counted by, such as a network; year: the school year.
    """

    levels: IntArray
    bare: IntArray
    observer: IntArray
    place: IntArray
    year: IntArray

    def where(self, chosen: BoolArray) -> "Written":
        """Return those that are chosen."""
        return Written(
            self.levels[chosen],
            self.bare[chosen],
            self.observer[chosen],
            self.place[chosen],
            self.year[chosen],
        )


def facts(written: Written, chance: FloatArray | None = None) -> Facts:
    """Count what the observations look like. chance: of each, from `chances`; default: over these observations."""
    rated = written.levels.sum(axis=1)
    long = rated >= FEWEST_ELEMENTS
    expected = chances(written) if chance is None else chance
    return Facts(
        n=len(rated),
        n_observers=len(np.unique(written.observer)),
        n_long=int(long.sum()),
        n_even=int((long & (written.levels.max(axis=1, initial=0) == rated)).sum()),
        by_chance=float(expected[long].sum()),
        n_bare=int((written.bare > 0).sum()),
    )


def chances(written: Written) -> FloatArray:
    """Return of each observation how likely all its elements get one level when levels fall independently.

    With n elements and the observer's own shares p of levels it is the sum of p ** n over the levels. Teachers who
    are strong, or weak, throughout get one level more often than that: it is the least that chance makes.
    """
    _known, who = np.unique(written.observer, return_inverse=True)
    totals = np.zeros((len(_known), written.levels.shape[1]))
    np.add.at(totals, who, written.levels)
    share = totals / np.maximum(totals.sum(axis=1, keepdims=True), 1)
    found: FloatArray = (share[who] ** written.levels.sum(axis=1)[:, None]).sum(axis=1)
    return found
