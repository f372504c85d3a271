"""The pages on which a file of another product is explained: its columns, its words, what an import would do."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from alignment_dash.access.doors import needs, signed_in
from alignment_dash.access.policy import Data
from alignment_dash.access.trace import recording
from instruction.imports.products import actions, labels, table
from instruction.imports.products.causes import by_cause
from instruction.imports.products.columns_form import ColumnsForm
from instruction.imports.products.look import Reading, look_at, may_see_rows, shortened
from instruction.imports.products.preview import sample_rows
from instruction.imports.products.unreadable import Unreadable
from instruction.imports.products.values_form import ValuesForm
from instruction.models import ImportMapping, ObservationImport

WaitsFor = ObservationImport.WaitsFor
DETAIL = "instruction:observation-import-detail"


def _upload(uid: UUID) -> ObservationImport:
    return get_object_or_404(
        ObservationImport.objects.defer("content").select_related("received_by"), uid=uid
    )


def _moved(request: HttpRequest, upload: ObservationImport) -> HttpResponse:
    messages.warning(request, _("This file is not waiting for that any more. Here is how it stands."))
    return redirect(DETAIL, uid=upload.uid)


def _not_yours(request: HttpRequest, upload: ObservationImport) -> HttpResponse:
    """Say who may go on: what a column or a word means is read off its cells."""
    context = {"upload": upload, "steps": labels.steps(upload.waits_for)}
    return render(request, "instruction/observation_not_yours.html", context, status=403)


@require_http_methods(["GET", "POST"])
@needs(Data.OBSERVATION_IMPORTS)
def observation_import_columns(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Ask what the columns of a file mean."""
    upload = _upload(uid)
    if not upload.waits_for:
        return redirect(DETAIL, uid=uid)
    if not may_see_rows(upload, signed_in(request)):
        return _not_yours(request, upload)
    reading = Reading.from_params(request.POST if request.method == "POST" else request.GET)
    context: dict[str, Any] = {"upload": upload, "reading": reading, "steps": labels.steps("columns")}
    try:
        look = look_at(upload, reading)
    except (Unreadable, LookupError) as error:
        context["unreadable"] = getattr(error, "message", "") or _("The file is not there any more.")
        context["encodings"], context["delimiters"] = table.ENCODINGS, labels.DELIMITERS
        return render(request, "instruction/observation_columns.html", context, status=400)
    form = ColumnsForm(look, upload, request.POST if request.method == "POST" else None, reading)
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_columns(upload=upload, layout=form.layout, by=signed_in(request))
        except actions.Moved:
            return _moved(request, upload)
        return redirect(DETAIL, uid=uid)
    recording.seen(request, "import-rows", target=upload)
    context |= {
        "look": look,
        "form": form,
        "columns": form.columns(shortened),
        "head": [(number, [shortened(cell) for cell in cells]) for number, cells in look.head],
        "encodings": table.ENCODINGS,
        "delimiters": labels.DELIMITERS,
        "delimiter_words": labels.DELIMITERS.get(Reading(delimiter=look.form.delimiter).separator, ""),
    }
    return render(
        request, "instruction/observation_columns.html", context, status=400 if form.faults else 200
    )


@require_POST
@needs(Data.OBSERVATION_IMPORTS)
def observation_import_use_mapping(request: HttpRequest, uid: UUID, mapping: UUID) -> HttpResponse:
    """Read a file as a saved mapping says."""
    upload, saved = _upload(uid), get_object_or_404(ImportMapping, uid=mapping)
    if not may_see_rows(upload, signed_in(request)):
        return _not_yours(request, upload)
    sheet = request.POST.get("sheet", "").replace("\0", "")[:255]
    try:
        actions.use_mapping(upload=upload, mapping=saved, sheet=sheet, by=signed_in(request))
    except actions.Moved:
        return _moved(request, upload)
    return redirect(DETAIL, uid=uid)


@require_http_methods(["GET", "POST"])
@needs(Data.OBSERVATION_IMPORTS)
def observation_import_values(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Ask what the words of a file mean."""
    upload = _upload(uid)
    if upload.waits_for not in {WaitsFor.VALUES, WaitsFor.IMPORT}:
        return redirect(DETAIL, uid=uid)
    is_seen = may_see_rows(upload, signed_in(request))
    if request.method == "POST" and not is_seen:
        return _not_yours(request, upload)
    form = ValuesForm(upload, request.POST if request.method == "POST" else None, is_seen=is_seen)
    if request.method == "POST" and form.is_valid():
        try:
            actions.answer(upload=upload, answers=form.answers, by=signed_in(request))
        except actions.Moved:
            return _moved(request, upload)
        return redirect(DETAIL, uid=uid)
    if is_seen:
        recording.seen(request, "import-rows", target=upload)
    context = {"upload": upload, "form": form, "is_seen": is_seen, "steps": labels.steps("values")}
    return render(
        request, "instruction/observation_values.html", context, status=400 if form.has_errors else 200
    )


@require_http_methods(["GET", "POST"])
@needs(Data.OBSERVATION_IMPORTS)
def observation_import_preview(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show what an import would do; POST does it."""
    upload = _upload(uid)
    if upload.waits_for not in {WaitsFor.VALUES, WaitsFor.IMPORT}:
        return redirect(DETAIL, uid=uid)
    if request.method == "POST":
        try:
            actions.start_import(
                upload=upload, by=signed_in(request), plan_hash=request.POST.get("plan_hash", "")
            )
        except actions.Moved:
            return _moved(request, upload)
        return redirect(DETAIL, uid=uid)
    is_seen = may_see_rows(upload, signed_in(request))
    if is_seen:
        recording.seen(request, "import-rows", target=upload)
    context = {
        "upload": upload,
        "steps": labels.steps("import"),
        "outlook": upload.outlook,
        "is_seen": is_seen,
        "sample": sample_rows(upload.outlook.get("sample", [])) if is_seen else [],
        "causes": by_cause(
            upload.findings,
            [(one["kind"], one["written"], one["count"]) for one in upload.outlook.get("values", [])],
            is_seen=is_seen,
        ),
        "layout": upload.layout,
    }
    return render(request, "instruction/observation_preview.html", context)


@require_POST
@needs(Data.OBSERVATION_IMPORTS)
def observation_import_discard(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Drop a file that waits."""
    upload = _upload(uid)
    try:
        actions.discard(upload=upload, by=signed_in(request))
    except actions.Moved:
        return _moved(request, upload)
    messages.success(request, _("The file was dropped. Nothing of it was stored."))
    return redirect("instruction:observation-import-list")
