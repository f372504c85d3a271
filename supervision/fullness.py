"""How many principals a caseload would have beside its most, over all the time of what is assigned to it.

What assigning by hand and making caseloads from the roster warn of, and record. A principal of several schools counts
once, a vacant position at each school.
"""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from schools.models import Org, Person
from schools.names import name_of
from supervision.models import CaseloadAssignment, SupervisorLimits
from supervision.principals import leaders_on
from supervision.spans import district_span


@dataclass(frozen=True, slots=True)
class Fullness:
    """Principals and vacant positions of one caseload, and the most of its limits (else of the district's span).

    Those of the first day above the most, else of the first day; before: without what is assigned. peak: the most
    that are there at once, from peak_day on.
    """

    supervisor: Person
    day: date
    before: int
    n: int
    peak_day: date
    peak: int
    most: int
    is_above: bool

    @property
    def key(self) -> str:
        """What a form sends back to say that this was seen."""
        return f"{self.supervisor.uid}~{self.day}~{self.n}~{self.peak}~{self.most}"

    @property
    def recorded(self) -> dict[str, object]:
        """What an audit event says of it; nothing where the limit holds."""
        if not self.is_above:
            return {}
        return {"principals": self.peak, "above_most": self.most, "above_from": self.day.isoformat()}

    def would_be(self) -> str:
        """Say it of what is about to be done."""
        words = ngettext(
            "{name} would have {n} principal from {day} on instead of {before}, and the limit is {most}.",
            "{name} would have {n} principals from {day} on instead of {before}, and the limit is {most}.",
            self.n,
        )
        return self._told(words)

    def is_now(self) -> str:
        """Say it of what has been done."""
        words = ngettext(
            "{name} has {n} principal from {day} on, above the limit of {most}.",
            "{name} has {n} principals from {day} on, above the limit of {most}.",
            self.n,
        )
        return self._told(words)

    def _told(self, words: str) -> str:
        said = words.format(
            name=name_of(self.supervisor), n=self.n, before=self.before, most=self.most, day=_words(self.day)
        )
        if self.peak == self.n:
            return said
        more = _("The most are {peak}, from {day} on.")
        return f"{said} {more.format(peak=self.peak, day=_words(self.peak_day))}"


def fullness(supervisor: Person, during: DateRange, coming: Collection[int]) -> Fullness:
    """Return how full a caseload would be over a time with `coming` in it; three queries at most.

    coming: ids of principals, of vacant schools negated. Above is a caseload that has more than its most on a day on
    which one of them is new to it; who is there already, for another school, makes it no fuller.
    """
    return all_fullness([supervisor], during, {supervisor.pk: coming})[0]


def fullness_with(supervisor: Person, school: Org, during: DateRange) -> Fullness:
    """Return how full a caseload would be with a school and whoever leads it on the first day; one query more."""
    leaders = leaders_on([school.pk], during.lower).get(school.pk, [])
    return fullness(supervisor, during, [one.pk for one in leaders] or [-school.pk])


def all_fullness(
    supervisors: Iterable[Person], during: DateRange, coming: Mapping[int, Collection[int]]
) -> list[Fullness]:
    """Return `fullness` of several supervisors at once; coming: by supervisor. As many queries as for one."""
    people = list(supervisors)
    held = spells(people, during)
    own = dict(SupervisorLimits.objects.filter(supervisor__in=people).values_list("supervisor", "most"))
    usual = district_span().high
    return [
        _fullness(
            one,
            during,
            held[one.pk],
            [*held[one.pk], *((position, during) for position in coming.get(one.pk, ()))],
            own.get(one.pk, usual),
        )
        for one in people
    ]


def fullness_since(
    supervisors: Iterable[Person], during: DateRange, before: "Spells", most: Mapping[int, int]
) -> list[Fullness]:
    """Return how full caseloads are after what was written since `before`, beside the most of each; one query."""
    people = list(supervisors)
    held = spells(people, during)
    return [
        _fullness(one, during, before.get(one.pk, []), held.get(one.pk, []), most[one.pk]) for one in people
    ]


def key_of(several: Iterable[Fullness]) -> str:
    """Return what a form sends back to say that all of these were seen."""
    return hashlib.sha256("+".join(one.key for one in several).encode()).hexdigest()


# Who is in a caseload (a principal's id, of a vacant school its own negated) and when.
Spell = tuple[int, DateRange]
Spells = Mapping[int, list[Spell]]


def spells(supervisors: Iterable[Person], during: DateRange) -> Spells:
    """Return who is in each caseload at any time of `during`, by supervisor; one query."""
    rows = CaseloadAssignment.objects.filter(supervisor__in=list(supervisors), during__overlap=during)
    found: dict[int, list[Spell]] = defaultdict(list)
    for supervisor, principal, school, when in rows.values_list(
        "supervisor", "principal", "school", "during"
    ):
        found[supervisor].append((principal or -school, when))
    return found


def _fullness(
    supervisor: Person, during: DateRange, before: Collection[Spell], after: Collection[Spell], most: int
) -> Fullness:
    """Look at the first day and at each of `during` on which someone comes or goes; fuller is one that has grown."""
    changes = {day for _one, when in [*before, *after] for day in (when.lower, when.upper) if day}
    days = sorted({during.lower} | {day for day in changes if during.lower < day and _lasts(during, day)})
    was, counts = [_count(before, day) for day in days], [_count(after, day) for day in days]
    above = [place for place, n in enumerate(counts) if n > max(most, was[place])]
    first, peak = above[0] if above else 0, max(above or range(len(days)), key=lambda place: counts[place])
    return Fullness(
        supervisor=supervisor,
        day=days[first],
        before=was[first],
        n=counts[first],
        peak_day=days[peak],
        peak=counts[peak],
        most=most,
        is_above=bool(above),
    )


def _count(held: Collection[Spell], day: date) -> int:
    return len({one for one, when in held if when.lower <= day and _lasts(when, day)})


def _lasts(when: DateRange, day: date) -> bool:
    return when.upper is None or day < when.upper


def _words(day: date) -> str:
    return date_format(day, "M j, Y")
