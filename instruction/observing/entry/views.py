"""The pages on which an observation is begun and written."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from alignment_dash import schoolyear
from alignment_dash.access.doors import needs, signed_in
from alignment_dash.access.models import User
from alignment_dash.access.policy import Action, Data
from instruction.models import ObservationRecord
from instruction.observing import actions, content
from instruction.observing.entry import queries
from instruction.observing.entry.forms import StartForm
from instruction.observing.entry.keys import keys_of
from instruction.observing.entry.lines import content_from
from instruction.observing.entry.sheets import sheet_of
from schools.names import name_of

CONFLICT = 409
NOBODY = UUID(int=0)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Data.OBSERVING, Action.CHANGE)
def record_new(request: HttpRequest) -> HttpResponse:
    """Show whom one may observe, and begin an observation."""
    scope = request.scope  # type: ignore[attr-defined]
    day = schoolyear.today()
    versions = queries.versions_on(day)
    school = (request.POST or request.GET).get("school", "")
    choices = queries.choices(scope, day, versions, school)
    form = StartForm(choices, versions, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        uid = form.cleaned_data["uid"]
        try:
            actions.save_record(scope=scope, uid=uid, sent=form.sent(), by=signed_in(request))
            return redirect("instruction:record-write", uid=uid)
        except actions.Refused as refused:
            form.add_error(None, list(refused.errors.values()))
        except (actions.NotYours, actions.Closed):
            raise Http404 from None
    year = schoolyear.year_of(day)
    context = _place(request) | {
        "choices": choices, "form": form, "school": school, "person": request.GET.get("person", ""),
        "sheets": [sheet_of(queries.panel(version, year)) for version in versions],
    }  # fmt: skip
    status = 400 if request.method == "POST" else 200
    return render(request, "instruction/observing/entry/new.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Data.OBSERVING, Action.CHANGE)
def record_write(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show an observation of one's own to write in; sent without scripts, save it, and share it where asked."""
    scope = request.scope  # type: ignore[attr-defined]
    record = queries.own_record(scope, uid)
    if record is None:
        raise Http404
    if request.method != "POST":
        return _write(request, record) if actions.is_open(record) else redirect("instruction:record", uid=uid)
    panel = queries.panel(record.version, record.school_year, record.school)
    written = content_from(
        request.POST, content.shown(record.content)["lines"], elements=panel.uids,
        now=timezone.now().isoformat(),
    )  # fmt: skip
    try:
        saved = actions.save_record(
            scope=scope, uid=uid, sent=_sent(request, record, written), by=signed_in(request)
        )
    except actions.Refused as refused:
        return _write(request, record, written=written, errors=list(refused.errors.values()), status=400)
    except actions.Closed as closed:
        return _write(request, record, written=written, errors=[str(closed)], status=CONFLICT)
    if request.POST.get("act") == "share":
        return _share(request, saved.record)
    if saved.merged:
        messages.info(request, _("Saved. What was written on another device meanwhile stands beside it."))
    else:
        messages.success(request, _("Saved."))
    return redirect("instruction:record-write", uid=uid)


def _share(request: HttpRequest, record: ObservationRecord) -> HttpResponse:
    """Share what was just saved; what stands in the way is said on the page."""
    scope = request.scope  # type: ignore[attr-defined]
    try:
        actions.share_record(scope=scope, uid=record.uid, base=record.revision, by=signed_in(request))
    except actions.Refused as refused:
        errors = list(refused.errors.values())
        return _write(request, record, base=record.revision, errors=errors, status=400)
    except actions.Closed:
        # Sent twice: it is shared.
        return redirect("instruction:record", uid=record.uid)
    messages.success(request, _("Shared."))
    return redirect("instruction:record", uid=record.uid)


def _sent(request: HttpRequest, record: ObservationRecord, written: dict[str, Any]) -> actions.Sent:
    return actions.Sent(
        save=_uuid(request.POST.get("save", "")), base=_whole(request.POST.get("base", "")), at=timezone.now(),
        observed=record.observed.uid if record.observed else None, school=record.school.uid,
        framework_version=record.version.uid, kind=record.kind, purpose=record.purpose,
        observed_on=record.observed_on, grade=record.grade, subject=record.subject, written=written,
    )  # fmt: skip


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return uuid4()


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else 0


def _place(request: HttpRequest) -> dict[str, Any]:
    """Return what the page's script needs to know of where things are, and whose they are."""
    user: User = request.user  # type: ignore[assignment]
    record = reverse("api-record", kwargs={"uid": NOBODY})
    return {
        "keys": " ".join(keys_of(user)),
        "urls": {
            "record": record,
            "share": f"{record}share/",
            "read": reverse("instruction:record", kwargs={"uid": NOBODY}),
            "write": reverse("instruction:record-write", kwargs={"uid": NOBODY}),
            "renew": reverse("instruction:record-new"),
        },
    }


def _write(
    request: HttpRequest,
    record: ObservationRecord,
    *,
    written: dict[str, Any] | None = None,
    base: int | None = None,
    errors: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    panel = queries.panel(record.version, record.school_year, record.school)
    shown = written or content.shown(record.content)
    label = _label(record)
    document = {
        "uid": str(record.uid), "revision": record.revision, "label": label, "content": shown,
        "head": {
            "observed": str(record.observed.uid) if record.observed else None,
            "school": str(record.school.uid), "framework_version": str(record.version.uid),
            "kind": record.kind, "purpose": record.purpose, "observed_on": record.observed_on.isoformat(),
            "grade": record.grade, "subject": record.subject,
        },
    }  # fmt: skip
    context = _place(request) | {
        "record": record, "label": label, "sheet": sheet_of(panel, shown), "document": document,
        "save": uuid4(), "errors": errors or [],
        "base": request.POST.get("base", record.revision) if base is None else base,
    }  # fmt: skip
    return render(request, "instruction/observing/entry/write.html", context, status=status)


def _label(record: ObservationRecord) -> str:
    if record.observed is None:
        return _("A walk through {school}").format(school=record.school.name)
    return f"{name_of(record.observed)}, {record.school.name}"
