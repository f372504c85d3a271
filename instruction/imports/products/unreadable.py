"""Why a file cannot be read as a table at all, in words for the person who sent it."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

REASONS = {
    "not-a-spreadsheet": _(
        "This is no spreadsheet that can be read, or it is protected. Save it as XLSX or CSV."
    ),
    "spreadsheet-too-large": _(
        "This spreadsheet unpacks to too much: a cell far from the others, or a damaged file. Save only its"
        " table, as CSV."
    ),
    "no-sheet": _("This workbook has no sheet with cells."),
    "no-such-sheet": _("The workbook has no sheet of this name."),
    "empty-file": _("The file holds no rows."),
    "encoding": _("The file's text is not %(encoding)s. Choose another encoding, or save it as CSV UTF-8."),
    "nul-byte": _("The text holds a NUL byte. Export the file again as plain CSV or XLSX."),
    "not-csv": _("Row %(row)d cannot be read as CSV. Check its quotation marks, or send XLSX."),
    "too-many-rows": _("The table has more than %(limit)d rows. Send it in parts."),
    "too-many-columns": _("Row %(row)d has more than %(limit)d columns. Send only the table."),
    "no-header": _("There is no row %(row)d with names of columns."),
}


class Unreadable(Exception):
    """The file is no table that can be read; `code` is one of REASONS, `words` fill its sentence."""

    def __init__(self, code: str, **words: object) -> None:
        super().__init__(code)
        self.code = code
        self.words = words

    @property
    def message(self) -> str:
        """What is wrong and what to do, in the reader's language."""
        return gettext(str(REASONS[self.code])) % self.words if self.words else str(REASONS[self.code])
