"""Pages of limits: what a proposal respects about each principal supervisor."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from alignment_dash.access.doors import needs, signed_in
from alignment_dash.access.policy import Action, Data
from alignment_dash.access.scope import Scope
from alignment_dash.schoolyear import today
from instruction.revisions import Moved
from schools.models import Level, Person
from schools.names import name_of
from supervision import actions as supervision
from supervision.balancing import actions, queries, shown
from supervision.balancing.forms import LimitsForm, SpanForm, limits_initial, span_initial
from supervision.balancing.views import CONFLICT, seen_or_404, uid_of
from supervision.models import SupervisorLimits
from supervision.spans import district_span, standing_span


@require_GET
@needs(Data.CASELOADS, Action.CHANGE)
def limits_list(request: HttpRequest) -> HttpResponse:
    """Show each supervisor's limits beside the caseload."""
    return _list(request)


@require_POST
@needs(Data.CASELOADS, Action.CHANGE)
def span(request: HttpRequest) -> HttpResponse:
    """Set how many principals a supervisor without limits of their own has; then back to where that was asked."""
    form = SpanForm(request.POST)
    if not form.is_valid():
        return _list(request, form, status=400)
    try:
        supervision.set_span(span=form.span(), seen=form.cleaned_data["seen"], by=signed_in(request))
    except Moved as moved:
        again = request.POST.copy()
        again["seen"] = str(moved.now.uid)
        typed = SpanForm(again)
        words = _("Someone else has set {low} to {high} principals meanwhile. Yours are not saved.")
        typed.add_error(None, words.format(low=moved.now.low, high=moved.now.high))
        return _list(request, typed, status=CONFLICT)
    said = _("A supervisor without limits of their own has {low} to {high} principals from now on.")
    messages.success(request, said.format(**form.span()._asdict()))
    proposal = uid_of(request.POST.get("proposal", ""))
    return redirect("supervision:balance-proposal", proposal) if proposal else redirect("supervision:limits")


def _list(request: HttpRequest, form: SpanForm | None = None, *, status: int = 200) -> HttpResponse:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    found = seen_or_404(scope, today())
    held = standing_span()
    networks = {one.pk: one.name for one in queries.networks()}
    rows = [
        {
            "load": row,
            "is_own": bool(row.limits.pk),
            "levels": ", ".join(str(Level(one).label) for one in row.limits.levels),
            "networks": ", ".join(networks[pk] for pk in row.limits.networks if pk in networks),
            "by_post": ", ".join(name for pk, name in networks.items() if pk in row.posts),
        }
        for row in shown.load_rows(found)
    ]
    outside = sum(bool(row["load"].verdict) for row in rows)  # type: ignore[attr-defined]
    context = {
        "rows": rows,
        "outside": outside,
        "span": found.span,
        "held": held,
        "form": form or SpanForm(initial=span_initial(held)),
    }
    return render(request, "supervision/balancing/limits_list.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Data.CASELOADS, Action.CHANGE)
def limits_change(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Change one supervisor's limits."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    person = queries.supervisor(scope, uid, today())
    if person is None:
        raise Http404
    networks = queries.networks()
    if request.method != "POST":
        low, high = district_span()
        held = SupervisorLimits.objects.filter(supervisor=person).first() or SupervisorLimits(
            least=low, most=high
        )
        return _page(request, person, LimitsForm(initial=limits_initial(held, networks), networks=networks))
    form = LimitsForm(request.POST, networks=networks)
    if not form.is_valid():
        return _page(request, person, form, status=400)
    try:
        actions.set_limits(supervisor=person, revision=form.seen(), by=signed_in(request), **form.values())
    except Moved as moved:
        typed = request.POST.copy()
        typed["revision"] = str(moved.now.revision)
        again = LimitsForm(typed, networks=networks)
        return _page(
            request, person, again, status=CONFLICT, is_moved=True, theirs=_told(moved.now, networks)
        )
    except ValidationError as refused:
        form.add_error(None, refused.messages)
        return _page(request, person, form, status=400)
    messages.success(request, _("Saved."))
    return redirect("supervision:limits")


def _told(held: SupervisorLimits, networks: list[Any]) -> list[tuple[str, str]]:
    """Return limits as they stand, for who has not seen them."""
    names = ", ".join(one.name for one in networks if one.pk in held.networks)
    return [
        (_("Principals at least"), str(held.least)),
        (_("Principals at most"), str(held.most)),
        (_("School levels"), ", ".join(str(Level(one).label) for one in held.levels) or "–"),
        (_("Networks"), names or "–"),
        (_("First day on which they no longer supervise"), str(held.leaves_on or "–")),
    ]


def _page(
    request: HttpRequest, person: Person, form: LimitsForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    context = {"form": form, "name": name_of(person)} | more
    return render(request, "supervision/balancing/limits.html", context, status=status)
