"""What balancing holds about a person: limits, proposals they made, and moves they were to be part of."""

from collections.abc import Iterator

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from alignment_dash.access.persondata.registry import Holding, Row, Subject
from supervision.models import BalanceProposal, ProposedMove, SupervisorLimits


def _limits(subject: Subject) -> QuerySet[SupervisorLimits]:
    return SupervisorLimits.objects.filter(
        Q(supervisor=subject.person_id or 0) | Q(set_by=subject.user_id or 0)
    ).order_by("pk")


def _limit_rows(subject: Subject) -> Iterator[Row]:
    for one in _limits(subject):
        yield {
            "theirs": one.supervisor_id == subject.person_id,
            "they set them": one.set_by_id is not None and one.set_by_id == subject.user_id,
            "least": one.least,
            "most": one.most,
            "levels": ", ".join(one.levels),
            "leaves on": one.leaves_on,
        }


def _erase_limits(subject: Subject) -> int:
    """Remove their own; those they set for others stay."""
    return SupervisorLimits.objects.filter(supervisor=subject.person_id or 0).delete()[0]


def _moves(subject: Subject) -> QuerySet[ProposedMove]:
    person, user = subject.person_id or 0, subject.user_id or 0
    asked = Q(principal=person) | Q(from_supervisor=person) | Q(to_supervisor=person)
    found = ProposedMove.objects.filter(asked | Q(decided_by=user) | Q(proposal__made_by=user))
    return found.select_related("school", "proposal").order_by("pk")


def _proposals(subject: Subject) -> QuerySet[BalanceProposal]:
    return BalanceProposal.objects.filter(made_by=subject.user_id or 0).order_by("pk")


def _proposal_rows(subject: Subject) -> Iterator[Row]:
    for made in _proposals(subject):
        yield {"made": made.made_at, "from": made.start, "what": _("they asked for the proposal")}
    for one in _moves(subject):
        yield {
            "made": one.proposal.made_at,
            "from": one.proposal.start,
            "school": one.school.name,
            "what": _role(one, subject),
            "state": one.get_state_display(),
        }


def _role(one: ProposedMove, subject: Subject) -> str:
    if one.principal_id == subject.person_id:
        return str(_("they would change principal supervisors"))
    if subject.person_id in {one.from_supervisor_id, one.to_supervisor_id}:
        return str(_("a principal would leave or join their caseload"))
    return str(_("they asked for the proposal or decided the move"))


LIMITS = Holding(
    key="caseload-limits",
    label=_("Limits of a caseload, theirs or set by them"),
    rows=_limit_rows,
    count=lambda subject: _limits(subject).count(),
    erased=_("Their own are removed. Those they set for others stay."),
    erase=_erase_limits,
    tables=frozenset({"supervision_supervisorlimits"}),
    place=62,
)
PROPOSALS = Holding(
    key="balance-proposals",
    label=_("Proposals of caseloads they are part of, asked for or decided"),
    rows=_proposal_rows,
    count=lambda subject: _proposals(subject).count() + _moves(subject).count(),
    erased=_("Stay, without the name: they are the district's records."),
    erase=lambda subject: 0,
    tables=frozenset({"supervision_balanceproposal", "supervision_proposedmove"}),
    place=63,
)
