"""Forms of accounts. What does not go together, the actions refuse in words."""

from itertools import groupby
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alignment_dash.access.accounts import directory, rules
from alignment_dash.access.accounts.queries import STATES
from alignment_dash.access.models import RoleGrant
from alignment_dash.access.roles import Role
from alignment_dash.schoolyear import today
from alignment_dash.ui.days import DayField


class FilterForm(forms.Form):
    """Which accounts the list shows; nonsense in the address shows them all."""

    q = forms.CharField(
        label=gettext_lazy("Name or e-mail"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    role = forms.ChoiceField(
        label=gettext_lazy("Role today"), choices=[("", gettext_lazy("Any")), *Role.choices], required=False
    )
    state = forms.ChoiceField(
        label=gettext_lazy("State"), choices=[("", gettext_lazy("Any")), *STATES.items()], required=False
    )

    def chosen(self) -> dict[str, str]:
        """Return the filters in force."""
        self.is_valid()
        return {name: self.cleaned_data.get(name, "") for name in self.fields}


class RoleForm(forms.Form):
    """A role, where, and from when until when."""

    role = forms.ChoiceField(
        label=gettext_lazy("Role"), choices=[("", gettext_lazy("Choose")), *Role.choices]
    )
    place = forms.ChoiceField(
        label=gettext_lazy("Where"),
        help_text=gettext_lazy(
            "For principals and assistant principals a school. For department leads and teachers a school, or a network"
            " or department for all its schools. For principal supervisors if you like. The other roles are the whole"
            " district's."
        ),
        required=False,
    )
    start = DayField(label=gettext_lazy("First day"), initial=today)
    end = DayField(
        label=gettext_lazy("First day without it"),
        help_text=gettext_lazy("Leave empty for no end."),
        required=False,
    )

    def __init__(self, *args: Any, **fields: Any) -> None:
        super().__init__(*args, **fields)
        places = [place for place in directory.registered().places() if place.type in rules.OFFERED]
        self._ids = {str(place.uid): place.id for place in places}
        groups = [
            (kind, [(str(place.uid), place.name) for place in found])
            for kind, found in groupby(places, key=lambda place: place.kind)
        ]
        self.fields["place"].choices = [("", _("The district")), *groups]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Put the place's id beside the rest; a day that is past is not given any more."""
        given = self.cleaned_data
        given["org_id"] = self._ids.get(given.pop("place", "") or "")
        if given.get("start") and given["start"] < today():
            self.add_error("start", _("A role begins today at the earliest."))
        return given


class AccountForm(RoleForm):
    """A new account, with a first role or without one."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        help_text=gettext_lazy("The one with which they sign in to the district's systems."),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    field_order = ["email", "name", "role", "place", "start", "end"]

    def __init__(self, *args: Any, **fields: Any) -> None:
        super().__init__(*args, **fields)
        role: Any = self.fields["role"]
        role.required, role.label = False, _("First role")
        role.choices = [("", _("None yet")), *Role.choices]

    def clean_role(self) -> str | None:
        """Return the role; None for none."""
        return self.cleaned_data["role"] or None


class EndForm(forms.Form):
    """Which role of an account ends, and when."""

    grant = forms.ModelChoiceField(queryset=RoleGrant.objects.none(), widget=forms.HiddenInput)
    end = DayField(label=gettext_lazy("First day without it"), required=False)


class PersonForm(forms.Form):
    """Whom of the roster to look for."""

    person = forms.CharField(
        label=gettext_lazy("Find a person of the roster without an account"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
