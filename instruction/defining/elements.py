"""Writes of one element of a draft: change it, give it another code, add it, take it out."""

from dataclasses import replace
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from alignment_dash.access.models import User
from instruction.defining.actions import Moved, Refused, change_draft, locked_draft
from instruction.defining.reading import definition_of
from instruction.defining.writing import forget_unused
from instruction.frameworks.definition import ElementDefinition, FrameworkDefinition
from instruction.models import Element, ElementOrigin, FrameworkVersion


def element_of(version: FrameworkVersion, uid: UUID) -> Element | None:
    """Return an element of a version by its uid; one query."""
    return Element.objects.filter(uid=uid, versions__version=version).first()


def revision_of(version: FrameworkVersion, element: Element) -> int:
    """Return the revision of an element in a draft; -1 where it is not there."""
    found = version.elements.filter(element=element).values_list("revision", flat=True).first()
    return -1 if found is None else int(found)


@transaction.atomic
def add_element(
    *, version: FrameworkVersion, wanted: ElementDefinition, dimension: str, by: User | None
) -> None:
    """Add an element at the end of a dimension. Refused for a code that the draft has."""

    def added(held: FrameworkDefinition) -> FrameworkDefinition:
        if wanted.code.casefold() in {one.code.casefold() for one in held.elements}:
            raise Refused([_has_already(wanted.code)])
        return placed(held, None, wanted, dimension)

    change_draft(version=version, revision=0, seen=lambda draft: 0, change=added, by=by, what="element added")


@transaction.atomic
def change_element(
    *,
    version: FrameworkVersion,
    element: Element,
    revision: int,
    wanted: ElementDefinition,
    dimension: str,
    by: User | None,
) -> Element:
    """Make an element of a draft say what is wanted; return the element that it is now, by its code.

    Its crosswalk stays as it is. Moved where someone else has changed it since `revision`, Refused for a code in use.
    """
    draft = locked_draft(version)
    if revision_of(draft, element) != revision:
        raise Moved(draft, definition_of(draft))
    if wanted.code != element.code:
        element = _renamed(draft, element, wanted.code)
    code = element.code

    def changed(held: FrameworkDefinition) -> FrameworkDefinition:
        now = next(one for one in held.elements if one.code == code)
        kept = replace(wanted, carries=now.carries, came_from=now.came_from, origin_note=now.origin_note)
        return placed(held, code, kept, dimension)

    change_draft(version=draft, revision=0, seen=lambda row: 0, change=changed, by=by, what="element")
    return element


@transaction.atomic
def remove_element(*, version: FrameworkVersion, element: Element, revision: int, by: User | None) -> None:
    """Take an element out of a draft. Moved where someone else has changed it since `revision`."""

    def without(held: FrameworkDefinition) -> FrameworkDefinition:
        return replace(held, dimensions={
            name: tuple(one for one in elements if one.code != element.code)
            for name, elements in held.dimensions.items()
        })  # fmt: skip

    change_draft(
        version=version, revision=revision, seen=lambda draft: revision_of(draft, element), change=without, by=by,
        what="element removed",
    )  # fmt: skip


def placed(
    held: FrameworkDefinition, code: str | None, wanted: ElementDefinition, dimension: str
) -> FrameworkDefinition:
    """Return a definition with an element in place of that of the code, or at the end of its dimension."""
    dimensions = {}
    for name, elements in held.dimensions.items():
        stays = name == dimension
        row = [wanted if one.code == code else one for one in elements if stays or one.code != code]
        if stays and wanted not in row:
            row.append(wanted)
        dimensions[name] = tuple(row)
    return replace(held, dimensions=dimensions)


def _has_already(code: str) -> str:
    return _("This draft has an element {code} already: give this one another code.").format(code=code)


def _renamed(draft: FrameworkVersion, element: Element, code: str) -> Element:
    """Give an element of a draft another code; return the element that it is now.

    One that only this draft has keeps all that hangs on it. One that a published version has stays there as it is:
    the draft gets an element of the new code, which carries its ratings, for the practice is the same until someone
    says otherwise in the crosswalk. Refused for a code that the draft has.
    """
    if draft.elements.filter(element__code__iexact=code).exclude(element=element).exists():
        raise Refused([_has_already(code)])
    worded = draft.elements.filter(element=element).first()
    if worded is None:
        raise Refused([_("Someone else has taken this element out of the draft meanwhile.")])
    worded.revision += 1
    other = Element.objects.filter(framework=draft.framework, code=code).first()
    is_new = not element.versions.exclude(version=draft).exists()
    if is_new and other is None:
        element.code = code
        element.save(update_fields=["code"])
        worded.save(update_fields=["revision"])
        renamed = element
    else:
        renamed = other or Element.objects.create(framework=draft.framework, code=code)
        # What is now called like an element that came from here cannot come from itself.
        draft.origins.filter(element=element, earlier=renamed).delete()
        draft.origins.filter(element=element).update(element=renamed)
        draft.origins.filter(earlier=renamed, carries=True).delete()
        worded.element = renamed
        worded.save(update_fields=["element", "revision"])
        if is_new:
            forget_unused([element])
        else:
            ElementOrigin.objects.get_or_create(
                version=draft, element=renamed, earlier=element, defaults={"carries": True}
            )
    draft.revision += 1
    draft.save(update_fields=["revision"])
    return renamed
