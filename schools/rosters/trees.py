"""Parents of orgs and sessions: no row is its own ancestor."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .state import State
from .table import Batch

_SHOWN = 1_000


def note_parents(batch: Batch, state: State, table: str) -> None:
    """Remember who is whose parent until the whole file is read."""
    rows = np.fromiter(batch.rows, np.int64, len(batch.rows))
    state.parents[table].append((batch.hashes("sourcedId"), batch.hashes("parentSourcedId"), rows))


def finish_tree(state: State, table: str) -> None:
    """Report each circle of parents once, at its first row."""
    batches = state.parents.pop(table, [])
    if not batches:
        return
    ids, parents, rows = (np.concatenate(column) for column in zip(*batches, strict=True))
    first = cycles(_parent_places(ids, parents), rows)
    if first:
        state.findings.add(
            "semantic.parent_cycle",
            file=f"{table}.csv",
            rows=first[:_SHOWN],
            more=max(0, len(first) - _SHOWN),
            column="parentSourcedId",
        )


def _parent_places(ids: NDArray[np.int64], parents: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where each row's parent stands; the place after the last for none."""
    order = np.argsort(ids, kind="stable")
    at = np.minimum(np.searchsorted(ids, parents, sorter=order), len(ids) - 1)
    found = (ids[order[at]] == parents) & (parents != 0)
    return np.where(found, order[at], len(ids))


def cycles(parents: NDArray[np.int64], rows: NDArray[np.int64]) -> list[int]:
    """The first row of each circle. `parents` are places; the place after the last is no row's.

    Following the parents as often as there are rows leads every row above which there is an end to that end,
    and every other onto its circle; doubling the step takes the logarithm of that many turns.
    """
    none = len(parents)
    step = np.append(parents, none)
    for _ in range(max(1, int(none).bit_length())):
        step = step[step]
    on_circle = np.unique(step)
    left = set(on_circle[on_circle != none].tolist())
    found = []
    while left:
        at = start = left.pop()
        circle = [start]
        while (at := int(parents[at])) != start:
            circle.append(at)
            left.discard(at)
        found.append(int(min(rows[place] for place in circle)))
    return sorted(found)
