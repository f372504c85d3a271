"""Pages of the rostered district: roster imports, what is decided about them, and when they are held."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from alignment_dash.access.doors import needs, signed_in
from alignment_dash.access.policy import Data
from alignment_dash.runs.upload_pages import PAGE, SendForm
from alignment_dash.runs.uploads import Refused
from alignment_dash.ui.body_limit import takes_files
from schools.imports import actions, hold_limits
from schools.imports import pages as import_pages
from schools.imports import queries as import_queries
from schools.imports import reverts as roster_reverts
from schools.imports.importing import KIND
from schools.models import RosterImport


@takes_files
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Data.IMPORTS)
def roster_import_list(request: HttpRequest) -> HttpResponse:
    """Show what waits for a person and the imports so far, and take a roster in."""
    sending = SendForm(KIND, request if request.method == "POST" else None)
    if upload := sending.send():
        return redirect(KIND.detail_url, uid=upload.uid)
    filters = import_pages.FilterForm(request.GET)
    page = Paginator(import_queries.listed(**filters.chosen()), PAGE).get_page(request.GET.get("page"))
    context = {
        "sending": sending,
        "filters": filters,
        "page": page,
        "rows": import_pages.listed(page),
        **import_pages.waiting(),
    }
    template = "schools/roster_import_list.html"
    return render(request, template, context, status=400 if sending.has_errors else 200)


@require_GET
@needs(Data.IMPORTS)
def roster_import_detail(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show one import; while it is under way, htmx asks for its head again, and for all of it at the end."""
    upload = get_object_or_404(import_queries.one(uid))
    if not request.htmx:  # type: ignore[attr-defined]
        return _page(request, upload)
    head = import_pages.head(upload)
    if head["is_open"]:
        return render(request, "schools/roster_import.html#head", head)
    whole = render(request, "schools/roster_import.html#whole", import_pages.whole(upload))
    whole["HX-Retarget"], whole["HX-Reswap"] = "#roster-import", "outerHTML"
    return whole


@require_POST
@needs(Data.IMPORTS)
def roster_import_approve(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Approve the plan that the page showed, named by its hash; another one is shown instead of approved."""
    decide = partial(actions.approve_roster, plan_hash=request.POST.get("plan_hash", ""))
    return _decided(request, uid, decide, _("Approved. The roster is applied as soon as a worker is free."))


@require_POST
@needs(Data.IMPORTS)
def roster_import_abort(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Give up a roster that waits: its file is deleted, nothing is changed."""
    said = _("Aborted. Nothing was changed, and the file is deleted.")
    return _decided(request, uid, actions.abort_roster, said)


@require_POST
@needs(Data.IMPORTS)
def roster_import_retry(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take up a failed import again."""
    return _decided(request, uid, actions.retry_roster, _("It is tried again as soon as a worker is free."))


def _decided(request: HttpRequest, uid: UUID, decide: Callable[..., RosterImport], said: str) -> HttpResponse:
    """Do what someone decided about an import and say so on its page, or there say why not."""
    upload = get_object_or_404(import_queries.one(uid))
    try:
        decide(roster_import=upload, by=signed_in(request))
    except Refused as refused:
        return _refused(request, uid, refused)
    messages.success(request, said)
    return redirect(KIND.detail_url, uid=uid)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Data.IMPORTS)
def roster_import_revert(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Say what reverting an import does and what blocks it; then, asked by POST, revert it."""
    upload = get_object_or_404(import_queries.one(uid))
    refusal = ""
    if request.method == "POST":
        try:
            actions.revert_roster(roster_import=upload, by=signed_in(request))
        except Refused as refused:
            refusal = refused.message
        else:
            messages.success(request, _("Reverting. What the roster changed is put back as it was."))
            return redirect(KIND.detail_url, uid=uid)
    preview = roster_reverts.preview(upload) if import_pages.may_revert(upload) else None
    context = import_pages.reverting(upload, preview) | {"refused": refusal}
    status = actions.CONFLICT if refusal else 200
    return render(request, "schools/roster_import_revert.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Data.IMPORTS)
def roster_hold_limits(request: HttpRequest) -> HttpResponse:
    """Show and set from where on a roster is held."""
    limits = hold_limits.current_limits()
    if request.method != "POST":
        form = hold_limits.HoldLimitsForm(instance=limits)
        return render(request, "schools/roster_hold_limits.html", {"form": form})
    form = hold_limits.HoldLimitsForm(request.POST, instance=limits)
    if not form.is_valid():
        return render(request, "schools/roster_hold_limits.html", {"form": form}, status=400)
    hold_limits.set_hold_limits(by=signed_in(request), **form.cleaned_data)
    messages.success(request, _("Set. The next roster is planned with these limits."))
    return redirect("schools:roster-hold-limits")


def _refused(request: HttpRequest, uid: UUID, refused: Refused) -> HttpResponse:
    """Show the import as it is now, with why nothing was done."""
    upload = get_object_or_404(import_queries.one(uid))
    return _page(request, upload, refused=refused.message, status=refused.status)


def _page(request: HttpRequest, upload: RosterImport, *, status: int = 200, **more: Any) -> HttpResponse:
    context = import_pages.whole(upload) | more
    return render(request, "schools/roster_import.html", context, status=status)
