"""A simulated supervisor's year, entered as rows and read by the real queries, beside the simulation's known truth.

The figures are those that studies of principal supervisors tell: span, shares of time, visits, covered work. Each is
held against the truth, not against the studies: what the simulation was made to do is no finding.
"""

from collections.abc import Iterator
from datetime import date

import numpy as np
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from alignment_dash.access.roles import Role
from alignment_dash.access.scope import Scope
from bench.measure import Measure, seconds
from schools.models import Org, OrgType, Person
from supervision.models import CaseloadAssignment, DayOffKind, NonContactDay, TimeEntry
from supervision.timelog import account, queries, simulated
from supervision.timelog.purposes import COVERING, ON_LEADERSHIP, WITH_PRINCIPALS
from supervision.timelog.ranks import correlation
from supervision.timelog.sample import write_year
from supervision.timelog.simulated import Ints, Year
from supervision.visiting import DAYS_A_MONTH

SPAN = 10
CONTACT_DAYS = 185
FIRST = date(2024, 8, 19)
SEEDS = (1, 2, 3)
NEAR = 1e-9


def measures() -> Iterator[Measure]:
    """Simulate a year for each seed and read it back; what the queries tell may not differ from the truth."""
    for seed in SEEDS:
        with transaction.atomic():
            yield from _year(seed)
            transaction.set_rollback(True)


def _year(seed: int) -> Iterator[Measure]:
    rng = np.random.default_rng(seed)
    needs = np.sort(rng.lognormal(0.0, 0.3, SPAN))
    needs /= needs.mean()
    weekdays = np.array([FIRST.toordinal() + 7 * (n // 5) + n % 5 for n in range(CONTACT_DAYS + 20)])
    out = np.sort(rng.choice(weekdays[1:-1], 20, replace=False))
    days = np.setdiff1d(weekdays, out)
    year = simulated.simulate(rng, len(days), needs)
    supervisor, places = _people()
    write_year(year, supervisor, places, days, rng)
    _work_on_days_off(supervisor, out)
    scope = Scope(
        user_id=None,
        person_id=supervisor,
        day=date.fromordinal(int(days[-1])),
        schools_by_role=((Role.SUPERVISOR, frozenset()),),
    )
    yield from _figures(seed, scope, supervisor, year, days, needs, [principal for principal, _ in places])


def _figures(
    seed: int,
    scope: Scope,
    supervisor: int,
    year: Year,
    days: Ints,
    needs: simulated.Floats,
    people: list[int],
) -> Iterator[Measure]:
    since, until = date.fromordinal(int(days[0])), date.fromordinal(int(days[-1]))
    share = queries.shares(scope, [supervisor], since, until)[supervisor]
    span = CaseloadAssignment.objects.on(until).filter(supervisor=supervisor).count()
    name = f"seed {seed}"
    yield Measure.reported(f"{name}: principals", span, "principals")
    yield Measure.reported(f"{name}: contact days with entries", share.days, "days")
    yield from _beside(f"{name}: with principals", share.with_principals, year.share(WITH_PRINCIPALS))
    yield from _beside(f"{name}: on leadership", share.on_leadership, year.share(ON_LEADERSHIP))
    yield from _beside(f"{name}: covering", share.covering, year.share({COVERING}))
    for department, minutes in queries.covered_by_department(scope, [supervisor], since, until).items():
        owed = year.department == simulated.DEPARTMENTS.index(department)
        truth = float(year.minutes[owed].sum()) / share.minutes
        yield from _beside(f"{name}: covering for {department}", minutes / share.minutes, truth)
    told = account.visited_days(scope, supervisor, share)
    visits = {principal: len(seen) for principal, seen in told.items()}
    months = share.days / DAYS_A_MONTH
    yield from _beside(
        f"{name}: visits a principal a month",
        sum(visits.values()) / span / months,
        float(year.visits(SPAN).mean()) / months,
        unit="visits",
        scale=1,
    )
    rho = correlation(needs.tolist(), [float(visits.get(one, 0)) for one in people])
    yield Measure.reported(f"{name}: rank correlation of need and visits (n = {SPAN})", rho or 0.0, "rho")
    took = seconds(lambda: queries.shares(scope, [supervisor], since, until))
    yield Measure.reported(f"{name}: time to add up {share.entries} entries", 1000 * took, "ms")


def _beside(
    name: str, told: float | None, truth: float, *, unit: str = "%", scale: int = 100
) -> Iterator[Measure]:
    """Yield what the queries tell beside the truth, which it may not differ from by more than rounding."""
    value = told or 0.0
    holds = abs(value - truth) <= NEAR
    yield Measure(name, scale * value, unit, scale * truth, "truth", value / truth, 1.0, holds)


def _people() -> tuple[int, list[tuple[int, int]]]:
    """Make a supervisor with a caseload; return the person id, and (principal, school) of each."""
    ever = DateRange(date(2020, 1, 1), None)
    supervisor = Person.objects.create()
    made = []
    for number in range(SPAN):
        school = Org.objects.create(type=OrgType.SCHOOL, name=f"Bench school {number}", during=ever)
        principal = Person.objects.create()
        CaseloadAssignment.objects.create(
            supervisor=supervisor, principal=principal, school=school, during=ever
        )
        made.append((principal.pk, school.pk))
    return supervisor.pk, made


def _work_on_days_off(supervisor: int, out: Ints) -> None:
    """Leave these days out, with some work entered on them, which may not be counted."""
    days = [date.fromordinal(int(day)) for day in out]
    NonContactDay.objects.bulk_create(
        NonContactDay(supervisor_id=supervisor, day=day, kind=DayOffKind.LEAVE) for day in days
    )
    TimeEntry.objects.bulk_create(
        TimeEntry(supervisor_id=supervisor, day=day, minutes=120, purpose="operations") for day in days[::2]
    )
