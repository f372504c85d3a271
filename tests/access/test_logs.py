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


def test_error_that_is_no_servers_keeps_its_words(written):
    try:
        raise DatabaseError("connection lost")
    except DatabaseError:
        logging.getLogger("test").error("broken", exc_info=sys.exc_info())
    assert "connection lost" in written[-1]
