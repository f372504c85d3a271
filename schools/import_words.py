"""What is said of a roster import in words: its one line, why it is held, what its numbers are about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from alignment_dash.runs.models import UploadState
from alignment_dash.runs.uploads import state_of
from schools.models import RosterImport

# Types of record in the order of the page: what stands earlier explains what stands later.
TYPES: dict[str, str | Promise] = {
    "sessions": gettext_lazy("Sessions"),
    "orgs": gettext_lazy("Schools and departments"),
    "courses": gettext_lazy("Courses"),
    "people": gettext_lazy("Staff"),
    "students": gettext_lazy("Students"),
    "roles": gettext_lazy("Roles of staff"),
    "sections": gettext_lazy("Classes"),
    "teachings": gettext_lazy("Teaching assignments"),
    "enrollments": gettext_lazy("Enrollments"),
}
# What can come of a record, worst first, each with the word after its number.
ACTS: dict[str, str | Promise] = {
    "ended": pgettext_lazy("records", "ended"),
    "created": pgettext_lazy("records", "added"),
    "updated": pgettext_lazy("records", "changed"),
    "returned": pgettext_lazy("records", "returned"),
}
MODES: dict[str, str | Promise] = {
    "bulk": gettext_lazy("full list"),
    "delta": gettext_lazy("changes only"),
    "absent": gettext_lazy("not in the file"),
}
FIELDS: dict[str, str | Promise] = {
    "during": gettext_lazy("time"),
    "org": gettext_lazy("school or department"),
    "org_id": gettext_lazy("school or department"),
    "school_id": gettext_lazy("school"),
    "parent": gettext_lazy("belongs to"),
    "parent_id": gettext_lazy("belongs to"),
    "given_name": gettext_lazy("given name"),
    "family_name": gettext_lazy("family name"),
    "email": gettext_lazy("e-mail address"),
    "is_primary": gettext_lazy("main one"),
    "fte": gettext_lazy("FTE"),
}
# States in a word, for beside the line that says more.
STATES: dict[str, str | Promise] = {
    UploadState.RECEIVED: gettext_lazy("Waiting"),
    UploadState.VALIDATING: gettext_lazy("Checking"),
    UploadState.REJECTED: gettext_lazy("Rejected"),
    UploadState.PLANNED: gettext_lazy("Planned only"),
    UploadState.HELD: gettext_lazy("Held"),
    UploadState.APPLYING: gettext_lazy("Applying"),
    UploadState.APPLIED: gettext_lazy("Applied"),
    UploadState.APPLIED_WITH_MESSAGES: gettext_lazy("Applied, with messages"),
    UploadState.FAILED: gettext_lazy("Failed"),
    UploadState.ABORTED: gettext_lazy("Aborted"),
    UploadState.REVERTED: gettext_lazy("Reverted"),
}
_SIGNS = 12  # of a hash, enough to tell two plans apart


def of_type(name: str) -> str:
    """Return the type of record in words, in the plural and with a capital."""
    return str(TYPES.get(name, name.replace("_", " ").capitalize()))


def of_field(name: str) -> str:
    """Return a column's name in words."""
    return str(FIELDS.get(name, name.removesuffix("_id").replace("_", " ")))


def totals(plan: Mapping[str, Any]) -> dict[str, int]:
    """Add up over all types what a plan creates, updates, ends and brings back."""
    counts = [count for count in plan.get("types", {}).values() if isinstance(count, dict)]
    return {act: sum(int(count.get(act) or 0) for count in counts) for act in ACTS}


def changes(plan: Mapping[str, Any]) -> str:
    """Return "12 added, 3 changed, 2 ended" for a plan; "no change" where there is none."""
    found = totals(plan)
    said = [
        f"{found[act]:,} {ACTS[act]}" for act in ("created", "updated", "ended", "returned") if found[act]
    ]
    return ", ".join(said) or _("no change")


def line(upload: RosterImport) -> str:
    """Return what came of an import so far, or what it waits for, in one line."""
    state = state_of(upload)
    if state == UploadState.HELD:
        return " ".join(hold_sentence(hold) for hold in upload.holds[:2])
    if state == UploadState.PLANNED:
        return _("Would be: %(changes)s.") % {"changes": changes(upload.plan)}
    if state in {UploadState.APPLIED, UploadState.APPLIED_WITH_MESSAGES}:
        return _sentence(changes(upload.plan or {"types": upload.counts}))
    if state == UploadState.REVERTED:
        return _("Undone: %(changes)s.") % {"changes": changes(upload.plan)}
    if state in {UploadState.REJECTED, UploadState.FAILED, UploadState.ABORTED}:
        return str(upload.message)
    return _("Under way.") if upload.run and upload.run.started_at else _("Waits for its turn.")


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}."


def hold_sentence(hold: Mapping[str, Any]) -> str:
    """Return why a roster is held as one sentence."""
    return str(hold.get("message") or hold.get("text") or hold.get("rule") or hold.get("code") or "")


def waiting(n: int) -> str:
    """Say at the top of the list how many rosters need a person."""
    if not n:
        return _("No roster waits for a decision.")
    return ngettext(
        "%(n)s roster waits for your decision.", "%(n)s rosters wait for your decision.", n
    ) % {"n": f"{n:,}"}  # fmt: skip


def short(digest: str) -> str:
    """Return the first signs of a hash, as people compare it."""
    return digest[:_SIGNS]


def listed(words: list[str]) -> str:
    """Join words as a sentence does: "a, b and c"."""
    return get_text_list(words, _("and"))
