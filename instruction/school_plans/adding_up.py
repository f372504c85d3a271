"""What schools ask the district for, added up by department, kind, element or subject; pure."""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from instruction.models import SupportRequest, SupportState

WAYS = ("department", "kind", "element", "subject")


@dataclass(slots=True)
class Sum:
    """What requests add up to. schools: ids of those asking; teachers: how many are named in numbers; hours: hours of
    each times teachers (once where no number is given); substitute_days: in all; unanswered: requests waiting."""

    key: Hashable
    label: str
    schools: set[int] = field(default_factory=set)
    requests: int = 0
    unanswered: int = 0
    teachers: int = 0
    hours: Decimal = Decimal(0)
    substitute_days: Decimal = Decimal(0)

    def add(self, one: SupportRequest) -> None:
        """Count a request in."""
        self.schools.add(one.plan.school_id)
        self.requests += 1
        self.unanswered += one.state == SupportState.ASKED
        self.teachers += one.n_teachers or 0
        self.hours += (one.hours or 0) * (one.n_teachers or 1)
        self.substitute_days += one.substitute_days or 0


def add_up(
    requests: Iterable[SupportRequest], key: Callable[[SupportRequest], tuple[Hashable, str]]
) -> list[Sum]:
    """Return the sums of requests by what `key` says of each, (key, label); the most schools first.

    What schools have withdrawn counts nowhere.
    """
    sums: dict[Hashable, Sum] = {}
    for one in requests:
        if one.state == SupportState.WITHDRAWN:
            continue
        name, label = key(one)
        sums.setdefault(name, Sum(name, label)).add(one)
    return sorted(sums.values(), key=lambda found: (-len(found.schools), -found.requests, found.label))
