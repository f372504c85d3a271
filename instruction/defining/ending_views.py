"""Pages that end a draft or a version: check and publish, retire, delete."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from alignment_dash import schoolyear
from alignment_dash.access.doors import needs, signed_in
from alignment_dash.access.policy import Action, Data
from instruction.consulting.reviewing import findings_of
from instruction.defining import actions, queries
from instruction.defining.checks import publish_check
from instruction.defining.drafting import draft_of, keeps_typed
from instruction.defining.publishing import publish_draft, retire_version
from instruction.defining.reading import draft_revision
from instruction.defining.views import address, found_version, version_page
from instruction.models import VersionState

CONFLICT = 409


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Data.DEFINITIONS, Action.CHANGE)
@keeps_typed
def framework_check(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Say what stands against publishing a draft and what it means; publish it."""
    version = draft_of(request, uid)
    status, moved = 200, False
    if request.method == "POST":
        try:
            publish_draft(
                version=version, by=signed_in(request), revision=_number(request.POST.get("revision", ""))
            )
        except actions.Moved:
            status, moved = CONFLICT, True
        except actions.Refused:
            status = 400
        else:
            messages.success(request, _("Published."))
            return redirect(address(version))
    groups, _n_elements = findings_of(version)
    context = {
        "version": version,
        "version_url": address(version),
        "advice": [one for wording, found in groups if wording is None for one in found],
        "n_advised": sum(wording is not None for wording, _found in groups),
        "check": publish_check(version),
        "revision": draft_revision(version),
        "year_label": schoolyear.label(version.first_school_year),
        "moved": moved,
    }
    return render(request, "instruction/defining/check.html", context, status=status)


def _number(text: str) -> int:
    """Return the revision that was seen; -1, which no draft has, for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


@require_POST
@needs(Data.DEFINITIONS)
def framework_retire(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Retire a published version; where it is in use, say why not."""
    version = found_version(request, uid)
    if version.state == VersionState.DRAFT:
        raise Http404
    try:
        retire_version(version=version, by=signed_in(request))
    except actions.Refused as refused:
        return version_page(request, version, refused=refused.reasons, status=CONFLICT)
    messages.success(request, _("Retired. Its pages and ratings stay."))
    return redirect(address(version))


@require_POST
@needs(Data.DEFINITIONS)
def framework_delete(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Delete a draft."""
    version = queries.draft_to_change(request.scope, uid)  # type: ignore[attr-defined]
    if version is None:
        raise Http404
    try:
        actions.delete_draft(version=version, by=signed_in(request))
    except actions.Refused as refused:
        return version_page(request, version, refused=refused.reasons, status=CONFLICT)
    messages.success(request, _("The draft is deleted."))
    return redirect("instruction:framework-versions")
