"""What the templates of roster imports are given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from alignment_dash.runs.models import UploadState
from alignment_dash.runs.upload_pages import state_words
from schools import import_queries, import_rows, import_words
from schools.models import Intent, RosterImport
from schools.roster_imports import KIND

BLOCKED_SHOWN = 50
_DECIDABLE = {UploadState.HELD, UploadState.PLANNED}
_APPLIED = {UploadState.APPLIED, UploadState.APPLIED_WITH_MESSAGES}


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
    return {
        "upload": upload,
        **words,
        "answer": answer(upload, words["state"]),
        "steps": import_rows.steps(
            upload,
            import_queries.events(upload),
            sender=_sender(upload, import_queries.feed_names([upload])),
        ),
        "ahead": import_queries.ahead_of(upload),
    }


def whole(upload: RosterImport) -> dict[str, Any]:
    """Return everything the page of one import shows."""
    context = head(upload)
    state = context["state"]
    rows = import_rows.plan_rows(
        upload.plan,
        held={str(hold.get("type")) for hold in upload.holds} if state == UploadState.HELD else (),
        names=import_queries.names_in(upload.plan),
    )
    return {
        **context,
        "kind": KIND,
        "advice": _advice(upload, state),
        "rows": rows,
        "details": [row for row in rows if row.groups],
        "changes": import_words.changes(upload.plan),
        "plan_name": import_words.short(upload.plan_hash),
        "holds": [import_words.hold_sentence(hold) for hold in upload.holds],
        "may_decide": state in _DECIDABLE,
        "may_retry": state == UploadState.FAILED,
        "may_revert": may_revert(upload),
        "has_happened": state in _APPLIED or state == UploadState.REVERTED,
        "changed_since": import_queries.changed_since(upload) if state in _DECIDABLE else None,
        "came_back": bool(upload.approved_hash) and upload.approved_hash != upload.plan_hash,
        "options": _options(upload),
    }


def may_revert(upload: RosterImport) -> bool:
    """Say whether the import is applied and knows what it wrote; the earliest imports do not."""
    return upload.state in _APPLIED and bool(upload.plan_hash)


def answer(upload: RosterImport, state: object) -> str:
    """Return the sentence at the top of an import's page."""
    changes = {"changes": import_words.changes(upload.plan)}
    said = {
        UploadState.RECEIVED: _("The roster is taken in and waits for its turn. Nothing is changed yet."),
        UploadState.VALIDATING: _("The roster is being checked. Nothing is changed yet."),
        UploadState.PLANNED: _("Applying this roster would mean: %(changes)s. Nothing is changed yet.")
        % changes,
        UploadState.HELD: _("This roster waits for you. It would be: %(changes)s. Nothing is changed yet.")
        % changes,
        UploadState.APPLYING: _("The roster is being reverted: all of it, or nothing.")
        if upload.intent == Intent.REVERT
        else _("The roster is being applied: all of it, or nothing."),
        UploadState.APPLIED: _("The roster is applied: %(changes)s.") % changes,
        UploadState.APPLIED_WITH_MESSAGES: _("The roster is applied: %(changes)s. Some of it was odd.")
        % changes,
        UploadState.REJECTED: _("The roster was rejected. %(why)s") % {"why": upload.message},
        UploadState.FAILED: _("The import stopped. Nothing was changed."),
        UploadState.ABORTED: _("The roster was aborted. Nothing was changed."),
        UploadState.REVERTED: _("The roster was applied and then reverted: what it changed is as before."),
    }
    return str(said[UploadState(str(state))])


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
        return _(
            "The fault is not the file's. Try again; if it stops again, tell whoever runs the servers:"
            " the job's log has the details."
        )
    return ""


def _options(upload: RosterImport) -> list[tuple[str, str]]:
    """Return how the file was to be read, in the words of the form."""
    fields = KIND.options().fields
    words = {True: _("yes"), False: _("no")}
    return [
        (str(fields[name].label) if name in fields else name, str(words.get(value, value)) or "–")
        if isinstance(value, bool)
        else (str(fields[name].label) if name in fields else name, str(value) or "–")
        for name, value in upload.options.items()
    ]


def reverting(upload: RosterImport, blocked: Sequence[Any]) -> dict[str, Any]:
    """Return what the page about reverting one import shows; `blocked`: rows that later changes hold back."""
    newest = import_queries.newest_applied()
    return {
        "upload": upload,
        **state_words(upload),
        "rows": import_rows.plan_rows(upload.plan, names=import_queries.names_in(upload.plan)),
        "changes": import_words.changes(upload.plan),
        "blocked": blocked[:BLOCKED_SHOWN],
        "n_blocked": len(blocked),
        "may_revert": may_revert(upload),
        "newer": newest if newest and newest.pk != upload.pk else None,
    }
