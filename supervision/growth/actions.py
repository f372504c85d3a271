"""Writes of the support that supervisors receive."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from alignment_dash.access import audit
from alignment_dash.access.models import User, new_uid
from alignment_dash.schoolyear import today
from alignment_dash.turns import one_at_a_time
from instruction.models import FrameworkKind
from instruction.revisions import Moved
from supervision.models import SupervisorSupport


@transaction.atomic
def record_support(*, by: User, uid: UUID | None = None, **values: Any) -> tuple[SupervisorSupport, bool]:
    """Record support; return it and whether it is new. The same uid again is the same, with other words Moved."""
    uid = uid or new_uid()
    one_at_a_time(f"support {uid}")
    found = SupervisorSupport.objects.filter(uid=uid).first()
    if found is not None:
        if found.written_by_id != by.pk:
            raise ValidationError({"uid": _("Other support has this id.")})
        if found.revision == 0 and any(getattr(found, name) != value for name, value in values.items()):
            raise Moved(found)
        return found, False
    made = SupervisorSupport(uid=uid, written_by=by, **values)
    _check(made)
    made.save()
    _record("support.add", made, by)
    return made, True


@transaction.atomic
def change_support(
    *, support: SupervisorSupport, revision: int, by: User, **values: Any
) -> SupervisorSupport:
    """Change what was recorded; Moved where someone else has."""
    held = _held(support, revision)
    changed = sorted(name for name, value in values.items() if getattr(held, name) != value)
    for name in changed:
        setattr(held, name, values[name])
    if changed:
        _check(held)
        held.revision += 1
        held.save()
        _record("support.change", held, by, changed=changed)
    return held


@transaction.atomic
def remove_support(*, support: SupervisorSupport, revision: int, by: User) -> None:
    """Take out what was recorded by mistake; Moved where someone else has changed it."""
    held = _held(support, revision)
    _record("support.remove", held, by)
    held.delete()


def _held(support: SupervisorSupport, revision: int) -> SupervisorSupport:
    held = SupervisorSupport.objects.select_for_update(of=("self",)).filter(pk=support.pk).first()
    if held is None:
        raise ValidationError(_("This is no longer there."))
    if held.revision != revision:
        raise Moved(held)
    return held


def _check(support: SupervisorSupport) -> None:
    support.full_clean(validate_unique=False)
    if support.day > today():
        raise ValidationError({"day": _("This day is still to come. Record support when it was given.")})
    element = support.element
    if element is not None and element.framework.kind != FrameworkKind.SUPERVISION:
        raise ValidationError({"element": _("Choose an element of the supervisors' standards.")})


def _record(act: str, support: SupervisorSupport, by: User, **detail: Any) -> None:
    told = {"support": str(support.uid), **detail}
    audit.record(act=act, target=support.supervisor, by=by, detail=told)
