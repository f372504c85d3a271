"""The page of the caller's own evidence."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from alignment_dash import schoolyear
from alignment_dash.access.doors import needs
from alignment_dash.access.policy import Data
from alignment_dash.ui.years import year_from
from instruction import queries


@require_GET
@needs(Data.PERSON_EVIDENCE)
def my_evidence(request: HttpRequest) -> HttpResponse:
    """Show what was observed of the caller."""
    year = year_from(request.GET)
    lessons = queries.my_evidence(request.scope, year)  # type: ignore[attr-defined]
    context = {"lessons": lessons, "year": year, "year_label": schoolyear.label(year)}
    return render(request, "instruction/my_evidence.html", context)
