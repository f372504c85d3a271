"""Set how often people are to be observed in a school year: all rules of a year at once."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from alignment_dash import schoolyear
from alignment_dash.access import audit
from alignment_dash.access.models import User
from alignment_dash.runs.actions import inputs_changed
from alignment_dash.turns import one_at_a_time
from instruction.completion.queries import ROLES
from instruction.models import ObservationExpectation, ObservationKind
from schools.models import Level

TOPIC = "expectations"
MOST = 60


class Wanted(NamedTuple):
    """A rule as someone wants it; by_day None: the last day of the school year."""

    role: str
    level: str
    kind: str
    purpose: str
    at_least: int
    by_day: date | None
    least_days: int

    @property
    def place(self) -> tuple[str, str, str, str]:
        """What a year has one rule for."""
        return self.role, self.level, self.kind, self.purpose

    @property
    def numbers(self) -> list[object]:
        """What it asks for, as the audit keeps it."""
        return [self.at_least, self.by_day.isoformat() if self.by_day else None, self.least_days]


class Moved(Exception):
    """Someone else has changed the year's rules meanwhile; `now` holds what stands."""

    def __init__(self, now: Sequence[ObservationExpectation]) -> None:
        super().__init__(_("Someone else has changed these rules meanwhile. Nothing was saved."))
        self.now = list(now)


def version_of(rules: Iterable[ObservationExpectation]) -> str:
    """Return a text that is equal for equal rules, to tell whether someone has changed them."""
    lines = sorted(repr(wanted_of(one)) for one in rules)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def wanted_of(rule: ObservationExpectation) -> Wanted:
    """Return a rule's values."""
    return Wanted(rule.role, rule.level, rule.kind, rule.purpose, rule.at_least, rule.by_day, rule.least_days)


@transaction.atomic
def set_expectations(*, year: int, rules: Sequence[Wanted], by: User | None, seen: str | None = None) -> int:
    """Make these the rules of a school year, all or none; return how many were added, changed or removed.

    seen: `version_of` the rules as the sender saw them; Moved where others stand now. ValidationError for a rule that
    makes no sense, or two of the same people, kind and purpose. What the year's counts rest on is computed again.
    """
    one_at_a_time(f"expectations {year}")
    held = {wanted_of(one).place: one for one in ObservationExpectation.objects.filter(school_year=year)}
    if seen is not None and seen != version_of(held.values()):
        raise Moved(list(held.values()))
    _check(rules, year)
    wanted = {one.place: one for one in rules}
    changed = [(one, wanted_of(one), None) for place, one in held.items() if place not in wanted]
    for rule, _was, _now in changed:
        ObservationExpectation.objects.filter(pk=rule.pk).delete()
    for place, one in wanted.items():
        standing = held.get(place)
        if standing is not None and wanted_of(standing) == one:
            continue
        was = wanted_of(standing) if standing else None
        changed.append((_keep(standing, one, year), was, one))  # type: ignore[arg-type]
    if changed:
        audit.record_each(
            act="expectation.set",
            targets=[
                (
                    rule,
                    {"year": year, "was": was.numbers if was else None, "now": now.numbers if now else None},
                )
                for rule, was, now in changed
            ],
            by=by,
        )
        inputs_changed(topic=TOPIC, school_year=year, by=by, reason="expectations set")
    return len(changed)


def _keep(rule: ObservationExpectation | None, one: Wanted, year: int) -> ObservationExpectation:
    rule = rule or ObservationExpectation(school_year=year)
    for name, value in one._asdict().items():
        setattr(rule, name, value)
    rule.full_clean()
    rule.save()
    return rule


def _check(rules: Sequence[Wanted], year: int) -> None:
    """Check what the fields of the model cannot."""
    if len(rules) > MOST:
        raise ValidationError(_("At most {n} rules a year.").format(n=MOST))
    if len({one.place for one in rules}) < len(rules):
        raise ValidationError(_("Two rules are for the same people, kind and purpose: keep one of them."))
    first, end = schoolyear.bounds(year)
    for one in rules:
        if one.role not in ROLES:
            raise ValidationError(_("Nobody in this role is observed at a school."))
        if one.level and one.level not in Level.values:
            raise ValidationError(_("There is no such level of schools."))
        if one.kind == ObservationKind.CALIBRATION:
            raise ValidationError(_("A calibration video is of nobody here: it counts for no rule."))
        if one.by_day and not first <= one.by_day < end:
            raise ValidationError(
                _("{day} is not in the school year {year}.").format(
                    day=one.by_day, year=schoolyear.label(year)
                )
            )
        if one.least_days > (end - first).days:
            raise ValidationError(_("A school year has {n} days.").format(n=(end - first).days))
