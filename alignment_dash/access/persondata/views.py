"""Pages on which data administrators see, hand out and erase what is held about a person."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from alignment_dash.access import reach
from alignment_dash.access.doors import needs, signed_in
from alignment_dash.access.persondata import actions, export, queries, registry, retention
from alignment_dash.access.persondata.forms import EraseForm, ExportForm, RetentionForm, SearchForm
from alignment_dash.access.persondata.models import Erasure
from alignment_dash.access.persondata.registry import Subject
from alignment_dash.access.policy import Action, Data
from alignment_dash.access.trace import recording

READ_OR_WRITE = ["GET", "HEAD", "POST"]


@require_GET
@needs(Data.PERSON_DATA)
def search(request: HttpRequest) -> HttpResponse:
    """Find whom it is about, and see which erasures wait or came back."""
    form = SearchForm(request.GET)
    words = form.cleaned_data["q"] if form.is_valid() else ""
    context = {
        "search": form,
        "words": words,
        "found": queries.find(words),
        "most": queries.FOUND,
        "waiting": Erasure.objects.waiting().select_related("asked_by").order_by("pk"),
        "returned": Erasure.objects.filter(marks__seen_at__isnull=False).distinct().order_by("-pk"),
    }
    return render(request, "access/person_data_search.html", context)


@require_GET
@needs(Data.PERSON_DATA)
def detail(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show what is held about someone, by kind, and what erasing does to each; the look is recorded."""
    subject = _subject(uid)
    return _detail(request, subject, ExportForm(), EraseForm())


@require_POST
@needs(Data.PERSON_DATA, Action.EXPORT)
def export_zip(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Hand out everything held about someone."""
    subject, form = _subject(uid), ExportForm(request.POST)
    if not form.is_valid():
        return _detail(request, subject, form, EraseForm(), status=400)
    with_evidence = form.cleaned_data["with_evidence"]
    with reach.all_rows(why="everything held about one person is handed out to them"):
        parts = export.parts_of(subject, registry.holdings(), with_evidence=with_evidence)
        content = export.zip_of(subject, parts)
    actions.note_export(
        subject=subject,
        why=form.cleaned_data["why"],
        with_evidence=with_evidence,
        counts={part.holding.key: len(part.rows) for part in parts if part.rows},
        by=signed_in(request),
    )
    response = HttpResponse(content, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="person-data-{subject.uid}.zip"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_POST
@needs(Data.PERSON_DATA)
def erase(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Erase someone, or ask a second administrator to confirm it."""
    subject, form = _subject(uid), EraseForm(request.POST)
    if form.is_valid():
        try:
            erasure = actions.ask(subject=subject, why=form.cleaned_data["why"], by=signed_in(request))
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            said = (
                _("The names were removed.")
                if erasure.done_at
                else _("Another data administrator confirms it now, on the page of a person's data.")
            )
            messages.success(request, said)
            return redirect("persondata:detail", uid=subject.uid)
    return _detail(request, subject, ExportForm(), form, status=400)


@require_POST
@needs(Data.PERSON_DATA)
def decide(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Confirm or withdraw an erasure that waits, or let someone erased come back with the next roster."""
    erasure, by = get_object_or_404(Erasure, uid=uid), signed_in(request)
    act = request.POST.get("act")
    try:
        if act == "confirm":
            actions.confirm(erasure=erasure, by=by)
            messages.success(request, _("The names were removed."))
        elif act == "withdraw":
            actions.withdraw(erasure=erasure, by=by)
            messages.success(request, _("Nothing was erased."))
        elif act == "return":
            actions.let_return(erasure=erasure, by=by)
            messages.success(request, _("The next roster that names them makes a new person of them."))
        else:
            raise Http404
    except ValidationError as refused:
        for said in refused.messages:
            messages.error(request, said)
    return redirect("persondata:search")


@require_http_methods(READ_OR_WRITE)
@needs(Data.PERSON_DATA)
def retention_page(request: HttpRequest) -> HttpResponse:
    """Set for how long things are kept, and see what tonight would remove."""
    form = RetentionForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        for one in registry.retentions():
            actions.keep_for(retention=one, days=form.cleaned_data[one.key], by=signed_in(request))
        messages.success(request, _("Saved. What is past its time is removed at night."))
        return redirect("persondata:retention")
    rows = [{"kept": kept, "field": form[kept.retention.key]} for kept in retention.overview()]
    context = {"form": form, "rows": rows, "most": retention.SHOWN}
    return render(request, "access/retention.html", context, status=400 if form.errors else 200)


def _subject(uid: UUID) -> Subject:
    subject = queries.subject_of(uid)
    if subject is None:
        raise Http404
    return subject


def _detail(
    request: HttpRequest, subject: Subject, export_form: ExportForm, erase_form: EraseForm, status: int = 200
) -> HttpResponse:
    people = [subject.person_id] if subject.person_id else []
    recording.seen(request, "person-data", target=subject.target, people=people)
    with reach.all_rows(why="a data administrator sees what kinds of data are held about one person"):
        held = queries.held(subject)
    context = {
        "subject": subject,
        "held": held,
        "export_form": export_form,
        "erase_form": erase_form,
        "erasure": queries.erasure_of(subject),
        "is_self": subject.user_id == signed_in(request).pk,
    }
    return render(request, "access/person_data.html", context, status=status)
