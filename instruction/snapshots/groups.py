"""The groups of schools that have a figure of their own: networks and levels, each over the schools shown."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from instruction.capacity.data import BoolArray, IntArray
from instruction.capacity.rules import DEFAULT_RULES
from instruction.capacity.suppress import hidden_groups
from schools.models import Level

_LEVELS = {value: place for place, value in enumerate(Level.values)}


@dataclass(frozen=True, slots=True)
class Group:
    """A network (its id) or a level of schools; never both."""

    network_id: int | None = None
    level: str = ""


def groups_of(places: Sequence[tuple[str, int | None]]) -> list[tuple[Group, list[bool]]]:
    """Return the groups of schools given as (level, network or None), each with whether it holds each school."""
    networks = sorted({network for _, network in places if network is not None})
    levels = sorted(
        {level for level, _ in places if level}, key=lambda level: _LEVELS.get(level, len(_LEVELS))
    )
    held = [(Group(network_id=one), [network == one for _, network in places]) for one in networks]
    return held + [(Group(level=one), [level == one for level, _ in places]) for one in levels]


def hidden(groups: Sequence[Group], membership: BoolArray, shown: BoolArray) -> BoolArray:
    """Return which groups must not be told on each element, (G, E).

    membership: (G, S); shown: (S, E), whether a school's own estimate is shown. A cell of the lattice is the
    schools that share all their groups; what is counted are schools shown, for a group's figure is told to people
    who may not see its schools. The district's figure is always told.
    """
    found = np.zeros((len(groups), shown.shape[1]), dtype=bool)
    if not len(groups):
        return found
    cells, cell_of = np.unique(membership, axis=1, return_inverse=True)
    lattice = np.vstack([cells, np.ones((1, cells.shape[1]), dtype=bool)])
    counts = np.stack([_per_cell(cell_of, column, cells.shape[1]) for column in shown.T], axis=1)
    patterns, pattern_of = np.unique(counts, axis=1, return_inverse=True)
    for place, pattern in enumerate(patterns.T):
        hide = hidden_groups(pattern, lattice, smallest=DEFAULT_RULES.min_schools, always=[len(groups)])
        found[:, pattern_of.ravel() == place] = hide[:-1, None]
    return found


def _per_cell(cell_of: IntArray, shown: BoolArray, n_cells: int) -> IntArray:
    return np.bincount(cell_of.ravel(), weights=shown, minlength=n_cells).astype(np.int64)
