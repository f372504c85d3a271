"""Pages and REST of files of other products: who sees what, what is answered, and how many queries it takes."""

import json
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from alignment_dash import schoolyear
from alignment_dash.access.policy import MachineScope
from alignment_dash.access.reach import all_rows
from alignment_dash.access.roles import Role
from instruction.imports.products import actions
from instruction.imports.products.values_form import field_of
from instruction.models import Alias, ImportMapping, Observation, ObservationImport, UnmatchedValue
from tests import factories
from tests.access.programs import bearer, program
from tests.instruction.imports.files import csv_of, name_people, row
from tests.instruction.imports.products import (
    WIDE,
    as_csv,
    as_xlsx,
    done,
    imported,
    layout,
    planned,
    taken,
    waiting_file,
    wide_row,
)

pytestmark = pytest.mark.django_db
LIST = "api-observation-import-list"


@pytest.fixture
def ids(district):
    return name_people(district)


@pytest.fixture
def admin(sign_in):
    return sign_in(Role.DATA_ADMINISTRATOR)


@pytest.fixture
def other():
    """Another data administrator, signed in."""
    client = Client()
    client.force_login(factories.user(role=Role.DATA_ADMINISTRATOR))
    return client


@pytest.fixture
def by(user_in):
    return user_in(Role.DATA_ADMINISTRATOR)


@pytest.fixture
def with_mapping(district, ids, by):
    """A product whose first file was imported, and its mapping kept as "Grow"."""
    columns = layout().columns | {"Observer": "observer_id"}
    first = wide_row(district, ids, Observer=ids[district.principals[0].pk])
    imported(taken(as_csv([WIDE, first]), by), by, columns=columns, save_as="Grow")
    return ImportMapping.objects.get()


def page(client, name, **kwargs):
    return client.get(reverse(f"instruction:{name}", kwargs=kwargs)).content.decode()


def send(client, content, name="x.csv", **options):
    return client.post(reverse(LIST), {"file": SimpleUploadedFile(name, content), **options})


def test_file_of_another_product_needs_a_mapping_and_says_where(admin, district, ids):
    answer = send(admin, as_csv([WIDE, wide_row(district, ids)]))
    assert answer.status_code == 202
    assert answer.json()["state"] == "needs-mapping"
    assert admin.get(answer.json()["next"]).status_code == 200
    assert not Observation.objects.exists()


def test_workbook_with_a_known_mapping_is_imported(admin, district, ids, with_mapping):
    second = wide_row(district, ids, 1, Observer=ids[district.principals[0].pk])
    content = as_xlsx({"Anything": [["Export"], WIDE, second]})
    answer = send(admin, content, "x.xlsx", mapping=str(with_mapping.uid))
    done(ObservationImport.objects.get(uid=answer.json()["uid"]))
    assert admin.get(answer["Location"]).json()["state"] == "applied"
    with all_rows(why="a test looks at what was written"):
        assert Observation.objects.filter(source__code="grow").count() == 2


def test_unknown_mapping_and_broken_workbook_are_refused_with_words(admin, district, ids):
    assert "mapping" in send(admin, as_csv([WIDE, wide_row(district, ids)]), mapping="No").json()["detail"]
    broken = send(admin, b"PK\x03\x04 and nothing more", "x.xlsx")
    assert (broken.status_code, "spreadsheet" in broken.json()["detail"]) == (400, True)


def test_our_own_format_goes_its_way(admin, district, ids):
    answer = send(admin, csv_of([row(district, ids)]))
    assert answer.json()["state"] == "received"


def test_queue_over_rest_is_read_and_resolved(admin, district):
    upload = waiting_file(district, until="queue")
    url = reverse("api-observation-waiting-list")
    (value,) = admin.get(url).json()["results"]
    assert (value["kind"], value["text"], value["rows"]) == ("level", "NDA", [8])
    resolve = reverse("api-observation-waiting-resolve", kwargs={"uid": value["uid"]})
    bad = admin.post(resolve, json.dumps({"meaning": "code:9"}), content_type="application/json")
    assert bad.status_code == 400
    good = admin.post(resolve, json.dumps({"meaning": "code:-"}), content_type="application/json")
    assert good.status_code == 202
    done(upload)
    assert upload.message == "5 of 5 rows imported."
    assert not UnmatchedValue.objects.exists()


def test_cells_are_shown_only_to_who_sent_the_file(sign_in, other, district):
    upload = waiting_file(district)
    client = sign_in(Role.DATA_ADMINISTRATOR)
    url = reverse("instruction:observation-import-columns", kwargs={"uid": upload.uid})
    assert "Teacher01" in client.get(url).content.decode()
    for asked in (url, f"{url}?header_row=4"):
        answer = other.get(asked)
        assert answer.status_code == 403
        assert "Teacher0" not in answer.content.decode()
        assert "Asked why." not in answer.content.decode()
    planned_file = waiting_file(district, until="import")
    assert "Teacher01" not in page(other, "observation-import-preview", uid=planned_file.uid)


def test_only_who_sent_the_file_says_what_its_columns_mean(other, district):
    upload = waiting_file(district)
    url = reverse("instruction:observation-import-columns", kwargs={"uid": upload.uid})
    assert other.post(url, {"column-9": "level"}).status_code == 403
    upload.refresh_from_db()
    assert upload.layout is None


def test_words_are_masked_for_others_and_not_theirs_to_explain(other, district):
    upload = waiting_file(district, until="values")
    url = reverse("instruction:observation-import-values", kwargs={"uid": upload.uid})
    seen = other.get(url).content.decode()
    assert "NDA" not in seen
    assert "<b>AAA</b>" in seen
    assert other.post(url, {}).status_code == 403


def test_queue_is_masked_for_others_and_not_theirs_to_explain(other, district):
    waiting_file(district, until="queue")
    value = UnmatchedValue.objects.get()
    assert "NDA" not in page(other, "observation-waiting")
    (row,) = other.get(reverse("api-observation-waiting-list")).json()["results"]
    assert (row["text"], row["choices"]) == ("AAA", [])
    other.post(
        reverse("instruction:observation-waiting-resolve", kwargs={"uid": value.uid}), {"meaning": "code:-"}
    )
    resolve = reverse("api-observation-waiting-resolve", kwargs={"uid": value.uid})
    sent = other.post(resolve, json.dumps({"meaning": "code:-"}), content_type="application/json")
    assert sent.status_code == 403
    assert not Alias.objects.filter(kind="level").exists()


def test_program_goes_on_with_its_own_files_and_decides_no_word_of_others(client, district, ids, by):
    sender = program(MachineScope.OBSERVATIONS_WRITE)
    shown, planned_file = bearer(client, sender), waiting_file(district, until="import")
    go = reverse("api-observation-import-go", kwargs={"uid": planned_file.uid})
    assert client.post(go, headers=shown).status_code == 404
    ObservationImport.objects.filter(pk=planned_file.pk).update(received_by=sender.client.user)
    assert client.post(go, headers=shown).status_code == 202
    done(planned_file)
    value = UnmatchedValue.objects.get()
    resolve = reverse("api-observation-waiting-resolve", kwargs={"uid": value.uid})
    others = taken(as_csv([WIDE, wide_row(district, ids, 2)]), by)
    ObservationImport.objects.filter(pk=others.pk).update(layout=planned_file.layout)
    theirs = UnmatchedValue.objects.create(upload=others, kind=value.kind, text=value.text, rows=[2])
    meaning = {"content_type": "application/json", "headers": shown}
    assert client.post(resolve, json.dumps({"meaning": "code:-"}), **meaning).status_code == 403
    theirs.delete()
    assert client.post(resolve, json.dumps({"meaning": "code:-"}), **meaning).status_code == 202


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("columns", {"people": "\0", "sheet": "\0", "source": "a\0"}),
        ("use-mapping", {"sheet": "\0"}),
    ],
)
def test_nul_in_a_form_of_a_file_is_answered(admin, district, ids, by, with_mapping, name, sent):
    upload = taken(as_csv([WIDE, wide_row(district, ids, 2)]), by)
    kwargs = {"uid": upload.uid} | ({"mapping": with_mapping.uid} if name == "use-mapping" else {})
    url = reverse(f"instruction:observation-import-{name}", kwargs=kwargs)
    assert admin.post(url, sent).status_code in {302, 400}


def test_nul_in_aliases_and_the_name_of_a_mapping_is_answered(admin, district, ids):
    waiting_file(district, until="queue")
    alias = Alias.objects.get(kind="school")
    assert admin.get(reverse("instruction:alias-list") + "?source=%00").status_code == 200
    url = reverse("instruction:alias-change", kwargs={"uid": alias.uid})
    assert admin.post(url, {"people": "\0", "id": "5"}).status_code in {302, 400}
    assert send(admin, as_csv([WIDE, wide_row(district, ids)]), mapping="a\0").status_code == 400


def test_saved_mapping_is_offered_with_its_purpose(admin, district, ids, by, with_mapping):
    upload = taken(as_csv([["Export"], WIDE, wide_row(district, ids, 2)]), by)
    seen = page(admin, "observation-import-columns", uid=upload.uid)
    assert "takes every row as <b>evaluative</b>" in seen
    url = reverse(
        "instruction:observation-import-use-mapping", kwargs={"uid": upload.uid, "mapping": with_mapping.uid}
    )
    assert admin.post(url).status_code == 302
    done(upload)
    assert upload.layout["purpose"] == "evaluative"


def test_columns_page_asks_for_a_purpose(admin, district):
    upload = waiting_file(district)
    seen = admin.post(
        reverse("instruction:observation-import-columns", kwargs={"uid": upload.uid}),
        {"column-0": "teacher_id", "column-4": "date", "column-6": "rating:E1", "source": "grow"},
    )
    assert seen.status_code == 400
    assert "never guessed" in seen.content.decode()


def test_mapping_of_another_purpose_is_replaced_only_when_confirmed(admin, district, ids, by, with_mapping):
    upload = taken(as_csv([WIDE, wide_row(district, ids, 2, Observer=ids[district.principals[0].pk])]), by)
    url = reverse("instruction:observation-import-columns", kwargs={"uid": upload.uid})
    said = with_mapping.layout["columns"]
    sent = {f"column-{place}": said.get(name, "") for place, name in enumerate(WIDE)}
    sent |= {"source": "grow", "people": "sis", "purpose": "formative", "date_format": "month-first"}
    refused = admin.post(url, {**sent, "save_as": "Grow"})
    assert refused.status_code == 400
    assert 'name="replaces"' in refused.content.decode()
    assert admin.post(url, {**sent, "save_as": "Grow", "replaces": "1"}).status_code == 302
    actions.start_import(upload=done(upload), by=by)
    done(upload)
    with_mapping.refresh_from_db()
    assert with_mapping.layout["purpose"] == "formative"


def test_mapping_is_not_replaced_by_one_that_took_its_name_meanwhile(district, ids, by, with_mapping):
    columns = with_mapping.layout["columns"]
    row_of = wide_row(district, ids, 2, Observer=ids[district.principals[0].pk])
    upload = imported(
        taken(as_csv([WIDE, row_of]), by), by, columns=columns, purpose="formative", save_as="Grow"
    )
    assert "not kept" in upload.message
    with_mapping.refresh_from_db()
    assert with_mapping.layout["purpose"] == "evaluative"


def test_hidden_sheet_is_not_the_one_that_is_read(admin, district, ids, by):
    book = load_workbook(
        BytesIO(as_xlsx({"Lists": [["A", "B"], [1, 2]], "Export": [WIDE, wide_row(district, ids)]}))
    )
    book["Lists"].sheet_state = "hidden"
    target = BytesIO()
    book.save(target)
    upload = taken(target.getvalue(), by, "x.xlsx")
    answer = admin.get(reverse("instruction:observation-import-columns", kwargs={"uid": upload.uid}))
    assert answer.context["look"].sheet == "Export"
    assert "is hidden: Lists" in answer.content.decode()


def test_findings_stand_once_for_each_cause_with_the_words(admin, other, district, ids, by):
    rows = [wide_row(district, ids, place, **{"E3: Element 3": "ATS"}) for place in range(4)]
    upload = planned(taken(as_csv([WIDE, *rows]), by), by)
    seen = page(admin, "observation-import-preview", uid=upload.uid)
    assert seen.count("No proficiency level is called this") == 1
    assert "<b>ATS</b>: 4 rows" in seen
    assert "rows 2, 3, 4, 5" in seen
    masked = page(other, "observation-import-preview", uid=upload.uid)
    assert "ATS" not in masked
    assert "<b>AAA</b>: 4 rows" in masked


def test_file_of_which_few_rows_came_in_does_not_stand_as_applied(admin, district):
    upload = waiting_file(district, until="queue")
    for seen in (
        page(admin, "observation-import-detail", uid=upload.uid),
        page(admin, "observation-import-list"),
    ):
        assert "Applied in part" in seen
        assert 'data-status="applied' not in seen


def test_guess_is_marked_and_no_person_is_guessed_for_a_placeholder(admin, district, ids, by):
    rows = [wide_row(district, ids, 0, **{"Employee ID": "0"}), wide_row(district, ids, 1, School="AE")]
    upload = planned(taken(as_csv([WIDE, *rows]), by), by)
    answer = admin.get(reverse("instruction:observation-import-values", kwargs={"uid": upload.uid}))
    chosen = {(one.kind, one.written): one.chosen for one in answer.context["form"].asked}
    assert chosen.get(("teacher", "0"), "") == ""
    assert any(chosen.values())
    assert "a guess: check it" in answer.content.decode()


def test_preview_says_the_purpose_in_a_place_of_its_own(admin, district):
    upload = waiting_file(district, until="import")
    seen = page(admin, "observation-import-preview", uid=upload.uid)
    assert ">Evaluative</h" in seen


def test_choice_that_was_not_offered_is_refused(admin, district):
    upload = waiting_file(district, until="values")
    values = upload.outlook["values"]
    sent = {field_of(one["kind"], one["text"]): "code:nonsense" for one in values}
    url = reverse("instruction:observation-import-values", kwargs={"uid": upload.uid})
    assert admin.post(url, sent).status_code == 400
    assert not Alias.objects.exists()


def test_alias_is_changed_for_files_to_come_and_removed(admin, district):
    waiting_file(district, until="queue")
    alias = Alias.objects.get(kind="school")
    url = reverse("instruction:alias-change", kwargs={"uid": alias.uid})
    admin.post(url, {"meaning": f"row:{district.schools[1].uid}"})
    alias.refresh_from_db()
    assert alias.row_id == district.schools[1].pk
    admin.post(url, {"remove": "1"})
    assert not Alias.objects.filter(kind="school").exists()


def test_second_press_of_import_says_how_it_stands(admin, district):
    upload = waiting_file(district, until="import")
    url = reverse("instruction:observation-import-preview", kwargs={"uid": upload.uid})
    assert admin.post(url).status_code == 302
    assert admin.post(url)["Location"].endswith(f"{upload.uid}/")


@pytest.mark.parametrize(
    ("name", "until"),
    [
        ("observation-import-values", "values"),
        ("observation-import-preview", "import"),
        ("observation-waiting", "queue"),
        ("alias-list", "queue"),
    ],
)
def test_number_of_queries_does_not_grow_with_the_words(
    admin, district, ids, by, name, until, django_assert_max_num_queries
):
    rows = [
        wide_row(
            district,
            ids,
            School=f"Site {place}",
            **{
                "E1: Element 1": f"Word {place}",
                "Observation Date": (schoolyear.today() - timedelta(days=place)).isoformat(),
            },
        )
        for place in range(30)
    ]
    upload = planned(taken(as_csv([WIDE, *rows]), by), by)
    assert len(upload.outlook["values"]) > 30
    if until in {"import", "queue"}:
        actions.answer(upload=upload, answers={}, by=by)
        done(upload)
    if until == "queue":
        actions.start_import(upload=upload, by=by)
        done(upload)
    kwargs = {"uid": upload.uid} if name.startswith("observation-import") else {}
    with django_assert_max_num_queries(25):
        assert admin.get(reverse(f"instruction:{name}", kwargs=kwargs)).status_code == 200
