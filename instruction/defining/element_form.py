"""The form of one element of a draft."""

from dataclasses import replace
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from instruction.defining.forms import Lines
from instruction.frameworks.definition import ElementDefinition, FrameworkDefinition
from instruction.frameworks.values import (
    LONGEST_CODE,
    LONGEST_NAME,
    LONGEST_SUBJECT,
    LONGEST_TEXT,
    SEPARATOR,
    clean,
)
from instruction.models import Competency, Proximity
from schools.models import Level, StaffRole


class ElementForm(forms.Form):
    """One element of a draft; `revision` is the one that was seen, 0 for a new one."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1, required=False)
    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=LONGEST_CODE,
        help_text=gettext_lazy("Short, such as 1a. History follows it."),
    )
    name = forms.CharField(label=gettext_lazy("Name"), max_length=LONGEST_NAME, required=False)
    description = forms.CharField(
        label=gettext_lazy("Description"),
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    dimension = forms.ChoiceField(label=gettext_lazy("Dimension"))
    proximity = forms.TypedChoiceField(
        label=gettext_lazy("Nearness to students' learning"), coerce=int, choices=Proximity.choices
    )
    focus = forms.BooleanField(label=gettext_lazy("In focus"), required=False)
    grade_levels = forms.MultipleChoiceField(
        label=gettext_lazy("Levels of schools; none: all"),
        choices=Level.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    roles = forms.MultipleChoiceField(
        label=gettext_lazy("Roles; none: everyone observed"),
        choices=StaffRole.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    competencies = forms.MultipleChoiceField(
        label=gettext_lazy("Deeper-learning competencies"),
        choices=Competency.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(
        self, frame: FrameworkDefinition, held: ElementDefinition | None, revision: int, data: Any = None
    ) -> None:
        super().__init__(data, initial=_element_values(frame, held, revision))
        self.held = held
        self.fields["dimension"].choices = [(name, name) for name in frame.dimensions]  # type: ignore[attr-defined]
        self.fields["subjects"] = Lines(
            label=_("Subjects, one a line; none: all"), longest=LONGEST_SUBJECT, most=50, required=False
        )
        self.level_names = frame.level_names
        for n, name in enumerate(frame.level_names, start=1):
            self.fields[f"level-{n}"] = forms.CharField(
                label=f"{n} · {name}",
                max_length=LONGEST_TEXT,
                required=False,
                widget=forms.Textarea(attrs={"rows": 3}),
            )
        for field in ("name", "description", *(f"level-{n}" for n in range(1, len(frame.level_names) + 1))):
            self.fields[field].widget.attrs["dir"] = "auto"

    def clean_code(self) -> str:
        """Refuse what no code can be."""
        found = clean(self.cleaned_data["code"])
        if SEPARATOR in found or not found:
            raise ValidationError(_("A code is one line without a semicolon."))
        return found

    def clean_subjects(self) -> tuple[str, ...]:
        """Refuse a semicolon, which files put between subjects."""
        found: tuple[str, ...] = self.cleaned_data["subjects"]
        if any(SEPARATOR in one for one in found):
            raise ValidationError(_("A subject is named without a semicolon."))
        return found

    def descriptors(self) -> list[forms.BoundField]:
        """Return the fields of what each level looks like."""
        return [self[f"level-{n}"] for n in range(1, len(self.level_names) + 1)]

    def element(self) -> ElementDefinition:
        """Return the element as it was typed, with the crosswalk that it has."""
        given = self.cleaned_data
        bare = self.held or ElementDefinition(given["code"], "", "", 1, ())
        return replace(
            bare, code=given["code"], name=clean(given["name"]), description=clean(given["description"]),
            proximity=given["proximity"], focus=given["focus"], grade_levels=tuple(given["grade_levels"]),
            roles=tuple(given["roles"]), competencies=tuple(given["competencies"]), subjects=given["subjects"],
            levels=tuple(clean(given[f"level-{n}"]) for n in range(1, len(self.level_names) + 1)),
        )  # fmt: skip


def _element_values(
    frame: FrameworkDefinition, held: ElementDefinition | None, revision: int
) -> dict[str, Any]:
    if held is None:
        return {"revision": revision, "proximity": Proximity.STUDENTS_DO}
    return {
        "revision": revision, "code": held.code, "name": held.name, "description": held.description,
        "dimension": next((name for name, elements in frame.dimensions.items() if held in elements), ""),
        "proximity": held.proximity, "focus": held.focus, "grade_levels": list(held.grade_levels),
        "roles": list(held.roles), "competencies": list(held.competencies), "subjects": "\n".join(held.subjects),
        **{f"level-{n}": text for n, text in enumerate(held.levels, start=1)},
    }  # fmt: skip
