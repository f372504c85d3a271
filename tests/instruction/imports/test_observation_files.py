"""Files of other evaluation products: from their columns and words to observations, and what waits."""

from datetime import timedelta

import pytest
from django.utils import timezone

from alignment_dash import schoolyear
from alignment_dash.access.models import AuditEvent
from alignment_dash.access.reach import all_rows
from alignment_dash.access.roles import Role
from instruction.imports.products import actions, door
from instruction.imports.products.meanings import Meaning
from instruction.models import Alias, ImportMapping, Observation, ObservationImport, Rating, UnmatchedValue
from schools.models import ExternalId, Kind, SourceSystem
from tests import factories
from tests.instruction.imports.files import name_people
from tests.instruction.imports.products import (
    WIDE,
    as_csv,
    as_xlsx,
    done,
    imported,
    layout,
    planned,
    taken,
    wide_row,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def ids(district):
    return name_people(district)


@pytest.fixture
def by(user_in):
    return user_in(Role.DATA_ADMINISTRATOR)


def stored(model=Observation, **found):
    with all_rows(why="a test looks at what was written"):
        return list(model.objects.filter(**found).order_by("pk"))


def from_product():
    return stored(source__code="grow")


def confirm(upload, by):
    """Accept every suggestion, as the page's form does."""
    answers = {}
    for value in upload.outlook["values"]:
        answers.setdefault(value["kind"], {})[value["text"]] = value["suggestion"]
    actions.answer(upload=upload, answers=answers, by=by)
    return done(upload)


def test_wide_file_becomes_observations_once_the_observers_name_is_confirmed(district, ids, by):
    upload = taken(as_csv([WIDE, wide_row(district, ids), wide_row(district, ids, 1)]), by)
    assert (upload.state, upload.waits_for) == ("planned", "columns")
    planned(upload, by)
    assert upload.waits_for == "values"
    values = [(one["kind"], one["how"], one["count"]) for one in upload.outlook["values"]]
    assert values == [("observer", "name-school", 2)]
    assert not from_product()
    confirm(upload, by)
    assert upload.waits_for == "import"
    assert upload.outlook["loaded"]["observations"]["created"] == 2
    assert not from_product()
    assert not Alias.objects.exists()
    actions.start_import(upload=upload, by=by)
    done(upload)
    assert upload.state == "applied"
    assert bytes(upload.content) == b""
    first = from_product()[0]
    assert first.observed in district.teachers[district.schools[0].pk]
    assert (first.observer, first.school, first.purpose, first.kind) == (
        district.principals[0], district.schools[0], "evaluative", "formal",
    )  # fmt: skip
    levels = {one.element_version.element.code: one.level for one in stored(Rating, observation=first)}
    assert levels == {"E1": 3, "E2": 3, "E3": 4}
    assert stored(Rating, observation=first)[0].evidence == "Asked why."
    assert [one.kind for one in Alias.objects.all()] == ["observer"]


def test_answers_serve_the_next_file_of_the_product(district, ids, by):
    first = taken(as_csv([WIDE, wide_row(district, ids)]), by)
    confirm(planned(first, by) and first, by)
    actions.start_import(upload=first, by=by)
    done(first)
    second = taken(as_csv([WIDE, wide_row(district, ids, 2)]), by)
    planned(second, by)
    assert second.waits_for == "import"
    assert second.outlook["n_ready"] == 1


def test_long_file_in_a_workbook_with_rows_above_its_header_is_read_alike(district, ids, by):
    header = ["Teacher Id", "Observed on", "By", "Component", "Score", "Comments"]
    teacher, observer = district.teachers[district.schools[0].pk][0], district.principals[0]
    rows = [
        [ids[teacher.pk], schoolyear.today(), ids[observer.pk], code, level, f"Evidence of {code}"]
        for code, level in (("E1", 2), ("E2: Element 2", "4"), ("E3", "Developing"))
    ]
    content = as_xlsx({"Cover": [["Our district"]], "Scores": [["Walkthroughs"], [], header, *rows]})
    upload = taken(content, by, filename="scores.xlsx")
    said = dict(
        zip(header, ["teacher_id", "date", "observer_id", "element", "level", "evidence"], strict=True)
    )
    imported(
        upload, by, columns=said, sheet="Scores", header_row=3, kind="walkthrough", purpose="formative",
        date_format="iso",
    )  # fmt: skip
    assert upload.state == "applied", upload.findings
    (one,) = from_product()
    assert (one.kind, one.purpose) == ("walkthrough", "formative")
    levels = {held.element_version.element.code: held.level for held in stored(Rating, observation=one)}
    assert levels == {"E1": 2, "E2": 4, "E3": 2}


def test_only_rows_of_an_unknown_word_wait_and_its_meaning_brings_in_exactly_those(district, ids, by):
    rows = [wide_row(district, ids, place, Observer=ids[district.principals[0].pk]) for place in range(4)]
    rows[3][WIDE.index("School")] = "A.E. building"
    upload = taken(as_csv([WIDE, *rows]), by)
    columns = layout().columns | {"Observer": "observer_id"}
    imported(upload, by, columns=columns)
    assert upload.state == "applied-with-messages"
    assert upload.message == "3 of 4 rows imported; 1 waits for 1 value."
    assert len(from_product()) == 3
    assert bytes(upload.content)
    value = UnmatchedValue.objects.get()
    assert (value.kind, value.text, value.rows) == ("school", "a.e. building", [5])
    actions.resolve(value=value, meaning=Meaning(row=district.schools[0].pk), by=by)
    done(upload)
    assert len(from_product()) == 4
    assert (upload.state, upload.message) == ("applied", "4 of 4 rows imported.")
    assert upload.counts["observations"]["created"] == 4
    assert bytes(upload.content) == b""
    assert not UnmatchedValue.objects.exists()
    assert AuditEvent.objects.filter(act="alias.set", by_id=by.pk).count() == 1


def test_second_visit_on_a_day_does_not_replace_the_first_when_its_word_is_explained(district, ids, by):
    columns = layout().columns | {"Observer": "observer_id"}
    first = wide_row(district, ids, Observer=ids[district.principals[0].pk])
    second = ["", "Somebody Else", *first[2:6], "1", "1", "1", ""]
    upload = taken(as_csv([WIDE, first, second]), by)
    imported(upload, by, columns=columns)
    before = {(one.element_version_id, one.level) for one in stored(Rating, observation=from_product()[0])}
    teacher = district.teachers[district.schools[0].pk][0]
    actions.resolve(value=UnmatchedValue.objects.get(), meaning=Meaning(row=teacher.pk), by=by)
    done(upload)
    assert [(one["row"], one["code"]) for one in upload.findings] == [(3, "observation-twice")]
    (one,) = from_product()
    assert {(held.element_version_id, held.level) for held in stored(Rating, observation=one)} == before


LONG = {
    "Id": "observation_id", "Day": "date", "Teacher": "teacher_id", "By": "observer_id", "Element": "element",
    "Level": "level",
}  # fmt: skip


def long_file(district, ids, *ratings):
    """One observation in a long file, with an element and a level a row."""
    teacher, observer = district.teachers[district.schools[0].pk][0], district.principals[0]
    head = ["A1", schoolyear.today().isoformat(), ids[teacher.pk], ids[observer.pk]]
    return as_csv([[*LONG], *([*head, *rating] for rating in ratings)])


def test_framework_that_has_most_of_the_elements_by_name_is_taken(district, ids, by):
    larger = factories.framework(elements=4)
    said = {"columns": LONG, "date_format": "iso", "kind": "formal", "purpose": "formative"}
    for ratings, is_larger in (((["E1", "3"], ["Element 4", "2"]), True), ((["E1", "3"],), False)):
        imported(taken(long_file(district, ids, *ratings), by), by, **said)
        (one,) = from_product()
        assert (one.version == larger) == is_larger


def test_row_without_a_level_counts_with_its_observation_when_that_is_refused(district, ids, by):
    said = {"columns": LONG, "date_format": "iso", "kind": "formal"}
    ratings = (["E1", "3"], ["E2", ""], ["E3", "2"])
    imported(taken(long_file(district, ids, *ratings), by), by, **said, purpose="formative")
    again = taken(long_file(district, ids, *ratings) + b"\n", by)
    planned(again, by, **said, purpose="evaluative")
    assert (again.outlook["n_ready"], again.outlook["n_wrong"]) == (0, 3)


def test_rows_left_out_by_an_answer_are_said(district, ids, by):
    columns, first = with_observer_ids(district, ids)
    rows = [[*wide_row(district, ids, place)[:2], school, *first[3:]] for place, school in enumerate("xyz")]
    upload = planned(taken(as_csv([WIDE, first, *rows[1:]]), by), by, columns=columns)
    actions.answer(upload=upload, answers={"school": {"y": "code:-"}}, by=by)
    done(upload)
    actions.start_import(upload=upload, by=by)
    done(upload)
    assert upload.message == "1 of 3 rows imported; 1 left out on purpose; 1 waits for 1 value."
    actions.resolve(value=UnmatchedValue.objects.get(), meaning=Meaning(code="-"), by=by)
    done(upload)
    assert (upload.state, upload.message) == ("applied", "1 of 3 rows imported; 2 left out on purpose.")


def test_initials_of_a_school_are_suggested_and_not_taken(district, ids, by):
    row = wide_row(district, ids, School="AE", Observer=ids[district.principals[0].pk])
    upload = taken(as_csv([WIDE, row]), by)
    planned(upload, by, columns=layout().columns | {"Observer": "observer_id"})
    assert [(one["kind"], one["suggestion"]) for one in upload.outlook["values"]] == [
        ("school", f"row:{district.schools[0].pk}")
    ]


def test_purpose_is_needed_and_never_guessed(district, ids, by):
    upload = taken(as_csv([WIDE, wide_row(district, ids)]), by)
    with pytest.raises(ValueError, match="no-purpose"):
        actions.set_columns(upload=upload, layout=layout(purpose=""), by=by)
    rows = [[*WIDE, "Use"], [*wide_row(district, ids), "for growth"], [*wide_row(district, ids, 1), ""]]
    other = taken(as_csv(rows), by)
    planned(other, by, columns=layout().columns | {"Use": "purpose"}, purpose="")
    asked = {one["kind"]: one["suggestion"] for one in other.outlook["values"]}
    assert asked["purpose"] == ""
    assert other.outlook["n_wrong"] == 1
    assert [one["code"] for one in other.findings if one["level"] == "error"] == ["empty-cell"]


def test_stored_evidence_never_changes_its_purpose_by_a_file(district, ids, by):
    columns = layout().columns | {"Observer": "observer_id"}
    row = wide_row(district, ids, Observer=ids[district.principals[0].pk])
    imported(taken(as_csv([WIDE, row]), by), by, columns=columns, purpose="formative")
    again = taken(as_csv([WIDE, [*row[:-1], "Another comment"]]), by)
    imported(again, by, columns=columns, purpose="evaluative")
    assert [one["code"] for one in again.findings] == ["purpose-differs"]
    assert [one.purpose for one in from_product()] == ["formative"]


def test_comment_longer_than_other_cells_comes_in(district, ids, by):
    row = wide_row(
        district, ids, Observer=ids[district.principals[0].pk], **{"E1 Comment": "Asked why. " * 50}
    )
    upload = taken(as_csv([WIDE, row]), by)
    imported(upload, by, columns=layout().columns | {"Observer": "observer_id"})
    assert upload.findings_total == 0
    (one,) = from_product()
    assert ("Asked why. " * 50).strip() in [rating.evidence for rating in stored(Rating, observation=one)]


def test_column_that_differs_in_capitals_only_is_not_read_for_the_chosen_one(district, ids, by):
    other = (schoolyear.today() - timedelta(days=30)).strftime("%m/%d/%Y")
    row = wide_row(district, ids, Observer=ids[district.principals[0].pk])
    columns = layout().columns | {"Observer": "observer_id"}
    imported(taken(as_csv([[*WIDE, "observation date"], [*row, other]]), by), by, columns=columns)
    assert [one.observed_on for one in from_product()] == [schoolyear.today()]


def test_header_in_other_capitals_is_read_unless_two_columns_may_be_meant(district, ids, by):
    row = wide_row(district, ids, Observer=ids[district.principals[0].pk])
    columns = layout().columns | {"Observer": "observer_id"}
    one = [name.upper() if name == "Observation Date" else name for name in WIDE]
    assert planned(taken(as_csv([one, row]), by), by, columns=columns).waits_for == "import"
    two = taken(as_csv([[*one, "observation date"], [*row, "1/1/2026"]]), by)
    assert planned(two, by, columns=columns).waits_for == "columns"


def test_id_beside_another_persons_name_is_asked_about(district, ids, by):
    row = wide_row(
        district, ids, **{"Teacher Name": "Someone Else", "Observer": ids[district.principals[0].pk]}
    )
    upload = taken(as_csv([WIDE, row]), by)
    planned(upload, by, columns=layout().columns | {"Observer": "observer_id"})
    assert [(one["kind"], one["how"], one["suggestion"]) for one in upload.outlook["values"]] == [
        ("teacher", "name-differs", "")
    ]


def with_observer_ids(district, ids, **changes):
    """The columns and a row whose observer is named by id."""
    return layout().columns | {"Observer": "observer_id"}, wide_row(
        district, ids, Observer=ids[district.principals[0].pk], **changes
    )


def test_id_of_a_person_of_the_same_family_name_is_asked_about(district, ids, by):
    columns, row = with_observer_ids(district, ids)
    family = district.teachers[district.schools[0].pk][0].identity.family_name
    given = {"other": f"{family}, Zebulon", "initial": f"{family}, T.", "none": family}
    found = {}
    for case, name in given.items():
        upload = taken(as_csv([WIDE, [row[0], name, *row[2:]]]), by)
        planned(upload, by, columns=columns)
        found[case] = [one["how"] for one in upload.outlook["values"]]
    assert found == {"other": ["name-differs"], "initial": [], "none": []}


def test_answer_about_a_wrong_id_leaves_the_rows_alone_where_id_and_name_agree(district, ids, by):
    jane, bob = district.teachers[district.schools[0].pk][:2]
    columns, right = with_observer_ids(district, ids)
    bobs = wide_row(district, ids, 1, **{"Employee ID": ids[jane.pk]})
    upload = taken(as_csv([WIDE, right, [*bobs[:3], *right[3:]]]), by)
    planned(upload, by, columns=columns)
    (asked,) = upload.outlook["values"]
    assert (asked["how"], asked["count"]) == ("name-differs", 1)
    actions.answer(upload=upload, answers={"teacher": {asked["text"]: f"row:{bob.pk}"}}, by=by)
    done(upload)
    actions.start_import(upload=upload, by=by)
    done(upload)
    assert [one.observed for one in from_product()] == [jane, bob]
    day = (schoolyear.today() - timedelta(days=1)).strftime("%m/%d/%Y")
    later = taken(as_csv([WIDE, [*right[:4], day, *right[5:]]]), by)
    imported(later, by, columns=columns)
    assert [one.observed for one in from_product()] == [jane, bob, jane]


def test_id_that_stands_for_no_one_is_asked_about_for_each_name(district, ids, by):
    teachers = district.teachers[district.schools[0].pk][:3]
    columns, right = with_observer_ids(district, ids)
    rows = [[*wide_row(district, ids, place, **{"Employee ID": "TBD"})[:3], *right[3:]] for place in range(3)]
    upload = taken(as_csv([WIDE, *rows]), by)
    planned(upload, by, columns=columns)
    assert [(one["written"], one["count"]) for one in upload.outlook["values"]] == [("TBD", 1)] * 3
    assert {one["suggestion"] for one in upload.outlook["values"]} == {f"row:{one.pk}" for one in teachers}
    confirm(upload, by)
    actions.start_import(upload=upload, by=by)
    done(upload)
    assert [one.observed for one in from_product()] == teachers


def test_id_without_its_leading_zeros_is_suggested(district, ids, by):
    teacher = district.teachers[district.schools[0].pk][0]
    ExternalId.objects.create(
        system=SourceSystem.objects.get(code="sis"), kind=Kind.PERSON, external_id="000417", row_id=teacher.pk
    )
    row = wide_row(district, ids, Observer=ids[district.principals[0].pk], **{"Employee ID": 417})
    upload = taken(as_xlsx({"Sheet": [WIDE, row]}), by, filename="x.xlsx")
    planned(upload, by, columns=layout().columns | {"Observer": "observer_id"}, sheet="Sheet")
    assert [(one["how"], one["suggestion"]) for one in upload.outlook["values"]] == [
        ("zeros", f"row:{teacher.pk}")
    ]


def test_word_that_is_no_rating_leaves_its_cell_out(district, ids, by):
    row = wide_row(district, ids, Observer=ids[district.principals[0].pk], **{"E3: Element 3": "NDA"})
    upload = taken(as_csv([WIDE, row]), by)
    planned(upload, by, columns=layout().columns | {"Observer": "observer_id"})
    assert [(one["kind"], one["suggestion"]) for one in upload.outlook["values"]] == [("level", "code:-")]
    confirm(upload, by)
    actions.start_import(upload=upload, by=by)
    done(upload)
    (one,) = from_product()
    assert len(stored(Rating, observation=one)) == 2


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"Observation Date": "31/31/2026"}, "bad-date-cell"),
        ({"Observation Date": "1/1/2999"}, "future-date"),
        ({"E1: Element 1": "", "E2: Element 2": "", "E3: Element 3": ""}, "no-rating"),
        ({"School": "Birch Middle"}, "school-differs"),
        ({"Employee ID": "", "Teacher Name": ""}, "empty-cell"),
        ({"School": "x" * 256}, "long-cell"),
    ],
)
def test_wrong_row_is_left_out_and_said_while_the_others_come_in(district, ids, by, changes, code):
    observer = {"Observer": ids[district.principals[0].pk]}
    rows = [wide_row(district, ids, **observer), wide_row(district, ids, 1, **observer, **changes)]
    upload = taken(as_csv([WIDE, *rows]), by)
    imported(upload, by, columns=layout().columns | {"Observer": "observer_id"})
    assert (upload.state, len(from_product())) == ("applied-with-messages", 1)
    assert [(one["row"], one["code"]) for one in upload.findings] == [(3, code)]


def test_saved_mapping_reads_the_next_export_whatever_the_order_of_its_columns(district, ids, by):
    columns = layout().columns | {"Observer": "observer_id"}
    observer = {"Observer": ids[district.principals[0].pk]}
    imported(
        taken(as_csv([WIDE, wide_row(district, ids, **observer)]), by), by, columns=columns, save_as="Grow"
    )
    mapping = ImportMapping.objects.get(name="Grow")
    rows = [WIDE, wide_row(district, ids, 1, **observer)]
    turned = [["Export"], *[list(reversed(row)) for row in rows]]
    upload, _new = door.receive(
        content=as_csv(turned, delimiter=";", encoding="cp1252"), filename="next.csv",
        options={"source": "sis"}, mapping="Grow", by=by,
    )  # fmt: skip
    done(upload)
    assert (upload.state, len(from_product())) == ("applied", 2)
    assert mapping.layout["purpose"] == "evaluative"


def test_file_of_which_much_is_wrong_is_held_although_its_mapping_is_known(district, ids, by):
    columns = layout().columns | {"Observer": "observer_id"}
    observer = {"Observer": ids[district.principals[0].pk]}
    imported(
        taken(as_csv([WIDE, wide_row(district, ids, **observer)]), by), by, columns=columns, save_as="Grow"
    )
    rows = [wide_row(district, ids, place, **observer) for place in range(3)]
    rows[2][WIDE.index("Observation Date")] = "soon"
    upload, _new = door.receive(
        content=as_csv([WIDE, *rows]), filename="x.csv", options={"source": "sis"}, mapping="Grow", by=by
    )
    done(upload)
    assert (upload.state, upload.waits_for) == ("held", "import")
    assert len(from_product()) == 1


def test_what_waits_too_long_is_dropped_and_said(district, ids, by):
    upload = taken(as_csv([WIDE, wide_row(district, ids)]), by)
    ObservationImport.objects.update(keep_until=timezone.now() - timedelta(days=1))
    assert actions.forget_old() == 1
    upload.refresh_from_db()
    assert (upload.state, bytes(upload.content)) == ("aborted", b"")
    assert "14 days" in upload.message
