"""Writing the audit: one event for each thing a person does, in the same transaction as the thing."""

from typing import Any

from alignment_dash.access.models import AuditEvent, User


def record(*, act: str, target: Any, by: User | None, detail: dict[str, Any] | None = None) -> AuditEvent:
    """Add one event about `target`, a saved model instance.

    `by` is None only for what the system does by itself, which is recorded as "system". `detail` holds ids,
    counts and old and new values, never names, ratings or secrets.
    """
    return AuditEvent.objects.create(
        by_id=by.pk if by else None,
        by_label=by.name if by else "system",
        act=act,
        **_named(target),
        target_label=str(target)[:200],
        detail=detail or {},
    )


def is_recorded(*, act: str, target: Any, by: User) -> bool:
    """Say whether `by` has done this to `target` before; one query."""
    return AuditEvent.objects.filter(act=act, by_id=by.pk, **_named(target)).exists()


def _named(target: Any) -> dict[str, str]:
    return {"target_kind": target._meta.label_lower, "target_id": str(getattr(target, "uid", target.pk))}
