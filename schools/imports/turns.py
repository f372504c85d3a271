"""What can be done about a roster import at this moment, and where over REST."""

from alignment_dash.runs import uploads
from alignment_dash.runs.models import UploadState
from alignment_dash.runs.upload_states import APPLIED, OPEN, WAITING
from schools.models import RosterImport
from schools.models.imports import Intent


def possible(upload: RosterImport) -> dict[str, str]:
    """Return the API's routes for an import by name: what can be read, and what can be decided now."""
    routes = {
        "self": "api-roster-import-detail",
        "findings": "api-roster-import-finding-list",
        "findings_csv": "api-roster-import-findings",
    }
    if upload.plan_hash:
        routes["plan"] = "api-roster-import-plan"
    for name in decisions(upload):
        routes[name] = f"api-roster-import-{name}"
    return routes


def decisions(upload: RosterImport) -> list[str]:
    """Return what a person can decide now: some of approve, abort, retry, revert."""
    state = uploads.state_of(upload)
    found = []
    if state in WAITING:
        found.append("approve")
    if state in [*OPEN, *WAITING]:
        found.append("abort")
    if state == UploadState.FAILED and _is_kept(upload):
        found.append("retry")
    if state in APPLIED and upload.intent != Intent.REVERT:
        found.append("revert")
    return found


def _is_kept(upload: RosterImport) -> bool:
    return RosterImport.objects.filter(pk=upload.pk).exclude(content=b"").exists()
