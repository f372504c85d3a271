"""What is sent to a consultation, to an answer and to the evidence base."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from instruction.models import Consultation

MOST_VOTES = 20


class DaysForm(forms.Form):
    """First and last day, and how many votes each person has."""

    opens_on = forms.DateField(label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}))
    closes_on = forms.DateField(
        label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}), help_text=_("It counts whole.")
    )
    votes_each = forms.IntegerField(
        label=_("Elements that each person may name as the focus"), min_value=1, max_value=MOST_VOTES
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput, max_length=60)

    @classmethod
    def of(cls, consultation: Consultation | None, seen: str) -> "DaysForm":
        """Return the form with what stands."""
        held: dict[str, Any] = {"votes_each": 3, "seen": seen}
        if consultation is not None:
            names = ("opens_on", "closes_on", "votes_each")
            held |= {name: getattr(consultation, name) for name in names}
        return cls(initial=held)


class AnswerForm(forms.Form):
    """An answer to a comment, and the answer that the sender saw."""

    text = forms.CharField(
        label=_("Answer"), required=False, strip=False, widget=forms.Textarea(attrs={"rows": 6, "dir": "auto"}),
        help_text=_("Everyone who reads the draft sees it. An empty answer takes it away."),
    )  # fmt: skip
    seen = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)


class SourceForm(forms.Form):
    """A claim and where it stands."""

    claim = forms.CharField(
        label=_("What was found"), widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text=_("One sentence that the source bears out."),
    )  # fmt: skip
    citation = forms.CharField(
        label=_("Where it stands"), widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
        help_text=_("Authors, year, title, page."),
    )  # fmt: skip
    url = forms.CharField(label=_("Address on the web"), required=False, help_text="https://…")
