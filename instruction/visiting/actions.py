"""Say who may observe at other schools."""

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from alignment_dash import schoolyear
from alignment_dash.access import audit
from alignment_dash.access.models import User
from alignment_dash.runs.actions import inputs_changed
from alignment_dash.turns import one_at_a_time
from instruction.models import VisitingObserver
from instruction.visiting.queries import of_roles
from schools.models import Person

TOPIC = "visiting"


class ObserversMoved(Exception):
    """Someone else has changed some of these people's lessons meanwhile; `now` holds what stands, by person."""

    def __init__(self, now: Mapping[int, int | None]) -> None:
        super().__init__(_("Someone else has changed some of these people meanwhile."))
        self.now = dict(now)


@transaction.atomic
def set_visiting_observers(
    *,
    year: int,
    lessons: Mapping[int, int | None],
    by: User | None,
    before: Mapping[int, int | None] | None = None,
) -> int:
    """Set how many lessons a term people may see at other schools in a school year; return how many changed.

    lessons: by the person's id; None takes the permission away. before: what the sender saw of them, None where they
    did not look. ValidationError for a number out of range; ObserversMoved where someone else has set what the
    sender saw to something else than they want. All or none; the year's plan is computed again.
    """
    one_at_a_time(f"visiting observers {year}")
    held = {
        one.person_id: one for one in VisitingObserver.objects.filter(school_year=year, person__in=lessons)
    }
    _check_unmoved(lessons, before, held)
    changed: dict[int, int | None] = {}
    for person, wanted in lessons.items():
        one = held.get(person)
        if wanted == (one.lessons if one else None):
            continue
        changed[person] = wanted
        if wanted is None:
            held[person].delete()
            continue
        one = one or VisitingObserver(person_id=person, school_year=year)
        one.lessons = wanted
        _check(one)
        one.save()
    if changed:
        who = Person.objects.in_bulk(changed)
        audit.record_each(
            act="visiting-observer.set",
            targets=[(who[one], {"year": year, "lessons": lessons}) for one, lessons in changed.items()],
            by=by,
        )
        inputs_changed(topic=TOPIC, school_year=year, by=by, reason="visiting observers set")
    return len(changed)


def set_role(*, year: int, role: str, lessons: int | None, by: User | None) -> int:
    """Set the same number for everyone who has the role on the year's day; return how many changed."""
    people = of_roles(schoolyear.roster_day(year)).filter(role=role).values_list("person_id", flat=True)
    return set_visiting_observers(year=year, lessons=dict.fromkeys(people, lessons), by=by)


def _check_unmoved(
    lessons: Mapping[int, int | None],
    before: Mapping[int, int | None] | None,
    held: Mapping[int, VisitingObserver],
) -> None:
    if before is None:
        return
    now = {person: held[person].lessons if person in held else None for person in lessons}
    moved = {
        person: stands
        for person, stands in now.items()
        if stands not in (lessons[person], before.get(person))
    }
    if moved:
        raise ObserversMoved(moved)


def _check(one: VisitingObserver) -> None:
    """Check what a person typed; the references are ours."""
    try:
        one.clean_fields(exclude=["person"])
        one.validate_constraints(exclude=["person"])
    except (ValidationError, OverflowError) as refused:
        raise ValidationError("Between 1 and 200 lessons a term.") from refused
