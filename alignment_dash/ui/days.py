"""The form field for a day."""

from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

FIRST, LAST = date(1950, 1, 1), date(2100, 1, 1)


class DayField(forms.DateField):
    """A day that the browser's own calendar picks, from FIRST to LAST: what lies outside was mistyped."""

    def __init__(self, **fields: Any) -> None:
        format_ = "%Y-%m-%d"  # what the browser sends, whatever it shows
        super().__init__(
            widget=forms.DateInput(format=format_, attrs={"type": "date"}),
            input_formats=[format_],
            validators=[
                MinValueValidator(FIRST, message=_("This day is too long ago.")),
                MaxValueValidator(LAST, message=_("This day is too far ahead.")),
            ],
            **fields,
        )
