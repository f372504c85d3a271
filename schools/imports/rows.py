"""One roster import as its page shows it: its history in stages, and its plan type by type. Pure but for the words."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from alignment_dash.runs.models import UploadState
from alignment_dash.runs.upload_states import APPLIED
from alignment_dash.runs.uploads import state_of
from schools.imports.words import ACTS, MODES, of_field, of_type
from schools.models import Intent, RosterImport
from schools.rosters.holds import TYPES

PLACES = 5  # of one cause, with their rows
NAMELESS = {"students"}  # shown by their ids only
# What a row is called that a column points to, by column and id.
Names = Mapping[tuple[str, Any], str]
_RANGE = re.compile(r"\[(\d{4}-\d\d-\d\d)?,(\d{4}-\d\d-\d\d)?\)")


@dataclass(frozen=True, slots=True)
class Step:
    """One stage of an import. `state`: done, now, next, wait (for a person) or bad; `when` and `who` as recorded."""

    label: str
    state: str
    when: datetime | None = None
    who: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """One recorded act about an import: the last part of its name, when, and by whom."""

    act: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Sample:
    """One record that a plan touches: its name where it may be shown, its id, and (field, before, after)."""

    label: str
    id: str
    changes: list[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class SampleGroup:
    """Some of the records of one type that would all be added, changed, ended or brought back."""

    act: str
    label: str
    total: int
    samples: list[Sample]


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One type of record: how many there were, and what comes of them; `mode` says what the file states."""

    key: str
    label: str
    mode: str
    is_absent: bool
    held: int
    created: int
    updated: int
    ended: int
    returned: int
    unchanged: int
    is_held: bool
    groups: list[SampleGroup] = field(default_factory=list)


def plan_rows(
    plan: Mapping[str, Any], *, held: Collection[str] = (), names: Names | None = None
) -> list[PlanRow]:
    """Return the plan by type of record, in the page's order; none for an import that has no plan.

    `held`: the types that hold it; `names`: what the rows are called that changed columns point to.
    """
    counts: Mapping[str, Mapping[str, Any]] = plan.get("types") or {}
    samples: Mapping[str, Mapping[str, Any]] = plan.get("samples") or {}
    known = [name for name in TYPES if name in counts]
    return [
        _plan_row(name, counts[name], samples.get(name) or {}, is_held=name in held, names=names or {})
        for name in [*known, *(name for name in counts if name not in TYPES)]
    ]


@dataclass(slots=True)
class Cause:
    """One thing found in a roster: what, how often, in which files and columns, and the first places as words."""

    message: str
    count: int = 0
    files: dict[str, int] = field(default_factory=dict)
    columns: list[str] = field(default_factory=list)
    rows: list[tuple[str, int]] = field(default_factory=list)

    @property
    def places(self) -> list[str]:
        """The first rows, with their file where there are several."""
        return [f"{file}:{row}" if len(self.files) > 1 else str(row) for file, row in self.rows]


def causes(groups: Iterable[Mapping[str, Any]]) -> dict[str, list[Cause]]:
    """Return what was found as "errors" and "warnings" in the given order.

    Each error is a cause of its own, to be corrected; warnings in the same words are one, whatever the files.
    """
    found: dict[str, dict[object, Cause]] = {"errors": {}, "warnings": {}}
    for place, group in enumerate(groups):
        is_error, message = group.get("level") == "error", str(group.get("message", ""))
        level, key = ("errors", place) if is_error else ("warnings", message)
        cause = found[level].setdefault(key, Cause(message))
        cause.count += int(group.get("count") or 0)
        for name, count in (group.get("files") or {}).items():
            cause.files[name] = cause.files.get(name, 0) + count
        for first in group.get("first") or ():
            _add_place(cause, first)
    return {level: list(several.values()) for level, several in found.items()}


def _add_place(cause: Cause, place: Mapping[str, Any]) -> None:
    column, row = place.get("column"), place.get("row")
    if column and column not in cause.columns:
        cause.columns.append(str(column))
    if row and len(cause.rows) < PLACES:
        cause.rows.append((str(place.get("file") or ""), row))


def undone_rows(counts: Mapping[str, Mapping[str, int]]) -> list[dict[str, Any]]:
    """Return by type of record what reverting an import did: restored, removed and kept rows, where there are any."""
    return [{"label": of_type(name), **counts[name]} for name in TYPES if any(counts.get(name, {}).values())]


def _plan_row(
    name: str, count: Mapping[str, Any], samples: Mapping[str, Any], *, is_held: bool, names: Names
) -> PlanRow:
    mode = str(count.get("mode") or "")
    numbers = {key: int(count.get(key) or 0) for key in ("held", *ACTS, "unchanged")}
    return PlanRow(
        key=name,
        label=of_type(name),
        mode=str(MODES.get(mode, mode)),
        is_absent=mode == "absent" and not any(numbers[act] for act in ACTS),
        is_held=is_held,
        groups=[
            SampleGroup(act, str(word), numbers[act], [_sample(name, one, names) for one in samples[act]])
            for act, word in ACTS.items()
            if samples.get(act)
        ],
        **numbers,
    )


def _sample(name: str, sample: Mapping[str, Any], names: Names) -> Sample:
    external = str(sample.get("id") or "")
    who = sample.get("name") or names.get(("person_id", sample.get("person")), "")
    changes = [(str(change.get("field") or ""), change) for change in sample.get("changes") or []]
    return Sample(
        label="" if name in NAMELESS else ", ".join(filter(None, [who, str(sample.get("label") or "")])),
        id=external,
        changes=[
            (
                of_field(column),
                _value(column, change.get("before"), names),
                _value(column, change.get("after"), names),
            )
            for column, change in changes
        ],
    )


def _value(column: str, value: Any, names: Names) -> str:
    """Write a cell: nothing as "–", truth in words, a list with commas, another row by its name, a time in words."""
    if value is None or value in ("", []):
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if (column, value) in names:
        return names[column, value]
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return span(value) if isinstance(value, str) and _RANGE.fullmatch(value) else str(value)


def span(text: str) -> str:
    """Write the database's "[2026-08-01,2027-06-11)" as people do, with the last day included."""
    first, after = (date.fromisoformat(day) if day else None for day in text[1:-1].split(","))
    last = after - timedelta(days=1) if after else None
    words = {
        "first": date_format(first, "M j, Y") if first else "",
        "last": date_format(last, "M j, Y") if last else "",
    }
    if first and last:
        return _("%(first)s to %(last)s") % words
    return _("from %(first)s") % words if first else _("until %(last)s") % words


def steps(upload: RosterImport, events: Iterable[Event], *, sender: str) -> list[Step]:
    """Return the import's history so far and what is still to come; `sender`: who or what it came from."""
    state, done = state_of(upload), {event.act: event for event in events}
    found = [Step(_("Received"), "done", upload.received_at, sender)]
    if state == UploadState.REJECTED:
        return [*found, Step(_("Rejected"), "bad", upload.ended_at)]
    if not upload.planned_at:
        return [*found, *_unplanned(upload, state, done)]
    earlier = done.get("approve")
    if earlier and not upload.approved_hash:
        found.append(Step(_("Approved"), "done", earlier.at, earlier.by))
    found.append(Step(_("Planned again") if len(found) > 1 else _("Planned"), "done", upload.planned_at))
    if upload.approved_hash:
        found.append(Step(_("Approved"), "done", upload.approved_at, str(upload.approved_by or "")))
    return [*found, *_after_plan(upload, state, done)]


def _unplanned(upload: RosterImport, state: str, done: Mapping[str, Event]) -> list[Step]:
    """Return the stages of an import that has no plan, or that is from before plans were kept."""
    if state in APPLIED:
        return [Step(_("Applied"), "done", upload.applied_at or upload.ended_at)]
    if state == UploadState.FAILED:
        return [Step(_("Failed"), "bad", upload.ended_at)]
    if state == UploadState.ABORTED:
        return [_aborted(upload, done)]
    words = {UploadState.VALIDATING: _("Checking"), UploadState.APPLYING: _("Planning")}
    now = [Step(words[UploadState(state)], "now")] if state in words else [Step(_("Checked"), "next")]
    return [
        *now,
        *([] if state == UploadState.APPLYING else [Step(_("Planned"), "next")]),
        Step(_("Applied"), "next"),
    ]


def _after_plan(upload: RosterImport, state: str, done: Mapping[str, Event]) -> list[Step]:
    if state in APPLIED or state == UploadState.REVERTED:
        return [Step(_("Applied"), "done", upload.applied_at), *_reverted(upload, state)]
    if state == UploadState.FAILED:
        return [Step(_("Failed"), "bad", upload.ended_at)]
    if state == UploadState.ABORTED:
        return [_aborted(upload, done)]
    if state in {UploadState.VALIDATING, UploadState.APPLYING}:
        return [Step(_("Applying"), "now")]
    words = {UploadState.HELD: _("Waits for approval"), UploadState.PLANNED: _("Waits for a decision")}
    waits = [Step(words[UploadState(state)], "wait")] if state in words else []
    return [*waits, Step(_("Applied"), "next")]


def _reverted(upload: RosterImport, state: str) -> list[Step]:
    if state == UploadState.REVERTED:
        return [Step(_("Reverted"), "done", upload.reverted_at, str(upload.reverted_by or ""))]
    return [Step(_("Reverting"), "now")] if upload.intent == Intent.REVERT else []


def _aborted(upload: RosterImport, done: Mapping[str, Event]) -> Step:
    event = done.get("abort")
    return Step(_("Aborted"), "bad", event.at if event else upload.ended_at, event.by if event else "")
