"""What evidence costs where people wait for it: a save while notes are typed, and the pack of a monthly meeting.

A save goes over HTTP to a server process, beside a signed-in hello that the same server answers in turn. That no word
is lost when the browser or the network is killed is not a matter of speed: the browser tests of the tablet page try it
(tests/browser/test_observing*.py).
"""

import http.client
import json
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from alignment_dash import schoolyear
from alignment_dash.access.models import User
from bench.district import large_urban
from bench.measure import Measure, interleave, seconds
from bench.pages import standing_run
from bench.urls import HELLO
from instruction.models import FrameworkVersion, Meeting
from schools.models import Org, OrgType, School, StaffAssignment, StaffRole

ROOT = Path(__file__).resolve().parent.parent
PORT = 8765
ROUNDS = 40
LARGEST_SAVE = 3.0
PACK_SECONDS, PACK_QUERIES = 2.0, 15
START = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "alignment_dash.settings"
from django.conf import settings
settings.ROOT_URLCONF = "bench.urls"
settings.ALLOWED_HOSTS = ["127.0.0.1"]
from gunicorn.app.wsgiapp import run
run()
"""
LINES = 12  # of notes, each with a tag: a walk of a quarter of an hour


def measures() -> Iterator[Measure]:
    """Measure a save against a hello over HTTP, then the pack's time and queries."""
    large_urban()
    standing_run()
    yield from _pack()
    yield from _saves()


def _pack() -> Iterator[Measure]:
    user = User.objects.get(email="hr@sample.example")
    client = Client()
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        client.force_login(user)
        url = reverse("instruction:meeting", kwargs={"uid": _meeting(user).uid})

        def ask() -> Any:
            answer = client.get(url)
            if answer.status_code != HTTPStatus.OK:
                raise RuntimeError(f"the pack answered {answer.status_code}")
            return answer

        ask()
        taken = sorted(seconds(ask) for _ in range(5))
        with CaptureQueriesContext(connection) as queries:
            size = len(ask().content)
    schools = School.objects.count()
    yield Measure.bounded(f"pack of {schools} schools, median of 5", taken[2], "s", limit=PACK_SECONDS)
    yield Measure.bounded("pack, queries", len(queries), "queries", limit=PACK_QUERIES)
    yield Measure.reported("pack, size", size / 1024, "KB")


def _meeting(user: User) -> Meeting:
    """The sample district's next meeting; one is planned where there is none."""
    found = Meeting.objects.order_by("-held_on").first()
    day = schoolyear.today()
    return found or Meeting.objects.create(
        title="Bench",
        held_on=day,
        school_year=schoolyear.year_of(day),
        under=Org.objects.get(type=OrgType.DISTRICT),
        called_by=user,
    )


def _saves() -> Iterator[Measure]:
    user = User.objects.get(email="principal@sample.example")
    with _server(), closing(_connected()) as http_:
        headers = _signed_in(user)

        def hello() -> None:
            _ask(http_, "GET", HELLO, headers)

        save = _saver(http_, user, headers)
        saved, greeted, ratio = interleave(save, hello, rounds=ROUNDS)
    yield Measure.against(
        "autosave, round trip", saved * 1000, "ms", floor=saved / ratio * 1000, floor_name="signed-in hello over HTTP",
        limit=LARGEST_SAVE,
    )  # fmt: skip
    yield Measure.reported("signed-in hello over HTTP", greeted * 1000, "ms")


def _saver(http_: http.client.HTTPConnection, user: User, headers: dict[str, str]) -> Callable[[], None]:
    """Return a call that saves a walk as its page does while someone types: one more line each time."""
    own = StaffAssignment.objects.on(schoolyear.today()).filter(
        person__user=user, role=StaffRole.PRINCIPAL
    ).select_related("org")  # fmt: skip
    school = own[0].org
    teacher = StaffAssignment.objects.on(schoolyear.today()).filter(org=school, role=StaffRole.TEACHER)
    version = FrameworkVersion.objects.in_force(schoolyear.current_year()).teaching()[0]
    codes = list(version.elements.order_by("place").values_list("element__code", flat=True))
    uid = uuid.uuid4()
    body: dict[str, Any] = {
        "observed": str(teacher.select_related("person")[0].person.uid),
        "school": str(school.uid),
        "framework_version": str(version.uid),
        "kind": "walkthrough",
        "purpose": "formative",
        "observed_on": str(schoolyear.today()),
        "grade": "5",
        "subject": "mathematics",
        "content": {"lines": [], "levels": {}},
    }
    base = 0

    def save() -> None:
        nonlocal base
        lines = body["content"]["lines"]
        if len(lines) < LINES:
            at = f"2026-10-01T09:{len(lines):02d}:00Z"
            line = {"id": uuid.uuid4().hex, "at": at, "text": "", "tags": [codes[len(lines) % len(codes)]]}
            lines.append(line)
        lines[-1]["text"] += " Students explain to a partner."
        sent = {"save": str(uuid.uuid4()), "base": base, "at": f"{schoolyear.today()}T09:30:00Z", **body}
        answer = _ask(http_, "PUT", f"/api/v1/observation-records/{uid}/", headers, json.dumps(sent))
        base = json.loads(answer).get("revision", base + 1)

    return save


def _signed_in(user: User) -> dict[str, str]:
    """Return the headers of someone signed in, as a browser sends them."""
    client = Client()
    client.force_login(user)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    token = "0" * 32
    cookies = f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={token}"
    return {"Cookie": cookies, "X-CSRFToken": token, "Content-Type": "application/json"}


def _ask(
    http_: http.client.HTTPConnection,
    method: str,
    path: str,
    headers: dict[str, str],
    body: str | None = None,
) -> bytes:
    http_.request(method, path, body=body, headers=headers)
    answer = http_.getresponse()
    said = answer.read()
    if answer.status >= HTTPStatus.BAD_REQUEST:
        raise RuntimeError(f"{method} {path} answered {answer.status}: {said[:500]!r}")
    return said


def _connected() -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", PORT, timeout=30)


@contextmanager
def _server() -> Iterator[None]:
    """Run a server of one process and two threads, as a container has them, until the block ends."""
    command = [
        sys.executable, "-c", START, "alignment_dash.wsgi", "--bind", f"127.0.0.1:{PORT}", "--workers", "1",
        "--threads", "2", "--keep-alive", "75", "--log-level", "warning",
    ]  # fmt: skip
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "DEBUG": "false"})
    try:
        _wait_for(process)
        yield
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait_for(process: "subprocess.Popen[bytes]") -> None:
    for _ in range(100):
        if process.poll() is not None:
            raise RuntimeError("the server did not start")
        try:
            with closing(_connected()) as http_:
                http_.connect()
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("the server did not answer")
