"""Verdicts on small bundles: what is accepted and said, what is rejected, and where."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any

import pytest

from schools.rosters.findings import Findings
from schools.rosters.reader import EMITTED, Options, Roster, read_roster
from schools.rosters.role_rules import RoleRule
from schools.rosters.rules import RULES
from tests.schools.rosters.bundles import (
    CLASSES,
    COURSES,
    ENROLLMENTS,
    ORGS,
    ROLES,
    SESSIONS,
    STUDENT,
    TEACHER,
    bundle,
    delta,
    files_of,
    header,
    table_bytes,
    zipped,
)


def places(roster: Roster) -> list[tuple[str, str, int | None, str | None]]:
    return [(f.code, f.file, f.row, f.column) for f in roster.findings.kept]


def codes(roster: Roster) -> list[str]:
    return [group.code for group in roster.findings.groups()]


def emitted(file: Any, **options: Any) -> dict[str, list[dict[str, str]]]:
    rows: dict[str, list[dict[str, str]]] = defaultdict(list)
    read_roster(
        file,
        sink=lambda table, made: rows[table].extend(
            dict(zip(EMITTED[table], row, strict=True)) for row in made
        ),
        **options,
    )
    return rows


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_valid_bundle_has_no_findings(version: str) -> None:
    roster = read_roster(bundle(version=version))
    assert roster.accepted
    assert codes(roster) == []
    assert roster.version == version


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_students_are_emitted_without_name_contact_or_username(version: str) -> None:
    rows = emitted(bundle(version=version))
    teacher, student = rows["users"]
    assert (teacher["givenName"], teacher["email"], teacher["isStaff"]) == ("Ida", "ida@elm.example", "true")
    assert student == {
        **dict.fromkeys(EMITTED["users"], ""),
        "sourcedId": "s-1",
        "isStaff": "false",
        "isStudent": "true",
        "grades": "05",
        "primaryOrgSourcedId": "oak",
        "enabledUser": "true",
    }
    assert "letmein" not in str(rows)


def test_one_point_one_users_become_roles_at_each_org() -> None:
    orgs = [*ORGS, {"sourcedId": "elm", "name": "Elm School", "type": "school"}]
    teacher = {**TEACHER, "role": "teacher", "orgSourcedIds": "oak, elm"}
    student = {**STUDENT, "role": "student", "orgSourcedIds": "oak"}
    rows = emitted(bundle({"orgs": orgs, "users": [teacher, student]}, version="1.1"))
    assert [(row["orgSourcedId"], row["roleType"]) for row in rows["roles"]] == [
        ("oak", "primary"),
        ("elm", "secondary"),
    ]


def waiting(version: str, word: str = "ext:virtualStudent") -> Any:
    """A bundle whose student has only a role that waits."""
    if version == "1.1":
        users = [{**TEACHER, "role": "teacher"}, {**STUDENT, "role": word}]
        tables = {"users": [{**user, "orgSourcedIds": "oak"} for user in users]}
    else:
        tables = {"roles": [ROLES[0], {**ROLES[1], "role": word}]}
    return bundle({**tables, "enrollments": ENROLLMENTS[:1]}, version=version)


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_person_whose_only_role_waits_has_no_name(version: str) -> None:
    rows = emitted(waiting(version))
    assert rows["users"][1] == {
        **dict.fromkeys(EMITTED["users"], ""),
        "sourcedId": "s-1",
        "isStaff": "true",
        "isStudent": "false",
        "grades": "05",
        "primaryOrgSourcedId": rows["users"][1]["primaryOrgSourcedId"],
        "enabledUser": "true",
    }
    assert [row["role"] for row in rows["waiting"]] == ["ext:virtualStudent"]


@pytest.mark.parametrize(
    ("held_as", "known_staff", "expected"),
    [
        ("staff", True, ("Bo", "true", "false")),
        ("staff", False, ("", "true", "false")),
        ("students", True, ("", "false", "true")),
    ],
)
def test_person_whose_only_role_waits_is_what_is_held(
    held_as: str, known_staff: bool, expected: tuple[str, str, str]
) -> None:
    options = Options(known_staff=lambda ids: ids if known_staff else ())
    known = lambda kind, ids: set(ids) if kind == held_as else set()  # noqa: E731
    row = emitted(waiting("1.2"), known=known, options=options)["users"][1]
    assert (row["givenName"], row["isStaff"], row["isStudent"]) == expected


def test_student_with_a_further_role_that_waits_stays_a_student() -> None:
    extra = {**ROLES[1], "sourcedId": "r-9", "role": "ext:mentor"}
    row = emitted(bundle({"roles": [*ROLES, extra]}))["users"][1]
    assert (row["givenName"], row["isStaff"], row["isStudent"]) == ("", "false", "true")


@pytest.mark.parametrize(
    ("word", "shown"), [("Bo Pine", "(not readable)"), ("ext:job share", "ext:job share"), ("ext:x", "ext:x")]
)
def test_role_word_with_a_space_is_shown_only_where_a_rule_names_it(word: str, shown: str) -> None:
    rule = RoleRule(
        word="ext:job share", org_type="district", column="", test="is", values=(), role="teacher"
    )
    roster = read_roster(waiting("1.1", word), options=Options(role_rules=(rule,)))
    assert dict(roster.unmatched_words) == {shown: 1}


def test_families_are_counted_and_left_out() -> None:
    parent = {**TEACHER, "sourcedId": "p-1", "username": "p"}
    role = {**ROLES[0], "sourcedId": "r-3", "userSourcedId": "p-1", "role": "guardian"}
    roster = read_roster(bundle({"users": [TEACHER, STUDENT, parent], "roles": [*ROLES, role]}))
    assert roster.accepted
    assert roster.counts["users"].left_out == 1


def test_spreadsheet_deviations_are_accepted_and_said() -> None:
    columns = ["SourcedID", *header("orgs")[3:], "status", "dateLastModified", "", ""]
    rows = [{**row, "SourcedID": row["sourcedId"]} for row in ORGS]
    data = b"\xef\xbb\xbf" + table_bytes(columns, rows)
    roster = read_roster(bundle(replace={"orgs.csv": data}))
    assert roster.accepted
    assert codes(roster) == ["header.case", "header.order", "header.empty_cells"]


@pytest.mark.parametrize(
    ("table", "change", "code"),
    [
        ("users", {"enabledUser": "TRUE"}, "row.boolean_case"),
        ("users", {"status": "active"}, "row.status_in_bulk"),
        ("users", {"username": ""}, "row.advised"),
        ("users", {"grades": "9"}, "row.grade_code"),
        ("users", {"sourcedId": " t-1"}, "row.spaces"),
        ("academicSessions", {"schoolYear": "2026-2027"}, "row.year_span"),
        ("academicSessions", {"schoolYear": "2031"}, "row.year_dates"),
        ("enrollments", {"endDate": "9999-12-31"}, "row.open_end"),
        ("roles", {"endDate": "2200-01-01"}, "row.open_end"),
        ("classes", {"classType": "Scheduled"}, "row.word_case"),
        ("classes", {"subjectCodes": ""}, "row.not_a_list_pair"),
        ("classes", {"title": "Two\nlines"}, "csv.line_break_in_cell"),
        ("enrollments", {"beginDate": "2026-09-01", "endDate": "2026-09-01"}, "row.same_day"),
        ("courses", {"schoolYearSourcedId": "fall"}, "semantic.school_year_type"),
        ("roles", {"role": "administrator"}, "semantic.unmatched_role"),
        ("roles", {"role": "ext:coach"}, "semantic.unmatched_role"),
    ],
)
def test_odd_cell_is_accepted_and_said(table: str, change: dict[str, str], code: str) -> None:
    rows = changed(table, change)
    roster = read_roster(bundle({table: rows}))
    assert codes(roster) == [code]
    assert roster.accepted
    assert roster.findings.kept[0].row == 2


@pytest.mark.parametrize(
    ("table", "change", "code", "column"),
    [
        ("users", {"sourcedId": ""}, "row.required", "sourcedId"),
        ("users", {"enabledUser": "1"}, "row.invalid_boolean", "enabledUser"),
        ("users", {"givenName": "x" * 256}, "row.too_long", "givenName"),
        ("users", {"sourcedId": "x" * 256}, "row.too_long", "sourcedId"),
        ("orgs", {"type": "college"}, "row.invalid_word", "type"),
        ("orgs", {"name": ""}, "row.required", "name"),
        ("academicSessions", {"startDate": "15/08/2026"}, "row.invalid_date", "startDate"),
        ("academicSessions", {"startDate": "2026-02-30"}, "row.invalid_date", "startDate"),
        ("academicSessions", {"startDate": "0001-01-01"}, "row.invalid_date", "startDate"),
        ("academicSessions", {"endDate": "9999-12-31"}, "row.invalid_date", "endDate"),
        ("enrollments", {"beginDate": "9999-12-31"}, "row.invalid_date", "beginDate"),
        ("enrollments", {"endDate": "10000-01-01"}, "row.invalid_date", "endDate"),
        ("academicSessions", {"endDate": "2026-01-01"}, "row.end_before_begin", "endDate"),
        ("academicSessions", {"schoolYear": "next"}, "row.invalid_year", "schoolYear"),
        ("enrollments", {"role": "visitor"}, "row.invalid_word", "role"),
        ("classes", {"schoolSourcedId": "district"}, "semantic.org_type_mismatch", "schoolSourcedId"),
        ("classes", {"termSourcedIds": "fall,winter"}, "reference.missing_target_record", "termSourcedIds"),
        ("orgs", {"parentSourcedId": "oak"}, "semantic.parent_cycle", "parentSourcedId"),
    ],
)
def test_wrong_cell_rejects_and_names_the_place(
    table: str, change: dict[str, str], code: str, column: str
) -> None:
    roster = read_roster(bundle({table: changed(table, change)}))
    assert not roster.accepted
    assert (code, f"{table}.csv", 2, column) in places(roster)


def test_end_far_away_is_read_as_open_and_rejects_in_strict_mode() -> None:
    rows = changed("enrollments", {"endDate": "9999-12-31"})
    assert emitted(bundle({"enrollments": rows}))["enrollments"][0]["endDate"] == ""
    assert not read_roster(bundle({"enrollments": rows}), options=Options(strict=True)).accepted


def changed(table: str, change: dict[str, str]) -> list[dict[str, str]]:
    """The valid rows of a table with the first one changed."""
    valid = {
        "users": [TEACHER, STUDENT],
        "orgs": ORGS,
        "academicSessions": SESSIONS,
        "courses": COURSES,
        "classes": CLASSES,
        "roles": ROLES,
        "enrollments": ENROLLMENTS,
    }
    first, *rest = valid[table]
    return [{**first, **change}, *rest]


def test_duplicate_id_names_both_rows() -> None:
    roster = read_roster(bundle({"orgs": [*ORGS, {**ORGS[1], "name": "Another"}]}))
    (finding,) = roster.findings.kept
    assert (finding.code, finding.row) == ("reference.duplicate_sourced_id", 4)
    assert "row 3" in finding.message


def test_references_to_missing_people_are_one_group() -> None:
    roster = read_roster(bundle({"users": [TEACHER]}))
    (group,) = roster.findings.groups()
    assert group.files == {"enrollments.csv": 1, "demographics.csv": 1, "roles.csv": 1}


def test_missing_file_is_named_once_and_what_refers_to_it_is_not_blamed() -> None:
    roster = read_roster(bundle(replace={"users.csv": None}))
    assert codes(roster) == ["manifest.file_missing"]


def test_absent_file_that_is_referred_to_is_missed() -> None:
    roster = read_roster(bundle(modes={"courses": "absent"}, replace={"courses.csv": None}))
    assert codes(roster) == ["reference.missing_target_file"]


def test_rows_of_uneven_width_do_not_make_dangling_references() -> None:
    data = files_of()["users.csv"].replace(b"t-1,", b"t-1,,")
    roster = read_roster(bundle(replace={"users.csv": data}))
    assert places(roster) == [("row.width", "users.csv", 2, None)]


def test_blank_rows_and_empty_headers_are_nothing() -> None:
    data = files_of()["orgs.csv"].replace(b"parentSourcedId\r\n", b"parentSourcedId,,\r\n")
    data = data.replace(b"district,,\r\n", b"district,,,,\r\n", 1) + b"\r\n,,,,,,\r\n"
    roster = read_roster(bundle(replace={"orgs.csv": data}))
    assert codes(roster) == ["header.empty_cells"]
    assert roster.counts["orgs"].rows == 2


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "header.missing"),
        (b"\r\n", "header.missing"),
        (b"t-9,,,true,x,,Ann,Oak\r\n", "header.none"),
        (",".join(f"c{n}" for n in range(10_000)).encode(), "header.too_many_columns"),
        ("sourcedId,name,type\r\n".encode("utf-16"), "csv.encoding"),
        (b"sourcedId,sourcedId,name,type,identifier\r\n", "header.duplicate_column"),
        (b"sourcedId,name,identifier\r\n", "header.missing_column"),
        (b"sourcedId,name,type,parent\r\n", "header.unknown_column"),
        (b'sourcedId,name,type\r\n"a,b,c\r\n', "csv.malformed"),
        (b"sourcedId,name,type\r\na,b\0,school\r\n", "csv.nul_byte"),
        (b'sourcedId,name,type\r\na,"' + b"x" * 200_000 + b'",school\r\n', "csv.cell_too_long"),
        (b"sourcedId,name,type\r\na," + b"x" * 9_000_000, "csv.line_too_long"),
        (b"sourcedId,name,type\ra,Oak,school\r", "csv.bare_cr"),
        (b"sourcedId,name,type\r\na,Oak,school\rb,Elm,school\r\n", "csv.bare_cr"),
        (b"sourcedId,name,type\r" + b"a,Oak,school\r" * 700_000, "csv.bare_cr"),
    ],
)
def test_malformed_file_is_rejected(data: bytes, code: str) -> None:
    roster = read_roster(bundle(replace={"orgs.csv": data}))
    assert not roster.accepted
    assert codes(roster)[0] == code


def test_misspelled_column_is_rejected_with_a_hint() -> None:
    data = files_of()["orgs.csv"].replace(b"parentSourcedId", b"parentSourceId")
    roster = read_roster(bundle(replace={"orgs.csv": data}))
    assert "Did you mean parentSourcedId?" in roster.findings.groups()[0].message


@pytest.mark.parametrize(
    ("column", "code"), [("metadata.nces", None), ("resourceSourcedIds", "header.older_version")]
)
def test_vendor_and_older_columns_are_not_used(column: str, code: str | None) -> None:
    names = [*header("users"), column]
    roster = read_roster(bundle(replace={"users.csv": table_bytes(names, [TEACHER, STUDENT])}))
    assert roster.accepted
    assert codes(roster) == ([code] if code else [])


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b"oneroster.version,1.2", b"oneroster.version,2.0", "manifest.version"),
        (b"file.orgs,bulk", b"file.orgs,", "manifest.blank_mode"),
        (b"file.orgs,bulk", b"file.orgs,full", "manifest.unknown_mode"),
        (b"file.orgs,bulk", b"file.orgs,absent", "manifest.file_unexpected"),
        (b"file.orgs,bulk", b"file.orgs,bulk\r\nfile.orgs,bulk", "manifest.duplicate_property"),
        (b"propertyName,value", b"name,value", "manifest.unreadable"),
    ],
)
def test_wrong_manifest_is_rejected(old: bytes, new: bytes, code: str) -> None:
    data = files_of()["manifest.csv"].replace(old, new)
    roster = read_roster(bundle(replace={"manifest.csv": data}))
    assert not roster.accepted
    assert codes(roster)[0] == code


def test_bytes_that_are_no_text_are_named_by_row_and_column() -> None:
    data = files_of()["users.csv"].replace(b"Ida", b"\xcdda")
    roster = read_roster(bundle(replace={"users.csv": data}))
    assert ("csv.invalid_utf8", "users.csv", 2, "givenName") in places(roster)
    assert "0xCD" in roster.findings.kept[0].message
    options = Options(encoding="cp1252")
    assert emitted(bundle(replace={"users.csv": data}), options=options)["users"][0]["givenName"] == "Ída"


def test_delta_row_without_status_is_rejected() -> None:
    roster = read_roster(delta({"orgs": [{**ORGS[0], "status": ""}]}))
    assert ("row.status_required", "orgs.csv", 2, "status") in places(roster)


def test_delta_may_refer_to_rows_already_held() -> None:
    held = {"classes": {"math-a"}, "users": {"s-1"}, "orgs": {"oak"}, "schools": {"oak"}}

    def known(kind: str, ids: Collection[str]) -> set[str]:
        return held.get(kind, set()) & set(ids)

    assert read_roster(delta({"enrollments": ENROLLMENTS[1:]}), known=known).accepted
    assert (
        codes(read_roster(delta({"enrollments": ENROLLMENTS[1:]}))) == ["reference.missing_target_file"] * 3
    )


def test_bulk_must_hold_what_it_refers_to_although_it_is_held() -> None:
    roster = read_roster(bundle({"users": [TEACHER]}), known=lambda kind, ids: set(ids))
    assert codes(roster) == ["reference.missing_target_record"]


def test_ended_rows_of_a_delta_are_handed_on_without_a_word() -> None:
    file = delta({"orgs": [{**ORGS[0], "status": "tobedeleted"}, {**ORGS[1], "parentSourcedId": ""}]})
    rows = emitted(file)
    assert [row["sourcedId"] for row in rows["orgs"]] == ["oak"]
    assert rows["ended"] == [{"file": "orgs", "sourcedId": "district"}]
    roster = read_roster(file)
    assert roster.accepted
    assert codes(roster) == []
    assert roster.counts["orgs"].ended == 1


@pytest.mark.parametrize(
    ("status", "said"),
    [("tobedeleted", ["row.status_in_bulk"]), ("inactive", ["row.status_in_bulk", "row.status_inactive"])],
)
def test_ended_row_of_a_bulk_file_is_a_delete(status: str, said: list[str]) -> None:
    file = bundle({"enrollments": changed("enrollments", {"status": status})})
    assert emitted(file)["ended"] == [{"file": "enrollments", "sourcedId": "e-1"}]
    assert codes(read_roster(file)) == said


def test_ended_person_of_one_point_one_is_a_user_and_ended_demographics_are_nothing() -> None:
    ended = {"status": "tobedeleted"}
    rows = {
        "users": [{**STUDENT, **ended, "role": "student", "orgSourcedIds": "oak"}],
        "demographics": [{"sourcedId": "s-1", **ended}],
    }
    assert emitted(delta(rows, "1.1"))["ended"] == [{"file": "users", "sourcedId": "s-1"}]


def test_row_that_refers_to_an_ended_record_needs_it_to_be_held() -> None:
    ended = {**COURSES[0], "status": "tobedeleted"}
    assert not read_roster(bundle({"courses": [ended]})).accepted
    assert read_roster(bundle({"courses": [ended]}), known=lambda kind, ids: set(ids)).accepted


def test_enrollment_that_does_not_fit_the_person_is_left_out() -> None:
    rows = emitted(bundle({"enrollments": changed("enrollments", {"role": "student", "primary": ""})}))
    assert [row["sourcedId"] for row in rows["enrollments"]] == ["e-2"]


def test_two_primary_teachers_and_equal_usernames_are_said() -> None:
    other = {**TEACHER, "sourcedId": "t-2"}
    role = {**ROLES[0], "sourcedId": "r-3", "userSourcedId": "t-2"}
    again = {**ENROLLMENTS[0], "sourcedId": "e-3", "userSourcedId": "t-2"}
    roster = read_roster(
        bundle(
            {
                "users": [TEACHER, STUDENT, other],
                "roles": [*ROLES, role],
                "enrollments": [*ENROLLMENTS, again],
            }
        )
    )
    assert roster.accepted
    assert codes(roster) == ["semantic.two_primary_teachers", "semantic.same_username"]


def test_same_role_twice_is_loaded_once() -> None:
    roles = [*ROLES, {**ROLES[0], "sourcedId": "r-9", "roleType": "secondary"}]
    assert [row["sourcedId"] for row in emitted(bundle({"roles": roles}))["roles"]] == ["r-1"]


def test_progress_reaches_what_the_zip_holds() -> None:
    told: list[tuple[int, int]] = []
    read_roster(bundle(), progress=lambda done, total: told.append((done, total)))
    assert told[-1][0] >= told[-1][1] > 0


def test_findings_keep_few_places_and_count_all() -> None:
    findings = Findings(keep=50)
    findings.add("row.required", file="users.csv", rows=range(2, 1_002), column="sourcedId")
    findings.add("row.too_long", file="users.csv", rows=[7], column="sourcedId", limit=255)
    assert len(findings.kept) == 51
    assert [group.count for group in findings.groups()] == [1_000, 1]


def test_unused_file_of_the_standard_is_left_unread() -> None:
    files = files_of(modes={"userProfiles": "bulk"}, replace={"userProfiles.csv": b"\xff"})
    assert codes(read_roster(zipped(files))) == ["package.file_not_used"]


def test_every_rule_says_what_it_means() -> None:
    assert all(rule.message.endswith((".", "name.")) for rule in RULES.values())
