"""The sample district: its size, that it is believable and the same for a seed, and who can sign in."""

import json
import stat
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from alignment_dash import schoolyear
from alignment_dash.access.models import Grant, User
from alignment_dash.access.reach import all_rows
from alignment_dash.access.roles import Role
from schools.models import (
    Enrollment,
    Identity,
    Level,
    Org,
    OrgType,
    Outcome,
    Person,
    StaffAssignment,
    StaffRole,
    Student,
    Teaching,
)
from schools.sample import names
from schools.sample.plan_places import SMALLEST_NETWORK, TINY, apportion
from schools.sample.plan_sections import plan_cells, plan_enrollments, plan_sections
from schools.sample.plan_staff import OPEN
from schools.sample.profiles import PROFILES
from schools.sample.sample import Sample, plan
from schools.sample.write import uids
from staffing.models import Incumbency, Position

DAYS = [date(2026, 7, 1), date(2026, 8, 30), date(2026, 11, 22), date(2028, 2, 29), date(2027, 6, 30)]


def load(tmp_path: Path, **options: Any) -> dict[str, Any]:
    """Load the small district; return its sign-ins by role, and the truth."""
    credentials, truth = tmp_path / "sign-ins.json", tmp_path / "truth.npz"
    given = {"profile": "small-rural", "seed": 7, "credentials": credentials, "truth": truth} | options
    call_command("sample_district", stdout=StringIO(), **given)
    return {
        "sign_ins": {entry["role"]: entry for entry in json.loads(credentials.read_text())},
        "truth": dict(np.load(truth)),
    }


def midsized(day: date = DAYS[2], seed: int = 3) -> Sample:
    return plan(PROFILES["midsized-urban"], seed=seed, today=day)


@pytest.mark.django_db
def test_sample_small_rural_has_the_counts_of_its_profile(tmp_path: Path) -> None:
    load(tmp_path)
    with all_rows(why="a test counts"):
        assert Student.objects.count() == 1_256
        assert Enrollment.objects.count() == 7_662
        assert Outcome.objects.exists()
    teachers = StaffAssignment.objects.on(schoolyear.today()).filter(role=StaffRole.TEACHER)
    assert teachers.values("person").distinct().count() == 76
    assert Org.objects.filter(type=OrgType.SCHOOL).count() == 2


def fingerprint() -> str:
    """A digest of what the sample district says, without ids and times."""
    parts = {
        "orgs": "SELECT o.uid, o.name, o.level, o.during, p.uid FROM schools_org o"
        " LEFT JOIN schools_org p ON p.id = o.parent_id",
        "names": "SELECT p.uid, given_name, family_name FROM schools_identity JOIN schools_person p ON p.id = person_id",
        "work": "SELECT p.uid, o.uid, a.role, a.title, a.during FROM schools_staffassignment a"
        " JOIN schools_person p ON p.id = person_id JOIN schools_org o ON o.id = org_id",
        "classes": "SELECT s.uid, p.uid FROM schools_teaching t JOIN schools_section s ON s.id = section_id"
        " JOIN schools_person p ON p.id = person_id",
        "enrollments": "SELECT s.uid, c.uid, e.during FROM schools_enrollment e"
        " JOIN schools_student s ON s.id = student_id JOIN schools_section c ON c.id = section_id",
        "outcomes": "SELECT s.uid, school_year, subject, score FROM schools_outcome JOIN schools_student s ON s.id = student_id",
        "ratings": "SELECT p.uid, seen.uid, o.observed_on, o.purpose, e.name, r.level, r.evidence FROM instruction_rating r"
        " JOIN instruction_observation o ON o.id = observation_id JOIN schools_person p ON p.id = o.observer_id"
        " LEFT JOIN schools_person seen ON seen.id = o.observed_id"
        " JOIN instruction_elementversion e ON e.id = element_version_id",
        "positions": "SELECT uid, title, fte, during FROM staffing_position",
    }
    with connection.cursor() as cursor, all_rows(why="a test compares"):
        found = []
        for query in parts.values():
            cursor.execute(f"SELECT md5(string_agg(q::text, ',' ORDER BY q::text)) FROM ({query}) q")
            found.append(cursor.fetchone()[0])
    assert None not in found
    return " ".join(found)


@pytest.mark.django_db
@pytest.mark.slow
def test_sample_same_seed_says_the_same_in_every_table(tmp_path: Path) -> None:
    found, passwords = [], set()
    for _ in range(2):
        point = transaction.savepoint()
        passwords.add(load(tmp_path)["sign_ins"]["hr"]["password"])
        found.append(fingerprint())
        transaction.savepoint_rollback(point)
    assert found[0] == found[1]
    assert len(passwords) == 2, "the password is new with every load"


def test_sample_other_seed_makes_another_district() -> None:
    one, other = midsized(seed=1), midsized(seed=2)
    assert one.places.schools != other.places.schools
    assert one.staff.names != other.staff.names


@pytest.mark.django_db
def test_sample_second_load_is_refused_or_skipped(tmp_path: Path) -> None:
    load(tmp_path)
    people = Person.objects.count()
    with pytest.raises(CommandError, match="holds a district already"):
        call_command("sample_district", profile="small-rural", stdout=StringIO())
    said = StringIO()
    call_command("sample_district", profile="small-rural", if_absent=True, stdout=said)
    assert "nothing was changed" in said.getvalue()
    assert Person.objects.count() == people


@pytest.mark.django_db
def test_sample_everyone_on_the_list_can_sign_in_to_their_own_reach(tmp_path: Path, client: Any) -> None:
    sign_ins = load(tmp_path)["sign_ins"]
    assert set(sign_ins) == set(Role.values)
    assert stat.S_IMODE((tmp_path / "sign-ins.json").stat().st_mode) == 0o600
    for entry in sign_ins.values():
        assert entry["email"].endswith("@sample.example")
    # Checking a password is slow by design; one hash serves all.
    assert User.objects.values("password").distinct().count() == 1
    assert client.login(username=entry["email"], password=entry["password"])
    principal = User.objects.get(email=sign_ins["principal"]["email"])
    grant = principal.role_grants.get()
    assert (
        principal.person.assignments.on(schoolyear.today())
        .filter(org=grant.org_id, role="principal")
        .exists()
    )
    supervisor = User.objects.get(email=sign_ins["supervisor"]["email"])
    assert Grant.objects.filter(user=supervisor).values("school_id").distinct().count() == 2


@pytest.mark.django_db
def test_sample_no_email_leaves_the_sample_domain(tmp_path: Path) -> None:
    load(tmp_path)
    assert not Identity.objects.exclude(email__endswith="@sample.example").exists()
    assert not User.objects.exclude(email__endswith="@sample.example").exists()


@pytest.mark.django_db
def test_sample_lessons_are_seen_where_the_teacher_worked_by_someone_of_the_school_or_marked_as_visitor(
    tmp_path: Path,
) -> None:
    load(tmp_path)
    works = """SELECT 1 FROM schools_staffassignment a WHERE a.org_id = o.school_id
        AND a.during @> o.observed_on AND a.person_id = """
    with connection.cursor() as cursor, all_rows(why="a test looks at every observation"):
        cursor.execute(
            f"""SELECT count(*), count(*) FILTER (WHERE NOT EXISTS ({works} o.observed_id AND a.role = o.role)),
            count(*) FILTER (WHERE is_cross_school = EXISTS ({works} o.observer_id)),
            count(*) FILTER (WHERE kind = 'walkthrough' AND purpose = 'evaluative')
            FROM instruction_observation o WHERE school_id IS NOT NULL"""
        )
        lessons, elsewhere, wrong_visitor, evaluative_walkthroughs = cursor.fetchone()
    assert lessons > 300
    assert (elsewhere, wrong_visitor, evaluative_walkthroughs) == (0, 0, 0)


@pytest.mark.django_db
def test_sample_ratings_rise_with_the_true_level_of_the_teacher(tmp_path: Path) -> None:
    truth = load(tmp_path)["truth"]
    level = dict(zip(truth["teachers"].tolist(), truth["teacher_level"].mean(axis=1).tolist(), strict=True))
    with connection.cursor() as cursor, all_rows(why="a test compares ratings with the truth"):
        cursor.execute(
            "SELECT observed_id, avg(level)::float FROM instruction_rating JOIN instruction_observation o"
            " ON o.id = observation_id WHERE o.role = 'teacher' GROUP BY 1"
        )
        seen = {person: mean for person, mean in cursor.fetchall() if person in level}
    assert len(seen) < len(level), "some teachers were never observed"
    assert np.corrcoef([level[person] for person in seen], list(seen.values()))[0, 1] > 0.4


@pytest.mark.django_db
def test_sample_positions_are_held_by_everyone_at_work_and_some_are_vacant(tmp_path: Path) -> None:
    load(tmp_path)
    day = schoolyear.today()
    at_work = StaffAssignment.objects.on(day).filter(org__type=OrgType.SCHOOL).count()
    held = Incumbency.objects.on(day)
    assert held.count() == at_work
    assert Position.objects.on(day).exclude(pk__in=held.values("position")).exists()


@pytest.mark.django_db
def test_sample_sections_have_a_teacher_of_their_school(tmp_path: Path) -> None:
    load(tmp_path)
    for teaching in Teaching.objects.select_related("section").order_by("?")[:40]:
        at = {"person": teaching.person_id, "org": teaching.section.school_id, "role": "teacher"}
        assert StaffAssignment.objects.on(schoolyear.today()).filter(**at).exists()


@pytest.mark.parametrize("day", DAYS, ids=str)
@pytest.mark.parametrize("seed", [1, 2])
def test_sample_staff_holds_together_on_any_day_of_the_year(day: date, seed: int) -> None:
    sample = midsized(day, seed)
    spells, today = sample.staff.spells, day.toordinal()
    rows = list(zip(spells.person, spells.org, spells.role, spells.start, spells.end, strict=True))
    assert all(start < end for *_, start, end in rows if end != OPEN)
    assert len({row[:3] for row in rows}) == len(rows), "nobody has the same work twice at one place"
    now = [row for row in rows if row[3] <= today and row[4] == OPEN]
    assert len({person for person, _, role, *_ in now if role == "teacher"}) == 1_953
    principals = sorted(org for _, org, role, *_ in now if role == "principal")
    assert principals == list(range(sample.places.first_school, sample.places.first_school + 41))


def test_sample_turnover_is_about_eight_in_a_hundred_each_way() -> None:
    teachers = midsized().staff.teachers
    moved = ((teachers.moved_from >= 0) & (teachers.start == schoolyear.bounds(2027)[0].toordinal())).mean()
    assert 0.06 < moved < 0.09
    assert len(teachers.left_from) / len(teachers.school) == pytest.approx(0.08, abs=0.005)


def test_sample_has_the_odd_schools_and_networks_of_the_right_size() -> None:
    places = midsized().places
    assert places.teachers[places.tiny] == TINY
    staff = midsized().staff.spells
    raters = [
        staff.role[at]
        for at, org in enumerate(staff.org)
        if org == places.first_school + places.unlinked
        and staff.role[at] in {"principal", "assistant-principal", "coach"}
    ]
    assert raters == ["principal"]
    sizes = np.bincount(places.network)
    assert sizes.min() >= SMALLEST_NETWORK
    assert sizes.max() <= 14


def test_sample_tiers_tell_little_of_teaching_and_one_low_school_teaches_well() -> None:
    places = plan(PROFILES["largest"], seed=1, today=DAYS[2]).places
    assert 0.2 < np.corrcoef(places.tier, places.strength)[0, 1] < 0.4
    few = midsized().places
    assert few.strength[few.tier == 1].max() > 1.0


def test_sample_names_are_unique_and_none_is_a_well_known_one() -> None:
    staff = plan(PROFILES["largest"], seed=1, today=DAYS[2]).staff
    assert len({mail for *_, mail in staff.names}) == len(staff.names)
    families = {family for _, family, _ in staff.names}
    assert not families & set(names.words("well_known"))
    assert not families & {"Obama", "Lincoln", "Oakley", "Danielson", "Marzano", "Honig", "Rainey"}
    schools = plan(PROFILES["largest"], seed=1, today=DAYS[2]).places.schools
    assert len(set(schools)) == 1_600


def test_sample_enrollments_make_up_the_total_and_keep_elementary_classes_together() -> None:
    sample = midsized()
    cells = plan_cells(sample.places, sample.rng("grades"))
    sections = plan_sections(cells, sample.staff.teachers)
    pairs = plan_enrollments(cells, 141_400, sample.rng("enrollments"))
    assert sum(len(student) for student, _ in pairs) == 141_400
    assert max(int(section.max()) for _, section in pairs) < len(sections.cell)
    (student, ela), (same, math) = pairs[0], pairs[1]
    assert (student == same).all()
    teacher = sections.teacher
    elementary = cells.grade[sections.cell[ela]] < 6
    assert (teacher[ela] == teacher[math])[elementary].mean() > 0.99


def test_apportion_keeps_the_total() -> None:
    assert apportion(np.array([1.0, 1.0, 1.0]), 10).tolist() == [4, 3, 3]
    assert apportion(np.array([2.0, 1.0, 0.0]), 3).tolist() == [2, 1, 0]


def test_uids_are_of_version_seven_and_sort_by_time() -> None:
    made = uids(50, np.random.default_rng(1), DAYS[2].toordinal())
    assert made == sorted(made)
    assert all(one[14] == "7" and one[19] in "89ab" and len(one) == 36 for one in made)


def test_sample_levels_are_those_of_the_models() -> None:
    assert set(midsized().places.level) <= set(Level.values)
