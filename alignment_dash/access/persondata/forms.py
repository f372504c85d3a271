"""What data administrators write on the pages of a person's data."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alignment_dash.access.persondata.registry import retentions
from alignment_dash.access.persondata.retention import days_of


class SearchForm(forms.Form):
    q = forms.CharField(
        label=gettext_lazy("Find a person or account by name or e-mail"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"type": "search"}),
    )


class ExportForm(forms.Form):
    why = forms.CharField(
        label=gettext_lazy("Who asked for it"),
        help_text=gettext_lazy("It stays in the audit. Write the request's date or number, and no names."),
        max_length=300,
    )
    with_evidence = forms.BooleanField(
        label=gettext_lazy("With observations, levels and estimates"),
        help_text=gettext_lazy(
            "You could read them then, which your role otherwise never lets you. Hand the file over unread; that it"
            " was made is on the record."
        ),
        required=False,
    )


class EraseForm(forms.Form):
    why = forms.CharField(
        label=gettext_lazy("Why"),
        help_text=gettext_lazy("It stays. Write the request's date or number, and no names."),
        max_length=300,
    )
    sure = forms.CharField(
        label=gettext_lazy("Write ERASE"),
        help_text=gettext_lazy("Names do not come back."),
        max_length=10,
    )

    def clean_sure(self) -> str:
        """Let through only the word itself, whatever its case."""
        given: str = self.cleaned_data["sure"]
        if given.strip().upper() != "ERASE":
            raise ValidationError(_("Write the word ERASE, or leave this page."))
        return given


class RetentionForm(forms.Form):
    """For how many days each kind is kept; an empty field is for ever."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        days = days_of()
        for one in retentions():
            self.fields[one.key] = forms.IntegerField(
                label=str(one.label),
                help_text=format_lazy(
                    "{note} {least}", note=one.note, least=_("In days, {n} or more.").format(n=one.least)
                ),
                required=False,
                min_value=one.least,
                max_value=36_500,
                initial=days[one.key],
            )
