"""The page of one element of a draft: add, change, take out."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from alignment_dash.access.doors import needs, signed_in
from alignment_dash.access.policy import Action, Data
from instruction.defining import actions, elements
from instruction.defining.drafting import CONFLICT, different, draft_of, keeps_typed, with_revision
from instruction.defining.element_form import ElementForm
from instruction.defining.reading import definition_of
from instruction.defining.views import address
from instruction.models import Element, FrameworkVersion


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Data.DEFINITIONS, Action.CHANGE)
@keeps_typed
def framework_element_new(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Add an element to a draft."""
    version = draft_of(request, uid)
    frame = definition_of(version)
    form = ElementForm(frame, None, 0, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            elements.add_element(
                version=version,
                wanted=form.element(),
                dimension=form.cleaned_data["dimension"],
                by=signed_in(request),
            )
        except actions.Refused as refused:
            form.add_error("code", str(refused))
        else:
            return _done(request, version, _("Saved."))
    return _page(request, version, form, None, status=400 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Data.DEFINITIONS, Action.CHANGE)
@keeps_typed
def framework_element(request: HttpRequest, uid: UUID, element_uid: UUID) -> HttpResponse:
    """Change one element of a draft, or take it out."""
    version = draft_of(request, uid)
    frame, element = definition_of(version), elements.element_of(version, element_uid)
    if element is None:
        return _gone(request, version, element_uid)
    if request.POST.get("act") == "remove":
        return _remove(request, version, element)
    held = next(one for one in frame.elements if one.code == element.code)
    revision = elements.revision_of(version, element)
    form = ElementForm(frame, held, revision, request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return _page(request, version, form, element, status=400 if form.errors else 200)
    try:
        now = elements.change_element(
            version=version, element=element, revision=form.cleaned_data["revision"] or 0, wanted=form.element(),
            dimension=form.cleaned_data["dimension"], by=signed_in(request),
        )  # fmt: skip
    except actions.Moved as moved:
        theirs = next((one for one in moved.now.elements if one.code == element.code), None)
        revision = elements.revision_of(version, element)
        told = different(form, ElementForm(moved.now, theirs, revision))
        return _page(
            request, version, with_revision(form, revision), element, different=told, status=CONFLICT
        )
    except (actions.Refused, actions.Unreadable) as refused:
        form.add_error(None, str(refused))
        return _page(request, version, form, element, status=400)
    if now.code != held.code:
        return _done(
            request,
            version,
            _("Saved. The element has a new code; the crosswalk says whose ratings it carries."),
        )
    return _done(request, version, _("Saved."))


def _gone(request: HttpRequest, version: FrameworkVersion, uid: UUID) -> HttpResponse:
    """Show what was typed about an element that someone else has taken out or renamed meanwhile, to be added anew."""
    known = Element.objects.filter(uid=uid, framework=version.framework_id).exists()
    if request.method != "POST" or not known:
        raise Http404
    form = ElementForm(definition_of(version), None, 0, request.POST)
    form.is_valid()
    form.add_error(
        None,
        _(
            "Someone else has taken this element out of the draft, or given it another code. What you typed is here: save it as a new element, or copy it."
        ),
    )
    return _page(request, version, with_revision(form, 0), None, status=CONFLICT)


def _remove(request: HttpRequest, version: FrameworkVersion, element: Element) -> HttpResponse:
    revision = request.POST.get("revision", "")
    seen = int(revision) if revision.isascii() and revision.isdigit() and len(revision) < 10 else -1
    try:
        elements.remove_element(version=version, element=element, revision=seen, by=signed_in(request))
    except actions.Moved:
        messages.error(
            request, _("Someone else has changed this element meanwhile, so it was kept: look at it again.")
        )
        return redirect(
            reverse("instruction:framework-element", kwargs={"uid": version.uid, "element_uid": element.uid})
        )
    return _done(request, version, _("The element is out of the draft."))


def _done(request: HttpRequest, version: FrameworkVersion, said: str) -> HttpResponse:
    messages.success(request, said)
    return redirect(f"{address(version)}#elements")


def _page(
    request: HttpRequest, version: FrameworkVersion, form: ElementForm, element: Element | None, **more: Any
) -> HttpResponse:
    status = more.pop("status", 200)
    action = reverse("instruction:framework-element-new", kwargs={"uid": version.uid})
    if element is not None:
        action = reverse(
            "instruction:framework-element", kwargs={"uid": version.uid, "element_uid": element.uid}
        )
    context = {
        "version": version,
        "form": form,
        "element": element,
        "action": action,
        "version_url": address(version),
    }
    return render(request, "instruction/defining/element.html", context | more, status=status)
