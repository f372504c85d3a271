"""The home of a principal supervisor, and the view of all of them."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from alignment_dash.access.doors import needs
from alignment_dash.access.policy import Action, Data
from supervision.overview import home as homes
from supervision.overview import sparks, words
from supervision.overview.district import district
from supervision.overview.rows import WEEKS, WINDOW_WEEKS, Home


@require_GET
@never_cache
@needs(Data.SUPERVISOR_TIME)
def home(request: HttpRequest) -> HttpResponse:
    """Show a supervisor's own principals; to who sees all supervisors and has no caseload, those."""
    scope = request.scope  # type: ignore[attr-defined]
    found = homes.home(scope)
    sees_all = scope.district_wide(Data.SUPERVISOR_TIME)
    if not found.rows:
        return overview(request) if sees_all else render(request, "supervision/overview/none.html")
    context = {
        "home": found,
        "sentence": words.home_sentence(found),
        "size": words.size_sentence(found),
        "rows": _drawn(found),
        "box": {"width": sparks.WIDTH, "height": sparks.HEIGHT},
        "weeks": WEEKS,
        "window": WINDOW_WEEKS,
        "sees_all": sees_all,
    }
    return render(request, "supervision/overview/home.html", context)


@require_GET
@never_cache
@needs(Data.SUPERVISOR_TIME)
def overview(request: HttpRequest) -> HttpResponse:
    """Show all principal supervisors to the cabinet: spans, need seen, time, covered work, what waits.

    To a supervisor, her own principals.
    """
    scope = request.scope  # type: ignore[attr-defined]
    if not scope.district_wide(Data.SUPERVISOR_TIME):
        return home(request)
    found = district(scope)
    context = {
        "district": found,
        "sentence": words.district_sentence(found),
        "may_balance": scope.may(Data.CASELOADS, Action.CHANGE),
        "sees_bench": scope.may(Data.PRINCIPAL_BENCH),
        "span": found.span,
    }
    return render(request, "supervision/overview/district.html", context)


def _drawn(found: Home) -> list[dict[str, object]]:
    most = found.most_minutes
    return [
        {"told": row, "bars": sparks.bars(row.minutes, most), "time": words.time_words(row)}
        for row in found.rows
    ]
