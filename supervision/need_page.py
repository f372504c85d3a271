"""The page of our need index: how it is computed, what weighs how much, and who said so when."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from alignment_dash.access.doors import needs, signed_in
from alignment_dash.access.policy import Action, Data
from supervision import actions
from supervision.balance.index import COVERAGE, NAMES, SETTLED_YEARS
from supervision.forms import WeightsForm
from supervision.indexing import weights_of
from supervision.models import NeedWeights
from supervision.queries import all_weights
from supervision.spans import district_span

CONFLICT = 409


@require_http_methods(["GET", "HEAD"])
@needs(Data.CASELOADS)
def need_index(request: HttpRequest) -> HttpResponse:
    """Show how our need index is computed and what weighs how much; who sees the district, earlier weights too."""
    return _page(request)


@require_http_methods(["POST"])
@needs(Data.CASELOADS, Action.CHANGE)
def set_weights(request: HttpRequest) -> HttpResponse:
    """Set the weights; where somebody else has meanwhile, say so and keep what was typed."""
    form = WeightsForm(request.POST)
    if not form.is_valid():
        return _page(request, form, 400)
    try:
        actions.set_weights(weights=form.weights(), seen=form.cleaned_data["seen"], by=signed_in(request))
    except actions.WeightsMoved as moved:
        again = request.POST.copy()
        again["seen"] = str(moved.now.uid)
        typed = WeightsForm(again)
        typed.add_error(None, _("Someone else has set weights meanwhile: those below. Yours are not saved."))
        return _page(request, typed, CONFLICT)
    messages.success(request, _("The weights hold from now on. Needs are computed again in about a minute."))
    return redirect("supervision:need")


def _page(request: HttpRequest, form: WeightsForm | None = None, status: int = 200) -> HttpResponse:
    scope = request.scope  # type: ignore[attr-defined]
    known = all_weights()
    now = known[0] if known else None
    labels = {name: field.label for name, field in WeightsForm.base_fields.items()}
    context = {
        "weights": [(name, labels[name], getattr(weights_of(now), name)) for name in NAMES],
        "now": now,
        "earlier": known[1:] if scope.district_wide(Data.CASELOADS) else [],
        "sees_all": scope.district_wide(Data.CASELOADS),
        "form": (form or _form(now)) if scope.may(Data.CASELOADS, Action.CHANGE) else None,
        "span": district_span(),
        "years": {"settled": round(SETTLED_YEARS)},
        "confidence": round(100 * COVERAGE),
    }
    return render(request, "supervision/need.html", context, status=status)


def _form(now: NeedWeights | None) -> WeightsForm:
    held = {name: getattr(weights_of(now), name) for name in NAMES}
    return WeightsForm(initial={**held, "seen": now.uid if now else ""})
