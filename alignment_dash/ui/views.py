"""Home, health, and the pages shown when something is wrong."""

from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_GET

from alignment_dash.ui.questions import questions_for
from alignment_dash.ui.years import year_from


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Show the questions the caller may ask, each with its answer in a sentence."""
    scope, year = request.scope, year_from(request.GET)  # type: ignore[attr-defined]
    rows = []
    for question in questions_for(scope):
        answer = question.answer(scope, year)
        if answer:
            url = answer.url or reverse(question.url_name, query={"year": year})
            rows.append({"question": question, "answer": answer, "url": url})
    return render(request, "ui/home.html", {"rows": rows, "year": year})


@require_GET
def health(request: HttpRequest) -> JsonResponse:
    """Say that the web process and its database answer."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})


def bad_request(request: HttpRequest, exception: Any) -> HttpResponse:
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Any) -> HttpResponse:
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Any) -> HttpResponse:
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    # Without the request: the frame's context asks the database and the cache, either of which may be what failed.
    return HttpResponse(render_to_string("500.html"), status=500)
