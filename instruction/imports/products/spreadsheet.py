"""Spreadsheets as rows of text: XLSX, XLS, XLSB and ODS, read by calamine in a process of its own."""

import csv
import io
import json
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from instruction.imports.products.unreadable import Unreadable

CHILD = Path(__file__).with_name("spreadsheet_child.py")
ENTRIES_AT_MOST = 1_000
UNPACKED_AT_MOST = 500 * 2**20
RATIO_AT_MOST = 200
SECONDS = 180
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def is_spreadsheet(content: bytes) -> bool:
    """Say whether the bytes begin as a workbook does; a zip of anything else does, too."""
    return content.startswith((_ZIP, _OLE))


def sheets(content: bytes) -> dict[str, bool]:
    """Return the names of a workbook's sheets in their order, each with whether it is visible.

    Unreadable when it is no workbook.
    """
    _check(content)
    with _child(content, []) as out:
        text = out.read()
    try:
        names = json.loads(text)
    except ValueError as error:
        raise Unreadable("not-a-spreadsheet") from error
    if not names:
        raise Unreadable("no-sheet")
    return {str(name): bool(is_visible) for name, is_visible in names}


def rows(content: bytes, sheet: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the number (from 1) and the cells of each row of a sheet that holds something.

    Formulas give the value they had when the file was saved. Unreadable when it cannot be read to its end.
    """
    _check(content)
    with _child(content, [sheet]) as out:
        reader = csv.reader(io.TextIOWrapper(out, "utf-8", newline=""))
        try:
            for number, *cells in reader:
                yield int(number), cells
        except csv.Error as error:  # a cell of more than a spreadsheet's own limit
            raise Unreadable("not-a-spreadsheet") from error


def _check(content: bytes) -> None:
    """Refuse a zip that says it unpacks to too much; what lies about itself ends at the child's limits."""
    if not content.startswith(_ZIP):
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise Unreadable("not-a-spreadsheet") from error
    size = sum(entry.file_size for entry in entries)
    if len(entries) > ENTRIES_AT_MOST or size > UNPACKED_AT_MOST or size > RATIO_AT_MOST * len(content):
        raise Unreadable("spreadsheet-too-large")
    if any(entry.flag_bits & 1 for entry in entries):
        raise Unreadable("not-a-spreadsheet")


@contextmanager
def _child(content: bytes, arguments: list[str]) -> Iterator[IO[bytes]]:
    """Run the child on the bytes and give its output; Unreadable when it ends badly, killed when left early."""
    with tempfile.TemporaryFile() as given:
        given.write(content)
        given.seek(0)
        child = subprocess.Popen(
            [sys.executable, "-I", str(CHILD), *arguments],
            stdin=given,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"RUST_BACKTRACE": "0"},
        )
        assert child.stdout is not None  # noqa: S101 - it was asked for above
        try:
            yield child.stdout
            code = child.wait(timeout=SECONDS)
        except subprocess.TimeoutExpired as error:
            raise Unreadable("spreadsheet-too-large") from error
        finally:
            child.kill()
            child.wait()
            if not child.stdout.closed:
                child.stdout.close()
    if code:
        raise Unreadable("spreadsheet-too-large" if code < 0 else "not-a-spreadsheet")
