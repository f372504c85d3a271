"""Every component in every state, for those who build pages and for the tests that look at them."""

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from alignment_dash.access.doors import needs
from alignment_dash.access.policy import Data
from alignment_dash.ui.figures import IntervalRow, interval_figure
from alignment_dash.ui.heatmap import (
    Cell,
    Column,
    Group,
    Row,
    fill_of,
    heatmap,
    not_enough,
    signed,
    suppressed,
)

STATUSES = (
    "queued", "running", "succeeded", "failed", "rejected", "canceled", "superseded", "draft", "published",
    "current", "stale", "late", "done", "applied", "vacant", "filled", "active", "expired", "disabled", "below", "at", "above", "weak", "none", "warning",
    "received", "validating", "planned", "held", "applying", "applied-with-messages", "aborted", "reverted",
)  # fmt: skip
ELEMENTS = {
    "Purpose": ("Learning target", "Relevance"),
    "Student engagement": (
        "Quality of questioning",
        "Discourse",
        "Ownership of learning and self-assessment",
    ),
    "Assessment": ("Checks for understanding", "Feedback"),
}
SCHOOLS: tuple[tuple[str, str, tuple[float | str | None, ...]], ...] = (
    ("Alder Elementary", "North", (-0.1, 0.0, -0.2, -0.7, -0.3, 0.0, 0.1)),
    ("Birch Creek K-8", "North", (-0.6, -0.5, -0.4, -0.5, None, -0.2, -0.4)),
    (
        "Cedar Middle School of Environmental Sciences and Engineering",
        "South",
        (0.4, 0.2, 0.1, -0.1, 0.3, 0.5, 0.0),
    ),
    ("Dogwood High", "South", (0.0, 0.3, -0.3, -0.9, -0.2, None, "hidden")),
)


class SampleForm(forms.Form):
    """A field of each kind; bound empty, it shows every error state."""

    name = forms.CharField(label="Name of the offering", help_text="As principals will see it.")
    purpose = forms.ChoiceField(
        label="Purpose", choices=[("formative", "Formative"), ("evaluative", "Evaluative")]
    )
    days = forms.IntegerField(label="Substitute days", min_value=0, required=False)
    when = forms.DateField(label="First day", widget=forms.DateInput(attrs={"type": "date"}))
    bands = forms.MultipleChoiceField(
        label="Grade bands",
        choices=[("k5", "K-5"), ("68", "6-8"), ("912", "9-12")],
        widget=forms.CheckboxSelectMultiple,
    )
    asked = forms.BooleanField(label="The principal was asked first")
    reason = forms.CharField(label="Why this", widget=forms.Textarea(attrs={"rows": 3}), required=False)


@require_GET
@needs(Data.COMPONENTS)
def gallery(request: HttpRequest) -> HttpResponse:
    """Show the components."""
    return render(request, "ui/gallery.html", context())


def context() -> dict[str, Any]:
    """Return the gallery's made-up content."""
    rows = Paginator([f"School {number}" for number in range(1, 231)], 25)
    return {
        "statuses": STATUSES,
        "form": SampleForm(initial={"name": "Questioning studio", "purpose": "formative"}),
        "invalid": SampleForm({}, prefix="invalid"),
        "page": rows.page(4),
        "moment": datetime(2026, 11, 20, 11, 30, tzinfo=UTC),
        "readings": [("gap", "Gap to target"), ("evidence", "Evidence"), ("seen", "Last seen")],
        "amounts": [("s1", "1 to 4"), ("s2", "5 to 14"), ("s3", "15 to 39"), ("s4", "40 or more")],
        "table": sample_table(),
        "figure": interval_figure(sample_intervals(), scale=(1, 4)),
    }


def sample_table() -> str:
    """Return a heatmap with all nine classes of cell."""
    groups = [Group(label, [Column(name, "#") for name in names]) for label, names in ELEMENTS.items()]
    rows = [
        Row(
            name,
            [_cell(gap, weak=(i + j) % 5 == 4) for j, gap in enumerate(gaps)],
            "#",
            (network, str(24 + 19 * i)),
        )
        for i, (name, network, gaps) in enumerate(SCHOOLS)
    ]
    return heatmap(
        caption="Gap to target, in levels",
        row_heading="School",
        extra_headings=["Network", "Teachers"],
        groups=groups,
        rows=rows,
    )


def _cell(gap: float | str | None, *, weak: bool) -> Cell:
    if gap is None:
        return not_enough(title="2 ratings of 1 teacher", href="#")
    if isinstance(gap, str):
        return suppressed()
    spoken = "weak evidence" if weak else ""
    return Cell(signed(gap), fill_of(gap), weak, spoken, f"{3 + gap:.1f} against 3.0, from 41 ratings", "#")


def sample_intervals() -> list[IntervalRow]:
    """Return rows with every kind of mark."""
    return [
        IntervalRow("Learning target", 2.9, 2.7, 3.1, 3.0, "64 teachers, 212 ratings"),
        IntervalRow("Quality of questioning", 2.4, 2.2, 2.6, 3.0, "58 teachers, 160 ratings"),
        IntervalRow("Discourse", 2.6, 2.1, 3.1, 3.0, "11 teachers, 19 ratings", weak=True),
        IntervalRow(
            "Ownership of learning and self-assessment", 3.3, 3.15, 3.45, 3.0, "49 teachers, 131 ratings"
        ),
        IntervalRow("Feedback", None, None, None, 3.0),
    ]
