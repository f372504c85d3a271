"""Make a draft in the database say what a definition says; what stays keeps its row, and with it comments and votes."""

from collections.abc import Iterable
from dataclasses import replace

from django.db.models import F, ProtectedError
from django.utils.translation import gettext as _

from instruction.defining.reading import definition_of
from instruction.frameworks.definition import ElementDefinition, FrameworkDefinition
from instruction.frameworks.values import Unreadable
from instruction.models import (
    Dimension,
    Element,
    ElementOrigin,
    ElementVersion,
    FrameworkVersion,
    LevelDescriptor,
)

_AWAY = 10_000  # above every place, for rows that change places with each other


def write_draft(version: FrameworkVersion, wanted: FrameworkDefinition) -> bool:
    """Write what differs; return whether anything did. To be called with the draft's row locked.

    Changed elements count their revision, and the version what is about the whole: its frame, the order, what came
    and went, the crosswalk. Raises Unreadable for an origin that no earlier version has.
    """
    held = definition_of(version)
    wanted = replace(
        wanted,
        kind=held.kind,
        name=held.name,
        first_school_year=wanted.first_school_year or held.first_school_year,
    )
    if held == wanted:
        return False
    earlier = _earlier(version, wanted)
    dimensions = _write_dimensions(version, wanted)
    rows = {one.element.code: one for one in version.elements.select_related("element")}
    gone = [row for code, row in rows.items() if code not in {one.code for one in wanted.elements}]
    for row in gone:
        _remove(row)
    _write_elements(version, held, wanted, dimensions, rows)
    version.dimensions.exclude(pk__in=[one.pk for one in dimensions.values()]).delete()
    _write_origins(version, wanted, earlier)
    version.label, version.level_names = wanted.label, list(wanted.level_names)
    version.first_school_year = wanted.first_school_year or version.first_school_year
    version.proficient_level = wanted.proficient_level
    if _frame(held) != _frame(wanted):
        version.revision += 1
    version.revision += sum(row.revision for row in gone)
    version.save()
    forget_unused(row.element for row in gone)
    return True


def _frame(definition: FrameworkDefinition) -> tuple[object, ...]:
    """Return what is about the version as a whole."""
    return (
        definition.label, definition.first_school_year, definition.level_names, definition.proficient_level,
        [(name, [(one.code, one.carries, one.came_from, one.origin_note) for one in elements])
         for name, elements in definition.dimensions.items()],
    )  # fmt: skip


def _alike(held: ElementDefinition | None, wanted: ElementDefinition) -> bool:
    """Say whether an element's own wording is the same, its crosswalk aside."""
    if held is None:
        return False
    bare = {"carries": (), "came_from": (), "origin_note": ""}
    return replace(held, **bare) == replace(wanted, **bare)  # type: ignore[arg-type]


def _write_dimensions(version: FrameworkVersion, wanted: FrameworkDefinition) -> dict[str, Dimension]:
    """Return the rows of the wanted dimensions by name, in their places."""
    version.dimensions.update(place=F("place") + _AWAY)
    rows = {one.name: one for one in version.dimensions.all()}
    found = {}
    for place, name in enumerate(wanted.dimensions, start=1):
        row = rows.get(name) or Dimension(version=version, name=name)
        row.place = place
        row.save()
        found[name] = row
    return found


def _new_row(version: FrameworkVersion, code: str) -> ElementVersion:
    element, _made = Element.objects.get_or_create(framework=version.framework, code=code)
    return ElementVersion(element=element, version=version)


def _write_elements(
    version: FrameworkVersion,
    held: FrameworkDefinition,
    wanted: FrameworkDefinition,
    dimensions: dict[str, Dimension],
    rows: dict[str, ElementVersion],
) -> None:
    """Write the elements that differ, and all of them where the order does."""
    old = {one.code: one for one in held.elements}
    moved = _order(held) != _order(wanted)
    if moved:
        version.elements.update(place=F("place") + _AWAY)
    in_order = [(name, one) for name, elements in wanted.dimensions.items() for one in elements]
    for place, (name, one) in enumerate(in_order, start=1):
        changed = not _alike(old.get(one.code), one)
        if moved or changed:
            row = rows.get(one.code) or _new_row(version, one.code)
            row.dimension, row.place = dimensions[name], place if moved else row.place
            _write_element(row, one, is_new=one.code not in old, changed=changed)


def _order(definition: FrameworkDefinition) -> list[tuple[str, list[str]]]:
    return [(name, [one.code for one in elements]) for name, elements in definition.dimensions.items()]


def _write_element(row: ElementVersion, one: ElementDefinition, *, is_new: bool, changed: bool) -> None:
    row.name, row.description = one.name, one.description
    row.proximity, row.is_focus = one.proximity, one.focus
    row.levels, row.subjects = list(one.grade_levels), list(one.subjects)
    row.roles, row.competencies = list(one.roles), list(one.competencies)
    row.revision += changed and not is_new
    row.save()
    if changed:
        row.descriptors.all().delete()
        LevelDescriptor.objects.bulk_create(
            LevelDescriptor(element_version=row, level=level, text=text)
            for level, text in enumerate(one.levels, start=1)
            if text
        )


def _earlier(version: FrameworkVersion, wanted: FrameworkDefinition) -> dict[str, Element]:
    """Return the elements that the crosswalk names, by code. Unreadable for one that no published version has."""
    codes = {code for one in wanted.elements for code in (*one.carries, *one.came_from)}
    if not codes:
        return {}
    published = Element.objects.filter(
        framework=version.framework_id, code__in=codes, versions__version__published_at__isnull=False
    )
    found = {one.code: one for one in published.distinct()}
    if missing := sorted(codes - found.keys()):
        words = _(
            "{code} is no element of an earlier version of this framework; take it out of the crosswalk."
        )
        raise Unreadable([words.format(code=code) for code in missing])
    return found


def _write_origins(
    version: FrameworkVersion, wanted: FrameworkDefinition, earlier: dict[str, Element]
) -> None:
    elements = dict(version.elements.values_list("element__code", "element_id"))
    rows = {
        (elements[one.code], earlier[code].pk): (carries, one.origin_note)
        for one in wanted.elements
        for carries, codes in ((True, one.carries), (False, one.came_from))
        for code in codes
    }
    held = {(one.element_id, one.earlier_id): (one.carries, one.note) for one in version.origins.all()}
    if rows == held:
        return
    version.origins.all().delete()
    ElementOrigin.objects.bulk_create(
        ElementOrigin(version=version, element_id=element, earlier_id=before, carries=carries, note=note)
        for (element, before), (carries, note) in rows.items()
    )


def _remove(row: ElementVersion) -> None:
    row.version.origins.filter(element=row.element_id).delete()
    # What people said of it stays with the draft as a whole: they find their words, and the answer to them.
    row.comments.update(element_version=None)
    row.delete()


def forget_unused(elements: Iterable[Element]) -> None:
    """Delete elements that no version and nothing else holds; those of which something is kept stay."""
    ids = [one.pk for one in elements]
    unused = Element.objects.filter(
        pk__in=ids, versions=None, targets=None, school_targets=None, sources=None, focus_years=None
    )
    for one in unused.distinct():
        try:
            one.delete()
        except ProtectedError:
            continue
