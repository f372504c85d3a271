"""A school's walks without names, as a page and as CSV."""

from collections.abc import Iterator
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from alignment_dash.access.doors import needs
from alignment_dash.access.policy import Data
from alignment_dash.access.trace import recording
from alignment_dash.ui.spreadsheet import csv_response
from alignment_dash.ui.years import year_from
from instruction.observing import walks


@require_GET
@needs(Data.LEARNING_WALKS)
def school_walks(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show what walks without names saw at a school."""
    page = _page(request, uid)
    context = {
        "page": page,
        "least": walks.LEAST,
        "year": page.year,
        "school_url": reverse("instruction:school", kwargs={"uid": uid}, query={"year": page.year}),
    }
    return render(request, "instruction/observing/walks.html", context)


@require_GET
@needs(Data.LEARNING_WALKS)
def school_walks_export(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Return the same as CSV."""
    page = _page(request, uid)
    rows = list(_rows(page))
    recording.exported(
        request, "walks", target=page.school, rows=len(page.elements), filters={"year": page.year}
    )
    return csv_response(f"walks-{page.year_label}.csv", rows)


def _page(request: HttpRequest, uid: UUID) -> walks.WalksPage:
    page = walks.walks_page(request.scope, uid, year_from(request.GET))  # type: ignore[attr-defined]
    if page is None:
        raise Http404
    return page


def _rows(page: walks.WalksPage) -> Iterator[list[object]]:
    yield [_("Element"), *page.level_names, _("Not seen")]
    for one in page.elements:
        yield [one.name, *one.levels, one.not_seen]
    if page.n is None:
        yield [_("hidden: fewer than {n} walks").format(n=walks.LEAST)]
    yield []
    yield [_("School"), page.school.name]
    yield [_("School year"), page.year_label]
    if page.n is not None:
        yield [_("Walks"), page.n]
    for grade, subject, n in page.groups:
        yield [_("Walks"), grade, subject, n]
    yield [_("Walks without names enter no estimate of instructional capacity.")]
