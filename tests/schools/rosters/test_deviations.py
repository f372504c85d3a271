"""Deviations that real exporters were seen to make, in the mode that accepts what can be read without doubt."""

import io
import zipfile

import pytest

from schools.rosters.reader import Roster, read_roster
from tests.schools.rosters.bundles import (
    CLASSES,
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


def codes(roster: Roster) -> list[str]:
    return [group.code for group in roster.findings.groups()]


def read_with(file: str, data: bytes, version: str = "1.2") -> Roster:
    return read_roster(bundle(version=version, replace={file: data}))


def renamed(file: str, old: bytes, new: bytes) -> bytes:
    head, body = files_of()[file].split(b"\r\n", 1)
    return head.replace(old, new) + b"\r\n" + body


@pytest.mark.parametrize(
    ("file", "old", "new", "meant"),
    [
        ("orgs.csv", b"dateLastModified", b"dataLastModified", "dateLastModified"),
        ("users.csv", b"preferredGivenName", b"prefferedGivenName", "preferredGivenName"),
        ("orgs.csv", b"parentSourcedId", b"parent_sourced_id", "parentSourcedId"),
        ("orgs.csv", b"parentSourcedId", b"parent", "parentSourcedId"),
    ],
)
def test_typo_of_a_missing_column_rejects_and_names_what_was_meant(
    file: str, old: bytes, new: bytes, meant: str
) -> None:
    roster = read_with(file, renamed(file, old, new))
    assert not roster.accepted
    assert f"Did you mean {meant}?" in roster.findings.groups()[0].message


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("users.csv", b"grades", b"grade"),
        ("classes.csv", b"termSourcedIds", b"termSourcedId"),
    ],
)
def test_known_other_name_of_a_column_is_read(file: str, old: bytes, new: bytes) -> None:
    roster = read_with(file, renamed(file, old, new))
    assert roster.accepted
    assert codes(roster) == ["header.alias"]


def test_other_name_beside_the_standard_one_is_a_column_of_someones_own() -> None:
    data = table_bytes([*header("users"), "grade"], [{**TEACHER, "grade": "7"}, {**STUDENT, "grade": "7"}])
    roster = read_with("users.csv", data)
    assert roster.accepted
    assert codes(roster) == ["header.vendor_column"]


@pytest.mark.parametrize("name", ["ext_homeroom", "courseSourcedId", "Bus Route"])
def test_column_of_a_vendor_is_left_unread(name: str) -> None:
    columns = header("enrollments")
    rows = [{**row, name: "x"} for row in ENROLLMENTS]
    roster = read_with("enrollments.csv", table_bytes([*columns[:4], name, *columns[4:]], rows))
    assert roster.accepted
    assert codes(roster) == ["header.vendor_column"]


def test_column_without_a_name_in_the_middle_is_left_unread() -> None:
    columns = header("orgs")
    roster = read_with("orgs.csv", table_bytes([*columns[:4], "", *columns[4:]], ORGS))
    assert roster.accepted
    assert codes(roster) == ["header.vendor_column"]


def test_metadata_in_the_middle_is_accepted_and_said() -> None:
    columns = header("users")
    names = [*columns[:4], "metadata.acme.id", *columns[4:]]
    roster = read_with("users.csv", table_bytes(names, [TEACHER, STUDENT]))
    assert roster.accepted
    assert codes(roster) == ["header.metadata_position"]


def test_older_order_of_columns_is_read_by_name() -> None:
    columns = header("users", "1.1")
    people = [
        {**TEACHER, "role": "teacher", "orgSourcedIds": "oak"},
        {**STUDENT, "role": "student", "orgSourcedIds": "oak"},
    ]
    roster = read_with("users.csv", table_bytes([columns[0], *reversed(columns[1:])], people), "1.1")
    assert roster.accepted
    assert codes(roster) == ["header.order"]


@pytest.mark.parametrize("column", ["\u200bname", "name\u00a0", " name", "\ufeffname"])
def test_invisible_characters_in_a_header_are_read_over(column: str) -> None:
    names = [column if name == "name" else name for name in header("orgs")]
    data = table_bytes(names, [{**row, column: row["name"]} for row in ORGS])
    roster = read_with("orgs.csv", data)
    assert roster.accepted
    assert codes(roster) == ["header.invisible"]


def test_empty_cells_at_the_end_of_a_header_with_or_without_cells_below() -> None:
    for ending in (b"", b",,"):
        head, *rows = files_of()["orgs.csv"].strip().split(b"\r\n")
        data = b"\r\n".join([head + b",,", *(row + ending for row in rows)]) + b"\r\n"
        roster = read_with("orgs.csv", data)
        assert roster.accepted
        assert codes(roster) == ["header.empty_cells"]


def test_capitals_of_a_misspelled_standard_column_are_read() -> None:
    data = files_of()["demographics.csv"].replace(b"stateOfBirth", b"stateofBirth")
    roster = read_with("demographics.csv", data)
    assert roster.accepted
    assert codes(roster) == ["header.case"]


@pytest.mark.parametrize("stamp", ["2017-05-06 08:01:05", "2023-05-01", "1/05/2023"])
def test_time_in_another_form_is_not_used_and_said_in_a_delta(stamp: str) -> None:
    roster = read_roster(delta({"academicSessions": [{**SESSIONS[0], "dateLastModified": stamp}]}))
    assert roster.accepted
    assert codes(roster) == ["row.stamp"]
    roster = read_roster(bundle({"orgs": [ORGS[0], {**ORGS[1], "dateLastModified": stamp}]}))
    assert codes(roster) == ["row.status_in_bulk"]


@pytest.mark.parametrize("value", ["1/05/2023", "05/01/2023", "2023-5-1", "20230501"])
def test_date_in_another_form_rejects_as_one_cause(value: str) -> None:
    rows = [{**row, "beginDate": value} for row in ENROLLMENTS]
    roster = read_roster(bundle({"enrollments": rows}))
    (group,) = roster.findings.groups()
    assert (group.code, group.count) == ("row.invalid_date", 2)
    assert "YYYY-MM-DD" in group.message


def test_dangling_parent_is_rejected_at_its_row() -> None:
    roster = read_roster(bundle({"orgs": [ORGS[0], {**ORGS[1], "parentSourcedId": "gone"}]}))
    (found,) = roster.findings.kept
    assert (found.code, found.row, found.column) == ("reference.missing_target_record", 3, "parentSourcedId")


def test_class_at_a_department_is_rejected() -> None:
    orgs = [*ORGS, {"sourcedId": "dep", "name": "History", "type": "department", "parentSourcedId": "oak"}]
    roster = read_roster(bundle({"orgs": orgs, "classes": [{**CLASSES[0], "schoolSourcedId": "dep"}]}))
    assert codes(roster) == ["semantic.org_type_mismatch"]


@pytest.mark.parametrize(
    ("file", "accepted", "code"),
    [
        ("scoreScales", True, "manifest.blank_absent"),
        ("demographics", False, "manifest.blank_mode"),
        ("userProfiles", True, "manifest.blank_absent"),
    ],
)
def test_mode_left_blank_is_absent_unless_its_file_is_read(file: str, accepted: bool, code: str) -> None:
    files = files_of(modes={file: ""}, replace={"userProfiles.csv": b"x"} if file == "userProfiles" else {})
    roster = read_roster(zipped(files))
    assert roster.accepted is accepted
    assert code in codes(roster)


def test_empty_enabled_user_is_enabled_and_a_disabled_one_is_no_ending() -> None:
    people = [{**TEACHER, "enabledUser": "FALSE"}, {**STUDENT, "enabledUser": ""}]
    rows: dict[str, list[tuple[str, ...]]] = {}
    roster = read_roster(
        bundle({"users": people}), sink=lambda table, made: rows.setdefault(table, []).extend(made)
    )
    assert roster.accepted
    assert [row[-1] for row in rows["users"]] == ["false", "true"]
    assert "ended" not in rows


def test_lists_of_ids_in_one_point_one_may_hold_spaces() -> None:
    teacher = {**TEACHER, "role": "teacher", "orgSourcedIds": "oak , district"}
    student = {**STUDENT, "role": "student", "orgSourcedIds": "oak"}
    assert read_roster(bundle({"users": [teacher, student]}, version="1.1")).accepted


def test_enrollment_outside_the_terms_of_its_class_is_said() -> None:
    rows = [{**ENROLLMENTS[0], "endDate": "2027-01-15"}, {**ENROLLMENTS[1], "beginDate": "2026-08-15"}]
    roster = read_roster(bundle({"enrollments": rows}))
    assert roster.accepted
    assert [(found.code, found.row) for found in roster.findings.kept] == [("semantic.enrollment_dates", 2)]


def test_primary_org_without_a_role_there_is_said() -> None:
    roster = read_roster(bundle({"users": [{**TEACHER, "primaryOrgSourcedId": "district"}, STUDENT]}))
    assert roster.accepted
    assert codes(roster) == ["semantic.primary_org_role"]


def test_circle_of_three_is_said_once_at_its_first_row() -> None:
    orgs = [
        *ORGS,
        {"sourcedId": "a", "name": "A", "type": "local", "parentSourcedId": "b"},
        {"sourcedId": "b", "name": "B", "type": "local", "parentSourcedId": "c"},
        {"sourcedId": "c", "name": "C", "type": "local", "parentSourcedId": "a"},
        {"sourcedId": "d", "name": "D", "type": "local", "parentSourcedId": "c"},
    ]
    roster = read_roster(bundle({"orgs": orgs}))
    assert [(found.code, found.row) for found in roster.findings.kept] == [("semantic.parent_cycle", 4)]


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("last", ["", "\n", "\n\n"])
def test_either_end_of_line_is_read_with_or_without_a_last_one(ending: str, last: str) -> None:
    text = files_of()["enrollments.csv"].decode().replace("\r\n", "\n").rstrip("\n") + last
    roster = read_with("enrollments.csv", text.replace("\n", ending).encode())
    assert codes(roster) == []
    assert roster.counts["enrollments"].rows == 2


def test_zip_inside_the_zip_and_a_workbook_are_named() -> None:
    assert codes(read_roster(zipped({"roster.zip": bundle().getvalue()}))) == ["package.nested_zip"]
    workbook = zipped({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"})
    assert codes(read_roster(workbook)) == ["package.workbook"]
    beside = zipped({**files_of(), "old.zip": b"PK"})
    assert codes(read_roster(beside)) == ["package.unknown_file"]


@pytest.mark.parametrize(
    "data", [b"\x1f\x8b\x08\x00rest", b"7z\xbc\xaf\x27\x1c", b"sourcedId,status\n", b"%PDF-1.7"]
)
def test_other_kinds_of_file_are_no_zip(data: bytes) -> None:
    assert codes(read_roster(io.BytesIO(data))) == ["package.not_a_zip"]


def test_picture_in_place_of_a_file_is_rejected() -> None:
    roster = read_with("users.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20)
    assert not roster.accepted


def test_quoted_cells_across_the_pieces_of_a_large_file_are_read_once() -> None:
    many = [{**ORGS[1], "sourcedId": f"o-{n}", "name": f'School "{n}",\nof the hill'} for n in range(40_000)]
    made: list[tuple[str, ...]] = []
    files = files_of({"orgs": [*ORGS, *many]})
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_STORED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    roster = read_roster(data, sink=lambda table, rows: made.extend(rows) if table == "orgs" else None)
    assert roster.accepted
    assert [row[0] for row in made] == ["district", "oak", *(f"o-{n}" for n in range(40_000))]
    assert made[-1][1] == 'School "39999", of the hill'
    (group,) = roster.findings.groups()
    assert (group.code, group.count, group.first[0].row) == ("csv.line_break_in_cell", 40_000, 4)


def test_role_in_other_capitals_is_read() -> None:
    roster = read_roster(bundle({"roles": [{**ROLES[0], "role": "Teacher"}, ROLES[1]]}))
    assert codes(roster) == ["row.word_case"]
