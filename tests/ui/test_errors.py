"""Error pages: they must show when nothing else works."""

import json

import pytest
from django.template.loader import render_to_string
from django.utils.functional import SimpleLazyObject

from alignment_dash.access.roles import Role
from alignment_dash.ui.views import bad_request, forbidden, not_found, server_error


@pytest.mark.parametrize(
    "name", ["400.html", "403.html", "403_csrf.html", "404.html", "413.html", "500.html"]
)
def test_error_page_renders_without_a_request_or_a_database(name):
    html = render_to_string(name)
    assert html.count("<h1>") == 1


def test_server_error_needs_nothing_that_may_have_failed(rf):
    request = rf.get("/")
    request.user = SimpleLazyObject(lambda: pytest.fail("asked who is signed in"))
    answer = server_error(request)
    assert answer.status_code == 500
    assert "Something went wrong on our side" in answer.text


@pytest.mark.parametrize("path", ["/", "/nothing"])
def test_address_with_too_many_fields_is_a_bad_request(sign_in, path):
    client = sign_in(Role.HR)
    client.raise_request_exception = False
    answer = client.get(path + "?" + "&".join(f"field{n}=1" for n in range(2000)))
    assert answer.status_code == (400 if path == "/" else 404)
    assert answer.text.count("<h1>") == 1


def test_errors_of_the_api_are_json(rf):
    request = rf.get("/api/v1/runs/")
    answers = [handler(request, None) for handler in (bad_request, forbidden, not_found)]
    answers.append(server_error(request))
    assert [answer.status_code for answer in answers] == [400, 403, 404, 500]
    assert all(json.loads(answer.content)["detail"] for answer in answers)


def test_address_that_the_api_does_not_have_is_not_found_as_json(client, db):
    answer = client.get("/api/v1/nothing/")
    assert (answer.status_code, answer.json()) == (404, {"detail": "Not found."})
