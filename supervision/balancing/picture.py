"""Who is in whose caseload from a day on, with need, limits and relationships: what every balance begins with."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import chain
from typing import Any
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from alignment_dash.runs.queries import Snapshot, snapshot
from alignment_dash.schoolyear import current_year
from schools.models import Org, OrgType, Person, School, StaffAssignment, StaffRole
from schools.names import name_of
from supervision import choices
from supervision.models import CASELOAD_RUN, CaseloadAssignment, SupervisorLimits
from supervision.needs import Bounds, Need, Total, total_of
from supervision.queries import need_of, need_rows
from supervision.spans import district_span

DAYS_A_YEAR = 365.25
# Of a position of which nothing is computed, vacant ones among them.
AVERAGE = Need(1.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True)
class Row:
    """One principal, or a vacant position, at one school, and who supervises them; begins: of the assignment."""

    school: Org
    principal: Person | None
    supervisor: int | None
    assignment: int | None = None
    begins: date | None = None

    @property
    def position(self) -> int:
        """An id of the principal, or of the school's vacant position, that no other has."""
        return -self.school.pk if self.principal is None else self.principal.pk

    @property
    def name(self) -> str:
        """What pages call them."""
        return _("vacant position") if self.principal is None else name_of(self.principal)

    @property
    def network(self) -> Org | None:
        """The network the school is in."""
        parent = self.school.parent
        return parent if parent and parent.type == OrgType.NETWORK else None


@dataclass(frozen=True, slots=True)
class Unit:
    """Rows that change supervisors together: a principal's schools, and the principals who share one of them."""

    rows: tuple[Row, ...]

    @property
    def uid(self) -> UUID:
        """What forms and addresses call it: the first principal's uid, or the school's where nobody is there."""
        first = self.rows[0]
        return first.school.uid if first.principal is None else first.principal.uid

    @property
    def positions(self) -> list[int]:
        """The positions of its rows, each once."""
        return list(dict.fromkeys(row.position for row in self.rows))

    @property
    def current(self) -> int | None:
        """Who has most of its rows, then the first of them; None: nobody."""
        held = Counter(row.supervisor for row in self.rows if row.supervisor is not None)
        return held.most_common(1)[0][0] if held else None

    @property
    def label(self) -> str:
        """Names and schools, for a select."""
        names = ", ".join(dict.fromkeys(row.name for row in self.rows))
        return f"{names} ({', '.join(dict.fromkeys(row.school.name for row in self.rows))})"


@dataclass(frozen=True, slots=True)
class Load:
    """One caseload: positions, as many principals of average need with its interval, levels, networks, years together.

    years: mean time its principals have had this supervisor; None where it has no principal.
    """

    n_principals: int
    n_vacant: int
    n_schools: int
    total: Total
    levels: Mapping[str, int]
    networks: Mapping[str, int]
    years: float | None

    @property
    def need(self) -> float:
        """As many principals of average need."""
        return self.total.need

    @property
    def low(self) -> float:
        """Lower end of the interval of `need`."""
        return self.total.low

    @property
    def high(self) -> float:
        """Upper end of the interval of `need`."""
        return self.total.high

    @property
    def is_uncertain(self) -> bool:
        """Say whether there is an interval to show with one decimal."""
        return self.high - self.low >= 0.1

    @property
    def count(self) -> int:
        """Principals and vacant positions, which limits count."""
        return self.n_principals + self.n_vacant


@dataclass(frozen=True)
class Picture:
    """Caseloads from `day` on. snapshot: where need comes from; None, or `needs` empty: no need is known.

    posts: the networks (ids) that each supervisor has a staff assignment at on the day, where there is any. span:
    least and most principals of a supervisor without limits of their own.
    """

    day: date
    rows: Sequence[Row]
    supervisors: Mapping[int, Person]
    limits: Mapping[int, SupervisorLimits]
    needs: Mapping[int, Need]
    since: Mapping[tuple[int, int], date]
    snapshot: Snapshot | None
    posts: Mapping[int, frozenset[int]]
    span: Bounds

    @cached_property
    def units(self) -> list[Unit]:
        """The units by name of the first school."""
        return _units(self.rows)

    @cached_property
    def units_by_uid(self) -> dict[UUID, Unit]:
        """The units by what forms call them, and by each of their principals."""
        of_each = {row.principal.uid: unit for unit in self.units for row in unit.rows if row.principal}
        return of_each | {unit.uid: unit for unit in self.units}

    @cached_property
    def units_by_school(self) -> dict[int, Unit]:
        """The units by the schools they have a row at."""
        return {row.school.pk: unit for unit in self.units for row in unit.rows}

    @cached_property
    def supervisors_by_uid(self) -> dict[UUID, Person]:
        """The supervisors by uid."""
        return {one.uid: one for one in self.supervisors.values()}

    @cached_property
    def with_caseload(self) -> set[int]:
        """The supervisors who have a principal or a vacant position."""
        return {row.supervisor for row in self.rows if row.supervisor is not None}

    def limits_of(self, supervisor: int) -> SupervisorLimits:
        """Return a supervisor's limits; without a row of their own, `span`."""
        own = self.limits.get(supervisor)
        return own or SupervisorLimits(supervisor_id=supervisor, least=self.span.low, most=self.span.high)

    def networks_of(self, supervisor: int) -> frozenset[int]:
        """Return the networks (ids) that count as a supervisor's, whatever the caseload; empty: none are said.

        Those that limits name; else, while there is no caseload, those of the staff assignments.
        """
        stated = frozenset(self.limits_of(supervisor).networks)
        return stated or self.networks_by_post(supervisor)

    def networks_by_post(self, supervisor: int) -> frozenset[int]:
        """Return the networks (ids) of the staff assignments of a supervisor without a caseload; else none."""
        if supervisor in self.with_caseload:
            return frozenset()
        return self.posts.get(supervisor, frozenset())

    def is_there(self, supervisor: int) -> bool:
        """Say whether a supervisor still supervises on the day."""
        leaves = self.limits_of(supervisor).leaves_on
        return leaves is None or leaves > self.day

    def need_of(self, position: int) -> Need:
        """Return a position's need: what the snapshot says, else average need, about which nothing is known."""
        return self.needs.get(position, AVERAGE)

    def loads(
        self, moved: Mapping[UUID, int] | None = None, *, of: Collection[int] | None = None
    ) -> dict[int, Load]:
        """Return every supervisor's caseload, or those `of` some, after the units `moved` (uid -> supervisor)."""
        to = {id(row): supervisor for uid, supervisor in (moved or {}).items()
              for row in self.units_by_uid[uid].rows}  # fmt: skip
        held: dict[int, list[Row]] = {pk: [] for pk in self.supervisors}
        for row in self.rows:
            supervisor = to.get(id(row), row.supervisor)
            if supervisor is not None:
                held.setdefault(supervisor, []).append(row)
        return {pk: self._load(pk, rows) for pk, rows in held.items() if of is None or pk in of}

    def spread(self, moved: Mapping[UUID, int] | None = None) -> tuple[float, float]:
        """Return the least and the largest need of the caseloads of who is there, after `moved`; 0, 0 without any."""
        needs = [
            one.need for pk, one in self.loads(moved).items() if pk in self.supervisors and self.is_there(pk)
        ]
        return (min(needs), max(needs)) if needs else (0.0, 0.0)

    def _load(self, supervisor: int, rows: Sequence[Row]) -> Load:
        positions = {row.position for row in rows}
        known = [self.need_of(position) for position in positions]
        together = [
            max((self.day - self.since.get((supervisor, position), self.day)).days, 0) / DAYS_A_YEAR
            for position in positions
            if position > 0
        ]
        return Load(
            n_principals=sum(position > 0 for position in positions),
            n_vacant=sum(position < 0 for position in positions),
            n_schools=len({row.school.pk for row in rows}),
            total=total_of(known),
            levels=Counter(row.school.level for row in rows),
            networks=Counter(row.network.name if row.network else "" for row in rows),
            years=sum(together) / len(together) if together else None,
        )


def picture(day: date, span: Bounds | None = None) -> Picture:
    """Return the caseloads from `day` on; a constant number of queries. It knows no scope: its callers do.

    span: of a supervisor without limits, as a proposal was asked with it; None: the district's.

    Of a school's assignments those on the day count, else the next to come. A school without any counts with the
    principals whom the roster has there, whom nobody supervises yet.
    """
    rows = _assigned(day)
    rows = sorted([*rows, *_unassigned(day, {row.school.pk for row in rows})], key=_order)
    offered: Any = choices.supervisors(day)  # annotated with `rank`, of which its type knows nothing
    people: dict[int, Person] = {one.pk: one for one in offered.filter(rank=0)}
    others = {row.supervisor for row in rows if row.supervisor is not None} - people.keys()
    if others:
        people |= {one.pk: one for one in Person.objects.filter(pk__in=others).select_related("identity")}
    limits = {one.supervisor_id: one for one in SupervisorLimits.objects.all()}
    standing, needs = _needs()
    return Picture(
        day, rows, people, limits, needs, _since(rows), standing, _posts(people, day), span or district_span()
    )


def _order(row: Row) -> tuple[str, int, int]:
    return row.school.name, row.school.pk, row.position


def _assigned(day: date) -> list[Row]:
    lasting = CaseloadAssignment.objects.filter(during__overlap=DateRange(day, None))
    by_school: dict[int, list[CaseloadAssignment]] = defaultdict(list)
    for each in lasting.select_related("school__parent", "principal__identity").order_by("during", "pk"):
        by_school[each.school_id].append(each)
    return list(chain.from_iterable(_standing(found, day) for found in by_school.values()))


def _standing(found: Sequence[CaseloadAssignment], day: date) -> Iterable[Row]:
    """Yield the rows of one school on the day, or those of the next day that has any."""
    first = max(min(each.during.lower for each in found), day)
    for each in found:
        if each.during.lower <= first:
            yield Row(each.school, each.principal, each.supervisor_id, each.pk, each.during.lower)


def _unassigned(day: date, led: set[int]) -> Iterable[Row]:
    schools = School.objects.on(day).exclude(pk__in=led)
    held = StaffAssignment.objects.on(day).filter(role=StaffRole.PRINCIPAL, org__in=schools)
    for each in held.select_related("org__parent", "person__identity").distinct("org", "person"):
        yield Row(each.org, each.person, None)


def _posts(people: Iterable[int], day: date) -> dict[int, frozenset[int]]:
    """Return by person the networks with a staff assignment of theirs on the day, whatever the role; one query.

    Those that have ended or are to come say nothing of the day, nor does one at the district or a department.
    """
    held = StaffAssignment.objects.on(day).filter(person__in=people, org__type=OrgType.NETWORK)
    found: dict[int, set[int]] = defaultdict(set)
    for person, org in held.values_list("person", "org"):
        found[person].add(org)
    return {person: frozenset(orgs) for person, orgs in found.items()}


def _needs() -> tuple[Snapshot | None, dict[int, Need]]:
    """Return the caseload snapshot that stands today and tells of need, and need by position."""
    found = snapshot(kind=CASELOAD_RUN, school_year=current_year())
    told = ((one, need_of(one)) for one in need_rows(found))
    return found, {one.principal_id or -one.school_id: need for one, need in told if need}


def _since(rows: Iterable[Row]) -> dict[tuple[int, int], date]:
    """Return by supervisor and principal the first day they worked together; one query."""
    people = {row.position for row in rows if row.position > 0}
    found: dict[tuple[int, int], date] = {}
    held = CaseloadAssignment.objects.filter(principal__in=people).order_by("-during")
    for supervisor, principal, during in held.values_list("supervisor", "principal", "during"):
        found[supervisor, principal] = during.lower
    return found


def _units(rows: Sequence[Row]) -> list[Unit]:
    """Join rows that share a principal or a school, in the order of the rows."""
    joined: dict[tuple[str, int], list[Row]] = {}
    for row in rows:
        keys = [("position", row.position), ("school", row.school.pk)]
        groups = {id(joined[key]): joined[key] for key in keys if key in joined}
        whole = [*chain.from_iterable(groups.values()), row]
        for each in whole:
            joined["position", each.position] = joined["school", each.school.pk] = whole
    unique = {id(group): group for group in joined.values()}
    return [Unit(tuple(group)) for group in unique.values()]
