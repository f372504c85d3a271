"""What each move does, in numbers that a page can put into words."""

import numpy as np

from supervision.balance.instance import NOBODY, Instance, Ints
from supervision.balance.types import GRID, Move


def moves_of(instance: Instance, assigned: Ints) -> tuple[Move, ...]:
    """Return the moves that turn the present caseloads into `assigned`, the most useful first; see Move."""
    present = instance.present()
    before, after = instance.sums(present), instance.sums(assigned)
    objective = instance.objective(assigned)
    moves = []
    for row in np.flatnonzero(present != assigned):
        principal, to = instance.principals[row], int(assigned[row])
        if principal.current == instance.supervisors[to].id:
            continue
        effects = _sizes("to", to, before, after)
        if present[row] != NOBODY:
            effects |= _sizes("from", int(present[row]), before, after)
        effects |= _kept(instance, int(row), to)
        effects["forced"] = float(principal.current is not None and instance.at[row] == NOBODY)
        undone = _undone(instance, assigned, int(row))
        if undone is not None:
            effects["undone_costs"] = undone - objective
        moves.append(Move(principal.id, principal.current, instance.supervisors[to].id, effects))
    moves.sort(key=lambda move: (-move.effects.get("undone_costs", np.inf), move.principal))
    return tuple(moves)


def _sizes(side: str, place: int, before: tuple[Ints, Ints], after: tuple[Ints, Ints]) -> dict[str, float]:
    return {
        f"need_{side}_before": float(before[1][place]) / GRID,
        f"need_{side}_after": float(after[1][place]) / GRID,
        f"count_{side}_before": float(before[0][place]),
        f"count_{side}_after": float(after[0][place]),
    }


def _kept(instance: Instance, row: int, to: int) -> dict[str, float]:
    """Say whether the new supervisor has the network and the level: stated, else in the present caseload."""
    principal, supervisor = instance.principals[row], instance.supervisors[to]
    mine = [one for one in instance.principals if one.current == supervisor.id]
    networks = supervisor.networks or {one.network for one in mine}
    levels = supervisor.levels or {one.level for one in mine}
    return {
        "network_kept": float(principal.network in networks),
        "level_kept": float(principal.level in levels),
    }


def _undone(instance: Instance, assigned: Ints, row: int) -> float | None:
    """Return the objective with this position back where it was, or None where that breaks a limit."""
    if instance.at[row] == NOBODY:
        return None
    back = assigned.copy()
    back[row] = instance.at[row]
    return instance.objective(back) if instance.is_allowed(back) else None
