"""Forms of drafts: begin one, and its frame."""

from dataclasses import replace
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alignment_dash import schoolyear
from instruction.frameworks.definition import ElementDefinition, FrameworkDefinition
from instruction.frameworks.values import (
    FEWEST_LEVELS,
    LONGEST_LABEL,
    LONGEST_LEVEL_NAME,
    LONGEST_NAME,
    MOST_DIMENSIONS,
    MOST_LEVELS,
    clean,
)
from instruction.models import FrameworkKind, FrameworkVersion

LEVEL_NAMES = (
    gettext_lazy("Beginning"),
    gettext_lazy("Developing"),
    gettext_lazy("Proficient"),
    gettext_lazy("Exemplary"),
)


class Lines(forms.CharField):
    """Several texts, one a line."""

    def __init__(self, *, longest: int, most: int, **kwargs: Any) -> None:
        self.longest, self.most = longest, most
        super().__init__(widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}), **kwargs)

    def clean(self, value: Any) -> tuple[str, ...]:
        """Return the lines that are not empty, each once. ValidationError for too many, and too long ones."""
        found = tuple(line.strip() for line in clean(super().clean(value)).split("\n") if line.strip())
        if len(set(found)) != len(found):
            raise ValidationError(_("Two lines are the same: give each its own name."))
        if len(found) > self.most:
            raise ValidationError(_("At most {n} lines.").format(n=self.most))
        if any(len(line) > self.longest for line in found):
            raise ValidationError(_("A line has at most {n} characters.").format(n=self.longest))
        return found


def _year_field() -> forms.TypedChoiceField:
    current = schoolyear.current_year()
    choices = [(year, schoolyear.label(year)) for year in range(current - 3, current + 6)]
    return forms.TypedChoiceField(label=_("First school year"), coerce=int, choices=choices)


class NewDraftForm(forms.Form):
    """Begin a draft: empty, or as a copy of a version (`copy`)."""

    copy = forms.ChoiceField(label=gettext_lazy("Begin with"), required=False)
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind, of an empty one"), choices=FrameworkKind.choices, required=False
    )
    name = forms.CharField(
        label=gettext_lazy("Name, of an empty one"), max_length=LONGEST_NAME, required=False
    )
    label = forms.CharField(label=gettext_lazy("Label of the version"), max_length=LONGEST_LABEL)

    def __init__(self, versions: list[FrameworkVersion], data: Any = None) -> None:
        super().__init__(data)
        self.versions = {str(one.uid): one for one in versions}
        copies = [(uid, _("a copy of {version}").format(version=one)) for uid, one in self.versions.items()]
        self.fields["copy"].choices = [("", _("nothing")), *copies]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask for a kind and a name where nothing is copied."""
        found = super().clean() or {}
        if not found.get("copy"):
            for name in ("kind", "name"):
                if not found.get(name) and name not in self.errors:
                    self.add_error(name, _("An empty framework needs it."))
        return found

    def empty(self) -> FrameworkDefinition:
        """Return the empty framework that was asked for."""
        given = self.cleaned_data
        return FrameworkDefinition(
            kind=given["kind"], name=clean(given["name"]), label=clean(given["label"]),
            level_names=tuple(str(name) for name in LEVEL_NAMES), dimensions={},
        )  # fmt: skip


class FrameForm(forms.Form):
    """What is about a draft as a whole; `revision` is the one that was seen."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)

    def __init__(self, definition: FrameworkDefinition, revision: int, data: Any = None) -> None:
        super().__init__(data, initial={"revision": revision, **_frame_values(definition)})
        self.fields |= {
            "label": forms.CharField(label=_("Label of the version"), max_length=LONGEST_LABEL),
            "first_school_year": _year_field(),
            "level_names": Lines(
                label=_("Proficiency levels, one a line, the lowest first"),
                longest=LONGEST_LEVEL_NAME, most=MOST_LEVELS,
            ),
            "proficient_level": forms.IntegerField(
                label=_("Number of the level that is good teaching"), min_value=1, max_value=MOST_LEVELS
            ),
            "dimensions": Lines(
                label=_("Dimensions, one a line, in their order"),
                longest=LONGEST_NAME, most=MOST_DIMENSIONS, required=False,
            ),
        }  # fmt: skip
        year = self.fields["first_school_year"]
        held = definition.first_school_year
        if held and held not in [value for value, _label in year.choices]:  # type: ignore[attr-defined]
            year.choices = [(held, schoolyear.label(held)), *year.choices]  # type: ignore[attr-defined]
        self.held = definition

    def clean_level_names(self) -> tuple[str, ...]:
        """Refuse fewer than four levels, and to take one away that elements describe."""
        found: tuple[str, ...] = self.cleaned_data["level_names"]
        if len(found) < FEWEST_LEVELS:
            raise ValidationError(_("A framework has at least four proficiency levels."))
        described = [one.name or one.code for one in self.held.elements if any(one.levels[len(found) :])]
        if described:
            words = _("Take out the descriptors of the levels that go first: {names} has some.")
            raise ValidationError(words.format(names=described[0]))
        return found

    def clean(self) -> dict[str, Any]:
        """Refuse a proficient level off the scale, and to drop a dimension that has elements."""
        found = super().clean() or {}
        names = found.get("level_names") or ()
        if names and (found.get("proficient_level") or 0) > len(names):
            self.add_error("proficient_level", _("There are only {n} levels.").format(n=len(names)))
        if "dimensions" in found:
            try:
                renamed(self.held, found["dimensions"])
            except ValidationError as error:
                self.add_error("dimensions", error)
        return found

    def change(self, held: FrameworkDefinition) -> FrameworkDefinition:
        """Return a definition with this frame."""
        given = self.cleaned_data
        n = len(given["level_names"])
        dimensions = {
            name: tuple(replace(one, levels=(one.levels + ("",) * n)[:n]) for one in elements)
            for name, elements in renamed(held, given["dimensions"]).items()
        }
        return replace(
            held, label=clean(given["label"]), first_school_year=given["first_school_year"],
            level_names=given["level_names"], proficient_level=given["proficient_level"], dimensions=dimensions,
        )  # fmt: skip


def _frame_values(definition: FrameworkDefinition) -> dict[str, Any]:
    return {
        "label": definition.label,
        "first_school_year": definition.first_school_year,
        "level_names": "\n".join(definition.level_names),
        "proficient_level": definition.proficient_level,
        "dimensions": "\n".join(definition.dimensions),
    }


def renamed(held: FrameworkDefinition, names: tuple[str, ...]) -> dict[str, tuple[ElementDefinition, ...]]:
    """Return the dimensions in the wanted order; names that are new replace, in order, those that are gone.

    ValidationError where a dimension with elements would have no name any more.
    """
    gone = [name for name in held.dimensions if name not in names]
    new = [name for name in names if name not in held.dimensions]
    for name in gone[len(new) :]:
        if held.dimensions[name]:
            raise ValidationError(
                _("{name} still has elements: move them to another dimension first.").format(name=name)
            )
    before = dict(zip(new, gone, strict=False))
    return {name: held.dimensions.get(before.get(name, name), ()) for name in names}
