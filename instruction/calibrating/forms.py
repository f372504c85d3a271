"""The forms of calibration. A field never decides who rates or who leads."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alignment_dash import schoolyear
from alignment_dash.ui.days import DayField
from instruction.calibrating.actions import Details, Given, Reference
from instruction.calibrating.queries import Sheet
from instruction.models import (
    CalibrationComment,
    CalibrationExercise,
    CalibrationRating,
    CalibrationStandard,
    CalibrationVideo,
    ElementVersion,
    ExerciseState,
    FrameworkKind,
    FrameworkVersion,
    ReferenceLevel,
)
from schools.models import Org, Person, School, StaffAssignment

UNSEEN = "none"
_NOTES = {"rows": 4, "dir": "auto"}


class ExerciseForm(forms.Form):
    """What an exercise is about: a video that is known, a new one, or a lesson seen together.

    Once it is open, observers have read what they rate: only its title and last day change.
    """

    title = forms.CharField(label=gettext_lazy("Title"), max_length=200)
    due_on = DayField(
        label=gettext_lazy("Last day to hand in"),
        help_text=gettext_lazy("Later is possible until the release, and is marked late."),
    )
    version = forms.ModelChoiceField(
        label=gettext_lazy("Framework"),
        queryset=FrameworkVersion.objects.none(),
        to_field_name="uid",
        empty_label=None,
    )
    video = forms.ModelChoiceField(
        label=gettext_lazy("A video that is known"),
        queryset=CalibrationVideo.objects.none(),
        to_field_name="uid",
        required=False,
    )
    video_title = forms.CharField(label=gettext_lazy("Its title"), max_length=200, required=False)
    video_url = forms.URLField(
        label=gettext_lazy("Link to it"),
        max_length=500,
        required=False,
        assume_scheme="https",
        help_text=gettext_lazy("https://… where the district's own player decides who may watch."),
    )
    video_minutes = forms.IntegerField(
        label=gettext_lazy("Minutes"), min_value=1, max_value=600, required=False
    )
    school = forms.ModelChoiceField(
        label=gettext_lazy("School"), queryset=School.objects.none(), to_field_name="uid", required=False
    )
    observed = forms.CharField(
        label=gettext_lazy("Who is observed"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Their name as the staff list has it."),
    )
    seen_on = DayField(label=gettext_lazy("Day of the lesson"), required=False)

    VIDEO = ("video_title", "video_url", "video_minutes")
    LESSON = ("school", "observed", "seen_on")

    def __init__(self, data: Any = None, *, exercise: CalibrationExercise | None = None) -> None:
        super().__init__(data, initial=_initial(exercise) if exercise else None)
        today = schoolyear.today()
        versions = FrameworkVersion.objects.in_force(schoolyear.current_year()).exclude(
            framework__kind=FrameworkKind.SUPERVISION
        )
        self._choices("version", FrameworkVersion.objects.filter(pk__in=[one.pk for one in versions]))
        self._choices("video", CalibrationVideo.objects.order_by("-pk"))
        self._choices("school", School.objects.on(today).order_by("name"))
        self.person: Person | None = None
        self.open = exercise if exercise and exercise.state != ExerciseState.DRAFT else None
        for name in set(self.fields) - {"title", "due_on"} if self.open else ():
            del self.fields[name]

    def _choices(self, name: str, found: Any) -> None:
        self.fields[name].queryset = found  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Check that exactly one kind of lesson is named, and find who is observed."""
        given = self.cleaned_data
        if self.open:
            return given
        kinds = {
            "video": bool(given.get("video")),
            "video_title": any(given.get(name) for name in self.VIDEO),
            "school": any(given.get(name) for name in self.LESSON),
        }
        if sum(kinds.values()) != 1 and not self.errors:
            raise forms.ValidationError(
                _("Choose one: a video that is known, a new video, or a lesson seen together.")
            )
        if kinds["video_title"]:
            self._need(("video_title", "video_url"))
            if not str(given.get("video_url") or "https://").startswith("https://"):
                self.add_error("video_url", _("The link starts with https://, so that nobody reads along."))
        if kinds["school"]:
            self._need(self.LESSON)
            if not self.errors:
                self._find_person()
        return given

    def _need(self, names: tuple[str, ...]) -> None:
        for name in names:
            if not self.cleaned_data.get(name) and name not in self.errors:
                self.add_error(name, _("This is needed too."))

    def _find_person(self) -> None:
        given = self.cleaned_data
        found = people_named(given["observed"], school=given["school"], day=given["seen_on"])
        if len(found) == 1:
            self.person = found[0]
        elif found:
            names = ", ".join(str(one.identity) for one in found[:5])
            self.add_error(
                "observed", _("Several people: {names}. Write the whole name.").format(names=names)
            )
        else:
            self.add_error("observed", _("Nobody of this name works there on that day."))

    @property
    def is_new_video(self) -> bool:
        """Whether a video is to be made known first."""
        return bool(self.cleaned_data.get("video_title"))

    def details(self, video: CalibrationVideo | None = None, elements: tuple[int, ...] = ()) -> Details:
        """Return what was asked for; video: the one just made known."""
        given = self.cleaned_data
        if self.open:
            return Details(given["title"], self.open.version, given["due_on"], self.open.video)
        return Details(
            title=given["title"],
            version=given["version"],
            due_on=given["due_on"],
            video=video or given["video"],
            school=given["school"],
            observed=self.person,
            seen_on=given["seen_on"] if self.person else None,
            elements=elements,
        )


def people_named(text: str, *, school: Org, day: Any) -> list[Person]:
    """Return who of a school's staff on a day has all words of `text` in their name; two queries at most."""
    there = StaffAssignment.objects.on(day).filter(org=school).values("person")
    words = text.casefold().split()
    found = Person.objects.filter(pk__in=there).select_related("identity")
    named = [one for one in found if hasattr(one, "identity")]
    exact = [one for one in named if one.identity.display_name.casefold().split() == words]
    return exact or [
        one for one in named if all(word in one.identity.display_name.casefold() for word in words)
    ]


def _initial(exercise: CalibrationExercise) -> dict[str, Any]:
    return {
        "title": exercise.title,
        "due_on": exercise.due_on,
        "version": exercise.version.uid,
        "video": exercise.video.uid if exercise.video else None,
        "school": exercise.school.uid if exercise.school else None,
        "observed": str(getattr(exercise.observed, "identity", "")) if exercise.observed else "",
        "seen_on": exercise.seen_on,
    }


def chosen_elements(data: Any, version: FrameworkVersion | None) -> tuple[int, ...]:
    """Return the ids of the version's elements whose boxes are ticked, by uid; what is no element is left out."""
    ticked = {str(one) for one in data.getlist("elements")}
    rows = ElementVersion.objects.filter(version=version).values_list("pk", "element__uid")
    return tuple(pk for pk, uid in rows if str(uid) in ticked)


class ReferenceForm(forms.Form):
    """A reference level and its reason for each element."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(
        self,
        exercise: CalibrationExercise,
        elements: list[ElementVersion],
        held: Mapping[int, ReferenceLevel],
        data: Any = None,
    ) -> None:
        super().__init__(data, initial={"revision": exercise.revision})
        self.elements = elements
        levels = [("", "–"), *_levels(exercise.version)]
        for one in elements:
            uid, row = one.element.uid, held.get(one.pk)
            self.fields[f"level-{uid}"] = forms.ChoiceField(
                label=_("Reference level, {element}").format(element=one.name),
                choices=levels,
                required=False,
                initial=str(row.level) if row else "",
            )
            self.fields[f"why-{uid}"] = forms.CharField(
                label=_("Why, {element}").format(element=one.name),
                widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
                max_length=ReferenceLevel._meta.get_field("why").max_length,
                required=False,
                initial=row.why if row else "",
            )

    def rows(self) -> Iterator[tuple[ElementVersion, forms.BoundField, forms.BoundField]]:
        """Yield each element with its two fields."""
        for one in self.elements:
            yield one, self[f"level-{one.element.uid}"], self[f"why-{one.element.uid}"]

    def references(self) -> dict[int, Reference]:
        """Return what is to be set."""
        given = self.cleaned_data
        return {
            one.pk: Reference(
                int(given[f"level-{one.element.uid}"]) if given[f"level-{one.element.uid}"] else None,
                given[f"why-{one.element.uid}"],
            )
            for one in self.elements
        }


class RatingForm(forms.Form):
    """An observer's own notes and levels, element by element: what was seen first, then the level."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, sheet: Sheet, data: Any = None, *, revision: int | None = None) -> None:
        if revision is not None and data is not None:
            data = data.copy()
            data["revision"] = str(revision)
        super().__init__(data, initial={"revision": sheet.invitation.revision})
        self.sheet = sheet
        levels = [*_levels(sheet.exercise.version), (UNSEEN, _("Not seen")), ("", _("Not decided yet"))]
        for one in sheet.elements:
            uid, row = one.element.uid, sheet.ratings.get(one.pk)
            self.fields[f"evidence-{uid}"] = forms.CharField(
                label=_("What you saw and heard"),
                widget=forms.Textarea(attrs=_NOTES),
                max_length=CalibrationRating._meta.get_field("evidence").max_length,
                required=False,
                initial=row.evidence if row else "",
            )
            self.fields[f"level-{uid}"] = forms.ChoiceField(
                label=_("Level"),
                choices=levels,
                widget=forms.RadioSelect,
                required=False,
                initial=_shown(row),
            )
            # To hand in; a draft is saved without.
            self.fields[f"level-{uid}"].is_needed = True  # type: ignore[attr-defined]

    def rows(
        self,
    ) -> Iterator[tuple[ElementVersion, forms.BoundField, forms.BoundField, CalibrationRating | None]]:
        """Yield each element with its two fields and what is saved."""
        for one in self.sheet.elements:
            uid = one.element.uid
            yield one, self[f"evidence-{uid}"], self[f"level-{uid}"], self.sheet.ratings.get(one.pk)

    def given(self) -> list[Given]:
        """Return what was sent, of the elements that were sent at all."""
        found = []
        for one in self.sheet.elements:
            names = f"level-{one.element.uid}", f"evidence-{one.element.uid}"
            if not any(name in self.data for name in names):
                continue
            level, evidence = (self.cleaned_data[name] for name in names)
            found.append(
                Given(one.pk, int(level) if level.isdigit() else None, evidence, is_decided=level != "")
            )
        return found


def _shown(row: CalibrationRating | None) -> str:
    if row is None or not row.is_decided:
        return ""
    return UNSEEN if row.level is None else str(row.level)


def _levels(version: FrameworkVersion) -> list[tuple[str, str]]:
    return [(str(level), f"{level} · {name}") for level, name in enumerate(version.level_names, start=1)]


class CommentForm(forms.Form):
    """What someone says about a released exercise or one of its elements (uid)."""

    text = forms.CharField(
        label=gettext_lazy("Comment"),
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        max_length=CalibrationComment._meta.get_field("text").max_length,
    )
    element = forms.UUIDField(widget=forms.HiddenInput, required=False)


class StandardForm(forms.ModelForm):
    """From where on an observer is called calibrated; shares in percent would round, so they are of 1."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    class Meta:
        model = CalibrationStandard
        fields = [
            "exact_at_least",
            "adjacent_at_least",
            "kappa_at_least",
            "severity_within",
            "fewest_ratings",
            "years",
        ]
        labels = {
            "exact_at_least": gettext_lazy("Same level, share of at least"),
            "adjacent_at_least": gettext_lazy("Within one level, share of at least"),
            "kappa_at_least": gettext_lazy("Quadratic-weighted kappa of at least"),
            "severity_within": gettext_lazy("Severity closer to 0 than, in levels"),
            "fewest_ratings": gettext_lazy("Rated elements needed at least"),
            "years": gettext_lazy("School years that count"),
        }

    def values(self) -> dict[str, Decimal | int]:
        """Return what is to be set."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}
