"""Every third-party bundle sent in as anyone would: what state it ends in, and for which cause, file and row.

`make test-full ARGS='-k verdicts'` prints the table.
"""

from pathlib import Path

import pytest
from django.db import transaction

from alignment_dash.access.models import User
from alignment_dash.runs import tasks, uploads
from schools.imports.importing import KIND
from schools.models import RosterImport
from tests.schools import whole_state

pytestmark = pytest.mark.django_db
APPLIED, NOTED, REJECTED, HELD = "applied", "applied-with-messages", "rejected", "held"
# What is sent, after what: state, the first cause (or the first rule that holds it), its file and row.
VERDICTS: dict[tuple[str, str], tuple[str, str, str, int | None]] = {
    ("oneroster-defects/00-valid-bulk.zip", ""): (APPLIED, "", "", None),
    ("oneroster-defects/02-cp1252-byte.zip", ""): (REJECTED, "csv.invalid_utf8", "users.csv", 17),
    ("oneroster-defects/04-header-case.zip", ""): (NOTED, "header.case", "users.csv", 1),
    ("oneroster-defects/06-metadata-column-last.zip", ""): (APPLIED, "", "", None),
    ("oneroster-defects/08-TRUE-uppercase.zip", ""): (NOTED, "row.boolean_case", "users.csv", 2),
    ("oneroster-defects/10-duplicate-user.zip", ""): (
        REJECTED,
        "reference.duplicate_sourced_id",
        "users.csv",
        225,
    ),
    ("oneroster-defects/12-bulk-with-status.zip", ""): (NOTED, "row.status_in_bulk", "users.csv", 2),
    ("oneroster-defects/14-role-administrator-1p1-word.zip", ""): (
        NOTED,
        "semantic.unmatched_role",
        "roles.csv",
        2,
    ),
    ("oneroster-defects/16-class-school-is-district.zip", ""): (
        REJECTED,
        "semantic.org_type_mismatch",
        "classes.csv",
        2,
    ),
    ("oneroster-defects/18-embedded-newline.zip", ""): (NOTED, "csv.line_break_in_cell", "classes.csv", 2),
    ("oneroster-defects/20-extra-file.zip", ""): (NOTED, "package.unknown_file", "notes.txt", None),
    ("oneroster-defects/22-resourceSourcedIds-1p2p0-header.zip", ""): (REJECTED, "row.width", "users.csv", 2),
    ("oneroster-defects/24-truncated-users-half.zip", ""): (
        REJECTED,
        "reference.missing_target_record",
        "roles.csv",
        112,
    ),
    ("oneroster-defects/26-half-the-people.zip", ""): (APPLIED, "", "", None),
    ("oneroster-generated/district-medium-B.zip", ""): (
        NOTED,
        "row.status_in_bulk",
        "academicSessions.csv",
        2,
    ),
    ("oneroster-generated/school-small.zip", ""): (NOTED, "row.status_in_bulk", "academicSessions.csv", 2),
    ("oneroster-moodle/Test_full_data_set.zip", ""): (
        REJECTED,
        "reference.missing_target_file",
        "classes.csv",
        2,
    ),
    ("oneroster-moodle/Test_minimal_data_set.zip", ""): (
        REJECTED,
        "reference.missing_target_file",
        "classes.csv",
        2,
    ),
    ("oneroster-moodle/oneroster_test_data.zip", ""): (
        NOTED,
        "package.file_not_used",
        "userProfiles.csv",
        None,
    ),
    ("oneroster-moodle/v1p2_full_dataset.zip", ""): (REJECTED, "header.unknown_column", "roles.csv", 1),
    ("oneroster-defects/26-half-the-people.zip", "oneroster-defects/00-valid-bulk.zip"): (
        HELD,
        "file.shrank",
        "",
        None,
    ),
    ("oneroster-generated/school-small.zip", "oneroster-generated/district-medium-B.zip"): (
        HELD,
        "ids.unknown",
        "",
        None,
    ),
}


def send(path: Path, by: User) -> RosterImport:
    """Send a bundle and do its import."""
    upload, _ = uploads.receive(kind=KIND, content=path.read_bytes(), filename=path.name, options={}, by=by)
    tasks.perform(upload.run_id)
    upload.refresh_from_db()
    return upload


def verdict(upload: RosterImport) -> tuple[str, str, str, int | None]:
    """The state, and where to look first."""
    if upload.holds:
        return upload.state, upload.holds[0]["code"], "", None
    if not upload.groups:
        return upload.state, "", "", None
    first = upload.groups[0]["first"][0]
    return upload.state, upload.groups[0]["code"], first["file"], first["row"]


def found(data: Path, name: str, after: str, by: User) -> tuple[str, str, str, int | None]:
    """Send one bundle to a district of its own, which is forgotten again."""
    with transaction.atomic():
        if after:
            assert send(data / after, by).state in (APPLIED, NOTED)
        before = whole_state.rows()
        upload = send(data / name, by)
        if upload.state not in (APPLIED, NOTED):
            assert whole_state.rows() == before
        transaction.set_rollback(True)
    return verdict(upload)


@pytest.fixture
def by(db: None) -> User:
    return User.objects.create(email="data@elm.example", name="Data administrator")


@pytest.mark.parametrize(("name", "after"), VERDICTS)
def test_bundle_ends_in_its_state_for_its_cause(shared_data: Path, by: User, name: str, after: str) -> None:
    assert found(shared_data, name, after, by) == VERDICTS[name, after]


def test_bundles_are_all_covered(shared_data: Path) -> None:
    there = {path.relative_to(shared_data).as_posix() for path in shared_data.glob("oneroster-*/*.zip")}
    assert there == {name for name, _ in VERDICTS}


@pytest.mark.full
def test_verdicts_are_printed(shared_data: Path, by: User, capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print(f"\n{'file':58} {'state':22} {'code':34} {'first file':18} row")
        for name, after in VERDICTS:
            state, code, file, row = found(shared_data, name, after, by)
            said = f"{name}{f' after {Path(after).name}' if after else ''}"
            print(f"{said:58} {state:22} {code:34} {file:18} {row or ''}")
