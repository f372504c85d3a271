"""What every page of a snapshot shows around its own figures: what stands, how it is computed, where it is exported."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from alignment_dash.access.policy import Action, Data
from instruction.queries import Standing


def frame(
    request: HttpRequest, standing: Standing, *, export: str = "", data: Data | None = None
) -> dict[str, Any]:
    """Return standing, how_url and export_url ("" for who may not export `data`) for a page's context."""
    return {
        "standing": standing,
        "how_url": reverse("instruction:how-computed", query={"year": standing.year}),
        "export_url": export_url(request, export, data) if export and data else "",
    }


def export_url(request: HttpRequest, name: str, data: Data) -> str:
    """Return where what is shown is exported, with the page's own filters; "" for who may not."""
    if not request.scope.may(data, Action.EXPORT):  # type: ignore[attr-defined]
        return ""
    return reverse(name, query=request.GET)


def nothing_computed(request: HttpRequest, standing: Standing | None, year: int) -> HttpResponse:
    """Answer a page whose year has no snapshot yet."""
    may_ask = request.scope.may(Data.JOBS, Action.CHANGE)  # type: ignore[attr-defined]
    context = {"standing": standing, "may_ask": may_ask, "year": year}
    return render(request, "instruction/nothing_computed.html", context)
