"""Reads of balancing for pages and the API: only who changes the district's caseloads has any of it."""

from datetime import date
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from alignment_dash.access.policy import Action, Data
from alignment_dash.access.scope import Scope
from schools.models import Org, OrgType, Person
from supervision import choices
from supervision.balancing.picture import Picture, picture
from supervision.balancing.settings import asked_span
from supervision.models import BalanceProposal, MoveState, ProposedMove


def may_balance(scope: Scope) -> bool:
    """Say whether the caller changes caseloads of the whole district."""
    return scope.district_wide(Data.CASELOADS, Action.CHANGE)


def proposals(scope: Scope) -> QuerySet[BalanceProposal]:
    """Return the proposals, the newest first, with how many groups of moves are open and accepted."""
    if not may_balance(scope):
        return BalanceProposal.objects.none()
    counts = {
        f"n_{state}": Count("moves__group", filter=Q(moves__state=state), distinct=True)
        for state in MoveState.values
    }
    found = BalanceProposal.objects.annotate(**counts, n_moves=Count("moves__group", distinct=True))
    return found.select_related("made_by", "run").order_by("-made_at", "-pk")


def proposal(scope: Scope, uid: UUID) -> BalanceProposal | None:
    """Return one proposal."""
    return proposals(scope).filter(uid=uid).first()


def moves(found: BalanceProposal) -> list[ProposedMove]:
    """Return the moves of a proposal that the caller was given, in their order; one query."""
    rows = found.moves.select_related(
        "school", "principal__identity", "from_supervisor__identity", "to_supervisor__identity", "decided_by"
    )
    return list(rows.order_by("place"))


def seen(scope: Scope, day: date) -> Picture | None:
    """Return the caseloads from a day on; None for who does not change them."""
    return picture(day) if may_balance(scope) else None


def beside(found: BalanceProposal) -> Picture:
    """Return the caseloads of today from the first day of a proposal that the caller was given, with its span."""
    return picture(found.start, asked_span(found.settings))


def supervisor(scope: Scope, uid: UUID, day: date) -> Person | None:
    """Return someone who may have limits: who has or may have a caseload."""
    return choices.supervisors(day).filter(uid=uid).first() if may_balance(scope) else None


def networks() -> list[Org]:
    """Return the district's networks by name."""
    return list(Org.objects.filter(type=OrgType.NETWORK).order_by("name", "pk"))
