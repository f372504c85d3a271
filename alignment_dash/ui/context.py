"""What every page's frame needs: the district's name, the navigation and the years."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from alignment_dash.ui import district, years
from alignment_dash.ui.questions import questions_for


def page(request: HttpRequest) -> dict[str, Any]:
    """Return the frame's context; for someone not signed in only the district's name."""
    context: dict[str, Any] = {"district_name": district.name()}
    if not getattr(request, "user", None) or not request.user.is_authenticated:
        return context
    year = years.year_from(request.GET)
    items = [
        {"label": one.nav, "url": reverse(one.url_name), "current": request.path == reverse(one.url_name)}
        for one in questions_for(request.scope)  # type: ignore[attr-defined]
        if one.nav
    ]
    return context | {"nav_items": items, "year_choices": years.choices(year), "school_year": year}
