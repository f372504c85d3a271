"""How many principals a caseload has or would have on a day, beside its most: what assigning by hand warns of."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import ngettext

from schools.models import Org, Person
from schools.names import name_of
from supervision.models import CaseloadAssignment, SupervisorLimits
from supervision.needs import SPAN_HIGH
from supervision.principals import leaders_on


@dataclass(frozen=True, slots=True)
class Fullness:
    """Principals and vacant positions of one caseload on a day, and the most of its limits (else of the span)."""

    supervisor: Person
    day: date
    n: int
    most: int

    @property
    def is_above(self) -> bool:
        """Say whether there are more than the limit allows."""
        return self.n > self.most

    @property
    def key(self) -> str:
        """What a form sends back to say that this was seen."""
        return f"{self.supervisor.uid}~{self.n}~{self.most}"

    def would_be(self) -> str:
        """Say it of what is about to be done."""
        words = ngettext(
            "{name} would have {n} principal from {day} on, and the limit is {most}.",
            "{name} would have {n} principals from {day} on, and the limit is {most}.",
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
        day = date_format(self.day, "M j, Y")
        return words.format(name=name_of(self.supervisor), n=self.n, most=self.most, day=day)


def fullness(supervisor: Person, day: date, coming: Collection[int] = ()) -> Fullness:
    """Return how full a caseload is on a day, with `coming` beside: ids of principals, of vacant schools negated.

    Two queries. A principal of several schools counts once, a vacant position at each school.
    """
    rows = CaseloadAssignment.objects.on(day).filter(supervisor=supervisor)
    held = {principal or -school for principal, school in rows.values_list("principal", "school")}
    limits = SupervisorLimits.objects.filter(supervisor=supervisor).first()
    return Fullness(supervisor, day, len(held | set(coming)), limits.most if limits else SPAN_HIGH)


def fullness_with(supervisor: Person, school: Org, day: date) -> Fullness:
    """Return how full a caseload would be with a school and whoever leads it on the day."""
    leaders = leaders_on([school.pk], day).get(school.pk, [])
    return fullness(supervisor, day, [one.pk for one in leaders] or [-school.pk])
