"""Pages of aggregates: kept by what they show, and not sent again to a browser that has them."""

import hashlib
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from alignment_dash import __version__
from instruction.queries.standing import Standing

KEEP_SECONDS = 3600


def page_key(request: HttpRequest, standing: Standing, name: str) -> str:
    """Return what a page's body depends on: snapshot and its freshness, who sees what, filters, language, build.

    Two people with the same scope share a body, so it may hold nothing about the person who asks.
    """
    parts = (
        name, standing.version.pk, standing.key, request.scope.key, request.GET.urlencode(),  # type: ignore[attr-defined]
        get_language(), __version__, settings.DEBUG,
    )  # fmt: skip
    return f"capacity-page:{hashlib.sha256(repr(parts).encode()).hexdigest()}"


def body(key: str, make: Callable[[], str]) -> SafeString:
    """Return the body kept under a key, made when it is not there."""
    kept = cache.get(key)
    if kept is None:
        kept = str(make())
        cache.set(key, kept, KEEP_SECONDS)
    return mark_safe(kept)  # noqa: S308 - what make() returned was rendered by a template


def answer(request: HttpRequest, key: str, make: Callable[[], HttpResponse]) -> HttpResponse:
    """Return 304 to a browser that has the page, else the response that `make` makes, with its tag.

    The frame around the body is the person's own (name, form token, messages), so the tag covers those too.
    """
    response = None
    if not _has_messages(request):
        response = get_conditional_response(request, etag=_tag(request, key))
    if response is None or response.status_code != 304:
        response = make()
    # Rendering may have made the form token, so the tag is worked out anew.
    response["ETag"] = _tag(request, key)
    response["Cache-Control"] = "private, no-cache"
    response["Vary"] = "Cookie, HX-Request"
    return response


def _tag(request: HttpRequest, key: str) -> str:
    own: tuple[Any, ...] = (
        key, request.session.session_key, request.META.get("CSRF_COOKIE"), bool(request.htmx),  # type: ignore[attr-defined]
    )  # fmt: skip
    return f'W/"{hashlib.sha256(repr(own).encode()).hexdigest()[:32]}"'


def _has_messages(request: HttpRequest) -> bool:
    return bool(getattr(request, "_messages", None)) and len(request._messages) > 0  # type: ignore[attr-defined]
