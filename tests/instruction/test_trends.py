"""Trends: what is drawn, what is left out, and how much is said of a difference."""

import re
from datetime import date, timedelta
from html import unescape

import numpy as np
import pytest
from django.urls import reverse
from django.utils import timezone

from alignment_dash import schoolyear
from alignment_dash.access.roles import Role
from alignment_dash.runs.models import Run
from instruction.models import DistrictCapacity, SchoolCapacity
from instruction.queries.trends import Point, change
from instruction.trends import said, trend

pytestmark = pytest.mark.django_db
DAY = date(2026, 6, 1)


def text(answer) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())))


def point(days=0, estimate=2.5, se=0.1):
    return Point(DAY + timedelta(days=days), estimate, se)


def test_change_by_hand():
    """Two standard errors of 0.1 make one of 0.1414, and 1.645 of that is 0.2326."""
    found = change([point(0, 2.4), point(200, 2.7)])
    assert (found.since, found.by) == (DAY, 0.3)
    assert found.low == pytest.approx(0.3 - 0.2326, abs=1e-4)
    assert found.is_clear
    assert said(found) == "risen since Jun 1, 2026: +0.30 (90 %: +0.07 to +0.53)"


def test_change_within_its_interval_is_not_told_as_one():
    assert said(change([point(0, 2.4), point(200, 2.6)])).startswith(
        "cannot tell yet whether it rose or fell since Jun 1, 2026: +0.20"
    )
    assert said(change([point(0, 2.9), point(200, 2.4)])).startswith("fallen")
    assert said(change([point(0)])) == "nothing to compare with yet"


def test_change_of_nothing_has_no_sign():
    assert ": 0.00 (90 %: −0.23 to +0.23)" in said(change([point(), point(400, 2.4999)]))


def test_change_is_from_about_a_year_ago_not_from_the_beginning():
    assert change([point(-700), point(-330), point(-100), point(0)]).since == DAY - timedelta(days=330)


def test_independent_errors_make_the_interval_of_a_difference_wide_enough():
    """Where a later estimate saw all an earlier one saw, the variance of their difference is se1^2 - se2^2.

    An exact linear model: one school, its teachers, observers that come back, first some ratings and then more.
    """
    rng = np.random.default_rng(5)
    for _ in range(50):
        teachers, raters, n = 6, int(rng.integers(1, 4)), int(rng.integers(8, 30))
        effects = [np.full((n, 1), 1.0), np.eye(teachers)[rng.integers(0, teachers, n)],
                   np.eye(raters)[rng.integers(0, raters, n)]]  # fmt: skip
        variances = [0.05] + [0.15] * teachers + [0.08] * raters
        design, prior = np.hstack(effects), np.diag(variances)
        weights = np.concatenate([[1.0], np.full(teachers, 1 / teachers), np.zeros(raters)])
        truth = weights @ prior @ weights
        gains = []
        for seen in (n // 2, n):
            rows = design[:seen]
            total = rows @ prior @ rows.T + 0.25 * np.eye(seen)
            gains.append(np.linalg.solve(total, rows @ prior @ weights))
        first, last = np.concatenate([gains[0], np.zeros(n - n // 2)]), gains[1]
        covariance = design @ prior @ design.T + 0.25 * np.eye(n)
        errors = [
            truth - 2 * one @ design @ prior @ weights + one @ covariance @ one for one in (first, last)
        ]
        difference = (last - first) @ covariance @ (last - first)
        assert difference == pytest.approx(errors[0] - errors[1])
        assert difference <= errors[0] + errors[1]


@pytest.fixture
def terms(district, compute):
    """Three ends of terms before the snapshot that stands, with figures that rise from 2.2 to 2.8."""
    runs = []
    for days, estimate in ((300, 2.2), (200, 2.4), (100, 2.6), (0, 2.8)):
        run = compute()
        day = schoolyear.today() - timedelta(days=days)
        Run.objects.filter(pk=run.pk).update(
            roster_date=day,
            school_year=schoolyear.year_of(day),
            ended_at=timezone.now() - timedelta(days=days),
        )
        SchoolCapacity.objects.filter(run=run, n_teachers__gte=5).update(
            estimate=estimate, se=0.1, evidence=2
        )
        DistrictCapacity.objects.filter(run=run, n_schools__gt=0).update(estimate=estimate, se=0.05)
        runs.append(run)
    return runs


def where(district, number=0):
    element = district.version.elements.first().element
    return {"school_uid": district.schools[number].uid, "element_uid": element.uid}


def test_figure_is_told_at_the_end_of_each_term_with_its_interval(sign_in, district, terms):
    shown = text(sign_in(Role.CABINET).get(reverse("instruction:derivation", kwargs=where(district))))
    assert "2.20 (2.0–2.4) 2.40 (2.2–2.6) 2.60 (2.4–2.8) 2.80 (2.6–3.0)" in shown
    assert "Risen since" in shown
    assert "No teacher's growth is shown anywhere" in shown


@pytest.mark.parametrize(
    ("name", "kwargs", "role"),
    [
        ("instruction:school", lambda district: {"uid": district.schools[0].uid}, Role.PRINCIPAL),
        ("instruction:element", lambda district: {"uid": where(district)["element_uid"]}, Role.CABINET),
        ("instruction:element", lambda district: {"uid": where(district)["element_uid"]}, Role.SUPERVISOR),
        ("instruction:district", lambda district: {}, Role.CABINET),
    ],
)  # fmt: skip
def test_pages_draw_the_terms(sign_in, district, terms, name, kwargs, role):
    page = sign_in(role).get(reverse(name, kwargs=kwargs(district)))
    shown = text(page)
    assert "Over the terms" in shown
    assert "trend-chart-figure" in page.content.decode()
    assert shown.count("2.20 (") >= 1


def test_school_that_is_hidden_today_has_no_past(sign_in, district, terms):
    standing = SchoolCapacity.objects.filter(run=terms[-1], school=district.schools[0])
    standing.update(estimate=None, evidence=0, se=None, n_teachers=3, roster_size=4, mean_of_ratings=None,
                    mean_by_observers=None, mean_of_teachers=None, p_neediest=None, rank_low=None, rank_high=None,
                    previous_estimate=None)  # fmt: skip
    for role in (Role.CABINET, Role.PRINCIPAL):
        for url in (
            reverse("instruction:derivation", kwargs=where(district)),
            reverse("instruction:school", kwargs={"uid": district.schools[0].uid}),
        ):
            shown = text(sign_in(role).get(url))
            assert "Over the terms" not in shown
            assert "2.20" not in shown


def test_point_that_was_not_told_at_its_time_is_not_told_now(sign_in, district, terms):
    SchoolCapacity.objects.filter(run=terms[1], school=district.schools[0]).update(
        estimate=None, evidence=0, se=None, mean_of_ratings=None, mean_by_observers=None, mean_of_teachers=None,
        p_neediest=None, rank_low=None, rank_high=None, previous_estimate=None,
    )  # fmt: skip
    shown = text(sign_in(Role.CABINET).get(reverse("instruction:derivation", kwargs=where(district))))
    assert "2.20 (2.0–2.4) 2.60 (2.4–2.8) 2.80" in shown


def test_snapshot_by_another_method_is_left_out(sign_in, district, terms):
    Run.objects.filter(pk=terms[0].pk).update(method="an earlier one")
    shown = text(sign_in(Role.CABINET).get(reverse("instruction:derivation", kwargs=where(district))))
    assert "2.20 (" not in shown
    assert "2.40 (2.2–2.6) 2.60" in shown


def test_snapshot_by_another_version_of_the_model_is_left_out(sign_in, district, terms):
    Run.objects.filter(pk=terms[0].pk).update(code_version="0.1.0, model 1.0")
    shown = text(sign_in(Role.CABINET).get(reverse("instruction:derivation", kwargs=where(district))))
    assert "2.20 (" not in shown
    assert "2.40 (2.2–2.6) 2.60" in shown


def test_sentence_counts_elements_or_schools():
    lines = [(name, [point(0, 2.4), point(200, 2.8)]) for name in ("A", "B", "C")]
    assert "Of 3 elements <b>3</b> have risen" in trend(lines).sentence
    assert "Of 3 schools <b>3</b> have risen" in trend(lines, is_of_schools=True).sentence


def test_board_is_told_no_districts_past_of_fewer_than_three_schools(sign_in, district, terms):
    """Two schools are behind the district's figure; the board sees neither of them."""
    url = reverse("instruction:district")
    assert "Over the terms" in text(sign_in(Role.CABINET).get(url))
    assert "Over the terms" not in text(sign_in(Role.BOARD).get(url))
    DistrictCapacity.objects.update(n_schools=3)
    assert "2.20 (" in text(sign_in(Role.BOARD).get(url))
    DistrictCapacity.objects.filter(run=terms[0]).update(n_schools=2)
    assert "2.20 (" not in text(sign_in(Role.BOARD).get(url))


def test_supervisor_of_some_schools_is_told_no_groups_past(sign_in, district, terms):
    shown = text(sign_in(Role.SUPERVISOR).get(reverse("instruction:element", kwargs={
        "uid": where(district)["element_uid"]})))  # fmt: skip
    table = shown[shown.index("Over the terms") :]
    assert "District 2" not in table
    assert "Alder Elementary 2.20" in table


def test_only_snapshots_of_one_or_no_term_make_no_trend(sign_in, district, computed):
    shown = text(sign_in(Role.CABINET).get(reverse("instruction:derivation", kwargs=where(district))))
    assert "No earlier snapshot can be compared with this one yet." in shown
    assert "trend-chart" not in shown


def test_figure_is_one_that_plotly_draws(db):
    go = pytest.importorskip("plotly.graph_objects")
    lines = [(f"Element {n}", [point(0, 2.2 + n / 10), point(100, 2.4)]) for n in range(5)]
    go.Figure({**trend(lines).figure, "layout": {**trend(lines).figure["layout"], "meta": None}})
