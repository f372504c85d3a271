"""Roster imports in every state, as rows: for pages, which only read what the worker has left."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from alignment_dash import schoolyear
from alignment_dash.access.models import AuditEvent, User
from alignment_dash.runs.models import Run, State, UploadState
from schools.models import RosterImport

HASH = "3f9a1c2b7d10" + "0" * 52


def _counts(held: int = 0, **counts: Any) -> dict[str, Any]:
    zeros = dict.fromkeys(("created", "updated", "unchanged", "ended", "returned", "rows"), 0)
    return {"held": held, "mode": "bulk"} | zeros | counts


PLAN: dict[str, Any] = {
    "types": {
        "sessions": _counts(3, unchanged=3, rows=3),
        "orgs": _counts(9, unchanged=9, rows=9),
        "courses": _counts(mode="absent"),
        "people": _counts(41, created=2, updated=3, unchanged=36, rows=41),
        "students": _counts(500, unchanged=15, ended=485, rows=15),
        "roles": _counts(44, created=2, unchanged=42, ended=1, returned=1, rows=45),
        "sections": _counts(84, unchanged=84, rows=84),
        "teachings": _counts(90, unchanged=90, rows=90),
        "enrollments": _counts(1_554, unchanged=54, ended=1_500, rows=54),
    },
    "samples": {
        "people": {
            "created": [{"id": "t-90", "row": 90, "label": "Ines Okafor", "changes": []}],
            "updated": [
                {
                    "id": "t-7",
                    "row": 7,
                    "label": "Jo Pine",
                    "changes": [{"field": "email", "before": "jo@old.example", "after": "jo@new.example"}],
                }
            ],
        },
        "students": {"ended": [{"id": "s-17", "row": 17, "label": "Hidden Name", "changes": []}]},
    },
    "ids": {"seen": 340, "known": 330},
}
HOLD = {
    "code": "type.ended",
    "type": "students",
    "count": 485,
    "total": 500,
    "percent": 97.0,
    "limit": 10,
    "message": "This roster ends 485 of 500 students (97%). More than 10% (at least 5) is held for a person to look at.",
}
GROUP = {
    "code": "reference.missing_target_record",
    "level": "error",
    "message": "These rows refer to people that users.csv does not hold.",
    "count": 3_002,
    "files": {"enrollments.csv": 3_000, "roles.csv": 2},
    "first": [{"file": "roles.csv", "row": 3, "column": "userSourcedId"}],
}
_PLANNED = {"plan": PLAN, "plan_hash": HASH, "version": "1.2", "source": "sis"}
_STATES: dict[str, dict[str, Any]] = {
    UploadState.REJECTED: {"message": "3,002 errors from one cause. Nothing was changed.", "groups": [GROUP]},
    UploadState.PLANNED: _PLANNED,
    UploadState.HELD: _PLANNED | {"holds": [HOLD]},
    UploadState.APPLYING: _PLANNED,
    UploadState.APPLIED: _PLANNED,
    UploadState.APPLIED_WITH_MESSAGES: _PLANNED
    | {"groups": [GROUP | {"level": "warning"}], "unmatched": {"proctor": 4}},
    UploadState.FAILED: {"message": "The job stopped on an error; its log has the details."},
    UploadState.ABORTED: _PLANNED | {"holds": [HOLD], "message": "Aborted by someone."},
    UploadState.REVERTED: _PLANNED,
}
_ENDED = {"rejected", "applied", "applied-with-messages", "failed", "aborted", "reverted"}


def roster_import(
    state: str = UploadState.RECEIVED, *, by: User | None = None, **fields: Any
) -> RosterImport:
    """Make one import in a state, with what the worker would have left; `fields` come on top."""
    now = timezone.now()
    made: dict[str, Any] = {"filename": "roster.zip", "sha256": "0" * 64, "size": 48_211, "content": b""}
    made |= {"state": state, "received_by": by} | _STATES.get(state, {})
    if made.get("plan"):
        made["planned_at"] = now
    if state in {"applying", "applied", "applied-with-messages", "reverted"}:
        made |= {"approved_hash": HASH, "approved_by": by, "approved_at": now}
    if state in {"applied", "applied-with-messages", "reverted"}:
        made["applied_at"] = now
    if state == "reverted":
        made |= {"reverted_at": now, "reverted_by": by}
    if state in _ENDED:
        made["ended_at"] = now
    upload = RosterImport.objects.create(**(made | fields))
    if upload.is_open and not upload.run_id:
        upload.run = Run.objects.create(
            kind="roster-import",
            school_year=schoolyear.current_year(),
            subject=str(upload.uid),
            state=State.QUEUED if state == "received" else State.RUNNING,
            progress_label="" if state == "received" else "Checking the roster",
            started_at=None if state == "received" else now,
            progress_done=30,
            progress_total=100,
        )
        upload.save(update_fields=["run"])
    if state == "aborted":
        AuditEvent.objects.create(
            act="roster-import.abort",
            by_label=by.name if by else "system",
            target_kind="schools.rosterimport",
            target_id=str(upload.uid),
        )
    return upload


def out_of_date(*, by: User | None = None) -> RosterImport:
    """Make a held import and, after its plan, one that was applied."""
    held = roster_import(UploadState.HELD, by=by, planned_at=timezone.now() - timedelta(hours=2))
    roster_import(UploadState.APPLIED, by=by, filename="nightly.zip")
    return held
