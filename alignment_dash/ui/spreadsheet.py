"""CSV files as people open them: with a byte order mark and Windows line ends, and no formula in a cell."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from django.http import HttpResponse

# What starts a formula, also in full width, and what is skipped before one (OWASP, CSV Injection).
FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\t", "\r", "\n")


def csv_response(filename: str, rows: Iterable[Sequence[object]]) -> HttpResponse:
    """Return `rows` as a download; None is an empty cell, numbers stay numbers."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows([safe(value) for value in row] for row in rows)
    response = HttpResponse(text.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def csv_lines(rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """Yield `rows` as the bytes of such a file, for one too long to be held at once."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    yield b"\xef\xbb\xbf"
    for row in rows:
        writer.writerow([safe(value) for value in row])
        yield text.getvalue().encode()
        text.seek(0)
        text.truncate()


def safe(value: object) -> object:
    """Return the value with an apostrophe before what a spreadsheet would run as a formula (CWE-1236)."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
