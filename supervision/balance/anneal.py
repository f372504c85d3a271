"""Caseloads near the best, soon: simulated annealing over moves and swaps (Kirkpatrick, Gelatt & Vecchi 1983).

The walk itself is in walk.lua: ten million steps a second by LuaJIT, where Python takes one; as fast as Python, and
step by step the same, by the plain Lua that serves where there is no LuaJIT.
"""

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from supervision.balance.instance import NOBODY, Bools, Floats, Instance, Ints

try:
    from lupa import luajit21 as lua
except ImportError:
    from lupa import lua54 as lua

# In units of the largest weight: how much dearer one step may be at the beginning, and at the end.
HOT, COLD = 0.4, 0.03
# Proposals for each position, and between two temperatures.
EACH, STEP = 4_500, 500
# The share of proposals that move one position; the others swap two.
MOVES = 0.4
# In units of the largest weight: what is so much dearer for the positions alone is not proposed.
DEAR = 2.0


def anneal(
    instance: Instance, known: Ints, seed: int, allowed: Bools | None = None, enough: float = -np.inf
) -> Ints:
    """Return the best caseloads, (P,), of a walk that begins at `known` and stays within the limits that `known`
    respects. The same for one seed; a hundred positions take about 0.05 seconds of processor time.

    allowed: with whom each position may be, its place in `known` among them, (P, S); without, whoever is not much
    dearer for it alone than its cheapest. It ends with an objective of `enough`.
    """
    scale = instance.rules.largest_weight
    if allowed is None:
        allowed = instance.cost <= instance.cost.min(axis=1, keepdims=True) + DEAR * scale
    held = instance.pinned & (instance.at != NOBODY)
    loose = np.flatnonzero(~held & (allowed.sum(axis=1) > 1))
    if not len(loose) or not scale:
        return known
    steps = max(1, EACH * len(instance.principals) // STEP)
    counts, loads = instance.sums(known)
    of_count = _of_count(instance)
    best = _walk()(
        _runtime().table_from(
            {
                # By row: with whom it may be, `choices` from `first`; what it weighs; where it stays, and is.
                "first": (np.concatenate([[0], allowed.sum(axis=1).cumsum()]) + 1).tolist(),
                "choices": (np.nonzero(allowed)[1] + 1).tolist(),
                "cost": np.where(allowed, instance.cost, np.inf).ravel().tolist(),
                "load": instance.load.tolist(),
                "home": (instance.at + 1).tolist(),
                "here": (known + 1).tolist(),
                "loose": (loose + 1).tolist(),
                # By place.
                "counts": counts.tolist(),
                "loads": loads.tolist(),
                "places": len(counts),
                # What counts cost each place, and loads any, both from 0.
                "of_count": of_count.ravel().tolist(),
                "widest": of_count.shape[1],
                "of_load": instance.penalty_of_loads(np.arange(int(instance.load.sum()) + 1)).tolist(),
                "left": instance.changes_allowed - instance.changes(known),
                "enough": enough - instance.objective(known),
                "warmths": (scale * HOT * (COLD / HOT) ** (np.arange(steps) / steps)).tolist(),
                "proposals": STEP,
                "moves": MOVES,
                "dearest": DEAR * scale,
                "tiny": 1e-9 * scale,
                # Spread over all that the generator can be at (Knuth, The Art of Computer Programming 3, 6.4).
                "seed": (seed + 1) * 2_654_435_761 % 2**32,
            },
            recursive=True,
        )
    )
    return np.array([best[row] for row in range(1, len(known) + 1)], dtype=np.int64) - 1


@cache
def _runtime() -> Any:
    return lua.LuaRuntime(register_eval=False)


@cache
def _walk() -> Any:
    return _runtime().execute(Path(__file__).with_name("walk.lua").read_text(encoding="utf-8"))


def _of_count(instance: Instance) -> Floats:
    """Return what counts cost each supervisor, infinite outside the limits, (S, P + 2); the last is too many."""
    counts = np.arange(len(instance.principals) + 2)
    costs: Floats = np.where(
        (counts >= instance.least[:, None]) & (counts <= instance.most[:, None]) & (counts < counts[-1]),
        instance.penalty_of_counts(counts),
        np.inf,
    )
    return costs
