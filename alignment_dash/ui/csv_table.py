"""CSV files that people fill in: read as a table with the columns it must have, or told what is wrong."""

import csv
import io
from collections.abc import Sequence

from django.utils.translation import gettext as _

LARGEST = 1_000_000


class Unreadable(Exception):
    """A file that was not taken in; `faults` says why, by row and column."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


def read_table(content: bytes, columns: Sequence[str]) -> list[dict[str, str]]:
    """Return the rows below the heading, by column. Unreadable where it is no UTF-8 CSV with these columns."""
    if len(content) > LARGEST:
        raise Unreadable([_("The file is larger than 1 MB.")])
    try:
        reader = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
        rows = list(reader)
    except UnicodeDecodeError:
        raise Unreadable([_("The file is not text in UTF-8. Save it as CSV UTF-8.")]) from None
    except csv.Error as error:
        raise Unreadable([_("The file is not CSV: {error}.").format(error=error)]) from None
    missing = [name for name in columns if name not in (reader.fieldnames or [])]
    if missing:
        raise Unreadable([_("Row 1: there is no column {names}.").format(names=", ".join(missing))])
    return rows
