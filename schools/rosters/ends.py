"""What a roster ends: records that a bulk file no longer holds, and those whose status says so.

Nothing is deleted that ever held. The external id gets the day since which its system no longer states it, and
dated rows end on that day once no system states them. Only what still holds can end: last year's classes and
finished enrollments are history.
"""

# ruff: noqa: S608 - statements are put together from names in this package; values go as parameters
from __future__ import annotations

from dataclasses import dataclass

from schools.models import Kind
from schools.rosters.staging import add_rows, make_table
from schools.rosters.upsert import Import, Tally, held, hold_ids, keys

_STILL = "(upper({0}.during) IS NULL OR upper({0}.during) > '{day}'::date)"


@dataclass(frozen=True, slots=True)
class Undated:
    """Records whose ending is noted at their external id alone. holds: which of the rows `t` still hold.

    through: (column, kind): they end with what they are about.
    """

    type: str
    kind: str
    table: str
    file: str
    holds: str = "true"
    through: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Dated:
    """Rows that hold over a time. through: (column, kind): they end with what they are about."""

    type: str
    kind: str
    table: str
    file: str
    stated: str
    through: tuple[tuple[str, str], ...] = ()


_MEETS = """(NOT EXISTS (SELECT 1 FROM schools_sectionsession ss WHERE ss.section_id = {0}.id) OR EXISTS (
    SELECT 1 FROM schools_sectionsession ss JOIN schools_session x ON x.id = ss.session_id
    WHERE ss.section_id = {0}.id AND upper(x.during) > '{day}'::date))"""
UNDATED = (
    Undated("people", Kind.PERSON, "schools_person", "users"),
    Undated("students", Kind.STUDENT, "schools_student", "users"),
    Undated(
        "sections",
        Kind.SECTION,
        "schools_section",
        "classes",
        _MEETS.format("t", day="{day}"),
        (("school_id", Kind.ORG),),
    ),
    Undated(
        "courses",
        Kind.COURSE,
        "schools_course",
        "courses",
        f"""(NOT EXISTS (SELECT 1 FROM schools_section c WHERE c.course_id = t.id) OR EXISTS (
            SELECT 1 FROM schools_section c WHERE c.course_id = t.id AND {_MEETS.format("c", day="{day}")}))""",
    ),
    Undated(
        "sessions", Kind.SESSION, "schools_session", "academicSessions", "upper(t.during) > '{day}'::date"
    ),
)
PLACES = Dated("orgs", Kind.ORG, "schools_org", "orgs", "SELECT external_id FROM keys_org WHERE is_stated")
DATED = (
    Dated(
        "roles",
        Kind.ASSIGNMENT,
        "schools_staffassignment",
        "roles",
        "SELECT external_id FROM role_rows UNION ALL SELECT external_id FROM staged_waiting s WHERE NOT EXISTS ("
        "SELECT 1 FROM schools_waitingrole w WHERE w.system_id = {system} AND w.external_id = s.external_id"
        " AND w.role = 'ignore')",
        (("person_id", Kind.PERSON), ("org_id", Kind.ORG)),
    ),
    Dated(
        "teachings",
        Kind.TEACHING,
        "schools_teaching",
        "enrollments",
        "SELECT external_id FROM staged_enrollments WHERE role = 'teacher'",
        (("person_id", Kind.PERSON), ("section_id", Kind.SECTION)),
    ),
    Dated(
        "enrollments",
        Kind.ENROLLMENT,
        "schools_enrollment",
        "enrollments",
        "SELECT external_id FROM staged_enrollments WHERE role = 'student'",
        (("student_id", Kind.STUDENT), ("section_id", Kind.SECTION)),
    ),
)


def end_what_is_gone(work: Import, tallies: dict[str, Tally]) -> None:
    """End what is no longer stated, and complete the tallies of each type (`ended`, `held`)."""
    work.cursor.execute("SELECT DISTINCT file FROM staged_ended")
    deleted = {row[0] for row in work.cursor.fetchall()}
    _make_tables(work)
    over: set[str] = set()
    _end_dated(work, PLACES, tallies, deleted, over)
    if tallies[PLACES.type].ended:
        add_rows(work.cursor, "over_rows", f"SELECT '{PLACES.kind}', id FROM ending")
        over.add(PLACES.kind)
    for one in UNDATED:
        tally = tallies[one.type]
        stated = f"SELECT external_id FROM {keys(one.kind)} WHERE is_stated"
        if _find_gone(work, one, _reasons(work, one, stated, deleted, over)):
            _note_endings(work, one.kind)
            tally.ended = add_rows(work.cursor, "over_rows", _without_live_ids(one.kind))
        if tally.ended:
            over.add(one.kind)
        _set_held(work, one, tally)
    for dated in DATED:
        _end_dated(work, dated, tallies, deleted, over)
        tallies[dated.type].returned += _bring_along(work, dated)


def _make_tables(work: Import) -> None:
    """Make `gone` for the live external ids that end and `over_rows` for the rows no longer held, of all kinds.

    Mostly nothing ends, and a table for each kind costs more than that.
    """
    work.cursor.execute(
        "DROP TABLE IF EXISTS pg_temp.gone, pg_temp.over_rows;"
        "CREATE TEMP TABLE gone (kind varchar(16), id bigint, external_id varchar(255), row_id bigint) ON COMMIT DROP;"
        "CREATE TEMP TABLE over_rows (kind varchar(16), row_id bigint) ON COMMIT DROP"
    )


# Whose coming back brings back what ended with it.
_RETURNING = {
    "person_id": Kind.PERSON,
    "student_id": Kind.STUDENT,
    "section_id": Kind.SECTION,
    "org_id": Kind.ORG,
}


def _bring_along(work: Import, one: Dated) -> int:
    """Bring back rows that ended on the day that what they are about ended and of which no whole list tells.

    They last as long as they did, as their last image says; without one, until someone ends them.
    """
    if work.modes.get(one.file) == "bulk" or (work.tells_roles and one.file == "roles"):
        return 0
    about = " UNION ".join(
        f"SELECT h.id, h.row_id FROM {held(one.kind)} h JOIN {one.table} t ON t.id = h.row_id"
        f" JOIN keys_{_RETURNING[column]} k ON k.row_id = t.{column} AND k.was_ended AND k.is_stated"
        f" JOIN {held(_RETURNING[column])} p ON p.row_id = k.row_id AND p.ended_on = h.ended_on"
        for column, _ in one.through
    )
    make_table(work.cursor, "along", f"SELECT q.* FROM ({about}) q")
    back = work.journal.update(
        "schools_externalid", ["ended_on"], "SELECT id, NULL::date AS ended_on FROM along"
    )
    if back:
        work.journal.update(
            one.table,
            ["during"],
            f"""
            SELECT t.id, coalesce((
                SELECT (w.before ->> 'during')::daterange FROM schools_rosterwrite w
                WHERE w."table" = '{one.table}' AND w.first_id = t.id AND w.act = 'update'
                  AND (w.after ->> 'during')::daterange = t.during ORDER BY w.id DESC LIMIT 1
            ), daterange(lower(t.during), NULL)) AS during
            FROM {one.table} t WHERE t.id IN (SELECT row_id FROM along)
            """,
        )
    return back


def _end_dated(
    work: Import, dated: Dated, tallies: dict[str, Tally], deleted: set[str], over: set[str]
) -> None:
    tally = tallies[dated.type]
    stated = dated.stated.format(system=work.system)
    gone = _find_gone(work, dated, _reasons(work, dated, stated, deleted, over))
    if gone:
        _note_endings(work, dated.kind)
    if gone or dated.kind in work.leaving:
        tally.ended = _end_rows(work, dated)
    _set_held(work, dated, tally)


def _reasons(work: Import, one: Undated | Dated, stated: str, deleted: set[str], over: set[str]) -> list[str]:
    """Why external ids `h` of rows `t` end: a row says so, a whole list lacks them, or what they are about ended.

    Where a person's row tells all of their roles, it lacks the others, whatever the file.
    """
    lacks = f"NOT EXISTS (SELECT 1 FROM ({stated}) st WHERE st.external_id = h.external_id)"
    reasons = [
        f"t.{column} IN (SELECT row_id FROM over_rows WHERE kind = '{kind}')"
        for column, kind in one.through
        if kind in over
    ]
    if one.file in deleted:
        reasons.append(f"h.external_id IN (SELECT external_id FROM staged_ended WHERE file = '{one.file}')")
    if work.modes.get(one.file) == "bulk":
        reasons.append(lacks)
    elif work.tells_roles and one.file == "users":
        reasons.append(f"h.external_id IN (SELECT external_id FROM staged_users) AND {lacks}")
    elif work.tells_roles and one.file == "roles":
        reasons.append(f"t.person_id IN (SELECT row_id FROM keys_person WHERE is_stated) AND {lacks}")
    return reasons


def _find_gone(work: Import, one: Undated | Dated, reasons: list[str]) -> int:
    """Put the live external ids that end into `gone`; returns how many."""
    if one.kind not in work.holding:  # no file of this roster is about it
        hold_ids(work, one.kind)
    if not reasons:
        return 0
    holds = _STILL.format("t", day=work.day) if isinstance(one, Dated) else one.holds.format(day=work.day)
    return add_rows(
        work.cursor,
        "gone",
        " UNION ".join(
            f"SELECT '{one.kind}', h.id, h.external_id, h.row_id FROM {held(one.kind)} h"
            f" JOIN {one.table} t ON t.id = h.row_id WHERE h.ended_on IS NULL AND {reason} AND {holds}"
            for reason in reasons
        ),
    )


def _note_endings(work: Import, kind: str) -> None:
    work.journal.update(
        "schools_externalid",
        ["ended_on"],
        f"SELECT g.id, '{work.day}'::date AS ended_on FROM gone g"
        # An id that leads elsewhere since this import is stated, whatever else ends.
        f" JOIN schools_externalid x ON x.id = g.id AND x.row_id = g.row_id WHERE g.kind = '{kind}'",
    )


def _without_live_ids(kind: str) -> str:
    return f"""
        SELECT DISTINCT '{kind}', g.row_id FROM gone g WHERE g.kind = '{kind}' AND NOT EXISTS (
            SELECT 1 FROM schools_externalid x
            WHERE x.kind = '{kind}' AND x.row_id = g.row_id AND x.ended_on IS NULL
        )
    """


def _end_rows(work: Import, one: Dated) -> int:
    """End the dated rows that no system states any more; those that never began are taken away."""
    make_table(
        work.cursor,
        "ending",
        f"""
        SELECT t.id, lower(t.during) AS begins FROM (
            SELECT row_id FROM gone WHERE kind = '{one.kind}'
            UNION SELECT row_id FROM left_rows WHERE kind = '{one.kind}'
        ) g JOIN {one.table} t ON t.id = g.row_id AND {_STILL.format("t", day=work.day)}
        WHERE NOT EXISTS (
            SELECT 1 FROM schools_externalid x
            WHERE x.kind = '{one.kind}' AND x.row_id = g.row_id AND x.ended_on IS NULL
        )
        """,
    )
    ended = work.journal.update(
        one.table,
        ["during"],
        f"SELECT id, daterange(begins, '{work.day}'::date) AS during FROM ending WHERE begins < '{work.day}'::date",
    )
    if one.kind == Kind.ORG:  # places are referred to from everywhere, and none begins in the future
        return ended
    unbegun = f"SELECT id FROM ending WHERE begins >= '{work.day}'::date"
    work.cursor.execute(f"SELECT EXISTS ({unbegun})")
    if not work.cursor.fetchone()[0]:
        return ended
    work.journal.remove(
        "schools_externalid",
        f"SELECT x.id FROM schools_externalid x WHERE x.kind = '{one.kind}' AND x.row_id IN ({unbegun})",
    )
    return ended + work.journal.remove(one.table, unbegun)


def _set_held(work: Import, one: Undated | Dated, tally: Tally) -> None:
    """How many records of the source still held: a bulk file tells them all, else they are counted."""
    if work.modes.get(one.file) == "bulk":
        tally.held = tally.unchanged + tally.updated + tally.ended
        return
    holds = _STILL.format("t", day=work.day) if isinstance(one, Dated) else one.holds.format(day=work.day)
    # Those that ended just now were there before, and those that are new or came back were not.
    work.cursor.execute(
        f"SELECT count(DISTINCT t.id) FROM {held(one.kind)} h JOIN {one.table} t ON t.id = h.row_id"
        f" WHERE h.ended_on IS NULL AND ({holds} OR t.id IN (SELECT row_id FROM gone WHERE kind = '{one.kind}'))"
    )
    tally.held = work.cursor.fetchone()[0]
