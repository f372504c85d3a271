"""Writes of the principal bench: openings expected, and who is named as ready."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _

from alignment_dash.access import audit
from alignment_dash.access.models import User, new_uid
from alignment_dash.schoolyear import bounds, current_year, today
from alignment_dash.turns import one_at_a_time
from instruction.revisions import Moved
from schools.models import Org, Person
from supervision.models import BenchCandidate, ExpectedOpening

# Further ahead nobody expects an opening: what is was mistyped.
YEARS_AHEAD = 5


@transaction.atomic
def expect_opening(*, school: Org, by: User, uid: UUID | None = None, **values: Any) -> ExpectedOpening:
    """Expect a principal's position to open; the same uid again is the same opening."""
    one_at_a_time(f"opening {school.pk}")
    found = ExpectedOpening.objects.filter(uid=uid, school=school, written_by=by).first() if uid else None
    if found is not None:
        return found
    made = ExpectedOpening(uid=_fresh(ExpectedOpening, uid), school=school, written_by=by, **values)
    _check_day(made)
    _save(made, "bench.opening.add", by)
    return made


@transaction.atomic
def change_opening(*, opening: ExpectedOpening, revision: int, by: User, **values: Any) -> ExpectedOpening:
    """Change the day or the reason; Moved where someone else has."""
    return _change(opening, revision, by, "bench.opening.change", values)


@transaction.atomic
def close_opening(*, opening: ExpectedOpening, revision: int, filled: bool, by: User) -> ExpectedOpening:
    """Take an opening off the list: filled, or no longer expected; Moved where someone else has changed it."""
    name = "filled_on" if filled else "withdrawn_on"
    return _change(opening, revision, by, f"bench.opening.{name[:-3]}", {name: today()})


@transaction.atomic
def name_candidate(*, person: Person, by: User, uid: UUID | None = None, **values: Any) -> BenchCandidate:
    """Name someone as ready to become a principal; the same uid again is the same naming."""
    one_at_a_time(f"bench {person.pk}")
    found = BenchCandidate.objects.filter(uid=uid, person=person, named_by=by).first() if uid else None
    if found is not None:
        return found
    uid = _fresh(BenchCandidate, uid)
    made = BenchCandidate(uid=uid, person=person, named_by=by, named_on=today(), **values)
    _check_told(made)
    _save(made, "bench.candidate.add", by)
    return made


@transaction.atomic
def change_candidate(*, candidate: BenchCandidate, revision: int, by: User, **values: Any) -> BenchCandidate:
    """Change what is said of a candidate; Moved where someone else has."""
    if candidate.told_on is not None and values.get("told_on", candidate.told_on) is None:
        raise ValidationError({"told_on": _("They were told, and that stays.")})
    return _change(candidate, revision, by, "bench.candidate.change", values)


@transaction.atomic
def withdraw_candidate(*, candidate: BenchCandidate, revision: int, by: User) -> BenchCandidate:
    """Take someone off the bench."""
    return _change(candidate, revision, by, "bench.candidate.withdraw", {"withdrawn_on": today()})


@transaction.atomic
def leave_bench(*, candidate: BenchCandidate, by: User) -> None:
    """Take oneself off the bench; whoever changed the row meanwhile does not stand in the way."""
    held = BenchCandidate.objects.select_for_update().get(pk=candidate.pk)
    if held.withdrawn_on is None:
        held.withdrawn_on = today()
        held.revision += 1
        held.save()
        audit.record(act="bench.candidate.leave", target=held, by=by, detail={})


def _fresh(model: Any, uid: UUID | None) -> UUID:
    """Return the uid sent where nobody has it, else a new one."""
    return uid if uid and not model.objects.filter(uid=uid).exists() else new_uid()


def _change(row: Any, revision: int, by: User, act: str, values: dict[str, Any]) -> Any:
    held = type(row).objects.select_for_update(of=("self",)).get(pk=row.pk)
    if held.revision != revision or held.withdrawn_on or getattr(held, "filled_on", None):
        raise Moved(held)
    changed = sorted(name for name, value in values.items() if getattr(held, name) != value)
    for name in changed:
        setattr(held, name, values[name])
    if isinstance(held, BenchCandidate):
        _check_told(held)
    elif "opens_on" in changed:
        _check_day(held)
    if changed:
        held.revision += 1
        _save(held, act, by, changed=changed)
    return held


def _check_day(opening: ExpectedOpening) -> None:
    year = current_year()
    first, last = bounds(year)[0], bounds(year + YEARS_AHEAD)[1]
    if not first <= opening.opens_on < last:
        words = _("Openings are expected from this school year on, and at most {n} years ahead.")
        raise ValidationError({"opens_on": words.format(n=YEARS_AHEAD)})


def _check_told(candidate: BenchCandidate) -> None:
    if candidate.told_on and candidate.told_on > today():
        raise ValidationError({"told_on": _("Enter the day on which they were told, once they were.")})


def _save(row: models.Model, act: str, by: User, **detail: Any) -> None:
    row.full_clean()
    row.save()
    audit.record(act=act, target=row, by=by, detail=detail)
