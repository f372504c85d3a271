"""Whatever valid rosters come one after the other, the district is what the last one says, and can go back."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, models, transaction
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from alignment_dash import schoolyear
from alignment_dash.access.reach import all_rows
from schools.models import (
    Course,
    Enrollment,
    ExternalId,
    Identity,
    Kind,
    Org,
    RosterImport,
    Section,
    StaffAssignment,
    Student,
    Teaching,
)
from schools.rosters.loader import Loaded, load_roster
from schools.rosters.reverting import revert
from tests.schools import whole_state
from tests.schools.rosters.drawn import Content, as_delta, in_bulk, rosters, said_by

pytestmark = pytest.mark.django_db
VERSIONS = st.sampled_from(["1.1", "1.2"])
Said = dict[str, dict[str, Any]]


@contextmanager
def _undone() -> Iterator[None]:
    """Hypothesis runs many examples in one test: each begins with an empty district."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def load(file: Any, **options: Any) -> Loaded:
    """Load a roster, which must be accepted."""
    file.seek(0)
    loaded = load_roster(file, source="sis", **options)
    assert loaded.roster.accepted, [group.message for group in loaded.roster.findings.groups()]
    with connection.cursor() as cursor:  # as a transaction of its own would begin
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return loaded


def held() -> Said:
    """What the district says today, in the words of `said_by`."""
    names = {
        (row.kind, row.row_id): row.external_id for row in ExternalId.objects.filter(ended_on__isnull=True)
    }

    def live(kind: str, rows: Any) -> dict[str, Any]:
        return {names[kind, row.pk]: row for row in rows if (kind, row.pk) in names}

    def named(kind: str, row_id: int | None) -> str | None:
        return names.get((kind, row_id)) if row_id else None

    with all_rows(why="compare with the roster"):
        return {
            "orgs": {one: row.name for one, row in live(Kind.ORG, _now(Org)).items()},
            "courses": {one: row.title for one, row in live(Kind.COURSE, Course.objects.all()).items()},
            "people": {
                names[Kind.PERSON, row.person_id]: (row.given_name, row.family_name)
                for row in Identity.objects.all()
                if (Kind.PERSON, row.person_id) in names
            },
            "students": {
                one: (named(Kind.ORG, row.school_id), row.grade)
                for one, row in live(Kind.STUDENT, Student.objects.all()).items()
            },
            "roles": dict.fromkeys(
                (named(Kind.PERSON, row.person_id), named(Kind.ORG, row.org_id), str(row.role))
                for row in _now(StaffAssignment)
            ),
            "sections": {
                one: (row.title, named(Kind.COURSE, row.course_id), named(Kind.ORG, row.school_id), ",".join(row.grades))
                for one, row in live(Kind.SECTION, Section.objects.all()).items()
            },
            "teachings": {
                (named(Kind.SECTION, row.section_id), named(Kind.PERSON, row.person_id)): row.is_primary
                for row in _now(Teaching)
            },
            "enrollments": dict.fromkeys(
                (named(Kind.SECTION, row.section_id), named(Kind.STUDENT, row.student_id))
                for row in _now(Enrollment)
            ),
        }  # fmt: skip


def _now(model: type[models.Model]) -> Any:
    return model._base_manager.filter(during__contains=schoolyear.today())


def ids() -> dict[tuple[str, str], int]:
    """Which of our rows each outside id leads to, live or ended."""
    return {(row.kind, row.external_id): row.row_id for row in ExternalId.objects.all()}


def hold(name: str, examples: int) -> None:
    """Try a property on so many drawn examples; whole districts are loaded, which takes its time."""
    check, strategies = PROPERTIES[name]
    quiet = [HealthCheck.too_slow, HealthCheck.data_too_large]
    settings(max_examples=examples, deadline=None, suppress_health_check=quiet)(given(*strategies)(check))()


def check_bulk(version: str, first: Content, second: Content) -> None:
    a, b = in_bulk(first, version), in_bulk(second, version)
    with _undone():
        load(a)
        assert held() == said_by(a)
        was = ids()
        load(b)
        assert held() == said_by(b)
        # People are never forgotten: an id leads to the row it led to, and is only marked as ended.
        now = ids()
        kept = {key for key in was if key[0] in (Kind.PERSON, Kind.STUDENT, Kind.ORG, Kind.SECTION)}
        assert {key: now.get(key) for key in kept} == {key: was[key] for key in kept}
        load(a)
        assert held() == said_by(a)
        assert {key: ids()[key] for key in kept} == {key: was[key] for key in kept}


def check_delta(first: Content, second: Content) -> None:
    a, b, change = in_bulk(first), in_bulk(second), as_delta(first, second)
    back = as_delta(second, first)
    event("nothing changes" if change is None else "something changes")
    with _undone():
        load(a)
        if change is not None:
            load(change)
        assert held() == said_by(b)
        if back is not None:
            load(back)
        assert held() == said_by(a)


def check_again(version: str, first: Content, second: Content) -> None:
    a, b = in_bulk(first, version), in_bulk(second, version)
    with _undone():
        load(a)
        load(b)
        before = whole_state.rows()
        again = load(b)
        assert whole_state.rows() == before
        for name, count in again.counts.items():
            assert not any(count[what] for what in ("created", "updated", "returned", "ended")), name


def check_dry_run(version: str, first: Content, second: Content) -> None:
    a, b = in_bulk(first, version), in_bulk(second, version)
    with _undone():
        load(a)
        before = whole_state.rows()
        planned = load(b, decide=lambda loaded: False)
        assert not planned.applied
        assert whole_state.rows() == before
        # What was planned is what is done, and the hash names it.
        done = load(b)
        assert (done.plan_hash, done.plan["types"]) == (planned.plan_hash, planned.plan["types"])


def check_revert(version: str, first: Content, second: Content) -> None:
    a, b = in_bulk(first, version), in_bulk(second, version)
    with _undone():
        load(a)
        before = whole_state.rows(versions=False)
        upload = RosterImport.objects.create(filename="b.zip", sha256="b", size=1, content=b"")
        load(b, roster_import=upload)
        with all_rows(why="a roster import is reverted"):
            revert(upload)
        assert whole_state.rows(versions=False) == before
        assert held() == said_by(a)


PROPERTIES: dict[str, tuple[Callable[..., None], tuple[Any, ...]]] = {
    "the district is what the last bulk roster says": (check_bulk, (VERSIONS, rosters(), rosters())),
    "a delta leads where the bulk roster would": (check_delta, (rosters(), rosters())),
    "the same roster again touches no row": (check_again, (VERSIONS, rosters(), rosters())),
    "a dry run touches no row and tells what is done": (check_dry_run, (VERSIONS, rosters(), rosters())),
    "reverting leads back to every row as it was": (check_revert, (VERSIONS, rosters(), rosters())),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", PROPERTIES)
def test_property_holds(name: str) -> None:
    hold(name, examples=5)


@pytest.mark.full
@pytest.mark.parametrize("name", PROPERTIES)
def test_property_holds_on_many_examples(name: str) -> None:
    hold(name, examples=150)
