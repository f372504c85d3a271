"""Steps: the places of a sample district, its people and its accountability tiers."""

from collections.abc import Iterator

from schools.models import (
    AccountabilityTier,
    District,
    ExternalId,
    Identity,
    Kind,
    Org,
    OrgType,
    Person,
    SourceSystem,
    StaffAssignment,
)
from schools.sample.plan_places import GRADES, GRADES_OF, Ints
from schools.sample.sample import SYSTEM, Sample
from schools.sample.write import NULL, array_text, range_text, reserve, uids, write


def load_places(sample: Sample) -> int:
    """Write the district and its tree of orgs; return the number of orgs."""
    District.objects.create(pk=1, name=sample.places.district)
    SourceSystem.objects.create(code=SYSTEM, name="Sample district")
    named = list(_orgs(sample))
    sample.orgs = reserve(Org, len(named))
    ids = sample.orgs.tolist()
    made = uids(len(named), sample.rng("org uids"), sample.calendar.today)
    during = range_text(sample.calendar.first_day(1990))
    rows = (
        f"{pk}\t{uid}\t{kind}\t{name}\t{code}\t{level}\t{grades}\t{NULL if above < 0 else ids[above]}\t{during}"
        for pk, uid, (kind, name, code, level, grades, above) in zip(ids, made, named, strict=True)
    )
    write(Org, "id uid type name identifier level grades parent_id during", rows)
    write_external_ids(Kind.ORG, [code for _, _, code, *_ in named], sample.orgs)
    return len(named)


def _orgs(sample: Sample) -> Iterator[tuple[str, str, str, str, str, int]]:
    """Yield type, name, identifier, level, grades and the place of the org above (-1: none)."""
    places = sample.places
    yield OrgType.DISTRICT, places.district, "D0", "other", "{}", -1
    for at, name in enumerate(places.departments):
        yield OrgType.DEPARTMENT, name, f"C{at + 1:02d}", "other", "{}", 0
    for at, name in enumerate(places.networks):
        yield OrgType.NETWORK, name, f"N{at + 1:03d}", "other", "{}", 0
    schools = zip(places.schools, places.level, places.network.tolist(), strict=True)
    for at, (name, level, network) in enumerate(schools):
        grades = array_text(GRADES[grade] for grade in GRADES_OF[level])
        above = places.first_network + network if network >= 0 else 0
        yield OrgType.SCHOOL, name, f"{at + 101:04d}", level, grades, above


def load_people(sample: Sample) -> int:
    """Write everyone who works or worked here; return how many."""
    names = sample.staff.names
    sample.people = reserve(Person, len(names))
    ids = sample.people.tolist()
    made = uids(len(names), sample.rng("person uids"), sample.calendar.today)
    write(Person, "id uid", (f"{pk}\t{uid}" for pk, uid in zip(ids, made, strict=True)))
    write(
        Identity,
        "person_id given_name family_name preferred_given_name email",
        (f"{pk}\t{given}\t{family}\t\t{mail}" for pk, (given, family, mail) in zip(ids, names, strict=True)),
    )
    write_external_ids(Kind.PERSON, [f"P{at + 1:06d}" for at in range(len(names))], sample.people)
    return len(names)


def load_assignments(sample: Sample) -> int:
    """Write who works where since when; return the number of assignments."""
    people, orgs, spells = sample.people.tolist(), sample.orgs.tolist(), sample.staff.spells
    sample.assignments = reserve(StaffAssignment, len(spells.person))
    columns = (spells.person, spells.org, spells.role, spells.title, spells.primary, spells.start, spells.end)
    rows = (
        f"{pk}\t{people[person]}\t{orgs[org]}\t{role}\t{title}\t{'t' if primary else 'f'}\t{range_text(start, end)}"
        for pk, person, org, role, title, primary, start, end in zip(
            sample.assignments.tolist(), *columns, strict=True
        )
    )
    return write(StaffAssignment, "id person_id org_id role title is_primary during", rows)


def load_tiers(sample: Sample) -> int:
    """Write the tiers that last year's test scores put schools in, for this year and the last one."""
    year = sample.calendar.year
    pairs = list(zip(sample.schools.tolist(), sample.places.tier.tolist(), strict=True))
    return write(
        AccountabilityTier,
        "school_id school_year tier",
        (f"{school}\t{when}\t{tier}" for when in (year - 1, year) for school, tier in pairs),
    )


def write_external_ids(kind: str, outside: list[str], ids: Ints) -> None:
    """Keep the ids by which the sample district's files would name these rows."""
    system = SourceSystem.objects.get(code=SYSTEM).pk
    pairs = zip(outside, ids.tolist(), strict=True)
    write(
        ExternalId,
        "system_id kind external_id row_id",
        (f"{system}\t{kind}\t{code}\t{pk}" for code, pk in pairs),
    )
