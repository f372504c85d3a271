"""Strict mode: what a validator of the standard rejects is rejected, with an equal code at the same place."""

from pathlib import Path
from typing import Any

import pytest

from schools.rosters.findings import Findings
from schools.rosters.reader import Options, Roster, read_roster
from schools.rosters.rules import RULES, Level
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

STRICT = Options(strict=True)
# The validator's code and ours, where they differ.
OURS = {
    "schema.header_order_mismatch": "header.case",
    "row.field_forbidden_in_bulk": "row.status_in_bulk",
    "row.invalid_boolean": "row.boolean_case",
    "row.invalid_enum": "row.invalid_word",
    "csv.line_break_in_quoted_field": "csv.line_break_in_cell",
    "table.row_width_mismatch": "row.width",
}
# Cases where the validator names row 1 for a whole file and we name the row itself.
WHOLE_FILE = {"csv.invalid_utf8"}


def codes(roster: Roster) -> list[str]:
    return [group.code for group in roster.findings.groups()]


def defect_table(folder: Path) -> list[list[str]]:
    lines = (folder / "SOURCE.md").read_text().splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    return [row for row in cells if row[0].endswith(".zip")]


def is_said(roster: Roster, finding: str) -> bool:
    """Whether our findings hold the validator's `code file:row`."""
    code, _, place = finding.partition(" ")
    file, _, row = place.partition(":")
    groups = [group for group in roster.findings.groups() if group.code == OURS.get(code, code)]
    places = {(found.file, found.row) for group in groups for found in group.first}
    if not file or code in WHOLE_FILE:
        return bool(groups)
    return (file, int(row)) in places


def test_strict_column_of_the_defect_table_comes_out(shared_data: Path) -> None:
    folder = shared_data / "oneroster-defects"
    for name, strict, finding, _ in defect_table(folder):
        with (folder / name).open("rb") as file:
            roster = read_roster(file, options=STRICT)
        assert roster.accepted is (strict != "err"), name
        assert not finding or strict != "err" or is_said(roster, finding), name


def test_lenient_column_of_the_defect_table_comes_out(shared_data: Path) -> None:
    folder = shared_data / "oneroster-defects"
    for name, _, _, lenient in defect_table(folder):
        with (folder / name).open("rb") as file:
            roster = read_roster(file)
        assert roster.accepted is not lenient.startswith("reject"), name
        if "warn" in lenient or "queue" in lenient:
            assert codes(roster), name


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_valid_bundle_is_accepted(version: str) -> None:
    assert codes(read_roster(bundle(version=version), options=STRICT)) == []


def test_valid_delta_is_accepted() -> None:
    roster = read_roster(delta({"orgs": ORGS, "academicSessions": SESSIONS}), options=STRICT)
    assert roster.accepted


VALID = {
    "users": [TEACHER, STUDENT],
    "orgs": ORGS,
    "academicSessions": SESSIONS,
    "courses": COURSES,
    "classes": CLASSES,
    "roles": ROLES,
    "enrollments": ENROLLMENTS,
}


@pytest.mark.parametrize(
    ("table", "change", "code"),
    [
        ("users", {"enabledUser": "TRUE"}, "row.boolean_case"),
        ("users", {"username": ""}, "row.advised"),
        ("users", {"sourcedId": " t-1"}, "row.spaces"),
        ("users", {"primaryOrgSourcedId": "district"}, "semantic.primary_org_role"),
        ("users", {"agentSourcedIds": "nobody"}, "reference.missing_target_record"),
        ("orgs", {"sourcedId": "dis trict"}, "row.id_characters"),
        ("academicSessions", {"schoolYear": "2026-2027"}, "row.year_span"),
        ("classes", {"classType": "Scheduled"}, "row.word_case"),
        ("classes", {"subjectCodes": ""}, "row.not_a_list_pair"),
        ("courses", {"schoolYearSourcedId": "fall"}, "semantic.school_year_type"),
        ("roles", {"role": "administrator"}, "row.invalid_word"),
        ("enrollments", {"status": "inactive"}, "row.status_inactive"),
    ],
)
def test_deviation_that_lenient_mode_accepts_rejects(table: str, change: dict[str, str], code: str) -> None:
    first, *rest = VALID[table]
    file = bundle({table: [{**first, **change}, *rest]})
    strict = read_roster(file, options=STRICT)
    assert not strict.accepted
    assert code in codes(strict)
    if table not in ("orgs", "roles") and "agentSourcedIds" not in change:
        lenient = read_roster(file)
        assert lenient.accepted
        assert code in codes(lenient)


@pytest.mark.parametrize("word", ["proctor", "siteAdministrator", "ext:coach"])
def test_role_of_the_standard_without_a_counterpart_only_waits(word: str) -> None:
    roster = read_roster(bundle({"roles": [{**ROLES[0], "role": word}, ROLES[1]]}), options=STRICT)
    assert roster.accepted
    assert codes(roster) == ["semantic.unmatched_role"]


def test_delta_row_without_a_time_rejects() -> None:
    file = delta({"orgs": [{**ORGS[0], "dateLastModified": ""}]})
    assert codes(read_roster(file, options=STRICT)) == ["row.stamp_required"]
    assert read_roster(file).accepted


@pytest.mark.parametrize(
    "change",
    [
        {"__MACOSX/._users.csv": b"x"},
        {"notes.txt": b"x"},
    ],
)
def test_entry_that_is_no_file_of_the_standard_rejects(change: dict[str, bytes]) -> None:
    assert not read_roster(zipped({**files_of(), **change}), options=STRICT).accepted
    assert read_roster(zipped({**files_of(), **change})).accepted


def test_columns_in_another_order_reject() -> None:
    data = table_bytes([*header("orgs")[:3], "type", "name", *header("orgs")[5:]], ORGS)
    assert codes(read_roster(bundle(replace={"orgs.csv": data}), options=STRICT)) == ["header.order"]


def test_two_primary_roles_at_one_org_reject() -> None:
    roles: list[dict[str, Any]] = [*ROLES, {**ROLES[0], "sourcedId": "r-9", "role": "aide"}]
    file = bundle({"roles": roles})
    assert codes(read_roster(file, options=STRICT)) == ["semantic.two_primary_roles"]
    lenient = read_roster(file)
    assert lenient.accepted
    assert [(found.row, found.level) for found in lenient.findings.kept] == [(4, Level.WARNING)]


def test_errors_of_strict_mode_come_first_in_the_order_of_causes() -> None:
    findings = Findings(strict=True)
    for code in ("semantic.unmatched_role", "row.stamp", "header.order", "row.required"):
        findings.add(code, file="users.csv", column="x")
    assert [group.code for group in findings.groups()] == [
        "row.required",
        "header.order",
        "row.stamp",
        "semantic.unmatched_role",
    ]


def test_only_warnings_are_marked_as_strict() -> None:
    assert all(rule.level is Level.WARNING for rule in RULES.values() if rule.strict)
