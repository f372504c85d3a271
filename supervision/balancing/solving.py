"""The job of a proposal: caseloads into the optimiser, its answer into moves and facts."""

from collections.abc import Mapping
from typing import Any

from alignment_dash.runs import actions as runs
from alignment_dash.runs.models import Run
from alignment_dash.runs.registry import Progress
from supervision.balance.solve import greedy
from supervision.balance.types import Balance, Principal, Supervisor
from supervision.balancing import actions
from supervision.balancing.moves import moves_of
from supervision.balancing.picture import Picture, Unit, picture
from supervision.balancing.settings import Settings, asked_span
from supervision.balancing.together import balance_together, parted
from supervision.models import BalanceProposal, ProposalState

METHOD = "even-caseloads-1"


def perform(run: Run, progress: Progress) -> None:
    """Compute the proposal that the run's subject names; one that is computed or gone is left alone."""
    proposal = BalanceProposal.objects.filter(uid=run.subject, state=ProposalState.WAITING).first()
    if proposal is None:
        return
    progress(0, 1)
    asked = Settings.from_json(proposal.settings)
    found = picture(proposal.start, asked_span(proposal.settings))
    principals, supervisors = principals_of(found, asked), supervisors_of(found)
    rules = asked.rules(need_is_known=bool(found.needs))
    groups = [unit.positions for unit in found.units if len(unit.positions) > 1]
    result = balance_together(principals, supervisors, rules, groups)
    by_thumb = greedy(principals, supervisors, rules) if result.conflict is None else None
    if by_thumb is not None and parted(by_thumb, groups):
        by_thumb = None
    runs.describe(run=run, method=METHOD, roster_date=proposal.start)
    moved = moved_by(found, result.assigned)
    facts = facts_of(found, result, moved, by_thumb)
    actions.keep(proposal=proposal, run=run, facts=facts, moves=moves_of(found, moved, result.moves))
    progress(1, 1)


def failed(run: Run, message: str) -> None:
    """Say on the proposal that its job failed; the job's page says why."""
    waiting = BalanceProposal.objects.filter(uid=run.subject, state=ProposalState.WAITING)
    waiting.update(state=ProposalState.FAILED, run=run)


def principals_of(found: Picture, asked: Settings) -> list[Principal]:
    """Return what the optimiser places: a principal with all schools, or a vacant position; each counts as one.

    Principals who share a school stay with its supervisor; where nobody has them, or whoever does is leaving, they
    are placed together (see supervision.balancing.together).
    """
    made: list[Principal] = []
    for unit in found.units:
        stay = unit.current is not None and found.is_there(unit.current)
        pinned = str(unit.uid) in asked.pinned or (stay and len(unit.positions) > 1)
        made.extend(_principal(found, unit, position, pinned) for position in unit.positions)
    return made


def _principal(found: Picture, unit: Unit, position: int, pinned: bool) -> Principal:
    network = unit.rows[0].network
    everyone = found.supervisors.keys()
    selves = everyone & set(unit.positions)
    return Principal(
        id=position,
        need=min(found.need_of(position).index, 50.0),
        current=unit.current,
        network=network.pk if network else None,
        level=unit.rows[0].school.level,
        schools=tuple(dict.fromkeys(row.school.pk for row in unit.rows)),
        pinned=pinned,
        allowed=frozenset(everyone - selves) if selves else None,
    )


def supervisors_of(found: Picture) -> list[Supervisor]:
    """Return the supervisors with their limits; networks as Picture.networks_of has them."""
    limits = {pk: found.limits_of(pk) for pk in found.supervisors}
    return [
        Supervisor(
            id=pk,
            least=own.least,
            most=own.most,
            networks=found.networks_of(pk),
            levels=frozenset(own.levels),
            available=found.is_there(pk),
        )
        for pk, own in limits.items()
    ]


def moved_by(found: Picture, assigned: Mapping[int, int]) -> dict[Any, int]:
    """Return the units that an answer moves (uid -> supervisor)."""
    to = {unit.uid: assigned.get(unit.positions[0]) for unit in found.units}
    return {unit.uid: pk for unit in found.units if (pk := to[unit.uid]) is not None and pk != unit.current}


def facts_of(
    found: Picture, result: Balance, moved: Mapping[Any, int], by_thumb: Mapping[int, int] | None
) -> dict[str, Any]:
    """Return what BalanceProposal.facts keeps: numbers and ids, no names."""
    facts: dict[str, Any] = {
        "status": result.status, "objective": result.objective, "bound": result.bound, "gap": result.gap,
        "seconds": result.seconds, "before_objective": result.before_objective, "changes": len(moved),
        "need_known": bool(found.needs), "need_run": str(found.snapshot.uid) if found.snapshot else None,
        "before": actions.loads_kept(found),
    }  # fmt: skip
    if result.conflict is not None:
        conflict = result.conflict
        return facts | {
            "conflict": {
                "kind": conflict.kind, "positions": conflict.positions, "places": conflict.places,
                "principals": list(conflict.principals), "supervisors": list(conflict.supervisors),
                "fewest": conflict.fewest,
                "nearest": [
                    {"kind": one.kind, "supervisor": one.supervisor, "principal": one.principal, "now": one.now,
                     "to": one.to}
                    for one in conflict.nearest
                ],
            }
        }  # fmt: skip
    facts["after"] = actions.loads_kept(found, moved)
    facts["spread"] = [found.spread(), found.spread(moved)]
    if by_thumb is not None:
        by_hand = moved_by(found, by_thumb)
        facts["greedy"] = {
            "objective": result.greedy_objective, "changes": len(by_hand), "loads": actions.loads_kept(found, by_hand),
        }  # fmt: skip
    return facts
