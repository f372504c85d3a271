"""Files of ratings over REST: what comes in, what is said about it, and that nothing comes in by halves."""

import csv
import io
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alignment_dash import schoolyear
from alignment_dash.access.models import AuditEvent
from alignment_dash.access.reach import all_rows
from alignment_dash.access.roles import Role
from alignment_dash.runs import tasks
from alignment_dash.runs.models import Publication, Run
from instruction.imports.findings import RULES, Findings
from instruction.imports.reader import read
from instruction.models import CalibrationVideo, Observation, ObservationImport, Rating
from schools.models import SourceSystem, StaffRole
from tests import factories
from tests.instruction.imports.files import csv_of, name_people, row

pytestmark = pytest.mark.django_db
LIST = "api-observation-import-list"


@pytest.fixture
def ids(district):
    return name_people(district)


@pytest.fixture
def send(sign_in):
    """Return a function that sends a file as the data administrator, does the job, and returns the import."""
    client = sign_in(Role.DATA_ADMINISTRATOR)

    def sent(content: bytes, **options):
        file = SimpleUploadedFile("ratings.csv", content, content_type="text/csv")
        answer = client.post(reverse(LIST), {"file": file, **options})
        assert answer.status_code in {200, 202}, answer.content
        run = Run.objects.get(subject=answer.json()["uid"])
        tasks.perform(run.pk)
        return client.get(answer["Location"]).json()

    return sent


def stored(model, **found):
    with all_rows(why="a test looks at what was written"):
        return list(model.objects.filter(**found).order_by("pk"))


def codes(done) -> set[str]:
    return {finding["code"] for finding in done["findings"]}


def test_file_of_ratings_becomes_an_observation_as_of_its_day(send, district, ids):
    before = len(stored(Observation))
    done = send(csv_of([row(district, ids), row(district, ids, element="E2", level=4)]))
    assert (done["state"], done["findings"]) == ("applied", [])
    assert done["counts"]["observations"] == {"created": 1, "updated": 0, "unchanged": 0}
    assert done["counts"]["ratings"] == {"created": 2, "updated": 0, "unchanged": 0}
    made = stored(Observation)[before]
    assert (made.school, made.role, made.is_cross_school) == (district.schools[0], StaffRole.TEACHER, False)
    assert made.version == district.version
    assert [rating.level for rating in stored(Rating, observation=made)] == [3, 4]
    assert stored(Rating, observation=made)[0].evidence == 'Said: "why?",\nand waited.'


def test_import_marks_the_year_stale_and_asks_for_a_run(send, district, ids):
    send(csv_of([row(district, ids)]))
    year = schoolyear.current_year()
    assert Publication.objects.get(kind="capacity", school_year=year).stale_since
    assert Run.objects.filter(kind="capacity", school_year=year).count() == 1


def test_old_ratings_make_the_years_after_them_stale_too(send, district, ids):
    year = schoolyear.current_year()
    day = schoolyear.bounds(year - 1)[0]
    send(csv_of([row(district, ids, date=day.isoformat())]))
    stale = Publication.objects.filter(kind="capacity").values_list("school_year", flat=True)
    assert set(stale) == {year - 1, year}


def test_same_bytes_are_the_same_import(send, sign_in, district, ids):
    content = csv_of([row(district, ids)])
    first = send(content)
    assert send(content)["uid"] == first["uid"]
    assert ObservationImport.objects.count() == 1


def test_same_observation_in_another_file_is_unchanged(send, district, ids):
    send(csv_of([row(district, ids)]))
    Publication.objects.all().delete()
    done = send(csv_of([row(district, ids)]) + b"\r\n")
    assert done["counts"]["observations"] == {"created": 0, "updated": 0, "unchanged": 1}
    assert not Publication.objects.exists()


def test_changed_level_updates_the_rating_and_keeps_the_others(send, district, ids):
    send(csv_of([row(district, ids), row(district, ids, element="E2")]))
    done = send(csv_of([row(district, ids, level=1)]))
    assert done["counts"]["ratings"] == {"created": 0, "updated": 1, "unchanged": 0}
    assert done["counts"]["observations"]["updated"] == 1
    levels = stored(Rating, observation=stored(Observation)[-1])
    assert sorted(rating.level for rating in levels) == [1, 3]


def test_earlier_file_sent_again_after_another_takes_effect(send, district, ids):
    first, second = csv_of([row(district, ids, level=3)]), csv_of([row(district, ids, level=1)])
    for content in (first, second, first):
        send(content)
    assert stored(Rating, observation=stored(Observation)[-1])[0].level == 3


def test_stored_evidence_never_changes_its_purpose_by_a_file(send, district, ids):
    send(csv_of([row(district, ids, purpose="formative")]), source="sis")
    rows = [row(district, ids, observation_id="V2", element="E2"), row(district, ids, purpose="evaluative")]
    again = send(csv_of(rows), source="sis")
    assert again["state"] == "rejected"
    assert [(one["row"], one["column"], one["code"]) for one in again["findings"]] == [
        (3, "purpose", "purpose-differs")
    ]
    assert [one.purpose for one in stored(Observation, source__code="sis")] == ["formative"]


def test_visit_from_another_school_is_cross_school(send, district, ids):
    send(csv_of([row(district, ids, observer=ids[district.principals[1].pk])]))
    assert stored(Observation)[-1].is_cross_school


def test_teacher_of_two_schools_was_seen_where_the_observer_works(send, district, ids):
    teacher = district.teachers[district.schools[0].pk][0]
    factories.assignment(person=teacher, org=district.schools[1])
    send(csv_of([row(district, ids, observer=ids[district.principals[1].pk])]))
    made = stored(Observation)[-1]
    assert (made.school, made.is_cross_school) == (district.schools[1], False)


def test_calibration_video_has_no_teacher_and_no_school(send, district, ids):
    lesson = {"kind": "calibration", "teacher": "", "video": "Grade 4 fractions"}
    done = send(csv_of([row(district, ids, **lesson)]))
    assert done["counts"]["videos"] == {"created": 1}
    made = stored(Observation)[-1]
    assert (made.video, made.school, made.observed) == (CalibrationVideo.objects.get(), None, None)


@pytest.mark.parametrize(
    ("changes", "code", "column"),
    [
        ({"observer": "nobody"}, "unknown-person", "observer"),
        ({"teacher": "nobody"}, "unknown-person", "teacher"),
        ({"element": "E99"}, "unknown-element", "element"),
        ({"level": 5}, "level-outside-scale", "level"),
        ({"level": 0}, "level-outside-scale", "level"),
        ({"level": "high"}, "bad-level", "level"),
        ({"level": ""}, "empty-cell", "level"),
        ({"date": "11/20/2026"}, "bad-date", "date"),
        ({"date": "2026-W01-1"}, "bad-date", "date"),
        ({"date": "1987-05-05"}, "no-framework", "date"),
        ({"purpose": "secret"}, "bad-purpose", "purpose"),
        ({"kind": "drive-by"}, "bad-kind", "kind"),
        ({"observation_id": ""}, "empty-cell", "observation_id"),
        ({"observation_id": "x" * 256}, "too-long", "observation_id"),
        ({"teacher": ""}, "empty-cell", "teacher"),
        ({"video": "A lesson"}, "video-without-kind", "video"),
        ({"kind": "calibration", "video": "A lesson"}, "teacher-and-video", "teacher"),
        ({"kind": "calibration", "teacher": "", "video": ""}, "empty-cell", "video"),
    ],
)
def test_bad_cell_is_named_and_changes_nothing(send, district, ids, changes, code, column):
    before = len(stored(Observation))
    done = send(csv_of([row(district, ids, observation_id="V0"), row(district, ids, **changes)]))
    assert done["state"] == "rejected"
    found = {(one["row"], one["column"], one["code"]) for one in done["findings"]}
    assert found == {(3, column, code)}
    assert len(stored(Observation)) == before


def test_date_to_come_is_refused(send, district, ids):
    tomorrow = (schoolyear.today() + timedelta(days=1)).isoformat()
    assert codes(send(csv_of([row(district, ids, date=tomorrow)]))) == {"future-date"}


def test_date_outside_the_named_year_is_refused(send, district, ids):
    year = schoolyear.current_year() - 1
    assert codes(send(csv_of([row(district, ids)]), school_year=year)) == {"outside-year"}


def test_observing_oneself_is_refused(send, district, ids):
    teacher = ids[district.teachers[district.schools[0].pk][0].pk]
    assert codes(send(csv_of([row(district, ids, observer=teacher)]))) == {"self-observation"}


def test_person_without_work_at_a_school_that_day_is_refused(send, district, ids):
    supervisor = ids[district.supervisor.pk]
    assert codes(send(csv_of([row(district, ids, teacher=supervisor)]))) == {"no-assignment"}


def test_element_rated_twice_in_one_observation_is_refused(send, district, ids):
    done = send(csv_of([row(district, ids), row(district, ids, level=4)]))
    assert [(one["code"], one["row"]) for one in done["findings"]] == [("repeated-element", 3)]


def test_rows_of_one_observation_that_disagree_are_refused(send, district, ids):
    done = send(csv_of([row(district, ids), row(district, ids, element="E2", purpose="formative")]))
    assert [(one["code"], one["column"]) for one in done["findings"]] == [("rows-disagree", "purpose")]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\xff\xfe\x00o", "not-utf-8"),
        (b"observation_id,date\x00\n", "nul-byte"),
        (b"\n\n", "empty-file"),
        (b"observation_id,date\n", "missing-column"),
        (b'"a\n', "not-csv"),
    ],
)
def test_file_that_is_no_table_is_refused(send, ids, content, code):
    done = send(content)
    assert done["state"] == "rejected"
    assert code in codes(done)


def test_header_without_rows_and_unknown_columns_are_refused(send, district, ids):
    assert codes(send(csv_of([]))) == {"empty-file"}
    assert codes(send(csv_of([row(district, ids, salary=1)]))) == {"unknown-column"}


def test_findings_never_quote_a_cell_and_come_as_csv(send, sign_in, district, ids):
    done = send(csv_of([row(district, ids, teacher="=cmd|' /C calc'!A0")]))
    url = reverse("api-observation-import-findings", kwargs={"uid": done["uid"]})
    answer = sign_in(Role.DATA_ADMINISTRATOR).get(url)
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [(one["row"], one["column"]) for one in rows] == [("2", "teacher")]
    assert "cmd" not in answer.content.decode()


def test_empty_and_missing_files_are_refused_at_once(sign_in, ids):
    client = sign_in(Role.DATA_ADMINISTRATOR)
    assert client.post(reverse(LIST), {"file": SimpleUploadedFile("x.csv", b"")}).status_code == 400
    assert client.post(reverse(LIST), {}).status_code == 400
    assert not ObservationImport.objects.exists()


def test_file_too_large_is_refused(sign_in, ids, settings):
    settings.UPLOAD_MAX_BYTES = 10
    answer = sign_in(Role.DATA_ADMINISTRATOR).post(reverse(LIST), b"x" * 11, content_type="text/csv")
    assert answer.status_code == 413


def test_body_of_the_request_may_be_the_file(sign_in, district, ids):
    client = sign_in(Role.DATA_ADMINISTRATOR)
    url = reverse(LIST, query={"source": "sis", "filename": "a/b.csv"})
    answer = client.post(url, csv_of([row(district, ids)]), content_type="text/csv")
    assert answer.status_code == 202
    assert answer.json()["filename"] == "b.csv"


def test_unknown_source_system_is_refused(sign_in, district, ids):
    file = SimpleUploadedFile("x.csv", csv_of([row(district, ids)]))
    answer = sign_in(Role.DATA_ADMINISTRATOR).post(reverse(LIST), {"file": file, "source": "other"})
    assert answer.status_code == 400
    assert "source" in answer.json()


def test_without_any_roster_the_first_step_is_named(sign_in, district):
    assert not SourceSystem.objects.exists()
    answer = sign_in(Role.DATA_ADMINISTRATOR).post(reverse(LIST), {"file": SimpleUploadedFile("x.csv", b"x")})
    assert "roster" in answer.json()["source"][0]


def test_receiving_and_applying_are_audited_once_each(send, district, ids):
    done = send(csv_of([row(district, ids)]))
    events = AuditEvent.objects.filter(target_id=done["uid"]).order_by("pk")
    assert [event.act for event in events] == ["observation-import.receive", "observation-import.apply"]
    assert events[1].detail["counts"]["created"] == 1
    assert events[1].by_id is not None


def test_rejecting_is_no_applying(send, district, ids):
    send(b"no,header\n")
    assert not AuditEvent.objects.filter(act="observation-import.apply").exists()


def test_page_takes_a_file_and_shows_what_was_found(sign_in, district, ids):
    client = sign_in(Role.DATA_ADMINISTRATOR)
    file = SimpleUploadedFile("ratings.csv", csv_of([row(district, ids, level=9)]))
    answer = client.post(reverse("instruction:observation-import-list"), {"file": file})
    assert answer.status_code == 302
    tasks.perform(Run.objects.get(kind="observation-import").pk)
    assert "outside the framework" in client.get(answer["Location"]).content.decode()
    assert "ratings.csv" in client.get(reverse("instruction:observation-import-list")).content.decode()


@pytest.mark.usefixtures("february")
def test_number_of_queries_does_not_grow_with_the_file(district, ids, django_assert_max_num_queries, user_in):
    from alignment_dash.runs import uploads
    from instruction.imports.work import OBSERVATION_IMPORTS, work

    rows = [
        row(
            district,
            ids,
            observation_id=f"V{n}",
            date=(schoolyear.today() - timedelta(days=n % 3)).isoformat(),
        )
        for n in range(200)
    ]
    upload, _ = uploads.receive(
        kind=OBSERVATION_IMPORTS, content=csv_of(rows), filename="x.csv", options={"source": "sis"},
        by=user_in(Role.DATA_ADMINISTRATOR),
    )  # fmt: skip
    with django_assert_max_num_queries(60):
        assert work(upload, upload.run, lambda *args: None).accepted


@given(st.one_of(st.binary(max_size=300), st.text(max_size=300).map(str.encode)))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_read_or_refused_with_words(content):
    findings = Findings("x.csv")
    lessons = read(content, findings, kinds=["formal"], purposes=["formative"])
    assert bool(lessons) != bool(findings)


CELLS = st.one_of(
    st.sampled_from(
        ["V1", "2026-01-05", "formal", "formative", "P1", "P2", "E1", "3", "", "calibration", "\t"]
    ),
    st.text(alphabet=st.characters(exclude_characters="\0", codec="utf-8"), max_size=8),
)


@given(st.lists(st.lists(CELLS, min_size=9, max_size=9), min_size=1, max_size=6))
@settings(max_examples=200, deadline=None)
def test_any_cells_are_read_or_refused_with_words(cells):
    names = [
        "observation_id",
        "date",
        "kind",
        "purpose",
        "observer",
        "teacher",
        "element",
        "level",
        "evidence",
    ]
    rows = [dict(zip(names, one, strict=True)) for one in cells]
    findings = Findings("x.csv")
    lessons = read(csv_of(rows), findings, kinds=["formal", "calibration"], purposes=["formative"])
    assert all(finding["code"] in RULES for finding in findings.kept())
    assert all(isinstance(lesson.day, date) for lesson in lessons)
