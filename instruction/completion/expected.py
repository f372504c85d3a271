"""Who was observed as often as expected: a pure function of assignments, leave, lessons and the district's rules.

docs/numbers/completion.md says the same in words, with an example to check by hand.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import IntEnum, StrEnum
from typing import NamedTuple

LONG_AGO = timedelta(days=365)


class Column(IntEnum):
    """Where a person counts: each in one column, in the order in which tables show them."""

    DONE = 0  # as often as expected
    PARTLY = 1  # this school year, but not as often
    BEFORE = 2  # not this school year, at most 365 days ago
    LONGER = 3  # longer ago
    NEVER = 4
    NOT_COUNTED = 5  # nothing is expected: new, away, or mainly at another school


class Why(StrEnum):
    """Why nothing is expected of a person so far."""

    COUNTED = ""
    NEW = "new"
    AWAY = "away"
    ELSEWHERE = "elsewhere"


class Rule(NamedTuple):
    """At least `at_least` lessons of a kind and purpose ("": any) by `by_day`, of who was there `least_days` days."""

    at_least: int
    by_day: date
    least_days: int
    kind: str = ""
    purpose: str = ""

    def counts(self, lessons: Mapping[tuple[str, str], int]) -> int:
        """Return how many of the lessons, by kind and purpose, count for the rule."""
        return sum(
            n
            for (kind, purpose), n in lessons.items()
            if self.kind in ("", kind) and self.purpose in ("", purpose)
        )


class Days(NamedTuple):
    """The days from `first` to before `end`; None: since ever, and without an end."""

    first: date | None
    end: date | None


@dataclass(frozen=True, slots=True)
class Person:
    """One person at one school: when they were assigned there and away, and the lessons seen there.

    lessons: of this school year so far, by kind and purpose; last: the last day of all. is_main: it is the school of
    their main assignment.
    """

    person_id: int
    school_id: int
    spells: Sequence[Days]
    leaves: Sequence[Days] = ()
    lessons: Mapping[tuple[str, str], int] = field(default_factory=dict)
    last: date | None = None
    is_main: bool = True


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a person counts. overdue: something is missing whose day has passed; missing: how many lessons still are."""

    person: Person
    column: Column
    why: Why
    overdue: bool
    missing: int

    @property
    def since(self) -> date | None:
        """The first day of the assignment; None: from before there are records."""
        starts = [one.first for one in self.person.spells]
        return None if None in starts else min((one for one in starts if one), default=None)


def standing_of(person: Person, rules: Collection[Rule], *, first: date, as_of: date) -> Standing:
    """Return where a person counts on `as_of` in the school year that began on `first`.

    A rule expects something of who was present `least_days` days, from `first` to the earlier of `as_of` and the
    rule's day; leave and days outside the assignment are no days of presence. Done is who meets every rule, or
    every rule that expects something of them and there is one. Without rules nothing is expected.
    """
    unmet = [rule for rule in rules if rule.counts(person.lessons) < rule.at_least]
    expecting = [rule for rule in rules if _expects(rule, person, person.leaves, first, as_of)]
    open_rules = [rule for rule in unmet if rule in expecting]
    if (rules and not unmet) or (expecting and not open_rules):
        return Standing(person, Column.DONE, Why.COUNTED, overdue=False, missing=0)
    if not open_rules:
        return Standing(
            person, Column.NOT_COUNTED, _why(person, unmet, first, as_of), overdue=False, missing=0
        )
    missing = max(rule.at_least - rule.counts(person.lessons) for rule in open_rules)
    overdue = any(rule.by_day < as_of for rule in open_rules)
    return Standing(person, _column(person, first, as_of), Why.COUNTED, overdue, missing)


def _expects(rule: Rule, person: Person, leaves: Sequence[Days], first: date, as_of: date) -> bool:
    if not person.is_main:
        return False
    return days_present(person.spells, leaves, first, min(as_of, rule.by_day)) >= rule.least_days


def _why(person: Person, unmet: Collection[Rule], first: date, as_of: date) -> Why:
    """Say why nothing is expected; away only where it would be expected without the leave."""
    if not person.is_main:
        return Why.ELSEWHERE
    return Why.AWAY if any(_expects(rule, person, (), first, as_of) for rule in unmet) else Why.NEW


def _column(person: Person, first: date, as_of: date) -> Column:
    if person.last is None:
        return Column.NEVER
    if person.last >= first:
        return Column.PARTLY
    return Column.BEFORE if person.last >= as_of - LONG_AGO else Column.LONGER


def days_present(spells: Iterable[Days], leaves: Iterable[Days], first: date, last: date) -> int:
    """Return on how many days from `first` to `last`, both included, someone was assigned and not on leave.

    Spells and leaves may overlap each other; each day counts once.
    """
    there, away = _merged(spells, first, last), _merged(leaves, first, last)
    lost = sum(
        max(0, min(end, gone_end) - max(start, gone)) for start, end in there for gone, gone_end in away
    )
    return sum(end - start for start, end in there) - lost


def _merged(spells: Iterable[Days], first: date, last: date) -> list[tuple[int, int]]:
    """Return the spells within the days as ordinals, [start, end), in order and without overlap."""
    low, high = first.toordinal(), last.toordinal() + 1
    cut = sorted(
        (
            max(low, one.first.toordinal() if one.first else low),
            min(high, one.end.toordinal() if one.end else high),
        )
        for one in spells
    )
    found: list[tuple[int, int]] = []
    for start, end in cut:
        if start >= end:
            continue
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((start, end))
    return found
