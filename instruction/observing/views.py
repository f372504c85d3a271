"""The pages of observations: my own, one to read, and the requests to unlock."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from alignment_dash.access.doors import needs, signed_in
from alignment_dash.access.policy import Action, Data
from alignment_dash.access.trace import recording
from alignment_dash.ui.years import year_from
from instruction.models import RecordState
from instruction.observing import actions, led, queries, walks, who
from instruction.observing.questions import records_sentence
from schools.names import name_of

CONFLICT = 409
STATES = ("", *RecordState.values)

_SAID = {
    "share": gettext_lazy("Shared: the observed person can read it now."),
    "open": gettext_lazy("Open for correction. Others read what was shared until you share it again."),
    "lock": gettext_lazy("Locked."),
    "discard": gettext_lazy("The draft is deleted."),
    "unlock-request": gettext_lazy("Asked. Whoever may answer sees the request."),
    "acknowledge": gettext_lazy("Noted that you read it. That does not say that you agree."),
    "reply": gettext_lazy("Your reply stands with the observation."),
}


@require_GET
@needs(Data.OBSERVING)
def records(request: HttpRequest) -> HttpResponse:
    """Show the caller's own observations, and the walks without names that they may see."""
    scope = request.scope  # type: ignore[attr-defined]
    asked = request.GET.get("state", "")
    state = asked if asked in STATES else ""
    lines = queries.my_records(scope)
    may = who.may_observe(scope, walks.current_year())
    context = {
        "lines": [line for line in lines if state in ("", line.state)],
        "sentence": records_sentence(*queries.waiting_records(scope)),
        "n": len(lines),
        "state": state,
        "states": [("", _("All")), *RecordState.choices],
        "may_write": bool(may),
        "walks": walks.walked_schools(scope),
        "led": led.led_schools(scope),
        "requests": queries.waiting_requests(scope),
    }
    return render(request, "instruction/observing/records.html", context)


@require_GET
@needs(Data.OBSERVING)
def record(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show one observation to its observer, the observed, or the school's leaders, whose look is recorded."""
    return _record(request, uid)


def _record(request: HttpRequest, uid: UUID, *, status: int = 200, **more: Any) -> HttpResponse:
    page = queries.record_page(request.scope, uid)  # type: ignore[attr-defined]
    if page is None:
        raise Http404
    if page.people:
        recording.seen(request, "record", target=page.record, people=page.people)
    context = {"page": page, "record": page.record} | more
    return render(request, "instruction/observing/record.html", context, status=status)


def _act(act: str) -> Callable[..., HttpResponse]:
    """Return the view of a button on the page of an observation."""

    @require_POST
    @needs(Data.OBSERVING, Action.CHANGE)
    def view(request: HttpRequest, uid: UUID) -> HttpResponse:
        given = {"scope": request.scope, "uid": uid, "by": signed_in(request)}  # type: ignore[attr-defined]
        try:
            _do(act, request, given)
        except actions.NotYours:
            raise Http404 from None
        except actions.Refused as refused:
            typed = request.POST.get("text") or request.POST.get("why", "")
            return _record(request, uid, status=400, errors=refused.errors, act=act, typed=typed)
        except actions.Closed as closed:
            return _record(request, uid, status=CONFLICT, errors={"detail": str(closed)}, act=act)
        messages.success(request, str(_SAID[act]))
        if act == "discard":
            return redirect("instruction:records")
        return redirect("instruction:record-write" if act == "open" else "instruction:record", uid=uid)

    return view


def _do(act: str, request: HttpRequest, given: dict[str, Any]) -> None:
    text = request.POST.get("text", "")
    if act == "share":
        base = request.POST.get("base", "")
        known = int(base) if base.isascii() and base.isdigit() and len(base) < 10 else None
        actions.share_record(base=known, **given)
    elif act == "unlock-request":
        actions.ask_unlock(why=request.POST.get("why", ""), **given)
    elif act == "acknowledge":
        actions.acknowledge(text=text, **given)
    elif act == "reply":
        actions.reply(text=text, **given)
    else:
        {"open": actions.open_record, "lock": actions.lock_record, "discard": actions.discard_draft}[act](
            **given
        )


ACTS = {act: _act(act) for act in _SAID}


@require_GET
@needs(Data.PERSON_EVIDENCE)
def school_records(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show a school's leaders what was shared of its people; that they looked is recorded."""
    year = year_from(request.GET)
    page = led.shared_page(request.scope, uid, year)  # type: ignore[attr-defined]
    if page is None:
        raise Http404
    recording.seen(request, "records", target=page.school, people=page.people, year=year)
    school_url = reverse("instruction:school", kwargs={"uid": uid}, query={"year": year})
    return render(
        request, "instruction/observing/school_records.html", {"page": page, "school_url": school_url}
    )


@require_GET
@needs(Data.CALIBRATION)
def unlock_requests(request: HttpRequest) -> HttpResponse:
    """Show who asks that a locked observation be unlocked, to whoever may answer, without what was written."""
    asked = queries.waiting_requests(request.scope)  # type: ignore[attr-defined]
    return render(request, "instruction/observing/unlock_requests.html", _asked(asked))


@require_POST
@needs(Data.CALIBRATION, Action.CHANGE)
def unlock_answer(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Unlock, or say why not."""
    scope = request.scope  # type: ignore[attr-defined]
    choice = request.POST.get("choice", "")
    if choice not in ("grant", "refuse"):
        # Nothing chosen is no answer, and must not stand as a refusal.
        waiting = queries.waiting_requests(scope)
        if uid not in {one.uid for one in waiting}:
            raise Http404
        errors = {"choice": _("Unlock it, or leave it locked.")}
        asked = _asked(waiting) | {"errors": errors}
        return render(request, "instruction/observing/unlock_requests.html", asked, status=400)
    try:
        actions.answer_unlock(
            scope=scope, uid=uid, is_granted=choice == "grant", answer=request.POST.get("answer", ""),
            by=signed_in(request),
        )  # fmt: skip
    except actions.NotYours:
        raise Http404 from None
    except actions.Refused as refused:
        asked = _asked(queries.waiting_requests(scope)) | {"errors": refused.errors}
        return render(request, "instruction/observing/unlock_requests.html", asked, status=CONFLICT)
    messages.success(request, _("Unlocked.") if choice == "grant" else _("Answered: it stays locked."))
    return redirect("instruction:unlock-requests")


def _asked(asked: list[Any]) -> dict[str, Any]:
    return {"requests": [(one, name_of(one.record.observer)) for one in asked]}
