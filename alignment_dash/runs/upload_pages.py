"""The pages of a kind of upload: send a file, the imports so far, one import with what was found in it."""

from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _

from alignment_dash.access.doors import signed_in
from alignment_dash.runs import uploads
from alignment_dash.runs.models import Upload, UploadState

PAGE = 25
FINDINGS_SHOWN = 100


class FileForm(forms.Form):
    """The file itself; the kind's own options are a form beside it."""

    file = forms.FileField(label=_("File"))


class SendForm:
    """The form that sends a file of one kind: `file`, and `options` beside it. Empty without a request."""

    def __init__(self, kind: uploads.UploadKind, request: HttpRequest | None = None) -> None:
        self.kind = kind
        self._request = request
        if request is None:
            self.file, self.options = FileForm(), kind.options()
        else:
            self.file, self.options = FileForm(request.POST, request.FILES), kind.options(request.POST)
        self.file.fields["file"].widget.attrs["accept"] = kind.accept

    def send(self) -> Upload | None:
        """Take the file in and return its import; None when something is to be corrected, which the forms say."""
        if self._request is None or not (self.file.is_valid() & self.options.is_valid()):
            return None
        sent = self.file.cleaned_data["file"]
        try:
            upload, _is_new = uploads.receive(
                kind=self.kind,
                content=uploads.read_file(sent),
                filename=sent.name,
                options=self.options.cleaned_data,
                by=signed_in(self._request),
            )
        except uploads.Refused as refused:
            self.file.add_error("file", refused.message)
            return None
        return upload

    @property
    def has_errors(self) -> bool:
        """Say whether something is to be corrected."""
        return bool(self.file.errors or self.options.errors)


def detail_page(request: HttpRequest, kind: uploads.UploadKind, uid: UUID) -> HttpResponse:
    """Show one import; while it is open its status asks for itself again."""
    found = kind.model.objects.defer("content").select_related("run", "received_by")
    upload = get_object_or_404(found, uid=uid)
    template = "runs/upload_detail.html#status" if request.htmx else "runs/upload_detail.html"  # type: ignore[attr-defined]
    findings = upload.findings[:FINDINGS_SHOWN]
    context = {"kind": kind, "upload": upload, "findings": findings, **state_words(upload)}
    return render(request, template, context)


def state_words(upload: Upload) -> dict[str, object]:
    """Return an import's state for a template: state, state_label, and whether it is_open (still worked on)."""
    state = UploadState(uploads.state_of(upload))
    is_open = upload.is_open and state == upload.state
    return {"state": state.value, "state_label": state.label, "is_open": is_open}
