"""What people write, made ready to be kept: line ends alike, no blanks around, no byte zero, not too long."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from instruction.models.defining import LONGEST_NOTE

LONGEST_CLAIM = 2_000


def checked(text: str, *, longest: int = LONGEST_NOTE, empty: str = "") -> str:
    """Return the text to keep. ValidationError for a byte zero, one too long, or (with `empty`) for nothing."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if "\0" in text:
        raise ValidationError(_("The text holds a character (NUL) that cannot be kept: take it out."))
    if len(text) > longest:
        said = ngettext(
            "The text has {n} character; {most} fit.", "The text has {n} characters; {most} fit.", len(text)
        )
        raise ValidationError(said.format(n=f"{len(text):,}", most=f"{longest:,}"))
    if empty and not text:
        raise ValidationError(empty)
    return text
