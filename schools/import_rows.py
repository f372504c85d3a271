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
from alignment_dash.runs.uploads import state_of
from schools.import_words import ACTS, MODES, TYPES, of_field, of_type
from schools.models import RosterImport

NAMELESS = {"students"}  # shown by their ids only
# What a row is called that a column points to, by column and id.
Names = Mapping[tuple[str, Any], str]
_RANGE = re.compile(r"\[(\d{4}-\d\d-\d\d)?,(\d{4}-\d\d-\d\d)?\)")
_APPLIED = {UploadState.APPLIED, UploadState.APPLIED_WITH_MESSAGES}


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
    changes = [(str(change.get("field") or ""), change) for change in sample.get("changes") or []]
    return Sample(
        label="" if name in NAMELESS else str(sample.get("label") or ""),
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
    found.append(_checked(upload, state))
    if state == UploadState.REJECTED:
        return found
    if upload.planned_at or state not in _APPLIED:
        found.append(_planned(upload, state))
    if state == UploadState.HELD and not _approved(upload):
        return [*found, Step(_("Waits for approval"), "wait"), Step(_("Applied"), "next")]
    if upload.approved_at and _approved(upload):
        found.append(Step(_("Approved"), "done", upload.approved_at, str(upload.approved_by or "")))
    return [*found, *_end(upload, state, done)]


def _approved(upload: RosterImport) -> bool:
    """Say whether the plan as it stands is the one that was approved."""
    return bool(upload.approved_hash) and upload.approved_hash == upload.plan_hash


def _checked(upload: RosterImport, state: str) -> Step:
    if state == UploadState.RECEIVED:
        return Step(_("Checked"), "next")
    if state == UploadState.VALIDATING:
        return Step(_("Checking"), "now")
    if state == UploadState.REJECTED:
        return Step(_("Rejected"), "bad", upload.ended_at)
    if state == UploadState.FAILED and not (upload.planned_at or upload.version):
        return Step(_("Checked"), "next")
    return Step(
        _("Checked"), "done", upload.run.started_at if upload.run and not upload.approved_at else None
    )


def _planned(upload: RosterImport, state: str) -> Step:
    return Step(_("Planned"), "done" if upload.planned_at else "next", upload.planned_at)


def _end(upload: RosterImport, state: str, done: Mapping[str, Event]) -> list[Step]:
    if state in _APPLIED or state == UploadState.REVERTED:
        found = [Step(_("Applied"), "done", upload.applied_at or upload.ended_at)]
        if state == UploadState.REVERTED:
            found.append(
                Step(
                    _("Reverted"),
                    "done",
                    upload.reverted_at or upload.ended_at,
                    str(upload.reverted_by or ""),
                )
            )
        return found
    if state == UploadState.APPLYING:
        return [Step(_("Applying"), "now")]
    if state == UploadState.PLANNED:
        return [Step(_("Waits for a decision"), "wait"), Step(_("Applied"), "next")]
    if state == UploadState.FAILED:
        return [Step(_("Failed"), "bad", upload.ended_at)]
    if state == UploadState.ABORTED:
        event = done.get("abort")
        when, who = (event.at, event.by) if event else (upload.ended_at, "")
        return [Step(_("Aborted"), "bad", when, who)]
    return [Step(_("Applied"), "next")]
