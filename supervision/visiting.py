"""What a visit is, how many a principal's need asks for, and when the next one is due: one definition for all pages.

Pure: takes and returns days and numbers, imports neither Django nor an app.

A visit is a day with a visit that was kept, or a contact day with time of one of VISITING entered. A principal of
average need is to be visited as often a month as the goal says, one of need 1.5 half as often again. A principal of
two schools is one principal: a visit at either counts, and is asked for once. Hand example: twice a month and need 1.5
ask for a visit every 21 / 3 = 7 contact days, and for 6 in 42.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

DAYS_A_MONTH: Final = 21
"""Contact days that make a month of visits."""
VISITS_A_MONTH: Final = 2.0
"""To a principal of average need, where no goal is set."""
# A PLC of several principals is no visit.
VISITING: Final = frozenset({"one-on-one", "modeling", "observing-together", "evaluation"})
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Wait:
    """How long a principal has waited for the next visit, and how long their need lets them wait.

    last: the day of the last visit, None where none is known. waited: contact days after the last visit, or after the
    school year or the caseload began, whichever came last. every: contact days between two visits; None: none asked
    for. goal: visits a month to a principal of average need; need: our index, None where not known, taken as 1.
    """

    last: date | None
    waited: int
    every: float | None
    goal: float
    need: float | None

    @property
    def is_due(self) -> bool:
        """Whether more contact days have passed than lie between two visits."""
        return self.every is not None and self.waited > self.every

    @property
    def beyond(self) -> float:
        """Return how many times as long as need asks they have waited; 0 where no visit is asked for."""
        return self.waited / self.every if self.every else 0.0


def wait(
    *, begun: date, last: date | None, day: date, out: Collection[date], goal: float, need: float | None
) -> Wait:
    """Return the wait of one principal on a day. begun: the first day that counts; out: days left out."""
    start = begun if last is None else max(begun, last)
    asked = goal * (1.0 if need is None else need)
    waited = len(contact_days(start + timedelta(days=1), day, out))
    return Wait(last, waited, DAYS_A_MONTH / asked if asked > 0 else None, goal, need)


def expected_visits(goal: float, need: float | None, days: int) -> float:
    """Return the visits that a need index asks for in so many contact days; need None counts as average."""
    return goal * (1.0 if need is None else need) * days / DAYS_A_MONTH


def contact_days(since: date, until: date, out: Collection[date]) -> list[date]:
    """Return the weekdays from `since` to `until`, both included, that are not left out."""
    days = (since + timedelta(days=n) for n in range(max(0, (until - since).days + 1)))
    return [day for day in days if day.weekday() < _SATURDAY and day not in out]
