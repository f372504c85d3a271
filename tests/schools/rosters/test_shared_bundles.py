"""The verdict and counts of every third-party bundle, as its SOURCE.md says (lenient column)."""

from pathlib import Path

import pytest

from schools.rosters.reader import EMITTED, Options, Roster, read_roster

# file: (accepted, code of the finding, its file, first row, how many)
DEFECTS = {
    "00-valid-bulk.zip": (True, None, None, None, 0),
    "02-cp1252-byte.zip": (False, "csv.invalid_utf8", "users.csv", 17, 3),
    "04-header-case.zip": (True, "header.case", "users.csv", 1, 1),
    "06-metadata-column-last.zip": (True, None, None, None, 0),
    "08-TRUE-uppercase.zip": (True, "row.boolean_case", "users.csv", 2, 1),
    "10-duplicate-user.zip": (False, "reference.duplicate_sourced_id", "users.csv", 225, 1),
    "12-bulk-with-status.zip": (True, "row.status_in_bulk", "users.csv", 2, 1),
    "14-role-administrator-1p1-word.zip": (True, "semantic.unmatched_role", "roles.csv", 2, 1),
    "16-class-school-is-district.zip": (False, "semantic.org_type_mismatch", "classes.csv", 2, 1),
    "18-embedded-newline.zip": (True, "csv.line_break_in_cell", "classes.csv", 2, 1),
    "20-extra-file.zip": (True, "package.unknown_file", "notes.txt", None, 1),
    "22-resourceSourcedIds-1p2p0-header.zip": (False, "row.width", "users.csv", 2, 223),
    "24-truncated-users-half.zip": (False, "reference.missing_target_record", "roles.csv", 112, 1_005),
    "26-half-the-people.zip": (True, None, None, None, 0),
}
GENERATED = {
    "district-medium-B.zip": {"orgs": 9, "users": 837, "classes": 364, "enrollments": 5_810},
    "school-small.zip": {"orgs": 1, "users": 79, "enrollments": 546},
}
MOODLE = {
    "Test_full_data_set.zip": {"reference.missing_target_file", "reference.missing_target_record"},
    "Test_minimal_data_set.zip": {"reference.missing_target_file"},
    "v1p2_full_dataset.zip": {"manifest.blank_absent", "header.unknown_column"},
}


def read(path: Path, options: Options | None = None) -> Roster:
    with path.open("rb") as file:
        return read_roster(file, options=options)


def codes(roster: Roster) -> set[str]:
    return {group.code for group in roster.findings.groups()}


@pytest.mark.parametrize("name", DEFECTS)
def test_defect_bundle_gets_its_verdict_and_its_one_finding(shared_data: Path, name: str) -> None:
    accepted, code, file, row, count = DEFECTS[name]
    roster = read(shared_data / "oneroster-defects" / name)
    assert roster.accepted is accepted
    if code is None:
        assert codes(roster) == set()
        return
    group = next(group for group in roster.findings.groups() if group.code == code)
    assert group.count == count
    assert (file, row) in {(place.file, place.row) for place in group.first}


def test_defect_bundles_are_all_covered(shared_data: Path) -> None:
    assert {path.name for path in (shared_data / "oneroster-defects").glob("*.zip")} == set(DEFECTS)


def test_valid_bundle_counts_its_rows(shared_data: Path) -> None:
    roster = read(shared_data / "oneroster-defects" / "00-valid-bulk.zip")
    rows = {name: count.rows for name, count in roster.counts.items()}
    assert (rows["users"], rows["classes"], rows["enrollments"]) == (223, 84, 1_554)


def test_missing_people_are_one_cause_over_three_files(shared_data: Path) -> None:
    roster = read(shared_data / "oneroster-defects" / "24-truncated-users-half.zip")
    (group,) = roster.findings.groups()
    assert group.files == {"roles.csv": 113, "demographics.csv": 105, "enrollments.csv": 787}


def test_cp1252_bundle_is_accepted_with_the_encoding_named(shared_data: Path) -> None:
    path = shared_data / "oneroster-defects" / "02-cp1252-byte.zip"
    assert read(path, Options(encoding="cp1252")).accepted
    assert "0xF3" in read(path).findings.groups()[0].message


def test_unknown_role_word_waits_with_its_person_and_place(shared_data: Path) -> None:
    waiting: list[tuple[str, ...]] = []
    with (shared_data / "oneroster-defects" / "14-role-administrator-1p1-word.zip").open("rb") as file:
        roster = read_roster(
            file, sink=lambda table, rows: waiting.extend(rows) if table == "waiting" else None
        )
    (row,) = waiting
    assert row[EMITTED["waiting"].index("role")] == "administrator"
    assert all(row[:5])
    assert roster.unmatched_words == {"administrator": 1}
    assert roster.counts["users"].left_out == 0


@pytest.mark.parametrize("name", GENERATED)
def test_generated_bundle_is_accepted_with_warnings_and_counts(shared_data: Path, name: str) -> None:
    roster = read(shared_data / "oneroster-generated" / name)
    assert roster.accepted
    assert {"row.status_in_bulk", "row.year_span", "row.not_a_list_pair"} <= codes(roster)
    assert {table: roster.counts[table].rows for table in GENERATED[name]} == GENERATED[name]


@pytest.mark.parametrize("name", MOODLE)
def test_broken_moodle_bundle_is_rejected_with_its_causes(shared_data: Path, name: str) -> None:
    roster = read(shared_data / "oneroster-moodle" / name)
    assert not roster.accepted
    assert codes(roster) >= MOODLE[name]


def test_moodle_delta_is_accepted_with_a_warning_for_true(shared_data: Path) -> None:
    roster = read(shared_data / "oneroster-moodle" / "oneroster_test_data.zip")
    assert roster.accepted
    assert "row.boolean_case" in codes(roster)
    assert {name: count.rows for name, count in roster.counts.items()} == dict.fromkeys(roster.counts, 1)


@pytest.mark.parametrize("folder", ["oneroster-defects", "oneroster-generated", "oneroster-moodle"])
def test_findings_never_hold_a_cell_of_a_person(shared_data: Path, folder: str) -> None:
    for path in (shared_data / folder).glob("*.zip"):
        roster = read(path)
        said = " ".join(group.message for group in roster.findings.groups())
        for secret in ("Password1-", "Batman", "Wayne", "Jones", "@"):
            assert secret not in said
