"""Roster imports over REST and on pages: from the bytes to what a data administrator reads."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from alignment_dash.access.models import AuditEvent
from alignment_dash.access.roles import Role
from alignment_dash.runs import registry, tasks
from alignment_dash.runs.models import Publication, Run, State
from schools.models import Org, Person, RosterImport
from tests.schools.rosters.bundles import TEACHER, bundle, files_of, table_bytes, zipped

pytestmark = pytest.mark.django_db
LIST = "/api/v1/roster-imports/"


@pytest.fixture
def administrator(sign_in: Any) -> Any:
    return sign_in(Role.DATA_ADMINISTRATOR)


def send(client: Any, file: io.BytesIO, **fields: str) -> Any:
    sent = SimpleUploadedFile("roster.zip", file.getvalue(), content_type="application/zip")
    return client.post(LIST, {"file": sent, **fields})


def perform(answer: Any) -> RosterImport:
    """Do the import that an answer is about, as a worker would."""
    upload = RosterImport.objects.get(uid=answer.json()["uid"])
    tasks.perform(upload.run_id)
    upload.refresh_from_db()
    return upload


def test_roster_is_taken_in_and_applied(administrator: Any) -> None:
    answer = send(administrator, bundle())
    assert answer.status_code == 202
    assert answer.json()["state"] == "received"
    perform(answer)
    done = administrator.get(answer["Location"]).json()
    assert (done["state"], done["version"], done["source"]) == ("applied", "1.2", "oneroster")
    assert done["counts"]["users"] == {
        "rows": 2, "created": 2, "updated": 0, "unchanged": 0, "returned": 0, "ignored": 0, "ended": 0,
    }  # fmt: skip
    assert done["findings"] == []
    assert Org.objects.filter(name="Oak School").exists()


@pytest.mark.parametrize(
    "media", ["application/zip", "application/octet-stream", "application/x-zip-compressed"]
)
def test_body_may_be_the_zip_itself(administrator: Any, media: str) -> None:
    url = f"{LIST}?source=sis&filename=north.zip"
    answer = administrator.post(url, bundle().getvalue(), content_type=media)
    assert answer.status_code == 202
    assert answer.json()["filename"] == "north.zip"
    assert perform(answer).source == "sis"


def test_rejected_roster_names_its_causes_and_changes_nothing(administrator: Any) -> None:
    people = Person.objects.count()
    answer = send(administrator, bundle({"users": [TEACHER]}))
    perform(answer)
    done = administrator.get(answer["Location"]).json()
    assert done["state"] == "rejected"
    assert done["message"] == "3 errors from one cause. Nothing was changed."
    (group,) = done["groups"]
    assert (group["code"], group["count"]) == ("reference.missing_target_record", 3)
    assert group["files"] == {"enrollments.csv": 1, "demographics.csv": 1, "roles.csv": 1}
    assert {"file": "roles.csv", "row": 3, "column": "userSourcedId"} in group["first"]
    assert Person.objects.count() == people


def test_findings_come_in_pages_and_as_csv(administrator: Any) -> None:
    answer = send(administrator, bundle({"users": [TEACHER]}))
    perform(answer)
    page = administrator.get(f"{answer['Location']}findings/?limit=2").json()
    assert (page["count"], len(page["results"])) == (3, 2)
    assert page["next"]
    text = administrator.get(f"{answer['Location']}findings.csv").content.decode("utf-8-sig")
    assert text.splitlines()[0] == "level,file,row,column,code,message"
    assert text.count("reference.missing_target_record") == 3


def test_warnings_are_applied_with_messages(administrator: Any) -> None:
    upload = perform(send(administrator, bundle({"users": [{**TEACHER, "enabledUser": "TRUE"}, _student()]})))
    assert upload.state == "applied-with-messages"
    assert upload.findings[0]["code"] == "row.boolean_case"


@pytest.mark.parametrize(
    ("file", "old", "new", "code"),
    [
        ("users.csv", b"t-1", b"t-\0", "csv.nul_byte"),
        ("users.csv", b"t-1", b"t-\xff", "csv.invalid_utf8"),
        ("manifest.csv", b"file.users", b"source.systemName,a\0b\r\nfile.users", "csv.nul_byte"),
    ],
)
def test_roster_with_bytes_that_no_text_holds_is_rejected(
    administrator: Any, file: str, old: bytes, new: bytes, code: str
) -> None:
    files = files_of()
    files[file] = files[file].replace(old, new)
    done = perform(send(administrator, zipped(files)))
    assert done.state == "rejected"
    assert code in {group["code"] for group in done.groups}


def _student() -> dict[str, str]:
    from tests.schools.rosters.bundles import STUDENT

    return STUDENT


def test_same_bytes_are_the_same_import(administrator: Any) -> None:
    sent = bundle()  # made once: a zip holds the time of its making
    first, second = send(administrator, sent), send(administrator, sent)
    assert first["Location"] == second["Location"]
    perform(first)
    third = send(administrator, sent)
    assert (third["Location"], third.json()["state"]) == (first["Location"], "applied")
    assert RosterImport.objects.count() == 1


def test_rejected_bytes_may_be_sent_again(administrator: Any) -> None:
    wrong = bundle({"users": [TEACHER]})
    first = send(administrator, wrong)
    perform(first)
    assert send(administrator, wrong)["Location"] != first["Location"]


def test_imports_are_listed_newest_first(administrator: Any) -> None:
    send(administrator, bundle())
    send(administrator, bundle(version="1.1"))
    listed = administrator.get(LIST).json()
    assert listed["count"] == 2
    assert listed["results"][0]["received_at"] > listed["results"][1]["received_at"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", ""),
        (b"sourcedId,status\r\n", "not a zip"),
        (bundle().getvalue()[:-40], "not a zip"),
    ],
)
def test_what_is_no_zip_is_refused_at_once(administrator: Any, content: bytes, message: str) -> None:
    for answer in (
        send(administrator, io.BytesIO(content)),
        administrator.post(LIST, content, content_type="application/zip"),
    ):
        assert answer.status_code == 400
        assert message in str(answer.json())
    assert RosterImport.objects.count() == 0


@pytest.mark.parametrize(
    ("body", "media", "status"),
    [
        (b"{}", "application/json", 415),
        (b"no boundary", "multipart/form-data", 400),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x", 400),
        (b"", "multipart/form-data; boundary=x", 400),
        (b"", "application/zip", 400),
    ],
)
def test_malformed_request_is_refused(administrator: Any, body: bytes, media: str, status: int) -> None:
    assert administrator.post(LIST, body, content_type=media).status_code == status


@pytest.mark.parametrize(
    "fields", [{"encoding": "utf-7"}, {"source": "x" * 256}, {"source": "a\0b"}, {"file": "not a file"}]
)
def test_wrong_options_are_refused(administrator: Any, fields: dict[str, str]) -> None:
    answer = administrator.post(LIST, fields) if "file" in fields else send(administrator, bundle(), **fields)
    assert answer.status_code == 400
    assert RosterImport.objects.count() == 0


def test_upload_over_the_limit_is_refused(administrator: Any, settings: Any) -> None:
    settings.UPLOAD_MAX_BYTES = 1_000
    assert send(administrator, bundle()).status_code == 413
    assert administrator.post(LIST, bundle().getvalue(), content_type="application/zip").status_code == 413


HOSTILE = {
    "empty zip": {},
    "empty files": {**files_of(), "users.csv": b"", "orgs.csv": b""},
    "NUL bytes": {**files_of(), "users.csv": files_of()["users.csv"].replace(b"Ida", b"I\0a")},
    "ten thousand columns": {**files_of(), "users.csv": ",".join(map(str, range(10_000))).encode()},
    "huge cell": {**files_of(), "orgs.csv": files_of()["orgs.csv"] + b"x" * 1_000_000},
    "long field": {**files_of(), "orgs.csv": files_of()["orgs.csv"].replace(b"Oak School", b"x" * 9_000)},
    "open quote": {**files_of(), "orgs.csv": files_of()["orgs.csv"] + b'"'},
    "bomb": {**files_of(), "users.csv": b"\0" * 50_000_000},
    "outside path": {**files_of(), "../users.csv": b""},
    "manifest of bytes": {**files_of(), "manifest.csv": bytes(range(256))},
    "wrong encoding": {**files_of(), "users.csv": files_of()["users.csv"].replace(b"Ida", b"\xff\xfe")},
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_bundle_is_rejected_with_words(administrator: Any, name: str) -> None:
    people = Person.objects.count()
    answer = send(administrator, zipped(HOSTILE[name]))
    assert answer.status_code == 202
    perform(answer)
    done = administrator.get(answer["Location"]).json()
    assert done["state"] == "rejected"
    assert done["groups"][0]["message"]
    assert "Traceback" not in str(done)
    assert Person.objects.count() == people


def test_failure_of_the_task_is_said_without_a_trace(
    administrator: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from schools.rosters import loader

    def fail(*args: Any) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(loader, "describe_schools", fail)
    answer = send(administrator, bundle())
    perform(answer)
    done = administrator.get(answer["Location"]).json()
    assert done["state"] == "failed"
    assert done["message"]
    assert "secret" not in str(done)
    assert not Org.objects.filter(name="Oak School").exists()


def test_change_rings_for_what_it_makes_stale(administrator: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    job = registry.Job(kind="test-of-rosters", label="Test", perform=print, stale_on=frozenset({"roster"}))
    monkeypatch.setattr(registry, "_jobs", {**registry._jobs, job.kind: job})
    perform(send(administrator, bundle()))
    assert Publication.objects.get(kind=job.kind, school_year=2027).stale_since
    run = Run.objects.get(kind=job.kind)
    assert (run.state, run.reason) == (State.QUEUED, "roster imported")
    run.delete()
    perform(send(administrator, bundle(replace={"notes.txt": b"same rows, other bytes"})))
    assert not Run.objects.filter(kind=job.kind).exists()


def test_receiving_and_applying_are_audited(administrator: Any) -> None:
    upload = perform(send(administrator, bundle()))
    acts = AuditEvent.objects.filter(target_id=str(upload.uid)).order_by("pk").values_list("act", flat=True)
    assert list(acts) == ["roster-import.receive", "roster-import.apply"]


def test_no_secret_of_a_person_is_kept_with_the_import(administrator: Any) -> None:
    data = table_bytes(["sourcedId", "Ann Oak", "Jo Pine", "letmein-9"], [{"sourcedId": "t-1"}])
    upload = perform(send(administrator, bundle(replace={"users.csv": data})))
    said = f"{upload.findings} {upload.groups} {upload.message}"
    for secret in ("Ann", "Pine", "letmein"):
        assert secret not in said


def test_page_takes_a_roster_in_and_shows_what_came_of_it(administrator: Any) -> None:
    url = reverse("schools:roster-import-list")
    sent = SimpleUploadedFile("roster.zip", bundle({"users": [TEACHER]}).getvalue())
    answer = administrator.post(url, {"file": sent})
    assert answer.status_code == 302
    upload = RosterImport.objects.get()
    assert answer["Location"] == reverse("schools:roster-import-detail", args=[upload.uid])
    tasks.perform(upload.run_id)
    page = administrator.get(answer["Location"]).content.decode()
    assert "These rows refer to people that users.csv does not hold" in page
    assert "roles.csv:3" in page
    assert "roster.zip" in administrator.get(url).content.decode()


def test_menu_of_a_data_administrator_leads_to_the_page(administrator: Any, sign_in: Any) -> None:
    link = f'href="{reverse("schools:roster-import-list")}"'
    home = reverse("ui:home")
    assert link in administrator.get(home).content.decode()
    assert link not in sign_in(Role.PRINCIPAL).get(home).content.decode()


def test_page_refuses_what_is_no_zip(administrator: Any) -> None:
    sent = SimpleUploadedFile("roster.csv", b"a,b\r\n")
    answer = administrator.post(reverse("schools:roster-import-list"), {"file": sent})
    assert answer.status_code == 400
    assert "This is not a zip file" in answer.content.decode()


def test_page_while_open_asks_for_itself_again_and_htmx_gets_the_part(administrator: Any) -> None:
    send(administrator, bundle())
    url = reverse("schools:roster-import-detail", args=[RosterImport.objects.get().uid])
    assert "every 2s" in administrator.get(url).content.decode()
    part = administrator.get(url, headers={"HX-Request": "true"}).content.decode()
    assert part.strip().startswith('<div id="roster-head"')
    assert "<html" not in part


ACCEPTED = {
    "oneroster-defects/00-valid-bulk.zip": ("applied", {"users": 223, "classes": 84, "enrollments": 1_554}),
    "oneroster-defects/04-header-case.zip": ("applied-with-messages", {"users": 223}),
    "oneroster-defects/20-extra-file.zip": ("applied-with-messages", {"users": 223}),
    "oneroster-generated/district-medium-B.zip": (
        "applied-with-messages",
        {"orgs": 9, "users": 837, "classes": 364, "enrollments": 5_810},
    ),
    "oneroster-defects/24-truncated-users-half.zip": ("rejected", {"users": 0}),
    "oneroster-moodle/v1p2_full_dataset.zip": ("rejected", {"users": 0}),
    "oneroster-moodle/oneroster_test_data.zip": ("applied-with-messages", {"users": 1, "enrollments": 1}),
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_third_party_roster_comes_through_the_endpoint(
    administrator: Any, shared_data: Path, name: str
) -> None:
    state, created = ACCEPTED[name]
    upload = perform(send(administrator, io.BytesIO((shared_data / name).read_bytes())))
    assert upload.state == state
    assert {table: upload.counts[table]["created"] for table in created} == created
