"""What keeps a draft from being published, and what to know before it is, in words."""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alignment_dash import schoolyear
from instruction.defining.crosswalk import Crosswalk, Earlier, crosswalk_of
from instruction.defining.reading import definition_of
from instruction.frameworks.definition import ElementDefinition, FrameworkDefinition
from instruction.models import FrameworkVersion, SchoolTarget, Target, VersionState

FEW = 5
NAMED = 10  # elements named in one sentence


@dataclass(frozen=True, slots=True)
class PublishCheck:
    """faults: what must be mended first. notes: what publishing means, for whoever decides. n_elements: in the draft."""

    faults: list[str]
    notes: list[str]
    n_elements: int
    crosswalk: Crosswalk = field(default_factory=lambda: Crosswalk(None, [], False))


def publish_check(version: FrameworkVersion) -> PublishCheck:
    """Return what stands against publishing a draft; about fifteen queries, however many elements it has."""
    definition = definition_of(version)
    crosswalk = crosswalk_of(version)
    faults = [
        *_of_frame(version, definition),
        *_of_elements(definition),
        *_of_crosswalk(definition),
        *_of_year(version),
    ]
    return PublishCheck(faults, _notes(version, crosswalk), len(definition.elements), crosswalk)


def _of_frame(version: FrameworkVersion, definition: FrameworkDefinition) -> list[str]:
    faults = []
    if not definition.elements:
        faults.append(_("It has no elements yet: add at least one."))
    for name, elements in definition.dimensions.items():
        if not name.strip():
            faults.append(_("A dimension has no name: give it one."))
        if not elements and definition.elements:
            faults.append(
                _("The dimension {name} has no elements: add one, or remove the dimension.").format(name=name)
            )
    if any(not name.strip() for name in definition.level_names):
        faults.append(_("A proficiency level has no name: name all of them."))
    same_label = version.framework.versions.filter(label__iexact=version.label).exclude(pk=version.pk)
    if same_label.exists():
        faults.append(
            _("This framework has a version {label} already: give this one another label.").format(
                label=version.label
            )
        )
    return faults


def _of_elements(definition: FrameworkDefinition) -> list[str]:
    faults: list[str] = []
    seen: dict[str, str] = {}
    for one in definition.elements:
        if not one.name.strip():
            faults.append(_("{code} has no name: give it one.").format(code=one.code))
        if missing := _missing(one, definition.level_names):
            words = _("{name} does not say what these levels look like: {levels}. Describe each of them.")
            faults.append(words.format(name=one.name or one.code, levels=", ".join(missing)))
        other = seen.setdefault(one.code.casefold(), one.code)
        if other != one.code:
            faults.append(
                _("The codes {one} and {other} differ in capitals only: change one of them.").format(
                    one=other, other=one.code
                )
            )
    return faults


def _of_crosswalk(definition: FrameworkDefinition) -> list[str]:
    """Say which elements are carried to another one and stand in the draft themselves."""
    codes = {one.code for one in definition.elements}
    words = _(
        "{earlier} is an element of this version and keeps its own ratings: take it out of what {code} carries."
    )
    return [
        words.format(earlier=earlier, code=one.code)
        for one in definition.elements
        for earlier in one.carries
        if earlier in codes
    ]


def _missing(one: ElementDefinition, names: tuple[str, ...]) -> list[str]:
    return [
        f"{n} ({name})"
        for n, (name, text) in enumerate(zip(names, one.levels, strict=True), start=1)
        if not text.strip()
    ]


def _of_year(version: FrameworkVersion) -> list[str]:
    """Say where the first school year would rewrite what was rated, or stand before a version already published."""
    first, current = version.first_school_year, schoolyear.current_year()
    faults = []
    newest = (
        version.framework.versions.exclude(state=VersionState.DRAFT)
        .exclude(pk=version.pk)
        .order_by("-first_school_year")
        .first()
    )
    if newest and newest.first_school_year > first:
        words = _("Version {label} is published for {year} on: this one must begin in {year} or later.")
        faults.append(words.format(label=newest.label, year=schoolyear.label(newest.first_school_year)))
    elif first < current and newest:
        words = _(
            "Version {label} was in force in school years that are over: let this one begin in {year} or later."
        )
        faults.append(words.format(label=newest.label, year=schoolyear.label(current)))
    return faults


def _notes(version: FrameworkVersion, crosswalk: Crosswalk) -> list[str]:
    notes = []
    if crosswalk.before is None:
        return [_("It is the first version of this framework.")]
    before = crosswalk.before
    if crosswalk.other_scale:
        words = _(
            "Version {label} has {n} levels and this one {m}: ratings on another scale cannot stand beside these, so no"
            " rating made so far counts from {year} on."
        )
        notes.append(
            words.format(
                label=before.label,
                n=len(before.level_names),
                m=len(version.level_names),
                year=schoolyear.label(version.first_school_year),
            )
        )
    elif crosswalk.lost:
        notes.append(lost_words(crosswalk))
    else:
        notes.append(_("No rating stops counting: every element that is gone is carried by one that stays."))
    notes += _of_targets(version, crosswalk)
    if version.first_school_year == schoolyear.current_year():
        notes.append(
            _("It is in force from this school year on: what was computed for it is computed again.")
        )
    return notes


def _of_targets(version: FrameworkVersion, crosswalk: Crosswalk) -> list[str]:
    """Say which targets set for the years to come stay behind with elements that are gone; two queries."""
    gone = {one.code: one for one in crosswalk.gone}
    about = {
        "element__framework": version.framework_id, "element__code__in": gone,
        "school_year__gte": version.first_school_year,
    }  # fmt: skip
    named = dict.fromkeys(
        Target.objects.filter(**about).order_by("element__code").values_list("element__code", flat=True)
    )
    n_schools = SchoolTarget.objects.filter(**about).count()
    notes = []
    if named:
        words = _("Targets are not carried to another code; set them again for what took its place: {names}.")
        notes.append(words.format(names=", ".join(_and_successor(gone[code]) for code in [*named][:NAMED])))
    if n_schools:
        words = ngettext(
            "{n} target of a school improvement plan is for an element that is gone: its school must set it again.",
            "{n} targets of school improvement plans are for elements that are gone: their schools must set them again.",
            n_schools,
        )
        notes.append(words.format(n=n_schools))
    return notes


def _and_successor(one: Earlier) -> str:
    name = one.name or one.code
    return _("{name} (now {code})").format(name=name, code=one.carried_by) if one.carried_by else name


def lost_words(crosswalk: Crosswalk) -> str:
    """Say how many elements lose how many ratings' history; fewer than five ratings are not counted out."""
    lost = crosswalk.lost
    words = ngettext(
        "{n} element loses the history of {ratings}: {names}. Name in the crosswalk what carries it, if it is the same practice.",
        "These {n} elements lose the history of {ratings}: {names}. Name in the crosswalk what carries them, where it is the same practice.",
        len(lost),
    )  # fmt: skip
    if not crosswalk.counted:
        words = ngettext(
            "{n} element loses its history: {names}. Name in the crosswalk what carries it, if it is the same practice.",
            "These {n} elements lose their history: {names}. Name in the crosswalk what carries them, where it is the same practice.",
            len(lost),
        )  # fmt: skip
    names = ", ".join(one.name or one.code for one in lost[:NAMED])
    if len(lost) > NAMED:
        names += ", …"
    return words.format(n=len(lost), ratings=ratings_words(crosswalk.n_lost), names=names)


def ratings_words(n: int) -> str:
    """Return a number of ratings in words; fewer than five are not counted out."""
    if 0 < n < FEW:
        return _("fewer than 5 ratings")
    return ngettext("{n} rating", "{n} ratings", n).format(n=n)
