"""What may be said with a roster when it is sent: how to read it, whose ids it holds, how far to go."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from schools.models.imports import Intent
from schools.rosters.table import ENCODINGS

_YES, _NO = {"true", "on", "1"}, {"false", "off", "0", ""}


class CheckboxInput(forms.CheckboxInput):
    """A checkbox that hands on what a program has sent in its place; named as its base, by which forms tell it."""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        return data.get(name, False)


class YesNo(forms.BooleanField):
    """A checkbox on a page, true or false over REST; any other word is an error rather than a guess."""

    widget = CheckboxInput

    def to_python(self, value: Any) -> bool:
        word = str(value).strip().lower()
        if word not in _YES | _NO:
            raise ValidationError(_("Say true or false."))
        return word in _YES


class RosterOptions(forms.Form):
    """How to read the bundle, whose ids it holds, and how far to go."""

    encoding = forms.ChoiceField(
        label=_("Encoding"),
        choices=[(name, name.upper()) for name in ENCODINGS],
        required=False,
        help_text=_("The standard is UTF-8. CP1252 is what older Windows programs write."),
    )
    source = forms.CharField(
        label=_("Source system"),
        max_length=255,
        required=False,
        help_text=_("Leave empty to take it from the bundle. Ids of two sources never meet."),
    )
    dry_run = YesNo(
        label=_("Only show what would happen"),
        required=False,
        help_text=_("Nothing is changed until someone has looked at it and applies it."),
    )
    strict = YesNo(
        label=_("Strict"),
        required=False,
        help_text=_("Reject what deviates from the standard, instead of reading it and saying so."),
    )
    override_edits = YesNo(
        label=_("Override edits made here"),
        required=False,
        help_text=_("Fields that someone here has set stay as they are, unless this is chosen."),
    )

    def clean_encoding(self) -> str:
        """UTF-8 where nothing is said."""
        return self.cleaned_data["encoding"] or "utf-8"


def fields_of(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a new import that its options decide."""
    return {"intent": Intent.PLAN if options.get("dry_run") else Intent.APPLY}
