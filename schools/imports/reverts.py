"""Taking an applied roster back: what that would do, what is in the way, and the worker's part of it."""

from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import F, Sum
from django.utils import timezone
from django.utils.translation import gettext

from alignment_dash.access import audit
from alignment_dash.access.reach import all_rows
from alignment_dash.runs import actions, uploads
from alignment_dash.runs.models import UploadState
from alignment_dash.runs.registry import Progress
from alignment_dash.runs.upload_states import APPLIED
from schools.account_rules.apply import apply_rules
from schools.models import RosterImport, RosterWrite
from schools.models.imports import Intent
from schools.rosters import reverting
from schools.rosters.loader import ONE_AT_A_TIME

_DOES: dict[str, str] = {
    RosterWrite.Act.CREATE: "remove",
    RosterWrite.Act.UPDATE: "restore",
    RosterWrite.Act.DELETE: "bring_back",
}


@dataclass(frozen=True, slots=True)
class Preview:
    """What taking an import back would do: table -> {"remove", "restore", "bring_back"} rows; what blocks it."""

    is_newest: bool
    would: dict[str, dict[str, int]]
    blocked: list[reverting.Blocked]


def preview(upload: RosterImport) -> Preview:
    """Return what reverting an applied import would do to rows, and the rows that later changes block."""
    with all_rows(why="the inverse of a roster import holds images of every row it wrote"):
        newest = reverting.newest_applied()
        written = RosterWrite.objects.filter(roster_import=upload).values("table", "act")
        would: dict[str, dict[str, int]] = {}
        rows = written.annotate(n=Sum(F("last_id") - F("first_id") + 1)).order_by("table", "act")
        for table, act, n in rows.values_list("table", "act", "n"):
            would.setdefault(table, dict.fromkeys(_DOES.values(), 0))[_DOES[act]] = n
        blocked = [] if newest == upload else reverting.blocked(upload)
    return Preview(newest == upload, would, blocked)


def is_kept(upload: RosterImport) -> bool:
    """Say whether the way back is still there: inverses are forgotten after `reverting.KEPT`."""
    acts = ("created", "updated", "ended", "returned")
    wrote = any(counts.get(act) for counts in upload.plan.get("types", {}).values() for act in acts)
    with all_rows(why="the inverse of a roster import holds images of every row it wrote"):
        return not wrote or RosterWrite.objects.filter(roster_import=upload).exists()


def perform(upload: RosterImport, progress: Progress) -> uploads.Outcome:
    """Take an import back in one transaction with its state; or say why it could not be."""
    progress(0, 1, gettext("Reverting the roster"))
    with transaction.atomic(), all_rows(why="taking a roster back writes every row that it wrote"):
        with connection.cursor() as cursor:  # no roster is applied while one is taken back
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
        due = RosterImport.objects.select_for_update(no_key=True).filter(
            pk=upload.pk, state__in=APPLIED, intent=Intent.REVERT
        )
        if not due.values_list("pk", flat=True):
            raise uploads.Overtaken
        if reverting.blocked(upload):
            give_up(upload, gettext("It was not reverted: a later change is in the way."))
        else:
            _try_to_revert(upload)
    return uploads.Outcome(accepted=True)


def _try_to_revert(upload: RosterImport) -> None:
    """Take it back, or change nothing and say what to do, where what is there now cannot stand beside it."""
    try:
        with transaction.atomic():
            _revert(upload)
    except IntegrityError:
        give_up(
            upload,
            gettext(
                "It was not reverted: something that was added since, such as a role of the same time, cannot stand"
                " beside what was before. Undo that first, or send a roster that has it right."
            ),
        )


def _revert(upload: RosterImport) -> None:
    by = upload.reverted_by
    counts = reverting.revert(upload, by=by)
    # What the import did stays on record in its counts; what came of taking it back stands in its plan.
    uploads.change(
        upload,
        state=UploadState.REVERTED,
        plan={**upload.plan, "reverted": counts},
        reverted_at=timezone.now(),
        message="",
    )
    audit.record(act="roster-import.revert", target=upload, by=by, detail={"counts": counts})
    apply_rules(by=by)
    for year in upload.plan.get("school_years", []):
        actions.inputs_changed(topic="roster", school_year=year, by=by, reason="roster reverted")


def give_up(upload: RosterImport, *messages: str) -> None:
    """Leave an import applied that was to be reverted, and say why."""
    values: dict[str, Any] = {"intent": Intent.APPLY, "reverted_by": None}
    uploads.change(upload, message=" ".join(messages), **values)
