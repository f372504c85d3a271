"""What the capacity pages cost: the map against one fixed query, a repeated view against a signed-in hello.

Requests go through the whole middleware in this process, so that no server or network blurs them.
"""

import itertools
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from alignment_dash import schoolyear
from alignment_dash.access.models import User
from alignment_dash.runs import actions, tasks
from alignment_dash.runs.models import Run, State
from alignment_dash.runs.queries import snapshot
from alignment_dash.runs.registry import job_of
from bench.district import large_urban
from bench.measure import Measure, interleave
from bench.urls import HELLO
from instruction.models import Element, SchoolCapacity
from schools.models import Org, OrgType, School

LARGEST_SCHOOLS = 1_600
REFERENCE = (
    "school__uid", "school__name", "element_id", "evidence", "estimate", "se", "target", "gap", "p_below",
    "n_ratings", "n_teachers", "last_seen",
)  # fmt: skip


def measures() -> Iterator[Measure]:
    """Measure the map, its repeated view, the largest district's map, the school and the element page."""
    large_urban()
    run_id = standing_run()
    with override_settings(ROOT_URLCONF="bench.urls", ALLOWED_HOSTS=["testserver"]):
        client = Client()
        client.force_login(User.objects.get(email="cabinet@sample.example"))
        yield from _map(client, run_id)
        yield from _repeated(client)
        yield from _others(client)
        yield from _largest(client, run_id)


def standing_run() -> int:
    """Return the id of the capacity run that stands for the current year, computed where there is none."""
    year = schoolyear.current_year()
    subject = next(iter(job_of("capacity").subjects(year)))
    found = snapshot(kind="capacity", school_year=year, subject=subject)
    if found is None:
        run = actions.request_run(kind="capacity", school_year=year, by=None, subject=subject)
        tasks.perform(run.pk)
        found = snapshot(kind="capacity", school_year=year, subject=subject)
    if found is None:
        failed = Run.objects.filter(kind="capacity", state=State.FAILED).values_list("message", flat=True)
        raise SystemExit(f"no capacity snapshot: {list(failed)}")
    return found.run_id


def _map(client: Client, run_id: int) -> Iterator[Measure]:
    page, _query, ratio = interleave(_fresh(client), lambda: _reference(run_id), rounds=40)
    cells = SchoolCapacity.objects.filter(run=run_id).count()
    yield Measure.against(
        "map, first view", page * 1000, "ms", floor=page / ratio * 1000, floor_name=f"one query of {cells:,} cells",
        limit=4,
    )  # fmt: skip
    with CaptureQueriesContext(connection) as queries:
        size = len(_fresh(client)().content)
    yield Measure.bounded("map, queries", len(queries), "queries", limit=12)
    yield Measure.reported("map, size", size / 1024, "KB")


def _repeated(client: Client) -> Iterator[Measure]:
    url = reverse("instruction:capacity-map")
    tag = client.get(url)["ETag"]

    def hello() -> object:
        return client.get(HELLO)

    def again() -> None:
        if client.get(url, headers={"If-None-Match": tag}).status_code != 304:
            raise RuntimeError("a repeated view was sent again")

    for name, call in (("map, repeated view", again), ("map, kept body sent again", lambda: client.get(url))):
        view, _floor, ratio = interleave(call, hello, rounds=40)
        yield Measure.against(
            name, view * 1000, "ms", floor=view / ratio * 1000, floor_name="signed-in hello",
            limit=2 if call is again else None,
        )  # fmt: skip


def _others(client: Client) -> Iterator[Measure]:
    school = reverse("instruction:school", kwargs={"uid": School.objects.earliest("pk").uid})
    element = Element.objects.filter(framework__kind="teaching").earliest("pk")
    pages = {
        "school page": school,
        "element page": reverse("instruction:element", kwargs={"uid": element.uid}),
    }
    for name, url in pages.items():
        view, floor, _ratio = interleave(partial(client.get, url), partial(client.get, HELLO), rounds=15)
        yield Measure.against(
            name, view * 1000, "ms", floor=floor * 1000, floor_name="signed-in hello", limit=None
        )


def _largest(client: Client, run_id: int) -> Iterator[Measure]:
    """Measure the map of 1,600 schools: the snapshot's rows for further schools, taken back afterwards."""
    large = min(_timed(_fresh(client)) for _ in range(8))
    with transaction.atomic():
        _enlarge(run_id)
        largest = min(_timed(_fresh(client)) for _ in range(8))
        with CaptureQueriesContext(connection) as queries:
            _fresh(client)()
        transaction.set_rollback(True)
    yield Measure.against(
        f"map of {LARGEST_SCHOOLS:,} schools", largest * 1000, "ms", floor=large * 1000,
        floor_name="large-urban map", limit=2,
    )  # fmt: skip
    yield Measure.bounded(f"map of {LARGEST_SCHOOLS:,} schools, queries", len(queries), "queries", limit=12)


def _enlarge(run_id: int) -> None:
    given = list(Org.objects.filter(type=OrgType.SCHOOL).order_by("pk"))
    more = [
        Org(
            type=OrgType.SCHOOL, name=f"{like.name} {number}", level=like.level, parent_id=like.parent_id,
            during=like.during,
        )
        for number, like in zip(range(LARGEST_SCHOOLS - len(given)), itertools.cycle(given), strict=False)
    ]  # fmt: skip
    made = Org.objects.bulk_create(more)
    rows: dict[int, list[SchoolCapacity]] = {}
    for row in SchoolCapacity.objects.filter(run=run_id):
        rows.setdefault(row.school_id, []).append(row)
    copies = []
    for org, like in zip(made, itertools.cycle(given), strict=False):
        for row in rows.get(like.pk, []):
            values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
            copies.append(SchoolCapacity(**values | {"id": None, "school_id": org.pk}))
    SchoolCapacity.objects.bulk_create(copies, batch_size=2_000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE instruction_schoolcapacity")


def _reference(run_id: int) -> object:
    return list(SchoolCapacity.objects.filter(run=run_id).values_list(*REFERENCE))


def _fresh(client: Client) -> Callable[[], Any]:
    """Return a call that asks for the map as nobody has asked before."""
    url = reverse("instruction:capacity-map")

    def ask() -> Any:
        answer = client.get(url, {"mark": time.time_ns()})
        if answer.status_code != 200:
            raise RuntimeError(f"the map answered {answer.status_code}")
        return answer

    return ask


def _timed(call: Callable[[], object]) -> float:
    from bench.measure import seconds

    return seconds(call)
