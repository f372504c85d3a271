"""Which column of which table a roster's cells go to, as SQL over the staged rows."""

from __future__ import annotations

from schools.models import Kind, OrgType
from schools.rosters.upsert import NEW_UID, Target

_SUBJECT = "left(btrim(split_part(s.subjects, ',', 1)), 255)"
_GRADES = "coalesce(string_to_array(nullif(s.grades, ''), ','), '{}')::varchar(8)[]"

SESSION = Target(
    Kind.SESSION,
    "schools_session",
    "academicSessions",
    columns={
        "title": "s.title",
        "type": "left(s.type, 64)",
        "school_year": "s.school_year::integer",
        "during": "daterange(s.begins::date, s.ends::date)",
        "parent_id": "parent.row_id",
    },
    joins="LEFT JOIN keys_session parent ON parent.external_id = s.parent",
    once={"uid": NEW_UID},
)

ORG = Target(
    Kind.ORG,
    "schools_org",
    "orgs",
    columns={
        "type": """CASE s.type WHEN 'district' THEN 'district' WHEN 'school' THEN 'school'
            WHEN 'department' THEN 'department' WHEN 'local' THEN 'network' ELSE 'other' END""",
        "name": "s.name",
        "identifier": "s.identifier",
        "parent_id": "parent.row_id",
        "during": "daterange(%(opens)s::date, NULL)",
    },
    joins="LEFT JOIN keys_org parent ON parent.external_id = s.parent",
    once={"uid": NEW_UID, "level": "'other'", "grades": "'{}'"},
    on_update={
        # A place that the roster had ended is there again.
        "during": """daterange(least(lower(t.during), %(opens)s::date),
            CASE WHEN k.was_ended THEN NULL ELSE upper(t.during) END)""",
    },
)

COURSE = Target(
    Kind.COURSE,
    "schools_course",
    "courses",
    columns={"title": "s.title", "code": "s.code", "subject": _SUBJECT, "org_id": "org.row_id"},
    joins="JOIN keys_org org ON org.external_id = s.org",
    once={"uid": NEW_UID},
)

PERSON = Target(
    Kind.PERSON,
    "schools_person",
    "users",
    # Names stand in the identity.
    columns={"is_enabled": "s.is_enabled <> 'false'"},
    where="s.is_staff = 'true'",
    once={"uid": NEW_UID},
)

STUDENT = Target(
    Kind.STUDENT,
    "schools_student",
    "users",
    columns={"school_id": "school.id", "grade": "split_part(s.grades, ',', 1)"},
    where="s.is_student = 'true'",
    joins=f"""LEFT JOIN keys_org org ON org.external_id = s.org
        LEFT JOIN schools_org school ON school.id = org.row_id AND school.type = '{OrgType.SCHOOL}'""",
    once={"uid": NEW_UID},
    on_update={"school_id": "coalesce(school.id, t.school_id)"},
)

SECTION = Target(
    Kind.SECTION,
    "schools_section",
    "classes",
    columns={
        "title": "s.title",
        "code": "s.code",
        "course_id": "course.row_id",
        "school_id": "school.row_id",
        "school_year": "span.school_year",
        "grades": _GRADES,
        "subject": f"coalesce(nullif({_SUBJECT}, ''), held_course.subject)",
    },
    joins="""JOIN keys_course course ON course.external_id = s.course
        JOIN schools_course held_course ON held_course.id = course.row_id
        JOIN keys_org school ON school.external_id = s.school
        JOIN section_span span ON span.external_id = s.external_id""",
    once={"uid": NEW_UID},
)
