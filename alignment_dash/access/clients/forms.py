"""Forms about programs that sign in."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from alignment_dash.access.clients.models import ApiClient
from alignment_dash.access.policy import MachineScope
from alignment_dash.schoolyear import today

LONGEST = timedelta(days=2 * 366)
USUAL = timedelta(days=365)
SCOPE_WORDS = {
    MachineScope.ROSTER_WRITE: _("Send rosters, and read what came of them"),
    MachineScope.OBSERVATIONS_WRITE: _("Send files of ratings, and read what came of them"),
    MachineScope.AGGREGATES_READ: _("Read numbers of the district and its schools, never of a person"),
}
OVERLAPS = [
    (0, _("It stops at once, and so do the program's tokens")),
    (24, _("It works for one more day")),
    (24 * 7, _("It works for seven more days")),
]


def _in_a_year() -> date:
    return today() + USUAL


class ClientForm(forms.ModelForm):  # type: ignore[type-arg]  # generic for the type checker alone
    """What a program is called, what it may do, how often and until when."""

    scopes = forms.MultipleChoiceField(
        label=_("May"),
        choices=list(SCOPE_WORDS.items()),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Only what it needs. Each program gets an account of its own, which the audit names."),
    )

    class Meta:
        model = ApiClient
        fields = ["name", "scopes", "rate", "expires_on"]
        labels = {"name": _("Name"), "rate": _("Requests a minute"), "expires_on": _("Works until")}
        help_texts = {
            "name": _("What it is and who runs it, such as: Nightly roster of the student system."),
            "expires_on": _("The last day on which it signs in; at most two years from now."),
        }
        widgets = {"expires_on": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})}

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        if self.instance.pk is None:
            self.initial.setdefault("expires_on", _in_a_year())

    def clean_expires_on(self) -> date:
        """Check that it ends, and not in the past."""
        day: date = self.cleaned_data["expires_on"]
        if not today() <= day <= today() + LONGEST:
            raise ValidationError(_("Choose a day from today to two years from now."))
        return day


class RotateForm(forms.Form):
    """How long the secret that is replaced still works, in hours."""

    overlap = forms.TypedChoiceField(
        label=_("The secret that it has now"),
        choices=OVERLAPS,
        coerce=int,
        widget=forms.RadioSelect,
        initial=24,
    )
