"""Keep who was away for long: one at a time, or from a file. Texts and reasons are not kept, nor names in the audit."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from alignment_dash import schoolyear
from alignment_dash.access import audit, reach
from alignment_dash.access.models import User
from alignment_dash.runs.actions import inputs_changed
from alignment_dash.turns import one_at_a_time
from schools.models import Leave, Person

TOPIC = "leave"
WHY = "HR keeps who is away"
LONGEST = timedelta(days=366 * 5)


class Away(NamedTuple):
    """A leave as someone wants it kept; last_day None: not known yet."""

    person_id: int
    first_day: date
    last_day: date | None

    @property
    def during(self) -> DateRange:
        """The days as they are stored. ValidationError where the last comes before the first."""
        if self.last_day is None:
            return DateRange(self.first_day, None)
        if self.last_day < self.first_day:
            raise ValidationError(_("The last day is before the first."))
        if self.last_day - self.first_day > LONGEST:
            raise ValidationError(_("A leave is five years long at most."))
        return DateRange(self.first_day, self.last_day + timedelta(days=1))


class Moved(Exception):
    """Someone else has changed the leave meanwhile; `now` is it as it stands, None where it is gone."""

    def __init__(self, now: Leave | None) -> None:
        super().__init__(_("Someone else has changed this leave meanwhile."))
        self.now = now


@transaction.atomic
@reach.all_rows(why=WHY)
def add_leave(*, away: Away, by: User | None) -> Leave:
    """Keep that someone is away. ValidationError for days that overlap another leave of theirs."""
    one_at_a_time("leave")
    made = _keep(Leave(person_id=away.person_id), away.during)
    _tell("leave.add", [made], by)
    return made


@transaction.atomic
@reach.all_rows(why=WHY)
def change_leave(
    *, leave: Leave, first_day: date, last_day: date | None, by: User | None, seen: str = ""
) -> Leave:
    """Set when a leave begins and ends. seen: `version_of` it as the sender saw it; Moved where it is another now."""
    one_at_a_time("leave")
    held = _held(leave, seen)
    before = held.during
    during = Away(held.person_id, first_day, last_day).during
    if (during.lower, during.upper) == (before.lower, before.upper):
        return held
    _keep(held, during)
    _tell("leave.change", [held], by, also=before)
    return held


@transaction.atomic
@reach.all_rows(why=WHY)
def remove_leave(*, leave: Leave, by: User | None, seen: str = "") -> None:
    """Remove a leave that was entered by mistake. Moved as for `change_leave`."""
    one_at_a_time("leave")
    held = _held(leave, seen)
    _tell("leave.remove", [held], by)
    Leave.objects.filter(pk=held.pk).delete()


@transaction.atomic
@reach.all_rows(why=WHY)
def add_leaves(*, rows: Sequence[tuple[int, Away]], by: User | None) -> int:
    """Keep the leaves of a file, all or none; return how many are new. rows: (number of the row, leave).

    A leave that is kept already is left as it is; one with the same first day gets the file's last day.
    ValidationError with a message for each row that is wrong.
    """
    one_at_a_time("leave")
    found = Leave.objects.filter(person__in=[away.person_id for _number, away in rows])
    held = {(one.person_id, one.during.lower): one for one in found}
    changed, faults = [], []
    for number, away in rows:
        try:
            one = held.get((away.person_id, away.first_day)) or Leave(person_id=away.person_id)
            during = away.during
            if one.pk and one.during.upper == during.upper:
                continue
            with transaction.atomic():
                changed.append(_keep(one, during))
            held[away.person_id, away.first_day] = one
        except ValidationError as error:
            faults.append(_("Row {n}: {words}").format(n=number, words=" ".join(error.messages)))
    if faults:
        raise ValidationError(faults)
    _tell("leave.import", changed, by)
    return len(changed)


def version_of(leave: Leave) -> str:
    """Return a text that is equal for equal days."""
    return f"{leave.during.lower}/{leave.during.upper}"


def _held(leave: Leave, seen: str) -> Leave:
    held = Leave.objects.select_for_update().filter(pk=leave.pk).first()
    if held is None or (seen and seen != version_of(held)):
        raise Moved(held)
    return held


def _keep(leave: Leave, during: DateRange) -> Leave:
    leave.during = during
    leave.full_clean()
    leave.save()
    return leave


def _tell(act: str, leaves: Sequence[Leave], by: User | None, also: DateRange | None = None) -> None:
    """Audit whom it is about, without days, and have what rests on them computed again."""
    if not leaves:
        return
    people = Person.objects.in_bulk([one.person_id for one in leaves])
    audit.record_each(act=act, targets=[(people[one.person_id], {}) for one in leaves], by=by)
    years = {year for one in leaves for year in _years(one.during)} | set(_years(also) if also else ())
    for year in sorted(years):
        inputs_changed(topic=TOPIC, school_year=year, by=by, reason="leave changed")


def _years(during: DateRange) -> range:
    """Return the school years up to this one that the days are in, last year's at the earliest."""
    current = schoolyear.current_year()
    first = schoolyear.year_of(during.lower) if during.lower else current - 1
    last = schoolyear.year_of(during.upper - timedelta(days=1)) if during.upper else current
    return range(max(first, current - 1), min(last, current) + 1)
