"""A released exercise as rows of a spreadsheet, for its lead."""

from collections.abc import Iterator

from django.utils import timezone
from django.utils.translation import gettext as _

from instruction.calibrating.queries import Results


def rows_of(found: Results) -> Iterator[list[object]]:
    """Yield the heading, then a row for each observer and element; an empty level is "not seen"."""
    yield [
        _("Exercise"), _("Released"), _("Observer"), _("Handed in"), _("Code"), _("Element"), _("Level"),
        _("Notes"), _("Reference level"), _("Why"),
    ]  # fmt: skip
    released = found.exercise.released_at
    handed_in = {one.person_id: one.handed_in_on for one in found.invited}
    for line in found.elements:
        for name, row in line.named:
            at = handed_in[row.person_id]
            yield [
                found.exercise.title, timezone.localtime(released).date().isoformat() if released else "", name,
                at.isoformat() if at else "", line.wording.element.code, line.wording.name, row.level,
                row.evidence, line.reference.level if line.reference else None,
                line.reference.why if line.reference else "",
            ]  # fmt: skip
