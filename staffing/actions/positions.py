"""Add, fill and vacate a position."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from alignment_dash.access import audit
from alignment_dash.access.models import User
from schools.models import Org, Person
from staffing.models import Incumbency, JobClass, Position


def _range(start: date, end: date | None) -> DateRange:
    """Return [start, end). ValidationError when it would hold no day."""
    if end is not None and end <= start:
        raise ValidationError(_("The end is the first day after, so it comes later than the start."))
    return DateRange(start, end)


@transaction.atomic
def add_position(
    *,
    school: Org,
    title: str,
    job_class: JobClass,
    fte: Decimal,
    start: date,
    by: User | None,
    end: date | None = None,
    subject: str = "",
    grades: Sequence[str] = (),
) -> Position:
    """Budget a position at a school from `start` until before `end` (None: until further notice).

    `fte` is over 0 and at most 1. ValidationError says what is wrong.
    """
    position = Position(
        school=school,
        title=title,
        job_class=job_class,
        fte=fte,
        subject=subject,
        grades=list(grades),
        during=_range(start, end),
    )
    position.full_clean()
    position.save()
    audit.record(
        act="position.add", target=position, by=by, detail={"school": str(school.uid), "fte": str(fte)}
    )
    return position


@transaction.atomic
def fill_position(
    *, position: Position, person: Person, start: date, by: User | None, end: date | None = None
) -> Incumbency:
    """Put `person` into `position` from `start` until before `end` (None: as long as it is budgeted).

    ValidationError when someone else holds it then, or it is not budgeted all that time.
    """
    position = Position.objects.select_for_update().get(pk=position.pk)
    budgeted = position.during
    during = _range(start, end or budgeted.upper)
    ends_late = budgeted.upper is not None and during.upper > budgeted.upper
    if start < budgeted.lower or ends_late:
        raise ValidationError(_("The position is not budgeted all that time."))
    incumbency = Incumbency(position=position, person=person, during=during)
    incumbency.full_clean()
    incumbency.save()
    audit.record(
        act="position.fill",
        target=position,
        by=by,
        detail={"person": str(person.uid), "start": start.isoformat()},
    )
    return incumbency


@transaction.atomic
def vacate_position(*, position: Position, end: date, by: User | None) -> Incumbency:
    """End the incumbency that lasts until `end` or beyond; `end` is the first vacant day.

    ValidationError when nobody holds the position on the day before.
    """
    last_day = date.fromordinal(end.toordinal() - 1)
    lasting = Incumbency.objects.filter(position=position, during__contains=last_day)
    held: Incumbency | None = lasting.select_for_update().first()
    if held is None:
        raise ValidationError(_("Nobody holds this position on that day."))
    held.during = DateRange(held.during.lower, end)
    held.save(update_fields=["during"])
    audit.record(
        act="position.vacate",
        target=position,
        by=by,
        detail={"person": str(held.person.uid), "end": end.isoformat()},
    )
    return held
