"""What the access layer costs: the same pages with it, and with a scope that was worked out beforehand."""

import time
from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from alignment_dash.access.models import User
from alignment_dash.access.scope import scope_of
from bench.district import large_urban
from bench.measure import Measure, interleave
from bench.open_door import OpenDoor, without_the_layer
from bench.pages import standing_run
from instruction.models import Element
from schools.models import School

# At most 20 % of the page's time: with the layer, it may take 1 / (1 - 0.2) of the time without.
SHARE = 1.25
QUERIES = 2
# A principal's scope is the dearest: a role at a place, and the evidence of its people.
WHO = ("cabinet@sample.example", "principal@sample.example")


def measures() -> Iterator[Measure]:
    """Measure the map's time with and without the layer, and the queries it adds on each page."""
    large_urban()
    standing_run()
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        for email in WHO:
            user = User.objects.get(email=email)
            OpenDoor.scope = scope_of(user)
            guarded = _client(user)
            with override_settings(MIDDLEWARE=without_the_layer()):
                bare = _client(user)
                bare.get(
                    reverse("instruction:capacity-map")
                )  # the client keeps the middleware of its first request
            page, _, ratio = interleave(_map(guarded), _map(bare), rounds=40)
            yield Measure.against(
                f"map for {user.name}", page * 1000, "ms", floor=page / ratio * 1000,
                floor_name="without the access layer", limit=SHARE,
            )  # fmt: skip
            added = {name: _count(guarded, url) - _count(bare, url) for name, url in _pages().items()}
            name = max(added, key=lambda one: added[one])
            yield Measure.bounded(
                f"queries added for {user.name} (most: {name})", added[name], "queries", limit=QUERIES
            )


def _client(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def _pages() -> dict[str, str]:
    element = Element.objects.filter(framework__kind="teaching").earliest("pk")
    return {
        "home": reverse("ui:home"),
        "map": reverse("instruction:capacity-map"),
        "school": reverse("instruction:school", kwargs={"uid": School.objects.earliest("pk").uid}),
        "element": reverse("instruction:element", kwargs={"uid": element.uid}),
        "positions": reverse("staffing:fill-rates"),
        "caseloads": reverse("supervision:caseload-list"),
    }


def _map(client: Client) -> Callable[[], Any]:
    """Return a call that asks for the map as nobody has asked before."""
    url = reverse("instruction:capacity-map")
    return lambda: client.get(url, {"mark": time.time_ns()})


def _count(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        client.get(url)
    return len(queries)
