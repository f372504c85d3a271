"""Error pages: they must show when nothing else works."""

import pytest
from django.template.loader import render_to_string
from django.utils.functional import SimpleLazyObject

from alignment_dash.ui.views import server_error


@pytest.mark.parametrize("name", ["400.html", "403.html", "403_csrf.html", "404.html", "500.html"])
def test_error_page_renders_without_a_request_or_a_database(name):
    html = render_to_string(name)
    assert html.count("<h1>") == 1


def test_server_error_needs_nothing_that_may_have_failed(rf):
    request = rf.get("/")
    request.user = SimpleLazyObject(lambda: pytest.fail("asked who is signed in"))
    answer = server_error(request)
    assert answer.status_code == 500
    assert "Something went wrong on our side" in answer.text
