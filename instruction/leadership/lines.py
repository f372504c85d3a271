"""What apps above this one know of the support a principal was given. They register theirs when they start.

It is drawn below a principal's growth, by day: what was done, not whether it helped.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.utils.functional import Promise

from alignment_dash.access.scope import Scope

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Support:
    """One thing done for a principal on a day, in a few words without what was said: "Coaching visit"."""

    day: date
    what: str
    minutes: int | None = None


# The caller's scope, a principal's person id, and the first and last day in; support in any order out; at most two
# queries. Nothing of it where the caller may not see it.
Tell = Callable[[Scope, int, date, date], Sequence[Support]]


class Given(NamedTuple):
    """One kind of support as it was given, the oldest first."""

    label: str
    each: list[Support]

    @property
    def counts(self) -> list[tuple[str, int]]:
        """How often what was given, the most frequent first."""
        return Counter(one.what for one in self.each).most_common()

    @property
    def first(self) -> date:
        """The first day."""
        return self.each[0].day

    @property
    def last(self) -> date:
        """The last day."""
        return self.each[-1].day


@dataclass(frozen=True, slots=True)
class SupportLines:
    """One kind of support, such as visits. label: what it is called in the plural."""

    label: Text
    tell: Tell
    place: int = 100


_registered: dict[str, SupportLines] = {}


def register(key: str, lines: SupportLines) -> None:
    """Make a kind of support known; one of the same key takes its place."""
    _registered[key] = lines


def support_given(scope: Scope, principal_id: int, since: date, until: date) -> list[Given]:
    """Return what was given of each registered kind between two days; kinds of which nothing was are left out."""
    return [
        Given(str(one.label), sorted(found, key=lambda each: each.day))
        for one in sorted(_registered.values(), key=lambda lines: lines.place)
        if (found := one.tell(scope, principal_id, since, until))
    ]
