"""Who may see evidence about persons, and why: of the caller, and of the teachers of a school."""

from collections.abc import Iterable
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from alignment_dash.access.doors import needs
from alignment_dash.access.policy import Data
from alignment_dash.access.trace.audience import Viewer, reason
from alignment_dash.access.trace.sentences import sentence
from instruction import queries

TEMPLATE = "access/who_may_see.html"


@require_GET
@needs(Data.PERSON_EVIDENCE)
def who_may_see_me(request: HttpRequest) -> HttpResponse:
    """Tell the caller who may see the evidence about them, why, and who has looked."""
    found = queries.audience_of_person(request.scope)  # type: ignore[attr-defined]
    names = ", ".join(found.schools)
    context = {
        "title": _("Who may see what is said about me"),
        "subject": _("This is about what was observed of you, at %(schools)s.") % {"schools": names}
        if names
        else _("Nothing was observed of you so far, and you work at no school today."),
        "viewers": _said(found.viewers),
        "handlers": _said(found.handlers),
        "looks": [(event, sentence(event)) for event in found.looks],
        "back": (_("My evidence"), reverse("instruction:my-evidence")),
    }
    return render(request, TEMPLATE, context)


@require_GET
@needs(Data.PERSON_EVIDENCE)
def who_may_see(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Tell a school's leaders who else may see their teachers' figures; each teacher also sees their own."""
    found = queries.audience_of_school(request.scope, uid)  # type: ignore[attr-defined]
    if found is None:
        raise Http404
    name = found.schools[0]
    context = {
        "title": _("Who may see the teachers' figures of %(school)s") % {"school": name},
        "subject": _(
            "Besides those named here, each teacher sees what is said about themself, and nobody else's."
        ),
        "viewers": _said(found.viewers),
        "handlers": _said(found.handlers),
        "looks": None,
        "back": (name, reverse("instruction:school", kwargs={"uid": uid})),
    }
    return render(request, TEMPLATE, context)


def _said(viewers: Iterable[Viewer]) -> list[tuple[Viewer, str]]:
    return [(viewer, reason(viewer)) for viewer in viewers]
