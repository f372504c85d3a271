"""Files that no one should apply, sent as anyone would send them: refused, rejected or held, and nothing changed."""

import io
import os
import subprocess
import sys
import zipfile
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alignment_dash.access.roles import Role
from alignment_dash.runs import tasks, uploads
from bench.roster_bundle import content, shuffled
from bench.roster_bundle import zipped as bundle_of
from schools.imports.importing import KIND
from schools.models import RosterImport
from tests import factories
from tests.schools import whole_state
from tests.schools.rosters.bundles import bundle, files_of, zipped
from tests.schools.rosters.test_mutations import mutated_files
from tests.schools.worker_process import address

LIST = "/api/v1/roster-imports/"
OURS = content(schools=2, teachers=6, students=60, enrollments_each=3, seed=1)
OTHERS = content(schools=2, teachers=6, students=60, enrollments_each=3, seed=2)
UNTOUCHED = {"rejected", "held", "planned"}


@pytest.fixture
def client_of_ours(sign_in: Any) -> Any:
    """A data administrator of a district that holds OURS."""
    client = sign_in(Role.DATA_ADMINISTRATOR)
    assert take(client, bundle_of(OURS), source="sis").state == "applied"
    return client


def take(client: Any, file: io.BytesIO, **fields: str) -> RosterImport:
    """Send a file over REST and do its import."""
    sent = SimpleUploadedFile("roster.zip", file.getvalue(), content_type="application/zip")
    answer = client.post(LIST, {"file": sent, **fields})
    assert answer.status_code in (200, 202), answer.json()
    upload = RosterImport.objects.get(uid=answer.json()["uid"])
    tasks.perform(upload.run_id)
    upload.refresh_from_db()
    return upload


def _nested() -> io.BytesIO:
    return zipped({"roster.zip": bundle().getvalue()})


def _inside_a_bundle() -> io.BytesIO:
    return zipped({**files_of(), "users.csv": bundle().getvalue()})


def _renamed(name: str) -> io.BytesIO:
    files = files_of()
    return zipped(
        {**{one: data for one, data in files.items() if one != "users.csv"}, name: files["users.csv"]}
    )


def _twice() -> io.BytesIO:
    made = zipped(files_of())
    with zipfile.ZipFile(made, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("users.csv", b"sourcedId\r\n")
    return made


def _bomb() -> io.BytesIO:
    files = files_of()
    return zipped({**files, "users.csv": files["users.csv"] + (b" " * 998 + b"\r\n") * 16_000})


HOSTILE = {
    "a zip in a zip": (_nested, "package.nested_zip"),
    "a zip as users.csv": (_inside_a_bundle, ""),
    "a path out of the folder": (lambda: _renamed("../../users.csv"), "package.unsafe_path"),
    "an absolute path": (lambda: _renamed("/etc/users.csv"), "package.unsafe_path"),
    "a path of Windows": (lambda: _renamed("C:\\users.csv"), "package.unsafe_path"),
    "the same name twice": (_twice, "package.duplicate"),
    "a bomb": (_bomb, "package.ratio"),
    "too many files": (lambda: zipped({f"{n}.csv": b"" for n in range(300)}), "package.too_many_entries"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_package_is_rejected_and_changes_nothing(client_of_ours: Any, name: str) -> None:
    make, code = HOSTILE[name]
    before = whole_state.rows()
    upload = take(client_of_ours, make(), source="sis")
    assert upload.state == "rejected"
    assert upload.groups[0]["message"]
    assert not code or code in {group["code"] for group in upload.groups}
    assert whole_state.rows() == before


def _without_rows(*names: str) -> Any:
    return {**OURS, **{name: [] for name in names}}


def _of_another_vendor() -> Any:
    """The same places, people and classes under ids of another system."""
    return {
        name: [tuple(f"v-{cell}" if _is_id(cell) else cell for cell in row) for row in rows]
        for name, rows in OURS.items()
    }


def _is_id(cell: str) -> bool:
    return cell.count("-") in (4, 5) and len(cell) >= 36


SUSPECT = {
    "another district's roster": (lambda: OTHERS, "sis", "ids.unknown"),
    "the roster of another vendor": (_of_another_vendor, "sis", "ids.unknown"),
    "another vendor as a new source": (_of_another_vendor, "new-sis", "source.new"),
    "no people": (lambda: _without_rows("users", "roles", "enrollments"), "sis", "type.ended"),
    "no enrollments": (lambda: _without_rows("enrollments"), "sis", "type.ended"),
    "headers alone": (lambda: _without_rows(*OURS), "sis", "type.ended"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", SUSPECT)
def test_valid_roster_that_cannot_be_meant_is_held_and_changes_nothing(
    client_of_ours: Any, name: str
) -> None:
    make, source, code = SUSPECT[name]
    before = whole_state.rows()
    upload = take(client_of_ours, bundle_of(shuffled(make(), seed=3)), source=source)
    assert upload.state in {"held", "rejected"}
    if upload.state == "held":
        assert code in {hold["code"] for hold in upload.holds}
    assert whole_state.rows() == before


@pytest.fixture
def sender(db: None) -> Any:
    return factories.small_district().users[Role.DATA_ADMINISTRATOR]


def mutate(client: Any, sender: Any, examples: int) -> None:
    """Send mutated rosters after a valid one, each to the district as it was."""
    quiet = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    client.force_login(sender)

    @settings(max_examples=examples, deadline=None, suppress_health_check=quiet)
    @given(mutated_files(), st.booleans())
    def check(files: dict[str, bytes], has_first: bool) -> None:
        with transaction.atomic():
            if has_first:
                take(client, bundle(), source="sis")
            before = whole_state.rows()
            upload = take(client, zipped(files), source="sis")
            assert upload.state in {*UNTOUCHED, "applied", "applied-with-messages"}, upload.message
            if upload.state in UNTOUCHED:
                assert whole_state.rows() == before
            transaction.set_rollback(True)

    check()


@pytest.mark.slow
def test_mutated_roster_sent_over_rest_is_applied_whole_or_not_at_all(client: Any, sender: Any) -> None:
    mutate(client, sender, examples=15)


@pytest.mark.full
def test_many_mutated_rosters_sent_over_rest_are_applied_whole_or_not_at_all(
    client: Any, sender: Any
) -> None:
    mutate(client, sender, examples=300)


ROWS = 10_000_000
MOST_MB = 700


def _ten_million_rows() -> io.BytesIO:
    """A bundle whose enrollments are ten million, each of a class that is not there; made row by row."""
    files, made = files_of(), io.BytesIO()
    head = files.pop("enrollments.csv").split(b"\r\n")[0].decode()
    names = head.split(",")
    row = dict.fromkeys(names, "") | {
        "classSourcedId": "gone", "schoolSourcedId": "oak", "userSourcedId": "s-1", "role": "student",
    }  # fmt: skip
    rest = ",".join(row[name] for name in names[1:])
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
        with archive.open("enrollments.csv", "w", force_zip64=True) as entry:
            entry.write(f"{head}\r\n".encode())
            for start in range(0, ROWS, 10_000):
                lines = (
                    f"{n * 2_654_435_761 % 2**32:08x}{n:08d},{rest}" for n in range(start, start + 10_000)
                )
                entry.write(("\r\n".join(lines) + "\r\n").encode())
    return made


@pytest.mark.full
@pytest.mark.django_db(transaction=True)
def test_ten_million_rows_are_read_in_bounded_memory_and_rejected_for_one_cause() -> None:
    by = factories.small_district().users[Role.DATA_ADMINISTRATOR]
    before = whole_state.rows()
    upload, _ = uploads.receive(
        kind=KIND, content=_ten_million_rows().getvalue(), filename="large.zip", options={}, by=by
    )
    done = subprocess.run(
        [sys.executable, "-m", "bench.import_worker"],
        input=f"{upload.run_id}\n", text=True, capture_output=True, check=True, cwd=django_settings.BASE_DIR,
        env=os.environ | {"DATABASE_URL": address(), "REDIS_URL": django_settings.REDIS_URL},
    )  # fmt: skip
    print(done.stdout)
    upload.refresh_from_db()
    assert upload.state == "rejected"
    (cause,) = [group for group in upload.groups if group["level"] == "error"]
    assert (cause["code"], cause["count"]) == ("reference.missing_target_record", ROWS)
    assert whole_state.rows() == before
    peak = float(done.stdout.rsplit('"peak_mb": ', 1)[1].split(",")[0])
    assert peak < MOST_MB
