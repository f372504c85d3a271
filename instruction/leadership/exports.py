"""Principals' figures as rows of a file; every row carries the day of its snapshot."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from alignment_dash.runs.queries import Snapshot
from instruction.leadership.pages import ListRow
from instruction.models import ElementVersion, EvidenceClass

Row = list[object]


def heading() -> Row:
    """Return the heading of `rows_of`."""
    return [
        _("Principal"), _("Schools"), _("Element"), _("Evidence"), _("Estimate"), _("90 % from"), _("90 % to"),
        _("Target"), _("Probability below"), _("Observations"), _("Observers"), _("Last seen"), _("Snapshot of"),
        _("Basis"),
    ]  # fmt: skip


def rows_of(rows: Sequence[ListRow], elements: Sequence[ElementVersion], found: Snapshot) -> Iterator[Row]:
    """Yield a row for each principal and element."""
    for row in rows:
        for element, figure in zip(elements, row.figures, strict=True):
            head: Row = [row.led.name, row.led.places, element.name]
            if figure is None:
                yield [
                    *head,
                    str(EvidenceClass.NOT_ENOUGH.label),
                    *[None] * 8,
                    found.roster_date,
                    _("all evidence"),
                ]
                continue
            values = (figure.estimate, figure.low, figure.high, figure.target, figure.p_below)
            yield [
                *head, str(EvidenceClass(figure.evidence).label), *[_round(value) for value in values],
                figure.n_observations, figure.n_raters, figure.last_seen, found.roster_date, _("all evidence"),
            ]  # fmt: skip


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
