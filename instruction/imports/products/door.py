"""The one door for files of ratings: our own format goes its way, what another product wrote is asked about."""

from itertools import islice
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from alignment_dash.access.models import User
from alignment_dash.runs import uploads
from alignment_dash.runs.models import Upload
from instruction.imports import reader
from instruction.imports.products import actions, spreadsheet, table
from instruction.imports.products.layout import header_row_of
from instruction.imports.products.unreadable import Unreadable
from instruction.imports.work import OBSERVATION_IMPORTS
from instruction.models import ImportMapping

_SEEN = 30
# From so many of our own columns on, a file is one of ours, with whatever is wrong in it.
_OURS = 5


def receive(
    *, content: bytes, filename: str, options: dict[str, Any], mapping: str, by: User, **more: Any
) -> tuple[Upload, bool]:
    """Take a file in; return the upload and whether it is new. `mapping`: uid or name of a saved one, or "".

    uploads.Refused when the file cannot be read or the mapping is not known. `more` goes to uploads.receive.
    """
    chosen = _mapping(mapping)
    if chosen is None and not is_of_a_product(content):
        return uploads.receive(
            kind=OBSERVATION_IMPORTS, content=content, filename=filename, options=options, by=by, **more
        )
    if spreadsheet.is_spreadsheet(content):
        try:
            table.form_of(content)
        except Unreadable as unreadable:
            raise uploads.Refused(unreadable.message) from unreadable
    return actions.take_in(content=content, filename=filename, options=options, mapping=chosen, by=by)


def _mapping(said: str) -> ImportMapping | None:
    if not said:
        return None
    found = ImportMapping.objects.filter(
        Q(name=said) | Q(uid=said) if _is_uid(said) else Q(name=said)
    ).first()
    if found is None:
        raise uploads.Refused(_("There is no saved mapping with this name or uid."))
    return found


def _is_uid(said: str) -> bool:
    try:
        UUID(said)
    except ValueError:
        return False
    return True


def is_of_a_product(content: bytes) -> bool:
    """Say whether a file is a table that is not in our own format; what is no table is left to our reader."""
    if spreadsheet.is_spreadsheet(content):
        return True
    try:
        rows = list(islice(table.rows(content, table.form_of(content)), _SEEN))
    except Unreadable:
        return False
    if not rows or len({name.strip().lower() for name in rows[0][1]} & set(reader.REQUIRED)) >= _OURS:
        return False
    header = header_row_of(rows)
    return any(number > header for number, _cells in rows) and any(
        number == header and len(cells) > 2 for number, cells in rows
    )
