"""What was sent before: the same delivery by its key, or the same bytes, is the same import."""

from collections.abc import Callable
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from alignment_dash.access.models import User
from alignment_dash.runs.models import DeliveryKey, State, Upload, UploadState
from alignment_dash.runs.upload_bytes import Refused
from alignment_dash.runs.upload_states import APPLIED, OPEN, WAITING


def delivered(
    model: type[Upload], *, by: User | None, key: str, sha256: str, options: dict[str, Any]
) -> Upload | None:
    """Return the import that a sender's key names; Refused when it is about other bytes or options."""
    if not (key and by):
        return None
    uploads = model.objects.defer("content")
    keys = DeliveryKey.objects.filter(model=model._meta.label_lower, user=by, key=key)
    known = uploads.filter(Q(received_by=by, idempotency_key=key) | Q(uid__in=keys.values("upload"))).first()
    if known and (known.sha256, known.options) != (sha256, options):
        raise Refused(
            _("This Idempotency-Key was sent before with another file or other options. Use a new one."),
            status=422,
        )
    return known


def remember(known: Upload, *, by: User | None, key: str) -> None:
    """Keep that a sender's key names an import that was there before; it does whatever comes of that one."""
    if key and by:
        DeliveryKey.objects.create(model=known._meta.label_lower, user=by, key=key, upload=known.uid)


def same(
    model: type[Upload], *, sha256: str, options: dict[str, Any], stands: Callable[[Any], bool]
) -> Upload | None:
    """Return the import of the same bytes with the same options that still stands for them.

    One that is open or held does; an applied one does as long as it is the newest; a plan does until something
    else is applied; and each as long as its kind says that it `stands`.
    """
    uploads = model.objects.defer("content")
    newest: Upload | None = uploads.filter(state__in=APPLIED).order_by("-ended_at", "-pk").first()
    if newest and (newest.sha256, newest.options) == (sha256, options) and stands(newest):
        return newest
    alive = uploads.filter(state__in=[*OPEN, *WAITING], sha256=sha256, options=options)
    if newest:
        alive = alive.exclude(state=UploadState.PLANNED, received_at__lt=newest.ended_at)
    alive = alive.exclude(state__in=OPEN, run__state=State.FAILED).order_by("-pk")
    return next(filter(stands, alive), None)
