"""Whatever stands in whatever cell: never an error of ours, never half an import, never a purpose from nowhere."""

import csv
import datetime
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from alignment_dash.access.reach import all_rows
from alignment_dash.access.roles import Role
from instruction.imports.findings import RULES
from instruction.imports.products import actions, table
from instruction.imports.products.drafts import Reader
from instruction.imports.products.layout import fingerprint, guess, header_row_of, names_of
from instruction.imports.products.unreadable import Unreadable
from instruction.imports.products.words import (
    DATE_FORMATS,
    date_formats_of,
    day_of,
    element_of,
    kind_of,
    level_of,
    purpose_of,
)
from instruction.models import Alias, Observation, Rating
from schools.models import ExternalId, Kind
from tests.instruction.imports.files import name_people
from tests.instruction.imports.products import WIDE, as_csv, as_xlsx, done, layout, planned, taken, wide_row

TEXT = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=30)
ODD = st.one_of(
    TEXT,
    st.sampled_from(
        ["", " ", "=1+1", "@SUM(A1)", "0", "-1", "3.5", "99999999999999999999", "2026-02-30", "9/9/2025", "1E5",
         "٣", "²", "formative", "Formal observation", "E1", "x" * 300, "\x1f", "\ufeff", "İ", "4 - Beginning"]
    ),
)  # fmt: skip
LEVELS = ["Beginning", "Developing", "Proficient", "Exemplary"]
ELEMENTS = {"1a": "Content and pedagogy", "E2": "Element 2"}


def rows_or_reason(content):
    """The rows of every sheet, and why they cannot be read where they cannot."""
    try:
        form = table.form_of(content)
        return [row for sheet in form.sheets or [""] for row in table.rows(content, form, sheet)], ""
    except Unreadable as unreadable:
        return [], unreadable.message


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        *((text, ("3", True)) for text in ("3", "3.0", "Level 3", "proficient", "3 - Proficient", "Proficient (3)")),
        *((text, ("3", False)) for text in ("Proficent", "Proficient+", "3 - Proficent")),
        *(
            (text, ("", False))
            for text in (
                "2.5", "3/4", "2 of 4", "-1", "1-2", "1–2", "²", "½", "3*", "20%", "1e0", "0", "5", "Proficient 2",
                "3 - Effective", "Not proficient", "2,5", "+3", "Proficient/Exemplary",
            )
        ),
        *((text, ("-", False)) for text in ("N/A", "Not observed", "No evidence 3", "Not observed 1", "not rated")),
    ],
)  # fmt: skip
def test_level_is_its_number_or_name_and_never_made_of_another_number(text, meant):
    assert level_of(text, LEVELS) == meant


def test_element_whose_name_another_has_is_not_sure_by_its_name():
    elements = {"1a": "Feedback", "2b": "Feedback", "3c": "Questions"}
    assert element_of("Feedback", elements) == ("", False)
    assert element_of("2b: Feedback", elements) == ("2b", True)
    assert element_of("questions", elements) == ("3c", True)


@given(ODD)
@settings(max_examples=300, deadline=None)
def test_any_word_has_a_meaning_within_its_choices_or_none(text):
    assert level_of(text, LEVELS)[0] in {"", "-", "1", "2", "3", "4"}
    assert kind_of(text, {"formal": "Formal observation"})[0] in {"", "formal"}
    meant, is_sure = purpose_of(text, {"formative": "Formative", "evaluative": "Evaluative"})
    assert (meant != "") == is_sure
    assert element_of(text, ELEMENTS)[0] in {"", *ELEMENTS}
    for one in DATE_FORMATS:
        day_of(text, one)
    assert len(date_formats_of([text])) <= len(DATE_FORMATS)


@given(st.lists(st.lists(ODD, max_size=6), min_size=1, max_size=8))
@settings(max_examples=200, deadline=None)
def test_any_rows_are_read_or_refused_with_words(rows):
    target = io.StringIO(newline="")
    csv.writer(target).writerows(rows)
    content = target.getvalue().encode("utf-8", "surrogatepass")
    found, reason = rows_or_reason(content)
    assert not (found and reason)
    if not found:
        return
    header_row_of(found)
    names = names_of(found[0][1])
    assert len(set(names)) == len(names)
    guess(names, ELEMENTS)
    assert len(fingerprint(names)) == 64


@given(
    st.binary(max_size=200),
    st.sampled_from([b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xff\xfe"]),
)
@settings(max_examples=60, deadline=None)
def test_any_bytes_are_read_or_refused_with_words(content, start):
    found, reason = rows_or_reason(start + content)
    assert not (found and reason)


@given(st.lists(st.lists(ODD, min_size=len(WIDE), max_size=len(WIDE)), min_size=1, max_size=5))
@settings(max_examples=150, deadline=None)
def test_any_cells_below_a_known_header_become_observations_or_faults_by_row(rows):
    numbered = [(1, WIDE), *((number, row) for number, row in enumerate(rows, start=2))]
    drafts = Reader(layout()).read(iter(numbered))
    assert {code for _row, _column, code in drafts.faults} <= RULES.keys()
    in_observations = [row for one in drafts.observations for row in one.rows]
    assert len(in_observations) == len(set(in_observations))
    assert set(in_observations) | drafts.wrong_rows == set(range(2, len(rows) + 2))
    assert not set(in_observations) & drafts.wrong_rows


@pytest.mark.django_db
@given(data=st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_cell_in_any_column_is_imported_whole_or_not_at_all(district, user_in, data):
    ids, by = name_people(district), user_in(Role.DATA_ADMINISTRATOR)
    good = wide_row(district, ids, Observer=ids[district.principals[0].pk])
    place, text = data.draw(st.integers(0, len(WIDE) - 1)), data.draw(ODD)
    odd = wide_row(district, ids, 1, Observer=ids[district.principals[0].pk])
    odd[place] = text
    upload = taken(as_csv([WIDE, good, odd]), by, filename=f"{text}.csv")
    planned(upload, by, columns=layout().columns | {"Observer": "observer_id"})
    if "\0" in text:  # such a file is no table: it waits as it is, and says why
        assert (upload.state, upload.waits_for, bool(upload.message)) == ("planned", "columns", True)
        return
    actions.start_import(upload=upload, by=by)
    done(upload)
    assert upload.state in {"applied", "applied-with-messages"}, upload.message
    with all_rows(why="a test looks at what was written"):
        made = Observation.objects.filter(source__code="grow")
        for one in made:
            assert one.purpose == "evaluative"
            assert Rating.objects.filter(observation=one).count() in {2, 3}
        n_ready = upload.outlook["n_ready"]
        assert n_ready in {1, 2}
        assert made.count() == n_ready
        made_ids = list(made.values_list("pk", flat=True))
        Rating.objects.filter(observation__in=made_ids).delete()
        made.delete()
    ExternalId.objects.filter(kind=Kind.OBSERVATION).delete()
    assert not Alias.objects.exists()


def test_workbook_with_a_cell_in_its_last_corner_is_refused_with_words():
    book = Workbook()
    book.active["A1"], book.active["XFD1048576"] = "a", "b"
    target = io.BytesIO()
    book.save(target)
    content = target.getvalue()
    form = table.form_of(content)
    with pytest.raises(Unreadable, match="spreadsheet-too-large"):
        list(table.rows(content, form, form.sheets[0]))


def test_cells_of_a_workbook_are_text_as_people_read_them():
    rows = [
        ["id", "day", "half", "yes"],
        ["00123", datetime.date(2026, 1, 5), 2.5, True],
        [17, None, 3.0, "=1+1"],
    ]
    content = as_xlsx({"A": rows, "B": [["x"]]})
    form = table.form_of(content)
    assert form.sheets == ("A", "B")
    assert list(table.rows(content, form, "A")) == [
        (1, ["id", "day", "half", "yes"]),
        (2, ["00123", "2026-01-05", "2.5", "TRUE"]),
        (3, ["17", "", "3"]),
    ]


@pytest.mark.parametrize(
    ("encoding", "delimiter"), [("utf-8", ","), ("utf-8-sig", ";"), ("cp1252", "\t"), ("utf-16", ";")]
)
def test_encoding_and_separator_are_found_and_said(encoding, delimiter):
    rows = [["Name", "Bewertung"], ["Núñez", "3"], ["Zoë", "2"]]
    content = as_csv(rows, delimiter=delimiter, encoding=encoding)
    form = table.form_of(content)
    assert (form.encoding, form.delimiter) == (encoding, delimiter)
    assert [cells for _number, cells in table.rows(content, form)] == rows


def test_wide_real_file_has_its_header_found(shared_data):
    content = (shared_data / "chicago-cps" / "ChicagoPublicSchools.csv").read_bytes()
    found = list(table.rows(content, table.form_of(content)))
    assert header_row_of(found) == 1
    assert len(found) == 567
    guesses = guess(names_of(found[0][1]), {"1a": "Instruction"})
    assert not any(one.field == "purpose" for one in guesses.values())


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (1_000_000_000_000_000, "1000000000000000"),
        (9_007_199_254_740_991, "9007199254740991"),
        ("12345678901234567890", "12345678901234567890"),
        (9_007_199_254_740_994, "9.007199e+15"),  # a spreadsheet does not keep all digits of such a number
        (2.5, "2.5"),
    ],
)
def test_whole_number_keeps_its_digits_or_is_no_whole_number(cell, text):
    content = as_xlsx({"A": [["Id", "Other"], [cell, "x"]]})
    form = table.form_of(content)
    assert list(table.rows(content, form, "A"))[1] == (2, [text, "x"])
