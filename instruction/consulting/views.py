"""Pages of a consultation on a draft: reading it, commenting, voting, answering, and its days."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from alignment_dash.access.doors import needs, signed_in
from alignment_dash.access.policy import Action, Data
from alignment_dash.access.scope import Scope
from alignment_dash.access.trace import recording
from alignment_dash.ui.spreadsheet import csv_response
from instruction.consulting import actions, queries, words
from instruction.consulting.forms import AnswerForm, DaysForm
from instruction.models import ElementComment, ElementVersion, FrameworkVersion

CONFLICT = 409


@require_GET
@needs(Data.FRAMEWORK_DRAFTS)
def consultation_list(request: HttpRequest) -> HttpResponse:
    """Show the drafts that people are asked about, and those that they were."""
    scope = _scope(request)
    day = scope.day
    rows = [
        (one, held, stage, words.STAGE_WORDS[stage])
        for one, held in ((one, queries.days_of(one)) for one in queries.consulted(scope))
        for stage in [queries.stage_of(one, held, day)]
    ]
    n_open = sum(stage is queries.Stage.OPEN for _one, _held, stage, _words in rows)
    context = {"rows": rows, "n_open": n_open}
    return render(request, "instruction/consulting/consultation_list.html", context)


@require_GET
@needs(Data.FRAMEWORK_DRAFTS)
def consultation(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show a draft with what people say of it; `?about=` one element with all its comments."""
    return _page(request, uid)


@require_POST
@needs(Data.FRAMEWORK_DRAFTS)
def consultation_comment(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Say something about the draft or one element."""
    version, about = _version(request, uid), request.POST.get("about", "")
    text = request.POST.get("text", "")
    element = _element(version, about)
    try:
        actions.comment(
            version=version, element=element, text=text, role=_role(request), by=signed_in(request)
        )
    except actions.Closed as closed:
        return _page(request, uid, CONFLICT, refused=str(closed), kept_text=text, kept_about=about)
    except ValidationError as error:
        refused = " ".join(error.messages)
        return _page(request, uid, 400, refused=refused, kept_text=text.replace("\0", ""), kept_about=about)
    messages.success(request, _("Thank you. Your comment stands with the draft."))
    only = {"about": request.GET["about"]} if request.GET.get("about") else None
    anchor = f"#{element.element.code}" if element else "#whole"
    return redirect(reverse("instruction:consultation", kwargs={"uid": uid}, query=only) + anchor)


@require_POST
@needs(Data.FRAMEWORK_DRAFTS)
def consultation_votes(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Set one's own votes."""
    version = _version(request, uid)
    asked = request.POST.getlist("element")
    elements = [one for one in _elements(version) if str(one.element.uid) in asked]
    kept = {one.pk for one in elements}
    try:
        n = actions.vote(version=version, elements=elements, role=_role(request), by=signed_in(request))
    except actions.Closed as closed:
        return _page(request, uid, CONFLICT, refused=str(closed), kept_votes=kept)
    except ValidationError as error:
        return _page(request, uid, 400, refused=" ".join(error.messages), kept_votes=kept)
    messages.success(
        request, _("Your votes are kept. You can change them until it closes.") if n else _("You have no votes now.")
    )  # fmt: skip
    return redirect(reverse("instruction:consultation", kwargs={"uid": uid}))


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Data.DEFINITIONS, Action.CHANGE)
def consultation_days(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Open a consultation, or change its days and the number of votes."""
    version = _version(request, uid)
    held = queries.days_of(version)
    form = DaysForm(request.POST) if request.method == "POST" else DaysForm.of(held, actions.seen_of(held))
    status, moved = 200, None
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                actions.set_consultation(version=version, **form.cleaned_data, by=signed_in(request))
                messages.success(request, _("Saved. Everyone who has a say finds the draft under Drafts."))
                return redirect(reverse("instruction:consultation", kwargs={"uid": uid}))
            except actions.ConsultationMoved as error:
                status, moved = CONFLICT, error.now
                _see(form, actions.seen_of(error.now))
            except ValidationError as error:
                form.add_error(None, error)
    context = {"version": version, "form": form, "moved": moved, "is_conflict": status == CONFLICT}
    return render(request, "instruction/consulting/days.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Data.DEFINITIONS, Action.CHANGE)
def consultation_answer(request: HttpRequest, uid: UUID, comment: UUID) -> HttpResponse:
    """Answer a comment."""
    version, scope = _version(request, uid), _scope(request)
    found: ElementComment | None = queries.comments(scope, version).filter(uid=comment).first()
    if found is None:
        raise Http404
    form = AnswerForm(request.POST or None, initial={"text": found.answer, "seen": found.answer})
    status, moved = 200, ""
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                given = form.cleaned_data
                actions.answer(comment=found, text=given["text"], seen=given["seen"], by=signed_in(request))
                return redirect(_comment_address(uid, found))
            except actions.AnswerMoved as error:
                status, moved = CONFLICT, error.now
                _see(form, error.now)
            except ValidationError as error:
                form.add_error("text", error)
    shown = queries.comment_as_told(scope, found, queries.groups_told(scope))
    context = {
        "version": version, "comment": words.told(shown), "form": form, "moved": moved, "is_conflict": status == CONFLICT,
        "wording": found.element_version,
    }  # fmt: skip
    return render(request, "instruction/consulting/answer.html", context, status=status)


@require_GET
@needs(Data.DEFINITIONS, Action.CHANGE)
def consultation_export(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Hand the comments to the editors as a CSV."""
    version, scope = _version(request, uid), _scope(request)
    heading: list[object] = [
        _("Element"),
        _("Role"),
        _("Name"),
        _("Written"),
        _("Comment"),
        _("Answer"),
        _("Answered"),
    ]
    rows: list[list[object]] = [heading]
    groups = queries.groups_told(scope)
    for one in queries.comments(scope, version):
        said = queries.comment_as_told(scope, one, groups)
        answered = said.answered_at.isoformat() if said.answered_at else ""
        rows.append(
            [said.about, said.role, said.name, said.written_at.isoformat(), said.text, said.answer, answered]
        )
    recording.exported(request, "comments", target=version, rows=len(rows) - 1, filters={})
    return csv_response(f"comments-{version.framework.kind}-{version.first_school_year}.csv", rows)


def _see(form: Form, seen: str) -> None:
    """Let a form that is shown again have seen what stands now; what was typed stays."""
    data = form.data.copy()  # type: ignore[attr-defined]
    data["seen"] = seen
    form.data = data


def _scope(request: HttpRequest) -> Scope:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    return scope


def _role(request: HttpRequest) -> Any:
    role = queries.role_of(_scope(request))
    if role is None:
        raise Http404
    return role


def _version(request: HttpRequest, uid: UUID) -> FrameworkVersion:
    version = queries.consulted_version(_scope(request), uid)
    if version is None:
        raise Http404
    return version


def _elements(version: FrameworkVersion) -> list[ElementVersion]:
    return list(version.elements.select_related("element"))


def _element(version: FrameworkVersion, about: str) -> ElementVersion | None:
    """Return the element that a comment is about; None for the draft as a whole. Http404 for an unknown one."""
    if about in {"", queries.WHOLE}:
        return None
    found = next((one for one in _elements(version) if str(one.element.uid) == about), None)
    if found is None:
        raise Http404
    return found


def _comment_address(uid: UUID, comment: ElementComment) -> str:
    about = comment.element_version
    key = str(about.element.uid) if about else queries.WHOLE
    return (
        reverse("instruction:consultation", kwargs={"uid": uid}, query={"about": key}) + f"#c-{comment.uid}"
    )


def _page(request: HttpRequest, uid: UUID, status: int = 200, **kept: Any) -> HttpResponse:
    """Show the draft; kept: why something was refused, and what the sender had written or chosen."""
    page = queries.consultation_page(
        _scope(request), uid, about=request.GET.get("about", ""), page=request.GET.get("page")
    )
    if page is None:
        raise Http404
    votes = kept.pop("kept_votes", None)
    context = {
        "page": page,
        "sentence": words.consultation_sentence(page),
        "turnout": words.turnout_words(page.turnout),
        "sections": [words.shown(one) for one in ([page.only] if page.only else [page.whole, *page.elements])],
        "voted": votes if votes is not None else {one.wording.pk for one in page.elements if one.is_mine and one.wording},
        "is_open": page.stage is queries.Stage.OPEN and page.may_write,
        "may_vote": page.stage is queries.Stage.OPEN and page.may_write and page.only is None,
        "shows_lost_votes": votes is not None and page.stage is not queries.Stage.OPEN,
    }  # fmt: skip
    return render(request, "instruction/consulting/consultation.html", context | kept, status=status)
