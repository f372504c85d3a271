"""CSV files: no cell runs as a formula when it is opened."""

import csv
import io

import pytest

from alignment_dash.ui.spreadsheet import csv_response


def cells(*values: object) -> list[str]:
    text = csv_response("x.csv", [values]).content.decode("utf-8-sig")
    return next(csv.reader(io.StringIO(text, newline="")))


@pytest.mark.parametrize(
    "sign", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20"]
)
def test_text_that_would_run_as_a_formula_is_marked_as_text(sign):
    assert cells(f"{sign}HYPERLINK(1)")[0] == f"'{sign}HYPERLINK(1)"


def test_numbers_stay_numbers_and_nothing_is_empty():
    assert cells(-0.4, None, "Oak, North", 'say "x"') == ["-0.4", "", "Oak, North", 'say "x"']
