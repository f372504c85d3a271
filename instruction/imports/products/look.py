"""The first look at a file, before anyone has said what its columns mean: its head as it is, and guesses."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Self

from alignment_dash import schoolyear
from alignment_dash.access.models import User
from alignment_dash.runs.uploads import read_content
from instruction.imports.matching import wordings_of
from instruction.imports.products import table
from instruction.imports.products.layout import (
    Guess,
    Layout,
    fingerprint,
    guess,
    header_row_of,
    names_of,
)
from instruction.imports.products.unreadable import Unreadable
from instruction.imports.products.words import date_formats_of
from instruction.models import ImportMapping, ObservationImport, UnmatchedValue

ROWS_SHOWN = 10
SIGNS = {"comma": ",", "semicolon": ";", "tab": "\t"}
_ROWS_READ = 60
_SHOWN_OF_A_CELL = 80


@dataclass(frozen=True, slots=True)
class Reading:
    """How someone wants a file to be read; "" and 0: as it seems to be."""

    sheet: str = ""
    header_row: int = 0
    delimiter: str = ""
    encoding: str = ""

    @property
    def separator(self) -> str:
        """The name of the delimiter, as the form has it."""
        return next((name for name, sign in SIGNS.items() if sign == self.delimiter), "")

    @classmethod
    def from_params(cls, params: Mapping[str, str]) -> Self:
        row = params.get("header_row", "")
        return cls(
            sheet=params.get("sheet", "").replace("\0", ""),
            header_row=int(row) if re.fullmatch(r"[0-9]{1,4}", row) else 0,
            delimiter=SIGNS.get(params.get("delimiter", ""), ""),
            encoding=params.get("encoding", "") if params.get("encoding", "") in table.ENCODINGS else "",
        )


@dataclass(slots=True)
class Look:
    """What stands in a file's first rows."""

    form: table.Form
    sheet: str
    header_row: int
    names: list[str]
    # the rows from the first on, as they are: number and cells
    head: list[tuple[int, list[str]]]
    # of the rows below the header
    below: list[list[str]]
    guesses: dict[str, Guess]
    date_formats: list[str]
    mappings: list[ImportMapping]

    def samples(self, place: int) -> list[str]:
        """Return the first three different texts of a column."""
        found = dict.fromkeys(row[place] for row in self.below if place < len(row) and row[place].strip())
        return list(islice(found, 3))


def elements_in_force() -> dict[str, str]:
    """Return code and name of every element of the teaching frameworks of this school year and the last."""
    year = schoolyear.current_year()
    found: dict[str, str] = {}
    for held in wordings_of([year, year - 1]).values():
        for wording in held:
            found = wording.names | found
    return found


def look_at(upload: ObservationImport, reading: Reading) -> Look:
    """Read the head of a file. Unreadable when that cannot be done as asked."""
    content = read_content(upload).getvalue()
    form = table.form_of(content, delimiter=reading.delimiter, encoding=reading.encoding)
    sheet = reading.sheet if reading.sheet in form.sheets else form.first_sheet
    rows = list(islice(table.rows(content, form, sheet), _ROWS_READ))
    if not rows:
        raise Unreadable("empty-file")
    number = reading.header_row or header_row_of(rows)
    header = next((cells for at, cells in rows if at == number), None)
    if header is None:
        raise Unreadable("no-header", row=number)
    names = names_of(header)
    below = [cells for at, cells in rows if at > number]
    guesses = guess(names, elements_in_force())
    place = next((names.index(name) for name, one in guesses.items() if one.field == "date"), None)
    dates = [row[place] for row in below if place is not None and place < len(row)]
    prints = {fingerprint(names_of(cells)) for _at, cells in rows}
    return Look(
        form=form,
        sheet=sheet,
        header_row=number,
        names=names,
        head=[(at, cells) for at, cells in rows if at <= number][-5:]
        + [(at, cells) for at, cells in rows if at > number][:ROWS_SHOWN],
        below=below,
        guesses=guesses,
        date_formats=date_formats_of(dates),
        mappings=list(ImportMapping.objects.filter(fingerprint__in=prints).select_related("source")),
    )


def may_see_rows(upload: ObservationImport, user: User) -> bool:
    """Say whether someone may see the cells: who sent the file knows them; others who import need not."""
    return upload.received_by_id == user.pk


def waits_for_others(value: UnmatchedValue) -> bool:
    """Say whether a word is waited for by a file of the same product that someone else has sent."""
    same = UnmatchedValue.objects.filter(
        kind=value.kind, text=value.text, upload__layout__source=(value.upload.layout or {}).get("source")
    )
    return same.exclude(upload__received_by=value.upload.received_by_id).exists()


def shown(text: str, is_seen: bool) -> str:
    """Return a word of a file as it is shown: as it is, or only its shape ("Aaaa, Aaa", "99/99/9999")."""
    if not is_seen:
        text = re.sub(r"[^\W\d_]", lambda sign: "A" if sign[0].isupper() else "a", re.sub(r"\d", "9", text))
    return shortened(text)


def shortened(text: str) -> str:
    """Return a cell in the length that a table has room for."""
    return text if len(text) <= _SHOWN_OF_A_CELL else f"{text[:_SHOWN_OF_A_CELL]}…"


def layout_from(
    names: list[str], posted: Mapping[str, str], reading: Reading, *, sheet: str, header_row: int
) -> Layout:
    """Return what a form says about the columns; fields are checked by `Layout.faults`."""
    columns = {name: posted.get(f"column-{place}", "") for place, name in enumerate(names)}
    return Layout(
        columns={name: said for name, said in columns.items() if said},
        source=posted.get("source", "").strip()[:255],
        people=posted.get("people", "")[:255],
        sheet=sheet,
        header_row=header_row,
        delimiter=reading.delimiter,
        encoding=reading.encoding,
        date_format=posted.get("date_format", ""),
        kind=posted.get("kind", ""),
        purpose=posted.get("purpose", ""),
        save_as=" ".join(posted.get("save_as", "").split())[:120],
        replaces="replaces" in posted,
    )
