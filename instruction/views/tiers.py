"""Accountability tier beside estimated capacity, and its export."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from alignment_dash import schoolyear
from alignment_dash.access.doors import needs
from alignment_dash.access.policy import Action, Data
from alignment_dash.access.trace import recording
from alignment_dash.ui.spreadsheet import csv_response
from instruction import queries, tier_chart, tier_export, tier_words
from instruction.filters import CapacityFilters
from instruction.queries.tiers_page import MOST_HELP
from instruction.views.frame import frame, nothing_computed


@require_GET
@needs(Data.SCHOOL_CAPACITY)
def tiers(request: HttpRequest) -> HttpResponse:
    """Show where test-score tiers and estimated capacity disagree, and what each rule would have sent where."""
    scope, filters = request.scope, CapacityFilters.from_params(request.GET)  # type: ignore[attr-defined]
    standing = queries.standing(filters.year, filters.framework)
    page = queries.tiers_page(scope, standing, filters) if standing and standing.run else None
    if standing is None or page is None:
        return nothing_computed(request, standing, filters.year)
    context = {
        **frame(request, standing, export="instruction:tiers-export", data=Data.SCHOOL_CAPACITY),
        "page": page,
        "sentence": tier_words.tiers_sentence(page),
        "figure": tier_chart.strip(page),
        "disagreeing": tier_words.disagreeing(page),
        "agreement": tier_words.agreement_words(page.agreement),
        "rules_sentence": tier_words.rules_words(page.rules) if page.rules else "",
        "tier_year": None if page.tier_year is None else schoolyear.label(page.tier_year),
        "most_help": MOST_HELP,
    }
    return render(request, "instruction/tiers.html", context)


@require_GET
@needs(Data.SCHOOL_CAPACITY, Action.EXPORT)
def tiers_export(request: HttpRequest) -> HttpResponse:
    """Return what the page shows as CSV."""
    filters = CapacityFilters.from_params(request.GET)
    standing = queries.standing(filters.year, filters.framework)
    page = queries.tiers_page(request.scope, standing, filters) if standing and standing.run else None  # type: ignore[attr-defined]
    if standing is None or page is None:
        return csv_response("tiers.csv", [[_("Nothing has been computed yet.")]])
    asked = {"year": filters.year, "element": page.column.uid}
    recording.exported(request, "tiers", target=standing.version, rows=len(page.lines), filters=asked)
    return csv_response(f"tiers-{standing.year_label}.csv", tier_export.rows_of(page))
