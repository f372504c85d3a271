"""Pages of self-assessments: the caller's own list, one as a form, sharing it, taking it back, discarding it."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from alignment_dash.access.doors import needs, signed_in
from alignment_dash.access.models import new_uid
from alignment_dash.access.policy import Action, Data
from alignment_dash.access.scope import Scope
from alignment_dash.schoolyear import current_year
from instruction.leadership import actions, saying
from instruction.leadership.forms import AssessmentForm, BeginForm, DiscardForm
from instruction.revisions import Moved
from schools.models import Person

CONFLICT = 409


@require_GET
@needs(Data.SELF_ASSESSMENTS)
def assessments(request: HttpRequest) -> HttpResponse:
    """Show the caller's own self-assessments, and by what a new one can be begun."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    context = {
        "rows": saying.mine(scope),
        "versions": [(one, new_uid()) for one in saying.versions_for(scope, current_year())],
        "may_change": saying.me(scope, Action.CHANGE) is not None,
    }
    return render(request, "instruction/leadership/assessments.html", context)


@require_POST
@needs(Data.SELF_ASSESSMENTS, Action.CHANGE)
def begin(request: HttpRequest) -> HttpResponse:
    """Begin a self-assessment by one of the frameworks in force."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    person, form = saying.me(scope, Action.CHANGE), BeginForm(request.POST)
    version = None
    if form.is_valid():
        held = {one.uid: one for one in saying.versions_for(scope, current_year())}
        version = held.get(form.cleaned_data["version"])
    if person is None:
        raise Http404
    if version is None:
        messages.error(request, _("Choose what to assess your work by."))
        return redirect("instruction:assessments")
    try:
        made = actions.begin_assessment(
            person=Person.objects.get(pk=person), version=version, year=current_year(), by=signed_in(request),
            uid=form.cleaned_data["uid"],
        )  # fmt: skip
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("instruction:assessments")
    return redirect("instruction:assessment", uid=made.uid)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Data.SELF_ASSESSMENTS)
def assessment(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show one of the caller's own as a form, and save it; who saved it elsewhere meanwhile sees both."""
    held = _held(request, uid, Action.CHANGE if request.method == "POST" else Action.VIEW)
    elements = saying.worded(held.row.version)
    if request.method != "POST":
        return _form(request, held, AssessmentForm(of=held, elements=elements))
    form = AssessmentForm(request.POST, of=held, elements=elements)
    if not form.is_valid():
        return _form(request, held, form, status=400)
    try:
        actions.save_assessment(
            assessment=held.row,
            revision=form.cleaned_data["revision"],
            levels=form.levels(),
            by=signed_in(request),
        )
    except Moved as moved:
        return _form(request, held, form.again(moved.now.revision, held), status=CONFLICT, now=held)
    except ValidationError as error:
        form.add_error(None, error)
        return _form(request, held, form, status=400)
    messages.success(request, _("Saved."))
    return redirect("instruction:assessment", uid=uid)


@require_POST
@needs(Data.SELF_ASSESSMENTS, Action.CHANGE)
def share(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Share one of the caller's own, or take it back (share=0)."""
    held = _held(request, uid, Action.CHANGE)
    back = request.POST.get("share") == "0"
    act = actions.take_back if back else actions.share_assessment
    try:
        act(assessment=held.row, by=signed_in(request))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        said = (
            _("Taken back: it is yours alone again.")
            if back
            else _("Shared. You can take it back at any time.")
        )
        messages.success(request, said)
    return redirect("instruction:assessment", uid=uid)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Data.SELF_ASSESSMENTS, Action.CHANGE)
def discard(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Ask whether to discard one of the caller's own that is not shared, and discard it."""
    held = _held(request, uid, Action.CHANGE)
    moved = False
    if held.row.shared_at is None and request.method == "POST":
        form = DiscardForm(request.POST)
        try:
            seen = form.cleaned_data["revision"] if form.is_valid() else -1
            actions.discard_assessment(assessment=held.row, revision=seen, by=signed_in(request))
        except Moved:
            held, moved = _held(request, uid, Action.CHANGE), True
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect("instruction:assessments")
        else:
            messages.success(request, _("Discarded."))
            return redirect("instruction:assessments")
    if held.row.shared_at is not None:
        messages.error(request, _("It is shared: take it back first, then discard it."))
        return redirect("instruction:assessment", uid=uid)
    context = {"row": held.row, "n_rated": len(held.levels), "moved": moved}
    status = CONFLICT if moved else 200
    return render(request, "instruction/leadership/discard.html", context, status=status)


def _held(request: HttpRequest, uid: UUID, action: Action) -> saying.Mine:
    found = saying.one_of_mine(request.scope, uid, action)  # type: ignore[attr-defined]
    if found is None:
        raise Http404
    return found


def _form(
    request: HttpRequest,
    held: saying.Mine,
    form: AssessmentForm,
    *,
    status: int = 200,
    now: saying.Mine | None = None,
) -> HttpResponse:
    names = held.row.version.level_names
    standing = [
        (one.name, f"{said.level} {names[said.level - 1]}", said.why)
        for one in form.elements
        if now and (said := now.levels.get(one.pk))
    ]
    context = {
        "row": held.row,
        "form": form,
        "now": standing if now else None,
        "is_empty": not held.levels,
        "is_of_supervision": held.row.version.framework.kind == "supervision",
    }
    return render(request, "instruction/leadership/assessment.html", context, status=status)
