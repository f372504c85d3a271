"""The product's routes and a hello: what a signed-in page costs before it shows anything."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from alignment_dash.urls import handler404 as handler404
from alignment_dash.urls import urlpatterns as product

HELLO = "/bench-hello"


def hello(request: HttpRequest) -> HttpResponse:
    """Greet someone signed in, whose scope is worked out as for any page."""
    return HttpResponse(f"hello {request.user}, {len(request.scope.roles)} roles")  # type: ignore[attr-defined]


urlpatterns = [path(HELLO.lstrip("/"), hello), *product]
