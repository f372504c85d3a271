"""Asking for a job on its page and over REST."""

from django.urls import reverse

from alignment_dash.access.roles import Role
from alignment_dash.runs.models import Run
from tests import factories

WORDS = "There is nothing to compute for this school year yet"


def _sent():
    return {"kind": "capacity", "school_year": factories.year()}


def test_job_without_anything_to_compute_is_refused_in_words(client, db):
    client.force_login(factories.user(role=Role.CABINET))
    answer = client.post(reverse("runs:run-request"), _sent())
    assert answer.status_code == 400
    assert WORDS in answer.text
    answer = client.post(reverse("api-run-list"), _sent())
    assert answer.status_code == 400
    assert WORDS in answer.json()["school_year"][0]
    assert not Run.objects.exists()


def test_job_that_has_something_to_compute_is_queued(sign_in):
    client = sign_in(Role.CABINET)
    assert client.post(reverse("api-run-list"), _sent()).status_code == 202
    run = Run.objects.get()
    answer = client.post(reverse("runs:run-request"), _sent())
    assert answer["Location"] == reverse("runs:run-detail", kwargs={"uid": run.uid})
