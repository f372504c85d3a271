"""A small district as a provider holds it: records of OneRoster's JSON, 1.1 and 1.2, from one set of facts."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from alignment_dash import schoolyear

Record = dict[str, Any]
STAMP = "2026-08-01T06:30:00.000Z"
YEAR = schoolyear.current_year()
# A year and a term that have begun and go on: what has ended already does not end when it is sent no more.
BEGINS, ENDS = ((schoolyear.today() + timedelta(days=days)).isoformat() for days in (-150, 150))
BASE = "https://provider.invalid/ims/oneroster"
_TYPES = {
    "orgs": "org",
    "academicSessions": "academicSession",
    "courses": "course",
    "classes": "class",
    "users": "user",
}


def ref(collection: str, sourced_id: str) -> Record:
    """A reference as the standard writes it."""
    return {
        "href": f"{BASE}/{collection}/{sourced_id}",
        "sourcedId": sourced_id,
        "type": _TYPES[collection],
    }


def head(sourced_id: str, **fields: Any) -> Record:
    return {"sourcedId": sourced_id, "status": "active", "dateLastModified": STAMP, **fields}


@dataclass
class Sample:
    """Collections by name, as one version of the standard writes them."""

    version: str
    collections: dict[str, list[Record]] = field(default_factory=dict)

    def of(self, collection: str, sourced_id: str) -> Record:
        return next(one for one in self.collections[collection] if one["sourcedId"] == sourced_id)


def sample(
    version: str, *, schools: int = 2, teachers: int = 4, students: int = 30, principals: bool = True
) -> Sample:
    """`schools` schools with `teachers` teachers and `students` students each, one class a teacher."""
    made = Sample(version)
    made.collections = {
        "orgs": _orgs(schools),
        "academicSessions": _sessions(),
        "courses": [_course(n) for n in range(3)],
        "users": [],
        "classes": [],
        "enrollments": [],
    }
    for school in range(schools):
        if principals:
            org = f"s{school:02d}"
            made.collections["users"].append(_user(version, f"p-{org}", org, "principal", f"Pat{school}"))
        _add_school(made, school, teachers, students)
    return made


def _orgs(schools: int) -> list[Record]:
    district = head("d1", name="Unified District", type="district", identifier="4800001")
    return [district] + [
        head(
            f"s{n:02d}",
            name=f"School, No. {n}",
            type="school",
            identifier=f"48000010{n:04d}",
            parent=ref("orgs", "d1"),
            metadata={"region": "north" if n % 2 else "south", "seats": 400},
        )
        for n in range(schools)
    ]


def _sessions() -> list[Record]:
    year = head(
        "y27",
        title=schoolyear.label(YEAR),
        type="schoolYear",
        startDate=BEGINS,
        endDate=ENDS,
        schoolYear=str(YEAR),
    )
    term = head(
        "t1",
        title="Fall",
        type="term",
        startDate=BEGINS,
        endDate=ENDS,
        schoolYear=str(YEAR),
        parent=ref("academicSessions", "y27"),
    )
    return [term, year]


def _course(number: int) -> Record:
    subject = ("Mathematics", "Science", "English Language Arts")[number]
    return head(
        f"c{number}",
        title=f"{subject} 7",
        courseCode=f"07-{number}",
        grades=["07"],
        subjects=[subject],
        subjectCodes=[f"{number + 1:05d}"],
        org=ref("orgs", "d1"),
        schoolYear=ref("academicSessions", "y27"),
    )


def _add_school(made: Sample, school: int, teachers: int, students: int) -> None:
    org = f"s{school:02d}"
    people = made.collections["users"]
    for n in range(teachers):
        teacher = f"t-{org}-{n:03d}"
        people.append(_user(made.version, teacher, org, "teacher", f"Tess{n}"))
        section = head(
            f"k-{org}-{n:03d}",
            title=f"Section {n}",
            classCode=f"{n}",
            classType="scheduled",
            grades=["07"],
            subjects=[],
            course=ref("courses", f"c{n % 3}"),
            school=ref("orgs", org),
            terms=[ref("academicSessions", "t1")],
        )
        made.collections["classes"].append(section)
        _enroll(made, section, teacher, "teacher", primary="true")
    for n in range(students):
        student = f"u-{org}-{n:04d}"
        people.append(_user(made.version, student, org, "student", f"Sam{n}"))
        for section in made.collections["classes"][-teachers:][: 2 + n % 2]:
            _enroll(made, section, student, "student")


def _enroll(made: Sample, section: Record, user: str, role: str, **more: str) -> None:
    sourced_id = f"e-{section['sourcedId']}-{user}"
    made.collections["enrollments"].append(
        head(
            sourced_id,
            **{"class": ref("classes", section["sourcedId"])},
            user=ref("users", user),
            school=section["school"],
            role=role,
            beginDate=BEGINS,
            **more,
        )
    )


def _user(version: str, sourced_id: str, org: str, role: str, given: str) -> Record:
    common = head(
        sourced_id,
        username=sourced_id,
        enabledUser="true",
        givenName=given,
        familyName=f"O'Neil, {sourced_id}",
        email=f"{sourced_id}@district.example",
        identifier=f"00{len(sourced_id)}",
        password="never-take-this",
        phone="555-0100",
        grades=["07"] if role == "student" else [],
    )
    if version == "1.1":
        word = "administrator" if role == "principal" else role
        return common | {"role": word, "orgs": [ref("orgs", org)]}
    roles = [{"roleType": "primary", "role": role, "org": ref("orgs", org), "beginDate": BEGINS}]
    if role == "principal":
        roles.append({"roleType": "secondary", "role": "teacher", "org": ref("orgs", "d1")})
    return common | {
        "roles": roles,
        "primaryOrg": ref("orgs", org),
        "preferredFirstName": f"{given[:2]}",
        "pronouns": "they/them",
        "userMasterIdentifier": f"m-{sourced_id}",
    }
