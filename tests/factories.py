"""Builders of rows for tests: the minimum that saves, and one small district that most tests stand on."""

import itertools
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from alignment_dash import schoolyear
from alignment_dash.access.models import Grant, RoleGrant, User
from alignment_dash.access.reach import all_rows
from alignment_dash.access.roles import AT_SCHOOLS, Role
from instruction.models import (
    Dimension,
    Element,
    ElementVersion,
    Framework,
    FrameworkKind,
    FrameworkVersion,
    LevelDescriptor,
    Observation,
    ObservationKind,
    Proximity,
    Purpose,
    Rating,
    Target,
    VersionState,
)
from schools.models import (
    AccountabilityTier,
    District,
    Identity,
    Level,
    Org,
    OrgType,
    Person,
    StaffAssignment,
    StaffRole,
)
from supervision.models import CaseloadAssignment

_numbers = itertools.count(1)
EVER = DateRange(date(2000, 1, 1), None)
PASSWORD = "a long enough passphrase"


def year() -> int:
    """The school year tests happen in: the current one."""
    return schoolyear.current_year()


def late_day() -> date:
    """Today, and February 16 before it: the first weeks of a school year have no weeks of it behind them."""
    return max(schoolyear.today(), date(year(), 2, 16))


def org(
    *, org_type: str = OrgType.SCHOOL, parent: Org | None = None, name: str = "", **fields: object
) -> Org:
    name = name or f"{org_type.title()} {next(_numbers)}"
    return Org.objects.create(
        type=org_type, parent=parent, name=name, during=fields.pop("during", EVER), **fields
    )


def person(*, given: str = "Ada", family: str = "", user: User | None = None) -> Person:
    made = Person.objects.create(user=user)
    Identity.objects.create(person=made, given_name=given, family_name=family or f"Family{next(_numbers)}")
    return made


def assignment(
    *, person: Person, org: Org, role: str = StaffRole.TEACHER, during: DateRange = EVER
) -> StaffAssignment:
    return StaffAssignment.objects.create(person=person, org=org, role=role, during=during)


def caseload(*, supervisor: Person, principal: Person, school: Org) -> CaseloadAssignment:
    """A school in a supervisor's caseload, open to the user they sign in as."""
    made = CaseloadAssignment.objects.create(
        supervisor=supervisor, principal=principal, school=school, during=EVER
    )
    if supervisor.user:
        Grant.objects.create(user=supervisor.user, school_id=school.pk, during=EVER, source=made.grant_source)
    return made


def user(*, role: Role | None = None, org: Org | None = None, name: str = "") -> User:
    number = next(_numbers)
    made = User.objects.create(email=f"user{number}@district.example", name=name or f"User {number}")
    if role:
        RoleGrant.objects.create(user=made, role=role, org_id=org.pk if org else None, during=EVER)
    return made


def framework(*, kind: str = FrameworkKind.TEACHING, elements: int = 3) -> FrameworkVersion:
    """A published framework of two dimensions with `elements` elements, targets of 3.0 for the current year."""
    made = Framework.objects.create(kind=kind, name=f"Framework {next(_numbers)}")
    version = FrameworkVersion.objects.create(
        framework=made,
        label="1",
        first_school_year=2000,
        level_names=["Beginning", "Developing", "Proficient", "Exemplary"],
    )
    dimensions = [Dimension.objects.create(version=version, name=f"Dimension {n}", place=n) for n in (1, 2)]
    for place in range(1, elements + 1):
        element = Element.objects.create(framework=made, code=f"E{place}")
        worded = ElementVersion.objects.create(
            element=element,
            version=version,
            dimension=dimensions[(place - 1) * 2 // elements],
            name=f"Element {place}",
            place=place,
            proximity=Proximity.STUDENTS_DO,
        )
        for level in (1, 2, 3, 4):
            LevelDescriptor.objects.create(
                element_version=worded, level=level, text=f"Looks like level {level}."
            )
        Target.objects.create(element=element, school_year=year(), value=Decimal("3.00"))
    version.state, version.published_at = VersionState.PUBLISHED, timezone.now()
    version.save()
    return version


def observation(
    *,
    version: FrameworkVersion,
    observer: Person,
    observed: Person,
    school: Org,
    levels: list[int],
    on: date | None = None,
    purpose: str = Purpose.EVALUATIVE,
    role: str = StaffRole.TEACHER,
    **fields: object,
) -> Observation:
    """One lesson observation with a level for each of the framework's elements, in their order."""
    day = on or schoolyear.today()
    with all_rows(why="a test's evidence"):
        made = Observation.objects.create(
            version=version,
            observer=observer,
            observed=observed,
            school=school,
            observed_on=day,
            school_year=schoolyear.year_of(day),
            kind=ObservationKind.FORMAL,
            purpose=purpose,
            role=role,
            **fields,
        )
        Rating.objects.bulk_create(
            Rating(observation=made, element_version=element, level=level)
            for element, level in zip(version.elements.all(), levels, strict=False)
        )
    return made


@dataclass
class SmallDistrict:
    """What `small_district` made, so that expectations are computed from it."""

    root: Org
    networks: list[Org]
    schools: list[Org]
    teachers: dict[int, list[Person]]
    principals: list[Person]
    supervisor: Person
    version: FrameworkVersion
    users: dict[Role, User] = field(default_factory=dict)


def small_district(*, teachers_per_school: int = 6) -> SmallDistrict:
    """Three schools in two networks; the third has 3 teachers only, too few to show.

    Every teacher has one rating of each element by the school's principal. The users: one per role; the
    principal, assistant principal and teacher belong to the first school, the supervisor has the first two.
    """
    District.objects.create(pk=1, name="Cedar Hollow Schools")
    root = org(org_type=OrgType.DISTRICT, name="Cedar Hollow Schools")
    networks = [org(org_type=OrgType.NETWORK, parent=root, name=name) for name in ("North", "South")]
    schools = [
        org(parent=networks[0], name="Alder Elementary", level=Level.ELEMENTARY),
        org(parent=networks[0], name="Birch Middle", level=Level.MIDDLE),
        org(parent=networks[1], name="Cottonwood High", level=Level.HIGH),
    ]
    version = framework()
    supervisor = person(given="Sam", family="Supervisor")
    assignment(person=supervisor, org=root, role=StaffRole.PRINCIPAL_SUPERVISOR)
    teachers: dict[int, list[Person]] = {}
    principals = []
    for place, school in enumerate(schools):
        principal = person(given="Pat", family=f"Principal{place}")
        assignment(person=principal, org=school, role=StaffRole.PRINCIPAL)
        principals.append(principal)
        count = 3 if place == 2 else teachers_per_school
        teachers[school.pk] = [person(given="Terry", family=f"Teacher{place}{n}") for n in range(count)]
        for number, teacher in enumerate(teachers[school.pk]):
            assignment(person=teacher, org=school)
            levels = [2 + (number + place) % 2, 3, 2]
            observation(version=version, observer=principal, observed=teacher, school=school, levels=levels)
        AccountabilityTier.objects.create(school=school, school_year=year(), tier=place + 1)
    made = SmallDistrict(root, networks, schools, teachers, principals, supervisor, version)
    made.users = _cast(made)
    return made


def _cast(made: SmallDistrict) -> dict[Role, User]:
    first = made.schools[0]
    users = {
        role: user(role=role, org=first if role in AT_SCHOOLS else None, name=str(role.label))
        for role in Role
    }
    for holder, person_row in [
        (users[Role.PRINCIPAL], made.principals[0]),
        (users[Role.TEACHER], made.teachers[first.pk][0]),
        (users[Role.SUPERVISOR], made.supervisor),
    ]:
        person_row.user = holder
        person_row.save()
    for school, principal in list(zip(made.schools, made.principals, strict=True))[:2]:
        caseload(supervisor=made.supervisor, principal=principal, school=school)
    return users
