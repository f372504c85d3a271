"""The pages of leave: who was away for long, for HR alone."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from alignment_dash import schoolyear
from alignment_dash.access.doors import needs, signed_in
from alignment_dash.access.policy import Data
from alignment_dash.access.trace import recording
from alignment_dash.ui.csv_table import LARGEST
from alignment_dash.ui.spreadsheet import csv_response
from alignment_dash.ui.years import year_from
from schools.leave import actions, files, queries
from schools.leave.forms import LeaveForm, NewLeaveForm
from schools.models import District, Leave
from schools.names import name_of

PAGE = 50
CONFLICT = 409
READ_OR_WRITE = ["GET", "HEAD", "POST"]


@require_http_methods(READ_OR_WRITE)
@needs(Data.LEAVE)
def leave_list(request: HttpRequest) -> HttpResponse:
    """Show who is away in a school year; add a leave, or a file of them."""
    if request.method != "POST":
        return _list(request)
    if "file" in request.FILES or request.POST.get("act") == "import":
        return _take_file(request)
    form = NewLeaveForm(request.POST)
    if not form.is_valid():
        return _list(request, form=form, status=400)
    given = form.cleaned_data
    away = actions.Away(given["person"].pk, given["first_day"], given["last_day"])
    try:
        actions.add_leave(away=away, by=signed_in(request))
    except ValidationError as error:
        form.add_error(None, error.messages)
        return _list(request, form=form, status=400)
    messages.success(request, _("The leave is kept."))
    return _back(request)


@require_http_methods(READ_OR_WRITE)
@needs(Data.LEAVE)
def leave_change(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Set when a leave begins and ends, or remove it."""
    leave = queries.leave(request.scope, uid)  # type: ignore[attr-defined]
    if leave is None:
        raise Http404
    if request.method != "POST":
        return _one(request, leave, LeaveForm(initial=_values(leave)))
    form = LeaveForm(request.POST)
    removes = request.POST.get("act") == "remove"
    if not removes and not form.is_valid():
        return _one(request, leave, form, status=400)
    seen = request.POST.get("seen", "")[:40]
    try:
        if removes:
            actions.remove_leave(leave=leave, by=signed_in(request), seen=seen)
        else:
            days = {name: form.cleaned_data[name] for name in ("first_day", "last_day")}
            actions.change_leave(leave=leave, by=signed_in(request), seen=seen, **days)
    except actions.Moved as moved:
        if moved.now is None:
            raise Http404 from None
        data = request.POST.copy()
        data["seen"] = actions.version_of(moved.now)
        return _one(request, moved.now, LeaveForm(data), status=CONFLICT, moved=True)
    except ValidationError as error:
        form.add_error(None, error.messages)
        return _one(request, leave, form, status=400)
    messages.success(request, _("The leave is removed.") if removes else _("The leave is changed."))
    return _back(request)


@require_GET
@needs(Data.LEAVE)
def leave_export(request: HttpRequest) -> HttpResponse:
    """Return the leaves of a school year as the CSV that the page takes in."""
    year = year_from(request.GET)
    found = list(queries.leaves(request.scope, year=year))  # type: ignore[attr-defined]
    recording.exported(
        request, "leave", target=District.objects.get(), rows=len(found), filters={"year": year}
    )
    ids = queries.external_ids([one.person_id for one in found])
    return _closed(csv_response(f"leave-{schoolyear.label(year)}.csv", files.rows_of(found, ids)))


def _take_file(request: HttpRequest) -> HttpResponse:
    upload = request.FILES.get("file")
    if upload is None:
        return _list(request, status=400, faults=[_("Choose a file.")])
    try:
        rows = files.read(upload.read(LARGEST + 1))
        n = actions.add_leaves(rows=rows, by=signed_in(request))
    except files.Unreadable as unreadable:
        return _list(request, status=400, faults=unreadable.faults)
    except ValidationError as error:
        return _list(request, status=400, faults=files.shortened(error.messages))
    text = ngettext("{n} leave added or changed.", "{n} leaves added or changed.", n).format(n=n)
    messages.success(request, text if n else _("Every leave of the file was kept already."))
    return _back(request)


def _list(request: HttpRequest, **more: Any) -> HttpResponse:
    status, form = more.pop("status", 200), more.pop("form", None)
    year = year_from(request.GET)
    words = request.GET.get("q", "").replace("\0", "")[:100]
    found = queries.leaves(request.scope, year=year, text=words)  # type: ignore[attr-defined]
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    people = [one.person_id for one in page]
    if people:
        recording.seen(request, "leave", target=District.objects.get(), people=people, year=year)
    context = {
        "page": page,
        "rows": [(one, name_of(one.person), _last_day(one)) for one in page],
        "form": form or NewLeaveForm(),
        "year": year,
        "year_label": schoolyear.label(year),
        "words": words,
        "page_url": reverse("schools:leave-list", query={"year": year}),
        "export_url": reverse("schools:leave-export", query={"year": year}),
    }
    return _closed(render(request, "schools/leave/list.html", context | more, status=status))


def _one(request: HttpRequest, leave: Leave, form: LeaveForm, **more: Any) -> HttpResponse:
    status = more.pop("status", 200)
    recording.seen(request, "leave", target=District.objects.get(), people=[leave.person_id])
    context = {
        "leave": leave,
        "name": name_of(leave.person),
        "form": form,
        "last_day": _last_day(leave),
        "seen": actions.version_of(leave),
    }
    return _closed(render(request, "schools/leave/change.html", context | more, status=status))


def _closed(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return response


def _back(request: HttpRequest) -> HttpResponse:
    return redirect(reverse("schools:leave-list", query={"year": year_from(request.GET)}))


def _last_day(leave: Leave) -> Any:
    return leave.during.upper.fromordinal(leave.during.upper.toordinal() - 1) if leave.during.upper else None


def _values(leave: Leave) -> dict[str, Any]:
    return {
        "first_day": leave.during.lower,
        "last_day": _last_day(leave),
        "seen": actions.version_of(leave),
    }
