"""What the calibration lead does: prepare, invite, open, release, and see how observers stand."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from alignment_dash.access.doors import needs, signed_in
from alignment_dash.access.policy import Action, Data
from alignment_dash.access.scope import Scope
from alignment_dash.access.trace import recording
from alignment_dash.ui.spreadsheet import csv_response
from instruction.calibrating import actions, export, queries, words
from instruction.calibrating.actions.preparing import elements_of
from instruction.calibrating.forms import ExerciseForm, ReferenceForm, StandardForm, chosen_elements
from instruction.calibrating.queries import exercises as reading
from instruction.calibrating.refusals import Moved, Refused
from instruction.calibrating.status import STATUS_WORDS
from instruction.calibrating.views.rating import CONFLICT, elements_table
from instruction.models import CalibrationExercise, ElementVersion, ExerciseState
from schools.models import Person

SHOWN = 30


def _led(request: HttpRequest, uid: UUID) -> CalibrationExercise:
    """Return the exercise to who leads; to others there is none."""
    _only_leads(request)
    held = queries.exercise_for(request.scope, uid)  # type: ignore[attr-defined]
    if held is None:
        raise Http404
    return held


def _only_leads(request: HttpRequest) -> None:
    if not queries.is_lead(request.scope):  # type: ignore[attr-defined]
        raise Http404


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Data.CALIBRATION, Action.CHANGE)
def new_exercise(request: HttpRequest) -> HttpResponse:
    """Begin an exercise."""
    _only_leads(request)
    form = ExerciseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():  # a video that is refused with its exercise is not known twice
                made = actions.make_exercise(details=_details(request, form), by=signed_in(request))
        except ValidationError as wrong:
            _put(form, wrong)
        else:
            messages.success(request, _("Prepared. Now invite observers, then open it."))
            return redirect("instruction:calibration-prepare", made.uid)
    context = {"form": form}
    return render(request, "instruction/calibrating/new.html", context, status=400 if form.errors else 200)


def _details(request: HttpRequest, form: ExerciseForm, elements: tuple[int, ...] = ()) -> actions.Details:
    """Return what was asked for; a new video is made known first."""
    given = form.cleaned_data
    if not form.is_new_video:
        return form.details(elements=elements)
    video = actions.add_video(
        title=given["video_title"],
        url=given["video_url"],
        minutes=given["video_minutes"],
        by=signed_in(request),
    )
    return form.details(video, elements)


def _put(form: ExerciseForm, wrong: ValidationError) -> None:
    """Put what an action refused beside its field."""
    if not hasattr(wrong, "error_dict"):
        form.add_error(None, wrong)
        return
    for name, errors in wrong.message_dict.items():
        form.add_error(name if name in form.fields else None, errors)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Data.CALIBRATION, Action.CHANGE)
def prepare(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show an exercise as its lead prepares it, and change what it is about."""
    held = _led(request, uid)
    if request.method != "POST":
        return _page(request, held)
    form = ExerciseForm(request.POST, exercise=held)
    if not form.is_valid():
        return _page(request, held, form=form, status=400)
    revision = request.POST.get("revision", "")
    chosen = chosen_elements(request.POST, form.cleaned_data.get("version"))
    try:
        with transaction.atomic():
            actions.change_exercise(
                exercise=held,
                details=_details(request, form, chosen),
                revision=int(revision)
                if revision.isascii() and revision.isdigit() and len(revision) < 9
                else -1,
                by=signed_in(request),
            )
    except Moved:
        now = _led(request, uid)
        return _page(request, now, form=form, status=CONFLICT, is_moved=True, ticked=set(chosen))
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("instruction:calibration-prepare", uid)
    except ValidationError as wrong:
        _put(form, wrong)
        return _page(request, held, form=form, status=400)
    messages.success(request, _("Saved."))
    return redirect("instruction:calibration-prepare", uid)


@require_POST
@needs(Data.CALIBRATION, Action.CHANGE)
def references(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Set the reference levels and their reasons."""
    held = _led(request, uid)
    elements = reading.elements(held)
    form = ReferenceForm(held, elements, {}, request.POST)
    if not form.is_valid():
        return _page(request, held, references=form, status=400)
    try:
        actions.set_references(
            exercise=held,
            references=form.references(),
            revision=form.cleaned_data["revision"],
            by=signed_in(request),
        )
    except Moved as moved:
        data = request.POST.copy()
        data["revision"] = str(moved.revision)
        now = _led(request, uid)
        again = ReferenceForm(now, elements, reading.references(request.scope, now) or {}, data)  # type: ignore[attr-defined]
        return _page(request, now, references=again, status=CONFLICT, is_moved=True)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Saved. Observers see the reference levels once you release."))
    return redirect("instruction:calibration-prepare", uid)


@require_POST
@needs(Data.CALIBRATION, Action.CHANGE)
def invitations(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Invite people by their boxes, or all leaders of a network; or excuse one."""
    held = _led(request, uid)
    scope: Scope = request.scope  # type: ignore[attr-defined]
    try:
        if request.POST.get("excuse"):
            person = Person.objects.filter(uid=_uid(request.POST["excuse"]) or UUID(int=0)).first()
            if person is None:
                raise Refused(_("There is no such person."))
            actions.excuse(exercise=held, person=person, by=signed_in(request))
            messages.success(request, _("They are not waited for."))
        else:
            n = actions.invite(exercise=held, people=_chosen(request, scope, held), by=signed_in(request))
            messages.success(
                request,
                ngettext("{n} person more is invited.", "{n} people more are invited.", n).format(n=n),
            )
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect(reverse("instruction:calibration-prepare", args=[uid]) + "#invited")


def _chosen(request: HttpRequest, scope: Scope, held: CalibrationExercise) -> list[int]:
    """Return the ids of who was ticked or leads in the network; only who may be invited at all."""
    if network := _uid(request.POST.get("network", "")):
        found = queries.candidates(scope, held, network=str(network))
        return list(found.values_list("pk", flat=True))
    uids = [one for text in request.POST.getlist("person") if (one := _uid(text))]
    return queries.by_uids(scope, held, uids)


def _uid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@require_POST
@needs(Data.CALIBRATION, Action.CHANGE)
def state(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Open, release or cancel an exercise."""
    held, by = _led(request, uid), signed_in(request)
    act = request.POST.get("act", "")
    try:
        if act == "open":
            actions.open_exercise(exercise=held, by=by)
            messages.success(request, _("Open: the invited observers find it on their home page."))
        elif act == "release":
            n = actions.release_exercise(exercise=held, by=by)
            messages.success(request, _("Released: the levels of {n} observers are shown.").format(n=n))
            return redirect("instruction:calibration-results", uid)
        elif act == "cancel":
            actions.cancel_exercise(exercise=held, by=by)
            messages.success(request, _("Canceled: nothing of it counts."))
        else:
            return HttpResponse(_("Open, release or cancel it."), status=400, content_type="text/plain")
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("instruction:calibration-prepare", uid)


def _page(request: HttpRequest, held: CalibrationExercise, *, status: int = 200, **more: Any) -> HttpResponse:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    known = reading.references(scope, held)
    elements = reading.elements(held)
    ticked = more.pop("ticked", None) or elements_of(held)
    invited = list(held.invitations.select_related("person__identity", "person__user"))
    text = request.GET.get("q", "").replace("\0", "")[:100]
    network = _uid(request.GET.get("network", ""))
    wanted = queries.candidates(scope, held, text=text, network=str(network or ""))
    people = list(wanted.exclude(pk__in=[one.person_id for one in invited])[: SHOWN + 1])
    context = {
        "exercise": held,
        "form": more.pop("form", None) or ExerciseForm(exercise=held),
        "references": more.pop("references", None)
        or (ReferenceForm(held, elements, known) if known is not None else None),
        "elements": [
            (one, one.pk in ticked)
            for one in ElementVersion.objects.filter(version=held.version)
            .select_related("element")
            .order_by("dimension__place", "place")
        ],
        "invited": sorted(invited, key=lambda one: str(getattr(one.person, "identity", ""))),
        "n_submitted": sum(1 for one in invited if one.submitted_at),
        "missing": [one for one in invited if not one.submitted_at and not one.excused_at],
        "people": people[:SHOWN],
        "more_people": len(people) > SHOWN,
        "networks": queries.networks(),
        "q": text,
        "network": str(network or ""),
        "may_change": held.state in {ExerciseState.DRAFT, ExerciseState.OPEN},
        "is_draft": held.state == ExerciseState.DRAFT,
    }
    return render(request, "instruction/calibrating/prepare.html", context | more, status=status)


@require_GET
@needs(Data.CALIBRATION, Action.CHANGE)
def observers_page(request: HttpRequest) -> HttpResponse:
    """Show how every observer stands, by name; that the lead looked is recorded."""
    found = queries.observers(request.scope, page=request.GET.get("page", ""))  # type: ignore[attr-defined]
    if found is None:
        raise Http404
    recording.seen(
        request,
        "calibration-standing",
        target=found.standard,
        people=[line.person_id for line in found.lines],
    )
    context = {
        "found": found,
        "lines": [
            (
                line,
                STATUS_WORDS[line.status],
                [text for _label, text in words.figures(line.agreement)],
            )
            for line in found.lines
        ],
        "elements": elements_table(found.elements),
        "counts": [(STATUS_WORDS[status], found.count[status]) for status in STATUS_WORDS],
    }
    return render(request, "instruction/calibrating/observers.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Data.CALIBRATION, Action.CHANGE)
def standard_page(request: HttpRequest) -> HttpResponse:
    """Show and set from where on an observer is called calibrated."""
    _only_leads(request)
    held = queries.standard()
    sent = request.POST if request.method == "POST" else None
    form = StandardForm(sent, instance=held, initial={"revision": held.revision})
    status = 200
    if sent is not None and form.is_valid():
        try:
            actions.set_standard(
                values=form.values(), revision=form.cleaned_data["revision"], by=signed_in(request)
            )
        except Moved as moved:
            data = sent.copy()
            data["revision"] = str(moved.revision)
            form, status = StandardForm(data, instance=queries.standard()), CONFLICT
            form.add_error(None, str(moved))
        else:
            messages.success(request, _("Saved. Everyone's status follows it from now on."))
            return redirect("instruction:calibration-observers")
    elif sent is not None:
        status = 400
    context = {"form": form, "now": queries.standard()}
    return render(request, "instruction/calibrating/standard.html", context, status=status)


@require_GET
@needs(Data.CALIBRATION, Action.EXPORT)
def exercise_export(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Return a released exercise as CSV, by name, for the lead; that it left is recorded."""
    held = _led(request, uid)
    found = queries.results(request.scope, held)  # type: ignore[attr-defined]
    if found is None or not found.by_name:
        raise Http404
    rows = list(export.rows_of(found))
    recording.exported(
        request, "calibration", target=held, rows=len(rows) - 1, filters={"exercise": held.uid}
    )
    return csv_response("calibration.csv", rows)
