"""What begins an observation: whom or where, by which framework, of which kind, what for, and when."""

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alignment_dash import schoolyear
from instruction.models import FrameworkVersion, ObservationKind, Purpose
from instruction.observing.actions import KINDS, Sent
from instruction.observing.entry.queries import Choice, Choices


class StartForm(forms.Form):
    """Whom (`who`, drawn by the page) and how; `framework` "" is the one for whom was chosen.

    uid and save are made with the page, so that a form sent twice begins one observation.
    """

    uid = forms.UUIDField(widget=forms.HiddenInput)
    save = forms.UUIDField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), choices=[(one.value, one.label) for one in KINDS], required=False
    )
    purpose = forms.ChoiceField(
        label=gettext_lazy("Purpose"),
        choices=Purpose.choices,
        required=False,
        help_text=gettext_lazy(
            "Binding: formative evidence helps, and never reaches a personnel decision or becomes evaluative later."
        ),
    )
    observed_on = forms.DateField(
        label=gettext_lazy("Day"), widget=forms.DateInput(attrs={"type": "date"}), required=False
    )
    framework = forms.ChoiceField(label=gettext_lazy("Framework"), required=False)
    grade = forms.CharField(label=gettext_lazy("Grade"), max_length=8, required=False)
    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=64, required=False)

    def __init__(
        self, choices: Choices, versions: list[FrameworkVersion], data: QueryDict | None = None
    ) -> None:
        first = {
            "uid": uuid4(), "save": uuid4(), "kind": ObservationKind.WALKTHROUGH, "purpose": Purpose.FORMATIVE,
            "observed_on": schoolyear.today().isoformat(),
        }  # fmt: skip
        super().__init__(data, initial=first)
        self.choices, self.versions = choices, versions
        field: Any = self.fields["framework"]
        named = [(str(one.uid), one.framework.name) for one in versions]
        field.choices = [("", _("The one for whom you observe")), *named]
        if len(versions) < 2:
            field.widget = forms.HiddenInput()

    @property
    def who(self) -> str:
        """What was chosen, as it was sent."""
        return str(self.data.get("who", ""))

    def clean(self) -> dict[str, Any]:
        """Check that someone, or a school, was chosen who may be."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.who not in self.choices.values:
            self.add_error(None, _("Choose whom you observe, or a school to walk through without names."))
        return cleaned

    def sent(self) -> Sent:
        """Return the first save of the observation, with nothing written yet; call on a valid form."""
        given = self.cleaned_data
        choice = self.choices.values[self.who]
        kind, *ids = choice.value.split(".")
        return Sent(
            save=given["save"], base=0, at=timezone.now(),
            observed=UUID(ids[0]) if kind == "p" else None, school=UUID(ids[-1]),
            framework_version=self._version(choice).uid,
            kind=given["kind"] or ObservationKind.WALKTHROUGH, purpose=given["purpose"] or Purpose.FORMATIVE,
            observed_on=given["observed_on"] or schoolyear.today(),
            grade=given["grade"], subject=given["subject"], written={"lines": [], "levels": {}},
        )  # fmt: skip

    def _version(self, choice: Choice) -> FrameworkVersion:
        named = [one for one in self.versions if str(one.uid) == self.cleaned_data["framework"]]
        fitting = [one for one in self.versions if one.framework.kind == choice.kind]
        return (named or fitting or self.versions)[0]
