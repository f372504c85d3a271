"""What observers see: their invitations, the page they rate on, and what came out."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from alignment_dash.access.doors import needs, signed_in
from alignment_dash.access.policy import Action, Data
from alignment_dash.access.scope import Scope
from alignment_dash.access.trace import recording
from instruction.calibrating import actions, queries, words
from instruction.calibrating.forms import CommentForm, RatingForm
from instruction.calibrating.queries import Results, Sheet
from instruction.calibrating.refusals import Moved, Refused
from instruction.models import CalibrationExercise, ExerciseState
from schools.models import Person

CONFLICT = 409


@require_http_methods(["GET", "HEAD"])
@needs(Data.CALIBRATION)
def exercises(request: HttpRequest) -> HttpResponse:
    """Show what the caller is asked to rate, how they stand, and how alike elements are seen."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    lines = queries.lines(scope)
    mine, standard = queries.my_standing(scope), queries.standard()
    leads = queries.is_lead(scope)
    context = {
        "lines": lines,
        "is_lead": leads,
        "sentence": words.waiting_sentence(lines),
        "lead_sentence": words.lead_sentence(lines) if leads else "",
        "mine": mine,
        "mine_words": words.standing_words(mine, standard) if mine else "",
        "figures": words.figures(mine.agreement) if mine else [],
        "note": words.interval_note(mine.agreement) if mine else "",
        "standard": standard,
        "elements": elements_table(queries.by_element(scope)),
    }
    return render(request, "instruction/calibrating/exercises.html", context)


def elements_table(lines: list[queries.ElementLine]) -> list[tuple[queries.ElementLine, list[str]]]:
    """Return each line with its figures in words."""
    return [(one, [text for _label, text in words.figures(one.agreement)]) for one in lines]


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Data.CALIBRATION)
def exercise(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Let an invited observer rate blind; nobody's levels but their own are ever opened here."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    held = found(request, uid)
    if request.method == "POST":
        return _rate(request, held)
    if held.state == ExerciseState.RELEASED:
        return redirect("instruction:calibration-results", uid)
    sheet = queries.my_sheet(scope, held)
    if sheet is None or held.state != ExerciseState.OPEN:
        if queries.is_lead(scope):
            return redirect("instruction:calibration-prepare", uid)
        raise Http404
    return _sheet(request, sheet, RatingForm(sheet))


def found(request: HttpRequest, uid: UUID) -> CalibrationExercise:
    """Return the exercise, or say that there is none."""
    held = queries.exercise_for(request.scope, uid)  # type: ignore[attr-defined]
    if held is None:
        raise Http404
    return held


def _rate(request: HttpRequest, held: CalibrationExercise) -> HttpResponse:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    sheet, person = queries.my_sheet(scope, held), _person(scope)
    if sheet is None or person is None:
        raise Http404
    form = RatingForm(sheet, request.POST)
    if not form.is_valid():
        return _sheet(request, sheet, form, status=400)
    by, revision = signed_in(request), form.cleaned_data["revision"]
    try:
        actions.save_ratings(exercise=held, person=person, given=form.given(), revision=revision, by=by)
        if request.POST.get("act") == "submit":
            actions.submit_ratings(exercise=held, person=person, by=by)
    except Moved as moved:
        now = queries.my_sheet(scope, held) or sheet
        again = RatingForm(now, request.POST, revision=moved.revision)
        return _sheet(request, now, again, status=CONFLICT, is_moved=True)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("instruction:calibration-exercise", held.uid)
    except ValidationError as wrong:
        # What was written stands: it is saved before it is looked at whole.
        now = queries.my_sheet(scope, held) or sheet
        again = RatingForm(now, request.POST, revision=now.invitation.revision)
        return _sheet(request, now, again, status=400, problem=" ".join(wrong.messages))
    if request.POST.get("act") == "submit":
        messages.success(request, _("Handed in. You see the others' levels once the lead releases them."))
        return redirect("instruction:calibration")
    messages.success(request, _("Saved. Nobody but you sees it."))
    return redirect("instruction:calibration-exercise", held.uid)


def _person(scope: Scope) -> Person | None:
    person = queries.me(scope, Action.CHANGE)
    return None if person is None else Person.objects.filter(pk=person).first()


def _sheet(
    request: HttpRequest, sheet: Sheet, form: RatingForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    context = {
        "sheet": sheet, "exercise": sheet.exercise, "form": form,
        "level_names": list(enumerate(sheet.exercise.version.level_names, start=1)),
    }  # fmt: skip
    return render(request, "instruction/calibrating/rate.html", context | more, status=status)


@require_http_methods(["GET", "HEAD"])
@needs(Data.CALIBRATION)
def exercise_results(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show what came out of a released exercise: to those invited without names, to the lead by name."""
    return _results(request, found(request, uid))


def _results(
    request: HttpRequest, held: CalibrationExercise, form: CommentForm | None = None
) -> HttpResponse:
    found_results = queries.results(request.scope, held)  # type: ignore[attr-defined]
    if found_results is None:
        raise Http404
    if found_results.by_name:
        recording.seen(request, "calibration", target=held, people=found_results.people)
    context = {
        "exercise": held,
        "results": found_results,
        "sentence": results_sentence(found_results),
        "levels": list(enumerate(found_results.level_names, start=1)),
        "against": words.figures(found_results.against) if found_results.against else [],
        "alike": words.figures(found_results.alike) if found_results.alike else [],
        "form": form or CommentForm(),
        "export_url": _export_url(request, held),
    }
    status = 400 if form is not None else 200
    return render(request, "instruction/calibrating/results.html", context, status=status)


def _export_url(request: HttpRequest, held: CalibrationExercise) -> str:
    if not queries.is_lead(request.scope, Action.EXPORT):  # type: ignore[attr-defined]
        return ""
    return reverse("instruction:calibration-export", kwargs={"uid": held.uid})


def results_sentence(found_results: Results) -> str:
    """Say in one sentence what came out, as far as it is the caller's to know."""
    if found_results.pair is not None:
        agreed, both = found_results.pair
        return _("You and the other observer agreed on {agreed} of {n} elements.").format(
            agreed=agreed, n=both
        )
    if found_results.own_exact is not None:
        same, n = found_results.own_exact
        text = ngettext(
            "You gave the reference level on {same} of {n} element.",
            "You gave the reference level on {same} of {n} elements.",
            n,
        )
        return text.format(same=same, n=n)
    told = found_results.against or found_results.alike
    if told is not None and told.exact.value is not None:
        share = words.share_words(told.exact)
        if found_results.against:
            return _("Observers gave the reference level on {share} of what they rated.").format(share=share)
        return _("Two observers gave the same level on {share} of what both rated.").format(share=share)
    return _("{n} observers handed in.").format(n=found_results.n_submitted)


@require_POST
@needs(Data.CALIBRATION)
def comment(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Add to the discussion of a released exercise."""
    held = found(request, uid)
    form = CommentForm(request.POST)
    if not form.is_valid():
        if held.state == ExerciseState.RELEASED:
            return _results(request, held, form)
        raise Http404
    element = None
    if uid_of := form.cleaned_data["element"]:
        element = held.elements.filter(element__uid=uid_of).first()
        if element is None:
            raise Http404
    try:
        actions.say(exercise=held, element=element, text=form.cleaned_data["text"], by=signed_in(request))
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("instruction:calibration-exercise", uid)
    where = f"#element-{element.element.uid}" if element else "#discussion"
    return redirect(reverse("instruction:calibration-results", args=[uid]) + where)
