"""What the templates of roster imports are given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from alignment_dash.runs.models import UploadState
from alignment_dash.runs.upload_pages import state_words
from alignment_dash.runs.upload_states import APPLIED, WAITING
from schools.imports import queries as import_queries
from schools.imports import rows as import_rows
from schools.imports import words as import_words
from schools.imports.importing import KIND
from schools.imports.reverts import Preview
from schools.models import Intent, RosterImport

BLOCKED_SHOWN = 50


class FilterForm(forms.Form):
    """Which imports the list shows; nonsense in the address shows them all."""

    state = forms.ChoiceField(label=gettext_lazy("State"), required=False)
    source = forms.ChoiceField(label=gettext_lazy("Source"), required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        states = [("", _("Any")), *import_words.STATES.items()]
        self.fields["state"].choices = states  # type: ignore[attr-defined]
        sources = [(source, source) for source in import_queries.sources()]
        self.fields["source"].choices = [("", _("Any")), *sources]  # type: ignore[attr-defined]

    def chosen(self) -> dict[str, str]:
        """Return the filters in force."""
        self.is_valid()
        return {name: self.cleaned_data.get(name, "") for name in self.fields}

    @property
    def is_used(self) -> bool:
        """Say whether the list is filtered."""
        return any(self.chosen().values())


def listed(found: Iterable[RosterImport]) -> list[dict[str, Any]]:
    """Return the rows of a list of imports."""
    uploads = list(found)
    feeds = import_queries.feed_names(uploads)
    return [
        {
            "upload": upload,
            "line": import_words.line(upload),
            "sender": _sender(upload, feeds),
            **_short_words(upload),
        }
        for upload in uploads
    ]


def _sender(upload: RosterImport, feeds: Mapping[str, str]) -> str:
    """Say who sent an import, or which feed fetched it."""
    if upload.feed:
        return _("feed %(name)s") % {"name": feeds[upload.feed]} if upload.feed in feeds else _("a feed")
    return str(upload.received_by or "")


def _short_words(upload: RosterImport) -> dict[str, Any]:
    words = state_words(upload)
    return words | {"state_label": import_words.STATES[str(words["state"])]}


def waiting() -> dict[str, Any]:
    """Return what needs a person, and the sentence that says so at the top of the page."""
    found = list(import_queries.waiting())
    newest = None if found else import_queries.newest_applied()
    return {
        "answer": import_words.waiting(len(found)),
        "waiting": listed(found),
        "newest": newest,
        "newest_line": import_words.line(newest) if newest else "",
    }


def head(upload: RosterImport) -> dict[str, Any]:
    """Return what changes while an import is under way: its state, its stages, how far it is."""
    words = state_words(upload)
    sender = _sender(upload, import_queries.feed_names([upload]))
    return {
        "upload": upload,
        **words,
        "is_open": bool(words["is_open"]) or is_reverting(upload),
        "answer": import_words.answer(upload, changed=import_words.changes(upload.plan)),
        "steps": import_rows.steps(upload, import_queries.events(upload), sender=sender),
        "ahead": import_queries.ahead_of(upload),
    }


def whole(upload: RosterImport) -> dict[str, Any]:
    """Return everything the page of one import shows."""
    context = head(upload)
    state = context["state"]
    is_held = state == UploadState.HELD
    rows = import_rows.plan_rows(
        upload.plan,
        held={str(hold.get("type")) for hold in upload.holds} if is_held else (),
        names=import_queries.names_in(upload.plan),
    )
    return {
        **context,
        "kind": KIND,
        "causes": import_rows.causes(upload.groups),
        "advice": _advice(upload, state),
        "rows": rows,
        "details": [row for row in rows if row.groups],
        "changes": import_words.changes(upload.plan),
        "plan_name": import_words.short(upload.plan_hash),
        "reasons": import_words.reasons(upload.holds),
        "widened": import_queries.widened_roles(upload.plan) if state in WAITING else [],
        "given": import_queries.given_roles(upload.plan) if state in WAITING else [],
        "may_decide": state in WAITING,
        "may_retry": state == UploadState.FAILED,
        "may_revert": may_revert(upload) and upload.intent != Intent.REVERT,
        "has_happened": state in {*APPLIED, UploadState.REVERTED},
        "changed_since": _changed_since(upload) if state in WAITING else None,
        "undone": import_rows.undone_rows(upload.plan.get("reverted") or {}),
        "options": _options(upload),
    }


def is_reverting(upload: RosterImport) -> bool:
    """Say whether a worker is to take the import back."""
    return upload.state in APPLIED and upload.intent == Intent.REVERT


def may_revert(upload: RosterImport) -> bool:
    """Say whether the import is applied and knows what it wrote; the earliest imports do not."""
    return upload.state in APPLIED and bool(upload.plan_hash)


def _changed_since(upload: RosterImport) -> RosterImport | None:
    """Return what makes the plan old, unless the import's own message says so already."""
    found = import_queries.changed_since(upload)
    return found if found and not (upload.message and found.source == upload.source) else None


def _advice(upload: RosterImport, state: object) -> str:
    """Say what to do next where that is not plain from the page."""
    if state == UploadState.REJECTED:
        n = sum(group.get("level") == "error" for group in upload.groups)
        return ngettext(
            "Correct the cause below in the source system, export again, and send the new file.",
            "Correct the causes below, the first one first: later ones often follow from it."
            " Then export again and send the new file.",
            n,
        )
    if state == UploadState.FAILED:
        return _("The fault is not the file's. Try again; if it fails again, tell whoever runs the servers.")
    return ""


def _options(upload: RosterImport) -> list[tuple[str, str]]:
    """Return what was said with the file beyond the ordinary, in the words of the form."""
    fields = KIND.options().fields
    return [
        (str(fields[name].label) if name in fields else name, _("yes") if value is True else str(value))
        for name, value in upload.options.items()
        if value and name != "source"
    ]


def reverting(upload: RosterImport, preview: Preview | None) -> dict[str, Any]:
    """Return what the page about reverting one import shows; `preview` is None where nothing can be reverted."""
    blocked = preview.blocked if preview else []
    newest = import_queries.newest_applied()
    return {
        "upload": upload,
        **state_words(upload),
        "may_revert": preview is not None,
        "changes": import_words.changes(upload.plan),
        "would": [
            {"label": import_words.of_table(table), **counts}
            for table, counts in import_words.in_order(preview.would if preview else {})
        ],
        "blocked": [
            {"label": one.label, "table": import_words.of_table(one.table), "why": one.why}
            for one in blocked[:BLOCKED_SHOWN]
        ],
        "n_blocked": len(blocked),
        "newer": newest if newest and newest.pk != upload.pk else None,
    }
