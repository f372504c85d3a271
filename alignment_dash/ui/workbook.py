"""Excel workbooks (XLSX) as people open them: typed cells, a heading that stays, and no formula in a cell."""

import io
import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from django.http import HttpResponse
from django.utils.timezone import is_aware, localtime
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from alignment_dash.ui.spreadsheet import FORMULA

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Sheet = tuple[Sequence[object], Iterable[Sequence[object]]]

# What Excel takes: characters in a cell and in a sheet's name, rows of a sheet (the heading is one), years.
MOST_CHARACTERS = 32_767
LONGEST_NAME = 31
MOST_ROWS = 1_048_576
FIRST_YEAR = 1900
_NOT_IN_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\", " "))
_WIDEST, _NARROWEST = 60, 8


def workbook(sheets: Mapping[str, Sheet]) -> bytes:
    """Return a workbook of `sheets`: name -> (header, rows), in that order; ValueError for more rows than Excel has.

    None and NaN are empty cells; numbers, yes and no, dates and moments (in the district's time) stay what they
    are; everything else is text, also where it begins with =, +, - or @. Rows may come from a generator: they are
    written as they come. Columns are as wide as their heading asks for, texts are wrapped.
    """
    target = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(target, options) as book:
        looks = _looks(book)
        taken: set[str] = set()
        for name, (header, rows) in sheets.items():
            _write(book.add_worksheet(_sheet_name(name, taken)), header, rows, looks)
    return target.getvalue()


def workbook_response(filename: str, sheets: Mapping[str, Sheet]) -> HttpResponse:
    """Return `workbook(sheets)` as a download."""
    response = HttpResponse(workbook(sheets), content_type=CONTENT_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _looks(book: Workbook) -> dict[str, Format]:
    top = {"valign": "top"}
    return {
        "header": book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}),
        "text": book.add_format({"text_wrap": True, **top}),
        # Excel would take such a text for a formula as soon as someone edits its cell.
        "quoted": book.add_format({"text_wrap": True, "quote_prefix": True, **top}),
        "number": book.add_format(top),
        "date": book.add_format({"num_format": "yyyy-mm-dd", **top}),
        "moment": book.add_format({"num_format": "yyyy-mm-dd hh:mm", **top}),
    }


def _sheet_name(name: str, taken: set[str]) -> str:
    """Return a name Excel takes, other than those taken (letter case does not tell them apart)."""
    clean = " ".join(name.translate(_NOT_IN_NAMES).split()).strip("'") or "Sheet"
    found, number = clean[:LONGEST_NAME], 1
    while found.casefold() in taken:
        number += 1
        end = f" {number}"
        found = clean[: LONGEST_NAME - len(end)] + end
    taken.add(found.casefold())
    return found


def _write(
    sheet: Worksheet, header: Sequence[object], rows: Iterable[Sequence[object]], looks: dict[str, Format]
) -> None:
    for column, heading in enumerate(header):
        sheet.set_column(column, column, min(max(len(str(heading)) + 2, _NARROWEST), _WIDEST))
        _text(sheet, 0, column, str(heading), looks["header"])
    sheet.freeze_panes(1, 0)
    number = 0
    for number, row in enumerate(rows, start=1):
        if number >= MOST_ROWS:
            raise ValueError(f"a sheet has at most {MOST_ROWS - 1:,} rows below its heading")
        for column, value in enumerate(row):
            _cell(sheet, number, column, value, looks)
    if header:
        sheet.autofilter(0, 0, number, len(header) - 1)


def _cell(sheet: Worksheet, row: int, column: int, value: object, looks: dict[str, Format]) -> None:
    if value is None or (isinstance(value, float | Decimal) and not math.isfinite(value)):
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value, looks["number"])
    elif isinstance(value, int | float | Decimal):
        sheet.write_number(row, column, value, looks["number"])
    elif isinstance(value, datetime) and value.year >= FIRST_YEAR:
        moment = localtime(value).replace(tzinfo=None) if is_aware(value) else value
        sheet.write_datetime(row, column, moment, looks["moment"])
    elif isinstance(value, date) and value.year >= FIRST_YEAR:
        sheet.write_datetime(row, column, value, looks["date"])
    else:
        text = str(value)
        _text(sheet, row, column, text, looks["quoted" if text.startswith(FORMULA) else "text"])


def _text(sheet: Worksheet, row: int, column: int, text: str, look: Format) -> None:
    """Write a text; one longer than a cell holds ends in an ellipsis."""
    if len(text) > MOST_CHARACTERS:
        text = text[: MOST_CHARACTERS - 1] + "\N{HORIZONTAL ELLIPSIS}"
    if text:
        sheet.write_string(row, column, text, look)
