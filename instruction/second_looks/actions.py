"""Writes of second looks: what closer looking found, and later what came of it."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from alignment_dash.access import audit
from alignment_dash.access.models import User, new_uid
from alignment_dash.schoolyear import today
from instruction.models import Element, SecondLook
from instruction.queries.standing import standing
from instruction.revisions import Moved
from schools.models import Org

TEXTS = ("looked_on", "found", "hypothesis", "leverage")


@transaction.atomic
def record_look(
    *, school: Org, element: Element, year: int, values: Mapping[str, Any], by: User, uid: UUID | None = None
) -> SecondLook:
    """Record a second look at a school's element, with the snapshot that stands. ValidationError for a day to come.

    uid: made where it is written; the same one again with the same words is the same second look.
    """
    Org.objects.select_for_update(no_key=True).get(
        pk=school.pk
    )  # of two sent at once, the second finds the first
    before = SecondLook.objects.filter(uid=uid).first() if uid else None
    if before and before.by_id == by.pk and all(getattr(before, name) == values[name] for name in values):
        return before
    found = standing(year, str(element.framework.uid))
    row = SecondLook(
        uid=uid if uid and before is None else new_uid(),
        school=school,
        element=element,
        school_year=year,
        by=by,
        run=found.run if found else None,
    )
    _set(row, values)
    audit.record(act="second-look.record", target=row, by=by, detail=_where(row))
    return row


@transaction.atomic
def change_look(*, look: SecondLook, values: Mapping[str, Any], revision: int, by: User) -> SecondLook:
    """Change what was found; Moved where someone else has written since `revision`."""
    row = _locked(look, revision)
    _set(row, values)
    audit.record(act="second-look.change", target=row, by=by, detail=_where(row))
    return row


@transaction.atomic
def say_outcome(*, look: SecondLook, outcome: str, outcome_on: date, revision: int, by: User) -> SecondLook:
    """Say what came of a second look, or change what was said; an empty text takes it back."""
    row = _locked(look, revision)
    if outcome_on > today() or outcome_on < row.looked_on:
        raise ValidationError({"outcome_on": _("The day is one between the second look and today.")})
    row.outcome = outcome.strip()
    row.outcome_on, row.outcome_by = (outcome_on, by) if row.outcome else (None, None)
    row.save()
    audit.record(act="second-look.outcome", target=row, by=by, detail=_where(row))
    return row


def _locked(look: SecondLook, revision: int) -> SecondLook:
    row = (
        SecondLook.objects.select_for_update(of=("self",)).select_related("school", "element").get(pk=look.pk)
    )
    if row.revision != revision:
        said = _("Someone else has changed this second look meanwhile. Nothing was saved.")
        raise Moved(row, said)
    row.revision += 1
    return row


def _set(row: SecondLook, values: Mapping[str, Any]) -> None:
    for name in TEXTS:
        if name in values:
            setattr(row, name, values[name])
    if row.looked_on > today():
        raise ValidationError({"looked_on": _("A second look is recorded once it was taken.")})
    if not row.found.strip():
        raise ValidationError({"found": _("Say what was found.")})
    row.save()


def _where(row: SecondLook) -> dict[str, Any]:
    return {"school": str(row.school.uid), "element": row.element.code, "year": row.school_year}
