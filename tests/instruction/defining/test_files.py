"""Frameworks as files: unchanged through YAML and CSV, and what is wrong by line, row and column."""

import csv
import io
import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from instruction.frameworks.definition import FOLDER, ElementDefinition, FrameworkDefinition, read
from instruction.frameworks.files import (
    LARGEST,
    Unreadable,
    as_data,
    from_csv,
    from_file,
    from_yaml,
    to_csv,
    to_yaml,
)
from instruction.frameworks.parsing import framework_from
from instruction.frameworks.values import clean
from instruction.models import Competency, FrameworkKind
from schools.models import Level, StaffRole

SAMPLE = FOLDER / "sample-teaching.yaml"


def texts(longest: int, *, smallest: int = 0, but: str = "") -> st.SearchStrategy[str]:
    """Texts as they are kept, with what spreadsheets and YAML trip over among them."""
    alphabet = st.characters(exclude_categories=("Cs",), exclude_characters="\0\r" + but)
    awkward = st.sampled_from(
        ["=1+1", "'=x", "''", "'tis", "@me", "-", "no", "2026-01-01", "1.10", "📘 مرحبا", "a: b\n# c", "null"]
    )
    return (st.text(alphabet, min_size=smallest, max_size=longest) | awkward).map(clean).filter(
        lambda text: len(text) >= smallest and not any(one in text for one in but)
    )  # fmt: skip


ENTRIES = st.lists(texts(8, smallest=1, but=";\n"), max_size=3, unique=True)


@st.composite
def frameworks(draw: st.DrawFn) -> FrameworkDefinition:
    names = draw(st.lists(texts(10, smallest=1), min_size=4, max_size=5, unique=True))
    codes = draw(st.lists(texts(6, smallest=1, but=";\n"), max_size=4, unique_by=str.casefold))
    dimensions: dict[str, tuple[ElementDefinition, ...]] = {}
    for name in draw(st.lists(texts(8, smallest=1), max_size=3, unique=True)):
        own = [codes.pop() for _ in range(draw(st.integers(0, len(codes))))]
        dimensions[name] = tuple(
            ElementDefinition(
                code=code, name=draw(texts(10)), description=draw(texts(20)), proximity=draw(st.integers(1, 3)),
                levels=tuple(draw(texts(12)) for _ in names), focus=draw(st.booleans()),
                competencies=tuple(draw(st.lists(st.sampled_from(Competency.values), max_size=2, unique=True))),
                grade_levels=tuple(draw(st.lists(st.sampled_from(Level.values), max_size=2, unique=True))),
                subjects=tuple(draw(ENTRIES)),
                roles=tuple(draw(st.lists(st.sampled_from(StaffRole.values), max_size=2, unique=True))),
                origin_note=draw(texts(10)),
            )
            for code in own
        )  # fmt: skip
    return FrameworkDefinition(
        kind=draw(st.sampled_from(FrameworkKind.values)), name=draw(texts(10, smallest=1)),
        label=draw(texts(6, smallest=1)), level_names=tuple(names), dimensions=dimensions,
        proficient_level=draw(st.integers(1, 4)), first_school_year=draw(st.none() | st.integers(2020, 2030)),
    )  # fmt: skip


@given(frameworks())
@settings(max_examples=60, deadline=None)
def test_framework_comes_back_from_yaml_csv_and_json_unchanged(definition):
    assert from_yaml(to_yaml(definition).encode()) == definition
    assert from_csv(to_csv(definition)) == definition
    assert framework_from(json.loads(json.dumps(as_data(definition)))) == definition


def test_sample_framework_comes_back_with_its_crosswalk():
    held = read(SAMPLE)
    dimensions = {
        name: tuple(
            replace(one, carries=("a", "b"), came_from=("c",), origin_note="=two\nlines")
            for one in elements[:1]
        )
        for name, elements in held.dimensions.items()
    }
    first = next(iter(dimensions))
    whole = replace(held, dimensions={first: dimensions[first]}, first_school_year=2027)
    assert from_file("x.YAML", to_yaml(whole).encode()) == whole
    assert from_file("x.csv", to_csv(whole)) == whole


def test_csv_has_no_formula_in_a_cell():
    definition = replace(read(SAMPLE), name="=HYPERLINK(1)", label="+1")
    rows = list(csv.reader(io.StringIO(to_csv(definition).decode("utf-8-sig"))))
    assert rows[1][0] == "'=HYPERLINK(1)"
    assert not any(cell.startswith(("=", "+", "-", "@", "\t")) for row in rows for cell in row)


YAML = SAMPLE.read_text()
CSV = to_csv(read(SAMPLE)).decode("utf-8-sig")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (YAML.replace("proximity: 1", "proximity: 9", 1), "line 9, proximity: must be a whole number from 1 to 3."),
        (YAML.replace('label: "1"', "label: 1"), "line 2, label: must be text; write it in quotes."),
        (YAML.replace("code: talk", "code: reasoning"), "two elements have the same code, reasoning"),
        (YAML.replace("description:", "descripton:", 1), "line 9, descripton: there is no such field"),
        (YAML.replace("[critical-thinking, content]", "[thinking]"), "competencies: thinking is not known; write one of content"),
        (YAML.replace("kind: teaching", "kind: teaching\nkind: teaching"), "Line 3: kind stands there twice."),
        ("a: &x [1]\nb: *x\n", "Line 2: aliases (*name) are not taken in"),
        ("a: [1", "this is not YAML"),
        ("just words", "must have the fields kind"),
        ("[" * 5_000, "not YAML"),
        ("a: !!python/object/apply:os.system [ls]", "this is not YAML"),
        ("x" * (LARGEST + 1), "larger than 1 MB"),
        ("- [" + "1," * 60_000 + "]", "more than 50,000 entries"),
        ("a: " + "9" * 5_000, "not YAML"),
        ("a: 2026-13-45", "not YAML"),
        (YAML.replace("name: Explaining ideas", "name: 2026-01-01"), "name: must be text; write it in quotes."),
        ("a: {<<: {b: 1}}", "this is not YAML"),
        (YAML.replace("name: Explaining ideas", 'name: "a\\0b"'), "has a character that cannot be kept (NUL)"),
        (YAML.replace("name: Explaining ideas", f"name: {'x' * 201}"), "has 201 characters; at most 200 are kept"),
    ],
    ids=lambda value: value[:30] if isinstance(value, str) and len(value) < 200 else "text",
)  # fmt: skip
def test_wrong_yaml_names_the_line_and_what_to_do(text, fault):
    with pytest.raises(Unreadable) as told:
        from_yaml(text.encode())
    assert fault in str(told.value)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (
            CSV.replace("reasoning,Explaining ideas", ",Explaining ideas", 1),
            "row 2, code: must not be empty.",
        ),
        (CSV.replace(",dimension,", ",dimensions,", 1), "Row 1: there is no column dimension."),
        (CSV.replace("level 4: Exemplary", "level 5: Exemplary", 1), "Row 1: number the columns of levels"),
        (CSV.replace(",teaching,", ",leadership,", 1), "Row 3, column kind: differs from row 2"),
        (CSV.replace(",1,yes,", ",near,yes,", 1), "row 2, proximity: must be a whole number from 1 to 3."),
        (CSV.replace(",yes,", ",perhaps,", 1), "row 2, focus: must be true or false."),
        (CSV.split("\r\n")[0], "Row 2: the file has no element."),
        ("", "Row 1: there is no column framework"),
        ('a,"b', "not CSV"),
        (CSV.split("\r\n")[0] + "\r\nMine", "row 2, kind: must not be empty."),
        (
            CSV.split("\r\n")[0] + "\r\n" + "," * 40 + "lost",
            "Row 2: a text stands in a column without a heading",
        ),
        (CSV.replace(",name,", ",code,", 1), "Row 1, column code: stands there twice."),
        (CSV.replace("Explaining ideas", "x" * 140_000, 1), "not CSV"),
    ],
)
def test_wrong_csv_names_row_and_column_and_what_to_do(text, fault):
    with pytest.raises(Unreadable) as told:
        from_csv(text.encode())
    assert fault in str(told.value)


def test_file_of_another_kind_or_encoding_is_refused():
    for name, content, fault in [
        ("x.xlsx", b"PK", "must end in"),
        ("x.csv", b"\xff\xfe", "not text in UTF-8"),
        ("x.csv", CSV.encode("utf-16"), "not text in UTF-8"),
        ("x.yaml", "name: Größe".encode("cp1252"), "not text in UTF-8"),
    ]:
        with pytest.raises(Unreadable, match=fault):
            from_file(name, content)


def test_csv_with_semicolons_and_a_byte_order_mark_is_read_like_one_with_commas():
    rows = list(csv.reader(io.StringIO(CSV, newline="")))
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";").writerows(rows)
    assert from_csv(out.getvalue().encode("utf-8-sig")) == read(SAMPLE)
