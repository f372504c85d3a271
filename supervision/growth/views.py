"""Pages of supervisors' own growth: who received which support, one supervisor's beside what she says, and the form."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from alignment_dash.access.doors import needs, signed_in
from alignment_dash.access.models import new_uid
from alignment_dash.access.policy import Action, Data
from alignment_dash.access.scope import Scope
from alignment_dash.access.trace.recording import exported
from alignment_dash.ui.spreadsheet import csv_response
from alignment_dash.ui.workbook import workbook_response
from alignment_dash.ui.years import year_from
from instruction.revisions import Moved
from supervision.growth import actions, queries, words
from supervision.growth.forms import ReceivedForm, initial_of
from supervision.models import SupervisorSupport, SupportForm

CONFLICT, BAD = 409, 400
LOGGED = "supervisor-support"


def _scope(request: HttpRequest) -> Scope:
    return request.scope  # type: ignore[attr-defined]


@never_cache
@require_GET
@needs(Data.SUPERVISOR_SUPPORT)
def support_list(request: HttpRequest) -> HttpResponse:
    """Show which support each supervisor received in a school year."""
    scope, year = _scope(request), year_from(request.GET)
    found = queries.received(scope, year)
    forms = list(SupportForm)
    context = {
        "rows": [(one, [words.hours(one.by_form.get(form, 0)) for form in forms]) for one in found],
        "forms": [form.label for form in forms],
        "sentence": words.sentence(found),
        "year": year,
        "may_change": scope.may(Data.SUPERVISOR_SUPPORT, Action.CHANGE),
    }
    return render(request, "supervision/growth/list.html", context)


@never_cache
@require_GET
@needs(Data.SUPERVISOR_SUPPORT)
def growth(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show one supervisor's support beside what she says of her own work."""
    scope, year = _scope(request), year_from(request.GET)
    found = queries.growth_of(scope, year, uid)
    if found is None:
        raise Http404
    context = {
        "growth": found,
        "sentence": words.own_sentence(found),
        "year": year,
        "may_change": scope.may(Data.SUPERVISOR_SUPPORT, Action.CHANGE),
        "sees_all": scope.district_wide(Data.SUPERVISOR_SUPPORT),
    }
    return render(request, "supervision/growth/growth.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Data.SUPERVISOR_SUPPORT, Action.CHANGE)
def support_add(request: HttpRequest) -> HttpResponse:
    """Record support that a supervisor received."""
    first = {"uid": new_uid(), "supervisor": _uid(request.GET.get("supervisor", ""))}
    form = ReceivedForm(request.POST if request.method == "POST" else None, initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            made, _is_new = actions.record_support(
                by=signed_in(request), uid=form.cleaned_data["uid"], **form.values()
            )
        except Moved as moved:
            return _form(request, form, None, CONFLICT, refused=str(moved))
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Recorded."))
            return redirect("supervision:growth", uid=made.supervisor.uid)
    return _form(request, form, None)


def _uid(text: str) -> str | None:
    try:
        return str(UUID(text))
    except ValueError:
        return None


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Data.SUPERVISOR_SUPPORT, Action.CHANGE)
def support_change(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Change what was recorded."""
    support = support_or_404(_scope(request), uid)
    first = initial_of(support)
    form = ReceivedForm(request.POST if request.method == "POST" else None, initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_support(
                support=support, revision=form.seen(), by=signed_in(request), **form.values()
            )
        except Moved as moved:
            again = ReceivedForm(form.again(moved.now.revision).data, initial=first)
            return _form(request, again, moved.now, CONFLICT, is_moved=True, theirs=_theirs(moved.now))
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("supervision:growth", uid=support.supervisor.uid)
    return _form(request, form, support)


@require_POST
@needs(Data.SUPERVISOR_SUPPORT, Action.CHANGE)
def support_remove(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take out what was recorded by mistake."""
    support = support_or_404(_scope(request), uid)
    sent = request.POST.get("revision", "")
    try:
        actions.remove_support(
            support=support, revision=int(sent) if sent.isdecimal() else -1, by=signed_in(request)
        )
    except Moved as moved:
        form = ReceivedForm(initial=initial_of(moved.now))
        return _form(request, form, moved.now, CONFLICT, refused=str(moved))
    messages.success(request, _("Taken out."))
    return redirect("supervision:growth", uid=support.supervisor.uid)


def support_or_404(scope: Scope, uid: UUID, action: Action = Action.CHANGE) -> SupervisorSupport:
    """Return support that the caller may see, or change."""
    found = queries.visible_support(scope, action).filter(uid=uid).first()
    if found is None:
        raise Http404
    return found


def _theirs(now: SupervisorSupport) -> list[tuple[str, str]]:
    fields = ReceivedForm.base_fields
    return [
        (str(fields[name].label), str(getattr(now, name))) for name in ("day", "minutes", "form", "given_by")
    ]


def _form(
    request: HttpRequest, form: ReceivedForm, support: SupervisorSupport | None, status: int = 0, **more: Any
) -> HttpResponse:
    code = status or (BAD if form.errors else 200)
    context = {"form": form, "support": support} | more
    return render(request, "supervision/growth/form.html", context, status=code)


@require_GET
@needs(Data.SUPERVISOR_SUPPORT, Action.EXPORT)
def support_csv(request: HttpRequest) -> HttpResponse:
    """Return the year's support as CSV."""
    return csv_response("supervisors-support.csv", [words.heading(), *_exported(request)])


@require_GET
@needs(Data.SUPERVISOR_SUPPORT, Action.EXPORT)
def support_workbook(request: HttpRequest) -> HttpResponse:
    """Return the year's support as a workbook."""
    sheets = {_("Support"): (words.heading(), _exported(request))}
    return workbook_response("supervisors-support.xlsx", sheets)


def _exported(request: HttpRequest) -> list[list[object]]:
    year = year_from(request.GET)
    found = list(queries.of_year(_scope(request), year, Action.EXPORT))
    exported(request, LOGGED, target=signed_in(request), rows=len(found), filters={"year": year})
    names = {one.element_id: one.name for one in queries.elements(year)}
    return [words.row(one, names) for one in found]
