"""Pages of imports of ratings: send a file, the imports so far, one import."""

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from alignment_dash.access.doors import needs, signed_in
from alignment_dash.access.policy import Data
from alignment_dash.runs import upload_pages, uploads
from alignment_dash.runs.models import UploadState
from alignment_dash.runs.upload_states import APPLIED
from alignment_dash.ui.body_limit import takes_files
from instruction.imports.products import door, labels
from instruction.imports.products.causes import by_cause
from instruction.imports.products.look import may_see_rows
from instruction.imports.work import OBSERVATION_IMPORTS, Options
from instruction.models import ObservationImport, UnmatchedValue

PAGE = 25
NEXT = {
    ObservationImport.WaitsFor.COLUMNS: "instruction:observation-import-columns",
    ObservationImport.WaitsFor.VALUES: "instruction:observation-import-values",
    ObservationImport.WaitsFor.IMPORT: "instruction:observation-import-preview",
}


@takes_files
@require_http_methods(["GET", "POST"])
@needs(Data.OBSERVATION_IMPORTS)
def observation_import_list(request: HttpRequest) -> HttpResponse:
    """Show the imports so far and take a file in, in our own format or another product's."""
    form, options = upload_pages.FileForm(), Options()
    if request.method == "POST":
        form, options = upload_pages.FileForm(request.POST, request.FILES), Options(request.POST)
        if form.is_valid() & options.is_valid():
            try:
                upload, _is_new = door.receive(
                    content=uploads.read_file(form.cleaned_data["file"]),
                    filename=form.cleaned_data["file"].name,
                    options=options.cleaned_data,
                    mapping="",
                    by=signed_in(request),
                )
                return redirect(_next(upload))
            except uploads.Refused as refused:
                form.add_error("file", refused.message)
    form.fields["file"].widget.attrs["accept"] = OBSERVATION_IMPORTS.accept
    page = Paginator(uploads.newest(OBSERVATION_IMPORTS), PAGE).get_page(request.GET.get("page"))
    context = {
        "kind": OBSERVATION_IMPORTS,
        "form": form,
        "options": options,
        "page": page,
        "rows": [{"upload": upload, **_state(upload)} for upload in page],
        "n_waiting": UnmatchedValue.objects.count(),
    }
    status = 400 if form.errors or options.errors else 200
    return render(request, "instruction/observation_import_list.html", context, status=status)


@require_GET
@needs(Data.OBSERVATION_IMPORTS)
def observation_import_detail(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show one import; one of another product's file leads on to what it waits for."""
    found = ObservationImport.objects.defer("content").select_related("run", "received_by")
    upload = get_object_or_404(found, uid=uid)
    if upload.layout is None and not upload.waits_for:
        return upload_pages.detail_page(request, OBSERVATION_IMPORTS, uid)
    context = {
        "kind": OBSERVATION_IMPORTS,
        "upload": upload,
        "causes": by_cause(upload.findings, _words(upload), is_seen=may_see_rows(upload, signed_in(request))),
        "next_url": _next(upload) if upload.waits_for else "",
        "n_waiting": upload.unmatched.count(),
        "steps": labels.steps(_step(upload)),
        **_state(upload),
    }
    template = "instruction/observation_file.html"
    response = render(request, f"{template}#status" if request.htmx else template, context)  # type: ignore[attr-defined]
    if request.htmx and upload.waits_for:  # type: ignore[attr-defined]
        response["HX-Redirect"] = _next(upload)
    return response


def _words(upload: ObservationImport) -> list[tuple[str, str, int]]:
    """Return kind, text and number of rows of the words that wait, the most frequent first."""
    held = upload.unmatched.values_list("kind", "written", "rows")
    return sorted(((kind, text, len(rows)) for kind, text, rows in held), key=lambda one: -one[2])


def _step(upload: ObservationImport) -> str:
    """Return where on its way a file is: what it waits for, or what it waited for before the worker took it."""
    if upload.waits_for:
        return upload.waits_for
    if upload.next_act in {ObservationImport.Act.PLAN, ObservationImport.Act.APPLY_IF_CLEAN}:
        return ObservationImport.WaitsFor.VALUES
    return "" if upload.ended_at else "done"


def _next(upload: uploads.Upload) -> str:
    """Return the page where an import goes on."""
    waits_for: Any = getattr(upload, "waits_for", "")
    name = NEXT.get(waits_for, OBSERVATION_IMPORTS.detail_url)
    return reverse(name, kwargs={"uid": upload.uid})


def _state(upload: ObservationImport) -> dict[str, object]:
    state = UploadState(uploads.state_of(upload))
    is_open = bool(upload.next_act) or upload.is_open
    words = upload.get_waits_for_display() if upload.waits_for else ""
    is_partial = state in APPLIED and upload.outlook.get("n_ready", 0) < upload.outlook.get("n_rows", 0)
    return {
        # What left rows out does not stand as done.
        "state": "warning" if is_partial else state.value,
        "state_label": _("Applied in part") if is_partial else state.label,
        "is_open": is_open and state != UploadState.FAILED,
        "waits_for": words,
    }
