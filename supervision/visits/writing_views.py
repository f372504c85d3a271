"""Pages that write notes and commitments."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from alignment_dash.access.doors import needs, signed_in
from alignment_dash.access.models import new_uid
from alignment_dash.access.policy import Action, Data
from alignment_dash.access.scope import Scope
from instruction.revisions import Moved
from schools.models import Org, Person
from schools.names import name_of
from supervision.models import Commitment, CommitmentBy, Visit
from supervision.visits import queries, writing
from supervision.visits.forms import CommitmentForm, EndForm, NoteForm, initial_of
from supervision.visits.visit_views import CONFLICT, add_errors, author, detail_page, theirs


@require_POST
@needs(Data.VISITS, Action.CHANGE)
def note_add(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Write a note about a visit."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    visit = queries.visit_of(scope, uid)
    if visit is None or queries.own_person(scope, Action.CHANGE) not in (
        visit.supervisor_id,
        visit.principal_id,
    ):
        raise Http404
    form = NoteForm(request.POST)
    if form.is_valid():
        try:
            writing.write_note(
                visit=visit, author=author(scope), text=form.cleaned_data["text"], by=signed_in(request),
                uid=form.cleaned_data["uid"],
            )  # fmt: skip
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, _("Saved. Only the two of you can read it."))
            return redirect("supervision:visit", uid=visit.uid)
    return detail_page(request, visit.uid, form=form, status=400)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Data.VISITS, Action.CHANGE)
def note_change(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Change one's own note."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    note = queries.note_of(scope, uid, to_change=True)
    if note is None:
        raise Http404
    form = (
        NoteForm(request.POST) if request.method == "POST" else NoteForm(initial=initial_of(note, NoteForm))
    )

    def act() -> None:
        writing.change_note(
            note=note, author=author(scope), text=form.cleaned_data["text"], revision=form.seen(), by=signed_in(request)
        )  # fmt: skip

    is_reached = queries.visit_of(scope, note.visit.uid) is not None
    back = reverse("supervision:visit", kwargs={"uid": note.visit.uid}) if is_reached else _notes_url()
    return _written(
        request,
        form,
        act,
        _("Change a note"),
        back,
        school=note.visit.school,
        principal=note.principal,
        is_note=True,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Data.VISITS, Action.CHANGE)
def commit(request: HttpRequest, school_uid: UUID, principal_uid: UUID) -> HttpResponse:
    """Write down a commitment; ?visit= names the visit it was made on."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    place = queries.place_to_commit(scope, school_uid, principal_uid)
    if place is None:
        raise Http404
    school, principal = place
    visit = _visit_in(scope, request.GET.get("visit", ""), school, principal)
    first: dict[str, Any] = {"uid": new_uid(), "by": CommitmentBy.PRINCIPAL}
    if visit is not None and visit.element is not None:
        first["element"] = str(visit.element.uid)
    form = CommitmentForm(request.POST) if request.method == "POST" else CommitmentForm(initial=first)

    def act() -> None:
        given = form.cleaned_data
        writing.commit_to(
            principal=principal, school=school, writer=author(scope), commitment_by=given["by"], text=given["text"],
            due=given["due"], element=given["element"], by=signed_in(request), visit=visit, uid=given["uid"],
        )  # fmt: skip

    back = (
        reverse("supervision:visit", kwargs={"uid": visit.uid})
        if visit
        else _place_url(scope, school, principal)
    )
    return _written(
        request, form, act, _("Write down a commitment"), back, school=school, principal=principal,
        said=_("Written down. It stays on the sheet until it is kept or dropped."),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Data.VISITS, Action.CHANGE)
def commitment_change(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Change a commitment, or put it off."""
    scope, one = _commitment(request, uid)
    if not queries.may_change(scope, one):
        raise Http404
    if request.method == "POST":
        form = CommitmentForm(request.POST, also=one.element)
    else:
        form = CommitmentForm(initial=initial_of(one, CommitmentForm), also=one.element)

    def act() -> None:
        given = form.cleaned_data
        writing.change_commitment(
            commitment=one, person=author(scope), revision=form.seen(), by=signed_in(request), text=given["text"],
            due=given["due"], element=given["element"], commitment_by=given["by"],
        )  # fmt: skip

    return _written(
        request, form, act, _("Change or put off a commitment"), _place_url(scope, one.school, one.principal),
        school=one.school, principal=one.principal, said=_("The commitment is saved as you changed it."),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Data.VISITS, Action.CHANGE)
def commitment_end(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Say what became of a commitment."""
    scope, one = _commitment(request, uid)
    if not queries.may_end(scope, one):
        raise Http404
    form = EndForm(request.POST) if request.method == "POST" else EndForm(initial=initial_of(one, EndForm))

    def act() -> None:
        writing.end_commitment(
            commitment=one, person=author(scope), revision=form.seen(), by=signed_in(request), **form.values()
        )

    return _written(
        request, form, act, _("What became of it?"), _place_url(scope, one.school, one.principal),
        school=one.school, principal=one.principal, commitment=one, said=_("What became of it is saved."),
    )  # fmt: skip


def _commitment(request: HttpRequest, uid: UUID) -> tuple[Scope, Commitment]:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    one = queries.commitment_of(scope, uid)
    if one is None:
        raise Http404
    return scope, one


def _visit_in(scope: Scope, text: str, school: Org, principal: Person) -> Visit | None:
    """Return the visit named in an address where it is one of this principal at this school; None else."""
    try:
        uid = UUID(text) if len(text) == 36 else None
    except ValueError:
        return None
    visit = queries.visit_of(scope, uid) if uid else None
    fits = visit is not None and (visit.school_id, visit.principal_id) == (school.pk, principal.pk)
    return visit if fits else None


def _place_url(scope: Scope, school: Org, principal: Person) -> str:
    """Return where a commitment is seen: the supervisor's sheet, or the principal's own page."""
    if school.pk in scope.schools(Data.VISITS):
        return reverse(
            "supervision:visit-sheet", kwargs={"school_uid": school.uid, "principal_uid": principal.uid}
        )
    return reverse("supervision:my-visits")


def _notes_url() -> str:
    return reverse("supervision:my-notes")


def _written(
    request: HttpRequest,
    form: Any,
    act: Callable[[], None],
    title: str,
    back_url: str,
    *,
    school: Org,
    principal: Person,
    said: str = "",
    **more: Any,
) -> HttpResponse:
    """Do what a form asks and go back; or show the form again with what stands in the way, nothing lost."""
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            act()
        except Moved as moved:
            more |= {"is_moved": True, "theirs": theirs(form, moved.now)}
            form, status = form.again(moved.now.revision), CONFLICT
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, said or _("The note is saved."))
            return redirect(back_url)
    context = {"form": form, "title": title, "school": school, "principal": name_of(principal)}
    status = status if status != 200 or not form.errors else 400
    context |= {"back_url": back_url} | more
    return render(request, "supervision/visits/form.html", context, status=status)
