"""What every page's frame needs: the district's name, the navigation and the years."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from alignment_dash import schoolyear
from alignment_dash.notices import counts
from alignment_dash.ui import district, years
from alignment_dash.ui.head import row_from
from alignment_dash.ui.questions import navigation, tools_for


def page(request: HttpRequest) -> dict[str, Any]:
    """Return the frame's context; for someone not signed in only the district's name."""
    context: dict[str, Any] = {"district_name": district.name()}
    if not getattr(request, "user", None) or not request.user.is_authenticated:
        return context
    scope, year = request.scope, years.year_from(request.GET)  # type: ignore[attr-defined]
    questions = [_link(request, one.nav, one.url_name, year) for one in navigation(scope)]
    tools = [_link(request, one.label, one.url_name, year) for one in tools_for(scope)]
    words = [str(one["label"]) for one in questions]
    return context | {
        "nav_items": questions,
        "row_from": row_from(
            context["district_name"], words, request.user.name or request.user.get_username()
        ),
        "tools": tools,
        "year_choices": years.choices(year),
        "school_year": year,
        # Someone who acts as another does not see what that person is told. Read by pages, not by parts of them.
        "n_notices": None
        if getattr(request, "acting", None)
        else SimpleLazyObject(lambda: counts.unread(request.user, scope)),  # type: ignore[arg-type]
    }


def _link(request: HttpRequest, label: object, url_name: str, year: int) -> dict[str, object]:
    """A link of the frame; a year other than the current one is carried along."""
    path = reverse(url_name)
    query = "" if year == schoolyear.current_year() else f"?year={year}"
    return {"label": label, "url": path + query, "current": request.path == path}
