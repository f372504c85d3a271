"""What is said of a roster import in words: its one line, why it is held, what its numbers are about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from alignment_dash.runs.models import UploadState
from alignment_dash.runs.upload_states import APPLIED, OPEN
from alignment_dash.runs.uploads import state_of
from schools.models import Intent, RosterImport
from schools.rosters.holds import TYPES

# What can come of a record, worst first, each with the word after its number.
ACTS: dict[str, str | Promise] = {
    "ended": pgettext_lazy("records", "ended"),
    "created": pgettext_lazy("records", "added"),
    "updated": pgettext_lazy("records", "changed"),
    "returned": pgettext_lazy("records", "returned"),
}
# What is kept in a table of the database, where it is no type of record by itself.
TABLES: dict[str, str | Promise] = {
    "schools_session": TYPES["sessions"],
    "schools_org": TYPES["orgs"],
    "schools_course": TYPES["courses"],
    "schools_person": TYPES["people"],
    "schools_student": TYPES["students"],
    "schools_staffassignment": TYPES["roles"],
    "schools_section": TYPES["sections"],
    "schools_teaching": TYPES["teachings"],
    "schools_enrollment": TYPES["enrollments"],
    "schools_identity": gettext_lazy("names and e-mail addresses of staff"),
    "schools_sectionsession": gettext_lazy("terms of classes"),
    "schools_waitingrole": gettext_lazy("roles that wait to be matched"),
    "schools_handedit": gettext_lazy("fields edited here"),
    "schools_district": gettext_lazy("name of the district"),
    "schools_externalid": gettext_lazy("ids of the source"),
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
_ANSWERS: dict[UploadState, str | Promise] = {
    UploadState.RECEIVED: gettext_lazy(
        "The roster is taken in and waits for its turn. Nothing is changed yet."
    ),
    UploadState.VALIDATING: gettext_lazy("The roster is being checked. Nothing is changed yet."),
    UploadState.PLANNED: gettext_lazy(
        "Applying this roster would mean: %(changes)s. Nothing is changed yet."
    ),
    UploadState.HELD: gettext_lazy(
        "This roster waits for you. It would be: %(changes)s. Nothing is changed yet."
    ),
    UploadState.APPLYING: gettext_lazy(
        "It is being worked out what the roster does: it is applied as a whole, held, or nothing is changed."
    ),
    UploadState.APPLIED: gettext_lazy("The roster is applied: %(changes)s."),
    UploadState.APPLIED_WITH_MESSAGES: gettext_lazy(
        "The roster is applied: %(changes)s. Some of the file was odd."
    ),
    UploadState.REJECTED: gettext_lazy("The roster was rejected. %(why)s"),
    UploadState.FAILED: gettext_lazy("The import failed and changed nothing. %(why)s"),
    UploadState.ABORTED: gettext_lazy("The roster was aborted and changed nothing. %(why)s"),
    UploadState.REVERTED: gettext_lazy(
        "The roster was applied and then reverted: what it changed is as before."
    ),
}
# A hold rule that speaks for several types or files at once.
_SEVERAL: dict[str, str | Promise] = {
    "file.empty": gettext_lazy("%(n)s files are full lists without rows: they would end all that they list."),
    "file.shrank": gettext_lazy(
        "%(n)s full lists are shorter than the last ones applied by more than %(limit)s percent."
    ),
    "type.ended": gettext_lazy("Of %(n)s types of records more than %(limit)s percent would end."),
    "type.updated": gettext_lazy("Of %(n)s types of records more than %(limit)s percent would change."),
}
_SIGNS = 12  # of a hash, enough to tell two plans apart


def of_type(name: str) -> str:
    """Return the type of record in words, in the plural and with a capital."""
    return capfirst(str(TYPES.get(name, name.replace("_", " "))))


def of_table(name: str) -> str:
    """Return what a table of the database holds, in words and with a capital."""
    return capfirst(str(TABLES.get(name, name.removeprefix("schools_").replace("_", " "))))


def of_field(name: str) -> str:
    """Return a column's name in words."""
    return str(FIELDS.get(name, name.removesuffix("_id").replace("_", " ")))


def in_order(by_table: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Return what is known by table in the page's order, without the ids, which go with what they name."""
    names = [name for name in TABLES if name in by_table] + [name for name in by_table if name not in TABLES]
    return [(name, by_table[name]) for name in names if name != "schools_externalid"]


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
        return _held(upload.holds)
    if state == UploadState.PLANNED:
        return _("Would be: %(changes)s.") % {"changes": changes(upload.plan)}
    if state in {UploadState.APPLIED, UploadState.APPLIED_WITH_MESSAGES}:
        return _sentence(changes(upload.plan or {"types": upload.counts}))
    if state == UploadState.REVERTED:
        return _("Undone: %(changes)s.") % {"changes": changes(upload.plan)}
    if state in {UploadState.REJECTED, UploadState.FAILED, UploadState.ABORTED}:
        return str(upload.message)
    if upload.approved_hash:
        return _("Approved: %(changes)s.") % {"changes": changes(upload.plan)}
    return _("Under way.") if upload.run and upload.run.started_at else _("Waits for its turn.")


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}."


def _held(holds: Sequence[Mapping[str, Any]]) -> str:
    """Return the first reason in short, and how many more there are."""
    if not holds:
        return _("The district has changed since it was approved: the new plan waits.")
    said = reasons(holds)
    first = str(said[0]["message"]) if said[0]["each"] else f"{_short_hold(holds[0])}."
    more = len(said) - 1
    if not more:
        return first
    words = ngettext("%(first)s %(n)s more reason.", "%(first)s %(n)s more reasons.", more)
    return words % {"first": first, "n": more}


def reasons(holds: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return why a roster is held, rules in the order of `holds`, each with its sentence.

    A rule that speaks for several types or files has one sentence about them, and theirs in `each`.
    """
    by_code: dict[str, list[Mapping[str, Any]]] = {}
    for hold in holds:
        by_code.setdefault(str(hold.get("code", "")), []).append(hold)
    found = []
    for code, several in by_code.items():
        messages = [str(hold.get("message", "")) for hold in several]
        if len(several) == 1 or code not in _SEVERAL:
            found += [{"message": message, "each": []} for message in messages]
        else:
            said = _SEVERAL[code] % {"n": len(several), "limit": several[0].get("limit", 0)}
            found.append({"message": said, "each": messages})
    return found


def _short_hold(hold: Mapping[str, Any]) -> str:
    words = {
        "type.ended": _("%(n)s of %(total)s %(type)s would end"),
        "type.updated": _("%(n)s of %(total)s %(type)s would change"),
    }
    said = {
        "n": f"{hold.get('count', 0):,}",
        "total": f"{hold.get('total', 0):,}",
        "type": TYPES.get(str(hold.get("type")), ""),
    }
    if hold.get("code") in words:
        return words[str(hold["code"])] % said
    return str(hold.get("message", "")).partition(". ")[0].rstrip(".")


def answer(upload: RosterImport, *, changed: str) -> str:
    """Return the sentence at the top of an import's page; `changed`: what its plan does, in words."""
    state = UploadState(state_of(upload))
    if state in APPLIED and upload.intent == Intent.REVERT:
        return _("The roster is being reverted: all of it, or nothing.")
    if upload.approved_hash and state in OPEN:
        return _(
            "Approved: %(changes)s. It is planned once more and applied if that still is what it does."
        ) % {"changes": changed}
    if state in APPLIED and not upload.plan:
        return _("The roster is applied.")
    said = {"changes": changed, "why": upload.message}
    return " ".join((str(_ANSWERS[state]) % said).split())


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
