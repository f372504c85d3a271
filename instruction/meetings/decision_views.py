"""Decisions as a meeting makes them: added and changed on the pack's page, or each on a page of its own.

With htmx the part that changed is swapped in place; without it a POST leads back to the decision's place in the pack.
"""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from alignment_dash.access.doors import needs, signed_in
from alignment_dash.access.models import new_uid
from alignment_dash.access.policy import Action, Data
from alignment_dash.access.scope import Scope
from alignment_dash.schoolyear import today
from instruction.meetings import actions, queries
from instruction.meetings.forms import DecisionForm, initial_of
from instruction.meetings.shown import Line, decision_lines
from instruction.meetings.views import CONFLICT, meeting_or_404
from instruction.meetings.words import decisions_sentence
from instruction.models import Decision, Meeting

PAGE = 100
EVERYONE = "everyone"  # the place of decisions about no one school


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Data.MEETINGS, Action.CHANGE)
def decision_add(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Record a decision of a meeting. ?school= is the school it is about, by uid."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    one = meeting_or_404(scope, uid, Action.CHANGE)
    worded = queries.elements(one)
    if request.method != "POST":
        school = _uid(request.GET.get("school", ""))
        initial = {"uid": new_uid(), "school": school or None}
        form = DecisionForm(scope=scope, meeting=one, elements=worded, initial=initial)
        return _form(request, one, form, place=school or EVERYONE)
    form = DecisionForm(
        request.POST,
        scope=scope,
        meeting=one,
        elements=worded,
        initial={"school": request.POST.get("school")},
    )
    place = _uid(request.POST.get("school", "")) or EVERYONE
    if not form.is_valid():
        return _form(request, one, form, place=place, status=400)
    try:
        made, is_new = actions.decide(
            meeting=one, uid=form.cleaned_data["uid"], by=signed_in(request), **form.values()
        )
    except actions.Moved as moved:
        return _form(request, one, form, place=place, status=CONFLICT, now=_now(scope, moved.now))
    except ValidationError as error:
        _tell(form, error)
        return _form(request, one, form, place=place, status=400)
    if request.htmx:  # type: ignore[attr-defined]
        return _decided(request, one, made)
    messages.success(request, _("Recorded.") if is_new else _("This decision was recorded before."))
    return redirect(_anchor(made))


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Data.MEETINGS, Action.CHANGE)
def decision_change(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Change a decision, or record what became of it."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    held = queries.decisions(scope, Action.CHANGE).filter(uid=uid).first()
    if held is None:
        raise Http404
    one = held.meeting
    how: dict[str, Any] = {
        "scope": scope, "meeting": one, "elements": queries.elements(one), "decision": held,
        "initial": initial_of(held),
    }  # fmt: skip
    if request.method != "POST":
        return _form(request, one, DecisionForm(**how), decision=held)
    form = DecisionForm(request.POST, **how)
    if not form.is_valid():
        return _form(request, one, form, decision=held, status=400)
    seen = form.cleaned_data["revision"]
    try:
        changed = actions.change_decision(
            decision=held, revision=-1 if seen is None else seen, by=signed_in(request), **form.values()
        )
    except actions.Moved as moved:
        typed = request.POST.copy()
        typed["revision"] = str(moved.now.revision)
        form = DecisionForm(typed, **how)
        return _form(request, one, form, decision=held, status=CONFLICT, now=_now(scope, moved.now))
    except ValidationError as error:
        _tell(form, error)
        return _form(request, one, form, decision=held, status=400)
    if request.htmx:  # type: ignore[attr-defined]
        return _row(request, scope, changed)
    messages.success(request, _("Saved."))
    return redirect(_back(request, changed))


def _uid(text: str) -> str:
    """Return a school's uid as it was sent, or "" where it is none."""
    try:
        return str(UUID(text))
    except ValueError:
        return ""


def _now(scope: Scope, moved: Decision) -> Line | None:
    """Return what stands as the caller sees it, or None where it is about a school that is not theirs."""
    return next(iter(decision_lines(queries.decisions(scope).filter(pk=moved.pk), today())), None)


def _tell(form: DecisionForm, error: ValidationError) -> None:
    """Put what the action refused beside its field."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, faults in error.message_dict.items():
        form.add_error(name if name in form.fields and name != "uid" else None, faults)


def _form(request: HttpRequest, one: Meeting, form: DecisionForm, **more: Any) -> HttpResponse:
    status = more.pop("status", 200)
    decision = more.get("decision")
    name = "decision-change" if decision else "decision-add"
    context = {
        "meeting": one,
        "form": form,
        "action": reverse(f"instruction:{name}", args=[decision.uid if decision else one.uid]),
        "back": request.GET.get("from") == "list",
        "named": request.GET.get("named") == "1",
        "is_closed": queries.is_closed(one),
    } | more
    template = "_decision_form.html" if request.htmx else "decision.html"  # type: ignore[attr-defined]
    response = render(request, f"instruction/meetings/{template}", context, status=status)
    if status != 200 and request.htmx:  # type: ignore[attr-defined]
        # What is sent replaces the decision; what is refused, the form alone.
        response["HX-Retarget"] = f"#decision-{decision.uid}" if decision else f"#add-{more['place']}"
        response["HX-Reswap"] = "innerHTML"
    return response


def _decided(request: HttpRequest, one: Meeting, made: Decision) -> HttpResponse:
    """Return the list of decisions that a new one stands in."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    rows = queries.decisions(scope).filter(meeting=one, school=made.school)
    place = str(made.school.uid) if made.school else EVERYONE
    lines = decision_lines(rows, today())
    context = {"meeting": one, "lines": lines, "place": place, "is_closed": False}
    return render(request, "instruction/meetings/_decisions.html", context)


def _row(request: HttpRequest, scope: Scope, changed: Decision) -> HttpResponse:
    line = _now(scope, changed)
    # One that was moved to a school which is not theirs is gone from their page.
    if line is None:
        return HttpResponse("")
    context = {"line": line, "names_school": request.GET.get("named") == "1"}
    return render(request, "instruction/meetings/_decision.html", context)


def _anchor(decision: Decision) -> str:
    address = reverse("instruction:meeting", args=[decision.meeting.uid])
    return f"{address}#decision-{decision.uid}"


def _back(request: HttpRequest, decision: Decision) -> str:
    if request.GET.get("from") == "list":
        return f"{reverse('instruction:decision-list')}#decision-{decision.uid}"
    return _anchor(decision)


@require_GET
@needs(Data.MEETINGS)
def decision_list(request: HttpRequest) -> HttpResponse:
    """Show the decisions of the caller's meetings: open, overdue, their own, or all."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    which = request.GET.get("show", "")
    which = which if which in queries.CHOICES else queries.OPEN
    numbers = queries.counts(scope)
    page = Paginator(queries.chosen(scope, which), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "lines": decision_lines(page, today()),
        "which": which,
        "choices": [(key, str(label)) for key, label in queries.CHOICES.items()],
        "sentence": decisions_sentence(numbers[queries.OPEN], numbers[queries.OVERDUE]),
    }
    return render(request, "instruction/meetings/decision_list.html", context)
