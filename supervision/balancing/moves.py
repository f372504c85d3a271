"""Proposed moves: made from units that would change, and held against the caseloads of today."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from supervision.balance.types import Move
from supervision.balancing.picture import Picture, Unit
from supervision.models import ProposedMove


def moves_of(found: Picture, moved: Mapping[UUID, int], told: Iterable[Move] = ()) -> list[ProposedMove]:
    """Return an unsaved move for each row that changes, in the order `told` has them, then of the schools.

    moved: unit's uid -> new supervisor. Rows of one unit share a group, counted from 1.
    """
    costs = {one.principal: (place, one.effects) for place, one in enumerate(told)}
    units = [unit for unit in found.units if unit.uid in moved]
    units.sort(key=lambda unit: costs.get(unit.positions[0], (len(costs), {}))[0])
    made: list[ProposedMove] = []
    before = found.loads()
    for group, unit in enumerate(units, start=1):
        to = moved[unit.uid]
        reasons = _reasons(found, unit, to, before) | _told(costs.get(unit.positions[0], (0, {}))[1])
        for row in unit.rows:
            if row.supervisor == to:
                continue
            made.append(
                ProposedMove(
                    place=len(made) + 1,
                    group=group,
                    school=row.school,
                    principal=row.principal,
                    from_supervisor_id=row.supervisor,
                    to_supervisor_id=to,
                    reasons=reasons,
                )
            )
    return made


def _reasons(found: Picture, unit: Unit, to: int, before: Mapping[int, Any]) -> dict[str, Any]:
    """Return what the move alone does: need and count of both caseloads, time together, network and level."""
    origin = unit.current
    alone = found.loads({unit.uid: to}, of={to, origin or to})
    networks = {row.network.pk for row in unit.rows if row.network}
    held = {row.network.pk for row in found.rows if row.network and row.supervisor == to}
    theirs = found.networks_of(to) or held
    levels = {row.school.level for row in unit.rows}
    limits = found.limits_of(to)
    reasons: dict[str, Any] = {
        "need": sum(found.need_of(position).index for position in unit.positions),
        "to": _change(before[to], alone[to]),
        # Nothing is outside of what a supervisor without any school, post at a network or limits looks after.
        "network": not theirs or bool(networks & theirs),
        "level": not (limits.levels or before[to].levels)
        or levels <= set(limits.levels or before[to].levels),
        "need_known": bool(found.needs),
        "leaves": origin is not None and not found.is_there(origin),
    }
    if origin is not None:
        reasons["from"] = _change(before[origin], alone[origin])
        since = [found.since[origin, one] for one in unit.positions if (origin, one) in found.since]
        reasons["since"] = min(since).isoformat() if since else None
    return reasons


def _change(before: Any, after: Any) -> dict[str, list[float]]:
    return {"count": [before.count, after.count], "need": [round(before.need, 3), round(after.need, 3)]}


def _told(effects: Mapping[str, float]) -> dict[str, Any]:
    return {"forced": bool(effects.get("forced")), "undone": effects.get("undone_costs")}


def grouped(moves: Iterable[ProposedMove]) -> dict[int, list[ProposedMove]]:
    """Return the moves by group, in the order of the first of each."""
    groups: dict[int, list[ProposedMove]] = defaultdict(list)
    for move in sorted(moves, key=lambda one: one.place):
        groups[move.group].append(move)
    return dict(groups)


def unit_of(found: Picture, moves: Sequence[ProposedMove]) -> Unit | None:
    """Return the unit that a group of moves still fits; None once its caseloads have changed, or it cannot go there.

    It fits where every row that does not go to the new supervisor is one of the moves, and starts from who has it.
    """
    first = moves[0]
    asked = {(move.school_id, move.principal_id, move.from_supervisor_id) for move in moves}
    if first.to_supervisor_id not in found.supervisors or not found.is_there(first.to_supervisor_id):
        return None
    unit = found.units_by_school.get(first.school_id)
    if unit is None:
        return None
    rows = {(row.school.pk, row.principal.pk if row.principal else None, row.supervisor) for row in unit.rows}
    return unit if {row for row in rows if row[2] != first.to_supervisor_id} == asked else None


def fitting(found: Picture, groups: Iterable[Sequence[ProposedMove]]) -> dict[UUID, int]:
    """Return what the groups that still fit would move (unit's uid -> supervisor)."""
    moved = {}
    for moves in groups:
        unit = unit_of(found, moves)
        if unit is not None:
            moved[unit.uid] = moves[0].to_supervisor_id
    return moved
