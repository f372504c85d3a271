"""Decide who works in a sample district: dated assignments of last year and this one, moves included."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from schools.sample import names
from schools.sample.calendar import Calendar
from schools.sample.plan_places import Places
from schools.sample.plan_teachers import Teachers, plan_teachers

OPEN = 0  # the end of an assignment that has none


@dataclass(slots=True)
class Spells:
    """Assignments in the making: parallel lists. `org` is a place among all orgs; days are ordinals."""

    person: list[int] = field(default_factory=list)
    org: list[int] = field(default_factory=list)
    role: list[str] = field(default_factory=list)
    title: list[str] = field(default_factory=list)
    primary: list[bool] = field(default_factory=list)
    start: list[int] = field(default_factory=list)
    end: list[int] = field(default_factory=list)

    def add(
        self,
        person: int,
        org: int,
        role: str,
        title: str,
        start: int,
        end: int = OPEN,
        primary: bool = True,
    ) -> None:
        """Add one assignment."""
        self.person.append(person)
        self.org.append(org)
        self.role.append(role)
        self.title.append(title)
        self.primary.append(primary)
        self.start.append(start)
        self.end.append(end)

    def where(self, *roles: str) -> npt.NDArray[np.int64]:
        """Return the places in the lists of the assignments with one of these roles."""
        return np.array([at for at, role in enumerate(self.role) if role in roles], np.int64)


@dataclass(frozen=True, slots=True)
class Staff:
    """Everyone who works or worked in the district. People are numbered from 0, current teachers first."""

    names: list[tuple[str, str, str]]  # given name, family name, e-mail
    spells: Spells
    teachers: Teachers
    principal: list[int]  # person, per school
    supervisor: list[int]  # person, per network; the superintendent alone where there are none


class _Hiring:
    """Numbers people as they are hired, and knows the first day of their work."""

    def __init__(self, first: int, calendar: Calendar, rng: np.random.Generator):
        self.count = first
        self.calendar = calendar
        self.rng = rng

    def hire(self) -> int:
        self.count += 1
        return self.count - 1

    def since(self) -> int:
        """The first day of a school year before this one."""
        return self.calendar.first_day(self.calendar.year - min(int(self.rng.geometric(0.15)), 25))


def plan_staff(count: int, places: Places, calendar: Calendar, rng: np.random.Generator) -> Staff:
    """Return the staff of a district with `count` current teachers."""
    teachers = plan_teachers(places, calendar, rng)
    spells = Spells()
    for spell in teachers.spells():
        spells.add(*spell)
    hiring = _Hiring(teachers.people, calendar, rng)
    assistants = _assistants(places, spells, hiring)
    principal = _principals(places, spells, hiring, assistants)
    _support(places, spells, hiring)
    supervisor = _central_office(count, places, spells, hiring)
    return Staff(names.people(hiring.count, rng), spells, teachers, principal, supervisor)


def _assistants(places: Places, spells: Spells, hiring: _Hiring) -> list[int]:
    """Give larger schools assistant principals; return the places in `spells` of those hired."""
    made = []
    for school, teachers in enumerate(places.teachers.tolist()):
        if school in places.closed:
            continue
        for _ in range(min(3, (teachers + 8) // 30)):
            made.append(len(spells.person))
            spells.add(
                hiring.hire(),
                places.first_school + school,
                "assistant-principal",
                "Assistant principal",
                hiring.since(),
            )
    return made


def _principals(places: Places, spells: Spells, hiring: _Hiring, assistants: list[int]) -> list[int]:
    """Give every school a principal: about 8 % changed schools this summer, and 8 % are new to the work."""
    schools = len(places.schools)
    summer = hiring.calendar.this_year
    people = [hiring.hire() for _ in range(schools)]
    open_schools = [s for s in hiring.rng.permutation(schools).tolist() if s not in places.closed]
    share = round(0.08 * schools)
    movers, new = open_schools[: share // 2 * 2], open_schools[share : share + share]
    came_from = {
        a: b for one, two in zip(movers[::2], movers[1::2], strict=True) for a, b in ((one, two), (two, one))
    }
    # New principals were assistant principals in another school until the summer.
    promoted = dict(zip(new, hiring.rng.permutation(assistants).tolist(), strict=False))
    for school in range(schools):
        org, start = places.first_school + school, summer
        if school in came_from:
            before = places.first_school + came_from[school]
            spells.add(people[school], before, "principal", "Principal", hiring.since(), summer)
        elif school in promoted:
            at = promoted[school]
            spells.add(hiring.hire(), org, "principal", "Principal", hiring.since(), summer)
            successor, people[school] = people[school], spells.person[at]
            spells.add(successor, spells.org[at], "assistant-principal", "Assistant principal", summer)
            spells.end[at] = summer
        else:
            start = hiring.since()
        spells.add(people[school], org, "principal", "Principal", start)
    return people


def _support(places: Places, spells: Spells, hiring: _Hiring) -> None:
    """Add coaches (small schools share one), counselors and aides."""
    shared: tuple[int, int] | None = None
    for school, teachers in enumerate(places.teachers.tolist()):
        org = places.first_school + school
        if school not in places.closed:
            if teachers >= 30:
                spells.add(hiring.hire(), org, "coach", "Instructional coach", hiring.since())
            elif shared is None:
                shared = (hiring.hire(), hiring.since())
                spells.add(shared[0], org, "coach", "Instructional coach", shared[1])
            else:
                spells.add(shared[0], org, "coach", "Instructional coach", shared[1], primary=False)
                shared = None
        for _ in range(max(1, teachers // 25)):
            spells.add(hiring.hire(), org, "counselor", "School counselor", hiring.since())
        for _ in range(teachers // 14):
            spells.add(hiring.hire(), org, "aide", "Instructional aide", hiring.since())


_TITLES = {
    "Curriculum and Instruction": ["Director of curriculum", "Mathematics coordinator", "Literacy coordinator",
        "Science coordinator", "Social studies coordinator", "Arts coordinator", "Curriculum specialist"],
    "Human Resources": ["Director of human resources", "Recruiter", "Staffing specialist", "Licensure specialist"],
    "School Leadership": ["Chief of schools", "Leadership development specialist"],
    "Special Education": ["Director of special education", "Program specialist"],
    "Student Services": ["Director of student services", "Attendance specialist"],
    "Research and Assessment": ["Director of research", "Data analyst", "Assessment coordinator"],
    "Technology": ["Director of technology", "Data administrator", "Support technician"],
    "Finance": ["Chief financial officer", "Budget analyst", "Payroll specialist"],
    "Operations": ["Director of operations", "Transportation planner", "Facilities planner"],
    "Superintendent's Office": ["Superintendent"],
    "Teaching and Learning": ["Director of teaching and learning", "Curriculum and data coordinator"],
    "Business Office": ["Human resources and business manager"],
}  # fmt: skip


def _central_office(count: int, places: Places, spells: Spells, hiring: _Hiring) -> list[int]:
    """Staff the departments, and give each network its principal supervisor; return the supervisors."""
    for at, department in enumerate(places.departments):
        titles = _TITLES[department]
        for number in range(max(len(titles), count // 250) if places.networks else len(titles)):
            title = titles[min(number, len(titles) - 1)]
            spells.add(hiring.hire(), 1 + at, "central-office", title, hiring.since())
    if not places.networks:
        # Two schools: the superintendent is the principal supervisor as well.
        superintendent = spells.person[spells.title.index("Superintendent")]
        spells.add(
            superintendent, 0, "principal-supervisor", "Principal supervisor", hiring.since(), primary=False
        )
        return [superintendent]
    supervisors = []
    for at in range(len(places.networks)):
        supervisors.append(hiring.hire())
        org = places.first_network + at
        spells.add(supervisors[-1], org, "principal-supervisor", "Principal supervisor", hiring.since())
    return supervisors
