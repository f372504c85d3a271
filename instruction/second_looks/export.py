"""Second looks as rows of a file."""

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from alignment_dash import schoolyear
from instruction.models import SecondLook


def rows_of(looks: Iterable[SecondLook]) -> Iterator[list[object]]:
    """Yield the heading and a row for each; `element_name` must be there (queries.named)."""
    yield [
        _("School"), _("Element"), _("School year"), _("Looked on"), _("What was found"), _("Root cause supposed"),
        _("Point of leverage"), _("By"), _("What came of it"), _("As of"),
    ]  # fmt: skip
    for one in looks:
        yield [
            one.school.name, one.element_name, schoolyear.label(one.school_year), one.looked_on, one.found,  # type: ignore[attr-defined]
            one.hypothesis, one.leverage, one.by.name, one.outcome, one.outcome_on,
        ]  # fmt: skip
