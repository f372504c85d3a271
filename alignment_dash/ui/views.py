"""Home, health, and the pages shown when something is wrong."""

from functools import lru_cache
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from alignment_dash.ui.questions import questions_for
from alignment_dash.ui.years import year_from

API = "/api/"


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
    return _error(request, 400, _("The server could not read that request."))


def too_large(request: HttpRequest) -> HttpResponse:
    return _error(request, 413, _("What was sent is larger than this installation takes in."))


def forbidden(request: HttpRequest, exception: Any) -> HttpResponse:
    return _error(request, 403, _("Your role does not open this."))


def not_found(request: HttpRequest, exception: Any) -> HttpResponse:
    return _error(request, 404, _("Not found."))


def server_error(request: HttpRequest) -> HttpResponse:
    return _error(request, 500, _("Something went wrong on our side. The fault has been written to the log."))


def _error(request: HttpRequest, status: int, detail: str) -> HttpResponse:
    """Return the page of an error, or JSON to who asked the API.

    The page has no request: the frame's context reads the address, the database and the cache, any of which may
    be what failed. Whom one acts as is at hand.
    """
    if request.path_info.startswith(API):
        return JsonResponse({"detail": detail}, status=status)
    acting = getattr(request, "acting", None)
    page = render_to_string(f"{status}.html", {"acting": acting}) if acting else _page(status, get_language())
    return HttpResponse(page, status=status)


@lru_cache(maxsize=64)
def _page(status: int, language: str | None) -> str:
    """Return the page of an error in a language, as everyone sees it who acts as nobody else."""
    return render_to_string(f"{status}.html")
