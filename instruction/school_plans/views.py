"""The parts of a school's plan as pages: where it stands at a moment, what it does, what it asks for, sharing it."""

from collections.abc import Callable
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from alignment_dash import schoolyear
from alignment_dash.access.doors import needs, signed_in
from alignment_dash.access.models import new_uid
from alignment_dash.access.policy import Action, Data
from alignment_dash.ui.years import year_from
from instruction.models import Moment, PlanAction, SupportRequest, SupportState
from instruction.school_plans import actions
from instruction.school_plans.forms import (
    ActionForm,
    MomentForm,
    PartForm,
    RequestForm,
    RevisionForm,
    initial_of,
)
from instruction.school_plans.queries import Plan, elements_of, plan_of, school_of_plan
from schools.models import Org

CONFLICT = 409


class Asked(NamedTuple):
    """What a page of a plan is about."""

    school: Org
    year: int
    plan: Plan

    def url(self, name: str = "instruction:school-plan", fragment: str = "", **more: Any) -> str:
        """Return the address of the plan, or of one of its parts."""
        kwargs = {"uid": self.school.uid, **more}
        return reverse(name, kwargs=kwargs, query={"year": self.year}, fragment=fragment or None)


@require_POST
@needs(Data.SCHOOL_PLAN)
def begin(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Begin the plan of a year with what the snapshot tells of the school."""
    asked = _asked(request, uid)
    actions.begin_plan(school=asked.school, year=asked.year, by=signed_in(request))
    return redirect(asked.url())


@require_POST
@needs(Data.SCHOOL_PLAN)
def share(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Share the plan with the district."""
    asked = _begun(request, uid)
    return _do(request, asked, lambda: actions.share_plan(plan=asked.plan.row, by=signed_in(request)))  # type: ignore[arg-type]


@require_POST
@needs(Data.SCHOOL_PLAN)
def fill(request: HttpRequest, uid: UUID, moment: str) -> HttpResponse:
    """Take over where the school stands from the published snapshot."""
    asked, which = _begun(request, uid), _moment(moment)
    return _do(
        request,
        asked,
        lambda: actions.fill_standings(plan=asked.plan.row, moment=which, by=signed_in(request)),  # type: ignore[arg-type]
        asked.url("instruction:school-plan-moment", moment=which.value),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Data.SCHOOL_PLAN, Action.CHANGE)
def moment(request: HttpRequest, uid: UUID, moment: str) -> HttpResponse:
    """Say which figures the school agrees with, which it sees otherwise and why, and what it concludes."""
    asked, which = _begun(request, uid), _moment(moment)
    form = MomentForm(asked.plan, which, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        return _save(request, asked, form, lambda: _write_moment(request, asked, which, form), which)
    return _part(request, asked, form, which)


def _write_moment(request: HttpRequest, asked: Asked, which: Moment, form: MomentForm) -> None:
    actions.write_moment(
        plan=asked.plan.row,  # type: ignore[arg-type]
        moment=which,
        views=form.views(),
        text=form.cleaned_data["text"],
        revision=form.seen(),
        by=signed_in(request),
        close="close" in request.POST,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Data.SCHOOL_PLAN, Action.CHANGE)
def action(request: HttpRequest, uid: UUID, action: UUID | None = None) -> HttpResponse:
    """Add or change something that the school does."""
    asked = _begun(request, uid)
    row = _one(asked.plan.actions, action)
    form = _form(ActionForm, request, asked, row, asked.plan.row.revision)  # type: ignore[union-attr]
    if request.method == "POST" and form.is_valid():
        return _save(
            request,
            asked,
            form,
            lambda: actions.write_action(
                plan=asked.plan.row,  # type: ignore[arg-type]
                values=form.values(),
                by=signed_in(request),
                action=row,
                revision=form.seen(),
                uid=form.cleaned_data["uid"],
            ),
            row=row,
        )
    return _part(request, asked, form)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Data.SCHOOL_PLAN, Action.CHANGE)
def support(request: HttpRequest, uid: UUID, support: UUID | None = None) -> HttpResponse:
    """Ask the district for support, change what is asked, or take it back."""
    asked = _begun(request, uid)
    row = _one(asked.plan.requests, support)
    form = _form(RequestForm, request, asked, row, row.revision if row else 0)
    if request.method == "POST" and row and "withdraw" in request.POST:
        form.is_valid()  # for the revision alone
        return _save(
            request,
            asked,
            form,
            lambda: actions.withdraw_request(request=row, revision=form.seen(), by=signed_in(request)),
            row=row,
        )
    if request.method == "POST" and form.is_valid():
        return _save(
            request,
            asked,
            form,
            lambda: actions.write_request(
                plan=asked.plan.row,  # type: ignore[arg-type]
                values=form.values(),
                by=signed_in(request),
                request=row,
                revision=form.seen(),
                uid=form.cleaned_data["uid"],
            ),
            row=row,
        )
    return _part(request, asked, form, row=row)


def _asked(request: HttpRequest, uid: UUID) -> Asked:
    scope, year = request.scope, year_from(request.GET)  # type: ignore[attr-defined]
    school = school_of_plan(scope, uid, Action.CHANGE)
    if school is None:
        raise Http404
    return Asked(school, year, plan_of(scope, school, year))


def _begun(request: HttpRequest, uid: UUID) -> Asked:
    asked = _asked(request, uid)
    if asked.plan.row is None:
        raise Http404
    return asked


def _moment(text: str) -> Moment:
    if text not in Moment.values:
        raise Http404
    return Moment(text)


def _one(rows: list[Any], uid: UUID | None) -> Any:
    found = next((row for row in rows if row.uid == uid), None)
    if uid is not None and found is None:
        raise Http404
    return found


def _form(
    kind: type[PartForm],
    request: HttpRequest,
    asked: Asked,
    row: PlanAction | SupportRequest | None,
    revision: int,
) -> PartForm:
    elements = elements_of(asked.school, asked.year, row.element if row else None)
    first: dict[str, Any] = {
        "revision": revision, "uid": new_uid(), "element": request.GET.get("element", ""),
    }  # fmt: skip
    if row:
        first = initial_of(row, kind.base_fields, revision)
    return kind(request.POST if request.method == "POST" else None, elements=elements, initial=first)


def _do(request: HttpRequest, asked: Asked, act: Callable[[], Any], following: str = "") -> HttpResponse:
    """Do what needs no form; what cannot be done is said on the page that it leads back to."""
    try:
        act()
    except actions.Closed as closed:
        messages.error(request, str(closed))
        return redirect(asked.url())
    return redirect(following or asked.url())


def _save(
    request: HttpRequest,
    asked: Asked,
    form: RevisionForm,
    act: Callable[[], Any],
    which: Moment | None = None,
    row: PlanAction | SupportRequest | None = None,
) -> HttpResponse:
    """Write and go back to the plan; show both versions where someone else has written meanwhile."""
    try:
        act()
    except actions.Moved as moved:
        now = Asked(asked.school, asked.year, plan_of(request.scope, asked.school, asked.year))  # type: ignore[attr-defined]
        stands = _stands(now, form, which, row)
        again = form.again(moved.now.revision)
        return _part(
            request, now, again, which, status=CONFLICT, row=row, is_moved=True, theirs=_theirs(form, stands)
        )
    except actions.Closed as closed:
        return _part(request, asked, form, which, status=CONFLICT, row=row, refused=str(closed))
    except ValidationError as error:
        for name, found in (error.message_dict if hasattr(error, "error_dict") else {}).items():
            form.add_error(name if name in form.fields else None, found)
        if not form.errors:
            form.add_error(None, error)
        return _part(request, asked, form, which, status=400)
    messages.success(request, _("Saved."))
    return redirect(asked.url())


def _stands(
    now: Asked, form: RevisionForm, which: Moment | None, row: PlanAction | SupportRequest | None
) -> dict[str, Any]:
    """Return what stands now of a form's fields."""
    if which:
        stands = MomentForm(now.plan, which)
        return {name: stands[name].value() for name in stands.fields}
    if row is None:
        return {}
    row.refresh_from_db()
    return initial_of(row, type(form).base_fields, 0)


def _theirs(form: RevisionForm, stands: dict[str, Any]) -> list[tuple[str, str]]:
    """Return label and value of what stands other than it was typed."""
    found = []
    for name, field in form.fields.items():
        value = "" if stands.get(name) is None else str(stands[name])
        if name in {"revision", "uid"} or name not in stands or value == (form.data.get(name) or ""):
            continue
        said = dict(getattr(field, "choices", [])).get(value, value)
        found.append((str(field.label), str(said) or "–"))
    return found


def _part(
    request: HttpRequest,
    asked: Asked,
    form: RevisionForm,
    which: Moment | None = None,
    *,
    status: int = 0,
    **more: Any,
) -> HttpResponse:
    context = {
        "school": asked.school,
        "plan": asked.plan,
        "year_label": schoolyear.label(asked.year),
        "form": form,
        "moment": which,
        "plan_url": asked.url(),
        "is_closing": which == Moment.YEAR_END,
        "fill_url": asked.url("instruction:school-plan-fill", moment=which.value) if which else "",
        "may_withdraw": more.get("row") is not None and more["row"].state != SupportState.GIVEN,
    }
    template = f"instruction/school_plans/{'moment' if which else 'part'}.html"
    return render(request, template, context | more, status=status or (400 if form.errors else 200))
