"""Forms of drafts: begin one, its frame, one element, what is taken over from earlier elements."""

from dataclasses import replace
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alignment_dash import schoolyear
from instruction.defining.crosswalk import Earlier
from instruction.frameworks.definition import ElementDefinition, FrameworkDefinition
from instruction.frameworks.parsing import (
    FEWEST_LEVELS,
    LONGEST_CODE,
    LONGEST_LABEL,
    LONGEST_LEVEL_NAME,
    LONGEST_NAME,
    LONGEST_NOTE,
    LONGEST_SUBJECT,
    LONGEST_TEXT,
    MOST_DIMENSIONS,
    MOST_LEVELS,
    SEPARATOR,
    clean,
)
from instruction.models import Competency, FrameworkKind, FrameworkVersion, Proximity
from schools.models import Level, StaffRole

LEVEL_NAMES = (
    gettext_lazy("Beginning"),
    gettext_lazy("Developing"),
    gettext_lazy("Proficient"),
    gettext_lazy("Exemplary"),
)


class _Lines(forms.CharField):
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
            "level_names": _Lines(
                label=_("Proficiency levels, one a line, the lowest first"),
                longest=LONGEST_LEVEL_NAME, most=MOST_LEVELS,
            ),
            "proficient_level": forms.IntegerField(
                label=_("Number of the level that is good teaching"), min_value=1, max_value=MOST_LEVELS
            ),
            "dimensions": _Lines(
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
        self.fields["subjects"] = _Lines(
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


class CrosswalkForm(forms.Form):
    """For each element of the draft the earlier ones whose ratings it carries, those it also came from, and a note."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)

    def __init__(
        self, definition: FrameworkDefinition, gone: list[Earlier], revision: int, data: Any = None
    ) -> None:
        self.held, self.codes = definition, [one.code for one in definition.elements]
        initial: dict[str, Any] = {"revision": revision}
        super().__init__(data, initial=initial)
        # What a crosswalk named and nothing has any ratings of must stay choosable.
        named = {code for one in definition.elements for code in (*one.carries, *one.came_from)}
        labels = {one.code: f"{one.name} ({one.code})" for one in gone}
        choices = list((labels | {code: code for code in sorted(named - labels.keys())}).items())
        self.choices = choices
        for n, one in enumerate(definition.elements):
            initial |= {
                f"carries-{n}": list(one.carries),
                f"from-{n}": list(one.came_from),
                f"note-{n}": one.origin_note,
            }
            for name, label in (
                ("carries", _("The same practice: their ratings count here")),
                ("from", _("Drawn from, but another practice: no ratings count here")),
            ):
                self.fields[f"{name}-{n}"] = forms.MultipleChoiceField(
                    label=label, choices=choices, required=False, widget=forms.CheckboxSelectMultiple
                )
            self.fields[f"note-{n}"] = forms.CharField(
                label=_("What changed"),
                max_length=LONGEST_NOTE,
                required=False,
                widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
            )

    def rows(self) -> list[tuple[ElementDefinition, bool, list[forms.BoundField]]]:
        """Return each element with whether it names or needs an origin, and its fields."""
        return [
            (one, bool(one.carries or one.came_from or any(self[f"{name}-{n}"].errors for name in ("carries", "from"))),
             [self[f"{name}-{n}"] for name in ("carries", "from", "note")])
            for n, one in enumerate(self.held.elements)
        ]  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Refuse to carry the same ratings twice, or to name an element in both lists."""
        found = super().clean() or {}
        carried: dict[str, str] = {}
        for n, one in enumerate(self.held.elements):
            carries = found.get(f"carries-{n}") or []
            for code in carries:
                if code in carried:
                    words = _("The ratings of {earlier} are carried to {first} already; they count once.")
                    self.add_error(f"carries-{n}", words.format(earlier=code, first=carried[code]))
                carried[code] = one.code
            if both := set(carries) & set(found.get(f"from-{n}") or []):
                self.add_error(f"from-{n}", _("{code} is named above already.").format(code=sorted(both)[0]))
        return found

    def change(self, held: FrameworkDefinition) -> FrameworkDefinition:
        """Return a definition with this crosswalk."""
        given, number = self.cleaned_data, {code: n for n, code in enumerate(self.codes)}
        return replace(held, dimensions={
            name: tuple(
                replace(
                    one, carries=tuple(sorted(given[f"carries-{number[one.code]}"])),
                    came_from=tuple(sorted(given[f"from-{number[one.code]}"])),
                    origin_note=clean(given[f"note-{number[one.code]}"]),
                )
                for one in elements
            )
            for name, elements in held.dimensions.items()
        })  # fmt: skip
