"""Writes of drafts: begin one, change it, delete it. Publishing and retiring are in publishing.py."""

from collections.abc import Callable
from dataclasses import replace

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from alignment_dash import schoolyear
from alignment_dash.access import audit
from alignment_dash.access.models import User
from instruction.defining.reading import definition_of, draft_revision
from instruction.defining.writing import forget_unused, write_draft
from instruction.frameworks.definition import FrameworkDefinition
from instruction.frameworks.values import Unreadable
from instruction.models import Element, Framework, FrameworkVersion, VersionState


class Refused(Exception):
    """What was asked for cannot be done; `reasons` says why, and what to do, in words."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = reasons


class Moved(Exception):
    """Someone else has changed the draft meanwhile; `version` is as it stands, `now` what it says."""

    def __init__(self, version: FrameworkVersion, now: FrameworkDefinition) -> None:
        super().__init__(_("Someone else has changed this draft meanwhile. Nothing was saved."))
        self.version, self.now = version, now


def _unused_label(framework: Framework, label: str, *, but: int | None = None) -> None:
    others = framework.versions.filter(label=label)
    if (others if but is None else others.exclude(pk=but)).exists():
        raise Refused(
            [
                _("{name} has a version {label} already: give this one another label.").format(
                    name=framework.name, label=label
                )
            ]
        )


@transaction.atomic
def begin_draft(
    *, definition: FrameworkDefinition, by: User | None, source: str = "empty"
) -> FrameworkVersion:
    """Return a new draft that says what a definition says; a framework of the same kind and name gets a new version.

    source: where it came from (empty, copy, file, api), for the audit. Raises Refused for a label in use, and
    Unreadable for an origin that no earlier version has.
    """
    framework, _made = Framework.objects.get_or_create(kind=definition.kind, name=definition.name)
    Framework.objects.select_for_update().get(pk=framework.pk)  # two drafts of one label
    _unused_label(framework, definition.label)
    version = FrameworkVersion(
        framework=framework,
        label=definition.label,
        first_school_year=definition.first_school_year or schoolyear.current_year() + 1,
        level_names=list(definition.level_names),
        proficient_level=definition.proficient_level,
    )
    _full_clean(version)
    version.save()
    write_draft(version, definition)
    audit.record(
        act="framework.draft",
        target=version,
        by=by,
        detail={"source": source, "elements": len(definition.elements)},
    )
    return version


def _full_clean(version: FrameworkVersion) -> None:
    try:
        version.full_clean()
    except ValidationError as error:
        raise Refused(error.messages) from None


def copied(version: FrameworkVersion, label: str) -> FrameworkDefinition:
    """Return the definition of a draft copied from a version: every word, without its crosswalk to what was before it."""
    held = definition_of(version)
    dimensions = {
        name: tuple(replace(one, carries=(), came_from=(), origin_note="") for one in elements)
        for name, elements in held.dimensions.items()
    }
    year = max(schoolyear.current_year() + 1, version.first_school_year)
    return replace(held, label=label, first_school_year=year, dimensions=dimensions)


def locked_draft(version: FrameworkVersion) -> FrameworkVersion:
    """Return the draft's row, locked till the end of the transaction. Refused where it is no draft any more."""
    found = (
        FrameworkVersion.objects.select_for_update(of=("self",))
        .select_related("framework")
        .filter(pk=version.pk)
        .first()
    )
    if found is None or found.state != VersionState.DRAFT:
        raise Refused(
            [_("It is no draft any more: what is published never changes. Begin a new draft from it.")]
        )
    return found


@transaction.atomic
def change_draft(
    *,
    version: FrameworkVersion,
    revision: int,
    change: Callable[[FrameworkDefinition], FrameworkDefinition],
    by: User | None,
    what: str,
    seen: Callable[[FrameworkVersion], int] | None = None,
) -> bool:
    """Change a draft by a function of its definition; return whether anything was different.

    revision: what the sender saw of `seen` (default: of the whole draft). Raises Moved where that has changed since,
    Refused for what no draft can be, Unreadable for an origin that no earlier version has.
    """
    draft = locked_draft(version)
    held = definition_of(draft)
    if revision != (seen or draft_revision)(draft):
        raise Moved(draft, held)
    wanted = change(held)
    _unused_label(draft.framework, wanted.label, but=draft.pk)
    changed = write_draft(draft, wanted)
    _full_clean(draft)
    if changed:
        audit.record(act="framework.draft.change", target=draft, by=by, detail={"what": what})
    return changed


def replace_draft(
    *, version: FrameworkVersion, revision: int, definition: FrameworkDefinition, by: User | None
) -> bool:
    """Make a draft say what a definition says as a whole; elements keep comments and votes by their code."""
    if (definition.kind, definition.name) != (version.framework.kind, version.framework.name):
        raise Refused(
            [
                _("A draft stays with its framework: kind and name must be those of {name}.").format(
                    name=version.framework.name
                )
            ]
        )
    return change_draft(version=version, revision=revision, change=lambda held: definition, by=by, what="all")


@transaction.atomic
def delete_draft(*, version: FrameworkVersion, by: User | None) -> None:
    """Delete a draft with what was said about it; a framework that has no version left goes, too."""
    draft = locked_draft(version)
    framework = draft.framework
    elements = list(Element.objects.filter(versions__version=draft))
    audit.record(act="framework.draft.delete", target=draft, by=by)
    try:
        draft.delete()
    except ProtectedError:
        raise Refused([_("Something refers to this draft, so it stays: end what uses it first.")]) from None
    forget_unused(elements)
    if not framework.versions.exists() and not framework.elements.exists():
        framework.delete()


__all__ = [
    "Moved",
    "Refused",
    "Unreadable",
    "begin_draft",
    "change_draft",
    "copied",
    "delete_draft",
    "replace_draft",
]
