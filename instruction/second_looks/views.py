"""Pages of second looks: the list, recording one, changing it, and what came of it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from alignment_dash import schoolyear
from alignment_dash.access.doors import needs, signed_in
from alignment_dash.access.models import new_uid
from alignment_dash.access.policy import Action, Data
from alignment_dash.access.trace import recording
from alignment_dash.schoolyear import today
from alignment_dash.ui.spreadsheet import csv_response
from alignment_dash.ui.years import year_from
from instruction.models import SecondLook
from instruction.second_looks import actions, export, queries
from instruction.second_looks.forms import LookForm, OutcomeForm, initial_of
from instruction.second_looks.queries import OPEN, WITH_OUTCOME, LookFilters
from instruction.second_looks.words import sentence

CONFLICT = 409
PAGE = 50


def filters_of(params: QueryDict) -> LookFilters:
    """Read the filters of an address; what is unknown filters nothing."""
    state = params.get("state", "")
    return LookFilters(
        state=state if state in (OPEN, WITH_OUTCOME) else "",
        school=_uid(params.get("school", "")),
        element=_uid(params.get("element", "")),
        year=year_from(params) if params.get("year") else None,
    )


def _uid(text: str) -> str:
    try:
        return str(UUID(text)) if len(text) == 36 else ""
    except ValueError:
        return ""


@require_GET
@needs(Data.SECOND_LOOKS)
def looks(request: HttpRequest) -> HttpResponse:
    """Show second looks, the newest first."""
    scope, filters = request.scope, filters_of(request.GET)  # type: ignore[attr-defined]
    page = Paginator(queries.listed(scope, filters), PAGE).get_page(request.GET.get("page"))
    every = queries.visible_looks(scope)
    context = {
        "page": page,
        "looks": queries.named(list(page.object_list)),
        "filters": filters,
        "sentence": sentence(every.count(), every.filter(outcome="").count()),
        "schools": list(every.order_by("school__name").values_list("school__uid", "school__name").distinct()),
        "elements": _elements(every),
        "states": [(OPEN, _("Nothing came of it yet")), (WITH_OUTCOME, _("With what came of it"))],
        "years": [(one, schoolyear.label(one)) for one in _years(every)],
        "may_change": scope.schools(Data.SECOND_LOOKS, Action.CHANGE),
        "may_export": scope.may(Data.SECOND_LOOKS, Action.EXPORT),
    }
    return render(request, "instruction/second_looks/list.html", context)


def _elements(every: Any) -> list[tuple[str, str]]:
    held = dict(every.order_by().values_list("element_id", "element__uid").distinct())
    names = queries.names_of(held)
    return sorted(((str(held[pk]), name) for pk, name in names.items()), key=lambda one: one[1])


def _years(every: Any) -> list[int]:
    return sorted(every.order_by().values_list("school_year", flat=True).distinct(), reverse=True)


@require_GET
@needs(Data.SECOND_LOOKS, Action.EXPORT)
def looks_export(request: HttpRequest) -> HttpResponse:
    """Return the listed second looks as CSV."""
    filters = filters_of(request.GET)
    found = queries.named(list(queries.listed(request.scope, filters)))  # type: ignore[attr-defined]
    asked = {
        "state": filters.state,
        "school": filters.school,
        "element": filters.element,
        "year": filters.year,
    }
    recording.exported(request, "second-looks", target=signed_in(request), rows=len(found), filters=asked)
    return csv_response("second-looks.csv", export.rows_of(found))


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Data.SECOND_LOOKS, Action.CHANGE)
def record(request: HttpRequest, school_uid: UUID, element_uid: UUID) -> HttpResponse:
    """Record a second look at a cell."""
    cell = queries.cell_of(request.scope, school_uid, element_uid, Action.CHANGE)  # type: ignore[attr-defined]
    if cell is None:
        raise Http404
    school, element = cell
    year = year_from(request.GET)
    first = {"looked_on": today(), "uid": new_uid()}
    form = LookForm(request.POST if request.method == "POST" else None, initial=first)
    earlier = queries.second_looks(request.scope, [(school.pk, element.pk)])  # type: ignore[attr-defined]
    more: dict[str, Any] = {
        "school": school,
        "element": element,
        "year": year,
        "earlier": earlier.get((school.pk, element.pk), []),
    }
    if request.method == "POST" and form.is_valid():
        try:
            actions.record_look(
                school=school, element=element, year=year, values=form.values(), by=signed_in(request),
                uid=form.cleaned_data["uid"],
            )  # fmt: skip
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Recorded. It is shown wherever this figure is."))
            return redirect(_cell_url(school.uid, element.uid, year))
    return _page(request, form, **more)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Data.SECOND_LOOKS, Action.CHANGE)
def change(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Change what was found."""
    look = _look(request, uid)
    form = (
        LookForm(request.POST) if request.method == "POST" else LookForm(initial=initial_of(look, LookForm))
    )
    if request.method == "POST" and form.is_valid():
        return _save(
            request,
            look,
            form,
            lambda: actions.change_look(
                look=look, values=form.values(), revision=form.seen(), by=signed_in(request)
            ),
        )
    return _page(request, form, **_of(look))


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Data.SECOND_LOOKS, Action.CHANGE)
def outcome(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Say what came of a second look."""
    look = _look(request, uid)
    form = (
        OutcomeForm(request.POST)
        if request.method == "POST"
        else OutcomeForm(initial=initial_of(look, OutcomeForm))
    )
    if request.method == "POST" and form.is_valid():
        return _save(
            request,
            look,
            form,
            lambda: actions.say_outcome(
                look=look, revision=form.seen(), by=signed_in(request), **form.values()
            ),
        )
    return _page(request, form, **_of(look))


def _look(request: HttpRequest, uid: UUID) -> SecondLook:
    look = queries.look_of(request.scope, uid, Action.CHANGE)  # type: ignore[attr-defined]
    if look is None:
        raise Http404
    return look


def _of(look: SecondLook) -> dict[str, Any]:
    return {"school": look.school, "element": look.element, "year": look.school_year, "look": look}


def _cell_url(school: UUID, element: UUID, year: int) -> str:
    kwargs = {"school_uid": school, "element_uid": element}
    return reverse("instruction:derivation", kwargs=kwargs, query={"year": year}, fragment="second-looks")


def _save(request: HttpRequest, look: SecondLook, form: Any, act: Any) -> HttpResponse:
    try:
        act()
    except actions.Moved as moved:
        data = form.data.copy()
        data["revision"] = str(moved.now.revision)
        stands = initial_of(moved.now, type(form))
        theirs = [
            (str(field.label), str(stands.get(name, "") or "–"))
            for name, field in form.fields.items()
            if name not in {"revision", "uid"} and str(stands.get(name, "")) != (form.data.get(name) or "")
        ]
        return _page(
            request, type(form)(data), status=CONFLICT, is_moved=True, theirs=theirs, **_of(moved.now)
        )
    except ValidationError as error:
        form.add_error(None, error)
        return _page(request, form, **_of(look))
    messages.success(request, _("Saved."))
    return redirect(_cell_url(look.school.uid, look.element.uid, look.school_year))


def _page(
    request: HttpRequest, form: Any, *, school: Any, element: Any, year: int, status: int = 0, **more: Any
) -> HttpResponse:
    names = queries.names_of([element.pk])
    context = {
        "form": form,
        "school": school,
        "element_name": names.get(element.pk, element.code),
        "is_outcome": isinstance(form, OutcomeForm),
        "back_url": _cell_url(school.uid, element.uid, year),
    }
    code = status or (400 if form.errors else 200)
    return render(request, "instruction/second_looks/form.html", context | more, status=code)
