"""Which limits cannot hold together, and the fewest to change so that caseloads become possible.

An elastic integer program: a principal may go anywhere, a supervisor may have more or fewer, at a cost of one for each
unit by which a limit gives way. What it costs least is the nearest; the prices of its linear program name the limits
that stand against each other; what is told of them is counted again.
"""

import time
from dataclasses import dataclass

import numpy as np
import scipy  # whose optimizers load when they are first asked for
from scipy import sparse

from supervision.balance.evening import evened
from supervision.balance.instance import NOBODY, Bools, Floats, Instance, Ints
from supervision.balance.types import Infeasible, Relaxation

# So that of as few units those are chosen that spread evenly over supervisors, and limits of size before other limits.
TIE = 1e-4
# More than what keeping everybody where they are can come to, less than what one unit costs.
HALF_A_UNIT = 0.5
# The solver is given this much at least, or it answers nothing.
LEAST_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class _Program:
    """Columns: G x S positions, then S raised mosts and S lowered leasts (each split in first and further), changes, the
    largest of those that are raised and lowered.

    of: group of each position (P,): those with the same present supervisor who may go to the same ones are one.
    """

    of: Ints
    cost: Floats
    left: sparse.csr_array
    low: Floats
    high: Floats
    upper: Floats


def first_allowed(instance: Instance, until: float) -> tuple[Ints | None, Infeasible | None]:
    """Return caseloads that respect every limit, else what stands in the way (one of the two is None).

    Stops when time.monotonic() is `until`; where nothing is proven by then the kind is "unsettled".
    """
    if not len(instance.principals) and not instance.least.any():
        return np.zeros(0, dtype=np.int64), None
    if not len(instance.supervisors):
        ids = tuple(one.id for one in instance.principals)
        return None, Infeasible("no-supervisor", ids, (), len(ids), 0)
    program = _program(instance)
    found = scipy.optimize.milp(
        program.cost,
        integrality=np.ones(len(program.cost)),
        bounds=scipy.optimize.Bounds(0, program.upper),
        constraints=scipy.optimize.LinearConstraint(program.left, program.low, program.high),
        options={"mip_rel_gap": 0.0, "time_limit": max(until - time.monotonic(), LEAST_SECONDS)},
    )
    if found.x is None:
        return None, Infeasible("unsettled", (), (), 0, 0, fewest=False)
    assigned = _assigned(instance, program, np.rint(found.x).astype(np.int64))
    if _relaxations(instance, assigned):
        assigned = evened(instance, assigned, until)
    nearest = _relaxations(instance, assigned)
    if not nearest:
        return assigned, None
    if not found.mip_dual_bound > HALF_A_UNIT:
        return None, Infeasible("unsettled", (), (), 0, 0, nearest, units(nearest), fewest=False)
    return None, _conflict(instance, program, nearest, until, fewest=found.status == 0)


def _program(instance: Instance) -> _Program:
    size = len(instance.supervisors)
    keys = np.column_stack([instance.at, np.isfinite(instance.cost)])
    groups, of, many = np.unique(keys, axis=0, return_inverse=True, return_counts=True)
    at, outside = groups[:, 0], groups[:, 1:] == 0
    moved = np.zeros(outside.shape)
    stays = np.flatnonzero(at != NOBODY)
    moved[stays] = 1.0
    moved[stays, at[stays]] = 0.0
    place = (1 + 3 * TIE) * outside + TIE * TIE * moved
    first, further = np.full(2 * size, 1.0), np.full(2 * size, 1.0 + TIE)
    cost = np.concatenate([place.ravel(), first, further, [1 + 2 * TIE, TIE]])
    each = sparse.kron(sparse.eye_array(len(many)), np.ones((1, size)))
    count = sparse.kron(np.ones((1, len(many))), sparse.eye_array(size))
    eye, none = sparse.eye_array(size), sparse.csr_array((size, size))
    changes = sparse.csr_array(moved.reshape(1, -1))
    largest = sparse.csr_array(-np.ones((size, 1)))
    left = sparse.block_array(
        [
            [each, None, None, None, None, sparse.csr_array((len(many), 1)), None],
            [count, -eye, none, -eye, none, None, None],
            [count, none, eye, none, eye, None, None],
            [changes, None, None, None, None, sparse.csr_array([[-1.0]]), None],
            [None, eye, none, eye, none, None, largest],
            [None, none, eye, none, eye, None, largest],
        ],
        format="csr",
    )
    unbounded = np.full(size, -np.inf)
    low = np.concatenate([many, unbounded, instance.least, [-np.inf], unbounded, unbounded])
    none_left = np.zeros(2 * size)
    high = np.concatenate([many, instance.most, -unbounded, [instance.changes_allowed], none_left])
    upper = np.concatenate([np.repeat(many, size), np.ones(2 * size), np.full(2 * size + 2, np.inf)])
    return _Program(of.reshape(-1), cost, left, low.astype(np.float64), high.astype(np.float64), upper)


def _assigned(instance: Instance, program: _Program, found: Ints) -> Ints:
    """Return caseloads (P,) of the program's solution."""
    assigned = np.full(len(program.of), NOBODY, dtype=np.int64)
    size = len(instance.supervisors)
    for group in range(int(program.of.max(initial=-1)) + 1):
        counts = found[group * size : (group + 1) * size]
        assigned[program.of == group] = np.repeat(np.arange(size), counts)
    return assigned


def _relaxations(instance: Instance, assigned: Ints) -> tuple[Relaxation, ...]:
    """Return what must give way for these caseloads."""
    counts = np.bincount(assigned, minlength=len(instance.supervisors))
    found = []
    for one, count, least, most in zip(
        instance.supervisors, counts.tolist(), instance.least.tolist(), instance.most.tolist(), strict=True
    ):
        if count > most:
            found.append(Relaxation("most", one.id, None, most, count))
        if count < least:
            found.append(Relaxation("least", one.id, None, least, count))
    for row in np.flatnonzero(~np.isfinite(instance.cost[np.arange(len(assigned)), assigned])):
        kind = "pin" if instance.pinned[row] else "outside"
        supervisor = instance.supervisors[assigned[row]].id
        found.append(Relaxation(kind, supervisor, instance.principals[row].id))
    changes = instance.changes(assigned)
    if changes > instance.changes_allowed:
        found.append(Relaxation("changes", None, None, instance.changes_allowed, changes))
    return tuple(found)


def units(nearest: tuple[Relaxation, ...]) -> int:
    """Return by how many units limits give way: positions, principals and changes alike."""
    return sum(1 if one.now is None or one.to is None else abs(one.to - one.now) for one in nearest)


def _conflict(
    instance: Instance, program: _Program, nearest: tuple[Relaxation, ...], until: float, *, fewest: bool
) -> Infeasible:
    full, changes, wanting = _priced(instance, program, until)
    may = np.isfinite(instance.cost)
    stuck, reach = ~may[:, ~full].any(axis=1), may[:, wanting].any(axis=1)
    named, needed = full | wanting, units(nearest)
    if fewest and nearest and all(one.kind == "changes" for one in nearest):
        allowed = instance.changes_allowed
        kind, chosen, positions, places = "changes", stuck & full.any(), allowed + needed, allowed
    elif int(stuck.sum()) > int(instance.most[full].sum()):
        kind, chosen, named = "too-few-places", stuck, full
        positions, places = int(stuck.sum()), int(instance.most[full].sum())
    elif int(reach.sum()) < int(instance.least[wanting].sum()):
        kind, chosen, named = "too-many-asked", reach, wanting
        positions, places = int(reach.sum()), int(instance.least[wanting].sum())
    else:
        kind, chosen = "several" if changes or not named.any() else "both", stuck | reach
        positions, places = int(chosen.sum()), 0
    ids = tuple(
        one.id
        for one, there in zip(instance.principals, np.asarray(chosen, dtype=bool).tolist(), strict=True)
        if there
    )
    supervisors = tuple(instance.supervisors[place].id for place in np.flatnonzero(named))
    return Infeasible(kind, ids, supervisors, positions, places, nearest, needed, fewest)


def _priced(instance: Instance, program: _Program, until: float) -> tuple[Bools, bool, Bools]:
    """Return whose most (S,), whether the changes allowed, and whose least (S,) have a price."""
    size = len(instance.supervisors)
    above, below = np.isfinite(program.high), np.isfinite(program.low) & (program.low != program.high)
    exact = program.low == program.high
    found = scipy.optimize.linprog(
        program.cost,
        A_eq=program.left[exact],
        b_eq=program.high[exact],
        A_ub=sparse.vstack([program.left[above & ~exact], -program.left[below]]),
        b_ub=np.concatenate([program.high[above & ~exact], -program.low[below]]),
        bounds=np.column_stack([np.zeros(len(program.upper)), program.upper]),
        options={"time_limit": max(until - time.monotonic(), LEAST_SECONDS)},
    )
    if found.status != 0:
        return np.zeros(size, dtype=np.bool_), False, np.zeros(size, dtype=np.bool_)
    # Rows of the inequalities: mosts (S), changes (1), the largest (2 S), leasts (S).
    prices = np.abs(found.ineqlin.marginals) > HALF_A_UNIT
    return prices[:size], bool(prices[size]), prices[-size:]
