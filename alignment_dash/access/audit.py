"""Writing the audit: one event for each thing a person does, in the same transaction as the thing."""

import json
from collections.abc import Iterable
from contextvars import ContextVar
from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from alignment_dash.access.models import AuditEvent, User

# The id of the user whose pages the real user looks at while helping; it is added to every event.
acting_as: ContextVar[int | None] = ContextVar("acting_as", default=None)

# The same person at the same thing again within this time has done it once.
ONCE_WITHIN = timedelta(minutes=1)

_INSERT_ONCE = """
INSERT INTO access_auditevent (at, by_id, by_label, act, target_kind, target_id, target_label, detail)
SELECT %(at)s, %(by_id)s, %(by_label)s, %(act)s, %(target_kind)s, %(target_id)s, %(target_label)s, %(detail)s::jsonb
WHERE NOT EXISTS (
    SELECT 1 FROM access_auditevent
    WHERE by_id = %(by_id)s AND at > %(since)s AND act = %(act)s AND target_kind = %(target_kind)s
    AND target_id = %(target_id)s AND detail = %(detail)s::jsonb
)
"""


def record(*, act: str, target: Any, by: User | None, detail: dict[str, Any] | None = None) -> AuditEvent:
    """Add one event about `target`, a saved model instance.

    `by` is None only for what the system does by itself, which is recorded as "system". `detail` holds ids,
    counts and old and new values, never names, ratings or secrets.
    """
    event = _event(act, target, by, detail or {})
    event.save()
    return event


def record_each(*, act: str, targets: Iterable[tuple[Any, dict[str, Any]]], by: User | None) -> None:
    """Add one event about each of many targets with its detail; one query for all of them. See `record`."""
    AuditEvent.objects.bulk_create(_event(act, target, by, detail) for target, detail in targets)


def record_seen(*, act: str, target: Any, by: User, detail: dict[str, Any]) -> None:
    """Add one event about something that was looked at, unless the last minute has the same one; one query.

    Where it cannot be written the error goes on to the caller, who then shows nothing.
    """
    event = _event(act, target, by, detail)
    values = {name: getattr(event, name) for name in ("by_id", "by_label", "act")} | {
        "target_kind": event.target_kind,
        "target_id": event.target_id,
        "target_label": event.target_label,
        "detail": json.dumps(event.detail),
        "at": timezone.now(),
        "since": timezone.now() - ONCE_WITHIN,
    }
    with connection.cursor() as cursor:
        cursor.execute(_INSERT_ONCE, values)


def record_nobody(*, act: str, target: User | None, digest: str, detail: dict[str, Any]) -> AuditEvent:
    """Add one event by someone who is not signed in, such as a failed sign-in.

    target: the account it was about; None: there is none, and `digest` stands for what they typed.
    """
    named = _named(target) if target else {"target_kind": "unknown", "target_id": digest}
    label = str(target)[:200] if target else ""
    return AuditEvent.objects.create(by_label="", act=act, **named, target_label=label, detail=detail)


def is_recorded(*, act: str, target: Any, by: User) -> bool:
    """Say whether `by` has done this to `target` before; one query."""
    return AuditEvent.objects.filter(act=act, by_id=by.pk, **_named(target)).exists()


def last_id(*, act: str, target: Any) -> int | None:
    """Return the id of the newest event of this kind about `target`; one query."""
    found = AuditEvent.objects.filter(act=act, **_named(target)).order_by("-at", "-id")
    return found.values_list("id", flat=True).first()


def _event(act: str, target: Any, by: User | None, detail: dict[str, Any]) -> AuditEvent:
    helped = acting_as.get()
    return AuditEvent(
        by_id=by.pk if by else None,
        by_label=by.name if by else "system",
        act=act,
        **_named(target),
        target_label=str(target)[:200],
        detail=detail if helped is None else detail | {"as": helped},
    )


def _named(target: Any) -> dict[str, str]:
    return {"target_kind": target._meta.label_lower, "target_id": str(getattr(target, "uid", target.pk))}
