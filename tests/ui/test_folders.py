"""Routes of one folder stand behind it, and keep what they are."""

from django.http import HttpRequest, HttpResponse
from django.urls import URLResolver, path
from django.urls.resolvers import RoutePattern

from alignment_dash.folders import by_folder

UID = "0123e456-7890-4bcd-8ef0-123456789abc"


def view(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


ROUTES = [
    path("", view, name="start"),
    path("schools/", view, name="list"),
    path("schools/<uuid:uid>/", view, {"part": "all"}, name="one"),
    path("schools/<uuid:uid>/plan/", view, name="plan"),
    path("schools/<uuid:uid>/plan.csv", view, name="plan-csv"),
    path("schools/waiting/", view, name="waiting"),
    path("targets/", view, name="targets"),
    path("schools-of-others", view, name="others"),
]


def test_routes_by_folder_keep_their_addresses_names_and_arguments():
    resolver = URLResolver(RoutePattern("/"), by_folder(ROUTES))
    for flat in ROUTES:
        address = str(flat.pattern).replace("<uuid:uid>", UID)
        found = resolver.resolve(f"/{address}")
        given = flat.resolve(address)
        assert given is not None
        assert (found.url_name, found.func, found.kwargs) == (flat.name, view, given.kwargs)
        assert "/" + resolver.reverse(flat.name, **given.captured_kwargs) == f"/{address}"


def test_routes_of_one_folder_stand_behind_it():
    kept = [one for one in by_folder(ROUTES) if isinstance(one, URLResolver)]
    assert [str(one.pattern) for one in kept] == ["schools/"]
    assert [str(one.pattern) for one in kept[0].url_patterns] == ["", "<uuid:uid>/", "waiting/"]
