"""Forms of leave: who, from when to when; nothing else is asked."""

from typing import Any

from django import forms
from django.db.models import Value
from django.db.models.functions import Concat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alignment_dash.ui.days import DayField
from schools.leave.queries import person_named
from schools.models import Identity, Person


class LeaveForm(forms.Form):
    """When a leave begins and ends; seen: its days as the page showed them."""

    first_day = DayField(label=gettext_lazy("First day away"))
    last_day = DayField(label=gettext_lazy("Last day away"), required=False)
    seen = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput())

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        first, last = given.get("first_day"), given.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("The last day is before the first."))
        return given


class NewLeaveForm(LeaveForm):
    """A leave of someone who is named by an outside id, an e-mail address or a whole name."""

    person = forms.CharField(
        label=gettext_lazy("Who"),
        help_text=gettext_lazy("Their id in the roster, their e-mail address, or their whole name."),
        max_length=255,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    field_order = ("person", "first_day", "last_day")

    def clean_person(self) -> Person:
        """Return whom the words mean; nobody where they mean several."""
        text = self.cleaned_data["person"].strip()
        person, n = person_named(text)
        if person is None and not n:
            named = Identity.objects.annotate(full=Concat("given_name", Value(" "), "family_name"))
            found = list(
                named.filter(full__iexact=text)
                .union(named.filter(email__iexact=text))
                .values_list("person", flat=True)[:2]
            )
            n = len(set(found))
            person = Person.objects.get(pk=found[0]) if n == 1 else None
        if person is None:
            raise forms.ValidationError(
                _("Several people are called that: give an id.")
                if n
                else _("Nobody on the roster is called that.")
            )
        return person
