"""Workbooks as another program reads them."""

import io
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from alignment_dash.ui.workbook import MOST_CHARACTERS, workbook

ATTACKS = [
    "=1+1", "+1", "-2+3", "@SUM(A1)", '=HYPERLINK("http://x.example","y")', "\t=1", "{=1}", "http://x.example",
]  # fmt: skip


def test_workbook_opened_elsewhere_keeps_types_and_order():
    moment = datetime(2026, 9, 1, 14, 30, tzinfo=UTC)
    rows = [("Oak", 3, Decimal("2.75"), 0.5, True, date(2026, 9, 1), moment, None, float("nan"))]
    header = ("School", "Whole", "Decimal", "Float", "Yes", "Day", "Moment", "Nothing", "No number")

    book = load_workbook(io.BytesIO(workbook({"First": (header, iter(rows)), "Second": (["Empty"], [])})))

    assert book.sheetnames == ["First", "Second"]
    head, row = book["First"].iter_rows(values_only=True)
    assert head == header
    assert row[:5] == ("Oak", 3, 2.75, 0.5, True)
    assert row[5] == datetime(2026, 9, 1)  # a day, as Excel keeps it
    assert row[6].tzinfo is None
    assert row[7:] == (None, None)
    assert book["First"]["F2"].number_format == "yyyy-mm-dd"
    assert [one.value for one in book["Second"][1]] == ["Empty"]


def test_workbook_texts_that_look_like_formulas_stay_texts():
    made = workbook({"Texts": (["=HEADING()"], [[text] for text in ATTACKS])})

    cells = [row[0] for row in load_workbook(io.BytesIO(made))["Texts"].iter_rows()]
    assert [cell.value for cell in cells] == ["=HEADING()", *ATTACKS]
    assert {cell.data_type for cell in cells} == {"s"}
    # Written again by hand they would be formulas without the mark.
    assert all(cell.quotePrefix for cell in cells[1:7])
    with zipfile.ZipFile(io.BytesIO(made)) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet


def test_workbook_takes_any_text_and_any_name():
    texts = ["\N{GRINNING FACE} \u05e9\u05dc\u05d5\u05dd", "two\nlines", "bell\x07", "x" * 40_000, "<b>&amp;"]
    names = ["Pack: [October]/November?", "a" * 40, "A" * 40, "'", ""]

    made = workbook({name: (["Text"], [[text] for text in texts]) for name in names})

    book = load_workbook(io.BytesIO(made))
    assert len(book.sheetnames) == 5
    assert book.sheetnames[0] == "Pack October November"
    assert all(len(name) <= 31 for name in book.sheetnames)
    read = [row[0] for row in book.worksheets[1].iter_rows(min_row=2, values_only=True)]
    assert read[:2] == texts[:2]
    assert read[2].startswith("bell")
    assert len(read[3]) == MOST_CHARACTERS
    assert read[4] == "<b>&amp;"


def test_workbook_of_more_rows_than_excel_has_is_refused(monkeypatch):
    monkeypatch.setattr("alignment_dash.ui.workbook.MOST_ROWS", 3)
    with pytest.raises(ValueError, match="at most 2 rows"):
        workbook({"Rows": (["n"], ([n] for n in range(5)))})
