"""The pages of a kind of upload: send a file, the imports so far, one import with what was found in it."""

from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _

from alignment_dash.runs import uploads
from alignment_dash.runs.models import UploadState

PAGE = 25
FINDINGS_SHOWN = 100


class FileForm(forms.Form):
    """The file itself; the kind's own options are a form beside it."""

    file = forms.FileField(label=_("File"))


def list_page(request: HttpRequest, kind: uploads.UploadKind) -> HttpResponse:
    """Show the imports so far and take a file in."""
    form, options = FileForm(), kind.options()
    if request.method == "POST":
        form, options = FileForm(request.POST, request.FILES), kind.options(request.POST)
        if form.is_valid() and options.is_valid():
            try:
                upload, _is_new = uploads.receive(
                    kind=kind,
                    content=uploads.read_file(form.cleaned_data["file"]),
                    filename=form.cleaned_data["file"].name,
                    options=options.cleaned_data,
                    by=request.user,  # type: ignore[arg-type]
                )
                return redirect(kind.detail_url, uid=upload.uid)
            except uploads.Refused as refused:
                form.add_error("file", refused.message)
    form.fields["file"].widget.attrs["accept"] = kind.accept
    page = Paginator(uploads.newest(kind), PAGE).get_page(request.GET.get("page"))
    rows = [{"upload": upload, **_state(upload)} for upload in page]
    context = {"kind": kind, "form": form, "options": options, "page": page, "rows": rows}
    return render(
        request, "runs/upload_list.html", context, status=400 if form.errors or options.errors else 200
    )


def detail_page(request: HttpRequest, kind: uploads.UploadKind, uid: UUID) -> HttpResponse:
    """Show one import; while it is open its status asks for itself again."""
    found = kind.model.objects.defer("content").select_related("run", "received_by")
    upload = get_object_or_404(found, uid=uid)
    template = "runs/upload_detail.html#status" if request.htmx else "runs/upload_detail.html"  # type: ignore[attr-defined]
    context = {"kind": kind, "upload": upload, "findings": upload.findings[:FINDINGS_SHOWN], **_state(upload)}
    return render(request, template, context)


def _state(upload: uploads.Upload) -> dict[str, object]:
    state = UploadState(uploads.state_of(upload))
    return {"state": state.value, "state_label": state.label, "is_open": state in uploads._OPEN}
