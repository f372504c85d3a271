"""What a person decides about a roster import: approve it, abort it, take it back, try it again."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from alignment_dash.access import audit
from alignment_dash.access.models import User
from alignment_dash.runs import uploads
from alignment_dash.runs.models import UploadState
from alignment_dash.runs.upload_states import APPLIED, OPEN, WAITING
from schools.imports import reverts as roster_reverts
from schools.imports.importing import KIND
from schools.models import RosterImport
from schools.models.imports import Intent
from schools.rosters.plan import without_names
from schools.rosters.reverting import Blocked

CONFLICT = 409
NOT_APPLIED = gettext_lazy("Only an applied import can be reverted.")


class Refused(uploads.Refused):
    """The import is not in a state for this; `blocked` are the rows in the way of taking one back."""

    def __init__(self, message: str, *, blocked: list[Blocked] | None = None) -> None:
        super().__init__(message, status=CONFLICT)
        self.blocked = blocked or []


@transaction.atomic
def approve_roster(*, roster_import: RosterImport, plan_hash: str, by: User) -> RosterImport:
    """Let a planned or held roster be applied, exactly as its plan says; Refused when that is another plan.

    The worker plans again; it applies only what has this hash, else the roster is held with the new plan.
    """
    upload = _locked(roster_import)
    if upload.state not in WAITING:
        raise Refused(_("This import does not wait for an approval."))
    if not plan_hash or plan_hash != upload.plan_hash:
        raise Refused(_("The plan has changed since you looked: look again."))
    upload.state, upload.intent = UploadState.RECEIVED, Intent.APPLY
    upload.approved_hash, upload.approved_by, upload.approved_at = plan_hash, by, timezone.now()
    upload.message = ""
    upload.save(update_fields=["state", "intent", "approved_hash", "approved_by", "approved_at", "message"])
    audit.record(act="roster-import.approve", target=upload, by=by, detail={"plan_hash": plan_hash})
    uploads.queue(kind=KIND, upload=upload, by=by, reason="roster approved")
    return upload


@transaction.atomic
def abort_roster(*, roster_import: RosterImport, by: User) -> RosterImport:
    """End an import that has changed nothing yet and drop its bytes; one under way stops before it commits.

    Refused when it has ended.
    """
    upload = _locked(roster_import)
    if upload.state not in [*OPEN, *WAITING]:
        raise Refused(_("This import has ended: there is nothing to abort."))
    uploads.change(
        upload,
        state=UploadState.ABORTED,
        message=_("Aborted by %(name)s.") % {"name": by.name},
        plan=without_names(upload.plan),
        content=b"",
        ended_at=timezone.now(),
    )
    audit.record(act="roster-import.abort", target=upload, by=by)
    return upload


@transaction.atomic
def revert_roster(*, roster_import: RosterImport, by: User) -> RosterImport:
    """Ask for an applied import to be undone; Refused when it is not applied or later changes block rows of it."""
    upload = _locked(roster_import)
    if upload.state not in APPLIED:
        raise Refused(str(NOT_APPLIED))
    if upload.intent == Intent.REVERT:
        raise Refused(_("This import is being reverted already."))
    if not roster_reverts.is_kept(upload):
        raise Refused(
            _("What this import replaced is not kept any more. Send a roster that is right instead.")
        )
    if blocked := roster_reverts.preview(upload).blocked:
        words = ngettext(
            "A later change blocks %(n)s row of this import. Revert the newer imports first.",
            "Later changes block %(n)s rows of this import. Revert the newer imports first.",
            len(blocked),
        )
        raise Refused(words % {"n": f"{len(blocked):,}"}, blocked=blocked)
    uploads.change(upload, intent=Intent.REVERT, reverted_by=by, message="")
    audit.record(act="roster-import.revert.request", target=upload, by=by)
    uploads.queue(kind=KIND, upload=upload, by=by, reason="roster reverted")
    return upload


@transaction.atomic
def retry_roster(*, roster_import: RosterImport, by: User) -> RosterImport:
    """Take up a failed import again; Refused when it did not fail or its bytes are gone."""
    upload = _locked(roster_import)
    if uploads.state_of(upload) != UploadState.FAILED:
        raise Refused(_("Only an import that failed can be tried again."))
    if not RosterImport.objects.filter(pk=upload.pk).exclude(content=b"").exists():
        raise Refused(_("Its file is not kept any more. Send it again."))
    uploads.change(upload, state=UploadState.RECEIVED, message="", ended_at=None)
    audit.record(act="roster-import.retry", target=upload, by=by)
    uploads.queue(kind=KIND, upload=upload, by=by, reason="tried again")
    return upload


def _locked(roster_import: RosterImport) -> RosterImport:
    """Return the import as it is now, for this transaction alone; rows that point to it may be written."""
    found = RosterImport.objects.defer("content", "findings", "groups").select_for_update(no_key=True)
    return found.get(pk=roster_import.pk)
