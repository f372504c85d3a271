"""Writing the audit: one event for each thing a person does, in the same transaction as the thing."""

from collections.abc import Iterable
from typing import Any

from alignment_dash.access.models import AuditEvent, User


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


def is_recorded(*, act: str, target: Any, by: User) -> bool:
    """Say whether `by` has done this to `target` before; one query."""
    return AuditEvent.objects.filter(act=act, by_id=by.pk, **_named(target)).exists()


def _event(act: str, target: Any, by: User | None, detail: dict[str, Any]) -> AuditEvent:
    return AuditEvent(
        by_id=by.pk if by else None,
        by_label=by.name if by else "system",
        act=act,
        **_named(target),
        target_label=str(target)[:200],
        detail=detail,
    )


def _named(target: Any) -> dict[str, str]:
    return {"target_kind": target._meta.label_lower, "target_id": str(getattr(target, "uid", target.pk))}
