"""The page of an element's evidence base."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from alignment_dash.access.doors import needs, signed_in
from alignment_dash.access.policy import Action, Data
from alignment_dash.access.scope import Scope
from instruction.consulting import sources
from instruction.consulting.forms import SourceForm
from instruction.models import ElementSource


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Data.DEFINITIONS)
def element_sources(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show what an element rests on; C&I administrators add to it."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    wording = sources.wording_of(scope, uid)
    if wording is None:
        raise Http404
    form, status = SourceForm(request.POST or None), 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                sources.add_source(element=wording.element, **form.cleaned_data, by=signed_in(request))
                messages.success(request, _("Added."))
                return redirect(reverse("instruction:element-sources", kwargs={"uid": uid}))
            except ValidationError as error:
                form.add_error(None, error)
    context = {
        "wording": wording,
        "sources": sources.sources_on(wording.element_id),
        "may_change": scope.may(Data.DEFINITIONS, Action.CHANGE),
        "form": form,
    }
    return render(request, "instruction/consulting/sources.html", context, status=status)


@require_POST
@needs(Data.DEFINITIONS)
def source_remove(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take a source away."""
    source = ElementSource.objects.select_related("element").filter(uid=uid).first()
    if source is None:
        raise Http404
    sources.remove_source(source=source, by=signed_in(request))
    messages.success(request, _("Removed."))
    return redirect(reverse("instruction:element-sources", kwargs={"uid": source.element.uid}))
