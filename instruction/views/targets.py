"""What the strategic plan aims at: the table, its form, and both as files."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from alignment_dash import schoolyear
from alignment_dash.access.doors import needs, signed_in
from alignment_dash.access.policy import Action, Data
from alignment_dash.ui.csv_table import LARGEST
from alignment_dash.ui.spreadsheet import csv_response
from instruction import actions, target_files
from instruction.filters import CapacityFilters
from instruction.queries.targets import TargetTable, target_table
from instruction.target_forms import TargetForm, field_name, initial
from instruction.target_words import targets_sentence

TEMPLATE = "instruction/targets.html"
CONFLICT = 409


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Data.TARGETS)
def targets(request: HttpRequest) -> HttpResponse:
    """Show the targets of a year; who may change them sends the whole table, or a file of it."""
    filters = CapacityFilters.from_params(request.GET)
    table = target_table(request.scope, filters.year, filters.framework)  # type: ignore[attr-defined]
    if table is None:
        if request.method == "POST":
            raise Http404
        return render(request, TEMPLATE, {"table": None, "year_label": schoolyear.label(filters.year)})
    if request.method != "POST":
        copies = request.GET.get("copy") == "last-year"
        form = TargetForm(table, initial=initial(table, copies=copies))
        return _page(request, table, form, copies=copies)
    if "file" in request.FILES or request.POST.get("act") == "import":
        return _take_file(request, table)
    form = TargetForm(table, request.POST)
    if not form.is_valid():
        return _page(request, table, form, status=400)
    try:
        changed = actions.change_targets(
            version=table.version, year=table.year, settings=form.settings(), by=signed_in(request)
        )
    except actions.TargetsMoved as moved:
        return _moved(request, table, form, moved)
    return _done(request, table, changed)


def _take_file(request: HttpRequest, table: TargetTable) -> HttpResponse:
    upload = request.FILES.get("file")
    form = TargetForm(table, initial=initial(table, copies=False))
    if upload is None:
        return _page(request, table, form, status=400, faults=[_("Choose a file.")])
    try:
        settings = target_files.read(upload.read(LARGEST + 1), table)
    except target_files.Unreadable as unreadable:
        return _page(request, table, form, status=400, faults=unreadable.faults)
    try:
        changed = actions.change_targets(
            version=table.version, year=table.year, settings=settings, by=signed_in(request)
        )
    except ValidationError as error:
        return _page(request, table, form, status=400, faults=error.messages)
    return _done(request, table, changed)


def _done(request: HttpRequest, table: TargetTable, changed: int) -> HttpResponse:
    if changed:
        text = ngettext(
            "{n} target set. What is computed from it is computed again.",
            "{n} targets set. What is computed from them is computed again.",
            changed,
        )
        messages.success(request, text.format(n=changed))
    else:
        messages.info(request, _("Nothing was different: no target was changed."))
    return redirect(_address(table))


def _moved(
    request: HttpRequest, table: TargetTable, form: TargetForm, moved: actions.TargetsMoved
) -> HttpResponse:
    """Show what someone else has set meanwhile, and keep what was typed elsewhere; nothing was set."""
    names = {
        (line.code, level): (line, level, str(label or _("all schools")))
        for line in table.lines
        for level, label in table.levels
    }
    data, told = request.POST.copy(), []
    for place, now in moved.now.items():
        line, level, label = names[place]
        name = field_name(line, level)
        told.append((line.wording.name, label, now, data.get(name, "")))
        data[name] = "" if now is None else str(now)
    return _page(request, table, TargetForm(table, data), status=CONFLICT, moved=told)


def _page(request: HttpRequest, table: TargetTable, form: TargetForm, **more: Any) -> HttpResponse:
    status = more.pop("status", 200)
    context = {
        "table": table,
        "form": form,
        "sentence": targets_sentence(table),
        "year_label": schoolyear.label(table.year),
        "last_label": schoolyear.label(table.year - 1),
        "may_change": request.scope.may(Data.TARGETS, Action.CHANGE),  # type: ignore[attr-defined]
        "has_last": any(line.before for line in table.lines),
        "page_url": _address(table),
        "export_url": reverse("instruction:targets-export", query=_query(table)),
        "how_url": reverse("instruction:how-computed", query={"year": table.year}),
    }
    return render(request, TEMPLATE, context | more, status=status)


def _query(table: TargetTable) -> dict[str, Any]:
    return {"year": table.year, "framework": table.version.framework.uid}


def _address(table: TargetTable) -> str:
    return reverse("instruction:targets", query=_query(table))


@require_GET
@needs(Data.TARGETS)
def targets_export(request: HttpRequest) -> HttpResponse:
    """Return the targets as CSV, in the columns that the page takes in."""
    filters = CapacityFilters.from_params(request.GET)
    table = target_table(request.scope, filters.year, filters.framework)  # type: ignore[attr-defined]
    if table is None:
        return csv_response("targets.csv", [list(target_files.COLUMNS)])
    return csv_response(f"targets-{schoolyear.label(table.year)}.csv", target_files.rows_of(table))
