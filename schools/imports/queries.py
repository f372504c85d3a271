"""Reads for the pages of roster imports: the list, what waits for a person, and what stands around one import."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Model, Q, QuerySet

from alignment_dash.access.models import AuditEvent, User
from alignment_dash.access.roles import Role
from alignment_dash.runs import uploads
from alignment_dash.runs.models import State, UploadState
from alignment_dash.runs.upload_states import OPEN, WAITING
from schools.imports.importing import KIND
from schools.imports.rows import Event
from schools.models import Course, Identity, Org, RosterFeed, RosterImport, Session
from schools.models.imports import RosterImportQuerySet

# What the pages neither show nor can afford to fetch for a list.
_HEAVY = ("content", "findings", "groups")
_POINTED_AT: dict[str, type[Model]] = {
    "org_id": Org,
    "school_id": Org,
    "parent_id": Org,
    "course_id": Course,
    "session_id": Session,
    "person_id": Identity,
}


def listed(*, state: str = "", source: str = "") -> RosterImportQuerySet:
    """Return imports, newest first, of a state and a source where given; "failed" counts a lost worker's, too."""
    found = RosterImport.objects.defer(*_HEAVY).select_related("run", "received_by").order_by("-pk")
    lost = Q(state__in=OPEN, run__state=State.FAILED)
    if state == UploadState.FAILED:
        found = found.filter(Q(state=state) | lost)
    elif state:
        found = found.filter(state=state).exclude(lost)
    return found.filter(source=source) if source else found


def waiting() -> QuerySet[RosterImport]:
    """Return the imports that need a person: held ones, then dry runs, the oldest first."""
    found = listed().filter(state__in=WAITING)
    return found.order_by("state", "pk")  # "held" stands before "planned"


def sources() -> list[str]:
    """Return the sources of the imports so far, in alphabetical order."""
    found = RosterImport.objects.exclude(source="").order_by("source").values_list("source", flat=True)
    return list(found.distinct())


def one(uid: Any) -> QuerySet[RosterImport]:
    """Return one import as its page shows it, without its bytes and single findings."""
    people = ("run", "received_by", "approved_by", "reverted_by")
    return RosterImport.objects.defer("content", "findings").select_related(*people).filter(uid=uid)


def events(upload: RosterImport) -> list[Event]:
    """Return what was done about an import, oldest first."""
    found = AuditEvent.objects.filter(target_kind=upload._meta.label_lower, target_id=str(upload.uid))
    return [
        Event(event.act.removeprefix(f"{KIND.kind}."), event.at, event.by_label)
        for event in found.order_by("pk")
    ]


def feed_names(found: Iterable[RosterImport]) -> dict[str, str]:
    """Return the names of the feeds that fetched imports, by uid; one query where there are any."""
    uids = {upload.feed for upload in found if upload.feed}
    feeds = RosterFeed.objects.filter(uid__in=uids).values_list("uid", "name") if uids else ()
    return {str(uid): name for uid, name in feeds}


def ahead_of(upload: RosterImport) -> RosterImport | None:
    """Return the import that this one waits for, when another is at work; one runs at a time."""
    if uploads.state_of(upload) != UploadState.RECEIVED:
        return None
    busy = listed().filter(state__in=OPEN, pk__lt=upload.pk)
    return busy.exclude(run__state=State.FAILED).last()


def changed_since(upload: RosterImport) -> RosterImport | None:
    """Return the newest import that was applied or reverted after this one was planned, which makes its plan old."""
    if not upload.planned_at:
        return None
    moved = Q(applied_at__gt=upload.planned_at) | Q(reverted_at__gt=upload.planned_at)
    return listed().filter(moved).exclude(pk=upload.pk).first()


def names_in(plan: Mapping[str, Any]) -> dict[tuple[str, Any], str]:
    """Return what the rows are called that the plan's examples point to, by column and id; a query a table."""
    wanted: dict[type[Model], set[tuple[str, int]]] = defaultdict(set)
    samples = [
        one for groups in (plan.get("samples") or {}).values() for group in groups.values() for one in group
    ]
    # The name of a person is not kept with a plan whose import has ended.
    unnamed = {("person_id", one["person"]) for one in samples if one.get("person") and not one.get("name")}
    if unnamed:
        wanted[Identity] = unnamed
    for change in (change for one in samples for change in one.get("changes") or ()):
        model = _POINTED_AT.get(str(change.get("field")))
        if model:
            ids = (change.get("before"), change.get("after"))
            wanted[model] |= {(change["field"], row_id) for row_id in ids if isinstance(row_id, int)}
    found: dict[tuple[str, Any], str] = {}
    for model, keys in wanted.items():
        key = "person_id" if model is Identity else "pk"
        rows = model._default_manager.filter(**{f"{key}__in": {row_id for _, row_id in keys}})
        named = {getattr(row, key): str(getattr(row, "display_name", row)) for row in rows}
        found |= {(column, row_id): named[row_id] for column, row_id in keys if row_id in named}
    return found


def widened_roles(plan: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return whose roles reach further by what a plan moves: role, place, names of accounts; one query, or none."""
    widened = plan.get("roles_widened") or []
    if not widened:
        return []
    users = User.objects.in_bulk({user for one in widened for user in one["users"]})
    return [
        {
            "role": Role(one["role"]).label,
            "org": one["org"],
            "above": one["above"],
            "users": [users[user] for user in one["users"] if user in users],
        }
        for one in widened
    ]


def given_roles(plan: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return who would get a role by rules, where a plan says so: role, place, names of accounts; one query, or none."""
    given = plan.get("roles_given") or []
    if not given:
        return []
    held = User.objects.in_bulk({user for one in given for user in one["users"]})
    return [
        {
            "role": Role(one["role"]).label,
            "org": one["org"],
            "names": [held[user].name for user in one["users"] if user in held] + one["names"],
        }
        for one in given
    ]


def newest_applied() -> RosterImport | None:
    """Return the import that stands: the newest that was applied and not reverted."""
    return listed().standing().first()
