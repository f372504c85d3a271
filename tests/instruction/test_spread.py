"""What all elements share, in words and numbers, on the page of how numbers are computed."""

import re
from html import unescape

import pytest
from django.urls import reverse

from alignment_dash.access.roles import Role
from alignment_dash.runs.models import Run
from instruction.spread_words import parts

pytestmark = pytest.mark.django_db


def text(answer) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())))


def test_share_and_typical_difference_by_hand():
    """0.03 shared and 0.01 of its own: three quarters are shared, and sqrt(0.04) is 0.2 of a level."""
    (school,) = parts({"school": {"general": 0.03, "specific": 0.01}})
    assert (school.label, school.share, round(school.sd, 6)) == ("School", 75, 0.2)
    assert parts(None) == []


def test_page_says_what_all_elements_share_where_enough_observers_stand_behind_it(sign_in, computed):
    assert set(computed.facts["spread"]) == {
        "school",
        "teacher",
        "rater",
        "teacher_rater",
        "culture",
        "noise",
    }
    client, url = sign_in(Role.CABINET), reverse("instruction:how-computed")
    assert "What all elements share" not in text(client.get(url)), "three observers stand behind it"
    Run.objects.filter(pk=computed.pk).update(facts=computed.facts | {"n_raters": 9, "n_crossing_raters": 5})
    shown = text(client.get(url))
    assert "What all elements share" in shown
    assert "of that variance is shared by all elements" in shown


def test_page_says_why_no_teacher_has_a_trend(sign_in, computed):
    page = sign_in(Role.TEACHER).get(reverse("instruction:how-computed"))
    assert "No growth of teachers" in text(page)
    assert "PMC7328239" in page.content.decode()


def test_variances_that_all_elements_share_are_one_line(sign_in, district, computed):
    url = reverse("instruction:how-computed")
    shared = {
        "school": 0.05,
        "teacher": 0.11,
        "rater": 0.02,
        "teacher_rater": 0.0,
        "culture": 0.01,
        "residual": 0.3,
    }
    facts = computed.facts | {"n_raters": 9, "n_crossing_raters": 9}
    facts["components"] = {code: {"mean": mean, **shared} for code, mean in (("E1", 2.5), ("E2", 2.9))}
    Run.objects.filter(pk=computed.pk).update(facts=facts)
    client = sign_in(Role.CABINET)
    assert text(client.get(url)).count(" 0.110 ") == 1
    assert "Every element" in text(client.get(url))
    facts["components"]["E2"]["teacher"] = 0.12
    Run.objects.filter(pk=computed.pk).update(facts=facts)
    shown = text(client.get(url))
    assert " 0.110 " in shown
    assert " 0.120 " in shown
    assert "Every element" not in shown
