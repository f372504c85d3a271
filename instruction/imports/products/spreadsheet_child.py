"""Reads one spreadsheet in a process of its own, whose memory and time are limited; run by `spreadsheet.py`.

A workbook can claim a cell in its last row and column, or unpack to gigabytes; the library then ends its
process. Here that process is this one, and the file is refused with words.
"""

import csv
import datetime
import json
import resource
import sys
from collections.abc import Iterable, Sequence

MEMORY = 1 << 30
SECONDS = 120


def _limit() -> None:
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_CORE, 0),
    ):
        try:
            resource.setrlimit(what, (most, most))
        except (ValueError, OSError):  # macOS refuses a limit of address space
            continue


def text_of(value: object) -> str:
    """Return a cell as text: dates as YYYY-MM-DD, whole numbers without a point, nothing as ""."""
    if value is None:
        return ""
    if isinstance(value, float):
        # Up to 2**53 a float holds every whole number; beyond, its digits are not those of the file.
        return str(int(value)) if value.is_integer() and abs(value) <= 2**53 else _beyond(value)
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, datetime.datetime):
        return value.strftime("%Y-%m-%d" if value.time() == datetime.time() else "%Y-%m-%d %H:%M:%S")
    return str(value)


def _beyond(value: float) -> str:
    """Return a number so that one too large for its digits to be true is not taken for an id."""
    return f"{value:e}" if abs(value) > 2**53 else repr(value)


def _write(rows: Iterable[Sequence[object]], first: int) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    for number, row in enumerate(rows, start=first):
        cells = [text_of(value) for value in row]
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            writer.writerow([number, *cells])


def main() -> None:
    """Write the names of the sheets as JSON, or one sheet's rows as CSV with the row's number first."""
    _limit()
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_filelike(sys.stdin.buffer)
    sys.stdout.reconfigure(encoding="utf-8", errors="replace", newline="")  # type: ignore[union-attr]
    if len(sys.argv) == 1:
        sheets = [one for one in book.sheets_metadata if str(one.typ).endswith("WorkSheet")]
        # Each with whether it is shown: a hidden one often holds lists that the visible ones choose from.
        json.dump([[one.name, str(one.visible).endswith(".Visible")] for one in sheets], sys.stdout)
        return
    sheet = book.get_sheet_by_name(sys.argv[1])
    if sheet.start is not None:
        _write(sheet.to_python(skip_empty_area=False), 1)


if __name__ == "__main__":
    main()
