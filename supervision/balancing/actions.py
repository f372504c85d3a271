"""Writes of balancing: limits, proposals, and what becomes of their moves."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone
from django.utils.translation import gettext as _

from alignment_dash.access import audit
from alignment_dash.access.actions import BATCH
from alignment_dash.access.models import User
from alignment_dash.runs.actions import request_run
from alignment_dash.runs.models import Run
from alignment_dash.schoolyear import today, year_of
from alignment_dash.turns import one_at_a_time
from instruction.revisions import Moved
from schools.models import Person
from supervision.actions.caseloads import refuse_undoing
from supervision.balancing import writing
from supervision.balancing.moves import fitting, grouped, moves_of, unit_of
from supervision.balancing.picture import Picture, picture
from supervision.balancing.room import too_full
from supervision.balancing.settings import BY_HAND, Settings, asked_span
from supervision.fullness import Fullness, fullness_since, spells
from supervision.models import (
    BalanceProposal,
    CaseloadAssignment,
    MoveState,
    ProposalState,
    ProposedMove,
    SupervisorLimits,
)

KIND = "balance"
MOST_MOVES_BY_HAND = 100


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of deciding: moves done, or those for which nothing was done at all."""

    done: Sequence[ProposedMove]
    refused: Sequence[ProposedMove]


@transaction.atomic
def set_limits(*, supervisor: Person, revision: int, by: User, **values: Any) -> SupervisorLimits:
    """Write one supervisor's limits; revision 0 where there were none. Moved where someone else was first.

    ValidationError for limits that cannot be, and for a new last day that would undo what has begun since.
    """
    one_at_a_time(f"limits {supervisor.pk}")
    held = SupervisorLimits.objects.filter(supervisor=supervisor).first() or SupervisorLimits(
        supervisor=supervisor
    )
    if held.revision != revision:
        raise Moved(held)
    leaves = values.get("leaves_on")
    if leaves is not None and leaves != held.leaves_on:
        refuse_undoing(supervisor, leaves)
    for name, value in values.items():
        setattr(held, name, value)
    held.set_by, held.revision = by, held.revision + 1
    held.full_clean()
    held.save()
    audit.record(act="caseload.limits", target=held, by=by, detail={"supervisor": str(supervisor.uid)})
    return held


@transaction.atomic
def propose(*, settings: Settings, start: date, by: User) -> BalanceProposal:
    """Ask for a proposal of caseloads from `start` on; a job computes it. ValidationError for a day that has passed."""
    _refuse_past(start)
    made = BalanceProposal.objects.create(
        school_year=year_of(start), start=start, made_by=by, settings=settings.as_json()
    )
    made.run = request_run(
        kind=KIND,
        school_year=made.school_year,
        subject=str(made.uid),
        by=by,
        reason="a balance was asked for",
    )
    made.save(update_fields=["run"])
    audit.record(act="balance.propose", target=made, by=by, detail={"start": start.isoformat()})
    return made


@transaction.atomic
def propose_by_hand(*, moved: Mapping[UUID, int], start: date, by: User) -> BalanceProposal:
    """Keep moves that someone chose (unit's uid -> supervisor) as a proposal that is ready to be decided.

    ValidationError for a day that has passed, and where nothing would change.
    """
    _refuse_past(start)
    found = picture(start)
    moves = moves_of(found, moved)
    if not moves:
        raise ValidationError(_("Nothing would change."))
    made = BalanceProposal.objects.create(
        school_year=year_of(start),
        start=start,
        made_by=by,
        state=ProposalState.READY,
        settings={"kind": BY_HAND},
        facts={"changes": len(moved), "need_known": bool(found.needs)}
        | {"before": loads_kept(found), "after": loads_kept(found, moved)}
        | {"spread": [found.spread(), found.spread(moved)]},
    )
    _add(made, moves)
    audit.record(
        act="balance.draft", target=made, by=by, detail={"start": start.isoformat(), "moves": len(moves)}
    )
    return made


@transaction.atomic
def keep(
    *, proposal: BalanceProposal, run: Run, facts: Mapping[str, Any], moves: Iterable[ProposedMove]
) -> BalanceProposal:
    """Keep what the job found; once it is kept, a second attempt changes nothing."""
    held = BalanceProposal.objects.select_for_update().get(pk=proposal.pk)
    if held.state != ProposalState.WAITING:
        return held
    held.state = ProposalState.INFEASIBLE if "conflict" in facts else ProposalState.READY
    held.run, held.facts = run, dict(facts)
    held.save()
    _add(held, moves)
    return held


@transaction.atomic
def accept(*, proposal: BalanceProposal, groups: Collection[int], by: User) -> Outcome:
    """Write what the groups of moves say from the proposal's first day on: assignments and access together.

    All or nothing: where one no longer fits or is decided, it is refused and none is written. ValidationError where
    the day has passed, the proposal is not ready, a group is unknown, or a caseload would grow above its most on the
    first day or on one to come.
    """
    held, chosen = _chosen(proposal, groups)
    _refuse_past(held.start)
    schools = [move.school_id for move in chosen]
    locked = CaseloadAssignment.objects.select_for_update().filter(school__in=schools).order_by("pk")
    list(locked.values_list("pk", flat=True))
    found = picture(held.start, asked_span(held.settings))
    refused = _unfit(found, chosen)
    if not refused:
        _refuse_too_full(found, chosen)
        people, ahead = {move.to_supervisor for move in chosen}, DateRange(held.start, None)
        before = spells(people, ahead)
        try:
            with transaction.atomic():
                writing.write(chosen, start=held.start, by=by)
        except (IntegrityError, ValidationError):  # someone assigned one of the schools at this moment
            refused = chosen
        else:
            _refuse_too_full_later(fullness_since(people, ahead, before, _most(found, people)))
    if refused:
        stale = [move.pk for move in refused if move.state == MoveState.PROPOSED]
        ProposedMove.objects.filter(pk__in=stale).update(state=MoveState.STALE)
        return Outcome([], refused)
    _decided(held, chosen, MoveState.ACCEPTED, "balance.accept", by)
    return Outcome(chosen, [])


@transaction.atomic
def decline(*, proposal: BalanceProposal, groups: Collection[int], by: User) -> Outcome:
    """Record that the groups of moves are declined; all or nothing, as `accept`."""
    held, chosen = _chosen(proposal, groups)
    refused = [move for move in chosen if move.state not in {MoveState.PROPOSED, MoveState.STALE}]
    if refused:
        return Outcome([], refused)
    _decided(held, chosen, MoveState.DECLINED, "balance.decline", by)
    return Outcome(chosen, [])


def loads_kept(found: Picture, moved: Mapping[UUID, int] | None = None) -> dict[str, list[float]]:
    """Return count and need by supervisor, as facts keep them."""
    return {str(pk): [one.count, round(one.need, 3)] for pk, one in found.loads(moved).items()}


def _add(proposal: BalanceProposal, moves: Iterable[ProposedMove]) -> None:
    rows = list(moves)
    for move in rows:
        move.proposal = proposal
    ProposedMove.objects.bulk_create(rows, batch_size=BATCH)


def _chosen(proposal: BalanceProposal, groups: Collection[int]) -> tuple[BalanceProposal, list[ProposedMove]]:
    """Return proposal and moves, after whoever decides at the same time has done so."""
    one_at_a_time("caseload balance")
    held = BalanceProposal.objects.select_for_update().get(pk=proposal.pk)
    if held.state != ProposalState.READY:
        raise ValidationError(_("This proposal has nothing to decide."))
    moves = (
        held.moves.filter(group__in=groups).select_related("school", "to_supervisor__user").order_by("place")
    )
    chosen = list(moves)
    if not groups:
        raise ValidationError(_("Choose at least one move."))
    if {move.group for move in chosen} != set(groups):
        raise ValidationError(_("This proposal has no such move."))
    return held, chosen


def _unfit(found: Picture, chosen: Sequence[ProposedMove]) -> list[ProposedMove]:
    unfit: list[ProposedMove] = []
    for moves in grouped(chosen).values():
        if any(move.state != MoveState.PROPOSED for move in moves) or unit_of(found, moves) is None:
            unfit.extend(moves)
    return unfit


def _refuse_too_full(found: Picture, chosen: Sequence[ProposedMove]) -> None:
    _refuse_if(too_full(found, fitting(found, grouped(chosen).values())))


def _refuse_too_full_later(several: Iterable[Fullness]) -> None:
    """ValidationError where a caseload has grown above its most, also on a day to come when another joins it."""
    _refuse_if(sorted(one.would_be() for one in several if one.is_above))


def _refuse_if(said: Sequence[str]) -> None:
    if said:
        first = _("Nothing was written, because a caseload would be above its most. Change its limits first:")
        raise ValidationError([first, *said])


def _most(found: Picture, people: Iterable[Person]) -> dict[int, int]:
    return {one.pk: found.limits_of(one.pk).most for one in people}


def _decided(
    proposal: BalanceProposal, moves: Sequence[ProposedMove], state: MoveState, act: str, by: User
) -> None:
    now = timezone.now()
    for move in moves:
        move.state, move.decided_by, move.decided_at = state, by, now
    decided = ProposedMove.objects.filter(pk__in=[move.pk for move in moves])
    decided.update(state=state, decided_by=by, decided_at=now)
    detail = {"start": proposal.start.isoformat(), "moves": [str(move.uid) for move in moves]}
    audit.record(act=act, target=proposal, by=by, detail=detail)


def _refuse_past(start: date) -> None:
    if start < today():
        raise ValidationError({"start": _("This day has passed. Choose today or a day to come.")})
