"""The page of one number: how the estimate of a school on an element comes from the ratings."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from alignment_dash.access.doors import needs
from alignment_dash.access.policy import Data
from instruction import queries
from instruction.filters import CapacityFilters


@require_GET
@needs(Data.SCHOOL_CAPACITY)
def derivation(request: HttpRequest, school_uid: UUID, element_uid: UUID) -> HttpResponse:
    """Show how one figure comes about."""
    filters = CapacityFilters.from_params(request.GET)
    page = queries.derivation_page(
        request.scope,
        filters.year,
        school_uid,
        element_uid,
        filters.framework,  # type: ignore[attr-defined]
    )
    if page is None:
        raise Http404
    context = {
        "page": page,
        "standing": page.standing,
        "how_url": reverse("instruction:how-computed", query={"year": filters.year}),
        "map_url": reverse("instruction:capacity-map", query={"year": filters.year}),
    }
    return render(request, "instruction/derivation.html", context)
