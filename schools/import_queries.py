"""Reads for the pages of roster imports: the list, what waits for a person, and what stands around one import."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from alignment_dash.access.models import AuditEvent
from alignment_dash.runs import uploads
from alignment_dash.runs.models import State, UploadState
from schools.import_rows import Event
from schools.models import RosterImport
from schools.roster_imports import KIND

# What the pages neither show nor can afford to fetch for a list.
_HEAVY = ("content", "findings", "groups")
_APPLIED = [UploadState.APPLIED, UploadState.APPLIED_WITH_MESSAGES]
_OPEN = [UploadState.RECEIVED, UploadState.VALIDATING, UploadState.APPLYING]


def listed(*, state: str = "", source: str = "") -> QuerySet[RosterImport]:
    """Return imports, newest first, of a state and a source where given; "failed" counts a lost worker's, too."""
    found = RosterImport.objects.defer(*_HEAVY).select_related("run", "received_by").order_by("-pk")
    lost = Q(state__in=_OPEN, run__state=State.FAILED)
    if state == UploadState.FAILED:
        found = found.filter(Q(state=state) | lost)
    elif state:
        found = found.filter(state=state).exclude(lost)
    return found.filter(source=source) if source else found


def waiting() -> QuerySet[RosterImport]:
    """Return the imports that need a person: held ones, then dry runs, the oldest first."""
    found = listed().filter(state__in=[UploadState.HELD, UploadState.PLANNED])
    return found.order_by("state", "pk")  # "held" stands before "planned"


def sources() -> list[str]:
    """Return the sources of the imports so far, in alphabetical order."""
    found = RosterImport.objects.exclude(source="").order_by("source").values_list("source", flat=True)
    return list(found.distinct())


def one(uid: Any) -> QuerySet[RosterImport]:
    """Return one import as its page shows it, without its bytes and single findings."""
    people = ("run", "received_by", "approved_by", "reverted_by")
    return RosterImport.objects.defer("content", "findings").select_related(*people).filter(uid=uid)


def events(upload: RosterImport) -> list[Event]:
    """Return what was done about an import, oldest first."""
    found = AuditEvent.objects.filter(target_kind=upload._meta.label_lower, target_id=str(upload.uid))
    return [
        Event(event.act.removeprefix(f"{KIND.kind}."), event.at, event.by_label)
        for event in found.order_by("pk")
    ]


def ahead_of(upload: RosterImport) -> RosterImport | None:
    """Return the import that this one waits for, when another is at work; one runs at a time."""
    if uploads.state_of(upload) != UploadState.RECEIVED:
        return None
    busy = listed().filter(state__in=_OPEN, pk__lt=upload.pk)
    return busy.exclude(run__state=State.FAILED).last()


def changed_since(upload: RosterImport) -> RosterImport | None:
    """Return the newest import that was applied or reverted after this one was planned, which makes its plan old."""
    if not upload.planned_at:
        return None
    moved = Q(applied_at__gt=upload.planned_at) | Q(reverted_at__gt=upload.planned_at)
    return listed().filter(moved).exclude(pk=upload.pk).first()


def newest_applied() -> RosterImport | None:
    """Return the import that stands: the newest that was applied and not reverted."""
    return listed().filter(state__in=_APPLIED).order_by("-applied_at", "-pk").first()
