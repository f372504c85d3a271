"""Which limits cannot hold together, and the fewest to change so that caseloads become possible.

An elastic integer program: a principal may go anywhere, a supervisor may have more or fewer, at a cost of one for each
unit by which a limit gives way. What it costs least is the nearest; the prices of its linear program name the limits
that stand against each other.
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from supervision.balance.instance import NOBODY, Floats, Instance, Ints
from supervision.balance.types import Infeasible, Relaxation

# So that of as few units those are chosen that spread over supervisors, and limits of size before other limits.
TIE = 1e-4


@dataclass(frozen=True, slots=True)
class _Program:
    """Columns: P x S positions, then S raised mosts and S lowered leasts (each split in first and further), changes."""

    cost: Floats
    left: sparse.csr_array
    low: Floats
    high: Floats
    upper: Floats


def first_allowed(instance: Instance) -> tuple[Ints | None, Infeasible | None]:
    """Return caseloads that respect every limit, else what stands in the way (one of the two is None)."""
    if not len(instance.principals) and not instance.least.any():
        return np.zeros(0, dtype=np.int64), None
    if not len(instance.supervisors):
        ids = tuple(one.id for one in instance.principals)
        return None, Infeasible("no-supervisor", ids, (), len(ids), 0)
    program = _program(instance)
    found = milp(
        program.cost,
        integrality=np.ones(len(program.cost)),
        bounds=Bounds(0, program.upper),
        constraints=LinearConstraint(program.left, program.low, program.high),
        options={"mip_rel_gap": 0.0},
    )
    people, size = instance.cost.shape
    assigned = found.x[: people * size].reshape(people, size).argmax(axis=1).astype(np.int64)
    nearest = _relaxations(instance, assigned)
    if not nearest:
        return assigned, None
    return None, _conflict(instance, program, nearest)


def _program(instance: Instance) -> _Program:
    people, size = instance.cost.shape
    outside = ~np.isfinite(instance.cost)
    moved = np.zeros((people, size))
    stays = np.flatnonzero(instance.at != NOBODY)
    moved[stays] = 1.0
    moved[stays, instance.at[stays]] = 0.0
    place = (1 + 3 * TIE) * outside + TIE * TIE * moved
    first, further = np.full(2 * size, 1.0), np.full(2 * size, 1.0 + TIE)
    cost = np.concatenate([place.ravel(), first, further, [1 + 2 * TIE]])
    each = sparse.kron(sparse.eye_array(people), np.ones((1, size)))
    count = sparse.kron(np.ones((1, people)), sparse.eye_array(size))
    eye, none = sparse.eye_array(size), sparse.csr_array((size, size))
    changes = sparse.csr_array(moved.reshape(1, -1))
    left = sparse.block_array(
        [
            [each, None, None, None, None, sparse.csr_array((people, 1))],
            [count, -eye, none, -eye, none, None],
            [count, none, eye, none, eye, None],
            [changes, None, None, None, None, sparse.csr_array([[-1.0]])],
        ],
        format="csr",
    )
    low = np.concatenate([np.ones(people), np.full(size, -np.inf), instance.least, [-np.inf]])
    high = np.concatenate([np.ones(people), instance.most, np.full(size, np.inf), [instance.changes_allowed]])
    upper = np.concatenate([np.ones(people * size), np.ones(2 * size), np.full(2 * size, np.inf), [np.inf]])
    return _Program(cost, left, low.astype(np.float64), high.astype(np.float64), upper)


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


def _conflict(instance: Instance, program: _Program, nearest: tuple[Relaxation, ...]) -> Infeasible:
    size = len(instance.supervisors)
    above, below = np.isfinite(program.high), np.isfinite(program.low) & (program.low != program.high)
    exact = program.low == program.high
    found = linprog(
        program.cost,
        A_eq=program.left[exact],
        b_eq=program.high[exact],
        A_ub=sparse.vstack([program.left[above & ~exact], -program.left[below]]),
        b_ub=np.concatenate([program.high[above & ~exact], -program.low[below]]),
        bounds=np.column_stack([np.zeros(len(program.upper)), program.upper]),
    )
    # Rows of the inequalities: mosts (S), changes (1), leasts (S).
    prices = np.abs(found.ineqlin.marginals) > 0.5
    full, changes, wanting = prices[:size], bool(prices[size]), prices[size + 1 :]
    may = np.isfinite(instance.cost)
    held = np.flatnonzero(full)
    asked = np.flatnonzero(wanting)
    stuck = ~may[:, ~full].any(axis=1)
    reach = may[:, wanting].any(axis=1)
    chosen = stuck if full.any() or not wanting.any() else reach
    ids = tuple(
        one.id for one, there in zip(instance.principals, np.asarray(chosen).tolist(), strict=True) if there
    )
    places = instance.most[held].sum() if full.any() else instance.least[asked].sum()
    kind = "both" if full.any() and wanting.any() else "too-many-asked" if wanting.any() else "too-few-places"
    positions = len(ids)
    if changes:
        kind, positions, places = (
            "changes",
            instance.changes_allowed + units(nearest),
            instance.changes_allowed,
        )
    supervisors = tuple(instance.supervisors[place].id for place in np.flatnonzero(full | wanting))
    return Infeasible(kind, ids, supervisors, int(positions), int(places), nearest, units(nearest))
