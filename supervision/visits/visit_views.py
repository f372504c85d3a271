"""Pages that write visits: plan one, record one, say that it took place, change and cancel it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from alignment_dash.access.doors import needs, signed_in
from alignment_dash.access.models import new_uid
from alignment_dash.access.policy import Action, Data
from alignment_dash.access.scope import Scope
from alignment_dash.access.trace import recording
from instruction.revisions import Moved, RevisionForm
from instruction.second_looks.queries import names_of
from schools.models import Org, Person
from schools.names import name_of
from supervision.models import Visit, VisitState
from supervision.visits import actions, queries
from supervision.visits.forms import ChangeForm, DoneForm, NoteForm, PlanForm, initial_of
from supervision.visits.shown import shown_commitments

CONFLICT = 409


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Data.VISITS, Action.CHANGE)
def plan(request: HttpRequest, school_uid: UUID, principal_uid: UUID) -> HttpResponse:
    """Plan a visit."""
    scope, (school, principal) = _place(request, school_uid, principal_uid)
    form: PlanForm = (
        PlanForm(request.POST)
        if request.method == "POST"
        else PlanForm(initial=_usual(scope, school, principal))
    )

    def act() -> Visit:
        values = form.values()
        return actions.plan_visit(
            supervisor=author(scope), principal=principal, school=school, by=signed_in(request),
            uid=form.cleaned_data["uid"], **values,
        )  # fmt: skip

    title = _("Plan a visit")
    return _written(request, form, act, title, _("Planned."), school=school, principal=principal)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Data.VISITS, Action.CHANGE)
def record(request: HttpRequest, school_uid: UUID, principal_uid: UUID) -> HttpResponse:
    """Record a visit that took place."""
    scope, (school, principal) = _place(request, school_uid, principal_uid)
    form: DoneForm = (
        DoneForm(request.POST)
        if request.method == "POST"
        else DoneForm(initial=_usual(scope, school, principal))
    )

    def act() -> Visit:
        return actions.record_visit(
            scope=scope, supervisor=author(scope), principal=principal, school=school, took=form.took(),
            by=signed_in(request), uid=form.cleaned_data["uid"],
        )  # fmt: skip

    title = _("Record a visit")
    return _written(request, form, act, title, RECORDED, school=school, principal=principal)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Data.VISITS, Action.CHANGE)
def done(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Say that a planned visit took place."""
    scope, visit = _own_visit(request, uid)
    if request.method == "POST":
        form = DoneForm(request.POST, also=visit.element)
    else:
        first = {
            name: value for name, value in initial_of(visit, DoneForm).items() if name != "with_teachers"
        }
        form = DoneForm(initial=first, also=visit.element)

    def act() -> Visit:
        return actions.finish_visit(
            scope=scope, visit=visit, took=form.took(), revision=form.seen(), by=signed_in(request)
        )

    title = _("It took place")
    return _written(
        request, form, act, title, RECORDED, school=visit.school, principal=visit.principal, visit=visit
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Data.VISITS, Action.CHANGE)
def change(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Change a visit: its day while it is planned, afterwards what it was about."""
    _scope, visit = _own_visit(request, uid)
    kind: type[Any] = PlanForm if visit.state == VisitState.PLANNED else ChangeForm
    if request.method == "POST":
        form = kind(request.POST, also=visit.element)
    else:
        form = kind(initial=initial_of(visit, kind), also=visit.element)

    def act() -> Visit:
        return actions.change_visit(visit=visit, revision=form.seen(), by=signed_in(request), **form.values())

    title = _("Change this visit")
    return _written(
        request, form, act, title, _("Saved."), school=visit.school, principal=visit.principal, visit=visit
    )


@require_POST
@needs(Data.VISITS, Action.CHANGE)
def cancel(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Cancel a visit."""
    _scope, visit = _own_visit(request, uid)
    form = RevisionForm(request.POST)
    had_time = visit.entry_id is not None
    try:
        actions.cancel_visit(
            visit=visit, revision=form.seen() if form.is_valid() else -1, by=signed_in(request)
        )
    except Moved as moved:
        messages.warning(request, str(moved))
        return detail_page(request, visit.uid, status=CONFLICT)
    said = _("Canceled. The time stays in your log: change it there.") if had_time else _("Canceled.")
    messages.success(request, said)
    return redirect("supervision:visit", uid=visit.uid)


@require_POST
@needs(Data.VISITS, Action.CHANGE)
def restore(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Bring a canceled visit back."""
    _scope, visit = _own_visit(request, uid)
    form = RevisionForm(request.POST)
    try:
        back = actions.restore_visit(
            visit=visit, revision=form.seen() if form.is_valid() else -1, by=signed_in(request)
        )
    except (Moved, ValidationError) as error:
        told = error.messages if isinstance(error, ValidationError) else [str(error)]
        messages.warning(request, " ".join(told))
        return detail_page(request, visit.uid, status=CONFLICT)
    is_done = back.state == VisitState.DONE
    said = _("It is there again, with its time.") if is_done else _("It is planned again.")
    messages.success(request, said)
    return redirect("supervision:visit", uid=visit.uid)


@require_GET
@needs(Data.VISITS)
def detail(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show one visit, with its notes for its two people alone."""
    return detail_page(request, uid)


RECORDED = gettext_lazy("Recorded. Write what you agreed while it is fresh.")


def detail_page(
    request: HttpRequest, uid: UUID, *, form: NoteForm | None = None, status: int = 200
) -> HttpResponse:
    """Return the page of a visit, with a note as typed where it could not be saved. 404 where it is not the caller's."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    visit = queries.visit_of(scope, uid)
    if visit is None:
        raise Http404
    own = queries.own_person(scope)
    notes = queries.notes_of(scope, visit)
    with queries.opened(scope):
        held = list(queries.visible_commitments(scope).filter(visit=visit).order_by("-ended_on", "due", "pk"))
    if notes and own != visit.principal_id:
        recording.seen(request, "visit-notes", target=visit, people=[visit.principal_id])
    elements = {one.element_id for one in held if one.element_id} | ({visit.element_id} - {None})
    names = names_of({one for one in elements if one})
    is_one_of_two = own in (visit.supervisor_id, visit.principal_id)
    context = {
        "visit": visit,
        "element": names.get(visit.element_id or 0, ""),
        "notes": notes,
        "commitments": shown_commitments(scope, held, names),
        "own": own,
        "is_one_of_two": is_one_of_two,
        "may_change": own == visit.supervisor_id
        and visit.school_id in scope.schools(Data.VISITS, Action.CHANGE),
        "form": form or NoteForm(initial={"uid": new_uid()}),
        "is_open": visit.state != VisitState.CANCELED,
    }
    return render(request, "supervision/visits/visit.html", context, status=status)


def author(scope: Scope) -> Person:
    """Return the caller as a person who writes; 404 for who is none, or acts as someone else."""
    person = queries.person_of(scope, Action.CHANGE)
    if person is None:
        raise Http404
    return person


def _usual(scope: Scope, school: Org, principal: Person) -> dict[str, Any]:
    """Return the first values of a new visit: what was in focus last stays so until it is changed."""
    focus = queries.last_focus(scope, school, principal)
    return {"uid": new_uid()} | ({"element": str(focus)} if focus else {})


def _place(request: HttpRequest, school_uid: UUID, principal_uid: UUID) -> tuple[Scope, tuple[Org, Person]]:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    found = queries.place_of(scope, school_uid, principal_uid)
    if found is None:
        raise Http404
    return scope, found


def _own_visit(request: HttpRequest, uid: UUID) -> tuple[Scope, Visit]:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    visit = queries.visit_of(scope, uid, Action.CHANGE)
    if visit is None:
        raise Http404
    return scope, visit


def _written(
    request: HttpRequest,
    form: Any,
    act: Callable[[], Visit],
    title: str,
    said: Any,
    *,
    school: Org,
    principal: Person,
    visit: Visit | None = None,
) -> HttpResponse:
    """Do what a form asks and show the visit; or show the form again with what stands in the way, nothing lost."""
    more: dict[str, Any] = {"title": title, "school": school, "principal": name_of(principal), "visit": visit}
    more["back_url"] = (
        reverse("supervision:visit", kwargs={"uid": visit.uid})
        if visit
        else reverse(
            "supervision:visit-sheet", kwargs={"school_uid": school.uid, "principal_uid": principal.uid}
        )
    )
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            made = act()
        except Moved as moved:
            more |= {"is_moved": True, "theirs": theirs(form, moved.now)}
            form, status = form.again(moved.now.revision), CONFLICT
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, str(said))
            return redirect("supervision:visit", uid=made.uid)
    context = {"form": form} | more
    status = status if status != 200 or not form.errors else 400
    return render(request, "supervision/visits/form.html", context, status=status)


def add_errors(form: Any, error: ValidationError) -> None:
    """Put what an action refused at its field, or above the form where the form has no such field."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, found in error.error_dict.items():
        form.add_error(name if name in form.fields else None, found)


def theirs(form: Any, now: Any) -> list[tuple[str, str]]:
    """Return what stands now where it differs from what was typed: (label, words)."""
    stands = initial_of(now, type(form))
    found = []
    for name, field in form.fields.items():
        if name in {"revision", "uid", "minutes", "purpose"}:
            continue
        value = str(stands.get(name, ""))
        if value != (form.data.get(name) or ""):
            choices = dict(getattr(field, "choices", None) or ())
            found.append((str(field.label), str(choices.get(value, value)) or "–"))
    return found
