"""Writes of the focus of a school year: the district's, and a school's own."""

import hashlib
from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from alignment_dash import schoolyear
from alignment_dash.access import audit
from alignment_dash.access.models import User
from alignment_dash.turns import one_at_a_time
from instruction.consulting.focus import chosen
from instruction.consulting.texts import checked
from instruction.models import FocusElement, FrameworkVersion
from schools.models import Org


class FocusMoved(Exception):
    """Someone else has chosen meanwhile; `now` holds what stands, reasons by element id."""

    def __init__(self, now: Mapping[int, str]) -> None:
        super().__init__(_("Someone else has changed the focus meanwhile."))
        self.now = dict(now)


def seen_of(reasons: Mapping[int, str]) -> str:
    """Return a short text that is equal for the same choice with the same reasons, for a form to carry."""
    return hashlib.sha256(repr(sorted(reasons.items())).encode()).hexdigest()[:16]


@transaction.atomic
def set_focus(
    *,
    version: FrameworkVersion,
    year: int,
    reasons: Mapping[int, str],
    by: User,
    school: Org | None = None,
    seen: str | None = None,
) -> bool:
    """Let a school year be about these elements and no others, in the district or at one school; say if it changed.

    reasons: why ("" for none said) by element id; none of them: the version's own focus holds again. What was
    chosen of the framework and is not in this version goes too. seen: `seen_of` what the sender saw.
    ValidationError for elements of another framework, a bad reason or a year that is over; FocusMoved where someone
    else has chosen otherwise meanwhile.
    """
    if year < schoolyear.current_year():
        raise ValidationError(_("That school year is over: what it was about stays as it was."))
    wanted = {element: checked(why) for element, why in reasons.items()}
    if wanted.keys() - set(version.elements.values_list("element_id", flat=True)):
        raise ValidationError(_("A focus is chosen among the elements of this framework."))
    one_at_a_time(f"focus {version.framework_id} {year} {school.pk if school else ''}")
    both = chosen(version, year, school)
    held = both.district if school is None else both.school
    if wanted == held:
        return False
    if seen is not None and seen != seen_of(held):
        raise FocusMoved(held)
    rows = FocusElement.objects.filter(
        school=school, school_year=year, element__framework=version.framework_id
    )
    rows.exclude(element__in=wanted).delete()
    for element, why in wanted.items():
        if held.get(element) != why:
            rows.update_or_create(element_id=element, school_year=year, school=school, defaults={"why": why})
    audit.record(
        act="focus.set",
        target=version,
        by=by,
        detail={"year": year, "school": str(school.uid) if school else "", "elements": sorted(wanted)},
    )
    return True
