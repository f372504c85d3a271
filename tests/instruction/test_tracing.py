"""One number traced by hand, from the ratings to the page (docs/numbers/tracing.md)."""

import re
from html import unescape
from math import erf, sqrt

import pytest
from django.urls import reverse

from alignment_dash.access.roles import Role
from instruction.models import SchoolCapacity
from tests import factories

pytestmark = pytest.mark.django_db


def text(answer) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())))


def test_one_number_from_the_ratings_to_the_page(sign_in, district, compute):
    """Six teachers with 2 3 2 3 2 3 by their principal, and one 4 by a visitor: 19 / 7 = 2.714."""
    school = district.schools[0]
    factories.observation(
        version=district.version, observer=district.principals[1], observed=district.teachers[school.pk][0],
        school=school, levels=[4, 3, 2], is_cross_school=True,
    )  # fmt: skip
    cell = SchoolCapacity.objects.get(run=compute(), school=school, element__code="E1")
    assert (cell.n_ratings, cell.n_external, cell.n_teachers, cell.n_raters) == (7, 1, 6, 2)
    assert cell.mean_of_ratings == pytest.approx(round(19 / 7, 2))
    url = reverse(
        "instruction:derivation", kwargs={"school_uid": school.uid, "element_uid": cell.element.uid}
    )
    shown = text(sign_in(Role.PRINCIPAL).get(url))
    assert "The plain mean of 7 ratings, 1 of them by visitors." in shown
    assert "2.25 to 2.75" in shown, "of six teachers a band is told"
    assert "7 ratings of this year's teachers" in shown
    low, high = cell.estimate - 1.6449 * cell.se, cell.estimate + 1.6449 * cell.se
    assert f"{cell.estimate:.2f} (90 %: {low:.2f} to {high:.2f})" in shown
    deviations = (3.0 - cell.estimate) / cell.se
    below = 0.5 * (1 + erf(deviations / sqrt(2)))
    assert cell.p_below == pytest.approx(below, abs=1e-9)
    assert f"Strategic plan 3.0 \N{MINUS SIGN}{3.0 - cell.estimate:.2f} {round(100 * below)} %" in shown
