"""The evidence plan, and its export."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from alignment_dash.access.doors import needs
from alignment_dash.access.policy import Action, Data
from alignment_dash.access.trace import recording
from alignment_dash.ui.spreadsheet import csv_response
from instruction import queries
from instruction.certainty_export import plan_rows
from instruction.certainty_words import plan_sentence
from instruction.filters import CapacityFilters
from instruction.views.frame import frame, nothing_computed


@require_GET
@needs(Data.EVIDENCE_PLAN)
def evidence_plan(request: HttpRequest) -> HttpResponse:
    """Show the visits that would make the estimates surest, at the schools that the caller reaches."""
    scope, filters = request.scope, CapacityFilters.from_params(request.GET)  # type: ignore[attr-defined]
    standing = queries.standing(filters.year, filters.framework)
    if standing is None or standing.run is None:
        return nothing_computed(request, standing, filters.year)
    plan = queries.evidence_plan(scope, standing)
    context = {
        **frame(request, standing, export="instruction:evidence-plan-export", data=Data.EVIDENCE_PLAN),
        "plan": plan,
        "plan_sentence": plan_sentence(plan),
        "visits": plan.visits,
        "may_permit": scope.may(Data.EVIDENCE_PLAN, Action.CHANGE),
        "certainty_url": reverse("instruction:certainty", query={"year": standing.year})
        if scope.may(Data.SCHOOL_CAPACITY)
        else "",
    }
    return render(request, "instruction/evidence_plan.html", context)


@require_GET
@needs(Data.EVIDENCE_PLAN, Action.EXPORT)
def evidence_plan_export(request: HttpRequest) -> HttpResponse:
    """Return the plan as CSV."""
    filters = CapacityFilters.from_params(request.GET)
    standing = queries.standing(filters.year, filters.framework)
    if standing is None:
        return csv_response("evidence-plan.csv", [[_("Nothing has been computed yet.")]])
    plan = queries.evidence_plan(request.scope, standing, Action.EXPORT)  # type: ignore[attr-defined]
    asked = {"year": filters.year}
    recording.exported(
        request, "evidence-plan", target=standing.version, rows=len(plan.visits), filters=asked
    )
    return csv_response(f"evidence-plan-{standing.year_label}.csv", plan_rows(plan, standing))
