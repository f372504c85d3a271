"""Pages of balancing: a proposal is asked for, looked at, and accepted or declined move by move."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRefresh

from alignment_dash.access.doors import needs, signed_in
from alignment_dash.access.policy import Action, Data
from alignment_dash.access.scope import Scope
from alignment_dash.access.trace.recording import seen
from alignment_dash.schoolyear import today
from alignment_dash.ui.days import DayField
from schools.models import Person
from supervision.balancing import actions, conflicts, queries, shown, words
from supervision.balancing.forms import ProposeForm
from supervision.balancing.moves import fitting, grouped
from supervision.balancing.picture import Picture
from supervision.models import BalanceProposal, ProposalState
from supervision.spans import bounds_of, standing_span

CONFLICT, NOTHING_NEW = 409, 204
PAGE = 20


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Data.CASELOADS, Action.CHANGE)
def balance(request: HttpRequest) -> HttpResponse:
    """Ask for a balance, and find the earlier proposals."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    found = seen_or_404(scope, day_of(request.GET))
    form = ProposeForm(request.POST, found=found) if request.method == "POST" else _fresh(request, found)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.propose(
                settings=form.settings(), start=form.cleaned_data["start"], by=signed_in(request)
            )
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            return redirect("supervision:balance-proposal", made.uid)
    context = {
        "form": form,
        "found": found,
        "rows": shown.load_rows(found),
        "page": Paginator(queries.proposals(scope), PAGE).get_page(request.GET.get("page")),
        "leaving": [row for row in shown.load_rows(found) if row.leaves_on and row.is_there],
        "span": found.span,
    }
    return render(request, "supervision/balancing/balance.html", context, status=400 if form.errors else 200)


def _fresh(request: HttpRequest, found: Picture) -> ProposeForm:
    """Return the form with what an earlier proposal was asked with, where the address names one."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    initial: dict[str, Any] = {
        "start": max(found.day, today()), "least": found.span.low, "most": found.span.high,
    }  # fmt: skip
    uid = uid_of(request.GET.get("like", ""))
    like = queries.proposal(scope, uid) if uid else None
    return ProposeForm(initial=initial | (like.settings if like else {}), found=found)


@require_GET
@needs(Data.CASELOADS, Action.CHANGE)
def proposal(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show a proposal: how even, how sure, compared with what, and each move with what it does."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    one = proposal_or_404(scope, uid)
    if request.htmx:  # type: ignore[attr-defined]
        # Asked again while it is computed: nothing new, or the whole page.
        is_open = one.state == ProposalState.WAITING
        return HttpResponse(status=NOTHING_NEW) if is_open else HttpResponseClientRefresh()
    return _page(request, one, taken_of(request.GET))


@require_POST
@needs(Data.CASELOADS, Action.CHANGE)
def decide(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Accept or decline the moves that are chosen, or show what they give together."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    found = proposal_or_404(scope, uid)
    taken, act = taken_of(request.POST, "group"), request.POST.get("do")
    if act == "show":
        query = QueryDict(mutable=True)
        query.setlist("take", [str(one) for one in sorted(taken or {0})])
        return redirect(
            f"{reverse('supervision:balance-proposal', kwargs={'uid': uid})}?{query.urlencode()}#moves"
        )
    write = {"accept": actions.accept, "decline": actions.decline}.get(act or "")
    if write is None:
        return _page(request, found, taken, refused=[_("Choose what to do.")], status=400)
    try:
        outcome = write(proposal=found, groups=taken or set(), by=signed_in(request))
    except ValidationError as refused:
        return _page(request, found, taken, refused=refused.messages, status=400)
    if outcome.refused:
        return _page(request, found, taken, refused=refusals(outcome), status=CONFLICT)
    n = len(grouped(outcome.done))
    if act == "accept":
        said = ngettext("{n} change is written.", "{n} changes are written.", n)
    else:
        said = ngettext("{n} change is declined.", "{n} changes are declined.", n)
    messages.success(request, said.format(n=n))
    return redirect("supervision:balance-proposal", uid)


def refusals(outcome: actions.Outcome) -> list[str]:
    """Say which moves stood in the way of all."""
    first = _("Nothing was written, because caseloads have changed since, or someone else has decided:")
    return [first, *(words.move_sentence(moves) for moves in grouped(outcome.refused).values())]


def _page(
    request: HttpRequest,
    one: BalanceProposal,
    taken: Collection[int] | None,
    *,
    refused: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    if refused:
        one = proposal_or_404(scope, one.uid)
    found, held = queries.beside(one), standing_span()
    moves = queries.moves(one)
    rows = shown.move_rows(found, moves, taken)
    chosen = fitting(found, [row.moves for row in rows if row.is_taken])
    people = {each.pk: each for each in supervisors_in(one)}
    if one.facts.get("need_known"):
        seen(request, "need", target=one, people=[move.principal_id for move in moves if move.principal_id])
    context = {
        "proposal": one,
        "sentence": words.proposal_sentence(one),
        "facts": one.facts,
        "kept": shown.kept_rows(one, people),
        "moves": rows,
        "has_open": any(row.is_open for row in rows),
        "n_taken": sum(row.is_taken for row in rows),
        "is_past": one.start < today(),
        "chosen": [row for row in shown.load_rows(found, chosen) if row.is_changed],
        "chosen_spread": found.spread(chosen),
        "bound": words.bound_sentence(one.facts) if "objective" in one.facts and one.moves.exists() else "",
        "greedy": words.greedy_sentence(one.facts) if "objective" in one.facts else "",
        "conflict": conflicts.shown(one, found, people),
        "refused": refused,
        "span": bounds_of(held),
        "span_held": held,
        "asked_span": found.span if found.span != bounds_of(held) else None,
    }
    return render(request, "supervision/balancing/proposal.html", context, status=status)


def supervisors_in(one: BalanceProposal) -> list[Person]:
    """Return the supervisors that a proposal's facts name; one query."""
    facts = one.facts
    ids = {int(pk) for pk in [*facts.get("before", {}), *facts.get("after", {})]}
    ids |= set((facts.get("conflict") or {}).get("supervisors", []))
    return list(Person.objects.filter(pk__in=ids).select_related("identity"))


def proposal_or_404(scope: Scope, uid: UUID) -> BalanceProposal:
    """Return a proposal that the caller may decide."""
    found = queries.proposal(scope, uid)
    if found is None:
        raise Http404
    return found


def seen_or_404(scope: Scope, day: Any) -> Picture:
    """Return the caseloads from a day on for who may change them."""
    found = queries.seen(scope, day)
    if found is None:
        raise Http404
    return found


def day_of(params: QueryDict) -> Any:
    """Return the day an address asks about; today where it says none, or none to come."""
    try:
        day = DayField(required=False).clean(params.get("start", ""))
    except ValidationError:
        day = None
    return max(day or today(), today())


def taken_of(params: QueryDict, name: str = "take") -> set[int] | None:
    """Return the groups that an address or a form chooses; None where it says nothing."""
    given = params.getlist(name)
    return {int(one) for one in given if one.isascii() and one.isdigit() and len(one) < 9} if given else None


def uid_of(text: str) -> UUID | None:
    """Return a uid that was sent; None for what is none."""
    try:
        return UUID(text)
    except ValueError:
        return None
