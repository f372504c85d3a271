"""What the log says when the database refuses a row about a person."""

import logging
import sys

import pytest
from django.db import DatabaseError, connection, transaction

from alignment_dash.access.reach import all_rows
from alignment_dash.runs import registry, tasks
from alignment_dash.runs.models import Run
from instruction.models import Rating
from schools.models import Org
from tests import factories

pytestmark = pytest.mark.django_db
# Put together here, so that no line of this file that a traceback shows holds it.
NAME = "".join(["Ter", "ry"])


def write_bad_level(run, progress):
    with transaction.atomic(), all_rows(why="a test"):
        Rating.objects.filter(level=2).update(level=0, evidence=f"{NAME} shouts.\n\n{NAME} shouts.")


def write_name_as_number(run, progress):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT %s::integer", [NAME])


def write_row_twice(run, progress):
    org = Org.objects.schools().first()
    with transaction.atomic():
        Org.objects.create(uid=org.uid, name=NAME, type=org.type, during=org.during)


@pytest.fixture
def written():
    """The formatter that the settings give every handler, and what it was given to write."""
    handler = next(
        one for one in logging.getLogger().handlers if type(one.formatter).__module__ == "alignment_dash.logs"
    )
    lines = []

    class Keeping(logging.Handler):
        def emit(self, record):
            lines.append(self.format(record))

    keeping = Keeping()
    keeping.setFormatter(handler.formatter)
    logging.getLogger().addHandler(keeping)
    yield lines
    logging.getLogger().removeHandler(keeping)


@pytest.mark.parametrize(
    ("perform", "said"),
    [
        (write_bad_level, 'violates check constraint "instruction_rating_at_least_1" (SQLSTATE 23514)'),
        (write_name_as_number, "a value was refused (SQLSTATE 22P02)"),
        (write_row_twice, "violates unique constraint"),
    ],
)
def test_failed_job_is_logged_with_its_cause_and_without_the_row(district, written, perform, said):
    registry.register(registry.Job(kind="test-log", label="Test", perform=perform))
    try:
        run = Run.objects.create(kind="test-log", school_year=factories.year())
        tasks.perform(run.pk)
    finally:
        del registry._jobs["test-log"]
    text = "\n".join(written)
    assert said in text
    assert perform.__name__ in text
    assert NAME not in text
    assert "DETAIL" not in text


def test_what_signs_in_is_not_logged(written):
    secret = "alignment-" + "Ab1_" * 10 + "xyz"
    log = logging.getLogger("test")
    for shown in [
        {"Authorization": f"Bearer {secret}", "HTTP_COOKIE": "sessionid=Zm9v"},
        "Authorization: Basic Zm9vOmJhcmZvb2Jhcg==",
        "got Token 0123456789abcdef0123456789abcdef refused",
        "POST /api/v1/oauth/token/ grant_type=client_credentials&client_secret=Zm9v&scope=roster:write",
        '{"password": "Zm9v", "access_token":"Zm9v", "name": "x"}',
        "GET /sign-in/back?code=Zm9v&state=Zm9v&lang=en",
        "/sign-in/reset/1/abc123-0123456789abcdef0123456789abcdef/",
        "cannot connect to redis://:Zm9v@127.0.0.1:6379/0",
        f"a program's {secret}",
    ]:
        log.error("%s", shown)
    text = "\n".join(written)
    assert "Zm9v" not in text
    assert "0123456789abcdef" not in text
    assert secret not in text
    for kept in (
        "grant_type=client_credentials",
        "scope=roster:write",
        "lang=en",
        "127.0.0.1:6379/0",
        '"name": "x"',
    ):
        assert kept in text


def test_request_that_fails_is_logged_without_what_it_sent(client, db, written, monkeypatch):
    from alignment_dash.access.clients import api

    def fail(request):
        raise ValueError("client_secret=Zm9v of the request")

    monkeypatch.setattr(api, "_answer", fail)
    client.raise_request_exception = False
    form = "grant_type=client_credentials&client_secret=Zm9v"
    answer = client.post(
        "/api/v1/oauth/token/",
        form,
        "application/x-www-form-urlencoded",
        headers={"Authorization": "Basic Zm9vOmJhcg=="},
    )
    assert answer.status_code == 500
    assert any("ValueError" in line for line in written)
    assert "Zm9v" not in "\n".join(written)


def test_error_that_is_no_servers_keeps_its_words(written):
    try:
        raise DatabaseError("connection lost")
    except DatabaseError:
        logging.getLogger("test").error("broken", exc_info=sys.exc_info())
    assert "connection lost" in written[-1]
